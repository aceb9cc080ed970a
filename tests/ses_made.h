/* A seal and a seal signature made for tests: the certificates and signature values are placeholders, which is
 * enough for reading and writing; what is cryptographically right is tested where keys are. */
#ifndef SES_MADE_H
#define SES_MADE_H

#include "zy/identity.h"
#include "zy/ses.h"

#define SES_MADE_TIME 1772323200 /* 2026-03-01T00:00:00Z */

static inline struct zy_seal_info ses_made_info(void)
{
	struct zy_seal_info s = {
		.Vid = ZY_LITERAL("zhengyin"),
		.esID = ZY_LITERAL("99010000000001"),
		.type = 1,
		.name = ZY_LITERAL("云泽市市场监督管理局"),
		.certListType = ZY_CERT_LIST_CERTS,
		.num_certs = 1,
		.certs[0].value = ZY_LITERAL("\x30\x03\x02\x01\x07"),
		.createDate = SES_MADE_TIME,
		.validStart = SES_MADE_TIME,
		.validEnd = SES_MADE_TIME + 86400 * 365,
		.picture_type = ZY_LITERAL("PNG"),
		.picture = ZY_LITERAL("\x89PNG\r\n\x1a\n"),
		.width = 42,
		.height = 42,
	};
	return s;
}

/* Both put into `room`, whose bytes the returned views use. Made with our own encoders, so only a test of reading
 * and writing together; independent bytes are in test_ses.c. */
static inline bool ses_made_seal(const struct zy_seal_info *info, struct zy_buf *der, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_seal seal = { .cert = ZY_LITERAL("\x30\x03\x02\x01\x09"), .signAlgID = zy_oid_sm2_sm3 };
	ZY_BUF_AUTO value = { 0 };
	uint8_t rs[64];

	memset(rs, 0x5a, sizeof(rs));
	zy_der_put_rs(&value, rs);
	if (!zy_seal_info_encode(info, &b, err))
		return false;
	seal.info.der = zy_buf_bytes(&b);
	seal.signedValue = zy_buf_bytes(&value);
	return zy_seal_encode(&seal, der, err);
}

static inline bool ses_made_signature(
    struct zy_bytes seal, struct zy_bytes time_stamp, struct zy_buf *der, struct zy_error *err)
{
	static const uint8_t hash[32] = { 1, 2, 3 };
	struct zy_ses_tbs tbs = { .eseal.der = seal,
		.timeInfo = SES_MADE_TIME,
		.dataHash = ZY_BYTES(hash, 32),
		.propertyInfo = ZY_LITERAL("/Doc_0/Signs/Sign_0/Signature.xml") };
	struct zy_ses_signature s = {
		.cert = ZY_LITERAL("\x30\x03\x02\x01\x07"), .signatureAlgID = zy_oid_sm2_sm3, .timeStamp = time_stamp
	};
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO value = { 0 };
	uint8_t rs[64];

	memset(rs, 0xa5, sizeof(rs));
	zy_der_put_rs(&value, rs);
	if (!zy_ses_tbs_encode(&tbs, &b, err))
		return false;
	s.toSign.der = zy_buf_bytes(&b);
	s.signature = zy_buf_bytes(&value);
	return zy_ses_signature_encode(&s, der, err);
}

/* Version 1 is read and never written by formats/: put down here by hand (GM/T 0031-2014). ext: extDatas whole. */
static inline void ses_made_utc(struct zy_buf *b, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_generalized(t, text);
	zy_der_put(b, ZY_DER_UTCTIME, zy_str(text + 2));
}

static inline void ses_made_v1_info(
    struct zy_bytes owner, zy_time start, zy_time end, struct zy_bytes ext, struct zy_buf *info)
{
	size_t all = zy_der_open(info, ZY_DER_SEQUENCE), part = zy_der_open(info, ZY_DER_SEQUENCE), list;

	zy_der_put(info, ZY_DER_IA5, ZY_LITERAL("ES"));
	zy_der_put_small(info, 1);
	zy_der_put(info, ZY_DER_IA5, ZY_LITERAL("zhengyin"));
	zy_der_close(info, part);
	zy_der_put(info, ZY_DER_IA5, ZY_LITERAL("99010000000001"));
	part = zy_der_open(info, ZY_DER_SEQUENCE);
	zy_der_put_small(info, 1);
	zy_der_put(info, ZY_DER_UTF8, ZY_LITERAL("云泽市市场监督管理局"));
	list = zy_der_open(info, ZY_DER_SEQUENCE);
	zy_der_put(info, ZY_DER_OCTETS, owner);
	zy_der_close(info, list);
	ses_made_utc(info, start);
	ses_made_utc(info, start);
	ses_made_utc(info, end);
	zy_der_close(info, part);
	part = zy_der_open(info, ZY_DER_SEQUENCE);
	zy_der_put(info, ZY_DER_IA5, ZY_LITERAL("PNG"));
	zy_der_put(info, ZY_DER_OCTETS, ZY_LITERAL("\x89PNG\r\n\x1a\n"));
	zy_der_put_small(info, 42);
	zy_der_put_small(info, 42);
	zy_der_close(info, part);
	zy_buf_put(info, ext);
	zy_der_close(info, all);
}

/* What the maker of a version 1 seal signs, and the seal. */
static inline void ses_made_v1_signed(struct zy_bytes info, struct zy_bytes maker, struct zy_buf *out)
{
	size_t all = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_buf_put(out, info);
	zy_der_put(out, ZY_DER_OCTETS, maker);
	zy_der_put(out, ZY_DER_OID, zy_oid_sm2_sm3);
	zy_der_close(out, all);
}

static inline void ses_made_v1_seal(
    struct zy_bytes info, struct zy_bytes maker, struct zy_bytes value, struct zy_buf *out)
{
	size_t all = zy_der_open(out, ZY_DER_SEQUENCE), part;

	zy_buf_put(out, info);
	part = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put(out, ZY_DER_OCTETS, maker);
	zy_der_put(out, ZY_DER_OID, zy_oid_sm2_sm3);
	zy_der_put_bits(out, value);
	zy_der_close(out, part);
	zy_der_close(out, all);
}

static inline void ses_made_v1_tbs(
    struct zy_bytes seal, const char *time, struct zy_bytes hash, struct zy_bytes signer, struct zy_buf *out)
{
	size_t all = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_der_put_small(out, 1);
	zy_buf_put(out, seal);
	zy_der_put_bits(out, zy_str(time));
	zy_der_put_bits(out, hash);
	zy_der_put(out, ZY_DER_IA5, ZY_LITERAL("/Doc_0/Signs/Sign_0/Signature.xml"));
	zy_der_put(out, ZY_DER_OCTETS, signer);
	zy_der_put(out, ZY_DER_OID, zy_oid_sm2_sm3);
	zy_der_close(out, all);
}

static inline void ses_made_v1_signature(struct zy_bytes tbs, struct zy_bytes value, struct zy_buf *out)
{
	size_t all = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_buf_put(out, tbs);
	zy_der_put_bits(out, value);
	zy_der_close(out, all);
}

#endif
