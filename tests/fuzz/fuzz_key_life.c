/* Target functions: zy_key_life_parse, zy_key_life_encode, zy_key_generation. */
#include <stdlib.h>

#include "zy/key_life.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	char text[ZY_KEY_LIFE_TEXT];
	struct zy_key_life life;
	struct zy_bytes alias;
	unsigned generation = zy_key_generation(ZY_BYTES(data, len), &alias);

	if (generation < 1 || generation > ZY_KEY_GENERATION_MAX || alias.len > len ||
	    (generation > 1) != (alias.len < len))
		abort();
	if (!zy_key_life_parse(&life, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	zy_key_life_encode(&life, text);
	if (!zy_bytes_equal(zy_str(text), ZY_BYTES(data, len)))
		abort();
	return 0;
}
