/* A sealed licence as an OFD package, made in memory with the keys of tests/keys; each fault is one member. */
#ifndef VERIFY_OFD_H
#define VERIFY_OFD_H

#include "record_sample.h"
#include "ses_made.h"
#include "stamp_made.h"
#include "verify_keys.h"
#include "zy/ofd.h"
#include "zy/package.h"
#include "zy/ses.h"
#include "zy/text.h"

struct verify_ofd {
	unsigned version;       /* of the seal: 1, 4, 5; 0 is 4 */
	bool by_digest;         /* certList of digests */
	bool v1_signs_info;     /* the maker of a version 1 seal signed eSealInfo alone */
	const char *v1_time;    /* the octets of timeInfo */
	const char *stamp;      /* SES_Signature.timeStamp, as verify_stamp makes it */
	const char *seal_stamp; /* the same of SESeal.timeStamp, in version 5 */
	const struct stamp_authority *tsa;
	zy_time create_date;
	const char *skip_reference; /* this file stays uncovered */
	const char *stray;          /* a file that nothing refers to */
	const char *change;         /* this file loses its last byte after signing */
	bool other_provider;        /* Signature.xml is changed after signing, but reads well */
	const char *property_info;  /* instead of the right path */
	const char *valid_to;       /* of the record */
	const char *esID;
	const char *identifier; /* stands in the record and the metadata instead of its own; as long */
	const char *check_method;
	const char *signer, *maker; /* certificates */
	struct zy_bytes listed;     /* one more whom the seal names */
	bool no_references, no_seal_file, critical_extension;
	bool no_metadata, no_record, unsealed, wrong_seal_file, plain, two_documents;
	zy_time signed_at, seal_end;
};

#define VERIFY_NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define VERIFY_SIGN "Doc_0/Signs/Sign_0/"

static inline const char *verify_or(const char *given, const char *usual)
{
	return given == NULL ? usual : given;
}

static inline void verify_put(struct zy_package *p, struct zy_arena *a, const char *name, const struct zy_buf *b)
{
	struct zy_error err = { 0 };
	struct zy_bytes copy;

	VERIFY_CHECK(!b->failed && zy_arena_copy(a, zy_buf_bytes(b), &copy, &err));
	VERIFY_CHECK(zy_package_add(p, name, copy, &err));
}

static inline void verify_put_text(struct zy_package *p, struct zy_arena *a, const char *name, const char *text)
{
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put_str(&b, text);
	verify_put(p, a, name, &b);
}

static inline void verify_put_xml_text(struct zy_buf *b, const char *text)
{
	for (; *text != 0; text++)
		if (*text == '<')
			zy_buf_put_str(b, "&lt;");
		else if (*text == '>')
			zy_buf_put_str(b, "&gt;");
		else if (*text == '&')
			zy_buf_put_str(b, "&amp;");
		else
			zy_buf_put_u8(b, (uint8_t)*text);
}

static inline void verify_document(
    const struct verify_ofd *m, struct zy_package *p, const struct zy_record *rec, struct zy_arena *a)
{
	const struct zy_metadata *list;
	size_t num;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO xml = { 0 };

	VERIFY_CHECK(zy_record_metadata(rec, a, &list, &num, &err) && zy_record_to_xml(rec, &xml, &err));
	if (m->identifier != NULL)
		memcpy(memmem(xml.p, xml.len, rec->identifier, strlen(rec->identifier)), m->identifier,
		    strlen(rec->identifier));
	zy_buf_put_str(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:OFD " VERIFY_NS
			   " Version=\"1.1\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>"
			   "<ofd:DocID>00112233445566778899aabbccddeeff</ofd:DocID>");
	if (!m->no_metadata && !m->plain) {
		zy_buf_put_str(&b, "<ofd:CustomDatas>");
		for (size_t i = 0; i < num; i++) {
			zy_buf_printf(&b, "<ofd:CustomData Name=\"%s\">", list[i].name);
			verify_put_xml_text(&b,
			    m->identifier != NULL && strcmp(list[i].name, "ZZBS") == 0 ? m->identifier : list[i].value);
			zy_buf_put_str(&b, "</ofd:CustomData>");
		}
		zy_buf_put_str(&b, "</ofd:CustomDatas>");
	}
	zy_buf_put_str(&b, "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>");
	if (!m->unsealed)
		zy_buf_put_str(&b, "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>");
	zy_buf_put_str(&b, "</ofd:DocBody>");
	if (m->two_documents) {
		zy_buf_put_str(&b, "<ofd:DocBody><ofd:DocInfo><ofd:DocID>00112233445566778899aabbccddee00</ofd:DocID>"
				   "</ofd:DocInfo><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>");
		verify_put_text(p, a, "Doc_1/Document.xml",
		    "<ofd:Document " VERIFY_NS
		    "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
		    "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" "
		    "BaseLoc=\"Page.xml\"/></ofd:Pages></ofd:Document>");
		verify_put_text(p, a, "Doc_1/Page.xml", "<ofd:Page " VERIFY_NS "/>");
	}
	zy_buf_put_str(&b, "</ofd:OFD>\n");
	verify_put(p, a, "OFD.xml", &b);
	verify_put_text(p, a, "Doc_0/Document.xml",
	    m->no_record || m->plain
		? "<ofd:Document " VERIFY_NS
		  "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
		  "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" "
		  "BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages></ofd:Document>"
		: "<ofd:Document " VERIFY_NS
		  "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
		  "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" "
		  "BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>"
		  "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>");
	verify_put_text(p, a, "Doc_0/Pages/Page_0/Content.xml",
	    "<ofd:Page " VERIFY_NS "><ofd:Content><ofd:Layer ID=\"2\"/></ofd:Content></ofd:Page>");
	if (m->no_record || m->plain)
		return;
	verify_put_text(p, a, "Doc_0/Attachs/Attachments.xml",
	    "<ofd:Attachments " VERIFY_NS
	    "><ofd:Attachment ID=\"3\" Name=\"licence.xml\" Format=\"XML\" Visible=\"false\">"
	    "<ofd:FileLoc>licence.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>");
	verify_put(p, a, "Doc_0/Attachs/licence.xml", &xml);
}

static inline void verify_signatures_xml(struct zy_package *p, struct zy_arena *a)
{
	verify_put_text(p, a, "Doc_0/Signs/Signatures.xml",
	    "<ofd:Signatures " VERIFY_NS "><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID=\"s001\" Type=\"Seal\" "
	    "BaseLoc=\"/" VERIFY_SIGN "Signature.xml\"/></ofd:Signatures>");
}

static inline void verify_signature_xml(const struct verify_ofd *m, struct zy_package *p, struct zy_arena *a)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	uint8_t digest[ZY_HASH_LEN];

	zy_buf_printf(&b,
	    "<ofd:Signature " VERIFY_NS "><ofd:SignedInfo><ofd:Provider ProviderName=\"zhengyin\"/>"
	    "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>"
	    "<ofd:SignatureDateTime>20260301000000Z</ofd:SignatureDateTime><ofd:References CheckMethod=\"%s\">",
	    verify_or(m->check_method, "1.2.156.10197.1.401"));
	for (size_t i = 0; i < p->num_files; i++) {
		if (m->no_references || (m->skip_reference != NULL && strcmp(p->files[i].name, m->skip_reference) == 0))
			continue;
		VERIFY_CHECK(zy_digest(ZY_HASH_SM3, p->files[i].bytes, digest, &err));
		zy_buf_printf(&b, "<ofd:Reference FileRef=\"/%s\"><ofd:CheckValue>", p->files[i].name);
		zy_base64_encode(&b, ZY_BYTES(digest, sizeof(digest)));
		zy_buf_put_str(&b, "</ofd:CheckValue></ofd:Reference>");
	}
	zy_buf_put_str(&b, "</ofd:References><ofd:StampAnnot ID=\"4\" PageRef=\"1\" Boundary=\"150 220 42 42\"/>"
			   "<ofd:Seal><ofd:BaseLoc>/" VERIFY_SIGN "Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
			   "<ofd:SignedValue>/" VERIFY_SIGN "SignedValue.dat</ofd:SignedValue></ofd:Signature>");
	verify_put(p, a, VERIFY_SIGN "Signature.xml", &b);
}

static inline void verify_value(struct zy_bytes message, struct zy_buf *out)
{
	uint8_t rs[64];

	verify_sign(ZY_SUITE_GM, message, rs);
	zy_der_put_rs(out, rs);
}

/* "good", or what is wrong with it: "other" content, an "altered" octet, "early", or "bytes" that are no token. */
static inline struct zy_bytes verify_stamp(
    const struct verify_ofd *m, const char *how, struct zy_bytes value, struct zy_buf *out)
{
	if (how == NULL)
		return (struct zy_bytes){ 0 };
	if (strcmp(how, "bytes") == 0)
		zy_buf_put_str(out, "0token");
	else
		stamp_make(m->tsa, strcmp(how, "other") == 0 ? ZY_LITERAL("another value") : value,
		    VERIFY_AT - (strcmp(how, "early") == 0 ? 2 * 86400 + 1 : 0), out);
	if (strcmp(how, "altered") == 0)
		out->p[out->len - 1] ^= 1;
	return zy_buf_bytes(out);
}

static inline void verify_seal_v1(const struct verify_ofd *m, struct zy_arena *a, struct zy_buf *out)
{
	struct zy_bytes maker = verify_cert(a, verify_or(m->maker, "gm-leaf"));
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO message = { 0 };
	ZY_BUF_AUTO value = { 0 };

	ses_made_v1_info(
	    verify_cert(a, "gm-leaf"), VERIFY_AT - 86400, VERIFY_AT + 86400 * 365, (struct zy_bytes){ 0 }, &info);
	ses_made_v1_signed(zy_buf_bytes(&info), maker, &message);
	verify_value(m->v1_signs_info ? zy_buf_bytes(&info) : zy_buf_bytes(&message), &value);
	ses_made_v1_seal(zy_buf_bytes(&info), maker, zy_buf_bytes(&value), out);
}

static inline void verify_signature_v1(
    const struct verify_ofd *m, struct zy_bytes seal, struct zy_bytes digest, struct zy_arena *a, struct zy_buf *out)
{
	ZY_BUF_AUTO tbs = { 0 };
	ZY_BUF_AUTO value = { 0 };

	ses_made_v1_tbs(seal, verify_or(m->v1_time, "2026-03-01T00:00:00.377Z"), digest,
	    verify_cert(a, verify_or(m->signer, "gm-leaf")), &tbs);
	verify_value(zy_buf_bytes(&tbs), &value);
	ses_made_v1_signature(zy_buf_bytes(&tbs), zy_buf_bytes(&value), out);
}

static inline void verify_seal(const struct verify_ofd *m, struct zy_arena *a, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO der = { 0 };
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_seal_info info = { .version = m->version,
		.Vid = ZY_LITERAL("zhengyin"),
		.esID = zy_str(verify_or(m->esID, VERIFY_ESID)),
		.type = 1,
		.name = ZY_LITERAL("云泽市市场监督管理局"),
		.certListType = ZY_CERT_LIST_CERTS,
		.num_certs = 1,
		.certs[0].value = verify_cert(a, "gm-leaf"),
		.createDate = m->create_date == 0 ? VERIFY_AT - 86400 : m->create_date,
		.validStart = VERIFY_AT - 86400,
		.validEnd = m->seal_end == 0 ? VERIFY_AT + 86400 * 365 : m->seal_end,
		.picture_type = ZY_LITERAL("PNG"),
		.picture = ZY_LITERAL("\x89PNG\r\n\x1a\n"),
		.width = 42,
		.height = 42 };
	struct zy_seal seal = { .cert = verify_cert(a, verify_or(m->maker, "gm-leaf")), .signAlgID = zy_oid_sm2_sm3 };

	if (m->by_digest) {
		VERIFY_CHECK(zy_digest(ZY_HASH_SM3, info.certs[0].value, digest, &err));
		info.certListType = ZY_CERT_LIST_DIGESTS;
		info.certs[0] = (struct zy_ses_cert){ ZY_LITERAL("SM3"), ZY_BYTES(digest, sizeof(digest)) };
	}
	if (m->listed.len > 0)
		info.certs[info.num_certs++].value = m->listed;
	if (m->critical_extension)
		info.extDatas = (struct zy_ses_extensions){ true, 1,
			{ { ZY_LITERAL("\x2a\x03\x04"), true, ZY_LITERAL("\x05\x00") } } };
	VERIFY_CHECK(zy_seal_info_encode(&info, &der, &err));
	verify_value(zy_buf_bytes(&der), &value);
	seal.info.der = zy_buf_bytes(&der);
	seal.signedValue = zy_buf_bytes(&value);
	seal.timeStamp = verify_stamp(m, m->seal_stamp, seal.signedValue, &token);
	VERIFY_CHECK(zy_seal_encode(&seal, out, &err));
}

static inline void verify_seal_files(const struct verify_ofd *m, struct zy_package *p, struct zy_arena *a)
{
	struct zy_error err = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	ZY_BUF_AUTO seal = { 0 };
	ZY_BUF_AUTO tbs_der = { 0 };
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_ses_tbs tbs = { .timeInfo = m->signed_at == 0 ? VERIFY_AT : m->signed_at,
		.propertyInfo = zy_str(verify_or(m->property_info, "/" VERIFY_SIGN "Signature.xml")),
		.dataHash = ZY_BYTES(digest, sizeof(digest)) };
	struct zy_ses_signature s = { .cert = verify_cert(a, verify_or(m->signer, "gm-leaf")),
		.signatureAlgID = zy_oid_sm2_sm3 };

	if (m->version == 1)
		verify_seal_v1(m, a, &seal);
	else
		verify_seal(m, a, &seal);
	tbs.eseal.der = zy_buf_bytes(&seal);
	VERIFY_CHECK(zy_digest(ZY_HASH_SM3, zy_package_find(p, VERIFY_SIGN "Signature.xml")->bytes, digest, &err));
	if (m->version == 1) {
		verify_signature_v1(m, zy_buf_bytes(&seal), tbs.dataHash, a, &out);
	} else {
		VERIFY_CHECK(zy_ses_tbs_encode(&tbs, &tbs_der, &err));
		verify_value(zy_buf_bytes(&tbs_der), &value);
		s.toSign.der = zy_buf_bytes(&tbs_der);
		s.signature = zy_buf_bytes(&value);
		s.timeStamp = verify_stamp(m, m->stamp, s.signature, &token);
		VERIFY_CHECK(zy_ses_signature_encode(&s, &out, &err));
	}
	if (m->wrong_seal_file)
		seal.p[seal.len - 1] ^= 1;
	if (!m->no_seal_file)
		verify_put(p, a, VERIFY_SIGN "Seal.esl", &seal);
	verify_put(p, a, VERIFY_SIGN "SignedValue.dat", &out);
}

/* The whole file. */
static inline void verify_make_ofd(const struct verify_ofd *m, struct zy_arena *a, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	struct zy_package *p = zy_arena_alloc(a, sizeof(*p), &err);
	struct zy_record rec = zy_record_sample();

	VERIFY_CHECK(p != NULL);
	p->arena = a;
	rec.valid_to = verify_or(m->valid_to, "");
	verify_document(m, p, &rec, a);
	if (!m->unsealed) {
		verify_signatures_xml(p, a);
		verify_signature_xml(m, p, a);
		verify_seal_files(m, p, a);
	}
	if (m->stray != NULL)
		verify_put_text(p, a, m->stray, "smuggled");
	if (m->other_provider) {
		struct zy_bytes xml = zy_package_find(p, VERIFY_SIGN "Signature.xml")->bytes;
		uint8_t *name = memmem(xml.p, xml.len, "zhengyin", 8);

		VERIFY_CHECK(name != NULL);
		name[0] = 'Z';
	}
	for (size_t i = 0; m->change != NULL && i < p->num_files; i++)
		if (strcmp(p->files[i].name, m->change) == 0)
			p->files[i].bytes.len--;
	VERIFY_CHECK(zy_package_encode(p, out, &err));
}

#endif
