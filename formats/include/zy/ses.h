/*
 * Electronic seals and seal signatures, SESeal and SES_Signature: version 1 (GM/T 0031-2014), version 4
 * (GB/T 38540-2020) and version 5 (GM/T 0031-2025) are read; 4 and 5 are written. Parsed structs are views into the
 * input; each keeps the received DER of what a signature or a hash covers, which is never re-encoded.
 * Read leniently, as real seals need it: DEFAULT FALSE written out; UTCTime for the three dates of version 4;
 * extDatas of version 1 as bare SEQUENCE or OCTET STRING; 2 or 3 for version 1. Else strict DER.
 * Not checked here: signatures, certificates, dates against a time, certList against a signer (verify/ does).
 */
#ifndef ZY_SES_H
#define ZY_SES_H

#include "zy/der.h"

#define ZY_SES_MAX ((size_t)1 << 20) /* bytes of an SES_Signature, seal and picture included */
#define ZY_SES_VERSION 4             /* written where a struct says 0 */
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
	unsigned version;    /* 1, 4 or 5; to be encoded: 4, 5, or 0 for 4 */
	bool strict;         /* nothing lenient was needed: encoding (4 and 5) gives the same bytes */
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
	struct zy_bytes cert;        /* seal maker's certificate, DER; covered by the signature in version 1 only */
	struct zy_bytes signAlgID;   /* OID, content octets; as cert */
	struct zy_bytes signedValue; /* octets of the BIT STRING: see zy_ses_rs */
	struct zy_bytes timeStamp;   /* version 5: octets of the BIT STRING (a TimeStampToken), empty when absent */
};

struct zy_ses_tbs {
	struct zy_bytes der; /* TBS_Sign whole: what the seal signature covers */
	struct zy_seal eseal;
	bool strict;               /* as above, without eseal's own */
	zy_time timeInfo;          /* as claimed by the signer; ZY_TIME_NEVER where timeToken stands instead */
	struct zy_bytes timeToken; /* version 1: the octets of timeInfo when it is a time-stamp token, else empty */
	struct zy_bytes dataHash;
	struct zy_bytes propertyInfo; /* OFD: absolute path of Signature.xml in the package */
	struct zy_ses_extensions extDatas;
	struct zy_bytes cert, signatureAlgorithm; /* version 1: the signer's, inside what is signed; else empty */
};

struct zy_ses_signature {
	struct zy_bytes der;
	struct zy_ses_tbs toSign;
	struct zy_bytes cert;           /* signer's certificate, DER */
	struct zy_bytes signatureAlgID; /* OID, content octets */
	struct zy_bytes signature;      /* octets of the BIT STRING: see zy_ses_rs */
	struct zy_bytes timeStamp;      /* octets of the BIT STRING (a TimeStampToken), empty when absent */
};

/* The whole input is one structure. Errors: ses (unknown version, wrong ID, a list over its cap), der, time, utf8,
 * truncated, trailing-bytes, too-large; offsets count from in. */
ZY_MUST_CHECK bool zy_seal_info_parse(struct zy_seal_info *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_seal_parse(struct zy_seal *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_tbs_parse(struct zy_ses_tbs *out, struct zy_bytes in, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_signature_parse(struct zy_ses_signature *out, struct zy_bytes in, struct zy_error *err);

/* The same for a judge, who must read what makers write: other string types, a C string's zero octet, times with a
 * fraction or another zone or as text (without a zone they are Beijing's), a bare certificate, an AlgorithmIdentifier
 * for its OID, an OCTET STRING for a BIT STRING, extDatas with another tag. Nothing of it can be read in two ways.
 * *departs: the first such element, static; NULL: there is none. A text that is no UTF-8 is empty. */
ZY_MUST_CHECK bool zy_ses_signature_read(
    struct zy_ses_signature *out, struct zy_bytes in, const char **departs, struct zy_error *err);

/* Appended to out. zy_seal_info_encode writes the fields; the other three put the parts that a signature covers as
 * they are: info.der, eseal.der, toSign.der. DEFAULT FALSE is left out, times are GeneralizedTime; TBS_Sign gets the
 * version of eseal. Errors: no-memory, ses (a field that the parser would refuse, version 1). */
ZY_MUST_CHECK bool zy_seal_info_encode(const struct zy_seal_info *s, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_seal_encode(const struct zy_seal *s, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_tbs_encode(const struct zy_ses_tbs *t, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_ses_signature_encode(const struct zy_ses_signature *s, struct zy_buf *out, struct zy_error *err);

/* What the maker signed, appended to out: SES_SealInfo; in version 1 SEQUENCE { eSealInfo, cert, signatureAlgorithm }.
 * Errors: no-memory. */
ZY_MUST_CHECK bool zy_seal_signed(const struct zy_seal *s, struct zy_buf *out, struct zy_error *err);

/* signedValue or signature as r||s. DER { r, s } is the form; *raw tells that the 64 octets r||s themselves stood
 * there, or integers that are padded or negative: met in the wild, a deviation to report. Errors: der. */
ZY_MUST_CHECK bool zy_ses_rs(struct zy_bytes value, uint8_t rs[64], bool *raw, struct zy_error *err);

#endif
