/* backup and restore: copies of a home, and homes from copies. */
#include "backup_set.h"
#include "cli.h"
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/checkpoint.h"
#include "zy/file.h"
#include "zy/log_judge.h"
#include "zy/secret_home.h"

/* The trial: what a restore would do first, into a folder that goes away again. */
static bool try_out(struct zy_backup_set *s, const struct zy_care *care, const struct zy_merkle_head *signed_head,
    struct zy_vault *v, struct zy_merkle_head *head, struct zy_error *err)
{
	const char *folder = zy_arena_printf(&s->arena, err, "%s/trial", s->folder);
	struct zy_merkle_head same;
	bool ok;

	if (folder == NULL)
		return false;
	zy_folder_remove(folder);
	ok = zy_backup_set_load(s, folder, care, head, err);
	zy_folder_remove(folder);
	/* The vault has the same beginning: its head of that size is the trial's, and the signed one lies before it. */
	return ok && zy_vault_log_head_of(v, head->size, &same, err) &&
	       ((memcmp(same.root, head->root, ZY_HASH_LEN) == 0 && signed_head->size <= head->size) ||
		   zy_fail(
		       err, ZY_E_BACKUP, "root", ZY_NOWHERE, "what was copied is not the vault; take a new backup"));
}

static bool back_up(struct zy_desk *d, struct zy_backup_set *s, bool found, const struct zy_care *care, bool *stopped,
    struct zy_merkle_head *head, struct zy_error *err)
{
	struct zy_merkle_head signed_head = { 0 };
	struct zy_backup_at at = { 0 };
	struct zy_bytes note = { 0 };

	if (!zy_desk_is_newest(d, err) ||
	    !(found ? zy_backup_set_check(s, d->vault, err) : zy_backup_set_make(s, d->vault, err)) ||
	    (!d->secret && !zy_log_book_sign(d->log, &s->arena, &note, &signed_head, err)) ||
	    !zy_backup_set_copy(s, d->vault, care, stopped, err) || *stopped)
		return err->code == ZY_OK;
	at.change = (uint64_t)json_integer_value(json_object_get(json_object_get(s->root, "at"), "change"));
	return zy_backup_set_finish(s, d->vault, &d->home, note, err) &&
	       try_out(s, care, &signed_head, d->vault, head, err) && zy_vault_backup_done(d->vault, &at, err);
}

bool zy_cmd_backup(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { ZY_SECRET_OPTION(c), { 0 } };
	bool go, ok, found, stopped = false;
	struct zy_merkle_head head = { 0 };
	struct zy_backup_set s;
	struct zy_progress p;
	const struct zy_care care = { .step = zy_progress_step, .arg = &p };
	const char *words[1], *path;
	struct zy_desk d;
	int lock = -1;

	if (!zy_cli_parse(c, "backup", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_desk_open_side(&d, c->home, c->as.secret, ZY_DESK_BESIDE, c->clock, NULL, err))
		return false;
	zy_cli_other_side(&d, "backup");
	zy_progress_begin(&p, "backup");
	ok = (path = zy_home_path(&d.home, &d.arena, err, "%s/backup.lock", d.secret ? ZY_SECRET_FOLDER : "vault")) !=
		 NULL &&
	     zy_file_lock(path, &lock, err) && zy_backup_set_open(&s, words[0], &found, err);
	if (ok) {
		ok = back_up(&d, &s, found, &care, &stopped, &head, err);
		zy_progress_end(&p);
		if (ok && c->json)
			zy_cli_json(json_pack("{s:b, s:I, s:I, s:s}", "whole", (int)!stopped, "events",
			    (json_int_t)head.size, "parts",
			    (json_int_t)json_array_size(json_object_get(s.root, "parts")), "digest", s.digest));
		else if (ok && stopped)
			printf("stopped; the next call goes on\n");
		else if (ok)
			printf("whole, up to event %" PRIu64 "\ndigest %s: keep it elsewhere, for `restore --digest`\n",
			    head.size, s.digest);
		c->exit = stopped ? 69 : 0;
		zy_backup_set_close(&s);
	}
	zy_progress_end(&p);
	if (lock >= 0)
		close(lock);
	zy_desk_close(&d);
	return ok;
}
