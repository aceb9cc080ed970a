/* bench: our rate beside the raw primitive, both measured in the same run on a home of its own. */
#include "cli.h"
#include "init.h"
#include "processes.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "zy/application.h"
#include "zy/batch.h"

#define RAW_SECONDS 2

struct stage {
	struct zy_cli cli;
	char folder[256], home[280];
	uint64_t count;
	unsigned seconds;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void clear(struct stage *s)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_home h;
	unsigned num;

	if (zy_home_open(&h, s->home, &a, &ignored) && !zy_processes_stop(&h, &num, &ignored))
		fprintf(stderr, "zhengyin: warning: %s\n", ignored.msg);
	nftw(s->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool set_up(struct stage *s, struct zy_error *err)
{
	const char *tmp = "/tmp";
	char *argv[] = { (char *)(uintptr_t) "init", (char *)(uintptr_t) "--demo", NULL };

	snprintf(s->folder, sizeof(s->folder), "%s/zhengyin-bench-XXXXXX", tmp);
	if (mkdtemp(s->folder) == NULL)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make a folder in %s", tmp);
	snprintf(s->home, sizeof(s->home), "%s/home", s->folder);
	s->cli.home = s->home;
	s->cli.quiet = true; /* only bench lines belong on stdout */
	return zy_cmd_init(&s->cli, 2, argv, err);
}

/* The sample of a type as batch lines with request keys. */
static bool make_lines(const struct zy_type *t, uint64_t count, FILE *out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };
	json_error_t why;
	json_t *line;

	if (!zy_policy_example_line(t, "bench", &text, err) || !zy_buf_done(&text, "example", err))
		return false;
	if ((line = json_loadb((const char *)text.p, text.len, 0, &why)) == NULL)
		return zy_fail(err, ZY_E_BUG, "example", ZY_NOWHERE, "%s", why.text);
	for (uint64_t i = 0; i < count; i++) {
		json_object_set_new(line, "request", json_sprintf("bench-%llu", (unsigned long long)i));
		json_dumpf(line, out, JSON_COMPACT);
		fputc('\n', out);
	}
	json_decref(line);
	return true;
}

static void count_answer(void *arg, uint64_t line, const char *request, const struct zy_minted *m,
    const struct zy_error *refused, const struct zy_batch_counts *n)
{
	(void)arg, (void)line, (void)request, (void)m, (void)n;
	if (refused->code != ZY_OK)
		fprintf(stderr, "zhengyin: warning: %s\n", refused->msg);
}

static bool run_batch(struct zy_desk *d, const struct zy_type *t, uint64_t count, struct zy_mint_times *times,
    double *per_second, struct zy_error *err)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct zy_batch b = { .in = tmpfile(),
		.threads = cores < 1 ? 2 : (unsigned)(2 * cores),
		.answer = count_answer,
		.times = times };
	struct zy_batch_counts n = { 0 };
	double start;
	bool ok;

	if (b.in == NULL)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "no temporary file");
	ok = make_lines(t, count, b.in, err);
	rewind(b.in);
	start = now_s();
	ok = ok && zy_batch_run(d, &b, &n, err);
	*per_second = (double)n.minted / (now_s() - start);
	fclose(b.in);
	if (ok && n.minted != count)
		return zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "%llu of %llu were minted",
		    (unsigned long long)n.minted, (unsigned long long)count);
	return ok;
}

static void print_mint(
    const struct zy_cli *c, double ours, double sm2, double p256, unsigned sessions, const struct zy_mint_times *t)
{
	const double num = (double)(t->num == 0 ? 1 : t->num) * 1e3, raw = sm2 < p256 ? sm2 : p256;
	double load = 0;

	if (getloadavg(&load, 1) != 1)
		load = -1;
	if (c->json) {
		zy_cli_json(json_pack(
		    "{s:s, s:f, s:f, s:s, s:s, s:f, s:f, s:{s:f, s:f, s:f, s:f, s:f}, s:{s:f, s:f, s:i}}", "name",
		    "mint", "ours", ours, "raw", raw, "raw_name", sm2 < p256 ? "C_Sign SM2" : "C_Sign P-256", "unit",
		    "per second", "ratio", ours / raw, "loadavg", load, "each_us", "check", (double)t->check / num,
		    "draw", (double)t->draw / num, "seal", (double)t->seal / num, "verify", (double)t->verify / num,
		    "commit", (double)t->commit / num, "tokens", "C_Sign SM2", sm2, "C_Sign P-256", p256, "sessions",
		    (int)sessions));
		return;
	}
	printf("mint: %.0f licences/s (OFD and PDF each); raw C_Sign: SM2 %.0f/s, P-256 %.0f/s (%u sessions)\n"
	       "ratio to the slower token: %.2f   load average %.1f\n"
	       "where a licence's time goes, microseconds of wall time in its thread:\n"
	       "  check %.0f, draw %.0f, seal %.0f, self-verify %.0f, commit %.0f\n",
	    ours, sm2, p256, sessions, ours / raw, load, (double)t->check / num, (double)t->draw / num,
	    (double)t->seal / num, (double)t->verify / num, (double)t->commit / num);
}

static bool bench_mint(struct stage *s, struct zy_error *err)
{
	struct zy_mint_times times = { 0 };
	const struct zy_seal_rule *rule;
	const struct zy_type *t;
	double ours = 0, sm2 = 0, p256 = 0;
	unsigned sessions = 0;
	struct zy_desk d;
	bool ok;

	if (!zy_desk_open(&d, s->home, ZY_DESK_BATCH, s->cli.clock, err))
		return false;
	ok = zy_policy_type(&d.policy, "business-licence", &t, err);
	rule = ok ? zy_policy_seal(&d.policy, t->seal) : NULL;
	ok = rule != NULL && run_batch(&d, t, s->count, &times, &ours, err) &&
	     zy_hsm_bench(d.hsm, rule->seal_key, s->seconds, &sm2, &sessions, err) &&
	     zy_hsm_bench(d.hsm, rule->document_key, s->seconds, &p256, &sessions, err);
	zy_desk_close(&d);
	if (ok)
		print_mint(&s->cli, ours, sm2, p256, sessions, &times);
	return ok;
}

static bool number(const char *text, const char *name, uint64_t most, uint64_t *out, struct zy_error *err)
{
	char *end;
	unsigned long long v;

	if (text == NULL)
		return true;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != 0 || v < 1 || v > most)
		return zy_fail(err, ZY_E_USAGE, name, ZY_NOWHERE, "--%s is 1 to %llu", name, (unsigned long long)most);
	*out = v;
	return true;
}

bool zy_cmd_bench(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *count = NULL, *seconds = NULL, *words[1] = { NULL };
	const struct zy_option opts[] = { { "count", "N", "licences to mint (default 1000)", &count, NULL },
		{ "seconds", "N", "how long the raw primitive is measured (default 2)", &seconds, NULL }, { 0 } };
	struct stage s = { .cli = *c, .count = 1000 };
	uint64_t raw_seconds = RAW_SECONDS;
	bool go, ok;

	if (!zy_cli_parse(c, "bench", opts, argc, argv, 0, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (words[0] != NULL && strcmp(words[0], "mint") != 0)
		return zy_fail(
		    err, ZY_E_USAGE, "bench", ZY_NOWHERE, "there is no benchmark %.40s; mint is there", words[0]);
	if (!number(count, "count", 1000000, &s.count, err) || !number(seconds, "seconds", 10, &raw_seconds, err))
		return false;
	s.seconds = (unsigned)raw_seconds;
	s.cli.json = c->json;
	ok = set_up(&s, err) && bench_mint(&s, err);
	clear(&s);
	return ok;
}
