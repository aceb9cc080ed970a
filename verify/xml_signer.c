#include "xml_case.h"

#include "zy/der.h"
#include "zy/sm2.h"
#include "zy/x509.h"

static struct zy_sig_alg algorithm(const struct zy_xml_case *x)
{
	static const enum zy_key_kind kinds[] = { [ZY_XML_SM2] = ZY_KEY_SM2,
		[ZY_XML_ECDSA] = ZY_KEY_EC,
		[ZY_XML_RSA] = ZY_KEY_RSA,
		[ZY_XML_RSA_PSS] = ZY_KEY_RSA_PSS,
		[ZY_XML_MAC] = ZY_KEY_OTHER,
		[ZY_XML_KEY_OTHER] = ZY_KEY_OTHER };
	struct zy_sig_alg a = { .salt_len = -1 };
	enum zy_xml_digest digest;

	a.kind = kinds[zy_xml_method(x->info.signature_method, &digest)];
	a.md = zy_xml_md(digest);
	/* RFC 9231 2.3.10: the salt is as long as the digest */
	if (a.kind == ZY_KEY_RSA_PSS)
		a.salt_len = a.md == ZY_MD_SHA256 ? 32 : a.md == ZY_MD_SHA384 ? 48 : 64;
	return a;
}

/* A shared secret signs for nobody: who can verify it can make it. */
static bool judge_method(struct zy_xml_case *x, const struct zy_sig_alg *a)
{
	enum zy_xml_digest ignored;

	if (a->kind != ZY_KEY_OTHER)
		return true;
	zy_report_add(x->c->r,
	    zy_xml_method(x->info.signature_method, &ignored) == ZY_XML_MAC ? "xml-mac" : "signature-algorithm",
	    "SignedInfo.SignatureMethod", ZY_NOWHERE, "%s", zy_case_text(x->c, zy_str(x->info.signature_method)));
	return false;
}

static enum zy_md md_of_bound(const char *uri)
{
	return strcmp(uri, ZY_XML_SHA1) == 0 ? ZY_MD_SHA1 : zy_xml_md(zy_xml_digest(uri));
}

/* Is it one of those that SigningCertificate(V2) names by their digests? */
static bool is_bound(struct zy_xml_case *x, struct zy_bytes cert, bool *bound, struct zy_error *err)
{
	uint8_t digest[ZY_MD_MAX];
	size_t len;

	*bound = false;
	for (size_t i = 0; !*bound && i < x->properties.num_certs; i++) {
		enum zy_md md = md_of_bound(x->properties.certs[i].digest_method);

		if (md == ZY_MD_NONE)
			continue;
		if (!zy_md_digest(md, cert, digest, &len, err))
			return false;
		*bound = zy_bytes_equal(x->properties.certs[i].digest, ZY_BYTES(digest, len));
	}
	return true;
}

/* The certificates that may be the signer's: those that are named, or all where none is named in a way that is known
 * here. */
struct candidates {
	size_t num;
	const struct zy_bytes *certs[ZY_XML_CERTS_MAX];
};

static bool names_a_certificate(const struct zy_xml_case *x)
{
	for (size_t i = 0; i < x->properties.num_certs; i++)
		if (md_of_bound(x->properties.certs[i].digest_method) != ZY_MD_NONE)
			return true;
	return false;
}

static bool find_candidates(struct zy_xml_case *x, struct candidates *out, struct zy_error *err)
{
	const char *field = "SignedProperties.SigningCertificateV2";
	const bool free = !names_a_certificate(x);
	bool bound;

	for (size_t i = 0; i < x->s.num_certs; i++) {
		if (!is_bound(x, x->s.certs[i], &bound, err))
			return false;
		if (bound || free)
			out->certs[out->num++] = &x->s.certs[i];
	}
	if (free)
		zy_report_add(x->c->r, "certificate-not-bound", field, ZY_NOWHERE, NULL);
	else if (out->num == 0)
		zy_report_add(x->c->r, "signing-certificate-differs", field, ZY_NOWHERE, NULL);
	return true;
}

/* Numbers of an elliptic curve stand side by side, each as long as the order (XMLDSIG 1.1, 6.4.3); DER is read, too,
 * as some programs write it. Of SM2 nobody says which is meant. */
static bool has_form(const struct zy_xml_case *x, const struct zy_value *v)
{
	return v->key.kind != ZY_KEY_EC || x->s.value.len == 2 * (((size_t)v->key.strength + 7) / 8);
}

/* *why: a key that is of no use; otherwise *good says whether the value verifies. */
static bool try_value(struct zy_xml_case *x, const struct zy_x509 *cert, struct zy_value *v, bool *good,
    struct zy_error *why, struct zy_error *err)
{
	*v = (struct zy_value){
		.alg = algorithm(x), .id = zy_sm2_id, .bare = true, .message = x->message, .signature = x->s.value
	};
	*good = false;
	if ((!zy_public_key_parse(cert->spki, &v->key, why) || !zy_value_verify(x->c->keys, v, good, why)) &&
	    why->code != ZY_E_KEY)
		return zy_fail(err, why->code, why->field, why->offset, "%s", why->msg);
	return true;
}

/* Of several the signer's is the one whose key verifies; the first when none does. */
static bool find_verifying(
    struct zy_xml_case *x, const struct candidates *of, const struct zy_bytes **out, struct zy_error *err)
{
	for (size_t i = 0; i < of->num; i++) {
		struct zy_error why = { 0 };
		struct zy_value v;
		struct zy_x509 cert;
		bool good;

		if (!zy_x509_parse(&cert, *of->certs[i], &why))
			continue;
		why = (struct zy_error){ 0 };
		if (!try_value(x, &cert, &v, &good, &why, err))
			return false;
		if (good) {
			*out = of->certs[i];
			return true;
		}
	}
	*out = of->certs[0];
	return true;
}

static bool find_certificate(struct zy_xml_case *x, const struct zy_bytes **out, struct zy_error *err)
{
	struct candidates of = { 0 };

	*out = NULL;
	if (x->s.num_certs == 0) {
		zy_report_add(x->c->r, "no-signing-certificate", "KeyInfo.X509Data", ZY_NOWHERE, NULL);
		return true;
	}
	return find_candidates(x, &of, err) && (of.num == 0 || find_verifying(x, &of, out, err));
}

static bool judge_value(struct zy_xml_case *x, const struct zy_x509 *cert, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_value v;
	bool good;

	if (!try_value(x, cert, &v, &good, &why, err))
		return false;
	if (why.code != ZY_OK) {
		zy_report_add(x->c->r, "signature-algorithm", "KeyInfo.X509Data", ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	if (!good)
		zy_report_add(x->c->r, "signature-value", "SignatureValue", ZY_NOWHERE, NULL);
	else if (!has_form(x, &v))
		zy_report_add(x->c->r, "signature-encoding", "SignatureValue", ZY_NOWHERE, "DER instead of r and s");
	if (x->c->at > zy_public_key_until(&v.key))
		zy_report_add(
		    x->c->r, "signature-algorithm", "KeyInfo.X509Data", ZY_NOWHERE, "a key of %u bits", v.key.strength);
	return true;
}

/* *proven is the earliest that one of them proves. */
static bool judge_stamp(struct zy_xml_case *x, size_t i, zy_time *proven, struct zy_error *err)
{
	const struct zy_xml_transform *named = &x->s.stamps[i].canonicalization;
	struct zy_xml_form form = { ZY_XML_FORM_1_0, false, NULL };
	const char *field = "SignatureTimeStamp";
	struct zy_bytes content;
	zy_time time;

	/* without a name it is Canonical XML 1.0 (XMLDSIG 1.1, 4.4.3.2) */
	if (named->uri != NULL && !zy_xml_case_form(named, &form)) {
		zy_report_add(
		    x->c->r, "xml-canonicalization", field, ZY_NOWHERE, "%s", zy_case_text(x->c, zy_str(named->uri)));
		return true;
	}
	if (!zy_xml_case_canonical(
		x, form, zy_xml_element_only(x->e, ZY_XML_DS, "SignatureValue"), NULL, &content, err) ||
	    !zy_case_stamp(x->c, x->s.stamps[i].token, content, field, &time, err))
		return false;
	*proven = time < *proven ? time : *proven;
	return true;
}

static bool judge_stamps(struct zy_xml_case *x, zy_time *proven, struct zy_error *err)
{
	*proven = ZY_TIME_NEVER;
	for (size_t i = 0; i < x->s.num_stamps; i++)
		if (!judge_stamp(x, i, proven, err))
			return false;
	return true;
}

static bool judge_time(struct zy_xml_case *x, const struct zy_cert_facts *signer, zy_time *proven, struct zy_error *err)
{
	const char *field = "SignedProperties.SigningTime";

	if (!judge_stamps(x, proven, err))
		return false;
	if (!x->properties.has_time && *proven == ZY_TIME_NEVER)
		zy_report_add(x->c->r, "no-signing-time", field, ZY_NOWHERE, NULL);
	if (x->properties.has_time) {
		x->out->signing_time = x->properties.time;
		x->out->time_source = "claimed";
		zy_case_signing_time(x->c, x->properties.time, signer, field);
		zy_case_retired(x->c, signer->common_name, x->properties.time, field);
		if (*proven != ZY_TIME_NEVER && x->properties.time > *proven + ZY_SKEW_S)
			zy_report_add(x->c->r, "timestamp-too-early", "SignatureTimeStamp", ZY_NOWHERE, NULL);
	}
	if (*proven != ZY_TIME_NEVER) {
		x->out->signing_time = *proven;
		x->out->time_source = "token";
	}
	return true;
}

/* SM2 keys that sign documents are those of seals, whose authorities are anchors of seals. What came along to verify by
 * serves several paths, those of time-stamps too: it need not lead to an anchor of this one. */
static bool judge_chain(struct zy_xml_case *x, struct zy_bytes der, zy_time proven, struct zy_error *err)
{
	const struct zy_xml_values *more = &x->s.more_certs, *crls = &x->s.crls, *answers = &x->s.answers;
	const struct zy_evidence evidence = {
		.crls = crls->der, .num_crls = crls->num, .answers = answers->der, .num_answers = answers->num
	};
	struct zy_bytes certs[ZY_XML_CERTS_MAX + ZY_XML_VALUES_MAX];
	const struct zy_chain_question q = { .purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_SEAL,
		.leaf = der,
		.extra = certs,
		.num_extra = x->s.num_certs + more->num,
		.extra_free = more->num > 0,
		.existed = zy_case_existed(x->c, proven),
		.evidence = &evidence,
		.field = "KeyInfo.X509Data" };

	memcpy(certs, x->s.certs, x->s.num_certs * sizeof(certs[0]));
	memcpy(certs + x->s.num_certs, more->der, more->num * sizeof(certs[0]));
	return zy_case_chain(x->c, &q, err);
}

static bool judge_certificate(
    struct zy_xml_case *x, struct zy_bytes der, const struct zy_x509 *cert, struct zy_error *err)
{
	struct zy_cert_facts signer = { .not_before = cert->not_before, .not_after = cert->not_after };
	struct zy_reader r = zy_reader_over(cert->subject);
	struct zy_bytes rdns;
	zy_time proven;

	if (!zy_der_take(&r, ZY_DER_SEQUENCE, "subject", &rdns, err) ||
	    !zy_name_text(rdns, &x->c->r->arena, &signer.subject, &signer.common_name, err))
		return false;
	x->out->signer = signer.subject;
	if (!judge_time(x, &signer, &proven, err))
		return false;
	return judge_chain(x, der, proven, err);
}

bool zy_xml_case_signer(struct zy_xml_case *x, struct zy_error *err)
{
	const struct zy_sig_alg a = algorithm(x);
	const struct zy_bytes *der;
	struct zy_error why = { 0 };
	struct zy_x509 cert;

	if (!judge_method(x, &a) || !x->can_verify)
		return true;
	if (!find_certificate(x, &der, err))
		return false;
	if (der == NULL)
		return true;
	if (!zy_x509_parse(&cert, *der, &why)) {
		zy_report_add(x->c->r, "certificate-unreadable", "KeyInfo.X509Data", ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	return judge_value(x, &cert, err) && judge_certificate(x, *der, &cert, err);
}
