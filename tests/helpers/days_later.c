/* days_later DAYS COMMAND [OPTION...]: a command of zhengyin as it will run so many days from now. The tokens' signers
 * live today. HOME is $ZHENGYIN_HOME. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/cli.h"

static zy_time later(void *arg)
{
	return zy_now(&zy_clock_system) + strtol(arg, NULL, 10) * 86400;
}

int main(int argc, char **argv)
{
	struct zy_clock clock = { later, argc < 3 ? NULL : argv[1] };
	struct zy_cli c = { .home = getenv("ZHENGYIN_HOME"), .clock = &clock };
	struct zy_error err = { 0 };

	if (argc < 3 || c.home == NULL)
		return 64;
	for (const struct zy_cmd *cmd = zy_cmds; cmd->name != NULL; cmd++) {
		if (strcmp(cmd->name, argv[2]) != 0)
			continue;
		if (cmd->run(&c, argc - 2, argv + 2, &err))
			return c.exit;
		fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
		return zy_code_exit(err.code);
	}
	return 64;
}
