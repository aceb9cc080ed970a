/* The real signer of a root token, new and so at its beginning: it signs what it has read whole, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "expect.h"
#include "helpers/signer_home.h"
#include "helpers/verify_rs.h"
#include "zy/crl.h"

#define KEY "pkcs11:token=soft;object=root"

static struct signer_home home;
static struct zy_hsm *hsm;
static uint8_t point[65];

static int make(void **state)
{
	struct zy_error err = { 0 };
	enum zy_key_kind kind;
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	home_write(&home, "signer/soft.json",
	    "{\"module\":\"%s\",\"label\":\"soft\",\"pin_file\":\"tokens/soft.pin\",\"so_pin_file\":\"tokens/soft.so-pin\","
	    "\"ceremony\":true,\"environment\":{\"SOFTHSM2_CONF\":\"tokens/soft.conf\"}}",
	    SOFTHSM_MODULE);
	return home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	       !zy_hsm_open(&hsm, home.path, &err) ||
	       !zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_CERTIFICATE | ZY_USE_CRL, &err) ||
	       !zy_hsm_public(hsm, KEY, &kind, point, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

static bool sign(unsigned use, struct zy_bytes message, struct zy_error *err)
{
	const struct zy_sign_request q = { .key = KEY, .use = use, .message = message };
	uint8_t rs[64];

	return zy_hsm_sign(hsm, &q, rs, err) && verify_rs(ZY_KEY_P256, point, message, rs);
}

static void make_list(struct zy_buf *out)
{
	const zy_time now = (zy_time)time(NULL);
	struct zy_crl c = { .suite = ZY_SUITE_INTL,
		.issuer = ZY_LITERAL("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02"
				     "CN"),
		.this_update = now,
		.has_next = true,
		.next_update = now + 86400,
		.number = ZY_LITERAL("\1") };
	uint8_t id[ZY_HASH_LEN];
	ZY_BUF_AUTO tail = { 0 };

	MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(point, sizeof(point)), id, &err));
	c.key_id = ZY_BYTES(id, 20);
	MUST(zy_crl_around(&c, 0, out, &tail, &err));
	zy_buf_put(out, zy_buf_bytes(&tail));
}

static void a_list_is_signed_as_it_was_read(void **state)
{
	ZY_BUF_AUTO list = { 0 };

	(void)state;
	make_list(&list);
	MUST(sign(ZY_USE_CRL, zy_buf_bytes(&list), &err));
}

static void a_digest_is_not_signed(void **state)
{
	ZY_BUF_AUTO list = { 0 };
	uint8_t e[ZY_HASH_LEN];

	(void)state;
	make_list(&list);
	MUST(zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&list), e, &err));
	REFUSED(sign(ZY_USE_CRL, ZY_BYTES(e, sizeof(e)), &err), ZY_E_CEREMONY);
}

static void what_is_no_certificate_is_not_signed_as_one(void **state)
{
	ZY_BUF_AUTO list = { 0 };

	(void)state;
	make_list(&list);
	REFUSED(sign(ZY_USE_CERTIFICATE, zy_buf_bytes(&list), &err), ZY_E_CEREMONY);
	REFUSED(sign(ZY_USE_CERTIFICATE, ZY_LITERAL("\x30\x03\x02\x01\x05"), &err), ZY_E_CEREMONY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_signed_as_it_was_read),
		cmocka_unit_test(a_digest_is_not_signed),
		cmocka_unit_test(what_is_no_certificate_is_not_signed_as_one),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
