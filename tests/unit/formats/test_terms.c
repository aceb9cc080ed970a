#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record_sample.h"
#include "zy/terms.h"

#define DIGEST "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* The sample with terms as its last fields. */
static struct zy_record on(const struct zy_terms *t, struct zy_field room[ZY_RECORD_FIELDS_MAX])
{
	struct zy_record rec = zy_record_sample();

	memcpy(room, rec.fields, rec.num_fields * sizeof(*room));
	rec.num_fields += zy_terms_put(t, room + rec.num_fields);
	rec.fields = room;
	return rec;
}

static const struct zy_terms promise = { ZY_TERMS_PROMISE, "2026-06-30", "场所符合安全标准", DIGEST };
static const struct zy_terms condition = { ZY_TERMS_CONDITION, "2026-06-30", "房屋租赁合同", "" };

static void a_record_carries_its_terms_in_every_form(void **state)
{
	struct zy_field room[ZY_RECORD_FIELDS_MAX];
	const struct zy_record rec = on(&promise, room);
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO cbor = { 0 }, xml = { 0 };
	struct zy_record back[2];
	struct zy_error err = { 0 };
	struct zy_terms got;

	(void)state;
	assert_true(zy_record_encode(&rec, &cbor, &err) && zy_record_to_xml(&rec, &xml, &err));
	assert_true(zy_record_parse(&back[0], zy_buf_bytes(&cbor), &a, &err));
	assert_true(zy_record_from_xml(&back[1], zy_buf_bytes(&xml), &a, &err));
	for (size_t i = 0; i < 2; i++) {
		zy_terms_get(&back[i], &got);
		assert_int_equal(got.kind, ZY_TERMS_PROMISE);
		assert_string_equal(got.until, promise.until);
		assert_string_equal(got.about, promise.about);
		assert_string_equal(got.evidence, promise.evidence);
	}
	zy_terms_get(&(struct zy_record){ 0 }, &got);
	assert_int_equal(got.kind, ZY_TERMS_NONE);
}

static void expect(const struct zy_terms *t, enum zy_code code)
{
	struct zy_field room[ZY_RECORD_FIELDS_MAX];
	const struct zy_record rec = on(t, room);
	struct zy_error err = { 0 };

	assert_int_equal(zy_record_check(&rec, &err), code == ZY_OK);
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
}

static void terms_that_are_not_whole_make_no_record(void **state)
{
	struct zy_field room[ZY_RECORD_FIELDS_MAX];
	struct zy_error err = { 0 };
	struct zy_terms t;
	struct zy_record rec;

	(void)state;
	expect(&promise, ZY_OK);
	expect(&condition, ZY_OK);
	t = promise, t.evidence = "", expect(&t, ZY_E_FIELD_RANGE);
	t = promise, t.evidence = "sha256:00", expect(&t, ZY_E_FIELD_RANGE);
	t = condition, t.evidence = "md5:00", expect(&t, ZY_E_FIELD_RANGE);
	t = condition, t.until = "2026-02-30", expect(&t, ZY_E_DATES);
	t = condition, t.until = "", expect(&t, ZY_E_DATES);
	t = condition, t.about = "", expect(&t, ZY_E_FIELD_LENGTH);
	t = condition, t.about = "a\nb", expect(&t, ZY_E_FIELD_LENGTH);
	rec = on(&condition, room);
	room[rec.num_fields - 3].value = "favour";
	assert_false(zy_record_check(&rec, &err));
	assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	rec = on(&condition, room);
	room[rec.num_fields - 3] = room[rec.num_fields - 1]; /* without the kind */
	rec.num_fields--;
	err = (struct zy_error){ 0 };
	assert_false(zy_record_check(&rec, &err));
	assert_int_equal(err.code, ZY_E_FIELD_MISSING);
}

static void the_day_ends_a_condition_and_leaves_a_promise_overdue(void **state)
{
	zy_time end;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_time_from_rfc3339(zy_str("2026-06-30T23:59:59+08:00"), &end, &err));
	assert_true(zy_terms_end(&condition) == end);
	assert_int_equal(zy_terms_state(&condition, end), ZY_TERMS_CONDITIONAL);
	assert_int_equal(zy_terms_state(&condition, end + 1), ZY_TERMS_LAPSED);
	assert_int_equal(zy_terms_state(&promise, end), ZY_TERMS_PROMISED);
	assert_int_equal(zy_terms_state(&promise, end + 1), ZY_TERMS_OVERDUE);
	assert_int_equal(zy_terms_state(&(struct zy_terms){ 0 }, end), ZY_TERMS_FREE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_carries_its_terms_in_every_form),
		cmocka_unit_test(terms_that_are_not_whole_make_no_record),
		cmocka_unit_test(the_day_ends_a_condition_and_leaves_a_promise_overdue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
