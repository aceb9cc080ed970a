/* What is written is read back to the same bytes; cut or changed bytes never crash, and a change that is still
 * read is seen in the bytes that were kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ses_made.h"

static void make(struct zy_buf *der, size_t num_certs, size_t num_ext, bool stamped)
{
	struct zy_seal_info info = ses_made_info();
	struct zy_error err = { 0 };
	ZY_BUF_AUTO seal = { 0 };

	info.version = num_certs % 4 == 3 ? 5 : 4;
	info.num_certs = num_certs;
	for (size_t i = 0; i < num_certs; i++)
		info.certs[i] = info.certs[0];
	if (num_certs % 2 == 0) {
		info.certListType = ZY_CERT_LIST_DIGESTS;
		for (size_t i = 0; i < num_certs; i++)
			info.certs[i].type = ZY_LITERAL("SM3");
	}
	info.extDatas.present = num_ext > 0;
	info.extDatas.num = num_ext;
	for (size_t i = 0; i < num_ext; i++)
		info.extDatas.items[i] =
		    (struct zy_ses_extension){ ZY_LITERAL("\x2a\x03"), i % 2 == 1, ZY_LITERAL("value") };
	assert_true(ses_made_seal(&info, &seal, &err));
	assert_true(ses_made_signature(
	    zy_buf_bytes(&seal), stamped ? ZY_LITERAL("\x30\x00") : (struct zy_bytes){ 0 }, der, &err));
}

static void same_again(struct zy_bytes der)
{
	struct zy_buf b[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
	struct zy_error err = { 0 };
	struct zy_ses_signature s;

	assert_true(zy_ses_signature_parse(&s, der, &err));
	assert_true(zy_ses_signature_encode(&s, &b[0], &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b[0]), der));
	assert_true(zy_ses_tbs_encode(&s.toSign, &b[1], &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b[1]), s.toSign.der));
	assert_true(zy_seal_encode(&s.toSign.eseal, &b[2], &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b[2]), s.toSign.eseal.der));
	assert_true(zy_seal_info_encode(&s.toSign.eseal.info, &b[3], &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b[3]), s.toSign.eseal.info.der));
	for (size_t i = 0; i < 4; i++)
		zy_buf_free(&b[i]);
}

static void parse_then_encode_gives_the_same_bytes(void **state)
{
	(void)state;
	for (size_t certs = 1; certs <= ZY_SES_CERTS_MAX; certs++)
		for (size_t ext = 0; ext <= ZY_SES_EXTENSIONS_MAX; ext += 4) {
			ZY_BUF_AUTO der = { 0 };

			make(&der, certs, ext, certs % 3 == 0);
			same_again(zy_buf_bytes(&der));
		}
}

static void every_cut_is_refused_with_a_place(void **state)
{
	ZY_BUF_AUTO der = { 0 };

	(void)state;
	make(&der, 3, 2, true);
	for (size_t len = 0; len < der.len; len++) {
		struct zy_error err = { 0 };
		struct zy_ses_signature s;
		uint8_t *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy, der.p, len);
		assert_false(zy_ses_signature_parse(&s, ZY_BYTES(copy, len), &err));
		assert_int_not_equal(err.code, ZY_OK);
		assert_true(err.offset == ZY_NOWHERE || err.offset <= len);
		free(copy);
	}
}

/* A flipped bit is either refused or stands in bytes that a signature covers or that are compared: it re-encodes
 * to what was read, so no two different inputs mean the same, save for the lenient forms. */
static void every_flipped_bit_is_refused_or_kept(void **state)
{
	ZY_BUF_AUTO der = { 0 };

	(void)state;
	make(&der, 2, 3, true);
	for (size_t bit = 0; bit < der.len * 8; bit++) {
		ZY_BUF_AUTO again = { 0 };
		struct zy_error err = { 0 };
		struct zy_ses_signature s;

		der.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (!zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err)) {
			assert_int_not_equal(err.code, ZY_OK);
			assert_true(err.offset == ZY_NOWHERE || err.offset <= der.len);
		} else {
			assert_true(zy_ses_signature_encode(&s, &again, &err));
			assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&der)));
			again.len = 0;
			assert_true(zy_seal_info_encode(&s.toSign.eseal.info, &again, &err));
			assert_int_equal(
			    s.toSign.eseal.info.strict, zy_bytes_equal(zy_buf_bytes(&again), s.toSign.eseal.info.der));
		}
		der.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_then_encode_gives_the_same_bytes),
		cmocka_unit_test(every_cut_is_refused_with_a_place),
		cmocka_unit_test(every_flipped_bit_is_refused_or_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
