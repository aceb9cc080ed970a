/* trust show, renew, limit, add, remove. */
#include "cli.h"
#include "trust_anchor.h"
#include "trust_home.h"
#include "trust_witness.h"

#include <inttypes.h>
#include <stdlib.h>

#include "zy/certificate.h"
#include "zy/file.h"
#include "zy/kept.h"
#include "zy/text.h"

#define DAY_S 86400
#define CERT_MAX ((size_t)1 << 16)

static void print_limit(const char *what, const json_t *list)
{
	const json_t *item;
	size_t i;

	if (json_is_null(list))
		return;
	printf("; %s", what);
	json_array_foreach(list, i, item) printf("%s%s", i == 0 ? " " : ", ", json_string_value(item));
}

static void print_anchor(const json_t *anchor)
{
	const char *from = json_string_value(json_object_get(anchor, "from")),
		   *until = json_string_value(json_object_get(anchor, "until"));

	printf("anchor %lld %.16s %s", (long long)json_integer_value(json_object_get(anchor, "n")),
	    json_string_value(json_object_get(anchor, "sha256")),
	    json_string_value(json_object_get(anchor, "subject")));
	print_limit("for", json_object_get(anchor, "purposes"));
	print_limit("types", json_object_get(anchor, "types"));
	print_limit("offices", json_object_get(anchor, "issuers"));
	printf("%s%s%s%s\n", from == NULL ? "" : "; from ", from == NULL ? "" : from, until == NULL ? "" : "; until ",
	    until == NULL ? "" : until);
}

static void print_witnesses(const struct zy_trust *t)
{
	json_t *all = zy_witnesses_json(t), *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		const char *from = json_string_value(json_object_get(one, "from")),
			   *until = json_string_value(json_object_get(one, "until"));

		printf("witness %s%s%s%s%s\n", t->witnesses[i].key, from == NULL ? "" : "; from ",
		    from == NULL ? "" : from, until == NULL ? "" : "; until ", until == NULL ? "" : until);
	}
	json_decref(all);
	if (t->num_witnesses > 0)
		printf("%u witnesses must sign a checkpoint of the log\n", t->witness_least);
}

static bool print_trust(struct zy_cli *c, const struct zy_trust *t, struct zy_arena *a, struct zy_error *err)
{
	char from[ZY_TIME_TEXT], until[ZY_TIME_TEXT], pin_text[2 * ZY_HASH_LEN + 1];
	int64_t left = (t->next_update - zy_now(c->clock)) / DAY_S;
	uint8_t pin[ZY_HASH_LEN];
	json_t *anchors = json_array(), *one;

	for (size_t i = 0; i < t->num_anchors; i++)
		if (!zy_anchor_json(t, i, a, &one, err) || json_array_append_new(anchors, one) != 0) {
			json_decref(anchors);
			return false;
		}
	if (!zy_trust_pin(t, pin, err)) {
		json_decref(anchors);
		return false;
	}
	zy_hex(ZY_BYTES(pin, sizeof(pin)), pin_text);
	zy_time_to_rfc3339(t->issued_at, from);
	zy_time_to_rfc3339(t->next_update, until);
	if (c->json) {
		zy_cli_json(json_pack("{s:I, s:s, s:s, s:I, s:s, s:o, s:o, s:I}", "version", (json_int_t)t->version,
		    "issued_at", from, "next_update", until, "days_left", (json_int_t)left, "pin", pin_text, "anchors",
		    anchors, "witnesses", zy_witnesses_json(t), "witness_least", (json_int_t)t->witness_least));
		return true;
	}
	printf("version %" PRIu64 ", made %s, good until %s (%" PRId64 " days)\npin %s\n", t->version, from, until,
	    left, pin_text);
	for (size_t i = 0; i < t->num_anchors; i++)
		print_anchor(json_array_get(anchors, i));
	print_witnesses(t);
	json_decref(anchors);
	return true;
}

static bool read_days(const char *text, unsigned *out, struct zy_error *err)
{
	size_t len = text == NULL ? 0 : strlen(text);

	*out = ZY_TRUST_DAYS;
	if (text == NULL)
		return true;
	if (len > 0 && len <= 4 && strspn(text, "0123456789") == len)
		*out = (unsigned)strtoul(text, NULL, 10);
	else
		*out = 0;
	return (*out >= 1 && *out <= ZY_TRUST_DAYS_MAX) ||
	       zy_fail(err, ZY_E_USAGE, "days", ZY_NOWHERE, "--days is a number from 1 to %d", ZY_TRUST_DAYS_MAX);
}

enum verb { VERB_SHOW, VERB_RENEW, VERB_LIMIT, VERB_ADD, VERB_REMOVE, VERB_WITNESS, VERB_DISMISS };

static bool find_verb(const char *word, const char *what, enum verb *out, struct zy_error *err)
{
	static const struct {
		const char *name;
		bool takes_one;
	} verbs[] = { [VERB_SHOW] = { "show", false },
		[VERB_RENEW] = { "renew", false },
		[VERB_LIMIT] = { "limit", true },
		[VERB_ADD] = { "add", true },
		[VERB_REMOVE] = { "remove", true },
		[VERB_WITNESS] = { "witness", true },
		[VERB_DISMISS] = { "dismiss", true } };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, word) == 0 && verbs[i].takes_one == (what != NULL)) {
			*out = (enum verb)i;
			return true;
		}
	return zy_fail(err, ZY_E_USAGE, "trust", ZY_NOWHERE,
	    "usage: zhengyin trust show | renew | limit N | add FILE.pem | remove N | witness KEY | dismiss NAME; "
	    "see zhengyin trust --help");
}

static bool has_words(const struct zy_anchor_words *w)
{
	return w->purposes != NULL || w->types != NULL || w->issuers != NULL || w->from != NULL || w->until != NULL;
}

static bool takes_words(enum verb verb, const struct zy_anchor_words *w)
{
	if (verb == VERB_WITNESS)
		return w->purposes == NULL && w->types == NULL && w->issuers == NULL;
	return verb == VERB_LIMIT || verb == VERB_ADD || !has_words(w);
}

static bool read_anchor(const char *path, struct zy_trust_cert *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes pem;

	return zy_file_read(path, CERT_MAX, a, &pem, err) && zy_cert_from_pem(pem, a, &out->der, err);
}

static bool change(enum verb verb, const char *what, const struct zy_anchor_words *w, const struct zy_policy *policy,
    struct zy_trust *t, struct zy_arena *a, struct zy_error *err)
{
	struct zy_trust_cert said;
	size_t n = what == NULL || strspn(what, "0123456789") != strlen(what) || strlen(what) > 3
		       ? 0
		       : (size_t)strtoul(what, NULL, 10);

	if (!zy_anchor_words_read(w, policy, &said, a, err))
		return false;
	switch (verb) {
	case VERB_LIMIT:
		return zy_anchor_limit(t, n, &said, a, err);
	case VERB_ADD:
		return read_anchor(what, &said, a, err) && zy_anchor_add(t, &said, a, err);
	case VERB_REMOVE:
		return zy_anchor_remove(t, n, a, err);
	case VERB_WITNESS:
		return zy_witness_add(t, what, said.from, said.until, a, err);
	case VERB_DISMISS:
		return zy_witness_dismiss(t, what, a, err);
	case VERB_SHOW:
	case VERB_RENEW:
		break;
	}
	return true;
}

static bool renew(struct zy_cli *c, const struct zy_home *h, enum verb verb, const char *what,
    const struct zy_anchor_words *w, const char *least, unsigned days, struct zy_trust *t, struct zy_arena *a,
    struct zy_error *err)
{
	const char *folder = zy_home_path(h, a, err, "policies");
	struct zy_hsm *hsm = NULL;
	struct zy_policy policy;
	bool ok;

	if (folder == NULL || !zy_policy_load(&policy, folder, a, err) || !change(verb, what, w, &policy, t, a, err) ||
	    (least != NULL && !zy_witness_least(t, least, err)) || !zy_hsm_open(&hsm, h->path, err))
		return false;
	ok = zy_trust_home_renew(h, hsm, &policy, zy_now(c->clock), days, a, t, err) &&
	     ((verb != VERB_ADD && verb != VERB_REMOVE) || zy_trust_home_pin(h, t, a, err));
	zy_hsm_close(hsm);
	return ok;
}

bool zy_cmd_trust(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *words[2] = { NULL }, *days_text = NULL, *least = NULL;
	struct zy_anchor_words w = { 0 };
	const struct zy_option opts[] = { { "days", "N", "how long the new one is good (default 365)", &days_text,
					      NULL },
		{ "purpose", "P,...", "limit, add: seal, seal_maker, document, credential, trust, timestamp",
		    &w.purposes, NULL },
		{ "type", "TYPE,...", "limit, add: only licences of these types", &w.types, NULL },
		{ "issuer", "CODE,...", "limit, add: only signers of these offices, by credit code", &w.issuers, NULL },
		{ "from", "TIME", "limit, add: only what existed from then, as 2026-03-01T00:00:00Z; witness: signed",
		    &w.from, NULL },
		{ "until", "TIME", "limit, add: only what existed until then; witness: was signed", &w.until, NULL },
		{ "least", "N", "renew, witness, dismiss: how many witnesses must sign a checkpoint", &least, NULL },
		{ 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_keys *keys = NULL;
	struct zy_trust t;
	struct zy_home h;
	enum verb verb;
	unsigned days;
	bool go, ok;

	if (!zy_cli_parse(c, "trust", opts, argc, argv, 1, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!find_verb(words[0], words[1], &verb, err) || !read_days(days_text, &days, err))
		return false;
	if ((verb == VERB_SHOW && days_text != NULL) || !takes_words(verb, &w) ||
	    (least != NULL && verb != VERB_RENEW && verb != VERB_WITNESS && verb != VERB_DISMISS))
		return zy_fail(err, ZY_E_USAGE, "trust", ZY_NOWHERE, "trust %s takes no such option", words[0]);
	if (!zy_home_open(&h, c->home, &a, err) || !zy_keys_open(&keys, err))
		return false;
	ok = zy_trust_home_open(&h, keys, zy_now(c->clock), &a, &t, err) &&
	     (verb == VERB_SHOW || renew(c, &h, verb, words[1], &w, least, days, &t, &a, err)) &&
	     print_trust(c, &t, &a, err);
	zy_keys_close(keys);
	if (ok && verb != VERB_SHOW)
		zy_cli_follow(c);
	return ok;
}
