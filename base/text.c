#include "zy/text.h"

static const char base45[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The value of c in an alphabet of n characters, or -1. */
static int value_in(const char *alphabet, size_t n, uint8_t c)
{
	const char *at = c == 0 ? NULL : memchr(alphabet, c, n);

	return at == NULL ? -1 : (int)(at - alphabet);
}

void zy_base45_encode(struct zy_buf *out, struct zy_bytes in)
{
	for (size_t i = 0; i < in.len; i += 2) {
		bool pair = i + 1 < in.len;
		unsigned v = pair ? in.p[i] * 256u + in.p[i + 1] : in.p[i];

		zy_buf_put_u8(out, (uint8_t)base45[v % 45]);
		zy_buf_put_u8(out, (uint8_t)base45[v / 45 % 45]);
		if (pair)
			zy_buf_put_u8(out, (uint8_t)base45[v / 2025]);
	}
}

bool zy_base45_decode(struct zy_buf *out, struct zy_bytes in, struct zy_error *err)
{
	for (size_t i = 0; i < in.len; i += 3) {
		size_t n = in.len - i < 3 ? in.len - i : 3;
		unsigned v = 0, unit = 1;

		if (n == 1)
			return zy_fail(err, ZY_E_BASE45, "base45", i, "one character is left over");
		for (size_t k = 0; k < n; k++, unit *= 45) {
			int d = value_in(base45, 45, in.p[i + k]);

			if (d < 0)
				return zy_fail(err, ZY_E_BASE45, "base45", i + k, "a character outside base45");
			v += (unsigned)d * unit;
		}
		if (v > (n == 3 ? 0xffffu : 0xffu))
			return zy_fail(err, ZY_E_BASE45, "base45", i, "a group over its largest value");
		zy_buf_put_be(out, v, n - 1);
	}
	return zy_buf_done(out, "base45", err);
}

static void encode64(struct zy_buf *out, struct zy_bytes in, const char *alphabet, bool pad)
{
	for (size_t i = 0; i < in.len; i += 3) {
		size_t n = in.len - i < 3 ? in.len - i : 3;
		unsigned v = in.p[i] * 65536u + (n > 1 ? in.p[i + 1] * 256u : 0) + (n > 2 ? in.p[i + 2] : 0);

		for (size_t k = 0; k < n + 1; k++)
			zy_buf_put_u8(out, (uint8_t)alphabet[v >> (18 - 6 * k) & 63]);
		for (size_t k = n + 1; pad && k < 4; k++)
			zy_buf_put_u8(out, '=');
	}
}

static bool decode64(struct zy_buf *out, struct zy_bytes in, const char *alphabet, bool pad, struct zy_error *err)
{
	size_t len = in.len;

	if (pad) {
		if (len % 4 != 0)
			return zy_fail(err, ZY_E_BASE64, "base64", len, "the length is no multiple of four");
		for (int k = 0; k < 2 && len > 0 && in.p[len - 1] == '='; k++)
			len--;
	}
	if (len % 4 == 1)
		return zy_fail(err, ZY_E_BASE64, "base64", len, "one character is left over");
	for (size_t i = 0; i < len; i += 4) {
		size_t n = len - i < 4 ? len - i : 4;
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) {
			int d = k < n ? value_in(alphabet, 64, in.p[i + k]) : 0;

			if (d < 0)
				return zy_fail(err, ZY_E_BASE64, "base64", i + k, "a character outside base64");
			v = v << 6 | (unsigned)d;
		}
		if ((n == 2 && (v & 0xffff) != 0) || (n == 3 && (v & 0xff) != 0))
			return zy_fail(err, ZY_E_BASE64, "base64", i, "the unused tail bits are not zero");
		zy_buf_put_be(out, v >> (8 * (4 - n)), n - 1);
	}
	return zy_buf_done(out, "base64", err);
}

void zy_base64_encode(struct zy_buf *out, struct zy_bytes in)
{
	encode64(out, in, base64, true);
}

bool zy_base64_decode(struct zy_buf *out, struct zy_bytes in, struct zy_error *err)
{
	return decode64(out, in, base64, true, err);
}

void zy_base64url_encode(struct zy_buf *out, struct zy_bytes in)
{
	encode64(out, in, base64url, false);
}

bool zy_base64url_decode(struct zy_buf *out, struct zy_bytes in, struct zy_error *err)
{
	return decode64(out, in, base64url, false, err);
}

void zy_hex(struct zy_bytes in, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.len; i++) {
		*out++ = digits[in.p[i] >> 4];
		*out++ = digits[in.p[i] & 15];
	}
	*out = 0;
}

static int hex_value(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

bool zy_unhex(struct zy_bytes in, uint8_t *out, size_t len, struct zy_error *err)
{
	if (in.len != 2 * len)
		return zy_fail(err, ZY_E_HEX, "hex", in.len, "%zu hexadecimal digits are needed", 2 * len);
	for (size_t i = 0; i < len; i++) {
		int hi = hex_value(in.p[2 * i]), lo = hex_value(in.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return zy_fail(err, ZY_E_HEX, "hex", 2 * i, "a character outside 0-9a-f");
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

/* Length of the well-formed sequence at `at` (Unicode table 3-7), 0 if there is none; *cp its code point. */
static size_t sequence(struct zy_bytes in, size_t at, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 1, 0x80, 0x800, 0x10000 };
	uint8_t c = in.p[at];
	size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	uint32_t v = n == 1 ? c : c & (0xffu >> (n + 1));

	if (n == 0 || n > in.len - at)
		return 0;
	for (size_t k = 1; k < n; k++) {
		if ((in.p[at + k] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (in.p[at + k] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 0;
	if ((v & 0xfffe) == 0xfffe || (v >= 0xfdd0 && v < 0xfdf0))
		return 0;
	*cp = v;
	return n;
}

bool zy_utf8_check(struct zy_bytes in, const char *field, struct zy_error *err)
{
	uint32_t cp;
	size_t n;

	for (size_t at = 0; at < in.len; at += n)
		if ((n = sequence(in, at, &cp)) == 0)
			return zy_fail(err, ZY_E_UTF8, field, at, "not well-formed UTF-8 at byte %zu", at);
	return true;
}

uint32_t zy_utf8_next(struct zy_bytes in, size_t *at)
{
	uint32_t cp = 0;

	if (*at < in.len)
		*at += sequence(in, *at, &cp);
	return cp;
}

size_t zy_utf8_count(struct zy_bytes in)
{
	size_t num = 0;

	for (size_t at = 0; zy_utf8_next(in, &at) != 0;)
		num++;
	return num;
}

static bool is_space(uint32_t cp)
{
	return cp == ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
	       cp == 0x205f || cp == 0x3000;
}

static bool is_unseen(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} unseen[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff } };

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (cp >= unseen[i].first && cp <= unseen[i].last)
			return true;
	return false;
}

bool zy_line_check(struct zy_bytes in, size_t most, const char *field, struct zy_error *err)
{
	uint32_t first = 0, last = 0, cp;
	size_t num = 0, before = 0;

	if (!zy_utf8_check(in, field, err))
		return false;
	for (size_t at = 0; at < in.len; last = cp, num++) {
		before = at;
		cp = zy_utf8_next(in, &at);
		if (num == 0)
			first = cp;
		if (is_unseen(cp))
			return zy_fail(err, ZY_E_FIELD_TYPE, field, before,
			    "%s has the character U+%04X, which nobody sees; take it out", field, (unsigned)cp);
	}
	if (num < 1 || num > most)
		return zy_fail(err, ZY_E_FIELD_LENGTH, field, ZY_NOWHERE,
		    "%s has %zu characters; it must have 1 to %zu", field, num, most);
	return (!is_space(first) && !is_space(last)) || zy_fail(err, ZY_E_FIELD_TYPE, field, ZY_NOWHERE,
							    "%s starts or ends with white space; take it out", field);
}
