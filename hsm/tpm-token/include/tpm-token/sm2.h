/* The DER form of an SM2 signature, for tokens that answer so. */
#ifndef ZY_TPM_TOKEN_SM2_H
#define ZY_TPM_TOKEN_SM2_H

#include "zy/buf.h"

#define ZY_SM2_DER_MAX ((size_t)72)

/* SEQUENCE { INTEGER r, INTEGER s } of r||s (GM/T 0009, 7.2); at most ZY_SM2_DER_MAX bytes. */
void zy_sm2_signature_encode(struct zy_buf *out, const uint8_t rs[64]);

#endif
