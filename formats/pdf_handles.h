/*
 * Objects as qpdf reads them, for who writes a document anew or adds to it: their text is qpdf's. Whether a document is
 * sound says zy_pdf_parse, which is asked first.
 */
#ifndef ZY_PDF_HANDLES_H
#define ZY_PDF_HANDLES_H

#include <qpdf/qpdf-c.h>

#include "zy/pdf.h"

struct pdf_handles {
	qpdf_data q;
	struct zy_arena *arena;
	struct zy_bytes in;
};

/* qpdf's handle on p->in, to be given to qpdf_cleanup in any case. Errors: pdf (damaged), no-memory. */
ZY_MUST_CHECK bool pdf_handles_open(struct pdf_handles *p, struct zy_error *err);
/* Has qpdf complained since? Errors: pdf. */
ZY_MUST_CHECK bool pdf_handles_check_quiet(struct pdf_handles *p, struct zy_error *err);
/* Member of a dictionary; null when `dict` is none. */
qpdf_oh pdf_handle_get(struct pdf_handles *p, qpdf_oh dict, const char *key);
/* Items of an array, 0 when it is none. */
int pdf_handles_num_items(struct pdf_handles *p, qpdf_oh array);

#endif
