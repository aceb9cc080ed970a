/* One value against the rule of its field. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>

#include "zy/text.h"

/* White space at an end is always a slip, and nobody sees it on the face. U+3000 is the ideographic space. */
static bool has_loose_end(const char *s)
{
	size_t len = strlen(s);

	return s[0] == ' ' || s[0] == '\n' || s[len - 1] == ' ' || s[len - 1] == '\n' || strncmp(s, "\u3000", 3) == 0 ||
	       (len >= 3 && strcmp(s + len - 3, "\u3000") == 0);
}

static bool check_text(const struct zy_field_rule *f, const char *s, struct zy_error *err)
{
	bool lines = f->kind == ZY_FIELD_LINES;
	size_t num;

	if (!zy_utf8_check(zy_str(s), f->key, err))
		return false;
	if (!text_is_plain(s, lines))
		return zy_fail(err, ZY_E_FIELD_TYPE, f->key, ZY_NOWHERE, "%s must be %s without control characters",
		    f->key, lines ? "text, its lines ended by line feeds," : "one line");
	num = zy_utf8_count(zy_str(s));
	if (num < f->min || num > f->max)
		return zy_fail(err, ZY_E_FIELD_LENGTH, f->key, ZY_NOWHERE,
		    "%s has %zu characters; it must have %u to %u", f->key, num, f->min, f->max);
	if (has_loose_end(s))
		return zy_fail(err, ZY_E_FIELD_TYPE, f->key, ZY_NOWHERE,
		    "%s starts or ends with white space; take it out", f->key);
	return true;
}

static bool check_choice(const struct zy_field_rule *f, const char *s, struct zy_error *err)
{
	char list[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < f->num_choices; i++)
		if (strcmp(f->choices[i].code, s) == 0)
			return true;
	for (size_t i = 0; i < f->num_choices; i++) {
		size_t len = strlen(f->choices[i].code);

		if (used + len + 8 > sizeof(list))
			break;
		memcpy(list + used, ", ", 2);
		memcpy(list + used + 2, f->choices[i].code, len);
		used += 2 + len;
	}
	return zy_fail(err, ZY_E_FIELD_RANGE, f->key, ZY_NOWHERE, "%s must be one of the codes %s", f->key, list + 2);
}

static bool check_integer(const struct zy_field_rule *f, const char *s, struct zy_error *err)
{
	const char *digits = s[0] == '-' ? s + 1 : s;
	size_t len = strlen(digits);
	long long v;

	if (len == 0 || strspn(digits, "0123456789") != len || (digits[0] == '0' && (len > 1 || digits != s)))
		return zy_fail(err, ZY_E_FIELD_TYPE, f->key, ZY_NOWHERE,
		    "%s must be a whole number in digits, without leading zeros", f->key);
	errno = 0;
	v = strtoll(s, NULL, 10);
	if (errno != 0 || v < f->least || v > f->most)
		return zy_fail(err, ZY_E_FIELD_RANGE, f->key, ZY_NOWHERE, "%s must be %lld to %lld", f->key,
		    (long long)f->least, (long long)f->most);
	return true;
}

static bool check_number(const struct zy_field_rule *f, const char *s,
    bool (*check)(struct zy_bytes, struct zy_error *), struct zy_error *err)
{
	struct zy_error why = { 0 };

	return check(zy_str(s), &why) || zy_fail(err, why.code, f->key, ZY_NOWHERE, "%s: %s", f->key, why.msg);
}

bool zy_field_rule_check(
    const struct zy_field_rule *f, const char *value, struct zy_arena *a, const char **canonical, struct zy_error *err)
{
	bool ok = false;
	zy_time t;

	(void)a;
	if (value[0] == 0)
		return zy_fail(err, ZY_E_FIELD_LENGTH, f->key, ZY_NOWHERE, "%s is empty; %s", f->key,
		    f->required ? "fill it in" : "leave the field out instead");
	switch (f->kind) {
	case ZY_FIELD_TEXT:
	case ZY_FIELD_LINES:
		ok = check_text(f, value, err);
		break;
	case ZY_FIELD_DATE:
		ok = zy_time_from_date(zy_str(value), ZY_BEIJING_S, &t, &(struct zy_error){ 0 }) ||
		     zy_fail(err, ZY_E_FIELD_TYPE, f->key, ZY_NOWHERE,
			 "%s must be a day of the calendar like 2026-03-01", f->key);
		break;
	case ZY_FIELD_CHOICE:
		ok = check_choice(f, value, err);
		break;
	case ZY_FIELD_INTEGER:
		ok = check_integer(f, value, err);
		break;
	case ZY_FIELD_USCC:
		ok = check_number(f, value, zy_uscc_check, err);
		break;
	case ZY_FIELD_CITIZEN:
		ok = check_number(f, value, zy_citizen_check, err);
		break;
	}
	if (ok)
		*canonical = value;
	return ok;
}

const struct zy_field_rule *zy_type_field(const struct zy_type *t, const char *key)
{
	for (size_t i = 0; i < t->num_fields; i++)
		if (strcmp(t->fields[i].key, key) == 0)
			return &t->fields[i];
	return NULL;
}
