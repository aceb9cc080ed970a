#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "zy/xml_signature.h"
#include "zy/xml_tree.h"

static const uint8_t rs[64] = { 1, 2, 3 };
static const struct zy_bytes certs[] = { ZY_LITERAL("the signer's"), ZY_LITERAL("its issuer's") };

static struct zy_xml_signing signing(enum zy_suite suite)
{
	return (struct zy_xml_signing){ .suite = suite,
		.certs = certs,
		.num_certs = 2,
		.signed_at = 1772323200,
		.covered = ZY_LITERAL("<a></a>") };
}

static void canonical(struct zy_bytes in, const char *ns, const char *name, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	const struct zy_xml_element *e;
	struct zy_xml_tree *t;

	if (!zy_xml_tree_open(&t, in, "test", &err))
		fail_msg("%s", err.msg);
	for (e = zy_xml_tree_root(t); e != NULL && !zy_xml_element_is(e, ns, name);)
		e = zy_xml_tree_next(e);
	assert_non_null(e);
	assert_true(zy_xml_tree_canonical(t, e, NULL, out, &err));
	zy_xml_tree_close(t);
}

/* What the encoder gives to be signed must be what a verifier finds in the file. */
static void parts_are_written_in_their_canonical_form(void **state)
{
	(void)state;
	for (enum zy_suite suite = ZY_SUITE_GM; suite <= ZY_SUITE_INTL; suite++) {
		const struct zy_xml_signing s = signing(suite);
		struct zy_error err = { 0 };
		ZY_BUF_AUTO whole = { 0 };
		ZY_BUF_AUTO info = { 0 };
		ZY_BUF_AUTO value = { 0 };
		ZY_BUF_AUTO found = { 0 };

		assert_true(zy_xml_signature_encode(&s, rs, ZY_LITERAL("token"), &whole, &err));
		assert_true(zy_xml_signed_info_encode(&s, &info, &err));
		assert_true(zy_xml_value_encode(&s, rs, &value, &err));
		canonical(zy_buf_bytes(&whole), ZY_XML_DS, "SignedInfo", &found);
		assert_true(zy_bytes_equal(zy_buf_bytes(&found), zy_buf_bytes(&info)));
		found.len = 0;
		canonical(zy_buf_bytes(&whole), ZY_XML_DS, "SignatureValue", &found);
		assert_true(zy_bytes_equal(zy_buf_bytes(&found), zy_buf_bytes(&value)));
		found.len = 0;
		canonical(zy_buf_bytes(&whole), ZY_XML_XADES, "SignedProperties", &found);
		assert_non_null(memmem(whole.p, whole.len, found.p, found.len));
		assert_true(zy_xml_signed_info_check(zy_buf_bytes(&info), suite, &err));
	}
}

static void what_was_written_is_read(void **state)
{
	const struct zy_xml_signing s = signing(ZY_SUITE_GM);
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_xml_signature read;
	struct zy_xml_properties p;
	ZY_BUF_AUTO whole = { 0 };
	ZY_BUF_AUTO properties = { 0 };

	(void)state;
	assert_true(zy_xml_signature_encode(&s, rs, ZY_LITERAL("token"), &whole, &err));
	assert_true(zy_xml_signature_parse(&read, zy_buf_bytes(&whole), &a, &err));
	assert_true(zy_bytes_equal(read.value, ZY_BYTES(rs, 64)));
	assert_int_equal(read.num_certs, 2);
	assert_true(zy_bytes_equal(read.certs[1], certs[1]));
	assert_true(read.has_properties && read.num_strangers == 0);
	assert_string_equal(read.target + 1, read.id);
	assert_int_equal(read.num_stamps, 1);
	assert_true(zy_bytes_equal(read.stamps[0].token, ZY_LITERAL("token")));
	assert_string_equal(read.stamps[0].canonicalization.uri, ZY_XML_EXCLUSIVE);
	canonical(zy_buf_bytes(&whole), ZY_XML_XADES, "SignedProperties", &properties);
	assert_true(zy_xml_properties_parse(&p, zy_buf_bytes(&properties), &a, &err));
	assert_true(p.has_time && p.time == 1772323200 && p.unknown == NULL);
	assert_int_equal(p.num_certs, 1);
	assert_string_equal(p.certs[0].digest_method, "urn:oid:1.2.156.10197.1.401");
	assert_int_equal(p.certs[0].digest.len, ZY_HASH_LEN);
}

/* Ids of two signatures of one document must differ. */
static void another_signer_moment_or_document_has_other_ids(void **state)
{
	const struct zy_xml_signing one = signing(ZY_SUITE_GM);
	struct zy_xml_signing others[] = { one, one, one };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO first = { 0 };

	(void)state;
	others[0].certs = certs + 1, others[0].num_certs = 1;
	others[1].signed_at++;
	others[2].covered = ZY_LITERAL("<b></b>");
	assert_true(zy_xml_value_encode(&one, rs, &first, &err));
	for (size_t i = 0; i < 3; i++) {
		ZY_BUF_AUTO value = { 0 };

		assert_true(zy_xml_value_encode(&others[i], rs, &value, &err));
		assert_false(zy_bytes_equal(zy_buf_bytes(&first), zy_buf_bytes(&value)));
	}
}

/* Registered nowhere: what is written, and what is read beside it, is a choice that a standard may end. */
static void the_names_of_SM2_and_SM3_are_those_of_section_11(void **state)
{
	enum zy_xml_digest d;

	(void)state;
	assert_string_equal(zy_xml_digest_uri(ZY_XML_SM3), "urn:oid:1.2.156.10197.1.401");
	assert_string_equal(zy_xml_method_uri(ZY_XML_SM2), "urn:oid:1.2.156.10197.1.501");
	assert_int_equal(zy_xml_method("http://www.w3.org/2000/09/xmldsig#sm2-sm3", &d), ZY_XML_SM2);
	assert_int_equal(d, ZY_XML_SM3);
	assert_int_equal(zy_xml_method("http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3", &d), ZY_XML_SM2);
	assert_int_equal(zy_xml_digest("http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"), ZY_XML_SM3);
	assert_int_equal(zy_xml_digest("http://www.w3.org/2000/09/xmldsig#sm3"), ZY_XML_SM3);
}

static void registered_names_are_those_of_the_recommendations(void **state)
{
	enum zy_xml_digest d;

	(void)state;
	assert_string_equal(zy_xml_digest_uri(ZY_XML_SHA256), "http://www.w3.org/2001/04/xmlenc#sha256");
	assert_string_equal(zy_xml_method_uri(ZY_XML_ECDSA), "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256");
	assert_int_equal(zy_xml_method("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", &d), ZY_XML_RSA);
	assert_int_equal(d, ZY_XML_SHA512);
	assert_int_equal(zy_xml_method("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", &d), ZY_XML_RSA_PSS);
	assert_int_equal(zy_xml_method("http://www.w3.org/2000/09/xmldsig#hmac-sha1", &d), ZY_XML_MAC);
	assert_int_equal(zy_xml_method("http://www.w3.org/2000/09/xmldsig#rsa-sha1", &d), ZY_XML_KEY_OTHER);
	assert_int_equal(zy_xml_digest("http://www.w3.org/2000/09/xmldsig#sha1"), ZY_XML_DIGEST_OTHER);
}

#define S "<ds:Signature xmlns:ds='" ZY_XML_DS "' xmlns:x='" ZY_XML_XADES "'>"
#define INFO "<ds:SignedInfo/>"
#define VALUE "<ds:SignatureValue>AAAA</ds:SignatureValue>"
static void what_is_not_of_the_schema_is_refused(void **state)
{
	static const char *const bad[] = { S "</ds:Signature>", S VALUE INFO "</ds:Signature>",
		S INFO "<ds:SignatureValue/></ds:Signature>",
		S INFO "<ds:SignatureValue>A=</ds:SignatureValue></ds:Signature>",
		S INFO "<ds:SignatureValue><a/></ds:SignatureValue></ds:Signature>",
		S INFO VALUE "<ds:Object/><ds:KeyInfo/></ds:Signature>", S INFO VALUE "<x:Object/></ds:Signature>",
		S INFO VALUE "<ds:KeyInfo/><ds:KeyInfo/></ds:Signature>",
		S INFO VALUE
		"<ds:Object><x:QualifyingProperties><x:Other/></x:QualifyingProperties></ds:Object></ds:Signature>",
		"<ds:Signature xmlns:ds='" ZY_XML_DS "' other='1'>" INFO VALUE "</ds:Signature>" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_xml_signature s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_error err = { 0 };

		if (zy_xml_signature_parse(&s, zy_str(bad[i]), &a, &err))
			fail_msg("%s", bad[i]);
		assert_string_equal(zy_code_name(err.code), "xml-signature");
	}
	struct zy_error err = { 0 };
	assert_true(
	    zy_xml_signature_parse(&s, zy_str(S INFO VALUE "<ds:Object>data</ds:Object></ds:Signature>"), &a, &err));
	assert_int_equal(s.num_strangers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_written_in_their_canonical_form),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(another_signer_moment_or_document_has_other_ids),
		cmocka_unit_test(the_names_of_SM2_and_SM3_are_those_of_section_11),
		cmocka_unit_test(registered_names_are_those_of_the_recommendations),
		cmocka_unit_test(what_is_not_of_the_schema_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
