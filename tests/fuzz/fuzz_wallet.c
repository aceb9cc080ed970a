/* Target functions: zy_wallet_parse, zy_wallet_encode. */
#include <stdlib.h>

#include "zy/wallet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)1 << 20 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_wallet w;

	if (!zy_wallet_parse(&w, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_wallet_encode(&w, &again, &err) || !zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
