/*
 * Licence faces: one layout stage, two back ends. The layout places shaped text, paths and images on a page; the
 * PDF and OFD back ends only write it down. Same record, same bytes. A character without a glyph is refused.
 */
#ifndef ZY_FACE_H
#define ZY_FACE_H

#include "zy/policy.h"
#include "zy/record.h"

struct zy_faces; /* fonts; threads may share one */
/* regular and bold: paths of the CJK faces (OpenType collection or single, the face by its name "SC"; CID-keyed CFF).
 * Opening takes about a millisecond and the files are mapped, not read. Errors: font. */
ZY_MUST_CHECK bool zy_faces_open(struct zy_faces **out, const char *regular, const char *bold, struct zy_error *err);
void zy_faces_close(struct zy_faces *f);

/* Has every character of a checked UTF-8 text a glyph (line feeds aside)? Errors: glyph-missing naming `field` and the
 * code point. Cheap: called before anything is stored. */
ZY_MUST_CHECK bool zy_faces_cover(
    const struct zy_faces *f, struct zy_bytes text, const char *field, struct zy_error *err);

/* The outlines of a text's characters in the regular font, as every subset that has them holds them: what documents
 * have in common. Characters without a glyph are left out. Appended to out. Errors: font, utf8, no-memory. */
ZY_MUST_CHECK bool zy_faces_outlines(
    const struct zy_faces *f, struct zy_bytes text, struct zy_buf *out, struct zy_error *err);
extern const char zy_common_characters[]; /* 3,755 Chinese characters in common use, UTF-8 */

/* A laid-out page with its font subsets; lives in the arena; the fonts must outlive it. An absent value is shown as
 * ——, an absent end date (to_field) as 长期. */
struct zy_face;
/* Errors: glyph-missing (field, character), layout-overflow, no-memory, font. */
ZY_MUST_CHECK bool zy_face_lay_out(const struct zy_faces *f, const struct zy_type *t, const struct zy_record *rec,
    struct zy_arena *a, const struct zy_face **out, struct zy_error *err);
/* Where the seal belongs: box in mm from the top left of page 1. */
struct zy_seal_place {
	double x, y, w, h;
};
struct zy_seal_place zy_face_seal_place(const struct zy_face *f);

/* Unsigned PDF (PDF/A-3b intent: XMP, OutputIntent, fonts embedded and subset, the record's XML attached with
 * AFRelationship Data), ready for sign/ to add the signature. /ID from the content. */
ZY_MUST_CHECK bool zy_face_pdf(
    const struct zy_face *f, const struct zy_record *rec, struct zy_buf *out, struct zy_error *err);

/* The files of the OFD package before signing, in package order, all in the arena; OFD.xml names
 * Doc_0/Signs/Signatures.xml already, which sign/ adds. */
struct zy_package; /* zy/package.h */
ZY_MUST_CHECK bool zy_face_ofd(const struct zy_face *f, const struct zy_record *rec, struct zy_package *out,
    struct zy_arena *a, struct zy_error *err);

/* Where a face's PDF hangs together: who adds to it need not read the whole file for that. */
struct zy_pdf_page {
	unsigned catalog, page, info; /* object numbers */
	double width_mm, height_mm;   /* of page 1, whose origin is 0 0 */
};
struct zy_pdf_page zy_face_pdf_page(const struct zy_face *f);

/* A seal drawn by us, in red, as its rule's shape says: name (2..32 characters; 2..4 of a person's), centre_text, code.
 * Same words, same bytes. Errors: glyph-missing, layout-overflow, no-memory. */
struct zy_seal_picture {
	struct zy_bytes png; /* 4-bit palette PNG, 300 dpi, one red, transparent ground: SES_ESPictureInfo.data */
	struct zy_bytes pdf_content;  /* the same as PDF path operators in a unit of 1 mm, origin bottom left, y up */
	struct zy_bytes pdf_deflated; /* pdf_content as a zlib stream: the same in every document */
	double width, height;         /* mm: 42 x 42, 40 x 40, 40 x 30, 20 x 20 */
};
ZY_MUST_CHECK bool zy_seal_draw(const struct zy_faces *f, const struct zy_seal_rule *rule, struct zy_arena *a,
    struct zy_seal_picture *out, struct zy_error *err);
/* The largest box of the picture's form in the middle of `place`: a seal is never stretched. */
struct zy_seal_place zy_seal_fit(const struct zy_seal_picture *picture, struct zy_seal_place place);

#endif
