/*
 * PDF files with one fault each of how a file is read: tables, objects, streams, names, and published attacks on signed
 * files. Most begin with the signed document of later_pdfs.h (13 objects, two revisions). For make_pdfs.c.
 */
#ifndef ZY_TEST_PDF_FAULTS_H
#define ZY_TEST_PDF_FAULTS_H

#include "helpers/pdf_later.h"

/* How a file comes about: the base, objects put behind it, the last `from` replaced by `to`, what `alter` does. */
struct pdf_fault {
	const char *name, *expect;
	struct later_object objects[2];
	const char *from, *to;
	void (*alter)(struct zy_buf *pdf);
	bool fresh; /* nothing is there before `alter` */
};

static inline uint8_t *fault_last(struct zy_buf *pdf, const char *word)
{
	size_t len = strlen(word), at = pdf->len - len;

	while (at > 0 && memcmp(pdf->p + at, word, len) != 0)
		at--;
	SOFT_CHECK(at > 0);
	return pdf->p + at;
}

static inline void fault_replace(struct zy_buf *pdf, const char *from, const char *to)
{
	size_t at = (size_t)(fault_last(pdf, from) - pdf->p);
	ZY_BUF_AUTO rest = { 0 };

	zy_buf_put(&rest, ZY_BYTES(pdf->p + at + strlen(from), pdf->len - at - strlen(from)));
	pdf->len = at;
	zy_buf_put_str(pdf, to);
	zy_buf_put(pdf, zy_buf_bytes(&rest));
}

/* ---- what comes behind the base ---- */

/* A table for what lies at these places, behind everything; prev 0: the section before. */
static inline void fault_table(struct zy_buf *pdf, const char *entries, size_t prev, const char *trailer)
{
	size_t table = pdf->len, last = later_number(zy_buf_bytes(pdf), "startxref");

	zy_buf_printf(pdf, "xref\n%strailer\n<< /Size 40 /Root 1 0 R /Prev %zu %s >>\nstartxref\n%zu\n%%%%EOF\n",
	    entries, prev == 0 ? last : prev, trailer, table);
}

static inline size_t fault_object(struct zy_buf *pdf, const char *text)
{
	size_t at = pdf->len;

	zy_buf_put_str(pdf, text);
	return at;
}

static inline void fault_one(struct zy_buf *pdf, const char *text, unsigned number, size_t more, const char *format)
{
	char entries[256];
	size_t at = fault_object(pdf, text) + more;

	snprintf(entries, sizeof(entries), format, number, at, number, at);
	fault_table(pdf, entries, 0, FIXTURE_ID);
}

#define ENTRY "%u 1\n%010zu 00000 n \n"
#define OBJECT_20 "20 0 obj\n(x)\nendobj\n"

static inline void offset_one_more(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 20, 1, ENTRY);
}
static inline void offset_one_less(struct zy_buf *p)
{
	fault_one(p, "\n" OBJECT_20, 20, 0, ENTRY);
}
static inline void other_number(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 21, 0, ENTRY);
}
static inline void entry_of_19(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 20, 0, "%u 1\n%010zu 00000 n\n");
}
static inline void entry_twice(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 20, 0, ENTRY ENTRY);
}
static inline void other_generation(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 20, 0, "%u 1\n%010zu 00003 n \n");
}
static inline void entry_beyond(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 20, 1000000, ENTRY);
}
static inline void entry_of_zero(struct zy_buf *p)
{
	fault_one(p, "0 0 obj\n(x)\nendobj\n", 0, 0, ENTRY);
}
static inline void number_too_high(struct zy_buf *p)
{
	fault_one(p, "90 0 obj\n(x)\nendobj\n", 90, 0, ENTRY);
}
static inline void object_in_string(struct zy_buf *p)
{
	char entries[128];
	size_t at = fault_object(p, "20 0 obj\n(21 0 obj\n<< >>\nendobj\n)\nendobj\n");

	snprintf(entries, sizeof(entries), "20 2\n%010zu 00000 n \n%010zu 00000 n \n", at, at + 10);
	fault_table(p, entries, 0, FIXTURE_ID);
}
static inline void object_in_stream(struct zy_buf *p)
{
	char entries[128];
	size_t at =
	    fault_object(p, "20 0 obj\n<< /Length 25 >>\nstream\n21 0 obj\n(hidden)\nendobj\n\nendstream\nendobj\n");

	snprintf(entries, sizeof(entries), "20 2\n%010zu 00000 n \n%010zu 00000 n \n", at, at + 34);
	fault_table(p, entries, 0, FIXTURE_ID);
}
static inline void table_with_words(struct zy_buf *p)
{
	fault_one(p, OBJECT_20, 20, 0, ENTRY "see below\n");
}
static inline void table_in_comment(struct zy_buf *p)
{
	zy_buf_put_str(p, "% startxref\n9\n%%EOF\n");
}
static inline void prev_forward(struct zy_buf *p)
{
	size_t at = p->len;

	fault_table(p, "0 0\n", at + 200, FIXTURE_ID "                                                            ");
	fault_table(p, "0 0\n", at, FIXTURE_ID);
}
static inline void prev_skips(struct zy_buf *p)
{
	size_t first = later_number(zy_buf_bytes(p), "startxref");

	later_append(p, (struct later_object[]){ { 20, "(between)" } }, 1, FIXTURE_ID);
	fault_table(p, "0 0\n", first, FIXTURE_ID);
}
static inline void behind_its_table(struct zy_buf *p)
{
	char entries[64];

	snprintf(entries, sizeof(entries), "20 1\n%010zu 00000 n \n", p->len + 250);
	fault_table(p, entries, 0, FIXTURE_ID);
	while (p->len < (size_t)strtoul(entries + 5, NULL, 10))
		zy_buf_put_u8(p, '\n');
	(void)fault_object(p, OBJECT_20);
	fault_table(p, "0 0\n", 0, FIXTURE_ID);
}
static inline void garbage_between(struct zy_buf *p)
{
	zy_buf_put_str(p, "this is no object\n");
	fault_table(p, "0 0\n", 0, FIXTURE_ID);
}
static inline void object_outside(struct zy_buf *p)
{
	(void)fault_object(p, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n");
	fault_table(p, "0 0\n", 0, FIXTURE_ID);
}
static inline void object_in_comment(struct zy_buf *p)
{
	(void)fault_object(p, "% 4 0 obj << /Length 0 >> stream endstream endobj\n");
	fault_table(p, "0 0\n", 0, FIXTURE_ID);
}
static inline void plain_comment(struct zy_buf *p)
{
	zy_buf_put_str(p, "% written by a program that likes to say so\n\n");
	fault_table(p, "0 0\n", 0, FIXTURE_ID);
}
/* Incremental saving attacks without a whole revision: readers that repair take the last object of a number. */
static inline void body_without_table(struct zy_buf *p)
{
	zy_buf_put_str(p, "4 0 obj\n<< /Length 1 >>\nstream\nn\nendstream\nendobj\n");
}
static inline void trailer_without_table(struct zy_buf *p)
{
	zy_buf_put_str(p, "9 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer\n<< /Root 9 0 R >>\n%%EOF\n");
}
/* The length of a stream stands in an object of its own, which a later revision changes: what was data is read. */
static inline void length_changes(struct zy_buf *p)
{
	char entries[128];
	size_t at = fault_object(p, "20 0 obj\n<< /Length 21 0 R >>\nstream\nabcde\nendstream\nendobj\n"),
	       length = fault_object(p, "21 0 obj\n5\nendobj\n");

	snprintf(entries, sizeof(entries), "20 2\n%010zu 00000 n \n%010zu 00000 n \n", at, length);
	fault_table(p, entries, 0, FIXTURE_ID);
	later_append(p, (struct later_object[]){ { 21, "4" } }, 1, FIXTURE_ID);
}

/* ---- of the signature ---- */

static inline void fault_member(struct zy_buf *p, const char *from, const char *to)
{
	uint8_t *at = fault_last(p, from);

	SOFT_CHECK(strlen(from) >= strlen(to));
	memset(at, ' ', strlen(from));
	memcpy(at, to, strlen(to));
}
static inline void range_absent(struct zy_buf *p)
{
	fault_member(p, "/ByteRange", "/ByteRangX");
}
static inline void range_empty(struct zy_buf *p)
{
	uint8_t *at = fault_last(p, "/ByteRange [0 ") + strlen("/ByteRange [");

	while (*at != ']')
		*at++ = ' ';
}
static inline void range_negative(struct zy_buf *p)
{
	fault_member(p, "/ByteRange [0 ", "/ByteRange [-1");
}
static inline void range_of_five(struct zy_buf *p)
{
	uint8_t *at = fault_last(p, "/ByteRange [0 ") + strlen("/ByteRange [0 ");

	memcpy(memchr(at, ']', 64) - 2, " 0", 2);
}
static inline void range_real(struct zy_buf *p)
{
	fault_member(p, "/ByteRange [0 ", "/ByteRange [.0");
}
static inline void contents_absent(struct zy_buf *p)
{
	fault_member(p, "/Contents <", "/Contentz <");
}
static inline void fault_fill(struct zy_buf *p, char c)
{
	uint8_t *at = fault_last(p, "/Contents <") + strlen("/Contents <");

	while (*at != '>')
		*at++ = (uint8_t)c;
}
static inline void contents_zeros(struct zy_buf *p)
{
	fault_fill(p, '0');
}
static inline void contents_blank(struct zy_buf *p)
{
	fault_fill(p, ' ');
}
static inline void contents_comment(struct zy_buf *p)
{
	fault_last(p, "/Contents <")[9] = '%';
}
static inline void contents_spelled(struct zy_buf *p)
{
	fault_replace(p, "/Contents <", "/C#6fntents <");
	fault_replace(p, "/Filter /Adobe.PPKLite", "/Filter /Adobe.PPKLi");
}
static inline void contents_elsewhere(struct zy_buf *p)
{
	uint8_t *from = fault_last(p, "/Contents <") + strlen("/Contents "), *to = memchr(from, '>', 8192);
	ZY_BUF_AUTO body = { 0 };

	zy_buf_put(&body, ZY_BYTES(from, (size_t)(to - from) + 1));
	zy_buf_put_u8(&body, 0);
	fault_member(p, "/Contents <", "/Contentz <");
	fault_replace(p, "/Filter /Adobe.PPKLite", "/Contents 20 0 R /F /A");
	later_append(p, (struct later_object[]){ { 20, (const char *)body.p } }, 1, FIXTURE_ID);
}

/* ---- small documents ---- */

#define HEAD                                                                                                                 \
	"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n" \
	"endobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>\nendobj\n"

struct fault_stream {
	const char *members, *packed; /* of the table; object 5's dictionary and data, if any */
	size_t num_rows;
	int kind; /* of row 5 */
};

/* Objects 1 to 3, perhaps packed ones in 4, the table in 6; its rows of 1, 2 and 1 octets. */
static inline void fault_streams(struct zy_buf *p, const struct fault_stream *s)
{
	size_t at[7] = { 0 };
	uint8_t rows[64] = { 0 };

	zy_buf_put_str(p, HEAD);
	at[4] = p->len;
	if (s->packed != NULL)
		zy_buf_printf(p, "4 0 obj\n<< /Type /ObjStm %s\nendstream\nendobj\n", s->packed);
	at[6] = p->len;
	for (unsigned i = 1; i <= 3; i++) {
		char word[16];

		snprintf(word, sizeof(word), "\n%u 0 obj", i);
		at[i] = (size_t)(fault_last(p, word) - p->p) + 1;
	}
	for (size_t i = 1; i < 7; i++) {
		rows[4 * i] = at[i] > 0 && (i != 4 || s->packed != NULL) ? 1 : 0;
		rows[4 * i + 1] = (uint8_t)(at[i] >> 8);
		rows[4 * i + 2] = (uint8_t)at[i];
	}
	if (s->kind > 0) {
		rows[20] = (uint8_t)s->kind;
		rows[22] = 4;
	}
	zy_buf_printf(
	    p, "6 0 obj\n<< /Type /XRef /Size 7 /Root 1 0 R %s /Length %zu >>\nstream\n", s->members, 4 * s->num_rows);
	zy_buf_put(p, ZY_BYTES(rows, 4 * s->num_rows));
	zy_buf_printf(p, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", at[6]);
}

#define STREAMS(name, ...)                                                                                             \
	static inline void name(struct zy_buf *p)                                                                      \
	{                                                                                                              \
		fault_streams(p, &(struct fault_stream){ __VA_ARGS__ });                                               \
	}
STREAMS(table_stream, "/W [1 2 1]", NULL, 7, 0)
STREAMS(widths_of_two, "/W [1 2]", NULL, 7, 0)
STREAMS(width_too_large, "/W [1 9 1]", NULL, 7, 0)
STREAMS(index_odd, "/W [1 2 1] /Index [0 7 1]", NULL, 7, 0)
STREAMS(index_twice, "/W [1 2 1] /Index [0 7 3 1]", NULL, 8, 0)
STREAMS(rows_missing, "/W [1 2 1]", NULL, 6, 0)
STREAMS(rows_more, "/W [1 2 1]", NULL, 8, 0)
STREAMS(kind_unknown, "/W [1 2 1]", NULL, 7, 3)
STREAMS(filter_unknown, "/W [1 2 1] /Filter /ASCIIHexDecode", NULL, 7, 0)
STREAMS(packed_good, "/W [1 2 1]", "/N 1 /First 4 /Length 7 >>\nstream\n5 0 (x)", 7, 2)
STREAMS(packed_twice, "/W [1 2 1]", "/N 2 /First 8 /Length 14 >>\nstream\n5 0 5 3 (x)(y)", 7, 2)
STREAMS(packed_other, "/W [1 2 1]", "/N 1 /First 4 /Length 7 >>\nstream\n3 0 (x)", 7, 2)
STREAMS(packed_tail, "/W [1 2 1]", "/N 1 /First 4 /Length 11 >>\nstream\n5 0 (x) (y)", 7, 2)
STREAMS(packed_backwards, "/W [1 2 1]", "/N 2 /First 8 /Length 14 >>\nstream\n5 3 4 0 (x)(y)", 7, 2)
STREAMS(packed_reference, "/W [1 2 1]", "/N 1 /First 4 /Length 9 >>\nstream\n5 0 1 0 R", 7, 2)
STREAMS(packed_nowhere, "/W [1 2 1]", NULL, 7, 2)

static inline void hybrid_twice(struct zy_buf *p)
{
	size_t at, table;
	char entries[64];

	zy_buf_put_str(p, HEAD);
	at = p->len;
	zy_buf_put_str(p, "4 0 obj\n<< /Type /XRef /Size 5 /W [1 2 1] /Index [3 1] /Length 4 >>\nstream\n");
	zy_buf_put(p, ZY_BYTES("\1\0\x0f", 4));
	zy_buf_put_str(p, "\nendstream\nendobj\n");
	table = p->len;
	zy_buf_put_str(p, "xref\n0 5\n0000000000 65535 f \n");
	for (unsigned i = 1; i < 5; i++) {
		snprintf(entries, sizeof(entries), "\n%u 0 obj", i);
		zy_buf_printf(p, "%010zu 00000 n \n", (size_t)(fault_last(p, entries) - p->p) + 1);
	}
	zy_buf_printf(p, "trailer\n<< /Size 5 /Root 1 0 R /XRefStm %zu >>\nstartxref\n%zu\n%%%%EOF\n", at, table);
}
static inline void header_shifted(struct zy_buf *p)
{
	zy_buf_insert(p, 0, ZY_LITERAL("\n"));
}
static inline void header_odd(struct zy_buf *p)
{
	memcpy(p->p, "%PDF-x.y", 8);
}
static inline void no_end(struct zy_buf *p)
{
	p->len -= strlen("%%EOF\n");
}
static inline void deep(struct zy_buf *p)
{
	char text[256];

	snprintf(text, sizeof(text), "%.70s%.70s",
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
	    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	later_append(p, (struct later_object[]){ { 20, text } }, 1, FIXTURE_ID);
}

#define ERROR(says) "error: pdf\nsays: " says "\n"
#define INFO "finding: revocation-not-checked\nfinding: licence-status-not-checked\n"
#define UNREADABLE "finding: cms-unreadable Contents\n"
#define STATUS "finding: licence-status-not-checked\n"
#define STRAY "finding: pdf-stray-signature AcroForm.Fields\n"
#define CHANGED "finding: changed-after-signing ByteRange\n"
#define LOOSE "finding: pdf-loose-bytes PDF\n"
#define FAILED "indication: TOTAL-FAILED\nsub_indication: "
#define ALTERED FAILED "HASH_FAILURE\n" CHANGED INFO
#define BAD(text) .objects = { { 20, text } }

static const struct pdf_fault pdf_faults[] = {
	/* tables and trailers */
	{ "offset-one-more", ERROR("an object is not where"), .alter = offset_one_more },
	{ "offset-one-less", ERROR("an object is not where"), .alter = offset_one_less },
	{ "object-of-other-number", ERROR("an object is not where"), .alter = other_number },
	{ "object-of-other-generation", ERROR("an object is not where"), .alter = other_generation },
	{ "object-in-a-string", ERROR("a string has no end"), .alter = object_in_string },
	{ "object-in-a-stream", ERROR("/Length is missing or wrong"), .alter = object_in_stream },
	{ "object-behind-its-revision", ERROR("an object lies behind the end of its revision"),
	    .alter = behind_its_table },
	{ "entry-of-19-bytes", ERROR("an entry of the table"), .alter = entry_of_19 },
	{ "entry-twice", ERROR("a table has an object twice"), .alter = entry_twice },
	{ "entry-beyond-the-file", ERROR("outside of the file"), .alter = entry_beyond },
	{ "entry-of-object-0", ERROR("outside of the file"), .alter = entry_of_zero },
	{ "number-beyond-size", ERROR("/Size is too small"), .alter = number_too_high },
	{ "table-with-words", ERROR("a table holds something else"), .alter = table_with_words },
	{ "startxref-in-a-comment", ERROR("an object is not where"), .alter = table_in_comment },
	{ "startxref-elsewhere", ERROR("leads to no place"), BAD("(x)"), .from = "startxref\n", .to = "startxref\n1" },
	{ "no-end-of-file", ERROR("startxref is not followed"), .alter = no_end },
	{ "prev-forward", ERROR("/Prev points forward"), .alter = prev_forward },
	{ "prev-beyond-the-file", ERROR("it leads to no place"), BAD("(x)"), .from = "/Prev ", .to = "/Prev 99" },
	{ "prev-negative", ERROR("it leads to no place"), BAD("(x)"), .from = "/Prev ", .to = "/Prev -" },
	{ "prev-no-number", ERROR("it leads to no place"), BAD("(x)"), .from = "/Prev ", .to = "/Prev /" },
	{ "trailer-key-twice", ERROR("has a key twice"), BAD("(x)"), .from = "/Root 1 0 R",
	    .to = "/Root 1 0 R /Size 21" },
	{ "trailer-key-twice-spelled", ERROR("has a key twice"), BAD("(x)"), .from = "/Root 1 0 R",
	    .to = "/Root 1 0 R /R#6fot 9 0 R" },
	{ "trailer-no-dictionary", ERROR("trailer is no dictionary"), BAD("(x)"), .from = "trailer\n",
	    .to = "trailer\n()" },
	{ "encrypted-later", ERROR("encrypted"), BAD("(x)"), .from = "/Root 1 0 R",
	    .to = "/Root 1 0 R /Encrypt 20 0 R" },
	{ "hybrid-object-twice", ERROR("both have an object"), .alter = hybrid_twice, .fresh = true },
	{ "header-shifted", "error: unknown-format\n", .alter = header_shifted },
	{ "header-without-version", ERROR("no version"), .alter = header_odd },
	/* tables and objects in streams */
	{ "table-stream",
	    "indication: INDETERMINATE\nsub_indication: NO_SIGNATURE\nfinding: no-signature AcroForm.Fields\n",
	    .alter = table_stream, .fresh = true },
	{ "table-stream-widths-of-two", ERROR("/W is not three"), .alter = widths_of_two, .fresh = true },
	{ "table-stream-width-too-large", ERROR("/W is not three"), .alter = width_too_large, .fresh = true },
	{ "table-stream-index-odd", ERROR("/Index is not pairs"), .alter = index_odd, .fresh = true },
	{ "table-stream-index-twice", ERROR("a table has an object twice"), .alter = index_twice, .fresh = true },
	{ "table-stream-rows-missing", ERROR("fewer rows"), .alter = rows_missing, .fresh = true },
	{ "table-stream-rows-more", ERROR("more rows"), .alter = rows_more, .fresh = true },
	{ "table-stream-kind-unknown", ERROR("of no known kind"), .alter = kind_unknown, .fresh = true },
	{ "table-stream-filter-unknown", ERROR("in a way that is not read"), .alter = filter_unknown, .fresh = true },
	{ "packed-object",
	    "indication: INDETERMINATE\nsub_indication: NO_SIGNATURE\nfinding: no-signature AcroForm.Fields\n",
	    .alter = packed_good, .fresh = true },
	{ "packed-object-twice", ERROR("a packed object is there twice"), .alter = packed_twice, .fresh = true },
	{ "packed-object-of-other-number", ERROR("a packed object is not where"), .alter = packed_other,
	    .fresh = true },
	{ "packed-object-with-a-tail", ERROR("something follows a packed object"), .alter = packed_tail,
	    .fresh = true },
	{ "packed-objects-backwards", ERROR("out of order"), .alter = packed_backwards, .fresh = true },
	{ "packed-object-a-reference", ERROR("something follows a packed object"), .alter = packed_reference,
	    .fresh = true },
	{ "packed-object-nowhere", ERROR("an object that is not there"), .alter = packed_nowhere, .fresh = true },
	/* objects */
	{ "endobj-missing", ERROR("not followed by endobj"), BAD("(x)"), .from = "endobj", .to = "endobi" },
	{ "stream-length-short", ERROR("endstream is not where"), BAD("<< /Length 1 >>\nstream\nabc\nendstream") },
	{ "stream-length-missing", ERROR("/Length is missing"), BAD("<< >>\nstream\nabc\nendstream") },
	{ "stream-length-of-itself", ERROR("/Length is missing"), BAD("<< /Length 20 0 R >>\nstream\nabc\nendstream") },
	{ "stream-length-negative", ERROR("/Length is missing"), BAD("<< /Length -3 >>\nstream\nabc\nendstream") },
	{ "stream-length-changed-later", ERROR("/Length is missing or wrong"), .alter = length_changes },
	{ "stream-after-cr-alone", ERROR("not followed by a line end"),
	    BAD("<< /Length 3 >>\nstream\rabc\nendstream") },
	{ "dictionary-of-three", ERROR("not made of pairs"), BAD("<< /A /B /C >>") },
	{ "dictionary-open", ERROR("is expected"), BAD("<< /A [1 2") },
	{ "dictionary-key-no-name", ERROR("no name"), BAD("<< (A) 1 >>") },
	{ "dictionary-key-twice-spelled", ERROR("has a key twice"), BAD("<< /Contents (a) /C#6fntents (b) >>") },
	{ "name-with-a-broken-escape", ERROR("# without two digits"), BAD("/A#4") },
	{ "name-with-a-zero", ERROR("# without two digits"), BAD("/A#00B") },
	{ "name-with-a-vertical-tab", ERROR("a control character"), BAD("<< /A\vB 1 >>") },
	{ "string-open", ERROR("a string has no end"), BAD("(a (b) ") },
	{ "string-of-no-digits", ERROR("hexadecimal string"), BAD("<12xy>") },
	{ "number-with-two-dots", ERROR("number is none"), BAD("1.2.3") },
	{ "number-with-two-signs", ERROR("number is none"), BAD("--5") },
	{ "number-too-long", ERROR("number is none"), BAD("1234567890123456789012") },
	{ "reference-to-object-0", ERROR("an R without"), BAD("[0 0 R]") },
	{ "reference-without-generation", ERROR("an R without"), BAD("[5 R]") },
	{ "word-unknown", ERROR("a value is expected"), BAD("[nil]") },
	{ "two-values", ERROR("not followed by endobj"), BAD("(a) (b)") },
	{ "nested-too-deep", "error: too-large\nsays: deep\n", .alter = deep },
	/* between objects */
	{ "garbage-between-revisions", FAILED "HASH_FAILURE\n" LOOSE CHANGED INFO, .alter = garbage_between },
	{ "object-outside-of-the-table", FAILED "HASH_FAILURE\n" LOOSE CHANGED INFO, .alter = object_outside },
	{ "object-in-a-comment", FAILED "HASH_FAILURE\n" LOOSE CHANGED INFO, .alter = object_in_comment },
	{ "comment-between-revisions", "indication: TOTAL-PASSED\n" INFO, .alter = plain_comment },
	{ "revision-that-prev-skips", FAILED "HASH_FAILURE\n" LOOSE CHANGED INFO, .alter = prev_skips },
	{ "objects-without-a-table", ALTERED, .alter = body_without_table },
	{ "trailer-without-a-table", ALTERED, .alter = trailer_without_table },
	/* universal signature forgery: a signature that a careless reader takes for one that it cannot fault */
	{ "byte-range-absent", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = range_absent },
	{ "byte-range-empty", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = range_empty },
	{ "byte-range-negative", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = range_negative },
	{ "byte-range-of-five", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = range_of_five },
	{ "byte-range-no-integer", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = range_real },
	{ "contents-absent", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = contents_absent },
	{ "contents-of-zeros", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = contents_zeros },
	{ "contents-of-blanks", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = contents_blank },
	{ "contents-behind-a-comment", ERROR("a value is expected"), .alter = contents_comment },
	{ "contents-spelled-otherwise", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS, .alter = contents_spelled },
	{ "contents-in-another-object", FAILED "HASH_FAILURE\n" UNREADABLE CHANGED STATUS,
	    .alter = contents_elsewhere },
	{ "field-without-a-form", FAILED "FORMAT_FAILURE\n" STRAY "finding: licence-unsigned AcroForm.Fields\n" STATUS,
	    .objects = { { 1,
		"<< /Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(licence.xml) 5 0 R] >> >> >>" } } },
	/* shadow attacks: what was prepared before signing is shown after it */
	{ "shadow-page-freed", ERROR("a page is missing"), .objects = { { 3, NULL } } },
	{ "shadow-appearance-of-a-field", ALTERED,
	    .objects = { { 12,
			     "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal1) /F 132 /P 3 0 R /V 13 0 R /AP << /N 20 0 R >> /Rect [368.50 99.32 487.56 218.38 ] >>" },
		{ 20, "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream" } } },
	{ "shadow-resources-of-a-page", ALTERED,
	    .objects = { { 3,
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 20 0 R >> >> /Contents 4 0 R /Annots [7 0 R 8 0 R 12 0 R] >>" } } },
	{ "shadow-attachment", ALTERED,
	    .objects = { { 5,
		"<< /Type /Filespec /F (licence.xml) /UF (licence.xml) /AFRelationship /Source /EF << /F 6 0 R >> >>" } } },
};

#endif
