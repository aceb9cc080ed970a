/* Signed data: what is written is read again as it was meant, and its parts are told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cms_made.h"
#include "zy/signed_data.h"

static void encoded(const struct zy_signing *s, struct zy_bytes token, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	uint8_t rs[64];

	assert_true(zy_signed_attrs_encode(s, &attrs, &err));
	verify_sign(s->suite, zy_buf_bytes(&attrs), rs);
	assert_true(zy_signed_data_encode(s, zy_buf_bytes(&attrs), rs, token, out, &err));
}

static void read_again(const struct zy_signing *s, struct zy_bytes token)
{
	static const struct zy_bytes stamp = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e");
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_signed_data *d = zy_arena_alloc(&a, sizeof(*d), &err);
	struct zy_unsigned_walk unsigned_walk;
	struct zy_bytes v = { 0 };
	struct zy_reader walk;
	ZY_BUF_AUTO file = { 0 };

	encoded(s, token, &file);
	assert_true(zy_signed_data_is(zy_buf_bytes(&file)) && !zy_signed_data_is_stamp(zy_buf_bytes(&file)));
	if (!zy_signed_data_parse(d, zy_buf_bytes(&file), &a, &err))
		fail_msg("%s: %s", err.field, err.msg);
	assert_true(d->is_gbt35275 == s->is_gbt35275 && d->has_content != s->is_detached && !d->is_ber);
	walk = zy_reader_over(d->content);
	assert_true(zy_signed_content_next(&walk, &v) != s->is_detached);
	assert_true(s->is_detached || zy_bytes_equal(v, s->content));
	assert_int_equal(d->num_signers, 1);
	assert_int_equal(d->num_certs, s->num_certs);
	assert_int_equal(d->signers[0].fault.code, ZY_OK);
	assert_true(zy_signer_names(&d->signers[0], s->certs[0], (struct zy_bytes){ 0 }));
	assert_false(zy_signer_names(&d->signers[0], s->certs[1], (struct zy_bytes){ 0 }));
	assert_int_equal(d->signers[0].attrs.signing_time, s->signed_at);
	unsigned_walk = zy_unsigned_values(&d->signers[0]);
	assert_true(zy_unsigned_next(&unsigned_walk, stamp, &v) == (token.len > 0));
	assert_true(token.len == 0 || zy_bytes_equal(v, token));
	assert_false(zy_unsigned_next(&unsigned_walk, stamp, &v));
}

static void what_is_written_is_read_again(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_bytes tokens[] = { { NULL, 0 }, ZY_LITERAL("\x30\x02\x05\x00") };

	(void)state;
	for (int form = 0; form < 12; form++) {
		const bool gm = form % 3 != 0;
		const struct zy_bytes certs[] = { verify_cert(&a, gm ? "gm-leaf" : "intl-leaf"),
			verify_cert(&a, gm ? "gm-sub" : "intl-sub") };
		const struct zy_signing s = { .suite = gm ? ZY_SUITE_GM : ZY_SUITE_INTL,
			.is_gbt35275 = form % 3 == 2,
			.is_detached = form / 3 % 2 == 1,
			.content = CMS_MADE_CONTENT,
			.certs = certs,
			.num_certs = 2,
			.signed_at = VERIFY_AT - 60 };

		read_again(&s, tokens[form / 6]);
	}
}

static void only_attributes_of_the_seals_form_are_for_its_key(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *const others[] = { "no-signing-time", "no-signing-certificate-attribute", "attribute-unknown",
		"algorithm-protection", "digest-cut", "message-digest-twice", "attributes-unordered",
		"other-content-type" };
	struct cms_made m = { .suite = ZY_SUITE_GM, .gbt = true };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO good = { 0 };

	(void)state;
	cms_made_attrs(&m, verify_cert(&a, "gm-leaf"), &good);
	assert_true(zy_signed_attrs_check(zy_buf_bytes(&good), &err));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ZY_BUF_AUTO attrs = { 0 };

		err = (struct zy_error){ 0 };
		m.fault = others[i];
		cms_made_attrs(&m, verify_cert(&a, "gm-leaf"), &attrs);
		if (zy_signed_attrs_check(zy_buf_bytes(&attrs), &err))
			fail_msg("%s", others[i]);
		assert_int_not_equal(err.code, ZY_OK);
	}
}

static void a_malformed_signer_spoils_nobody_else(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_signed_data *d = zy_arena_alloc(&a, sizeof(*d), &err);
	ZY_BUF_AUTO file = { 0 };

	(void)state;
	cms_make(&(struct cms_made){ .suite = ZY_SUITE_INTL, .fault = "second-signer-altered" }, &file);
	assert_true(zy_signed_data_parse(d, zy_buf_bytes(&file), &a, &err));
	assert_int_equal(d->num_signers, 2);
	file.p[d->signers[0].offset + 6] ^= 4; /* version */
	assert_true(zy_signed_data_parse(d, zy_buf_bytes(&file), &a, &err));
	assert_int_equal(d->signers[0].fault.code, ZY_E_DER);
	assert_int_equal(d->signers[1].fault.code, ZY_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(only_attributes_of_the_seals_form_are_for_its_key),
		cmocka_unit_test(a_malformed_signer_spoils_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
