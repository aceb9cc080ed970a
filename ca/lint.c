/* What is about to be signed, read again and held against what was meant: RFC 5280 4.1, 4.2 and 6.1, GB/T 20518. */
#include "internal.h"

#include "zy/text.h"

#define SMALLEST_SERIAL 8      /* octets: 64 random bits */
#define NAME_MAX_CHARACTERS 64 /* ub-organization-name, ub-common-name (RFC 5280 A.1) */

static bool take_validity(struct zy_reader *r, struct zy_tbs *t, struct zy_error *err)
{
	struct zy_reader validity;

	return zy_der_enter(r, ZY_DER_SEQUENCE, "validity", &validity, err) &&
	       zy_der_time(&validity, true, "notBefore", &t->not_before, err) &&
	       zy_der_time(&validity, true, "notAfter", &t->not_after, err) && zy_der_end(&validity, "validity", err);
}

static bool read_tbs(struct zy_reader *tbs, struct zy_tbs *t, struct zy_error *err)
{
	struct zy_reader version, extensions;
	uint64_t v = 0;

	if (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 0, "version", &version, err) ||
	    !zy_der_small(&version, "version", 2, &v, err) || !zy_der_end(&version, "version", err) ||
	    !zy_der_unsigned(tbs, "serialNumber", &t->serial, err) ||
	    !zy_signature_alg_take(tbs, "signature", &t->signature_suite, err) ||
	    !zy_dn_parse(tbs, "issuer", &t->issuer, err) || !take_validity(tbs, t, err) ||
	    !zy_dn_parse(tbs, "subject", &t->subject, err) || !zy_spki_parse(tbs, &t->key, err) ||
	    !zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 3, "extensions", &extensions, err) ||
	    !zy_extensions_parse(&extensions, t->extensions, &t->num, err) ||
	    !zy_der_end(&extensions, "extensions", err) || !zy_der_end(tbs, "tbsCertificate", err))
		return false;
	return v == 2 || zy_fail(err, ZY_E_DER, "version", ZY_NOWHERE, "only version 3 is made");
}

const struct zy_extension *zy_tbs_find(const struct zy_tbs *t, struct zy_bytes oid)
{
	for (size_t i = 0; i < t->num; i++)
		if (zy_bytes_equal(t->extensions[i].oid, oid))
			return &t->extensions[i];
	return NULL;
}

static bool not_meant(const char *field, struct zy_error *err)
{
	return zy_fail(err, ZY_E_BUG, field, ZY_NOWHERE, "%s is not what was meant; nothing was signed", field);
}

bool zy_tbs_of(struct zy_bytes cert, struct zy_tbs *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(cert), outer, tbs;
	struct zy_error why = { 0 };
	struct zy_tbs t = { 0 };

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "Certificate", &outer, &why) ||
	    !zy_der_enter(&outer, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, &why) || !read_tbs(&tbs, &t, &why))
		return zy_fail(err, ZY_E_CERT, why.field, why.offset, "a certificate of ours: %s", why.msg);
	*out = t;
	return true;
}

/* ---- the issuer's own certificate ---- */

static bool read_constraints(const struct zy_extension *e, struct zy_issuer_facts *f, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(e->value), seq;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "basicConstraints", &seq, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_BOOLEAN) && !zy_der_bool(&seq, "cA", &f->authority, err))
		return false;
	f->limited = zy_der_next_is(&seq, ZY_DER_INTEGER);
	return (!f->limited || zy_der_small(&seq, "pathLenConstraint", 255, &f->path_length, err)) &&
	       zy_der_end(&seq, "basicConstraints", err) && zy_der_end(&r, "basicConstraints", err);
}

static bool read_key_id(const struct zy_extension *e, struct zy_issuer_facts *f, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(e->value);
	struct zy_bytes id;

	if (!zy_der_take(&r, ZY_DER_OCTETS, "subjectKeyIdentifier", &id, err))
		return false;
	if (id.len != ZY_KEY_ID_LEN)
		return zy_fail(err, ZY_E_CERT, "subjectKeyIdentifier", ZY_NOWHERE,
		    "the issuer's key identifier has not %d octets", ZY_KEY_ID_LEN);
	memcpy(f->key_id, id.p, ZY_KEY_ID_LEN);
	return true;
}

bool zy_issuer_facts_read(struct zy_bytes cert, struct zy_issuer_facts *out, struct zy_error *err)
{
	struct zy_issuer_facts f = { 0 };
	const struct zy_extension *basic, *id;
	struct zy_error why = { 0 };
	struct zy_tbs t;

	if (!zy_tbs_of(cert, &t, err))
		return false;
	basic = zy_tbs_find(&t, zy_oid_basic_constraints);
	id = zy_tbs_find(&t, zy_oid_subject_key_id);
	if (basic == NULL || id == NULL || t.key.kind == ZY_SPKI_RSA || !read_constraints(basic, &f, &why) ||
	    !read_key_id(id, &f, &why) || !f.authority)
		return zy_fail(err, ZY_E_ISSUER, "basicConstraints", ZY_NOWHERE,
		    "the issuing certificate is not one of an authority");
	f.suite = zy_spki_suite(&t.key);
	memcpy(f.point, t.key.key, sizeof(f.point));
	f.name = t.subject.der;
	f.not_before = t.not_before;
	f.not_after = t.not_after;
	*out = f;
	return true;
}

/* ---- rules ---- */

static bool check_issuer(
    const struct zy_cert_plan *plan, const struct zy_issuer_facts *issuer, zy_time now, struct zy_error *err)
{
	const bool same_key = zy_bytes_equal(zy_spki_key(&plan->key), ZY_BYTES(issuer->point, 65));
	const bool link = plan->profile->issuer == ZY_BY_LINK;

	if (issuer->self != (plan->profile->issuer == ZY_BY_ITSELF) || (issuer->self && !same_key))
		return zy_fail(err, ZY_E_ISSUER, "issuer", ZY_NOWHERE, "a root, and only a root, signs itself");
	if (issuer->self)
		return true;
	if (now < issuer->not_before || now > issuer->not_after)
		return zy_fail(err, ZY_E_ISSUER, "validity", ZY_NOWHERE, "the issuing certificate is not valid now");
	/* RFC 4210 4.4.1: the link for an old key begins with that key */
	if ((!link && plan->not_before < issuer->not_before) || plan->not_after > issuer->not_after)
		return zy_fail(err, ZY_E_ISSUER, "validity", ZY_NOWHERE,
		    "the certificate would outlive the one that vouches for it; ask for fewer days");
	/* RFC 5280 6.1.4 (l), (m): every authority below takes one, but for those of the same name */
	if (plan->profile->authority && issuer->limited &&
	    issuer->path_length < (link ? 0 : 1) + plan->profile->path_length)
		return zy_fail(err, ZY_E_ISSUER, "pathLenConstraint", ZY_NOWHERE,
		    "the issuing certificate allows no such authority below it");
	if (same_key)
		return zy_fail(err, ZY_E_ISSUER, "subjectPublicKeyInfo", ZY_NOWHERE, "the key is the issuer's own");
	return true;
}

static bool check_dates(const struct zy_cert_plan *plan, struct zy_error *err)
{
	if (plan->not_before > plan->not_after)
		return zy_fail(err, ZY_E_PROFILE, "validity", ZY_NOWHERE, "a certificate cannot end before it begins");
	if (plan->not_after - plan->not_before > (zy_time)plan->profile->most_days * 86400 + ZY_BACKDATE_S)
		return zy_fail(err, ZY_E_PROFILE, "validity", ZY_NOWHERE, "the profile %s allows at most %u days",
		    plan->profile->name, plan->profile->most_days);
	return true;
}

static bool is_attribute(const struct zy_dn_attribute *a, struct zy_bytes type, const char *value)
{
	return zy_bytes_equal(a->type, type) && zy_bytes_equal(a->value, zy_str(value));
}

static bool check_text(const char *text, const char *field, struct zy_error *err)
{
	return (text[0] != 0 && zy_utf8_check(zy_str(text), field, &(struct zy_error){ 0 }) &&
		   zy_utf8_count(zy_str(text)) <= NAME_MAX_CHARACTERS) ||
	       zy_fail(err, ZY_E_PROFILE, field, ZY_NOWHERE, "%s has 1 to %d characters of UTF-8", field,
		   NAME_MAX_CHARACTERS);
}

static bool check_names(
    const struct zy_tbs *t, const struct zy_cert_plan *plan, const struct zy_issuer_facts *issuer, struct zy_error *err)
{
	const struct zy_dn *s = &t->subject;

	if (s->num != 3 || !is_attribute(&s->attributes[0], zy_oid_country, "CN") ||
	    !is_attribute(&s->attributes[1], zy_oid_organisation, plan->subject.organisation) ||
	    !is_attribute(&s->attributes[2], zy_oid_common_name, plan->subject.common_name))
		return not_meant("subject", err);
	if (plan->profile->issuer == ZY_BY_LINK && !zy_bytes_equal(s->der, issuer->name))
		return zy_fail(err, ZY_E_ISSUER, "subject", ZY_NOWHERE, "both ends of a link bear one name");
	return zy_bytes_equal(t->issuer.der, issuer->self ? s->der : issuer->name) || not_meant("issuer", err);
}

static bool is_extension(const struct zy_tbs *t, struct zy_bytes oid, bool critical, const struct zy_buf *value)
{
	const struct zy_extension *e = zy_tbs_find(t, oid);

	return e != NULL && e->critical == critical && zy_bytes_equal(e->value, zy_buf_bytes(value));
}

static bool check_usage(const struct zy_tbs *t, const struct zy_cert_profile *p, struct zy_error *err)
{
	ZY_BUF_AUTO usage = { 0 }, basic = { 0 }, extended = { 0 };

	zy_key_usage_put(&usage, p->key_usage);
	zy_basic_constraints_put(&basic, p);
	if (!zy_extended_usage_put(&extended, p, err))
		return false;
	return (is_extension(t, zy_oid_key_usage, true, &usage) &&
		   is_extension(t, zy_oid_basic_constraints, true, &basic) &&
		   (p->num_extended > 0 ? is_extension(t, zy_oid_extended_key_usage, p->extended_critical, &extended)
					: zy_tbs_find(t, zy_oid_extended_key_usage) == NULL)) ||
	       not_meant("extensions", err);
}

/* Those that are meant, or none. *num: how many. */
static bool check_addresses(
    const struct zy_tbs *t, const struct zy_cert_profile *p, const struct zy_issuer_facts *issuer, size_t *num)
{
	const char *ocsp = zy_cert_ocsp_address(issuer, p);
	ZY_BUF_AUTO points = { 0 };
	ZY_BUF_AUTO access = { 0 };
	char crl[ZY_CRL_POINT_MAX + 1];
	const bool listed = t->serial.len == ZY_SERIAL_LEN && zy_cert_crl_address(issuer, p, t->serial.p, crl);

	*num = (size_t)listed + (ocsp != NULL);
	if (listed)
		zy_crl_points_put(&points, crl);
	if (ocsp != NULL)
		zy_access_put(&access, ocsp);
	return (!listed || is_extension(t, zy_oid_crl_points, false, &points)) &&
	       (ocsp == NULL || is_extension(t, zy_oid_authority_access, false, &access));
}

static bool has_identity(const struct zy_tbs *t, const struct zy_subject_identity *id)
{
	ZY_BUF_AUTO value = { 0 };

	zy_subject_identity_put(&value, id);
	return is_extension(t, zy_subject_identity_oid(id->kind), false, &value);
}

static bool check_identities(const struct zy_tbs *t, const struct zy_cert_plan *plan)
{
	for (size_t i = 0; i < plan->num_identities; i++)
		if (!has_identity(t, &plan->identities[i]))
			return false;
	return plan->subject.uscc[0] == 0 ||
	       has_identity(t, &(struct zy_subject_identity){ ZY_IDENTITY_ORGANISATION, zy_str(plan->subject.uscc) });
}

/* No extension but those that the plan means, and no key of another. */
static bool check_extensions(
    const struct zy_tbs *t, const struct zy_cert_plan *plan, const struct zy_issuer_facts *issuer, struct zy_error *err)
{
	const struct zy_cert_profile *p = plan->profile;
	const struct zy_extension *authority = zy_tbs_find(t, zy_oid_authority_key_id),
				  *own = zy_tbs_find(t, zy_oid_subject_key_id);
	const size_t num = 4u + (p->num_extended > 0) + (p->num_policies > 0) + p->ocsp_no_check +
			   (plan->num_hosts > 0) + (plan->subject.uscc[0] != 0) + plan->num_identities;
	uint8_t key_id[ZY_KEY_ID_LEN];
	size_t addresses;

	if (!zy_key_identifier(zy_spki_key(&t->key), key_id, err))
		return false;
	if (!check_addresses(t, p, issuer, &addresses) || t->num != num + addresses || authority == NULL ||
	    own == NULL || own->value.len != ZY_KEY_ID_LEN + 2 ||
	    memcmp(own->value.p + 2, key_id, ZY_KEY_ID_LEN) != 0 || authority->value.len != ZY_KEY_ID_LEN + 4 ||
	    memcmp(authority->value.p + 4, issuer->key_id, ZY_KEY_ID_LEN) != 0 ||
	    (p->num_policies > 0 && zy_tbs_find(t, zy_oid_certificate_policies) == NULL) ||
	    (p->ocsp_no_check && zy_tbs_find(t, zy_oid_ocsp_no_check) == NULL) ||
	    (plan->num_hosts > 0 && zy_tbs_find(t, zy_oid_subject_alt_name) == NULL) || !check_identities(t, plan))
		return not_meant("extensions", err);
	return check_usage(t, p, err);
}

bool zy_cert_lint(struct zy_bytes in, const struct zy_cert_plan *plan, const struct zy_issuer_facts *issuer,
    zy_time now, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), tbs;
	struct zy_error why = { 0 };
	struct zy_tbs t = { 0 };

	if (!check_text(plan->subject.organisation, "organizationName", err) ||
	    !check_text(plan->subject.common_name, "commonName", err) || !check_dates(plan, err) ||
	    !check_issuer(plan, issuer, now, err) || !zy_subject_key_fits(plan->profile, &plan->key, err) ||
	    !zy_subject_key_check(&plan->key, err))
		return false;
	for (size_t i = 0; i < plan->num_hosts; i++)
		if (!zy_host_allowed(plan->profile, zy_str(plan->hosts[i])))
			return zy_fail(err, ZY_E_PROFILE, "subjectAltName", ZY_NOWHERE,
			    "%.100s is no host of the profile's domains", plan->hosts[i]);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, &why) ||
	    !zy_der_end(&r, "tbsCertificate", &why) || !read_tbs(&tbs, &t, &why))
		return zy_fail(err, ZY_E_PROFILE, why.field, why.offset, "cannot be certified: %s", why.msg);
	if (t.serial.len < SMALLEST_SERIAL || t.serial.len > 20)
		return not_meant("serialNumber", err);
	if (t.signature_suite != issuer->suite || !zy_spki_equal(&t.key, &plan->key) ||
	    t.not_before != plan->not_before || t.not_after != plan->not_after)
		return not_meant("tbsCertificate", err);
	return check_names(&t, plan, issuer, err) && check_extensions(&t, plan, issuer, err);
}
