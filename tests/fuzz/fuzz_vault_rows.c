/* Target functions: the parsers of the vault's stored rows; the first byte picks one. What is parsed encodes back to
 * the same bytes. */
#include <stdlib.h>

#include "vault/person.h"
#include "vault/rows.h"
#include "vault/tenant_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define TRY(kind)                                                                                                      \
	{                                                                                                              \
		struct zy_row_##kind row;                                                                              \
		ok = zy_row_##kind##_parse(&row, in, &err);                                                            \
		if (ok)                                                                                                \
			zy_row_##kind##_encode(&row, &out);                                                            \
		break;                                                                                                 \
	}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_bytes in;
	struct zy_tenant tenant;
	uint64_t number;
	bool ok;

	if (len == 0)
		return 0;
	in = ZY_BYTES(data + 1, len - 1);
	switch (data[0] % 11) {
	case 0:
		TRY(vault)
	case 1:
		TRY(subject)
	case 2:
		TRY(licence)
	case 3:
		TRY(version)
	case 4:
		TRY(status)
	case 5:
		TRY(intent)
	case 6:
		TRY(event)
	case 8:
		ok = zy_row_tenant_parse(&tenant, in, &err);
		if (ok)
			zy_row_tenant_encode(&tenant, &out);
		break;
	case 9:
		TRY(right)
	case 10:
		TRY(identity)
	default:
		ok = zy_row_number_parse(&number, in, &err);
		if (ok)
			zy_buf_put_be(&out, number, 8);
	}
	if (ok ? !zy_bytes_equal(zy_buf_bytes(&out), in)
	       : err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > in.len))
		abort();
	return 0;
}
