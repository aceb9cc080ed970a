/*
 * What a phone shows (亮证): the credential zy-cred-1 and the offline code ZY1, as of the showing protocol, parts (a)
 * and (b1). Bytes to structures and back; verify/ judges. Staples and the modes 1 and 2 are not read here yet: a code
 * that carries one is refused by its shape.
 */
#ifndef ZY_SHOWING_H
#define ZY_SHOWING_H

#include "zy/arena.h"
#include "zy/clock.h"
#include "zy/cose.h"

#define ZY_SHOWING_PREFIX "ZY1:"
#define ZY_SHOWING_TEXT_MAX 3100 /* characters with the prefix */
#define ZY_SHOWING_BYTES_MAX 2048
#define ZY_SHOWING_FIELDS_MAX 32
#define ZY_SHOWING_LABEL_MAX 9999
#define ZY_SHOWING_SALT_LEN 16
#define ZY_SHOWING_POINT_LEN 33 /* compressed */
#define ZY_CREDENTIAL_AAD "zy-cred-1"

struct zy_credential {
	struct zy_cose cose;
	struct zy_bytes issuer; /* credit code, 18 characters */
	unsigned type;          /* number of the type in the trust bundle */
	zy_time iat, exp;
	enum zy_suite holder_suite;
	uint8_t holder_point[ZY_SHOWING_POINT_LEN];
	unsigned n; /* leaves of the field tree: 8, 16 or 32 */
	uint8_t root[ZY_HASH_LEN];
};

/* Payload [1, issuer, type, iat, exp, [holder alg, point], null, n, root]; the seventh member is the status reference,
 * null as long as the issuer runs no status lists. The cose member is not read. */
void zy_credential_payload_encode(const struct zy_credential *c, struct zy_buf *out);
/* From a reader (in a showing) or a whole file. Errors: cose, cbor, truncated, showing. */
ZY_MUST_CHECK bool zy_credential_parse(struct zy_credential *out, struct zy_reader *r, struct zy_error *err);

/* A field: bstr of [label, salt, value]; value is a text or an integer. */
struct zy_shown_field {
	unsigned index; /* of its leaf, < n */
	struct zy_bytes bytes;
	unsigned label;
	bool is_text;
	struct zy_bytes text; /* when is_text */
	int64_t number;       /* otherwise */
};
void zy_shown_field_encode(
    unsigned label, const uint8_t salt[ZY_SHOWING_SALT_LEN], struct zy_bytes text, struct zy_buf *out);
void zy_shown_number_encode(
    unsigned label, const uint8_t salt[ZY_SHOWING_SALT_LEN], int64_t number, struct zy_buf *out);
ZY_MUST_CHECK bool zy_shown_field_parse(struct zy_shown_field *out, struct zy_bytes in, struct zy_error *err);

/*
 * The field tree: leaves and nodes are those of zy/merkle.h over the bytes of the fields. The proof of a set of leaves
 * is the list of the nodes that cannot be computed from them, level by level from the leaves up, each level from left
 * to right.
 */
ZY_MUST_CHECK bool zy_tree_root(
    enum zy_hash h, const uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
/* shown: bit i stands for leaf i. */
ZY_MUST_CHECK bool zy_tree_prove(enum zy_hash h, const uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint32_t shown,
    struct zy_buf *siblings, struct zy_error *err);
/* *good: every sibling was used exactly once and the root comes out. leaves: only those in `shown` are read. */
ZY_MUST_CHECK bool zy_tree_check(enum zy_hash h, const uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint32_t shown,
    struct zy_bytes siblings, const uint8_t root[ZY_HASH_LEN], bool *good, struct zy_error *err);

enum { ZY_SHOWING_MODE_FREE = 0 };
struct zy_session {
	zy_time iat;
	uint8_t nonce[8];
	unsigned mode; /* 0: free showing */
};

struct zy_showing {
	struct zy_credential credential;
	size_t num_fields;
	struct zy_shown_field fields[ZY_SHOWING_FIELDS_MAX];
	struct zy_bytes siblings; /* 32 bytes each */
	struct zy_session session;
	struct zy_bytes fields_cbor, staple_cbor, session_cbor; /* as received: they are what the holder signed */
	uint8_t rs[64];
};

/* Text to bytes: prefix, length, strict base45. Trailing line feed allowed (a scanner's). Errors: showing, base45. */
ZY_MUST_CHECK bool zy_showing_decode(struct zy_bytes text, struct zy_buf *out, struct zy_error *err);
void zy_showing_text(struct zy_bytes bytes, struct zy_buf *out);
/* Views into `in`. Indexes ascend and are < n. Errors: cbor, cose, truncated, trailing-bytes, showing. */
ZY_MUST_CHECK bool zy_showing_parse(struct zy_showing *out, struct zy_bytes in, struct zy_error *err);
/* The parts in CBOR, and the whole of them: [1, credential, fields, siblings, staple, session, signature]. */
void zy_showing_fields_encode(const struct zy_shown_field *fields, size_t num, struct zy_buf *out);
void zy_session_encode(const struct zy_session *s, struct zy_buf *out);
void zy_showing_encode(struct zy_bytes credential, struct zy_bytes fields_cbor, struct zy_bytes siblings,
    struct zy_bytes staple_cbor, struct zy_bytes session_cbor, const uint8_t rs[64], struct zy_buf *out);

/* What the holder signs: ["zy-show-1", H(credential), H(fields), H(staple), session]; H is the hash of the holder's
 * algorithm. */
ZY_MUST_CHECK bool zy_showing_input(enum zy_suite holder, struct zy_bytes credential, struct zy_bytes fields_cbor,
    struct zy_bytes staple_cbor, struct zy_bytes session_cbor, struct zy_buf *out, struct zy_error *err);

#endif
