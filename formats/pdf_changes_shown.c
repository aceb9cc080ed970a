/* Fields that others filled in: is what they show what they say? Who prepares a document may put a field over all of a
 * page, have it certified, and draw into it what was not there (shadow attacks). */
#include <string.h>

#include "pdf_changes.h"
#include "pdf_shown.h"

enum { PASSWORD = 1 << 13, COMBO = 1 << 17 };

/* Text without blanks, which lines and cells put in and leave out. */
static const char *squeezed(struct pdf_comparing *c, const struct pdf_value *v)
{
	struct pdf_reading r = { .d = c->new, .arena = c->arena };
	struct zy_error why = { 0 };
	const char *text = pdf_text(&r, v, &why);
	char *out = text == NULL ? NULL : zy_arena_alloc(c->arena, strlen(text) + 1, &why), *to = out;

	if (out == NULL)
		return NULL;
	for (const char *p = text; *p != 0; p++) {
		if ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] == 0xa0) {
			p++;
			continue;
		}
		if ((unsigned char)*p > ' ')
			*to++ = *p;
	}
	*to = 0;
	return out;
}

static bool is_text_of(struct pdf_comparing *c, const struct pdf_value *v, const char *shown)
{
	const char *text = squeezed(c, v);

	return text != NULL && strcmp(text, shown) == 0;
}

/* A choice may be stored under another name than it is shown by (table 231). */
static bool is_option(struct pdf_comparing *c, const struct pdf_filled *field, const char *shown)
{
	const struct pdf_value *options = pdf_get(c->new, field->field, "Opt");

	for (size_t i = 0, n = pdf_num_items(c->new, options); i < n; i++) {
		const struct pdf_value *pair = pdf_item(c->new, options, i);

		if (pdf_num_items(c->new, pair) == 2 &&
		    pdf_same(pdf_resolve(c->new, pdf_item(c->new, pair, 0)), pdf_resolve(c->new, field->value), NULL) &&
		    is_text_of(c, pdf_item(c->new, pair, 1), shown))
			return true;
	}
	return false;
}

static bool is_list(const struct pdf_filled *field)
{
	return pdf_name_is(field->type, "Ch") && (field->flags & COMBO) == 0;
}

static bool shows_value(struct pdf_comparing *c, const struct pdf_filled *field, const char *shown)
{
	if (is_list(field)) /* it shows what was not chosen as well */
		return true;
	return is_text_of(c, field->value, shown) || is_option(c, field, shown) ||
	       ((field->flags & PASSWORD) != 0 && shown[strspn(shown, "*")] == 0);
}

static bool is_drawn_as_before(struct pdf_comparing *c, const struct pdf_value *was, const struct pdf_value *is)
{
	unsigned number = pdf_number_of(is);

	return number != 0 && number == pdf_number_of(was) && number < c->old->size && number < c->new->size &&
	       c->old->table[number] == c->new->table[number];
}

/* What is drawn while a pointer is over a field or pressed on it must not be new. */
static bool is_quiet(struct pdf_comparing *c, const struct pdf_value *was, const struct pdf_value *is)
{
	static const char *const keys[] = { "D", "R" };

	for (size_t i = 0; i < 2; i++)
		if (!pdf_is(c->new, pdf_get(c->new, is, keys[i]), PDF_NULL) &&
		    !pdf_same(pdf_get(c->old, was, keys[i]), pdf_get(c->new, is, keys[i]), NULL))
			return false;
	return true;
}

static void tell(struct pdf_comparing *c, unsigned object, const char *what)
{
	if (c->out->unlike == NULL) {
		c->out->unlike = what;
		c->out->unlike_object = object;
	}
}

static bool check_state(
    struct pdf_comparing *c, const struct pdf_value *was, const struct pdf_value *is, bool is_off, unsigned number)
{
	struct pdf_shown before, shown;
	struct zy_error why = { 0 };

	if (is_drawn_as_before(c, was, is))
		return true;
	if (!pdf_read_shown(&before, c->old, was, &pdf_null, c->arena, &why) ||
	    !pdf_read_shown(&shown, c->new, is, &pdf_null, c->arena, &why) || shown.text == NULL || shown.pictures ||
	    shown.paints || !pdf_is(c->new, is, PDF_STREAM) || is_off != (shown.text[0] == 0))
		return pdf_differs(c, number, "a state of a box was drawn anew");
	if (before.text == NULL || strcmp(before.text, shown.text) != 0)
		tell(c, number, "a box is checked with another mark");
	return true;
}

/* A box of its own is off when its value is, and each is on by no other name than the value. */
static bool is_in_state(struct pdf_comparing *c, const struct pdf_value *widget, const struct pdf_filled *field)
{
	const struct pdf_value *state = pdf_resolve(c->new, pdf_get(c->new, widget, "AS")),
			       *value = pdf_resolve(c->new, field->value);
	const bool has_value = value->kind == PDF_NAME && !pdf_name_is(value, "Off");

	if (state->kind != PDF_NAME || pdf_name_is(state, "Off"))
		return !has_value || pdf_number_of(widget) != pdf_number_of(field->field);
	return pdf_same(state, value, NULL);
}

bool pdf_check_states(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const struct pdf_filled *field)
{
	const struct pdf_value *before = pdf_get(c->old, old, "AP"), *after = pdf_get(c->new, new, "AP"),
			       *was = pdf_resolve(c->old, pdf_get(c->old, before, "N")),
			       *is = pdf_resolve(c->new, pdf_get(c->new, after, "N"));
	unsigned number = pdf_number_of(new);

	if (was->kind == PDF_NULL && is->kind == PDF_NULL)
		return true;
	if (was->kind != PDF_DICT || is->kind != PDF_DICT || was->as.list.num != is->as.list.num ||
	    !is_quiet(c, before, after))
		return pdf_differs(c, number, "the states of a box were changed");
	if (!is_in_state(c, new, field))
		tell(c, number, "a box does not show its value");
	for (size_t i = 0; i < is->as.list.num; i += 2)
		if (!pdf_same(&was->as.list.item[i], &is->as.list.item[i], NULL) ||
		    !check_state(c, &was->as.list.item[i + 1], &is->as.list.item[i + 1],
			pdf_name_is(&is->as.list.item[i], "Off"), number))
			return pdf_differs(c, number, "the states of a box were changed");
	return true;
}

bool pdf_check_shown(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const struct pdf_filled *field)
{
	const struct pdf_value *was = pdf_get(c->old, pdf_get(c->old, old, "AP"), "N"),
			       *is = pdf_get(c->new, pdf_get(c->new, new, "AP"), "N"),
			       *look = pdf_get(c->new, new, "MK");
	const bool same = is_drawn_as_before(c, was, is);
	unsigned number = pdf_number_of(new);
	struct pdf_shown before, shown;
	struct zy_error why = { 0 };

	if (pdf_is(c->new, is, PDF_NULL) || (same && field->is_same))
		return true;
	if (!pdf_is(c->new, is, PDF_STREAM) || !is_quiet(c, pdf_get(c->old, old, "AP"), pdf_get(c->new, new, "AP")))
		return pdf_differs(c, number, "a field was given a drawing that is none, or another one");
	if (!pdf_read_shown(&before, c->old, was, pdf_get(c->old, field->old_form, "DR"), c->arena, &why) ||
	    !pdf_read_shown(&shown, c->new, is, pdf_get(c->new, field->new_form, "DR"), c->arena, &why))
		return pdf_differs(c, number, "what a field shows cannot be read");
	if (!same && shown.pictures)
		return pdf_differs(c, number, "a field was filled with a picture");
	if (!same && shown.paints && !before.paints && !is_list(field) &&
	    pdf_is(c->new, pdf_get(c->new, look, "BG"), PDF_NULL) &&
	    pdf_is(c->new, pdf_get(c->new, look, "BC"), PDF_NULL))
		return pdf_differs(c, number, "a field was filled with more than its value");
	if (shown.text == NULL || !shows_value(c, field, shown.text))
		tell(c, number, shown.text == NULL ? "what it shows cannot be read" : "it shows something else");
	return true;
}
