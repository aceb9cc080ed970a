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

/* The certificate that SigningCertificate(V2) names by its digest; *bound: one is named in a way that is known here. */
static bool find_bound(struct zy_xml_case *x, const struct zy_bytes **out, bool *bound, struct zy_error *err)
{
	enum zy_md md = ZY_MD_NONE;
	uint8_t digest[ZY_MD_MAX];
	size_t len;

	if (x->properties.digest_method != NULL)
		md = strcmp(x->properties.digest_method, ZY_XML_SHA1) == 0
			 ? ZY_MD_SHA1
			 : zy_xml_md(zy_xml_digest(x->properties.digest_method));
	*bound = md != ZY_MD_NONE;
	for (size_t i = 0; *bound && i < x->s.num_certs && *out == NULL; i++) {
		if (!zy_md_digest(md, x->s.certs[i], digest, &len, err))
			return false;
		if (zy_bytes_equal(x->properties.digest, ZY_BYTES(digest, len)))
			*out = &x->s.certs[i];
	}
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

/* Of several certificates that nothing binds, the signer's is the one whose key verifies; the first when none does. */
static bool find_verifying(struct zy_xml_case *x, const struct zy_bytes **out, struct zy_error *err)
{
	for (size_t i = 0; i < x->s.num_certs; i++) {
		struct zy_error why = { 0 };
		struct zy_value v;
		struct zy_x509 cert;
		bool good;

		if (!zy_x509_parse(&cert, x->s.certs[i], &why))
			continue;
		why = (struct zy_error){ 0 };
		if (!try_value(x, &cert, &v, &good, &why, err))
			return false;
		if (good) {
			*out = &x->s.certs[i];
			return true;
		}
	}
	*out = &x->s.certs[0];
	return true;
}

static bool find_certificate(struct zy_xml_case *x, const struct zy_bytes **out, struct zy_error *err)
{
	const char *field = "SignedProperties.SigningCertificateV2";
	bool bound;

	*out = NULL;
	if (x->s.num_certs == 0) {
		zy_report_add(x->c->r, "no-signing-certificate", "KeyInfo.X509Data", ZY_NOWHERE, NULL);
		return true;
	}
	if (!find_bound(x, out, &bound, err))
		return false;
	if (!bound) {
		zy_report_add(x->c->r, "certificate-not-bound", field, ZY_NOWHERE, NULL);
		return find_verifying(x, out, err);
	}
	if (*out == NULL)
		zy_report_add(x->c->r, "signing-certificate-differs", field, ZY_NOWHERE, NULL);
	return true;
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

static bool judge_stamp(struct zy_xml_case *x, zy_time *proven, struct zy_error *err)
{
	const char *field = "SignatureTimeStamp", *named = x->s.stamp_canonicalization;
	struct zy_xml_form form = { ZY_XML_FORM_1_0, false };
	struct zy_bytes content;

	*proven = ZY_TIME_NEVER;
	if (x->s.num_time_stamps == 0)
		return true;
	if (x->s.num_time_stamps > 1)
		zy_report_add(x->c->r, "timestamp-unreadable", field, ZY_NOWHERE, "there are several");
	/* without a name it is Canonical XML 1.0 (XMLDSIG 1.1, 4.4.3.2) */
	if (named != NULL && !zy_xml_form_named(named, &form)) {
		zy_report_add(
		    x->c->r, "xml-canonicalization", field, ZY_NOWHERE, "%s", zy_case_text(x->c, zy_str(named)));
		return true;
	}
	return zy_xml_case_canonical(
		   x, form, zy_xml_element_only(x->e, ZY_XML_DS, "SignatureValue"), NULL, &content, err) &&
	       zy_case_stamp(x->c, x->s.time_stamp, content, field, proven, err);
}

static bool judge_time(struct zy_xml_case *x, const struct zy_cert_facts *signer, zy_time *proven, struct zy_error *err)
{
	const char *field = "SignedProperties.SigningTime";

	if (!judge_stamp(x, proven, err))
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
