/* The arithmetic around an SM2 signature that needs no private key (GB/T 32918.2). */
#ifndef ZY_TPM_TOKEN_SM2_H
#define ZY_TPM_TOKEN_SM2_H

#include "zy/buf.h"

#define ZY_SM2_ID_MAX ((size_t)8191) /* bytes: ENTL is a 16-bit count of bits (GB/T 32918.2, 5.5) */
#define ZY_SM2_DER_MAX ((size_t)72)

/* e = SM3(Z || message), Z over id and the key's point 04||x||y. Errors: crypto, too-large (id). */
ZY_MUST_CHECK bool zy_sm2_message_digest(
    struct zy_bytes id, const uint8_t point[65], struct zy_bytes message, uint8_t e[32], struct zy_error *err);
/* SEQUENCE { INTEGER r, INTEGER s } of r||s (GM/T 0009, 7.2); at most ZY_SM2_DER_MAX bytes. */
void zy_sm2_signature_encode(struct zy_buf *out, const uint8_t rs[64]);

#endif
