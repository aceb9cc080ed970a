/* Fields and annotations that later revisions of a PDF added or filled (ISO 32000-1 12.5, 12.7, 12.8.2). */
#include <string.h>

#include "pdf_changes.h"

#define FIELD_DEPTH_MAX 16
#define FIELDS_MAX 4096

/* A field with its widget in one, which is signed and does nothing else. The signature is its own: one that was there
 * before stands for nothing that is drawn later. */
static bool is_signed_field(const struct pdf_comparing *c, const struct pdf_value *field, const struct pdf_value *type)
{
	static const char *const keys[] = { "Type", "Subtype", "FT", "T", "TU", "F", "Ff", "P", "V", "AP", "Rect", "MK",
		"BS", "Border", "NM", "M", "Lock", "Parent", "SV", "DA", "DR", "AS", "Kids", NULL };
	struct pdf_doc *d = c->new;
	const unsigned value = pdf_number_of(pdf_get(d, field, "V"));

	return (value == 0 || pdf_is_new(c, value)) && pdf_has_only(pdf_resolve(d, field), keys) &&
	       pdf_name_is(type, "Sig") && pdf_is(d, pdf_get(d, pdf_get(d, field, "V"), "ByteRange"), PDF_ARRAY);
}

static bool is_seen_stamp(struct pdf_doc *d, const struct pdf_value *field)
{
	return pdf_is_stamp_field(d, field) && pdf_is_seen(d, field);
}

static bool add_field(struct pdf_comparing *c, const struct pdf_value *field)
{
	unsigned number = pdf_number_of(field);

	if (number == 0 || !pdf_is_new(c, number) ||
	    !is_signed_field(c, field, pdf_resolve(c->new, pdf_get(c->new, field, "FT"))) ||
	    c->num_added == ADDED_MAX || !pdf_is(c->new, pdf_get(c->new, field, "Parent"), PDF_NULL) ||
	    !pdf_is(c->new, pdf_get(c->new, field, "Kids"), PDF_NULL))
		return pdf_differs(c, number, "a form field was added that is no signature alone");
	/* nobody stands for what is drawn with a time-stamp, which everybody can get (SSA) */
	if (is_seen_stamp(c->new, field))
		return pdf_differs(c, number, "a time-stamp was added that is drawn on a page");
	if (c->level != 0 && (pdf_is_seen(c->new, field) || (c->level == 1 && !pdf_is_stamp_field(c->new, field))))
		return pdf_differs(c, number,
		    c->level == 1 ? "a certification or a lock permits no further signature"
				  : "a signature that is seen was added where a certification or a lock has no field");
	c->added[c->num_added++] = number;
	pdf_reach(c, number);
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
			return pdf_has_only(pdf_resolve(d, annotation), keys);
	return false;
}

static bool add_annotation(struct pdf_comparing *c, const struct pdf_value *annotation)
{
	unsigned number = pdf_number_of(annotation);

	for (size_t i = 0; i < c->num_added; i++)
		if (c->added[i] == number)
			return true;
	if (c->level == 3 && pdf_is_new(c, number) && is_note(c->new, annotation)) {
		pdf_reach(c, number);
		return true;
	}
	return pdf_differs(c, number,
	    c->level == 3 ? "an annotation was added that may cover what the author certified"
			  : "an annotation was added that is no signature");
}

/* The old items, then only such as `add` takes. */
static bool is_longer_list(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new,
    unsigned owner, bool (*add)(struct pdf_comparing *c, const struct pdf_value *item))
{
	size_t num_old = pdf_num_items(c->old, old), num_new = pdf_num_items(c->new, new);

	if (num_new < num_old)
		return pdf_differs(c, owner, "an entry of a list was taken away");
	for (size_t i = 0; i < num_old; i++)
		if (!pdf_same(pdf_item(c->old, old, i), pdf_item(c->new, new, i), NULL))
			return pdf_differs(c, owner, "an entry of a list was changed");
	for (size_t i = num_old; i < num_new; i++)
		if (!add(c, pdf_item(c->new, new, i)))
			return false;
	pdf_know(c, old, MAY_CHANGE_UNSHARED);
	pdf_reach(c, pdf_number_of(new));
	return true;
}

static bool is_named(const char *const *members, const char *key)
{
	while (*members != NULL && strcmp(*members, key) != 0)
		members++;
	return *members != NULL;
}

/* Who fills a field may write its drawing in the place of the old one, if nothing else is drawn by it. */
static void note_drawn(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new)
{
	const struct pdf_value *was = pdf_get(c->old, old, "AP"), *is = pdf_get(c->new, new, "AP");

	pdf_excuse(c, old, "AP");
	pdf_know(c, was, MAY_CHANGE_UNSHARED);
	if (pdf_number_of(was) != 0)
		pdf_excuse(c, was, "N");
	pdf_know(c, pdf_get(c->old, was, "N"), MAY_CHANGE_UNSHARED);
	pdf_reach_from(c, pdf_get(c->new, is, "N"));
}

/* What was permitted to differ in a field. */
static void note_changed(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *const *members)
{
	for (size_t i = 0; members[i] != NULL; i++)
		pdf_reach_from(c, pdf_get(c->new, new, members[i]));
	if (pdf_number_of(old) != 0 && is_named(members, "AP"))
		note_drawn(c, old, new);
	if (pdf_same_meant(c, old, new, members))
		pdf_know(c, old, MAY_CHANGE);
}

/* How a field may be filled. Boxes to be checked have a drawing for each of their states, of which one is chosen. */
enum filling { NOT_FILLED, SIGNED, DRAWN_ANEW, CHOSEN };

/* What may change in the widgets of a field that may be filled. */
static bool note_widget(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, enum filling how)
{
	static const char *const drawn[] = { "AP", "AS", "M", NULL }, *const chosen[] = { "AP", "AS", "M", NULL };

	if (how == NOT_FILLED || !pdf_is(c->old, pdf_get(c->old, old, "T"), PDF_NULL) ||
	    !pdf_name_is(pdf_resolve(c->old, pdf_get(c->old, old, "Subtype")), "Widget"))
		return false;
	note_changed(c, old, new, how == CHOSEN ? chosen : drawn);
	return true;
}

/* An empty field that is signed may be drawn nowhere from then on, as PDFBox has it for a signature that is not seen;
 * and of its flags printing and locks may change (table 165: bits 3, 8 and 10), not whether it is seen. */
static enum filling note_signed(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new)
{
	static const char *const signing[] = { "V", "AP", NULL }, *const hiding[] = { "V", "AP", "F", "Rect", NULL },
				 *const flagging[] = { "V", "AP", "F", NULL };
	const long long may_change = 4 | 128 | 512;
	long long was = 0, is = 0;

	(void)pdf_integer(c->old, pdf_get(c->old, old, "F"), &was);
	(void)pdf_integer(c->new, pdf_get(c->new, new, "F"), &is);
	if ((was & ~may_change) != (is & ~may_change))
		note_changed(c, old, new, signing);
	else
		note_changed(c, old, new, pdf_is_seen(c->new, new) ? flagging : hiding);
	return SIGNED;
}

/* A field and what it has from those above it (12.7.3.1). */
struct inherited {
	const char *name; /* full */
	struct pdf_filled filled;
	enum filling how;
};

/* A signature field that was empty and is signed now; after a certification with P 2 or 3 any field that was filled,
 * other than buttons that only are pressed. Not one that a signature locked. */
static enum filling note_filled(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const struct inherited *field)
{
	static const char *const filling[] = { "V", "AP", "AS", "I", "M", "RV", "TI", NULL }, *const choosing[] = { "V",
		"AP", "AS", "M", NULL };
	const long long push_button = 1 << 16;
	bool signs = pdf_name_is(field->filled.type, "Sig"), chooses = pdf_name_is(field->filled.type, "Btn");

	if (c->level == 1 || !pdf_is(c->old, old, PDF_DICT) || pdf_is_locked(&c->locks, field->name) ||
	    (signs ? !pdf_is(c->old, pdf_get(c->old, old, "V"), PDF_NULL) ||
			 !is_signed_field(c, new, field->filled.type) || is_seen_stamp(c->new, new)
		   : !c->is_certified || field->filled.type->kind != PDF_NAME))
		return NOT_FILLED;
	if (signs)
		return note_signed(c, old, new);
	if (chooses && (field->filled.flags & push_button) != 0)
		return NOT_FILLED;
	note_changed(c, old, new, chooses ? choosing : filling);
	return chooses ? CHOSEN : DRAWN_ANEW;
}

static void check_filled(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const struct inherited *field)
{
	if (field->how == DRAWN_ANEW)
		(void)pdf_check_shown(c, old, new, &field->filled);
	if (field->how == CHOSEN)
		(void)pdf_check_states(c, old, new, &field->filled);
}

static void note_all_filled(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new,
    const struct inherited *above, int depth);

static void note_field(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new,
    const struct inherited *above, int depth)
{
	struct inherited field = { .name = pdf_field_name(c->old, old, above->name, c->arena),
		.filled = above->filled };
	const struct pdf_value *type = pdf_resolve(c->old, pdf_get(c->old, old, "FT")),
			       *value = pdf_get(c->new, new, "V");

	if (pdf_number_of(old) != pdf_number_of(new) || field.name == NULL)
		return;
	if (note_widget(c, old, new, above->how)) {
		check_filled(c, old, new, above);
		return;
	}
	field.filled.field = new;
	field.filled.type = type->kind == PDF_NULL ? above->filled.type : type;
	(void)pdf_integer(c->old, pdf_get(c->old, old, "Ff"), &field.filled.flags);
	if (!pdf_is(c->new, value, PDF_NULL)) {
		field.filled.value = value;
		field.filled.is_same = pdf_same_meant(c, pdf_get(c->old, old, "V"), value, NULL);
	}
	field.how = note_filled(c, old, new, &field);
	check_filled(c, old, new, &field);
	note_all_filled(c, pdf_get(c->old, old, "Kids"), pdf_get(c->new, new, "Kids"), &field, depth + 1);
}

/* Fields of the form, and of those below them. */
static void note_all_filled(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new,
    const struct inherited *above, int depth)
{
	size_t num = depth > FIELD_DEPTH_MAX ? 0 : pdf_num_items(c->old, old);

	for (size_t i = 0; i < num && i < pdf_num_items(c->new, new) && ++c->num_fields <= FIELDS_MAX; i++)
		note_field(c, pdf_item(c->old, old, i), pdf_item(c->new, new, i), above, depth);
}

/* Default resources and appearance serve what readers draw for fields of text and choice (ISO 32000-1 12.7.3.3), and
 * perhaps drawings without resources of their own: in a form of signatures that bring theirs, they serve nothing. */
static bool needs_no_defaults(struct pdf_doc *d, const struct pdf_value *form)
{
	const struct pdf_value *fields = pdf_get(d, form, "Fields");

	for (size_t i = 0, n = pdf_num_items(d, fields); i < n; i++) {
		const struct pdf_value *field = pdf_item(d, fields, i),
				       *drawn = pdf_resolve(d, pdf_get(d, pdf_get(d, field, "AP"), "N"));

		if (!pdf_name_is(pdf_resolve(d, pdf_get(d, field, "FT")), "Sig") ||
		    !pdf_is(d, pdf_get(d, field, "Kids"), PDF_NULL) ||
		    (drawn->kind != PDF_NULL &&
			(drawn->kind != PDF_STREAM ||
			    (drawn->as.stream->len > 0 &&
				!pdf_is(d, pdf_get(d, &drawn->as.stream->dict, "Resources"), PDF_DICT)))))
			return false;
	}
	return true;
}

bool pdf_compare_form(struct pdf_comparing *c)
{
	static const char *const all[] = { "Fields", "SigFlags", "DR", "DA", NULL },
				 *const some[] = { "Fields", "SigFlags", "DR", NULL },
				 *const few[] = { "Fields", "SigFlags", NULL };
	const char *const *grown = few;
	const struct pdf_value *old = pdf_get(c->old, c->old_root, "AcroForm"),
			       *new = pdf_get(c->new, c->new_root, "AcroForm"), *old_fields, *new_fields;
	unsigned owner = pdf_number_of(new);
	bool had = pdf_is(c->old, old, PDF_DICT);

	if (pdf_is(c->old, old, PDF_NULL) && pdf_is(c->new, new, PDF_NULL))
		return true;
	if (!pdf_is(c->new, new, PDF_DICT) ||
	    ((!had || pdf_number_of(old) != owner) && owner != 0 && !pdf_is_new(c, owner)))
		return pdf_differs(c, owner, "the form was replaced or taken away");
	old_fields = pdf_get(c->old, old, "Fields");
	new_fields = pdf_get(c->new, new, "Fields");
	if (!is_longer_list(c, old_fields, new_fields, owner, add_field))
		return false;
	note_all_filled(c, old_fields, new_fields,
	    &(struct inherited){
		.name = "", .filled = { .old_form = old, .new_form = new, .value = &pdf_null, .type = &pdf_null } },
	    0);
	if (c->out->what != NULL)
		return false;
	if (pdf_number_of(old) != 0)
		pdf_excuse(c, old, "Fields");
	if (needs_no_defaults(c->old, old)) {
		grown = all;
		pdf_know(c, pdf_get(c->old, old, "DR"), MAY_CHANGE_UNSHARED);
		pdf_reach_from(c, pdf_get(c->new, new, "DR"));
	} else if (had && pdf_grew_unnamed(c, old, new)) {
		grown = some;
	}
	if (had ? !pdf_same_meant(c, old, new, grown) : !pdf_has_only(pdf_resolve(c->new, new), grown))
		return pdf_differs(c, owner, "the form was changed");
	pdf_know(c, old, MAY_CHANGE_UNSHARED);
	pdf_reach(c, owner);
	return true;
}

static bool compare_page(struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new)
{
	static const char *const grown[] = { "Annots", NULL };
	unsigned number = pdf_number_of(new);

	if (pdf_number_of(old) != number)
		return pdf_differs(c, number, "a page was put in or replaced");
	if (!is_longer_list(c, pdf_get(c->old, old, "Annots"), pdf_get(c->new, new, "Annots"), number, add_annotation))
		return false;
	pdf_excuse(c, old, "Annots");
	if (!pdf_same_meant(c, old, new, grown))
		return pdf_differs(c, number, "a page was changed");
	pdf_know(c, old, MAY_CHANGE);
	return true;
}

bool pdf_compare_pages(struct pdf_comparing *c, struct zy_error *err)
{
	const struct pdf_value **old, **new;
	size_t num_old, num_new;

	if (!pdf_pages(c->old, &old, &num_old, err) || !pdf_pages(c->new, &new, &num_new, err))
		return false;
	if (num_old < 1 || num_old != num_new)
		return pdf_differs(c, 0, "pages were added or taken away, be it from a template");
	for (size_t i = 0; i < num_old; i++)
		if (!compare_page(c, old[i], new[i]))
			return false;
	return true;
}
