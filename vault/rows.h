/*
 * The stored rows as they are inside their seal: CBOR arrays of a fixed shape, or big-endian numbers. Parsers give
 * views of their input; what does not encode back to the same bytes is refused.
 */
#ifndef ZY_VAULT_ROWS_H
#define ZY_VAULT_ROWS_H

#include "zy/buf.h"
#include "zy/data_key.h"
#include "zy/vault.h"

#define ZY_WRAPPED_MAX 1024 /* bytes of a wrapped data key */
#define ZY_REASON_MAX 64    /* characters */
#define ZY_SCOPE_MAX 64     /* characters of a serial scope */
#define ZY_NAME_MAX 73      /* TYPE.ISSUER.SERIAL */
#define ZY_ABOUT_MAX 128    /* octets: what an event is about */
#define ZY_VERSION_FILES_MAX 8
#define ZY_VERSION_FILE_MAX ((size_t)64 << 20)
#define ZY_VERSION_RECORD_MAX ((size_t)256 << 10)

/* meta "vault": [2, suite, wrapped index key, wrapped vault key, sealed probe]; not sealed */
struct zy_row_vault {
	enum zy_suite suite;
	struct zy_bytes wrapped_index, wrapped_vault, probe;
};
void zy_row_vault_encode(const struct zy_row_vault *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_vault_parse(struct zy_row_vault *out, struct zy_bytes in, struct zy_error *err);

/* subject: [identifier of its data key, wrapped data key, sealed holder]; the outer row is not sealed.
 * Destroyed: no wrapped key, and SHA-256 of the order in place of the holder. */
struct zy_row_subject {
	struct zy_bytes key_id; /* ZY_DATA_KEY_ID_LEN octets */
	struct zy_bytes wrapped, holder;
};
void zy_row_subject_encode(const struct zy_row_subject *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_subject_parse(struct zy_row_subject *out, struct zy_bytes in, struct zy_error *err);

/* licence: [number, subject] */
struct zy_row_licence {
	uint64_t number, subject; /* number: seq of the mint event of version 1 */
};
void zy_row_licence_encode(const struct zy_row_licence *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_licence_parse(struct zy_row_licence *out, struct zy_bytes in, struct zy_error *err);

/* version: [seq, recorded_at, valid_from, valid_to, record length, rows of `common` that its files are packed against,
 * [form, length, packed length]...] */
struct zy_row_version {
	uint64_t seq; /* of the mint or change event; also where its bytes lie in `blob` */
	zy_time recorded_at, valid_from, valid_to;
	size_t record_len, num_files;
	uint64_t common;
	struct {
		unsigned form;
		size_t len, packed; /* of the file; of what is stored of it (pack.h) */
	} files[ZY_VERSION_FILES_MAX];
};
#define ZY_PACKED_MAX (ZY_VERSION_FILE_MAX + 16) /* a packed file is at most a few octets longer */
void zy_row_version_encode(const struct zy_row_version *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_version_parse(struct zy_row_version *out, struct zy_bytes in, struct zy_error *err);

/* status: [at, status, reason] */
struct zy_row_status {
	zy_time at;
	enum zy_status status;
	struct zy_bytes reason;
};
void zy_row_status_encode(const struct zy_row_status *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_status_parse(struct zy_row_status *out, struct zy_bytes in, struct zy_error *err);

/* intent: [asked, at, serial, seq of its event, seq of the event that closed it or 0] */
struct zy_row_intent {
	struct zy_bytes asked; /* ZY_HASH_LEN bytes */
	zy_time at;
	uint64_t serial, seq, done;
};
void zy_row_intent_encode(const struct zy_row_intent *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_intent_parse(struct zy_row_intent *out, struct zy_bytes in, struct zy_error *err);

enum zy_event_what {
	ZY_EVENT_INTENT,
	ZY_EVENT_MINT,
	ZY_EVENT_CHANGE,
	ZY_EVENT_SUSPENDED,
	ZY_EVENT_VALID,
	ZY_EVENT_REVOKED,
	ZY_EVENT_SUPERSEDED,
	ZY_EVENT_CANCELLED,
	ZY_EVENT_TENANT, /* name: code of the tenant made or named; number: its number */
	ZY_EVENT_RIGHT_GIVEN,
	ZY_EVENT_RIGHT_TAKEN,
	ZY_EVENT_LOOKED_DOWN, /* name: code of the tenant above; number: its number */
	ZY_EVENT_GENESIS,     /* from here to TRUST: of what is no licence (zy/follow.h) */
	ZY_EVENT_ORDER,
	ZY_EVENT_KEY,
	ZY_EVENT_SEAL,
	ZY_EVENT_POLICY,
	ZY_EVENT_TRUST,
	ZY_EVENT_ACCESS,    /* number: of the receipt; name: of the licence, or empty; reason: what was done */
	ZY_EVENT_DESTROYED, /* name: SHA-256 of the order in hex; number: the subject (shred.c) */
	ZY_EVENT_LOG, /* name: origin of the log; number: size of what was lost of it; reason: from where it goes on */
	ZY_EVENT_IDENTIFIED, /* from here to NAMED: of a person (person.h); number: of identifiers it was told under */
	ZY_EVENT_MERGED,
	ZY_EVENT_SPLIT,
	ZY_EVENT_NAMED,
	ZY_NUM_EVENTS
};
/* event: [at, what, name, number, reason, digest, subject, from, nth]. intent, cancelled: name is the serial scope,
 * number the serial; of licences name is TYPE.ISSUER.SERIAL, number the version. digest: of what is no licence
 * (zy/follow.h), else empty. subject: of an access or a person, else 0. from: legal time, from when what it says holds;
 * at where nobody says otherwise. nth: of a licence's event its place among the events of that licence, from 1, and of
 * one of the rules among those; else 0.
 */
struct zy_row_event {
	zy_time at;
	enum zy_event_what what;
	struct zy_bytes name;
	uint64_t number;
	struct zy_bytes reason, digest;
	uint64_t subject;
	zy_time from;
	uint64_t nth;
	bool dated; /* not stored: from is given */
};
void zy_row_event_encode(const struct zy_row_event *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_event_parse(struct zy_row_event *out, struct zy_bytes in, struct zy_error *err);

/* holder -> subject, serial -> last number: eight bytes */
ZY_MUST_CHECK bool zy_row_number_parse(uint64_t *out, struct zy_bytes in, struct zy_error *err);

#endif
