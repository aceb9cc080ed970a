/* How a licence stood, asked at random of a vault and of a model that knows nothing but a list of what was said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"
#include "zy/receipt.h"
#include "zy/day.h"

enum { LICENCES = 3, STEPS = 60, QUESTIONS = 400, DAY = 86400, SAID_MAX = 64 };

static uint64_t seed;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static unsigned below(unsigned n)
{
	return (unsigned)(next() % n);
}

/* ---- the model ---- */

struct said {
	zy_time at, from;
	unsigned version; /* 0: of the status */
	zy_time valid_from, valid_to;
	enum zy_status status;
};
struct model {
	char id[ZY_IDENTIFIER_MAX + 1];
	uint64_t serial;
	unsigned versions, num;
	enum zy_status now;
	struct said list[SAID_MAX];
};

struct answer {
	bool exists;
	unsigned version;
	enum zy_day_status status;
};

/* What was said of a version, if it was by then. */
static const struct said *version_said(const struct model *m, unsigned version, zy_time at)
{
	for (unsigned i = 0; i < m->num; i++)
		if (m->list[i].version == version && m->list[i].at <= at)
			return &m->list[i];
	return NULL;
}

static struct answer ask_model(const struct model *m, unsigned version, zy_time at, zy_time on)
{
	enum zy_status status = ZY_STATUS_VALID;
	struct answer a = { 0 };
	const struct said *v;
	unsigned in_force = 0;

	for (unsigned i = 0; i < m->num; i++) {
		const struct said *s = &m->list[i];

		if (s->at > at || s->from > on)
			continue;
		if (s->version != 0)
			in_force = s->version;
		else
			status = s->status;
	}
	a.version = version != 0 ? version : in_force != 0 ? in_force : 1;
	v = version_said(m, a.version, at);
	a.exists = v != NULL;
	if (v == NULL)
		return a;
	a.status = status == ZY_STATUS_REVOKED          ? ZY_DAY_REVOKED
		   : v->from > on || v->valid_from > on ? ZY_DAY_NOT_YET
		   : a.version != in_force              ? ZY_DAY_SUPERSEDED
		   : v->valid_to < on                   ? ZY_DAY_EXPIRED
		   : status == ZY_STATUS_SUSPENDED      ? ZY_DAY_SUSPENDED
							: ZY_DAY_VALID;
	return a;
}

/* The status of a version as of a record time: what was said of it, else what its days make of it. */
static enum zy_status status_by(const struct model *m, const struct said *v, zy_time at, zy_time now)
{
	const struct said *next = version_said(m, v->version + 1, at);
	const zy_time moment = at < now ? at : now;
	enum zy_status status = ZY_STATUS_VALID;

	if (next != NULL && next->from <= moment)
		return ZY_STATUS_SUPERSEDED;
	for (const struct said *s = v + 1; next == NULL && s < m->list + m->num; s++)
		if (s->at <= at)
			status = s->status;
	if (status != ZY_STATUS_VALID)
		return status;
	return v->valid_from > moment ? ZY_STATUS_NOT_YET_VALID
	       : v->valid_to < moment ? ZY_STATUS_EXPIRED
				      : ZY_STATUS_VALID;
}

/* ---- what happens ---- */

static void store(struct made_vault *v, struct model *m, const zy_time *from)
{
	struct zy_holder h = made_holder(1);
	zy_time valid_from = v->now + ((int)below(40) - 25) * DAY, valid_to = valid_from + (10 + below(60)) * DAY;
	struct zy_version_new n = { .request = "again",
		.identifier = m->id,
		.holder = &h,
		.type_code = MADE_TYPE,
		.record = ZY_LITERAL("record"),
		.valid_from = valid_from,
		.valid_to = valid_to,
		.from = from };
	struct zy_error err = { 0 };
	struct zy_intent in;
	char request[32];
	zy_time legal;

	snprintf(request, sizeof(request), "%llx", (unsigned long long)next());
	n.request = request;
	made_identifier(m->serial, m->versions + 1, m->id);
	assert_true(made_intend(v, request, 1, m->versions == 0 ? MADE_SCOPE : NULL, &in, &err));
	if (!zy_vault_commit(v->v, &n, &err))
		made_fail("commit", &err);
	legal = m->versions == 0 ? valid_from : from != NULL ? *from : valid_from > v->now ? valid_from : v->now;
	m->list[m->num++] = (struct said){ v->now, legal, ++m->versions, valid_from, valid_to, ZY_STATUS_VALID };
	m->now = ZY_STATUS_VALID;
}

static void set_status(struct made_vault *v, struct model *m, enum zy_status s, const zy_time *from)
{
	struct zy_error err = { 0 };

	if (!zy_vault_set_status_from(v->v, m->id, s, "asked", from, &err))
		made_fail("status", &err);
	m->list[m->num++] = (struct said){ .at = v->now, .from = from != NULL ? *from : v->now, .status = s };
	m->now = s;
}

static void happen(struct made_vault *v, struct model *m)
{
	zy_time back = v->now - below(50) * DAY;
	const zy_time *from = below(2) == 0 ? &back : NULL;

	if (m->num == SAID_MAX || m->now == ZY_STATUS_REVOKED)
		return;
	if (m->versions == 0)
		store(v, m, NULL);
	else if (m->now == ZY_STATUS_SUSPENDED)
		set_status(v, m, below(8) == 0 ? ZY_STATUS_REVOKED : ZY_STATUS_VALID, from);
	else if (below(2) == 0)
		store(v, m, from);
	else
		set_status(v, m, below(12) == 0 ? ZY_STATUS_REVOKED : ZY_STATUS_SUSPENDED, from);
}

static void compare_status(struct made_vault *v, const struct model *m, unsigned version, zy_time at)
{
	const struct said *want = NULL;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version got;

	for (unsigned n = version != 0 ? version : m->versions; n > 0 && want == NULL; n = version != 0 ? 0 : n - 1)
		want = version_said(m, n, at);
	assert_int_equal(zy_vault_get(v->v, m->id, version, at, false, &a, &got, &err), want != NULL);
	if (want == NULL)
		return;
	assert_int_equal(got.version, want->version);
	assert_string_equal(zy_status_name(got.status), zy_status_name(status_by(m, want, at, v->now)));
	assert_int_equal(got.next, version_said(m, want->version + 1, at) != NULL ? want->version + 1 : 0);
}

static void compare(struct made_vault *v, const struct model *m, zy_time start)
{
	unsigned span = (unsigned)((v->now - start) / DAY);
	struct zy_when w = { .version = below(3) == 0 ? 1 + below(m->versions) : 0,
		.at = below(4) == 0 ? ZY_TIME_NEVER : start + below(span + 2) * DAY + (int)below(3) - 1,
		.on = start + ((int)below(span + 120) - 60) * DAY + (int)below(3) - 1 };
	struct answer want = ask_model(m, w.version, w.at, w.on);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_day got;

	compare_status(v, m, w.version, w.at);
	assert_int_equal(zy_vault_day(v->v, m->id, &w, false, &a, &got, &err), want.exists);
	if (!want.exists) {
		assert_int_equal(err.code, ZY_E_NOT_FOUND);
		return;
	}
	assert_int_equal(got.version.version, want.version);
	assert_string_equal(zy_day_status_name(got.stands.status), zy_day_status_name(want.status));
	assert_int_equal(got.num, m->num + m->versions - 1); /* a change supersedes too */
	for (size_t i = 0; i < got.num; i++)
		assert_int_equal(got.events[i].n, i + 1);
}

static void a_vault_and_a_list_of_what_was_said_answer_alike(void **state)
{
	struct model models[LICENCES] = { 0 };
	struct zy_vault_counts counts;
	struct zy_error err = { 0 };
	struct made_vault v;
	zy_time start;

	(void)state;
	made_vault(&v, ZY_SUITE_INTL);
	start = v.now;
	for (unsigned i = 0; i < LICENCES; i++) {
		models[i].serial = i + 1;
		happen(&v, &models[i]);
	}
	for (unsigned i = 0; i < STEPS; i++) {
		v.now += below(3) * DAY; /* more than one thing may be recorded in one instant */
		happen(&v, &models[below(LICENCES)]);
	}
	for (unsigned i = 0; i < QUESTIONS; i++)
		compare(&v, &models[below(LICENCES)], start);
	if (!zy_vault_check(v.v, &counts, &err))
		made_fail("check", &err);
	made_remove(&v);
}

/* ---- who holds the key finds each event in the log, and no later one ---- */

static bool stands_in_log(struct made_vault *v, const uint8_t tag[ZY_LOG_TAG_LEN], uint64_t *index)
{
	struct zy_error err = { 0 };
	struct zy_merkle_head head;
	ZY_BUF_AUTO all = { 0 };

	assert_true(zy_vault_log_head(v->v, &head, &err));
	for (uint64_t i = 0; i < head.size; i++) {
		all.len = 0;
		assert_true(zy_vault_log_hashes(v->v, ZY_TILE_ENTRIES, i, 1, &all, &err));
		if (memcmp(all.p + 2 + ZY_HASH_LEN, tag, ZY_LOG_TAG_LEN) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static void the_key_finds_every_event_in_the_log_and_none_after(void **state)
{
	struct model m = { .serial = 1 };
	struct zy_when w = { .at = ZY_TIME_NEVER };
	uint8_t tag[ZY_LOG_TAG_LEN];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_day got;
	struct made_vault v;
	uint64_t index;

	(void)state;
	made_vault(&v, ZY_SUITE_GM);
	store(&v, &m, NULL);
	set_status(&v, &m, ZY_STATUS_SUSPENDED, NULL);
	set_status(&v, &m, ZY_STATUS_VALID, NULL);
	store(&v, &m, NULL);
	w.on = v.now;
	assert_true(zy_vault_day(v.v, m.id, &w, false, &a, &got, &err));
	assert_int_equal(got.num, 5);
	for (size_t i = 0; i < got.num; i++) {
		assert_true(zy_receipt_tag(got.key, i + 1, tag, &err));
		assert_true(stands_in_log(&v, tag, &index));
		assert_int_equal(index, got.events[i].index);
	}
	assert_true(zy_receipt_tag(got.key, got.num + 1, tag, &err));
	assert_false(stands_in_log(&v, tag, &index));
	made_remove(&v);
}

static void legal_time_after_now_and_a_change_of_a_suspended_licence_are_refused(void **state)
{
	struct model m = { .serial = 1 };
	struct zy_error err = { 0 };
	struct zy_intent in;
	struct made_vault v;
	zy_time later;

	(void)state;
	made_vault(&v, ZY_SUITE_GM);
	store(&v, &m, NULL);
	later = v.now + 1;
	assert_false(zy_vault_set_status_from(v.v, m.id, ZY_STATUS_SUSPENDED, "asked", &later, &err));
	assert_int_equal(err.code, ZY_E_DATES);
	err = (struct zy_error){ 0 };
	set_status(&v, &m, ZY_STATUS_SUSPENDED, NULL);
	assert_true(made_intend(&v, "change", 1, NULL, &in, &err));
	assert_false(made_commit(&v, "change", 1, 2, 1, 10, &err));
	assert_int_equal(err.code, ZY_E_STATE);
	made_remove(&v);
}

int main(void)
{
	const char *given = getenv("ZY_TEST_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vault_and_a_list_of_what_was_said_answer_alike),
		cmocka_unit_test(the_key_finds_every_event_in_the_log_and_none_after),
		cmocka_unit_test(legal_time_after_now_and_a_change_of_a_suspended_licence_are_refused),
	};

	seed = given != NULL ? strtoull(given, NULL, 0) : UINT64_C(0x5eed0f1eca11);
	printf("ZY_TEST_SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
