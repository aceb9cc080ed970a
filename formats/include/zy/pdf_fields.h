/* The signature fields of a PDF (ISO 32000-1 12.7.4.5), empty ones too. Threads: any; no shared state. */
#ifndef ZY_PDF_FIELDS_H
#define ZY_PDF_FIELDS_H

#include "zy/pdf_revision.h"

#define ZY_PDF_FIELDS_MAX 256

struct zy_pdf_field {
	const char *name; /* full name, UTF-8, in the arena */
	bool is_signed;
	bool is_seen;     /* it has a place on a page */
	bool has_seed;    /* /SV: it says what a signature in it must be like (12.7.4.5, table 234) */
	unsigned page;    /* from 1; 0: not known */
	const char *lock; /* /Action of its /Lock with the fields' names, and /P if there; "" when it locks nothing */
};
struct zy_pdf_fields {
	unsigned certified; /* P of the author's certification, 0 without one */
	size_t num;         /* at most ZY_PDF_FIELDS_MAX; more are not looked at */
	struct zy_pdf_field *fields;
};
/* Of a file that zy_pdf_parse took. Errors: pdf, no-memory. */
ZY_MUST_CHECK bool zy_pdf_fields_parse(
    struct zy_pdf_fields *out, const struct zy_pdf *pdf, struct zy_arena *a, struct zy_error *err);

#endif
