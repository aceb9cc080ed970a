/* tbsCertificate as DER (RFC 5280 4.1, GB/T 20518 5.2): one profile, one shape. */
#include "internal.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_country, 0x55, 0x04, 0x06);
OID(oid_organisation, 0x55, 0x04, 0x0a);
OID(oid_common_name, 0x55, 0x04, 0x03);
OID(oid_key_usage, 0x55, 0x1d, 0x0f);
OID(oid_basic_constraints, 0x55, 0x1d, 0x13);
OID(oid_subject_key_id, 0x55, 0x1d, 0x0e);
OID(oid_authority_key_id, 0x55, 0x1d, 0x23);
OID(oid_extended_key_usage, 0x55, 0x1d, 0x25);
OID(oid_document_signing, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x24); /* RFC 9336 3 */
OID(oid_time_stamping, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08);    /* RFC 3161 2.3 */
OID(oid_uscc, 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 0x04);             /* 1.2.156.10260.4.1.4 */

/* First octet of KeyUsage (RFC 5280 4.2.1.3). */
enum { DIGITAL_SIGNATURE = 0x80, NON_REPUDIATION = 0x40, KEY_CERT_SIGN = 0x04, CRL_SIGN = 0x02 };

static const struct {
	uint8_t key_usage;
	int path_len;                    /* -1: not a CA */
	const struct zy_bytes *extended; /* the one extKeyUsage, NULL for none */
	bool extended_critical;
} profiles[ZY_NUM_PROFILES] = {
	[ZY_PROFILE_ROOT] = { KEY_CERT_SIGN | CRL_SIGN, 1, NULL, false },
	[ZY_PROFILE_ISSUING] = { KEY_CERT_SIGN | CRL_SIGN, 0, NULL, false },
	[ZY_PROFILE_SEAL_MAKER] = { DIGITAL_SIGNATURE, -1, NULL, false },
	[ZY_PROFILE_SEAL_OWNER] = { DIGITAL_SIGNATURE | NON_REPUDIATION, -1, NULL, false },
	[ZY_PROFILE_DOCUMENT] = { DIGITAL_SIGNATURE | NON_REPUDIATION, -1, &oid_document_signing, false },
	[ZY_PROFILE_CREDENTIAL] = { DIGITAL_SIGNATURE, -1, NULL, false },
	[ZY_PROFILE_TRUST] = { DIGITAL_SIGNATURE, -1, NULL, false },
	[ZY_PROFILE_TIMESTAMP] = { DIGITAL_SIGNATURE, -1, &oid_time_stamping, true },
};

bool zy_key_identifier(const uint8_t point[65], uint8_t out[20], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(point, 65), digest, err))
		return false;
	memcpy(out, digest, 20);
	return true;
}

void zy_signature_algorithm_put(struct zy_buf *b, enum zy_suite suite)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	/* Parameters are absent in both suites (sm2-pki: absent and NULL exist; RFC 5758 3.2: absent). */
	zy_der_put(b, ZY_DER_OID, suite == ZY_SUITE_GM ? zy_oid_sm2_sm3 : zy_oid_ecdsa_sha256);
	zy_der_close(b, mark);
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

	put_rdn(b, oid_country, ZY_DER_PRINTABLE, "CN");
	put_rdn(b, oid_organisation, ZY_DER_UTF8, s->organisation);
	put_rdn(b, oid_common_name, ZY_DER_UTF8, s->common_name);
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

static void put_public_key(struct zy_buf *b, enum zy_suite suite, const uint8_t point[65])
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE), algorithm = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, zy_oid_ec_public_key);
	zy_der_put(b, ZY_DER_OID, suite == ZY_SUITE_GM ? zy_oid_sm2_curve : zy_oid_p256);
	zy_der_close(b, algorithm);
	zy_der_put_bits(b, ZY_BYTES(point, 65));
	zy_der_close(b, mark);
}

struct open_extension {
	size_t outer, value;
};

static struct open_extension open_extension(struct zy_buf *b, struct zy_bytes oid, bool critical)
{
	struct open_extension e = { .outer = zy_der_open(b, ZY_DER_SEQUENCE) };

	zy_der_put(b, ZY_DER_OID, oid);
	if (critical)
		zy_der_put_bool(b, true);
	e.value = zy_der_open(b, ZY_DER_OCTETS);
	return e;
}

static void close_extension(struct zy_buf *b, struct open_extension e)
{
	zy_der_close(b, e.value);
	zy_der_close(b, e.outer);
}

static void put_key_usage(struct zy_buf *b, uint8_t usage)
{
	struct open_extension e = open_extension(b, oid_key_usage, true);
	uint8_t unused = 0, bits[2];

	while ((usage >> unused & 1) == 0)
		unused++;
	bits[0] = unused; /* a named bit list drops its trailing zero bits (X.690 11.2.2) */
	bits[1] = usage;
	zy_der_put(b, ZY_DER_BITS, ZY_BYTES(bits, 2));
	close_extension(b, e);
}

static void put_basic_constraints(struct zy_buf *b, int path_len)
{
	struct open_extension e = open_extension(b, oid_basic_constraints, true);
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	if (path_len >= 0) {
		zy_der_put_bool(b, true);
		zy_der_put_small(b, (uint64_t)path_len);
	}
	zy_der_close(b, mark);
	close_extension(b, e);
}

static void put_key_ids(struct zy_buf *b, const uint8_t subject[20], const uint8_t issuer[20])
{
	struct open_extension e = open_extension(b, oid_subject_key_id, false);
	size_t mark;

	zy_der_put(b, ZY_DER_OCTETS, ZY_BYTES(subject, 20));
	close_extension(b, e);
	e = open_extension(b, oid_authority_key_id, false);
	mark = zy_der_open(b, ZY_DER_SEQUENCE);
	zy_der_put(b, ZY_DER_CONTEXT | 0, ZY_BYTES(issuer, 20));
	zy_der_close(b, mark);
	close_extension(b, e);
}

static void put_extended_key_usage(struct zy_buf *b, struct zy_bytes usage, bool critical)
{
	struct open_extension e = open_extension(b, oid_extended_key_usage, critical);
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, usage);
	zy_der_close(b, mark);
	close_extension(b, e);
}

static void put_uscc(struct zy_buf *b, const char *uscc)
{
	struct open_extension e = open_extension(b, oid_uscc, false);

	zy_der_put(b, ZY_DER_PRINTABLE, zy_str(uscc));
	close_extension(b, e);
}

static void put_extensions(struct zy_buf *b, const struct zy_cert_tbs *t, const uint8_t key_id[20])
{
	size_t explicit = zy_der_open(b, ZY_DER_CONTEXT_MADE | 3), mark = zy_der_open(b, ZY_DER_SEQUENCE);

	put_basic_constraints(b, profiles[t->profile].path_len);
	put_key_usage(b, profiles[t->profile].key_usage);
	put_key_ids(b, key_id, t->profile == ZY_PROFILE_ROOT ? key_id : t->issuer_key_id);
	if (profiles[t->profile].extended != NULL)
		put_extended_key_usage(b, *profiles[t->profile].extended, profiles[t->profile].extended_critical);
	if (t->subject->uscc[0] != 0)
		put_uscc(b, t->subject->uscc);
	zy_der_close(b, mark);
	zy_der_close(b, explicit);
}

bool zy_cert_tbs_encode(const struct zy_cert_tbs *t, struct zy_buf *out, struct zy_error *err)
{
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE), part;
	uint8_t key_id[20];

	if (!zy_key_identifier(t->point, key_id, err))
		return false;
	part = zy_der_open(out, ZY_DER_CONTEXT_MADE | 0);
	zy_der_put_small(out, 2); /* v3 */
	zy_der_close(out, part);
	zy_der_put_unsigned(out, ZY_BYTES(t->serial, sizeof(t->serial)));
	zy_signature_algorithm_put(out, t->suite);
	if (t->issuer_name.len == 0)
		put_subject(out, t->subject);
	else
		zy_buf_put(out, t->issuer_name);
	part = zy_der_open(out, ZY_DER_SEQUENCE);
	put_date(out, t->not_before);
	put_date(out, t->not_after);
	zy_der_close(out, part);
	put_subject(out, t->subject);
	put_public_key(out, t->subject_suite, t->point);
	put_extensions(out, t, key_id);
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
