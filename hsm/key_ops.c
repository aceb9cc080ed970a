/* Keys are made, told of, and pass through their lives. */
#include <stdio.h>

#include "call.h"
#include "tokenkey.h"
#include "zy/cbor.h"
#include "zy/key_order.h"
#include "zy/order.h"

/* The journal has a key's new life before anybody acts by it. */
static bool write_life(
    const struct zy_call *c, const char *label, const char *event, const struct zy_key_life *life, struct zy_error *err)
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
static bool make_key(const struct zy_call *c, struct zy_key *key, struct zy_error *err)
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
static bool check_root_key(const struct zy_call *c, const struct zy_key *key, struct zy_error *err)
{
	if (c->signer->ceremony == NULL)
		return true;
	if (key->kind == ZY_KEY_AES256 || (key->uses & ~(unsigned)(ZY_USE_CERTIFICATE | ZY_USE_CRL)) != 0)
		return zy_fail(err, ZY_E_KEY_USE, "uses", ZY_NOWHERE, "a root key is for certificates and CRLs alone");
	return zy_call_in_ceremony(c, zy_call_suite(key->kind), ZY_PERMIT_GENERATE, err);
}

bool zy_call_generate(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
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

/* What the key's life would be after the event. */
static bool next_life(const struct zy_call *c, struct zy_key_life *stored, struct zy_error *err)
{
	struct zy_key_life life;
	zy_time now = zy_now(c->signer->clock);

	zy_keyring_state(c->signer->keys, c->key, now, &life);
	*stored = c->key->life; /* written under s->making alone */
	return zy_key_life_change(&life, c->q.event, c->q.at, c->q.overlap_s, now, err) &&
	       zy_key_life_change(stored, c->q.event, c->q.at, c->q.overlap_s, now, err);
}

/* One event at a time: each looks at the life that the one before has left. */
static bool change_life(const struct zy_call *c, struct zy_error *err)
{
	struct zy_signer *s = c->signer;
	struct zy_key_life stored;

	if (!next_life(c, &stored, err) || !write_life(c, c->key->label, zy_key_event_name(c->q.event), &stored, err))
		return false;
	zy_keyring_set_life(s->keys, c->key, &stored);
	if (c->q.event == ZY_KEY_DESTROY)
		zy_tokenkey_remove(s->token, c->key);
	return true;
}

bool zy_call_change_life(struct zy_call *c, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&c->signer->making);
	ok = change_life(c, err);
	pthread_mutex_unlock(&c->signer->making);
	if (ok)
		zy_log(c->signer->log, ZY_LOG_INFO, "key-life", "{s:s,s:s}", "key", c->key->label, "change",
		    zy_key_event_name(c->q.event));
	return ok;
}

/* What nobody takes back, and what a key wrapped is lost with it: not for one person. That a key pair may be in other
 * hands is for anybody to say at once, and a generation that never signed is nobody's loss. */
static bool takes_officers(const struct zy_call *c)
{
	struct zy_key_life life;
	enum zy_key_state state = zy_keyring_state(c->signer->keys, c->key, zy_now(c->signer->clock), &life);

	switch (c->q.event) {
	case ZY_KEY_RETIRE:
		return true;
	case ZY_KEY_DESTROY:
		return state != ZY_KEY_PLANNED;
	case ZY_KEY_COMPROMISE:
		return c->key->kind == ZY_KEY_AES256;
	case ZY_KEY_ACTIVATE:
	case ZY_KEY_END:
	case ZY_NUM_KEY_EVENTS:
		break;
	}
	return false;
}

/* A home that never had a register has nobody to ask. */
static bool may_alone(const struct zy_call *c, struct zy_error *err)
{
	struct zy_governed_file officers;
	bool approved;

	zy_law_state(c->signer->law, ZY_GOVERNED_OFFICERS, &officers, &approved);
	return !officers.known || !takes_officers(c) ||
	       zy_fail(err, ZY_E_APPROVAL_ONE, "order", ZY_NOWHERE,
		   "this takes an order by two officers: the same command with --out FILE writes what `zhengyin approve "
		   "request key FILE` asks for");
}

/* A root begins in its ceremony, at once; when the one before ends was ordered. */
static bool check_root_life(struct zy_call *c, struct zy_error *err)
{
	struct zy_ceremony *ceremony = c->signer->ceremony;

	if (ceremony == NULL)
		return true;
	c->q.at = 0;
	c->q.overlap_s = zy_ceremony_overlap_s(ceremony, zy_now(c->signer->clock));
	return zy_call_in_ceremony(c, zy_call_suite(c->key->kind), ZY_PERMIT_ACTIVATE, err);
}

bool zy_call_life(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	struct zy_key_life unused;

	if (!next_life(c, &unused, err) || !may_alone(c, err) || !check_root_life(c, err) ||
	    !zy_call_change_life(c, err))
		return false;
	zy_cbor_put_null(out);
	return true;
}

/* The line of an order that destroys a data key which c->key wrapped, whichever generation of it. It has one spelling,
 * so its digest, which the journal has of each order given, says whether that order was given. */
static bool put_shred_line(const struct zy_call *c, const uint8_t *id, struct zy_buf *out, struct zy_error *err)
{
	struct zy_key_order o = { .event = ZY_KEY_ORDER_SHRED };
	char uri[ZY_KEY_URI_MAX + 1];
	struct zy_bytes alias;

	zy_key_generation(zy_str(c->key->label), &alias);
	snprintf(uri, sizeof(uri), "pkcs11:token=%s;object=%.*s", c->signer->config->name, (int)alias.len,
	    (const char *)alias.p);
	o.uri = zy_str(uri);
	memcpy(o.data_key, id, sizeof(o.data_key));
	return zy_key_order_encode(&o, out, err);
}

/* The name is part of what the token authenticates: a wrapped key opens under its own alone, from any old copy too. */
bool zy_call_may_unwrap(const struct zy_call *c, struct zy_error *err)
{
	const uint8_t *id = zy_data_key_id(c->q.aad);
	uint8_t digest[ZY_HASH_LEN];
	ZY_BUF_AUTO line = { 0 };

	if (id == NULL)
		return true;
	if (!put_shred_line(c, id, &line, err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&line), digest, err))
		return false;
	return !zy_signer_journal_used(c->signer->journal, digest) ||
	       zy_fail(err, ZY_E_DESTROYED, "aad", ZY_NOWHERE, "two officers ordered that this data key is destroyed");
}

/* Taken only in the spelling by which the key is known again; the key may bear its group's name. */
static bool check_shred(struct zy_call *c, const struct zy_key_order *what, struct zy_error *err)
{
	ZY_BUF_AUTO line = { 0 }, asked = { 0 };

	if (!zy_call_find_key(c, err))
		return false;
	if (what->event != ZY_KEY_ORDER_SHRED || c->key->kind != ZY_KEY_AES256)
		return zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE, "an order to shred is about a key that wraps");
	return put_shred_line(c, what->data_key, &line, err) &&
	       zy_key_order_encode_for(what, c->signer->config->name, &asked, err) &&
	       (zy_bytes_equal(zy_buf_bytes(&line), zy_buf_bytes(&asked)) ||
		   zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
		       "an order to shred names the wrapping key without a generation"));
}

/* The end of a key is one token's; what is shredded must be refused by each that has the wrapping key. */
static bool is_ours(const struct zy_call *c, const struct zy_key_order *what, enum zy_order_action action)
{
	const struct zy_signer_config *config = c->signer->config;

	return c->signer->ceremony == NULL && (zy_bytes_equal(what->token, zy_str(config->name)) ||
						  (action == ZY_ORDER_SHRED && config->group != NULL &&
						      zy_bytes_equal(what->token, zy_str(config->group))));
}

bool zy_call_read_key_order(struct zy_call *c, bool *is_one, struct zy_error *err)
{
	static const enum zy_key_event events[ZY_NUM_KEY_ORDER_EVENTS] = { [ZY_KEY_ORDER_RETIRE] = ZY_KEY_RETIRE,
		[ZY_KEY_ORDER_DESTROY] = ZY_KEY_DESTROY,
		[ZY_KEY_ORDER_COMPROMISE] = ZY_KEY_COMPROMISE };
	struct zy_key_life unused;
	struct zy_key_order what;
	struct zy_order_file f;
	struct zy_order o;

	*is_one = false;
	if (!zy_order_file_parse(&f, c->q.message, err) || !zy_order_parse(&o, f.order, err))
		return false;
	if (o.action != ZY_ORDER_KEY && o.action != ZY_ORDER_SHRED)
		return true;
	if (!zy_key_order_parse(&what, f.subject, err))
		return false;
	if (!is_ours(c, &what, o.action))
		return zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE, "the order is about a key of another token");
	c->q.key = what.uri;
	if (o.action == ZY_ORDER_SHRED)
		return check_shred(c, &what, err);
	if (what.event == ZY_KEY_ORDER_SHRED)
		return zy_fail(err, ZY_E_ORDER, "action", ZY_NOWHERE, "to shred takes an order of the action shred");
	c->q.event = events[what.event];
	c->q.at = what.at;
	*is_one = true;
	return zy_call_find_key(c, err) && next_life(c, &unused, err);
}

bool zy_call_current(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_key *key;

	if (!zy_keyring_current(c->signer->keys, c->uri.label, zy_now(c->signer->clock), &key, err))
		return false;
	zy_cbor_put_text(out, key->label);
	return true;
}

bool zy_call_public(struct zy_call *c, struct zy_buf *out, struct zy_error *err)
{
	if (!zy_call_is_pair(c, err) || !zy_call_in_state(c, ~ZY_STATE_BIT(ZY_KEY_DESTROYED), err))
		return false;
	zy_cbor_put_array(out, 2);
	zy_cbor_put_text(out, zy_key_kind_name(c->key->kind));
	zy_cbor_put_bstr(out, ZY_BYTES(c->key->point, sizeof(c->key->point)));
	return true;
}
