/*
 * Chains of our own documents: up to an anchor of the trust bundle, for one purpose. The path is judged without dates
 * and kept with the interval in which all of it is valid, so that an answer serves any `at`; only an `at` outside of it
 * is asked anew, for another path may serve then.
 */
#include "internal.h"

#include "extra.h"
#include "revocation.h"

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
	struct zy_trust_scope scope;
	char code[19]; /* of scope.issuer, when it is the leaf's own */
};

/* The leaf is looked into only where some anchor asks whose it is. */
static void set_scope(struct pool *pool, const struct zy_trust *t, const struct zy_chain_question *w)
{
	bool asked = false;

	pool->scope = w->scope;
	for (size_t i = 0; i < t->num_anchors; i++)
		asked = asked || t->anchors[i].num_issuers > 0;
	if (asked && pool->scope.issuer == NULL && zy_cert_credit_code(w->leaf, pool->code))
		pool->scope.issuer = pool->code;
}

/* Adds the bundle's anchors for the purpose that may vouch for it, or those that may not. */
static void add_anchors(struct pool *pool, const struct zy_trust *t, const struct zy_chain_question *w, zy_time at,
    bool may, struct zy_path_question *q)
{
	for (size_t i = 0; i < t->num_anchors && q->num_anchors < ZY_PATH_POOL_MAX; i++)
		if ((t->anchors[i].purposes & w->purposes) != 0 &&
		    (zy_trust_vouches(&t->anchors[i], &pool->scope, at) == ZY_VOUCHES) == may)
			pool->anchors[q->num_anchors++] = t->anchors[i].der;
}

/* The question about the leaf, with the anchors that may vouch for it and all other certificates at hand. at:
 * ZY_TIME_NEVER: at any time. */
static struct zy_path_question ask(
    struct pool *pool, const struct zy_trust *t, const struct zy_chain_question *w, zy_time at)
{
	struct zy_path_question q = { .anchors = pool->anchors,
		.others = pool->others,
		.leaf = w->leaf,
		.strict = true,
		.at = at,
		.any_time = at == ZY_TIME_NEVER,
		.use = w->purposes == ZY_PURPOSE_TIMESTAMP ? ZY_USE_TIMESTAMP : ZY_USE_DOCUMENT };

	set_scope(pool, t, w);
	add_anchors(pool, t, w, at, true, &q);
	for (size_t i = 0; i < t->num_intermediates && q.num_others < ZY_PATH_POOL_MAX; i++)
		pool->others[q.num_others++] = t->intermediates[i].der;
	for (size_t i = 0; i < w->num_extra && q.num_others < ZY_PATH_POOL_MAX; i++)
		pool->others[q.num_others++] = w->extra[i];
	return q;
}

/* The entry of the anchor where the path ends that may (may not) vouch for it. */
static const struct zy_trust_cert *entry_of(const struct pool *pool, const struct zy_trust *t,
    const struct zy_chain_question *w, zy_time at, bool may, const struct zy_path *p)
{
	for (size_t i = 0; i < t->num_anchors; i++)
		if ((t->anchors[i].purposes & w->purposes) != 0 &&
		    zy_bytes_equal(t->anchors[i].der, p->certs[p->num - 1]->der) &&
		    (zy_trust_vouches(&t->anchors[i], &pool->scope, at) == ZY_VOUCHES) == may)
			return &t->anchors[i];
	return NULL;
}

/* What is found under limited anchors only has this fault before all others. */
static void tell_limit(
    const struct pool *pool, const struct zy_trust *t, const struct zy_chain_question *w, zy_time at, struct zy_path *p)
{
	const struct zy_trust_cert *anchor = entry_of(pool, t, w, at, false, p);
	const bool licence = pool->scope.type != NULL;
	const char *code = licence ? "anchor-issuer-not-allowed" : "anchor-not-for-documents",
		   *detail = "the anchor is limited to signers of certain offices";

	if (anchor == NULL)
		return;
	switch (zy_trust_vouches(anchor, &pool->scope, at)) {
	case ZY_VOUCHES_NOT_THEN:
		code = "anchor-dates";
		detail = "the trust bundle says from when and until when";
		break;
	case ZY_VOUCHES_NOT_FOR_TYPE:
		code = licence ? "anchor-type-not-allowed" : code;
		detail = "the anchor is limited to certain types of licences";
		break;
	case ZY_VOUCHES_NOT_FOR_ISSUER:
	case ZY_VOUCHES:
		break;
	}
	p->num_faults = 0;
	zy_path_fault(p, p->num - 1, code, "anchors", ZY_NOWHERE, "%s", detail);
}

/* The path of *q. Where those that may vouch for it lead nowhere, it is said why others may not. */
static bool find(struct zy_keys *k, struct pool *pool, const struct zy_trust *t, const struct zy_chain_question *w,
    struct zy_path_question *q, struct zy_path *out, struct zy_arena *a, struct zy_error *err)
{
	const size_t num = q->num_anchors;
	struct zy_path limited;

	if (!zy_path_find(k, q, out, a, err))
		return false;
	if (out->num > 0)
		return true;
	add_anchors(pool, t, w, q->at, false, q);
	if (q->num_anchors == num)
		return true;
	if (!zy_path_find(k, q, &limited, a, err))
		return false;
	if (limited.num == 0)
		return true;
	*out = limited;
	tell_limit(pool, t, w, q->at, out);
	return true;
}

/* num_extra: how many of those that came along must verify, too. */
static bool judge_path(struct zy_keys *k, const struct zy_trust *t, const struct zy_chain_question *w, zy_time at,
    size_t num_extra, struct zy_chain_answer *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_trust_cert *anchor;
	struct pool pool;
	struct zy_path_question q = ask(&pool, t, w, at);
	struct zy_path path;

	if (!find(k, &pool, t, w, &q, &path, &a, err))
		return false;
	*out = (struct zy_chain_answer){ .not_before = path.not_before, .not_after = path.not_after };
	if (path.num > 0 && (anchor = entry_of(&pool, t, w, at, true, &path)) != NULL) {
		out->not_before = anchor->from > out->not_before ? anchor->from : out->not_before;
		out->not_after = anchor->until != 0 && anchor->until < out->not_after ? anchor->until : out->not_after;
	}
	if (path.num_faults > 0) {
		out->code = path.faults[0].code;
		memcpy(out->detail, path.faults[0].detail, sizeof(out->detail));
	}
	return zy_extras_judge(k, &q, &path, w->extra, num_extra, &out->extras, err);
}

/* Everything that the answer depends on. Lengths are hashed too, so that no two questions share a text. */
static void put_question(const struct zy_trust *t, const struct zy_chain_question *w, struct zy_buf *out)
{
	struct pool pool;

	set_scope(&pool, t, w);
	zy_buf_put_be(out, w->purposes, 4);
	zy_buf_put_be(out, pool.scope.type != NULL, 1);
	for (size_t i = 0; i < t->num_anchors; i++) {
		zy_buf_put_be(out, t->anchors[i].purposes, 4);
		zy_buf_put_be(out, t->anchors[i].der.len, 4);
		zy_buf_put_be(out, zy_trust_vouches(&t->anchors[i], &pool.scope, ZY_TIME_NEVER), 1);
		zy_buf_put_be(out, (uint64_t)t->anchors[i].from, 8);
		zy_buf_put_be(out, (uint64_t)t->anchors[i].until, 8);
	}
	for (size_t i = 0; i < t->num_intermediates; i++)
		zy_buf_put_be(out, t->intermediates[i].der.len, 4);
	zy_buf_put_be(out, w->leaf.len, 4);
	for (size_t i = 0; i < w->num_extra; i++)
		zy_buf_put_be(out, w->extra[i].len, 4);
	zy_buf_put_be(out, t->num_anchors << 32 | t->num_intermediates, 8);
}

static bool question_id(
    const struct zy_trust *t, const struct zy_chain_question *w, uint8_t id[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };
	ZY_BUF_AUTO head = { 0 };
	bool ok;

	put_question(t, w, &head);
	ok = zy_buf_done(&head, "chain", err) && zy_hasher_start(&h, ZY_HASH_SHA256, err) &&
	     zy_hasher_add(&h, zy_buf_bytes(&head), err);
	for (size_t i = 0; ok && i < t->num_anchors; i++)
		ok = zy_hasher_add(&h, t->anchors[i].der, err);
	for (size_t i = 0; ok && i < t->num_intermediates; i++)
		ok = zy_hasher_add(&h, t->intermediates[i].der, err);
	ok = ok && zy_hasher_add(&h, w->leaf, err);
	for (size_t i = 0; ok && i < w->num_extra; i++)
		ok = zy_hasher_add(&h, w->extra[i], err);
	ok = ok && zy_hasher_final(&h, id, err);
	zy_hasher_free(&h);
	return ok;
}

bool zy_chain_ask(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w,
    struct zy_chain_answer *out, struct zy_error *err)
{
	uint8_t id[ZY_HASH_LEN];

	if (!question_id(trust, w, id, err))
		return false;
	if (zy_keys_get_chain(k, id, out))
		return true;
	if (!judge_path(k, trust, w, ZY_TIME_NEVER, w->num_extra, out, err))
		return false;
	zy_keys_put_chain(k, id, out);
	return true;
}

bool zy_chain_ask_at(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w, zy_time at,
    struct zy_chain_answer *out, struct zy_error *err)
{
	struct zy_chain_answer a;

	if (!zy_chain_ask(k, trust, w, out, err))
		return false;
	if (out->code != NULL || (at >= out->not_before && at <= out->not_after))
		return true;
	if (!judge_path(k, trust, w, at, 0, &a, err))
		return false;
	a.extras = out->extras;
	*out = a;
	return true;
}

/* A bundle's anchors do not vouch for whom a senior bundle speaks. */
static void judge_seniors(const struct zy_trust *trust, struct zy_bytes leaf, const char *field, struct zy_report *r)
{
	char code[19];

	if (trust->num_seniors > 0 && zy_cert_credit_code(leaf, code) && zy_trust_is_seniors(trust, code))
		zy_report_add(r, "issuer-of-another-bundle", field, ZY_NOWHERE, NULL);
}

static void tell_extras(enum zy_extra extras, const char *field, struct zy_report *r)
{
	if (extras != ZY_EXTRA_GOOD)
		zy_report_add(r,
		    extras >= ZY_EXTRA_BAD ? "embedded-certificate-unverified" : "embedded-certificate-unknown", field,
		    ZY_NOWHERE, NULL);
}

bool zy_chain_check(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w,
    struct zy_report *r, struct zy_error *err)
{
	struct zy_chain_answer a;

	if (!zy_chain_ask_at(k, trust, w, w->existed, &a, err))
		return false;
	if (a.code != NULL)
		zy_report_add(r, a.code, w->field, ZY_NOWHERE, "%s", a.detail);
	judge_seniors(trust, w->leaf, w->field, r);
	if (!w->extra_free || a.extras == ZY_EXTRA_ALTERED)
		tell_extras(a.extras, w->field, r);
	return true;
}

bool zy_chain_judge(struct zy_keys *k, const struct zy_trust *trust, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, zy_time at, struct zy_report *r, const char *field,
    struct zy_error *err)
{
	const struct zy_chain_question w = { .purposes = purpose,
		.leaf = leaf,
		.extra = extra,
		.num_extra = num_extra,
		.existed = at,
		.field = field,
		.scope = { .any = true } };

	if (trust != NULL)
		return zy_chain_check(k, trust, &w, r, err);
	zy_report_add(r, "trust-absent", "", ZY_NOWHERE, NULL);
	return true;
}

struct sources {
	struct zy_bytes crls[ZY_REVOCATION_LISTS], answers[ZY_REVOCATION_LISTS];
	struct zy_revocation q;
};

static void add_sources(struct zy_bytes *to, size_t *num, const struct zy_bytes *from, size_t count)
{
	for (size_t i = 0; i < count && *num < ZY_REVOCATION_LISTS; i++)
		to[(*num)++] = from[i];
}

/* What the caller brought is as old as it says; what came with the document is no younger than its proof. */
static void gather(struct sources *s, const struct zy_case *c, const struct zy_chain_question *w)
{
	const struct zy_evidence *e = w->evidence;

	s->q = (struct zy_revocation){ .crls = s->crls, .answers = s->answers, .at = w->existed, .until = c->at };
	add_sources(s->crls, &s->q.num_crls, c->trust->crls, c->trust->num_crls);
	add_sources(s->answers, &s->q.num_answers, c->trust->answers, c->trust->num_answers);
	if (e == NULL)
		return;
	if (s->q.num_crls + s->q.num_answers == 0 && e->until > w->existed && e->until < c->at)
		s->q.until = e->until;
	add_sources(s->crls, &s->q.num_crls, e->crls, e->num_crls);
	add_sources(s->answers, &s->q.num_answers, e->answers, e->num_answers);
}

/* The status of a good path; of any other one nothing is to be told. */
static bool judge_status(struct zy_case *c, const struct zy_chain_question *w, struct sources *s, struct zy_error *err)
{
	struct pool pool;
	struct zy_path_question q = ask(&pool, c->trust, w, w->existed);
	struct zy_path path;

	s->q.others = pool.others;
	s->q.num_others = q.num_others;
	if (!zy_path_find(c->keys, &q, &path, c->work, err))
		return false;
	if (path.num_faults > 0)
		return true;
	if (!zy_path_check_status(c->keys, &s->q, &path, c->work, err))
		return false;
	for (size_t i = 0; i < path.num_faults; i++)
		zy_report_add(c->r, path.faults[i].code, w->field, ZY_NOWHERE, "certificate %zu of %zu: %s",
		    path.faults[i].cert + 1, path.num, path.faults[i].detail);
	return true;
}

bool zy_case_chain(struct zy_case *c, const struct zy_chain_question *asked, struct zy_error *err)
{
	struct zy_chain_question w = *asked;
	struct sources s;

	if (c->trust == NULL)
		return true;
	w.scope.type = zy_case_type(c);
	gather(&s, c, &w);
	if (!zy_chain_check(c->keys, c->trust, &w, c->r, err))
		return false;
	if (s.q.num_crls + s.q.num_answers > 0)
		return judge_status(c, &w, &s, err);
	zy_report_add(c->r, "revocation-not-checked", "", ZY_NOWHERE, NULL);
	return true;
}

bool zy_chain_find(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w, size_t num_own,
    struct zy_path *out, struct zy_report *r, struct zy_arena *a, struct zy_error *err)
{
	struct pool pool;
	struct zy_path_question q = ask(&pool, trust, w, w->existed);
	enum zy_extra extras;

	if (!find(k, &pool, trust, w, &q, out, a, err))
		return false;
	if (out->num_faults > 0)
		zy_report_add(r, out->faults[0].code, w->field, ZY_NOWHERE, "%s", out->faults[0].detail);
	judge_seniors(trust, w->leaf, w->field, r);
	q.any_time = true;
	if (!zy_extras_judge(k, &q, out, w->extra, num_own, &extras, err))
		return false;
	tell_extras(extras, w->field, r);
	return true;
}

bool zy_chain_list(struct zy_keys *k, const struct zy_trust *trust, unsigned purposes, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, zy_time at, struct zy_bytes out[ZY_CHAIN_MAX], size_t *num,
    struct zy_arena *a, struct zy_error *err)
{
	const struct zy_chain_question w = {
		.purposes = purposes, .leaf = leaf, .extra = extra, .num_extra = num_extra, .scope = { .any = true }
	};
	struct pool pool;
	struct zy_path_question q = ask(&pool, trust, &w, at);
	struct zy_path path;

	_Static_assert(ZY_CHAIN_MAX == ZY_PATH_MAX, "a path fits");
	*num = 0;
	if (!find(k, &pool, trust, &w, &q, &path, a, err))
		return false;
	for (size_t i = 0; i < path.num; i++)
		if (!zy_arena_copy(a, path.certs[i]->der, &out[i], err))
			return false;
	*num = path.num;
	return true;
}
