/* Our reader of PDF objects held against qpdf's: of the same file both must see the same objects, and the same bytes of
 * their streams. Files of several programs, in every form that a table has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/pdf_later.h"
#include "helpers/pdf_oracle.h"
#include "zy/file.h"

static char folder[] = "/tmp/zy-pdf-reader-XXXXXX";

/* The number of objects that both know. */
static size_t compare_file(struct zy_bytes in, const char *name)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf *d = zy_arena_alloc(&a, sizeof(*d), &err);
	qpdf_data q = oracle_open(in);
	size_t num = 0;

	assert_non_null(d);
	if (!zy_pdf_parse(d, in, NULL, &a, &err))
		fail_msg("%s: %s", name, err.msg);
	assert_non_null(q);
	for (unsigned i = 1; i < d->newest->size; i++) {
		num += d->newest->table[i] != NULL;
		if (!oracle_same_object(d->newest, i, q))
			fail_msg("%s: object %u differs", name, i);
	}
	assert_int_equal(qpdf_get_num_pages(q), d->num_pages);
	qpdf_cleanup(&q);
	return num;
}

static void run(const char *command)
{
	char text[1024];

	snprintf(text, sizeof(text), "cd %s && %s", folder, command);
	if (system(text) != 0)
		fail_msg("%s", command);
}

static void files_of_other_programs_have_the_same_objects(void **state)
{
	static const char *const made[][2] = {
		{ "cairo", "rsvg-convert -f pdf -o cairo.pdf A.svg B.svg" },
		{ "classic", "qpdf --object-streams=disable --force-version=1.4 cairo.pdf classic.pdf" },
		{ "streams", "qpdf --object-streams=generate cairo.pdf streams.pdf" },
		{ "linear", "qpdf --linearize --object-streams=disable cairo.pdf linear.pdf" },
		{ "linear-streams", "qpdf --linearize --object-streams=generate cairo.pdf linear-streams.pdf" },
		{ "qdf", "qpdf --qdf cairo.pdf qdf.pdf" },
		{ "poppler", "pdftocairo -pdf cairo.pdf poppler.pdf" },
		{ "united", "pdfunite cairo.pdf streams.pdf united.pdf" }, /* its /Size is too small */
		{ "separate", "pdfseparate -f 2 -l 2 cairo.pdf separate.pdf" },
	};

	(void)state;
	run("for p in A B; do echo '<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\">"
	    "<text x=\"80\" y=\"120\">Page '$p'</text></svg>' >$p.svg; done");
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		char path[128];
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_bytes in;

		run(made[i][1]);
		snprintf(path, sizeof(path), "%s/%s.pdf", folder, made[i][0]);
		assert_true(zy_file_read(path, 1 << 22, &a, &in, &err));
		assert_true(compare_file(in, made[i][0]) > 5);
	}
}

static void our_own_files_have_the_same_objects(void **state)
{
	struct soft_p256 soft;
	ZY_BUF_AUTO pdf = { 0 };

	(void)state;
	soft_make(&soft);
	fixture_signed_pdf(&soft, &pdf);
	assert_int_equal(compare_file(zy_buf_bytes(&pdf), "signed"), 10);
	later_sign(&soft, &pdf, 1);
	assert_int_equal(compare_file(zy_buf_bytes(&pdf), "signed twice"), 13);
	later_append(&pdf, (struct later_object[]){ { 7, NULL } }, 1, FIXTURE_ID);
	assert_int_equal(compare_file(zy_buf_bytes(&pdf), "with a freed object"), 12);
	soft_free(&soft);
}

/* Values of every kind, spelled in every way, as both read them. */
static void values_are_read_as_qpdf_reads_them(void **state)
{
	static const char *const bodies[] = { "<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Resources << >> >>",
		"(a\\(b\\)c (nested) \\101\\12\\7x \\\r\nnext\rline\r\nend \\n\\t\\\\)", "<48 65 6C6c6>", "<>", "()",
		"[ 1 -2 +3 4.5 -.5 6. 007 null true false ]", "/A#20B#2FC#c3#a9", "/",
		"<< /B 1 /A[/x/y(z)<61>]/C<</D 1 0 R>>%comment\n/E 2 >>", "[[[[]]]<< >>]", "[1 0 R 2 0 R 5 7 0]",
		"<< /Length 5 >>\nstream\r\na\r\nb\n\nendstream", "-12345678901234567", "0.00001" };
	ZY_BUF_AUTO pdf = { 0 };

	(void)state;
	fixture_write(&pdf, bodies, sizeof(bodies) / sizeof(bodies[0]), "");
	assert_int_equal(compare_file(zy_buf_bytes(&pdf), "values"), sizeof(bodies) / sizeof(bodies[0]));
}

/* What belongs to nothing is told with its place, also where a signature covers it. */
static void loose_bytes_are_told(void **state)
{
	static const char *const loose[] = { "99 0 obj\n(x)\nendobj\n", "words", "% 3 0 obj\n", "(", "\1" };
	static const char *const fine[] = { "\n\n  \t\r\n", "% a remark\n", "%\n%%\n" };
	struct soft_p256 soft;

	(void)state;
	soft_make(&soft);
	for (size_t i = 0; i < sizeof(loose) / sizeof(loose[0]) + sizeof(fine) / sizeof(fine[0]); i++) {
		bool is_loose = i < sizeof(loose) / sizeof(loose[0]);
		ZY_BUF_AUTO pdf = { 0 };
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_pdf d;
		size_t at;

		fixture_pdf(&pdf, "", "", NULL);
		at = pdf.len;
		zy_buf_put_str(&pdf, is_loose ? loose[i] : fine[i - sizeof(loose) / sizeof(loose[0])]);
		later_append(&pdf, (struct later_object[]){ { 7, "<< /Title (new) >>" } }, 1, FIXTURE_ID);
		later_sign(&soft, &pdf, 1);
		assert_true(zy_pdf_parse(&d, zy_buf_bytes(&pdf), NULL, &a, &err));
		assert_int_equal(d.loose_at, is_loose ? at : ZY_NOWHERE);
		assert_true(d.signatures[0].whole);
	}
	soft_free(&soft);
}

/* Text strings in their three encodings. */
static void text_strings_become_utf8(void **state)
{
	static const struct {
		const char *title, *utf8;
	} texts[] = { { "(Seal)", "Seal" }, { "<feff4e916cfd>", "\xe4\xba\x91\xe6\xb3\xbd" },
		{ "<feffd83dde00>", "\xf0\x9f\x98\x80" }, { "<efbbbfe4ba91>", "\xe4\xba\x91" },
		{ "<80a0e9>", "\xe2\x80\xa2\xe2\x82\xac\xc3\xa9" }, { "<feffd83d>", "" }, { "<9f>", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char form[256];
		ZY_BUF_AUTO pdf = { 0 };
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_pdf d;

		snprintf(form, sizeof(form),
		    " /AcroForm << /Fields [ << /FT /Sig /T %s /V << /ByteRange [0 1 2 3] /Contents <00> >> >> ] >>",
		    texts[i].title);
		fixture_pdf(&pdf, form, "", NULL);
		assert_true(zy_pdf_parse(&d, zy_buf_bytes(&pdf), NULL, &a, &err));
		assert_string_equal(d.signatures[0].field, texts[i].utf8);
	}
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
	char text[128];

	(void)state;
	snprintf(text, sizeof(text), "rm -r %s", folder);
	return system(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_other_programs_have_the_same_objects),
		cmocka_unit_test(our_own_files_have_the_same_objects),
		cmocka_unit_test(values_are_read_as_qpdf_reads_them),
		cmocka_unit_test(loose_bytes_are_told),
		cmocka_unit_test(text_strings_become_utf8),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
