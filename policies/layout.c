/* The face of a type: layouts/<alias>.json. */
#include "internal.h"

enum { BOXES_MAX = 400 };

static const struct json_name box_kinds[] = { { "text", ZY_BOX_TEXT }, { "row", ZY_BOX_ROW }, { "qr", ZY_BOX_QR },
	{ "seal", ZY_BOX_SEAL }, { "rule", ZY_BOX_RULE }, { "terms", ZY_BOX_TERMS }, { 0 } };
static const struct json_name aligns[] = { { "left", ZY_ALIGN_LEFT }, { "centre", ZY_ALIGN_CENTRE },
	{ "right", ZY_ALIGN_RIGHT }, { "justify", ZY_ALIGN_JUSTIFY }, { 0 } };
static const struct json_name borders[] = { { "none", ZY_BORDER_NONE }, { "guilloche", ZY_BORDER_GUILLOCHE },
	{ "double", ZY_BORDER_DOUBLE }, { 0 } };

#define BOX(member) offsetof(struct zy_box, member)
#define PLACE_MEMBERS                                                                                                  \
	{ "kind", json_read_enum, BOX(kind), false, 0, 0, box_kinds },                                                 \
	    { "x", json_read_double, BOX(x), false, 0, 1000, NULL },                                                   \
	    { "y", json_read_double, BOX(y), false, 0, 1000, NULL },                                                   \
	    { "w", json_read_double, BOX(w), false, 0, 1000, NULL },                                                   \
	{                                                                                                              \
		"h", json_read_double, BOX(h), false, 0, 1000, NULL                                                    \
	}
#define COLOUR_MEMBER                                                                                                  \
	{                                                                                                              \
		"colour", json_read_colour, BOX(colour), false, 0, 0, NULL                                             \
	}
#define LETTER_MEMBERS                                                                                                 \
	{ "size", json_read_double, BOX(size), false, 1, 200, NULL },                                                  \
	    { "least_size", json_read_double, BOX(least_size), false, 1, 200, NULL },                                  \
	    { "leading", json_read_double, BOX(leading), false, 1, 3, NULL },                                          \
	    { "bold", json_read_bool, BOX(bold), false, 0, 0, NULL },                                                  \
	    { "align", json_read_enum, BOX(align), false, 0, 0, aligns }, COLOUR_MEMBER
#define TEXT_MEMBERS { "text", json_read_text, BOX(text), false, 1, 500, NULL }, LETTER_MEMBERS

/* A member that its kind of box does not use is refused: it would promise what is not drawn. */
static const struct json_member text_box[] = { PLACE_MEMBERS, TEXT_MEMBERS };
static const struct json_member row_box[] = { PLACE_MEMBERS, TEXT_MEMBERS,
	{ "label", json_read_label, BOX(label), false, 0, 0, NULL },
	{ "label_w", json_read_double, BOX(label_w), false, 0, 1000, NULL } };
static const struct json_member terms_box[] = { PLACE_MEMBERS, LETTER_MEMBERS };
static const struct json_member plain_box[] = { PLACE_MEMBERS };
static const struct json_member rule_box[] = { PLACE_MEMBERS, COLOUR_MEMBER };
static const struct json_shape box_shapes[] = {
	[ZY_BOX_TEXT] = JSON_SHAPE(text_box),
	[ZY_BOX_ROW] = JSON_SHAPE(row_box),
	[ZY_BOX_QR] = JSON_SHAPE(plain_box),
	[ZY_BOX_SEAL] = JSON_SHAPE(plain_box),
	[ZY_BOX_RULE] = JSON_SHAPE(rule_box),
	[ZY_BOX_TERMS] = JSON_SHAPE(terms_box),
};

static bool read_box(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	static const struct json_member kind = { "kind", json_read_enum, BOX(kind), false, 0, 0, box_kinds };
	struct zy_box *box = base;
	struct json_at member;

	(void)m;
	if (!json_is_object(at->v) || !json_find(at, "kind", &member))
		return json_fail(at, err, "a box is an object with the key \"kind\"");
	return json_read_enum(&member, &kind, box, err) && json_shape_read(at, &box_shapes[box->kind], box, err);
}

static const struct json_member page_members[] = {
	{ "width", json_read_double, offsetof(struct zy_layout, width), false, 50, 1000, NULL },
	{ "height", json_read_double, offsetof(struct zy_layout, height), false, 50, 1000, NULL },
};
static const struct json_shape page_shape = JSON_SHAPE(page_members);
static const struct json_list box_list = { sizeof(struct zy_box), offsetof(struct zy_layout, num_boxes),
	{ .read = read_box } };
static const struct json_member layout_members[] = {
	{ "page", json_read_object, 0, false, 0, 0, &page_shape },
	{ "border", json_read_enum, offsetof(struct zy_layout, border), false, 0, 0, borders },
	{ "border_colour", json_read_colour, offsetof(struct zy_layout, border_colour), false, 0, 0, NULL },
	{ "background", json_read_colour, offsetof(struct zy_layout, background), false, 0, 0, NULL },
	{ "boxes", json_read_list, offsetof(struct zy_layout, boxes), false, 1, BOXES_MAX, &box_list },
};
static const struct json_shape layout_shape = JSON_SHAPE(layout_members);

static bool is_date(const struct zy_type *t, const char *name)
{
	const struct zy_field_rule *f = zy_type_field(t, name);

	return f != NULL ? f->kind == ZY_FIELD_DATE
			 : strcmp(name, "issue_date") == 0 || strcmp(name, "valid_from") == 0 ||
			       strcmp(name, "valid_to") == 0;
}

static bool is_known(const struct zy_type *t, const char *name)
{
	static const char *const derived[] = { "identifier", "number", "holder_name", "holder_number", "issuer_name",
		"issue_date", "valid_from", "valid_to", "type_name" };

	for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++)
		if (strcmp(derived[i], name) == 0)
			return true;
	return zy_type_field(t, name) != NULL;
}

/* Every {name} or {name:long} of a text must say something for this type. */
static bool check_placeholders(const struct json_at *at, const char *s, const struct zy_type *t, struct zy_error *err)
{
	while (*(s += strcspn(s, "{}")) != 0) {
		size_t len = strcspn(s + 1, "{}");
		char name[48] = "", *form;

		if (*s == '}' || s[1 + len] != '}' || len == 0 || len >= sizeof(name))
			return json_fail(at, err, "a brace in this text does not enclose a name");
		memcpy(name, s + 1, len);
		if ((form = strchr(name, ':')) != NULL)
			*form++ = 0;
		if (!is_known(t, name))
			return json_fail(at, err, "{%s} names no field of the type %s", name, t->alias);
		if (form != NULL && (strcmp(form, "long") != 0 || !is_date(t, name)))
			return json_fail(at, err, "only :long may follow a name, and only that of a date");
		s += len + 2;
	}
	return true;
}

static bool check_box(const struct json_at *at, const struct zy_layout *l, const struct zy_box *b,
    const struct zy_type *t, struct zy_error *err)
{
	struct json_at text;

	if (b->x + b->w > l->width || b->y + b->h > l->height)
		return json_fail(at, err, "the box reaches over the edge of the page");
	if (b->kind != ZY_BOX_TEXT && b->kind != ZY_BOX_ROW && b->kind != ZY_BOX_TERMS)
		return true;
	if (b->least_size > b->size)
		return json_fail(at, err, "least_size is over size");
	if (b->kind == ZY_BOX_TERMS)
		return true;
	if (b->kind == ZY_BOX_ROW && b->label_w >= b->w)
		return json_fail(at, err, "label_w leaves no room for the text of the row");
	return json_find(at, "text", &text) && check_placeholders(&text, b->text, t, err);
}

bool policy_layout_read(
    struct zy_layout *out, const struct zy_type *t, struct zy_bytes text, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = {
		.text = text, .field = "policy", .bad_json = ZY_E_POLICY, .bad_content = ZY_E_POLICY, .arena = a
	};
	unsigned seals = 0, codes = 0, terms = 0;
	struct json_at root, boxes;

	if ((file.name = zy_arena_printf(a, err, "layouts/%s.json", t->alias)) == NULL ||
	    !json_file_open(&file, &root, err) || !json_shape_read(&root, &layout_shape, out, err) ||
	    !json_find(&root, "boxes", &boxes))
		return false;
	for (size_t i = 0; i < out->num_boxes; i++) {
		struct json_at at = json_item(&boxes, i);

		if (!check_box(&at, out, &out->boxes[i], t, err))
			return false;
		seals += out->boxes[i].kind == ZY_BOX_SEAL;
		codes += out->boxes[i].kind == ZY_BOX_QR;
		terms += out->boxes[i].kind == ZY_BOX_TERMS;
	}
	if (seals != 1 || codes > 1)
		return json_fail(&boxes, err, "a face has exactly one box of kind \"seal\" and at most one of \"qr\"");
	if (terms != (t->terms != 0))
		return json_fail(&boxes, err,
		    "a type that may be minted on terms has one box of kind \"terms\", and no other type has");
	return true;
}
