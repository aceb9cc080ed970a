/*
 * Electronic seals and seal signatures: SESeal and SES_Signature of GB/T 38540-2020 (V4). Parsed structs are views
 * into the input; each keeps the received DER of what a signature or a hash covers, which is never re-encoded.
 * Versions 1 (GM/T 0031-2014) and 5 (GM/T 0031-2025) are recognised and answered with `ses`: not read yet.
 * Read leniently, as real seals need it: DEFAULT FALSE written out, UTCTime for the three dates. Else strict DER.
 * Not checked here: signatures, certificates, dates against a time, certList against a signer (verify/ does).
 */
#ifndef ZY_SES_H
#define ZY_SES_H

#include "zy/der.h"

#define ZY_SES_MAX ((size_t)1 << 20) /* bytes of an SES_Signature, seal and picture included */
#define ZY_SES_VERSION 4
#define ZY_SES_CERTS_MAX 16
#define ZY_SES_EXTENSIONS_MAX 16

enum { ZY_CERT_LIST_CERTS = 1, ZY_CERT_LIST_DIGESTS = 2 }; /* certListType */

struct zy_ses_extension {
	struct zy_bytes extnID; /* OID, content octets */
	bool critical;
	struct zy_bytes extnValue;
};
struct zy_ses_extensions {
	bool present; /* an empty list is written too */
	size_t num;
	struct zy_ses_extension items[ZY_SES_EXTENSIONS_MAX];
};

/* One entry of certList: with certs a DER certificate, with digests the name of the hash and its value. */
struct zy_ses_cert {
	struct zy_bytes type; /* CertDigestObj.type, PrintableString; empty with certs */
	struct zy_bytes value;
};

struct zy_seal_info {
	struct zy_bytes der; /* SES_SealInfo whole (tag, length, content): what the seal's signature covers */
	bool strict;         /* nothing lenient was needed: encoding gives the same bytes */
	struct zy_bytes Vid, esID;
	uint64_t type;        /* property.type, 0..99 */
	struct zy_bytes name; /* UTF-8 */
	unsigned certListType;
	size_t num_certs;
	struct zy_ses_cert certs[ZY_SES_CERTS_MAX];
	zy_time createDate, validStart, validEnd;
	struct zy_bytes picture_type, picture; /* "PNG" ... (case varies), its data */
	uint64_t width, height;                /* mm */
	struct zy_ses_extensions extDatas;
};

struct zy_seal {
	struct zy_bytes der; /* SESeal whole: to be compared with Seal.esl */
	struct zy_seal_info info;
	struct zy_bytes cert;        /* seal maker's certificate, DER; not covered by the signature */
	struct zy_bytes signAlgID;   /* OID, content octets; not covered either */
	struct zy_bytes signedValue; /* octets of the BIT STRING: see zy_ses_rs */
};

struct zy_ses_tbs {
	struct zy_bytes der; /* TBS_Sign whole: what the seal signature covers */
	struct zy_seal eseal;
	bool strict;      /* as above, without eseal's own */
	zy_time timeInfo; /* as claimed by the signer */
	struct zy_bytes dataHash;
	struct zy_bytes propertyInfo; /* OFD: absolute path of Signature.xml in the package */
	struct zy_ses_extensions extDatas;
};

struct zy_ses_signature {
	struct zy_bytes der;
	struct zy_ses_tbs toSign;
	struct zy_bytes cert;           /* signer's certificate, DER */
	struct zy_bytes signatureAlgID; /* OID, content octets */
	struct zy_bytes signature;      /* octets of the BIT STRING: see zy_ses_rs */
	struct zy_bytes timeStamp;      /* octets of the BIT STRING (a TimeStampToken), empty when absent */
};

/* The whole input is one structure. Errors: ses (other version, wrong ID, a list over its cap), der, time, utf8,
 * truncated, trailing-bytes, too-large; offsets count from in. */
ZY_MUST_CHECK bool zy_seal_info_parse(struct zy_seal_info *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_seal_parse(struct zy_seal *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_tbs_parse(struct zy_ses_tbs *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_signature_parse(struct zy_ses_signature *out, struct zy_bytes in, struct zy_error *err);

/* Appended to out. zy_seal_info_encode writes the fields; the other three put the parts that a signature covers as
 * they are: info.der, eseal.der, toSign.der. DEFAULT FALSE is left out, times are GeneralizedTime.
 * Errors: no-memory, ses (a field that the parser would refuse). */
ZY_MUST_CHECK bool zy_seal_info_encode(const struct zy_seal_info *s, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_seal_encode(const struct zy_seal *s, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_tbs_encode(const struct zy_ses_tbs *t, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_signature_encode(const struct zy_ses_signature *s, struct zy_buf *out, struct zy_error *err);

/* signedValue or signature as r||s. DER { r, s } is the form; *raw tells that the 64 octets r||s themselves stood
 * there, which is met in the wild and is a deviation to report. Errors: der. */
ZY_MUST_CHECK bool zy_ses_rs(struct zy_bytes value, uint8_t rs[64], bool *raw, struct zy_error *err);

#endif
