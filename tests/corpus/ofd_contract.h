/* A small contract of two pages as an OFD package, sealed as asked with the keys of tests/keys by the code that
 * `seal sign` uses; the steps where a fault can come in between. */
#ifndef OFD_CONTRACT_H
#define OFD_CONTRACT_H

#include "cms_made.h"
#include "verify_ofd.h"
#include "zy/ofd_prepare.h"

#define OFD_NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define SIGNS "Doc_0/Signs/"
#define PAGE_0 "Doc_0/Pages/Page_0/Content.xml"
#define PAGE_1 "Doc_0/Pages/Page_1/Content.xml"

/* In `file`: `from` becomes `to`; from NULL: the file becomes `to`, or is added; to NULL: the file goes. from
 * "Reference PATH" is the whole Reference to that path. */
struct edit {
	const char *file, *from, *to;
};

enum { FIRST_SIGNATURE_STRIPS = 1, LAST_LOCKS = 2, TWO_DOCUMENTS = 4, SHA256_DIGESTS = 8 };

struct contract {
	unsigned num_signatures, flags;
	const char *sign; /* the first one is Type="Sign": signed data with that fault or of that kind, "" for none */
	struct zy_bytes listed; /* a certificate that the seal names besides its owner's */
	struct edit before[3];  /* in the unsigned document */
	struct edit signing[3]; /* in the first signature's Signature.xml, before it is signed */
	struct edit after[3];
};

static const struct edit contract_files[] = {
	{ "OFD.xml", NULL,
	    "<ofd:OFD " OFD_NS " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0011</ofd:DocID>"
	    "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>" },
	{ "Doc_0/Document.xml", NULL,
	    "<ofd:Document " OFD_NS "><ofd:CommonData><ofd:MaxUnitID>20</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>"
	    "0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
	    "<ofd:TemplatePage ID=\"3\" BaseLoc=\"Tpl.xml\"/></ofd:CommonData><ofd:Pages>"
	    "<ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/>"
	    "<ofd:Page ID=\"2\" BaseLoc=\"Pages/Page_1/Content.xml\"/></ofd:Pages>"
	    "<ofd:Annotations>Annots.xml</ofd:Annotations><ofd:CustomTags>Tags.xml</ofd:CustomTags>"
	    "<ofd:Attachments>Attachs.xml</ofd:Attachments></ofd:Document>" },
	{ "Doc_0/PublicRes.xml", NULL,
	    "<ofd:Res " OFD_NS " BaseLoc=\"Res\"><ofd:Fonts><ofd:Font ID=\"4\" FontName=\"zy\"><ofd:FontFile>f.otf"
	    "</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>" },
	{ "Doc_0/Res/f.otf", NULL, "a font" },
	{ "Doc_0/Tpl.xml", NULL, "<ofd:Page " OFD_NS "/>" },
	{ PAGE_0, NULL, "<ofd:Page " OFD_NS "><ofd:Content>one million</ofd:Content></ofd:Page>" },
	{ PAGE_1, NULL, "<ofd:Page " OFD_NS "><ofd:Content>signed</ofd:Content></ofd:Page>" },
	{ "Doc_0/Annots.xml", NULL,
	    "<ofd:Annotations " OFD_NS "><ofd:Page PageID=\"1\"><ofd:FileLoc>Annot.xml</ofd:FileLoc></ofd:Page>"
	    "</ofd:Annotations>" },
	{ "Doc_0/Annot.xml", NULL, "<ofd:PageAnnot " OFD_NS "/>" },
	{ "Doc_0/Tags.xml", NULL,
	    "<ofd:CustomTags " OFD_NS "><ofd:CustomTag TypeID=\"t\"><ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag>"
	    "</ofd:CustomTags>" },
	{ "Doc_0/Tag.xml", NULL, "<tag/>" },
	{ "Doc_0/Attachs.xml", NULL,
	    "<ofd:Attachments " OFD_NS "><ofd:Attachment ID=\"5\" Name=\"offer\"><ofd:FileLoc>offer.csv</ofd:FileLoc>"
	    "</ofd:Attachment></ofd:Attachments>" },
	{ "Doc_0/offer.csv", NULL, "a,1\n" },
};
/* A second document beside it, of one page. */
static const struct edit contract_second[] = {
	{ "OFD.xml", "</ofd:OFD>",
	    "<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>" },
	{ "Doc_1/Document.xml", NULL,
	    "<ofd:Document " OFD_NS "><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
	    "</ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Page.xml\"/></ofd:Pages>"
	    "</ofd:Document>" },
	{ "Doc_1/Page.xml", NULL, "<ofd:Page " OFD_NS "/>" },
};

static inline struct zy_package_file *contract_file(struct zy_package *p, const char *name)
{
	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, name) == 0)
			return &p->files[i];
	return NULL;
}

static inline struct zy_bytes contract_replaced(
    struct zy_bytes v, struct zy_bytes from, struct zy_bytes to, struct zy_arena *a)
{
	const uint8_t *at = memmem(v.p, v.len, from.p, from.len);
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_bytes kept;

	VERIFY_CHECK(at != NULL);
	zy_buf_put(&b, ZY_BYTES(v.p, (size_t)(at - v.p)));
	zy_buf_put(&b, to);
	zy_buf_put(&b, ZY_BYTES(at + from.len, (size_t)(v.p + v.len - at) - from.len));
	VERIFY_CHECK(zy_arena_copy(a, zy_buf_bytes(&b), &kept, &err));
	return kept;
}

/* The element that `from` names, or `from` itself. */
static inline struct zy_bytes contract_part(struct zy_bytes v, const char *from)
{
	static const struct zy_bytes end = ZY_LITERAL("</ofd:Reference>");
	char head[160];
	const uint8_t *at, *to;

	if (strncmp(from, "Reference ", 10) != 0)
		return zy_str(from);
	snprintf(head, sizeof(head), "<ofd:Reference FileRef=\"%s\">", from + 10);
	at = memmem(v.p, v.len, head, strlen(head));
	VERIFY_CHECK(at != NULL);
	to = memmem(at, (size_t)(v.p + v.len - at), end.p, end.len);
	VERIFY_CHECK(to != NULL);
	return ZY_BYTES(at, (size_t)(to - at) + end.len);
}

static inline void contract_edit(struct zy_package *p, const struct edit *e, size_t num, struct zy_arena *a)
{
	struct zy_error err = { 0 };

	for (size_t i = 0; i < num && e[i].file != NULL; i++) {
		struct zy_package_file *f = contract_file(p, e[i].file);

		if (e[i].from != NULL) {
			VERIFY_CHECK(f != NULL);
			f->bytes = contract_replaced(f->bytes, contract_part(f->bytes, e[i].from), zy_str(e[i].to), a);
		} else if (e[i].to != NULL) {
			VERIFY_CHECK(zy_package_put(p, e[i].file, zy_str(e[i].to), &err));
		} else {
			VERIFY_CHECK(f != NULL);
			memmove(f, f + 1, (size_t)(p->files + p->num_files - f - 1) * sizeof(*f));
			p->num_files--;
		}
	}
}

/* Every CheckValue of Signature.xml as SHA-256. */
static inline void contract_sha256(struct zy_package *p, struct zy_package_file *signature, struct zy_arena *a)
{
	signature->bytes =
	    contract_replaced(signature->bytes, ZY_LITERAL("1.2.156.10197.1.401"), ZY_LITERAL("SHA256"), a);
	for (size_t i = 0; i < p->num_files; i++) {
		uint8_t old[ZY_HASH_LEN], now[ZY_HASH_LEN];
		struct zy_error err = { 0 };
		ZY_BUF_AUTO from = { 0 };
		ZY_BUF_AUTO to = { 0 };

		VERIFY_CHECK(zy_digest(ZY_HASH_SM3, p->files[i].bytes, old, &err) &&
			     zy_digest(ZY_HASH_SHA256, p->files[i].bytes, now, &err));
		zy_base64_encode(&from, ZY_BYTES(old, sizeof(old)));
		zy_base64_encode(&to, ZY_BYTES(now, sizeof(now)));
		if (memmem(signature->bytes.p, signature->bytes.len, from.p, from.len) != NULL)
			signature->bytes =
			    contract_replaced(signature->bytes, zy_buf_bytes(&from), zy_buf_bytes(&to), a);
	}
}

/* TBS_Sign anew, over Signature.xml as it is now. */
static inline void contract_tbs_again(
    struct zy_package *p, const char *signature, struct zy_arena *a, struct zy_bytes *tbs)
{
	struct zy_ses_tbs t;
	uint8_t digest[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	VERIFY_CHECK(zy_ses_tbs_parse(&t, *tbs, &err));
	VERIFY_CHECK(zy_digest(ZY_HASH_SM3, contract_file(p, signature)->bytes, digest, &err));
	t.dataHash = ZY_BYTES(digest, sizeof(digest));
	VERIFY_CHECK(zy_ses_tbs_encode(&t, &b, &err) && zy_arena_copy(a, zy_buf_bytes(&b), tbs, &err));
}

/* The first signature as one without a seal: GB/T 35275 about Signature.xml, or with "digest" about its digest. */
static inline void contract_without_seal(const struct contract *c, struct zy_package *p, struct zy_arena *a)
{
	static const struct edit edits[] = { { SIGNS "Signatures.xml", "Type=\"Seal\"", "Type=\"Sign\"" },
		{ SIGNS "Sign_0/Signature.xml", "Reference /" SIGNS "Sign_0/Seal.esl", "" },
		{ SIGNS "Sign_0/Signature.xml",
		    "<ofd:Seal><ofd:BaseLoc>/" SIGNS "Sign_0/Seal.esl</ofd:BaseLoc></ofd:Seal>", "" },
		{ SIGNS "Sign_0/Seal.esl", NULL, NULL } };
	struct cms_made m = { .suite = ZY_SUITE_GM, .gbt = true, .fault = "detached" };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	contract_edit(p, edits, sizeof(edits) / sizeof(edits[0]), a);
	m.content = contract_file(p, SIGNS "Sign_0/Signature.xml")->bytes;
	VERIFY_CHECK(zy_digest(ZY_HASH_SM3, m.content, digest, &err));
	if (strncmp(c->sign, "digest", 6) == 0) {
		if (strcmp(c->sign, "digest-of-another") == 0)
			digest[0] ^= 1;
		m.content = ZY_BYTES(digest, sizeof(digest));
		m.fault = "no-attributes";
	} else if (c->sign[0] != 0) {
		m.fault = c->sign; /* with the content inside */
	}
	cms_make(&m, &out);
	verify_put(p, a, SIGNS "Sign_0/SignedValue.dat", &out);
}

static inline void contract_sign(
    const struct contract *c, unsigned n, struct zy_package *p, struct zy_bytes eseal, struct zy_arena *a)
{
	static const struct zy_seal_rule rule = { .esID = VERIFY_ESID };
	const struct zy_seal_use use = { .rule = &rule, .eseal = eseal, .owner_cert = verify_cert(a, "gm-leaf") };
	const struct zy_seal_place size = { .w = 42, .h = 42 };
	const bool strips = n == 0 && (c->flags & FIRST_SIGNATURE_STRIPS) != 0;
	const struct zy_ofd_order order = { .page = strips ? 0 : n % 2 + 1,
		.strips = strips ? ZY_EDGE_RIGHT : ZY_EDGE_NONE,
		.strips_at = -1,
		.close = n + 1 == c->num_signatures && (c->flags & LAST_LOCKS) != 0 };
	struct zy_error err = { 0 };
	struct zy_ofd *d = zy_arena_alloc(a, sizeof(*d), &err);
	struct zy_ofd_stamping how;
	struct zy_ofd_prepared made;
	char signature[64];
	uint8_t rs[64];

	snprintf(signature, sizeof(signature), SIGNS "Sign_%u/Signature.xml", n);
	if (d == NULL || !zy_ofd_parse(d, p, a, &err) || !zy_ofd_stamps(d, &order, &size, a, &how, &err) ||
	    !zy_ofd_prepare_append(&use, p, d, &how, VERIFY_AT, a, &made, &err)) {
		fprintf(stderr, "%s: %s\n", err.field, err.msg);
		abort();
	}
	if (n == 0) {
		contract_edit(p, c->signing, 3, a);
		if ((c->flags & SHA256_DIGESTS) != 0)
			contract_sha256(p, contract_file(p, signature), a);
		if (c->sign != NULL) {
			contract_without_seal(c, p, a);
			return;
		}
		contract_tbs_again(p, signature, a, &made.tbs);
	}
	verify_sign(ZY_SUITE_GM, made.tbs, rs);
	VERIFY_CHECK(zy_ofd_finish(&use, p, &made, rs, a, &err));
}

static inline void contract_make(const struct contract *c, struct zy_package *p, struct zy_arena *a)
{
	ZY_BUF_AUTO seal = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes eseal;

	*p = (struct zy_package){ .arena = a };
	verify_seal(&(struct verify_ofd){ .listed = c->listed }, a, &seal);
	VERIFY_CHECK(zy_arena_copy(a, zy_buf_bytes(&seal), &eseal, &err));
	contract_edit(p, contract_files, sizeof(contract_files) / sizeof(contract_files[0]), a);
	if ((c->flags & TWO_DOCUMENTS) != 0)
		contract_edit(p, contract_second, 3, a);
	contract_edit(p, c->before, 3, a);
	for (unsigned n = 0; n < c->num_signatures; n++)
		contract_sign(c, n, p, eseal, a);
	contract_edit(p, c->after, 3, a);
}

#endif
