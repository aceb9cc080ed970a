#include "internal.h"

#include <math.h>

#include "zy/text.h"

static void *target(const struct json_member *m, void *base)
{
	return (char *)base + m->at;
}

static const char *what(const struct json_at *at)
{
	return at->key == NULL ? "this item" : at->key;
}

bool json_read_text(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	size_t num;

	if (s == NULL)
		return json_fail(at, err, "%s must be a text in quotes", what(at));
	if (!text_is_plain(s, false))
		return json_fail(at, err, "%s must be one line without control characters", what(at));
	num = zy_utf8_count(zy_str(s));
	if (num < (size_t)m->least || num > (size_t)m->most)
		return json_fail(
		    at, err, "%s must have %lld to %lld characters", what(at), (long long)m->least, (long long)m->most);
	return (*(const char **)target(m, base) = zy_arena_text(at->file->arena, zy_str(s), err)) != NULL;
}

static bool whole_number(const struct json_at *at, const struct json_member *m, int64_t *out, struct zy_error *err)
{
	*out = (int64_t)json_integer_value(at->v);
	if (json_is_integer(at->v) && *out >= m->least && *out <= m->most)
		return true;
	return json_fail(
	    at, err, "%s must be a whole number, %lld to %lld", what(at), (long long)m->least, (long long)m->most);
}

bool json_read_unsigned(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	int64_t v;

	if (!whole_number(at, m, &v, err))
		return false;
	*(unsigned *)target(m, base) = (unsigned)v;
	return true;
}

bool json_read_int64(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	return whole_number(at, m, target(m, base), err);
}

bool json_read_double(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	double v = json_number_value(at->v);

	if (!json_is_number(at->v) || !isfinite(v) || v < (double)m->least || v > (double)m->most)
		return json_fail(
		    at, err, "%s must be a number, %lld to %lld", what(at), (long long)m->least, (long long)m->most);
	*(double *)target(m, base) = v;
	return true;
}

bool json_read_bool(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	if (!json_is_boolean(at->v))
		return json_fail(at, err, "%s must be true or false", what(at));
	*(bool *)target(m, base) = json_is_true(at->v);
	return true;
}

bool json_read_time(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);

	if (s == NULL || !zy_time_from_rfc3339(zy_str(s), target(m, base), &(struct zy_error){ 0 }))
		return json_fail(at, err, "%s must be a time like \"2026-03-01T00:00:00+08:00\"", what(at));
	return true;
}

bool json_read_colour(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	size_t len = s == NULL ? 0 : strlen(s);

	if (len != 7 || s[0] != '#' || strspn(s + 1, "0123456789abcdef") != 6 ||
	    !zy_unhex(zy_str(s + 1), target(m, base), 3, &(struct zy_error){ 0 }))
		return json_fail(at, err, "%s must be a colour like \"#b8862b\", in lower case", what(at));
	return true;
}

static const struct json_name *named(const struct json_at *at, const struct json_name *names)
{
	const char *s = json_string_value(at->v);

	for (; s != NULL && names->name != NULL; names++)
		if (strcmp(names->name, s) == 0)
			return names;
	return NULL;
}

static bool fail_name(const struct json_at *at, const struct json_name *names, struct zy_error *err)
{
	char list[160] = "";
	size_t used = 0;

	for (; names->name != NULL && used + strlen(names->name) + 8 < sizeof(list); names++) {
		memcpy(list + used, ", \"", 3);
		memcpy(list + used + 3, names->name, strlen(names->name));
		used += 3 + strlen(names->name);
		list[used++] = '"';
	}
	return json_fail(at, err, "%s must be one of %s", what(at), list + 2);
}

bool json_read_enum(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const struct json_name *n = named(at, m->more);

	if (n == NULL)
		return fail_name(at, m->more, err);
	*(unsigned *)target(m, base) = n->value;
	return true;
}

bool json_read_bits(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	unsigned bits = 0;

	if (json_array_size(at->v) < 1)
		return json_fail(at, err, "%s must be a list of at least one name", what(at));
	for (size_t i = 0; i < json_array_size(at->v); i++) {
		struct json_at item = json_item(at, i);
		const struct json_name *n = named(&item, m->more);

		if (n == NULL)
			return fail_name(&item, m->more, err);
		if ((bits & n->value) != 0)
			return json_fail(&item, err, "\"%s\" is there twice", n->name);
		bits |= n->value;
	}
	*(unsigned *)target(m, base) = bits;
	return true;
}

bool json_read_object(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	return json_shape_read(at, m->more, target(m, base), err);
}

bool json_read_list(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const struct json_list *list = m->more;
	size_t num = json_array_size(at->v);
	char *items;

	if (!json_is_array(at->v) || num < (size_t)m->least || num > (size_t)m->most)
		return json_fail(at, err, "%s must be a list [ ... ] of %lld to %lld items", what(at),
		    (long long)m->least, (long long)m->most);
	if ((items = zy_arena_array(at->file->arena, num, list->item_size, err)) == NULL)
		return false;
	for (size_t i = 0; i < num; i++) {
		struct json_at item = json_item(at, i);

		if (!list->item.read(&item, &list->item, items + i * list->item_size, err))
			return false;
	}
	memcpy(target(m, base), &items, sizeof(items)); /* a pointer to the items, whatever their type */
	*(size_t *)(void *)((char *)base + list->num_at) = num;
	return true;
}

static const struct json_member label_members[] = {
	{ "en", json_read_text, offsetof(struct zy_label, en), false, 1, 200, NULL },
	{ "zh", json_read_text, offsetof(struct zy_label, zh), false, 1, 200, NULL },
};
static const struct json_shape label_shape = JSON_SHAPE(label_members);

bool json_read_label(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	return json_shape_read(at, &label_shape, target(m, base), err);
}

const struct json_name zy_field_kind_names[] = { { "text", ZY_FIELD_TEXT }, { "lines", ZY_FIELD_LINES },
	{ "date", ZY_FIELD_DATE }, { "choice", ZY_FIELD_CHOICE }, { "integer", ZY_FIELD_INTEGER },
	{ "uscc", ZY_FIELD_USCC }, { "citizen", ZY_FIELD_CITIZEN }, { 0 } };
const struct json_name zy_holder_kind_names[] = { { "uscc", 1u << ZY_HOLDER_USCC },
	{ "citizen", 1u << ZY_HOLDER_CITIZEN }, { "passport", 1u << ZY_HOLDER_PASSPORT }, { 0 } };
