#include <stdlib.h>
#include <strings.h>

#include <libxml/SAX2.h>
#include <libxml/uri.h>

#include "xml_internal.h"
#include "xml_tree_internal.h"

/* One parse. libxml2 builds the tree; we stand before each of its steps, so that the caps stop it while it reads. */
struct build {
	struct zy_xml_tree *t;
	struct zy_bytes in;
	const char *field;
	struct zy_error *err;
	size_t depth, num_nodes, num_namespaces;
	bool failed;
};

static struct build *build_of(void *ctxt)
{
	return ((xmlParserCtxt *)ctxt)->_private;
}

static void refuse(xmlParserCtxt *ctxt, enum zy_code code, const char *why)
{
	struct build *b = build_of(ctxt);

	zy_fail_set(b->err, code, b->field, ZY_NOWHERE, "line %d: %s", xmlSAX2GetLineNumber(ctxt), why);
	b->failed = true;
	xmlStopParser(ctxt);
}

static bool has_room(void *ctxt)
{
	struct build *b = build_of(ctxt);

	if (!b->failed && ++b->num_nodes > ZY_XML_ELEMENTS_MAX)
		refuse(ctxt, ZY_E_TOO_LARGE, "too many elements, comments or processing instructions");
	return !b->failed;
}

/* Canonical XML 1.0, 1.3: a relative namespace name has no canonical form. */
static bool is_absolute(const xmlChar *name)
{
	xmlURI *uri = name == NULL || name[0] == 0 ? NULL : xmlParseURI((const char *)name);
	bool absolute = name == NULL || name[0] == 0 || (uri != NULL && uri->scheme != NULL);

	xmlFreeURI(uri);
	return absolute;
}

static void start_element(void *ctxt, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int num_ns,
    const xmlChar **namespaces, int num, int num_default, const xmlChar **attributes)
{
	struct build *b = build_of(ctxt);

	if (!has_room(ctxt))
		return;
	b->num_namespaces += (size_t)num_ns;
	if (num > ZY_XML_ATTRIBUTES_MAX || b->num_namespaces > ZY_XML_NAMESPACES_MAX || b->depth == ZY_XML_DEPTH_MAX) {
		refuse(ctxt, ZY_E_TOO_LARGE, "too many attributes or namespaces, or nested too deeply");
		return;
	}
	for (int i = 0; i < num_ns; i++)
		if (!is_absolute(namespaces[2 * i + 1])) {
			refuse(ctxt, ZY_E_XML, "a relative namespace name has no canonical form");
			return;
		}
	b->depth++;
	xmlSAX2StartElementNs(ctxt, name, prefix, ns, num_ns, namespaces, num, num_default, attributes);
}

/* The parser stands behind the tag; an end tag holds no '<' but its first character. ZY_NOWHERE: it is no end tag. */
static size_t end_tag_before(struct zy_bytes in, long behind)
{
	size_t at = behind < 0 || (size_t)behind > in.len ? 0 : (size_t)behind;

	while (at > 0 && in.p[at - 1] != '<')
		at--;
	return at > 0 && at < in.len && in.p[at] == '/' ? at - 1 : ZY_NOWHERE;
}

static void end_element(void *ctxt, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
	struct build *b = build_of(ctxt);

	if (b->failed)
		return;
	/* libxml2 leaves this member to us: NULL is ZY_NOWHERE and one more */
	((xmlParserCtxt *)ctxt)->node->_private = (void *)(end_tag_before(b->in, xmlByteConsumed(ctxt)) + 1);
	xmlSAX2EndElementNs(ctxt, name, prefix, ns);
	b->depth--;
}

static void comment(void *ctxt, const xmlChar *text)
{
	if (has_room(ctxt))
		xmlSAX2Comment(ctxt, text);
}

static void instruction(void *ctxt, const xmlChar *target, const xmlChar *data)
{
	if (has_room(ctxt))
		xmlSAX2ProcessingInstruction(ctxt, target, data);
}

static void start_document(void *ctxt)
{
	const xmlChar *version = ((xmlParserCtxt *)ctxt)->version;

	if (version != NULL && strcmp((const char *)version, "1.0") != 0)
		refuse(ctxt, ZY_E_XML, "its version is not 1.0");
	else
		xmlSAX2StartDocument(ctxt);
}

static void internal_subset(void *ctxt, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
	(void)name, (void)id, (void)uri;
	if (!build_of(ctxt)->failed)
		refuse(ctxt, ZY_E_XML, "a document type (DTD) is refused");
}

static void on_error(void *ctxt, xmlErrorPtr e)
{
	char why[ZY_XML_REASON];

	/* An xml:id that is no name, or is there twice, is no fault of form; whoever looks for one counts them. */
	if (build_of(ctxt)->failed || e->level < XML_ERR_ERROR || e->code == XML_DTD_XMLID_VALUE ||
	    e->code == XML_DTD_ID_REDEFINED)
		return;
	zy_xml_reason(why, e->message);
	refuse(ctxt, ZY_E_XML, why);
}

static void set_handlers(xmlSAXHandler *sax)
{
	sax->startDocument = start_document;
	sax->startElementNs = start_element;
	sax->endElementNs = end_element;
	sax->comment = comment;
	sax->processingInstruction = instruction;
	sax->internalSubset = internal_subset;
	sax->serror = (xmlStructuredErrorFunc)on_error;
}

static const xmlNode *next_node(const struct zy_xml_tree *t, const xmlNode *n)
{
	if (n->type == XML_ELEMENT_NODE && n->children != NULL)
		return n->children;
	while (n != NULL && n->next == NULL)
		n = n->parent != (const xmlNode *)t->doc ? n->parent : NULL;
	return n == NULL ? NULL : n->next;
}

static bool is_text(const xmlNode *n)
{
	return (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && !xmlIsBlankNode(n);
}

/* Text, a comment, text, with no tag between them. */
static void look_for_comments(struct zy_xml_tree *t)
{
	const xmlNode *parent = NULL;
	bool text = false, comment_behind = false;

	for (const xmlNode *n = t->doc->children; n != NULL; n = next_node(t, n)) {
		if (n->type == XML_ELEMENT_NODE || n->parent != parent)
			text = comment_behind = false;
		parent = n->parent;
		if (n->type == XML_COMMENT_NODE) {
			t->comments.num++;
			comment_behind = text;
		} else if (is_text(n)) {
			t->comments.splits |= comment_behind;
			text = true;
		}
	}
}

/* While entities are not replaced, libxml2 leaves each '&' of a namespace name as the five characters "&#38;", and it
 * writes namespace names as they are: so they must be what the canonical form has. */
static void escape_namespaces(struct zy_xml_tree *t)
{
	for (const xmlNode *n = t->doc->children; n != NULL; n = next_node(t, n))
		for (const xmlNs *ns = n->type == XML_ELEMENT_NODE ? n->nsDef : NULL; ns != NULL; ns = ns->next)
			for (char *at = (char *)ns->href; at != NULL && (at = strstr(at, "&#38;")) != NULL;)
				memcpy(at, "&amp;", 5);
}

static bool build(struct build *b, xmlParserCtxt *ctxt)
{
	xmlParseDocument(ctxt);
	b->t->doc = ctxt->myDoc;
	if (!b->failed && (!ctxt->wellFormed || !ctxt->nsWellFormed || xmlDocGetRootElement(b->t->doc) == NULL))
		refuse(ctxt, ZY_E_XML, "not well-formed");
	return !b->failed;
}

bool zy_xml_tree_open(struct zy_xml_tree **out, struct zy_bytes in, const char *field, struct zy_error *err)
{
	struct build b = { .in = in, .field = field, .err = err };
	xmlParserCtxt *ctxt;
	bool ok;

	if (!zy_xml_check_bytes(in, field, err))
		return false;
	b.t = calloc(1, sizeof(*b.t));
	ctxt = xmlCreateMemoryParserCtxt((const char *)in.p, (int)in.len);
	if (b.t == NULL || ctxt == NULL) {
		free(b.t);
		xmlFreeParserCtxt(ctxt);
		return zy_fail(err, ZY_E_NO_MEMORY, field, ZY_NOWHERE, "no memory for an XML parser");
	}
	set_handlers(ctxt->sax);
	ctxt->_private = &b;
	xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	ok = build(&b, ctxt);
	xmlFreeParserCtxt(ctxt);
	if (!ok) {
		zy_xml_tree_close(b.t);
		return false;
	}
	escape_namespaces(b.t);
	look_for_comments(b.t);
	*out = b.t;
	return true;
}

void zy_xml_tree_close(struct zy_xml_tree *t)
{
	if (t == NULL)
		return;
	xmlFreeDoc(t->doc);
	free(t);
}

static const xmlNode *node(const struct zy_xml_element *e)
{
	return xml_node(e);
}

static const struct zy_xml_element *element(const xmlNode *n)
{
	return (const struct zy_xml_element *)n;
}

/* The first element from n on among its siblings. */
static const xmlNode *from(const xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

const struct zy_xml_element *zy_xml_tree_root(const struct zy_xml_tree *t)
{
	return element(xmlDocGetRootElement(t->doc));
}

const struct zy_xml_element *zy_xml_element_parent(const struct zy_xml_element *e)
{
	const xmlNode *parent = node(e)->parent;

	return parent == NULL || parent->type != XML_ELEMENT_NODE ? NULL : element(parent);
}

const struct zy_xml_element *zy_xml_tree_next(const struct zy_xml_element *e)
{
	const xmlNode *n = from(node(e)->children);

	while (n == NULL && e != NULL) {
		n = from(node(e)->next);
		e = zy_xml_element_parent(e);
	}
	return element(n);
}

bool zy_xml_element_is(const struct zy_xml_element *e, const char *ns, const char *name)
{
	const xmlNode *n = node(e);

	return n->ns != NULL && n->ns->href != NULL && strcmp((const char *)n->name, name) == 0 &&
	       strcmp((const char *)n->ns->href, ns) == 0;
}

const struct zy_xml_element *zy_xml_element_only(const struct zy_xml_element *e, const char *ns, const char *name)
{
	const struct zy_xml_element *found = NULL;

	for (const xmlNode *n = from(node(e)->children); n != NULL; n = from(n->next)) {
		if (!zy_xml_element_is(element(n), ns, name))
			continue;
		if (found != NULL)
			return NULL;
		found = element(n);
	}
	return found;
}

static bool has_value(const xmlAttr *a, const char *value)
{
	xmlChar *text = xmlNodeListGetString(a->doc, a->children, 1);
	bool same = text != NULL && strcmp((const char *)text, value) == 0;

	xmlFree(text);
	return same;
}

/* How many, and the last of them. */
static size_t find_ids(const struct zy_xml_tree *t, const char *value, const struct zy_xml_element **out)
{
	size_t num = 0;

	*out = NULL;
	for (const struct zy_xml_element *e = zy_xml_tree_root(t); e != NULL; e = zy_xml_tree_next(e))
		for (const xmlAttr *a = node(e)->properties; a != NULL; a = a->next)
			if (strcasecmp((const char *)a->name, "id") == 0 && has_value(a, value)) {
				*out = e;
				num++;
			}
	return num;
}

size_t zy_xml_tree_ids(const struct zy_xml_tree *t, const char *value)
{
	const struct zy_xml_element *ignored;

	return find_ids(t, value, &ignored);
}

const struct zy_xml_element *zy_xml_tree_identified(const struct zy_xml_tree *t, const char *value)
{
	const struct zy_xml_element *e;

	return find_ids(t, value, &e) == 1 ? e : NULL;
}

size_t zy_xml_element_end_tag(const struct zy_xml_element *e)
{
	return (size_t)node(e)->_private - 1;
}

bool zy_xml_element_attribute(
    const struct zy_xml_element *e, const char *name, struct zy_arena *a, const char **out, struct zy_error *err)
{
	const xmlAttr *at = node(e)->properties;
	xmlChar *text;

	*out = NULL;
	while (at != NULL && (at->ns != NULL || strcmp((const char *)at->name, name) != 0))
		at = at->next;
	if (at == NULL)
		return true;
	if ((text = xmlNodeListGetString(at->doc, at->children, 1)) == NULL)
		*out = "";
	else
		*out = zy_arena_text(a, zy_str((const char *)text), err);
	xmlFree(text);
	return *out != NULL;
}

struct zy_xml_comments zy_xml_tree_comments(const struct zy_xml_tree *t)
{
	return t->comments;
}

struct zy_xml_surroundings zy_xml_element_surroundings(const struct zy_xml_element *e)
{
	struct zy_xml_surroundings s = { 0 };
	bool before = false, after = false;

	for (const xmlNode *n = node(e)->prev; n != NULL && n->type != XML_ELEMENT_NODE; n = n->prev)
		before |= is_text(n);
	for (const xmlNode *n = node(e)->next; n != NULL && n->type != XML_ELEMENT_NODE; n = n->next)
		after |= is_text(n);
	for (const xmlNode *n = node(e)->parent->children; n != NULL; n = n->next)
		s.text |= is_text(n);
	s.splits = before && after;
	return s;
}

bool zy_xml_tree_has_instructions(const struct zy_xml_tree *t)
{
	const xmlNode *n = t->doc->children;

	while (n != NULL && n->type != XML_PI_NODE)
		n = n->next;
	return n != NULL;
}
