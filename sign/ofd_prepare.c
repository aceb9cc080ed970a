#include "zy/ofd_prepare.h"

#include "zy/ofd.h"
#include "zy/ses.h"
#include "zy/text.h"
#include "zy/xml.h"

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define OFD_NS " xmlns:ofd=\"http://www.ofdspec.org/2016\""

/* Where the files of the signature belong: beside the Signatures.xml that OFD.xml names. */
struct paths {
	const char *signatures, *signature, *seal, *signed_value;
};

static bool fail_ofd(const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_OFD, field, ZY_NOWHERE, "%s", why);
}

static bool make_paths(const char *signatures, struct zy_arena *a, struct paths *out, struct zy_error *err)
{
	const char *slash = strrchr(signatures, '/');
	int folder = slash == NULL ? 0 : (int)(slash - signatures + 1);

	out->signatures = signatures;
	return (out->signature = zy_arena_printf(a, err, "%.*sSign_0/Signature.xml", folder, signatures)) != NULL &&
	       (out->seal = zy_arena_printf(a, err, "%.*sSign_0/Seal.esl", folder, signatures)) != NULL &&
	       (out->signed_value = zy_arena_printf(a, err, "%.*sSign_0/SignedValue.dat", folder, signatures)) != NULL;
}

/* The document as it is before sealing: whole but for the Signatures.xml that OFD.xml already names, since OFD.xml
 * itself is covered and cannot name it afterwards. */
static bool read_document(
    const struct zy_package *p, struct zy_arena *a, struct paths *paths, const char **page, struct zy_error *err)
{
	struct zy_ofd *d = zy_arena_alloc(a, sizeof(*d), err);

	if (d == NULL || !zy_ofd_parse(d, p, a, err))
		return false;
	if (d->signatures_path[0] == 0)
		return fail_ofd("Signatures", "OFD.xml names no Signatures; a document made here always does", err);
	if (zy_package_find(p, d->signatures_path) != NULL)
		return fail_ofd("Signatures", "the document has signatures already", err);
	for (size_t i = 0; i < d->num_faults; i++)
		if (strcmp(d->faults[i].path, d->signatures_path) != 0)
			return zy_fail(
			    err, ZY_E_OFD, "OFD", ZY_NOWHERE, "%.60s: %.120s", d->faults[i].path, d->faults[i].why.msg);
	if (d->num_pages == 0 || d->pages[0].ID[0] == 0)
		return fail_ofd("Pages", "the document has no page to put the stamp on", err);
	*page = d->pages[0].ID;
	return make_paths(d->signatures_path, a, paths, err);
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

static bool add_signatures_xml(
    struct zy_package *p, const struct paths *paths, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put_str(&b, XML_HEAD "<ofd:Signatures" OFD_NS "><ofd:MaxSignId>s001</ofd:MaxSignId>"
				    "<ofd:Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/");
	zy_xml_put(&b, zy_str(paths->signature));
	zy_buf_put_str(&b, "\"/></ofd:Signatures>\n");
	return add_file(p, paths->signatures, &b, a, err);
}

/* One Reference: the digest of the file's bytes as they are, without canonicalisation. */
static bool put_reference(struct zy_buf *b, const struct zy_package_file *f, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (f->sm3 != NULL)
		memcpy(digest, f->sm3, sizeof(digest));
	else if (!zy_digest(ZY_HASH_SM3, f->bytes, digest, err))
		return false;
	zy_buf_put_str(b, "<ofd:Reference FileRef=\"/");
	zy_xml_put(b, zy_str(f->name));
	zy_buf_put_str(b, "\"><ofd:CheckValue>");
	zy_base64_encode(b, ZY_BYTES(digest, sizeof(digest)));
	zy_buf_put_str(b, "</ofd:CheckValue></ofd:Reference>");
	return true;
}

/* Covers every file that is in the package now: all but Signature.xml and SignedValue.dat. With Signatures.xml among
 * them the document is closed: a licence is never signed a second time. */
static bool add_signature_xml(struct zy_package *p, const struct paths *paths, const char *page,
    struct zy_seal_place box, zy_time signed_at, struct zy_arena *a, struct zy_error *err)
{
	char when[ZY_TIME_TEXT];
	ZY_BUF_AUTO b = { 0 };

	zy_time_to_generalized(signed_at, when);
	zy_buf_put_str(&b, XML_HEAD "<ofd:Signature" OFD_NS "><ofd:SignedInfo>"
				    "<ofd:Provider ProviderName=\"zhengyin\" Company=\"zhengyin\" Version=\"1.0\"/>"
				    "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>");
	zy_buf_printf(&b, "<ofd:SignatureDateTime>%s</ofd:SignatureDateTime>", when);
	zy_buf_put_str(&b, "<ofd:References CheckMethod=\"1.2.156.10197.1.401\">");
	for (size_t i = 0; i < p->num_files; i++)
		if (!put_reference(&b, &p->files[i], err))
			return false;
	zy_buf_put_str(&b, "</ofd:References><ofd:StampAnnot ID=\"1\" PageRef=\"");
	zy_xml_put(&b, zy_str(page));
	zy_buf_printf(&b, "\" Boundary=\"%.2f %.2f %.2f %.2f\"/><ofd:Seal><ofd:BaseLoc>/", box.x, box.y, box.w, box.h);
	zy_xml_put(&b, zy_str(paths->seal));
	zy_buf_put_str(&b, "</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo><ofd:SignedValue>/");
	zy_xml_put(&b, zy_str(paths->signed_value));
	zy_buf_put_str(&b, "</ofd:SignedValue></ofd:Signature>\n");
	return add_file(p, paths->signature, &b, a, err);
}

/* TBS_Sign over Signature.xml as it now stands in the package (GB/T 38540 7.1). */
static bool make_tbs(const struct zy_seal_use *use, const struct zy_package *p, const struct paths *paths,
    zy_time signed_at, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	const char *property = zy_arena_printf(a, err, "/%s", paths->signature);
	uint8_t digest[ZY_HASH_LEN];
	struct zy_ses_tbs tbs = {
		.eseal.der = use->eseal, .timeInfo = signed_at, .dataHash = ZY_BYTES(digest, sizeof(digest))
	};
	ZY_BUF_AUTO b = { 0 };

	if (property == NULL || !zy_digest(ZY_HASH_SM3, zy_package_find(p, paths->signature)->bytes, digest, err))
		return false;
	tbs.propertyInfo = zy_str(property);
	return zy_ses_tbs_encode(&tbs, &b, err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
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
	struct paths paths;
	const char *page;

	if (!check_place(place, err) || !check_seal(use, err) || !read_document(p, a, &paths, &page, err) ||
	    !add_signatures_xml(p, &paths, a, err) || !add_as_it_is(p, paths.seal, use->eseal, err) ||
	    !add_signature_xml(p, &paths, page, place, signed_at, a, err))
		return false;
	out->signed_value_path = paths.signed_value;
	return make_tbs(use, p, &paths, signed_at, a, &out->tbs, err);
}

bool zy_ofd_finish(const struct zy_seal_use *use, struct zy_package *p, const struct zy_ofd_prepared *made,
    const uint8_t rs[64], struct zy_arena *a, struct zy_buf *out, struct zy_error *err)
{
	struct zy_ses_signature s = {
		.toSign.der = made->tbs, .cert = use->owner_cert, .signatureAlgID = zy_oid_sm2_sm3
	};
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_bytes kept;

	zy_der_put_rs(&value, rs);
	s.signature = zy_buf_bytes(&value);
	if (!zy_buf_done(&value, "SES_Signature.signature", err) ||
	    (use->stamper != NULL && !use->stamper->stamp(use->stamper->arg, ZY_SUITE_GM, s.signature, &token, err)))
		return false;
	s.timeStamp = zy_buf_bytes(&token);
	return zy_ses_signature_encode(&s, &b, err) && zy_buf_done(&b, "package", err) &&
	       zy_arena_copy(a, zy_buf_bytes(&b), &kept, err) && add_as_it_is(p, made->signed_value_path, kept, err) &&
	       zy_package_encode(p, out, err);
}
