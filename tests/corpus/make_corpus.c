/* Writes tests/corpus: sealed files with one fault each, the verdict beside them, and the trust bundle they are judged
 * with. Run once by hand (`cmake --build build -t make-corpus && build/tests/make-corpus`); the files are kept, because
 * data outlives code. */
#include "corpus/cms_faults.h"
#include "corpus/corpus_write.h"
#include "corpus/later_pdfs.h"
#include "verify_ofd.h"

static void write_expect(const char *name, const char *verdict, const char *findings)
{
	char path[160];
	ZY_BUF_AUTO b = { 0 };

	snprintf(path, sizeof(path), "%s.expect", name);
	zy_buf_printf(&b, "at: 2026-03-01T00:00:00Z\n%s\n%s", verdict, findings);
	corpus_write(path, zy_buf_bytes(&b));
}

/* Who stamps the time: trusted; another; one with a trusted root, whose certificate is for mail. */
static struct stamp_authority tsa, stranger, mailer;

#define LICENCE_INFO "finding: licence-status-not-checked\n"
#define CHAIN_INFO "finding: revocation-not-checked\n"
#define UNKNOWN "indication: INDETERMINATE\nsub_indication: "
#define FAILED "indication: TOTAL-FAILED\nsub_indication: "

static const struct {
	const char *name, *verdict, *findings;
	struct verify_ofd m;
} ofds[] = {
	{ "licence", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO, { 0 } },
	{ "plain-document", "indication: TOTAL-PASSED", CHAIN_INFO, { .plain = true } },
	{ "record-changed", FAILED "HASH_FAILURE",
	    "finding: reference-digest Doc_0/Attachs/licence.xml\nfinding: not-covered Doc_0/Attachs/licence.xml\n"
	    "finding: licence-record-unreadable KZ\n" CHAIN_INFO,
	    { .change = "Doc_0/Attachs/licence.xml" } },
	{ "page-not-covered", FAILED "NOT_COVERED",
	    "finding: not-covered Doc_0/Pages/Page_0/Content.xml\n" CHAIN_INFO LICENCE_INFO,
	    { .skip_reference = "Doc_0/Pages/Page_0/Content.xml" } },
	{ "smuggled-file", FAILED "NOT_COVERED",
	    "finding: licence-stray-file Doc_0/extra.bin\n" CHAIN_INFO LICENCE_INFO, { .stray = "Doc_0/extra.bin" } },
	{ "other-place", FAILED "SEAL_FAILURE",
	    "finding: ses-property-info TBS_Sign.propertyInfo\n" CHAIN_INFO LICENCE_INFO,
	    { .property_info = "/Doc_0/Signs/Sign_1/Signature.xml" } },
	{ "other-seal-file", FAILED "HASH_FAILURE",
	    "finding: seal-file-differs Doc_0/Signs/Sign_0/Seal.esl\n" CHAIN_INFO LICENCE_INFO,
	    { .wrong_seal_file = true } },
	{ "sealed-in-future", FAILED "NOT_YET_VALID",
	    "finding: signed-in-future TBS_Sign.timeInfo\n" CHAIN_INFO LICENCE_INFO,
	    { .signed_at = VERIFY_AT + 3600 } },
	{ "seal-expired-at-sealing", FAILED "EXPIRED",
	    "finding: seal-expired SESeal.eSealInfo.property.validEnd\n" CHAIN_INFO LICENCE_INFO,
	    { .seal_end = VERIFY_AT - 3600 } },
	{ "seal-of-another-office", FAILED "ISSUER_NOT_AUTHORISED",
	    "finding: licence-seal-not-issuers esID\n" CHAIN_INFO LICENCE_INFO, { .esID = "99010000000009" } },
	{ "maker-is-another", FAILED "SIG_CRYPTO_FAILURE",
	    "finding: seal-signature SESeal.signedValue\nfinding: certificate-key-usage SESeal.cert\n" CHAIN_INFO
		LICENCE_INFO,
	    { .maker = "gm-usage" } },
	{ "seal-version-1", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO, { .version = 1 } },
	{ "seal-version-1-info-signed-alone", FAILED "SIG_CRYPTO_FAILURE",
	    "finding: seal-signature SESeal.signedValue\n" CHAIN_INFO LICENCE_INFO,
	    { .version = 1, .v1_signs_info = true } },
	{ "seal-version-1-no-time", FAILED "FORMAT_FAILURE", "finding: ses-unreadable TBS_Sign.timeInfo\n" LICENCE_INFO,
	    { .version = 1, .v1_time = "yesterday" } },
	{ "seal-version-5", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO, { .version = 5 } },
	{ "seal-version-5-time-stamp", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO,
	    { .version = 5, .stamp = "good", .seal_stamp = "good" } },
	{ "time-stamp", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO, { .stamp = "good" } },
	{ "time-stamp-of-another-value", FAILED "HASH_FAILURE",
	    "finding: timestamp-imprint SES_Signature.timeStamp\n" CHAIN_INFO LICENCE_INFO, { .stamp = "other" } },
	{ "time-stamp-altered", FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SES_Signature.timeStamp\n" CHAIN_INFO LICENCE_INFO, { .stamp = "altered" } },
	{ "time-stamp-before-time-info", FAILED "TIMESTAMP_ORDER_FAILURE",
	    "finding: timestamp-too-early SES_Signature.timeStamp\n" CHAIN_INFO LICENCE_INFO, { .stamp = "early" } },
	{ "time-stamp-unreadable", UNKNOWN "SIG_CONSTRAINTS_FAILURE",
	    "finding: timestamp-unreadable SES_Signature.timeStamp\n" CHAIN_INFO LICENCE_INFO, { .stamp = "bytes" } },
	{ "time-stamp-by-a-stranger", "indication: INDETERMINATE\nsub_indication: NO_CERTIFICATE_CHAIN_FOUND",
	    "finding: no-chain SES_Signature.timeStamp\n" CHAIN_INFO LICENCE_INFO,
	    { .stamp = "good", .tsa = &stranger } },
	{ "time-stamp-by-no-authority", "indication: INDETERMINATE\nsub_indication: CHAIN_CONSTRAINTS_FAILURE",
	    "finding: certificate-key-usage SES_Signature.timeStamp\n" CHAIN_INFO LICENCE_INFO,
	    { .stamp = "good", .tsa = &mailer } },
	{ "seal-time-stamp-of-another-value", FAILED "HASH_FAILURE",
	    "finding: timestamp-imprint SESeal.timeStamp\n" CHAIN_INFO LICENCE_INFO,
	    { .version = 5, .seal_stamp = "other" } },
	{ "seal-time-stamp-before-create-date", FAILED "TIMESTAMP_ORDER_FAILURE",
	    "finding: timestamp-too-early SESeal.timeStamp\n" CHAIN_INFO LICENCE_INFO,
	    { .version = 5, .seal_stamp = "early" } },
	{ "seal-version-5-made-before-its-time", FAILED "SEAL_FAILURE",
	    "finding: seal-made-outside-validity SESeal.eSealInfo.property.createDate\n" CHAIN_INFO LICENCE_INFO,
	    { .version = 5, .create_date = VERIFY_AT - 4 * 86400 } },
	{ "signer-listed-by-digest", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO, { .by_digest = true } },
	{ "licence-of-two-documents", FAILED "FORMAT_FAILURE",
	    "finding: licence-several-documents OFD.xml\n" CHAIN_INFO LICENCE_INFO, { .two_documents = true } },
	{ "unsealed-licence", FAILED "FORMAT_FAILURE", "finding: licence-unsigned Signatures\n" LICENCE_INFO,
	    { .unsealed = true } },
	{ "unsealed-document", "indication: INDETERMINATE\nsub_indication: NO_SIGNATURE",
	    "finding: no-signature Signatures\n", { .unsealed = true, .plain = true } },
};

/* The last place of `from` becomes `to`, of the same length. */
static void change_last(struct zy_bytes v, struct zy_bytes from, struct zy_bytes to)
{
	size_t at = v.len - from.len;

	while (at > 0 && memcmp(v.p + at, from.p, from.len) != 0)
		at--;
	VERIFY_CHECK(at > 0);
	memcpy((uint8_t *)(uintptr_t)v.p + at, to.p, to.len);
}

/* The name of the algorithm in SignedValue.dat, which no signature covers. */
static void make_renamed_ofd(void)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO good = { 0 };
	ZY_BUF_AUTO file = { 0 };
	struct zy_error err = { 0 };
	struct zy_package *p = zy_arena_alloc(&a, sizeof(*p), &err);

	verify_make_ofd(&(struct verify_ofd){ 0 }, &a, &good);
	VERIFY_CHECK(p != NULL && zy_package_parse(p, zy_buf_bytes(&good), &a, &err));
	change_last(zy_package_find(p, VERIFY_SIGN "SignedValue.dat")->bytes, zy_oid_sm2_sm3,
	    ZY_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x83\x76"));
	VERIFY_CHECK(zy_package_encode(p, &file, &err));
	corpus_write("ofd/algorithm-renamed.ofd", zy_buf_bytes(&file));
	write_expect("ofd/algorithm-renamed", FAILED "FORMAT_FAILURE",
	    "finding: signature-algorithm-differs SES_Signature.signatureAlgID\n" CHAIN_INFO LICENCE_INFO);
}

static void make_ofds(void)
{
	char name[128];

	for (size_t i = 0; i < sizeof(ofds) / sizeof(ofds[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO file = { 0 };
		struct verify_ofd m = ofds[i].m;

		if (m.tsa == NULL)
			m.tsa = &tsa;
		verify_make_ofd(&m, &a, &file);
		snprintf(name, sizeof(name), "ofd/%s.ofd", ofds[i].name);
		corpus_write(name, zy_buf_bytes(&file));
		snprintf(name, sizeof(name), "ofd/%s", ofds[i].name);
		write_expect(name, ofds[i].verdict, ofds[i].findings);
	}
}

static void make_pdf(struct zy_buf *out, struct zy_arena *a, zy_time signed_at, bool sign)
{
	FILE *f = fopen(ZY_SOURCE_DIR "/tests/keys/intl-leaf.key.pem", "r");
	struct soft_p256 s = { .cert = verify_cert(a, "intl-leaf"), .ca = verify_cert(a, "intl-sub") };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_record rec = zy_record_sample();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	char file[8192];
	const char *bodies[6] = { "<< /Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names "
				  "[(licence.xml) 5 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>",
		"<< /Length 0 >>\nstream\n\nendstream",
		"<< /Type /Filespec /F (licence.xml) /UF (licence.xml) /AFRelationship /Data /EF << /F 6 0 R >> >>",
		file };
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO xml = { 0 };

	VERIFY_CHECK(f != NULL && (s.key = PEM_read_PrivateKey(f, NULL, NULL, NULL)) != NULL);
	fclose(f);
	VERIFY_CHECK(zy_record_to_xml(&rec, &xml, &err));
	zy_buf_put_u8(&xml, 0);
	fixture_stream(file, sizeof(file), "/Type /EmbeddedFile /Subtype /text#2Fxml", (const char *)xml.p);
	fixture_write(&fresh, bodies, 6, FIXTURE_ID);
	stamp.signed_at = signed_at;
	if (!sign) {
		zy_buf_put(out, zy_buf_bytes(&fresh));
	} else {
		VERIFY_CHECK(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(&s), out, &hole, &err));
		fixture_sign(&s, out, hole);
	}
	EVP_PKEY_free(s.key);
}

/* One byte of a signed PDF each. */
static const struct {
	const char *name, *from, *to, *verdict, *findings;
} renamed_pdfs[] = {
	{ "sub-filter-renamed", "/ETSI.CAdES.detached", "/ETSI.CAdES.detacheD", FAILED "HASH_FAILURE",
	    "finding: signature-unsupported SubFilter\nfinding: document-digest signedAttrs.message-digest\n" LICENCE_INFO },
	{ "algorithm-renamed", "300a06082a8648ce3d040302", "300a06082a8648ce3d040303", FAILED "FORMAT_FAILURE",
	    "finding: algorithms-disagree SignerInfo.signatureAlgorithm\n"
	    "finding: signature-value SignerInfo.signature\n" CHAIN_INFO LICENCE_INFO },
	{ "certificates-as-crls", "2a864886f70d010701a0", "2a864886f70d010701a1", FAILED "FORMAT_FAILURE",
	    "finding: cms-unreadable SignedData.certificates\n" LICENCE_INFO },
};

static void make_renamed_pdfs(const struct zy_buf *good)
{
	char name[128];

	for (size_t i = 0; i < sizeof(renamed_pdfs) / sizeof(renamed_pdfs[0]); i++) {
		ZY_BUF_AUTO file = { 0 };

		zy_buf_put(&file, zy_buf_bytes(good));
		change_last(zy_buf_bytes(&file), zy_str(renamed_pdfs[i].from), zy_str(renamed_pdfs[i].to));
		snprintf(name, sizeof(name), "pdf/%s.pdf", renamed_pdfs[i].name);
		corpus_write(name, zy_buf_bytes(&file));
		snprintf(name, sizeof(name), "pdf/%s", renamed_pdfs[i].name);
		write_expect(name, renamed_pdfs[i].verdict, renamed_pdfs[i].findings);
	}
}

static void make_pdfs(void)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO good = { 0 };
	ZY_BUF_AUTO late = { 0 };
	ZY_BUF_AUTO bare = { 0 };

	make_pdf(&good, &a, VERIFY_AT, true);
	corpus_write("pdf/licence.pdf", zy_buf_bytes(&good));
	write_expect("pdf/licence", "indication: TOTAL-PASSED", CHAIN_INFO LICENCE_INFO);
	make_renamed_pdfs(&good);
	for (size_t i = 0; i + 8 < good.len; i++)
		if (memcmp(good.p + i, "[0 0 595", 8) == 0)
			good.p[i + 5] = '4';
	corpus_write("pdf/page-box-changed.pdf", zy_buf_bytes(&good));
	write_expect("pdf/page-box-changed", FAILED "HASH_FAILURE",
	    "finding: document-digest signedAttrs.message-digest\n" CHAIN_INFO LICENCE_INFO);
	make_pdf(&late, &a, VERIFY_AT + 3600, true);
	corpus_write("pdf/signed-in-future.pdf", zy_buf_bytes(&late));
	write_expect(
	    "pdf/signed-in-future", FAILED "NOT_YET_VALID", "finding: signed-in-future M\n" CHAIN_INFO LICENCE_INFO);
	make_pdf(&bare, &a, VERIFY_AT, false);
	corpus_write("pdf/unsigned-licence.pdf", zy_buf_bytes(&bare));
	write_expect("pdf/unsigned-licence", FAILED "FORMAT_FAILURE",
	    "finding: licence-unsigned AcroForm.Fields\n" LICENCE_INFO);
	corpus_write("pdf/cut.pdf", ZY_BYTES(late.p, late.len / 2));
	write_expect("pdf/cut", "error: pdf", "");
}

static void make_later_pdfs(void)
{
	ZY_ARENA_AUTO a = { 0 };
	FILE *f = fopen(ZY_SOURCE_DIR "/tests/keys/intl-leaf.key.pem", "r");
	struct soft_p256 s = { .cert = verify_cert(&a, "intl-leaf"), .ca = verify_cert(&a, "intl-sub") };
	struct zy_record rec = zy_record_sample();
	struct zy_error err = { 0 };
	ZY_BUF_AUTO base = { 0 };
	ZY_BUF_AUTO xml = { 0 };
	char name[128];

	VERIFY_CHECK(f != NULL && (s.key = PEM_read_PrivateKey(f, NULL, NULL, NULL)) != NULL);
	fclose(f);
	VERIFY_CHECK(zy_record_to_xml(&rec, &xml, &err));
	zy_buf_put_u8(&xml, 0);
	later_base(&s, (const char *)xml.p, &base);
	for (size_t i = 0; i < sizeof(later_cases) / sizeof(later_cases[0]); i++) {
		const struct later_case *c = &later_cases[i];
		ZY_BUF_AUTO pdf = { 0 };

		zy_buf_put(&pdf, zy_buf_bytes(&base));
		if (c->num > 0)
			later_append(&pdf, c->objects, c->num, c->trailer);
		if (c->alter != NULL)
			c->alter(&s, &tsa, &pdf);
		snprintf(name, sizeof(name), "pdf/%s.pdf", c->name);
		corpus_write(name, zy_buf_bytes(&pdf));
		snprintf(name, sizeof(name), "pdf/%s", c->name);
		write_expect(name, c->verdict, c->findings);
	}
	EVP_PKEY_free(s.key);
}

static void make_bundle(void)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	struct zy_trust t =
	    verify_trust(&a, ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TRUST);
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];
	char hex[2 * ZY_HASH_LEN + 2];

	stamp_trust(&tsa, &t, &a);
	stamp_trust(&mailer, &t, &a);
	VERIFY_CHECK(zy_trust_encode(&t, &payload, &err));
	corpus_bundle("bundle.json", zy_buf_bytes(&payload));
	VERIFY_CHECK(zy_trust_pin(&t, pin, &err));
	zy_hex(ZY_BYTES(pin, sizeof(pin)), hex);
	hex[2 * ZY_HASH_LEN] = '\n';
	corpus_write("pin", ZY_BYTES(hex, 2 * ZY_HASH_LEN + 1));
}

static void make_signed_data(
    const char *kind, const struct cms_made *m, const char *name, const char *verdict, const char *findings)
{
	char path[128];
	ZY_BUF_AUTO file = { 0 };

	cms_make(m, &file);
	snprintf(path, sizeof(path), "cms/%s%s.p7m", kind, name);
	corpus_write(path, zy_buf_bytes(&file));
	snprintf(path, sizeof(path), "cms/%s%s", kind, name);
	write_expect(path, verdict, findings == NULL ? "" : findings);
}

static void make_cms(void)
{
	for (size_t i = 0; i < sizeof(cms_faults) / sizeof(cms_faults[0]); i++)
		make_signed_data("", &(struct cms_made){ .suite = ZY_SUITE_INTL, .fault = cms_faults[i].name },
		    cms_faults[i].name, cms_faults[i].verdict, cms_faults[i].findings);
	for (size_t i = 0; i < sizeof(gbt_faults) / sizeof(gbt_faults[0]); i++)
		make_signed_data("gbt-",
		    &(struct cms_made){ .suite = ZY_SUITE_GM, .gbt = true, .fault = gbt_faults[i].fault },
		    gbt_faults[i].name, gbt_faults[i].verdict, gbt_faults[i].findings);
}

/* With a word, only the corpus of that name: the others, and the bundle with its fresh authorities, stay. */
int main(int argc, char **argv)
{
	if (argc > 1) {
		VERIFY_CHECK(strcmp(argv[1], "cms") == 0);
		make_cms();
		return 0;
	}
	make_cms();
	tsa = stamp_found(ZY_SUITE_GM, STAMP_EKU);
	stranger = stamp_found(ZY_SUITE_GM, STAMP_EKU);
	mailer = stamp_found(ZY_SUITE_GM, "critical,emailProtection");
	make_ofds();
	make_renamed_ofd();
	make_pdfs();
	make_later_pdfs();
	make_bundle();
	stamp_dissolve(&tsa);
	stamp_dissolve(&stranger);
	stamp_dissolve(&mailer);
	return 0;
}
