/*
 * A changed package is refused or says the same: names and contents cannot change without the CRC or a second header
 * disagreeing. Changes that pass touch only what is not read: "version made by", the internal and external file
 * attributes of a central header, and the way a DEFLATE stream spells the same bytes (padding bits behind its end,
 * another match of the same text).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "zy/package.h"

static struct zy_package made, got;
static struct zy_arena arena; /* of made */

static void make(struct zy_buf *b)
{
	static uint8_t text[600];
	struct zy_error err = { 0 };

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)('a' + i * i % 17);
	zy_arena_free(&arena);
	made = (struct zy_package){ .arena = &arena };
	assert_true(zy_package_add(&made, "OFD.xml", ZY_LITERAL("<OFD/>"), &err));
	assert_true(zy_package_add(&made, "Doc_0/页.xml", ZY_BYTES(text, sizeof(text)), &err));
	assert_true(zy_package_encode(&made, b, &err));
}

static bool same_files(void)
{
	if (got.num_files != made.num_files)
		return false;
	for (size_t i = 0; i < got.num_files; i++)
		if (strcmp(got.files[i].name, made.files[i].name) != 0 ||
		    !zy_bytes_equal(got.files[i].bytes, made.files[i].bytes))
			return false;
	return true;
}

static size_t le(const uint8_t *p, size_t n)
{
	return n == 0 ? 0 : p[0] + 256 * le(p + 1, n - 1);
}

/* Is the byte one that is not read, or in a DEFLATE stream? */
static bool is_free(const struct zy_buf *b, size_t at)
{
	size_t central = le(b->p + b->len - 6, 4), p = central;

	for (size_t i = 0; i < made.num_files; i++) {
		size_t local = le(b->p + p + 42, 4), name = le(b->p + p + 28, 2);
		size_t data = local + 30 + name, packed = le(b->p + p + 20, 4);

		if (le(b->p + p + 10, 2) == 8 && at >= data && at < data + packed)
			return true;
		if ((at >= p + 4 && at < p + 6) || (at >= p + 36 && at < p + 42))
			return true;
		p += 46 + name;
	}
	return false;
}

static void a_changed_byte_is_refused_or_not_read(void **state)
{
	size_t passed = 0;
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	make(&b);
	for (size_t at = 0; at < b.len; at++)
		for (unsigned flip = 1; flip < 256; flip++) {
			struct zy_error err = { 0 };
			ZY_ARENA_AUTO a = { 0 };
			bool ok;

			b.p[at] ^= (uint8_t)flip;
			ok = zy_package_parse(&got, zy_buf_bytes(&b), &a, &err);
			if (ok && !same_files())
				fail_msg("byte %zu ^ %u changes what is read", at, flip);
			b.p[at] ^= (uint8_t)flip;
			if (ok && !is_free(&b, at))
				fail_msg("byte %zu ^ %u is not accounted for", at, flip);
			if (!ok && (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > b.len)))
				fail_msg("byte %zu ^ %u: a refusal without code or place", at, flip);
			passed += ok;
		}
	assert_true(passed >= made.num_files * 8 * 255);
}

static void every_cut_is_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	make(&b);
	for (size_t len = 0; len < b.len; len++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		uint8_t *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy, b.p, len);
		assert_false(zy_package_parse(&got, ZY_BYTES(copy, len), &a, &err));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_byte_is_refused_or_not_read),
		cmocka_unit_test(every_cut_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
