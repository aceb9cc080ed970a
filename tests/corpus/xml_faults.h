/* XML documents, one fault each: a row says how it is made and what must be answered. */
#ifndef XML_FAULTS_H
#define XML_FAULTS_H

#include "xml_made.h"

struct xml_fault {
	const char *name, *verdict, *findings;
	struct xml_made m;
	void (*alter)(struct zy_buf *file, struct zy_arena *a); /* behind all changes; NULL: nothing */
};

#define PASSED "indication: TOTAL-PASSED"
#define FAILED "indication: TOTAL-FAILED\nsub_indication: "
#define UNKNOWN "indication: INDETERMINATE\nsub_indication: "
#define CHAIN "finding: revocation-not-checked\n"
#define DIGEST "finding: xml-reference-digest Reference.document\n"
#define VALUE "finding: signature-value SignatureValue\n"
#define NO_PROPERTIES                                                                                                  \
	"finding: certificate-not-bound SignedProperties.SigningCertificateV2\n"                                       \
	"finding: no-signing-time SignedProperties.SigningTime\n"
#define NOT_COVERED FAILED "NOT_COVERED"
#define TRANSFORM(uri) "<ds:Transform Algorithm=\"" uri "\"></ds:Transform>"
#define BOTH TRANSFORM(ZY_XML_ENVELOPED) TRANSFORM(ZY_XML_EXCLUSIVE)
#define AFTER(...)                                                                                                     \
	{                                                                                                              \
		.after = { __VA_ARGS__ }                                                                               \
	}
#define BEFORE(...)                                                                                                    \
	{                                                                                                              \
		.before = { __VA_ARGS__ }                                                                              \
	}
#define AFTER_P256(...)                                                                                                \
	{                                                                                                              \
		.suite = ZY_SUITE_INTL, .after = { __VA_ARGS__ }                                                       \
	}
#define BEFORE_P256(...)                                                                                               \
	{                                                                                                              \
		.suite = ZY_SUITE_INTL, .before = { __VA_ARGS__ }                                                      \
	}
/* the signature refers to a part by its Id, and is right about that part: what wrapping attacks begin with */
#define PART                                                                                                           \
	.document = "<r><part Id=\"part\">good</part></r>",                                                            \
	.before = { { "URI=\"\"", "URI=\"#part\"" }, { TRANSFORM(ZY_XML_ENVELOPED), "" },                              \
		{ "Jri7p6GjQYrnzQvmiS/p3LCrEO4aRzizSOZrJJbLq7Y=", "9b/RFvpSz9ZrpL9/Yxlp0H0VS8tlpthCjPzH8O3NwIo=" } }
#define PART_FOUND "finding: xml-coverage Reference\n" CHAIN
#define PART_TWICE FAILED "FORMAT_FAILURE", "finding: xml-id-repeated Reference\n" PART_FOUND
#define PART_CHANGED FAILED "HASH_FAILURE", "finding: xml-reference-digest Reference\n" PART_FOUND
#define NOT_JUDGED UNKNOWN "SIG_CONSTRAINTS_FAILURE"
#define EVIL "<part Id=\"part\">evil</part>"

static void xml_alter_der_value(struct zy_buf *file, struct zy_arena *a)
{
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO der = { 0 };
	ZY_BUF_AUTO text = { 0 };
	uint8_t rs[64];

	(void)a;
	xml_canonical(file, ZY_XML_DS, "SignedInfo", &info);
	verify_sign(
	    memmem(file->p, file->len, "ecdsa", 5) == NULL ? ZY_SUITE_GM : ZY_SUITE_INTL, zy_buf_bytes(&info), rs);
	zy_der_put_rs(&der, rs);
	zy_buf_put_str(&text, XML_ID "-value\">");
	zy_base64_encode(&text, zy_buf_bytes(&der));
	zy_buf_put_str(&text, "</ds:SignatureValue>");
	zy_buf_put_u8(&text, 0);
	xml_change_until(file, XML_ID "-value\">", "</ds:SignatureValue>", (const char *)text.p);
}

/* Takes the signature out; *rest is the document without it. */
static void xml_cut_signature(const struct zy_buf *file, struct zy_buf *signature, struct zy_buf *rest)
{
	static const char end[] = "</ds:Signature>";
	const uint8_t *from = memmem(file->p, file->len, "<ds:Signature xmlns", 19);
	const uint8_t *to = file->p + file->len - strlen(end);

	while (memcmp(to, end, strlen(end)) != 0)
		to--;
	to += strlen(end);
	zy_buf_put(signature, ZY_BYTES(from, (size_t)(to - from)));
	zy_buf_put(rest, ZY_BYTES(file->p, (size_t)(from - file->p)));
	zy_buf_put(rest, ZY_BYTES(to, file->len - (size_t)(to - file->p)));
}

/* `text` becomes the file, with the signature where it has %S and the document's root where it has %R. */
static void xml_arrange(struct zy_buf *file, const char *text)
{
	ZY_BUF_AUTO signature = { 0 };
	ZY_BUF_AUTO rest = { 0 };

	xml_cut_signature(file, &signature, &rest);
	if (rest.len > 5 && memcmp(rest.p, "<?xml", 5) == 0)
		xml_change_until(&rest, "<?xml", "?>", "");
	file->len = 0;
	for (; *text != 0; text++)
		if (*text != '%')
			zy_buf_put_u8(file, (uint8_t)*text);
		else
			zy_buf_put(file, *++text == 'S' ? zy_buf_bytes(&signature) : zy_buf_bytes(&rest));
}
#define ARRANGE(name, text)                                                                                            \
	static void xml_arrange_##name(struct zy_buf *file, struct zy_arena *a)                                        \
	{                                                                                                              \
		(void)a;                                                                                               \
		xml_arrange(file, text);                                                                               \
	}
ARRANGE(moved_up, "<evil>%R%S</evil>")
ARRANGE(deeper, "<g:grant xmlns:g=\"urn:example:grant\" number=\"7\">\n  <g:to>云泽市测试公司%S</g:to>\n"
		"  <g:amount currency=\"CNY\">1000</g:amount>\n</g:grant>")
ARRANGE(twice, "<g:grant xmlns:g=\"urn:example:grant\" number=\"7\">\n  <g:to>云泽市测试公司</g:to>\n"
	       "  <g:amount currency=\"CNY\">1000</g:amount>\n%S%S</g:grant>")
ARRANGE(as_root, "%S")
ARRANGE(xsw1, "<r>" EVIL "%S%R</r>")
ARRANGE(xsw2, "<r>" EVIL "%R%S</r>")
ARRANGE(xsw3, "<r>" EVIL "<part Id=\"part\">good</part>%S</r>")
ARRANGE(xsw4, "<r><part Id=\"part\">evil<part Id=\"part\">good</part></part>%S</r>")
ARRANGE(xsw5, "<r><part Id=\"evil\">evil</part>%S<part Id=\"part\">good</part></r>")
ARRANGE(xsw6, "<r><part Id=\"evil\">evil</part>%S<x><part Id=\"part\">good</part></x></r>")
ARRANGE(xsw7, "<r><x><part Id=\"part\">good</part></x><part id=\"part\">evil</part>%S</r>")

/* The signed part in an Object of the signature itself. */
static void xml_arrange_xsw8(struct zy_buf *file, struct zy_arena *a)
{
	(void)a;
	xml_arrange(file, "<r>" EVIL "%S</r>");
	xml_change(file, "</ds:Signature>", "<ds:Object><part Id=\"part\">good</part></ds:Object></ds:Signature>");
}

/* Good properties out of their place, evil ones in it. */
static void xml_wrap_properties(struct zy_buf *file, struct zy_arena *a)
{
	const uint8_t *from = memmem(file->p, file->len, "<xades:SignedProperties", 23), *to;
	static const char end[] = "</xades:SignedProperties>";
	ZY_BUF_AUTO good = { 0 };

	(void)a;
	to = memmem(from, file->len - (size_t)(from - file->p), end, strlen(end));
	zy_buf_put_str(&good, end);
	zy_buf_put_str(&good, "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>");
	zy_buf_put(&good, ZY_BYTES(from, (size_t)(to - from) + strlen(end)));
	zy_buf_put_str(&good, "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>");
	zy_buf_put_u8(&good, 0);
	xml_change(file, "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z");
	xml_change(file, end, (const char *)good.p);
}

static void xml_arrange_wrapped_whole(struct zy_buf *file, struct zy_arena *a)
{
	(void)a;
	xml_change_until(file, "<?xml", "?>", "<evil>");
	zy_buf_put_str(file, "<x>9000</x></evil>");
}

static void xml_alter_value(struct zy_buf *file, struct zy_arena *a)
{
	uint8_t *at = memmem(file->p, file->len, "-value\">", 8);

	(void)a;
	at[8] = at[8] == 'A' ? 'B' : 'A';
}

/* A digest cut to its first half, signed by who has the key. */
static void xml_short_digest(struct zy_buf *file, struct zy_arena *a)
{
	const uint8_t *at = memmem(file->p, file->len, "<ds:DigestValue>", 16);
	uint8_t rs[64];
	ZY_BUF_AUTO short_one = { 0 };
	ZY_BUF_AUTO info = { 0 };

	(void)a;
	zy_buf_put(&short_one, ZY_BYTES(at, 16 + 20));
	zy_buf_put_str(&short_one, "</ds:DigestValue>");
	zy_buf_put_u8(&short_one, 0);
	xml_change_until(file, "<ds:DigestValue>", "</ds:DigestValue>", (const char *)short_one.p);
	xml_canonical(file, ZY_XML_DS, "SignedInfo", &info);
	verify_sign(ZY_SUITE_GM, zy_buf_bytes(&info), rs);
	xml_set(file, "<ds:SignatureValue", "<ds:SignatureValue", ZY_BYTES(rs, sizeof(rs)));
}

/* Another enveloped signature beside the first, over what is there by then. */
static void xml_sign_again(struct zy_buf *file, struct zy_arena *a)
{
	ZY_BUF_AUTO first = { 0 };

	zy_buf_put(&first, zy_buf_bytes(file));
	zy_buf_put_u8(&first, 0);
	file->len = 0;
	xml_prepare(&(struct xml_made){ .document = (const char *)first.p, .suite = ZY_SUITE_INTL }, a, true, file);
}

static void xml_counter(struct zy_buf *file, struct zy_arena *a)
{
	xml_countersign(file, ZY_SUITE_INTL, a);
}

static void xml_counter_of_another(struct zy_buf *file, struct zy_arena *a)
{
	xml_countersign(file, ZY_SUITE_INTL, a);
	/* of the outer signature: its other form is as long, and as good */
	xml_change(file, XML_ID "-value\">", XML_ID "-value\">\n");
}

static void xml_put_twice(struct zy_buf *file, struct zy_arena *a)
{
	struct zy_buf copy = { 0 };

	(void)a;
	zy_buf_put(&copy, zy_buf_bytes(file));
	zy_buf_put(file, zy_buf_bytes(&copy));
	zy_buf_free(&copy);
}

static void xml_cut_short(struct zy_buf *file, struct zy_arena *a)
{
	(void)a;
	file->len -= 20;
}

static void xml_nest(struct zy_buf *file, struct zy_arena *a)
{
	(void)a;
	file->len = 0;
	for (int i = 0; i < 2 * ZY_XML_DEPTH_MAX; i++)
		zy_buf_put_str(file, i < ZY_XML_DEPTH_MAX ? "<a>" : "</a>");
	zy_buf_insert(file, 3 * ZY_XML_DEPTH_MAX, ZY_LITERAL("<a></a>"));
}

static const struct xml_fault xml_faults[] = {
	/* honest */
	{ "sm2", PASSED, CHAIN, { 0 }, NULL },
	{ "p-256", PASSED, CHAIN, { .suite = ZY_SUITE_INTL }, NULL },
	{ "sm2-value-in-der", PASSED, CHAIN, { 0 }, xml_alter_der_value },
	{ "sm2-named-as-the-customs-do", PASSED, CHAIN,
	    BEFORE({ "urn:oid:1.2.156.10197.1.501", "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3" },
		{ "urn:oid:1.2.156.10197.1.401", "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3" }),
	    NULL },
	{ "counter-signed", PASSED, CHAIN CHAIN, { 0 }, xml_counter },
	{ "other-markup-same-content", PASSED, CHAIN,
	    AFTER({ "currency=\"CNY\"", "\n currency = 'CNY' " }, { "1000", "<![CDATA[10]]>&#48;0" },
		{ " number=\"7\"", " number='7' xmlns:evil='urn:evil'" }, { ">\n  <g:to>", ">\r\n  <g:to>" }),
	    NULL },
	{ "comment-beside", PASSED, "finding: xml-comment\n" CHAIN, AFTER({ "</g:to>", "</g:to><!-- beside -->" }),
	    NULL },
	{ "no-signing-time", PASSED, "finding: no-signing-time SignedProperties.SigningTime\n" CHAIN,
	    BEFORE({ "<xades:SigningTime>", "", "</xades:SigningTime>" }), NULL },
	{ "property-unknown", PASSED, "finding: xml-property-unknown SignedProperties\n" CHAIN,
	    BEFORE({ "</xades:SigningCertificateV2>", "</xades:SigningCertificateV2><xades:SignerRoleV2/>" }), NULL },
	/* the document */
	{ "text-changed", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ "1000", "9000" }), NULL },
	{ "attribute-changed", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ "\"CNY\"", "\"USD\"" }), NULL },
	{ "attribute-added", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ " currency", " void=\"1\" currency" }),
	    NULL },
	{ "element-added", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ "<g:amount", "<g:void/><g:amount" }), NULL },
	{ "element-removed", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ "<g:amount", "", "</g:amount>" }), NULL },
	{ "element-renamed", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    AFTER({ "<g:to>", "<g:by>" }, { "</g:to>", "</g:by>" }), NULL },
	{ "space-added", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ ">1000", "> 1000" }), NULL },
	{ "carriage-return-added", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ ">1000", ">&#13;1000" }), NULL },
	{ "instruction-added", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    AFTER({ "<g:grant", "<?xml-stylesheet href=\"evil.xsl\"?><g:grant" }), NULL },
	{ "instruction-behind-the-root", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    AFTER({ "</g:grant>", "</g:grant><?evil?>" }), NULL },
	{ "namespace-changed", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ "urn:example:grant", "urn:example:grand" }),
	    NULL },
	{ "namespace-rebound-inside", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    AFTER({ "<g:amount", "<g:amount xmlns:g=\"urn:evil\"" }), NULL },
	{ "default-namespace-injected", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    { .document = "<a><b>1</b></a>", .after = { { "<b>", "<b xmlns=\"urn:evil\">" } } }, NULL },
	{ "language-added", FAILED "HASH_FAILURE", DIGEST CHAIN, AFTER({ "<g:to>", "<g:to xml:lang=\"en\">" }), NULL },
	{ "comment-cuts-a-text", NOT_JUDGED, "finding: xml-comment-in-text\n" CHAIN, AFTER({ "1000", "10<!-- -->00" }),
	    NULL },
	{ "comment-cuts-a-text-behind-space", NOT_JUDGED, "finding: xml-comment-in-text\n" CHAIN,
	    { .document = "<a>one two</a>", .after = { { "one two", "one<!-- --> <!-- -->two" } } }, NULL },
	/* SignedInfo, changed by who has no key */
	{ "signature-value-changed", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN, { 0 }, xml_alter_value },
	{ "signature-value-of-p-256-in-der", PASSED, "finding: signature-encoding SignatureValue\n" CHAIN,
	    { .suite = ZY_SUITE_INTL }, xml_alter_der_value },
	{ "signature-value-empty", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable Signature\n",
	    AFTER({ "-value\">", "-value\"></ds:SignatureValue>", "</ds:SignatureValue>" }), NULL },
	{ "signature-value-no-base64", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable Signature\n",
	    AFTER({ "-value\">", "-value\">*" }), NULL },
	{ "signed-info-changed", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN,
	    AFTER({ "<ds:SignedInfo", "<ds:SignedInfo Id=\"a\"" }), NULL },
	{ "property-changed", FAILED "HASH_FAILURE", "finding: xml-reference-digest Reference.SignedProperties\n" CHAIN,
	    AFTER({ "2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z" }), NULL },
	{ "method-renamed", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN, AFTER_P256({ "#ecdsa-sha256", "#ecdsa-sha512" }),
	    NULL },
	/* who has the key departs from the profile */
	{ "method-of-another-key", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN,
	    BEFORE_P256({ "#ecdsa-sha256", "#rsa-sha256" }), NULL },
	{ "method-mac", UNKNOWN "CRYPTO_CONSTRAINTS_FAILURE", "finding: xml-mac SignedInfo.SignatureMethod\n",
	    BEFORE_P256({ "#ecdsa-sha256", "#hmac-sha256" }), NULL },
	{ "method-sha1", UNKNOWN "CRYPTO_CONSTRAINTS_FAILURE",
	    "finding: signature-algorithm SignedInfo.SignatureMethod\n",
	    BEFORE_P256({ "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", ZY_XML_DS "rsa-sha1" }), NULL },
	{ "method-parameters", NOT_JUDGED, "finding: xml-canonicalization SignedInfo.CanonicalizationMethod\n",
	    BEFORE({ "</ds:SignatureMethod>", "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>" }),
	    NULL },
	{ "digest-sha1", UNKNOWN "CRYPTO_CONSTRAINTS_FAILURE",
	    "finding: signature-algorithm Reference.document\n" CHAIN,
	    BEFORE_P256({ "http://www.w3.org/2001/04/xmlenc#sha256", ZY_XML_DS "sha1" }), NULL },
	{ "digest-md5", UNKNOWN "CRYPTO_CONSTRAINTS_FAILURE", "finding: signature-algorithm Reference.document\n" CHAIN,
	    BEFORE_P256({ "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5" }),
	    NULL },
	{ "digest-short", FAILED "HASH_FAILURE", DIGEST CHAIN, { 0 }, xml_short_digest },
	{ "canonicalization-with-comments", PASSED, CHAIN,
	    BEFORE({ ZY_XML_EXCLUSIVE, ZY_XML_EXCLUSIVE "WithComments" }), NULL },
	/* signed in another form than they name */
	{ "canonicalization-inclusive", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN,
	    BEFORE({ ZY_XML_EXCLUSIVE, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" }), NULL },
	{ "canonicalization-1-1", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN,
	    BEFORE({ ZY_XML_EXCLUSIVE, "http://www.w3.org/2006/12/xml-c14n11" }), NULL },
	{ "canonicalization-prefix-list", FAILED "SIG_CRYPTO_FAILURE", VALUE CHAIN,
	    BEFORE({ "</ds:CanonicalizationMethod>", "<e:InclusiveNamespaces xmlns:e=\"" ZY_XML_EXCLUSIVE
						     "\" PrefixList=\"g\"/></ds:CanonicalizationMethod>" }),
	    NULL },
#define TRANSFORMED(name, to)                                                                                          \
	{                                                                                                              \
		"transform-" name, UNKNOWN "SIG_CONSTRAINTS_FAILURE",                                                  \
		    "finding: xml-transform Reference.document\n" CHAIN, BEFORE({ BOTH, to }), NULL                    \
	}
	TRANSFORMED("xslt", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><x:stylesheet "
			    "xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/></ds:Transform>" BOTH),
	TRANSFORMED("xpath",
	    BOTH "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>count(//. | "
		 "//@*)</ds:XPath></ds:Transform>"),
	TRANSFORMED("xpath-filter",
	    "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><x:XPath "
	    "xmlns:x=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">//*</x:XPath></ds:Transform>" BOTH),
	TRANSFORMED("base64", TRANSFORM(ZY_XML_ENVELOPED) TRANSFORM(ZY_XML_DS "base64")),
	TRANSFORMED("decryption", TRANSFORM("http://www.w3.org/2002/07/decrypt#XML") BOTH),
	TRANSFORMED("unknown", BOTH TRANSFORM("urn:evil")),
	{ "transform-inclusive-canonical", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    BEFORE({ BOTH, TRANSFORM(ZY_XML_ENVELOPED) TRANSFORM("http://www.w3.org/TR/2001/REC-xml-c14n-20010315") }),
	    NULL },
	{ "transform-with-comments", PASSED, CHAIN,
	    BEFORE({ BOTH, TRANSFORM(ZY_XML_ENVELOPED) TRANSFORM(ZY_XML_EXCLUSIVE "WithComments") }), NULL },
	TRANSFORMED("order", TRANSFORM(ZY_XML_EXCLUSIVE) TRANSFORM(ZY_XML_ENVELOPED)),
	{ "transform-not-canonical", FAILED "HASH_FAILURE", DIGEST CHAIN, BEFORE({ BOTH, TRANSFORM(ZY_XML_ENVELOPED) }),
	    NULL },
	TRANSFORMED("not-enveloped", TRANSFORM(ZY_XML_EXCLUSIVE)),
	TRANSFORMED("repeated", BOTH TRANSFORM(ZY_XML_EXCLUSIVE)),
	/* of what the document has anyway */
	{ "transform-prefix-list", PASSED, CHAIN,
	    BEFORE({ BOTH, TRANSFORM(ZY_XML_ENVELOPED) "<ds:Transform Algorithm=\"" ZY_XML_EXCLUSIVE
						       "\"><e:InclusiveNamespaces xmlns:e=\"" ZY_XML_EXCLUSIVE
						       "\" PrefixList=\"g\"/></ds:Transform>" }),
	    NULL },
	/* `other` is not used, so that only the list makes it part of what is digested */
	{ "transform-prefix-list-other", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    BEFORE({ BOTH, TRANSFORM(ZY_XML_ENVELOPED) "<ds:Transform Algorithm=\"" ZY_XML_EXCLUSIVE
						       "\"><e:InclusiveNamespaces xmlns:e=\"" ZY_XML_EXCLUSIVE
						       "\" PrefixList=\"other\"/></ds:Transform>" }),
	    NULL },
	TRANSFORMED("prefix-list-twice",
	    TRANSFORM(ZY_XML_ENVELOPED) "<ds:Transform Algorithm=\"" ZY_XML_EXCLUSIVE
					"\"><e:InclusiveNamespaces xmlns:e=\"" ZY_XML_EXCLUSIVE
					"\" PrefixList=\"g\"/><e:InclusiveNamespaces "
					"xmlns:e=\"" ZY_XML_EXCLUSIVE "\" PrefixList=\"other\"/></ds:Transform>"),
	{ "transforms-too-many", NOT_JUDGED, "finding: signature-unsupported SignedInfo\n",
	    BEFORE({ BOTH, BOTH BOTH BOTH }), NULL },
	{ "transform-of-properties", NOT_JUDGED,
	    "finding: xml-transform Reference.SignedProperties\n" NO_PROPERTIES CHAIN,
	    BEFORE({ "-properties\"><ds:Transforms>", "-properties\"><ds:Transforms>" TRANSFORM(ZY_XML_ENVELOPED) }),
	    NULL },
#define REFERRED(name, to)                                                                                             \
	{                                                                                                              \
		"reference-" name, NOT_JUDGED, PART_FOUND, BEFORE({ "URI=\"\"", to }), NULL                            \
	}
	REFERRED("to-the-net", "URI=\"http://example.org/grant.xml\""),
	REFERRED("to-a-file", "URI=\"file:///etc/passwd\""),
	REFERRED("to-a-neighbour", "URI=\"grant.xml\""),
	REFERRED("to-a-part", "URI=\"#part\""),
	REFERRED("by-xpointer", "URI=\"#xpointer(/)\""),
	REFERRED("to-nothing", ""),
	REFERRED("to-a-manifest", "Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" URI=\"#manifest\""),
	{ "reference-doubled", FAILED "HASH_FAILURE", DIGEST CHAIN,
	    BEFORE({ "</ds:SignedInfo>",
		"<ds:Reference URI=\"\"><ds:Transforms>" BOTH "</ds:Transforms><ds:DigestMethod "
		"Algorithm=\"urn:oid:1.2.156.10197.1.401\"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue>"
		"</ds:Reference></ds:SignedInfo>" }),
	    NULL },
	{ "reference-besides", NOT_JUDGED, PART_FOUND,
	    BEFORE({ "</ds:SignedInfo>",
		"<ds:Reference URI=\"#besides\"><ds:DigestMethod Algorithm=\"urn:oid:1.2.156.10197.1.401\">"
		"</ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>" }),
	    NULL },
	{ "reference-of-a-counter-signature", FAILED "HASH_FAILURE",
	    "finding: xml-reference-digest Reference\n" PART_FOUND,
	    BEFORE({ "URI=\"\"", "Type=\"" ZY_XML_TYPE_COUNTERSIGNED "\" URI=\"#" XML_ID "-value\"" }), NULL },
	{ "references-none", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable SignedInfo\n",
	    BEFORE({ "<ds:Reference Type", "", "</ds:Reference>" }, { "<ds:Reference Id", "", "</ds:Reference>" }),
	    NULL },
	{ "properties-not-signed", FAILED "FORMAT_FAILURE",
	    "finding: xml-properties SignedProperties\n" NO_PROPERTIES CHAIN,
	    BEFORE({ "<ds:Reference Type", "", "</ds:Reference>" }), NULL },
	{ "properties-of-another-signature", FAILED "FORMAT_FAILURE",
	    "finding: xml-properties QualifyingProperties.Target\n" CHAIN, AFTER({ "Target=\"#", "Target=\"#x" }),
	    NULL },
	{ "properties-absent", PASSED, NO_PROPERTIES CHAIN,
	    BEFORE({ "<ds:Reference Type", "", "</ds:Reference>" }, { "<ds:Object>", "", "</ds:Object>" }), NULL },
	{ "properties-wrapped", FAILED "FORMAT_FAILURE", "finding: xml-id-repeated Reference.SignedProperties\n" CHAIN,
	    { 0 }, xml_wrap_properties },
	{ "properties-id-repeated", FAILED "FORMAT_FAILURE",
	    "finding: xml-id-repeated Reference.SignedProperties\n" CHAIN,
	    BEFORE({ "<g:to>", "<g:to ID=\"" XML_ID "-properties\">" }), NULL },
	{ "properties-named-otherwise", NOT_COVERED, "finding: xml-reference Reference.SignedProperties\n" CHAIN,
	    BEFORE({ "URI=\"#" XML_ID "-properties\"", "URI=\"#" XML_ID "-other\"" }), NULL },
	{ "signing-time-malformed", FAILED "FORMAT_FAILURE",
	    "finding: xml-properties SignedProperties\n" NO_PROPERTIES CHAIN,
	    BEFORE({ "2026-03-01T00:00:00Z", "yesterday" }), NULL },
	{ "signed-in-future", FAILED "NOT_YET_VALID", "finding: signed-in-future SignedProperties.SigningTime\n" CHAIN,
	    { .signed_at = VERIFY_AT + 3600 }, NULL },
	{ "signed-before-certificate", FAILED "NOT_YET_VALID",
	    "finding: signed-before-certificate SignedProperties.SigningTime\n" CHAIN, { .signed_at = 946684800 },
	    NULL },
	/* who signed */
	{ "key-value-only", UNKNOWN "NO_SIGNING_CERTIFICATE_FOUND",
	    "finding: no-signing-certificate KeyInfo.X509Data\n",
	    AFTER_P256({ "<ds:X509Data>",
		"<ds:KeyValue><ECKeyValue xmlns=\"http://www.w3.org/2009/xmldsig11#\"><NamedCurve "
		"URI=\"urn:oid:1.2.840.10045.3.1.7\"/><PublicKey>BAAA</PublicKey></ECKeyValue></ds:KeyValue>",
		"</ds:X509Data>" }),
	    NULL },
	{ "key-name-only", UNKNOWN "NO_SIGNING_CERTIFICATE_FOUND", "finding: no-signing-certificate KeyInfo.X509Data\n",
	    AFTER({ "<ds:X509Data>", "<ds:KeyName>gm-leaf</ds:KeyName>", "</ds:X509Data>" }), NULL },
	{ "key-info-retrieved-from-the-net", UNKNOWN "NO_SIGNING_CERTIFICATE_FOUND",
	    "finding: no-signing-certificate KeyInfo.X509Data\n",
	    AFTER({ "<ds:X509Data>", "<ds:RetrievalMethod URI=\"http://example.org/key\"/>", "</ds:X509Data>" }),
	    NULL },
	{ "key-info-absent", UNKNOWN "NO_SIGNING_CERTIFICATE_FOUND",
	    "finding: no-signing-certificate KeyInfo.X509Data\n", AFTER({ "<ds:KeyInfo>", "", "</ds:KeyInfo>" }),
	    NULL },
	{ "certificate-left-out", FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-differs SignedProperties.SigningCertificateV2\n",
	    AFTER({ "<ds:X509Certificate>", "", "</ds:X509Certificate>" }), NULL },
	{ "certificate-of-another-key", FAILED "SIG_CRYPTO_FAILURE",
	    VALUE "finding: certificate-key-usage KeyInfo.X509Data\n" CHAIN, { .cert = "gm-usage" }, NULL },
	{ "certificate-not-bound", PASSED,
	    "finding: certificate-not-bound SignedProperties.SigningCertificateV2\n" CHAIN,
	    BEFORE({ "<xades:SigningCertificateV2>", "", "</xades:SigningCertificateV2>" }), NULL },
	{ "certificate-bound-by-sha1", FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-differs SignedProperties.SigningCertificateV2\n",
	    BEFORE({ "<xades:CertDigest><ds:DigestMethod xmlns:ds=\"" ZY_XML_DS
		     "\" Algorithm=\"urn:oid:1.2.156.10197.1.401\"",
		"<xades:CertDigest><ds:DigestMethod xmlns:ds=\"" ZY_XML_DS "\" Algorithm=\"" ZY_XML_DS "sha1\"" }),
	    NULL },
	{ "certificate-no-base64", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable Signature\n",
	    AFTER({ "<ds:X509Certificate>", "<ds:X509Certificate>?" }), NULL },
	/* where the signature stands, and what stands in it */
	{ "signature-deeper", NOT_JUDGED, "finding: xml-signature-place Signature\n" CHAIN, { 0 }, xml_arrange_deeper },
	{ "document-wrapped", FAILED "HASH_FAILURE", DIGEST CHAIN, { 0 }, xml_arrange_wrapped_whole },
	{ "document-wrapped-signature-moved", FAILED "HASH_FAILURE", DIGEST CHAIN, { 0 }, xml_arrange_moved_up },
	{ "signature-twice", FAILED "HASH_FAILURE",
	    DIGEST "finding: xml-id-repeated Reference.SignedProperties\n" CHAIN DIGEST
		   "finding: xml-id-repeated Reference.SignedProperties\n" CHAIN,
	    { 0 }, xml_arrange_twice },
	{ "signature-as-root", FAILED "HASH_FAILURE", DIGEST "finding: xml-signature-place Signature\n" CHAIN, { 0 },
	    xml_arrange_as_root },
	{ "two-signatures", FAILED "HASH_FAILURE", DIGEST CHAIN CHAIN, { 0 }, xml_sign_again },
	{ "counter-signature-of-another-value", FAILED "HASH_FAILURE",
	    CHAIN "finding: xml-reference-digest Reference.CountersignedSignature\n" CHAIN, { 0 },
	    xml_counter_of_another },
	{ "object-beside", NOT_JUDGED, "finding: xml-signature-stranger Object\n" CHAIN,
	    AFTER({ "</ds:Signature>", "<ds:Object>the true text</ds:Object></ds:Signature>" }), NULL },
	{ "object-of-data", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable Signature\n",
	    AFTER({ "</ds:Signature>", "<g:to>another</g:to></ds:Signature>" }), NULL },
	{ "signature-empty", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable Signature\n",
	    AFTER({ "<ds:SignedInfo", "", "</ds:Object>" }), NULL },
	{ "signature-in-another-namespace", UNKNOWN "NO_SIGNATURE", "finding: no-signature Signature\n",
	    AFTER({ "<ds:Signature xmlns:ds=\"" ZY_XML_DS "\"", "<ds:Signature xmlns:ds=\"urn:other\"" }), NULL },
	{ "unsigned", UNKNOWN "NO_SIGNATURE", "finding: no-signature Signature\n",
	    AFTER({ "<ds:Signature xmlns", "", "</ds:Signature>" }), NULL },
	/* wrapping (McIntosh and Austel; Somorovsky et al.), of a signature that refers by Id */
	{ "wrapping-none", NOT_JUDGED, PART_FOUND, { PART }, NULL },
	{ "wrapping-1", PART_TWICE, { PART }, xml_arrange_xsw1 },
	{ "wrapping-2", PART_TWICE, { PART }, xml_arrange_xsw2 },
	{ "wrapping-3", PART_TWICE, { PART }, xml_arrange_xsw3 },
	{ "wrapping-4", PART_TWICE, { PART }, xml_arrange_xsw4 },
	{ "wrapping-5", NOT_JUDGED, PART_FOUND, { PART }, xml_arrange_xsw5 },
	{ "wrapping-6", NOT_JUDGED, PART_FOUND, { PART }, xml_arrange_xsw6 },
	{ "wrapping-7", PART_TWICE, { PART }, xml_arrange_xsw7 },
	{ "wrapping-8", FAILED "FORMAT_FAILURE",
	    "finding: xml-signature-stranger Object\nfinding: xml-id-repeated Reference\n" PART_FOUND, { PART },
	    xml_arrange_xsw8 },
	/* time-stamps */
	{ "time-stamp-by-a-stranger", UNKNOWN "NO_CERTIFICATE_CHAIN_FOUND",
	    "finding: no-chain SignatureTimeStamp\n" CHAIN, { .stamp = "good" }, NULL },
	{ "time-stamp-unreadable", UNKNOWN "SIG_CONSTRAINTS_FAILURE",
	    "finding: timestamp-unreadable SignatureTimeStamp\n" CHAIN, { .stamp = "bytes" }, NULL },
	{ "time-stamp-canonicalized-otherwise", FAILED "HASH_FAILURE",
	    "finding: timestamp-imprint SignatureTimeStamp\nfinding: no-chain SignatureTimeStamp\n" CHAIN,
	    { .stamp = "good", .after = { { "<ds:CanonicalizationMethod Algorithm=\"" ZY_XML_EXCLUSIVE "\"/>", "" } } },
	    NULL },
	{ "time-stamp-no-base64", FAILED "FORMAT_FAILURE", "finding: xml-signature-unreadable Signature\n",
	    { .stamp = "bytes", .after = { { "<xades:EncapsulatedTimeStamp>", "<xades:EncapsulatedTimeStamp>%" } } },
	    NULL },
	/* what is not even read */
	{ "document-type", "error: xml", "", AFTER({ "<g:grant", "<!DOCTYPE grant><g:grant" }), NULL },
	{ "entity-of-a-file", "error: xml", "",
	    AFTER({ "<g:grant", "<!DOCTYPE grant [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><g:grant" },
		{ "1000", "&e;" }),
	    NULL },
	{ "entities-that-grow", "error: xml", "",
	    AFTER({ "<g:grant", "<!DOCTYPE grant [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
				"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><g:grant" }),
	    NULL },
	{ "document-type-elsewhere", "error: xml", "",
	    AFTER({ "<g:grant", "<!DOCTYPE grant SYSTEM \"http://example.org/evil.dtd\"><g:grant" }), NULL },
	{ "entity-undefined", "error: xml", "", AFTER({ "1000", "&nbsp;" }), NULL },
	{ "encoding-gbk", "error: utf8", "", AFTER({ "encoding=\"UTF-8\"", "encoding=\"GBK\"" }), NULL },
	{ "no-utf-8", "error: utf8", "",
	    AFTER({ "1000", "10\xc0\x80"
			    "00" }),
	    NULL },
	{ "version-1-1", "error: xml", "", AFTER({ "version=\"1.0\"", "version=\"1.1\"" }), NULL },
	{ "relative-namespace", "error: xml", "", AFTER({ "<g:to>", "<g:to xmlns:e=\"evil\">" }), NULL },
	{ "prefix-undeclared", "error: xml", "", AFTER({ "<g:amount", "<h:amount" }, { "</g:amount", "</h:amount" }),
	    NULL },
	{ "attribute-repeated", "error: xml", "", AFTER({ " currency", " currency=\"USD\" currency" }), NULL },
	{ "two-roots", "error: xml", "", { 0 }, xml_put_twice },
	{ "cut", "error: xml", "", { 0 }, xml_cut_short },
	{ "nested-too-deep", "error: too-large", "", { 0 }, xml_nest },
};

#endif
