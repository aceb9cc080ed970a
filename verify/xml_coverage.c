/* Whether what the references cover is the whole document. */
#include "xml_case.h"

/* All that the document says lies in Objects of the signature, which is its root (XMLDSIG 1.1, 2.2: enveloping). */
static bool is_enveloping(const struct zy_xml_case *x)
{
	return x->e == zy_xml_tree_root(x->tree) && x->covered.num_objects > 0 &&
	       x->covered.num_objects == x->s.num_strangers;
}

static void tell_coverage(struct zy_xml_case *x, const char *why)
{
	zy_report_add(x->c->r, "xml-coverage", "Reference", ZY_NOWHERE, "%s", why);
}

/* Where it stands no signature covers, so anybody may have put it there: that must change nothing for a reader. */
static void judge_place(struct zy_xml_case *x)
{
	const struct zy_xml_element *root = zy_xml_tree_root(x->tree);
	struct zy_xml_surroundings beside = zy_xml_element_surroundings(x->e);

	if (x->e == root || beside.splits || (beside.text && zy_xml_element_parent(x->e) != root))
		zy_report_add(x->c->r, "xml-signature-place", "Signature", ZY_NOWHERE, NULL);
}

void zy_xml_case_coverage(struct zy_xml_case *x)
{
	const bool whole = x->covered.document || x->covered.root;

	if (x->s.num_strangers > x->covered.num_objects)
		zy_report_add(x->c->r, "xml-signature-stranger", "Object", ZY_NOWHERE, NULL);
	if (x->countersigned != NULL) {
		if (x->covered.part != NULL)
			tell_coverage(x, zy_case_text(x->c, zy_str(x->covered.part->uri)));
		return;
	}
	if (whole)
		judge_place(x);
	else if (x->covered.part != NULL)
		tell_coverage(x, zy_case_text(x->c, zy_str(x->covered.part->uri)));
	else if (x->covered.num_objects > 0 && !is_enveloping(x))
		tell_coverage(x, "objects of the signature, and not the document around it");
	if (!x->covered.document && (whole || is_enveloping(x)) && zy_xml_tree_has_instructions(x->tree))
		tell_coverage(x, "not the processing instructions outside the root");
	if (whole || is_enveloping(x))
		x->out->covers = "whole";
}
