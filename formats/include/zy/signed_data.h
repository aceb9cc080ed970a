/*
 * SignedData of any signer (RFC 5652 5, and GB/T 35275 with its own identifiers): as many signers as there are, named
 * by issuer and serial number or by key identifier, any algorithm, with or without signed attributes, content inside or
 * elsewhere. Signers and certificates are DER; what is around them may be BER of indefinite length, as programs write
 * that do not know the length of the content beforehand. Parsing judges nothing. Threads: any; no shared state.
 */
#ifndef ZY_SIGNED_DATA_H
#define ZY_SIGNED_DATA_H

#include "zy/cms.h"

#define ZY_SIGNED_DATA_MAX ((size_t)64 << 20) /* bytes of the whole, its content included */
#define ZY_SIGNED_DATA_CERTS_MAX 64
#define ZY_SIGNED_DATA_CRLS_MAX 64
#define ZY_SIGNED_DATA_SIGNERS_MAX 32
#define ZY_SIGNED_DATA_DIGESTS_MAX 16
#define ZY_SIGNER_UNSIGNED_MAX 64 /* unsigned attributes of a signer */

struct zy_signer {
	struct zy_bytes whole; /* SignerInfo; a view into the input */
	size_t offset;         /* of it in the input */
	/* What is wrong with this one; code ZY_OK when nothing is. Then the members behind it are not all set. */
	struct zy_error fault;
	uint64_t version; /* 1 or 3 */
	bool by_key_id;
	struct zy_cert_name sid;           /* issuerAndSerialNumber */
	struct zy_bytes key_id;            /* subjectKeyIdentifier */
	struct zy_bytes digest_alg;        /* OID content octets */
	bool digest_has_params;            /* anything but NULL behind it */
	struct zy_bytes digest_identifier; /* whole AlgorithmIdentifier */
	struct zy_bytes signature_alg;     /* whole AlgorithmIdentifier */
	bool has_attrs;
	struct zy_cms_attrs attrs;
	struct zy_bytes signed_attrs; /* the message that was signed: signedAttrs with tag 0x31, in the arena */
	struct zy_bytes signature;
	struct zy_bytes unsigned_attrs; /* whole, tag 0xa1; empty if absent */
};

struct zy_signed_data {
	bool is_gbt35275; /* named by 1.2.156.10197.6.1.4.2.2 */
	bool is_ber;      /* an indefinite length or a content in pieces was read */
	uint64_t version;
	struct zy_bytes digest_set; /* digestAlgorithms, whole */
	size_t num_digest_algs;
	struct zy_bytes digest_algs[ZY_SIGNED_DATA_DIGESTS_MAX]; /* OID content octets */
	struct zy_bytes content_type;                            /* eContentType, OID content octets */
	struct zy_bytes encap;                                   /* encapContentInfo, whole */
	bool has_content;
	struct zy_bytes content;           /* primitive OCTET STRINGs one behind the other: zy_signed_content_next */
	uint64_t content_len;              /* octets in them */
	struct zy_bytes cert_set, crl_set; /* certificates and crls, their choices one behind the other */
	size_t num_certs, num_other_certs;
	struct zy_bytes certs[ZY_SIGNED_DATA_CERTS_MAX]; /* whole DER each, not checked here */
	size_t num_crls, num_other_crls;
	struct zy_bytes crls[ZY_SIGNED_DATA_CRLS_MAX]; /* CertificateLists, whole DER each, not checked here */
	size_t num_answers;
	struct zy_bytes
	    answers[ZY_SIGNED_DATA_CRLS_MAX]; /* OCSPResponses among the others (RFC 5940), not checked here */
	size_t num_signers;                   /* 0: nobody signed it */
	struct zy_signer signers[ZY_SIGNED_DATA_SIGNERS_MAX];
};

/* Is it a ContentInfo around a SignedData, by its first octets? Nothing more is looked at. */
bool zy_signed_data_is(struct zy_bytes in);
/* The same, and the content inside it is a TSTInfo (RFC 3161). */
bool zy_signed_data_is_stamp(struct zy_bytes in);

/*
 * in: ContentInfo, 1..ZY_SIGNED_DATA_MAX bytes; the views stay inside it. A SignerInfo that is malformed is no error
 * but has its fault. Errors: cms, der, truncated, trailing-bytes, too-large, no-memory.
 */
ZY_MUST_CHECK bool zy_signed_data_parse(
    struct zy_signed_data *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* The same of a SignedData without a ContentInfo around it, as ofdrw writes it, and whether it is one, by its first
 * octets. */
ZY_MUST_CHECK bool zy_signed_data_parse_bare(
    struct zy_signed_data *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
bool zy_signed_data_is_bare(struct zy_bytes in);

/* The content piece by piece: walk begins as zy_reader_over(d->content). false at its end. */
bool zy_signed_content_next(struct zy_reader *walk, struct zy_bytes *piece);

/* What is written: one signer, content-type id-data, SM2 with SM3 or P-256 with SHA-256 (CAdES, EN 319 122-1). */
struct zy_signing {
	enum zy_suite suite;
	bool is_gbt35275; /* suite gm: named and shaped as GB/T 35275 has it */
	bool is_detached;
	struct zy_bytes content;
	const struct zy_bytes *certs; /* certs[0] is the signer's */
	size_t num_certs;             /* 1..ZY_CMS_CERTS_MAX */
	zy_time signed_at;
};
/* The message to be signed: content-type, signing-time, message-digest, signing-certificate-v2. Errors: those of
 * zy_cert_name, crypto, no-memory, time. */
ZY_MUST_CHECK bool zy_signed_attrs_encode(const struct zy_signing *s, struct zy_buf *out, struct zy_error *err);
/* Is it such a message of suite gm, and nothing besides? Errors: cms and those of zy_cms_attrs_parse. */
ZY_MUST_CHECK bool zy_signed_attrs_check(struct zy_bytes in, struct zy_error *err);
/* ContentInfo from the message that was signed and its signature; token: a TimeStampToken over the octets of
 * SignerInfo.signature, which are the DER of rs, or empty. Errors: those of zy_cert_name, cms, no-memory. */
ZY_MUST_CHECK bool zy_signed_data_encode(const struct zy_signing *s, struct zy_bytes attrs, const uint8_t rs[64],
    struct zy_bytes token, struct zy_buf *out, struct zy_error *err);

/*
 * What is added to signed data that is there already; nothing that was signed changes, nor an octet of what is kept.
 * Only what is not there yet is added. The order of a set stays that of its encodings where it was.
 */
#define ZY_SIGNED_ADDITION_MAX 128 /* members of a set, those that are there included */
struct zy_signed_addition {
	size_t num_certs, num_crls, num_answers;
	const struct zy_bytes *certs, *crls;
	const struct zy_bytes *answers; /* OCSPResponses, as other revocation information (RFC 5940) */
	size_t signer;
	struct zy_bytes type, value; /* an unsigned attribute of that signer: OID content octets, whole; empty: none */
};
/* d: as it was parsed; its input must still be there. What was BER around it becomes DER, but for encapContentInfo.
 * Errors: cms (the signer has a fault or is not there), too-large, no-memory. */
ZY_MUST_CHECK bool zy_signed_data_add(
    const struct zy_signed_data *d, const struct zy_signed_addition *add, struct zy_buf *out, struct zy_error *err);
/* RevocationValues with the BasicOCSPResponses of OCSPResponses (EN 319 122-1 A.1.2.2), for signed data that has no
 * place for them (GB/T 35275). Errors: der, truncated, no-memory. */
ZY_MUST_CHECK bool zy_revocation_values_encode(
    const struct zy_bytes *answers, size_t num, struct zy_buf *out, struct zy_error *err);
extern const struct zy_bytes zy_oid_revocation_values; /* 1.2.840.113549.1.9.16.2.24 */
extern const struct zy_bytes zy_oid_time_stamp;        /* signature-time-stamp, 1.2.840.113549.1.9.16.2.14 */

/* Does the signer name this certificate? False also when the certificate cannot be read. */
bool zy_signer_names(const struct zy_signer *s, struct zy_bytes cert, struct zy_bytes subject_key_id);

/* A value of the attribute countersignature (RFC 5652 11.4), whole DER: a SignerInfo about the signature value of
 * `about`, at whose offset it is said to stand. What is wrong with it is its fault. Errors: no-memory. */
ZY_MUST_CHECK bool zy_counter_signature_parse(struct zy_signer *out, const struct zy_signer *about,
    struct zy_bytes value, struct zy_arena *a, struct zy_error *err);

/* The values of one unsigned attribute (OID content octets), one after the other; walk begins as
 * zy_unsigned_values(s). false when there is none left. *value is whole DER. */
struct zy_unsigned_walk {
	struct zy_reader attrs, values;
};
struct zy_unsigned_walk zy_unsigned_values(const struct zy_signer *s);
bool zy_unsigned_next(struct zy_unsigned_walk *w, struct zy_bytes type, struct zy_bytes *value);

#endif
