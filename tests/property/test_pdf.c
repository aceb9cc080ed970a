/*
 * A small signed PDF with any one byte changed: it cannot be read, or a signature is missing, faulty or does not
 * cover the whole, or the digest of what is covered is another, or the CMS in the hole is. No byte is free.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/pdf_fixture.h"

static struct soft_p256 soft;
static struct zy_buf sealed;

/* Would a judge still see the very same, sound signature over the very same bytes? */
static bool still_sound(struct zy_bytes in, struct zy_bytes der, const uint8_t digest[ZY_HASH_LEN])
{
	uint8_t now[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;

	if (!zy_pdf_parse(&f, in, "licence.xml", &a, &err)) {
		assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= in.len));
		return false;
	}
	if (f.num_signatures != 1 || f.signatures[0].fault.code != ZY_OK || !f.signatures[0].whole)
		return false;
	/* covered and not covered make up the file, and what is not covered is one hexadecimal string */
	assert_int_equal(f.signatures[0].part[0].len + f.signatures[0].hole_len + f.signatures[0].part[1].len, in.len);
	assert_int_equal(in.p[f.signatures[0].hole_at], '<');
	assert_true(zy_pdf_signature_digest(&f.signatures[0], ZY_HASH_SHA256, now, &err));
	return memcmp(now, digest, ZY_HASH_LEN) == 0 && zy_bytes_equal(f.signatures[0].der, der);
}

static void no_byte_is_free(void **state)
{
	static const uint8_t masks[] = { 0x01, 0x20, 0x80 }; /* 0x20: the case of a letter */
	uint8_t digest[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;

	(void)state;
	assert_true(zy_pdf_parse(&f, zy_buf_bytes(&sealed), NULL, &a, &err));
	assert_true(zy_pdf_signature_digest(&f.signatures[0], ZY_HASH_SHA256, digest, &err));
	assert_true(still_sound(zy_buf_bytes(&sealed), f.signatures[0].der, digest));
	for (size_t i = 0; i < sealed.len; i++)
		for (size_t m = 0; m < sizeof(masks); m++) {
			sealed.p[i] ^= masks[m];
			if (still_sound(zy_buf_bytes(&sealed), f.signatures[0].der, digest))
				fail_msg("byte %zu may be changed unseen", i);
			sealed.p[i] ^= masks[m];
		}
}

static void no_prefix_is_whole(void **state)
{
	uint8_t digest[ZY_HASH_LEN] = { 0 };

	(void)state;
	for (size_t len = 0; len < sealed.len; len += len + 64 < sealed.len ? 7 : 1)
		assert_false(still_sound(ZY_BYTES(sealed.p, len), ZY_LITERAL(""), digest));
}

static int set_up(void **state)
{
	(void)state;
	soft_make(&soft);
	fixture_signed_pdf(&soft, &sealed);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	zy_buf_free(&sealed);
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_is_free),
		cmocka_unit_test(no_prefix_is_whole),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
