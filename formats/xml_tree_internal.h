/* What the tree of XML and its canonical forms share. */
#ifndef ZY_XML_TREE_INTERNAL_H
#define ZY_XML_TREE_INTERNAL_H

#include <libxml/tree.h>

#include "zy/xml_tree.h"

struct zy_xml_tree {
	xmlDoc *doc;
	struct zy_xml_comments comments;
};

static inline const xmlNode *xml_node(const struct zy_xml_element *e)
{
	return (const xmlNode *)e;
}

#endif
