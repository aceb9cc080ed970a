/* Target functions: zy_tpm_config_parse. */
#include <stdlib.h>

#include "tpm-token/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool is_inside(struct zy_bytes v, const uint8_t *data, size_t len)
{
	return v.p >= data && v.len <= len && (size_t)(v.p - data) <= len - v.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_tpm_config c;
	struct zy_error err = { 0 };

	if (!zy_tpm_config_parse(&c, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!is_inside(c.tcti, data, len) || !is_inside(c.state, data, len) || c.label.len > ZY_TPM_LABEL_LEN ||
	    c.tcti.len == 0 || c.state.len == 0 || c.mechanism < 0x80000000u)
		abort();
	return 0;
}
