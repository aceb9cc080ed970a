/* What may come after a signature, and what not: one change each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers/pdf_later.h"

#define INFO "/Info 7 0 R " FIXTURE_ID
#define CATALOG "/Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(licence.xml) 5 0 R] >> >>"
#define FORM "/AcroForm << /Fields [9 0 R%s] /SigFlags 3 >>"
#define PAGE "/Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Resources << >>"
#define SIGNED                                                                                                         \
	"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00> >>"
#define WIDGET "/Type /Annot /Subtype /Widget /FT /Sig /T (Other) /F 132 /P 3 0 R /Rect [0 0 9 9]"

static struct soft_p256 soft;

/* Objects 1..7 of the fixture, 8 to 10 the first signature. */
static void signed_pdf(struct zy_buf *out)
{
	fixture_signed_pdf(&soft, out);
}

static struct zy_pdf_change change_since(size_t before, const struct zy_buf *pdf)
{
	return later_change(pdf, before);
}

/* Bytes from the last `word` to the end. */
static size_t later_tail(const struct zy_buf *pdf, const char *word)
{
	size_t len = strlen(word);

	while (len < pdf->len && memcmp(pdf->p + pdf->len - len, word, strlen(word)) != 0)
		len++;
	return len;
}

static void more_signatures_are_no_change(void **state)
{
	ZY_BUF_AUTO pdf = { 0 };
	size_t lens[5];

	(void)state;
	signed_pdf(&pdf);
	for (int i = 0; i < 5; i++) {
		lens[i] = pdf.len;
		later_sign(&soft, &pdf, 1);
	}
	for (int i = 0; i < 5; i++)
		assert_null(change_since(lens[i], &pdf).what);
}

static void a_security_store_is_no_change(void **state)
{
	static const struct later_object store[] = {
		{ 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R] /SigFlags 3 >> /DSS 20 0 R >>" },
		{ 20, "<< /Type /DSS /Certs [21 0 R] >>" },
		{ 21, "<< /Length 1 >>\nstream\nx\nendstream" },
	};
	static const struct later_object more[] = { { 20, "<< /Type /DSS /Certs [21 0 R] /VRI << >> >>" } };
	ZY_BUF_AUTO pdf = { 0 };
	size_t first, second;

	(void)state;
	signed_pdf(&pdf);
	first = pdf.len;
	later_append(&pdf, store, 3, INFO);
	second = pdf.len;
	later_append(&pdf, more, 1, INFO);
	assert_null(change_since(first, &pdf).what);
	assert_null(change_since(second, &pdf).what);
}

/* What was signed said 60; the table of the revision behind it may say more, not less. */
static void the_size_does_not_shrink(void **state)
{
	static const char *const sizes[] = { "/Size 60", "/Size 75", "/Size 23" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ZY_BUF_AUTO pdf = { 0 };
		size_t before, at;

		signed_pdf(&pdf);
		later_append(&pdf, (struct later_object[]){ { 7, "<< /Title (fixture) >>" } }, 1, INFO);
		at = pdf.len - later_tail(&pdf, "/Size 11");
		memcpy(pdf.p + at, "/Size 60", 8);
		before = pdf.len;
		later_append(&pdf, (struct later_object[]){ { 7, "<< /Title (fixture) >>" } }, 1, INFO);
		at = pdf.len - later_tail(&pdf, "/Size 60");
		memcpy(pdf.p + at, sizes[i], 8);
		assert_int_equal(change_since(before, &pdf).what == NULL, i < 2);
	}
}

static const struct {
	const char *name;
	unsigned object; /* that is named */
	struct later_object objects[3];
	size_t num;
	const char *trailer;
} changes[] = {
	{ "the page's content is replaced", 4, { { 4, "<< /Length 1 >>\nstream\nn\nendstream" } }, 1, INFO },
	{ "the page names other content", 3, { { 3, "<< " PAGE " /Contents 20 0 R /Annots [9 0 R] >>" } }, 1, INFO },
	{ "the attached file is replaced", 6,
	    { { 6, "<< /Type /EmbeddedFile /Subtype /text#2Fxml /Length 1 >>\nstream\nn\nendstream" } }, 1, INFO },
	{ "information is replaced", 7, { { 7, "<< /Title (other) >>" } }, 1, INFO },
	{ "information is replaced beside a date", 7, { { 7, "<< /Title (other) /ModDate (D:20260301000000Z) >>" } }, 1,
	    INFO },
	{ "the date of information is no text", 7, { { 7, "<< /Title (fixture) /ModDate 3 0 R >>" } }, 1, INFO },
	{ "the catalog has a version that is none", 1,
	    { { 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R] /SigFlags 3 >> /Version /9.9 >>" } }, 1, INFO },
	{ "a form is added that nobody needs and that draws", 20,
	    { { 20, "<< /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nn\nendstream" } }, 1, INFO },
	{ "the trailer has lost its information", 0, { { 20, "<< >>" } }, 1, FIXTURE_ID },
	{ "an object is added that nobody needs", 20, { { 20, "(nothing)" } }, 1, INFO },
	{ "the page has one more annotation", 20,
	    { { 3, "<< " PAGE " /Contents 4 0 R /Annots [9 0 R 20 0 R] >>" },
		{ 20, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (pay) >>" } },
	    2, INFO },
	{ "the page has lost the stamp", 3, { { 3, "<< " PAGE " /Contents 4 0 R /Annots [] >>" } }, 1, INFO },
	{ "the stamp stands elsewhere", 9, { { 9, "<< " WIDGET " /V 10 0 R >>" } }, 1, INFO },
	{ "the signature is taken away", 10, { { 10, NULL } }, 1, INFO },
	{ "the catalog opens an action", 1,
	    { { 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R] /SigFlags 3 >> /OpenAction [3 0 R /Fit] >>" } }, 1,
	    INFO },
	{ "a text field is added", 20,
	    { { 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R 20 0 R] /SigFlags 3 >> >>" },
		{ 20, "<< /FT /Tx /T (x) /V (y) >>" } },
	    2, INFO },
	{ "an unsigned signature field is added", 20,
	    { { 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R 20 0 R] /SigFlags 3 >> >>" },
		{ 20, "<< " WIDGET " >>" } },
	    2, INFO },
	{ "an added signature field acts", 20,
	    { { 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R 20 0 R] /SigFlags 3 >> >>" },
		{ 20, "<< " WIDGET " /V 21 0 R /AA << >> >>" }, { 21, SIGNED } },
	    3, INFO },
	{ "the form has other settings", 0,
	    { { 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R] /SigFlags 3 /NeedAppearances true >> >>" } }, 1, INFO },
	{ "a page is put in", 0,
	    { { 2, "<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 2 >>" },
		{ 20, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>" } },
	    2, INFO },
	{ "the page is another object", 20,
	    { { 2, "<< /Type /Pages /Kids [20 0 R] /Count 1 >>" },
		{ 20, "<< " PAGE " /Contents 4 0 R /Annots [9 0 R] >>" } },
	    2, INFO },
};

/* By programs that sign: when and by what, the version of the format, and forms of nothing. */
static void what_is_noted_beside_a_signature_is_no_change(void **state)
{
	static const struct later_object noted[] = {
		{ 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R] /SigFlags 3 >> /Version /1.7 >>" },
		{ 7, "<< /Title (fixture) /ModDate (D:20260301000000Z) /Producer (other) >>" },
		{ 20, "<< /Subtype /Form /BBox [0 0 0 0] /Length 0 >>\nstream\n\nendstream" },
	};
	ZY_BUF_AUTO pdf = { 0 };
	struct zy_pdf_change found;
	size_t before;

	(void)state;
	signed_pdf(&pdf);
	before = pdf.len;
	later_append(&pdf, noted, 3, INFO);
	found = change_since(before, &pdf);
	if (found.what != NULL)
		fail_msg("object %u, %s", found.object, found.what);
}

static void any_other_change_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		ZY_BUF_AUTO pdf = { 0 };
		struct zy_pdf_change found;
		size_t before;

		signed_pdf(&pdf);
		before = pdf.len;
		later_append(&pdf, changes[i].objects, changes[i].num, changes[i].trailer);
		found = change_since(before, &pdf);
		if (found.what == NULL || found.object != changes[i].object)
			fail_msg("%s: object %u, %s", changes[i].name, found.object,
			    found.what == NULL ? "nothing" : found.what);
	}
}

/* Prepared beforehand: the document refers to what comes only later, or uses one list for two things. */
static void a_trap_in_the_first_document_does_not_help(void **state)
{
	static const struct later_object appears[] = { { 30, "<< /Length 1 >>\nstream\nn\nendstream" } };
	static const struct later_object both[] = {
		{ 3, "<< " PAGE " /Contents 11 0 R /Annots 11 0 R >>" },
		{ 11, "[ 20 0 R ]" },
		{ 1, "<< " CATALOG " /AcroForm << /Fields [20 0 R] /SigFlags 3 >> >>" },
	};
	static const struct later_object added[] = { { 20, "<< " WIDGET " /V " SIGNED " >>" } };
	ZY_BUF_AUTO absent = { 0 };
	ZY_BUF_AUTO shared = { 0 };
	struct zy_pdf_change found;
	size_t before;

	(void)state;
	fixture_pdf(&absent, "", " /B [30 0 R]", NULL);
	before = absent.len;
	later_append(&absent, appears, 1, INFO);
	assert_int_equal(change_since(before, &absent).object, 30);
	fixture_pdf(&shared, "", "", NULL);
	later_append(&shared,
	    (struct later_object[]){ { 11, "[ ]" }, { 3, "<< " PAGE " /Contents 11 0 R /Annots 11 0 R >>" } }, 2, INFO);
	before = shared.len;
	later_append(&shared, added, 1, INFO);
	later_append(&shared, both, 3, INFO);
	found = change_since(before, &shared);
	if (found.what == NULL || found.object != 11)
		fail_msg("object %u: %s", found.object, found.what == NULL ? "nothing" : found.what);
}

static void a_certification_may_forbid_everything(void **state)
{
	static const struct later_object locked[] = {
		{ 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R] /SigFlags 3 >> /Perms << /DocMDP 20 0 R >> >>" },
		{ 20, "<< /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>] >>" },
	};
	static const struct later_object more[] = {
		{ 1, "<< " CATALOG
		     " /AcroForm << /Fields [9 0 R 21 0 R] /SigFlags 3 >> /Perms << /DocMDP 20 0 R >> >>" },
		{ 21, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (b) /Rect [0 0 0 0] /V 22 0 R >>" },
		{ 22, "<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] >>" },
	};
	ZY_BUF_AUTO pdf = { 0 };
	size_t before;

	(void)state;
	signed_pdf(&pdf);
	later_append(&pdf, locked, 2, INFO);
	before = pdf.len;
	later_append(&pdf, more, 3, INFO);
	assert_non_null(strstr(change_since(before, &pdf).what, "certification"));
}

/* Some programs repeat what the field's /Lock permits in the signature's own FieldMDP alone. */
static void a_signature_may_forbid_everything_itself(void **state)
{
	static const struct later_object locked[] = {
		{ 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R 20 0 R] /SigFlags 3 >> >>" },
		{ 20,
		    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (a) /Rect [0 0 0 0] /V << /Type /Sig /ByteRange [0 1 2 3] "
		    "/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(x)] "
		    "/P 1 >> >>] >> >>" },
	};
	static const struct later_object more[] = {
		{ 1, "<< " CATALOG " /AcroForm << /Fields [9 0 R 20 0 R 21 0 R] /SigFlags 3 >> >>" },
		{ 21, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (b) /Rect [0 0 0 0] /V 22 0 R >>" },
		{ 22, "<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] >>" },
	};
	ZY_BUF_AUTO pdf = { 0 };
	size_t before;

	(void)state;
	signed_pdf(&pdf);
	later_append(&pdf, locked, 2, INFO);
	before = pdf.len;
	later_append(&pdf, more, 3, INFO);
	assert_non_null(strstr(change_since(before, &pdf).what, "lock"));
}

static void what_was_signed_must_be_readable_by_itself(void **state)
{
	struct zy_pdf_change found;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	struct zy_pdf d;

	(void)state;
	signed_pdf(&pdf);
	assert_true(zy_pdf_parse(&d, zy_buf_bytes(&pdf), NULL, &a, &err));
	assert_false(zy_pdf_find_change(&found, &d, 2, &err));
	assert_int_equal(err.code, ZY_E_PDF);
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
		cmocka_unit_test(more_signatures_are_no_change),
		cmocka_unit_test(a_security_store_is_no_change),
		cmocka_unit_test(the_size_does_not_shrink),
		cmocka_unit_test(what_is_noted_beside_a_signature_is_no_change),
		cmocka_unit_test(any_other_change_is_named),
		cmocka_unit_test(a_trap_in_the_first_document_does_not_help),
		cmocka_unit_test(a_certification_may_forbid_everything),
		cmocka_unit_test(a_signature_may_forbid_everything_itself),
		cmocka_unit_test(what_was_signed_must_be_readable_by_itself),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
