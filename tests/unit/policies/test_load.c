#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/application.h"
#include "zy/file.h"

static const char *const files[] = { "departments.json", "seals.json", "types/business-licence.json",
	"types/transport-practitioner.json", "layouts/business-licence.json", "layouts/transport-practitioner.json" };
#define NUM_FILES (sizeof(files) / sizeof(files[0]))

static void the_shipped_policies_load(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	const struct zy_type *t, *same;
	struct zy_policy p;

	(void)state;
	if (!zy_policy_load(&p, ZY_SOURCE_DIR "/policies", &a, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(p.num_types, 2);
	assert_true(zy_policy_type(&p, "business-licence", &t, &err));
	assert_true(zy_policy_type(&p, "11100000MB0143028R001", &same, &err));
	assert_ptr_equal(t, same);
	assert_string_equal(t->name.zh, "营业执照");
	assert_int_equal(t->forms, ZY_FORM_OFD | ZY_FORM_PDF);
	assert_int_equal(t->holder_kinds, 1u << ZY_HOLDER_USCC);
	assert_string_equal(t->number_field, "");
	assert_string_equal(zy_type_field(t, "business_scope")->label.en, "Business scope");
	assert_int_equal(zy_type_field(t, "business_scope")->kind, ZY_FIELD_LINES);
	assert_null(zy_type_field(t, "nothing"));
	assert_true(t->layout.num_boxes > 5 && t->layout.width > t->layout.height);
	assert_string_equal(zy_policy_department(&p, t->issuer_code)->name.zh, "云泽市市场监督管理局");
	assert_string_equal(zy_policy_seal(&p, t->seal)->department, t->issuer_code);
	assert_null(zy_policy_department(&p, "x"));
	assert_null(zy_policy_seal(&p, "x"));
	assert_false(zy_policy_type(&p, "driving-licence", &t, &err));
	assert_int_equal(err.code, ZY_E_TYPE_UNKNOWN);
}

static void a_seal_serves_its_items_and_its_time_only(void **state)
{
	const char *const items[] = { "990100-SCJG-0001" };
	const struct zy_seal_rule s = {
		.esID = "99010000000001", .valid_from = 100, .valid_to = 200, .num_items = 1, .items = items
	};
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_seal_rule_allows(&s, items[0], 100, &err));
	assert_true(zy_seal_rule_allows(&s, items[0], 200, &err));
	assert_false(zy_seal_rule_allows(&s, "990100-SCJG-0002", 150, &err));
	assert_int_equal(err.code, ZY_E_SEAL_RULE);
	err = (struct zy_error){ 0 };
	assert_false(zy_seal_rule_allows(&s, items[0], 99, &err));
	assert_int_equal(err.code, ZY_E_SEAL_DATE);
	err = (struct zy_error){ 0 };
	assert_false(zy_seal_rule_allows(&s, items[0], 201, &err));
	assert_int_equal(err.code, ZY_E_SEAL_DATE);
}

/* A copy of the shipped folder with one text replaced in one file. */
static void make_folder(char folder[64], const char *file, const char *old, const char *new)
{
	struct zy_error err = { 0 };
	char path[256];

	memcpy(folder, "/tmp/zy-policies-XXXXXX", 24);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/types", folder);
	assert_true(zy_folder_make(path, 0700, &err));
	snprintf(path, sizeof(path), "%s/layouts", folder);
	assert_true(zy_folder_make(path, 0700, &err));
	for (size_t i = 0; i < NUM_FILES; i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };
		struct zy_bytes text;
		const char *s, *at;

		snprintf(path, sizeof(path), ZY_SOURCE_DIR "/policies/%s", files[i]);
		assert_true(zy_file_read(path, 1 << 20, &a, &text, &err));
		assert_non_null(s = zy_arena_text(&a, text, &err));
		if (strcmp(files[i], file) == 0) {
			if ((at = strstr(s, old)) == NULL)
				fail_msg("%s has no %s", file, old);
			zy_buf_put(&b, ZY_BYTES(s, (size_t)(at - s)));
			zy_buf_put_str(&b, new);
			zy_buf_put_str(&b, at + strlen(old));
		} else {
			zy_buf_put_str(&b, s);
		}
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		assert_true(zy_file_write(path, zy_buf_bytes(&b), 0600, false, &err));
	}
}

static void remove_folder(const char *folder)
{
	char path[256];

	for (size_t i = 0; i < NUM_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/types", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/layouts", folder);
	rmdir(path);
	rmdir(folder);
}

#define BL "types/business-licence.json"
#define TP "types/transport-practitioner.json"
#define LAY "layouts/business-licence.json"

/* One fault a row: the file, what is replaced by what, how the message starts, what it says. */
#define SEAL_TEXT "\"centre_text\": \"电子证照专用章\""

static const struct {
	const char *file, *old, *new, *place, *says;
} faults[] = {
	/* JSON itself */
	{ BL, "\"showing_number\": 1,", "\"showing_number\": 1", BL ":6:", "'}' expected" },
	{ BL, "\"forms\"", "\"code\"", BL ":10:", "duplicate object key" },
	{ BL, "\"code\"", "\"c\\u0000de\"", BL ":2:", "" },
	{ "seals.json", "\"seals\"", "// seals", "seals.json:2:", "" },
	{ "departments.json", "{\n", "[", "departments.json:", "" },
	/* members */
	{ BL, "\"item_code\"", "\"item_kode\"", BL ":7:", "unknown key \"item_kode\"; known keys are item_code" },
	{ BL, "\"item_code\"", "\"item\\n\"", BL ":7:", "unknown key \"(not a plain name)\"" },
	{ BL, "\"required\": true, \"min\": 2", "\"requird\": true, \"min\": 2",
	    BL ":18:", "unknown key \"requird\"; known keys are required" },
	{ BL, "	\"credential_days\": 30,\n", "", BL ":1:", "the key \"credential_days\" is missing" },
	{ BL, "\"en\": \"Domicile\"", "\"em\": \"Domicile\"", BL ":24:", "unknown key \"em\"" },
	{ BL, "\"credential_days\": 30", "\"credential_days\": 31", BL ":14:", "whole number, 1 to 30" },
	{ BL, "\"credential_days\": 30", "\"credential_days\": 3.5", BL ":14:", "whole number" },
	{ BL, "\"credential_days\": 30", "\"credential_days\": \"30\"", BL ":14:", "whole number" },
	{ BL, "\"zh\": \"营业执照\"", "\"zh\": \"营业\\n执照\"", BL ":3:", "one line" },
	{ BL, "\"zh\": \"营业执照\"", "\"zh\": \"\"", BL ":3:", "1 to 200 characters" },
	{ BL, "\"zh\": \"营业执照\"", "\"zh\": 7", BL ":3:", "a text in quotes" },
	{ BL, "[\"uscc\"]", "[\"company\"]", BL ":6:", "one of \"uscc\", \"citizen\", \"passport\"" },
	{ BL, "[\"uscc\"]", "[\"uscc\", \"uscc\"]", BL ":6:", "there twice" },
	{ BL, "[\"uscc\"]", "[]", BL ":6:", "at least one" },
	{ BL, "\"ofd\"", "\"odf\"", BL ":10:", "one of \"ofd\", \"pdf\"" },
	{ BL, "\"kind\": \"lines\"", "\"kind\": \"text block\"", BL ":25:", "kind must be one of" },
	{ BL, "\"required\": false", "\"required\": 0", BL ":23:", "true or false" },
	/* rules of a field */
	{ BL, "\"min\": 1, \"max\": 100, \"showing_label\": 1,", "\"showing_label\": 1,",
	    BL ":17:", "\"min\" is missing" },
	{ BL, "\"required\": false", "\"required\": false, \"max\": 3", BL ":23:", "max does not belong" },
	{ BL, "\"min\": 2, \"max\": 60", "\"min\": 61, \"max\": 60", BL ":18:", "upper bound" },
	{ BL, "\"showing_label\": 7", "\"showing_label\": 6", BL ":23:", "showing_label of term_to is also" },
	{ BL, "\"key\": \"term_to\"", "\"key\": \"term_from\"", BL ":23:", "key of term_from is also" },
	{ BL, "\"zh\": \"营业期限止\"", "\"zh\": \"营业期限起\"", BL ":23:", "label of term_to is also" },
	{ BL, "\"key\": \"address\"", "\"key\": \"住所\"", BL ":24:", "a key is a letter" },
	{ BL, "\"key\": \"address\"", "\"key\": \"identifier\"", BL ":24:", "meaning of its own" },
	{ BL, "\"example\": \"2026-03-01\"", "\"example\": \"2026-02-30\"", BL ":21:", "breaks its own rule" },
	{ BL, ", \"example\": \"壹佰万元整\"", "", BL ":20:", "needs an example" },
	{ BL, "\"name\": \"云泽市远山茶业有限公司\"", "\"name\": \"云泽市近山茶业有限公司\"",
	    BL ":15:", "no valid application: name is not the holder's name" },
	{ BL, "uscc:91990100MA9900X1XU", "uscc:91990100MA9900X1XT", BL ":15:", "check character" },
	{ BL, "uscc:91990100MA9900X1XU", "citizen:990100199003071249", BL ":15:", "not given to a holder" },
	{ TP, "{\"code\": \"02\", \"label\": {\"zh\": \"经营性道路货物", "{\"code\": \"01\", \"label\": {\"zh\": \"x",
	    TP ":22:", "choice \"01\" is there twice" },
	{ TP, "\"example\": \"990100199003071249\"", "\"example\": \"99010019900307124X\"",
	    TP ":20:", "check digit is wrong" },
	/* references */
	{ BL, "11100000MB0143028R001", "11100000MB0143028R00A", BL ":2:", "three digits" },
	{ BL, "11100000MB0143028R001", "11100000MB01430281001", BL ":2:", "credit code" },
	{ BL, "\"issuer_code\": \"11990100MB99000131\"", "\"issuer_code\": \"11990100MB99000132\"",
	    BL ":8:", "no department" },
	{ BL, "\"issuer_code\": \"11990100MB99000131\"", "\"issuer_code\": \"11990100MB9900021U\"",
	    BL ":9:", "belongs to another department" },
	{ BL, "99010000000001", "99010000000009", BL ":9:", "no esID" },
	{ BL, "\"from_field\": \"term_from\"", "\"from_field\": \"term_form\"", BL ":12:", "names no field" },
	{ BL, "\"from_field\": \"term_from\"", "\"from_field\": \"kind\"", BL ":12:", "kind that does not fit" },
	{ BL, "\"from_field\": \"term_from\"", "\"from_field\": \"term_to\"", BL ":12:", "not required" },
	{ TP, "11100000000019713D071", "11100000MB0143028R001", TP ":2:", "code is also that of" },
	{ TP, "\"showing_number\": 2", "\"showing_number\": 1", TP ":5:", "showing_number is also" },
	{ "departments.json", "11990100MB9900021U", "11990100MB99000131", "departments.json:4:", "there twice" },
	{ "departments.json", "11990100MB9900021U", "11990100MB9900021T", "departments.json:4:", "check character" },
	{ "seals.json", "99010000000002", "99010000000001", "seals.json:16:", "there twice" },
	{ "seals.json", "99010000000002", "9901000000000A", "seals.json:16:", "14 digits" },
	{ "seals.json", "\"department\": \"11990100MB9900021U\"", "\"department\": \"11990100MB9900021T\"",
	    "seals.json:19:", "none of departments.json" },
	{ "seals.json", "pkcs11:token=zy-tpm;", "file:", "seals.json:9:", "pkcs11:token=NAME" },
	{ "seals.json", "zy-tpm;object=", "zy-tpm;pin-value=1;object=", "seals.json:9:", "must not carry a PIN" },
	{ "seals.json", "2036-01-01T00:00:00+08:00", "2026-01-01T00:00:00+08:00",
	    "seals.json:12:", "after valid_from" },
	{ "seals.json", "2036-01-01T00:00:00+08:00", "2036-01-01", "seals.json:12:", "a time like" },
	{ "seals.json", "[\"990100-JTYS-0001\"]", "[\"a\", \"b\",\n\"a\"]", "seals.json:26:", "listed twice" },
	{ "seals.json", SEAL_TEXT, "\"shape\": \"square\"", "seals.json:6:", "one of \"official\"" },
	{ "seals.json", SEAL_TEXT, "\"code\": \"9901009900001\"", "seals.json:6:", "an official seal has no code" },
	{ "seals.json", SEAL_TEXT, "\"shape\": \"company\"", "seals.json:", "13 or 14 digits" },
	{ "seals.json", SEAL_TEXT, "\"shape\": \"company\",\n\"code\": \"99010099000A1\"",
	    "seals.json:7:", "13 or 14 digits" },
	{ "seals.json", SEAL_TEXT, "\"shape\": \"oval\",\n\"code\": \"91990100ma9900x1xu\"",
	    "seals.json:7:", "15 to 20" },
	{ "seals.json", SEAL_TEXT,
	    "\"shape\": \"oval\", \"code\": \"91990100MA9900X1XU\",\n\"centre_text\": \"电子证照发票专用章\"",
	    "seals.json:7:", "at most 8" },
	{ "seals.json", SEAL_TEXT, "\"shape\": \"name\"", "seals.json:5:", "2 to 4 characters" },
	{ "seals.json", SEAL_TEXT, "\"shape\": \"name\", \"code\": \"1\"", "seals.json:6:", "a name seal has no code" },
	/* faces */
	{ LAY, "{issuer_name}", "{issuer_nmae}", LAY ":", "{issuer_nmae} names no field" },
	{ LAY, "{kind}", "{kind:long}", LAY ":", "only that of a date" },
	{ LAY, "{established_on:long}", "{established_on:short}", LAY ":", "only :long" },
	{ LAY, "{kind}", "{kind", LAY ":", "a brace" },
	{ LAY, "{kind}", "}{", LAY ":", "a brace" },
	{ LAY, "#b8862b", "#B8862B", LAY ":4:", "a colour like" },
	{ LAY, "\"border\": \"guilloche\"", "\"border\": \"wavy\"", LAY ":3:", "one of \"none\"" },
	{ LAY, "\"kind\": \"seal\"", "\"kind\": \"qr\"", LAY ":6:", "exactly one box" },
	{ BL, "\"terms\": [\"promise\", \"condition\"],", "", LAY ":6:", "and no other type has" },
	{ BL, "\"promise\", ", "\"favour\", ", BL ":10:", "must be one of" },
	{ BL, "\"key\": \"address\"", "\"key\": \"terms_until\"", BL, "use another key" },
	{ LAY, "\"kind\": \"seal\"", "\"colour\": \"#000000\", \"kind\": \"seal\"", LAY ":", "unknown key \"colour\"" },
	{ LAY, "\"w\": 42, \"h\": 42", "\"w\": 420, \"h\": 42", LAY ":", "over the edge" },
	{ LAY, "\"leading\": 1.3", "\"leading\": 0.5", LAY ":", "leading must be a number, 1 to 3" },
	{ LAY, "\"page\"", "\"paper\"", LAY ":2:", "unknown key \"paper\"" },
};

static void every_fault_is_told_with_file_and_line(void **state)
{
	unsigned num_wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_error err = { 0 };
		struct zy_policy p = { 0 };
		char folder[64];
		bool ok;

		make_folder(folder, faults[i].file, faults[i].old, faults[i].new);
		ok = zy_policy_load(&p, folder, &a, &err);
		remove_folder(folder);
		if (ok || err.code != ZY_E_POLICY || strncmp(err.msg, faults[i].place, strlen(faults[i].place)) != 0 ||
		    strstr(err.msg, faults[i].says) == NULL)
			num_wrong++, print_error("%s: %s -> %s: wanted \"%s ... %s\", got %s \"%s\"\n", faults[i].file,
					 faults[i].old, faults[i].new, faults[i].place, faults[i].says,
					 ok ? "no fault" : zy_code_name(err.code), err.msg);
		assert_null(p.types);
	}
	assert_int_equal(num_wrong, 0);
}

static void a_stray_file_and_a_missing_layout_are_told(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_policy p;
	char folder[64], path[256];

	(void)state;
	make_folder(folder, "", "", "");
	snprintf(path, sizeof(path), "%s/types/business-licence.json~", folder);
	assert_true(zy_file_write(path, ZY_LITERAL("{}"), 0600, false, &err));
	assert_false(zy_policy_load(&p, folder, &a, &err));
	assert_int_equal(err.code, ZY_E_POLICY);
	unlink(path);
	err = (struct zy_error){ 0 };
	snprintf(path, sizeof(path), "%s/layouts/business-licence.json", folder);
	unlink(path);
	assert_false(zy_policy_load(&p, folder, &a, &err));
	assert_int_equal(err.code, ZY_E_IO);
	remove_folder(folder);
	err = (struct zy_error){ 0 };
	assert_false(zy_policy_load(&p, folder, &a, &err));
	assert_int_equal(err.code, ZY_E_IO);
}

static void a_seal_is_official_unless_it_says_its_shape(void **state)
{
	static const struct {
		const char *text, *centre_text, *code;
		enum zy_seal_shape shape;
	} all[] = { { "\"code\": \"9901009900001\", \"shape\": \"company\"", "", "9901009900001", ZY_SEAL_COMPANY },
		{ "\"code\": \"91990100MA9900X1XU\", \"shape\": \"oval\"", "发票专用章", "91990100MA9900X1XU",
		    ZY_SEAL_OVAL },
		{ SEAL_TEXT, "电子证照专用章", "", ZY_SEAL_OFFICIAL } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_error err = { 0 };
		struct zy_policy p;
		char folder[64];

		make_folder(folder, "seals.json", SEAL_TEXT, all[i].text);
		if (!zy_policy_load(&p, folder, &a, &err))
			fail_msg("%s", err.msg);
		remove_folder(folder);
		assert_int_equal(p.seals[0].shape, all[i].shape);
		assert_string_equal(p.seals[0].code, all[i].code);
		assert_string_equal(p.seals[0].centre_text, all[i].centre_text);
	}
	assert_string_equal(zy_seal_shape_name(ZY_SEAL_OVAL), "oval");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_policies_load),
		cmocka_unit_test(a_seal_serves_its_items_and_its_time_only),
		cmocka_unit_test(every_fault_is_told_with_file_and_line),
		cmocka_unit_test(a_seal_is_official_unless_it_says_its_shape),
		cmocka_unit_test(a_stray_file_and_a_missing_layout_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
