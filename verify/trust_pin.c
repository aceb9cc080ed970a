/*
 * A bundle's pin. Who pinned the roots of before follows to the next ones by links (RFC 4210 4.4): the pin may be of
 * the anchors that come first, when one of these certified each of the others under its own name.
 */
#include "internal.h"

#include <openssl/crypto.h>

#include "path.h"

static bool is_of(const struct zy_trust *t, size_t num, const uint8_t *pin, bool *same, struct zy_error *err)
{
	struct zy_trust first = *t;
	uint8_t own[ZY_HASH_LEN];

	first.num_anchors = num;
	if (!zy_trust_pin(&first, own, err))
		return false;
	*same = CRYPTO_memcmp(own, pin, sizeof(own)) == 0;
	return true;
}

/* A link certifies that anchor's key, under the name that both ends bear. */
static bool is_link_to(struct zy_bytes link, const struct zy_x509 *anchor)
{
	struct zy_error ignored = { 0 };
	struct zy_x509 c;

	return zy_x509_parse(&c, link, &ignored) && c.fault.code == ZY_OK && c.is_authority &&
	       zy_x509_is_self_issued(&c) && zy_bytes_equal(c.subject, anchor->subject) &&
	       zy_bytes_equal(c.spki, anchor->spki);
}

/* Does a link lead from the anchor to one of the first `num`, at that time? */
static bool is_linked(struct zy_keys *k, const struct zy_trust *t, size_t num, struct zy_bytes anchor, zy_time at,
    bool *linked, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes anchors[ZY_PATH_POOL_MAX], others[ZY_PATH_POOL_MAX];
	struct zy_path_question q = { .anchors = anchors, .others = others, .at = at, .strict = true };
	struct zy_path path;
	struct zy_x509 c;

	*linked = false;
	if (!zy_x509_parse(&c, anchor, err))
		return false;
	for (; q.num_anchors < num && q.num_anchors < ZY_PATH_POOL_MAX; q.num_anchors++)
		anchors[q.num_anchors] = t->anchors[q.num_anchors].der;
	for (; q.num_others < t->num_intermediates && q.num_others < ZY_PATH_POOL_MAX; q.num_others++)
		others[q.num_others] = t->intermediates[q.num_others].der;
	for (size_t i = 0; i < q.num_others && !*linked; i++) {
		q.leaf = others[i];
		if (!is_link_to(q.leaf, &c))
			continue;
		if (!zy_path_find(k, &q, &path, a, err))
			return false;
		*linked = path.num > 0 && path.num_faults == 0;
	}
	return true;
}

static bool is_among(const struct zy_trust *t, size_t num, struct zy_bytes der)
{
	for (size_t i = 0; i < num; i++)
		if (zy_bytes_equal(t->anchors[i].der, der))
			return true;
	return false;
}

static bool are_linked(struct zy_keys *k, const struct zy_trust *t, size_t num, zy_time at, bool *linked,
    struct zy_arena *a, struct zy_error *err)
{
	*linked = true;
	for (size_t i = num; *linked && i < t->num_anchors; i++)
		if (!is_among(t, num, t->anchors[i].der) &&
		    !is_linked(k, t, num, t->anchors[i].der, at, linked, a, err))
			return false;
	return true;
}

bool zy_trust_check_pin(struct zy_keys *k, const struct zy_trust *t, const uint8_t *pin, zy_time at, struct zy_arena *a,
    struct zy_error *err)
{
	bool good = false;

	for (size_t num = t->num_anchors; pin != NULL && !good && num > 0; num--) {
		bool same;

		if (!is_of(t, num, pin, &same, err) || (same && !are_linked(k, t, num, at, &good, a, err)))
			return false;
	}
	return pin == NULL || good ||
	       zy_fail(err, ZY_E_TRUST, "anchors", ZY_NOWHERE, "its anchors are not those that were pinned");
}
