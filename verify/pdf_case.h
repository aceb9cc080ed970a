/* One PDF under judgement, and what its files share. */
#ifndef ZY_VERIFY_PDF_CASE_H
#define ZY_VERIFY_PDF_CASE_H

#include "kept.h"
#include "zy/pdf_dss.h"

struct pdf_case {
	struct zy_case *c;
	struct zy_pdf *d;
	struct zy_bytes in;
	zy_time *proven;        /* by each document time-stamp, in the order of d->signatures; else ZY_TIME_NEVER */
	struct zy_signed_by by; /* who signed the earliest revision: a licence is what its issuer sealed */
	size_t by_revision;     /* 0: nobody yet */
	struct zy_pdf_dss dss;
	struct zy_kept kept;
	struct zy_kept_value *crls, *answers; /* of kept */
	size_t *ends[ZY_PDF_DSS_KINDS];       /* where each of them ends in the file */
};

/* Reads the document's store, so that certificates are judged by it. *proven of each document time-stamp that covers a
 * value later counts for it: zy_pdf_kept_prove. Findings: store-unreadable. */
ZY_MUST_CHECK bool zy_pdf_kept_read(struct pdf_case *p, struct zy_error *err);
/* The document time-stamp s is good: its time counts for what it covers. */
void zy_pdf_kept_prove(struct pdf_case *p, const struct zy_pdf_signature *s, zy_time at);

/* A signature that is not of our own profile, over the parts that it covers. stamped: when a time-stamp of the document
 * proves it; ZY_TIME_NEVER. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_pdf_judge_other(struct pdf_case *p, const struct zy_pdf_signature *s, zy_time stamped,
    struct zy_report_signature *out, struct zy_error *err);

#endif
