/*
 * What is asked for: the fields of a licence as an office hands them in, held against the type's schema. The first
 * fault ends it, with the field and what to fix.
 */
#ifndef ZY_APPLICATION_H
#define ZY_APPLICATION_H

#include "zy/buf.h"
#include "zy/policy.h"

#define ZY_APPLICATION_MAX ((size_t)256 << 10) /* bytes of JSON */

struct zy_given {
	const char *key, *value; /* value in canonical text */
};

struct zy_application {
	size_t num; /* in the order of the type's schema; absent optional fields are left out */
	const struct zy_given *given;
};

/*
 * Reads a JSON object {"key": "text or integer", ...}. `before` (or NULL) are values that stand unless the object
 * gives the field again; null takes an optional field away. Texts lie in the arena or in `before`. Checked: every field
 * against its rule, required fields, unknown fields, the end date not before the start date, name_field and
 * holder_field against the holder. Errors: json, utf8, field-missing, field-unknown, field-length, field-type,
 * field-range, dates, holder-kind, holder (name or number differ, a name not of 1..100 characters in one line),
 * too-large, credit-code, citizen-number, no-memory. err->field is the key, storage of the type; the sentence quotes no
 * value. Not checked: that the faces have a glyph for each character (zy/face.h).
 */
ZY_MUST_CHECK bool zy_application_parse(struct zy_application *out, const struct zy_type *t,
    const struct zy_holder *holder, const char *holder_name, struct zy_bytes json, const struct zy_application *before,
    struct zy_arena *a, struct zy_error *err);

/* The value of a key, "" when it is absent or the key is "". */
const char *zy_application_value(const struct zy_application *p, const char *key);

/* Valid sample data of a type, one line: the fields as `mint --data` takes them, and a whole batch line with the
 * example's holder and name. Errors: no-memory. */
ZY_MUST_CHECK bool zy_policy_example(const struct zy_type *t, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_policy_example_line(
    const struct zy_type *t, const char *request, struct zy_buf *out, struct zy_error *err);

#endif
