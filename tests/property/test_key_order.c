/* What is to become of a key comes back as the same line; cut at each length it is refused; with any bit flipped it is
 * refused or says what stands there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/key_order.h"

#define URI ZY_LITERAL("pkcs11:token=zy-tpm;object=timestamp~2")

static void every_event_comes_back(void **state)
{
	(void)state;
	for (int e = 0; e < ZY_NUM_KEY_ORDER_EVENTS; e++)
		for (zy_time at = 0; at <= 1772323200; at += 1772323200) {
			const struct zy_key_order o = { .event = (enum zy_key_order_event)e,
				.uri = URI,
				.at = at,
				.data_key = { e == ZY_KEY_ORDER_SHRED ? 0xa5 : 0, 0 } };
			struct zy_key_order again;
			ZY_BUF_AUTO b = { 0 };

			if (at != 0 && e != ZY_KEY_ORDER_RETIRE) {
				REFUSED(zy_key_order_encode(&o, &b, &err), ZY_E_ORDER);
				continue;
			}
			MUST(zy_key_order_encode(&o, &b, &err));
			MUST(zy_key_order_parse(&again, zy_buf_bytes(&b), &err));
			assert_int_equal(again.event, e);
			assert_int_equal(again.at, at);
			assert_memory_equal(again.data_key, o.data_key, sizeof(o.data_key));
			assert_true(zy_bytes_equal(again.uri, URI));
			assert_true(zy_bytes_equal(again.token, ZY_LITERAL("zy-tpm")));
			for (size_t len = 0; len < b.len; len++)
				REFUSED(zy_key_order_parse(&again, ZY_BYTES(b.p, len), &err), ZY_E_ORDER);
		}
}

static void a_flipped_bit_is_refused_or_stands_there(void **state)
{
	const struct zy_key_order o = { .event = ZY_KEY_ORDER_RETIRE, .uri = URI, .at = 1772323200 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	MUST(zy_key_order_encode(&o, &b, &err));
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		struct zy_error err = { 0 };
		struct zy_key_order is;
		ZY_BUF_AUTO again = { 0 };

		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (zy_key_order_parse(&is, zy_buf_bytes(&b), &err)) {
			assert_true(zy_key_order_encode(&is, &again, &err));
			assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
		} else {
			assert_int_equal(err.code, ZY_E_ORDER);
		}
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void the_key_of_a_group_is_named_as_of_one_token(void **state)
{
	static const struct zy_bytes tokens[] = { ZY_LITERAL("pool"), ZY_LITERAL("a"), ZY_LITERAL("zy-tpm") };
	struct zy_key_order o = { .event = ZY_KEY_ORDER_SHRED, .uri = URI, .data_key = { 0xa5 } }, of_group, again;
	ZY_BUF_AUTO own = { 0 };

	(void)state;
	MUST(zy_key_order_encode(&o, &own, &err));
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		ZY_BUF_AUTO named = { 0 }, back = { 0 };

		MUST(zy_key_order_parse(&of_group, zy_buf_bytes(&own), &err));
		MUST(zy_key_order_encode_for(&of_group, (const char *)tokens[i].p, &named, &err));
		MUST(zy_key_order_parse(&again, zy_buf_bytes(&named), &err));
		assert_true(zy_bytes_equal(again.token, tokens[i]));
		MUST(zy_key_order_encode_for(&again, "zy-tpm", &back, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&back), zy_buf_bytes(&own)));
		REFUSED(zy_key_order_encode_for(&again, "a b", &back, &err), ZY_E_ORDER);
	}
}

static void other_spellings_are_refused(void **state)
{
	static const char *const texts[] = {
		"zy-key-1 destroy zy-soft/ocsp\n",
		"zy-key-1 destroy pkcs11:token=zy-soft;object=ocsp",
		"zy-key-1 destroy pkcs11:token=zy-soft;object=ocsp\r\n",
		"zy-key-1 destroy  pkcs11:token=zy-soft;object=ocsp\n",
		"zy-key-1 destroy pkcs11:token=zy-soft;object=ocsp;id=1\n",
		"zy-key-1 destroy pkcs11:token=;object=ocsp\n",
		"zy-key-1 destroy pkcs11:token=zy-soft;object=\n",
		"zy-key-1 destroy pkcs11:token=zy-soft;object=a b\n",
		"zy-key-1 destroy pkcs11:token=zy-soft;object=ocsp on 2026-03-01T00:00:00Z\n",
		"zy-key-1 retire pkcs11:token=zy-soft;object=ocsp on 2026-03-01T00:00:00+08:00\n",
		"zy-key-1 retire pkcs11:token=zy-soft;object=ocsp on 1970-01-01T00:00:00Z\n",
		"zy-key-1 retire pkcs11:token=zy-soft;object=ocsp\n\n",
		"zy-key-1 end pkcs11:token=zy-soft;object=ocsp\n",
		"zy-key-2 retire pkcs11:token=zy-soft;object=ocsp\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct zy_key_order o;

		REFUSED(zy_key_order_parse(&o, zy_str(texts[i]), &err), ZY_E_ORDER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_comes_back),
		cmocka_unit_test(a_flipped_bit_is_refused_or_stands_there),
		cmocka_unit_test(the_key_of_a_group_is_named_as_of_one_token),
		cmocka_unit_test(other_spellings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
