#include "zy/cosigned.h"

#include <stdio.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/kept.h"

static const char *const names[] = { [ZY_COSIGNED_ASKED] = "log/asked", [ZY_COSIGNED_WITNESSED] = "log/witnessed" };

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_LOG, "checkpoint", ZY_NOWHERE, "%s", why);
}

static bool has_line(const struct zy_cosigned *k, enum zy_note_line which)
{
	for (size_t i = 0; i < k->checkpoint.note.num; i++)
		if (k->seen.lines[i] == which)
			return true;
	return false;
}

/* RFC 9162 2.1.4: the log of today has the same root at that size. */
static bool is_begun(const struct zy_desk *d, const struct zy_merkle_head *then, struct zy_error *err)
{
	struct zy_merkle_head now;

	if (!zy_vault_log_head(d->vault, &now, err))
		return false;
	if (then->size > now.size)
		return zy_fail(err, ZY_E_LOG, "size", ZY_NOWHERE,
		    "a kept checkpoint has %llu entries, the log only %llu: entries were dropped",
		    (unsigned long long)then->size, (unsigned long long)now.size);
	return zy_vault_log_head_of(d->vault, then->size, &now, err) &&
	       (memcmp(now.root, then->root, ZY_HASH_LEN) == 0 ||
		   bad("the log does not begin with what a kept checkpoint is of: history was changed", err));
}

bool zy_cosigned_judge(
    const struct zy_desk *d, struct zy_bytes text, struct zy_arena *a, struct zy_cosigned *out, struct zy_error *err)
{
	struct zy_cosigned k = { .found = true, .text = text };
	struct zy_error why = { 0 };
	enum zy_log_verdict verdict;

	if (!zy_checkpoint_parse(&k.checkpoint, text, a, &why))
		return bad(why.msg, err);
	if (!zy_checkpoint_judge(d->keys, &d->trust, &k.checkpoint, ZY_LOG_ANY_TIME, &verdict, err) ||
	    !zy_checkpoint_witnesses(d->keys, &d->trust, &k.checkpoint, zy_now(d->clock), &k.seen, err))
		return false;
	if (verdict != ZY_LOG_GOOD)
		return bad("a checkpoint is not signed by this home's log, or was altered", err);
	if (has_line(&k, ZY_LINE_BAD))
		return bad("a witness's signature is not of this checkpoint", err);
	*out = k;
	return is_begun(d, &k.checkpoint.head, err);
}

bool zy_cosigned_get(const struct zy_desk *d, enum zy_cosigned_which which, struct zy_arena *a, struct zy_cosigned *out,
    struct zy_error *err)
{
	const char *path = zy_home_path(&d->home, a, err, "%s", names[which]);
	struct zy_bytes text;

	*out = (struct zy_cosigned){ 0 };
	if (path == NULL || access(path, F_OK) != 0)
		return path != NULL;
	return zy_kept_read(path, ZY_NOTE_MAX, a, &text, err) && zy_cosigned_judge(d, text, a, out, err);
}

bool zy_cosigned_is_enough(const struct zy_desk *d, const struct zy_cosigned *k)
{
	return k->found && k->seen.good >= (d->trust.witness_least > 0 ? d->trust.witness_least : 1);
}

static bool store(const struct zy_desk *d, enum zy_cosigned_which which, const struct zy_cosigned *k,
    struct zy_arena *a, struct zy_error *err)
{
	const char *path = zy_home_path(&d->home, a, err, "%s", names[which]);

	return path != NULL && zy_kept_write(path, k->text, 0644, true, err);
}

bool zy_cosigned_put(const struct zy_desk *d, const struct zy_cosigned *k, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *folder = zy_home_path(&d->home, &a, err, "log");
	struct zy_cosigned before;

	if (folder == NULL || !zy_folder_make(folder, 0700, err) || !store(d, ZY_COSIGNED_ASKED, k, &a, err))
		return false;
	if (!zy_cosigned_is_enough(d, k))
		return true;
	if (!zy_cosigned_get(d, ZY_COSIGNED_WITNESSED, &a, &before, err))
		return false;
	return (before.found && before.checkpoint.head.size > k->checkpoint.head.size) ||
	       store(d, ZY_COSIGNED_WITNESSED, k, &a, err);
}

bool zy_cosigned_put_aside(const struct zy_desk *d, uint64_t size, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };

	for (enum zy_cosigned_which w = ZY_COSIGNED_ASKED; w <= ZY_COSIGNED_WITNESSED; w++) {
		const char *path = zy_home_path(&d->home, &a, err, "%s", names[w]);
		const char *aside = zy_home_path(
		    &d->home, &a, err, "log/lost-%llu-%s", (unsigned long long)size, names[w] + strlen("log/"));
		struct zy_error broken = { 0 };
		struct zy_cosigned k;

		if (path == NULL || aside == NULL)
			return false;
		if (!zy_cosigned_get(d, w, &a, &k, &broken) && !zy_kept_rename(path, aside, err))
			return false;
	}
	return true;
}

bool zy_cosigned_check(const struct zy_desk *d, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cosigned k;

	return zy_cosigned_get(d, ZY_COSIGNED_ASKED, &a, &k, err) &&
	       zy_cosigned_get(d, ZY_COSIGNED_WITNESSED, &a, &k, err);
}
