/*
 * The stored forms of the token's state. Integers are big-endian; a blob is a 2-byte length and its bytes.
 *
 *   state/token     "ZYTPMTK1" serial[8] label[32] iterations[4] primary_name[34] so_salt[16] so.public so.private
 *                   has_user[1] (1: user_salt[16] user.public user.private) mac[32] sha256[32]
 *   state/key-HEX   "ZYTPMKY1" serial[8] number[8] halves[1] four texts (length[1], bytes): label and id of the
 *                   public key, label and id of the private key; public blob, private blob; mac[32] sha256[32]
 *
 * The blobs are TPM2B_PUBLIC and TPM2B_PRIVATE as TPM2_Create gave them: the private part opens only inside the TPM
 * that made it. sha256 over all that precedes it tells a damaged file at once; mac (HMAC-SHA256 over all that
 * precedes it, under a key from the token secret) tells a forged one as soon as somebody is logged in.
 */
#ifndef ZY_TPM_TOKEN_STATE_H
#define ZY_TPM_TOKEN_STATE_H

#include "zy/buf.h"

#define ZY_TPM_FILE_MAX ((size_t)4096)
#define ZY_TPM_BLOB_MAX ((size_t)640) /* bytes of one TPM2B structure */
#define ZY_TPM_SERIAL_LEN 8
#define ZY_TPM_SALT_LEN 16
#define ZY_TPM_NAME_LEN 34 /* TPM name under SHA-256: algorithm and digest */
#define ZY_TPM_MAC_LEN 32
#define ZY_TPM_ITERATIONS_MIN 10000u
#define ZY_TPM_ITERATIONS_MAX 10000000u

struct zy_tpm_blob {
	struct zy_bytes public, private;
};

/* All views lie in the parsed bytes. */
struct zy_tpm_token_file {
	struct zy_bytes serial, label, primary_name;
	uint32_t iterations; /* of PBKDF2-HMAC-SHA256 */
	struct zy_bytes so_salt, user_salt;
	struct zy_tpm_blob so, user; /* sealed token secret, under either PIN */
	bool has_user;
	struct zy_bytes covered, mac; /* set by the parser: what the MAC is over, and the MAC */
};

enum { ZY_TPM_HALF_PUBLIC = 1, ZY_TPM_HALF_PRIVATE = 2 };

struct zy_tpm_key_file {
	struct zy_bytes serial, number;
	uint8_t halves;                                                     /* which of the two objects exist: 1..3 */
	struct zy_bytes public_label, public_id, private_label, private_id; /* 0..255 bytes each */
	struct zy_tpm_blob blob; /* private is empty without the private half, and only then */
	struct zy_bytes covered, mac;
};

/* Errors: truncated, trailing-bytes, token (not such a file, a value out of its range, or sha256 does not fit). */
ZY_MUST_CHECK bool zy_tpm_token_file_parse(struct zy_tpm_token_file *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_tpm_key_file_parse(struct zy_tpm_key_file *out, struct zy_bytes in, struct zy_error *err);

/* Append the file with its MAC under mac_key and its digest. Lengths must be as the parser asks. Errors: crypto,
 * no-memory, token (the file would not parse). */
ZY_MUST_CHECK bool zy_tpm_token_file_encode(
    struct zy_buf *out, const struct zy_tpm_token_file *f, const uint8_t mac_key[32], struct zy_error *err);
ZY_MUST_CHECK bool zy_tpm_key_file_encode(
    struct zy_buf *out, const struct zy_tpm_key_file *f, const uint8_t mac_key[32], struct zy_error *err);

/* Does the MAC of a parsed file fit? Constant time. Errors: token (forged), crypto. */
ZY_MUST_CHECK bool zy_tpm_file_authentic(
    struct zy_bytes covered, struct zy_bytes mac, const uint8_t mac_key[32], struct zy_error *err);

#endif
