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
OID(oid_delta, 0x55, 0x1d, 0x1b);
OID(oid_freshest, 0x55, 0x1d, 0x2e);
OID(oid_expired, 0x55, 0x1d, 0x3c); /* expiredCertsOnCRL (X.509 9.5.2.6) */
OID(oid_certificate_issuer, 0x55, 0x1d, 0x1d);

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

bool zy_serial_take(
    struct zy_reader *r, const char *field, struct zy_bytes *serial, struct zy_bytes *number, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader next = *r;
	struct zy_bytes n;

	*serial = (struct zy_bytes){ 0 };
	if (!zy_der_take(&next, ZY_DER_INTEGER, field, &n, err))
		return false;
	if (n.len == 0 || (n.len > 1 && ((n.p[0] == 0 && n.p[1] < 0x80) || (n.p[0] == 0xff && n.p[1] >= 0x80))))
		return zy_fail(err, ZY_E_DER, field, at, "%s is not the shortest", field);
	if (n.p[0] < 0x80)
		*serial = n.len > 1 && n.p[0] == 0 ? ZY_BYTES(n.p + 1, n.len - 1) : n;
	if ((serial->len > 0 ? serial->len : n.len) > ZY_SERIAL_MAX)
		return zy_fail(err, ZY_E_CRL, field, at, "%s is over %d octets", field, ZY_SERIAL_MAX);
	*number = n;
	*r = next;
	return true;
}

bool zy_crl_reasons_take(struct zy_reader *r, uint8_t tag, const char *field, unsigned *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes bits;

	if (!zy_der_take(r, tag, field, &bits, err))
		return false;
	if (bits.len < 1 || bits.len > 3 || bits.p[0] > 7)
		return zy_fail(err, ZY_E_DER, field, at, "%s has up to nine bits", field);
	*out = 0;
	for (size_t i = 1; i < bits.len; i++)
		*out |= (unsigned)bits.p[i] << (8 * (i - 1));
	*out &= ZY_CRL_REASONS_ALL;
	return true;
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
	return zy_fail(err, ZY_E_CRL, field, at, "extension %s stands twice", text);
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
	if (zy_bytes_equal(e->oid, oid_certificate_issuer) && out->issuer.len == 0)
		return zy_der_take(&r, ZY_DER_SEQUENCE, "certificateIssuer", &out->issuer, err) &&
		       zy_der_end(&r, "certificateIssuer", err);
	if (zy_bytes_equal(e->oid, oid_reason) || zy_bytes_equal(e->oid, oid_invalidity_date) ||
	    zy_bytes_equal(e->oid, oid_certificate_issuer))
		return refuse_extension(e, "crlEntryExtensions", at, err);
	if (e->critical && out->unknown_critical.len == 0)
		out->unknown_critical = e->oid;
	return true;
}

bool zy_crl_entry_next(struct zy_reader *entries, struct zy_crl_entry *out, struct zy_error *err)
{
	struct zy_crl_entry e = { .reason = ZY_REASON_NONE };
	struct zy_reader at = *entries, seq, list;
	struct zy_extension x;

	if (!zy_der_enter(&at, ZY_DER_SEQUENCE, "revokedCertificates", &seq, err) ||
	    !zy_serial_take(&seq, "userCertificate", &e.serial, &e.number, err) ||
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

/* Is it [0] fullName of exactly one [6] URI, as partitions of ours are called? */
static void find_uri(struct zy_crl *c, const struct zy_reader *outer)
{
	struct zy_reader choice = zy_reader_inside(outer, c->points), names;
	struct zy_error ignored = { 0 };
	struct zy_bytes uri;

	if (zy_der_enter(&choice, ZY_DER_CONTEXT_MADE, "fullName", &names, &ignored) &&
	    zy_der_ascii(&names, ZY_DER_CONTEXT | 6, "uniformResourceIdentifier", &uri, &ignored) &&
	    zy_reader_left(&names) == 0 && zy_reader_left(&choice) == 0 && uri.len <= ZY_CRL_POINT_MAX)
		c->point = uri;
	c->plain = c->plain && c->point.len > 0;
}

static bool take_flag(struct zy_reader *seq, uint8_t n, bool *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(seq);
	struct zy_bytes yes;

	if (!zy_der_next_is(seq, ZY_DER_CONTEXT | n))
		return true;
	if (!zy_der_take(seq, ZY_DER_CONTEXT | n, "issuingDistributionPoint", &yes, err))
		return false;
	*out = true;
	return (yes.len == 1 && yes.p[0] == 0xff) ||
	       zy_fail(err, ZY_E_DER, "issuingDistributionPoint", at, "TRUE is FF (X.690 11.1)");
}

/* IssuingDistributionPoint (RFC 5280 5.2.5). */
static bool read_issuing_point(struct zy_crl *c, struct zy_reader *r, struct zy_error *err)
{
	bool users = false, authorities = false, attributes = false;
	size_t at = zy_reader_offset(r);
	struct zy_reader seq;

	if (!zy_der_take(r, ZY_DER_SEQUENCE, "issuingDistributionPoint", &c->issuing_point, err))
		return false;
	seq = zy_reader_inside(r, c->issuing_point);
	if (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE)) {
		if (!zy_der_take(&seq, ZY_DER_CONTEXT_MADE, "distributionPoint", &c->points, err))
			return false;
		if (c->points.len == 0)
			return zy_fail(err, ZY_E_CRL, "distributionPoint", at, "it has no name");
		find_uri(c, &seq);
	}
	if (!take_flag(&seq, 1, &users, err) || !take_flag(&seq, 2, &authorities, err) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT | 3) &&
		!zy_crl_reasons_take(&seq, ZY_DER_CONTEXT | 3, "onlySomeReasons", &c->reasons, err)) ||
	    !take_flag(&seq, 4, &c->indirect, err) || !take_flag(&seq, 5, &attributes, err))
		return false;
	if (users + authorities + attributes > 1)
		return zy_fail(err, ZY_E_CRL, "issuingDistributionPoint", at, "at most one kind of certificates");
	c->only = users         ? ZY_CRL_ONLY_USERS
		  : authorities ? ZY_CRL_ONLY_AUTHORITIES
		  : attributes  ? ZY_CRL_ONLY_ATTRIBUTES
				: ZY_CRL_ALL;
	c->plain = c->plain && c->reasons == ZY_CRL_REASONS_ALL && !c->indirect && !attributes;
	return zy_der_end(&seq, "issuingDistributionPoint", err) && zy_der_end(r, "issuingDistributionPoint", err);
}

enum { SEEN_KEY_ID = 1, SEEN_NUMBER = 2, SEEN_POINT = 4, SEEN_DELTA = 8, SEEN_FRESHEST = 16, SEEN_EXPIRED = 32 };

static bool read_extension(
    struct zy_crl *c, struct zy_reader *list, const struct zy_extension *e, unsigned *seen, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(list, e->value);
	size_t at = zy_reader_offset(&r);
	unsigned which = zy_bytes_equal(e->oid, oid_authority_key_id) ? SEEN_KEY_ID
			 : zy_bytes_equal(e->oid, oid_crl_number)     ? SEEN_NUMBER
			 : zy_bytes_equal(e->oid, oid_issuing_point)  ? SEEN_POINT
			 : zy_bytes_equal(e->oid, oid_delta)          ? SEEN_DELTA
			 : zy_bytes_equal(e->oid, oid_freshest)       ? SEEN_FRESHEST
			 : zy_bytes_equal(e->oid, oid_expired)        ? SEEN_EXPIRED
								      : 0;

	if ((*seen & which) != 0)
		return refuse_extension(e, "crlExtensions", at, err);
	*seen |= which;
	if (which == SEEN_KEY_ID)
		return read_key_id(c, &r, err);
	if (which == SEEN_NUMBER)
		return take_serial(&r, "cRLNumber", &c->number, err) && zy_der_end(&r, "cRLNumber", err);
	if (which == SEEN_DELTA) {
		c->plain = false;
		return take_serial(&r, "BaseCRLNumber", &c->base, err) && zy_der_end(&r, "BaseCRLNumber", err);
	}
	if (which == SEEN_EXPIRED) {
		c->has_expired = true;
		return zy_der_time(&r, false, "expiredCertsOnCRL", &c->expired_since, err) &&
		       zy_der_end(&r, "expiredCertsOnCRL", err);
	}
	if (which == 0 && e->critical && c->unknown_critical.len == 0)
		c->unknown_critical = e->oid;
	return which != SEEN_POINT || read_issuing_point(c, &r, err);
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
		if (e.unknown_critical.len > 0 && c->unknown_critical.len == 0)
			c->unknown_critical = e.unknown_critical;
		c->has_entry_issuers = c->has_entry_issuers || e.issuer.len > 0;
		c->plain = c->plain && e.serial.len > 0;
	} while (zy_reader_left(&r) > 0); /* an empty list is left out (RFC 5280 5.1.2.6) */
	return true;
}

/* version is absent in version 1, nextUpdate may be (RFC 5280 5.1.2.1 and 5.1.2.5 forbid what authorities still do). */
static bool read_tbs(struct zy_crl *c, struct zy_reader *tbs, struct zy_bytes *alg, struct zy_error *err)
{
	size_t at = zy_reader_offset(tbs);
	uint64_t version = 0;

	if (zy_der_next_is(tbs, ZY_DER_INTEGER) && !zy_der_small(tbs, "version", 1, &version, err))
		return false;
	if (zy_reader_offset(tbs) != at && version != 1)
		return zy_fail(err, ZY_E_CRL, "version", at, "only versions 1 and 2 are known");
	c->has_next = true;
	if (!zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "signature", alg, err) ||
	    !zy_der_take_whole(tbs, ZY_DER_SEQUENCE, "issuer", &c->issuer, err) ||
	    !take_date(tbs, "thisUpdate", &c->this_update, err))
		return false;
	c->has_next = zy_der_next_is(tbs, ZY_DER_UTCTIME) || zy_der_next_is(tbs, ZY_DER_TIME);
	c->plain = c->plain && version == 1 && c->has_next;
	if ((c->has_next && !take_date(tbs, "nextUpdate", &c->next_update, err)) || !read_entries(c, tbs, err))
		return false;
	if (version == 0 && zy_reader_left(tbs) > 0)
		return zy_fail(err, ZY_E_CRL, "version", at, "extensions in a list of version 1");
	return read_extensions(c, tbs, err) && zy_der_end(tbs, "tbsCertList", err);
}

/* Signatures of our suites, in the form that their verifiers take. */
static void find_suite(struct zy_crl *c)
{
	struct zy_reader r = zy_reader_over(c->alg);
	struct zy_error ignored = { 0 };

	c->plain = zy_signature_alg_take(&r, "signatureAlgorithm", &c->suite, &ignored) &&
		   zy_der_rs(c->signature, c->rs, &ignored) && c->plain && c->unknown_critical.len == 0 &&
		   !c->has_entry_issuers;
}

bool zy_crl_parse(struct zy_crl *out, struct zy_bytes der, struct zy_error *err)
{
	struct zy_crl c = { .reasons = ZY_CRL_REASONS_ALL, .plain = true };
	struct zy_reader r = zy_reader_over(der), list, tbs;
	struct zy_bytes alg;

	if (der.len > ZY_CRL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "CertificateList", 0, "over %zu bytes", ZY_CRL_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "CertificateList", &list, err))
		return false;
	tbs = list;
	if (!zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "tbsCertList", &c.tbs, err) ||
	    !zy_der_enter(&list, ZY_DER_SEQUENCE, "tbsCertList", &tbs, err) || !read_tbs(&c, &tbs, &alg, err) ||
	    !zy_der_take_whole(&list, ZY_DER_SEQUENCE, "signatureAlgorithm", &c.alg, err))
		return false;
	if (!zy_bytes_equal(alg, c.alg))
		return zy_fail(err, ZY_E_CRL, "signatureAlgorithm", zy_reader_offset(&list),
		    "the two algorithms differ (RFC 5280 5.1.1.2)");
	if (!zy_der_bits(&list, "signatureValue", &c.signature, err) || !zy_der_end(&list, "CertificateList", err) ||
	    !zy_der_end(&r, "CertificateList", err))
		return false;
	find_suite(&c);
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
