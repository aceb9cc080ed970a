#include "kept.h"

#include "revocation.h"
#include "zy/ocsp.h"

/* The lists and answers that nobody could have forged since: who signed them was valid when they are known to have been
 * there. */
struct usable {
	struct zy_bytes crls[ZY_REVOCATION_LISTS], answers[ZY_REVOCATION_LISTS];
	size_t num_crls, num_answers;
};

static zy_time known_since(const struct zy_case *c, const struct zy_kept_value *v)
{
	return v->since == ZY_TIME_NEVER ? c->at : v->since;
}

static bool is_list_usable(const struct zy_case *c, const struct zy_kept_value *v, const struct zy_path *p)
{
	struct zy_error ignored = { 0 };
	struct zy_crl list;

	if (!zy_crl_parse(&list, v->der, &ignored))
		return false;
	for (size_t i = 1; i < p->num; i++)
		if (zy_bytes_equal(p->certs[i]->subject, list.issuer) && known_since(c, v) > p->certs[i]->not_after)
			return false;
	return true;
}

static bool is_answer_usable(const struct zy_case *c, const struct zy_kept_value *v, const struct zy_path *p)
{
	struct zy_error ignored = { 0 };
	struct zy_ocsp_answer answer;
	struct zy_x509 by;

	if (!zy_ocsp_answer_parse(&answer, v->der, &ignored))
		return false;
	for (size_t i = 0; i < answer.num_certs; i++)
		if (zy_x509_parse(&by, answer.certs[i], &ignored) && known_since(c, v) > by.not_after)
			return false;
	return answer.num_certs > 0 || known_since(c, v) <= p->certs[1]->not_after;
}

static void choose(const struct zy_case *c, const struct zy_path *p, struct usable *out)
{
	const struct zy_kept *k = c->kept;

	for (size_t i = 0; i < c->trust->num_crls && out->num_crls < ZY_REVOCATION_LISTS; i++)
		out->crls[out->num_crls++] = c->trust->crls[i];
	for (size_t i = 0; i < c->trust->num_answers && out->num_answers < ZY_REVOCATION_LISTS; i++)
		out->answers[out->num_answers++] = c->trust->answers[i];
	for (size_t i = 0; i < k->num_crls && out->num_crls < ZY_REVOCATION_LISTS; i++)
		if (is_list_usable(c, &k->crls[i], p))
			out->crls[out->num_crls++] = k->crls[i].der;
	for (size_t i = 0; i < k->num_answers && out->num_answers < ZY_REVOCATION_LISTS; i++)
		if (is_answer_usable(c, &k->answers[i], p))
			out->answers[out->num_answers++] = k->answers[i].der;
}

/* Revoked when the signature is known to have existed (EN 319 102-1 5.5.4): whether it was made before, only its own
 * claim could say, and one that claims to be from after the revocation is believed. */
static void tell_revoked(struct zy_case *c, const struct zy_kept_question *q, const struct zy_standing *s)
{
	const char *code = s->reason == ZY_REASON_HOLD                                  ? "certificate-on-hold"
			   : q->claimed != ZY_TIME_NEVER && q->claimed >= s->revoked_at ? "certificate-revoked"
											: "certificate-revoked-no-poe";
	char at[ZY_TIME_TEXT];

	zy_time_to_rfc3339(s->revoked_at, at);
	zy_report_add(c->r, code, q->field, ZY_NOWHERE, "since %s, reason %s", at, zy_standing_reason(s->reason));
}

static void tell(struct zy_case *c, const struct zy_kept_question *q, size_t i, const struct zy_standing *s)
{
	if (s->is == ZY_STANDS)
		return;
	if (s->is == ZY_STANDS_REVOKED)
		tell_revoked(c, q, s);
	else if (strcmp(s->why, "status-too-old") == 0)
		zy_report_add(c->r, "revocation-too-old", q->field, ZY_NOWHERE, "%s", zy_standing_sentence(s->why));
	else if (s->about || (i == 0 && c->trust->num_crls + c->trust->num_answers > 0))
		zy_report_add(c->r, "revocation-unknown", q->field, ZY_NOWHERE, "%s", zy_standing_sentence(s->why));
	else if (i == 0)
		zy_report_add(c->r, "revocation-not-checked", "", ZY_NOWHERE, "%s", zy_standing_sentence(s->why));
}

static bool judge_standing(struct zy_case *c, const struct zy_kept_question *q, const struct zy_path *p, zy_time at,
    const struct zy_bytes *others, size_t num_others, struct zy_error *err)
{
	struct zy_standing out[ZY_PATH_MAX];
	struct usable *u = zy_arena_alloc(c->work, sizeof(*u), err);
	struct zy_revocation ask = { .others = others, .num_others = num_others, .at = at, .until = c->at };

	if (u == NULL)
		return false;
	choose(c, p, u);
	ask.crls = u->crls;
	ask.num_crls = u->num_crls;
	ask.answers = u->answers;
	ask.num_answers = u->num_answers;
	if (!zy_path_standing(c->keys, &ask, p, out, c->work, err))
		return false;
	for (size_t i = 0; i + 1 < p->num; i++)
		tell(c, q, i, &out[i]);
	return true;
}

/* The signature's own certificates first: a store may hold those of others. */
static bool judge_with(struct zy_case *c, const struct zy_kept_question *q, zy_time at, struct zy_error *err)
{
	const size_t num = q->num_extra + c->kept->num_certs;
	struct zy_bytes *others = zy_arena_array(c->work, num + 1, sizeof(*others), err);
	struct zy_path path;

	if (others == NULL)
		return false;
	for (size_t i = 0; i < num; i++)
		others[i] = i < q->num_extra ? q->extra[i] : c->kept->certs[i - q->num_extra];
	const struct zy_chain_question w = { .purposes = q->purposes,
		.leaf = q->leaf,
		.extra = others,
		.num_extra = num,
		.existed = at,
		.scope = { .type = zy_case_type(c) },
		.field = q->field };

	if (!zy_chain_find(c->keys, c->trust, &w, q->num_extra, &path, c->r, c->work, err))
		return false;
	if (path.num < 2) {
		zy_report_add(c->r, "revocation-not-checked", "", ZY_NOWHERE, NULL);
		return true;
	}
	return judge_standing(c, q, &path, at, others, num, err);
}

bool zy_kept_judge(struct zy_case *c, const struct zy_kept_question *q, struct zy_error *err)
{
	const struct zy_chain_question plain = { .purposes = q->purposes,
		.leaf = q->leaf,
		.extra = q->extra,
		.num_extra = q->num_extra,
		.existed = zy_case_existed(c, q->proven),
		.field = q->field };

	if (c->trust == NULL)
		return true;
	return c->kept == NULL ? zy_case_chain(c, &plain, err) : judge_with(c, q, plain.existed, err);
}
