#include "zy/crl.h"

#include "zy/text.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_crl_number, 0x55, 0x1d, 0x14);
OID(oid_reason, 0x55, 0x1d, 0x15);
OID(oid_invalidity_date, 0x55, 0x1d, 0x18);
OID(oid_authority_key_id, 0x55, 0x1d, 0x23);
OID(oid_issuing_point, 0x55, 0x1d, 0x1c);

#define YEAR_2050 ((zy_time)2524608000)

/* UTCTime through 2049, GeneralizedTime after (RFC 5280 5.1.2.4): one form for each moment. */
static bool take_date(struct zy_reader *r, const char *field, zy_time *out, struct zy_error *err)
{
	bool utc = zy_der_next_is(r, ZY_DER_UTCTIME);
	struct zy_reader at = *r;

	if (!zy_der_time(&at, true, field, out, err))
		return false;
	if (!utc && *out < YEAR_2050)
		return zy_fail(err, ZY_E_TIME, field, zy_reader_offset(r), "%s before 2050 is not a UTCTime", field);
	*r = at;
	return true;
}

static void put_date(struct zy_buf *b, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_generalized(t, text);
	if (t < YEAR_2050)
		zy_der_put(b, ZY_DER_UTCTIME, zy_str(text + 2));
	else
		zy_der_put(b, ZY_DER_TIME, zy_str(text));
}

static bool take_serial(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	return zy_der_unsigned(r, field, out, err) &&
	       (out->len <= ZY_SERIAL_MAX ||
		   zy_fail(err, ZY_E_CRL, field, at, "%s is over %d octets", field, ZY_SERIAL_MAX));
}

bool zy_crl_partition_covers(struct zy_bytes point, struct zy_bytes serial)
{
	const struct zy_bytes prefix = ZY_LITERAL(ZY_CRL_PARTITION);
	uint8_t whole[16] = { 0 };
	char text[2 * sizeof(whole) + 1];

	if (serial.len > sizeof(whole) || point.len <= prefix.len || point.len > prefix.len + ZY_CRL_PARTITION_DIGITS ||
	    memcmp(point.p, prefix.p, prefix.len) != 0)
		return false;
	memcpy(whole + sizeof(whole) - serial.len, serial.p, serial.len);
	zy_hex(ZY_BYTES(whole, sizeof(whole)), text);
	return memcmp(point.p + prefix.len, text, point.len - prefix.len) == 0;
}

static bool refuse_extension(const struct zy_extension *e, const char *field, size_t at, struct zy_error *err)
{
	char text[64];

	zy_oid_text(e->oid, text, sizeof(text));
	return zy_fail(err, ZY_E_CRL, field, at, "extension %s is critical and not known here, or stands twice", text);
}

static bool read_entry_extension(
    struct zy_crl_entry *out, struct zy_reader *list, const struct zy_extension *e, size_t at, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(list, e->value);

	if (zy_bytes_equal(e->oid, oid_reason) && out->reason == ZY_REASON_NONE)
		return zy_crl_reason_take(&r, "reasonCode", &out->reason, err) && zy_der_end(&r, "reasonCode", err);
	if (zy_bytes_equal(e->oid, oid_invalidity_date) && !out->has_invalid_since) {
		out->has_invalid_since = true;
		return zy_der_time(&r, false, "invalidityDate", &out->invalid_since, err) &&
		       zy_der_end(&r, "invalidityDate", err);
	}
	if (e->critical || zy_bytes_equal(e->oid, oid_reason) || zy_bytes_equal(e->oid, oid_invalidity_date))
		return refuse_extension(e, "crlEntryExtensions", at, err);
	return true;
}

bool zy_crl_entry_next(struct zy_reader *entries, struct zy_crl_entry *out, struct zy_error *err)
{
	struct zy_crl_entry e = { .reason = ZY_REASON_NONE };
	struct zy_reader at = *entries, seq, list;
	struct zy_extension x;

	if (!zy_der_enter(&at, ZY_DER_SEQUENCE, "revokedCertificates", &seq, err) ||
	    !take_serial(&seq, "userCertificate", &e.serial, err) ||
	    !take_date(&seq, "revocationDate", &e.revoked_at, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_SEQUENCE)) {
		if (!zy_der_enter(&seq, ZY_DER_SEQUENCE, "crlEntryExtensions", &list, err))
			return false;
		do {
			size_t where = zy_reader_offset(&list);

			if (!zy_extension_next(&list, &x, err) || !read_entry_extension(&e, &list, &x, where, err))
				return false;
		} while (zy_reader_left(&list) > 0);
	}
	if (!zy_der_end(&seq, "revokedCertificates", err))
		return false;
	*out = e;
	*entries = at;
	return true;
}

/* AuthorityKeyIdentifier (RFC 5280 4.2.1.1): only the key identifier is of use here. */
static bool read_key_id(struct zy_crl *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader seq;
	struct zy_bytes skip;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "authorityKeyIdentifier", &seq, err) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT, "keyIdentifier", &c->key_id, err)) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 1) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT_MADE | 1, "authorityCertIssuer", &skip, err)) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT | 2) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT | 2, "authorityCertSerialNumber", &skip, err)))
		return false;
	return zy_der_end(&seq, "authorityKeyIdentifier", err) && zy_der_end(r, "authorityKeyIdentifier", err);
}

/* [0] distributionPoint: [0] fullName: exactly one [6] URI. */
static bool read_point_name(struct zy_crl *c, struct zy_reader *seq, struct zy_error *err)
{
	struct zy_reader choice, names;
	size_t at = zy_reader_offset(seq);

	if (!zy_der_enter(seq, ZY_DER_CONTEXT_MADE, "distributionPoint", &choice, err) ||
	    !zy_der_enter(&choice, ZY_DER_CONTEXT_MADE, "fullName", &names, err) ||
	    !zy_der_ascii(&names, ZY_DER_CONTEXT | 6, "uniformResourceIdentifier", &c->point, err) ||
	    !zy_der_end(&names, "fullName", err) || !zy_der_end(&choice, "distributionPoint", err))
		return false;
	return (c->point.len > 0 && c->point.len <= ZY_CRL_POINT_MAX) ||
	       zy_fail(err, ZY_E_CRL, "distributionPoint", at, "a name of 1 to %d octets", ZY_CRL_POINT_MAX);
}

/* IssuingDistributionPoint (RFC 5280 5.2.5). */
static bool read_issuing_point(struct zy_crl *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader seq;
	struct zy_bytes yes;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "issuingDistributionPoint", &seq, err) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE) && !read_point_name(c, &seq, err)))
		return false;
	for (uint8_t n = 1; n <= 2 && c->only == ZY_CRL_ALL; n++)
		if (zy_der_next_is(&seq, ZY_DER_CONTEXT | n)) {
			size_t at = zy_reader_offset(&seq);

			if (!zy_der_take(&seq, ZY_DER_CONTEXT | n, "onlyContains", &yes, err))
				return false;
			if (yes.len != 1 || yes.p[0] != 0xff)
				return zy_fail(err, ZY_E_DER, "onlyContains", at, "TRUE is FF (X.690 11.1)");
			c->only = n == 1 ? ZY_CRL_ONLY_USERS : ZY_CRL_ONLY_AUTHORITIES;
		}
	if (zy_reader_left(&seq) > 0)
		return zy_fail(err, ZY_E_CRL, "issuingDistributionPoint", zy_reader_offset(&seq),
		    "a list for some reasons, for attribute certificates, or an indirect one is not read");
	return zy_der_end(r, "issuingDistributionPoint", err);
}

enum { SEEN_KEY_ID = 1, SEEN_NUMBER = 2, SEEN_POINT = 4 };

static bool read_extension(
    struct zy_crl *c, struct zy_reader *list, const struct zy_extension *e, unsigned *seen, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(list, e->value);
	size_t at = zy_reader_offset(&r);
	unsigned which = zy_bytes_equal(e->oid, oid_authority_key_id) ? SEEN_KEY_ID
			 : zy_bytes_equal(e->oid, oid_crl_number)     ? SEEN_NUMBER
			 : zy_bytes_equal(e->oid, oid_issuing_point)  ? SEEN_POINT
								      : 0;

	/* deltaCRLIndicator is critical always (RFC 5280 5.2.4), so a delta ends here too. */
	if ((*seen & which) != 0 || (which == 0 && e->critical))
		return refuse_extension(e, "crlExtensions", at, err);
	*seen |= which;
	if (which == SEEN_KEY_ID)
		return read_key_id(c, &r, err);
	if (which == SEEN_NUMBER)
		return take_serial(&r, "cRLNumber", &c->number, err) && zy_der_end(&r, "cRLNumber", err);
	return which == 0 || read_issuing_point(c, &r, err);
}

static bool read_extensions(struct zy_crl *c, struct zy_reader *tbs, struct zy_error *err)
{
	struct zy_reader outer, list;
	struct zy_extension e;
	unsigned seen = 0;

	if (!zy_der_next_is(tbs, ZY_DER_CONTEXT_MADE))
		return true;
	if (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE, "crlExtensions", &outer, err) ||
	    !zy_der_enter(&outer, ZY_DER_SEQUENCE, "crlExtensions", &list, err) ||
	    !zy_der_end(&outer, "crlExtensions", err))
		return false;
	for (size_t i = 0; i == 0 || zy_reader_left(&list) > 0; i++) {
		if (i == ZY_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "crlExtensions", zy_reader_offset(&list),
			    "more than %d extensions", ZY_EXTENSIONS_MAX);
		if (!zy_extension_next(&list, &e, err) || !read_extension(c, &list, &e, &seen, err))
			return false;
	}
	return true;
}

static bool read_entries(struct zy_crl *c, struct zy_reader *tbs, struct zy_error *err)
{
	struct zy_crl_entry e;
	struct zy_reader r;

	if (!zy_der_next_is(tbs, ZY_DER_SEQUENCE))
		return true;
	if (!zy_der_enter(tbs, ZY_DER_SEQUENCE, "revokedCertificates", &r, err))
		return false;
	c->entries = zy_reader_rest(&r);
	do {
		if (!zy_crl_entry_next(&r, &e, err))
			return false;
		c->num_entries++;
	} while (zy_reader_left(&r) > 0); /* an empty list is left out (RFC 5280 5.1.2.6) */
	return true;
}

static bool read_tbs(struct zy_crl *c, struct zy_reader *tbs, struct zy_error *err)
{
	size_t at = zy_reader_offset(tbs);
	uint64_t version;

	if (!zy_der_small(tbs, "version", 1, &version, err))
		return false;
	if (version != 1)
		return zy_fail(err, ZY_E_CRL, "version", at, "only version 2 is read");
	return zy_signature_alg_take(tbs, "signature", &c->suite, err) &&
	       zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "issuer", &c->issuer, err) &&
	       take_date(tbs, "thisUpdate", &c->this_update, err) &&
	       take_date(tbs, "nextUpdate", &c->next_update, err) && read_entries(c, tbs, err) &&
	       read_extensions(c, tbs, err) && zy_der_end(tbs, "tbsCertList", err);
}

bool zy_crl_parse(struct zy_crl *out, struct zy_bytes der, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), list, tbs;
	struct zy_crl c = { 0 };
	struct zy_bytes signature;
	enum zy_suite suite;

	if (der.len > ZY_CRL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "CertificateList", 0, "over %zu bytes", ZY_CRL_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "CertificateList", &list, err))
		return false;
	tbs = list;
	if (!zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "tbsCertList", &c.tbs, err) ||
	    !zy_der_enter(&list, ZY_DER_SEQUENCE, "tbsCertList", &tbs, err) || !read_tbs(&c, &tbs, err) ||
	    !zy_signature_alg_take(&list, "signatureAlgorithm", &suite, err))
		return false;
	if (suite != c.suite)
		return zy_fail(err, ZY_E_CRL, "signatureAlgorithm", zy_reader_offset(&list),
		    "the two algorithms differ (RFC 5280 5.1.1.2)");
	if (!zy_der_bits(&list, "signatureValue", &signature, err) || !zy_der_end(&list, "CertificateList", err) ||
	    !zy_der_end(&r, "CertificateList", err) || !zy_der_rs(signature, c.rs, err))
		return false;
	*out = c;
	return true;
}

void zy_crl_entry_put(struct zy_buf *b, const struct zy_crl_entry *e)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE), list;
	struct zy_extension_mark x;

	zy_der_put_unsigned(b, e->serial);
	put_date(b, e->revoked_at);
	if (e->reason != ZY_REASON_NONE || e->has_invalid_since) {
		list = zy_der_open(b, ZY_DER_SEQUENCE);
		if (e->reason != ZY_REASON_NONE) {
			x = zy_extension_open(b, oid_reason, false);
			zy_crl_reason_put(b, e->reason);
			zy_extension_close(b, x);
		}
		if (e->has_invalid_since) {
			x = zy_extension_open(b, oid_invalidity_date, false);
			zy_der_put_time(b, e->invalid_since);
			zy_extension_close(b, x);
		}
		zy_der_close(b, list);
	}
	zy_der_close(b, mark);
}

static void put_issuing_point(struct zy_buf *b, const struct zy_crl *c)
{
	struct zy_extension_mark x = zy_extension_open(b, oid_issuing_point, true);
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE), point, name;

	if (c->point.len > 0) {
		point = zy_der_open(b, ZY_DER_CONTEXT_MADE);
		name = zy_der_open(b, ZY_DER_CONTEXT_MADE);
		zy_der_put(b, ZY_DER_CONTEXT | 6, c->point);
		zy_der_close(b, name);
		zy_der_close(b, point);
	}
	if (c->only != ZY_CRL_ALL)
		zy_der_put(
		    b, c->only == ZY_CRL_ONLY_USERS ? ZY_DER_CONTEXT | 1 : ZY_DER_CONTEXT | 2, ZY_LITERAL("\xff"));
	zy_der_close(b, seq);
	zy_extension_close(b, x);
}

static void put_extensions(struct zy_buf *b, const struct zy_crl *c)
{
	struct zy_extension_mark x;
	size_t outer, list, seq;

	if (c->key_id.len == 0 && c->number.len == 0 && c->point.len == 0 && c->only == ZY_CRL_ALL)
		return;
	outer = zy_der_open(b, ZY_DER_CONTEXT_MADE);
	list = zy_der_open(b, ZY_DER_SEQUENCE);
	if (c->key_id.len > 0) {
		x = zy_extension_open(b, oid_authority_key_id, false);
		seq = zy_der_open(b, ZY_DER_SEQUENCE);
		zy_der_put(b, ZY_DER_CONTEXT, c->key_id);
		zy_der_close(b, seq);
		zy_extension_close(b, x);
	}
	if (c->number.len > 0) {
		x = zy_extension_open(b, oid_crl_number, false);
		zy_der_put_unsigned(b, c->number);
		zy_extension_close(b, x);
	}
	if (c->point.len > 0 || c->only != ZY_CRL_ALL)
		put_issuing_point(b, c);
	zy_der_close(b, list);
	zy_der_close(b, outer);
}

/* Tag and length of a container whose content lies elsewhere. */
static void put_head(struct zy_buf *b, uint8_t tag, size_t len)
{
	size_t octets = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : len < 0x1000000 ? 3 : 4;

	zy_buf_put_u8(b, tag);
	zy_buf_put_u8(b, octets == 0 ? (uint8_t)len : (uint8_t)(0x80 | octets));
	if (octets > 0)
		zy_buf_put_be(b, len, octets);
}

bool zy_crl_around(
    const struct zy_crl *c, size_t entries_len, struct zy_buf *head, struct zy_buf *tail, struct zy_error *err)
{
	ZY_BUF_AUTO first = { 0 };

	zy_der_put_small(&first, 1); /* v2 */
	zy_signature_alg_put(&first, c->suite);
	zy_buf_put(&first, c->issuer);
	put_date(&first, c->this_update);
	put_date(&first, c->next_update);
	if (entries_len > 0)
		put_head(&first, ZY_DER_SEQUENCE, entries_len);
	put_extensions(tail, c);
	put_head(head, ZY_DER_SEQUENCE, first.len + entries_len + tail->len);
	zy_buf_put(head, zy_buf_bytes(&first));
	return zy_buf_done(&first, "tbsCertList", err) && zy_buf_done(head, "tbsCertList", err) &&
	       zy_buf_done(tail, "tbsCertList", err);
}

bool zy_crl_signed_around(const struct zy_crl *c, size_t tbs_len, const uint8_t rs[64], struct zy_buf *head,
    struct zy_buf *tail, struct zy_error *err)
{
	ZY_BUF_AUTO signature = { 0 };

	zy_der_put_rs(&signature, rs);
	zy_signature_alg_put(tail, c->suite);
	zy_der_put_bits(tail, zy_buf_bytes(&signature));
	put_head(head, ZY_DER_SEQUENCE, tbs_len + tail->len);
	return zy_buf_done(&signature, "CertificateList", err) && zy_buf_done(head, "CertificateList", err) &&
	       zy_buf_done(tail, "CertificateList", err);
}
