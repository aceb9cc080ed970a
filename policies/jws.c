/*
 * The trust bundle's envelope: a JWS in general JSON serialisation (RFC 7515 7.2.1) in exactly one form:
 * {"payload":"...","signatures":[{"protected":"...","signature":"..."},{...}]}, first gm, then intl; protected
 * header {"alg":"SM2-SM3","x5c":["..."]} or ES256. One form can be read with a cursor, and writes back the same.
 */
#include "zy/trust.h"

#include "zy/text.h"

/* "SM2-SM3" is no registered name; a library that knows ES256 only skips that signature. */
static const char *const algorithms[2] = { [ZY_SUITE_GM] = "SM2-SM3", [ZY_SUITE_INTL] = "ES256" };

enum { CERT_MAX = 16384 };

static bool expect(struct zy_reader *r, const char *text, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_take(&at, strlen(text), "jws", &v, &(struct zy_error){ 0 }) || !zy_bytes_equal(v, zy_str(text)))
		return zy_fail(err, ZY_E_JSON, "jws", zy_reader_offset(r), "%s belongs here", text);
	*r = at;
	return true;
}

/* The characters up to the closing quote, which is taken too. */
static bool take_quoted(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_bytes rest = zy_reader_rest(r);
	const uint8_t *end = rest.len == 0 ? NULL : memchr(rest.p, '"', rest.len);

	return zy_take(r, end == NULL ? rest.len : (size_t)(end - rest.p), "jws", out, err) && expect(r, "\"", err);
}

static void put_header(struct zy_buf *out, enum zy_suite suite, struct zy_bytes cert)
{
	zy_buf_printf(out, "{\"alg\":\"%s\",\"x5c\":[\"", algorithms[suite]);
	zy_base64_encode(out, cert);
	zy_buf_put_str(out, "\"]}");
}

static void put_protected(struct zy_buf *out, enum zy_suite suite, struct zy_bytes cert)
{
	ZY_BUF_AUTO header = { 0 };

	put_header(&header, suite, cert);
	zy_base64url_encode(out, zy_buf_bytes(&header));
	out->failed = out->failed || header.failed;
}

static bool check_cert(struct zy_bytes cert, struct zy_error *err)
{
	return (cert.len >= 1 && cert.len <= CERT_MAX) ||
	       zy_fail(err, ZY_E_TRUST, "x5c", ZY_NOWHERE, "a certificate has 1 to %d bytes", CERT_MAX);
}

bool zy_trust_jws_input(
    enum zy_suite suite, struct zy_bytes cert, struct zy_bytes payload, struct zy_buf *out, struct zy_error *err)
{
	if (!check_cert(cert, err))
		return false;
	put_protected(out, suite, cert);
	zy_buf_put_u8(out, '.');
	zy_base64url_encode(out, payload);
	return zy_buf_done(out, "jws", err);
}

bool zy_trust_jws_encode(struct zy_bytes payload, const struct zy_bytes cert[2], const uint8_t rs[2][64],
    struct zy_buf *out, struct zy_error *err)
{
	size_t start = out->len;

	zy_buf_put_str(out, "{\"payload\":\"");
	zy_base64url_encode(out, payload);
	zy_buf_put_str(out, "\",\"signatures\":[");
	for (int i = 0; i < 2; i++) {
		if (!check_cert(cert[i], err))
			return false;
		zy_buf_put_str(out, i == 0 ? "{\"protected\":\"" : ",{\"protected\":\"");
		put_protected(out, (enum zy_suite)i, cert[i]);
		zy_buf_put_str(out, "\",\"signature\":\"");
		zy_base64url_encode(out, ZY_BYTES(rs[i], 64));
		zy_buf_put_str(out, "\"}");
	}
	zy_buf_put_str(out, "]}");
	if (!zy_buf_done(out, "jws", err))
		return false;
	return out->len - start <= ZY_TRUST_MAX ||
	       zy_fail(err, ZY_E_TOO_LARGE, "jws", ZY_NOWHERE, "the trust bundle is over %zu bytes", ZY_TRUST_MAX);
}

/* base64 of either alphabet, into the arena; `at` is where the text stands in the file. */
static bool decode(
    struct zy_bytes text, bool url, size_t at, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error why = { 0 };

	if (!(url ? zy_base64url_decode : zy_base64_decode)(&b, text, &why))
		return zy_fail(err, why.code, "jws", at + (why.offset == ZY_NOWHERE ? 0 : why.offset), "%s", why.msg);
	return zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* The certificate out of a protected header, which must be the one that we would write for it. */
static bool parse_header(struct zy_bytes header, enum zy_suite suite, size_t at, struct zy_arena *a,
    struct zy_bytes *cert, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(header);
	struct zy_error why = { 0 };
	struct zy_bytes alg, x5c;

	if (!expect(&r, "{\"alg\":\"", &why) || !take_quoted(&r, &alg, &why) || !expect(&r, ",\"x5c\":[\"", &why) ||
	    !take_quoted(&r, &x5c, &why) || !expect(&r, "]}", &why) || !zy_reader_end(&r, "protected", &why))
		return zy_fail(err, ZY_E_TRUST, "protected", at, "in the protected header: %s", why.msg);
	if (!zy_bytes_equal(alg, zy_str(algorithms[suite])))
		return zy_fail(err, ZY_E_TRUST, "alg", at, "this signature must be of algorithm %s", algorithms[suite]);
	return decode(x5c, false, at, a, cert, err) && check_cert(*cert, err);
}

static bool parse_signature(struct zy_trust_jws *out, int i, struct zy_reader *r, struct zy_bytes payload_text,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes header_text, header, rs_text, rs;
	ZY_BUF_AUTO input = { 0 };
	size_t at, rs_at;

	if (!expect(r, i == 0 ? "{\"protected\":\"" : ",{\"protected\":\"", err))
		return false;
	at = zy_reader_offset(r);
	if (!take_quoted(r, &header_text, err) || !decode(header_text, true, at, a, &header, err) ||
	    !parse_header(header, (enum zy_suite)i, at, a, &out->signatures[i].cert, err) ||
	    !expect(r, ",\"signature\":\"", err))
		return false;
	rs_at = zy_reader_offset(r);
	if (!take_quoted(r, &rs_text, err) || !decode(rs_text, true, rs_at, a, &rs, err) || !expect(r, "}", err))
		return false;
	if (rs.len != 64)
		return zy_fail(err, ZY_E_TRUST, "signature", rs_at, "a signature is r and s, 64 bytes");
	memcpy(out->signatures[i].rs, rs.p, 64);
	out->signatures[i].suite = (enum zy_suite)i;
	zy_buf_put(&input, header_text);
	zy_buf_put_u8(&input, '.');
	zy_buf_put(&input, payload_text);
	return zy_buf_done(&input, "jws", err) &&
	       zy_arena_copy(a, zy_buf_bytes(&input), &out->signatures[i].signed_bytes, err);
}

bool zy_trust_jws_parse(struct zy_trust_jws *out, struct zy_bytes file, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(file);
	struct zy_trust_jws jws = { 0 };
	struct zy_bytes payload_text;
	size_t at;

	if (file.len > ZY_TRUST_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "jws", ZY_NOWHERE, "a trust bundle is at most %zu bytes", ZY_TRUST_MAX);
	if (!expect(&r, "{\"payload\":\"", err))
		return false;
	at = zy_reader_offset(&r);
	if (!take_quoted(&r, &payload_text, err) || !decode(payload_text, true, at, a, &jws.payload, err) ||
	    !expect(&r, ",\"signatures\":[", err) || !parse_signature(&jws, 0, &r, payload_text, a, err) ||
	    !parse_signature(&jws, 1, &r, payload_text, a, err) || !expect(&r, "]}", err) ||
	    !zy_reader_end(&r, "jws", err))
		return false;
	*out = jws;
	return true;
}
