/* Signed data under judgement: what cms.c and the files beside it share. */
#ifndef ZY_VERIFY_CMS_H
#define ZY_VERIFY_CMS_H

#include "content.h"
#include "internal.h"
#include "zy/signed_data.h"
#include "zy/x509.h"

/* One signer: what it takes to judge it is found before the content is read. */
struct cms_signer {
	const struct zy_signer *s;
	enum zy_md md;         /* of digestAlgorithm; NONE: not known here */
	struct zy_sig_alg alg; /* kind OTHER: not known here */
	struct zy_bytes cert;  /* the signer's; empty when there is none */
	bool cert_named;       /* sid names it; false: it is only the one that may be meant */
	struct zy_x509 x;
	struct zy_public_key key; /* kind OTHER: not known here */
	bool has_digest;
	size_t digest; /* index in hashes: with signed attributes of the content, without them what is signed */
};

struct cms_case {
	struct zy_case *c;
	struct zy_signed_data *d;
	struct cms_signer *signers;
	struct zy_hashes *hashes;
	bool has_content;
	unsigned purposes; /* enum zy_purpose: what anchors must be for */
	zy_time stamped;   /* by what is around the signed data, as a PDF; ZY_TIME_NEVER */
	zy_time claimed;   /* likewise, where there is no signing-time; ZY_TIME_NEVER */
};

/* PEM becomes DER, in the arena; what is no PEM stays. Errors: base64, no-memory. */
ZY_MUST_CHECK bool zy_cms_der(struct zy_bytes *in, struct zy_arena *a, struct zy_error *err);

#define CMS_VALUES_MAX 64
struct cms_values {
	struct zy_bytes certs[CMS_VALUES_MAX], crls[CMS_VALUES_MAX], answers[CMS_VALUES_MAX];
	size_t num_certs;
	struct zy_evidence evidence; /* views of crls and answers above: not to be copied */
};
/* What came along for one signer. Errors: no-memory. */
ZY_MUST_CHECK bool cms_values_gather(
    struct cms_case *p, const struct zy_signer *s, struct cms_values *v, struct zy_error *err);

/* A content that is inside: arg is the walk of zy_signed_content_next. */
bool cms_next_inside(void *arg, struct zy_bytes *piece, struct zy_error *err);
/* Finds certificate, key and algorithms, and asks for the digests. Errors: too-large, crypto. */
ZY_MUST_CHECK bool cms_signer_prepare(struct cms_case *p, struct cms_signer *g, struct zy_error *err);
/* Does signing-certificate or -v2 speak of another certificate? *bound: one of them speaks of this one. Errors: crypto.
 */
ZY_MUST_CHECK bool cms_attrs_bind(
    const struct zy_cms_attrs *at, struct zy_bytes cert, bool *bound, bool *differs, struct zy_error *err);
/* A signatureAlgorithm, whole, beside a digestAlgorithm. kind OTHER: not known here. */
struct zy_sig_alg cms_signature_alg(struct zy_bytes whole, enum zy_md md);
/* The subject in one line, and its first common name; "" when it cannot be read. They live as long as the report. */
const char *cms_subject(struct zy_case *c, const struct zy_x509 *x, const char **common_name);
/* Judges it as *out of the report. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool cms_signer_judge_as(
    struct cms_case *p, const struct cms_signer *g, struct zy_report_signature *out, struct zy_error *err);
/* Adds the signature to the report. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool cms_signer_judge(struct cms_case *p, const struct cms_signer *g, struct zy_error *err);

#endif
