/* XML documents with enveloped signatures: XMLDSIG 1.1, EN 319 132-1; the profile is that of zy/xml_signature.h. */
#include "xml_case.h"

bool zy_xml_case_canonical(const struct zy_xml_case *x, struct zy_xml_form form, const struct zy_xml_element *top,
    const struct zy_xml_element *without, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };

	return zy_xml_tree_canonical_as(x->tree, form, top, without, &b, err) &&
	       zy_arena_copy(x->c->work, zy_buf_bytes(&b), out, err);
}

bool zy_xml_case_form(const struct zy_xml_transform *t, struct zy_xml_form *out)
{
	if (!zy_xml_form_named(t->uri, out))
		return false;
	out->prefixes = t->prefixes;
	return true;
}

/* Signature in CounterSignature in UnsignedSignatureProperties in UnsignedProperties in QualifyingProperties in Object
 * in the Signature that it is about (EN 319 132-1 5.2.7). */
const struct zy_xml_element *zy_xml_countersigned(const struct zy_xml_element *signature)
{
	static const struct {
		const char *ns, *name;
	} above[] = { { ZY_XML_XADES, "CounterSignature" }, { ZY_XML_XADES, "UnsignedSignatureProperties" },
		{ ZY_XML_XADES, "UnsignedProperties" }, { ZY_XML_XADES, "QualifyingProperties" },
		{ ZY_XML_DS, "Object" }, { ZY_XML_DS, "Signature" } };
	const struct zy_xml_element *e = signature;

	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++)
		if ((e = zy_xml_element_parent(e)) == NULL || !zy_xml_element_is(e, above[i].ns, above[i].name))
			return NULL;
	return zy_xml_element_only(e, ZY_XML_DS, "SignatureValue");
}

/* An unreadable part is a finding; what we could not do is an error. */
static bool unreadable(struct zy_xml_case *x, const char *field, const struct zy_error *why, struct zy_error *err)
{
	if (zy_code_exit(why->code) != 65)
		return zy_fail(err, why->code, why->field, why->offset, "%s", why->msg);
	/* what is over our caps may be sound */
	zy_report_add(x->c->r, why->code == ZY_E_TOO_LARGE ? "signature-unsupported" : "xml-signature-unreadable",
	    field, ZY_NOWHERE, "%s", why->msg);
	return true;
}

/* SignedInfo is read from its exclusive form, and verified in the form that it names: the same nodes, but for the
 * namespaces and xml: attributes that are in force around it. */
static bool take_message(struct zy_xml_case *x, const struct zy_xml_element *info, struct zy_error *err)
{
	struct zy_xml_form form;

	x->can_verify = zy_xml_case_form(&x->info.canonicalization, &form) && !x->info.has_parameters;
	return !x->can_verify || zy_xml_case_canonical(x, form, info, NULL, &x->message, err);
}

/* The three parts, each from its own canonical bytes; *good: all that there are can be read. */
static bool read_parts(struct zy_xml_case *x, bool *good, struct zy_error *err)
{
	const struct zy_xml_element *info = zy_xml_element_only(x->e, ZY_XML_DS, "SignedInfo");
	struct zy_error why = { 0 };
	struct zy_bytes whole;

	*good = false;
	if (!zy_xml_case_canonical(x, zy_xml_exclusive, x->e, NULL, &whole, err))
		return false;
	if (!zy_xml_signature_parse(&x->s, whole, x->c->work, &why))
		return unreadable(x, "Signature", &why, err);
	if (info == NULL) {
		zy_report_add(x->c->r, "xml-signature-unreadable", "SignedInfo", ZY_NOWHERE, "there are several");
		return true;
	}
	if (!zy_xml_case_canonical(x, zy_xml_exclusive, info, NULL, &whole, err))
		return false;
	*good = zy_xml_signed_info_parse(&x->info, whole, x->c->work, &why);
	return *good ? take_message(x, info, err) : unreadable(x, "SignedInfo", &why, err);
}

/* What is neither signed nor of the profile could be taken for what was signed. */
static void judge_form(struct zy_xml_case *x)
{
	const char *owner = x->s.id == NULL ? "" : x->s.id;

	if (!x->can_verify)
		zy_report_add(x->c->r, "xml-canonicalization", "SignedInfo.CanonicalizationMethod", ZY_NOWHERE, "%s%s",
		    x->info.has_parameters ? "with parameters: " : "",
		    zy_case_text(x->c, zy_str(x->info.canonicalization.uri)));
	if (x->s.has_properties && (x->s.target[0] != '#' || strcmp(x->s.target + 1, owner) != 0))
		zy_report_add(x->c->r, "xml-properties", "QualifyingProperties.Target", ZY_NOWHERE,
		    "they are of another signature");
}

static bool judge_signature(struct zy_xml_case *x, struct zy_error *err)
{
	struct zy_finding *const *mark = x->c->r->last;
	bool good;

	x->out = zy_case_signature(x->c, "xml");
	if (x->out == NULL)
		return true;
	if (!read_parts(x, &good, err))
		return false;
	if (good) {
		judge_form(x);
		if (!zy_xml_case_references(x, err))
			return false;
		zy_xml_case_coverage(x);
		if (!zy_xml_case_signer(x, err))
			return false;
	}
	x->out->indication = zy_report_since(x->c->r, mark, &x->out->sub_indication);
	return true;
}

static bool judge_signatures(struct zy_case *c, const struct zy_xml_tree *tree, struct zy_error *err)
{
	size_t num = 0, num_enveloped = 0;

	for (const struct zy_xml_element *e = zy_xml_tree_root(tree); e != NULL; e = zy_xml_tree_next(e)) {
		struct zy_xml_case x = { .c = c, .tree = tree, .e = e };

		if (!zy_xml_element_is(e, ZY_XML_DS, "Signature"))
			continue;
		x.countersigned = zy_xml_countersigned(e);
		num_enveloped += x.countersigned == NULL;
		if (++num > ZY_XML_SIGNATURES_MAX || num_enveloped > ZY_XML_ENVELOPED_MAX) {
			zy_report_add(c->r, "too-many-findings", "Signature", ZY_NOWHERE,
			    "more than %d signatures, or %d of the whole", ZY_XML_SIGNATURES_MAX, ZY_XML_ENVELOPED_MAX);
			break;
		}
		if (!judge_signature(&x, err))
			return false;
	}
	c->r->part = c->r->last;
	if (num == 0)
		zy_report_add(c->r, "no-signature", "Signature", ZY_NOWHERE, NULL);
	return true;
}

static void judge_comments(struct zy_case *c, const struct zy_xml_tree *tree)
{
	struct zy_xml_comments comments = zy_xml_tree_comments(tree);

	if (comments.splits)
		zy_report_add(c->r, "xml-comment-in-text", "", ZY_NOWHERE, NULL);
	else if (comments.num > 0)
		zy_report_add(c->r, "xml-comment", "", ZY_NOWHERE, "%zu of them", comments.num);
}

/* Of a text that was converted an error tells no octet, for it is none of the file's. */
static bool open_tree(struct zy_xml_tree **tree, struct zy_bytes in, struct zy_arena *work, struct zy_error *err)
{
	struct zy_bytes text = in;

	if (!zy_xml_utf8(&text, "XML", work, err))
		return false;
	if (zy_xml_tree_open(tree, text, "XML", err))
		return true;
	if (text.p != in.p)
		err->offset = ZY_NOWHERE;
	return false;
}

bool zy_judge_xml(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at, struct zy_report *r,
    struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct zy_xml_tree *tree;
	bool ok;

	r->format = "xml";
	if (!open_tree(&tree, in, &work, err))
		return false;
	ok = judge_signatures(&c, tree, err);
	if (ok) {
		judge_comments(&c, tree);
		zy_case_trust(&c);
	}
	zy_xml_tree_close(tree);
	return ok || zy_case_keep_error(&c, err);
}

bool zy_xml_signed_bytes(struct zy_bytes in, size_t n, struct zy_buf *out, size_t *num, struct zy_error *err)
{
	const struct zy_xml_element *e, *of;
	ZY_ARENA_AUTO work = { 0 };
	struct zy_xml_tree *tree;
	bool ok = true;

	*num = 0;
	if (!open_tree(&tree, in, &work, err))
		return false;
	for (e = zy_xml_tree_root(tree); ok && e != NULL; e = zy_xml_tree_next(e)) {
		if (!zy_xml_element_is(e, ZY_XML_DS, "Signature") || ++*num != n)
			continue;
		of = zy_xml_countersigned(e);
		ok = zy_xml_tree_canonical(tree, of, of == NULL ? e : NULL, out, err);
	}
	zy_xml_tree_close(tree);
	return ok;
}
