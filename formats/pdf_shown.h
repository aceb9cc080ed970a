/* What the drawing of a field shows, held against the field's value (ISO 32000-1 12.7.3.3). */
#ifndef ZY_PDF_SHOWN_H
#define ZY_PDF_SHOWN_H

#include "pdf_internal.h"

struct pdf_shown {
	const char *text; /* without blanks, UTF-8, in the arena; NULL: it cannot be read */
	bool paints;      /* paths: backgrounds and borders, but they hide as well */
	bool pictures;    /* pictures, other drawings, shadings, or glyphs that are drawings */
};
/* of a stream that is drawn, with fonts of its own or of the form's default resources. Errors: no-memory. */
ZY_MUST_CHECK bool pdf_read_shown(struct pdf_shown *out, struct pdf_doc *d, const struct pdf_value *drawing,
    const struct pdf_value *defaults, struct zy_arena *a, struct zy_error *err);

#endif
