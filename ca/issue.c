#include "internal.h"

#include "zy/text.h"

static enum zy_suite suite_of(enum zy_key_kind kind)
{
	return kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
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

bool zy_cert_from_pem(struct zy_bytes pem, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err)
{
	const size_t begin = sizeof(pem_begin) - 1, end = sizeof(pem_end) - 1;
	ZY_BUF_AUTO text = { .cap = 65536 };
	ZY_BUF_AUTO bytes = { .cap = 65536 };

	if (pem.len < begin + end || memcmp(pem.p, pem_begin, begin) != 0 ||
	    memcmp(pem.p + pem.len - end, pem_end, end) != 0)
		return zy_fail(err, ZY_E_CERT, "certificate", ZY_NOWHERE, "not one PEM block of a certificate");
	for (size_t i = begin; i < pem.len - end; i++)
		if (pem.p[i] != '\n')
			zy_buf_put_u8(&text, pem.p[i]);
	return zy_buf_done(&text, "certificate", err) && zy_base64_decode(&bytes, zy_buf_bytes(&text), err) &&
	       zy_arena_copy(a, zy_buf_bytes(&bytes), der, err);
}
