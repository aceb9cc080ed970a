#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/evp.h>

#include "expect.h"
#include "verify_keys.h"
#include "zy/log_judge.h"

#define ORIGIN "log.example/yunze"
#define DAY 86400

enum { OF_P256, OF_SM2, OF_ED25519, NUM };

/* A log of one key, and three witnesses, one of each kind. */
struct log {
	struct zy_arena a;
	struct zy_keys *keys;
	EVP_PKEY *ed25519;
	struct zy_note_key log, witnesses[NUM];
	struct zy_trust_note_key logs[1];
	struct zy_trust_note_key known[NUM + 1];
	struct zy_trust trust;
};

static struct log made;

static const char *text_of(const struct zy_note_key *k)
{
	ZY_BUF_AUTO text = { 0 };
	const char *s;

	zy_note_key_encode(k, &text);
	assert_non_null(s = zy_arena_text(&made.a, zy_buf_bytes(&text), &(struct zy_error){ 0 }));
	return s;
}

static void point_of(const char *name, struct zy_cert_facts *facts)
{
	MUST(zy_cert_facts(verify_cert(&made.a, name), &made.a, facts, &err));
}

static void make_ed25519(uint8_t point[32])
{
	static const uint8_t seed[32] = { 7 };
	size_t len = 32;

	assert_non_null(made.ed25519 = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32));
	assert_int_equal(EVP_PKEY_get_raw_public_key(made.ed25519, point, &len), 1);
}

static int make(void **state)
{
	struct zy_cert_facts gm, intl;
	uint8_t point[32];

	*state = &made;
	MUST(zy_keys_open(&made.keys, &err));
	point_of("gm-leaf", &gm);
	point_of("intl-leaf", &intl);
	make_ed25519(point);
	MUST(zy_note_key_make(&made.log, ZY_LITERAL(ORIGIN), ZY_NOTE_ECDSA, ZY_BYTES(intl.point, 65), &err));
	MUST(zy_note_key_make(&made.witnesses[OF_P256], ZY_LITERAL("w.example/p256"), ZY_NOTE_ECDSA_COSIGNED,
	    ZY_BYTES(intl.point, 65), &err));
	MUST(zy_note_key_make(
	    &made.witnesses[OF_SM2], ZY_LITERAL("w.example/sm2"), ZY_NOTE_SM2_COSIGNED, ZY_BYTES(gm.point, 65), &err));
	MUST(zy_note_key_make(&made.witnesses[OF_ED25519], ZY_LITERAL("w.example/ed25519"), ZY_NOTE_ED25519_COSIGNED,
	    ZY_BYTES(point, 32), &err));
	made.logs[0].key = text_of(&made.log);
	for (size_t i = 0; i < NUM; i++)
		made.known[i].key = text_of(&made.witnesses[i]);
	made.trust = verify_trust(&made.a, ZY_PURPOSE_DOCUMENT);
	made.trust.logs = made.logs;
	made.trust.num_logs = 1;
	made.trust.witnesses = made.known;
	made.trust.num_witnesses = NUM;
	made.trust.witness_least = 2;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	EVP_PKEY_free(made.ed25519);
	zy_keys_close(made.keys);
	zy_arena_free(&made.a);
	return 0;
}

static void put_body(uint64_t size, struct zy_buf *out)
{
	const struct zy_merkle_head h = { .size = size, .root = { 1, 2, 3 } };

	zy_checkpoint_body_encode(ZY_LITERAL(ORIGIN), &h, out);
}

static void sign_ed25519(struct zy_bytes message, uint8_t sig[64])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t len = 64;

	assert_int_equal(EVP_DigestSignInit(md, NULL, NULL, NULL, made.ed25519), 1);
	assert_int_equal(EVP_DigestSign(md, sig, &len, message.p, message.len), 1);
	EVP_MD_CTX_free(md);
}

/* The line of a key over the tree of that size. */
static void put_line(const struct zy_note_key *k, uint64_t time, uint64_t size, struct zy_buf *out)
{
	struct zy_note_signature s = { zy_str(k->name), k->id, { 0 } };
	ZY_BUF_AUTO body = { 0 }, message = { 0 }, value = { 0 };
	uint8_t sig[64];

	put_body(size, &body);
	zy_note_message(k, time, zy_buf_bytes(&body), &message);
	if (k->kind == ZY_NOTE_ED25519_COSIGNED)
		sign_ed25519(zy_buf_bytes(&message), sig);
	else
		verify_sign(k->kind == ZY_NOTE_SM2_COSIGNED ? ZY_SUITE_GM : ZY_SUITE_INTL, zy_buf_bytes(&message), sig);
	zy_note_value_encode(k, time, sig, &value);
	s.value = zy_buf_bytes(&value);
	zy_note_put_signature(out, &s);
}

/* A checkpoint of nine entries with the log's own line, for others to be added. */
static void put_checkpoint(struct zy_buf *out)
{
	put_body(9, out);
	zy_buf_put_u8(out, '\n');
	put_line(&made.log, 0, 9, out);
}

static void expect(const struct zy_trust *trust, const struct zy_buf *note, enum zy_indication want, const char *code)
{
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "checkpoint", VERIFY_AT);
	MUST(zy_judge_file(made.keys, trust, zy_buf_bytes(note), VERIFY_AT, &r, &err));
	assert_int_equal(zy_report_indication(&r), want);
	if (!verify_has(&r, code))
		fail_msg("no %s", code);
}

static void enough_witnesses_of_any_kind_pass(void **state)
{
	(void)state;
	for (size_t left_out = 0; left_out < NUM; left_out++) {
		ZY_BUF_AUTO note = { 0 };

		put_checkpoint(&note);
		for (size_t i = 0; i < NUM; i++)
			if (i != left_out)
				put_line(&made.witnesses[i], VERIFY_AT - 5, 9, &note);
		expect(&made.trust, &note, ZY_TOTAL_PASSED, "log-witnessed");
	}
}

static void too_few_witnesses_leave_it_open(void **state)
{
	ZY_BUF_AUTO none = { 0 }, one = { 0 };

	(void)state;
	put_checkpoint(&none);
	expect(&made.trust, &none, ZY_INDETERMINATE, "log-witness-few");
	put_checkpoint(&one);
	put_line(&made.witnesses[OF_SM2], VERIFY_AT, 9, &one);
	expect(&made.trust, &one, ZY_INDETERMINATE, "log-witness-few");
}

/* Twice the same key, and two keys of one name, are one witness. */
static void a_witness_counts_once(void **state)
{
	struct zy_trust trust = made.trust;
	struct zy_trust_note_key known[2] = { made.known[OF_P256] };
	struct zy_note_key second;
	ZY_BUF_AUTO twice = { 0 }, two_keys = { 0 };

	(void)state;
	put_checkpoint(&twice);
	put_line(&made.witnesses[OF_P256], VERIFY_AT - 9, 9, &twice);
	put_line(&made.witnesses[OF_P256], VERIFY_AT - 5, 9, &twice);
	expect(&made.trust, &twice, ZY_INDETERMINATE, "log-witness-few");

	MUST(zy_note_key_make(&second, ZY_LITERAL("w.example/p256"), ZY_NOTE_SM2_COSIGNED,
	    ZY_BYTES(made.witnesses[OF_SM2].point, 65), &err));
	known[1].key = text_of(&second);
	trust.witnesses = known;
	trust.num_witnesses = 2;
	put_checkpoint(&two_keys);
	put_line(&made.witnesses[OF_P256], VERIFY_AT - 9, 9, &two_keys);
	put_line(&second, VERIFY_AT - 5, 9, &two_keys);
	expect(&trust, &two_keys, ZY_INDETERMINATE, "log-witness-few");
	trust.witness_least = 1;
	expect(&trust, &two_keys, ZY_TOTAL_PASSED, "log-witnessed");
}

static void unknown_witnesses_are_told_and_not_counted(void **state)
{
	struct zy_trust trust = made.trust;
	ZY_BUF_AUTO note = { 0 };

	(void)state;
	trust.num_witnesses = 2; /* the third is a stranger */
	put_checkpoint(&note);
	put_line(&made.witnesses[OF_P256], VERIFY_AT, 9, &note);
	put_line(&made.witnesses[OF_ED25519], VERIFY_AT, 9, &note);
	expect(&trust, &note, ZY_INDETERMINATE, "log-witness-unknown");
	expect(&trust, &note, ZY_INDETERMINATE, "log-witness-few");
	trust.witness_least = 0;
	expect(&trust, &note, ZY_TOTAL_PASSED, "log-witness-unknown");
}

/* Clocks differ by some minutes; more than that is not believed. */
static void a_time_to_come_is_not_counted(void **state)
{
	ZY_BUF_AUTO soon = { 0 }, late = { 0 };

	(void)state;
	put_checkpoint(&soon);
	put_line(&made.witnesses[OF_P256], VERIFY_AT + ZY_WITNESS_AHEAD_S, 9, &soon);
	put_line(&made.witnesses[OF_SM2], VERIFY_AT, 9, &soon);
	expect(&made.trust, &soon, ZY_TOTAL_PASSED, "log-witnessed");
	put_checkpoint(&late);
	put_line(&made.witnesses[OF_P256], VERIFY_AT + ZY_WITNESS_AHEAD_S + 1, 9, &late);
	put_line(&made.witnesses[OF_SM2], VERIFY_AT, 9, &late);
	expect(&made.trust, &late, ZY_INDETERMINATE, "log-witness-early");
}

static void a_key_counts_in_its_days_alone(void **state)
{
	struct zy_trust_note_key known[NUM];
	struct zy_trust trust = made.trust;
	ZY_BUF_AUTO note = { 0 };

	(void)state;
	memcpy(known, made.known, sizeof(known));
	trust.witnesses = known;
	put_checkpoint(&note);
	put_line(&made.witnesses[OF_P256], VERIFY_AT - DAY, 9, &note);
	put_line(&made.witnesses[OF_SM2], VERIFY_AT - DAY, 9, &note);
	known[OF_P256].from = VERIFY_AT - DAY;
	known[OF_P256].until = VERIFY_AT - DAY;
	expect(&trust, &note, ZY_TOTAL_PASSED, "log-witnessed");
	known[OF_P256].from++;
	known[OF_P256].until++;
	expect(&trust, &note, ZY_INDETERMINATE, "log-witness-dates");
	known[OF_P256].from = 0;
	known[OF_P256].until = VERIFY_AT - DAY - 1;
	expect(&trust, &note, ZY_INDETERMINATE, "log-witness-dates");
}

/* A cosignature over another root or size spoils the note, though others are enough. */
static void a_cosignature_of_another_tree_fails(void **state)
{
	for (size_t i = 0; i < NUM; i++) {
		ZY_BUF_AUTO note = { 0 };

		put_checkpoint(&note);
		for (size_t k = 0; k < NUM; k++)
			put_line(&made.witnesses[k], VERIFY_AT, k == i ? 8 : 9, &note);
		expect(&made.trust, &note, ZY_TOTAL_FAILED, "log-witness-signature");
	}
	(void)state;
}

/* A log that names its own key as its witness gains nothing by it. */
static void a_logs_own_line_is_no_witness(void **state)
{
	struct zy_trust trust = made.trust;
	ZY_BUF_AUTO note = { 0 };

	(void)state;
	made.known[NUM].key = made.logs[0].key;
	trust.num_witnesses = NUM + 1;
	trust.witness_least = 1;
	put_checkpoint(&note);
	expect(&trust, &note, ZY_INDETERMINATE, "log-witness-few");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enough_witnesses_of_any_kind_pass),
		cmocka_unit_test(too_few_witnesses_leave_it_open),
		cmocka_unit_test(a_witness_counts_once),
		cmocka_unit_test(unknown_witnesses_are_told_and_not_counted),
		cmocka_unit_test(a_time_to_come_is_not_counted),
		cmocka_unit_test(a_key_counts_in_its_days_alone),
		cmocka_unit_test(a_cosignature_of_another_tree_fails),
		cmocka_unit_test(a_logs_own_line_is_no_witness),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
