/* What is done with a key inside the token. All run on the caller's session and heal as zy_session_run says. */
#ifndef ZY_HSM_TOKENKEY_H
#define ZY_HSM_TOKENKEY_H

#include "token.h"

/* Looks the key up by its label, compares its kind, reads its public point. The token must say that the key is and
 * always was sensitive and not extractable (PKCS#11 2.40 4.9); in a demo home key->can_leave tells of one that is not.
 * Errors: not-found, token, key-extractable. */
ZY_MUST_CHECK bool zy_tokenkey_load(struct zy_session *s, struct zy_key *key, struct zy_error *err);
/* The handle of the private or secret key, looked up once per session. For use inside a zy_session_op. */
CK_RV zy_tokenkey_handle(struct zy_session *s, const struct zy_key *key, CK_OBJECT_HANDLE *out);
/* Can the token make that kind? Asked before anything is written down. Errors: token. */
ZY_MUST_CHECK bool zy_tokenkey_may_generate(struct zy_token *t, const struct zy_key *key, struct zy_error *err);
/* Makes a key of key->label and key->kind that cannot leave the token, then loads it. Errors: exists, token. */
ZY_MUST_CHECK bool zy_tokenkey_generate(struct zy_token *t, struct zy_key *key, struct zy_error *err);
/* Removes what _generate made: for the case that it could not be written down. */
void zy_tokenkey_remove(struct zy_token *t, const struct zy_key *key);

/* r||s over the message: P-256 with SHA-256, SM2 with SM3 and the ID 1234567812345678. is_digest: the message is e, its
 * 32-octet digest, already; a token that hashes by itself refuses it. A signature by SM2 is verified before anyone
 * gets it: a token that hashes what it was to sign, or the other way round, gives one that looks like any other.
 * Errors: token, crypto, sm2-form (the message names the member of "sm2" to be changed). */
ZY_MUST_CHECK bool zy_tokenkey_sign(struct zy_session *s, const struct zy_key *key, struct zy_bytes message,
    bool is_digest, uint8_t rs[64], struct zy_error *err);
/* AES-256-GCM, a random 12-byte IV from the token, tag of 128 bits: IV || ciphertext || tag appended to out.
 * Errors: token. */
ZY_MUST_CHECK bool zy_tokenkey_wrap(struct zy_session *s, const struct zy_key *key, struct zy_bytes aad,
    struct zy_bytes in, struct zy_buf *out, struct zy_error *err);
/* Errors: token (altered, another key or aad, shorter than IV and tag). */
ZY_MUST_CHECK bool zy_tokenkey_unwrap(struct zy_session *s, const struct zy_key *key, struct zy_bytes aad,
    struct zy_bytes in, struct zy_buf *out, struct zy_error *err);

/* C_SignInit and C_Sign of one digest, again and again on `sessions` sessions of their own for so many seconds. */
ZY_MUST_CHECK bool zy_tokenkey_bench(struct zy_token *t, const struct zy_key *key, unsigned seconds,
    uint64_t *signatures, uint64_t *microseconds, unsigned *sessions, struct zy_error *err);

/* A signature about to be made; shared by sign and bench. */
struct zy_signing {
	const struct zy_key *key;
	CK_MECHANISM mechanism;
	struct zy_bytes data; /* views digest or the message */
	uint8_t digest[ZY_HASH_LEN];
	uint8_t out[256];
	CK_ULONG len;
	CK_RV rv; /* the last call's answer */
};
ZY_MUST_CHECK bool zy_signing_prepare(struct zy_signing *out, const struct zy_sm2_form *form, const struct zy_key *key,
    struct zy_bytes message, bool is_digest, struct zy_error *err);
CK_RV zy_signing_run(struct zy_session *s, void *signing); /* a zy_session_op */

#endif
