/* The lives of keys in the real signer on a SoftHSM2 token: enforced, journalled, the same after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "helpers/signer_home.h"
#include "zy/der.h"
#include "zy/file.h"
#include "zy/hsm.h"
#include "zy/x509.h"

#define URI(label) "pkcs11:token=soft;object=" label

static struct signer_home home;
static struct zy_hsm *hsm;

static const char *sign(const char *key)
{
	const struct zy_sign_request q = { .key = key, .use = ZY_USE_TRUST, .message = zy_str("bundle") };
	struct zy_error err = { 0 };
	uint8_t rs[64];

	return zy_hsm_sign(hsm, &q, rs, &err) ? "ok" : zy_code_name(err.code);
}

static const char *generate(const char *key)
{
	struct zy_error err = { 0 };

	return zy_hsm_generate(hsm, key, ZY_KEY_P256, ZY_USE_TRUST, &err) ? "ok" : zy_code_name(err.code);
}

static const char *change(const char *key, enum zy_key_event event, uint64_t overlap_s)
{
	struct zy_error err = { 0 };

	return zy_hsm_life(hsm, key, event, 0, overlap_s, &err) ? "ok" : zy_code_name(err.code);
}

static const char *current(const char *key)
{
	static char uri[256];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	const char *found;

	if (!zy_hsm_current(hsm, key, &a, &found, &err))
		return zy_code_name(err.code);
	snprintf(uri, sizeof(uri), "%s", found);
	return uri;
}

static const char *state_of(const char *label)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	const struct zy_hsm_key *keys;
	size_t num;

	assert_true(zy_hsm_list(hsm, "soft", &a, &keys, &num, &err));
	for (size_t i = 0; i < num; i++)
		if (strcmp(keys[i].label, label) == 0)
			return zy_key_state_name(keys[i].state);
	return "absent";
}

/* Dates pass; the test waits until the key is there, not for a time. */
static void await(const char *label, const char *state)
{
	const struct timespec step = { .tv_nsec = 20000000 };

	for (int tries = 0; tries < 3000 && strcmp(state_of(label), state) != 0; tries++)
		nanosleep(&step, NULL);
	assert_string_equal(state_of(label), state);
}

static void start(void)
{
	int status = 0;

	assert_true(home_start(&home, "soft", &status));
}

static void start_again(void)
{
	assert_int_equal(home_stop(&home, SIGTERM), 0);
	start();
}

static void a_new_generation_takes_over_and_none_fails_in_the_overlap(void **state)
{
	(void)state;
	assert_string_equal(generate(URI("k")), "ok");
	assert_string_equal(generate(URI("k~2")), "ok");
	assert_string_equal(sign(URI("k~2")), "key-state");
	assert_string_equal(current(URI("k")), URI("k"));
	assert_string_equal(change(URI("k~2"), ZY_KEY_ACTIVATE, 3600), "ok");
	assert_string_equal(current(URI("k")), URI("k~2"));
	assert_string_equal(sign(URI("k")), "ok");
	assert_string_equal(sign(URI("k~2")), "ok");
	start_again();
	assert_string_equal(current(URI("k")), URI("k~2"));
	assert_string_equal(sign(URI("k")), "ok");
	assert_string_equal(sign(URI("k~2")), "ok");
}

static void after_the_overlap_the_old_key_signs_nothing(void **state)
{
	(void)state;
	assert_string_equal(generate(URI("k~3")), "ok");
	assert_string_equal(change(URI("k~3"), ZY_KEY_ACTIVATE, 1), "ok");
	await("k~2", "retiring");
	assert_string_equal(sign(URI("k~2")), "key-state");
	assert_string_equal(sign(URI("k~3")), "ok");
	start_again();
	assert_string_equal(sign(URI("k~2")), "key-state");
}

static void a_key_is_destroyed_only_after_it_was_retired_and_stays_so(void **state)
{
	(void)state;
	assert_string_equal(change(URI("k~2"), ZY_KEY_DESTROY, 0), "key-state");
	assert_string_equal(change(URI("k~2"), ZY_KEY_RETIRE, 0), "ok");
	assert_string_equal(state_of("k~2"), "retired");
	assert_string_equal(change(URI("k~2"), ZY_KEY_DESTROY, 0), "ok");
	start_again();
	assert_string_equal(state_of("k~2"), "destroyed");
	assert_string_equal(sign(URI("k~2")), "key-state");
	assert_string_equal(generate(URI("k~2")), "exists"); /* a name is used once */
}

static void a_compromised_key_signs_nothing_and_brings_no_other_back(void **state)
{
	(void)state;
	assert_string_equal(change(URI("k~3"), ZY_KEY_COMPROMISE, 0), "ok");
	assert_string_equal(sign(URI("k~3")), "key-state");
	assert_string_equal(current(URI("k")), "key-state");
	start_again();
	assert_string_equal(state_of("k~3"), "compromised");
}

static void put_request_info(struct zy_buf *out, const char *key, const struct zy_bytes *other_curve)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO algorithm = { 0 };
	ZY_BUF_AUTO spki = { 0 };
	ZY_BUF_AUTO info = { 0 };
	enum zy_key_kind kind;
	uint8_t point[65];

	assert_true(zy_hsm_public(hsm, key, &kind, point, &err));
	zy_der_put(&algorithm, ZY_DER_OID, zy_oid_ec_public_key);
	zy_der_put(&algorithm, ZY_DER_OID, other_curve != NULL ? *other_curve : zy_oid_p256);
	zy_der_put(&spki, ZY_DER_SEQUENCE, zy_buf_bytes(&algorithm));
	zy_der_put_bits(&spki, ZY_BYTES(point, sizeof(point)));
	zy_der_put_small(&info, 0);
	zy_der_put(&info, ZY_DER_SEQUENCE, ZY_BYTES(NULL, 0));
	zy_der_put(&info, ZY_DER_SEQUENCE, zy_buf_bytes(&spki));
	zy_der_put(&info, 0xa0, ZY_BYTES(NULL, 0));
	zy_der_put(out, ZY_DER_SEQUENCE, zy_buf_bytes(&info));
}

static void a_planned_key_signs_its_own_request_and_nothing_else(void **state)
{
	struct zy_error err = { 0 }, why = { 0 }, other = { 0 };
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO wrong = { 0 };
	uint8_t rs[64];

	(void)state;
	assert_string_equal(generate(URI("r")), "ok");
	assert_string_equal(generate(URI("r~2")), "ok");
	put_request_info(&info, URI("r~2"), NULL);
	assert_true(zy_hsm_csr(hsm, URI("r~2"), zy_buf_bytes(&info), rs, &err));
	assert_false(zy_hsm_csr(hsm, URI("r"), zy_buf_bytes(&info), rs, &err));
	assert_int_equal(err.code, ZY_E_DER);
	put_request_info(&wrong, URI("r"), &zy_oid_sm2_curve);
	assert_false(zy_hsm_csr(hsm, URI("r"), zy_buf_bytes(&wrong), rs, &why));
	assert_int_equal(why.code, ZY_E_DER);
	assert_false(zy_hsm_csr(hsm, URI("k~3"), zy_buf_bytes(&info), rs, &other));
	assert_int_equal(other.code, ZY_E_KEY_STATE);
}

static const char *sign_as_authority(const char *key, enum zy_key_use use, struct zy_bytes message)
{
	const struct zy_sign_request q = { .key = key, .use = use, .message = message };
	struct zy_error err = { 0 };
	uint8_t rs[64];

	return zy_hsm_sign(hsm, &q, rs, &err) ? "ok" : zy_code_name(err.code);
}

/* Before its first day and after its last an authority signs lists, and who answers about what it issued. */
static void a_retiring_authority_signs_what_is_said_of_its_certificates(void **state)
{
	static const uint8_t server[] = { 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 },
			     digest[32] = { 7 };
	static const char *const keys[] = { URI("ca"), URI("ca~2") };
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes der, other, responder;
	struct zy_x509 c;
	uint8_t *at;

	(void)state;
	assert_true(zy_file_read(ZY_SOURCE_DIR "/tests/keys/intl-server.der", ZY_X509_MAX, &a, &der, &err));
	assert_true(zy_x509_parse(&c, der, &err));
	assert_true(zy_arena_copy(&a, c.tbs, &other, &err) && zy_arena_copy(&a, c.tbs, &responder, &err));
	assert_non_null(at = memmem(responder.p, responder.len, server, sizeof(server)));
	at[sizeof(server) - 1] = 9; /* OCSPSigning */
	assert_true(zy_hsm_generate(hsm, URI("ca"), ZY_KEY_P256, ZY_USE_CERTIFICATE | ZY_USE_CRL, &err));
	assert_true(zy_hsm_generate(hsm, URI("ca~2"), ZY_KEY_P256, ZY_USE_CERTIFICATE | ZY_USE_CRL, &err));
	assert_string_equal(sign_as_authority(URI("ca"), ZY_USE_CERTIFICATE, other), "ok");
	assert_string_equal(change(URI("ca"), ZY_KEY_END, 0), "ok");
	await("ca", "retiring");
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(state_of(i == 0 ? "ca" : "ca~2"), i == 0 ? "retiring" : "planned");
		assert_string_equal(sign_as_authority(keys[i], ZY_USE_CRL, ZY_BYTES(digest, sizeof(digest))), "ok");
		assert_string_equal(sign_as_authority(keys[i], ZY_USE_CERTIFICATE, responder), "ok");
		assert_string_equal(sign_as_authority(keys[i], ZY_USE_CERTIFICATE, other), "key-state");
	}
	assert_string_equal(change(URI("ca"), ZY_KEY_RETIRE, 0), "ok");
	assert_string_equal(sign_as_authority(URI("ca"), ZY_USE_CRL, ZY_BYTES(digest, sizeof(digest))), "key-state");
}

/* The table says which keys there are; how they live stands in the journal, whoever writes into the table. */
static void a_table_without_a_key_of_the_journal_is_refused(void **state)
{
	int status = 0;

	(void)state;
	assert_int_equal(home_stop(&home, SIGTERM), 0);
	home_write(&home, "signer/soft.keys.json", "{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}");
	assert_false(home_start(&home, "soft", &status));
	assert_int_equal(status, zy_code_exit(ZY_E_JOURNAL));
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	if (home_run(&home, "soft", "--init") != 0 || !zy_hsm_open(&hsm, home.path, &err))
		return -1;
	start();
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_generation_takes_over_and_none_fails_in_the_overlap),
		cmocka_unit_test(after_the_overlap_the_old_key_signs_nothing),
		cmocka_unit_test(a_key_is_destroyed_only_after_it_was_retired_and_stays_so),
		cmocka_unit_test(a_compromised_key_signs_nothing_and_brings_no_other_back),
		cmocka_unit_test(a_planned_key_signs_its_own_request_and_nothing_else),
		cmocka_unit_test(a_retiring_authority_signs_what_is_said_of_its_certificates),
		cmocka_unit_test(a_table_without_a_key_of_the_journal_is_refused),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
