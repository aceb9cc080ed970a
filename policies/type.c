/* A licence type: types/<alias>.json. */
#include "zy/application.h"

#include "internal.h"

static const struct json_name terms[] = { { "promise", ZY_ON_PROMISE }, { "condition", ZY_ON_CONDITION }, { 0 } };
static const struct json_name forms[] = { { "ofd", ZY_FORM_OFD }, { "pdf", ZY_FORM_PDF }, { 0 } };

#define CHOICE(member) offsetof(struct zy_choice, member)
static const struct json_member choice_members[] = {
	{ "code", json_read_text, CHOICE(code), false, 1, 32, NULL },
	{ "label", json_read_label, CHOICE(label), false, 0, 0, NULL },
};
static const struct json_shape choice_shape = JSON_SHAPE(choice_members);
static const struct json_list choice_list = { sizeof(struct zy_choice), offsetof(struct zy_field_rule, num_choices),
	{ .read = json_read_object, .more = &choice_shape } };

/* An example of lines may hold line feeds, which json_read_text refuses. */
static bool read_example(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);

	if (s == NULL || s[0] == 0)
		return json_fail(at, err, "example must be a text in quotes");
	return (*(const char **)((char *)base + m->at) = zy_arena_text(at->file->arena, zy_str(s), err)) != NULL;
}

#define FIELD(member) offsetof(struct zy_field_rule, member)
static const struct json_member field_members[] = {
	{ "key", json_read_text, FIELD(key), false, 1, 32, NULL },
	{ "label", json_read_label, FIELD(label), false, 0, 0, NULL },
	{ "kind", json_read_enum, FIELD(kind), false, 0, 0, zy_field_kind_names },
	{ "required", json_read_bool, FIELD(required), false, 0, 0, NULL },
	{ "min", json_read_unsigned, FIELD(min), true, 1, 2000, NULL },
	{ "max", json_read_unsigned, FIELD(max), true, 1, 2000, NULL },
	{ "least", json_read_int64, FIELD(least), true, INT64_MIN, INT64_MAX, NULL },
	{ "most", json_read_int64, FIELD(most), true, INT64_MIN, INT64_MAX, NULL },
	{ "choices", json_read_list, FIELD(choices), true, 1, 200, &choice_list },
	{ "showing_label", json_read_unsigned, FIELD(showing_label), true, 0, 9999, NULL },
	{ "example", read_example, FIELD(example), true, 0, 0, NULL },
};
static const struct json_shape field_shape = JSON_SHAPE(field_members);
static const struct json_list field_list = { sizeof(struct zy_field_rule), offsetof(struct zy_type, num_fields),
	{ .read = json_read_object, .more = &field_shape } };

#define TYPE(member) offsetof(struct zy_type, member)
static const struct json_member example_members[] = {
	{ "holder", json_read_text, TYPE(example_holder), false, 1, 64, NULL },
	{ "name", json_read_text, TYPE(example_name), false, 1, 100, NULL },
};
static const struct json_shape example_shape = JSON_SHAPE(example_members);

static const struct json_member type_members[] = {
	{ "code", json_read_text, TYPE(code), false, ZY_TYPE_CODE_LEN, ZY_TYPE_CODE_LEN, NULL },
	{ "name", json_read_label, TYPE(name), false, 0, 0, NULL },
	{ "catalogue_version", json_read_unsigned, TYPE(catalogue_version), false, 1, 9999, NULL },
	{ "showing_number", json_read_unsigned, TYPE(showing_number), false, 1, 9999, NULL },
	{ "holder_kinds", json_read_bits, TYPE(holder_kinds), false, 0, 0, zy_holder_kind_names },
	{ "item_code", json_read_text, TYPE(item_code), false, 1, 64, NULL },
	{ "issuer_code", json_read_text, TYPE(issuer_code), false, 18, 18, NULL },
	{ "seal", json_read_text, TYPE(seal), false, 14, 14, NULL },
	{ "forms", json_read_bits, TYPE(forms), false, 0, 0, forms },
	{ "number_field", json_read_text, TYPE(number_field), true, 0, 32, NULL },
	{ "name_field", json_read_text, TYPE(name_field), true, 0, 32, NULL },
	{ "holder_field", json_read_text, TYPE(holder_field), true, 0, 32, NULL },
	{ "issue_field", json_read_text, TYPE(issue_field), true, 0, 32, NULL },
	{ "from_field", json_read_text, TYPE(from_field), true, 0, 32, NULL },
	{ "to_field", json_read_text, TYPE(to_field), true, 0, 32, NULL },
	{ "terms", json_read_bits, TYPE(terms), true, 0, 0, terms },
	{ "secret", json_read_bool, TYPE(secret), true, 0, 0, NULL },
	{ "credential_days", json_read_unsigned, TYPE(credential_days), false, 1, 30, NULL },
	{ "example", json_read_object, 0, false, 0, 0, &example_shape },
	{ "fields", json_read_list, TYPE(fields), false, 1, ZY_TYPE_FIELDS_MAX, &field_list },
};
static const struct json_shape type_shape = JSON_SHAPE(type_members);

/* ---- one field ---- */

/* A member that the kind of field does not use is refused, one that it needs is asked for. */
static bool check_member(const struct json_at *field, const char *key, bool used, struct zy_error *err)
{
	struct json_at at;
	bool have = json_find(field, key, &at);

	if (have && !used)
		return json_fail(&at, err, "%s does not belong to a field of this kind; take it out", key);
	return have || !used ||
	       json_fail(field, err, "the key \"%s\" is missing here; this kind of field needs it", key);
}

static bool check_kind(const struct json_at *at, const struct zy_field_rule *f, struct zy_error *err)
{
	bool text = f->kind == ZY_FIELD_TEXT || f->kind == ZY_FIELD_LINES, integer = f->kind == ZY_FIELD_INTEGER;

	if (!check_member(at, "min", text, err) || !check_member(at, "max", text, err) ||
	    !check_member(at, "least", integer, err) || !check_member(at, "most", integer, err) ||
	    !check_member(at, "choices", f->kind == ZY_FIELD_CHOICE, err))
		return false;
	if (f->min > f->max || f->least > f->most)
		return json_fail(at, err, "the upper bound of %s lies under the lower one", f->key);
	for (size_t i = 0; i < f->num_choices; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(f->choices[i].code, f->choices[k].code) == 0)
				return json_fail(at, err, "the choice \"%s\" is there twice", f->choices[i].code);
	return true;
}

static bool check_example(const struct json_at *at, struct zy_field_rule *f, struct zy_arena *a, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct json_at example;
	const char *canonical;

	if (!json_find(at, "example", &example)) {
		f->example = "";
		return !f->required || json_fail(at, err, "a required field needs an example");
	}
	return zy_field_rule_check(f, f->example, a, &canonical, &why) ||
	       json_fail(&example, err, "the example breaks its own rule: %s", why.msg);
}

static bool check_twice(const struct json_at *at, const struct zy_type *t, size_t i, struct zy_error *err)
{
	const struct zy_field_rule *f = &t->fields[i];
	struct json_at member;

	for (size_t k = 0; k < i; k++) {
		const struct zy_field_rule *o = &t->fields[k];
		const char *same = strcmp(o->key, f->key) == 0                                     ? "key"
				   : f->showing_label != 0 && o->showing_label == f->showing_label ? "showing_label"
				   : strcmp(o->label.zh, f->label.zh) == 0 || strcmp(o->label.en, f->label.en) == 0
				       ? "label"
				       : NULL;

		if (same != NULL && json_find(at, same, &member))
			return json_fail(&member, err, "the %s of %s is also that of %s", same, f->key, o->key);
	}
	return true;
}

/* A field may not take the name of a placeholder with another meaning. */
static bool check_reserved(const struct json_at *at, const struct zy_type *t, const char *key, struct zy_error *err)
{
	const struct {
		const char *name, *only;
	} reserved[] = { { "identifier", "" }, { "number", t->number_field }, { "holder_name", t->name_field },
		{ "holder_number", t->holder_field }, { "issuer_name", "" }, { "issue_date", t->issue_field },
		{ "valid_from", t->from_field }, { "valid_to", t->to_field }, { "type_name", "" } };

	if (!key_is_plain(key))
		return json_fail(at, err, "a key is a letter and up to 31 letters, digits or _");
	if (strcmp(key, "terms") == 0 || strncmp(key, "terms_", 6) == 0)
		return json_fail(at, err, "terms are what a licence is minted on; use another key");
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(key, reserved[i].name) == 0 && strcmp(key, reserved[i].only) != 0)
			return json_fail(at, err, "%s has a meaning of its own on faces; use another key", key);
	return true;
}

static bool check_fields(const struct json_at *root, struct zy_type *t, struct zy_arena *a, struct zy_error *err)
{
	struct zy_field_rule *fields = zy_arena_array(a, t->num_fields, sizeof(*fields), err);
	struct json_at list, key;

	if (fields == NULL || !json_find(root, "fields", &list))
		return false;
	memcpy(fields, t->fields, t->num_fields * sizeof(*fields));
	t->fields = fields;
	for (size_t i = 0; i < t->num_fields; i++) {
		struct json_at at = json_item(&list, i);

		if (!json_find(&at, "key", &key) || !check_reserved(&key, t, fields[i].key, err) ||
		    !check_kind(&at, &fields[i], err) || !check_twice(&at, t, i, err) ||
		    !check_example(&at, &fields[i], a, err))
			return false;
	}
	return true;
}

/* ---- references ---- */

/* number_field and its like name a field of a fitting kind. */
static bool check_named(const struct json_at *root, const struct zy_type *t, const char *member, const char *key,
    unsigned kinds, bool required, struct zy_error *err)
{
	const struct zy_field_rule *f;
	struct json_at at;

	if (key[0] == 0 || !json_find(root, member, &at))
		return true;
	if ((f = zy_type_field(t, key)) == NULL)
		return json_fail(&at, err, "%s names no field of this type", member);
	if ((kinds & 1u << f->kind) == 0)
		return json_fail(&at, err, "%s names a field of a kind that does not fit", member);
	return f->required || !required || json_fail(&at, err, "%s names a field that is not required", member);
}

static bool check_names(const struct json_at *root, const struct zy_type *t, struct zy_error *err)
{
	const unsigned text = 1u << ZY_FIELD_TEXT, date = 1u << ZY_FIELD_DATE;
	const unsigned number = text | 1u << ZY_FIELD_USCC | 1u << ZY_FIELD_CITIZEN;
	const struct zy_field_rule *f = zy_type_field(t, t->number_field);
	struct json_at at;

	/* ZZBH has at most 128 bytes; a character takes up to four. */
	if (f != NULL && f->max > 32 && json_find(root, "number_field", &at))
		return json_fail(&at, err, "the licence number may have at most 32 characters");
	return check_named(root, t, "number_field", t->number_field, number | 1u << ZY_FIELD_INTEGER, true, err) &&
	       check_named(root, t, "name_field", t->name_field, text, true, err) &&
	       check_named(root, t, "holder_field", t->holder_field, number, true, err) &&
	       check_named(root, t, "issue_field", t->issue_field, date, true, err) &&
	       check_named(root, t, "from_field", t->from_field, date, true, err) &&
	       check_named(root, t, "to_field", t->to_field, date, false, err);
}

static bool check_code(const struct json_at *root, const struct zy_type *t, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct json_at at;

	if (!json_find(root, "code", &at))
		return false;
	/* GB/T 36904: the credit code of the authority that defines the type, and three digits. */
	if (strlen(t->code) != ZY_TYPE_CODE_LEN || strspn(t->code + 18, "0123456789") != 3)
		return json_fail(&at, err, "a type code is a credit code of 18 characters and three digits");
	return zy_uscc_check(ZY_BYTES(t->code, 18), &why) ||
	       json_fail(&at, err, "the type code does not start with a credit code: %s", why.msg);
}

static bool check_others(
    const struct json_at *root, const struct zy_type *t, const struct zy_policy *p, struct zy_error *err)
{
	struct json_at at;

	for (size_t i = 0; i < p->num_types; i++) {
		const struct zy_type *o = &p->types[i];
		const char *same = strcmp(o->code, t->code) == 0            ? "code"
				   : o->showing_number == t->showing_number ? "showing_number"
				   : strcmp(o->name.zh, t->name.zh) == 0    ? "name"
									    : NULL;

		if (same != NULL && json_find(root, same, &at))
			return json_fail(&at, err, "the %s is also that of the type %s", same, o->alias);
	}
	return true;
}

static bool check_seal(
    const struct json_at *root, const struct zy_type *t, const struct zy_policy *p, struct zy_error *err)
{
	const struct zy_seal_rule *s = zy_policy_seal(p, t->seal);
	struct json_at issuer, seal;

	if (!json_find(root, "issuer_code", &issuer) || !json_find(root, "seal", &seal))
		return false;
	if (zy_policy_department(p, t->issuer_code) == NULL)
		return json_fail(&issuer, err, "issuer_code is no department of departments.json");
	if (s == NULL)
		return json_fail(&seal, err, "seal is no esID of seals.json");
	if (strcmp(s->department, t->issuer_code) != 0)
		return json_fail(&seal, err, "the seal belongs to another department than the issuer");
	/* Whether the rule lists the item is asked when the seal is used (seal-not-allowed): an item that is taken from
	 * a seal stops its licences, not the office. */
	return true;
}

/* The examples together must make an application that the type accepts. */
static bool check_application(
    const struct json_at *root, const struct zy_type *t, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO data = { 0 };
	struct zy_application app;
	struct zy_error why = { 0 };
	struct zy_holder holder;
	struct json_at at;

	if (!json_find(root, "example", &at))
		return false;
	if (!zy_holder_parse(&holder, zy_str(t->example_holder), &why))
		return json_fail(&at, err, "the example's holder: %s", why.msg);
	application_put_example(t, true, &data);
	return zy_buf_done(&data, "example", err) &&
	       (zy_application_parse(&app, t, &holder, t->example_name, zy_buf_bytes(&data), NULL, a, &why) ||
		   json_fail(&at, err, "the examples make no valid application: %s", why.msg));
}

static bool alias_ok(const char *s)
{
	size_t len = strlen(s);

	return len >= 1 && len <= 64 && s[0] >= 'a' && s[0] <= 'z' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool zy_policy_type_parse(struct zy_type *out, const struct zy_policy *p, const char *alias, struct zy_bytes type,
    struct zy_bytes layout, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = {
		.text = type, .field = "policy", .bad_json = ZY_E_POLICY, .bad_content = ZY_E_POLICY, .arena = a
	};
	struct zy_type t = { .number_field = "",
		.name_field = "",
		.holder_field = "",
		.issue_field = "",
		.from_field = "",
		.to_field = "" };
	struct json_at root;

	if (!alias_ok(alias))
		return zy_fail(err, ZY_E_POLICY, "alias", ZY_NOWHERE,
		    "a type's file is named <alias>.json, the alias of a-z, 0-9 and - with a letter first");
	if ((t.alias = zy_arena_text(a, zy_str(alias), err)) == NULL ||
	    (file.name = zy_arena_printf(a, err, "types/%s.json", alias)) == NULL ||
	    !json_file_open(&file, &root, err) || !json_shape_read(&root, &type_shape, &t, err) ||
	    !check_code(&root, &t, err) || !check_others(&root, &t, p, err) || !check_seal(&root, &t, p, err) ||
	    !check_fields(&root, &t, a, err) || !check_names(&root, &t, err) || !check_application(&root, &t, a, err) ||
	    !policy_layout_read(&t.layout, &t, layout, a, err))
		return false;
	*out = t;
	return true;
}
