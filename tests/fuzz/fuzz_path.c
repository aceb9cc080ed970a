/* Target function: zy_path_find, over certificates from bytes: each behind its length (2 octets, big-endian); the first
 * is the leaf, the last the anchor. */
#include <stdlib.h>

#include "verify/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = 64 << 20 };
	struct zy_reader r = zy_reader_over(ZY_BYTES(data, len));
	struct zy_bytes certs[6];
	struct zy_path_question q = { .at = 1772323200, .host = "www.example.com" };
	struct zy_error err = { 0 }, ignored = { 0 };
	struct zy_path path;
	struct zy_keys *k;
	uint64_t n;
	size_t num = 0;

	while (num < 6 && zy_take_be(&r, 2, "length", &n, &ignored) &&
	       zy_take(&r, n, "certificate", &certs[num], &ignored))
		num++;
	if (num < 2 || !zy_keys_open(&k, &err))
		return 0;
	q.leaf = certs[0];
	q.anchors = &certs[num - 1];
	q.num_anchors = 1;
	q.others = &certs[1];
	q.num_others = num - 1;
	if (zy_path_find(k, &q, &path, &a, &err)) {
		if (path.num > ZY_PATH_MAX || (path.num == 0 && path.num_faults == 0))
			abort();
		for (size_t i = 0; i < path.num_faults; i++)
			if (zy_finding_rule(path.faults[i].code) == NULL)
				abort();
	} else if (err.code != ZY_E_CRYPTO && err.code != ZY_E_NO_MEMORY) {
		abort();
	}
	zy_keys_close(k);
	return 0;
}
