/*
 * Time-stamp messages of RFC 3161 (with RFC 5816), in DER, read strictly: TimeStampReq, TimeStampResp, TSTInfo and
 * TimeStampToken, the last one a CMS SignedData of one signer. GB/T 20520 takes the same messages with SM3 and SM2.
 * Parsing judges nothing: see zy/timestamp.h. Threads: any; no shared state.
 */
#ifndef ZY_TSP_H
#define ZY_TSP_H

#include "zy/cms.h"

#define ZY_TSP_REQUEST_MAX ((size_t)4096)
#define ZY_TSP_RESPONSE_MAX (ZY_CMS_MAX + 4096)
#define ZY_TSP_NUMBER_MAX 20 /* octets of a nonce and of a serialNumber (RFC 3161 2.4.2: 160 bits) */
#define ZY_TSP_DIGEST_MAX 64

enum zy_tsp_hash { ZY_TSP_SHA256, ZY_TSP_SHA384, ZY_TSP_SHA512, ZY_TSP_SM3, ZY_TSP_HASH_OTHER };
const char *zy_tsp_hash_name(enum zy_tsp_hash h); /* "sha256" ... "other" */
size_t zy_tsp_hash_len(enum zy_tsp_hash h);       /* octets; 0 for OTHER */
/* Digest of a message; h is not OTHER; out has zy_tsp_hash_len octets. Errors: crypto. */
ZY_MUST_CHECK bool zy_tsp_digest(
    enum zy_tsp_hash h, struct zy_bytes message, uint8_t out[ZY_TSP_DIGEST_MAX], struct zy_error *err);
/* The same of a message in two parts. */
ZY_MUST_CHECK bool zy_tsp_digest_parts(
    enum zy_tsp_hash h, const struct zy_bytes parts[2], uint8_t out[ZY_TSP_DIGEST_MAX], struct zy_error *err);

/* MessageImprint. A known algorithm has no parameters (or NULL) and a digest of its length. */
struct zy_tsp_imprint {
	enum zy_tsp_hash hash;
	struct zy_bytes digest;
	struct zy_bytes der; /* whole: an answer repeats it octet for octet */
};
/* Puts a MessageImprint without parameters. h is not OTHER. */
void zy_tsp_imprint_put(struct zy_buf *b, enum zy_tsp_hash h, struct zy_bytes digest);

struct zy_tsp_request {
	struct zy_tsp_imprint imprint;
	struct zy_bytes policy; /* OID content; empty if absent */
	struct zy_bytes nonce;  /* magnitude, 1..20 octets; empty if absent */
	bool cert_req;
	struct zy_bytes extensions; /* whole [0]; empty if absent. An authority that knows none refuses all (2.4.1) */
};
/* version 1. An imprint by an algorithm that is not known is OTHER, so that it can be refused by badAlg.
 * Errors: tsp, der, truncated, trailing-bytes, too-large. */
ZY_MUST_CHECK bool zy_tsp_request_parse(struct zy_tsp_request *out, struct zy_bytes in, struct zy_error *err);
/* Encodes imprint.der and the rest as they are. Errors: no-memory. */
ZY_MUST_CHECK bool zy_tsp_request_encode(const struct zy_tsp_request *q, struct zy_buf *out, struct zy_error *err);

enum { ZY_TSP_GRANTED = 0, ZY_TSP_GRANTED_WITH_MODS = 1, ZY_TSP_REJECTION = 2, ZY_TSP_STATUS_MOST = 5 };
/* Bits of PKIFailureInfo (RFC 3161 2.4.2). */
enum zy_tsp_fail {
	ZY_TSP_BAD_ALG = 0,
	ZY_TSP_BAD_REQUEST = 2,
	ZY_TSP_BAD_DATA_FORMAT = 5,
	ZY_TSP_TIME_NOT_AVAILABLE = 14,
	ZY_TSP_UNACCEPTED_POLICY = 15,
	ZY_TSP_UNACCEPTED_EXTENSION = 16,
	ZY_TSP_ADD_INFO_NOT_AVAILABLE = 17,
	ZY_TSP_SYSTEM_FAILURE = 25
};
const char *zy_tsp_fail_name(enum zy_tsp_fail bit); /* "badAlg" ... */

struct zy_tsp_response {
	unsigned status;       /* PKIStatus 0..5 */
	struct zy_bytes text;  /* content of PKIFreeText, a sequence of UTF8String; empty if absent */
	uint32_t fail_info;    /* bits 1 << enum zy_tsp_fail; 0 if absent */
	struct zy_bytes token; /* ContentInfo, whole; there exactly when granted (RFC 3161 2.4.2) */
};
/* The token is not parsed. Errors: tsp, der, utf8, truncated, trailing-bytes, too-large. */
ZY_MUST_CHECK bool zy_tsp_response_parse(struct zy_tsp_response *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_tsp_response_encode(const struct zy_tsp_response *r, struct zy_buf *out, struct zy_error *err);
/* A rejection with one reason and one sentence. Errors: no-memory. */
ZY_MUST_CHECK bool zy_tsp_refusal_encode(
    enum zy_tsp_fail why, const char *text, struct zy_buf *out, struct zy_error *err);

/* GeneralizedTime with a fraction (RFC 3161 2.4.2): no trailing zeros, at most nine digits. */
struct zy_tst_time {
	zy_time seconds;
	uint32_t nanos; /* 0..999999999 */
};

struct zy_tst_info {
	struct zy_bytes policy; /* OID content */
	struct zy_tsp_imprint imprint;
	struct zy_bytes serial; /* magnitude, 1..20 octets */
	struct zy_tst_time gen_time;
	bool has_accuracy, has_accuracy_s;
	uint32_t accuracy_s, accuracy_ms, accuracy_us; /* each 0 if absent; ms and us at most 999 */
	bool ordering;
	struct zy_bytes nonce;      /* as in the request */
	struct zy_bytes tsa;        /* GeneralName, whole; empty if absent */
	struct zy_bytes extensions; /* whole [1]; empty if absent */
	bool has_critical_extension;
};
/* version 1. Errors: tsp, der, time, truncated, trailing-bytes. */
ZY_MUST_CHECK bool zy_tst_info_parse(struct zy_tst_info *out, struct zy_bytes in, struct zy_error *err);
/* Encodes imprint.der and the rest as they are. Errors: no-memory. */
ZY_MUST_CHECK bool zy_tst_info_encode(const struct zy_tst_info *i, struct zy_buf *out, struct zy_error *err);

/* TimeStampToken: SignedData version 3, eContentType id-ct-TSTInfo, one SignerInfo. */
struct zy_tst {
	struct zy_cms cms;       /* its certificates, attributes and signature */
	struct zy_bytes content; /* eContent: the DER of TSTInfo, what messageDigest is over */
	struct zy_tst_info info;
};
/* in: 1..ZY_CMS_MAX bytes. Errors: those of zy_cms_parse and zy_tst_info_parse. */
ZY_MUST_CHECK bool zy_tst_parse(struct zy_tst *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* signedAttrs as they are signed: content-type id-ct-TSTInfo. Errors: those of zy_cms_attrs_parse. */
ZY_MUST_CHECK bool zy_tst_attrs_parse(struct zy_cms_attrs *out, struct zy_bytes in, struct zy_error *err);

/* What never changes of an authority's tokens: encoded once. */
struct zy_tst_frame {
	enum zy_suite suite;
	struct zy_bytes certificates; /* [0], whole */
	struct zy_bytes signing_cert; /* Attribute signing-certificate-v2, by the suite's digest */
	struct zy_bytes sid;
};
/* certs[0] is the signer's; at most ZY_CMS_CERTS_MAX. In the arena. Errors: those of zy_cert_name, too-large, crypto,
 * no-memory. */
ZY_MUST_CHECK bool zy_tst_frame_make(struct zy_tst_frame *out, enum zy_suite suite, const struct zy_bytes *certs,
    size_t num_certs, struct zy_arena *a, struct zy_error *err);
/* The message to be signed for a TSTInfo. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_tst_attrs_encode(
    const struct zy_tst_frame *f, struct zy_bytes info, struct zy_buf *out, struct zy_error *err);
/* The token from TSTInfo, the message that was signed, and its signature. Errors: no-memory. */
ZY_MUST_CHECK bool zy_tst_encode(const struct zy_tst_frame *f, bool with_certificates, struct zy_bytes info,
    struct zy_bytes attrs, const uint8_t rs[64], struct zy_buf *out, struct zy_error *err);

#endif
