/* A signed order comes back as the same bytes; cut at each length it is refused; with any bit flipped it is refused, or
 * is no longer approved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/approvals.h"
#include "order_made.h"

struct made {
	struct order_persons persons;
	struct zy_buf order, headers[ZY_ORDER_SIGNATURES_MAX], file;
	uint8_t in_force[ZY_HASH_LEN];
};

static int make(void **state)
{
	static struct made m;
	struct zy_order o;
	struct zy_order_file f;
	struct zy_error err = { 0 };

	m = (struct made){ .persons = order_persons_make() };
	o = order_made(&m.persons);
	memset(m.in_force, 0x77, sizeof(m.in_force));
	assert_true(zy_order_encode(&o, &m.order, &err));
	f = (struct zy_order_file){ .order = zy_buf_bytes(&m.order), .subject = ORDER_SUBJECT };
	order_sign(&m.persons, REQUESTER, &f, m.headers);
	order_sign(&m.persons, OFFICER_1, &f, m.headers);
	order_sign(&m.persons, OFFICER_2, &f, m.headers);
	assert_true(zy_order_file_encode(&f, &m.file, &err));
	*state = &m;
	return 0;
}

static int drop(void **state)
{
	struct made *m = *state;

	order_persons_free(&m->persons);
	zy_buf_free(&m->order);
	zy_buf_free(&m->file);
	for (size_t i = 0; i < ZY_ORDER_SIGNATURES_MAX; i++)
		zy_buf_free(&m->headers[i]);
	return 0;
}

static bool is_approved(struct made *m, struct zy_error *err)
{
	struct zy_approval_facts facts = { order_register(&m->persons), ORDER_NOW, m->in_force, false };
	struct zy_approved_by by;
	struct zy_order_file f;
	struct zy_order o;

	return zy_order_file_parse(&f, zy_buf_bytes(&m->file), err) && zy_approvals_check(&f, &facts, &o, &by, err);
}

static void a_signed_order_comes_back_as_the_same_bytes(void **state)
{
	struct made *m = *state;
	struct zy_order_file f;
	struct zy_order o;
	ZY_BUF_AUTO order = { 0 };
	ZY_BUF_AUTO file = { 0 };

	MUST(is_approved(m, &err));
	MUST(zy_order_file_parse(&f, zy_buf_bytes(&m->file), &err));
	MUST(zy_order_parse(&o, f.order, &err));
	MUST(zy_order_encode(&o, &order, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&order), f.order));
	MUST(zy_order_file_encode(&f, &file, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&file), zy_buf_bytes(&m->file)));
}

static void cut_at_each_length_it_is_refused(void **state)
{
	struct made *m = *state;
	size_t len = m->file.len;

	for (m->file.len = 0; m->file.len < len; m->file.len++) {
		struct zy_error err = { 0 };

		assert_false(is_approved(m, &err));
		assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= m->file.len));
	}
	m->file.len = len;
}

static void with_any_bit_flipped_it_is_not_approved(void **state)
{
	struct made *m = *state;

	for (size_t bit = 0; bit < m->file.len * 8; bit++) {
		struct zy_error err = { 0 };

		m->file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (is_approved(m, &err))
			fail_msg("bit %zu", bit);
		m->file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_order_comes_back_as_the_same_bytes),
		cmocka_unit_test(cut_at_each_length_it_is_refused),
		cmocka_unit_test(with_any_bit_flipped_it_is_not_approved),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
