/* How the client's questions reach a signer: connections kept open, one asked again elsewhere or later when it was
 * closed, groups of tokens asked in turn. What the questions are is client.c. */
#ifndef ZY_HSM_EXCHANGE_H
#define ZY_HSM_EXCHANGE_H

#include "protocol.h"
#include "zy/hsm.h"

struct zy_together;
/* The queues of together.h; h owns them. */
struct zy_together *zy_hsm_together(struct zy_hsm *h);

/* When the patience of h is over for what is asked now: monotonic ms. */
int64_t zy_hsm_until(const struct zy_hsm *h);
bool zy_hsm_is_group(struct zy_hsm *h, const char *token);
/* One question to the signer of a token or group, until it answers or `until` is over. */
ZY_MUST_CHECK bool zy_hsm_ask_until(struct zy_hsm *h, const char *token, const struct zy_hsm_request *q, int64_t until,
    struct zy_buf *reply, struct zy_reader *result, struct zy_error *err);
/* The same until the patience of h is over. result is a view into
 * reply, which the caller wipes by zy_buf_free. Errors: signer-absent, signer-busy, key-uri (a group for what is done
 * in one token), and whatever the signer answers. */
ZY_MUST_CHECK bool zy_hsm_ask(struct zy_hsm *h, const char *token, const struct zy_hsm_request *q, struct zy_buf *reply,
    struct zy_reader *result, struct zy_error *err);

#endif
