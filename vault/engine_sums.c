#include "engine_sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The file: "zhengyin sums 2\n", zeros up to the first slot, four slots, the mark, zeros, then the sums in the
 * machine's own order, as the pages are. A slot: kind (8), the meta as it lies (136), of an unsynced one where it was
 * written (8), their sum (8), zeros. The mark: 1 or 0 (8), the metas of page 0 and 1 as they lie, or zeros (136 each),
 * their sum (8), zeros. */
enum { HEAD_LEN = 4096, NAME_LEN = 16, SLOTS_AT = 512, SLOT_STEP = 512, SLOT_LEN = 160, NUM_SLOTS = 4, RUN = 1024 };
enum { MARK_AT = SLOTS_AT + NUM_SLOTS * SLOT_STEP, MARK_LEN = 8 + 2 * ZY_META_LEN + 8 };
enum { WAIT_MS = 5000, LOOKS = 5, BOOT_LEN = 32, FORM_AT = 14 };

static const uint8_t name[NAME_LEN + 1] = "zhengyin sums 2\n";

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "data.sums", ZY_NOWHERE, "%s; restore from a backup", why);
}

static bool fail(const char *what, struct zy_error *err)
{
	bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return zy_fail(
	    err, full ? ZY_E_VAULT_FULL : ZY_E_VAULT, "data.sums", ZY_NOWHERE, "cannot %s: %s", what, strerror(errno));
}

/* Each step can be undone, so a change in one word never gets lost; four at a time keep the processor busy. */
static uint64_t step(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 29;
}

uint64_t zy_sums_of(struct zy_bytes page, uint64_t number)
{
	uint64_t s[4] = { number + 1, ~number, number << 32 | 3, number ^ 0x5a5a5a5a5a5a5a5au };
	size_t i = 0;

	for (; i + 32 <= page.len; i += 32)
		for (size_t k = 0; k < 4; k++)
			s[k] = step(s[k], zy_le64(page.p + i + 8 * k));
	for (; i + 8 <= page.len; i += 8)
		s[0] = step(s[0], zy_le64(page.p + i));
	return step(step(step(step(page.len, s[0]), s[1]), s[2]), s[3]);
}

/* As much of the file as is there now. */
static size_t known_len(const struct zy_sums *s, size_t end)
{
	struct stat st;

	if (end > s->file_len && fstat(s->fd, &st) == 0)
		((struct zy_sums *)(uintptr_t)s)->file_len = (size_t)st.st_size;
	return s->file_len < s->map_len ? s->file_len : s->map_len;
}

uint64_t zy_sums_at(const struct zy_sums *s, uint64_t number)
{
	const size_t at = HEAD_LEN + (size_t)number * 8;

	return at + 8 <= known_len(s, at + 8) ? zy_le64(s->map + at) : 0;
}

bool zy_sums_fit(const struct zy_sums *s, struct zy_bytes page, uint64_t number)
{
	const size_t at = HEAD_LEN + (size_t)number * 8;

	return at + 8 <= known_len(s, at + 8) && zy_le64(s->map + at) == zy_sums_of(page, number);
}

uint64_t zy_sums_num(const struct zy_sums *s)
{
	const size_t len = known_len(s, SIZE_MAX);

	return len <= HEAD_LEN ? 0 : (len - HEAD_LEN + 7) / 8;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool write_run(const struct zy_sums *s, uint64_t first, const uint64_t *sums, size_t num, struct zy_error *err)
{
	const off_t at = (off_t)(HEAD_LEN + first * 8);
	ssize_t n;

	do
		n = pwrite(s->fd, sums, 8 * num, at);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n < 8 * num)
		errno = ENOSPC;
	return n == (ssize_t)(8 * num) || fail("write the sums of pages", err);
}

bool zy_sums_write(struct zy_sums *s, const struct zy_pages *p, uint64_t *numbers, size_t num, struct zy_error *err)
{
	uint8_t room[ZY_PAGE_MOST];
	uint64_t run[RUN];

	if (num > 0)
		qsort(numbers, num, sizeof(*numbers), compare);
	for (size_t i = 0, len; i < num; i += len) {
		for (len = 0; len < RUN && i + len < num && numbers[i + len] == numbers[i] + len; len++)
			run[len] = zy_sums_of(zy_page_raw(p, numbers[i + len], room), numbers[i + len]);
		if (!write_run(s, numbers[i], run, len, err))
			return false;
	}
	return true;
}

static unsigned slot_at(enum zy_slot_kind kind, unsigned turn)
{
	return SLOTS_AT + SLOT_STEP * (2 * (unsigned)kind + turn);
}

static void slot_encode(
    enum zy_slot_kind kind, unsigned at, const struct zy_meta *m, uint64_t here, uint8_t out[SLOT_LEN])
{
	const uint64_t k = kind;
	uint64_t sum;

	memcpy(out, &k, 8);
	memcpy(out + 8, m->raw, ZY_META_LEN);
	memcpy(out + 8 + ZY_META_LEN, &here, 8);
	sum = zy_sums_of(ZY_BYTES(out, SLOT_LEN - 8), at);
	memcpy(out + SLOT_LEN - 8, &sum, 8);
}

/* It may be written meanwhile: it is copied, and good when its sum is. */
static bool slot_read_at(
    const struct zy_sums *s, enum zy_slot_kind kind, unsigned turn, struct zy_meta *out, uint64_t *here)
{
	const unsigned at = slot_at(kind, turn);
	struct zy_error ignored = { 0 };
	uint8_t slot[SLOT_LEN];

	memcpy(slot, s->map + at, sizeof(slot));
	*here = zy_le64(slot + 8 + ZY_META_LEN);
	return zy_le64(slot) == (uint64_t)kind &&
	       zy_le64(slot + SLOT_LEN - 8) == zy_sums_of(ZY_BYTES(slot, SLOT_LEN - 8), at) &&
	       zy_meta_parse(slot + 8, out, &ignored);
}

static bool slot_read(const struct zy_sums *s, enum zy_slot_kind kind, unsigned turn, struct zy_meta *out)
{
	uint64_t here;

	return slot_read_at(s, kind, turn, out, &here);
}

void zy_slot_newest(const struct zy_sums *s, enum zy_slot_kind kind, struct zy_meta *out, bool *found)
{
	struct zy_meta m;

	*found = false;
	for (unsigned turn = 0; turn < 2; turn++) {
		if (!slot_read(s, kind, turn, &m) || (*found && m.txn <= out->txn))
			continue;
		*out = m;
		*found = true;
	}
}

void zy_slot_of(const struct zy_sums *s, uint64_t txn, struct zy_meta *out, bool *found)
{
	*found = slot_read(s, ZY_SLOT_UNSYNCED, txn & 1, out) && out->txn == txn;
	if (!*found) /* both slots hold the transaction that an owner began with */
		*found = slot_read(s, ZY_SLOT_UNSYNCED, ~txn & 1, out) && out->txn == txn;
}

bool zy_slot_is_here(const struct zy_sums *s, uint64_t txn)
{
	struct zy_meta m;
	uint64_t here;

	for (unsigned turn = 0; turn < 2; turn++)
		if (slot_read_at(s, ZY_SLOT_UNSYNCED, turn, &m, &here) && m.txn == txn)
			return s->here != 0 && here == s->here;
	return false;
}

static bool put_slot(
    const struct zy_sums *s, enum zy_slot_kind kind, unsigned turn, const struct zy_meta *m, struct zy_error *err)
{
	const unsigned at = slot_at(kind, turn);
	uint8_t slot[SLOT_LEN];

	slot_encode(kind, at, m, kind == ZY_SLOT_UNSYNCED ? s->here : 0, slot);
	return pwrite(s->fd, slot, sizeof(slot), at) == (ssize_t)sizeof(slot) ||
	       fail("write what the sums are of", err);
}

/* The synced slots take turns by their age, since not every transaction has one. */
bool zy_slot_write(struct zy_sums *s, enum zy_slot_kind kind, const struct zy_meta *m, bool both, struct zy_error *err)
{
	unsigned turn = m->txn & 1;
	struct zy_meta other;

	if (kind == ZY_SLOT_SYNCED && slot_read(s, kind, 0, &other)) {
		struct zy_meta second;

		turn = slot_read(s, kind, 1, &second) && second.txn <= other.txn;
	}
	return put_slot(s, kind, turn, m, err) && (!both || put_slot(s, kind, turn ^ 1u, m, err));
}

static void mark_encode(const struct zy_mark *m, uint8_t out[MARK_LEN])
{
	const uint64_t well = m->well;
	uint64_t sum;

	memcpy(out, &well, 8);
	memcpy(out + 8, m->heads, sizeof(m->heads));
	sum = zy_sums_of(ZY_BYTES(out, 8 + sizeof(m->heads)), MARK_AT);
	memcpy(out + 8 + sizeof(m->heads), &sum, 8);
}

bool zy_mark_read(const struct zy_sums *s, struct zy_mark *out)
{
	uint8_t lies[MARK_LEN], again[MARK_LEN];

	memcpy(lies, s->map + MARK_AT, sizeof(lies));
	out->well = zy_le64(lies) == 1;
	memcpy(out->heads, lies + 8, sizeof(out->heads));
	mark_encode(out, again);
	return memcmp(lies, again, sizeof(lies)) == 0;
}

bool zy_mark_is_of(const struct zy_mark *m, const struct zy_meta *newest)
{
	const unsigned n = newest->txn & 1;
	struct zy_error ignored = { 0 };
	struct zy_meta older;

	return m->well && memcmp(m->heads[n], newest->raw, ZY_META_LEN) == 0 &&
	       zy_meta_parse(m->heads[n ^ 1u], &older, &ignored) && older.txn <= newest->txn;
}

bool zy_mark_write(struct zy_sums *s, const struct zy_mark *m, struct zy_error *err)
{
	uint8_t mark[MARK_LEN];

	mark_encode(m, mark);
	return pwrite(s->fd, mark, sizeof(mark), MARK_AT) == (ssize_t)sizeof(mark) ||
	       fail("write the mark of the last owner", err);
}

bool zy_sums_sync(struct zy_sums *s, struct zy_error *err)
{
	return fdatasync(s->fd) == 0 || fail("sync the sums of pages", err);
}

static bool is_zero(const uint8_t *p, size_t from, size_t to)
{
	while (from < to && p[from] == 0)
		from++;
	return from >= to;
}

/* One of the slots, or behind them the mark: its owner may just write it. */
static bool is_read(const struct zy_sums *s, unsigned k)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct zy_mark mark;
	struct zy_meta m;

	for (unsigned left = LOOKS; left > 0; left--) {
		if (k < NUM_SLOTS ? slot_read(s, (enum zy_slot_kind)(k / 2), k % 2, &m) : zy_mark_read(s, &mark))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

bool zy_sums_check(const struct zy_sums *s, struct zy_error *err)
{
	if (memcmp(s->map, name, NAME_LEN) != 0 || !is_zero(s->map, NAME_LEN, SLOTS_AT) ||
	    !is_zero(s->map, MARK_AT + MARK_LEN, HEAD_LEN))
		return bad("its beginning was changed", err);
	if (!is_read(s, NUM_SLOTS))
		return bad("the mark of the last owner was changed", err);
	if (known_len(s, HEAD_LEN + 16) >= HEAD_LEN + 16 && !is_zero(s->map, HEAD_LEN, HEAD_LEN + 16))
		return bad("the heads have sums, which nobody writes", err);
	for (unsigned k = 0; k < NUM_SLOTS; k++) {
		if (!is_read(s, k))
			return bad("a slot was changed", err);
		if (!is_zero(s->map, SLOTS_AT + k * SLOT_STEP + SLOT_LEN, SLOTS_AT + (k + 1) * SLOT_STEP))
			return bad("there is something behind a slot", err);
	}
	return true;
}

/* A reader may hold its own lock for a moment. */
static bool lock(const struct zy_sums *s, struct zy_error *err)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (unsigned left = WAIT_MS; flock(s->fd, LOCK_EX | LOCK_NB) != 0; left--) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail("lock the sums of pages", err);
		if (left == 0)
			return zy_fail(err, ZY_E_BUSY, "data.sums", ZY_NOWHERE,
			    "another process has the vault open; go through it, or stop it");
		nanosleep(&pause, NULL);
	}
	return true;
}

bool zy_sums_is_owned(const struct zy_sums *s)
{
	if (flock(s->fd, LOCK_SH | LOCK_NB) != 0)
		return true;
	(void)flock(s->fd, LOCK_UN);
	return false;
}

static bool sync_folder(const char *folder, struct zy_error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok || fail("sync the vault's folder", err);
}

/* Its name is written last, so that a file without one was never finished. */
static bool begin_file(struct zy_sums *s, const char *folder, struct zy_error *err)
{
	static const uint8_t zeros[HEAD_LEN];

	if (pwrite(s->fd, zeros, sizeof(zeros), 0) != (ssize_t)sizeof(zeros))
		return fail("make data.sums", err);
	return sync_folder(folder, err);
}

bool zy_sums_name(struct zy_sums *s, struct zy_error *err)
{
	return pwrite(s->fd, name, NAME_LEN, 0) == NAME_LEN || fail("make data.sums", err);
}

/* This run of the system, and this file: whoever sees the same sees what was written, synced or not. */
static uint64_t where(const struct zy_sums *s)
{
	uint8_t text[BOOT_LEN + 16] = { 0 };
	struct stat st;
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && read(fd, text, BOOT_LEN) == BOOT_LEN && fstat(s->fd, &st) == 0;

	if (fd >= 0)
		close(fd);
	if (!ok)
		return 0;
	memcpy(text + BOOT_LEN, &(uint64_t){ st.st_dev }, 8);
	memcpy(text + BOOT_LEN + 8, &(uint64_t){ st.st_ino }, 8);
	return zy_sums_of(ZY_BYTES(text, sizeof(text)), 0);
}

bool zy_sums_open(struct zy_sums *s, const char *folder, enum zy_open_as as, bool *made, struct zy_error *err)
{
	uint8_t head[NAME_LEN] = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%.4000s/data.sums", folder);
	s->owner = as != ZY_OPEN_READER;
	s->fd = open(path, (s->owner ? O_RDWR : O_RDONLY) | (as == ZY_OPEN_MAKER ? O_CREAT : 0) | O_CLOEXEC, 0600);
	if (s->fd < 0 && errno == ENOENT)
		return bad("it is missing, or the vault is older than it", err);
	if (s->fd < 0)
		return fail("open the sums of pages", err);
	s->here = where(s);
	if (s->owner && !lock(s, err))
		return false;
	*made = pread(s->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head, name, NAME_LEN) != 0;
	if (*made && memcmp(head, name, FORM_AT) == 0 && head[FORM_AT] == '1')
		return zy_fail(err, ZY_E_VAULT_FORM, "data.sums", ZY_NOWHERE,
		    "the vault is of an older version of zhengyin; restore it from a backup, or make it anew");
	if (*made && as != ZY_OPEN_MAKER)
		return bad("its beginning was changed", err);
	return !*made || begin_file(s, folder, err);
}

bool zy_sums_map(struct zy_sums *s, size_t room, struct zy_error *err)
{
	struct stat st;
	void *map;

	if (fstat(s->fd, &st) != 0)
		return fail("open the sums of pages", err);
	if (st.st_size < HEAD_LEN)
		return bad("it is cut off", err);
	s->map_len = HEAD_LEN + room;
	map = mmap(NULL, s->map_len, PROT_READ, MAP_SHARED | MAP_NORESERVE, s->fd, 0);
	if (map == MAP_FAILED)
		return fail("map the sums of pages", err);
	s->map = map;
	s->file_len = (size_t)st.st_size;
	return true;
}

void zy_sums_close(struct zy_sums *s)
{
	if (s->map != NULL)
		munmap((void *)(uintptr_t)s->map, s->map_len);
	if (s->fd > 0)
		close(s->fd);
	*s = (struct zy_sums){ 0 };
}
