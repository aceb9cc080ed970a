/*
 * Target functions: zy_ofd_name_signatures, zy_ofd_list_signature. XML that the parser takes is edited; the result must
 * parse to the same tree with one element more.
 */
#include <stdlib.h>

#include "zy/ofd_edit.h"
#include "zy/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t count(const struct zy_xml_node *root)
{
	size_t n = 0;

	for (const struct zy_xml_node *e = root; e != NULL; e = zy_xml_walk(root, e))
		n++;
	return n;
}

static void check(const struct zy_xml_node *root, const struct zy_buf *out, const char *name)
{
	const struct zy_xml_node *again, *last = NULL;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	if (!zy_xml_parse(&again, zy_buf_bytes(out), "out", &a, &err)) {
		if (err.code != ZY_E_TOO_LARGE && err.code != ZY_E_NO_MEMORY)
			abort();
		return;
	}
	for (const struct zy_xml_node *e = again; e != NULL; e = zy_xml_walk(again, e))
		if (strcmp(e->name, name) == 0)
			last = e;
	if (last == NULL || count(again) != count(root) + 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_xml_node *root;
	struct zy_error err = { 0 }, why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO named = { 0 };
	ZY_BUF_AUTO listed = { 0 };

	if (!zy_xml_parse(&root, ZY_BYTES(data, len), "in", &a, &err))
		return 0;
	if (zy_ofd_name_signatures(ZY_BYTES(data, len), 0, "Doc_0/Signs/Signatures.xml", &named, &err))
		check(root, &named, "Signatures");
	else if (err.code == ZY_OK)
		abort();
	if (zy_ofd_list_signature(
		ZY_BYTES(data, len), "s002", "Seal", "Doc_0/Signs/Sign_1/Signature.xml", &listed, &why))
		check(root, &listed, "Signature");
	else if (why.code == ZY_OK)
		abort();
	return 0;
}
