#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <assert.h>

#include <openssl/core_names.h>

#include "expect.h"
#include "showing_made.h"
#include "verify_keys.h"

#define AT VERIFY_AT
static_assert(MADE_AT == VERIFY_AT, "codes are made at the time at which they are judged");

/* Codes that a test has met; the last test holds them against the table of findings. */
static const char *met[64];
static size_t num_met;

/* 0 is the holder's device, 1 another one; one pair for each suite. */
static EVP_PKEY *device[2][2];

static int make_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		device[ZY_SUITE_GM][i] = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
		device[ZY_SUITE_INTL][i] = EVP_EC_gen("P-256");
	}
	return device[0][0] == NULL || device[0][1] == NULL || device[1][0] == NULL || device[1][1] == NULL;
}

static int free_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		EVP_PKEY_free(device[i / 2][i % 2]);
	return 0;
}

static void sign_by_device(enum zy_suite suite, struct zy_bytes message, void *arg, uint8_t rs[64])
{
	EVP_PKEY *key = device[suite][*(size_t *)arg];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t der[80];
	size_t len = sizeof(der);

	if (suite == ZY_SUITE_GM)
		VERIFY_CHECK(EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
	EVP_MD_CTX_set_pkey_ctx(md, ctx);
	VERIFY_CHECK(EVP_DigestSignInit(md, NULL, suite == ZY_SUITE_GM ? EVP_sm3() : EVP_sha256(), NULL, key) == 1);
	VERIFY_CHECK(EVP_DigestSign(md, der, &len, message.p, message.len) == 1);
	MUST(zy_der_rs(ZY_BYTES(der, len), rs, &err));
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(ctx);
}

static void sign_by_leaf(enum zy_suite suite, struct zy_bytes message, void *arg, uint8_t rs[64])
{
	(void)arg;
	verify_sign(suite, message, rs);
}

static void device_point(enum zy_suite suite, size_t i, uint8_t out[33])
{
	uint8_t point[65];
	size_t len;

	VERIFY_CHECK(EVP_PKEY_get_octet_string_param(device[suite][i], OSSL_PKEY_PARAM_PUB_KEY, point, 65, &len) == 1);
	VERIFY_CHECK(len == 65);
	out[0] = (uint8_t)(2 | (point[64] & 1));
	memcpy(out + 1, point + 1, 32);
}

static const char *const leaf_name[] = { "gm-leaf", "intl-leaf" };
static const char *const type_codes[] = { VERIFY_TYPE };
static const struct zy_trust_issuer issuers[] = { {
    .code = VERIFY_USCC,
    .name = { "云泽市市场监督管理局", "Yunze Market Office" },
    .num_types = 1,
    .types = type_codes,
} };
static const struct zy_trust_field licence_fields[] = { { "name", 1, ZY_FIELD_TEXT, { "名称", "Name" } },
	{ "term_to", 2, ZY_FIELD_DATE, { "营业期限止", "Term to" } },
	{ "capital", 3, ZY_FIELD_INTEGER, { "注册资本", "Capital" } },
	{ "address", 4, ZY_FIELD_TEXT, { "住所", "Address" } } };
static const struct zy_trust_field other_fields[] = { { "vehicle", 7, ZY_FIELD_TEXT, { "车辆", "Vehicle" } } };
static const struct zy_trust_type types[] = { { .code = VERIFY_TYPE,
						  .alias = "business-licence",
						  .name = { "营业执照", "Business Licence" },
						  .number = 1,
						  .credential_days = 30,
						  .num_fields = 4,
						  .fields = licence_fields },
	{ .code = "11100000000019713D075",
	    .alias = "transport-practitioner",
	    .name = { "从业资格证", "Practitioner" },
	    .number = 2,
	    .credential_days = 30,
	    .num_fields = 1,
	    .fields = other_fields } };

/* A verifier with its trust, and a code that it should believe. */
struct fixture {
	struct zy_arena a;
	struct zy_keys *k;
	struct zy_trust trust;
	struct zy_trust_credential_key keys[2];
	struct zy_report r;
	struct made_showing m;
	size_t signer;
	zy_time at;
};

static void open_fixture(struct fixture *f, enum zy_suite suite, enum zy_suite holder)
{
	uint8_t digest[ZY_HASH_LEN];

	*f = (struct fixture){ .at = AT, .m = made_sample(suite, holder) };
	MUST(zy_keys_open(&f->k, &err));
	f->trust = verify_trust(&f->a, ZY_PURPOSE_CREDENTIAL);
	f->trust.num_issuers = 1;
	f->trust.issuers = issuers;
	f->trust.num_types = 2;
	f->trust.types = types;
	f->keys[0] = (struct zy_trust_credential_key){
		.suite = suite, .cert = verify_cert(&f->a, leaf_name[suite]), .issuer = VERIFY_USCC
	};
	MUST(zy_digest(zy_suite_hash(suite), f->keys[0].cert, digest, &err));
	memcpy(f->keys[0].kid, digest, 8);
	f->trust.num_credential_keys = 1;
	f->trust.credential_keys = f->keys;
	memcpy(f->m.kid, digest, 8);
	device_point(holder, 0, f->m.credential.holder_point);
	f->m.sign_credential = sign_by_leaf;
	f->m.sign_showing = sign_by_device;
	f->m.showing_arg = &f->signer;
	zy_report_start(&f->r, "code", AT);
}

static void close_fixture(struct fixture *f)
{
	zy_report_free(&f->r);
	made_free(&f->m);
	zy_keys_close(f->k);
	zy_arena_free(&f->a);
}

static void judge_code(struct fixture *f)
{
	zy_report_free(&f->r);
	zy_report_start(&f->r, "code", f->at);
	MUST(zy_judge_showing(f->k, &f->trust, zy_buf_bytes(&f->m.text), f->at, &f->r, &err));
	assert_string_equal(f->r.format, "showing");
	assert_int_equal(f->r.num_signatures, 2);
}

static void meet(const char *code)
{
	for (size_t i = 0; i < num_met; i++)
		if (met[i] == code)
			return;
	assert_true(num_met < sizeof(met) / sizeof(met[0]));
	met[num_met++] = code;
}

static bool named(const char *codes, const char *code)
{
	const char *at = strstr(codes, code);
	size_t len = strlen(code);

	return at != NULL && (at == codes || at[-1] == ' ') && (at[len] == 0 || at[len] == ' ');
}

/* Exactly the findings in `codes` (with spaces between), and the two that every code gets. */
static void expect_findings(struct fixture *f, const char *codes)
{
	size_t num = 0;

	for (const struct zy_finding *x = f->r.first; x != NULL; x = x->next) {
		meet(x->rule->code);
		if (strcmp(x->rule->code, "replay-not-checked") == 0 || strcmp(x->rule->code, "status-not-shown") == 0)
			continue;
		if (!named(codes, x->rule->code))
			fail_msg("found %s, expected \"%s\"", x->rule->code, codes);
		num++;
	}
	for (const char *c = codes; *c != 0; c += strcspn(c, " "), c += strspn(c, " "))
		if (num-- == 0)
			fail_msg("not all of \"%s\" were found", codes);
	assert_int_equal(num, 0);
	assert_true(verify_has(&f->r, "replay-not-checked"));
	assert_true(verify_has(&f->r, "status-not-shown"));
}

static void expect(struct fixture *f, const char *codes, enum zy_indication indication)
{
	judge_code(f);
	expect_findings(f, codes);
	assert_string_equal(zy_indication_name(zy_report_indication(&f->r)), zy_indication_name(indication));
}

/* The rest of a test: make the code, see what is found, and close. */
static void expect_once(struct fixture *f, const char *codes, enum zy_indication indication)
{
	made_all(&f->m);
	expect(f, codes, indication);
	close_fixture(f);
}

#define EACH_SUITE(s) (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)

static void a_good_code_passes_with_every_pair_of_suites(void **state)
{
	(void)state;
	for
		EACH_SUITE(s)
		for
			EACH_SUITE(holder)
			{
				struct fixture f;

				open_fixture(&f, s, holder);
				expect_once(&f, "", ZY_TOTAL_PASSED);
			}
}

static void the_screen_shows_what_the_holder_chose(void **state)
{
	const struct zy_report_showing *s;
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	made_all(&f.m);
	expect(&f, "", ZY_TOTAL_PASSED);
	assert_true(f.r.has_showing);
	s = &f.r.showing;
	assert_string_equal(s->type_code, VERIFY_TYPE);
	assert_string_equal(s->issuer_code, VERIFY_USCC);
	assert_string_equal(s->issuer_zh, "云泽市市场监督管理局");
	assert_true(s->made_at == AT);
	assert_true(s->credential_until == f.m.credential.exp);
	assert_int_equal(s->num_fields, 2);
	assert_string_equal(s->fields[0].key, "name");
	assert_string_equal(s->fields[0].value, "云泽市清源食品有限公司");
	assert_string_equal(s->fields[1].key, "capital");
	assert_string_equal(s->fields[1].value, "5000000");
	assert_string_equal(f.r.signatures[0].kind, "cose");
	assert_true(f.r.signatures[0].signing_time == f.m.credential.iat);
	assert_true(f.r.signatures[1].signing_time == AT);
	close_fixture(&f);
}

static void any_choice_of_fields_passes_in_trees_of_all_sizes(void **state)
{
	static const unsigned sizes[] = { 8, 16, 32 };

	(void)state;
	for (uint32_t shown = 1; shown < 16; shown++) {
		struct fixture f;

		open_fixture(&f, ZY_SUITE_INTL, ZY_SUITE_INTL);
		f.m.shown = shown;
		f.m.n = sizes[shown % 3];
		expect_once(&f, "", ZY_TOTAL_PASSED);
	}
}

/* 4 */
static void a_key_that_the_bundle_does_not_have_is_unknown(void **state)
{
	struct fixture f;

	(void)state;
	for
		EACH_SUITE(s)
		{
			open_fixture(&f, s, s);
			f.m.kid[7] ^= 1;
			expect_once(&f, "credential-key-unknown", ZY_INDETERMINATE);
			open_fixture(&f, s, s);
			f.keys[0].issuer = "11990100MB9900014R";
			expect_once(&f, "credential-key-unknown", ZY_INDETERMINATE);
			open_fixture(&f, s, s);
			f.keys[0].suite = s == ZY_SUITE_GM ? ZY_SUITE_INTL : ZY_SUITE_GM;
			expect_once(&f, "credential-key-unknown", ZY_INDETERMINATE);
			open_fixture(&f, s, s);
			f.trust.num_credential_keys = 0;
			expect_once(&f, "credential-key-unknown", ZY_INDETERMINATE);
		}
}

static void a_type_that_the_bundle_does_not_have_is_unknown(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	f.m.credential.type = 3;
	made_all(&f.m);
	expect(&f, "credential-type-unknown", ZY_INDETERMINATE);
	assert_false(f.r.has_showing);
	close_fixture(&f);
}

static void an_issuer_issues_only_its_own_types(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	f.m.credential.type = 2;
	/* and the fields are not those of that type: said once */
	expect_once(&f, "licence-type-not-allowed field-unknown", ZY_TOTAL_FAILED);
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	f.trust.num_issuers = 0;
	made_all(&f.m);
	expect(&f, "licence-issuer-unknown", ZY_INDETERMINATE);
	assert_false(f.r.has_showing);
	close_fixture(&f);
}

static void the_issuer_s_certificate_must_chain_for_credentials(void **state)
{
	struct fixture f;

	(void)state;
	for
		EACH_SUITE(s)
		{
			open_fixture(&f, s, s);
			f.trust = verify_trust(&f.a, ZY_PURPOSE_SEAL | ZY_PURPOSE_DOCUMENT);
			f.trust.num_issuers = 1;
			f.trust.issuers = issuers;
			f.trust.num_types = 2;
			f.trust.types = types;
			f.trust.num_credential_keys = 1;
			f.trust.credential_keys = f.keys;
			expect_once(&f, "no-chain", ZY_INDETERMINATE);
		}
}

/* The anchors of the trust, with these limits. */
static void limit(struct fixture *f, const struct zy_trust_cert *to)
{
	struct zy_error why = { 0 };
	struct zy_trust_cert *limited = zy_arena_array(&f->a, 2, sizeof(*limited), &why);

	assert_non_null(limited);
	for (size_t i = 0; i < 2; i++) {
		limited[i] = *to;
		limited[i].der = f->trust.anchors[i].der;
		limited[i].purposes = ZY_PURPOSE_CREDENTIAL;
	}
	f->trust.anchors = limited;
}

static void an_anchor_vouches_for_credentials_within_its_limits(void **state)
{
	static const char *const type[] = { VERIFY_TYPE }, *const other_type[] = { "11100000MB0143028R071" },
				 *const office[] = { VERIFY_USCC }, *const other_office[] = { "11990100MB9900021U" };
	static const struct {
		struct zy_trust_cert to;
		const char *codes;
		enum zy_indication indication;
	} all[] = {
		{ { .num_types = 1, .types = type, .num_issuers = 1, .issuers = office }, "", ZY_TOTAL_PASSED },
		{ { .num_types = 1, .types = other_type }, "anchor-type-not-allowed", ZY_TOTAL_FAILED },
		{ { .num_issuers = 1, .issuers = other_office }, "anchor-issuer-not-allowed", ZY_TOTAL_FAILED },
		{ { .until = AT - 1 }, "anchor-dates", ZY_INDETERMINATE },
		{ { .from = AT, .until = AT }, "", ZY_TOTAL_PASSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for
			EACH_SUITE(s)
			{
				struct fixture f;

				open_fixture(&f, s, s);
				limit(&f, &all[i].to);
				expect_once(&f, all[i].codes, all[i].indication);
			}
}

static void a_bundle_past_its_grace_is_too_old(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_INTL);
	f.trust.next_update = AT - 7 * 86400;
	made_all(&f.m);
	expect(&f, "", ZY_TOTAL_PASSED);
	f.trust.next_update--;
	expect(&f, "trust-too-old", ZY_INDETERMINATE);
	close_fixture(&f);
}

/* Two certificates may begin their digest alike: the key whose signature fits is the one. */
static void of_two_keys_with_one_kid_the_fitting_one_is_taken(void **state)
{
	struct fixture f;

	(void)state;
	for
		EACH_SUITE(s)
		{
			open_fixture(&f, s, s);
			f.keys[1] = f.keys[0];
			f.keys[0].cert = verify_cert(&f.a, s == ZY_SUITE_GM ? "gm-stranger" : "intl-stranger");
			f.trust.num_credential_keys = 2;
			expect_once(&f, "", ZY_TOTAL_PASSED);
		}
}

/* 5 */
static void a_credential_by_another_key_is_forged(void **state)
{
	struct fixture f;

	(void)state;
	for
		EACH_SUITE(s)
		{
			open_fixture(&f, s, s);
			f.m.sign_credential = sign_by_device;
			f.m.credential_arg = &f.signer;
			expect_once(&f, "credential-signature", ZY_TOTAL_FAILED);
		}
}

static void a_credential_changed_after_signing_is_forged(void **state)
{
	const uint8_t *root;
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_INTL);
	made_credential(&f.m);
	root = memmem(f.m.cose.p, f.m.cose.len, f.m.credential.root, 32);
	f.m.cose.p[root - f.m.cose.p] ^= 1;
	made_parts(&f.m);
	made_signature(&f.m);
	made_code(&f.m);
	expect(&f, "credential-signature field-proof", ZY_TOTAL_FAILED);
	close_fixture(&f);
}

/* 6 */
static void the_credential_s_dates_hold_to_the_second(void **state)
{
	static const struct {
		zy_time iat, exp;
		const char *codes;
	} dates[] = { { AT + 60, AT + 86400, "" }, { AT + 61, AT + 86400, "credential-not-yet-valid" },
		{ AT - 86400, AT + 1, "" }, { AT - 86400, AT, "credential-expired" },
		{ AT - 86400, AT - 86400 + 30 * 86400, "" },
		{ AT - 86400, AT - 86400 + 30 * 86400 + 1, "credential-too-long" } };

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct fixture f;

		open_fixture(&f, (enum zy_suite)(i % 2), ZY_SUITE_GM);
		f.m.credential.iat = dates[i].iat;
		f.m.credential.exp = dates[i].exp;
		expect_once(&f, dates[i].codes, dates[i].codes[0] == 0 ? ZY_TOTAL_PASSED : ZY_TOTAL_FAILED);
	}
}

static void a_credential_lies_inside_its_signer_s_certificate(void **state)
{
	const zy_time not_before = 1767225600; /* of the leaves in tests/keys */

	(void)state;
	for (zy_time early = 0; early < 2; early++) {
		struct fixture f;

		open_fixture(&f, ZY_SUITE_INTL, ZY_SUITE_GM);
		f.at = f.m.session.iat = not_before + 3600;
		f.m.credential.iat = not_before - early;
		f.m.credential.exp = not_before + 86400;
		expect_once(&f, early == 0 ? "" : "credential-outside-certificate",
		    early == 0 ? ZY_TOTAL_PASSED : ZY_TOTAL_FAILED);
	}
}

static void a_signer_s_certificate_that_has_ended_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	f.at = f.m.session.iat = VERIFY_LATE;
	f.trust.next_update = VERIFY_LATE;
	f.m.credential.iat = VERIFY_LATE - 60;
	f.m.credential.exp = VERIFY_LATE + 60;
	made_all(&f.m);
	judge_code(&f);
	assert_true(verify_has(&f.r, "certificate-expired"));
	assert_true(verify_has(&f.r, "credential-outside-certificate"));
	assert_int_equal(zy_report_indication(&f.r), ZY_TOTAL_FAILED);
	close_fixture(&f);
}

/* 7 */
static void a_holder_key_off_the_curve_is_no_key(void **state)
{
	(void)state;
	for
		EACH_SUITE(s)
		{
			struct fixture f;

			open_fixture(&f, ZY_SUITE_GM, s);
			memset(f.m.credential.holder_point + 1, 0xff, 32);
			expect_once(&f, "holder-key", ZY_TOTAL_FAILED);
			open_fixture(&f, ZY_SUITE_GM, s);
			f.m.credential.holder_point[0] = 5;
			expect_once(&f, "holder-key", ZY_TOTAL_FAILED);
		}
}

/* 8 */
static void a_field_cut_out_or_added_is_seen(void **state)
{
	(void)state;
	for
		EACH_SUITE(s)
		{
			struct fixture f;

			/* by one without the holder's key: proofs fit, the signature does not */
			open_fixture(&f, s, s);
			made_all(&f.m);
			f.m.shown = 1;
			made_parts(&f.m);
			made_code(&f.m);
			expect(&f, "holder-signature", ZY_TOTAL_FAILED);
			f.m.shown = 7;
			made_parts(&f.m);
			made_code(&f.m);
			expect(&f, "holder-signature", ZY_TOTAL_FAILED);
			assert_true(f.r.has_showing);
			/* the fields without their proof */
			f.m.shown = 5;
			made_parts(&f.m);
			f.m.siblings.len -= ZY_HASH_LEN;
			made_code(&f.m);
			expect(&f, "field-proof", ZY_TOTAL_FAILED);
			assert_false(f.r.has_showing);
			zy_buf_put(&f.m.siblings, ZY_BYTES(f.m.leaves[0], ZY_HASH_LEN));
			zy_buf_put(&f.m.siblings, ZY_BYTES(f.m.leaves[0], ZY_HASH_LEN));
			made_code(&f.m);
			expect(&f, "field-proof", ZY_TOTAL_FAILED);
			close_fixture(&f);
		}
}

/* By the holder, who signs again: what the issuer did not put into the tree has no proof. */
static void a_field_swapped_for_another_has_no_proof(void **state)
{
	static const struct {
		unsigned label;
		const char *codes;
	} swaps[] = { { 1, "field-proof" }, { 4, "field-proof" }, { 7, "field-proof field-unknown" },
		{ 3, "field-proof field-kind field-repeated" } };

	(void)state;
	for (size_t i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++) {
		uint8_t salt[ZY_SHOWING_SALT_LEN] = { 0 };
		struct fixture f;

		open_fixture(&f, (enum zy_suite)(i % 2), ZY_SUITE_INTL);
		made_credential(&f.m);
		zy_buf_free(&f.m.fields[0]);
		zy_shown_field_encode(swaps[i].label, salt, ZY_LITERAL("另一公司"), &f.m.fields[0]);
		made_parts(&f.m);
		made_signature(&f.m);
		made_code(&f.m);
		expect(&f, swaps[i].codes, ZY_TOTAL_FAILED);
		assert_false(f.r.has_showing);
		close_fixture(&f);
	}
}

static void a_label_of_another_type_is_unknown_though_it_is_proved(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	made_text(&f.m, 7, "云A00000");
	f.m.shown = 0x11;
	made_all(&f.m);
	expect(&f, "field-unknown", ZY_TOTAL_FAILED);
	assert_int_equal(f.r.showing.num_fields, 1);
	close_fixture(&f);
}

static void a_label_twice_is_refused_though_it_is_proved(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_INTL, ZY_SUITE_GM);
	made_text(&f.m, 1, "另一公司");
	f.m.shown = 0x11;
	expect_once(&f, "field-repeated", ZY_TOTAL_FAILED);
}

static void a_value_is_of_its_field_s_kind(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	zy_buf_free(&f.m.fields[2]);
	zy_buf_free(&f.m.fields[3]);
	f.m.num_fields = 2;
	made_text(&f.m, 3, "5000000");
	expect_once(&f, "field-kind", ZY_TOTAL_FAILED);
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	made_number(&f.m, 2, 20301231);
	f.m.shown = 0x10;
	expect_once(&f, "field-kind", ZY_TOTAL_FAILED);
}

/* 9 */
static void a_code_lives_from_60_seconds_early_to_90_seconds_late(void **state)
{
	static const struct {
		zy_time age;
		const char *codes;
	} ages[] = { { -61, "showing-too-early" }, { -60, "" }, { 0, "" }, { 90, "" }, { 91, "showing-expired" },
		{ 86400 * 20, "showing-expired" } };

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		struct fixture f;

		open_fixture(&f, ZY_SUITE_INTL, ZY_SUITE_INTL);
		f.m.session.iat = AT - ages[i].age;
		expect_once(&f, ages[i].codes, ages[i].codes[0] == 0 ? ZY_TOTAL_PASSED : ZY_TOTAL_FAILED);
	}
}

/* 10 */
static void another_device_is_not_the_holder(void **state)
{
	(void)state;
	for
		EACH_SUITE(s)
		{
			struct fixture f;

			open_fixture(&f, ZY_SUITE_GM, s);
			f.signer = 1;
			made_all(&f.m);
			expect(&f, "holder-signature", ZY_TOTAL_FAILED);
			assert_int_equal(f.r.signatures[0].indication, ZY_TOTAL_PASSED);
			assert_int_equal(f.r.signatures[1].indication, ZY_TOTAL_FAILED);
			assert_string_equal(f.r.signatures[1].sub_indication, "SIG_CRYPTO_FAILURE");
			close_fixture(&f);
		}
}

/* A fresh session under an old signature: what a thief of a picture of the code would do. */
static void a_session_made_younger_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_INTL);
	f.m.session.iat = AT - 3600;
	made_all(&f.m);
	expect(&f, "showing-expired", ZY_TOTAL_FAILED);
	f.m.session.iat = AT;
	made_parts(&f.m);
	made_code(&f.m);
	expect(&f, "holder-signature", ZY_TOTAL_FAILED);
	f.m.session.iat = AT - 3600;
	f.m.session.nonce[0] ^= 1;
	made_parts(&f.m);
	made_code(&f.m);
	expect(&f, "showing-expired holder-signature", ZY_TOTAL_FAILED);
	close_fixture(&f);
}

static void a_code_under_another_credential_of_the_same_holder_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	made_all(&f.m);
	f.m.credential.exp--;
	made_credential(&f.m);
	made_code(&f.m);
	expect(&f, "holder-signature", ZY_TOTAL_FAILED);
	close_fixture(&f);
}

static void refused(struct zy_bytes text, enum zy_code want)
{
	struct fixture f;

	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	REFUSED(zy_judge_showing(f.k, &f.trust, text, AT, &f.r, &err), want);
	close_fixture(&f);
}

static void what_is_not_a_showing_code_is_an_error_and_no_report(void **state)
{
	static char text[ZY_SHOWING_TEXT_MAX + 4];
	struct fixture f;

	(void)state;
	refused(ZY_LITERAL(""), ZY_E_SHOWING);
	refused(ZY_LITERAL("ZY2:BB8"), ZY_E_SHOWING);
	refused(ZY_LITERAL("ZY1:GGW"), ZY_E_BASE45);
	refused(ZY_LITERAL("ZY1:bb8"), ZY_E_BASE45);
	refused(ZY_LITERAL("ZY1:"), ZY_E_TRUNCATED);
	refused(ZY_LITERAL("ZY1:BB8"), ZY_E_CBOR);
	memset(text, '0', sizeof(text));
	memcpy(text, "ZY1:", 4);
	refused(ZY_BYTES(text, sizeof(text)), ZY_E_SHOWING);
	refused(ZY_BYTES(text, 3100), ZY_E_SHOWING); /* 2064 bytes */

	open_fixture(&f, ZY_SUITE_GM, ZY_SUITE_GM);
	made_all(&f.m);
	MUST(zy_judge_showing(f.k, NULL, zy_buf_bytes(&f.m.text), AT, &f.r, &err));
	assert_int_equal(zy_report_indication(&f.r), ZY_INDETERMINATE);
	assert_string_equal(f.r.first->rule->code, "trust-absent");
	assert_false(f.r.has_showing);
	f.m.bytes.len--;
	f.m.text.len = 0;
	zy_showing_text(zy_buf_bytes(&f.m.bytes), &f.m.text);
	refused(zy_buf_bytes(&f.m.text), ZY_E_TRUNCATED);
	f.m.bytes.len++;
	zy_buf_put_u8(&f.m.bytes, 0xf6);
	f.m.text.len = 0;
	zy_showing_text(zy_buf_bytes(&f.m.bytes), &f.m.text);
	refused(zy_buf_bytes(&f.m.text), ZY_E_TRAILING);
	/* the issuer's alg made -8 */
	*(uint8_t *)memmem(f.m.bytes.p, f.m.bytes.len, "\x01\x3a\x00\x01\x00\x00", 6) = 2;
	f.m.text.len = 0;
	zy_showing_text(zy_buf_bytes(&f.m.bytes), &f.m.text);
	refused(zy_buf_bytes(&f.m.text), ZY_E_CBOR);
	close_fixture(&f);

	open_fixture(&f, ZY_SUITE_INTL, ZY_SUITE_INTL);
	made_all(&f.m);
	((uint8_t *)memmem(f.m.bytes.p, f.m.bytes.len, "\xa2\x01\x26", 3))[2] = 0x27;
	f.m.text.len = 0;
	zy_showing_text(zy_buf_bytes(&f.m.bytes), &f.m.text);
	refused(zy_buf_bytes(&f.m.text), ZY_E_COSE);
	close_fixture(&f);
}

/* No bit of a code is free: every change is an error or a finding that fails. */
static void no_bit_of_a_code_can_be_flipped(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, ZY_SUITE_INTL, ZY_SUITE_INTL);
	made_all(&f.m);
	for (size_t bit = 0; bit < 8 * f.m.bytes.len; bit += 3) {
		struct zy_error err = { 0 };

		f.m.bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		f.m.text.len = 0;
		zy_showing_text(zy_buf_bytes(&f.m.bytes), &f.m.text);
		zy_report_free(&f.r);
		zy_report_start(&f.r, "code", AT);
		if (zy_judge_showing(f.k, &f.trust, zy_buf_bytes(&f.m.text), AT, &f.r, &err))
			assert_int_not_equal(zy_report_indication(&f.r), ZY_TOTAL_PASSED);
		else
			assert_int_equal(zy_code_exit(err.code), 65);
		f.m.bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	close_fixture(&f);
}

/* Runs last. */
static void every_finding_of_the_protocol_was_met_above(void **state)
{
	const struct zy_finding_rule *rules;
	size_t num;

	(void)state;
	rules = zy_finding_rules(&num);
	for (size_t i = 0; i < num; i++) {
		bool found = false;

		if (strncmp(rules[i].clause, "showing ", 8) != 0)
			continue;
		for (size_t k = 0; k < num_met; k++)
			found = found || strcmp(met[k], rules[i].code) == 0;
		if (!found)
			fail_msg("no test met %s", rules[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_code_passes_with_every_pair_of_suites),
		cmocka_unit_test(the_screen_shows_what_the_holder_chose),
		cmocka_unit_test(any_choice_of_fields_passes_in_trees_of_all_sizes),
		cmocka_unit_test(a_key_that_the_bundle_does_not_have_is_unknown),
		cmocka_unit_test(a_type_that_the_bundle_does_not_have_is_unknown),
		cmocka_unit_test(an_issuer_issues_only_its_own_types),
		cmocka_unit_test(the_issuer_s_certificate_must_chain_for_credentials),
		cmocka_unit_test(an_anchor_vouches_for_credentials_within_its_limits),
		cmocka_unit_test(a_bundle_past_its_grace_is_too_old),
		cmocka_unit_test(of_two_keys_with_one_kid_the_fitting_one_is_taken),
		cmocka_unit_test(a_credential_by_another_key_is_forged),
		cmocka_unit_test(a_credential_changed_after_signing_is_forged),
		cmocka_unit_test(the_credential_s_dates_hold_to_the_second),
		cmocka_unit_test(a_credential_lies_inside_its_signer_s_certificate),
		cmocka_unit_test(a_signer_s_certificate_that_has_ended_is_seen),
		cmocka_unit_test(a_holder_key_off_the_curve_is_no_key),
		cmocka_unit_test(a_field_cut_out_or_added_is_seen),
		cmocka_unit_test(a_field_swapped_for_another_has_no_proof),
		cmocka_unit_test(a_label_of_another_type_is_unknown_though_it_is_proved),
		cmocka_unit_test(a_label_twice_is_refused_though_it_is_proved),
		cmocka_unit_test(a_value_is_of_its_field_s_kind),
		cmocka_unit_test(a_code_lives_from_60_seconds_early_to_90_seconds_late),
		cmocka_unit_test(another_device_is_not_the_holder),
		cmocka_unit_test(a_session_made_younger_is_seen),
		cmocka_unit_test(a_code_under_another_credential_of_the_same_holder_is_seen),
		cmocka_unit_test(what_is_not_a_showing_code_is_an_error_and_no_report),
		cmocka_unit_test(no_bit_of_a_code_can_be_flipped),
		cmocka_unit_test(every_finding_of_the_protocol_was_met_above),
	};
	return cmocka_run_group_tests(tests, make_devices, free_devices);
}
