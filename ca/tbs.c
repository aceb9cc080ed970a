/* tbsCertificate as DER (RFC 5280 4.1, GB/T 20518 5.2), as its profile says. */
#include "internal.h"

bool zy_key_identifier(struct zy_bytes key, uint8_t out[ZY_KEY_ID_LEN], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, key, digest, err))
		return false;
	memcpy(out, digest, ZY_KEY_ID_LEN);
	return true;
}

static void put_rdn(struct zy_buf *b, struct zy_bytes oid, uint8_t tag, const char *value)
{
	size_t set = zy_der_open(b, ZY_DER_SET), pair = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, oid);
	zy_der_put(b, tag, zy_str(value));
	zy_der_close(b, pair);
	zy_der_close(b, set);
}

static void put_subject(struct zy_buf *b, const struct zy_cert_subject *s)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	put_rdn(b, zy_oid_country, ZY_DER_PRINTABLE, "CN");
	put_rdn(b, zy_oid_organisation, ZY_DER_UTF8, s->organisation);
	put_rdn(b, zy_oid_common_name, ZY_DER_UTF8, s->common_name);
	zy_der_close(b, mark);
}

/* UTCTime through 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
static void put_date(struct zy_buf *b, zy_time t)
{
	const zy_time year_2050 = 2524608000;
	char text[ZY_TIME_TEXT];

	zy_time_to_generalized(t, text);
	if (t < year_2050)
		zy_der_put(b, ZY_DER_UTCTIME, zy_str(text + 2));
	else
		zy_der_put(b, ZY_DER_TIME, zy_str(text));
}

/* Bit n of the named bit list is the n-th from the left; trailing zero bits are dropped (X.690 11.2.2). */
void zy_key_usage_put(struct zy_buf *b, unsigned usage)
{
	uint8_t bits[2] = { 0 };

	for (unsigned n = 0; n < 8; n++)
		if ((usage >> n & 1) != 0)
			bits[1] |= (uint8_t)(0x80 >> n);
	while (bits[0] < 7 && (bits[1] >> bits[0] & 1) == 0)
		bits[0]++;
	zy_der_put(b, ZY_DER_BITS, ZY_BYTES(bits, 2));
}

void zy_basic_constraints_put(struct zy_buf *b, const struct zy_cert_profile *p)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	if (p->authority) {
		zy_der_put_bool(b, true);
		zy_der_put_small(b, p->path_length);
	}
	zy_der_close(b, mark);
}

static bool put_oid(struct zy_buf *b, const char *text, struct zy_error *err)
{
	size_t mark = zy_der_open(b, ZY_DER_OID);
	bool ok = zy_oid_from_text(text, b, err);

	zy_der_close(b, mark);
	return ok;
}

bool zy_extended_usage_put(struct zy_buf *b, const struct zy_cert_profile *p, struct zy_error *err)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	for (size_t i = 0; i < p->num_extended; i++)
		if (!put_oid(b, p->extended[i], err))
			return false;
	zy_der_close(b, mark);
	return true;
}

static bool put_policies(struct zy_buf *b, const struct zy_cert_profile *p, struct zy_error *err)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	for (size_t i = 0; i < p->num_policies; i++) {
		size_t one = zy_der_open(b, ZY_DER_SEQUENCE);

		if (!put_oid(b, p->policies[i], err))
			return false;
		zy_der_close(b, one);
	}
	zy_der_close(b, mark);
	return true;
}

static void put_key_id(struct zy_buf *b, struct zy_bytes oid, uint8_t tag, const uint8_t id[ZY_KEY_ID_LEN])
{
	ZY_BUF_AUTO value = { 0 };
	size_t mark;

	if (tag == ZY_DER_OCTETS) {
		zy_der_put(&value, tag, ZY_BYTES(id, ZY_KEY_ID_LEN));
	} else {
		mark = zy_der_open(&value, ZY_DER_SEQUENCE);
		zy_der_put(&value, tag, ZY_BYTES(id, ZY_KEY_ID_LEN));
		zy_der_close(&value, mark);
	}
	zy_extension_put(b, oid, false, zy_buf_bytes(&value));
	b->failed |= value.failed;
}

/* One extension with the value that `value` holds; it is emptied for the next. */
static void put_next(struct zy_buf *b, struct zy_bytes oid, bool critical, struct zy_buf *value)
{
	zy_extension_put(b, oid, critical, zy_buf_bytes(value));
	b->failed |= value->failed;
	value->len = 0;
}

static bool make_extensions(struct zy_cert_template *t, const struct zy_cert_profile *p, struct zy_error *err)
{
	const char *ocsp = zy_cert_ocsp_address(t->issuer, p);
	ZY_BUF_AUTO value = { 0 };

	zy_basic_constraints_put(&value, p);
	put_next(&t->first, zy_oid_basic_constraints, true, &value);
	zy_key_usage_put(&value, p->key_usage);
	put_next(&t->first, zy_oid_key_usage, true, &value);
	if (p->num_extended > 0) {
		if (!zy_extended_usage_put(&value, p, err))
			return false;
		put_next(&t->second, zy_oid_extended_key_usage, p->extended_critical, &value);
	}
	if (p->num_policies > 0) {
		if (!put_policies(&value, p, err))
			return false;
		put_next(&t->second, zy_oid_certificate_policies, false, &value);
	}
	if (p->ocsp_no_check) {
		zy_der_put(&value, ZY_DER_NULL, ZY_BYTES(NULL, 0));
		put_next(&t->second, zy_oid_ocsp_no_check, false, &value);
	}
	if (ocsp != NULL) {
		zy_access_put(&value, ocsp);
		put_next(&t->second, zy_oid_authority_access, false, &value);
	}
	return true;
}

bool zy_cert_template_make(struct zy_cert_template *t, const struct zy_cert_profile *profile,
    const struct zy_issuer_facts *issuer, struct zy_error *err)
{
	t->issuer = issuer;
	zy_signature_alg_put(&t->signer, issuer->suite);
	zy_buf_put(&t->signer, issuer->name);
	put_key_id(&t->second, zy_oid_authority_key_id, ZY_DER_CONTEXT | 0, issuer->key_id);
	return make_extensions(t, profile, err) && zy_buf_done(&t->signer, "tbsCertificate", err) &&
	       zy_buf_done(&t->first, "tbsCertificate", err) && zy_buf_done(&t->second, "tbsCertificate", err);
}

void zy_cert_template_free(struct zy_cert_template *t)
{
	zy_buf_free(&t->signer);
	zy_buf_free(&t->first);
	zy_buf_free(&t->second);
}

static void put_hosts(struct zy_buf *b, const struct zy_cert_plan *plan)
{
	ZY_BUF_AUTO value = { 0 };
	size_t mark = zy_der_open(&value, ZY_DER_SEQUENCE);

	for (size_t i = 0; i < plan->num_hosts; i++)
		zy_der_put(&value, ZY_DER_CONTEXT | 2, zy_str(plan->hosts[i]));
	zy_der_close(&value, mark);
	put_next(b, zy_oid_subject_alt_name, false, &value);
}

static void put_identity(struct zy_buf *b, const struct zy_subject_identity *id)
{
	ZY_BUF_AUTO value = { 0 };

	zy_subject_identity_put(&value, id);
	put_next(b, zy_subject_identity_oid(id->kind), false, &value);
}

static void put_crl_points(struct zy_buf *b, const char *address)
{
	ZY_BUF_AUTO value = { 0 };

	zy_crl_points_put(&value, address);
	put_next(b, zy_oid_crl_points, false, &value);
}

static void put_extensions(struct zy_buf *b, const struct zy_cert_template *t, const struct zy_cert_plan *plan,
    const uint8_t key_id[ZY_KEY_ID_LEN], const uint8_t serial[ZY_SERIAL_LEN])
{
	char address[ZY_CRL_POINT_MAX + 1];
	size_t explicit = zy_der_open(b, ZY_DER_CONTEXT_MADE | 3), mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_buf_put(b, zy_buf_bytes(&t->first));
	put_key_id(b, zy_oid_subject_key_id, ZY_DER_OCTETS, key_id);
	zy_buf_put(b, zy_buf_bytes(&t->second));
	if (plan->num_hosts > 0)
		put_hosts(b, plan);
	if (plan->subject.uscc[0] != 0)
		put_identity(b, &(struct zy_subject_identity){ ZY_IDENTITY_ORGANISATION, zy_str(plan->subject.uscc) });
	for (size_t i = 0; i < plan->num_identities; i++)
		put_identity(b, &plan->identities[i]);
	if (zy_cert_crl_address(t->issuer, plan->profile, serial, address))
		put_crl_points(b, address);
	zy_der_close(b, mark);
	zy_der_close(b, explicit);
}

bool zy_cert_tbs_encode(const struct zy_cert_template *t, const struct zy_cert_plan *plan,
    const uint8_t serial[ZY_SERIAL_LEN], struct zy_buf *out, struct zy_error *err)
{
	static const uint8_t version_3[] = { 0xa0, 3, 2, 1, 2 };
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE), part;
	uint8_t key_id[ZY_KEY_ID_LEN];

	if (!zy_key_identifier(zy_spki_key(&plan->key), key_id, err))
		return false;
	zy_buf_put(out, ZY_BYTES(version_3, sizeof(version_3)));
	zy_der_put_unsigned(out, ZY_BYTES(serial, ZY_SERIAL_LEN));
	zy_buf_put(out, zy_buf_bytes(&t->signer));
	if (plan->profile->issuer == ZY_BY_ITSELF)
		put_subject(out, &plan->subject);
	part = zy_der_open(out, ZY_DER_SEQUENCE);
	put_date(out, plan->not_before);
	put_date(out, plan->not_after);
	zy_der_close(out, part);
	put_subject(out, &plan->subject);
	zy_spki_put(out, &plan->key);
	put_extensions(out, t, plan, key_id, serial);
	zy_der_close(out, mark);
	return zy_buf_done(out, "tbsCertificate", err);
}

bool zy_cert_subject_name(struct zy_bytes cert, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(cert), outer, tbs;
	struct zy_bytes skipped;

	return zy_der_enter(&r, ZY_DER_SEQUENCE, "Certificate", &outer, err) &&
	       zy_der_enter(&outer, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, err) &&
	       zy_der_take(&tbs, ZY_DER_CONTEXT_MADE | 0, "version", &skipped, err) &&
	       zy_der_take(&tbs, ZY_DER_INTEGER, "serialNumber", &skipped, err) &&
	       zy_der_take(&tbs, ZY_DER_SEQUENCE, "signature", &skipped, err) &&
	       zy_der_take(&tbs, ZY_DER_SEQUENCE, "issuer", &skipped, err) &&
	       zy_der_take(&tbs, ZY_DER_SEQUENCE, "validity", &skipped, err) &&
	       zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "subject", out, err);
}
