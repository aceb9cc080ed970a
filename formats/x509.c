#include "x509_internal.h"

static bool take_version(struct zy_reader *tbs, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader version;
	uint64_t v = 0;

	if (zy_der_next_is(tbs, ZY_DER_CONTEXT_MADE | 0) &&
	    (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 0, "version", &version, err) ||
		!zy_der_small(&version, "version", 2, &v, err) || !zy_der_end(&version, "version", err)))
		return false;
	c->version = (unsigned)v + 1;
	return true;
}

static bool take_validity(struct zy_reader *tbs, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader validity;

	return zy_der_enter(tbs, ZY_DER_SEQUENCE, "validity", &validity, err) &&
	       zy_der_time(&validity, true, "notBefore", &c->not_before, err) &&
	       zy_der_time(&validity, true, "notAfter", &c->not_after, err) && zy_der_end(&validity, "validity", err);
}

/* Everything after the key: unique identifiers are obsolete, but legal. */
static bool take_rest(struct zy_reader *tbs, struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader outer;
	struct zy_bytes skip;

	for (uint8_t n = 1; n <= 2; n++)
		if (zy_der_next_is(tbs, ZY_DER_CONTEXT | n) &&
		    !zy_der_take(tbs, ZY_DER_CONTEXT | n, "uniqueID", &skip, err))
			return false;
	if (zy_der_next_is(tbs, ZY_DER_CONTEXT_MADE | 3) &&
	    (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 3, "extensions", &outer, err) ||
		!zy_der_take(&outer, ZY_DER_SEQUENCE, "extensions", &c->extensions, err) ||
		!zy_der_end(&outer, "extensions", err)))
		return false;
	return zy_der_end(tbs, "tbsCertificate", err);
}

static bool read_tbs(struct zy_reader *tbs, struct zy_x509 *c, struct zy_error *err)
{
	if (!take_version(tbs, c, err) || !zy_der_take(tbs, ZY_DER_INTEGER, "serialNumber", &c->serial, err))
		return false;
	if (c->serial.len == 0)
		return zy_fail(err, ZY_E_DER, "serialNumber", zy_reader_offset(tbs), "a number without octets");
	return zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "signature", &c->alg_inner, err) &&
	       zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "issuer", &c->issuer, err) && take_validity(tbs, c, err) &&
	       zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "subject", &c->subject, err) &&
	       zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "subjectPublicKeyInfo", &c->spki, err) && take_rest(tbs, c, err);
}

bool zy_x509_parse(struct zy_x509 *out, struct zy_bytes der, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), cert, tbs;
	struct zy_x509 c = { .der = der,
		.path_len = ZY_SKIP_NONE,
		.require_explicit = ZY_SKIP_NONE,
		.inhibit_mapping = ZY_SKIP_NONE,
		.inhibit_any = ZY_SKIP_NONE };
	struct zy_error why = { 0 };

	if (der.len > ZY_X509_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "Certificate", 0, "over %zu bytes", ZY_X509_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "Certificate", &cert, &why) || !zy_der_end(&r, "Certificate", &why))
		return zy_fail(err, ZY_E_CERT, why.field, why.offset, "%s", why.msg);
	tbs = cert;
	if (!zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "tbsCertificate", &c.tbs, &why) ||
	    !zy_der_enter(&cert, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, &why) || !read_tbs(&tbs, &c, &why) ||
	    !zy_der_take_whole(&cert, ZY_DER_SEQUENCE, "signatureAlgorithm", &c.alg_outer, &why) ||
	    !zy_der_bits(&cert, "signatureValue", &c.signature, &why) || !zy_der_end(&cert, "Certificate", &why))
		return zy_fail(err, ZY_E_CERT, why.field, why.offset, "%s", why.msg);
	*out = c;
	return x509_read_extensions(out, &out->fault) || out->fault.code != ZY_OK;
}

bool zy_x509_is_self_issued(const struct zy_x509 *c)
{
	return zy_name_is_equal(c->issuer, c->subject);
}
