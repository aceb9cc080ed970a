#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "ofd_made.h"
#include "ses_made.h"
#include "zy/digest.h"
#include "zy/file.h"
#include "zy/ofd_prepare.h"

static struct zy_package package, sealed;
static struct zy_ofd d;
static struct zy_arena arena;
static struct zy_buf eseal;
static struct zy_seal_use use;
static const struct zy_seal_rule rule = { .esID = "99010000000001" };
static const struct zy_seal_place place = { 150, 200.5, 42, 42 };
static char folder[] = "/tmp/zy-ofd-XXXXXX";

static int start(void **state)
{
	struct zy_seal_info info = ses_made_info();
	struct zy_error err = { 0 };

	(void)state;
	zy_buf_free(&eseal);
	if (!ofd_made(&package, &err) || !ses_made_seal(&info, &eseal, &err))
		return 1;
	use = (struct zy_seal_use){ .rule = &rule, .eseal = zy_buf_bytes(&eseal), .owner_cert = info.certs[0].value };
	return 0;
}

static int end(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	zy_buf_free(&eseal);
	return 0;
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Both halves with a made-up signature value: that the value is right is for tests with a signer. */
static void seal(struct zy_buf *out)
{
	struct zy_ofd_prepared made;
	struct zy_error err = { 0 };
	uint8_t rs[64];

	memset(rs, 0x21, sizeof(rs));
	if (!zy_ofd_prepare(&use, &package, place, SES_MADE_TIME, &arena, &made, &err) ||
	    !zy_ofd_finish(&use, &package, &made, rs, &arena, &err) || !zy_package_encode(&package, out, &err))
		fail_msg("%s: %s", err.field, err.msg);
}

static void read_back(const struct zy_buf *out)
{
	struct zy_error err = { 0 };

	if (!zy_package_parse(&sealed, zy_buf_bytes(out), &arena, &err) || !zy_ofd_parse(&d, &sealed, &arena, &err))
		fail_msg("%s: %s", err.field, err.msg);
}

static void refuse(enum zy_code code, const char *field)
{
	struct zy_ofd_prepared made;
	struct zy_error err = { 0 };

	assert_false(zy_ofd_prepare(&use, &package, place, SES_MADE_TIME, &arena, &made, &err));
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
	assert_string_equal(err.field, field);
}

static void every_other_file_is_covered_and_the_document_closed(void **state)
{
	const struct zy_ofd_signature *g = &d.signatures[0];
	size_t covered[ZY_PACKAGE_FILES_MAX] = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	seal(&out);
	read_back(&out);
	assert_int_equal(d.num_faults, 0);
	assert_int_equal(d.num_signatures, 1);
	assert_string_equal(g->CheckMethod, "1.2.156.10197.1.401");
	assert_string_equal(g->SignatureMethod, "1.2.156.10197.1.501");
	for (size_t i = 0; i < g->num_references; i++) {
		uint8_t digest[ZY_HASH_LEN];
		struct zy_error err = { 0 };

		assert_true(zy_digest(ZY_HASH_SM3, g->references[i].file->bytes, digest, &err));
		assert_true(zy_bytes_equal(g->references[i].CheckValue, ZY_BYTES(digest, ZY_HASH_LEN)));
		covered[g->references[i].file - sealed.files]++;
	}
	for (size_t i = 0; i < sealed.num_files; i++)
		assert_int_equal(
		    covered[i], &sealed.files[i] != g->file && &sealed.files[i] != g->signed_value ? 1 : 0);
	assert_int_equal(sealed.num_files, OFD_MADE_NUM + 4);
}

static void the_stamp_lies_where_it_was_asked_for(void **state)
{
	const struct zy_ofd_stamp *stamp;
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	seal(&out);
	read_back(&out);
	assert_int_equal(d.signatures[0].num_stamps, 1);
	stamp = &d.signatures[0].stamps[0];
	assert_string_equal(stamp->PageRef, d.pages[0].ID);
	assert_true(stamp->boundary[0] == 150 && stamp->boundary[1] == 200.5 && stamp->boundary[2] == 42);
}

static void the_seal_signature_binds_signature_xml_and_seal(void **state)
{
	const struct zy_ofd_signature *g = &d.signatures[0];
	struct zy_ses_signature s;
	struct zy_error err = { 0 };
	uint8_t digest[ZY_HASH_LEN], rs[64];
	ZY_BUF_AUTO out = { 0 };
	bool raw;

	(void)state;
	seal(&out);
	read_back(&out);
	assert_true(zy_ses_signature_parse(&s, g->signed_value->bytes, &err));
	assert_true(zy_digest(ZY_HASH_SM3, g->file->bytes, digest, &err));
	assert_true(zy_bytes_equal(s.toSign.dataHash, ZY_BYTES(digest, ZY_HASH_LEN)));
	assert_true(zy_bytes_equal(s.toSign.propertyInfo, ZY_LITERAL("/Doc_0/Signs/Sign_0/Signature.xml")));
	assert_true(zy_bytes_equal(s.toSign.eseal.der, g->seal->bytes));
	assert_true(zy_bytes_equal(s.cert, use.owner_cert));
	assert_int_equal(s.toSign.timeInfo, SES_MADE_TIME);
	assert_true(zy_ses_rs(s.signature, rs, &raw, &err));
	assert_false(raw);
	assert_int_equal(rs[0], 0x21);
}

static void the_same_document_is_sealed_to_the_same_bytes(void **state)
{
	ZY_BUF_AUTO first = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };

	(void)state;
	seal(&first);
	assert_true(ofd_made(&package, &err));
	seal(&again);
	assert_true(zy_bytes_equal(zy_buf_bytes(&first), zy_buf_bytes(&again)));
}

/* The digest that stands in Signature.xml, told by other programs: unzip, openssl, base64. */
static void other_programs_agree_with_a_check_value(void **state)
{
	static const char command[] =
	    "cd %s && unzip -tq a.ofd && want=$(unzip -p a.ofd Doc_0/Document.xml | openssl dgst "
	    "-sm3 -binary | base64) && unzip -p a.ofd Doc_0/Signs/Sign_0/Signature.xml | "
	    "grep -qF \"FileRef=\\\"/Doc_0/Document.xml\\\"><ofd:CheckValue>$want<\"";
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };
	char line[512];

	(void)state;
	seal(&out);
	snprintf(line, sizeof(line), "%s/a.ofd", folder);
	assert_true(zy_file_write(line, zy_buf_bytes(&out), 0600, true, &err));
	snprintf(line, sizeof(line), command, folder);
	assert_int_equal(system(line), 0);
}

static void what_cannot_be_sealed_is_refused(void **state)
{
	static const struct zy_seal_rule other = { .esID = "99010000000002" };
	struct zy_bytes good = use.eseal;

	(void)state;
	use.rule = &other;
	refuse(ZY_E_SEAL_RULE, "esID");
	use.rule = &rule;
	use.owner_cert = ZY_LITERAL("another");
	refuse(ZY_E_SEAL_RULE, "certList");
	use.owner_cert = ses_made_info().certs[0].value;
	use.eseal.len--;
	refuse(ZY_E_TRUNCATED, "SESeal");
	use.eseal = good;

	ofd_made_drop(&package, "Doc_0/Res/font_3.otf");
	refuse(ZY_E_OFD, "OFD");
	start(state);
	ofd_made_put(&package, "OFD.xml", "<OFD><DocBody><DocRoot>/Doc_0/Document.xml</DocRoot></DocBody></OFD>");
	refuse(ZY_E_OFD, "Signatures");
	start(state);
	ofd_made_sign(&package);
	refuse(ZY_E_OFD, "Signatures");
}

static void a_stamp_that_is_no_box_is_refused(void **state)
{
	static const struct zy_seal_place bad[] = { { 0, 0, 0, 42 }, { -1, 0, 42, 42 }, { 0, 0, 42, 1e300 } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_ofd_prepared made;
		struct zy_error err = { 0 };

		assert_false(zy_ofd_prepare(&use, &package, bad[i], SES_MADE_TIME, &arena, &made, &err));
		assert_string_equal(err.field, "StampAnnot.Boundary");
		assert_int_equal(package.num_files, OFD_MADE_NUM);
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_other_file_is_covered_and_the_document_closed),
		T(the_stamp_lies_where_it_was_asked_for),
		T(the_seal_signature_binds_signature_xml_and_seal),
		T(the_same_document_is_sealed_to_the_same_bytes),
		T(other_programs_agree_with_a_check_value),
		T(what_cannot_be_sealed_is_refused),
		T(a_stamp_that_is_no_box_is_refused),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
