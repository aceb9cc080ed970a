#include "zy/pkix.h"

#include "zy/text.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(zy_oid_country, 0x55, 0x04, 0x06);
OID(zy_oid_organisation, 0x55, 0x04, 0x0a);
OID(zy_oid_common_name, 0x55, 0x04, 0x03);
OID(zy_oid_key_usage, 0x55, 0x1d, 0x0f);
OID(zy_oid_basic_constraints, 0x55, 0x1d, 0x13);
OID(zy_oid_subject_key_id, 0x55, 0x1d, 0x0e);
OID(zy_oid_authority_key_id, 0x55, 0x1d, 0x23);
OID(zy_oid_extended_key_usage, 0x55, 0x1d, 0x25);
OID(zy_oid_subject_alt_name, 0x55, 0x1d, 0x11);
OID(zy_oid_certificate_policies, 0x55, 0x1d, 0x20);
OID(zy_oid_crl_points, 0x55, 0x1d, 0x1f);
OID(zy_oid_authority_access, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01);
OID(zy_oid_ocsp_no_check, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05); /* RFC 6960 4.2.2.2.1 */

/* C0, DEL and C1 are never part of a name that a person reads. */
static bool is_plain(struct zy_bytes text)
{
	uint32_t c;

	for (size_t at = 0; (c = zy_utf8_next(text, &at)) != 0;)
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
	return true;
}

static bool take_value(struct zy_reader *pair, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	const size_t at = zy_reader_offset(pair);

	if (!(zy_der_next_is(pair, ZY_DER_PRINTABLE) ? zy_der_ascii(pair, ZY_DER_PRINTABLE, field, out, err)
						     : zy_der_utf8(pair, field, out, err)))
		return false;
	if (out->len == 0 || !is_plain(*out))
		return zy_fail(err, ZY_E_DER, field, at, "%s holds an empty value or a control character", field);
	return true;
}

static bool take_attribute(
    struct zy_reader *names, const char *field, struct zy_dn_attribute *out, struct zy_error *err)
{
	struct zy_reader set, pair;

	return zy_der_enter(names, ZY_DER_SET, field, &set, err) &&
	       zy_der_enter(&set, ZY_DER_SEQUENCE, field, &pair, err) &&
	       zy_der_take(&pair, ZY_DER_OID, field, &out->type, err) && take_value(&pair, field, &out->value, err) &&
	       zy_der_end(&pair, field, err) && zy_der_end(&set, field, err);
}

bool zy_dn_parse(struct zy_reader *r, const char *field, struct zy_dn *out, struct zy_error *err)
{
	struct zy_reader at = *r, names;
	struct zy_dn n = { 0 };

	if (!zy_der_take_whole(&at, ZY_DER_SEQUENCE, field, &n.der, err) ||
	    !zy_der_enter(r, ZY_DER_SEQUENCE, field, &names, err))
		return false;
	while (zy_reader_left(&names) > 0) {
		if (n.num == ZY_DN_ATTRIBUTES_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, field, zy_reader_offset(&names),
			    "%s has more than %d attributes", field, ZY_DN_ATTRIBUTES_MAX);
		if (!take_attribute(&names, field, &n.attributes[n.num++], err))
			return false;
	}
	*out = n;
	return true;
}

bool zy_extensions_parse(
    struct zy_reader *r, struct zy_extension out[ZY_EXTENSIONS_MAX], size_t *num, struct zy_error *err)
{
	struct zy_reader list;
	size_t n = 0;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "extensions", &list, err))
		return false;
	if (zy_reader_left(&list) == 0)
		return zy_fail(err, ZY_E_DER, "extensions", zy_reader_offset(&list), "a list of no extensions");
	for (; zy_reader_left(&list) > 0; n++) {
		if (n == ZY_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "extensions", zy_reader_offset(&list),
			    "more than %d extensions", ZY_EXTENSIONS_MAX);
		if (!zy_extension_next(&list, &out[n], err))
			return false;
		for (size_t i = 0; i < n; i++)
			if (zy_bytes_equal(out[i].oid, out[n].oid))
				return zy_fail(err, ZY_E_DER, "extensions.extnID", zy_reader_offset(&list),
				    "an extension stands there twice (RFC 5280 4.2)");
	}
	*num = n;
	return true;
}

void zy_extension_put(struct zy_buf *b, struct zy_bytes oid, bool critical, struct zy_bytes value)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, oid);
	if (critical)
		zy_der_put_bool(b, true);
	zy_der_put(b, ZY_DER_OCTETS, value);
	zy_der_close(b, mark);
}

static void put_arc(struct zy_buf *out, uint64_t v)
{
	uint8_t octets[10];
	size_t n = 0;

	do
		octets[n++] = (uint8_t)(v & 0x7f);
	while ((v >>= 7) > 0);
	while (n-- > 0)
		zy_buf_put_u8(out, (uint8_t)(octets[n] | (n > 0 ? 0x80 : 0)));
}

bool zy_oid_from_text(const char *text, struct zy_buf *out, struct zy_error *err)
{
	const size_t start = out->len;
	uint64_t arcs[32];
	size_t num = 0;

	for (const char *p = text;; p++) {
		uint64_t v = 0;
		size_t digits = strspn(p, "0123456789");

		if (digits == 0 || digits > 9 || (digits > 1 && p[0] == '0') || num == 32)
			break;
		for (; digits > 0; digits--)
			v = v * 10 + (uint64_t)(*p++ - '0');
		arcs[num++] = v;
		if (*p == '.')
			continue;
		if (*p != 0 || num < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39))
			break;
		put_arc(out, arcs[0] * 40 + arcs[1]);
		for (size_t i = 2; i < num; i++)
			put_arc(out, arcs[i]);
		if (out->len - start > 32)
			break;
		return zy_buf_done(out, "oid", err);
	}
	return zy_fail(err, ZY_E_DER, "oid", ZY_NOWHERE, "\"%.64s\" is no object identifier", text);
}
