/* Whatever is done in a secret vault, in whatever order: none of the texts that went in stands in any of its files, nor
 * in a backup of it, and the vault is sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "secret_made.h"
#include "zy/vault_backup.h"
#include "zy/vault_care.h"

enum { STEPS = 220, TEXTS_MAX = 2000, LICENCES_MAX = 300, NUM_TENANTS = 3 };

static uint64_t seed = 20260301;

static uint64_t next(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

struct run {
	struct made_vault m, tenants[NUM_TENANTS]; /* the first is the whole */
	size_t num_texts, num_licences;
	char texts[TEXTS_MAX][ZY_IDENTIFIER_MAX + 1];
	struct {
		unsigned tenant, person, version;
		uint64_t serial;
		bool is_gone;
	} licences[LICENCES_MAX];
	struct zy_backup_at at;
	struct zy_arena parts;
	struct zy_bytes part[STEPS];
	size_t num_parts;
};

/* A word that was never used before, and is looked for later. */
static const char *word(struct run *r, const char *kind)
{
	char *w = r->texts[r->num_texts++];

	uint64_t left = next(UINT64_MAX);
	size_t len;

	assert_true(r->num_texts < TEXTS_MAX);
	len = (size_t)snprintf(w, sizeof(r->texts[0]), "%s-", kind);
	for (unsigned i = 0; i < 16; i++, left >>= 4)
		w[len++] = (char)('a' + (left & 15)); /* a reason with many digits is refused */
	w[len] = 0;
	return w;
}

static void identify(struct run *r, size_t n, char out[ZY_IDENTIFIER_MAX + 1])
{
	made_identifier(r->licences[n].serial, r->licences[n].version, out);
}

static void mint(struct run *r)
{
	const unsigned tenant = (unsigned)next(NUM_TENANTS), person = (unsigned)next(6);
	const char *request = word(r, "mint");
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_intent in;

	if (r->num_licences == LICENCES_MAX)
		return;
	SECRET_MUST(made_intend(&r->tenants[tenant], request, 1, MADE_SCOPE, &in, &err));
	SECRET_MUST(made_commit(&r->tenants[tenant], request, in.serial, 1, person, 200 + next(6000), &err));
	r->licences[r->num_licences].tenant = tenant;
	r->licences[r->num_licences].person = person;
	r->licences[r->num_licences].version = 1;
	r->licences[r->num_licences].serial = in.serial;
	identify(r, r->num_licences++, id);
	snprintf(r->texts[r->num_texts++], sizeof(r->texts[0]), "%.56s", id);
	snprintf(r->texts[r->num_texts++], sizeof(r->texts[0]), "%s", made_holder(person).number);
}

static void change(struct run *r)
{
	const size_t n = next(r->num_licences);
	struct made_vault *t = &r->tenants[r->licences[n].tenant];
	const char *request = word(r, "change");
	struct zy_intent in;

	if (r->licences[n].is_gone)
		return;
	SECRET_MUST(made_intend(t, request, 1, NULL, &in, &err));
	SECRET_MUST(
	    made_commit(t, request, r->licences[n].serial, ++r->licences[n].version, r->licences[n].person, 300, &err));
}

static void set_status(struct run *r)
{
	const size_t n = next(r->num_licences);
	struct zy_vault *v = r->tenants[r->licences[n].tenant].v;
	char id[ZY_IDENTIFIER_MAX + 1];

	identify(r, n, id);
	if (r->licences[n].is_gone)
		return;
	SECRET_MUST(zy_vault_set_status(v, id, ZY_STATUS_SUSPENDED, word(r, "reason"), &err));
	if (next(3) == 0) {
		r->licences[n].is_gone = true;
		SECRET_MUST(zy_vault_set_status(v, id, ZY_STATUS_REVOKED, word(r, "reason"), &err));
	} else {
		SECRET_MUST(zy_vault_set_status(v, id, ZY_STATUS_VALID, word(r, "reason"), &err));
	}
}

static void look(struct run *r)
{
	const size_t n = next(r->num_licences);
	const struct zy_access a = { .who = word(r, "who"),
		.what = "show",
		.item = word(r, "item"),
		.case_id = word(r, "case"),
		.ground = word(r, "ground") };
	struct zy_holder h = made_holder(r->licences[n].person);
	char id[ZY_IDENTIFIER_MAX + 1];
	bool found;

	identify(r, n, id);
	if (next(2) == 0)
		SECRET_MUST(zy_receipt_licence(
		    r->tenants[r->licences[n].tenant].v, id, r->licences[n].version, &a, NULL, &err));
	else
		SECRET_MUST(zy_receipt_holder(r->tenants[r->licences[n].tenant].v, &h, &a, &found, NULL, &err));
}

static void leave_open_or_cancel(struct run *r)
{
	struct made_vault *t = &r->tenants[next(NUM_TENANTS)];
	const char *request = word(r, "open");
	struct zy_intent in;

	SECRET_MUST(made_intend(t, request, 1, MADE_SCOPE, &in, &err));
	if (next(2) == 0)
		SECRET_MUST(zy_vault_cancel(t->v, request, word(r, "reason"), &err));
}

static void look_down(struct run *r)
{
	struct zy_vault *below;

	SECRET_MUST(zy_right_give(r->tenants[1].v, "990100", ZY_TIME_NEVER, word(r, "given"), &err));
	SECRET_MUST(zy_vault_look_down(r->m.v, "990101", word(r, "looked"), &below, &err));
	zy_vault_close(below);
	SECRET_MUST(zy_right_take(r->tenants[1].v, "990100", word(r, "taken"), &err));
}

static void rewrap(struct run *r)
{
	struct zy_rewrap w = { 0 };

	r->m.token.generation++;
	while (!w.complete)
		SECRET_MUST(zy_vault_rewrap(r->m.v, &w, &err));
}

static void back_up(struct run *r)
{
	struct zy_backup_part part;
	bool whole = false;
	char path[96];

	snprintf(path, sizeof(path), "%s/part", r->m.folder);
	while (!whole) {
		SECRET_MUST(zy_vault_backup_part(r->m.v, &r->at, path, &part, &whole, &err));
		if (part.rows > 0)
			SECRET_MUST(
			    zy_file_read(path, (size_t)1 << 28, &r->parts, &r->part[r->num_parts++ % STEPS], &err));
		unlink(path);
	}
	SECRET_MUST(zy_vault_backup_done(r->m.v, &r->at, &err));
}

static void is_silent(const struct run *r, struct zy_bytes copy)
{
	for (size_t i = 0; i < r->num_texts; i++)
		if (secret_tells(copy, r->texts[i])) {
			fprintf(stderr, "%s\n", r->texts[i]);
			fail();
		}
	for (size_t i = 0; i < SECRET_TEXTS; i++)
		assert_true(strncmp(secret_texts[i], "00000", 5) == 0 || !secret_tells(copy, secret_texts[i]));
}

static void nothing_that_goes_in_stands_in_a_file(void **state)
{
	static void (*const steps[])(struct run *) = { mint, mint, mint, change, set_status, look, leave_open_or_cancel,
		look_down, rewrap, back_up };
	static struct run r; /* too large for a stack */
	static const char *const files[] = { "data.mdb", "check", "backed-up" };
	struct zy_vault_counts counts;
	ZY_ARENA_AUTO a = { .cap = (size_t)1 << 28 };

	(void)state;
	made_side(&r.m, true, next(2) == 0 ? ZY_SUITE_GM : ZY_SUITE_INTL);
	r.parts.cap = (size_t)1 << 28;
	SECRET_MUST(zy_tenant_add(r.m.v, "990100", "云泽市", NULL, &err));
	SECRET_MUST(zy_tenant_add(r.m.v, "990101", "云泽市临江区", "990100", &err));
	SECRET_MUST(zy_tenant_add(r.m.v, "990102", "云泽市南浦区", "990100", &err));
	r.tenants[0] = r.tenants[1] = r.tenants[2] = r.m;
	SECRET_MUST(zy_vault_enter(r.m.v, "990101", &r.tenants[1].v, &err));
	SECRET_MUST(zy_vault_enter(r.m.v, "990102", &r.tenants[2].v, &err));
	SECRET_MUST(zy_vault_backup_begin(r.m.v, &r.at, &err));
	mint(&r);
	for (unsigned i = 0; i < STEPS; i++)
		steps[next(sizeof(steps) / sizeof(steps[0]))](&r);
	back_up(&r);
	SECRET_MUST(zy_vault_check(r.m.v, &counts, &err));
	assert_int_equal(counts.licences, r.num_licences);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		is_silent(&r, secret_copy(&r.m, files[i], &a));
	for (size_t i = 0; i < r.num_parts && i < STEPS; i++)
		is_silent(&r, r.part[i]);
	zy_vault_close(r.tenants[1].v);
	zy_vault_close(r.tenants[2].v);
	zy_arena_free(&r.parts);
	made_remove(&r.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_that_goes_in_stands_in_a_file) };
	const char *replay = getenv("ZY_TEST_SEED");

	if (replay != NULL)
		seed = strtoull(replay, NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
