/* A backup goes back to each event that it has; and one that is killed while others mint goes on to the whole vault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "expect.h"
#include "vault_made.h"
#include "zy/feed.h"
#include "zy/file.h"
#include "zy/folder.h"
#include "zy/vault_backup.h"

enum { PARTS_MAX = 400, POINTS_MAX = 200, LEN = 900 };

struct copy {
	struct zy_arena a;
	struct zy_backup_at at;
	struct zy_bytes parts[PARTS_MAX];
	size_t num;
};

/* What the vault was when its last event was `size`. */
struct point {
	uint64_t size;
	uint8_t root[ZY_HASH_LEN];
	struct zy_vault_counts counts;
};

/* One part more; *whole as the vault says. */
static void copy_part(struct made_vault *m, struct zy_vault *v, struct copy *c, bool *whole)
{
	struct zy_backup_part part;
	char path[96];

	snprintf(path, sizeof(path), "%s/part", m->folder);
	MUST(zy_vault_backup_part(v, &c->at, path, &part, whole, &err));
	if (part.rows == 0)
		return;
	assert_true(c->num < PARTS_MAX);
	MUST(zy_file_read(path, (size_t)1 << 28, &c->a, &c->parts[c->num++], &err));
	unlink(path);
}

static void copy_all(struct made_vault *m, struct copy *c)
{
	bool whole = false;

	while (!whole)
		copy_part(m, m->v, c, &whole);
	MUST(zy_vault_backup_done(m->v, &c->at, &err));
}

static void restore(struct made_vault *out, const struct made_vault *of, const struct copy *c)
{
	struct zy_merkle_head head;
	struct zy_restore *r;

	*out = *of;
	out->v = NULL;
	snprintf(out->folder, sizeof(out->folder), "%.40s/again", of->folder);
	MUST(zy_restore_open(&r, out->folder, &err));
	for (size_t i = 0; i < c->num; i++)
		MUST(zy_restore_part(r, c->parts[i], &err));
	MUST(zy_restore_prove(r, &head, &err));
	zy_restore_close(r);
	out->wrapper.arg = &out->token;
	out->clock.arg = &out->now;
	made_open(out);
}

static void note(struct made_vault *m, struct point *points, size_t *num)
{
	struct zy_merkle_head head;

	assert_true(*num < POINTS_MAX);
	MUST(zy_vault_log_head(m->v, &head, &err));
	points[*num].size = head.size;
	memcpy(points[*num].root, head.root, ZY_HASH_LEN);
	MUST(zy_vault_count(m->v, &points[(*num)++].counts, &err));
}

/* Writes of one event, of two (a change supersedes), and writes that are taken back. */
static void live(struct made_vault *m, unsigned turn, struct point *points, size_t *num)
{
	char id[ZY_IDENTIFIER_MAX + 1], request[32], again[40];
	struct zy_intent in;

	m->now += 60;
	snprintf(request, sizeof(request), "r-%u", turn);
	MUST(made_intend(m, request, 1, MADE_SCOPE, &in, &err));
	note(m, points, num);
	if (turn % 4 == 3) {
		MUST(zy_vault_cancel(m->v, request, "unwanted", &err));
		note(m, points, num);
		return;
	}
	MUST(made_commit(m, request, in.serial, 1, turn % 5, LEN, &err));
	note(m, points, num);
	made_identifier(in.serial, 1, id);
	if (turn % 4 == 1) {
		MUST(zy_vault_set_status(
		    m->v, id, turn % 8 == 1 ? ZY_STATUS_REVOKED : ZY_STATUS_SUSPENDED, "a-test", &err));
		note(m, points, num);
	}
	if (turn % 4 != 2)
		return;
	snprintf(again, sizeof(again), "%s again", request);
	MUST(made_intend(m, again, 2, NULL, &in, &err));
	note(m, points, num);
	MUST(made_commit(
	    m, again, strtoull(strstr(id, MADE_ISSUER) + strlen(MADE_ISSUER) + 1, NULL, 10), 2, turn % 5, LEN, &err));
	note(m, points, num);
}

/* Back to a position: the last write that ended there or before. */
static void goes_back_to(
    struct made_vault *m, const struct copy *c, uint64_t position, const struct point *points, size_t num)
{
	const struct point *want = NULL;
	struct zy_vault_counts counts;
	struct zy_merkle_head head;
	struct made_vault r;

	for (size_t i = 0; i < num; i++)
		if (points[i].size <= position)
			want = &points[i];
	assert_non_null(want);
	restore(&r, m, c);
	MUST(zy_vault_back_to(r.v, position, ZY_TIME_NEVER, &head, &err));
	assert_int_equal(head.size, want->size);
	assert_memory_equal(head.root, want->root, ZY_HASH_LEN);
	made_close(&r);
	made_open(&r);
	MUST(zy_vault_forget_changes(r.v, &err));
	MUST(zy_vault_check(r.v, &counts, &err));
	assert_true(counts.events == want->counts.events && counts.licences == want->counts.licences &&
		    counts.versions == want->counts.versions && counts.subjects == want->counts.subjects &&
		    counts.open_intents == want->counts.open_intents);
	made_close(&r);
	zy_folder_remove(r.folder);
}

static void each_event_of_a_backup_can_be_gone_back_to(void **state)
{
	struct point points[POINTS_MAX];
	struct copy c = { 0 };
	struct made_vault m;
	size_t num = 0;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	for (unsigned turn = 0; turn < 3; turn++)
		live(&m, turn, points, &num);
	MUST(zy_vault_backup_begin(m.v, &c.at, &err));
	copy_all(&m, &c);
	points[0] = points[num - 1]; /* the first that it goes back to */
	num = 1;
	for (unsigned turn = 3; turn < 15; turn++) {
		live(&m, turn, points, &num);
		if (turn % 5 == 4)
			copy_all(&m, &c);
	}
	copy_all(&m, &c);
	for (uint64_t position = points[0].size; position <= points[num - 1].size + 1; position++)
		goes_back_to(&m, &c, position, points, num);
	zy_arena_free(&c.a);
	made_close(&m);
	zy_folder_remove(m.folder);
}

/* ---- killed while others mint ---- */

enum { WRITERS = 16, EACH = 12 };

struct writer {
	struct made_vault *m;
	unsigned n;
};

static void *mint_some(void *arg)
{
	struct writer *w = arg;
	char request[32], id[ZY_IDENTIFIER_MAX + 1];

	for (unsigned i = 0; i < EACH; i++) {
		snprintf(request, sizeof(request), "w-%u-%u", w->n, i);
		MUST(made_mint(w->m, request, w->n, LEN, id, &err));
	}
	return NULL;
}

/* Where a backup stood when its description was written last: what was copied after it is copied again. */
static void a_backup_that_is_cut_off_again_and_again_is_the_vault_at_last(void **state)
{
	struct zy_vault_counts had, has;
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	struct copy c = { 0 };
	struct made_vault m, r;
	bool whole = false;
	unsigned cuts = 0;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	for (unsigned i = 0; i < 30; i++) {
		char request[32], id[ZY_IDENTIFIER_MAX + 1];

		snprintf(request, sizeof(request), "first-%u", i);
		MUST(made_mint(&m, request, i, 600000, id, &err));
	}
	MUST(zy_vault_backup_begin(m.v, &c.at, &err));
	for (unsigned i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ &m, i };
		assert_int_equal(pthread_create(&threads[i], NULL, mint_some, &writers[i]), 0);
	}
	for (unsigned n = 0; !whole; n++) {
		const struct zy_backup_at kept = c.at;
		const size_t parts = c.num;

		copy_part(&m, m.v, &c, &whole);
		if (n % 2 == 0) { /* killed behind the part, before it was described */
			c.at = kept;
			c.num = parts;
			whole = false;
			cuts++;
		}
	}
	for (unsigned i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	assert_true(cuts >= 2);
	copy_all(&m, &c);
	MUST(zy_vault_check(m.v, &had, &err));
	restore(&r, &m, &c);
	MUST(zy_vault_check(r.v, &has, &err));
	assert_int_equal(has.licences, 30 + WRITERS * EACH);
	assert_true(had.events == has.events && had.versions == has.versions && had.subjects == has.subjects);
	made_close(&r);
	zy_folder_remove(r.folder);
	zy_arena_free(&c.a);
	made_close(&m);
	zy_folder_remove(m.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_of_a_backup_can_be_gone_back_to),
		cmocka_unit_test(a_backup_that_is_cut_off_again_and_again_is_the_vault_at_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
