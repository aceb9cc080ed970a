#include "zy/trust_bundle.h"

static bool type_from_policy(
    struct zy_trust_type *out, const struct zy_type *t, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_field *fields = zy_arena_array(a, t->num_fields + 1, sizeof(*fields), err);

	if (fields == NULL)
		return false;
	*out = (struct zy_trust_type){ .code = t->code,
		.alias = t->alias,
		.name = t->name,
		.number = t->showing_number,
		.credential_days = t->credential_days,
		.fields = fields };
	for (size_t i = 0; i < t->num_fields; i++) {
		const struct zy_field_rule *f = &t->fields[i];

		if (f->showing_label == 0)
			continue;
		fields[out->num_fields++] = (struct zy_trust_field){
			.key = f->key, .label = f->showing_label, .kind = f->kind, .name = f->label
		};
	}
	return true;
}

static bool issuer_from_policy(struct zy_trust_issuer *out, const struct zy_policy *p, const struct zy_department *d,
    struct zy_arena *a, struct zy_error *err)
{
	const char **types = zy_arena_array(a, p->num_types + 1, sizeof(*types), err);
	const char **seals = zy_arena_array(a, p->num_seals + 1, sizeof(*seals), err);

	if (types == NULL || seals == NULL)
		return false;
	*out = (struct zy_trust_issuer){ .code = d->code, .name = d->name, .types = types, .seals = seals };
	for (size_t i = 0; i < p->num_types; i++)
		if (strcmp(p->types[i].issuer_code, d->code) == 0)
			types[out->num_types++] = p->types[i].code;
	for (size_t i = 0; i < p->num_seals; i++)
		if (strcmp(p->seals[i].department, d->code) == 0)
			seals[out->num_seals++] = p->seals[i].esID;
	return true;
}

static bool retired_from_policy(struct zy_trust *t, const struct zy_policy *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_retired *retired = zy_arena_array(a, p->num_seals + 1, sizeof(*retired), err);

	t->retired = retired;
	t->num_retired = 0;
	for (size_t i = 0; retired != NULL && i < p->num_seals; i++)
		if (p->seals[i].retired.at != 0)
			retired[t->num_retired++] = (struct zy_trust_retired){ p->seals[i].esID, p->seals[i].retired.at,
				p->seals[i].retired.successor };
	return retired != NULL;
}

bool zy_trust_from_policy(struct zy_trust *t, const struct zy_policy *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_type *types = zy_arena_array(a, p->num_types + 1, sizeof(*types), err);
	struct zy_trust_issuer *issuers = zy_arena_array(a, p->num_departments + 1, sizeof(*issuers), err);

	if (types == NULL || issuers == NULL)
		return false;
	for (size_t i = 0; i < p->num_types; i++)
		if (!type_from_policy(&types[i], &p->types[i], a, err))
			return false;
	for (size_t i = 0; i < p->num_departments; i++)
		if (!issuer_from_policy(&issuers[i], p, &p->departments[i], a, err))
			return false;
	if (!retired_from_policy(t, p, a, err))
		return false;
	t->types = types;
	t->num_types = p->num_types;
	t->issuers = issuers;
	t->num_issuers = p->num_departments;
	return true;
}

bool zy_credential_kid(enum zy_suite suite, struct zy_bytes cert, uint8_t kid[8], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(zy_suite_hash(suite), cert, digest, err))
		return false;
	memcpy(kid, digest, 8);
	return true;
}

bool zy_trust_sign(struct zy_hsm *h, const struct zy_trust *t, const struct zy_cert_issuer signer[2],
    struct zy_buf *out, struct zy_error *err)
{
	const struct zy_bytes certs[2] = { signer[0].cert, signer[1].cert };
	ZY_BUF_AUTO payload = { .cap = ZY_TRUST_MAX };
	uint8_t rs[2][64];

	if (!zy_trust_encode(t, &payload, err) || !zy_buf_done(&payload, "trust", err))
		return false;
	for (size_t i = 0; i < 2; i++) {
		ZY_BUF_AUTO input = { 0 };
		struct zy_sign_request q = { .key = signer[i].key, .use = ZY_USE_TRUST };

		if (!zy_trust_jws_input((enum zy_suite)i, certs[i], zy_buf_bytes(&payload), &input, err) ||
		    !zy_buf_done(&input, "trust", err))
			return false;
		q.message = zy_buf_bytes(&input);
		if (!zy_hsm_sign(h, &q, rs[i], err))
			return false;
	}
	return zy_trust_jws_encode(zy_buf_bytes(&payload), certs, (const uint8_t(*)[64])rs, out, err);
}
