/* Who is one person, asked at random of a vault and of a list of what was said: now, and by what was recorded at any
 * time of what held on any day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "vault_made.h"
#include "zy/person.h"

enum { PEOPLE = 6, NUMBERS = 14, STEPS = 40, QUESTIONS = 300, DAY = 86400, SAID_MAX = 64 };
enum what { MERGE, SPLIT, ADD, RENAME };

struct said {
	enum what what;
	zy_time at, from;
	bool always; /* of a number that began nobody knows when */
	unsigned one, other;
	char name[16], before[16];
};

struct model {
	unsigned num_numbers; /* the first PEOPLE have licences, the others are passports that were added */
	zy_time known[NUMBERS];
	unsigned num;
	struct said list[SAID_MAX];
	uint64_t seed;
};

static unsigned below(struct model *w, unsigned n)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return (unsigned)(w->seed % n);
}

static struct zy_holder holder_of(unsigned n)
{
	struct zy_holder h = { .kind = ZY_HOLDER_PASSPORT };

	if (n < PEOPLE)
		return made_holder(n + 1);
	snprintf(h.number, sizeof(h.number), "CHN-E1234%04u", n);
	return h;
}

/* ---- the model: everybody alone, then what was said, one after the other ---- */

static void sets_of(const struct model *w, zy_time at, zy_time on, unsigned sets[NUMBERS])
{
	for (unsigned i = 0; i < NUMBERS; i++)
		sets[i] = i;
	for (unsigned i = 0; i < w->num; i++) {
		const struct said *s = &w->list[i];
		const unsigned one = sets[s->one], other = sets[s->other];

		if (s->at > at || (s->from > on && !s->always))
			continue;
		if (s->what == SPLIT)
			sets[s->one] = NUMBERS + i;
		else if (s->what == ADD)
			sets[s->one] = other;
		else if (s->what == MERGE)
			for (unsigned k = 0; k < NUMBERS; k++)
				sets[k] = sets[k] == other ? one : sets[k];
	}
}

static const char *name_of(const struct model *w, zy_time at, zy_time on, const unsigned sets[NUMBERS], unsigned n)
{
	const struct said *first = NULL, *last = NULL;

	for (unsigned i = 0; i < w->num; i++) {
		const struct said *s = &w->list[i];

		if (s->what != RENAME || s->at > at || sets[s->one] != sets[n])
			continue;
		if (s->from <= on)
			last = s;
		else if (first == NULL || s->from < first->from)
			first = s;
	}
	return last != NULL ? last->name : first != NULL ? first->before : "";
}

/* ---- what happens ---- */

static void say(struct made_vault *v, struct model *w, struct said s, const zy_time *from)
{
	struct zy_holder one = holder_of(s.one), other = holder_of(s.other);
	const struct zy_identifier_new n = { .holder = &one, .from = from, .until = ZY_TIME_NEVER };
	struct zy_error err = { 0 };
	bool ok = s.what == MERGE   ? zy_vault_person_merge(v->v, &one, &other, from, NULL, &err)
		  : s.what == SPLIT ? zy_vault_person_split(v->v, &one, from, NULL, &err)
		  : s.what == ADD   ? zy_vault_person_add(v->v, &other, &n, NULL, &err)
				    : zy_vault_person_rename(v->v, &one, s.name, s.before, from, NULL, &err);

	if (!ok)
		made_fail("say", &err);
	s.at = v->now;
	s.from = from != NULL ? *from : v->now;
	s.always = s.what == ADD && from == NULL;
	w->list[w->num++] = s;
}

static unsigned size_of(const unsigned sets[NUMBERS], unsigned n)
{
	unsigned size = 0;

	for (unsigned i = 0; i < NUMBERS; i++)
		size += sets[i] == sets[n];
	return size;
}

static void happen(struct made_vault *v, struct model *w)
{
	const zy_time back = v->now - (zy_time)below(w, 50) * DAY, *from = below(w, 3) == 0 ? NULL : &back;
	struct said s = { .what = (enum what)below(w, 4), .one = below(w, w->num_numbers), .other = below(w, PEOPLE) };
	unsigned sets[NUMBERS];

	sets_of(w, ZY_TIME_NEVER, ZY_TIME_NEVER, sets);
	if (s.what == MERGE && sets[s.one] == sets[s.other])
		return;
	if (s.what == SPLIT && size_of(sets, s.one) == 1)
		return;
	if (s.what == SPLIT || s.what == RENAME)
		s.other = s.one;
	if (s.what == ADD && below(w, 2) == 0) { /* when one of his holds, said anew */
		if (sets[s.one] != sets[s.other])
			return;
	} else if (s.what == ADD) {
		if (w->num_numbers == NUMBERS)
			return;
		s.one = w->num_numbers++;
		w->known[s.one] = v->now;
	}
	snprintf(s.name, sizeof(s.name), "名%u", w->num);
	snprintf(s.before, sizeof(s.before), "前%u", w->num);
	say(v, w, s, from);
}

/* ---- what is asked ---- */

static void compare(struct made_vault *v, struct model *w, zy_time start)
{
	const unsigned span = (unsigned)((v->now - start) / DAY), n = below(w, w->num_numbers);
	const struct zy_when when = {
		.at = below(w, 3) == 0 ? ZY_TIME_NEVER : start + (zy_time)below(w, span + 2) * DAY + below(w, 3) - 1,
		.on = below(w, 3) == 0 ? ZY_TIME_NEVER : start + ((zy_time)below(w, span + 60) - 50) * DAY
	};
	const struct zy_holder h = holder_of(n);
	unsigned sets[NUMBERS];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	bool found;

	MUST(zy_vault_person(v->v, &h, &when, &a, &p, &found, &err));
	assert_int_equal(found, w->known[n] <= when.at);
	if (!found)
		return;
	sets_of(w, when.at, when.on, sets);
	assert_string_equal(p.identifiers[0].holder.number, h.number);
	assert_int_equal(p.num, size_of(sets, n));
	for (unsigned i = 0; i < NUMBERS; i++) {
		const struct zy_holder other = holder_of(i);
		bool in = false;

		for (size_t k = 0; k < p.num; k++)
			in = in || strcmp(p.identifiers[k].holder.number, other.number) == 0;
		assert_int_equal(in, sets[i] == sets[n]);
	}
	assert_string_equal(p.name, name_of(w, when.at, when.on, sets, n));
}

static void a_vault_and_a_list_of_what_was_said_agree_on_who_is_one(void **state)
{
	const char *seed = getenv("ZY_TEST_SEED");
	struct model w = { .num_numbers = PEOPLE, .seed = seed == NULL ? 20260301 : strtoull(seed, NULL, 10) | 1 };
	struct zy_vault_counts counts;
	char id[ZY_IDENTIFIER_MAX + 1], request[8];
	struct zy_error err = { 0 };
	struct made_vault v;
	zy_time start;

	(void)state;
	made_vault(&v, ZY_SUITE_INTL);
	start = v.now;
	for (unsigned i = 0; i < PEOPLE; i++) {
		snprintf(request, sizeof(request), "%u", i);
		if (!made_mint(&v, request, i + 1, 50, id, &err))
			made_fail("mint", &err);
		w.known[i] = v.now;
	}
	for (unsigned i = 0; i < STEPS && w.num < SAID_MAX; i++) {
		v.now += (zy_time)below(&w, 3) * DAY; /* several things may be said in one instant */
		happen(&v, &w);
	}
	for (unsigned i = 0; i < QUESTIONS; i++)
		compare(&v, &w, start);
	if (!zy_vault_check(v.v, &counts, &err))
		made_fail("check", &err);
	made_remove(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vault_and_a_list_of_what_was_said_agree_on_who_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
