#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/ofd_edit.h"

static void named(const char *xml, size_t body, const char *want)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	if (!zy_ofd_name_signatures(zy_str(xml), body, "Doc_0/Signs/Signatures.xml", &out, &err))
		fail_msg("%s: %s", xml, err.msg);
	zy_buf_put_u8(&out, 0);
	assert_string_equal((const char *)out.p, want);
}

static void signatures_are_named_at_the_end_of_the_right_document(void **state)
{
	(void)state;
	named("<OFD><DocBody><a/></DocBody></OFD>", 0,
	    "<OFD><DocBody><a/><Signatures>/Doc_0/Signs/Signatures.xml</Signatures></DocBody></OFD>");
	named("<o:OFD><o:DocBody></o:DocBody><o:DocBody></o:DocBody ></o:OFD>", 1,
	    "<o:OFD><o:DocBody></o:DocBody><o:DocBody><o:Signatures>/Doc_0/Signs/Signatures.xml</o:Signatures>"
	    "</o:DocBody ></o:OFD>");
}

static void what_only_looks_like_a_tag_is_passed_over(void **state)
{
	(void)state;
	named("<?x </DocBody> ?><OFD a=\"</DocBody>\" b='>'><!-- </DocBody> --><DocBody><![CDATA[</DocBody>]]><DocBody>"
	      "</DocBody></DocBody></OFD>",
	    0,
	    "<?x </DocBody> ?><OFD a=\"</DocBody>\" b='>'><!-- </DocBody> --><DocBody><![CDATA[</DocBody>]]><DocBody>"
	    "</DocBody><Signatures>/Doc_0/Signs/Signatures.xml</Signatures></DocBody></OFD>");
}

static void a_document_without_an_end_tag_is_refused(void **state)
{
	static const char *const all[] = { "<OFD></OFD>", "<OFD><DocBody/></OFD>",
		"<OFD><a><DocBody></DocBody></a></OFD>", "", "<" };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct zy_error err = { 0 };
		ZY_BUF_AUTO out = { 0 };

		assert_false(zy_ofd_name_signatures(zy_str(all[i]), 0, "a", &out, &err));
		assert_int_equal(err.code, ZY_E_OFD);
	}
}

static void listed(const char *xml, const char *want)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	if (!zy_ofd_list_signature(zy_str(xml), "s007", "Seal", "a&b.xml", &out, &err))
		fail_msg("%s: %s", xml, err.msg);
	zy_buf_put_u8(&out, 0);
	assert_string_equal((const char *)out.p, want);
}

static void a_signature_is_listed_last_and_counted(void **state)
{
	(void)state;
	listed("<Signatures><Signature ID='a'/></Signatures>\n",
	    "<Signatures><Signature ID='a'/><Signature ID=\"s007\" Type=\"Seal\" BaseLoc=\"/a&amp;b.xml\"/></Signatures>\n");
	listed("<x:Signatures><x:MaxSignId>\n s006 </x:MaxSignId><x:Signature ID='a'></x:Signature></x:Signatures>",
	    "<x:Signatures><x:MaxSignId>s007</x:MaxSignId><x:Signature ID='a'></x:Signature>"
	    "<x:Signature ID=\"s007\" Type=\"Seal\" BaseLoc=\"/a&amp;b.xml\"/></x:Signatures>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_are_named_at_the_end_of_the_right_document),
		cmocka_unit_test(what_only_looks_like_a_tag_is_passed_over),
		cmocka_unit_test(a_document_without_an_end_tag_is_refused),
		cmocka_unit_test(a_signature_is_listed_last_and_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
