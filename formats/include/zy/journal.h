/*
 * The journal of a signer: what was signed, when, with which key, under which rule; never what the message says.
 * A file of frames: a length (4 bytes, big-endian, 1..ZY_JOURNAL_RECORD_MAX) and that many bytes, one deterministic
 * CBOR array
 *   [1, seq, prev, at, what, key, use, digest, esID|null, item|null, rule|null, caller, total, today]
 * prev is SHA-256 of the record before, of the first one SHA-256 of "zhengyin journal " and the token's name: nothing
 * can be changed, taken out or put between without changing all that follows. What was cut off at the end shows only
 * against a head that was noted elsewhere.
 */
#ifndef ZY_JOURNAL_H
#define ZY_JOURNAL_H

#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/digest.h"

#define ZY_JOURNAL_RECORD_MAX ((size_t)1024)
#define ZY_JOURNAL_NAME_MAX ((size_t)255)

struct zy_journal_record {
	uint64_t seq; /* from 1, without gaps */
	uint8_t prev[ZY_HASH_LEN];
	zy_time at;
	struct zy_bytes what;        /* "sign", "bench"; "key": use is the event, item the key's life (zy/key_life.h),
					digest SHA-256 of it, and there is no seal */
	struct zy_bytes key;         /* label, 1..255 bytes */
	struct zy_bytes use;         /* word of the key use: "seal-sign" */
	uint8_t digest[ZY_HASH_LEN]; /* SHA-256 of the message */
	struct zy_bytes esID, item;  /* empty is null: no seal. Item of a log's key: "ORIGIN SIZE ROOT" */
	bool has_rule;               /* seals: the rule that allowed it */
	uint8_t rule[ZY_HASH_LEN];
	uint64_t caller;       /* uid of who asked */
	uint64_t total, today; /* uses of the seal with this key, this one counted; 0 without a seal */
};

/* One record's bytes. Views into `in`. Errors: cbor, truncated, trailing-bytes, utf8, too-large. */
ZY_MUST_CHECK bool zy_journal_record_parse(struct zy_journal_record *out, struct zy_bytes in, struct zy_error *err);
void zy_journal_record_encode(const struct zy_journal_record *r, struct zy_buf *out);

/* The end of a journal as far as it was read or written. */
struct zy_journal_head {
	uint64_t seq;    /* of the last record, 0 for none */
	uint64_t offset; /* where the next frame begins in the file */
	uint8_t hash[ZY_HASH_LEN];
};
/* The head of an empty journal. Errors: crypto. */
ZY_MUST_CHECK bool zy_journal_head_start(struct zy_journal_head *out, const char *token, struct zy_error *err);
/*
 * The next frame of r, which must follow on *head; then *head is its end. Nothing moves when it fails.
 * Errors: truncated (the frame is not whole), journal (it does not follow), those of zy_journal_record_parse, crypto.
 */
ZY_MUST_CHECK bool zy_journal_take(
    struct zy_reader *r, struct zy_journal_head *head, struct zy_journal_record *out, struct zy_error *err);
/* Appends a frame with seq and prev taken from *head, which then is its end; r->seq and r->prev are set.
 * Errors: no-memory, too-large, crypto. */
ZY_MUST_CHECK bool zy_journal_put(
    struct zy_buf *out, struct zy_journal_head *head, struct zy_journal_record *r, struct zy_error *err);

#endif
