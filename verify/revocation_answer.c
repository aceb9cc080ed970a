/* One certificate by OCSP answers: about it, by who may say so, and in time (RFC 6960 3.2). */
#include "revocation_run.h"

#include "zy/digest.h"

#define FRESH_S 600 /* an answer without nextUpdate (RFC 6960 4.2.2.1: newer information is always to be had) */
enum { SIGNS = ZY_USAGE_DIGITAL_SIGNATURE | ZY_USAGE_NON_REPUDIATION };

/* The octets of a key as OCSP hashes it: subjectPublicKey without the octet for unused bits. */
static struct zy_bytes key_bits(const struct zy_x509 *c)
{
	struct zy_error ignored = { 0 };
	struct zy_public_key key;

	return zy_public_key_parse(c->spki, &key, &ignored) ? key.bits : ZY_BYTES("", 0);
}

static bool hash_is(enum zy_cert_id_hash h, struct zy_bytes v, struct zy_bytes want, bool *yes, struct zy_error *err)
{
	static const enum zy_md md[] = { [ZY_CERT_ID_SHA1] = ZY_MD_SHA1,
		[ZY_CERT_ID_SHA256] = ZY_MD_SHA256,
		[ZY_CERT_ID_SM3] = ZY_MD_SM3,
		[ZY_CERT_ID_SHA384] = ZY_MD_SHA384,
		[ZY_CERT_ID_SHA512] = ZY_MD_SHA512 };
	uint8_t digest[ZY_MD_MAX];
	size_t len;

	if (!zy_md_digest(md[h], v, digest, &len, err))
		return false;
	*yes = zy_bytes_equal(want, ZY_BYTES(digest, len));
	return true;
}

/* CertID (4.1.1). The issuer's name may be written in two ways, in its certificate and in those that it issued. */
static bool is_about(const struct zy_cert_id *id, const struct zy_x509 *cert, const struct zy_x509 *issuer, bool *yes,
    struct zy_error *err)
{
	bool name = false, key = false;

	*yes = false;
	if (id->hash == ZY_CERT_ID_OTHER || !zy_serial_is_equal(cert->serial, id->number))
		return true;
	if (!hash_is(id->hash, cert->issuer, id->name_hash, &name, err) ||
	    (!name && !hash_is(id->hash, issuer->subject, id->name_hash, &name, err)) ||
	    !hash_is(id->hash, key_bits(issuer), id->key_hash, &key, err))
		return false;
	*yes = name && key;
	return true;
}

/* ResponderID (4.2.1): KeyHash is SHA-1 always; of 32 octets it is taken for what it must be. It only finds the
 * certificate: the key is asked, then. */
static bool is_responder(const struct zy_ocsp_answer *a, const struct zy_x509 *c, bool *yes, struct zy_error *err)
{
	if (a->by_name.len == 0 && a->by_key.len == 20)
		return hash_is(ZY_CERT_ID_SHA1, key_bits(c), a->by_key, yes, err);
	if (a->by_name.len == 0)
		return hash_is(ZY_CERT_ID_SM3, key_bits(c), a->by_key, yes, err) &&
		       (*yes || hash_is(ZY_CERT_ID_SHA256, key_bits(c), a->by_key, yes, err));
	*yes = zy_name_is_equal(a->by_name, c->subject);
	return true;
}

/* Its own status: not asked with id-pkix-ocsp-nocheck (4.2.2.2.1), else it must be known to stand. */
static bool stands(struct zy_revocation_run *run, const struct zy_path *p, size_t i, const struct zy_x509 *c, bool *yes,
    struct zy_error *err)
{
	struct zy_path *own;
	struct zy_standing s;

	*yes = (c->has & ZY_HAS_NO_CHECK) != 0;
	if (*yes || run->depth > 0)
		return true;
	if ((own = zy_arena_alloc(run->a, sizeof(*own), err)) == NULL)
		return false;
	own->num = p->num - i;
	own->certs[0] = c;
	for (size_t j = 1; j < own->num; j++)
		own->certs[j] = p->certs[i + j];
	run->depth++;
	if (!zy_run_ask(run, own, 0, &s, err))
		return false;
	run->depth--;
	*yes = s.is == ZY_STANDS;
	return true;
}

/* 4.2.2.2: issued directly by the authority, for this use. */
static bool is_authorised(struct zy_revocation_run *run, const struct zy_path *p, size_t i, const struct zy_x509 *c,
    zy_time when, bool *yes, const char **wrong, struct zy_error *err)
{
	const struct zy_x509 *issuer = p->certs[i + 1];
	const char *why;

	*yes = false;
	*wrong = "status-responder";
	if (!zy_name_is_equal(c->issuer, issuer->subject) || c->is_authority || c->unknown_critical.len > 0 ||
	    c->fault.code != ZY_OK || !zy_x509_states_use(c, ZY_USE_OCSP) ||
	    ((c->has & ZY_HAS_KEY_USAGE) != 0 && (c->key_usage & SIGNS) == 0) || when < c->not_before ||
	    when > c->not_after || !zy_bytes_equal(c->alg_inner, c->alg_outer))
		return true;
	if (!zy_run_verify(run, issuer->spki, c->alg_outer, c->tbs, c->signature, when, &why, err))
		return false;
	if (why != NULL)
		return true;
	*wrong = "status-responder-unknown";
	return stands(run, p, i, c, yes, err);
}

/* The certificate whose key signed: the issuer's, or one from the answer or the bag; NULL in *out when there is none,
 * and *wrong says why. */
static bool find_responder(struct zy_revocation_run *run, const struct zy_ocsp_answer *a, const struct zy_path *p,
    size_t i, zy_time when, const struct zy_x509 **out, const char **wrong, struct zy_error *err)
{
	const struct zy_x509 *issuer = p->certs[i + 1];
	struct zy_x509 *own = zy_arena_array(run->a, ZY_OCSP_CERTS_MAX, sizeof(*own), err);
	struct zy_error ignored = { 0 };
	bool yes;

	*out = NULL;
	*wrong = "status-responder-missing";
	if (own == NULL || !is_responder(a, issuer, &yes, err))
		return false;
	if (yes)
		*out = issuer;
	for (size_t n = 0; n < a->num_certs + run->num_others && *out == NULL; n++) {
		const struct zy_x509 *c = n < a->num_certs ? &own[n] : &run->others[n - a->num_certs];

		if (n < a->num_certs && !zy_x509_parse(&own[n], a->certs[n], &ignored))
			continue;
		if (!is_responder(a, c, &yes, err) || (yes && !is_authorised(run, p, i, c, when, &yes, wrong, err)))
			return false;
		if (yes)
			*out = c;
	}
	return true;
}

static struct zy_standing judge_item(
    const struct zy_revocation_run *run, const struct zy_ocsp_item *item, const struct zy_x509 *cert)
{
	const zy_time until = item->has_next_update ? item->next_update : item->this_update + FRESH_S;
	struct zy_standing s = { .is = ZY_STANDS_UNKNOWN, .about = true, .as_of = item->this_update };
	const bool is_kept =
	    item->this_update <= cert->not_after || (item->has_cutoff && item->cutoff <= cert->not_after);

	s.why = item->this_update - ZY_SKEW_S > run->q->until ? "status-not-yet"
		: until < run->q->at                          ? "status-too-old"
		: item->status == ZY_OCSP_UNKNOWN             ? "status-unknown"
		: item->status == ZY_OCSP_GOOD && !is_kept    ? "status-after-end"
							      : NULL;
	if (s.why != NULL)
		return s;
	s.is = ZY_STANDS;
	s.reason = ZY_REASON_NONE;
	if (item->status == ZY_OCSP_REVOKED && (item->revoked_at <= run->q->at || item->this_update <= run->q->at)) {
		s.is = ZY_STANDS_REVOKED;
		s.revoked_at = item->revoked_at;
		s.reason = item->reason;
	}
	return s;
}

/* An answer has one signature; each of its items about the certificate counts. */
static bool ask_item(struct zy_revocation_run *run, const struct zy_ocsp_answer *a, const struct zy_ocsp_item *item,
    const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err)
{
	const zy_time when = zy_run_moment(run, item->this_update);
	struct zy_standing s = { .is = ZY_STANDS_UNKNOWN };
	const struct zy_x509 *by;

	if (!find_responder(run, a, p, i, when, &by, &s.why, err))
		return false;
	if (by != NULL)
		s.why = NULL;
	if (by != NULL && !zy_run_verify(run, by->spki, a->alg, a->tbs, a->signature, when, &s.why, err))
		return false;
	if (s.why == NULL && run->q->nonce.len > 0 && (!a->has_nonce || !zy_bytes_equal(a->nonce, run->q->nonce)))
		s.why = "status-nonce";
	if (s.why == NULL)
		s = judge_item(run, item, p->certs[i]);
	zy_standing_learn(out, &s);
	return true;
}

static bool ask_answer(struct zy_revocation_run *run, const struct zy_ocsp_answer *a, const struct zy_path *p, size_t i,
    struct zy_standing *out, struct zy_error *err)
{
	struct zy_standing s = { .is = ZY_STANDS_UNKNOWN, .why = "status-not-covered" };
	bool about, any = false;

	for (size_t n = 0; n < a->num; n++) {
		if (!is_about(&a->items[n].id, p->certs[i], p->certs[i + 1], &about, err))
			return false;
		if (about && !ask_item(run, a, &a->items[n], p, i, out, err))
			return false;
		any = any || about;
	}
	if (a->status != ZY_OCSP_SUCCESSFUL)
		s.why = "status-refused";
	if (!any)
		zy_standing_learn(out, &s);
	return true;
}

bool zy_run_ask_answers(
    struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err)
{
	const struct zy_standing unreadable = { .is = ZY_STANDS_UNKNOWN, .why = "status-unreadable" };

	for (size_t n = 0; n < run->num_answers; n++) {
		struct zy_known_answer *k = &run->answers[n];

		if (!k->readable)
			zy_standing_learn(out, &unreadable);
		else if (!ask_answer(run, &k->a, p, i, out, err))
			return false;
	}
	return true;
}
