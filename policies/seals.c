/* seals.json: the rules of seals, and what they allow. */
#include "internal.h"

#include "zy/text.h"

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
#define RETIRED(member) offsetof(struct zy_seal_retired, member)
static const struct json_member retired_members[] = {
	{ "at", json_read_time, RETIRED(at), false, 0, 0, NULL },
	{ "successor", json_read_text, RETIRED(successor), true, 14, 14, NULL },
};
static const struct json_shape retired_shape = JSON_SHAPE(retired_members);
#define OFF(member) offsetof(struct zy_seal_off, member)
static const struct json_member off_members[] = {
	{ "from", json_read_time, OFF(from), false, 0, 0, NULL },
	{ "until", json_read_time, OFF(until), false, 0, 0, NULL },
	{ "ground", json_read_text, OFF(ground), false, 1, 200, NULL },
};
static const struct json_shape off_shape = JSON_SHAPE(off_members);
static const struct json_list requester_list = { sizeof(unsigned), SEAL(num_requesters),
	{ .read = json_read_unsigned, .least = 0, .most = UINT32_MAX } };
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
	{ "requesters", json_read_list, SEAL(requesters), true, 1, 100, &requester_list },
	{ "retired", json_read_object, SEAL(retired), true, 0, 0, &retired_shape },
	{ "off", json_read_object, SEAL(off), true, 0, 0, &off_shape },
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

/* Who retires a seal names a successor that is still there on that day, or none. */
static bool check_retired(
    const struct json_at *item, const struct zy_policy *p, const struct zy_seal_rule *s, struct zy_error *err)
{
	const struct zy_seal_rule *next = NULL;
	struct json_at at = *item;

	if (!json_find(item, "retired", &at))
		return true;
	if (s->retired.at <= 0)
		return json_fail(&at, err, "retired.at lies after 1970");
	if (s->retired.successor == NULL)
		return true;
	next = zy_policy_seal(p, s->retired.successor);
	if (next == NULL || next == s)
		return json_fail(&at, err, "the successor is another seal of this file");
	return next->retired.at == 0 || next->retired.at > s->retired.at ||
	       json_fail(&at, err, "the successor is retired itself by then");
}

static bool check_off(const struct json_at *item, const struct zy_seal_rule *s, struct zy_error *err)
{
	struct json_at at = *item;

	if (!json_find(item, "off", &at))
		return true;
	return (s->off.from > 0 && s->off.until > s->off.from && s->off.until - s->off.from <= ZY_SEAL_OFF_MAX_S) ||
	       json_fail(&at, err, "a seal is switched off from a time until a later one, for a year at most");
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
	return check_shape(item, s, err) && check_items(item, s, err) && check_retired(item, p, s, err) &&
	       check_off(item, s, err);
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

bool policy_seals_read(struct zy_policy *p, struct zy_bytes text, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = { .name = "seals.json",
		.field = "policy",
		.text = text,
		.bad_json = ZY_E_POLICY,
		.bad_content = ZY_E_POLICY,
		.arena = a };
	struct json_at root;

	return json_file_open(&file, &root, err) && json_shape_read(&root, &seals_shape, p, err) &&
	       check_seals(&root, p, a, err);
}

/* ---- questions ---- */

const struct zy_seal_rule *zy_policy_seal(const struct zy_policy *p, const char *esID)
{
	for (size_t i = 0; i < p->num_seals; i++)
		if (strcmp(p->seals[i].esID, esID) == 0)
			return &p->seals[i];
	return NULL;
}

/* From the second of `at` on a retired seal seals nothing; one that is off comes back by itself. */
bool zy_seal_rule_in_use(const struct zy_seal_rule *s, zy_time at, struct zy_error *err)
{
	char until[ZY_TIME_TEXT];

	if (s->retired.at != 0 && at >= s->retired.at)
		return zy_fail(err, ZY_E_SEAL_RETIRED, "retired", ZY_NOWHERE, "the seal %s is retired%s%s", s->esID,
		    s->retired.successor == NULL ? "" : "; its successor is ",
		    s->retired.successor == NULL ? "" : s->retired.successor);
	if (s->off.until == 0 || at < s->off.from || at >= s->off.until)
		return true;
	zy_time_to_rfc3339(s->off.until, until);
	return zy_fail(err, ZY_E_SEAL_OFF, "off", ZY_NOWHERE, "the seal %s is switched off until %s: %.80s", s->esID,
	    until, s->off.ground);
}

bool zy_seal_rule_asked_by(const struct zy_seal_rule *s, uint64_t uid, struct zy_error *err)
{
	bool listed = s->num_requesters == 0;

	for (size_t i = 0; i < s->num_requesters; i++)
		listed = listed || s->requesters[i] == uid;
	return listed || zy_fail(err, ZY_E_SEAL_RULE, "requesters", ZY_NOWHERE,
			     "the seal %s may not be used by the account %llu", s->esID, (unsigned long long)uid);
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
	return zy_seal_rule_in_use(s, at, err);
}
