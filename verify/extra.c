#include "extra.h"

#include "zy/sm2.h"
#include "zy/x509.h"

static bool is_unknown(const struct zy_path *p)
{
	return p->num == 0 && p->num_faults > 0 && strcmp(p->faults[0].code, "no-chain") == 0;
}

/* Signed with its own key: nobody has changed it since. */
static bool is_own_root(struct zy_keys *k, struct zy_bytes der, bool *yes, struct zy_error *err)
{
	struct zy_value v = { .id = zy_sm2_id };
	struct zy_error why = { 0 };
	struct zy_x509 c;

	*yes = false;
	if (!zy_x509_parse(&c, der, &why) || !zy_x509_is_self_issued(&c) ||
	    !zy_sig_alg_parse(c.alg_outer, &v.alg, &why) || !zy_public_key_parse(c.spki, &v.key, &why))
		return true;
	v.message = c.tbs;
	v.signature = c.signature;
	return zy_value_verify(k, &v, yes, &why) || why.code == ZY_E_KEY ||
	       zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
}

/* Who anchors a path below its root, and got the root with it. */
static bool is_above(struct zy_keys *k, const struct zy_path *chain, struct zy_bytes der, const struct zy_bytes *extra,
    size_t num, bool *yes, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_path_question q = { .anchors = &der, .num_anchors = 1, .others = extra, .num_others = num };
	struct zy_path up;

	*yes = false;
	if (chain->num == 0)
		return true;
	if (!is_own_root(k, der, yes, err))
		return false;
	if (!*yes)
		return true;
	q.leaf = chain->certs[chain->num - 1]->der;
	q.any_time = true;
	if (!zy_path_find(k, &q, &up, &a, err))
		return false;
	*yes = up.num > 0;
	return true;
}

/* The same signature over something else, or another one over the same: a copy that was changed. */
static bool is_altered_copy(const struct zy_path *chain, const struct zy_x509 *c)
{
	for (size_t i = 0; i < chain->num; i++)
		if (zy_bytes_equal(chain->certs[i]->signature, c->signature) ||
		    zy_bytes_equal(chain->certs[i]->tbs, c->tbs))
			return true;
	return false;
}

static enum zy_extra kind_of_fault(const struct zy_path *chain, const struct zy_path *own, struct zy_bytes der)
{
	struct zy_error ignored = { 0 };
	struct zy_x509 c;

	if (!zy_x509_parse(&c, der, &ignored))
		return ZY_EXTRA_BAD;
	if (is_altered_copy(chain, &c))
		return ZY_EXTRA_ALTERED;
	return is_unknown(own) ? ZY_EXTRA_UNKNOWN : ZY_EXTRA_BAD;
}

static bool judge_one(struct zy_keys *k, struct zy_path_question q, const struct zy_path *chain, struct zy_bytes der,
    enum zy_extra *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_path own;

	*out = ZY_EXTRA_GOOD;
	for (size_t i = 0; i < chain->num; i++)
		if (zy_bytes_equal(chain->certs[i]->der, der))
			return true;
	q.leaf = der;
	q.use = ZY_USE_ANY;
	q.any_time = true;
	if (!zy_path_find(k, &q, &own, &a, err))
		return false;
	if (own.num_faults > 0 && !(is_unknown(chain) && is_unknown(&own)))
		*out = kind_of_fault(chain, &own, der);
	return true;
}

bool zy_extras_judge(struct zy_keys *k, const struct zy_path_question *q, const struct zy_path *chain,
    const struct zy_bytes *extra, size_t num, enum zy_extra *out, struct zy_error *err)
{
	*out = ZY_EXTRA_GOOD;
	for (size_t i = 0; i < num && *out != ZY_EXTRA_ALTERED; i++) {
		enum zy_extra one;
		bool above = false;

		if (!judge_one(k, *q, chain, extra[i], &one, err) ||
		    (one == ZY_EXTRA_UNKNOWN && !is_above(k, chain, extra[i], extra, num, &above, err)))
			return false;
		if (!above && one > *out)
			*out = one;
	}
	return true;
}
