/* The folder of policies, and questions to what was loaded. */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "zy/kept.h"
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

/* ---- the folder ---- */

static bool read_file(const char *folder, const char *sub, const char *name, struct zy_arena *a, struct zy_bytes *out,
    struct zy_error *err)
{
	const char *path = zy_arena_printf(a, err, "%s/%s%s", folder, sub, name);

	return path != NULL && zy_kept_read(path, ZY_POLICY_FILE_MAX, a, out, err);
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
	struct zy_bytes seals;

	return read_file(folder, "", "seals.json", a, &seals, err) && zy_policy_load_with(out, folder, seals, a, err);
}

bool zy_policy_load_with(
    struct zy_policy *out, const char *folder, struct zy_bytes seals, struct zy_arena *a, struct zy_error *err)
{
	struct zy_policy p = { 0 };

	if (!load_departments(&p, folder, a, err) || !policy_seals_read(&p, seals, a, err) ||
	    !load_types(&p, folder, a, err))
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
