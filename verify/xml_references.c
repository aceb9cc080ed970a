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

/* SignedProperties in QualifyingProperties in an Object of this signature; NULL: none, or several. */
static const struct zy_xml_element *find_properties(const struct zy_xml_element *signature)
{
	const struct zy_xml_element *found = NULL;

	for (const struct zy_xml_element *e = zy_xml_tree_next(signature); e != NULL; e = zy_xml_tree_next(e)) {
		const struct zy_xml_element *in = zy_xml_element_parent(e), *object = zy_xml_element_parent(in);

		if (object == NULL || zy_xml_element_parent(object) != signature ||
		    !zy_xml_element_is(e, ZY_XML_XADES, "SignedProperties") ||
		    !zy_xml_element_is(in, ZY_XML_XADES, "QualifyingProperties") ||
		    !zy_xml_element_is(object, ZY_XML_DS, "Object"))
			continue;
		if (found != NULL)
			return NULL;
		found = e;
	}
	return found;
}

static bool judge_properties(
    struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_xml_form form, struct zy_error *err)
{
	const struct zy_xml_element *e = find_properties(x->e);
	struct zy_error why = { 0 };
	struct zy_bytes covered;

	if (e == NULL) {
		zy_report_add(x->c->r, "xml-reference", fields[ZY_XML_REF_PROPERTIES], ZY_NOWHERE, "there are none");
		return true;
	}
	if (!zy_xml_case_canonical(x, zy_xml_exclusive, e, NULL, &covered, err))
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
	return !is_named(x, r, x->properties.id) ||
	       (zy_xml_case_canonical(x, form, e, NULL, &covered, err) && judge_digest(x, r, covered, err));
}

static bool judge_countersigned(
    struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_xml_form form, struct zy_error *err)
{
	struct zy_xml_signature of;
	struct zy_error why = { 0 };
	struct zy_bytes whole, covered;

	if (!zy_xml_case_canonical(x, zy_xml_exclusive, zy_xml_element_parent(x->countersigned), NULL, &whole, err) ||
	    !zy_xml_case_canonical(x, form, x->countersigned, NULL, &covered, err))
		return false;
	if (!zy_xml_signature_parse(&of, whole, x->c->work, &why)) {
		zy_report_add(x->c->r, "xml-reference", fields[ZY_XML_REF_COUNTERSIGNED], ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	return !is_named(x, r, of.value_id) || judge_digest(x, r, covered, err);
}

static bool judge_document(
    struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_xml_form form, struct zy_error *err)
{
	struct zy_bytes covered;

	x->out->covers = "whole";
	return zy_xml_case_canonical(x, form, NULL, x->e, &covered, err) && judge_digest(x, r, covered, err);
}

/* The form in which it is digested, when `enveloped` enveloped-signature transforms and then at most one
 * canonicalisation are all there is. Without the latter it is Canonical XML 1.0, and references within a document leave
 * comments out before any canonicalisation does (4.4.3.2, 4.4.3.3). */
static bool form_of(const struct zy_xml_reference *r, size_t enveloped, struct zy_xml_form *out)
{
	struct zy_xml_form form = { ZY_XML_FORM_1_0, false };
	bool good = !r->has_parameters && r->num_transforms >= enveloped && r->num_transforms <= enveloped + 1 &&
		    (enveloped == 0 || strcmp(r->transforms[0], ZY_XML_ENVELOPED) == 0) &&
		    (r->num_transforms == enveloped || zy_xml_form_named(r->transforms[enveloped], &form));

	*out = (struct zy_xml_form){ form.kind, false };
	return good;
}

/* A transform decides what is signed: nothing else is run. */
static bool find_form(
    struct zy_xml_case *x, const struct zy_xml_reference *r, enum zy_xml_reference_kind kind, struct zy_xml_form *out)
{
	const char *other = NULL;

	if (form_of(r, kind == ZY_XML_REF_DOCUMENT, out))
		return true;
	for (size_t i = 0; i < r->num_transforms; i++)
		if (strcmp(r->transforms[i], ZY_XML_ENVELOPED) != 0 && !zy_xml_form_named(r->transforms[i], out))
			other = r->transforms[i];
	zy_report_add(x->c->r, "xml-transform", fields[kind], ZY_NOWHERE, "%s",
	    other != NULL       ? zy_case_text(x->c, zy_str(other))
	    : r->has_parameters ? "a transform with parameters"
				: "other transforms than one enveloped-signature and one canonicalisation");
	return false;
}

/* A part of the document by its Id: not judged, since nobody here knows what the part is to the whole; but when it was
 * changed, that can be told. */
static bool judge_part(struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_error *err)
{
	const bool enveloped = r->num_transforms > 0 && strcmp(r->transforms[0], ZY_XML_ENVELOPED) == 0;
	const struct zy_xml_element *e;
	struct zy_xml_form form;
	struct zy_bytes covered;

	zy_report_add(x->c->r, "xml-coverage", "Reference", ZY_NOWHERE, "%s",
	    r->uri == NULL ? "no URI" : zy_case_text(x->c, zy_str(r->uri)));
	if (r->uri == NULL || r->uri[0] != '#' || !form_of(r, enveloped, &form))
		return true;
	if (zy_xml_tree_ids(x->tree, r->uri + 1) > 1)
		zy_report_add(x->c->r, "xml-id-repeated", "Reference", ZY_NOWHERE, NULL);
	if ((e = zy_xml_tree_identified(x->tree, r->uri + 1)) == NULL)
		return true;
	return zy_xml_case_canonical(x, form, e, enveloped ? x->e : NULL, &covered, err) &&
	       judge_digest(x, r, covered, err);
}

/* Whether or not its Type says so: what names this signature's own properties is about them. */
static bool kind_of(
    struct zy_xml_case *x, const struct zy_xml_reference *r, enum zy_xml_reference_kind *out, struct zy_error *err)
{
	const struct zy_xml_element *e = find_properties(x->e);
	const char *id = NULL;

	*out = zy_xml_reference_kind(r);
	if (*out != ZY_XML_REF_OTHER || r->uri == NULL || r->uri[0] != '#' || e == NULL)
		return true;
	if (!zy_xml_element_attribute(e, "Id", x->c->work, &id, err))
		return false;
	if (id != NULL && strcmp(r->uri + 1, id) == 0)
		*out = ZY_XML_REF_PROPERTIES;
	return true;
}

static bool judge_reference(
    struct zy_xml_case *x, const struct zy_xml_reference *r, unsigned *seen, struct zy_error *err)
{
	const enum zy_xml_reference_kind other =
	    x->countersigned == NULL ? ZY_XML_REF_COUNTERSIGNED : ZY_XML_REF_DOCUMENT;
	enum zy_xml_reference_kind kind;
	struct zy_xml_form form;

	if (!kind_of(x, r, &kind, err))
		return false;
	if (kind != ZY_XML_REF_OTHER && (*seen & 1u << kind) != 0) {
		zy_report_add(
		    x->c->r, "xml-reference", "Reference", ZY_NOWHERE, "twice: %s", zy_case_text(x->c, zy_str(r->uri)));
		return true;
	}
	*seen |= 1u << kind;
	if (kind == ZY_XML_REF_OTHER || kind == other)
		return judge_part(x, r, err);
	if (!find_form(x, r, kind, &form))
		return true;
	switch (kind) {
	case ZY_XML_REF_DOCUMENT:
		return judge_document(x, r, form, err);
	case ZY_XML_REF_PROPERTIES:
		return judge_properties(x, r, form, err);
	case ZY_XML_REF_COUNTERSIGNED:
		return judge_countersigned(x, r, form, err);
	case ZY_XML_REF_OTHER:
		break;
	}
	return true;
}

bool zy_xml_case_references(struct zy_xml_case *x, struct zy_error *err)
{
	const enum zy_xml_reference_kind what =
	    x->countersigned == NULL ? ZY_XML_REF_DOCUMENT : ZY_XML_REF_COUNTERSIGNED;
	const unsigned elsewhere = 1u << ZY_XML_REF_OTHER | 1u << ZY_XML_REF_DOCUMENT | 1u << ZY_XML_REF_COUNTERSIGNED;
	unsigned seen = 0;

	for (size_t i = 0; i < x->info.num_references; i++)
		if (!judge_reference(x, &x->info.references[i], &seen, err))
			return false;
	if ((seen & elsewhere) == 0)
		zy_report_add(x->c->r, "xml-reference", fields[what], ZY_NOWHERE, "there is none");
	/* properties that are not signed say nothing */
	if ((seen & 1u << ZY_XML_REF_PROPERTIES) == 0 && x->s.has_properties)
		zy_report_add(x->c->r, "xml-properties", "SignedProperties", ZY_NOWHERE, "no reference covers them");
	return true;
}
