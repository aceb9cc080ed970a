/* Algorithms of XML signatures by their URIs: XMLDSIG 1.1 section 6, RFC 9231, and for SM2 and SM3 what there is. */
#include "zy/xml_signature.h"

#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define LATER "http://www.w3.org/2007/05/xmldsig-more#"
#define ENC "http://www.w3.org/2001/04/xmlenc#"
/* GM/T 0006: SM3, SM2 with SM3 */
#define OID_SM3 "urn:oid:1.2.156.10197.1.401"
#define OID_SM2 "urn:oid:1.2.156.10197.1.501"
/* of the customs' single window */
#define PORT "http://www.chinaport.gov.cn/2022/04/xmldsig#"

/* The first of each digest is the one that is written. */
static const struct {
	const char *uri;
	enum zy_xml_digest digest;
} digests[] = {
	{ OID_SM3, ZY_XML_SM3 },
	{ PORT "sm3", ZY_XML_SM3 },
	{ ZY_XML_DS "sm3", ZY_XML_SM3 },
	{ ENC "sha256", ZY_XML_SHA256 },
	{ MORE "sha384", ZY_XML_SHA384 },
	{ ENC "sha512", ZY_XML_SHA512 },
};

static const struct {
	const char *uri;
	enum zy_xml_key key;
	enum zy_xml_digest digest;
} methods[] = {
	{ OID_SM2, ZY_XML_SM2, ZY_XML_SM3 },
	{ PORT "sm2-sm3", ZY_XML_SM2, ZY_XML_SM3 },
	{ ZY_XML_DS "sm2-sm3", ZY_XML_SM2, ZY_XML_SM3 },
	{ MORE "ecdsa-sha256", ZY_XML_ECDSA, ZY_XML_SHA256 },
	{ MORE "ecdsa-sha384", ZY_XML_ECDSA, ZY_XML_SHA384 },
	{ MORE "ecdsa-sha512", ZY_XML_ECDSA, ZY_XML_SHA512 },
	{ MORE "rsa-sha256", ZY_XML_RSA, ZY_XML_SHA256 },
	{ MORE "rsa-sha384", ZY_XML_RSA, ZY_XML_SHA384 },
	{ MORE "rsa-sha512", ZY_XML_RSA, ZY_XML_SHA512 },
	{ LATER "sha256-rsa-MGF1", ZY_XML_RSA_PSS, ZY_XML_SHA256 },
	{ LATER "sha384-rsa-MGF1", ZY_XML_RSA_PSS, ZY_XML_SHA384 },
	{ LATER "sha512-rsa-MGF1", ZY_XML_RSA_PSS, ZY_XML_SHA512 },
};

enum zy_xml_digest zy_xml_digest(const char *uri)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (strcmp(digests[i].uri, uri) == 0)
			return digests[i].digest;
	return ZY_XML_DIGEST_OTHER;
}

enum zy_xml_key zy_xml_method(const char *uri, enum zy_xml_digest *digest)
{
	static const char hmac[] = "#hmac-";

	*digest = ZY_XML_DIGEST_OTHER;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].uri, uri) == 0) {
			*digest = methods[i].digest;
			return methods[i].key;
		}
	return strstr(uri, hmac) != NULL ? ZY_XML_MAC : ZY_XML_KEY_OTHER;
}

const char *zy_xml_digest_uri(enum zy_xml_digest digest)
{
	size_t i = 0;

	while (digests[i].digest != digest)
		i++;
	return digests[i].uri;
}

const char *zy_xml_method_uri(enum zy_xml_key key)
{
	size_t i = 0;

	while (methods[i].key != key)
		i++;
	return methods[i].uri;
}
