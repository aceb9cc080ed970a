#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "verify_keys.h"
#include "zy/log_judge.h"

#define ORIGIN "log.example/yunze"
#define DAY 86400
#define NUM 2

static const struct zy_bytes file = ZY_LITERAL("the octets of a licence");

/* A log and two witnesses; one key serves all of them, under other names. */
struct log {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_note_key log, witnesses[NUM];
	struct zy_trust_note_key logs[1], known[NUM];
	struct zy_trust trust;
};

static struct log made;

static int make(void **state)
{
	static const struct zy_bytes names[NUM] = { ZY_LITERAL("w.example/a"), ZY_LITERAL("w.example/b") };
	struct zy_cert_facts facts;

	*state = &made;
	MUST(zy_keys_open(&made.keys, &err));
	MUST(zy_cert_facts(verify_cert(&made.a, "intl-leaf"), &made.a, &facts, &err));
	MUST(zy_note_key_make(&made.log, ZY_LITERAL(ORIGIN), ZY_NOTE_ECDSA, ZY_BYTES(facts.point, 65), &err));
	made.logs[0].key = verify_note_text(&made.a, &made.log);
	for (size_t i = 0; i < NUM; i++) {
		MUST(zy_note_key_make(
		    &made.witnesses[i], names[i], ZY_NOTE_ECDSA_COSIGNED, ZY_BYTES(facts.point, 65), &err));
		made.known[i].key = verify_note_text(&made.a, &made.witnesses[i]);
	}
	made.trust = verify_trust(&made.a, ZY_PURPOSE_DOCUMENT);
	made.trust.logs = made.logs;
	made.trust.num_logs = 1;
	made.trust.witnesses = made.known;
	made.trust.num_witnesses = NUM;
	made.trust.witness_least = NUM;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	zy_keys_close(made.keys);
	zy_arena_free(&made.a);
	return 0;
}

static void put_line(const struct zy_note_key *k, zy_time time, struct zy_bytes body, struct zy_buf *out)
{
	struct zy_note_signature s = { zy_str(k->name), k->id, { 0 } };
	ZY_BUF_AUTO message = { 0 }, value = { 0 };
	uint8_t sig[64];

	zy_note_message(k, (uint64_t)time, body, &message);
	verify_sign(ZY_SUITE_INTL, zy_buf_bytes(&message), sig);
	zy_note_value_encode(k, (uint64_t)time, sig, &value);
	s.value = zy_buf_bytes(&value);
	zy_note_put_signature(out, &s);
}

/* The file's leaf of that time is the log's only entry; the witnesses sign at their own times. */
static void put_proof(zy_time entry, const zy_time times[NUM], struct zy_buf *out)
{
	struct zy_log_leaf l = { .at = entry, .what = ZY_LITERAL("mint"), .name = ZY_LITERAL("A.B.1"), .number = 1 };
	struct zy_merkle_head head = { .size = 1 };
	ZY_BUF_AUTO leaf = { 0 }, body = { 0 }, note = { 0 };
	uint8_t octets[ZY_LOG_ENTRY_LEN];

	l.num_parts = 1;
	l.parts[0].form = 1;
	MUST(zy_digest(ZY_HASH_SHA256, file, l.parts[0].digest, &err));
	zy_log_leaf_encode(&l, &leaf);
	MUST(zy_log_entry(zy_buf_bytes(&leaf), octets, &err));
	MUST(zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(octets, sizeof(octets)), head.root, &err));
	zy_checkpoint_body_encode(ZY_LITERAL(ORIGIN), &head, &body);
	zy_buf_put(&note, zy_buf_bytes(&body));
	zy_buf_put_u8(&note, '\n');
	put_line(&made.log, 0, zy_buf_bytes(&body), &note);
	for (size_t i = 0; i < NUM; i++)
		put_line(&made.witnesses[i], times[i], zy_buf_bytes(&body), &note);
	zy_log_proof_encode(zy_buf_bytes(&leaf), 0, &(struct zy_merkle_path){ 0 }, zy_buf_bytes(&note), out);
}

/* Since when the file existed by such a proof; ZY_TIME_NEVER: it proves no time. */
static zy_time existed(zy_time entry, zy_time first, zy_time second, bool told_before)
{
	ZY_BUF_AUTO proof = { 0 };
	ZY_REPORT_AUTO r, of_proof;
	zy_time since;

	put_proof(entry, (const zy_time[NUM]){ first, second }, &proof);
	zy_report_start(&r, "ofd", VERIFY_AT);
	MUST(zy_log_existed(made.keys, &made.trust, zy_buf_bytes(&proof), &file, 1, VERIFY_AT, &r, &err));
	since = r.logged;
	zy_report_start(&of_proof, "log-proof", VERIFY_AT);
	MUST(zy_judge_log_proof(made.keys, &made.trust, zy_buf_bytes(&proof), VERIFY_AT, &of_proof, &err));
	assert_int_equal(verify_has(&of_proof, "log-witness-before"), told_before);
	assert_int_equal(zy_report_indication(&of_proof), ZY_TOTAL_PASSED);
	return since;
}

static void a_file_existed_when_the_last_needed_witness_saw_it(void **state)
{
	const zy_time entry = VERIFY_AT - 9 * DAY;

	(void)state;
	assert_int_equal(existed(entry, entry + 5, entry + DAY, false), entry + DAY);
	assert_int_equal(existed(entry, entry + DAY, entry + 5, false), entry + DAY);
}

static void a_witness_whose_clock_is_a_little_behind_makes_nothing_older(void **state)
{
	const zy_time entry = VERIFY_AT - 9 * DAY;

	(void)state;
	assert_int_equal(existed(entry, entry - 60, entry - 20, false), entry);
}

static void a_witness_whose_clock_ran_back_proves_no_time(void **state)
{
	const zy_time entry = VERIFY_AT - 9 * DAY;

	(void)state;
	assert_int_equal(existed(entry, entry - 400 * DAY, entry - 399 * DAY, true), ZY_TIME_NEVER);
	assert_int_equal(existed(entry, entry - DAY, entry + DAY, true), ZY_TIME_NEVER);
}

static void a_log_whose_clock_is_ahead_proves_no_time(void **state)
{
	(void)state;
	assert_int_equal(existed(VERIFY_AT + 100, VERIFY_AT - 5, VERIFY_AT - 5, false), ZY_TIME_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_existed_when_the_last_needed_witness_saw_it),
		cmocka_unit_test(a_witness_whose_clock_is_a_little_behind_makes_nothing_older),
		cmocka_unit_test(a_witness_whose_clock_ran_back_proves_no_time),
		cmocka_unit_test(a_log_whose_clock_is_ahead_proves_no_time),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
