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
 * name that is relative, which has no canonical form), xml-encoding, utf8, too-large, no-memory. */
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
/* The element that has it, when it is the only one. */
const struct zy_xml_element *zy_xml_tree_identified(const struct zy_xml_tree *t, const char *value);

/* Where the element's end tag begins in `in`; ZY_NOWHERE when it is an empty-element tag. */
size_t zy_xml_element_end_tag(const struct zy_xml_element *e);
/* Comments are in no canonical form, so no signature covers them. splits: one stands between two pieces of text, where
 * a careless reader takes the first piece for all of it. */
struct zy_xml_comments {
	size_t num;
	bool splits;
};
struct zy_xml_comments zy_xml_tree_comments(const struct zy_xml_tree *t);

/* Text beside the element, under the same parent: any; and on both of its sides with no other element between. */
struct zy_xml_surroundings {
	bool text, splits;
};
struct zy_xml_surroundings zy_xml_element_surroundings(const struct zy_xml_element *e);
/* Do processing instructions stand outside the root? */
bool zy_xml_tree_has_instructions(const struct zy_xml_tree *t);

/* Canonical forms: Exclusive XML Canonicalization 1.0, Canonical XML 1.0 and 1.1. */
struct zy_xml_form {
	enum { ZY_XML_FORM_EXCLUSIVE, ZY_XML_FORM_1_0, ZY_XML_FORM_1_1 } kind;
	bool comments;
	const char *prefixes; /* PrefixList of the exclusive form, at most ZY_XML_PREFIXES_MAX; NULL: none */
};
#define ZY_XML_PREFIXES_MAX 64
/* The form of that name; false when there is none. */
bool zy_xml_form_named(const char *uri, struct zy_xml_form *out);
/* `top` in that form or, with NULL, the whole document; all of `without` is left out (NULL: nothing). Errors: xml,
 * too-large (prefixes), no-memory. */
ZY_MUST_CHECK bool zy_xml_tree_canonical_as(const struct zy_xml_tree *t, struct zy_xml_form form,
    const struct zy_xml_element *top, const struct zy_xml_element *without, struct zy_buf *out, struct zy_error *err);
/* The same in the exclusive form without comments. */
ZY_MUST_CHECK bool zy_xml_tree_canonical(const struct zy_xml_tree *t, const struct zy_xml_element *top,
    const struct zy_xml_element *without, struct zy_buf *out, struct zy_error *err);

#endif
