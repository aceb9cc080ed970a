#include "ends.h"

#include "processes.h"

#include <string.h>
#include <unistd.h>

#include "trust_home.h"
#include "zy/certificate.h"
#include "zy/kept.h"
#include "zy/judge.h"
#include "zy/note.h"
#include "zy/ses.h"

#define CERT_MAX ((size_t)64 << 10)
#define DAY_S 86400
#define MEND_TRUST "zhengyin trust renew"
#define MEND_ISSUING "zhengyin ceremony plan next-issuing --out PLAN; two officers approve it, then ceremony run"
#define MEND_ROOT "zhengyin ceremony plan next-root --until DAY --out PLAN; two officers approve it, then ceremony run"

const char *zy_alarm_name(enum zy_alarm alarm)
{
	static const char *const names[] = { [ZY_ALARM_NOTICE] = "notice",
		[ZY_ALARM_WARNING] = "warning",
		[ZY_ALARM_URGENT] = "urgent",
		[ZY_ALARM_OVER] = "over" };

	return names[alarm];
}

int64_t zy_end_days_left(const struct zy_end *e, zy_time now)
{
	int64_t left = e->until - now;

	return left >= 0 ? left / DAY_S : -((-left + DAY_S - 1) / DAY_S);
}

enum zy_alarm zy_end_alarm(const struct zy_end *e, const unsigned days[3], zy_time now)
{
	int64_t left;

	if (e->until < now)
		return ZY_ALARM_OVER;
	left = e->until - now;
	for (int i = 2; i > 0; i--)
		if (left < (int64_t)days[i] * DAY_S)
			return ZY_ALARM_NOTICE + (enum zy_alarm)i;
	return left < (int64_t)days[0] * DAY_S && left < (e->until - e->from) / 3 * 2 ? ZY_ALARM_NOTICE : ZY_ALARM_NONE;
}

struct token {
	const struct zy_hsm_key *keys;
	size_t num;
	bool answers;
};

struct work {
	const struct zy_home *h;
	struct zy_arena *a;
	zy_time now;
	struct token tokens[8]; /* as h->tokens */
	struct zy_end *ends;
	size_t num;
};

struct key {
	const char *label; /* without a generation */
	const char *name;  /* TOKEN/LABEL */
	const struct token *token;
};

static bool find_key(const struct work *w, const char *uri, struct key *out, struct zy_error *err)
{
	const char *token = strstr(uri, "token="), *label = strstr(uri, ";object=");
	int len;

	if (token == NULL || label == NULL)
		return zy_fail(err, ZY_E_KEY_URI, "key", ZY_NOWHERE, "%s is not of the form of our keys", uri);
	token += strlen("token=");
	len = (int)strcspn(token, ";");
	*out = (struct key){ .label = label + strlen(";object=") };
	out->name = zy_arena_printf(w->a, err, "%.*s/%s", len, token, out->label);
	for (size_t i = 0; i < w->h->num_tokens; i++)
		if (zy_bytes_equal(zy_str(w->h->tokens[i]), ZY_BYTES(token, (size_t)len)))
			out->token = &w->tokens[i];
	return out->name != NULL;
}

/* Until when that generation signs by its token; ZY_KEY_ALWAYS when it does not and will not. */
static zy_time signs_until(const struct key *k, unsigned generation)
{
	if (k->token == NULL || !k->token->answers)
		return ZY_TIME_NEVER;
	for (size_t i = 0; i < k->token->num; i++) {
		const struct zy_hsm_key *at = &k->token->keys[i];
		struct zy_bytes alias;

		if (zy_key_generation(zy_str(at->label), &alias) == generation &&
		    zy_bytes_equal(alias, zy_str(k->label)))
			return at->state == ZY_KEY_ACTIVE ||
				       (at->state == ZY_KEY_PLANNED && at->life.from != ZY_TIME_NEVER)
				   ? at->life.until
				   : ZY_KEY_ALWAYS;
	}
	return ZY_KEY_ALWAYS;
}

static unsigned newest_generation(const struct key *k)
{
	unsigned newest = 1;

	for (size_t i = 0; k->token != NULL && i < k->token->num; i++) {
		struct zy_bytes alias;
		unsigned n = zy_key_generation(zy_str(k->token->keys[i].label), &alias);

		if (n > newest && zy_bytes_equal(alias, zy_str(k->label)))
			newest = n;
	}
	return newest;
}

static bool read_certificate(struct work *w, const char *path, struct zy_cert_facts *out)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes pem, der;

	return zy_kept_read(path, CERT_MAX, w->a, &pem, &ignored) && zy_cert_from_pem(pem, w->a, &der, &ignored) &&
	       zy_cert_facts(der, w->a, out, &ignored);
}

static bool read_seal(struct work *w, const char *path, struct zy_end *out)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes eseal;
	struct zy_seal seal;

	if (!zy_kept_read(path, ZY_SES_MAX, w->a, &eseal, &ignored) || !zy_seal_parse(&seal, eseal, &ignored))
		return false;
	out->from = seal.info.validStart;
	out->until = seal.info.validEnd;
	return true;
}

static bool name_key(struct work *w, const struct key *k, unsigned generation, struct zy_end *out, struct zy_error *err)
{
	out->key = generation == 1 ? k->name : zy_arena_printf(w->a, err, "%s~%u", k->name, generation);
	return out->key != NULL;
}

/* The certificate of the key's generation that lasts longest, in HOME/STEM.pem or HOME/STEM~N.pem. */
static bool add_certificate(
    struct work *w, const char *uri, const char *stem, const char *mend, unsigned *generation, struct zy_error *err)
{
	struct zy_end best = { .what = "certificate", .until = ZY_KEY_ALWAYS, .mend = mend };
	unsigned newest;
	struct key k;

	if (stem == NULL || !find_key(w, uri, &k, err))
		return false;
	newest = newest_generation(&k);
	best.key = k.name;
	*generation = 1;
	for (unsigned n = 1;; n++) {
		const char *path = zy_home_generation(w->h, stem, n, "pem", w->a, err);
		zy_time until = signs_until(&k, n);
		struct zy_cert_facts facts;

		if (path == NULL)
			return false;
		if (n == 1)
			best.file = path + strlen(w->h->path) + 1;
		if (n > newest && access(path, F_OK) != 0)
			break;
		if (until == ZY_KEY_ALWAYS || !read_certificate(w, path, &facts))
			continue;
		until = facts.not_after < until ? facts.not_after : until;
		if (until < best.until)
			continue;
		best.from = facts.not_before;
		best.until = until;
		best.file = path + strlen(w->h->path) + 1;
		*generation = n;
		if (!name_key(w, &k, n, &best, err))
			return false;
	}
	if (mend == NULL && (best.mend = zy_arena_printf(w->a, err, "zhengyin key rotate %s", k.name)) == NULL)
		return false;
	w->ends[w->num++] = best;
	return true;
}

static bool add_authorities(struct work *w, struct zy_error *err)
{
	static const struct {
		const char *label, *mend; /* NULL: its key is rotated */
	} names[] = { { "root", MEND_ROOT }, { "issuing", MEND_ISSUING }, { "trust", NULL }, { "timestamp", NULL },
		{ "ocsp", NULL } };
	unsigned generation;

	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			/* a root is off line: its certificate says all */
			const char *token = s == ZY_SUITE_GM ? (i == 0 ? ZY_TOKEN_ROOT_TPM : ZY_TOKEN_TPM)
							     : (i == 0 ? ZY_TOKEN_ROOT : ZY_TOKEN_SOFT),
				   *uri =
				       zy_arena_printf(w->a, err, "pkcs11:token=%s;object=%s", token, names[i].label);

			if (uri == NULL ||
			    !add_certificate(w, uri,
				zy_arena_printf(w->a, err, "pki/%s-%s", names[i].label, zy_suite_name(s)),
				names[i].mend, &generation, err))
				return false;
		}
	if (!add_certificate(w, "pkcs11:token=zy-tpm;object=seal-maker", "pki/seal-maker", NULL, &generation, err))
		return false;
	for (size_t i = 0; i < w->h->num_credential_signers; i++) {
		const struct zy_credential_signer *s = &w->h->credential_signers[i];

		if (!add_certificate(w, s->key, zy_home_stem(s->cert, w->a, err), NULL, &generation, err))
			return false;
	}
	return true;
}

/* Its two certificates, and the seal itself: its dates are those of its rule, which two officers change. */
static bool add_seal(struct work *w, const struct zy_seal_rule *rule, struct zy_error *err)
{
	struct zy_end seal = { .what = "seal", .until = ZY_KEY_ALWAYS };
	const char *stem = zy_arena_printf(w->a, err, "seals/%s/seal", rule->esID);
	unsigned owner, document;
	const char *path;
	struct key k;

	if (stem == NULL || (path = zy_home_generation(w->h, stem, 1, "esl", w->a, err)) == NULL)
		return false;
	if (access(path, F_OK) != 0 || (rule->retired.at != 0 && w->now >= rule->retired.at))
		return true;
	if (!add_certificate(
		w, rule->seal_key, zy_arena_printf(w->a, err, "seals/%s/owner", rule->esID), NULL, &owner, err) ||
	    !add_certificate(w, rule->document_key, zy_arena_printf(w->a, err, "seals/%s/document", rule->esID), NULL,
		&document, err) ||
	    (path = zy_home_generation(w->h, stem, owner, "esl", w->a, err)) == NULL ||
	    !find_key(w, rule->seal_key, &k, err) || !name_key(w, &k, owner, &seal, err))
		return false;
	seal.file = path + strlen(w->h->path) + 1;
	seal.mend = zy_arena_printf(w->a, err,
	    "zhengyin approve request rules FILE ..., with a later valid_to; then zhengyin key rotate %s", k.name);
	if (!read_seal(w, path, &seal))
		seal.until = ZY_KEY_ALWAYS;
	w->ends[w->num++] = seal;
	return seal.mend != NULL;
}

/* The newest generation that signs or has a day on which it will; 0: none, or the token does not answer. */
static unsigned signing_generation(const struct key *k)
{
	unsigned newest = newest_generation(k);

	if (!k->token->answers)
		return 0;
	while (newest > 0 && signs_until(k, newest) == ZY_KEY_ALWAYS)
		newest--;
	return newest;
}

/* The entry of the home's own log that lasts longest, of one kind. */
static bool find_log(const struct zy_trust *t, enum zy_note_kind kind, struct zy_end *out)
{
	struct zy_note_key own, key;
	bool found = false;

	for (size_t i = 0; i < t->num_logs; i++) {
		const struct zy_trust_note_key *l = &t->logs[i];
		struct zy_error ignored = { 0 };
		zy_time until = l->until == 0 ? ZY_TIME_NEVER : l->until;

		if (!zy_note_key_parse(&key, zy_str(l->key), &ignored))
			return false;
		if (i == 0)
			own = key;
		if (key.kind != kind || strcmp(key.name, own.name) != 0 || (found && until <= out->until))
			continue;
		out->from = l->from != 0 ? l->from : t->issued_at;
		out->until = until;
		found = true;
	}
	return found;
}

/* A key of the log ends as the trust bundle says: what it signs later no verifier counts. */
static bool add_log(struct work *w, const struct zy_trust *t, enum zy_suite suite, struct zy_error *err)
{
	struct zy_end end = { .what = "log-key" };
	unsigned generation;
	struct key k;

	if (!find_log(t, suite == ZY_SUITE_GM ? ZY_NOTE_SM2 : ZY_NOTE_ECDSA, &end) || end.until == ZY_TIME_NEVER)
		return true;
	if (!find_key(w,
		suite == ZY_SUITE_GM ? "pkcs11:token=" ZY_TOKEN_TPM ";object=log"
				     : "pkcs11:token=" ZY_TOKEN_SOFT ";object=log",
		&k, err))
		return false;
	generation = k.token == NULL ? 0 : signing_generation(&k);
	if (generation == 0 && k.token != NULL && k.token->answers)
		end.until = ZY_KEY_ALWAYS;
	end.mend = zy_arena_printf(w->a, err, "zhengyin key rotate %s", k.name);
	if (end.mend == NULL || !name_key(w, &k, generation == 0 ? 1 : generation, &end, err))
		return false;
	w->ends[w->num++] = end;
	return true;
}

static bool add_logs(struct work *w, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_trust t;

	return !zy_trust_home_read(w->h, w->a, &t, &ignored) ||
	       (add_log(w, &t, ZY_SUITE_GM, err) && add_log(w, &t, ZY_SUITE_INTL, err));
}

static void add_bundle(struct work *w)
{
	struct zy_end *e = &w->ends[w->num++];
	struct zy_error ignored = { 0 };
	struct zy_trust t;

	*e = (struct zy_end){
		.what = "trust-bundle", .file = "trust/bundle.json", .until = ZY_KEY_ALWAYS, .mend = MEND_TRUST
	};
	if (zy_trust_home_read(w->h, w->a, &t, &ignored)) {
		e->from = t.issued_at;
		e->until = t.next_update;
	}
}

bool zy_ends_collect(const struct zy_home *h, const struct zy_policy *policy, struct zy_hsm *hsm, zy_time now,
    struct zy_arena *a, const struct zy_end **ends, size_t *num, struct zy_error *err)
{
	struct work w = { .h = h, .a = a, .now = now };

	w.ends = zy_arena_array(a, 14 + h->num_credential_signers + 3 * policy->num_seals, sizeof(*w.ends), err);
	if (w.ends == NULL)
		return false;
	for (size_t i = 0; i < h->num_tokens; i++) {
		struct zy_error why = { 0 };

		w.tokens[i].answers = zy_hsm_list(hsm, h->tokens[i], a, &w.tokens[i].keys, &w.tokens[i].num, &why);
	}
	add_bundle(&w);
	if (!add_authorities(&w, err) || !add_logs(&w, err))
		return false;
	for (size_t i = 0; i < policy->num_seals; i++)
		if (!add_seal(&w, &policy->seals[i], err))
			return false;
	*ends = w.ends;
	*num = w.num;
	return true;
}
