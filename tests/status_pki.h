/* Two issuers with keys in real tokens, P-256 in SoftHSM2 and SM2 in a software TPM: for each a responder, a
 * certificate that stands, one that is revoked and one that the register does not know. After cmocka.h. */
#ifndef ZY_TEST_STATUS_PKI_H
#define ZY_TEST_STATUS_PKI_H

#include <time.h>

#include "two_signers.h"
#include "zy/authority.h"
#include "zy/extension.h"

#define AT 1772323200 /* 2026-03-01T00:00:00Z */
#define DAY 86400
#define YEAR (365 * DAY)

static struct zy_register *reg;

/* An issuer with its responder, one good leaf and one that is revoked, by suite. */
static struct pki {
	struct zy_cert_issuer ca, ocsp;
	struct zy_bytes good, bad, stranger;
	uint8_t key_id[ZY_KEY_ID_LEN];
} pki[2];

/* RESPONDER_NO_USE: with nocheck, without extKeyUsage. */
enum kind { AUTHORITY, RESPONDER, RESPONDER_NO_USE, LEAF };

static void put_name(struct zy_buf *b, const char *cn)
{
	size_t name = zy_der_open(b, ZY_DER_SEQUENCE), set = zy_der_open(b, ZY_DER_SET),
	       pair = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, ZY_LITERAL("\x55\x04\x03"));
	zy_der_put(b, ZY_DER_UTF8, zy_str(cn));
	zy_der_close(b, pair);
	zy_der_close(b, set);
	zy_der_close(b, name);
}

static void put_extension(struct zy_buf *b, struct zy_bytes oid, bool critical, struct zy_bytes value)
{
	struct zy_extension_mark m = zy_extension_open(b, oid, critical);

	zy_buf_put(b, value);
	zy_extension_close(b, m);
}

static void put_extensions(struct zy_buf *b, enum kind kind, const uint8_t point[65])
{
	size_t outer = zy_der_open(b, ZY_DER_CONTEXT_MADE | 3), list = zy_der_open(b, ZY_DER_SEQUENCE);
	uint8_t digest[32], key_id[22] = { 0x04, 20 };

	MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(point, 65), digest, &err));
	memcpy(key_id + 2, digest, 20);
	put_extension(b, ZY_LITERAL("\x55\x1d\x0e"), false, ZY_BYTES(key_id, sizeof(key_id)));
	put_extension(b, ZY_LITERAL("\x55\x1d\x13"), true,
	    kind == AUTHORITY ? ZY_LITERAL("\x30\x03\x01\x01\xff") : ZY_LITERAL("\x30\x00"));
	put_extension(b, ZY_LITERAL("\x55\x1d\x0f"), true,
	    kind == AUTHORITY ? ZY_LITERAL("\x03\x02\x01\x06") : ZY_LITERAL("\x03\x02\x07\x80"));
	if (kind == RESPONDER)
		put_extension(b, ZY_LITERAL("\x55\x1d\x25"), false,
		    ZY_LITERAL("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x09"));
	if (kind == RESPONDER || kind == RESPONDER_NO_USE)
		put_extension(b, ZY_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x05"), false, ZY_LITERAL("\x05\x00"));
	zy_der_close(b, list);
	zy_der_close(b, outer);
}

static void put_key(struct zy_buf *b, enum zy_suite s, const uint8_t point[65])
{
	size_t spki = zy_der_open(b, ZY_DER_SEQUENCE), alg = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, zy_oid_ec_public_key);
	zy_der_put(b, ZY_DER_OID, s == ZY_SUITE_GM ? zy_oid_sm2_curve : zy_oid_p256);
	zy_der_close(b, alg);
	zy_der_put_bits(b, ZY_BYTES(point, 65));
	zy_der_close(b, spki);
}

/* By the authority of the suite, each with the next serial. */
static struct zy_bytes issue(enum zy_suite s, enum kind kind, const char *cn, const char *key)
{
	static uint8_t serial[ZY_SERIAL_LEN] = { 0x41, [ZY_SERIAL_LEN - 1] = 7 };
	uint8_t point[65], rs[64];
	struct zy_sign_request q = { .key = uri(s, "ca"), .use = ZY_USE_CERTIFICATE };
	ZY_BUF_AUTO tbs = { 0 }, cert = { 0 }, signature = { 0 };
	struct zy_bytes out = { 0 };
	enum zy_key_kind ignored;
	size_t seq = zy_der_open(&tbs, ZY_DER_SEQUENCE), part = zy_der_open(&tbs, ZY_DER_CONTEXT_MADE);

	serial[0] = (uint8_t)(0x40 | (serial[0] + 13) % 64);
	MUST(zy_hsm_public(hsm, key, &ignored, point, &err));
	zy_der_put_small(&tbs, 2);
	zy_der_close(&tbs, part);
	zy_der_put_unsigned(&tbs, ZY_BYTES(serial, sizeof(serial)));
	zy_signature_alg_put(&tbs, s);
	put_name(&tbs, "云泽市 CA");
	part = zy_der_open(&tbs, ZY_DER_SEQUENCE);
	zy_der_put(&tbs, ZY_DER_UTCTIME, ZY_LITERAL("260228000000Z")); /* AT - DAY */
	zy_der_put(&tbs, ZY_DER_UTCTIME, ZY_LITERAL("270301000000Z")); /* AT + YEAR */
	zy_der_close(&tbs, part);
	put_name(&tbs, cn);
	put_key(&tbs, s, point);
	put_extensions(&tbs, kind, point);
	zy_der_close(&tbs, seq);
	q.message = zy_buf_bytes(&tbs);
	MUST(zy_hsm_sign(hsm, &q, rs, &err));
	seq = zy_der_open(&cert, ZY_DER_SEQUENCE);
	zy_buf_put(&cert, zy_buf_bytes(&tbs));
	zy_signature_alg_put(&cert, s);
	zy_der_put_rs(&signature, rs);
	zy_der_put_bits(&cert, zy_buf_bytes(&signature));
	zy_der_close(&cert, seq);
	MUST(zy_arena_copy(&arena, zy_buf_bytes(&cert), &out, &err));
	return out;
}

static struct zy_entry entry_of(const struct pki *p, struct zy_bytes cert)
{
	struct zy_entry e = { .state = ZY_CERT_VALID,
		.not_before = AT - DAY,
		.not_after = AT + YEAR,
		.profile = "document",
		.subject = "CN=x",
		.der = cert };
	struct zy_reader r = zy_reader_over(cert), outer, tbs;
	struct zy_bytes skip, serial;

	MUST(zy_der_enter(&r, ZY_DER_SEQUENCE, "", &outer, &err) &&
	     zy_der_enter(&outer, ZY_DER_SEQUENCE, "", &tbs, &err) &&
	     zy_der_take(&tbs, ZY_DER_CONTEXT_MADE, "", &skip, &err) && zy_der_unsigned(&tbs, "", &serial, &err));
	assert_int_equal(serial.len, ZY_SERIAL_LEN);
	memcpy(e.serial, serial.p, ZY_SERIAL_LEN);
	memcpy(e.issuer, p->key_id, ZY_KEY_ID_LEN);
	return e;
}

static void enter(const struct pki *p, struct zy_bytes cert, bool revoked)
{
	struct zy_entry e = entry_of(p, cert);

	e.state = ZY_CERT_INTENDED;
	MUST(zy_register_intend(reg, &e, 1, &err));
	e.state = ZY_CERT_VALID;
	MUST(zy_register_release(reg, &e, 1, &err));
	if (revoked)
		MUST(zy_register_revoke(reg, e.issuer, e.serial, ZY_REASON_KEY_COMPROMISE, AT - 100, AT - 1000, &err));
}

static void make_pki(enum zy_suite s)
{
	struct pki *p = &pki[s];
	struct zy_error err = { 0 };
	uint8_t point[65], digest[32];
	enum zy_key_kind kind;

	p->ca.key = new_key(s, "ca", ZY_USE_CERTIFICATE | ZY_USE_CRL);
	p->ca.cert = issue(s, AUTHORITY, "云泽市 CA", p->ca.key);
	p->ocsp.key = new_key(s, "ocsp", ZY_USE_OCSP);
	p->ocsp.cert = issue(s, RESPONDER, "应答者", p->ocsp.key);
	assert_true(zy_hsm_public(hsm, p->ca.key, &kind, point, &err));
	assert_true(zy_digest(ZY_HASH_SHA256, ZY_BYTES(point, 65), digest, &err));
	memcpy(p->key_id, digest, ZY_KEY_ID_LEN);
	p->good = issue(s, LEAF, "good", new_key(s, "good", ZY_USE_SHOWING));
	p->bad = issue(s, LEAF, "bad", new_key(s, "bad", ZY_USE_SHOWING));
	p->stranger = issue(s, LEAF, "stranger", uri(s, "bad"));
	enter(p, p->good, false);
	enter(p, p->bad, true);
}

static int make(void **state)
{
	struct zy_error err = { 0 };
	const char *folder;

	(void)state;
	if (!start_signers())
		return 1;
	folder = zy_arena_printf(&arena, &err, "%s/ca", home.path);
	if (!zy_register_make(folder, &err) || !zy_register_open(&reg, folder, true, AT, &err))
		return 1;
	home_folder(&home, "crl");
	make_pki(ZY_SUITE_GM);
	make_pki(ZY_SUITE_INTL);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_register_close(reg);
	stop_signers();
	return 0;
}

#endif
