/* From a request to a plan: who asks for what, held against the profile. */
#include "internal.h"

#include <assert.h>
#include <stdlib.h>

#include "zy/text.h"

static bool refuse(const char *field, const struct zy_cert_profile *p, const char *what, struct zy_error *err)
{
	return zy_fail(err, ZY_E_PROFILE, field, ZY_NOWHERE, "the profile %s: %s", p->name, what);
}

/* ---- subject ---- */

static bool set_once(const char **to, struct zy_bytes value, struct zy_arena *a, struct zy_error *err)
{
	if (*to != NULL)
		return zy_fail(
		    err, ZY_E_PROFILE, "subject", ZY_NOWHERE, "an attribute of the subject stands there twice");
	return (*to = zy_arena_text(a, value, err)) != NULL;
}

static bool take_names(const struct zy_dn *n, struct zy_cert_subject *out, struct zy_arena *a, struct zy_error *err)
{
	for (size_t i = 0; i < n->num; i++) {
		const struct zy_dn_attribute *at = &n->attributes[i];

		if (zy_bytes_equal(at->type, zy_oid_organisation)) {
			if (!set_once(&out->organisation, at->value, a, err))
				return false;
		} else if (zy_bytes_equal(at->type, zy_oid_common_name)) {
			if (!set_once(&out->common_name, at->value, a, err))
				return false;
		} else if (!zy_bytes_equal(at->type, zy_oid_country) || !zy_bytes_equal(at->value, ZY_LITERAL("CN"))) {
			return zy_fail(err, ZY_E_PROFILE, "subject", ZY_NOWHERE,
			    "a subject holds C=CN, O and CN, and nothing else");
		}
	}
	return true;
}

/* "O=...,CN=..." */
static bool take_text(const char *text, struct zy_cert_subject *out, struct zy_arena *a, struct zy_error *err)
{
	for (const char *at = text; *at != 0;) {
		size_t len = strcspn(at, ",");
		const struct zy_bytes part = ZY_BYTES(at, len);

		if (len > 3 && memcmp(at, "CN=", 3) == 0) {
			if (!set_once(&out->common_name, ZY_BYTES(part.p + 3, len - 3), a, err))
				return false;
		} else if (len > 2 && memcmp(at, "O=", 2) == 0) {
			if (!set_once(&out->organisation, ZY_BYTES(part.p + 2, len - 2), a, err))
				return false;
		} else {
			return zy_fail(err, ZY_E_PROFILE, "subject", ZY_NOWHERE, "a subject is given as O=...,CN=...");
		}
		at += len + (at[len] == ',');
	}
	return true;
}

/* Whose name is O? A department's certificate carries the code that departments.json has for it. */
static bool place_organisation(const struct zy_authority *ca, struct zy_cert_plan *plan, struct zy_error *err)
{
	const struct zy_cert_profile *p = plan->profile;
	struct zy_cert_subject *s = &plan->subject;

	if (s->organisation == NULL || s->common_name == NULL)
		return refuse("subject", p, "the subject needs O and CN", err);
	s->uscc = "";
	if ((p->organisation & ZY_OF_OPERATOR) != 0 && strcmp(s->organisation, ca->policy->operator_name.zh) == 0)
		return true;
	for (size_t i = 0; (p->organisation & ZY_OF_DEPARTMENT) != 0 && i < ca->policy->num_departments; i++)
		if (strcmp(ca->policy->departments[i].name.zh, s->organisation) == 0) {
			s->uscc = ca->policy->departments[i].code;
			return true;
		}
	return refuse("organizationName", p, "O must be a name in departments.json that the profile is for", err);
}

/* ---- identities ---- */

static_assert(
    ZY_MAY_TAX == 1 << ZY_IDENTITY_TAX && ZY_MAY_CITIZEN == 1 << ZY_IDENTITY_CITIZEN, "a profile's bits are the kinds");

/* A kind that the profile gives, and no extension of which there is one. */
static bool add_identity(struct zy_cert_plan *plan, const struct zy_subject_identity *id, struct zy_error *err)
{
	if ((plan->profile->identities >> id->kind & 1) == 0)
		return zy_fail(err, ZY_E_PROFILE, "identity", ZY_NOWHERE, "the profile %s carries no %s of its subject",
		    plan->profile->name, zy_subject_identity_name(id->kind));
	for (size_t i = 0; i < plan->num_identities; i++)
		if (zy_bytes_equal(
			zy_subject_identity_oid(plan->identities[i].kind), zy_subject_identity_oid(id->kind)))
			return refuse("identity", plan->profile, "a certificate has one identity of a sort", err);
	if (plan->num_identities == ZY_CERT_IDENTITIES_MAX)
		return refuse("identity", plan->profile, "too many identities", err);
	plan->identities[plan->num_identities++] = *id;
	return true;
}

/* "KIND:NUMBER,KIND:NUMBER" */
static bool take_identities(const char *text, struct zy_cert_plan *plan, struct zy_error *err)
{
	struct zy_subject_identity id;

	for (const char *at = text; at != NULL && *at != 0;) {
		const size_t len = strcspn(at, ",");

		if (!zy_subject_identity_read(&id, ZY_BYTES(at, len), err) || !add_identity(plan, &id, err))
			return false;
		at += len + (at[len] == ',');
	}
	return true;
}

/* What the old certificate says, but for the credit code, which departments.json says anew. */
static bool keep_identities(const struct zy_tbs *t, struct zy_cert_plan *plan, struct zy_error *err)
{
	struct zy_subject_identity id;

	for (size_t i = 0; i < t->num; i++) {
		if (!zy_subject_identity_is(t->extensions[i].oid))
			continue;
		if (!zy_subject_identity_parse(&id, t->extensions[i].oid, t->extensions[i].value, err) ||
		    (id.kind != ZY_IDENTITY_ORGANISATION && !add_identity(plan, &id, err)))
			return false;
	}
	return true;
}

/* ---- hosts ---- */

static bool is_label(struct zy_bytes l)
{
	for (size_t i = 0; i < l.len; i++)
		if (l.p[i] == 0 || strchr("abcdefghijklmnopqrstuvwxyz0123456789-", l.p[i]) == NULL)
			return false;
	return l.len > 0 && l.len <= 63 && l.p[0] != '-' && l.p[l.len - 1] != '-';
}

bool zy_host_allowed(const struct zy_cert_profile *p, struct zy_bytes host)
{
	size_t start = 0;

	if (host.len == 0 || host.len > 253)
		return false;
	for (size_t i = 0; i <= host.len; i++)
		if (i == host.len || host.p[i] == '.') {
			if (!is_label(ZY_BYTES(host.p + start, i - start)))
				return false;
			start = i + 1;
		}
	for (size_t i = 0; i < p->num_hosts; i++) {
		size_t len = strlen(p->hosts[i]);

		if (host.len > len + 1 && host.p[host.len - len - 1] == '.' &&
		    memcmp(host.p + host.len - len, p->hosts[i], len) == 0)
			return true;
	}
	return false;
}

static bool take_hosts(struct zy_bytes value, struct zy_cert_plan *plan, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(value), names;
	struct zy_error why = { 0 };
	struct zy_bytes host;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "subjectAltName", &names, &why) ||
	    !zy_der_end(&r, "subjectAltName", &why))
		return refuse("subjectAltName", plan->profile, why.msg, err);
	while (zy_reader_left(&names) > 0) {
		if (plan->num_hosts == ZY_CERT_HOSTS_MAX ||
		    !zy_der_take(&names, ZY_DER_CONTEXT | 2, "subjectAltName", &host, &why) ||
		    !zy_host_allowed(plan->profile, host))
			return refuse(
			    "subjectAltName", plan->profile, "only host names of its domains, 16 at most", err);
		if ((plan->hosts[plan->num_hosts++] = zy_arena_text(a, host, err)) == NULL)
			return false;
	}
	return true;
}

/* ---- extensions ---- */

static bool same_as(const struct zy_extension *e, void (*put)(struct zy_buf *, const struct zy_cert_profile *),
    const struct zy_cert_profile *p)
{
	ZY_BUF_AUTO value = { 0 };

	put(&value, p);
	return !value.failed && zy_bytes_equal(e->value, zy_buf_bytes(&value));
}

static void put_usage(struct zy_buf *b, const struct zy_cert_profile *p)
{
	zy_key_usage_put(b, p->key_usage);
}

static void put_extended(struct zy_buf *b, const struct zy_cert_profile *p)
{
	b->failed |= !zy_extended_usage_put(b, p, &(struct zy_error){ 0 });
}

static bool take_extension(
    const struct zy_extension *e, struct zy_cert_plan *plan, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_cert_profile *p = plan->profile;

	if (zy_bytes_equal(e->oid, zy_oid_subject_alt_name) && p->num_hosts > 0)
		return take_hosts(e->value, plan, a, err);
	if (zy_bytes_equal(e->oid, zy_oid_basic_constraints))
		return same_as(e, zy_basic_constraints_put, p) ||
		       refuse("basicConstraints", p, "another basicConstraints is asked for than it gives", err);
	if (zy_bytes_equal(e->oid, zy_oid_key_usage))
		return same_as(e, put_usage, p) ||
		       refuse("keyUsage", p, "another keyUsage is asked for than it gives", err);
	if (zy_bytes_equal(e->oid, zy_oid_extended_key_usage) && p->num_extended > 0)
		return same_as(e, put_extended, p) ||
		       refuse("extKeyUsage", p, "another extKeyUsage is asked for than it gives", err);
	return refuse("extensions", p, "an extension is asked for that it does not give", err);
}

/* ---- the plan ---- */

static bool set_days(struct zy_cert_plan *plan, unsigned days, zy_time now, struct zy_error *err)
{
	if (days > plan->profile->most_days)
		return zy_fail(err, ZY_E_PROFILE, "validity", ZY_NOWHERE, "the profile %s allows at most %u days",
		    plan->profile->name, plan->profile->most_days);
	plan->not_before = now - ZY_BACKDATE_S;
	plan->not_after = now + (zy_time)(days == 0 ? plan->profile->days : days) * 86400;
	return true;
}

bool zy_cert_plan_for_key(const struct zy_authority *ca, const char *profile, const struct zy_cert_subject *subject,
    const char *key, unsigned days, zy_time now, struct zy_cert_plan *out, struct zy_error *err)
{
	struct zy_cert_plan plan = { .subject = *subject };
	enum zy_key_kind kind;
	uint8_t point[65];

	if (!zy_profile_find(ca->profiles, profile, &plan.profile, err) || !set_days(&plan, days, now, err) ||
	    !place_organisation(ca, &plan, err) || !zy_hsm_public(ca->hsm, key, &kind, point, err))
		return false;
	plan.key = zy_spki_of_point(kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL, point);
	*out = plan;
	return true;
}

static bool take_csr(const struct zy_authority *ca, const struct zy_cert_wish *wish, struct zy_cert_plan *plan,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes der;
	struct zy_csr csr;

	if (!zy_csr_from_text(wish->csr, a, &der, err) || !zy_csr_parse(&csr, der, err))
		return false;
	if (!zy_subject_key_fits(plan->profile, &csr.key, err))
		return false;
	plan->key = csr.key;
	if (!(wish->subject != NULL ? take_text(wish->subject, &plan->subject, a, err)
				    : take_names(&csr.subject, &plan->subject, a, err)) ||
	    !place_organisation(ca, plan, err) || !take_identities(wish->identities, plan, err))
		return false;
	for (size_t i = 0; i < csr.num_extensions; i++)
		if (!take_extension(&csr.extensions[i], plan, a, err))
			return false;
	/* last: it costs more than all the rest */
	return zy_subject_key_prove(&csr, err);
}

bool zy_cert_plan_for_wish(const struct zy_authority *ca, const struct zy_cert_wish *wish, zy_time now,
    struct zy_arena *a, struct zy_cert_plan *out, struct zy_error *err)
{
	struct zy_cert_plan plan = { 0 };

	if (!zy_profile_find(ca->profiles, wish->profile, &plan.profile, err))
		return false;
	if (!plan.profile->request)
		return refuse("profile", plan.profile, "it is not given out for requests", err);
	if (!set_days(&plan, wish->days, now, err) || !take_csr(ca, wish, &plan, a, err))
		return false;
	if (plan.profile->num_hosts > 0 && plan.num_hosts == 0)
		return refuse("subjectAltName", plan.profile, "the request must name its hosts", err);
	*out = plan;
	return true;
}

bool zy_cert_plan_for_renewal(const struct zy_authority *ca, const struct zy_entry *old, unsigned days, zy_time now,
    struct zy_arena *a, struct zy_cert_plan *out, struct zy_error *err)
{
	const struct zy_extension *names;
	struct zy_cert_plan plan = { 0 };
	struct zy_tbs t;

	if (old->state != ZY_CERT_VALID)
		return zy_fail(err, ZY_E_STATE, "serialNumber", ZY_NOWHERE, "the certificate is %s",
		    zy_cert_state_name(old->state));
	if (!zy_profile_find(ca->profiles, old->profile, &plan.profile, err))
		return false;
	if (!plan.profile->request)
		return refuse("profile", plan.profile, "init made it, with its key; it is not renewed by itself", err);
	if (!set_days(&plan, days, now, err) || !zy_tbs_of(old->der, &t, err) ||
	    !take_names(&t.subject, &plan.subject, a, err) || !place_organisation(ca, &plan, err) ||
	    !keep_identities(&t, &plan, err))
		return false;
	plan.key = t.key;
	names = zy_tbs_find(&t, zy_oid_subject_alt_name);
	if (names != NULL && !take_hosts(names->value, &plan, a, err))
		return false;
	*out = plan;
	return true;
}
