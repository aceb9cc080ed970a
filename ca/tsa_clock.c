/* The guarded clock. Its file is mapped by all who take times: a time is taken by one exchange of its last word. */
#include "zy/tsa.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Two requests may see the same microsecond: the second gets the next one. More than this ahead is a step back. */
#define AHEAD_MAX_US 1000

/* Of one start of the machine. Big-endian; check: first octets of SHA-256 over what stands before it. */
struct head {
	uint8_t magic[8], boot_id[40], offset_us[8], check[8];
};
struct row {
	struct head head;
	_Atomic uint64_t last; /* big-endian: the last time given in microseconds, 52 bits, and 12 that check it */
};
static_assert(sizeof(struct row) == 72, "stored form has no padding");
static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "processes exchange the word without a lock");
static const uint8_t magic[8] = "ZYTSACK2";

struct zy_tsa_clock {
	int fd;
	pthread_mutex_t lock;    /* of the first taking */
	struct row *_Atomic row; /* mapped by it; NULL before */
	int64_t offset_us;       /* wall clock minus steady clock when they were first read after the start */
	const struct zy_tsa_time *time;
};

static int64_t micros(clockid_t id)
{
	struct timespec t;

	return clock_gettime(id, &t) == 0 ? (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 : -1;
}

static char boot_id[37];
static pthread_once_t boot_once = PTHREAD_ONCE_INIT;

static void read_boot_id(void)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, boot_id, 36) != 36)
		boot_id[0] = 0;
	if (fd >= 0)
		close(fd);
}

/* A pause between the two readings would look like a step: they are read again until they lie close. */
static bool system_instant(void *arg, struct zy_tsa_instant *out)
{
	int64_t before, after;

	(void)arg;
	pthread_once(&boot_once, read_boot_id);
	for (int tries = 0; tries < 20; tries++) {
		before = micros(CLOCK_BOOTTIME);
		out->wall_us = micros(CLOCK_REALTIME);
		after = micros(CLOCK_BOOTTIME);
		out->boot_us = before + (after - before) / 2;
		if (after - before < 1000)
			break;
	}
	memcpy(out->boot_id, boot_id, sizeof(boot_id));
	return out->wall_us >= 0 && before >= 0 && after - before < 100000 && boot_id[0] != 0;
}

const struct zy_tsa_time zy_tsa_time_system = { .now = system_instant };

bool zy_tsa_clock_open(
    struct zy_tsa_clock **out, const char *path, const struct zy_tsa_time *time, struct zy_error *err)
{
	struct zy_tsa_clock *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "clock", ZY_NOWHERE, "no memory");
	if ((c->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0) {
		free(c);
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot open %.120s: %s", path, strerror(errno));
	}
	pthread_mutex_init(&c->lock, NULL);
	c->time = time;
	*out = c;
	return true;
}

void zy_tsa_clock_close(struct zy_tsa_clock *c)
{
	if (c == NULL)
		return;
	if (c->row != NULL)
		munmap(c->row, sizeof(*c->row));
	close(c->fd);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static void put_i64(uint8_t out[8], int64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
}

static int64_t get_i64(const uint8_t in[8])
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | in[i];
	return (int64_t)v;
}

static uint64_t check_of(uint64_t us)
{
	return us * 0x9e3779b97f4a7c15 >> 52; /* one flipped bit of the time changes it */
}

static uint64_t word_of(int64_t us)
{
	return htobe64((uint64_t)us << 12 | check_of((uint64_t)us));
}

static bool damaged(struct zy_error *err)
{
	return zy_fail(err, ZY_E_CLOCK, "clock", ZY_NOWHERE,
	    "the clock's file is damaged; when the clock is known to be right, remove tsa/clock");
}

static bool time_of(uint64_t word, int64_t *us, struct zy_error *err)
{
	const uint64_t v = be64toh(word);

	*us = (int64_t)(v >> 12);
	return (v & 0xfff) == check_of(v >> 12) || damaged(err);
}

static bool head_check(const struct head *h, uint8_t out[8], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(h, offsetof(struct head, check)), digest, err))
		return false;
	memcpy(out, digest, 8);
	return true;
}

/* The later of this microsecond and the next one after last, unless that means that the clock went back. */
static bool next_time(const struct zy_tsa_instant *now, int64_t last, int64_t *gen, struct zy_error *err)
{
	*gen = now->wall_us > last ? now->wall_us : last + 1;
	return *gen - now->wall_us <= AHEAD_MAX_US ||
	       zy_fail(err, ZY_E_CLOCK, "genTime", ZY_NOWHERE,
		   "the clock went back by %lld ms behind the last time-stamp; set it right",
		   (long long)((last - now->wall_us) / 1000));
}

static bool head_write(const struct zy_tsa_clock *c, const struct row *r, size_t len, struct zy_error *err)
{
	return pwrite(c->fd, r, len, 0) == (ssize_t)len ||
	       zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot write the clock's file: %s", strerror(errno));
}

/* The first reading of this start of the machine becomes what later ones are held against. */
static bool begin_start(
    struct zy_tsa_clock *c, struct row *r, const struct zy_tsa_instant *now, bool found, struct zy_error *err)
{
	int64_t last = 0, gen;

	if (found && (!time_of(r->last, &last, err) || !next_time(now, last, &gen, err)))
		return false;
	*r = (struct row){ .last = word_of(last) };
	memcpy(r->head.magic, magic, sizeof(magic));
	memcpy(r->head.boot_id, now->boot_id, 36);
	c->offset_us = now->wall_us - now->boot_us;
	put_i64(r->head.offset_us, c->offset_us);
	return head_check(&r->head, r->head.check, err) &&
	       head_write(c, r, found ? sizeof(r->head) : sizeof(*r), err); /* others may be taking times */
}

/* *found is false for a file that was never written. */
static bool read_row(int fd, struct row *r, bool *found, struct zy_error *err)
{
	const ssize_t n = pread(fd, r, sizeof(*r), 0);
	uint8_t check[8];

	*found = n != 0;
	if (n < 0)
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot read the clock's file: %s", strerror(errno));
	if (n == 0)
		return true;
	if (!head_check(&r->head, check, err))
		return false;
	return (n == sizeof(*r) && memcmp(r->head.magic, magic, 8) == 0 && memcmp(r->head.check, check, 8) == 0) ||
	       damaged(err);
}

bool zy_tsa_clock_check(const char *path, struct zy_error *err)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int64_t last;
	struct row r;
	bool ok, found;

	if (fd < 0)
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot open %.120s: %s", path, strerror(errno));
	ok = flock(fd, LOCK_SH) == 0 ||
	     zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot lock the clock's file: %s", strerror(errno));
	ok = ok && read_row(fd, &r, &found, err) && (!found || time_of(r.last, &last, err));
	close(fd);
	return ok;
}

static bool read_head(struct zy_tsa_clock *c, const struct zy_tsa_instant *now, struct zy_error *err)
{
	struct row r;
	bool found;

	if (!read_row(c->fd, &r, &found, err))
		return false;
	if (!found)
		return begin_start(c, &r, now, false, err);
	if (memcmp(r.head.boot_id, now->boot_id, 36) != 0)
		return begin_start(c, &r, now, true, err);
	c->offset_us = get_i64(r.head.offset_us);
	return true;
}

static bool read_clocks(const struct zy_tsa_clock *c, struct zy_tsa_instant *now, struct zy_error *err)
{
	return c->time->now(c->time->arg, now) ||
	       zy_fail(err, ZY_E_CLOCK, "genTime", ZY_NOWHERE, "the clocks of this machine cannot be read");
}

static bool map_row(struct zy_tsa_clock *c, struct zy_error *err)
{
	void *p = mmap(NULL, sizeof(struct row), PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);

	if (p == MAP_FAILED)
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot map the clock's file: %s", strerror(errno));
	c->row = p;
	return true;
}

/* By one process at a time, and one of its threads. */
static bool prepare(struct zy_tsa_clock *c, struct zy_error *err)
{
	struct zy_tsa_instant now;
	bool ok = true;

	pthread_mutex_lock(&c->lock);
	if (c->row == NULL) {
		ok = flock(c->fd, LOCK_EX) == 0 ||
		     zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot lock the clock's file: %s", strerror(errno));
		ok = ok && read_clocks(c, &now, err) && read_head(c, &now, err) && map_row(c, err);
		flock(c->fd, LOCK_UN);
	}
	pthread_mutex_unlock(&c->lock);
	return ok;
}

static bool check_step(const struct zy_tsa_clock *c, const struct zy_tsa_instant *now, struct zy_error *err)
{
	const int64_t step = now->wall_us - now->boot_us - c->offset_us;

	return llabs(step) <= ZY_TSA_STEP_MAX_US ||
	       zy_fail(err, ZY_E_CLOCK, "genTime", ZY_NOWHERE,
		   "the clock stepped by %lld ms since it was first read; set it back, or, when it is right now, "
		   "remove tsa/clock",
		   (long long)(step / 1000));
}

/*
 * Whoever exchanges the word has the time that was put there. The clocks are read after the word, or a thread that was
 * held up in between would see times of others as if they were ahead.
 */
static bool take(const struct zy_tsa_clock *c, struct row *r, int64_t *gen, struct zy_error *err)
{
	struct zy_tsa_instant now;
	uint64_t word;
	int64_t last;

	do {
		word = atomic_load(&r->last);
		if (!read_clocks(c, &now, err) || !check_step(c, &now, err) || !time_of(word, &last, err) ||
		    !next_time(&now, last, gen, err))
			return false;
	} while (!atomic_compare_exchange_weak(&r->last, &word, word_of(*gen)));
	return true;
}

bool zy_tsa_clock_take(struct zy_tsa_clock *c, struct zy_tst_time *out, struct zy_error *err)
{
	int64_t gen;

	if ((c->row == NULL && !prepare(c, err)) || !take(c, c->row, &gen, err))
		return false;
	*out = (struct zy_tst_time){ gen / 1000000, (uint32_t)(gen % 1000000) * 1000 };
	return true;
}
