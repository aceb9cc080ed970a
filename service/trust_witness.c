#include "trust_witness.h"

#include <stdlib.h>

#include "cli.h"
#include "zy/note.h"
#include "zy/text.h"

/* The list with room for one more. */
static struct zy_trust_note_key *copy_list(const struct zy_trust *t, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_note_key *all = zy_arena_array(a, t->num_witnesses + 1, sizeof(*all), err);

	if (all != NULL && t->num_witnesses > 0)
		memcpy(all, t->witnesses, t->num_witnesses * sizeof(*all));
	return all;
}

bool zy_witness_add(
    struct zy_trust *t, const char *key, zy_time from, zy_time until, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_note_key w = { .key = key, .from = from, .until = until }, *all;
	struct zy_note_key parsed;
	size_t i = 0;

	if (!zy_note_key_parse(&parsed, zy_str(key), err))
		return false;
	if (!zy_note_kind_is_cosigned(parsed.kind))
		return zy_fail(err, ZY_E_KEY, "witness", ZY_NOWHERE, "the key is one of a log, not of a witness");
	if ((all = copy_list(t, a, err)) == NULL)
		return false;
	while (i < t->num_witnesses && strcmp(all[i].key, key) != 0)
		i++;
	if (i == ZY_WITNESSES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "witness", ZY_NOWHERE,
		    "a bundle names at most %d keys of witnesses", ZY_WITNESSES_MAX);
	all[i] = w;
	t->num_witnesses += i == t->num_witnesses;
	t->witnesses = all;
	return true;
}

static bool is_meant(const char *key, const char *which)
{
	const size_t len = strlen(which);

	return strcmp(key, which) == 0 || (strncmp(key, which, len) == 0 && key[len] == '+');
}

bool zy_witness_dismiss(struct zy_trust *t, const char *which, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_note_key *all = copy_list(t, a, err);
	size_t left = 0;

	if (all == NULL)
		return false;
	for (size_t i = 0; i < t->num_witnesses; i++)
		if (!is_meant(all[i].key, which))
			all[left++] = all[i];
	if (left == t->num_witnesses)
		return zy_fail(err, ZY_E_NOT_FOUND, "witness", ZY_NOWHERE, "the trust bundle names no such witness");
	t->witnesses = all;
	t->num_witnesses = left;
	return true;
}

bool zy_witness_least(struct zy_trust *t, const char *number, struct zy_error *err)
{
	const size_t len = strlen(number);

	if (len < 1 || len > 2 || strspn(number, "0123456789") != len)
		return zy_fail(err, ZY_E_USAGE, "least", ZY_NOWHERE, "--least is a number of witnesses, 0 to %d",
		    ZY_WITNESSES_MAX);
	t->witness_least = (unsigned)strtoul(number, NULL, 10);
	return true;
}

json_t *zy_witnesses_json(const struct zy_trust *t)
{
	json_t *all = json_array();

	for (size_t i = 0; i < t->num_witnesses; i++)
		json_array_append_new(
		    all, json_pack("{s:s, s:o, s:o}", "key", t->witnesses[i].key, "from",
			     zy_time_json(t->witnesses[i].from), "until", zy_time_json(t->witnesses[i].until)));
	return all;
}
