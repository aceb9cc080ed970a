#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "hsm/in_force.h"
#include "journal_sample.h"

static struct zy_journal_record record(const char *what, const char *use, uint8_t digest, uint8_t order)
{
	struct zy_journal_record r = {
		.at = JOURNAL_AT, .what = zy_str(what), .key = ZY_LITERAL("k"), .use = zy_str(use)
	};

	memset(r.digest, digest, sizeof(r.digest));
	r.has_rule = order != 0;
	memset(r.rule, order, sizeof(r.rule));
	return r;
}

static void see(struct zy_in_force *f, const char *what, const char *use, uint8_t digest, uint8_t order)
{
	const struct zy_journal_record r = record(what, use, digest, order);

	MUST(zy_in_force_see(f, &r, &err));
}

static bool used(const struct zy_in_force *f, uint8_t order)
{
	uint8_t id[ZY_HASH_LEN];

	memset(id, order, sizeof(id));
	return zy_in_force_used(f, id);
}

static void the_last_record_of_a_file_is_in_force(void **state)
{
	struct zy_in_force f = { 0 };
	const struct zy_journal_record sealed = journal_sealed(1);

	(void)state;
	assert_false(f.files[ZY_GOVERNED_RULES].known);
	see(&f, "genesis", "rules", 1, 0);
	see(&f, "genesis", "officers", 2, 0);
	MUST(zy_in_force_see(&f, &sealed, &err));
	assert_int_equal(f.files[ZY_GOVERNED_RULES].digest[0], 1);
	assert_int_equal(f.files[ZY_GOVERNED_RULES].before[0], 0);
	see(&f, "order", "rules", 3, 10);
	see(&f, "order", "switch-off", 4, 11);
	see(&f, "order", "officers", 5, 12);
	see(&f, "order", "revoke-many", 6, 13);
	see(&f, "order", "shred", 8, 15);
	assert_true(used(&f, 15) && used(&f, 8)); /* the order, and what it is about */
	assert_false(used(&f, 6));
	see(&f, "sign", "rules", 7, 14); /* a key's use is no order, whatever its name */
	assert_int_equal(f.files[ZY_GOVERNED_RULES].digest[0], 4);
	assert_int_equal(f.files[ZY_GOVERNED_RULES].before[0], 3);
	assert_int_equal(f.files[ZY_GOVERNED_OFFICERS].digest[0], 5);
	assert_int_equal(f.files[ZY_GOVERNED_OFFICERS].before[0], 2);
	for (uint8_t i = 10; i <= 13; i++)
		assert_true(used(&f, i));
	assert_false(used(&f, 14) || used(&f, 0));
	zy_in_force_forget(&f);
	assert_false(f.files[ZY_GOVERNED_RULES].known || used(&f, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_last_record_of_a_file_is_in_force) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
