#include "zy/journal_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "journal_head.h"
#include "zy/journal_file.h"

struct proof {
	struct zy_journal_head heads[ZY_JOURNAL_HEADS];
	size_t num;
	bool met[ZY_JOURNAL_HEADS];
	uint64_t newest; /* offset */
};

static void meet(struct proof *p, const struct zy_journal_head *now)
{
	for (size_t i = 0; i < p->num; i++)
		if (p->heads[i].seq == now->seq)
			p->met[i] =
			    p->heads[i].offset == now->offset && memcmp(p->heads[i].hash, now->hash, ZY_HASH_LEN) == 0;
}

static bool see(void *arg, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err)
{
	(void)r, (void)err;
	meet(arg, head);
	return true;
}

static bool open_file(
    const char *home, const char *token, const char *kind, char path[4200], int *fd, struct zy_error *err)
{
	snprintf(path, 4200, "%.4000s/signer/%.100s.%s", home, token, kind);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *fd >= 0 ||
	       zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE, "cannot open %s: %s", path, strerror(errno));
}

/* The heads first: the journal only grows meanwhile. */
static bool read_heads(const char *home, const char *token, struct proof *p, struct zy_error *err)
{
	char path[4200];
	bool ok;
	int fd;

	if (!open_file(home, token, "head", path, &fd, err))
		return false;
	ok = zy_journal_heads_read(fd, path, p->heads, &p->num, err);
	for (size_t i = 0; ok && i < p->num; i++)
		p->newest = p->heads[i].offset > p->newest ? p->heads[i].offset : p->newest;
	close(fd);
	return ok;
}

static bool walk(int fd, const char *token, struct proof *p, uint64_t *records, struct zy_error *err)
{
	struct zy_journal_head start, end = { 0 };
	struct zy_error why = { 0 };
	uint64_t rest;

	if (!zy_journal_head_start(&start, token, err))
		return false;
	meet(p, &start);
	if (zy_journal_read_on(fd, &start, see, p, &end, &rest, &why)) {
		*records = end.seq;
		return true;
	}
	if (why.code == ZY_E_IO || why.code == ZY_E_NO_MEMORY || why.code == ZY_E_CRYPTO)
		*err = why;
	else if (why.offset < p->newest || why.offset == ZY_NOWHERE ||
		 !zy_journal_is_torn(fd, why.offset, &rest, err)) {
		*err = (struct zy_error){ 0 };
		return zy_fail(err, ZY_E_JOURNAL, "journal", why.offset, "%s", why.msg);
	}
	return err->code == ZY_OK;
}

bool zy_journal_check(const char *home, const char *token, uint64_t *records, bool *in_head, struct zy_error *err)
{
	struct proof p = { .num = 0 };
	char path[4200];
	int fd;
	bool ok;

	*records = 0;
	*in_head = true;
	if (!read_heads(home, token, &p, err))
		return false;
	*in_head = false;
	if (!open_file(home, token, "journal", path, &fd, err))
		return false;
	ok = walk(fd, token, &p, records, err);
	close(fd);
	for (size_t i = 0; ok && i < p.num; i++)
		ok = p.met[i] || zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE,
				     "the journal was changed: it does not have the head of record %llu that was noted",
				     (unsigned long long)p.heads[i].seq);
	return ok;
}
