#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "log_made.h"

/* From one size to another of the tree, or of the forked one. */
static void put_proof(uint64_t from, uint64_t to, bool forked, struct zy_buf *out)
{
	const struct zy_merkle t = { get, &forked };
	struct zy_checkpoint_request q = { .old = from };
	ZY_BUF_AUTO checkpoint = { 0 };

	put_checkpoint(&made.log, to, forked, &checkpoint);
	MUST(zy_merkle_prove_consistency(&t, from, to, &q.path, &err));
	q.checkpoint = zy_buf_bytes(&checkpoint);
	zy_checkpoint_request_encode(&q, out);
}

static void judge(const struct zy_buf *proof, const struct zy_buf *old, const char *code)
{
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "checkpoint", VERIFY_AT);
	MUST(zy_log_existed(made.keys, &made.trust, zy_buf_bytes(proof), &(struct zy_bytes){ old->p, old->len }, 1,
	    VERIFY_AT, &r, &err));
	MUST(zy_judge_logged(made.keys, &made.trust, zy_buf_bytes(proof), zy_buf_bytes(old), VERIFY_AT, &r, &err));
	if (!verify_has(&r, code))
		fail_msg("no %s", code);
	assert_int_equal(zy_report_indication(&r), strcmp(code, "log-grown") == 0 ? ZY_TOTAL_PASSED : ZY_TOTAL_FAILED);
}

static void a_log_that_only_grew_is_said_to_have(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 255, 256, 257, 300 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t k = i; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			ZY_BUF_AUTO proof = { 0 }, old = { 0 };

			put_checkpoint(&made.log, sizes[i], false, &old);
			put_proof(sizes[i], sizes[k], false, &proof);
			judge(&proof, &old, "log-grown");
		}
}

static void a_history_that_was_changed_is_not_proved(void **state)
{
	ZY_BUF_AUTO old = { 0 }, proof = { 0 }, before = { 0 }, early = { 0 };

	(void)state;
	put_checkpoint(&made.log, 100, false, &old);
	put_proof(100, 300, true, &proof);
	judge(&proof, &old, "log-consistency");
	/* it parted later */
	put_checkpoint(&made.log, 5, false, &before);
	put_proof(5, 300, true, &early);
	judge(&early, &before, "log-grown");
}

static void two_roots_of_one_size_are_two_histories(void **state)
{
	ZY_BUF_AUTO old = { 0 }, proof = { 0 };

	(void)state;
	put_checkpoint(&made.log, 100, false, &old);
	put_proof(100, 100, true, &proof);
	judge(&proof, &old, "log-split");
}

static void a_proof_is_of_its_old_size_and_log_alone(void **state)
{
	ZY_BUF_AUTO old = { 0 }, other = { 0 }, proof = { 0 }, none = { 0 };

	(void)state;
	put_checkpoint(&made.log, 99, false, &old);
	put_checkpoint(&made.other, 100, false, &other);
	put_proof(100, 300, false, &proof);
	zy_buf_put_str(&none, "not a checkpoint");
	judge(&proof, &old, "log-other");
	judge(&proof, &other, "log-other");
	judge(&proof, &none, "log-other");
}

/* What the later checkpoint's signature does not cover, the path does. */
static void each_byte_of_a_proof_counts(void **state)
{
	ZY_BUF_AUTO old = { 0 }, proof = { 0 };

	(void)state;
	put_checkpoint(&made.log, 9, false, &old);
	put_proof(9, 21, false, &proof);
	for (size_t i = 4; i < proof.len; i++) {
		struct zy_error err = { 0 };
		ZY_REPORT_AUTO r;

		proof.p[i] ^= 1;
		zy_report_start(&r, "checkpoint", VERIFY_AT);
		if (zy_judge_logged(
			made.keys, &made.trust, zy_buf_bytes(&proof), zy_buf_bytes(&old), VERIFY_AT, &r, &err))
			assert_int_not_equal(zy_report_indication(&r), ZY_TOTAL_PASSED);
		else
			assert_int_equal(zy_code_exit(err.code), 65);
		proof.p[i] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_that_only_grew_is_said_to_have),
		cmocka_unit_test(a_history_that_was_changed_is_not_proved),
		cmocka_unit_test(two_roots_of_one_size_are_two_histories),
		cmocka_unit_test(a_proof_is_of_its_old_size_and_log_alone),
		cmocka_unit_test(each_byte_of_a_proof_counts),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
