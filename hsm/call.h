/* One request while it is served, and what its operations have to ask alike before a key is used. */
#ifndef ZY_HSM_CALL_H
#define ZY_HSM_CALL_H

#include "handler.h"
#include "journal.h"
#include "protocol.h"

struct zy_call {
	struct zy_signer *signer;
	struct zy_session *session;
	uid_t caller;
	struct zy_hsm_request q;
	struct zy_key_uri uri;
	struct zy_key *key;           /* NULL for ping, list, generate, current, note */
	struct zy_journal_wait after; /* what the answer waits for */
	uint64_t us;                  /* what one signature took */
};

/* Sets uri and, where the operation is about a key that is there, key. Errors: key-uri, not-found, seal-rule. */
ZY_MUST_CHECK bool zy_call_find_key(struct zy_call *c, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_may_use(const struct zy_call *c, unsigned use, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_is_pair(const struct zy_call *c, struct zy_error *err);
/* states: bits in which the operation is done. The date says what to wait for, or since when it is too late. */
#define ZY_STATE_BIT(state) (1u << (state))
ZY_MUST_CHECK bool zy_call_in_state(const struct zy_call *c, unsigned states, struct zy_error *err);
/* What the journal says of a use of c->key; rule NULL: no seal. Views into c. */
ZY_MUST_CHECK bool zy_call_record(const struct zy_call *c, const char *what, const struct zy_seal_rule *rule,
    struct zy_journal_record *r, struct zy_error *err);
enum zy_suite zy_call_suite(enum zy_key_kind kind);
/* Of a root token: does the ceremony that is open permit one more of it? */
ZY_MUST_CHECK bool zy_call_in_ceremony(
    const struct zy_call *c, enum zy_suite suite, enum zy_permit what, struct zy_error *err);

/* The operations of several files; each appends its result. */
ZY_MUST_CHECK bool zy_call_sign(struct zy_call *c, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_csr(struct zy_call *c, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_generate(struct zy_call *c, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_life(struct zy_call *c, struct zy_buf *out, struct zy_error *err);
/* Is the message of an approve an order about a key? Then key and event are set, and the event is possible: an order is
 * not used up for nothing. Errors: order, key-state, not-found, those of zy_order_file_parse. */
ZY_MUST_CHECK bool zy_call_read_key_order(struct zy_call *c, bool *is_one, struct zy_error *err);
/* Is the message of an approve an order that the log goes on from a shorter history? Then it knows of all that the keys
 * here signed. Errors: order, those of zy_order_file_parse. */
ZY_MUST_CHECK bool zy_call_read_loss_order(struct zy_call *c, bool *is_one, struct zy_error *err);
/* What such an order says, once it was judged. Errors: journal, io. */
ZY_MUST_CHECK bool zy_call_go_on(struct zy_call *c, struct zy_error *err);
/* Did no order destroy the data key that is to be unwrapped? Errors: destroyed-by-order. */
ZY_MUST_CHECK bool zy_call_may_unwrap(const struct zy_call *c, struct zy_error *err);
/* The event of the call, by whoever may. Errors: key-state, journal, io. */
ZY_MUST_CHECK bool zy_call_change_life(struct zy_call *c, struct zy_error *err);
/* The head of a log that is not told (zy/noted_head.h), noted for the wrapping key of the call. Errors: log-fork,
 * key-use, key-state, journal, io, those of zy_noted_request_parse. */
ZY_MUST_CHECK bool zy_call_note(struct zy_call *c, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_current(struct zy_call *c, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_call_public(struct zy_call *c, struct zy_buf *out, struct zy_error *err);

void zy_call_log_refusal(const struct zy_call *c, const struct zy_error *why);

#endif
