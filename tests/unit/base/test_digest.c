#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/digest.h"
#include "zy/text.h"

static void expect_digest(enum zy_hash h, struct zy_bytes v, const char *want)
{
	uint8_t out[ZY_HASH_LEN];
	char text[2 * ZY_HASH_LEN + 1];

	MUST(zy_digest(h, v, out, &err));
	zy_hex(ZY_BYTES(out, ZY_HASH_LEN), text);
	assert_string_equal(text, want);
}

/* GB/T 32905 appendix A, and the empty message */
static void sm3_of_the_published_messages(void **state)
{
	(void)state;
	expect_digest(
	    ZY_HASH_SM3, ZY_LITERAL("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	expect_digest(ZY_HASH_SM3, ZY_LITERAL("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"),
	    "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
	expect_digest(
	    ZY_HASH_SM3, ZY_BYTES(NULL, 0), "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

/* FIPS 180-2 appendix B */
static void sha256_of_the_published_messages(void **state)
{
	(void)state;
	expect_digest(
	    ZY_HASH_SHA256, ZY_LITERAL("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_digest(ZY_HASH_SHA256, ZY_LITERAL("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	expect_digest(
	    ZY_HASH_SHA256, ZY_BYTES(NULL, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231 4.2, 4.3, 4.7 */
static void hmac_of_the_published_messages(void **state)
{
	uint8_t key[131], out[ZY_HASH_LEN];
	char text[2 * ZY_HASH_LEN + 1];

	(void)state;
	memset(key, 0x0b, 20);
	MUST(zy_hmac(ZY_HASH_SHA256, ZY_BYTES(key, 20), ZY_LITERAL("Hi There"), out, &err));
	zy_hex(ZY_BYTES(out, ZY_HASH_LEN), text);
	assert_string_equal(text, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	MUST(zy_hmac(ZY_HASH_SHA256, ZY_LITERAL("Jefe"), ZY_LITERAL("what do ya want for nothing?"), out, &err));
	zy_hex(ZY_BYTES(out, ZY_HASH_LEN), text);
	assert_string_equal(text, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	MUST(zy_hmac(ZY_HASH_SHA256, ZY_BYTES(key, 131),
	    ZY_LITERAL("Test Using Larger Than Block-Size Key - Hash Key First"), out, &err));
	zy_hex(ZY_BYTES(out, ZY_HASH_LEN), text);
	assert_string_equal(text, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* H(K ^ opad || H(K ^ ipad || text)), RFC 2104 2: for both digests, key empty, short, of a block and longer. */
static void hmac_is_what_its_definition_says(void **state)
{
	static const size_t lens[] = { 0, 1, 32, 64, 65, 200 };
	uint8_t key[200], inner[64 + 5], outer[64 + ZY_HASH_LEN], want[ZY_HASH_LEN], have[ZY_HASH_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(7 * i + 1);
	for (size_t i = 0; i < 2 * sizeof(lens) / sizeof(lens[0]); i++) {
		enum zy_hash h = i % 2 == 0 ? ZY_HASH_SM3 : ZY_HASH_SHA256;
		size_t len = lens[i / 2];
		uint8_t k[64] = { 0 };

		if (len > 64)
			MUST(zy_digest(h, ZY_BYTES(key, len), k, &err));
		else
			memcpy(k, key, len);
		for (size_t j = 0; j < 64; j++) {
			inner[j] = k[j] ^ 0x36;
			outer[j] = k[j] ^ 0x5c;
		}
		memcpy(inner + 64, "abcde", 5);
		MUST(zy_digest(h, ZY_BYTES(inner, 69), outer + 64, &err));
		MUST(zy_digest(h, ZY_BYTES(outer, sizeof(outer)), want, &err));
		MUST(zy_hmac(h, ZY_BYTES(len == 0 ? NULL : key, len), ZY_LITERAL("abcde"), have, &err));
		assert_memory_equal(have, want, ZY_HASH_LEN);
	}
}

static void pieces_hash_like_the_whole(void **state)
{
	uint8_t text[300], whole[ZY_HASH_LEN], pieces[ZY_HASH_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)i;
	for (enum zy_hash h = ZY_HASH_SM3; h <= ZY_HASH_SHA256; h++)
		for (size_t cut = 0; cut <= sizeof(text); cut += 37) {
			struct zy_hasher k = { 0 };

			MUST(zy_digest(h, ZY_BYTES(text, sizeof(text)), whole, &err));
			MUST(zy_hasher_start(&k, h, &err));
			MUST(zy_hasher_add(&k, ZY_BYTES(text, cut), &err));
			MUST(zy_hasher_add(&k, ZY_BYTES(NULL, 0), &err));
			MUST(zy_hasher_add(&k, ZY_BYTES(text + cut, sizeof(text) - cut), &err));
			MUST(zy_hasher_final(&k, pieces, &err));
			assert_memory_equal(whole, pieces, ZY_HASH_LEN);
			assert_null(k.ctx);
		}
}

static void names_of_suites_and_digests(void **state)
{
	(void)state;
	assert_string_equal(zy_suite_name(ZY_SUITE_GM), "gm");
	assert_string_equal(zy_suite_name(ZY_SUITE_INTL), "intl");
	assert_string_equal(zy_hash_name(zy_suite_hash(ZY_SUITE_GM)), "sm3");
	assert_string_equal(zy_hash_name(zy_suite_hash(ZY_SUITE_INTL)), "sha256");
}

static void randomness_does_not_repeat(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	MUST(zy_random(a, sizeof(a), &err));
	MUST(zy_random(b, sizeof(b), &err));
	assert_memory_not_equal(a, b, sizeof(a));
	REFUSED(zy_random(a, (size_t)INT32_MAX + 1, &err), ZY_E_CRYPTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sm3_of_the_published_messages),
		cmocka_unit_test(sha256_of_the_published_messages),
		cmocka_unit_test(hmac_of_the_published_messages),
		cmocka_unit_test(hmac_is_what_its_definition_says),
		cmocka_unit_test(pieces_hash_like_the_whole),
		cmocka_unit_test(names_of_suites_and_digests),
		cmocka_unit_test(randomness_does_not_repeat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
