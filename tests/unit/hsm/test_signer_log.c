/* A log's key before the real signer: it signs checkpoints of a tree that grows, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"
#include "helpers/signer_home.h"
#include "merkle_made.h"
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

/* What was asked of the key: "old" and a proof, then the text. */
static bool sign_text(
    const struct zy_checkpoint_request *asked, struct zy_bytes text, uint8_t rs[64], struct zy_error *err)
{
	struct zy_checkpoint_request whole = asked == NULL ? (struct zy_checkpoint_request){ 0 } : *asked;
	struct zy_sign_request q = { .key = KEY, .use = ZY_USE_LOG };
	ZY_BUF_AUTO message = { 0 };

	whole.checkpoint = text;
	zy_checkpoint_request_encode(&whole, &message);
	q.message = zy_buf_bytes(&message);
	return zy_hsm_sign(hsm, &q, rs, err);
}

/* The tree's first `size` entries, proved from `old`. */
static bool sign_tree(
    struct made_tree *t, const char *origin, uint64_t old, uint64_t size, uint8_t rs[64], struct zy_error *err)
{
	const struct zy_merkle m = { made_get, t };
	struct zy_merkle_head h = made_head(t, size);
	struct zy_checkpoint_request asked = { .old = old };
	ZY_BUF_AUTO body = { 0 };

	if (!zy_merkle_prove_consistency(&m, old, size, &asked.path, err))
		return false;
	zy_checkpoint_body_encode(zy_str(origin), &h, &body);
	return sign_text(&asked, zy_buf_bytes(&body), rs, err);
}

static struct made_tree tree, other;
static uint8_t signature[64];

/* The same entries, but for one that is another, one left out, or two in another order. */
enum fault { EXCHANGED, LEFT_OUT, REORDERED };
static void make_other(enum fault fault, uint64_t at, uint64_t size)
{
	memset(&other, 0, sizeof(other));
	for (uint64_t i = 0; other.size < size; i++) {
		uint64_t entry = i;

		if (i == at && fault == LEFT_OUT)
			continue;
		if (i == at)
			entry = fault == EXCHANGED ? 99999 : i + 1;
		if (i == at + 1 && fault == REORDERED)
			entry = i - 1;
		made_append(&other, ZY_BYTES(&entry, sizeof(entry)));
	}
}

static void a_tree_that_grows_is_signed(void **state)
{
	enum zy_key_kind kind;
	struct zy_merkle_head h;
	uint8_t point[65];
	ZY_BUF_AUTO body = { 0 };
	bool good;

	(void)state;
	made_grow(&tree, 40);
	h = made_head(&tree, 1);
	MUST(zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_LOG, &err));
	MUST(zy_hsm_public(hsm, KEY, &kind, point, &err));
	zy_checkpoint_body_encode(ZY_LITERAL("log.example/1"), &h, &body);
	MUST(sign_text(NULL, zy_buf_bytes(&body), signature, &err));
	MUST(zy_message_verify(NULL, ZY_SUITE_INTL, ZY_BYTES(point, 65), zy_buf_bytes(&body), signature, &good, &err));
	assert_true(good);
	MUST(sign_tree(&tree, "log.example/1", 1, 5, signature, &err));
	MUST(sign_tree(&tree, "log.example/1", 5, 5, signature, &err)); /* the same again is no other tree */
}

static void no_other_history_is_signed(void **state)
{
	(void)state;
	make_other(EXCHANGED, 2, 40);
	REFUSED(sign_tree(&tree, "log.example/1", 4, 4, signature, &err), ZY_E_LOG_FORK);
	REFUSED(sign_tree(&other, "log.example/1", 5, 5, signature, &err), ZY_E_LOG_FORK);
	REFUSED(sign_tree(&tree, "log.example/2", 5, 6, signature, &err), ZY_E_LOG_FORK);
	for (enum fault f = EXCHANGED; f <= REORDERED; f++)
		for (uint64_t size = 6; size < 40; size += 11) {
			make_other(f, 2, 40);
			REFUSED(sign_tree(&other, "log.example/1", 5, size, signature, &err), ZY_E_LOG_FORK);
		}
}

static void a_proof_from_another_size_is_told_the_right_one(void **state)
{
	struct zy_error why = { 0 };
	unsigned long long last = 0;

	(void)state;
	assert_false(sign_tree(&tree, "log.example/1", 3, 6, signature, &why));
	assert_int_equal(why.code, ZY_E_STATE);
	assert_int_equal(sscanf(why.msg, ZY_SIGNED_LAST, &last), 1);
	assert_int_equal(last, 5);
	REFUSED(sign_tree(&tree, "log.example/1", 0, 6, signature, &err), ZY_E_STATE);
	MUST(sign_tree(&tree, "log.example/1", 5, 6, signature, &err));
}

static void what_was_signed_counts_after_a_restart(void **state)
{
	(void)state;
	stop();
	start();
	make_other(EXCHANGED, 1, 40);
	REFUSED(sign_tree(&tree, "log.example/1", 5, 5, signature, &err), ZY_E_LOG_FORK);
	REFUSED(sign_tree(&other, "log.example/1", 6, 6, signature, &err), ZY_E_LOG_FORK);
	REFUSED(sign_tree(&other, "log.example/1", 6, 7, signature, &err), ZY_E_LOG_FORK);
	MUST(sign_tree(&tree, "log.example/1", 6, 6, signature, &err));
	MUST(sign_tree(&tree, "log.example/1", 6, 37, signature, &err));
}

static void what_is_no_plain_checkpoint_is_not_signed(void **state)
{
	static const char hash[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	const struct zy_sign_request bare = {
		.key = KEY, .use = ZY_USE_LOG, .message = ZY_LITERAL("log.example/1\n9\n")
	};
	char text[400];

	(void)state;
	REFUSED(zy_hsm_sign(hsm, &bare, signature, &err), ZY_E_NOTE);
	REFUSED(sign_text(NULL, ZY_LITERAL("text"), signature, &err), ZY_E_NOTE);
	snprintf(text, sizeof(text), "log.example/1\n9\n%s\nmore\n", hash);
	REFUSED(sign_text(NULL, zy_str(text), signature, &err), ZY_E_NOTE);
	snprintf(text, sizeof(text), "log example\n9\n%s\n", hash);
	REFUSED(sign_text(NULL, zy_str(text), signature, &err), ZY_E_NOTE);
	snprintf(text, sizeof(text), "%0200d\n9\n%s\n", 1, hash);
	REFUSED(sign_text(NULL, zy_str(text), signature, &err), ZY_E_NOTE);
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
		cmocka_unit_test(a_proof_from_another_size_is_told_the_right_one),
		cmocka_unit_test(what_was_signed_counts_after_a_restart),
		cmocka_unit_test(what_is_no_plain_checkpoint_is_not_signed),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
