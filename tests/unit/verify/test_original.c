#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "record_sample.h"
#include "verify_ofd.h"
#include "zy/original.h"

/* Two records as XML, the second the original; all findings as "code field" a line. */
static void compare(const struct zy_record *here, const struct zy_record *there, char *out, size_t room)
{
	ZY_BUF_AUTO a = { 0 }, b = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_keys *keys;
	size_t len = 0;

	zy_report_start(&r, "test", VERIFY_AT);
	MUST(zy_keys_open(&keys, &err));
	MUST(zy_record_to_xml(here, &a, &err) && zy_record_to_xml(there, &b, &err));
	MUST(zy_judge_original(keys, NULL, zy_buf_bytes(&b), zy_buf_bytes(&a), VERIFY_AT, &r, &err));
	out[0] = 0;
	for (const struct zy_finding *f = r.first; f != NULL; f = f->next) {
		if (strcmp(f->rule->code, "original-unsigned") == 0)
			continue;
		len += (size_t)snprintf(out + len, room - len, "%s %s%s%s\n", f->rule->code, f->field,
		    f->detail == NULL ? "" : ": ", f->detail == NULL ? "" : f->detail);
		assert_true(len < room);
		assert_non_null(f->rule->zh);
	}
	zy_keys_close(keys);
}

static void says(const struct zy_record *here, const struct zy_record *there, const char *want)
{
	char have[2048];

	compare(here, there, have, sizeof(have));
	assert_string_equal(have, want);
}

static void a_record_is_its_own_original(void **state)
{
	const struct zy_record rec = zy_record_sample();

	(void)state;
	says(&rec, &rec, "original-same file\n");
}

static void each_element_that_differs_is_named_in_the_standards_spelling(void **state)
{
	const struct zy_record there = zy_record_sample();
	struct zy_record here = there;

	(void)state;
	here.valid_to = "2030-01-01";
	says(&here, &there, "original-field-differs ZZYXQJZRQ: 2030-01-01 here, nothing in the original\n");
	here = there;
	here.issuer_name = "云泽市公安局";
	here.item_code = "990100-SCJG-0002";
	says(&here, &there,
	    "original-field-differs ZZBFJG: 云泽市公安局 here, 云泽市市场监督管理局 in the original\n"
	    "original-field-differs SXBM: 990100-SCJG-0002 here, 990100-SCJG-0001 in the original\n");
}

static void what_may_tell_of_a_person_is_not_written_out(void **state)
{
	const struct zy_record there = zy_record_sample();
	struct zy_record here = there;
	struct zy_field fields[3];

	(void)state;
	here.holder = (struct zy_holder){ ZY_HOLDER_CITIZEN, "990100199001011234" };
	here.number = here.holder.number;
	here.holder_name = "张三";
	memcpy(fields, there.fields, sizeof(fields));
	fields[1].value = "990100199001011234";
	here.fields = fields;
	says(&here, &there,
	    "original-field-differs ZZBH\n"
	    "original-field-differs CZZT\n"
	    "original-field-differs CZZTDM: 990***********1234 here, 919***********X1XU in the original\n"
	    "original-field-differs CZZTDMLX: 公民身份号码 here, 统一社会信用代码 in the original\n"
	    "original-field-differs CZZTDMLXDM: 111 here, 001 in the original\n"
	    "original-field-differs KZ_business_scope\n");
}

static void elements_of_one_side_alone_are_named(void **state)
{
	const struct zy_record there = zy_record_sample();
	struct zy_record here = there;

	(void)state;
	here.num_fields = 2;
	says(&here, &there, "original-field-differs KZ_registered_capital: only the original has it\n");
	says(&there, &here, "original-field-differs KZ_registered_capital: the original does not have it\n");
}

static void rename_to(struct zy_record *r, const char *serial, unsigned version)
{
	struct zy_identifier id;

	MUST(zy_identifier_parse(&id, zy_str(r->identifier), NULL, &err));
	snprintf(id.serial, sizeof(id.serial), "%s", serial);
	id.version = version;
	MUST(zy_identifier_encode(&id, r->identifier, &err));
}

static void another_version_is_not_an_altered_one(void **state)
{
	const struct zy_record there = zy_record_sample();
	struct zy_record here = there;

	(void)state;
	rename_to(&here, "000000001", 2);
	here.holder_name = "云泽市近水茶业有限公司";
	says(&here, &there,
	    "original-other-version ZZBS: version 2 here, 1 in the original\n"
	    "original-field-changed CZZT\n");
}

static void of_another_licence_nothing_else_is_said(void **state)
{
	const struct zy_record there = zy_record_sample();
	struct zy_record here = there;

	(void)state;
	rename_to(&here, "000000002", 1);
	here.holder_name = "云泽市近水茶业有限公司";
	says(&here, &there, "original-other-licence ZZBS\n");
}

static void judge(struct zy_bytes original, struct zy_bytes presented, const char *want)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_trust trust = verify_trust(&a, ~0u);
	ZY_REPORT_AUTO r;
	struct zy_keys *keys;

	zy_report_start(&r, "test", VERIFY_AT);
	MUST(zy_keys_open(&keys, &err));
	MUST(zy_judge_original(keys, &trust, original, presented, VERIFY_AT, &r, &err));
	assert_non_null(r.first);
	assert_string_equal(r.first->rule->code, want);
	zy_keys_close(keys);
}

static void an_original_must_hold_itself(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO good = { 0 }, expired = { 0 }, cbor = { 0 };
	const struct zy_record rec = zy_record_sample();

	(void)state;
	verify_make_ofd(&(struct verify_ofd){ 0 }, &a, &good);
	verify_make_ofd(&(struct verify_ofd){ .seal_end = VERIFY_AT - 3600 }, &a, &expired);
	MUST(zy_record_encode(&rec, &cbor, &err));
	judge(zy_buf_bytes(&good), zy_buf_bytes(&good), "original-same");
	judge(zy_buf_bytes(&expired), zy_buf_bytes(&good), "original-not-proven");
	judge(zy_buf_bytes(&cbor), zy_buf_bytes(&good), "original-unsigned");
	judge(zy_buf_bytes(&good), ZY_LITERAL("%PDF-"), "original-record-missing");
}

static void an_original_without_a_record_is_refused(void **state)
{
	ZY_REPORT_AUTO r;
	struct zy_keys *keys;

	(void)state;
	zy_report_start(&r, "test", VERIFY_AT);
	MUST(zy_keys_open(&keys, &err));
	REFUSED(zy_judge_original(keys, NULL, ZY_LITERAL("?"), ZY_LITERAL("?"), VERIFY_AT, &r, &err), ZY_E_FORMAT);
	REFUSED(zy_judge_original(keys, NULL, ZY_LITERAL("<"), ZY_LITERAL("?"), VERIFY_AT, &r, &err), ZY_E_XML);
	zy_keys_close(keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_its_own_original),
		cmocka_unit_test(each_element_that_differs_is_named_in_the_standards_spelling),
		cmocka_unit_test(what_may_tell_of_a_person_is_not_written_out),
		cmocka_unit_test(elements_of_one_side_alone_are_named),
		cmocka_unit_test(another_version_is_not_an_altered_one),
		cmocka_unit_test(of_another_licence_nothing_else_is_said),
		cmocka_unit_test(an_original_must_hold_itself),
		cmocka_unit_test(an_original_without_a_record_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
