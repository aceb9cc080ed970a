#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "face_made.h"
#include "helpers/pdf_fixture.h"

static struct soft_p256 soft;

static void a_signed_file_says_what_it_covers(void **state)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_pdf_signature *s;
	bool sid, bound;
	struct zy_pdf f;
	struct zy_cms c;

	(void)state;
	fixture_signed_pdf(&soft, &pdf);
	if (!zy_pdf_parse(&f, zy_buf_bytes(&pdf), "licence.xml", &a, &err))
		fail_msg("%s: %s", err.field, err.msg);
	assert_int_equal(f.num_revisions, 1);
	assert_int_equal(f.num_signatures, 1);
	assert_int_equal(f.num_stray, 0);
	assert_true(zy_bytes_equal(f.attached, ZY_LITERAL(FIXTURE_XML)));
	s = &f.signatures[0];
	assert_int_equal(s->fault.code, ZY_OK);
	assert_true(s->whole && s->revision == 1 && s->kind == ZY_PDF_CADES);
	assert_string_equal(s->filter, "Adobe.PPKLite");
	assert_string_equal(s->name, fixture_stamp().name);
	assert_true(s->has_time && s->time == FIXTURE_TIME);
	assert_true(zy_cms_parse(&c, s->der, &a, &err));
	assert_true(zy_pdf_signature_digest(s, ZY_HASH_SHA256, digest, &err));
	assert_true(zy_bytes_equal(c.attrs.message_digest, ZY_BYTES(digest, ZY_HASH_LEN)));
	assert_true(soft_verify(&soft, c.signed_attrs, c.signature));
	assert_true(zy_cms_names(&c, soft.cert, &sid, &bound, &err) && sid && bound);
}

static void other_programs_accept_it(void **state)
{
	char folder[] = "/tmp/zy-pdf-XXXXXX", cmd[2048];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO content = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	fixture_signed_pdf(&soft, &pdf);
	assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), NULL, &a, &err));
	zy_buf_put(&content, f.signatures[0].part[0]);
	zy_buf_put(&content, f.signatures[0].part[1]);
	soft_write(folder, "s.pdf", zy_buf_bytes(&pdf));
	soft_write(folder, "cms", f.signatures[0].der);
	soft_write(folder, "content", zy_buf_bytes(&content));
	soft_write_ca(&soft, folder);
	snprintf(cmd, sizeof(cmd),
	    "cd %s && qpdf --check s.pdf >out 2>&1 && ! grep -qi warning out &&"
	    " pdfsig -nocert s.pdf >sig 2>&1 && grep -q 'Signature is Valid' sig &&"
	    " grep -q 'Total document signed' sig && grep -q 'ETSI.CAdES.detached' sig &&"
	    " openssl cms -verify -binary -cades -inform DER -in cms -content content -CAfile ca.pem -purpose any"
	    " -out /dev/null 2>/dev/null || { cat out sig; exit 1; }",
	    folder);
	assert_int_equal(system(cmd), 0);
	snprintf(cmd, sizeof(cmd), "rm -r %s", folder);
	assert_int_equal(system(cmd), 0);
}

static void the_stamp_is_drawn_where_it_belongs(void **state)
{
	char folder[] = "/tmp/zy-pdf-XXXXXX", cmd[1024];
	static uint8_t ppm[3 << 20];
	ZY_BUF_AUTO pdf = { 0 };
	size_t red = 0, len, header;
	unsigned w, h;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	fixture_signed_pdf(&soft, &pdf);
	soft_write(folder, "s.pdf", zy_buf_bytes(&pdf));
	/* one pixel a millimetre, near enough: 25.4 dots per inch */
	snprintf(cmd, sizeof(cmd), "cd %s && pdftoppm -r 25.4 -singlefile s.pdf page && cat page.ppm", folder);
	assert_non_null(f = popen(cmd, "r"));
	len = fread(ppm, 1, sizeof(ppm) - 1, f);
	assert_int_equal(pclose(f), 0);
	assert_int_equal(sscanf((char *)ppm, "P6 %u %u 255", &w, &h), 2);
	assert_in_range(w, 209, 212);
	header = len - (size_t)w * h * 3;
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			const uint8_t *p = ppm + header + 3 * ((size_t)y * w + x);

			if (p[0] > 200 && p[1] < 60 && p[2] < 60) {
				assert_in_range(x, 130, 173);
				assert_in_range(y, 220, 263);
				red++;
			}
		}
	assert_true(red > 100);
	snprintf(cmd, sizeof(cmd), "rm -r %s", folder);
	assert_int_equal(system(cmd), 0);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_pdf_hole hole[2];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO one = { 0 };
	ZY_BUF_AUTO two = { 0 };

	(void)state;
	fixture_pdf(&fresh, "", "", NULL);
	assert_true(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, 1000, &one, &hole[0], &err));
	assert_true(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, 1000, &two, &hole[1], &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)));
	assert_int_equal(hole[0].len, 2002);
}

/* What the face back end writes, with the seal's real picture at its place. */
static void the_shipped_faces_can_be_signed(void **state)
{
	static const char *const types[] = { "business-licence", "transport-practitioner" };
	struct zy_faces *fonts = face_fonts();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct zy_face *face;
		struct zy_seal_picture picture;
		struct face_record rec;
		struct zy_error err = { 0 };
		struct zy_pdf_hole hole;
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO fresh = { 0 };
		ZY_BUF_AUTO pdf = { 0 };
		ZY_BUF_AUTO known = { 0 };
		struct zy_pdf_hole known_hole;
		struct zy_pdf_page page;
		struct zy_pdf_stamp stamp = fixture_stamp();
		struct zy_pdf f;

		face_record(&rec, face_type(types[i], &a));
		assert_true(zy_face_lay_out(fonts, face_type(types[i], &a), &rec.rec, &a, &face, &err));
		assert_true(zy_face_pdf(face, &rec.rec, &fresh, &err));
		assert_true(zy_seal_draw(fonts,
		    &(struct zy_seal_rule){ .name.zh = rec.rec.seal_name, .centre_text = "", .code = "" }, &a, &picture,
		    &err));
		stamp.content = picture.pdf_content;
		stamp.place = zy_face_seal_place(face);
		if (!zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(&soft), &pdf, &hole, &err))
			fail_msg("%s: %s", err.field, err.msg);
		/* what is known beforehand gives the same bytes as reading and deflating */
		stamp.page = &page;
		stamp.deflated = picture.pdf_deflated;
		page = zy_face_pdf_page(face);
		if (!zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(&soft), &known, &known_hole, &err))
			fail_msg("%s: %s", err.field, err.msg);
		assert_true(zy_bytes_equal(zy_buf_bytes(&known), zy_buf_bytes(&pdf)));
		assert_true(known_hole.at == hole.at && known_hole.len == hole.len);
		fixture_sign(&soft, &pdf, hole);
		assert_true(zy_pdf_parse(&f, zy_buf_bytes(&pdf), "licence.xml", &a, &err));
		assert_true(f.num_signatures == 1 && f.signatures[0].whole && f.num_stray == 0);
		assert_true(f.attached.len > 0);
		assert_false(f.has_javascript || f.has_open_action || f.has_additional_actions || f.has_xfa);
	}
	zy_faces_close(fonts);
}

/* A free entry stays free; one that is not free for good is no fresh document. */
static void free_entries_stay_free(void **state)
{
	static const char entry[] = "0000000000 65535 f \ntrailer";
	struct zy_pdf_stamp stamp = fixture_stamp();
	ZY_BUF_AUTO fresh = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;
	uint8_t *at;

	(void)state;
	fixture_pdf(&fresh, "", "", "<< >>");
	assert_non_null(at = memmem(fresh.p, fresh.len, "\ntrailer", 8));
	memcpy(at - 19, entry, 20); /* object 8, the last one */
	assert_true(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, 1000, &out, &hole, &err));
	at = memmem(out.p, out.len, "65535 f \n", 9); /* entry 0, always there */
	assert_non_null(at);
	assert_non_null(memmem(at + 9, out.len - (size_t)(at + 9 - out.p), "0000000000 65535 f \n", 20));
	assert_true(zy_pdf_parse(&f, zy_buf_bytes(&out), NULL, &a, &err));
	assert_int_equal(f.num_signatures, 1);
	at = memmem(fresh.p, fresh.len, "\ntrailer", 8);
	memcpy(at - 19, "0000000000 00001 f ", 19);
	zy_buf_free(&out);
	assert_false(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, 1000, &out, &hole, &err));
	assert_int_equal(err.code, ZY_E_PDF);
}

static enum zy_code prepare_code(struct zy_bytes pdf, const struct zy_pdf_stamp *stamp)
{
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	ZY_BUF_AUTO out = { 0 };

	return zy_pdf_prepare(pdf, stamp, 1000, &out, &hole, &err) ? ZY_OK : err.code;
}

static void only_a_fresh_document_is_taken(void **state)
{
	struct zy_pdf_stamp stamp = fixture_stamp();
	ZY_BUF_AUTO with_annots = { 0 };
	ZY_BUF_AUTO with_form = { 0 };
	ZY_BUF_AUTO signed_pdf = { 0 };
	ZY_BUF_AUTO fresh = { 0 };

	(void)state;
	fixture_pdf(&with_form, " /AcroForm << /Fields [] >>", "", NULL);
	fixture_pdf(&with_annots, "", " /Annots []", NULL);
	fixture_signed_pdf(&soft, &signed_pdf);
	fixture_pdf(&fresh, "", "", NULL);
	assert_int_equal(prepare_code(zy_buf_bytes(&with_form), &stamp), ZY_E_PDF);
	assert_int_equal(prepare_code(zy_buf_bytes(&with_annots), &stamp), ZY_E_PDF);
	assert_int_equal(prepare_code(zy_buf_bytes(&signed_pdf), &stamp), ZY_E_PDF);
	assert_int_equal(prepare_code(zy_buf_bytes(&fresh), &stamp), ZY_OK);
	stamp.place.x = 180;
	assert_int_equal(prepare_code(zy_buf_bytes(&fresh), &stamp), ZY_E_PDF);
	stamp = fixture_stamp();
	stamp.signed_at = ZY_TIME_NEVER;
	assert_int_equal(prepare_code(zy_buf_bytes(&fresh), &stamp), ZY_E_TIME);
}

static void a_signature_over_its_hole_is_refused(void **state)
{
	uint8_t der[8] = { 0 };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO pdf = { 0 };

	(void)state;
	zy_buf_put_str(&pdf, "<000000000000>");
	assert_true(zy_pdf_fill(&pdf, (struct zy_pdf_hole){ 0, 14 }, ZY_BYTES(der, 6), &err));
	assert_false(zy_pdf_fill(&pdf, (struct zy_pdf_hole){ 0, 14 }, ZY_BYTES(der, 7), &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
}

static int set_up(void **state)
{
	(void)state;
	soft_make(&soft);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_file_says_what_it_covers),
		cmocka_unit_test(other_programs_accept_it),
		cmocka_unit_test(the_stamp_is_drawn_where_it_belongs),
		cmocka_unit_test(the_same_input_gives_the_same_bytes),
		cmocka_unit_test(the_shipped_faces_can_be_signed),
		cmocka_unit_test(free_entries_stay_free),
		cmocka_unit_test(only_a_fresh_document_is_taken),
		cmocka_unit_test(a_signature_over_its_hole_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
