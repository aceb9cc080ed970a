/* Target functions: zy_signer_config_parse, zy_keyring_parse. */
#include <stdlib.h>

#include "hsm/config.h"
#include "hsm/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_config(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_signer_config c;
	ZY_ARENA_AUTO a = { 0 };

	if (!zy_signer_config_parse(&c, in, "fuzz", "/home", "token", 2, &a, &err)) {
		if (err.code == ZY_OK)
			abort();
		return;
	}
	if (c.module[0] != '/' || c.sessions < 1 || c.sessions > ZY_SESSIONS_MAX)
		abort();
	if (c.pin_source == ZY_PIN_FILE ? strncmp(c.pin, "/home/", 6) != 0 : c.pin != NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_keyring k = { .lock = PTHREAD_RWLOCK_INITIALIZER };
	struct zy_error err = { 0 };

	read_config(ZY_BYTES(data, len));
	if (!zy_keyring_parse(&k, ZY_BYTES(data, len), "fuzz", &err) && err.code == ZY_OK)
		abort();
	for (size_t i = 0; i < k.num; i++)
		if (k.keys[i]->uses == 0 || k.keys[i]->label[0] == 0)
			abort();
	zy_keyring_free(&k);
	return 0;
}
