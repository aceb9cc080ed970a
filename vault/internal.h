/* clang-format off */
/*
 * Inside the vault. STORED FORMS, one database each (engine.h; with LMDB all in FOLDER/data.mdb). Numbers in keys
 * are big-endian, and every key begins with the tenant's number (4 bytes), which is left out here; in shared
 * databases (*) it is 0. A sealed value is sealed under the tenant's key, in shared ones that of all, (V) or the
 * subject's data key (S); its associated data is the database's name, a zero byte, and its key.
 *
 *  database  key                                 value
 *  meta *    "vault"                             plain: [form, suite, wrapped index key, wrapped vault key, probe (V)]
 *            "type" SHA-256(type code)           empty; in a secret vault, once a licence of the type was minted
 *  holder    HMAC(index key, "holder" kind number)   V: subject, 8 bytes
 *  subject   subject                             plain: [identifier and wrapped form of the data key, what it is (1
 *                                                octet) and KIND:NUMBER (S)]; destroyed by order (shred.c): [identifier,
 *                                                empty, SHA-256 of the order]
 *  licence   TYPE.ISSUER.SERIAL                  V: [number, subject]; number is the seq of its mint event. In a secret
 *                                                vault (secret.c) the key is HMAC(index key, "licence" name)
 *  owned     subject, number                     empty: the licences of a subject
 *  version   number, version (2 bytes)           S: [seq, recorded_at, valid_from, valid_to, record length, rows of common, files]
 *  blob      seq of the version's event, piece (2)   S: record, then each file packed (pack.h), each sealed on its own,
 *                                                end to end; associated data "blob" 0 TYPE.ISSUER.SERIAL 0 part (8) version (2)
 *  status    number, version (2), seq of its event   V: [at, status, reason]; no row: valid since recorded_at
 *  intent    HMAC(index key, "request" request)  V: [asked, at, serial, seq of its event, seq of the closing event]
 *  open      seq of the intent's event           V: request; one row for each open intent
 *  serial *  scope                               V: last serial given, 8 bytes; secret: HMAC(root index key, scope)
 *  event     seq                                 V: [at, what, name, number, reason, digest, subject, from, nth]
 *  history   number, seq                         empty: the events of a licence; of number 0 those of the rules
 *  tree *    place (zy/merkle.h)                 plain: of event number seq the entry of leaf seq - 1, then the hash of
 *                                                each subtree that it completes
 *  order *   seq, from 1 without gaps            plain, 4 bytes: the tenant of event seq
 *  tenant *  number                              V: [parent, code, name, made_at]
 *  mark *    name of a source (zy/follow.h)      V: [number, offset, digest, events so far]
 *  ring      subject                             V: the next subject that is the same person, 8 bytes (person.h)
 *  identity  subject, seq                        S: [salt, until, name, before, other]: what was said of the person
 *  receipt   subject, number of the receipt        S: [seq of its event, receipt (zy/receipt.h)]
 *  right     number of the tenant above, seq of its event   V: [at, until, given]
 *  change *  number, from 1 without gaps         V: which rows a write touched (changes.h)
 *  common *  number, from 1 without gaps         V: [name, octets]: what versions have in common (common.h)
 *
 * Nothing is overwritten but intent (once, when it closes), serial, mark, ring, and wrapped keys (rewrap.c); a cancelled intent's row goes, its event stays.
 * A licence's newest version, its status on a day, and all counts are read from the order of the keys. A blob is cut
 * into pieces so that its first piece fills whole pages and only the rest shares pages with others: a value that LMDB
 * puts on pages of its own would waste half a page for each file.
 */
/* clang-format on */
#ifndef ZY_VAULT_INTERNAL_H
#define ZY_VAULT_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "zy/engine.h"
#include "rows.h"
#include "sealed.h"
#include "zy/log_proof.h"

enum zy_db {
	ZY_DB_META,
	ZY_DB_HOLDER,
	ZY_DB_SUBJECT,
	ZY_DB_LICENCE,
	ZY_DB_OWNED,
	ZY_DB_VERSION,
	ZY_DB_BLOB,
	ZY_DB_STATUS,
	ZY_DB_INTENT,
	ZY_DB_OPEN,
	ZY_DB_SERIAL,
	ZY_DB_EVENT,
	ZY_DB_HISTORY,
	ZY_DB_TREE,
	ZY_DB_TENANT,
	ZY_DB_RIGHT,
	ZY_DB_ORDER,
	ZY_DB_MARK,
	ZY_DB_RECEIPT,
	ZY_DB_CHANGE,
	ZY_DB_RING,
	ZY_DB_IDENTITY,
	ZY_DB_COMMON,
	ZY_NUM_DB
};

/* A database key, without the tenant before it: the store's functions put that there, and take it off. */
#define ZY_KEY_MAX 96
struct zy_key {
	size_t len;
	uint8_t p[ZY_KEY_MAX];
};
struct zy_key zy_key_number(uint64_t a);
struct zy_key zy_key_pair(uint64_t a, uint64_t b);
struct zy_key zy_key_version(uint64_t number, unsigned version);
struct zy_key zy_key_status(uint64_t number, unsigned version, uint64_t seq);
struct zy_key zy_key_text(const char *s); /* at most ZY_KEY_MAX characters */
/* The number at byte `at` of a stored key of the length its database uses. */
uint64_t zy_key_get(struct zy_bytes key, size_t at, size_t len);

const char *zy_db_name(enum zy_db db);
bool zy_db_is_shared(enum zy_db db);

/*
 * store.c: the databases of one engine, as one tenant sees them. What is read or written through a store begins with
 * the tenant's number; no key that a caller can make leads out of it. Only the databases that belong to all
 * (zy_db_is_shared) have number 0.
 */
#define ZY_TENANT_TOP 1
struct zy_store {
	const struct zy_engine *engine;
	struct zy_env *env; /* owned by the vault as it was opened */
	uint32_t tenant;
	size_t page;
	char folder[4000];
};
/* Errors: vault-absent, vault, vault-full, vault-corrupt. */
ZY_MUST_CHECK bool zy_store_open(struct zy_store *s, const char *folder, enum zy_open_as as, struct zy_error *err);
void zy_store_close(struct zy_store *s);
/* Another tenant's view of an open store; owns nothing. */
void zy_store_view(const struct zy_store *whole, uint32_t tenant, struct zy_store *out);
/* A read transaction: short; ended by _end on every way out. */
ZY_MUST_CHECK bool zy_read_begin(struct zy_store *s, struct zy_txn **out, struct zy_error *err);
void zy_read_end(struct zy_store *s, struct zy_txn *txn);
/* The one write transaction; who is not inside zy_vault_apply has the vault alone. */
ZY_MUST_CHECK bool zy_write_begin(struct zy_store *s, struct zy_txn **out, struct zy_error *err);
ZY_MUST_CHECK bool zy_write_commit(struct zy_store *s, struct zy_txn *txn, struct zy_error *err);
void zy_write_abort(struct zy_store *s, struct zy_txn *txn);
/* *found false and true when the key is absent. The bytes live as long as the transaction (until its next put). */
ZY_MUST_CHECK bool zy_store_get(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k,
    struct zy_bytes *out, bool *found, struct zy_error *err);
ZY_MUST_CHECK bool zy_store_put(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k,
    struct zy_bytes value, struct zy_error *err);
ZY_MUST_CHECK bool zy_store_del(
    struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_error *err);
/* A key as it is stored, with its tenant (at most ZY_KEY_MAX octets), and what lies under such a key. */
struct zy_key zy_store_key(const struct zy_store *s, enum zy_db db, const struct zy_key *k);
ZY_MUST_CHECK bool zy_store_get_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *full,
    struct zy_bytes *out, bool *found, struct zy_error *err);
ZY_MUST_CHECK bool zy_store_put_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *full,
    struct zy_bytes value, struct zy_error *err);
/* Absent is fine. */
ZY_MUST_CHECK bool zy_store_del_all(
    struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *full, struct zy_error *err);
/* The last key that starts with prefix; *found false when there is none. */
ZY_MUST_CHECK bool zy_store_last(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *prefix,
    struct zy_bytes *key, struct zy_bytes *value, bool *found, struct zy_error *err);
/* Walks the keys that start with prefix (len 0: all) from the first at or after `from` (NULL: the first). */
typedef bool zy_walk_cb(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err);
ZY_MUST_CHECK bool zy_store_walk(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *prefix,
    const struct zy_key *from, zy_walk_cb *cb, void *arg, struct zy_error *err);
/* For the check alone: every row of a database, whoever's it is, from a whole key on; cb gets whole keys, which split
 * into tenant (0: shared) and key. */
ZY_MUST_CHECK bool zy_store_walk_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *from,
    zy_walk_cb *cb, void *arg, struct zy_error *err);
ZY_MUST_CHECK bool zy_store_split(struct zy_bytes full, uint32_t *tenant, struct zy_bytes *key, struct zy_error *err);
/* Entries of this tenant; of a shared database all. */
ZY_MUST_CHECK bool zy_store_entries(
    struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err);
/* Entries of all tenants. */
ZY_MUST_CHECK bool zy_store_entries_all(
    struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err);
/* Octets that a database takes on the disk, of all tenants. */
ZY_MUST_CHECK bool zy_store_bytes(
    struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err);

/* Of a read transaction: the engine's own check of its files. */
ZY_MUST_CHECK bool zy_store_check(struct zy_store *s, struct zy_txn *txn, const struct zy_engine_care *care,
    struct zy_engine_figures *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_store_stat(struct zy_store *s, struct zy_env_stat *out, struct zy_error *err);

/* commit.c: one write transaction shared by all that waited */
struct zy_change {
	struct zy_store *store; /* of the tenant whose turn it is */
	struct zy_txn *txn;
	zy_time now; /* record time; never before the last event's */
	uint64_t next_seq;
	bool touched; /* something was put: a failure now spoils the transaction */
	bool keeps;   /* what it changes is kept (changes.h) */
	uint64_t next_change;
	struct zy_buf noted; /* of the job under way */
	size_t num_noted;
};
/* Checks everything before its first put; run by one thread at a time, maybe more than once. */
typedef bool zy_apply(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err);
ZY_MUST_CHECK bool zy_vault_apply(struct zy_vault *v, zy_apply *apply, void *arg, struct zy_error *err);
/* The same for what records a look, which a handle from above may do too. */
ZY_MUST_CHECK bool zy_vault_apply_look(struct zy_vault *v, zy_apply *apply, void *arg, struct zy_error *err);
ZY_MUST_CHECK bool zy_change_put(
    struct zy_change *c, enum zy_db db, const struct zy_key *k, struct zy_bytes value, struct zy_error *err);
ZY_MUST_CHECK bool zy_change_del(struct zy_change *c, enum zy_db db, const struct zy_key *k, struct zy_error *err);

/* owner.c: the lock on FOLDER/owner.lock. *fd is closed to release it. Errors: busy, vault. */
ZY_MUST_CHECK bool zy_owner_lock(int *fd, const char *folder, unsigned wait_s, struct zy_error *err);

/* keys.c: unwrapped data keys, the least recently used evicted and wiped */
struct zy_key_cache;
ZY_MUST_CHECK bool zy_key_cache_make(struct zy_key_cache **out, struct zy_error *err);
void zy_key_cache_free(struct zy_key_cache *c);
bool zy_key_cache_get(struct zy_key_cache *c, uint64_t subject, struct zy_value_key *out);
void zy_key_cache_put(struct zy_key_cache *c, uint64_t subject, const struct zy_value_key *k);
void zy_key_cache_drop(struct zy_key_cache *c, uint64_t subject); /* wiped; absent is fine */
/* For who goes through all subjects more than once. What has no room any more is wiped. */
enum { ZY_KEYS_KEPT = 4096, ZY_KEYS_KEPT_MOST = 1 << 22 };
ZY_MUST_CHECK bool zy_key_cache_resize(struct zy_key_cache *c, unsigned room, struct zy_error *err);

struct zy_job;
struct zy_vault {
	struct zy_vault *whole; /* as opened, which owns all; itself, unless this is a tenant's view */
	struct zy_store store;
	struct zy_wrapper wrapper;
	struct zy_clock clock;
	enum zy_suite suite;
	bool beside; /* opened to read: another process may own the vault */
	bool secret; /* the whole's: names do not stand in keys (secret.c) */
	int owner;
	uint8_t root_index[ZY_DATA_KEY_LEN], root_key[ZY_DATA_KEY_LEN]; /* the whole's: tenants' keys come from them */
	uint8_t index_key[ZY_DATA_KEY_LEN];
	struct zy_value_key key;       /* V, of this tenant */
	struct zy_value_key shared;    /* V, of what belongs to all */
	bool looks_down;               /* a view from above: it reads only */
	struct zy_key_cache *subjects; /* S */
	pthread_mutex_t common_lock;
	struct zy_common *common; /* as far as it was read (common.h); the whole's */
	_Atomic uint64_t next_subject;
	pthread_mutex_t queue_lock;
	struct zy_job *queue, **queue_end;
	bool leading;      /* a leader is at work */
	zy_time last_time; /* record time of the last event; the leader's */
};

/* values.c: rows under a seal */
ZY_MUST_CHECK bool zy_row_put(struct zy_change *c, enum zy_db db, const struct zy_key *k,
    const struct zy_value_key *key, const struct zy_buf *plain, struct zy_error *err);
/* plain is emptied first; *found false and true when absent. */
ZY_MUST_CHECK bool zy_row_get(struct zy_vault *v, struct zy_txn *txn, enum zy_db db, const struct zy_key *k,
    const struct zy_value_key *key, struct zy_buf *plain, bool *found, struct zy_error *err);
/* Opens a value that a walk gave. */
ZY_MUST_CHECK bool zy_row_open(enum zy_db db, struct zy_bytes k, const struct zy_value_key *key, struct zy_bytes sealed,
    struct zy_buf *plain, struct zy_error *err);
/* Always false: vault-corrupt in place of whatever a row's parser said. */
bool zy_row_bad(enum zy_db db, struct zy_error *err);
ZY_MUST_CHECK bool zy_vault_hmac(
    struct zy_vault *v, const char *label, const char *text, struct zy_key *out, struct zy_error *err);

/* blob.c */
ZY_MUST_CHECK bool zy_blob_put(struct zy_change *c, uint64_t seq, struct zy_bytes all, struct zy_error *err);
/* len bytes from offset `at`, to out. Errors: vault-corrupt when the pieces end before. */
ZY_MUST_CHECK bool zy_blob_get(
    struct zy_store *s, struct zy_txn *txn, uint64_t seq, size_t at, uint8_t *out, size_t len, struct zy_error *err);
/* Bytes and number of its pieces. */
struct zy_blob_size {
	size_t len;
	uint64_t pieces;
};
ZY_MUST_CHECK bool zy_blob_measure(
    struct zy_store *s, struct zy_txn *txn, uint64_t seq, struct zy_blob_size *out, struct zy_error *err);

/* subjects.c */
struct zy_subject {
	uint64_t number;
	bool is_new;
	uint64_t after;       /* new: the subject that this holder was before an order destroyed its data; 0: none */
	struct zy_key lookup; /* key in `holder` */
	struct zy_buf row;    /* new: the row to be stored */
	struct zy_value_key key;
};
void zy_subject_wipe(struct zy_subject *s);
/* The holder's subject with its key, or a new one with a wrapped key, not stored yet. */
ZY_MUST_CHECK bool zy_subject_prepare(
    struct zy_vault *v, const struct zy_holder *h, struct zy_subject *out, struct zy_error *err);
/* The same; kind NULL: what the number says. */
ZY_MUST_CHECK bool zy_subject_prepare_as(struct zy_vault *v, const struct zy_holder *h,
    const enum zy_subject_kind *kind, struct zy_subject *out, struct zy_error *err);
struct zy_known_subject {
	bool destroyed; /* by order: nothing else is known */
	struct zy_holder holder;
	enum zy_subject_kind kind;
};
ZY_MUST_CHECK bool zy_subject_known(
    struct zy_vault *v, uint64_t subject, struct zy_known_subject *out, struct zy_error *err);
/* *again: another commit has made or kept this holder's subject in between; prepare anew. */
ZY_MUST_CHECK bool zy_subject_still(
    struct zy_vault *v, struct zy_txn *txn, const struct zy_subject *s, bool *again, struct zy_error *err);
ZY_MUST_CHECK bool zy_subject_store(
    struct zy_vault *v, struct zy_change *c, const struct zy_subject *s, struct zy_error *err);
ZY_MUST_CHECK bool zy_subject_find(
    struct zy_vault *v, const struct zy_holder *h, uint64_t *number, bool *found, struct zy_error *err);
/* The lookup key that the subject's own row asks for; opens the holder in it. */
ZY_MUST_CHECK bool zy_subject_check(struct zy_vault *v, uint64_t subject, const struct zy_row_subject *row,
    struct zy_key *lookup, struct zy_error *err);
/* From the cache, or unwrapped; holds no read transaction while the token works. */
ZY_MUST_CHECK bool zy_subject_key(struct zy_vault *v, uint64_t subject, struct zy_value_key *out, struct zy_error *err);

/* log_leaf.c: what a version holds, for its leaf */
struct zy_content {
	size_t num;
	struct zy_log_part parts[ZY_LOG_PARTS_MAX];
	struct zy_log_term term;
};
/* Its days, and the terms of its record. What is stored need not be a record: then it has none. Errors: no-memory. */
ZY_MUST_CHECK bool zy_content_term(
    struct zy_content *c, zy_time first, zy_time last, struct zy_bytes record, struct zy_error *err);
ZY_MUST_CHECK bool zy_content_add(struct zy_content *c, unsigned form, struct zy_bytes bytes, struct zy_error *err);
/* The octets of event seq's leaf; content: of an event that stored a version, else NULL. */
ZY_MUST_CHECK bool zy_leaf_make(struct zy_vault *v, uint64_t seq, const struct zy_row_event *e,
    const struct zy_content *content, struct zy_buf *out, struct zy_error *err);
/* The same from what the vault holds. */
ZY_MUST_CHECK bool zy_leaf_read(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, const struct zy_row_event *e,
    struct zy_buf *out, struct zy_content *content, struct zy_error *err);

/* log.c */
/* Appends the leaf of event seq and each subtree that it completes. leaf: receives its octets, or NULL. */
ZY_MUST_CHECK bool zy_log_tree_append(struct zy_vault *v, struct zy_change *c, uint64_t seq,
    const struct zy_row_event *e, const struct zy_content *content, struct zy_buf *leaf, struct zy_error *err);
/* The entry of event seq. Errors: log. */
ZY_MUST_CHECK bool zy_log_tree_entry(
    struct zy_vault *v, struct zy_txn *txn, uint64_t seq, uint8_t out[ZY_LOG_ENTRY_LEN], struct zy_error *err);
void zy_logged_set(struct zy_logged *out, uint64_t seq, struct zy_bytes leaf);
/* Called once, when the vault is opened. Errors: log (the tree is not of the vault's events), those of reading. */
ZY_MUST_CHECK bool zy_log_tree_open(struct zy_vault *v, struct zy_error *err);
/* The entry of one event, and the hashes of the subtrees that it completes. */
ZY_MUST_CHECK bool zy_log_event_check(
    struct zy_vault *v, struct zy_txn *txn, uint64_t seq, const struct zy_row_event *e, struct zy_error *err);
/* log_prove.c: the whole tree from its entries, without any key. Errors: log. */
ZY_MUST_CHECK bool zy_log_tree_prove(
    struct zy_store *s, struct zy_txn *txn, struct zy_merkle_head *out, struct zy_error *err);
/* size: at most the number of events of the look. */
ZY_MUST_CHECK bool zy_log_head_of(
    struct zy_vault *v, struct zy_txn *txn, uint64_t size, struct zy_merkle_head *out, struct zy_error *err);

/* events.c: appends, also to the log; *seq is its number; linked to a licence's history when number is not 0. content,
 * leaf: as zy_log_tree_append; content NULL: an event that stores no version. */
ZY_MUST_CHECK bool zy_event_append(struct zy_vault *v, struct zy_change *c, struct zy_row_event *e, uint64_t number,
    uint64_t *seq, struct zy_error *err);
ZY_MUST_CHECK bool zy_event_append_with(struct zy_vault *v, struct zy_change *c, struct zy_row_event *e,
    uint64_t number, const struct zy_content *content, struct zy_buf *leaf, uint64_t *seq, struct zy_error *err);
/* name and reason lie in *plain. */
ZY_MUST_CHECK bool zy_event_get(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, struct zy_row_event *out,
    struct zy_buf *plain, struct zy_error *err);
/* The number of the last event of all tenants, 0 when there is none; and whose an event is. */
ZY_MUST_CHECK bool zy_event_last(struct zy_vault *v, struct zy_txn *txn, uint64_t *seq, struct zy_error *err);
ZY_MUST_CHECK bool zy_event_tenant(
    struct zy_vault *v, struct zy_txn *txn, uint64_t seq, uint32_t *tenant, struct zy_error *err);
/* An event of any tenant; for those who stand above all tenants. */
ZY_MUST_CHECK bool zy_event_read(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, uint32_t tenant,
    struct zy_row_event *out, struct zy_buf *plain, struct zy_error *err);
extern const char *const zy_event_names[ZY_NUM_EVENTS];

/* receipts.c */
/* The tag of the log's entry of a subject's receipt n. */
ZY_MUST_CHECK bool zy_access_tag(
    struct zy_vault *v, uint64_t subject, uint64_t n, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err);
/* A row that a walk gave: it follows on the one before, and is what its event says. */
ZY_MUST_CHECK bool zy_receipt_check(
    struct zy_vault *v, struct zy_txn *txn, struct zy_bytes key, struct zy_bytes value, struct zy_error *err);

/* follow.c: for a check; adds to *events how many the source of this row has made. */
/* How many serials of every scope are passed over, since they may have been given in a part of the log that was lost.
 */
ZY_MUST_CHECK bool zy_serials_lost(struct zy_vault *v, struct zy_txn *txn, uint64_t *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_mark_check(
    struct zy_vault *v, struct zy_bytes key, struct zy_bytes value, uint64_t *events, struct zy_error *err);

/* intents.c */
ZY_MUST_CHECK bool zy_request_check(const char *request, struct zy_error *err);
ZY_MUST_CHECK bool zy_reason_check(const char *reason, struct zy_error *err);
/* Has the page of an intent's row in memory, before the writer needs it: these keys are scattered over the whole
 * database, and who asks waits for the disk beside others, where the one writer would make all of them wait. */
ZY_MUST_CHECK bool zy_intent_fetch(struct zy_vault *v, const struct zy_key *k, struct zy_error *err);
ZY_MUST_CHECK bool zy_intent_find(struct zy_vault *v, struct zy_txn *txn, const struct zy_key *k,
    struct zy_row_intent *out, struct zy_buf *plain, bool *found, struct zy_error *err);
ZY_MUST_CHECK bool zy_intent_close(struct zy_vault *v, struct zy_change *c, const struct zy_key *k,
    struct zy_row_intent *row, uint64_t done, struct zy_error *err);

/* tenants.c: a view of another tenant, made from the whole; nothing is asked. Wiped when it is closed. */
ZY_MUST_CHECK bool zy_view_open(struct zy_vault *v, uint32_t tenant, struct zy_vault *out, struct zy_error *err);
void zy_view_close(struct zy_vault *view);
/* Keys of the tenant that v->store is of, from the whole's. */
ZY_MUST_CHECK bool zy_tenant_keys(struct zy_vault *v, struct zy_error *err);
/* Calls fn with a view of each tenant in turn, the top one first. */
typedef bool zy_tenant_fn(struct zy_vault *view, struct zy_txn *txn, void *arg, struct zy_error *err);
ZY_MUST_CHECK bool zy_tenants_each(
    struct zy_vault *v, struct zy_txn *txn, zy_tenant_fn *fn, void *arg, struct zy_error *err);
/* How many tenants there are, the top one with them. */
ZY_MUST_CHECK bool zy_tenant_count(struct zy_vault *v, struct zy_txn *txn, uint32_t *out, struct zy_error *err);

/* names.c: licences by name */
struct zy_name {
	char text[ZY_NAME_MAX + 1]; /* TYPE.ISSUER.SERIAL */
};
/* secret.c: the keys of rows that are found by a name; of a secret vault they do not tell it. */
ZY_MUST_CHECK bool zy_licence_key(struct zy_vault *v, const char *name, struct zy_key *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_scope_key(struct zy_vault *v, const char *scope, struct zy_key *out, struct zy_error *err);
/* The name of a licence that a walk met. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_licence_name(struct zy_vault *v, struct zy_txn *txn, struct zy_bytes key,
    const struct zy_row_licence *row, struct zy_name *out, struct zy_error *err);
/* A secret vault notes with the first licence of a type that there are such. name: TYPE.ISSUER.SERIAL */
ZY_MUST_CHECK bool zy_type_note(struct zy_vault *v, struct zy_change *c, const char *name, struct zy_error *err);
ZY_MUST_CHECK bool zy_type_noted(
    struct zy_vault *v, struct zy_txn *txn, const char *name, bool *found, struct zy_error *err);
ZY_MUST_CHECK bool zy_types_are_noted(struct zy_vault *v, struct zy_txn *txn, bool *any, struct zy_error *err);
/* From a whole identifier or a name. Errors: licence-identifier. */
ZY_MUST_CHECK bool zy_name_parse(struct zy_name *out, const char *identifier, struct zy_error *err);
ZY_MUST_CHECK bool zy_name_identifier(
    const char *name, unsigned version, char out[ZY_IDENTIFIER_MAX + 1], struct zy_error *err);
ZY_MUST_CHECK bool zy_licence_find(struct zy_vault *v, struct zy_txn *txn, const char *name, struct zy_row_licence *out,
    bool *found, struct zy_error *err);
/* The same, absent is not-found. */
ZY_MUST_CHECK bool zy_licence_get(
    struct zy_vault *v, struct zy_txn *txn, const char *name, struct zy_row_licence *out, struct zy_error *err);
/* The newest version; 0 when there is none. */
ZY_MUST_CHECK bool zy_version_last(
    struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned *version, struct zy_error *err);

/* vault.c: the row of `meta`, and what its wrapped keys are bound to */
#define ZY_AAD_INDEX ZY_LITERAL("zy-index")
#define ZY_AAD_VAULT ZY_LITERAL("zy-vault")
struct zy_key zy_vault_head_key(void);

/* shred.c */
bool zy_subject_row_is_destroyed(const struct zy_row_subject *row);
/* Always false. */
bool zy_subject_fail_destroyed(struct zy_error *err);
ZY_MUST_CHECK bool zy_subject_is_destroyed(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, bool *destroyed, struct zy_error *err);
ZY_MUST_CHECK bool zy_licence_is_destroyed(
    struct zy_vault *v, struct zy_txn *txn, const char *name, bool *destroyed, struct zy_error *err);
/* For the check: the event of the destroyed subject names the order of its row, and is in the history of each of its
 * licences; of none, when what was restored went back behind it. Errors: vault-corrupt. */
struct zy_destroyed {
	uint64_t licences, untold; /* with the event in their history; without */
	bool indexed;              /* the identity index still leads to it */
};
ZY_MUST_CHECK bool zy_destroyed_check(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, struct zy_destroyed *out, struct zy_error *err);
/* Does the history of the destroyed subject's licences tell of it? Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_destroyed_told(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, bool *told, struct zy_error *err);
/* Of a version's row what its event tells: seq and recorded_at. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_destroyed_version(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned version,
    struct zy_row_version *out, struct zy_error *err);
/* What can be told of a licence whose data was destroyed: its newest version. */
ZY_MUST_CHECK bool zy_version_destroyed(
    struct zy_vault *v, const char *name, struct zy_version *out, struct zy_error *err);

/* get.c, versions.c */
ZY_MUST_CHECK bool zy_version_row(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned version,
    const struct zy_value_key *key, struct zy_row_version *out, bool *found, struct zy_error *err);
/* Associated data of a part of a version's blob: part 0 is the record, 1.. the files. */
struct zy_key zy_part_place(const char *name, unsigned version, unsigned part);
/* What a version holds, in the arena: at most ZY_PARTS_MAX octets. */
#define ZY_PARTS_MAX ((size_t)1 << 30)
struct zy_parts {
	struct zy_bytes record, files[ZY_VERSION_FILES_MAX];
	size_t stored; /* octets of the blob, as far as it was read */
};
ZY_MUST_CHECK bool zy_parts_open(struct zy_vault *v, struct zy_txn *txn, const struct zy_value_key *key,
    const char *name, unsigned version, const struct zy_row_version *row, bool with_files, struct zy_arena *a,
    struct zy_parts *out, struct zy_error *err);

/* day.c: legal time (zy/day.h) */
/* from: NULL or not after now. Errors: dates. */
/* Of the vault as it was opened: what is about all tenants is for no handle of one. Errors: tenant-right. */
ZY_MUST_CHECK bool zy_whole_only(const struct zy_vault *v, struct zy_error *err);
ZY_MUST_CHECK bool zy_legal_time_check(const zy_time *from, zy_time now, struct zy_error *err);
/* The place of the event that comes next among those of a licence. */
ZY_MUST_CHECK bool zy_licence_nth(
    struct zy_vault *v, struct zy_change *c, uint64_t number, uint64_t *out, struct zy_error *err);
/* The same among those of the rules. */
ZY_MUST_CHECK bool zy_rules_nth(struct zy_vault *v, struct zy_change *c, uint64_t *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_licence_tag(
    struct zy_vault *v, struct zy_bytes name, uint64_t nth, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err);
/* For the check: the events of a licence, of number 0 those of the rules, are counted from 1 without a gap. Errors:
 * vault-corrupt. */
ZY_MUST_CHECK bool zy_licence_chain_check(
    struct zy_vault *v, struct zy_txn *txn, uint64_t number, struct zy_error *err);

/* status.c */
/* The status row in force at `at`; *found false: valid since it was recorded. reason lies in *plain. */
ZY_MUST_CHECK bool zy_status_find(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned version, zy_time at,
    struct zy_row_status *out, struct zy_buf *plain, bool *found, struct zy_error *err);
/* Appends the event and the row. */
ZY_MUST_CHECK bool zy_status_append(struct zy_vault *v, struct zy_change *c, const char *name, uint64_t number,
    unsigned version, enum zy_status status, const char *reason, const zy_time *from, struct zy_error *err);

#endif
