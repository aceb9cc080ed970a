/* What later revisions of a PDF changed (ISO 32000-1 7.5.6, 12.8.2.2; ISO 32000-2 12.8.4.3 for DSS). */
#include "pdf_internal.h"

#include <stdlib.h>

#define ADDED_MAX ZY_PDF_SIGNATURES_MAX
#define PAIRS_MAX 1024

/* What is known of an object that may have changed. Its owner's entry for it is dropped before references are counted:
 * a list of annotations that is the page's content too must not change. */
enum { UNKNOWN, MAY_CHANGE, MAY_CHANGE_UNSHARED, MAY_CHANGE_OF_STORE, CHANGED = 0x80 };

/* One document at two times. */
struct comparing {
	struct pdf_reading old, new;
	qpdf_oh old_root, new_root;
	struct zy_pdf_change *out;
	size_t declared, new_declared;              /* the trailers' /Size */
	size_t size;                                /* object numbers of the old one */
	uint8_t *known;                             /* for each object */
	uint8_t *refs;                              /* how often the old one refers to it, up to 2 */
	size_t new_size, num_reached, next_reached; /* new objects that what was permitted leads to */
	uint8_t *is_reached;
	int *reached;
	unsigned level; /* of the author's certification: pdf_certified of the old one */
	size_t num_added;
	int added[ADDED_MAX]; /* new signature fields */
	size_t num_pairs;     /* objects of a generation other than 0 that the old one refers to */
	struct {
		int number, generation;
	} pairs[PAIRS_MAX];
};

static bool differs(struct comparing *c, int object, const char *what)
{
	if (c->out->what == NULL)
		*c->out = (struct zy_pdf_change){ (unsigned)object, what };
	return false;
}

static bool is_indirect(const struct pdf_reading *p, qpdf_oh oh)
{
	return qpdf_oh_is_indirect(p->q, oh) != QPDF_FALSE;
}

static int number_of(const struct pdf_reading *p, qpdf_oh oh)
{
	return is_indirect(p, oh) ? qpdf_oh_get_object_id(p->q, oh) : 0;
}

static void know(struct comparing *c, qpdf_oh old, uint8_t how)
{
	int number = number_of(&c->old, old);

	if (number > 0 && (size_t)number < c->size)
		c->known[number] = how;
}

/* A value as qpdf spells it, keys in order; of a stream its dictionary. Good until the next text of that document. */
static const char *text_of(const struct pdf_reading *p, qpdf_oh oh)
{
	return qpdf_oh_unparse_resolved(p->q, qpdf_oh_is_stream(p->q, oh) ? qpdf_oh_get_dict(p->q, oh) : oh);
}

static bool same_text(const struct comparing *c, qpdf_oh old, qpdf_oh new)
{
	return strcmp(text_of(&c->old, old), text_of(&c->new, new)) == 0;
}

/* As written where it stands: a reference stays one. */
static bool same_value(const struct comparing *c, qpdf_oh old, qpdf_oh new)
{
	return strcmp(qpdf_oh_unparse(c->old.q, old), qpdf_oh_unparse(c->new.q, new)) == 0;
}

static bool same_stream(const struct comparing *c, qpdf_oh old, qpdf_oh new)
{
	unsigned char *a = NULL, *b = NULL;
	size_t a_len = 0, b_len = 0;
	bool same;

	same = (qpdf_oh_get_stream_data(c->old.q, old, qpdf_dl_none, NULL, &a, &a_len) & QPDF_ERRORS) == 0 &&
	       (qpdf_oh_get_stream_data(c->new.q, new, qpdf_dl_none, NULL, &b, &b_len) & QPDF_ERRORS) == 0 &&
	       a_len == b_len && (a_len == 0 || (a != NULL && b != NULL && memcmp(a, b, a_len) == 0));
	free(a);
	free(b);
	return same;
}

static bool same_object(const struct comparing *c, qpdf_oh old, qpdf_oh new)
{
	bool stream = qpdf_oh_is_stream(c->old.q, old) != QPDF_FALSE;

	return stream == (qpdf_oh_is_stream(c->new.q, new) != QPDF_FALSE) && same_text(c, old, new) &&
	       (!stream || same_stream(c, old, new));
}

static void drop(struct comparing *c, qpdf_oh old, qpdf_oh new, const char *key)
{
	if (qpdf_oh_is_dictionary(c->old.q, old))
		qpdf_oh_remove_key(c->old.q, old, key);
	if (qpdf_oh_is_dictionary(c->new.q, new))
		qpdf_oh_remove_key(c->new.q, new, key);
}

/* ---- fields and annotations ---- */

static bool is_field_key(const char *key)
{
	static const char *const keys[] = { "/Type", "/Subtype", "/FT", "/T", "/TU", "/F", "/Ff", "/P", "/V", "/AP",
		"/Rect", "/MK", "/BS", "/Border", "/NM", "/M", "/Lock" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* A field with its widget in one, which is signed and does nothing else. */
static bool is_signed_field(const struct pdf_reading *p, qpdf_oh field)
{
	bool plain = qpdf_oh_is_dictionary(p->q, field) != QPDF_FALSE;

	if (!plain)
		return false;
	qpdf_oh_begin_dict_key_iter(p->q, field);
	while (qpdf_oh_dict_more_keys(p->q))
		plain = is_field_key(qpdf_oh_dict_next_key(p->q)) && plain;
	return plain && qpdf_oh_is_name_and_equals(p->q, qpdf_oh_get_key(p->q, field, "/FT"), "/Sig") &&
	       qpdf_oh_is_array(p->q, qpdf_oh_get_key_if_dict(p->q, qpdf_oh_get_key(p->q, field, "/V"), "/ByteRange"));
}

static bool is_new(const struct comparing *c, int number)
{
	return qpdf_oh_is_null(c->old.q, qpdf_get_object_by_id(c->old.q, number, 0)) != QPDF_FALSE;
}

/* A new object that belongs to what is permitted; what it leads to does as well. */
static void reach(struct comparing *c, int number)
{
	if (number < 1 || (size_t)number >= c->new_size || c->is_reached[number] != 0 || !is_new(c, number))
		return;
	c->is_reached[number] = 1;
	c->reached[c->num_reached++] = number;
}

static bool take_reached(void *arg, int number, int generation)
{
	struct comparing *c = arg;

	(void)generation;
	reach(c, number);
	return true;
}

static void reach_from(struct comparing *c, qpdf_oh oh)
{
	reach(c, number_of(&c->new, oh));
	(void)pdf_each_reference(text_of(&c->new, oh), take_reached, c);
}

static bool add_field(struct comparing *c, qpdf_oh field)
{
	int number = number_of(&c->new, field);

	if (number == 0 || !is_new(c, number) || !is_signed_field(&c->new, field) || c->num_added == ADDED_MAX)
		return differs(c, number, "a form field was added that is no signature alone");
	if (c->level != 0 && !pdf_is_stamp_field(&c->new, field) && (c->level == 1 || pdf_is_seen(&c->new, field)))
		return differs(c, number,
		    c->level == 1 ? "the author's certification permits no further signature"
				  : "a signature that is seen was added where the author's certification has no field");
	c->added[c->num_added++] = number;
	reach(c, number);
	return true;
}

static bool add_annotation(struct comparing *c, qpdf_oh annotation)
{
	int number = number_of(&c->new, annotation);

	for (size_t i = 0; i < c->num_added; i++)
		if (c->added[i] == number)
			return true;
	return differs(c, number, "an annotation was added that is no signature");
}

/* The old items, then only such as `add` takes. */
static bool is_longer_list(
    struct comparing *c, qpdf_oh old, qpdf_oh new, int owner, bool (*add)(struct comparing *c, qpdf_oh item))
{
	int num_old = pdf_num_items(&c->old, old), num_new = pdf_num_items(&c->new, new);

	if (num_new < num_old)
		return differs(c, owner, "an entry of a list was taken away");
	for (int i = 0; i < num_old; i++)
		if (!same_value(c, qpdf_oh_get_array_item(c->old.q, old, i), qpdf_oh_get_array_item(c->new.q, new, i)))
			return differs(c, owner, "an entry of a list was changed");
	for (int i = num_old; i < num_new; i++)
		if (!add(c, qpdf_oh_get_array_item(c->new.q, new, i)))
			return false;
	know(c, old, MAY_CHANGE_UNSHARED);
	reach(c, number_of(&c->new, new));
	return true;
}

/* A signature field that was empty and is signed now. */
static void note_filled(struct comparing *c, qpdf_oh old, qpdf_oh new)
{
	if (c->level == 1 || !qpdf_oh_is_dictionary(c->old.q, old) || qpdf_oh_has_key(c->old.q, old, "/V") ||
	    !qpdf_oh_is_name_and_equals(c->old.q, qpdf_oh_get_key(c->old.q, old, "/FT"), "/Sig") ||
	    !is_signed_field(&c->new, new))
		return;
	reach(c, number_of(&c->new, qpdf_oh_get_key(c->new.q, new, "/V")));
	reach(c, number_of(&c->new, qpdf_oh_get_key_if_dict(c->new.q, qpdf_oh_get_key(c->new.q, new, "/AP"), "/N")));
	drop(c, old, new, "/V");
	drop(c, old, new, "/AP");
	if (same_text(c, old, new))
		know(c, old, MAY_CHANGE);
}

static bool compare_form(struct comparing *c)
{
	qpdf_oh old = pdf_get(&c->old, c->old_root, "/AcroForm"), new = pdf_get(&c->new, c->new_root, "/AcroForm");
	int owner = number_of(&c->new, new);
	bool had = qpdf_oh_is_dictionary(c->old.q, old) != QPDF_FALSE;
	qpdf_oh old_fields = pdf_get(&c->old, old, "/Fields"), new_fields = pdf_get(&c->new, new, "/Fields");

	if (qpdf_oh_is_null(c->old.q, old) && qpdf_oh_is_null(c->new.q, new))
		return true;
	if (!qpdf_oh_is_dictionary(c->new.q, new) || (had && number_of(&c->old, old) != owner) ||
	    (!had && owner != 0 && !is_new(c, owner)))
		return differs(c, owner, "the form was replaced or taken away");
	if (!is_longer_list(c, old_fields, new_fields, owner, add_field))
		return false;
	for (int i = 0, n = pdf_num_items(&c->old, old_fields); i < n; i++)
		note_filled(c, qpdf_oh_get_array_item(c->old.q, old_fields, i),
		    qpdf_oh_get_array_item(c->new.q, new_fields, i));
	drop(c, old, new, "/Fields");
	drop(c, old, new, "/SigFlags");
	if (had ? !same_text(c, old, new) : strcmp(text_of(&c->new, new), "<< >>") != 0)
		return differs(c, owner, "the form was changed");
	know(c, old, MAY_CHANGE_UNSHARED);
	reach(c, owner);
	return true;
}

static bool compare_page(struct comparing *c, size_t i)
{
	qpdf_oh old = qpdf_get_page_n(c->old.q, i), new = qpdf_get_page_n(c->new.q, i);
	int number = number_of(&c->new, new);

	if (number_of(&c->old, old) != number)
		return differs(c, number, "a page was put in or replaced");
	if (!is_longer_list(
		c, pdf_get(&c->old, old, "/Annots"), pdf_get(&c->new, new, "/Annots"), number, add_annotation))
		return false;
	drop(c, old, new, "/Annots");
	if (!same_text(c, old, new))
		return differs(c, number, "a page was changed");
	know(c, old, MAY_CHANGE);
	return true;
}

static bool compare_pages(struct comparing *c)
{
	int num = qpdf_get_num_pages(c->old.q);

	if (num < 1 || num != qpdf_get_num_pages(c->new.q))
		return differs(c, 0, "pages were added or taken away");
	for (int i = 0; i < num; i++)
		if (!compare_page(c, (size_t)i))
			return false;
	return true;
}

/* ---- catalog and trailer ---- */

/* The document security store holds certificates and what speaks of them; nothing of it is shown. */
static void note_store(struct comparing *c)
{
	static const char *const keys[] = { "/VRI", "/Certs", "/CRLs", "/OCSPs" };
	qpdf_oh store = pdf_get(&c->old, c->old_root, "/DSS");

	know(c, store, MAY_CHANGE_UNSHARED);
	reach_from(c, pdf_get(&c->new, c->new_root, "/DSS"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		know(c, pdf_get(&c->old, store, keys[i]), MAY_CHANGE_OF_STORE);
}

static bool compare_trailer(struct comparing *c)
{
	qpdf_oh old = qpdf_get_trailer(c->old.q), new = qpdf_get_trailer(c->new.q);

	if (c->new_declared < c->declared)
		return differs(c, 0, "the trailer's /Size is smaller than before");
	if (!same_value(c, pdf_get(&c->old, old, "/Root"), pdf_get(&c->new, new, "/Root")) ||
	    !same_value(c, pdf_get(&c->old, old, "/Info"), pdf_get(&c->new, new, "/Info")))
		return differs(c, 0, "the trailer names another catalog or other information");
	return true;
}

static bool is_extension(struct pdf_reading *p, qpdf_oh entry)
{
	bool plain = !is_indirect(p, entry);

	if (qpdf_oh_is_null(p->q, entry))
		return true;
	if (!qpdf_oh_is_dictionary(p->q, entry))
		return false;
	qpdf_oh_begin_dict_key_iter(p->q, entry);
	while (qpdf_oh_dict_more_keys(p->q)) {
		const char *key = qpdf_oh_dict_next_key(p->q);

		plain = plain && (strcmp(key, "/Type") == 0 || strcmp(key, "/BaseVersion") == 0 ||
				     strcmp(key, "/ExtensionLevel") == 0);
	}
	return plain && qpdf_oh_is_name(p->q, pdf_get(p, entry, "/BaseVersion")) &&
	       qpdf_oh_is_integer(p->q, pdf_get(p, entry, "/ExtensionLevel"));
}

/* Whoever adds a store or a time-stamp may declare the extension that defines it (EN 319 142-1 5.6, ISO 32000-1
 * 7.12): an entry of ESIC or ADBE, put in or newer, that stands in the catalog and says nothing else. */
static bool same_extensions(struct comparing *c)
{
	static const char *const prefixes[] = { "/ESIC", "/ADBE" };
	qpdf_oh old = pdf_get(&c->old, c->old_root, "/Extensions"), new = pdf_get(&c->new, c->new_root, "/Extensions");

	if (same_value(c, old, new))
		return true;
	if (!qpdf_oh_is_dictionary(c->new.q, new) || is_indirect(&c->new, new) || is_indirect(&c->old, old))
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!is_extension(&c->new, pdf_get(&c->new, new, prefixes[i])))
			return false;
		drop(c, old, new, prefixes[i]);
	}
	if (qpdf_oh_is_null(c->old.q, old) ? strcmp(text_of(&c->new, new), "<< >>") != 0 : !same_text(c, old, new))
		return false;
	drop(c, c->old_root, c->new_root, "/Extensions");
	return true;
}

static bool compare_catalog(struct comparing *c)
{
	int number = number_of(&c->new, c->new_root);

	note_store(c);
	drop(c, c->old_root, c->new_root, "/AcroForm");
	drop(c, c->old_root, c->new_root, "/DSS");
	if (!same_extensions(c))
		return differs(c, number, "other extensions of PDF than those of ESIC and ADBE were declared");
	if (!same_text(c, c->old_root, c->new_root))
		return differs(c, number, "the catalog was changed");
	know(c, c->old_root, MAY_CHANGE);
	return true;
}

/* ---- every object ---- */

/* What the old document refers to and does not have must not appear later. */
static bool note_reference(void *arg, int number, int generation)
{
	struct comparing *c = arg;
	qpdf_oh old = qpdf_get_object_by_id(c->old.q, number, generation),
		new = qpdf_get_object_by_id(c->new.q, number, generation);
	bool appeared = qpdf_oh_is_null(c->old.q, old) && !qpdf_oh_is_null(c->new.q, new);

	qpdf_oh_release(c->old.q, old);
	qpdf_oh_release(c->new.q, new);
	if (appeared)
		return differs(c, number, "an object appeared that was referred to and absent");
	if ((size_t)number < c->size && c->refs[number] < 2)
		c->refs[number]++;
	if (generation == 0)
		return true;
	for (size_t i = 0; i < c->num_pairs; i++)
		if (c->pairs[i].number == number && c->pairs[i].generation == generation)
			return true;
	if (c->num_pairs == PAIRS_MAX)
		return differs(c, number, "too many objects have another generation than 0");
	c->pairs[c->num_pairs].number = number;
	c->pairs[c->num_pairs++].generation = generation;
	return true;
}

static bool compare_object(struct comparing *c, int number, int generation)
{
	qpdf_oh old = qpdf_get_object_by_id(c->old.q, number, generation),
		new = qpdf_get_object_by_id(c->new.q, number, generation);
	bool may = generation == 0 && c->known[number] != UNKNOWN, ok = true;

	if (!qpdf_oh_is_null(c->old.q, old)) {
		if (!same_object(c, old, new)) {
			ok = may || differs(c, number, "it was changed or taken away");
			if (may)
				c->known[number] |= CHANGED;
		}
		ok = ok && pdf_each_reference(text_of(&c->old, old), note_reference, c);
	}
	qpdf_oh_release(c->old.q, old);
	qpdf_oh_release(c->new.q, new);
	return ok;
}

/* Tables and packed objects are how a revision is written, and say nothing themselves. */
static bool is_form_of_file(const struct comparing *c, qpdf_oh oh)
{
	qpdf_oh type;

	if (!qpdf_oh_is_stream(c->new.q, oh))
		return false;
	type = qpdf_oh_get_key(c->new.q, qpdf_oh_get_dict(c->new.q, oh), "/Type");
	return qpdf_oh_is_name_and_equals(c->new.q, type, "/XRef") ||
	       qpdf_oh_is_name_and_equals(c->new.q, type, "/ObjStm");
}

static bool compare_new(struct comparing *c)
{
	while (c->next_reached < c->num_reached)
		reach_from(c, qpdf_get_object_by_id(c->new.q, c->reached[c->next_reached++], 0));
	for (size_t i = 1; i < c->new_size; i++) {
		qpdf_oh oh = qpdf_get_object_by_id(c->new.q, (int)i, 0);
		bool good = qpdf_oh_is_null(c->new.q, oh) || !is_new(c, (int)i) || c->is_reached[i] != 0 ||
			    is_form_of_file(c, oh);

		qpdf_oh_release(c->new.q, oh);
		if (!good)
			return differs(c, (int)i, "it was added and belongs to no signature");
	}
	return true;
}

static bool compare_objects(struct comparing *c)
{
	for (size_t i = 1; i < c->size; i++)
		if (!compare_object(c, (int)i, 0))
			return false;
	for (size_t i = 0; i < c->num_pairs; i++)
		if (!compare_object(c, c->pairs[i].number, c->pairs[i].generation))
			return false;
	for (size_t i = 1; i < c->size; i++)
		if ((c->known[i] == (CHANGED | MAY_CHANGE_UNSHARED) && c->refs[i] > 0) ||
		    (c->known[i] == (CHANGED | MAY_CHANGE_OF_STORE) && c->refs[i] > 1))
			return differs(c, (int)i, "it was changed, and other parts use it too");
	return compare_new(c);
}

static bool open_both(struct comparing *c, struct zy_arena *a, struct zy_error *err)
{
	if (!pdf_open(&c->old, err) || !pdf_open(&c->new, err))
		return false;
	c->old_root = pdf_get(&c->old, qpdf_get_trailer(c->old.q), "/Root");
	c->new_root = pdf_get(&c->new, qpdf_get_trailer(c->new.q), "/Root");
	c->level = pdf_certified(&c->old, c->old_root);
	return pdf_read_size(&c->old, &c->declared, err) && pdf_read_size(&c->new, &c->new_declared, err) &&
	       pdf_read_num_used(&c->old, &c->size, err) && pdf_read_num_used(&c->new, &c->new_size, err) &&
	       (c->known = zy_arena_array(a, c->size, 1, err)) != NULL &&
	       (c->refs = zy_arena_array(a, c->size, 1, err)) != NULL &&
	       (c->is_reached = zy_arena_array(a, c->new_size, 1, err)) != NULL &&
	       (c->reached = zy_arena_array(a, c->new_size, sizeof(*c->reached), err)) != NULL;
}

bool zy_pdf_find_change(struct zy_pdf_change *out, struct zy_bytes in, size_t before, struct zy_error *err)
{
	struct zy_pdf_change found = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct comparing *c = zy_arena_alloc(&a, sizeof(*c), err);
	bool ok;

	if (c == NULL)
		return false;
	*c = (struct comparing){ .old = { .in = ZY_BYTES(in.p, before) }, .new = { .in = in }, .out = &found };
	ok = open_both(c, &a, err);
	if (ok && compare_trailer(c) && compare_form(c) && compare_pages(c) && compare_catalog(c))
		(void)compare_objects(c);
	ok = ok && pdf_check_quiet(&c->old, err) && pdf_check_quiet(&c->new, err);
	if (c->old.q != NULL)
		qpdf_cleanup(&c->old.q);
	if (c->new.q != NULL)
		qpdf_cleanup(&c->new.q);
	if (ok)
		*out = found;
	return ok;
}
