/* events: the feed of the vault. */
#include "cli.h"

#include <stdlib.h>
#include <time.h>

#include "zy/feed.h"
#include "zy/text.h"

enum { PAUSE_NS = 500000000 }; /* of --follow, between two looks */

struct feeding {
	struct zy_cli *c;
	uint64_t from, most, given;
	bool follow;
};

static void print_json(const struct zy_feed_event *e, const char *at)
{
	char id[2 * ZY_HASH_LEN + 1];

	zy_hex(ZY_BYTES(e->id, ZY_HASH_LEN), id);
	zy_cli_json(json_pack("{s:I, s:s, s:s, s:s, s:s%, s:I, s:s%}", "seq", (json_int_t)e->seq, "id", id, "at", at,
	    "event", e->what, "about", (const char *)e->about.p, e->about.len, "number", (json_int_t)e->number,
	    "reason", (const char *)e->reason.p, e->reason.len));
}

static bool print_event(void *arg, const struct zy_feed_event *e)
{
	struct feeding *f = arg;
	char at[ZY_TIME_TEXT];

	zy_time_to_rfc3339(e->at, at);
	if (f->c->json)
		print_json(e, at);
	else
		printf("%llu  %s  %-10s %.*s %llu%s%.*s\n", (unsigned long long)e->seq, at, e->what, (int)e->about.len,
		    (const char *)e->about.p, (unsigned long long)e->number, e->reason.len == 0 ? "" : "  ",
		    (int)e->reason.len, (const char *)e->reason.p);
	f->given++;
	return ferror(stdout) == 0;
}

/* The vault belongs to this process only while it reads. */
static bool give(struct feeding *f, struct zy_error *err)
{
	struct zy_desk d;
	uint64_t next;
	bool ok;

	if (!zy_desk_open_side(&d, f->c->home, f->c->as.secret, ZY_DESK_READ, f->c->clock, NULL, err))
		return false;
	ok = zy_vault_feed(d.vault, f->from, f->most - f->given, print_event, f, &next, err);
	zy_desk_close(&d);
	if (ok)
		f->from = next;
	if (fflush(stdout) != 0 || ferror(stdout))
		return ok && zy_fail(err, ZY_E_IO, "events", ZY_NOWHERE, "cannot write the events");
	return ok;
}

/* Another command at work, a signer that starts anew: the consumer waits, it has its position. */
static bool may_pass(const struct zy_error *err)
{
	return err->code == ZY_E_BUSY || err->code == ZY_E_SIGNER_ABSENT || err->code == ZY_E_SIGNER_BUSY;
}

static bool run(struct feeding *f, struct zy_error *err)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NS };
	bool ok = give(f, err);

	while (f->follow && f->given < f->most && (ok || may_pass(err))) {
		nanosleep(&pause, NULL);
		*err = (struct zy_error){ 0 };
		ok = give(f, err);
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
		{ "limit", "N", "give so many at most, then end", &limit, NULL },
		{ "follow", NULL, "wait for what comes", NULL, &f.follow }, ZY_SECRET_OPTION(c), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "events", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	return number(from, "from", &f.from, err) && number(limit, "limit", &f.most, err) && run(&f, err);
}
