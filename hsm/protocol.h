/*
 * What clients and the signer say to each other. A frame is a length (4 bytes, big-endian, 1..ZY_HSM_FRAME_MAX) and
 * that many bytes: one deterministic CBOR array. wait is how many milliseconds the client waits for the answer: faults
 * of the token are healed so long.
 *
 *   request                                              result
 *   [3, "ping", wait]                                    token name
 *   [3, "list", wait]                                    [[label, kind, uses, state, life, can leave], ...]
 *   [3, "sign", wait, [signing, ...]]                    [microseconds, [r||s | refusal, ...]]
 *   [3, "generate", wait, key, kind, uses]               null
 *   [3, "public", wait, key]                             [kind, point]
 *   [3, "wrap", wait, key, aad, bytes]                   IV || ciphertext || tag
 *   [3, "unwrap", wait, key, aad, bytes]                 bytes
 *   [3, "bench", wait, key, seconds]                     [signatures, microseconds, sessions]
 *   [3, "csr", wait, key, CertificationRequestInfo]      r||s
 *   [3, "life", wait, key, event, at, overlap]           null
 *   [3, "current", wait, key]                            label
 *   [3, "in-force", wait]                                [[digest|null, approved], the same of officers]
 *   [3, "approve", wait, order's file]                   already
 *   [3, "note", wait, key, zy_noted_request | empty]     the head noted last, empty if none was
 *
 * signing is [key, use, message, esID|null, item code|null]; the answer has as many results, in the same order, and the
 * microseconds that the token took for them. An answer is [3, 0, result] or [3, refusal], refusal being code name,
 * field, message. key is a PKCS#11 URI, kind is "sm2", "p256" or "aes256", use and uses are bits of enum zy_key_use.
 */
#ifndef ZY_HSM_PROTOCOL_H
#define ZY_HSM_PROTOCOL_H

#include "uri.h"
#include "zy/key_life.h"

#define ZY_HSM_VERSION 3
#define ZY_HSM_FRAME_MAX ((size_t)1100000)
#define ZY_HSM_SIGNINGS_MAX ((size_t)64) /* in one request */
#define ZY_HSM_AAD_MAX ((size_t)4096)
#define ZY_HSM_KEYS_MAX ((size_t)4096) /* keys of one token */
#define ZY_HSM_NAME_MAX ((size_t)64)   /* bytes of esID and of an item code */
#define ZY_HSM_BENCH_S_MAX 10
#define ZY_HSM_WAIT_MS 10000 /* a client's patience unless it says another */
#define ZY_HSM_WAIT_MS_MAX 60000
#define ZY_USE_ALL 8191u

enum zy_hsm_op {
	ZY_OP_PING,
	ZY_OP_LIST,
	ZY_OP_SIGN,
	ZY_OP_GENERATE,
	ZY_OP_PUBLIC,
	ZY_OP_WRAP,
	ZY_OP_UNWRAP,
	ZY_OP_BENCH,
	ZY_OP_CSR,
	ZY_OP_LIFE,
	ZY_OP_CURRENT,
	ZY_OP_IN_FORCE,
	ZY_OP_APPROVE,
	ZY_OP_NOTE,
	ZY_NUM_OPS
};

/* A request, or one signing of a request: then op is ZY_OP_SIGN and key, uses, message, esID and item_code are set. */
struct zy_hsm_request {
	enum zy_hsm_op op;
	unsigned wait_ms;          /* 0..ZY_HSM_WAIT_MS_MAX */
	struct zy_bytes key;       /* URI text; empty for ping, list, sign, in-force and approve */
	size_t num;                /* sign: 1..ZY_HSM_SIGNINGS_MAX */
	struct zy_bytes signings;  /* sign: so many, encoded one after the other */
	unsigned uses;             /* signing: one bit; generate: one or more */
	enum zy_key_kind kind;     /* generate */
	struct zy_bytes message;   /* signing, wrap, unwrap, csr, note; approve: the order's file */
	struct zy_bytes aad;       /* wrap, unwrap */
	struct zy_bytes esID;      /* signing; empty is null */
	struct zy_bytes item_code; /* signing; empty is null */
	unsigned seconds;          /* bench */
	enum zy_key_event event;   /* life */
	zy_time at;                /* life: 0 is now */
	uint64_t overlap_s;        /* life */
};

struct zy_hsm_answer {
	enum zy_code code;
	struct zy_bytes result;  /* ZY_OK: one CBOR item, whole; read it by what was asked */
	const char *field;       /* else: static, "signer" when the name is not known here */
	struct zy_bytes message; /* else: UTF-8 */
};

/* A frame is begun, its content put, and ended: _end writes the length and looks for a failed put.
 * Errors: too-large, no-memory. */
void zy_hsm_frame_begin(struct zy_buf *out);
ZY_MUST_CHECK bool zy_hsm_frame_end(struct zy_buf *out, struct zy_error *err);
/* The length of the content from the frame's first 4 bytes. Errors: truncated, too-large. */
ZY_MUST_CHECK bool zy_hsm_frame_len(struct zy_bytes head, size_t *len, struct zy_error *err);

/* Views into `in` (a frame's content). Errors: cbor, truncated, trailing-bytes, utf8. */
ZY_MUST_CHECK bool zy_hsm_request_parse(struct zy_hsm_request *out, struct zy_bytes in, struct zy_error *err);
void zy_hsm_request_encode(const struct zy_hsm_request *q, struct zy_buf *out);
ZY_MUST_CHECK bool zy_hsm_answer_parse(struct zy_hsm_answer *out, struct zy_bytes in, struct zy_error *err);
void zy_hsm_answer_refuse(struct zy_buf *out, const struct zy_error *why);
/* [2, 0 and then the caller puts exactly one item. */
void zy_hsm_answer_begin(struct zy_buf *out);

/* One signing of a request, and one of its results: r||s, or when rs is NULL a refusal. Taking a result gives the
 * refusal in *why, whose code is ZY_OK when rs was set. Errors: cbor, truncated, utf8. */
void zy_hsm_signing_put(struct zy_buf *out, const struct zy_hsm_request *q);
ZY_MUST_CHECK bool zy_hsm_signing_take(struct zy_reader *r, struct zy_hsm_request *out, struct zy_error *err);
void zy_hsm_signed_put(struct zy_buf *out, const uint8_t rs[64], const struct zy_error *why);
ZY_MUST_CHECK bool zy_hsm_signed_take(struct zy_reader *r, uint8_t rs[64], struct zy_error *why, struct zy_error *err);

const char *zy_hsm_op_name(enum zy_hsm_op op);

#endif
