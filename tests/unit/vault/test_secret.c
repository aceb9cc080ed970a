#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "secret_made.h"
#include "zy/feed.h"
#include "zy/vault_backup.h"
#include "zy/vault_care.h"

static const char *const codes[] = { MADE_TYPE, "11100000000013127D002", "11100000000013127D0", "1" };
enum { CODES = sizeof(codes) / sizeof(codes[0]) };

static void a_stolen_copy_tells_no_name_no_number_and_no_scope(void **state)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)1 << 28 };
	struct zy_backup_part part;
	struct zy_backup_at at;
	struct zy_bytes copy[2];
	struct made_vault m;
	char path[96];
	bool whole;

	(void)state;
	MADE_ON_DISK_ONLY();
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		made_side(&m, true, s);
		SECRET_MUST(zy_vault_backup_begin(m.v, &at, &err));
		secret_fill(&m);
		snprintf(path, sizeof(path), "%s/part", m.folder);
		SECRET_MUST(zy_vault_backup_part(m.v, &at, path, &part, &whole, &err));
		assert_true(whole);
		copy[0] = secret_copy(&m, "data.mdb", &a);
		copy[1] = secret_copy(&m, "part", &a);
		for (size_t i = 0; i < SECRET_TEXTS; i++) {
			assert_false(secret_tells(copy[0], secret_texts[i]));
			assert_false(secret_tells(copy[1], secret_texts[i]));
		}
		unlink(path);
		made_remove(&m);
	}
}

/* The search itself works: of a vault that is not secret the names of licences can be read. */
static void of_an_ordinary_vault_the_names_stand_in_the_keys(void **state)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)1 << 28 };
	struct zy_bytes copy;
	struct made_vault m;

	(void)state;
	MADE_ON_DISK_ONLY();
	made_vault(&m, ZY_SUITE_INTL);
	secret_fill(&m);
	copy = secret_copy(&m, "data.mdb", &a);
	assert_true(secret_tells(copy, MADE_TYPE) && secret_tells(copy, MADE_ISSUER));
	assert_false(secret_tells(copy, "secret-reason"));
	assert_false(zy_vault_is_secret(m.v));
	made_remove(&m);
}

static void another_key_opens_nothing_of_it(void **state)
{
	struct zy_error why = { 0 };
	struct made_vault m;

	(void)state;
	made_side(&m, true, ZY_SUITE_INTL);
	secret_fill(&m);
	made_close(&m);
	m.token.key[0] ^= 1;
	assert_false(zy_vault_open(&m.v, m.folder, &m.wrapper, &m.clock, 0, &why));
	assert_int_equal(why.code, ZY_E_TOKEN);
	m.token.key[0] ^= 1;
	made_open(&m);
	assert_true(zy_vault_is_secret(m.v));
	made_remove(&m);
}

/* ---- what is the same on both sides ---- */

struct heard {
	unsigned num, versions;
	char names[8][ZY_IDENTIFIER_MAX + 1];
};

static bool hear(void *arg, const struct zy_version *v)
{
	struct heard *h = arg;

	snprintf(h->names[h->num++ % 8], ZY_IDENTIFIER_MAX + 1, "%s", v->identifier);
	h->versions += v->version;
	return true;
}

static bool count_event(void *arg, const struct zy_vault_event *e)
{
	(void)e;
	++*(unsigned *)arg;
	return true;
}

static bool count_feed(void *arg, const struct zy_feed_event *e)
{
	(void)e;
	++*(unsigned *)arg;
	return true;
}

struct figures {
	struct heard all, of_holder;
	unsigned events, fed;
	struct zy_vault_counts counts;
	uint64_t serial;
};

static struct figures ask(struct made_vault *m)
{
	struct zy_holder one = made_holder(1);
	char id[ZY_IDENTIFIER_MAX + 1];
	struct figures f = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct zy_intent in;
	uint64_t next;

	made_identifier(1, 1, id);
	SECRET_MUST(zy_vault_get(m->v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err));
	assert_int_equal(v.status, ZY_STATUS_SUSPENDED);
	SECRET_MUST(zy_vault_list(m->v, NULL, &a, hear, &f.all, &err));
	SECRET_MUST(zy_vault_list(m->v, &one, &a, hear, &f.of_holder, &err));
	SECRET_MUST(zy_vault_history(m->v, id, &a, count_event, &f.events, &err));
	SECRET_MUST(zy_vault_feed(m->v, 1, 1000, count_feed, &f.fed, &next, &err));
	SECRET_MUST(zy_vault_check(m->v, &f.counts, &err));
	SECRET_MUST(made_intend(m, "next", 1, MADE_SCOPE, &in, &err));
	f.serial = in.serial;
	f.counts.used_bytes = f.counts.map_bytes = 0;
	return f;
}

static void it_answers_as_any_vault_does(void **state)
{
	struct made_vault secret, plain;
	struct figures a, b;

	(void)state;
	made_side(&secret, true, ZY_SUITE_GM);
	made_vault(&plain, ZY_SUITE_GM);
	secret_fill(&secret);
	secret_fill(&plain);
	a = ask(&secret);
	b = ask(&plain);
	assert_int_equal(a.all.num, 1);
	assert_int_equal(a.all.versions, 2);
	assert_string_equal(a.all.names[0], b.all.names[0]);
	assert_string_equal(a.of_holder.names[0], b.of_holder.names[0]);
	assert_int_equal(a.events, b.events);
	assert_int_equal(a.fed, b.fed);
	assert_memory_equal(&a.counts, &b.counts, sizeof(a.counts));
	assert_int_equal(a.counts.licences, 2);
	/* serials are shared by the tenants: two were used, one cancelled, one is open */
	assert_int_equal(a.serial, 5);
	assert_int_equal(b.serial, 5);
	made_remove(&secret);
	made_remove(&plain);
}

/* More than one chunk of a list, in the order of keys that tell nothing. */
static void long_lists_are_whole(void **state)
{
	char request[32], id[ZY_IDENTIFIER_MAX + 1];
	struct heard all = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct made_vault m;

	(void)state;
	made_side(&m, true, ZY_SUITE_INTL);
	for (unsigned i = 0; i < 150; i++) {
		snprintf(request, sizeof(request), "r%u", i);
		SECRET_MUST(made_mint(&m, request, i % 3, 10, id, &err));
	}
	SECRET_MUST(zy_vault_list(m.v, NULL, &a, hear, &all, &err));
	assert_int_equal(all.num, 150);
	made_remove(&m);
}

static void types_that_have_licences_are_told_without_a_key(void **state)
{
	bool has[CODES] = { 0 };
	struct zy_error why = { 0 };
	struct zy_intent in;
	struct made_vault m;

	(void)state;
	for (unsigned secret = 0; secret < 2; secret++) {
		made_side(&m, secret != 0, ZY_SUITE_INTL);
		SECRET_MUST(made_intend(&m, "open", 1, MADE_SCOPE "2", &in, &err)); /* no licence yet */
		made_close(&m);
		SECRET_MUST(zy_vault_folder_has_types(m.folder, codes, CODES, has, &err));
		for (size_t i = 0; i < CODES; i++)
			assert_false(has[i]);
		made_open(&m);
		secret_fill(&m);
		made_close(&m);
		memset(has, 0, sizeof(has));
		SECRET_MUST(zy_vault_folder_has_types(m.folder, codes, CODES, has, &err));
		for (size_t i = 0; i < CODES; i++)
			assert_int_equal(has[i], i == 0);
		memset(has, 0, sizeof(has));
		made_remove(&m);
	}
	assert_false(zy_vault_folder_has_types("/tmp/zy-no-such-vault", codes, CODES, has, &why));
	assert_int_equal(why.code, ZY_E_VAULT_ABSENT);
}

/* A licence in a tenant of the ordinary vault counts as well. */
static void types_are_looked_for_in_every_tenant(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct made_vault m, district;
	bool has[CODES] = { 0 };

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	SECRET_MUST(zy_tenant_add(m.v, "990100", "云泽市", NULL, &err));
	SECRET_MUST(zy_tenant_add(m.v, "990101", "云泽市临江区", "990100", &err));
	district = m;
	SECRET_MUST(zy_vault_enter(m.v, "990101", &district.v, &err));
	SECRET_MUST(made_mint(&district, "one", 1, 10, id, &err));
	made_close(&district);
	made_close(&m);
	SECRET_MUST(zy_vault_folder_has_types(m.folder, codes, CODES, has, &err));
	assert_true(has[0]);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stolen_copy_tells_no_name_no_number_and_no_scope),
		cmocka_unit_test(of_an_ordinary_vault_the_names_stand_in_the_keys),
		cmocka_unit_test(another_key_opens_nothing_of_it),
		cmocka_unit_test(it_answers_as_any_vault_does),
		cmocka_unit_test(long_lists_are_whole),
		cmocka_unit_test(types_that_have_licences_are_told_without_a_key),
		cmocka_unit_test(types_are_looked_for_in_every_tenant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
