/*
 * What keeps a signed PDF verifiable for long (EN 319 142-1 5.4, 6.3: B-LT and B-LTA): a document security store and
 * document time-stamps, each appended as a revision. No key is used here but that of the time-stamps' giver.
 */
#ifndef ZY_PDF_STORE_H
#define ZY_PDF_STORE_H

#include "zy/pdf_dss.h"
#include "zy/sealing.h"

/* Values to be kept, DER; at most ZY_PDF_DSS_VALUES_MAX of each kind with those that are there already. */
struct zy_pdf_values {
	size_t num[ZY_PDF_DSS_KINDS];
	const struct zy_bytes *values[ZY_PDF_DSS_KINDS];
};
/*
 * Appends the store anew with what it had, with those of `v` that it did not have, and for each signature that has no
 * entry in /VRI yet one with all of `v`. *added: was anything new? If not, out is the input.
 * out       as of zy_pdf_append
 * Errors    those of zy_pdf_parse and zy_pdf_revision_plan, too-large, crypto, no-memory
 */
ZY_MUST_CHECK bool zy_pdf_store_append(
    struct zy_bytes pdf, const struct zy_pdf_values *v, bool *added, struct zy_buf *out, struct zy_error *err);
/* Appends a document time-stamp over everything that is there, by the authority of that suite. Errors: those of
 * zy_pdf_append and of the stamper. */
ZY_MUST_CHECK bool zy_pdf_stamp_append(struct zy_bytes pdf, const struct zy_stamper *stamper, enum zy_suite suite,
    struct zy_buf *out, struct zy_error *err);

#endif
