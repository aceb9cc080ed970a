/* A published log (C2SP tlog-tiles), read once from its first entry to its last: every tile and entry bundle is what
 * the signed root says, and the log begins with what a kept checkpoint is of. */
#include <stdio.h>

#include "internal.h"
#include "zy/file.h"
#include "zy/log_judge.h"

enum { LEVELS = 8, ENTRY_MAX = 65535 };
#define BUNDLE_MAX ((size_t)ZY_TILE_WIDTH * (2 + ENTRY_MAX))

/* The hashes of a tile that is not full yet. */
struct tile {
	uint64_t index;
	unsigned width;
	uint8_t hashes[ZY_TILE_WIDTH * ZY_HASH_LEN];
};

/* The tree so far: complete subtrees that wait for their right neighbours, the largest first, and a tile a level. */
struct growing {
	const char *folder;
	struct zy_case *c;
	uint64_t size;
	uint8_t waiting[64][ZY_HASH_LEN];
	size_t num_waiting;
	struct tile tiles[LEVELS];
	bool bad;
};

static void name_file(const struct growing *g, int level, uint64_t index, unsigned width, char *out, size_t room)
{
	char name[ZY_TILE_PATH_MAX];

	zy_tile_path(level, index, width, name);
	snprintf(out, room, "%.4000s/%s", g->folder, name);
}

/* One file is named; what comes behind it is not looked at. */
static bool is_bad(struct growing *g, int level, uint64_t index, unsigned width)
{
	char name[ZY_TILE_PATH_MAX];

	zy_tile_path(level, index, width, name);
	zy_report_add(g->c->r, "log-files", "tile", ZY_NOWHERE, "%s", name);
	g->bad = true;
	return true;
}

/* The tile as it was gathered from below is the file's. */
static bool end_tile(struct growing *g, int level)
{
	struct tile *t = &g->tiles[level];
	char path[4096];

	name_file(g, level, t->index, t->width, path, sizeof(path));
	if (!zy_file_holds(path, ZY_BYTES(t->hashes, t->width * (size_t)ZY_HASH_LEN)))
		return is_bad(g, level, t->index, t->width);
	t->index++;
	t->width = 0;
	return true;
}

static bool into_tile(struct growing *g, unsigned height, const uint8_t hash[ZY_HASH_LEN])
{
	struct tile *t = &g->tiles[height / 8];

	memcpy(t->hashes + t->width++ * (size_t)ZY_HASH_LEN, hash, ZY_HASH_LEN);
	return t->width < ZY_TILE_WIDTH || end_tile(g, (int)(height / 8));
}

static bool grow(struct growing *g, struct zy_bytes entry, struct zy_error *err)
{
	uint8_t hash[ZY_HASH_LEN];
	unsigned height = 0;

	if (!zy_merkle_leaf(ZY_HASH_SHA256, entry, hash, err))
		return false;
	for (uint64_t n = g->size++;; n >>= 1, height++) {
		if (height % 8 == 0 && height / 8 < LEVELS)
			into_tile(g, height, hash);
		if ((n & 1) == 0)
			break;
		if (!zy_merkle_node(ZY_HASH_SHA256, g->waiting[--g->num_waiting], hash, hash, err))
			return false;
	}
	memcpy(g->waiting[g->num_waiting++], hash, ZY_HASH_LEN);
	return true;
}

static bool root_of(const struct growing *g, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	if (g->num_waiting == 0)
		return zy_digest(ZY_HASH_SHA256, ZY_BYTES("", 0), out, err);
	memcpy(out, g->waiting[g->num_waiting - 1], ZY_HASH_LEN);
	for (size_t i = g->num_waiting - 1; i > 0; i--)
		if (!zy_merkle_node(ZY_HASH_SHA256, g->waiting[i - 1], out, out, err))
			return false;
	return true;
}

/* Up to that size or the end of the bundle, whose entries come in order. */
struct bundle {
	struct zy_bytes octets;
	struct zy_reader left;
	unsigned width;
};

static bool open_bundle(struct growing *g, uint64_t size, struct bundle *b, struct zy_arena *a)
{
	const uint64_t left = size - g->size, index = g->size / ZY_TILE_WIDTH;
	struct zy_error why = { 0 };
	char path[4096];

	b->width = left < ZY_TILE_WIDTH ? (unsigned)left : ZY_TILE_WIDTH;
	name_file(g, ZY_TILE_ENTRIES, index, b->width, path, sizeof(path));
	if (!zy_file_read(path, BUNDLE_MAX, a, &b->octets, &why))
		return !is_bad(g, ZY_TILE_ENTRIES, index, b->width);
	b->left = zy_reader_over(b->octets);
	return true;
}

static bool next_entry(struct bundle *b, struct zy_bytes *entry)
{
	struct zy_error why = { 0 };
	uint64_t len;

	return zy_take_be(&b->left, 2, "entry", &len, &why) && zy_take(&b->left, (size_t)len, "entry", entry, &why);
}

/* What must be the case when the log had as many entries as the kept checkpoint. */
static bool compare(struct growing *g, const struct zy_checkpoint *old, struct zy_error *err)
{
	uint8_t root[ZY_HASH_LEN];

	if (!root_of(g, root, err))
		return false;
	zy_report_add(g->c->r, memcmp(root, old->head.root, ZY_HASH_LEN) == 0 ? "log-grown" : "log-consistency", "root",
	    ZY_NOWHERE, "%llu", (unsigned long long)old->head.size);
	return true;
}

static bool read_bundle(struct growing *g, const struct zy_checkpoint *old, uint64_t size, struct zy_error *err)
{
	const uint64_t index = g->size / ZY_TILE_WIDTH;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes entry;
	struct bundle b;

	if (!open_bundle(g, size, &b, &a))
		return true;
	for (unsigned i = 0; i < b.width && !g->bad; i++) {
		if (!next_entry(&b, &entry))
			return is_bad(g, ZY_TILE_ENTRIES, index, b.width);
		if (!grow(g, entry, err) || (g->size == old->head.size && !compare(g, old, err)))
			return false;
	}
	return g->bad || zy_reader_left(&b.left) == 0 || is_bad(g, ZY_TILE_ENTRIES, index, b.width);
}

static bool read_all(
    struct growing *g, const struct zy_checkpoint *now, const struct zy_checkpoint *old, struct zy_error *err)
{
	uint8_t root[ZY_HASH_LEN];

	if (old->head.size == 0 && !compare(g, old, err))
		return false;
	while (g->size < now->head.size && !g->bad)
		if (!read_bundle(g, old, now->head.size, err))
			return false;
	for (int level = 0; level < LEVELS && !g->bad; level++)
		if (g->tiles[level].width > 0)
			end_tile(g, level);
	if (g->bad)
		return true;
	if (!root_of(g, root, err))
		return false;
	if (memcmp(root, now->head.root, ZY_HASH_LEN) != 0)
		zy_report_add(g->c->r, "log-files", "root", ZY_NOWHERE, "checkpoint");
	return true;
}

static bool judge_files(struct zy_case *c, const char *folder, const struct zy_checkpoint *now,
    const struct zy_checkpoint *old, struct zy_error *err)
{
	struct growing *g = zy_arena_alloc(c->work, sizeof(*g), err);

	if (g == NULL)
		return false;
	memset(g, 0, sizeof(*g));
	g->folder = folder;
	g->c = c;
	if (old->head.size > now->head.size)
		zy_report_add(c->r, "log-consistency", "size", ZY_NOWHERE, "%llu, %llu",
		    (unsigned long long)old->head.size, (unsigned long long)now->head.size);
	else if (old->head.size == now->head.size && memcmp(old->head.root, now->head.root, ZY_HASH_LEN) != 0)
		zy_report_add(c->r, "log-split", "root", ZY_NOWHERE, "%llu", (unsigned long long)now->head.size);
	return read_all(g, now, old, err);
}

bool zy_judge_log_files(struct zy_keys *k, const struct zy_trust *trust, const char *folder, struct zy_bytes file,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	const char *path = zy_arena_printf(&work, err, "%s/checkpoint", folder);
	struct zy_checkpoint old, now;
	struct zy_bytes text;

	if (path == NULL || !zy_file_read(path, ZY_NOTE_MAX, &work, &text, err) ||
	    !zy_checkpoint_parse(&now, text, &work, err) || !zy_case_checkpoint(&c, &now, ZY_LOG_ANY_TIME.entry, err))
		return zy_case_keep_error(&c, err);
	if (!zy_case_old_checkpoint(&c, file, &old) || !zy_bytes_equal(old.origin, now.origin)) {
		zy_report_add(r, "log-other", "origin", ZY_NOWHERE, NULL);
		return true;
	}
	return judge_files(&c, folder, &now, &old, err) || zy_case_keep_error(&c, err);
}
