#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers/pdf_later.h"
#include "zy/pdf_revision.h"

static struct soft_p256 soft;

static void what_is_there_stays_byte_for_byte(void **state)
{
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO before = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_pdf f;

	(void)state;
	fixture_pdf(&pdf, "", "", NULL);
	for (size_t n = 1; n <= 3; n++) {
		before.len = 0;
		zy_buf_put(&before, zy_buf_bytes(&pdf));
		later_sign(&soft, &pdf, 1);
		assert_true(pdf.len > before.len && memcmp(pdf.p, before.p, before.len) == 0);
		assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), NULL, &a, &err));
		assert_int_equal(f.num_signatures, n);
		assert_int_equal(f.num_revisions, n + 1);
		assert_int_equal(f.num_stray, 0);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(f.signatures[i].revision, i + 2);
			assert_int_equal(f.signatures[i].whole, i + 1 == n);
		}
	}
	assert_string_equal(f.signatures[0].field, "Seal1");
	assert_string_equal(f.signatures[2].field, "Seal3");
}

/* A form and lists that lie in objects of their own, a name that is taken, a crooked box, an inherited turn. */
static void forms_and_lists_of_others_are_taken_up(void **state)
{
	static const char *const bodies[] = { "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /Rotate 90 /MediaBox [1700 1900 100 100] >>",
		"<< /Type /Page /Parent 2 0 R /Resources << >> /Annots 4 0 R >>", "[ 7 0 R ]",
		"<< /Fields 6 0 R /DA (/Helv 0 Tf) >>", "[ 7 0 R ]",
		"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Seal1) /Rect [0 0 9 9] /V (12 0 R) >>" };
	ZY_BUF_AUTO pdf = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf_revision r;
	struct zy_error err = { 0 };
	size_t before;

	(void)state;
	fixture_write(&pdf, bodies, 7, FIXTURE_ID);
	assert_true(zy_pdf_revision_plan(&r, zy_buf_bytes(&pdf), &(struct zy_pdf_addition){ .page = 1 }, &a, &err));
	assert_int_equal(r.next, 8);
	assert_false(r.as_stream);
	assert_int_equal(r.rotate, 90);
	assert_true(r.left == 100 && r.bottom == 100 && r.width == 1600 && r.height == 1800);
	assert_string_equal(r.field, "Seal2");
	assert_int_equal(r.num_rewritten, 2);
	assert_int_equal(r.rewritten[0].id.number, 5);
	assert_string_equal(r.rewritten[0].text, "<< /DA (/Helv 0 Tf) /SigFlags 3 /Fields [ 7 0 R 9 0 R ] >>");
	assert_int_equal(r.rewritten[1].id.number, 4);
	assert_string_equal(r.rewritten[1].text, "[ 7 0 R 9 0 R ]");
	before = pdf.len;
	later_sign(&soft, &pdf, 1);
	assert_null(later_change(&pdf, before).what);
}

static void the_stamp_stands_where_the_reader_of_a_turned_page_sees_it(void **state)
{
	/* 42 x 42 mm at 130, 220 of the page as it is read; A4 upright or lying */
	static const struct {
		const char *turn, *rect, *matrix;
	} all[] = {
		{ "", "/Rect [368.50 99.21 487.56 218.27 ]", "" },
		{ "/Rotate 90", "/Rect [368.50 99.21 487.56 218.27 ]", "/Matrix [0 1 -1 0 0 0]" },
		{ "/Rotate 180", "/Rect [107.72 623.62 226.78 742.68 ]", "/Matrix [-1 0 0 -1 0 0]" },
		{ "/Rotate -90", "/Rect [107.72 623.62 226.78 742.68 ]", "/Matrix [0 -1 1 0 0 0]" },
	};
	struct zy_pdf_stamp stamp = fixture_stamp();

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ZY_BUF_AUTO pdf = { 0 };
		ZY_BUF_AUTO out = { 0 };
		struct zy_error err = { 0 };
		struct zy_pdf_hole hole;
		bool lying = i % 2 != 0;

		stamp.place = lying ? (struct zy_seal_place){ 35, 130, 42, 42 } : fixture_stamp().place;
		fixture_pdf(&pdf, "", all[i].turn, NULL);
		assert_true(zy_pdf_append(
		    zy_buf_bytes(&pdf), &(struct zy_pdf_addition){ .page = 1 }, &stamp, 100, &out, &hole, &err));
		if (memmem(out.p, out.len, all[i].rect, strlen(all[i].rect)) == NULL ||
		    memmem(out.p, out.len, all[i].matrix, strlen(all[i].matrix)) == NULL)
			fail_msg("%s: no %s %s", all[i].turn, all[i].rect, all[i].matrix);
	}
}

static void refuse(const char *catalog, unsigned page, struct zy_seal_place place, enum zy_code code, const char *field)
{
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO out = { 0 };

	stamp.place = place;
	fixture_pdf(&pdf, catalog, "", NULL);
	assert_false(zy_pdf_append(
	    zy_buf_bytes(&pdf), &(struct zy_pdf_addition){ .page = page }, &stamp, 100, &out, &hole, &err));
	assert_int_equal(err.code, code);
	assert_string_equal(err.field, field);
}

static void what_cannot_be_signed_is_refused(void **state)
{
	const struct zy_seal_place good = fixture_stamp().place;

	(void)state;
	refuse("", 2, good, ZY_E_NOT_FOUND, "page");
	refuse("", 0, good, ZY_E_NOT_FOUND, "page");
	refuse("", 1, (struct zy_seal_place){ 200, 200, 42, 42 }, ZY_E_PDF, "box");
	refuse(" /AcroForm << /XFA (x) /Fields [] >>", 1, good, ZY_E_PDF, "XFA");
	refuse(" /Perms << /DocMDP 4 0 R >>", 1, good, ZY_E_PDF, "DocMDP");
}

/* The field 4 or a new one, beside the field 5. */
static void refuse_field(const char *four, const char *five, const char *wanted, const char *field)
{
	const char *bodies[] = { "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Annots [4 0 R 5 0 R 6 0 R] >>",
		four, five, "<< /Type /Annot /Subtype /Widget /Parent 4 0 R /Rect [9 9 99 99] /P 3 0 R >>" };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO out = { 0 };

	fixture_write(&pdf, bodies, 6, FIXTURE_ID);
	assert_false(zy_pdf_append(zy_buf_bytes(&pdf), &(struct zy_pdf_addition){ .page = 1, .field = wanted }, &stamp,
	    100, &out, &hole, &err));
	assert_int_equal(err.code, ZY_E_PDF);
	assert_string_equal(err.field, field);
}

#define FOUR "<< /Type /Annot /Subtype /Widget /FT /Sig /T (four) /Rect [80 500 180 600] /P 3 0 R "
#define FIVE "<< /Type /Annot /Subtype /Widget /FT /Sig /T (five) /Rect [280 500 380 600] /P 3 0 R "
#define LOCKS(p) "/Lock << /Action /Include /Fields [(x)] /P " p " >> "
#define HAS_VALUE "/V << /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached >> >>"

static void what_a_field_or_a_lock_forbids_is_not_signed(void **state)
{
	(void)state;
	refuse_field(FOUR LOCKS("7") ">>", FIVE ">>", "four", "Lock");
	refuse_field(FOUR LOCKS("/All") ">>", FIVE ">>", "four", "Lock");
	refuse_field("<< /FT /Sig /T (four) /Kids [5 0 R] >>", FIVE ">>", "four", "Kids");
	refuse_field("<< /FT /Tx /T (four) >>", FIVE ">>", "four", "field");
	refuse_field(FOUR ">>", FIVE LOCKS("1") HAS_VALUE, "four", "DocMDP");
	refuse_field(FOUR ">>", FIVE LOCKS("1") HAS_VALUE, NULL, "DocMDP");
	refuse_field(FOUR ">>", FIVE LOCKS("2") HAS_VALUE, NULL, "DocMDP");
}

/* Widgets of one shape are drawn, another is left as it is; none is moved. */
static void a_field_is_signed_whose_widgets_stand_apart(void **state)
{
	const char *bodies[] = { "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Annots [5 0 R 6 0 R 7 0 R] >>",
		"<< /FT /Sig /T (board) /Kids [<< >> 8 0 R] >>",
		"<< /Type /Annot /Subtype /Widget /Parent 8 0 R /Rect [9 9 99 99] /P 3 0 R >>",
		"<< /Type /Annot /Subtype /Widget /Parent 8 0 R /Rect [180 180 0 0] /P 3 0 R /F 4 >>",
		"<< /Type /Annot /Subtype /Widget /Parent 8 0 R /Rect [9 300 99 320] /P 3 0 R >>",
		"<< /Parent 4 0 R /T (chair) /Kids [5 0 R 6 0 R 7 0 R] >>" };
	const struct zy_pdf_addition what = { .page = 1, .field = "board.chair" };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	struct zy_pdf facts;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_bytes made;

	(void)state;
	fixture_write(&pdf, bodies, 8, FIXTURE_ID);
	assert_true(zy_pdf_append(zy_buf_bytes(&pdf), &what, &stamp, fixture_der_len(&soft), &out, &hole, &err));
	fixture_sign(&soft, &out, hole);
	made = ZY_BYTES(out.p + pdf.len, out.len - pdf.len);
	assert_non_null(memmem(made.p, made.len, "/V 11 0 R", 9));
	assert_non_null(memmem(made.p, made.len, "\n5 0 obj", 8));
	assert_non_null(memmem(made.p, made.len, "\n6 0 obj", 8));
	assert_null(memmem(made.p, made.len, "\n7 0 obj", 8));
	assert_true(zy_pdf_parse(&facts, zy_buf_bytes(&out), NULL, &a, &err));
	assert_int_equal(facts.num_signatures, 1);
	assert_true(facts.signatures[0].whole);
	assert_null(later_change(&out, pdf.len).what);
}

static int set_up(void **state)
{
	(void)state;
	soft_make(&soft);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_stays_byte_for_byte),
		cmocka_unit_test(forms_and_lists_of_others_are_taken_up),
		cmocka_unit_test(the_stamp_stands_where_the_reader_of_a_turned_page_sees_it),
		cmocka_unit_test(what_cannot_be_signed_is_refused),
		cmocka_unit_test(what_a_field_or_a_lock_forbids_is_not_signed),
		cmocka_unit_test(a_field_is_signed_whose_widgets_stand_apart),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
