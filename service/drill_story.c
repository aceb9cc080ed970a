/* Drills told in steps: what happens, and what an operator does about it, in a home of its own, each step timed. A step
 * is a line for /bin/sh, in which z is this program with that home, m KEY mints a licence, $H is the home and $D the
 * folder around it. */
#include "drill.h"

#include <stdio.h>
#include <string.h>

#include "hook.h"
#include "processes.h"
#include "zy/text.h"

enum { ANSWER_MAX = 1 << 20, PATH_ROOM = 4096 };

struct step {
	const char *what, *line;
	int exit;
	const char *code; /* of the last answer; NULL: none is asked for */
};

/* A vault that was set back, and one with another history of the same length. */
static const struct step log_fork[] = {
	{ "licences are minted, the log is published, a checkpoint is kept elsewhere",
	    "m f1 && cp -r \"$H/vault\" \"$D/then\" && m f2 && m f3 && z log export \"$D/public\" && "
	    "z log checkpoint --out \"$D/kept\"",
	    0, NULL },
	{ "an older copy takes the place of the vault", "mv \"$H/vault\" \"$D/now\" && cp -r \"$D/then\" \"$H/vault\"",
	    0, NULL },
	{ "the kept checkpoint finds it out", "z log check --from \"$D/kept\"", 74, "log" },
	{ "the log's keys do not sign it", "z log checkpoint", 1, "log-fork" },
	{ "nothing is minted in it", "m f4", 1, "log-fork" },
	{ "it is not published", "z log export \"$D/public\"", 1, "log-fork" },
	{ "who follows the feed is told", "z events --from $(($(sed -n 2p \"$D/kept\") + 1))", 1, "log-fork" },
	{ "it grows to the same length with other events",
	    "id=$(z list --all | sed -n '1s/.*\"licence\":\"\\([^\"]*\\)\".*/\\1/p') && "
	    "while [ \"$(z events --from \"$(sed -n 2p \"$D/kept\")\" 2>/dev/null | grep -c '\"seq\"')\" = 0 ]; do "
	    "z history \"$id\" >/dev/null || exit 1; done", /* looks are events; a status is refused */
	    0, NULL },
	{ "the kept checkpoint finds that out", "z log check --from \"$D/kept\"", 74, "log" },
	{ "the right vault is put back",
	    "rm -r \"$H/vault\" && mv \"$D/now\" \"$H/vault\" && z log check --from \"$D/kept\"", 0, NULL },
	{ "minting and publishing go on", "m f4 && z log export \"$D/public\" && z log prove --from \"$D/kept\"", 0,
	    NULL },
	{ 0 },
};

static const struct step restore[] = {
	{ "licences are minted, a backup is taken", "m r1 && m r2 && m r3 && z backup \"$D/copy\"", 0, NULL },
	{ "the next backup has what came since", "m r4 && z backup \"$D/copy\" && z log checkpoint --out \"$D/kept\"",
	    0, NULL },
	{ "the vault is lost", "rm -r \"$H/vault\" && z list --all", 69, "vault-absent" },
	{ "a copy with one changed octet is refused",
	    "cp -r \"$D/copy\" \"$D/bad\" && one=$(ls \"$D\"/bad/parts/* | head -n 1) && "
	    "printf '\\377\\376' | dd of=\"$one\" bs=1 seek=300 conv=notrunc 2>/dev/null && z restore \"$D/bad\"",
	    74, "backup" },
	{ "the copy is restored", "z restore \"$D/copy\"", 0, NULL },
	{ "every stored value is checked", "z check", 0, NULL },
	{ "the log is the one of the kept checkpoint", "z log check --from \"$D/kept\"", 0, NULL },
	{ "minting goes on", "m r5", 0, NULL },
	{ 0 },
};

#define SEAL "e=$(z seal list | sed -n '1s/.*\"esID\":\"\\([0-9]*\\)\".*/\\1/p') && "

static const struct step key[] = {
	{ "a licence is sealed", "m k1", 0, NULL },
	{ "the key of its seal is called compromised", SEAL "z key compromised \"zy-tpm/seal-$e\"", 0, NULL },
	{ "it seals nothing more", "m k2", 1, "key-state" },
	{ "its certificate is revoked",
	    SEAL
	    "s=$(z ca list | grep seal-owner | sed -n \"s/.*\\\"serial\\\":\\\"\\([0-9a-f]*\\)\\\".*CN=$e\\\".*/\\1/p\") && "
	    "z ca revoke \"$s\" --reason keyCompromise",
	    0, NULL },
	{ "lists with it are published", "z ca crl --out \"$D/crl\"", 0, NULL },
	{ "the seal gets another key, a certificate and its data anew", SEAL "z key rotate \"zy-tpm/seal-$e\"", 0,
	    NULL },
	{ "licences are sealed again", "m k2", 0, NULL },
	{ "the log tells of it", "z events | grep -q '\"about\":\"zy-tpm/seal-.*\"reason\":\"compromise\"'", 0, NULL },
	{ 0 },
};

static const struct {
	const char *name;
	const struct step *steps;
} stories[] = { { "log-fork", log_fork }, { "restore", restore }, { "key", key } };

static const struct step *find(const char *name)
{
	for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++)
		if (strcmp(stories[i].name, name) == 0)
			return stories[i].steps;
	return NULL;
}

bool zy_drill_is_story(const char *name)
{
	return find(name) != NULL;
}

/* The line behind what all lines share; its status is the last line of what is printed. */
static bool put_script(const struct step *s, const char *home, struct zy_buf *out, struct zy_error *err)
{
	char program[PATH_ROOM];

	if (!zy_program_folder(program, sizeof(program), err))
		return false;
	if (strpbrk(program, "'\n") != NULL || strpbrk(home, "'\n") != NULL)
		return zy_fail(err, ZY_E_IO, "drill", ZY_NOWHERE, "a drill cannot run this program by its path");
	zy_buf_printf(out,
	    "P='%s/zhengyin' H='%s' D=${H%%/*}\n"
	    "z() { \"$P\" -C \"$H\" \"$@\" --json 2>/dev/null; }\n"
	    "m() { \"$P\" -C \"$H\" policy example --line business-licence |"
	    " sed 's/\"request\":\"[^\"]*\"/\"request\":\"'\"$1\"'\"/' >\"$D/line\" && z mint --batch \"$D/line\"; }\n"
	    "( %s )\n"
	    "echo \"status $?\"\n",
	    program, home, s->line);
	zy_buf_put_u8(out, 0);
	return zy_buf_done(out, "drill", err);
}

static bool holds(struct zy_bytes text, const char *what)
{
	const size_t len = strlen(what);

	for (size_t i = 0; i + len <= text.len; i++)
		if (memcmp(text.p + i, what, len) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct step *s, struct zy_bytes answer)
{
	char status[32], code[64] = "";

	snprintf(status, sizeof(status), "status %d\n", s->exit);
	if (s->code != NULL)
		snprintf(code, sizeof(code), "\"code\":\"%s\"", s->code);
	return answer.len >= strlen(status) && holds(answer, code) &&
	       memcmp(answer.p + answer.len - strlen(status), status, strlen(status)) == 0;
}

bool zy_drill_story(struct zy_drill_story *d, const char *home, struct zy_error *err)
{
	const int64_t begin = zy_drill_now_ms();

	for (const struct step *s = find(d->name); s->what != NULL && d->failed == 0; s++) {
		const int64_t from = zy_drill_now_ms();
		ZY_BUF_AUTO script = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_bytes answer;
		int64_t took;

		if (!put_script(s, home, &script, err) ||
		    !zy_hook_run((const char *)script.p, ZY_BYTES("", 0), ANSWER_MAX, &a, &answer, err))
			return false;
		took = zy_drill_now_ms() - from;
		d->steps++;
		d->failed += !is_wanted(s, answer);
		d->longest_ms = took > d->longest_ms ? took : d->longest_ms;
		d->report(d, s->what, took, d->failed == 0);
	}
	d->all_ms = zy_drill_now_ms() - begin;
	return true;
}
