#include "zy/terms.h"

enum { DAY_S = 86400 };
enum { KIND, UNTIL, ABOUT, EVIDENCE };

static const char *const keys[ZY_TERMS_FIELDS] = {
	[KIND] = "terms", [UNTIL] = "terms_until", [ABOUT] = "terms_about", [EVIDENCE] = "terms_evidence"
};
static const char *const kinds[] = { "", "promise", "condition" };

const char *zy_terms_kind_name(enum zy_terms_kind k)
{
	return kinds[k];
}

bool zy_terms_kind_find(const char *name, enum zy_terms_kind *out)
{
	for (unsigned k = ZY_TERMS_PROMISE; k <= ZY_TERMS_CONDITION; k++)
		if (strcmp(kinds[k], name) == 0) {
			*out = (enum zy_terms_kind)k;
			return true;
		}
	return false;
}

bool zy_terms_is_field(const char *key)
{
	for (size_t i = 0; i < ZY_TERMS_FIELDS; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static const char *value_of(const struct zy_record *rec, size_t n)
{
	for (size_t i = 0; i < rec->num_fields; i++)
		if (strcmp(rec->fields[i].key, keys[n]) == 0)
			return rec->fields[i].value;
	return "";
}

void zy_terms_get(const struct zy_record *rec, struct zy_terms *out)
{
	*out = (struct zy_terms){
		.until = value_of(rec, UNTIL), .about = value_of(rec, ABOUT), .evidence = value_of(rec, EVIDENCE)
	};
	(void)zy_terms_kind_find(value_of(rec, KIND), &out->kind);
}

size_t zy_terms_put(const struct zy_terms *t, struct zy_field out[ZY_TERMS_FIELDS])
{
	const char *const values[ZY_TERMS_FIELDS] = { kinds[t->kind], t->until, t->about, t->evidence };
	size_t n = 0;

	for (size_t i = 0; t->kind != ZY_TERMS_NONE && i < ZY_TERMS_FIELDS; i++)
		if (values[i][0] != 0)
			out[n++] = (struct zy_field){ keys[i], values[i] };
	return n;
}

static bool is_digest(const char *s)
{
	return strncmp(s, "sha256:", 7) == 0 && strlen(s) == 7 + 2 * ZY_HASH_LEN &&
	       strspn(s + 7, "0123456789abcdef") == 2 * ZY_HASH_LEN;
}

bool zy_terms_check(const struct zy_record *rec, struct zy_error *err)
{
	struct zy_error no = { 0 };
	struct zy_terms t;
	zy_time ignored;

	zy_terms_get(rec, &t);
	if (value_of(rec, KIND)[0] == 0)
		return (t.until[0] == 0 && t.about[0] == 0 && t.evidence[0] == 0) ||
		       zy_fail(err, ZY_E_FIELD_MISSING, "terms", ZY_NOWHERE,
			   "terms_until, terms_about and terms_evidence belong to terms");
	if (t.kind == ZY_TERMS_NONE)
		return zy_fail(err, ZY_E_FIELD_RANGE, "terms", ZY_NOWHERE, "terms are promise or condition");
	if (!zy_time_from_date(zy_str(t.until), ZY_BEIJING_S, &ignored, &no))
		return zy_fail(
		    err, ZY_E_DATES, "terms_until", ZY_NOWHERE, "terms hold until a day like 2026-03-01; name it");
	if (t.about[0] == 0 || strlen(t.about) > ZY_TERMS_ABOUT_MAX || strpbrk(t.about, "\t\r\n") != NULL)
		return zy_fail(err, ZY_E_FIELD_LENGTH, "terms_about", ZY_NOWHERE,
		    "say in one line of up to %d octets what is promised or missing", ZY_TERMS_ABOUT_MAX);
	if (t.evidence[0] == 0 ? t.kind == ZY_TERMS_PROMISE : !is_digest(t.evidence))
		return zy_fail(err, ZY_E_FIELD_RANGE, "terms_evidence", ZY_NOWHERE,
		    "a promise is bound by sha256: and the 64 digits of what the applicant signed");
	return true;
}

zy_time zy_terms_end(const struct zy_terms *t)
{
	struct zy_error no = { 0 };
	zy_time day;

	if (t->kind == ZY_TERMS_NONE || !zy_time_from_date(zy_str(t->until), ZY_BEIJING_S, &day, &no))
		return ZY_TIME_NEVER;
	return day + DAY_S - 1;
}

enum zy_terms_state zy_terms_state_of(enum zy_terms_kind kind, zy_time end, zy_time at)
{
	const bool over = at > end;

	switch (kind) {
	case ZY_TERMS_NONE:
		return ZY_TERMS_FREE;
	case ZY_TERMS_PROMISE:
		return over ? ZY_TERMS_OVERDUE : ZY_TERMS_PROMISED;
	case ZY_TERMS_CONDITION:
		return over ? ZY_TERMS_LAPSED : ZY_TERMS_CONDITIONAL;
	}
	return ZY_TERMS_FREE;
}

enum zy_terms_state zy_terms_state(const struct zy_terms *t, zy_time at)
{
	return zy_terms_state_of(t->kind, zy_terms_end(t), at);
}

const char *zy_terms_state_name(enum zy_terms_state s)
{
	static const char *const names[] = { "", "on-promise", "overdue", "conditional", "lapsed" };

	return names[s];
}
