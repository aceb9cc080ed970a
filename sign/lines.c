/* Where a line of Chinese may end (kinsoku, 避头尾): GB/T 15834-2011 5.1.10 and the habits of print shops. */
#include "page.h"

static bool one_of(uint32_t c, const uint32_t *list, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		if (list[i] == c)
			return true;
	}
	return false;
}

/* Not at the start of a line. */
static bool closes(uint32_t c)
{
	static const uint32_t list[] = { '!', ')', ',', '.', ':', ';', '?', ']', '}', '%', 0xb0, 0xb7, 0x2014, 0x2019,
		0x201d, 0x2026, 0x2030, 0x2103, 0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015,
		0x3017, 0x30fc, 0x30fb, 0xff01, 0xff05, 0xff09, 0xff0c, 0xff0e, 0xff0f, 0xff1a, 0xff1b, 0xff1f, 0xff3d,
		0xff5d, 0xff5e };

	return one_of(c, list, sizeof list / sizeof list[0]);
}

/* Not at the end of a line. */
static bool opens(uint32_t c)
{
	static const uint32_t list[] = { '(', '[', '{', '$', '#', 0xa5, 0x2018, 0x201c, 0x3008, 0x300a, 0x300c, 0x300e,
		0x3010, 0x3014, 0x3016, 0xff04, 0xff08, 0xff3b, 0xff5b, 0xffe5 };

	return one_of(c, list, sizeof list / sizeof list[0]);
}

static bool is_han(uint32_t c)
{
	return (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0xfe30 && c <= 0xfe4f) || (c >= 0xff00 && c <= 0xffef) || (c >= 0x20000 && c <= 0x3ffff) ||
	       c == 0x2014 || c == 0x2026 || (c >= 0x2018 && c <= 0x201d);
}

/* May a line end before glyph i? Spaces stay with what precedes them, and do not hide it. */
static bool may_break(const struct zy_paragraph *p, size_t begin, size_t i)
{
	uint32_t next = p->glyphs[i].unicode, last;
	size_t k = i;

	while (k > begin && p->glyphs[k - 1].unicode == ' ')
		k--;
	if (next == ' ' || k == begin)
		return false;
	last = p->glyphs[k - 1].unicode;
	if (closes(next) || opens(last))
		return false;
	return k < i || is_han(last) || is_han(next);
}

/* The end of the line that begins at `begin`. */
static size_t line_end(const struct zy_paragraph *p, size_t begin, int64_t width)
{
	size_t best = begin, i;
	int64_t used = 0;

	for (i = begin; i < p->num; i++) {
		if (i > begin && may_break(p, begin, i))
			best = i;
		used += p->glyphs[i].advance;
		if (used > width && p->glyphs[i].unicode != ' ')
			break;
	}
	if (i == p->num)
		return p->num;
	/* A word longer than the line, or nothing but forbidden places: cut where it is full. */
	return best > begin ? best : i > begin ? i : begin + 1;
}

bool zy_lines_break(const struct zy_paragraph *p, int64_t width, struct zy_line *out, size_t max, size_t *num)
{
	size_t begin = 0, end, next;

	*num = 0;
	do {
		if (*num == max)
			return false;
		end = next = line_end(p, begin, width);
		while (end > begin && p->glyphs[end - 1].unicode == ' ')
			end--;
		out[(*num)++] = (struct zy_line){ begin, end, next == p->num };
		begin = next;
	} while (begin < p->num);
	return true;
}
