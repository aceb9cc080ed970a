/*
 * Every byte of a file belongs to its header, an object that some revision's table names, or a table with its end. What
 * belongs to none of them is loose: nobody is shown it, but a program that repairs files might show it. Objects that
 * overlap are refused: one would lie in the other's data. ISO 32000-1 7.5.1.
 */
#include <stdlib.h>
#include <string.h>

#include "pdf_internal.h"

#define KEPT_MAX ((size_t)4 << 20) /* bytes of values that are kept once they are read */
#define HEADER_MAX 16
#define GAP_PIECE ((size_t)64 << 10)

struct extent {
	size_t at, end; /* end 0: an object, to be read */
	size_t revision;
	unsigned number, generation;
	const struct pdf_entry *current; /* in the newest table */
};

struct layout {
	struct pdf_file *f;
	struct pdf_doc *d;
	struct extent *x;
	size_t num, most; /* of the arena: then values are not kept */
};

static bool damaged(struct zy_error *err, size_t at, const char *why)
{
	return zy_fail(err, ZY_E_PDF, "PDF", at, "the file is damaged: %s", why);
}

static void add(struct layout *l, struct extent x)
{
	l->x[l->num++] = x;
}

static void add_section(struct layout *l, const struct pdf_section *s)
{
	for (size_t i = 0; i < s->num; i++) {
		const struct pdf_entry *e = &s->entries[i];

		if (e->place == PDF_PLAIN)
			add(l, (struct extent){ e->at, 0, s->revision, e->number, e->generation,
				   l->d->table[e->number] == e ? e : NULL });
	}
	if (s->number > 0)
		add(l, (struct extent){ s->at, 0, s->revision, s->number, 0, NULL });
	if (s->hybrid > 0)
		add(l, (struct extent){ s->hybrid_at, 0, s->revision, s->hybrid, 0, NULL });
	if (s->number == 0 || s->end > s->tail_at)
		add(l, (struct extent){ s->number > 0 ? s->tail_at : s->at, s->end, s->revision, 0, 0, NULL });
}

static int by_place(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->revision > y->revision) - (x->revision < y->revision);
}

/* One object that several tables name is one. */
static bool merge(struct layout *l, struct zy_error *err)
{
	size_t num = 0;

	for (size_t i = 0; i < l->num; i++) {
		struct extent *x = &l->x[i], *last = num > 0 ? &l->x[num - 1] : NULL;

		if (last == NULL || last->at != x->at) {
			l->x[num++] = *x;
			continue;
		}
		if (last->end != 0 || x->end != 0 || last->number != x->number || last->generation != x->generation)
			return damaged(err, x->at, "two objects are said to be in one place");
		last->current = last->current == NULL ? x->current : last->current;
	}
	l->num = num;
	return true;
}

static bool collect(struct layout *l, struct zy_error *err)
{
	size_t room = 0;

	for (size_t i = 0; i < l->f->num_sections; i++)
		room += l->f->sections[i].num + 3;
	if ((l->x = malloc(room * sizeof(*l->x))) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "PDF", ZY_NOWHERE, "no memory");
	for (size_t i = 0; i < l->f->num_sections; i++)
		add_section(l, &l->f->sections[i]);
	qsort(l->x, l->num, sizeof(*l->x), by_place);
	return merge(l, err);
}

/* ---- between objects ---- */

static size_t count_word(struct zy_bytes v, const char *word)
{
	size_t num = 0, len = strlen(word);
	const uint8_t *p = v.p, *end = v.p + v.len;

	while (p < end && (p = memmem(p, (size_t)(end - p), word, len)) != NULL) {
		num++;
		p += len;
	}
	return num;
}

/* A comment that a program which looks for objects by their words might take for one. */
static bool speaks_of_objects(struct zy_bytes comment)
{
	return count_word(comment, "obj") + count_word(comment, "stream") + count_word(comment, "trailer") +
		   count_word(comment, "xref") >
	       0;
}

static bool is_blank(struct zy_bytes v)
{
	for (size_t i = 0; i < v.len; i++) {
		size_t from = i;

		if (pdf_is_space(v.p[i]))
			continue;
		if (v.p[i] != '%')
			return false;
		while (i < v.len && v.p[i] != '\n' && v.p[i] != '\r')
			i++;
		if (speaks_of_objects(ZY_BYTES(v.p + from, i - from)))
			return false;
	}
	return true;
}

/* In pieces, which a comment or word may lie across: then it counts as loose, which is the safe side. */
static bool look_between(struct pdf_file *f, size_t from, size_t to, bool trailing, struct zy_error *err)
{
	while (from < to) {
		size_t len = to - from < GAP_PIECE ? to - from : GAP_PIECE;
		ZY_ARENA_AUTO scratch = { 0 };
		struct zy_bytes v;

		if (!pdf_bytes(f, from, len, &scratch, &v, err))
			return false;
		if (!is_blank(v)) {
			f->num_loose_ranges += count_word(v, "/ByteRange");
			if (!trailing) {
				f->loose_at = f->loose_at == ZY_NOWHERE ? from : f->loose_at;
				f->last_loose = from;
			}
		}
		from += len;
	}
	return true;
}

/* ---- objects ---- */

/* A value that is asked for later need not be read again, as long as these are few. */
static bool keep(struct layout *l, const struct extent *x, const struct pdf_object *o, struct zy_error *err)
{
	struct pdf_value *v;

	if (x->current == NULL || l->f->arena->used > l->most)
		return true;
	if ((v = zy_arena_alloc(l->f->arena, sizeof(*v), err)) == NULL)
		return false;
	*v = o->value;
	l->d->parsed[x->number] = v;
	return true;
}

static bool read_extent(struct layout *l, struct extent *x, size_t limit, struct zy_error *err)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct pdf_object o = { 0 };

	if (!pdf_take_object(l->f, x->at, limit, x->revision, l->f->arena->used > l->most ? &scratch : l->f->arena,
		x->current != NULL ? &l->d->seen : &l->f->old, &o, err))
		return false;
	if (o.number != x->number || o.generation != x->generation)
		return damaged(err, x->at, "an object is not where its table says");
	x->end = o.end;
	if (x->end > l->f->revision_end[x->revision - 1])
		return damaged(err, x->at, "an object lies behind the end of its revision");
	return keep(l, x, &o, err);
}

static bool read_extents(struct layout *l, struct zy_error *err)
{
	size_t at = 0;
	const size_t end = l->f->revision_end[l->f->num_revisions - 1];

	for (size_t i = 0; i < l->num; i++) {
		struct extent *x = &l->x[i];
		size_t limit = i + 1 < l->num ? l->x[i + 1].at : l->f->len;

		if (x->at < at)
			return damaged(err, x->at, "an object lies inside of another");
		if (!look_between(l->f, at, x->at, false, err) || (x->end == 0 && !read_extent(l, x, limit, err)))
			return false;
		at = x->end;
	}
	if (at > end)
		return damaged(err, end, "an object lies behind the last table");
	return look_between(l->f, at, l->f->len, true, err);
}

static bool read_packed(struct layout *l, struct zy_error *err)
{
	for (size_t i = 1; i < l->d->size; i++) {
		const struct pdf_entry *e = l->d->table[i];
		ZY_ARENA_AUTO scratch = { 0 };
		struct pdf_value v;

		if (e != NULL && e->place == PDF_PACKED && !pdf_read_entry(l->d, e, &scratch, &l->d->seen, &v, err))
			return false;
	}
	return true;
}

static bool check_header(const struct pdf_file *f, struct zy_error *err)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct zy_error why = { 0 };
	struct zy_bytes v;

	if (!pdf_bytes(f, 0, strlen("%PDF-1.0"), &scratch, &v, &why) || memcmp(v.p, "%PDF-", 5) != 0)
		return zy_fail(err, ZY_E_PDF, "header", 0, "the file does not begin with %%PDF-");
	if (v.p[5] < '1' || v.p[5] > '2' || v.p[6] != '.' || v.p[7] < '0' || v.p[7] > '9')
		return zy_fail(err, ZY_E_PDF, "header", 0, "the file has no version 1.x or 2.x");
	return true;
}

bool pdf_file_open(struct pdf_file *f, struct pdf_doc **newest, struct zy_error *err)
{
	struct layout l = { .f = f };
	bool ok;

	f->room = ZY_PDF_INFLATED_MAX;
	f->loose_at = ZY_NOWHERE;
	if (!check_header(f, err) || !pdf_read_sections(f, err) ||
	    !pdf_doc_open(newest, f, f->num_revisions, f->arena, err))
		return false;
	l.d = *newest;
	l.most = f->arena->used + KEPT_MAX;
	ok = collect(&l, err) && read_extents(&l, err) && read_packed(&l, err);
	free(l.x);
	return ok;
}
