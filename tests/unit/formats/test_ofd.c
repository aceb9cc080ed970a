#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ofd_made.h"

static struct zy_package package;
static struct zy_ofd d;
static struct zy_arena arena;

static int start(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	return !ofd_made(&package, &err);
}

static int end(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	return 0;
}

static void parse(void)
{
	struct zy_error err = { 0 };

	if (!zy_ofd_parse(&d, &package, &arena, &err))
		fail_msg("%s: %s", err.field, err.msg);
}

static void refuse(enum zy_code code, const char *field)
{
	struct zy_error err = { 0 };

	assert_false(zy_ofd_parse(&d, &package, &arena, &err));
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
	assert_string_equal(err.field, field);
}

static bool is_reachable(const char *name)
{
	const struct zy_package_file *f = zy_package_find(&package, name);

	assert_non_null(f);
	return d.reachable[f - package.files];
}

static void only_fault(const char *path, enum zy_code code)
{
	for (size_t i = 0; i < d.num_faults; i++)
		if (d.num_faults != 1)
			print_error("%s: %s\n", d.faults[i].path, d.faults[i].why.msg);
	assert_int_equal(d.num_faults, 1);
	assert_string_equal(d.faults[0].path, path);
	assert_string_equal(zy_code_name(d.faults[0].why.code), zy_code_name(code));
}

static void a_document_is_read_with_all_that_it_refers_to(void **state)
{
	(void)state;
	ofd_made_sign(&package);
	parse();
	assert_int_equal(d.num_faults, 0);
	assert_string_equal(d.DocID, "0123456789abcdef0123456789abcdef");
	assert_string_equal(d.Title, "营业执照");
	assert_string_equal(d.Author, "");
	assert_string_equal(d.bodies[0].doc_root, "Doc_0/Document.xml");
	assert_int_equal(d.num_custom_datas, 2);
	assert_string_equal(d.custom_datas[1].name, "KZ_dz");
	assert_string_equal(d.custom_datas[1].value, " 云泽市 & 1 号");
	assert_int_equal(d.num_pages, 2);
	assert_string_equal(d.pages[0].ID, "5");
	assert_string_equal(d.pages[1].path, "Doc_0/Pages/Page_1/Content.xml");
	assert_non_null(zy_ofd_licence_xml(&d));
	assert_ptr_equal(zy_ofd_licence_xml(&d)->file, zy_package_find(&package, "Doc_0/Attachs/licence.xml"));
	for (size_t i = 0; i < package.num_files; i++) {
		if (!d.reachable[i])
			fail_msg("%s is not reached", package.files[i].name);
		assert_int_equal(d.documents[i] != 0, strncmp(package.files[i].name, "Doc_0/Signs/", 12) != 0);
	}
}

static void a_signature_is_read_whatever_the_order(void **state)
{
	const struct zy_ofd_signature *g = &d.signatures[0];

	(void)state;
	ofd_made_sign(&package);
	parse();
	assert_int_equal(d.num_signatures, 1);
	assert_string_equal(g->ID, "s001");
	assert_int_equal(g->type, ZY_OFD_SEAL);
	assert_int_equal(g->fault.code, ZY_OK);
	assert_string_equal(g->path, "Doc_0/Signs/Sign_0/Signature.xml");
	assert_string_equal(g->ProviderName, "zhengyin");
	assert_string_equal(g->SignatureMethod, "1.2.156.10197.1.501");
	assert_string_equal(g->SignatureDateTime, "20260301000000Z");
	assert_string_equal(g->CheckMethod, "SM3");
	assert_int_equal(g->num_references, 2);
	assert_string_equal(g->references[0].path, "OFD.xml");
	assert_ptr_equal(g->references[0].file, zy_package_find(&package, "OFD.xml"));
	assert_true(zy_bytes_equal(g->references[0].CheckValue, ZY_LITERAL("\x01\x02\x03")));
	assert_null(g->references[1].file);
	assert_int_equal(g->num_stamps, 1);
	assert_string_equal(g->stamps[0].PageRef, "5");
	assert_true(g->stamps[0].boundary[1] == 200.5 && g->stamps[0].boundary[3] == -42.25);
	assert_true(g->stamps[0].has_clip && g->stamps[0].clip[2] == 1);
	assert_string_equal(g->seal_path, "Doc_0/Signs/Sign_0/Seal.esl");
	assert_non_null(g->seal);
	assert_non_null(g->signed_value);
}

static void a_file_that_nothing_refers_to_is_told(void **state)
{
	(void)state;
	ofd_made_sign(&package);
	ofd_made_put(&package, "Doc_0/Signs/Sign_0/extra.bin", "smuggled");
	parse();
	assert_false(is_reachable("Doc_0/Signs/Sign_0/extra.bin"));
	assert_true(is_reachable("OFD.xml"));
}

static void an_absent_file_is_a_fault_with_its_path(void **state)
{
	(void)state;
	ofd_made_sign(&package);
	ofd_made_drop(&package, "Doc_0/Res/font_3.otf");
	parse();
	only_fault("Doc_0/Res/font_3.otf", ZY_E_OFD);
}

static void a_broken_file_below_is_a_fault_and_no_failure(void **state)
{
	static const char *const broken[] = { "Doc_0/Document.xml", "Doc_0/PublicRes.xml",
		"Doc_0/Annots/Annotations.xml", "Doc_0/Attachs/Attachments.xml", "Doc_0/Signs/Signatures.xml",
		"Doc_0/Signs/Sign_0/Signature.xml" };

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		start(state);
		ofd_made_sign(&package);
		ofd_made_put(&package, broken[i], "<!DOCTYPE x><x/>");
		parse();
		only_fault(broken[i], ZY_E_XML);
		end(state);
	}
}

/* Signature.xml with other References: the signature stays listed, empty, with the reason. */
static void refuse_signature(const char *text, enum zy_code code)
{
	ofd_made_sign(&package);
	ofd_made_put(&package, "Doc_0/Signs/Sign_0/Signature.xml", text);
	parse();
	assert_int_equal(d.num_signatures, 1);
	assert_string_equal(zy_code_name(d.signatures[0].fault.code), zy_code_name(code));
	assert_int_equal(d.signatures[0].num_references, 0);
	assert_string_equal(d.signatures[0].CheckMethod, "");
	assert_non_null(d.signatures[0].file);
	only_fault("Doc_0/Signs/Sign_0/Signature.xml", code);
}

static void a_signature_at_fault_is_listed_with_the_reason(void **state)
{
	(void)state;
	refuse_signature(OFD_MADE_SIGNATURE_WITH(""), ZY_E_OFD);
	refuse_signature(OFD_MADE_SIGNATURE_WITH(OFD_MADE_REFERENCES OFD_MADE_REFERENCES), ZY_E_OFD);
	refuse_signature(
	    OFD_MADE_SIGNATURE_WITH("<ofd:References>" OFD_MADE_REFERENCE("/Doc_0/../../OFD.xml") "</ofd:"
												  "References>"),
	    ZY_E_OFD);
	refuse_signature(OFD_MADE_SIGNATURE_WITH("<ofd:References><ofd:Reference FileRef=\"/OFD.xml\"><ofd:CheckValue>"
						 "AQI</ofd:CheckValue></ofd:Reference></ofd:References>"),
	    ZY_E_BASE64);
	refuse_signature("<Signature/>", ZY_E_OFD);
	refuse_signature("<Other/>", ZY_E_OFD);
}

static void elements_of_a_foreign_namespace_are_not_read(void **state)
{
	(void)state;
	ofd_made_put(&package, "OFD.xml",
	    "<OFD><DocBody><e:DocRoot xmlns:e='urn:e'>evil.xml</e:DocRoot>"
	    "<DocRoot>/Doc_0/Document.xml</DocRoot></DocBody></OFD>");
	parse();
	assert_int_equal(d.num_faults, 0);
	assert_string_equal(d.bodies[0].doc_root, "Doc_0/Document.xml");
	assert_string_equal(d.bodies[0].signatures_path, "");
}

static void two_of_what_must_be_one_are_refused(void **state)
{
	(void)state;
	ofd_made_put(&package, "OFD.xml", "<OFD><DocBody><DocRoot>a</DocRoot><DocRoot>b</DocRoot></DocBody></OFD>");
	refuse(ZY_E_OFD, "DocRoot");
	ofd_made_put(&package, "OFD.xml",
	    "<OFD><DocBody><DocRoot>a</DocRoot><Signatures>a</Signatures><Signatures>b</Signatures></DocBody></OFD>");
	refuse(ZY_E_OFD, "Signatures");
}

static void an_unreadable_ofd_xml_is_refused(void **state)
{
	(void)state;
	ofd_made_put(&package, "OFD.xml", "<OFD/>");
	refuse(ZY_E_OFD, "DocBody");
	ofd_made_put(&package, "OFD.xml", "<OFD><DocBody/></OFD>");
	refuse(ZY_E_OFD, "DocRoot");
	ofd_made_put(&package, "OFD.xml", "<!DOCTYPE a><OFD/>");
	refuse(ZY_E_XML, "OFD");
	ofd_made_put(&package, "OFD.xml", "<ofx/>");
	refuse(ZY_E_OFD, "OFD");
	ofd_made_drop(&package, "OFD.xml");
	refuse(ZY_E_OFD, "OFD.xml");
}

static void two_attachments_of_the_licence_name_are_none(void **state)
{
	(void)state;
	ofd_made_put(&package, "Doc_0/Attachs/Attachments.xml",
	    "<Attachments><Attachment Name='licence.xml'><FileLoc>licence.xml</FileLoc></Attachment>"
	    "<Attachment Name='licence.xml'><FileLoc>Attachments.xml</FileLoc></Attachment></Attachments>");
	parse();
	assert_int_equal(d.num_attachments, 2);
	assert_null(zy_ofd_licence_xml(&d));
}

static void paths_are_resolved_against_the_file_that_holds_them(void **state)
{
	static const char *const good[][3] = { { "OFD.xml", "Doc_0/a.xml", "Doc_0/a.xml" },
		{ "Doc_0/Document.xml", "a.xml", "Doc_0/a.xml" }, { "Doc_0/Document.xml", "/a.xml", "a.xml" },
		{ "Doc_0/Res/", "a b.png", "Doc_0/Res/a b.png" }, { "Doc_0/Document.xml", "../a", "a" },
		{ "Doc_0/Document.xml", "./Res/../a", "Doc_0/a" }, { "a/b/c", "/./d/e/../../f", "f" },
		{ "OFD.xml", "//a", "a" }, { "a/b", "c//d", "a/c/d" } };
	static const char *const bad[] = { "", "/", "//", "a//", "../../a", "/../a", "a/..", ".", "..", "a/",
		"a/../../../b" };
	const char *path;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct zy_error err = { 0 };

		assert_true(zy_ofd_resolve(good[i][0], good[i][1], &arena, &path, &err));
		assert_string_equal(path, good[i][2]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_error err = { 0 };

		assert_false(zy_ofd_resolve("Doc_0/Document.xml", bad[i], &arena, &path, &err));
		assert_int_equal(err.code, ZY_E_OFD);
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_document_is_read_with_all_that_it_refers_to),
		T(a_signature_is_read_whatever_the_order),
		T(a_file_that_nothing_refers_to_is_told),
		T(an_absent_file_is_a_fault_with_its_path),
		T(a_broken_file_below_is_a_fault_and_no_failure),
		T(a_signature_at_fault_is_listed_with_the_reason),
		T(elements_of_a_foreign_namespace_are_not_read),
		T(two_of_what_must_be_one_are_refused),
		T(an_unreadable_ofd_xml_is_refused),
		T(two_attachments_of_the_licence_name_are_none),
		T(paths_are_resolved_against_the_file_that_holds_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
