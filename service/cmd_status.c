/* status: what can be signed and verified right now, and what comes to its end. */
#include "cli.h"
#include "ends.h"

#include <inttypes.h>
#include <string.h>

#include "zy/secret_home.h"

/* The newest licence of the vault in one form, judged from its stored file as an outsider would. */
struct sample {
	bool is_there;
	const char *fault; /* NULL: it is sound */
};

struct state {
	char identifier[ZY_IDENTIFIER_MAX + 1], trust_until[ZY_TIME_TEXT];
	const char *fault, *because;
	struct zy_vault_counts counts;
	struct sample ofd, pdf;
	bool ready;
	size_t num_types, num_anchors; /* of the bundle, when it is good */
	bool bundle;
	const struct zy_end *ends;
	size_t num_ends, num_warnings;
	zy_time now;
	const unsigned *alarm_days;
	bool secret, secret_opens; /* there is a compartment */
	struct zy_error secret_why;
};

static bool verify_samples(struct zy_desk *d, struct state *s, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	bool found;

	s->identifier[0] = 0;
	if (!zy_vault_newest(d->vault, s->identifier, &found, err) || !found)
		return err->code == ZY_OK;
	if (!zy_vault_get(d->vault, s->identifier, 0, ZY_TIME_NEVER, true, &a, &v, err))
		return false;
	memcpy(s->identifier, v.identifier, sizeof(v.identifier));
	for (size_t i = 0; i < v.num_files; i++) {
		struct sample *sample = v.files[i].form == ZY_FORM_OFD ? &s->ofd : &s->pdf;

		if (!zy_licence_judge(d, v.identifier, v.files[i].bytes, &sample->fault, err))
			return false;
		sample->is_there = true;
		if (s->fault == NULL)
			s->fault = sample->fault;
	}
	return true;
}

static void look_at_vault(struct zy_cli *c, struct state *s, struct zy_error *why)
{
	struct zy_desk d = { 0 };

	s->ready = zy_desk_open_side(&d, c->home, c->as.secret, ZY_DESK_READ, c->clock, NULL, why) &&
		   zy_vault_count(d.vault, &s->counts, why) && verify_samples(&d, s, why) && s->fault == NULL;
	s->because = why->code != ZY_OK ? why->msg : s->fault;
	zy_desk_close(&d);
}

/* Whether the compartment opens; nothing of what is in it. */
static void look_at_secret(struct zy_cli *c, const struct zy_home *h, struct state *s)
{
	struct zy_desk d = { 0 };

	s->secret = zy_home_has_secret(h);
	if (!s->secret)
		return;
	s->secret_opens = zy_desk_open_side(&d, c->home, true, ZY_DESK_BESIDE, c->clock, NULL, &s->secret_why);
	if (s->secret_opens)
		zy_desk_close(&d);
}

static json_t *secret_json(const struct state *s)
{
	return !s->secret ? json_null()
			  : json_pack("{s:b, s:s?}", "opens", (int)s->secret_opens, "because",
				s->secret_opens ? NULL : s->secret_why.msg);
}

/* Against the pin, as a counterparty without any token would. */
static void look_at_bundle(const struct zy_home *h, struct state *s, struct zy_arena *a)
{
	struct zy_error why = { 0 };
	struct zy_keys *keys = NULL;
	struct zy_trust t;

	s->bundle = zy_keys_open(&keys, &why) && zy_home_trust(h, keys, s->now, a, &t, &why);
	zy_keys_close(keys);
	if (!s->bundle)
		return;
	zy_time_to_rfc3339(t.next_update, s->trust_until);
	s->num_types = t.num_types;
	s->num_anchors = t.num_anchors;
}

static bool look_at_ends(
    const struct zy_home *h, struct zy_hsm *hsm, struct state *s, struct zy_arena *a, struct zy_error *err)
{
	const char *folder = zy_home_path(h, a, err, "policies");
	struct zy_policy policy;

	if (folder == NULL || !zy_policy_load(&policy, folder, a, err) ||
	    !zy_ends_collect(h, &policy, hsm, s->now, a, &s->ends, &s->num_ends, err))
		return false;
	for (size_t i = 0; i < s->num_ends; i++)
		s->num_warnings += zy_end_alarm(&s->ends[i], s->alarm_days, s->now) != ZY_ALARM_NONE;
	return true;
}

static const char *or_null(const char *text)
{
	return text == NULL || text[0] == 0 ? NULL : text;
}

static const char *verdict(const struct sample *s)
{
	return !s->is_there ? NULL : s->fault == NULL ? "sound" : s->fault;
}

static json_t *end_json(const struct zy_end *e, enum zy_alarm alarm, zy_time now)
{
	char until[ZY_TIME_TEXT] = "";

	if (e->until != ZY_KEY_ALWAYS)
		zy_time_to_rfc3339(e->until, until);
	return json_pack("{s:s, s:s?, s:s?, s:s?, s:o, s:s?, s:s}", "what", e->what, "file", e->file, "key", e->key,
	    "until", or_null(until), "days_left",
	    e->until == ZY_KEY_ALWAYS ? json_null() : json_integer(zy_end_days_left(e, now)), "alarm",
	    zy_alarm_name(alarm), "mend", e->mend);
}

static json_t *ends_json(const struct state *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->num_ends; i++)
		json_array_append_new(
		    all, end_json(&s->ends[i], zy_end_alarm(&s->ends[i], s->alarm_days, s->now), s->now));
	return all;
}

static void print_ends(const struct state *s)
{
	for (size_t i = 0; i < s->num_ends; i++) {
		const struct zy_end *e = &s->ends[i];
		enum zy_alarm alarm = zy_end_alarm(e, s->alarm_days, s->now);
		const char *name = e->file != NULL ? e->file : e->key;

		if (alarm == ZY_ALARM_NONE)
			continue;
		if (e->until == ZY_KEY_ALWAYS)
			printf("%s: %s cannot be used any more\n", zy_alarm_name(alarm), name);
		else
			printf(
			    "%s: %s, %" PRId64 " days left\n", zy_alarm_name(alarm), name, zy_end_days_left(e, s->now));
		printf("  -> %s\n", e->mend);
	}
}

static void print_status(struct zy_cli *c, const struct state *s, json_t *tokens)
{
	const char *sample = s->identifier[0] == 0 ? NULL : s->fault == NULL ? "sound" : s->fault;

	if (c->json) {
		zy_cli_json(json_pack(
		    "{s:b, s:O, s:I, s:s?, s:s?, s:s?, s:s?, s:{s:b, s:I, s:I, s:s?, s:s?}, s:I, s:o, s:o}", "ready",
		    (int)s->ready, "tokens", tokens, "licences", (json_int_t)s->counts.licences, "trust_until",
		    or_null(s->trust_until), "sample", or_null(s->identifier), "sample_verdict", sample, "because",
		    s->because, "verifies", "bundle", (int)s->bundle, "anchors", (json_int_t)s->num_anchors, "types",
		    (json_int_t)s->num_types, "ofd", verdict(&s->ofd), "pdf", verdict(&s->pdf), "warnings",
		    (json_int_t)s->num_warnings, "ends", ends_json(s), "secret", secret_json(s)));
		return;
	}
	if (s->bundle)
		printf("trust bundle: good against its pin until %s, %zu types, %zu anchors\n", s->trust_until,
		    s->num_types, s->num_anchors);
	else
		printf("trust bundle: NOT good\n");
	printf("vault: %" PRIu64 " licences\n", s->counts.licences);
	if (s->identifier[0] != 0)
		printf("newest licence %s: OFD %s, PDF %s\n", s->identifier,
		    s->ofd.is_there ? verdict(&s->ofd) : "not made", s->pdf.is_there ? verdict(&s->pdf) : "not made");
	if (s->secret)
		printf("secret compartment: %s%s\n",
		    s->secret_opens ? "opens" : "does NOT open: ", s->secret_opens ? "" : s->secret_why.msg);
	print_ends(s);
	if (s->because != NULL)
		printf("because: %s\n", s->because);
	printf("%s\n", s->ready ? "ready to mint and verify" : "NOT ready");
}

/* All that work outside of the compartment needs, or inside with --secret. */
static bool ask_tokens(struct zy_cli *c, const struct zy_home *h, struct zy_hsm *hsm, json_t *tokens)
{
	bool all = true;

	for (size_t i = 0; i < h->num_tokens; i++) {
		struct zy_error why = { 0 };
		bool there = zy_hsm_ping(hsm, h->tokens[i], &why);

		all = all && (there || !zy_home_needs(h, c->as.secret, h->tokens[i]));
		json_array_append_new(tokens, json_pack("{s:s, s:b}", "token", h->tokens[i], "answers", (int)there));
		if (!c->json)
			printf("token %s: %s\n", h->tokens[i], there ? "answers" : why.msg);
	}
	return all;
}

bool zy_cmd_status(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { ZY_SECRET_OPTION(c), { 0 } };
	struct state s = { .because = "a token does not answer", .now = zy_now(c->clock) };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error why = { 0 };
	struct zy_hsm *hsm = NULL;
	struct zy_home h;
	const char *words[1];
	json_t *tokens;
	bool go, ok;

	if (!zy_cli_parse(c, "status", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_home_open(&h, c->home, &a, err) || !zy_hsm_open(&hsm, h.path, err))
		return false;
	s.alarm_days = h.alarm_days;
	tokens = json_array();
	if (ask_tokens(c, &h, hsm, tokens))
		look_at_vault(c, &s, &why);
	look_at_secret(c, &h, &s);
	look_at_bundle(&h, &s, &a);
	ok = look_at_ends(&h, hsm, &s, &a, err);
	if (ok)
		print_status(c, &s, tokens);
	c->exit = s.ready ? 0 : 69;
	json_decref(tokens);
	zy_hsm_close(hsm);
	return ok;
}
