/*
 * The vault: one folder, versions never overwritten, keyed to the unified identity. One process owns it
 * (an exclusive lock on VAULT/owner.lock); inside it any thread may read and commit. Commits that wait together
 * share one transaction and one fsync. Values are sealed (AEAD, associated data = their key) under per-subject data
 * keys, which a key in the token wraps. The identity index is HMAC(index key, kind || number): a stolen file cannot be
 * walked by number.
 */
#ifndef ZY_VAULT_H
#define ZY_VAULT_H

#include "zy/arena.h"
#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/data_key.h"
#include "zy/digest.h"
#include "zy/identity.h"
#include "zy/log_proof.h"
#include "zy/terms.h"

struct zy_vault;

/* How data keys are wrapped: the token's AES key, through the signing service. Called from any thread. is_current: did
 * the generation of that key that wraps now wrap this? `again`: the token is asked anew, which one that is. */
struct zy_wrapper {
	bool (*wrap)(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err);
	bool (*unwrap)(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err);
	bool (*is_current)(void *arg, bool again, struct zy_bytes wrapped, bool *out, struct zy_error *err);
	void *arg;
};

/* Makes an empty vault in a new folder; suite chooses the AEAD: gm SM4-CTR with HMAC-SM3, intl AES-256-GCM.
 * Errors: exists, io, vault, and the wrapper's. */
ZY_MUST_CHECK bool zy_vault_make(
    const char *folder, enum zy_suite suite, const struct zy_wrapper *w, struct zy_error *err);
/* The clock gives record times; it may stand still or run back, record time then stands still.
 * Errors: vault-absent, vault-form, busy (after waiting wait_s seconds for the owner), vault, vault-corrupt, and the
 * wrapper's. */
ZY_MUST_CHECK bool zy_vault_open(struct zy_vault **out, const char *folder, const struct zy_wrapper *w,
    const struct zy_clock *clock, unsigned wait_s, struct zy_error *err);
void zy_vault_close(struct zy_vault *v);

/*
 * Intent: what is about to be minted, durable before any key is used. Idempotent by request key.
 * Found with the same asked digest: the same serial and time again (state says how far it came).
 * Found with another digest: request-conflict.
 */
enum zy_intent_state { ZY_INTENT_OPEN, ZY_INTENT_DONE };
struct zy_intent {
	enum zy_intent_state state;
	uint64_t serial;                     /* counts from 1 for each issuer and type; meaningless for a change */
	zy_time at;                          /* when the intent was first recorded: the licence's made_at */
	char licence[ZY_IDENTIFIER_MAX + 1]; /* DONE: the identifier that was minted */
};
#define ZY_REQUEST_MAX 128 /* characters of a request key, printable ASCII */
/* serial_scope: e.g. "TYPECODE.ISSUER", 1..64 of letters, digits, dot, - and _; NULL takes no serial.
 * Errors: field-range (request or scope), request-conflict, vault, vault-full. */
ZY_MUST_CHECK bool zy_vault_intend(struct zy_vault *v, const char *request, const uint8_t asked[ZY_HASH_LEN],
    const char *serial_scope, struct zy_intent *out, struct zy_error *err);
/* Takes an open intent back: nothing stays of it but an event that accounts for its serial; the request key is free
 * again. reason: as for a status. Errors: not-found, state (it is done), vault, vault-full. */
ZY_MUST_CHECK bool zy_vault_cancel(struct zy_vault *v, const char *request, const char *reason, struct zy_error *err);
/* Open intents, oldest first: what a crash left. cb returns false to stop; it may commit and cancel. request and in
 * live until zy_vault_open_intents returns. */
ZY_MUST_CHECK bool zy_vault_open_intents(struct zy_vault *v,
    bool (*cb)(void *arg, const char *request, const struct zy_intent *in), void *arg, struct zy_error *err);

enum zy_status {
	ZY_STATUS_VALID,
	ZY_STATUS_SUSPENDED,
	ZY_STATUS_REVOKED,
	ZY_STATUS_SUPERSEDED,
	ZY_NUM_STATUS,
	/* stored nowhere */
	ZY_STATUS_DESTROYED = ZY_NUM_STATUS, /* the holder's data was destroyed by order */
	ZY_STATUS_ON_PROMISE,                /* valid, and its record has terms (zy/terms.h) whose day has not passed */
	ZY_STATUS_OVERDUE,                   /* a promise that was not checked in time: valid all the same */
	ZY_STATUS_CONDITIONAL,
	ZY_STATUS_LAPSED,        /* a condition that was not met in time: valid no more */
	ZY_STATUS_NOT_YET_VALID, /* its first day has not come */
	ZY_STATUS_EXPIRED        /* its last day is over */
};
const char *zy_status_name(enum zy_status s); /* "valid" ... */
/* Valid, on whatever terms. */
bool zy_status_holds(enum zy_status s);

struct zy_vault_file {
	unsigned form; /* ZY_FORM_OFD, ZY_FORM_PDF of policies/ */
	struct zy_bytes bytes;
};

/* Where an event stands in the log, and the octets of its leaf. */
struct zy_logged {
	uint64_t index;
	size_t len; /* 0: not known here; ask zy_vault_log_leaf */
	uint8_t leaf[ZY_LOG_LEAF_MAX];
};

/* A version to be stored. licence = identifier without version and check: TYPE.ISSUER.SERIAL. */
struct zy_version_new {
	const char *request;    /* closes this intent */
	const char *identifier; /* whole identifier; its version must be the last + 1 */
	const struct zy_holder *holder;
	const char *type_code;
	struct zy_bytes record; /* CBOR of zy_record */
	const struct zy_vault_file *files;
	size_t num_files;
	zy_time valid_from, valid_to; /* legal time; ZY_TIME_NEVER for long term */
	const char *reason;           /* of its event: 1..64 of [a-z0-9-]; NULL: none */
	const zy_time *from;          /* legal time from which it takes the place of the one before (zy/day.h), not
					 after now; NULL: from now, or valid_from when that is later */
	struct zy_logged *logged;     /* receives the version's leaf, with len 0 when it was stored before; or NULL */
};
/* Durable on return; blocks for the group commit. The version before becomes superseded in the same transaction. The
 * same commit again (request done, same identifier) is true: its answer may have been lost. At most 8 files of 64 MB, a
 * record of 256 KB. Not checked: that the record is one, that the serial is the intent's.
 * Errors: state (no intent, a version gap, a suspended or revoked licence, another holder's licence), request-conflict,
 * licence-identifier, dates, too-large, vault, vault-full, and the wrapper's. */
ZY_MUST_CHECK bool zy_vault_commit(struct zy_vault *v, const struct zy_version_new *n, struct zy_error *err);

/*
 * What versions have in common, and is nobody's: of a sample of a type, of invented data, with its seal. Files of later
 * versions are packed against it, so that a template is stored once for all licences; it is sealed under the key of
 * all. It only grows, to 16 MiB; beyond that nothing is added. name: 1..128 characters; the same name again adds
 * nothing. Never pass what a holder's file says: it outlives the holder's data key. has: also when there is no room for
 * more. Errors: too-large (more than 4 MiB at once), vault, vault-full.
 */
#define ZY_COMMON_NAME_MAX 128
ZY_MUST_CHECK bool zy_vault_common_has(struct zy_vault *v, const char *name, bool *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_vault_common_add(
    struct zy_vault *v, const char *name, struct zy_bytes bytes, struct zy_error *err);

struct zy_version {
	char identifier[ZY_IDENTIFIER_MAX + 1];
	unsigned version;
	uint64_t log_index; /* of its leaf */
	zy_time recorded_at, valid_from, valid_to;
	enum zy_status status; /* as of the `at` asked, or of now when that is earlier */
	unsigned next;         /* the version recorded after it by then; 0: none. Until that begins, this one holds */
	struct zy_terms terms; /* of its record; also when what was stored is no record: none */
	const char *reason;    /* of the status, "" if none */
	zy_time status_at;     /* when that status was recorded; what follows from a day: that day */
	struct zy_bytes record;
	size_t num_files;
	const struct zy_vault_file *files; /* bytes set only when asked for */
};
/* identifier: of any version, or TYPE.ISSUER.SERIAL alone. version 0: the newest recorded at or before `at`
 * (ZY_TIME_NEVER: now). All that out points to is in the arena. Errors: not-found, licence-identifier, vault-corrupt,
 * vault, no-memory (the arena's cap), and the wrapper's. */
ZY_MUST_CHECK bool zy_vault_get(struct zy_vault *v, const char *identifier, unsigned version, zy_time at,
    bool with_files, struct zy_arena *a, struct zy_version *out, struct zy_error *err);

/* Records a status of the newest version. Checked: valid <-> suspended, valid|suspended -> revoked; others: state.
 * reason: 1..64 of [a-z0-9-]. Errors: not-found, state, vault, vault-full. */
ZY_MUST_CHECK bool zy_vault_set_status(
    struct zy_vault *v, const char *identifier, enum zy_status s, const char *reason, struct zy_error *err);
/* The same from a legal time on that is not after now; NULL: from now. Errors also: dates. */
ZY_MUST_CHECK bool zy_vault_set_status_from(struct zy_vault *v, const char *identifier, enum zy_status s,
    const char *reason, const zy_time *from, struct zy_error *err);

/* Newest versions (without files) of one holder, or of all (holder NULL); none is an empty list. cb returns false to
 * stop. Of a holder who has several identifiers (zy/person.h) those of all. What v points to is in the arena; a
 * callback that keeps nothing may zy_arena_free it before it returns, so that a list of millions stays small. Each
 * licence is read on its own: commits during a long list may or may not show. Of a licence whose data was destroyed by
 * order there are identifier, version and the status ZY_STATUS_DESTROYED alone. */
typedef bool zy_vault_cb(void *arg, const struct zy_version *v);
ZY_MUST_CHECK bool zy_vault_list(struct zy_vault *v, const struct zy_holder *holder, struct zy_arena *a,
    zy_vault_cb *cb, void *arg, struct zy_error *err);

struct zy_vault_event {
	uint64_t seq;
	zy_time at, from; /* record time; legal time */
	const char
	    *what; /* "intent" "mint" "change" "suspended" "valid" "revoked" "superseded" "cancelled" "destroyed" */
	unsigned version;   /* 0 for an intent */
	const char *reason; /* "" if none */
};
/* The events of one licence, oldest first. */
ZY_MUST_CHECK bool zy_vault_history(struct zy_vault *v, const char *identifier, struct zy_arena *a,
    bool (*cb)(void *arg, const struct zy_vault_event *e), void *arg, struct zy_error *err);

/* TYPE.ISSUER.SERIAL of the licence minted or changed last that can be read; *found is false in a vault without any (or
 * when the last ten thousand events made none). Errors: vault, vault-corrupt. */
ZY_MUST_CHECK bool zy_vault_newest(
    struct zy_vault *v, char out[ZY_IDENTIFIER_MAX + 1], bool *found, struct zy_error *err);

/*
 * The transparency log. Every event is a leaf of one Merkle tree, appended in the transaction that stores the event:
 * event number seq is entry seq - 1, so the tree has as many leaves as there are events. An entry is a commitment (zy/
 * log_proof.h) whose salt only the vault knows; entries and hashes may be published. A tree only grows: heads and
 * proofs of any smaller size can be had at any time.
 */
/* The tree's head now. Errors: vault..., crypto. */
ZY_MUST_CHECK bool zy_vault_log_head(struct zy_vault *v, struct zy_merkle_head *out, struct zy_error *err);
/* Head of a size, up to that of now. Errors: not-found. */
ZY_MUST_CHECK bool zy_vault_log_head_of(
    struct zy_vault *v, uint64_t size, struct zy_merkle_head *out, struct zy_error *err);
/* Errors: not-found (index or sizes beyond the tree). */
ZY_MUST_CHECK bool zy_vault_log_prove(
    struct zy_vault *v, uint64_t index, uint64_t size, struct zy_merkle_path *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_vault_log_consistency(
    struct zy_vault *v, uint64_t from, uint64_t size, struct zy_merkle_path *out, struct zy_error *err);
/* The leaf of event index + 1, made again from what the vault holds and held against the stored entry.
 * Errors: not-found, log, vault... and the wrapper's. */
ZY_MUST_CHECK bool zy_vault_log_leaf(struct zy_vault *v, uint64_t index, struct zy_logged *out, struct zy_error *err);
/* Appends num hashes of a tile level (zy/log_proof.h) from `first` on; of ZY_TILE_ENTRIES the entries, each behind its
 * length in two octets. Errors: not-found. */
ZY_MUST_CHECK bool zy_vault_log_hashes(
    struct zy_vault *v, int level, uint64_t first, unsigned num, struct zy_buf *out, struct zy_error *err);
/* Makes every leaf again from its event and holds the tree against them, a piece at a time, while others write; *out is
 * its head at the end. Errors: log, vault-corrupt. */
ZY_MUST_CHECK bool zy_vault_log_check(struct zy_vault *v, struct zy_merkle_head *out, struct zy_error *err);

/*
 * After the wrapping key got a new generation: data keys that an older one wrapped are wrapped anew, and nothing else
 * is written. A call does a part and moves *r on, so that others commit in between; begin with { 0 }, go on until
 * complete. Each new wrapping is opened again before it takes the place of the old. Killed at any moment, what is left
 * is found by beginning anew. Errors: vault..., and the wrapper's.
 */
struct zy_rewrap {
	uint32_t tenant; /* inside, with next: where to go on */
	uint64_t next;
	uint64_t keys, rewrapped; /* data keys met, and those of them that were wrapped anew */
	bool complete;
};
ZY_MUST_CHECK bool zy_vault_rewrap(struct zy_vault *v, struct zy_rewrap *r, struct zy_error *err);
/* Every wrapped key, as the wrapper made it. */
ZY_MUST_CHECK bool zy_vault_wrapped(struct zy_vault *v,
    bool (*cb)(void *arg, struct zy_bytes wrapped, struct zy_error *err), void *arg, struct zy_error *err);

/*
 * A holder's data key, and its end by lawful order. zy_vault_shred takes the wrapped key away, for good: what it sealed
 * is read no more (destroyed-by-order) while events, log and counts stay whole; an event names the order in the history
 * of each of the holder's licences. The holder may come again, as somebody new. Refused while the wrapper still opens
 * the key: an old copy of it would open too. Not checked here: the order. Errors: not-found, state (it still opens),
 * vault..., and the wrapper's.
 */
struct zy_data_key {
	uint8_t id[ZY_DATA_KEY_ID_LEN];
	uint64_t licences; /* of the holder */
	bool destroyed;
};
ZY_MUST_CHECK bool zy_vault_data_key(
    struct zy_vault *v, const struct zy_holder *h, struct zy_data_key *out, struct zy_error *err);
struct zy_shredded {
	uint64_t licences;
	bool already; /* it was so before: nothing was done */
};
/* order: SHA-256 of the order's bytes. */
ZY_MUST_CHECK bool zy_vault_shred(struct zy_vault *v, const uint8_t id[ZY_DATA_KEY_ID_LEN],
    const uint8_t order[ZY_HASH_LEN], struct zy_shredded *out, struct zy_error *err);

struct zy_vault_counts {
	uint64_t subjects, licences, versions, open_intents, events, map_bytes, used_bytes;
};
/* Of the vault as it was opened everything, of a tenant's handle (zy/tenants.h) its own. */
ZY_MUST_CHECK bool zy_vault_count(struct zy_vault *v, struct zy_vault_counts *out, struct zy_error *err);
/* Each database: its rows, and the octets that it takes on the disk; of all tenants. */
struct zy_vault_table {
	const char *name;
	uint64_t rows, bytes;
};
ZY_MUST_CHECK bool zy_vault_tables(
    struct zy_vault *v, void (*cb)(void *arg, const struct zy_vault_table *t), void *arg, struct zy_error *err);
/* Also of a tenant's handle only its own rows. Opens every value under its key (one unwrap for each subject), and holds
 * counts and indexes against each other. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_vault_check(struct zy_vault *v, struct zy_vault_counts *out, struct zy_error *err);

#endif
