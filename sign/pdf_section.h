/* What is common to revisions put behind the bytes of a PDF (ISO 32000-1 7.5.6): its objects, and the section that
 * lists them. */
#ifndef ZY_SIGN_PDF_SECTION_H
#define ZY_SIGN_PDF_SECTION_H

#include "pdf_put.h"
#include "zy/pdf_revision.h"

struct pdf_entry {
	struct zy_pdf_reference id;
	size_t at;
};

/* The objects of the revision, each with its place. */
struct pdf_appending {
	struct zy_pdf_revision plan;
	unsigned num_new; /* the numbers from plan.next that may be used */
	size_t num;
	struct pdf_entry *entries; /* in the arena */
};

/* Plans the revision, copies the document to `out` unless it is there, and puts behind it what is written anew. Errors:
 * those of zy_pdf_revision_plan. */
ZY_MUST_CHECK bool pdf_append_begin(struct pdf_appending *p, struct zy_bytes pdf, const struct zy_pdf_addition *what,
    unsigned num_new, struct zy_arena *a, struct zy_buf *out, struct zy_error *err);
/* The next object begins here. */
void pdf_append_note(struct pdf_appending *p, unsigned number, unsigned generation, const struct zy_buf *out);
/* The cross-reference section and what follows it. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool pdf_append_end(struct pdf_appending *p, struct zy_buf *out, struct zy_error *err);

#endif
