/* Target function: the packed form of a version's files. Two octets say how long the file is, one how much stands
 * before it; what is unpacked packs and unpacks again. */
#include <stdlib.h>

#include "vault/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t base[40] = { 3, 1, 4, 1, 5, 9, 2, 6 };
	static uint8_t all[65536 + 256];
	struct zy_error err = { 0 };
	size_t file, before;

	if (len < 3)
		return 0;
	file = (size_t)data[0] << 8 | data[1];
	before = data[2];
	for (size_t i = 0; i < before; i++)
		all[i] = (uint8_t)i;
	if (!zy_unpack(ZY_BYTES(data + 3, len - 3), ZY_BYTES(base, sizeof(base)), all, before, file, &err)) {
		if (err.code != ZY_E_VAULT_CORRUPT || err.offset > len - 3)
			abort();
		return 0;
	}
	{
		struct zy_pack_base b = { 0 };
		ZY_PACKER_AUTO p = { .base = &b };
		ZY_BUF_AUTO out = { 0 };

		if (!zy_pack_base_index(&b, ZY_BYTES(base, sizeof(base)), &err) ||
		    !zy_pack(&p, ZY_BYTES(all, before), &out, &err) ||
		    !zy_pack(&p, ZY_BYTES(all + before, file), &out, &err))
			abort();
		zy_pack_base_free(&b);
	}
	return 0;
}
