#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "zy/text.h"

/* ---- from a value back to its byte: the text is known to be JSON, so skipping needs no judgement ---- */

static void step(struct zy_reader *r)
{
	uint8_t c;

	if (!zy_take_u8(r, "", &c, &(struct zy_error){ 0 }))
		return;
}

static bool next_is(const struct zy_reader *r, const char *set)
{
	uint8_t c;

	return zy_peek_u8(r, &c) && c != 0 && strchr(set, c) != NULL;
}

static void skip_space(struct zy_reader *r)
{
	while (next_is(r, " \t\r\n,:"))
		step(r);
}

static void skip_string(struct zy_reader *r)
{
	for (step(r); zy_reader_left(r) > 0 && !next_is(r, "\""); step(r))
		if (next_is(r, "\\"))
			step(r);
	step(r);
}

static void skip_value(struct zy_reader *r)
{
	size_t depth = 0;

	do {
		if (next_is(r, "\"")) {
			skip_string(r);
		} else if (next_is(r, "{[")) {
			depth++;
			step(r);
		} else if (next_is(r, "}]")) {
			depth--;
			step(r);
		} else {
			while (zy_reader_left(r) > 0 && !next_is(r, " \t\r\n,:]}"))
				step(r);
		}
		if (depth > 0)
			skip_space(r);
	} while (depth > 0 && zy_reader_left(r) > 0);
}

/* A reader standing at the value, or at its key. */
static struct zy_reader place(const struct json_at *at, bool at_key)
{
	struct zy_reader r;

	if (at->up == NULL) {
		r = zy_reader_over(at->file->text);
		skip_space(&r);
		return r;
	}
	r = place(at->up, false);
	step(&r);
	skip_space(&r);
	for (size_t i = 0; i < at->ordinal; i++) {
		for (int parts = at->key != NULL ? 2 : 1; parts > 0; parts--) {
			skip_value(&r);
			skip_space(&r);
		}
	}
	if (at->key != NULL && !at_key) {
		skip_string(&r);
		skip_space(&r);
	}
	return r;
}

static size_t line_of(struct zy_bytes text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text.p[i] == '\n';
	return line;
}

bool json_fail_set(const struct json_at *at, struct zy_error *err, const char *fmt, ...)
{
	char why[sizeof(err->msg)];
	struct zy_reader r = place(at, true);
	size_t offset = zy_reader_offset(&r);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (at->file->name == NULL)
		return zy_fail(err, at->file->bad_content, at->file->field, offset, "%s", why);
	return zy_fail(err, at->file->bad_content, at->file->field, offset, "%s:%zu: %s", at->file->name,
	    line_of(at->file->text, offset), why);
}

/* ---- opening ---- */

bool json_file_open(struct json_file *file, struct json_at *root, struct zy_error *err)
{
	json_error_t e;
	char *near;

	file->root = json_loadb((const char *)file->text.p, file->text.len, JSON_REJECT_DUPLICATES, &e);
	if (file->root == NULL) {
		/* jansson quotes the text near the fault, which may be a person's number. */
		if ((near = strstr(e.text, " near ")) != NULL)
			*near = 0;
		return zy_fail(err, file->bad_json, file->field,
		    e.position < 0 || (size_t)e.position > file->text.len ? file->text.len : (size_t)e.position,
		    "%s%s%d: %s", file->name == NULL ? "" : file->name, file->name == NULL ? "line " : ":",
		    e.line < 1 ? 1 : e.line, e.text);
	}
	*root = (struct json_at){ .file = file, .v = file->root };
	return json_is_object(file->root) || json_fail(root, err, "the whole text must be one object, { ... }");
}

void json_file_close(struct json_file *file)
{
	json_decref(file->root);
	file->root = NULL;
}

/* ---- members ---- */

bool json_find(const struct json_at *object, const char *key, struct json_at *out)
{
	size_t ordinal = 0;
	const char *k;
	json_t *v;

	json_object_foreach(object->v, k, v)
	{
		if (strcmp(k, key) == 0) {
			*out = (struct json_at){ object->file, object, ordinal, k, v };
			return true;
		}
		ordinal++;
	}
	return false;
}

struct json_at json_item(const struct json_at *array, size_t i)
{
	return (struct json_at){ array->file, array, i, NULL, json_array_get(array->v, i) };
}

static const struct json_member *known(const struct json_shape *shape, const char *key)
{
	for (size_t i = 0; i < shape->num; i++)
		if (strcmp(shape->members[i].key, key) == 0)
			return &shape->members[i];
	return NULL;
}

/* "known keys are a, b, c", those that are still free, as far as the message has room. */
static bool fail_unknown(
    const struct json_at *at, const struct json_at *object, const struct json_shape *shape, struct zy_error *err)
{
	char list[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < shape->num; i++) {
		const char *key = shape->members[i].key;

		if (json_object_get(object->v, key) != NULL)
			continue;
		if (used + strlen(key) + 8 > sizeof(list)) {
			used += (size_t)snprintf(list + used, sizeof(list) - used, ", ...");
			break;
		}
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", used == 0 ? "" : ", ", key);
	}
	return json_fail(at, err, "unknown key \"%s\"; %s%s", key_is_plain(at->key) ? at->key : "(not a plain name)",
	    used == 0 ? "take it out" : "known keys are ", list);
}

bool json_shape_read(const struct json_at *at, const struct json_shape *shape, void *base, struct zy_error *err)
{
	size_t ordinal = 0;
	const char *key;
	json_t *v;

	if (!json_is_object(at->v))
		return json_fail(at, err, "an object { ... } belongs here");
	json_object_foreach(at->v, key, v)
	{
		struct json_at member = { at->file, at, ordinal++, key, v };
		const struct json_member *m = known(shape, key);

		if (m == NULL)
			return fail_unknown(&member, at, shape, err);
		if (!m->read(&member, m, base, err))
			return false;
	}
	for (size_t i = 0; i < shape->num; i++)
		if (!shape->members[i].optional && json_object_get(at->v, shape->members[i].key) == NULL)
			return json_fail(at, err, "the key \"%s\" is missing here", shape->members[i].key);
	return true;
}

/* ---- small checks on text ---- */

bool text_is_plain(const char *s, bool lines)
{
	struct zy_bytes v = zy_str(s);
	uint32_t cp;

	if (!zy_utf8_check(v, "", &(struct zy_error){ 0 }))
		return false;
	for (size_t at = 0; (cp = zy_utf8_next(v, &at)) != 0;)
		if ((cp < 0x20 && !(lines && cp == '\n')) || (cp >= 0x7f && cp < 0xa0))
			return false;
	return true;
}

bool key_is_plain(const char *s)
{
	size_t len = strlen(s);

	return len >= 1 && len <= 32 && !(s[0] >= '0' && s[0] <= '9') && s[0] != '_' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len;
}

void json_put_text(struct zy_buf *out, const char *s)
{
	zy_buf_put_u8(out, '"');
	for (; *s != 0; s++) {
		if ((uint8_t)*s < 0x20)
			zy_buf_printf(out, "\\u%04x", (unsigned)*s);
		else if (*s == '"' || *s == '\\')
			zy_buf_printf(out, "\\%c", *s);
		else
			zy_buf_put_u8(out, (uint8_t)*s);
	}
	zy_buf_put_u8(out, '"');
}
