/*
 * A receipt: who looked at what a vault holds of one subject, when, for which item and case, on which legal ground. The
 * receipts of a subject are a chain: each holds SHA-256 of the one before. The log has an entry for each, whose tag
 * follows from the subject's receipt key and the number: a holder who was given the key finds the entry of every
 * receipt in the published log, and finds that there is none of a number after the last that was shown.
 */
#ifndef ZY_RECEIPT_H
#define ZY_RECEIPT_H

#include "zy/log_proof.h"

#define ZY_RECEIPT_MAX ((size_t)1024) /* octets */
#define ZY_RECEIPT_WHO_MAX 128        /* octets: who, item, case and ground */
#define ZY_RECEIPT_WHAT_MAX 16

/* ["zy-receipt-1", n, prev, at, who, what, licence, version, item, case, ground] */
struct zy_receipt {
	uint64_t n;                /* from 1, without gaps */
	uint8_t prev[ZY_HASH_LEN]; /* SHA-256 of receipt n - 1; of the first zeros */
	zy_time at;
	struct zy_bytes who;                   /* a system or an account, 1..ZY_RECEIPT_WHO_MAX octets */
	struct zy_bytes what;                  /* "show" "list" ..., 1..ZY_RECEIPT_WHAT_MAX octets */
	struct zy_bytes licence;               /* TYPE.ISSUER.SERIAL; empty: all of the holder */
	uint64_t version;                      /* 0: none in particular */
	struct zy_bytes item, case_id, ground; /* empty when none was named */
};
/* Views of in. Errors: cbor, utf8, truncated, trailing-bytes, too-large. */
ZY_MUST_CHECK bool zy_receipt_parse(struct zy_receipt *out, struct zy_bytes in, struct zy_error *err);
void zy_receipt_encode(const struct zy_receipt *r, struct zy_buf *out);
/* The tag of receipt n: the first octets of HMAC-SHA-256(key, n in 8 octets). Errors: crypto. */
ZY_MUST_CHECK bool zy_receipt_tag(
    const uint8_t key[ZY_HASH_LEN], uint64_t n, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err);

#endif
