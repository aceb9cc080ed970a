#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "verify_keys.h"

#define ALL_PURPOSES (ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TRUST)

struct bundle {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
	struct zy_buf payload, file;
};

/* Signed by SUITE-SIGNER; both values are by the leaf keys. */
static void make(struct bundle *b, unsigned purposes, const char *signer)
{
	struct zy_error err = { 0 };
	struct zy_bytes certs[2];
	uint8_t rs[2][64];
	char name[32];

	*b = (struct bundle){ 0 };
	assert_true(zy_keys_open(&b->keys, &err));
	b->trust = verify_trust(&b->a, purposes);
	if (!zy_trust_encode(&b->trust, &b->payload, &err))
		fail_msg("%s: %s", err.field, err.msg);
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO input = { 0 };

		snprintf(name, sizeof(name), "%s-%s", zy_suite_name(s), signer);
		certs[s] = verify_cert(&b->a, name);
		assert_true(zy_trust_jws_input(s, certs[s], zy_buf_bytes(&b->payload), &input, &err));
		verify_sign(s, zy_buf_bytes(&input), rs[s]);
	}
	assert_true(zy_trust_jws_encode(zy_buf_bytes(&b->payload), certs, (const uint8_t(*)[64])rs, &b->file, &err));
}

static void done(struct bundle *b)
{
	zy_keys_close(b->keys);
	zy_buf_free(&b->payload);
	zy_buf_free(&b->file);
	zy_arena_free(&b->a);
}

/* Opens it and expects a refusal that says `why`; NULL: it opens. */
static void expect(struct bundle *b, const uint8_t *pin, zy_time at, const char *why)
{
	struct zy_trust t;
	struct zy_error err = { 0 };
	bool ok = zy_trust_open(&t, zy_buf_bytes(&b->file), pin, at, b->keys, &b->a, &err);

	if (why == NULL && !ok)
		fail_msg("%s: %s", err.field, err.msg);
	if (why == NULL)
		return;
	assert_false(ok);
	assert_int_equal(err.code, ZY_E_TRUST);
	if (strstr(err.msg, why) == NULL)
		fail_msg("it says: %s", err.msg);
	assert_int_equal(ERR_peek_error(), 0);
}

static void a_whole_bundle_opens_with_and_without_its_pin(void **state)
{
	struct bundle b;
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];

	(void)state;
	make(&b, ALL_PURPOSES, "leaf");
	assert_true(zy_trust_pin(&b.trust, pin, &err));
	expect(&b, NULL, VERIFY_AT, NULL);
	expect(&b, pin, VERIFY_AT, NULL);
	pin[31] ^= 1;
	expect(&b, pin, VERIFY_AT, "not those that were pinned");
	done(&b);
}

static void it_serves_a_week_after_its_next_update_and_no_longer(void **state)
{
	struct bundle b;

	(void)state;
	make(&b, ALL_PURPOSES, "leaf");
	expect(&b, NULL, VERIFY_AT + 37 * 86400, NULL);
	expect(&b, NULL, VERIFY_AT + 37 * 86400 + 1, "too old");
	expect(&b, NULL, VERIFY_AT - 300 * 86400, NULL); /* today's knowledge about the past */
	done(&b);
}

static void its_signers_must_be_vouched_for_as_trust_signers(void **state)
{
	struct bundle b;

	(void)state;
	make(&b, ALL_PURPOSES & ~(unsigned)ZY_PURPOSE_TRUST, "leaf");
	expect(&b, NULL, VERIFY_AT, "not vouched for");
	done(&b);
	make(&b, ALL_PURPOSES, "stranger"); /* another key: the value cannot be by it */
	expect(&b, NULL, VERIFY_AT, "does not verify");
	done(&b);
}

static void another_payload_under_the_same_signatures_is_refused(void **state)
{
	struct bundle b, other;
	struct zy_error err = { 0 };
	struct zy_trust_jws jws;
	struct zy_bytes certs[2];
	uint8_t rs[2][64];

	(void)state;
	make(&b, ALL_PURPOSES, "leaf");
	make(&other, ALL_PURPOSES | ZY_PURPOSE_CREDENTIAL, "leaf");
	assert_true(zy_trust_jws_parse(&jws, zy_buf_bytes(&b.file), &b.a, &err));
	for (size_t i = 0; i < 2; i++) {
		certs[i] = jws.signatures[i].cert;
		memcpy(rs[i], jws.signatures[i].rs, 64);
	}
	zy_buf_free(&b.file);
	assert_true(zy_trust_jws_encode(zy_buf_bytes(&other.payload), certs, (const uint8_t(*)[64])rs, &b.file, &err));
	expect(&b, NULL, VERIFY_AT, "does not verify");
	done(&b);
	done(&other);
}

static void no_changed_byte_opens(void **state)
{
	struct bundle b;
	struct zy_trust t;

	(void)state;
	make(&b, ALL_PURPOSES, "leaf");
	for (size_t i = 0; i < b.file.len; i += 11) {
		struct zy_error err = { 0 };

		b.file.p[i] ^= 1;
		assert_false(zy_trust_open(&t, zy_buf_bytes(&b.file), NULL, VERIFY_AT, b.keys, &b.a, &err));
		assert_int_equal(zy_code_exit(err.code), 65);
		b.file.p[i] ^= 1;
	}
	expect(&b, NULL, VERIFY_AT, NULL);
	done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_bundle_opens_with_and_without_its_pin),
		cmocka_unit_test(it_serves_a_week_after_its_next_update_and_no_longer),
		cmocka_unit_test(its_signers_must_be_vouched_for_as_trust_signers),
		cmocka_unit_test(another_payload_under_the_same_signatures_is_refused),
		cmocka_unit_test(no_changed_byte_opens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
