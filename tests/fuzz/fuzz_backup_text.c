/* Target functions: zy_backup_text_parse, zy_backup_may_hold. What is taken as a description names no file outside a
 * home, and no more parts than it describes. */
#include <stdlib.h>

#include "service/backup_home.h"
#include "service/backup_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void names_stay_below(json_t *files)
{
	const char *name;
	json_t *digest;

	json_object_foreach(files, name, digest)
	{
		if (name[0] == '/' || strstr(name, "//") != NULL || strncmp(name, "../", 3) == 0 ||
		    strstr(name, "/../") != NULL || strncmp(name, "vault/", 6) == 0 ||
		    strncmp(name, "tokens/", 7) == 0 || json_string_length(digest) != 64)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	struct zy_backup_text t;

	(void)zy_backup_may_hold(ZY_BYTES(data, len));
	if (!zy_backup_text_parse(&t, ZY_BYTES(data, len), &err)) {
		if (err.code != ZY_E_BACKUP && err.code != ZY_E_TOO_LARGE)
			abort();
		return 0;
	}
	if (t.line.len + 70 != len || t.at.key_len > ZY_BACKUP_KEY_MAX ||
	    json_integer_value(json_object_get(t.root, "whole_parts")) >
		(json_int_t)json_array_size(json_object_get(t.root, "parts")))
		abort();
	names_stay_below(json_object_get(t.root, "files"));
	json_decref(t.root);
	return 0;
}
