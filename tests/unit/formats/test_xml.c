#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/buf.h"
#include "zy/xml.h"

static struct zy_arena arena;

static int free_arena(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	return 0;
}

static const struct zy_xml_node *parse(struct zy_bytes in)
{
	const struct zy_xml_node *root;
	struct zy_error err = { 0 };

	if (!zy_xml_parse(&root, in, "test", &arena, &err))
		fail_msg("%s", err.msg);
	return root;
}

static void refuse(struct zy_bytes in, enum zy_code code)
{
	const struct zy_xml_node *root;
	struct zy_error err = { 0 };

	if (zy_xml_parse(&root, in, "test", &arena, &err))
		fail_msg("%.*s", (int)(in.len < 80 ? in.len : 80), (const char *)in.p);
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
	assert_string_equal(err.field, "test");
	assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
}

static void elements_attributes_and_text_are_a_tree(void **state)
{
	const struct zy_xml_node *root = parse(ZY_LITERAL(
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<o:a xmlns:o='urn:o' o:x='ns' x=\"1 &lt; &#x4e91;\">"
	    "<!-- no --><b> 云 &amp; <![CDATA[<泽>]]> </b><o:c/>tail<b>2</b></o:a>"));
	const struct zy_xml_node *b = zy_xml_child(root, "b");
	struct zy_error err = { 0 };
	const char *text;

	(void)state;
	assert_string_equal(root->name, "a");
	assert_string_equal(root->ns, "urn:o");
	assert_string_equal(root->text, "");
	assert_int_equal(root->num_attributes, 2);
	assert_string_equal(zy_xml_attribute(root, "x", ""), "1 < 云");
	assert_string_equal(zy_xml_attribute(root, "y", "absent"), "absent");
	assert_string_equal(b->ns, "");
	assert_string_equal(b->text, " 云 & <泽> ");
	assert_true(zy_xml_text(b, &arena, &text, &err));
	assert_string_equal(text, "云 & <泽>");
	assert_string_equal(zy_xml_next(b, "b")->text, "2");
	assert_null(zy_xml_next(zy_xml_next(b, "b"), "b"));
	assert_true(zy_xml_child_text(root, "none", &arena, &text, &err));
	assert_string_equal(text, "");
}

static void a_walk_meets_every_element_once(void **state)
{
	const struct zy_xml_node *root = parse(ZY_LITERAL("<a><b><c/><d/></b><e/></a>"));
	char order[8] = "";
	size_t n = 0;

	(void)state;
	for (const struct zy_xml_node *at = root; at != NULL; at = zy_xml_walk(root, at))
		order[n++] = at->name[0];
	assert_string_equal(order, "abcde");
	n = 0;
	for (const struct zy_xml_node *at = root->child; at != NULL; at = zy_xml_walk(root->child, at))
		n++;
	assert_int_equal(n, 3);
}

static void every_document_type_is_refused(void **state)
{
	(void)state;
	refuse(ZY_LITERAL("<!DOCTYPE a><a/>"), ZY_E_XML);
	refuse(ZY_LITERAL("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"), ZY_E_XML);
	refuse(ZY_LITERAL("<!DOCTYPE a [<!ENTITY e \"eeeeeeeeee\"><!ENTITY f \"&e;&e;&e;\">]><a>&f;</a>"), ZY_E_XML);
}

static void what_is_not_well_formed_is_refused(void **state)
{
	(void)state;
	refuse(ZY_LITERAL(""), ZY_E_XML);
	refuse(ZY_LITERAL("<a>"), ZY_E_XML);
	refuse(ZY_LITERAL("<a></b>"), ZY_E_XML);
	refuse(ZY_LITERAL("<a/><a/>"), ZY_E_XML);
	refuse(ZY_LITERAL("<a x='1' x='2'/>"), ZY_E_XML);
	refuse(ZY_LITERAL("<a>&unknown;</a>"), ZY_E_XML);
	refuse(ZY_LITERAL("<o:a/>"), ZY_E_XML); /* a prefix without a namespace */
	refuse(ZY_LITERAL("<a>\xff</a>"), ZY_E_UTF8);
	refuse(ZY_LITERAL("<?xml version='1.0' encoding='GBK'?><a>\xe4\xba\x91</a>"), ZY_E_XML_ENCODING);
	refuse(ZY_LITERAL("\xff\xfe<\0a\0/\0>\0"), ZY_E_UTF8);
}

/* head, then `part` num times, then tail. */
static void refuse_many(const char *head, const char *part, size_t num, const char *tail)
{
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put_str(&b, head);
	for (size_t i = 0; i < num; i++)
		zy_buf_printf(&b, part, i);
	zy_buf_put_str(&b, tail);
	refuse(zy_buf_bytes(&b), ZY_E_TOO_LARGE);
}

static void caps_hold(void **state)
{
	(void)state;
	refuse_many("<a>", "<b%zu/>", ZY_XML_ELEMENTS_MAX, "</a>");
	refuse_many("<a ", "b%zu='' ", ZY_XML_ATTRIBUTES_MAX + 1, "/>");
	refuse_many("<a ", "b%zu='>' ", 100000, "/>");
	refuse_many("<a ", "xmlns:n%zu='urn:n' ", ZY_XML_NAMESPACES_MAX + 1, "/>");
	refuse_many("", "<b%zu>", ZY_XML_DEPTH_MAX + 1, "");
	refuse_many("<a>", "                                                                %zu", 200000, "</a>");
}

static void what_is_escaped_is_read_back(void **state)
{
	static const char text[] = "\"<&>'\t\r\n 云泽";
	ZY_BUF_AUTO b = { 0 };
	const struct zy_xml_node *root;

	(void)state;
	zy_buf_put_str(&b, "<a x=\"");
	zy_xml_put(&b, ZY_LITERAL(text));
	zy_buf_put_str(&b, "\">");
	zy_xml_put(&b, ZY_LITERAL(text));
	zy_buf_put_str(&b, "</a>");
	root = parse(zy_buf_bytes(&b));
	assert_string_equal(root->text, text);
	assert_string_equal(zy_xml_attribute(root, "x", ""), text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_attributes_and_text_are_a_tree),
		cmocka_unit_test(a_walk_meets_every_element_once),
		cmocka_unit_test(every_document_type_is_refused),
		cmocka_unit_test(what_is_not_well_formed_is_refused),
		cmocka_unit_test(caps_hold),
		cmocka_unit_test(what_is_escaped_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, free_arena);
}
