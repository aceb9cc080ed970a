#include "next_root.h"

#include <unistd.h>

#include "generations.h"
#include "zy/kept.h"

#define LINK "root-link"

struct making {
	struct zy_next_root *n;
	enum zy_suite suite;
	unsigned before, next; /* generations */
	struct zy_cert_issuer old;
	struct zy_cert_facts facts; /* of old */
	struct zy_cert_subject subject;
};

static bool save(struct making *m, const char *path, struct zy_bytes der, struct zy_error *err)
{
	ZY_BUF_AUTO pem = { 0 };

	zy_cert_to_pem(der, &pem);
	return zy_buf_done(&pem, "certificate", err) && zy_kept_write(path, zy_buf_bytes(&pem), 0644, true, err) &&
	       zy_ceremony_say_file(
		   m->n->r, "根证书", "root certificate", path + strlen(m->n->d->home.path) + 1, der, err);
}

/* A file of a ceremony that was broken off is of that key, or is made again. */
static bool is_there(struct making *m, const char *path, const char *key, struct zy_bytes *der, struct zy_error *err)
{
	struct zy_arena *a = &m->n->d->arena;
	struct zy_error ignored = { 0 };
	struct zy_cert_facts facts;
	enum zy_key_kind kind;
	struct zy_bytes pem;
	uint8_t point[65];

	return access(path, F_OK) == 0 && zy_hsm_public(m->n->d->ca.hsm, key, &kind, point, err) &&
	       zy_kept_read(path, ZY_CEREMONY_RECORD_MAX, a, &pem, &ignored) &&
	       zy_cert_from_pem(pem, a, der, &ignored) && zy_cert_facts(*der, a, &facts, &ignored) &&
	       memcmp(facts.point, point, sizeof(point)) == 0;
}

/* What `by` says of a key under the roots' name. from, until: 0 are the profile's. */
static bool certify(struct making *m, const char *profile, const struct zy_cert_issuer *by, const char *key,
    zy_time from, zy_time until, const char *path, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_ca_desk *d = m->n->d;
	struct zy_cert_plan plan;

	if (path == NULL)
		return false;
	if (is_there(m, path, key, out, err))
		return save(m, path, *out, err);
	if (err->code != ZY_OK || !zy_cert_plan_for_key(&d->ca, profile, &m->subject, key, 0, m->n->r->now, &plan, err))
		return false;
	if (from != 0)
		plan.not_before = from;
	if (until != 0 && until < plan.not_after)
		plan.not_after = until;
	return zy_cert_issue(&d->ca, by, &plan, m->n->r->now, &d->arena, out, err) && save(m, path, *out, err);
}

static const char *path_of(struct making *m, unsigned of, unsigned by, struct zy_error *err)
{
	struct zy_home *h = &m->n->d->home;
	struct zy_arena *a = &m->n->d->arena;
	const char *s = zy_suite_name(m->suite);

	return of == by ? zy_home_path(h, a, err, "pki/root-%s~%u.pem", s, of)
			: zy_home_path(h, a, err, "pki/root-%s~%u.by~%u.pem", s, of, by);
}

/* The link from the old root comes first: it is refused before any key is used where the names differ. It ends when
 * that root does, by then everybody has the next one; the link for the old key lasts as long as that was to (RFC 4210
 * 4.4.1). */
static bool make_certificates(struct making *m, struct zy_error *err)
{
	struct zy_next_root *n = m->n;
	const char *key = n->of[m->suite].key;
	const struct zy_cert_issuer self = { .key = key };
	struct zy_cert_issuer next = { .key = key };

	const zy_time end = n->r->plan.until < m->facts.not_after ? n->r->plan.until : m->facts.not_after;

	if (!certify(
		m, LINK, &m->old, key, 0, end, path_of(m, m->next, m->before, err), &n->of[m->suite].by_before, err) ||
	    !certify(m, "root", &self, key, 0, 0, path_of(m, m->next, m->next, err), &next.cert, err) ||
	    !certify(m, LINK, &next, m->old.key, m->facts.not_before, m->facts.not_after,
		path_of(m, m->before, m->next, err), &n->of[m->suite].of_before, err))
		return false;
	n->of[m->suite].before = m->old.cert;
	n->of[m->suite].cert = next.cert;
	return true;
}

bool zy_next_root_make(struct zy_next_root *n, enum zy_suite s, struct zy_error *err)
{
	struct making m = { .n = n, .suite = s };
	struct zy_bytes alias;

	if (!zy_ca_desk_member(n->d, "root", s, &m.old, err) ||
	    !zy_cert_facts(m.old.cert, &n->d->arena, &m.facts, err) ||
	    !zy_generation_next(n->d->ca.hsm, m.old.key, &n->d->arena, &n->of[s].key, &m.next, err) ||
	    !zy_ceremony_say_key(n->r, n->of[s].key, err))
		return false;
	m.before = zy_key_generation(zy_str(m.old.key), &alias);
	m.subject = (struct zy_cert_subject){ n->d->policy.operator_name.zh, m.facts.common_name, m.facts.uscc };
	return make_certificates(&m, err);
}

/* ---- the bundle ---- */

static bool has(const struct zy_trust_cert *all, size_t num, struct zy_bytes der)
{
	for (size_t i = 0; i < num; i++)
		if (zy_bytes_equal(all[i].der, der))
			return true;
	return false;
}

/* The next root may do what the one before may, with the same limits, but for its dates. */
static void add_anchors(const struct zy_next_root *n, enum zy_suite s, struct zy_trust_cert *all, size_t *num)
{
	const zy_time until = n->r->plan.until;
	const size_t before = *num;

	if (has(all, *num, n->of[s].cert))
		return;
	for (size_t i = 0; i < before; i++) {
		struct zy_trust_cert next = all[i];

		if (!zy_bytes_equal(all[i].der, n->of[s].before))
			continue;
		next.der = n->of[s].cert;
		next.from = next.until = 0;
		all[(*num)++] = next;
		if (all[i].until == 0 || all[i].until > until)
			all[i].until = until;
	}
}

static void add_link(struct zy_trust_cert *all, size_t *num, struct zy_bytes der)
{
	if (!has(all, *num, der))
		all[(*num)++] = (struct zy_trust_cert){ .der = der };
}

bool zy_next_root_trust(const struct zy_next_root *n, struct zy_trust *t, struct zy_error *err)
{
	struct zy_arena *a = &n->d->arena;
	struct zy_trust_cert *anchors = zy_arena_array(a, 3 * t->num_anchors + 1, sizeof(*anchors), err);
	struct zy_trust_cert *others = zy_arena_array(a, t->num_intermediates + 4, sizeof(*others), err);

	if (anchors == NULL || others == NULL)
		return false;
	memcpy(anchors, t->anchors, t->num_anchors * sizeof(*anchors));
	if (t->num_intermediates > 0)
		memcpy(others, t->intermediates, t->num_intermediates * sizeof(*others));
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		if (n->of[s].key == NULL)
			continue;
		add_anchors(n, s, anchors, &t->num_anchors);
		add_link(others, &t->num_intermediates, n->of[s].by_before);
		add_link(others, &t->num_intermediates, n->of[s].of_before);
	}
	t->anchors = anchors;
	t->intermediates = others;
	return true;
}

bool zy_next_root_begin(const struct zy_next_root *n, struct zy_error *err)
{
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (n->of[s].key != NULL && !zy_hsm_life(n->d->ca.hsm, n->of[s].key, ZY_KEY_ACTIVATE, 0,
						(uint64_t)(n->r->plan.until - n->r->now), err))
			return false;
	return true;
}
