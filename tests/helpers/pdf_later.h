/* A revision appended to a PDF by hand: objects put in or replaced, without any regard to signatures. */
#ifndef ZY_TEST_PDF_LATER_H
#define ZY_TEST_PDF_LATER_H

#include "helpers/pdf_fixture.h"
#include "zy/pdf_revision.h"

struct later_object {
	unsigned number;
	const char *body;
};

/* The number behind the last `word`. */
static inline size_t later_number(struct zy_bytes pdf, const char *word)
{
	size_t at = pdf.len - strlen(word);

	while (at > 0 && memcmp(pdf.p + at, word, strlen(word)) != 0)
		at--;
	SOFT_CHECK(at > 0);
	return strtoul((const char *)pdf.p + at + strlen(word), NULL, 10);
}

/* `trailer` is added to the new trailer; body NULL: the object is freed. */
static inline void later_append(struct zy_buf *pdf, const struct later_object *objects, size_t num, const char *trailer)
{
	size_t offsets[8], prev = later_number(zy_buf_bytes(pdf), "startxref"),
			   size = later_number(zy_buf_bytes(pdf), "/Size"), table;

	SOFT_CHECK(num <= 8);
	for (size_t i = 0; i < num; i++) {
		offsets[i] = pdf->len;
		size = objects[i].number >= size ? objects[i].number + 1 : size;
		if (objects[i].body != NULL)
			zy_buf_printf(pdf, "%u 0 obj\n%s\nendobj\n", objects[i].number, objects[i].body);
	}
	table = pdf->len;
	zy_buf_put_str(pdf, "xref\n");
	for (size_t i = 0; i < num; i++)
		if (objects[i].body == NULL)
			zy_buf_printf(pdf, "%u 1\n0000000000 00001 f \n", objects[i].number);
		else
			zy_buf_printf(pdf, "%u 1\n%010zu 00000 n \n", objects[i].number, offsets[i]);
	zy_buf_printf(pdf, "trailer\n<< /Size %zu /Root 1 0 R /Prev %zu %s >>\nstartxref\n%zu\n%%%%EOF\n", size, prev,
	    trailer, table);
}

/* What was changed since the first `before` bytes, which are a revision. */
static inline struct zy_pdf_change later_change(const struct zy_buf *pdf, size_t before)
{
	struct zy_pdf_change found = { 77, "not set", 0, NULL };
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf d;
	size_t k = 0;

	if (!zy_pdf_parse(&d, zy_buf_bytes(pdf), NULL, &a, &err))
		fprintf(stderr, "%s: %s\n", err.field, err.msg);
	SOFT_CHECK(err.code == ZY_OK);
	while (k < d.num_revisions && d.revision_end[k] != before)
		k++;
	SOFT_CHECK(k < d.num_revisions);
	if (!zy_pdf_find_change(&found, &d, k + 1, &err))
		fprintf(stderr, "%s: %s\n", err.field, err.msg);
	SOFT_CHECK(err.code == ZY_OK);
	return found;
}

/* One more signature appended by a software key. */
static inline void later_sign(struct soft_p256 *s, struct zy_buf *pdf, unsigned page)
{
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	struct zy_buf out = { 0 };

	if (!zy_pdf_append(zy_buf_bytes(pdf), &(struct zy_pdf_addition){ .page = page }, &stamp, fixture_der_len(s),
		&out, &hole, &err))
		fprintf(stderr, "%s: %s\n", err.field, err.msg);
	SOFT_CHECK(err.code == ZY_OK);
	fixture_sign(s, &out, hole);
	zy_buf_free(pdf);
	*pdf = out;
}

#endif
