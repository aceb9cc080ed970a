#include "summed.h"

#include <unistd.h>

#include "zy/digest.h"
#include "zy/file.h"

bool zy_summed_write(const char *path, struct zy_buf *v, struct zy_error *err)
{
	uint8_t sum[ZY_HASH_LEN];

	if (!zy_buf_done(v, "sum", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(v), sum, err))
		return false;
	zy_buf_put(v, ZY_BYTES(sum, sizeof(sum)));
	return zy_buf_done(v, "sum", err) && zy_file_write(path, zy_buf_bytes(v), 0600, true, err);
}

bool zy_summed_read(const char *path, struct zy_arena *a, struct zy_bytes *out, bool *found, struct zy_error *err)
{
	uint8_t sum[ZY_HASH_LEN];
	struct zy_bytes whole;

	*found = access(path, F_OK) == 0;
	if (!*found)
		return true;
	if (!zy_file_read(path, ZY_SUMMED_MAX, a, &whole, err))
		return false;
	if (whole.len >= ZY_HASH_LEN) {
		*out = ZY_BYTES(whole.p, whole.len - ZY_HASH_LEN);
		if (!zy_digest(ZY_HASH_SHA256, *out, sum, err))
			return false;
		if (memcmp(whole.p + out->len, sum, ZY_HASH_LEN) == 0)
			return true;
	}
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "vault", ZY_NOWHERE,
	    "%.140s was changed; it is a note that can be done without: remove it", path);
}
