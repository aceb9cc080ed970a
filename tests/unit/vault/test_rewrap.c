#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "vault_made.h"

enum { SUBJECTS = 150 }; /* more than two parts */

static void fill(struct made_vault *m, unsigned from, unsigned num)
{
	char id[ZY_IDENTIFIER_MAX + 1], request[16];
	struct zy_error err = { 0 };

	for (unsigned i = from; i < from + num; i++) {
		snprintf(request, sizeof(request), "r%u", i);
		if (!made_mint(m, request, i, 40, id, &err))
			made_fail("mint", &err);
	}
}

static bool count_one(void *arg, struct zy_bytes wrapped, struct zy_error *err)
{
	(void)err;
	((unsigned *)arg)[wrapped.p[0]]++;
	return true;
}

/* How many keys each generation wrapped. */
static void count(struct made_vault *m, unsigned out[4])
{
	struct zy_error err = { 0 };

	memset(out, 0, 4 * sizeof(*out));
	assert_true(zy_vault_wrapped(m->v, count_one, out, &err));
}

static void rewrap_all(struct made_vault *m, struct zy_rewrap *r)
{
	struct zy_error err = { 0 };

	for (*r = (struct zy_rewrap){ 0 }; !r->complete;)
		if (!zy_vault_rewrap(m->v, r, &err))
			made_fail("rewrap", &err);
}

static void whole(struct made_vault *m, unsigned subjects)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;

	if (!zy_vault_check(m->v, &n, &err))
		made_fail("check", &err);
	assert_int_equal(n.subjects, subjects);
}

static void every_key_is_wrapped_anew_and_nothing_else_is_written(void **state)
{
	struct zy_rewrap r = { 0 };
	struct made_vault m;
	unsigned by[4];

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		made_vault(&m, s);
		fill(&m, 0, SUBJECTS);
		rewrap_all(&m, &r); /* the key is the one that wraps */
		assert_int_equal(r.rewrapped, 0);
		assert_int_equal(r.keys, SUBJECTS + 2);
		m.token.generation = 1;
		fill(&m, SUBJECTS, 3); /* who comes new is wrapped by the new one */
		count(&m, by);
		assert_int_equal(by[0], SUBJECTS + 2);
		assert_int_equal(by[1], 3);
		rewrap_all(&m, &r);
		assert_int_equal(r.rewrapped, SUBJECTS + 2);
		assert_int_equal(r.keys, SUBJECTS + 5);
		count(&m, by);
		assert_int_equal(by[0], 0);
		assert_int_equal(by[1], SUBJECTS + 5);
		made_close(&m);
		made_open(&m);
		whole(&m, SUBJECTS + 3);
		made_remove(&m);
	}
}

static bool refuse_old(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	if (in.len > 0 && in.p[0] == 0)
		return zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "the old key is gone");
	return made_unwrap(arg, aad, in, out, err);
}

static void the_old_key_is_needed_no_more(void **state)
{
	struct zy_error err = { 0 };
	struct zy_rewrap r;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m, 0, 5);
	m.token.generation = 1;
	rewrap_all(&m, &r);
	made_close(&m);
	m.wrapper.unwrap = refuse_old;
	made_open(&m);
	whole(&m, 5);
	made_close(&m);
	m.wrapper.unwrap = made_unwrap; /* and before, it was */
	m.token.generation = 2;
	made_open(&m);
	fill(&m, 5, 1);
	made_close(&m);
	m.token.key[0] ^= 1;
	assert_false(zy_vault_open(&m.v, m.folder, &m.wrapper, &m.clock, 0, &err));
	assert_int_equal(err.code, ZY_E_TOKEN);
	m.v = NULL;
	made_remove(&m);
}

static void killed_at_any_part_it_goes_on_where_it_was(void **state)
{
	struct zy_error err = { 0 };
	struct zy_rewrap r = { 0 };
	struct made_vault m;
	unsigned by[4], left = SUBJECTS + 2;

	(void)state;
	MADE_ON_DISK_ONLY();
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m, 0, SUBJECTS);
	made_close(&m);
	m.token.generation = 1;
	while (left > 0) {
		int status;
		pid_t child = fork();

		if (child == 0) { /* one part, then gone without a word */
			made_open(&m);
			if (!zy_vault_rewrap(m.v, &r, &err))
				made_fail("rewrap", &err);
			raise(SIGKILL);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		made_open(&m);
		whole(&m, SUBJECTS);
		count(&m, by);
		assert_true(by[0] < left);
		left = by[0];
		made_close(&m);
	}
	made_open(&m);
	rewrap_all(&m, &r);
	assert_int_equal(r.rewrapped, 0);
	made_remove(&m);
}

struct minting {
	struct made_vault *m;
	_Atomic unsigned made;
};

static void *mint_on(void *arg)
{
	struct minting *w = arg;

	for (unsigned i = 0; i < 100; i++) {
		fill(w->m, 200 + i, 1);
		w->made++;
	}
	return NULL;
}

static void mints_go_on_meanwhile(void **state)
{
	struct zy_rewrap r;
	struct made_vault m;
	struct minting w = { .m = &m };
	pthread_t thread;
	unsigned by[4];

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m, 0, SUBJECTS);
	m.token.generation = 1;
	assert_int_equal(pthread_create(&thread, NULL, mint_on, &w), 0);
	rewrap_all(&m, &r);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(w.made, 100);
	rewrap_all(&m, &r);
	count(&m, by);
	assert_int_equal(by[0], 0);
	whole(&m, SUBJECTS + 100);
	made_remove(&m);
}

static bool wrap_badly(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	uint8_t other[32] = { 0 };

	return made_wrap(arg, aad, ZY_BYTES(other, in.len), out, err);
}

static void what_the_token_does_not_give_back_is_not_stored(void **state)
{
	struct zy_error err = { 0 };
	struct zy_rewrap r = { 0 };
	struct made_vault m;
	unsigned by[4];

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	fill(&m, 0, 3);
	made_close(&m);
	m.wrapper.wrap = wrap_badly;
	made_open(&m);
	m.token.generation = 1;
	assert_false(zy_vault_rewrap(m.v, &r, &err));
	assert_int_equal(err.code, ZY_E_TOKEN);
	count(&m, by);
	assert_int_equal(by[0], 5);
	whole(&m, 3);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_wrapped_anew_and_nothing_else_is_written),
		cmocka_unit_test(the_old_key_is_needed_no_more),
		cmocka_unit_test(killed_at_any_part_it_goes_on_where_it_was),
		cmocka_unit_test(mints_go_on_meanwhile),
		cmocka_unit_test(what_the_token_does_not_give_back_is_not_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
