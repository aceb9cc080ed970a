#include "journal_head.h"

#include <errno.h>
#include <unistd.h>

#include "zy/digest.h"

/* A stored head: seq(8) offset(8) hash(32), SHA-256 of those 48 bytes. Two slots, written in turn, never torn both. */
enum { BODY = 48, LEN = BODY + ZY_HASH_LEN, NUM_SLOTS = ZY_JOURNAL_HEADS };

static bool fail_file(struct zy_error *err, const char *what, const char *path)
{
	return zy_fail(err, ZY_E_IO, "journal", ZY_NOWHERE, "cannot %s %s: %s", what, path, strerror(errno));
}

bool zy_journal_head_put(const struct zy_journal_head *h, struct zy_buf *out, struct zy_error *err)
{
	uint8_t check[ZY_HASH_LEN];

	zy_buf_put_be(out, h->seq, 8);
	zy_buf_put_be(out, h->offset, 8);
	zy_buf_put(out, ZY_BYTES(h->hash, ZY_HASH_LEN));
	if (!zy_buf_done(out, "journal", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(out), check, err))
		return false;
	zy_buf_put(out, ZY_BYTES(check, sizeof(check)));
	return zy_buf_done(out, "journal", err);
}

bool zy_journal_head_note(int fd, const char *path, const struct zy_journal_head *h, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };

	return zy_journal_head_put(h, &b, err) &&
	       (pwrite(fd, b.p, b.len, (off_t)(h->seq % NUM_SLOTS) * LEN) == (ssize_t)b.len ||
		   fail_file(err, "write", path));
}

static bool parse_slot(struct zy_reader *r, struct zy_journal_head *out)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes hash, check, body = zy_reader_rest(r);
	uint8_t wanted[ZY_HASH_LEN];

	if (!zy_take_be(r, 8, "head", &out->seq, &ignored) || !zy_take_be(r, 8, "head", &out->offset, &ignored) ||
	    !zy_take(r, ZY_HASH_LEN, "head", &hash, &ignored) || !zy_take(r, ZY_HASH_LEN, "head", &check, &ignored) ||
	    !zy_digest(ZY_HASH_SHA256, ZY_BYTES(body.p, BODY), wanted, &ignored))
		return false;
	memcpy(out->hash, hash.p, ZY_HASH_LEN);
	return zy_bytes_equal(check, ZY_BYTES(wanted, sizeof(wanted)));
}

bool zy_journal_heads_read(
    int fd, const char *path, struct zy_journal_head out[ZY_JOURNAL_HEADS], size_t *num, struct zy_error *err)
{
	uint8_t room[NUM_SLOTS * LEN + 1];
	ssize_t n = pread(fd, room, sizeof(room), 0);

	if (n < 0)
		return fail_file(err, "read", path);
	*num = (size_t)n / LEN;
	for (size_t i = 0; i < NUM_SLOTS && i < *num; i++) {
		struct zy_reader r = zy_reader_over(ZY_BYTES(room + i * LEN, LEN));

		if (!parse_slot(&r, &out[i]))
			*num = 0;
	}
	return ((size_t)n == *num * LEN && *num > 0) ||
	       zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE, "%s was changed; put back what was there", path);
}

bool zy_journal_head_read(int fd, const char *path, struct zy_journal_head *out, struct zy_error *err)
{
	uint8_t room[NUM_SLOTS * LEN];
	ssize_t n = pread(fd, room, sizeof(room), 0);
	bool found = false;

	if (n < 0)
		return fail_file(err, "read", path);
	for (size_t i = 0; i < NUM_SLOTS && (i + 1) * LEN <= (size_t)n; i++) {
		struct zy_reader r = zy_reader_over(ZY_BYTES(room + i * LEN, LEN));
		struct zy_journal_head h;

		if (parse_slot(&r, &h) && (!found || h.seq > out->seq)) {
			*out = h;
			found = true;
		}
	}
	return found || zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE,
			    "%s holds no head of the journal; put back what was there", path);
}
