#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "vault/check_position.h"
#include "vault_made.h"
#include "zy/file.h"

/* Enough rows for several pieces of each walk. */
enum { LICENCES = 300 };

static void fill(struct made_vault *m, unsigned from, unsigned num)
{
	char id[ZY_IDENTIFIER_MAX + 1], request[32];
	struct zy_error err = { 0 };

	for (unsigned i = from; i < from + num; i++) {
		snprintf(request, sizeof(request), "r-%u", i);
		if (!made_mint(m, request, i % 7, 700, id, &err))
			made_fail("mint", &err);
	}
}

struct steps {
	unsigned num, stop_at;
	bool (*during)(struct made_vault *m, unsigned step);
	struct made_vault *m;
};

static bool step(void *arg, const struct zy_care_step *s)
{
	struct steps *t = arg;

	assert_non_null(s->what);
	t->num++;
	if (t->during != NULL)
		assert_true(t->during(t->m, t->num));
	return t->num != t->stop_at;
}

static void a_stopped_check_goes_on_where_it_was(void **state)
{
	struct zy_check_figures whole, f, last;
	struct steps t = { 0 };
	const struct zy_care care = { .step = step, .arg = &t };
	struct zy_error err = { 0 };
	struct made_vault m;
	uint64_t before = 0;
	unsigned runs = 0, steps;
	bool found;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	fill(&m, 0, LICENCES);
	assert_true(zy_vault_check_last(m.v, &last, &found, &err));
	assert_false(found);
	assert_true(zy_vault_check_run(m.v, false, &care, &whole, &err));
	assert_true(whole.finished && !whole.resumed);
	assert_int_equal(whole.counts.licences, LICENCES);
	assert_true(zy_vault_check_last(m.v, &last, &found, &err));
	assert_true(found && last.finished && last.rows == whole.rows && last.head.size == 2 * LICENCES);
	steps = t.num;
	assert_true(steps > 12);
	/* Cut off after each piece: every run takes up what the one before has done. */
	do {
		made_close(&m);
		made_open(&m);
		t = (struct steps){ .stop_at = 1 };
		if (!zy_vault_check_run(m.v, false, &care, &f, &err))
			made_fail("check", &err);
		assert_int_equal(f.resumed_rows, before);
		assert_true(f.finished || f.rows > before || f.rows == before);
		before = f.rows;
		runs++;
	} while (!f.finished && runs < 1000);
	assert_int_equal(runs, steps);
	assert_int_equal(f.rows, whole.rows);
	assert_memory_equal(f.head.root, whole.head.root, ZY_HASH_LEN);
	made_remove(&m);
}

static bool die_at(void *arg, const struct zy_care_step *s)
{
	unsigned *left = arg;

	(void)s;
	if (--*left == 0)
		raise(SIGKILL);
	return true;
}

static void a_killed_check_goes_on_where_it_was_kept(void **state)
{
	struct zy_check_figures whole, f;
	struct zy_error err = { 0 };
	struct made_vault m;
	unsigned resumed = 0;

	(void)state;
	MADE_ON_DISK_ONLY();
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m, 0, 4 * LICENCES);
	assert_true(zy_vault_check_run(m.v, true, NULL, &whole, &err));
	made_close(&m);
	for (unsigned at = 1; at < 40; at += 6) {
		pid_t child = fork();
		unsigned left = at;
		int status;

		if (child == 0) {
			const struct zy_care care = { .step = die_at, .arg = &left };

			if (!zy_vault_open_beside(&m.v, m.folder, &m.wrapper, &m.clock, &err) ||
			    !zy_vault_check_run(m.v, true, &care, &f, &err))
				_exit(1);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
		assert_true(zy_vault_open_beside(&m.v, m.folder, &m.wrapper, &m.clock, &err));
		if (!zy_vault_check_run(m.v, false, NULL, &f, &err))
			made_fail("check", &err);
		assert_true(f.finished && f.rows == whole.rows);
		assert_memory_equal(f.head.root, whole.head.root, ZY_HASH_LEN);
		resumed += f.resumed;
		made_close(&m);
	}
	assert_true(resumed >= 2);
	made_remove(&m);
}

static bool mint_meanwhile(struct made_vault *m, unsigned n)
{
	fill(m, 1000 + 2 * n, 2);
	return true;
}

static void others_mint_while_it_runs(void **state)
{
	struct steps t = { .during = mint_meanwhile };
	const struct zy_care care = { .step = step, .arg = &t };
	struct zy_check_figures f;
	struct zy_error err = { 0 };
	struct zy_vault *beside;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m, 0, LICENCES);
	t.m = &m;
	if (!zy_vault_check_run(m.v, false, &care, &f, &err))
		made_fail("check", &err);
	assert_true(f.finished);
	assert_true(f.head.size >= 2 * LICENCES + 4 * (t.num - 1));
	/* From another handle, which may not write. */
	made_close(&m);
	if (!zy_vault_open_beside(&beside, m.folder, &m.wrapper, &m.clock, &err))
		made_fail("open beside", &err);
	assert_true(zy_vault_check_run(beside, false, NULL, &f, &err));
	assert_true(f.finished && !f.resumed);
	assert_false(zy_vault_cancel(beside, "r-1", "unwanted", &err));
	assert_int_equal(err.code, ZY_E_STATE);
	zy_vault_close(beside);
	made_remove(&m);
}

static void a_position_of_another_vault_or_another_past_is_not_taken(void **state)
{
	struct steps t = { .stop_at = 8 };
	const struct zy_care care = { .step = step, .arg = &t };
	struct zy_check_figures f;
	char from[96], to[96];
	struct zy_error err = { 0 };
	struct made_vault m, n;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes file;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	made_vault(&n, ZY_SUITE_GM);
	fill(&m, 0, LICENCES);
	fill(&n, 0, 10);
	assert_true(zy_vault_check_run(m.v, false, &care, &f, &err));
	assert_false(f.finished);
	snprintf(from, sizeof(from), "%s/check", m.folder);
	snprintf(to, sizeof(to), "%s/check", n.folder);
	assert_true(zy_file_read(from, 4096, &a, &file, &err));
	assert_true(zy_file_write(to, file, 0600, true, &err));
	assert_true(zy_vault_check_run(n.v, false, NULL, &f, &err));
	assert_true(f.finished && !f.resumed);
	/* Each byte of it changed: it counts as none, and the check is as thorough as ever. */
	for (size_t i = 0; i < file.len; i += 7) {
		uint8_t *p = (uint8_t *)(uintptr_t)file.p;
		bool found;

		p[i] ^= 1;
		assert_true(zy_file_write(from, file, 0600, true, &err));
		assert_true(zy_vault_check_last(m.v, &f, &found, &err));
		assert_false(found);
		p[i] ^= 1;
	}
	made_remove(&m);
	made_remove(&n);
}

static void what_a_check_found_is_known_until_one_is_sound(void **state)
{
	struct zy_error corrupt = { .code = ZY_E_VAULT_CORRUPT }, away = { .code = ZY_E_SIGNER_ABSENT }, err = { 0 };
	struct steps t = { .stop_at = 2 };
	const struct zy_care care = { .step = step, .arg = &t };
	struct zy_check_figures f;
	struct made_vault m;
	zy_time sound;
	bool found;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m, 0, 3);
	assert_true(zy_vault_check_failed(m.v, &away, &err)); /* no token says nothing of the vault */
	assert_true(zy_vault_check_last(m.v, &f, &found, &err));
	assert_false(found);
	assert_true(zy_vault_check_run(m.v, false, NULL, &f, &err));
	sound = m.now;
	m.now += 1000;
	assert_true(zy_vault_check_failed(m.v, &corrupt, &err));
	m.now += 1000;
	assert_true(zy_vault_check_run(m.v, false, &care, &f, &err)); /* cut off: it says nothing new */
	assert_true(!f.finished && f.ended == sound);
	assert_true(zy_vault_check_last(m.v, &f, &found, &err));
	assert_true(found && !f.finished && f.ended == sound && f.fault_at == sound + 1000);
	assert_string_equal(f.fault, "vault-corrupt");
	assert_true(zy_vault_check_run(m.v, false, NULL, &f, &err));
	assert_true(zy_vault_check_last(m.v, &f, &found, &err));
	assert_true(f.finished && f.ended == m.now && f.fault[0] == 0);
	made_remove(&m);
}

enum { HOLDERS = 4400, MINTERS = 16 };
struct minter {
	struct made_vault *m;
	unsigned n;
};

/* Each its own holders; beyond a thousand the numbers of made_holder come again with other dates of birth. */
static void *mint_for_many(void *arg)
{
	struct minter *w = arg;

	for (unsigned i = w->n; i < HOLDERS; i += MINTERS) {
		struct zy_holder h = { .kind = ZY_HOLDER_CITIZEN };
		char request[32], id[ZY_IDENTIFIER_MAX + 1];
		struct zy_version_new v = { .request = request,
			.identifier = id,
			.holder = &h,
			.type_code = MADE_TYPE,
			.record = ZY_LITERAL("record"),
			.valid_from = w->m->now,
			.valid_to = ZY_TIME_NEVER };
		struct zy_error err = { 0 };
		struct zy_intent in;

		snprintf(h.number, sizeof(h.number), "99010019%02u0101%03u", i / 1000 + 10, i % 1000);
		h.number[17] = zy_citizen_check_digit(h.number);
		snprintf(request, sizeof(request), "r-%u", i);
		if (!made_intend(w->m, request, 1, MADE_SCOPE, &in, &err))
			made_fail("intend", &err);
		made_identifier(in.serial, 1, id);
		if (!zy_vault_commit(w->m->v, &v, &err))
			made_fail("commit", &err);
	}
	return NULL;
}

/* More than are kept in memory otherwise. */
static void a_data_key_is_unwrapped_once_for_all_walks(void **state)
{
	struct minter minters[MINTERS];
	struct zy_check_figures f;
	pthread_t ids[MINTERS];
	struct zy_error err = { 0 };
	struct made_vault m;

	(void)state;
	MADE_IN_MEMORY_ONLY();
	made_vault(&m, ZY_SUITE_INTL);
	for (unsigned i = 0; i < MINTERS; i++) {
		minters[i] = (struct minter){ &m, i };
		assert_int_equal(pthread_create(&ids[i], NULL, mint_for_many, &minters[i]), 0);
	}
	for (unsigned i = 0; i < MINTERS; i++)
		pthread_join(ids[i], NULL);
	made_close(&m);
	made_open(&m);
	m.token.unwraps = 0;
	if (!zy_vault_check_run(m.v, true, NULL, &f, &err))
		made_fail("check", &err);
	assert_int_equal(f.counts.subjects, HOLDERS);
	assert_int_equal(m.token.unwraps, HOLDERS);
	made_remove(&m);
}

static void positions_are_read_as_they_were_written(void **state)
{
	struct zy_check_position p = { .begun = 1772323200, .ended = -1, .rows = 7, .walk = 3, .last_seq = 9 }, q;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	p.key = zy_key_pair(5, 6);
	p.events[ZY_EVENT_MINT] = 4;
	snprintf(p.fault, sizeof(p.fault), "vault-corrupt");
	p.fault_at = 1772323201;
	zy_check_position_encode(&p, &b);
	assert_true(zy_check_position_parse(&q, zy_buf_bytes(&b), &err));
	assert_true(q.walk == 3 && q.rows == 7 && q.ended == -1 && q.key.len == 16 && q.events[ZY_EVENT_MINT] == 4);
	assert_string_equal(q.fault, "vault-corrupt");
	assert_int_equal(q.fault_at, p.fault_at);
	for (size_t len = 0; len < b.len; len++) {
		err = (struct zy_error){ 0 };
		assert_false(zy_check_position_parse(&q, ZY_BYTES(b.p, len), &err));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stopped_check_goes_on_where_it_was),
		cmocka_unit_test(a_killed_check_goes_on_where_it_was_kept),
		cmocka_unit_test(others_mint_while_it_runs),
		cmocka_unit_test(a_position_of_another_vault_or_another_past_is_not_taken),
		cmocka_unit_test(what_a_check_found_is_known_until_one_is_sound),
		cmocka_unit_test(a_data_key_is_unwrapped_once_for_all_walks),
		cmocka_unit_test(positions_are_read_as_they_were_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
