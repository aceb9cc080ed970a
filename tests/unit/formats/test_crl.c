#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "helpers/soft_p256.h"
#include "status_made.h"

static void what_is_written_is_read_back(void **state)
{
	ZY_BUF_AUTO one = { 0 }, two = { 0 };
	struct zy_crl c;
	struct zy_crl_entry e;
	struct zy_reader r;

	(void)state;
	MUST(made_crl(ZY_SUITE_GM, 3, &one, &err));
	MUST(zy_crl_parse(&c, zy_buf_bytes(&one), &err));
	assert_int_equal(c.suite, ZY_SUITE_GM);
	assert_int_equal(c.num_entries, 3);
	assert_int_equal(c.this_update, MADE_AT);
	assert_int_equal(c.next_update, MADE_AT + 86400);
	assert_true(zy_bytes_equal(c.number, ZY_LITERAL("\x01\x00")));
	assert_true(zy_bytes_equal(c.key_id, ZY_LITERAL("01234567890123456789")));
	assert_true(zy_bytes_equal(c.point, ZY_LITERAL("urn:zhengyin:crl:4")));
	assert_int_equal(c.only, ZY_CRL_ONLY_USERS);
	r = zy_reader_over(c.entries);
	MUST(zy_crl_entry_next(&r, &e, &err));
	assert_int_equal(e.reason, ZY_REASON_NONE);
	MUST(zy_crl_entry_next(&r, &e, &err));
	assert_int_equal(e.reason, ZY_REASON_KEY_COMPROMISE);
	assert_false(e.has_invalid_since);
	MUST(zy_crl_entry_next(&r, &e, &err));
	assert_int_equal(e.invalid_since, MADE_AT - 1000);
	assert_int_equal(zy_reader_left(&r), 0);
	MUST(made_again(&c, &two, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)));
}

static void a_list_without_entries_has_none(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_crl c;

	(void)state;
	MUST(made_crl(ZY_SUITE_INTL, 0, &b, &err));
	MUST(zy_crl_parse(&c, zy_buf_bytes(&b), &err));
	assert_int_equal(c.num_entries, 0);
	assert_int_equal(c.entries.len, 0);
}

static void openssl_reads_our_lists(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	const uint8_t *p;
	X509_CRL *crl;
	X509_REVOKED *found;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();

	(void)state;
	MUST(made_crl(ZY_SUITE_INTL, 300, &b, &err));
	p = b.p;
	crl = d2i_X509_CRL(NULL, &p, (long)b.len);
	assert_non_null(crl);
	assert_ptr_equal(p, b.p + b.len);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 300);
	ASN1_INTEGER_set_uint64(serial, 0x40000000);
	assert_int_equal(X509_CRL_get0_by_serial(crl, &found, serial), 1);
	assert_int_equal(X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) >= 0, 1);
	ASN1_INTEGER_free(serial);
	X509_CRL_free(crl);
}

/* A list by OpenSSL, signed by key, with one entry and the extensions named. */
static struct zy_bytes openssl_list(const struct soft_p256 *soft, const char *nid_value[][2], size_t num, bool sign)
{
	const uint8_t *p = soft->ca.p;
	X509 *ca = d2i_X509(NULL, &p, (long)soft->ca.len);
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *t = ASN1_TIME_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
	X509V3_CTX ctx;
	uint8_t *der = NULL;
	int len;

	X509V3_set_ctx(&ctx, ca, NULL, NULL, crl, 0);
	SOFT_CHECK(X509_CRL_set_version(crl, 1) && X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)));
	SOFT_CHECK(ASN1_TIME_set_string(t, "260301000000Z") && X509_CRL_set1_lastUpdate(crl, t));
	SOFT_CHECK(X509_REVOKED_set_revocationDate(entry, t));
	SOFT_CHECK(ASN1_TIME_set_string(t, "20510301000000Z") && X509_CRL_set1_nextUpdate(crl, t));
	SOFT_CHECK(ASN1_INTEGER_set(serial, 4711) && X509_REVOKED_set_serialNumber(entry, serial));
	SOFT_CHECK(ASN1_ENUMERATED_set(reason, 6) && X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0));
	SOFT_CHECK(X509_CRL_add0_revoked(crl, entry));
	for (size_t i = 0; i < num; i++) {
		X509_EXTENSION *e = X509V3_EXT_nconf(NULL, &ctx, nid_value[i][0], nid_value[i][1]);

		SOFT_CHECK(e != NULL && X509_CRL_add_ext(crl, e, -1));
		X509_EXTENSION_free(e);
	}
	SOFT_CHECK(!sign || X509_CRL_sign(crl, soft->ca_key, EVP_sha256()) > 0);
	SOFT_CHECK((len = i2d_X509_CRL(crl, &der)) > 0);
	ASN1_ENUMERATED_free(reason);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(t);
	X509_CRL_free(crl);
	X509_free(ca);
	return ZY_BYTES(der, (size_t)len);
}

static void we_read_lists_of_openssl(void **state)
{
	const char *extensions[][2] = { { "1.2.3.4", "DER:0500" } };
	struct zy_bytes der = openssl_list(*state, extensions, 1, true);
	struct zy_crl_entry e;
	struct zy_reader r;
	struct zy_crl c;

	MUST(zy_crl_parse(&c, der, &err));
	assert_int_equal(c.suite, ZY_SUITE_INTL);
	assert_int_equal(c.num_entries, 1);
	assert_int_equal(c.this_update, MADE_AT);
	assert_int_equal(c.next_update, 2561241600);
	r = zy_reader_over(c.entries);
	MUST(zy_crl_entry_next(&r, &e, &err));
	assert_true(zy_bytes_equal(e.serial, ZY_LITERAL("\x12\x67")));
	assert_int_equal(e.reason, ZY_REASON_HOLD);
	OPENSSL_free((void *)(uintptr_t)der.p);
}

/* What a list says about itself, as one line. */
static void described(const struct zy_crl *c, char *out, size_t room)
{
	snprintf(out, room, "%s%s%s%s%x%s%s", c->plain ? "plain " : "", c->base.len > 0 ? "delta " : "",
	    c->indirect ? "indirect " : "", c->only == ZY_CRL_ONLY_ATTRIBUTES ? "attributes " : "", c->reasons,
	    c->points.len > 0 ? " named" : "", c->unknown_critical.len > 0 ? " unknown" : "");
}

static void a_list_says_of_what_kind_it_is(void **state)
{
	static const struct {
		const char *extension[1][2], *want;
	} all[] = { { { { "2.5.29.20", "DER:020101" } }, "plain 807f" },
		{ { { "1.2.3.4", "critical,DER:0500" } }, "807f unknown" },
		{ { { "2.5.29.27", "critical,DER:020101" } }, "delta 807f" },
		{ { { "2.5.29.28", "critical,DER:30038401FF" } }, "indirect 807f" },
		{ { { "2.5.29.28", "critical,DER:300483020640" } }, "40" },
		{ { { "2.5.29.28", "critical,DER:300583030780C080" } }, "" },
		{ { { "2.5.29.28", "critical,DER:30058303079F80" } }, "801f" },
		{ { { "2.5.29.28", "critical,DER:30038501FF" } }, "attributes 807f" },
		{ { { "2.5.29.28", "critical,DER:3008A006A0048602753A" } }, "plain 807f named" },
		{ { { "2.5.29.28", "critical,DER:3008A006A0048202753A" } }, "807f named" },
		{ { { "2.5.29.20", "DER:0215010000000000000000000000000000000000000000" } }, "" },
		{ { { "2.5.29.28", "critical,DER:30068101FF8201FF" } }, "" },
		{ { { "2.5.29.28", "critical,DER:3003810100" } }, "" },
		{ { { "2.5.29.28", "critical,DER:3002A000" } }, "" } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *one[1][2] = { { all[i].extension[0][0], all[i].extension[0][1] } };
		struct zy_bytes der = openssl_list(*state, one, 1, true);
		struct zy_error err = { 0 };
		char have[64] = "";
		struct zy_crl c;

		if (zy_crl_parse(&c, der, &err))
			described(&c, have, sizeof(have));
		else
			assert_true(err.code == ZY_E_CRL || err.code == ZY_E_DER || err.code == ZY_E_TRAILING);
		if (strcmp(have, all[i].want) != 0)
			fail_msg("%zu: %s instead of %s: %s", i, have, all[i].want, err.msg);
		OPENSSL_free((void *)(uintptr_t)der.p);
	}
}

static void an_extension_may_not_stand_twice(void **state)
{
	const char *twice[][2] = { { "2.5.29.20", "DER:020101" }, { "2.5.29.20", "DER:020102" } };
	struct zy_bytes der = openssl_list(*state, twice, 2, true);
	struct zy_crl c;

	REFUSED(zy_crl_parse(&c, der, &err), ZY_E_CRL);
	OPENSSL_free((void *)(uintptr_t)der.p);
}

static int set_up(void **state)
{
	static struct soft_p256 soft;

	soft_make(&soft);
	*state = &soft;
	return 0;
}

static int tear_down(void **state)
{
	soft_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_list_without_entries_has_none),
		cmocka_unit_test(openssl_reads_our_lists),
		cmocka_unit_test(we_read_lists_of_openssl),
		cmocka_unit_test(a_list_says_of_what_kind_it_is),
		cmocka_unit_test(an_extension_may_not_stand_twice),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
