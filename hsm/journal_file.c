#include "zy/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AT_ONCE = 1 << 18 };

/* A part of the file; what is left of one part is the beginning of the next. */
struct window {
	int fd;
	uint8_t *p;
	size_t len;
	bool at_end;
};

static bool fill(struct window *w, size_t keep, struct zy_error *err)
{
	memmove(w->p, w->p + (w->len - keep), keep);
	w->len = keep;
	while (w->len < AT_ONCE && !w->at_end) {
		ssize_t n = read(w->fd, w->p + w->len, AT_ONCE - w->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return zy_fail(
			    err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot read the journal: %s", strerror(errno));
		w->at_end = n == 0;
		w->len += (size_t)n;
	}
	return true;
}

/* All whole frames of the window. *left: the bytes after them. */
static bool take_all(const struct window *w, zy_journal_see *see, void *arg, struct zy_journal_head *head, size_t *left,
    struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(w->p, w->len));
	struct zy_journal_record record;
	struct zy_error why = { 0 };

	while (zy_journal_take(&r, head, &record, &why))
		if (see != NULL && !see(arg, &record, head, err))
			return false;
	*left = zy_reader_left(&r);
	if (why.code == ZY_E_TRUNCATED && why.field != NULL && strcmp(why.field, "journal") == 0)
		return true;
	return zy_fail(err, why.code, "journal", (size_t)head->offset, "the journal is broken after record %llu: %s",
	    (unsigned long long)head->seq, why.msg);
}

bool zy_journal_read_on(int fd, const struct zy_journal_head *from, zy_journal_see *see, void *arg,
    struct zy_journal_head *out, uint64_t *rest, struct zy_error *err)
{
	struct window w = { .fd = fd, .p = malloc(AT_ONCE) };
	struct zy_journal_head head = *from;
	struct stat st;
	size_t left = 0;
	bool ok = w.p != NULL || zy_fail(err, ZY_E_NO_MEMORY, "journal", ZY_NOWHERE, "no memory for the journal");

	ok = ok && ((fstat(fd, &st) == 0 && lseek(fd, (off_t)head.offset, SEEK_SET) >= 0) ||
		       zy_fail(err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot read the journal: %s", strerror(errno)));
	if (ok && (uint64_t)st.st_size < head.offset)
		ok = zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE,
		    "the journal is shorter than it was at record %llu", (unsigned long long)head.seq);
	while (ok && !w.at_end)
		ok = fill(&w, left, err) && take_all(&w, see, arg, &head, &left, err);
	free(w.p);
	if (!ok)
		return false;
	*out = head;
	*rest = left;
	return true;
}

bool zy_journal_read(int fd, const char *token, zy_journal_see *see, void *arg, struct zy_journal_head *out,
    uint64_t *rest, struct zy_error *err)
{
	struct zy_journal_head start;

	return zy_journal_head_start(&start, token, err) && zy_journal_read_on(fd, &start, see, arg, out, rest, err);
}

bool zy_journal_is_torn(int fd, uint64_t from, uint64_t *rest, struct zy_error *err)
{
	enum { SECTOR = 512, TORN_MAX = 1 << 18 };
	uint8_t *tail = malloc(TORN_MAX);
	struct stat st;
	size_t len = 0, n;
	bool torn = false, zero, ok = tail != NULL && fstat(fd, &st) == 0 && (uint64_t)st.st_size >= from;

	*rest = ok ? (uint64_t)st.st_size - from : 0;
	if (ok && *rest <= TORN_MAX) {
		len = (size_t)*rest;
		ok = pread(fd, tail, len, (off_t)from) == (ssize_t)len;
	}
	for (size_t at = 0; ok && !torn && at < len; at += n) {
		n = SECTOR - (size_t)((from + at) % SECTOR);
		n = n < len - at ? n : len - at;
		zero = true;
		for (size_t i = 0; i < n; i++)
			zero = zero && tail[at + i] == 0;
		torn = zero;
	}
	free(tail);
	return torn || zy_fail(err, ZY_E_JOURNAL, "journal", (size_t)from, "the journal is broken after its head");
}

bool zy_journal_read_file(const char *path, const char *token, zy_journal_see *see, void *arg,
    struct zy_journal_head *out, uint64_t *rest, struct zy_error *err)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		return zy_fail(err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot read %s: %s", path, strerror(errno));
	ok = zy_journal_read(fd, token, see, arg, out, rest, err);
	close(fd);
	return ok;
}
