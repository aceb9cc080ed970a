/* Random operations of the whole vault interface in random tenants, against a model that knows whose everything is:
 * nothing of one tenant can be seen, changed or told apart from what does not exist in another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"
#include "zy/feed.h"
#include "zy/tenants.h"

enum { TENANTS = 5, LICENCES = 400, PEOPLE = 12, STEPS = 800 };

static const char *const codes[TENANTS] = { "990100", "990101", "990102", "990101001", "990102001" };
static const char *const above[TENANTS] = { NULL, "990100", "990100", "990101", "990102" };

struct licence {
	unsigned tenant, person, version;
	uint64_t serial;
	enum zy_status status;
};

struct model {
	struct made_vault m, as[TENANTS];
	struct licence licences[LICENCES];
	size_t num;
	uint64_t events[TENANTS]; /* of each */
	unsigned intents;         /* for request keys, which are the same in all tenants */
	uint64_t seed;
};

static uint64_t next(struct model *w)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed;
}

static unsigned pick(struct model *w, size_t below)
{
	return (unsigned)(next(w) % below);
}

static bool refused(bool ok, const struct zy_error *err, enum zy_code code)
{
	return !ok && err->code == code;
}

static void id_of(const struct licence *l, unsigned version, char out[ZY_IDENTIFIER_MAX + 1])
{
	made_identifier(l->serial, version, out);
}

/* The same request keys in every tenant; serials of one issuer run through all of them and never meet. */
static void mint(struct model *w, unsigned t)
{
	struct licence *l = &w->licences[w->num];
	struct zy_error err = { 0 };
	struct zy_intent in;
	char request[32];

	if (w->num == LICENCES)
		return;
	snprintf(request, sizeof(request), "r%u", w->intents++ / TENANTS);
	if (!made_intend(&w->as[t], request, (uint8_t)w->intents, MADE_SCOPE, &in, &err)) {
		assert_int_equal(err.code, ZY_E_REQUEST_CONFLICT); /* used in this tenant before */
		return;
	}
	*l = (struct licence){ .tenant = t, .person = pick(w, PEOPLE), .version = 1, .serial = in.serial };
	for (size_t i = 0; i < w->num; i++)
		assert_true(w->licences[i].serial != l->serial);
	if (!made_commit(&w->as[t], request, l->serial, 1, l->person, 60, &err))
		made_fail("commit", &err);
	w->num++;
	w->events[t] += 2;
}

/* Whoever it is not of meets nothing, as if it were not there. */
static void look(struct model *w, unsigned t, const struct licence *l)
{
	struct zy_error err = { 0 };
	char id[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct zy_logged logged;
	bool own = l->tenant == t;

	id_of(l, 1, id);
	if (own) {
		assert_true(zy_vault_get(w->as[t].v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err));
		assert_int_equal(v.version, l->version);
		assert_int_equal(v.status, l->status);
		assert_true(zy_vault_log_leaf(w->as[t].v, v.log_index, &logged, &err));
		return;
	}
	assert_true(
	    refused(zy_vault_get(w->as[t].v, id, pick(w, 3), ZY_TIME_NEVER, true, &a, &v, &err), &err, ZY_E_NOT_FOUND));
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_get(w->as[l->tenant].v, id, 0, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_true(refused(zy_vault_log_leaf(w->as[t].v, v.log_index, &logged, &err), &err, ZY_E_NOT_FOUND));
}

static bool ignore_event(void *arg, const struct zy_vault_event *e)
{
	(void)e;
	++*(unsigned *)arg;
	return true;
}

static void history(struct model *w, unsigned t, const struct licence *l)
{
	struct zy_error err = { 0 };
	char id[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	unsigned n = 0;

	id_of(l, 1, id);
	if (l->tenant == t)
		assert_true(zy_vault_history(w->as[t].v, id, &a, ignore_event, &n, &err) && n >= 2);
	else
		assert_true(
		    refused(zy_vault_history(w->as[t].v, id, &a, ignore_event, &n, &err), &err, ZY_E_NOT_FOUND));
}

static void set_status(struct model *w, unsigned t, struct licence *l)
{
	static const enum zy_status wanted[] = { ZY_STATUS_VALID, ZY_STATUS_SUSPENDED, ZY_STATUS_REVOKED };
	enum zy_status s = wanted[pick(w, 3)];
	struct zy_error err = { 0 };
	char id[ZY_IDENTIFIER_MAX + 1];
	bool ok;

	id_of(l, 1, id);
	ok = zy_vault_set_status(w->as[t].v, id, s, "by-chance", &err);
	if (l->tenant != t) {
		assert_true(refused(ok, &err, ZY_E_NOT_FOUND));
	} else if (ok) {
		l->status = s;
		w->events[t]++;
	} else {
		assert_int_equal(err.code, ZY_E_STATE);
	}
}

/* Another tenant that commits version 2 of a licence it does not have is told that the first version is 1. */
static void change(struct model *w, unsigned t, struct licence *l)
{
	struct zy_error err = { 0 };
	struct zy_intent in;
	char request[40];
	bool ok;

	snprintf(request, sizeof(request), "change %u", w->intents++);
	assert_true(made_intend(&w->as[t], request, 1, NULL, &in, &err));
	w->events[t]++;
	ok = made_commit(&w->as[t], request, l->serial, l->version + 1, l->person, 60, &err);
	assert_int_equal(ok, l->tenant == t && l->status == ZY_STATUS_VALID);
	if (ok) {
		l->version++;
		l->status = ZY_STATUS_VALID;
		w->events[t] += 2;
		return;
	}
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_cancel(w->as[t].v, request, "state", &err));
	w->events[t]++;
}

struct listing {
	struct model *w;
	unsigned tenant, num;
};

static bool list_one(void *arg, const struct zy_version *v)
{
	struct listing *l = arg;
	char id[ZY_IDENTIFIER_MAX + 1];

	for (size_t i = 0; i < l->w->num; i++) {
		id_of(&l->w->licences[i], v->version, id);
		if (strcmp(id, v->identifier) == 0)
			assert_int_equal(l->w->licences[i].tenant, l->tenant);
	}
	l->num++;
	return true;
}

static void list(struct model *w, unsigned t, bool all)
{
	unsigned person = pick(w, PEOPLE), want = 0;
	struct zy_holder h = made_holder(person);
	struct listing l = { .w = w, .tenant = t };
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	for (size_t i = 0; i < w->num; i++)
		want += w->licences[i].tenant == t && (all || w->licences[i].person == person);
	assert_true(zy_vault_list(w->as[t].v, all ? NULL : &h, &a, list_one, &l, &err));
	assert_int_equal(l.num, want);
}

static bool feed_one(void *arg, const struct zy_feed_event *e)
{
	(void)e;
	++*(uint64_t *)arg;
	return true;
}

static bool no_open(void *arg, const char *request, const struct zy_intent *in)
{
	(void)arg, (void)request, (void)in;
	return false;
}

/* Counts, feed and what was minted last are the tenant's own. */
static void figures(struct model *w, unsigned t)
{
	char name[ZY_IDENTIFIER_MAX + 1], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_vault_counts n;
	struct zy_error err = { 0 };
	uint64_t fed = 0, after, licences = 0;
	bool found, own = false;

	for (size_t i = 0; i < w->num; i++)
		licences += w->licences[i].tenant == t;
	assert_true(zy_vault_count(w->as[t].v, &n, &err));
	assert_int_equal(n.licences, licences);
	assert_int_equal(n.events, w->events[t]);
	assert_int_equal(n.open_intents, 0);
	assert_true(zy_vault_open_intents(w->as[t].v, no_open, NULL, &err));
	assert_true(zy_vault_feed(w->as[t].v, 1, UINT64_MAX, feed_one, &fed, &after, &err));
	assert_int_equal(fed, w->events[t]);
	assert_true(zy_vault_newest(w->as[t].v, name, &found, &err));
	for (size_t i = 0; i < w->num && found && !own; i++) {
		id_of(&w->licences[i], 1, id);
		own = w->licences[i].tenant == t && strstr(id, name) != NULL;
	}
	assert_int_equal(found, licences > 0);
	assert_int_equal(own, found);
}

/* From above: only where a right was given, and then nothing can be written. */
static void look_down(struct model *w, unsigned t, unsigned below)
{
	bool is_below = t == 0 ? below != 0 : above[below] != NULL && strcmp(above[below], codes[t]) == 0;
	bool give = pick(w, 2) == 0;
	struct zy_error err = { 0 }, ignored = { 0 };
	struct zy_vault *v;

	if (is_below && give) {
		assert_true(zy_right_give(w->as[below].v, codes[t], w->m.now, "by-chance", &err));
		w->events[below]++;
		assert_true(zy_vault_look_down(w->as[t].v, codes[below], "look", &v, &err));
		w->events[below]++;
		assert_false(zy_vault_set_status(v, MADE_SCOPE ".1", ZY_STATUS_REVOKED, "x", &ignored));
		assert_int_equal(ignored.code, ZY_E_TENANT_RIGHT);
		zy_vault_close(v);
		w->m.now++; /* the right has ended */
	}
	assert_true(refused(zy_vault_look_down(w->as[t].v, codes[below], "look", &v, &err), &err,
	    is_below ? ZY_E_TENANT_RIGHT : ZY_E_TENANT));
}

static void step(struct model *w)
{
	unsigned t = pick(w, TENANTS);
	struct licence *l = w->num == 0 ? NULL : &w->licences[pick(w, w->num)];

	switch (pick(w, l == NULL ? 1 : 9)) {
	case 0:
	case 1:
		mint(w, t);
		break;
	case 2:
		look(w, t, l);
		break;
	case 3:
		history(w, t, l);
		break;
	case 4:
		set_status(w, t, l);
		break;
	case 5:
		change(w, t, l);
		break;
	case 6:
		list(w, t, pick(w, 4) == 0);
		break;
	case 7:
		figures(w, t);
		break;
	default:
		look_down(w, t, pick(w, TENANTS));
	}
}

static void open_all(struct model *w)
{
	struct zy_error err = { 0 };

	for (unsigned t = 0; t < TENANTS; t++) {
		w->as[t] = w->m;
		if (!zy_vault_enter(w->m.v, codes[t], &w->as[t].v, &err))
			made_fail("enter", &err);
	}
}

static void close_all(struct model *w)
{
	for (unsigned t = 0; t < TENANTS; t++)
		zy_vault_close(w->as[t].v);
}

static void nothing_of_one_tenant_is_seen_in_another(void **state)
{
	static struct model w;
	const char *seed = getenv("ZY_TEST_SEED");
	struct zy_vault_counts n;
	struct zy_error err = { 0 };
	uint64_t events = 0;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		w = (struct model){ .seed = seed == NULL ? 20260301 + (uint64_t)s : strtoull(seed, NULL, 10) | 1 };
		made_vault(&w.m, s);
		w.m.clock.arg = &w.m.now;
		for (unsigned t = 0; t < TENANTS; t++)
			if (!zy_tenant_add(w.m.v, codes[t], codes[t], above[t], &err))
				made_fail("add", &err);
		w.events[0] = TENANTS; /* of the tree */
		open_all(&w);
		for (unsigned i = 0; i < STEPS; i++) {
			step(&w);
			if (i == STEPS / 2) { /* nothing of this lives in memory only */
				close_all(&w);
				made_close(&w.m);
				made_open(&w.m);
				open_all(&w);
			}
		}
		for (unsigned t = 0; t < TENANTS; t++) {
			figures(&w, t);
			for (size_t i = 0; i < w.num; i++)
				look(&w, t, &w.licences[i]);
			events += w.events[t];
		}
		if (!zy_vault_check(w.m.v, &n, &err))
			made_fail("check", &err);
		assert_int_equal(n.events, events);
		assert_int_equal(n.licences, w.num);
		events = 0;
		close_all(&w);
		made_remove(&w.m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_of_one_tenant_is_seen_in_another) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
