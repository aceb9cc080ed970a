/* Canonical form of odd documents, and signed documents with one byte changed. ZY_TEST_SEED replays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "xml_made.h"

static unsigned seed(void)
{
	const char *given = getenv("ZY_TEST_SEED");

	return given == NULL ? 20260301 : (unsigned)strtoul(given, NULL, 10);
}

static const char *any(const char *const *list, size_t num)
{
	return list[(size_t)rand() % num];
}
#define ANY(...)                                                                                                       \
	any((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

/* One element with whatever may stand in it; prefixes p and q are declared above. */
static void put_element(struct zy_buf *b, int depth)
{
	const char *name = ANY("a", "p:a", "q:b", "c");

	zy_buf_printf(b, "<%s%s%s%s%s", name, ANY("", " xmlns='urn:d'", " xmlns=''"), ANY("", " xmlns:p='urn:p2'"),
	    ANY("", " z='1' xml:lang='zh'", " q:y='&lt;&#9;&quot;' a='&apos;'"), ANY("", " p:x='云\n\t'"));
	if (depth == 0 || rand() % 6 == 0) {
		zy_buf_put_str(b, ANY("/>", " />", "\n/>"));
		return;
	}
	zy_buf_put_str(b, ">");
	for (int i = rand() % 5; i > 0; i--) {
		zy_buf_put_str(
		    b, ANY("", "t&amp;", "&#13;", "\r\n", "<![CDATA[<]]>", "]]&gt;", "<!-- c -->", "<?i d?>"));
		put_element(b, depth - 1);
	}
	zy_buf_printf(b, "%s</%s%s>", ANY("", "云泽", " "), name, ANY("", " ", "\n"));
}

static bool canonical(struct zy_bytes in, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;
	bool ok;

	if (!zy_xml_tree_open(&t, in, "x", &err))
		return false;
	ok = zy_xml_tree_canonical(t, NULL, NULL, out, &err);
	zy_xml_tree_close(t);
	return ok;
}

static void what_is_canonical_stays_as_it_is(void **state)
{
	(void)state;
	srand(seed());
	for (int i = 0; i < 2000; i++) {
		ZY_BUF_AUTO in = { 0 };
		ZY_BUF_AUTO once = { 0 };
		ZY_BUF_AUTO twice = { 0 };

		zy_buf_put_str(&in, "<r xmlns:p='urn:p' xmlns:q='urn:q'>");
		put_element(&in, 4);
		zy_buf_put_str(&in, "</r>");
		if (!canonical(zy_buf_bytes(&in), &once))
			fail_msg("%.*s", (int)in.len, (char *)in.p);
		assert_true(canonical(zy_buf_bytes(&once), &twice));
		if (!zy_bytes_equal(zy_buf_bytes(&once), zy_buf_bytes(&twice)))
			fail_msg("%.*s", (int)in.len, (char *)in.p);
	}
}

struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
};

/* Passed, with its covered bytes in *covered; false when it did not pass. */
static bool passes(struct world *w, struct zy_bytes in, struct zy_buf *covered)
{
	struct zy_error err = { 0 };
	ZY_REPORT_AUTO r;
	size_t num;

	zy_report_start(&r, "x", VERIFY_AT);
	if (!zy_judge_file(w->keys, &w->trust, in, VERIFY_AT, &r, &err)) {
		assert_int_equal(zy_code_exit(err.code), 65);
		assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
		return false;
	}
	assert_int_equal(ERR_peek_error(), 0);
	return zy_report_indication(&r) == ZY_TOTAL_PASSED && zy_xml_signed_bytes(in, 1, covered, &num, &err);
}

static void open_world(struct world *w)
{
	struct zy_error err = { 0 };

	*w = (struct world){ 0 };
	w->trust = verify_trust(&w->a, ZY_PURPOSE_SEAL | ZY_PURPOSE_DOCUMENT);
	assert_true(zy_keys_open(&w->keys, &err));
}

static void close_world(struct world *w)
{
	zy_keys_close(w->keys);
	zy_arena_free(&w->a);
}

/* One bit of every byte: what still passes covers the very same bytes. */
static void no_bit_of_what_is_signed_is_free(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	srand(seed());
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO file = { 0 };
		ZY_BUF_AUTO whole = { 0 };
		size_t free_bytes = 0;

		xml_make(&(struct xml_made){ .suite = s }, &w.a, &file);
		assert_true(passes(&w, zy_buf_bytes(&file), &whole));
		for (size_t i = 0; i < file.len; i++) {
			uint8_t change = (uint8_t)(1 << rand() % 8);
			ZY_BUF_AUTO covered = { 0 };

			file.p[i] ^= change;
			if (passes(&w, zy_buf_bytes(&file), &covered)) {
				if (!zy_bytes_equal(zy_buf_bytes(&covered), zy_buf_bytes(&whole)))
					fail_msg("byte %zu ^ %02x passes and is read otherwise", i, change);
				free_bytes++;
			}
			file.p[i] ^= change;
		}
		/* the XML declaration, white space in tags, names of certificates nobody asks for */
		assert_true(free_bytes < 60);
	}
	close_world(&w);
}

static void cut_at_any_length_nothing_passes(void **state)
{
	struct world w;
	ZY_BUF_AUTO file = { 0 };

	(void)state;
	open_world(&w);
	xml_make(&(struct xml_made){ .suite = ZY_SUITE_GM }, &w.a, &file);
	/* the line break behind the root is nobody's */
	for (size_t len = 0; len + 1 < file.len; len += 7) {
		ZY_BUF_AUTO covered = { 0 };

		assert_false(passes(&w, ZY_BYTES(file.p, len), &covered));
	}
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_canonical_stays_as_it_is),
		cmocka_unit_test(no_bit_of_what_is_signed_is_free),
		cmocka_unit_test(cut_at_any_length_nothing_passes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
