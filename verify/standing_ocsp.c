/* Acceptance of an OCSP answer (RFC 6960 3.2): about this certificate, by who may say so, and in time. */
#include "standing.h"

#define FRESH_S 600 /* an answer without nextUpdate */
enum { DIGITAL_SIGNATURE = 0x80 };

static bool hash_of(
    enum zy_cert_id_hash h, struct zy_bytes v, uint8_t out[ZY_HASH_LEN], size_t *len, struct zy_error *err)
{
	*len = h == ZY_CERT_ID_SHA1 ? 20 : ZY_HASH_LEN;
	if (h == ZY_CERT_ID_SHA1)
		return zy_digest_sha1(v, out, err);
	return zy_digest(h == ZY_CERT_ID_SM3 ? ZY_HASH_SM3 : ZY_HASH_SHA256, v, out, err);
}

/* issuerNameHash over the Name, issuerKeyHash over the key's BIT STRING without its unused-bits octet. */
static bool is_about(const struct zy_cert_id *id, const struct zy_standing_cert *issuer,
    const struct zy_standing_cert *cert, bool *yes, struct zy_error *err)
{
	uint8_t name[ZY_HASH_LEN], key[ZY_HASH_LEN];
	size_t len;

	*yes = false;
	if (!hash_of(id->hash, issuer->subject, name, &len, err) ||
	    !hash_of(id->hash, issuer->parts.point, key, &len, err))
		return false;
	*yes = zy_bytes_equal(id->name_hash, ZY_BYTES(name, len)) && zy_bytes_equal(id->key_hash, ZY_BYTES(key, len)) &&
	       zy_bytes_equal(id->serial, cert->serial);
	return true;
}

static bool is_responder(
    const struct zy_ocsp_answer *a, const struct zy_standing_cert *c, bool *yes, struct zy_error *err)
{
	uint8_t key[20];

	if (!zy_digest_sha1(c->parts.point, key, err))
		return false;
	*yes = a->by_name.len > 0 ? zy_bytes_equal(a->by_name, c->subject)
				  : zy_bytes_equal(a->by_key, ZY_BYTES(key, sizeof(key)));
	return true;
}

/* RFC 6960 4.2.2.2: issued directly by the authority, for this use. Without nocheck its own standing would be asked
 * for, and offline nobody can answer. */
static bool is_authorised(struct zy_keys *k, const struct zy_standing_cert *c, const struct zy_standing_cert *issuer,
    zy_time at, bool *yes, struct zy_error *err)
{
	*yes = false;
	if (!zy_bytes_equal(c->issuer, issuer->subject) || c->signed_with != issuer->parts.suite || c->is_authority ||
	    c->unknown_critical || !c->ocsp_signing || !c->ocsp_no_check || (c->key_usage & DIGITAL_SIGNATURE) == 0 ||
	    at < c->parts.not_before || at > c->parts.not_after)
		return true;
	return zy_signature_verify_point(k, issuer->parts.point, c->signed_with, c->tbs, c->rs, yes, err);
}

/* The key that signed, or NULL in *point: the issuer's own, or that of a certificate in the answer. */
static bool find_responder(struct zy_keys *k, const struct zy_ocsp_answer *a, const struct zy_standing_cert *issuer,
    zy_time at, struct zy_bytes *point, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_standing_cert c;
	bool yes;

	*point = (struct zy_bytes){ 0 };
	if (!is_responder(a, issuer, &yes, err))
		return false;
	if (yes)
		*point = a->suite == issuer->parts.suite ? issuer->parts.point : *point;
	for (size_t i = 0; i < a->num_certs && point->len == 0; i++) {
		if (!zy_standing_cert_read(a->certs[i], &c, &ignored) || c.parts.suite != a->suite)
			continue;
		if (!is_responder(a, &c, &yes, err) || (yes && !is_authorised(k, &c, issuer, at, &yes, err)))
			return false;
		if (yes)
			*point = c.parts.point;
	}
	return true;
}

static bool judge_item(const struct zy_ocsp_item *item, zy_time at, struct zy_standing *out)
{
	zy_time until = item->has_next_update ? item->next_update : item->this_update + FRESH_S;

	if (at < item->this_update - ZY_SKEW_S)
		return zy_standing_unknown(out, "status-not-yet");
	if (at > until)
		return zy_standing_unknown(out, "status-too-old");
	if (item->status == ZY_OCSP_UNKNOWN)
		return zy_standing_unknown(out, "status-unknown");
	*out = (struct zy_standing){ .is = item->status == ZY_OCSP_GOOD ? ZY_STANDS : ZY_STANDS_REVOKED,
		.as_of = item->this_update,
		.revoked_at = item->revoked_at,
		.reason = item->reason };
	return true;
}

static bool judge_answer(struct zy_keys *k, const struct zy_ocsp_answer *a, const struct zy_standing_cert *issuer,
    const struct zy_standing_cert *leaf, struct zy_bytes nonce, zy_time at, struct zy_standing *out,
    struct zy_error *err)
{
	struct zy_bytes point;
	bool good, about;

	if (a->status != ZY_OCSP_SUCCESSFUL)
		return zy_standing_unknown(out, "status-refused");
	if (!zy_bytes_equal(leaf->issuer, issuer->subject))
		return zy_standing_unknown(out, "status-issuer");
	if (!find_responder(k, a, issuer, at, &point, err))
		return false;
	if (point.len == 0)
		return zy_standing_unknown(out, "status-responder");
	if (!zy_signature_verify_point(k, point, a->suite, a->tbs, a->rs, &good, err))
		return false;
	if (!good)
		return zy_standing_unknown(out, "status-signature");
	if (nonce.len > 0 && (!a->has_nonce || !zy_bytes_equal(a->nonce, nonce)))
		return zy_standing_unknown(out, "status-nonce");
	for (size_t i = 0; i < a->num; i++) {
		if (!is_about(&a->items[i].id, issuer, leaf, &about, err))
			return false;
		if (about)
			return judge_item(&a->items[i], at, out);
	}
	return zy_standing_unknown(out, "status-not-covered");
}

bool zy_standing_by_ocsp(struct zy_keys *k, struct zy_bytes answer, struct zy_bytes issuer, struct zy_bytes cert,
    struct zy_bytes nonce, zy_time at, struct zy_standing *out, struct zy_error *err)
{
	struct zy_standing_cert by, leaf;
	struct zy_ocsp_answer a;

	return zy_ocsp_answer_parse(&a, answer, err) && zy_standing_cert_read(issuer, &by, err) &&
	       zy_standing_leaf_read(cert, &leaf, err) && judge_answer(k, &a, &by, &leaf, nonce, at, out, err);
}
