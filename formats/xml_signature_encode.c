/* Canonical text is written as it is: no empty-element tags, attributes in their order, a namespace declared where it
 * is first used inside the part (Exclusive C14N 1.0, 3). That it is canonical, tests hold against other tools. */
#include "zy/xml_signature.h"

#include <stdio.h>

#include "zy/text.h"

#define XMLNS_DS " xmlns:ds=\"" ZY_XML_DS "\""
#define XMLNS_XADES " xmlns:xades=\"" ZY_XML_XADES "\""
#define ID_TEXT 24

/* Its own for each document, signer and moment: Ids of a document must differ. */
static bool make_id(const struct zy_xml_signing *s, char id[ID_TEXT], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	char hex[2 * 8 + 1];
	ZY_BUF_AUTO b = { 0 };

	for (size_t i = 0; i < 2; i++) {
		if (!zy_digest(ZY_HASH_SHA256, i == 0 ? s->covered : s->certs[0], digest, err))
			return false;
		zy_buf_put(&b, ZY_BYTES(digest, sizeof(digest)));
	}
	zy_buf_put_be(&b, (uint64_t)s->signed_at, 8);
	if (!zy_buf_done(&b, "Id", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, 8), hex);
	snprintf(id, ID_TEXT, "zy-%s", hex);
	return true;
}

static enum zy_xml_digest digest_of(const struct zy_xml_signing *s)
{
	return s->suite == ZY_SUITE_GM ? ZY_XML_SM3 : ZY_XML_SHA256;
}

/* DigestMethod and DigestValue of v; xmlns where the namespace is not yet declared. */
static bool put_digest(
    const struct zy_xml_signing *s, const char *xmlns, struct zy_bytes v, struct zy_buf *out, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(zy_suite_hash(s->suite), v, digest, err))
		return false;
	zy_buf_printf(out, "<ds:DigestMethod%s Algorithm=\"%s\"></ds:DigestMethod><ds:DigestValue%s>", xmlns,
	    zy_xml_digest_uri(digest_of(s)), xmlns);
	zy_base64_encode(out, ZY_BYTES(digest, sizeof(digest)));
	zy_buf_put_str(out, "</ds:DigestValue>");
	return true;
}

static bool put_properties(const struct zy_xml_signing *s, const char *id, struct zy_buf *out, struct zy_error *err)
{
	char time[ZY_TIME_TEXT];

	zy_time_to_rfc3339(s->signed_at, time);
	zy_buf_printf(out,
	    "<xades:SignedProperties" XMLNS_XADES " Id=\"%s-properties\"><xades:SignedSignatureProperties>"
	    "<xades:SigningTime>%s</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>",
	    id, time);
	if (!put_digest(s, XMLNS_DS, s->certs[0], out, err))
		return false;
	zy_buf_put_str(
	    out, "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>");
	if (s->countersigned == NULL)
		zy_buf_printf(out,
		    "<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference=\"#%s-document\">"
		    "<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>"
		    "</xades:SignedDataObjectProperties>",
		    id);
	zy_buf_put_str(out, "</xades:SignedProperties>");
	return true;
}

static void put_transform(struct zy_buf *out, const char *uri)
{
	zy_buf_printf(out, "<ds:Transform Algorithm=\"%s\"></ds:Transform>", uri);
}

static bool put_info(const struct zy_xml_signing *s, const char *id, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO properties = { 0 };

	zy_buf_printf(out,
	    "<ds:SignedInfo" XMLNS_DS "><ds:CanonicalizationMethod Algorithm=\"" ZY_XML_EXCLUSIVE
	    "\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"%s\"></ds:SignatureMethod>",
	    zy_xml_method_uri(s->suite == ZY_SUITE_GM ? ZY_XML_SM2 : ZY_XML_ECDSA));
	if (s->countersigned != NULL) {
		zy_buf_printf(out, "<ds:Reference Type=\"" ZY_XML_TYPE_COUNTERSIGNED "\" URI=\"#%s\"><ds:Transforms>",
		    s->countersigned);
	} else {
		zy_buf_printf(out, "<ds:Reference Id=\"%s-document\" URI=\"\"><ds:Transforms>", id);
		put_transform(out, ZY_XML_ENVELOPED);
	}
	put_transform(out, ZY_XML_EXCLUSIVE);
	zy_buf_put_str(out, "</ds:Transforms>");
	if (!put_digest(s, "", s->covered, out, err) || !put_properties(s, id, &properties, err))
		return false;
	zy_buf_printf(out,
	    "</ds:Reference><ds:Reference Type=\"" ZY_XML_TYPE_PROPERTIES "\" URI=\"#%s-properties\"><ds:Transforms>",
	    id);
	put_transform(out, ZY_XML_EXCLUSIVE);
	zy_buf_put_str(out, "</ds:Transforms>");
	if (!zy_buf_done(&properties, "SignedProperties", err) ||
	    !put_digest(s, "", zy_buf_bytes(&properties), out, err))
		return false;
	zy_buf_put_str(out, "</ds:Reference></ds:SignedInfo>");
	return zy_buf_done(out, "SignedInfo", err);
}

bool zy_xml_signed_info_encode(const struct zy_xml_signing *s, struct zy_buf *out, struct zy_error *err)
{
	char id[ID_TEXT];

	return make_id(s, id, err) && put_info(s, id, out, err);
}

/* r||s, each 32 octets (XMLDSIG 1.1, 6.4.3), of SM2 as well. */
static void put_value(const char *id, const uint8_t rs[64], struct zy_buf *out)
{
	zy_buf_printf(out, "<ds:SignatureValue" XMLNS_DS " Id=\"%s-value\">", id);
	zy_base64_encode(out, ZY_BYTES(rs, 64));
	zy_buf_put_str(out, "</ds:SignatureValue>");
}

bool zy_xml_value_encode(const struct zy_xml_signing *s, const uint8_t rs[64], struct zy_buf *out, struct zy_error *err)
{
	char id[ID_TEXT];

	if (!make_id(s, id, err))
		return false;
	put_value(id, rs, out);
	return zy_buf_done(out, "SignatureValue", err);
}

static void put_certs(const struct zy_xml_signing *s, struct zy_buf *out)
{
	zy_buf_put_str(out, "<ds:KeyInfo><ds:X509Data>");
	for (size_t i = 0; i < s->num_certs; i++) {
		zy_buf_put_str(out, "<ds:X509Certificate>");
		zy_base64_encode(out, s->certs[i]);
		zy_buf_put_str(out, "</ds:X509Certificate>");
	}
	zy_buf_put_str(out, "</ds:X509Data></ds:KeyInfo>");
}

/* EN 319 132-1 5.3: the imprint is over the canonical SignatureValue. */
static void put_token(struct zy_bytes token, struct zy_buf *out)
{
	if (token.len == 0)
		return;
	zy_buf_put_str(out, "<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>"
			    "<ds:CanonicalizationMethod Algorithm=\"" ZY_XML_EXCLUSIVE
			    "\"></ds:CanonicalizationMethod><xades:EncapsulatedTimeStamp>");
	zy_base64_encode(out, token);
	zy_buf_put_str(out, "</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
			    "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>");
}

bool zy_xml_signature_encode(const struct zy_xml_signing *s, const uint8_t rs[64], struct zy_bytes token,
    struct zy_buf *out, struct zy_error *err)
{
	char id[ID_TEXT];

	if (s->num_certs == 0 || s->num_certs > ZY_XML_CERTS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "X509Data", ZY_NOWHERE, "1 to %d certificates", ZY_XML_CERTS_MAX);
	if (!make_id(s, id, err))
		return false;
	zy_buf_printf(out, "<ds:Signature" XMLNS_DS " Id=\"%s\">", id);
	if (!put_info(s, id, out, err))
		return false;
	put_value(id, rs, out);
	put_certs(s, out);
	zy_buf_printf(out, "<ds:Object><xades:QualifyingProperties" XMLNS_XADES " Target=\"#%s\">", id);
	if (!put_properties(s, id, out, err))
		return false;
	put_token(token, out);
	zy_buf_put_str(out, "</xades:QualifyingProperties></ds:Object></ds:Signature>");
	return zy_buf_done(out, "Signature", err);
}
