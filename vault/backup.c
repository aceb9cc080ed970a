#include "backup_part.h"
#include "changes.h"

#include <stdio.h>
#include <sys/stat.h>

#include "zy/file.h"

/* A part is as large as one look at the store is long. */
#define PART_BYTES ((size_t)8 << 20)
#define PART_CAP ((size_t)2 << 30) /* one row, a file of a licence, may be larger than a part should be */
enum { PART_ROWS = 20000 };

struct copying {
	struct zy_vault *v;
	struct zy_txn *txn;
	struct zy_backup_at at;
	struct zy_buf part;
	uint64_t rows;
	bool is_full;
};

static bool put_row(struct copying *c, unsigned db, struct zy_bytes key, struct zy_bytes value, bool gone)
{
	const struct zy_backup_row row = { .db = db, .key = key, .value = value, .gone = gone };

	zy_backup_part_put(&c->part, &row);
	c->is_full = ++c->rows >= PART_ROWS || c->part.len >= PART_BYTES;
	return true;
}

/* ---- all rows ---- */

static bool copy_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct copying *c = arg;

	if (key.len == c->at.key_len && memcmp(key.p, c->at.key, key.len) == 0)
		return true; /* the last one of the part before */
	if (c->is_full) {
		*stop = true;
		return true;
	}
	if (key.len > ZY_BACKUP_KEY_MAX)
		return zy_row_bad((enum zy_db)c->at.db, err);
	c->at.key_len = key.len;
	memcpy(c->at.key, key.p, key.len);
	return put_row(c, c->at.db, key, value, false);
}

static bool copy_rows(struct copying *c, struct zy_error *err)
{
	for (; c->at.db < ZY_NUM_DB; c->at.db++, c->at.key_len = 0) {
		struct zy_key from = { .len = c->at.key_len };

		memcpy(from.p, c->at.key, from.len);
		if (c->at.db == ZY_DB_CHANGE)
			continue; /* changes come with what they changed */
		if (!zy_store_walk_all(&c->v->store, c->txn, (enum zy_db)c->at.db, &from, copy_row, c, err))
			return false;
		if (c->is_full)
			return true;
	}
	c->at.copied = true;
	return true;
}

/* ---- what was changed since ---- */

static bool gap(struct zy_error *err)
{
	return zy_fail(err, ZY_E_BACKUP, "change", ZY_NOWHERE,
	    "what was changed since this backup is no longer known: make a new one, into another folder");
}

static bool copy_changed(struct copying *c, const struct zy_change_item *i, struct zy_error *err)
{
	struct zy_key k = { .len = i->key.len };
	struct zy_bytes value = { 0 };
	bool found;

	memcpy(k.p, i->key.p, i->key.len);
	return zy_store_get_all(&c->v->store, c->txn, i->db, &k, &value, &found, err) &&
	       put_row(c, i->db, i->key, value, !found);
}

/* A change, and after it what its rows hold now; when all changes were followed, that is what they hold at last. */
static bool follow(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct copying *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_change_row row;
	struct zy_change_item item;
	const uint64_t number = zy_key_get(key, 0, 8);
	struct zy_key own = zy_key_number(number), full = zy_store_key(&c->v->store, ZY_DB_CHANGE, &own);

	if (number <= c->at.change)
		return true;
	if (c->is_full) {
		*stop = true;
		return true;
	}
	if (!zy_row_open(ZY_DB_CHANGE, key, &c->v->shared, value, &plain, err))
		return false;
	if (!zy_change_row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_CHANGE, err);
	if (number != c->at.change + 1 || row.seq_before != c->at.seq)
		return gap(err);
	c->at.change = number;
	c->at.seq = row.seq_after;
	if (!put_row(c, ZY_DB_CHANGE, ZY_BYTES(full.p, full.len), value, false))
		return false;
	while (row.num > 0)
		if (!zy_change_item_next(&row, &item, err) || !copy_changed(c, &item, err))
			return zy_row_bad(ZY_DB_CHANGE, err);
	return true;
}

/* *whole: every change of this moment was followed. */
static bool copy_changes(struct copying *c, bool *whole, struct zy_error *err)
{
	const struct zy_key all = { 0 }, from = zy_key_number(c->at.change == 0 ? 1 : c->at.change);
	uint64_t last, events;

	if (!zy_store_walk(&c->v->store, c->txn, ZY_DB_CHANGE, &all, &from, follow, c, err) ||
	    !zy_changes_last(c->v, c->txn, &last, err) || !zy_event_last(c->v, c->txn, &events, err))
		return false;
	*whole = c->at.change >= last;
	return !*whole || (c->at.change == last && c->at.seq == events) || gap(err);
}

/* ---- parts ---- */

bool zy_vault_backup_begin(struct zy_vault *v, struct zy_backup_at *out, struct zy_error *err)
{
	struct zy_backup_at at = { 0 };
	struct zy_txn *txn;
	struct stat st;
	char path[4096];
	bool ok;

	if (!zy_whole_only(v, err))
		return false;
	snprintf(path, sizeof(path), "%.4000s/backed-up", v->store.folder);
	if (stat(path, &st) != 0 && !zy_changes_keep(v, 0, 0, err))
		return false;
	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_changes_last(v, txn, &at.change, err) && zy_event_last(v, txn, &at.seq, err);
	zy_read_end(&v->store, txn);
	if (ok)
		*out = at;
	return ok;
}

static bool fill(struct copying *c, bool *whole, struct zy_error *err)
{
	bool ok;

	*whole = false;
	zy_backup_part_begin(&c->part);
	if (!zy_read_begin(&c->v->store, &c->txn, err))
		return false;
	ok = (c->at.copied || copy_rows(c, err)) && (!c->at.copied || c->is_full || copy_changes(c, whole, err));
	zy_read_end(&c->v->store, c->txn);
	return ok && zy_buf_done(&c->part, "backup", err);
}

bool zy_vault_backup_part(struct zy_vault *v, struct zy_backup_at *at, const char *path, struct zy_backup_part *out,
    bool *whole, struct zy_error *err)
{
	struct copying c = { .v = v, .at = *at, .part = { .cap = PART_CAP } };
	bool ok = zy_whole_only(v, err) && fill(&c, whole, err);

	*out = (struct zy_backup_part){ .bytes = c.part.len, .rows = c.rows };
	ok = ok && (c.rows == 0 || (zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&c.part), out->digest, err) &&
				       zy_file_write(path, zy_buf_bytes(&c.part), 0600, true, err)));
	zy_buf_free(&c.part);
	if (ok)
		*at = c.at;
	return ok;
}

bool zy_vault_backup_done(struct zy_vault *v, const struct zy_backup_at *at, struct zy_error *err)
{
	return zy_whole_only(v, err) && zy_changes_keep(v, at->change, zy_now(&v->clock), err);
}

bool zy_vault_backup_mac(struct zy_vault *v, struct zy_bytes text, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put(&b, ZY_BYTES("backup", 7)); /* with its NUL, as all labels of the index key */
	zy_buf_put(&b, text);
	return zy_whole_only(v, err) && zy_buf_done(&b, "backup", err) &&
	       zy_hmac(
		   zy_suite_hash(v->suite), ZY_BYTES(v->index_key, sizeof(v->index_key)), zy_buf_bytes(&b), out, err);
}
