/* log export: the log as static files (C2SP tlog-tiles). What readers were shown only grows. */
#include "cli.h"
#include "cmd_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "zy/cosigned.h"
#include "zy/file.h"
#include "zy/follow.h"
#include "zy/follow_home.h"

enum { PATH_ROOM = 4200, POLLS = 100, POLL_NS = 100000000 };

struct export
{
	struct zy_cli *cli;
	const char *folder;
	bool all; /* hold also what was published against the log */
	struct zy_arena arena;
	struct zy_desk desk;
	uint64_t before; /* entries of the checkpoint that lies there; 0: none */
	struct zy_bytes note;
	struct zy_merkle_head head;
	size_t witnesses;
	uint64_t written;
};

/* ---- which checkpoint ---- */

/* By turns: of two that export at once the one with fewer entries must not be the last to write its checkpoint. */
static bool lock_folder(const char *folder, int *fd, struct zy_error *err)
{
	static const struct timespec pause = { .tv_nsec = POLL_NS };

	if (!zy_folder_make(folder, 0755, err))
		return false;
	if ((*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return zy_fail(err, ZY_E_IO, "DIR", ZY_NOWHERE, "cannot open %s: %s", folder, strerror(errno));
	for (int left = POLLS; flock(*fd, LOCK_EX | LOCK_NB) != 0; left--) {
		if (left == 0) {
			close(*fd);
			return zy_fail(
			    err, ZY_E_BUSY, "DIR", ZY_NOWHERE, "another export into %s is under way", folder);
		}
		nanosleep(&pause, NULL);
	}
	return true;
}

/* What readers were shown must be what this log begins with; tiles of another would lie among its own. */
static bool read_published(struct export *e, struct zy_cosigned *out, struct zy_error *err)
{
	const char *path = zy_arena_printf(&e->arena, err, "%s/checkpoint", e->folder);
	struct zy_error why = { 0 };
	struct zy_bytes text;

	*out = (struct zy_cosigned){ 0 };
	if (path == NULL || access(path, F_OK) != 0)
		return path != NULL;
	if (!zy_file_read(path, ZY_NOTE_MAX, &e->arena, &text, err))
		return false;
	if (zy_cosigned_judge(&e->desk, text, &e->arena, out, &why))
		return true;
	return why.code == ZY_E_LOG
		   ? zy_fail(err, ZY_E_LOG_FORK, "DIR", ZY_NOWHERE,
			 "what is published there is not continued: %.70s; write into an empty folder", why.msg)
		   : zy_fail(err, why.code, "DIR", ZY_NOWHERE, "%s", why.msg);
}

static bool take(struct export *e, const struct zy_cosigned *k)
{
	e->note = k->text;
	e->head = k->checkpoint.head;
	e->witnesses = k->seen.good;
	return true;
}

/* What enough witnesses signed, where the bundle asks for them, else the tree as it is now; but never fewer entries
 * than are published. */
static bool choose(struct export *e, struct zy_error *err)
{
	struct zy_cosigned published, k = { 0 };

	if (!read_published(e, &published, err))
		return false;
	e->before = published.found ? published.checkpoint.head.size : 0;
	if (e->desk.trust.witness_least > 0 && !zy_cosigned_get(&e->desk, ZY_COSIGNED_WITNESSED, &e->arena, &k, err))
		return false;
	if (e->desk.trust.witness_least == 0 || !zy_cosigned_is_enough(&e->desk, &k))
		return zy_log_book_sign(e->desk.log, &e->arena, &e->note, &e->head, err);
	return take(e, k.checkpoint.head.size < e->before ? &published : &k);
}

static bool begin(struct export *e, struct zy_error *err)
{
	bool ok;

	if (!zy_desk_open(&e->desk, e->cli->home, ZY_DESK_READ, e->cli->clock, NULL, err))
		return false;
	ok = zy_desk_follow(&e->desk, err) && choose(e, err);
	zy_desk_close(&e->desk);
	return ok;
}

/* ---- its files ---- */

struct tile {
	int level; /* ZY_TILE_ENTRIES: of entries */
	uint64_t index;
	unsigned width;
	char path[PATH_ROOM];
};

static void name_tile(const struct export *e, struct tile *t)
{
	char name[ZY_TILE_PATH_MAX];

	zy_tile_path(t->level, t->index, t->width, name);
	snprintf(t->path, sizeof(t->path), "%.4096s/%s", e->folder, name);
}

/* A full tile of what was published before lies there as it was written, unless somebody cut it off. */
static bool is_published(const struct export *e, const struct tile *t)
{
	const size_t len = t->level == ZY_TILE_ENTRIES ? 2 + ZY_LOG_ENTRY_LEN : ZY_HASH_LEN;
	struct stat st;

	return !e->all && t->width == ZY_TILE_WIDTH &&
	       (t->index + 1) * ZY_TILE_WIDTH <= zy_tile_hashes(t->level, e->before) && stat(t->path, &st) == 0 &&
	       S_ISREG(st.st_mode) && (size_t)st.st_size == len * ZY_TILE_WIDTH;
}

/* Partial tiles that a full one replaced: whoever still has a checkpoint of them takes the full one (tlog-tiles). They
 * stay for the time between two exports. */
static void remove_partial(const struct tile *t)
{
	char path[PATH_ROOM + 8];

	snprintf(path, sizeof(path), "%s.p", t->path);
	if (access(path, F_OK) != 0)
		return;
	for (unsigned width = 1; width < ZY_TILE_WIDTH; width++) {
		snprintf(path, sizeof(path), "%s.p/%u", t->path, width);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s.p", t->path);
	rmdir(path);
}

static bool write_tile(struct export *e, const struct tile *t, struct zy_error *err)
{
	ZY_BUF_AUTO hashes = { 0 };
	char folder[PATH_ROOM];

	if (!zy_vault_log_hashes(e->desk.vault, t->level, t->index * ZY_TILE_WIDTH, t->width, &hashes, err))
		return false;
	if (zy_file_holds(t->path, zy_buf_bytes(&hashes)))
		return true;
	snprintf(folder, sizeof(folder), "%s", t->path);
	*strrchr(folder, '/') = 0;
	e->written++;
	return zy_folder_make(folder, 0755, err) && zy_file_write(t->path, zy_buf_bytes(&hashes), 0644, true, err);
}

static bool export_level(struct export *e, int level, struct zy_error *err)
{
	const uint64_t hashes = zy_tile_hashes(level, e->head.size);
	struct tile t = { .level = level };

	for (; t.index * ZY_TILE_WIDTH < hashes; t.index++) {
		const uint64_t left = hashes - t.index * ZY_TILE_WIDTH;

		t.width = left < ZY_TILE_WIDTH ? (unsigned)left : ZY_TILE_WIDTH;
		name_tile(e, &t);
		if (is_published(e, &t))
			remove_partial(&t);
		else if (!write_tile(e, &t, err))
			return false;
	}
	return true;
}

/* Beside whoever owns the vault now. The checkpoint comes last: what it needs is there. */
static bool write_files(struct export *e, struct zy_error *err)
{
	const char *path = zy_arena_printf(&e->arena, err, "%s/checkpoint", e->folder);
	struct zy_merkle_head now;
	bool ok;

	if (path == NULL || !zy_desk_open(&e->desk, e->cli->home, ZY_DESK_BESIDE, e->cli->clock, NULL, err))
		return false;
	ok = zy_vault_log_head_of(e->desk.vault, e->head.size, &now, err) &&
	     (memcmp(now.root, e->head.root, ZY_HASH_LEN) == 0 ||
		 zy_fail(err, ZY_E_LOG_FORK, "root", ZY_NOWHERE, "the vault was set back meanwhile"));
	for (int level = ZY_TILE_ENTRIES; ok && level < 8; level++)
		ok = export_level(e, level, err);
	zy_desk_close(&e->desk);
	return ok && (zy_file_holds(path, e->note) || zy_file_write(path, e->note, 0644, true, err));
}

/* ---- the command ---- */

/* When, for who is told that the log waits. */
static bool note_exported(struct export *e, struct zy_error *err)
{
	struct zy_followed f = { .source = ZY_SOURCE_EXPORTED,
		.mark = { .number = e->head.size, .offset = (uint64_t)zy_now(e->cli->clock) } };
	bool ok;

	if (!zy_desk_open(&e->desk, e->cli->home, ZY_DESK_READ, e->cli->clock, NULL, err))
		return false;
	memcpy(f.mark.digest, e->head.root, ZY_HASH_LEN);
	ok = zy_vault_follow(e->desk.whole, &f, 1, err);
	zy_desk_close(&e->desk);
	return ok;
}

static void tell(const struct export *e)
{
	if (e->cli->json)
		zy_cli_json(json_pack("{s:I, s:I, s:I}", "size", (json_int_t)e->head.size, "tiles",
		    (json_int_t)e->written, "witnesses", (json_int_t)e->witnesses));
	else
		printf("%s: %llu entries, %llu tiles written, signed by %zu witnesses\n", e->folder,
		    (unsigned long long)e->head.size, (unsigned long long)e->written, e->witnesses);
}

bool zy_cmd_log_export(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct export e = { .cli = c };
	const struct zy_option opts[] = { { "all", NULL, "hold each tile that is there against the log", NULL, &e.all },
		{ 0 } };
	bool go, ok;
	int lock;

	if (!zy_cli_parse(c, "log export", opts, argc, argv, 1, 1, &e.folder, &go, err) || !go)
		return err->code == ZY_OK;
	if (strlen(e.folder) > 4000)
		return zy_fail(err, ZY_E_USAGE, "DIR", ZY_NOWHERE, "the folder's path is too long");
	if (!lock_folder(e.folder, &lock, err))
		return false;
	ok = begin(&e, err) && write_files(&e, err) && note_exported(&e, err);
	if (ok)
		tell(&e);
	close(lock);
	zy_arena_free(&e.arena);
	return ok;
}
