/* A certificate of anybody's as a report: its path and, where lists or answers are at hand, its status. */
#include "internal.h"
#include "revocation.h"

static const char *subject_of(struct zy_report *r, const struct zy_x509 *c)
{
	struct zy_reader whole = zy_reader_over(c->subject);
	struct zy_error ignored = { 0 };
	const char *text, *common_name;
	struct zy_bytes rdns;

	if (!zy_der_take(&whole, ZY_DER_SEQUENCE, "subject", &rdns, &ignored) ||
	    !zy_name_text(rdns, &r->arena, &text, &common_name, &ignored))
		return "";
	return text;
}

/* Dates are asked for exactly one moment here: what is outside of them fails. */
static const char *code_of(const struct zy_path_fault *f)
{
	return strcmp(f->code, "certificate-expired") == 0         ? "path-expired"
	       : strcmp(f->code, "certificate-not-yet-valid") == 0 ? "path-not-yet-valid"
								   : f->code;
}

/* Where the form is not demanded, it is said of a path that passes what it lacks. */
static void tell_forms(const struct zy_path *p, struct zy_report *r)
{
	const char *ignored;

	if (zy_report_since(r, &r->first, &ignored) != ZY_TOTAL_PASSED)
		return;
	for (size_t i = 0; i < p->num; i++) {
		const char *what = zy_path_departure(p->certs[i], i + 1 == p->num);

		r->part = r->last;
		if (what != NULL)
			zy_report_add(r, "certificate-form", "Certificate", ZY_NOWHERE,
			    "certificate %zu of %zu, %.60s: %s", i + 1, p->num, r->path[i], what);
	}
}

static void tell(const struct zy_path *p, struct zy_report *r)
{
	for (size_t i = 0; i < p->num; i++)
		r->path[r->num_path++] = subject_of(r, p->certs[i]);
	for (size_t i = 0; i < p->num_faults; i++) {
		const struct zy_path_fault *f = &p->faults[i];

		r->part = r->last; /* the same fault of two certificates is said twice */
		if (p->num == 0)
			zy_report_add(r, code_of(f), f->field, f->offset, "%s", f->detail);
		else
			zy_report_add(r, code_of(f), f->field, f->offset, "certificate %zu of %zu, %.60s: %s",
			    f->cert + 1, p->num, r->path[f->cert], f->detail);
	}
}

static bool judge(struct zy_keys *k, const struct zy_path_question *q, const struct zy_revocation *status,
    struct zy_arena *a, struct zy_report *r, struct zy_error *err)
{
	struct zy_path *path = zy_arena_alloc(a, sizeof(*path), err);

	if (path == NULL || !zy_path_find(k, q, path, a, err))
		return false;
	if (status->num_crls + status->num_answers == 0)
		zy_report_add(r, "revocation-not-checked", "", ZY_NOWHERE, NULL);
	else if (!zy_path_check_status(k, status, path, a, err))
		return false;
	tell(path, r);
	if (!q->strict)
		tell_forms(path, r);
	return true;
}

bool zy_judge_certificate(struct zy_keys *k, const struct zy_path_question *q, const struct zy_revocation *status,
    struct zy_arena *a, struct zy_report *r, struct zy_error *err)
{
	struct zy_report_signature *out = &r->signatures[r->num_signatures++];
	struct zy_x509 leaf;

	r->format = "certificate";
	r->passed_en = "The certificate is valid at the time judged, up to a given anchor.";
	r->passed_zh = "证书在所查时刻有效，并可追溯到所给的信任锚。";
	*out = (struct zy_report_signature){ .n = 1, .kind = "certificate", .covers = "whole" };
	if (!zy_x509_parse(&leaf, q->leaf, err))
		return false;
	out->signer = subject_of(r, &leaf);
	r->trusted = q->num_anchors > 0;
	if (!r->trusted)
		zy_report_add(r, "trust-absent", "", ZY_NOWHERE, "no --anchor was given");
	if (!judge(k, q, status, a, r, err))
		return false;
	out->indication = zy_report_since(r, &r->first, &out->sub_indication);
	return true;
}
