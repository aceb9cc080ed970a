#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/approvals.h"
#include "order_made.h"

struct row_state {
	struct order_persons persons;
	struct zy_order order;
	struct zy_buf bytes, headers[ZY_ORDER_SIGNATURES_MAX];
	struct zy_order_file file;
	struct zy_approval_facts facts;
	uint8_t in_force[ZY_HASH_LEN];
};

/* ---- what is changed before it is signed ---- */

static void expired(struct row_state *s)
{
	s->order.expires = ORDER_NOW;
}

static void in_the_future(struct row_state *s)
{
	s->order.created = ORDER_NOW + 301;
}

static void by_an_officer(struct row_state *s)
{
	memcpy(s->order.requester, s->persons.entries[OFFICER_1].key_id, ZY_HASH_LEN);
}

static void by_a_stranger(struct row_state *s)
{
	memset(s->order.requester, 0x42, ZY_HASH_LEN);
}

/* Only the first 8 bytes are those of the requester. */
static void by_half_a_name(struct row_state *s)
{
	s->order.requester[20] ^= 1;
}

/* One key under two names: a register by hand, as zy_officers_parse would never give it. */
static void one_key_two_names(struct row_state *s)
{
	struct zy_officer *second = &s->persons.entries[OFFICER_2];
	const struct zy_officer *first = &s->persons.entries[OFFICER_1];

	memcpy(second->point, first->point, 65);
	second->suite = first->suite;
	memcpy(second->key_id, first->key_id, ZY_HASH_LEN);
	EVP_PKEY_free(s->persons.keys[OFFICER_2]);
	s->persons.keys[OFFICER_2] = s->persons.keys[OFFICER_1];
	EVP_PKEY_up_ref(s->persons.keys[OFFICER_1]);
}

/* ---- what is changed after ---- */

static void altered_order(struct row_state *s)
{
	uint8_t *at = memmem(s->bytes.p, s->bytes.len, "a second", 8);

	assert_non_null(at);
	*at = 'A';
}

static void altered_approval(struct row_state *s)
{
	s->file.signatures[2].rs[40] ^= 1;
}

static void approval_of_zeros(struct row_state *s)
{
	memset(s->file.signatures[1].rs, 0, 64);
}

static void other_suite(struct row_state *s)
{
	s->file.signatures[1].suite = s->file.signatures[1].suite == ZY_SUITE_GM ? ZY_SUITE_INTL : ZY_SUITE_GM;
}

static void unknown_officer(struct row_state *s)
{
	s->persons.entries[OFFICER_2].key_id[0] ^= 1;
}

static void used(struct row_state *s)
{
	s->facts.used = true;
}

static void wrong_subject(struct row_state *s)
{
	s->file.subject = ZY_LITERAL("{\"seals\": [1]}");
}

static void something_else_in_force(struct row_state *s)
{
	s->in_force[31] ^= 1;
}

static void nothing_in_force(struct row_state *s)
{
	s->facts.in_force = NULL;
}

static void trailing(struct row_state *s)
{
	zy_buf_put_u8(&s->bytes, 0);
	s->file.order = zy_buf_bytes(&s->bytes);
}

static void no_officer_any_more(struct row_state *s)
{
	s->persons.entries[OFFICER_2].roles = ZY_ROLE_REQUESTER;
}

static const struct {
	const char *what;
	int signers[5]; /* ended by -1 */
	enum zy_code want;
	void (*before)(struct row_state *s), (*after)(struct row_state *s);
} rows[] = {
	{ "two officers", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_OK, NULL, NULL },
	{ "three officers", { REQUESTER, OFFICER_1, OFFICER_2, OFFICER_3, -1 }, ZY_OK, NULL, NULL },
	{ "an officer asks, two others approve", { OFFICER_1, OFFICER_2, OFFICER_3, -1 }, ZY_OK, by_an_officer, NULL },
	{ "nobody", { -1 }, ZY_E_APPROVAL_REQUESTER, NULL, NULL },
	{ "the requester alone", { REQUESTER, -1 }, ZY_E_APPROVAL_ONE, NULL, NULL },
	{ "one officer", { REQUESTER, OFFICER_1, -1 }, ZY_E_APPROVAL_ONE, NULL, NULL },
	{ "the same officer twice", { REQUESTER, OFFICER_1, OFFICER_1, -1 }, ZY_E_APPROVAL_SAME, NULL, NULL },
	{ "one key under two names", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_SAME, one_key_two_names,
	    NULL },
	{ "the requester approves", { REQUESTER, REQUESTER, OFFICER_1, -1 }, ZY_E_APPROVAL_REQUESTER, NULL, NULL },
	{ "an officer approves what he asked for", { OFFICER_1, OFFICER_2, OFFICER_1, -1 }, ZY_E_APPROVAL_REQUESTER,
	    by_an_officer, NULL },
	{ "no signature of the requester", { OFFICER_1, OFFICER_2, OFFICER_3, -1 }, ZY_E_APPROVAL_REQUESTER, NULL,
	    NULL },
	{ "a requester nobody knows", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_REQUESTER, by_a_stranger,
	    NULL },
	{ "a requester named by half", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_REQUESTER, by_half_a_name,
	    NULL },
	{ "altered order", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_ALTERED, NULL, altered_order },
	{ "altered approval", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_ALTERED, NULL, altered_approval },
	{ "approval of zeros", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_ALTERED, NULL,
	    approval_of_zeros },
	{ "approval by the other suite", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_ALTERED, NULL,
	    other_suite },
	{ "unknown officer", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_UNKNOWN, NULL, unknown_officer },
	{ "a third who is no officer", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_UNKNOWN, NULL,
	    no_officer_any_more },
	{ "officer expired", { REQUESTER, OFFICER_1, OFFICER_OLD, -1 }, ZY_E_APPROVAL_DATE, NULL, NULL },
	{ "one bad approval beside two good ones", { REQUESTER, OFFICER_1, OFFICER_2, OFFICER_OLD, -1 },
	    ZY_E_APPROVAL_DATE, NULL, NULL },
	{ "order expired", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_EXPIRED, expired, NULL },
	{ "order of the future", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_EXPIRED, in_the_future, NULL },
	{ "order used twice", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_USED, NULL, used },
	{ "wrong subject", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_SUBJECT, NULL, wrong_subject },
	{ "wrong replaced digest", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_REPLACED, NULL,
	    something_else_in_force },
	{ "nothing there to be replaced", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_APPROVAL_REPLACED, NULL,
	    nothing_in_force },
	{ "trailing bytes", { REQUESTER, OFFICER_1, OFFICER_2, -1 }, ZY_E_TRAILING, NULL, trailing },
};

static void an_order_is_approved_by_two_officers_and_nothing_less(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row_state s = { .persons = order_persons_make() };
		struct zy_error why = { 0 };
		struct zy_approved_by by = { 0 };
		struct zy_order out;
		bool ok;

		s.order = order_made(&s.persons);
		memset(s.in_force, 0x77, sizeof(s.in_force));
		s.facts = (struct zy_approval_facts){ order_register(&s.persons), ORDER_NOW, s.in_force, false };
		if (rows[i].before != NULL)
			rows[i].before(&s);
		MUST(zy_order_encode(&s.order, &s.bytes, &err));
		s.file = (struct zy_order_file){ .order = zy_buf_bytes(&s.bytes), .subject = ORDER_SUBJECT };
		for (size_t k = 0; rows[i].signers[k] >= 0; k++)
			order_sign(&s.persons, (size_t)rows[i].signers[k], &s.file, s.headers);
		if (rows[i].after != NULL)
			rows[i].after(&s);
		for (size_t k = 0; k < s.file.num_signatures; k++)
			s.file.signatures[k].payload = s.file.order;
		ok = zy_approvals_check(&s.file, &s.facts, &out, &by, &why);
		if (why.code != rows[i].want || ok != (rows[i].want == ZY_OK))
			fail_msg("%s: %s: %s", rows[i].what, zy_code_name(why.code), why.msg);
		assert_true(ok == (by.num_officers >= 2));
		for (size_t k = 0; k < ZY_ORDER_SIGNATURES_MAX; k++)
			zy_buf_free(&s.headers[k]);
		zy_buf_free(&s.bytes);
		order_persons_free(&s.persons);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(an_order_is_approved_by_two_officers_and_nothing_less) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
