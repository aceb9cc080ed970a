/*
 * Names of keys: PKCS#11 URIs (RFC 7512) in one form, "pkcs11:token=TOKEN;object=LABEL". TOKEN is the name of a
 * signer (HOME/signer/TOKEN.json), LABEL is CKA_LABEL. Octets that RFC 7512 2.3 lets stand in a path attribute
 * stand plain, all others are percent-encoded in capitals: a key has one name, so names are compared as text.
 */
#ifndef ZY_HSM_URI_H
#define ZY_HSM_URI_H

#include "zy/hsm.h"

#define ZY_TOKEN_NAME_MAX 32
#define ZY_KEY_LABEL_MAX 64

struct zy_key_uri {
	char token[ZY_TOKEN_NAME_MAX + 1];
	char label[ZY_KEY_LABEL_MAX + 1]; /* UTF-8 without control characters */
};

/* Errors: key-uri. */
ZY_MUST_CHECK bool zy_key_uri_parse(struct zy_key_uri *out, struct zy_bytes text, struct zy_error *err);
ZY_MUST_CHECK bool zy_key_uri_encode(const struct zy_key_uri *u, struct zy_buf *out, struct zy_error *err);
/* A token name is a file name too: 1..32 of A-Z a-z 0-9 . _ -, and the first is a letter or digit. Errors: key-uri. */
ZY_MUST_CHECK bool zy_token_name_check(struct zy_bytes name, struct zy_error *err);
/* A label: 1..64 bytes of UTF-8 without control characters. Errors: key-uri, utf8. */
ZY_MUST_CHECK bool zy_key_label_check(struct zy_bytes label, struct zy_error *err);

#endif
