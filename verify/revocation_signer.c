/* Who signs lists: the authority in the path, or another certificate with a path of its own (RFC 5280 6.3.3 f, g). */
#include "revocation_run.h"

#include "zy/sm2.h"

bool zy_run_verify(struct zy_revocation_run *run, struct zy_bytes spki, struct zy_bytes alg, struct zy_bytes tbs,
    struct zy_bytes signature, zy_time when, const char **why, struct zy_error *err)
{
	struct zy_value v = { .id = zy_sm2_id, .message = tbs, .signature = signature };
	struct zy_error failed = { 0 };
	bool good = false;

	*why = "status-algorithm";
	if (!zy_sig_alg_parse(alg, &v.alg, &failed) || !zy_public_key_parse(spki, &v.key, &failed) ||
	    zy_sig_alg_until(&v.alg) < when || zy_public_key_until(&v.key) < when)
		return true;
	*why = "status-work";
	if (run->signatures >= ZY_REVOCATION_WORK)
		return true;
	run->signatures++;
	*why = "status-signature";
	if (!zy_value_verify(run->keys, &v, &good, &failed) && failed.code != ZY_E_KEY)
		return zy_fail(
		    err, failed.code, failed.field == NULL ? "" : failed.field, failed.offset, "%s", failed.msg);
	*why = good ? NULL : *why;
	return true;
}

static bool may_sign(const struct zy_x509 *c, const struct zy_crl *list)
{
	return zy_name_is_equal(c->subject, list->issuer) &&
	       ((c->has & ZY_HAS_KEY_USAGE) == 0 || (c->key_usage & ZY_USAGE_CRL_SIGN) != 0);
}

/* Verified once, remembered by the key. */
static bool verify_list(struct zy_revocation_run *run, struct zy_known_list *list, const struct zy_x509 *c,
    const char **why, struct zy_error *err)
{
	const zy_time when = zy_run_moment(run, list->c.this_update);

	if (list->signed_by.len > 0) {
		*why = zy_bytes_equal(list->signed_by, c->spki) ? NULL : "status-signature";
		return true;
	}
	if (!zy_run_verify(run, c->spki, list->c.alg, list->c.tbs, list->c.signature, when, why, err))
		return false;
	if (*why == NULL)
		list->signed_by = c->spki;
	return true;
}

/* Whoever is judged, or was issued below, cannot clear itself. */
static bool is_below(const struct zy_path *p, size_t i, const struct zy_x509 *c)
{
	for (size_t j = 0; j <= i; j++)
		if (zy_bytes_equal(p->certs[j]->spki, c->spki))
			return true;
	return false;
}

/* No certificate of the signer's path is known to be revoked, or to have a status that is of no use. */
static bool stands(struct zy_revocation_run *run, const struct zy_path *p, bool *yes, struct zy_error *err)
{
	*yes = true;
	if (run->depth > 0)
		return true;
	run->depth++;
	for (size_t i = 0; i + 1 < p->num && *yes; i++) {
		struct zy_standing s;

		if (!zy_run_ask(run, p, i, &s, err))
			return false;
		*yes = s.is == ZY_STANDS || (s.is == ZY_STANDS_UNKNOWN && !s.about);
	}
	run->depth--;
	return true;
}

/* The path of another signer ends at the anchor of the path judged (6.3.3 f). */
static bool has_path(struct zy_revocation_run *run, const struct zy_path *p, struct zy_known_list *list,
    const struct zy_x509 *c, bool *yes, struct zy_error *err)
{
	const struct zy_path_question q = { .anchors = &p->certs[p->num - 1]->der,
		.num_anchors = 1,
		.others = run->others_der,
		.num_others = run->num_others,
		.leaf = c->der,
		.at = zy_run_moment(run, list->c.this_update),
		.use = ZY_USE_CRL };
	struct zy_path *found = zy_arena_alloc(run->a, sizeof(*found), err);

	*yes = false;
	if (found == NULL)
		return false;
	if (run->signers++ >= ZY_REVOCATION_SIGNERS)
		return true;
	if (!zy_path_find(run->keys, &q, found, run->a, err))
		return false;
	if (found->num == 0 || found->num_faults > 0)
		return true;
	list->busy = true;
	if (!stands(run, found, yes, err))
		return false;
	list->busy = false;
	return true;
}

/* Another certificate at hand. What was found is kept, but for what was found while a signer's own status was asked:
 * that goes no deeper, and so knows less. */
static bool find_other(struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_known_list *list,
    const char **why, struct zy_error *err)
{
	const struct zy_x509 *from = list->from;

	for (size_t n = 0; n < run->num_others && list->other == SIGNER_UNTRIED && from == NULL; n++) {
		const struct zy_x509 *c = &run->others[n];
		const char *wrong;
		bool good;

		if (!may_sign(c, &list->c) || is_below(p, i, c))
			continue;
		if (!verify_list(run, list, c, &wrong, err))
			return false;
		*why = wrong == NULL ? "status-signer" : wrong;
		if (wrong != NULL)
			continue;
		if (!has_path(run, p, list, c, &good, err))
			return false;
		from = good ? c : NULL;
	}
	if (run->depth == 0 && list->other == SIGNER_UNTRIED) {
		list->other = from != NULL ? SIGNER_GOOD : SIGNER_BAD;
		list->from = from;
	}
	if (from != NULL && !is_below(p, i, from))
		*why = NULL;
	return true;
}

bool zy_run_list_signer(struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_known_list *list,
    const char **why, struct zy_error *err)
{
	*why = "status-issuer";
	for (size_t j = i + 1; j < p->num; j++) {
		if (!may_sign(p->certs[j], &list->c) || is_below(p, i, p->certs[j]))
			continue;
		if (!verify_list(run, list, p->certs[j], why, err))
			return false;
		if (*why == NULL)
			return true;
	}
	return find_other(run, p, i, list, why, err);
}
