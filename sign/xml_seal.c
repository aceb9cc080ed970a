/*
 * Where a signature goes in an XML document, and what it covers: the whole document when it is the first; else the
 * value of the signature that is there, which it countersigns (EN 319 132-1 5.2.7), for another signature of the whole
 * would break the first.
 */
#include "zy/sealing.h"
#include "zy/xml_signature.h"
#include "zy/xml_tree.h"

#define CERTS_MAX 5

struct place {
	size_t at;                  /* in the document */
	const char *before, *after; /* what goes around the signature */
	const char *value_id;       /* of the ds:SignatureValue that is countersigned; NULL: none */
	struct zy_arena a;          /* value_id */
	struct zy_buf covered;
};

static void close_place(struct place *p)
{
	zy_arena_free(&p->a);
	zy_buf_free(&p->covered);
}

static bool fail_signed(struct zy_error *err, const char *what)
{
	return zy_fail(err, ZY_E_XML_SIGNATURE, "Signature", ZY_NOWHERE,
	    "the document is signed already, and %s: it cannot be countersigned", what);
}

/* Letters that every Id may have and that stand in an attribute as they are (NCName, ASCII). */
static bool is_plain_id(const char *id)
{
	return id != NULL && id[0] != 0 &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(id);
}

#define OPEN "<xades:CounterSignature xmlns:xades=\"" ZY_XML_XADES "\">"
#define OPEN_ALL                                                                                                       \
	"<xades:UnsignedProperties xmlns:xades=\"" ZY_XML_XADES "\"><xades:UnsignedSignatureProperties>"               \
	"<xades:CounterSignature>"
#define CLOSE "</xades:CounterSignature>"
#define CLOSE_ALL CLOSE "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"

/* Behind the unsigned properties that are there, or as the first of them. */
static bool place_in(const struct zy_xml_element *signature, struct place *p, struct zy_error *err)
{
	const struct zy_xml_element *e = zy_xml_element_only(signature, ZY_XML_DS, "Object"), *all;

	if (e == NULL || (e = zy_xml_element_only(e, ZY_XML_XADES, "QualifyingProperties")) == NULL)
		return fail_signed(err, "its signature has no XAdES properties");
	p->before = OPEN_ALL;
	p->after = CLOSE_ALL;
	if ((all = zy_xml_element_only(e, ZY_XML_XADES, "UnsignedProperties")) != NULL) {
		p->before = OPEN;
		p->after = CLOSE;
		e = zy_xml_element_only(all, ZY_XML_XADES, "UnsignedSignatureProperties");
	}
	p->at = e == NULL ? ZY_NOWHERE : zy_xml_element_end_tag(e);
	return p->at != ZY_NOWHERE || fail_signed(err, "its unsigned properties are empty or of another kind");
}

static bool countersign(
    const struct zy_xml_tree *t, const struct zy_xml_element *signature, struct place *p, struct zy_error *err)
{
	const struct zy_xml_element *value = zy_xml_element_only(signature, ZY_XML_DS, "SignatureValue");

	if (value == NULL || !zy_xml_element_attribute(value, "Id", &p->a, &p->value_id, err) ||
	    !is_plain_id(p->value_id) || zy_xml_tree_ids(t, p->value_id) != 1)
		return fail_signed(err, "its SignatureValue has no Id to be named by");
	return place_in(signature, p, err) && zy_xml_tree_canonical(t, value, NULL, &p->covered, err);
}

/* What would be signed must not read otherwise to somebody else. */
static bool find_place(const struct zy_xml_tree *t, struct place *p, struct zy_error *err)
{
	const struct zy_xml_element *e = zy_xml_tree_root(t);

	if (zy_xml_tree_comments(t).splits)
		return zy_fail(err, ZY_E_XML, "document", ZY_NOWHERE,
		    "a comment cuts a text in two, and no signature covers comments; take it out first");
	while (e != NULL && !zy_xml_element_is(e, ZY_XML_DS, "Signature"))
		e = zy_xml_tree_next(e);
	if (e != NULL)
		return countersign(t, e, p, err);
	p->at = zy_xml_element_end_tag(zy_xml_tree_root(t));
	p->before = p->after = "";
	if (p->at == ZY_NOWHERE)
		return zy_fail(err, ZY_E_XML, "document", ZY_NOWHERE,
		    "the root element has no end tag to put a signature before; write it as <a></a> instead of <a/>");
	return zy_xml_tree_canonical(t, NULL, NULL, &p->covered, err);
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

	return use->stamper == NULL || (zy_xml_value_encode(s, rs, &value, err) &&
					   use->stamper->stamp(use->stamper->arg, s->suite,
					       (const struct zy_bytes[2]){ zy_buf_bytes(&value) }, token, err));
}

static bool put_signature(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    const struct zy_xml_signing *s, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO token = { 0 };
	uint8_t rs[64];

	return ask_value(h, use, item_code, s, rs, err) && stamp(use, s, rs, &token, err) &&
	       zy_xml_signature_encode(s, rs, zy_buf_bytes(&token), out, err);
}

bool zy_xml_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, enum zy_suite suite,
    struct zy_bytes xml, zy_time signed_at, struct zy_buf *out, struct zy_error *err)
{
	struct zy_bytes certs[CERTS_MAX] = { suite == ZY_SUITE_GM ? use->owner_cert : use->document_cert };
	struct zy_xml_signing s = { .suite = suite, .certs = certs, .num_certs = 1, .signed_at = signed_at };
	__attribute__((cleanup(close_place))) struct place p = { 0 };
	struct zy_xml_tree *t;
	bool ok;

	for (size_t i = 0; suite == ZY_SUITE_INTL && i < use->num_chain && s.num_certs < CERTS_MAX; i++)
		certs[s.num_certs++] = use->document_chain[i];
	if (!zy_xml_tree_open(&t, xml, "document", err))
		return false;
	ok = find_place(t, &p, err);
	zy_xml_tree_close(t);
	if (!ok)
		return false;
	s.covered = zy_buf_bytes(&p.covered);
	s.countersigned = p.value_id;
	zy_buf_put(out, ZY_BYTES(xml.p, p.at));
	zy_buf_put_str(out, p.before);
	if (!put_signature(h, use, item_code, &s, out, err))
		return false;
	zy_buf_put_str(out, p.after);
	zy_buf_put(out, ZY_BYTES(xml.p + p.at, xml.len - p.at));
	return zy_buf_done(out, "XML", err);
}
