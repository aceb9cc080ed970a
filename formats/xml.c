#include "xml_internal.h"

#include <stdio.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "zy/buf.h"

/* One parse. libxml2 calls us for each element, so that the caps stop it while it reads, not afterwards. */
struct parse {
	xmlParserCtxt *ctxt;
	struct zy_arena *arena;
	const char *field;
	struct zy_error *err;
	struct zy_xml_node *root, *at;
	struct zy_xml_node *last_child[ZY_XML_DEPTH_MAX + 1]; /* of the open element at each depth */
	struct zy_buf text;                                   /* character data since the last tag */
	size_t depth, num_elements, num_namespaces;
	bool failed;
};

static void stop(struct parse *p)
{
	p->failed = true;
	xmlStopParser(p->ctxt);
}

static void refuse(struct parse *p, enum zy_code code, const char *why)
{
	zy_fail_set(p->err, code, p->field, ZY_NOWHERE, "line %d: %s", xmlSAX2GetLineNumber(p->ctxt), why);
	stop(p);
}

static const char *keep(struct parse *p, const xmlChar *from, size_t len)
{
	char *s = zy_arena_text(p->arena, ZY_BYTES(from, len), p->err);

	if (s == NULL)
		stop(p);
	return s;
}

static const char *keep_string(struct parse *p, const xmlChar *s)
{
	return s == NULL ? "" : keep(p, s, strlen((const char *)s));
}

/* While entities are not replaced, libxml2 leaves each '&' of a value, or of a namespace name, as the five characters
 * of its reference. */
static const char *keep_value(struct parse *p, const xmlChar *from, size_t len)
{
	char *s = zy_arena_text(p->arena, ZY_BYTES(from, len), p->err);

	zy_xml_take_ampersands(s);
	if (s == NULL)
		stop(p);
	return s;
}

static const char *keep_namespace(struct parse *p, const xmlChar *s)
{
	return s == NULL ? "" : keep_value(p, s, strlen((const char *)s));
}

static void keep_attributes(struct parse *p, struct zy_xml_node *n, size_t num, const xmlChar **from)
{
	struct zy_xml_attribute *list = zy_arena_array(p->arena, num + 1, sizeof(*list), p->err);

	if (list == NULL) {
		stop(p);
		return;
	}
	/* Five pointers each: local name, prefix, namespace, first and end of the value. */
	for (size_t i = 0; i < num && !p->failed; i++, from += 5)
		list[i] = (struct zy_xml_attribute){ keep_string(p, from[0]), keep_namespace(p, from[2]),
			keep_value(p, from[3], (size_t)(from[4] - from[3])) };
	n->attributes = list;
	n->num_attributes = num;
}

static void hang(struct parse *p, struct zy_xml_node *n)
{
	n->parent = p->at;
	if (p->at == NULL)
		p->root = n;
	else if (p->last_child[p->depth] == NULL)
		p->at->child = n;
	else
		p->last_child[p->depth]->next = n;
	p->last_child[p->depth] = n;
	p->at = n;
	p->last_child[++p->depth] = NULL;
}

static void start_element(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int num_ns,
    const xmlChar **namespaces, int num, int num_default, const xmlChar **attributes)
{
	struct parse *p = arg;
	struct zy_xml_node *n;

	(void)prefix, (void)namespaces, (void)num_default;
	if (p->failed)
		return;
	p->num_namespaces += (size_t)num_ns;
	if (++p->num_elements > ZY_XML_ELEMENTS_MAX || num > ZY_XML_ATTRIBUTES_MAX ||
	    p->num_namespaces > ZY_XML_NAMESPACES_MAX || p->depth == ZY_XML_DEPTH_MAX) {
		refuse(p, ZY_E_TOO_LARGE, "too many elements, attributes or namespaces, or nested too deeply");
		return;
	}
	if ((n = zy_arena_alloc(p->arena, sizeof(*n), p->err)) == NULL) {
		stop(p);
		return;
	}
	n->name = keep_string(p, name);
	n->ns = keep_namespace(p, ns);
	n->text = "";
	keep_attributes(p, n, (size_t)num, attributes);
	hang(p, n);
	p->text.len = 0;
}

static void end_element(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
	struct parse *p = arg;

	(void)name, (void)prefix, (void)ns;
	if (p->failed)
		return;
	if (p->at->child == NULL && p->text.len > 0)
		p->at->text = keep(p, p->text.p, p->text.len);
	p->text.len = 0;
	p->at = p->at->parent;
	p->depth--;
}

static void characters(void *arg, const xmlChar *s, int len)
{
	struct parse *p = arg;

	if (!p->failed)
		zy_buf_put(&p->text, ZY_BYTES(s, (size_t)len));
}

static void internal_subset(void *arg, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
	struct parse *p = arg;

	(void)name, (void)id, (void)uri;
	if (!p->failed)
		refuse(p, ZY_E_XML, "a document type (DTD) is refused");
}

static void on_error(void *arg, xmlErrorPtr e)
{
	struct parse *p = arg;
	char why[ZY_XML_REASON];

	if (p->failed || e->level < XML_ERR_ERROR)
		return;
	/* Namespace faults are no well-formedness faults to libxml2; to us they are. */
	zy_xml_reason(why, e->message);
	refuse(p, ZY_E_XML, why);
}

static bool run(struct parse *p)
{
	xmlParseDocument(p->ctxt);
	if (!p->failed && !p->ctxt->wellFormed)
		refuse(p, ZY_E_XML, "not well-formed");
	if (!p->failed && p->text.failed)
		refuse(p, ZY_E_NO_MEMORY, "no memory for its text");
	return !p->failed;
}

bool zy_xml_parse(
    const struct zy_xml_node **root, struct zy_bytes in, const char *field, struct zy_arena *a, struct zy_error *err)
{
	static const xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = start_element,
		.endElementNs = end_element,
		.characters = characters,
		.cdataBlock = characters,
		.internalSubset = internal_subset,
		.serror = (xmlStructuredErrorFunc)on_error,
	};
	struct parse p = { .arena = a, .field = field, .err = err };
	bool ok;

	if (!zy_xml_check_bytes(in, field, err))
		return false;
	if ((p.ctxt = xmlCreateMemoryParserCtxt((const char *)in.p, (int)in.len)) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, field, ZY_NOWHERE, "no memory for an XML parser");
	*p.ctxt->sax = handler;
	p.ctxt->userData = &p;
	xmlCtxtUseOptions(p.ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	ok = run(&p);
	xmlFreeParserCtxt(p.ctxt);
	zy_buf_free(&p.text);
	if (ok)
		*root = p.root;
	return ok;
}

static const struct zy_xml_node *named(const struct zy_xml_node *n, const char *name)
{
	while (n != NULL && strcmp(n->name, name) != 0)
		n = n->next;
	return n;
}

const struct zy_xml_node *zy_xml_child(const struct zy_xml_node *n, const char *name)
{
	return named(n->child, name);
}

const struct zy_xml_node *zy_xml_next(const struct zy_xml_node *n, const char *name)
{
	return named(n->next, name);
}

const struct zy_xml_node *zy_xml_walk(const struct zy_xml_node *top, const struct zy_xml_node *n)
{
	if (n->child != NULL)
		return n->child;
	while (n != top && n->next == NULL)
		n = n->parent;
	return n == top ? NULL : n->next;
}

const char *zy_xml_attribute(const struct zy_xml_node *n, const char *name, const char *absent)
{
	for (size_t i = 0; i < n->num_attributes; i++)
		if (n->attributes[i].ns[0] == 0 && strcmp(n->attributes[i].name, name) == 0)
			return n->attributes[i].value;
	return absent;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool zy_xml_text(const struct zy_xml_node *n, struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct zy_bytes v = zy_str(n->text);
	size_t start = 0;

	while (v.len > 0 && is_space(v.p[v.len - 1]))
		v.len--;
	while (start < v.len && is_space(v.p[start]))
		start++;
	return (*out = zy_arena_text(a, ZY_BYTES(v.p + start, v.len - start), err)) != NULL;
}

bool zy_xml_child_text(
    const struct zy_xml_node *n, const char *name, struct zy_arena *a, const char **out, struct zy_error *err)
{
	const struct zy_xml_node *child = zy_xml_child(n, name);

	*out = "";
	return child == NULL || zy_xml_text(child, a, out, err);
}

void zy_xml_put(struct zy_buf *b, struct zy_bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		switch (text.p[i]) {
		case '&':
			zy_buf_put_str(b, "&amp;");
			break;
		case '<':
			zy_buf_put_str(b, "&lt;");
			break;
		case '>':
			zy_buf_put_str(b, "&gt;");
			break;
		case '"':
			zy_buf_put_str(b, "&quot;");
			break;
		case '\t':
		case '\n':
		case '\r':
			zy_buf_printf(b, "&#%u;", text.p[i]);
			break;
		default:
			zy_buf_put_u8(b, text.p[i]);
		}
}
