/* TSTInfo (RFC 3161 2.4.2). */
#include "tsp_internal.h"

#include <stdio.h>

/* YYYYMMDDHHMMSS[.f...]Z; X.690 11.7: no trailing zeros in the fraction, no comma. */
static bool read_gen_time(struct zy_reader *r, struct zy_tst_time *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_error why = { 0 };
	struct zy_bytes v;
	char text[16] = { 0 };
	uint32_t nanos = 0, unit = 100000000;

	if (!zy_der_take(r, ZY_DER_TIME, "genTime", &v, err))
		return false;
	if (v.len < 15 || v.len > 25 || v.len == 16 || v.p[v.len - 1] != 'Z' ||
	    (v.len > 15 && (v.p[14] != '.' || v.p[v.len - 2] == '0')))
		return zy_fail(err, ZY_E_TIME, "genTime", at,
		    "genTime is YYYYMMDDHHMMSSZ with at most nine digits of fraction, the last not 0");
	for (size_t i = 15; i + 1 < v.len; i++, unit /= 10) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return zy_fail(err, ZY_E_TIME, "genTime", at, "a fraction of a second is made of digits");
		nanos += unit * (uint32_t)(v.p[i] - '0');
	}
	memcpy(text, v.p, 14);
	text[14] = 'Z';
	if (!zy_time_from_generalized(zy_str(text), &out->seconds, &why))
		return zy_fail(err, why.code, "genTime", at, "%s", why.msg);
	out->nanos = nanos;
	return true;
}

static void put_gen_time(struct zy_buf *b, const struct zy_tst_time *t)
{
	char text[ZY_TIME_TEXT + 16], fraction[16];
	size_t len = 9;

	zy_time_to_generalized(t->seconds, text);
	if (t->nanos > 0) {
		snprintf(fraction, sizeof(fraction), "%09u", (unsigned)(t->nanos % 1000000000));
		while (fraction[len - 1] == '0')
			len--;
		snprintf(text + 14, sizeof(text) - 14, ".%.*sZ", (int)len, fraction);
	}
	zy_der_put(b, ZY_DER_TIME, zy_str(text));
}

/* [n] IMPLICIT INTEGER (1..999), if it comes next. */
static bool read_thousandths(struct zy_reader *r, uint8_t n, uint32_t *out, struct zy_error *err)
{
	const uint8_t tag = (uint8_t)(ZY_DER_CONTEXT | n);
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	if (!zy_der_next_is(r, tag))
		return true;
	if (!zy_der_take(r, tag, "accuracy", &v, err))
		return false;
	/* minimal two's complement (X.690 8.3.2): one octet below 0x80, two above */
	*out = v.len == 1 ? v.p[0] : v.len == 2 ? (uint32_t)v.p[0] << 8 | v.p[1] : 0;
	if (*out < 1 || *out > 999 || (v.len == 1) != (*out < 0x80))
		return zy_fail(err, ZY_E_TSP, "accuracy", at, "millis and micros are 1 to 999");
	return true;
}

static bool read_accuracy(struct zy_reader *r, struct zy_tst_info *out, struct zy_error *err)
{
	struct zy_reader seq;
	uint64_t seconds = 0;

	out->has_accuracy = zy_der_next_is(r, ZY_DER_SEQUENCE);
	if (!out->has_accuracy)
		return true;
	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "accuracy", &seq, err))
		return false;
	out->has_accuracy_s = zy_der_next_is(&seq, ZY_DER_INTEGER);
	if (out->has_accuracy_s && !zy_der_small(&seq, "accuracy", UINT32_MAX, &seconds, err))
		return false;
	out->accuracy_s = (uint32_t)seconds;
	return read_thousandths(&seq, 0, &out->accuracy_ms, err) && read_thousandths(&seq, 1, &out->accuracy_us, err) &&
	       zy_der_end(&seq, "accuracy", err);
}

static void put_thousandths(struct zy_buf *b, uint8_t n, uint32_t v)
{
	const uint8_t octets[2] = { (uint8_t)(v >> 8), (uint8_t)v };
	const size_t skip = v < 0x80 ? 1 : 0;

	if (v > 0)
		zy_der_put(b, (uint8_t)(ZY_DER_CONTEXT | n), ZY_BYTES(octets + skip, 2 - skip));
}

static void put_accuracy(struct zy_buf *b, const struct zy_tst_info *i)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	if (i->has_accuracy_s)
		zy_der_put_small(b, i->accuracy_s);
	put_thousandths(b, 0, i->accuracy_ms);
	put_thousandths(b, 1, i->accuracy_us);
	zy_der_close(b, mark);
}

/* tsa [0] GeneralName: a CHOICE, so the tag is explicit. */
static bool read_tsa(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader inner;

	if (!zy_der_next_is(r, ZY_DER_CONTEXT_MADE | 0))
		return true;
	return zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, "tsa", &inner, err) &&
	       zy_der_any(&inner, "tsa", NULL, NULL, out, err) && zy_der_end(&inner, "tsa", err);
}

bool zy_tst_info_parse(struct zy_tst_info *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), seq;
	struct zy_tst_info i = { 0 };

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "TSTInfo", &seq, err) || !zy_der_end(&r, "TSTInfo", err) ||
	    !tsp_version_1(&seq, "TSTInfo.version", err) ||
	    !zy_der_take(&seq, ZY_DER_OID, "TSTInfo.policy", &i.policy, err) || !tsp_imprint(&seq, &i.imprint, err) ||
	    !tsp_number(&seq, "TSTInfo.serialNumber", &i.serial, err) || !read_gen_time(&seq, &i.gen_time, err) ||
	    !read_accuracy(&seq, &i, err) || !tsp_flag(&seq, "ordering", &i.ordering, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_INTEGER) && !tsp_number(&seq, "nonce", &i.nonce, err))
		return false;
	if (!read_tsa(&seq, &i.tsa, err) ||
	    !tsp_extensions(&seq, ZY_DER_CONTEXT_MADE | 1, &i.extensions, &i.has_critical_extension, err) ||
	    !zy_der_end(&seq, "TSTInfo", err))
		return false;
	*out = i;
	return true;
}

bool zy_tst_info_encode(const struct zy_tst_info *i, struct zy_buf *out, struct zy_error *err)
{
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_der_put_small(out, 1);
	zy_der_put(out, ZY_DER_OID, i->policy);
	zy_buf_put(out, i->imprint.der);
	zy_der_put_unsigned(out, i->serial);
	put_gen_time(out, &i->gen_time);
	if (i->has_accuracy)
		put_accuracy(out, i);
	if (i->ordering)
		zy_der_put_bool(out, true);
	if (i->nonce.len > 0)
		zy_der_put_unsigned(out, i->nonce);
	if (i->tsa.len > 0)
		zy_der_put(out, ZY_DER_CONTEXT_MADE | 0, i->tsa);
	zy_buf_put(out, i->extensions);
	zy_der_close(out, mark);
	return zy_buf_done(out, "TSTInfo", err);
}
