/*
 * Chains of our own documents: up to an anchor of the trust bundle, for one purpose. The path is judged without dates
 * and kept with the interval in which all of it is valid, so that an answer serves any `at`; only an `at` outside of it
 * is asked anew, for another path may serve then.
 */
#include "internal.h"

#include "path.h"

bool zy_chain_readable(struct zy_bytes der)
{
	struct zy_error ignored = { 0 };
	struct zy_public_key key;
	struct zy_x509 c;

	return zy_x509_parse(&c, der, &ignored) && c.fault.code == ZY_OK &&
	       zy_public_key_parse(c.spki, &key, &ignored) && key.kind != ZY_KEY_OTHER;
}

struct pool {
	struct zy_bytes anchors[ZY_PATH_POOL_MAX], others[ZY_PATH_POOL_MAX];
};

/* The question about `leaf`, with the bundle's anchors for the purpose and all other certificates at hand. */
static struct zy_path_question ask(struct pool *pool, const struct zy_trust *t, enum zy_purpose purpose,
    struct zy_bytes leaf, const struct zy_bytes *extra, size_t num_extra)
{
	struct zy_path_question q = { .anchors = pool->anchors,
		.others = pool->others,
		.leaf = leaf,
		.strict = true,
		.use = purpose == ZY_PURPOSE_TIMESTAMP ? ZY_USE_TIMESTAMP : ZY_USE_DOCUMENT };

	for (size_t i = 0; i < t->num_anchors && q.num_anchors < ZY_PATH_POOL_MAX; i++)
		if ((t->anchors[i].purposes & purpose) != 0)
			pool->anchors[q.num_anchors++] = t->anchors[i].der;
	for (size_t i = 0; i < t->num_intermediates && q.num_others < ZY_PATH_POOL_MAX; i++)
		pool->others[q.num_others++] = t->intermediates[i].der;
	for (size_t i = 0; i < num_extra && q.num_others < ZY_PATH_POOL_MAX; i++)
		pool->others[q.num_others++] = extra[i];
	return q;
}

static bool is_unknown(const struct zy_path *p)
{
	return p->num == 0 && p->num_faults > 0 && strcmp(p->faults[0].code, "no-chain") == 0;
}

/* A certificate that came along must chain too, else a change of it would go unseen. Beside a leaf of an authority that
 * we do not know it may be of one that we do not know either. */
static bool extra_verifies(struct zy_keys *k, struct zy_path_question q, const struct zy_path *chain,
    struct zy_bytes der, bool *good, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_path own;

	*good = false;
	for (size_t i = 0; i < chain->num && !*good; i++)
		*good = zy_bytes_equal(chain->certs[i]->der, der);
	if (*good)
		return true;
	q.leaf = der;
	q.use = ZY_USE_ANY;
	if (!zy_path_find(k, &q, &own, &a, err))
		return false;
	*good = own.num_faults == 0 || (is_unknown(chain) && is_unknown(&own));
	return true;
}

static bool judge_path(struct zy_keys *k, const struct zy_path_question *q, const struct zy_bytes *extra,
    size_t num_extra, struct zy_chain_answer *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_path path;
	bool good = true;

	if (!zy_path_find(k, q, &path, &a, err))
		return false;
	*out = (struct zy_chain_answer){ .not_before = path.not_before, .not_after = path.not_after };
	if (path.num_faults > 0) {
		out->code = path.faults[0].code;
		memcpy(out->detail, path.faults[0].detail, sizeof(out->detail));
	}
	for (size_t i = 0; good && i < num_extra; i++)
		if (!extra_verifies(k, *q, &path, extra[i], &good, err))
			return false;
	out->extras_good = good;
	return true;
}

/* Everything that the answer depends on. Lengths are hashed too, so that no two questions share a text. */
static bool question_id(const struct zy_trust *t, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, uint8_t id[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };
	ZY_BUF_AUTO head = { 0 };
	bool ok;

	zy_buf_put_be(&head, purpose, 4);
	for (size_t i = 0; i < t->num_anchors; i++) {
		zy_buf_put_be(&head, t->anchors[i].purposes, 4);
		zy_buf_put_be(&head, t->anchors[i].der.len, 4);
	}
	for (size_t i = 0; i < t->num_intermediates; i++)
		zy_buf_put_be(&head, t->intermediates[i].der.len, 4);
	zy_buf_put_be(&head, leaf.len, 4);
	for (size_t i = 0; i < num_extra; i++)
		zy_buf_put_be(&head, extra[i].len, 4);
	zy_buf_put_be(&head, t->num_anchors << 32 | t->num_intermediates, 8);
	ok = zy_buf_done(&head, "chain", err) && zy_hasher_start(&h, ZY_HASH_SHA256, err) &&
	     zy_hasher_add(&h, zy_buf_bytes(&head), err);
	for (size_t i = 0; ok && i < t->num_anchors; i++)
		ok = zy_hasher_add(&h, t->anchors[i].der, err);
	for (size_t i = 0; ok && i < t->num_intermediates; i++)
		ok = zy_hasher_add(&h, t->intermediates[i].der, err);
	ok = ok && zy_hasher_add(&h, leaf, err);
	for (size_t i = 0; ok && i < num_extra; i++)
		ok = zy_hasher_add(&h, extra[i], err);
	ok = ok && zy_hasher_final(&h, id, err);
	zy_hasher_free(&h);
	return ok;
}

bool zy_chain_ask(struct zy_keys *k, const struct zy_trust *trust, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, struct zy_chain_answer *out, struct zy_error *err)
{
	uint8_t id[ZY_HASH_LEN];
	struct zy_path_question q;
	struct pool pool;

	if (!question_id(trust, purpose, leaf, extra, num_extra, id, err))
		return false;
	if (zy_keys_get_chain(k, id, out))
		return true;
	q = ask(&pool, trust, purpose, leaf, extra, num_extra);
	q.any_time = true;
	if (!judge_path(k, &q, extra, num_extra, out, err))
		return false;
	zy_keys_put_chain(k, id, out);
	return true;
}

bool zy_chain_judge(struct zy_keys *k, const struct zy_trust *trust, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, zy_time at, struct zy_report *r, const char *field,
    struct zy_error *err)
{
	struct zy_path_question q;
	struct zy_chain_answer a;
	struct pool pool;

	if (trust == NULL) {
		zy_report_add(r, "trust-absent", "", ZY_NOWHERE, NULL);
		return true;
	}
	if (!zy_chain_ask(k, trust, purpose, leaf, extra, num_extra, &a, err))
		return false;
	if (a.code == NULL && (at < a.not_before || at > a.not_after)) {
		q = ask(&pool, trust, purpose, leaf, extra, num_extra);
		q.at = at;
		bool extras_good = a.extras_good;

		if (!judge_path(k, &q, NULL, 0, &a, err))
			return false;
		a.extras_good = extras_good;
	}
	if (a.code != NULL)
		zy_report_add(r, a.code, field, ZY_NOWHERE, "%s", a.detail);
	if (!a.extras_good)
		zy_report_add(r, "embedded-certificate-unverified", field, ZY_NOWHERE, NULL);
	return true;
}
