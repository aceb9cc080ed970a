/* Signed data under judgement: what cms.c and the files beside it share. */
#ifndef ZY_VERIFY_CMS_H
#define ZY_VERIFY_CMS_H

#include "content.h"
#include "internal.h"
#include "kept.h"
#include "zy/ats.h"
#include "zy/signed_data.h"
#include "zy/x509.h"

struct cms_item {
	struct zy_ats_item item;
	zy_time since; /* proven by an archive time-stamp; ZY_TIME_NEVER */
	bool named;    /* in some index */
};
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
	size_t num_archives;
	struct cms_archive *archives; /* NULL: none */
	bool more_archives;           /* than are judged */
	size_t num_items;             /* what they may name; none without them */
	struct cms_item *items;
	struct zy_report_signature *row; /* in the report; NULL: no room in it */
};

struct cms_case {
	struct zy_case *c;
	struct zy_signed_data *d;
	struct cms_signer *signers;
	struct zy_hashes *hashes;
	bool has_content;
	bool inside;       /* of a document, whose every byte counts: what cannot be read in it was spoilt */
	unsigned purposes; /* enum zy_purpose: what anchors must be for */
	zy_time stamped;   /* by what is around the signed data, as a PDF; ZY_TIME_NEVER */
	zy_time claimed;   /* likewise, where there is no signing-time; ZY_TIME_NEVER */
};

#define CMS_VALUES_MAX 64
struct cms_kept {
	size_t num;
	struct zy_kept_value values[CMS_VALUES_MAX];
	const uint8_t *at[CMS_VALUES_MAX]; /* an octet of the input where it stands; NULL: in the document around */
};
struct cms_values {
	size_t num_certs;
	struct zy_bytes certs[CMS_VALUES_MAX];
	struct cms_kept crls, answers;
	struct zy_kept kept; /* views of the above: not to be copied */
};
/* What came along for one signer, in the signed data, its unsigned attributes, its time-stamps, and what is kept around
 * it. Errors: no-memory. */
ZY_MUST_CHECK bool cms_values_gather(
    struct cms_case *p, const struct zy_signer *s, struct cms_values *v, struct zy_error *err);
/* What stands in that part of the input was there at that time. */
void cms_values_prove(struct cms_values *v, struct zy_bytes place, zy_time at);

/* The archive time-stamps of a signer, found before the content is read. */
#define CMS_ARCHIVES_MAX 16
struct cms_archive {
	struct zy_bytes token; /* the attribute's value, whole */
	bool read;             /* it could be taken apart */
	zy_time gen_time;      /* of what was read */
	enum zy_tsp_hash hash; /* of its imprint */
	struct zy_ats_index index;
	struct zy_error why; /* what is wrong with the index; ZY_OK: nothing */
	bool has_digest;     /* of the content, by that hash */
	size_t digest;       /* index in hashes */
	zy_time since;       /* proven by other archive time-stamps; ZY_TIME_NEVER */
};
/* Errors: too-large, crypto, no-memory. */
ZY_MUST_CHECK bool cms_archives_prepare(struct cms_case *p, struct cms_signer *g, struct zy_error *err);
/* Each is a signature of its own in the report. The newest is judged now, each older one at the time that newer ones
 * prove for it; what they prove is noted in v, and in *proven the time of the signature itself (ZY_TIME_NEVER: none).
 * Findings: those of time-stamps, archive-index, archive-index-differs, archive-not-covered, archive-stamp-not-judged.
 * Errors: crypto, no-memory. */
ZY_MUST_CHECK bool cms_archives_judge(
    struct cms_case *p, const struct cms_signer *g, struct cms_values *v, zy_time *proven, struct zy_error *err);
/* When an unsigned attribute's value is proven to have been there; ZY_TIME_NEVER. */
zy_time cms_archives_since(const struct cms_signer *g, struct zy_bytes value);

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
/* Adds the signer to the report: signers come first in it, then their archive time-stamps. */
void cms_signer_list(struct cms_case *p, struct cms_signer *g);
/* The counter signatures of a signer, each added to the report and judged; depth 0. Finding:
 * counter-signature-not-judged. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool cms_counters_judge(
    struct cms_case *p, const struct zy_signer *s, unsigned depth, struct zy_error *err);
/* Judges a signer that was listed. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool cms_signer_judge(struct cms_case *p, const struct cms_signer *g, struct zy_error *err);

#endif
