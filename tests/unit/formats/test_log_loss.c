#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/log_loss.h"

static const char line[] = "zy-log-1 log.example/yunze goes-on 50 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= "
			   "lost 57 PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";

static void a_loss_keeps_its_line(void **state)
{
	struct zy_log_loss l;
	ZY_BUF_AUTO again = { 0 };

	(void)state;
	MUST(zy_log_loss_parse(&l, zy_str(line), &err));
	assert_true(zy_bytes_equal(l.origin, ZY_LITERAL("log.example/yunze")));
	assert_int_equal(l.goes_on.size, 50);
	assert_int_equal(l.lost.size, 57);
	assert_int_equal(l.goes_on.root[0], 0x0a);
	assert_int_equal(l.lost.root[0], 0x3e);
	MUST(zy_log_loss_encode(&l, &again, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_str(line)));
}

/* No cut is one, and what a changed octet leaves readable says something else. */
static void each_octet_counts(void **state)
{
	const size_t len = strlen(line);
	struct zy_log_loss whole, l;

	(void)state;
	MUST(zy_log_loss_parse(&whole, zy_str(line), &err));
	for (size_t i = 0; i < len; i++) {
		struct zy_error err = { 0 };
		char other[sizeof(line)];

		assert_false(zy_log_loss_parse(&l, ZY_BYTES(line, i), &err));
		assert_int_equal(err.code, ZY_E_ORDER);
		for (int bit = 0; bit < 8; bit++) {
			memcpy(other, line, sizeof(line));
			other[i] = (char)(other[i] ^ 1 << bit);
			err = (struct zy_error){ 0 };
			if (!zy_log_loss_parse(&l, ZY_BYTES(other, len), &err))
				continue;
			assert_true(!zy_bytes_equal(l.origin, whole.origin) ||
				    memcmp(&l.goes_on, &whole.goes_on, sizeof(l.goes_on)) != 0 ||
				    memcmp(&l.lost, &whole.lost, sizeof(l.lost)) != 0);
		}
	}
}

static void refuse(const char *text)
{
	struct zy_error err = { 0 };
	struct zy_log_loss l;

	if (zy_log_loss_parse(&l, zy_str(text), &err) || err.code != ZY_E_ORDER)
		fail_msg("taken: %s", text);
}

static void there_is_one_spelling(void **state)
{
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	(void)state;
	refuse("");
	refuse("zy-log-1 l goes-on 1 " ROOT " lost 2 " ROOT);
	refuse("zy-log-1 l goes-on 1 " ROOT " lost 2 " ROOT "\n\n");
	refuse("zy-log-1  l goes-on 1 " ROOT " lost 2 " ROOT "\n");
	refuse("zy-log-1 l goes-on 01 " ROOT " lost 2 " ROOT "\n");
	refuse("zy-log-1 l goes-on 1 " ROOT " lost 2 " ROOT " \n");
	refuse("zy-log-1 l+ goes-on 1 " ROOT " lost 2 " ROOT "\n");
	refuse("zy-log-1 l lost 1 " ROOT " goes-on 2 " ROOT "\n");
	refuse("zy-log-2 l goes-on 1 " ROOT " lost 2 " ROOT "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loss_keeps_its_line),
		cmocka_unit_test(each_octet_counts),
		cmocka_unit_test(there_is_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
