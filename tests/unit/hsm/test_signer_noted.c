/* Heads that are noted for a wrapping key before the real signer: of a log that grows, and told to nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"
#include "helpers/signer_home.h"
#include "merkle_made.h"
#include "zy/hsm.h"
#include "zy/noted_head.h"

#define KEY "pkcs11:token=soft;object=secret-wrap"

static struct signer_home home;
static struct zy_hsm *hsm;
static struct made_tree tree, other;
static char last[ZY_HSM_NOTED_MAX + 1];

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

/* The first `size` entries of t, as who knows that `old` of them were noted. */
static bool note(struct made_tree *t, uint64_t old, uint64_t size, struct zy_error *err)
{
	const struct zy_merkle m = { made_get, t };
	struct zy_noted_request q = { .key = { 1, 2, 3 }, .now = made_head(t, size) };
	ZY_BUF_AUTO request = { 0 };

	if (old > 0)
		q.old = made_head(t, old);
	if (!zy_merkle_prove_consistency(&m, old, size, &q.path, err))
		return false;
	zy_noted_request_encode(&q, &request);
	return zy_hsm_note(hsm, KEY, zy_buf_bytes(&request), last, err);
}

static bool nothing(struct zy_error *err)
{
	return zy_hsm_note(hsm, KEY, ZY_BYTES(NULL, 0), last, err);
}

static void a_log_that_grows_is_noted(void **state)
{
	char before[ZY_HSM_NOTED_MAX + 1];

	(void)state;
	made_grow(&tree, 40);
	REFUSED(nothing(&err), ZY_E_NOT_FOUND);
	MUST(zy_hsm_generate(hsm, KEY, ZY_KEY_AES256, ZY_USE_WRAP, &err));
	MUST(nothing(&err));
	assert_string_equal(last, "");
	REFUSED(note(&tree, 3, 4, &err), ZY_E_STATE);
	MUST(note(&tree, 0, 4, &err));
	memcpy(before, last, sizeof(before));
	MUST(nothing(&err));
	assert_string_equal(last, before);
	MUST(note(&tree, 4, 9, &err));
	assert_string_not_equal(last, before);
	MUST(note(&tree, 4, 9, &err)); /* asked again: it is noted */
	MUST(note(&tree, 9, 9, &err));
}

/* Neither an older one, nor another, nor what does not know the last one. */
static void no_other_log_is_noted(void **state)
{
	(void)state;
	made_grow(&tree, 40);
	for (uint64_t i = 0; i < 40; i++) {
		uint64_t entry = i == 7 ? 99999 : i;

		made_append(&other, ZY_BYTES(&entry, sizeof(entry)));
	}
	REFUSED(note(&tree, 4, 8, &err), ZY_E_LOG_FORK);
	REFUSED(note(&tree, 0, 20, &err), ZY_E_LOG_FORK);
	REFUSED(note(&tree, 4, 20, &err), ZY_E_LOG_FORK);
	REFUSED(note(&other, 9, 20, &err), ZY_E_LOG_FORK);
	REFUSED(note(&other, 9, 9, &err), ZY_E_LOG_FORK);
	MUST(note(&tree, 9, 10, &err));
}

static void what_was_noted_counts_after_a_restart(void **state)
{
	char before[ZY_HSM_NOTED_MAX + 1];

	(void)state;
	memcpy(before, last, sizeof(before));
	stop();
	start();
	MUST(nothing(&err));
	assert_string_equal(last, before);
	REFUSED(note(&tree, 9, 20, &err), ZY_E_LOG_FORK);
	MUST(note(&tree, 10, 20, &err));
}

static void the_journal_tells_neither_size_nor_root(void **state)
{
	struct zy_merkle_head h = made_head(&tree, 20), blinded;

	(void)state;
	MUST(zy_noted_text_parse(zy_str(last), &blinded, &err));
	assert_true(blinded.size > 1000000);
	assert_memory_not_equal(blinded.root, h.root, ZY_HASH_LEN);
}

static void heads_are_noted_for_wrapping_keys_alone(void **state)
{
	(void)state;
	MUST(zy_hsm_generate(hsm, "pkcs11:token=soft;object=pair", ZY_KEY_P256, ZY_USE_DOCUMENT, &err));
	REFUSED(zy_hsm_note(hsm, "pkcs11:token=soft;object=pair", ZY_BYTES(NULL, 0), last, &err), ZY_E_KEY_USE);
	REFUSED(zy_hsm_note(hsm, KEY, ZY_LITERAL("text"), last, &err), ZY_E_TRUNCATED);
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
		cmocka_unit_test(a_log_that_grows_is_noted),
		cmocka_unit_test(no_other_log_is_noted),
		cmocka_unit_test(what_was_noted_counts_after_a_restart),
		cmocka_unit_test(the_journal_tells_neither_size_nor_root),
		cmocka_unit_test(heads_are_noted_for_wrapping_keys_alone),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
