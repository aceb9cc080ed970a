#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "vault_made.h"
#include "zy/beside.h"

static const char text[] = "周望舒 990100199003071249";

static void seal(struct made_vault *m, const char *id, struct zy_buf *out)
{
	MUST(zy_beside_seal(m->v, id, "wallet", ZY_LITERAL(text), out, &err));
	assert_null(memmem(out->p, out->len, text, 9));
}

static void it_opens_for_its_licence_and_as_what_it_is_alone(void **state)
{
	char ids[3][ZY_IDENTIFIER_MAX + 1];
	struct made_vault m;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO sealed = { 0 }, again = { 0 }, plain = { 0 }, none = { 0 };

		made_vault(&m, s);
		MUST(made_mint(&m, "a", 1, 100, ids[0], &err));
		MUST(made_mint(&m, "b", 1, 100, ids[1], &err)); /* the same holder */
		MUST(made_mint(&m, "c", 2, 100, ids[2], &err));
		seal(&m, ids[0], &sealed);
		seal(&m, ids[0], &again);
		assert_false(zy_bytes_equal(zy_buf_bytes(&sealed), zy_buf_bytes(&again)));
		MUST(zy_beside_open(m.v, ids[0], "wallet", zy_buf_bytes(&sealed), &plain, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&plain), ZY_LITERAL(text)));
		for (int i = 1; i < 3; i++)
			REFUSED(zy_beside_open(m.v, ids[i], "wallet", zy_buf_bytes(&sealed), &none, &err),
			    ZY_E_VAULT_CORRUPT);
		REFUSED(zy_beside_open(m.v, ids[0], "other", zy_buf_bytes(&sealed), &none, &err), ZY_E_VAULT_CORRUPT);
		for (size_t len = 0; len < sealed.len; len++)
			REFUSED(zy_beside_open(m.v, ids[0], "wallet", ZY_BYTES(sealed.p, len), &none, &err),
			    ZY_E_VAULT_CORRUPT);
		for (size_t bit = 0; bit < sealed.len * 8; bit++) {
			sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			REFUSED(zy_beside_open(m.v, ids[0], "wallet", zy_buf_bytes(&sealed), &none, &err),
			    ZY_E_VAULT_CORRUPT);
			sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		REFUSED(zy_beside_seal(m.v, MADE_TYPE "." MADE_ISSUER ".999", "wallet", ZY_LITERAL(text), &none, &err),
		    ZY_E_NOT_FOUND);
		made_remove(&m);
	}
}

static void what_is_too_large_is_refused(void **state)
{
	static uint8_t large[ZY_BESIDE_MAX + 1];
	char id[ZY_IDENTIFIER_MAX + 1];
	struct made_vault m;
	ZY_BUF_AUTO none = { 0 };

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	MUST(made_mint(&m, "a", 1, 100, id, &err));
	REFUSED(zy_beside_seal(m.v, id, "wallet", ZY_BYTES(large, sizeof(large)), &none, &err), ZY_E_TOO_LARGE);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_opens_for_its_licence_and_as_what_it_is_alone),
		cmocka_unit_test(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
