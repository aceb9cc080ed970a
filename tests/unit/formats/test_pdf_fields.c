#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/pdf_fixture.h"
#include "zy/pdf_fields.h"

static void a_field_of_two_widgets_is_one_field(void **state)
{
	const char *bodies[] = { "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 7 0 R] >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Annots [5 0 R 6 0 R] >>",
		"<< /FT /Sig /T (four) /Kids [5 0 R 6 0 R] /Lock << /Action /Include /Fields [(x)] /P 2 >> >>",
		"<< /Type /Annot /Subtype /Widget /Parent 4 0 R /Rect [9 9 99 99] /P 3 0 R >>",
		"<< /Type /Annot /Subtype /Widget /Parent 4 0 R /Rect [109 9 199 99] /P 3 0 R >>",
		"<< /T (seven) /Kids [8 0 R] >>", "<< /T (eight) /FT /Sig /Parent 7 0 R >>" };
	struct zy_pdf_fields f;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_pdf pdf;

	(void)state;
	fixture_write(&b, bodies, 8, FIXTURE_ID);
	assert_true(zy_pdf_parse(&pdf, zy_buf_bytes(&b), NULL, &a, &err));
	assert_true(zy_pdf_fields_parse(&f, &pdf, &a, &err));
	assert_int_equal(f.num, 2);
	assert_string_equal(f.fields[0].name, "four");
	assert_true(f.fields[0].is_seen && !f.fields[0].is_signed);
	assert_int_equal(f.fields[0].page, 1);
	assert_string_equal(f.fields[0].lock, "Include x, P 2");
	assert_string_equal(f.fields[1].name, "seven.eight");
	assert_false(f.fields[1].is_seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_of_two_widgets_is_one_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
