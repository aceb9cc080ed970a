#include "zy/follow.h"

#include "internal.h"
#include "zy/cbor.h"

/* mark: [number, offset, digest, events so far from this source]: by the last one a check sees a mark that is missing
 * or was set back. */
struct row_mark {
	struct zy_mark mark;
	uint64_t events;
};

static void mark_encode(const struct row_mark *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 4);
	zy_cbor_put_uint(out, row->mark.number);
	zy_cbor_put_uint(out, row->mark.offset);
	zy_cbor_put_bstr(out, ZY_BYTES(row->mark.digest, ZY_HASH_LEN));
	zy_cbor_put_uint(out, row->events);
}

static bool mark_parse(struct row_mark *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct row_mark row = { 0 };
	struct zy_bytes digest;

	if (!zy_cbor_array_exact(&r, 4, "mark", err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "mark.number", &row.mark.number, err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "mark.offset", &row.mark.offset, err) ||
	    !zy_cbor_bstr_exact(&r, ZY_HASH_LEN, "mark.digest", &digest, err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "mark.events", &row.events, err) || !zy_reader_end(&r, "mark", err))
		return false;
	memcpy(row.mark.digest, digest.p, ZY_HASH_LEN);
	*out = row;
	return true;
}

static bool source_key(const char *source, struct zy_key *out, struct zy_error *err)
{
	size_t len = strnlen(source, ZY_SOURCE_MAX + 1);

	for (size_t i = 0; i < len; i++)
		if (source[i] < ' ' || source[i] > '~')
			len = 0;
	if (len == 0 || len > ZY_SOURCE_MAX)
		return zy_fail(err, ZY_E_FIELD_RANGE, "source", ZY_NOWHERE,
		    "a source's name has 1 to %d printable ASCII characters", ZY_SOURCE_MAX);
	*out = zy_key_text(source);
	return true;
}

static bool find_mark(struct zy_vault *v, struct zy_txn *txn, const struct zy_key *k, struct row_mark *out, bool *found,
    struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };

	if (!zy_row_get(v, txn, ZY_DB_MARK, k, &v->shared, &plain, found, err))
		return false;
	return !*found || mark_parse(out, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_MARK, err);
}

bool zy_vault_mark(struct zy_vault *v, const char *source, struct zy_mark *out, bool *found, struct zy_error *err)
{
	struct row_mark row = { 0 };
	struct zy_txn *txn;
	struct zy_key k;
	bool ok;

	if (!zy_whole_only(v, err) || !source_key(source, &k, err) || !zy_read_begin(&v->store, &txn, err))
		return false;
	ok = find_mark(v, txn, &k, &row, found, err);
	zy_read_end(&v->store, txn);
	*out = row.mark;
	return ok;
}

struct following {
	const struct zy_followed *list;
	size_t num;
};

static bool append(struct zy_vault *v, struct zy_change *c, const struct zy_followed *f, struct zy_error *err)
{
	static const enum zy_event_what whats[] = { [ZY_FOLLOWED_GENESIS] = ZY_EVENT_GENESIS,
		[ZY_FOLLOWED_ORDER] = ZY_EVENT_ORDER,
		[ZY_FOLLOWED_KEY] = ZY_EVENT_KEY,
		[ZY_FOLLOWED_SEAL] = ZY_EVENT_SEAL,
		[ZY_FOLLOWED_POLICY] = ZY_EVENT_POLICY,
		[ZY_FOLLOWED_TRUST] = ZY_EVENT_TRUST,
		[ZY_FOLLOWED_LOG] = ZY_EVENT_LOG };
	struct zy_row_event e = { .what = whats[f->what],
		.name = zy_str(f->about),
		.number = f->number,
		.reason = zy_str(f->reason),
		.digest = ZY_BYTES(f->digest, ZY_HASH_LEN) };
	struct zy_key link;
	uint64_t seq;

	if ((e.what == ZY_EVENT_POLICY && !zy_rules_nth(v, c, &e.nth, err)) || !zy_event_append(v, c, &e, 0, &seq, err))
		return false;
	link = zy_key_pair(0, seq);
	return e.what != ZY_EVENT_POLICY || zy_change_put(c, ZY_DB_HISTORY, &link, ZY_BYTES(NULL, 0), err);
}

/* Numbers of licences that were given in what the log lost must not be given again: of a tree of n entries no scope had
 * more than n. The mark of this source is how many are passed over. */
#define NUMBERS_LOST "numbers lost"

bool zy_serials_lost(struct zy_vault *v, struct zy_txn *txn, uint64_t *out, struct zy_error *err)
{
	struct row_mark row = { 0 };
	struct zy_key k;
	bool found;

	if (!source_key(NUMBERS_LOST, &k, err) || !find_mark(v, txn, &k, &row, &found, err))
		return false;
	*out = row.mark.number;
	return true;
}

static bool pass_over(struct zy_vault *v, struct zy_change *c, uint64_t lost, struct zy_error *err)
{
	struct row_mark row = { 0 };
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;

	if (!source_key(NUMBERS_LOST, &k, err) || !zy_serials_lost(v, c->txn, &row.mark.number, err))
		return false;
	row.mark.number += lost;
	mark_encode(&row, &plain);
	return zy_row_put(c, ZY_DB_MARK, &k, &v->shared, &plain, err);
}

static bool follow_one(struct zy_vault *v, struct zy_change *c, const struct zy_followed *f, struct zy_error *err)
{
	struct row_mark row = { 0 };
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;
	bool found;

	if (!source_key(f->source, &k, err) || !find_mark(v, c->txn, &k, &row, &found, err))
		return false;
	row.mark = f->mark;
	row.events += f->what != ZY_FOLLOWED_NOTHING;
	mark_encode(&row, &plain);
	return zy_row_put(c, ZY_DB_MARK, &k, &v->shared, &plain, err) &&
	       (f->what != ZY_FOLLOWED_LOG || pass_over(v, c, f->number, err)) &&
	       (f->what == ZY_FOLLOWED_NOTHING || append(v, c, f, err));
}

static bool apply_follow(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct following *q = arg;

	for (size_t i = 0; i < q->num; i++)
		if (!follow_one(v, c, &q->list[i], err))
			return false;
	return true;
}

static bool check_texts(const struct zy_followed *f, struct zy_error *err)
{
	struct zy_key k;

	if (!source_key(f->source, &k, err))
		return false;
	return f->what == ZY_FOLLOWED_NOTHING ||
	       (strlen(f->about) <= ZY_ABOUT_MAX && strlen(f->reason) <= ZY_REASON_MAX) ||
	       zy_fail(err, ZY_E_FIELD_RANGE, "about", ZY_NOWHERE, "what an event is about is too long a text");
}

bool zy_vault_follow(struct zy_vault *v, const struct zy_followed *list, size_t num, struct zy_error *err)
{
	struct following q = { list, num };

	if (!zy_whole_only(v, err))
		return false;
	for (size_t i = 0; i < num; i++)
		if (!check_texts(&list[i], err))
			return false;
	return num == 0 || zy_vault_apply(v->whole, apply_follow, &q, err);
}

bool zy_mark_check(
    struct zy_vault *v, struct zy_bytes key, struct zy_bytes value, uint64_t *events, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct row_mark row;

	if (!zy_row_open(ZY_DB_MARK, key, &v->shared, value, &plain, err))
		return false;
	if (!mark_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_MARK, err);
	*events += row.events;
	return true;
}
