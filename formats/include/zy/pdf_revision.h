/*
 * What a revision appended to a PDF must take up (ISO 32000-1 7.5.6): the objects that get one signature field more, as
 * text, and what its cross-reference section needs. The file itself is not changed. Threads: any; no shared state.
 */
#ifndef ZY_PDF_REVISION_H
#define ZY_PDF_REVISION_H

#include "zy/pdf.h"

#define ZY_PDF_WIDGETS_MAX 16 /* of a field that is signed */

struct zy_pdf_reference {
	unsigned number, generation; /* number 0: none */
};
struct zy_pdf_rewritten {
	struct zy_pdf_reference id;
	const char *text; /* what stands between obj and endobj, in the arena */
};

/* What the revision is to add. */
enum zy_pdf_adds {
	ZY_PDF_ADDS_SEAL,  /* a signature that is seen on a page */
	ZY_PDF_ADDS_STAMP, /* a signature field of a document time-stamp, not seen, on page 1 */
	ZY_PDF_ADDS_STORE  /* a document security store */
};
struct zy_pdf_addition {
	enum zy_pdf_adds what;
	unsigned page;     /* a seal: from 1, of a new field */
	const char *field; /* a seal: the full name of an empty signature field to be signed; NULL: a new field */
	unsigned certify;  /* a seal: 1 to 3, the P of a certification: the catalog's /Perms name object next + 2 */
};

struct zy_pdf_revision {
	unsigned next;   /* /Size: the new objects are next (free), next + 1 (the widget) and from there */
	bool as_stream;  /* the last cross-reference section is a stream, and so must be the new one (7.5.8.4) */
	size_t previous; /* where that section begins */
	struct zy_pdf_reference root, info;
	struct zy_pdf_reference store; /* the object that is the catalog's /DSS: there already, or `next` */
	struct zy_bytes id[2];         /* trailer /ID; empty if absent */
	struct zy_pdf_reference page;
	double left, bottom, width, height; /* of what is seen of the page as it lies in the file, in its units */
	double unit;                        /* points of one unit: 1, or UserUnit */
	int rotate;                         /* how the page is turned to be read, clockwise: 0, 90, 180, 270 */
	char field[24];                     /* a name that no field has */
	bool fills;                         /* an existing field: it is among the rewritten, and nothing is next + 1 */
	double rect[4];                     /* of its first widget that is seen: left, bottom, right, top */
	const char *lock; /* what that field locks (12.8.2.4), as members of a /TransformParams; NULL: nothing */
	size_t num_rewritten;
	/* form, catalog, page or its list of annotations, or field and its widgets that stand apart */
	struct zy_pdf_rewritten rewritten[3 + ZY_PDF_WIDGETS_MAX];
};

/*
 * Errors    pdf (what zy_pdf_parse refuses, encryption included; an XFA form, a certification that permits no such
 *           addition, a page or a form that is no plain dictionary, a field that is signed, or drawn in over
 * ZY_PDF_WIDGETS_MAX places, a /Size that is too small), not-found (no such page or field), too-large, no-memory
 */
ZY_MUST_CHECK bool zy_pdf_revision_plan(struct zy_pdf_revision *out, struct zy_bytes pdf,
    const struct zy_pdf_addition *what, struct zy_arena *a, struct zy_error *err);

#endif
