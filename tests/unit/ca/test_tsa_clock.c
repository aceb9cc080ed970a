#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zy/tsa.h"

#define START 1772323200000000 /* 2026-03-01T00:00:00Z */
#define SECOND 1000000

static char folder[64], path[128];
static struct zy_tsa_instant at;

static bool now(void *arg, struct zy_tsa_instant *out)
{
	(void)arg;
	*out = at;
	return true;
}
static const struct zy_tsa_time made = { .now = now };

static void move(int64_t wall_us, int64_t boot_us)
{
	at.wall_us += wall_us;
	at.boot_us += boot_us;
}

static enum zy_code take(int64_t *out)
{
	struct zy_error err = { 0 };
	struct zy_tsa_clock *c;
	struct zy_tst_time t;

	/* opened anew each time: all it knows is in the file */
	assert_true(zy_tsa_clock_open(&c, path, &made, &err));
	if (zy_tsa_clock_take(c, &t, &err))
		*out = t.seconds * SECOND + t.nanos / 1000;
	zy_tsa_clock_close(c);
	return err.code;
}

static int begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/zhengyin-clock-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/clock", folder);
	at = (struct zy_tsa_instant){ START, 5 * SECOND, "0b3f5a52-0000-4000-8000-000000000001" };
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void times_rise_even_within_one_microsecond(void **state)
{
	int64_t first = 0, next = 0;

	(void)state;
	assert_int_equal(take(&first), ZY_OK);
	assert_int_equal(first, START);
	for (int i = 0; i < 100; i++, first = next) {
		assert_int_equal(take(&next), ZY_OK);
		assert_true(next > first);
	}
	move(SECOND, SECOND);
	assert_int_equal(take(&next), ZY_OK);
	assert_int_equal(next, START + SECOND);
}

static void a_step_back_gives_no_time_until_the_clock_is_right_again(void **state)
{
	int64_t t = 0;

	(void)state;
	assert_int_equal(take(&t), ZY_OK);
	move(-2000, 1000);
	assert_int_equal(take(&t), ZY_E_CLOCK);
	move(4000, 1000);
	assert_int_equal(take(&t), ZY_OK);
}

static void a_jump_against_the_steady_clock_gives_no_time(void **state)
{
	int64_t t = 0;

	(void)state;
	assert_int_equal(take(&t), ZY_OK);
	move(60 * SECOND + ZY_TSA_STEP_MAX_US, 60 * SECOND);
	assert_int_equal(take(&t), ZY_OK);
	move(SECOND + 1, SECOND); /* small steps add up */
	assert_int_equal(take(&t), ZY_E_CLOCK);
	move(SECOND - ZY_TSA_STEP_MAX_US, SECOND);
	assert_int_equal(take(&t), ZY_OK);
}

static void after_a_restart_of_the_machine_the_clock_must_not_be_behind(void **state)
{
	int64_t t = 0;

	(void)state;
	assert_int_equal(take(&t), ZY_OK);
	at.boot_id[35] = '2';
	at.boot_us = SECOND;
	at.wall_us -= SECOND;
	assert_int_equal(take(&t), ZY_E_CLOCK);
	at.wall_us += 3600LL * SECOND; /* how long it was off is not known */
	assert_int_equal(take(&t), ZY_OK);
	move(10 * SECOND, SECOND); /* from now on it is */
	assert_int_equal(take(&t), ZY_E_CLOCK);
}

static void a_damaged_file_gives_no_time(void **state)
{
	int64_t t = 0;
	FILE *f;

	(void)state;
	assert_int_equal(take(&t), ZY_OK);
	assert_non_null(f = fopen(path, "r+"));
	fseek(f, 60, SEEK_SET);
	fputc('x', f);
	fclose(f);
	assert_int_equal(take(&t), ZY_E_CLOCK);
	assert_int_equal(truncate(path, 10), 0);
	assert_int_equal(take(&t), ZY_E_CLOCK);
}

static void one_flipped_bit_of_the_last_time_gives_no_time(void **state)
{
	uint8_t row[72];
	int64_t t = 0;
	FILE *f;

	(void)state;
	for (int bit = 0; bit < 64; bit++) {
		unlink(path);
		move(123457, 123457);
		assert_int_equal(take(&t), ZY_OK);
		assert_non_null(f = fopen(path, "r+"));
		assert_int_equal(fread(row, 1, sizeof(row), f), sizeof(row));
		row[64 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		rewind(f);
		assert_int_equal(fwrite(row, 1, sizeof(row), f), sizeof(row));
		fclose(f);
		assert_int_equal(take(&t), ZY_E_CLOCK);
	}
}

#define THREADS 4
#define TIMES 200
static int64_t taken[THREADS][TIMES];
static struct zy_tsa_clock *shared;

static void *take_many(void *arg)
{
	int64_t *out = arg;

	for (int i = 0; i < TIMES; i++) {
		struct zy_error err = { 0 };
		struct zy_tst_time t = { 0 };

		out[i] = zy_tsa_clock_take(shared, &t, &err) ? t.seconds * SECOND + t.nanos / 1000 : -1;
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void assert_all_differ(void)
{
	qsort(taken, (size_t)THREADS * TIMES, sizeof(int64_t), compare);
	for (int i = 0; i < THREADS * TIMES; i++)
		assert_true(taken[0][0] > START && (i == 0 || (&taken[0][0])[i] > (&taken[0][0])[i - 1]));
}

static void threads_never_get_the_same_time(void **state)
{
	pthread_t id[THREADS];
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_tsa_clock_open(&shared, path, &zy_tsa_time_system, &err));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&id[i], NULL, take_many, taken[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(id[i], NULL);
	zy_tsa_clock_close(shared);
	assert_all_differ();
}

static void fill_in_a_process(int fd)
{
	struct zy_error err = { 0 };

	if (zy_tsa_clock_open(&shared, path, &zy_tsa_time_system, &err)) {
		take_many(taken[0]);
		if (write(fd, taken[0], sizeof(taken[0])) != sizeof(taken[0]))
			_exit(1);
		zy_tsa_clock_close(shared);
	}
	_exit(0);
}

static void processes_never_get_the_same_time(void **state)
{
	int ends[THREADS][2], status;

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pipe(ends[i]), 0);
		if (fork() == 0)
			fill_in_a_process(ends[i][1]);
		close(ends[i][1]);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(read(ends[i][0], taken[i], sizeof(taken[i])), sizeof(taken[i])); /* fits a pipe */
		close(ends[i][0]);
	}
	for (int i = 0; i < THREADS; i++)
		assert_true(wait(&status) > 0 && status == 0);
	assert_all_differ();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(times_rise_even_within_one_microsecond, begin, end),
		cmocka_unit_test_setup_teardown(a_step_back_gives_no_time_until_the_clock_is_right_again, begin, end),
		cmocka_unit_test_setup_teardown(a_jump_against_the_steady_clock_gives_no_time, begin, end),
		cmocka_unit_test_setup_teardown(
		    after_a_restart_of_the_machine_the_clock_must_not_be_behind, begin, end),
		cmocka_unit_test_setup_teardown(a_damaged_file_gives_no_time, begin, end),
		cmocka_unit_test_setup_teardown(one_flipped_bit_of_the_last_time_gives_no_time, begin, end),
		cmocka_unit_test_setup_teardown(threads_never_get_the_same_time, begin, end),
		cmocka_unit_test_setup_teardown(processes_never_get_the_same_time, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
