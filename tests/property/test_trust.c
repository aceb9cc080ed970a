/* Envelope and payload of the trust bundle: cut at each length, each bit flipped; what is accepted writes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "trust_sample.h"

static bool payload_keeps(struct zy_bytes in, bool *accepted)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_trust t;

	*accepted = zy_trust_parse(&t, in, &a, &err);
	if (!*accepted)
		return err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= in.len);
	return zy_trust_encode(&t, &again, &err) && zy_bytes_equal(zy_buf_bytes(&again), in);
}

static bool envelope_keeps(struct zy_bytes in, bool *accepted)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_trust_jws j;

	*accepted = zy_trust_jws_parse(&j, in, &a, &err);
	if (!*accepted)
		return err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= in.len);

	const struct zy_bytes certs[2] = { j.signatures[0].cert, j.signatures[1].cert };
	uint8_t rs[2][64];

	memcpy(rs[0], j.signatures[0].rs, 64);
	memcpy(rs[1], j.signatures[1].rs, 64);
	return zy_trust_jws_encode(j.payload, certs, (const uint8_t(*)[64])rs, &again, &err) &&
	       zy_bytes_equal(zy_buf_bytes(&again), in);
}

static void make(struct zy_buf *payload, struct zy_buf *envelope)
{
	const struct zy_trust t = zy_trust_sample();
	const struct zy_bytes certs[2] = { ZY_LITERAL("certificate gm"), ZY_LITERAL("certificate intl") };
	static const uint8_t rs[2][64] = { { 1, 2, 3 }, { 4, 5, 6 } };
	struct zy_error err = { 0 };

	assert_true(zy_trust_encode(&t, payload, &err));
	assert_true(zy_trust_jws_encode(zy_buf_bytes(payload), certs, rs, envelope, &err));
}

static void a_cut_is_refused(void **state)
{
	ZY_BUF_AUTO payload = { 0 }, envelope = { 0 };
	bool accepted;

	(void)state;
	make(&payload, &envelope);
	for (size_t len = 0; len < payload.len; len++)
		assert_true(payload_keeps(ZY_BYTES(payload.p, len), &accepted) && !accepted);
	for (size_t len = 0; len < envelope.len; len++)
		assert_true(envelope_keeps(ZY_BYTES(envelope.p, len), &accepted) && !accepted);
	assert_true(payload_keeps(zy_buf_bytes(&payload), &accepted) && accepted);
	assert_true(envelope_keeps(zy_buf_bytes(&envelope), &accepted) && accepted);
}

static void a_flipped_bit_is_refused_or_kept_as_it_is(void **state)
{
	ZY_BUF_AUTO payload = { 0 }, envelope = { 0 };
	bool accepted;

	(void)state;
	make(&payload, &envelope);
	for (size_t bit = 0; bit < 8 * payload.len; bit++) {
		payload.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(payload_keeps(zy_buf_bytes(&payload), &accepted));
		payload.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * envelope.len; bit++) {
		envelope.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(envelope_keeps(zy_buf_bytes(&envelope), &accepted));
		envelope.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_kept_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
