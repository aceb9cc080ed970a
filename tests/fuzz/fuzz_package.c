/* Target functions: zy_package_parse. What was read is written and read again to the same files. */
#include <stdlib.h>

#include "zy/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool same(const struct zy_package *p, const struct zy_package *q)
{
	if (p->num_files != q->num_files)
		return false;
	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, q->files[i].name) != 0 ||
		    !zy_bytes_equal(p->files[i].bytes, q->files[i].bytes))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct zy_package p, q;
	struct zy_error err = { 0 }, never = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };

	if (!zy_package_parse(&p, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_package_encode(&p, &b, &never) || !zy_package_parse(&q, zy_buf_bytes(&b), &a, &never) || !same(&p, &q))
		abort();
	return 0;
}
