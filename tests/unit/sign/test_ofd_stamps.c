#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "ofd_made.h"
#include "zy/ofd_prepare.h"

static const struct zy_seal_place size = { .w = 42, .h = 30 };
static struct zy_package package;
static struct zy_ofd d;
static struct zy_arena arena;

/* A document of that many pages of 210 x 297 mm; the second has a size of its own. */
static void pages(unsigned num)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes kept;

	zy_arena_free(&arena);
	package = (struct zy_package){ .arena = &arena };
	zy_buf_put_str(&b,
	    "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData>"
	    "<Pages>");
	for (unsigned i = 0; i < num; i++)
		zy_buf_printf(&b, "<Page ID='%u' BaseLoc='%s.xml'/>", 100 + i, i == 1 ? "wide" : "page");
	zy_buf_put_str(&b, "</Pages></Document>");
	assert_true(zy_arena_copy(&arena, zy_buf_bytes(&b), &kept, &err));
	assert_true(zy_package_add(
	    &package, "OFD.xml", ZY_LITERAL("<OFD><DocBody><DocRoot>Document.xml</DocRoot></DocBody></OFD>"), &err));
	assert_true(zy_package_add(&package, "Document.xml", kept, &err));
	assert_true(zy_package_add(&package, "page.xml", ZY_LITERAL("<Page/>"), &err));
	assert_true(zy_package_add(&package, "wide.xml",
	    ZY_LITERAL("<Page><Area><PhysicalBox>0 0 297 210</PhysicalBox></Area></Page>"), &err));
	assert_true(zy_ofd_parse(&d, &package, &arena, &err));
}

static void place(const struct zy_ofd_order *q, struct zy_ofd_stamping *out)
{
	struct zy_error err = { 0 };

	if (!zy_ofd_stamps(&d, q, &size, &arena, out, &err))
		fail_msg("%s", err.msg);
}

static void is_box(const double have[4], double x, double y, double w, double h)
{
	const double want[4] = { x, y, w, h };

	for (int i = 0; i < 4; i++)
		if (have[i] < want[i] - 1e-9 || have[i] > want[i] + 1e-9)
			fail_msg("%d: %f, not %f", i, have[i], want[i]);
}

static void a_whole_stamp_stands_in_the_lower_right_or_where_it_was_asked_for(void **state)
{
	struct zy_ofd_stamping s;

	(void)state;
	pages(3);
	place(&(struct zy_ofd_order){ .page = 1 }, &s);
	assert_int_equal(s.num, 1);
	assert_string_equal(s.stamps[0].PageRef, "100");
	assert_false(s.stamps[0].has_clip);
	is_box(s.stamps[0].boundary, 210 - 20 - 42, 297 - 20 - 30, 42, 30);
	place(&(struct zy_ofd_order){ .page = 2 }, &s);
	is_box(s.stamps[0].boundary, 297 - 20 - 42, 210 - 20 - 30, 42, 30);
	place(&(struct zy_ofd_order){ .page = 3, .box = { 1, 2, 3, 4 }, .close = true }, &s);
	is_box(s.stamps[0].boundary, 1, 2, 3, 4);
	assert_true(s.close);
}

/* The clips of a group join to the whole picture, and each strip lies inside its page along the edge. */
static void strips_join_to_whole_pictures(void **state)
{
	(void)state;
	for (unsigned num = 2; num <= 45; num++)
		for (enum zy_edge edge = ZY_EDGE_LEFT; edge <= ZY_EDGE_BOTTOM; edge++) {
			const int x = edge == ZY_EDGE_LEFT || edge == ZY_EDGE_RIGHT ? 0 : 1;
			const double whole = x == 0 ? 42 : 30;
			struct zy_ofd_stamping s;
			double joined = 0;
			size_t pictures = 0;

			pages(num);
			place(&(struct zy_ofd_order){ .strips = edge, .strips_at = -1 }, &s);
			assert_int_equal(s.num, num);
			for (size_t i = 0; i < num; i++) {
				const struct zy_ofd_stamp *t = &s.stamps[i];
				const double page[2] = { i == 1 ? 297 : 210, i == 1 ? 210 : 297 };
				const double at = t->boundary[x] + t->clip[x];

				assert_true(t->has_clip);
				if (t->clip[x] < joined - 1e-6 || t->clip[x] > joined + 1e-6)
					fail_msg("%u pages: a gap at %zu", num, i);
				joined = t->clip[x] + t->clip[x + 2];
				if (edge == ZY_EDGE_LEFT || edge == ZY_EDGE_TOP)
					assert_true(at > -1e-6 && at < 1e-6);
				else
					assert_true(at + t->clip[x + 2] > page[x] - 1e-6 &&
						    at + t->clip[x + 2] < page[x] + 1e-6);
				assert_true(t->boundary[1 - x] * 2 + (x == 0 ? 30 : 42) < page[1 - x] + 1e-6);
				if (joined > whole - 1e-6) {
					joined = 0;
					pictures++;
				}
			}
			assert_true(joined == 0);
			assert_int_equal(pictures, (num + 9) / 10);
		}
}

/* A number as Signature.xml has it. */
static long hundredths(double mm)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", mm);
	return strtol(text, NULL, 10) * 100 + (text[0] == '-' ? -1 : 1) * strtol(strchr(text, '.') + 1, NULL, 10);
}

/* What a reader paints of a picture whose columns (or rows) are numbered from 1, a hundredth of a millimetre each, on a
 * page: the picture at Boundary, without what lies outside of Clip. Returns the page's columns, 0 where nothing is. */
static const uint16_t *painted(const struct zy_ofd_stamp *t, int x, double page)
{
	static uint16_t canvas[29700];
	const long width = hundredths(page), at = hundredths(t->boundary[x]), from = hundredths(t->clip[x]),
		   to = from + hundredths(t->clip[x + 2]);

	memset(canvas, 0, sizeof(canvas));
	for (long i = 0; i < hundredths(t->boundary[x + 2]); i++)
		if (i >= from && i < to && at + i >= 0 && at + i < width)
			canvas[at + i] = (uint16_t)(i + 1);
	return canvas;
}

/* The pages fanned out, each showing the edge of it that is painted, must show the picture. */
static void fanned_out_pages_show_the_picture(void **state)
{
	(void)state;
	for (unsigned num = 2; num <= 31; num++)
		for (enum zy_edge edge = ZY_EDGE_LEFT; edge <= ZY_EDGE_BOTTOM; edge++) {
			const int x = edge == ZY_EDGE_LEFT || edge == ZY_EDGE_RIGHT ? 0 : 1;
			const uint16_t whole = x == 0 ? 4200 : 3000;
			struct zy_ofd_stamping s;
			uint16_t next = 1;

			pages(num);
			place(&(struct zy_ofd_order){ .strips = edge, .strips_at = -1 }, &s);
			for (size_t i = 0; i < num; i++) {
				const double page = (i == 1) == (x == 0) ? 297 : 210;
				const uint16_t *canvas = painted(&s.stamps[i], x, page);
				const long end = hundredths(page);
				long first = edge == ZY_EDGE_LEFT || edge == ZY_EDGE_TOP ? 0 : end - 1;

				assert_int_not_equal(canvas[first], 0);
				while (first > 0 && canvas[first - 1] != 0)
					first--;
				for (; first < end && canvas[first] != 0; first++, next++)
					assert_int_equal(canvas[first], next);
				next = next == whole + 1 ? 1 : next;
			}
			assert_int_equal(next, 1);
		}
}

static void what_has_no_place_is_refused(void **state)
{
	static const struct {
		struct zy_ofd_order q;
		const char *field;
	} all[] = { { { .page = 4 }, "page" }, { { .page = 1, .box = { 200, 0, 42, 30 } }, "box" },
		{ { .page = 1, .box = { -1, 0, 42, 30 } }, "box" },
		{ { .strips = ZY_EDGE_LEFT, .strips_at = 190 }, "strips" } };

	struct zy_ofd_stamping one;
	struct zy_error alone = { 0 };

	(void)state;
	pages(3);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct zy_ofd_stamping s;
		struct zy_error err = { 0 };

		assert_false(zy_ofd_stamps(&d, &all[i].q, &size, &arena, &s, &err));
		assert_string_equal(err.field, all[i].field);
	}
	pages(1);
	assert_false(zy_ofd_stamps(&d, &all[3].q, &size, &arena, &one, &alone));
	assert_string_equal(alone.msg, "one page alone has no strips");
}

static int end(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_stamp_stands_in_the_lower_right_or_where_it_was_asked_for),
		cmocka_unit_test(strips_join_to_whole_pictures),
		cmocka_unit_test(fanned_out_pages_show_the_picture),
		cmocka_unit_test(what_has_no_place_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, end);
}
