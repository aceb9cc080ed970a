/* OCSP messages (RFC 6960, GB/T 19713): unsigned requests, and answers of type id-pkix-ocsp-basic. Nothing is judged
 * here, and no certificate inside an answer is opened. */
#ifndef ZY_OCSP_H
#define ZY_OCSP_H

#include "zy/crl.h"

#define ZY_OCSP_REQUEST_MAX ((size_t)16384)
#define ZY_OCSP_ANSWER_MAX ((size_t)65536)
#define ZY_OCSP_ITEMS_MAX ((size_t)16)
#define ZY_OCSP_CERTS_MAX ((size_t)8)
#define ZY_OCSP_NONCE_MAX ((size_t)128) /* RFC 9654 2.1 */

/* The first three are written; the others are read in answers. */
enum zy_cert_id_hash {
	ZY_CERT_ID_SHA1,
	ZY_CERT_ID_SHA256,
	ZY_CERT_ID_SM3,
	ZY_CERT_ID_SHA384,
	ZY_CERT_ID_SHA512,
	ZY_CERT_ID_OTHER
};

/* CertID: which certificate is meant (RFC 6960 4.1.1). Views. */
struct zy_cert_id {
	enum zy_cert_id_hash hash;
	bool has_null;                       /* parameters of hashAlgorithm: NULL, or absent */
	struct zy_bytes name_hash, key_hash; /* 20 octets for SHA-1, else 32; OTHER, of answers alone: any */
	struct zy_bytes serial;              /* magnitude, 1 to 20 octets; empty: the number is below zero */
	struct zy_bytes number;              /* content octets of serialNumber; not written */
};

struct zy_ocsp_request {
	size_t num;
	struct zy_cert_id ids[ZY_OCSP_ITEMS_MAX];
	bool has_nonce;
	struct zy_bytes nonce; /* content of the Nonce, 1 to 128 octets */
};

/* Views into `der`. Unknown extensions are skipped unless critical. Errors: der, truncated, trailing-bytes, too-large;
 * ocsp (a signed request, an unknown hash or critical extension, a nonce of another length). */
ZY_MUST_CHECK bool zy_ocsp_request_parse(struct zy_ocsp_request *out, struct zy_bytes der, struct zy_error *err);
/* Errors: no-memory. */
ZY_MUST_CHECK bool zy_ocsp_request_encode(const struct zy_ocsp_request *q, struct zy_buf *out, struct zy_error *err);

enum zy_ocsp_status {
	ZY_OCSP_SUCCESSFUL = 0,
	ZY_OCSP_MALFORMED = 1,
	ZY_OCSP_INTERNAL_ERROR = 2,
	ZY_OCSP_TRY_LATER = 3,
	ZY_OCSP_SIG_REQUIRED = 5,
	ZY_OCSP_UNAUTHORIZED = 6
};
enum zy_ocsp_cert { ZY_OCSP_GOOD, ZY_OCSP_REVOKED, ZY_OCSP_UNKNOWN };
const char *zy_ocsp_cert_name(enum zy_ocsp_cert s); /* "good" "revoked" "unknown" */

struct zy_ocsp_item {
	struct zy_cert_id id;
	enum zy_ocsp_cert status;
	zy_time revoked_at; /* revoked */
	int reason;         /* revoked: CRLReason or ZY_REASON_NONE */
	zy_time this_update;
	bool has_next_update;
	zy_time next_update;
	bool has_cutoff;
	zy_time cutoff; /* archiveCutoff (RFC 6960 4.4.4): status is kept of what ended since then; not written */
};

struct zy_ocsp_answer {
	enum zy_ocsp_status status; /* the rest only when successful */
	struct zy_bytes tbs;        /* whole tbsResponseData: what is signed */
	struct zy_bytes alg;        /* AlgorithmIdentifier, whole */
	struct zy_bytes signature;  /* content of signature */
	bool plain;                 /* is it of the kind that is written here? Then suite and rs are its signature */
	enum zy_suite suite;
	struct zy_bytes by_name; /* responderID: whole Name, or empty */
	struct zy_bytes by_key;  /* responderID: SHA-1 of the key's BIT STRING, 20 octets, or empty */
	zy_time produced_at;
	size_t num;
	struct zy_ocsp_item items[ZY_OCSP_ITEMS_MAX];
	bool has_nonce;
	struct zy_bytes nonce;
	uint8_t rs[64];
	size_t num_certs;
	struct zy_bytes certs[ZY_OCSP_CERTS_MAX]; /* whole, not opened */
};

/* An OCSPResponse, by any algorithm. Views into `der`. Errors: as the request's, time. */
ZY_MUST_CHECK bool zy_ocsp_answer_parse(struct zy_ocsp_answer *out, struct zy_bytes der, struct zy_error *err);
/* Is it tbsResponseData, to its last byte? Errors: as zy_ocsp_answer_parse. */
ZY_MUST_CHECK bool zy_ocsp_data_check(struct zy_bytes tbs, struct zy_error *err);
/* tbsResponseData of an answer: responder, times, items, nonce. Errors: no-memory. */
ZY_MUST_CHECK bool zy_ocsp_data_encode(const struct zy_ocsp_answer *a, struct zy_buf *out, struct zy_error *err);
/* The OCSPResponse around a->tbs with a->rs and a->certs; without success only the status. Errors: no-memory. */
ZY_MUST_CHECK bool zy_ocsp_answer_encode(const struct zy_ocsp_answer *a, struct zy_buf *out, struct zy_error *err);

#endif
