#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <libxml/parser.h>
#include <stdlib.h>

#include "record_sample.h"

static void the_xml_keeps_its_bytes(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO once = { 0 }, twice = { 0 };
	struct zy_record rec = zy_record_sample(), back;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_record_to_xml(&rec, &once, &err));
	assert_true(zy_record_from_xml(&back, zy_buf_bytes(&once), &a, &err));
	assert_true(zy_record_equal(&rec, &back));
	assert_true(zy_record_to_xml(&back, &twice, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&once), zy_buf_bytes(&twice)));
}

/* Another implementation reads the same texts out of it. */
static void libxml2_reads_what_was_written(void **state)
{
	ZY_BUF_AUTO xml = { 0 };
	struct zy_record rec = zy_record_sample();
	struct zy_field tricky = { "note", "]]> & <b> \"'\ttab\r\ncr 😀" };
	struct zy_error err = { 0 };
	size_t num = 0;
	xmlDoc *doc;

	(void)state;
	rec.fields = &tricky;
	rec.num_fields = 1;
	assert_true(zy_record_to_xml(&rec, &xml, &err));
	doc = xmlReadMemory((const char *)xml.p, (int)xml.len, "record.xml", NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	assert_string_equal((const char *)xmlDocGetRootElement(doc)->ns->href, "urn:zhengyin:licence:1");
	for (xmlNode *n = xmlFirstElementChild(xmlDocGetRootElement(doc)); n != NULL; n = xmlNextElementSibling(n)) {
		xmlChar *text = xmlNodeGetContent(n);

		num++;
		if (strcmp((const char *)n->name, "KZ_note") == 0)
			assert_string_equal((const char *)text, tricky.value);
		if (strcmp((const char *)n->name, "CZZT") == 0)
			assert_string_equal((const char *)text, rec.holder_name);
		xmlFree(text);
	}
	assert_int_equal(num, 19);
	xmlFreeDoc(doc);
	xmlCleanupParser();
}

static void the_metadata_list_is_in_order(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_record rec = zy_record_sample();
	const struct zy_metadata *m;
	struct zy_error err = { 0 };
	size_t num;

	(void)state;
	assert_true(zy_record_metadata(&rec, &a, &m, &num, &err));
	assert_int_equal(num, 21);
	assert_string_equal(m[0].name, "ZZBS");
	assert_string_equal(m[0].value, rec.identifier);
	assert_string_equal(m[10].name, "CZZTDMLX");
	assert_string_equal(m[10].value, "统一社会信用代码");
	assert_string_equal(m[15].name, "CJSJ");
	assert_string_equal(m[15].value, "2026-03-01T00:00:00Z");
	assert_string_equal(m[18].name, "KZ_name");
}

/* The sample's XML with `old` replaced by `new` must be refused with that code. */
static void expect_refusal(const char *old, const char *new, enum zy_code code)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO xml = { 0 }, bad = { 0 };
	struct zy_record rec = zy_record_sample(), back;
	struct zy_error err = { 0 };
	const char *at;

	assert_true(zy_record_to_xml(&rec, &xml, &err));
	zy_buf_put_u8(&xml, 0);
	at = strstr((const char *)xml.p, old);
	assert_non_null(at);
	zy_buf_put(&bad, ZY_BYTES(xml.p, (size_t)((const uint8_t *)at - xml.p)));
	zy_buf_put_str(&bad, new);
	zy_buf_put_str(&bad, at + strlen(old));
	assert_false(zy_record_from_xml(&back, zy_buf_bytes(&bad), &a, &err));
	if (err.code != code)
		fail_msg("%s -> %s: %s, not %s", old, new, zy_code_name(err.code), zy_code_name(code));
}

static void every_deviation_is_refused(void **state)
{
	(void)state;
	expect_refusal("<?xml", "<?xml ", ZY_E_XML);
	expect_refusal("UTF-8", "utf-8", ZY_E_XML);
	expect_refusal("?>\n", "?>\n<!DOCTYPE Licence>\n", ZY_E_XML);
	expect_refusal("?>\n", "?>\r\n", ZY_E_XML);
	expect_refusal("licence:1", "licence:2", ZY_E_XML);
	expect_refusal("<ZZBH>", "<!-- x --><ZZBH>", ZY_E_XML);
	expect_refusal("<ZZBH>", "<ZZBH a=\"b\">", ZY_E_XML);
	expect_refusal("<ZZMC>营业执照</ZZMC>\n", "", ZY_E_XML);
	expect_refusal("<ZZMC>营业执照", "<ZZMC>许可证", ZY_E_XML);
	expect_refusal("&lt;", "&#60;", ZY_E_XML);
	expect_refusal("&amp;", "&nbsp;", ZY_E_XML);
	expect_refusal("&gt;", ">", ZY_E_XML);
	expect_refusal("2026-03-01T00:00:00Z", "2026-03-01T08:00:00+08:00", ZY_E_XML);
	expect_refusal("<MLBB>1", "<MLBB>01", ZY_E_XML);
	expect_refusal("<MLBB>1", "<MLBB>0", ZY_E_XML);
	expect_refusal("<CZZTDMLXDM>001", "<CZZTDMLXDM>111", ZY_E_XML);
	expect_refusal("<CZZTDMLXDM>001", "<CZZTDMLXDM>999", ZY_E_HOLDER);
	expect_refusal("</KZ_name>", "</KZ_nome>", ZY_E_XML);
	expect_refusal("<KZ_name>云泽市远山茶业有限公司</KZ_name>", "<KZ_name></KZ_name>", ZY_E_FIELD_LENGTH);
	expect_refusal(
	    "KZ_registered_capital>壹佰万元整</KZ_registered_capital", "KZ_name>x</KZ_name", ZY_E_FIELD_UNKNOWN);
	expect_refusal("</Licence>\n", "</Licence>\n\n", ZY_E_TRAILING);
	expect_refusal("</Licence>\n", "</Licence>", ZY_E_XML);
	expect_refusal("壹", "\xc0\x80", ZY_E_UTF8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_xml_keeps_its_bytes),
		cmocka_unit_test(libxml2_reads_what_was_written),
		cmocka_unit_test(the_metadata_list_is_in_order),
		cmocka_unit_test(every_deviation_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
