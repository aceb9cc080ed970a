/* A CRL and OCSP messages with every part that is read, and numbers in place of signatures. After cmocka.h. */
#ifndef ZY_TEST_STATUS_MADE_H
#define ZY_TEST_STATUS_MADE_H

#include "zy/ocsp.h"

#define MADE_AT 1772323200 /* 2026-03-01T00:00:00Z */

/* C=CN, CN=CA */
static const uint8_t made_name[] = { 0x30, 0x1a, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02, 'C',
	'N', 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'C', 'A' };

static inline void made_rs(uint8_t rs[64])
{
	for (size_t i = 0; i < 64; i++)
		rs[i] = (uint8_t)(i + 1);
}

/* A list of one entry of each kind, `num` entries in all. */
static inline bool made_crl(enum zy_suite suite, unsigned num, struct zy_buf *out, struct zy_error *err)
{
	struct zy_crl c = { .suite = suite,
		.issuer = ZY_BYTES(made_name, sizeof(made_name)),
		.this_update = MADE_AT,
		.next_update = MADE_AT + 86400,
		.key_id = ZY_LITERAL("01234567890123456789"),
		.number = ZY_LITERAL("\x01\x00"),
		.point = ZY_LITERAL("urn:zhengyin:crl:4"),
		.only = ZY_CRL_ONLY_USERS };
	ZY_BUF_AUTO entries = { 0 }, head = { 0 }, tail = { 0 }, before = { 0 }, after = { 0 };
	uint8_t rs[64];

	made_rs(rs);
	for (unsigned i = 0; i < num; i++) {
		const uint8_t serial[4] = { (uint8_t)(0x40 + i % 64), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
			(uint8_t)i };
		struct zy_crl_entry e = { .serial = ZY_BYTES(serial, 4),
			.revoked_at = MADE_AT - i,
			.reason = i % 3 == 0 ? ZY_REASON_NONE : ZY_REASON_KEY_COMPROMISE,
			.has_invalid_since = i % 3 == 2,
			.invalid_since = MADE_AT - 1000 };

		zy_crl_entry_put(&entries, &e);
	}
	if (!zy_crl_around(&c, entries.len, &head, &tail, err) ||
	    !zy_crl_signed_around(&c, head.len + entries.len + tail.len, rs, &before, &after, err))
		return false;
	zy_buf_put(out, zy_buf_bytes(&before));
	zy_buf_put(out, zy_buf_bytes(&head));
	zy_buf_put(out, zy_buf_bytes(&entries));
	zy_buf_put(out, zy_buf_bytes(&tail));
	zy_buf_put(out, zy_buf_bytes(&after));
	return zy_buf_done(&entries, "entries", err) && zy_buf_done(out, "crl", err);
}

/* Writes a parsed list anew. */
static inline bool made_again(const struct zy_crl *c, struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->entries);
	ZY_BUF_AUTO entries = { 0 }, head = { 0 }, tail = { 0 }, before = { 0 }, after = { 0 };
	struct zy_crl_entry e;

	while (zy_reader_left(&r) > 0) {
		if (!zy_crl_entry_next(&r, &e, err))
			return false;
		zy_crl_entry_put(&entries, &e);
	}
	if (!zy_crl_around(c, entries.len, &head, &tail, err) ||
	    !zy_crl_signed_around(c, head.len + entries.len + tail.len, c->rs, &before, &after, err))
		return false;
	zy_buf_put(out, zy_buf_bytes(&before));
	zy_buf_put(out, zy_buf_bytes(&head));
	zy_buf_put(out, zy_buf_bytes(&entries));
	zy_buf_put(out, zy_buf_bytes(&tail));
	zy_buf_put(out, zy_buf_bytes(&after));
	return zy_buf_done(&entries, "entries", err) && zy_buf_done(out, "crl", err);
}

static inline struct zy_cert_id made_id(enum zy_cert_id_hash h, bool null)
{
	size_t len = h == ZY_CERT_ID_SHA1 ? 20 : 32;

	return (struct zy_cert_id){ .hash = h,
		.has_null = null,
		.name_hash = ZY_BYTES("name.name.name.name.name.name.na", len),
		.key_hash = ZY_BYTES("key..key..key..key..key..key..ke", len),
		.serial = ZY_LITERAL("\x7f\x00\x01") };
}

static inline bool made_request(struct zy_buf *out, struct zy_error *err)
{
	struct zy_ocsp_request q = { .num = 3,
		.ids = { made_id(ZY_CERT_ID_SHA1, true), made_id(ZY_CERT_ID_SHA256, false),
		    made_id(ZY_CERT_ID_SM3, true) },
		.has_nonce = true,
		.nonce = ZY_LITERAL("0123456789abcdef") };

	return zy_ocsp_request_encode(&q, out, err);
}

static inline bool made_answer(enum zy_suite suite, bool by_name, struct zy_buf *out, struct zy_error *err)
{
	struct zy_ocsp_answer a = { .suite = suite,
		.produced_at = MADE_AT,
		.num = 3,
		.items = { { .id = made_id(ZY_CERT_ID_SHA1, true), .status = ZY_OCSP_GOOD, .this_update = MADE_AT },
		    { .id = made_id(ZY_CERT_ID_SM3, false),
			.status = ZY_OCSP_REVOKED,
			.revoked_at = MADE_AT - 50,
			.reason = ZY_REASON_SUPERSEDED,
			.this_update = MADE_AT,
			.has_next_update = true,
			.next_update = MADE_AT + 600 },
		    { .id = made_id(ZY_CERT_ID_SHA256, true), .status = ZY_OCSP_UNKNOWN, .this_update = MADE_AT } },
		.has_nonce = true,
		.nonce = ZY_LITERAL("0123456789abcdef"),
		.num_certs = 1,
		.certs = { ZY_BYTES(made_name, sizeof(made_name)) } };
	ZY_BUF_AUTO tbs = { 0 };

	made_rs(a.rs);
	if (by_name)
		a.by_name = ZY_BYTES(made_name, sizeof(made_name));
	else
		a.by_key = ZY_LITERAL("01234567890123456789");
	if (!zy_ocsp_data_encode(&a, &tbs, err))
		return false;
	a.tbs = zy_buf_bytes(&tbs);
	return zy_ocsp_answer_encode(&a, out, err);
}

#endif
