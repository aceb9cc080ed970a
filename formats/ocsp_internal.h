/* What requests and answers of OCSP share. */
#ifndef ZY_OCSP_INTERNAL_H
#define ZY_OCSP_INTERNAL_H

#include "zy/ocsp.h"

ZY_MUST_CHECK bool zy_cert_id_take(struct zy_reader *r, struct zy_cert_id *out, struct zy_error *err);
void zy_cert_id_put(struct zy_buf *b, const struct zy_cert_id *id);

/* Extensions below an EXPLICIT tag. Only a nonce is read; where nonce is NULL none is looked for. */
ZY_MUST_CHECK bool zy_ocsp_extensions_take(
    struct zy_reader *r, uint8_t tag, const char *field, bool *has_nonce, struct zy_bytes *nonce, struct zy_error *err);
void zy_ocsp_nonce_put(struct zy_buf *b, uint8_t tag, struct zy_bytes nonce);

#endif
