/* Answering OCSP requests from the register: live, signed now, or signed ahead. */
#ifndef ZY_OCSP_ANSWER_H
#define ZY_OCSP_ANSWER_H

#include "zy/authority.h"
#include "zy/certificate.h"

/* Who answers for one issuer: a delegated responder (RFC 6960 4.2.2.2), whose key has the use OCSP. */
struct zy_responder {
	struct zy_bytes issuer; /* certificate, DER */
	const char *key;        /* PKCS#11 URI */
	struct zy_bytes cert;   /* of the key, DER, with extKeyUsage OCSPSigning */
};

struct zy_ocsp; /* the responders with their names hashed, ready to answer; threads: any */
/* Copies nothing: signer, register and responders must stay. keys: to check answers that are signed ahead.
 * Errors: certificate, key, not-found, state (a certificate that is not of its key), those of zy_hsm_public. */
ZY_MUST_CHECK bool zy_ocsp_open(struct zy_ocsp **out, struct zy_hsm *h, struct zy_keys *keys, struct zy_register *r,
    const struct zy_responder *responders, size_t num, struct zy_error *err);
void zy_ocsp_close(struct zy_ocsp *o);

/*
 * The answer to one request, produced at `now` and good until now + life (seconds, 60 to a week); the request's nonce
 * is in it. What cannot be answered is an answer too: malformedRequest, or unauthorized when a certificate asked for
 * is not of our issuers, or not all are of one. *answered is true only for an answer about certificates. A
 * certificate that is intended and not yet signed is "unknown"; a cancelled one is "revoked".
 * Errors: those of zy_hsm_sign and the register; no-memory.
 */
ZY_MUST_CHECK bool zy_ocsp_answer(struct zy_ocsp *o, struct zy_bytes request, zy_time now, unsigned life,
    struct zy_buf *out, bool *answered, struct zy_error *err);

/* A request about one certificate of the responder's issuer, as clients make it; nonce may be empty. responder: its
 * place in what was opened. Errors: no-memory. */
ZY_MUST_CHECK bool zy_ocsp_question(const struct zy_ocsp *o, size_t responder, const uint8_t serial[ZY_SERIAL_LEN],
    struct zy_bytes nonce, struct zy_buf *out, struct zy_error *err);

/* Where an answer signed ahead lies: FOLDER/SERIAL.ocsp, serial in hexadecimal. Errors: io (name too long). */
#define ZY_OCSP_PATH_MAX ((size_t)4352)
ZY_MUST_CHECK bool zy_ocsp_path(
    const char *folder, const uint8_t serial[ZY_SERIAL_LEN], char out[ZY_OCSP_PATH_MAX], struct zy_error *err);

/* The answer about one entry of the register, in place of what lies there; CertID with SHA-1 as clients ask. *done is
 * false where there is nothing to say: another issuer's, not released, or ended. It is checked with the responder's key
 * before it gets its name, and is the register's of the moment when it was written, whatever `e` says. Errors: as
 * zy_ocsp_answer; io, self-verify. */
ZY_MUST_CHECK bool zy_ocsp_presign_entry(struct zy_ocsp *o, const char *folder, const struct zy_entry *e, zy_time now,
    unsigned life, bool *done, struct zy_error *err);
/* The same for each certificate of our issuers. */
ZY_MUST_CHECK bool zy_ocsp_presign(
    struct zy_ocsp *o, const char *folder, zy_time now, unsigned life, size_t *num, struct zy_error *err);

#endif
