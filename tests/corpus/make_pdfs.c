/* Writes the PDF files of pdf_faults.h, and what is to be said of them, from the signed one that is there: by hand,
 * when a row is new (`cmake --build build -t make-pdfs && build/tests/make-pdfs`). */
#include "corpus/pdf_faults.h"
#include "zy/file.h"

#define FOLDER ZY_SOURCE_DIR "/tests/corpus/pdf/"

static void write_case(const char *name, const char *kind, struct zy_bytes v)
{
	char path[4096];
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), FOLDER "%s.%s", name, kind);
	SOFT_CHECK(zy_file_write(path, v, 0644, true, &err));
}

static void make(const struct pdf_fault *f, struct zy_bytes base)
{
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO expect = { 0 };
	size_t num = 0;

	if (!f->fresh)
		zy_buf_put(&pdf, base);
	while (num < 2 && f->objects[num].number != 0)
		num++;
	if (num > 0)
		later_append(&pdf, f->objects, num, FIXTURE_ID);
	if (f->from != NULL)
		fault_replace(&pdf, f->from, f->to);
	if (f->alter != NULL)
		f->alter(&pdf);
	zy_buf_printf(&expect, "at: 2026-03-01T00:00:00Z\n%s", f->expect);
	write_case(f->name, "pdf", zy_buf_bytes(&pdf));
	write_case(f->name, "expect", zy_buf_bytes(&expect));
}

int main(void)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes base;

	SOFT_CHECK(zy_file_read(FOLDER "later-none.pdf", 1 << 20, &a, &base, &err));
	for (size_t i = 0; i < sizeof(pdf_faults) / sizeof(pdf_faults[0]); i++)
		make(&pdf_faults[i], base);
	return 0;
}
