/* One XML signature under judgement: what the steps in verify/xml*.c share. */
#ifndef ZY_VERIFY_XML_CASE_H
#define ZY_VERIFY_XML_CASE_H

#include "internal.h"
#include "value.h"
#include "zy/xml_signature.h"
#include "zy/xml_tree.h"

struct zy_xml_case {
	struct zy_case *c;
	const struct zy_xml_tree *tree;
	const struct zy_xml_element *e;             /* ds:Signature */
	const struct zy_xml_element *countersigned; /* the ds:SignatureValue that it countersigns, or NULL */
	struct zy_xml_signature s;
	struct zy_xml_signed_info info;
	struct zy_xml_properties properties; /* zero when they cannot be read or were not signed */
	struct zy_bytes message;             /* SignedInfo, canonical as it says itself */
	bool can_verify;                     /* there is a message: its form is known here */
	/* what the references cover: the document or its root, parts by their Ids, Objects of the signature itself */
	struct {
		bool document, root;
		const struct zy_xml_reference *part; /* NULL: none */
		size_t num_objects;
		const struct zy_xml_element *objects[ZY_XML_REFERENCES_MAX];
	} covered;
	struct zy_report_signature *out;
};

static const struct zy_xml_form zy_xml_exclusive = { ZY_XML_FORM_EXCLUSIVE, false, NULL };

/* The canonical bytes of `top` (NULL: the document) without `without`, in the case's working memory. */
ZY_MUST_CHECK bool zy_xml_case_canonical(const struct zy_xml_case *x, struct zy_xml_form form,
    const struct zy_xml_element *top, const struct zy_xml_element *without, struct zy_bytes *out, struct zy_error *err);
enum zy_md zy_xml_md(enum zy_xml_digest digest);

/* The references: what each covers, and whether it is still that. */
ZY_MUST_CHECK bool zy_xml_case_references(struct zy_xml_case *x, struct zy_error *err);
/* Behind them: is it the whole document that they cover, and can nothing else be taken for it? */
void zy_xml_case_coverage(struct zy_xml_case *x);
/* The form that a transform or a method names; false when it is none that is known here. */
ZY_MUST_CHECK bool zy_xml_case_form(const struct zy_xml_transform *t, struct zy_xml_form *out);
/* Certificate, value, times and chain. */
ZY_MUST_CHECK bool zy_xml_case_signer(struct zy_xml_case *x, struct zy_error *err);

/* The ds:SignatureValue that a Signature inside xades:CounterSignature stands for; NULL of any other. */
const struct zy_xml_element *zy_xml_countersigned(const struct zy_xml_element *signature);

#endif
