#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers/pdf_later.h"
#include "zy/pdf_store.h"

static struct soft_p256 soft;

static struct zy_pdf_values values_of(const struct zy_bytes *certs, size_t num, const struct zy_bytes *answers)
{
	return (struct zy_pdf_values){ .num = { num, 0, answers == NULL ? 0 : 1 }, .values = { certs, NULL, answers } };
}

static void store(struct zy_buf *pdf, const struct zy_pdf_values *v, bool want)
{
	struct zy_error err = { 0 };
	struct zy_buf out = { 0 };
	bool added;

	if (!zy_pdf_store_append(zy_buf_bytes(pdf), v, &added, &out, &err))
		fail_msg("%s: %s", err.field, err.msg);
	assert_int_equal(added, want);
	assert_true(out.len >= pdf->len && memcmp(out.p, pdf->p, pdf->len) == 0);
	zy_buf_free(pdf);
	*pdf = out;
}

static void a_store_grows_and_holds_everything_once(void **state)
{
	const struct zy_bytes certs[3] = { ZY_LITERAL("\x30\x01\x01"), ZY_LITERAL("\x30\x01\x02"),
		ZY_LITERAL("\x30\x01\x03") };
	const struct zy_bytes answer = ZY_LITERAL("\x30\x01\x04");
	struct zy_pdf_values first = values_of(certs, 2, NULL), second = values_of(certs, 3, &answer);
	struct zy_pdf_change change;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	struct zy_pdf_dss d;
	struct zy_pdf f;
	char key[41];

	(void)state;
	fixture_pdf(&pdf, "", "", NULL);
	later_sign(&soft, &pdf, 1);
	assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), NULL, &a, &err));
	assert_true(zy_pdf_dss_parse(&d, &f, &a, &err));
	assert_false(d.present);
	store(&pdf, &first, true);
	store(&pdf, &first, false);
	later_sign(&soft, &pdf, 1);
	store(&pdf, &second, true);
	assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), NULL, &a, &err));
	assert_true(zy_pdf_dss_parse(&d, &f, &a, &err));
	assert_true(d.present && d.fault.code == ZY_OK);
	assert_int_equal(d.num[ZY_PDF_DSS_CERT], 3);
	assert_int_equal(d.num[ZY_PDF_DSS_CRL], 0);
	assert_int_equal(d.num[ZY_PDF_DSS_OCSP], 1);
	for (size_t i = 0; i < 3; i++)
		assert_true(zy_bytes_equal(d.values[ZY_PDF_DSS_CERT][i].der, certs[i]));
	assert_true(zy_bytes_equal(d.values[ZY_PDF_DSS_OCSP][0].der, answer));
	assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), NULL, &a, &err));
	assert_int_equal(d.num_vri, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(zy_pdf_vri_key(&f.signatures[i], key, &err));
		assert_true(strcmp(d.vri[0].key + 1, key) == 0 || strcmp(d.vri[1].key + 1, key) == 0);
		assert_true(zy_pdf_find_change(&change, &f, f.signatures[i].revision, &err));
		if (change.what != NULL)
			fail_msg("object %u: %s", change.object, change.what);
	}
}

static void what_a_store_holds_wrongly_is_left_out(void **state)
{
	static const struct {
		const char *store;
		const char *field;
		size_t certs;
	} all[] = {
		{ "/DSS (x)", "DSS", 0 },
		{ "/DSS << /Certs 4 0 R >>", "Certs", 0 },
		{ "/DSS << /Certs [ 4 0 R (x) ] >>", "Certs", 1 },
		{ "/DSS << /VRI [ ] /Certs [ 4 0 R 4 0 R ] >>", "VRI", 1 },
		{ "/DSS << /VRI << /00 << /Cert [ 4 0 R 9 0 R ] >> >> >>", "Cert", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO pdf = { 0 };
		struct zy_pdf_dss d;
		struct zy_pdf f;

		fixture_pdf(&pdf, all[i].store, "", NULL);
		assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), NULL, &a, &err));
		assert_true(zy_pdf_dss_parse(&d, &f, &a, &err));
		assert_true(d.present);
		assert_int_equal(d.fault.code, ZY_E_PDF);
		assert_string_equal(d.fault.field, all[i].field);
		assert_int_equal(d.num[ZY_PDF_DSS_CERT], all[i].certs);
	}
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
		cmocka_unit_test(a_store_grows_and_holds_everything_once),
		cmocka_unit_test(what_a_store_holds_wrongly_is_left_out),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
