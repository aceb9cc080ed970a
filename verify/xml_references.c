#include "xml_case.h"

enum zy_md zy_xml_md(enum zy_xml_digest digest)
{
	switch (digest) {
	case ZY_XML_SM3:
		return ZY_MD_SM3;
	case ZY_XML_SHA256:
		return ZY_MD_SHA256;
	case ZY_XML_SHA384:
		return ZY_MD_SHA384;
	case ZY_XML_SHA512:
		return ZY_MD_SHA512;
	case ZY_XML_DIGEST_OTHER:
		break;
	}
	return ZY_MD_NONE;
}

static const char *const fields[] = { [ZY_XML_REF_DOCUMENT] = "Reference.document",
	[ZY_XML_REF_PROPERTIES] = "Reference.SignedProperties",
	[ZY_XML_REF_COUNTERSIGNED] = "Reference.CountersignedSignature",
	[ZY_XML_REF_OTHER] = "Reference" };

static bool judge_digest(
    struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_bytes covered, struct zy_error *err)
{
	const char *field = fields[zy_xml_reference_kind(r)];
	enum zy_md md = zy_xml_md(zy_xml_digest(r->digest_method));
	uint8_t digest[ZY_MD_MAX];
	size_t len;

	if (md == ZY_MD_NONE) {
		zy_report_add(x->c->r, "signature-algorithm", field, ZY_NOWHERE, "digest %s",
		    zy_case_text(x->c, zy_str(r->digest_method)));
		return true;
	}
	if (!zy_md_digest(md, covered, digest, &len, err))
		return false;
	if (!zy_bytes_equal(r->digest, ZY_BYTES(digest, len)))
		zy_report_add(x->c->r, "xml-reference-digest", field, ZY_NOWHERE, NULL);
	return true;
}

/* What a reference by its Id means here is told by its place, not by a search: the Id must be on that element, and on
 * no other. */
static bool is_named(struct zy_xml_case *x, const struct zy_xml_reference *r, const char *id)
{
	if (id == NULL || strcmp(r->uri + 1, id) != 0) {
		zy_report_add(x->c->r, "xml-reference", fields[zy_xml_reference_kind(r)], ZY_NOWHERE,
		    "its URI names another element");
		return false;
	}
	if (zy_xml_tree_ids(x->tree, id) != 1) {
		zy_report_add(x->c->r, "xml-id-repeated", fields[zy_xml_reference_kind(r)], ZY_NOWHERE, NULL);
		return false;
	}
	return true;
}

static const struct zy_xml_element *find_properties(const struct zy_xml_element *signature)
{
	const struct zy_xml_element *e = zy_xml_element_only(signature, ZY_XML_DS, "Object");

	if (e != NULL)
		e = zy_xml_element_only(e, ZY_XML_XADES, "QualifyingProperties");
	return e == NULL ? NULL : zy_xml_element_only(e, ZY_XML_XADES, "SignedProperties");
}

static bool judge_properties(struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_error *err)
{
	const struct zy_xml_element *e = find_properties(x->e);
	struct zy_error why = { 0 };
	struct zy_bytes covered;

	if (e == NULL) {
		zy_report_add(x->c->r, "xml-reference", fields[ZY_XML_REF_PROPERTIES], ZY_NOWHERE, "there are none");
		return true;
	}
	if (!zy_xml_case_canonical(x, e, NULL, &covered, err))
		return false;
	if (!zy_xml_properties_parse(&x->properties, covered, x->c->work, &why)) {
		if (zy_code_exit(why.code) != 65)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		zy_report_add(x->c->r, "xml-properties", "SignedProperties", ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	if (x->properties.unknown != NULL)
		zy_report_add(x->c->r, "xml-property-unknown", "SignedProperties", ZY_NOWHERE, "%s",
		    zy_case_text(x->c, zy_str(x->properties.unknown)));
	return !is_named(x, r, x->properties.id) || judge_digest(x, r, covered, err);
}

static bool judge_countersigned(struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_error *err)
{
	struct zy_xml_signature of;
	struct zy_error why = { 0 };
	struct zy_bytes whole, covered;

	if (!zy_xml_case_canonical(x, zy_xml_element_parent(x->countersigned), NULL, &whole, err) ||
	    !zy_xml_case_canonical(x, x->countersigned, NULL, &covered, err))
		return false;
	if (!zy_xml_signature_parse(&of, whole, x->c->work, &why)) {
		zy_report_add(x->c->r, "xml-reference", fields[ZY_XML_REF_COUNTERSIGNED], ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	return !is_named(x, r, of.value_id) || judge_digest(x, r, covered, err);
}

static bool judge_document(struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_error *err)
{
	struct zy_bytes covered;

	x->out->covers = "whole";
	return zy_xml_case_canonical(x, NULL, x->e, &covered, err) && judge_digest(x, r, covered, err);
}

/* A transform decides what is signed: none but the profile's is run. */
static bool is_plain(struct zy_xml_case *x, const struct zy_xml_reference *r)
{
	const char *field = fields[zy_xml_reference_kind(r)], *other = NULL;

	if (zy_xml_reference_is_plain(r))
		return true;
	for (size_t i = 0; i < r->num_transforms; i++)
		if (strcmp(r->transforms[i], ZY_XML_ENVELOPED) != 0 && strcmp(r->transforms[i], ZY_XML_EXCLUSIVE) != 0)
			other = r->transforms[i];
	zy_report_add(x->c->r, "xml-transform", field, ZY_NOWHERE, "%s",
	    other != NULL ? zy_case_text(x->c, zy_str(other)) : "not those of the profile, in their order");
	return false;
}

static bool judge_reference(
    struct zy_xml_case *x, const struct zy_xml_reference *r, unsigned *seen, struct zy_error *err)
{
	const enum zy_xml_reference_kind kind = zy_xml_reference_kind(r);
	const enum zy_xml_reference_kind other =
	    x->countersigned == NULL ? ZY_XML_REF_COUNTERSIGNED : ZY_XML_REF_DOCUMENT;

	if (kind == ZY_XML_REF_OTHER || kind == other || (*seen & 1u << kind) != 0) {
		zy_report_add(x->c->r, "xml-reference", "Reference", ZY_NOWHERE, "%s%s",
		    (*seen & 1u << kind) != 0 ? "twice: " : "",
		    r->uri == NULL ? "no URI" : zy_case_text(x->c, zy_str(r->uri)));
		return true;
	}
	*seen |= 1u << kind;
	if (!is_plain(x, r))
		return true;
	switch (kind) {
	case ZY_XML_REF_DOCUMENT:
		return judge_document(x, r, err);
	case ZY_XML_REF_PROPERTIES:
		return judge_properties(x, r, err);
	case ZY_XML_REF_COUNTERSIGNED:
		return judge_countersigned(x, r, err);
	case ZY_XML_REF_OTHER:
		break;
	}
	return true;
}

bool zy_xml_case_references(struct zy_xml_case *x, struct zy_error *err)
{
	const enum zy_xml_reference_kind what =
	    x->countersigned == NULL ? ZY_XML_REF_DOCUMENT : ZY_XML_REF_COUNTERSIGNED;
	unsigned seen = 0;

	for (size_t i = 0; i < x->info.num_references; i++)
		if (!judge_reference(x, &x->info.references[i], &seen, err))
			return false;
	if ((seen & 1u << what) == 0)
		zy_report_add(x->c->r, "xml-reference", fields[what], ZY_NOWHERE, "there is none");
	/* properties that are not signed say nothing */
	if ((seen & 1u << ZY_XML_REF_PROPERTIES) == 0 && x->s.has_properties)
		zy_report_add(x->c->r, "xml-properties", "SignedProperties", ZY_NOWHERE, "no reference covers them");
	return true;
}
