/* Target functions: zy_xml_tree_open, zy_xml_tree_canonical: what is canonical stays as it is. */
#include <stdint.h>
#include <stdlib.h>

#include "zy/xml_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool canonical(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_xml_tree *t;
	bool ok;

	if (!zy_xml_tree_open(&t, in, "fuzz", err))
		return false;
	for (const struct zy_xml_element *e = zy_xml_tree_root(t); e != NULL; e = zy_xml_tree_next(e))
		if ((zy_xml_element_parent(e) == NULL && e != zy_xml_tree_root(t)) ||
		    (zy_xml_element_end_tag(e) != ZY_NOWHERE &&
			(zy_xml_element_end_tag(e) + 3 > in.len ||
			    memcmp(in.p + zy_xml_element_end_tag(e), "</", 2) != 0)))
			abort();
	ok = zy_xml_tree_canonical(t, NULL, NULL, out, err);
	zy_xml_tree_close(t);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_BUF_AUTO once = { 0 };
	ZY_BUF_AUTO twice = { 0 };
	struct zy_error err = { 0 }, again = { 0 };

	if (!canonical(ZY_BYTES(data, len), &once, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!canonical(zy_buf_bytes(&once), &twice, &again) ||
	    !zy_bytes_equal(zy_buf_bytes(&once), zy_buf_bytes(&twice)))
		abort();
	return 0;
}
