/* Canonical forms of a tree, made by libxml2. */
#include <stdlib.h>

#include <libxml/c14n.h>

#include "xml_tree_internal.h"

struct choice {
	const xmlNode *top, *without;
};

/* Namespaces and attributes come with their element as `parent`. */
static int is_chosen(void *arg, xmlNode *n, xmlNode *parent)
{
	const struct choice *c = arg;
	const xmlNode *at = n->type == XML_NAMESPACE_DECL || n->type == XML_ATTRIBUTE_NODE ? parent : n;

	for (; at != NULL && at->type != XML_DOCUMENT_NODE; at = at->parent) {
		if (at == c->without)
			return 0;
		if (at == c->top)
			return 1;
	}
	return c->top == NULL;
}

static int put(void *arg, const char *bytes, int len)
{
	struct zy_buf *out = arg;

	zy_buf_put(out, ZY_BYTES(bytes, (size_t)len));
	return out->failed ? -1 : len;
}

bool zy_xml_form_named(const char *uri, struct zy_xml_form *out)
{
	static const struct {
		const char *uri;
		struct zy_xml_form form;
	} forms[] = {
		{ "http://www.w3.org/2001/10/xml-exc-c14n#", { ZY_XML_FORM_EXCLUSIVE, false, NULL } },
		{ "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", { ZY_XML_FORM_EXCLUSIVE, true, NULL } },
		{ "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", { ZY_XML_FORM_1_0, false, NULL } },
		{ "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", { ZY_XML_FORM_1_0, true, NULL } },
		{ "http://www.w3.org/2006/12/xml-c14n11", { ZY_XML_FORM_1_1, false, NULL } },
		{ "http://www.w3.org/2006/12/xml-c14n11#WithComments", { ZY_XML_FORM_1_1, true, NULL } },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].uri, uri) == 0) {
			*out = forms[i].form;
			return true;
		}
	return false;
}

bool zy_xml_tree_canonical(const struct zy_xml_tree *t, const struct zy_xml_element *top,
    const struct zy_xml_element *without, struct zy_buf *out, struct zy_error *err)
{
	return zy_xml_tree_canonical_as(
	    t, (struct zy_xml_form){ ZY_XML_FORM_EXCLUSIVE, false, NULL }, top, without, out, err);
}

/* A PrefixList as libxml2 wants it. */
struct prefixes {
	xmlChar *text, *list[ZY_XML_PREFIXES_MAX + 1];
};

static void free_prefixes(struct prefixes *p)
{
	free(p->text);
}

static bool divide_prefixes(const char *list, struct prefixes *out, struct zy_error *err)
{
	char *rest, *word;
	size_t num = 0;

	if (list == NULL)
		return true;
	if ((rest = strdup(list)) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "canonical", ZY_NOWHERE, "no memory for canonical XML");
	out->text = (xmlChar *)rest;
	while ((word = strsep(&rest, " \t\r\n")) != NULL) {
		if (word[0] == 0)
			continue;
		if (num == ZY_XML_PREFIXES_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "PrefixList", ZY_NOWHERE, "more than %d prefixes",
			    ZY_XML_PREFIXES_MAX);
		out->list[num++] = (xmlChar *)word;
	}
	return true;
}

bool zy_xml_tree_canonical_as(const struct zy_xml_tree *t, struct zy_xml_form form, const struct zy_xml_element *top,
    const struct zy_xml_element *without, struct zy_buf *out, struct zy_error *err)
{
	static const xmlC14NMode modes[] = { [ZY_XML_FORM_EXCLUSIVE] = XML_C14N_EXCLUSIVE_1_0,
		[ZY_XML_FORM_1_0] = XML_C14N_1_0,
		[ZY_XML_FORM_1_1] = XML_C14N_1_1 };
	struct choice c = { xml_node(top), xml_node(without) };
	__attribute__((cleanup(free_prefixes))) struct prefixes p = { 0 };
	xmlOutputBuffer *io;
	int made;

	if (!divide_prefixes(form.prefixes, &p, err))
		return false;
	if ((io = xmlOutputBufferCreateIO(put, NULL, out, NULL)) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "canonical", ZY_NOWHERE, "no memory for canonical XML");
	made = xmlC14NExecute(
	    t->doc, is_chosen, &c, (int)modes[form.kind], form.prefixes == NULL ? NULL : p.list, form.comments, io);
	if (xmlOutputBufferClose(io) < 0 || made < 0)
		return zy_fail(err, out->failed ? ZY_E_NO_MEMORY : ZY_E_XML, "canonical", ZY_NOWHERE,
		    "the document has no canonical form");
	return zy_buf_done(out, "canonical", err);
}
