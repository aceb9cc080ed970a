#include "zy/application.h"

#include "internal.h"
#include "zy/text.h"

/* The value's text: a string as it is, an integer in digits. */
static bool value_text(const struct json_at *at, const struct zy_field_rule *f, const char **out, struct zy_error *err)
{
	if (json_is_string(at->v))
		return (*out = zy_arena_text(at->file->arena, zy_str(json_string_value(at->v)), err)) != NULL;
	if (json_is_integer(at->v) && f->kind == ZY_FIELD_INTEGER)
		return (*out = zy_arena_printf(at->file->arena, err, "%lld", (long long)json_integer_value(at->v))) !=
		       NULL;
	return zy_fail(err, ZY_E_FIELD_TYPE, f->key, ZY_NOWHERE, "%s must be %s", f->key,
	    f->kind == ZY_FIELD_INTEGER ? "a whole number" : "a text in quotes");
}

/* Who the licence is for: some types print the name or the number as a field. */
struct subject {
	const struct zy_type *type;
	const struct zy_holder *holder;
	const char *name;
};

/* What a field says by itself because of the holder; NULL for all other fields. */
static const char *of_subject(const struct subject *s, const char *key)
{
	return strcmp(key, s->type->name_field) == 0     ? s->name
	       : strcmp(key, s->type->holder_field) == 0 ? s->holder->number
							 : NULL;
}

/* One field's text: given anew, the holder's own, standing from before, or NULL for absent. */
static bool take_field(const struct json_at *data, const struct zy_field_rule *f, const struct subject *s,
    const struct zy_application *before, const char **out, struct zy_error *err)
{
	struct json_at at;
	bool given = json_find(data, f->key, &at);

	*out = NULL;
	if (given && !json_is_null(at.v))
		return value_text(&at, f, out, err) && zy_field_rule_check(f, *out, data->file->arena, out, err);
	if (!given && (*out = of_subject(s, f->key)) != NULL)
		return zy_field_rule_check(f, *out, data->file->arena, out, err);
	if (!given && before != NULL)
		*out = zy_application_value(before, f->key);
	if (*out != NULL && (*out)[0] == 0)
		*out = NULL;
	return *out != NULL || !f->required ||
	       zy_fail(err, ZY_E_FIELD_MISSING, f->key, ZY_NOWHERE, "the field %s (%s) is missing; add it", f->key,
		   f->label.zh);
}

static bool take_fields(struct zy_application *out, const struct subject *s, const struct json_at *data,
    const struct zy_application *before, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_type *t = s->type;
	struct zy_given *v = zy_arena_array(a, t->num_fields, sizeof(*v), err);

	if (v == NULL)
		return false;
	out->given = v;
	for (size_t i = 0; i < t->num_fields; i++) {
		const char *text;

		if (!take_field(data, &t->fields[i], s, before, &text, err))
			return false;
		if (text != NULL)
			v[out->num++] = (struct zy_given){ t->fields[i].key, text };
	}
	return true;
}

static bool refuse_unknown(const struct zy_type *t, const struct json_at *data, struct zy_error *err)
{
	const char *key;
	json_t *v;

	json_object_foreach(data->v, key, v)
	{
		if (zy_type_field(t, key) == NULL)
			return zy_fail(err, ZY_E_FIELD_UNKNOWN, "data", ZY_NOWHERE,
			    "the type %s has no field \"%s\"; take it out or mend its name", t->alias,
			    key_is_plain(key) ? key : "(not a plain name)");
	}
	return true;
}

const char *zy_application_value(const struct zy_application *p, const char *key)
{
	for (size_t i = 0; i < p->num; i++)
		if (strcmp(p->given[i].key, key) == 0)
			return p->given[i].value;
	return "";
}

static bool check_holder(
    const struct zy_type *t, const struct zy_holder *holder, const char *name, struct zy_error *err)
{
	size_t num;

	if ((t->holder_kinds & 1u << holder->kind) == 0)
		return zy_fail(err, ZY_E_HOLDER_KIND, "holder", ZY_NOWHERE, "a %s is not given to a holder of kind %s",
		    t->alias, zy_holder_kind_name(holder->kind));
	if (!text_is_plain(name, false) || (num = zy_utf8_count(zy_str(name))) < 1 || num > 100)
		return zy_fail(
		    err, ZY_E_HOLDER, "name", ZY_NOWHERE, "the holder's name must be one line of 1 to 100 characters");
	return true;
}

/* The data must speak of this holder. */
static bool check_same_holder(const struct zy_application *app, const struct zy_type *t, const struct zy_holder *holder,
    const char *name, struct zy_error *err)
{
	if (t->name_field[0] != 0 && strcmp(zy_application_value(app, t->name_field), name) != 0)
		return zy_fail(err, ZY_E_HOLDER, t->name_field, ZY_NOWHERE,
		    "%s is not the holder's name; one of the two is wrong", t->name_field);
	if (t->holder_field[0] != 0 && strcmp(zy_application_value(app, t->holder_field), holder->number) != 0)
		return zy_fail(err, ZY_E_HOLDER, t->holder_field, ZY_NOWHERE,
		    "%s is not the holder's number; one of the two is wrong", t->holder_field);
	return true;
}

/* Dates have one form, so the order of texts is the order of days. The day of minting, which stands for a start that
 * the type takes from no field, is not known here: the record's own check compares it. */
static bool check_dates(const struct zy_application *app, const struct zy_type *t, struct zy_error *err)
{
	const char *start = t->from_field[0] != 0 ? t->from_field : t->issue_field;
	const char *from = zy_application_value(app, start), *to = zy_application_value(app, t->to_field);

	return from[0] == 0 || to[0] == 0 || strcmp(from, to) <= 0 ||
	       zy_fail(err, ZY_E_DATES, t->to_field, ZY_NOWHERE, "%s lies before %s; one of the two dates is wrong",
		   t->to_field, start);
}

bool zy_application_parse(struct zy_application *out, const struct zy_type *t, const struct zy_holder *holder,
    const char *holder_name, struct zy_bytes json, const struct zy_application *before, struct zy_arena *a,
    struct zy_error *err)
{
	JSON_FILE_AUTO file = {
		.text = json, .field = "data", .bad_json = ZY_E_JSON, .bad_content = ZY_E_JSON, .arena = a
	};
	const struct subject s = { t, holder, holder_name };
	struct zy_application app = { 0 };
	struct json_at root;

	if (json.len > ZY_APPLICATION_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "data", ZY_NOWHERE, "the data is over %zu bytes", ZY_APPLICATION_MAX);
	if (!check_holder(t, holder, holder_name, err) || !json_file_open(&file, &root, err) ||
	    !refuse_unknown(t, &root, err) || !take_fields(&app, &s, &root, before, a, err) ||
	    !check_same_holder(&app, t, holder, holder_name, err) || !check_dates(&app, t, err))
		return false;
	*out = app;
	return true;
}

void application_put_example(const struct zy_type *t, bool with_holder, struct zy_buf *out)
{
	bool first = true;

	zy_buf_put_u8(out, '{');
	for (size_t i = 0; i < t->num_fields; i++) {
		const struct zy_field_rule *f = &t->fields[i];

		bool of_holder = strcmp(f->key, t->name_field) == 0 || strcmp(f->key, t->holder_field) == 0;

		if (f->example[0] == 0 || (of_holder && !with_holder))
			continue;
		if (!first)
			zy_buf_put_u8(out, ',');
		first = false;
		json_put_text(out, f->key);
		zy_buf_put_u8(out, ':');
		if (f->kind == ZY_FIELD_INTEGER)
			zy_buf_put_str(out, f->example);
		else
			json_put_text(out, f->example);
	}
	zy_buf_put_u8(out, '}');
}

bool zy_policy_example(const struct zy_type *t, struct zy_buf *out, struct zy_error *err)
{
	application_put_example(t, false, out);
	zy_buf_put_str(out, "\n");
	return zy_buf_done(out, "example", err);
}

bool zy_policy_example_line(const struct zy_type *t, const char *request, struct zy_buf *out, struct zy_error *err)
{
	const char *const members[][2] = { { "{\"request\":", request }, { ",\"type\":", t->alias },
		{ ",\"holder\":", t->example_holder }, { ",\"name\":", t->example_name } };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		zy_buf_put_str(out, members[i][0]);
		json_put_text(out, members[i][1]);
	}
	zy_buf_put_str(out, ",\"data\":");
	application_put_example(t, false, out);
	zy_buf_put_str(out, "}\n");
	return zy_buf_done(out, "example", err);
}
