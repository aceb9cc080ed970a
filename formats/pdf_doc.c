/* A document as of one of its revisions: objects by number, read when they are first asked for. */
#include <string.h>

#include "pdf_internal.h"
#include "zy/text.h"

#define REFERENCES_MAX 32 /* one after the other */
#define TREE_DEPTH_MAX 64

static void fill_table(struct pdf_doc *d, const struct pdf_section *s)
{
	for (size_t i = 0; i < s->num; i++) {
		const struct pdf_entry *e = &s->entries[i];

		d->table[e->number] = e->place == PDF_FREE ? NULL : e;
		if (e->place != PDF_FREE && e->number >= d->size)
			d->size = e->number + 1;
	}
}

bool pdf_doc_open(struct pdf_doc **out, struct pdf_file *f, size_t revision, struct zy_arena *a, struct zy_error *err)
{
	struct pdf_doc *d = zy_arena_alloc(a, sizeof(*d), err);
	size_t room = 1;

	if (d == NULL)
		return false;
	d->f = f;
	d->arena = a;
	d->revision = revision;
	for (size_t i = f->num_sections; i-- > 0;)
		if (f->sections[i].revision <= revision) {
			d->trailer = f->sections[i].trailer;
			d->declared = f->sections[i].size;
			room = f->sections[i].size > room ? f->sections[i].size : room;
		}
	d->table = zy_arena_array(a, room, sizeof(*d->table), err);
	d->parsed = zy_arena_array(a, room, sizeof(*d->parsed), err);
	if (d->table == NULL || d->parsed == NULL)
		return false;
	d->size = 1;
	for (size_t i = f->num_sections; i-- > 0;)
		if (f->sections[i].revision <= revision)
			fill_table(d, &f->sections[i]);
	*out = d;
	return d->size <= d->declared ||
	       zy_fail(err, ZY_E_PDF, "Size", ZY_NOWHERE, "the file is damaged: the trailer's /Size hides objects");
}

bool pdf_read_entry(struct pdf_doc *d, const struct pdf_entry *e, struct zy_arena *a, struct pdf_seen *seen,
    struct pdf_value *out, struct zy_error *err)
{
	struct pdf_object o = { 0 };

	if (e->place == PDF_PACKED)
		return pdf_packed_object(d->f, e, d->revision, a, seen, out, err);
	if (!pdf_take_object(d->f, e->at, d->f->len, d->revision, a, seen, &o, err))
		return false;
	if (o.number != e->number || o.generation != e->generation)
		return zy_fail(
		    err, ZY_E_PDF, "xref", e->at, "the file is damaged: an object is not where its table says");
	*out = o.value;
	return true;
}

const struct pdf_value *pdf_lookup(struct pdf_doc *d, size_t number, unsigned generation)
{
	const struct pdf_entry *e = number < d->size ? d->table[number] : NULL;
	struct pdf_value *v;

	if (e == NULL || (e->place == PDF_PACKED ? 0 : e->generation) != generation)
		return &pdf_null;
	if (d->parsed[number] != NULL)
		return d->parsed[number];
	if ((v = zy_arena_alloc(d->arena, sizeof(*v), &d->f->failure)) == NULL ||
	    !pdf_read_entry(d, e, d->arena, NULL, v, &d->f->failure))
		return &pdf_null;
	return d->parsed[number] = v;
}

const struct pdf_value *pdf_resolve(struct pdf_doc *d, const struct pdf_value *v)
{
	for (int i = 0; i < REFERENCES_MAX && v->kind == PDF_REF; i++)
		v = pdf_lookup(d, v->as.number, v->generation);
	return v->kind == PDF_REF ? &pdf_null : v;
}

const struct pdf_value *pdf_get(struct pdf_doc *d, const struct pdf_value *dict, const char *key)
{
	const struct pdf_value *v = pdf_member(pdf_resolve(d, dict), key);

	return v == NULL ? &pdf_null : v;
}

bool pdf_is(struct pdf_doc *d, const struct pdf_value *v, enum pdf_kind kind)
{
	return pdf_resolve(d, v)->kind == kind;
}

size_t pdf_num_items(struct pdf_doc *d, const struct pdf_value *array)
{
	array = pdf_resolve(d, array);
	return array->kind == PDF_ARRAY ? array->as.list.num : 0;
}

const struct pdf_value *pdf_item(struct pdf_doc *d, const struct pdf_value *array, size_t i)
{
	array = pdf_resolve(d, array);
	return array->kind == PDF_ARRAY && i < array->as.list.num ? &array->as.list.item[i] : &pdf_null;
}

bool pdf_integer(struct pdf_doc *d, const struct pdf_value *v, long long *out)
{
	v = pdf_resolve(d, v);
	if (v->kind == PDF_INT)
		*out = v->as.integer;
	return v->kind == PDF_INT;
}

bool pdf_real(struct pdf_doc *d, const struct pdf_value *v, double *out)
{
	double n = 0, unit = 1;

	v = pdf_resolve(d, v);
	if (v->kind == PDF_INT)
		*out = (double)v->as.integer;
	if (v->kind != PDF_REAL)
		return v->kind == PDF_INT;
	for (size_t i = 0, dots = 0; i < v->as.text.len; i++) {
		uint8_t c = v->as.text.p[i];

		dots += c == '.';
		if (c < '0' || c > '9')
			continue;
		n = n * 10 + (c - '0');
		unit = dots > 0 ? unit * 10 : unit;
	}
	*out = (v->as.text.p[0] == '-' ? -n : n) / unit;
	return true;
}

unsigned pdf_number_of(const struct pdf_value *v)
{
	return v->kind == PDF_REF ? v->as.number : 0;
}

bool pdf_check_answers(const struct pdf_doc *d, struct zy_error *err)
{
	const struct zy_error *why = &d->f->failure;

	return why->code == ZY_OK || zy_fail(err, why->code, why->field, why->offset, "%s", why->msg);
}

/* ---- the tree of pages ---- */

struct walk {
	struct pdf_doc *d;
	uint8_t *visited;
	const struct pdf_value **leaves;
	size_t num;
};

/* Each node is an object of its own and stands in one place (7.7.3.2). */
static bool walk_pages(struct walk *w, const struct pdf_value *node, unsigned depth, struct zy_error *err)
{
	unsigned number = pdf_number_of(node);
	const struct pdf_value *kids;

	if (depth > TREE_DEPTH_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "Pages", ZY_NOWHERE, "the pages lie too deep");
	if (number == 0 || number >= w->d->size || !pdf_is(w->d, node, PDF_DICT) || w->visited[number] != 0)
		return zy_fail(err, ZY_E_PDF, "Pages", ZY_NOWHERE,
		    "the file is damaged: a page is missing, no object of its own, or there twice");
	w->visited[number] = 1;
	kids = pdf_get(w->d, node, "Kids");
	if (!pdf_is(w->d, kids, PDF_ARRAY)) {
		w->leaves[w->num++] = node;
		return true;
	}
	for (size_t i = 0, n = pdf_num_items(w->d, kids); i < n; i++)
		if (!walk_pages(w, pdf_item(w->d, kids, i), depth + 1, err))
			return false;
	return true;
}

bool pdf_pages(struct pdf_doc *d, const struct pdf_value ***out, size_t *num, struct zy_error *err)
{
	struct walk w = { .d = d };
	const struct pdf_value *root = pdf_member(&d->trailer, "Root");

	w.visited = zy_arena_array(d->arena, d->size, 1, err);
	w.leaves = zy_arena_array(d->arena, d->size, sizeof(*w.leaves), err);
	if (w.visited == NULL || w.leaves == NULL || root == NULL)
		return root != NULL ? false : zy_fail(err, ZY_E_PDF, "Root", ZY_NOWHERE, "the trailer has no catalog");
	if (!walk_pages(&w, pdf_get(d, root, "Pages"), 0, err))
		return false;
	*out = w.leaves;
	*num = w.num;
	return true;
}
