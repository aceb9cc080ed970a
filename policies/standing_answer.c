/* The answer of `show --on --json`: members by name, nothing judged. */
#include "zy/standing_answer.h"

#include "internal.h"
#include "zy/text.h"

#define CHECKPOINT_MAX 65536 /* octets of a signed note */
#define LEAF_MAX ((size_t)1024)
#define COUNT_MAX ((int64_t)1 << 53)

/* ---- values ---- */

static bool read_base64(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	ZY_BUF_AUTO b = { .cap = LEAF_MAX };

	if (s == NULL || s[0] == 0 || !zy_base64_decode(&b, zy_str(s), &(struct zy_error){ 0 }))
		return json_fail(at, err, "%s must be base64 of 1 to %zu octets", at->key, LEAF_MAX);
	return zy_arena_copy(at->file->arena, zy_buf_bytes(&b), (struct zy_bytes *)(void *)((char *)base + m->at), err);
}

static bool read_hash(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	ZY_BUF_AUTO b = { .cap = ZY_HASH_LEN };

	if (s == NULL || !zy_base64_decode(&b, zy_str(s), &(struct zy_error){ 0 }) || b.len != ZY_HASH_LEN)
		return json_fail(at, err, "a hash of a path is base64 of %d octets", ZY_HASH_LEN);
	memcpy((char *)base + m->at, b.p, ZY_HASH_LEN);
	return true;
}

static bool read_digits(
    const struct json_at *at, const struct json_member *m, const char *before, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	const size_t skip = strlen(before);

	if (s != NULL && strncmp(s, before, skip) == 0 && strlen(s) == skip + 2 * ZY_HASH_LEN &&
	    strspn(s + skip, "0123456789abcdef") == 2 * ZY_HASH_LEN)
		return zy_unhex(zy_str(s + skip), (uint8_t *)base + m->at, ZY_HASH_LEN, err);
	return json_fail(
	    at, err, "%s must be %s%s64 digits in lower case", at->key, before, before[0] == 0 ? "" : " and ");
}

static bool read_digest(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	return read_digits(at, m, "sha256:", base, err);
}

static bool read_key(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	return read_digits(at, m, "", base, err);
}

/* Reads what is not null by `more`, a json_member of its own; null leaves what is there. */
static bool read_or_null(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const struct json_member *inner = m->more;

	return json_is_null(at->v) || inner->read(at, inner, base, err);
}

static bool read_note(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v), *copy;

	if (s == NULL || strlen(s) > CHECKPOINT_MAX || !text_is_plain(s, true))
		return json_fail(at, err, "%s must be a signed note, or null", at->key);
	if ((copy = zy_arena_text(at->file->arena, zy_str(s), err)) == NULL)
		return false;
	*(const char **)(void *)((char *)base + m->at) = copy;
	return true;
}

static bool read_nothing(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	(void)m, (void)base;
	return json_is_string(at->v) || json_fail(at, err, "%s must be a text, or null", at->key);
}

/* ---- shapes ---- */

#define LOG(member) offsetof(struct zy_answered_log, member)
static const struct json_list path_list = { sizeof(struct zy_answered_hash), LOG(num_path), { .read = read_hash } };
static const struct json_member path_there = { "path", json_read_list, LOG(path), false, 0, ZY_STANDING_PATH_MAX,
	&path_list };
static const struct json_member note_there = { "checkpoint", read_note, LOG(checkpoint), false, 0, 0, NULL };
static const struct json_member ignored_there = { "proof", read_nothing, 0, false, 0, 0, NULL };
static const struct json_member log_members[] = {
	{ "index", json_read_int64, LOG(index), false, 0, COUNT_MAX, NULL },
	{ "checkpoint", read_or_null, 0, false, 0, 0, &note_there },
	{ "leaf", read_base64, LOG(leaf), false, 0, 0, NULL },
	{ "path", read_or_null, 0, false, 0, 0, &path_there },
	{ "proof", read_or_null, 0, false, 0, 0, &ignored_there },
};
static const struct json_shape log_shape = JSON_SHAPE(log_members);

#define EVENT(member) offsetof(struct zy_answered_event, member)
static const struct json_member event_members[] = {
	{ "n", json_read_int64, EVENT(n), false, 1, COUNT_MAX, NULL },
	{ "event", json_read_text, EVENT(what), false, 1, 16, NULL },
	{ "version", json_read_unsigned, EVENT(version), false, 1, 999, NULL },
	{ "at", json_read_time, EVENT(at), false, 0, 0, NULL },
	{ "from", json_read_time, EVENT(from), false, 0, 0, NULL },
	{ "reason", json_read_text, EVENT(reason), false, 0, 128, NULL },
	{ "log", json_read_object, EVENT(log), false, 0, 0, &log_shape },
};
static const struct json_shape event_shape = JSON_SHAPE(event_members);
static const struct json_list event_list = { sizeof(struct zy_answered_event),
	offsetof(struct zy_standing_answer, num_events), { .read = json_read_object, .more = &event_shape } };

#define RULES(member) offsetof(struct zy_answered_rules, member)
static const struct json_member rules_members[] = {
	{ "n", json_read_int64, RULES(n), false, 1, COUNT_MAX, NULL },
	{ "digest", read_digest, RULES(digest), false, 0, 0, NULL },
	{ "known_since", json_read_time, RULES(at), false, 0, 0, NULL },
	{ "log", json_read_object, RULES(log), false, 0, 0, &log_shape },
};
static const struct json_shape rules_shape = JSON_SHAPE(rules_members);

static bool read_asked(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	struct zy_standing_answer *s = base;

	s->has_asked = !json_is_null(at->v);
	return !s->has_asked || json_shape_read(at, m->more, &s->asked, err);
}

#define STANDING(member) offsetof(struct zy_standing_answer, member)
static const struct json_member at_there = { "at", json_read_time, STANDING(at), false, 0, 0, NULL };
static const struct json_member since_there = { "since", json_read_time, STANDING(since), false, 0, 0, NULL };
static const struct json_member force_there = { "in_force", json_read_unsigned, STANDING(in_force), false, 1, 999,
	NULL };
static const struct json_member rules_there = { "catalogue", json_read_object, STANDING(rules), false, 0, 0,
	&rules_shape };
static const struct json_member next_there = { "catalogue_next", json_read_object, STANDING(rules_next), false, 0, 0,
	&rules_shape };
static const struct json_member standing_members[] = {
	{ "on", json_read_time, STANDING(on), false, 0, 0, NULL },
	{ "at", read_or_null, 0, false, 0, 0, &at_there },
	{ "status", json_read_text, STANDING(status), false, 1, 32, NULL },
	{ "since", read_or_null, 0, false, 0, 0, &since_there },
	{ "reason", json_read_text, STANDING(reason), false, 0, 128, NULL },
	{ "version", json_read_unsigned, STANDING(version), false, 1, 999, NULL },
	{ "in_force", read_or_null, 0, false, 0, 0, &force_there },
	{ "catalogue", read_or_null, 0, false, 0, 0, &rules_there },
	{ "catalogue_next", read_or_null, 0, false, 0, 0, &next_there },
	{ "asked", read_asked, 0, false, 0, 0, &log_shape },
	{ "events", json_read_list, STANDING(events), false, 1, ZY_STANDING_EVENTS_MAX, &event_list },
	{ "key", read_key, STANDING(key), false, 0, 0, NULL },
};
static const struct json_shape standing_shape = JSON_SHAPE(standing_members);
static const struct json_member licence_member = { "licence", json_read_text, STANDING(licence), false, 1,
	ZY_IDENTIFIER_MAX, NULL };

static const struct zy_bytes name = ZY_LITERAL("\"standing\"");

bool zy_standing_answer_is(struct zy_bytes in)
{
	size_t at = 0;

	while (at < in.len && (in.p[at] == ' ' || in.p[at] == '\t' || in.p[at] == '\r' || in.p[at] == '\n'))
		at++;
	return at < in.len && in.p[at] == '{' && memmem(in.p, in.len, name.p, name.len) != NULL;
}

static bool member(const struct json_at *root, const char *key, struct json_at *out, struct zy_error *err)
{
	return json_find(root, key, out) ||
	       json_fail(root, err, "%s is missing: give what `zhengyin show ID --on DATE --json` answered", key);
}

bool zy_standing_answer_parse(
    struct zy_standing_answer *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = { .name = "answer",
		.field = "standing",
		.text = in,
		.bad_json = ZY_E_ANSWER,
		.bad_content = ZY_E_ANSWER,
		.arena = a };
	struct zy_standing_answer s = { .at = ZY_TIME_NEVER, .since = ZY_TIME_NEVER };
	struct json_at root, licence, standing;

	if (in.len > ZY_STANDING_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "standing", ZY_NOWHERE, "an answer has at most %zu octets", ZY_STANDING_MAX);
	if (!json_file_open(&file, &root, err) || !member(&root, "licence", &licence, err) ||
	    !licence_member.read(&licence, &licence_member, &s, err) || !member(&root, "standing", &standing, err) ||
	    !json_shape_read(&standing, &standing_shape, &s, err))
		return false;
	*out = s;
	return true;
}
