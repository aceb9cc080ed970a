#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "helpers/pdf_fixture.h"

static struct soft_p256 soft;
static struct zy_buf sealed; /* the signed fixture */

static struct zy_pdf parse(const struct zy_buf *b, struct zy_arena *a)
{
	struct zy_error err = { 0 };
	struct zy_pdf f;

	if (!zy_pdf_parse(&f, zy_buf_bytes(b), "licence.xml", a, &err))
		fail_msg("%s: %s", err.field, err.msg);
	return f;
}

static enum zy_code parse_code(const struct zy_buf *b)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;

	return zy_pdf_parse(&f, zy_buf_bytes(b), "licence.xml", &a, &err) ? ZY_OK : err.code;
}

/* The signed file with `from` replaced by `to` of the same length, once. */
static void altered(struct zy_buf *out, const char *from, const char *to)
{
	uint8_t *at;

	zy_buf_put(out, zy_buf_bytes(&sealed));
	assert_int_equal(strlen(from), strlen(to));
	assert_non_null(at = memmem(out->p, out->len, from, strlen(from)));
	memcpy(at, to, strlen(to));
}

/* The signed file with its /ByteRange replaced by these numbers. */
static void with_range(struct zy_buf *out, long a, long b, long c, long d)
{
	char text[64];
	uint8_t *at;

	zy_buf_put(out, zy_buf_bytes(&sealed));
	assert_non_null(at = memmem(out->p, out->len, "/ByteRange [", 12));
	snprintf(text, sizeof(text), "%-2ld%-10ld %-10ld %-10ld", a, b, c, d);
	assert_int_equal(strlen(text), 34);
	memcpy(at + 12, text, 34);
}

static void expect_fault(const struct zy_buf *b)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f = parse(b, &a);

	assert_int_equal(f.num_signatures, 1);
	assert_int_equal(f.signatures[0].fault.code, ZY_E_PDF);
	assert_false(f.signatures[0].whole);
	assert_int_equal(f.signatures[0].revision, 0);
	assert_int_equal(f.signatures[0].der.len + f.signatures[0].part[0].len + f.signatures[0].part[1].len, 0);
}

static void facts_of_an_unsigned_page_are_read(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_pdf f;

	(void)state;
	fixture_pdf(&b, "", "", NULL);
	f = parse(&b, &a);
	assert_int_equal(f.num_pages, 1);
	assert_true(f.width_mm > 209.9 && f.width_mm < 210.1 && f.height_mm > 296.9 && f.height_mm < 297.1);
	assert_int_equal(f.num_signatures + f.num_stray + f.num_unsigned + f.num_trailing, 0);
	assert_int_equal(f.num_revisions, 1);
	assert_int_equal(f.revision_end[0], b.len);
	assert_int_equal(f.num_attached, 1);
	assert_true(zy_bytes_equal(f.attached, ZY_LITERAL(FIXTURE_XML)));
	assert_int_equal(f.catalog, 1);
	assert_int_equal(f.first_page, 3);
	assert_int_equal(f.info, 7);
	assert_int_equal(f.id[1].len, 16);
	assert_false(f.has_javascript || f.has_open_action || f.has_additional_actions || f.has_xfa || f.has_form);
}

static void what_acts_by_itself_is_told(void **state)
{
	static const struct {
		const char *catalog, *page, *extra;
		bool js, open, aa, xfa;
	} cases[] = {
		{ " /OpenAction 8 0 R", "", "<< /S /JavaScript /JS (app.alert\\(1\\)) >>", true, true, false, false },
		{ " /OpenAction 8 0 R", "", "<< /S /URI /URI (https://example.org) >>", false, true, false, false },
		{ " /OpenAction 8 0 R", "", "<< /S /GoTo /D [3 0 R /Fit] >>", false, false, false, false },
		{ " /OpenAction 8 0 R", "", "<< /S /GoTo /D [3 0 R /Fit] /Next << /S /Launch >> >>", false, true, false,
		    false },
		{ " /OpenAction [3 0 R /Fit]", "", "null", false, false, false, false },
		{ "", " /AA << /O << /S /URI /URI (x) >> >>", NULL, false, false, true, false },
		{ " /AcroForm << /Fields [] /XFA (x) >>", "", NULL, false, false, false, true },
		{ "", "", "<< /S /J#61vaScript >>", true, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };
		struct zy_pdf f;

		fixture_pdf(&b, cases[i].catalog, cases[i].page, cases[i].extra);
		f = parse(&b, &a);
		assert_int_equal(f.has_javascript, cases[i].js);
		assert_int_equal(f.has_open_action, cases[i].open);
		assert_int_equal(f.has_additional_actions, cases[i].aa);
		assert_int_equal(f.has_xfa, cases[i].xfa);
	}
}

static void a_range_that_covers_the_wrong_bytes_is_a_fault(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f = parse(&sealed, &a);
	const struct zy_pdf_signature *s = &f.signatures[0];
	long at = (long)s->hole_at, end = (long)(s->hole_at + s->hole_len), tail = (long)s->part[1].len;
	const long ranges[][4] = {
		{ 1, at, end, tail },             /* does not begin at 0 */
		{ 0, at - 1, end, tail },         /* gap before the hole */
		{ 0, at, end + 1, tail - 1 },     /* gap behind it */
		{ 0, at - 40, end, tail },        /* a wide gap */
		{ 0, at + 1, end, tail },         /* '<' covered */
		{ 0, end, at, tail },             /* overlapping */
		{ 0, at, at, tail },              /* no hole */
		{ 0, at, end, tail + 1 },         /* beyond the file */
		{ 0, at, 2147483647, 1 },         /* far beyond */
		{ 0, at, end, 0 },                /* nothing behind */
		{ 0, 0, end, tail },              /* nothing before */
		{ 0, -5, end, tail },             /* negative */
		{ 0, at + 2, end - 2, tail + 2 }, /* digits of the hole covered */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		ZY_BUF_AUTO b = { 0 };

		with_range(&b, ranges[i][0], ranges[i][1], ranges[i][2], ranges[i][3]);
		expect_fault(&b);
	}
}

static void a_range_that_is_not_four_integers_is_a_fault(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO c = { 0 };

	(void)state;
	altered(&b, "/ByteRange [0 ", "/ByteRange [  ");
	expect_fault(&b);
	altered(&c, "/ByteRange", "/ByteRangf");
	expect_fault(&c);
}

static void contents_elsewhere_or_spelled_twice_are_faults(void **state)
{
	ZY_BUF_AUTO key = { 0 };
	ZY_BUF_AUTO mixed = { 0 };
	ZY_BUF_AUTO filler = { 0 };
	ZY_BUF_AUTO space = { 0 };
	ZY_BUF_AUTO tag = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f = parse(&sealed, &a);
	size_t hole = f.signatures[0].hole_at, end = hole + f.signatures[0].hole_len;

	(void)state;
	/* the hole holds another key's value */
	altered(&key, "/Contents <30", "/Contentz <30");
	expect_fault(&key);
	/* one upper-case digit among lower-case ones */
	zy_buf_put(&mixed, zy_buf_bytes(&sealed));
	for (size_t i = hole; i < end; i++)
		if (mixed.p[i] >= 'a' && mixed.p[i] <= 'f') {
			mixed.p[i] = (uint8_t)(mixed.p[i] - 32);
			break;
		}
	expect_fault(&mixed);
	/* white space and a byte other than 00 behind the DER; no SEQUENCE at its start */
	zy_buf_put(&space, zy_buf_bytes(&sealed));
	space.p[end - 2] = space.p[end - 3] = ' ';
	expect_fault(&space);
	zy_buf_put(&tag, zy_buf_bytes(&sealed));
	tag.p[hole + 2] = '1';
	expect_fault(&tag);
	zy_buf_put(&filler, zy_buf_bytes(&sealed));
	assert_memory_equal(filler.p + hole + 1, "3082", 4); /* then the length: one less in its high octet */
	filler.p[hole + 6]--;
	expect_fault(&filler);
}

static void appended_bytes_are_not_covered(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_pdf f;

	(void)state;
	zy_buf_put(&b, zy_buf_bytes(&sealed));
	zy_buf_put_str(&b, "% added\n");
	f = parse(&b, &a);
	assert_int_equal(f.num_trailing, 8);
	assert_false(f.signatures[0].whole);
	assert_int_equal(f.signatures[0].revision, 1);
	assert_int_equal(f.signatures[0].fault.code, ZY_OK);
}

/* A later revision that replaces page 1's contents, and one that adds a stray signature. */
static void append_revision(struct zy_buf *b, unsigned object, const char *body, size_t size)
{
	size_t at, xref, prev = 0;
	const char *start = NULL;

	for (size_t i = 0; i + 10 < b->len; i++)
		if (memcmp(b->p + i, "startxref\n", 10) == 0)
			start = (const char *)b->p + i + 10;
	assert_non_null(start);
	prev = strtoul(start, NULL, 10);
	at = b->len;
	zy_buf_printf(b, "%u 0 obj\n%s\nendobj\n", object, body);
	xref = b->len;
	zy_buf_printf(b,
	    "xref\n%u 1\n%010zu 00000 n \ntrailer\n<< /Size %zu /Root 1 0 R /Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n",
	    object, at, size, prev, xref);
}

/* The gap holds the right digits, but as the value of another key: the real /Contents is in a later revision. */
static void contents_in_another_place_are_a_fault(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f = parse(&sealed, &a);
	const struct zy_pdf_signature *s = &f.signatures[0];
	ZY_BUF_AUTO body = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	altered(&b, "/Contents <30", "/Contentz <30");
	zy_buf_printf(&body, "<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 %zu %zu %zu] /Contents ", s->hole_at,
	    s->hole_at + s->hole_len, s->part[1].len);
	zy_buf_put(&body, ZY_BYTES(sealed.p + s->hole_at, s->hole_len));
	zy_buf_put(&body, ZY_LITERAL(" >>\0"));
	append_revision(&b, 10, (const char *)body.p, 11);
	expect_fault(&b);
}

static void a_later_revision_leaves_the_signature_on_the_earlier_one(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_pdf f, before;
	struct zy_error err = { 0 };

	(void)state;
	zy_buf_put(&b, zy_buf_bytes(&sealed));
	append_revision(&b, 7, "<< /Title (changed) >>", 11);
	f = parse(&b, &a);
	assert_int_equal(f.num_revisions, 2);
	assert_int_equal(f.signatures[0].revision, 1);
	assert_false(f.signatures[0].whole);
	assert_int_equal(f.revision_end[0], sealed.len);
	assert_true(zy_pdf_parse(&before, ZY_BYTES(b.p, f.revision_end[0]), NULL, &a, &err));
	assert_true(before.signatures[0].whole);
}

static void a_size_may_be_larger_than_needed_and_never_smaller(void **state)
{
	static const struct {
		size_t size;
		enum zy_code code;
	} sizes[] = { { 11, ZY_OK }, { 12, ZY_OK }, { 5000, ZY_OK }, { ZY_PDF_OBJECTS_MAX, ZY_OK },
		{ ZY_PDF_OBJECTS_MAX + 1, ZY_E_TOO_LARGE }, { 10, ZY_E_PDF }, { 1, ZY_E_PDF } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };

		zy_buf_put(&b, zy_buf_bytes(&sealed));
		append_revision(&b, 7, "<< /Title (changed) >>", sizes[i].size);
		if (sizes[i].code == ZY_OK)
			assert_int_equal(parse(&b, &a).num_revisions, 2);
		else
			assert_int_equal(parse_code(&b), sizes[i].code);
	}
}

static void a_signature_that_no_field_leads_to_is_stray(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO named = { 0 };
	ZY_BUF_AUTO escaped = { 0 };
	ZY_BUF_AUTO loose = { 0 };

	(void)state;
	fixture_pdf(&named, "", "", "<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>");
	assert_int_equal(parse(&named, &a).num_stray, 1);
	fixture_pdf(&escaped, "", "", "<< /Type /Sig /Byte#52ange [0 1 2 3] /Contents <00> >>");
	assert_int_equal(parse(&escaped, &a).num_stray, 1);
	/* not even in the table: between the sealed file and a later revision */
	zy_buf_put(&loose, zy_buf_bytes(&sealed));
	zy_buf_put_str(&loose, "99 0 obj\n<< /Type /Sig /ByteRange [0 1 2 3] >>\nendobj\n");
	append_revision(&loose, 7, "<< /Title (changed) >>", 11);
	assert_int_equal(parse(&loose, &a).num_stray, 1);
}

static void two_fields_are_two_signatures(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_pdf f;

	(void)state;
	zy_buf_put(&b, zy_buf_bytes(&sealed));
	/* 9 is the widget, 10 the signature: a parent field whose kids both carry it, and one without a value */
	append_revision(
	    &b, 9, "<< /FT /Sig /T (P) /Kids [<< /T (A) /V 10 0 R >> << /T (B) /V 10 0 R >> << /T (C) >>] >>", 11);
	f = parse(&b, &a);
	assert_int_equal(f.num_signatures, 2);
	assert_int_equal(f.num_unsigned, 1);
	assert_int_equal(f.num_stray, 0);
	assert_string_equal(f.signatures[1].field, "B");
}

static void damaged_encrypted_or_shifted_files_are_refused(void **state)
{
	ZY_BUF_AUTO shifted = { 0 };
	ZY_BUF_AUTO xref = { 0 };
	ZY_BUF_AUTO endobj = { 0 };
	ZY_BUF_AUTO cut = { 0 };

	(void)state;
	zy_buf_put_str(&shifted, "\n");
	zy_buf_put(&shifted, zy_buf_bytes(&sealed));
	assert_int_equal(parse_code(&shifted), ZY_E_PDF);
	altered(&xref, "0000000015 00000 n", "0000000016 00000 n");
	assert_int_equal(parse_code(&xref), ZY_E_PDF);
	altered(&endobj, "endobj", "endobi");
	assert_int_equal(parse_code(&endobj), ZY_E_PDF);
	zy_buf_put(&cut, ZY_BYTES(sealed.p, sealed.len - 8));
	assert_int_equal(parse_code(&cut), ZY_E_PDF);
}

static void an_encrypted_file_is_refused(void **state)
{
	const char *bodies[] = { "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Resources << >> >>" };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	fixture_write(&b, bodies, 3, "/Encrypt << /Filter /Standard /V 1 /R 2 /O <00> /U <00> /P -4 >> " FIXTURE_ID);
	assert_int_equal(parse_code(&b), ZY_E_PDF);
}

static void an_attachment_is_inflated_up_to_its_cap(void **state)
{
	static uint8_t big[ZY_PDF_ATTACHED_MAX + 1], packed[ZY_PDF_ATTACHED_MAX / 100];

	(void)state;
	for (int over = 0; over < 2; over++) {
		uLongf len = sizeof(packed);
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };
		size_t offsets[5], xref;
		char dict[128];
		const char *bodies[] = {
			"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(x) 4 0 R] >> >> >>",
			"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Resources << >> >>",
			"<< /Type /Filespec /F (licence.xml) /EF << /F 5 0 R >> >>",
		};

		assert_int_equal(compress2(packed, &len, big, ZY_PDF_ATTACHED_MAX + (uLong)over, 9), Z_OK);
		zy_buf_put_str(&b, "%PDF-1.7\n");
		for (size_t i = 0; i < 5; i++) {
			offsets[i] = b.len;
			snprintf(dict, sizeof(dict), "<< /Filter /FlateDecode /Length %lu >>\nstream\n", len);
			zy_buf_printf(&b, "%zu 0 obj\n%s", i + 1, i < 4 ? bodies[i] : dict);
			if (i == 4) {
				zy_buf_put(&b, ZY_BYTES(packed, len));
				zy_buf_put_str(&b, "\nendstream");
			}
			zy_buf_put_str(&b, "\nendobj\n");
		}
		xref = b.len;
		zy_buf_put_str(&b, "xref\n0 6\n0000000000 65535 f \n");
		for (size_t i = 0; i < 5; i++)
			zy_buf_printf(&b, "%010zu 00000 n \n", offsets[i]);
		zy_buf_printf(&b, "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", xref);
		if (over)
			assert_int_equal(parse_code(&b), ZY_E_TOO_LARGE);
		else
			assert_int_equal(parse(&b, &a).attached.len, ZY_PDF_ATTACHED_MAX);
	}
}

static void two_attachments_of_one_name_are_refused(void **state)
{
	const char *bodies[] = {
		"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 4 0 R (b) 4 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Resources << >> >>",
		"<< /Type /Filespec /F (licence.xml) /EF << /F 5 0 R >> >>",
		"<< /Length 1 >>\nstream\nx\nendstream",
	};
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	fixture_write(&b, bodies, 5, "");
	assert_int_equal(parse_code(&b), ZY_E_PDF);
}

/* Table and objects in compressed streams, as other programs write them. */
static void compressed_objects_are_read(void **state)
{
	char folder[] = "/tmp/zy-pdf-XXXXXX", cmd[512];
	static uint8_t bytes[65536];
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO in = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_pdf f;
	FILE *p;

	(void)state;
	assert_non_null(mkdtemp(folder));
	fixture_pdf(&in, " /OpenAction 8 0 R", "", "<< /S /JavaScript /JS (x) /ByteRange [0 1 2 3] >>");
	soft_write(folder, "in.pdf", zy_buf_bytes(&in));
	snprintf(cmd, sizeof(cmd), "cd %s && qpdf --object-streams=generate --static-id in.pdf out.pdf && cat out.pdf",
	    folder);
	assert_non_null(p = popen(cmd, "r"));
	zy_buf_put(&out, ZY_BYTES(bytes, fread(bytes, 1, sizeof(bytes), p)));
	assert_int_equal(pclose(p), 0);
	assert_non_null(memmem(out.p, out.len, "/ObjStm", 7));
	assert_null(memmem(out.p, out.len, "/ByteRange", 10));
	f = parse(&out, &a);
	assert_int_equal(f.num_revisions, 1);
	assert_true(zy_bytes_equal(f.attached, ZY_LITERAL(FIXTURE_XML)));
	assert_true(f.has_javascript);
	assert_int_equal(f.num_stray, 1);
	snprintf(cmd, sizeof(cmd), "rm -r %s", folder);
	assert_int_equal(system(cmd), 0);
}

/* A table and packed objects that inflate to more than they may: 1 MiB of zeros in some 1,000 bytes. */
static void a_bomb_is_not_inflated(void **state)
{
	static uint8_t zeros[1 << 20], packed[1 << 12];
	static const char *const dicts[] = { "/Type /ObjStm /N 1 /First 4",
		"/Type /XRef /Size 4 /W [1 2 1] /Root 1 0 R" };
	uLongf len = sizeof(packed);

	(void)state;
	assert_int_equal(compress2(packed, &len, zeros, sizeof(zeros), 9), Z_OK);
	for (size_t i = 0; i < 2; i++) {
		ZY_BUF_AUTO b = { 0 };
		size_t bomb, table;

		zy_buf_put_str(&b, "%PDF-1.7\n");
		bomb = b.len;
		zy_buf_printf(&b, "2 0 obj\n<< %s /Filter /FlateDecode /Length %lu >>\nstream\n", dicts[i], len);
		zy_buf_put(&b, ZY_BYTES(packed, len));
		zy_buf_put_str(&b, "\nendstream\nendobj\n");
		table = b.len;
		if (i == 0) /* object 1 is packed in object 2 */
			zy_buf_printf(&b,
			    "3 0 obj\n<< /Type /XRef /Size 4 /W [1 2 1] /Root 1 0 R /Length 16 >>\nstream\n"
			    "%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c\nendstream\nendobj\n",
			    0, 0, 0, 0, 2, 0, 2, 0, 1, (int)(bomb >> 8), (int)bomb, 0, 1, (int)(table >> 8), (int)table,
			    0);
		zy_buf_printf(&b, "startxref\n%zu\n%%%%EOF\n", i == 0 ? table : bomb);
		assert_int_equal(parse_code(&b), ZY_E_TOO_LARGE);
	}
}

static int set_up(void **state)
{
	(void)state;
	soft_make(&soft);
	fixture_signed_pdf(&soft, &sealed);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	zy_buf_free(&sealed);
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_of_an_unsigned_page_are_read),
		cmocka_unit_test(what_acts_by_itself_is_told),
		cmocka_unit_test(a_range_that_covers_the_wrong_bytes_is_a_fault),
		cmocka_unit_test(a_range_that_is_not_four_integers_is_a_fault),
		cmocka_unit_test(contents_elsewhere_or_spelled_twice_are_faults),
		cmocka_unit_test(appended_bytes_are_not_covered),
		cmocka_unit_test(contents_in_another_place_are_a_fault),
		cmocka_unit_test(a_later_revision_leaves_the_signature_on_the_earlier_one),
		cmocka_unit_test(a_size_may_be_larger_than_needed_and_never_smaller),
		cmocka_unit_test(a_signature_that_no_field_leads_to_is_stray),
		cmocka_unit_test(two_fields_are_two_signatures),
		cmocka_unit_test(damaged_encrypted_or_shifted_files_are_refused),
		cmocka_unit_test(an_encrypted_file_is_refused),
		cmocka_unit_test(an_attachment_is_inflated_up_to_its_cap),
		cmocka_unit_test(two_attachments_of_one_name_are_refused),
		cmocka_unit_test(compressed_objects_are_read),
		cmocka_unit_test(a_bomb_is_not_inflated),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
