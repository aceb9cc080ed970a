/* A log's key before the real signer: it signs checkpoints of a tree that grows, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"
#include "helpers/signer_home.h"
#include "zy/checkpoint.h"
#include "zy/hsm.h"
#include "zy/verify.h"

#define KEY "pkcs11:token=soft;object=log"

static struct signer_home home;
static struct zy_hsm *hsm;

static void start(void)
{
	struct zy_error err = { 0 };
	int status = 0;

	assert_true(home_start(&home, "soft", &status));
	assert_true(zy_hsm_open(&hsm, home.path, &err));
}

static void stop(void)
{
	zy_hsm_close(hsm);
	assert_int_equal(home_stop(&home, SIGTERM), 0);
}

static bool sign_text(const char *text, size_t len, uint8_t rs[64], struct zy_error *err)
{
	const struct zy_sign_request q = { .key = KEY, .use = ZY_USE_LOG, .message = ZY_BYTES(text, len) };

	return zy_hsm_sign(hsm, &q, rs, err);
}

/* The tree of `size` entries whose root is `root` everywhere. */
static bool sign_head(const char *origin, uint64_t size, uint8_t root, struct zy_error *err)
{
	struct zy_merkle_head h = { .size = size };
	ZY_BUF_AUTO body = { 0 };
	uint8_t rs[64];

	memset(h.root, root, sizeof(h.root));
	zy_checkpoint_body_encode(zy_str(origin), &h, &body);
	return sign_text((const char *)body.p, body.len, rs, err);
}

static void a_tree_that_grows_is_signed(void **state)
{
	enum zy_key_kind kind;
	struct zy_merkle_head h = { .size = 1 };
	uint8_t point[65], rs[64];
	ZY_BUF_AUTO body = { 0 };
	bool good;

	(void)state;
	MUST(zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_LOG, &err));
	MUST(zy_hsm_public(hsm, KEY, &kind, point, &err));
	zy_checkpoint_body_encode(ZY_LITERAL("log.example/1"), &h, &body);
	MUST(sign_text((const char *)body.p, body.len, rs, &err));
	MUST(zy_message_verify(NULL, ZY_SUITE_INTL, ZY_BYTES(point, 65), zy_buf_bytes(&body), rs, &good, &err));
	assert_true(good);
	MUST(sign_head("log.example/1", 5, 7, &err));
	MUST(sign_head("log.example/1", 5, 7, &err)); /* the same again is no other tree */
}

static void no_other_history_is_signed(void **state)
{
	(void)state;
	REFUSED(sign_head("log.example/1", 4, 7, &err), ZY_E_LOG_FORK);
	REFUSED(sign_head("log.example/1", 5, 8, &err), ZY_E_LOG_FORK);
	REFUSED(sign_head("log.example/2", 6, 7, &err), ZY_E_LOG_FORK);
	MUST(sign_head("log.example/1", 6, 9, &err));
}

static void what_was_signed_counts_after_a_restart(void **state)
{
	(void)state;
	stop();
	start();
	REFUSED(sign_head("log.example/1", 5, 7, &err), ZY_E_LOG_FORK);
	REFUSED(sign_head("log.example/1", 6, 7, &err), ZY_E_LOG_FORK);
	MUST(sign_head("log.example/1", 6, 9, &err));
	MUST(sign_head("log.example/1", 7, 1, &err));
}

static void what_is_no_plain_checkpoint_is_not_signed(void **state)
{
	static const char hash[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	char text[400];
	uint8_t rs[64];

	(void)state;
	REFUSED(sign_text("text", 4, rs, &err), ZY_E_NOTE);
	snprintf(text, sizeof(text), "log.example/1\n9\n%s\nmore\n", hash);
	REFUSED(sign_text(text, strlen(text), rs, &err), ZY_E_NOTE);
	snprintf(text, sizeof(text), "log example\n9\n%s\n", hash);
	REFUSED(sign_text(text, strlen(text), rs, &err), ZY_E_NOTE);
	snprintf(text, sizeof(text), "%0200d\n9\n%s\n", 1, hash);
	REFUSED(sign_text(text, strlen(text), rs, &err), ZY_E_NOTE);
}

static int make(void **state)
{
	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	if (home_run(&home, "soft", "--init") != 0)
		return -1;
	start();
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	stop();
	home_remove(&home);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_that_grows_is_signed),
		cmocka_unit_test(no_other_history_is_signed),
		cmocka_unit_test(what_was_signed_counts_after_a_restart),
		cmocka_unit_test(what_is_no_plain_checkpoint_is_not_signed),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
