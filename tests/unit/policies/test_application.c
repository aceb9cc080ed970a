#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "zy/application.h"

static struct zy_arena arena;
static struct zy_policy policy;
static const struct zy_type *business, *practitioner;

static int load(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	return zy_policy_load(&policy, ZY_SOURCE_DIR "/policies", &arena, &err) &&
		       zy_policy_type(&policy, "business-licence", &business, &err) &&
		       zy_policy_type(&policy, "transport-practitioner", &practitioner, &err)
		   ? 0
		   : -1;
}

static int unload(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	return 0;
}

#define HOLDER "uscc:91990100MA9900X1XU"
#define NAME "云泽市远山茶业有限公司"
#define GOOD                                                                                                           \
	"{\"business_scope\":\"茶叶\\n种植\",\"name\":\"" NAME "\",\"kind\":\"有限责任公司\","                   \
	"\"legal_representative\":\"林知远\",\"registered_capital\":\"壹佰万元整\","                           \
	"\"established_on\":\"2026-03-01\",\"term_from\":\"2026-03-01\",\"address\":\"云泽市\"}"

static struct zy_holder holder(const char *text)
{
	struct zy_holder h = { 0 };

	assert_true(zy_holder_parse(&h, zy_str(text), &(struct zy_error){ 0 }));
	return h;
}

static void an_application_comes_in_the_order_of_the_type(void **state)
{
	const struct zy_holder h = holder(HOLDER);
	struct zy_application app;
	struct zy_error err = { 0 };

	(void)state;
	if (!zy_application_parse(&app, business, &h, NAME, zy_str(GOOD), NULL, &arena, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(app.num, 8);
	assert_string_equal(app.given[0].key, "name");
	assert_string_equal(app.given[7].key, "business_scope");
	assert_string_equal(app.given[7].value, "茶叶\n种植");
	assert_string_equal(zy_application_value(&app, "kind"), "有限责任公司");
	assert_string_equal(zy_application_value(&app, "term_to"), "");
	assert_string_equal(zy_application_value(&app, ""), "");
}

static void a_change_stands_on_what_was_before(void **state)
{
	const struct zy_holder h = holder(HOLDER);
	struct zy_application first, second, third;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_application_parse(&first, business, &h, NAME, zy_str(GOOD), NULL, &arena, &err));
	assert_true(zy_application_parse(&second, business, &h, NAME,
	    ZY_LITERAL("{\"address\":\"新址\",\"term_to\":\"2046-02-28\"}"), &first, &arena, &err));
	assert_string_equal(zy_application_value(&second, "address"), "新址");
	assert_string_equal(zy_application_value(&second, "kind"), "有限责任公司");
	assert_string_equal(zy_application_value(&second, "term_to"), "2046-02-28");
	assert_true(
	    zy_application_parse(&third, business, &h, NAME, ZY_LITERAL("{\"term_to\":null}"), &second, &arena, &err));
	assert_string_equal(zy_application_value(&third, "term_to"), "");
	assert_string_equal(zy_application_value(&third, "address"), "新址");
	assert_false(
	    zy_application_parse(&third, business, &h, NAME, ZY_LITERAL("{\"address\":null}"), &second, &arena, &err));
	assert_int_equal(err.code, ZY_E_FIELD_MISSING);
}

/* The good data with one text replaced must be refused. */
static void expect_refusal(const char *old, const char *new, enum zy_code code, const char *field)
{
	const struct zy_holder h = holder(HOLDER);
	ZY_BUF_AUTO data = { 0 };
	struct zy_application app;
	struct zy_error err = { 0 };
	const char *at = strstr(GOOD, old);

	assert_non_null(at);
	zy_buf_put(&data, ZY_BYTES(GOOD, strlen(GOOD) - strlen(at)));
	zy_buf_put_str(&data, new);
	zy_buf_put_str(&data, at + strlen(old));
	if (zy_application_parse(&app, business, &h, NAME, zy_buf_bytes(&data), NULL, &arena, &err) ||
	    err.code != code || strcmp(err.field, field) != 0)
		fail_msg("%s -> %s: %s %s \"%s\"", old, new, zy_code_name(err.code), err.field, err.msg);
}

static void every_fault_has_its_code_and_its_field(void **state)
{
	(void)state;
	expect_refusal("\"kind\":\"有限责任公司\",", "", ZY_E_FIELD_MISSING, "kind");
	expect_refusal("\"kind\"", "\"knid\"", ZY_E_FIELD_UNKNOWN, "data");
	expect_refusal("\"kind\"", "\"990100199003071249\"", ZY_E_FIELD_UNKNOWN, "data");
	expect_refusal("有限责任公司", "公", ZY_E_FIELD_LENGTH, "kind");
	expect_refusal("\"有限责任公司\"", "\"\"", ZY_E_FIELD_LENGTH, "kind");
	expect_refusal("\"有限责任公司\"", "12", ZY_E_FIELD_TYPE, "kind");
	expect_refusal("\"有限责任公司\"", "[\"x\"]", ZY_E_FIELD_TYPE, "kind");
	expect_refusal("有限责任公司", "有限\\n责任", ZY_E_FIELD_TYPE, "kind");
	expect_refusal("有限责任公司", "有限责任　", ZY_E_FIELD_TYPE, "kind");
	expect_refusal("\\n", "\\r\\n", ZY_E_FIELD_TYPE, "business_scope");
	expect_refusal("\"term_from\":\"2026-03-01\"", "\"term_from\":\"2026-02-29\"", ZY_E_FIELD_TYPE, "term_from");
	expect_refusal("\"term_from\":\"2026-03-01\"", "\"term_from\":\"2026-3-1\"", ZY_E_FIELD_TYPE, "term_from");
	expect_refusal("\"address\"", "\"term_to\":\"2026-02-28\",\"address\"", ZY_E_DATES, "term_to");
	expect_refusal("远山", "近山", ZY_E_HOLDER, "name");
	expect_refusal("\"kind\"", "\"name\"", ZY_E_JSON, "data");
	expect_refusal("}", "} {}", ZY_E_JSON, "data");
	expect_refusal("{", "[{", ZY_E_JSON, "data");
	expect_refusal("云泽市\"}", "\xff\"}", ZY_E_JSON, "data");
}

static void the_holder_must_fit_the_type_and_the_data(void **state)
{
	const struct zy_holder company = holder(HOLDER), person = holder("citizen:99010019881112456X");
	ZY_BUF_AUTO example = { 0 }, fields = { 0 };
	struct zy_application app;
	struct zy_error err = { 0 };

	(void)state;
	assert_false(zy_application_parse(&app, practitioner, &company, NAME, ZY_LITERAL("{}"), NULL, &arena, &err));
	assert_int_equal(err.code, ZY_E_HOLDER_KIND);
	err = (struct zy_error){ 0 };
	zy_buf_put_str(&example, "{\"licence_number\":\"990100199003071249\",");
	assert_true(zy_policy_example(practitioner, &fields, &err));
	zy_buf_put(&example, ZY_BYTES(fields.p + 1, fields.len - 1));
	assert_false(
	    zy_application_parse(&app, practitioner, &person, "周望舒", zy_buf_bytes(&example), NULL, &arena, &err));
	assert_int_equal(err.code, ZY_E_HOLDER);
	assert_string_equal(err.field, "licence_number");
	assert_null(strstr(err.msg, "9901"));
	err = (struct zy_error){ 0 };
	assert_false(zy_application_parse(&app, business, &company, "a\nb", zy_str(GOOD), NULL, &arena, &err));
	assert_int_equal(err.code, ZY_E_HOLDER);
}

static void the_example_fits_any_holder_of_the_kind(void **state)
{
	const struct zy_holder person = holder("citizen:99010019881112456X");
	ZY_BUF_AUTO example = { 0 };
	struct zy_application app;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_policy_example(practitioner, &example, &err));
	assert_true(
	    zy_application_parse(&app, practitioner, &person, "许安然", zy_buf_bytes(&example), NULL, &arena, &err));
	assert_string_equal(zy_application_value(&app, "name"), "许安然");
	assert_string_equal(zy_application_value(&app, "licence_number"), "99010019881112456X");
}

static void the_examples_are_one_line_of_json(void **state)
{
	static const char head[] =
	    "{\"request\":\"r\",\"type\":\"business-licence\",\"holder\":\"uscc:91990100MA9900X1XU\","
	    "\"name\":\"" NAME "\",\"data\":{\"kind\":";
	ZY_BUF_AUTO example = { 0 }, line = { 0 };
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_policy_example_line(business, "r", &line, &err));
	assert_memory_equal(line.p, head, sizeof(head) - 1);
	assert_ptr_equal(memchr(line.p, '\n', line.len), line.p + line.len - 1);
	assert_true(zy_policy_example(business, &example, &err));
	assert_memory_equal(example.p, "{\"kind\":", 8);
	assert_ptr_equal(memchr(example.p, '\n', example.len), example.p + example.len - 1);
}

static void rules_judge_integers_and_choices(void **state)
{
	const struct zy_choice choices[] = { { "01", { "一", "one" } }, { "02", { "二", "two" } } };
	const struct zy_field_rule number = { .key = "n", .kind = ZY_FIELD_INTEGER, .least = -5, .most = 500 };
	const struct zy_field_rule choice = {
		.key = "c", .kind = ZY_FIELD_CHOICE, .num_choices = 2, .choices = choices
	};
	const struct {
		const struct zy_field_rule *rule;
		const char *value;
		enum zy_code code;
	} rows[] = {
		{ &number, "0", ZY_OK },
		{ &number, "-5", ZY_OK },
		{ &number, "500", ZY_OK },
		{ &number, "501", ZY_E_FIELD_RANGE },
		{ &number, "-6", ZY_E_FIELD_RANGE },
		{ &number, "99999999999999999999", ZY_E_FIELD_RANGE },
		{ &number, "007", ZY_E_FIELD_TYPE },
		{ &number, "-0", ZY_E_FIELD_TYPE },
		{ &number, "+1", ZY_E_FIELD_TYPE },
		{ &number, "1.0", ZY_E_FIELD_TYPE },
		{ &number, "-", ZY_E_FIELD_TYPE },
		{ &choice, "02", ZY_OK },
		{ &choice, "2", ZY_E_FIELD_RANGE },
		{ &choice, "two", ZY_E_FIELD_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zy_error err = { 0 };
		const char *canonical = NULL;

		assert_int_equal(
		    zy_field_rule_check(rows[i].rule, rows[i].value, &arena, &canonical, &err), rows[i].code == ZY_OK);
		if (err.code != rows[i].code)
			fail_msg("%s: %s", rows[i].value, zy_code_name(err.code));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_application_comes_in_the_order_of_the_type),
		cmocka_unit_test(a_change_stands_on_what_was_before),
		cmocka_unit_test(every_fault_has_its_code_and_its_field),
		cmocka_unit_test(the_holder_must_fit_the_type_and_the_data),
		cmocka_unit_test(the_example_fits_any_holder_of_the_kind),
		cmocka_unit_test(the_examples_are_one_line_of_json),
		cmocka_unit_test(rules_judge_integers_and_choices),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
