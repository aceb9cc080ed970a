/* Time-stamp tokens: RFC 3161 2.4.2 and 4, RFC 5816, RFC 5652 5.6. */
#include "cms.h"
#include "kept.h"

#include "zy/der.h"
#include "zy/sm2.h"
#include "zy/tsp.h"

struct stamp_case {
	struct zy_case *c;
	struct zy_tst t;
	struct zy_bytes content[2]; /* what the token shall be about, in two parts */
	const char *place; /* of a token inside a signature: the field of every finding; NULL: the token's own */
};

static const char *at(const struct stamp_case *s, const char *field)
{
	return s->place == NULL ? field : s->place;
}

static bool judge_imprint(struct stamp_case *s, struct zy_error *err)
{
	const struct zy_tsp_imprint *i = &s->t.info.imprint;
	uint8_t digest[ZY_TSP_DIGEST_MAX];

	if (i->hash == ZY_TSP_HASH_OTHER) {
		zy_report_add(s->c->r, "signature-algorithm", at(s, "messageImprint.hashAlgorithm"), ZY_NOWHERE, NULL);
		return true;
	}
	if (!zy_tsp_digest_parts(i->hash, s->content, digest, err))
		return false;
	if (!zy_bytes_equal(i->digest, ZY_BYTES(digest, zy_tsp_hash_len(i->hash))))
		zy_report_add(s->c->r, "timestamp-imprint", at(s, "messageImprint"), ZY_NOWHERE, NULL);
	return true;
}

/* The attributes must be of this TSTInfo (RFC 5652 5.6). */
static bool judge_content(struct stamp_case *s, struct zy_error *err)
{
	const struct zy_cms *cms = &s->t.cms;
	const enum zy_md md = zy_md_of_oid(cms->digest_alg);
	uint8_t digest[ZY_MD_MAX];
	size_t len;

	if (s->t.info.has_critical_extension)
		zy_report_add(s->c->r, "timestamp-extension", at(s, "TSTInfo.extensions"), ZY_NOWHERE, NULL);
	if (md == ZY_MD_NONE)
		return true;
	if (!zy_md_digest(md, s->t.content, digest, &len, err))
		return false;
	if (!zy_bytes_equal(cms->attrs.message_digest, ZY_BYTES(digest, len)))
		zy_report_add(s->c->r, "timestamp-content", at(s, "signedAttrs.message-digest"), ZY_NOWHERE, NULL);
	return true;
}

/* The certificate that sid names; NULL when it did not come along. */
static bool find_signer(struct stamp_case *s, const struct zy_bytes **cert, bool *bound, struct zy_error *err)
{
	const struct zy_cms *cms = &s->t.cms;
	bool named, tied, differs;

	*cert = NULL;
	*bound = false;
	for (size_t i = 0; i < cms->num_certs; i++) {
		struct zy_error why = { 0 };

		if (!zy_cms_names(cms, cms->certs[i], &named, &tied, &why)) {
			if (why.code == ZY_E_CRYPTO)
				return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
			continue; /* unreadable: the chain's judgement of what came along says so */
		}
		if (!named || *bound)
			continue;
		if (!tied && !cms_attrs_bind(&cms->attrs, cms->certs[i], &tied, &differs, err))
			return false;
		*cert = &cms->certs[i];
		*bound = tied;
	}
	return true;
}

/* The value by any other key than those of the two suites. *good: it was verified, and *facts has what of the
 * certificate is asked of it. */
static bool judge_other_value(
    struct stamp_case *s, struct zy_bytes cert, struct zy_cert_facts *facts, bool *good, struct zy_error *err)
{
	const struct zy_cms *cms = &s->t.cms;
	const enum zy_md md = zy_md_of_oid(cms->digest_alg);
	struct zy_value v = { .alg = cms_signature_alg(cms->signature_identifier, md),
		.id = zy_sm2_id,
		.message = cms->signed_attrs,
		.signature = cms->signature };
	struct zy_error why = { 0 };
	const char *otherwise;
	struct zy_x509 x;
	zy_time existed;

	*good = false;
	if (!zy_x509_parse(&x, cert, &why) || !zy_public_key_parse(x.spki, &v.key, &why)) {
		zy_report_add(
		    s->c->r, "certificate-unreadable", at(s, "SignedData.certificates"), ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	existed = zy_case_existed(s->c, s->c->proven == 0 ? ZY_TIME_NEVER : s->c->proven);
	if (v.alg.kind == ZY_KEY_OTHER || v.alg.md != md || v.key.kind == ZY_KEY_OTHER ||
	    existed > zy_sig_alg_until(&v.alg) || existed > zy_public_key_until(&v.key)) {
		zy_report_add(s->c->r, "signature-algorithm", at(s, "SignerInfo.signatureAlgorithm"), ZY_NOWHERE, NULL);
		return true;
	}
	if (!zy_value_verify(s->c->keys, &v, good, &why))
		return zy_fail(err, why.code, why.field == NULL ? "" : why.field, why.offset, "%s", why.msg);
	if (!*good && (otherwise = zy_value_otherwise(s->c->keys, &v, false)) != NULL)
		zy_report_add(
		    s->c->r, "signature-unsupported", at(s, "SignerInfo.signature"), ZY_NOWHERE, "%s", otherwise);
	else if (!*good)
		zy_report_add(s->c->r, "signature-value", at(s, "SignerInfo.signature"), ZY_NOWHERE, NULL);
	*facts = (struct zy_cert_facts){ .not_before = x.not_before, .not_after = x.not_after };
	facts->subject = cms_subject(s->c, &x, &facts->common_name);
	return true;
}

/* No certificate is the one that is named: the name was changed when the key of another verifies the value, else the
 * signer's is only missing. */
static bool is_misnamed(const struct stamp_case *s, bool *yes, struct zy_error *err)
{
	const struct zy_cms *cms = &s->t.cms;
	struct zy_value v = { .alg = cms_signature_alg(cms->signature_identifier, zy_md_of_oid(cms->digest_alg)),
		.id = zy_sm2_id,
		.message = cms->signed_attrs,
		.signature = cms->signature };
	struct zy_x509 x;

	*yes = false;
	for (size_t i = 0; i < cms->num_certs && !*yes; i++) {
		struct zy_error why = { 0 };

		if (!zy_x509_parse(&x, cms->certs[i], &why) || !zy_public_key_parse(x.spki, &v.key, &why) ||
		    v.key.kind == ZY_KEY_OTHER)
			continue;
		if (!zy_value_verify(s->c->keys, &v, yes, &why) && why.code != ZY_E_KEY)
			return zy_fail(err, why.code, why.field == NULL ? "" : why.field, why.offset, "%s", why.msg);
	}
	return true;
}

static bool judge_signer(struct stamp_case *s, const char **signer, struct zy_error *err)
{
	const struct zy_cms *cms = &s->t.cms;
	const struct zy_bytes *cert;
	struct zy_cert_facts facts;
	bool bound, good;

	if (!find_signer(s, &cert, &bound, err))
		return false;
	if (cert == NULL) {
		if (!is_misnamed(s, &bound, err))
			return false;
		zy_report_add(s->c->r, bound ? "signing-certificate-differs" : "no-signing-certificate",
		    at(s, "SignedData.certificates"), ZY_NOWHERE, NULL);
		return true;
	}
	if (!bound)
		zy_report_add(
		    s->c->r, "signing-certificate-attribute", at(s, "signing-certificate-v2"), ZY_NOWHERE, NULL);
	if (cms->is_p256 || cms->is_sm2
		? !zy_case_value(s->c, *cert, cms->is_sm2 ? ZY_SUITE_GM : ZY_SUITE_INTL, cms->signed_attrs, cms->rs,
		      "signature-value", at(s, "SignerInfo.signature"), &good, err) ||
		      !zy_case_facts(s->c, *cert, at(s, "SignedData.certificates"), &facts, &good, err)
		: !judge_other_value(s, *cert, &facts, &good, err))
		return false;
	if (!good)
		return true;
	*signer = facts.subject;
	zy_case_signing_time(s->c, s->t.info.gen_time.seconds, &facts, at(s, "TSTInfo.genTime"));
	if (s->c->trust == NULL)
		return true;
	return zy_kept_judge(s->c,
	    &(struct zy_kept_question){ .purposes = ZY_PURPOSE_TIMESTAMP,
		.leaf = *cert,
		.extra = cms->certs,
		.num_extra = cms->num_certs,
		.proven = s->c->proven == 0 ? ZY_TIME_NEVER : s->c->proven,
		.claimed = s->t.info.gen_time.seconds,
		.field = at(s, "SignedData.certificates") },
	    err);
}

/* The token's parts one by one; *read: it could be taken apart. */
static bool judge_token(
    struct stamp_case *s, struct zy_bytes token, bool *read, const char **signer, struct zy_error *err)
{
	struct zy_error why = { 0 };

	*read = zy_tst_parse(&s->t, token, s->c->work, &why);
	if (!*read) {
		if (why.code == ZY_E_NO_MEMORY)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		zy_report_add(s->c->r, "timestamp-unreadable", at(s, "TimeStampToken"), ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	if (!judge_imprint(s, err) || !judge_content(s, err))
		return false;
	return judge_signer(s, signer, err);
}

static bool judge_alone(struct stamp_case *s, struct zy_bytes token, struct zy_error *err)
{
	struct zy_finding *const *mark = s->c->r->last;
	struct zy_report_signature *out = zy_case_signature(s->c, "timestamp");
	bool read;

	if (!judge_token(s, token, &read, &out->signer, err))
		return false;
	if (read) {
		out->covers = "whole";
		out->signing_time = s->t.info.gen_time.seconds;
		out->time_source = "token";
	}
	out->indication = zy_report_since(s->c->r, mark, &out->sub_indication);
	return true;
}

/* A token proves a time only when nothing about it is wrong or unknown, and somebody vouches for its authority. */
bool zy_case_stamp(struct zy_case *c, struct zy_bytes token, struct zy_bytes content, const char *field,
    zy_time *proven, struct zy_error *err)
{
	struct stamp_case s = { .c = c, .content = { content }, .place = field };
	struct zy_finding *const *mark = c->r->last;
	const char *signer, *sub;
	bool read;

	*proven = ZY_TIME_NEVER;
	if (token.len == 0)
		return true;
	if (!judge_token(&s, token, &read, &signer, err))
		return false;
	if (read && c->trust != NULL && zy_report_since(c->r, mark, &sub) == ZY_TOTAL_PASSED)
		*proven = s.t.info.gen_time.seconds;
	return true;
}

bool zy_case_own_stamp(struct zy_case *c, struct zy_bytes token, const struct zy_bytes parts[2], const char *place,
    struct zy_report_signature *out, zy_time *claimed, struct zy_error *err)
{
	struct stamp_case s = { .c = c, .content = { parts[0], parts[1] }, .place = place };
	bool read;

	*claimed = ZY_TIME_NEVER;
	if (!judge_token(&s, token, &read, &out->signer, err))
		return false;
	if (!read)
		return true;
	*claimed = out->signing_time = s.t.info.gen_time.seconds;
	out->time_source = "token";
	return true;
}

/* A response is told from a token by its first member: PKIStatusInfo is a SEQUENCE, contentType an OID. */
bool zy_judge_timestamp(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, struct zy_bytes content,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	struct zy_reader reader = zy_reader_over(in), seq;
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct stamp_case s = { .c = &c, .content = { content } };
	struct zy_tsp_response response = { .token = in };

	r->format = "timestamp";
	if (!zy_signed_data_is(in) &&
	    (!zy_der_enter(&reader, ZY_DER_SEQUENCE, "timestamp", &seq, err) ||
		(zy_der_next_is(&seq, ZY_DER_SEQUENCE) && !zy_tsp_response_parse(&response, in, err))))
		return false;
	zy_case_trust(&c);
	if (response.token.len == 0) {
		zy_report_add(r, "timestamp-refused", "PKIStatusInfo.status", ZY_NOWHERE, "status %u", response.status);
		return true;
	}
	return judge_alone(&s, response.token, err) || zy_case_keep_error(&c, err);
}
