#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "hsm/rules.h"
#include "ses_made.h"
#include "zy/file.h"
#include "zy/signed_data.h"
#include "zy/tsp.h"
#include "zy/xml_signature.h"

#define SEAL_KEY "pkcs11:token=zy-tpm;object=seal-1"
#define DOCUMENT_KEY "pkcs11:token=zy-soft;object=document-1"
#define NOW (SES_MADE_TIME + 10)

static const char *const items[] = { "990100-SCJG-0001" };
static const struct zy_seal_rule seals[] = { { .esID = "99010000000001",
						 .seal_key = SEAL_KEY,
						 .document_key = DOCUMENT_KEY,
						 .valid_from = SES_MADE_TIME - 1000,
						 .valid_to = SES_MADE_TIME + 86400 * 365,
						 .num_items = 1,
						 .items = items },
	{ .esID = "99010000000002",
	    .seal_key = SEAL_KEY,
	    .document_key = DOCUMENT_KEY,
	    .valid_from = SES_MADE_TIME - 1000,
	    .valid_to = SES_MADE_TIME + 86400 * 365,
	    .num_items = 1,
	    .items = items } };
static const struct zy_rules rules = { .loaded = true, .policy = { .num_seals = 2, .seals = seals } };

/* SET OF { contentType, messageDigest } by hand (RFC 5652 11.1, 11.2) */
#define CONTENT_TYPE                                                                                                   \
	"\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03\x31\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define DIGEST_HEAD "\x30\x2f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31\x22\x04\x20"
#define DIGEST "0123456789abcdef0123456789abcdef"

/* A TBS_Sign over a made seal of that esID, with that timeInfo. */
static void make_tbs(struct zy_buf *out, struct zy_bytes esID, zy_time time_info)
{
	static const uint8_t hash[32] = { 1 };
	struct zy_seal_info info = ses_made_info();
	struct zy_error err = { 0 };
	ZY_BUF_AUTO seal = { 0 };
	struct zy_ses_tbs tbs = { .timeInfo = time_info,
		.dataHash = ZY_BYTES(hash, 32),
		.propertyInfo = ZY_LITERAL("/Doc_0/Signs/Sign_0/Signature.xml") };

	info.esID = esID;
	assert_true(ses_made_seal(&info, &seal, &err));
	tbs.eseal.der = zy_buf_bytes(&seal);
	assert_true(zy_ses_tbs_encode(&tbs, out, &err));
}

static struct zy_hsm_request sealing(const struct zy_buf *tbs)
{
	return (struct zy_hsm_request){ .op = ZY_OP_SIGN,
		.key = ZY_LITERAL(SEAL_KEY),
		.uses = ZY_USE_SEAL_SIGN,
		.message = zy_buf_bytes(tbs),
		.esID = ZY_LITERAL("99010000000001"),
		.item_code = ZY_LITERAL("990100-SCJG-0001") };
}

static struct zy_hsm_request document(struct zy_bytes message)
{
	return (struct zy_hsm_request){ .op = ZY_OP_SIGN,
		.key = ZY_LITERAL(DOCUMENT_KEY),
		.uses = ZY_USE_DOCUMENT,
		.message = message,
		.esID = ZY_LITERAL("99010000000001"),
		.item_code = ZY_LITERAL("990100-SCJG-0001") };
}

static void allowed(const struct zy_hsm_request *q, zy_time now)
{
	struct zy_error err = { 0 };

	if (!zy_rules_check(&rules, q, now, &err))
		fail_msg("%s: %s", zy_code_name(err.code), err.msg);
}

static void refused(const struct zy_hsm_request *q, zy_time now, enum zy_code code)
{
	struct zy_error err = { 0 };

	assert_false(zy_rules_check(&rules, q, now, &err));
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
}

/* Any certificate: its name and digest are what matters. */
static struct zy_bytes soft_leaf(void)
{
	static struct zy_arena kept;
	struct zy_bytes out;
	struct zy_error err = { 0 };

	assert_true(zy_file_read(ZY_SOURCE_DIR "/tests/keys/gm-leaf.der", 65536, &kept, &out, &err));
	return out;
}

static void a_seal_signs_its_items_today(void **state)
{
	ZY_BUF_AUTO tbs = { 0 };
	struct zy_hsm_request q;

	(void)state;
	make_tbs(&tbs, ZY_LITERAL("99010000000001"), NOW);
	q = sealing(&tbs);
	allowed(&q, NOW);
	allowed(&q, NOW + ZY_TIME_INFO_SLACK_S);
}

static void another_item_key_or_seal_is_refused(void **state)
{
	ZY_BUF_AUTO tbs = { 0 };
	struct zy_hsm_request q;

	(void)state;
	make_tbs(&tbs, ZY_LITERAL("99010000000001"), NOW);
	q = sealing(&tbs);
	q.item_code = ZY_LITERAL("990100-JTYS-0001");
	refused(&q, NOW, ZY_E_SEAL_RULE);
	q = sealing(&tbs);
	q.item_code = (struct zy_bytes){ 0 };
	refused(&q, NOW, ZY_E_SEAL_RULE);
	q = sealing(&tbs);
	q.key = ZY_LITERAL(DOCUMENT_KEY);
	refused(&q, NOW, ZY_E_SEAL_RULE);
	q = sealing(&tbs);
	q.esID = ZY_LITERAL("99010000000003");
	refused(&q, NOW, ZY_E_SEAL_RULE);
	q.esID = (struct zy_bytes){ 0 };
	refused(&q, NOW, ZY_E_SEAL_RULE);
}

static void a_seal_inside_that_is_not_the_seal_asked_for_is_refused(void **state)
{
	ZY_BUF_AUTO tbs = { 0 };
	struct zy_hsm_request q;

	(void)state;
	make_tbs(&tbs, ZY_LITERAL("99010000000002"), NOW);
	q = sealing(&tbs); /* asks in the name of seal 1 */
	refused(&q, NOW, ZY_E_SEAL_RULE);
}

static void a_back_dated_or_post_dated_seal_signature_is_refused(void **state)
{
	ZY_BUF_AUTO tbs = { 0 };
	struct zy_hsm_request q;

	(void)state;
	make_tbs(&tbs, ZY_LITERAL("99010000000001"), NOW);
	q = sealing(&tbs);
	refused(&q, NOW + ZY_TIME_INFO_SLACK_S + 1, ZY_E_SEAL_DATE);
	refused(&q, NOW - ZY_TIME_INFO_SLACK_S - 1, ZY_E_SEAL_DATE);
}

static void outside_of_the_rules_or_the_seals_own_dates_it_is_refused(void **state)
{
	ZY_BUF_AUTO early = { 0 };
	ZY_BUF_AUTO late = { 0 };
	struct zy_hsm_request q;

	(void)state;
	make_tbs(&early, ZY_LITERAL("99010000000001"), SES_MADE_TIME - 10);
	q = sealing(&early);
	refused(&q, SES_MADE_TIME - 10, ZY_E_SEAL_DATE); /* the rule allows it, the seal begins later */
	make_tbs(&late, ZY_LITERAL("99010000000001"), SES_MADE_TIME + 86400 * 365 + 1);
	q = sealing(&late);
	refused(&q, SES_MADE_TIME + 86400 * 365 + 1, ZY_E_SEAL_DATE);
}

static void a_seal_key_signs_nothing_but_TBS_Sign(void **state)
{
	ZY_BUF_AUTO tbs = { 0 };
	struct zy_hsm_request q;
	struct zy_error err = { 0 };

	(void)state;
	make_tbs(&tbs, ZY_LITERAL("99010000000001"), NOW);
	q = sealing(&tbs);
	q.message = ZY_LITERAL("any text");
	assert_false(zy_rules_check(&rules, &q, NOW, &err));
	q.message = ZY_BYTES(tbs.p, tbs.len - 1);
	err = (struct zy_error){ 0 };
	assert_false(zy_rules_check(&rules, &q, NOW, &err));
}

static void a_seal_key_signs_whole_signedAttrs_of_SM3_too(void **state)
{
	const struct zy_bytes cert = soft_leaf();
	struct zy_signing s = { .suite = ZY_SUITE_GM, .certs = &cert, .num_certs = 1, .signed_at = NOW };

	(void)state;
	for (int gbt = 0; gbt < 2; gbt++) {
		ZY_BUF_AUTO good = { 0 }, intl = { 0 };
		struct zy_error err = { 0 };
		struct zy_hsm_request q;

		s.suite = ZY_SUITE_GM;
		s.is_gbt35275 = gbt != 0;
		assert_true(zy_signed_attrs_encode(&s, &good, &err));
		q = sealing(&good);
		allowed(&q, NOW);
		q.item_code = ZY_LITERAL("990100-JTYS-0001");
		refused(&q, NOW, ZY_E_SEAL_RULE);
		s.suite = ZY_SUITE_INTL; /* its certificate is bound by SHA-256 */
		assert_true(zy_signed_attrs_encode(&s, &intl, &err));
		q = sealing(&intl);
		refused(&q, NOW, ZY_E_CMS);
	}
	struct zy_hsm_request bare = sealing(&(struct zy_buf){ 0 });
	bare.message = ZY_LITERAL("\x31\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST);
	refused(&bare, NOW, ZY_E_CMS);
}

static void a_document_key_signs_attributes_with_one_digest(void **state)
{
	struct zy_hsm_request q = document(ZY_LITERAL("\x31\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST));

	(void)state;
	allowed(&q, NOW);
	q = document(ZY_LITERAL("\x30\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST)); /* a SEQUENCE */
	refused(&q, NOW, ZY_E_DER);
	q = document(ZY_LITERAL("\x31\x1a" CONTENT_TYPE)); /* no digest */
	refused(&q, NOW, ZY_E_DER);
	q = document(ZY_LITERAL("\x31\x62" DIGEST_HEAD DIGEST DIGEST_HEAD DIGEST)); /* two */
	refused(&q, NOW, ZY_E_DER);
	q = document(ZY_LITERAL("\x31\x0d\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")); /* no values */
	refused(&q, NOW, ZY_E_TRUNCATED);
	q = document(ZY_LITERAL("\x31\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST "x"));
	refused(&q, NOW, ZY_E_TRAILING);
	q = document(ZY_LITERAL("\x31\x00"));
	refused(&q, NOW, ZY_E_DER);
	q = document(ZY_LITERAL("\x31\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST));
	q.key = ZY_LITERAL(SEAL_KEY);
	refused(&q, NOW, ZY_E_SEAL_RULE);
}

/* The same SET with one attribute more, of an arc of nobody's, the last in DER's order (X.690 11.6). */
static void put_other_attribute(const struct zy_buf *attrs, struct zy_buf *out)
{
	static const uint8_t other[] = { 0x30, 0x7f, 0x06, 0x03, 0x88, 0x37, 0x01, 0x31, 0x78, 0x04, 0x76 };
	struct zy_reader r = zy_reader_over(zy_buf_bytes(attrs));
	struct zy_error err = { 0 };
	struct zy_bytes content;
	size_t set;

	assert_true(zy_der_take(&r, ZY_DER_SET, "", &content, &err));
	set = zy_der_open(out, ZY_DER_SET);
	zy_buf_put(out, content);
	zy_buf_put(out, ZY_BYTES(other, sizeof(other)));
	memset(zy_buf_extend(out, 0x76), 'x', 0x76);
	zy_der_close(out, set);
}

/* SignedInfo over nothing in particular, of that suite, with a change. */
static void signed_info(enum zy_suite suite, const char *from, const char *to, struct zy_buf *out)
{
	const struct zy_bytes cert = ZY_LITERAL("no certificate is looked at");
	const struct zy_xml_signing s = { .suite = suite, .certs = &cert, .num_certs = 1 };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO made = { 0 };
	const uint8_t *at;

	assert_true(zy_xml_signed_info_encode(&s, &made, &err));
	assert_non_null(at = memmem(made.p, made.len, from, strlen(from)));
	zy_buf_put(out, ZY_BYTES(made.p, (size_t)(at - made.p)));
	zy_buf_put_str(out, to);
	zy_buf_put(out, ZY_BYTES(at + strlen(from), made.len - (size_t)(at - made.p) - strlen(from)));
}

static void keys_of_seals_sign_SignedInfo_of_the_fixed_profile_alone(void **state)
{
	static const struct {
		const char *from, *to;
	} changes[] = { { ZY_XML_EXCLUSIVE, ZY_XML_EXCLUSIVE "WithComments" },
		{ ZY_XML_ENVELOPED, "http://www.w3.org/TR/1999/REC-xslt-19991116" }, { "URI=\"\"", "URI=\"a.xml\"" },
		{ "</ds:SignedInfo>", "" }, { "SignedProperties", "Another" }, { "<ds:SignedInfo", "<ds:Signed" },
		{ "<ds:Transforms>", "<ds:Transforms><ds:Transform Algorithm=\"" ZY_XML_ENVELOPED "\"/>" } };

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const enum zy_suite other = s == ZY_SUITE_GM ? ZY_SUITE_INTL : ZY_SUITE_GM;
		ZY_BUF_AUTO good = { 0 };
		ZY_BUF_AUTO of_other = { 0 };
		struct zy_hsm_request q;

		signed_info(s, "", "", &good);
		q = s == ZY_SUITE_GM ? sealing(&good) : document(zy_buf_bytes(&good));
		allowed(&q, NOW);
		q.item_code = ZY_LITERAL("990100-JTYS-0001");
		refused(&q, NOW, ZY_E_SEAL_RULE);
		signed_info(other, "", "", &of_other);
		q = s == ZY_SUITE_GM ? sealing(&of_other) : document(zy_buf_bytes(&of_other));
		refused(&q, NOW, ZY_E_XML_SIGNATURE);
		for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
			ZY_BUF_AUTO bad = { 0 };
			struct zy_error err = { 0 };

			signed_info(s, changes[i].from, changes[i].to, &bad);
			q = s == ZY_SUITE_GM ? sealing(&bad) : document(zy_buf_bytes(&bad));
			if (zy_rules_check(&rules, &q, NOW, &err))
				fail_msg("%s", changes[i].to);
			assert_true(err.code == ZY_E_XML_SIGNATURE || err.code == ZY_E_XML);
		}
	}
}

static void a_time_stamp_key_signs_the_attributes_of_a_TSTInfo_alone(void **state)
{
	const struct zy_tst_frame frame = { .suite = ZY_SUITE_INTL,
		.signing_cert =
		    ZY_LITERAL("\x30\x39\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f\x31\x2a\x30\x28\x30\x26"
			       "\x30\x24\x04\x22" DIGEST "ab") };
	struct zy_hsm_request q = { .op = ZY_OP_SIGN, .key = ZY_LITERAL(DOCUMENT_KEY), .uses = ZY_USE_TIMESTAMP };
	const struct zy_rules none = { 0 };
	struct zy_error err = { 0 };
	struct zy_cms_attrs parsed;
	ZY_BUF_AUTO with_other = { 0 };
	ZY_BUF_AUTO attrs = { 0 };

	(void)state;
	assert_true(zy_tst_attrs_encode(&frame, ZY_LITERAL("TSTInfo"), &attrs, &err));
	q.message = zy_buf_bytes(&attrs);
	assert_true(zy_rules_check(&none, &q, NOW, &err)); /* needs no policies */
	refused(&(struct zy_hsm_request){ .uses = ZY_USE_TIMESTAMP, .message = ZY_LITERAL("text") }, NOW, ZY_E_CMS);
	q.message = ZY_LITERAL("\x31\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST); /* of a document */
	refused(&q, NOW, ZY_E_CMS);
	q.message = ZY_BYTES(attrs.p, attrs.len - 1);
	refused(&q, NOW, ZY_E_CMS);
	put_other_attribute(&attrs, &with_other);
	assert_true(zy_tst_attrs_parse(&parsed, zy_buf_bytes(&with_other), &err));
	assert_int_equal(parsed.num_other, 1);
	q.message = zy_buf_bytes(&with_other);
	refused(&q, NOW, ZY_E_CMS);
}

static void without_policies_no_seal_is_allowed_and_other_uses_are(void **state)
{
	const struct zy_rules none = { 0 };
	struct zy_hsm_request q = document(ZY_LITERAL("\x31\x4b" CONTENT_TYPE DIGEST_HEAD DIGEST));
	struct zy_error err = { 0 };

	(void)state;
	assert_false(zy_rules_check(&none, &q, NOW, &err));
	assert_int_equal(err.code, ZY_E_SEAL_RULE);
	err = (struct zy_error){ 0 };
	q.uses = ZY_USE_TRUST;
	assert_true(zy_rules_check(&none, &q, NOW, &err));
}

static bool may_make(struct zy_bytes esID, zy_time end, const struct zy_rules *r, struct zy_error *err)
{
	struct zy_seal_info info = ses_made_info();
	struct zy_hsm_request q = { .op = ZY_OP_SIGN, .uses = ZY_USE_SEAL_MAKE };
	ZY_BUF_AUTO der = { 0 };

	info.esID = esID;
	info.validStart = SES_MADE_TIME;
	info.validEnd = end;
	if (!zy_seal_info_encode(&info, &der, err))
		return false;
	q.message = zy_buf_bytes(&der);
	return zy_rules_check(r, &q, NOW, err);
}

static void a_seal_is_made_only_as_its_approved_rule_says(void **state)
{
	struct zy_seal_rule rule = seals[0];
	struct zy_rules r = { .loaded = true, .policy = { .num_seals = 1, .seals = &rule } };
	struct zy_seal_info info = ses_made_info();
	const zy_time end = rule.valid_to;
	const struct zy_bytes esID = ZY_LITERAL("99010000000001");
	char name[128];
	struct zy_error err = { 0 };

	(void)state;
	snprintf(name, sizeof(name), "%.*s", (int)info.name.len, (const char *)info.name.p);
	rule.name.zh = name;
	assert_true(may_make(esID, end, &r, &err));
	assert_false(may_make(esID, end + 1, &r, &err)); /* for longer */
	assert_int_equal(err.code, ZY_E_SEAL_RULE);
	err = (struct zy_error){ 0 };
	assert_false(may_make(ZY_LITERAL("99010000000009"), end, &r, &err));
	assert_int_equal(err.code, ZY_E_SEAL_RULE);
	err = (struct zy_error){ 0 };
	rule.name.zh = "another";
	assert_false(may_make(esID, end, &r, &err));
	assert_int_equal(err.code, ZY_E_SEAL_RULE);
	err = (struct zy_error){ 0 };
	rule.name.zh = name;
	rule.retired.at = NOW;
	assert_false(may_make(esID, end, &r, &err));
	assert_int_equal(err.code, ZY_E_SEAL_RETIRED);
	err = (struct zy_error){ 0 };
	rule.retired.at = 0;
	r.not_approved = "seals.json";
	assert_false(may_make(esID, end, &r, &err));
	assert_int_equal(err.code, ZY_E_RULES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_signs_its_items_today),
		cmocka_unit_test(another_item_key_or_seal_is_refused),
		cmocka_unit_test(a_seal_inside_that_is_not_the_seal_asked_for_is_refused),
		cmocka_unit_test(a_back_dated_or_post_dated_seal_signature_is_refused),
		cmocka_unit_test(outside_of_the_rules_or_the_seals_own_dates_it_is_refused),
		cmocka_unit_test(a_seal_key_signs_nothing_but_TBS_Sign),
		cmocka_unit_test(a_seal_key_signs_whole_signedAttrs_of_SM3_too),
		cmocka_unit_test(a_document_key_signs_attributes_with_one_digest),
		cmocka_unit_test(keys_of_seals_sign_SignedInfo_of_the_fixed_profile_alone),
		cmocka_unit_test(a_time_stamp_key_signs_the_attributes_of_a_TSTInfo_alone),
		cmocka_unit_test(without_policies_no_seal_is_allowed_and_other_uses_are),
		cmocka_unit_test(a_seal_is_made_only_as_its_approved_rule_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
