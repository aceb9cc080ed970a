/*
 * COSE_Sign1 (RFC 9052 4.2) of one profile: [ protected bstr{1: alg, 4: kid(8)}, {}, payload bstr, signature(64) ],
 * deterministic CBOR. alg is -65537 (SM2 with SM3, a private number: no registered one exists) or -7 (ES256).
 * The object's name is the external_aad: no signature is usable as another kind of object.
 */
#ifndef ZY_COSE_H
#define ZY_COSE_H

#include "zy/buf.h"
#include "zy/digest.h"

#define ZY_COSE_ALG_SM2 (-65537)
#define ZY_COSE_ALG_ES256 (-7)
#define ZY_COSE_KID_LEN 8

struct zy_cose {
	struct zy_bytes whole; /* the array, untagged */
	struct zy_bytes protected_header, payload;
	enum zy_suite suite;
	uint8_t kid[ZY_COSE_KID_LEN];
	uint8_t rs[64];
};

/* Reads one COSE_Sign1 without a tag. Views into the reader's input. Errors: cose, cbor, truncated. */
ZY_MUST_CHECK bool zy_cose_parse(struct zy_cose *out, struct zy_reader *r, struct zy_error *err);
/* The same with a detached payload: null stands in its place (RFC 9052 4.1), and out->payload is the one given. */
ZY_MUST_CHECK bool zy_cose_parse_detached(
    struct zy_cose *out, struct zy_reader *r, struct zy_bytes payload, struct zy_error *err);
/* Protected header of a suite and kid. */
void zy_cose_header_encode(enum zy_suite suite, const uint8_t kid[ZY_COSE_KID_LEN], struct zy_buf *out);
/* Sig_structure ["Signature1", protected, external_aad, payload] (RFC 9052 4.4). */
void zy_cose_input_encode(
    struct zy_bytes protected_header, const char *external_aad, struct zy_bytes payload, struct zy_buf *out);
/* The array from its parts. */
void zy_cose_encode(
    struct zy_bytes protected_header, struct zy_bytes payload, const uint8_t rs[64], struct zy_buf *out);
void zy_cose_encode_detached(struct zy_bytes protected_header, const uint8_t rs[64], struct zy_buf *out);

#endif
