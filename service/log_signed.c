#include "log_signed.h"

#include <string.h>

#include "zy/journal_file.h"
#include "zy/log_loss.h"
#include "zy/text.h"

struct reading {
	const char *origin;
	struct zy_merkle_head *last;
	struct zy_buf line; /* of one record, for the next one again */
};

/* "ORIGIN SIZE ROOT" as a checkpoint's body. */
static bool read_head(struct reading *r, struct zy_error *err)
{
	struct zy_checkpoint c;

	for (size_t i = 0; i < r->line.len; i++)
		if (r->line.p[i] == ' ')
			r->line.p[i] = '\n';
	if (!zy_checkpoint_body_parse(&c, zy_buf_bytes(&r->line), err))
		return false;
	if (zy_bytes_equal(c.origin, zy_str(r->origin)))
		*r->last = c.head;
	return true;
}

/* Two officers ordered that the log goes on from there. */
static bool read_loss(struct reading *r, struct zy_error *err)
{
	struct zy_log_loss loss;

	if (!zy_log_loss_parse(&loss, zy_buf_bytes(&r->line), err))
		return false;
	*r->last = loss.goes_on;
	return true;
}

static bool see(
    void *arg, const struct zy_journal_record *rec, const struct zy_journal_head *head, struct zy_error *err)
{
	const bool is_sign =
	    zy_bytes_equal(rec->what, ZY_LITERAL("sign")) && zy_bytes_equal(rec->use, ZY_LITERAL("log"));
	struct reading *r = arg;

	(void)head;
	if (!is_sign && !zy_bytes_equal(rec->what, ZY_LITERAL("log")))
		return true;
	r->line.len = 0;
	zy_buf_put(&r->line, rec->item);
	zy_buf_put_u8(&r->line, '\n');
	return zy_buf_done(&r->line, "journal", err) && (is_sign ? read_head(r, err) : read_loss(r, err));
}

bool zy_log_signed_last(const struct zy_desk *d, const char *token, struct zy_merkle_head *last, struct zy_error *err)
{
	struct reading r = { .origin = zy_log_book_origin(d->log), .last = last };
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(&d->home, &a, err, "signer/%s.journal", token);
	struct zy_journal_head end;
	uint64_t rest;
	bool ok;

	*last = (struct zy_merkle_head){ 0 };
	if (r.origin == NULL)
		return true;
	ok = path != NULL && zy_journal_read_file(path, token, see, &r, &end, &rest, err);
	zy_buf_free(&r.line);
	return ok;
}

bool zy_log_signed_is_here(const struct zy_desk *d, const struct zy_merkle_head *now, const struct zy_merkle_head *last,
    bool *here, struct zy_error *err)
{
	struct zy_merkle_head then;

	*here = last->size == 0;
	if (*here || last->size > now->size)
		return true;
	if (!zy_vault_log_head_of(d->whole, last->size, &then, err))
		return false;
	*here = memcmp(then.root, last->root, ZY_HASH_LEN) == 0;
	return true;
}

bool zy_log_signed_all(const struct zy_desk *d, bool *newest, uint64_t *signed_size, struct zy_error *err)
{
	struct zy_merkle_head last[sizeof(d->home.tokens) / sizeof(d->home.tokens[0])], now;
	bool here;

	*newest = true;
	*signed_size = 0;
	for (size_t i = 0; i < d->home.num_tokens; i++)
		if (!zy_log_signed_last(d, d->home.tokens[i], &last[i], err))
			return false;
	if (!zy_vault_log_head(d->whole, &now, err))
		return false;
	for (size_t i = 0; i < d->home.num_tokens; i++) {
		if (!zy_log_signed_is_here(d, &now, &last[i], &here, err))
			return false;
		if (!here && last[i].size > *signed_size)
			*signed_size = last[i].size;
		*newest = *newest && here;
	}
	return true;
}
