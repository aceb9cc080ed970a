/*
 * Power cuts: what the vault writes while it acknowledges is recorded, and the file is made again as a cut could have
 * left it after each call. ZY_POWER_ROUNDS (default 1) sets how often, ZY_TEST_SEED replays a run.
 */
#include "disk_layer.h"

#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

#include "vault_made.h"
#include "zy/vault_files.h"

enum { THREADS = 4, EACH = 2, ACKS_MAX = 4 * THREADS * EACH, LEN = 6000 };

static const char *const files[] = { "data.mdb", "data.sums" };

struct ack {
	char request[32], identifier[ZY_IDENTIFIER_MAX + 1];
	enum zy_status status;
	struct zy_merkle_head head; /* of a moment before it was acknowledged */
	size_t len;
};

struct scene {
	struct made_vault m;
	pthread_mutex_t lock;
	struct ack acks[ACKS_MAX];
	size_t num;
};

struct writer {
	struct scene *s;
	unsigned n;
};

/* Said only when it is done, as an answer to a client is. */
static void acknowledge(struct scene *s, const char *request, const char *identifier, enum zy_status status, size_t len)
{
	struct zy_error err = { 0 };
	struct ack a = { .status = status, .len = len };

	snprintf(a.request, sizeof(a.request), "%s", request);
	snprintf(a.identifier, sizeof(a.identifier), "%s", identifier);
	if (!zy_vault_log_head(s->m.v, &a.head, &err))
		made_fail("head", &err);
	pthread_mutex_lock(&s->lock);
	s->acks[s->num] = a;
	disk_ack(s->num++);
	pthread_mutex_unlock(&s->lock);
}

/* Minted, suspended, resumed, changed: each is acknowledged by itself. */
static void one_life(struct scene *s, unsigned n, unsigned i)
{
	char request[32], again[40], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_intent in;

	snprintf(request, sizeof(request), "thread %u item %u", n, i);
	if (!made_mint(&s->m, request, n, LEN, id, &err))
		made_fail("mint", &err);
	acknowledge(s, request, id, ZY_STATUS_VALID, LEN);
	if (!zy_vault_set_status(s->m.v, id, ZY_STATUS_SUSPENDED, "a-test", &err))
		made_fail("suspend", &err);
	acknowledge(s, request, id, ZY_STATUS_SUSPENDED, LEN);
	if (!zy_vault_set_status(s->m.v, id, ZY_STATUS_VALID, "a-test", &err) ||
	    !made_intend(&s->m, request, 1, MADE_SCOPE, &in, &err))
		made_fail("resume", &err);
	snprintf(again, sizeof(again), "%s again", request);
	if (!made_intend(&s->m, again, 2, NULL, &in, &err) ||
	    !made_commit(&s->m, again, strtoull(strstr(id, MADE_ISSUER) + strlen(MADE_ISSUER) + 1, NULL, 10), 2, n,
		LEN / 2, &err))
		made_fail("change", &err);
	acknowledge(s, again, id, ZY_STATUS_SUPERSEDED, LEN);
}

static void *write_all(void *arg)
{
	struct writer *w = arg;

	for (unsigned i = 0; i < EACH; i++)
		one_life(w->s, w->n, i);
	return NULL;
}

static void play(struct scene *s)
{
	struct writer writers[THREADS];
	pthread_t threads[THREADS];

	made_open(&s->m);
	disk_begin(s->m.folder, files, 2);
	for (unsigned i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){ s, i };
		if (pthread_create(&threads[i], NULL, write_all, &writers[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	disk_end();
	made_close(&s->m);
}

static bool same_bytes(const struct zy_version *v, uint64_t serial, unsigned version, size_t len)
{
	uint8_t *want = malloc(len + 900);
	bool same;

	made_bytes(want, len + 900, serial * 1000 + version);
	same = v->num_files == 2 && zy_bytes_equal(v->files[0].bytes, ZY_BYTES(want, len)) &&
	       zy_bytes_equal(v->files[1].bytes, ZY_BYTES(want, len / 2)) &&
	       zy_bytes_equal(v->record, ZY_BYTES(want + len, 900));
	free(want);
	return same;
}

/* The status may be a later one that nobody was told of, never an earlier one. */
static void ack_is_there(struct made_vault *m, const struct ack *a)
{
	uint64_t serial = strtoull(strstr(a->identifier, MADE_ISSUER) + strlen(MADE_ISSUER) + 1, NULL, 10);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_merkle_head head;
	struct zy_version v;
	struct zy_intent in;

	if (!zy_vault_get(m->v, a->identifier, 1, ZY_TIME_NEVER, true, &arena, &v, &err) ||
	    !zy_vault_log_head_of(m->v, a->head.size, &head, &err) ||
	    !made_intend(m, a->request, strstr(a->request, "again") != NULL ? 2 : 1,
		strstr(a->request, "again") != NULL ? NULL : MADE_SCOPE, &in, &err))
		made_fail("what was acknowledged", &err);
	assert_true(same_bytes(&v, serial, 1, a->len));
	assert_int_equal(in.state, ZY_INTENT_DONE);
	assert_memory_equal(head.root, a->head.root, sizeof(head.root));
	if (a->status == ZY_STATUS_SUPERSEDED)
		assert_int_equal(v.status, ZY_STATUS_SUPERSEDED);
	if (a->status == ZY_STATUS_SUSPENDED)
		assert_true(v.status == ZY_STATUS_SUSPENDED || v.reason[0] != 0 || v.status == ZY_STATUS_SUPERSEDED);
}

static void write_image(const struct made_vault *m, const char *name, const struct disk_image *im)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", m->folder, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(im->p, 1, im->len, f) != im->len || fclose(f) != 0)
		abort();
}

/* The vault opens, says the truth about all that was acknowledged by then, is whole, and goes on. */
static void cut_is_survived(struct scene *s, size_t num, enum disk_cut cut, uint64_t *seed, struct disk_image *im)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_vault_files files_now;
	struct zy_vault_counts n;
	struct made_vault after;

	made_folder(&after);
	for (unsigned i = 0; i < 2; i++) {
		disk_crash(i, num, cut, seed, im);
		write_image(&after, files[i], im);
	}
	made_open(&after);
	for (size_t i = 0; i < num; i++)
		if (disk.events[i].kind == DISK_ACK)
			ack_is_there(&after, &s->acks[disk.events[i].at]);
	if (!zy_vault_check(after.v, &n, &err) || !made_mint(&after, "after the cut", 7, 100, id, &err) ||
	    !zy_vault_check(after.v, &n, &err))
		made_fail("after the cut", &err);
	made_close(&after);
	if (!zy_vault_files_check(after.folder, NULL, &files_now, &err))
		made_fail("pages after the cut", &err);
	assert_int_equal(files_now.unheld, 0);
	made_remove(&after);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void a_power_cut_at_any_call_loses_nothing_that_was_acknowledged(void **state)
{
	uint64_t seed = number_of("ZY_TEST_SEED", 20261121) | 1, rounds = number_of("ZY_POWER_ROUNDS", 1);
	struct scene s = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct disk_image im = { 0 };
	size_t cuts = 0, acks = 0, writes = 0;

	(void)state;
	for (uint64_t r = 0; r < rounds; r++) {
		s.num = 0;
		made_vault(&s.m, r % 2 == 0 ? ZY_SUITE_INTL : ZY_SUITE_GM);
		made_close(&s.m);
		play(&s);
		disk.lazy = true;
		for (size_t num = 0; num <= disk.num; num++) {
			for (enum disk_cut cut = DISK_ALL; cut < DISK_NUM_CUTS; cut++, cuts++)
				cut_is_survived(&s, num, cut, &seed, &im);
			writes += num < disk.num && disk.events[num].kind == DISK_WRITE;
		}
		disk.lazy = false;
		acks += s.num;
		assert_int_equal(s.num, 3 * THREADS * EACH);
		disk_free();
		made_remove(&s.m);
	}
	free(im.p);
	printf("power cuts: %zu acknowledged, %zu writes, %zu cuts, 0 lost, 0 torn, 0 that do not open\n", acks, writes,
	    cuts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_at_any_call_loses_nothing_that_was_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
