#include "root_message.h"

#include "zy/crl.h"
#include "zy/spki.h"
#include "zy/x509.h"

#define SLACK_S 900 /* between two clocks, and what notBefore is back-dated by */
#define DAY_S ((zy_time)86400)
#define LIST_S (400 * DAY_S) /* ceremonies come every year */
#define ID_LEN 20
#define LIFE_S (30 * 366 * DAY_S)

static bool refuse(struct zy_error *err, const char *field, const char *why)
{
	return zy_fail(err, ZY_E_CEREMONY, field, ZY_NOWHERE, "a root key does not sign this: %s", why);
}

/* Certificate and CertificateList have one shape around what is signed: with any signature they are read whole. */
static bool wrap(enum zy_suite suite, struct zy_bytes tbs, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_crl shape = { .suite = suite };
	ZY_BUF_AUTO tail = { 0 };
	uint8_t rs[64];

	memset(rs, 1, sizeof(rs));
	if (!zy_crl_signed_around(&shape, tbs.len, rs, out, &tail, err))
		return false;
	zy_buf_put(out, tbs);
	zy_buf_put(out, zy_buf_bytes(&tail));
	return zy_buf_done(out, "tbs", err);
}

/* RFC 5280 4.2.1.2 (1), or RFC 7093 2 (1), which our authorities use. */
static bool is_own_id(const struct zy_root *r, struct zy_bytes id)
{
	const struct zy_bytes point = ZY_BYTES(r->point, 65);
	struct zy_error ignored = { 0 };
	uint8_t sha1[ID_LEN], sha256[ZY_HASH_LEN];

	return zy_digest_sha1(point, sha1, &ignored) && zy_digest(ZY_HASH_SHA256, point, sha256, &ignored) &&
	       (zy_bytes_equal(id, ZY_BYTES(sha1, ID_LEN)) || zy_bytes_equal(id, ZY_BYTES(sha256, ID_LEN)));
}

static bool is_now(const struct zy_root *r, zy_time t)
{
	return t >= r->now - SLACK_S && t <= r->now + SLACK_S;
}

/* ---- certificates ---- */

static bool check_authority(const struct zy_x509 *c, struct zy_error *err)
{
	const unsigned both = ZY_HAS_BASIC_CONSTRAINTS | ZY_HAS_KEY_USAGE;
	const unsigned lists = ZY_USAGE_CERT_SIGN | ZY_USAGE_CRL_SIGN;

	if ((c->has & both) != both || (c->critical & both) != both || !c->is_authority)
		return refuse(err, "basicConstraints", "it is no certificate of an authority");
	if ((c->key_usage & ZY_USAGE_CERT_SIGN) == 0 || (c->key_usage & ~lists) != 0 ||
	    (c->has & ZY_HAS_EXTENDED_USAGE) != 0)
		return refuse(
		    err, "keyUsage", "an authority below a root signs certificates and lists, and nothing else");
	return true;
}

static bool is_neighbour(const struct zy_root *r, struct zy_bytes key)
{
	for (size_t i = 0; i < 2; i++)
		if (r->neighbours[i] != NULL && zy_bytes_equal(key, ZY_BYTES(r->neighbours[i], 65)))
			return true;
	return false;
}

/* A link between two generations of a root bears the root's name and the other's key (RFC 4210 4.4). */
static bool is_link(const struct zy_root *r, const struct zy_x509 *c)
{
	struct zy_reader spki = zy_reader_over(c->spki);
	struct zy_spki key;

	return zy_spki_parse(&spki, &key, &(struct zy_error){ 0 }) && key.kind != ZY_SPKI_RSA &&
	       zy_x509_is_self_issued(c) && is_neighbour(r, zy_spki_key(&key));
}

/* Its own certificate has its own key and name, a link its name alone; any other has neither. */
static bool check_keys(const struct zy_root *r, const struct zy_x509 *c, struct zy_error *err)
{
	struct zy_reader spki = zy_reader_over(c->spki);
	struct zy_spki key;
	bool own;

	if (!zy_spki_parse(&spki, &key, &(struct zy_error){ 0 }) || key.kind == ZY_SPKI_RSA ||
	    zy_spki_suite(&key) != r->suite)
		return refuse(err, "subjectPublicKeyInfo", "its key is of no kind that authorities have here");
	own = zy_bytes_equal(zy_spki_key(&key), ZY_BYTES(r->point, 65));
	if ((own || is_neighbour(r, zy_spki_key(&key))) != zy_x509_is_self_issued(c))
		return refuse(err, "issuer", "a root, and only a root, is issued by its own name and key");
	/* RFC 5280 4.2.1.1: a certificate that its own key signs may leave it out */
	if (c->subject_key_id.len != ID_LEN ||
	    (!is_own_id(r, c->authority_key_id) && !(own && (c->has & ZY_HAS_AUTHORITY_KEY_ID) == 0)))
		return refuse(err, "authorityKeyIdentifier", "it does not name this root's key");
	return true;
}

static bool check_certificate(const struct zy_root *r, const struct zy_x509 *c, struct zy_error *err)
{
	if (c->fault.code != ZY_OK || c->version != 3 || c->unknown_critical.len > 0 ||
	    !zy_bytes_equal(c->alg_inner, c->alg_outer))
		return refuse(err, "tbsCertificate",
		    "it is not of version 3 in this root's algorithm with extensions that are known and well-formed");
	if (!(is_now(r, c->not_before) || (is_link(r, c) && c->not_before < r->now)) || c->not_after <= c->not_before ||
	    c->not_after > r->now + LIFE_S)
		return refuse(err, "validity", "it does not begin now, or does not end within thirty years");
	return check_authority(c, err) && check_keys(r, c, err);
}

bool zy_root_certificate_check(const struct zy_root *r, struct zy_bytes tbs, struct zy_error *err)
{
	ZY_BUF_AUTO whole = { 0 };
	struct zy_error why = { 0 };
	struct zy_x509 c;

	if (!wrap(r->suite, tbs, &whole, err))
		return false;
	if (!zy_x509_parse(&c, zy_buf_bytes(&whole), &why))
		return zy_fail(err, ZY_E_CEREMONY, why.field, ZY_NOWHERE,
		    "a root key signs certificates and records of ceremonies; this is none: %s", why.msg);
	return zy_bytes_equal(c.tbs, tbs) ? check_certificate(r, &c, err)
					  : refuse(err, "tbsCertificate", "it is more than one value");
}

bool zy_responder_certificate_is(enum zy_suite suite, struct zy_bytes tbs)
{
	static const uint8_t only[] = { 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09 }; /* OCSPSigning */
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	struct zy_x509 c;

	return wrap(suite, tbs, &whole, &ignored) && zy_x509_parse(&c, zy_buf_bytes(&whole), &ignored) &&
	       zy_bytes_equal(c.tbs, tbs) && c.fault.code == ZY_OK && c.unknown_critical.len == 0 &&
	       zy_bytes_equal(c.alg_inner, c.alg_outer) && !c.is_authority && (c.has & ZY_HAS_KEY_USAGE) != 0 &&
	       (c.key_usage & ZY_USAGE_DIGITAL_SIGNATURE) != 0 &&
	       (c.key_usage & ~(unsigned)(ZY_USAGE_DIGITAL_SIGNATURE | ZY_USAGE_NON_REPUDIATION)) == 0 &&
	       zy_bytes_equal(c.extended_usage, ZY_BYTES(only, sizeof(only)));
}

bool zy_root_certificate_is_own(enum zy_suite suite, struct zy_bytes tbs)
{
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	struct zy_x509 c;

	return wrap(suite, tbs, &whole, &ignored) && zy_x509_parse(&c, zy_buf_bytes(&whole), &ignored) &&
	       zy_bytes_equal(c.tbs, tbs) && zy_x509_is_self_issued(&c);
}

/* ---- lists ---- */

static bool check_entries(const struct zy_root *r, const struct zy_crl *l, struct zy_error *err)
{
	struct zy_reader entries = zy_reader_over(l->entries);
	struct zy_crl_entry e;

	while (zy_reader_left(&entries) > 0) {
		if (!zy_crl_entry_next(&entries, &e, err))
			return false;
		if (e.revoked_at > r->now + SLACK_S)
			return refuse(err, "revocationDate", "something on the list is revoked in the future");
	}
	return true;
}

static bool check_list(const struct zy_root *r, const struct zy_crl *l, struct zy_error *err)
{
	if (!l->plain || l->suite != r->suite || l->number.len == 0 || l->unknown_critical.len > 0)
		return refuse(err, "tbsCertList", "it is no numbered list of the kind and algorithm of this root");
	if (l->issuing_point.len > 0 || l->base.len > 0 || l->indirect || l->has_entry_issuers)
		return refuse(err, "issuingDistributionPoint", "a root's list is whole");
	if (!is_own_id(r, l->key_id))
		return refuse(err, "authorityKeyIdentifier", "it is not the list of this root's key");
	if (!is_now(r, l->this_update) || !l->has_next || l->next_update <= l->this_update ||
	    l->next_update > r->now + LIST_S)
		return refuse(err, "nextUpdate", "it is not of now, or is good for more than 400 days");
	return check_entries(r, l, err);
}

bool zy_root_list_check(const struct zy_root *r, struct zy_bytes tbs, struct zy_error *err)
{
	ZY_BUF_AUTO whole = { 0 };
	struct zy_error why = { 0 };
	struct zy_crl l;

	if (!wrap(r->suite, tbs, &whole, err))
		return false;
	if (!zy_crl_parse(&l, zy_buf_bytes(&whole), &why))
		return zy_fail(err, ZY_E_CEREMONY, why.field, ZY_NOWHERE,
		    "a root's signer reads the whole list (tbsCertList) before it signs; this is none: %s", why.msg);
	return zy_bytes_equal(l.tbs, tbs) ? check_list(r, &l, err)
					  : refuse(err, "tbsCertList", "it is more than one value");
}
