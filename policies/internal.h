/* What the files of policies/ share: strict JSON with a way back to the line, and the parts of the loader. */
#ifndef ZY_POLICIES_INTERNAL_H
#define ZY_POLICIES_INTERNAL_H

#include <jansson.h>

#include "zy/buf.h"
#include "zy/policy.h"

#define ZY_POLICY_FILE_MAX ((size_t)1 << 20)
#define ZY_POLICY_TYPES_MAX 200
#define ZY_TYPE_FIELDS_MAX 64 /* what a licence record can carry */

/* One JSON text. jansson's tree keeps no positions, so a fault's line is found again from the text. */
struct json_file {
	const char *name;         /* for messages, "types/x.json"; NULL: no file, no line (data of a request) */
	const char *field;        /* err->field, static */
	struct zy_bytes text;     /* borrowed */
	enum zy_code bad_json;    /* code of a text that is not JSON */
	enum zy_code bad_content; /* code of wrong members */
	json_t *root;             /* owned; json_file_close */
	struct zy_arena *arena;   /* where texts are copied */
};
#define JSON_FILE_AUTO __attribute__((cleanup(json_file_close))) struct json_file

/* A value and its place: the ordinal in its parent (jansson keeps members in the order of the text). */
struct json_at {
	struct json_file *file;
	const struct json_at *up; /* NULL for the root */
	size_t ordinal;
	const char *key; /* of a member; NULL in an array */
	json_t *v;
};

/* Parses file->text; the root must be an object. *root is the place to start from. */
ZY_MUST_CHECK bool json_file_open(struct json_file *file, struct json_at *root, struct zy_error *err);
void json_file_close(struct json_file *file);

/* The fault's sentence with "file:line: " before it and the offset of the value, or of its key. */
bool json_fail_set(const struct json_at *at, struct zy_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#define json_fail(...) zy_false(json_fail_set(__VA_ARGS__))

bool json_find(const struct json_at *object, const char *key, struct json_at *out); /* false: there is none */
struct json_at json_item(const struct json_at *array, size_t i);

/* How one member becomes one member of a struct. */
struct json_member {
	const char *key;
	bool (*read)(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err);
	size_t at; /* offset in the struct */
	bool optional;
	int64_t least, most; /* of a number; characters of a text; items of a list */
	const void *more;    /* what the reader below says */
};
struct json_shape {
	const struct json_member *members;
	size_t num;
};
#define JSON_SHAPE(array)                                                                                              \
	{                                                                                                              \
		(array), sizeof(array) / sizeof((array)[0])                                                            \
	}

/* All members of an object, none repeated, none unknown, all required ones there. */
ZY_MUST_CHECK bool json_shape_read(
    const struct json_at *at, const struct json_shape *shape, void *base, struct zy_error *err);

/* Readers, by the type at `at` in the struct. Texts refuse control characters. */
struct json_name {
	const char *name;
	unsigned value;
};
struct json_list {
	size_t item_size, num_at; /* num_at: offset of the size_t count, in the same struct as the list */
	struct json_member item;  /* its `at` counts from the item */
};
typedef bool json_read(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err);
json_read json_read_text;     /* const char * */
json_read json_read_unsigned; /* unsigned, also uint32_t */
json_read json_read_int64;    /* int64_t, uint64_t */
json_read json_read_double;   /* double; least and most whole */
json_read json_read_bool;     /* bool */
json_read json_read_time;     /* zy_time, RFC 3339 */
json_read json_read_colour;   /* uint8_t[3], "#rrggbb" */
json_read json_read_enum;     /* unsigned or enum; more: struct json_name[], ended by { 0 } */
json_read json_read_bits;     /* unsigned: a list of names, none twice, or-ed; more: as above */
json_read json_read_object;   /* a struct; more: struct json_shape */
json_read json_read_list;     /* pointer to items; more: struct json_list */
json_read json_read_label;    /* struct zy_label */

extern const struct json_name zy_field_kind_names[], zy_holder_kind_names[];

/* JSON text in canonical form: the string s with its quotes. */
void json_put_text(struct zy_buf *out, const char *s);

/* seals.json, against the departments of *p. */
ZY_MUST_CHECK bool policy_seals_read(
    struct zy_policy *p, struct zy_bytes text, struct zy_arena *a, struct zy_error *err);

/* The face of the type *t, whose fields are read already. */
ZY_MUST_CHECK bool policy_layout_read(
    struct zy_layout *out, const struct zy_type *t, struct zy_bytes text, struct zy_arena *a, struct zy_error *err);

/* The data of an example application, {...}. */
void application_put_example(const struct zy_type *t, bool with_holder, struct zy_buf *out);

/* No control characters; `lines`: line feeds may be in it. */
bool text_is_plain(const char *s, bool lines);
/* A key: a letter and up to 31 letters, digits or _. */
bool key_is_plain(const char *s);

#endif
