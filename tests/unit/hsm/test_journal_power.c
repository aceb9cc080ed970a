/* Power cuts of a signer: its journal and its head as a cut could have left them after each call (tests/disk_layer.h).
 */
#include "disk_layer.h"

#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

#include "journal_home.h"
#include "zy/file.h"

enum { THREADS = 3, EACH = 5, JOURNAL = 0, HEAD = 1 };

static const char *const files[] = { "soft.journal", "soft.head" };

static void open_home(struct journal_home *h, bool has_keys)
{
	struct zy_error err = { 0 };

	if (!journal_home_open(h, has_keys, &err)) {
		fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
		fail();
	}
}

static void sign(struct journal_home *h, unsigned n, struct zy_journal_record *r)
{
	struct zy_error err = { 0 };
	struct zy_use_of_seal use;
	bool held;

	*r = journal_sealed(n);
	use = (struct zy_use_of_seal){ &journal_rule, r->esID, zy_counts_day(r->at), r->digest };
	if (!zy_signer_journal_begin(h->j, &use, &held, &err) || !zy_signer_journal_end(h->j, r, &use, held, &err))
		abort();
}

struct signer {
	struct journal_home *h;
	unsigned n;
};

static void *sign_all(void *arg)
{
	struct signer *s = arg;
	struct zy_journal_record r;

	for (unsigned i = 0; i < EACH; i++) {
		sign(s->h, s->n * EACH + i + 1, &r);
		disk_ack(s->n * EACH + i + 1); /* the signature may leave now */
	}
	return NULL;
}

static void play(struct journal_home *h)
{
	struct signer signers[THREADS];
	pthread_t threads[THREADS];

	disk_begin(h->folder, files, 2);
	for (unsigned i = 0; i < THREADS; i++) {
		signers[i] = (struct signer){ h, i };
		assert_int_equal(pthread_create(&threads[i], NULL, sign_all, &signers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	disk_end();
}

static void write_image(const char *path, const struct disk_image *im)
{
	struct zy_error err = { 0 };

	assert_true(zy_file_write(path, ZY_BYTES(im->p, im->len), 0600, true, &err));
}

/* The signer starts, and every signature that left it is in the journal and counted: a repeat of one is not counted. */
static void cut_is_survived(size_t num, enum disk_cut cut, uint64_t *seed, struct disk_image *im)
{
	struct zy_journal_record r;
	struct journal_home h;
	uint64_t acks = 0, total;

	journal_home_make(&h);
	disk_crash(JOURNAL, num, cut, seed, im);
	write_image(h.journal, im);
	disk_crash(HEAD, num, cut, seed, im);
	write_image(h.head, im);
	open_home(&h, true);
	sign(&h, 1000, &r);
	total = r.total;
	for (size_t i = 0; i < num; i++) {
		if (disk.events[i].kind != DISK_ACK)
			continue;
		acks++;
		sign(&h, (unsigned)disk.events[i].at, &r);
		assert_int_equal(r.total, total);
	}
	assert_true(total > acks && total <= THREADS * EACH + 1);
	journal_home_remove(&h);
}

static void no_signature_that_left_is_missing_after_a_power_cut(void **state)
{
	uint64_t seed = getenv("ZY_TEST_SEED") == NULL ? 20261121 : strtoull(getenv("ZY_TEST_SEED"), NULL, 10) | 1;
	struct disk_image im = { 0 };
	struct journal_home h;
	size_t cuts = 0;

	(void)state;
	journal_home_make(&h);
	open_home(&h, false);
	play(&h);
	disk.lazy = true;
	for (size_t num = 0; num <= disk.num; num++)
		for (enum disk_cut cut = DISK_ALL; cut < DISK_NUM_CUTS; cut++, cuts++)
			cut_is_survived(num, cut, &seed, &im);
	disk.lazy = false;
	disk_free();
	free(im.p);
	journal_home_remove(&h);
	printf("power cuts of a signer: %d signatures, %zu cuts, 0 lost, 0 that do not start\n", THREADS * EACH, cuts);
}

/* A head from before a power cut, and a record after it that somebody changed: that is no cut. */
static void a_record_that_was_changed_is_no_torn_one(void **state)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_journal_record r;
	struct zy_bytes head, journal;
	struct disk_image im = { 0 };
	struct journal_home h;

	(void)state;
	journal_home_make(&h);
	open_home(&h, false);
	sign(&h, 1, &r);
	assert_true(zy_file_read(h.head, 1 << 20, &a, &head, &err));
	sign(&h, 2, &r);
	sign(&h, 3, &r);
	zy_signer_journal_close(h.j);
	assert_true(zy_file_read(h.journal, 1 << 20, &a, &journal, &err));
	disk_put(&im, 0, journal.p, journal.len);
	im.p[im.len / 2] ^= 1;
	write_image(h.journal, &im);
	assert_true(zy_file_write(h.head, head, 0600, true, &err));
	h.keys.num = 1;
	h.j = NULL;
	assert_false(zy_signer_journal_open(&h.j, &h.config, &h.keys, &h.log, &err));
	assert_int_equal(err.code, ZY_E_JOURNAL);
	im.p[im.len / 2] ^= 1;
	write_image(h.journal, &im);
	open_home(&h, true);
	free(im.p);
	journal_home_remove(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_that_was_changed_is_no_torn_one),
		cmocka_unit_test(no_signature_that_left_is_missing_after_a_power_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
