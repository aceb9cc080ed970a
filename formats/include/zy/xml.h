/*
 * XML as a tree of plain nodes in an arena. libxml2 reads it; what it may read is narrow: UTF-8 only, no DTD (so no
 * entity beyond the five of XML itself), no network, and caps on bytes, elements, attributes, namespaces and depth.
 * Comments and processing instructions are left out. Threads: any.
 */
#ifndef ZY_XML_H
#define ZY_XML_H

#include "zy/arena.h"

#define ZY_XML_BYTES_MAX ((size_t)8 << 20)
#define ZY_XML_ELEMENTS_MAX 100000
#define ZY_XML_ATTRIBUTES_MAX 64   /* of one element */
#define ZY_XML_NAMESPACES_MAX 1000 /* declarations in the whole document */
#define ZY_XML_DEPTH_MAX 64

struct zy_xml_attribute {
	const char *name, *ns, *value; /* local name; namespace, "" for none */
};
struct zy_xml_node {
	const char *name, *ns; /* local name; namespace, "" for none */
	const char *text;      /* of an element without child elements, as it stands; "" otherwise */
	size_t num_attributes;
	const struct zy_xml_attribute *attributes;
	struct zy_xml_node *parent, *child, *next; /* first child; next sibling */
};

/* The root element. field names the document in errors. Errors: xml (with the line in the message), xml-encoding, utf8,
 * too-large, no-memory. */
ZY_MUST_CHECK bool zy_xml_parse(
    const struct zy_xml_node **root, struct zy_bytes in, const char *field, struct zy_arena *a, struct zy_error *err);

/* What is in UTF-16, or declares GBK, GB2312 or GB18030, becomes UTF-8 in the arena, without its XML declaration; all
 * else stays as it is, for zy_xml_parse to judge. Errors: utf8, no-memory. */
ZY_MUST_CHECK bool zy_xml_utf8(struct zy_bytes *in, const char *field, struct zy_arena *a, struct zy_error *err);
/* By its first octets. */
bool zy_xml_is_utf16(struct zy_bytes in);

/* First child of that local name, whatever the namespace; NULL if there is none. */
const struct zy_xml_node *zy_xml_child(const struct zy_xml_node *n, const char *name);
/* The next sibling of that name. */
const struct zy_xml_node *zy_xml_next(const struct zy_xml_node *n, const char *name);
/* The next element in document order inside `top`, n included in what was passed; NULL at the end. */
const struct zy_xml_node *zy_xml_walk(const struct zy_xml_node *top, const struct zy_xml_node *n);
/* Value of an attribute without namespace, or `absent`. */
const char *zy_xml_attribute(const struct zy_xml_node *n, const char *name, const char *absent);
/* Text of a child element with surrounding white space removed, "" when absent. */
ZY_MUST_CHECK bool zy_xml_child_text(
    const struct zy_xml_node *n, const char *name, struct zy_arena *a, const char **out, struct zy_error *err);
/* The same of the element itself. */
ZY_MUST_CHECK bool zy_xml_text(const struct zy_xml_node *n, struct zy_arena *a, const char **out, struct zy_error *err);

/* Text or an attribute value (in double quotes) with what must be escaped escaped, for writers. The text is UTF-8
 * without control characters other than tab, LF and CR. */
struct zy_buf;
void zy_xml_put(struct zy_buf *b, struct zy_bytes text);

#endif
