/* The register of certificates: intents before signatures, one revocation each, nothing lost by a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "zy/authority.h"

#define AT 1772323200

static char folder[64];
static struct zy_register *reg;
static struct zy_arena arena;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/zy-register-XXXXXX");
	return mkdtemp(folder) != NULL && zy_register_make(folder, &err) &&
		       zy_register_open(&reg, folder, true, AT, &err)
		   ? 0
		   : 1;
}

static int tear_down(void **state)
{
	(void)state;
	zy_register_close(reg);
	zy_arena_free(&arena);
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

static struct zy_entry entry(uint8_t issuer, uint8_t serial)
{
	return (struct zy_entry){ .issuer = { issuer },
		.serial = { 0x40, serial },
		.suite = ZY_SUITE_GM,
		.not_before = AT,
		.not_after = AT + 86400,
		.profile = "device",
		.subject = "C=CN, O=云泽市交通运输局, CN=设备",
		.der = ZY_LITERAL("certificate") };
}

static void add(const struct zy_entry *e)
{
	struct zy_entry made = *e;

	MUST(zy_register_intend(reg, e, 1, &err));
	made.state = ZY_CERT_VALID;
	MUST(zy_register_release(reg, &made, 1, &err));
}

static bool count(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	(void)e, (void)err;
	++*(unsigned *)arg;
	return true;
}

static unsigned number(const uint8_t *issuer, bool revoked)
{
	unsigned n = 0;

	MUST(revoked ? zy_register_walk_revoked(reg, issuer, count, &n, &err)
		     : zy_register_walk(reg, issuer, count, &n, &err));
	return n;
}

static void what_is_kept_comes_back_as_it_was(void **state)
{
	struct zy_entry in = entry(1, 1), out;

	(void)state;
	add(&in);
	MUST(zy_register_get(reg, in.issuer, in.serial, &arena, &out, &err));
	assert_int_equal(out.state, ZY_CERT_VALID);
	assert_int_equal(out.suite, ZY_SUITE_GM);
	assert_string_equal(out.subject, in.subject);
	assert_string_equal(out.profile, "device");
	assert_true(zy_bytes_equal(out.der, in.der));
	assert_true(out.not_after == in.not_after && out.not_before == in.not_before);
	MUST(zy_register_find(reg, in.serial, &arena, &out, &err));
	assert_memory_equal(out.issuer, in.issuer, ZY_KEY_ID_LEN);
	in.issuer[0] = 9;
	REFUSED(zy_register_get(reg, in.issuer, in.serial, &arena, &out, &err), ZY_E_NOT_FOUND);
	in.serial[0] = 9;
	REFUSED(zy_register_find(reg, in.serial, &arena, &out, &err), ZY_E_NOT_FOUND);
}

static void a_serial_is_never_used_twice(void **state)
{
	struct zy_entry e = entry(1, 2), two[2] = { entry(1, 3), entry(1, 3) };

	(void)state;
	MUST(zy_register_intend(reg, &e, 1, &err));
	REFUSED(zy_register_intend(reg, &e, 1, &err), ZY_E_EXISTS);
	e.state = ZY_CERT_VALID;
	MUST(zy_register_release(reg, &e, 1, &err));
	REFUSED(zy_register_intend(reg, &e, 1, &err), ZY_E_EXISTS);
	/* all or none */
	REFUSED(zy_register_intend(reg, two, 2, &err), ZY_E_EXISTS);
	MUST(zy_register_intend(reg, two, 1, &err));
	MUST(zy_register_cancel(reg, two, AT, &err));
	/* no certificate without its intent */
	e.serial[1] = 77;
	REFUSED(zy_register_release(reg, &e, 1, &err), ZY_E_VAULT);
}

static void a_revocation_is_for_good_and_is_walked_alone(void **state)
{
	struct zy_entry a = entry(2, 1), b = entry(2, 2), c = entry(3, 3), out;
	uint64_t before, after;

	(void)state;
	add(&a);
	add(&b);
	add(&c);
	assert_int_equal(number(a.issuer, false), 2);
	assert_int_equal(number(a.issuer, true), 0);
	MUST(zy_register_revision(reg, &before, &err));
	MUST(zy_register_revoke(reg, b.issuer, b.serial, 1, AT + 5, AT + 2, &err));
	MUST(zy_register_revision(reg, &after, &err));
	assert_true(after == before + 1);
	REFUSED(zy_register_revoke(reg, b.issuer, b.serial, 1, AT + 6, 0, &err), ZY_E_STATE);
	REFUSED(zy_register_revoke(reg, a.issuer, c.serial, 1, AT + 6, 0, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_register_revoke(reg, a.issuer, a.serial, 7, AT + 6, 0, &err), ZY_E_FIELD_RANGE);
	REFUSED(zy_register_revoke(reg, a.issuer, a.serial, 1, AT + 6, AT + 7, &err), ZY_E_DATES);
	MUST(zy_register_get(reg, b.issuer, b.serial, &arena, &out, &err));
	assert_int_equal(out.state, ZY_CERT_REVOKED);
	assert_int_equal(out.reason, 1);
	assert_true(out.revoked_at == AT + 5 && out.invalid_at == AT + 2);
	assert_int_equal(number(a.issuer, true), 1);
	assert_int_equal(number(c.issuer, true), 0);
	assert_int_equal(number(a.issuer, false), 2);
}

static void a_request_key_stands_for_one_certificate(void **state)
{
	struct zy_asked asked = { .key = { 1 }, .digest = { 1 } };
	struct zy_entry e = entry(5, 1), other = entry(5, 2), out;
	bool found;

	(void)state;
	MUST(zy_register_asked(reg, &asked, &arena, &found, &out, &err));
	assert_false(found);
	e.asked = other.asked = &asked;
	add(&e);
	MUST(zy_register_asked(reg, &asked, &arena, &found, &out, &err));
	assert_true(found);
	assert_memory_equal(out.serial, e.serial, ZY_SERIAL_LEN);
	/* all or none: the second certificate is not released */
	MUST(zy_register_intend(reg, &other, 1, &err));
	other.state = ZY_CERT_VALID;
	REFUSED(zy_register_release(reg, &other, 1, &err), ZY_E_REQUEST_CONFLICT);
	REFUSED(zy_register_get(reg, other.issuer, other.serial, &arena, &out, &err), ZY_E_NOT_FOUND);
	MUST(zy_register_cancel(reg, &other, AT, &err));
	asked.digest[0] = 2;
	REFUSED(zy_register_asked(reg, &asked, &arena, &found, &out, &err), ZY_E_REQUEST_CONFLICT);
}

static bool is_issuer_7(void *arg, const struct zy_entry *e, bool *yes, struct zy_error *err)
{
	(void)arg, (void)err;
	*yes = e->issuer[0] == 7;
	return true;
}

static void many_are_revoked_in_few_transactions(void **state)
{
	const uint8_t seven[ZY_KEY_ID_LEN] = { 7 };
	static struct zy_entry many[2500];
	struct zy_revoke_many many_of = { .pick = is_issuer_7, .at = AT };
	struct zy_entry out;
	uint64_t num;

	(void)state;
	for (size_t i = 0; i < 2500; i++) {
		many[i] = entry(7, (uint8_t)i);
		many[i].serial[2] = (uint8_t)(i >> 8);
	}
	MUST(zy_register_intend(reg, many, 2500, &err));
	for (size_t i = 0; i < 2500; i++)
		many[i].state = ZY_CERT_VALID;
	MUST(zy_register_release(reg, many, 2500, &err));
	MUST(zy_register_revoke(reg, seven, many[0].serial, 4, AT, 0, &err));
	many_of.invalid_at = AT + 1;
	REFUSED(zy_register_revoke_all(reg, &many_of, &num, &err), ZY_E_DATES);
	many_of.invalid_at = AT - 60;
	many_of.reason = 7;
	REFUSED(zy_register_revoke_all(reg, &many_of, &num, &err), ZY_E_FIELD_RANGE);
	many_of.reason = 1;
	MUST(zy_register_revoke_all(reg, &many_of, &num, &err));
	assert_int_equal(num, 2499);
	assert_int_equal(number(seven, true), 2500);
	MUST(zy_register_get(reg, seven, many[0].serial, &arena, &out, &err));
	assert_int_equal(out.reason, 4);
	MUST(zy_register_get(reg, seven, many[2499].serial, &arena, &out, &err));
	assert_true(out.state == ZY_CERT_REVOKED && out.reason == 1 && out.invalid_at == AT - 60);
	MUST(zy_register_revoke_all(reg, &many_of, &num, &err));
	assert_int_equal(num, 0);
}

#define CROWD 10500 /* more than one transaction takes */

static bool is_issuer_8(void *arg, const struct zy_entry *e, bool *yes, struct zy_error *err)
{
	(void)arg, (void)err;
	*yes = e->issuer[0] == 8;
	return true;
}

static void die_after_the_first(void *arg, uint64_t done, uint64_t of)
{
	(void)arg, (void)of;
	if (done > 0)
		raise(SIGKILL);
}

static void what_a_kill_cut_off_is_finished_by_the_same_call(void **state)
{
	const uint8_t eight[ZY_KEY_ID_LEN] = { 8 };
	struct zy_revoke_many crowd_of = {
		.pick = is_issuer_8, .reason = 4, .at = AT, .progress = die_after_the_first
	};
	struct zy_entry *crowd = calloc(CROWD, sizeof(*crowd));
	struct zy_error ignored = { 0 };
	uint64_t num;
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(crowd);
	for (size_t i = 0; i < CROWD; i++) {
		crowd[i] = entry(8, (uint8_t)i);
		crowd[i].serial[2] = (uint8_t)(i >> 8);
	}
	MUST(zy_register_intend(reg, crowd, CROWD, &err));
	for (size_t i = 0; i < CROWD; i++)
		crowd[i].state = ZY_CERT_VALID;
	MUST(zy_register_release(reg, crowd, CROWD, &err));
	free(crowd);
	zy_register_close(reg);
	if ((pid = fork()) == 0) {
		if (zy_register_open(&reg, folder, false, AT, &ignored))
			(void)!zy_register_revoke_all(reg, &crowd_of, &num, &ignored);
		_exit(1);
	}
	assert_true(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	MUST(zy_register_open(&reg, folder, true, AT, &err));
	assert_int_equal(number(eight, true), 10000);
	crowd_of.progress = NULL;
	MUST(zy_register_revoke_all(reg, &crowd_of, &num, &err));
	assert_int_equal(num, CROWD - 10000);
	assert_int_equal(number(eight, true), CROWD);
}

static void an_intent_that_a_crash_left_is_cancelled_by_the_next_who_issues(void **state)
{
	struct zy_entry e = entry(4, 1), out;

	(void)state;
	MUST(zy_register_intend(reg, &e, 1, &err));
	REFUSED(zy_register_get(reg, e.issuer, e.serial, &arena, &out, &err), ZY_E_NOT_FOUND);
	zy_register_close(reg);
	MUST(zy_register_open(&reg, folder, true, AT + 9, &err));
	MUST(zy_register_get(reg, e.issuer, e.serial, &arena, &out, &err));
	assert_int_equal(out.state, ZY_CERT_CANCELLED);
	assert_true(out.revoked_at == AT + 9);
	assert_int_equal(number(e.issuer, true), 1);
	e.state = ZY_CERT_VALID;
	REFUSED(zy_register_release(reg, &e, 1, &err), ZY_E_VAULT);
	REFUSED(zy_register_revoke(reg, e.issuer, e.serial, 1, AT + 9, 0, &err), ZY_E_STATE);
}

static void reasons_are_those_of_the_standard(void **state)
{
	unsigned n = 99;

	(void)state;
	assert_true(zy_revocation_reason("keyCompromise", &n) && n == 1);
	assert_true(zy_revocation_reason("privilegeWithdrawn", &n) && n == 9);
	assert_false(zy_revocation_reason("certificateHold", &n));
	assert_string_equal(zy_revocation_reason_name(4), "superseded");
	assert_null(zy_revocation_reason_name(7));
	assert_null(zy_revocation_reason_name(11));
}

static void a_folder_without_a_register_is_said(void **state)
{
	struct zy_register *none;

	(void)state;
	REFUSED(zy_register_open(&none, "/tmp/zy-no-register-here", false, AT, &err), ZY_E_VAULT_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_comes_back_as_it_was),
		cmocka_unit_test(a_serial_is_never_used_twice),
		cmocka_unit_test(a_revocation_is_for_good_and_is_walked_alone),
		cmocka_unit_test(a_request_key_stands_for_one_certificate),
		cmocka_unit_test(many_are_revoked_in_few_transactions),
		cmocka_unit_test(what_a_kill_cut_off_is_finished_by_the_same_call),
		cmocka_unit_test(an_intent_that_a_crash_left_is_cancelled_by_the_next_who_issues),
		cmocka_unit_test(reasons_are_those_of_the_standard),
		cmocka_unit_test(a_folder_without_a_register_is_said),
	};

	return cmocka_run_group_tests(tests, make, tear_down);
}
