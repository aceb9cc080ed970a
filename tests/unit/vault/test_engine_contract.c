/* What zy/engine.h promises, asked of each engine that there is: LMDB, and one in memory that is for tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine_memory.h"
#include "expect.h"
#include "zy/folder.h"

static const struct zy_engine *const engines[] = { &zy_engine_lmdb, &zy_engine_memory };
static const char *const names[] = { "one", "two", "three" };
enum { NUM_ENGINES = sizeof(engines) / sizeof(engines[0]), NUM_DB = 2, KEYS = 400, ROWS = 3000 };

struct place {
	const struct zy_engine *engine;
	char folder[40];
	struct zy_env *env;
};

static void open_as(struct place *p, size_t num, enum zy_open_as as)
{
	MUST(p->engine->open(&p->env, p->folder, names, num, as, &err));
}

static void make(struct place *p, const struct zy_engine *engine)
{
	*p = (struct place){ .engine = engine, .folder = "/tmp/zy-engine-XXXXXX" };
	assert_non_null(mkdtemp(p->folder));
	open_as(p, NUM_DB, ZY_OPEN_MAKER);
}

static void reopen(struct place *p, size_t num, enum zy_open_as as)
{
	p->engine->close(p->env);
	open_as(p, num, as);
}

static void finish(struct place *p)
{
	p->engine->close(p->env);
	zy_folder_remove(p->folder);
}

static struct zy_txn *begin(struct place *p, bool write)
{
	struct zy_txn *t = NULL;

	MUST(p->engine->begin(p->env, write, &t, &err));
	return t;
}

static void commit(struct place *p, struct zy_txn *t)
{
	MUST(p->engine->commit(t, &err));
}

static void put(struct place *p, struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes value)
{
	MUST(p->engine->put(t, db, key, value, &err));
}

static void put_text(struct place *p, struct zy_txn *t, const char *key, const char *value)
{
	put(p, t, 0, zy_str(key), zy_str(value));
}

static void del_text(struct place *p, struct zy_txn *t, const char *key)
{
	MUST(p->engine->del(t, 0, zy_str(key), &err));
}

/* want NULL: absent. */
static void holds(struct place *p, struct zy_txn *t, const char *key, const char *want)
{
	struct zy_bytes value;
	bool found;

	MUST(p->engine->get(t, 0, zy_str(key), &value, &found, &err));
	assert_int_equal(found, want != NULL);
	if (want != NULL)
		assert_true(zy_bytes_equal(value, zy_str(want)));
}

static void now_holds(struct place *p, const char *key, const char *want)
{
	struct zy_txn *t = begin(p, false);

	holds(p, t, key, want);
	p->engine->end(t);
}

static void counts(struct place *p, struct zy_txn *t, size_t db, uint64_t want)
{
	uint64_t n;

	MUST(p->engine->count(t, db, &n, &err));
	assert_int_equal(n, want);
}

/* ---- opened ---- */

static void an_absent_store_is_said_and_a_maker_makes_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct place p = { .engine = engines[i], .folder = "/tmp/zy-engine-XXXXXX" };
		static const enum zy_open_as others[] = { ZY_OPEN_READER, ZY_OPEN_OWNER };

		assert_non_null(mkdtemp(p.folder));
		for (size_t j = 0; j < 2; j++) {
			struct zy_error err = { 0 };

			assert_false(p.engine->open(&p.env, p.folder, names, NUM_DB, others[j], &err));
			assert_int_equal(err.code, ZY_E_VAULT_ABSENT);
		}
		open_as(&p, NUM_DB, ZY_OPEN_MAKER);
		finish(&p);
	}
}

static void what_was_committed_is_there_when_it_is_opened_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_error err = { 0 };
		struct zy_txn *t;
		struct place p;

		make(&p, engines[i]);
		t = begin(&p, true);
		put_text(&p, t, "key", "value");
		put(&p, t, 1, zy_str("key"), zy_str("of two"));
		commit(&p, t);
		t = begin(&p, true);
		put_text(&p, t, "given up", "x");
		p.engine->end(t);
		reopen(&p, NUM_DB, ZY_OPEN_OWNER);
		now_holds(&p, "key", "value");
		now_holds(&p, "given up", NULL);
		/* a database that came later is made, empty, by who may write, and no other is touched */
		p.engine->close(p.env);
		assert_false(p.engine->open(&p.env, p.folder, names, 3, ZY_OPEN_READER, &err));
		assert_int_equal(err.code, ZY_E_VAULT_ABSENT);
		open_as(&p, 3, ZY_OPEN_OWNER);
		t = begin(&p, false);
		counts(&p, t, 0, 1);
		counts(&p, t, 1, 1);
		counts(&p, t, 2, 0);
		p.engine->end(t);
		reopen(&p, 3, ZY_OPEN_READER);
		now_holds(&p, "key", "value");
		err = (struct zy_error){ 0 };
		assert_false(p.engine->begin(p.env, true, &t, &err));
		assert_int_not_equal(err.code, ZY_OK);
		finish(&p);
	}
}

static void databases_go_by_their_names_in_whatever_order(void **state)
{
	static const char *const turned[] = { "two", "one" };

	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_txn *t;
		struct place p;

		make(&p, engines[i]);
		t = begin(&p, true);
		put(&p, t, 0, zy_str("key"), zy_str("of one"));
		put(&p, t, 1, zy_str("key"), zy_str("of two"));
		commit(&p, t);
		p.engine->close(p.env);
		MUST(p.engine->open(&p.env, p.folder, turned, 2, ZY_OPEN_OWNER, &err));
		now_holds(&p, "key", "of two");
		finish(&p);
	}
}

/* ---- values ---- */

static void values_of_any_length_come_back_octet_by_octet(void **state)
{
	static const size_t lengths[] = { 0, 1, 100, 1999, 2030, 2040, 4000, 4080, 4081, 4096, 8176, 70000, 3000001 };
	uint8_t *bytes = malloc(3000100);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 3000100; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_bytes value;
		struct zy_txn *t;
		struct place p;
		bool found;

		make(&p, engines[i]);
		for (size_t round = 0; round < 2; round++) { /* the second replaces, by other lengths */
			t = begin(&p, true);
			for (uint8_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++)
				put(&p, t, 0, ZY_BYTES(&n, 1), ZY_BYTES(bytes + n, lengths[round == 0 ? n : 12 - n]));
			commit(&p, t);
			t = begin(&p, false);
			for (uint8_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
				const size_t len = lengths[round == 0 ? n : 12 - n];

				MUST(p.engine->get(t, 0, ZY_BYTES(&n, 1), &value, &found, &err));
				assert_true(found && zy_bytes_equal(value, ZY_BYTES(bytes + n, len)));
			}
			p.engine->end(t);
		}
		finish(&p);
	}
	free(bytes);
}

static void keys_have_1_to_511_octets(void **state)
{
	uint8_t key[512];

	(void)state;
	memset(key, 0xff, sizeof(key));
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		static const size_t good[] = { 1, 2, 510, 511 }, bad[] = { 0, 512 };
		struct zy_bytes value;
		struct zy_txn *t;
		struct place p;
		bool found;

		make(&p, engines[i]);
		t = begin(&p, true);
		for (size_t n = 0; n < 4; n++)
			put(&p, t, 0, ZY_BYTES(key, good[n]), ZY_BYTES(key, n));
		commit(&p, t);
		t = begin(&p, false);
		for (size_t n = 0; n < 4; n++) {
			MUST(p.engine->get(t, 0, ZY_BYTES(key, good[n]), &value, &found, &err));
			assert_true(found && value.len == n);
		}
		p.engine->end(t);
		for (size_t n = 0; n < 2; n++) {
			struct zy_error err = { 0 };

			t = begin(&p, true);
			assert_false(p.engine->put(t, 0, ZY_BYTES(key, bad[n]), zy_str("x"), &err));
			assert_int_not_equal(err.code, ZY_OK);
			p.engine->end(t);
		}
		finish(&p);
	}
}

static void what_is_absent_is_not_found_and_not_deleted(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_error err = { 0 };
		struct zy_txn *t;
		struct place p;

		make(&p, engines[i]);
		now_holds(&p, "key", NULL);
		t = begin(&p, true);
		holds(&p, t, "key", NULL);
		assert_false(p.engine->del(t, 0, zy_str("key"), &err));
		assert_int_equal(err.code, ZY_E_VAULT_ABSENT);
		put_text(&p, t, "key", "value");
		del_text(&p, t, "key");
		holds(&p, t, "key", NULL);
		put_text(&p, t, "kept", "value");
		commit(&p, t);
		now_holds(&p, "key", NULL);
		now_holds(&p, "kept", "value");
		finish(&p);
	}
}

/* ---- moments ---- */

static void a_reader_sees_one_moment_whatever_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_txn *write, *before, *after;
		struct zy_bytes kept;
		struct place p;
		bool found;

		make(&p, engines[i]);
		write = begin(&p, true);
		put_text(&p, write, "a", "1");
		put_text(&p, write, "b", "1");
		commit(&p, write);
		before = begin(&p, false);
		MUST(p.engine->get(before, 0, zy_str("a"), &kept, &found, &err));
		for (unsigned n = 0; n < 50; n++) { /* pages of before must not be used again */
			write = begin(&p, true);
			put_text(&p, write, "a", n % 2 == 0 ? "2" : "3");
			if (n == 0)
				del_text(&p, write, "b");
			put_text(&p, write, "c", "2");
			holds(&p, write, "a", n % 2 == 0 ? "2" : "3");
			holds(&p, before, "a", "1");
			now_holds(&p, "a",
			    n == 0       ? "1"
			    : n % 2 == 0 ? "3"
					 : "2"); /* nobody sees what is not committed */
			commit(&p, write);
		}
		after = begin(&p, false);
		holds(&p, before, "a", "1");
		holds(&p, before, "b", "1");
		holds(&p, before, "c", NULL);
		counts(&p, before, 0, 2);
		assert_true(zy_bytes_equal(kept, zy_str("1")));
		holds(&p, after, "a", "3");
		holds(&p, after, "b", NULL);
		counts(&p, after, 0, 2);
		p.engine->end(before);
		p.engine->end(after);
		finish(&p);
	}
}

static void a_write_that_is_given_up_never_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_txn *t;
		struct place p;

		make(&p, engines[i]);
		t = begin(&p, true);
		put_text(&p, t, "a", "1");
		commit(&p, t);
		t = begin(&p, true);
		put_text(&p, t, "a", "2");
		put_text(&p, t, "b", "2");
		del_text(&p, t, "a");
		p.engine->end(t);
		now_holds(&p, "a", "1");
		now_holds(&p, "b", NULL);
		finish(&p);
	}
}

static void *add_many(void *arg)
{
	struct place *p = arg;

	for (unsigned n = 0; n < 50; n++) {
		struct zy_txn *t = begin(p, true);
		struct zy_bytes value;
		char text[24];
		bool found;

		MUST(p->engine->get(t, 0, zy_str("sum"), &value, &found, &err));
		snprintf(text, sizeof(text), "%.*s", (int)value.len, (const char *)value.p);
		snprintf(text, sizeof(text), "%lu", strtoul(text, NULL, 10) + 1);
		put_text(p, t, "sum", text);
		commit(p, t);
	}
	return NULL;
}

static void writers_take_turns(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		pthread_t threads[4];
		struct zy_txn *t;
		struct place p;

		make(&p, engines[i]);
		t = begin(&p, true);
		put_text(&p, t, "sum", "0");
		commit(&p, t);
		for (size_t n = 0; n < 4; n++)
			assert_int_equal(pthread_create(&threads[n], NULL, add_many, &p), 0);
		for (size_t n = 0; n < 4; n++)
			pthread_join(threads[n], NULL);
		now_holds(&p, "sum", "200");
		finish(&p);
	}
}

/* ---- the order of keys ---- */

/* Moves, and expects this key; NULL: the end. */
static void leads_to(struct place *p, struct zy_cursor *c, enum zy_move how, const char *from, const char *want)
{
	struct zy_bytes key = from == NULL ? ZY_BYTES(NULL, 0) : zy_str(from), value;
	bool found;

	MUST(p->engine->cursor_move(c, how, &key, &value, &found, &err));
	assert_int_equal(found, want != NULL);
	if (want != NULL) {
		assert_true(zy_bytes_equal(key, zy_str(want)));
		assert_true(zy_bytes_equal(value, zy_str(want)));
	}
}

static void walk_around(struct place *p, struct zy_txn *t)
{
	struct zy_cursor *c;

	MUST(p->engine->cursor_open(t, 0, &c, &err));
	leads_to(p, c, ZY_MOVE_FIRST, NULL, "a");
	leads_to(p, c, ZY_MOVE_NEXT, NULL, "aa");
	leads_to(p, c, ZY_MOVE_NEXT, NULL, "b");
	leads_to(p, c, ZY_MOVE_PREV, NULL, "aa");
	leads_to(p, c, ZY_MOVE_FROM, "b", "b");
	leads_to(p, c, ZY_MOVE_FROM, "ab", "b");
	leads_to(p, c, ZY_MOVE_FROM, "bb", "c");
	leads_to(p, c, ZY_MOVE_NEXT, NULL, NULL);
	leads_to(p, c, ZY_MOVE_FROM, "d", NULL);
	leads_to(p, c, ZY_MOVE_LAST, NULL, "c");
	leads_to(p, c, ZY_MOVE_PREV, NULL, "b");
	leads_to(p, c, ZY_MOVE_FIRST, NULL, "a");
	leads_to(p, c, ZY_MOVE_PREV, NULL, NULL);
	p->engine->cursor_close(c);
	MUST(p->engine->cursor_open(t, 1, &c, &err));
	leads_to(p, c, ZY_MOVE_FIRST, NULL, NULL);
	leads_to(p, c, ZY_MOVE_LAST, NULL, NULL);
	leads_to(p, c, ZY_MOVE_FROM, "a", NULL);
	p->engine->cursor_close(c);
}

static void a_cursor_goes_where_the_keys_lead(void **state)
{
	static const char *const keys[] = { "c", "a", "b", "aa" };

	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct zy_txn *t;
		struct place p;

		make(&p, engines[i]);
		t = begin(&p, true);
		for (size_t n = 0; n < 4; n++)
			put_text(&p, t, keys[n], keys[n]);
		walk_around(&p, t);
		commit(&p, t);
		t = begin(&p, false);
		walk_around(&p, t);
		p.engine->end(t);
		finish(&p);
	}
}

/* ---- all together, against a list that anybody can follow ---- */

struct model {
	bool there[KEYS];
	uint32_t value[KEYS];
	uint32_t length[KEYS];
};

static uint64_t seed;

static uint32_t chance(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed * 0x2545f4914f6cdd1du >> 33) % below;
}

/* Keys of different lengths, in the order of their numbers. */
static struct zy_bytes model_key(uint32_t n, uint8_t out[64])
{
	memset(out, (int)(n & 0x3f), 64);
	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	return ZY_BYTES(out, 2 + n % 37);
}

static struct zy_bytes model_value(const struct model *m, uint32_t n, uint8_t *room)
{
	memset(room, (int)(m->value[n] & 0xff), m->length[n]);
	for (uint32_t i = 0; i < 4 && i < m->length[n]; i++)
		room[i] = (uint8_t)(m->value[n] >> (8 * i));
	return ZY_BYTES(room, m->length[n]);
}

static void same_as_model(struct place *p, struct zy_txn *t, const struct model *m)
{
	uint8_t want_key[64], room[9000];
	struct zy_bytes key = { 0 }, value;
	enum zy_move how = ZY_MOVE_FIRST;
	struct zy_cursor *c;
	uint64_t num = 0;
	bool found;

	MUST(p->engine->cursor_open(t, 0, &c, &err));
	for (uint32_t n = 0; n < KEYS; n++) {
		if (!m->there[n])
			continue;
		MUST(p->engine->cursor_move(c, how, &key, &value, &found, &err));
		assert_true(found);
		assert_true(zy_bytes_equal(key, model_key(n, want_key)));
		assert_true(zy_bytes_equal(value, model_value(m, n, room)));
		how = ZY_MOVE_NEXT;
		num++;
	}
	MUST(p->engine->cursor_move(c, how, &key, &value, &found, &err));
	assert_false(found);
	p->engine->cursor_close(c);
	counts(p, t, 0, num);
}

static void change_some(struct place *p, struct zy_txn *t, struct model *m)
{
	uint8_t key[64], room[9000];

	for (uint32_t i = 0, most = chance(60); i < most; i++) {
		const uint32_t n = chance(KEYS);

		if (m->there[n] && chance(3) == 0) {
			MUST(p->engine->del(t, 0, model_key(n, key), &err));
			m->there[n] = false;
			continue;
		}
		m->there[n] = true;
		m->value[n] = chance(1u << 30);
		m->length[n] = chance(8) == 0 ? chance(sizeof(room)) : chance(200);
		put(p, t, 0, model_key(n, key), model_value(m, n, room));
	}
}

static void many_changes_leave_what_a_list_would_hold(void **state)
{
	const char *asked = getenv("ZY_TEST_SEED");

	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		struct model kept = { 0 }, next, early = { 0 };
		struct zy_txn *t, *reader = NULL;
		struct place p;

		seed = asked == NULL ? 20261121 : strtoull(asked, NULL, 10) | 1;
		make(&p, engines[i]);
		for (unsigned round = 0; round < 120; round++) {
			next = kept;
			t = begin(&p, true);
			change_some(&p, t, &next);
			same_as_model(&p, t, &next);
			if (chance(4) == 0) {
				p.engine->end(t);
			} else {
				commit(&p, t);
				kept = next;
			}
			if (reader != NULL && chance(5) == 0) {
				same_as_model(&p, reader, &early);
				p.engine->end(reader);
				reader = NULL;
			}
			if (reader == NULL) {
				early = kept;
				reader = begin(&p, false);
			}
			if (chance(20) == 0) {
				p.engine->end(reader);
				reader = NULL;
				reopen(&p, NUM_DB, ZY_OPEN_OWNER);
			}
			t = begin(&p, false);
			same_as_model(&p, t, &kept);
			p.engine->end(t);
		}
		if (reader != NULL)
			p.engine->end(reader);
		finish(&p);
	}
}

/* ---- looks ---- */

static bool stop_now(void *arg, uint64_t done, uint64_t of)
{
	*(bool *)arg = done <= of;
	return false;
}

static void a_check_is_sound_and_can_be_stopped_and_figures_grow(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_ENGINES; i++) {
		bool asked = false;
		const struct zy_engine_care care = { stop_now, &asked }, never = { 0 };
		struct zy_engine_figures f = { 0 };
		struct zy_env_stat before, after;
		static const uint8_t value[5000];
		struct zy_txn *t;
		struct place p;
		uint64_t bytes;

		make(&p, engines[i]);
		MUST(p.engine->stat(p.env, &before, &err));
		assert_true(before.page >= 512 && before.room_bytes > 0);
		t = begin(&p, true);
		for (uint16_t n = 0; n < ROWS; n++)
			put(&p, t, 0, ZY_BYTES((const uint8_t *)&n, 2), ZY_BYTES(value, sizeof(value)));
		commit(&p, t);
		MUST(p.engine->stat(p.env, &after, &err));
		assert_true(after.newest > before.newest);
		assert_true(after.used_bytes > before.used_bytes);
		assert_int_equal(after.page, before.page);
		t = begin(&p, false);
		MUST(p.engine->bytes(t, 0, &bytes, &err));
		assert_true(bytes >= ROWS * sizeof(value));
		MUST(p.engine->check(t, &never, &f, &err));
		assert_false(f.stopped);
		assert_true(f.pages > 0);
		MUST(p.engine->check(t, &care, &f, &err));
		assert_true(asked && f.stopped);
		p.engine->end(t);
		finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absent_store_is_said_and_a_maker_makes_it),
		cmocka_unit_test(what_was_committed_is_there_when_it_is_opened_again),
		cmocka_unit_test(databases_go_by_their_names_in_whatever_order),
		cmocka_unit_test(values_of_any_length_come_back_octet_by_octet),
		cmocka_unit_test(keys_have_1_to_511_octets),
		cmocka_unit_test(what_is_absent_is_not_found_and_not_deleted),
		cmocka_unit_test(a_reader_sees_one_moment_whatever_is_written),
		cmocka_unit_test(a_write_that_is_given_up_never_was),
		cmocka_unit_test(writers_take_turns),
		cmocka_unit_test(a_cursor_goes_where_the_keys_lead),
		cmocka_unit_test(many_changes_leave_what_a_list_would_hold),
		cmocka_unit_test(a_check_is_sound_and_can_be_stopped_and_figures_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
