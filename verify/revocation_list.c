/* One certificate by revocation lists: RFC 5280 6.3.3, in its letters. */
#include "revocation_run.h"

#define FRESH_S (24 * 3600) /* a list without nextUpdate */

/* What the lists have said of one certificate so far. */
struct asked {
	const struct zy_path *path;
	size_t i;
	unsigned reasons;     /* reasons_mask */
	zy_time parts, whole; /* the oldest list of some reasons, the newest of all; whole INT64_MIN: none */
	struct zy_standing *known;
};

static void tell_unknown(struct zy_standing *known, const char *why, bool about)
{
	zy_standing_learn(known, &(struct zy_standing){ .is = ZY_STANDS_UNKNOWN, .why = why, .about = about });
}

/* When a revocation began to matter: what was not to be trusted since, was not (5.3.2). */
static zy_time since(const struct zy_crl_entry *e)
{
	return e->has_invalid_since && e->invalid_since < e->revoked_at ? e->invalid_since : e->revoked_at;
}

/* (i) and (j): the entry of the certificate; the issuer of an indirect list's entries is named once for all that follow
 * (5.3.3). */
static bool find_entry(
    const struct zy_crl *c, const struct zy_x509 *cert, struct zy_crl_entry *out, bool *found, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->entries);
	struct zy_bytes issuer = { 0 };
	struct zy_crl_entry e;

	*found = false;
	while (zy_reader_left(&r) > 0) {
		if (!zy_crl_entry_next(&r, &e, err))
			return false;
		issuer = e.issuer.len > 0 ? e.issuer : issuer;
		if (!zy_serial_is_equal(cert->serial, e.number) ||
		    !(issuer.len > 0 ? zy_general_names_have(issuer, cert->issuer)
				     : zy_name_is_equal(c->issuer, cert->issuer)))
			continue;
		*out = e;
		*found = true;
		return true;
	}
	return true;
}

/* Is it of any use at the moment asked about? */
static const char *dates_of(const struct zy_revocation_run *run, const struct zy_crl *c)
{
	const zy_time until = c->has_next ? c->next_update : c->this_update + FRESH_S;

	if (c->this_update - ZY_SKEW_S > run->q->until)
		return "status-not-yet";
	return until < run->q->at ? "status-too-old" : NULL;
}

static int compare_numbers(struct zy_bytes a, struct zy_bytes b)
{
	return a.len != b.len ? (a.len < b.len ? -1 : 1) : memcmp(a.p, b.p, a.len);
}

/* (c): of the same issuer and scope and by the same key, on top of this list or of an older one, and newer than it. */
static bool is_delta_of(const struct zy_crl *d, const struct zy_crl *c)
{
	return d->base.len > 0 && d->number.len > 0 && c->number.len > 0 && zy_name_is_equal(d->issuer, c->issuer) &&
	       zy_bytes_equal(d->issuing_point, c->issuing_point) && zy_bytes_equal(d->key_id, c->key_id) &&
	       d->unknown_critical.len == 0 && compare_numbers(d->base, c->number) <= 0 &&
	       compare_numbers(d->number, c->number) > 0;
}

/* The newest delta of a list whose signature verifies, or NULL. */
static bool find_delta(struct zy_revocation_run *run, const struct asked *q, const struct zy_known_list *list,
    const struct zy_crl **out, struct zy_error *err)
{
	*out = NULL;
	for (size_t n = 0; n < run->num_lists; n++) {
		struct zy_known_list *d = &run->lists[n];
		const char *why;

		if (!d->readable || d->busy || !is_delta_of(&d->c, &list->c) || dates_of(run, &d->c) != NULL ||
		    (*out != NULL && compare_numbers(d->c.number, (*out)->number) <= 0))
			continue;
		if (!zy_run_list_signer(run, q->path, q->i, d, &why, err))
			return false;
		if (why == NULL && zy_bytes_equal(d->signed_by, list->signed_by))
			*out = &d->c;
	}
	return true;
}

/* Entries may be dropped after a certificate's end: who is not in the list then may have been. */
static bool is_kept(const struct zy_crl *c, const struct zy_x509 *cert)
{
	return c->this_update <= cert->not_after || (c->has_expired && c->expired_since <= cert->not_after);
}

/* (i) to (l). */
static bool look_up(struct zy_revocation_run *run, struct asked *q, const struct zy_known_list *list,
    const struct zy_crl *delta, unsigned reasons, struct zy_error *err)
{
	const struct zy_x509 *cert = q->path->certs[q->i];
	const struct zy_crl *newest = delta != NULL ? delta : &list->c;
	struct zy_crl_entry e;
	bool found = false;

	if ((delta != NULL && !find_entry(delta, cert, &e, &found, err)) ||
	    (!found && !find_entry(&list->c, cert, &e, &found, err)))
		return false;
	if (found && e.reason != ZY_REASON_REMOVE_FROM_CRL &&
	    (since(&e) <= run->q->at || newest->this_update <= run->q->at)) {
		zy_standing_learn(q->known, &(struct zy_standing){ .is = ZY_STANDS_REVOKED,
						.as_of = newest->this_update,
						.revoked_at = e.revoked_at,
						.reason = e.reason });
	} else if (!found && !is_kept(newest, cert)) {
		tell_unknown(q->known, "status-after-end", true);
	} else {
		if (reasons == ZY_CRL_REASONS_ALL)
			q->whole = newest->this_update > q->whole ? newest->this_update : q->whole;
		else
			q->parts = newest->this_update < q->parts ? newest->this_update : q->parts;
		q->reasons |= reasons;
	}
	return true;
}

/* One list for one distribution point: (b) to (l). All of them are asked, not only until every reason is covered: a
 * newer list or one by another key may say more. */
static bool ask_list(struct zy_revocation_run *run, struct asked *q, struct zy_known_list *list,
    const struct zy_crl_point *point, struct zy_error *err)
{
	const unsigned reasons = list->c.reasons & (point == NULL ? ZY_CRL_REASONS_ALL : point->reasons);
	const struct zy_crl *delta;
	const char *why;
	bool fits;

	if (!zy_crl_point_fits(&list->c, q->path->certs[q->i], point, &fits, run->a, err))
		return false;
	if (!fits || list->c.base.len > 0 || reasons == 0) {
		if (zy_name_is_equal(list->c.issuer, q->path->certs[q->i]->issuer))
			tell_unknown(q->known, "status-not-covered", false);
		return true;
	}
	if (!zy_run_list_signer(run, q->path, q->i, list, &why, err))
		return false;
	if (why != NULL) {
		tell_unknown(q->known, why, false);
		return true;
	}
	why = list->c.unknown_critical.len > 0 || (list->c.has_entry_issuers && !list->c.indirect)
		  ? "status-form"
		  : dates_of(run, &list->c);
	if (why != NULL) {
		tell_unknown(q->known, why, true);
		return true;
	}
	return find_delta(run, q, list, &delta, err) && look_up(run, q, list, delta, reasons, err);
}

static bool ask_point(
    struct zy_revocation_run *run, struct asked *q, const struct zy_crl_point *point, struct zy_error *err)
{
	for (size_t n = 0; n < run->num_lists; n++)
		if (run->lists[n].readable && !run->lists[n].busy && !ask_list(run, q, &run->lists[n], point, err))
			return false;
	return true;
}

bool zy_run_ask_lists(
    struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err)
{
	struct zy_reader points = zy_reader_over(p->certs[i]->crl_points);
	struct asked q = { .path = p, .i = i, .known = out, .parts = ZY_TIME_NEVER, .whole = INT64_MIN };
	struct zy_error ignored = { 0 };
	struct zy_crl_point point;

	for (size_t n = 0;
	     n < ZY_REVOCATION_POINTS && zy_reader_left(&points) > 0 && zy_crl_point_next(&points, &point, &ignored);
	     n++)
		if (!ask_point(run, &q, &point, err))
			return false;
	/* 6.3.3, the paragraph after (l): the issuer's lists that no point names */
	if (!ask_point(run, &q, NULL, err))
		return false;
	if (q.reasons == ZY_CRL_REASONS_ALL)
		zy_standing_learn(out,
		    &(struct zy_standing){
			.is = ZY_STANDS, .as_of = q.whole == INT64_MIN ? q.parts : q.whole, .reason = ZY_REASON_NONE });
	else if (q.reasons != 0)
		tell_unknown(out, "status-reasons", true);
	for (size_t n = 0; n < run->num_lists; n++)
		if (!run->lists[n].readable)
			tell_unknown(out, "status-unreadable", false);
	return true;
}
