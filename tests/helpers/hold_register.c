/*
 * hold_register FOLDER: holds the writer's lock of a register of certificates until standard input ends. Says "held"
 * when it has it. A story kills what waits for the lock.
 */
#include <stdio.h>

#include "ca/register.h"

int main(int argc, char **argv)
{
	struct zy_error err = { 0 };
	struct zy_register *r;
	struct zy_register_txn txn;

	if (argc != 2 || !zy_register_open(&r, argv[1], false, 0, &err) || !zy_register_begin(r, true, &txn, &err)) {
		fprintf(stderr, "hold_register: %s\n", err.msg);
		return 1;
	}
	puts("held");
	fflush(stdout);
	while (getchar() != EOF)
		continue;
	zy_register_end(&txn);
	zy_register_close(r);
	return 0;
}
