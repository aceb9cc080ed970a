/* One SignerInfo against its content, its certificate and the time: RFC 5652 5.4 to 5.6. */
#include "cms.h"

#include "zy/der.h"
#include "zy/sm2.h"

static const char digest_field[] = "SignerInfo.digestAlgorithm";
#define STAMPS_MAX 4 /* of one signature */

static const char certs_field[] = "SignedData.certificates";
static const char stamp_field[] = "signature-time-stamp";
static const char alg_field[] = "SignerInfo.signatureAlgorithm";

static bool is_announced(const struct zy_signed_data *d, struct zy_bytes digest_alg)
{
	for (size_t i = 0; i < d->num_digest_algs; i++)
		if (zy_bytes_equal(d->digest_algs[i], digest_alg))
			return true;
	return false;
}

/* CMSAlgorithmProtection (RFC 6211 2): both identifiers again, under the signature. */
static bool is_protected(const struct zy_signer *s)
{
	struct zy_reader r = zy_reader_over(s->attrs.protection), alg = zy_reader_over(s->signature_alg);
	struct zy_error ignored = { 0 };
	struct zy_bytes digest, inner, outer;

	return s->attrs.protection.len == 0 ||
	       (zy_der_take_whole(&r, ZY_DER_SEQUENCE, "", &digest, &ignored) &&
		   zy_bytes_equal(digest, s->digest_identifier) &&
		   zy_der_take(&r, ZY_DER_CONTEXT_MADE | 1, "", &inner, &ignored) && zy_reader_left(&r) == 0 &&
		   zy_der_take(&alg, ZY_DER_SEQUENCE, "", &outer, &ignored) && zy_bytes_equal(inner, outer));
}

/* Whose digest a signature algorithm fixes: EdDSA goes with SHA-512 (RFC 8419 3.1). */
static enum zy_md expected_digest(const struct zy_sig_alg *a)
{
	return a->kind == ZY_KEY_ED25519 ? ZY_MD_SHA512 : a->md;
}

static struct zy_value value_of(const struct cms_signer *g, const struct zy_hashes *h, bool is_gbt)
{
	struct zy_value v = { .key = g->key,
		.alg = g->alg,
		.id = zy_sm2_id,
		.bare = is_gbt,
		.message = g->s->signed_attrs,
		.signature = g->s->signature };

	if (!g->s->has_attrs && g->has_digest) {
		v.hashed = true;
		v.message = zy_hashes_get(h, g->digest);
	}
	return v;
}

/* The names of the algorithms are not signed: when the attributes verify under another one, the name was changed. */
static bool judge_unknown_algorithm(struct cms_case *p, const struct cms_signer *g, struct zy_error *err)
{
	struct zy_value v = value_of(g, p->hashes, false);
	const char *field = g->alg.kind == ZY_KEY_OTHER ? alg_field : digest_field;
	struct zy_error why = { 0 };
	bool good = false;

	if (g->s->has_attrs && g->key.kind != ZY_KEY_OTHER && !zy_value_find(p->c->keys, &v, &good, &why) &&
	    why.code != ZY_E_KEY)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	good = good &&
	       g->alg.kind != ZY_KEY_ED448; /* its own digest, SHAKE256, is none that is known here (RFC 8419 3.2) */
	zy_report_add(p->c->r, good ? "signature-algorithm-differs" : "signature-algorithm", field, g->s->offset, NULL);
	return true;
}

/* *known: it can be judged further. */
static bool judge_algorithms(struct cms_case *p, const struct cms_signer *g, bool *known, struct zy_error *err)
{
	struct zy_report *r = p->c->r;

	*known = g->md != ZY_MD_NONE && g->alg.kind != ZY_KEY_OTHER;
	if (!is_announced(p->d, g->s->digest_alg))
		zy_report_add(r, "digest-not-announced", digest_field, g->s->offset, NULL);
	if (!*known)
		return judge_unknown_algorithm(p, g, err);
	if (expected_digest(&g->alg) != g->md)
		zy_report_add(r, "algorithms-disagree", alg_field, g->s->offset, "%s with %s", zy_md_name(g->md),
		    g->alg.md == ZY_MD_NONE ? "an algorithm that has its own" : zy_md_name(g->alg.md));
	if (!is_protected(g->s))
		zy_report_add(r, "algorithms-disagree", "CMSAlgorithmProtection", g->s->offset, NULL);
	return true;
}

/* Content without signed attributes that is itself a SET OF Attribute: whoever signed attributes once signed this, too
 * (RFC 5652 5.4: the two are not told apart by the signature). */
static bool is_attributes(const struct zy_hashes *h)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(h->head, h->head_len));
	struct zy_error ignored = { 0 };
	uint8_t tag, first;
	uint64_t len;

	if (!zy_take_u8(&r, "", &tag, &ignored) || tag != ZY_DER_SET || !zy_take_u8(&r, "", &first, &ignored))
		return false;
	len = first;
	if (first >= 0x80 && (first == 0x80 || first > 0x84 || !zy_take_be(&r, first & 0x7f, "", &len, &ignored)))
		return false;
	return len + zy_reader_offset(&r) == h->content_len && zy_take_u8(&r, "", &tag, &ignored) &&
	       tag == ZY_DER_SEQUENCE && zy_take_u8(&r, "", &first, &ignored) &&
	       (first < 0x81 || zy_take_be(&r, first & 7, "", &len, &ignored)) && zy_der_next_is(&r, ZY_DER_OID);
}

static void judge_content(struct cms_case *p, const struct cms_signer *g)
{
	if (!p->has_content)
		zy_report_add(p->c->r, "signed-content-missing", "eContent", ZY_NOWHERE, NULL);
	else if (!g->s->has_attrs && is_attributes(p->hashes))
		zy_report_add(p->c->r, "signed-attributes-as-content", "eContent", ZY_NOWHERE, NULL);
	else if (g->s->has_attrs && g->has_digest &&
		 !zy_bytes_equal(g->s->attrs.message_digest, zy_hashes_get(p->hashes, g->digest)))
		zy_report_add(p->c->r, "document-digest", "signedAttrs.message-digest", g->s->offset, NULL);
}

/* *asked: there was something to verify. A key that is no key is a finding. */
static bool verify_value(struct cms_case *p, const struct cms_signer *g, bool *asked, bool *good, struct zy_error *err)
{
	struct zy_value v = value_of(g, p->hashes, p->d->is_gbt35275);
	struct zy_error why = { 0 };

	*good = false;
	*asked = g->s->has_attrs || (p->has_content && g->has_digest);
	if (!*asked)
		return true;
	if (!zy_value_verify(p->c->keys, &v, good, &why)) {
		*asked = false;
		if (why.code != ZY_E_KEY)
			return zy_fail(err, why.code, why.field == NULL ? "" : why.field, why.offset, "%s", why.msg);
		zy_report_add(p->c->r, "certificate-unreadable", certs_field, ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	if (*good && g->s->signature.len == 64 && v.bare && g->key.kind == ZY_KEY_SM2)
		zy_report_add(p->c->r, "signature-encoding", "SignerInfo.signature", g->s->offset, NULL);
	return true;
}

static void tell_value(struct cms_case *p, const struct cms_signer *g)
{
	const struct zy_value v = value_of(g, p->hashes, p->d->is_gbt35275);
	const char *otherwise = zy_value_otherwise(p->c->keys, &v, !p->inside);

	if (otherwise != NULL)
		zy_report_add(p->c->r, "signature-unsupported", "SignerInfo.signature", g->s->offset, "%s", otherwise);
	else
		zy_report_add(p->c->r, "signature-value", "SignerInfo.signature", g->s->offset, NULL);
}

static bool judge_value(struct cms_case *p, const struct cms_signer *g, struct zy_error *err)
{
	struct zy_report *r = p->c->r;
	bool asked, good;

	if (g->key.kind == ZY_KEY_OTHER) {
		zy_report_add(r, "signature-algorithm", "subjectPublicKeyInfo", ZY_NOWHERE, NULL);
		return true;
	}
	if (!g->s->has_attrs && g->alg.md == ZY_MD_NONE) {
		zy_report_add(r, "signature-unsupported", alg_field, g->s->offset,
		    "an algorithm that reads its message twice, without signed attributes");
		return true;
	}
	if (!verify_value(p, g, &asked, &good, err))
		return false;
	if (!g->cert_named)
		zy_report_add(
		    r, good ? "signing-certificate-differs" : "no-signing-certificate", certs_field, ZY_NOWHERE, NULL);
	else if (asked && !good)
		tell_value(p, g);
	return true;
}

static bool judge_binding(struct cms_case *p, const struct cms_signer *g, struct zy_error *err)
{
	bool bound, differs;

	if (!cms_attrs_bind(&g->s->attrs, g->cert, &bound, &differs, err))
		return false;
	if (differs)
		zy_report_add(p->c->r, "signing-certificate-attribute",
		    g->s->attrs.has_signing_cert ? "signing-certificate-v2" : "signing-certificate", g->s->offset,
		    NULL);
	else if (!bound)
		zy_report_add(p->c->r, "certificate-not-bound", "signedAttrs", g->s->offset, NULL);
	return true;
}

static void judge_strength(struct cms_case *p, const struct cms_signer *g, zy_time existed)
{
	const struct zy_sig_alg digest = { .kind = g->alg.kind, .md = g->md };

	if (g->md == ZY_MD_NONE || g->alg.kind == ZY_KEY_OTHER)
		return; /* said before */
	if (existed > zy_sig_alg_until(&g->alg) || existed > zy_sig_alg_until(&digest))
		zy_report_add(p->c->r, "signature-algorithm", digest_field, g->s->offset, "%s is too weak by now",
		    zy_md_name(g->md));
	if (g->key.kind != ZY_KEY_OTHER && existed > zy_public_key_until(&g->key))
		zy_report_add(p->c->r, "signature-algorithm", "subjectPublicKeyInfo", ZY_NOWHERE, "a key of %u bits",
		    g->key.strength);
}

const char *cms_subject(struct zy_case *c, const struct zy_x509 *x, const char **common_name)
{
	struct zy_reader whole = zy_reader_over(x->subject);
	struct zy_error ignored = { 0 };
	struct zy_bytes rdns;
	const char *text;

	*common_name = "";
	return zy_der_take(&whole, ZY_DER_SEQUENCE, "subject", &rdns, &ignored) &&
		       zy_name_text(rdns, &c->r->arena, &text, common_name, &ignored)
		   ? text
		   : "";
}

/* Every signature-time-stamp (EN 319 122-1 5.3) is judged; the earliest good one proves. *proven NEVER: none does. */
static bool judge_stamps(struct cms_case *p, const struct cms_signer *g, zy_time *proven, struct zy_error *err)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(g->s);
	const zy_time before = p->c->proven;
	struct zy_bytes token;
	zy_time one, since;

	*proven = ZY_TIME_NEVER;
	for (size_t n = 0; zy_unsigned_next(&walk, zy_oid_time_stamp, &token); n++) {
		if (n == STAMPS_MAX) {
			zy_report_add(p->c->r, "timestamp-unreadable", stamp_field, g->s->offset,
			    "more than %d of them", STAMPS_MAX);
			break;
		}
		since = cms_archives_since(g, token);
		since = p->stamped < since ? p->stamped : since;
		p->c->proven = since == ZY_TIME_NEVER ? 0 : since;
		if (!zy_case_stamp(p->c, token, g->s->signature, stamp_field, &one, err))
			return false;
		if (one != ZY_TIME_NEVER && since != ZY_TIME_NEVER && one > since + ZY_SKEW_S)
			zy_report_add(p->c->r, "timestamp-too-early", stamp_field, g->s->offset, NULL);
		if (one != ZY_TIME_NEVER && (*proven == ZY_TIME_NEVER || one < *proven))
			*proven = one;
	}
	p->c->proven = before;
	return true;
}

/* ZY_TIME_NEVER: it claims none. */
static zy_time claimed_time(const struct cms_case *p, const struct cms_signer *g)
{
	return g->s->attrs.has_signing_time ? g->s->attrs.signing_time : p->claimed;
}

/* The claimed time, and the proven one against it. */
static void judge_time(
    struct cms_case *p, const struct cms_signer *g, zy_time proven, const char *by, struct zy_report_signature *out)
{
	const struct zy_cert_facts dates = { .not_before = g->x.not_before, .not_after = g->x.not_after };
	const char *common_name;

	out->signer = cms_subject(p->c, &g->x, &common_name);
	if (claimed_time(p, g) != ZY_TIME_NEVER) {
		out->signing_time = claimed_time(p, g);
		out->time_source = "claimed";
		zy_case_signing_time(p->c, out->signing_time, &dates, "signing-time");
		zy_case_retired(p->c, common_name, out->signing_time, "signing-time");
		if (proven != ZY_TIME_NEVER && out->signing_time > proven + ZY_SKEW_S)
			zy_report_add(p->c->r, "timestamp-too-early", by, g->s->offset, NULL);
	} else if (proven == ZY_TIME_NEVER) {
		zy_report_add(p->c->r, "no-signing-time", "signing-time", g->s->offset, NULL);
	}
	if (proven == ZY_TIME_NEVER)
		return;
	out->signing_time = proven;
	out->time_source = "token";
}

static bool der_of(const struct cms_kept *from, struct zy_bytes **out, struct zy_arena *a, struct zy_error *err)
{
	if ((*out = zy_arena_array(a, from->num + 1, sizeof(**out), err)) == NULL)
		return false;
	for (size_t i = 0; i < from->num; i++)
		(*out)[i] = from->values[i].der;
	return true;
}

/* Without a proof of when lists and answers were there they are as old as they say. */
static bool judge_plain(
    struct cms_case *p, const struct cms_signer *g, const struct cms_values *v, zy_time existed, struct zy_error *err)
{
	struct zy_evidence evidence = { .num_crls = v->crls.num, .num_answers = v->answers.num };
	const struct zy_chain_question q = { .purposes = p->purposes,
		.leaf = g->cert,
		.extra = v->certs,
		.num_extra = v->num_certs,
		.extra_free = true,
		.existed = existed,
		.evidence = &evidence,
		.field = certs_field };
	struct zy_bytes *crls, *answers;

	if (!der_of(&v->crls, &crls, p->c->work, err) || !der_of(&v->answers, &answers, p->c->work, err))
		return false;
	evidence.crls = crls;
	evidence.answers = answers;
	return zy_case_chain(p->c, &q, err);
}

static bool judge_times(struct cms_case *p, const struct cms_signer *g, struct cms_values *v,
    struct zy_report_signature *out, zy_time *proven, struct zy_error *err)
{
	const char *by;
	zy_time archived;

	if (!cms_archives_judge(p, g, v, &archived, err) || !judge_stamps(p, g, proven, err))
		return false;
	by = archived < *proven ? "archive-time-stamp-v3" : stamp_field;
	*proven = archived < *proven ? archived : *proven;
	*proven = p->stamped < *proven ? p->stamped : *proven;
	judge_strength(p, g, zy_case_existed(p->c, *proven));
	judge_time(p, g, *proven, by, out);
	return true;
}

static bool judge_trust(
    struct cms_case *p, const struct cms_signer *g, struct zy_report_signature *out, struct zy_error *err)
{
	struct cms_values *v = zy_arena_alloc(p->c->work, sizeof(*v), err);
	const struct zy_kept *around = p->c->kept;
	const bool is_kept = around != NULL || g->num_archives > 0;
	bool has_values, ok;
	zy_time proven;

	if (v == NULL || !cms_values_gather(p, g->s, v, err))
		return false;
	has_values = v->kept.num_crls + v->kept.num_answers > 0;
	if (is_kept || has_values)
		p->c->kept = &v->kept;
	ok = judge_times(p, g, v, out, &proven, err);
	if (ok && (is_kept || (has_values && proven != ZY_TIME_NEVER)))
		ok = zy_kept_judge(p->c,
		    &(struct zy_kept_question){ .purposes = p->purposes,
			.leaf = g->cert,
			.proven = proven,
			.claimed = claimed_time(p, g),
			.field = certs_field },
		    err);
	else if (ok)
		ok = judge_plain(p, g, v, zy_case_existed(p->c, proven), err);
	p->c->kept = around;
	return ok;
}

bool cms_signer_judge_as(
    struct cms_case *p, const struct cms_signer *g, struct zy_report_signature *out, struct zy_error *err)
{
	bool known;

	if (g->s->fault.code != ZY_OK) {
		/* read, and against the rules; or not read */
		zy_report_add(p->c->r,
		    g->s->fault.code == ZY_E_CMS ? "signed-attributes-form"
		    : p->inside                  ? "cms-unreadable"
						 : "signer-unreadable",
		    g->s->fault.field, g->s->fault.offset, "%s", g->s->fault.msg);
		return true;
	}
	if (g->s->version != (g->s->by_key_id ? 3 : 1))
		zy_report_add(p->c->r, "signed-data-version", "SignerInfo.version", g->s->offset, NULL);
	if (g->s->attrs.is_unordered)
		zy_report_add(p->c->r, "encoding-not-der", "signedAttrs", g->s->offset, NULL);
	if (!judge_algorithms(p, g, &known, err))
		return false;
	judge_content(p, g);
	if (g->cert.len == 0) {
		zy_report_add(p->c->r, "no-signing-certificate", certs_field, ZY_NOWHERE, NULL);
		return true;
	}
	if (known && !judge_value(p, g, err))
		return false;
	if (!g->cert_named)
		return true;
	return judge_binding(p, g, err) && judge_trust(p, g, out, err);
}

void cms_signer_list(struct cms_case *p, struct cms_signer *g)
{
	g->row = zy_case_signature(p->c, p->d->is_gbt35275 ? "gbt35275" : "cms");
	if (g->row != NULL)
		g->row->covers = "whole";
}

bool cms_signer_judge(struct cms_case *p, const struct cms_signer *g, struct zy_error *err)
{
	struct zy_finding *const *mark = p->c->r->last;

	if (g->row == NULL)
		return true;
	p->c->r->part = p->c->r->last;
	if (!cms_signer_judge_as(p, g, g->row, err))
		return false;
	g->row->indication = zy_report_since(p->c->r, mark, &g->row->sub_indication);
	return true;
}
