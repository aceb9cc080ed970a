#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "expect.h"
#include "vault_made.h"
#include "zy/vault_care.h"

static const uint8_t order[ZY_HASH_LEN] = { 0xab, 0xcd };
static uint8_t refused[4][ZY_DATA_KEY_ID_LEN]; /* what the signer was ordered to give up */
static size_t num_refused;

static bool unwrap(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	const uint8_t *id = zy_data_key_id(aad);

	for (size_t i = 0; id != NULL && i < num_refused; i++)
		if (memcmp(refused[i], id, ZY_DATA_KEY_ID_LEN) == 0)
			return zy_fail(err, ZY_E_DESTROYED, "aad", ZY_NOWHERE, "ordered");
	return made_unwrap(arg, aad, in, out, err);
}

static void fill(struct made_vault *m, enum zy_suite suite, char ids[3][ZY_IDENTIFIER_MAX + 1])
{
	struct zy_intent in;

	num_refused = 0;
	made_vault(m, suite);
	made_close(m);
	m->wrapper.unwrap = unwrap;
	made_open(m);
	MUST(made_mint(m, "a", 1, 6000, ids[0], &err));
	MUST(made_mint(m, "b", 2, 100, ids[1], &err));
	MUST(made_mint(m, "c", 1, 100, ids[2], &err));
	MUST(made_intend(m, "d", 1, NULL, &in, &err));
	MUST(made_commit(m, "d", 1, 2, 1, 50, &err));
	MUST(zy_vault_set_status(m->v, ids[2], ZY_STATUS_SUSPENDED, "inquiry", &err));
}

static void key_of(struct made_vault *m, unsigned person, struct zy_data_key *out)
{
	struct zy_holder h = made_holder(person);

	MUST(zy_vault_data_key(m->v, &h, out, &err));
}

static void give_up(const struct zy_data_key *k)
{
	memcpy(refused[num_refused++], k->id, sizeof(k->id));
}

static void destroy(struct made_vault *m, unsigned person)
{
	struct zy_shredded out;
	struct zy_data_key k;

	key_of(m, person, &k);
	give_up(&k);
	MUST(zy_vault_shred(m->v, k.id, order, &out, &err));
	assert_false(out.already);
	assert_int_equal(out.licences, k.licences);
}

static void get_fails(struct made_vault *m, const char *id)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	REFUSED(zy_vault_get(m->v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err), ZY_E_DESTROYED);
	REFUSED(zy_vault_get(m->v, id, 1, ZY_TIME_NEVER, false, &a, &v, &err), ZY_E_DESTROYED);
}

struct listed {
	unsigned all, destroyed;
};

static bool see(void *arg, const struct zy_version *v)
{
	struct listed *l = arg;

	l->all++;
	l->destroyed += v->status == ZY_STATUS_DESTROYED;
	assert_true(v->status != ZY_STATUS_DESTROYED || (v->version > 0 && v->record.len == 0 && v->num_files == 0));
	return true;
}

static struct listed list(struct made_vault *m, unsigned person)
{
	struct zy_holder h = made_holder(person);
	struct listed l = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	MUST(zy_vault_list(m->v, person == 0 ? NULL : &h, &a, see, &l, &err));
	return l;
}

struct counting {
	const char *what;
	unsigned num;
};

static bool count_event(void *arg, const struct zy_vault_event *e)
{
	struct counting *c = arg;

	c->num += strcmp(e->what, c->what) == 0;
	return true;
}

static unsigned count_of(struct made_vault *m, const char *id, const char *what)
{
	struct counting c = { .what = what };
	ZY_ARENA_AUTO a = { 0 };

	MUST(zy_vault_history(m->v, id, &a, count_event, &c, &err));
	return c.num;
}

static void whole(struct made_vault *m, uint64_t versions)
{
	struct zy_vault_counts n;
	struct zy_merkle_head head;

	MUST(zy_vault_check(m->v, &n, &err));
	assert_int_equal(n.versions, versions);
	MUST(zy_vault_log_check(m->v, &head, &err));
	assert_int_equal(head.size, n.events);
}

static void what_was_destroyed_is_read_no_more_and_all_else_is(void **state)
{
	char ids[3][ZY_IDENTIFIER_MAX + 1];
	struct zy_merkle_head before, again;
	struct zy_merkle_path path;
	struct zy_logged logged;
	struct made_vault m;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct listed l;

		fill(&m, s, ids);
		MUST(zy_vault_log_head(m.v, &before, &err));
		destroy(&m, 1);
		for (int opened = 0; opened < 2; opened++) {
			ZY_ARENA_AUTO a = { 0 };
			struct zy_version v;

			get_fails(&m, ids[0]);
			get_fails(&m, ids[2]);
			MUST(zy_vault_get(m.v, ids[1], 0, ZY_TIME_NEVER, true, &a, &v, &err));
			l = list(&m, 0);
			assert_int_equal(l.all, 3);
			assert_int_equal(l.destroyed, 2);
			l = list(&m, 1);
			assert_int_equal(l.destroyed, 2);
			assert_int_equal(count_of(&m, ids[0], "destroyed"), 1);
			assert_int_equal(count_of(&m, ids[2], "destroyed"), 1);
			assert_int_equal(count_of(&m, ids[1], "destroyed"), 0);
			whole(&m, 4);
			made_close(&m);
			made_open(&m);
		}
		/* what the log said before it says still, and proves */
		MUST(zy_vault_log_head_of(m.v, before.size, &again, &err));
		assert_memory_equal(&again, &before, sizeof(before));
		MUST(zy_vault_log_prove(m.v, 1, before.size, &path, &err));
		REFUSED(zy_vault_log_leaf(m.v, 1, &logged, &err), ZY_E_DESTROYED);
		made_remove(&m);
	}
}

static void the_vault_gives_nothing_up_that_the_signer_still_opens(void **state)
{
	const uint8_t unknown[ZY_DATA_KEY_ID_LEN] = { 1 };
	char ids[3][ZY_IDENTIFIER_MAX + 1];
	struct zy_holder nobody = made_holder(9);
	struct zy_shredded out;
	struct zy_data_key k;
	struct made_vault m;

	(void)state;
	fill(&m, ZY_SUITE_INTL, ids);
	key_of(&m, 1, &k);
	assert_int_equal(k.licences, 2);
	REFUSED(zy_vault_shred(m.v, k.id, order, &out, &err), ZY_E_STATE);
	REFUSED(zy_vault_shred(m.v, unknown, order, &out, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_vault_data_key(m.v, &nobody, &k, &err), ZY_E_NOT_FOUND);
	assert_int_equal(list(&m, 0).destroyed, 0);
	whole(&m, 4);
	made_remove(&m);
}

/* The signer took the order, and then the lights went out. */
static void cut_off_between_signer_and_vault_it_is_called_again(void **state)
{
	const struct zy_care older = { .older = true };
	char ids[3][ZY_IDENTIFIER_MAX + 1];
	struct zy_check_figures f;
	struct zy_shredded out;
	struct zy_vault_counts n;
	struct zy_data_key k;
	struct made_vault m;

	(void)state;
	fill(&m, ZY_SUITE_INTL, ids);
	key_of(&m, 1, &k);
	give_up(&k);
	made_close(&m);
	made_open(&m);
	get_fails(&m, ids[0]);
	REFUSED(zy_vault_check(m.v, &n, &err), ZY_E_DESTROYED); /* it is not forgotten */
	MUST(zy_vault_check_run(m.v, true, &older, &f, &err));
	assert_true(f.finished && f.ordered == 1);
	MUST(zy_vault_shred(m.v, k.id, order, &out, &err));
	assert_false(out.already);
	whole(&m, 4);
	MUST(zy_vault_shred(m.v, k.id, order, &out, &err));
	assert_true(out.already);
	assert_int_equal(count_of(&m, ids[0], "destroyed"), 1);
	made_remove(&m);
}

static void the_holder_comes_again_as_somebody_new(void **state)
{
	char ids[3][ZY_IDENTIFIER_MAX + 1], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_data_key before, after;
	struct made_vault m;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct listed l;

		fill(&m, s, ids);
		key_of(&m, 1, &before);
		destroy(&m, 1);
		key_of(&m, 1, &after);
		assert_true(after.destroyed);
		MUST(made_mint(&m, "new", 1, 70, id, &err));
		key_of(&m, 1, &after);
		assert_false(after.destroyed);
		assert_memory_not_equal(before.id, after.id, sizeof(after.id));
		l = list(&m, 1);
		assert_int_equal(l.all, 1);
		assert_int_equal(l.destroyed, 0);
		assert_int_equal(list(&m, 0).all, 4);
		whole(&m, 5);
		get_fails(&m, ids[0]);
		destroy(&m, 1);
		assert_int_equal(list(&m, 0).destroyed, 3);
		MUST(made_mint(&m, "newer", 1, 70, id, &err));
		whole(&m, 6);
		made_remove(&m);
	}
}

/* An old copy of the vault with its own wrapped key in it, before the signer that took the order. */
static void an_old_copy_of_the_vault_opens_no_more(void **state)
{
	char ids[3][ZY_IDENTIFIER_MAX + 1], copy[64], command[512];
	struct made_vault m, old;
	struct zy_version v;
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	fill(&m, ZY_SUITE_INTL, ids);
	made_close(&m);
	snprintf(copy, sizeof(copy), "%.40s-old", m.folder);
	snprintf(command, sizeof(command), "cp -r %s %s", m.folder, copy);
	assert_int_equal(system(command), 0);
	made_open(&m);
	destroy(&m, 1);
	old = m;
	memcpy(old.folder, copy, sizeof(copy));
	made_open(&old);
	get_fails(&old, ids[0]);
	MUST(zy_vault_get(old.v, ids[1], 0, ZY_TIME_NEVER, true, &a, &v, &err));
	made_close(&old);
	snprintf(command, sizeof(command), "rm -r %s", copy);
	assert_int_equal(system(command), 0);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_destroyed_is_read_no_more_and_all_else_is),
		cmocka_unit_test(the_vault_gives_nothing_up_that_the_signer_still_opens),
		cmocka_unit_test(cut_off_between_signer_and_vault_it_is_called_again),
		cmocka_unit_test(the_holder_comes_again_as_somebody_new),
		cmocka_unit_test(an_old_copy_of_the_vault_opens_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
