/* What later revisions of a PDF changed (ISO 32000-1 7.5.6, 12.8.2.2; ISO 32000-2 12.8.4.3 for DSS). */
#include <string.h>

#include "pdf_changes.h"

bool pdf_differs(struct pdf_comparing *c, unsigned object, const char *what)
{
	if (c->out->what == NULL)
		*c->out = (struct zy_pdf_change){ .object = object, .what = what };
	return false;
}

void pdf_know(struct pdf_comparing *c, const struct pdf_value *old, uint8_t how)
{
	unsigned number = pdf_number_of(old);

	if (number > 0 && number < c->size)
		c->known[number] = how;
}

/* The values that are meant, members named in `but` aside. */
bool pdf_same_meant(
    const struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *const *but)
{
	return pdf_same(pdf_resolve(c->old, old), pdf_resolve(c->new, new), but);
}

bool pdf_has_only(const struct pdf_value *dict, const char *const *keys)
{
	return dict->kind == PDF_DICT && pdf_same(dict, &(struct pdf_value){ .kind = PDF_DICT }, keys);
}

/* ---- uses ---- */

static void count_use(void *arg, const struct pdf_value *reference)
{
	struct pdf_comparing *c = arg;

	if (reference->as.number < c->size)
		c->refs[reference->as.number]++;
}

static void excuse_use(void *arg, const struct pdf_value *reference)
{
	struct pdf_comparing *c = arg;

	if (reference->as.number < c->size)
		c->refs[reference->as.number]--;
}

void pdf_excuse(struct pdf_comparing *c, const struct pdf_value *old, const char *key)
{
	static const char *const keys[] = { "AcroForm", "DSS", "Fields", "Annots", "AP", "N", "DR", "Font", "VRI",
		"Certs", "CRLs", "OCSPs" };
	unsigned number = pdf_number_of(old);
	uint16_t bit = 1;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && strcmp(keys[i], key) != 0; i++)
		bit = (uint16_t)(bit << 1);
	if (number >= c->size || (number != 0 && (c->excused[number] & bit) != 0))
		return;
	c->excused[number] = (uint16_t)(c->excused[number] | bit);
	pdf_each_reference(pdf_get(c->old, old, key), excuse_use, c);
}

bool pdf_is_absent(struct pdf_doc *d, size_t number)
{
	const struct pdf_entry *e = number < d->size ? d->table[number] : NULL;

	return e == NULL || pdf_lookup(d, number, e->place == PDF_PACKED ? 0 : e->generation)->kind == PDF_NULL;
}

bool pdf_is_new(const struct pdf_comparing *c, unsigned number)
{
	return pdf_is_absent(c->old, number);
}

/* A new object that belongs to what is permitted; what it leads to does as well. */
void pdf_reach(struct pdf_comparing *c, unsigned number)
{
	if (number < 1 || number >= c->size || c->is_reached[number] != 0 || !pdf_is_new(c, number))
		return;
	c->is_reached[number] = 1;
	c->reached[c->num_reached++] = number;
}

void pdf_take_reached(void *arg, const struct pdf_value *reference)
{
	pdf_reach(arg, reference->as.number);
}

void pdf_reach_from(struct pdf_comparing *c, const struct pdf_value *v)
{
	pdf_each_reference(v, pdf_take_reached, c);
	pdf_each_reference(pdf_resolve(c->new, v), pdf_take_reached, c);
}

/* ---- catalog and trailer ---- */

/* The document security store holds certificates and what speaks of them; nothing of it is shown. */
static void note_store(struct pdf_comparing *c)
{
	static const char *const keys[] = { "VRI", "Certs", "CRLs", "OCSPs" };
	const struct pdf_value *store = pdf_get(c->old, c->old_root, "DSS");

	pdf_know(c, store, MAY_CHANGE_UNSHARED);
	pdf_reach_from(c, pdf_get(c->new, c->new_root, "DSS"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (pdf_number_of(store) != 0)
			pdf_excuse(c, store, keys[i]);
		pdf_know(c, pdf_get(c->old, store, keys[i]), MAY_CHANGE_UNSHARED);
	}
}

/* Information where there was none says when, and which programs. */
static bool is_information_alone(struct pdf_comparing *c)
{
	static const char *const noted[] = { "ModDate", "Producer", "CreationDate", "Creator", NULL };
	const struct pdf_value *new = pdf_get(c->new, &c->new->trailer, "Info");

	if (!pdf_is(c->old, pdf_get(c->old, &c->old->trailer, "Info"), PDF_NULL) || !pdf_is_new(c, pdf_number_of(new)))
		return false;
	for (size_t i = 0; noted[i] != NULL; i++) {
		const struct pdf_value *v = pdf_get(c->new, new, noted[i]);

		if (!pdf_is(c->new, v, PDF_STRING) && !pdf_is(c->new, v, PDF_NULL))
			return false;
	}
	pdf_reach(c, pdf_number_of(new));
	return pdf_has_only(pdf_resolve(c->new, new), noted);
}

/* Programs that add a revision note when, and themselves (ISO 32000-1 14.3.3); title, author and the like stay. */
static void note_information(struct pdf_comparing *c)
{
	static const char *const noted[] = { "ModDate", "Producer", NULL };
	const struct pdf_value *old = pdf_get(c->old, &c->old->trailer, "Info"),
			       *new = pdf_get(c->new, &c->new->trailer, "Info");

	if (pdf_is(c->old, old, PDF_DICT) && pdf_same_meant(c, old, new, noted) &&
	    (pdf_is(c->new, pdf_get(c->new, new, "ModDate"), PDF_STRING)) &&
	    (pdf_is(c->new, pdf_get(c->new, new, "Producer"), PDF_STRING) ||
		pdf_is(c->new, pdf_get(c->new, new, "Producer"), PDF_NULL)))
		pdf_know(c, old, MAY_CHANGE_UNSHARED);
}

static bool compare_trailer(struct pdf_comparing *c)
{
	if (c->new->declared < c->old->declared)
		return pdf_differs(c, 0, "the trailer's /Size is smaller than before");
	if (!pdf_same(c->old_root, c->new_root, NULL) ||
	    (!pdf_same(pdf_get(c->old, &c->old->trailer, "Info"), pdf_get(c->new, &c->new->trailer, "Info"), NULL) &&
		!is_information_alone(c)))
		return pdf_differs(c, 0, "the trailer names another catalog or other information");
	note_information(c);
	return true;
}

static bool is_extension(struct pdf_doc *d, const struct pdf_value *entry)
{
	static const char *const keys[] = { "Type", "BaseVersion", "ExtensionLevel", NULL };

	return entry->kind == PDF_NULL ||
	       (pdf_has_only(entry, keys) && pdf_is(d, pdf_get(d, entry, "BaseVersion"), PDF_NAME) &&
		   pdf_is(d, pdf_get(d, entry, "ExtensionLevel"), PDF_INT));
}

/* Whoever adds a store or a time-stamp may declare the extension that defines it (EN 319 142-1 5.6, ISO 32000-1
 * 7.12): an entry of ESIC or ADBE, put in or newer, that stands in the catalog and says nothing else. */
static bool same_extensions(struct pdf_comparing *c)
{
	static const char *const prefixes[] = { "ESIC", "ADBE", NULL };
	const struct pdf_value *old = pdf_get(c->old, c->old_root, "Extensions"),
			       *new = pdf_get(c->new, c->new_root, "Extensions");

	if (pdf_same(old, new, NULL))
		return true;
	if (new->kind != PDF_DICT || old->kind == PDF_REF || !is_extension(c->new, pdf_get(c->new, new, "ESIC")) ||
	    !is_extension(c->new, pdf_get(c->new, new, "ADBE")))
		return false;
	return old->kind == PDF_NULL ? pdf_has_only(new, prefixes) : pdf_same(old, new, prefixes);
}

/* A revision may say the version of the format (ISO 32000-1 7.5.6); it may not take back what was said. */
static bool same_version(const struct pdf_comparing *c)
{
	static const char *const versions[] = { "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0" };
	const struct pdf_value *new = pdf_get(c->new, c->new_root, "Version");

	if (pdf_same(pdf_get(c->old, c->old_root, "Version"), new, NULL))
		return true;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (pdf_name_is(new, versions[i]))
			return true;
	return false;
}

static bool compare_catalog(struct pdf_comparing *c)
{
	static const char *const grown[] = { "AcroForm", "DSS", "Extensions", "Version", NULL };
	unsigned number = pdf_number_of(c->new_root);

	note_store(c);
	pdf_excuse(c, c->old_root, "AcroForm");
	pdf_excuse(c, c->old_root, "DSS");
	if (!same_extensions(c))
		return pdf_differs(c, number, "other extensions of PDF than those of ESIC and ADBE were declared");
	if (!same_version(c) || !pdf_same_meant(c, c->old_root, c->new_root, grown))
		return pdf_differs(c, number, "the catalog was changed");
	pdf_know(c, c->old_root, MAY_CHANGE);
	return true;
}

/* ---- every object ---- */

static bool same_place(const struct pdf_comparing *c, const struct pdf_entry *old, const struct pdf_entry *new)
{
	const struct pdf_entry *a, *b;

	if (old == new)
		return true;
	if (new == NULL || old->place != new->place || old->at != new->at || old->generation != new->generation)
		return false;
	if (old->place == PDF_PLAIN)
		return true;
	a = pdf_find(c->old->f, c->old->revision, old->at);
	b = pdf_find(c->new->f, c->new->revision, new->at);
	return a == b || (a != NULL && b != NULL && a->place == b->place && a->at == b->at);
}

static bool same_data(
    const struct pdf_comparing *c, const struct pdf_stream *old, const struct pdf_stream *new, struct zy_error *err)
{
	const size_t piece = (size_t)64 << 10;
	bool same = old->len == new->len;

	for (size_t at = 0; same && old->at != new->at &&at < old->len; at += piece) {
		size_t len = old->len - at < piece ? old->len - at : piece;
		ZY_ARENA_AUTO scratch = { 0 };
		struct zy_bytes a, b;

		same = pdf_bytes(c->old->f, old->at + at, len, &scratch, &a, err) &&
		       pdf_bytes(c->old->f, new->at + at, len, &scratch, &b, err) && zy_bytes_equal(a, b);
	}
	return same;
}

/* A value that nothing keeps. */
static const struct pdf_value *read_once(
    struct pdf_doc *d, size_t number, struct zy_arena *a, struct pdf_value *v, struct zy_error *err)
{
	const struct pdf_entry *e = number < d->size ? d->table[number] : NULL;

	if (e == NULL)
		return &pdf_null;
	if (d->parsed[number] != NULL)
		return d->parsed[number];
	return pdf_read_entry(d, e, a, NULL, v, err) ? v : NULL;
}

/* What a table says of catalog and information is its trailer, and no use of them. */
static bool is_table(const struct pdf_comparing *c, unsigned number)
{
	const struct pdf_file *f = c->old->f;
	const struct pdf_entry *e = c->old->table[number];

	for (size_t i = 0; e != NULL && e->place == PDF_PLAIN && i < f->num_sections; i++) {
		const struct pdf_section *s = &f->sections[i];

		if ((s->number == number && s->at == e->at) || (s->hybrid == number && s->hybrid_at == e->at))
			return true;
	}
	return false;
}

static bool compare_object(struct pdf_comparing *c, unsigned number, struct zy_error *err)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct pdf_value a, b;
	const struct pdf_value *old = read_once(c->old, number, &scratch, &a, err), *new;

	if (old == NULL)
		return false;
	if (old->kind == PDF_NULL)
		return true;
	if (!is_table(c, number))
		pdf_each_reference(old, count_use, c);
	if (number < c->new->size && same_place(c, c->old->table[number], c->new->table[number]))
		return true;
	if ((new = read_once(c->new, number, &scratch, &b, err)) == NULL)
		return false;
	if (number < c->new->size && c->new->table[number] != NULL &&
	    (c->old->table[number]->place == PDF_PACKED ? 0 : c->old->table[number]->generation) ==
		(c->new->table[number]->place == PDF_PACKED ? 0 : c->new->table[number]->generation) &&
	    pdf_same(old, new, NULL) && (old->kind != PDF_STREAM || same_data(c, old->as.stream, new->as.stream, err)))
		return true;
	if (err->code != ZY_OK)
		return false;
	if (c->known[number] == UNKNOWN)
		return pdf_differs(c, number, "it was changed or taken away");
	c->known[number] |= CHANGED;
	return true;
}

/* Tables and packed objects are how a revision is written, and say nothing themselves. */
static bool is_form_of_file(const struct pdf_value *v)
{
	const struct pdf_value *type = v->kind == PDF_STREAM ? pdf_member(&v->as.stream->dict, "Type") : NULL;

	return type != NULL && (pdf_name_is(type, "XRef") || pdf_name_is(type, "ObjStm"));
}

static bool is_drawing(const struct pdf_value *v)
{
	const struct pdf_value *subtype = v->kind == PDF_STREAM ? pdf_member(&v->as.stream->dict, "Subtype") : NULL;

	return subtype != NULL && pdf_name_is(subtype, "Form");
}

/* Drawings that nothing refers to: those without a byte that poppler leaves beside each field that it signs, and where
 * fields may be filled, what a field showed before it was filled once more. */
static bool is_left_over(const struct pdf_comparing *c, const struct pdf_value *v)
{
	return is_drawing(v) && (v->as.stream->len == 0 || (c->is_certified && c->level >= 2));
}

/* Calls `take` with each new object that was not reached. */
static bool each_unreached(struct pdf_comparing *c,
    bool (*take)(struct pdf_comparing *c, unsigned number, const struct pdf_value *v), struct zy_error *err)
{
	for (unsigned i = 1; i < c->new->size; i++) {
		ZY_ARENA_AUTO scratch = { 0 };
		struct pdf_value v;
		const struct pdf_value *found;

		if (c->new->table[i] == NULL || c->is_reached[i] != 0 || !pdf_is_new(c, i))
			continue;
		if ((found = read_once(c->new, i, &scratch, &v, err)) == NULL || !take(c, i, found))
			return false;
	}
	return true;
}

static bool reach_left_over(struct pdf_comparing *c, unsigned number, const struct pdf_value *v)
{
	if (is_left_over(c, v))
		pdf_reach(c, number);
	return true;
}

static bool refuse_unreached(struct pdf_comparing *c, unsigned number, const struct pdf_value *v)
{
	return v->kind == PDF_NULL || is_form_of_file(v) ||
	       pdf_differs(c, number, "it was added and belongs to no signature");
}

static bool follow_reached(struct pdf_comparing *c, struct zy_error *err)
{
	while (c->next_reached < c->num_reached) {
		unsigned number = c->reached[c->next_reached++];
		ZY_ARENA_AUTO scratch = { 0 };
		struct pdf_value v;
		const struct pdf_value *found = read_once(c->new, number, &scratch, &v, err);

		if (found == NULL)
			return false;
		pdf_each_reference(found, pdf_take_reached, c);
	}
	return true;
}

static bool compare_new(struct pdf_comparing *c, struct zy_error *err)
{
	return follow_reached(c, err) && each_unreached(c, reach_left_over, err) && follow_reached(c, err) &&
	       each_unreached(c, refuse_unreached, err);
}

/* What the old document refers to and does not have must not appear later. */
static bool compare_uses(struct pdf_comparing *c)
{
	for (unsigned i = 1; i < c->size; i++) {
		if (c->refs[i] > 0 && pdf_is_absent(c->old, i) && !pdf_is_absent(c->new, i))
			return pdf_differs(c, i, "an object appeared that was referred to and absent");
		if (c->known[i] == (CHANGED | MAY_CHANGE_UNSHARED) && c->refs[i] > 0)
			return pdf_differs(c, i, "it was changed, and other parts use it too");
	}
	return true;
}

static bool compare_objects(struct pdf_comparing *c, struct zy_error *err)
{
	const struct pdf_file *f = c->old->f;

	for (unsigned i = 1; i < c->old->size; i++)
		if (!compare_object(c, i, err))
			return false;
	if (!compare_uses(c) || !compare_new(c, err))
		return false;
	return f->loose_at == ZY_NOWHERE || f->last_loose < f->revision_end[c->old->revision - 1] ||
	       pdf_differs(c, 0, "bytes were added that belong to no object");
}

static bool start(
    struct pdf_comparing *c, const struct zy_pdf *d, size_t revision, struct zy_arena *a, struct zy_error *err)
{
	struct pdf_file *f = d->newest->f;
	unsigned certified;

	if (revision < 1 || revision > f->num_revisions)
		return zy_fail(err, ZY_E_PDF, "revision", ZY_NOWHERE, "there is no revision %zu", revision);
	if (!pdf_doc_open(&c->old, f, revision, a, err))
		return false;
	c->new = d->newest;
	c->old_root = pdf_get(c->old, &c->old->trailer, "Root");
	c->new_root = pdf_get(c->new, &c->new->trailer, "Root");
	c->arena = a;
	if (!pdf_read_locks(&c->locks, c->old, c->old_root, a, err))
		return false;
	certified = pdf_certified(c->old, c->old_root);
	c->is_certified = certified != 0;
	c->level = pdf_permitted(&c->locks, certified);
	c->size = c->old->size > c->new->size ? c->old->size : c->new->size;
	return (c->known = zy_arena_array(a, c->size, 1, err)) != NULL &&
	       (c->refs = zy_arena_array(a, c->size, sizeof(*c->refs), err)) != NULL &&
	       (c->excused = zy_arena_array(a, c->size, sizeof(*c->excused), err)) != NULL &&
	       (c->is_reached = zy_arena_array(a, c->size, 1, err)) != NULL &&
	       (c->reached = zy_arena_array(a, c->size, sizeof(*c->reached), err)) != NULL;
}

bool zy_pdf_find_change(struct zy_pdf_change *out, const struct zy_pdf *d, size_t revision, struct zy_error *err)
{
	struct zy_pdf_change found = { 0 };
	struct zy_error why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct pdf_comparing c = { .out = &found };

	if (!start(&c, d, revision, &a, err))
		return false;
	if (compare_trailer(&c) && pdf_compare_form(&c) && pdf_compare_pages(&c, &why) && compare_catalog(&c))
		(void)compare_objects(&c, &why);
	if (why.code != ZY_OK)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	if (!pdf_check_answers(c.new, err))
		return false;
	*out = found;
	return true;
}
