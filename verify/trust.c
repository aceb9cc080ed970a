/*
 * The trust bundle is judged before anything is judged with it. Its two signatures (one of each suite) must both
 * verify over the same payload, and their certificates must chain to the payload's own anchors: that binds the bundle
 * to its anchors, and the pin binds the anchors to what the verifier was given by another channel.
 */
#include "internal.h"

#include <stdio.h>

/* Whatever is wrong, it is the bundle that is wrong; only failures of ours keep their code. */
static bool fail_trust(struct zy_error *err, const struct zy_error *why)
{
	if (zy_code_exit(why->code) != 65)
		return zy_fail(err, why->code, why->field, why->offset, "%s", why->msg);
	return zy_fail(err, ZY_E_TRUST, why->field, why->offset, "the trust bundle is not usable: %s", why->msg);
}

static bool verify_values(struct zy_keys *k, const struct zy_trust_jws *jws, struct zy_error *err)
{
	bool good;

	for (size_t i = 0; i < 2; i++) {
		if (jws->signatures[i].suite != (enum zy_suite)i)
			return zy_fail(
			    err, ZY_E_TRUST, "signatures", ZY_NOWHERE, "one signature of each suite is required");
		if (!zy_signature_verify(k, jws->signatures[i].cert, jws->signatures[i].suite,
			jws->signatures[i].signed_bytes, jws->signatures[i].rs, &good, err))
			return false;
		if (!good)
			return zy_fail(err, ZY_E_TRUST, "signatures", ZY_NOWHERE,
			    "the %s signature does not verify: the bundle was altered",
			    zy_suite_name(jws->signatures[i].suite));
	}
	return true;
}

static bool check_certificates(const struct zy_trust *t, struct zy_error *err)
{
	for (size_t i = 0; i < t->num_anchors; i++)
		if (!zy_chain_readable(t->anchors[i].der))
			return zy_fail(err, ZY_E_TRUST, "anchors", ZY_NOWHERE, "anchor %zu cannot be read", i + 1);
	for (size_t i = 0; i < t->num_intermediates; i++)
		if (!zy_chain_readable(t->intermediates[i].der))
			return zy_fail(
			    err, ZY_E_TRUST, "intermediates", ZY_NOWHERE, "intermediate %zu cannot be read", i + 1);
	return true;
}

/* A bundle may be newer than the time judged (today's knowledge about the past): then it is judged as of its making. */
static bool verify_signers(
    struct zy_keys *k, const struct zy_trust *t, const struct zy_trust_jws *jws, zy_time at, struct zy_error *err)
{
	struct zy_chain_question w = { .purposes = ZY_PURPOSE_TRUST };
	const zy_time when[] = { t->issued_at, at < t->issued_at ? t->issued_at : at };
	struct zy_chain_answer a;

	for (size_t i = 0; i < 4; i++) {
		w.leaf = jws->signatures[i / 2].cert;
		if (!zy_chain_ask_at(k, t, &w, when[i % 2], &a, err))
			return false;
		if (a.code != NULL)
			return zy_fail(err, ZY_E_TRUST, "x5c", ZY_NOWHERE,
			    "its %s signer is not vouched for by its anchors: %s",
			    zy_suite_name(jws->signatures[i / 2].suite), a.detail[0] == 0 ? a.code : a.detail);
		if (when[i % 2] < a.not_before || when[i % 2] > a.not_after)
			return zy_fail(err, ZY_E_TRUST, "x5c", ZY_NOWHERE, "its %s signer's certificate is out of date",
			    zy_suite_name(jws->signatures[i / 2].suite));
	}
	return true;
}

static bool check_dates(const struct zy_trust *t, zy_time at, struct zy_error *err)
{
	char text[ZY_TIME_TEXT];

	if (t->next_update <= t->issued_at)
		return zy_fail(err, ZY_E_TRUST, "nextUpdate", ZY_NOWHERE, "it ends before it begins");
	if (at - ZY_TRUST_GRACE_S <= t->next_update)
		return true;
	zy_time_to_rfc3339(t->next_update, text);
	return zy_fail(err, ZY_E_TRUST, "nextUpdate", ZY_NOWHERE,
	    "it is too old: a newer one was due at %s; fetch the current bundle", text);
}

bool zy_trust_open(struct zy_trust *out, struct zy_bytes file, const uint8_t *pin, zy_time at, struct zy_keys *k,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_jws jws;
	struct zy_trust t = { 0 };
	struct zy_error why = { 0 };

	if (!zy_trust_jws_parse(&jws, file, a, &why) || !verify_values(k, &jws, &why) ||
	    !zy_trust_parse(&t, jws.payload, a, &why) || !check_certificates(&t, &why) ||
	    !zy_trust_check_pin(k, &t, pin, at < t.issued_at ? t.issued_at : at, a, &why) ||
	    !verify_signers(k, &t, &jws, at, &why) || !check_dates(&t, at, &why))
		return fail_trust(err, &why);
	*out = t;
	return true;
}
