#include "trust_anchor.h"

#include <stdlib.h>

#include "cli.h"
#include "zy/judge.h"
#include "zy/text.h"

#define NAMES_MAX 64
#define OF_NO_LICENCE ((unsigned)(ZY_PURPOSE_TRUST | ZY_PURPOSE_TIMESTAMP))

/* "a,b" to its parts, in ascending order, each once. */
static bool split(const char *list, struct zy_arena *a, const char ***out, size_t *num, struct zy_error *err)
{
	char *text = zy_arena_text(a, zy_str(list), err), *rest = text, *part;
	const char **all = zy_arena_array(a, NAMES_MAX, sizeof(*all), err);

	*num = 0;
	*out = all;
	if (text == NULL || all == NULL)
		return false;
	while ((part = strsep(&rest, ",")) != NULL) {
		if (*num == NAMES_MAX || part[0] == 0)
			return zy_fail(err, ZY_E_USAGE, "anchor", ZY_NOWHERE,
			    "a list has 1 to %d parts with commas between, none of them empty", NAMES_MAX);
		all[(*num)++] = part;
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_purposes(const char *list, unsigned *out, struct zy_arena *a, struct zy_error *err)
{
	const char **names;
	size_t num;

	if (!split(list, a, &names, &num, err))
		return false;
	for (size_t i = 0; i < num; i++) {
		unsigned one = zy_purpose_named(names[i]);

		if (one == 0)
			return zy_fail(err, ZY_E_USAGE, "purpose", ZY_NOWHERE,
			    "%.40s: a purpose is seal, seal_maker, document, credential, trust or timestamp", names[i]);
		*out |= one;
	}
	return true;
}

static bool read_types(const char *list, const struct zy_policy *policy, struct zy_trust_cert *out, struct zy_arena *a,
    struct zy_error *err)
{
	const struct zy_type *type;
	const char **names;

	if (!split(list, a, &names, &out->num_types, err))
		return false;
	for (size_t i = 0; i < out->num_types; i++) {
		if (!zy_policy_type(policy, names[i], &type, err))
			return false;
		names[i] = type->code;
	}
	qsort(names, out->num_types, sizeof(*names), by_text);
	out->types = names;
	return true;
}

static bool read_issuers(const char *list, struct zy_trust_cert *out, struct zy_arena *a, struct zy_error *err)
{
	const char **names;

	if (!split(list, a, &names, &out->num_issuers, err))
		return false;
	qsort(names, out->num_issuers, sizeof(*names), by_text);
	out->issuers = names;
	return true;
}

bool zy_anchor_words_read(const struct zy_anchor_words *w, const struct zy_policy *policy, struct zy_trust_cert *out,
    struct zy_arena *a, struct zy_error *err)
{
	*out = (struct zy_trust_cert){ 0 };
	return (w->purposes == NULL || read_purposes(w->purposes, &out->purposes, a, err)) &&
	       (w->types == NULL || read_types(w->types, policy, out, a, err)) &&
	       (w->issuers == NULL || read_issuers(w->issuers, out, a, err)) &&
	       (w->from == NULL || zy_time_from_rfc3339(zy_str(w->from), &out->from, err)) &&
	       (w->until == NULL || zy_time_from_rfc3339(zy_str(w->until), &out->until, err));
}

static bool is_there(const struct zy_trust *t, size_t n, struct zy_error *err)
{
	return (n >= 1 && n <= t->num_anchors) || zy_fail(err, ZY_E_NOT_FOUND, "anchor", ZY_NOWHERE,
						      "the trust bundle has anchors 1 to %zu", t->num_anchors);
}

/* The anchors with room for one more, `skip` of them left out at `at`, and `gap` free places there. */
static struct zy_trust_cert *copy_list(
    const struct zy_trust *t, size_t at, size_t skip, size_t gap, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_cert *all = zy_arena_array(a, t->num_anchors + 2, sizeof(*all), err);

	if (all == NULL)
		return NULL;
	memcpy(all, t->anchors, at * sizeof(*all));
	memcpy(all + at + gap, t->anchors + at + skip, (t->num_anchors - at - skip) * sizeof(*all));
	return all;
}

bool zy_anchor_limit(
    struct zy_trust *t, size_t n, const struct zy_trust_cert *limits, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_cert limited = *limits, rest, *all;

	if (!is_there(t, n, err))
		return false;
	rest = t->anchors[n - 1];
	if (limited.purposes == 0)
		limited.purposes = rest.purposes & ~OF_NO_LICENCE;
	limited.der = rest.der;
	if (limited.purposes == 0 || (limited.purposes & ~rest.purposes) != 0)
		return zy_fail(
		    err, ZY_E_USAGE, "purpose", ZY_NOWHERE, "anchor %zu is not there for all of these purposes", n);
	rest.purposes &= ~limited.purposes;
	if ((all = copy_list(t, n - 1, 1, rest.purposes == 0 ? 1 : 2, a, err)) == NULL)
		return false;
	all[n - 1] = limited;
	if (rest.purposes != 0)
		all[n] = rest;
	t->num_anchors += rest.purposes != 0;
	t->anchors = all;
	return true;
}

bool zy_anchor_add(struct zy_trust *t, const struct zy_trust_cert *anchor, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_cert *all = copy_list(t, t->num_anchors, 0, 1, a, err);

	if (all == NULL)
		return false;
	if (anchor->purposes == 0)
		return zy_fail(err, ZY_E_USAGE, "purpose", ZY_NOWHERE, "say with --purpose what it may vouch for");
	all[t->num_anchors++] = *anchor;
	t->anchors = all;
	return true;
}

bool zy_anchor_remove(struct zy_trust *t, size_t n, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_cert *all;

	if (!is_there(t, n, err) || (all = copy_list(t, n - 1, 1, 0, a, err)) == NULL)
		return false;
	t->num_anchors--;
	t->anchors = all;
	return true;
}

static json_t *codes_json(const char *const *codes, size_t num)
{
	json_t *list = num == 0 ? json_null() : json_array();

	for (size_t i = 0; i < num; i++)
		json_array_append_new(list, json_string(codes[i]));
	return list;
}

bool zy_anchor_json(const struct zy_trust *t, size_t i, struct zy_arena *a, json_t **out, struct zy_error *err)
{
	const struct zy_trust_cert *c = &t->anchors[i];
	struct zy_error unreadable = { 0 };
	struct zy_cert_facts facts;
	char hex[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];
	json_t *purposes;

	if (!zy_digest(ZY_HASH_SHA256, c->der, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	if (!zy_cert_facts(c->der, a, &facts, &unreadable))
		facts.subject = "";
	purposes = json_array();
	for (unsigned bit = 1; bit <= ZY_PURPOSE_TIMESTAMP; bit <<= 1)
		if ((c->purposes & bit) != 0)
			json_array_append_new(purposes, json_string(zy_purpose_name(bit)));
	*out = json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "n", (json_int_t)i + 1, "subject", facts.subject,
	    "sha256", hex, "purposes", purposes, "types", codes_json(c->types, c->num_types), "issuers",
	    codes_json(c->issuers, c->num_issuers), "from", zy_time_json(c->from), "until", zy_time_json(c->until));
	return *out != NULL || zy_fail(err, ZY_E_NO_MEMORY, "anchors", ZY_NOWHERE, "no memory for the answer");
}
