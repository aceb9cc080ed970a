/* log loss: what two officers are asked for when a part of the log is lost for good. */
#include "cli.h"
#include "cmd_log.h"
#include "log_signed.h"

#include "zy/feed.h"
#include "zy/file.h"
#include "zy/log_loss.h"
#include "zy/text.h"

/* The newest that any key signed; something of it must be missing here. */
static bool find_loss(struct zy_desk *d, struct zy_log_loss *l, struct zy_error *err)
{
	const char *origin = zy_log_book_origin(d->log);
	bool lost = false;

	if (origin == NULL)
		return zy_fail(err, ZY_E_NOT_FOUND, "log", ZY_NOWHERE, "the home has no log that is signed");
	l->origin = zy_str(origin);
	if (!zy_vault_log_head(d->vault, &l->goes_on, err))
		return false;
	for (size_t i = 0; i < d->home.num_tokens; i++) {
		struct zy_merkle_head last;
		bool here;

		if (!zy_log_signed_last(d, d->home.tokens[i], &last, err) ||
		    !zy_log_signed_is_here(d, &l->goes_on, &last, &here, err))
			return false;
		lost = lost || !here;
		if (last.size > l->lost.size)
			l->lost = last;
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
	ok = (d.secret ? zy_noting_give_up(d.noting, &a, &l, &lost, err) : find_loss(&d, &l, err)) &&
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
