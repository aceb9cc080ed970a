/* What is signed, and what is looked at before: the rules, the officers, the ceremony, the journal. */
#include <time.h>

#include "call.h"
#include "own_request.h"
#include "root_message.h"
#include "tokenkey.h"
#include "zy/cbor.h"
#include "zy/der.h"
#include "zy/order.h"

/* An officer's key signs orders that are still good and bear its own name, and nothing else. */
static bool check_order(const struct zy_call *c, struct zy_error *err)
{
	uint8_t id[ZY_HASH_LEN];
	struct zy_order o;

	if (c->q.uses != ZY_USE_ORDER)
		return true;
	if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(c->key->point, sizeof(c->key->point)), id, err) ||
	    !zy_order_input_parse(&o, c->q.message, c->key->kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL, id, err))
		return false;
	return zy_now(c->signer->clock) < o.expires ||
	       zy_fail(err, ZY_E_APPROVAL_EXPIRED, "expires", ZY_NOWHERE, "the order has expired; make a new one");
}

/* Of a log's key the journal says which head it signed, and what it says decides what the key may sign. */
static bool check_head(const struct zy_call *c, const struct zy_checkpoint_request *asked,
    char head[ZY_HEAD_TEXT_MAX + 1], struct zy_journal_record *r, struct zy_error *err)
{
	if (c->q.uses != ZY_USE_LOG)
		return true;
	if (!zy_head_text(c->q.message, head, err))
		return false;
	r->item = zy_str(head);
	return zy_signer_journal_check_head(c->signer->journal, r, asked, err);
}

/* What a log's key signs is the checkpoint's body; that the tree grew stands before it. */
static bool take_proof(struct zy_call *c, struct zy_checkpoint_request *out, struct zy_error *err)
{
	if (c->q.uses != ZY_USE_LOG)
		return true;
	if (!zy_checkpoint_request_parse(out, c->q.message, err))
		return false;
	c->q.message = out->checkpoint;
	return true;
}

/* Whoever holds the socket of a root token gets nothing signed that two officers did not order, nor what a root does
 * not sign. */
static bool check_ceremony(const struct zy_call *c, struct zy_error *err)
{
	struct zy_root root = {
		.suite = zy_call_suite(c->key->kind), .point = c->key->point, .now = zy_now(c->signer->clock)
	};
	enum zy_permit what = ZY_PERMIT_CRL;

	if (c->signer->ceremony == NULL)
		return true;
	zy_keyring_neighbours(c->signer->keys, c->key, root.neighbours);
	if (c->q.uses != ZY_USE_CRL && !zy_ceremony_message(c->q.message, &what, err))
		return false;
	if ((what == ZY_PERMIT_CRL && !zy_root_list_check(&root, c->q.message, err)) ||
	    (what == ZY_PERMIT_CERTIFICATE && !zy_root_certificate_check(&root, c->q.message, err)))
		return false;
	return zy_call_in_ceremony(c, zy_call_suite(c->key->kind), what, err);
}

/* Certificates of who answers about an authority; a root's own before its first day, with the link to the one before.
 */
static bool is_prepared(const struct zy_call *c)
{
	const enum zy_suite suite = zy_call_suite(c->key->kind);

	return c->q.uses == ZY_USE_CERTIFICATE &&
	       (c->signer->ceremony == NULL ? zy_responder_certificate_is(suite, c->q.message)
					    : zy_root_certificate_is_own(suite, c->q.message));
}

/* An authority says what became of what it issued for as long as any of it is valid, and prepares that before its first
 * day. */
static bool check_state(const struct zy_call *c, struct zy_error *err)
{
	unsigned states = ZY_STATE_BIT(ZY_KEY_ACTIVE);

	if (c->q.uses == ZY_USE_CRL || is_prepared(c))
		states |= ZY_STATE_BIT(ZY_KEY_PLANNED);
	if (c->q.uses == ZY_USE_CRL || (c->signer->ceremony == NULL && is_prepared(c)))
		states |= ZY_STATE_BIT(ZY_KEY_RETIRING);
	return zy_call_in_state(c, states, err);
}

static uint64_t microseconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct signed_one {
	uint8_t rs[64];
	struct zy_error why; /* code ZY_OK: rs is set */
};

/* A limit is held before the key is used. */
static bool sign_under(
    struct zy_call *c, const struct zy_rules *rules, uint8_t rs[64], struct zy_journal_wait *w, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	const struct zy_seal_rule *rule = zy_rules_seal(rules, &c->q);
	char head[ZY_HEAD_TEXT_MAX + 1];
	struct zy_journal_record record;
	struct zy_checkpoint_request asked = { 0 };
	struct zy_use_of_seal use;
	bool held;

	if (!take_proof(c, &asked, err) || !zy_call_may_use(c, c->q.uses, err) || !zy_call_is_pair(c, err) ||
	    !check_state(c, err) || !check_order(c, err) || !zy_rules_check(rules, &c->q, zy_now(s->clock), err) ||
	    (rule != NULL && !zy_seal_rule_asked_by(rule, c->caller, err)) || !check_ceremony(c, err) ||
	    !zy_call_record(c, "sign", rule, &record, err) || !check_head(c, &asked, head, &record, err))
		return false;
	use = (struct zy_use_of_seal){ rule, record.esID, zy_counts_day(record.at), record.digest };
	if (!zy_signer_journal_begin(s->journal, &use, &held, err))
		return false;
	/* a list of others than roots may be longer than a message: then the caller hashed it */
	if (!zy_tokenkey_sign(
		c->session, c->key, c->q.message, c->q.uses == ZY_USE_CRL && s->ceremony == NULL, rs, err)) {
		zy_signer_journal_cancel(s->journal, &use, held);
		return false;
	}
	return zy_signer_journal_put(s->journal, &record, &use, held, w, err);
}

/* Checkpoints are signed one after the other: each is held against the one before it. */
static bool sign_in_turn(
    struct zy_call *c, const struct zy_rules *rules, uint8_t rs[64], struct zy_journal_wait *w, struct zy_error *err)
{
	bool ok;

	if (c->q.uses != ZY_USE_LOG)
		return sign_under(c, rules, rs, w, err);
	pthread_mutex_lock(&c->signer->making);
	ok = sign_under(c, rules, rs, w, err);
	pthread_mutex_unlock(&c->signer->making);
	return ok;
}

/* The rules stay what they are until the journal has the signature: after an order nothing is signed by the old ones.
 */
static bool sign_one(struct zy_call *c, uint8_t rs[64], struct zy_journal_wait *w, struct zy_error *err)
{
	bool ok;

	if (!zy_call_find_key(c, err))
		return false;
	ok = sign_in_turn(c, zy_law_read(c->signer->law), rs, w, err);
	zy_law_leave(c->signer->law);
	return ok;
}

/* One after the other, each judged for itself. The answer leaves only after the journal has them all: the disk is
 * waited for once. */
bool zy_call_sign(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->q.signings);
	struct signed_one done[ZY_HSM_SIGNINGS_MAX];
	const size_t num = c->q.num;
	const uint64_t begin = microseconds_now();
	uint64_t took;

	for (size_t i = 0; i < num; i++) {
		done[i].why = (struct zy_error){ 0 };
		if (!zy_hsm_signing_take(&r, &c->q, err))
			return false;
		if (!sign_one(c, done[i].rs, &c->after, &done[i].why) && num > 1)
			zy_call_log_refusal(c, &done[i].why);
		if (c->session->is_lost) /* nobody is answered: the client asks again */
			return zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE, "the token was lost");
	}
	took = microseconds_now() - begin;
	c->us = took / num;
	if (num == 1 && done[0].why.code != ZY_OK) {
		*err = done[0].why;
		return false;
	}
	zy_cbor_put_array(out, 2);
	zy_cbor_put_uint(out, took);
	zy_cbor_put_array(out, num);
	for (size_t i = 0; i < num; i++)
		zy_hsm_signed_put(out, done[i].why.code == ZY_OK ? done[i].rs : NULL, &done[i].why);
	return true;
}

bool zy_call_csr(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	struct zy_journal_record record;
	uint8_t rs[64];

	if (!zy_call_is_pair(c, err) ||
	    !zy_call_in_state(c, ZY_STATE_BIT(ZY_KEY_PLANNED) | ZY_STATE_BIT(ZY_KEY_ACTIVE), err) ||
	    !zy_own_request_check(c->key, c->q.message, err) || !zy_call_record(c, "csr", NULL, &record, err) ||
	    !zy_tokenkey_sign(c->session, c->key, c->q.message, false, rs, err) ||
	    !zy_signer_journal_end(c->signer->journal, &record, &none, false, err))
		return false;
	zy_cbor_put_bstr(out, ZY_BYTES(rs, sizeof(rs)));
	return true;
}
