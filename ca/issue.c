#include "internal.h"

#include "zy/text.h"

static enum zy_suite suite_of(enum zy_key_kind kind)
{
	return kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
}

static bool text_ok(const char *text, const char *field, struct zy_error *err)
{
	/* ub-organization-name and ub-common-name (RFC 5280 A.1) */
	return zy_utf8_check(zy_str(text), field, err) &&
	       ((text[0] != 0 && zy_utf8_count(zy_str(text)) <= 64) ||
		   zy_fail(err, ZY_E_CERT, field, ZY_NOWHERE, "%s has 1 to 64 characters", field));
}

static bool check_subject(const struct zy_cert_tbs *t, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (!text_ok(t->subject->organisation, "organizationName", &why) ||
	    !text_ok(t->subject->common_name, "commonName", &why))
		return zy_fail(err, ZY_E_CERT, why.field, why.offset, "%s", why.msg);
	return t->not_before <= t->not_after ||
	       zy_fail(err, ZY_E_CERT, "validity", ZY_NOWHERE, "a certificate cannot end before it begins");
}

/* Only a root signs itself; any other issuer's certificate must be of the key that will sign. */
static bool check_issuer(const struct zy_cert_issuer *issuer, const struct zy_cert_tbs *t, const uint8_t point[65],
    struct zy_arena *a, struct zy_error *err)
{
	const bool self = issuer->cert.len == 0;
	struct zy_cert_facts facts;

	if (self != (t->profile == ZY_PROFILE_ROOT) || (self && memcmp(point, t->point, 65) != 0))
		return zy_fail(err, ZY_E_CERT, "issuer", ZY_NOWHERE, "a root, and only a root, signs itself");
	if (self)
		return true;
	if (!zy_cert_facts(issuer->cert, a, &facts, err))
		return false;
	return memcmp(facts.point, point, 65) == 0 ||
	       zy_fail(err, ZY_E_CERT, "issuer", ZY_NOWHERE, "the issuer's certificate is not of the issuer's key");
}

/* Who signs: name and key identifier, from the issuer's certificate or, for a root, from the subject itself. */
static bool take_issuer(struct zy_hsm *h, const struct zy_cert_issuer *issuer, struct zy_cert_tbs *t, uint8_t point[65],
    struct zy_error *err)
{
	enum zy_key_kind kind;

	if (!zy_hsm_public(h, issuer->key, &kind, point, err))
		return false;
	t->suite = suite_of(kind);
	return (issuer->cert.len == 0 || zy_cert_subject_name(issuer->cert, &t->issuer_name, err)) &&
	       zy_key_identifier(point, t->issuer_key_id, err);
}

static bool sign_tbs(struct zy_hsm *h, const char *key, enum zy_suite suite, struct zy_bytes tbs, uint8_t rs[64],
    struct zy_buf *cert, struct zy_error *err)
{
	const struct zy_sign_request q = { .key = key, .use = ZY_USE_CERTIFICATE, .message = tbs };
	ZY_BUF_AUTO der = { 0 };
	size_t mark;

	if (!zy_hsm_sign(h, &q, rs, err))
		return false;
	zy_der_put_rs(&der, rs);
	mark = zy_der_open(cert, ZY_DER_SEQUENCE);
	zy_buf_put(cert, tbs);
	zy_signature_algorithm_put(cert, suite);
	zy_der_put_bits(cert, zy_buf_bytes(&der));
	zy_der_close(cert, mark);
	return zy_buf_done(&der, "signature", err) && zy_buf_done(cert, "Certificate", err);
}

bool zy_cert_issue(struct zy_hsm *h, struct zy_keys *keys, const struct zy_cert_issuer *issuer, enum zy_profile profile,
    const struct zy_cert_subject *subject, const char *key, zy_time not_before, zy_time not_after, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err)
{
	struct zy_cert_tbs t = {
		.profile = profile, .subject = subject, .not_before = not_before, .not_after = not_after
	};
	ZY_BUF_AUTO tbs = { 0 };
	ZY_BUF_AUTO cert = { 0 };
	uint8_t issuer_point[65], rs[64];
	enum zy_key_kind kind;
	bool good;

	if (!zy_hsm_public(h, key, &kind, t.point, err) || !take_issuer(h, issuer, &t, issuer_point, err) ||
	    !check_issuer(issuer, &t, issuer_point, a, err) || !check_subject(&t, err) ||
	    !zy_random(t.serial, sizeof(t.serial), err))
		return false;
	t.subject_suite = suite_of(kind);
	t.serial[0] = (uint8_t)((t.serial[0] & 0x7f) | 0x40); /* positive, always 16 octets, 126 random bits */
	if (!zy_cert_tbs_encode(&t, &tbs, err) ||
	    !sign_tbs(h, issuer->key, t.suite, zy_buf_bytes(&tbs), rs, &cert, err) ||
	    !zy_signature_verify_point(keys, ZY_BYTES(issuer_point, 65), t.suite, zy_buf_bytes(&tbs), rs, &good, err))
		return false;
	if (!good)
		return zy_fail(err, ZY_E_SELF_VERIFY, "signatureValue", ZY_NOWHERE,
		    "the token's signature over the certificate does not verify");
	return zy_arena_copy(a, zy_buf_bytes(&cert), out, err);
}

#define PEM_MAX ((size_t)65536)

static const char pem_begin[] = "-----BEGIN CERTIFICATE-----\n", pem_end[] = "-----END CERTIFICATE-----\n";

void zy_cert_to_pem(struct zy_bytes der, struct zy_buf *out)
{
	ZY_BUF_AUTO text = { 0 };

	zy_base64_encode(&text, der);
	zy_buf_put_str(out, pem_begin);
	for (size_t i = 0; i < text.len; i += 64) {
		zy_buf_put(out, ZY_BYTES(text.p + i, text.len - i < 64 ? text.len - i : 64));
		zy_buf_put_u8(out, '\n');
	}
	zy_buf_put_str(out, pem_end);
	out->failed |= text.failed;
}

static bool is_space(uint8_t c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* Without the white space of its lines, which systems write in their own ways. */
static void put_squeezed(struct zy_buf *out, struct zy_bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_space(text.p[i]))
			zy_buf_put_u8(out, text.p[i]);
}

static bool decode_body(struct zy_bytes body, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err)
{
	ZY_BUF_AUTO text = { .cap = PEM_MAX };
	ZY_BUF_AUTO bytes = { .cap = PEM_MAX };
	struct zy_bytes whole;
	struct zy_reader r;

	put_squeezed(&text, body);
	if (!zy_buf_done(&text, "certificate", err) || !zy_base64_decode(&bytes, zy_buf_bytes(&text), err))
		return false;
	r = zy_reader_over(zy_buf_bytes(&bytes));
	return zy_der_take_whole(&r, ZY_DER_SEQUENCE, "Certificate", &whole, err) &&
	       zy_der_end(&r, "Certificate", err) && zy_arena_copy(a, whole, der, err);
}

bool zy_cert_from_pem(struct zy_bytes pem, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err)
{
	const size_t begin = sizeof(pem_begin) - 2, end = sizeof(pem_end) - 2; /* without their line feeds */
	struct zy_error why = { 0 };

	while (pem.len > 0 && is_space(pem.p[0]))
		pem = ZY_BYTES(pem.p + 1, pem.len - 1);
	while (pem.len > 0 && is_space(pem.p[pem.len - 1]))
		pem.len--;
	if (pem.len < begin + end || memcmp(pem.p, pem_begin, begin) != 0 ||
	    memcmp(pem.p + pem.len - end, pem_end, end) != 0)
		return zy_fail(err, ZY_E_CERT, "certificate", ZY_NOWHERE, "not one PEM block of a certificate");
	return decode_body(ZY_BYTES(pem.p + begin, pem.len - begin - end), a, der, &why) ||
	       zy_fail(err, ZY_E_CERT, "certificate", ZY_NOWHERE, "not one PEM block of a certificate: %s", why.msg);
}
