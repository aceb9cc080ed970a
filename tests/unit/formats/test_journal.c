#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal_sample.h"

static void put_three(struct zy_buf *b, struct zy_journal_head *head)
{
	struct zy_journal_record r[] = { journal_sealed(1), journal_plain(2), journal_sealed(3) };
	struct zy_error err = { 0 };

	r[0].total = r[0].today = 1;
	r[2].total = r[2].today = 2;
	assert_true(zy_journal_head_start(head, "soft", &err));
	for (size_t i = 0; i < 3; i++)
		assert_true(zy_journal_put(b, head, &r[i], &err));
}

static void what_was_put_is_taken_again_in_order(void **state)
{
	struct zy_journal_head head, written;
	struct zy_journal_record r;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_reader in;

	(void)state;
	put_three(&b, &written);
	in = zy_reader_over(zy_buf_bytes(&b));
	assert_true(zy_journal_head_start(&head, "soft", &err));
	assert_true(zy_journal_take(&in, &head, &r, &err));
	assert_int_equal(r.seq, 1);
	assert_true(zy_bytes_equal(r.esID, zy_str("99010000000001")));
	assert_true(r.has_rule);
	assert_true(zy_journal_take(&in, &head, &r, &err));
	assert_int_equal(r.esID.len, 0);
	assert_false(r.has_rule);
	assert_true(zy_journal_take(&in, &head, &r, &err));
	assert_int_equal(r.total, 2);
	assert_memory_equal(&head, &written, sizeof(head));
	assert_int_equal(head.offset, b.len);
	assert_false(zy_journal_take(&in, &head, &r, &err));
	assert_int_equal(err.code, ZY_E_TRUNCATED);
}

static void a_journal_of_another_token_does_not_follow(void **state)
{
	struct zy_journal_head head, written;
	struct zy_journal_record r;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_reader in;

	(void)state;
	put_three(&b, &written);
	in = zy_reader_over(zy_buf_bytes(&b));
	assert_true(zy_journal_head_start(&head, "other", &err));
	assert_false(zy_journal_take(&in, &head, &r, &err));
	assert_int_equal(err.code, ZY_E_JOURNAL);
}

static void a_record_taken_out_breaks_the_chain(void **state)
{
	struct zy_journal_head head, written;
	struct zy_journal_record r;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 }, shorter = { 0 };
	struct zy_reader in;
	size_t first, second;

	(void)state;
	put_three(&b, &written);
	in = zy_reader_over(zy_buf_bytes(&b));
	assert_true(zy_journal_head_start(&head, "soft", &err));
	assert_true(zy_journal_take(&in, &head, &r, &err));
	first = zy_reader_offset(&in);
	assert_true(zy_journal_take(&in, &head, &r, &err));
	second = zy_reader_offset(&in);
	zy_buf_put(&shorter, ZY_BYTES(b.p, first));
	zy_buf_put(&shorter, ZY_BYTES(b.p + second, b.len - second));
	in = zy_reader_over(zy_buf_bytes(&shorter));
	assert_true(zy_journal_head_start(&head, "soft", &err));
	assert_true(zy_journal_take(&in, &head, &r, &err));
	assert_false(zy_journal_take(&in, &head, &r, &err));
	assert_int_equal(err.code, ZY_E_JOURNAL);
	assert_int_equal(err.offset, first);
}

static void a_frame_without_length_and_one_over_the_cap_are_refused(void **state)
{
	static const char *const bad[] = { "\0\0\0\0", "\0\0\4\1" };
	struct zy_journal_head head;
	struct zy_journal_record r;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct zy_error err = { 0 };
		struct zy_reader in = zy_reader_over(ZY_BYTES(bad[i], 4));

		assert_true(zy_journal_head_start(&head, "soft", &err));
		assert_false(zy_journal_take(&in, &head, &r, &err));
		assert_int_equal(err.code, ZY_E_JOURNAL);
	}
}

static void more_uses_today_than_in_all_are_refused(void **state)
{
	struct zy_journal_record r = journal_sealed(1);
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	r.total = 1;
	r.today = 2;
	zy_journal_record_encode(&r, &b);
	assert_false(zy_journal_record_parse(&r, zy_buf_bytes(&b), &err));
	assert_int_equal(err.code, ZY_E_CBOR);
	assert_string_equal(err.field, "today");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_taken_again_in_order),
		cmocka_unit_test(a_journal_of_another_token_does_not_follow),
		cmocka_unit_test(a_record_taken_out_breaks_the_chain),
		cmocka_unit_test(a_frame_without_length_and_one_over_the_cap_are_refused),
		cmocka_unit_test(more_uses_today_than_in_all_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
