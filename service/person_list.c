/* The persons of a new home: read from a file, enrolled one after the other, and who of them orders the first
 * ceremony. */
#include "person.h"

#include <jansson.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/kept.h"

#define LIST_MAX ((size_t)64 << 10)
#define DAYS 730
#define DAYS_MAX 3660
#define TOKEN_MAX ((size_t)16 << 10)

static bool bad(struct zy_error *err, size_t n, const char *why)
{
	return zy_fail(err, ZY_E_JSON, "persons", ZY_NOWHERE, "person %zu of the list: %s", n + 1, why);
}

static const char *keep(struct zy_arena *a, const char *text, struct zy_error *err)
{
	return zy_arena_text(a, zy_str(text), err);
}

static bool read_person(json_t *entry, size_t n, struct zy_arena *a, struct zy_person_wish *out, struct zy_error *err)
{
	const char *id, *zh, *en, *role, *token = NULL;
	struct zy_error why = { 0 };
	int days = DAYS;

	if (json_unpack_ex(entry, NULL, JSON_STRICT, "{s:s, s:{s:s, s:s !}, s:s, s?i, s?s}", "id", &id, "name", "zh",
		&zh, "en", &en, "role", &role, "days", &days, "token", &token) != 0)
		return bad(
		    err, n, "{\"id\", \"name\": {\"zh\", \"en\"}, \"role\"}, and perhaps \"days\" and \"token\"");
	if (!zy_officer_id_check(id, &why))
		return bad(err, n, why.msg);
	if (days < 1 || days > DAYS_MAX)
		return bad(err, n, "\"days\" is 1 to 3660");
	out->roles = strcmp(role, "officer") == 0     ? ZY_ROLE_OFFICER
		     : strcmp(role, "requester") == 0 ? ZY_ROLE_REQUESTER
						      : 0;
	if (out->roles == 0)
		return bad(err, n, "\"role\" is officer or requester");
	out->days = (unsigned)days;
	return (out->id = keep(a, id, err)) != NULL && (out->name.zh = keep(a, zh, err)) != NULL &&
	       (out->name.en = keep(a, en, err)) != NULL &&
	       (token == NULL || (out->token = keep(a, token, err)) != NULL);
}

static bool read_persons(
    json_t *list, struct zy_arena *a, struct zy_person_wish **out, size_t *num, struct zy_error *err)
{
	unsigned officers = 0;

	*num = json_array_size(list);
	if (*num < 3 || *num > ZY_PERSONS_MAX || (*out = zy_arena_array(a, *num, sizeof(**out), err)) == NULL)
		return zy_fail(err, ZY_E_JSON, "persons", ZY_NOWHERE,
		    "a home begins with 3 to %d persons: two officers, and who asks", ZY_PERSONS_MAX);
	for (size_t i = 0; i < *num; i++) {
		(*out)[i] = (struct zy_person_wish){ 0 };
		if (!read_person(json_array_get(list, i), i, a, &(*out)[i], err))
			return false;
		for (size_t k = 0; k < i; k++)
			if (strcmp((*out)[k].id, (*out)[i].id) == 0)
				return bad(err, i, "the id is there twice");
		officers += (*out)[i].roles == ZY_ROLE_OFFICER;
	}
	return officers >= ZY_OFFICERS_NEEDED ||
	       zy_fail(err, ZY_E_JSON, "persons", ZY_NOWHERE, "two of the persons must be officers");
}

bool zy_persons_list(
    const char *path, struct zy_arena *a, struct zy_person_wish **out, size_t *num, struct zy_error *err)
{
	struct zy_bytes text;
	json_error_t why;
	json_t *root;
	bool ok;

	if (!zy_file_read(path, LIST_MAX, a, &text, err))
		return false;
	root = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		return zy_fail(err, ZY_E_JSON, "persons", ZY_NOWHERE, "%s:%d: %s", path, why.line, why.text);
	ok = json_object_size(root) == 1 && json_is_array(json_object_get(root, "persons"))
		 ? read_persons(json_object_get(root, "persons"), a, out, num, err)
		 : zy_fail(err, ZY_E_JSON, "persons", ZY_NOWHERE, "%s: {\"persons\": [...]} and nothing else", path);
	json_decref(root);
	return ok;
}

/* ---- enrolment ---- */

/* A token that the person has already: its description is taken as it is. */
static bool take_token(
    const struct zy_home *h, const struct zy_person_wish *w, struct zy_arena *a, struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "signer/zy-%s.json", w->id);
	struct zy_bytes text;

	return w->token == NULL || (path != NULL && zy_file_read(w->token, TOKEN_MAX, a, &text, err) &&
				       zy_kept_write(path, text, 0600, false, err));
}

static bool enrol(const struct zy_home *h, const struct zy_person_wish *w, const char *module, zy_time now,
    struct zy_arena *a, struct zy_buf *out, struct zy_error *err)
{
	enum zy_suite suite;
	uint8_t point[65];

	if (!take_token(h, w, a, err) || !zy_person_enrol(h, w->id, module, &suite, point, err))
		return false;
	zy_person_entry(out, w->id, &w->name, w->roles, suite, point, now - 300, w->days);
	return zy_buf_done(out, "officers", err);
}

bool zy_persons_enrol(const struct zy_home *h, const struct zy_person_wish *wishes, size_t num, const char *module,
    void (*attend)(const char *id, const struct zy_label *name), zy_time now, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(h, &a, err, "policies/officers.json");
	ZY_BUF_AUTO text = { 0 };
	struct zy_officers made;

	if (path == NULL)
		return false;
	if (access(path, F_OK) == 0)
		return zy_fail(err, ZY_E_EXISTS, "officers", ZY_NOWHERE,
		    "the policies hold an officers.json already: a new home makes its own from the persons given");
	zy_buf_put_str(&text, "{\"officers\": [\n");
	for (size_t i = 0; i < num; i++) {
		if (attend != NULL)
			attend(wishes[i].id, &wishes[i].name);
		if (!enrol(h, &wishes[i], module, now, &a, &text, err))
			return false;
		zy_buf_put_str(&text, i + 1 < num ? ",\n" : "\n");
	}
	zy_buf_put_str(&text, "]}\n");
	return zy_buf_done(&text, "officers", err) && zy_officers_parse(&made, zy_buf_bytes(&text), &a, err) &&
	       zy_file_write(path, zy_buf_bytes(&text), 0600, false, err);
}

bool zy_persons_demo(const struct zy_home *h, const char *module, zy_time now, struct zy_error *err)
{
	static const struct zy_person_wish persons[] = { { "officer-1", { "云泽市审批监督员甲", "Officer One" },
							     ZY_ROLE_OFFICER, DAYS, NULL },
		{ "officer-2", { "云泽市审批监督员乙", "Officer Two" }, ZY_ROLE_OFFICER, DAYS, NULL },
		{ "requester-1", { "云泽市印章管理员", "Seal Administrator" }, ZY_ROLE_REQUESTER, DAYS, NULL } };

	return zy_persons_enrol(h, persons, sizeof(persons) / sizeof(persons[0]), module, NULL, now, err);
}

/* ---- who orders ---- */

static bool add(const char **ids, size_t *num, const char *id)
{
	for (size_t i = 0; i < *num; i++)
		if (strcmp(ids[i], id) == 0)
			return false;
	ids[(*num)++] = id;
	return true;
}

bool zy_persons_for_order(const struct zy_officers *o, const char *ids[1 + ZY_OFFICERS_NEEDED], struct zy_error *err)
{
	size_t num = 0;

	for (size_t i = 0; i < o->num && num == 0; i++)
		if ((o->officers[i].roles & ZY_ROLE_OFFICER) == 0)
			add(ids, &num, o->officers[i].id);
	for (size_t i = 0; i < o->num && num <= ZY_OFFICERS_NEEDED; i++)
		if ((o->officers[i].roles & ZY_ROLE_OFFICER) != 0)
			add(ids, &num, o->officers[i].id);
	return num == 1 + ZY_OFFICERS_NEEDED ||
	       zy_fail(err, ZY_E_APPROVAL_ONE, "officers", ZY_NOWHERE, "it takes two officers and who asks");
}
