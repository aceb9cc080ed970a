/*
 * CMS SignedData (RFC 5652) in one profile: CAdES/PAdES, detached, one SignerInfo named by issuerAndSerialNumber.
 * Parsing judges nothing: it says what was signed and by which certificate the signature claims to be made.
 * Threads: any; no shared state.
 */
#ifndef ZY_CMS_H
#define ZY_CMS_H

#include "zy/arena.h"
#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/digest.h"

#define ZY_CMS_MAX ((size_t)256 << 10) /* bytes of a whole SignedData */
#define ZY_CMS_CERTS_MAX 8
#define ZY_CMS_ATTRS_MAX 16

/* What names a certificate in a CMS. Views into the certificate or the CMS. */
struct zy_cert_name {
	struct zy_bytes issuer; /* Name, whole DER */
	struct zy_bytes serial; /* serialNumber: magnitude without leading zeros */
};
/* Reads issuer and serialNumber of a certificate (RFC 5280 4.1.2). Nothing else of it is checked.
 * Errors: certificate, der, truncated, trailing-bytes. */
ZY_MUST_CHECK bool zy_cert_name(struct zy_bytes cert, struct zy_cert_name *out, struct zy_error *err);

/* signedAttrs: the attributes of the profile; others are allowed and only counted. */
struct zy_cms_attrs {
	struct zy_bytes message_digest; /* view, 1..64 octets */
	bool has_signing_time;
	zy_time signing_time;          /* claimed by the signer */
	bool has_signing_cert;         /* signing-certificate-v2 (RFC 5035) is there */
	struct zy_bytes cert_hash_alg; /* OID content; sha256 when left out */
	struct zy_bytes cert_hash;     /* ESSCertIDv2.certHash of the first entry */
	bool has_issuer_serial;        /* ESSCertIDv2.issuerSerial */
	struct zy_cert_name issuer_serial;
	struct zy_bytes protection;   /* CMSAlgorithmProtection (RFC 6211), content of its SEQUENCE; empty if absent */
	bool has_signing_cert_v1;     /* signing-certificate (RFC 5035 5.4.1), whose digest is SHA-1, is there */
	struct zy_bytes cert_hash_v1; /* ESSCertID.certHash of the first entry */
	size_t num_other;             /* attributes that the profile does not name: also the last two */
	bool is_unordered;            /* not in DER order, as some programs sign them */
};
/* `in` is the SET OF Attribute as it was signed (tag 0x31), in DER order, no attribute twice (RFC 5652 5.3, 11).
 * content-type must be id-data, message-digest must be there. Errors: cms, der, truncated, trailing-bytes, time. */
ZY_MUST_CHECK bool zy_cms_attrs_parse(struct zy_cms_attrs *out, struct zy_bytes in, struct zy_error *err);

struct zy_cms {
	uint8_t versions[2]; /* of SignedData and SignerInfo, as received: nothing follows from them */
	size_t num_certs;
	struct zy_bytes certs[ZY_CMS_CERTS_MAX]; /* whole DER each, as they came: not checked here */
	struct zy_bytes crls;                    /* content of crls [1], empty if absent: only its shape is read */
	struct zy_cert_name sid;
	struct zy_bytes digest_alg, signature_alg; /* OID content octets */
	struct zy_bytes signature_identifier;      /* the latter's AlgorithmIdentifier, whole */
	struct zy_cms_attrs attrs;
	struct zy_bytes signed_attrs; /* the message that was signed: signedAttrs with tag 0x31, in the arena */
	struct zy_bytes signature;    /* content of SignerInfo.signature */
	bool is_p256;                 /* digest sha256 and signature ecdsa-with-SHA256: then rs is set */
	bool is_sm2;                  /* digest sm3 and signature 1.2.156.10197.1.501: then rs is set */
	uint8_t rs[64];
	struct zy_bytes unsigned_attrs; /* whole, tag 0xa1, in DER order; empty if absent: not read here */
};
/* in: ContentInfo, 1..ZY_CMS_MAX bytes; the views stay inside it. ContentInfo signed-data, version 1, one
 * digestAlgorithm equal to the signer's, id-data with eContent absent, SET OF in DER order.
 * Errors: cms, der, truncated, trailing-bytes, too-large, time, no-memory. */
ZY_MUST_CHECK bool zy_cms_parse(struct zy_cms *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

/* Is `cert` the one that sid names (*sid), and the one that signing-certificate-v2 binds by its hash and, if it is
 * there, issuerSerial (*bound)? A certHash by another digest than SHA-256 or SM3 is not bound.
 * Errors: those of zy_cert_name, crypto. */
ZY_MUST_CHECK bool zy_cms_names(
    const struct zy_cms *c, struct zy_bytes cert, bool *sid, bool *bound, struct zy_error *err);

/* signedAttrs to be signed, DER SET OF: content-type, message-digest, signing-certificate-v2 and, if asked,
 * signing-time (PAdES wants it absent: EN 319 142-1 6.3). digest: SHA-256 of the content. Errors: those of
 * zy_cert_name, crypto, no-memory, time. */
ZY_MUST_CHECK bool zy_cms_attrs_encode(const uint8_t digest[ZY_HASH_LEN], const zy_time *signing_time,
    struct zy_bytes signer_cert, struct zy_buf *out, struct zy_error *err);
/* The whole ContentInfo for an ECDSA P-256 signature rs over attrs. certs[0] is the signer's; at most
 * ZY_CMS_CERTS_MAX. With every octet of rs 0xff the result is as long as it can ever be for these certificates.
 * Errors: those of zy_cert_name, too-large, no-memory. */
ZY_MUST_CHECK bool zy_cms_encode(struct zy_bytes attrs, const uint8_t rs[64], const struct zy_bytes *certs,
    size_t num_certs, struct zy_buf *out, struct zy_error *err);
/* The same with a signature-time-stamp: token is a TimeStampToken over the octets of SignerInfo.signature, which are
 * the DER of rs (RFC 3161 A); empty: without one. */
ZY_MUST_CHECK bool zy_cms_encode_stamped(struct zy_bytes attrs, const uint8_t rs[64], const struct zy_bytes *certs,
    size_t num_certs, struct zy_bytes token, struct zy_buf *out, struct zy_error *err);
/* The signature-time-stamp among unsigned_attrs, whole: a view; empty if there is none. Errors: cms (more than one),
 * der, truncated, trailing-bytes. */
ZY_MUST_CHECK bool zy_cms_time_stamp(const struct zy_cms *c, struct zy_bytes *token, struct zy_error *err);

#endif
