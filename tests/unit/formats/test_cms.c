#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "helpers/soft_p256.h"
#include "zy/cms.h"

static const char content[] = "content of a licence";
static struct soft_p256 soft;

struct made {
	struct zy_buf attrs, cms;
	uint8_t digest[ZY_HASH_LEN], rs[64];
};

static struct made make(const zy_time *signing_time)
{
	struct zy_bytes certs[2] = { soft.cert, soft.ca };
	struct zy_error err = { 0 };
	struct made m = { 0 };

	assert_true(zy_digest(ZY_HASH_SHA256, zy_str(content), m.digest, &err));
	assert_true(zy_cms_attrs_encode(m.digest, signing_time, soft.cert, &m.attrs, &err));
	soft_sign(&soft, zy_buf_bytes(&m.attrs), m.rs);
	assert_true(zy_cms_encode(zy_buf_bytes(&m.attrs), m.rs, certs, 2, &m.cms, &err));
	return m;
}

static void made_free(struct made *m)
{
	zy_buf_free(&m->attrs);
	zy_buf_free(&m->cms);
}

static void what_was_encoded_is_what_is_parsed(void **state)
{
	struct made m = make(NULL);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	bool sid, bound;
	struct zy_cms c;

	(void)state;
	assert_true(zy_cms_parse(&c, zy_buf_bytes(&m.cms), &a, &err));
	assert_int_equal(c.num_certs, 2);
	assert_true(c.is_p256);
	assert_memory_equal(c.rs, m.rs, 64);
	assert_true(zy_bytes_equal(c.signed_attrs, zy_buf_bytes(&m.attrs)));
	assert_true(zy_bytes_equal(c.attrs.message_digest, ZY_BYTES(m.digest, 32)));
	assert_true(soft_verify(&soft, c.signed_attrs, c.signature));
	/* PAdES: exactly the three attributes, no signing-time */
	assert_false(c.attrs.has_signing_time);
	assert_true(c.attrs.has_signing_cert && c.attrs.has_issuer_serial);
	assert_int_equal(c.attrs.num_other, 0);
	assert_true(zy_cms_names(&c, soft.cert, &sid, &bound, &err) && sid && bound);
	assert_true(zy_cms_names(&c, soft.ca, &sid, &bound, &err) && !sid && !bound);
	made_free(&m);
}

static void a_signing_time_is_read_back(void **state)
{
	static const zy_time times[] = { 1772323200 /* 2026, UTCTime */, 2556144000 /* 2051, GeneralizedTime */ };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct made m = make(&times[i]);
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_cms c;

		assert_true(zy_cms_parse(&c, zy_buf_bytes(&m.cms), &a, &err));
		assert_true(c.attrs.has_signing_time);
		assert_int_equal(c.attrs.signing_time, times[i]);
		made_free(&m);
	}
}

static void openssl_cms_verify_accepts_it(void **state)
{
	char folder[] = "/tmp/zy-cms-XXXXXX", cmd[1024];
	struct made m = make(NULL);

	(void)state;
	assert_non_null(mkdtemp(folder));
	soft_write(folder, "content", zy_str(content));
	soft_write(folder, "other", ZY_LITERAL("content of a licencE"));
	soft_write(folder, "cms", zy_buf_bytes(&m.cms));
	soft_write_ca(&soft, folder);
	snprintf(cmd, sizeof(cmd),
	    "cd %s && v() { openssl cms -verify -binary -cades -inform DER -in cms -content $1 -CAfile ca.pem"
	    " -purpose any -out /dev/null 2>err; }; v content && ! v other",
	    folder);
	assert_int_equal(system(cmd), 0);
	snprintf(cmd, sizeof(cmd), "rm -r %s", folder);
	assert_int_equal(system(cmd), 0);
	made_free(&m);
}

static void all_ones_in_rs_give_the_longest_form(void **state)
{
	struct zy_error err = { 0 };
	struct made m = make(NULL);
	ZY_BUF_AUTO longest = { 0 };
	uint8_t ones[64];

	(void)state;
	memset(ones, 0xff, 64);
	assert_true(zy_cms_encode(zy_buf_bytes(&m.attrs), ones, &soft.cert, 1, &longest, &err));
	for (int i = 0; i < 50; i++) {
		ZY_BUF_AUTO b = { 0 };
		uint8_t rs[64];

		soft_sign(&soft, zy_buf_bytes(&m.attrs), rs);
		assert_true(zy_cms_encode(zy_buf_bytes(&m.attrs), rs, &soft.cert, 1, &b, &err));
		assert_in_range(b.len, longest.len - 20, longest.len);
	}
	made_free(&m);
}

/* Replaces the first `from` in the message by `to` of the same length; the result must be refused. */
static void refuse(struct zy_bytes good, struct zy_bytes from, struct zy_bytes to, enum zy_code code)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cms c;
	uint8_t *at;

	zy_buf_put(&b, good);
	assert_non_null(at = memmem(b.p, b.len, from.p, from.len));
	memcpy(at, to.p, to.len);
	assert_false(zy_cms_parse(&c, zy_buf_bytes(&b), &a, &err));
	assert_int_equal(err.code, code);
	assert_true(err.offset <= b.len);
}

static void each_departure_from_the_profile_is_refused(void **state)
{
	struct made m = make(NULL);
	struct zy_bytes good = zy_buf_bytes(&m.cms);

	(void)state;
	/* signedData becomes digestedData */
	refuse(good, ZY_LITERAL("\xf7\x0d\x01\x07\x02"), ZY_LITERAL("\xf7\x0d\x01\x07\x05"), ZY_E_CMS);
	/* SignedData.version 3 */
	refuse(good, ZY_LITERAL("\x02\x01\x01\x31"), ZY_LITERAL("\x02\x01\x03\x31"), ZY_E_CMS);
	/* digestAlgorithms says sha384 (the first sha256), SignerInfo sha256 */
	refuse(good, ZY_LITERAL("\x03\x04\x02\x01"), ZY_LITERAL("\x03\x04\x02\x02"), ZY_E_CMS);
	/* content-type attribute repeated in place of another: message-digest renamed is a double or unordered */
	refuse(good, ZY_LITERAL("\x01\x09\x04\x31"), ZY_LITERAL("\x01\x09\x03\x31"), ZY_E_DER);
	/* message-digest missing: renamed to an unknown attribute */
	refuse(good, ZY_LITERAL("\x01\x09\x04\x31"), ZY_LITERAL("\x01\x09\x63\x31"), ZY_E_CMS);
	/* content-type not id-data */
	refuse(good, ZY_LITERAL("\x31\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"),
	    ZY_LITERAL("\x31\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"), ZY_E_CMS);
	/* the certificates under the tag of crls */
	refuse(good, ZY_LITERAL("\x0d\x01\x07\x01\xa0"), ZY_LITERAL("\x0d\x01\x07\x01\xa1"), ZY_E_DER);
	made_free(&m);
}

static void put_longer(uint8_t *len, size_t by)
{
	size_t v = (size_t)len[0] << 8 | len[1];

	len[0] = (uint8_t)((v + by) >> 8);
	len[1] = (uint8_t)(v + by);
}

static void a_revocation_list_that_came_along_is_kept(void **state)
{
	static const char crl[] = "\xa1\x1e\x30\x1c\x30\x16\x02\x01\x01\x30\x00\x30\x00\x17\x0d"
				  "260301000000Z\x30\x00\x03\x00";
	struct zy_bytes list = { (const uint8_t *)crl, sizeof(crl) - 1 };
	struct made m = make(NULL);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cms c;
	uint8_t *set;
	size_t at;

	(void)state;
	assert_non_null(set = memmem(m.cms.p, m.cms.len, "\x0d\x01\x07\x01\xa0\x82", 6));
	at = (size_t)(set + 8 - m.cms.p) + ((size_t)set[6] << 8 | set[7]);
	zy_buf_insert(&m.cms, at, list);
	/* ContentInfo, [0], SignedData: each with a length of two octets */
	put_longer(m.cms.p + 2, list.len);
	put_longer(m.cms.p + 17, list.len);
	put_longer(m.cms.p + 21, list.len);
	if (!zy_cms_parse(&c, zy_buf_bytes(&m.cms), &a, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(c.crls.len, list.len - 2);
	made_free(&m);
}

static void trailing_bytes_and_oversize_are_refused(void **state)
{
	struct made m = make(NULL);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cms c;

	(void)state;
	zy_buf_put_u8(&m.cms, 0);
	assert_false(zy_cms_parse(&c, zy_buf_bytes(&m.cms), &a, &err));
	assert_int_equal(err.code, ZY_E_TRAILING);
	err = (struct zy_error){ 0 };
	assert_non_null(zy_buf_extend(&m.cms, ZY_CMS_MAX));
	assert_false(zy_cms_parse(&c, zy_buf_bytes(&m.cms), &a, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	made_free(&m);
}

/* SET OF Attribute by hand: content-type, then what is given. */
static enum zy_code attrs_code(struct zy_bytes rest)
{
	static const char type[] = "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"
				   "\x31\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
	struct zy_cms_attrs out;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	size_t set = zy_der_open(&b, ZY_DER_SET);

	zy_buf_put(&b, ZY_LITERAL(type));
	zy_buf_put(&b, rest);
	zy_der_close(&b, set);
	return zy_cms_attrs_parse(&out, zy_buf_bytes(&b), &err) ? ZY_OK : err.code;
}

#define DIGEST_ATTR(tail, len) "\x30" len "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31" tail

static void attributes_come_once_and_in_order(void **state)
{
	(void)state;
	assert_int_equal(attrs_code(ZY_LITERAL("")), ZY_E_CMS);
	assert_int_equal(attrs_code(ZY_LITERAL(DIGEST_ATTR("\x10\x04\x0e"
							   "0123456789abcd",
			     "\x1d"))),
	    ZY_OK);
	/* two values, the same attribute twice, no value */
	assert_int_equal(attrs_code(ZY_LITERAL(DIGEST_ATTR("\x10\x04\x06"
							   "012345"
							   "\x04\x06"
							   "789abc",
			     "\x1d"))),
	    ZY_E_TRAILING);
	assert_int_equal(attrs_code(ZY_LITERAL(DIGEST_ATTR("\x10\x04\x0e"
							   "0123456789abcd",
			     "\x1d") DIGEST_ATTR("\x10\x04\x0e"
						 "0123456789abce",
			     "\x1d"))),
	    ZY_E_CMS);
	assert_int_equal(attrs_code(ZY_LITERAL(DIGEST_ATTR("\x10\x04\x0e"
							   "0123456789abcd",
			     "\x1d") DIGEST_ATTR("\x10\x04\x0e"
						 "0123456789abcc",
			     "\x1d"))),
	    ZY_E_DER);
	/* shorter than content-type: would have to come before it */
	assert_int_equal(attrs_code(ZY_LITERAL(DIGEST_ATTR("\x04\x04\x02"
							   "01",
			     "\x11"))),
	    ZY_E_DER);
}

static void a_certificate_given_twice_or_none_is_refused(void **state)
{
	struct zy_bytes twice[2] = { soft.cert, soft.cert };
	struct made m = make(NULL);
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	assert_false(zy_cms_encode(zy_buf_bytes(&m.attrs), m.rs, twice, 2, &b, &err));
	assert_int_equal(err.code, ZY_E_CMS);
	err = (struct zy_error){ 0 };
	assert_false(zy_cms_encode(zy_buf_bytes(&m.attrs), m.rs, twice, 0, &b, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	made_free(&m);
}

static void a_time_stamp_is_put_beside_the_signature_and_found_again(void **state)
{
	static const struct zy_bytes token = ZY_LITERAL("\x30\x03\x02\x01\x07");
	struct zy_bytes certs[2] = { soft.cert, soft.ca }, found;
	struct zy_error err = { 0 };
	struct made m = make(NULL);
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_cms c;

	(void)state;
	assert_true(zy_cms_encode_stamped(zy_buf_bytes(&m.attrs), m.rs, certs, 2, token, &b, &err));
	assert_true(zy_cms_parse(&c, zy_buf_bytes(&b), &a, &err));
	assert_true(zy_cms_time_stamp(&c, &found, &err) && zy_bytes_equal(found, token));
	assert_true(zy_cms_parse(&c, zy_buf_bytes(&m.cms), &a, &err));
	assert_true(zy_cms_time_stamp(&c, &found, &err) && found.len == 0);
	made_free(&m);
}

#define STAMP "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e"

static void a_time_stamp_has_one_value_and_comes_once(void **state)
{
	static const struct zy_bytes wrong[] = {
		ZY_LITERAL("\xa1\x12\x30\x10" STAMP "\x31\x01\x30"),             /* cut off */
		ZY_LITERAL("\xa1\x11\x30\x0f" STAMP "\x31\x00"),                 /* no value */
		ZY_LITERAL("\xa1\x15\x30\x13" STAMP "\x31\x04\x30\x00\x30\x00"), /* two values */
		ZY_LITERAL("\xa1\x26\x30\x11" STAMP "\x31\x02\x30\x00\x30\x11" STAMP "\x31\x02\x30\x00"), /* twice */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct zy_cms c = { .unsigned_attrs = wrong[i] };
		struct zy_error err = { 0 };
		struct zy_bytes found;

		if (zy_cms_time_stamp(&c, &found, &err) || err.code == ZY_OK)
			fail_msg("case %zu is taken", i);
	}
}

static int set_up(void **state)
{
	(void)state;
	soft_make(&soft);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_encoded_is_what_is_parsed),
		cmocka_unit_test(a_signing_time_is_read_back),
		cmocka_unit_test(openssl_cms_verify_accepts_it),
		cmocka_unit_test(all_ones_in_rs_give_the_longest_form),
		cmocka_unit_test(each_departure_from_the_profile_is_refused),
		cmocka_unit_test(a_revocation_list_that_came_along_is_kept),
		cmocka_unit_test(trailing_bytes_and_oversize_are_refused),
		cmocka_unit_test(attributes_come_once_and_in_order),
		cmocka_unit_test(a_certificate_given_twice_or_none_is_refused),
		cmocka_unit_test(a_time_stamp_is_put_beside_the_signature_and_found_again),
		cmocka_unit_test(a_time_stamp_has_one_value_and_comes_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
