/*
 * Signed notes (C2SP signed-note): a text of lines, a blank line, then signature lines
 *   "— " NAME " " base64(key id, 4 octets, big-endian || signature)
 * and the keys that sign them. Parsing judges nothing: who trusts which key is the caller's.
 */
#ifndef ZY_NOTE_H
#define ZY_NOTE_H

#include "zy/arena.h"
#include "zy/buf.h"

#define ZY_NOTE_MAX ((size_t)65536)      /* octets of a note */
#define ZY_NOTE_SIGNATURES_MAX 32        /* lines; readers must take 16 */
#define ZY_NOTE_NAME_MAX ((size_t)128)   /* octets of a key name */
#define ZY_NOTE_VALUE_MAX ((size_t)8192) /* octets of one signature */

struct zy_note_signature {
	struct zy_bytes name;
	uint32_t id;
	struct zy_bytes value; /* without the id */
};

struct zy_note {
	struct zy_bytes text; /* with its last newline, without the blank line: what is signed */
	size_t num;           /* of signatures, 1 at least */
	struct zy_note_signature signatures[ZY_NOTE_SIGNATURES_MAX];
};

/* Text and names are views of in; values lie in the arena. Errors: note, utf8, too-large, no-memory. */
ZY_MUST_CHECK bool zy_note_parse(struct zy_note *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* One signature line. text, "\n" and such lines are a note. */
void zy_note_put_signature(struct zy_buf *out, const struct zy_note_signature *s);
/* 1..ZY_NOTE_NAME_MAX octets of UTF-8 without Unicode spaces, control characters and '+'. Errors: note. */
ZY_MUST_CHECK bool zy_note_name_check(struct zy_bytes name, struct zy_error *err);

/*
 * Kinds of key, with the type octet of signed-note. Those with type 0xff, "not assigned", and a longer name are ours.
 * All sign the text; cosignatures sign it behind "cosignature/v1\ntime T\n" (C2SP tlog-cosignature), and their value
 * begins with T, 8 octets.
 *
 *   ED25519           0x01 || 32 octets                                               value: 64 octets
 *   ECDSA             0x02 || SubjectPublicKeyInfo, P-256                             value: DER, SHA-256
 *   ED25519_COSIGNED  0x04 || 32 octets                                               value: T || 64 octets
 *   SM2               0xff || "sm2sig_sm3" || 04||x||y                                value: DER (GM/T 0009), SM3
 *   ECDSA_COSIGNED    0xff || "cosignature/v1 ecdsa_p256_sha256" || 04||x||y          value: T || DER, SHA-256
 *   SM2_COSIGNED      0xff || "cosignature/v1 sm2sig_sm3" || 04||x||y                 value: T || DER, SM3
 *
 * SM2 with ID 1234567812345678. The id is the first four octets of SHA-256(name || "\n" || type || key); of ECDSA, of
 * SHA-256(SubjectPublicKeyInfo).
 */
enum zy_note_kind {
	ZY_NOTE_ED25519,
	ZY_NOTE_ECDSA,
	ZY_NOTE_ED25519_COSIGNED,
	ZY_NOTE_SM2,
	ZY_NOTE_ECDSA_COSIGNED,
	ZY_NOTE_SM2_COSIGNED,
	ZY_NUM_NOTE_KINDS
};
bool zy_note_kind_is_cosigned(enum zy_note_kind k);

struct zy_note_key {
	char name[ZY_NOTE_NAME_MAX + 1];
	enum zy_note_kind kind;
	uint32_t id;
	size_t point_len;  /* 32 of Ed25519, else 65 */
	uint8_t point[65]; /* not checked to be on a curve */
};
/* Errors: note (name), key (length or form of the point), crypto. */
ZY_MUST_CHECK bool zy_note_key_make(
    struct zy_note_key *out, struct zy_bytes name, enum zy_note_kind kind, struct zy_bytes point, struct zy_error *err);
/* The text form (vkey): NAME "+" eight hexadecimal digits of the id "+" base64(type || key). Errors: note, key, crypto.
 */
ZY_MUST_CHECK bool zy_note_key_parse(struct zy_note_key *out, struct zy_bytes vkey, struct zy_error *err);
void zy_note_key_encode(const struct zy_note_key *k, struct zy_buf *out);
bool zy_note_key_made(const struct zy_note_key *k, const struct zy_note_signature *s); /* by name and id */

/* What a key signs: the text, of a cosigner with time T before it. */
void zy_note_message(const struct zy_note_key *k, uint64_t time, struct zy_bytes text, struct zy_buf *out);
/* A value's time (0 unless cosigned) and signature: r||s, or the 64 octets of Ed25519. Errors: note. */
ZY_MUST_CHECK bool zy_note_value_parse(
    const struct zy_note_key *k, struct zy_bytes value, uint64_t *time, uint8_t out[64], struct zy_error *err);
void zy_note_value_encode(const struct zy_note_key *k, uint64_t time, const uint8_t in[64], struct zy_buf *out);

#endif
