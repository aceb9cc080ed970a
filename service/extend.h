/* Signed PDFs made to last (EN 319 142-1 6): what is needed to judge their signatures later is collected from the home
 * and from the caller, put into the document, and stamped. */
#ifndef ZY_SERVICE_EXTEND_H
#define ZY_SERVICE_EXTEND_H

#include "ca_desk.h"
#include "zy/desk.h"
#include "zy/pdf_store.h"

enum zy_level { ZY_LEVEL_B, ZY_LEVEL_T, ZY_LEVEL_LT, ZY_LEVEL_LTA };
/* "B-B" "B-T" "B-LT" "B-LTA". parse: NULL is B-B. Errors: usage. */
const char *zy_level_name(enum zy_level l);
ZY_MUST_CHECK bool zy_level_parse(const char *text, enum zy_level *out, struct zy_error *err);

struct zy_extending {
	struct zy_desk *desk;
	const struct zy_stamper *stamper;
	struct zy_bytes crl, answer; /* of an authority that is not the home's; may be empty */
	/* what was done */
	size_t num_values; /* put into the store */
	size_t num_stamps; /* document time-stamps added */
};
/*
 * B-T: a document time-stamp where no time is proven for a signature. B-LT: certificates and their standing, of every
 * signature and time-stamp that has no entry in the store yet. B-LTA: a document time-stamp over all that, also when
 * one is there: it is renewed. out: empty, or the buffer that pdf is the whole of.
 * Errors: not-found (nothing says how a signer's certificate stands, or it leads to no anchor), pdf, those of the
 * signers, the register and zy_pdf_store_append.
 */
ZY_MUST_CHECK bool zy_pdf_extend(
    struct zy_extending *x, enum zy_level level, struct zy_bytes pdf, struct zy_buf *out, struct zy_error *err);
/* What was extended is judged like what it was made of: no signature is broken by it, and none that passed before does
 * not now. Errors: self-verify, those of zy_judge_file. */
ZY_MUST_CHECK bool zy_pdf_extend_check(
    struct zy_desk *d, struct zy_bytes before, struct zy_bytes after, struct zy_error *err);

#endif
