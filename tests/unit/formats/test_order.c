#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cbor.h>

#include "expect.h"
#include "order_made.h"
#include "zy/cbor.h"

static struct zy_order sample(void)
{
	struct zy_order o = {
		.action = ZY_ORDER_RULES, .purpose = ZY_LITERAL("p"), .created = 100, .expires = 100 + ZY_ORDER_LIFE_S
	};

	memset(o.subject, 1, ZY_HASH_LEN);
	memset(o.requester, 2, ZY_HASH_LEN);
	return o;
}

static void another_decoder_reads_the_same_map(void **state)
{
	struct zy_order o = sample();
	struct cbor_load_result result;
	struct cbor_pair *pairs;
	cbor_item_t *map;
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	o.action = ZY_ORDER_SWITCH_OFF;
	o.ground = ZY_LITERAL("国务院令第716号");
	o.until = 500;
	MUST(zy_order_encode(&o, &b, &err));
	map = cbor_load(b.p, b.len, &result);
	assert_non_null(map);
	assert_true(result.read == b.len && cbor_isa_map(map) && cbor_map_is_definite(map));
	assert_int_equal(cbor_map_size(map), 11);
	pairs = cbor_map_handle(map);
	for (size_t i = 0; i < 11; i++)
		assert_int_equal(cbor_get_int(pairs[i].key), i + 1);
	assert_memory_equal(cbor_string_handle(pairs[1].value), "switch-off", 10);
	assert_int_equal(cbor_bytestring_length(pairs[2].value), 32);
	assert_int_equal(cbor_get_int(pairs[6].value), 100 + 604800);
	assert_int_equal(cbor_get_int(pairs[10].value), 500);
	cbor_decref(&map);
}

static void what_no_order_can_be_is_neither_written_nor_read(void **state)
{
	static const struct {
		enum zy_order_action action;
		const char *purpose, *ground;
		zy_time created, expires, until;
	} bad[] = {
		{ ZY_ORDER_RULES, "", "", 100, 200, 0 },
		{ ZY_ORDER_RULES, "two\nlines", "", 100, 200, 0 },
		{ ZY_ORDER_RULES, "turned \xe2\x80\xae round", "", 100, 200, 0 },
		{ ZY_ORDER_RULES, "\xff", "", 100, 200, 0 },
		{ ZY_ORDER_RULES, "p", "", 100, 100, 0 },
		{ ZY_ORDER_RULES, "p", "", 100, 101 + ZY_ORDER_LIFE_S, 0 },
		{ ZY_ORDER_RULES, "p", "", -1, 100, 0 },
		{ ZY_ORDER_RULES, "p", "law", 100, 200, 300 },
		{ ZY_ORDER_SWITCH_OFF, "p", "", 100, 200, 300 },
		{ ZY_ORDER_SWITCH_OFF, "p", "law", 100, 200, 0 },
		{ ZY_ORDER_SWITCH_OFF, "p", "law", 100, 200, 100 },
		{ ZY_ORDER_SHRED, "p", "", 100, 200, 0 },
		{ ZY_ORDER_SHRED, "p", "law", 100, 200, 300 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_order o = sample();
		ZY_BUF_AUTO b = { 0 };
		struct zy_error err = { 0 };

		o.action = bad[i].action;
		o.purpose = zy_str(bad[i].purpose);
		o.ground = zy_str(bad[i].ground);
		o.created = bad[i].created;
		o.expires = bad[i].expires;
		o.until = bad[i].until;
		if (zy_order_encode(&o, &b, &err))
			fail_msg("row %zu was written", i);
		assert_true(err.code == ZY_E_ORDER || err.code == ZY_E_UTF8);
	}
}

static void an_order_is_signed_by_its_own_key_alone(void **state)
{
	struct zy_order o = sample(), again;
	uint8_t id[ZY_HASH_LEN] = { 9 }, other[ZY_HASH_LEN] = { 8 };
	ZY_BUF_AUTO order = { 0 };
	ZY_BUF_AUTO input = { 0 };

	(void)state;
	MUST(zy_order_encode(&o, &order, &err));
	zy_order_input_encode(ZY_SUITE_GM, id, zy_buf_bytes(&order), &input);
	MUST(zy_order_input_parse(&again, zy_buf_bytes(&input), ZY_SUITE_GM, id, &err));
	assert_int_equal(again.expires, o.expires);
	REFUSED(zy_order_input_parse(&again, zy_buf_bytes(&input), ZY_SUITE_INTL, id, &err), ZY_E_ORDER);
	REFUSED(zy_order_input_parse(&again, zy_buf_bytes(&input), ZY_SUITE_GM, other, &err), ZY_E_ORDER);
	/* bytes that are not an order, inside a Sig_structure that is right */
	zy_buf_free(&input);
	zy_order_input_encode(ZY_SUITE_GM, id, ZY_LITERAL("\xa0"), &input);
	REFUSED(zy_order_input_parse(&again, zy_buf_bytes(&input), ZY_SUITE_GM, id, &err), ZY_E_ORDER);
	REFUSED(zy_order_input_parse(&again, ZY_LITERAL("hello"), ZY_SUITE_GM, id, &err), ZY_E_CBOR);
}

static void actions_have_one_name_each(void **state)
{
	enum zy_order_action a;

	(void)state;
	for (size_t i = 0; i < ZY_NUM_ORDER_ACTIONS; i++) {
		assert_true(zy_order_action_from_name(zy_str(zy_order_action_name((enum zy_order_action)i)), &a));
		assert_int_equal(a, i);
	}
	assert_false(zy_order_action_from_name(ZY_LITERAL("rule"), &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_decoder_reads_the_same_map),
		cmocka_unit_test(what_no_order_can_be_is_neither_written_nor_read),
		cmocka_unit_test(an_order_is_signed_by_its_own_key_alone),
		cmocka_unit_test(actions_have_one_name_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
