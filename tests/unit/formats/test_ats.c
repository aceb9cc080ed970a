/* Archive time-stamps of signed data: what their index names, their message, and what is added to signed data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cms_made.h"
#include "zy/ats.h"

struct made {
	struct zy_arena a;
	struct zy_buf file;
	struct zy_signed_data *d;
};

static void parse(struct made *m)
{
	struct zy_error err = { 0 };

	if (m->d == NULL)
		m->d = zy_arena_alloc(&m->a, sizeof(*m->d), &err);
	if (!zy_signed_data_parse(m->d, zy_buf_bytes(&m->file), &m->a, &err))
		fail_msg("%s: %s", err.field, err.msg);
}

static void make(struct made *m, const char *fault)
{
	*m = (struct made){ 0 };
	cms_make(&(struct cms_made){ .suite = ZY_SUITE_INTL, .fault = fault }, &m->file);
	parse(m);
}

static void add(struct made *m, const struct zy_signed_addition *what)
{
	struct zy_error err = { 0 };
	struct zy_buf out = { 0 };

	if (!zy_signed_data_add(m->d, what, &out, &err))
		fail_msg("%s: %s", err.field, err.msg);
	zy_buf_free(&m->file);
	m->file = out;
	parse(m);
}

static void end(struct made *m)
{
	zy_buf_free(&m->file);
	zy_arena_free(&m->a);
}

static struct zy_bytes number(struct made *m, uint8_t n)
{
	struct zy_error err = { 0 };
	struct zy_bytes out;

	assert_true(zy_arena_copy(&m->a, ZY_BYTES(((uint8_t[]){ 0x30, 0x03, 0x02, 0x01, n }), 5), &out, &err));
	return out;
}

static void nothing_signed_changes_when_something_is_added(void **state)
{
	static const char *const kinds[] = { NULL, "two-signers", "all-indefinite", "content-indefinite", "detached" };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct made m, before;
		struct zy_bytes crl, value;

		make(&m, kinds[i]);
		make(&before, kinds[i]);
		crl = number(&m, 1);
		value = number(&m, 2);
		add(&m, &(struct zy_signed_addition){ .crls = &crl,
			    .num_crls = 1,
			    .answers = &value,
			    .num_answers = 1,
			    .type = zy_oid_time_stamp,
			    .value = value });
		assert_int_equal(m.d->version, 5);
		assert_int_equal(m.d->num_crls, 1);
		assert_int_equal(m.d->num_answers, 1);
		assert_true(zy_bytes_equal(m.d->answers[0], value));
		assert_int_equal(m.d->num_certs, before.d->num_certs);
		assert_int_equal(m.d->num_signers, before.d->num_signers);
		for (size_t k = 0; k < m.d->num_signers; k++) {
			assert_int_equal(m.d->signers[k].fault.code, ZY_OK);
			assert_int_equal(m.d->signers[k].unsigned_attrs.len > 0, k == 0);
			assert_int_equal(m.d->signers[k].signed_attrs.len, before.d->signers[k].signed_attrs.len);
		}
		assert_int_equal(m.d->encap.len, before.d->encap.len);
		assert_memory_equal(m.d->encap.p, before.d->encap.p, before.d->encap.len);
		end(&m);
		end(&before);
	}
}

static void what_is_there_is_not_added_again_and_sets_stay_in_order(void **state)
{
	struct zy_bytes two[2], last = { 0 };
	struct made m;
	size_t was;

	(void)state;
	make(&m, NULL);
	was = m.d->num_certs;
	two[0] = number(&m, 9);
	two[1] = number(&m, 3);
	for (int i = 0; i < 2; i++)
		add(&m, &(struct zy_signed_addition){ .certs = two, .num_certs = 2, .crls = two, .num_crls = 2 });
	assert_int_equal(m.d->num_certs, was + 2);
	assert_int_equal(m.d->num_crls, 2);
	assert_true(zy_bytes_equal(m.d->crls[0], number(&m, 3)));
	for (int i = 5; i > 0; i--)
		add(&m, &(struct zy_signed_addition){ .type = zy_oid_archive_stamp, .value = number(&m, (uint8_t)i) });
	struct zy_unsigned_walk walk = zy_unsigned_values(&m.d->signers[0]);
	for (uint8_t i = 1; i <= 5; i++) {
		assert_true(zy_unsigned_next(&walk, zy_oid_archive_stamp, &last));
		assert_true(zy_bytes_equal(last, number(&m, i)));
	}
	assert_false(zy_unsigned_next(&walk, zy_oid_archive_stamp, &last));
	end(&m);
}

static void refusals_of_what_cannot_be_added(void **state)
{
	struct zy_bytes many[ZY_SIGNED_ADDITION_MAX + 1];
	struct zy_error err = { 0 };
	struct made m, none;
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	make(&m, NULL);
	make(&none, "no-signer");
	for (size_t i = 0; i <= ZY_SIGNED_ADDITION_MAX; i++)
		many[i] = ZY_BYTES(m.file.p + i, 1);
	assert_false(zy_signed_data_add(
	    none.d, &(struct zy_signed_addition){ .type = zy_oid_time_stamp, .value = many[0] }, &out, &err));
	assert_int_equal(err.code, ZY_E_CMS);
	err = (struct zy_error){ 0 };
	for (size_t i = 0; i <= ZY_SIGNED_ADDITION_MAX; i++)
		many[i] = ZY_BYTES(m.file.p, i + 1);
	assert_false(zy_signed_data_add(
	    m.d, &(struct zy_signed_addition){ .crls = many, .num_crls = ZY_SIGNED_ADDITION_MAX + 1 }, &out, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	end(&m);
	end(&none);
}

static void an_index_names_everything_that_is_there(void **state)
{
	struct zy_ats_item item;
	struct zy_ats_index x;
	struct zy_error err = { 0 };
	uint8_t digest[ZY_TSP_DIGEST_MAX];
	struct zy_bytes hash;
	struct made m;

	(void)state;
	make(&m, "attribute-certificate");
	add(&m, &(struct zy_signed_addition){ .answers = &(struct zy_bytes){ m.d->certs[0].p, m.d->certs[0].len },
		    .num_answers = 1,
		    .type = zy_oid_time_stamp,
		    .value = number(&m, 7) });
	for (enum zy_tsp_hash h = ZY_TSP_SHA256; h < ZY_TSP_HASH_OTHER; h++) {
		ZY_BUF_AUTO index = { 0 };
		ZY_BUF_AUTO attrs = { 0 };
		size_t num[ZY_ATS_LISTS] = { 0 }, set, attribute, values;
		struct zy_ats_walk w = zy_ats_items(m.d, &m.d->signers[0], false);

		assert_true(zy_ats_index_encode(m.d, &m.d->signers[0], h, &index, &err));
		set = zy_der_open(&attrs, ZY_DER_CONTEXT_MADE | 1);
		attribute = zy_der_open(&attrs, ZY_DER_SEQUENCE);
		zy_der_put(&attrs, ZY_DER_OID, ZY_LITERAL("\x04\x00\x81\x95\x32\x01\x05"));
		values = zy_der_open(&attrs, ZY_DER_SET);
		zy_buf_put(&attrs, zy_buf_bytes(&index));
		zy_der_close(&attrs, values);
		zy_der_close(&attrs, attribute);
		zy_der_close(&attrs, set);
		assert_true(zy_ats_index_parse(&x, zy_buf_bytes(&attrs), &err));
		assert_int_equal(x.hash, h);
		assert_false(x.by_attribute);
		assert_true(zy_bytes_equal(x.whole, zy_buf_bytes(&index)));
		while (zy_ats_next(&w, &item)) {
			assert_true(zy_ats_item_digest(&item, h, digest, &err));
			assert_true(zy_ats_index_get(&x, item.list, num[item.list]++, &hash));
			assert_true(zy_bytes_equal(hash, ZY_BYTES(digest, zy_tsp_hash_len(h))));
		}
		assert_int_equal(num[ZY_ATS_CERTS], 3); /* the attribute certificate, too */
		assert_int_equal(num[ZY_ATS_CRLS], 1);
		assert_int_equal(num[ZY_ATS_ATTRS], 1);
		for (int list = 0; list < ZY_ATS_LISTS; list++)
			assert_false(zy_ats_index_get(&x, (enum zy_ats_list)list, num[list], &hash));
	}
	end(&m);
}

static void the_message_is_the_signers_fields_without_what_is_not_signed(void **state)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO before = { 0 };
	ZY_BUF_AUTO after = { 0 };
	struct zy_signer broken;
	struct made m;

	(void)state;
	make(&m, NULL);
	assert_true(zy_ats_message(m.d, &m.d->signers[0], ZY_LITERAL("digest"), ZY_LITERAL("index"), &before, &err));
	add(&m, &(struct zy_signed_addition){ .type = zy_oid_time_stamp, .value = number(&m, 7) });
	assert_true(zy_ats_message(m.d, &m.d->signers[0], ZY_LITERAL("digest"), ZY_LITERAL("index"), &after, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&before), zy_buf_bytes(&after)));
	/* id-data with tag and length, then the digest bare, then the version */
	assert_memory_equal(before.p,
	    "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	    "digest\x02\x01\x01",
	    20);
	assert_memory_equal(before.p + before.len - 5, "index", 5);
	broken = m.d->signers[0];
	broken.fault.code = ZY_E_CMS;
	assert_false(zy_ats_message(m.d, &broken, ZY_LITERAL(""), ZY_LITERAL(""), &after, &err));
	assert_int_equal(err.code, ZY_E_CMS);
	end(&m);
}

static void an_index_that_is_none_is_refused(void **state)
{
	static const struct {
		struct zy_bytes der;
		enum zy_code code;
	} all[] = { { { 0 }, ZY_E_CMS }, { ZY_LITERAL("\xa1\x00"), ZY_E_CMS },
		{ ZY_LITERAL("\xa1\x01"), ZY_E_TRUNCATED },
		/* an attribute of another type */
		{ ZY_LITERAL("\xa1\x09\x30\x07\x06\x01\x2a\x31\x02\x05\x00"), ZY_E_CMS },
		/* no value; three lists of an unknown hash; a list too few; a hash of one octet */
		{ ZY_LITERAL("\xa1\x0d\x30\x0b\x06\x07\x04\x00\x81\x95\x32\x01\x05\x31\x00"), ZY_E_TRUNCATED },
		{ ZY_LITERAL("\xa1\x1a\x30\x18\x06\x07\x04\x00\x81\x95\x32\x01\x05\x31\x0d\x30\x0b\x30\x03\x06\x01\x2a"
			     "\x30\x00\x30\x00\x30\x00"),
		    ZY_E_TSP },
		{ ZY_LITERAL("\xa1\x13\x30\x11\x06\x07\x04\x00\x81\x95\x32\x01\x05\x31\x06\x30\x04\x30\x00\x30\x00"),
		    ZY_E_TRUNCATED },
		{ ZY_LITERAL("\xa1\x18\x30\x16\x06\x07\x04\x00\x81\x95\x32\x01\x05\x31\x0b\x30\x09\x30\x03\x04\x01\x00"
			     "\x30\x00\x30\x00"),
		    ZY_E_TSP } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct zy_error err = { 0 };
		struct zy_ats_index x;

		assert_false(zy_ats_index_parse(&x, all[i].der, &err));
		if (err.code != all[i].code)
			fail_msg("%zu: %s", i, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_signed_changes_when_something_is_added),
		cmocka_unit_test(what_is_there_is_not_added_again_and_sets_stay_in_order),
		cmocka_unit_test(refusals_of_what_cannot_be_added),
		cmocka_unit_test(an_index_names_everything_that_is_there),
		cmocka_unit_test(the_message_is_the_signers_fields_without_what_is_not_signed),
		cmocka_unit_test(an_index_that_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
