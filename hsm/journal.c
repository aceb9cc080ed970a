#include "journal.h"
#include "journal_head.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/journal_file.h"

struct zy_signer_journal {
	const struct zy_signer_config *config;
	const struct zy_log *log;
	struct zy_keyring *keys;
	uint64_t lives_seq; /* records of keys up to this one are in `keys` */
	int fd, head_fd;
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct zy_counts counts;
	struct zy_in_force in_force;
	struct zy_heads heads;          /* of log keys */
	struct zy_journal_head head;    /* of what was put, on the disk or waiting */
	struct zy_journal_head durable; /* of what is on the disk */
	struct zy_buf waiting;          /* frames after `durable` that nobody writes yet */
	bool leading;                   /* somebody writes */
	bool broken;                    /* a write failed: what the file holds must be read again */
	uint64_t times_broken;
};

static bool fail_file(struct zy_error *err, const char *what, const char *path)
{
	return zy_fail(err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot %s %s: %s", what, path, strerror(errno));
}

/* ---- reading the journal again ---- */

struct reading {
	struct zy_signer_journal *j;
	struct zy_journal_head noted;
	bool met;     /* the noted head was passed */
	bool refused; /* a whole frame says what cannot be */
	struct zy_journal_head last;
};

static bool same_head(const struct zy_journal_head *a, const struct zy_journal_head *b)
{
	return a->seq == b->seq && a->offset == b->offset && memcmp(a->hash, b->hash, ZY_HASH_LEN) == 0;
}

/* The journal is where the lives of keys are kept; the table only says which keys there are. Read again after a fault,
 * a key must not pass through its former states once more. */
static bool see_key(struct zy_signer_journal *j, const struct zy_journal_record *r, struct zy_error *err)
{
	char label[ZY_KEY_LABEL_MAX + 1] = "";
	struct zy_key_life life;
	struct zy_key *key;

	if (r->seq <= j->lives_seq)
		return true;
	j->lives_seq = r->seq;
	if (r->key.len < sizeof(label))
		memcpy(label, r->key.p, r->key.len);
	key = zy_keyring_find(j->keys, label);
	if (key == NULL && zy_bytes_equal(r->use, zy_str("make")))
		return true; /* it came no further than its record */
	if (key == NULL)
		return zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE,
		    "record %llu is of a key that %s does not have; put back what was there",
		    (unsigned long long)r->seq, j->config->keys);
	if (!zy_key_life_parse(&life, r->item, err))
		return false;
	zy_keyring_set_life(j->keys, key, &life);
	return true;
}

/* Is it a checkpoint that was signed, or a head that was noted? It is the item. */
static bool is_head(const struct zy_journal_record *r)
{
	if (zy_bytes_equal(r->what, ZY_LITERAL("note")))
		return true;
	return zy_bytes_equal(r->what, ZY_LITERAL("sign")) && zy_bytes_equal(r->use, ZY_LITERAL("log"));
}

/* What was signed, or what an order says of it, decides what a log's key may sign next. */
static bool see_head(struct zy_heads *h, const struct zy_journal_record *r, struct zy_error *err)
{
	if (zy_bytes_equal(r->what, ZY_LITERAL("log")))
		return zy_heads_go_on(h, r->item, err);
	return !is_head(r) || zy_heads_note(h, r->key, r->item, err);
}

static bool see_record(
    struct reading *g, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err)
{
	const struct zy_use_of_seal use = { .esID = r->esID, .day = zy_counts_day(r->at), .digest = r->digest };
	uint64_t total, today;

	g->met = g->met || same_head(head, &g->noted);
	if (zy_bytes_equal(r->what, zy_str("key")) && !see_key(g->j, r, err))
		return false;
	if (!see_head(&g->j->heads, r, err))
		return false;
	if (r->esID.len == 0)
		return zy_in_force_see(&g->j->in_force, r, err);
	if (!zy_counts_use(&g->j->counts, &use, &total, &today, err))
		return false;
	/* a chain that holds with other counts was not written by a signer */
	return (total == r->total && today == r->today) ||
	       zy_fail(err, ZY_E_JOURNAL, "journal", (size_t)head->offset,
		   "record %llu has other counts than those before it give", (unsigned long long)r->seq);
}

static bool see(void *arg, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err)
{
	struct reading *g = arg;

	g->last = *head;
	g->refused = !see_record(g, r, head, err);
	return !g->refused;
}

/* What follows on the noted head and was never synced was never answered for: a power cut may have torn it. */
static bool read_all(struct reading *g, struct zy_journal_head *end, uint64_t *rest, struct zy_error *err)
{
	struct zy_error torn = { 0 };

	if (zy_journal_read(g->j->fd, g->j->config->name, see, g, end, rest, err))
		return true;
	if (!g->met || g->refused || !zy_journal_is_torn(g->j->fd, g->last.offset, rest, &torn))
		return false;
	*end = g->last;
	*err = (struct zy_error){ 0 };
	return true;
}

static bool load(struct zy_signer_journal *j, struct zy_error *err)
{
	struct reading g = { .j = j };
	struct zy_journal_head empty, end;
	uint64_t rest;

	zy_counts_forget(&j->counts);
	zy_in_force_forget(&j->in_force);
	j->heads.num = 0;
	if (!zy_journal_head_read(j->head_fd, j->config->head, &g.noted, err) ||
	    !zy_journal_head_start(&empty, j->config->name, err))
		return false;
	g.met = same_head(&empty, &g.noted);
	g.last = empty;
	if (!read_all(&g, &end, &rest, err))
		return false;
	if (!g.met)
		return zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE,
		    "%s ends at record %llu and does not hold record %llu of %s: an old or changed journal was put "
		    "in its place; put back the newest",
		    j->config->journal, (unsigned long long)end.seq, (unsigned long long)g.noted.seq, j->config->head);
	if (rest > 0) {
		zy_log(j->log, ZY_LOG_WARNING, "journal-cut-frame", "{s:i}", "bytes", (int)rest);
		if (ftruncate(j->fd, (off_t)end.offset) != 0)
			return fail_file(err, "shorten", j->config->journal);
	}
	if (fdatasync(j->fd) != 0)
		return fail_file(err, "sync", j->config->journal);
	j->head = j->durable = end;
	j->broken = false;
	return zy_journal_head_note(j->head_fd, j->config->head, &end, err);
}

static bool make(struct zy_signer_journal *j, struct zy_error *err)
{
	struct zy_journal_head empty;
	ZY_BUF_AUTO b = { 0 };

	return zy_journal_head_start(&empty, j->config->name, err) && zy_journal_head_put(&empty, &b, err) &&
	       zy_file_write(j->config->journal, ZY_BYTES(NULL, 0), 0600, false, err) &&
	       zy_file_write(j->config->head, zy_buf_bytes(&b), 0600, false, err);
}

static bool open_files(struct zy_signer_journal *j, struct zy_error *err)
{
	bool journal = access(j->config->journal, F_OK) == 0, head = access(j->config->head, F_OK) == 0;

	if (!journal && !head && j->keys->num == 0) {
		if (!make(j, err))
			return false;
	} else if (!journal || !head) {
		return zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE,
		    "%s is missing though the token has been used; put back what was there",
		    journal ? j->config->head : j->config->journal);
	}
	j->fd = open(j->config->journal, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	j->head_fd = open(j->config->head, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (j->fd < 0 || j->head_fd < 0)
		return fail_file(err, "open", j->fd < 0 ? j->config->journal : j->config->head);
	return load(j, err);
}

bool zy_signer_journal_open(struct zy_signer_journal **out, const struct zy_signer_config *config,
    struct zy_keyring *keys, const struct zy_log *log, struct zy_error *err)
{
	struct zy_signer_journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "journal", ZY_NOWHERE, "no memory for the journal");
	j->config = config;
	j->log = log;
	j->keys = keys;
	j->fd = j->head_fd = -1;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->done, NULL);
	if (!open_files(j, err)) {
		zy_signer_journal_close(j);
		return false;
	}
	*out = j;
	return true;
}

void zy_signer_journal_close(struct zy_signer_journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		close(j->fd);
	if (j->head_fd >= 0) {
		fdatasync(j->head_fd); /* a clean stop leaves a head that a power cut does not set back */
		close(j->head_fd);
	}
	zy_counts_free(&j->counts);
	zy_in_force_forget(&j->in_force);
	zy_buf_free(&j->waiting);
	pthread_cond_destroy(&j->done);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

/* ---- writing ---- */

static bool write_all(int fd, struct zy_bytes v)
{
	size_t done = 0;

	while (done < v.len) {
		ssize_t n = write(fd, v.p + done, v.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return fdatasync(fd) == 0;
}

/* Under the lock: what waits is not written, and whoever waits for it is refused. */
static void give_up(struct zy_signer_journal *j)
{
	zy_buf_free(&j->waiting);
	j->broken = true;
	j->times_broken++;
	pthread_cond_broadcast(&j->done);
}

/* Writes and syncs what waits, for all who wait; the lock is let go meanwhile. */
static void lead(struct zy_signer_journal *j)
{
	struct zy_buf batch = j->waiting;
	struct zy_journal_head end = j->head;
	struct zy_error why = { 0 };
	bool ok;

	j->waiting = (struct zy_buf){ 0 };
	j->leading = true;
	pthread_mutex_unlock(&j->lock);
	ok = (write_all(j->fd, zy_buf_bytes(&batch)) || fail_file(&why, "append to", j->config->journal)) &&
	     zy_journal_head_note(j->head_fd, j->config->head, &end, &why);
	zy_buf_free(&batch);
	pthread_mutex_lock(&j->lock);
	j->leading = false;
	if (ok) {
		j->durable = end;
	} else {
		zy_log(j->log, ZY_LOG_ERROR, "journal-failed", "{s:s}", "why", why.msg);
		give_up(j);
	}
	pthread_cond_broadcast(&j->done);
}

/* Under the lock. After a failed write the next request reads the file again, so that a disk that has room again is
 * used without a restart. */
static bool mend(struct zy_signer_journal *j, struct zy_error *err)
{
	while (j->leading && j->broken)
		pthread_cond_wait(&j->done, &j->lock);
	return !j->broken || load(j, err);
}

bool zy_signer_journal_check_head(struct zy_signer_journal *j, const struct zy_journal_record *r,
    const struct zy_checkpoint_request *asked, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&j->lock);
	ok = mend(j, err) && zy_heads_check(&j->heads, r->key, r->item, asked, err);
	pthread_mutex_unlock(&j->lock);
	return ok;
}

bool zy_signer_journal_last_head(
    struct zy_signer_journal *j, struct zy_bytes key, char out[ZY_HEAD_TEXT_MAX + 1], struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&j->lock);
	ok = mend(j, err);
	if (ok)
		snprintf(out, ZY_HEAD_TEXT_MAX + 1, "%s", zy_heads_last(&j->heads, key));
	pthread_mutex_unlock(&j->lock);
	return ok;
}

bool zy_signer_journal_check_loss(struct zy_signer_journal *j, const struct zy_log_loss *loss, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&j->lock);
	ok = mend(j, err) && zy_heads_check_loss(&j->heads, loss, err);
	pthread_mutex_unlock(&j->lock);
	return ok;
}

bool zy_signer_journal_begin(
    struct zy_signer_journal *j, const struct zy_use_of_seal *use, bool *held, struct zy_error *err)
{
	bool ok;

	*held = false;
	pthread_mutex_lock(&j->lock);
	ok = mend(j, err) && (use->rule == NULL || zy_counts_hold(&j->counts, use, held, err));
	pthread_mutex_unlock(&j->lock);
	return ok;
}

void zy_signer_journal_cancel(struct zy_signer_journal *j, const struct zy_use_of_seal *use, bool held)
{
	pthread_mutex_lock(&j->lock);
	if (held)
		zy_counts_let_go(&j->counts, use);
	pthread_mutex_unlock(&j->lock);
}

/* Counts and puts the record. When only one of the two could be done the journal must be read again. */
static bool put(
    struct zy_signer_journal *j, struct zy_journal_record *r, const struct zy_use_of_seal *use, struct zy_error *err)
{
	if (!mend(j, err))
		return false;
	if ((use->rule == NULL || zy_counts_use(&j->counts, use, &r->total, &r->today, err)) &&
	    see_head(&j->heads, r, err) && zy_in_force_see(&j->in_force, r, err) &&
	    zy_journal_put(&j->waiting, &j->head, r, err))
		return true;
	give_up(j);
	return false;
}

bool zy_signer_journal_put(struct zy_signer_journal *j, struct zy_journal_record *r, const struct zy_use_of_seal *use,
    bool held, struct zy_journal_wait *w, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&j->lock);
	if (held)
		zy_counts_let_go(&j->counts, use);
	ok = put(j, r, use, err);
	if (w->seq == 0)
		w->times_broken = j->times_broken;
	if (ok)
		w->seq = r->seq;
	pthread_mutex_unlock(&j->lock);
	return ok;
}

bool zy_signer_journal_wait(struct zy_signer_journal *j, const struct zy_journal_wait *w, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&j->lock);
	while (j->times_broken == w->times_broken && j->durable.seq < w->seq) {
		if (j->leading)
			pthread_cond_wait(&j->done, &j->lock);
		else
			lead(j);
	}
	ok = w->seq == 0 || j->times_broken == w->times_broken ||
	     zy_fail(err, ZY_E_IO, "journal", ZY_NOWHERE,
		 "the signer could not write its journal, so the signature was not given out; see run/%s.log",
		 j->config->name);
	pthread_mutex_unlock(&j->lock);
	return ok;
}

bool zy_signer_journal_end(struct zy_signer_journal *j, struct zy_journal_record *r, const struct zy_use_of_seal *use,
    bool held, struct zy_error *err)
{
	struct zy_journal_wait w = { 0 };

	if (!zy_signer_journal_put(j, r, use, held, &w, err) || !zy_signer_journal_wait(j, &w, err))
		return false;
	if (zy_bytes_equal(r->what, zy_str("key"))) {
		pthread_mutex_lock(&j->lock);
		if (r->seq > j->lives_seq)
			j->lives_seq = r->seq; /* the caller tells the keyring */
		pthread_mutex_unlock(&j->lock);
	}
	return true;
}

void zy_signer_journal_in_force(struct zy_signer_journal *j, enum zy_governed which, struct zy_governed_file *out)
{
	pthread_mutex_lock(&j->lock);
	*out = j->in_force.files[which];
	pthread_mutex_unlock(&j->lock);
}

bool zy_signer_journal_used(struct zy_signer_journal *j, const uint8_t order[ZY_HASH_LEN])
{
	bool used;

	pthread_mutex_lock(&j->lock);
	used = zy_in_force_used(&j->in_force, order);
	pthread_mutex_unlock(&j->lock);
	return used;
}
