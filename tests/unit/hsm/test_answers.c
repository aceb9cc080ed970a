#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hsm/answers.h"
#include "journal_home.h"
#include "zy/journal_file.h"

#define NUM 40

struct told {
	struct zy_waiting_answer answer;
	unsigned times;
	uint64_t on_disk; /* the last record that the file held when it was told */
	enum zy_code why;
};

struct home {
	struct journal_home journal;
	struct zy_answers *answers;
	struct told told[NUM];
	unsigned num_told;
	bool in_order;
};

static uint64_t last_on_disk(const struct home *h)
{
	struct zy_journal_head end;
	struct zy_error err = { 0 };
	uint64_t rest;
	int fd = open(h->journal.journal, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(zy_journal_read(fd, "soft", NULL, NULL, &end, &rest, &err));
	close(fd);
	return end.seq;
}

static void note(void *arg, struct zy_waiting_answer *a, const struct zy_error *why)
{
	struct home *h = arg;
	struct told *t = (struct told *)(void *)a;

	t->times++;
	t->on_disk = last_on_disk(h);
	t->why = why == NULL ? ZY_OK : why->code;
	h->in_order = h->in_order && t == &h->told[h->num_told];
	h->num_told++;
}

static int make(void **state)
{
	struct home *h = calloc(1, sizeof(*h));
	struct zy_error err = { 0 };

	assert_non_null(h);
	journal_home_make(&h->journal);
	h->in_order = true;
	assert_true(journal_home_open(&h->journal, false, &err));
	assert_true(zy_answers_open(&h->answers, h->journal.j, note, h, &err));
	*state = h;
	return 0;
}

static int unmake(void **state)
{
	struct home *h = *state;

	zy_answers_close(h->answers);
	journal_home_remove(&h->journal);
	free(h);
	return 0;
}

static void give(struct home *h, unsigned n)
{
	struct zy_journal_record r = journal_sealed(n + 1);
	const struct zy_use_of_seal use = { &journal_rule, r.esID, zy_counts_day(r.at), r.digest };
	struct zy_error err = { 0 };
	bool held;

	assert_true(zy_signer_journal_begin(h->journal.j, &use, &held, &err));
	assert_true(zy_signer_journal_put(h->journal.j, &r, &use, held, &h->told[n].answer.after, &err));
	zy_answers_give(h->answers, &h->told[n].answer);
}

static void close_answers(struct home *h)
{
	zy_answers_close(h->answers);
	h->answers = NULL;
}

static void an_answer_is_told_once_in_its_turn_and_after_its_record_is_in_the_file(void **state)
{
	struct home *h = *state;

	for (unsigned n = 0; n < NUM; n++)
		give(h, n);
	close_answers(h); /* waits for all */
	assert_int_equal(h->num_told, NUM);
	assert_true(h->in_order);
	for (unsigned n = 0; n < NUM; n++) {
		assert_int_equal(h->told[n].times, 1);
		assert_int_equal(h->told[n].why, ZY_OK);
		assert_true(h->told[n].on_disk >= h->told[n].answer.after.seq);
	}
}

/* The file may not grow any more, as on a full disk. */
static void what_could_not_be_written_is_told_so(void **state)
{
	struct home *h = *state;
	struct rlimit before, none;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	give(h, 0);
	close_answers(h);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(h->told[0].times, 1);
	assert_int_equal(h->told[0].why, ZY_E_IO);
	assert_int_equal(h->told[0].on_disk, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    an_answer_is_told_once_in_its_turn_and_after_its_record_is_in_the_file, make, unmake),
		cmocka_unit_test_setup_teardown(what_could_not_be_written_is_told_so, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
