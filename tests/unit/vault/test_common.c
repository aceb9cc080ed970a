#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault/common.h"
#include "vault_made.h"
#include "zy/vault_care.h"

enum { TEMPLATE = 60000, OWN = 500, FILE_LEN = TEMPLATE + OWN };

static struct made_vault m;

static void add(const char *name, uint64_t seed)
{
	uint8_t *sample = malloc(TEMPLATE);
	struct zy_error err = { 0 };

	made_bytes(sample, TEMPLATE, seed);
	if (!zy_vault_common_add(m.v, name, ZY_BYTES(sample, TEMPLATE), &err))
		made_fail("add", &err);
	free(sample);
}

/* A file of the template with that seed, and some octets of its own in the middle. */
static void make_file(uint64_t template, uint64_t own, uint8_t *out)
{
	made_bytes(out, TEMPLATE, template);
	memmove(out + TEMPLATE / 2 + OWN, out + TEMPLATE / 2, TEMPLATE / 2);
	made_bytes(out + TEMPLATE / 2, OWN, own + 1000);
}

static void mint(uint64_t template, uint64_t serial)
{
	uint8_t *file = malloc(FILE_LEN);
	char id[ZY_IDENTIFIER_MAX + 1], request[40];
	struct zy_holder h = made_holder((unsigned)serial);
	struct zy_vault_file files[] = { { 1, ZY_BYTES(file, FILE_LEN) } };
	struct zy_version_new n = { .request = request,
		.identifier = id,
		.holder = &h,
		.type_code = MADE_TYPE,
		.record = ZY_BYTES(file, 100),
		.files = files,
		.num_files = 1,
		.valid_from = m.now,
		.valid_to = ZY_TIME_NEVER };
	struct zy_error err = { 0 };
	struct zy_intent in;

	make_file(template, serial, file);
	snprintf(request, sizeof(request), "%llu", (unsigned long long)serial);
	made_identifier(serial, 1, id);
	if (!made_intend(&m, request, 1, MADE_SCOPE, &in, &err) || !zy_vault_commit(m.v, &n, &err))
		made_fail("commit", &err);
	free(file);
}

static void read_back(uint64_t template, uint64_t serial)
{
	uint8_t *file = malloc(FILE_LEN);
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	make_file(template, serial, file);
	made_identifier(serial, 1, id);
	if (!zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err))
		made_fail("get", &err);
	assert_int_equal(v.files[0].bytes.len, FILE_LEN);
	assert_memory_equal(v.files[0].bytes.p, file, FILE_LEN);
	free(file);
}

static void add_bytes(void *arg, const struct zy_vault_table *t)
{
	if (strcmp(t->name, "blob") == 0)
		*(uint64_t *)arg = t->bytes;
}

static uint64_t blob_bytes(void)
{
	struct zy_error err = { 0 };
	uint64_t n = 0;

	assert_true(zy_vault_tables(m.v, add_bytes, &n, &err));
	return n;
}

static void check_all(void)
{
	struct zy_vault_counts n;
	struct zy_error err = { 0 };

	if (!zy_vault_check(m.v, &n, &err))
		made_fail("check", &err);
}

/* Versions from before the common octets, from between and from after all come back, also from a vault opened anew. */
static void a_template_is_stored_once_and_files_come_back_as_they_were(void **state)
{
	uint64_t before;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	mint(1, 1);
	before = blob_bytes();
	assert_true(before > TEMPLATE);
	add("type one", 1);
	for (uint64_t i = 2; i < 20; i++)
		mint(1, i);
	assert_true(blob_bytes() - before < (uint64_t)18 * 1500);
	before = blob_bytes();
	add("type two", 2);
	for (uint64_t i = 20; i < 30; i++)
		mint(2, i);
	assert_true(blob_bytes() - before < (uint64_t)10 * 1500);
	check_all();
	for (int again = 0; again < 2; again++) {
		for (uint64_t i = 1; i < 30; i++)
			read_back(i < 20 ? 1 : 2, i);
		made_close(&m);
		made_open(&m);
	}
	check_all();
	made_remove(&m);
}

static uint64_t rows(void)
{
	const struct zy_common *c;
	struct zy_error err = { 0 };

	assert_true(zy_common_newest(m.v, &c, &err));
	return c->rows;
}

static void the_same_name_adds_nothing_and_of_the_same_octets_nothing_is_kept_again(void **state)
{
	const struct zy_common *c;
	struct zy_error err = { 0 };
	bool has;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(zy_vault_common_has(m.v, "one", &has, &err) && !has);
	add("one", 1);
	assert_true(zy_vault_common_has(m.v, "one", &has, &err) && has);
	add("one", 2);
	assert_int_equal(rows(), 1);
	add("another", 1);
	assert_true(zy_common_newest(m.v, &c, &err));
	assert_int_equal(c->rows, 2);
	assert_in_range(c->bytes.len, TEMPLATE, TEMPLATE + 64);
	check_all();
	made_remove(&m);
}

static void too_much_is_refused(void **state)
{
	struct zy_error err = { 0 };
	char name[ZY_COMMON_NAME_MAX + 2];

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	assert_false(zy_vault_common_add(m.v, name, ZY_LITERAL("octets"), &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_is_stored_once_and_files_come_back_as_they_were),
		cmocka_unit_test(the_same_name_adds_nothing_and_of_the_same_octets_nothing_is_kept_again),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
