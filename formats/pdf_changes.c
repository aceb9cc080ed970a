/* What later revisions of a PDF changed (ISO 32000-1 7.5.6, 12.8.2.2; ISO 32000-2 12.8.4.3 for DSS). */
#include <string.h>

#include "pdf_internal.h"

#define ADDED_MAX ZY_PDF_SIGNATURES_MAX
#define FIELD_DEPTH_MAX 16
#define FIELDS_MAX 4096

/* What is known of an object that may have changed. What its owner says of it does not count as a use of it: a list of
 * annotations that is the page's content too must not change. */
enum { UNKNOWN, MAY_CHANGE, MAY_CHANGE_UNSHARED, MAY_CHANGE_OF_STORE, CHANGED = 0x80 };

/* One document at two times. */
struct comparing {
	struct pdf_doc *old, *new;
	const struct pdf_value *old_root, *new_root; /* as the trailers name them */
	struct zy_pdf_change *out;
	size_t size;                      /* object numbers of both */
	uint8_t *known;                   /* for each object */
	long *refs;                       /* how often the old one refers to it, what owners say aside */
	size_t num_reached, next_reached; /* new objects that what was permitted leads to */
	uint8_t *is_reached;
	unsigned *reached;
	unsigned level; /* of the author's certification: pdf_certified of the old one */
	struct pdf_locks locks;
	struct zy_arena *arena;
	size_t num_fields; /* of the old form, looked at */
	size_t num_added;
	unsigned added[ADDED_MAX]; /* new signature fields */
};

static bool differs(struct comparing *c, unsigned object, const char *what)
{
	if (c->out->what == NULL)
		*c->out = (struct zy_pdf_change){ object, what };
	return false;
}

static void know(struct comparing *c, const struct pdf_value *old, uint8_t how)
{
	unsigned number = pdf_number_of(old);

	if (number > 0 && number < c->size)
		c->known[number] = how;
}

/* The values that are meant, members named in `but` aside. */
static bool same_meant(
    const struct comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *const *but)
{
	return pdf_same(pdf_resolve(c->old, old), pdf_resolve(c->new, new), but);
}

static bool has_only(const struct pdf_value *dict, const char *const *keys)
{
	return dict->kind == PDF_DICT && pdf_same(dict, &(struct pdf_value){ .kind = PDF_DICT }, keys);
}

/* ---- uses ---- */

static void count_use(void *arg, const struct pdf_value *reference)
{
	struct comparing *c = arg;

	if (reference->as.number < c->size)
		c->refs[reference->as.number]++;
}

static void excuse_use(void *arg, const struct pdf_value *reference)
{
	struct comparing *c = arg;

	if (reference->as.number < c->size)
		c->refs[reference->as.number]--;
}

/* What an owner says under this key is no use. */
static void excuse(struct comparing *c, const struct pdf_value *old, const char *key)
{
	pdf_each_reference(pdf_get(c->old, old, key), excuse_use, c);
}

/* ---- fields and annotations ---- */

/* A field with its widget in one, which is signed and does nothing else. */
static bool is_signed_field(struct pdf_doc *d, const struct pdf_value *field)
{
	static const char *const keys[] = { "Type", "Subtype", "FT", "T", "TU", "F", "Ff", "P", "V", "AP", "Rect", "MK",
		"BS", "Border", "NM", "M", "Lock", "Parent", "SV", "DA", "DR", "AS", NULL };

	return has_only(pdf_resolve(d, field), keys) && pdf_name_is(pdf_resolve(d, pdf_get(d, field, "FT")), "Sig") &&
	       pdf_is(d, pdf_get(d, pdf_get(d, field, "V"), "ByteRange"), PDF_ARRAY);
}

static bool is_absent(struct pdf_doc *d, size_t number)
{
	const struct pdf_entry *e = number < d->size ? d->table[number] : NULL;

	return e == NULL || pdf_lookup(d, number, e->place == PDF_PACKED ? 0 : e->generation)->kind == PDF_NULL;
}

static bool is_new(const struct comparing *c, unsigned number)
{
	return is_absent(c->old, number);
}

/* A new object that belongs to what is permitted; what it leads to does as well. */
static void reach(struct comparing *c, unsigned number)
{
	if (number < 1 || number >= c->size || c->is_reached[number] != 0 || !is_new(c, number))
		return;
	c->is_reached[number] = 1;
	c->reached[c->num_reached++] = number;
}

static void take_reached(void *arg, const struct pdf_value *reference)
{
	reach(arg, reference->as.number);
}

static void reach_from(struct comparing *c, const struct pdf_value *v)
{
	pdf_each_reference(v, take_reached, c);
	pdf_each_reference(pdf_resolve(c->new, v), take_reached, c);
}

static bool add_field(struct comparing *c, const struct pdf_value *field)
{
	unsigned number = pdf_number_of(field);

	if (number == 0 || !is_new(c, number) || !is_signed_field(c->new, field) || c->num_added == ADDED_MAX ||
	    !pdf_is(c->new, pdf_get(c->new, field, "Parent"), PDF_NULL))
		return differs(c, number, "a form field was added that is no signature alone");
	/* that a time-stamp is one is no leave to draw (SSA) */
	if (c->level != 0 && (pdf_is_seen(c->new, field) || (c->level == 1 && !pdf_is_stamp_field(c->new, field))))
		return differs(c, number,
		    c->level == 1 ? "the author's certification permits no further signature"
				  : "a signature that is seen was added where the author's certification has no field");
	c->added[c->num_added++] = number;
	reach(c, number);
	return true;
}

/* P 3 permits annotations, but not such as are drawn by their maker and may hide or replace content (EAA): a note, or a
 * mark on text, without an appearance of its own. */
static bool is_note(struct pdf_doc *d, const struct pdf_value *annotation)
{
	static const char *const keys[] = { "Type", "Subtype", "Rect", "Contents", "P", "NM", "M", "F", "C", "CA", "T",
		"Subj", "CreationDate", "QuadPoints", "Open", "Name", "Popup", "Parent", "IRT", "RT", "State",
		"StateModel", NULL };
	static const char *const kinds[] = { "Text", "Highlight", "Underline", "Squiggly", "StrikeOut", "Popup" };
	const struct pdf_value *kind = pdf_resolve(d, pdf_get(d, annotation, "Subtype"));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (pdf_name_is(kind, kinds[i]))
			return has_only(pdf_resolve(d, annotation), keys);
	return false;
}

static bool add_annotation(struct comparing *c, const struct pdf_value *annotation)
{
	unsigned number = pdf_number_of(annotation);

	for (size_t i = 0; i < c->num_added; i++)
		if (c->added[i] == number)
			return true;
	if (c->level == 3 && is_new(c, number) && is_note(c->new, annotation)) {
		reach(c, number);
		return true;
	}
	return differs(c, number,
	    c->level == 3 ? "an annotation was added that may cover what the author certified"
			  : "an annotation was added that is no signature");
}

/* The old items, then only such as `add` takes. */
static bool is_longer_list(struct comparing *c, const struct pdf_value *old, const struct pdf_value *new,
    unsigned owner, bool (*add)(struct comparing *c, const struct pdf_value *item))
{
	size_t num_old = pdf_num_items(c->old, old), num_new = pdf_num_items(c->new, new);

	if (num_new < num_old)
		return differs(c, owner, "an entry of a list was taken away");
	for (size_t i = 0; i < num_old; i++)
		if (!pdf_same(pdf_item(c->old, old, i), pdf_item(c->new, new, i), NULL))
			return differs(c, owner, "an entry of a list was changed");
	for (size_t i = num_old; i < num_new; i++)
		if (!add(c, pdf_item(c->new, new, i)))
			return false;
	know(c, old, MAY_CHANGE_UNSHARED);
	reach(c, pdf_number_of(new));
	return true;
}

/* What was permitted to differ in a field. */
static void note_changed(
    struct comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *const *members)
{
	for (size_t i = 0; members[i] != NULL; i++)
		reach_from(c, pdf_get(c->new, new, members[i]));
	if (pdf_number_of(old) != 0)
		excuse(c, old, "AP");
	if (same_meant(c, old, new, members))
		know(c, old, MAY_CHANGE);
}

/* A signature field that was empty and is signed now; after a certification with P 2 or 3 any field that was filled.
 * Not one that a signature locked. */
static void note_filled(struct comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *name)
{
	static const char *const signing[] = { "V", "AP", NULL }, *const filling[] = { "V", "AP", "AS", "I", "M",
		NULL };
	const struct pdf_value *type = pdf_resolve(c->old, pdf_get(c->old, old, "FT"));

	if (c->level == 1 || !pdf_is(c->old, old, PDF_DICT) || pdf_is_locked(&c->locks, name))
		return;
	if (!pdf_name_is(type, "Sig")) {
		if (c->level >= 2 && type->kind == PDF_NAME)
			note_changed(c, old, new, filling);
	} else if (pdf_is(c->old, pdf_get(c->old, old, "V"), PDF_NULL) && is_signed_field(c->new, new)) {
		note_changed(c, old, new, signing);
	}
}

/* Fields of the form, and of those below them. */
static void note_all_filled(
    struct comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *above, int depth)
{
	size_t num = depth > FIELD_DEPTH_MAX ? 0 : pdf_num_items(c->old, old);

	for (size_t i = 0; i < num && i < pdf_num_items(c->new, new) && ++c->num_fields <= FIELDS_MAX; i++) {
		const struct pdf_value *was = pdf_item(c->old, old, i), *is = pdf_item(c->new, new, i);
		const char *name = pdf_field_name(c->old, was, above, c->arena);

		if (pdf_number_of(was) != pdf_number_of(is) || name == NULL)
			continue;
		note_all_filled(c, pdf_get(c->old, was, "Kids"), pdf_get(c->new, is, "Kids"), name, depth + 1);
		note_filled(c, was, is, name);
	}
}

static bool compare_form(struct comparing *c)
{
	static const char *const grown[] = { "Fields", "SigFlags", NULL };
	const struct pdf_value *old = pdf_get(c->old, c->old_root, "AcroForm"),
			       *new = pdf_get(c->new, c->new_root, "AcroForm"), *old_fields, *new_fields;
	unsigned owner = pdf_number_of(new);
	bool had = pdf_is(c->old, old, PDF_DICT);

	if (pdf_is(c->old, old, PDF_NULL) && pdf_is(c->new, new, PDF_NULL))
		return true;
	if (!pdf_is(c->new, new, PDF_DICT) || (had && pdf_number_of(old) != owner) ||
	    (!had && owner != 0 && !is_new(c, owner)))
		return differs(c, owner, "the form was replaced or taken away");
	old_fields = pdf_get(c->old, old, "Fields");
	new_fields = pdf_get(c->new, new, "Fields");
	if (!is_longer_list(c, old_fields, new_fields, owner, add_field))
		return false;
	note_all_filled(c, old_fields, new_fields, "", 0);
	if (pdf_number_of(old) != 0)
		excuse(c, old, "Fields");
	if (had ? !same_meant(c, old, new, grown) : !has_only(pdf_resolve(c->new, new), grown))
		return differs(c, owner, "the form was changed");
	know(c, old, MAY_CHANGE_UNSHARED);
	reach(c, owner);
	return true;
}

static bool compare_page(struct comparing *c, const struct pdf_value *old, const struct pdf_value *new)
{
	static const char *const grown[] = { "Annots", NULL };
	unsigned number = pdf_number_of(new);

	if (pdf_number_of(old) != number)
		return differs(c, number, "a page was put in or replaced");
	if (!is_longer_list(c, pdf_get(c->old, old, "Annots"), pdf_get(c->new, new, "Annots"), number, add_annotation))
		return false;
	excuse(c, old, "Annots");
	if (!same_meant(c, old, new, grown))
		return differs(c, number, "a page was changed");
	know(c, old, MAY_CHANGE);
	return true;
}

static bool compare_pages(struct comparing *c, struct zy_error *err)
{
	const struct pdf_value **old, **new;
	size_t num_old, num_new;

	if (!pdf_pages(c->old, &old, &num_old, err) || !pdf_pages(c->new, &new, &num_new, err))
		return false;
	if (num_old < 1 || num_old != num_new)
		return differs(c, 0, "pages were added or taken away");
	for (size_t i = 0; i < num_old; i++)
		if (!compare_page(c, old[i], new[i]))
			return false;
	return true;
}

/* ---- catalog and trailer ---- */

/* The document security store holds certificates and what speaks of them; nothing of it is shown. */
static void note_store(struct comparing *c)
{
	static const char *const keys[] = { "VRI", "Certs", "CRLs", "OCSPs" };
	const struct pdf_value *store = pdf_get(c->old, c->old_root, "DSS");

	know(c, store, MAY_CHANGE_UNSHARED);
	reach_from(c, pdf_get(c->new, c->new_root, "DSS"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		know(c, pdf_get(c->old, store, keys[i]), MAY_CHANGE_OF_STORE);
}

/* Programs that add a revision note when, and themselves (ISO 32000-1 14.3.3); title, author and the like stay. */
static void note_information(struct comparing *c)
{
	static const char *const noted[] = { "ModDate", "Producer", NULL };
	const struct pdf_value *old = pdf_get(c->old, &c->old->trailer, "Info"),
			       *new = pdf_get(c->new, &c->new->trailer, "Info");

	if (pdf_is(c->old, old, PDF_DICT) && same_meant(c, old, new, noted) &&
	    (pdf_is(c->new, pdf_get(c->new, new, "ModDate"), PDF_STRING)) &&
	    (pdf_is(c->new, pdf_get(c->new, new, "Producer"), PDF_STRING) ||
		pdf_is(c->new, pdf_get(c->new, new, "Producer"), PDF_NULL)))
		know(c, old, MAY_CHANGE_UNSHARED);
}

static bool compare_trailer(struct comparing *c)
{
	static const char *const keys[] = { "Root", "Info" };

	if (c->new->declared < c->old->declared)
		return differs(c, 0, "the trailer's /Size is smaller than before");
	for (size_t i = 0; i < 2; i++)
		if (!pdf_same(
			pdf_get(c->old, &c->old->trailer, keys[i]), pdf_get(c->new, &c->new->trailer, keys[i]), NULL))
			return differs(c, 0, "the trailer names another catalog or other information");
	note_information(c);
	return true;
}

static bool is_extension(struct pdf_doc *d, const struct pdf_value *entry)
{
	static const char *const keys[] = { "Type", "BaseVersion", "ExtensionLevel", NULL };

	return entry->kind == PDF_NULL ||
	       (has_only(entry, keys) && pdf_is(d, pdf_get(d, entry, "BaseVersion"), PDF_NAME) &&
		   pdf_is(d, pdf_get(d, entry, "ExtensionLevel"), PDF_INT));
}

/* Whoever adds a store or a time-stamp may declare the extension that defines it (EN 319 142-1 5.6, ISO 32000-1
 * 7.12): an entry of ESIC or ADBE, put in or newer, that stands in the catalog and says nothing else. */
static bool same_extensions(struct comparing *c)
{
	static const char *const prefixes[] = { "ESIC", "ADBE", NULL };
	const struct pdf_value *old = pdf_get(c->old, c->old_root, "Extensions"),
			       *new = pdf_get(c->new, c->new_root, "Extensions");

	if (pdf_same(old, new, NULL))
		return true;
	if (new->kind != PDF_DICT || old->kind == PDF_REF || !is_extension(c->new, pdf_get(c->new, new, "ESIC")) ||
	    !is_extension(c->new, pdf_get(c->new, new, "ADBE")))
		return false;
	return old->kind == PDF_NULL ? has_only(new, prefixes) : pdf_same(old, new, prefixes);
}

/* A revision may say the version of the format (ISO 32000-1 7.5.6); it may not take back what was said. */
static bool same_version(const struct comparing *c)
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

static bool compare_catalog(struct comparing *c)
{
	static const char *const grown[] = { "AcroForm", "DSS", "Extensions", "Version", NULL };
	unsigned number = pdf_number_of(c->new_root);

	note_store(c);
	excuse(c, c->old_root, "AcroForm");
	excuse(c, c->old_root, "DSS");
	if (!same_extensions(c))
		return differs(c, number, "other extensions of PDF than those of ESIC and ADBE were declared");
	if (!same_version(c) || !same_meant(c, c->old_root, c->new_root, grown))
		return differs(c, number, "the catalog was changed");
	know(c, c->old_root, MAY_CHANGE);
	return true;
}

/* ---- every object ---- */

static bool same_place(const struct comparing *c, const struct pdf_entry *old, const struct pdf_entry *new)
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
    const struct comparing *c, const struct pdf_stream *old, const struct pdf_stream *new, struct zy_error *err)
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

static bool compare_object(struct comparing *c, unsigned number, struct zy_error *err)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct pdf_value a, b;
	const struct pdf_value *old = read_once(c->old, number, &scratch, &a, err), *new;

	if (old == NULL)
		return false;
	if (old->kind == PDF_NULL)
		return true;
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
		return differs(c, number, "it was changed or taken away");
	c->known[number] |= CHANGED;
	return true;
}

/* Tables and packed objects are how a revision is written, and say nothing themselves. */
static bool is_form_of_file(const struct pdf_value *v)
{
	const struct pdf_value *type = v->kind == PDF_STREAM ? pdf_member(&v->as.stream->dict, "Type") : NULL;

	return type != NULL && (pdf_name_is(type, "XRef") || pdf_name_is(type, "ObjStm"));
}

/* Forms without a byte that nothing refers to: what poppler leaves beside each field that it signs. */
static bool is_empty_form(const struct pdf_value *v)
{
	return v->kind == PDF_STREAM && v->as.stream->len == 0 &&
	       pdf_name_is(pdf_member(&v->as.stream->dict, "Subtype"), "Form");
}

static bool compare_new(struct comparing *c, struct zy_error *err)
{
	while (c->next_reached < c->num_reached) {
		unsigned number = c->reached[c->next_reached++];
		ZY_ARENA_AUTO scratch = { 0 };
		struct pdf_value v;
		const struct pdf_value *found = read_once(c->new, number, &scratch, &v, err);

		if (found == NULL)
			return false;
		pdf_each_reference(found, take_reached, c);
	}
	for (unsigned i = 1; i < c->new->size; i++) {
		ZY_ARENA_AUTO scratch = { 0 };
		struct pdf_value v;
		const struct pdf_value *found;

		if (c->new->table[i] == NULL || c->is_reached[i] != 0 || !is_new(c, i))
			continue;
		if ((found = read_once(c->new, i, &scratch, &v, err)) == NULL)
			return false;
		if (found->kind != PDF_NULL && !is_form_of_file(found) && !is_empty_form(found))
			return differs(c, i, "it was added and belongs to no signature");
	}
	return true;
}

/* What the old document refers to and does not have must not appear later. */
static bool compare_uses(struct comparing *c)
{
	for (unsigned i = 1; i < c->size; i++) {
		if (c->refs[i] > 0 && is_absent(c->old, i) && !is_absent(c->new, i))
			return differs(c, i, "an object appeared that was referred to and absent");
		if ((c->known[i] == (CHANGED | MAY_CHANGE_UNSHARED) && c->refs[i] > 0) ||
		    (c->known[i] == (CHANGED | MAY_CHANGE_OF_STORE) && c->refs[i] > 1))
			return differs(c, i, "it was changed, and other parts use it too");
	}
	return true;
}

static bool compare_objects(struct comparing *c, struct zy_error *err)
{
	const struct pdf_file *f = c->old->f;

	for (unsigned i = 1; i < c->old->size; i++)
		if (!compare_object(c, i, err))
			return false;
	if (!compare_uses(c) || !compare_new(c, err))
		return false;
	return f->loose_at == ZY_NOWHERE || f->last_loose < f->revision_end[c->old->revision - 1] ||
	       differs(c, 0, "bytes were added that belong to no object");
}

static bool start(
    struct comparing *c, const struct zy_pdf *d, size_t revision, struct zy_arena *a, struct zy_error *err)
{
	struct pdf_file *f = d->newest->f;

	if (revision < 1 || revision > f->num_revisions)
		return zy_fail(err, ZY_E_PDF, "revision", ZY_NOWHERE, "there is no revision %zu", revision);
	if (!pdf_doc_open(&c->old, f, revision, err))
		return false;
	c->new = d->newest;
	c->old_root = pdf_get(c->old, &c->old->trailer, "Root");
	c->new_root = pdf_get(c->new, &c->new->trailer, "Root");
	c->level = pdf_certified(c->old, c->old_root);
	c->arena = a;
	if (!pdf_read_locks(&c->locks, c->old, c->old_root, a, err))
		return false;
	c->size = c->old->size > c->new->size ? c->old->size : c->new->size;
	return (c->known = zy_arena_array(a, c->size, 1, err)) != NULL &&
	       (c->refs = zy_arena_array(a, c->size, sizeof(*c->refs), err)) != NULL &&
	       (c->is_reached = zy_arena_array(a, c->size, 1, err)) != NULL &&
	       (c->reached = zy_arena_array(a, c->size, sizeof(*c->reached), err)) != NULL;
}

bool zy_pdf_find_change(struct zy_pdf_change *out, const struct zy_pdf *d, size_t revision, struct zy_error *err)
{
	struct zy_pdf_change found = { 0 };
	struct zy_error why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct comparing c = { .out = &found };

	if (!start(&c, d, revision, &a, err))
		return false;
	if (compare_trailer(&c) && compare_form(&c) && compare_pages(&c, &why) && compare_catalog(&c))
		(void)compare_objects(&c, &why);
	if (why.code != ZY_OK)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	if (!pdf_check_answers(c.new, err))
		return false;
	*out = found;
	return true;
}
