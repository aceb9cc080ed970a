#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/cbor.h"
#include "zy/text.h"

/* A text of hexadecimal digits as bytes, and a reader over them. */
struct input {
	uint8_t bytes[512];
	size_t len;
	struct zy_reader r;
};

static struct input *from_hex(struct input *in, const char *hex)
{
	in->len = strlen(hex) / 2;
	MUST(zy_unhex(zy_str(hex), in->bytes, in->len, &err));
	in->r = zy_reader_over(ZY_BYTES(in->bytes, in->len));
	return in;
}

static void item_refused(const char *hex, enum zy_code want)
{
	struct input in;
	struct zy_bytes v;

	REFUSED(zy_cbor_item(&from_hex(&in, hex)->r, "item", &v, &err), want);
	assert_int_equal(zy_reader_offset(&in.r), 0);
}

/* RFC 8949 appendix A: the rows that fall in our profile */
static const struct {
	const char *hex;
	int64_t value;
} integers[] = { { "00", 0 }, { "01", 1 }, { "0a", 10 }, { "17", 23 }, { "1818", 24 }, { "1819", 25 }, { "1864", 100 },
	{ "1903e8", 1000 }, { "1a000f4240", 1000000 }, { "1b000000e8d4a51000", 1000000000000 },
	{ "1b7fffffffffffffff", INT64_MAX }, { "20", -1 }, { "29", -10 }, { "3863", -100 }, { "3903e7", -1000 },
	{ "3b7fffffffffffffff", INT64_MIN } };

static void integers_of_appendix_a(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		ZY_BUF_AUTO b = { 0 };
		struct input in;
		int64_t v;

		MUST(zy_cbor_int(&from_hex(&in, integers[i].hex)->r, "n", &v, &err));
		MUST(zy_reader_end(&in.r, "n", &err));
		assert_true(v == integers[i].value);
		zy_cbor_put_int(&b, v);
		assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(in.bytes, in.len)));
	}
}

static void unsigned_integers_go_up_to_64_bits_and_to_their_limit(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct input in;
	uint64_t v;
	int64_t n;

	(void)state;
	MUST(zy_cbor_uint(&from_hex(&in, "1bffffffffffffffff")->r, UINT64_MAX, "n", &v, &err));
	assert_true(v == UINT64_MAX);
	zy_cbor_put_uint(&b, v);
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(in.bytes, in.len)));
	REFUSED(zy_cbor_uint(&from_hex(&in, "1bffffffffffffffff")->r, UINT64_MAX - 1, "n", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_int(&from_hex(&in, "1b8000000000000000")->r, "n", &n, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_int(&from_hex(&in, "3bffffffffffffffff")->r, "n", &n, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_uint(&from_hex(&in, "20")->r, 9, "n", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_uint(&from_hex(&in, "0a")->r, 9, "n", &v, &err), ZY_E_CBOR);
	assert_int_equal(zy_reader_offset(&in.r), 0);
}

static void strings_of_appendix_a(void **state)
{
	static const struct {
		const char *hex, *text;
	} texts[] = { { "60", "" }, { "6161", "a" }, { "6449455446", "IETF" }, { "62225c", "\"\\" }, { "62c3bc", "ü" },
		{ "63e6b0b4", "水" }, { "64f0908591", "\xf0\x90\x85\x91" } };
	struct input in;
	struct zy_bytes v;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ZY_BUF_AUTO b = { 0 };

		MUST(zy_cbor_tstr(&from_hex(&in, texts[i].hex)->r, 4, "t", &v, &err));
		assert_true(zy_bytes_equal(v, zy_str(texts[i].text)));
		zy_cbor_put_text(&b, texts[i].text);
		assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(in.bytes, in.len)));
	}
	MUST(zy_cbor_bstr(&from_hex(&in, "40")->r, 0, "b", &v, &err));
	assert_int_equal(v.len, 0);
	MUST(zy_cbor_bstr(&from_hex(&in, "4401020304")->r, 4, "b", &v, &err));
	assert_true(zy_bytes_equal(v, ZY_LITERAL("\1\2\3\4")));
}

static void strings_keep_their_kind_and_limit(void **state)
{
	struct input in;
	struct zy_bytes v;

	(void)state;
	REFUSED(zy_cbor_bstr(&from_hex(&in, "4401020304")->r, 3, "b", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_bstr_exact(&from_hex(&in, "4401020304")->r, 5, "b", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_bstr_exact(&from_hex(&in, "4401020304")->r, 3, "b", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_bstr(&from_hex(&in, "44010203")->r, 4, "b", &v, &err), ZY_E_TRUNCATED);
	REFUSED(zy_cbor_bstr(&from_hex(&in, "6161")->r, 4, "b", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_tstr(&from_hex(&in, "4161")->r, 4, "b", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_bstr(&from_hex(&in, "5bffffffffffffffff")->r, SIZE_MAX, "b", &v, &err), ZY_E_TRUNCATED);
	from_hex(&in, "826161636161ff");
	MUST(zy_cbor_array_exact(&in.r, 2, "a", &err));
	MUST(zy_cbor_tstr(&in.r, 9, "a", &v, &err));
	REFUSED_AT(zy_cbor_tstr(&in.r, 9, "a", &v, &err), ZY_E_UTF8, 6);
	assert_int_equal(zy_reader_offset(&in.r), 3);
}

static void whole_items_of_appendix_a(void **state)
{
	static const char *const items[] = { "00", "3863", "f4", "f5", "f6", "40", "6449455446", "80", "83010203",
		"8301820203820405", "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304",
		"a26161016162820203", "826161a161626163", "a56161614161626142616361436164614461656145" };
	struct input in;
	struct zy_bytes v;

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		MUST(zy_cbor_item(&from_hex(&in, items[i])->r, "item", &v, &err));
		assert_int_equal(v.len, in.len);
		assert_ptr_equal(v.p, in.bytes);
	}
}

static void what_appendix_a_has_outside_the_profile_is_refused(void **state)
{
	static const char *const items[] = { "f7", "f0", "f8ff", "f90000", "f93c00", "f97c00", "f97e00", "fa47c35000",
		"fb3ff199999999999a", "c11a514b67b0", "c249010000000000000000", "d74401020304", "d818456449455446",
		"5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff",
		"83018202039f0405ff", "bf61610161629f0203ffff", "bf6346756ef563416d7421ff" };

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		item_refused(items[i], ZY_E_CBOR);
}

/* RFC 8949 4.2.1 */
static void only_the_shortest_form_is_read(void **state)
{
	static const char *const items[] = { "1817", "190018", "1900ff", "1a00000000", "1a0000ffff",
		"1b0000000000000000", "1b00000000ffffffff", "3817", "3900ff", "580101", "59000101", "5a0000000101",
		"5b000000000000000101", "780161", "79000161", "980100", "99000100", "9b000000000000000100", "b8010000",
		"b900010000", "f814", "f815", "1c", "1d", "1e", "1f", "5c", "7e", "9d", "bc", "dc", "ff" };

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		item_refused(items[i], ZY_E_CBOR);
}

static void map_keys_ascend_and_are_not_repeated(void **state)
{
	struct input in;
	struct zy_bytes v;

	(void)state;
	item_refused("a203040102", ZY_E_CBOR);
	item_refused("a201020103", ZY_E_CBOR);
	item_refused("a2616201616101", ZY_E_CBOR);
	item_refused("a262616101616201", ZY_E_CBOR);
	/* bytewise: 10, 100, -1, "z", "aa", [100], [-1], false (RFC 8949 4.2.1's own example) */
	MUST(zy_cbor_item(&from_hex(&in, "a80a0018640020"
					 "00617a00626161008118640081"
					 "2000f400")
			       ->r,
	    "item", &v, &err));
	assert_true(zy_cbor_key_after(ZY_LITERAL("\x0a"), ZY_LITERAL("\x18\x64")));
	assert_false(zy_cbor_key_after(ZY_LITERAL("\x0a"), ZY_LITERAL("\x0a")));
	assert_true(zy_cbor_key_after(ZY_LITERAL("\x0a"), ZY_LITERAL("\x0a\x01")));
	assert_false(zy_cbor_key_after(ZY_LITERAL("\x0a\x01"), ZY_LITERAL("\x0a")));
}

static void nesting_has_a_floor(void **state)
{
	static const char *const heads[] = { "81", "a100" };
	char hex[4 * ZY_CBOR_DEPTH_MAX + 8];
	struct input in;
	struct zy_bytes v;

	(void)state;
	for (size_t k = 0; k < 2; k++)
		for (int depth = 1; depth <= ZY_CBOR_DEPTH_MAX + 1; depth++) {
			hex[0] = 0;
			for (int i = 1; i < depth; i++)
				strcat(hex, heads[k]);
			strcat(hex, "00");
			if (depth <= ZY_CBOR_DEPTH_MAX)
				MUST(zy_cbor_item(&from_hex(&in, hex)->r, "item", &v, &err));
			else
				item_refused(hex, ZY_E_CBOR);
		}
}

static void a_count_that_cannot_be_true_is_refused_at_once(void **state)
{
	struct input in;
	size_t num;

	(void)state;
	item_refused("9bffffffffffffffff", ZY_E_CBOR);
	item_refused("bb7fffffffffffffff0000", ZY_E_CBOR);
	item_refused("8200", ZY_E_CBOR);
	REFUSED(zy_cbor_array(&from_hex(&in, "83000000")->r, 2, "a", &num, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_array_exact(&from_hex(&in, "83000000")->r, 4, "a", &err), ZY_E_CBOR);
	REFUSED(zy_cbor_array_exact(&from_hex(&in, "a10000")->r, 1, "a", &err), ZY_E_CBOR);
	REFUSED(zy_cbor_map(&from_hex(&in, "a200000100")->r, 1, "m", &num, &err), ZY_E_CBOR);
	MUST(zy_cbor_map(&from_hex(&in, "a200000100")->r, 2, "m", &num, &err));
	assert_int_equal(num, 2);
}

static void simple_values_are_three(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct input in;
	bool v = false;

	(void)state;
	MUST(zy_cbor_bool(&from_hex(&in, "f5")->r, "b", &v, &err));
	assert_true(v);
	MUST(zy_cbor_bool(&from_hex(&in, "f4")->r, "b", &v, &err));
	assert_false(v);
	REFUSED(zy_cbor_bool(&from_hex(&in, "f6")->r, "b", &v, &err), ZY_E_CBOR);
	REFUSED(zy_cbor_bool(&from_hex(&in, "01")->r, "b", &v, &err), ZY_E_CBOR);
	assert_true(zy_cbor_next_is_null(&from_hex(&in, "f6")->r));
	MUST(zy_cbor_null(&in.r, "n", &err));
	REFUSED(zy_cbor_null(&in.r, "n", &err), ZY_E_TRUNCATED);
	assert_false(zy_cbor_next_is_null(&in.r));
	REFUSED(zy_cbor_null(&from_hex(&in, "f4")->r, "n", &err), ZY_E_CBOR);
	zy_cbor_put_bool(&b, true);
	zy_cbor_put_bool(&b, false);
	zy_cbor_put_null(&b);
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL("\xf5\xf4\xf6")));
}

static void the_next_kind_can_be_asked(void **state)
{
	static const char *const heads[] = { "00", "20", "40", "60", "80", "a0", "c0", "f6" };
	enum zy_cbor_type type;
	struct input in;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		assert_true(zy_cbor_peek(&from_hex(&in, heads[i])->r, &type));
		assert_int_equal(type, i);
	}
	assert_false(zy_cbor_peek(&from_hex(&in, "")->r, &type));
	item_refused("", ZY_E_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_of_appendix_a),
		cmocka_unit_test(unsigned_integers_go_up_to_64_bits_and_to_their_limit),
		cmocka_unit_test(strings_of_appendix_a),
		cmocka_unit_test(strings_keep_their_kind_and_limit),
		cmocka_unit_test(whole_items_of_appendix_a),
		cmocka_unit_test(what_appendix_a_has_outside_the_profile_is_refused),
		cmocka_unit_test(only_the_shortest_form_is_read),
		cmocka_unit_test(map_keys_ascend_and_are_not_repeated),
		cmocka_unit_test(nesting_has_a_floor),
		cmocka_unit_test(a_count_that_cannot_be_true_is_refused_at_once),
		cmocka_unit_test(simple_values_are_three),
		cmocka_unit_test(the_next_kind_can_be_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
