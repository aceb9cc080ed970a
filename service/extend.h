/* Signed documents made to last (PDF: EN 319 142-1 6, signed data: EN 319 122-1 6): what is needed to judge their
 * signatures later is collected from the home and from the caller, put into the document, and stamped. */
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
	struct zy_bytes content;     /* of signed data whose content is not inside */
	bool has_content;
	/* what was done */
	size_t num_values; /* collected */
	size_t num_stamps; /* time-stamps added */
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
/*
 * The same of signed data, DER or PEM; out is DER. B-T: a signature-time-stamp for each signer that has no time-stamp.
 * B-LT: certificates and their standing into SignedData (OCSP answers of GB/T 35275 into revocation-values), for each
 * signer and its time-stamps, or of one that is archived for its newest archive time-stamp. B-LTA: an
 * archive-time-stamp-v3 for each signer, once more to renew it.
 * Errors: as above; usage (the content is neither inside nor given), cms, der, truncated.
 */
ZY_MUST_CHECK bool zy_cms_extend(
    struct zy_extending *x, enum zy_level level, struct zy_bytes cms, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_cms_extend_check(
    const struct zy_extending *x, struct zy_bytes before, struct zy_bytes after, struct zy_error *err);
/* A content that lies in memory, for one judgement; rest: over all of it, must live as long. */
struct zy_content zy_content_of(struct zy_reader *rest);

#endif
