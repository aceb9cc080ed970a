/* The folder of policies, and questions to what was loaded. */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "zy/file.h"
#include "zy/text.h"

/* ---- departments ---- */

#define DEPARTMENT(member) offsetof(struct zy_department, member)
static const struct json_member department_members[] = {
	{ "code", json_read_text, DEPARTMENT(code), false, 18, 18, NULL },
	{ "name", json_read_label, DEPARTMENT(name), false, 0, 0, NULL },
};
static const struct json_shape department_shape = JSON_SHAPE(department_members);
static const struct json_list department_list = { sizeof(struct zy_department),
	offsetof(struct zy_policy, num_departments), { .read = json_read_object, .more = &department_shape } };
static const struct json_member departments_members[] = {
	{ "departments", json_read_list, offsetof(struct zy_policy, departments), false, 1, 10000, &department_list },
	{ "operator", json_read_label, offsetof(struct zy_policy, operator_name), false, 0, 0, NULL },
};
static const struct json_shape departments_shape = JSON_SHAPE(departments_members);

static bool check_departments(const struct json_at *root, const struct zy_policy *p, struct zy_error *err)
{
	struct json_at list, at;

	if (!json_find(root, "departments", &list))
		return false;
	for (size_t i = 0; i < p->num_departments; i++) {
		struct json_at item = json_item(&list, i);
		const char *code = p->departments[i].code;
		struct zy_error why = { 0 };

		if (!json_find(&item, "code", &at))
			return false;
		if (!zy_uscc_check(zy_str(code), &why))
			return json_fail(&at, err, "%s", why.msg);
		if (zy_policy_department(p, code) != &p->departments[i])
			return json_fail(&at, err, "the department %s is there twice", code);
	}
	return true;
}

/* ---- seals ---- */

/* A URI without a PIN or a place to find one: policies are no place for secrets (RFC 7512 2.4). */
static bool read_key_uri(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s;

	if (!json_read_text(at, m, base, err))
		return false;
	s = json_string_value(at->v);
	if (strncmp(s, "pkcs11:", 7) != 0 || strstr(s, "token=") == NULL || strstr(s, "object=") == NULL ||
	    strpbrk(s, " \"\\") != NULL)
		return json_fail(at, err, "%s must be like \"pkcs11:token=NAME;object=NAME\"", at->key);
	if (strstr(s, "pin-") != NULL)
		return json_fail(at, err, "%s must not carry a PIN", at->key);
	return true;
}

static const struct json_name shape_names[] = { { "official", ZY_SEAL_OFFICIAL }, { "company", ZY_SEAL_COMPANY },
	{ "oval", ZY_SEAL_OVAL }, { "name", ZY_SEAL_NAME }, { 0 } };

const char *zy_seal_shape_name(enum zy_seal_shape s)
{
	return shape_names[s].name;
}

#define SEAL(member) offsetof(struct zy_seal_rule, member)
static const struct json_list item_list = { sizeof(const char *), SEAL(num_items),
	{ .read = json_read_text, .least = 1, .most = 64 } };
static const struct json_member seal_members[] = {
	{ "esID", json_read_text, SEAL(esID), false, 14, 14, NULL },
	{ "name", json_read_label, SEAL(name), false, 0, 0, NULL },
	{ "shape", json_read_enum, SEAL(shape), true, 0, 0, shape_names },
	{ "centre_text", json_read_text, SEAL(centre_text), true, 0, 14, NULL },
	{ "code", json_read_text, SEAL(code), true, 1, 20, NULL },
	{ "department", json_read_text, SEAL(department), false, 18, 18, NULL },
	{ "seal_type", json_read_int64, SEAL(seal_type), false, 1, 99, NULL },
	{ "seal_key", read_key_uri, SEAL(seal_key), false, 1, 255, NULL },
	{ "document_key", read_key_uri, SEAL(document_key), false, 1, 255, NULL },
	{ "valid_from", json_read_time, SEAL(valid_from), false, 0, 0, NULL },
	{ "valid_to", json_read_time, SEAL(valid_to), false, 0, 0, NULL },
	{ "items", json_read_list, SEAL(items), false, 1, 1000, &item_list },
	{ "timestamp", json_read_bool, SEAL(timestamp), true, 0, 0, NULL },
	{ "limit_total", json_read_int64, SEAL(limit_total), true, 1, ZY_SEAL_LIMIT_MAX, NULL },
	{ "limit_per_day", json_read_int64, SEAL(limit_per_day), true, 1, ZY_SEAL_LIMIT_MAX, NULL },
};
static const struct json_shape seal_shape = JSON_SHAPE(seal_members);
static const struct json_list seal_list = { sizeof(struct zy_seal_rule), offsetof(struct zy_policy, num_seals),
	{ .read = json_read_object, .more = &seal_shape } };
static const struct json_member seals_members[] = {
	{ "seals", json_read_list, offsetof(struct zy_policy, seals), false, 1, 10000, &seal_list },
};
static const struct json_shape seals_shape = JSON_SHAPE(seals_members);

static bool check_items(const struct json_at *item, const struct zy_seal_rule *s, struct zy_error *err)
{
	struct json_at list;

	if (!json_find(item, "items", &list))
		return false;
	for (size_t i = 0; i < s->num_items; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(s->items[i], s->items[k]) == 0) {
				struct json_at at = json_item(&list, i);

				return json_fail(&at, err, "the item is listed twice");
			}
	return true;
}

#define DIGITS "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What each shape can carry; how many characters fit along an arc is for the drawing to say. */
static bool check_shape(const struct json_at *item, struct zy_seal_rule *s, struct zy_error *err)
{
	static const struct {
		const char *alphabet, *rule;
		size_t code_least, code_most, text_most;
	} shapes[] = { [ZY_SEAL_OFFICIAL] = { "", "an official seal has no code", 0, 0, 14 },
		[ZY_SEAL_COMPANY] = { DIGITS, "the code of a company's seal has 13 or 14 digits", 13, 14, 14 },
		[ZY_SEAL_OVAL] = { DIGITS CAPITALS, "the code of an oval seal has 15 to 20 of 0-9 and A-Z", 15, 20, 8 },
		[ZY_SEAL_NAME] = { "", "a name seal has no code", 0, 0, 0 } };
	size_t len = s->code == NULL ? 0 : strlen(s->code), letters = zy_utf8_count(zy_str(s->name.zh));
	struct json_at at = *item;

	if (len < shapes[s->shape].code_least || len > shapes[s->shape].code_most ||
	    (len > 0 && strspn(s->code, shapes[s->shape].alphabet) != len)) {
		(void)json_find(item, "code", &at);
		return json_fail(&at, err, "%s", shapes[s->shape].rule);
	}
	if (s->centre_text != NULL && zy_utf8_count(zy_str(s->centre_text)) > shapes[s->shape].text_most) {
		(void)json_find(item, "centre_text", &at);
		return json_fail(
		    &at, err, "the centre_text of this shape has at most %zu characters", shapes[s->shape].text_most);
	}
	if (s->shape == ZY_SEAL_NAME && (letters < 2 || letters > 4)) {
		(void)json_find(item, "name", &at);
		return json_fail(&at, err, "a name seal takes a name of 2 to 4 characters");
	}
	if (s->code == NULL)
		s->code = "";
	if (s->centre_text == NULL)
		s->centre_text = s->shape == ZY_SEAL_OVAL ? "发票专用章" : "";
	return true;
}

static bool check_seal(
    const struct json_at *item, const struct zy_policy *p, struct zy_seal_rule *s, struct zy_error *err)
{
	struct json_at id, owner, to;

	if (!json_find(item, "esID", &id) || !json_find(item, "department", &owner) ||
	    !json_find(item, "valid_to", &to))
		return false;
	/* GB/T 38540: an seal's number; sites number them division code first. */
	if (strspn(s->esID, "0123456789") != 14)
		return json_fail(&id, err, "an esID has 14 digits");
	if (zy_policy_seal(p, s->esID) != s)
		return json_fail(&id, err, "the seal %s is there twice", s->esID);
	if (zy_policy_department(p, s->department) == NULL)
		return json_fail(&owner, err, "department is none of departments.json");
	if (s->valid_to <= s->valid_from)
		return json_fail(&to, err, "valid_to does not lie after valid_from");
	return check_shape(item, s, err) && check_items(item, s, err);
}

static bool check_seals(const struct json_at *root, struct zy_policy *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_seal_rule *seals = zy_arena_array(a, p->num_seals, sizeof(*seals), err);
	struct json_at list;

	if (seals == NULL || !json_find(root, "seals", &list))
		return false;
	memcpy(seals, p->seals, p->num_seals * sizeof(*seals));
	p->seals = seals;
	for (size_t i = 0; i < p->num_seals; i++) {
		struct json_at item = json_item(&list, i);

		if (!check_seal(&item, p, &seals[i], err))
			return false;
	}
	return true;
}

/* ---- the folder ---- */

static bool read_file(const char *folder, const char *sub, const char *name, struct zy_arena *a, struct zy_bytes *out,
    struct zy_error *err)
{
	const char *path = zy_arena_printf(a, err, "%s/%s%s", folder, sub, name);

	return path != NULL && zy_file_read(path, ZY_POLICY_FILE_MAX, a, out, err);
}

static bool load_departments(struct zy_policy *p, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = { .name = "departments.json",
		.field = "policy",
		.bad_json = ZY_E_POLICY,
		.bad_content = ZY_E_POLICY,
		.arena = a };
	struct json_at root;

	return read_file(folder, "", file.name, a, &file.text, err) && json_file_open(&file, &root, err) &&
	       json_shape_read(&root, &departments_shape, p, err) && check_departments(&root, p, err);
}

static bool load_seals(struct zy_policy *p, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = {
		.name = "seals.json", .field = "policy", .bad_json = ZY_E_POLICY, .bad_content = ZY_E_POLICY, .arena = a
	};
	struct json_at root;

	return read_file(folder, "", file.name, a, &file.text, err) && json_file_open(&file, &root, err) &&
	       json_shape_read(&root, &seals_shape, p, err) && check_seals(&root, p, a, err);
}

static bool load_type(struct zy_type *out, const struct zy_policy *p, const char *folder, const char *name,
    struct zy_arena *a, struct zy_error *err)
{
	size_t len = strlen(name);
	struct zy_bytes type, layout;
	char *alias;

	if (len < 6 || strcmp(name + len - 5, ".json") != 0)
		return zy_fail(err, ZY_E_POLICY, "types", ZY_NOWHERE,
		    "types/%s: only files <alias>.json belong here; move it away", name);
	return (alias = zy_arena_text(a, ZY_BYTES(name, len - 5), err)) != NULL &&
	       read_file(folder, "types/", name, a, &type, err) &&
	       read_file(folder, "layouts/", name, a, &layout, err) &&
	       zy_policy_type_parse(out, p, alias, type, layout, a, err);
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* By bytes, not by the locale's collation: the same order everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_types(struct zy_policy *p, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	const char *path = zy_arena_printf(a, err, "%s/types", folder);
	struct dirent **names = NULL;
	struct zy_type *types = NULL;
	int num;
	bool ok = false;

	if (path == NULL)
		return false;
	if ((num = scandir(path, &names, visible, by_name)) < 0)
		return zy_fail(err, ZY_E_IO, "types", ZY_NOWHERE, "cannot list %s: %s", path, strerror(errno));
	if (num > ZY_POLICY_TYPES_MAX)
		zy_fail_set(
		    err, ZY_E_TOO_LARGE, "types", ZY_NOWHERE, "%s holds over %d types", path, ZY_POLICY_TYPES_MAX);
	else
		ok = (types = zy_arena_array(a, (size_t)num, sizeof(*types), err)) != NULL;
	p->types = types;
	for (int i = 0; ok && i < num; i++)
		if ((ok = load_type(&types[i], p, folder, names[i]->d_name, a, err)))
			p->num_types++;
	for (int i = 0; i < num; i++)
		free(names[i]);
	free(names);
	return ok;
}

bool zy_policy_load(struct zy_policy *out, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	struct zy_policy p = { 0 };

	if (!load_departments(&p, folder, a, err) || !load_seals(&p, folder, a, err) || !load_types(&p, folder, a, err))
		return false;
	*out = p;
	return true;
}

/* ---- questions ---- */

bool zy_policy_type(const struct zy_policy *p, const char *name, const struct zy_type **out, struct zy_error *err)
{
	for (size_t i = 0; i < p->num_types; i++)
		if (strcmp(p->types[i].alias, name) == 0 || strcmp(p->types[i].code, name) == 0) {
			*out = &p->types[i];
			return true;
		}
	return zy_fail(err, ZY_E_TYPE_UNKNOWN, "type", ZY_NOWHERE,
	    "no licence type \"%.64s\"; give an alias like business-licence or a code of 21 characters", name);
}

const struct zy_department *zy_policy_department(const struct zy_policy *p, const char *code)
{
	for (size_t i = 0; i < p->num_departments; i++)
		if (strcmp(p->departments[i].code, code) == 0)
			return &p->departments[i];
	return NULL;
}

const struct zy_seal_rule *zy_policy_seal(const struct zy_policy *p, const char *esID)
{
	for (size_t i = 0; i < p->num_seals; i++)
		if (strcmp(p->seals[i].esID, esID) == 0)
			return &p->seals[i];
	return NULL;
}

bool zy_seal_rule_allows(const struct zy_seal_rule *s, const char *item_code, zy_time at, struct zy_error *err)
{
	bool listed = false;

	for (size_t i = 0; i < s->num_items; i++)
		listed = listed || strcmp(s->items[i], item_code) == 0;
	if (!listed)
		return zy_fail(err, ZY_E_SEAL_RULE, "items", ZY_NOWHERE,
		    "the seal %s may not be used for the item %.64s", s->esID, item_code);
	if (at < s->valid_from || at > s->valid_to)
		return zy_fail(
		    err, ZY_E_SEAL_DATE, "valid_to", ZY_NOWHERE, "the seal %s is not valid at this time", s->esID);
	return true;
}
