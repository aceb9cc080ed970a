/* No byte of a sealed file is free: after any change of one byte the verdict is TOTAL-FAILED or malformed, never
 * INDETERMINATE, and TOTAL-PASSED only when what is read is the same. Which bits are tried follows ZY_TEST_SEED. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "helpers/pdf_fixture.h"
#include "verify_ofd.h"

static unsigned seed(void)
{
	const char *given = getenv("ZY_TEST_SEED");

	return given == NULL ? 20260301 : (unsigned)strtoul(given, NULL, 10);
}

struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
	bool may_doubt; /* a time-stamp is beside what is signed: it can be spoilt, but proves nothing then */
};

static void open_world(struct world *w)
{
	struct zy_error err = { 0 };

	*w = (struct world){ 0 };
	w->trust = verify_trust(&w->a, ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT);
	assert_true(zy_keys_open(&w->keys, &err));
}

static void close_world(struct world *w)
{
	zy_keys_close(w->keys);
	zy_arena_free(&w->a);
}

/* The report as text, and whether it passed; false when it is no file of its format any more. */
static bool judge(struct world *w, struct zy_bytes in, bool *passed, struct zy_buf *text)
{
	ZY_REPORT_AUTO r;
	struct zy_error err = { 0 }, again = { 0 };

	*passed = false;
	zy_report_start(&r, "x", VERIFY_AT);
	if (!zy_judge_file(w->keys, &w->trust, in, VERIFY_AT, &r, &err)) {
		if (zy_code_exit(err.code) != 65)
			fail_msg("%s: %s", zy_code_name(err.code), err.msg);
		assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
		return false;
	}
	assert_int_equal(ERR_peek_error(), 0);
	if (zy_report_indication(&r) == ZY_INDETERMINATE && !w->may_doubt)
		fail_msg("it cannot be told: %s", zy_report_sub_indication(&r));
	*passed = zy_report_indication(&r) == ZY_TOTAL_PASSED;
	assert_true(zy_report_to_json(&r, text, &again));
	return true;
}

static size_t try_all(struct world *w, struct zy_buf *file, size_t step)
{
	ZY_BUF_AUTO whole = { 0 };
	bool passed;
	size_t same = 0;

	assert_true(judge(w, zy_buf_bytes(file), &passed, &whole) && passed);
	srand(seed());
	for (size_t i = 0; i < file->len; i += step) {
		uint8_t change = (uint8_t)(1 << rand() % 8);
		ZY_BUF_AUTO text = { 0 };

		file->p[i] ^= change;
		if (judge(w, zy_buf_bytes(file), &passed, &text) && passed) {
			if (!zy_bytes_equal(zy_buf_bytes(&text), zy_buf_bytes(&whole)))
				fail_msg("byte %zu ^ %02x passes and is read otherwise", i, change);
			same++;
		}
		file->p[i] ^= change;
	}
	return same;
}

static void no_byte_of_a_sealed_ofd_is_free(void **state)
{
	struct world w;
	ZY_BUF_AUTO file = { 0 };

	(void)state;
	open_world(&w);
	verify_make_ofd(&(struct verify_ofd){ 0 }, &w.a, &file);
	/* times of ZIP entries are read by nobody */
	assert_true(try_all(&w, &file, 1) < file.len / 20);
	close_world(&w);
}

/* Inside the package, written anew, so that no check sum of the ZIP stands in the way. */
static void change_packed(struct world *w, const struct verify_ofd *m)
{
	struct zy_error err = { 0 };
	struct zy_package *p;
	ZY_BUF_AUTO whole = { 0 };
	ZY_BUF_AUTO file = { 0 };
	bool passed;

	verify_make_ofd(m, &w->a, &file);
	assert_true(judge(w, zy_buf_bytes(&file), &passed, &whole) && passed);
	assert_non_null(p = zy_arena_alloc(&w->a, sizeof(*p), &err));
	assert_true(zy_package_parse(p, zy_buf_bytes(&file), &w->a, &err));
	srand(seed());
	for (size_t i = 0; i < p->num_files; i++)
		for (size_t k = (size_t)rand() % 5; k < p->files[i].bytes.len; k += 5) {
			uint8_t *byte = (uint8_t *)(uintptr_t)p->files[i].bytes.p + k, old = *byte;
			ZY_BUF_AUTO packed = { 0 };
			ZY_BUF_AUTO text = { 0 };

			*byte ^= (uint8_t)(1 << rand() % 8);
			assert_true(zy_package_encode(p, &packed, &err));
			if (judge(w, zy_buf_bytes(&packed), &passed, &text) && passed)
				fail_msg("%s: a change of byte %zu passes", p->files[i].name, k);
			*byte = old;
		}
}

static void no_byte_of_a_packed_file_is_free(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	change_packed(&w, &(struct verify_ofd){ 0 });
	close_world(&w);
}

static void no_byte_of_a_time_stamp_is_free(void **state)
{
	struct stamp_authority tsa = stamp_found(ZY_SUITE_GM, STAMP_EKU);
	struct world w;

	(void)state;
	open_world(&w);
	stamp_trust(&tsa, &w.trust, &w.a);
	w.may_doubt = true;
	change_packed(&w, &(struct verify_ofd){ .version = 5, .tsa = &tsa, .stamp = "good", .seal_stamp = "good" });
	close_world(&w);
	stamp_dissolve(&tsa);
}

static void no_byte_of_a_signed_pdf_is_free(void **state)
{
	struct soft_p256 s;
	struct world w;
	FILE *f = fopen(ZY_SOURCE_DIR "/tests/keys/intl-leaf.key.pem", "r");
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO file = { 0 };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_pdf_hole hole;
	struct zy_error err = { 0 };
	const char *bodies[4] = { "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>",
		"<< /Length 0 >>\nstream\n\nendstream" };

	(void)state;
	assert_non_null(f);
	open_world(&w);
	s = (struct soft_p256){ .cert = verify_cert(&w.a, "intl-leaf"), .ca = verify_cert(&w.a, "intl-sub") };
	assert_non_null(s.key = PEM_read_PrivateKey(f, NULL, NULL, NULL));
	fclose(f);
	fixture_write(&fresh, bodies, 4, FIXTURE_ID);
	assert_true(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(&s), &file, &hole, &err));
	fixture_sign(&s, &file, hole);
	assert_int_equal(try_all(&w, &file, 1), 0);
	EVP_PKEY_free(s.key);
	close_world(&w);
}

static void any_cut_of_a_sealed_file_is_refused(void **state)
{
	struct world w;
	ZY_BUF_AUTO file = { 0 };
	bool passed;

	(void)state;
	open_world(&w);
	verify_make_ofd(&(struct verify_ofd){ 0 }, &w.a, &file);
	for (size_t len = 0; len < file.len; len += 13) {
		ZY_BUF_AUTO text = { 0 };

		assert_false(judge(&w, ZY_BYTES(file.p, len), &passed, &text));
	}
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_of_a_sealed_ofd_is_free),
		cmocka_unit_test(no_byte_of_a_packed_file_is_free),
		cmocka_unit_test(no_byte_of_a_time_stamp_is_free),
		cmocka_unit_test(no_byte_of_a_signed_pdf_is_free),
		cmocka_unit_test(any_cut_of_a_sealed_file_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
