/*
 * The record of a key ceremony 仪式记录: text that is printed, and what signs it. ZY_CEREMONY_RECORD and a title, the
 * plan (zy/ceremony.h), the steps; then ZY_CEREMONY_SIGNATURES and a line for each signature over all before it, in
 * base64: "root-gm" and "root-intl" as the plan says (DER of r and s, over SM3 with Z, over SHA-256), "order" where
 * persons ordered it (a file of zy/order.h without its subject, which is the text); then ZY_CEREMONY_END.
 */
#ifndef ZY_CEREMONY_RECORD_H
#define ZY_CEREMONY_RECORD_H

#include "zy/arena.h"
#include "zy/ceremony.h"

#define ZY_CEREMONY_RECORD_MAX ((size_t)256 << 10)
#define ZY_CEREMONY_SIGNATURES "-----BEGIN SIGNATURES-----\n"
#define ZY_CEREMONY_END "-----END SIGNATURES-----\n"

struct zy_ceremony_record {
	struct zy_ceremony_plan plan;
	struct zy_bytes body;  /* what is signed */
	uint8_t rs[2][64];     /* by suite, of those that the plan names */
	struct zy_bytes order; /* empty: no person signed */
};

/* body views `in`, order lies in the arena. All bytes used, lines end in LF, UTF-8 without other control characters.
 * Errors: ceremony-record, too-large, no-memory. Not done: signatures, what the order says. */
ZY_MUST_CHECK bool zy_ceremony_record_parse(
    struct zy_ceremony_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* Appended; the plan is that of the body. Parse takes it when body is such a text. Errors: no-memory. */
ZY_MUST_CHECK bool zy_ceremony_record_encode(
    const struct zy_ceremony_record *r, struct zy_buf *out, struct zy_error *err);

#endif
