/* CRL validation (RFC 5280 6.3.3) of one complete list by the certificate's own issuer. */
#include "standing.h"

enum { CRL_SIGN = 0x02 };

static bool covers(const struct zy_crl *c, const struct zy_standing_cert *cert)
{
	if (c->only != ZY_CRL_ALL && (c->only == ZY_CRL_ONLY_AUTHORITIES) != cert->is_authority)
		return false;
	return c->point.len == 0 || zy_crl_partition_covers(c->point, cert->serial);
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
