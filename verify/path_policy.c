/*
 * Certificate policies (RFC 5280 6.1), as the graph of RFC 9618: at each depth one node for each policy, so that a
 * path's work is bounded by what its certificates say, where the tree of RFC 5280 could double at each step.
 */
#include "path.h"

#include "zy/der.h"

#define NODES_MAX 128 /* at one depth */

static const uint8_t any_octets[] = { 0x55, 0x1d, 0x20, 0x00 };
static const struct zy_bytes any_policy = { any_octets, sizeof(any_octets) };

/* A node expects its own policy of the next certificate, or, when mapped, those in that certificate's mappings. */
struct node {
	struct zy_bytes policy;
	bool mapped;
	bool used; /* leads to the last depth */
	uint64_t parents[NODES_MAX / 64];
};
struct level {
	size_t num;
	struct node nodes[NODES_MAX];
	struct zy_bytes mappings; /* of the certificate of this depth */
};
struct graph {
	struct zy_path *p;
	struct level *levels; /* 0 is the anchor's */
	size_t depth;
	bool is_null;
	size_t explicit_policy, mapping, inhibit_any;
	bool overflow;
};

static bool is_any(struct zy_bytes oid)
{
	return zy_bytes_equal(oid, any_policy);
}

static struct node *find(struct level *l, struct zy_bytes policy)
{
	for (size_t i = 0; i < l->num; i++)
		if (zy_bytes_equal(l->nodes[i].policy, policy))
			return &l->nodes[i];
	return NULL;
}

static struct node *add(struct graph *g, struct level *l, struct zy_bytes policy)
{
	if (l->num == NODES_MAX) {
		g->overflow = true;
		return NULL;
	}
	l->nodes[l->num] = (struct node){ .policy = policy };
	return &l->nodes[l->num++];
}

static bool take_mapping(struct zy_reader *r, struct zy_bytes *from, struct zy_bytes *to)
{
	struct zy_error ignored = { 0 };
	struct zy_reader pair;

	return zy_reader_left(r) > 0 && zy_der_enter(r, ZY_DER_SEQUENCE, "policyMappings", &pair, &ignored) &&
	       zy_der_take(&pair, ZY_DER_OID, "issuerDomainPolicy", from, &ignored) &&
	       zy_der_take(&pair, ZY_DER_OID, "subjectDomainPolicy", to, &ignored);
}

static bool expects(const struct level *l, const struct node *n, struct zy_bytes policy)
{
	struct zy_reader r = zy_reader_over(l->mappings);
	struct zy_bytes from, to;

	if (!n->mapped)
		return zy_bytes_equal(n->policy, policy);
	while (take_mapping(&r, &from, &to))
		if (zy_bytes_equal(from, n->policy) && zy_bytes_equal(to, policy))
			return true;
	return false;
}

static void set_parent(struct node *n, size_t i)
{
	n->parents[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool has_parent(const struct node *n, size_t i)
{
	return (n->parents[i / 64] >> (i % 64) & 1) != 0;
}

/* A child of every node that expects the policy; NULL when none does. */
static struct node *add_expected(struct graph *g, struct level *above, struct level *here, struct zy_bytes policy)
{
	struct node *n = NULL;

	for (size_t i = 0; i < above->num; i++) {
		if (!expects(above, &above->nodes[i], policy))
			continue;
		if (n == NULL && (n = add(g, here, policy)) == NULL)
			return NULL;
		set_parent(n, i);
	}
	return n;
}

/* 6.1.3 (d) (1) */
static void add_stated(struct graph *g, struct level *above, struct level *here, struct zy_bytes policy)
{
	struct node *any = find(above, any_policy), *n;

	if (add_expected(g, above, here, policy) == NULL && any != NULL && (n = add(g, here, policy)) != NULL)
		set_parent(n, (size_t)(any - above->nodes));
}

/* 6.1.3 (d) (2): anyPolicy stands for all that is expected and not stated. */
static void add_by_any(struct graph *g, struct level *above, struct level *here)
{
	for (size_t i = 0; i < above->num; i++) {
		struct zy_reader r = zy_reader_over(above->mappings);
		struct zy_bytes from, to;

		if (!above->nodes[i].mapped && find(here, above->nodes[i].policy) == NULL)
			(void)add_expected(g, above, here, above->nodes[i].policy);
		while (above->nodes[i].mapped && take_mapping(&r, &from, &to))
			if (zy_bytes_equal(from, above->nodes[i].policy) && find(here, to) == NULL)
				(void)add_expected(g, above, here, to);
	}
}

static void add_level(struct graph *g, const struct zy_x509 *c, bool any_counts)
{
	struct level *above = &g->levels[g->depth - 1], *here = &g->levels[g->depth];
	struct zy_reader r = zy_reader_over(c->policies), info;
	struct zy_error ignored = { 0 };
	struct zy_bytes policy;
	bool any = false;

	while (zy_reader_left(&r) > 0) {
		if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "certificatePolicies", &info, &ignored) ||
		    !zy_der_take(&info, ZY_DER_OID, "policyIdentifier", &policy, &ignored))
			break;
		if (is_any(policy))
			any = true;
		else
			add_stated(g, above, here, policy);
	}
	if (any && any_counts)
		add_by_any(g, above, here);
	g->is_null = here->num == 0;
}

static void remove_node(struct level *l, struct node *n)
{
	*n = l->nodes[--l->num];
}

/* 6.1.4 (b) for one issuerDomainPolicy */
static void map_one(struct graph *g, struct level *here, struct zy_bytes from)
{
	struct node *n = find(here, from), *any = find(here, any_policy);

	if (g->mapping == 0) {
		if (n != NULL)
			remove_node(here, n);
		return;
	}
	if (n == NULL && any != NULL && (n = add(g, here, from)) != NULL)
		memcpy(n->parents, any->parents, sizeof(n->parents));
	if (n != NULL)
		n->mapped = true;
}

/* 6.1.4 (a) and (b) */
static void map_policies(struct graph *g, const struct zy_x509 *c, size_t cert)
{
	struct level *here = &g->levels[g->depth];
	struct zy_reader r = zy_reader_over(c->mappings);
	struct zy_bytes from, to;

	while (take_mapping(&r, &from, &to)) {
		if (is_any(from) || is_any(to)) {
			zy_path_fault(g->p, cert, "certificate-policy", "policyMappings", (size_t)(from.p - c->der.p),
			    "anyPolicy is mapped");
			return;
		}
		map_one(g, here, from);
	}
	here->mappings = c->mappings;
	g->is_null = g->is_null || here->num == 0;
}

static void lower_to(size_t *have, uint32_t limit)
{
	*have = limit < *have ? limit : *have;
}

static void prepare_next(struct graph *g, const struct zy_x509 *c, size_t cert)
{
	map_policies(g, c, cert);
	if (!zy_x509_is_self_issued(c)) {
		g->explicit_policy -= g->explicit_policy > 0;
		g->mapping -= g->mapping > 0;
		g->inhibit_any -= g->inhibit_any > 0;
	}
	lower_to(&g->explicit_policy, c->require_explicit);
	lower_to(&g->mapping, c->inhibit_mapping);
	lower_to(&g->inhibit_any, c->inhibit_any);
}

/* Which nodes lead to the last depth, from there upwards. */
static void mark_used(struct graph *g)
{
	for (size_t d = g->depth; d > 0; d--)
		for (size_t i = 0; i < g->levels[d].num; i++) {
			struct node *n = &g->levels[d].nodes[i];

			n->used = n->used || d == g->depth;
			for (size_t k = 0; n->used && k < g->levels[d - 1].num; k++)
				g->levels[d - 1].nodes[k].used |= has_parent(n, k);
		}
}

static bool is_asked(const struct zy_path_question *q, struct zy_bytes policy)
{
	for (size_t i = 0; i < q->num_policies; i++)
		if (zy_bytes_equal(q->policies[i], policy))
			return true;
	return false;
}

/* 6.1.5 (g): policies of the anchor's domain are those whose parent is anyPolicy. */
static bool has_asked(struct graph *g, const struct zy_path_question *q)
{
	if (g->is_null)
		return false;
	if (q->num_policies == 0 || find(&g->levels[g->depth], any_policy) != NULL)
		return true;
	mark_used(g);
	for (size_t d = 1; d <= g->depth; d++) {
		struct node *any = find(&g->levels[d - 1], any_policy);

		for (size_t i = 0; any != NULL && i < g->levels[d].num; i++)
			if (g->levels[d].nodes[i].used &&
			    has_parent(&g->levels[d].nodes[i], (size_t)(any - g->levels[d - 1].nodes)) &&
			    is_asked(q, g->levels[d].nodes[i].policy))
				return true;
	}
	return false;
}

static void step(struct graph *g, size_t i)
{
	const struct zy_x509 *c = g->p->certs[i];

	g->depth++;
	if ((c->has & ZY_HAS_POLICIES) == 0)
		g->is_null = true;
	if (!g->is_null)
		add_level(g, c, g->inhibit_any > 0 || (i > 0 && zy_x509_is_self_issued(c)));
	if (g->explicit_policy == 0 && g->is_null)
		zy_path_fault(g->p, i, "certificate-policy", "certificatePolicies", ZY_NOWHERE,
		    "a policy is required, and none is valid down to here");
	if (i > 0)
		prepare_next(g, c, i);
}

bool zy_path_check_policies(
    const struct zy_path_question *q, struct zy_path *p, struct zy_arena *a, struct zy_error *err)
{
	struct graph g = {
		.p = p, .explicit_policy = q->num_policies > 0 ? 0 : p->num, .mapping = p->num, .inhibit_any = p->num
	};
	bool any = q->num_policies > 0;

	for (size_t i = 0; i + 1 < p->num; i++)
		any = any || (p->certs[i]->has & (ZY_HAS_POLICY_CONSTRAINTS | ZY_HAS_MAPPINGS)) != 0;
	if (!any)
		return true; /* nobody requires a policy: the graph would decide nothing */
	if ((g.levels = zy_arena_array(a, p->num, sizeof(*g.levels), err)) == NULL)
		return false;
	(void)add(&g, &g.levels[0], any_policy);
	for (size_t i = p->num - 1; i-- > 0;)
		step(&g, i);
	g.explicit_policy -= g.explicit_policy > 0;
	if (p->certs[0]->require_explicit == 0)
		g.explicit_policy = 0;
	if (g.overflow)
		zy_path_fault(
		    p, 0, "certificate-policy", "certificatePolicies", ZY_NOWHERE, "over %d policies", NODES_MAX);
	else if (p->num > 1 && g.explicit_policy == 0 && !has_asked(&g, q))
		zy_path_fault(p, 0, "certificate-policy", "certificatePolicies", ZY_NOWHERE,
		    "no policy that is asked for is valid");
	return true;
}
