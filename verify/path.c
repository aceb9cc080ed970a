/* Building: a search in depth from the leaf, over everything whose name fits and whose key verifies (RFC 4158). */
#include "path.h"

#include <stdarg.h>
#include <stdio.h>

#include "zy/sm2.h"

enum edge { EDGE_UNTRIED, EDGE_GOOD, EDGE_BAD, EDGE_UNKNOWN };

struct search {
	struct zy_keys *keys;
	const struct zy_path_question *q;
	struct zy_arena *a;
	struct zy_x509 *pool; /* anchors, then others; the leaf is last */
	size_t num_anchors, num;
	size_t room;    /* of the pool */
	uint8_t *edges; /* enum edge of child * room + issuer */
	size_t signatures, steps, checks;
	bool found, have_best, over_budget;
	struct zy_path now, *best;
	const char *why; /* when there is no path: a finding's code */
};

void zy_path_fault(
    struct zy_path *p, size_t cert, const char *code, const char *field, size_t offset, const char *format, ...)
{
	struct zy_path_fault *f;
	va_list ap;

	if (p->num_faults == ZY_PATH_FAULTS_MAX)
		return;
	f = &p->faults[p->num_faults++];
	*f = (struct zy_path_fault){ .code = code, .field = field, .cert = cert, .offset = offset };
	va_start(ap, format);
	vsnprintf(f->detail, sizeof(f->detail), format, ap);
	va_end(ap);
}

/* Unreadable certificates are of no use, and of no harm. */
static bool add(struct search *s, struct zy_bytes der)
{
	struct zy_error ignored = { 0 };

	if (!zy_x509_parse(&s->pool[s->num], der, &ignored))
		return false;
	for (size_t i = 0; i < s->num; i++)
		if (zy_bytes_equal(s->pool[i].der, der))
			return false;
	s->num++;
	return true;
}

static size_t at_most(size_t num)
{
	return num < ZY_PATH_POOL_MAX ? num : ZY_PATH_POOL_MAX;
}

static bool start(struct search *s, struct zy_error *err)
{
	const size_t anchors = at_most(s->q->num_anchors), others = at_most(s->q->num_others);

	s->room = anchors + others + 1;
	if ((s->pool = zy_arena_array(s->a, s->room, sizeof(*s->pool), err)) == NULL ||
	    (s->edges = zy_arena_array(s->a, s->room * s->room, 1, err)) == NULL)
		return false;
	for (size_t i = 0; i < anchors; i++)
		add(s, s->q->anchors[i]);
	s->num_anchors = s->num;
	for (size_t i = 0; i < others; i++)
		add(s, s->q->others[i]);
	return true;
}

static bool is_same_entity(const struct zy_x509 *a, const struct zy_x509 *b)
{
	return zy_bytes_equal(a->spki, b->spki) && zy_name_is_equal(a->subject, b->subject);
}

/* A hint that both sides state and that differs. */
static bool hints_differ(const struct zy_x509 *child, const struct zy_x509 *issuer)
{
	return child->authority_key_id.len > 0 && issuer->subject_key_id.len > 0 &&
	       !zy_bytes_equal(child->authority_key_id, issuer->subject_key_id);
}

static bool verify_edge(
    struct search *s, const struct zy_x509 *child, const struct zy_x509 *issuer, enum edge *out, struct zy_error *err)
{
	struct zy_value v = { .id = zy_sm2_id, .message = child->tbs, .signature = child->signature };
	struct zy_error why = { 0 };
	bool good = false;

	*out = EDGE_BAD;
	if (!zy_sig_alg_parse(child->alg_outer, &v.alg, &why) || v.alg.kind == ZY_KEY_OTHER ||
	    !zy_public_key_parse(issuer->spki, &v.key, &why) || v.key.kind == ZY_KEY_OTHER) {
		*out = EDGE_UNKNOWN;
		return true;
	}
	if (!zy_value_verify(s->keys, &v, &good, &why) && why.code != ZY_E_KEY)
		return zy_fail(err, why.code, why.field == NULL ? "" : why.field, why.offset, "%s", why.msg);
	*out = good ? EDGE_GOOD : EDGE_BAD;
	return true;
}

/* Did `issuer` sign `child`? Remembered, and bounded: what is over the budget was not. */
static bool ask_edge(
    struct search *s, const struct zy_x509 *child, const struct zy_x509 *issuer, enum edge *out, struct zy_error *err)
{
	uint8_t *edge = &s->edges[(size_t)(child - s->pool) * s->room + (size_t)(issuer - s->pool)];

	if (*edge == EDGE_UNTRIED) {
		*out = EDGE_BAD;
		if (s->signatures == ZY_PATH_SIGNATURES) {
			s->over_budget = true;
			return true;
		}
		s->signatures++;
		if (!verify_edge(s, child, issuer, out, err))
			return false;
		*edge = (uint8_t)*out;
	}
	*out = (enum edge) * edge;
	return true;
}

static bool in_path(const struct zy_path *p, const struct zy_x509 *c)
{
	for (size_t i = 0; i < p->num; i++)
		if (is_same_entity(p->certs[i], c))
			return true;
	return false;
}

static bool complete(struct search *s, struct zy_error *err)
{
	s->now.num_faults = 0;
	if (s->checks++ >= ZY_PATH_CHECKS) {
		s->over_budget = true;
		return true;
	}
	if (!zy_path_check(s->q, &s->now, s->a, err))
		return false;
	s->found = s->now.num_faults == 0;
	if (s->found || !s->have_best || s->now.num_faults < s->best->num_faults)
		*s->best = s->now;
	s->have_best = true;
	return true;
}

static bool extend(struct search *s, struct zy_error *err);

static bool try_issuer(struct search *s, const struct zy_x509 *child, size_t i, unsigned *seen, struct zy_error *err)
{
	const struct zy_x509 *issuer = &s->pool[i];
	enum edge edge;
	bool ok;

	if (s->steps++ >= ZY_PATH_STEPS) {
		s->over_budget = true;
		return true;
	}
	if (!ask_edge(s, child, issuer, &edge, err))
		return false;
	*seen |= 1u << edge;
	/* a name without its key is no issuer; whose key identifier differs too is just another of that name */
	if (edge == EDGE_BAD && hints_differ(child, issuer))
		*seen &= ~(1u << EDGE_BAD);
	if (edge != EDGE_GOOD)
		return true;
	s->now.certs[s->now.num++] = issuer;
	ok = i < s->num_anchors ? complete(s, err) : extend(s, err);
	s->now.num--;
	return ok;
}

static bool is_candidate(const struct search *s, const struct zy_x509 *child, size_t i, bool hinted)
{
	const struct zy_x509 *c = &s->pool[i];

	return hints_differ(child, c) != hinted && !in_path(&s->now, c) && zy_name_is_equal(child->issuer, c->subject);
}

/* Anchors first, then others; those that the key identifier speaks for before those that it speaks against. */
static bool extend(struct search *s, struct zy_error *err)
{
	const struct zy_x509 *child = s->now.certs[s->now.num - 1];
	unsigned seen = 0; /* bits of enum edge */

	if (s->now.num == ZY_PATH_MAX)
		return true;
	for (int hinted = 1; hinted >= 0; hinted--)
		for (size_t i = 0; i < s->num && !s->found; i++)
			if (is_candidate(s, child, i, hinted != 0) && !try_issuer(s, child, i, &seen, err))
				return false;
	/* what bears its own name may be the root of strangers */
	if ((seen & 1u << EDGE_GOOD) == 0 && seen != 0 && s->why == NULL && !zy_x509_is_self_issued(child))
		s->why = (seen & 1u << EDGE_BAD) != 0 ? "certificate-signature" : "certificate-algorithm";
	return true;
}

/* The leaf may itself be an anchor: whoever trusts it needs nobody else's word. */
static bool begin(struct search *s, const struct zy_x509 *leaf, struct zy_error *err)
{
	s->now = (struct zy_path){ .num = 1, .certs = { leaf } };
	for (size_t i = 0; i < s->num_anchors; i++)
		if (leaf == &s->pool[i])
			return complete(s, err);
	return extend(s, err);
}

static const struct zy_x509 *find_leaf(struct search *s)
{
	if (!add(s, s->q->leaf)) {
		for (size_t i = 0; i < s->num; i++)
			if (zy_bytes_equal(s->pool[i].der, s->q->leaf))
				return &s->pool[i];
		return NULL;
	}
	return &s->pool[s->num - 1];
}

bool zy_path_find(
    struct zy_keys *k, const struct zy_path_question *q, struct zy_path *out, struct zy_arena *a, struct zy_error *err)
{
	struct search s = { .keys = k, .q = q, .a = a, .best = out };
	const struct zy_x509 *leaf;

	*out = (struct zy_path){ .not_before = INT64_MIN, .not_after = ZY_TIME_NEVER };
	if (!start(&s, err))
		return false;
	if ((leaf = find_leaf(&s)) == NULL) {
		zy_path_fault(out, 0, "certificate-unreadable", "Certificate", ZY_NOWHERE, "the leaf cannot be read");
		return true;
	}
	if (!begin(&s, leaf, err))
		return false;
	s.over_budget = s.over_budget || q->num_anchors > ZY_PATH_POOL_MAX || q->num_others > ZY_PATH_POOL_MAX;
	if (s.over_budget && !s.found)
		zy_path_fault(out, 0, "path-work", "issuer", ZY_NOWHERE, "not every path was looked at");
	else if (!s.have_best)
		zy_path_fault(out, 0, s.why == NULL ? "no-chain" : s.why, "issuer", ZY_NOWHERE,
		    "none of its issuers, of %zu anchors and %zu other certificates, leads to an anchor", s.num_anchors,
		    s.num - s.num_anchors);
	return true;
}
