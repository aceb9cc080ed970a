/* key_end URI: the key signs until this moment, as at the end of an overlap. HOME is $ZHENGYIN_HOME. */
#include <stdio.h>
#include <stdlib.h>

#include "zy/hsm.h"

int main(int argc, char **argv)
{
	const char *home = getenv("ZHENGYIN_HOME");
	struct zy_error err = { 0 };
	struct zy_hsm *hsm = NULL;
	bool ok;

	if (argc != 2 || home == NULL)
		return 64;
	ok = zy_hsm_open(&hsm, home, &err) && zy_hsm_life(hsm, argv[1], ZY_KEY_END, 0, 0, &err);
	zy_hsm_close(hsm);
	if (!ok)
		fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
	return ok ? 0 : zy_code_exit(err.code);
}
