/*
 * A PDF made ready for a signature, and the signature put into it: the two halves of zy_pdf_seal, without a key. Same
 * input, same bytes. Threads: any; no shared state.
 */
#ifndef ZY_PDF_PREPARE_H
#define ZY_PDF_PREPARE_H

#include "zy/face.h"

/* What the signature looks like and says of itself. */
struct zy_pdf_stamp {
	struct zy_bytes content; /* path operators in a unit of 1 mm, origin bottom left */
	struct zy_bytes
	    deflated; /* the same as a zlib stream, made once for many documents; empty: made here. Not checked */
	double width, height;      /* mm, of that drawing */
	double margin_x, margin_y; /* mm, empty on either side of it: for a field of another shape */
	struct zy_seal_place place;
	const char *name;  /* /Name, UTF-8 */
	zy_time signed_at; /* /M */
	const struct zy_pdf_page
	    *page; /* of zy_face_pdf_page: the file is a face's; NULL: it is parsed and judged fresh */
};
/* '<' zeros '>' in the prepared file: the only bytes that the signature does not cover. */
struct zy_pdf_hole {
	size_t at, len;
};

/*
 * zy_pdf_prepare writes `pdf` anew with a visible, locked signature field on page 1, as one revision with one
 * classic xref table. /ByteRange is final; /Contents has room for der_len octets.
 * pdf       as zy_face_pdf writes it: one revision, one xref section, all objects in use, no form, no annotation
 * out       must be empty
 * Errors    those of zy_pdf_parse, pdf (another structure, a place outside the page), time, no-memory
 */
ZY_MUST_CHECK bool zy_pdf_prepare(struct zy_bytes pdf, const struct zy_pdf_stamp *stamp, size_t der_len,
    struct zy_buf *out, struct zy_pdf_hole *hole, struct zy_error *err);
/*
 * zy_pdf_append adds a signature to any PDF as a further revision: `out` begins with the input's bytes as they are,
 * earlier signatures included. /ByteRange and /Contents as above.
 * what      a seal, which is seen, in a new locked field or in an empty one of the document, which it locks as that
 *           field says; or a document time-stamp (EN 319 142-1 5.4.3), not seen
 * stamp     NULL for a time-stamp. In a new field stamp->place is a box in mm on the page as it is read, from its upper
 *           left corner; width 0: the drawing's own size, 20 mm from the lower right corner. stamp->page is not used
 * out       empty, or the buffer that `pdf` is the whole of: then only the revision is put behind it
 * Errors    those of zy_pdf_revision_plan, pdf (a place outside the page), time, no-memory
 */
struct zy_pdf_addition;
ZY_MUST_CHECK bool zy_pdf_append(struct zy_bytes pdf, const struct zy_pdf_addition *what,
    const struct zy_pdf_stamp *stamp, size_t der_len, struct zy_buf *out, struct zy_pdf_hole *hole,
    struct zy_error *err);
/* What the signature covers: what is before and behind the hole. */
void zy_pdf_covered(const struct zy_buf *pdf, struct zy_pdf_hole hole, struct zy_bytes parts[2]);
/* SHA-256 of it. Errors: crypto. */
ZY_MUST_CHECK bool zy_pdf_prepared_digest(
    const struct zy_buf *pdf, struct zy_pdf_hole hole, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
/* Puts der into the hole as lower-case hexadecimal; the rest stays zeros. Errors: too-large. */
ZY_MUST_CHECK bool zy_pdf_fill(struct zy_buf *pdf, struct zy_pdf_hole hole, struct zy_bytes der, struct zy_error *err);

#endif
