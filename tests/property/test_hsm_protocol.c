/* Requests of the signer's protocol: round trip of random ones, cut at each length, each bit flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "hsm/protocol.h"

static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static int seed(void **state)
{
	const char *text = getenv("ZY_TEST_SEED");

	(void)state;
	random_state = text == NULL ? 20260301 : strtoull(text, NULL, 10) | 1;
	printf("ZY_TEST_SEED=%llu\n", (unsigned long long)random_state);
	return 0;
}

static struct zy_bytes random_bytes(uint8_t *room, size_t least, size_t most, bool text)
{
	size_t len = least + next_random() % (most - least + 1);

	for (size_t i = 0; i < len; i++)
		room[i] = (uint8_t)(text ? 'a' + next_random() % 26 : next_random());
	return ZY_BYTES(room, len);
}

/* Into the second half of the room. */
static void put_signings(struct zy_hsm_request *q, uint8_t room[1024])
{
	ZY_BUF_AUTO b = { 0 };

	q->num = 1 + next_random() % 3;
	for (size_t i = 0; i < q->num; i++) {
		const struct zy_hsm_request one = { .key = random_bytes(room, 1, 50, true),
			.uses = 1u << next_random() % 8,
			.esID = random_bytes(room + 100, 0, 20, true),
			.item_code = random_bytes(room + 200, 0, 20, true),
			.message = random_bytes(room + 300, 0, 50, false) };

		zy_hsm_signing_put(&b, &one);
	}
	assert_true(b.len <= 512);
	memcpy(room + 512, b.p, b.len);
	q->signings = ZY_BYTES(room + 512, b.len);
}

static struct zy_hsm_request random_request(uint8_t room[1024])
{
	struct zy_hsm_request q = { .op = (enum zy_hsm_op)(next_random() % ZY_NUM_OPS) };

	if (q.op != ZY_OP_PING && q.op != ZY_OP_LIST && q.op != ZY_OP_SIGN && q.op != ZY_OP_IN_FORCE &&
	    q.op != ZY_OP_APPROVE)
		q.key = random_bytes(room, 1, 100, true);
	if (q.op == ZY_OP_SIGN)
		put_signings(&q, room);
	if (q.op == ZY_OP_GENERATE) {
		q.uses = ((unsigned)next_random() & ZY_USE_ALL) | 1;
		q.kind = (enum zy_key_kind)(next_random() % 3);
	}
	if (q.op == ZY_OP_WRAP || q.op == ZY_OP_UNWRAP)
		q.aad = random_bytes(room + 300, 0, 100, false);
	if (q.op == ZY_OP_LIFE) {
		q.event = (enum zy_key_event)(next_random() % ZY_NUM_KEY_EVENTS);
		q.at = (zy_time)(next_random() >> 1);
		q.overlap_s = next_random() % (ZY_KEY_OVERLAP_MAX_S + 1);
	}
	if (q.op == ZY_OP_WRAP || q.op == ZY_OP_UNWRAP || q.op == ZY_OP_CSR || q.op == ZY_OP_APPROVE)
		q.message = random_bytes(room + 400, 0, 600, false);
	if (q.op == ZY_OP_BENCH)
		q.seconds = 1 + (unsigned)(next_random() % ZY_HSM_BENCH_S_MAX);
	return q;
}

static void same(const struct zy_hsm_request *a, const struct zy_hsm_request *b)
{
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->uses, b->uses);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->seconds, b->seconds);
	assert_true(zy_bytes_equal(a->key, b->key) && zy_bytes_equal(a->message, b->message));
	assert_true(zy_bytes_equal(a->aad, b->aad) && zy_bytes_equal(a->signings, b->signings));
	assert_int_equal(a->num, b->num);
}

static void what_was_encoded_is_parsed_to_the_same(void **state)
{
	uint8_t room[1024];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct zy_hsm_request q = random_request(room), r;
		struct zy_error err = { 0 };
		ZY_BUF_AUTO b = { 0 };

		zy_hsm_request_encode(&q, &b);
		assert_true(zy_hsm_request_parse(&r, zy_buf_bytes(&b), &err));
		same(&q, &r);
	}
}

static void every_cut_is_refused_with_a_place(void **state)
{
	uint8_t room[1024];

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct zy_hsm_request q = random_request(room), r;
		ZY_BUF_AUTO b = { 0 };

		zy_hsm_request_encode(&q, &b);
		for (size_t len = 0; len < b.len; len++) {
			struct zy_error err = { 0 };

			assert_false(zy_hsm_request_parse(&r, ZY_BYTES(b.p, len), &err));
			assert_true(err.code != ZY_OK && err.offset <= len);
		}
	}
}

/* A flipped bit gives another request or none, never the same one. */
static void every_flipped_bit_shows(void **state)
{
	uint8_t room[1024];

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct zy_hsm_request q = random_request(room), r;
		ZY_BUF_AUTO b = { 0 };

		zy_hsm_request_encode(&q, &b);
		for (size_t bit = 0; bit < b.len * 8; bit++) {
			struct zy_error err = { 0 };
			ZY_BUF_AUTO again = { 0 };

			b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (zy_hsm_request_parse(&r, zy_buf_bytes(&b), &err)) {
				zy_hsm_request_encode(&r, &again);
				assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
			} else {
				assert_true(err.code != ZY_OK && err.offset <= b.len);
			}
			b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_encoded_is_parsed_to_the_same),
		cmocka_unit_test(every_cut_is_refused_with_a_place),
		cmocka_unit_test(every_flipped_bit_shows),
	};
	return cmocka_run_group_tests(tests, seed, NULL);
}
