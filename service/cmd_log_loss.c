/* log loss: what two officers are asked for when a part of the log is lost for good. */
#include "cli.h"
#include "cmd_log.h"

#include "zy/feed.h"
#include "zy/file.h"
#include "zy/journal_file.h"
#include "zy/log_loss.h"
#include "zy/text.h"

/* The head that a token's log key has to go on from, by the token's journal. */
struct reading {
	struct zy_arena *arena;
	const char *origin;
	struct zy_merkle_head last;
};

/* "ORIGIN SIZE ROOT" as a checkpoint's body. */
static bool read_head(struct reading *r, struct zy_bytes item, struct zy_error *err)
{
	char *text = zy_arena_printf(r->arena, err, "%.*s\n", (int)item.len, (const char *)item.p);
	struct zy_checkpoint c;

	for (char *at = text; at != NULL && *at != 0; at++)
		*at = *at == ' ' ? '\n' : *at;
	if (text == NULL || !zy_checkpoint_body_parse(&c, zy_str(text), err))
		return false;
	if (zy_bytes_equal(c.origin, zy_str(r->origin)))
		r->last = c.head;
	return true;
}

static bool see(
    void *arg, const struct zy_journal_record *rec, const struct zy_journal_head *head, struct zy_error *err)
{
	struct reading *r = arg;
	struct zy_log_loss loss;
	const char *line;

	(void)head;
	if (zy_bytes_equal(rec->what, ZY_LITERAL("sign")) && zy_bytes_equal(rec->use, ZY_LITERAL("log")))
		return read_head(r, rec->item, err);
	if (!zy_bytes_equal(rec->what, ZY_LITERAL("log")))
		return true;
	line = zy_arena_printf(r->arena, err, "%.*s\n", (int)rec->item.len, (const char *)rec->item.p);
	if (line == NULL || !zy_log_loss_parse(&loss, zy_str(line), err))
		return false;
	r->last = loss.goes_on;
	return true;
}

static bool read_token(const struct zy_desk *d, const char *token, struct reading *r, struct zy_error *err)
{
	const char *path = zy_home_path(&d->home, r->arena, err, "signer/%s.journal", token);
	struct zy_journal_head end;
	uint64_t rest;

	return path != NULL && zy_journal_read_file(path, token, see, r, &end, &rest, err);
}

static bool is_there(const struct zy_desk *d, const struct zy_log_loss *l, const struct zy_merkle_head *head,
    bool *there, struct zy_error *err)
{
	struct zy_merkle_head then;

	*there = false;
	if (head->size > l->goes_on.size)
		return true;
	if (!zy_vault_log_head_of(d->vault, head->size, &then, err))
		return false;
	*there = memcmp(then.root, head->root, ZY_HASH_LEN) == 0;
	return true;
}

/* The newest that any key signed; something of it must be missing here. */
static bool find_loss(struct zy_desk *d, struct zy_arena *a, struct zy_log_loss *l, struct zy_error *err)
{
	const char *origin = zy_log_book_origin(d->log);
	bool lost = false;

	if (origin == NULL)
		return zy_fail(err, ZY_E_NOT_FOUND, "log", ZY_NOWHERE, "the home has no log that is signed");
	l->origin = zy_str(origin);
	if (!zy_vault_log_head(d->vault, &l->goes_on, err))
		return false;
	for (size_t i = 0; i < d->home.num_tokens; i++) {
		struct reading r = { .arena = a, .origin = origin };
		bool there;

		if (!read_token(d, d->home.tokens[i], &r, err) || !is_there(d, l, &r.last, &there, err))
			return false;
		lost = lost || (r.last.size > 0 && !there);
		if (r.last.size > l->lost.size)
			l->lost = r.last;
	}
	return lost || zy_fail(err, ZY_E_STATE, "log", ZY_NOWHERE,
			   "nothing of the log is lost: it begins with all that its keys signed");
}

static void print_proposal(const struct zy_cli *c, const char *out, const struct zy_log_loss *l, uint64_t lost)
{
	if (c->json && c->as.secret)
		zy_cli_json(json_pack("{s:s, s:I}", "proposal", out, "lost", (json_int_t)lost));
	else if (c->json)
		zy_cli_json(json_pack("{s:s, s:I, s:I}", "proposal", out, "goes_on", (json_int_t)l->goes_on.size,
		    "lost", (json_int_t)l->lost.size));
	else if (c->as.secret)
		printf("%s: the secret compartment goes on from what is there, %llu events were noted after it\n", out,
		    (unsigned long long)lost);
	else
		printf("%s: the keys signed %llu entries, the log goes on from %llu\n", out,
		    (unsigned long long)l->lost.size, (unsigned long long)l->goes_on.size);
	if (!c->json)
		printf("zhengyin approve request log %s --as REQUESTER --purpose TEXT --out ORDER\n", out);
}

bool zy_cmd_log_loss(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *out = NULL, *words[1];
	const struct zy_option opts[] = { { "out", "FILE", "write what two officers are asked for", &out, NULL },
		ZY_SECRET_OPTION(c), { 0 } };
	struct zy_log_loss l = { 0 };
	uint64_t lost = 0;
	ZY_BUF_AUTO line = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "log loss", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (out == NULL)
		return zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE, "give --out FILE");
	if (!zy_desk_open_side(&d, c->home, c->as.secret, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = (d.secret ? zy_noting_give_up(d.noting, &a, &l, &lost, err) : find_loss(&d, &a, &l, err)) &&
	     zy_log_loss_encode(&l, &line, err) && zy_file_write(out, zy_buf_bytes(&line), 0644, false, err);
	zy_desk_close(&d);
	if (ok)
		print_proposal(c, out, &l, lost);
	return ok;
}

/* ---- what became of the log ---- */

struct looking {
	uint64_t size;
	struct zy_log_given_up *out;
};

static bool look(void *arg, const struct zy_feed_event *e)
{
	const struct looking *l = arg;

	if (strcmp(e->what, "log") == 0 && e->number >= l->size) {
		l->out->seq = e->seq;
		l->out->at = e->at;
		l->out->lost = e->number;
		snprintf(l->out->reason, sizeof(l->out->reason), "%.*s", (int)e->reason.len, (const char *)e->reason.p);
	}
	return true;
}

bool zy_log_given_up_find(struct zy_vault *v, uint64_t size, struct zy_log_given_up *out, struct zy_error *err)
{
	struct looking l = { .size = size, .out = out };
	uint64_t next;

	*out = (struct zy_log_given_up){ 0 };
	return zy_vault_feed(v, 1, UINT64_MAX, look, &l, &next, err);
}
