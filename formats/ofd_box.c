/* ST_Box, and how large a page is (GB/T 33190 7.5, 7.7). */
#include "ofd_read.h"

static bool fail_box(const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_OFD, field, ZY_NOWHERE, "%s", why);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* As Java writes small numbers: 4.0E-4. */
static double power(const char **s)
{
	double by = 1;
	const bool minus = **s == '-';
	int e = 0;

	for (*s += minus || **s == '+'; is_digit(**s) && e < 100; ++*s)
		e = 10 * e + (**s - '0');
	for (; e > 0; e--)
		by = minus ? by / 10 : by * 10;
	return by;
}

/* Not strtod, which asks the locale for its point. */
static bool take_number(const char **text, double *out)
{
	const char *s = *text;
	bool minus = *s == '-';
	double v = 0, unit = 1;
	int digits = 0;

	for (s += minus || *s == '+'; is_digit(*s) && digits < 9; s++, digits++)
		v = v * 10 + (*s - '0');
	if (*s == '.')
		for (s++; is_digit(*s) && digits < 18; s++, digits++)
			v += (*s - '0') * (unit /= 10);
	if (digits > 0 && (*s == 'E' || *s == 'e') && (is_digit(s[1]) || (s[1] != 0 && is_digit(s[2])))) {
		s++;
		v *= power(&s);
	}
	if (digits == 0 || (!is_space(*s) && *s != 0) || !(v < 1e9))
		return false;
	for (; is_space(*s); s++)
		;
	*out = minus ? -v : v;
	*text = s;
	return true;
}

bool ofd_box(const char *text, const char *field, double box[4], struct zy_error *err)
{
	while (is_space(*text))
		text++;
	for (size_t i = 0; i < 4; i++)
		if (!take_number(&text, &box[i]))
			return fail_box(field, "it is not four numbers", err);
	return *text == 0 || fail_box(field, "it is more than four numbers", err);
}

/* The page's own PhysicalBox, if it has one. */
static bool own_area(const struct zy_ofd_page *page, double box[4], bool *have, struct zy_error *err)
{
	const struct zy_xml_node *root, *area;
	ZY_ARENA_AUTO a = { 0 };
	const char *text;

	if (!ofd_open_file(page->file, "Page", &a, &root, err) || !ofd_only(root, "Area", &area, err))
		return false;
	*have = area != NULL;
	return area == NULL ||
	       (ofd_only_text(area, "PhysicalBox", &a, &text, err) && ofd_box(text, "PhysicalBox", box, err));
}

bool zy_ofd_page_box(const struct zy_ofd *d, size_t page, double box[4], struct zy_error *err)
{
	const char *area = d->bodies[d->pages[page].body].area;
	bool have;

	if (d->pages[page].file == NULL)
		return fail_box("Page", "the page is absent", err);
	if (!own_area(&d->pages[page], box, &have, err) ||
	    (!have && area[0] != 0 && !ofd_box(area, "PhysicalBox", box, err)))
		return false;
	return ((have || area[0] != 0) && box[2] > 0 && box[3] > 0) ||
	       fail_box("PageArea", "the page has no size", err);
}
