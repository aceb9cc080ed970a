#include "common.h"

#include "zy/file.h"
#include "zy/secret.h"
#include "zy/vault_care.h"

#include <stdlib.h>
#include <unistd.h>

#include <openssl/crypto.h>

#define PROBE ZY_LITERAL("zhengyin vault")
#define PROBE_SECRET ZY_LITERAL("zhengyin secret vault")

struct zy_key zy_vault_head_key(void)
{
	return zy_key_text("vault");
}

static bool new_wrapped_key(const struct zy_wrapper *w, struct zy_bytes aad, uint8_t key[ZY_DATA_KEY_LEN],
    struct zy_buf *wrapped, struct zy_error *err)
{
	if (!zy_random(key, ZY_DATA_KEY_LEN, err) ||
	    !w->wrap(w->arg, aad, ZY_BYTES(key, ZY_DATA_KEY_LEN), wrapped, err) || !zy_buf_done(wrapped, "vault", err))
		return false;
	return wrapped->len <= ZY_WRAPPED_MAX ||
	       zy_fail(err, ZY_E_TOKEN, "vault", ZY_NOWHERE, "the token's wrapped key is too long");
}

static bool encode_head(
    enum zy_suite suite, bool secret, const struct zy_wrapper *w, struct zy_buf *out, struct zy_error *err)
{
	uint8_t key[ZY_DATA_KEY_LEN] = { 0 };
	ZY_BUF_AUTO index = { 0 }, vault = { 0 }, probe = { 0 };
	ZY_VALUE_KEY_AUTO k = { 0 };
	bool ok = new_wrapped_key(w, ZY_AAD_INDEX, key, &index, err) &&
		  new_wrapped_key(w, ZY_AAD_VAULT, key, &vault, err) && zy_value_key_derive(&k, suite, key, err) &&
		  zy_sealed_put(&k, ZY_AAD_VAULT, secret ? PROBE_SECRET : PROBE, &probe, err);

	OPENSSL_cleanse(key, sizeof(key));
	if (!ok)
		return false;
	zy_row_vault_encode(&(struct zy_row_vault){ .suite = suite,
				.wrapped_index = zy_buf_bytes(&index),
				.wrapped_vault = zy_buf_bytes(&vault),
				.probe = zy_buf_bytes(&probe) },
	    out);
	return zy_buf_done(out, "vault", err);
}

/* A folder that a crashed make left behind holds no head yet: it is made anew. */
static bool store_head(struct zy_store *s, struct zy_bytes head, struct zy_error *err)
{
	struct zy_change c = { .store = s };
	struct zy_key k = zy_vault_head_key();
	struct zy_bytes old;
	bool found;

	if (!zy_write_begin(s, &c.txn, err))
		return false;
	if (!zy_store_get(s, c.txn, ZY_DB_META, &k, &old, &found, err))
		goto fail;
	if (found) {
		zy_fail(err, ZY_E_EXISTS, "vault", ZY_NOWHERE, "there is a vault in %s already", s->folder);
		goto fail;
	}
	if (!zy_change_put(&c, ZY_DB_META, &k, head, err))
		goto fail;
	return zy_write_commit(s, c.txn, err);
fail:
	zy_write_abort(s, c.txn);
	return false;
}

static bool make(const char *folder, enum zy_suite suite, bool secret, const struct zy_wrapper *w, struct zy_error *err)
{
	ZY_BUF_AUTO head = { 0 };
	struct zy_store s;
	int owner;
	bool ok;

	if (!encode_head(suite, secret, w, &head, err) || !zy_folder_make(folder, 0700, err) ||
	    !zy_owner_lock(&owner, folder, 0, err))
		return false;
	ok = zy_store_open(&s, folder, ZY_OPEN_MAKER, err);
	if (ok) {
		ok = store_head(&s, zy_buf_bytes(&head), err);
		zy_store_close(&s);
	}
	close(owner);
	return ok;
}

bool zy_vault_make(const char *folder, enum zy_suite suite, const struct zy_wrapper *w, struct zy_error *err)
{
	return make(folder, suite, false, w, err);
}

bool zy_vault_make_secret(const char *folder, enum zy_suite suite, const struct zy_wrapper *w, struct zy_error *err)
{
	return make(folder, suite, true, w, err);
}

static bool unwrap(struct zy_vault *v, struct zy_bytes aad, struct zy_bytes wrapped, uint8_t key[ZY_DATA_KEY_LEN],
    struct zy_error *err)
{
	ZY_BUF_AUTO plain = { .cap = 256 };

	if (!v->wrapper.unwrap(v->wrapper.arg, aad, wrapped, &plain, err) || !zy_buf_done(&plain, "vault", err))
		return false;
	if (plain.len != ZY_DATA_KEY_LEN)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "vault", ZY_NOWHERE, "a data key is not of its length");
	memcpy(key, plain.p, ZY_DATA_KEY_LEN);
	return true;
}

/* The probe says at once whether the token's key is the one that this vault was made with. */
static bool open_probe(struct zy_vault *v, const struct zy_value_key *k, struct zy_bytes sealed, struct zy_error *err)
{
	uint8_t plain[ZY_WRAPPED_MAX];

	if (!zy_sealed_open(k, ZY_AAD_VAULT, sealed, plain, err))
		return false;
	v->secret = zy_bytes_equal(ZY_BYTES(plain, sealed.len - zy_sealed_overhead(k->suite)), PROBE_SECRET);
	return true;
}

static bool open_keys(struct zy_vault *v, const struct zy_row_vault *row, struct zy_error *err)
{
	ZY_VALUE_KEY_AUTO k = { 0 };

	v->suite = row->suite;
	return unwrap(v, ZY_AAD_INDEX, row->wrapped_index, v->root_index, err) &&
	       unwrap(v, ZY_AAD_VAULT, row->wrapped_vault, v->root_key, err) &&
	       zy_value_key_derive(&k, row->suite, v->root_key, err) && open_probe(v, &k, row->probe, err) &&
	       zy_tenant_keys(v, err);
}

static bool read_head(struct zy_vault *v, struct zy_buf *out, struct zy_error *err)
{
	struct zy_key k = zy_vault_head_key();
	struct zy_bytes head;
	struct zy_txn *txn;
	uint64_t rows = 0;
	bool found, ok, lost = false;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_store_get(&v->store, txn, ZY_DB_META, &k, &head, &found, err);
	if (ok && found)
		zy_buf_put(out, head);
	ok = ok && zy_store_entries_all(&v->store, txn, ZY_DB_META, &rows, err) &&
	     (found || zy_types_are_noted(v, txn, &lost, err));
	zy_read_end(&v->store, txn);
	if (ok && !found && lost)
		return zy_row_bad(ZY_DB_META, err);
	if (ok && !found && rows > 0)
		return zy_fail(err, ZY_E_VAULT_FORM, "vault", ZY_NOWHERE,
		    "the vault in %s is of a layout before there were tenants; this program does not read it",
		    v->store.folder);
	if (ok && !found)
		return zy_fail(err, ZY_E_VAULT_ABSENT, "vault", ZY_NOWHERE,
		    "the vault in %s was never finished; run init", v->store.folder);
	return ok && zy_buf_done(out, "vault", err);
}

/* The highest number that a subject has; numbers are given once in the whole vault. */
static bool last_subject(struct zy_vault *view, struct zy_txn *txn, void *arg, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	uint64_t *last = arg;
	bool found;

	if (!zy_store_last(&view->store, txn, ZY_DB_SUBJECT, &all, &key, &value, &found, err))
		return false;
	if (found && zy_key_get(key, 0, 8) > *last)
		*last = zy_key_get(key, 0, 8);
	return true;
}

/* Record time of event seq. */
static bool time_of(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, zy_time *out, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;
	uint32_t tenant;

	if (!zy_event_tenant(v, txn, seq, &tenant, err) || !zy_event_read(v, txn, seq, tenant, &e, &plain, err))
		return false;
	*out = e.at;
	return true;
}

/* Where subjects and record time go on from. */
static bool read_ends(struct zy_vault *v, struct zy_error *err)
{
	uint64_t subject = 0, seq = 0;
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_tenants_each(v, txn, last_subject, &subject, err) && zy_event_last(v, txn, &seq, err);
	v->last_time = INT64_MIN;
	ok = ok && (seq == 0 || time_of(v, txn, seq, &v->last_time, err));
	atomic_init(&v->next_subject, subject + 1);
	zy_read_end(&v->store, txn);
	return ok;
}

static bool open_inside(struct zy_vault *v, const char *folder, struct zy_error *err)
{
	ZY_BUF_AUTO head = { 0 };
	struct zy_row_vault row;

	if (!zy_store_open(&v->store, folder, v->beside ? ZY_OPEN_READER : ZY_OPEN_OWNER, err))
		return false;
	if (!read_head(v, &head, err))
		return false;
	if (!zy_row_vault_parse(&row, zy_buf_bytes(&head), err))
		return err->code == ZY_E_VAULT_FORM ? false : zy_row_bad(ZY_DB_META, err);
	return open_keys(v, &row, err) && zy_key_cache_make(&v->subjects, err) && read_ends(v, err) &&
	       zy_log_tree_open(v, err);
}

static struct zy_vault *new_vault(const struct zy_wrapper *w, const struct zy_clock *clock, struct zy_error *err)
{
	struct zy_vault *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for the vault");
		return NULL;
	}
	v->whole = v;
	v->wrapper = *w;
	v->clock = *clock;
	v->queue_end = &v->queue;
	v->owner = -1;
	pthread_mutex_init(&v->common_lock, NULL);
	pthread_mutex_init(&v->queue_lock, NULL); /* glibc's never fails with default attributes */
	return v;
}

bool zy_vault_open(struct zy_vault **out, const char *folder, const struct zy_wrapper *w, const struct zy_clock *clock,
    unsigned wait_s, struct zy_error *err)
{
	struct zy_vault *v = new_vault(w, clock, err);

	if (v == NULL)
		return false;
	if (zy_owner_lock(&v->owner, folder, wait_s, err) && open_inside(v, folder, err)) {
		*out = v;
		return true;
	}
	zy_vault_close(v);
	return false;
}

bool zy_vault_open_beside(struct zy_vault **out, const char *folder, const struct zy_wrapper *w,
    const struct zy_clock *clock, struct zy_error *err)
{
	struct zy_vault *v = new_vault(w, clock, err);

	if (v == NULL)
		return false;
	v->beside = true;
	if (open_inside(v, folder, err)) {
		*out = v;
		return true;
	}
	zy_vault_close(v);
	return false;
}

void zy_vault_close(struct zy_vault *v)
{
	if (v == NULL)
		return;
	if (v->whole != v) {
		zy_view_close(v);
		free(v);
		return;
	}
	zy_key_cache_free(v->subjects);
	zy_common_forget(v);
	zy_store_close(&v->store);
	pthread_mutex_destroy(&v->common_lock);
	pthread_mutex_destroy(&v->queue_lock);
	if (v->owner >= 0)
		close(v->owner); /* last: from now on another process may open */
	OPENSSL_cleanse(v, sizeof(*v));
	free(v);
}

/* Of a tenant its own, of the vault as it was opened everybody's. */
static bool count_all(struct zy_vault *v, struct zy_txn *txn, struct zy_vault_counts *out, struct zy_error *err)
{
	bool (*count)(struct zy_store * s, struct zy_txn * txn, enum zy_db db, uint64_t * n, struct zy_error * e) =
	    v->whole == v ? zy_store_entries_all : zy_store_entries;
	struct zy_store *s = &v->store;

	return count(s, txn, ZY_DB_SUBJECT, &out->subjects, err) && count(s, txn, ZY_DB_LICENCE, &out->licences, err) &&
	       count(s, txn, ZY_DB_VERSION, &out->versions, err) &&
	       count(s, txn, ZY_DB_OPEN, &out->open_intents, err) && count(s, txn, ZY_DB_EVENT, &out->events, err);
}

bool zy_vault_count(struct zy_vault *v, struct zy_vault_counts *out, struct zy_error *err)
{
	struct zy_vault_counts n = { 0 };
	struct zy_env_stat st;
	struct zy_txn *txn;
	bool ok;

	/* Operations ask on a timer: the moment to free what readers that died have held (a copy that was killed). */
	if (!zy_store_stat(&v->store, &st, err))
		return false;
	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = count_all(v, txn, &n, err);
	zy_read_end(&v->store, txn);
	n.map_bytes = st.room_bytes;
	n.used_bytes = st.used_bytes;
	if (ok)
		*out = n;
	return ok;
}

bool zy_vault_tables(
    struct zy_vault *v, void (*cb)(void *arg, const struct zy_vault_table *t), void *arg, struct zy_error *err)
{
	struct zy_store *s = &v->whole->store;
	struct zy_vault_table t;
	struct zy_txn *txn;
	bool ok = true;

	if (!zy_whole_only(v, err) || !zy_read_begin(s, &txn, err))
		return false;
	for (enum zy_db db = 0; ok && db < ZY_NUM_DB; db++) {
		t.name = zy_db_name(db);
		ok = zy_store_entries_all(s, txn, db, &t.rows, err) && zy_store_bytes(s, txn, db, &t.bytes, err);
		if (ok)
			cb(arg, &t);
	}
	zy_read_end(s, txn);
	return ok;
}
