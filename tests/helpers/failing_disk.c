/* failing_disk KINDS ERROR AFTER COMMAND [OPTION...]: a command of zhengyin below whose HOME ($ZHENGYIN_HOME, a whole
 * path), or whose folder $ZY_DISK, the disk fails: KINDS are letters of calls (w: writes, s: syncs, o: opens to write,
 * n: names), ERROR is full, quota, broken or read-only, or killed, which the process is there; AFTER so many of these
 * calls that still go well. The last line on stderr says whether it struck. */
#include "tests/disk_layer.h"

#include "service/cli.h"

static bool set_disk(const char *kinds, const char *error, const char *after)
{
	static const struct {
		const char *name;
		int code;
	} errors[] = { { "full", ENOSPC }, { "quota", EDQUOT }, { "broken", EIO }, { "read-only", EROFS },
		{ "killed", DISK_KILLS } };
	static const struct {
		char letter;
		enum disk_failing kind;
	} letters[] = { { 'w', DISK_FAILS_WRITE }, { 's', DISK_FAILS_SYNC }, { 'o', DISK_FAILS_OPEN },
		{ 'n', DISK_FAILS_NAME } };

	for (size_t i = 0; i < 4; i++)
		if (strchr(kinds, letters[i].letter) != NULL)
			disk.failing |= letters[i].kind;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(error, errors[i].name) == 0)
			disk.with = errors[i].code;
	disk.after = (unsigned)strtoul(after, NULL, 10);
	disk.times = UINT32_MAX;
	return disk.with != 0 && disk.failing != 0;
}

static int run(struct zy_cli *c, int argc, char **argv)
{
	struct zy_error err = { 0 };

	for (const struct zy_cmd *cmd = zy_cmds; cmd->name != NULL; cmd++) {
		if (strcmp(cmd->name, argv[0]) != 0)
			continue;
		if (cmd->run(c, argc, argv, &err))
			return c->exit;
		fprintf(stderr, "code: %s: %s\n", zy_code_name(err.code), err.msg);
		return zy_code_exit(err.code);
	}
	return 64;
}

int main(int argc, char **argv)
{
	struct zy_cli c = {
		.home = getenv("ZHENGYIN_HOME"), .clock = &zy_clock_system, .tsa_time = &zy_tsa_time_system
	};
	const char *disk_of = getenv("ZY_DISK") != NULL ? getenv("ZY_DISK") : c.home;
	int status;

	if (argc < 5 || c.home == NULL || strlen(disk_of) >= sizeof(disk.folder) ||
	    !set_disk(argv[1], argv[2], argv[3]))
		return 64;
	snprintf(disk.folder, sizeof(disk.folder), "%s", disk_of);
	status = run(&c, argc - 4, argv + 4);
	fprintf(stderr, "struck: %s\n", disk.times != UINT32_MAX ? "yes" : "no");
	return status;
}
