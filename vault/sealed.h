/*
 * Sealed values. gm: IV(16) || SM4-CTR(plain) || HMAC-SM3(u64 length of ad || ad || IV || ciphertext),
 * encrypt-then-MAC. intl: nonce(12) || AES-256-GCM(plain) || tag(16). Both keys of a value come from one data key of 32
 * bytes by HMAC with a label. IVs are random: one key seals far fewer than 2^32 values, the bound of NIST SP
 * 800-38D 8.3.
 */
#ifndef ZY_VAULT_SEALED_H
#define ZY_VAULT_SEALED_H

#include "zy/buf.h"
#include "zy/digest.h"

#define ZY_DATA_KEY_LEN 32

struct zy_value_key {
	enum zy_suite suite;
	uint8_t enc[32], mac[32]; /* SM4 takes the first 16 of enc; GCM has no use for mac */
};
#define ZY_VALUE_KEY_AUTO __attribute__((cleanup(zy_value_key_wipe))) struct zy_value_key

void zy_value_key_wipe(struct zy_value_key *k);
ZY_MUST_CHECK bool zy_value_key_derive(
    struct zy_value_key *out, enum zy_suite suite, const uint8_t data_key[ZY_DATA_KEY_LEN], struct zy_error *err);

size_t zy_sealed_overhead(enum zy_suite suite);
/* Appends the sealed value. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_sealed_put(
    const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes plain, struct zy_buf *out, struct zy_error *err);
/* Writes sealed.len - overhead bytes to out (which may not overlap). Errors: vault-corrupt, crypto. */
ZY_MUST_CHECK bool zy_sealed_open(
    const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes sealed, uint8_t *out, struct zy_error *err);

#endif
