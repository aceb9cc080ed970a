/* Whether the certificates of a path still stand (RFC 5280 6.3, RFC 6960), from the lists and answers at hand. */
#include "path.h"

#include <stdio.h>

#include "zy/crl.h"
#include "zy/standing.h"

static const char *sentence(const char *why)
{
	static const struct {
		const char *why, *text;
	} all[] = {
		{ "status-signature", "the signature of its status does not verify" },
		{ "status-responder", "the responder was not authorised by its issuer" },
		{ "status-not-yet", "its status is from after the time judged" },
		{ "status-too-old", "its status is too old" },
		{ "status-not-covered", "the status at hand does not cover it" },
		{ "status-refused", "the responder gave no answer" },
		{ "status-unknown", "the responder does not know it" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i].why, why) == 0)
			return all[i].text;
	return why;
}

struct known {
	bool revoked, stands, about;
	zy_time revoked_at;
	int reason;
	char why[160]; /* of the last that told nothing; empty: there was none */
};

/* Was it about this certificate? A list names its issuer; an answer is often about the leaf alone, and only the last
 * three are found out after its CertID was compared. */
static bool is_about(const struct zy_standing *s, bool is_answer)
{
	if (!is_answer)
		return strcmp(s->why, "status-issuer") != 0;
	return strcmp(s->why, "status-not-yet") == 0 || strcmp(s->why, "status-too-old") == 0 ||
	       strcmp(s->why, "status-unknown") == 0;
}

static void learn(struct known *known, const struct zy_standing *s, bool is_answer)
{
	switch (s->is) {
	case ZY_STANDS:
		known->stands = true;
		return;
	case ZY_STANDS_REVOKED:
		known->revoked = true;
		known->revoked_at = s->revoked_at;
		known->reason = s->reason;
		return;
	case ZY_STANDS_UNKNOWN:
		break;
	}
	known->about = known->about || is_about(s, is_answer);
	if (strcmp(s->why, "status-issuer") != 0)
		snprintf(known->why, sizeof(known->why), "%s", sentence(s->why));
}

/* What cannot be read tells nothing; only failures of ours are errors. */
static bool keep(struct known *known, const struct zy_error *why, struct zy_error *err)
{
	if (why->code == ZY_E_CRYPTO || why->code == ZY_E_NO_MEMORY)
		return zy_fail(err, why->code, why->field == NULL ? "" : why->field, why->offset, "%s", why->msg);
	snprintf(known->why, sizeof(known->why), "a status cannot be read: %.100s", why->msg);
	return true;
}

static bool ask_all(struct zy_keys *k, const struct zy_path_status *s, zy_time at, const struct zy_x509 *cert,
    const struct zy_x509 *issuer, struct known *known, struct zy_error *err)
{
	const struct zy_bytes none = { 0 };
	struct zy_standing standing;

	for (size_t i = 0; i < s->num_crls + s->num_answers; i++) {
		struct zy_error why = { 0 };
		bool ok = i < s->num_crls
			      ? zy_standing_by_crl(k, s->crls[i], issuer->der, cert->der, at, &standing, &why)
			      : zy_standing_by_ocsp(
				    k, s->answers[i - s->num_crls], issuer->der, cert->der, none, at, &standing, &why);

		if (ok)
			learn(known, &standing, i >= s->num_crls);
		else if (!keep(known, &why, err))
			return false;
	}
	return true;
}

/* The leaf must be covered. An authority that nothing is about is only noted: who asks about a leaf seldom has more. */
static void tell(struct zy_path *p, size_t i, const struct known *known)
{
	char at[ZY_TIME_TEXT];

	if (known->revoked) {
		zy_time_to_rfc3339(known->revoked_at, at);
		zy_path_fault(p, i, "certificate-revoked", "revokedCertificates", ZY_NOWHERE, "since %s, reason %d", at,
		    known->reason == ZY_REASON_NONE ? 0 : known->reason);
	} else if (!known->stands && (i == 0 || known->about)) {
		zy_path_fault(p, i, "revocation-unknown", "Certificate", ZY_NOWHERE, "%s",
		    known->why[0] == 0 ? "no list and no answer is of its issuer" : known->why);
	} else if (!known->stands) {
		zy_path_fault(
		    p, i, "revocation-not-checked", "Certificate", ZY_NOWHERE, "no status of its issuer is at hand");
	}
}

bool zy_path_check_status(
    struct zy_keys *k, const struct zy_path_status *s, zy_time at, struct zy_path *p, struct zy_error *err)
{
	for (size_t i = 0; i + 1 < p->num; i++) {
		struct known known = { 0 };

		if (!ask_all(k, s, at, p->certs[i], p->certs[i + 1], &known, err))
			return false;
		tell(p, i, &known);
	}
	return true;
}
