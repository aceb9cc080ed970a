/* drill hsm [--seconds N] */
#include "cli.h"
#include "drill.h"
#include "processes.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SECONDS 10
#define PAUSE_MAX_MS 2000

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void clear(const char *folder, const char *home)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;
	unsigned num;

	if (zy_home_open(&h, home, &a, &ignored) && !zy_processes_stop(&h, &num, &ignored))
		fprintf(stderr, "zhengyin: warning: %s\n", ignored.msg);
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void report(const struct zy_drill *d, const char *victim, long long pause_ms)
{
	if (d->json)
		zy_cli_json(json_pack("{s:s, s:I}", "killed", victim, "pause_ms", (json_int_t)pause_ms));
	else
		printf("killed: %-20s longest wait for an answer %lld ms\n", victim, pause_ms);
	fflush(stdout);
}

static bool in_home_of_its_own(struct zy_cli *c, struct zy_drill *d, const char *folder, struct zy_error *err)
{
	char *argv[] = { (char *)(uintptr_t) "init", (char *)(uintptr_t) "--demo", NULL };
	struct zy_cli own = *c;
	char home[280];
	bool ok;

	snprintf(home, sizeof(home), "%.255s/home", folder);
	own.home = d->home = home;
	own.quiet = true;
	own.json = false;
	ok = zy_cmd_init(&own, 2, argv, err) && zy_drill_hsm(d, err);
	clear(folder, home);
	return ok;
}

static void print_total(struct zy_cli *c, const struct zy_drill *d)
{
	if (!c->json)
		printf("%u kills; the last line is the sum\n", d->kills);
	zy_cli_json(json_pack("{s:I, s:I, s:I}", "requests", (json_int_t)atomic_load(&d->requests), "failed",
	    (json_int_t)atomic_load(&d->failed), "longest_pause_ms", (json_int_t)d->longest_ms));
	c->exit = atomic_load(&d->failed) == 0 && d->longest_ms <= PAUSE_MAX_MS ? 0 : 69;
}

bool zy_cmd_drill(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *seconds = NULL, *words[1] = { NULL };
	const struct zy_option opts[] = { { "seconds", "N", "how long, 1 to 600 (default 10)", &seconds, NULL },
		{ 0 } };
	struct zy_drill d = { .report = report, .seconds = SECONDS };
	char folder[] = "/tmp/zhengyin-drill-XXXXXX", *end;
	unsigned long n;
	bool go;

	if (!zy_cli_parse(c, "drill", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (strcmp(words[0], "hsm") != 0)
		return zy_fail(err, ZY_E_USAGE, "drill", ZY_NOWHERE, "the one drill there is is `zhengyin drill hsm`");
	if (seconds != NULL) {
		n = strtoul(seconds, &end, 10);
		if (seconds[0] < '0' || seconds[0] > '9' || *end != 0 || n < 1 || n > 600)
			return zy_fail(err, ZY_E_USAGE, "seconds", ZY_NOWHERE, "--seconds is 1 to 600");
		d.seconds = (unsigned)n;
	}
	if (mkdtemp(folder) == NULL)
		return zy_fail(err, ZY_E_IO, "drill", ZY_NOWHERE, "cannot make a folder in /tmp");
	d.json = c->json;
	if (!in_home_of_its_own(c, &d, folder, err))
		return false;
	print_total(c, &d);
	return true;
}
