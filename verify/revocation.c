/* The status of a path: every source is read once, every certificate is asked about at each of them. */
#include "revocation_run.h"

/* Of words that tell nothing, the one that says most; the same order as in which things are checked. */
static const struct {
	const char *why, *text;
} reasons[] = {
	{ "status-none", "no list and no answer is of its issuer" },
	{ "status-unreadable", "a status cannot be read" },
	{ "status-refused", "the responder gave no answer" },
	{ "status-issuer", "no list and no answer is of its issuer" },
	{ "status-not-covered", "the status at hand does not cover it" },
	{ "status-work", "too many signatures had to be verified for it" },
	{ "status-responder-missing", "the certificate of its responder is not at hand" },
	{ "status-responder", "the responder was not authorised by its issuer" },
	{ "status-responder-unknown", "it cannot be told whether its responder's own certificate was revoked" },
	{ "status-signature", "the signature of its status does not verify" },
	{ "status-algorithm", "its status is signed with an algorithm that is too weak or not known" },
	{ "status-signer", "who signed its status has no good path to the same anchor" },
	{ "status-nonce", "the answer was not made for this question" },
	{ "status-form", "its list has a critical extension that is not known, or is of no known kind" },
	{ "status-not-yet", "its status is from after the time judged" },
	{ "status-too-old", "its status is too old" },
	{ "status-after-end", "its status was made after the certificate had ended" },
	{ "status-unknown", "the responder does not know it" },
	{ "status-reasons", "the lists at hand do not cover all reasons of revocation" },
};

static size_t rank(const char *why)
{
	size_t i = 0;

	while (i + 1 < sizeof(reasons) / sizeof(reasons[0]) && strcmp(reasons[i].why, why) != 0)
		i++;
	return i;
}

const char *zy_standing_reason(int reason)
{
	static const char *const names[] = { "unspecified", "keyCompromise", "cACompromise", "affiliationChanged",
		"superseded", "cessationOfOperation", "certificateHold", "7", "removeFromCRL", "privilegeWithdrawn",
		"aACompromise" };

	return reason < 0 || (size_t)reason >= sizeof(names) / sizeof(names[0]) ? names[0] : names[reason];
}

const char *zy_standing_sentence(const char *why)
{
	return reasons[rank(why)].text;
}

/* Revoked for good stays revoked; between a hold and its end the newer decides. */
static bool is_stronger(const struct zy_standing *one, const struct zy_standing *known)
{
	const bool held = known->is == ZY_STANDS_REVOKED && known->reason == ZY_REASON_HOLD;

	switch (one->is) {
	case ZY_STANDS_UNKNOWN:
		return known->is == ZY_STANDS_UNKNOWN && rank(one->why) >= rank(known->why);
	case ZY_STANDS:
		return known->is == ZY_STANDS_UNKNOWN ||
		       ((known->is == ZY_STANDS || held) && one->as_of > known->as_of);
	case ZY_STANDS_REVOKED:
		break;
	}
	if (one->reason == ZY_REASON_HOLD)
		return known->is == ZY_STANDS_UNKNOWN ||
		       ((known->is == ZY_STANDS || held) && one->as_of >= known->as_of);
	return known->is != ZY_STANDS_REVOKED || held || one->revoked_at < known->revoked_at;
}

void zy_standing_learn(struct zy_standing *known, const struct zy_standing *one)
{
	const bool about = known->about || one->about;

	if (is_stronger(one, known))
		*known = *one;
	known->about = about;
}

bool zy_run_ask(
    struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err)
{
	*out = (struct zy_standing){ .is = ZY_STANDS_UNKNOWN, .why = "status-none" };
	return zy_run_ask_lists(run, p, i, out, err) && zy_run_ask_answers(run, p, i, out, err);
}

static size_t at_most(size_t num, size_t most)
{
	return num < most ? num : most;
}

static bool read_sources(struct zy_revocation_run *run, struct zy_error *err)
{
	const struct zy_revocation *q = run->q;

	run->num_lists = at_most(q->num_crls, ZY_REVOCATION_LISTS);
	run->num_answers = at_most(q->num_answers, ZY_REVOCATION_LISTS);
	if ((run->lists = zy_arena_array(run->a, run->num_lists + 1, sizeof(*run->lists), err)) == NULL ||
	    (run->answers = zy_arena_array(run->a, run->num_answers + 1, sizeof(*run->answers), err)) == NULL)
		return false;
	for (size_t i = 0; i < run->num_lists; i++) {
		struct zy_error ignored = { 0 };

		run->lists[i].readable = zy_crl_parse(&run->lists[i].c, q->crls[i], &ignored);
	}
	for (size_t i = 0; i < run->num_answers; i++) {
		struct zy_error ignored = { 0 };

		run->answers[i].readable = zy_ocsp_answer_parse(&run->answers[i].a, q->answers[i], &ignored);
	}
	return true;
}

/* Those that may have signed come first; the path's own lead to the anchor. */
static bool read_others(struct zy_revocation_run *run, const struct zy_path *p, struct zy_error *err)
{
	const size_t given = at_most(run->q->num_others, ZY_REVOCATION_OTHERS);

	if ((run->others = zy_arena_array(run->a, given + p->num, sizeof(*run->others), err)) == NULL ||
	    (run->others_der = zy_arena_array(run->a, given + p->num, sizeof(*run->others_der), err)) == NULL)
		return false;
	for (size_t i = 0; i < p->num; i++)
		run->others[run->num_others++] = *p->certs[i];
	for (size_t i = 0; i < given; i++) {
		struct zy_error ignored = { 0 };

		if (zy_x509_parse(&run->others[run->num_others], run->q->others[i], &ignored))
			run->num_others++;
	}
	for (size_t i = 0; i < run->num_others; i++)
		run->others_der[i] = run->others[i].der;
	return true;
}

bool zy_path_standing(struct zy_keys *k, const struct zy_revocation *q, const struct zy_path *p,
    struct zy_standing out[ZY_PATH_MAX], struct zy_arena *a, struct zy_error *err)
{
	struct zy_revocation_run run = { .keys = k, .q = q, .a = a };

	if (!read_sources(&run, err) || !read_others(&run, p, err))
		return false;
	for (size_t i = 0; i + 1 < p->num; i++)
		if (!zy_run_ask(&run, p, i, &out[i], err))
			return false;
	return true;
}

/* The leaf must be covered. An authority that nothing is about is only noted: who asks about a leaf seldom has more. */
static void tell(struct zy_path *p, size_t i, const struct zy_standing *s, bool must)
{
	char at[ZY_TIME_TEXT];

	switch (s->is) {
	case ZY_STANDS:
		return;
	case ZY_STANDS_REVOKED:
		zy_time_to_rfc3339(s->revoked_at, at);
		zy_path_fault(p, i, s->reason == ZY_REASON_HOLD ? "certificate-on-hold" : "certificate-revoked",
		    "revokedCertificates", ZY_NOWHERE, "since %s, reason %s", at, zy_standing_reason(s->reason));
		return;
	case ZY_STANDS_UNKNOWN:
		break;
	}
	zy_path_fault(p, i, must || s->about ? "revocation-unknown" : "revocation-not-checked", "Certificate",
	    ZY_NOWHERE, "%s", zy_standing_sentence(s->why));
}

bool zy_path_check_status(
    struct zy_keys *k, const struct zy_revocation *q, struct zy_path *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_standing out[ZY_PATH_MAX];

	if (p->num > 0 && !zy_path_standing(k, q, p, out, a, err))
		return false;
	for (size_t i = 0; i + 1 < p->num; i++)
		tell(p, i, &out[i], i == 0 || q->all);
	return true;
}
