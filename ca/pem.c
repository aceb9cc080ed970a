/* PEM of certificates and requests (RFC 7468): one block, strict inside. */
#include "internal.h"

#include <stdio.h>

#include "zy/text.h"

#define PEM_MAX ((size_t)65536)

void zy_cert_to_pem(struct zy_bytes der, struct zy_buf *out)
{
	ZY_BUF_AUTO text = { 0 };

	zy_base64_encode(&text, der);
	zy_buf_put_str(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < text.len; i += 64) {
		zy_buf_put(out, ZY_BYTES(text.p + i, text.len - i < 64 ? text.len - i : 64));
		zy_buf_put_u8(out, '\n');
	}
	zy_buf_put_str(out, "-----END CERTIFICATE-----\n");
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

static bool decode_body(
    struct zy_bytes body, const char *field, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err)
{
	ZY_BUF_AUTO text = { .cap = PEM_MAX };
	ZY_BUF_AUTO bytes = { .cap = PEM_MAX };
	struct zy_bytes whole;
	struct zy_reader r;

	put_squeezed(&text, body);
	if (!zy_buf_done(&text, field, err) || !zy_base64_decode(&bytes, zy_buf_bytes(&text), err))
		return false;
	r = zy_reader_over(zy_buf_bytes(&bytes));
	return zy_der_take_whole(&r, ZY_DER_SEQUENCE, field, &whole, err) && zy_der_end(&r, field, err) &&
	       zy_arena_copy(a, whole, der, err);
}

static struct zy_bytes trimmed(struct zy_bytes text)
{
	while (text.len > 0 && is_space(text.p[0]))
		text = ZY_BYTES(text.p + 1, text.len - 1);
	while (text.len > 0 && is_space(text.p[text.len - 1]))
		text.len--;
	return text;
}

/* What lies between the two lines of that label; false when they are not there. */
static bool find_body(struct zy_bytes pem, const char *label, struct zy_bytes *body)
{
	char begin[64], end[64];
	const size_t begin_len = (size_t)snprintf(begin, sizeof(begin), "-----BEGIN %s-----", label),
		     end_len = (size_t)snprintf(end, sizeof(end), "-----END %s-----", label);

	if (pem.len < begin_len + end_len || memcmp(pem.p, begin, begin_len) != 0 ||
	    memcmp(pem.p + pem.len - end_len, end, end_len) != 0)
		return false;
	*body = ZY_BYTES(pem.p + begin_len, pem.len - begin_len - end_len);
	return true;
}

bool zy_cert_from_pem(struct zy_bytes pem, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_bytes body;

	if (!find_body(trimmed(pem), "CERTIFICATE", &body))
		return zy_fail(err, ZY_E_CERT, "certificate", ZY_NOWHERE, "not one PEM block of a certificate");
	return decode_body(body, "Certificate", a, der, &why) ||
	       zy_fail(err, ZY_E_CERT, "certificate", ZY_NOWHERE, "not one PEM block of a certificate: %s", why.msg);
}

bool zy_csr_from_text(struct zy_bytes text, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_bytes body;

	if (text.len > 0 && text.p[0] == ZY_DER_SEQUENCE)
		return zy_arena_copy(a, text, der, err);
	text = trimmed(text);
	/* RFC 7468 7: both labels are in use */
	if (!find_body(text, "CERTIFICATE REQUEST", &body) && !find_body(text, "NEW CERTIFICATE REQUEST", &body))
		return zy_fail(err, ZY_E_CSR, "CertificationRequest", ZY_NOWHERE,
		    "neither DER nor one PEM block of a certificate request");
	return decode_body(body, "CertificationRequest", a, der, &why) ||
	       zy_fail(err, ZY_E_CSR, "CertificationRequest", ZY_NOWHERE, "not one PEM block: %s", why.msg);
}
