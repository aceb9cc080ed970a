#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record_sample.h"
#include "zy/cbor.h"

static void a_record_keeps_its_bytes(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO once = { 0 }, twice = { 0 };
	struct zy_record rec = zy_record_sample(), back;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_record_encode(&rec, &once, &err));
	assert_true(zy_record_parse(&back, zy_buf_bytes(&once), &a, &err));
	assert_true(zy_record_equal(&rec, &back));
	assert_true(zy_record_encode(&back, &twice, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&once), zy_buf_bytes(&twice)));
}

static void the_digest_is_that_of_the_stored_form(void **state)
{
	ZY_BUF_AUTO cbor = { 0 };
	struct zy_record rec = zy_record_sample();
	uint8_t have[ZY_HASH_LEN], want[ZY_HASH_LEN];
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_record_encode(&rec, &cbor, &err));
	assert_true(zy_digest(ZY_HASH_SM3, zy_buf_bytes(&cbor), want, &err));
	assert_true(zy_record_digest(&rec, ZY_HASH_SM3, have, &err));
	assert_memory_equal(have, want, ZY_HASH_LEN);
}

static void equality_sees_every_part(void **state)
{
	struct zy_record a = zy_record_sample(), b = a;

	(void)state;
	assert_true(zy_record_equal(&a, &b));
	b.valid_to = "2036-03-01";
	assert_false(zy_record_equal(&a, &b));
	b = a, b.made_at++;
	assert_false(zy_record_equal(&a, &b));
	b = a, b.num_fields--;
	assert_false(zy_record_equal(&a, &b));
	b = a, b.holder.number[17] = '0';
	assert_false(zy_record_equal(&a, &b));
}

static void expect_fault(const struct zy_record *rec, enum zy_code code, const char *field)
{
	struct zy_error err = { 0 };

	assert_false(zy_record_check(rec, &err));
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
	assert_string_equal(err.field, field);
	assert_true(strlen(err.msg) > 10);
}

static void every_fault_has_its_code_and_field(void **state)
{
	const struct zy_record good = zy_record_sample();
	struct zy_record r;

	(void)state;
	r = good, r.type_name = "", expect_fault(&r, ZY_E_FIELD_LENGTH, "ZZLXMC");
	r = good, r.type_name = NULL, expect_fault(&r, ZY_E_FIELD_LENGTH, "ZZLXMC");
	r = good, r.issuer_name = "a\nb", expect_fault(&r, ZY_E_UTF8, "ZZBFJG");
	r = good, r.holder_name = "\xff", expect_fault(&r, ZY_E_UTF8, "CZZT");
	r = good, r.issue_date = "2026-02-30", expect_fault(&r, ZY_E_TIME, "ZZBFRQ");
	r = good, r.valid_to = "2026-02-28", expect_fault(&r, ZY_E_DATES, "ZZYXQJZRQ");
	r = good, r.type_code = "11100000MB0143028R002", expect_fault(&r, ZY_E_IDENTIFIER, "ZZBS");
	r = good, r.issuer_code = "11990100MB9900021U", expect_fault(&r, ZY_E_IDENTIFIER, "ZZBS");
	r = good, r.issuer_code = "11990100MB99000132", expect_fault(&r, ZY_E_USCC, "credit-code");
	r = good, r.identifier[strlen(r.identifier) - 1] = 'Q', expect_fault(&r, ZY_E_IDENTIFIER, "ZZBS");
	r = good, r.holder.number[17] = '0', expect_fault(&r, ZY_E_USCC, "credit-code");
	r = good, r.catalogue_version = 0, expect_fault(&r, ZY_E_FIELD_RANGE, "MLBB");
	r = good, r.made_at = ZY_TIME_NEVER, expect_fault(&r, ZY_E_TIME, "CJSJ");
	r = good, r.num_fields = ZY_RECORD_FIELDS_MAX + 1, expect_fault(&r, ZY_E_TOO_LARGE, "KZ");
}

static void every_fault_of_a_field_has_its_code(void **state)
{
	struct zy_record r = zy_record_sample();
	struct zy_field f[2] = { { "a", "1" }, { "b", "2" } };
	char long_value[ZY_FIELD_VALUE_MAX + 2];

	(void)state;
	memset(long_value, 'x', sizeof(long_value) - 1);
	long_value[sizeof(long_value) - 1] = 0;
	r.fields = f;
	r.num_fields = 2;
	assert_true(zy_record_check(&r, &(struct zy_error){ 0 }));
	f[1].key = "a", expect_fault(&r, ZY_E_FIELD_UNKNOWN, "KZ");
	f[1].key = "9a", expect_fault(&r, ZY_E_FIELD_UNKNOWN, "KZ");
	f[1].key = "", expect_fault(&r, ZY_E_FIELD_UNKNOWN, "KZ");
	f[1].key = "a>", expect_fault(&r, ZY_E_FIELD_UNKNOWN, "KZ");
	f[1].key = "a23456789012345678901234567890123", expect_fault(&r, ZY_E_FIELD_UNKNOWN, "KZ");
	f[1] = (struct zy_field){ "b", "" }, expect_fault(&r, ZY_E_FIELD_LENGTH, "KZ");
	f[1].value = long_value, expect_fault(&r, ZY_E_FIELD_LENGTH, "KZ");
	f[1].value = "bell\a", expect_fault(&r, ZY_E_UTF8, "KZ");
}

static void another_form_and_trailing_bytes_are_refused(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO cbor = { 0 };
	struct zy_record rec = zy_record_sample(), back;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_record_encode(&rec, &cbor, &err));
	zy_buf_put_u8(&cbor, 0);
	assert_false(zy_record_parse(&back, zy_buf_bytes(&cbor), &a, &err));
	assert_int_equal(err.code, ZY_E_TRAILING);
	assert_int_equal(err.offset, cbor.len - 1);
	cbor.len--;
	cbor.p[1] = 0;
	err = (struct zy_error){ 0 };
	assert_false(zy_record_parse(&back, zy_buf_bytes(&cbor), &a, &err));
	assert_int_equal(err.code, ZY_E_CBOR);
	assert_int_equal(err.offset, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_keeps_its_bytes),
		cmocka_unit_test(the_digest_is_that_of_the_stored_form),
		cmocka_unit_test(equality_sees_every_part),
		cmocka_unit_test(every_fault_has_its_code_and_field),
		cmocka_unit_test(every_fault_of_a_field_has_its_code),
		cmocka_unit_test(another_form_and_trailing_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
