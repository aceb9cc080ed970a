#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "expect.h"
#include "zy/officers.h"
#include "zy/text.h"

#define AT ((zy_time)1772323200) /* 2026-03-01T00:00:00Z */
#define PERSON(id, roles, point) PERSON_UNTIL(id, roles, point, "2028-01-01T00:00:00+08:00")
#define PERSON_UNTIL(id, roles, point, to)                                                                             \
	"{\"id\":\"" id "\",\"name\":{\"zh\":\"王一\",\"en\":\"Wang Yi\"},\"roles\":[" roles                           \
	"],\"key\":{\"suite\":\"gm\",\"point\":\"" point "\"},\"valid_from\":\"2026-01-01T00:00:00+08:00\","           \
	"\"valid_to\":\"" to "\"}"
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define A "BA" ZEROS "AAAAAAE"
#define B "BA" ZEROS "AAAAAAI"
#define C "BA" ZEROS "AAAAAAM"
#define ALL(list) "{\"officers\":[" list "]}"
#define OFFICER "\"officer\""
#define ASKER "\"requester\""

static void parse(const char *text, struct zy_arena *a, struct zy_officers *o)
{
	MUST(zy_officers_parse(o, zy_str(text), a, &err));
}

static void persons_are_known_by_id_and_by_key(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_officers o;
	uint8_t digest[ZY_HASH_LEN];

	(void)state;
	parse(ALL(PERSON("officer-1", OFFICER, A) "," PERSON("asker", ASKER "," OFFICER, B)), &a, &o);
	assert_int_equal(o.num, 2);
	assert_ptr_equal(zy_officer_by_id(&o, "asker"), &o.officers[1]);
	assert_ptr_equal(zy_officer_by_kid(&o, o.officers[1].key_id), &o.officers[1]);
	assert_null(zy_officer_by_id(&o, "officer-2"));
	assert_int_equal(o.officers[1].roles, ZY_ROLE_OFFICER | ZY_ROLE_REQUESTER);
	assert_int_equal(o.officers[0].point[64], 1);
	MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(o.officers[0].point, 65), digest, &err));
	assert_memory_equal(digest, o.officers[0].key_id, sizeof(digest));
	assert_null(zy_officer_by_kid(&o, digest + 1));
}

static void a_register_without_three_persons_can_approve_nothing(void **state)
{
	static const struct {
		const char *text;
		bool enough;
	} rows[] = {
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("b", OFFICER, B) "," PERSON("c", ASKER, C)), true },
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("b", OFFICER, B) "," PERSON("c", OFFICER, C)), true },
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("b", OFFICER, B)), false },
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("b", ASKER, B) "," PERSON("c", ASKER, C)), false },
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("b", OFFICER, B) "," PERSON_UNTIL(
		      "c", ASKER, C, "2026-02-01T00:00:00+08:00")),
		    false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_officers o;

		parse(rows[i].text, &a, &o);
		if (zy_officers_enough(&o, AT) != rows[i].enough)
			fail_msg("row %zu", i);
	}
}

static void faults_are_named_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "{\"officers\":[]}", "1 to 100 items" },
		{ ALL(PERSON("Officer", OFFICER, A)), "an id has a-z" },
		{ ALL(PERSON("1a", OFFICER, A)), "an id has a-z" },
		{ ALL(PERSON("a/b", OFFICER, A)), "an id has a-z" },
		{ ALL(PERSON("a", "\"mayor\"", A)), "must be one of" },
		{ ALL(PERSON("a", "", A)), "at least one name" },
		{ ALL(PERSON("a", OFFICER, "AA")), "point must be" },
		{ ALL(PERSON("a", OFFICER, "AA" ZEROS "AAAAAAE")), "point must be" },
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("a", OFFICER, B)), "is there twice" },
		{ ALL(PERSON("a", OFFICER, A) "," PERSON("b", OFFICER, A)), "the key of b is that of a too" },
		{ ALL(PERSON_UNTIL("a", OFFICER, A, "2026-01-01T00:00:00+08:00")), "valid_to does not lie after" },
		{ "{\"officers\":[{}]}", "is missing here" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_error why = { 0 };
		struct zy_officers o;

		if (zy_officers_parse(&o, zy_str(rows[i].text), &a, &why))
			fail_msg("row %zu was read", i);
		assert_int_equal(why.code, ZY_E_POLICY);
		if (strncmp(why.msg, "officers.json:1: ", 17) != 0 || strstr(why.msg, rows[i].says) == NULL)
			fail_msg("row %zu says %s", i, why.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(persons_are_known_by_id_and_by_key),
		cmocka_unit_test(a_register_without_three_persons_can_approve_nothing),
		cmocka_unit_test(faults_are_named_with_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
