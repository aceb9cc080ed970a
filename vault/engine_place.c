/* Walking a tree of engine_pages.h: down by a key, on and back, and over all of it. */
#include "engine_pages.h"

struct zy_place zy_place_in(const struct zy_pages *p, const struct zy_tree *t, uint64_t last)
{
	return (struct zy_place){ .pages = p, .tree = *t, .last = last };
}

static enum zy_page_kind kind_at(const struct zy_place *c, unsigned level)
{
	return level + 1 == c->tree.depth ? ZY_PAGE_LEAF : ZY_PAGE_BRANCH;
}

static bool load(const struct zy_place *c, uint64_t number, unsigned level, const uint8_t **page, struct zy_error *err)
{
	const uint64_t as = number << 4 | (uint64_t)kind_at(c, level);
	uint64_t *seen = c->seen == NULL ? NULL : &c->seen->pages[number % ZY_SEEN];

	if (seen != NULL && *seen == as) {
		*page = c->pages->map + number * c->pages->page_len;
		return true;
	}
	if (!zy_page_load(c->pages, c->last, number, kind_at(c, level), page, err))
		return false;
	if (seen != NULL)
		*seen = as;
	return true;
}

static bool push(struct zy_place *c, uint64_t number, struct zy_error *err)
{
	if (c->num >= c->tree.depth)
		return zy_page_bad(number, "it lies deeper than its tree", err);
	if (!load(c, number, c->num, &c->at[c->num].page, err))
		return false;
	c->at[c->num++].i = 0;
	return true;
}

static unsigned nodes_here(const struct zy_place *c)
{
	return zy_page_nodes(c->at[c->num - 1].page);
}

static uint64_t child_here(const struct zy_place *c)
{
	return zy_page_node(c->at[c->num - 1].page, c->at[c->num - 1].i, ZY_PAGE_BRANCH).child;
}

/* As LMDB orders them. */
static int compare(struct zy_bytes a, struct zy_bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int n = len == 0 ? 0 : memcmp(a.p, b.p, len);

	return n != 0 ? n : (a.len > b.len) - (a.len < b.len);
}

/* The first node of [from, all) whose key is not before `key`; *same: it is that. */
static unsigned lower_bound(const uint8_t *page, enum zy_page_kind kind, unsigned from, struct zy_bytes key, bool *same)
{
	unsigned end = zy_page_nodes(page);

	*same = false;
	while (from < end) {
		unsigned mid = from + (end - from) / 2;
		int n = compare(zy_page_node(page, mid, kind).key, key);

		if (n < 0)
			from = mid + 1;
		else
			end = mid;
		*same = *same || n == 0;
	}
	return from;
}

bool zy_place_seek(struct zy_place *c, struct zy_bytes key, bool *is_there, struct zy_error *err)
{
	uint64_t next = c->tree.root;
	bool same;

	c->num = 0;
	*is_there = false;
	if (next == ZY_PAGE_NONE)
		return true;
	while (c->num + 1 < c->tree.depth) {
		unsigned i;

		if (!push(c, next, err))
			return false;
		/* The first key of a branch stands for all that are before the second. */
		i = lower_bound(c->at[c->num - 1].page, ZY_PAGE_BRANCH, 1, key, &same);
		c->at[c->num - 1].i = same ? i : i - 1;
		next = child_here(c);
	}
	if (!push(c, next, err))
		return false;
	c->at[c->num - 1].i = lower_bound(c->at[c->num - 1].page, ZY_PAGE_LEAF, 0, key, is_there);
	return true;
}

/* From the page that was pushed last down to a leaf, by first or by last children. */
static bool fall(struct zy_place *c, bool to_last, struct zy_error *err)
{
	for (;;) {
		if (to_last)
			c->at[c->num - 1].i = nodes_here(c) - 1;
		if (c->num == c->tree.depth)
			return true;
		if (!push(c, child_here(c), err))
			return false;
	}
}

static bool to_end(struct zy_place *c, bool last, bool *found, struct zy_error *err)
{
	c->num = 0;
	*found = c->tree.root != ZY_PAGE_NONE;
	return !*found || (push(c, c->tree.root, err) && fall(c, last, err));
}

/* Up to where there is a neighbour, and down to it. */
static bool to_neighbour(struct zy_place *c, bool back, bool *found, struct zy_error *err)
{
	while (c->num > 0 && (back ? c->at[c->num - 1].i == 0 : c->at[c->num - 1].i + 1 >= nodes_here(c)))
		c->num--;
	*found = c->num > 0;
	if (!*found)
		return true;
	c->at[c->num - 1].i += back ? -1u : 1u;
	return c->num == c->tree.depth || (push(c, child_here(c), err) && fall(c, back, err));
}

static bool to_key(struct zy_place *c, struct zy_bytes key, bool *found, struct zy_error *err)
{
	bool same;

	if (!zy_place_seek(c, key, &same, err))
		return false;
	*found = c->num > 0;
	return !*found || c->at[c->num - 1].i < nodes_here(c) || to_neighbour(c, false, found, err);
}

bool zy_place_move(struct zy_place *c, enum zy_move how, struct zy_bytes key, bool *found, struct zy_error *err)
{
	switch (how) {
	case ZY_MOVE_FIRST:
	case ZY_MOVE_LAST:
		return to_end(c, how == ZY_MOVE_LAST, found, err);
	case ZY_MOVE_FROM:
		return to_key(c, key, found, err);
	case ZY_MOVE_NEXT:
	case ZY_MOVE_PREV:
		return to_neighbour(c, how == ZY_MOVE_PREV, found, err);
	}
	return false;
}

struct zy_node zy_place_node(const struct zy_place *c)
{
	return zy_page_node(c->at[c->num - 1].page, c->at[c->num - 1].i, ZY_PAGE_LEAF);
}

bool zy_place_value(const struct zy_place *c, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_node n = zy_place_node(c);
	uint64_t num;

	if (n.kind == ZY_NODE_BIG)
		return zy_page_load_big(c->pages, c->last, &n, out, &num, err);
	*out = n.inside;
	return true;
}

static bool load_beside(const struct zy_place *c, unsigned level, struct zy_error *err)
{
	const uint8_t *above = c->at[level - 1].page, *page;
	const unsigned i = c->at[level - 1].i;

	return (i == 0 || load(c, zy_page_node(above, i - 1, ZY_PAGE_BRANCH).child, level, &page, err)) &&
	       (i + 1 >= zy_page_nodes(above) ||
		   load(c, zy_page_node(above, i + 1, ZY_PAGE_BRANCH).child, level, &page, err));
}

bool zy_place_around(const struct zy_place *c, struct zy_error *err)
{
	struct zy_place before = *c, after = *c;
	bool found;

	for (unsigned level = 1; level < c->num; level++)
		if (!load_beside(c, level, err))
			return false;
	if (c->num == 0)
		return true;
	before.at[c->num - 1].i = 0;
	after.at[c->num - 1].i = nodes_here(c) - 1;
	return to_neighbour(&before, true, &found, err) && to_neighbour(&after, false, &found, err);
}

struct each {
	const struct zy_pages *p;
	uint64_t last;
	unsigned depth;
	zy_page_cb *cb;
	void *arg;
};

static bool each_big(const struct each *e, const uint8_t *page, struct zy_error *err)
{
	for (unsigned i = 0; i < zy_page_nodes(page); i++) {
		struct zy_node n = zy_page_node(page, i, ZY_PAGE_LEAF);
		struct zy_page_seen s = { .kind = ZY_PAGE_OVERFLOW, .number = n.child };
		struct zy_bytes value;

		if (n.kind == ZY_NODE_BIG &&
		    (!zy_page_load_big(e->p, e->last, &n, &value, &s.num, err) || !e->cb(e->arg, &s, err)))
			return false;
	}
	return true;
}

/* As deep as the tree says, at most ZY_TREE_DEPTH. */
static bool each_below(const struct each *e, uint64_t number, unsigned level, struct zy_error *err)
{
	const enum zy_page_kind kind = level + 1 == e->depth ? ZY_PAGE_LEAF : ZY_PAGE_BRANCH;
	struct zy_page_seen s = { .kind = kind, .number = number, .num = 1 };

	if (!zy_page_load(e->p, e->last, number, kind, &s.page, err) || !e->cb(e->arg, &s, err))
		return false;
	if (kind == ZY_PAGE_LEAF)
		return each_big(e, s.page, err);
	for (unsigned i = 0; i < zy_page_nodes(s.page); i++)
		if (!each_below(e, zy_page_node(s.page, i, ZY_PAGE_BRANCH).child, level + 1, err))
			return false;
	return true;
}

bool zy_tree_each(
    const struct zy_pages *p, const struct zy_tree *t, uint64_t last, zy_page_cb *cb, void *arg, struct zy_error *err)
{
	const struct each e = { p, last, t->depth, cb, arg };

	return t->root == ZY_PAGE_NONE || each_below(&e, t->root, 0, err);
}
