#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "expect.h"
#include "zy/noted_head.h"

static const uint8_t key[ZY_NOTED_KEY_LEN] = { 7, 1, 2, 3 }, other_key[ZY_NOTED_KEY_LEN] = { 8, 1, 2, 3 };

static struct zy_merkle_head head_of(uint64_t size, uint8_t root)
{
	struct zy_merkle_head h = { .size = size };

	memset(h.root, root, sizeof(h.root));
	return h;
}

static void who_has_the_key_finds_the_size_again(void **state)
{
	const uint64_t sizes[] = { 0, 1, 2, 57, 1u << 20, ZY_MERKLE_SIZE_MAX - 1 };
	struct zy_merkle_head blinded;
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct zy_merkle_head h = head_of(sizes[i], 9);

		MUST(zy_noted_blind(key, &h, &blinded, &err));
		assert_true(blinded.size < ZY_MERKLE_SIZE_MAX);
		assert_true(blinded.size != h.size && memcmp(blinded.root, h.root, ZY_HASH_LEN) != 0);
		MUST(zy_noted_size(key, &blinded, &size, &err));
		assert_int_equal(size, sizes[i]);
		MUST(zy_noted_size(other_key, &blinded, &size, &err));
		assert_int_not_equal(size, sizes[i]);
	}
	{
		const struct zy_merkle_head large = head_of(ZY_MERKLE_SIZE_MAX, 9);

		REFUSED(zy_noted_blind(key, &large, &blinded, &err), ZY_E_TOO_LARGE);
	}
}

static void key_size_and_root_all_count(void **state)
{
	const struct zy_merkle_head h = head_of(57, 9), longer = head_of(58, 9), another = head_of(57, 8);
	struct zy_merkle_head a, b;

	(void)state;
	MUST(zy_noted_blind(key, &h, &a, &err));
	MUST(zy_noted_blind(key, &h, &b, &err));
	assert_memory_equal(a.root, b.root, ZY_HASH_LEN);
	assert_int_equal(a.size, b.size);
	MUST(zy_noted_blind(key, &longer, &b, &err));
	assert_memory_not_equal(a.root, b.root, ZY_HASH_LEN);
	MUST(zy_noted_blind(key, &another, &b, &err));
	assert_memory_not_equal(a.root, b.root, ZY_HASH_LEN);
	MUST(zy_noted_blind(other_key, &h, &b, &err));
	assert_memory_not_equal(a.root, b.root, ZY_HASH_LEN);
}

static void a_line_comes_back_and_no_other_is_one(void **state)
{
	struct zy_merkle_head h = head_of(0x1234567890abcdefu, 9), again;
	ZY_BUF_AUTO line = { 0 }, other = { 0 };
	char name[100];

	(void)state;
	MUST(zy_noted_text(ZY_LITERAL("secret-wrap"), &h, &line, &err));
	assert_memory_equal(line.p, "secret-compartment/secret-wrap 1311768467294899695 CQkJ", 54);
	MUST(zy_noted_text_parse(zy_buf_bytes(&line), &again, &err));
	assert_int_equal(again.size, h.size);
	assert_memory_equal(again.root, h.root, ZY_HASH_LEN);
	for (size_t len = 0; len < line.len; len++)
		assert_false(zy_noted_text_parse(ZY_BYTES(line.p, len), &again, &(struct zy_error){ 0 }));
	REFUSED(zy_noted_text_parse(
		    ZY_LITERAL("log.example/1 57 CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="), &again, &err),
	    ZY_E_NOTE);
	line.p[54 - 5] = '\n'; /* where the last space is: another spelling */
	REFUSED(zy_noted_text_parse(zy_buf_bytes(&line), &again, &err), ZY_E_NOTE);
	memset(name, 'n', sizeof(name));
	REFUSED(zy_noted_text(ZY_BYTES(name, sizeof(name)), &h, &other, &err), ZY_E_TOO_LARGE);
	REFUSED(zy_noted_text(ZY_LITERAL("a b"), &h, &other, &err), ZY_E_NOTE);
	assert_true(zy_noted_is_origin(ZY_LITERAL("secret-compartment/k")));
	assert_false(zy_noted_is_origin(ZY_LITERAL("secret-compartment/")));
	assert_false(zy_noted_is_origin(ZY_LITERAL("yunze.example/log")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_the_key_finds_the_size_again),
		cmocka_unit_test(key_size_and_root_all_count),
		cmocka_unit_test(a_line_comes_back_and_no_other_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
