#include "cli.h"

#include "zy/follow_home.h"

void zy_cli_follow(struct zy_cli *c)
{
	struct zy_error why = { 0 };
	struct zy_desk d;

	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, &why))
		fprintf(stderr, "not in the log yet, the next mint notes it: %s\n", why.msg);
	else {
		if (!zy_desk_follow(&d, &why))
			fprintf(stderr, "not in the log yet, the next mint notes it: %s\n", why.msg);
		zy_desk_close(&d);
	}
}
