#include "zy/ofd_prepare.h"

#include <stdio.h>
#include <strings.h>

#include "zy/ofd_edit.h"
#include "zy/ses.h"
#include "zy/text.h"
#include "zy/xml.h"

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define OFD_NS " xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define SIGNS_MAX 10000

/* One signature on its way into a package. */
struct signing {
	const struct zy_seal_use *use;
	struct zy_package *p;
	const struct zy_ofd *d; /* the document as it was */
	const struct zy_ofd_stamping *how;
	zy_time signed_at;
	struct zy_arena *a;
	char ID[16];
	const char *signatures, *signature, *seal, *signed_value; /* paths */
};

static bool fail_ofd(const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_OFD, field, ZY_NOWHERE, "%s", why);
}

/* The seal must be the one that the rule and the certificate speak of, or every judge would refuse the result. */
static bool check_seal(const struct zy_seal_use *use, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes listed = use->owner_cert;
	struct zy_seal seal;

	if (!zy_seal_parse(&seal, use->eseal, err) || !zy_digest(ZY_HASH_SM3, use->owner_cert, digest, err))
		return false;
	if (!zy_bytes_equal(seal.info.esID, zy_str(use->rule->esID)))
		return zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE, "the seal's file is not that of its rule");
	if (seal.info.certListType == ZY_CERT_LIST_DIGESTS)
		listed = ZY_BYTES(digest, sizeof(digest));
	if (!zy_bytes_equal(seal.info.certs[0].value, listed))
		return zy_fail(err, ZY_E_SEAL_RULE, "certList", ZY_NOWHERE,
		    "the signer's certificate is not the one that the seal lists");
	return true;
}

/* Adds what was written to the package; the arena keeps it. */
static bool add_file(
    struct zy_package *p, const char *path, const struct zy_buf *b, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes kept;

	return zy_buf_done(b, "package", err) && zy_arena_copy(a, zy_buf_bytes(b), &kept, err) &&
	       zy_package_add(p, path, kept, err);
}

/* The seal is mostly a packed picture, and the signed value is mostly the seal. */
static bool add_as_it_is(struct zy_package *p, const char *path, struct zy_bytes bytes, struct zy_error *err)
{
	if (!zy_package_add(p, path, bytes, err))
		return false;
	p->files[p->num_files - 1].stored = true;
	return true;
}

static bool add_seal(struct signing *s, struct zy_error *err)
{
	if (!add_as_it_is(s->p, s->seal, s->use->eseal, err))
		return false;
	s->p->files[s->p->num_files - 1].sm3 = s->use->eseal_sm3;
	return true;
}

/* In the folder of `path`. */
static const char *beside(const char *path, const char *name, struct zy_arena *a, struct zy_error *err)
{
	const char *slash = strrchr(path, '/');

	return zy_arena_printf(a, err, "%.*s%s", slash == NULL ? 0 : (int)(slash - path + 1), path, name);
}

static bool has_folder(const struct zy_package *p, const char *folder)
{
	for (size_t i = 0; i < p->num_files; i++)
		if (strncasecmp(p->files[i].name, folder, strlen(folder)) == 0)
			return true;
	return false;
}

/* The files of the signature go to a folder of their own beside Signatures.xml. */
static bool make_paths(struct signing *s, struct zy_error *err)
{
	char name[32];
	const char *folder;

	for (unsigned n = 0; n < SIGNS_MAX; n++) {
		snprintf(name, sizeof(name), "Sign_%u/", n);
		if ((folder = beside(s->signatures, name, s->a, err)) == NULL)
			return false;
		if (has_folder(s->p, folder))
			continue;
		return (s->signature = zy_arena_printf(s->a, err, "%sSignature.xml", folder)) != NULL &&
		       (s->seal = zy_arena_printf(s->a, err, "%sSeal.esl", folder)) != NULL &&
		       (s->signed_value = zy_arena_printf(s->a, err, "%sSignedValue.dat", folder)) != NULL;
	}
	return fail_ofd("Signatures", "there is no folder left for a signature", err);
}

/* What must change may be covered by no signature. */
static bool check_open(const struct signing *s, const struct zy_package_file *file, struct zy_error *err)
{
	const struct zy_ofd_signature *g = file == NULL ? NULL : zy_ofd_covered_by(s->d, file);

	return g == NULL ||
	       zy_fail(err, ZY_E_CLOSED, "Signatures", ZY_NOWHERE,
		   "signature %.40s of the document covers /%.80s: no further one can be added", g->ID, file->name);
}

static bool put_file(
    struct zy_package *p, const char *path, const struct zy_buf *b, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes kept;

	return zy_arena_copy(a, zy_buf_bytes(b), &kept, err) && zy_package_put(p, path, kept, err);
}

/* Where Signatures.xml is, or will be: then OFD.xml is told so. */
static bool name_signatures(struct signing *s, struct zy_error *err)
{
	const struct zy_ofd_body *body = &s->d->bodies[s->how->body];
	const struct zy_package_file *ofd = zy_package_find(s->p, "OFD.xml");
	ZY_BUF_AUTO b = { 0 };

	s->signatures = body->signatures_path;
	if (s->signatures[0] != 0)
		return check_open(s, body->signatures, err);
	if ((s->signatures = beside(body->doc_root, "Signs/Signatures.xml", s->a, err)) == NULL)
		return false;
	if (has_folder(s->p, s->signatures))
		return zy_fail(err, ZY_E_OFD, "Signatures", ZY_NOWHERE,
		    "the package holds /%.120s, though OFD.xml does not name it", s->signatures);
	return check_open(s, ofd, err) && zy_ofd_name_signatures(ofd->bytes, s->how->body, s->signatures, &b, err) &&
	       put_file(s->p, "OFD.xml", &b, s->a, err);
}

/* The next number, in the form that the list uses: "s001", or bare digits as some vendors write. */
static void make_id(struct signing *s)
{
	unsigned long most = 0;
	bool bare = false;

	for (size_t i = 0; i < s->d->num_signatures; i++) {
		const struct zy_ofd_signature *g = &s->d->signatures[i];
		size_t from = strcspn(g->ID, "0123456789"), digits = strspn(g->ID + from, "0123456789");
		unsigned long n = 0;

		if (g->body != s->how->body || digits > 8)
			continue;
		bare = from == 0;
		for (size_t k = 0; k < digits; k++)
			n = n * 10 + (unsigned long)(g->ID[from + k] - '0');
		most = n > most ? n : most;
	}
	snprintf(s->ID, sizeof(s->ID), bare ? "%lu" : "s%03lu", most + 1);
}

static bool lists_some(const struct signing *s)
{
	for (size_t i = 0; i < s->d->num_signatures; i++)
		if (s->d->signatures[i].body == s->how->body)
			return true;
	return false;
}

static bool list_signature(struct signing *s, struct zy_error *err)
{
	const struct zy_package_file *list = s->d->bodies[s->how->body].signatures;
	const char *type = s->how->without_seal ? "Sign" : "Seal";
	ZY_BUF_AUTO b = { 0 };

	make_id(s);
	if (lists_some(s)) {
		if (!zy_ofd_list_signature(list->bytes, s->ID, type, s->signature, &b, err))
			return false;
	} else {
		zy_buf_printf(&b, XML_HEAD "<ofd:Signatures" OFD_NS "><ofd:MaxSignId>%s</ofd:MaxSignId>", s->ID);
		zy_buf_printf(&b, "<ofd:Signature ID=\"%s\" Type=\"%s\" BaseLoc=\"/", s->ID, type);
		zy_xml_put(&b, zy_str(s->signature));
		zy_buf_put_str(&b, "\"/></ofd:Signatures>\n");
	}
	return zy_buf_done(&b, "Signatures.xml", err) && put_file(s->p, s->signatures, &b, s->a, err);
}

/* One Reference: the digest of the file's bytes as they are, without canonicalisation. */
static bool put_reference(struct zy_buf *b, const struct zy_package_file *f, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (f->sm3 != NULL)
		memcpy(digest, f->sm3, sizeof(digest));
	else if (!zy_package_digest(f, ZY_HASH_SM3, digest, err))
		return false;
	zy_buf_put_str(b, "<ofd:Reference FileRef=\"/");
	zy_xml_put(b, zy_str(f->name));
	zy_buf_put_str(b, "\"><ofd:CheckValue>");
	zy_base64_encode(b, ZY_BYTES(digest, sizeof(digest)));
	zy_buf_put_str(b, "</ofd:CheckValue></ofd:Reference>");
	return true;
}

static bool is_list(const struct signing *s, const char *name)
{
	for (size_t i = 0; i < s->d->num_bodies; i++)
		if (strcmp(s->d->bodies[i].signatures_path, name) == 0)
			return true;
	return strcmp(name, s->signatures) == 0;
}

/* Covers every file of the documents and of earlier signatures; Signatures.xml only to close the document. What nothing
 * refers to is left to itself: a seal does not vouch for it. */
static bool put_references(const struct signing *s, struct zy_buf *b, struct zy_error *err)
{
	zy_buf_put_str(b, "<ofd:References CheckMethod=\"1.2.156.10197.1.401\">");
	for (size_t i = 0; i < s->p->num_files; i++) {
		const struct zy_package_file *f = &s->p->files[i];

		if ((f->fresh || s->d->reachable[i]) && (s->how->close || !is_list(s, f->name)) &&
		    !put_reference(b, f, err))
			return false;
	}
	zy_buf_put_str(b, "</ofd:References>");
	return true;
}

static void put_stamp(struct zy_buf *b, const struct zy_ofd_stamp *t, size_t n)
{
	zy_buf_printf(b, "<ofd:StampAnnot ID=\"%zu\" PageRef=\"", n);
	zy_xml_put(b, zy_str(t->PageRef));
	zy_buf_printf(
	    b, "\" Boundary=\"%.2f %.2f %.2f %.2f\"", t->boundary[0], t->boundary[1], t->boundary[2], t->boundary[3]);
	if (t->has_clip)
		zy_buf_printf(b, " Clip=\"%.2f %.2f %.2f %.2f\"", t->clip[0], t->clip[1], t->clip[2], t->clip[3]);
	zy_buf_put_str(b, "/>");
}

static bool add_signature_xml(struct signing *s, struct zy_error *err)
{
	char when[ZY_TIME_TEXT];
	ZY_BUF_AUTO b = { 0 };

	zy_time_to_generalized(s->signed_at, when);
	zy_buf_put_str(&b, XML_HEAD "<ofd:Signature" OFD_NS "><ofd:SignedInfo>"
				    "<ofd:Provider ProviderName=\"zhengyin\" Company=\"zhengyin\" Version=\"1.0\"/>"
				    "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>");
	zy_buf_printf(&b, "<ofd:SignatureDateTime>%s</ofd:SignatureDateTime>", when);
	if (!put_references(s, &b, err))
		return false;
	for (size_t i = 0; i < s->how->num; i++)
		put_stamp(&b, &s->how->stamps[i], i + 1);
	if (!s->how->without_seal) {
		zy_buf_put_str(&b, "<ofd:Seal><ofd:BaseLoc>/");
		zy_xml_put(&b, zy_str(s->seal));
		zy_buf_put_str(&b, "</ofd:BaseLoc></ofd:Seal>");
	}
	zy_buf_put_str(&b, "</ofd:SignedInfo><ofd:SignedValue>/");
	zy_xml_put(&b, zy_str(s->signed_value));
	zy_buf_put_str(&b, "</ofd:SignedValue></ofd:Signature>\n");
	return add_file(s->p, s->signature, &b, s->a, err);
}

/* TBS_Sign over Signature.xml as it now stands in the package (GB/T 38540 7.1). */
static bool make_tbs(const struct signing *s, struct zy_bytes original, struct zy_bytes *out, struct zy_error *err)
{
	const char *property = zy_arena_printf(s->a, err, "/%s", s->signature);
	uint8_t digest[ZY_HASH_LEN];
	struct zy_ses_tbs tbs = {
		.eseal.der = s->use->eseal, .timeInfo = s->signed_at, .dataHash = ZY_BYTES(digest, sizeof(digest))
	};
	ZY_BUF_AUTO b = { 0 };

	if (property == NULL || !zy_digest(ZY_HASH_SM3, original, digest, err))
		return false;
	tbs.propertyInfo = zy_str(property);
	return zy_ses_tbs_encode(&tbs, &b, err) && zy_arena_copy(s->a, zy_buf_bytes(&b), out, err);
}

/* A fault of the document is told now, since no judge would pass it. That Signatures.xml is not there yet is none. */
static bool check_document(const struct zy_ofd *d, const struct zy_ofd_stamping *how, struct zy_error *err)
{
	for (size_t i = 0; i < d->num_faults; i++)
		if (strcmp(d->faults[i].path, d->bodies[how->body].signatures_path) != 0 ||
		    d->bodies[how->body].signatures != NULL)
			return zy_fail(
			    err, ZY_E_OFD, "OFD", ZY_NOWHERE, "%.60s: %.120s", d->faults[i].path, d->faults[i].why.msg);
	for (size_t i = 0; i < d->num_signatures; i++)
		if (d->signatures[i].fault.code != ZY_OK)
			return zy_fail(err, ZY_E_OFD, "Signature", ZY_NOWHERE, "%.60s: %.120s", d->signatures[i].path,
			    d->signatures[i].fault.msg);
	return d->num_signatures < ZY_OFD_SIGNATURES_MAX ||
	       zy_fail(err, ZY_E_TOO_LARGE, "Signatures", ZY_NOWHERE, "the document has %d signatures already",
		   ZY_OFD_SIGNATURES_MAX);
}

bool zy_ofd_prepare_append(const struct zy_seal_use *use, struct zy_package *p, const struct zy_ofd *d,
    const struct zy_ofd_stamping *how, zy_time signed_at, struct zy_arena *a, struct zy_ofd_prepared *out,
    struct zy_error *err)
{
	struct signing s = { .use = use, .p = p, .d = d, .how = how, .signed_at = signed_at, .a = a };

	if (!check_seal(use, err) || !check_document(d, how, err) || !name_signatures(&s, err) ||
	    !make_paths(&s, err) || !list_signature(&s, err) || (!how->without_seal && !add_seal(&s, err)) ||
	    !add_signature_xml(&s, err))
		return false;
	*out = (struct zy_ofd_prepared){ .original = zy_package_find(p, s.signature)->bytes,
		.signed_value_path = s.signed_value };
	return how->without_seal || make_tbs(&s, out->original, &out->tbs, err);
}

static bool check_place(struct zy_seal_place b, struct zy_error *err)
{
	if (b.x >= 0 && b.y >= 0 && b.w > 0 && b.h > 0 && b.x + b.w <= 10000 && b.y + b.h <= 10000)
		return true;
	return fail_ofd("StampAnnot.Boundary", "the place of the stamp is no box on a page", err);
}

bool zy_ofd_prepare(const struct zy_seal_use *use, struct zy_package *p, struct zy_seal_place place, zy_time signed_at,
    struct zy_arena *a, struct zy_ofd_prepared *out, struct zy_error *err)
{
	struct zy_ofd_stamp stamp = { .boundary = { place.x, place.y, place.w, place.h } };
	struct zy_ofd_stamping how = { .num = 1, .stamps = &stamp, .close = true };
	struct zy_ofd *d = zy_arena_alloc(a, sizeof(*d), err);

	if (d == NULL || !check_place(place, err) || !zy_ofd_parse(d, p, a, err))
		return false;
	/* OFD.xml itself is covered, and cannot name Signatures afterwards. */
	if (d->num_bodies != 1 || d->bodies[0].signatures_path[0] == 0)
		return fail_ofd("Signatures", "OFD.xml names no Signatures; a document made here always does", err);
	if (d->bodies[0].signatures != NULL)
		return fail_ofd("Signatures", "the document has signatures already", err);
	if (d->num_pages == 0 || d->pages[0].ID[0] == 0)
		return fail_ofd("Pages", "the document has no page to put the stamp on", err);
	stamp.PageRef = d->pages[0].ID;
	return zy_ofd_prepare_append(use, p, d, &how, signed_at, a, out, err);
}

bool zy_ofd_put_value(struct zy_package *p, const struct zy_ofd_prepared *made, struct zy_bytes value,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes kept;

	return zy_arena_copy(a, value, &kept, err) && add_as_it_is(p, made->signed_value_path, kept, err);
}

bool zy_ofd_finish(const struct zy_seal_use *use, struct zy_package *p, const struct zy_ofd_prepared *made,
    const uint8_t rs[64], struct zy_arena *a, struct zy_error *err)
{
	struct zy_ses_signature s = {
		.toSign.der = made->tbs, .cert = use->owner_cert, .signatureAlgID = zy_oid_sm2_sm3
	};
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO b = { 0 };

	zy_der_put_rs(&value, rs);
	s.signature = zy_buf_bytes(&value);
	if (!zy_buf_done(&value, "SES_Signature.signature", err) ||
	    (use->stamper != NULL && !use->stamper->stamp(use->stamper->arg, ZY_SUITE_GM,
					 (const struct zy_bytes[2]){ s.signature }, &token, err)))
		return false;
	s.timeStamp = zy_buf_bytes(&token);
	return zy_ses_signature_encode(&s, &b, err) && zy_buf_done(&b, "package", err) &&
	       zy_ofd_put_value(p, made, zy_buf_bytes(&b), a, err);
}
