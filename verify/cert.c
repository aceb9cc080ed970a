/* Facts of a certificate (RFC 5280 4.1, GB/T 20518), walked with our own cursor: decoding a key costs more than
 * verifying with it, so OpenSSL's decoder is left out wherever its key is not needed. */
#include "internal.h"

#include "zy/der.h"
#include "zy/subject_identity.h"
#include "zy/text.h"
#include "zy/x509.h"

#define SUBJECT_MAX 300
#define EXTENSIONS_MAX 32

static bool fail_cert(struct zy_error *err, const struct zy_error *why)
{
	return zy_fail(err, ZY_E_CERT, why->field, why->offset, "%s", why->msg);
}

static bool walk_key(struct zy_reader *tbs, struct zy_cert_parts *out, struct zy_error *err)
{
	struct zy_reader spki, alg;
	struct zy_bytes type, curve;

	if (!zy_der_enter(tbs, ZY_DER_SEQUENCE, "subjectPublicKeyInfo", &spki, err) ||
	    !zy_der_enter(&spki, ZY_DER_SEQUENCE, "subjectPublicKeyInfo.algorithm", &alg, err) ||
	    !zy_der_take(&alg, ZY_DER_OID, "subjectPublicKeyInfo.algorithm", &type, err))
		return false;
	if (!zy_bytes_equal(type, zy_oid_ec_public_key))
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.algorithm", zy_reader_offset(&alg),
		    "the key is neither SM2 nor P-256");
	if (!zy_der_take(&alg, ZY_DER_OID, "subjectPublicKeyInfo.parameters", &curve, err) ||
	    !zy_der_end(&alg, "subjectPublicKeyInfo.algorithm", err) ||
	    !zy_der_bits(&spki, "subjectPublicKey", &out->point, err) ||
	    !zy_der_end(&spki, "subjectPublicKeyInfo", err))
		return false;
	if (!zy_bytes_equal(curve, zy_oid_sm2_curve) && !zy_bytes_equal(curve, zy_oid_p256))
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.parameters", zy_reader_offset(&spki),
		    "the key's curve is neither SM2 nor P-256");
	out->suite = zy_bytes_equal(curve, zy_oid_sm2_curve) ? ZY_SUITE_GM : ZY_SUITE_INTL;
	if (out->point.len != 65 || out->point.p[0] != 4)
		return zy_fail(err, ZY_E_CERT, "subjectPublicKey", zy_reader_offset(&spki),
		    "the point must be uncompressed: 04 and 64 octets");
	return true;
}

/* Everything after the key: unique identifiers are obsolete, but legal. */
static bool walk_rest(struct zy_reader *tbs, struct zy_cert_parts *out, struct zy_error *err)
{
	struct zy_reader outer;

	for (uint8_t n = 1; n <= 2; n++)
		if (zy_der_next_is(tbs, ZY_DER_CONTEXT | n) &&
		    !zy_der_take(tbs, ZY_DER_CONTEXT | n, "uniqueID", &(struct zy_bytes){ 0 }, err))
			return false;
	if (zy_der_next_is(tbs, ZY_DER_CONTEXT_MADE | 3) &&
	    (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 3, "extensions", &outer, err) ||
		!zy_der_take(&outer, ZY_DER_SEQUENCE, "extensions", &out->extensions, err) ||
		!zy_der_end(&outer, "extensions", err)))
		return false;
	return zy_der_end(tbs, "tbsCertificate", err);
}

static bool walk_tbs(struct zy_reader *tbs, struct zy_cert_parts *out, struct zy_error *err)
{
	struct zy_reader version, validity;
	struct zy_bytes skip;
	uint64_t v;

	if (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 0, "version", &version, err) ||
	    !zy_der_small(&version, "version", 2, &v, err) || !zy_der_end(&version, "version", err))
		return false;
	if (v != 2)
		return zy_fail(err, ZY_E_CERT, "version", zy_reader_offset(tbs), "only version 3 is read");
	return zy_der_take(tbs, ZY_DER_INTEGER, "serialNumber", &skip, err) &&
	       zy_der_take(tbs, ZY_DER_SEQUENCE, "signature", &skip, err) &&
	       zy_der_take(tbs, ZY_DER_SEQUENCE, "issuer", &skip, err) &&
	       zy_der_enter(tbs, ZY_DER_SEQUENCE, "validity", &validity, err) &&
	       zy_der_time(&validity, true, "notBefore", &out->not_before, err) &&
	       zy_der_time(&validity, true, "notAfter", &out->not_after, err) &&
	       zy_der_end(&validity, "validity", err) &&
	       zy_der_take(tbs, ZY_DER_SEQUENCE, "subject", &out->subject, err) && walk_key(tbs, out, err) &&
	       walk_rest(tbs, out, err);
}

bool zy_cert_walk(struct zy_bytes der, struct zy_cert_parts *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), cert, tbs;
	struct zy_cert_parts p = { 0 };
	struct zy_error why = { 0 };
	struct zy_bytes skip;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "Certificate", &cert, &why) ||
	    !zy_der_enter(&cert, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, &why) || !walk_tbs(&tbs, &p, &why) ||
	    !zy_der_take(&cert, ZY_DER_SEQUENCE, "signatureAlgorithm", &skip, &why) ||
	    !zy_der_take(&cert, ZY_DER_BITS, "signatureValue", &skip, &why) ||
	    !zy_der_end(&cert, "Certificate", &why) || !zy_der_end(&r, "Certificate", &why)) {
		if (why.code == ZY_E_KEY)
			return zy_fail(err, ZY_E_KEY, why.field, why.offset, "%s", why.msg);
		return fail_cert(err, &why);
	}
	*out = p;
	return true;
}

static const char *attribute_name(struct zy_bytes oid, char room[64])
{
	static const struct {
		uint8_t last;
		const char *name;
	} known[] = { { 3, "CN" }, { 5, "serialNumber" }, { 6, "C" }, { 7, "L" }, { 8, "ST" }, { 10, "O" },
		{ 11, "OU" } };

	for (size_t i = 0; oid.len == 3 && oid.p[0] == 0x55 && oid.p[1] == 4 && i < sizeof(known) / sizeof(known[0]);
	     i++)
		if (oid.p[2] == known[i].last)
			return known[i].name;
	zy_oid_text(oid, room, 64);
	return room;
}

/* UTF8String, PrintableString and IA5String as they are, anything else in hexadecimal (RFC 4514 2.4). */
static void put_value(struct zy_buf *out, uint8_t tag, struct zy_bytes v)
{
	struct zy_error ignored = { 0 };

	if ((tag == ZY_DER_UTF8 || tag == ZY_DER_PRINTABLE || tag == ZY_DER_IA5) && zy_utf8_check(v, "", &ignored)) {
		zy_buf_put(out, v);
		return;
	}
	zy_buf_put_u8(out, '#');
	for (size_t i = 0; i < v.len && i < 32; i++)
		zy_buf_printf(out, "%02x", v.p[i]);
}

static bool put_rdn(struct zy_reader *set, struct zy_buf *all, struct zy_buf *common_name, struct zy_error *err)
{
	struct zy_reader pair;
	struct zy_bytes oid, value;
	char room[64];
	const char *name;
	uint8_t tag;

	while (zy_reader_left(set) > 0) {
		if (!zy_der_enter(set, ZY_DER_SEQUENCE, "subject", &pair, err) ||
		    !zy_der_take(&pair, ZY_DER_OID, "subject", &oid, err) ||
		    !zy_der_any(&pair, "subject", &tag, &value, NULL, err) || !zy_der_end(&pair, "subject", err))
			return false;
		name = attribute_name(oid, room);
		zy_buf_printf(all, "%s%s=", all->len == 0 ? "" : ", ", name);
		put_value(all, tag, value);
		if (strcmp(name, "CN") == 0 && common_name->len == 0)
			put_value(common_name, tag, value);
	}
	return true;
}

static char *bounded(struct zy_buf *b, struct zy_arena *a, struct zy_error *err)
{
	size_t len = b->len > SUBJECT_MAX ? SUBJECT_MAX : b->len;

	while (len < b->len && len > 0 && (b->p[len] & 0xc0) == 0x80)
		len--;
	return b->failed ? zy_arena_text(a, zy_str(""), err) : zy_arena_text(a, ZY_BYTES(b->p, len), err);
}

bool zy_name_text(
    struct zy_bytes rdns, struct zy_arena *a, const char **out_all, const char **out_common_name, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(rdns), set;
	ZY_BUF_AUTO all = { .cap = 8192 }, common_name = { .cap = 8192 };

	while (zy_reader_left(&r) > 0)
		if (!zy_der_enter(&r, ZY_DER_SET, "subject", &set, err) || !put_rdn(&set, &all, &common_name, err))
			return false;
	return (*out_all = bounded(&all, a, err)) != NULL && (*out_common_name = bounded(&common_name, a, err)) != NULL;
}

/* Of the subject's numbers only a credit code is asked for; what else authorities write in that place is no fault. */
static bool read_uscc(struct zy_bytes oid, struct zy_bytes octets, char out[19], struct zy_error *err)
{
	struct zy_subject_identity id;
	struct zy_error ignored = { 0 };

	if (!zy_subject_identity_parse(&id, oid, octets, &ignored) || id.kind != ZY_IDENTITY_ORGANISATION ||
	    !zy_uscc_check(id.value, &ignored))
		return true;
	if (out[0] != 0)
		return zy_fail(err, ZY_E_CERT, "1.2.156.10260.4.1.4", ZY_NOWHERE, "the credit code stands twice");
	memcpy(out, id.value.p, 18);
	return true;
}

static bool read_extensions(struct zy_bytes all, struct zy_cert_facts *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(all), ext;
	struct zy_bytes oid, octets;
	bool critical;

	for (size_t i = 0; zy_reader_left(&r) > 0; i++) {
		if (i == EXTENSIONS_MAX)
			return zy_fail(
			    err, ZY_E_CERT, "extensions", ZY_NOWHERE, "more than %d extensions", EXTENSIONS_MAX);
		if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "extensions", &ext, err) ||
		    !zy_der_take(&ext, ZY_DER_OID, "extensions.extnID", &oid, err) ||
		    (zy_der_next_is(&ext, ZY_DER_BOOLEAN) &&
			!zy_der_bool(&ext, "extensions.critical", &critical, err)) ||
		    !zy_der_take(&ext, ZY_DER_OCTETS, "extensions.extnValue", &octets, err) ||
		    !zy_der_end(&ext, "extensions", err))
			return false;
		if (zy_subject_identity_is(oid) && !read_uscc(oid, octets, out->uscc, err))
			return false;
	}
	return true;
}

bool zy_cert_credit_code(struct zy_bytes der, char out[19])
{
	struct zy_cert_facts f = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_x509 c;

	if (!zy_x509_parse(&c, der, &ignored) || !read_extensions(c.extensions, &f, &ignored))
		return false;
	memcpy(out, f.uscc, sizeof(f.uscc));
	return f.uscc[0] != 0;
}

bool zy_cert_facts(struct zy_bytes der, struct zy_arena *a, struct zy_cert_facts *out, struct zy_error *err)
{
	struct zy_cert_parts p;
	struct zy_cert_facts f = { 0 };
	struct zy_error why = { 0 };

	if (!zy_cert_walk(der, &p, err))
		return false;
	if (!zy_name_text(p.subject, a, &f.subject, &f.common_name, &why) || !read_extensions(p.extensions, &f, &why))
		return fail_cert(err, &why);
	f.not_before = p.not_before;
	f.not_after = p.not_after;
	f.suite = p.suite;
	memcpy(f.point, p.point.p, sizeof(f.point));
	*out = f;
	return true;
}
