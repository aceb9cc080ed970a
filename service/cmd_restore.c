/* restore: the files of a home, and its vault, from a backup; nothing gets its place before it is proved. */
#include "backup_home.h"
#include "cli.h"
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/checkpoint.h"
#include "zy/file.h"
#include "zy/home_files.h"
#include "zy/log_judge.h"
#include "zy/secret.h"
#include "zy/secret_home.h"

struct bringing {
	struct zy_cli *cli;
	struct zy_backup_set *set;
	struct zy_home home;
	struct zy_keys *keys;
	struct zy_trust trust;
	struct zy_wrapping wrapping;
	struct zy_vault *vault;
	const struct zy_care *care;
	const char *folder, *checkpoint; /* where the vault is made; a file, or NULL */
	const char *digest;              /* that the backup must have, or NULL */
	int lock;                        /* one restore at a time */
	uint64_t position;
	zy_time at;
	bool accept_loss, behind; /* behind: of the compartment, what was noted of it */
	uint64_t lost;
	struct zy_arena arena;
};

static bool open_again(struct bringing *b, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&b->wrapping);

	zy_vault_close(b->vault);
	b->vault = NULL;
	return zy_vault_open(&b->vault, b->folder, &w, b->cli->clock, 0, err);
}

/* A checkpoint that this log signed; whose log the vault goes on from, or is shorter than. */
static bool hold_against(
    struct bringing *b, struct zy_bytes text, uint64_t size, uint64_t *beyond, struct zy_error *err)
{
	enum zy_log_verdict verdict;
	struct zy_merkle_head have;
	struct zy_checkpoint c;

	*beyond = 0;
	if (!zy_checkpoint_parse(&c, text, &b->arena, err) ||
	    !zy_checkpoint_judge(b->keys, &b->trust, &c, ZY_LOG_ANY_TIME, &verdict, err))
		return false;
	if (verdict != ZY_LOG_GOOD)
		return zy_fail(
		    err, ZY_E_LOG, "checkpoint", ZY_NOWHERE, "the checkpoint is not signed by this home's log");
	if (c.head.size > size) {
		*beyond = c.head.size - size;
		return true;
	}
	return zy_vault_log_head_of(b->vault, c.head.size, &have, err) &&
	       (memcmp(have.root, c.head.root, ZY_HASH_LEN) == 0 ||
		   zy_fail(err, ZY_E_LOG, "root", ZY_NOWHERE, "the backup holds another history than the checkpoint"));
}

/* The checkpoint that the backup itself was made with. */
static bool check_own(struct bringing *b, uint64_t size, struct zy_error *err)
{
	const char *text = json_string_value(json_object_get(b->set->root, "checkpoint"));
	uint64_t beyond;

	if (text == NULL)
		return true; /* of the secret compartment */
	return hold_against(b, zy_str(text), size, &beyond, err) &&
	       (beyond == 0 ||
		   zy_fail(err, ZY_E_BACKUP, "size", ZY_NOWHERE, "the backup is shorter than its checkpoint"));
}

static bool check_kept(struct bringing *b, uint64_t size, struct zy_error *err)
{
	struct zy_bytes text;

	if (b->checkpoint == NULL)
		return true;
	if (!zy_file_read(b->checkpoint, ZY_NOTE_MAX, &b->arena, &text, err) ||
	    !hold_against(b, text, size, &b->lost, err))
		return false;
	return b->lost == 0 || b->accept_loss ||
	       zy_fail(err, ZY_E_BACKUP, "checkpoint", ZY_NOWHERE,
		   "the checkpoint knows %" PRIu64 " events after event %" PRIu64
		   ", the last one here: they would be lost; "
		   "take a newer backup, or say --accept-loss",
		   b->lost, size);
}

/* What the signers noted of the compartment stands for the checkpoint. */
static bool check_noted(struct bringing *b, struct zy_error *err)
{
	struct zy_noting *n = NULL;
	struct zy_error why = { 0 };

	if (!b->cli->as.secret)
		return true;
	if (zy_noting_open(&n, b->wrapping.hsm, b->wrapping.key, b->vault, &why))
		b->behind = !zy_noting_check(n, &b->lost, &why) && why.code == ZY_E_LOG_FORK;
	zy_noting_close(n);
	if (why.code == ZY_OK || (b->behind && b->accept_loss))
		return true;
	if (!b->behind || b->lost == 0) {
		*err = why;
		return false;
	}
	return zy_fail(err, ZY_E_LOG_FORK, "vault-secret", ZY_NOWHERE,
	    "%" PRIu64 " events were noted after the last one here: they would be lost; take a newer backup, or say "
	    "--accept-loss",
	    b->lost);
}

/* A backup of the compartment has no checkpoint, every other has; what a vault says of itself is held against it. */
static bool is_of_side(const struct bringing *b, bool secret, struct zy_error *err)
{
	return secret == b->cli->as.secret ||
	       zy_fail(err, ZY_E_BACKUP, "secret", ZY_NOWHERE,
		   secret ? "this is a backup of the secret compartment: say --secret"
			  : "this is no backup of the secret compartment: leave --secret out");
}

static bool prove(struct bringing *b, struct zy_check_figures *f, struct zy_error *err)
{
	struct zy_merkle_head head;

	if (!is_of_side(b, json_object_get(b->set->root, "checkpoint") == NULL, err) ||
	    !zy_backup_set_load(b->set, b->folder, b->care, &head, err) || !open_again(b, err) ||
	    !is_of_side(b, zy_vault_is_secret(b->vault), err) || !zy_backup_set_check(b->set, b->vault, err) ||
	    !check_own(b, head.size, err))
		return false;
	if ((b->position != UINT64_MAX || b->at != ZY_TIME_NEVER) &&
	    (!zy_vault_back_to(b->vault, b->position, b->at, &head, err) || !open_again(b, err)))
		return false;
	return check_kept(b, head.size, err) && check_noted(b, err) && zy_vault_forget_changes(b->vault, err) &&
	       zy_vault_check_run(b->vault, true, b->care, f, err) &&
	       (f->finished || zy_fail(err, ZY_E_BACKUP, "check", ZY_NOWHERE, "stopped; what was begun is taken away"));
}

static const char *vault_of(struct bringing *b, const char *extension, struct zy_error *err)
{
	return zy_home_path(
	    &b->home, &b->arena, err, "%s%s", b->cli->as.secret ? ZY_SECRET_FOLDER : "vault", extension);
}

static bool open_home(struct bringing *b, struct zy_error *err)
{
	const char *place, *lock;

	if (!zy_home_open(&b->home, b->cli->home, &b->arena, err) ||
	    (lock = zy_home_path(&b->home, &b->arena, err, "restore.lock")) == NULL ||
	    !zy_file_lock(lock, &b->lock, err) || !zy_keys_open(&b->keys, err) ||
	    !zy_home_trust(&b->home, b->keys, zy_now(b->cli->clock), &b->arena, &b->trust, err) ||
	    !zy_hsm_open(&b->wrapping.hsm, b->home.path, err) || (place = vault_of(b, "", err)) == NULL ||
	    (b->folder = vault_of(b, ".restore", err)) == NULL)
		return false;
	b->wrapping.key = b->cli->as.secret ? b->home.secret_key : b->home.wrap_key;
	return access(place, F_OK) != 0 ||
	       zy_fail(err, ZY_E_EXISTS, "vault", ZY_NOWHERE, "%s is there; a vault is never overwritten", place);
}

static bool bring(struct bringing *b, struct zy_check_figures *f, struct zy_error *err)
{
	const char *place;
	bool ok;

	if (!open_home(b, err) || (place = vault_of(b, "", err)) == NULL)
		return false;
	zy_folder_remove(b->folder);
	ok = prove(b, f, err);
	zy_vault_close(b->vault);
	b->vault = NULL;
	if (ok && rename(b->folder, place) != 0)
		ok = zy_fail(err, ZY_E_IO, "vault", ZY_NOWHERE, "%s: %s", place, strerror(errno));
	if (!ok)
		zy_folder_remove(b->folder);
	return ok;
}

static void close_all(struct bringing *b)
{
	if (b->lock >= 0)
		close(b->lock);
	zy_vault_close(b->vault);
	zy_hsm_close(b->wrapping.hsm);
	zy_keys_close(b->keys);
	zy_arena_free(&b->arena);
}

static void print_restored(const struct bringing *b, const struct zy_check_figures *f)
{
	if (b->cli->json)
		zy_cli_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "events", (json_int_t)f->head.size, "licences",
		    (json_int_t)f->counts.licences, "versions", (json_int_t)f->counts.versions, "rows",
		    (json_int_t)f->rows, "lost", (json_int_t)b->lost, "ordered", (json_int_t)f->ordered));
	else
		printf("restored and proved: %" PRIu64 " licences, %" PRIu64 " versions, %" PRIu64 " events\n",
		    f->counts.licences, f->counts.versions, f->head.size);
	if (b->behind)
		fprintf(stderr,
		    "lost: what the signers noted after event %" PRIu64
		    ". It can be read; nothing is written in it before\n"
		    "the rest is found, or two officers ordered to go on: `zhengyin log loss --help`\n",
		    f->head.size);
	else if (b->lost > 0)
		fprintf(stderr,
		    "lost: events %" PRIu64 " to %" PRIu64
		    ". The log's keys sign no shorter log than they signed, so nothing\n"
		    "can be minted before the rest is found, or two officers ordered to go on: `zhengyin log loss --help`\n",
		    f->head.size + 1, f->head.size + b->lost);
	if (f->ordered > 0)
		fprintf(stderr,
		    "the data of %" PRIu64
		    " holders was destroyed by orders that this vault does not know yet: carry them\n"
		    "out again, `zhengyin shred --order ORDER`; until then `zhengyin check` reminds\n",
		    f->ordered);
}

/* Files first, then the tokens, which are not in the backup, then the vault. What says which module a signer loads is
 * among the files, and before the tokens are there nobody can tell who wrote them: hence the digest. */
static bool put_home(struct bringing *b, bool *put, struct zy_error *err)
{
	struct zy_cli *c = b->cli;
	const char *config = zy_arena_printf(&b->set->arena, err, "%s/config.json", c->home);

	*put = config != NULL && !c->as.secret && access(config, F_OK) != 0;
	if (config == NULL)
		return false;
	if (!*put)
		return true;
	if (json_integer_value(json_object_get(b->set->root, "whole_parts")) < 1)
		return zy_fail(err, ZY_E_BACKUP, "backup", ZY_NOWHERE,
		    "the backup was never finished: call `zhengyin backup` again");
	if (!zy_backup_home_put(b->set, c->home, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack(
		    "{s:b, s:s, s:b}", "files", 1, "digest", b->set->digest, "compared", (int)(b->digest != NULL)));
	else
		printf("the files of the home are in %s; bring its tokens back, `zhengyin up`, and restore again\n",
		    c->home);
	if (b->digest == NULL)
		fprintf(stderr,
		    "restore: nothing says yet that this is the backup that was made: before `zhengyin up` runs the\n"
		    "modules that signer/ names, compare its digest with what `zhengyin backup` said: %s\n",
		    b->set->digest);
	c->exit = 69;
	return true;
}

static bool is_the_one(const struct bringing *b, struct zy_error *err)
{
	return b->digest == NULL || strcmp(b->digest, b->set->digest) == 0 ||
	       zy_fail(err, ZY_E_BACKUP, "digest", ZY_NOWHERE,
		   "this is another backup, or it was changed: its digest is %s", b->set->digest);
}

bool zy_cmd_restore(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_progress p;
	const struct zy_care care = { .step = zy_progress_step, .arg = &p, .older = true };
	struct bringing b = { .cli = c, .lock = -1, .position = UINT64_MAX, .at = ZY_TIME_NEVER, .care = &care };
	const char *at = NULL, *position = NULL, *words[1];
	const struct zy_option opts[] = { { "checkpoint", "FILE", "a checkpoint that was kept elsewhere", &b.checkpoint,
					      NULL },
		{ "accept-loss", NULL,
		    "what the checkpoint, or the signers of the compartment, know and the backup has not may be lost",
		    NULL, &b.accept_loss },
		{ "at", "TIME", "as it was then (RFC 3339)", &at, NULL },
		{ "digest", "SHA256", "this backup and no other: what `backup` said, kept elsewhere", &b.digest, NULL },
		{ "position", "N", "as it was after event N, or before if N was in the middle of a write", &position,
		    NULL },
		ZY_SECRET_OPTION(c), { 0 } };
	struct zy_check_figures f = { 0 };
	struct zy_backup_set s;
	bool go, ok, found, put = false;

	if (!zy_cli_parse(c, "restore", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (c->as.secret && b.checkpoint != NULL)
		return zy_fail(err, ZY_E_USAGE, "checkpoint", ZY_NOWHERE, "the compartment's log has no checkpoints");
	if ((at != NULL && !zy_time_from_rfc3339(zy_str(at), &b.at, err)))
		return false;
	if (position != NULL && (position[strspn(position, "0123456789")] != 0 || strlen(position) > 18 ||
				    (b.position = strtoull(position, NULL, 10)) == 0))
		return zy_fail(err, ZY_E_USAGE, "position", ZY_NOWHERE, "a position is the number of an event");
	b.set = &s;
	ok = zy_backup_set_open(&s, words[0], &found, err) &&
	     (found || zy_fail(err, ZY_E_BACKUP, "DIR", ZY_NOWHERE, "there is no backup in %s", words[0])) &&
	     is_the_one(&b, err) && put_home(&b, &put, err);
	if (ok && !put) {
		zy_progress_begin(&p, "restore");
		ok = bring(&b, &f, err);
		zy_progress_end(&p);
		if (ok)
			print_restored(&b, &f);
	}
	close_all(&b);
	zy_backup_set_close(&s);
	return ok;
}
