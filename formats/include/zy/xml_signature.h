/*
 * XML signatures in one fixed profile: an enveloped ds:Signature (XMLDSIG 1.1) with XAdES properties (EN 319 132-1).
 *
 *   <ds:Signature Id>
 *     <ds:SignedInfo>      CanonicalizationMethod exclusive without comments, SignatureMethod,
 *                          Reference URI=""      enveloped-signature, then exclusive canonicalisation
 *                          Reference URI="#P"    Type #SignedProperties; exclusive canonicalisation
 *     <ds:SignatureValue Id>
 *     <ds:KeyInfo>         X509Data
 *     <ds:Object>          xades:QualifyingProperties Target="#..."
 *                            SignedProperties Id="P": SigningTime, SigningCertificateV2, ...
 *                            UnsignedProperties: SignatureTimeStamp, CounterSignature, CertificateValues,
 *                            RevocationValues, ...
 *
 * A counter signature has a Reference to the ds:SignatureValue that it countersigns (Type #CountersignedSignature) in
 * the place of the first. What is read here are canonical bytes only: those of zy_xml_tree_canonical, which were
 * digested. Parsing judges nothing. Texts and octets in the arena. Threads: any; no shared state.
 */
#ifndef ZY_XML_SIGNATURE_H
#define ZY_XML_SIGNATURE_H

#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/digest.h"
#include "zy/xml.h"

#define ZY_XML_DS "http://www.w3.org/2000/09/xmldsig#"
#define ZY_XML_XADES "http://uri.etsi.org/01903/v1.3.2#"
#define ZY_XML_EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define ZY_XML_SHA1 ZY_XML_DS "sha1" /* of a certificate that a signature names; nothing is signed by it */
#define ZY_XML_ENVELOPED ZY_XML_DS "enveloped-signature"
#define ZY_XML_TYPE_PROPERTIES "http://uri.etsi.org/01903#SignedProperties"
#define ZY_XML_TYPE_COUNTERSIGNED "http://uri.etsi.org/01903#CountersignedSignature"

#define ZY_XML_REFERENCES_MAX 8
#define ZY_XML_TRANSFORMS_MAX 4
#define ZY_XML_CERTS_MAX 8
#define ZY_XML_VALUES_MAX 16 /* of each kind */
#define ZY_XML_STAMPS_MAX 8

struct zy_xml_transform {
	const char *uri;
	const char *prefixes; /* PrefixList of exclusive canonicalisation, as it stands; NULL: none */
};

struct zy_xml_reference {
	const char *uri, *type; /* NULL when absent */
	size_t num_transforms;
	struct zy_xml_transform transforms[ZY_XML_TRANSFORMS_MAX];
	bool has_parameters; /* a transform has other content: an expression, a style sheet ... */
	const char *digest_method;
	struct zy_bytes digest;
};

struct zy_xml_signed_info {
	struct zy_xml_transform canonicalization;
	const char *signature_method;
	bool has_parameters; /* either method has content, other than a PrefixList */
	size_t num_references;
	struct zy_xml_reference references[ZY_XML_REFERENCES_MAX];
};
/* Errors: xml, xml-signature, base64, too-large, utf8, no-memory. */
ZY_MUST_CHECK bool zy_xml_signed_info_parse(
    struct zy_xml_signed_info *out, struct zy_bytes canonical, struct zy_arena *a, struct zy_error *err);

/* What of a reference departs from the profile, NULL when nothing does. */
enum zy_xml_reference_kind { ZY_XML_REF_DOCUMENT, ZY_XML_REF_PROPERTIES, ZY_XML_REF_COUNTERSIGNED, ZY_XML_REF_OTHER };
enum zy_xml_reference_kind zy_xml_reference_kind(const struct zy_xml_reference *r);
/* Are the transforms of a reference exactly those that the profile has for its kind? */
bool zy_xml_reference_is_plain(const struct zy_xml_reference *r);
/* Is it SM2 with SM3, or ECDSA with SHA-256, over what the profile has and nothing else? For those who are asked to
 * sign it. Errors: xml-signature and those of zy_xml_signed_info_parse. */
ZY_MUST_CHECK bool zy_xml_signed_info_check(struct zy_bytes canonical, enum zy_suite suite, struct zy_error *err);

struct zy_xml_properties {
	const char *id;
	bool has_time;
	zy_time time; /* SigningTime */
	bool has_certs;
	size_t num_certs; /* Certs of SigningCertificate(V2): the signer's, and perhaps some of its path */
	struct {
		const char *digest_method;
		struct zy_bytes digest;
	} certs[ZY_XML_CERTS_MAX];
	const char *unknown; /* local name of the first property that is not known here, or NULL */
};
/* Errors: as above, time. */
ZY_MUST_CHECK bool zy_xml_properties_parse(
    struct zy_xml_properties *out, struct zy_bytes canonical, struct zy_arena *a, struct zy_error *err);

struct zy_xml_signature {
	const char *id, *value_id; /* NULL when absent */
	struct zy_bytes value;
	size_t num_certs;
	struct zy_bytes certs[ZY_XML_CERTS_MAX]; /* DER, as they stand in X509Data */
	bool has_properties;
	const char *target; /* of QualifyingProperties, NULL when absent */
	size_t num_stamps;  /* tokens of SignatureTimeStamp */
	struct {
		struct zy_bytes token;
		struct zy_xml_transform canonicalization; /* uri NULL: none is named */
	} stamps[ZY_XML_STAMPS_MAX];
	/* CertificateValues, CRLValues and OCSPValues: what came along to verify it by, later (XAdES B-LT) */
	struct zy_xml_values {
		size_t num;
		struct zy_bytes der[ZY_XML_VALUES_MAX];
	} more_certs, crls, answers;
	size_t num_strangers; /* further Objects */
};
/* The whole ds:Signature; SignedInfo and SignedProperties are not looked into. Errors: as above. */
ZY_MUST_CHECK bool zy_xml_signature_parse(
    struct zy_xml_signature *out, struct zy_bytes canonical, struct zy_arena *a, struct zy_error *err);

/*
 * Algorithms by their URIs. The names of SM2 and SM3 are registered nowhere: those by their OID (RFC 3061) are written,
 * some of practice are read (ARCHITECTURE.md section 11).
 */
enum zy_xml_digest { ZY_XML_SM3, ZY_XML_SHA256, ZY_XML_SHA384, ZY_XML_SHA512, ZY_XML_DIGEST_OTHER };
enum zy_xml_digest zy_xml_digest(const char *uri);
enum zy_xml_key { ZY_XML_SM2, ZY_XML_ECDSA, ZY_XML_RSA, ZY_XML_RSA_PSS, ZY_XML_MAC, ZY_XML_KEY_OTHER };
enum zy_xml_key zy_xml_method(const char *uri, enum zy_xml_digest *digest);
/* The URIs that are written for a suite. */
const char *zy_xml_digest_uri(enum zy_xml_digest digest); /* not of OTHER */
const char *zy_xml_method_uri(enum zy_xml_key key);       /* SM2 with SM3, ECDSA with SHA-256 */

/*
 * Writing. Every part stands in the file in its canonical form, so that what is encoded here is what is digested and
 * signed. The document itself is not touched: see zy_xml_element_end_tag for where the signature goes.
 */
struct zy_xml_signing {
	enum zy_suite suite;
	const struct zy_bytes *certs; /* DER; the signer's first */
	size_t num_certs;             /* 1..ZY_XML_CERTS_MAX */
	zy_time signed_at;            /* SigningTime */
	struct zy_bytes
	    covered; /* canonical bytes of the document, or of the ds:SignatureValue that is countersigned */
	const char *countersigned; /* the latter's Id, of characters that need no escape; NULL: a document */
};
/* ds:SignedInfo: the message to be signed. Errors: crypto, too-large, no-memory. */
ZY_MUST_CHECK bool zy_xml_signed_info_encode(const struct zy_xml_signing *s, struct zy_buf *out, struct zy_error *err);
/* ds:SignatureValue with r||s: what a SignatureTimeStamp is over. Errors: as above. */
ZY_MUST_CHECK bool zy_xml_value_encode(
    const struct zy_xml_signing *s, const uint8_t rs[64], struct zy_buf *out, struct zy_error *err);
/* The whole ds:Signature. token: a TimeStampToken over what zy_xml_value_encode gives, or empty. Errors: as above. */
ZY_MUST_CHECK bool zy_xml_signature_encode(const struct zy_xml_signing *s, const uint8_t rs[64], struct zy_bytes token,
    struct zy_buf *out, struct zy_error *err);

#endif
