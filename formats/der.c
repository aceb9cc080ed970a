#include "zy/der.h"

#include <limits.h>
#include <stdio.h>

#include "zy/text.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(zy_oid_sm2_sm3, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75);
OID(zy_oid_sm3, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11);
OID(zy_oid_sm2_curve, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d);
OID(zy_oid_ec_public_key, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
OID(zy_oid_p256, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07);
OID(zy_oid_ecdsa_sha256, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
OID(zy_oid_sha256, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01);

bool zy_der_next_is(const struct zy_reader *r, uint8_t tag)
{
	uint8_t have;

	return zy_peek_u8(r, &have) && have == tag;
}

/* Definite, minimal length (X.690 10.1), at most 4 octets long. */
static bool take_length(struct zy_reader *r, const char *field, size_t *len, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint8_t first;
	uint64_t v;

	if (!zy_take_u8(r, field, &first, err))
		return false;
	if (first < 0x80) {
		*len = first;
		return true;
	}
	if (first == 0x80 || first > 0x84)
		return zy_fail(err, ZY_E_DER, field, at, "an indefinite or oversized length");
	if (!zy_take_be(r, first & 0x7f, field, &v, err))
		return false;
	if (v < 0x80 || v >> (8 * ((first & 0x7f) - 1)) == 0)
		return zy_fail(err, ZY_E_DER, field, at, "a length that is not the shortest");
	*len = (size_t)v;
	return true;
}

bool zy_der_any(struct zy_reader *r, const char *field, uint8_t *tag, struct zy_bytes *content, struct zy_bytes *whole,
    struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;
	uint8_t t;
	size_t len;

	if (!zy_take_u8(&at, field, &t, err))
		return false;
	if ((t & 0x1f) == 0x1f)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "a tag of more than one octet");
	if (!take_length(&at, field, &len, err) || !zy_take(&at, len, field, &v, err))
		return false;
	if (tag != NULL)
		*tag = t;
	if (content != NULL)
		*content = v;
	if (whole != NULL)
		*whole = ZY_BYTES(r->p, zy_reader_offset(&at) - zy_reader_offset(r));
	*r = at;
	return true;
}

static bool wrong_tag(const struct zy_reader *r, uint8_t want, const char *field, struct zy_error *err)
{
	uint8_t have;

	if (!zy_peek_u8(r, &have))
		return zy_fail(err, ZY_E_TRUNCATED, field, zy_reader_offset(r), "%s is missing", field);
	return zy_fail(
	    err, ZY_E_DER, field, zy_reader_offset(r), "%s has tag 0x%02x instead of 0x%02x", field, have, want);
}

bool zy_der_take(struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *content, struct zy_error *err)
{
	if (!zy_der_next_is(r, tag))
		return wrong_tag(r, tag, field, err);
	return zy_der_any(r, field, NULL, content, NULL, err);
}

bool zy_der_take_whole(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *whole, struct zy_error *err)
{
	if (!zy_der_next_is(r, tag))
		return wrong_tag(r, tag, field, err);
	return zy_der_any(r, field, NULL, NULL, whole, err);
}

bool zy_der_enter(struct zy_reader *r, uint8_t tag, const char *field, struct zy_reader *inner, struct zy_error *err)
{
	struct zy_bytes v;

	if (!zy_der_take(r, tag, field, &v, err))
		return false;
	*inner = zy_reader_inside(r, v);
	return true;
}

bool zy_der_unsigned(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, ZY_DER_INTEGER, field, &v, err))
		return false;
	if (v.len == 0 || (v.p[0] & 0x80) != 0)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "%s is empty or negative", field);
	if (v.len > 1 && v.p[0] == 0) {
		if ((v.p[1] & 0x80) == 0)
			return zy_fail(
			    err, ZY_E_DER, field, zy_reader_offset(r), "%s has a needless zero octet", field);
		v = ZY_BYTES(v.p + 1, v.len - 1);
	}
	*out = v;
	*r = at;
	return true;
}

bool zy_der_small(struct zy_reader *r, const char *field, uint64_t most, uint64_t *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;
	uint64_t n = 0;

	if (!zy_der_unsigned(&at, field, &v, err))
		return false;
	for (size_t i = 0; i < v.len && v.len <= 8; i++)
		n = n << 8 | v.p[i];
	if (v.len > 8 || n > most)
		return zy_fail(
		    err, ZY_E_DER, field, zy_reader_offset(r), "%s is over %llu", field, (unsigned long long)most);
	*out = n;
	*r = at;
	return true;
}

bool zy_der_bool(struct zy_reader *r, const char *field, bool *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, ZY_DER_BOOLEAN, field, &v, err))
		return false;
	if (v.len != 1 || (v.p[0] != 0 && v.p[0] != 0xff))
		return zy_fail(
		    err, ZY_E_DER, field, zy_reader_offset(r), "%s is neither 00 nor FF (X.690 11.1)", field);
	*out = v.p[0] != 0;
	*r = at;
	return true;
}

bool zy_der_bits(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, ZY_DER_BITS, field, &v, err))
		return false;
	if (v.len == 0 || v.p[0] != 0)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "%s has unused bits", field);
	*out = ZY_BYTES(v.p + 1, v.len - 1);
	*r = at;
	return true;
}

bool zy_der_utf8(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, ZY_DER_UTF8, field, &v, err))
		return false;
	if (!zy_utf8_check(v, field, &why))
		return zy_fail(err, why.code, field, zy_reader_offset(&at) - v.len + why.offset, "%s", why.msg);
	*out = v;
	*r = at;
	return true;
}

bool zy_der_ascii(struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, tag, field, &v, err))
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] < 0x20 || v.p[i] > 0x7e)
			return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r),
			    "%s holds a character that is not printable ASCII", field);
	*out = v;
	*r = at;
	return true;
}

bool zy_der_time(struct zy_reader *r, bool allow_utc, const char *field, zy_time *out, struct zy_error *err)
{
	bool utc = allow_utc && zy_der_next_is(r, ZY_DER_UTCTIME);
	struct zy_error why = { 0 };
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, utc ? ZY_DER_UTCTIME : ZY_DER_TIME, field, &v, err))
		return false;
	if (utc ? !zy_time_from_utctime(v, out, &why) : !zy_time_from_generalized(v, out, &why))
		return zy_fail(err, ZY_E_TIME, field, zy_reader_offset(r), "%s: %s", field, why.msg);
	*r = at;
	return true;
}

bool zy_der_end(const struct zy_reader *inner, const char *field, struct zy_error *err)
{
	return zy_reader_end(inner, field, err);
}

size_t zy_der_open(struct zy_buf *b, uint8_t tag)
{
	zy_buf_put_u8(b, tag);
	return b->len;
}

static void put_length(uint8_t out[5], size_t *n, size_t len)
{
	size_t octets = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : len < 0x1000000 ? 3 : 4;

	*n = 1 + octets;
	out[0] = octets == 0 ? (uint8_t)len : (uint8_t)(0x80 | octets);
	for (size_t i = 0; i < octets; i++)
		out[1 + i] = (uint8_t)(len >> (8 * (octets - 1 - i)));
}

void zy_der_close(struct zy_buf *b, size_t mark)
{
	uint8_t length[5];
	size_t n;

	if (b->failed)
		return;
	put_length(length, &n, b->len - mark);
	zy_buf_insert(b, mark, ZY_BYTES(length, n));
}

void zy_der_put(struct zy_buf *b, uint8_t tag, struct zy_bytes content)
{
	uint8_t length[5];
	size_t n;

	put_length(length, &n, content.len);
	zy_buf_put_u8(b, tag);
	zy_buf_put(b, ZY_BYTES(length, n));
	zy_buf_put(b, content);
}

void zy_der_put_unsigned(struct zy_buf *b, struct zy_bytes magnitude)
{
	size_t mark = zy_der_open(b, ZY_DER_INTEGER);

	while (magnitude.len > 0 && magnitude.p[0] == 0)
		magnitude = ZY_BYTES(magnitude.p + 1, magnitude.len - 1);
	if (magnitude.len == 0 || (magnitude.p[0] & 0x80) != 0)
		zy_buf_put_u8(b, 0);
	zy_buf_put(b, magnitude);
	zy_der_close(b, mark);
}

void zy_der_put_small(struct zy_buf *b, uint64_t v)
{
	uint8_t be[8];

	for (size_t i = 0; i < 8; i++)
		be[i] = (uint8_t)(v >> (56 - 8 * i));
	zy_der_put_unsigned(b, ZY_BYTES(be, 8));
}

void zy_der_put_bool(struct zy_buf *b, bool v)
{
	zy_der_put(b, ZY_DER_BOOLEAN, v ? ZY_LITERAL("\xff") : ZY_BYTES("", 1));
}

void zy_der_put_bits(struct zy_buf *b, struct zy_bytes v)
{
	size_t mark = zy_der_open(b, ZY_DER_BITS);

	zy_buf_put_u8(b, 0);
	zy_buf_put(b, v);
	zy_der_close(b, mark);
}

void zy_der_put_time(struct zy_buf *b, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_generalized(t, text);
	zy_der_put(b, ZY_DER_TIME, zy_str(text));
}

void zy_der_put_rs(struct zy_buf *b, const uint8_t rs[64])
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put_unsigned(b, ZY_BYTES(rs, 32));
	zy_der_put_unsigned(b, ZY_BYTES(rs + 32, 32));
	zy_der_close(b, mark);
}

bool zy_der_rs(struct zy_bytes der, uint8_t rs[64], struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), seq;
	struct zy_bytes v[2];

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "signature", &seq, err) || !zy_der_unsigned(&seq, "r", &v[0], err) ||
	    !zy_der_unsigned(&seq, "s", &v[1], err) || !zy_der_end(&seq, "signature", err) ||
	    !zy_der_end(&r, "signature", err))
		return false;
	memset(rs, 0, 64);
	for (size_t i = 0; i < 2; i++) {
		if (v[i].len > 32 || (v[i].len == 1 && v[i].p[0] == 0))
			return zy_fail(err, ZY_E_DER, "signature", ZY_NOWHERE, "r or s is zero or over 32 octets");
		memcpy(rs + 32 * i + 32 - v[i].len, v[i].p, v[i].len);
	}
	return true;
}

void zy_oid_text(struct zy_bytes oid, char *out, size_t room)
{
	unsigned long v = 0;
	size_t at = 0;
	bool first = true;

	for (size_t i = 0; i < oid.len; i++) {
		int n;

		if (v > ULONG_MAX >> 7)
			break;
		v = v << 7 | (oid.p[i] & 0x7f);
		if ((oid.p[i] & 0x80) != 0)
			continue;
		n = first ? snprintf(out + at, room - at, "%lu.%lu", v < 80 ? v / 40 : 2, v < 80 ? v % 40 : v - 80)
			  : snprintf(out + at, room - at, ".%lu", v);
		if (n < 0 || (size_t)n >= room - at)
			break;
		if (i + 1 == oid.len)
			return;
		at += (size_t)n;
		first = false;
		v = 0;
	}
	/* empty, cut inside an arc, an arc over 64 bits, or too long for the room */
	snprintf(out, room, "?");
}
