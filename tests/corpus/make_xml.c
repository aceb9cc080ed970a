/* Writes tests/corpus/xml anew from the table in xml_faults.h, judged with the bundle of make_corpus.c. By hand, as
 * that: `cmake --build build -t make-xml && build/tests/make-xml`. */
#include "corpus/xml_faults.h"

#define FOLDER ZY_SOURCE_DIR "/tests/corpus/xml/"

static void write_file(const char *name, const char *end, struct zy_bytes v)
{
	char path[4096];
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), FOLDER "%s.%s", name, end);
	VERIFY_CHECK(zy_file_write(path, v, 0644, true, &err));
}

static void make(const struct xml_fault *f, const struct stamp_authority *tsa)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO file = { 0 };
	ZY_BUF_AUTO expect = { 0 };
	struct xml_made m = f->m;

	fprintf(stderr, "%s\n", f->name);
	m.tsa = tsa;
	xml_make(&m, &a, &file);
	if (f->alter != NULL)
		f->alter(&file, &a);
	zy_buf_printf(&expect, "at: 2026-03-01T00:00:00Z\n%s\n%s", f->verdict, f->findings);
	write_file(f->name, "xml", zy_buf_bytes(&file));
	write_file(f->name, "expect", zy_buf_bytes(&expect));
}

int main(void)
{
	struct stamp_authority stranger = stamp_found(ZY_SUITE_GM, STAMP_EKU);

	for (size_t i = 0; i < sizeof(xml_faults) / sizeof(xml_faults[0]); i++)
		make(&xml_faults[i], &stranger);
	stamp_dissolve(&stranger);
	return 0;
}
