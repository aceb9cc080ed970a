/* How the client's questions reach a signer: connections kept open, one asked again elsewhere or later when it was
 * closed, groups of tokens asked in turn. What the questions are is client.c. */
#ifndef ZY_HSM_EXCHANGE_H
#define ZY_HSM_EXCHANGE_H

#include "protocol.h"
#include "zy/hsm.h"

/* One question to the signer of a token or group, until it answers or the patience of h is over. result is a view into
 * reply, which the caller wipes by zy_buf_free. Errors: signer-absent, signer-busy, key-uri (a group for what is done
 * in one token), and whatever the signer answers. */
ZY_MUST_CHECK bool zy_hsm_ask(struct zy_hsm *h, const char *token, const struct zy_hsm_request *q, struct zy_buf *reply,
    struct zy_reader *result, struct zy_error *err);

#endif
