/* Target functions: zy_policy_type_parse, with a type file of any content. */
#include <stdlib.h>

#include "policy_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)64 << 20 };
	const struct zy_policy p = zy_policy_sample();
	struct zy_error err = { 0 };
	struct zy_type t;

	if (!zy_policy_type_parse(&t, &p, "sample", ZY_BYTES(data, len), ZY_LITERAL(ZY_LAYOUT_SAMPLE), &a, &err)) {
		/* A fault in the other, fixed file can only follow from this one: its place may lie past this input. */
		if (err.code != ZY_E_POLICY && err.code != ZY_E_NO_MEMORY)
			abort();
		if (strncmp(err.msg, "types/sample.json:", 18) == 0 && err.offset > len)
			abort();
		return 0;
	}
	if (t.num_fields < 1 || t.layout.num_boxes < 1 || zy_type_field(&t, t.fields[0].key) != &t.fields[0])
		abort();
	return 0;
}
