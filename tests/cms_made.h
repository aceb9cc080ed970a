/* Signed data by the leaf keys of tests/keys, good or with one fault, which is named. */
#ifndef CMS_MADE_H
#define CMS_MADE_H

#include "verify_keys.h"
#include "zy/cms.h"
#include "zy/x509.h"

#define CMS_MADE_CONTENT ZY_LITERAL("Yunze 云泽: what was signed\n")
#define CMS_MADE_MAX 40 /* attributes */

struct cms_made {
	enum zy_suite suite;
	bool gbt;                       /* named and shaped as GB/T 35275 has it */
	const char *fault;              /* or kind; NULL: none */
	struct zy_bytes unsigned_attrs; /* content of [1]; empty: none */
	struct zy_bytes content;        /* NULL: CMS_MADE_CONTENT */
};

#define CMS_OID(text) cms_made_oid(text, (uint8_t[32]){ 0 })
static inline struct zy_bytes cms_made_oid(const char *text, uint8_t room[32])
{
	int arcs[16], num = 0, used = 0;
	size_t len = 0;

	while (num < 16 && sscanf(text, "%d%n", &arcs[num], &used) == 1) {
		num++;
		text += used;
		if (*text++ != '.')
			break;
	}
	arcs[1] += 40 * arcs[0];
	for (int i = 1; i < num; i++)
		for (int shift = 28; shift >= 0; shift -= 7)
			if (arcs[i] >> shift != 0 || shift == 0)
				room[len++] = (uint8_t)((arcs[i] >> shift & 0x7f) | (shift > 0 ? 0x80 : 0));
	return ZY_BYTES(room, len);
}

static inline bool cms_is(const struct cms_made *m, const char *fault)
{
	return m->fault != NULL && strcmp(m->fault, fault) == 0;
}

static inline struct zy_bytes cms_made_content(const struct cms_made *m)
{
	return m->content.p != NULL ? m->content : CMS_MADE_CONTENT;
}

static inline void cms_put_alg(struct zy_buf *b, struct zy_bytes oid, bool null)
{
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, oid);
	if (null)
		zy_der_put(b, ZY_DER_NULL, ZY_BYTES("", 0));
	zy_der_close(b, seq);
}

static inline struct zy_bytes cms_content_type(const struct cms_made *m, uint8_t room[32])
{
	return cms_made_oid(cms_is(m, "other-content-type")     ? "1.2.3.4"
			    : m->gbt && !cms_is(m, "pkcs-data") ? "1.2.156.10197.6.1.4.2.1"
								: "1.2.840.113549.1.7.1",
	    room);
}

static inline struct zy_bytes cms_digest_oid(const struct cms_made *m)
{
	return m->suite == ZY_SUITE_GM ? zy_oid_sm3 : zy_oid_sha256;
}

static inline void cms_hash(const struct cms_made *m, struct zy_bytes v, uint8_t out[32])
{
	struct zy_error err = { 0 };

	VERIFY_CHECK(zy_digest(zy_suite_hash(m->suite), v, out, &err));
}

/* Attributes are collected as encodings and put in order at the end. */
struct cms_attrs_made {
	struct zy_buf all[CMS_MADE_MAX];
	size_t num;
};

static inline void cms_attr(struct cms_attrs_made *a, const char *type, struct zy_bytes values)
{
	struct zy_buf *b = &a->all[a->num++];
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE), set;

	zy_der_put(b, ZY_DER_OID, CMS_OID(type));
	set = zy_der_open(b, ZY_DER_SET);
	zy_buf_put(b, values);
	zy_der_close(b, set);
	zy_der_close(b, seq);
}

static inline void cms_attr_content_type(const struct cms_made *m, struct cms_attrs_made *a)
{
	ZY_BUF_AUTO v = { 0 };
	uint8_t room[32];

	zy_der_put(&v, ZY_DER_OID,
	    cms_is(m, "content-type-differs") ? CMS_OID("1.2.840.113549.1.7.5") : cms_content_type(m, room));
	if (cms_is(m, "content-type-two-values"))
		zy_der_put(&v, ZY_DER_OID, CMS_OID("1.2.840.113549.1.7.5"));
	if (!cms_is(m, "no-content-type"))
		cms_attr(a, "1.2.840.113549.1.9.3", zy_buf_bytes(&v));
	if (cms_is(m, "content-type-twice")) {
		zy_buf_free(&v);
		zy_der_put(&v, ZY_DER_OID, CMS_OID("1.2.840.113549.1.7.5"));
		cms_attr(a, "1.2.840.113549.1.9.3", zy_buf_bytes(&v));
	}
}

static inline void cms_attr_digest(const struct cms_made *m, struct cms_attrs_made *a)
{
	uint8_t digest[64] = { 0 };
	size_t len = 32;
	ZY_BUF_AUTO v = { 0 };

	cms_hash(m, cms_is(m, "digest-of-another") ? ZY_LITERAL("another") : cms_made_content(m), digest);
	if (cms_is(m, "digest-cut"))
		len = 20;
	if (cms_is(m, "digest-empty"))
		len = 0;
	if (cms_is(m, "digest-longer"))
		len = 33;
	zy_der_put(&v, cms_is(m, "digest-as-bit-string") ? ZY_DER_BITS : ZY_DER_OCTETS, ZY_BYTES(digest, len));
	if (cms_is(m, "digest-two-values")) {
		memset(digest, 0xff, sizeof(digest));
		zy_der_put(&v, ZY_DER_OCTETS, ZY_BYTES(digest, 32));
	}
	if (cms_is(m, "digest-no-value"))
		v.len = 0;
	if (!cms_is(m, "no-message-digest"))
		cms_attr(a, "1.2.840.113549.1.9.4", zy_buf_bytes(&v));
	if (cms_is(m, "message-digest-twice")) {
		zy_buf_free(&v);
		zy_der_put(&v, ZY_DER_OCTETS, ZY_BYTES(digest + 1, 32));
		cms_attr(a, "1.2.840.113549.1.9.4", zy_buf_bytes(&v));
	}
}

static inline void cms_attr_time(const struct cms_made *m, struct cms_attrs_made *a)
{
	const char *time = cms_is(m, "signed-in-future")       ? "270301000000Z"
			   : cms_is(m, "signed-before-cert")   ? "251231000000Z"
			   : cms_is(m, "signing-time-no-date") ? "260231000000Z"
			   : cms_is(m, "signing-time-no-zone") ? "260228120000"
			   : cms_is(m, "signing-time-offset")  ? "260228120000+0800"
							       : "260228120000Z";
	ZY_BUF_AUTO v = { 0 };

	zy_der_put(&v, ZY_DER_UTCTIME, zy_str(time));
	if (!cms_is(m, "no-signing-time"))
		cms_attr(a, "1.2.840.113549.1.9.5", zy_buf_bytes(&v));
}

/* SigningCertificateV2, or in version 1; of this certificate or another. */
static inline void cms_attr_cert(const struct cms_made *m, struct zy_bytes cert, struct cms_attrs_made *a)
{
	const bool v1 = cms_is(m, "signing-certificate-v1") || cms_is(m, "signing-certificate-v1-differs");
	struct zy_arena keep = { 0 };
	struct zy_bytes other = verify_cert(&keep, m->suite == ZY_SUITE_GM ? "gm-usage" : "intl-usage");
	struct zy_cert_name name;
	struct zy_error err = { 0 };
	uint8_t hash[32];
	ZY_BUF_AUTO v = { 0 };
	size_t mark[4], is;

	VERIFY_CHECK(zy_cert_name(cms_is(m, "signing-certificate-serial-differs") ? other : cert, &name, &err));
	if (cms_is(m, "signing-certificate-differs") || cms_is(m, "signing-certificate-v1-differs"))
		cert = other;
	if (v1)
		VERIFY_CHECK(zy_digest_sha1(cert, hash, &err));
	else
		cms_hash(m, cert, hash);
	for (int i = 0; i < 3; i++)
		mark[i] = zy_der_open(&v, ZY_DER_SEQUENCE);
	if (!v1 && (m->suite == ZY_SUITE_GM || cms_is(m, "signing-certificate-default-written")))
		cms_put_alg(&v, cms_digest_oid(m), false);
	zy_der_put(&v, ZY_DER_OCTETS, ZY_BYTES(hash, v1 ? 20 : 32));
	is = zy_der_open(&v, ZY_DER_SEQUENCE);
	mark[3] = zy_der_open(&v, ZY_DER_SEQUENCE);
	zy_der_put(&v, ZY_DER_CONTEXT_MADE | 4, name.issuer);
	zy_der_close(&v, mark[3]);
	zy_der_put_unsigned(&v, name.serial);
	zy_der_close(&v, is);
	for (int i = 2; i >= 0; i--)
		zy_der_close(&v, mark[i]);
	if (!cms_is(m, "no-signing-certificate-attribute"))
		cms_attr(a, v1 ? "1.2.840.113549.1.9.16.2.12" : "1.2.840.113549.1.9.16.2.47", zy_buf_bytes(&v));
	zy_arena_free(&keep);
}

static inline void cms_put_signature_alg(const struct cms_made *m, struct zy_buf *b)
{
	if (cms_is(m, "signature-algorithm-other-digest"))
		cms_put_alg(b, CMS_OID("1.2.840.10045.4.3.3"), false);
	else if (cms_is(m, "signature-algorithm-unknown"))
		cms_put_alg(b, CMS_OID("1.2.3.4.5"), false);
	else if (cms_is(m, "signature-algorithm-rsa"))
		cms_put_alg(b, CMS_OID("1.2.840.113549.1.1.11"), true);
	else if (m->gbt && !cms_is(m, "sm2-with-sm3"))
		cms_put_alg(b, CMS_OID("1.2.156.10197.1.301.1"), true);
	else
		cms_put_alg(b, m->suite == ZY_SUITE_GM ? zy_oid_sm2_sm3 : zy_oid_ecdsa_sha256,
		    cms_is(m, "signature-algorithm-parameters"));
}

static inline void cms_put_digest_alg(const struct cms_made *m, struct zy_buf *b)
{
	if (cms_is(m, "digest-algorithm-sha512"))
		cms_put_alg(b, CMS_OID("2.16.840.1.101.3.4.2.3"), false);
	else if (cms_is(m, "digest-algorithm-unknown"))
		cms_put_alg(b, CMS_OID("1.2.3.4.6"), false);
	else if (cms_is(m, "digest-algorithm-sha1"))
		cms_put_alg(b, CMS_OID("1.3.14.3.2.26"), false);
	else
		cms_put_alg(b, cms_digest_oid(m), cms_is(m, "digest-algorithm-null"));
}

static inline void cms_attr_protection(const struct cms_made *m, struct cms_attrs_made *a)
{
	ZY_BUF_AUTO v = { 0 }, alg = { 0 };
	size_t seq;

	if (!cms_is(m, "algorithm-protection") && !cms_is(m, "algorithm-protection-differs"))
		return;
	seq = zy_der_open(&v, ZY_DER_SEQUENCE);
	cms_put_digest_alg(m, &v);
	cms_put_signature_alg(m, &alg);
	alg.p[0] = ZY_DER_CONTEXT_MADE | 1;
	if (cms_is(m, "algorithm-protection-differs"))
		alg.p[alg.len - 1] ^= 1;
	zy_buf_put(&v, zy_buf_bytes(&alg));
	zy_der_close(&v, seq);
	cms_attr(a, "1.2.840.113549.1.9.52", zy_buf_bytes(&v));
}

static inline int cms_attr_order(const void *one, const void *other)
{
	const struct zy_buf *a = one, *b = other;
	size_t both = a->len < b->len ? a->len : b->len;
	int d = memcmp(a->p, b->p, both);

	return d != 0 ? d : a->len < b->len ? -1 : a->len > b->len;
}

/* SET OF Attribute with tag 0x31. */
static inline void cms_made_attrs(const struct cms_made *m, struct zy_bytes cert, struct zy_buf *out)
{
	struct cms_attrs_made *a = calloc(1, sizeof(*a));
	size_t set = zy_der_open(out, ZY_DER_SET);

	VERIFY_CHECK(a != NULL);
	cms_attr_content_type(m, a);
	cms_attr_digest(m, a);
	cms_attr_time(m, a);
	cms_attr_cert(m, cert, a);
	cms_attr_protection(m, a);
	if (cms_is(m, "attribute-unknown"))
		cms_attr(a, "1.2.3.4.7", ZY_LITERAL("\x05\x00"));
	for (int i = 0; cms_is(m, "too-many-attributes") && i < 30; i++) {
		char type[32];

		snprintf(type, sizeof(type), "1.2.3.4.%d", 100 + i);
		cms_attr(a, type, ZY_LITERAL("\x05\x00"));
	}
	qsort(a->all, a->num, sizeof(a->all[0]), cms_attr_order);
	for (size_t i = 0; i < a->num; i++)
		zy_buf_put(out, zy_buf_bytes(&a->all[cms_is(m, "attributes-unordered") ? a->num - 1 - i : i]));
	for (size_t i = 0; i < a->num; i++)
		zy_buf_free(&a->all[i]);
	free(a);
	zy_der_close(out, set);
}

static inline bool cms_has_attrs(const struct cms_made *m)
{
	return !cms_is(m, "no-attributes") && !cms_is(m, "attributes-as-content") &&
	       !cms_is(m, "no-attributes-other-type") && !cms_is(m, "no-attributes-altered") &&
	       !cms_is(m, "no-attributes-key-id-unknown");
}

static inline void cms_put_sid(const struct cms_made *m, struct zy_bytes cert, struct zy_buf *b)
{
	struct zy_cert_name name;
	struct zy_error err = { 0 };
	size_t seq;

	if (cms_is(m, "key-id") || cms_is(m, "key-id-version-1") || cms_is(m, "key-id-unknown")) {
		struct zy_x509 x;

		VERIFY_CHECK(zy_x509_parse(&x, cert, &err));
		zy_der_put(b, ZY_DER_CONTEXT, cms_is(m, "key-id-unknown") ? ZY_LITERAL("nobody's") : x.subject_key_id);
		return;
	}
	VERIFY_CHECK(zy_cert_name(cert, &name, &err));
	seq = zy_der_open(b, ZY_DER_SEQUENCE);
	zy_buf_put(b, name.issuer);
	if (cms_is(m, "sid-other-serial"))
		zy_der_put_small(b, 77);
	else
		zy_der_put_unsigned(b, name.serial);
	zy_der_close(b, seq);
}

static inline void cms_put_signature(const struct cms_made *m, struct zy_bytes message, struct zy_buf *b)
{
	ZY_BUF_AUTO v = { 0 };
	uint8_t rs[64];

	verify_sign(m->suite, message, rs);
	if (cms_is(m, "signature-altered") || cms_is(m, "second-signer-altered"))
		rs[40] ^= 1;
	if (cms_is(m, "signature-zero"))
		memset(rs, 0, 63);
	if (cms_is(m, "signature-bare"))
		zy_buf_put(&v, ZY_BYTES(rs, 64));
	else
		zy_der_put_rs(&v, rs);
	if (cms_is(m, "signature-trailing"))
		zy_buf_put_u8(&v, 0);
	if (cms_is(m, "signature-empty"))
		v.len = 0;
	zy_der_put(b, ZY_DER_OCTETS, zy_buf_bytes(&v));
}

static inline void cms_put_signer(const struct cms_made *m, struct zy_bytes cert, struct zy_buf *b)
{
	size_t info = zy_der_open(b, ZY_DER_SEQUENCE);
	ZY_BUF_AUTO attrs = { 0 };

	zy_der_put_small(b, cms_is(m, "signer-version-3") || cms_is(m, "key-id") || cms_is(m, "key-id-unknown") ? 3
			    : cms_is(m, "signer-version-9")                                                     ? 9
														: 1);
	cms_put_sid(m, cert, b);
	cms_put_digest_alg(m, b);
	if (cms_has_attrs(m)) {
		cms_made_attrs(m, cert, &attrs);
		zy_buf_put_u8(b, ZY_DER_CONTEXT_MADE);
		zy_buf_put(b, ZY_BYTES(attrs.p + 1, attrs.len - 1));
		if (cms_is(m, "signed-as-carried"))
			attrs.p[0] = ZY_DER_CONTEXT_MADE;
	}
	cms_put_signature_alg(m, b);
	cms_put_signature(m, attrs.len > 0 ? zy_buf_bytes(&attrs) : cms_made_content(m), b);
	if (m->unsigned_attrs.len > 0)
		zy_der_put(b, ZY_DER_CONTEXT_MADE | 1, m->unsigned_attrs);
	if (cms_is(m, "unsigned-attribute-malformed"))
		zy_der_put(b, ZY_DER_CONTEXT_MADE | 1, ZY_LITERAL("\x30\x03\x02\x01\x05"));
	if (cms_is(m, "signer-trailing"))
		zy_der_put(b, ZY_DER_NULL, ZY_BYTES("", 0));
	zy_der_close(b, info);
}

static inline void cms_put_octets(const struct cms_made *m, struct zy_bytes v, struct zy_buf *b)
{
	static const struct zy_bytes end = ZY_LITERAL("\0\0");
	struct zy_bytes half = ZY_BYTES(v.p, v.len / 2), rest = ZY_BYTES(v.p + half.len, v.len - half.len);
	size_t mark;

	if (cms_is(m, "content-in-pieces") || cms_is(m, "content-in-nested-pieces")) {
		mark = zy_der_open(b, 0x24);
		zy_der_put(b, ZY_DER_OCTETS, half);
		if (cms_is(m, "content-in-nested-pieces")) {
			size_t inner = zy_der_open(b, 0x24);

			zy_der_put(b, ZY_DER_OCTETS, rest);
			zy_der_close(b, inner);
		} else {
			zy_der_put(b, ZY_DER_OCTETS, rest);
		}
		zy_der_close(b, mark);
	} else if (cms_is(m, "content-indefinite") || cms_is(m, "content-without-end")) {
		zy_buf_put(b, ZY_LITERAL("\x24\x80"));
		zy_der_put(b, ZY_DER_OCTETS, half);
		zy_der_put(b, ZY_DER_OCTETS, ZY_BYTES("", 0));
		zy_der_put(b, ZY_DER_OCTETS, rest);
		if (!cms_is(m, "content-without-end"))
			zy_buf_put(b, end);
	} else {
		zy_der_put(b, cms_is(m, "content-is-a-sequence") ? ZY_DER_SEQUENCE : ZY_DER_OCTETS, v);
	}
}

static inline void cms_put_encap(const struct cms_made *m, struct zy_buf *b)
{
	struct zy_bytes content = cms_made_content(m);
	size_t encap = zy_der_open(b, ZY_DER_SEQUENCE), inner;
	ZY_BUF_AUTO other = { 0 };
	uint8_t room[32];

	zy_buf_put(&other, content);
	if (cms_is(m, "content-altered") || cms_is(m, "no-attributes-altered"))
		other.p[3] ^= 1;
	zy_der_put(
	    b, ZY_DER_OID, cms_is(m, "no-attributes-other-type") ? CMS_OID("1.2.3.4") : cms_content_type(m, room));
	if (!cms_is(m, "detached")) {
		inner = zy_der_open(b, ZY_DER_CONTEXT_MADE);
		cms_put_octets(m, zy_buf_bytes(&other), b);
		if (cms_is(m, "two-contents"))
			cms_put_octets(m, ZY_LITERAL("another"), b);
		zy_der_close(b, inner);
	}
	zy_der_close(b, encap);
}

static inline void cms_put_certs(const struct cms_made *m, struct zy_bytes cert, struct zy_arena *a, struct zy_buf *b)
{
	size_t set = zy_der_open(b, ZY_DER_CONTEXT_MADE);

	if (!cms_is(m, "certificate-missing"))
		zy_buf_put(b, cert);
	if (!cms_is(m, "leaf-alone"))
		zy_buf_put(b, verify_cert(a, m->suite == ZY_SUITE_GM ? "gm-sub" : "intl-sub"));
	if (cms_is(m, "certificate-of-a-stranger"))
		zy_buf_put(b, verify_cert(a, m->suite == ZY_SUITE_GM ? "gm-stranger" : "intl-stranger"));
	if (cms_is(m, "certificate-twice"))
		zy_buf_put(b, cert);
	if (cms_is(m, "attribute-certificate"))
		zy_der_put(b, ZY_DER_CONTEXT_MADE | 2, ZY_LITERAL("\x05\x00"));
	if (cms_is(m, "certificate-is-a-number"))
		zy_der_put_small(b, 5);
	for (int i = 0; cms_is(m, "too-many-certificates") && i < 70; i++)
		zy_der_put(b, ZY_DER_SEQUENCE, ZY_LITERAL("\x05\x00"));
	zy_der_close(b, set);
}

static inline void cms_put_signers(const struct cms_made *m, struct zy_bytes cert, struct zy_buf *b)
{
	struct cms_made good = *m;
	size_t set = zy_der_open(b, ZY_DER_SET);

	good.fault = NULL;
	if (!cms_is(m, "no-signer"))
		cms_put_signer(m, cert, b);
	if (cms_is(m, "two-signers") || cms_is(m, "second-signer-altered"))
		cms_put_signer(&good, cert, b);
	for (int i = 0; cms_is(m, "too-many-signers") && i < 33; i++)
		zy_der_put(b, ZY_DER_SEQUENCE, ZY_LITERAL("\x05\x00"));
	zy_der_close(b, set);
}

/* The signer's certificate, one that is not good for it where the fault says so. */
static inline struct zy_bytes cms_made_cert(const struct cms_made *m, struct zy_arena *a)
{
	return verify_cert(a, m->suite == ZY_SUITE_GM ? "gm-leaf" : "intl-leaf");
}

static inline void cms_put_signed_data(
    const struct cms_made *m, struct zy_bytes cert, struct zy_arena *a, struct zy_buf *b)
{
	size_t set;

	zy_der_put_small(b, cms_is(m, "version-2") ? 2 : cms_is(m, "version-9") ? 9 : m->gbt ? 1 : 3);
	set = zy_der_open(b, ZY_DER_SET);
	if (!cms_is(m, "digest-not-announced"))
		cms_put_digest_alg(m, b);
	zy_der_close(b, set);
	cms_put_encap(m, b);
	if (!cms_is(m, "no-certificates"))
		cms_put_certs(m, cert, a, b);
	if (cms_is(m, "crl-is-a-number"))
		zy_der_put(b, ZY_DER_CONTEXT_MADE | 1, ZY_LITERAL("\x02\x01\x05"));
	cms_put_signers(m, cert, b);
	if (cms_is(m, "signed-data-trailing"))
		zy_der_put(b, ZY_DER_NULL, ZY_BYTES("", 0));
}

/* ContentInfo. */
static inline void cms_make(const struct cms_made *m, struct zy_buf *out)
{
	struct cms_made w = *m;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes cert = cms_made_cert(m, &a);
	ZY_BUF_AUTO attrs = { 0 }, body = { 0 };
	size_t info, content, mark;

	if (cms_is(m, "attributes-as-content")) {
		cms_made_attrs(&(struct cms_made){ .suite = m->suite, .gbt = m->gbt }, cert, &attrs);
		w.content = zy_buf_bytes(&attrs);
	}
	cms_put_signed_data(&w, cert, &a, &body);
	if (cms_is(m, "all-indefinite")) {
		zy_buf_put(out, ZY_LITERAL("\x30\x80"));
		zy_der_put(out, ZY_DER_OID, CMS_OID(m->gbt ? "1.2.156.10197.6.1.4.2.2" : "1.2.840.113549.1.7.2"));
		zy_buf_put(out, ZY_LITERAL("\xa0\x80\x30\x80"));
		zy_buf_put(out, zy_buf_bytes(&body));
		zy_buf_put(out, ZY_LITERAL("\0\0\0\0\0\0"));
		return;
	}
	info = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put(out, ZY_DER_OID,
	    CMS_OID(cms_is(m, "enveloped-data") ? "1.2.840.113549.1.7.3"
		    : m->gbt                    ? "1.2.156.10197.6.1.4.2.2"
						: "1.2.840.113549.1.7.2"));
	content = zy_der_open(out, ZY_DER_CONTEXT_MADE);
	mark = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_buf_put(out, zy_buf_bytes(&body));
	zy_der_close(out, mark);
	zy_der_close(out, content);
	zy_der_close(out, info);
	if (cms_is(m, "trailing-bytes"))
		zy_buf_put_u8(out, 0);
	if (cms_is(m, "cut"))
		out->len -= 9;
	if (cms_is(m, "length-not-shortest")) {
		/* 30 82 xx xx becomes 30 83 00 xx xx */
		zy_buf_insert(out, 2, ZY_BYTES("", 1));
		out->p[1] = 0x83;
	}
}

#endif
