/* events: the feed of the vault. */
#include "cli.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "zy/feed.h"
#include "zy/secret_home.h"
#include "zy/text.h"

enum { PAUSE_NS = 250000000, FAILED_MAX = 20 }; /* of --follow, between two looks at the vault's file */

struct feeding {
	struct zy_cli *c;
	uint64_t from, most, given;
	unsigned failed; /* looks in a row */
	bool follow;
	const char *after;              /* id of the event before `from`, as the consumer knows it; NULL: not told */
	char last[2 * ZY_HASH_LEN + 1]; /* id of the one that was given last */
	struct stat seen[2];            /* the vault's file before the last two looks, the older one first */
};

static void print_json(const struct zy_feed_event *e, const char *id, const char *at)
{
	zy_cli_json(json_pack("{s:I, s:s, s:s, s:s, s:s%, s:I, s:s%}", "seq", (json_int_t)e->seq, "id", id, "at", at,
	    "event", e->what, "about", (const char *)e->about.p, e->about.len, "number", (json_int_t)e->number,
	    "reason", (const char *)e->reason.p, e->reason.len));
}

static bool print_event(void *arg, const struct zy_feed_event *e)
{
	struct feeding *f = arg;
	char at[ZY_TIME_TEXT];

	zy_time_to_rfc3339(e->at, at);
	zy_hex(ZY_BYTES(e->id, ZY_HASH_LEN), f->last);
	f->after = f->last;
	if (f->c->json)
		print_json(e, f->last, at);
	else
		printf("%llu  %s  %-10s %.*s %llu%s%.*s\n", (unsigned long long)e->seq, at, e->what, (int)e->about.len,
		    (const char *)e->about.p, (unsigned long long)e->number, e->reason.len == 0 ? "" : "  ",
		    (int)e->reason.len, (const char *)e->reason.p);
	f->given++;
	return ferror(stdout) == 0;
}

static bool take_id(void *arg, const struct zy_feed_event *e)
{
	zy_hex(ZY_BYTES(e->id, ZY_HASH_LEN), arg);
	return true;
}

/* A vault that was set back goes on with other events in the places that the consumer has dealt with: it would miss
 * them, and must hear of it, also while it follows. A position behind the next event is none that this feed gave. */
static bool is_same_past(struct feeding *f, struct zy_vault *v, struct zy_error *err)
{
	char id[2 * ZY_HASH_LEN + 1] = "";
	struct zy_merkle_head head;
	uint64_t next;

	if (!zy_vault_log_head(v, &head, err))
		return false;
	if (f->from - 1 > head.size)
		return zy_fail(err, ZY_E_LOG_FORK, "from", ZY_NOWHERE,
		    "the feed has %llu events, so nobody was given event %llu: the vault was set back, or it is another",
		    (unsigned long long)head.size, (unsigned long long)(f->from - 1));
	if (f->after == NULL)
		return true;
	if (!zy_vault_feed(v, f->from - 1, 1, take_id, id, &next, err))
		return false;
	return strcmp(id, f->after) == 0 ||
	       zy_fail(err, ZY_E_LOG_FORK, "after", ZY_NOWHERE,
		   "event %llu is not the one that you know: the vault was set back; compare from an older position on",
		   (unsigned long long)(f->from - 1));
}

/* Beside whoever owns the vault: nobody waits for who reads the feed. */
static bool give(struct feeding *f, struct zy_error *err)
{
	uint64_t next = f->from;
	struct zy_desk d;
	bool ok;

	if (!zy_desk_open_side(&d, f->c->home, f->c->as.secret, ZY_DESK_BESIDE, f->c->clock, NULL, err))
		return false;
	ok = is_same_past(f, d.vault, err) &&
	     zy_vault_feed(d.vault, f->from, f->most - f->given, print_event, f, &next, err);
	zy_desk_close(&d);
	f->from = next;
	if (fflush(stdout) != 0 || ferror(stdout))
		return ok && zy_fail(err, ZY_E_IO, "events", ZY_NOWHERE, "cannot write the events");
	return ok;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Looking takes keys from the token: only when the file changed since. Two looks must have begun with the same file,
 * since a write in the moment of the first may have left it the same time. */
static bool is_new(struct feeding *f)
{
	char path[4096];
	struct stat now = { 0 };

	snprintf(path, sizeof(path), "%.3900s/%s/data.mdb", f->c->home, f->c->as.secret ? ZY_SECRET_FOLDER : "vault");
	if (stat(path, &now) == 0 && is_same_file(&now, &f->seen[0]) && is_same_file(&now, &f->seen[1]))
		return false;
	f->seen[0] = f->seen[1];
	f->seen[1] = now;
	return true;
}

/* A signer that starts anew: the consumer waits, it has its position. A writer that ended badly leaves a vault that is
 * read a moment later; a disk that fails does not mend itself. */
static bool may_pass(struct feeding *f, const struct zy_error *err)
{
	return err->code == ZY_E_BUSY || err->code == ZY_E_SIGNER_ABSENT || err->code == ZY_E_SIGNER_BUSY ||
	       (err->code == ZY_E_VAULT && f->failed < FAILED_MAX);
}

static bool run(struct feeding *f, struct zy_error *err)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NS };
	bool ok = give(f, err);

	while (f->follow && f->given < f->most && (ok || may_pass(f, err))) {
		nanosleep(&pause, NULL);
		if (!is_new(f) && ok)
			continue;
		*err = (struct zy_error){ 0 };
		ok = give(f, err);
		f->failed = ok ? 0 : f->failed + 1;
	}
	return ok;
}

static bool number(const char *text, const char *name, uint64_t *out, struct zy_error *err)
{
	char *end;

	if (text == NULL)
		return true;
	*out = strtoull(text, &end, 10);
	return (text[0] >= '0' && text[0] <= '9' && *end == 0 && *out >= 1 && *out < UINT64_MAX) ||
	       zy_fail(err, ZY_E_USAGE, name, ZY_NOWHERE, "--%s is a number from 1 on", name);
}

bool zy_cmd_events(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *from = NULL, *limit = NULL, *words[1];
	struct feeding f = { .c = c, .from = 1, .most = UINT64_MAX };
	const struct zy_option opts[] = { { "from", "N", "from this position on (default: 1)", &from, NULL },
		{ "after", "ID", "with --from N: the id of event N - 1, as you know it", &f.after, NULL },
		{ "limit", "N", "give so many at most, then end", &limit, NULL },
		{ "follow", NULL, "wait for what comes", NULL, &f.follow }, ZY_SECRET_OPTION(c), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "events", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!number(from, "from", &f.from, err) || !number(limit, "limit", &f.most, err))
		return false;
	if (f.after != NULL && f.from == 1)
		return zy_fail(
		    err, ZY_E_USAGE, "after", ZY_NOWHERE, "--after is of the event before --from N, N from 2 on");
	return run(&f, err);
}
