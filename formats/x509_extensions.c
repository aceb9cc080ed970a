/* Extensions of certificates (RFC 5280 4.2). */
#include "x509_internal.h"

#define ID_CE(name, last) static const uint8_t name##_octets[] = { 0x55, 0x1d, last }
ID_CE(subject_key_id, 14);
ID_CE(key_usage, 15);
ID_CE(alt_names, 17);
ID_CE(basic_constraints, 19);
ID_CE(name_constraints, 30);
ID_CE(crl_points, 31);
ID_CE(policies, 32);
ID_CE(mappings, 33);
ID_CE(authority_key_id, 35);
ID_CE(policy_constraints, 36);
ID_CE(extended_usage, 37);
ID_CE(inhibit_any, 54);
static const uint8_t no_check_octets[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05 };

typedef bool read_fn(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err);

static bool read_basic_constraints(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader seq;
	uint64_t n;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "basicConstraints", &seq, err) ||
	    (zy_der_next_is(&seq, ZY_DER_BOOLEAN) && !zy_der_bool(&seq, "cA", &c->is_authority, err)))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_INTEGER)) {
		if (!zy_der_small(&seq, "pathLenConstraint", UINT32_MAX - 1, &n, err))
			return false;
		c->path_len = (uint32_t)n;
	}
	return zy_der_end(&seq, "basicConstraints", err);
}

static bool read_key_usage(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes bits;

	if (!zy_der_take(r, ZY_DER_BITS, "keyUsage", &bits, err))
		return false;
	if (bits.len < 1 || bits.len > 3 || bits.p[0] > 7)
		return zy_fail(err, ZY_E_CERT, "keyUsage", at, "keyUsage has up to nine bits");
	for (size_t i = 1; i < bits.len; i++)
		c->key_usage |= (unsigned)bits.p[i] << (8 * (i - 1));
	return c->key_usage != 0 ||
	       zy_fail(err, ZY_E_CERT, "keyUsage", at, "keyUsage has no bit set (RFC 5280 4.2.1.3)");
}

/* A SEQUENCE of one or more elements of `tag`; what is inside them is read where it is used. */
static bool read_list(struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader list;
	uint8_t have;

	if (!zy_der_take(r, ZY_DER_SEQUENCE, field, out, err))
		return false;
	if (out->len == 0)
		return zy_fail(err, ZY_E_CERT, field, at, "%s is empty", field);
	list = zy_reader_inside(r, *out);
	while (zy_reader_left(&list) > 0) {
		at = zy_reader_offset(&list);
		if (!zy_der_any(&list, field, &have, NULL, NULL, err))
			return false;
		if (tag != 0 && have != tag)
			return zy_fail(err, ZY_E_CERT, field, at, "%s holds an element of tag 0x%02x", field, have);
	}
	return true;
}

static bool read_extended_usage(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	return read_list(r, ZY_DER_OID, "extKeyUsage", &c->extended_usage, err);
}

static bool take_policy(struct zy_reader *list, struct zy_bytes *oid, struct zy_error *err)
{
	struct zy_reader info;

	return zy_der_enter(list, ZY_DER_SEQUENCE, "certificatePolicies", &info, err) &&
	       zy_der_take(&info, ZY_DER_OID, "policyIdentifier", oid, err);
}

/* PolicyInformation { policyIdentifier, policyQualifiers OPTIONAL }, no policy twice (4.2.1.4). */
static bool read_policies(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_bytes seen[ZY_X509_POLICIES_MAX];
	struct zy_reader list;

	if (!read_list(r, ZY_DER_SEQUENCE, "certificatePolicies", &c->policies, err))
		return false;
	list = zy_reader_inside(r, c->policies);
	for (size_t n = 0; zy_reader_left(&list) > 0; n++) {
		size_t at = zy_reader_offset(&list);

		if (n == ZY_X509_POLICIES_MAX)
			return zy_fail(
			    err, ZY_E_CERT, "certificatePolicies", at, "more than %d policies", ZY_X509_POLICIES_MAX);
		if (!take_policy(&list, &seen[n], err))
			return false;
		for (size_t i = 0; i < n; i++)
			if (zy_bytes_equal(seen[n], seen[i]))
				return zy_fail(err, ZY_E_CERT, "certificatePolicies", at, "a policy stands twice");
	}
	return true;
}

static bool read_mappings(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader list, pair;
	struct zy_bytes oid;

	if (!read_list(r, ZY_DER_SEQUENCE, "policyMappings", &c->mappings, err))
		return false;
	list = zy_reader_inside(r, c->mappings);
	while (zy_reader_left(&list) > 0)
		if (!zy_der_enter(&list, ZY_DER_SEQUENCE, "policyMappings", &pair, err) ||
		    !zy_der_take(&pair, ZY_DER_OID, "issuerDomainPolicy", &oid, err) ||
		    !zy_der_take(&pair, ZY_DER_OID, "subjectDomainPolicy", &oid, err) ||
		    !zy_der_end(&pair, "policyMappings", err))
			return false;
	return true;
}

/* SkipCerts, INTEGER (0..MAX), under a tag of its own or as it is. */
static bool take_skip(struct zy_reader *r, uint8_t tag, const char *field, uint32_t *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;
	uint64_t n = 0;

	if (!zy_der_take(r, tag, field, &v, err))
		return false;
	if (v.len == 0 || (v.p[0] & 0x80) != 0 || (v.len > 1 && v.p[0] == 0 && (v.p[1] & 0x80) == 0))
		return zy_fail(err, ZY_E_CERT, field, at, "%s is negative or not the shortest", field);
	for (size_t i = 0; i < v.len && n < UINT32_MAX; i++)
		n = n << 8 | v.p[i];
	*out = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX - 1;
	return true;
}

static bool read_policy_constraints(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader seq;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "policyConstraints", &seq, err) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT | 0) &&
		!take_skip(&seq, ZY_DER_CONTEXT | 0, "requireExplicitPolicy", &c->require_explicit, err)) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT | 1) &&
		!take_skip(&seq, ZY_DER_CONTEXT | 1, "inhibitPolicyMapping", &c->inhibit_mapping, err)))
		return false;
	if (c->require_explicit == ZY_SKIP_NONE && c->inhibit_mapping == ZY_SKIP_NONE)
		return zy_fail(
		    err, ZY_E_CERT, "policyConstraints", at, "policyConstraints is empty (RFC 5280 4.2.1.11)");
	return zy_der_end(&seq, "policyConstraints", err);
}

static bool read_inhibit_any(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	return take_skip(r, ZY_DER_INTEGER, "inhibitAnyPolicy", &c->inhibit_any, err);
}

static bool read_name_constraints(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader seq;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "nameConstraints", &seq, err) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 0) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT_MADE | 0, "permittedSubtrees", &c->permitted, err)) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 1) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT_MADE | 1, "excludedSubtrees", &c->excluded, err)))
		return false;
	if (c->permitted.len == 0 && c->excluded.len == 0)
		return zy_fail(err, ZY_E_CERT, "nameConstraints", at, "nameConstraints is empty (RFC 5280 4.2.1.10)");
	return zy_der_end(&seq, "nameConstraints", err);
}

static bool read_alt_names(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	return read_list(r, 0, "subjectAltName", &c->alt_names, err);
}

static bool read_crl_points(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	return read_list(r, ZY_DER_SEQUENCE, "cRLDistributionPoints", &c->crl_points, err);
}

static bool read_subject_key_id(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	return zy_der_take(r, ZY_DER_OCTETS, "subjectKeyIdentifier", &c->subject_key_id, err);
}

static bool read_authority_key_id(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader seq;
	struct zy_bytes skip;

	return zy_der_enter(r, ZY_DER_SEQUENCE, "authorityKeyIdentifier", &seq, err) &&
	       (!zy_der_next_is(&seq, ZY_DER_CONTEXT | 0) ||
		   zy_der_take(&seq, ZY_DER_CONTEXT | 0, "keyIdentifier", &c->authority_key_id, err)) &&
	       (!zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 1) ||
		   zy_der_take(&seq, ZY_DER_CONTEXT_MADE | 1, "authorityCertIssuer", &skip, err)) &&
	       (!zy_der_next_is(&seq, ZY_DER_CONTEXT | 2) ||
		   zy_der_take(&seq, ZY_DER_CONTEXT | 2, "authorityCertSerialNumber", &skip, err)) &&
	       zy_der_end(&seq, "authorityKeyIdentifier", err);
}

static bool read_no_check(struct zy_reader *r, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_bytes skip;

	(void)c;
	return zy_der_take(r, ZY_DER_NULL, "id-pkix-ocsp-nocheck", &skip, err);
}

static const struct {
	struct zy_bytes oid;
	enum zy_x509_has has;
	read_fn *read;
} known[] = {
	{ { key_usage_octets, 3 }, ZY_HAS_KEY_USAGE, read_key_usage },
	{ { basic_constraints_octets, 3 }, ZY_HAS_BASIC_CONSTRAINTS, read_basic_constraints },
	{ { extended_usage_octets, 3 }, ZY_HAS_EXTENDED_USAGE, read_extended_usage },
	{ { policies_octets, 3 }, ZY_HAS_POLICIES, read_policies },
	{ { mappings_octets, 3 }, ZY_HAS_MAPPINGS, read_mappings },
	{ { policy_constraints_octets, 3 }, ZY_HAS_POLICY_CONSTRAINTS, read_policy_constraints },
	{ { inhibit_any_octets, 3 }, ZY_HAS_INHIBIT_ANY, read_inhibit_any },
	{ { name_constraints_octets, 3 }, ZY_HAS_NAME_CONSTRAINTS, read_name_constraints },
	{ { alt_names_octets, 3 }, ZY_HAS_ALT_NAMES, read_alt_names },
	{ { subject_key_id_octets, 3 }, ZY_HAS_SUBJECT_KEY_ID, read_subject_key_id },
	{ { authority_key_id_octets, 3 }, ZY_HAS_AUTHORITY_KEY_ID, read_authority_key_id },
	{ { crl_points_octets, 3 }, ZY_HAS_CRL_POINTS, read_crl_points },
	{ { no_check_octets, sizeof(no_check_octets) }, ZY_HAS_NO_CHECK, read_no_check },
};

static bool read_one(struct zy_reader *list, const struct zy_extension *e, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(list, e->value);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!zy_bytes_equal(e->oid, known[i].oid))
			continue;
		c->has |= known[i].has;
		c->critical |= e->critical ? (unsigned)known[i].has : 0;
		return known[i].read(&r, c, err) && zy_der_end(&r, "extnValue", err);
	}
	if (e->critical && c->unknown_critical.len == 0)
		c->unknown_critical = e->oid;
	return true;
}

/* Extension with critical FALSE written out is read here, though X.690 11.5 forbids it: authorities in use write it,
 * and it says nothing else. */
static bool take_extension(struct zy_reader *list, struct zy_extension *e, struct zy_error *err)
{
	struct zy_reader seq;

	*e = (struct zy_extension){ 0 };
	return zy_der_enter(list, ZY_DER_SEQUENCE, "Extension", &seq, err) &&
	       zy_der_take(&seq, ZY_DER_OID, "extnID", &e->oid, err) &&
	       (!zy_der_next_is(&seq, ZY_DER_BOOLEAN) || zy_der_bool(&seq, "critical", &e->critical, err)) &&
	       zy_der_take(&seq, ZY_DER_OCTETS, "extnValue", &e->value, err) && zy_der_end(&seq, "Extension", err);
}

bool x509_read_extensions(struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader whole = zy_reader_over(c->der), list = zy_reader_inside(&whole, c->extensions);
	struct zy_bytes seen[ZY_EXTENSIONS_MAX];
	struct zy_extension e;

	if (c->extensions.p != NULL && c->version < 3)
		return zy_fail(err, ZY_E_CERT, "version", 0, "extensions in a certificate of version %u", c->version);
	for (size_t n = 0; zy_reader_left(&list) > 0; n++) {
		size_t at = zy_reader_offset(&list);

		if (n == ZY_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_CERT, "extensions", at, "more than %d extensions", ZY_EXTENSIONS_MAX);
		if (!take_extension(&list, &e, err))
			return false;
		for (size_t i = 0; i < n; i++)
			if (zy_bytes_equal(seen[i], e.oid))
				return zy_fail(
				    err, ZY_E_CERT, "extensions", at, "an extension stands twice (RFC 5280 4.2)");
		seen[n] = e.oid;
		if (!read_one(&list, &e, c, err))
			return false;
	}
	return true;
}
