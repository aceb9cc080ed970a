/* A shown code, by the steps of the showing protocol ("What the verifier does"); the numbers below are its own. */
#include "internal.h"

#include <stdio.h>

#include "zy/merkle.h"
#include "zy/showing.h"

/* Step 9: made at most this long ahead of our clock, and at most this long ago. */
#define EARLY_S 60
#define LATE_S 90
/* Step 6 allows the same early time for the credential. */
#define CREDENTIAL_EARLY_S 60

struct shown {
	struct zy_case *c;
	const struct zy_showing *s;
	const struct zy_trust_type *type;
	const struct zy_trust_issuer *issuer;
	const struct zy_trust_credential_key *key;
};

/* 4: the keys for (kid, issuer, type). Several certificates may share a kid: the one whose signature fits is taken. */
static bool find_key(struct shown *w, struct zy_error *err)
{
	const struct zy_credential *cr = &w->s->credential;
	const struct zy_trust *t = w->c->trust;
	ZY_BUF_AUTO input = { 0 };

	zy_cose_input_encode(cr->cose.protected_header, ZY_CREDENTIAL_AAD, cr->cose.payload, &input);
	if (!zy_buf_done(&input, "credential", err))
		return false;
	for (size_t i = 0; i < t->num_credential_keys; i++) {
		const struct zy_trust_credential_key *k = &t->credential_keys[i];
		bool good = false;

		if (memcmp(k->kid, cr->cose.kid, sizeof(k->kid)) != 0 || k->suite != cr->cose.suite ||
		    !zy_bytes_equal(zy_str(k->issuer), cr->issuer))
			continue;
		if (w->key == NULL)
			w->key = k;
		if (!zy_signature_verify(w->c->keys, k->cert, k->suite, zy_buf_bytes(&input), cr->cose.rs, &good, err))
			return false;
		if (good) {
			w->key = k;
			return true;
		}
	}
	if (w->key == NULL)
		zy_report_add(w->c->r, "credential-key-unknown", "kid", ZY_NOWHERE, NULL);
	else /* 5 */
		zy_report_add(w->c->r, "credential-signature", "credential.signature", ZY_NOWHERE, NULL);
	return true;
}

static void find_type(struct shown *w)
{
	const struct zy_credential *cr = &w->s->credential;
	char issuer[19];

	snprintf(issuer, sizeof(issuer), "%.*s", (int)cr->issuer.len, (const char *)cr->issuer.p);
	w->type = zy_trust_type_by_number(w->c->trust, cr->type);
	w->issuer = zy_trust_issuer(w->c->trust, issuer);
	if (w->type == NULL)
		zy_report_add(w->c->r, "credential-type-unknown", "type", ZY_NOWHERE, "type number %u", cr->type);
	if (zy_trust_is_seniors(w->c->trust, issuer))
		zy_report_add(w->c->r, "issuer-of-another-bundle", "issuer", ZY_NOWHERE, NULL);
	if (w->issuer == NULL)
		zy_report_add(w->c->r, "licence-issuer-unknown", "issuer", ZY_NOWHERE, NULL);
	else if (w->type != NULL && !zy_trust_issuer_may(w->issuer, w->type->code))
		zy_report_add(w->c->r, "licence-type-not-allowed", "type", ZY_NOWHERE, NULL);
}

/* 4 and 6: the signer's certificate now and when it signed, and the credential's dates. */
static bool judge_credential_dates(struct shown *w, struct zy_error *err)
{
	const struct zy_credential *cr = &w->s->credential;
	struct zy_report *r = w->c->r;
	struct zy_cert_facts facts;
	bool good;

	if (cr->iat > w->c->at + CREDENTIAL_EARLY_S)
		zy_report_add(r, "credential-not-yet-valid", "iat", ZY_NOWHERE, NULL);
	if (w->c->at >= cr->exp)
		zy_report_add(r, "credential-expired", "exp", ZY_NOWHERE, NULL);
	if (w->type != NULL && cr->exp - cr->iat > (zy_time)w->type->credential_days * 86400)
		zy_report_add(r, "credential-too-long", "exp", ZY_NOWHERE, NULL);
	if (w->key == NULL)
		return true;
	const struct zy_chain_question q = { .purposes = ZY_PURPOSE_CREDENTIAL,
		.leaf = w->key->cert,
		.existed = w->c->at,
		.scope = { .type = w->type == NULL ? NULL : w->type->code, .issuer = w->key->issuer },
		.field = "kid" };

	if (!zy_chain_check(w->c->keys, w->c->trust, &q, r, err) ||
	    !zy_case_facts(w->c, w->key->cert, "kid", &facts, &good, err))
		return false;
	if (good && (cr->iat < facts.not_before || cr->iat > facts.not_after))
		zy_report_add(r, "credential-outside-certificate", "iat", ZY_NOWHERE, NULL);
	return true;
}

static bool kind_fits(const struct zy_trust_field *rule, const struct zy_shown_field *f)
{
	return f->is_text == (rule->kind != ZY_FIELD_INTEGER);
}

static void judge_labels(struct shown *w)
{
	for (size_t i = 0; i < w->s->num_fields; i++) {
		const struct zy_shown_field *f = &w->s->fields[i];
		const struct zy_trust_field *rule = w->type == NULL ? NULL : zy_trust_field_by_label(w->type, f->label);

		for (size_t k = 0; k < i; k++)
			if (w->s->fields[k].label == f->label)
				zy_report_add(
				    w->c->r, "field-repeated", "fields.label", ZY_NOWHERE, "label %u", f->label);
		if (rule == NULL && w->type != NULL)
			zy_report_add(w->c->r, "field-unknown", "fields.label", ZY_NOWHERE, "label %u", f->label);
		else if (rule != NULL && !kind_fits(rule, f))
			zy_report_add(w->c->r, "field-kind", "fields.value", ZY_NOWHERE, "label %u", f->label);
	}
}

/* 8: the shown fields lead to the root, with every sibling used exactly once. */
static bool judge_proof(struct shown *w, bool *good, struct zy_error *err)
{
	const struct zy_credential *cr = &w->s->credential;
	const enum zy_hash h = zy_suite_hash(cr->cose.suite);
	uint8_t leaves[ZY_SHOWING_FIELDS_MAX][ZY_HASH_LEN] = { 0 };
	uint32_t shown = 0;

	for (size_t i = 0; i < w->s->num_fields; i++) {
		shown |= (uint32_t)1 << w->s->fields[i].index;
		if (!zy_merkle_leaf(h, w->s->fields[i].bytes, leaves[w->s->fields[i].index], err))
			return false;
	}
	if (!zy_tree_check(h, (const uint8_t(*)[ZY_HASH_LEN])leaves, cr->n, shown, w->s->siblings, cr->root, good, err))
		return false;
	if (!*good)
		zy_report_add(w->c->r, "field-proof", "siblings", ZY_NOWHERE, NULL);
	return true;
}

static void judge_session(struct shown *w)
{
	const zy_time age = w->c->at - w->s->session.iat;

	if (age < -EARLY_S)
		zy_report_add(w->c->r, "showing-too-early", "session.iat", ZY_NOWHERE, "%lld s ahead", (long long)-age);
	if (age > LATE_S)
		zy_report_add(w->c->r, "showing-expired", "session.iat", ZY_NOWHERE, "made %lld s ago", (long long)age);
}

/* 7 and 10: the holder's key, and its signature over what was rebuilt from the parts as received. */
static bool judge_holder(struct shown *w, struct zy_error *err)
{
	const struct zy_credential *cr = &w->s->credential;
	struct zy_error why = { 0 };
	ZY_BUF_AUTO input = { 0 };
	bool good;

	if (!zy_showing_input(cr->holder_suite, cr->cose.whole, w->s->fields_cbor, w->s->staple_cbor,
		w->s->session_cbor, &input, err))
		return false;
	if (!zy_signature_verify_point(w->c->keys, ZY_BYTES(cr->holder_point, sizeof(cr->holder_point)),
		cr->holder_suite, zy_buf_bytes(&input), w->s->rs, &good, &why)) {
		if (why.code != ZY_E_KEY)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		zy_report_add(w->c->r, "holder-key", "holder.point", ZY_NOWHERE, NULL);
	} else if (!good) {
		zy_report_add(w->c->r, "holder-signature", "signature", ZY_NOWHERE, NULL);
	}
	return true;
}

static void put_signature(struct shown *w, zy_time at, const char *signer, struct zy_finding *const *mark)
{
	struct zy_report_signature *s = zy_case_signature(w->c, "cose");

	if (s == NULL)
		return;
	s->signer = signer;
	s->signing_time = at;
	s->time_source = "claimed";
	s->covers = "whole";
	s->indication = zy_report_since(w->c->r, mark, &s->sub_indication);
}

static const char *value_text(struct shown *w, const struct zy_shown_field *f)
{
	char number[24];

	if (f->is_text)
		return zy_case_text(w->c, f->text);
	snprintf(number, sizeof(number), "%lld", (long long)f->number);
	return zy_case_text(w->c, zy_str(number));
}

/* 14: what the verifier's screen shows; only what proved to stand in the credential. */
static void fill_showing(struct shown *w)
{
	struct zy_report_showing *out = &w->c->r->showing;

	*out = (struct zy_report_showing){ .type_code = w->type->code,
		.type_zh = w->type->name.zh,
		.type_en = w->type->name.en,
		.issuer_code = w->issuer->code,
		.issuer_zh = w->issuer->name.zh,
		.issuer_en = w->issuer->name.en,
		.made_at = w->s->session.iat,
		.credential_until = w->s->credential.exp };
	for (size_t i = 0; i < w->s->num_fields; i++) {
		const struct zy_trust_field *rule = zy_trust_field_by_label(w->type, w->s->fields[i].label);

		if (rule != NULL)
			out->fields[out->num_fields++] = (struct zy_report_shown){ .label = rule->label,
				.key = rule->key,
				.zh = rule->name.zh,
				.en = rule->name.en,
				.value = value_text(w, &w->s->fields[i]) };
	}
	w->c->r->has_showing = true;
}

static bool judge(struct shown *w, struct zy_error *err)
{
	struct zy_finding *const *mark = w->c->r->last;
	bool proved;

	zy_case_trust(w->c);
	if (w->c->trust != NULL)
		find_type(w);
	if ((w->c->trust != NULL && !find_key(w, err)) || !judge_credential_dates(w, err))
		return false;
	put_signature(w, w->s->credential.iat, w->issuer == NULL ? NULL : w->issuer->name.zh, mark);
	mark = w->c->r->last;
	judge_labels(w);
	if (!judge_proof(w, &proved, err))
		return false;
	judge_session(w);
	if (!judge_holder(w, err))
		return false;
	put_signature(w, w->s->session.iat, "holder's device", mark);
	zy_report_add(w->c->r, "replay-not-checked", "session.nonce", ZY_NOWHERE, NULL);
	zy_report_add(w->c->r, "status-not-shown", "staple", ZY_NOWHERE, NULL);
	if (proved && w->type != NULL && w->issuer != NULL)
		fill_showing(w);
	return true;
}

bool zy_judge_showing(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes text, zy_time at,
    struct zy_report *r, struct zy_error *err)
{
	ZY_BUF_AUTO bytes = { .cap = ZY_SHOWING_TEXT_MAX };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r };
	struct zy_showing s;
	struct shown w = { .c = &c, .s = &s };

	r->format = "showing";
	/* 1 and 2 */
	if (!zy_showing_decode(text, &bytes, err) || !zy_showing_parse(&s, zy_buf_bytes(&bytes), err))
		return false;
	if (trust != NULL)
		return judge(&w, err);
	zy_case_trust(&c); /* nobody's key is known: nothing of it is proved, and nothing is told */
	return true;
}
