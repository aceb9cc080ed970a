/* The default resources of a form (ISO 32000-1 12.7.3.3), which programs that fill it in add fonts to. */
#include <string.h>

#include "pdf_changes.h"

#define NAMES_MAX 64

/* Names that came later, and whether the old document says one of them anywhere, or uses the resources as something
 * else. */
struct naming {
	struct pdf_comparing *c;
	size_t num;
	struct zy_bytes names[NAMES_MAX];
	unsigned resources, fonts; /* object numbers; 0: none */
	bool found;
};

static void look_up(struct naming *n, struct zy_bytes name)
{
	for (size_t i = 0; i < n->num && !n->found; i++)
		n->found = zy_bytes_equal(n->names[i], name);
}

static int hex_of(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Every name in the bytes of a content stream, in whatever it stands; `i` is behind its slash. */
static size_t take_name(struct naming *n, struct zy_bytes v, size_t i)
{
	uint8_t name[128];
	size_t len = 0;

	for (; i < v.len && !pdf_is_space(v.p[i]) && v.p[i] > ' ' && strchr("()<>[]{}/%", v.p[i]) == NULL; i++) {
		uint8_t c = v.p[i];

		if (c == '#' && i + 2 < v.len && hex_of(v.p[i + 1]) >= 0 && hex_of(v.p[i + 2]) >= 0) {
			c = (uint8_t)(hex_of(v.p[i + 1]) << 4 | hex_of(v.p[i + 2]));
			i += 2;
		}
		if (len < sizeof(name))
			name[len++] = c;
	}
	look_up(n, ZY_BYTES(name, len));
	return i;
}

static void look_into(struct naming *n, struct zy_bytes v)
{
	for (size_t i = 0; i < v.len && !n->found;)
		i = v.p[i] == '/' ? take_name(n, v, i + 1) : i + 1;
}

/* What gained entries must be resources, and a list of fonts, wherever it is used: in a graphics state or an annotation
 * other names would count. */
static void look_at_use(struct naming *n, const struct pdf_value *key, const struct pdf_value *v)
{
	unsigned number = pdf_number_of(v);

	if (number != 0 && ((number == n->resources && !pdf_name_is(key, "DR") && !pdf_name_is(key, "Resources")) ||
			       (number == n->fonts && !pdf_name_is(key, "Font"))))
		n->found = true;
}

static bool is_picture(const struct pdf_value *v)
{
	const struct pdf_value *subtype = v->kind == PDF_STREAM ? pdf_member(&v->as.stream->dict, "Subtype") : NULL;

	return subtype != NULL && pdf_name_is(subtype, "Image");
}

/* What is drawn as content may call itself a picture, whose bytes nobody looks into here. */
static void look_at_content(struct naming *n, const struct pdf_value *key, const struct pdf_value *v)
{
	static const char *const keys[] = { "Contents", "N", "D", "R" };
	struct pdf_doc *d = n->c->old;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!pdf_name_is(key, keys[i]) || (v->kind != PDF_REF && v->kind != PDF_ARRAY))
			continue;
		n->found = n->found || is_picture(pdf_resolve(d, v));
		for (size_t k = 0, num = pdf_num_items(d, v); k < num && i == 0; k++)
			n->found = n->found || is_picture(pdf_resolve(d, pdf_item(d, v, k)));
	}
}

/* Names that are values, and those in strings: a default appearance is one (/DA). */
static void look_through(struct naming *n, const struct pdf_value *v, struct zy_arena *a)
{
	struct zy_error why = { 0 };
	struct zy_bytes text;

	if (v->kind == PDF_NAME)
		look_up(n, v->as.text);
	if (v->kind == PDF_STRING) {
		if (pdf_string(v, a, &text, &why))
			look_into(n, text);
		else
			n->found = true;
	}
	if (v->kind == PDF_ARRAY)
		for (size_t i = 0; i < v->as.list.num; i++) {
			look_at_use(n, v, &v->as.list.item[i]);
			look_through(n, &v->as.list.item[i], a);
		}
	if (v->kind == PDF_DICT)
		for (size_t i = 0; i < v->as.list.num; i += 2) {
			look_at_use(n, &v->as.list.item[i], &v->as.list.item[i + 1]);
			look_at_content(n, &v->as.list.item[i], &v->as.list.item[i + 1]);
			look_through(n, &v->as.list.item[i + 1], a);
		}
}

/* Pictures say no names. Of all others that cannot be read nobody knows. */
static void look_into_stream(struct naming *n, const struct pdf_stream *s)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct zy_error why = { 0 };
	struct zy_bytes data;
	const struct pdf_value *subtype = pdf_member(&s->dict, "Subtype");

	if (pdf_unpack_apart(n->c->old->f, s, &scratch, &data, &why))
		look_into(n, data);
	else if (subtype == NULL || !pdf_name_is(subtype, "Image"))
		n->found = true;
}

static bool is_named_anywhere(struct naming *n)
{
	struct pdf_doc *d = n->c->old;

	for (unsigned i = 1; i < d->size && !n->found; i++) {
		ZY_ARENA_AUTO scratch = { 0 };
		struct zy_error why = { 0 };
		struct pdf_value v;

		if (d->table[i] == NULL)
			continue;
		if (!pdf_read_entry(d, d->table[i], &scratch, NULL, &v, &why))
			return true;
		if (v.kind == PDF_STREAM)
			look_into_stream(n, v.as.stream);
		look_through(n, v.kind == PDF_STREAM ? &v.as.stream->dict : &v, &scratch);
	}
	return n->found;
}

/* All of the old entries, and others. Their names are noted. */
static bool is_grown(struct naming *n, const struct pdf_value *old, const struct pdf_value *new)
{
	const struct pdf_value *is = pdf_resolve(n->c->new, new), *was = pdf_resolve(n->c->old, old);
	size_t kept = 0;

	if (is->kind != PDF_DICT || (was->kind != PDF_DICT && was->kind != PDF_NULL))
		return false;
	for (size_t i = 0; i < is->as.list.num; i += 2) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_error why = { 0 };
		const char *key = zy_arena_text(&a, is->as.list.item[i].as.text, &why);
		const struct pdf_value *before = key == NULL ? NULL : pdf_member(was, key);

		if (before != NULL) {
			kept += 2;
			if (!pdf_same(before, &is->as.list.item[i + 1], NULL))
				return false;
			continue;
		}
		if (key == NULL || n->num == NAMES_MAX)
			return false;
		n->names[n->num++] = is->as.list.item[i].as.text;
	}
	return was->kind == PDF_NULL || kept == was->as.list.num;
}

/* Fonts, and the encoding that some programs put beside them, which nothing names but fonts. */
static bool is_grown_resources(struct naming *n, const struct pdf_value *old, const struct pdf_value *new)
{
	static const char *const grown[] = { "Font", "Encoding", "ProcSet", NULL },
				 *const grown_fonts[] = { "Font", NULL },
				 *const with_encoding[] = { "Font", "Encoding", NULL };
	const struct pdf_value *fonts = pdf_get(n->c->new, new, "Font");
	bool encodes = pdf_is(n->c->old, pdf_get(n->c->old, old, "Encoding"), PDF_NULL);

	return pdf_is(n->c->new, new, PDF_DICT) &&
	       (pdf_is(n->c->old, old, PDF_NULL)
		       ? pdf_has_only(pdf_resolve(n->c->new, new), grown)
		       : pdf_same_meant(n->c, old, new, encodes ? with_encoding : grown_fonts)) &&
	       (pdf_is(n->c->new, fonts, PDF_NULL) || is_grown(n, pdf_get(n->c->old, old, "Font"), fonts));
}

bool pdf_grew_unnamed(struct pdf_comparing *c, const struct pdf_value *old_form, const struct pdf_value *new_form)
{
	const struct pdf_value *old = pdf_get(c->old, old_form, "DR"), *new = pdf_get(c->new, new_form, "DR"),
			       *fonts = pdf_get(c->old, old, "Font");
	struct naming n = { .c = c, .resources = pdf_number_of(old), .fonts = pdf_number_of(fonts) };

	if (!is_grown_resources(&n, old, new) || is_named_anywhere(&n))
		return false;
	pdf_know(c, old, MAY_CHANGE);
	pdf_know(c, fonts, MAY_CHANGE);
	pdf_reach_from(c, new);
	pdf_reach_from(c, pdf_get(c->new, new, "Font"));
	pdf_reach_from(c, pdf_get(c->new, new, "Encoding"));
	return true;
}
