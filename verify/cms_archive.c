/* Archive time-stamps of a signature of signed data: EN 319 122-1 5.5, EN 319 102-1 5.6.3. */
#include "cms.h"

static const char stamp_field[] = "archive-time-stamp-v3", index_field[] = "ats-hash-index-v3";
static const char *const list_fields[ZY_ATS_LISTS] = { "certificates", "crls", "unsignedAttrs" };

#define ITEMS_MAX 1024

/* Digests of what an index may name, by one hash. */
struct digests {
	size_t num;
	struct zy_ats_item *items;
	uint8_t (*values)[ZY_TSP_DIGEST_MAX];
};

struct judging {
	struct cms_case *p;
	const struct cms_signer *g;
	struct cms_values *v;
	struct digests *known[2][ZY_TSP_HASH_OTHER]; /* by_attribute, hash */
	zy_time proven;                              /* of the signature */
};

/* ---- before the content is read ---- */

static size_t count_items(const struct zy_signed_data *d, const struct zy_signer *s, bool by_attribute)
{
	struct zy_ats_walk w = zy_ats_items(d, s, by_attribute);
	struct zy_ats_item item;
	size_t num = 0;

	while (num <= ITEMS_MAX && zy_ats_next(&w, &item))
		num++;
	return num;
}

static bool list_items(struct cms_case *p, struct cms_signer *g, struct zy_error *err)
{
	struct zy_ats_walk w = zy_ats_items(p->d, g->s, false);
	struct zy_ats_item item;
	size_t num = count_items(p->d, g->s, false);

	if ((g->items = zy_arena_array(p->c->work, num + 1, sizeof(*g->items), err)) == NULL)
		return false;
	while (g->num_items < num && zy_ats_next(&w, &item))
		g->items[g->num_items++] = (struct cms_item){ item, ZY_TIME_NEVER, false };
	return true;
}

static enum zy_md md_of(enum zy_tsp_hash h)
{
	static const enum zy_md known[] = { [ZY_TSP_SHA256] = ZY_MD_SHA256,
		[ZY_TSP_SHA384] = ZY_MD_SHA384,
		[ZY_TSP_SHA512] = ZY_MD_SHA512,
		[ZY_TSP_SM3] = ZY_MD_SM3,
		[ZY_TSP_HASH_OTHER] = ZY_MD_NONE };

	return known[h];
}

static bool read_archive(struct cms_case *p, struct cms_archive *a, struct zy_error *err)
{
	struct zy_tst *t = zy_arena_alloc(p->c->work, sizeof(*t), err);
	struct zy_error why = { 0 };

	if (t == NULL)
		return false;
	a->read = zy_tst_parse(t, a->token, p->c->work, &why);
	if (!a->read)
		return why.code != ZY_E_NO_MEMORY || zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	a->gen_time = t->info.gen_time.seconds;
	a->hash = t->info.imprint.hash;
	if (!zy_ats_index_parse(&a->index, t->cms.unsigned_attrs, &a->why))
		return true;
	a->has_digest = md_of(a->hash) != ZY_MD_NONE;
	return !a->has_digest || zy_hashes_want(p->hashes, md_of(a->hash), NULL, &a->digest, err);
}

bool cms_archives_prepare(struct cms_case *p, struct cms_signer *g, struct zy_error *err)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(g->s);
	struct zy_bytes token;

	while (zy_unsigned_next(&walk, zy_oid_archive_stamp, &token)) {
		if (g->archives == NULL &&
		    (g->archives = zy_arena_array(p->c->work, CMS_ARCHIVES_MAX, sizeof(*g->archives), err)) == NULL)
			return false;
		if (g->num_archives == CMS_ARCHIVES_MAX) {
			g->more_archives = true;
			break;
		}
		g->archives[g->num_archives] = (struct cms_archive){ .token = token, .since = p->stamped };
		if (!read_archive(p, &g->archives[g->num_archives++], err))
			return false;
	}
	return g->num_archives == 0 || list_items(p, g, err);
}

/* ---- the index ---- */

static bool digest_items(struct judging *j, const struct zy_ats_index *x, struct digests **out, struct zy_error *err)
{
	struct zy_ats_walk w = zy_ats_items(j->p->d, j->g->s, x->by_attribute);
	const size_t room = count_items(j->p->d, j->g->s, x->by_attribute) + 1;
	struct digests *d = j->known[x->by_attribute][x->hash];

	if ((*out = d) != NULL)
		return true;
	if ((d = zy_arena_alloc(j->p->c->work, sizeof(*d), err)) == NULL ||
	    (d->items = zy_arena_array(j->p->c->work, room, sizeof(*d->items), err)) == NULL ||
	    (d->values = zy_arena_array(j->p->c->work, room, sizeof(*d->values), err)) == NULL)
		return false;
	for (d->num = 0; d->num < ITEMS_MAX && zy_ats_next(&w, &d->items[d->num]); d->num++)
		if (!zy_ats_item_digest(&d->items[d->num], x->hash, d->values[d->num], err))
			return false;
	*out = j->known[x->by_attribute][x->hash] = d;
	return true;
}

static bool is_there(const struct digests *d, enum zy_ats_list list, struct zy_bytes hash)
{
	for (size_t i = 0; i < d->num; i++)
		if (d->items[i].list == list && zy_bytes_equal(ZY_BYTES(d->values[i], hash.len), hash))
			return true;
	return false;
}

static bool is_inside(struct zy_bytes part, struct zy_bytes whole)
{
	return part.p >= whole.p && part.p < whole.p + whole.len;
}

static bool is_named(const struct zy_ats_index *x, const struct digests *d, size_t i)
{
	struct zy_bytes hash;

	for (size_t n = 0; zy_ats_index_get(x, d->items[i].list, n, &hash); n++)
		if (zy_bytes_equal(ZY_BYTES(d->values[i], hash.len), hash))
			return true;
	return false;
}

/* None can name another one that is younger than itself. */
static void note_named(struct judging *j, const struct cms_archive *a, struct zy_bytes place)
{
	for (size_t i = 0; i < j->g->num_items; i++)
		if (is_inside(j->g->items[i].item.value, place))
			j->g->items[i].named = true;
	for (size_t i = 0; i < j->g->num_archives; i++)
		if (is_inside(j->g->archives[i].token, place) && j->g->archives[i].read &&
		    j->g->archives[i].gen_time > a->gen_time + ZY_SKEW_S)
			zy_report_add(j->p->c->r, "timestamp-too-early", stamp_field, ZY_NOWHERE, NULL);
}

/* What was named must be there as it was; what came later is not named. */
static bool judge_index(struct judging *j, const struct cms_archive *a, struct zy_error *err)
{
	struct digests *d;
	struct zy_bytes hash;

	if (!digest_items(j, &a->index, &d, err))
		return false;
	for (int list = 0; list < ZY_ATS_LISTS; list++)
		for (size_t n = 0; zy_ats_index_get(&a->index, (enum zy_ats_list)list, n, &hash); n++)
			if (n >= ITEMS_MAX || !is_there(d, (enum zy_ats_list)list, hash)) {
				zy_report_add(j->p->c->r, "archive-index-differs", list_fields[list], ZY_NOWHERE,
				    "hash %zu of the index is of nothing that is there", n + 1);
				break;
			}
	for (size_t i = 0; i < d->num; i++)
		if (is_named(&a->index, d, i))
			note_named(j, a, d->items[i].value);
	return true;
}

/* ---- one after the other ---- */

/* The digest that the message begins with; empty when the content is not there. Then the signed one serves. */
static struct zy_bytes content_digest(const struct judging *j, const struct cms_archive *a)
{
	if (j->p->has_content)
		return zy_hashes_get(j->p->hashes, a->digest);
	return j->g->s->has_attrs && j->g->md == md_of(a->hash) ? j->g->s->attrs.message_digest
								: (struct zy_bytes){ 0 };
}

static bool judge_token(
    struct judging *j, const struct cms_archive *a, struct zy_report_signature *row, zy_time *own, struct zy_error *err)
{
	struct zy_bytes parts[2] = { 0 }, digest = { 0 };
	ZY_BUF_AUTO message = { 0 };

	*own = ZY_TIME_NEVER;
	if (a->read && a->why.code != ZY_OK) {
		zy_report_add(j->p->c->r, "archive-index", index_field, ZY_NOWHERE, "%s", a->why.msg);
		return true;
	}
	if (a->read) {
		digest = a->has_digest ? content_digest(j, a) : digest;
		if (a->has_digest && digest.len == 0) {
			zy_report_add(j->p->c->r, "signed-content-missing", stamp_field, ZY_NOWHERE, NULL);
			return true;
		}
		if (!zy_ats_message(j->p->d, j->g->s, digest, a->index.whole, &message, err) || !judge_index(j, a, err))
			return false;
		parts[0] = zy_buf_bytes(&message);
	}
	return zy_case_own_stamp(j->p->c, a->token, parts, stamp_field, row, own, err);
}

/* What a good one names was there at its time, and so was the signature. */
static bool prove(struct judging *j, const struct cms_archive *a, zy_time at, struct zy_error *err)
{
	struct digests *d;

	if (!digest_items(j, &a->index, &d, err))
		return false;
	j->proven = at < j->proven ? at : j->proven;
	for (size_t i = 0; i < d->num; i++) {
		if (!is_named(&a->index, d, i))
			continue;
		cms_values_prove(j->v, d->items[i].value, at);
		for (size_t k = 0; k < j->g->num_items; k++)
			if (is_inside(j->g->items[k].item.value, d->items[i].value) && at < j->g->items[k].since)
				j->g->items[k].since = at;
		for (size_t k = 0; k < j->g->num_archives; k++)
			if (is_inside(j->g->archives[k].token, d->items[i].value) && at < j->g->archives[k].since)
				j->g->archives[k].since = at;
	}
	return true;
}

static bool judge_one(struct judging *j, const struct cms_archive *a, struct zy_error *err)
{
	struct zy_case *c = j->p->c;
	struct zy_finding *const *mark = c->r->last;
	struct zy_report_signature *row = zy_case_signature(c, "timestamp");
	zy_time own;

	if (row == NULL)
		return true;
	row->covers = "whole";
	c->proven = a->since == ZY_TIME_NEVER ? 0 : a->since;
	if (!judge_token(j, a, row, &own, err))
		return false;
	if (own != ZY_TIME_NEVER && a->since != ZY_TIME_NEVER && own > a->since + ZY_SKEW_S)
		zy_report_add(c->r, "timestamp-too-early", stamp_field, ZY_NOWHERE, NULL);
	row->indication = zy_report_since(c->r, mark, &row->sub_indication);
	return own == ZY_TIME_NEVER || c->trust == NULL || row->indication != ZY_TOTAL_PASSED || prove(j, a, own, err);
}

/* The next to be judged: of those that are left the newest; what cannot be read last. */
static struct cms_archive *next(const struct cms_signer *g, const bool *done)
{
	struct cms_archive *best = NULL;

	for (size_t i = 0; i < g->num_archives; i++) {
		struct cms_archive *a = &g->archives[i];

		if (!done[i] && (best == NULL || (a->read && (!best->read || a->gen_time > best->gen_time))))
			best = a;
	}
	return best;
}

/* Of each list once: what no archive time-stamp names. They themselves are named by later ones. */
static void judge_rest(const struct judging *j)
{
	bool any = false, told[ZY_ATS_LISTS] = { false };

	for (size_t i = 0; i < j->g->num_archives; i++)
		any = any || (j->g->archives[i].read && j->g->archives[i].why.code == ZY_OK);
	for (size_t i = 0; any && i < j->g->num_items; i++) {
		const struct cms_item *item = &j->g->items[i];
		bool is_archive = false;

		for (size_t k = 0; k < j->g->num_archives; k++)
			is_archive = is_archive || item->item.value.p == j->g->archives[k].token.p;
		if (item->named || is_archive || told[item->item.list])
			continue;
		told[item->item.list] = true;
		zy_report_add(j->p->c->r, "archive-not-covered", list_fields[item->item.list], j->g->s->offset, NULL);
	}
}

/* Other ways of keeping: archive time-stamps of the first and the second kind, evidence records, and
 * long-term-validation. */
static void judge_others(const struct judging *j)
{
	static const struct {
		struct zy_bytes oid;
		const char *field;
	} kinds[] = {
		{ ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x1b"), "archive-time-stamp" },
		{ ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x30"), "archive-time-stamp-v2" },
		{ ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x31"), "er-internal" },
		{ ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x32"), "er-external" },
		{ ZY_LITERAL("\x04\x00\x8d\x45\x02\x02"), "long-term-validation" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct zy_unsigned_walk walk = zy_unsigned_values(j->g->s);
		struct zy_bytes value;

		if (zy_unsigned_next(&walk, kinds[i].oid, &value))
			zy_report_add(j->p->c->r, "archive-stamp-not-judged", kinds[i].field, j->g->s->offset, NULL);
	}
}

bool cms_archives_judge(
    struct cms_case *p, const struct cms_signer *g, struct cms_values *v, zy_time *proven, struct zy_error *err)
{
	struct judging j = { .p = p, .g = g, .v = v, .proven = ZY_TIME_NEVER };
	const zy_time before = p->c->proven;
	bool done[CMS_ARCHIVES_MAX] = { false };
	struct cms_archive *a;

	judge_others(&j);
	if (g->more_archives || g->num_items > ITEMS_MAX)
		zy_report_add(p->c->r, "archive-index", stamp_field, g->s->offset,
		    "more than %d archive time-stamps, or more than %d things to be covered", CMS_ARCHIVES_MAX,
		    ITEMS_MAX);
	while (g->num_items <= ITEMS_MAX && (a = next(g, done)) != NULL) {
		done[a - g->archives] = true;
		if (!judge_one(&j, a, err))
			return false;
	}
	p->c->proven = before;
	p->c->r->part = p->c->r->last; /* what follows is the signer's own */
	judge_rest(&j);
	*proven = j.proven;
	return true;
}

zy_time cms_archives_since(const struct cms_signer *g, struct zy_bytes value)
{
	for (size_t i = 0; i < g->num_items; i++)
		if (g->items[i].item.value.p == value.p)
			return g->items[i].since;
	return ZY_TIME_NEVER;
}
