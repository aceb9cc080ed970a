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

/* What a reference is about, as the verifier finds it: by place, whatever its Type says. */
enum target { DOCUMENT, ROOT, PROPERTIES, COUNTERSIGNED, KEY_INFO, OBJECT, PART };

static const char *const fields[] = { [DOCUMENT] = "Reference.document",
	[ROOT] = "Reference.document",
	[PROPERTIES] = "Reference.SignedProperties",
	[COUNTERSIGNED] = "Reference.CountersignedSignature",
	[KEY_INFO] = "Reference.KeyInfo",
	[OBJECT] = "Reference.Object",
	[PART] = "Reference" };

static bool judge_digest(struct zy_xml_case *x, const struct zy_xml_reference *r, const char *field,
    struct zy_bytes covered, struct zy_error *err)
{
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
static bool is_named(struct zy_xml_case *x, const struct zy_xml_reference *r, const char *field, const char *id)
{
	if (id == NULL || strcmp(r->uri + 1, id) != 0) {
		zy_report_add(x->c->r, "xml-reference", field, ZY_NOWHERE, "its URI names another element");
		return false;
	}
	if (zy_xml_tree_ids(x->tree, id) != 1) {
		zy_report_add(x->c->r, "xml-id-repeated", field, ZY_NOWHERE, NULL);
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
		zy_report_add(x->c->r, "xml-reference", fields[PROPERTIES], ZY_NOWHERE, "there are none");
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
	return !is_named(x, r, fields[PROPERTIES], x->properties.id) ||
	       (zy_xml_case_canonical(x, form, e, NULL, &covered, err) &&
		   judge_digest(x, r, fields[PROPERTIES], covered, err));
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
		zy_report_add(x->c->r, "xml-reference", fields[COUNTERSIGNED], ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	return !is_named(x, r, fields[COUNTERSIGNED], of.value_id) ||
	       judge_digest(x, r, fields[COUNTERSIGNED], covered, err);
}

/* The element that the reference names, or NULL for the document, without the signature where it is enveloped. */
static bool judge_element(struct zy_xml_case *x, const struct zy_xml_reference *r, const char *field,
    const struct zy_xml_element *e, bool enveloped, struct zy_xml_form form, struct zy_error *err)
{
	struct zy_bytes covered;

	return zy_xml_case_canonical(x, form, e, enveloped ? x->e : NULL, &covered, err) &&
	       judge_digest(x, r, field, covered, err);
}

static bool is_enveloped(const struct zy_xml_reference *r)
{
	return r->num_transforms > 0 && strcmp(r->transforms[0].uri, ZY_XML_ENVELOPED) == 0;
}

/* The form in which it is digested, when `enveloped` enveloped-signature transforms and then at most one
 * canonicalisation are all there is. Without the latter it is Canonical XML 1.0, and references within a document leave
 * comments out before any canonicalisation does (4.4.3.2, 4.4.3.3). */
static bool form_of(const struct zy_xml_reference *r, size_t enveloped, struct zy_xml_form *out)
{
	struct zy_xml_form form = { ZY_XML_FORM_1_0, false, NULL };
	bool good = !r->has_parameters && r->num_transforms >= enveloped && r->num_transforms <= enveloped + 1 &&
		    (enveloped == 0 || is_enveloped(r)) &&
		    (r->num_transforms == enveloped || zy_xml_case_form(&r->transforms[enveloped], &form));

	*out = (struct zy_xml_form){ form.kind, false, form.prefixes };
	return good;
}

/* A transform decides what is signed: nothing else is run. */
static bool find_form(
    struct zy_xml_case *x, const struct zy_xml_reference *r, enum target what, struct zy_xml_form *out)
{
	const char *other = NULL;

	if (form_of(r, what == DOCUMENT || what == ROOT, out))
		return true;
	for (size_t i = 0; i < r->num_transforms; i++)
		if (strcmp(r->transforms[i].uri, ZY_XML_ENVELOPED) != 0 &&
		    !zy_xml_form_named(r->transforms[i].uri, out))
			other = r->transforms[i].uri;
	zy_report_add(x->c->r, "xml-transform", fields[what], ZY_NOWHERE, "%s",
	    other != NULL       ? zy_case_text(x->c, zy_str(other))
	    : r->has_parameters ? "a transform with parameters"
				: "other transforms than one enveloped-signature and one canonicalisation");
	return false;
}

/* What is not of this document, or found by means that are not ours. */
static bool not_judged(struct zy_xml_case *x, const struct zy_xml_reference *r)
{
	zy_report_add(x->c->r, "xml-coverage", fields[PART], ZY_NOWHERE, "%s",
	    r->uri == NULL ? "no URI" : zy_case_text(x->c, zy_str(r->uri)));
	return true;
}

/* A part of the document by its Id. Nobody here knows what the part is to the whole; but whether it was changed. */
static bool judge_part(struct zy_xml_case *x, const struct zy_xml_reference *r, struct zy_error *err)
{
	const struct zy_xml_element *e;
	struct zy_xml_form form;

	if (r->uri == NULL || r->uri[0] != '#' || !form_of(r, is_enveloped(r), &form))
		return not_judged(x, r);
	if (zy_xml_tree_ids(x->tree, r->uri + 1) > 1)
		zy_report_add(x->c->r, "xml-id-repeated", fields[PART], ZY_NOWHERE, NULL);
	if ((e = zy_xml_tree_identified(x->tree, r->uri + 1)) == NULL)
		return not_judged(x, r);
	x->covered.part = r;
	return judge_element(x, r, fields[PART], e, is_enveloped(r), form, err);
}

/* An Object of the signature: data that is enveloped in it. */
static bool judge_object(struct zy_xml_case *x, const struct zy_xml_reference *r, const struct zy_xml_element *e,
    struct zy_xml_form form, struct zy_error *err)
{
	size_t i = 0;

	while (i < x->covered.num_objects && x->covered.objects[i] != e)
		i++;
	if (i == x->covered.num_objects && zy_xml_element_only(e, ZY_XML_XADES, "QualifyingProperties") == NULL)
		x->covered.objects[x->covered.num_objects++] = e;
	return judge_element(x, r, fields[OBJECT], e, false, form, err);
}

/* Whether or not its Type says so: what names this signature's own properties is about them. */
static bool names_properties(struct zy_xml_case *x, const struct zy_xml_reference *r, bool *names, struct zy_error *err)
{
	const struct zy_xml_element *e = find_properties(x->e);
	const char *id = NULL;

	if (e != NULL && !zy_xml_element_attribute(e, "Id", x->c->work, &id, err))
		return false;
	*names = id != NULL && strcmp(r->uri + 1, id) == 0;
	return true;
}

static enum target target_by_id(
    const struct zy_xml_case *x, const struct zy_xml_reference *r, const struct zy_xml_element *e)
{
	if (e == NULL)
		return PART;
	if (e == zy_xml_tree_root(x->tree) && e != x->e && is_enveloped(r))
		return ROOT;
	if (zy_xml_element_parent(e) == x->e && zy_xml_element_is(e, ZY_XML_DS, "KeyInfo"))
		return KEY_INFO;
	return zy_xml_element_parent(e) == x->e && zy_xml_element_is(e, ZY_XML_DS, "Object") ? OBJECT : PART;
}

/* *e: the element, of what is found by its Id. */
static bool find_target(struct zy_xml_case *x, const struct zy_xml_reference *r, enum target *out,
    const struct zy_xml_element **e, struct zy_error *err)
{
	const enum zy_xml_reference_kind kind = zy_xml_reference_kind(r);
	bool properties = kind == ZY_XML_REF_PROPERTIES;

	*e = NULL;
	*out = PART;
	if (kind == ZY_XML_REF_DOCUMENT && x->countersigned == NULL)
		*out = DOCUMENT;
	else if (kind == ZY_XML_REF_COUNTERSIGNED && x->countersigned != NULL)
		*out = COUNTERSIGNED;
	if (*out != PART || r->uri == NULL || r->uri[0] != '#')
		return true;
	if (!properties && !names_properties(x, r, &properties, err))
		return false;
	*e = zy_xml_tree_identified(x->tree, r->uri + 1);
	*out = properties ? PROPERTIES : target_by_id(x, r, *e);
	return true;
}

static bool judge_reference(
    struct zy_xml_case *x, const struct zy_xml_reference *r, unsigned *seen, struct zy_error *err)
{
	const struct zy_xml_element *e;
	struct zy_xml_form form;
	enum target what;

	if (!find_target(x, r, &what, &e, err))
		return false;
	*seen |= 1u << what;
	if (what == PART)
		return judge_part(x, r, err);
	if (!find_form(x, r, what, &form))
		return true;
	switch (what) {
	case PROPERTIES:
		return judge_properties(x, r, form, err);
	case COUNTERSIGNED:
		return judge_countersigned(x, r, form, err);
	case OBJECT:
		return judge_object(x, r, e, form, err);
	case DOCUMENT:
		x->covered.document = true;
		break;
	case ROOT:
		x->covered.root = true;
		break;
	case KEY_INFO:
	case PART:
		break;
	}
	return judge_element(x, r, fields[what], e, what == DOCUMENT || what == ROOT, form, err);
}

bool zy_xml_case_references(struct zy_xml_case *x, struct zy_error *err)
{
	const enum target what = x->countersigned == NULL ? DOCUMENT : COUNTERSIGNED;
	unsigned seen = 0;

	for (size_t i = 0; i < x->info.num_references; i++)
		if (!judge_reference(x, &x->info.references[i], &seen, err))
			return false;
	if ((seen & ~(1u << PROPERTIES | 1u << KEY_INFO)) == 0)
		zy_report_add(x->c->r, "xml-reference", fields[what], ZY_NOWHERE, "there is none");
	/* properties that are not signed say nothing */
	if ((seen & 1u << PROPERTIES) == 0 && x->s.has_properties)
		zy_report_add(x->c->r, "xml-properties", "SignedProperties", ZY_NOWHERE, "no reference covers them");
	return true;
}
