/*
 * Faces as others see them: poppler, qpdf and zbar. Each line of text is compared, pixel by pixel, with outlines that
 * the test takes from the font itself; a wrong glyph code passes every other check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <unistd.h>

#include <hb-ot.h>
#include <hb.h>

#include "face_made.h"
#include "zy/file.h"
#include "zy/ofd.h"
#include "zy/pdf.h"
#include "zy/text.h"

enum { DPI = 600, SEGMENTS_MAX = 20000, STEPS = 8 };
#define PIXELS_PER_MM (DPI / 25.4)

struct world {
	struct zy_arena arena;
	const struct zy_type *type;
	struct face_record made;
	struct zy_package *package;
	struct zy_buf pdf;
	struct face_line *lines;
	size_t num_lines;
	char folder[64];
};

static const char long_scope[] =
    "一般项目：茶叶种植；食用农产品初加工；技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；软件开发；互联网"
    "销售（除销售需要许可的商品）；C++ & Java <软件> 培训。\n许可项目：食品生产；食品销售；货物进出口。";

static void make(struct world *w, const char *alias)
{
	struct zy_error err = { 0 };
	struct zy_faces *f = face_fonts();
	const struct zy_face *face;

	memset(w, 0, sizeof *w);
	w->type = face_type(alias, &w->arena);
	face_record(&w->made, w->type);
	face_set(&w->made, "business_scope", long_scope);
	face_set(&w->made, "address", "云泽市临江区 18 号 Tower B 301 室");
	w->package = zy_arena_alloc(&w->arena, sizeof *w->package, &err);
	w->lines = calloc(FACE_LINES_MAX, sizeof *w->lines);
	if (!zy_face_lay_out(f, w->type, &w->made.rec, &w->arena, &face, &err) ||
	    !zy_face_pdf(face, &w->made.rec, &w->pdf, &err) ||
	    !zy_face_ofd(face, &w->made.rec, w->package, &w->arena, &err))
		fail_msg("%s", err.msg);
	w->num_lines = face_lines(w->package, &w->arena, w->lines);
	zy_faces_close(f);
	snprintf(w->folder, sizeof w->folder, "/tmp/zy-face-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	char path[128];
	snprintf(path, sizeof path, "%s/face.pdf", w->folder);
	assert_true(zy_file_write(path, zy_buf_bytes(&w->pdf), 0600, false, &err));
}

static void drop(struct world *w)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", w->folder);
	assert_int_equal(system(command), 0);
	free(w->lines);
	zy_buf_free(&w->pdf);
	zy_arena_free(&w->arena);
}

/* Runs "cd FOLDER && command", gives what it wrote. */
static char *run(struct world *w, const char *command)
{
	char line[512];
	char *out = calloc(1, 1 << 16);
	FILE *f;

	snprintf(line, sizeof line, "cd %s && %s 2>errors", w->folder, command);
	assert_non_null(f = popen(line, "r"));
	out[fread(out, 1, (1 << 16) - 1, f)] = '\0';
	if (pclose(f) != 0)
		fail_msg("%s: %s", command, out);
	return out;
}

/* ---- the independent picture ---- */

struct outline {
	double at[SEGMENTS_MAX][4];
	size_t num;
	double x, y, scale; /* origin of the glyph in mm, mm for one unit */
	float px, py;
};

static void segment_to(struct outline *o, float x, float y)
{
	if (o->num == SEGMENTS_MAX)
		abort();
	double s[4] = { o->x + o->px * o->scale, o->y - o->py * o->scale, o->x + x * o->scale, o->y - y * o->scale };
	memcpy(o->at[o->num++], s, sizeof s);
	o->px = x;
	o->py = y;
}

static void on_move(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y, void *user)
{
	struct outline *o = data;

	(void)f, (void)st, (void)user;
	o->px = x;
	o->py = y;
}

static void on_line(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y, void *user)
{
	(void)f, (void)st, (void)user;
	segment_to(data, x, y);
}

static void on_cubic(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x1, float y1, float x2, float y2,
    float x, float y, void *user)
{
	struct outline *o = data;
	float px = o->px, py = o->py;

	(void)f, (void)st, (void)user;
	for (int i = 1; i <= STEPS; i++) {
		float t = (float)i / STEPS, u = 1 - t;

		segment_to(o, u * u * u * px + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t * x,
		    u * u * u * py + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t * y);
	}
}

static bool inside(const struct outline *o, double x, double y)
{
	int winding = 0;

	for (size_t i = 0; i < o->num; i++) {
		const double *s = o->at[i];

		if ((s[1] <= y) != (s[3] <= y) && x < s[0] + (y - s[1]) / (s[3] - s[1]) * (s[2] - s[0]))
			winding += s[1] <= y ? 1 : -1;
	}
	return winding != 0;
}

struct picture {
	int width, height;
	const uint8_t *grey;
};

static struct picture read_pgm(struct world *w)
{
	struct picture p = { 0, 0, NULL };
	struct zy_bytes v;
	struct zy_error err = { 0 };
	char path[128];
	int head = 0;

	snprintf(path, sizeof path, "%s/page.pgm", w->folder);
	assert_true(zy_file_read(path, 64 << 20, &w->arena, &v, &err));
	assert_int_equal(sscanf((const char *)v.p, "P5 %d %d 255%n", &p.width, &p.height, &head), 2);
	assert_int_equal(v.len, (size_t)head + 1 + (size_t)p.width * (size_t)p.height);
	p.grey = v.p + head + 1;
	return p;
}

/* How far the pixels of a line's box are those of `text`: common ink by all ink. */
static double likeness(
    const struct picture *page, hb_font_t *const fonts[2], const struct face_line *l, const char *text)
{
	struct outline *o = calloc(1, sizeof *o);
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();
	double both = 0, any = 0, x = l->x;
	struct zy_bytes v = zy_str(text);
	uint32_t c;

	hb_draw_funcs_set_move_to_func(funcs, on_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, on_line, NULL, NULL);
	hb_draw_funcs_set_cubic_to_func(funcs, on_cubic, NULL, NULL);
	for (size_t at = 0; (c = zy_utf8_next(v, &at)) != 0;) {
		hb_codepoint_t gid = 0;
		double wide;

		assert_true(hb_font_get_nominal_glyph(fonts[l->font], c, &gid));
		*o = (struct outline){ .x = x, .y = l->y, .scale = l->size / 1000 };
		hb_font_get_glyph_shape(fonts[l->font], gid, funcs, o);
		wide = hb_font_get_glyph_h_advance(fonts[l->font], gid) * l->size / 1000.0;
		for (int py = (int)((l->y - 0.88 * l->size) * PIXELS_PER_MM);
		     py < (l->y + 0.12 * l->size) * PIXELS_PER_MM; py++) {
			for (int px = (int)(x * PIXELS_PER_MM); px < (x + wide) * PIXELS_PER_MM; px++) {
				bool ours = inside(o, (px + 0.5) / PIXELS_PER_MM, (py + 0.5) / PIXELS_PER_MM);
				bool seen = page->grey[py * page->width + px] < 140;

				both += ours && seen;
				any += ours || seen;
			}
		}
		x += wide;
	}
	hb_draw_funcs_destroy(funcs);
	free(o);
	return any == 0 ? 1 : both / any;
}

static hb_font_t *open_font(const char *path)
{
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
	hb_face_t *face = hb_face_create(blob, 2); /* SC */
	hb_font_t *font = hb_font_create(face);
	char family[64];
	unsigned room = sizeof family;

	hb_ot_name_get_utf8(face, HB_OT_NAME_ID_FONT_FAMILY, HB_LANGUAGE_INVALID, &room, family);
	assert_string_equal(family, "Noto Serif CJK SC");
	hb_face_destroy(face);
	hb_blob_destroy(blob);
	return font;
}

static void check_pixels(const char *alias, size_t least)
{
	hb_font_t *fonts[2] = { open_font(REGULAR), open_font(BOLD) };
	struct world w;
	struct picture page;
	size_t compared = 0;
	char command[128];

	make(&w, alias);
	snprintf(command, sizeof command, "pdftoppm -r %d -gray -singlefile face.pdf page", DPI);
	free(run(&w, command));
	page = read_pgm(&w);
	for (size_t i = 0; i < w.num_lines; i++) {
		const struct face_line *l = &w.lines[i];
		double natural = 0;
		struct zy_bytes v = zy_str(l->text);
		uint32_t c, last = 0;

		/* small letters are blurred, spread and kerned lines are not where plain advances put them */
		for (size_t at = 0; (c = zy_utf8_next(v, &at)) != 0; last = c) {
			hb_codepoint_t gid = 0;

			if (last != 0) {
				hb_font_get_nominal_glyph(fonts[l->font], last, &gid);
				natural += hb_font_get_glyph_h_advance(fonts[l->font], gid) * l->size / 1000.0;
			}
		}
		if (l->size < 3 || fabs(natural - l->width) > 0.15)
			continue;
		if (likeness(&page, fonts, l, l->text) < 0.65)
			fail_msg("the page does not show \"%s\" (likeness %.2f)", l->text,
			    likeness(&page, fonts, l, l->text));
		if (strcmp(l->text, w.made.rec.issuer_name) == 0) /* other words of the same length are told apart */
			assert_true(likeness(&page, fonts, l, "西津市交通管理监督市局") < 0.4);
		compared++;
	}
	if (compared < least)
		fail_msg("only %zu lines were compared", compared);
	for (size_t i = 0; i < 2; i++)
		hb_font_destroy(fonts[i]);
	drop(&w);
}

static void every_line_of_the_business_licence_shows_its_own_glyphs(void **state)
{
	(void)state;
	check_pixels("business-licence", 10);
}

static void every_line_of_the_practitioners_card_shows_its_own_glyphs(void **state)
{
	(void)state;
	check_pixels("transport-practitioner", 10);
}

/* ---- what other programs say ---- */

static void squeeze(char *s)
{
	char *out = s;

	for (; *s != '\0'; s++) {
		if (*s != '\n' && *s != ' ' && *s != '\f' && *s != '\r')
			*out++ = *s;
	}
	*out = '\0';
}

static void text_taken_out_is_the_text_put_in(void **state)
{
	struct world w;
	char *text, wanted[sizeof long_scope];

	(void)state;
	make(&w, "business-licence");
	text = run(&w, "pdftotext -raw face.pdf -");
	assert_non_null(strstr(text, "云泽市临江区 18 号 Tower B 301 室\n"));
	assert_non_null(strstr(text, "云泽市远山茶业有限公司\n"));
	assert_non_null(strstr(text, "91990100MA9900X1XU\n"));
	squeeze(text);
	memcpy(wanted, long_scope, sizeof long_scope);
	squeeze(wanted);
	if (strstr(text, wanted) == NULL)
		fail_msg("%s\nis not in\n%s", wanted, text);
	free(text);
	drop(&w);
}

static void qpdf_and_poppler_find_no_fault(void **state)
{
	const char *const aliases[] = { "business-licence", "transport-practitioner" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world w;
		char *fonts;

		make(&w, aliases[i]);
		free(run(&w, "qpdf --check face.pdf"));
		fonts = run(&w, "pdffonts face.pdf");
		assert_non_null(strstr(fonts, "NotoSerifCJKsc-Regular"));
		assert_non_null(strstr(fonts, "NotoSerifCJKsc-Bold"));
		assert_null(strstr(fonts, " no "));
		free(fonts);
		drop(&w);
	}
}

static void the_code_read_from_the_page_is_the_identifier(void **state)
{
	const char *const aliases[] = { "business-licence", "transport-practitioner" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world w;
		char *text;

		make(&w, aliases[i]);
		free(run(&w, "pdftoppm -r 150 -png -singlefile face.pdf page"));
		text = run(&w, "zbarimg -q --raw page.png");
		text[strcspn(text, "\n")] = '\0';
		assert_string_equal(text, w.made.rec.identifier);
		free(text);
		drop(&w);
	}
}

static void our_strict_readers_take_both_files(void **state)
{
	struct world w;
	struct zy_error err = { 0 };
	struct zy_pdf *pdf;
	struct zy_ofd *ofd;
	ZY_BUF_AUTO xml = { 0 };

	(void)state;
	make(&w, "transport-practitioner");
	assert_true(zy_record_to_xml(&w.made.rec, &xml, &err));
	pdf = zy_arena_alloc(&w.arena, sizeof *pdf, &err);
	ofd = zy_arena_alloc(&w.arena, sizeof *ofd, &err);
	if (!zy_pdf_parse(pdf, zy_buf_bytes(&w.pdf), "licence.xml", &w.arena, &err))
		fail_msg("%s", err.msg);
	assert_true(zy_bytes_equal(pdf->attached, zy_buf_bytes(&xml)));
	assert_int_equal(pdf->num_pages, 1);
	assert_int_equal(pdf->num_revisions, 1);
	assert_false(pdf->has_javascript || pdf->has_open_action || pdf->has_annotations || pdf->has_form);
	if (!zy_ofd_parse(ofd, w.package, &w.arena, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(ofd->num_faults, 1); /* Signatures.xml, which comes with the seal */
	assert_string_equal(ofd->faults[0].path, "Doc_0/Signs/Signatures.xml");
	assert_true(zy_bytes_equal(zy_ofd_licence_xml(ofd)->file->bytes, zy_buf_bytes(&xml)));
	for (size_t i = 0; i < w.package->num_files; i++) {
		if (!ofd->reachable[i])
			fail_msg("nothing refers to %s", w.package->files[i].name);
	}
	drop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_of_the_business_licence_shows_its_own_glyphs),
		cmocka_unit_test(every_line_of_the_practitioners_card_shows_its_own_glyphs),
		cmocka_unit_test(text_taken_out_is_the_text_put_in),
		cmocka_unit_test(qpdf_and_poppler_find_no_fault),
		cmocka_unit_test(the_code_read_from_the_page_is_the_identifier),
		cmocka_unit_test(our_strict_readers_take_both_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
