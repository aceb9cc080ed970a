#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ses_made.h"

/* Written by hand from GB/T 38540-2020 clause 6, not by our encoder; the parts can be exchanged for others. */
struct parts {
	struct zy_bytes header, esID, property, picture, ext;
};
#define HEADER                                                                                                         \
	"\x30\x0b\x16\x02"                                                                                             \
	"ES"                                                                                                           \
	"\x02\x01\x04\x16\x02"                                                                                         \
	"zy"
#define ESID                                                                                                           \
	"\x16\x0e"                                                                                                     \
	"99010000000001"
#define DATE                                                                                                           \
	"\x18\x0f"                                                                                                     \
	"20260301000000Z"
#define END                                                                                                            \
	"\x18\x0f"                                                                                                     \
	"20270301000000Z"
#define CERTS "\x02\x01\x01\x30\x07\x04\x05\x30\x03\x02\x01\x07"
#define PICTURE                                                                                                        \
	"\x30\x0f\x16\x03"                                                                                             \
	"PNG"                                                                                                          \
	"\x04\x02\x89P"                                                                                                \
	"\x02\x01\x2a\x02\x01\x1e"
#define PROPERTY(list_and_dates) "\x02\x01\x03\x0c\x06\xe8\xaf\x81\xe5\x8d\xb0" list_and_dates

static void wrap(struct zy_buf *b, struct zy_bytes content)
{
	zy_der_put(b, ZY_DER_SEQUENCE, content);
}

static void info_of(struct zy_buf *out, const struct parts *p)
{
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_buf_put(out, p->header);
	zy_buf_put(out, p->esID);
	wrap(out, p->property);
	zy_buf_put(out, p->picture);
	zy_buf_put(out, p->ext);
	zy_der_close(out, mark);
}

static struct parts good(void)
{
	return (struct parts){ ZY_LITERAL(HEADER), ZY_LITERAL(ESID), ZY_LITERAL(PROPERTY(CERTS DATE DATE END)),
		ZY_LITERAL(PICTURE), { 0 } };
}

/* The info of `p` must fail with that code and field. */
static void refuse(struct parts p, enum zy_code code, const char *field)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal_info s;

	info_of(&b, &p);
	assert_false(zy_seal_info_parse(&s, zy_buf_bytes(&b), &err));
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
	assert_string_equal(err.field, field);
	assert_true(err.offset == ZY_NOWHERE || err.offset <= b.len);
}

static void equal(struct zy_bytes have, const char *want)
{
	assert_int_equal(have.len, strlen(want));
	assert_memory_equal(have.p, want, have.len);
}

static void a_hand_written_seal_info_is_read(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct parts p = good();
	struct zy_seal_info s;

	(void)state;
	info_of(&b, &p);
	assert_true(zy_seal_info_parse(&s, zy_buf_bytes(&b), &err));
	equal(s.Vid, "zy");
	equal(s.esID, "99010000000001");
	equal(s.name, "证印");
	equal(s.picture_type, "PNG");
	assert_int_equal(s.type, 3);
	assert_int_equal(s.certListType, ZY_CERT_LIST_CERTS);
	assert_int_equal(s.num_certs, 1);
	equal(s.certs[0].value, "\x30\x03\x02\x01\x07");
	assert_int_equal(s.createDate, SES_MADE_TIME);
	assert_int_equal(s.validEnd, SES_MADE_TIME + 365 * 86400);
	assert_int_equal(s.width, 42);
	assert_int_equal(s.height, 30);
	assert_true(s.strict);
	assert_true(zy_bytes_equal(s.der, zy_buf_bytes(&b)));
	assert_true(zy_seal_info_encode(&s, &again, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
}

static void a_list_of_digests_is_read(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct parts p = good();
	struct zy_seal_info s;

	(void)state;
	p.property = ZY_LITERAL(PROPERTY("\x02\x01\x02\x30\x0b\x30\x09\x13\x03"
					 "SM3"
					 "\x04\x02\xab\xcd" DATE DATE END));
	info_of(&b, &p);
	assert_true(zy_seal_info_parse(&s, zy_buf_bytes(&b), &err));
	assert_int_equal(s.certListType, ZY_CERT_LIST_DIGESTS);
	equal(s.certs[0].type, "SM3");
	equal(s.certs[0].value, "\xab\xcd");
}

static void what_real_seals_write_is_read_but_is_not_strict(void **state)
{
	struct parts explicit_false = good(), utc = good();
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO c = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal_info s;

	(void)state;
	explicit_false.ext = ZY_LITERAL("\x30\x0c\x30\x0a\x06\x02\x2a\x03\x01\x01\x00\x04\x01\x07");
	info_of(&b, &explicit_false);
	assert_true(zy_seal_info_parse(&s, zy_buf_bytes(&b), &err));
	assert_int_equal(s.extDatas.num, 1);
	assert_false(s.extDatas.items[0].critical);
	assert_false(s.strict);
	assert_true(zy_seal_info_encode(&s, &again, &err));
	assert_int_equal(again.len, b.len - 3);

	utc.property = ZY_LITERAL(PROPERTY(CERTS "\x17\x0d"
						 "260301000000Z" DATE END));
	info_of(&c, &utc);
	assert_true(zy_seal_info_parse(&s, zy_buf_bytes(&c), &err));
	assert_int_equal(s.createDate, SES_MADE_TIME);
	assert_false(s.strict);
}

static void a_critical_extension_is_told(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct parts p = good();
	struct zy_seal_info s;

	(void)state;
	p.ext = ZY_LITERAL("\x30\x0c\x30\x0a\x06\x02\x2a\x03\x01\x01\xff\x04\x01\x07");
	info_of(&b, &p);
	assert_true(zy_seal_info_parse(&s, zy_buf_bytes(&b), &err));
	assert_true(s.extDatas.items[0].critical);
	assert_true(s.strict);
}

static void each_fault_of_a_seal_info_has_its_code_and_field(void **state)
{
	struct parts p;

	(void)state;
	p = good(), p.header = ZY_LITERAL("\x30\x0b\x16\x02"
					  "EX"
					  "\x02\x01\x04\x16\x02"
					  "zy");
	refuse(p, ZY_E_SES, "header.ID");
	p = good(), p.header = ZY_LITERAL("\x30\x0b\x16\x02"
					  "ES"
					  "\x02\x01\x06\x16\x02"
					  "zy");
	refuse(p, ZY_E_SES, "header.version");
	p = good(), p.header = ZY_LITERAL("\x30\x0c\x16\x02"
					  "ES"
					  "\x02\x02\x00\x04\x16\x02"
					  "zy");
	refuse(p, ZY_E_DER, "header.version");
	p = good(), p.header = ZY_LITERAL("\x30\x0d\x16\x02"
					  "ES"
					  "\x02\x01\x04\x16\x02"
					  "zy"
					  "\x05\x00");
	refuse(p, ZY_E_TRAILING, "header");
	p = good(), p.esID = ZY_LITERAL("\x0c\x01"
					"9");
	refuse(p, ZY_E_DER, "esID");
	p = good(), p.property = ZY_LITERAL(PROPERTY("\x02\x01\x03\x30\x00" DATE DATE END));
	refuse(p, ZY_E_DER, "property.certListType");
	p = good(), p.property = ZY_LITERAL(PROPERTY("\x02\x01\x00\x30\x00" DATE DATE END));
	refuse(p, ZY_E_SES, "property.certListType");
	p = good(), p.property = ZY_LITERAL(PROPERTY("\x02\x01\x01\x30\x00" DATE DATE END));
	refuse(p, ZY_E_SES, "property.certList");
	p = good(), p.property = ZY_LITERAL(PROPERTY("\x02\x01\x02\x30\x07\x04\x05\x30\x03\x02\x01\x07" DATE DATE END));
	refuse(p, ZY_E_DER, "CertDigestObj");
	p = good(), p.property = ZY_LITERAL(PROPERTY(CERTS DATE DATE "\x18\x0f"
								     "20270231000000Z"));
	refuse(p, ZY_E_TIME, "property.validEnd");
	p = good(), p.property = ZY_LITERAL("\x02\x01\x03\x0c\x01\xff" CERTS DATE DATE END);
	refuse(p, ZY_E_UTF8, "property.name");
	p = good(), p.property = ZY_LITERAL(PROPERTY(CERTS DATE DATE));
	refuse(p, ZY_E_TRUNCATED, "property.validEnd");
	p = good(), p.picture = ZY_LITERAL("\x30\x0f\x16\x03"
					   "PNG"
					   "\x04\x02\x89P"
					   "\x02\x01\xff\x02\x01\x1e");
	refuse(p, ZY_E_DER, "picture.width");
	p = good(), p.ext = ZY_LITERAL("\x30\x0c\x30\x0a\x06\x02\x2a\x03\x01\x01\x01\x04\x01\x07");
	refuse(p, ZY_E_DER, "ExtData.critical");
	p = good(), p.ext = ZY_LITERAL("\x30\x00\x30\x00");
	refuse(p, ZY_E_TRAILING, "eSealInfo");
}

static void a_list_over_its_cap_is_refused(void **state)
{
	ZY_BUF_AUTO property = { 0 };
	ZY_BUF_AUTO list = { 0 };
	struct parts p = good();

	(void)state;
	for (int i = 0; i <= ZY_SES_CERTS_MAX; i++)
		zy_buf_put(&list, ZY_LITERAL("\x04\x01\x07"));
	zy_buf_put(&property, ZY_LITERAL(PROPERTY("\x02\x01\x01")));
	wrap(&property, zy_buf_bytes(&list));
	zy_buf_put(&property, ZY_LITERAL(DATE DATE END));
	p.property = zy_buf_bytes(&property);
	refuse(p, ZY_E_SES, "property.certList");
}

static void refuse_seal(struct zy_bytes in, const char *field, const char *part_of_message)
{
	struct zy_error err = { 0 };
	struct zy_seal s;

	assert_false(zy_seal_parse(&s, in, &err));
	assert_int_equal(err.code, ZY_E_SES);
	assert_string_equal(err.field, field);
	assert_non_null(strstr(err.msg, part_of_message));
}

static void elements_and_header_must_tell_the_same_version(void **state)
{
	struct zy_seal_info info = ses_made_info();
	ZY_BUF_AUTO four = { 0 };
	ZY_BUF_AUTO one = { 0 };
	ZY_BUF_AUTO der = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal seal = { .cert = ZY_LITERAL("c"), .signAlgID = zy_oid_sm2_sm3, .signedValue = ZY_LITERAL("v") };

	(void)state;
	assert_true(zy_seal_info_encode(&info, &four, &err));
	ses_made_v1_seal(zy_buf_bytes(&four), ZY_LITERAL("c"), ZY_LITERAL("v"), &der);
	refuse_seal(zy_buf_bytes(&der), "SESeal", "version 4");
	ses_made_v1_info(ZY_LITERAL("c"), SES_MADE_TIME, SES_MADE_TIME + 86400, (struct zy_bytes){ 0 }, &one);
	der.len = 0;
	seal.info.der = zy_buf_bytes(&one);
	assert_false(zy_seal_encode(&seal, &der, &err));
	assert_non_null(strstr(err.msg, "version 1"));
	/* a time-stamp makes five elements, which is version 5 alone */
	err = (struct zy_error){ 0 };
	seal.info.der = zy_buf_bytes(&four);
	seal.timeStamp = ZY_LITERAL("0");
	assert_false(zy_seal_encode(&seal, &der, &err));
	assert_non_null(strstr(err.msg, "version 4"));
}

static void a_version_5_seal_keeps_its_time_stamp(void **state)
{
	struct zy_seal_info info = ses_made_info();
	ZY_BUF_AUTO five = { 0 };
	ZY_BUF_AUTO der = { 0 };
	ZY_BUF_AUTO message = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal seal = { .cert = ZY_LITERAL("c"),
		.signAlgID = zy_oid_sm2_sm3,
		.signedValue = ZY_LITERAL("v"),
		.timeStamp = ZY_LITERAL("0token") };
	struct zy_seal s;

	(void)state;
	info.version = 5;
	assert_true(zy_seal_info_encode(&info, &five, &err));
	seal.info.der = zy_buf_bytes(&five);
	assert_true(zy_seal_encode(&seal, &der, &err));
	assert_true(zy_seal_parse(&s, zy_buf_bytes(&der), &err));
	assert_int_equal(s.info.version, 5);
	equal(s.timeStamp, "0token");
	assert_true(zy_seal_signed(&s, &message, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&message), zy_buf_bytes(&five)));
}

static void version_5_has_no_utc_time(void **state)
{
	struct parts p = good();

	(void)state;
	p.header = ZY_LITERAL("\x30\x0b\x16\x02"
			      "ES"
			      "\x02\x01\x05\x16\x02"
			      "zy");
	p.property = ZY_LITERAL(PROPERTY(CERTS "\x17\x0d"
					       "260301000000Z" DATE END));
	refuse(p, ZY_E_DER, "property.createDate");
}

static void a_seal_of_six_elements_is_refused(void **state)
{
	struct zy_seal_info info = ses_made_info();
	ZY_BUF_AUTO made = { 0 };
	ZY_BUF_AUTO more = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal s;
	struct zy_reader r, seal;
	size_t mark;

	(void)state;
	assert_true(ses_made_seal(&info, &made, &err));
	r = zy_reader_over(zy_buf_bytes(&made));
	assert_true(zy_der_enter(&r, ZY_DER_SEQUENCE, "seal", &seal, &err));
	mark = zy_der_open(&more, ZY_DER_SEQUENCE);
	zy_buf_put(&more, zy_reader_rest(&seal));
	zy_buf_put(&more, ZY_LITERAL("\x05\x00\x05\x00"));
	zy_der_close(&more, mark);
	assert_false(zy_seal_parse(&s, zy_buf_bytes(&more), &err));
	assert_int_equal(err.code, ZY_E_TRAILING);
	assert_string_equal(err.field, "SESeal");
}

static void a_signature_keeps_the_bytes_that_were_signed(void **state)
{
	struct zy_seal_info info = ses_made_info();
	ZY_BUF_AUTO seal = { 0 };
	ZY_BUF_AUTO der = { 0 };
	struct zy_error err = { 0 };
	struct zy_ses_signature s;
	uint8_t rs[64];
	bool raw;

	(void)state;
	assert_true(ses_made_seal(&info, &seal, &err));
	assert_true(ses_made_signature(zy_buf_bytes(&seal), ZY_LITERAL("\x30\x00"), &der, &err));
	assert_true(zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err));
	assert_true(zy_bytes_equal(s.der, zy_buf_bytes(&der)));
	assert_true(zy_bytes_equal(s.toSign.eseal.der, zy_buf_bytes(&seal)));
	assert_int_equal(s.toSign.der.p[0], 0x30);
	assert_int_equal(s.toSign.timeInfo, SES_MADE_TIME);
	assert_int_equal(s.toSign.dataHash.len, 32);
	equal(s.toSign.propertyInfo, "/Doc_0/Signs/Sign_0/Signature.xml");
	assert_true(zy_bytes_equal(s.timeStamp, ZY_LITERAL("\x30\x00")));
	assert_true(zy_bytes_equal(s.signatureAlgID, zy_oid_sm2_sm3));
	assert_true(zy_ses_rs(s.signature, rs, &raw, &err));
	assert_false(raw);
	assert_int_equal(rs[63], 0xa5);
}

static void a_bare_signature_value_is_told(void **state)
{
	uint8_t bare[64], rs[64];
	struct zy_error err = { 0 };
	bool raw;

	(void)state;
	memset(bare, 0x77, sizeof(bare));
	assert_true(zy_ses_rs(ZY_BYTES(bare, 64), rs, &raw, &err));
	assert_true(raw);
	assert_memory_equal(rs, bare, 64);
	assert_false(zy_ses_rs(ZY_BYTES(bare, 63), rs, &raw, &err));
	assert_int_equal(err.code, ZY_E_DER);
}

static void what_could_not_be_read_back_is_not_written(void **state)
{
	struct zy_seal_info info = ses_made_info();
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };

	(void)state;
	info.esID = ZY_LITERAL("印");
	assert_false(zy_seal_info_encode(&info, &b, &err));
	assert_int_equal(err.code, ZY_E_SES);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hand_written_seal_info_is_read),
		cmocka_unit_test(a_list_of_digests_is_read),
		cmocka_unit_test(what_real_seals_write_is_read_but_is_not_strict),
		cmocka_unit_test(a_critical_extension_is_told),
		cmocka_unit_test(each_fault_of_a_seal_info_has_its_code_and_field),
		cmocka_unit_test(a_list_over_its_cap_is_refused),
		cmocka_unit_test(elements_and_header_must_tell_the_same_version),
		cmocka_unit_test(a_version_5_seal_keeps_its_time_stamp),
		cmocka_unit_test(version_5_has_no_utc_time),
		cmocka_unit_test(a_seal_of_six_elements_is_refused),
		cmocka_unit_test(a_signature_keeps_the_bytes_that_were_signed),
		cmocka_unit_test(a_bare_signature_value_is_told),
		cmocka_unit_test(what_could_not_be_read_back_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
