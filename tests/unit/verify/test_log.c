#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "merkle_made.h"
#include "verify_keys.h"
#include "zy/log_judge.h"

#define ORIGIN "log.example/yunze"

/* A log of nine entries with one leaf among them, its keys of both suites, and a trust that names them. */
struct log {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
	struct made_tree tree;
	struct zy_note_key note_keys[2];
	struct zy_trust_note_key logs[2];
	uint8_t file[5];
	struct zy_buf leaf;
};

static struct log made;

static int make(void **state)
{
	static const char *const names[] = { "gm-leaf", "intl-leaf" };
	struct zy_log_leaf leaf = { .at = VERIFY_AT, .what = ZY_LITERAL("mint"), .num_parts = 1 };
	uint8_t entry[ZY_LOG_ENTRY_LEN];

	*state = &made;
	memcpy(made.file, "bytes", 5);
	MUST(zy_keys_open(&made.keys, &err));
	made.trust = verify_trust(&made.a, ZY_PURPOSE_DOCUMENT);
	for (size_t i = 0; i < 2; i++) {
		struct zy_cert_facts facts;
		ZY_BUF_AUTO text = { 0 };

		MUST(zy_cert_facts(verify_cert(&made.a, names[i]), &made.a, &facts, &err));
		MUST(zy_note_key_make(&made.note_keys[i], ZY_LITERAL(ORIGIN), i == 0 ? ZY_NOTE_SM2 : ZY_NOTE_ECDSA,
		    ZY_BYTES(facts.point, 65), &err));
		zy_note_key_encode(&made.note_keys[i], &text);
		assert_non_null(
		    made.logs[i].key = zy_arena_text(&made.a, zy_buf_bytes(&text), &(struct zy_error){ 0 }));
	}
	made.trust.logs = made.logs;
	made.trust.num_logs = 2;
	MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(made.file, 5), leaf.parts[0].digest, &err));
	leaf.parts[0].form = 1;
	zy_log_leaf_encode(&leaf, &made.leaf);
	MUST(zy_log_entry(zy_buf_bytes(&made.leaf), entry, &err));
	made_grow(&made.tree, 4);
	made_append(&made.tree, ZY_BYTES(entry, sizeof(entry)));
	made_grow(&made.tree, 9);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	zy_buf_free(&made.leaf);
	zy_keys_close(made.keys);
	zy_arena_free(&made.a);
	return 0;
}

/* A checkpoint of the tree, signed by the keys in `suites` (bits). */
static void put_checkpoint(const char *origin, unsigned suites, struct zy_buf *out)
{
	struct zy_merkle_head h = made_head(&made.tree, 9);
	ZY_BUF_AUTO body = { 0 };

	zy_checkpoint_body_encode(zy_str(origin), &h, &body);
	zy_buf_put(out, zy_buf_bytes(&body));
	zy_buf_put_u8(out, '\n');
	for (unsigned i = 0; i < 2; i++) {
		ZY_BUF_AUTO value = { 0 };
		struct zy_note_signature s = { zy_str(made.note_keys[i].name), made.note_keys[i].id, { 0 } };
		uint8_t rs[64];

		if ((suites >> i & 1) == 0)
			continue;
		verify_sign((enum zy_suite)i, zy_buf_bytes(&body), rs);
		zy_note_value_encode(&made.note_keys[i], 0, rs, &value);
		s.value = zy_buf_bytes(&value);
		zy_note_put_signature(out, &s);
	}
}

static void put_proof_by(uint64_t index, unsigned suites, struct zy_buf *out)
{
	const struct zy_merkle m = { made_get, &made.tree };
	struct zy_merkle_path path;
	ZY_BUF_AUTO checkpoint = { 0 };

	put_checkpoint(ORIGIN, suites, &checkpoint);
	MUST(zy_merkle_prove_inclusion(&m, index, 9, &path, &err));
	zy_log_proof_encode(zy_buf_bytes(&made.leaf), index, &path, zy_buf_bytes(&checkpoint), out);
}

static void put_proof(uint64_t index, struct zy_buf *out)
{
	put_proof_by(index, 3, out);
}

static void expect_checkpoint(
    const struct zy_trust *trust, const struct zy_buf *note, enum zy_indication want, const char *code)
{
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "checkpoint", VERIFY_AT);
	MUST(zy_judge_file(made.keys, trust, zy_buf_bytes(note), VERIFY_AT, &r, &err));
	assert_string_equal(r.format, "checkpoint");
	assert_int_equal(zy_report_indication(&r), want);
	assert_true(code == NULL || verify_has(&r, code));
}

static void a_checkpoint_of_a_known_log_passes_with_either_key(void **state)
{
	(void)state;
	for (unsigned suites = 1; suites < 4; suites++) {
		ZY_BUF_AUTO note = { 0 };

		put_checkpoint(ORIGIN, suites, &note);
		expect_checkpoint(&made.trust, &note, ZY_TOTAL_PASSED, NULL);
		note.p[strlen(ORIGIN) + 1] = '8'; /* the size */
		expect_checkpoint(&made.trust, &note, ZY_TOTAL_FAILED, "log-signature");
		expect_checkpoint(NULL, &note, ZY_INDETERMINATE, "trust-absent");
	}
}

static void an_unknown_log_and_an_unsigned_checkpoint_do_not_pass(void **state)
{
	ZY_BUF_AUTO other = { 0 }, unsigned_note = { 0 };

	(void)state;
	put_checkpoint("log.example/other", 3, &other);
	expect_checkpoint(&made.trust, &other, ZY_INDETERMINATE, "log-unknown");
	put_checkpoint(ORIGIN, 0, &unsigned_note);
	zy_buf_put_str(&unsigned_note, "— stranger.example AAAAAAA=\n");
	expect_checkpoint(&made.trust, &unsigned_note, ZY_TOTAL_FAILED, "log-unsigned");
}

/* Lines of unknown keys are passed over; one bad line of a known key spoils the note. */
static void strangers_are_passed_over_and_a_bad_line_is_not(void **state)
{
	ZY_BUF_AUTO note = { 0 }, bad = { 0 };
	struct zy_note_signature s = { ZY_LITERAL(ORIGIN), made.note_keys[0].id, ZY_LITERAL("0123") };

	(void)state;
	put_checkpoint(ORIGIN, 2, &note);
	put_checkpoint(ORIGIN, 2, &bad);
	zy_buf_put_str(&note, "— stranger.example AAAAAAA=\n");
	expect_checkpoint(&made.trust, &note, ZY_TOTAL_PASSED, NULL);
	zy_note_put_signature(&bad, &s);
	expect_checkpoint(&made.trust, &bad, ZY_TOTAL_FAILED, "log-signature");
}

/* A bundle from before a rotation: it must be fetched again, and nothing is said against the log. */
static void keys_that_the_bundle_does_not_name_leave_it_open(void **state)
{
	struct zy_trust before = made.trust;
	ZY_BUF_AUTO note = { 0 };

	(void)state;
	before.num_logs = 1;
	put_checkpoint(ORIGIN, 2, &note);
	expect_checkpoint(&before, &note, ZY_INDETERMINATE, "log-key-unknown");
}

/* The leaf of the proof is of VERIFY_AT, as is the time judged. */
static void expect_dates(
    unsigned suites, const zy_time from[2], const zy_time until[2], bool proof_counts, bool checkpoint_counts)
{
	struct zy_trust_note_key logs[2];
	struct zy_trust dated = made.trust;
	ZY_BUF_AUTO proof = { 0 }, note = { 0 };
	ZY_REPORT_AUTO r;

	for (size_t i = 0; i < 2; i++)
		logs[i] = (struct zy_trust_note_key){ made.logs[i].key, from[i], until[i] };
	dated.logs = logs;
	put_proof_by(4, suites, &proof);
	put_checkpoint(ORIGIN, suites, &note);
	zy_report_start(&r, "proof", VERIFY_AT);
	MUST(zy_judge_log_proof(made.keys, &dated, zy_buf_bytes(&proof), VERIFY_AT, &r, &err));
	assert_int_equal(zy_report_indication(&r), proof_counts ? ZY_TOTAL_PASSED : ZY_INDETERMINATE);
	assert_int_equal(verify_has(&r, "log-key-dates"), !proof_counts);
	expect_checkpoint(&dated, &note, checkpoint_counts ? ZY_TOTAL_PASSED : ZY_INDETERMINATE,
	    checkpoint_counts ? NULL : "log-key-dates");
}

static void a_key_that_ended_before_the_entry_came_proves_nothing(void **state)
{
	(void)state;
	expect_dates(1, (const zy_time[]){ 0, 0 }, (const zy_time[]){ VERIFY_AT - 1, 0 }, false, true);
	expect_dates(1, (const zy_time[]){ 0, 0 }, (const zy_time[]){ VERIFY_AT, 0 }, true, true);
	/* the other key signed too, and is good */
	expect_dates(3, (const zy_time[]){ 0, 0 }, (const zy_time[]){ VERIFY_AT - 1, 0 }, true, true);
}

static void a_key_that_has_not_begun_proves_nothing(void **state)
{
	(void)state;
	expect_dates(2, (const zy_time[]){ 0, VERIFY_AT + 1 }, (const zy_time[]){ 0, 0 }, false, false);
	expect_dates(2, (const zy_time[]){ 0, VERIFY_AT }, (const zy_time[]){ 0, 0 }, true, true);
	expect_dates(3, (const zy_time[]){ 0, VERIFY_AT + 1 }, (const zy_time[]){ 0, 0 }, true, true);
}

/* The tree of today holds what came before its key did. */
static void a_newer_key_proves_an_older_entry(void **state)
{
	const struct zy_log_times then = { VERIFY_AT - 1000, VERIFY_AT };
	struct zy_trust_note_key logs[2] = { { made.logs[0].key, 0, VERIFY_AT - 500 },
		{ made.logs[1].key, VERIFY_AT - 600, 0 } };
	struct zy_trust dated = made.trust;
	enum zy_log_verdict verdict;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO note = { 0 };
	struct zy_checkpoint c;

	(void)state;
	dated.logs = logs;
	put_checkpoint(ORIGIN, 2, &note);
	MUST(zy_checkpoint_parse(&c, zy_buf_bytes(&note), &a, &err));
	MUST(zy_checkpoint_judge(made.keys, &dated, &c, then, &verdict, &err));
	assert_int_equal(verdict, ZY_LOG_GOOD);
}

static void judge_logged(const struct zy_buf *proof, const uint8_t file[5], bool good, const char *code)
{
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "file", VERIFY_AT);
	MUST(zy_judge_logged(made.keys, &made.trust, zy_buf_bytes(proof), ZY_BYTES(file, 5), VERIFY_AT, &r, &err));
	assert_int_equal(zy_report_indication(&r) == ZY_TOTAL_PASSED, good);
	assert_true(code == NULL || verify_has(&r, code));
}

static void a_proof_is_of_its_file_and_its_place_alone(void **state)
{
	ZY_BUF_AUTO proof = { 0 }, elsewhere = { 0 };

	(void)state;
	put_proof(4, &proof);
	put_proof(5, &elsewhere);
	judge_logged(&proof, made.file, true, NULL);
	judge_logged(&proof, (const uint8_t *)"other", false, "log-other");
	judge_logged(&elsewhere, made.file, false, "log-path");
}

static void a_proof_of_something_else_than_a_licence_is_said_to_be_that(void **state)
{
	const struct zy_merkle_path none = { 0 };
	ZY_BUF_AUTO checkpoint = { 0 }, proof = { 0 };

	(void)state;
	put_checkpoint(ORIGIN, 3, &checkpoint);
	zy_log_proof_encode(ZY_LITERAL("no leaf"), 4, &none, zy_buf_bytes(&checkpoint), &proof);
	judge_logged(&proof, made.file, false, "log-leaf");
}

/* The leaf of an order by which a part of the log was given up, beside checkpoints of different sizes. */
static void a_checkpoint_of_what_was_given_up_is_told_so(void **state)
{
	struct zy_log_leaf leaf = { .at = VERIFY_AT,
		.what = ZY_LITERAL("log"),
		.name = ZY_LITERAL(ORIGIN),
		.number = 9,
		.reason = ZY_LITERAL("goes-on 8"),
		.num_parts = 1 };
	const struct zy_merkle_path none = { 0 };
	ZY_BUF_AUTO octets = { 0 }, checkpoint = { 0 }, proof = { 0 };

	(void)state;
	put_checkpoint(ORIGIN, 3, &checkpoint);
	for (uint64_t goes_on = 8; goes_on <= 9; goes_on++) {
		ZY_REPORT_AUTO r;

		leaf.reason = goes_on == 8 ? ZY_LITERAL("goes-on 8") : ZY_LITERAL("goes-on 9");
		octets.len = proof.len = 0;
		zy_log_leaf_encode(&leaf, &octets);
		zy_log_proof_encode(zy_buf_bytes(&octets), 4, &none, zy_buf_bytes(&checkpoint), &proof);
		zy_report_start(&r, "file", VERIFY_AT);
		MUST(zy_judge_logged(
		    made.keys, &made.trust, zy_buf_bytes(&proof), zy_buf_bytes(&checkpoint), VERIFY_AT, &r, &err));
		assert_int_equal(verify_has(&r, "log-lost"), goes_on == 8);
		assert_false(verify_has(&r, "log-other"));
	}
}

/* No byte of a proof can be changed: it fails, or is none any more. */
static void each_byte_of_a_proof_counts(void **state)
{
	ZY_BUF_AUTO proof = { 0 };

	(void)state;
	put_proof(4, &proof);
	for (size_t i = 0; i < proof.len; i++) {
		ZY_REPORT_AUTO r;
		struct zy_error err = { 0 };

		zy_report_start(&r, "proof", VERIFY_AT);
		proof.p[i] ^= 1;
		if (zy_judge_log_proof(made.keys, &made.trust, zy_buf_bytes(&proof), VERIFY_AT, &r, &err)) {
			/* a key's name or id that is no longer its own is a stranger's line: the other key still signs
			 */
			if (zy_report_indication(&r) == ZY_TOTAL_PASSED)
				assert_true(memmem(proof.p, i, "\n\n\xe2\x80\x94", 5) != NULL);
		} else {
			assert_int_equal(zy_code_exit(err.code), 65);
		}
		proof.p[i] ^= 1;
	}
}

/* The note and key of the documentation of the Go checksum database. */
static void an_ed25519_signature_of_others_verifies(void **state)
{
	static const char text[] =
	    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
	static const char line[] =
	    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	struct zy_note_key key;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO note = { 0 };
	struct zy_note n;
	uint64_t time;
	bool good;

	(void)state;
	zy_buf_put_str(&note, text);
	zy_buf_put_str(&note, line);
	MUST(zy_note_key_parse(
	    &key, ZY_LITERAL("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &err));
	MUST(zy_note_parse(&n, zy_buf_bytes(&note), &a, &err));
	MUST(zy_note_verify(made.keys, &key, n.text, &n.signatures[0], &time, &good, &err));
	assert_true(good);
	note.p[3] ^= 1;
	MUST(zy_note_verify(made.keys, &key, n.text, &n.signatures[0], &time, &good, &err));
	assert_false(good);
}

/* An SM2 witness of ours: the time is part of what it signs. */
static void a_cosignature_binds_its_time(void **state)
{
	static const char body[] = ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	ZY_BUF_AUTO message = { 0 }, value = { 0 };
	struct zy_note_signature s = { ZY_LITERAL("w.example"), 0, { 0 } };
	struct zy_note_key key;
	uint64_t time;
	uint8_t rs[64];
	bool good;

	(void)state;
	MUST(zy_note_key_make(&key, s.name, ZY_NOTE_SM2_COSIGNED, ZY_BYTES(made.note_keys[0].point, 65), &err));
	zy_note_message(&key, VERIFY_AT, zy_str(body), &message);
	verify_sign(ZY_SUITE_GM, zy_buf_bytes(&message), rs);
	zy_note_value_encode(&key, VERIFY_AT, rs, &value);
	s.value = zy_buf_bytes(&value);
	MUST(zy_note_verify(made.keys, &key, zy_str(body), &s, &time, &good, &err));
	assert_true(good);
	assert_int_equal(time, VERIFY_AT);
	value.p[7] ^= 1;
	MUST(zy_note_verify(made.keys, &key, zy_str(body), &s, &time, &good, &err));
	assert_false(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkpoint_of_a_known_log_passes_with_either_key),
		cmocka_unit_test(an_unknown_log_and_an_unsigned_checkpoint_do_not_pass),
		cmocka_unit_test(strangers_are_passed_over_and_a_bad_line_is_not),
		cmocka_unit_test(keys_that_the_bundle_does_not_name_leave_it_open),
		cmocka_unit_test(a_key_that_ended_before_the_entry_came_proves_nothing),
		cmocka_unit_test(a_key_that_has_not_begun_proves_nothing),
		cmocka_unit_test(a_newer_key_proves_an_older_entry),
		cmocka_unit_test(a_proof_is_of_its_file_and_its_place_alone),
		cmocka_unit_test(a_proof_of_something_else_than_a_licence_is_said_to_be_that),
		cmocka_unit_test(a_checkpoint_of_what_was_given_up_is_told_so),
		cmocka_unit_test(each_byte_of_a_proof_counts),
		cmocka_unit_test(an_ed25519_signature_of_others_verifies),
		cmocka_unit_test(a_cosignature_binds_its_time),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
