/*
 * What is to become of a key: the subject of an order of the action `key` or `shred`. One line of text that officers
 * can read, in one spelling only:
 *   zy-key-1 EVENT URI [on TIME] LF
 *   zy-key-1 shred URI data-key ID LF
 * EVENT: retire (signs no more), destroy (leaves the token), compromise (neither signs nor unwraps); URI:
 * pkcs11:token=TOKEN;object=LABEL in ASCII without a space; TIME: RFC 3339 with Z, of retire alone, else at once.
 * shred, of the action `shred` alone: the key of the URI, in whichever generation, never again unwraps the data key of
 * that identifier (zy/data_key.h), 32 digits of 0-9 and a-f.
 */
#ifndef ZY_KEY_ORDER_H
#define ZY_KEY_ORDER_H

#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/data_key.h"

#define ZY_KEY_ORDER_URI_MAX 320

enum zy_key_order_event {
	ZY_KEY_ORDER_RETIRE,
	ZY_KEY_ORDER_DESTROY,
	ZY_KEY_ORDER_COMPROMISE,
	ZY_KEY_ORDER_SHRED,
	ZY_NUM_KEY_ORDER_EVENTS
};
const char *zy_key_order_event_name(enum zy_key_order_event e);

struct zy_key_order {
	enum zy_key_order_event event;
	struct zy_bytes uri, token;           /* token: the name inside the URI */
	zy_time at;                           /* 0: at once */
	uint8_t data_key[ZY_DATA_KEY_ID_LEN]; /* shred */
};

/* Views into `in`. Errors: order. Not checked: whether the URI is the signer's spelling, and whether there is a key. */
ZY_MUST_CHECK bool zy_key_order_parse(struct zy_key_order *out, struct zy_bytes in, struct zy_error *err);
/* Appended. Errors: order (what _parse would not take), no-memory. */
ZY_MUST_CHECK bool zy_key_order_encode(const struct zy_key_order *o, struct zy_buf *out, struct zy_error *err);
/* The same as it would be said of that token: the key of a group bears in an order the group's name. Appended.
 * Errors: order, no-memory. */
ZY_MUST_CHECK bool zy_key_order_encode_for(
    const struct zy_key_order *o, const char *token, struct zy_buf *out, struct zy_error *err);

#endif
