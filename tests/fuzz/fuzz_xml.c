/* Target functions: zy_xml_parse. Every node that was read is walked and stays within the caps. */
#include <stdlib.h>

#include "zy/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_xml_node *root = NULL;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	size_t num = 0;

	if (!zy_xml_parse(&root, ZY_BYTES(data, len), "fuzz", &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	for (const struct zy_xml_node *n = root; n != NULL; n = zy_xml_walk(root, n))
		if (++num > ZY_XML_ELEMENTS_MAX || n->name == NULL || n->ns == NULL || n->text == NULL ||
		    n->num_attributes > ZY_XML_ATTRIBUTES_MAX)
			abort();
	return 0;
}
