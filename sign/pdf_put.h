/* The objects of a visible signature, written alike into a fresh document and into a revision of any other. */
#ifndef ZY_SIGN_PDF_PUT_H
#define ZY_SIGN_PDF_PUT_H

#include "zy/pdf_prepare.h"

#define PDF_POINTS_PER_MM (72.0 / 25.4)

/* The appearance: a form XObject. turn: how the page is turned, 0, 90, 180 or 270. */
ZY_MUST_CHECK bool pdf_put_form(
    struct zy_buf *out, unsigned number, const struct zy_pdf_stamp *s, int turn, struct zy_error *err);
/* Field and widget in one; its appearance is the object before it, its signature the one behind it. */
struct pdf_widget {
	unsigned number, page, page_generation;
	const char *field;
	bool seen;      /* it has an appearance */
	double rect[4]; /* points */
};
void pdf_put_widget(struct zy_buf *out, const struct pdf_widget *w);
/* The signature dictionary, of a document time-stamp when s is NULL, with such members more; *range is where the three
 * numbers of /ByteRange go. Errors: time, utf8. */
ZY_MUST_CHECK bool pdf_put_signature(struct zy_buf *out, unsigned number, const struct zy_pdf_stamp *s,
    struct zy_bytes members, size_t der_len, struct zy_pdf_hole *hole, size_t *range, struct zy_error *err);
/* " /ID [...]" of a trailer; nothing when there is none. */
void pdf_put_id(struct zy_buf *out, const struct zy_bytes id[2]);
/* [0 a b c], as wide as the spaces that were kept for it: the last thing to be written. */
void pdf_put_range(struct zy_buf *out, size_t at, struct zy_pdf_hole hole);

#endif
