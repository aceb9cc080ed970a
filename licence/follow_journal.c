/* The journals of the signers: orders that were used, and what became of keys. */
#include "follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "zy/journal_file.h"
#include "zy/log_loss.h"
#include "zy/noted_head.h"

enum { AT_ONCE = 64, QUIET_MAX = 4096 }; /* events in a transaction; records without one, after which the mark moves */

struct reading {
	struct zy_desk *desk;
	const char *token, *source;
	struct zy_arena arena; /* of the events that wait */
	struct zy_followed wait[AT_ONCE];
	size_t num;
};

static const struct {
	const char *record;
	enum zy_followed_what what;
} kinds[] = { { "genesis", ZY_FOLLOWED_GENESIS }, { "order", ZY_FOLLOWED_ORDER }, { "key", ZY_FOLLOWED_KEY },
	{ "log", ZY_FOLLOWED_LOG } };

static enum zy_followed_what kind_of(const struct zy_journal_record *r)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (zy_bytes_equal(r->what, zy_str(kinds[i].record)))
			return kinds[i].what;
	return ZY_FOLLOWED_NOTHING;
}

static struct zy_mark mark_of(const struct zy_journal_head *h)
{
	struct zy_mark m = { .number = h->seq, .offset = h->offset };

	memcpy(m.digest, h->hash, ZY_HASH_LEN);
	return m;
}

static bool flush(struct reading *r, struct zy_error *err)
{
	bool ok = zy_vault_follow(r->desk->whole, r->wait, r->num, err);

	r->num = 0;
	zy_arena_free(&r->arena);
	return ok;
}

/* What was lost is what the leaf names: its size and root; from where the log goes on is the reason. */
static bool see_loss(
    struct reading *r, const struct zy_journal_record *rec, struct zy_followed *f, struct zy_error *err)
{
	struct zy_log_loss loss;
	ZY_BUF_AUTO line = { 0 };

	zy_buf_put(&line, rec->item);
	zy_buf_put_u8(&line, '\n');
	if (!zy_buf_done(&line, "journal", err) || !zy_log_loss_parse(&loss, zy_buf_bytes(&line), err))
		return false;
	f->number = loss.lost.size;
	memcpy(f->digest, loss.lost.root, ZY_HASH_LEN);
	f->what = zy_noted_is_origin(loss.origin) ? ZY_FOLLOWED_NOTHING : f->what; /* the order is followed */
	return (f->about = zy_arena_text(&r->arena, loss.origin, err)) != NULL &&
	       (f->reason = zy_arena_printf(&r->arena, err, "goes-on %llu", (unsigned long long)loss.goes_on.size)) !=
		   NULL;
}

/* Of an order its own digest: it covers the file that it is about. */
static bool see(
    void *arg, const struct zy_journal_record *rec, const struct zy_journal_head *head, struct zy_error *err)
{
	struct reading *r = arg;
	struct zy_followed *f = &r->wait[r->num];
	const char *key;

	*f = (struct zy_followed){ .source = r->source, .mark = mark_of(head), .what = kind_of(rec) };
	if (f->what == ZY_FOLLOWED_NOTHING)
		return true;
	f->number = rec->seq;
	f->about = r->token;
	memcpy(f->digest, rec->has_rule ? rec->rule : rec->digest, ZY_HASH_LEN);
	if ((f->reason = zy_arena_text(&r->arena, rec->use, err)) == NULL)
		return false;
	if (f->what == ZY_FOLLOWED_KEY &&
	    ((key = zy_arena_text(&r->arena, rec->key, err)) == NULL ||
		(f->about = zy_arena_printf(&r->arena, err, "%s/%s", r->token, key)) == NULL))
		return false;
	if (f->what == ZY_FOLLOWED_LOG && !see_loss(r, rec, f, err))
		return false;
	if (f->what == ZY_FOLLOWED_NOTHING)
		return true;
	return ++r->num < AT_ONCE || flush(r, err);
}

static bool read_on(struct reading *r, int fd, struct zy_error *err)
{
	struct zy_journal_head from, head;
	struct zy_mark mark;
	uint64_t rest;
	bool found;

	if (!zy_vault_mark(r->desk->whole, r->source, &mark, &found, err) ||
	    !zy_journal_head_start(&from, r->token, err))
		return false;
	if (found) {
		from.seq = mark.number;
		from.offset = mark.offset;
		memcpy(from.hash, mark.digest, ZY_HASH_LEN);
	}
	if (!zy_journal_read_on(fd, &from, see, r, &head, &rest, err))
		return false;
	if (r->num == 0 && head.seq - from.seq > QUIET_MAX) /* many signatures, no event: not to be read again */
		r->wait[r->num++] = (struct zy_followed){ .source = r->source, .mark = mark_of(&head) };
	return flush(r, err);
}

static bool follow_token(struct zy_desk *d, const char *token, struct zy_error *err)
{
	struct reading r = { .desk = d, .token = token };
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(&d->home, &a, err, "signer/%s.journal", token);
	bool ok;
	int fd;

	if (path == NULL || (r.source = zy_arena_printf(&a, err, "journal %s", token)) == NULL)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return zy_fail(
		    err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot read the journal of %s: %s", token, strerror(errno));
	ok = read_on(&r, fd, err);
	zy_arena_free(&r.arena);
	close(fd);
	return ok;
}

static int is_journal(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 8 && strcmp(e->d_name + len - 8, ".journal") == 0;
}

bool zy_follow_journals(struct zy_desk *d, struct zy_error *err)
{
	const char *folder = zy_home_path(&d->home, &d->arena, err, "signer");
	struct dirent **names;
	bool ok = true;
	int num;

	if (folder == NULL)
		return false;
	num = scandir(folder, &names, is_journal, alphasort);
	if (num < 0)
		return zy_fail(err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot read %s: %s", folder, strerror(errno));
	for (int i = 0; i < num; i++) {
		names[i]->d_name[strlen(names[i]->d_name) - 8] = 0;
		ok = ok && follow_token(d, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return ok;
}
