/*
 * The order and the pauses of a check. Each piece is a look at the store of its own, so that a check of hours keeps no
 * old pages alive, and others commit meanwhile. The events come last: what was added behind the walks is met there,
 * with its content, and in the last look all rows are accounted for.
 */
#include "check_position.h"

#include <stdio.h>
#include <unistd.h>

#include "zy/file.h"

enum { PIECE_ROWS = 256, PIECES_KEPT = 16, EXIT_ABSENT = 69 };

struct run {
	struct zy_check check;
	struct zy_check_position at;
	const struct zy_care *care;
	uint64_t resumed_rows, walk_rows, of;
	unsigned unkept; /* pieces since the position was written */
	bool stopped;
};

struct piece {
	struct run *run;
	zy_walk_cb *row;
	unsigned left;
	bool is_whole; /* no row is left behind it */
};

static bool is_last_row(const struct run *r, struct zy_bytes key)
{
	return key.len == r->at.key.len && memcmp(key.p, r->at.key.p, key.len) == 0;
}

static bool look(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct piece *p = arg;
	struct run *r = p->run;
	bool ignored = false;
	uint32_t tenant;
	struct zy_bytes own;

	if (is_last_row(r, key))
		return true; /* where the piece before ended */
	if (p->left == 0) {
		p->is_whole = false;
		*stop = true;
		return true;
	}
	if (key.len > ZY_KEY_MAX)
		return zy_row_bad(zy_check_walks[r->at.walk].db, err);
	if (!zy_store_split(key, &tenant, &own, err) ||
	    !zy_check_enter(&r->check, zy_check_walks[r->at.walk].db, tenant, err) ||
	    !p->row(&r->check, own, value, &ignored, err))
		return false;
	p->left--;
	r->at.key.len = key.len;
	memcpy(r->at.key.p, key.p, key.len);
	r->at.rows++;
	r->walk_rows++;
	return true;
}

/* The last piece of the events ends with the account: in the same look, so that nothing comes between. */
static bool check_piece(struct run *r, bool *is_whole, struct zy_error *err)
{
	const struct zy_check_walk *w = &zy_check_walks[r->at.walk];
	const struct zy_key from = r->at.key;
	struct piece p = { .run = r, .row = w->row, .left = PIECE_ROWS, .is_whole = true };
	struct zy_store *s = &r->check.whole->store;
	bool ok;

	if (!zy_read_begin(s, &r->check.txn, err))
		return false;
	ok = zy_store_entries_all(s, r->check.txn, w->db, &r->of, err) &&
	     zy_store_walk_all(s, r->check.txn, w->db, &from, look, &p, err);
	if (ok && p.is_whole && r->at.walk + 1 == ZY_CHECK_WALKS)
		ok = zy_check_account(&r->check, err);
	zy_read_end(s, r->check.txn);
	zy_view_close(&r->check.view);
	*is_whole = p.is_whole;
	return ok;
}

static bool keep(struct run *r, struct zy_error *err)
{
	struct zy_merkle_head head;
	struct zy_vault *v = r->check.whole;
	bool ok;

	if (!zy_read_begin(&v->store, &r->check.txn, err))
		return false;
	ok = zy_log_head_of(v, r->check.txn, r->check.last_seq, &head, err);
	zy_read_end(&v->store, r->check.txn);
	if (!ok)
		return false;
	memcpy(r->at.root, head.root, ZY_HASH_LEN);
	r->at.last_seq = r->check.last_seq;
	r->at.last_at = r->check.last_at;
	r->at.serials_given = r->check.serials_given;
	r->at.told = r->check.told;
	memcpy(r->at.events, r->check.events, sizeof(r->at.events));
	r->unkept = 0;
	return zy_check_position_write(v, &r->at, err);
}

static bool ask(struct run *r)
{
	const struct zy_care_step s = { zy_db_name(zy_check_walks[r->at.walk].db), r->walk_rows, r->of };

	return r->care == NULL || r->care->step == NULL || r->care->step(r->care->arg, &s);
}

static bool ask_pages(void *arg, uint64_t done, uint64_t of)
{
	const struct zy_care_step s = { "pages", done, of };
	struct run *r = arg;

	return r->care == NULL || r->care->step == NULL || r->care->step(r->care->arg, &s);
}

/* The store's own pages, those that hold no row too. In one look: what is replaced meanwhile stays on the disk. */
static bool check_pages(struct run *r, struct zy_error *err)
{
	const struct zy_engine_care care = { .step = ask_pages, .arg = r };
	struct zy_store *s = &r->check.whole->store;
	struct zy_engine_figures f;
	bool ok;

	if (!zy_read_begin(s, &r->check.txn, err))
		return false;
	ok = zy_store_check(s, r->check.txn, &care, &f, err);
	zy_read_end(s, r->check.txn);
	r->stopped = ok && f.stopped;
	return ok;
}

static bool walk_all(struct run *r, struct zy_error *err)
{
	bool is_whole;

	if (r->at.walk == 0 && r->at.key.len == 0 && !check_pages(r, err))
		return false;
	while (r->at.walk < ZY_CHECK_WALKS && !r->stopped) {
		if (!check_piece(r, &is_whole, err))
			return false;
		r->stopped = !ask(r);
		if (is_whole) {
			r->at.walk++;
			r->at.key.len = 0;
			r->walk_rows = 0;
		}
		if ((++r->unkept >= PIECES_KEPT || r->stopped) && r->at.walk < ZY_CHECK_WALKS && !keep(r, err))
			return false;
	}
	r->stopped = r->at.walk < ZY_CHECK_WALKS;
	return true;
}

/* Does the log of now begin with that of the position? */
static bool is_of_past(struct zy_vault *v, const struct zy_check_position *p, bool *out, struct zy_error *err)
{
	struct zy_merkle_head head;
	uint64_t now;
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_event_last(v, txn, &now, err);
	*out = ok && p->last_seq <= now;
	if (*out) {
		ok = zy_log_head_of(v, txn, p->last_seq, &head, err);
		*out = ok && memcmp(head.root, p->root, ZY_HASH_LEN) == 0;
	}
	zy_read_end(&v->store, txn);
	return ok;
}

static bool take_up(struct run *r, bool anew, struct zy_error *err)
{
	struct zy_check_position p;
	bool found, of_past;

	if (!zy_check_position_read(r->check.whole, &p, &found, err) || !found)
		return err->code == ZY_OK;
	r->at.ended = p.ended;
	r->at.fault_at = p.fault_at;
	memcpy(r->at.fault, p.fault, sizeof(p.fault));
	if (anew || p.finished || p.walk >= ZY_CHECK_WALKS)
		return true;
	if (!is_of_past(r->check.whole, &p, &of_past, err) || !of_past)
		return err->code == ZY_OK;
	r->at = p;
	r->resumed_rows = p.rows;
	r->check.last_seq = p.last_seq;
	r->check.last_at = p.last_at;
	r->check.serials_given = p.serials_given;
	r->check.told = p.told;
	memcpy(r->check.events, p.events, sizeof(p.events));
	return true;
}

static bool finish(struct run *r, struct zy_check_figures *out, struct zy_error *err)
{
	struct zy_vault *v = r->check.whole;

	r->at.finished = true;
	r->at.ended = zy_now(&v->clock);
	r->at.fault[0] = 0;
	r->at.fault_at = 0;
	if (!keep(r, err) || !zy_vault_count(v, &out->counts, err))
		return false;
	out->head.size = r->at.last_seq;
	memcpy(out->head.root, r->at.root, ZY_HASH_LEN);
	return true;
}

static void tell(const struct zy_check_position *p, struct zy_check_figures *out)
{
	out->rows = p->rows;
	out->finished = p->finished;
	out->begun = p->begun;
	out->ended = p->ended;
	out->fault_at = p->fault_at;
	memcpy(out->fault, p->fault, sizeof(p->fault));
}

static bool run(struct run *r, bool anew, struct zy_check_figures *out, struct zy_error *err)
{
	r->at.begun = zy_now(&r->check.whole->clock);
	if (!take_up(r, anew, err) || !walk_all(r, err) || (!r->stopped && !finish(r, out, err)))
		return false;
	out->resumed_rows = r->resumed_rows;
	out->resumed = r->resumed_rows > 0;
	tell(&r->at, out);
	out->ordered = r->check.ordered;
	return true;
}

static bool lock(struct zy_vault *v, int *fd, struct zy_error *err)
{
	char path[4096];

	snprintf(path, sizeof(path), "%.4000s/check.lock", v->store.folder);
	return zy_file_lock(path, fd, err);
}

/* The walks meet each holder some three times, in different orders: each data key is unwrapped once, as long as they
 * are not more than four millions. Those who come meanwhile are few. */
static bool run_with_keys(struct run *r, bool anew, struct zy_check_figures *out, struct zy_error *err)
{
	struct zy_vault *v = r->check.whole;
	struct zy_error ignored = { 0 };
	struct zy_txn *txn;
	uint64_t num = 0;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_store_entries_all(&v->store, txn, ZY_DB_SUBJECT, &num, err);
	zy_read_end(&v->store, txn);
	if (!ok)
		return false;
	if (num <= ZY_KEYS_KEPT)
		return run(r, anew, out, err);
	num += num / 8;
	ok = zy_key_cache_resize(
		 v->subjects, num < ZY_KEYS_KEPT_MOST ? (unsigned)num : (unsigned)ZY_KEYS_KEPT_MOST, err) &&
	     run(r, anew, out, err);
	(void)!zy_key_cache_resize(v->subjects, ZY_KEYS_KEPT, &ignored); /* or it stays large */
	return ok;
}

bool zy_vault_check_run(
    struct zy_vault *v, bool anew, const struct zy_care *care, struct zy_check_figures *out, struct zy_error *err)
{
	struct run r = { .check = { .whole = v, .older = care != NULL && care->older }, .care = care };
	bool ok;
	int fd;

	*out = (struct zy_check_figures){ 0 };
	if (!zy_whole_only(v, err) || !lock(v, &fd, err))
		return false;
	ok = run_with_keys(&r, anew, out, err);
	close(fd);
	return ok;
}

bool zy_vault_check(struct zy_vault *v, struct zy_vault_counts *out, struct zy_error *err)
{
	struct zy_check_figures f;

	if (!zy_vault_check_run(v, true, NULL, &f, err))
		return false;
	*out = f.counts;
	return true;
}

/* The position stays where it was kept last: the next check meets the fault again. */
bool zy_vault_check_failed(struct zy_vault *v, const struct zy_error *why, struct zy_error *err)
{
	struct zy_check_position p = { 0 };
	bool found, ok;
	int fd;

	if (!zy_whole_only(v, err))
		return false;
	if (zy_code_exit(why->code) == EXIT_ABSENT)
		return true;
	if (!lock(v, &fd, err))
		return false;
	ok = zy_check_position_read(v, &p, &found, err);
	if (ok && !found)
		p = (struct zy_check_position){ .begun = zy_now(&v->clock) };
	snprintf(p.fault, sizeof(p.fault), "%s", zy_code_name(why->code));
	p.fault_at = zy_now(&v->clock);
	ok = ok && zy_check_position_write(v, &p, err);
	close(fd);
	return ok;
}

bool zy_vault_check_last(struct zy_vault *v, struct zy_check_figures *out, bool *found, struct zy_error *err)
{
	struct zy_check_position p;

	*out = (struct zy_check_figures){ 0 };
	*found = false;
	if (!zy_whole_only(v, err))
		return false;
	if (!zy_check_position_read(v, &p, found, err) || !*found)
		return err->code == ZY_OK;
	tell(&p, out);
	out->head.size = p.last_seq;
	memcpy(out->head.root, p.root, ZY_HASH_LEN);
	return true;
}
