/* The published log as a folder of files, as `zhengyin log export` writes them (C2SP tlog-tiles). */
#include <stdio.h>

#include "command.h"
#include "zy/file.h"
#include "zy/standing_judge.h"

enum { PATH_ROOM = 4096 };
#define BUNDLE_MAX ((size_t)ZY_TILE_WIDTH * (2 + ZY_LOG_ENTRY_LEN))

struct folder {
	const char *path;
};

static bool read_tile(
    const char *folder, uint64_t tile, unsigned width, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	char name[ZY_TILE_PATH_MAX], path[PATH_ROOM];

	zy_tile_path(ZY_TILE_ENTRIES, tile, width, name);
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return zy_fail(err, ZY_E_IO, "log", ZY_NOWHERE, "the folder's name is too long");
	return zy_file_read(path, BUNDLE_MAX, a, out, err);
}

/* Where the log has grown since, the part of a tile is the beginning of the whole one. */
static bool read_entries(
    void *arg, uint64_t tile, unsigned width, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	const size_t len = (size_t)width * (2 + ZY_LOG_ENTRY_LEN);
	const struct folder *f = arg;
	struct zy_error why = { 0 };

	if (width < ZY_TILE_WIDTH && read_tile(f->path, tile, width, a, out, &why))
		return true;
	if (!read_tile(f->path, tile, ZY_TILE_WIDTH, a, out, err))
		return false;
	if (out->len > len)
		out->len = len;
	return true;
}

bool zy_verify_standing(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, const char *folder,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	struct folder f = { folder };
	struct zy_log_files files = { .read = read_entries, .arg = &f };
	ZY_ARENA_AUTO a = { 0 };
	char path[PATH_ROOM];

	if (snprintf(path, sizeof(path), "%s/checkpoint", folder) >= (int)sizeof(path))
		return zy_fail(err, ZY_E_IO, "log", ZY_NOWHERE, "the folder's name is too long");
	return zy_file_read(path, ZY_NOTE_MAX, &a, &files.checkpoint, err) &&
	       zy_judge_standing(k, trust, in, &files, at, r, err);
}
