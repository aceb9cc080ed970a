#include "handler.h"

#include <assert.h>

#include "call.h"
#include "tokenkey.h"
#include "zy/cbor.h"
#include "zy/der.h"
#include "zy/order.h"

static void put_file(struct zy_call *c, enum zy_governed which, struct zy_buf *out)
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

static bool do_in_force(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	(void)err;
	zy_cbor_put_array(out, ZY_NUM_GOVERNED);
	put_file(c, ZY_GOVERNED_RULES, out);
	put_file(c, ZY_GOVERNED_OFFICERS, out);
	return true;
}

/* The order was taken, and is used up whether or not the ceremony comes to its end. */
static bool open_ceremony(const struct zy_call *c, struct zy_error *err)
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
	zy_ceremony_begin(c->signer->ceremony, &plan, zy_keyring_count(c->signer->keys), zy_now(c->signer->clock));
	return true;
}

static bool do_approve(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	bool already, about_key, about_log;

	if (!zy_call_read_key_order(c, &about_key, err) || !zy_call_read_loss_order(c, &about_log, err) ||
	    !zy_law_apply(c->signer->law, c->q.message, c->caller, &already, err) || !open_ceremony(c, err) ||
	    (about_key && !zy_call_change_life(c, err)) || (about_log && !zy_call_go_on(c, err)))
		return false;
	zy_cbor_put_bool(out, already);
	return true;
}

static bool do_wrap(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO result = { 0 };

	if (!zy_call_may_use(c, ZY_USE_WRAP, err) ||
	    !zy_call_in_state(
		c, ZY_STATE_BIT(ZY_KEY_ACTIVE) | (c->q.op == ZY_OP_UNWRAP ? ZY_STATE_BIT(ZY_KEY_RETIRING) : 0), err))
		return false;
	if (c->q.op == ZY_OP_UNWRAP && !zy_call_may_unwrap(c, err))
		return false;
	if (c->q.op == ZY_OP_WRAP ? !zy_tokenkey_wrap(c->session, c->key, c->q.aad, c->q.message, &result, err)
				  : !zy_tokenkey_unwrap(c->session, c->key, c->q.aad, c->q.message, &result, err))
		return false;
	zy_cbor_put_bstr(out, zy_buf_bytes(&result));
	return true;
}

static bool do_bench(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	struct zy_journal_record record;
	uint64_t signatures, microseconds;
	unsigned sessions;

	if (!zy_call_is_pair(c, err) || !zy_call_in_state(c, ZY_STATE_BIT(ZY_KEY_ACTIVE), err) ||
	    !zy_call_record(c, "bench", NULL, &record, err) ||
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

static bool do_ping(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	if (!zy_session_run(c->session, look, NULL, "ping", err))
		return false;
	zy_cbor_put_text(out, c->signer->config->name);
	return true;
}

static bool do_list(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	(void)err;
	zy_keyring_list(c->signer->keys, zy_now(c->signer->clock), out);
	return true;
}

static bool is_without_key(enum zy_hsm_op op)
{
	return op == ZY_OP_PING || op == ZY_OP_LIST || op == ZY_OP_SIGN || op == ZY_OP_IN_FORCE || op == ZY_OP_APPROVE;
}

/* What a ceremony needs, and what uses no key or names several; each signature is asked for again (check_ceremony). */
static bool fits_root(const struct zy_call *c, struct zy_error *err)
{
	return c->signer->ceremony == NULL || is_without_key(c->q.op) || c->q.op == ZY_OP_SIGN ||
	       c->q.op == ZY_OP_GENERATE || c->q.op == ZY_OP_PUBLIC || c->q.op == ZY_OP_CURRENT ||
	       (c->q.op == ZY_OP_LIFE && c->q.event == ZY_KEY_ACTIVATE) ||
	       zy_fail(
		   err, ZY_E_CEREMONY, "op", ZY_NOWHERE, "a root key makes certificates and lists in ceremonies only");
}

static bool dispatch(struct zy_call *c, struct zy_bytes request, struct zy_buf *out, struct zy_error *err)
{
	static bool (*const ops[])(struct zy_call *, struct zy_buf *, struct zy_error *) = { do_ping, do_list,
		zy_call_sign, zy_call_generate, zy_call_public, do_wrap, do_wrap, do_bench, zy_call_csr, zy_call_life,
		zy_call_current, do_in_force, do_approve, zy_call_note };
	static_assert(sizeof(ops) / sizeof(*ops) == ZY_NUM_OPS, "each operation has its function");

	if (!zy_hsm_request_parse(&c->q, request, err))
		return false;
	zy_session_patience(c->session, c->q.wait_ms);
	if ((c->q.key.len > 0 || !is_without_key(c->q.op)) && !zy_call_find_key(c, err))
		return false;
	return fits_root(c, err) && ops[c->q.op](c, out, err);
}

void zy_call_log_refusal(const struct zy_call *c, const struct zy_error *why)
{
	bool is_fault = why->code == ZY_E_TOKEN || why->code == ZY_E_PIN || why->code == ZY_E_NO_MEMORY;

	zy_log(c->signer->log, is_fault ? ZY_LOG_ERROR : ZY_LOG_WARNING, is_fault ? "failed" : "refused",
	    "{s:s,s:s,s:s,s:s}", "op", zy_hsm_op_name(c->q.op), "key", c->uri.label, "code", zy_code_name(why->code),
	    "field", why->field == NULL ? "" : why->field);
}

void zy_signer_refuse(struct zy_buf *out, const struct zy_error *why)
{
	struct zy_error err = { 0 };

	zy_buf_free(out);
	zy_hsm_frame_begin(out);
	zy_hsm_answer_refuse(out, why);
	if (!zy_hsm_frame_end(out, &err))
		out->failed = true;
}

uint64_t zy_signer_handle(struct zy_signer *signer, struct zy_session *session, uid_t caller, struct zy_bytes request,
    struct zy_buf *out, struct zy_journal_wait *after)
{
	struct zy_call c = { .signer = signer, .session = session, .caller = caller, .q = { .op = ZY_NUM_OPS } };
	struct zy_error err = { 0 };

	zy_hsm_frame_begin(out);
	zy_hsm_answer_begin(out);
	*after = (struct zy_journal_wait){ 0 };
	if (!dispatch(&c, request, out, &err)) {
		zy_call_log_refusal(&c, &err);
		zy_signer_refuse(out, &err);
		return 0;
	}
	*after = c.after;
	if (!zy_hsm_frame_end(out, &err))
		out->failed = true;
	return c.us;
}
