/* What an operator watches: map, readers, the age of a vault and of its backup. */
#include "changes.h"
#include "zy/feed.h"
#include "zy/vault_care.h"

static bool take_time(void *arg, const struct zy_feed_event *e)
{
	*(zy_time *)arg = e->at;
	return true;
}

static bool look(struct zy_vault *v, struct zy_vault_watch *out, struct zy_error *err)
{
	uint64_t last = 0, number;
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_event_last(v, txn, &out->events, err) && zy_changes_last(v, txn, &last, err);
	zy_read_end(&v->store, txn);
	zy_changes_backed_up(v, &out->backup_at, &number);
	out->backed_up = out->backup_at > 0;
	out->backup_behind = out->backed_up && last > number ? last - number : 0;
	return ok;
}

bool zy_vault_watch(struct zy_vault *v, struct zy_vault_watch *out, struct zy_error *err)
{
	struct zy_vault_watch w = { 0 };
	struct zy_env_stat st;
	uint64_t next;

	if (!zy_whole_only(v, err) || !zy_store_stat(&v->store, &st, err) || !look(v, &w, err) ||
	    !zy_vault_feed(v, 1, 1, take_time, &w.begun, &next, err))
		return false;
	w.used_bytes = st.used_bytes;
	w.room_bytes = st.room_bytes;
	w.readers = st.readers;
	w.reader_lag = st.reader_lag;
	w.reader_pid = st.reader_pid;
	*out = w;
	return true;
}
