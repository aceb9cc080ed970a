#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_home.h"
#include "zy/file.h"

static int make(void **state)
{
	struct journal_home *h = malloc(sizeof(*h));
	struct zy_error err = { 0 };

	assert_non_null(h);
	journal_home_make(h);
	assert_true(journal_home_open(h, false, &err));
	*state = h;
	return 0;
}

static int unmake(void **state)
{
	journal_home_remove(*state);
	free(*state);
	return 0;
}

/* One use of the seal from begin to end; the record's numbers in *r. */
static enum zy_code sign(struct zy_signer_journal *j, unsigned n, struct zy_journal_record *r)
{
	struct zy_error err = { 0 };
	struct zy_use_of_seal use;
	bool held;

	*r = journal_sealed(n);
	use = (struct zy_use_of_seal){ &journal_rule, r->esID, zy_counts_day(r->at), r->digest };
	return zy_signer_journal_begin(j, &use, &held, &err) && zy_signer_journal_end(j, r, &use, held, &err)
		   ? ZY_OK
		   : err.code;
}

static void close_it(struct journal_home *h)
{
	zy_signer_journal_close(h->j);
	h->j = NULL;
}

static enum zy_code open_code(struct journal_home *h)
{
	struct zy_error err = { 0 };

	return journal_home_open(h, true, &err) ? ZY_OK : err.code;
}

static void keep(const char *path, struct zy_arena *a, struct zy_bytes *out)
{
	struct zy_error err = { 0 };

	assert_true(zy_file_read(path, 1 << 20, a, out, &err));
}

static void put_back(const char *path, struct zy_bytes v)
{
	struct zy_error err = { 0 };

	assert_true(zy_file_write(path, v, 0600, true, &err));
}

static void counts_outlive_the_process_and_a_repeat_is_not_counted(void **state)
{
	struct journal_home *h = *state;
	struct zy_journal_record r;
	struct stat st;

	for (unsigned n = 1; n <= 3; n++)
		assert_int_equal(sign(h->j, n, &r), ZY_OK);
	assert_int_equal(r.total, 3);
	close_it(h);
	assert_int_equal(open_code(h), ZY_OK);
	assert_int_equal(sign(h->j, 3, &r), ZY_OK);
	assert_int_equal(r.seq, 4);
	assert_int_equal(r.total, 3);
	assert_int_equal(sign(h->j, 4, &r), ZY_OK);
	assert_int_equal(r.total, 4);
	assert_int_equal(stat(h->journal, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_was_not_signed_is_neither_counted_nor_journalled(void **state)
{
	struct journal_home *h = *state;
	struct zy_journal_record r = journal_sealed(1);
	const struct zy_use_of_seal use = { &journal_rule, r.esID, zy_counts_day(r.at), r.digest };
	struct zy_error err = { 0 };
	bool held;

	assert_true(zy_signer_journal_begin(h->j, &use, &held, &err));
	zy_signer_journal_cancel(h->j, &use, held);
	assert_int_equal(sign(h->j, 2, &r), ZY_OK);
	assert_int_equal(r.seq, 1);
	assert_int_equal(r.total, 1);
}

static void an_old_journal_put_back_is_noticed(void **state)
{
	struct journal_home *h = *state;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes old_journal, journal;
	struct zy_journal_record r;

	assert_int_equal(sign(h->j, 1, &r), ZY_OK);
	keep(h->journal, &a, &old_journal);
	assert_int_equal(sign(h->j, 2, &r), ZY_OK);
	close_it(h);
	keep(h->journal, &a, &journal);
	put_back(h->journal, old_journal);
	assert_int_equal(open_code(h), ZY_E_JOURNAL);
	put_back(h->journal, ZY_BYTES(NULL, 0));
	assert_int_equal(open_code(h), ZY_E_JOURNAL);
	put_back(h->journal, journal);
	assert_int_equal(open_code(h), ZY_OK);
}

/* After a power cut the head may be older than the journal: it is not synced for each record. */
static void a_head_older_than_the_journal_is_brought_up_to_it(void **state)
{
	struct journal_home *h = *state;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes old_head, head, again;
	struct zy_journal_record r;

	assert_int_equal(sign(h->j, 1, &r), ZY_OK);
	keep(h->head, &a, &old_head);
	for (unsigned n = 2; n <= 4; n++)
		assert_int_equal(sign(h->j, n, &r), ZY_OK);
	close_it(h);
	keep(h->head, &a, &head);
	put_back(h->head, old_head);
	assert_int_equal(open_code(h), ZY_OK);
	close_it(h);
	keep(h->head, &a, &again);
	assert_int_equal(again.len, head.len);
	assert_int_equal(open_code(h), ZY_OK);
	assert_int_equal(sign(h->j, 5, &r), ZY_OK);
	assert_int_equal(r.total, 5);
}

static void a_torn_slot_of_the_head_leaves_the_other(void **state)
{
	struct journal_home *h = *state;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_journal_record r;
	struct zy_bytes head;
	ZY_BUF_AUTO b = { 0 };

	for (unsigned n = 1; n <= 3; n++)
		assert_int_equal(sign(h->j, n, &r), ZY_OK);
	close_it(h);
	keep(h->head, &a, &head);
	zy_buf_put(&b, head);
	b.p[80 + 20] ^= 1; /* record 3 stands in slot 1 */
	put_back(h->head, zy_buf_bytes(&b));
	assert_int_equal(open_code(h), ZY_OK);
	close_it(h);
	put_back(h->head, ZY_LITERAL("not a head"));
	assert_int_equal(open_code(h), ZY_E_JOURNAL);
}

static void a_missing_file_of_a_used_token_is_noticed(void **state)
{
	struct journal_home *h = *state;
	struct zy_journal_record r;

	assert_int_equal(sign(h->j, 1, &r), ZY_OK);
	close_it(h);
	unlink(h->head);
	assert_int_equal(open_code(h), ZY_E_JOURNAL);
	unlink(h->journal);
	assert_int_equal(open_code(h), ZY_E_JOURNAL);
	assert_int_not_equal(access(h->journal, F_OK), 0);
}

static void a_frame_cut_off_by_a_crash_is_taken_away(void **state)
{
	struct journal_home *h = *state;
	struct zy_journal_record r;
	int fd;

	assert_int_equal(sign(h->j, 1, &r), ZY_OK);
	close_it(h);
	fd = open(h->journal, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "\0\0\0\xa0\x8e\1", 6), 6);
	close(fd);
	assert_int_equal(open_code(h), ZY_OK);
	assert_int_equal(sign(h->j, 2, &r), ZY_OK);
	close_it(h);
	assert_int_equal(open_code(h), ZY_OK);
}

static void a_changed_byte_is_noticed(void **state)
{
	struct journal_home *h = *state;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_journal_record r;
	struct zy_bytes journal;

	for (unsigned n = 1; n <= 2; n++)
		assert_int_equal(sign(h->j, n, &r), ZY_OK);
	close_it(h);
	keep(h->journal, &a, &journal);
	for (size_t i = 0; i < journal.len; i += 7) {
		ZY_BUF_AUTO b = { 0 };
		enum zy_code code;

		zy_buf_put(&b, journal);
		b.p[i] ^= 0x40;
		put_back(h->journal, zy_buf_bytes(&b));
		code = open_code(h);
		assert_int_not_equal(code, ZY_OK);
	}
	put_back(h->journal, journal);
	assert_int_equal(open_code(h), ZY_OK);
}

enum { THREADS = 8, EACH = 130 };

struct many {
	struct zy_signer_journal *j;
	unsigned from, refused;
};

static void *sign_many(void *arg)
{
	struct many *m = arg;
	struct zy_journal_record r;

	for (unsigned n = 0; n < EACH; n++)
		m->refused += sign(m->j, m->from + n, &r) == ZY_E_SEAL_COUNT;
	return NULL;
}

static void many_sessions_together_get_no_more_than_the_limit(void **state)
{
	struct journal_home *h = *state;
	struct many m[THREADS];
	pthread_t id[THREADS];
	struct zy_journal_record r;
	unsigned refused = 0;

	for (unsigned i = 0; i < THREADS; i++) {
		m[i] = (struct many){ h->j, i * EACH, 0 };
		assert_int_equal(pthread_create(&id[i], NULL, sign_many, &m[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(id[i], NULL);
		refused += m[i].refused;
	}
	assert_int_equal(refused, THREADS * EACH - 1000);
	assert_int_equal(sign(h->j, 5000, &r), ZY_E_SEAL_COUNT);
	close_it(h);
	assert_int_equal(open_code(h), ZY_OK);
	assert_int_equal(sign(h->j, 5000, &r), ZY_E_SEAL_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_outlive_the_process_and_a_repeat_is_not_counted, make, unmake),
		cmocka_unit_test_setup_teardown(what_was_not_signed_is_neither_counted_nor_journalled, make, unmake),
		cmocka_unit_test_setup_teardown(an_old_journal_put_back_is_noticed, make, unmake),
		cmocka_unit_test_setup_teardown(a_head_older_than_the_journal_is_brought_up_to_it, make, unmake),
		cmocka_unit_test_setup_teardown(a_torn_slot_of_the_head_leaves_the_other, make, unmake),
		cmocka_unit_test_setup_teardown(a_missing_file_of_a_used_token_is_noticed, make, unmake),
		cmocka_unit_test_setup_teardown(a_frame_cut_off_by_a_crash_is_taken_away, make, unmake),
		cmocka_unit_test_setup_teardown(a_changed_byte_is_noticed, make, unmake),
		cmocka_unit_test_setup_teardown(many_sessions_together_get_no_more_than_the_limit, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
