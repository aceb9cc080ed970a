/* What requests and answers of OCSP share. */
#ifndef ZY_OCSP_INTERNAL_H
#define ZY_OCSP_INTERNAL_H

#include "zy/ocsp.h"

/* Where `any` is set, other hashes than ours are read, too. */
ZY_MUST_CHECK bool zy_cert_id_take(struct zy_reader *r, bool any, struct zy_cert_id *out, struct zy_error *err);
void zy_cert_id_put(struct zy_buf *b, const struct zy_cert_id *id);

/* Extensions below an EXPLICIT tag: those that are looked for, where out is not NULL. */
struct zy_ocsp_extras {
	bool has_nonce, has_cutoff;
	struct zy_bytes nonce;
	zy_time cutoff;
};
ZY_MUST_CHECK bool zy_ocsp_extensions_take(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_ocsp_extras *out, struct zy_error *err);
void zy_ocsp_nonce_put(struct zy_buf *b, uint8_t tag, struct zy_bytes nonce);

#endif
