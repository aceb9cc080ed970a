#include "uri.h"

#include "zy/text.h"

static bool is_letter_or_digit(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* unreserved and pk11-path-res-avail, RFC 7512 2.3 */
static bool stands_plain(uint8_t c)
{
	return is_letter_or_digit(c) || (c != 0 && strchr("-._~:[]@!$'()*+,=&", c) != NULL);
}

bool zy_token_name_check(struct zy_bytes name, struct zy_error *err)
{
	bool ok = name.len > 0 && name.len <= ZY_TOKEN_NAME_MAX && is_letter_or_digit(name.p[0]);

	for (size_t i = 0; ok && i < name.len; i++)
		ok = is_letter_or_digit(name.p[i]) || (name.p[i] != 0 && strchr("._-", name.p[i]) != NULL);
	return ok || zy_fail(err, ZY_E_KEY_URI, "token", ZY_NOWHERE,
			 "a token name has 1 to %d letters, digits, dots, dashes or underscores and starts with a "
			 "letter or digit",
			 ZY_TOKEN_NAME_MAX);
}

bool zy_key_label_check(struct zy_bytes label, struct zy_error *err)
{
	bool ok = label.len > 0 && label.len <= ZY_KEY_LABEL_MAX;

	for (size_t i = 0; ok && i < label.len; i++)
		ok = label.p[i] >= 0x20 && label.p[i] != 0x7f;
	if (!ok)
		return zy_fail(err, ZY_E_KEY_URI, "object", ZY_NOWHERE,
		    "a key label has 1 to %d bytes and no control character", ZY_KEY_LABEL_MAX);
	return zy_utf8_check(label, "object", err);
}

static bool hex_digit(uint8_t c, unsigned *out)
{
	if (c >= '0' && c <= '9')
		*out = (unsigned)(c - '0');
	else if (c >= 'A' && c <= 'F')
		*out = (unsigned)(c - 'A' + 10);
	else
		return false;
	return true;
}

/* One octet of an attribute value; an octet that may stand plain must. */
static bool take_octet(struct zy_reader *r, const char *field, uint8_t *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	unsigned high, low;
	uint8_t c, h, l;

	if (!zy_take_u8(r, field, &c, err))
		return false;
	if (stands_plain(c)) {
		*out = c;
		return true;
	}
	if (c != '%')
		return zy_fail(err, ZY_E_KEY_URI, field, at, "this character must be percent-encoded (RFC 7512 2.3)");
	if (!zy_take_u8(r, field, &h, err) || !zy_take_u8(r, field, &l, err))
		return false;
	if (!hex_digit(h, &high) || !hex_digit(l, &low))
		return zy_fail(err, ZY_E_KEY_URI, field, at, "%% must be followed by two of 0-9 A-F");
	*out = (uint8_t)(high << 4 | low);
	return !stands_plain(*out) ||
	       zy_fail(err, ZY_E_KEY_URI, field, at, "this character must not be percent-encoded");
}

/* prefix, then a value up to ';' or the end; out has room for most octets and a NUL. */
static bool take_attribute(
    struct zy_reader *r, const char *prefix, const char *field, char *out, size_t most, struct zy_error *err)
{
	size_t at = zy_reader_offset(r), len = 0;
	struct zy_bytes word;
	uint8_t c;

	if (zy_reader_left(r) < strlen(prefix) || !zy_take(r, strlen(prefix), field, &word, err) ||
	    !zy_bytes_equal(word, zy_str(prefix)))
		return zy_fail(err, ZY_E_KEY_URI, field, at, "a key is named pkcs11:token=TOKEN;object=LABEL");
	while (zy_peek_u8(r, &c) && c != ';') {
		at = zy_reader_offset(r);
		if (!take_octet(r, field, &c, err))
			return false;
		if (len == most)
			return zy_fail(err, ZY_E_KEY_URI, field, at, "the %s is longer than %zu bytes", field, most);
		out[len++] = (char)c;
	}
	if (memchr(out, 0, len) != NULL)
		return zy_fail(err, ZY_E_KEY_URI, field, at, "a NUL byte is in the %s", field);
	out[len] = 0;
	return true;
}

bool zy_key_uri_parse(struct zy_key_uri *out, struct zy_bytes text, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(text);
	struct zy_key_uri u = { 0 };

	if (text.len > ZY_KEY_URI_MAX)
		return zy_fail(
		    err, ZY_E_KEY_URI, "key", ZY_NOWHERE, "a key name is longer than %d bytes", ZY_KEY_URI_MAX);
	if (!take_attribute(&r, "pkcs11:token=", "token", u.token, ZY_TOKEN_NAME_MAX, err) ||
	    !take_attribute(&r, ";object=", "object", u.label, ZY_KEY_LABEL_MAX, err) ||
	    !zy_reader_end(&r, "key", err) || !zy_token_name_check(zy_str(u.token), err) ||
	    !zy_key_label_check(zy_str(u.label), err))
		return false;
	*out = u;
	return true;
}

static void put_value(struct zy_buf *out, const char *value)
{
	for (const char *c = value; *c != 0; c++) {
		if (stands_plain((uint8_t)*c))
			zy_buf_put_u8(out, (uint8_t)*c);
		else
			zy_buf_printf(out, "%%%02X", (unsigned)(uint8_t)*c);
	}
}

bool zy_key_uri_encode(const struct zy_key_uri *u, struct zy_buf *out, struct zy_error *err)
{
	if (!zy_token_name_check(zy_str(u->token), err) || !zy_key_label_check(zy_str(u->label), err))
		return false;
	zy_buf_put_str(out, "pkcs11:token=");
	put_value(out, u->token);
	zy_buf_put_str(out, ";object=");
	put_value(out, u->label);
	return zy_buf_done(out, "key", err);
}
