/* CRLs and OCSP answers of both suites by real tokens, judged by us, by the openssl program (P-256) and by Bouncy
 * Castle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "status_pki.h"
#include "zy/crl.h"
#include "zy/crl_publish.h"
#include "zy/ocsp.h"
#include "zy/ocsp_answer.h"
#include "zy/standing.h"

static bool walk_register(void *arg, zy_entry_cb *cb, void *cb_arg, struct zy_error *err)
{
	return zy_register_walk_revoked(reg, ((const struct pki *)arg)->key_id, cb, cb_arg, err);
}

static const char *in_home(const char *name)
{
	struct zy_error err = { 0 };

	return zy_arena_printf(&arena, &err, "%s/%s", home.path, name);
}

static struct zy_crl_job job_of(enum zy_suite s, unsigned digits)
{
	return (struct zy_crl_job){ .issuer = pki[s].ca,
		.revoked = { walk_register, &pki[s] },
		.folder = in_home("crl"),
		.name = s == ZY_SUITE_GM ? "gm" : "intl",
		.number_file = in_home(s == ZY_SUITE_GM ? "number-gm" : "number-intl"),
		.digits = digits,
		.this_update = AT,
		.next_update = AT + DAY };
}

static struct zy_bytes file(const char *name)
{
	struct zy_bytes v = { 0 };

	MUST(zy_file_read(in_home(name), ZY_CRL_MAX, &arena, &v, &err));
	return v;
}

static void by_crl(
    struct zy_bytes crl, enum zy_suite s, struct zy_bytes cert, zy_time at, enum zy_standing_is want, const char *why)
{
	struct zy_standing st;

	MUST(zy_standing_by_crl(keys, crl, pki[s].ca.cert, cert, at, &st, &err));
	if (st.is != want || (why != NULL && strcmp(st.why, why) != 0))
		fail_msg("standing %d %s", st.is, st.why == NULL ? "" : st.why);
}

static void a_whole_list_tells_good_from_revoked_in_both_suites(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const struct zy_crl_job job = job_of(s, 0);
		struct zy_crl_published done;
		struct zy_standing st;
		struct zy_bytes crl, changed;

		MUST(zy_crl_publish(hsm, keys, &job, &done, &err));
		assert_int_equal(done.num_entries, 1);
		assert_int_equal(done.number, 1);
		crl = file(s == ZY_SUITE_GM ? "crl/gm.crl" : "crl/intl.crl");
		assert_int_equal(crl.len, done.bytes);
		by_crl(crl, s, pki[s].good, AT, ZY_STANDS, NULL);
		by_crl(crl, s, pki[s].bad, AT, ZY_STANDS_REVOKED, NULL);
		MUST(zy_standing_by_crl(keys, crl, pki[s].ca.cert, pki[s].bad, AT, &st, &err));
		assert_int_equal(st.revoked_at, AT - 100);
		assert_int_equal(st.reason, ZY_REASON_KEY_COMPROMISE);
		by_crl(crl, s, pki[s].good, AT + DAY + 1, ZY_STANDS_UNKNOWN, "status-too-old");
		by_crl(crl, s, pki[s].good, AT - 301, ZY_STANDS_UNKNOWN, "status-not-yet");
		MUST(zy_arena_copy(&arena, crl, &changed, &err));
		((uint8_t *)(uintptr_t)changed.p)[crl.len - 5] ^= 1;
		by_crl(changed, s, pki[s].good, AT, ZY_STANDS_UNKNOWN, "status-signature");
		MUST(zy_standing_by_crl(keys, crl, pki[s].ocsp.cert, pki[s].good, AT, &st, &err));
		assert_string_equal(st.why, "status-issuer");
	}
}

static void partitions_cover_every_serial_once(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const struct zy_crl_job job = job_of(s, 1);
		struct zy_crl_published done;
		unsigned covered = 0;

		MUST(zy_crl_publish(hsm, keys, &job, &done, &err));
		assert_int_equal(done.num_lists, 4);
		assert_int_equal(done.num_entries, 1);
		assert_int_equal(done.number, 2);
		for (unsigned i = 4; i < 8; i++) {
			char name[32];
			struct zy_standing st;

			snprintf(name, sizeof(name), "crl/%s-%x.crl", s == ZY_SUITE_GM ? "gm" : "intl", i);
			MUST(zy_standing_by_crl(keys, file(name), pki[s].ca.cert, pki[s].bad, AT, &st, &err));
			covered += st.is == ZY_STANDS_REVOKED;
			assert_true(st.is == ZY_STANDS_REVOKED || strcmp(st.why, "status-not-covered") == 0);
		}
		assert_int_equal(covered, 1);
	}
}

static bool forgetful(void *arg, zy_entry_cb *cb, void *cb_arg, struct zy_error *err)
{
	unsigned *turn = arg;

	return ++*turn == 1 || walk_register(&pki[ZY_SUITE_INTL], cb, cb_arg, err);
}

static void a_list_that_misses_a_revoked_certificate_is_not_released(void **state)
{
	struct zy_crl_job job = job_of(ZY_SUITE_INTL, 0);
	struct zy_crl_published done;
	unsigned turn = 0;

	(void)state;
	job.name = "missing";
	job.revoked = (struct zy_revoked){ forgetful, &turn };
	REFUSED(zy_crl_publish(hsm, keys, &job, &done, &err), ZY_E_SELF_VERIFY);
	assert_int_equal(turn, 2);
	assert_int_not_equal(access(in_home("crl/missing.crl"), F_OK), 0);
}

static void numbers_never_come_back(void **state)
{
	struct zy_crl_job job = job_of(ZY_SUITE_INTL, 0);
	struct zy_crl_published done;

	(void)state;
	MUST(zy_crl_publish(hsm, keys, &job, &done, &err));
	assert_true(done.number > 3); /* the refused one had taken 3 */
	MUST(zy_file_write(job.number_file, ZY_LITERAL("1\n"), 0600, true, &err));
	REFUSED(zy_crl_publish(hsm, keys, &job, &done, &err), ZY_E_STATE);
	MUST(zy_file_write(job.number_file, ZY_LITERAL("x\n"), 0600, true, &err));
	REFUSED(zy_crl_publish(hsm, keys, &job, &done, &err), ZY_E_IO);
	assert_int_equal(unlink(job.number_file), 0);
	job.name = "other";
	job.next_update = AT;
	REFUSED(zy_crl_publish(hsm, keys, &job, &done, &err), ZY_E_DATES);
}

static void only_keys_made_for_it_sign_lists_and_answers(void **state)
{
	struct zy_crl_job job = job_of(ZY_SUITE_INTL, 0);
	struct zy_crl_published done;
	uint8_t rs[64];
	const struct zy_sign_request not_data = { .key = pki[ZY_SUITE_INTL].ocsp.key,
		.use = ZY_USE_OCSP,
		.message = pki[ZY_SUITE_INTL].good },
				     not_digest = { .key = pki[ZY_SUITE_INTL].ca.key,
					     .use = ZY_USE_CRL,
					     .message = pki[ZY_SUITE_INTL].good };

	(void)state;
	job.name = "wrong";
	job.issuer.key = pki[ZY_SUITE_INTL].ocsp.key;
	REFUSED(zy_crl_publish(hsm, keys, &job, &done, &err), ZY_E_KEY_USE);
	REFUSED(zy_hsm_sign(hsm, &not_data, rs, &err), ZY_E_DER);
	REFUSED(zy_hsm_sign(hsm, &not_digest, rs, &err), ZY_E_KEY_USE);
}

static const struct zy_responder *responders(void)
{
	static struct zy_responder r[2];

	for (size_t s = 0; s < 2; s++)
		r[s] = (struct zy_responder){ pki[s].ca.cert, pki[s].ocsp.key, pki[s].ocsp.cert };
	return r;
}

static void ask(struct zy_ocsp *o, enum zy_suite s, struct zy_bytes cert, enum zy_cert_id_hash h, struct zy_bytes nonce,
    struct zy_buf *out)
{
	struct zy_entry e = entry_of(&pki[s], cert);
	uint8_t name[32], key[32], point[65];
	size_t len = h == ZY_CERT_ID_SHA1 ? 20 : 32;
	struct zy_ocsp_request q = { .num = 1, .has_nonce = nonce.len > 0, .nonce = nonce };
	struct zy_reader r = zy_reader_over(cert), outer, tbs;
	struct zy_bytes skip, issuer;
	enum zy_key_kind kind;
	ZY_BUF_AUTO der = { 0 };
	bool answered;

	MUST(zy_der_enter(&r, ZY_DER_SEQUENCE, "", &outer, &err) &&
	     zy_der_enter(&outer, ZY_DER_SEQUENCE, "", &tbs, &err) &&
	     zy_der_take(&tbs, ZY_DER_CONTEXT_MADE, "", &skip, &err) &&
	     zy_der_take(&tbs, ZY_DER_INTEGER, "", &skip, &err) &&
	     zy_der_take(&tbs, ZY_DER_SEQUENCE, "", &skip, &err) &&
	     zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "", &issuer, &err));
	MUST(zy_hsm_public(hsm, pki[s].ca.key, &kind, point, &err));
	if (h == ZY_CERT_ID_SHA1)
		MUST(zy_digest_sha1(issuer, name, &err) && zy_digest_sha1(ZY_BYTES(point, 65), key, &err));
	else
		MUST(zy_digest(h == ZY_CERT_ID_SM3 ? ZY_HASH_SM3 : ZY_HASH_SHA256, issuer, name, &err) &&
		     zy_digest(h == ZY_CERT_ID_SM3 ? ZY_HASH_SM3 : ZY_HASH_SHA256, ZY_BYTES(point, 65), key, &err));
	q.ids[0] = (struct zy_cert_id){ .hash = h,
		.has_null = true,
		.name_hash = ZY_BYTES(name, len),
		.key_hash = ZY_BYTES(key, len),
		.serial = ZY_BYTES(e.serial, ZY_SERIAL_LEN) };
	MUST(zy_ocsp_request_encode(&q, &der, &err));
	MUST(zy_ocsp_answer(o, zy_buf_bytes(&der), AT, 600, out, &answered, &err));
	assert_true(answered);
}

static void by_ocsp(const struct zy_buf *answer, enum zy_suite s, struct zy_bytes cert, struct zy_bytes nonce,
    zy_time at, enum zy_standing_is want, const char *why)
{
	struct zy_standing st;

	MUST(zy_standing_by_ocsp(keys, zy_buf_bytes(answer), pki[s].ca.cert, cert, nonce, at, &st, &err));
	if (st.is != want || (why != NULL && strcmp(st.why, why) != 0))
		fail_msg("standing %d %s", st.is, st.why == NULL ? "" : st.why);
}

static void live_answers_say_good_revoked_and_unknown(void **state)
{
	const struct zy_bytes nonce = ZY_LITERAL("0123456789abcdef"), none = { 0 };
	struct zy_ocsp *o = NULL;

	(void)state;
	MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 2, &err));
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		for (int h = ZY_CERT_ID_SHA1; h <= ZY_CERT_ID_SM3; h++) {
			ZY_BUF_AUTO good = { 0 }, bad = { 0 }, unknown = { 0 };

			ask(o, s, pki[s].good, (enum zy_cert_id_hash)h, nonce, &good);
			by_ocsp(&good, s, pki[s].good, nonce, AT, ZY_STANDS, NULL);
			by_ocsp(&good, s, pki[s].good, ZY_LITERAL("another"), AT, ZY_STANDS_UNKNOWN, "status-nonce");
			by_ocsp(&good, s, pki[s].bad, none, AT, ZY_STANDS_UNKNOWN, "status-not-covered");
			by_ocsp(&good, s, pki[s].good, none, AT + 601, ZY_STANDS_UNKNOWN, "status-too-old");
			ask(o, s, pki[s].bad, (enum zy_cert_id_hash)h, none, &bad);
			by_ocsp(&bad, s, pki[s].bad, none, AT, ZY_STANDS_REVOKED, NULL);
			ask(o, s, pki[s].stranger, (enum zy_cert_id_hash)h, none, &unknown);
			by_ocsp(&unknown, s, pki[s].stranger, none, AT, ZY_STANDS_UNKNOWN, "status-unknown");
		}
	zy_ocsp_close(o);
}

/* Every byte of an answer counts: changed, it never says that the revoked one stands. */
static void a_changed_answer_never_clears_anybody(void **state)
{
	const struct zy_bytes none = { 0 };
	struct zy_ocsp *o = NULL;

	(void)state;
	MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 2, &err));
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO bad = { 0 };

		ask(o, s, pki[s].bad, ZY_CERT_ID_SHA1, none, &bad);
		for (size_t i = 0; i < bad.len; i++) {
			struct zy_error err = { 0 };
			struct zy_standing st;

			bad.p[i] ^= 1;
			assert_true(!zy_standing_by_ocsp(
					keys, zy_buf_bytes(&bad), pki[s].ca.cert, pki[s].bad, none, AT, &st, &err) ||
				    st.is != ZY_STANDS);
			bad.p[i] ^= 1;
		}
	}
	zy_ocsp_close(o);
}

static void who_is_not_authorised_is_not_believed(void **state)
{
	const struct zy_bytes none = { 0 };

	(void)state;
	for (int i = 0; i < 6; i++) {
		/* the same key under a certificate for this, for something else, for no use that it names */
		const enum kind kind = (enum kind)(RESPONDER + i % 3);
		enum zy_suite s = i < 3 ? ZY_SUITE_GM : ZY_SUITE_INTL;
		struct zy_responder r = responders()[s];
		struct zy_ocsp *o = NULL;
		ZY_BUF_AUTO der = { 0 };

		r.cert = issue(s, kind, "应答者", pki[s].ocsp.key);
		MUST(zy_ocsp_open(&o, hsm, keys, reg, &r, 1, &err));
		ask(o, s, pki[s].good, ZY_CERT_ID_SHA1, none, &der);
		if (kind == RESPONDER)
			by_ocsp(&der, s, pki[s].good, none, AT, ZY_STANDS, NULL);
		else
			by_ocsp(&der, s, pki[s].good, none, AT, ZY_STANDS_UNKNOWN, "status-responder");
		zy_ocsp_close(o);
	}
}

static void what_cannot_be_answered_is_said_so(void **state)
{
	struct zy_ocsp *o = NULL;
	ZY_BUF_AUTO out = { 0 };
	bool answered;

	(void)state;
	MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 1, &err)); /* of gm alone */
	MUST(zy_ocsp_answer(o, ZY_LITERAL("?"), AT, 600, &out, &answered, &err));
	assert_false(answered);
	assert_true(zy_bytes_equal(zy_buf_bytes(&out), ZY_LITERAL("\x30\x03\x0a\x01\x01")));
	out.len = 0;
	const char *ca = save_pem("ca", pki[ZY_SUITE_INTL].ca.cert), *good = save_pem("good", pki[ZY_SUITE_INTL].good);

	openssl("ocsp -issuer %s -cert %s -reqout %s", ca, good, in_home("request.der"));
	MUST(zy_ocsp_answer(o, file("request.der"), AT, 600, &out, &answered, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&out), ZY_LITERAL("\x30\x03\x0a\x01\x06")));
	zy_ocsp_close(o);
}

static void openssl_believes_our_p256_lists_and_answers(void **state)
{
	const struct pki *p = &pki[ZY_SUITE_INTL];
	const char *ca = save_pem("ca", p->ca.cert), *good = save_pem("good", p->good), *bad = save_pem("bad", p->bad);
	struct zy_crl_job job = job_of(ZY_SUITE_INTL, 0);
	struct zy_crl_published done;
	struct zy_ocsp *o = NULL;
	ZY_BUF_AUTO out = { 0 };
	bool answered;

	(void)state;
	job.name = "openssl";
	MUST(zy_crl_publish(hsm, keys, &job, &done, &err));
	says(openssl("crl -inform DER -in %s -CAfile %s -out %s", in_home("crl/openssl.crl"), ca, in_home("crl.pem")),
	    "verify OK");
	says(openssl("verify -attime %d -crl_check -CAfile %s -CRLfile %s %s", AT, ca, in_home("crl.pem"), good),
	    ": OK");
	says(openssl("verify -attime %d -crl_check -CAfile %s -CRLfile %s %s 2>&1 || true", AT, ca, in_home("crl.pem"),
		 bad),
	    "certificate revoked");
	MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 2, &err));
	openssl("ocsp -issuer %s -cert %s -cert %s -reqout %s", ca, good, bad, in_home("request.der"));
	MUST(zy_ocsp_answer(o, file("request.der"), AT, 600, &out, &answered, &err));
	assert_true(answered);
	MUST(zy_file_write(in_home("answer.der"), zy_buf_bytes(&out), 0600, true, &err));
	const char *said =
	    openssl("ocsp -no_nonce -issuer %s -cert %s -cert %s -reqin %s -respin %s -CAfile %s -attime %d "
		    "-validity_period 999999999",
		ca, good, bad, in_home("request.der"), in_home("answer.der"), ca, AT);
	says(said, "Response verify OK");
	says(said, "good.pem: good");
	says(said, "bad.pem: revoked");
	says(said, "Reason: keyCompromise");
	zy_ocsp_close(o);
}

/* OpenSSL 3.0 has no place for the ID of SM2 here, so others are asked. */
static void bouncy_castle_believes_our_lists_and_answers(void **state)
{
	static const char jars[] = "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar";

	(void)state;
	if (access("/usr/share/java/bcpkix.jar", R_OK) != 0 || access("/usr/bin/java", X_OK) != 0)
		skip();
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const char *ca = save_pem("ca", pki[s].ca.cert), *good = save_pem("good", pki[s].good),
			   *bad = save_pem("bad", pki[s].bad);
		struct zy_crl_job job = job_of(s, 0);
		struct zy_crl_published done;
		struct zy_ocsp *o = NULL;
		ZY_BUF_AUTO out = { 0 };
		char command[4096];
		bool answered;

		job.name = "bouncy";
		job.number_file = in_home("number-bouncy");
		MUST(zy_crl_publish(hsm, keys, &job, &done, &err));
		MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 2, &err));
		openssl("ocsp -issuer %s -cert %s -cert %s -reqout %s", ca, good, bad, in_home("request.der"));
		MUST(zy_ocsp_answer(o, file("request.der"), AT, 600, &out, &answered, &err));
		zy_ocsp_close(o);
		MUST(zy_file_write(in_home("answer.der"), zy_buf_bytes(&out), 0600, true, &err));
		snprintf(command, sizeof(command), "java -cp %s %s/tests/e2e/bouncy/CheckStatus.java %s %s %s %s %s",
		    jars, ZY_SOURCE_DIR, ca, good, bad, in_home("crl/bouncy.crl"), in_home("answer.der"));
		assert_int_equal(system(command), 0);
		assert_int_equal(unlink(in_home("crl/bouncy.crl")), 0);
	}
}

static void answers_signed_ahead_are_good_for_their_time(void **state)
{
	struct zy_ocsp *o = NULL;
	size_t num;

	(void)state;
	home_folder(&home, "ahead");
	MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 2, &err));
	MUST(zy_ocsp_presign(o, in_home("ahead"), AT, DAY, &num, &err));
	assert_int_equal(num, 4);
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct zy_entry e = entry_of(&pki[s], pki[s].bad);
		char name[64] = "ahead/";
		struct zy_standing st;

		for (size_t i = 0; i < ZY_SERIAL_LEN; i++)
			snprintf(name + 6 + 2 * i, 3, "%02x", e.serial[i]);
		strncat(name, ".ocsp", sizeof(name) - strlen(name) - 1);
		MUST(zy_standing_by_ocsp(
		    keys, file(name), pki[s].ca.cert, pki[s].bad, ZY_BYTES(NULL, 0), AT + DAY, &st, &err));
		assert_int_equal(st.is, ZY_STANDS_REVOKED);
	}
	zy_ocsp_close(o);
}

/* Somebody revokes between the reading of an entry and the answer's place in the folder. */
static void an_answer_signed_ahead_is_the_registers_own_word_of_its_moment(void **state)
{
	const enum zy_suite s = ZY_SUITE_INTL;
	struct zy_entry e = entry_of(&pki[s], pki[s].bad), other = e;
	char path[ZY_OCSP_PATH_MAX];
	struct zy_ocsp *o = NULL;
	struct zy_standing st;
	struct zy_bytes v;
	bool done;

	(void)state;
	home_folder(&home, "late");
	e.state = ZY_CERT_VALID;
	e.revoked_at = 0;
	MUST(zy_ocsp_open(&o, hsm, keys, reg, responders(), 2, &err));
	MUST(zy_ocsp_presign_entry(o, in_home("late"), &e, AT, DAY, &done, &err));
	assert_true(done);
	MUST(zy_ocsp_path(in_home("late"), e.serial, path, &err));
	MUST(zy_file_read(path, ZY_CRL_MAX, &arena, &v, &err));
	MUST(zy_standing_by_ocsp(keys, v, pki[s].ca.cert, pki[s].bad, ZY_BYTES(NULL, 0), AT, &st, &err));
	assert_int_equal(st.is, ZY_STANDS_REVOKED);
	memset(other.issuer, 1, sizeof(other.issuer));
	MUST(zy_ocsp_presign_entry(o, in_home("late"), &other, AT, DAY, &done, &err));
	assert_false(done);
	e.not_after = AT - 1;
	MUST(zy_ocsp_presign_entry(o, in_home("late"), &e, AT, DAY, &done, &err));
	assert_false(done);
	REFUSED(zy_ocsp_presign_entry(o, in_home("late"), &e, AT, 59, &done, &err), ZY_E_DATES);
	zy_ocsp_close(o);
}

static bool many(void *arg, zy_entry_cb *cb, void *cb_arg, struct zy_error *err)
{
	struct zy_entry e = { .state = ZY_CERT_REVOKED, .reason = 4, .revoked_at = AT - 5, .not_before = AT - DAY };
	const unsigned *num = arg;

	for (unsigned i = 0; i < *num; i++) {
		const unsigned at = (unsigned)((uint64_t)i * 0x3fffffff / *num);

		e.serial[0] = (uint8_t)(0x40 | at >> 24);
		e.serial[1] = (uint8_t)(at >> 16);
		e.serial[2] = (uint8_t)(at >> 8);
		e.serial[3] = (uint8_t)at;
		if (!cb(cb_arg, &e, err))
			return false;
	}
	return true;
}

/* ZY_TEST_CRL_ENTRIES=1000000 measures a larger one. */
static void a_list_of_many_streams(void **state)
{
	const char *text = getenv("ZY_TEST_CRL_ENTRIES");
	unsigned num = text == NULL ? 100000 : (unsigned)strtoul(text, NULL, 10);
	struct rusage before, after;
	struct timespec t0, t1;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct zy_crl_job job = job_of(s, 0);
		struct zy_crl_published done;

		job.name = "many";
		job.number_file = in_home("number-many");
		job.revoked = (struct zy_revoked){ many, &num };
		getrusage(RUSAGE_SELF, &before);
		clock_gettime(CLOCK_MONOTONIC, &t0);
		MUST(zy_crl_publish(hsm, keys, &job, &done, &err));
		clock_gettime(CLOCK_MONOTONIC, &t1);
		getrusage(RUSAGE_SELF, &after);
		assert_int_equal(done.num_entries, num);
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory for a while */
		/* the file is mapped once to be checked; nothing else grows with it */
		assert_true((uint64_t)(after.ru_maxrss - before.ru_maxrss) * 1024 < done.bytes + (8 << 20));
#endif
		print_message("%u entries: %.2f s, %llu bytes, %ld KiB more\n", num,
		    (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9,
		    (unsigned long long)done.bytes, after.ru_maxrss - before.ru_maxrss);
		assert_int_equal(unlink(in_home("crl/many.crl")), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_list_tells_good_from_revoked_in_both_suites),
		cmocka_unit_test(partitions_cover_every_serial_once),
		cmocka_unit_test(a_list_that_misses_a_revoked_certificate_is_not_released),
		cmocka_unit_test(numbers_never_come_back),
		cmocka_unit_test(only_keys_made_for_it_sign_lists_and_answers),
		cmocka_unit_test(live_answers_say_good_revoked_and_unknown),
		cmocka_unit_test(a_changed_answer_never_clears_anybody),
		cmocka_unit_test(who_is_not_authorised_is_not_believed),
		cmocka_unit_test(what_cannot_be_answered_is_said_so),
		cmocka_unit_test(openssl_believes_our_p256_lists_and_answers),
		cmocka_unit_test(bouncy_castle_believes_our_lists_and_answers),
		cmocka_unit_test(answers_signed_ahead_are_good_for_their_time),
		cmocka_unit_test(an_answer_signed_ahead_is_the_registers_own_word_of_its_moment),
		cmocka_unit_test(a_list_of_many_streams),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
