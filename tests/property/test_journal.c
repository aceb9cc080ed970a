/* A journal cut at each length ends after its last whole record; with any bit flipped it no longer chains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal_sample.h"

enum { NUM = 4 };

/* The records that can be taken; *why: what stopped it. */
static unsigned take_all(struct zy_bytes in, struct zy_error *why)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_journal_head head;
	struct zy_journal_record record;
	unsigned num = 0;

	*why = (struct zy_error){ 0 };
	assert_true(zy_journal_head_start(&head, "soft", why));
	while (zy_journal_take(&r, &head, &record, why))
		num++;
	assert_int_not_equal(why->code, ZY_OK);
	assert_true(why->offset == ZY_NOWHERE || why->offset <= in.len);
	return num;
}

static size_t make(struct zy_buf *b, size_t ends[NUM])
{
	struct zy_journal_head head;
	struct zy_error err = { 0 };

	assert_true(zy_journal_head_start(&head, "soft", &err));
	for (unsigned i = 0; i < NUM; i++) {
		struct zy_journal_record r = i % 2 == 0 ? journal_sealed(i) : journal_plain(i);

		r.total = r.today = i % 2 == 0 ? i / 2 + 1 : 0;
		assert_true(zy_journal_put(b, &head, &r, &err));
		ends[i] = b->len;
	}
	return b->len;
}

static void cut_at_each_length_it_ends_after_the_last_whole_record(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	size_t ends[NUM], len = make(&b, ends);
	struct zy_error why;

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		unsigned want = 0;

		while (want < NUM && ends[want] <= cut)
			want++;
		assert_int_equal(take_all(ZY_BYTES(b.p, cut), &why), want);
		assert_int_equal(why.code, ZY_E_TRUNCATED);
	}
}

/* The last record is bound by its head alone, so its own bits are not looked at here. */
static void with_each_bit_flipped_what_follows_is_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	size_t ends[NUM];
	struct zy_error why;

	(void)state;
	make(&b, ends);
	for (size_t bit = 0; bit < ends[NUM - 2] * 8; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(take_all(zy_buf_bytes(&b), &why) < NUM);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(take_all(zy_buf_bytes(&b), &why), NUM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_at_each_length_it_ends_after_the_last_whole_record),
		cmocka_unit_test(with_each_bit_flipped_what_follows_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
