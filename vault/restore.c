#include "common.h"
#include "backup_part.h"
#include "changes.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/file.h"

enum { TOGETHER = 4096 /* rows, or changes taken back, in one transaction */ };

struct zy_restore {
	struct zy_store store;
	struct zy_txn *txn; /* NULL: none is under way */
	size_t together;
	int owner;
};

bool zy_restore_open(struct zy_restore **out, const char *folder, struct zy_error *err)
{
	struct zy_restore *r = calloc(1, sizeof(*r));
	struct stat st;

	if (r == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "restore", ZY_NOWHERE, "no memory");
	r->owner = -1;
	*out = r;
	if (stat(folder, &st) == 0)
		zy_fail(err, ZY_E_EXISTS, "restore", ZY_NOWHERE, "%s is there already", folder);
	else if (zy_folder_make(folder, 0700, err) && zy_owner_lock(&r->owner, folder, 0, err) &&
		 zy_store_open(&r->store, folder, ZY_OPEN_MAKER, err))
		return true;
	zy_restore_close(r);
	*out = NULL;
	return false;
}

void zy_restore_close(struct zy_restore *r)
{
	if (r == NULL)
		return;
	if (r->txn != NULL)
		zy_write_abort(&r->store, r->txn);
	if (r->store.engine != NULL)
		zy_store_close(&r->store);
	if (r->owner >= 0)
		close(r->owner);
	free(r);
}

static bool pause_write(struct zy_restore *r, struct zy_error *err)
{
	struct zy_txn *txn = r->txn;

	r->txn = NULL;
	r->together = 0;
	return txn == NULL || zy_write_commit(&r->store, txn, err);
}

static bool put_row(void *arg, const struct zy_backup_row *row, struct zy_error *err)
{
	struct zy_key k = { .len = row->key.len };
	struct zy_restore *r = arg;

	memcpy(k.p, row->key.p, row->key.len);
	if (r->txn == NULL && !zy_write_begin(&r->store, &r->txn, err))
		return false;
	if (row->gone ? !zy_store_del_all(&r->store, r->txn, (enum zy_db)row->db, &k, err)
		      : !zy_store_put_all(&r->store, r->txn, (enum zy_db)row->db, &k, row->value, err))
		return false;
	return ++r->together < TOGETHER || pause_write(r, err);
}

bool zy_restore_part(struct zy_restore *r, struct zy_bytes part, struct zy_error *err)
{
	return zy_backup_part_walk(part, put_row, r, err) && pause_write(r, err);
}

bool zy_restore_prove(struct zy_restore *r, struct zy_merkle_head *out, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&r->store, &txn, err))
		return false;
	ok = zy_log_tree_prove(&r->store, txn, out, err);
	zy_read_end(&r->store, txn);
	return ok;
}

/* ---- back to a moment ---- */

struct undo {
	struct zy_vault *v;
	struct zy_txn *txn;
	uint64_t seq;
	zy_time at;
	size_t together;
	bool done;
};

/* The items of a change, to be gone through from the last to the first. */
static bool read_items(struct zy_change_row *row, struct zy_change_item **out, size_t *num, struct zy_error *err)
{
	struct zy_change_item *items = calloc(row->num + 1, sizeof(*items));

	*num = 0;
	if (items == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "change", ZY_NOWHERE, "no memory");
	*out = items;
	while (row->num > 0)
		if (!zy_change_item_next(row, &items[(*num)++], err))
			return zy_row_bad(ZY_DB_CHANGE, err);
	return true;
}

static bool undo_item(struct undo *u, const struct zy_change_item *i, struct zy_error *err)
{
	struct zy_key k = { .len = i->key.len };
	struct zy_store *s = &u->v->store;

	memcpy(k.p, i->key.p, i->key.len);
	switch (i->kind) {
	case ZY_BEFORE_VALUE:
		return zy_store_put_all(s, u->txn, i->db, &k, i->before, err);
	case ZY_BEFORE_ABSENT:
		return zy_store_del_all(s, u->txn, i->db, &k, err);
	case ZY_BEFORE_SECRET:
		break;
	}
	return true;
}

static bool undo_row(struct undo *u, const struct zy_key *k, struct zy_change_row *row, struct zy_error *err)
{
	struct zy_change_item *items = NULL;
	size_t num = 0;
	bool ok = read_items(row, &items, &num, err);

	for (size_t i = num; ok && i > 0; i--)
		ok = undo_item(u, &items[i - 1], err);
	free(items);
	return ok && zy_store_del(&u->v->store, u->txn, ZY_DB_CHANGE, k, err);
}

/* Takes the last change back, unless it may stay. */
static bool undo_last(struct undo *u, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_change_row row;
	struct zy_key k;
	uint64_t last;
	bool found;

	if (!zy_changes_last(u->v, u->txn, &last, err))
		return false;
	u->done = last == 0;
	if (u->done)
		return true;
	k = zy_key_number(last);
	if (!zy_row_get(u->v, u->txn, ZY_DB_CHANGE, &k, &u->v->shared, &plain, &found, err))
		return false;
	if (!found || !zy_change_row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_CHANGE, err);
	u->done = row.seq_after <= u->seq && row.at <= u->at;
	return u->done || undo_row(u, &k, &row, err);
}

static bool undo_some(struct undo *u, struct zy_error *err)
{
	struct zy_store *s = &u->v->store;

	if (!zy_write_begin(s, &u->txn, err))
		return false;
	for (u->together = 0; u->together < TOGETHER && !u->done; u->together++)
		if (!undo_last(u, err)) {
			zy_write_abort(s, u->txn);
			return false;
		}
	return zy_write_commit(s, u->txn, err);
}

/* What is left must be what was asked for. */
static bool check_left(const struct undo *u, struct zy_merkle_head *out, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;
	struct zy_txn *txn;
	uint32_t tenant;
	bool ok;

	if (!zy_vault_log_head(u->v, out, err) || !zy_read_begin(&u->v->store, &txn, err))
		return false;
	ok = out->size == 0 || (zy_event_tenant(u->v, txn, out->size, &tenant, err) &&
				   zy_event_read(u->v, txn, out->size, tenant, &e, &plain, err));
	zy_read_end(&u->v->store, txn);
	if (!ok)
		return false;
	return (out->size <= u->seq && (out->size == 0 || e.at <= u->at)) ||
	       zy_fail(err, ZY_E_BACKUP, "position", ZY_NOWHERE, "the backup goes back to event %llu and no further",
		   (unsigned long long)out->size);
}

bool zy_vault_back_to(struct zy_vault *v, uint64_t seq, zy_time at, struct zy_merkle_head *out, struct zy_error *err)
{
	struct undo u = { .v = v, .seq = seq, .at = at };

	if (!zy_whole_only(v, err))
		return false;
	zy_common_forget(v->whole);
	while (!u.done)
		if (!undo_some(&u, err))
			return false;
	return check_left(&u, out, err);
}

bool zy_vault_forget_changes(struct zy_vault *v, struct zy_error *err)
{
	uint64_t last = 1;

	if (!zy_whole_only(v, err))
		return false;
	while (last > 0) {
		struct zy_txn *txn;
		bool ok = true;

		if (!zy_write_begin(&v->store, &txn, err))
			return false;
		for (size_t i = 0; ok && i < TOGETHER; i++) {
			struct zy_key k;

			ok = zy_changes_last(v, txn, &last, err);
			k = zy_key_number(last);
			if (!ok || last == 0)
				break;
			ok = zy_store_del(&v->store, txn, ZY_DB_CHANGE, &k, err);
		}
		if (!ok) {
			zy_write_abort(&v->store, txn);
			return false;
		}
		if (!zy_write_commit(&v->store, txn, err))
			return false;
	}
	return true;
}
