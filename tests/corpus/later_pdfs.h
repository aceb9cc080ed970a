/* PDF files whose later revisions do one thing each to a signed one, and what is to be found. For make_corpus.c. */
#ifndef ZY_TEST_LATER_PDFS_H
#define ZY_TEST_LATER_PDFS_H

#include "helpers/pdf_later.h"
#include "stamp_made.h"

#define LATER_CATALOG                                                                                                  \
	"/Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(licence.xml) 5 0 R] >> >>"
#define LATER_FORM "/AcroForm << /Fields [7 0 R %s] /SigFlags 3 >>"
#define LATER_PAGE                                                                                                     \
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R /Annots [7 0 R 8 0 R] >>"
#define LATER_FIELD "<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /V (%s) /Rect [9 9 99 29] /P 3 0 R >>"
#define LATER_NOTE "<< /Type /Annot /Subtype /FreeText /DA (/F 9 Tf) /Rect [9 99 99 129] /Contents (%s) >>"
#define LATER_DTS_LEN 4096

/* 1 catalog, 2 pages, 3 page, 4 its content, 5 and 6 the record, 7 a text field, 8 an annotation, 9 another catalog and
 * 10 another page that nothing leads to; signed: 11 the stamp's form, 12 its field, 13 the signature. */
static inline void later_base(struct soft_p256 *s, const char *record, struct zy_buf *out)
{
	static const char catalog[] = "<< " LATER_CATALOG " /AcroForm << /Fields [7 0 R] >> >>";
	char file[8192], field[256], note[256];
	const char *bodies[10] = { catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", LATER_PAGE,
		"<< /Length 0 >>\nstream\n\nendstream",
		"<< /Type /Filespec /F (licence.xml) /UF (licence.xml) /AFRelationship /Data /EF << /F 6 0 R >> >>",
		file, field, note, catalog,
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources << >> >>" };

	fixture_stream(file, sizeof(file), "/Type /EmbeddedFile /Subtype /text#2Fxml", record);
	snprintf(field, sizeof(field), LATER_FIELD, "100");
	snprintf(note, sizeof(note), LATER_NOTE, "as agreed");
	fixture_write(out, bodies, 10, FIXTURE_ID);
	later_sign(s, out, 1);
}

/* How a file comes about: objects put behind, then what `alter` does. */
struct later_case {
	const char *name, *verdict, *findings;
	struct later_object objects[3];
	size_t num;
	void (*alter)(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf);
	const char *trailer;
};

/* The offset of the last `word`. */
static inline size_t later_find(const struct zy_buf *pdf, const char *word)
{
	size_t len = strlen(word), at = pdf->len - len;

	while (at > 0 && memcmp(pdf->p + at, word, len) != 0)
		at--;
	SOFT_CHECK(at > 0);
	return at;
}

static inline struct zy_pdf_hole later_hole(const struct zy_buf *pdf)
{
	struct zy_pdf_hole h = { later_find(pdf, "/Contents <") + strlen("/Contents "), 0 };

	while (pdf->p[h.at + h.len++] != '>')
		;
	return h;
}

static inline void later_put_range(struct zy_buf *pdf, size_t a, size_t b, size_t c)
{
	char text[33];

	snprintf(text, sizeof(text), "%-10zu %-10zu %-10zu", a, b, c);
	memcpy(pdf->p + later_find(pdf, "/ByteRange [0 ") + strlen("/ByteRange [0 "), text, 32);
}

static inline void later_overlap(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	struct zy_pdf_hole h = later_hole(pdf);

	(void)s, (void)tsa;
	later_put_range(pdf, h.at + h.len, h.at, pdf->len - h.at);
}

static inline void later_gap(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	size_t behind = later_hole(pdf).at + later_hole(pdf).len + 40;

	(void)s, (void)tsa;
	later_put_range(pdf, later_hole(pdf).at, behind, pdf->len - behind);
}

static inline void later_beyond(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	struct zy_pdf_hole h = later_hole(pdf);

	(void)s, (void)tsa;
	later_put_range(pdf, h.at, h.at + h.len, pdf->len - h.at);
}

static inline void later_second(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	(void)tsa;
	later_sign(s, pdf, 1);
}

/* A signature that is right, over a part that ends before the file does. */
static inline void later_less(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	struct zy_pdf_hole h;
	ZY_BUF_AUTO tail = { 0 };
	size_t end;

	later_second(s, tsa, pdf);
	h = later_hole(pdf);
	end = later_find(pdf, "xref\n") - strlen("start");
	later_put_range(pdf, h.at, h.at + h.len, end - h.at - h.len);
	memset(pdf->p + h.at + 1, '0', h.len - 2);
	zy_buf_put(&tail, ZY_BYTES(pdf->p + end, pdf->len - end));
	pdf->len = end;
	fixture_sign(s, pdf, h);
	zy_buf_put(pdf, zy_buf_bytes(&tail));
}

/* The dictionary of the signature again, behind what it signs, with the same /ByteRange and /Contents. */
static inline void later_wrapped(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	size_t from = later_find(pdf, "<< /Type /Sig "), to = later_hole(pdf).at + later_hole(pdf).len;
	ZY_BUF_AUTO body = { 0 };

	(void)s, (void)tsa;
	zy_buf_put(&body, ZY_BYTES(pdf->p + from, to - from));
	zy_buf_put(&body, ZY_LITERAL(" /Reason (another) >>\0"));
	later_append(pdf, (struct later_object[]){ { 13, (const char *)body.p } }, 1, FIXTURE_ID);
}

static inline void later_loop(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	char text[32];
	size_t at = later_find(pdf, "/Prev ") + strlen("/Prev "), len;

	(void)s, (void)tsa;
	len = (size_t)snprintf(text, sizeof(text), "%zu ", later_number(zy_buf_bytes(pdf), "startxref"));
	SOFT_CHECK(pdf->p[at + len - 1] == ' ');
	memcpy(pdf->p + at, text, len);
}

static inline void later_swap(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	(void)s, (void)tsa;
	pdf->p[later_find(pdf, "/Root 1 0 R") + strlen("/Root ")] = '9';
}

/* A document time-stamp of that time (EN 319 142-1 5.4.3), about other bytes when `other`. */
static inline void later_stamp(
    const struct stamp_authority *a, struct zy_buf *pdf, zy_time at, const char *fields, bool other)
{
	char catalog[512], form[128], dict[2 * LATER_DTS_LEN + 256];
	struct zy_pdf_hole h;
	ZY_BUF_AUTO covered = { 0 };
	ZY_BUF_AUTO token = { 0 };
	struct zy_error err = { 0 };

	snprintf(form, sizeof(form), LATER_FORM, fields);
	snprintf(catalog, sizeof(catalog), "<< " LATER_CATALOG " %s >>", form);
	snprintf(dict, sizeof(dict),
	    "<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /ByteRange [0 %32s] /Contents <%0*d> >>",
	    "", 2 * LATER_DTS_LEN, 0);
	later_append(pdf,
	    (struct later_object[]){ { 1, catalog },
		{ 20,
		    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Time) /F 132 /Rect [0 0 0 0] /P 3 0 R /V 21 0 R >>" },
		{ 21, dict } },
	    3, FIXTURE_ID);
	h = later_hole(pdf);
	later_put_range(pdf, h.at, h.at + h.len, pdf->len - h.at - h.len);
	zy_buf_put(&covered, ZY_BYTES(pdf->p, h.at));
	zy_buf_put(&covered, ZY_BYTES(pdf->p + h.at + h.len, pdf->len - h.at - h.len - (other ? 1 : 0)));
	stamp_make(a, zy_buf_bytes(&covered), at, &token);
	SOFT_CHECK(zy_pdf_fill(pdf, h, zy_buf_bytes(&token), &err));
}

static inline void later_stamped(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	(void)s;
	later_stamp(tsa, pdf, FIXTURE_TIME, "12 0 R 20 0 R", false);
}

/* Nobody signed: the first revision, and a time-stamp. */
static inline void later_stamped_alone(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	const uint8_t *end = memmem(pdf->p, pdf->len, "%%EOF\n", 6);

	(void)s;
	SOFT_CHECK(end != NULL);
	pdf->len = (size_t)(end - pdf->p) + 6;
	later_stamp(tsa, pdf, FIXTURE_TIME, "20 0 R", false);
}

static inline void later_stamped_other(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	(void)s;
	later_stamp(tsa, pdf, FIXTURE_TIME, "12 0 R 20 0 R", true);
}

static inline void later_stamped_early(struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	(void)s;
	later_stamp(tsa, pdf, FIXTURE_TIME - 3600, "12 0 R 20 0 R", false);
}

static inline void later_stamped_then_changed(
    struct soft_p256 *s, const struct stamp_authority *tsa, struct zy_buf *pdf)
{
	later_stamped(s, tsa, pdf);
	later_append(pdf, (struct later_object[]){ { 4, "<< /Length 1 >>\nstream\nn\nendstream" } }, 1, FIXTURE_ID);
}

#define LATER_SIGNED "<< " LATER_CATALOG " /AcroForm << /Fields [7 0 R 12 0 R] /SigFlags 3 >> "
#define LATER_PASSED "indication: TOTAL-PASSED"
#define LATER_FAILED "indication: TOTAL-FAILED\nsub_indication: "
#define LATER_CHAIN "finding: revocation-not-checked\n"
#define LATER_STATUS "finding: licence-status-not-checked\n"
#define LATER_INFO LATER_CHAIN LATER_STATUS
#define LATER_UNREADABLE "finding: cms-unreadable Contents\n"
#define LATER_STRAY "finding: pdf-stray-signature AcroForm.Fields\n"
#define LATER_CHANGED "finding: changed-after-signing ByteRange\n"

static const struct later_case later_cases[] = {
	{ .name = "later-none", .verdict = LATER_PASSED, .findings = LATER_INFO },
	{ "shadow-hide", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO, { { 8, NULL } }, 1, NULL, FIXTURE_ID },
	{ "shadow-replace", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 11, "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nn\nendstream" } }, 1, NULL,
	    FIXTURE_ID },
	{ "shadow-hide-and-replace", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 2, "<< /Type /Pages /Kids [10 0 R] /Count 1 >>" } }, 1, NULL, FIXTURE_ID },
	{ "page-content-changed", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 4, "<< /Length 1 >>\nstream\nn\nendstream" } }, 1, NULL, FIXTURE_ID },
	{ "annotation-changed", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 8, "<< /Type /Annot /Subtype /FreeText /DA (/F 9 Tf) /Rect [9 99 99 129] /Contents (not agreed) >>" } },
	    1, NULL, FIXTURE_ID },
	{ "field-value-changed", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 7, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /V (900) /Rect [9 9 99 29] /P 3 0 R >>" } }, 1,
	    NULL, FIXTURE_ID },
	{ "page-added", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 2, "<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 2 >>" },
		{ 20, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources << >> >>" } },
	    2, NULL, FIXTURE_ID },
	{ "catalog-swapped", LATER_FAILED "FORMAT_FAILURE",
	    "finding: licence-unsigned AcroForm.Fields\nfinding: pdf-stray-signature AcroForm.Fields\n"
	    "finding: licence-status-not-checked\n",
	    { { 4, "<< /Length 0 >>\nstream\n\nendstream" } }, 1, later_swap, FIXTURE_ID },
	{ "duplicate-keys", "error: pdf", "", { { 8, "<< /Type /Annot /Contents (a) /Contents (b) >>" } }, 1, NULL,
	    FIXTURE_ID },
	{ "duplicate-root", "error: pdf", "", { { 20, "(x)" } }, 1, NULL, FIXTURE_ID " /Root 9 0 R" },
	{ "table-loop", "error: pdf", "", { { 20, "(x)" } }, 1, later_loop, FIXTURE_ID },
	{ "javascript-added", LATER_FAILED "HASH_FAILURE", "finding: pdf-script JavaScript\n" LATER_CHANGED LATER_INFO,
	    { { 12,
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal1) /A << /S /JavaScript /JS (x) >> /V 13 0 R >>" } },
	    1, NULL, FIXTURE_ID },
	{ "open-action-added", LATER_FAILED "HASH_FAILURE", LATER_CHANGED LATER_INFO,
	    { { 1, LATER_SIGNED "/OpenAction [3 0 R /Fit] >>" } }, 1, NULL, FIXTURE_ID },
	{ "store-added", LATER_PASSED, LATER_INFO,
	    { { 1, LATER_SIGNED "/DSS 20 0 R >>" }, { 20, "<< /Type /DSS /Certs [21 0 R] >>" },
		{ 21, "<< /Length 1 >>\nstream\nx\nendstream" } },
	    3, NULL, FIXTURE_ID },
	{ .name = "second-signature",
	    .verdict = LATER_PASSED,
	    .findings = LATER_CHAIN LATER_INFO,
	    .alter = later_second },
	{ .name = "second-covers-less",
	    .verdict = LATER_FAILED "HASH_FAILURE",
	    .findings = LATER_CHANGED LATER_CHAIN LATER_INFO,
	    .alter = later_less },
	{ .name = "signature-wrapped",
	    .verdict = LATER_FAILED "FORMAT_FAILURE",
	    .findings = LATER_STRAY LATER_CHANGED LATER_UNREADABLE LATER_STATUS,
	    .alter = later_wrapped },
	{ .name = "byte-range-overlap",
	    .verdict = LATER_FAILED "HASH_FAILURE",
	    .findings = LATER_CHANGED LATER_UNREADABLE LATER_STATUS,
	    .alter = later_overlap },
	{ .name = "byte-range-gap",
	    .verdict = LATER_FAILED "HASH_FAILURE",
	    .findings = LATER_CHANGED LATER_UNREADABLE LATER_STATUS,
	    .alter = later_gap },
	{ .name = "byte-range-beyond",
	    .verdict = LATER_FAILED "HASH_FAILURE",
	    .findings = LATER_CHANGED LATER_UNREADABLE LATER_STATUS,
	    .alter = later_beyond },
	{ .name = "document-time-stamp",
	    .verdict = LATER_PASSED,
	    .findings = LATER_CHAIN LATER_INFO,
	    .alter = later_stamped },
	{ .name = "document-time-stamp-alone",
	    .verdict = LATER_FAILED "FORMAT_FAILURE",
	    .findings = "finding: licence-unsigned AcroForm.Fields\n" LATER_INFO,
	    .alter = later_stamped_alone },
	{ .name = "document-time-stamp-of-other-bytes",
	    .verdict = LATER_FAILED "HASH_FAILURE",
	    .findings = "finding: timestamp-imprint document-time-stamp\n" LATER_CHAIN LATER_INFO,
	    .alter = later_stamped_other },
	{ .name = "document-time-stamp-before-signing",
	    .verdict = LATER_FAILED "TIMESTAMP_ORDER_FAILURE",
	    .findings = "finding: timestamp-too-early document-time-stamp\n" LATER_CHAIN LATER_INFO,
	    .alter = later_stamped_early },
	{ .name = "document-time-stamp-then-changed",
	    .verdict = LATER_FAILED "HASH_FAILURE",
	    .findings = LATER_CHANGED LATER_CHANGED LATER_CHAIN LATER_INFO,
	    .alter = later_stamped_then_changed },
};

#endif
