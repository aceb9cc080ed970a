#include "changes.h"
#include "summed.h"

#include <stdio.h>
#include <sys/stat.h>

#include "zy/cbor.h"

enum { HEAD = 3, PRUNED_MAX = 64 };

/* ---- rows ---- */

static bool number(struct zy_reader *r, uint64_t *out, struct zy_error *err)
{
	return zy_cbor_uint(r, UINT64_MAX, "change", out, err);
}

bool zy_change_row_parse(struct zy_change_row *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_change_row row = { 0 };
	size_t num;

	if (!zy_cbor_array(&r, HEAD + (size_t)3 * ZY_CHANGE_ITEMS_MAX, "change", &num, err))
		return false;
	if (num < HEAD || (num - HEAD) % 3 != 0)
		return zy_fail(err, ZY_E_CBOR, "change", 0, "a change has three members, and three for each row");
	row.num = (num - HEAD) / 3;
	if (!zy_cbor_int(&r, "change.at", &row.at, err) || !number(&r, &row.seq_before, err) ||
	    !number(&r, &row.seq_after, err))
		return false;
	row.items = r;
	*out = row;
	return row.num > 0 || zy_reader_end(&r, "change", err);
}

static bool take_before(struct zy_reader *r, struct zy_change_item *out, struct zy_error *err)
{
	enum zy_cbor_type type;
	bool kept;

	if (zy_cbor_next_is_null(r)) {
		out->kind = ZY_BEFORE_ABSENT;
		return zy_cbor_null(r, "change.before", err);
	}
	if (zy_cbor_peek(r, &type) && type == ZY_CBOR_BSTR) {
		out->kind = ZY_BEFORE_VALUE;
		return zy_cbor_bstr(r, UINT32_MAX, "change.before", &out->before, err);
	}
	out->kind = ZY_BEFORE_SECRET;
	return zy_cbor_bool(r, "change.before", &kept, err) &&
	       (!kept || zy_fail(err, ZY_E_CBOR, "change.before", ZY_NOWHERE, "what was not kept is false"));
}

bool zy_change_item_next(struct zy_change_row *row, struct zy_change_item *out, struct zy_error *err)
{
	struct zy_change_item i = { 0 };
	uint64_t db;

	if (!zy_cbor_uint(&row->items, ZY_NUM_DB - 1, "change.database", &db, err) ||
	    !zy_cbor_bstr(&row->items, ZY_KEY_MAX, "change.key", &i.key, err) || !take_before(&row->items, &i, err) ||
	    (--row->num == 0 && !zy_reader_end(&row->items, "change", err)))
		return false;
	i.db = (enum zy_db)db;
	*out = i;
	return true;
}

/* ---- what backups have ---- */

struct had {
	uint64_t older, newer, at;
};
enum { HAD_LEN = 24, HAD_MAX = 128 };
#define HAD_AD ZY_LITERAL("zy-backed-up")

static void path_of(const struct zy_vault *v, char out[4096])
{
	snprintf(out, 4096, "%.4000s/backed-up", v->store.folder);
}

/* A file that cannot be read, or was changed, takes nothing away. */
static struct had read_had(const struct zy_vault *v)
{
	struct zy_error ignored = { 0 };
	struct had h = { 0 };
	struct zy_bytes sealed;
	struct zy_reader r;
	uint8_t plain[HAD_MAX];
	ZY_ARENA_AUTO a = { 0 };
	char path[4096];
	bool found;

	path_of(v, path);
	if (!zy_summed_read(path, &a, &sealed, &found, &ignored) || !found ||
	    sealed.len != HAD_LEN + zy_sealed_overhead(v->suite) ||
	    !zy_sealed_open(&v->shared, HAD_AD, sealed, plain, &ignored))
		return h;
	r = zy_reader_over(ZY_BYTES(plain, HAD_LEN));
	if (!zy_take_be(&r, 8, "", &h.older, &ignored) || !zy_take_be(&r, 8, "", &h.newer, &ignored) ||
	    !zy_take_be(&r, 8, "", &h.at, &ignored))
		return (struct had){ 0 };
	return h;
}

void zy_changes_backed_up(const struct zy_vault *v, zy_time *at, uint64_t *number)
{
	const struct had h = read_had(v);

	*at = (zy_time)h.at;
	*number = h.newer;
}

bool zy_changes_keep(struct zy_vault *v, uint64_t number, zy_time at, struct zy_error *err)
{
	const struct had h = read_had(v);
	ZY_BUF_AUTO b = { 0 }, sealed = { 0 };
	char path[4096];

	path_of(v, path);
	zy_buf_put_be(&b, h.newer, 8);
	zy_buf_put_be(&b, number, 8);
	zy_buf_put_be(&b, at > 0 ? (uint64_t)at : 0, 8);
	return zy_buf_done(&b, "backup", err) && zy_sealed_put(&v->shared, HAD_AD, zy_buf_bytes(&b), &sealed, err) &&
	       zy_summed_write(path, &sealed, err);
}

bool zy_changes_last(struct zy_vault *v, struct zy_txn *txn, uint64_t *out, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	bool found;

	if (!zy_store_last(&v->store, txn, ZY_DB_CHANGE, &all, &key, &value, &found, err))
		return false;
	*out = found ? zy_key_get(key, 0, 8) : 0;
	return true;
}

/* ---- inside a write ---- */

struct pruning {
	uint64_t numbers[PRUNED_MAX], before;
	size_t num;
};

static bool collect_old(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct pruning *p = arg;
	uint64_t n = zy_key_get(key, 0, 8);

	(void)value, (void)err;
	*stop = n >= p->before || p->num == PRUNED_MAX;
	if (!*stop)
		p->numbers[p->num++] = n;
	return true;
}

/* The last change stays, whatever backups have: numbers go on from it. */
static bool prune(struct zy_vault *v, struct zy_change *c, uint64_t last, struct zy_error *err)
{
	struct pruning p = { .before = read_had(v).older };
	const struct zy_key all = { 0 };

	if (p.before > last)
		p.before = last;
	if (!zy_store_walk(c->store, c->txn, ZY_DB_CHANGE, &all, NULL, collect_old, &p, err))
		return false;
	for (size_t i = 0; i < p.num; i++) {
		struct zy_key k = zy_key_number(p.numbers[i]);

		if (!zy_store_del(c->store, c->txn, ZY_DB_CHANGE, &k, err))
			return false;
	}
	return true;
}

/* Looked for inside the write: a write that begins after a backup has made the file keeps what it changes. */
bool zy_changes_begin(struct zy_vault *v, struct zy_change *c, struct zy_error *err)
{
	uint64_t last;
	struct stat st;
	char path[4096];

	if (!zy_changes_last(v, c->txn, &last, err))
		return false;
	path_of(v, path);
	c->keeps = last > 0 || stat(path, &st) == 0;
	c->next_change = last + 1;
	return last < 2 || prune(v, c, last, err);
}

/* An overwritten row of these holds a wrapped key. */
static bool is_secret(enum zy_db db)
{
	return db == ZY_DB_SUBJECT || db == ZY_DB_META;
}

bool zy_changes_note(struct zy_change *c, enum zy_db db, const struct zy_key *k, struct zy_error *err)
{
	const struct zy_key full = zy_store_key(c->store, db, k);
	struct zy_bytes before;
	bool found;

	if (!c->keeps)
		return true;
	if (!zy_store_get(c->store, c->txn, db, k, &before, &found, err))
		return false;
	zy_cbor_put_uint(&c->noted, db);
	zy_cbor_put_bstr(&c->noted, ZY_BYTES(full.p, full.len));
	if (!found)
		zy_cbor_put_null(&c->noted);
	else if (is_secret(db))
		zy_cbor_put_bool(&c->noted, false);
	else
		zy_cbor_put_bstr(&c->noted, before);
	c->num_noted++;
	return zy_buf_done(&c->noted, "change", err);
}

bool zy_changes_end(struct zy_vault *v, struct zy_change *c, uint64_t seq_before, struct zy_error *err)
{
	struct zy_key k = zy_key_number(c->next_change);
	ZY_BUF_AUTO row = { 0 };
	bool ok;

	if (c->num_noted == 0)
		return true;
	if (c->num_noted > ZY_CHANGE_ITEMS_MAX)
		return zy_fail(err, ZY_E_BUG, "change", ZY_NOWHERE, "a write touches too many rows");
	zy_cbor_put_array(&row, HEAD + 3 * c->num_noted);
	zy_cbor_put_int(&row, c->now);
	zy_cbor_put_uint(&row, seq_before);
	zy_cbor_put_uint(&row, c->next_seq - 1);
	zy_buf_put(&row, zy_buf_bytes(&c->noted));
	c->next_change++;
	c->num_noted = 0;
	c->noted.len = 0;
	c->keeps = false; /* this row is not a change */
	ok = zy_row_put(c, ZY_DB_CHANGE, &k, &v->shared, &row, err);
	c->keeps = true;
	return ok;
}

/* ---- the account ---- */

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(
	    err, ZY_E_VAULT_CORRUPT, "change", ZY_NOWHERE, "change: %s; restore the vault from a backup", why);
}

static bool take_first(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	(void)value, (void)err;
	*(uint64_t *)arg = zy_key_get(key, 0, 8);
	*stop = true;
	return true;
}

bool zy_changes_account(struct zy_vault *v, struct zy_txn *txn, uint64_t events, struct zy_error *err)
{
	uint64_t first = 0, last, num, older = read_had(v).older;
	const struct zy_key all = { 0 };
	struct zy_change_row row;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;
	bool found;

	if (!zy_store_walk(&v->store, txn, ZY_DB_CHANGE, &all, NULL, take_first, &first, err) ||
	    !zy_changes_last(v, txn, &last, err) || !zy_store_entries(&v->store, txn, ZY_DB_CHANGE, &num, err))
		return false;
	if (last == 0)
		return true;
	k = zy_key_number(last);
	if (num != last - first + 1 || first > (older == 0 ? 1 : older))
		return bad("a change is missing", err);
	if (!zy_row_get(v, txn, ZY_DB_CHANGE, &k, &v->shared, &plain, &found, err))
		return false;
	if (!found || !zy_change_row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_CHANGE, err);
	return row.seq_after == events || bad("the last change does not end with the last event", err);
}
