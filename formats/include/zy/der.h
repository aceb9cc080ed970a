/*
 * Distinguished encoding (X.690 10): read strictly, definite minimal lengths, single-byte tags only.
 * A container is entered with zy_der_enter and left with zy_reader_end on the inner reader.
 */
#ifndef ZY_DER_H
#define ZY_DER_H

#include "zy/buf.h"
#include "zy/clock.h"

enum {
	ZY_DER_BOOLEAN = 0x01,
	ZY_DER_INTEGER = 0x02,
	ZY_DER_BITS = 0x03,
	ZY_DER_OCTETS = 0x04,
	ZY_DER_NULL = 0x05,
	ZY_DER_OID = 0x06,
	ZY_DER_UTF8 = 0x0c,
	ZY_DER_PRINTABLE = 0x13,
	ZY_DER_IA5 = 0x16,
	ZY_DER_UTCTIME = 0x17,
	ZY_DER_TIME = 0x18, /* GeneralizedTime */
	ZY_DER_SEQUENCE = 0x30,
	ZY_DER_SET = 0x31,
	ZY_DER_CONTEXT = 0x80,     /* | n: [n] IMPLICIT of a primitive */
	ZY_DER_CONTEXT_MADE = 0xa0 /* | n: [n] constructed */
};

/* Readers. `field` names the element in errors; errors: der, truncated. A getter that fails moves nothing. */
bool zy_der_next_is(const struct zy_reader *r, uint8_t tag);
/* Any element: its tag, content, and whole (tag, length, content). Any out may be NULL. */
ZY_MUST_CHECK bool zy_der_any(struct zy_reader *r, const char *field, uint8_t *tag, struct zy_bytes *content,
    struct zy_bytes *whole, struct zy_error *err);
ZY_MUST_CHECK bool zy_der_take(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *content, struct zy_error *err);
ZY_MUST_CHECK bool zy_der_take_whole(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *whole, struct zy_error *err);
ZY_MUST_CHECK bool zy_der_enter(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_reader *inner, struct zy_error *err);
/* INTEGER in 0..most. */
ZY_MUST_CHECK bool zy_der_small(
    struct zy_reader *r, const char *field, uint64_t most, uint64_t *out, struct zy_error *err);
/* Non-negative INTEGER of any size, as magnitude without a leading zero octet (zero is one octet 00). */
ZY_MUST_CHECK bool zy_der_unsigned(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_der_bool(struct zy_reader *r, const char *field, bool *out, struct zy_error *err);
/* BIT STRING with no unused bits: the octets after the first. */
ZY_MUST_CHECK bool zy_der_bits(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
/* UTF8String, checked. */
ZY_MUST_CHECK bool zy_der_utf8(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
/* IA5String or PrintableString (by tag) of printable ASCII. */
ZY_MUST_CHECK bool zy_der_ascii(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *out, struct zy_error *err);
/* GeneralizedTime YYYYMMDDHHMMSSZ, or UTCTime when allow_utc. Errors: der, time. */
ZY_MUST_CHECK bool zy_der_time(
    struct zy_reader *r, bool allow_utc, const char *field, zy_time *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_der_end(const struct zy_reader *inner, const char *field, struct zy_error *err);

/* Is it one element and nothing behind it, by X.690 8.1 of any encoding, and so are all that are inside? */
bool zy_ber_is_whole(struct zy_bytes in);

/* Writers. A container is opened and closed: mark = zy_der_open(b, tag); ...; zy_der_close(b, mark). */
size_t zy_der_open(struct zy_buf *b, uint8_t tag);
void zy_der_close(struct zy_buf *b, size_t mark);
void zy_der_put(struct zy_buf *b, uint8_t tag, struct zy_bytes content);
void zy_der_put_small(struct zy_buf *b, uint64_t v);
void zy_der_put_unsigned(struct zy_buf *b, struct zy_bytes magnitude); /* leading zeros are dropped */
void zy_der_put_bool(struct zy_buf *b, bool v);
void zy_der_put_bits(struct zy_buf *b, struct zy_bytes v);
void zy_der_put_time(struct zy_buf *b, zy_time t); /* GeneralizedTime */

/* A signature between its two forms: r||s (64 octets) and SEQUENCE { r INTEGER, s INTEGER }. 0 < r, s.
 * That r, s < n is the verifier's to check. Errors: der. */
void zy_der_put_rs(struct zy_buf *b, const uint8_t rs[64]);
ZY_MUST_CHECK bool zy_der_rs(struct zy_bytes der, uint8_t rs[64], struct zy_error *err);

/* Object identifiers, as DER content octets. */
extern const struct zy_bytes zy_oid_sm2_sm3;       /* 1.2.156.10197.1.501 */
extern const struct zy_bytes zy_oid_sm3;           /* 1.2.156.10197.1.401 */
extern const struct zy_bytes zy_oid_sm2_curve;     /* 1.2.156.10197.1.301 */
extern const struct zy_bytes zy_oid_ec_public_key; /* 1.2.840.10045.2.1 */
extern const struct zy_bytes zy_oid_p256;          /* 1.2.840.10045.3.1.7 */
extern const struct zy_bytes zy_oid_ecdsa_sha256;  /* 1.2.840.10045.4.3.2 */
extern const struct zy_bytes zy_oid_sha256;        /* 2.16.840.1.101.3.4.2.1 */
/* "1.2.156..." of content octets, for messages; out gets "?" when it does not fit or is none. */
void zy_oid_text(struct zy_bytes oid, char *out, size_t room);

#endif
