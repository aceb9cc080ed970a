/* The real zhengyin-signer on a SoftHSM2 token, through its client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "helpers/signer_home.h"
#include "helpers/verify_rs.h"
#include "hsm/protocol.h"
#include "hsm/run.h"
#include "ses_made.h"
#include "zy/hsm.h"

#define URI(label) "pkcs11:token=soft;object=" label
#define SEAL_1 "99010000000001"
#define SEAL_2 "99010000000002"
#define ITEM "990100-SCJG-0001"

static struct signer_home home;
static struct zy_hsm *hsm;

static void write_policies(const struct signer_home *h)
{
	static const char seal[] =
	    "{\"esID\":\"%s\",\"name\":{\"zh\":\"云泽市市场监督管理局\",\"en\":\"Yunze Administration for Market "
	    "Regulation\"},"
	    "\"department\":\"11990100MB99000131\",\"seal_type\":1,\"seal_key\":\"" URI(
		"seal") "\","
			"\"document_key\":\"" URI(
			    "document") "\",\"valid_from\":\"2000-01-01T00:00:00+08:00\","
					"\"valid_to\":\"2999-01-01T00:00:00+08:00\",\"items\":[\"" ITEM "\"]}";
	char one[1024], two[1024];

	home_folder(h, "policies");
	home_folder(h, "policies/types");
	snprintf(one, sizeof(one), seal, SEAL_1);
	snprintf(two, sizeof(two), seal, SEAL_2);
	home_write(h, "policies/seals.json", "{\"seals\":[%s,%s]}", one, two);
	home_write(h, "policies/departments.json",
	    "{\"departments\":[{\"code\":\"11990100MB99000131\",\"name\":{\"zh\":\"云泽市市场监督管理局\","
	    "\"en\":\"Yunze Administration for Market Regulation\"}}],"
	    "\"operator\":{\"zh\":\"云泽市政务服务\",\"en\":\"Yunze City Government Services\"}}");
}

static void start(void)
{
	int status;

	assert_true(home_start(&home, "soft", &status));
}

static void must(bool ok, const struct zy_error *err)
{
	if (!ok)
		fail_msg("%s (%s): %s", zy_code_name(err->code), err->field, err->msg);
}
#define MUST(call)                                                                                                     \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		must(call, &err);                                                                                      \
	} while (0)
#define REFUSED(call, want)                                                                                            \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		assert_false(call);                                                                                    \
		assert_string_equal(zy_code_name(err.code), zy_code_name(want));                                       \
	} while (0)

static struct zy_sign_request asking(const char *key, enum zy_key_use use, const char *message)
{
	return (struct zy_sign_request){ .key = key, .use = use, .message = zy_str(message) };
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	write_policies(&home);
	return home_run(&home, "soft", "--init") != 0 || !zy_hsm_open(&hsm, home.path, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

static void an_absent_signer_is_said_with_its_token_and_the_way_to_start_it(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_false(zy_hsm_ping(hsm, "soft", &err));
	assert_int_equal(err.code, ZY_E_SIGNER_ABSENT);
	assert_non_null(strstr(err.msg, "\"soft\""));
	assert_non_null(strstr(err.msg, "zhengyin up"));
}

static void a_token_is_made_once(void **state)
{
	(void)state;
	assert_int_equal(home_run(&home, "soft", "--init"), zy_code_exit(ZY_E_EXISTS));
	assert_int_equal(home_run(&home, "soft", "--check-config"), 0);
	assert_int_equal(home_run(&home, "none", NULL), zy_code_exit(ZY_E_IO));
	assert_int_equal(home_run(&home, "../soft", NULL), zy_code_exit(ZY_E_KEY_URI));
	assert_int_equal(home_run(&home, "soft", "--pin"), 64);
}

static void a_pin_file_that_others_may_read_stops_the_start(void **state)
{
	char path[1024];
	int status = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/tokens/soft.pin", home.path);
	assert_int_equal(chmod(path, 0640), 0);
	assert_false(home_start(&home, "soft", &status));
	assert_int_equal(status, zy_code_exit(ZY_E_PIN));
	assert_true(home_logged(&home, "soft", "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
}

static void a_second_signer_of_a_token_is_refused(void **state)
{
	(void)state;
	start();
	MUST(zy_hsm_ping(hsm, "soft", &err));
	assert_int_equal(home_run(&home, "soft", NULL), zy_code_exit(ZY_E_BUSY));
	MUST(zy_hsm_ping(hsm, "soft", &err));
}

static void keys_are_made_once_and_listed(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_hsm_key *keys;
	size_t num;

	(void)state;
	MUST(zy_hsm_generate(hsm, URI("seal"), ZY_KEY_P256, ZY_USE_SEAL_SIGN, &err));
	MUST(zy_hsm_generate(hsm, URI("document"), ZY_KEY_P256, ZY_USE_DOCUMENT, &err));
	MUST(zy_hsm_generate(hsm, URI("root%20%E6%A0%B9"), ZY_KEY_P256, ZY_USE_CERTIFICATE | ZY_USE_TRUST, &err));
	MUST(zy_hsm_generate(hsm, URI("data"), ZY_KEY_AES256, ZY_USE_WRAP, &err));
	MUST(zy_hsm_generate(hsm, URI("data-2"), ZY_KEY_AES256, ZY_USE_WRAP, &err));
	REFUSED(zy_hsm_generate(hsm, URI("seal"), ZY_KEY_P256, ZY_USE_TRUST, &err), ZY_E_EXISTS);
	REFUSED(zy_hsm_generate(hsm, URI("x"), ZY_KEY_P256, ZY_USE_WRAP, &err), ZY_E_KEY_USE);
	REFUSED(zy_hsm_generate(hsm, URI("x"), ZY_KEY_AES256, ZY_USE_WRAP | ZY_USE_TRUST, &err), ZY_E_KEY_USE);
	REFUSED(zy_hsm_generate(hsm, URI("x"), ZY_KEY_SM2, ZY_USE_TRUST, &err), ZY_E_TOKEN);
	MUST(zy_hsm_list(hsm, "soft", &a, &keys, &num, &err));
	assert_int_equal(num, 5);
	assert_string_equal(keys[2].label, "root 根");
	assert_int_equal(keys[2].uses, ZY_USE_CERTIFICATE | ZY_USE_TRUST);
	assert_int_equal(keys[3].kind, ZY_KEY_AES256);
}

static void a_signature_verifies_for_an_outsider(void **state)
{
	struct zy_sign_request q = asking(URI("root%20%E6%A0%B9"), ZY_USE_TRUST, "to be signed");
	enum zy_key_kind kind;
	uint8_t point[65], rs[64];

	(void)state;
	MUST(zy_hsm_public(hsm, q.key, &kind, point, &err));
	assert_int_equal(kind, ZY_KEY_P256);
	MUST(zy_hsm_sign(hsm, &q, rs, &err));
	assert_true(verify_rs(kind, point, q.message, rs));
	assert_false(verify_rs(kind, point, zy_str("to be signee"), rs));
	rs[63] ^= 1;
	assert_false(verify_rs(kind, point, q.message, rs));
}

static void the_largest_message_is_signed_and_one_byte_more_is_not(void **state)
{
	uint8_t *big = test_calloc(1, ZY_HSM_MESSAGE_MAX + 1), point[65], rs[64];
	struct zy_sign_request q = asking(URI("root%20%E6%A0%B9"), ZY_USE_TRUST, "");
	enum zy_key_kind kind;

	(void)state;
	q.message = ZY_BYTES(big, ZY_HSM_MESSAGE_MAX);
	MUST(zy_hsm_public(hsm, q.key, &kind, point, &err));
	MUST(zy_hsm_sign(hsm, &q, rs, &err));
	assert_true(verify_rs(kind, point, q.message, rs));
	q.message.len++;
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_TOO_LARGE);
	test_free(big);
}

static void another_use_an_unknown_key_or_name_is_refused(void **state)
{
	struct zy_sign_request q = asking(URI("root%20%E6%A0%B9"), ZY_USE_CREDENTIAL, "m");
	enum zy_key_kind kind;
	uint8_t rs[64], point[65];

	(void)state;
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_KEY_USE);
	q.use = ZY_USE_CERTIFICATE | ZY_USE_TRUST; /* one use at a time */
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_CBOR);
	q = asking(URI("data"), ZY_USE_WRAP, "m");
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_KEY_USE);
	REFUSED(zy_hsm_public(hsm, URI("data"), &kind, point, &err), ZY_E_KEY_USE);
	q = asking(URI("nobody"), ZY_USE_TRUST, "m");
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_NOT_FOUND);
	q.key = "pkcs11:token=other;object=seal";
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_SIGNER_ABSENT);
	q.key = "pkcs11:object=seal";
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_KEY_URI);
	assert_true(home_logged(
	    &home, "soft", "\"event\":\"refused\",\"op\":\"sign\",\"key\":\"root 根\",\"code\":\"key-use\""));
}

static void make_tbs(struct zy_buf *out, const char *esID, zy_time time_info)
{
	static const uint8_t hash[32] = { 1 };
	struct zy_seal_info info = ses_made_info();
	struct zy_error err = { 0 };
	ZY_BUF_AUTO seal = { 0 };
	struct zy_ses_tbs tbs = { .timeInfo = time_info,
		.dataHash = ZY_BYTES(hash, 32),
		.propertyInfo = ZY_LITERAL("/Doc_0/Signs/Sign_0/Signature.xml") };

	info.esID = zy_str(esID);
	info.validEnd = time_info + 1000;
	must(ses_made_seal(&info, &seal, &err), &err);
	tbs.eseal.der = zy_buf_bytes(&seal);
	must(zy_ses_tbs_encode(&tbs, out, &err), &err);
}

/* The signer's clock is the system's, so what it signs must be dated by it. */
static void the_seal_rules_hold_inside_the_signer(void **state)
{
	zy_time now = zy_now(&zy_clock_system);
	ZY_BUF_AUTO tbs = { 0 };
	ZY_BUF_AUTO old = { 0 };
	struct zy_sign_request good = {
		.key = URI("seal"), .use = ZY_USE_SEAL_SIGN, .esID = SEAL_1, .item_code = ITEM
	};
	struct zy_sign_request q;
	enum zy_key_kind kind;
	uint8_t rs[64], point[65];

	(void)state;
	make_tbs(&tbs, SEAL_1, now);
	make_tbs(&old, SEAL_1, now - 400);
	good.message = zy_buf_bytes(&tbs);
	MUST(zy_hsm_sign(hsm, &good, rs, &err));
	MUST(zy_hsm_public(hsm, good.key, &kind, point, &err));
	assert_true(verify_rs(kind, point, good.message, rs));
	q = good, q.esID = SEAL_2;
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_SEAL_RULE);
	q = good, q.esID = NULL;
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_SEAL_RULE);
	q = good, q.item_code = "990100-JTYS-0001";
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_SEAL_RULE);
	q = good, q.message = zy_buf_bytes(&old);
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_SEAL_DATE);
	q = good, q.message = zy_str("not a TBS_Sign");
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_DER);
	q = good, q.key = URI("document"), q.use = ZY_USE_DOCUMENT; /* a seal signature from the document key */
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_DER);
	assert_false(home_logged(&home, "soft", SEAL_1));
}

static void what_was_wrapped_is_unwrapped_under_the_same_key_and_place_only(void **state)
{
	struct zy_bytes secret = ZY_LITERAL("0123456789abcdef0123456789abcdef"), place = ZY_LITERAL("subject/7");
	ZY_BUF_AUTO wrapped = { 0 };
	ZY_BUF_AUTO again = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	MUST(zy_hsm_wrap(hsm, URI("data"), place, secret, &wrapped, &err));
	assert_int_equal(wrapped.len, 12 + secret.len + 16);
	MUST(zy_hsm_wrap(hsm, URI("data"), place, secret, &again, &err));
	assert_memory_not_equal(wrapped.p, again.p, 12);
	MUST(zy_hsm_unwrap(hsm, URI("data"), place, zy_buf_bytes(&wrapped), &out, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&out), secret));
	REFUSED(zy_hsm_unwrap(hsm, URI("data-2"), place, zy_buf_bytes(&wrapped), &out, &err), ZY_E_TOKEN);
	REFUSED(
	    zy_hsm_unwrap(hsm, URI("data"), ZY_LITERAL("subject/8"), zy_buf_bytes(&wrapped), &out, &err), ZY_E_TOKEN);
	REFUSED(zy_hsm_unwrap(hsm, URI("data"), place, ZY_BYTES(wrapped.p, 27), &out, &err), ZY_E_TOKEN);
	REFUSED(zy_hsm_wrap(hsm, URI("seal"), place, secret, &out, &err), ZY_E_KEY_USE);
	for (size_t i = 0; i < wrapped.len; i += 5) {
		wrapped.p[i] ^= 0x10;
		REFUSED(zy_hsm_unwrap(hsm, URI("data"), place, zy_buf_bytes(&wrapped), &out, &err), ZY_E_TOKEN);
		wrapped.p[i] ^= 0x10;
	}
	assert_int_equal(out.len, secret.len);
	/* a refused unwrap leaves no operation behind in the session */
	for (int i = 0; i < 20; i++)
		MUST(zy_hsm_wrap(hsm, URI("data"), place, secret, &again, &err));
}

static int connect_raw(void)
{
	char path[1024];
	struct sockaddr_un address;
	int folder, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(path, sizeof(path), "%s/run", home.path);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	address = zy_run_address(folder, "soft");
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	close(folder);
	return fd;
}

static void garbage_and_idle_connections_harm_nobody_else(void **state)
{
	static const struct {
		struct zy_bytes bytes;
		bool is_closed; /* else a refusal is answered */
	} garbage[] = { { ZY_LITERAL("\xff\xff\xff\xff"), true }, { ZY_LITERAL("\0\0\0\0"), true },
		{ ZY_LITERAL("GET / HTTP/1.1\r\n\r\n"), true }, { ZY_LITERAL("\0\0\0\1\xf6more"), true },
		{ ZY_LITERAL("\0\0\0\1\xf6"), false }, { ZY_LITERAL("\0\0\0\7\x82\1\x64ping"), false } };
	int idle[100];
	uint8_t answer[512];

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		idle[i] = connect_raw();
		assert_int_equal(send(idle[i], "\0\0\1\0half a request", i % 18, MSG_NOSIGNAL), (ssize_t)(i % 18));
	}
	for (size_t i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		int fd = connect_raw();

		assert_int_equal(
		    send(fd, garbage[i].bytes.p, garbage[i].bytes.len, MSG_NOSIGNAL), (ssize_t)garbage[i].bytes.len);
		if (garbage[i].is_closed)
			assert_true(recv(fd, answer, sizeof(answer), 0) <= 0);
		else
			assert_true(recv(fd, answer, sizeof(answer), 0) > 4);
		MUST(zy_hsm_ping(hsm, "soft", &err));
		close(fd);
	}
	for (size_t i = 0; i < 100; i++)
		close(idle[i]);
	MUST(zy_hsm_ping(hsm, "soft", &err));
}

/* More clients than there are workers ask for an answer larger than a socket's buffer and never read it. */
static void a_client_that_takes_no_answers_blocks_no_worker(void **state)
{
	uint8_t *big = test_calloc(1, ZY_HSM_MESSAGE_MAX);
	struct zy_hsm_request q = {
		.op = ZY_OP_WRAP, .key = ZY_LITERAL(URI("data")), .message = ZY_BYTES(big, ZY_HSM_MESSAGE_MAX)
	};
	ZY_BUF_AUTO frame = { 0 };
	int fds[80];

	(void)state;
	zy_hsm_frame_begin(&frame);
	zy_hsm_request_encode(&q, &frame);
	MUST(zy_hsm_frame_end(&frame, &err));
	for (size_t i = 0; i < 80; i++) {
		fds[i] = connect_raw();
		assert_int_equal(send(fds[i], frame.p, frame.len, MSG_NOSIGNAL), (ssize_t)frame.len);
	}
	MUST(zy_hsm_ping(hsm, "soft", &err));
	for (size_t i = 0; i < 80; i++)
		close(fds[i]);
	test_free(big);
}

#define THREADS 96
#define ROUNDS 12
static void *sign_many(void *arg)
{
	size_t number = (size_t)(uintptr_t)arg, bad = 0;
	uint8_t point[65], rs[64];
	enum zy_key_kind kind;
	char text[32];

	for (int i = 0; i < ROUNDS; i++) {
		struct zy_error err = { 0 };
		struct zy_sign_request q = asking(URI("root%20%E6%A0%B9"), ZY_USE_TRUST, text);

		snprintf(text, sizeof(text), "thread %zu round %d", number, i);
		q.message = zy_str(text);
		bad += !zy_hsm_sign(hsm, &q, rs, &err) || !zy_hsm_public(hsm, q.key, &kind, point, &err) ||
		       !verify_rs(kind, point, q.message, rs);
	}
	return (void *)(uintptr_t)bad;
}

static void many_threads_get_each_their_own_signature(void **state)
{
	pthread_t threads[THREADS];
	void *bad;

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_many, (void *)(uintptr_t)i), 0);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &bad);
		assert_int_equal((uintptr_t)bad, 0);
	}
}

static void the_bench_measures_all_sessions(void **state)
{
	double per_second = 0;
	unsigned sessions = 0;

	(void)state;
	MUST(zy_hsm_bench(hsm, URI("seal"), 1, &per_second, &sessions, &err));
	assert_true(per_second > 10);
	assert_true(sessions >= 1);
	REFUSED(zy_hsm_bench(hsm, URI("seal"), 0, &per_second, &sessions, &err), ZY_E_CBOR);
	REFUSED(zy_hsm_bench(hsm, URI("seal"), 11, &per_second, &sessions, &err), ZY_E_CBOR);
	REFUSED(zy_hsm_bench(hsm, URI("data"), 1, &per_second, &sessions, &err), ZY_E_KEY_USE);
}

static void a_restarted_signer_keeps_its_keys_and_its_clients(void **state)
{
	struct zy_sign_request q = asking(URI("root%20%E6%A0%B9"), ZY_USE_TRUST, "again");
	uint8_t before[65], after[65], rs[64];
	enum zy_key_kind kind;

	(void)state;
	MUST(zy_hsm_public(hsm, q.key, &kind, before, &err));
	assert_int_equal(home_stop(&home, SIGTERM), 0);
	REFUSED(zy_hsm_sign(hsm, &q, rs, &err), ZY_E_SIGNER_ABSENT);
	start();
	MUST(zy_hsm_public(hsm, q.key, &kind, after, &err));
	assert_memory_equal(before, after, 65);
	/* the pool holds connections to the process that is killed now, and the next question goes to its successor */
	assert_int_equal(home_stop(&home, SIGKILL), 128 + SIGKILL);
	start();
	MUST(zy_hsm_sign(hsm, &q, rs, &err));
	assert_true(verify_rs(kind, before, q.message, rs));
}

static void a_killed_signer_is_absent_and_its_socket_is_replaced(void **state)
{
	char path[1024];

	(void)state;
	assert_int_equal(home_stop(&home, SIGKILL), 128 + SIGKILL);
	snprintf(path, sizeof(path), "%s/run/soft.sock", home.path);
	assert_int_equal(access(path, F_OK), 0);
	REFUSED(zy_hsm_ping(hsm, "soft", &err), ZY_E_SIGNER_ABSENT);
	start();
	MUST(zy_hsm_ping(hsm, "soft", &err));
	assert_int_equal(home_stop(&home, SIGTERM), 0);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void a_key_of_the_table_that_the_token_lost_stops_the_start(void **state)
{
	int status = 0;

	(void)state;
	home_write(&home, "signer/soft.keys.json", "{\"lost\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}");
	assert_false(home_start(&home, "soft", &status));
	assert_int_equal(status, zy_code_exit(ZY_E_NOT_FOUND));
	home_write(&home, "signer/soft.keys.json", "{\"data\":{\"kind\":\"aes256\",\"uses\":[\"wrap\"]}}");
	start();
	/* in the token, but the signer was not told what for */
	REFUSED(zy_hsm_generate(hsm, URI("seal"), ZY_KEY_P256, ZY_USE_TRUST, &err), ZY_E_EXISTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absent_signer_is_said_with_its_token_and_the_way_to_start_it),
		cmocka_unit_test(a_token_is_made_once),
		cmocka_unit_test(a_pin_file_that_others_may_read_stops_the_start),
		cmocka_unit_test(a_second_signer_of_a_token_is_refused),
		cmocka_unit_test(keys_are_made_once_and_listed),
		cmocka_unit_test(a_signature_verifies_for_an_outsider),
		cmocka_unit_test(the_largest_message_is_signed_and_one_byte_more_is_not),
		cmocka_unit_test(another_use_an_unknown_key_or_name_is_refused),
		cmocka_unit_test(the_seal_rules_hold_inside_the_signer),
		cmocka_unit_test(what_was_wrapped_is_unwrapped_under_the_same_key_and_place_only),
		cmocka_unit_test(garbage_and_idle_connections_harm_nobody_else),
		cmocka_unit_test(a_client_that_takes_no_answers_blocks_no_worker),
		cmocka_unit_test(many_threads_get_each_their_own_signature),
		cmocka_unit_test(the_bench_measures_all_sessions),
		cmocka_unit_test(a_restarted_signer_keeps_its_keys_and_its_clients),
		cmocka_unit_test(a_killed_signer_is_absent_and_its_socket_is_replaced),
		cmocka_unit_test(a_key_of_the_table_that_the_token_lost_stops_the_start),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
