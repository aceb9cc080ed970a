/* Where the stamps of one signature stand (GB/T 33190 18.2.3): whole on a page, or cut over the edges of all pages. */
#include "zy/ofd_prepare.h"

#define MARGIN_MM 20.0
#define PAGES_OF_A_PICTURE 10 /* a seal of 42 mm gives strips of 4 mm */
#define STRIP_MIN_MM 1.0

static bool fail_place(const char *field, double width, double height, struct zy_error *err)
{
	return zy_fail(err, ZY_E_OFD, field, ZY_NOWHERE,
	    "the place of the seal is not on the page, which is %.0f mm wide and %.0f mm high", width, height);
}

static bool put_whole(const struct zy_ofd *d, const struct zy_ofd_order *q, const struct zy_seal_place *size,
    struct zy_ofd_stamp *out, struct zy_error *err)
{
	struct zy_seal_place b = q->box;
	double page[4];

	if (!zy_ofd_page_box(d, q->page - 1, page, err))
		return false;
	if (b.w == 0)
		b = (struct zy_seal_place){ page[2] - MARGIN_MM - size->w, page[3] - MARGIN_MM - size->h, size->w,
			size->h };
	if (!(b.x >= 0 && b.y >= 0 && b.w > 0 && b.h > 0 && b.x + b.w <= page[2] + 0.01 && b.y + b.h <= page[3] + 0.01))
		return fail_place("box", page[2], page[3], err);
	*out = (struct zy_ofd_stamp){ .PageRef = d->pages[q->page - 1].ID, .boundary = { b.x, b.y, b.w, b.h } };
	return true;
}

/* The end of strip n of num, in whole hundredths of a millimetre as they are written: no gap between two strips. */
static double cut(double length, size_t n, size_t num)
{
	return (double)(long)(100 * length * (double)n / (double)num + 0.5) / 100;
}

/* Strip n of num on one page: Boundary is the whole picture, shifted so that the strip lies inside the page along the
 * edge; Clip leaves the strip. */
static bool put_strip(const double page[4], const struct zy_ofd_order *q, const struct zy_seal_place *size, size_t n,
    size_t num, struct zy_ofd_stamp *out, struct zy_error *err)
{
	const bool upright = q->strips == ZY_EDGE_LEFT || q->strips == ZY_EDGE_RIGHT,
		   far = q->strips == ZY_EDGE_RIGHT || q->strips == ZY_EDGE_BOTTOM;
	const int across = upright ? 0 : 1, along = upright ? 1 : 0; /* index of x or y; of width or height 2 further */
	const double extent[2] = { size->w, size->h };
	const double from = cut(extent[across], n, num), to = cut(extent[across], n + 1, num);

	out->boundary[2] = size->w;
	out->boundary[3] = size->h;
	out->boundary[across] = far ? page[across + 2] - to : -from;
	out->boundary[along] = q->strips_at >= 0 ? q->strips_at : (page[along + 2] - extent[along]) / 2;
	out->has_clip = true;
	out->clip[across] = from;
	out->clip[across + 2] = to - from;
	out->clip[along] = 0;
	out->clip[along + 2] = extent[along];
	if (to - from < STRIP_MIN_MM || to - from > page[across + 2] || out->boundary[along] < 0 ||
	    out->boundary[along] + extent[along] > page[along + 2] + 0.01)
		return fail_place("strips", page[2], page[3], err);
	return true;
}

/* The pages of the document, in groups as even as can be that each show one picture. */
static bool put_strips(const struct zy_ofd *d, const struct zy_ofd_order *q, const struct zy_seal_place *size,
    size_t first, size_t num, struct zy_ofd_stamp *out, struct zy_error *err)
{
	const size_t groups = (num + PAGES_OF_A_PICTURE - 1) / PAGES_OF_A_PICTURE;

	for (size_t g = 0; g < groups; g++) {
		size_t from = num * g / groups, to = num * (g + 1) / groups;

		for (size_t i = from; i < to; i++) {
			double page[4];

			out[i] = (struct zy_ofd_stamp){ .PageRef = d->pages[first + i].ID };
			if (!zy_ofd_page_box(d, first + i, page, err) ||
			    !put_strip(page, q, size, i - from, to - from, &out[i], err))
				return false;
		}
	}
	return true;
}

bool zy_ofd_stamps(const struct zy_ofd *d, const struct zy_ofd_order *q, const struct zy_seal_place *size,
    struct zy_arena *a, struct zy_ofd_stamping *out, struct zy_error *err)
{
	const size_t page = q->page == 0 ? 0 : q->page - 1;
	size_t first = page, end = page + 1;
	struct zy_ofd_stamp *list;

	if (page >= d->num_pages)
		return zy_fail(err, ZY_E_NOT_FOUND, "page", ZY_NOWHERE, "the document has %zu pages", d->num_pages);
	*out =
	    (struct zy_ofd_stamping){ .body = d->pages[page].body, .close = q->close, .without_seal = q->without_seal };
	if (q->without_seal)
		return true;
	while (first > 0 && d->pages[first - 1].body == out->body)
		first--;
	while (end < d->num_pages && d->pages[end].body == out->body)
		end++;
	if (q->strips != ZY_EDGE_NONE && end - first < 2)
		return zy_fail(err, ZY_E_OFD, "strips", ZY_NOWHERE, "one page alone has no strips");
	if ((list = zy_arena_array(a, end - first + 1, sizeof(*list), err)) == NULL)
		return false;
	out->stamps = list;
	if (q->page != 0 && !put_whole(d, q, size, &list[out->num++], err))
		return false;
	if (q->strips == ZY_EDGE_NONE)
		return true;
	out->num += end - first;
	return put_strips(d, q, size, first, end - first, &list[out->num - (end - first)], err);
}
