/* Target functions: zy_application_parse. */
#include <stdlib.h>

#include "policy_sample.h"
#include "zy/application.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)64 << 20 };
	const struct zy_holder holder = { ZY_HOLDER_USCC, "91990100MA9900X1XU" };
	const struct zy_policy p = zy_policy_sample();
	struct zy_application app;
	struct zy_error err = { 0 };
	struct zy_type t;

	if (!zy_policy_type_parse(&t, &p, "sample", ZY_LITERAL(ZY_TYPE_SAMPLE), ZY_LITERAL(ZY_LAYOUT_SAMPLE), &a, &err))
		abort();
	if (!zy_application_parse(&app, &t, &holder, "远山茶业", ZY_BYTES(data, len), NULL, &a, &err)) {
		if (err.code == ZY_OK || err.code == ZY_E_BUG || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	for (size_t i = 0; i < app.num; i++) {
		const struct zy_field_rule *f = zy_type_field(&t, app.given[i].key);
		const char *again;

		if (f == NULL || !zy_field_rule_check(f, app.given[i].value, &a, &again, &err) ||
		    strcmp(again, app.given[i].value) != 0)
			abort();
	}
	return 0;
}
