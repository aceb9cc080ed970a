/*
 * XML as libxml2's tree, for signatures: it keeps what zy/xml.h leaves out (prefixes, mixed text, processing
 * instructions), so that exclusive canonicalisation gives the bytes that were signed. What may be read is as narrow as
 * there: UTF-8 only, XML 1.0, no DTD, no network, the same caps. A tree belongs to one thread.
 */
#ifndef ZY_XML_TREE_H
#define ZY_XML_TREE_H

#include "zy/buf.h"
#include "zy/xml.h"

struct zy_xml_tree;
struct zy_xml_element; /* lives as long as its tree */

/* in: not borrowed. field names the document in errors. Errors: xml (with the line in the message; also a namespace
 * name that is relative, which has no canonical form), utf8, too-large, no-memory. */
ZY_MUST_CHECK bool zy_xml_tree_open(
    struct zy_xml_tree **out, struct zy_bytes in, const char *field, struct zy_error *err);
void zy_xml_tree_close(struct zy_xml_tree *t); /* NULL is fine */

const struct zy_xml_element *zy_xml_tree_root(const struct zy_xml_tree *t);
/* The element behind e in document order, NULL behind the last. */
const struct zy_xml_element *zy_xml_tree_next(const struct zy_xml_element *e);
const struct zy_xml_element *zy_xml_element_parent(const struct zy_xml_element *e); /* NULL of the root */
bool zy_xml_element_is(const struct zy_xml_element *e, const char *ns, const char *name);
/* The only child element of that name; NULL when there is none, or more than one. */
const struct zy_xml_element *zy_xml_element_only(const struct zy_xml_element *e, const char *ns, const char *name);
/* Value of an attribute without namespace, in the arena; *out NULL when there is none. Errors: utf8, no-memory. */
ZY_MUST_CHECK bool zy_xml_element_attribute(
    const struct zy_xml_element *e, const char *name, struct zy_arena *a, const char **out, struct zy_error *err);
/* How many attributes of the document that are named Id in any case and any namespace have that value. */
size_t zy_xml_tree_ids(const struct zy_xml_tree *t, const char *value);

/* Where the element's end tag begins in `in`; ZY_NOWHERE when it is an empty-element tag. */
size_t zy_xml_element_end_tag(const struct zy_xml_element *e);
/* Comments are in no canonical form, so no signature covers them. splits: one stands between two pieces of text, where
 * a careless reader takes the first piece for all of it. */
struct zy_xml_comments {
	size_t num;
	bool splits;
};
struct zy_xml_comments zy_xml_tree_comments(const struct zy_xml_tree *t);

/* Exclusive canonical form without comments (http://www.w3.org/2001/10/xml-exc-c14n#, no PrefixList) of `top` or, with
 * NULL, of the whole document; all of `without` is left out (NULL: nothing). Errors: xml, no-memory. */
ZY_MUST_CHECK bool zy_xml_tree_canonical(const struct zy_xml_tree *t, const struct zy_xml_element *top,
    const struct zy_xml_element *without, struct zy_buf *out, struct zy_error *err);

#endif
