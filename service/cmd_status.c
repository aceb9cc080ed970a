/* status: what can be signed and verified right now, and what comes to its end. */
#include "alarms.h"
#include "cli.h"

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
	size_t num_ends, num_warnings; /* warnings: alarms that stand, of ends and measures */
	struct zy_measures measures;
	enum zy_alarm worst;
	zy_time now;
	const unsigned *alarm_days;
	bool secret, secret_opens, secret_newest; /* there is a compartment; and it is what was noted of it */
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

/* Beside whoever mints: nobody waits for who asks, nor the other way round. tokens: do they answer? */
static bool look_at_vault(struct zy_cli *c, const struct zy_home *h, bool tokens, struct state *s, struct zy_arena *a,
    struct zy_error *why, struct zy_error *err)
{
	struct zy_desk d = { 0 };
	bool opened = tokens && zy_desk_open_side(&d, c->home, c->as.secret, ZY_DESK_BESIDE, c->clock, NULL, why), ok;

	s->ready = opened && zy_desk_is_newest(&d, why) && zy_vault_count(d.vault, &s->counts, why) &&
		   verify_samples(&d, s, why) && s->fault == NULL;
	if (tokens)
		s->because = why->code != ZY_OK ? why->msg : s->fault;
	ok = zy_measures_take(&s->measures, h, opened ? &d : NULL, s->now, a, err);
	zy_desk_close(&d);
	return ok;
}

/* Whether the compartment opens, and was not put back; nothing of what is in it. */
static void look_at_secret(struct zy_cli *c, const struct zy_home *h, struct state *s)
{
	struct zy_desk d = { 0 };

	s->secret = zy_home_has_secret(h);
	if (!s->secret)
		return;
	s->secret_opens = zy_desk_open_side(&d, c->home, true, ZY_DESK_BESIDE, c->clock, NULL, &s->secret_why);
	if (!s->secret_opens)
		return;
	s->secret_newest = zy_desk_is_newest(&d, &s->secret_why);
	zy_desk_close(&d);
}

static json_t *secret_json(const struct state *s)
{
	return !s->secret ? json_null()
			  : json_pack("{s:b, s:b, s:s?}", "opens", (int)s->secret_opens, "newest",
				(int)s->secret_newest, "because", s->secret_newest ? NULL : s->secret_why.msg);
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
	return true;
}

static void count_alarm(struct state *s, enum zy_alarm alarm)
{
	s->num_warnings += alarm != ZY_ALARM_NONE;
	if (alarm > s->worst)
		s->worst = alarm;
}

static void count_alarms(struct state *s)
{
	for (size_t i = 0; i < s->num_ends; i++)
		count_alarm(s, zy_end_alarm(&s->ends[i], s->alarm_days, s->now));
	for (size_t i = 0; i < s->measures.num; i++)
		count_alarm(s, s->measures.of[i].alarm);
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

static json_t *measures_json(const struct state *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->measures.num; i++) {
		const struct zy_measure *m = &s->measures.of[i];

		json_array_append_new(
		    all, json_pack("{s:s, s:s?, s:s?, s:I, s:s, s:s, s:s, s:s}", "name", m->name, "about", m->about,
			     "alarm", zy_alarm_name(m->alarm), "value", (json_int_t)m->value, "unit", m->unit, "en",
			     m->en, "zh", m->zh, "mend", m->mend));
	}
	return all;
}

static void print_measures(const struct state *s)
{
	for (size_t i = 0; i < s->measures.num; i++) {
		const struct zy_measure *m = &s->measures.of[i];

		if (m->alarm != ZY_ALARM_NONE)
			printf("%s: %s · %s\n  -> %s\n", zy_alarm_name(m->alarm), m->en, m->zh, m->mend);
	}
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
			printf("%s: %s cannot be used any more · 已不能使用\n", zy_alarm_name(alarm), name);
		else
			printf("%s: %s, %" PRId64 " days left · 剩余 %" PRId64 " 天\n", zy_alarm_name(alarm), name,
			    zy_end_days_left(e, s->now), zy_end_days_left(e, s->now));
		printf("  -> %s\n", e->mend);
	}
}

static void print_status(struct zy_cli *c, const struct state *s, json_t *tokens)
{
	const char *sample = s->identifier[0] == 0 ? NULL : s->fault == NULL ? "sound" : s->fault;

	if (c->json) {
		zy_cli_json(json_pack(
		    "{s:b, s:O, s:I, s:s?, s:s?, s:s?, s:s?, s:{s:b, s:I, s:I, s:s?, s:s?}, s:I, s:o, s:o, s:o}",
		    "ready", (int)s->ready, "tokens", tokens, "licences", (json_int_t)s->counts.licences, "trust_until",
		    or_null(s->trust_until), "sample", or_null(s->identifier), "sample_verdict", sample, "because",
		    s->because, "verifies", "bundle", (int)s->bundle, "anchors", (json_int_t)s->num_anchors, "types",
		    (json_int_t)s->num_types, "ofd", verdict(&s->ofd), "pdf", verdict(&s->pdf), "warnings",
		    (json_int_t)s->num_warnings, "ends", ends_json(s), "alarms", measures_json(s), "secret",
		    secret_json(s)));
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
		    s->secret_newest  ? "opens"
		    : s->secret_opens ? "opens, but NOT the newest: "
				      : "does NOT open: ",
		    s->secret_newest ? "" : s->secret_why.msg);
	print_ends(s);
	print_measures(s);
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

/* NONE: not asked for. */
static bool read_level(const char *text, enum zy_alarm *out, struct zy_error *err)
{
	*out = ZY_ALARM_NONE;
	for (enum zy_alarm l = ZY_ALARM_NOTICE; text != NULL && l <= ZY_ALARM_OVER; l++)
		if (strcmp(text, zy_alarm_name(l)) == 0)
			*out = l;
	return text == NULL || *out != ZY_ALARM_NONE ||
	       zy_fail(err, ZY_E_USAGE, "alarm", ZY_NOWHERE, "--alarm is notice, warning, urgent or over");
}

bool zy_cmd_status(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *level = NULL;
	const struct zy_option opts[] = {
		{ "alarm", "LEVEL", "exit 1 when an alarm of that level stands: notice, warning, urgent, over", &level,
		    NULL },
		ZY_SECRET_OPTION(c), { 0 }
	};
	enum zy_alarm asked;
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
	if (!read_level(level, &asked, err) || !zy_home_open(&h, c->home, &a, err) || !zy_hsm_open(&hsm, h.path, err))
		return false;
	s.alarm_days = h.alarm_days;
	tokens = json_array();
	ok = look_at_vault(c, &h, ask_tokens(c, &h, hsm, tokens), &s, &a, &why, err);
	look_at_secret(c, &h, &s);
	look_at_bundle(&h, &s, &a);
	ok = ok && look_at_ends(&h, hsm, &s, &a, err);
	count_alarms(&s);
	if (ok)
		print_status(c, &s, tokens);
	c->exit = !s.ready ? 69 : asked != ZY_ALARM_NONE && s.worst >= asked ? 1 : 0;
	json_decref(tokens);
	zy_hsm_close(hsm);
	return ok;
}
