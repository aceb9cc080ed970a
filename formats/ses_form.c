/* What makers of seals write otherwise than GB/T 38540 has it, and what can be read in one way only. A strict reading
 * refuses it. */
#include "ses_internal.h"

#include <stdio.h>

#include "zy/text.h"

enum { NUMERIC = 0x12, T61 = 0x14, VISIBLE = 0x1a, GENERAL = 0x1b, BMP = 0x1e };

static bool departs(struct ses_way *w, const char *field)
{
	if (w->departs == NULL)
		w->departs = field;
	return true;
}

static bool is_text(uint8_t tag)
{
	return tag == ZY_DER_UTF8 || tag == NUMERIC || tag == ZY_DER_PRINTABLE || tag == T61 || tag == ZY_DER_IA5 ||
	       tag == VISIBLE || tag == GENERAL || tag == BMP;
}

/* Any string, also with the zero octet of a C string behind it. What is no UTF-8 is no text to show: it is empty. */
static bool any_text(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	const size_t at = zy_reader_offset(r);
	struct zy_error ignored = { 0 };
	uint8_t tag;

	if (!zy_der_any(r, field, &tag, out, NULL, err))
		return false;
	if (!is_text(tag))
		return zy_fail(err, ZY_E_DER, field, at, "%s has tag 0x%02x, which is no string", field, tag);
	while (out->len > 0 && out->p[out->len - 1] == 0)
		out->len--;
	if (tag == BMP || !zy_utf8_check(*out, field, &ignored))
		*out = ZY_BYTES(out->p, 0);
	return true;
}

bool ses_text(
    struct ses_way *w, struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (tag == ZY_DER_UTF8 ? zy_der_utf8(r, field, out, &why) : zy_der_ascii(r, tag, field, out, &why))
		return true;
	return w->lenient ? any_text(r, field, out, err) && departs(w, field)
			  : zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
}

/* Digits of a time as they come, with what stands between them left out. */
struct time_text {
	char digits[16];
	size_t num, at;
};

static void take_digits(struct time_text *t, struct zy_bytes v)
{
	for (; t->at < v.len && t->num < 14; t->at++) {
		const char c = (char)v.p[t->at];

		if (c >= '0' && c <= '9')
			t->digits[t->num++] = c;
		else if (c == 0 || strchr("-/: T", c) == NULL || (c == '-' && t->num > 6))
			break;
	}
}

static bool is_digit(struct zy_bytes v, size_t at)
{
	return at < v.len && v.p[at] >= '0' && v.p[at] <= '9';
}

/* Z, +hh, +hhmm or +hh:mm. Nothing: these makers mean their own time, which is Beijing's. */
static bool take_zone(struct zy_bytes v, size_t at, char out[8])
{
	char d[4] = "00";
	size_t num = 0;

	while (at < v.len && v.p[at] == ' ')
		at++;
	snprintf(out, 8, "%s", at == v.len ? "+08:00" : "Z");
	if (at == v.len || ((v.p[at] == 'Z' || v.p[at] == 'z') && at + 1 == v.len))
		return true;
	if (v.p[at] != '+' && v.p[at] != '-')
		return false;
	d[2] = d[3] = '0';
	out[0] = (char)v.p[at++];
	for (; at < v.len && num < 4; at++)
		if (is_digit(v, at))
			d[num++] = (char)v.p[at];
		else if (v.p[at] != ':' || num != 2)
			return false;
	snprintf(out + 1, 7, "%.2s:%.2s", d, d + 2);
	return at == v.len && (num == 2 || num == 4);
}

bool ses_time_of_text(struct zy_bytes v, bool two_digits, zy_time *out)
{
	struct zy_error ignored = { 0 };
	struct time_text t = { .num = two_digits ? 2 : 0 };
	char zone[8], text[32];

	while (v.len > 0 && (v.p[v.len - 1] == 0 || v.p[v.len - 1] == ' '))
		v.len--;
	if (two_digits)
		memcpy(t.digits, v.len > 0 && v.p[0] < '5' ? "20" : "19", 2);
	take_digits(&t, v);
	if (t.at < v.len && (v.p[t.at] == '.' || v.p[t.at] == ',') && t.num == 14)
		for (t.at++; is_digit(v, t.at); t.at++)
			; /* less than a second */
	if ((t.num != 12 && t.num != 14) || !take_zone(v, t.at, zone))
		return false;
	if (t.num == 12)
		memcpy(t.digits + 12, "00", 2);
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", t.digits, t.digits + 4, t.digits + 6,
	    t.digits + 8, t.digits + 10, t.digits + 12, zone);
	return zy_time_from_rfc3339(zy_str(text), out, &ignored);
}

bool ses_time(
    struct ses_way *w, struct zy_reader *r, bool allow_utc, const char *field, zy_time *out, struct zy_error *err)
{
	const size_t at = zy_reader_offset(r);
	struct zy_error why = { 0 };
	struct zy_bytes v;
	uint8_t tag;

	if (zy_der_time(r, allow_utc, field, out, &why))
		return true;
	if (!w->lenient)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	if (!zy_der_any(r, field, &tag, &v, NULL, err))
		return false;
	if (tag == ZY_DER_BITS && v.len > 0 && v.p[0] == 0)
		v = ZY_BYTES(v.p + 1, v.len - 1);
	else if (tag != ZY_DER_UTCTIME && tag != ZY_DER_TIME && !is_text(tag))
		return zy_fail(err, ZY_E_DER, field, at, "%s has tag 0x%02x, which is no time", field, tag);
	return ses_time_of_text(v, tag == ZY_DER_UTCTIME, out)
		   ? departs(w, field)
		   : zy_fail(err, ZY_E_TIME, field, at, "%s is no time that can be read", field);
}

bool ses_cert(struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	if (w->lenient && zy_der_next_is(r, ZY_DER_SEQUENCE))
		return zy_der_take_whole(r, ZY_DER_SEQUENCE, field, out, err) && departs(w, field);
	return zy_der_take(r, ZY_DER_OCTETS, field, out, err);
}

bool ses_algorithm(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader inner;

	if (w->lenient && zy_der_next_is(r, ZY_DER_SEQUENCE))
		return zy_der_enter(r, ZY_DER_SEQUENCE, field, &inner, err) &&
		       zy_der_take(&inner, ZY_DER_OID, field, out, err) && departs(w, field);
	return zy_der_take(r, ZY_DER_OID, field, out, err);
}

bool ses_bits(struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	if (w->lenient && zy_der_next_is(r, ZY_DER_OCTETS))
		return zy_der_take(r, ZY_DER_OCTETS, field, out, err) && departs(w, field);
	return zy_der_bits(r, field, out, err);
}

bool ses_bool(struct ses_way *w, struct zy_reader *r, const char *field, bool *out, struct zy_error *err)
{
	struct zy_bytes v;

	if (!w->lenient)
		return zy_der_bool(r, field, out, err);
	if (!zy_der_take(r, ZY_DER_BOOLEAN, field, &v, err))
		return false;
	if (v.len != 1)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "%s is not one octet", field);
	*out = v.p[0] != 0;
	return v.p[0] == 0 || v.p[0] == 0xff || departs(w, field);
}

bool ses_enter_extensions(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_reader *list, struct zy_error *err)
{
	struct zy_reader inner, first, ext;
	struct zy_error ignored = { 0 };

	if (w->lenient && zy_der_next_is(r, ZY_DER_SEQUENCE)) /* without its tag */
		return zy_der_enter(r, ZY_DER_SEQUENCE, field, list, err) && departs(w, field);
	if (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, field, &inner, err))
		return false;
	first = inner;
	if (w->lenient && zy_der_enter(&first, ZY_DER_SEQUENCE, field, &ext, &ignored) &&
	    zy_der_next_is(&ext, ZY_DER_OID)) { /* IMPLICIT */
		*list = inner;
		return departs(w, field);
	}
	return zy_der_enter(&inner, ZY_DER_SEQUENCE, field, list, err) && zy_der_end(&inner, field, err);
}
