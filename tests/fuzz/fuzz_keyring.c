/* Target functions: zy_keyring_parse, zy_keyring_state, zy_keyring_current, zy_keyring_list. */
#include <stdlib.h>

#include "hsm/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_keyring k = { .path = "keys" };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO list = { 0 };

	if (pthread_rwlock_init(&k.lock, NULL) != 0)
		abort();
	if (!zy_keyring_parse(&k, ZY_BYTES(data, len), "keys", &err) && err.code == ZY_OK)
		abort();
	for (size_t i = 0; i < k.num; i++) {
		struct zy_error why = { 0 };
		const struct zy_key *current;
		struct zy_key_life life;
		enum zy_key_state state = zy_keyring_state(&k, k.keys[i], 0, &life);

		if (zy_keyring_current(&k, k.keys[i]->label, 0, &current, &why) ? current == NULL : why.code == ZY_OK)
			abort();
		if (state != ZY_KEY_ACTIVE && state != ZY_KEY_PLANNED)
			abort(); /* the table tells of no other life */
	}
	zy_keyring_list(&k, 0, &list);
	zy_keyring_free(&k);
	return list.failed;
}
