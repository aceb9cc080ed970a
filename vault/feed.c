#include "zy/feed.h"

#include "internal.h"

/* Events that are read in one transaction: a reader that stays long keeps old pages alive. */
enum { CHUNK = 256 };

struct feed {
	struct zy_vault *v;
	struct zy_txn *txn;
	uint64_t from, until; /* positions of this chunk; until is the first one after it */
	zy_feed_cb *cb;
	void *arg;
	bool stopped;
};

/* Rows are gone through by number, not by what is there: a row that is missing is a fault and no gap. */
static bool give(struct feed *f, uint64_t seq, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_feed_event e = { .seq = seq };
	uint8_t entry[ZY_LOG_ENTRY_LEN];
	struct zy_row_event row;
	uint32_t tenant;

	if (!zy_event_tenant(f->v, f->txn, seq, &tenant, err))
		return false;
	if (tenant != f->v->store.tenant && f->v->whole != f->v)
		return true; /* a tenant is fed its own events */
	if (!zy_event_read(f->v, f->txn, seq, tenant, &row, &plain, err) ||
	    !zy_log_tree_entry(f->v, f->txn, seq, entry, err))
		return false;
	memcpy(e.id, entry, ZY_HASH_LEN);
	e.at = row.at;
	e.what = zy_event_names[row.what];
	e.about = row.name;
	e.number = row.number;
	e.reason = row.reason;
	f->stopped = !f->cb(f->arg, &e);
	return true;
}

static bool give_chunk(struct feed *f, struct zy_error *err)
{
	uint64_t events;

	if (!zy_event_last(f->v, f->txn, &events, err))
		return false;
	if (f->until > events + 1)
		f->until = events + 1;
	while (f->from < f->until && !f->stopped)
		if (!give(f, f->from++, err))
			return false;
	return true;
}

bool zy_vault_feed(
    struct zy_vault *v, uint64_t from, uint64_t most, zy_feed_cb *cb, void *arg, uint64_t *next, struct zy_error *err)
{
	struct feed f = { .v = v, .from = from, .cb = cb, .arg = arg };
	uint64_t begin;

	*next = from;
	if (from == 0)
		return zy_fail(err, ZY_E_FIELD_RANGE, "from", ZY_NOWHERE, "positions of the feed count from 1");
	do {
		uint64_t left = most - (f.from - from);
		bool ok;

		begin = f.from;
		f.until = begin > UINT64_MAX - CHUNK ? UINT64_MAX : begin + (left < CHUNK ? left : CHUNK);
		if (!zy_read_begin(&v->store, &f.txn, err))
			return false;
		ok = give_chunk(&f, err);
		zy_read_end(&v->store, f.txn);
		if (!ok)
			return false;
		*next = f.from;
	} while (f.from > begin && f.from - from < most && !f.stopped);
	return true;
}
