/* Target functions: zy_xml_signature_parse, zy_xml_signed_info_parse, zy_xml_signed_info_check,
 * zy_xml_properties_parse. */
#include <stdint.h>
#include <stdlib.h>

#include "zy/xml_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool ok, const struct zy_error *err, size_t len)
{
	if (ok != (err->code == ZY_OK) || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err[4] = { 0 };
	struct zy_xml_signed_info info;
	struct zy_xml_properties properties;
	struct zy_xml_signature signature;
	struct zy_bytes in = ZY_BYTES(data, len);
	bool ok = zy_xml_signed_info_parse(&info, in, &a, &err[0]);

	check(ok, &err[0], len);
	for (size_t i = 0; ok && i < info.num_references; i++)
		(void)zy_xml_reference_is_plain(&info.references[i]);
	if (zy_xml_signed_info_check(in, ZY_SUITE_INTL, &err[1]) && !ok)
		abort();
	check(err[1].code == ZY_OK, &err[1], len);
	check(zy_xml_properties_parse(&properties, in, &a, &err[2]), &err[2], len);
	check(zy_xml_signature_parse(&signature, in, &a, &err[3]), &err[3], len);
	return 0;
}
