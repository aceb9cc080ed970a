#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"

static struct made_vault m;

static void read_back(const char *identifier, uint64_t serial, size_t len)
{
	uint8_t *bytes = malloc(len + 900);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	made_bytes(bytes, len + 900, serial * 1000 + 1);
	if (!zy_vault_get(m.v, identifier, 0, ZY_TIME_NEVER, true, &a, &v, &err))
		made_fail("get", &err);
	assert_int_equal(v.record.len, 900);
	assert_memory_equal(v.record.p, bytes + len, 900);
	assert_int_equal(v.files[0].bytes.len, len);
	if (len > 0)
		assert_memory_equal(v.files[0].bytes.p, bytes, len);
	assert_int_equal(v.files[1].bytes.len, len / 2);
	if (len / 2 > 0)
		assert_memory_equal(v.files[1].bytes.p, bytes, len / 2);
	free(bytes);
}

/* Around the lengths where a blob's first piece takes one page more. */
static void a_version_of_any_length_comes_back_as_it_was(void **state)
{
	static const size_t lens[] = { 0, 1, 400, 900, 1700, 1800, 2560, 2600, 2700, 3000, 3180, 3300, 6700, 30000 };
	char request[40], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		snprintf(request, sizeof(request), "length %zu", lens[i]);
		if (!made_mint(&m, request, 1, lens[i], id, &err))
			made_fail("mint", &err);
		read_back(id, i + 1, lens[i]);
	}
	made_remove(&m);
}

struct tables {
	uint64_t blob, blobs, all, events;
};

static void add_table(void *arg, const struct zy_vault_table *t)
{
	struct tables *s = arg;

	s->all += t->bytes;
	if (strcmp(t->name, "blob") == 0) {
		s->blob = t->bytes;
		s->blobs = t->rows;
	}
	if (strcmp(t->name, "event") == 0)
		s->events = t->rows;
}

/* What is stored of num versions with a first file of len octets; the second is the first's beginning, and is packed
 * to almost nothing. */
static struct tables stored(size_t len, unsigned num)
{
	char request[40], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct tables t = { 0 };

	made_vault(&m, ZY_SUITE_GM);
	for (unsigned i = 0; i < num; i++) {
		snprintf(request, sizeof(request), "%u", i);
		if (!made_mint(&m, request, i % 10, len, id, &err))
			made_fail("mint", &err);
	}
	assert_true(zy_vault_tables(m.v, add_table, &t, &err));
	made_remove(&m);
	return t;
}

static void little_is_stored_beside_what_a_version_says(void **state)
{
	enum { NUM = 300 };
	struct tables t = stored(2700, NUM);

	(void)state;
	assert_int_equal(t.events, 2 * NUM);
	assert_int_equal(t.blobs, NUM); /* 3,780 octets: one page, not eight pieces that do not fill theirs */
	assert_true(t.blob < NUM * 4400);
	assert_true(t.all < NUM * (3600 + 2048));
	t = stored(1100, NUM);
	assert_int_equal(t.blobs, 5 * NUM);
	assert_true(t.blob < NUM * 2150 * 115 / 100);
	assert_true(t.all < NUM * (2000 + 2048));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_of_any_length_comes_back_as_it_was),
		cmocka_unit_test(little_is_stored_beside_what_a_version_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
