/* CRL validation (RFC 5280 6.3.3) of one complete list by the certificate's own issuer. */
#include "standing.h"

enum { CRL_SIGN = 0x02 };

/* One DistributionPoint for all reasons and by the issuer itself: does it have that name? */
static bool has_name(struct zy_reader point, struct zy_bytes name)
{
	struct zy_error ignored = { 0 };
	struct zy_reader choice, names;
	struct zy_bytes one;
	uint8_t tag;

	if (!zy_der_enter(&point, ZY_DER_CONTEXT_MADE, "distributionPoint", &choice, &ignored) ||
	    zy_reader_left(&point) > 0 || !zy_der_enter(&choice, ZY_DER_CONTEXT_MADE, "fullName", &names, &ignored))
		return false;
	while (zy_reader_left(&names) > 0) {
		if (!zy_der_any(&names, "fullName", &tag, &one, NULL, &ignored))
			return false;
		if (tag == (ZY_DER_CONTEXT | 6) && zy_bytes_equal(one, name))
			return true;
	}
	return false;
}

static bool is_point_of(struct zy_bytes name, const struct zy_standing_cert *cert)
{
	struct zy_reader points = zy_reader_over(cert->crl_points), point;
	struct zy_error ignored = { 0 };

	while (zy_reader_left(&points) > 0) {
		if (!zy_der_enter(&points, ZY_DER_SEQUENCE, "DistributionPoint", &point, &ignored))
			return false;
		if (has_name(point, name))
			return true;
	}
	return false;
}

/* RFC 5280 6.3.3 (b) (2) (i): a list that has a name must be called so by the certificate. One that names no list is
 * covered by our partitions alone. */
static bool covers(const struct zy_crl *c, const struct zy_standing_cert *cert)
{
	if (c->only != ZY_CRL_ALL && (c->only == ZY_CRL_ONLY_AUTHORITIES) != cert->is_authority)
		return false;
	if (c->point.len == 0)
		return true;
	return cert->crl_points.len > 0 ? is_point_of(c->point, cert) : zy_crl_partition_covers(c->point, cert->serial);
}

static bool is_by_issuer(
    const struct zy_crl *c, const struct zy_standing_cert *issuer, const struct zy_standing_cert *cert)
{
	return c->suite == issuer->parts.suite && zy_bytes_equal(c->issuer, issuer->subject) &&
	       zy_bytes_equal(cert->issuer, issuer->subject) &&
	       (c->key_id.len == 0 || issuer->key_id.len == 0 || zy_bytes_equal(c->key_id, issuer->key_id));
}

static bool look_up(const struct zy_crl *c, struct zy_bytes serial, struct zy_standing *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->entries);
	struct zy_crl_entry e;

	*out = (struct zy_standing){ .is = ZY_STANDS, .as_of = c->this_update, .reason = ZY_REASON_NONE };
	while (zy_reader_left(&r) > 0) {
		if (!zy_crl_entry_next(&r, &e, err))
			return false;
		if (zy_bytes_equal(e.serial, serial)) {
			out->is = ZY_STANDS_REVOKED;
			out->revoked_at = e.revoked_at;
			out->reason = e.reason;
			return true;
		}
	}
	return true;
}

bool zy_standing_by_crl(struct zy_keys *k, struct zy_bytes crl, struct zy_bytes issuer, struct zy_bytes cert,
    zy_time at, struct zy_standing *out, struct zy_error *err)
{
	struct zy_standing_cert by, leaf;
	struct zy_crl c;
	bool good;

	if (!zy_crl_parse(&c, crl, err) || !zy_standing_cert_read(issuer, &by, err) ||
	    !zy_standing_leaf_read(cert, &leaf, err))
		return false;
	if (!is_by_issuer(&c, &by, &leaf) || !by.is_authority || (by.key_usage & CRL_SIGN) == 0)
		return zy_standing_unknown(out, "status-issuer");
	if (!zy_signature_verify_point(k, by.parts.point, c.suite, c.tbs, c.rs, &good, err))
		return false;
	if (!good)
		return zy_standing_unknown(out, "status-signature");
	if (at < c.this_update - ZY_SKEW_S)
		return zy_standing_unknown(out, "status-not-yet");
	if (at > c.next_update)
		return zy_standing_unknown(out, "status-too-old");
	if (!covers(&c, &leaf))
		return zy_standing_unknown(out, "status-not-covered");
	return look_up(&c, leaf.serial, out, err);
}
