/*
 * Which pages a commit wrote. Pages are never overwritten while a tree has them, so a page that two trees have is the
 * same in both, with all below it, and lies equally far above the leaves. Level by level the pages of the old tree are
 * marked; those of the new one that are not marked are new, and only pages of which the other tree has nothing are
 * opened for the next level: the work is that of the commit, not of the tree.
 *
 * LMDB also writes pages that a commit took and gave up again: the root of a tree that became empty or lower. They are
 * in its list of free pages, and the old tree had them not.
 */
#include "engine_sums.h"

#include <stdlib.h>

struct run {
	uint64_t first, num;
};
struct runs {
	struct run *p;
	size_t num, room;
};

struct diff {
	struct zy_pages old, fresh; /* with sums, without */
	uint64_t old_last, last;
	uint8_t *marks; /* of each page up to `last` */
	uint64_t *out;
	size_t num, room;
	uint64_t gone; /* pages that the old tree alone has */
};
enum { OLD = 1, BOTH = 2, NEW = 4, GONE = 8 /* these two stay */ };

/* Room for one more, twice as much each time. */
static bool grow(void **p, size_t num, size_t *room, size_t each, struct zy_error *err)
{
	void *more;

	if (num < *room)
		return true;
	more = realloc(*p, (*room == 0 ? 64 : 2 * *room) * each);
	if (more == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "data.mdb", ZY_NOWHERE, "no memory for a list of pages");
	*p = more;
	*room = *room == 0 ? 64 : 2 * *room;
	return true;
}

static bool add(struct runs *l, uint64_t first, uint64_t num, uint64_t last, struct zy_error *err)
{
	void *p = l->p;

	if (first < 2 || num > last || first > last + 1 - num)
		return zy_page_bad(first, "it is named, and not in the file", err);
	if (!grow(&p, l->num, &l->room, sizeof(*l->p), err))
		return false;
	l->p = p;
	l->p[l->num++] = (struct run){ first, num };
	return true;
}

static bool put(struct diff *d, const struct run *r, struct zy_error *err)
{
	for (uint64_t i = 0; i < r->num; i++) {
		void *p = d->out;

		if (!grow(&p, d->num, &d->room, sizeof(*d->out), err))
			return false;
		d->out = p;
		d->out[d->num++] = r->first + i;
	}
	return true;
}

static bool mark(struct diff *d, uint64_t number, unsigned met, unsigned as, struct zy_error *err)
{
	if ((d->marks[number] & met) != 0)
		return zy_page_bad(number, "it is named twice", err);
	d->marks[number] = (uint8_t)(d->marks[number] | as);
	return true;
}

/* Of what one tree alone has: as many pages as the run itself says. */
static bool stretch(const struct zy_pages *p, uint64_t last, struct runs *l, struct zy_error *err)
{
	struct zy_bytes first;

	for (size_t i = 0; i < l->num; i++)
		if (!zy_page_load_run(p, last, l->p[i].first, l->p[i].num, &first, &l->p[i].num, err))
			return false;
	return true;
}

/* Leaves in both what the other has not. No tree names a page twice: one that does was changed, and could lead round
 * and round. */
static bool part(struct diff *d, struct runs *old, struct runs *now, struct zy_error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < old->num; i++)
		if (!mark(d, old->p[i].first, OLD, OLD, err))
			return false;
	for (size_t i = 0; i < now->num; i++) {
		const uint64_t first = now->p[i].first;
		const bool in_both = (d->marks[first] & OLD) != 0;

		if (!mark(d, first, in_both ? BOTH : NEW, in_both ? BOTH : NEW, err))
			return false;
		if (!in_both)
			now->p[kept++] = now->p[i];
	}
	now->num = kept;
	kept = 0;
	for (size_t i = 0; i < old->num; i++) {
		uint8_t *m = &d->marks[old->p[i].first];

		if ((*m & BOTH) == 0)
			old->p[kept++] = old->p[i];
		*m &= NEW | GONE;
	}
	old->num = kept;
	return true;
}

/* What is left of both is new, or gone. */
static bool tell(struct diff *d, const struct runs *old, const struct runs *now, struct zy_error *err)
{
	for (size_t i = 0; i < now->num; i++)
		if (!put(d, &now->p[i], err))
			return false;
	for (size_t i = 0; i < old->num; i++) {
		for (uint64_t k = 0; k < old->p[i].num; k++)
			d->marks[old->p[i].first + k] |= GONE;
		d->gone += old->p[i].num;
	}
	return true;
}

/* What the pages name: of branches the pages below, of leaves the runs of big values. */
static bool below(const struct zy_pages *p, uint64_t last, enum zy_page_kind kind, struct runs *l, struct zy_error *err)
{
	struct runs out = { 0 };
	bool ok = true;

	for (size_t i = 0; i < l->num && ok; i++) {
		const uint8_t *page;

		ok = zy_page_load(p, last, l->p[i].first, kind, &page, err);
		for (unsigned k = 0; ok && k < zy_page_nodes(page); k++) {
			struct zy_node n = zy_page_node(page, k, kind);

			if (kind == ZY_PAGE_BRANCH)
				ok = add(&out, n.child, 1, last, err);
			else if (n.kind == ZY_NODE_BIG)
				ok = add(&out, n.child, zy_pages_of(p, n.len), last, err);
		}
	}
	free(l->p);
	*l = out;
	return ok;
}

static bool levels(struct diff *d, const struct zy_tree *before, const struct zy_tree *now, struct runs *old,
    struct runs *fresh, struct zy_error *err)
{
	unsigned level = before->depth > now->depth ? before->depth : now->depth;

	for (; level > 0; level--) {
		const enum zy_page_kind kind = level == 1 ? ZY_PAGE_LEAF : ZY_PAGE_BRANCH;

		if ((level == before->depth && !add(old, before->root, 1, d->old_last, err)) ||
		    (level == now->depth && !add(fresh, now->root, 1, d->last, err)) || !part(d, old, fresh, err) ||
		    !tell(d, old, fresh, err) || !below(&d->old, d->old_last, kind, old, err) ||
		    !below(&d->fresh, d->last, kind, fresh, err))
			return false;
	}
	return part(d, old, fresh, err) && stretch(&d->old, d->old_last, old, err) &&
	       stretch(&d->fresh, d->last, fresh, err) && tell(d, old, fresh, err);
}

static bool tree(struct diff *d, const struct zy_tree *before, const struct zy_tree *now, struct zy_error *err)
{
	struct runs old = { 0 }, fresh = { 0 };
	bool ok = before->root == now->root || levels(d, before, now, &old, &fresh, err);

	free(old.p);
	free(fresh.p);
	return ok;
}

/* The tree of that name as it was; empty when there was none. */
static bool was(
    struct diff *d, const struct zy_tree *main, struct zy_bytes key, struct zy_tree *out, struct zy_error *err)
{
	struct zy_place c = zy_place_in(&d->old, main, d->old_last);
	bool found;

	*out = (struct zy_tree){ .root = ZY_PAGE_NONE };
	return zy_place_seek(&c, key, &found, err) && (!found || zy_tree_parse(zy_place_node(&c).inside, out, err));
}

static bool named(struct diff *d, const struct zy_tree *before, const struct zy_tree *now, struct zy_error *err)
{
	struct zy_place c = zy_place_in(&d->fresh, now, d->last);
	bool found, ok = zy_place_move(&c, ZY_MOVE_FIRST, ZY_BYTES(NULL, 0), &found, err);

	while (ok && found) {
		struct zy_node n = zy_place_node(&c);
		struct zy_tree old, fresh;

		ok = was(d, before, n.key, &old, err) && zy_tree_parse(n.inside, &fresh, err) &&
		     tree(d, &old, &fresh, err) && zy_place_move(&c, ZY_MOVE_NEXT, ZY_BYTES(NULL, 0), &found, err);
	}
	return ok;
}

/* The last of the list is what the newest commit gave up, if it did. */
static bool given_up(struct diff *d, const struct zy_meta *now, struct zy_error *err)
{
	struct zy_place c = zy_place_in(&d->fresh, &now->free, d->last);
	struct zy_bytes key, list;
	bool found;

	if (!zy_place_move(&c, ZY_MOVE_LAST, ZY_BYTES(NULL, 0), &found, err))
		return false;
	if (!found || (key = zy_place_node(&c).key).len != 8 || zy_le64(key.p) != now->txn)
		return true;
	if (!zy_place_value(&c, &list, err))
		return false;
	for (uint64_t i = 1, num = list.len < 8 ? 0 : zy_le64(list.p); i <= num && i < list.len / 8; i++) {
		const struct run r = { zy_le64(list.p + 8 * i), 1 };

		if (r.first < 2 || r.first > d->last)
			return zy_page_bad(r.first, "it is free, and not in the file", err);
		if (d->marks[r.first] == 0 && !put(d, &r, err))
			return false;
	}
	return true;
}

bool zy_pages_new(const struct zy_pages *p, const struct zy_meta *before, const struct zy_meta *now, uint64_t **numbers,
    size_t *num, uint64_t *gone, struct zy_error *err)
{
	const struct zy_meta none = { .free = { .root = ZY_PAGE_NONE }, .main = { .root = ZY_PAGE_NONE } };
	const struct zy_meta *b = before == NULL ? &none : before;
	struct diff d = { .old = *p, .fresh = *p, .old_last = b->last_page, .last = now->last_page };
	bool ok;

	d.fresh.sums = NULL;
	if (d.last >= p->map_len / p->page_len || d.old_last > d.last)
		return zy_page_bad(d.last, "the file does not reach so far", err);
	if ((d.marks = calloc(d.last + 1, 1)) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "data.mdb", ZY_NOWHERE, "no memory for a mark of each page");
	ok = tree(&d, &b->free, &now->free, err) && tree(&d, &b->main, &now->main, err) &&
	     named(&d, &b->main, &now->main, err) && (before == NULL || given_up(&d, now, err));
	free(d.marks);
	if (!ok) {
		free(d.out);
		return false;
	}
	*numbers = d.out;
	*num = d.num;
	*gone = d.gone;
	return true;
}
