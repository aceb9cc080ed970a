#include "common.h"

#include <stdlib.h>

#include "zy/cbor.h"

/* common: [name, octets] */
struct row {
	struct zy_bytes name, bytes;
};

static bool row_parse(struct row *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);

	return zy_cbor_array_exact(&r, 2, "common", err) &&
	       zy_cbor_tstr(&r, ZY_COMMON_NAME_MAX, "common.name", &out->name, err) &&
	       zy_cbor_bstr(&r, ZY_COMMON_MAX, "common.octets", &out->bytes, err) && zy_reader_end(&r, "common", err);
}

/* ---- what is held ---- */

static void free_one(struct zy_common *c)
{
	zy_arena_free(&c->arena);
	zy_buf_free(&c->bytes);
	zy_pack_base_free(&c->pack);
	free(c);
}

void zy_common_forget(struct zy_vault *whole)
{
	struct zy_common *c, *older;

	for (c = whole->common; c != NULL; c = older) {
		older = c->older;
		free_one(c);
	}
	whole->common = NULL;
}

struct loading {
	struct zy_vault *whole;
	struct zy_common *c;
};

static bool add_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct loading *l = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_common_row *one;
	struct row row;

	(void)stop;
	if (key.len != 8 || zy_key_get(key, 0, 8) != l->c->rows + 1 ||
	    !zy_row_open(ZY_DB_COMMON, key, &l->whole->shared, value, &plain, err) ||
	    !row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_COMMON, err);
	if ((one = zy_arena_alloc(&l->c->arena, sizeof(*one), err)) == NULL ||
	    (one->name = zy_arena_text(&l->c->arena, row.name, err)) == NULL)
		return false;
	zy_buf_put(&l->c->bytes, row.bytes);
	one->number = ++l->c->rows;
	one->end = l->c->bytes.len;
	one->next = l->c->last;
	l->c->last = one;
	return zy_buf_done(&l->c->bytes, "common", err);
}

/* With the lock held: all rows that this look shows, beside what was held before. */
static bool load(struct zy_vault *whole, struct zy_txn *txn, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct loading l = { .whole = whole, .c = calloc(1, sizeof(*l.c)) };

	if (l.c == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "common", ZY_NOWHERE, "no memory for what versions have in common");
	if (!zy_store_walk(&whole->store, txn, ZY_DB_COMMON, &all, NULL, add_row, &l, err) ||
	    !zy_pack_base_index(&l.c->pack, zy_buf_bytes(&l.c->bytes), err)) {
		free_one(l.c);
		return false;
	}
	l.c->older = whole->common;
	whole->common = l.c;
	return true;
}

static bool load_now(struct zy_vault *whole, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&whole->store, &txn, err))
		return false;
	ok = load(whole, txn, err);
	zy_read_end(&whole->store, txn);
	return ok;
}

bool zy_common_newest(struct zy_vault *v, const struct zy_common **out, struct zy_error *err)
{
	struct zy_vault *whole = v->whole;
	bool ok;

	pthread_mutex_lock(&whole->common_lock);
	ok = whole->common != NULL || load_now(whole, err);
	*out = whole->common;
	pthread_mutex_unlock(&whole->common_lock);
	return ok;
}

bool zy_common_of(struct zy_vault *v, struct zy_txn *txn, uint64_t rows, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_vault *whole = v->whole;
	const struct zy_common_row *at;
	bool ok;

	*out = ZY_BYTES(NULL, 0);
	if (rows == 0)
		return true;
	pthread_mutex_lock(&whole->common_lock);
	ok = (whole->common != NULL && whole->common->rows >= rows) || load(whole, txn, err);
	at = ok ? whole->common->last : NULL;
	while (at != NULL && at->number > rows)
		at = at->next;
	if (at != NULL && at->number == rows)
		*out = ZY_BYTES(whole->common->bytes.p, at->end);
	pthread_mutex_unlock(&whole->common_lock);
	return ok && ((at != NULL && at->number == rows) || zy_row_bad(ZY_DB_COMMON, err));
}

/* ---- more of it ---- */

static bool has(const struct zy_common *c, const char *name)
{
	const struct zy_common_row *at = c->last;

	while (at != NULL && strcmp(at->name, name) != 0)
		at = at->next;
	return at != NULL;
}

bool zy_vault_common_has(struct zy_vault *v, const char *name, bool *out, struct zy_error *err)
{
	const struct zy_common *c;

	if (!zy_common_newest(v, &c, err))
		return false;
	*out = has(c, name) || c->rows == ZY_COMMON_ROWS_MAX || c->bytes.len >= ZY_COMMON_MAX;
	return true;
}

struct adding {
	uint64_t number;
	struct zy_buf plain;
	bool again;
};

static bool apply_add(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct adding *q = arg;
	struct zy_key k = zy_key_number(q->number);
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	bool found;

	if (!zy_store_last(c->store, c->txn, ZY_DB_COMMON, &all, &key, &value, &found, err))
		return false;
	q->again = (found ? zy_key_get(key, 0, 8) : 0) + 1 != q->number;
	if (q->again)
		return zy_fail(err, ZY_E_STATE, "common", ZY_NOWHERE, "another request added to it just now");
	return zy_row_put(c, ZY_DB_COMMON, &k, &v->whole->shared, &q->plain, err);
}

/* Of the octets only what is new is stored. */
static bool add_once(struct zy_vault *whole, const struct zy_common *c, const char *name, struct zy_bytes bytes,
    bool *again, struct zy_error *err)
{
	struct adding q = { .number = c->rows + 1, .plain = { .cap = ZY_COMMON_MAX + 1024 } };
	ZY_PACKER_AUTO packer = { .base = &c->pack };
	ZY_BUF_AUTO packed = { .cap = ZY_COMMON_MAX }, fresh = { .cap = ZY_COMMON_MAX };
	bool ok;

	if (!zy_pack(&packer, bytes, &packed, err) || !zy_pack_fresh(zy_buf_bytes(&packed), bytes.len, &fresh, err))
		return false;
	if (c->bytes.len + fresh.len > ZY_COMMON_MAX)
		fresh.len = 0;
	zy_cbor_put_array(&q.plain, 2);
	zy_cbor_put_tstr(&q.plain, zy_str(name));
	zy_cbor_put_bstr(&q.plain, zy_buf_bytes(&fresh));
	ok = zy_buf_done(&q.plain, "common", err) && zy_vault_apply(whole, apply_add, &q, err);
	zy_buf_free(&q.plain);
	*again = q.again;
	return ok;
}

bool zy_vault_common_add(struct zy_vault *v, const char *name, struct zy_bytes bytes, struct zy_error *err)
{
	struct zy_vault *whole = v->whole;
	bool again = true, ok = true;

	if (name[0] == 0 || strnlen(name, ZY_COMMON_NAME_MAX + 1) > ZY_COMMON_NAME_MAX || bytes.len > ZY_COMMON_MAX / 4)
		return zy_fail(err, ZY_E_TOO_LARGE, "common", ZY_NOWHERE, "too much for what versions have in common");
	while (again) {
		const struct zy_common *c;
		bool there;

		again = false;
		if (!zy_vault_common_has(whole, name, &there, err))
			return false;
		if (there)
			return true;
		if (!zy_common_newest(whole, &c, err))
			return false;
		ok = add_once(whole, c, name, bytes, &again, err);
		if (!ok && !again)
			return false;
		*err = (struct zy_error){ 0 };
		pthread_mutex_lock(&whole->common_lock);
		ok = load_now(whole, err);
		pthread_mutex_unlock(&whole->common_lock);
		again = again && ok;
	}
	return ok;
}

/* ---- for a check ---- */

bool zy_common_check_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_vault *whole = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct row row;

	(void)stop;
	return (key.len == 8 && zy_row_open(ZY_DB_COMMON, key, &whole->shared, value, &plain, err) &&
		   row_parse(&row, zy_buf_bytes(&plain), err)) ||
	       zy_row_bad(ZY_DB_COMMON, err);
}

bool zy_common_account(struct zy_vault *whole, struct zy_txn *txn, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	uint64_t rows;
	bool found;

	return zy_store_last(&whole->store, txn, ZY_DB_COMMON, &all, &key, &value, &found, err) &&
	       zy_store_entries_all(&whole->store, txn, ZY_DB_COMMON, &rows, err) &&
	       (rows == (found ? zy_key_get(key, 0, 8) : 0) || zy_row_bad(ZY_DB_COMMON, err));
}
