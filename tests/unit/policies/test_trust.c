#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "trust_sample.h"

static void a_payload_keeps_its_bytes(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO once = { 0 }, twice = { 0 };
	struct zy_trust t = zy_trust_sample(), back;
	struct zy_error err = { 0 };

	(void)state;
	if (!zy_trust_encode(&t, &once, &err) || !zy_trust_parse(&back, zy_buf_bytes(&once), &a, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(back.version, 7);
	assert_int_equal(back.issued_at, t.issued_at);
	assert_int_equal(back.next_update, t.next_update);
	assert_int_equal(back.anchors[1].purposes, t.anchors[1].purposes);
	assert_true(zy_bytes_equal(back.anchors[0].der, t.anchors[0].der));
	assert_string_equal(back.anchors[2].types[0], t.anchors[2].types[0]);
	assert_string_equal(back.anchors[2].issuers[0], t.anchors[2].issuers[0]);
	assert_int_equal(back.anchors[2].from, t.anchors[2].from);
	assert_int_equal(back.anchors[2].until, t.anchors[2].until);
	assert_int_equal(back.anchors[0].num_types + back.anchors[0].num_issuers, 0);
	assert_int_equal(back.intermediates[0].purposes, 0);
	assert_string_equal(back.types[0].fields[1].name.en, "Term \"to\" \\");
	assert_int_equal(back.types[0].fields[1].kind, ZY_FIELD_DATE);
	assert_int_equal(back.credential_keys[0].suite, ZY_SUITE_INTL);
	assert_memory_equal(back.credential_keys[0].kid, t.credential_keys[0].kid, 8);
	assert_true(zy_trust_encode(&back, &twice, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&once), zy_buf_bytes(&twice)));
}

/* A bundle of before there were logs has no member for them, and is read as ever. */
static void keys_of_logs_are_kept_where_there_are_any(void **state)
{
	static const struct zy_trust_note_key logs[] = { { .key = "log.example/1+c74f20a3+ARpc", .until = 1772323200 },
		{ .key = "log.example/1+00000001+Av8=", .from = 1772236800, .until = 1930000000 } };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO without = { 0 }, with = { 0 };
	struct zy_trust t = zy_trust_sample(), back;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_trust_encode(&t, &without, &err));
	assert_null(memmem(without.p, without.len, "\"logs\"", 6));
	t.logs = logs;
	t.num_logs = 2;
	assert_true(zy_trust_encode(&t, &with, &err));
	assert_true(zy_trust_parse(&back, zy_buf_bytes(&with), &a, &err));
	assert_int_equal(back.num_logs, 2);
	assert_string_equal(back.logs[1].key, logs[1].key);
	assert_int_equal(back.logs[0].from, 0);
	assert_int_equal(back.logs[0].until, logs[0].until);
	assert_int_equal(back.logs[1].from, logs[1].from);
}

/* So it is with witnesses; a number of them that could never sign is refused. */
static void witnesses_are_kept_where_there_are_any(void **state)
{
	static const struct zy_trust_note_key known[] = { { "w.example/1+00000001+BAEC", 0, 0 },
		{ "w.example/1+00000002+BAED", 1772323200, 1803859200 },
		{ "w.example/2+00000003+BAEE", 0, 1803859200 } };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO json = { 0 }, unwritten = { 0 };
	struct zy_trust t = zy_trust_sample(), back;
	struct zy_error err = { 0 };

	(void)state;
	t.witnesses = known;
	t.num_witnesses = 3;
	t.witness_least = 2;
	assert_true(zy_trust_encode(&t, &json, &err));
	assert_true(zy_trust_parse(&back, zy_buf_bytes(&json), &a, &err));
	assert_int_equal(back.num_witnesses, 3);
	assert_int_equal(back.witness_least, 2);
	assert_string_equal(back.witnesses[1].key, known[1].key);
	assert_int_equal(back.witnesses[1].from, known[1].from);
	assert_int_equal(back.witnesses[2].until, known[2].until);
	assert_int_equal(zy_trust_witness_name(&back, 1), 0);
	assert_int_equal(zy_trust_witness_name(&back, 2), 2);
	t.witness_least = 3; /* two keys of one name are one witness */
	assert_false(zy_trust_encode(&t, &unwritten, &err));
	assert_int_equal(err.code, ZY_E_TRUST);
}

static void the_members_stand_in_order(void **state)
{
	static const char want[] =
	    "{\"anchors\":[{\"cert\":\"MANyb290LWdt\",\"purposes\":[\"seal\",\"seal_maker\",\"trust\"]},";
	ZY_BUF_AUTO json = { 0 };
	struct zy_trust t = zy_trust_sample();
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_trust_encode(&t, &json, &err));
	assert_memory_equal(json.p, want, sizeof(want) - 1);
	zy_buf_put_u8(&json, 0);
	assert_non_null(strstr((const char *)json.p, "\"issued_at\":\"2026-03-01T00:00:00Z\",\"issuers\":[{\"code\":"
						     "\"11990100MB99000131\",\"name\":{\"en\":"));
	assert_non_null(strstr((const char *)json.p, ",\"number\":1}],\"version\":7}"));
}

static void the_pin_is_over_the_anchors(void **state)
{
	struct zy_trust t = zy_trust_sample();
	uint8_t have[ZY_HASH_LEN], want[ZY_HASH_LEN];
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_trust_pin(&t, have, &err));
	assert_true(zy_digest(ZY_HASH_SHA256, ZY_LITERAL("\x30\x03root-gm\x30\x05root-intl"), want, &err));
	assert_memory_equal(have, want, ZY_HASH_LEN);
}

static void look_ups_find_what_is_there_and_nothing_else(void **state)
{
	struct zy_trust t = zy_trust_sample();

	(void)state;
	assert_ptr_equal(zy_trust_issuer(&t, "11990100MB99000131"), &t.issuers[0]);
	assert_null(zy_trust_issuer(&t, "11990100MB9900021U"));
	assert_ptr_equal(zy_trust_type_by_code(&t, "11100000MB0143028R001"), &t.types[0]);
	assert_null(zy_trust_type_by_code(&t, "business-licence"));
	assert_ptr_equal(zy_trust_type_by_number(&t, 1), &t.types[0]);
	assert_null(zy_trust_type_by_number(&t, 2));
	assert_ptr_equal(zy_trust_field_by_label(&t.types[0], 7), &t.types[0].fields[1]);
	assert_null(zy_trust_field_by_label(&t.types[0], 2));
	assert_true(zy_trust_issuer_may(&t.issuers[0], "11100000MB0143028R001"));
	assert_false(zy_trust_issuer_may(&t.issuers[0], "11100000MB0143028R002"));
}

static void what_contradicts_itself_is_not_written(void **state)
{
	ZY_BUF_AUTO json = { 0 };
	const struct zy_trust good = zy_trust_sample();
	const char *const stranger[] = { "11100000MB0143028R002" };
	struct zy_trust_issuer issuer = good.issuers[0], two[] = { good.issuers[0], good.issuers[0] };
	struct zy_trust_credential_key key = good.credential_keys[0];
	struct zy_trust_cert anchor = { .der = good.anchors[0].der };
	const struct zy_trust_note_key twice[] = { { .key = "log.example/1+00000000+AQ==" },
		{ .key = "log.example/1+00000000+AQ==", .from = 1 } },
				       none = { .key = "log.example/1" },
				       backwards = { .key = "log.example/1+00000000+AQ==", .from = 9, .until = 8 };
	struct zy_trust bad[11];

	(void)state;
	for (size_t i = 0; i < 11; i++)
		bad[i] = good;
	bad[0].next_update = bad[0].issued_at;
	bad[1].num_anchors = 0;
	bad[2].anchors = &anchor, bad[2].num_anchors = 1;
	issuer.types = stranger;
	bad[3].issuers = &issuer;
	bad[4].issuers = two, bad[4].num_issuers = 2;
	key.kid[7] ^= 1;
	bad[5].credential_keys = &key;
	bad[6].version = 0;
	bad[7].num_issuers = 0; /* the credential key's issuer is gone */
	bad[8].logs = twice, bad[8].num_logs = 2;
	bad[9].logs = &none, bad[9].num_logs = 1;
	bad[10].logs = &backwards, bad[10].num_logs = 1;
	for (size_t i = 0; i < 11; i++) {
		struct zy_error err = { 0 };

		if (zy_trust_encode(&bad[i], &json, &err) || err.code != ZY_E_TRUST)
			fail_msg("case %zu: %s", i, zy_code_name(err.code));
	}
	assert_int_equal(json.len, 0);
}

/* The sample's text with one part replaced must be refused. */
static void expect_refusal(const char *old, const char *new, enum zy_code code)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO json = { 0 }, text = { 0 };
	struct zy_trust t = zy_trust_sample(), back;
	struct zy_error err = { 0 };
	const char *at;

	assert_true(zy_trust_encode(&t, &json, &err));
	zy_buf_put_u8(&json, 0);
	if ((at = strstr((const char *)json.p, old)) == NULL)
		fail_msg("no %s", old);
	zy_buf_put(&text, ZY_BYTES(json.p, json.len - 1 - strlen(at)));
	zy_buf_put_str(&text, new);
	zy_buf_put_str(&text, at + strlen(old));
	if (zy_trust_parse(&back, zy_buf_bytes(&text), &a, &err) || err.code != code)
		fail_msg("%s -> %s: %s", old, new, zy_code_name(err.code));
}

static void any_other_text_is_refused(void **state)
{
	(void)state;
	expect_refusal(",\"version\":7", ",\"version\": 7", ZY_E_TRUST);
	expect_refusal(",\"version\":7", ",\"version\":7,\"extra\":1", ZY_E_TRUST);
	expect_refusal(",\"version\":7", ",\"version\":7,\"version\":7", ZY_E_JSON);
	expect_refusal(",\"version\":7", "", ZY_E_TRUST);
	expect_refusal(",\"version\":7", ",\"version\":0", ZY_E_TRUST);
	expect_refusal("}],\"version\":7}", "}],\"version\":7}\n", ZY_E_TRUST);
	expect_refusal("2026-03-01T00:00:00Z", "2026-03-01T08:00:00+08:00", ZY_E_TRUST);
	expect_refusal("\"seal\",\"seal_maker\"", "\"seal_maker\",\"seal\"", ZY_E_TRUST);
	expect_refusal("\"seal\",", "\"seals\",", ZY_E_TRUST);
	expect_refusal("营业执照", "\\u8425业执照", ZY_E_TRUST);
	expect_refusal("Business Licence", "Business licence", ZY_E_TRUST); /* catalogue_digest */
	expect_refusal("\"suite\":\"intl\"", "\"suite\":\"gm\"", ZY_E_TRUST);
	expect_refusal("MANyb290LWdt", "MANyb290LWd", ZY_E_TRUST);
	expect_refusal("\"types\":[\"11100000MB0143028R001\"],\"until\"", "\"types\":[],\"until\"", ZY_E_TRUST);
	expect_refusal(",\"until\":\"2026-12-31T23:59:59Z\"", ",\"until\":\"1970-01-01T00:00:00Z\"", ZY_E_TRUST);
	expect_refusal("\"label\":7", "\"label\":1", ZY_E_TRUST);
	expect_refusal("\"99010000000001\"", "\"9901000000000A\"", ZY_E_TRUST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_keeps_its_bytes),
		cmocka_unit_test(keys_of_logs_are_kept_where_there_are_any),
		cmocka_unit_test(witnesses_are_kept_where_there_are_any),
		cmocka_unit_test(the_members_stand_in_order),
		cmocka_unit_test(the_pin_is_over_the_anchors),
		cmocka_unit_test(look_ups_find_what_is_there_and_nothing_else),
		cmocka_unit_test(what_contradicts_itself_is_not_written),
		cmocka_unit_test(any_other_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
