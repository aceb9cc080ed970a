#include "zy/officers.h"

#include "internal.h"
#include "zy/text.h"

static bool read_point(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	ZY_BUF_AUTO point = { .cap = 65 };

	if (s == NULL || !zy_base64url_decode(&point, zy_str(s), &(struct zy_error){ 0 }) || point.len != 65 ||
	    point.p[0] != 4)
		return json_fail(at, err, "point must be base64url of a point 04||x||y of 65 bytes");
	memcpy((uint8_t *)base + m->at, point.p, point.len);
	return true;
}

#define PERSON(member) offsetof(struct zy_officer, member)
static const struct json_name role_names[] = { { "officer", ZY_ROLE_OFFICER }, { "requester", ZY_ROLE_REQUESTER },
	{ 0 } };
static const struct json_name suite_names[] = { { "gm", ZY_SUITE_GM }, { "intl", ZY_SUITE_INTL }, { 0 } };
static const struct json_member key_members[] = {
	{ "suite", json_read_enum, PERSON(suite), false, 0, 0, suite_names },
	{ "point", read_point, PERSON(point), false, 0, 0, NULL },
};
static const struct json_shape key_shape = JSON_SHAPE(key_members);
static const struct json_member person_members[] = {
	{ "id", json_read_text, PERSON(id), false, 1, 24, NULL },
	{ "name", json_read_label, PERSON(name), false, 0, 0, NULL },
	{ "roles", json_read_bits, PERSON(roles), false, 0, 0, role_names },
	{ "key", json_read_object, 0, false, 0, 0, &key_shape },
	{ "valid_from", json_read_time, PERSON(valid_from), false, 0, 0, NULL },
	{ "valid_to", json_read_time, PERSON(valid_to), false, 0, 0, NULL },
};
static const struct json_shape person_shape = JSON_SHAPE(person_members);
static const struct json_list person_list = { sizeof(struct zy_officer), offsetof(struct zy_officers, num),
	{ .read = json_read_object, .more = &person_shape } };
static const struct json_member register_members[] = {
	{ "officers", json_read_list, offsetof(struct zy_officers, officers), false, 1, 100, &person_list },
};
static const struct json_shape register_shape = JSON_SHAPE(register_members);

bool zy_officer_id_check(const char *s, struct zy_error *err)
{
	size_t len = strlen(s);

	return (len <= 24 && s[0] >= 'a' && s[0] <= 'z' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len) ||
	       zy_fail(err, ZY_E_USAGE, "id", ZY_NOWHERE, "an id has 1 to 24 of a-z, 0-9 and -, a letter first");
}

/* A person with two entries would count as two: neither id nor key stands twice. */
static bool check_person(const struct json_at *item, const struct zy_officer *persons, size_t i, struct zy_error *err)
{
	const struct zy_officer *p = &persons[i];

	if (!zy_officer_id_check(p->id, &(struct zy_error){ 0 }))
		return json_fail(item, err, "an id has a-z, 0-9 and -, a letter first");
	if (p->valid_to <= p->valid_from)
		return json_fail(item, err, "valid_to does not lie after valid_from");
	for (size_t k = 0; k < i; k++) {
		if (strcmp(persons[k].id, p->id) == 0)
			return json_fail(item, err, "the id %s is there twice", p->id);
		if (memcmp(persons[k].key_id, p->key_id, 8) == 0)
			return json_fail(item, err, "the key of %s is that of %s too", p->id, persons[k].id);
	}
	return true;
}

static bool check_all(const struct json_at *root, struct zy_officers *o, struct zy_arena *a, struct zy_error *err)
{
	struct zy_officer *persons = zy_arena_array(a, o->num, sizeof(*persons), err);
	struct json_at list;

	if (persons == NULL || !json_find(root, "officers", &list))
		return false;
	memcpy(persons, o->officers, o->num * sizeof(*persons));
	o->officers = persons;
	for (size_t i = 0; i < o->num; i++) {
		struct json_at item = json_item(&list, i);

		if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(persons[i].point, 65), persons[i].key_id, err) ||
		    !check_person(&item, persons, i, err))
			return false;
	}
	return true;
}

bool zy_officers_parse(struct zy_officers *out, struct zy_bytes text, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = { .name = "officers.json",
		.field = "policy",
		.text = text,
		.bad_json = ZY_E_POLICY,
		.bad_content = ZY_E_POLICY,
		.arena = a };
	struct zy_officers o = { 0 };
	struct json_at root;

	if (text.len > ZY_OFFICERS_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "policy", ZY_NOWHERE, "officers.json has at most %zu bytes", ZY_OFFICERS_MAX);
	if (!json_file_open(&file, &root, err) || !json_shape_read(&root, &register_shape, &o, err) ||
	    !check_all(&root, &o, a, err))
		return false;
	*out = o;
	return true;
}

const struct zy_officer *zy_officer_by_id(const struct zy_officers *o, const char *id)
{
	for (size_t i = 0; i < o->num; i++)
		if (strcmp(o->officers[i].id, id) == 0)
			return &o->officers[i];
	return NULL;
}

const struct zy_officer *zy_officer_by_kid(const struct zy_officers *o, const uint8_t kid[8])
{
	for (size_t i = 0; i < o->num; i++)
		if (memcmp(o->officers[i].key_id, kid, 8) == 0)
			return &o->officers[i];
	return NULL;
}

/* Officers may ask as well, so three officers are enough, or two and a requester. */
bool zy_officers_enough(const struct zy_officers *o, zy_time at)
{
	size_t officers = 0, persons = 0;

	for (size_t i = 0; i < o->num; i++) {
		const struct zy_officer *p = &o->officers[i];

		if (at < p->valid_from || at > p->valid_to)
			continue;
		persons++;
		officers += (p->roles & ZY_ROLE_OFFICER) != 0;
	}
	return officers >= ZY_OFFICERS_NEEDED && persons > ZY_OFFICERS_NEEDED;
}
