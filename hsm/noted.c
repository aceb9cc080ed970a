/* Heads that are noted for a wrapping key: of the log of what it wraps, which is not told. */
#include "call.h"

#include <openssl/crypto.h>

#include "zy/cbor.h"
#include "zy/noted_head.h"

/* The key is there for what it wraps; its name without a generation stands for all of them. */
static bool name_of(const struct zy_call *c, struct zy_bytes *name, struct zy_error *err)
{
	const struct zy_key *key;

	if (!zy_keyring_current(c->signer->keys, c->uri.label, zy_now(c->signer->clock), &key, err))
		return false;
	zy_key_generation(zy_str(key->label), name);
	return (key->uses & ZY_USE_WRAP) != 0 ||
	       zy_fail(err, ZY_E_KEY_USE, "key", ZY_NOWHERE, "heads are noted for wrapping keys");
}

static bool text_of(const struct zy_noted_request *q, struct zy_bytes name, const struct zy_merkle_head *head,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_merkle_head blinded;

	return zy_noted_blind(q->key, head, &blinded, err) && zy_noted_text(name, &blinded, out, err);
}

/* Who asks knows the head that was noted last, and the new one begins with it (RFC 9162 2.1.4.2). */
static bool follows(const struct zy_noted_request *q, struct zy_bytes name, struct zy_bytes last, struct zy_error *err)
{
	ZY_BUF_AUTO old = { 0 };
	bool good;

	if (last.len == 0)
		return q->old.size == 0 || zy_fail(err, ZY_E_STATE, "head", ZY_NOWHERE, "no head was noted before");
	if (!text_of(q, name, &q->old, &old, err))
		return false;
	if (q->old.size == 0 || !zy_bytes_equal(zy_buf_bytes(&old), last))
		return zy_fail(err, ZY_E_LOG_FORK, "head", ZY_NOWHERE, "another head was noted last");
	return zy_merkle_check_consistency(&q->old, &q->path, &q->now, &good, err) &&
	       (good || zy_fail(err, ZY_E_LOG_FORK, "head", ZY_NOWHERE,
			    "the log does not begin with the one whose head was noted"));
}

static bool put_record(struct zy_call *c, struct zy_bytes name, struct zy_bytes text, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	struct zy_journal_record r = { .at = zy_now(c->signer->clock),
		.what = ZY_LITERAL("note"),
		.key = name,
		.use = ZY_LITERAL("head"),
		.item = text,
		.caller = c->caller };

	return zy_digest(ZY_HASH_SHA256, text, r.digest, err) &&
	       zy_signer_journal_end(c->signer->journal, &r, &none, false, err);
}

static bool note(struct zy_call *c, const struct zy_noted_request *q, struct zy_bytes name, struct zy_bytes last,
    struct zy_buf *text, struct zy_error *err)
{
	if (!text_of(q, name, &q->now, text, err))
		return false;
	/* asked again, when the answer was lost */
	return zy_bytes_equal(zy_buf_bytes(text), last) ||
	       (follows(q, name, last, err) && put_record(c, name, zy_buf_bytes(text), err));
}

static bool serve(struct zy_call *c, struct zy_buf *text, struct zy_error *err)
{
	char last[ZY_HEAD_TEXT_MAX + 1];
	struct zy_noted_request q;
	struct zy_bytes name;
	bool ok;

	if (!name_of(c, &name, err) || !zy_signer_journal_last_head(c->signer->journal, name, last, err))
		return false;
	if (c->q.message.len == 0) {
		zy_buf_put_str(text, last);
		return zy_buf_done(text, "head", err);
	}
	ok = zy_noted_request_parse(&q, c->q.message, err) && note(c, &q, name, zy_str(last), text, err);
	OPENSSL_cleanse(q.key, sizeof(q.key));
	return ok;
}

/* One after the other, as checkpoints are signed. */
bool zy_call_note(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };
	bool ok;

	pthread_mutex_lock(&c->signer->making);
	ok = serve(c, &text, err);
	pthread_mutex_unlock(&c->signer->making);
	zy_cbor_put_tstr(out, zy_buf_bytes(&text));
	return ok;
}
