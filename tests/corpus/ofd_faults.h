/* One row, one fault of an OFD document: where it comes in, and what a judge must say. */
#ifndef OFD_FAULTS_H
#define OFD_FAULTS_H

#include "corpus/ofd_contract.h"

#define PASS "indication: TOTAL-PASSED\n"
#define FAIL(sub) "indication: TOTAL-FAILED\nsub_indication: " sub "\n"
#define CANNOT(sub) "indication: INDETERMINATE\nsub_indication: " sub "\n"
#define F(finding) "finding: " finding "\n"
#define SIGNED F("revocation-not-checked") /* for each signature whose chain is judged */
#define TWICE(text) text text

#define SIGN_0 SIGNS "Sign_0/"
#define SIGN_1 SIGNS "Sign_1/"
#define LIST SIGNS "Signatures.xml"
#define SIGN_0_STRAY                                                                                                   \
	F("stray-file " SIGN_0 "Seal.esl")                                                                             \
	F("stray-file " SIGN_0 "Signature.xml") F("stray-file " SIGN_0 "SignedValue.dat")
#define SIGN_1_STRAY                                                                                                   \
	F("stray-file " SIGN_1 "Seal.esl")                                                                             \
	F("stray-file " SIGN_1 "Signature.xml") F("stray-file " SIGN_1 "SignedValue.dat")
#define SIGN_0_REST F("stray-file " SIGN_0 "Seal.esl") F("stray-file " SIGN_0 "SignedValue.dat")
#define ONE_SIGNATURE_IS_UNREADABLE                                                                                    \
	F("document-fault " SIGN_0 "Signature.xml") F("signature-unreadable " SIGN_0 "Signature.xml") ALL_OPEN

/* Every file of the contract, as one finding each. */
#define ALL(code) ALL_OF_THE_PACKAGE(code) ALL_OF_THE_PAGES(code) ALL_BESIDE(code)
#define ALL_OF_THE_PACKAGE(code) F(code " OFD.xml") F(code " Doc_0/Document.xml") F(code " Doc_0/PublicRes.xml")
#define ALL_OF_THE_PAGES(code) F(code " Doc_0/Res/f.otf") F(code " Doc_0/Tpl.xml") F(code " " PAGE_0) F(code " " PAGE_1)
#define ALL_BESIDE(code) ALL_ANNOTS(code) ALL_TAGS(code) ALL_ATTACHED(code)
#define ALL_ANNOTS(code) F(code " Doc_0/Annots.xml") F(code " Doc_0/Annot.xml")
#define ALL_TAGS(code) F(code " Doc_0/Tags.xml") F(code " Doc_0/Tag.xml")
#define ALL_ATTACHED(code) F(code " Doc_0/Attachs.xml") F(code " Doc_0/offer.csv")
#define ALL_OPEN ALL("not-protected")

/* A file that a signature protects was changed: it has no protection any more. */
#define CHANGED(file) FAIL("HASH_FAILURE") F("reference-digest " file) F("not-covered " file) SIGNED
#define IN_SIGNATURE(finding) FAIL("HASH_FAILURE") F(finding) SIGNED

static const struct ofd_fault {
	const char *name, *expect;
	struct contract c;
} ofd_faults[] = {
	/* honest */
	{ "contract", PASS SIGNED, { .num_signatures = 1 } },
	{ "contract-two-seals", PASS TWICE(SIGNED), { .num_signatures = 2 } },
	{ "contract-five-seals", PASS SIGNED TWICE(SIGNED) TWICE(SIGNED), { .num_signatures = 5 } },
	{ "contract-strips", PASS TWICE(SIGNED), { .num_signatures = 2, .flags = FIRST_SIGNATURE_STRIPS } },
	{ "contract-locked", PASS TWICE(SIGNED), { .num_signatures = 2, .flags = LAST_LOCKS } },
	{ "contract-sha-256", PASS TWICE(SIGNED), { .num_signatures = 2, .flags = SHA256_DIGESTS } },
	{ "two-documents", PASS SIGNED, { .num_signatures = 1, .flags = TWO_DOCUMENTS } },
	{ "contract-not-signed", CANNOT("NO_SIGNATURE") F("no-signature Signatures"), { .num_signatures = 0 } },
	{ "stray-file-beside-a-contract", PASS SIGNED F("stray-file more.bin"),
	    { .num_signatures = 1, .after = { { "more.bin", NULL, "smuggled" } } } },
	{ "seal-not-listed", PASS SIGNED SIGN_1_STRAY,
	    { .num_signatures = 2,
		.after = { { LIST, "<ofd:Signature ID=\"s002\" Type=\"Seal\" BaseLoc=\"/" SIGN_1 "Signature.xml\"/>",
		    "" } } } },
	/* what a signature protects was changed */
	{ "changed-page", CHANGED(PAGE_0),
	    { .num_signatures = 1, .after = { { PAGE_0, "one million", "two million" } } } },
	{ "changed-ofd-xml", CHANGED("OFD.xml"), { .num_signatures = 1, .after = { { "OFD.xml", "1.0", "1.1" } } } },
	{ "changed-template", CHANGED("Doc_0/Tpl.xml"),
	    { .num_signatures = 1, .after = { { "Doc_0/Tpl.xml", NULL, "<Page/>" } } } },
	{ "changed-font", CHANGED("Doc_0/Res/f.otf"),
	    { .num_signatures = 1, .after = { { "Doc_0/Res/f.otf", NULL, "another font" } } } },
	{ "changed-annotation", CHANGED("Doc_0/Annot.xml"),
	    { .num_signatures = 1, .after = { { "Doc_0/Annot.xml", NULL, "<PageAnnot><Annot/></PageAnnot>" } } } },
	{ "changed-tag", CHANGED("Doc_0/Tag.xml"),
	    { .num_signatures = 1, .after = { { "Doc_0/Tag.xml", NULL, "<tag>1</tag>" } } } },
	{ "changed-attachment", CHANGED("Doc_0/offer.csv"),
	    { .num_signatures = 1, .after = { { "Doc_0/offer.csv", "1", "2" } } } },
	{ "changed-after-two-seals",
	    FAIL("HASH_FAILURE") TWICE(F("reference-digest " PAGE_1)) F("not-covered " PAGE_1) TWICE(SIGNED),
	    { .num_signatures = 2, .after = { { PAGE_1, "signed", "paid" } } } },
	{ "page-added",
	    FAIL("HASH_FAILURE") F("reference-digest Doc_0/Document.xml") F("not-covered Doc_0/Document.xml")
		F("not-protected Doc_0/Page.xml") SIGNED,
	    { .num_signatures = 1,
		.after = { { "Doc_0/Document.xml", "</ofd:Pages>",
			       "<ofd:Page ID=\"9\" BaseLoc=\"Page.xml\"/></ofd:Pages>" },
		    { "Doc_0/Page.xml", NULL, "<Page/>" } } } },
	{ "page-taken-away",
	    FAIL("HASH_FAILURE") F("document-incomplete " PAGE_1) F("reference-missing " PAGE_1) SIGNED,
	    { .num_signatures = 1, .after = { { PAGE_1, NULL, NULL } } } },
	{ "document-added",
	    FAIL("HASH_FAILURE") F("reference-digest OFD.xml") F("not-covered OFD.xml")
		F("not-protected Doc_1/Document.xml") F("not-protected Doc_1/Page.xml") SIGNED,
	    { .num_signatures = 1,
		.after = { { "OFD.xml", "</ofd:OFD>",
			       "<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>" },
		    { "Doc_1/Document.xml", NULL,
			"<Document><CommonData/><Pages><Page ID=\"1\" BaseLoc=\"Page.xml\"/></Pages></Document>" },
		    { "Doc_1/Page.xml", NULL, "<Page/>" } } } },
	{ "base-loc-outside",
	    FAIL("HASH_FAILURE") F("document-unread Doc_0/Document.xml") F("reference-digest Doc_0/Document.xml")
		F("not-covered Doc_0/Document.xml") F("stray-file Doc_0/Tpl.xml") SIGNED,
	    { .num_signatures = 1, .after = { { "Doc_0/Document.xml", "\"Tpl.xml\"", "\"../../../etc/passwd\"" } } } },
	{ "base-loc-with-a-dot", CANNOT("NO_SIGNATURE") F("no-signature Signatures"),
	    { .num_signatures = 0, .before = { { "Doc_0/Document.xml", "\"Tpl.xml\"", "\"./Tpl.xml\"" } } } },
	{ "document-with-an-entity",
	    FAIL("HASH_FAILURE") F("document-unread Doc_0/Document.xml") F("reference-digest Doc_0/Document.xml")
		F("not-covered Doc_0/Document.xml") F("stray-file Doc_0/PublicRes.xml") F("stray-file Doc_0/Res/f.otf")
		    F("stray-file Doc_0/Tpl.xml") F("stray-file " PAGE_0) F("stray-file " PAGE_1)
			F("stray-file Doc_0/Annots.xml") F("stray-file Doc_0/Annot.xml") F("stray-file Doc_0/Tags.xml")
			    F("stray-file Doc_0/Tag.xml") F("stray-file Doc_0/Attachs.xml")
				F("stray-file Doc_0/offer.csv") F("stamp-page " SIGN_0 "Signature.xml") SIGNED,
	    { .num_signatures = 1,
		.after = { { "Doc_0/Document.xml", "<ofd:Document",
		    "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><ofd:Document" } } } },
	/* what a signature leaves out */
	{ "file-left-out", CANNOT("NOT_COVERED") F("not-protected Doc_0/offer.csv") SIGNED,
	    { .num_signatures = 1, .signing = { { SIGN_0 "Signature.xml", "Reference /Doc_0/offer.csv", "" } } } },
	{ "file-between-two-seals", CANNOT("NOT_COVERED") F("partly-covered Doc_0/offer.csv") TWICE(SIGNED),
	    { .num_signatures = 2, .signing = { { SIGN_0 "Signature.xml", "Reference /Doc_0/offer.csv", "" } } } },
	{ "page-claimed-as-seal",
	    FAIL("HASH_FAILURE") F("seal-file-differs " PAGE_0) F("not-protected " PAGE_0)
		F("stray-file " SIGN_0 "Seal.esl") SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "Reference /" PAGE_0, "" },
		    { SIGN_0 "Signature.xml", "<ofd:BaseLoc>/" SIGN_0 "Seal.esl", "<ofd:BaseLoc>/" PAGE_0 } } } },
	{ "references-itself", IN_SIGNATURE("reference-digest " SIGN_0 "Signature.xml"),
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "</ofd:References>",
		    "<ofd:Reference FileRef=\"/" SIGN_0 "Signature.xml\"><ofd:CheckValue>"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</ofd:CheckValue></ofd:Reference></ofd:References>" } } } },
	{ "reference-to-nothing", IN_SIGNATURE("reference-missing Doc_0/none.xml"),
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "</ofd:References>",
		    "<ofd:Reference FileRef=\"/Doc_0/none.xml\"><ofd:CheckValue>"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</ofd:CheckValue></ofd:Reference></ofd:References>" } } } },
	{ "reference-in-other-case",
	    FAIL("HASH_FAILURE") F("reference-missing doc_0/offer.csv") F("not-protected Doc_0/offer.csv") SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "/Doc_0/offer.csv", "/doc_0/offer.csv" } } } },
	{ "reference-percent-encoded",
	    FAIL("HASH_FAILURE") F("reference-missing Doc_0/%6Fffer.csv") F("not-protected Doc_0/offer.csv") SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "/Doc_0/offer.csv", "/Doc_0/%6Fffer.csv" } } } },
	{ "reference-with-backslash",
	    FAIL("HASH_FAILURE") F("reference-missing Doc_0\\offer.csv") F("not-protected Doc_0/offer.csv") SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "/Doc_0/offer.csv", "/Doc_0\\offer.csv" } } } },
	{ "reference-with-a-dot", PASS SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "/Doc_0/offer.csv", "/Doc_0/./offer.csv" } } } },
	{ "reference-with-two-slashes", PASS SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "/Doc_0/offer.csv", "/Doc_0//offer.csv" } } } },
	{ "reference-to-the-parent", PASS SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "/Doc_0/offer.csv", "/Doc_0/../Doc_0/offer.csv" } } } },
	{ "reference-twice", IN_SIGNATURE("reference-digest OFD.xml"),
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "</ofd:References>",
		    "<ofd:Reference FileRef=\"/OFD.xml\"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>" } } } },
	{ "references-twice", FAIL("FORMAT_FAILURE") ONE_SIGNATURE_IS_UNREADABLE F("stray-file " SIGN_0 "Seal.esl"),
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "</ofd:References>",
		    "</ofd:References><ofd:References/>" } } } },
	{ "check-value-no-base64",
	    FAIL("FORMAT_FAILURE") ONE_SIGNATURE_IS_UNREADABLE F("stray-file " SIGN_0 "Seal.esl"),
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", "<ofd:CheckValue>", "<ofd:CheckValue>*" } } } },
	{ "check-method-absent", CANNOT("CRYPTO_CONSTRAINTS_FAILURE") F("check-method References.CheckMethod") SIGNED,
	    { .num_signatures = 1,
		.signing = { { SIGN_0 "Signature.xml", " CheckMethod=\"1.2.156.10197.1.401\"", "" } } } },
	{ "check-method-sha-1", CANNOT("CRYPTO_CONSTRAINTS_FAILURE") F("check-method References.CheckMethod") SIGNED,
	    { .num_signatures = 1, .signing = { { SIGN_0 "Signature.xml", "1.2.156.10197.1.401", "SHA1" } } } },
	{ "check-method-confused",
	    FAIL("HASH_FAILURE") ALL("reference-digest") F("reference-digest " SIGN_0 "Seal.esl") ALL_OPEN SIGNED,
	    { .num_signatures = 1, .signing = { { SIGN_0 "Signature.xml", "1.2.156.10197.1.401", "SHA256" } } } },
	/* what a signature says of itself */
	{ "protect-date-altered", IN_SIGNATURE("ses-data-hash TBS_Sign.dataHash"),
	    { .num_signatures = 1, .after = { { SIGN_0 "Signature.xml", "20260301000000Z", "20260201000000Z" } } } },
	{ "stamp-on-another-page", IN_SIGNATURE("ses-data-hash TBS_Sign.dataHash"),
	    { .num_signatures = 1, .after = { { SIGN_0 "Signature.xml", "PageRef=\"1\"", "PageRef=\"2\"" } } } },
	{ "stamp-moved", IN_SIGNATURE("ses-data-hash TBS_Sign.dataHash"),
	    { .num_signatures = 1, .after = { { SIGN_0 "Signature.xml", "Boundary=\"1", "Boundary=\"" } } } },
	{ "strip-made-whole", IN_SIGNATURE("ses-data-hash TBS_Sign.dataHash"),
	    { .num_signatures = 1,
		.flags = FIRST_SIGNATURE_STRIPS,
		.after = { { SIGN_0 "Signature.xml", " Clip=", " Klip=" } } } },
	{ "stamp-on-no-page", CANNOT("SIG_CONSTRAINTS_FAILURE") F("stamp-page " SIGN_0 "Signature.xml") SIGNED,
	    { .num_signatures = 1, .signing = { { SIGN_0 "Signature.xml", "PageRef=\"1\"", "PageRef=\"7\"" } } } },
	{ "signature-xml-with-dtd", FAIL("FORMAT_FAILURE") ONE_SIGNATURE_IS_UNREADABLE SIGN_0_REST,
	    { .num_signatures = 1,
		.after = { { SIGN_0 "Signature.xml", "<ofd:Signature ", "<!DOCTYPE a><ofd:Signature " } } } },
	{ "signature-xml-missing",
	    FAIL("FORMAT_FAILURE") F("document-fault " SIGN_0 "Signature.xml")
		F("signature-unreadable " SIGN_0 "Signature.xml") ALL_OPEN SIGN_0_REST,
	    { .num_signatures = 1, .after = { { SIGN_0 "Signature.xml", NULL, NULL } } } },
	{ "signed-value-missing",
	    FAIL("FORMAT_FAILURE") F("document-fault " SIGN_0 "SignedValue.dat")
		F("ses-unreadable " SIGN_0 "SignedValue.dat"),
	    { .num_signatures = 1, .after = { { SIGN_0 "SignedValue.dat", NULL, NULL } } } },
	{ "signed-value-empty", FAIL("FORMAT_FAILURE") F("ses-unreadable SES_Signature"),
	    { .num_signatures = 1, .after = { { SIGN_0 "SignedValue.dat", NULL, "" } } } },
	{ "seal-file-is-another",
	    FAIL("HASH_FAILURE") F("reference-digest " SIGN_0 "Seal.esl") F("seal-file-differs " SIGN_0 "Seal.esl")
		SIGNED,
	    { .num_signatures = 1, .after = { { SIGN_0 "Seal.esl", "PNG", "GIF" } } } },
	{ "picture-in-the-seal-is-another",
	    FAIL("HASH_FAILURE") F("signature-value SES_Signature.signature") F("seal-signature SESeal.signedValue")
		F("seal-file-differs " SIGN_0 "Seal.esl") SIGNED,
	    { .num_signatures = 1, .after = { { SIGN_0 "SignedValue.dat", "PNG\r", "GIF\r" } } } },
	/* the list of signatures */
	{ "list-with-dtd", FAIL("FORMAT_FAILURE") F("document-fault " LIST) F("no-signature Signatures"),
	    { .num_signatures = 1, .after = { { LIST, "<ofd:Signatures", "<!DOCTYPE a><ofd:Signatures" } } } },
	{ "list-missing", FAIL("FORMAT_FAILURE") F("document-fault " LIST) F("no-signature Signatures"),
	    { .num_signatures = 1, .after = { { LIST, NULL, NULL } } } },
	{ "listed-type-unknown",
	    CANNOT("SIG_CONSTRAINTS_FAILURE") TWICE(F("signature-unsupported " SIGN_0 "Signature.xml"))
		ALL_OPEN SIGN_0_REST,
	    { .num_signatures = 1, .after = { { LIST, "\"Seal\"", "\"Seel\"" } } } },
	{ "listed-twice", FAIL("FORMAT_FAILURE") F("signature-unreadable " SIGN_0 "Signature.xml") SIGNED,
	    { .num_signatures = 1,
		.after = { { LIST, "</ofd:Signatures>",
		    "<ofd:Signature ID=\"s002\" BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>" } } } },
	{ "listed-under-one-id", FAIL("FORMAT_FAILURE") F("signature-unreadable " SIGN_1 "Signature.xml") SIGNED,
	    { .num_signatures = 2, .after = { { LIST, "ID=\"s002\"", "ID=\"s001\"" } } } },
	{ "first-seal-taken-away",
	    FAIL("FORMAT_FAILURE") F("signature-removed " SIGN_0 "Signature.xml") F("stray-file " SIGN_0 "Seal.esl")
		F("stray-file " SIGN_0 "SignedValue.dat") SIGNED,
	    { .num_signatures = 2,
		.after = { { LIST, "<ofd:Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/" SIGN_0 "Signature.xml\"/>",
		    "" } } } },
	{ "added-to-a-locked-contract", FAIL("HASH_FAILURE") F("reference-digest " LIST) TWICE(SIGNED),
	    { .num_signatures = 2,
		.flags = LAST_LOCKS,
		.after = { { LIST, "</ofd:Signatures>", "<!-- --></ofd:Signatures>" } } } },
	{ "first-seal-changed-after-the-second",
	    FAIL("HASH_FAILURE") F("ses-data-hash TBS_Sign.dataHash") F("reference-digest " SIGN_0 "Signature.xml")
		TWICE(SIGNED),
	    { .num_signatures = 2, .after = { { SIGN_0 "Signature.xml", "20260301000000Z", "20260201000000Z" } } } },
	/* without a seal: GB/T 35275 */
	{ "signed-without-seal", PASS SIGNED, { .num_signatures = 1, .sign = "" } },
	{ "signed-without-seal-then-sealed", PASS TWICE(SIGNED), { .num_signatures = 2, .sign = "" } },
	{ "signed-digest-without-seal",
	    PASS F("certificate-not-bound signedAttrs") F("no-signing-time signing-time") SIGNED,
	    { .num_signatures = 1, .sign = "digest" } },
	{ "signed-digest-of-another",
	    FAIL("HASH_FAILURE") F("document-digest eContent") F("certificate-not-bound signedAttrs")
		F("no-signing-time signing-time") SIGNED,
	    { .num_signatures = 1, .sign = "digest-of-another" } },
	{ "signed-data-with-a-content", PASS SIGNED, { .num_signatures = 1, .sign = "attribute-unknown" } },
	{ "signed-data-altered", FAIL("SIG_CRYPTO_FAILURE") F("signature-value SignerInfo.signature") SIGNED,
	    { .num_signatures = 1, .sign = "signature-altered" } },
	{ "signed-data-of-two", CANNOT("SIG_CONSTRAINTS_FAILURE") F("signature-unsupported signerInfos"),
	    { .num_signatures = 1, .sign = "two-signers" } },
	{ "signed-data-of-nobody", FAIL("FORMAT_FAILURE") F("cms-unreadable signerInfos"),
	    { .num_signatures = 1, .sign = "no-signer" } },
	{ "signed-date-altered", FAIL("HASH_FAILURE") F("document-digest signedAttrs.message-digest") SIGNED,
	    { .num_signatures = 1,
		.sign = "",
		.after = { { SIGN_0 "Signature.xml", "20260301000000Z", "20260201000000Z" } } } },
	{ "signed-page-changed", FAIL("HASH_FAILURE") F("reference-digest " PAGE_0) F("not-covered " PAGE_0) SIGNED,
	    { .num_signatures = 1, .sign = "", .after = { { PAGE_0, "one million", "two million" } } } },
	{ "signed-data-missing",
	    FAIL("FORMAT_FAILURE") F("document-fault " SIGN_0 "SignedValue.dat") F("cms-unreadable SignedValue"),
	    { .num_signatures = 1, .sign = "", .after = { { SIGN_0 "SignedValue.dat", NULL, NULL } } } },
	{ "seal-listed-as-signed", CANNOT("SIG_CONSTRAINTS_FAILURE") F("signature-unsupported SignedValue"),
	    { .num_signatures = 1, .after = { { LIST, "Type=\"Seal\"", "Type=\"Sign\"" } } } },
	{ "signed-listed-as-seal", CANNOT("SIG_CONSTRAINTS_FAILURE") F("ses-unknown TBS_Sign"),
	    { .num_signatures = 1, .sign = "", .after = { { LIST, "Type=\"Sign\"", "Type=\"Seal\"" } } } },
	/* OFD.xml */
	{ "ofd-xml-missing", "error: ofd\n", { .after = { { "OFD.xml", NULL, NULL } } } },
	{ "ofd-xml-with-dtd", "error: xml\n", { .after = { { "OFD.xml", NULL, "<!DOCTYPE a><OFD/>" } } } },
	{ "ofd-xml-without-document", "error: ofd\n", { .after = { { "OFD.xml", NULL, "<OFD/>" } } } },
	{ "two-doc-roots", "error: ofd\n",
	    { .num_signatures = 1,
		.after = { { "OFD.xml", "</ofd:DocRoot>",
		    "</ofd:DocRoot><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>" } } } },
	{ "two-lists-named", "error: ofd\n",
	    { .num_signatures = 1,
		.after = { { "OFD.xml", "<ofd:Signatures>",
		    "<ofd:Signatures>Other.xml</ofd:Signatures><ofd:Signatures>" } } } },
};

/* Bytes of the ZIP that are changed in one honest package: a number in a header of the entry spare-entry.bin, or its
 * name. */
enum { LOCAL = 1, CENTRAL = 2, BOTH = 3, END = 4, UNIX = 8 /* the package says that it was made there */ };
static const struct zip_fault {
	const char *name, *expect;
	int where;
	size_t local, central, len; /* offset in either header, octets of the number; END: offset in `central` */
	uint64_t value;
	const char *entry; /* its new name, of the same length */
} zip_faults[] = {
	{ "zip-encrypted-entry", "zip", BOTH, 6, 8, 2, 1, NULL },
	{ "zip-strong-encryption", "zip", BOTH, 6, 8, 2, 0x41, NULL },
	{ "zip-masked-headers", "zip", BOTH, 6, 8, 2, 0x2000, NULL },
	{ "zip-method-bzip2", "zip", BOTH, 8, 10, 2, 12, NULL },
	{ "zip-method-lzma", "zip", BOTH, 8, 10, 2, 14, NULL },
	{ "zip-version-4.5", "zip", BOTH, 4, 6, 2, 45, NULL },
	{ "zip-local-method-differs", "zip", LOCAL, 8, 0, 2, 8, NULL },
	{ "zip-local-time-differs", "zip", LOCAL, 10, 0, 2, 1, NULL },
	{ "zip-local-crc-differs", "zip", LOCAL, 14, 0, 4, 7, NULL },
	{ "zip-local-size-differs", "zip", LOCAL, 22, 0, 4, 3, NULL },
	{ "zip-local-name-differs", "zip", LOCAL, 0, 0, 0, 0, "other-entry.bin" },
	{ "zip-crc-wrong", "zip", BOTH, 14, 16, 4, 7, NULL },
	{ "zip-stored-sizes-differ", "zip", BOTH, 22, 24, 4, 6, NULL },
	{ "zip-size-over-the-cap", "too-large", BOTH, 18, 20, 8, 0xfffffffefffffffe, NULL },
	{ "zip-symbolic-link", "zip", CENTRAL | UNIX, 0, 38, 4, 0xa1ed0000, NULL },
	{ "zip-device", "zip", CENTRAL | UNIX, 0, 38, 4, 0x21b60000, NULL },
	{ "zip-entry-comment", "zip", CENTRAL, 0, 32, 2, 1, NULL },
	{ "zip-second-disk", "zip", CENTRAL, 0, 34, 2, 1, NULL },
	{ "zip-entries-overlap", "zip", CENTRAL, 0, 42, 4, 0, NULL },
	{ "zip-name-absolute", "zip", BOTH, 0, 0, 0, 0, "/pare-entry.bin" },
	{ "zip-name-parent", "zip", BOTH, 0, 0, 0, 0, "../re-entry.bin" },
	{ "zip-name-inner-parent", "zip", BOTH, 0, 0, 0, 0, "sp/../entry.bin" },
	{ "zip-name-dot", "zip", BOTH, 0, 0, 0, 0, "./are-entry.bin" },
	{ "zip-name-two-slashes", "zip", BOTH, 0, 0, 0, 0, "spa//-entry.bin" },
	{ "zip-name-backslash", "zip", BOTH, 0, 0, 0, 0, "spa\\e-entry.bin" },
	{ "zip-name-drive", "zip", BOTH, 0, 0, 0, 0, "C:are-entry.bin" },
	{ "zip-name-percent", "zip", BOTH, 0, 0, 0, 0, "Doc_0/%41.xmlxx" },
	{ "zip-name-ends-in-a-dot", "zip", BOTH, 0, 0, 0, 0, "spare-entry.bi." },
	{ "zip-name-control", "zip", BOTH, 0, 0, 0, 0,
	    "spare\x01"
	    "entry.bin" },
	{ "zip-name-no-utf8", "utf8", BOTH, 0, 0, 0, 0,
	    "spare\xff"
	    "entry.bin" },
	{ "zip-name-twice", "zip", BOTH, 0, 0, 0, 0, "Doc_0/offer.csv" },
	{ "zip-name-twice-in-other-case", "zip", BOTH, 0, 0, 0, 0, "doc_0/OFFER.csv" },
	{ "zip-folder-with-contents", "zip", BOTH, 0, 0, 0, 0, "spare-entry.bi/" },
	{ "zip-end-other-disk", "zip", END, 0, 4, 2, 1, NULL },
	{ "zip-end-count-too-small", "zip", END, 0, 10, 2, 3, NULL },
	{ "zip-end-comment", "zip", END, 0, 20, 2, 1, NULL },
	{ "zip-end-zip64", "zip", END, 0, 16, 4, 0xffffffff, NULL },
};

#endif
