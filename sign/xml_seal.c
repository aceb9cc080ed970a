#include "zy/sealing.h"
#include "zy/xml_signature.h"
#include "zy/xml_tree.h"

#define CERTS_MAX 5

/* What would be signed must not read otherwise to somebody else, and must be free for a signature. */
static bool check_document(const struct zy_xml_tree *t, struct zy_error *err)
{
	for (const struct zy_xml_element *e = zy_xml_tree_root(t); e != NULL; e = zy_xml_tree_next(e))
		if (zy_xml_element_is(e, ZY_XML_DS, "Signature"))
			return zy_fail(err, ZY_E_XML_SIGNATURE, "Signature", ZY_NOWHERE,
			    "the document is signed already; its signature covers the whole of it, and another one would "
			    "break it");
	if (zy_xml_tree_comments(t).splits)
		return zy_fail(err, ZY_E_XML, "document", ZY_NOWHERE,
		    "a comment cuts a text in two, and no signature covers comments; take it out first");
	if (zy_xml_tree_end_tag(t) == ZY_NOWHERE)
		return zy_fail(err, ZY_E_XML, "document", ZY_NOWHERE,
		    "the root element has no end tag to put a signature before; write it as <a></a> instead of <a/>");
	return true;
}

/* The document as it is signed, and where the signature goes. */
static bool read_document(struct zy_bytes xml, struct zy_buf *covered, size_t *at, struct zy_error *err)
{
	struct zy_xml_tree *t;
	bool ok;

	if (!zy_xml_tree_open(&t, xml, "document", err))
		return false;
	*at = zy_xml_tree_end_tag(t);
	ok = check_document(t, err) && zy_xml_tree_canonical(t, NULL, NULL, covered, err);
	zy_xml_tree_close(t);
	return ok;
}

static bool ask_value(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    const struct zy_xml_signing *s, uint8_t rs[64], struct zy_error *err)
{
	const bool gm = s->suite == ZY_SUITE_GM;
	ZY_BUF_AUTO message = { 0 };

	if (!zy_xml_signed_info_encode(s, &message, err))
		return false;
	struct zy_sign_request q = { .key = gm ? use->seal_key : use->document_key,
		.use = gm ? ZY_USE_SEAL_SIGN : ZY_USE_DOCUMENT,
		.message = zy_buf_bytes(&message),
		.esID = use->rule->esID,
		.item_code = item_code };
	if (q.key == NULL)
		q.key = gm ? use->rule->seal_key : use->rule->document_key;
	return zy_hsm_sign(h, &q, rs, err);
}

static bool stamp(const struct zy_seal_use *use, const struct zy_xml_signing *s, const uint8_t rs[64],
    struct zy_buf *token, struct zy_error *err)
{
	ZY_BUF_AUTO value = { 0 };

	return use->stamper == NULL ||
	       (zy_xml_value_encode(s, rs, &value, err) &&
		   use->stamper->stamp(use->stamper->arg, s->suite, zy_buf_bytes(&value), token, err));
}

bool zy_xml_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, enum zy_suite suite,
    struct zy_bytes xml, zy_time signed_at, struct zy_buf *out, struct zy_error *err)
{
	struct zy_bytes certs[CERTS_MAX] = { suite == ZY_SUITE_GM ? use->owner_cert : use->document_cert };
	struct zy_xml_signing s = { .suite = suite, .certs = certs, .num_certs = 1, .signed_at = signed_at };
	ZY_BUF_AUTO covered = { 0 };
	ZY_BUF_AUTO token = { 0 };
	uint8_t rs[64];
	size_t at;

	for (size_t i = 0; suite == ZY_SUITE_INTL && i < use->num_chain && s.num_certs < CERTS_MAX; i++)
		certs[s.num_certs++] = use->document_chain[i];
	if (!read_document(xml, &covered, &at, err))
		return false;
	s.covered = zy_buf_bytes(&covered);
	if (!ask_value(h, use, item_code, &s, rs, err) || !stamp(use, &s, rs, &token, err))
		return false;
	zy_buf_put(out, ZY_BYTES(xml.p, at));
	if (!zy_xml_signature_encode(&s, rs, zy_buf_bytes(&token), out, err))
		return false;
	zy_buf_put(out, ZY_BYTES(xml.p + at, xml.len - at));
	return zy_buf_done(out, "XML", err);
}
