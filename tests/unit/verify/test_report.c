#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "zy/report.h"

#define AT 1772323200

static void start(struct zy_report *r)
{
	zy_report_start(r, "a \"b\"\n.ofd", AT);
	r->format = "ofd";
	r->trusted = true;
	r->num_signatures = 1;
	r->signatures[0] = (struct zy_report_signature){ .n = 1,
		.kind = "ses-v4",
		.signer = "C=CN, CN=云泽",
		.seal_esid = "99010000000001",
		.seal_name = "章",
		.signing_time = AT,
		.time_source = "claimed",
		.covers = "whole",
		.indication = ZY_TOTAL_PASSED };
}

static json_t *load(const struct zy_report *r)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	json_error_t why;
	json_t *j;

	assert_true(zy_report_to_json(r, &b, &err));
	assert_null(memchr(b.p, '\n', b.len));
	j = json_loadb((const char *)b.p, b.len, JSON_REJECT_DUPLICATES, &why);
	assert_non_null(j);
	return j;
}

static void assert_members(json_t *o, const char *names)
{
	char all[512] = "";
	const char *name;
	json_t *v;

	json_object_foreach(o, name, v)
	{
		strncat(all, name, sizeof(all) - strlen(all) - 1);
		strncat(all, " ", sizeof(all) - strlen(all) - 1);
	}
	assert_string_equal(all, names);
}

static const char *text(json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static void the_json_has_exactly_the_members_of_the_contract(void **state)
{
	ZY_REPORT_AUTO r;
	json_t *j, *s;

	(void)state;
	start(&r);
	r.has_licence = true;
	r.licence = (struct zy_report_licence){
		.identifier = "1.2", .type_code = "T", .holder_name = "云", .status = "valid", .status_as_of = AT
	};
	zy_report_add(&r, "reference-digest", "Doc_0/Document.xml", 77, "it is %d", 7);
	j = load(&r);
	assert_members(
	    j, "input format at indication sub_indication summary legal_effect signatures licence findings ");
	assert_members(json_object_get(j, "summary"), "en zh ");
	assert_members(json_object_get(j, "legal_effect"), "holds conditions ");
	assert_members(json_array_get(json_object_get(json_object_get(j, "legal_effect"), "conditions"), 0),
	    "clause met because ");
	s = json_array_get(json_object_get(j, "signatures"), 0);
	assert_members(s, "n kind signer seal signing_time time_source covers indication sub_indication ");
	assert_members(json_object_get(s, "seal"), "esID name ");
	assert_members(json_object_get(j, "licence"), "identifier type holder status status_as_of log_index ");
	assert_members(
	    json_array_get(json_object_get(j, "findings"), 0), "code severity field offset clause en zh hint ");
	assert_string_equal(text(j, "input"), "a \"b\"\n.ofd");
	assert_string_equal(text(j, "at"), "2026-03-01T00:00:00Z");
	assert_string_equal(text(j, "indication"), "TOTAL-FAILED");
	assert_string_equal(text(j, "sub_indication"), "HASH_FAILURE");
	json_decref(j);
}

static void nothing_found_passes_and_has_legal_effect(void **state)
{
	ZY_REPORT_AUTO r;
	json_t *j;

	(void)state;
	start(&r);
	zy_report_add(&r, "revocation-not-checked", "", ZY_NOWHERE, NULL);
	j = load(&r);
	assert_string_equal(text(j, "indication"), "TOTAL-PASSED");
	assert_true(json_is_null(json_object_get(j, "sub_indication")));
	assert_true(json_is_true(json_object_get(json_object_get(j, "legal_effect"), "holds")));
	assert_true(json_is_null(json_object_get(j, "licence")));
	json_decref(j);
}

static void without_signature_or_trust_it_cannot_be_told(void **state)
{
	ZY_REPORT_AUTO r;

	(void)state;
	start(&r);
	r.trusted = false;
	assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
	r.trusted = true;
	r.num_signatures = 0;
	assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
	assert_string_equal(zy_report_sub_indication(&r), "NO_SIGNATURE");
}

static void what_fails_goes_before_what_cannot_be_told(void **state)
{
	ZY_REPORT_AUTO r;
	json_t *j;

	(void)state;
	start(&r);
	zy_report_add(&r, "no-chain", "SES_Signature.cert", ZY_NOWHERE, NULL);
	assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
	assert_string_equal(zy_report_sub_indication(&r), "NO_CERTIFICATE_CHAIN_FOUND");
	zy_report_add(&r, "signature-value", "SES_Signature.signature", ZY_NOWHERE, NULL);
	assert_string_equal(zy_report_sub_indication(&r), "SIG_CRYPTO_FAILURE");
	j = load(&r);
	assert_true(json_is_false(json_object_get(json_object_get(j, "legal_effect"), "holds")));
	json_decref(j);
}

static void a_flood_of_findings_fails(void **state)
{
	static char fields[ZY_REPORT_FINDINGS_MAX + 50][8];
	ZY_REPORT_AUTO r;

	(void)state;
	start(&r);
	for (size_t i = 0; i < ZY_REPORT_FINDINGS_MAX + 50; i++) {
		snprintf(fields[i], sizeof(fields[i]), "f%zu", i);
		zy_report_add(&r, "stray-file", fields[i], ZY_NOWHERE, NULL);
	}
	assert_int_equal(r.num_findings, ZY_REPORT_FINDINGS_MAX);
	assert_int_equal(zy_report_indication(&r), ZY_TOTAL_FAILED);
}

static void the_same_finding_is_listed_once_and_its_detail_is_bounded(void **state)
{
	ZY_REPORT_AUTO r;
	char big[1000];

	(void)state;
	start(&r);
	memset(big, 'x', sizeof(big) - 1);
	big[999] = 0;
	zy_report_add(&r, "stray-file", "a", ZY_NOWHERE, "%s", big);
	zy_report_add(&r, "stray-file", "a", ZY_NOWHERE, NULL);
	assert_int_equal(r.num_findings, 1);
	assert_true(strlen(r.first->detail) < 200);
}

static void what_was_said_of_one_signature_is_said_of_the_next(void **state)
{
	ZY_REPORT_AUTO r;
	struct zy_finding *const *mark;
	const char *sub;

	(void)state;
	start(&r);
	zy_report_add(&r, "signature-value", "SignerInfo.signature", ZY_NOWHERE, NULL);
	mark = r.last;
	r.part = r.last;
	zy_report_add(&r, "signature-value", "SignerInfo.signature", ZY_NOWHERE, NULL);
	assert_int_equal(zy_report_since(&r, mark, &sub), ZY_TOTAL_FAILED);
	assert_string_equal(sub, "SIG_CRYPTO_FAILURE");
}

static void the_text_speaks_both_languages_and_hides_control_characters(void **state)
{
	ZY_REPORT_AUTO r;
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };

	(void)state;
	start(&r);
	r.input = "evil\x1b[31m\xe2\x80\xae.ofd";
	zy_report_add(&r, "seal-signature", "SESeal.signedValue", ZY_NOWHERE, NULL);
	assert_true(zy_report_to_text(&r, &b, &err));
	zy_buf_put_u8(&b, 0);
	assert_non_null(strstr((const char *)b.p, "evil?[31m?.ofd: TOTAL-FAILED SIG_CRYPTO_FAILURE"));
	assert_non_null(strstr((const char *)b.p, "电子签名法 13(1)"));
	assert_non_null(strstr((const char *)b.p, "The seal was not signed by its maker"));
}

static void an_error_is_an_object_of_its_own(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 }, why = { .code = ZY_E_ZIP, .field = "entry", .offset = 4, .msg = "\xff bad" };
	json_t *j;

	(void)state;
	assert_true(zy_error_to_json("x.ofd", &why, &b, &err));
	j = json_loadb((const char *)b.p, b.len, 0, NULL);
	assert_non_null(j);
	assert_members(j, "input error ");
	assert_members(json_object_get(j, "error"), "code field offset message ");
	assert_string_equal(text(json_object_get(j, "error"), "code"), "zip");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_json_has_exactly_the_members_of_the_contract),
		cmocka_unit_test(nothing_found_passes_and_has_legal_effect),
		cmocka_unit_test(without_signature_or_trust_it_cannot_be_told),
		cmocka_unit_test(what_fails_goes_before_what_cannot_be_told),
		cmocka_unit_test(a_flood_of_findings_fails),
		cmocka_unit_test(the_same_finding_is_listed_once_and_its_detail_is_bounded),
		cmocka_unit_test(what_was_said_of_one_signature_is_said_of_the_next),
		cmocka_unit_test(the_text_speaks_both_languages_and_hides_control_characters),
		cmocka_unit_test(an_error_is_an_object_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
