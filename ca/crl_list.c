#include "crl_list.h"

#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/sm2.h"
#include "zy/kept.h"

#define CHUNK ((size_t)65536)

static bool fail_io(struct zy_error *err, const char *what, const char *path)
{
	return zy_fail(err, ZY_E_IO, "crl", ZY_NOWHERE, "cannot %s %.120s: %s", what, path, strerror(errno));
}

bool zy_crl_list_open(struct zy_crl_list *l, const struct zy_crl_job *job, const char *prefix, struct zy_error *err)
{
	int fd, n = snprintf(l->path, sizeof(l->path), "%s/%s%s%s.crl", job->folder, job->name,
		    prefix[0] == 0 ? "" : "-", prefix);

	if (n < 0 || (size_t)n >= sizeof(l->path))
		return zy_fail(err, ZY_E_IO, "crl", ZY_NOWHERE, "the folder's name is too long");
	snprintf(l->part, sizeof(l->part), "%s.part-%ld", l->path, (long)getpid());
	if (prefix[0] != 0) {
		snprintf(l->part_name, sizeof(l->part_name), ZY_CRL_PARTITION "%s", prefix);
		/* RFC 5280 6.3.3 (b) (2) (i): it must be called what the certificates call it */
		if (job->address != NULL)
			zy_crl_address(job->address, job->name, prefix, l->point);
		else
			memcpy(l->point, l->part_name, sizeof(l->part_name));
	}
	if ((fd = open(job->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) < 0)
		return fail_io(err, "write into", job->folder);
	if ((l->spool = fdopen(fd, "w+")) == NULL) {
		close(fd);
		return fail_io(err, "write into", job->folder);
	}
	return true;
}

void zy_crl_list_close(struct zy_crl_list *l)
{
	if (l->spool != NULL)
		fclose(l->spool);
	if (l->written)
		unlink(l->part);
	l->spool = NULL;
	l->written = false;
}

bool zy_crl_list_add(struct zy_crl_list *l, const struct zy_crl_entry *e, struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = 256 };

	zy_crl_entry_put(&b, e);
	if (!zy_buf_done(&b, "revokedCertificates", err))
		return false;
	if (fwrite(b.p, 1, b.len, l->spool) != b.len)
		return fail_io(err, "spool entries of", l->path);
	l->entries_len += b.len;
	l->num_entries++;
	return l->entries_len <= ZY_CRL_MAX - 4096 || zy_fail(err, ZY_E_TOO_LARGE, "revokedCertificates", ZY_NOWHERE,
							  "a list is over %zu bytes; publish partitions", ZY_CRL_MAX);
}

/* Gives the spooled entries piece by piece to one of the three. */
static bool copy_spool(
    struct zy_crl_list *l, struct zy_hasher *hash, FILE *file, struct zy_buf *buf, struct zy_error *err)
{
	uint8_t piece[CHUNK];
	size_t n, all = 0;

	if (fflush(l->spool) != 0 || fseek(l->spool, 0, SEEK_SET) != 0)
		return fail_io(err, "read entries of", l->path);
	while ((n = fread(piece, 1, sizeof(piece), l->spool)) > 0) {
		all += n;
		if (hash != NULL && !zy_hasher_add(hash, ZY_BYTES(piece, n), err))
			return false;
		if (file != NULL && fwrite(piece, 1, n, file) != n)
			return fail_io(err, "write", l->part);
		if (buf != NULL)
			zy_buf_put(buf, ZY_BYTES(piece, n));
	}
	return (ferror(l->spool) == 0 && all == l->entries_len) || fail_io(err, "read entries of", l->path);
}

/* e of the two suites: SHA-256(tbs), or SM3(Z || tbs) (GB/T 32918.2 6.1). */
static bool digest_tbs(struct zy_crl_list *l, enum zy_suite suite, const uint8_t point[65], struct zy_bytes head,
    struct zy_bytes tail, uint8_t e[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher hash = { 0 };
	uint8_t z[ZY_HASH_LEN];
	bool ok = zy_hasher_start(&hash, zy_suite_hash(suite), err);

	if (ok && suite == ZY_SUITE_GM)
		ok = zy_sm2_z(zy_sm2_id, point, z, err) && zy_hasher_add(&hash, ZY_BYTES(z, sizeof(z)), err);
	ok = ok && zy_hasher_add(&hash, head, err) && copy_spool(l, &hash, NULL, NULL, err) &&
	     zy_hasher_add(&hash, tail, err) && zy_hasher_final(&hash, e, err);
	zy_hasher_free(&hash);
	return ok;
}

static bool put(struct zy_crl_list *l, FILE *f, const struct zy_buf *b, struct zy_error *err)
{
	return b->len == 0 || fwrite(b->p, 1, b->len, f) == b->len || fail_io(err, "write", l->part);
}

static bool write_file(struct zy_crl_list *l, const struct zy_buf *before, const struct zy_buf *head,
    const struct zy_buf *tail, const struct zy_buf *after, struct zy_error *err)
{
	FILE *f = fopen(l->part, "wxe");
	bool ok;

	if (f == NULL)
		return fail_io(err, "write", l->part);
	l->written = true;
	ok = put(l, f, before, err) && put(l, f, head, err) && copy_spool(l, NULL, f, NULL, err) &&
	     put(l, f, tail, err) && put(l, f, after, err) &&
	     ((fflush(f) == 0 && fsync(fileno(f)) == 0) || fail_io(err, "write", l->part));
	if (fclose(f) != 0 && ok)
		return fail_io(err, "write", l->part);
	l->bytes = before->len + head->len + l->entries_len + tail->len + after->len;
	return ok;
}

/* The whole tbsCertList, as long as a message may be. */
static bool gather(struct zy_crl_list *l, const struct zy_buf *head, const struct zy_buf *tail, struct zy_buf *out,
    struct zy_error *err)
{
	if (head->len + l->entries_len + tail->len > ZY_HSM_MESSAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "revokedCertificates", ZY_NOWHERE,
		    "a root's list is over %zu bytes: its signer could not read it", ZY_HSM_MESSAGE_MAX);
	zy_buf_put(out, zy_buf_bytes(head));
	if (!copy_spool(l, NULL, NULL, out, err))
		return false;
	zy_buf_put(out, zy_buf_bytes(tail));
	return zy_buf_done(out, "tbsCertList", err);
}

static bool sign_list(struct zy_crl_list *l, const struct zy_crl_signer *by, enum zy_suite suite,
    const struct zy_buf *head, const struct zy_buf *tail, uint8_t rs[64], struct zy_error *err)
{
	struct zy_sign_request q = { .key = by->key, .use = ZY_USE_CRL };
	ZY_BUF_AUTO whole = { 0 };
	uint8_t e[ZY_HASH_LEN];

	if (by->reads_all ? !gather(l, head, tail, &whole, err)
			  : !digest_tbs(l, suite, by->point, zy_buf_bytes(head), zy_buf_bytes(tail), e, err))
		return false;
	q.message = by->reads_all ? zy_buf_bytes(&whole) : ZY_BYTES(e, sizeof(e));
	return zy_hsm_sign(by->hsm, &q, rs, err);
}

bool zy_crl_list_write(
    struct zy_crl_list *l, const struct zy_crl_signer *by, const struct zy_crl *c, struct zy_error *err)
{
	ZY_BUF_AUTO before = { 0 }, head = { 0 }, tail = { 0 }, after = { 0 };
	uint8_t rs[64];

	return zy_crl_around(c, l->entries_len, &head, &tail, err) &&
	       sign_list(l, by, c->suite, &head, &tail, rs, err) &&
	       zy_crl_signed_around(c, head.len + l->entries_len + tail.len, rs, &before, &after, err) &&
	       write_file(l, &before, &head, &tail, &after, err);
}

bool zy_crl_lists_release(struct zy_crl_list *lists, size_t num, struct zy_error *err)
{
	const char *(*pairs)[2] = calloc(num + 1, sizeof(*pairs));
	struct zy_crl_list *l = &lists[0];
	char copy[sizeof(l->path)];
	bool ok = pairs != NULL || zy_fail(err, ZY_E_NO_MEMORY, "crl", ZY_NOWHERE, "no memory");
	int fd;

	for (size_t i = 0; ok && i < num; i++) {
		pairs[i][0] = lists[i].part;
		pairs[i][1] = lists[i].path;
		ok = chmod(lists[i].part, 0644) == 0 || fail_io(err, "write", lists[i].path);
	}
	ok = ok && zy_kept_place_all((const char *const(*)[2])pairs, num, err);
	free(pairs);
	if (!ok)
		return false;
	for (size_t i = 0; i < num; i++)
		lists[i].written = false;
	memcpy(copy, l->path, sizeof(copy));
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok || fail_io(err, "write", l->path);
}

bool zy_crl_map(const char *path, struct zy_bytes *out, struct zy_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p = MAP_FAILED;

	*out = (struct zy_bytes){ 0 };
	if (fd < 0)
		return errno == ENOENT || fail_io(err, "read", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (size_t)st.st_size <= ZY_CRL_MAX)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return zy_fail(err, ZY_E_IO, "crl", ZY_NOWHERE, "cannot read %.120s as a list", path);
	*out = ZY_BYTES(p, (size_t)st.st_size);
	return true;
}

void zy_crl_unmap(struct zy_bytes v)
{
	if (v.len > 0)
		munmap((void *)(uintptr_t)v.p, v.len);
}
