#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "helpers/pdf_fixture.h"
#include "zy/sealing.h"

static struct soft_p256 soft;
static struct zy_seal_rule rule = { .esID = "99010000000001",
	.name = { .zh = "\xe4\xba\x91\xe6\xb3\xbd\xe5\xb8\x82" },
	.document_key = "pkcs11:token=none;object=doc" };

static enum zy_code seal(const struct zy_seal_use *use, struct zy_bytes pdf, struct zy_buf *out)
{
	char folder[] = "/tmp/zy-seal-XXXXXX";
	struct zy_error err = { 0 };
	struct zy_hsm *h = NULL;
	bool ok;

	assert_non_null(mkdtemp(folder));
	assert_true(zy_hsm_open(&h, folder, &err));
	ok = zy_pdf_seal(h, use, "990100-0001", pdf, NULL, fixture_stamp().place, FIXTURE_TIME, out, &err);
	zy_hsm_close(h);
	assert_int_equal(rmdir(folder), 0);
	return ok ? ZY_OK : err.code;
}

static struct zy_seal_use use_of(size_t num_chain)
{
	return (struct zy_seal_use){ .rule = &rule,
		.document_cert = soft.cert,
		.document_chain = { soft.ca },
		.num_chain = num_chain,
		.picture = { .pdf_content = fixture_stamp().content, .width = 42, .height = 42 } };
}

static void without_a_signer_nothing_is_released(void **state)
{
	struct zy_seal_use use = use_of(1);
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	fixture_pdf(&fresh, "", "", NULL);
	assert_int_equal(seal(&use, zy_buf_bytes(&fresh), &out), ZY_E_SIGNER_ABSENT);
	assert_int_equal(out.len, 0);
}

static void what_cannot_be_sealed_asks_for_no_signature(void **state)
{
	struct zy_seal_use many = use_of(5), damaged = use_of(1), use = use_of(1);
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	fixture_pdf(&fresh, "", "", NULL);
	assert_int_equal(seal(&many, zy_buf_bytes(&fresh), &out), ZY_E_TOO_LARGE);
	damaged.document_cert.len--;
	assert_int_equal(seal(&damaged, zy_buf_bytes(&fresh), &out), ZY_E_TRUNCATED);
	assert_int_equal(seal(&use, ZY_LITERAL("%PDF-1.7\n"), &out), ZY_E_PDF);
	assert_int_equal(out.len, 0);
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
		cmocka_unit_test(without_a_signer_nothing_is_released),
		cmocka_unit_test(what_cannot_be_sealed_asks_for_no_signature),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
