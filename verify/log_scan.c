/* The published log, read whole: what a tag is looked for in must be what the log signed. */
#include "internal.h"
#include "zy/standing_judge.h"

#include <stdlib.h>

enum { BUNDLED = 2 + ZY_LOG_ENTRY_LEN }; /* an entry behind its length */

struct scan {
	struct zy_merkle_growth tree;
	struct zy_log_sought **sought; /* by tag */
	size_t num;
};

static int by_tag(const void *a, const void *b)
{
	const struct zy_log_sought *const *x = a, *const *y = b;

	return memcmp((*x)->tag, (*y)->tag, ZY_LOG_TAG_LEN);
}

static void look(struct scan *s, const uint8_t *tag, uint64_t index)
{
	struct zy_log_sought key, *k = &key, **found;

	memcpy(key.tag, tag, ZY_LOG_TAG_LEN);
	found = s->num == 0 ? NULL : bsearch(&k, s->sought, s->num, sizeof(*s->sought), by_tag);
	if (found != NULL && (*found)->num_found++ == 0)
		(*found)->index = index;
}

/* Of an entry that is none nothing is known, and then the root is another. */
static bool take(struct scan *s, struct zy_bytes bundled, struct zy_error *err)
{
	const struct zy_bytes entry = ZY_BYTES(bundled.p + 2, ZY_LOG_ENTRY_LEN);
	uint8_t leaf[ZY_HASH_LEN];

	look(s, entry.p + ZY_HASH_LEN, s->tree.size);
	return zy_merkle_leaf(ZY_HASH_SHA256, entry, leaf, err) && zy_merkle_grow(&s->tree, leaf, err);
}

static bool is_bundle(struct zy_bytes in, unsigned width)
{
	bool good = in.len == (size_t)width * BUNDLED;

	for (size_t i = 0; good && i < width; i++)
		good = in.p[i * BUNDLED] == 0 && in.p[i * BUNDLED + 1] == ZY_LOG_ENTRY_LEN;
	return good;
}

static bool is_root(const struct scan *s, const struct zy_merkle_head *head, bool *same, struct zy_error *err)
{
	uint8_t root[ZY_HASH_LEN];

	if (s->tree.size != head->size)
		return true;
	if (!zy_merkle_growth_root(&s->tree, root, err))
		return false;
	*same = memcmp(root, head->root, ZY_HASH_LEN) == 0;
	return true;
}

static bool read_all(struct scan *s, const struct zy_log_files *f, const struct zy_merkle_head *head,
    const struct zy_merkle_head *before, bool *good, bool *begins, struct zy_error *err)
{
	bool ok = is_root(s, before, begins, err) && is_root(s, head, good, err), whole = true;

	while (ok && whole && s->tree.size < head->size) {
		const uint64_t tile = s->tree.size / ZY_TILE_WIDTH, left = head->size - s->tree.size;
		const unsigned width = left < ZY_TILE_WIDTH ? (unsigned)left : ZY_TILE_WIDTH;
		ZY_ARENA_AUTO a = { 0 };
		struct zy_bytes in;

		ok = f->read(f->arg, tile, width, &a, &in, err);
		whole = ok && is_bundle(in, width);
		for (unsigned i = 0; ok && whole && i < width; i++)
			ok = take(s, ZY_BYTES(in.p + (size_t)i * BUNDLED, BUNDLED), err) &&
			     is_root(s, before, begins, err);
	}
	return ok && is_root(s, head, good, err);
}

bool zy_log_scan(const struct zy_log_files *f, const struct zy_merkle_head *head, const struct zy_merkle_head *before,
    struct zy_log_sought *sought, size_t num, bool *good, bool *begins, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct scan s = { .sought = zy_arena_array(&a, num + 1, sizeof(*s.sought), err), .num = num };

	*good = *begins = false;
	if (s.sought == NULL)
		return false;
	for (size_t i = 0; i < num; i++)
		s.sought[i] = &sought[i];
	qsort(s.sought, num, sizeof(*s.sought), by_tag);
	return read_all(&s, f, head, before, good, begins, err);
}
