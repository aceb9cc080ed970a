/*
 * What a revision appended to a PDF must take up (ISO 32000-1 7.5.6): the objects that get one signature field more, as
 * text, and what its cross-reference section needs. The file itself is not changed. Threads: any; no shared state.
 */
#ifndef ZY_PDF_REVISION_H
#define ZY_PDF_REVISION_H

#include "zy/pdf.h"

struct zy_pdf_reference {
	unsigned number, generation; /* number 0: none */
};
struct zy_pdf_rewritten {
	struct zy_pdf_reference id;
	const char *text; /* what stands between obj and endobj, in the arena */
};

struct zy_pdf_revision {
	unsigned next;   /* /Size: the new objects are next (free), next + 1 (the widget) and from there */
	bool as_stream;  /* the last cross-reference section is a stream, and so must be the new one (7.5.8.4) */
	size_t previous; /* where that section begins */
	struct zy_pdf_reference root, info;
	struct zy_bytes id[2]; /* trailer /ID; empty if absent */
	struct zy_pdf_reference page;
	double left, bottom, width, height; /* of the page as it lies in the file, in points: CropBox, or MediaBox */
	int rotate;                         /* how the page is turned to be read, clockwise: 0, 90, 180, 270 */
	char field[24];                     /* a name that no field has */
	size_t num_rewritten;
	struct zy_pdf_rewritten rewritten[3]; /* catalog or form, and page or its list of annotations */
};

/*
 * page      1..number of pages
 * Errors    pdf (what zy_pdf_parse refuses, encryption included; an XFA form, a certification, a page or a form that
 *           is no plain dictionary, a /Size that is too small), not-found (no such page), too-large, no-memory
 */
ZY_MUST_CHECK bool zy_pdf_revision_plan(
    struct zy_pdf_revision *out, struct zy_bytes pdf, unsigned page, struct zy_arena *a, struct zy_error *err);

#endif
