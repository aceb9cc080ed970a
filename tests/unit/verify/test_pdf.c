#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "helpers/pdf_fixture.h"
#include "record_sample.h"
#include "verify_keys.h"

#define ALL_PURPOSES (ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT)

/* The kept P-256 leaf as the signer; its issuer goes along. */
static void open_signer(struct soft_p256 *s, struct zy_arena *a)
{
	FILE *f = fopen(ZY_SOURCE_DIR "/tests/keys/intl-leaf.key.pem", "r");

	*s = (struct soft_p256){ .cert = verify_cert(a, "intl-leaf"), .ca = verify_cert(a, "intl-sub") };
	assert_non_null(f);
	assert_non_null(s->key = PEM_read_PrivateKey(f, NULL, NULL, NULL));
	fclose(f);
}

/* A signed licence as PDF. */
static void make(struct zy_arena *a, const char *xml, const char *catalog, zy_time signed_at, struct zy_buf *out)
{
	static char c[512], p[512], content[256], file[8192];
	const char *bodies[7] = { c, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", p, content,
		"<< /Type /Filespec /F (licence.xml) /UF (licence.xml) /AFRelationship /Data /EF << /F 6 0 R >> >>",
		file, "<< /Title (fixture) >>" };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	struct soft_p256 s;
	ZY_BUF_AUTO fresh = { 0 };

	open_signer(&s, a);
	stamp.signed_at = signed_at;
	snprintf(c, sizeof(c), "<< /Type /Catalog /Pages 2 0 R%s%s >>",
	    xml == NULL ? "" : " /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(licence.xml) 5 0 R] >> >>", catalog);
	snprintf(p, sizeof(p),
	    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Resources << >> /Contents 4 0 R >>");
	fixture_stream(content, sizeof(content), "", "0 0 1 rg 100 100 200 200 re f");
	fixture_stream(file, sizeof(file), "/Type /EmbeddedFile /Subtype /text#2Fxml", xml == NULL ? "" : xml);
	fixture_write(&fresh, bodies, 7, "/Info 7 0 R " FIXTURE_ID);
	assert_true(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(&s), out, &hole, &err));
	/* others sign beside an XFA form, which ours refuses to do */
	if (strstr(catalog, "XFA") != NULL)
		memcpy(memmem(out->p, out->len, "/SigFlags 3", 11), "/XFA (form)", 11);
	fixture_sign(&s, out, hole);
	EVP_PKEY_free(s.key);
}

static const char *record_xml(struct zy_arena *a, const char *issuer)
{
	struct zy_record rec = zy_record_sample();
	struct zy_error err = { 0 };
	ZY_BUF_AUTO xml = { 0 };
	char *text;

	if (issuer != NULL)
		rec.issuer_name = issuer;
	assert_true(zy_record_to_xml(&rec, &xml, &err));
	assert_non_null(text = zy_arena_text(a, zy_buf_bytes(&xml), &err));
	return text;
}

static void judge(const struct zy_buf *pdf, bool with_trust, zy_time at, enum zy_indication want, const char *code)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_trust t = verify_trust(&a, ALL_PURPOSES);
	struct zy_error err = { 0 };
	struct zy_keys *k;

	assert_true(zy_keys_open(&k, &err));
	zy_report_start(&r, "x.pdf", at);
	if (!zy_judge_file(k, with_trust ? &t : NULL, zy_buf_bytes(pdf), at, &r, &err))
		fail_msg("%s: %s", err.field, err.msg);
	if (zy_report_indication(&r) != want || (code != NULL && !verify_has(&r, code))) {
		for (const struct zy_finding *f = r.first; f != NULL; f = f->next)
			print_message("  %s %s %s\n", f->rule->code, f->field, f->detail == NULL ? "" : f->detail);
		fail_msg("%s, wanted %s with %s", zy_indication_name(zy_report_indication(&r)),
		    zy_indication_name(want), code == NULL ? "nothing" : code);
	}
	assert_int_equal(ERR_peek_error(), 0);
	zy_keys_close(k);
}

static void a_signed_licence_passes(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO pdf = { 0 };

	(void)state;
	make(&a, record_xml(&a, NULL), "", VERIFY_AT, &pdf);
	judge(&pdf, true, VERIFY_AT, ZY_TOTAL_PASSED, "licence-status-not-checked");
	judge(&pdf, false, VERIFY_AT, ZY_INDETERMINATE, "trust-absent");
	judge(&pdf, true, VERIFY_LATE, ZY_INDETERMINATE, "certificate-expired");
}

/* Adds a revision that empties the page's content: a file that reads well, and shows something else. */
static void append_revision(struct zy_buf *pdf)
{
	size_t prev = 0, object = pdf->len, table;

	for (size_t i = 0; i + 9 < pdf->len; i++)
		if (memcmp(pdf->p + i, "startxref", 9) == 0)
			prev = strtoul((const char *)pdf->p + i + 10, NULL, 10);
	zy_buf_put_str(pdf, "4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n");
	table = pdf->len;
	zy_buf_printf(pdf,
	    "xref\n4 1\n%010zu 00000 n \ntrailer\n<< /Size 11 /Root 1 0 R /Prev %zu " FIXTURE_ID
	    " >>\nstartxref\n%zu\n%%%%EOF\n",
	    object, prev, table);
}

static void a_signature_that_binds_another_certificate_fails(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO cms = { 0 };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_bytes other = verify_cert(&a, "intl-server");
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	struct soft_p256 s;
	uint8_t digest[ZY_HASH_LEN], rs[64];

	(void)state;
	open_signer(&s, &a);
	fixture_pdf(&fresh, "", "", NULL);
	assert_true(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(&s), &pdf, &hole, &err));
	assert_true(zy_pdf_prepared_digest(&pdf, hole, digest, &err));
	assert_true(zy_cms_attrs_encode(digest, NULL, other, &attrs, &err));
	verify_sign(ZY_SUITE_INTL, zy_buf_bytes(&attrs), rs);
	assert_true(zy_cms_encode(zy_buf_bytes(&attrs), rs, &s.cert, 1, &cms, &err));
	assert_true(zy_pdf_fill(&pdf, hole, zy_buf_bytes(&cms), &err));
	judge(&pdf, true, VERIFY_AT, ZY_TOTAL_FAILED, "signing-certificate-attribute");
	EVP_PKEY_free(s.key);
}

static void a_later_revision_fails(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO pdf = { 0 };

	(void)state;
	make(&a, NULL, "", VERIFY_AT, &pdf);
	judge(&pdf, true, VERIFY_AT, ZY_TOTAL_PASSED, NULL);
	append_revision(&pdf);
	judge(&pdf, true, VERIFY_AT, ZY_TOTAL_FAILED, "changed-after-signing");
}

/* The last place of `from` becomes `to`, of the same length. */
static void change_last(struct zy_buf *pdf, const char *from, const char *to)
{
	size_t len = strlen(from), at = pdf->len - len;

	while (at > 0 && memcmp(pdf->p + at, from, len) != 0)
		at--;
	assert_int_not_equal(at, 0);
	memcpy(pdf->p + at, to, len);
}

/* Names of formats and algorithms stand outside what is signed, or decide how it is read: a change of them must not
 * turn an altered file into one of which nothing can be told. */
static void a_changed_name_fails(void **state)
{
	static const struct {
		const char *from, *to, *code;
	} all[] = {
		{ "/ETSI.CAdES.detached", "/ETSI.CAdES.detacheD", "document-digest" },
		{ "300a06082a8648ce3d040302", "300a06082a8648ce3d040303", "algorithms-disagree" },
		{ "2a864886f70d010701a0", "2a864886f70d010701a1", "cms-unreadable" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO pdf = { 0 };

		make(&a, record_xml(&a, NULL), "", VERIFY_AT, &pdf);
		change_last(&pdf, all[i].from, all[i].to);
		judge(&pdf, true, VERIFY_AT, ZY_TOTAL_FAILED, all[i].code);
	}
}

static void times_and_dangers_are_told(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO late = { 0 };
	ZY_BUF_AUTO early = { 0 };
	ZY_BUF_AUTO script = { 0 };
	ZY_BUF_AUTO form = { 0 };

	(void)state;
	make(&a, NULL, "", VERIFY_AT + 3600, &late);
	judge(&late, true, VERIFY_AT, ZY_TOTAL_FAILED, "signed-in-future");
	make(&a, NULL, "", VERIFY_AT - 90 * 86400, &early);
	judge(&early, true, VERIFY_AT, ZY_TOTAL_FAILED, "signed-before-certificate");
	make(&a, NULL, " /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", VERIFY_AT, &script);
	judge(&script, true, VERIFY_AT, ZY_TOTAL_PASSED, "pdf-script");
	make(&a, NULL, " /Lang (XFA)", VERIFY_AT, &form);
	judge(&form, true, VERIFY_AT, ZY_TOTAL_PASSED, "pdf-xfa");
}

static void an_unsigned_pdf_cannot_be_told_and_an_unsigned_licence_fails(void **state)
{
	ZY_BUF_AUTO pdf = { 0 };

	(void)state;
	fixture_pdf(&pdf, "", "", NULL);
	judge(&pdf, true, VERIFY_AT, ZY_TOTAL_FAILED, "licence-unsigned");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_licence_passes),
		cmocka_unit_test(a_signature_that_binds_another_certificate_fails),
		cmocka_unit_test(a_later_revision_fails),
		cmocka_unit_test(a_changed_name_fails),
		cmocka_unit_test(times_and_dangers_are_told),
		cmocka_unit_test(an_unsigned_pdf_cannot_be_told_and_an_unsigned_licence_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
