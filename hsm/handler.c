#include "handler.h"

#include <assert.h>

#include "tokenkey.h"
#include "zy/cbor.h"

/* What the operations share. */
struct call {
	struct zy_signer *signer;
	struct zy_session *session;
	uid_t caller;
	struct zy_hsm_request q;
	struct zy_key_uri uri;
	const struct zy_key *key; /* NULL for ping, list, generate */
};

static bool find_key(struct call *c, struct zy_error *err)
{
	if (!zy_key_uri_parse(&c->uri, c->q.key, err))
		return false;
	if (strcmp(c->uri.token, c->signer->config->name) != 0)
		return zy_fail(err, ZY_E_KEY_URI, "token", ZY_NOWHERE,
		    "this is the signer of token \"%s\", not of \"%s\"", c->signer->config->name, c->uri.token);
	if (c->q.op == ZY_OP_GENERATE)
		return true;
	c->key = zy_keyring_find(c->signer->keys, c->uri.label);
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
	       (rule == NULL || zy_rule_digest(rule, r->rule, err));
}

/* The answer leaves only after the journal has it; a limit is held before the key is used. */
static bool do_sign(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	const struct zy_seal_rule *rule = zy_rules_seal(s->rules, &c->q);
	struct zy_journal_record record;
	struct zy_use_of_seal use;
	uint8_t rs[64];
	bool held;

	if (!require_use(c, c->q.uses, err) || !require_pair(c, err) ||
	    !zy_rules_check(s->rules, &c->q, zy_now(s->clock), err) || !fill_record(c, "sign", rule, &record, err))
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

/* A key that cannot be written into the table is taken out of the token again. */
static bool do_generate(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	struct zy_key key = { .kind = c->q.kind, .uses = c->q.uses };
	bool ok;

	memcpy(key.label, c->uri.label, sizeof(key.label));
	if (!zy_keys_check_uses(key.kind, key.uses, err))
		return false;
	pthread_mutex_lock(&s->making);
	if (zy_keyring_find(s->keys, key.label) != NULL)
		ok = zy_fail(err, ZY_E_EXISTS, "key", ZY_NOWHERE, "the token has a key \"%s\" already", key.label);
	else
		ok = zy_tokenkey_generate(s->token, &key, err);
	if (ok && !(ok = zy_keyring_add(s->keys, &key, err)))
		zy_tokenkey_remove(s->token, &key);
	pthread_mutex_unlock(&s->making);
	if (ok)
		zy_log(s->log, ZY_LOG_INFO, "key-made", "{s:s,s:s,s:i}", "key", key.label, "kind",
		    zy_key_kind_name(key.kind), "uses", (int)key.uses);
	zy_cbor_put_null(out);
	return ok;
}

static bool do_public(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	if (!require_pair(c, err))
		return false;
	zy_cbor_put_array(out, 2);
	zy_cbor_put_text(out, zy_key_kind_name(c->key->kind));
	zy_cbor_put_bstr(out, ZY_BYTES(c->key->point, sizeof(c->key->point)));
	return true;
}

static bool do_wrap(struct call *c, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO result = { 0 };

	if (!require_use(c, ZY_USE_WRAP, err))
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

	if (!require_pair(c, err) || !fill_record(c, "bench", NULL, &record, err) ||
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
	zy_keyring_list(c->signer->keys, out);
	return true;
}

static bool dispatch(struct call *c, struct zy_bytes request, struct zy_buf *out, struct zy_error *err)
{
	static bool (*const ops[])(struct call *, struct zy_buf *, struct zy_error *) = { do_ping, do_list, do_sign,
		do_generate, do_public, do_wrap, do_wrap, do_bench };
	static_assert(sizeof(ops) / sizeof(*ops) == ZY_NUM_OPS, "each operation has its function");

	if (!zy_hsm_request_parse(&c->q, request, err))
		return false;
	if (c->q.key.len > 0 || (c->q.op != ZY_OP_PING && c->q.op != ZY_OP_LIST))
		if (!find_key(c, err))
			return false;
	return ops[c->q.op](c, out, err);
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
