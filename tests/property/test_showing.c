/* CBOR items, showing codes and wallet files: round trip, cut at each length, each bit flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "expect.h"
#include "showing_made.h"
#include "zy/wallet.h"

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static uint64_t seed(void)
{
	const char *given = getenv("ZY_TEST_SEED");
	uint64_t s = given == NULL ? 20260301 : strtoull(given, NULL, 0);

	print_message("ZY_TEST_SEED=%llu\n", (unsigned long long)s);
	return s | 1;
}

/* Reads the whole input and writes it again; false with the error when it is refused. */
typedef bool again_fn(struct zy_bytes in, struct zy_buf *out, struct zy_error *err);

static bool item_again(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes v;

	if (!zy_cbor_item(&r, "item", &v, err) || !zy_reader_end(&r, "item", err))
		return false;
	zy_buf_put(out, v);
	return true;
}

static bool showing_again(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO fields = { 0 };
	ZY_BUF_AUTO session = { 0 };
	struct zy_showing s;

	if (!zy_showing_parse(&s, in, err))
		return false;
	zy_showing_fields_encode(s.fields, s.num_fields, &fields);
	zy_session_encode(&s.session, &session);
	zy_showing_encode(s.credential.cose.whole, zy_buf_bytes(&fields), s.siblings, s.staple_cbor,
	    zy_buf_bytes(&session), s.rs, out);
	return true;
}

static bool wallet_again(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_wallet w;

	return zy_wallet_parse(&w, in, &a, err) && zy_wallet_encode(&w, out, err);
}

static bool judge(again_fn *again, struct zy_bytes in)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	if (!again(in, &out, &err)) {
		assert_int_not_equal(err.code, ZY_OK);
		assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
		return false;
	}
	assert_true(zy_bytes_equal(in, zy_buf_bytes(&out)));
	return true;
}

static void judge_changes(again_fn *again, struct zy_buf *b)
{
	assert_true(judge(again, zy_buf_bytes(b)));
	for (size_t len = 0; len < b->len; len++)
		assert_false(judge(again, ZY_BYTES(b->p, len)));
	for (size_t bit = 0; bit < 8 * b->len; bit++) {
		b->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		judge(again, zy_buf_bytes(b));
		b->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	zy_buf_put_u8(b, 0);
	assert_false(judge(again, zy_buf_bytes(b)));
}

/* A random item of at most that depth; map keys are ascending integers. */
static void put_random(struct zy_buf *b, uint64_t *s, unsigned depth)
{
	static const char *const texts[] = { "", "a", "证照", "😀", "a text of more than twenty-three bytes" };
	const uint64_t pick = next_random(s) % (depth > 1 ? 7 : 5), v = next_random(s) >> next_random(s) % 64;
	size_t num = next_random(s) % 5;

	switch (pick) {
	case 0:
		zy_cbor_put_uint(b, v);
		return;
	case 1:
		zy_cbor_put_int(b, -(int64_t)(v >> 1));
		return;
	case 2:
		zy_cbor_put_text(b, texts[num]);
		return;
	case 3:
		zy_cbor_put_bstr(b, zy_str(texts[num]));
		return;
	case 4:
		if (num == 0)
			zy_cbor_put_null(b);
		else
			zy_cbor_put_bool(b, num % 2 == 0);
		return;
	case 5:
		zy_cbor_put_array(b, num);
		for (size_t i = 0; i < num; i++)
			put_random(b, s, depth - 1);
		return;
	default:
		zy_cbor_put_map(b, num);
		for (size_t i = 0; i < num; i++) {
			zy_cbor_put_uint(b, 20 * i);
			put_random(b, s, depth - 1);
		}
	}
}

static void cbor_items_keep_their_bytes(void **state)
{
	uint64_t s = seed();

	(void)state;
	for (int round = 0; round < 200; round++) {
		ZY_BUF_AUTO b = { .cap = 4096 };

		put_random(&b, &s, 4);
		if (!b.failed)
			judge_changes(item_again, &b);
	}
}

static struct made_showing random_showing(uint64_t *s)
{
	static const unsigned sizes[] = { 8, 16, 32 };
	struct made_showing m = made_sample((enum zy_suite)(next_random(s) % 2), (enum zy_suite)(next_random(s) % 2));

	for (size_t num = next_random(s) % 4; num > 0; num--)
		made_number(&m, (unsigned)(next_random(s) % 10000), (int64_t)next_random(s));
	m.n = sizes[next_random(s) % 3];
	m.shown = (uint32_t)(1 + next_random(s) % (((uint64_t)1 << m.num_fields) - 1));
	m.session.iat = (zy_time)(next_random(s) % 253402300800);
	made_all(&m);
	return m;
}

static void showing_codes_keep_their_bytes(void **state)
{
	uint64_t s = seed();

	(void)state;
	for (int round = 0; round < 8; round++) {
		struct made_showing m = random_showing(&s);
		ZY_BUF_AUTO bytes = { 0 };

		MUST(zy_showing_decode(zy_buf_bytes(&m.text), &bytes, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&bytes), zy_buf_bytes(&m.bytes)));
		judge_changes(showing_again, &bytes);
		made_free(&m);
	}
}

static void wallet_files_keep_their_bytes(void **state)
{
	uint64_t s = seed();

	(void)state;
	for (int round = 0; round < 4; round++) {
		struct made_showing m = random_showing(&s);
		struct zy_wallet w = { .licence = "1.2.156.3005.2.11100000MB0143028R001.11990100MB99000131.1.001.0",
			.key = "pkcs11:token=soft;object=device-1",
			.suite = m.credential.holder_suite,
			.credential = zy_buf_bytes(&m.cose),
			.num_fields = m.num_fields,
			.n = m.n };
		char keys[MADE_FIELDS_MAX][32];
		ZY_BUF_AUTO bytes = { 0 };

		for (size_t i = 0; i < m.num_fields; i++) {
			snprintf(keys[i], sizeof(keys[i]), "field_%zu", i);
			w.fields[i] = (struct zy_wallet_field){ keys[i], zy_buf_bytes(&m.fields[i]) };
		}
		memcpy(w.leaves, m.leaves, sizeof(w.leaves));
		MUST(zy_wallet_encode(&w, &bytes, &err));
		judge_changes(wallet_again, &bytes);
		made_free(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cbor_items_keep_their_bytes),
		cmocka_unit_test(showing_codes_keep_their_bytes),
		cmocka_unit_test(wallet_files_keep_their_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
