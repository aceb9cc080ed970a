/* Where a certificate says that lists and answers about it are (RFC 5280 4.2.1.13 and 4.2.2.1). */
#include "internal.h"

#include <stdio.h>

#include "zy/text.h"

void zy_crl_address(const char *base, const char *name, const char *prefix, char out[ZY_CRL_POINT_MAX + 1])
{
	snprintf(out, ZY_CRL_POINT_MAX + 1, "%s/%s%s%s.crl", base, name, prefix[0] == 0 ? "" : "-", prefix);
}

/* A root stands in no list; who answers for certificates is not asked about (RFC 6960 4.2.2.2.1). */
static bool is_asked_about(const struct zy_cert_profile *p)
{
	return p->issuer != ZY_BY_ITSELF && !p->ocsp_no_check;
}

bool zy_cert_crl_address(const struct zy_issuer_facts *issuer, const struct zy_cert_profile *p,
    const uint8_t serial[ZY_SERIAL_LEN], char out[ZY_CRL_POINT_MAX + 1])
{
	const struct zy_addresses *at = issuer->addresses;
	char generation[16] = "", name[48], digits[2 * ZY_SERIAL_LEN + 1];

	if (at == NULL || at->crl == NULL || !is_asked_about(p))
		return false;
	if (issuer->generation > 1)
		snprintf(generation, sizeof(generation), "~%u", issuer->generation);
	snprintf(name, sizeof(name), "%s-%s%s", p->issuer == ZY_BY_ISSUING ? "issuing" : "root",
	    zy_suite_name(issuer->suite), generation);
	zy_hex(ZY_BYTES(serial, ZY_SERIAL_LEN), digits);
	digits[at->crl_digits] = 0;
	zy_crl_address(at->crl, name, digits, out);
	return true;
}

const char *zy_cert_ocsp_address(const struct zy_issuer_facts *issuer, const struct zy_cert_profile *p)
{
	/* answers are given for the issuing authorities' certificates only */
	return issuer->addresses != NULL && is_asked_about(p) && p->issuer == ZY_BY_ISSUING ? issuer->addresses->ocsp
											    : NULL;
}

void zy_crl_points_put(struct zy_buf *b, const char *address)
{
	size_t points = zy_der_open(b, ZY_DER_SEQUENCE), point = zy_der_open(b, ZY_DER_SEQUENCE),
	       choice = zy_der_open(b, ZY_DER_CONTEXT_MADE), name = zy_der_open(b, ZY_DER_CONTEXT_MADE);

	zy_der_put(b, ZY_DER_CONTEXT | 6, zy_str(address));
	zy_der_close(b, name);
	zy_der_close(b, choice);
	zy_der_close(b, point);
	zy_der_close(b, points);
}

void zy_access_put(struct zy_buf *b, const char *address)
{
	static const uint8_t ocsp[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01 }; /* id-ad-ocsp */
	size_t all = zy_der_open(b, ZY_DER_SEQUENCE), one = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, ZY_BYTES(ocsp, sizeof(ocsp)));
	zy_der_put(b, ZY_DER_CONTEXT | 6, zy_str(address));
	zy_der_close(b, one);
	zy_der_close(b, all);
}
