/* drill hsm [--seconds N], drill revoke [--entries N], drill log-fork, restore, key */
#include "cli.h"
#include "drill.h"
#include "processes.h"
#include "zy/folder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SECONDS 10
#define ENTRIES 1000000
#define ENTRIES_MAX 2000000
#define PAUSE_MAX_MS 2000

static void clear(const char *folder, const char *home)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;
	unsigned num;

	if (zy_home_open(&h, home, &a, &ignored) && !zy_processes_stop(&h, &num, &ignored))
		fprintf(stderr, "zhengyin: warning: %s\n", ignored.msg);
	zy_folder_remove(folder);
}

static void report(const struct zy_drill *d, const char *victim, long long pause_ms)
{
	if (d->json)
		zy_cli_json(json_pack("{s:s, s:I}", "killed", victim, "pause_ms", (json_int_t)pause_ms));
	else
		printf("killed: %-20s longest wait for an answer %lld ms\n", victim, pause_ms);
	fflush(stdout);
}

static bool in_home_of_its_own(
    struct zy_cli *c, bool (*run)(struct zy_cli *own, void *arg, struct zy_error *err), void *arg, struct zy_error *err)
{
	char *argv[] = { (char *)(uintptr_t) "init", (char *)(uintptr_t) "--demo", NULL };
	char folder[] = "/tmp/zhengyin-drill-XXXXXX", home[280];
	struct zy_cli own = *c;
	bool ok;

	if (mkdtemp(folder) == NULL)
		return zy_fail(err, ZY_E_IO, "drill", ZY_NOWHERE, "cannot make a folder in /tmp");
	snprintf(home, sizeof(home), "%s/home", folder);
	own.home = home;
	own.quiet = true;
	own.json = false;
	ok = zy_cmd_init(&own, 2, argv, err) && run(&own, arg, err);
	clear(folder, home);
	return ok;
}

static bool read_number(
    const char *text, const char *field, unsigned long most, unsigned long *out, struct zy_error *err)
{
	char *end;

	if (text == NULL)
		return true;
	*out = strtoul(text, &end, 10);
	return (text[0] >= '0' && text[0] <= '9' && *end == 0 && *out >= 1 && *out <= most) ||
	       zy_fail(err, ZY_E_USAGE, field, ZY_NOWHERE, "--%s is 1 to %lu", field, most);
}

static bool run_hsm(struct zy_cli *own, void *arg, struct zy_error *err)
{
	struct zy_drill *d = arg;

	d->home = own->home;
	return zy_drill_hsm(d, err);
}

static bool drill_hsm(struct zy_cli *c, unsigned long seconds, struct zy_error *err)
{
	struct zy_drill d = { .report = report, .seconds = (unsigned)seconds, .json = c->json };

	if (!in_home_of_its_own(c, run_hsm, &d, err))
		return false;
	if (!c->json)
		printf("%u kills; the last line is the sum\n", d.kills);
	zy_cli_json(json_pack("{s:I, s:I, s:I}", "requests", (json_int_t)atomic_load(&d.requests), "failed",
	    (json_int_t)atomic_load(&d.failed), "longest_pause_ms", (json_int_t)d.longest_ms));
	c->exit = atomic_load(&d.failed) == 0 && d.longest_ms <= PAUSE_MAX_MS ? 0 : 69;
	return true;
}

static bool run_revoke(struct zy_cli *own, void *arg, struct zy_error *err)
{
	return zy_drill_revoke(arg, own->home, zy_now(own->clock), err);
}

static bool drill_revoke(struct zy_cli *c, unsigned long entries, struct zy_error *err)
{
	struct zy_drill_revoke d = { .entries = entries };

	if (!in_home_of_its_own(c, run_revoke, &d, err))
		return false;
	if (!c->json)
		printf("%lu scratch certificates (no signatures of their own) made in %.1f s, revoked in %.1f s;\n"
		       "%llu lists of %llu bytes signed, read back and held against the register in %.1f s\n",
		    entries, (double)d.make_ms / 1000, (double)d.revoke_ms / 1000, (unsigned long long)d.lists,
		    (unsigned long long)d.bytes, (double)d.publish_ms / 1000);
	zy_cli_json(json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:I, s:I}", "requests", (json_int_t)d.requests, "failed",
	    (json_int_t)d.failed, "longest_pause_ms", (json_int_t)d.longest_ms, "entries", (json_int_t)entries,
	    "revoke_seconds", (double)d.revoke_ms / 1000, "publish_seconds", (double)d.publish_ms / 1000, "bytes",
	    (json_int_t)d.bytes, "lists", (json_int_t)d.lists));
	c->exit = d.failed == 0 ? 0 : 69;
	return true;
}

static void report_step(const struct zy_drill_story *d, const char *step, int64_t ms, bool good)
{
	if (d->json)
		zy_cli_json(json_pack("{s:s, s:I, s:b}", "step", step, "ms", (json_int_t)ms, "good", good));
	else
		printf("%-4s %6lld ms  %s\n", good ? "good" : "BAD", (long long)ms, step);
	fflush(stdout);
}

static bool run_story(struct zy_cli *own, void *arg, struct zy_error *err)
{
	return zy_drill_story(arg, own->home, err);
}

static bool drill_story(struct zy_cli *c, const char *name, struct zy_error *err)
{
	struct zy_drill_story d = { .name = name, .report = report_step, .json = c->json };

	if (!in_home_of_its_own(c, run_story, &d, err))
		return false;
	zy_cli_json(json_pack("{s:I, s:I, s:I, s:f}", "requests", (json_int_t)d.steps, "failed", (json_int_t)d.failed,
	    "longest_pause_ms", (json_int_t)d.longest_ms, "seconds", (double)d.all_ms / 1000));
	c->exit = d.failed == 0 ? 0 : 69;
	return true;
}

bool zy_cmd_drill(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *seconds = NULL, *entries = NULL, *words[1] = { NULL };
	const struct zy_option opts[] = { { "seconds", "N", "hsm: how long, 1 to 600 (default 10)", &seconds, NULL },
		{ "entries", "N", "revoke: how many certificates, 1 to 2000000 (default 1000000)", &entries, NULL },
		{ 0 } };
	unsigned long n = SECONDS, m = ENTRIES;
	bool go;

	if (!zy_cli_parse(c, "drill", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!read_number(seconds, "seconds", 600, &n, err) || !read_number(entries, "entries", ENTRIES_MAX, &m, err))
		return false;
	if (strcmp(words[0], "hsm") == 0 && entries == NULL)
		return drill_hsm(c, n, err);
	if (strcmp(words[0], "revoke") == 0 && seconds == NULL)
		return drill_revoke(c, m, err);
	if (zy_drill_is_story(words[0]) && entries == NULL && seconds == NULL)
		return drill_story(c, words[0], err);
	return zy_fail(err, ZY_E_USAGE, "drill", ZY_NOWHERE,
	    "give `drill hsm`, --seconds, or `drill revoke`, --entries, or `drill log-fork`, `restore` or `key`");
}
