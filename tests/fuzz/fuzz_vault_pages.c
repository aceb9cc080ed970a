/*
 * Target functions: zy_meta_read, zy_meta_page_check, zy_place_move, zy_place_seek, zy_place_value, zy_place_around,
 * zy_tree_each, zy_pages_new, zy_idle_each, without sums: forms alone decide. What must hold: nothing outside the file
 * is read, every walk ends, and the same way back gives the same keys.
 */
#include <stdlib.h>

#include "vault/engine_idle.h"

enum { PAGE = 512, STEPS = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void failed(const struct zy_error *err)
{
	if (err->code != ZY_E_VAULT_CORRUPT || err->msg[0] == 0)
		abort();
}

struct seen {
	const struct zy_pages *pages;
	unsigned num;
};

/* As zy_guard_check does: a tree that names a page twice ends there. */
static bool count(void *arg, const struct zy_page_seen *s, struct zy_error *err)
{
	struct seen *all = arg;

	if (s->number < 2 || s->num > all->pages->map_len / PAGE - s->number)
		abort();
	return ++all->num < STEPS || zy_page_bad(s->number, "enough", err);
}

static uint64_t digest(struct zy_bytes b, uint64_t sum)
{
	for (size_t i = 0; i < b.len; i++)
		sum = (sum ^ b.p[i]) * 0x100000001b3u;
	return sum;
}

/* One way through the tree; how many steps it took. */
static unsigned walk(struct zy_place *c, bool back, unsigned most)
{
	struct zy_error err = { 0 };
	struct zy_bytes value;
	bool found, there;
	unsigned n = 0;

	if (!zy_place_move(c, back ? ZY_MOVE_LAST : ZY_MOVE_FIRST, ZY_BYTES(NULL, 0), &found, &err)) {
		failed(&err);
		return 0;
	}
	while (found && n++ < most) {
		struct zy_place other = *c;
		struct zy_error why = { 0 };

		if (!zy_place_value(c, &value, &why))
			failed(&why);
		else
			(void)digest(value, digest(zy_place_node(c).key, 0));
		why = (struct zy_error){ 0 };
		if (n < 8 && (!zy_place_around(c, &why) || !zy_place_seek(&other, zy_place_node(c).key, &there, &why)))
			failed(&why);
		if (!zy_place_move(c, back ? ZY_MOVE_PREV : ZY_MOVE_NEXT, ZY_BYTES(NULL, 0), &found, &err)) {
			failed(&err);
			return n;
		}
	}
	return n;
}

static void tree(const struct zy_pages *p, const struct zy_tree *t, uint64_t last)
{
	struct zy_place c = zy_place_in(p, t, last);
	struct seen all = { .pages = p };
	struct zy_error err = { 0 };
	struct zy_bytes name;
	struct zy_tree below;
	bool found;

	if (!zy_tree_each(p, t, last, count, &all, &err))
		failed(&err);
	(void)walk(&c, true, STEPS);
	(void)walk(&c, false, STEPS);
	err = (struct zy_error){ 0 };
	/* the trees that it names, one level deep */
	c = zy_place_in(p, t, last);
	if (!zy_place_move(&c, ZY_MOVE_FIRST, ZY_BYTES(NULL, 0), &found, &err) || !found)
		return;
	name = zy_place_node(&c).inside;
	if (zy_place_node(&c).kind == ZY_NODE_TREE && zy_tree_parse(name, &below, &err)) {
		struct zy_place in = zy_place_in(p, &below, last);

		(void)walk(&in, false, STEPS);
	}
}

static bool see_idle(void *arg, uint64_t number, struct zy_error *err)
{
	unsigned *num = arg;

	return ++*num < STEPS || zy_page_bad(number, "enough", err);
}

static void idle(const struct zy_pages *p, const struct zy_meta *now)
{
	struct zy_error err = { 0 };
	uint8_t room[ZY_PAGE_MOST];
	unsigned num = 0;

	if (!zy_idle_each(p, &now->free, now->last_page, see_idle, &num, &err))
		failed(&err);
	for (uint64_t i = 0; i < p->map_len / PAGE; i++)
		(void)digest(zy_page_raw(p, i, room), 0);
}

static void diff(const struct zy_pages *p, const struct zy_meta *before, const struct zy_meta *now)
{
	uint64_t *numbers = NULL, gone = 0;
	struct zy_error err = { 0 };
	size_t num = 0;

	if (!zy_pages_new(p, before, now, &numbers, &num, &gone, &err)) {
		failed(&err);
		return;
	}
	for (size_t i = 0; i < num; i++)
		if (numbers[i] < 2 || numbers[i] > now->last_page)
			abort();
	free(numbers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_pages p = { .fd = -1, .page_len = PAGE };
	struct zy_meta m[2];
	uint8_t *file;

	len -= len % PAGE;
	if (len < 2 * PAGE || (file = malloc(len)) == NULL)
		return 0;
	memcpy(file, data, len); /* of just that length, so that one octet beyond it is seen */
	p.map = file;
	p.map_len = len;
	p.file_len = len;
	for (unsigned i = 0; i < 2; i++) {
		struct zy_error err = { 0 };

		if (!zy_meta_page_check(&p, i, &err))
			failed(&err);
		err = (struct zy_error){ 0 };
		if (!zy_meta_read(&p, i, &m[i], &err)) {
			failed(&err);
			goto out;
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		tree(&p, &m[i].free, m[i].last_page);
		tree(&p, &m[i].main, m[i].last_page);
		diff(&p, NULL, &m[i]);
		idle(&p, &m[i]);
	}
	diff(&p, &m[0], &m[1]);
	diff(&p, &m[1], &m[0]);
out:
	free(file);
	return 0;
}
