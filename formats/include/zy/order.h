/*
 * Orders and approvals 指令与批准: what needs two officers is asked for by an order, and signed by persons.
 * An order is a deterministic CBOR map
 *   { 1: 1, 2: action, 3: subject, 4: replaces, 5: purpose, 6: created, 7: expires, 8: requester, 9: nonce,
 *     10: ground, 11: until }
 * subject is SHA-256 of the bytes that the order is about, replaces that of what it takes the place of (32 zero bytes
 * where nothing is replaced), requester SHA-256 of the requester's point (04||x||y). 10 and 11 may be absent;
 * switch-off has both, shred has 10, no other action has 11. An order lives seven days at most.
 * Each signature is a COSE_Sign1 with detached payload (RFC 9052 4.2), the order's bytes, external_aad "zy-order-1",
 * kid the first 8 bytes of SHA-256 of the signer's point. What passes from hand to hand is one file
 *   [order bstr, [signature, ...], subject bytes bstr]
 * the requester's signature first. Not checked here: signatures, who signed, whether subject fits the bytes.
 */
#ifndef ZY_ORDER_H
#define ZY_ORDER_H

#include "zy/clock.h"
#include "zy/cose.h"

#define ZY_ORDER_MAX ((size_t)4096)
#define ZY_ORDER_SUBJECT_MAX ((size_t)1 << 20)
#define ZY_ORDER_FILE_MAX (ZY_ORDER_SUBJECT_MAX + 8192)
#define ZY_ORDER_SIGNATURES_MAX 8
#define ZY_ORDER_TEXT_MAX ((size_t)200) /* characters of purpose and ground */
#define ZY_ORDER_LIFE_S ((zy_time)7 * 86400)
#define ZY_ORDER_NONCE_LEN 16

enum zy_order_action {
	ZY_ORDER_RULES,       /* subject: the new seals.json */
	ZY_ORDER_OFFICERS,    /* subject: the new officers.json */
	ZY_ORDER_SWITCH_OFF,  /* subject: a seals.json that differs in `off` of rules alone */
	ZY_ORDER_REVOKE_MANY, /* subject: what the certificate authority is to revoke */
	ZY_ORDER_CEREMONY,    /* subject: the protocol of the ceremony */
	ZY_ORDER_KEY,         /* subject: what is to become of a key, zy/key_order.h */
	ZY_ORDER_SHRED,       /* subject: whose data key is never unwrapped again, zy/key_order.h */
	ZY_ORDER_LOG,         /* subject: from where the log goes on, and what of it is lost, zy/log_loss.h */
	ZY_NUM_ORDER_ACTIONS
};
const char *zy_order_action_name(enum zy_order_action a); /* "rules" "officers" "switch-off" "revoke-many" "ceremony"
							    "key" "shred" "log" */
bool zy_order_action_from_name(struct zy_bytes name, enum zy_order_action *out);

struct zy_order {
	enum zy_order_action action;
	uint8_t subject[ZY_HASH_LEN], replaces[ZY_HASH_LEN];
	struct zy_bytes purpose; /* one line */
	zy_time created, expires;
	uint8_t requester[ZY_HASH_LEN];
	uint8_t nonce[ZY_ORDER_NONCE_LEN];
	struct zy_bytes ground; /* one line; empty when absent */
	zy_time until;          /* 0 when absent */
};

struct zy_order_file {
	struct zy_bytes order; /* the order's bytes, as signed */
	size_t num_signatures;
	struct zy_cose signatures[ZY_ORDER_SIGNATURES_MAX]; /* payload views `order` */
	struct zy_bytes subject;
};

/* Views into `in`, all bytes used. Errors: order, cbor, cose, utf8, truncated, trailing-bytes, too-large. */
ZY_MUST_CHECK bool zy_order_parse(struct zy_order *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_order_file_parse(struct zy_order_file *out, struct zy_bytes in, struct zy_error *err);
/* Appended to out. zy_order_encode refuses what zy_order_parse would. Errors: order, utf8, too-large, no-memory. */
ZY_MUST_CHECK bool zy_order_encode(const struct zy_order *o, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_order_file_encode(const struct zy_order_file *f, struct zy_buf *out, struct zy_error *err);

/* What is signed: the Sig_structure around an order's bytes. */
void zy_order_input_encode(
    enum zy_suite suite, const uint8_t id[ZY_HASH_LEN], struct zy_bytes order, struct zy_buf *out);
/* Is the message such a Sig_structure, by that key, around a whole order? Errors: those of zy_order_parse. */
ZY_MUST_CHECK bool zy_order_input_parse(struct zy_order *out, struct zy_bytes message, enum zy_suite suite,
    const uint8_t id[ZY_HASH_LEN], struct zy_error *err);

#endif
