#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "zy/xml_tree.h"

static void check(const char *in, const char *canonical)
{
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;
	ZY_BUF_AUTO out = { 0 };

	if (!zy_xml_tree_open(&t, zy_str(in), "test", &err))
		fail_msg("%s: %s", in, err.msg);
	assert_true(zy_xml_tree_canonical(t, NULL, NULL, &out, &err));
	zy_xml_tree_close(t);
	zy_buf_put_u8(&out, 0);
	assert_string_equal((const char *)out.p, canonical);
}

static void refuse(const char *in, size_t len, enum zy_code code)
{
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;

	if (zy_xml_tree_open(&t, ZY_BYTES(in, len), "test", &err))
		fail_msg("%s", in);
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
}

/* Each case is one rule of Canonical XML 1.0 (2.2, 2.3) or of its exclusive form (3). */
static void canonical_form_is_that_of_the_recommendation(void **state)
{
	(void)state;
	check("<?xml version='1.0' encoding='UTF-8'?>\n<a/>\n", "<a></a>");
	check("\xef\xbb\xbf<a>\r\n\r</a>", "<a>\n\n</a>");
	check("<a>&#13;&#x9;</a>", "<a>&#xD;\t</a>");
	check("<a b='&#9;&#10;&#13;\"&lt;&amp;>'/>", "<a b=\"&#x9;&#xA;&#xD;&quot;&lt;&amp;>\"></a>");
	check("<a b=' x\ty\n'/>", "<a b=\" x y \"></a>");
	check("<a><![CDATA[<&>]]>&gt;'\"</a>", "<a>&lt;&amp;&gt;&gt;'\"</a>");
	check("<a>1<!-- no -->2</a>", "<a>12</a>");
	check("<a xmlns='urn:b?c&amp;d' f='&amp;'/>", "<a xmlns=\"urn:b?c&amp;d\" f=\"&amp;\"></a>");
	check("<a xml:id='1'><b xml:id='1'/></a>", "<a xml:id=\"1\"><b xml:id=\"1\"></b></a>");
	check("<?xml version='1.0' encoding='GBK'?><a/>", "<a></a>");
	check("<!-- 1 --><?p q?>\n<a/><!-- 2 --><?r?>", "<?p q?>\n<a></a>\n<?r?>");
	check("<a z='1' b='2' xml:lang='zh'/>", "<a b=\"2\" z=\"1\" xml:lang=\"zh\"></a>");
	check("<a xmlns:p='urn:b' xmlns:q='urn:a' p:x='1' q:x='2' x='3'/>",
	    "<a xmlns:p=\"urn:b\" xmlns:q=\"urn:a\" x=\"3\" q:x=\"2\" p:x=\"1\"></a>");
	check("<a xmlns:unused='urn:u'><b/></a>", "<a><b></b></a>");
	check("<a xmlns='urn:a' xmlns:n='urn:n'><n:b xmlns:n='urn:n'/><c xmlns=''/></a>",
	    "<a xmlns=\"urn:a\"><n:b xmlns:n=\"urn:n\"></n:b><c xmlns=\"\"></c></a>");
	check("<a xmlns:n='urn:1'><n:b><n:c xmlns:n='urn:2'/></n:b></a>",
	    "<a><n:b xmlns:n=\"urn:1\"><n:c xmlns:n=\"urn:2\"></n:c></n:b></a>");
	check(
	    "<a xmlns:n='urn:1'><n:b/><n:b/></a>", "<a><n:b xmlns:n=\"urn:1\"></n:b><n:b xmlns:n=\"urn:1\"></n:b></a>");
	check("<a>云&#x6cfd;&#128512;</a>", "<a>云泽\xf0\x9f\x98\x80</a>");
}

static void a_part_takes_along_what_it_uses_and_nothing_else(void **state)
{
	const char *in = "<a xmlns='urn:d' xmlns:n='urn:n' xmlns:u='urn:u' xml:lang='zh'><n:b u:x='1'><c/></n:b></a>";
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;
	const struct zy_xml_element *b, *c;
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	assert_true(zy_xml_tree_open(&t, zy_str(in), "test", &err));
	b = zy_xml_tree_next(zy_xml_tree_root(t));
	c = zy_xml_tree_next(b);
	assert_true(zy_xml_element_is(b, "urn:n", "b") && zy_xml_element_is(c, "urn:d", "c"));
	assert_null(zy_xml_tree_next(c));
	assert_true(zy_xml_tree_canonical(t, b, c, &out, &err));
	zy_buf_put_u8(&out, 0);
	assert_string_equal((const char *)out.p, "<n:b xmlns:n=\"urn:n\" xmlns:u=\"urn:u\" u:x=\"1\"></n:b>");
	out.len = 0;
	assert_true(zy_xml_tree_canonical(t, c, NULL, &out, &err));
	zy_buf_put_u8(&out, 0);
	assert_string_equal((const char *)out.p, "<c xmlns=\"urn:d\"></c>");
	zy_xml_tree_close(t);
}

static size_t end_tag(const char *in)
{
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;
	size_t at;

	assert_true(zy_xml_tree_open(&t, zy_str(in), "test", &err));
	at = zy_xml_element_end_tag(zy_xml_tree_root(t));
	zy_xml_tree_close(t);
	return at;
}

static void the_roots_end_tag_is_found_in_the_bytes(void **state)
{
	(void)state;
	assert_int_equal(end_tag("<a></a>"), 3);
	assert_int_equal(end_tag("\xef\xbb\xbf<a>云<a></a></a >\n<!-- </a> --><?p </a>?>"), 16);
	assert_true(end_tag("<a/>") == ZY_NOWHERE);
	assert_true(end_tag("<a b='>'/>") == ZY_NOWHERE);
	assert_true(end_tag("<?x </a>?><a\n/>") == ZY_NOWHERE);
}

static struct zy_xml_comments comments(const char *in)
{
	struct zy_xml_comments found;
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;

	assert_true(zy_xml_tree_open(&t, zy_str(in), "test", &err));
	found = zy_xml_tree_comments(t);
	zy_xml_tree_close(t);
	return found;
}

static void comments_that_cut_a_text_are_told_from_others(void **state)
{
	(void)state;
	assert_int_equal(comments("<!-- 1 --><a> <!-- 2 --><b>x<!-- 3 --></b></a><!-- 4 -->").num, 4);
	assert_false(comments("<!-- 1 --><a> <!-- 2 --><b>x<!-- 3 --></b>y</a><!-- 4 -->").splits);
	assert_false(comments("<a>x<b/><!-- 2 --> y</a>").splits);
	assert_true(comments("<a>x<!-- 2 -->y</a>").splits);
	assert_true(comments("<a>x<!-- 2 --> <!-- 3 -->y</a>").splits);
	assert_true(comments("<a>x<?p?><!-- 2 --><![CDATA[y]]></a>").splits);
}

static void ids_are_counted_in_any_spelling(void **state)
{
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;

	(void)state;
	assert_true(zy_xml_tree_open(
	    &t, zy_str("<a Id='x' xml:id='x'><b ID='x' id='y' xmlns:w='urn:w' w:Id='&#120;'/></a>"), "t", &err));
	assert_int_equal(zy_xml_tree_ids(t, "x"), 4);
	assert_int_equal(zy_xml_tree_ids(t, "y"), 1);
	assert_int_equal(zy_xml_tree_ids(t, "z"), 0);
	zy_xml_tree_close(t);
}

#define REFUSE(text, code) refuse(text, sizeof(text) - 1, code)
static void what_is_dangerous_or_has_no_canonical_form_is_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	REFUSE("", ZY_E_XML);
	REFUSE("<a>", ZY_E_XML);
	REFUSE("<a/><b/>", ZY_E_XML);
	REFUSE("<a b='1' b='2'/>", ZY_E_XML);
	REFUSE("<a>&x;</a>", ZY_E_XML);
	REFUSE("<!DOCTYPE a><a/>", ZY_E_XML);
	REFUSE("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", ZY_E_XML);
	REFUSE("<p:a/>", ZY_E_XML);
	REFUSE("<a xmlns:p='relative' p:b=''/>", ZY_E_XML);
	REFUSE("<?xml version='1.1'?><a/>", ZY_E_XML);
	REFUSE("<?xml version='1.0' encoding='GBK'?><a>\xe4\xba\x91</a>", ZY_E_XML_ENCODING);
	REFUSE("<a>\xff</a>", ZY_E_UTF8);
	REFUSE("\xff\xfe<\0a\0/\0>\0", ZY_E_UTF8);
	for (size_t i = 0; i <= ZY_XML_DEPTH_MAX; i++)
		zy_buf_put_str(&b, "<a>");
	for (size_t i = 0; i <= ZY_XML_DEPTH_MAX; i++)
		zy_buf_put_str(&b, "</a>");
	refuse((const char *)b.p, b.len, ZY_E_TOO_LARGE);
	b.len = 0;
	zy_buf_put_str(&b, "<a>");
	for (size_t i = 0; i <= ZY_XML_ELEMENTS_MAX; i++)
		zy_buf_put_str(&b, "<!---->");
	zy_buf_put_str(&b, "</a>");
	refuse((const char *)b.p, b.len, ZY_E_TOO_LARGE);
}

static void text_beside_an_element_is_seen(void **state)
{
	static const struct {
		const char *in;
		bool text, splits;
	} cases[] = { { "<a> <b xmlns='urn:b'/>\n</a>", false, false }, { "<a>x<b xmlns='urn:b'/></a>", true, false },
		{ "<a>x<b xmlns='urn:b'/>y</a>", true, true }, { "<a>x<c/><b xmlns='urn:b'/>y</a>", true, false },
		{ "<a>x<!-- c --><b xmlns='urn:b'/><![CDATA[y]]></a>", true, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct zy_xml_element *e;
		struct zy_xml_surroundings s;
		struct zy_error err = { 0 };
		struct zy_xml_tree *t;

		assert_true(zy_xml_tree_open(&t, zy_str(cases[i].in), "test", &err));
		e = zy_xml_tree_root(t);
		while (!zy_xml_element_is(e, "urn:b", "b") && zy_xml_tree_next(e) != NULL)
			e = zy_xml_tree_next(e);
		s = zy_xml_element_surroundings(e);
		assert_int_equal(s.text, cases[i].text);
		assert_int_equal(s.splits, cases[i].splits);
		zy_xml_tree_close(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_form_is_that_of_the_recommendation),
		cmocka_unit_test(a_part_takes_along_what_it_uses_and_nothing_else),
		cmocka_unit_test(the_roots_end_tag_is_found_in_the_bytes),
		cmocka_unit_test(comments_that_cut_a_text_are_told_from_others),
		cmocka_unit_test(ids_are_counted_in_any_spelling),
		cmocka_unit_test(text_beside_an_element_is_seen),
		cmocka_unit_test(what_is_dangerous_or_has_no_canonical_form_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
