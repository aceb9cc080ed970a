#include "zy/wallet.h"

#include <stdlib.h>

#include "zy/merkle.h"

static const char *record_value(const struct zy_record *r, const char *key)
{
	for (size_t i = 0; i < r->num_fields; i++)
		if (strcmp(r->fields[i].key, key) == 0)
			return r->fields[i].value;
	return NULL;
}

static bool salt_field(
    const struct zy_trust_field *f, const char *value, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	uint8_t salt[ZY_SHOWING_SALT_LEN];
	ZY_BUF_AUTO b = { 0 };

	if (!zy_random(salt, sizeof(salt), err))
		return false;
	if (f->kind == ZY_FIELD_INTEGER)
		zy_shown_number_encode(f->label, salt, strtoll(value, NULL, 10), &b);
	else
		zy_shown_field_encode(f->label, salt, zy_str(value), &b);
	return zy_buf_done(&b, f->key, err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* Fields often shown together are neighbours, because the type's order is kept: their proof is shorter then. */
static bool collect_fields(
    const struct zy_credential_plan *p, struct zy_arena *a, struct zy_wallet *w, struct zy_error *err)
{
	for (size_t i = 0; i < p->type->num_fields; i++) {
		const struct zy_trust_field *f = &p->type->fields[i];
		const char *value = record_value(p->record, f->key);

		if (value == NULL)
			continue;
		if (w->num_fields == ZY_SHOWING_FIELDS_MAX)
			return zy_fail(err, ZY_E_SHOWING, "fields", ZY_NOWHERE, "more than %d fields can be shown",
			    ZY_SHOWING_FIELDS_MAX);
		if ((w->fields[w->num_fields].key = zy_arena_text(a, zy_str(f->key), err)) == NULL ||
		    !salt_field(f, value, a, &w->fields[w->num_fields].bytes, err))
			return false;
		w->num_fields++;
	}
	return w->num_fields > 0 ||
	       zy_fail(err, ZY_E_SHOWING, "fields", ZY_NOWHERE, "no field of this type may be shown");
}

static bool grow_tree(struct zy_wallet *w, enum zy_hash h, uint8_t root[ZY_HASH_LEN], struct zy_error *err)
{
	w->n = w->num_fields <= 8 ? 8 : w->num_fields <= 16 ? 16 : 32;
	for (size_t i = 0; i < w->n; i++)
		if (i < w->num_fields ? !zy_merkle_leaf(h, w->fields[i].bytes, w->leaves[i], err)
				      : !zy_random(w->leaves[i], ZY_HASH_LEN, err))
			return false;
	return zy_tree_root(h, (const uint8_t(*)[ZY_HASH_LEN])w->leaves, w->n, root, err);
}

static bool sign_credential(struct zy_hsm *h, const struct zy_credential_plan *p, const struct zy_credential *c,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_sign_request q = { .key = p->signer_key, .use = ZY_USE_CREDENTIAL };
	ZY_BUF_AUTO header = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	ZY_BUF_AUTO input = { 0 };
	uint8_t rs[64];

	zy_cose_header_encode(p->signer_suite, p->kid, &header);
	zy_credential_payload_encode(c, &payload);
	zy_cose_input_encode(zy_buf_bytes(&header), ZY_CREDENTIAL_AAD, zy_buf_bytes(&payload), &input);
	if (!zy_buf_done(&header, "credential", err) || !zy_buf_done(&payload, "credential", err) ||
	    !zy_buf_done(&input, "credential", err))
		return false;
	q.message = zy_buf_bytes(&input);
	if (!zy_hsm_sign(h, &q, rs, err))
		return false;
	zy_cose_encode(zy_buf_bytes(&header), zy_buf_bytes(&payload), rs, out);
	return zy_buf_done(out, "credential", err);
}

/* Compressed form (SEC 1 2.3.3): 02 or 03 by the parity of y, then x. */
static void compress(const uint8_t point[65], uint8_t out[ZY_SHOWING_POINT_LEN])
{
	out[0] = (uint8_t)(2 | (point[64] & 1));
	memcpy(out + 1, point + 1, 32);
}

bool zy_wallet_enrol(struct zy_hsm *h, const struct zy_credential_plan *p, struct zy_arena *a, struct zy_wallet *out,
    struct zy_error *err)
{
	const zy_time longest = p->now + (zy_time)p->type->credential_days * 86400;
	struct zy_credential c = { .issuer = zy_str(p->record->issuer_code),
		.type = p->type->number,
		.iat = p->now,
		.exp = p->not_after < longest ? p->not_after : longest };
	struct zy_wallet w = { 0 };
	ZY_BUF_AUTO cose = { 0 };
	enum zy_key_kind kind;
	uint8_t point[65];

	if (c.exp <= c.iat)
		return zy_fail(err, ZY_E_SHOWING, "exp", ZY_NOWHERE, "the licence is over");
	if (!zy_hsm_public(h, p->device_key, &kind, point, err) || !collect_fields(p, a, &w, err) ||
	    !grow_tree(&w, zy_suite_hash(p->signer_suite), c.root, err))
		return false;
	c.n = w.n;
	c.holder_suite = kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	compress(point, c.holder_point);
	w.suite = c.holder_suite;
	if (!sign_credential(h, p, &c, &cose, err) || !zy_arena_copy(a, zy_buf_bytes(&cose), &w.credential, err) ||
	    (w.licence = zy_arena_text(a, zy_str(p->record->identifier), err)) == NULL ||
	    (w.key = zy_arena_text(a, zy_str(p->device_key), err)) == NULL)
		return false;
	*out = w;
	return true;
}
