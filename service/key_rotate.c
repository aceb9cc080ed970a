#include "key_rotate.h"

#include <unistd.h>

#include "generations.h"
#include "log_keys.h"
#include "seal_make.h"
#include "trust_home.h"
#include "zy/csr.h"
#include "zy/kept.h"
#include "zy/note.h"
#include "zy/ses.h"
#include "zy/trust_bundle.h"

#define CERT_MAX ((size_t)64 << 10)
#define DAY_S 86400
#define MAKER "pkcs11:token=zy-tpm;object=seal-maker"
#define MAKER_STEM "pki/seal-maker"

/* What a key is for, and where its certificates lie. */
struct place {
	const char *stem, *profile;
	const struct zy_seal_rule *rule; /* of a seal's SM2 key: a new SESeal as well */
	const char *issuer;              /* of a credential key, its credit code: a new trust bundle as well */
};

struct work {
	struct zy_ca_desk *d;
	struct zy_arena *a;
	zy_time now;
	struct place place;
	struct zy_home_key old;
	struct zy_cert_facts facts; /* of the old certificate */
	struct zy_bytes alias;      /* of the URI, without a generation */
	unsigned generation;        /* the new one */
	const char *uri;
	struct zy_bytes cert;
};

static bool place_of_seal(struct work *w, struct zy_error *err)
{
	const struct zy_policy *p = &w->d->policy;

	for (size_t i = 0; i < p->num_seals; i++) {
		const struct zy_seal_rule *rule = &p->seals[i];
		bool owner = zy_bytes_equal(w->alias, zy_str(rule->seal_key));

		if (!owner && !zy_bytes_equal(w->alias, zy_str(rule->document_key)))
			continue;
		w->place = (struct place){ .profile = owner ? "seal-owner" : "document", .rule = owner ? rule : NULL };
		w->place.stem = zy_arena_printf(w->a, err, "seals/%s/%s", rule->esID, owner ? "owner" : "document");
		return w->place.stem != NULL;
	}
	return false;
}

static bool place_of_credential(struct work *w, struct zy_error *err)
{
	const struct zy_home *h = &w->d->home;

	for (size_t i = 0; i < h->num_credential_signers; i++) {
		const struct zy_credential_signer *s = &h->credential_signers[i];

		if (!zy_bytes_equal(w->alias, zy_str(s->key)))
			continue;
		w->place = (struct place){ .profile = "credential", .issuer = s->issuer };
		return (w->place.stem = zy_home_stem(s->cert, w->a, err)) != NULL;
	}
	return false;
}

static bool find_place(struct work *w, struct zy_error *err)
{
	static const struct {
		const char *key;
		struct place place;
	} members[] = { { "pkcs11:token=zy-tpm;object=timestamp", { "pki/timestamp-gm", "time-stamp", NULL, NULL } },
		{ "pkcs11:token=zy-soft;object=timestamp", { "pki/timestamp-intl", "time-stamp", NULL, NULL } },
		{ "pkcs11:token=zy-tpm;object=ocsp", { "pki/ocsp-gm", "ocsp", NULL, NULL } },
		{ "pkcs11:token=zy-soft;object=ocsp", { "pki/ocsp-intl", "ocsp", NULL, NULL } },
		{ "pkcs11:token=zy-tpm;object=trust", { "pki/trust-gm", "trust", NULL, NULL } },
		{ "pkcs11:token=zy-soft;object=trust", { "pki/trust-intl", "trust", NULL, NULL } },
		{ MAKER, { MAKER_STEM, "seal-maker", NULL, NULL } } };

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (zy_bytes_equal(w->alias, zy_str(members[i].key))) {
			w->place = members[i].place;
			return true;
		}
	if (place_of_seal(w, err) || place_of_credential(w, err))
		return true;
	return zy_fail(err, ZY_E_KEY_USE, "key", ZY_NOWHERE,
	    "keys of authorities come from ceremonies, those of persons and devices are not rotated; see zhengyin key --help");
}

static bool make_generation(struct work *w, struct zy_error *err)
{
	return zy_generation_next(w->d->ca.hsm, w->old.uri, w->a, &w->uri, &w->generation, err);
}

/* PKCS#10 with the names of the old certificate, signed by the new key. */
static bool make_request(struct work *w, struct zy_buf *out, struct zy_error *err)
{
	struct zy_csr csr = { 0 };
	ZY_BUF_AUTO info = { 0 };
	enum zy_key_kind kind;
	uint8_t point[65], rs[64];

	if (!zy_cert_subject_name(w->old.cert, &csr.subject.der, err) ||
	    !zy_hsm_public(w->d->ca.hsm, w->uri, &kind, point, err))
		return false;
	csr.key = zy_spki_of_point(w->facts.suite, point);
	zy_csr_info_put(&info, &csr);
	if (!zy_buf_done(&info, "csr", err) || !zy_hsm_csr(w->d->ca.hsm, w->uri, zy_buf_bytes(&info), rs, err))
		return false;
	zy_csr_put(out, zy_buf_bytes(&info), w->facts.suite, rs);
	return zy_buf_done(out, "csr", err);
}

/* A profile that is not for requests is for keys of the operator's own, which we ask for their points. */
static bool ask(struct work *w, const struct zy_cert_profile *profile, struct zy_buf *csr, struct zy_cert_job *job,
    struct zy_error *err)
{
	const struct zy_cert_subject subject = { w->d->policy.operator_name.zh, w->facts.common_name, w->facts.uscc };

	if (!profile->request)
		return zy_cert_plan_for_key(&w->d->ca, w->place.profile, &subject, w->uri, 0, w->now, &job->plan, err);
	if (!make_request(w, csr, err))
		return false;
	job->wish = (struct zy_cert_wish){ .profile = w->place.profile, .csr = zy_buf_bytes(csr) };
	return true;
}

static bool issue(struct work *w, const char *path, struct zy_error *err)
{
	struct zy_cert_job job = { 0 };
	const struct zy_cert_profile *profile;
	struct zy_issuing *issuer;
	ZY_BUF_AUTO csr = { 0 };
	ZY_BUF_AUTO pem = { 0 };

	if (!zy_profile_find(&w->d->profiles, w->place.profile, &profile, err) || !ask(w, profile, &csr, &job, err) ||
	    (issuer = zy_ca_desk_issuer(w->d, profile, w->facts.suite, err)) == NULL)
		return false;
	if (!zy_cert_issue_many(issuer, &job, 1, 1, w->now, w->a, err))
		return false;
	if (job.err.code != ZY_OK) {
		*err = job.err;
		return false;
	}
	w->cert = job.entry.der;
	zy_cert_to_pem(w->cert, &pem);
	return zy_buf_done(&pem, "certificate", err) && zy_kept_write(path, zy_buf_bytes(&pem), 0644, true, err);
}

/* A file of an interrupted call is of the new key, or is made again. */
static bool have_certificate(struct work *w, const char *path, struct zy_error *err)
{
	struct zy_cert_facts facts;
	enum zy_key_kind kind;
	uint8_t point[65];
	struct zy_bytes pem;

	if (access(path, F_OK) != 0)
		return issue(w, path, err);
	if (!zy_kept_read(path, CERT_MAX, w->a, &pem, err) || !zy_cert_from_pem(pem, w->a, &w->cert, err) ||
	    !zy_cert_facts(w->cert, w->a, &facts, err) || !zy_hsm_public(w->d->ca.hsm, w->uri, &kind, point, err))
		return false;
	return memcmp(facts.point, point, sizeof(point)) == 0 || issue(w, path, err);
}

/* The seal's new owner stands in a new SESeal of the same version and kind of list. */
static bool remake_seal(struct work *w, struct zy_seal_desk *s, struct zy_error *err)
{
	const char *stem = zy_arena_printf(w->a, err, "seals/%s/seal", w->place.rule->esID);
	const char *path =
	    stem == NULL ? NULL : zy_home_generation(&w->d->home, stem, w->old.generation, "esl", w->a, err);
	struct zy_home_key maker;
	struct zy_bytes eseal;
	struct zy_seal seal;

	if (path == NULL || !zy_kept_read(path, ZY_SES_MAX, w->a, &eseal, err) || !zy_seal_parse(&seal, eseal, err) ||
	    !zy_home_key(&w->d->home, w->d->ca.hsm, MAKER, MAKER_STEM, w->a, &maker, err))
		return false;
	s->maker = (struct zy_seal_maker){ .key = maker.uri,
		.cert = maker.cert,
		.Vid = "zhengyin",
		.version = (unsigned)seal.info.version,
		.by_digest = seal.info.certListType != ZY_CERT_LIST_CERTS };
	return zy_seal_remake(s, w->place.rule, w->cert, w->generation, w->a, err);
}

static bool have_seal(struct work *w, struct zy_error *err)
{
	struct zy_seal_desk s = {
		.home = &w->d->home, .hsm = w->d->ca.hsm, .keys = w->d->ca.keys, .ca = &w->d->ca, .now = w->now
	};
	struct zy_faces *faces = NULL;
	bool ok;

	if (w->place.rule == NULL)
		return true;
	if (!zy_faces_open(&faces, w->d->home.font_regular, w->d->home.font_bold, err))
		return false;
	s.faces = faces;
	ok = remake_seal(w, &s, err);
	zy_faces_close(faces);
	return ok;
}

/* Verifiers must know the key before it signs: it stands in the next trust bundle, beside the one before it. */
static bool have_credential(struct work *w, struct zy_error *err)
{
	struct zy_trust_credential_key *keys, new = { .suite = w->facts.suite, .issuer = w->place.issuer };
	struct zy_trust t;

	if (w->place.issuer == NULL)
		return true;
	new.cert = w->cert;
	if (!zy_credential_kid(w->facts.suite, w->cert, new.kid, err) ||
	    !zy_trust_home_open(&w->d->home, w->d->ca.keys, w->now, w->a, &t, err))
		return false;
	for (size_t i = 0; i < t.num_credential_keys; i++)
		if (zy_bytes_equal(t.credential_keys[i].cert, w->cert))
			return true;
	if ((keys = zy_arena_array(w->a, t.num_credential_keys + 1, sizeof(*keys), err)) == NULL)
		return false;
	memcpy(keys, t.credential_keys, t.num_credential_keys * sizeof(*keys));
	keys[t.num_credential_keys++] = new;
	t.credential_keys = keys;
	return zy_trust_home_renew(&w->d->home, w->d->ca.hsm, &w->d->policy, w->now, ZY_TRUST_DAYS, w->a, &t, err);
}

/* A wrapping key has no certificate, and nobody but its vault knows of it. */
static bool rotate_wrapping(struct work *w, const char *key, struct zy_rotation *r, struct zy_error *err)
{
	if (!zy_hsm_current(w->d->ca.hsm, key, w->a, &w->old.uri, err) || !make_generation(w, err) ||
	    !zy_hsm_life(w->d->ca.hsm, w->uri, ZY_KEY_ACTIVATE, r->on, r->overlap_s, err))
		return false;
	r->before = w->old.uri;
	r->key = w->uri;
	r->wraps = true;
	return true;
}

/* An OCSP responder answers for each authority in service by a certificate of that one (RFC 6960 4.2.2.2). */
static bool have_responders(struct work *w, struct zy_error *err)
{
	const struct zy_generation *all;
	size_t num;

	if (strcmp(w->place.profile, "ocsp") != 0)
		return true;
	if (!zy_generations(w->d, w->facts.suite, &all, &num, err))
		return false;
	for (size_t i = 0; i < num; i++)
		if (zy_responder_path(&w->d->home, w->facts.suite, w->generation, all[i].n, w->a, err) == NULL &&
		    (err->code != ZY_OK || !zy_responder_certify(w->d, w->facts.suite, &all[i], w->uri,
					       w->facts.common_name, w->now, err)))
			return false;
	return true;
}

/* ---- the log's keys: without a certificate, in the trust bundle with their dates ---- */

#define LOG_LABEL "log"
static const struct {
	const char *alias, *token;
	enum zy_note_kind kind;
} logs[] = { { "pkcs11:token=zy-tpm;object=" LOG_LABEL, "zy-tpm", ZY_NOTE_SM2 },
	{ "pkcs11:token=zy-soft;object=" LOG_LABEL, "zy-soft", ZY_NOTE_ECDSA } };

/* Until when the bundle is to say that the key signs, once another takes over. */
static zy_time end_of(const struct zy_hsm_key *k, const struct zy_trust_note_key *l, zy_time over)
{
	zy_time end = k->state == ZY_KEY_ACTIVE        ? over
		      : k->state == ZY_KEY_COMPROMISED ? k->life.compromised
						       : k->life.until;

	if (l->until != 0 && l->until < end && k->state != ZY_KEY_ACTIVE)
		end = l->until;
	return end > l->from ? end : l->from + 1;
}

/* Those before the new one end in the bundle when they end in the token; the newest of them is the one before. */
static bool end_log_keys(
    struct work *w, const char *token, struct zy_trust_note_key *all, size_t num, zy_time over, struct zy_error *err)
{
	const struct zy_hsm_key *keys;
	unsigned newest = 0;
	size_t listed;

	if (!zy_hsm_list(w->d->ca.hsm, token, w->a, &keys, &listed, err))
		return false;
	for (size_t i = 0; i < listed; i++) {
		const char *uri = zy_arena_printf(w->a, err, "pkcs11:token=%s;object=%s", token, keys[i].label);
		struct zy_trust_note_key *entry;
		enum zy_key_kind kind;
		struct zy_bytes alias;
		uint8_t point[65];
		unsigned n = zy_key_generation(zy_str(keys[i].label), &alias);

		if (uri == NULL)
			return false;
		if (!zy_bytes_equal(alias, ZY_LITERAL(LOG_LABEL)) || keys[i].state == ZY_KEY_PLANNED ||
		    keys[i].state == ZY_KEY_DESTROYED)
			continue;
		if (!zy_hsm_public(w->d->ca.hsm, uri, &kind, point, err))
			return false;
		if ((entry = zy_log_key_entry(all, num, point)) != NULL)
			entry->until = end_of(&keys[i], entry, over);
		if (n > newest) {
			newest = n;
			w->old.uri = uri;
		}
	}
	return newest > 0 || zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "%s has no key of the log", token);
}

static bool name_log_key(struct work *w, enum zy_note_kind kind, const struct zy_trust *t,
    struct zy_trust_note_key *all, size_t *num, zy_time from, struct zy_error *err)
{
	struct zy_note_key own, key;
	enum zy_key_kind ignored;
	ZY_BUF_AUTO text = { 0 };
	struct zy_trust_note_key *entry;
	uint8_t point[65];

	if (!zy_hsm_public(w->d->ca.hsm, w->uri, &ignored, point, err) ||
	    !zy_note_key_parse(&own, zy_str(t->logs[0].key), err) ||
	    !zy_note_key_make(&key, zy_str(own.name), kind, ZY_BYTES(point, sizeof(point)), err))
		return false;
	if ((entry = zy_log_key_entry(all, *num, point)) == NULL)
		entry = &all[(*num)++];
	zy_note_key_encode(&key, &text);
	entry->from = from;
	entry->until = from + (zy_time)ZY_LOG_KEY_DAYS * DAY_S;
	return zy_buf_done(&text, "log", err) && (entry->key = zy_arena_text(w->a, zy_buf_bytes(&text), err)) != NULL;
}

/* Verifiers must know the new key before it signs: it stands in the next trust bundle from its day on. */
static bool rotate_log(struct work *w, size_t which, struct zy_rotation *r, struct zy_error *err)
{
	zy_time from = r->on == 0 ? w->now : r->on;
	struct zy_trust_note_key *all;
	struct zy_trust t;

	if (from < w->now)
		return zy_fail(err, ZY_E_KEY_STATE, "on", ZY_NOWHERE, "a key's first day lies in the future");
	if (!zy_trust_home_open(&w->d->home, w->d->ca.keys, w->now, w->a, &t, err) ||
	    (all = zy_arena_array(w->a, t.num_logs + 1, sizeof(*all), err)) == NULL)
		return false;
	if (t.num_logs == 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "log", ZY_NOWHERE, "the trust bundle names no log");
	memcpy(all, t.logs, t.num_logs * sizeof(*all));
	if (!end_log_keys(w, logs[which].token, all, t.num_logs, from + (zy_time)r->overlap_s, err) ||
	    !make_generation(w, err) || !name_log_key(w, logs[which].kind, &t, all, &t.num_logs, from, err))
		return false;
	t.logs = all;
	if (!zy_trust_home_renew(&w->d->home, w->d->ca.hsm, &w->d->policy, w->now, ZY_TRUST_DAYS, w->a, &t, err) ||
	    !zy_hsm_life(w->d->ca.hsm, w->uri, ZY_KEY_ACTIVATE, r->on, r->overlap_s, err))
		return false;
	r->before = w->old.uri;
	r->key = w->uri;
	r->bundle = t.version;
	return true;
}

bool zy_key_rotate(struct zy_ca_desk *d, const char *key, zy_time now, struct zy_rotation *r, struct zy_error *err)
{
	struct work w = { .d = d, .a = &d->arena, .now = now };
	struct zy_cert_facts facts;

	zy_key_generation(zy_str(key), &w.alias);
	r->secret = zy_bytes_equal(w.alias, zy_str(d->home.secret_key));
	if (r->secret || zy_bytes_equal(w.alias, zy_str(d->home.wrap_key)))
		return rotate_wrapping(&w, r->secret ? d->home.secret_key : d->home.wrap_key, r, err);
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++)
		if (zy_bytes_equal(w.alias, zy_str(logs[i].alias)))
			return rotate_log(&w, i, r, err);
	if (!find_place(&w, err) || !zy_home_key_last(&d->home, d->ca.hsm, key, w.place.stem, w.a, &w.old, err) ||
	    !zy_cert_facts(w.old.cert, w.a, &w.facts, err) || !make_generation(&w, err) ||
	    (r->cert = zy_home_generation(&d->home, w.place.stem, w.generation, "pem", w.a, err)) == NULL ||
	    !have_certificate(&w, r->cert, err) || !zy_cert_facts(w.cert, w.a, &facts, err) || !have_seal(&w, err) ||
	    !have_credential(&w, err) || !have_responders(&w, err) ||
	    !zy_hsm_life(d->ca.hsm, w.uri, ZY_KEY_ACTIVATE, r->on, r->overlap_s, err))
		return false;
	r->before = w.old.uri;
	r->key = w.uri;
	r->cert_end = facts.not_after;
	return true;
}
