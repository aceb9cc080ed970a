#include "handler.h"

#include <assert.h>

#include "own_request.h"
#include "tokenkey.h"
#include "zy/cbor.h"
#include "zy/der.h"
#include "zy/order.h"

/* What the operations share. */
struct call {
	struct zy_signer *signer;
	struct zy_session *session;
	uid_t caller;
	struct zy_hsm_request q;
	struct zy_key_uri uri;
	struct zy_key *key;              /* NULL for ping, list, generate, current */
	char head[ZY_HEAD_TEXT_MAX + 1]; /* what a log's key signs */
};

/* A key of a group bears the group's name wherever it lies; it is made in one token by that token's name. */
static bool is_group(const struct call *c)
{
	const char *group = c->signer->config->group;

	return group != NULL && strcmp(c->uri.token, group) == 0 && c->q.op != ZY_OP_GENERATE && c->q.op != ZY_OP_LIFE;
}

/* Each token of a group counts for itself: a limit would hold once for each. */
static bool is_free_of_limits(const struct call *c, struct zy_error *err)
{
	const struct zy_seal_rule *rule;
	bool is_free;

	if (c->q.op != ZY_OP_SIGN)
		return true;
	rule = zy_rules_seal(zy_law_read(c->signer->law), &c->q);
	is_free = rule == NULL || (rule->limit_total == 0 && rule->limit_per_day == 0);
	zy_law_leave(c->signer->law);
	return is_free || zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE,
			      "a seal with a limit on its uses cannot have its key in a group of tokens");
}

static bool load_new(void *call, struct zy_key *key)
{
	const struct call *c = call;
	struct zy_error ignored = { 0 };

	return zy_tokenkey_load(c->session, key, &ignored);
}

static bool find_key(struct call *c, struct zy_error *err)
{
	if (!zy_key_uri_parse(&c->uri, c->q.key, err))
		return false;
	if (strcmp(c->uri.token, c->signer->config->name) != 0 && !is_group(c))
		return zy_fail(err, ZY_E_KEY_URI, "token", ZY_NOWHERE,
		    "this is the signer of token \"%s\", not of \"%s\"", c->signer->config->name, c->uri.token);
	if (c->q.op == ZY_OP_GENERATE || c->q.op == ZY_OP_CURRENT)
		return true;
	c->key = zy_keyring_find(c->signer->keys, c->uri.label);
	/* another program may have brought it since we started; a root token's keys are those it started with */
	if (c->key == NULL && c->signer->ceremony == NULL) {
		zy_keyring_look_again(c->signer->keys, load_new, c);
		c->key = zy_keyring_find(c->signer->keys, c->uri.label);
	}
	if (c->key != NULL && strcmp(c->uri.token, c->signer->config->name) != 0 && !is_free_of_limits(c, err))
		return false;
	return c->key != NULL || zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "token \"%s\" has no key \"%s\"",
				     c->uri.token, c->uri.label);
}

static bool require_use(const struct call *c, unsigned use, struct zy_error *err)
{
	return (c->key->uses & use) != 0 ||
	       zy_fail(err, ZY_E_KEY_USE, "use", ZY_NOWHERE, "key \"%s\" was not made for the use %s", c->key->label,
		   zy_key_use_name(use));
}

static bool require_pair(const struct call *c, struct zy_error *err)
{
	return c->key->kind != ZY_KEY_AES256 ||
	       zy_fail(err, ZY_E_KEY_USE, "key", ZY_NOWHERE, "key \"%s\" is an AES key, not a key pair", c->key->label);
}

#define BIT(state) (1u << (state))

/* states: bits in which the operation is done. The date says what to wait for, or since when it is too late. */
static bool require_state(const struct call *c, unsigned states, struct zy_error *err)
{
	struct zy_key_life life;
	enum zy_key_state state = zy_keyring_state(c->signer->keys, c->key, zy_now(c->signer->clock), &life);
	const zy_time since[] = { [ZY_KEY_PLANNED] = life.from,
		[ZY_KEY_ACTIVE] = life.from,
		[ZY_KEY_RETIRING] = life.until,
		[ZY_KEY_RETIRED] = life.retired,
		[ZY_KEY_DESTROYED] = life.destroyed,
		[ZY_KEY_COMPROMISED] = life.compromised };
	char date[ZY_TIME_TEXT] = "";

	if ((states & BIT(state)) != 0)
		return true;
	if (since[state] == ZY_TIME_NEVER || since[state] == ZY_KEY_ALWAYS)
		return zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "key \"%s\" is %s", c->key->label,
		    zy_key_state_name(state));
	zy_time_to_rfc3339(since[state], date);
	return zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "key \"%s\" is %s, %s %s; ask for the current one",
	    c->key->label, zy_key_state_name(state), state == ZY_KEY_PLANNED ? "until" : "since", date);
}

/* What the journal says of a use of c->key. */
static bool fill_record(const struct call *c, const char *what, const struct zy_seal_rule *rule,
    struct zy_journal_record *r, struct zy_error *err)
{
	*r = (struct zy_journal_record){ .at = zy_now(c->signer->clock),
		.what = zy_str(what),
		.key = zy_str(c->key->label),
		.use = c->q.op == ZY_OP_SIGN ? zy_str(zy_key_use_name(c->q.uses)) : zy_str(what),
		.has_rule = rule != NULL,
		.caller = c->caller };
	if (rule != NULL) {
		r->esID = c->q.esID;
		r->item = c->q.item_code;
	}
	return zy_digest(ZY_HASH_SHA256, c->q.message, r->digest, err) &&
	       (rule == NULL || zy_rule_digest(rule, true, r->rule, err));
}

/* An officer's key signs orders that are still good and bear its own name, and nothing else. */
static bool check_order(const struct call *c, struct zy_error *err)
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
static bool check_head(struct call *c, struct zy_journal_record *r, struct zy_error *err)
{
	if (c->q.uses != ZY_USE_LOG)
		return true;
	if (!zy_head_text(c->q.message, c->head, err))
		return false;
	r->item = zy_str(c->head);
	return zy_signer_journal_check_head(c->signer->journal, r, err);
}

static enum zy_suite suite_of(enum zy_key_kind kind)
{
	return kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
}

static bool ceremony_takes(const struct call *c, enum zy_suite suite, enum zy_permit what, struct zy_error *err)
{
	return zy_ceremony_take(c->signer->ceremony, suite, what, zy_now(c->signer->clock), err);
}

/* Whoever holds the socket of a root token gets nothing signed that two officers did not order. */
static bool check_ceremony(const struct call *c, struct zy_error *err)
{
	enum zy_permit what = ZY_PERMIT_CRL;

	if (c->signer->ceremony == NULL)
		return true;
	if (c->q.uses != ZY_USE_CRL && !zy_ceremony_message(c->q.message, &what, err))
		return false;
	return ceremony_takes(c, suite_of(c->key->kind), what, err);
}

/* The answer leaves only after the journal has it; a limit is held before the key is used. */
static bool sign_under(struct call *c, const struct zy_rules *rules, struct zy_buf *out, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	const struct zy_seal_rule *rule = zy_rules_seal(rules, &c->q);
	struct zy_journal_record record;
	struct zy_use_of_seal use;
	uint8_t rs[64];
	bool held;

	if (!require_use(c, c->q.uses, err) || !require_pair(c, err) || !require_state(c, BIT(ZY_KEY_ACTIVE), err) ||
	    !check_order(c, err) || !zy_rules_check(rules, &c->q, zy_now(s->clock), err) ||
	    (rule != NULL && !zy_seal_rule_asked_by(rule, c->caller, err)) || !check_ceremony(c, err) ||
	    !fill_record(c, "sign", rule, &record, err) || !check_head(c, &record, err))
		return false;
	use = (struct zy_use_of_seal){ rule, record.esID, zy_counts_day(record.at), record.digest };
	if (!zy_signer_journal_begin(s->journal, &use, &held, err))
		return false;
	if (!zy_tokenkey_sign(c->session, c->key, c->q.message, c->q.uses == ZY_USE_CRL, rs, err)) {
		zy_signer_journal_cancel(s->journal, &use, held);
		return false;
	}
	if (!zy_signer_journal_end(s->journal, &record, &use, held, err))
		return false;
	zy_cbor_put_bstr(out, ZY_BYTES(rs, sizeof(rs)));
	return true;
}

/* Checkpoints are signed one after the other: each is held against the one before it. */
static bool sign_in_turn(struct call *c, const struct zy_rules *rules, struct zy_buf *out, struct zy_error *err)
{
	bool ok;

	if (c->q.uses != ZY_USE_LOG)
		return sign_under(c, rules, out, err);
	pthread_mutex_lock(&c->signer->making);
	ok = sign_under(c, rules, out, err);
	pthread_mutex_unlock(&c->signer->making);
	return ok;
}

/* The rules stay what they are until the signature is journalled: after an order nothing is signed by the old ones. */
static bool do_sign(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	bool ok = sign_in_turn(c, zy_law_read(c->signer->law), out, err);

	zy_law_leave(c->signer->law);
	return ok;
}

static void put_file(struct call *c, enum zy_governed which, struct zy_buf *out)
{
	struct zy_governed_file file;
	bool approved;

	zy_law_state(c->signer->law, which, &file, &approved);
	zy_cbor_put_array(out, 2);
	if (file.known)
		zy_cbor_put_bstr(out, ZY_BYTES(file.digest, ZY_HASH_LEN));
	else
		zy_cbor_put_null(out);
	zy_cbor_put_bool(out, approved);
}

static bool do_in_force(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	(void)err;
	zy_cbor_put_array(out, ZY_NUM_GOVERNED);
	put_file(c, ZY_GOVERNED_RULES, out);
	put_file(c, ZY_GOVERNED_OFFICERS, out);
	return true;
}

/* The order was taken, and is used up whether or not the ceremony comes to its end. */
static bool open_ceremony(const struct call *c, struct zy_error *err)
{
	struct zy_ceremony_plan plan;
	struct zy_order_file f;
	struct zy_order o;

	if (c->signer->ceremony == NULL)
		return true;
	if (!zy_order_file_parse(&f, c->q.message, err) || !zy_order_parse(&o, f.order, err))
		return false;
	if (o.action != ZY_ORDER_CEREMONY)
		return true;
	if (!zy_ceremony_plan_parse(&plan, f.subject, err))
		return false;
	zy_ceremony_begin(c->signer->ceremony, &plan, zy_now(c->signer->clock));
	return true;
}

static bool do_approve(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	bool already;

	if (!zy_law_apply(c->signer->law, c->q.message, c->caller, &already, err) || !open_ceremony(c, err))
		return false;
	zy_cbor_put_bool(out, already);
	return true;
}

/* The journal has a key's new life before anybody acts by it. */
static bool write_life(
    const struct call *c, const char *label, const char *event, const struct zy_key_life *life, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	char text[ZY_KEY_LIFE_TEXT];
	struct zy_journal_record r;

	zy_key_life_encode(life, text);
	r = (struct zy_journal_record){ .at = zy_now(c->signer->clock),
		.what = zy_str("key"),
		.key = zy_str(label),
		.use = zy_str(event),
		.item = zy_str(text),
		.caller = c->caller };
	return zy_digest(ZY_HASH_SHA256, r.item, r.digest, err) &&
	       zy_signer_journal_end(c->signer->journal, &r, &none, false, err);
}

/* A key that cannot be written into the table is taken out of the token again. */
static bool make_key(const struct call *c, struct zy_key *key, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	struct zy_bytes alias;
	const struct zy_key_life life = zy_key_life_of_new(zy_key_generation(zy_str(key->label), &alias));

	if (!zy_keyring_may_add(s->keys, key, zy_now(s->clock), err) || !zy_tokenkey_may_generate(s->token, key, err) ||
	    !write_life(c, key->label, "make", &life, err) || !zy_tokenkey_generate(s->token, key, err))
		return false;
	if (zy_keyring_add(s->keys, key, err))
		return true;
	zy_tokenkey_remove(s->token, key);
	return false;
}

/* A root key signs certificates and lists, and nothing else. */
static bool check_root_key(const struct call *c, const struct zy_key *key, struct zy_error *err)
{
	if (c->signer->ceremony == NULL)
		return true;
	if (key->kind == ZY_KEY_AES256 || (key->uses & ~(unsigned)(ZY_USE_CERTIFICATE | ZY_USE_CRL)) != 0)
		return zy_fail(err, ZY_E_KEY_USE, "uses", ZY_NOWHERE, "a root key is for certificates and CRLs alone");
	return ceremony_takes(c, suite_of(key->kind), ZY_PERMIT_GENERATE, err);
}

static bool do_generate(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	struct zy_key key = { .kind = c->q.kind, .uses = c->q.uses };
	bool ok;

	memcpy(key.label, c->uri.label, sizeof(key.label));
	if (!zy_keys_check_uses(key.kind, key.uses, err) || !check_root_key(c, &key, err))
		return false;
	pthread_mutex_lock(&s->making);
	ok = make_key(c, &key, err);
	pthread_mutex_unlock(&s->making);
	if (ok)
		zy_log(s->log, ZY_LOG_INFO, "key-made", "{s:s,s:s,s:i}", "key", key.label, "kind",
		    zy_key_kind_name(key.kind), "uses", (int)key.uses);
	zy_cbor_put_null(out);
	return ok;
}

/* One event at a time: each looks at the life that the one before has left. */
static bool change_life(const struct call *c, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	struct zy_key_life life, stored;
	zy_time now = zy_now(s->clock);

	zy_keyring_state(s->keys, c->key, now, &life);
	stored = c->key->life; /* written under s->making alone */
	if (!zy_key_life_change(&life, c->q.event, c->q.at, c->q.overlap_s, now, err) ||
	    !zy_key_life_change(&stored, c->q.event, c->q.at, c->q.overlap_s, now, err) ||
	    !write_life(c, c->key->label, zy_key_event_name(c->q.event), &stored, err))
		return false;
	zy_keyring_set_life(s->keys, c->key, &stored);
	if (c->q.event == ZY_KEY_DESTROY)
		zy_tokenkey_remove(s->token, c->key);
	return true;
}

static bool do_life(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&c->signer->making);
	ok = change_life(c, err);
	pthread_mutex_unlock(&c->signer->making);
	if (ok)
		zy_log(c->signer->log, ZY_LOG_INFO, "key-life", "{s:s,s:s}", "key", c->key->label, "change",
		    zy_key_event_name(c->q.event));
	zy_cbor_put_null(out);
	return ok;
}

static bool do_current(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_key *key;

	if (!zy_keyring_current(c->signer->keys, c->uri.label, zy_now(c->signer->clock), &key, err))
		return false;
	zy_cbor_put_text(out, key->label);
	return true;
}

static bool do_csr(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	struct zy_journal_record record;
	uint8_t rs[64];

	if (!require_pair(c, err) || !require_state(c, BIT(ZY_KEY_PLANNED) | BIT(ZY_KEY_ACTIVE), err) ||
	    !zy_own_request_check(c->key, c->q.message, err) || !fill_record(c, "csr", NULL, &record, err) ||
	    !zy_tokenkey_sign(c->session, c->key, c->q.message, false, rs, err) ||
	    !zy_signer_journal_end(c->signer->journal, &record, &none, false, err))
		return false;
	zy_cbor_put_bstr(out, ZY_BYTES(rs, sizeof(rs)));
	return true;
}

static bool do_public(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	if (!require_pair(c, err) || !require_state(c, ~BIT(ZY_KEY_DESTROYED), err))
		return false;
	zy_cbor_put_array(out, 2);
	zy_cbor_put_text(out, zy_key_kind_name(c->key->kind));
	zy_cbor_put_bstr(out, ZY_BYTES(c->key->point, sizeof(c->key->point)));
	return true;
}

static bool do_wrap(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO result = { 0 };

	if (!require_use(c, ZY_USE_WRAP, err) ||
	    !require_state(c, BIT(ZY_KEY_ACTIVE) | (c->q.op == ZY_OP_UNWRAP ? BIT(ZY_KEY_RETIRING) : 0), err))
		return false;
	if (c->q.op == ZY_OP_WRAP ? !zy_tokenkey_wrap(c->session, c->key, c->q.aad, c->q.message, &result, err)
				  : !zy_tokenkey_unwrap(c->session, c->key, c->q.aad, c->q.message, &result, err))
		return false;
	zy_cbor_put_bstr(out, zy_buf_bytes(&result));
	return true;
}

static bool do_bench(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	struct zy_journal_record record;
	uint64_t signatures, microseconds;
	unsigned sessions;

	if (!require_pair(c, err) || !require_state(c, BIT(ZY_KEY_ACTIVE), err) ||
	    !fill_record(c, "bench", NULL, &record, err) ||
	    !zy_signer_journal_end(c->signer->journal, &record, &none, false, err) ||
	    !zy_tokenkey_bench(c->signer->token, c->key, c->q.seconds, &signatures, &microseconds, &sessions, err))
		return false;
	zy_cbor_put_array(out, 3);
	zy_cbor_put_uint(out, signatures);
	zy_cbor_put_uint(out, microseconds);
	zy_cbor_put_uint(out, sessions);
	return true;
}

/* Alive means: the token answers and the login holds. */
static CK_RV look(struct zy_session *s, void *arg)
{
	CK_SESSION_INFO info = { 0 };
	CK_RV rv = s->f->C_GetSessionInfo(s->handle, &info);

	(void)arg;
	if (rv != CKR_OK)
		return rv;
	return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS ? CKR_OK
											  : CKR_USER_NOT_LOGGED_IN;
}

static bool do_ping(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	if (!zy_session_run(c->session, look, NULL, "ping", err))
		return false;
	zy_cbor_put_text(out, c->signer->config->name);
	return true;
}

static bool do_list(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	(void)err;
	zy_keyring_list(c->signer->keys, zy_now(c->signer->clock), out);
	return true;
}

static bool is_without_key(enum zy_hsm_op op)
{
	return op == ZY_OP_PING || op == ZY_OP_LIST || op == ZY_OP_IN_FORCE || op == ZY_OP_APPROVE;
}

/* What a ceremony needs, and what uses no key; each signature is asked for again (check_ceremony). */
static bool fits_root(const struct call *c, struct zy_error *err)
{
	return c->signer->ceremony == NULL || is_without_key(c->q.op) || c->q.op == ZY_OP_SIGN ||
	       c->q.op == ZY_OP_GENERATE || c->q.op == ZY_OP_PUBLIC || c->q.op == ZY_OP_CURRENT ||
	       zy_fail(
		   err, ZY_E_CEREMONY, "op", ZY_NOWHERE, "a root key makes certificates and lists in ceremonies only");
}

static bool dispatch(struct call *c, struct zy_bytes request, struct zy_buf *out, struct zy_error *err)
{
	static bool (*const ops[])(struct call *, struct zy_buf *, struct zy_error *) = { do_ping, do_list, do_sign,
		do_generate, do_public, do_wrap, do_wrap, do_bench, do_csr, do_life, do_current, do_in_force,
		do_approve };
	static_assert(sizeof(ops) / sizeof(*ops) == ZY_NUM_OPS, "each operation has its function");

	if (!zy_hsm_request_parse(&c->q, request, err))
		return false;
	zy_session_patience(c->session, c->q.wait_ms);
	if ((c->q.key.len > 0 || !is_without_key(c->q.op)) && !find_key(c, err))
		return false;
	return fits_root(c, err) && ops[c->q.op](c, out, err);
}

static void log_refusal(const struct call *c, const struct zy_error *why)
{
	bool is_fault = why->code == ZY_E_TOKEN || why->code == ZY_E_PIN || why->code == ZY_E_NO_MEMORY;

	zy_log(c->signer->log, is_fault ? ZY_LOG_ERROR : ZY_LOG_WARNING, is_fault ? "failed" : "refused",
	    "{s:s,s:s,s:s,s:s}", "op", zy_hsm_op_name(c->q.op), "key", c->uri.label, "code", zy_code_name(why->code),
	    "field", why->field == NULL ? "" : why->field);
}

void zy_signer_handle(
    struct zy_signer *signer, struct zy_session *session, uid_t caller, struct zy_bytes request, struct zy_buf *out)
{
	struct call c = { .signer = signer, .session = session, .caller = caller, .q = { .op = ZY_NUM_OPS } };
	struct zy_error err = { 0 };
	size_t start;

	zy_hsm_frame_begin(out);
	start = out->len;
	zy_hsm_answer_begin(out);
	if (!dispatch(&c, request, out, &err)) {
		log_refusal(&c, &err);
		if (!out->failed)
			out->len = start;
		zy_hsm_answer_refuse(out, &err);
	}
	if (!zy_hsm_frame_end(out, &err))
		out->failed = true;
}
