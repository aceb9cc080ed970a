/* What the PDF reader's files share: pdf.c (document), pdf_sign.c (signature fields), pdf_raw.c (bytes). */
#ifndef ZY_PDF_INTERNAL_H
#define ZY_PDF_INTERNAL_H

#include <qpdf/qpdf-c.h>

#include "zy/pdf.h"

/* One reading: qpdf's handle, where results go. Lives for one zy_pdf_parse. */
struct pdf_reading {
	qpdf_data q;
	struct zy_pdf *out;
	struct zy_arena *arena;
	struct zy_bytes in;
	size_t num_used;                    /* the highest object number plus one, when /Size is larger; else 0 */
	size_t num_reached;                 /* different signature dictionaries that fields lead to */
	bool plain;                         /* pdf_is_plain of the file */
	int reached[ZY_PDF_SIGNATURES_MAX]; /* their object numbers, 0 for a direct one */
};

/* qpdf's handle on p->in, to be given to qpdf_cleanup in any case. Errors: pdf (damaged, encrypted), no-memory. */
ZY_MUST_CHECK bool pdf_open(struct pdf_reading *p, struct zy_error *err);
/* Has qpdf complained since? Errors: pdf. */
ZY_MUST_CHECK bool pdf_check_quiet(struct pdf_reading *p, struct zy_error *err);
/* The trailer's /Size, within its cap. Errors: pdf, too-large. */
ZY_MUST_CHECK bool pdf_read_size(struct pdf_reading *p, size_t *out, struct zy_error *err);
/* The numbers that objects have lie below this, which is never more than /Size. Errors: pdf, too-large. */
ZY_MUST_CHECK bool pdf_read_num_used(struct pdf_reading *p, size_t *out, struct zy_error *err);
/* Every "N G R" outside of strings in a text as qpdf writes it, until take gives false; then false too. */
bool pdf_each_reference(const char *s, bool (*take)(void *arg, int number, int generation), void *arg);
/* A text string as UTF-8 in the arena, "" when it is none. NULL: no-memory. */
const char *pdf_text(struct pdf_reading *p, qpdf_oh oh, struct zy_error *err);
/* A name without '/', "" when it is none. NULL: no-memory. */
const char *pdf_name(struct pdf_reading *p, qpdf_oh oh, struct zy_error *err);
/* Member of a dictionary; null when `dict` is none. */
qpdf_oh pdf_get(struct pdf_reading *p, qpdf_oh dict, const char *key);
/* Items of an array, 0 when it is none. */
int pdf_num_items(struct pdf_reading *p, qpdf_oh array);

/* P of the author's certification: 0 without one, 1 when it cannot be read. */
unsigned pdf_certified(struct pdf_reading *p, qpdf_oh root);
/* Is a signed field that of a document time-stamp? Does it cover a part of its page? */
bool pdf_is_stamp_field(struct pdf_reading *p, qpdf_oh field);
bool pdf_is_seen(struct pdf_reading *p, qpdf_oh field);

/* Signature fields of the AcroForm. */
ZY_MUST_CHECK bool pdf_read_signatures(struct pdf_reading *p, qpdf_oh form, struct zy_error *err);

/* Sections that end with startxref, a number and %%EOF. Errors: pdf, too-large. */
ZY_MUST_CHECK bool pdf_find_revisions(struct zy_pdf *out, struct zy_bytes in, struct zy_error *err);
/* All objects and the table lie open in the bytes, and no name that matters is spelled with #xx: qpdf inflates nothing
 * on its own, and a name that the bytes do not show is nowhere. */
bool pdf_is_plain(struct zy_bytes in);
/* For a file that is not plain: refuses it when its compressed streams hold more than ZY_PDF_INFLATED_MAX. */
ZY_MUST_CHECK bool pdf_check_inflated(struct zy_bytes in, struct zy_error *err);
/* Inflates v into the arena, at most `cap` bytes. Errors: pdf, too-large, no-memory. */
ZY_MUST_CHECK bool pdf_inflate(
    struct zy_bytes v, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);
/* The hole [at, at + len) is '<' hex '>' right behind /Contents and spells `contents`; false: s->fault says why. */
bool pdf_check_hole(struct zy_pdf_signature *s, struct zy_bytes in, struct zy_bytes contents);
/* D:YYYYMMDDHHmmSS with Z or +hh'mm' (ISO 32000-1 7.9.4). */
bool pdf_date(struct zy_bytes v, zy_time *out);
size_t pdf_count(struct zy_bytes in, const char *word);

#endif
