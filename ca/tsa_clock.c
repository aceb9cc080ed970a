/* The guarded clock. Its file: one row, rewritten in place under flock. */
#include "zy/tsa.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* Two requests may see the same microsecond: the second gets the next one. More than this ahead is a step back. */
#define AHEAD_MAX_US 1000
#define ROUND_MAX 256 /* requests served by one reading, a microsecond each */

/* Big-endian; check: first octets of SHA-256 over what stands before it. */
struct row {
	uint8_t magic[8], boot_id[40], offset_us[8], last_us[8], check[8];
};
static_assert(sizeof(struct row) == 72, "stored form has no padding");
static const uint8_t magic[8] = "ZYTSACK1";

/* A thread that wants a time. */
struct waiting {
	int64_t gen;
	bool ok, leads; /* it reads the clock for all who wait */
	struct zy_error err;
	sem_t told; /* once, that it has its time or leads: nothing of it is touched afterwards */
	struct waiting *next;
};

/* One thread at a time is in the file, which flock does not part threads for; it serves those who came meanwhile. */
struct zy_tsa_clock {
	int fd;
	pthread_mutex_t lock; /* of the two below */
	struct waiting *first, **last;
	bool busy;
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
	pthread_mutexattr_t kind;

	if (c == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "clock", ZY_NOWHERE, "no memory");
	if ((c->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0) {
		free(c);
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot open %.120s: %s", path, strerror(errno));
	}
	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(&c->lock, &kind);
	c->time = time;
	c->last = &c->first;
	*out = c;
	return true;
}

void zy_tsa_clock_close(struct zy_tsa_clock *c)
{
	if (c == NULL)
		return;
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

static bool row_check(const struct row *r, uint8_t out[8], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(r, offsetof(struct row, check)), digest, err))
		return false;
	memcpy(out, digest, 8);
	return true;
}

/* *found is false for a file that was never written. */
static bool row_read(const struct zy_tsa_clock *c, struct row *r, bool *found, struct zy_error *err)
{
	ssize_t n = pread(c->fd, r, sizeof(*r), 0);
	uint8_t check[8];

	*found = n != 0;
	if (n == 0)
		return true;
	if (n < 0)
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot read the clock's file: %s", strerror(errno));
	if (!row_check(r, check, err))
		return false;
	return (n == sizeof(*r) && memcmp(r->magic, magic, 8) == 0 && memcmp(r->check, check, 8) == 0) ||
	       zy_fail(err, ZY_E_CLOCK, "clock", ZY_NOWHERE,
		   "the clock's file is damaged; when the clock is known to be right, remove tsa/clock");
}

static bool row_write(
    const struct zy_tsa_clock *c, const char *boot, int64_t offset, int64_t last, struct zy_error *err)
{
	struct row r = { 0 };

	memcpy(r.magic, magic, 8);
	memcpy(r.boot_id, boot, 36);
	put_i64(r.offset_us, offset);
	put_i64(r.last_us, last);
	if (!row_check(&r, r.check, err))
		return false;
	return pwrite(c->fd, &r, sizeof(r), 0) == sizeof(r) ||
	       zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot write the clock's file: %s", strerror(errno));
}

static bool judge(
    const struct row *r, const struct zy_tsa_instant *now, int64_t *offset, int64_t *gen, struct zy_error *err)
{
	const bool same_boot = memcmp(r->boot_id, now->boot_id, 36) == 0;
	const int64_t last = get_i64(r->last_us), first = get_i64(r->offset_us);

	*gen = now->wall_us > last ? now->wall_us : last + 1;
	if (*gen - now->wall_us > AHEAD_MAX_US)
		return zy_fail(err, ZY_E_CLOCK, "genTime", ZY_NOWHERE,
		    "the clock went back by %lld ms behind the last time-stamp; set it right",
		    (long long)((last - now->wall_us) / 1000));
	if (same_boot && llabs(*offset - first) > ZY_TSA_STEP_MAX_US)
		return zy_fail(err, ZY_E_CLOCK, "genTime", ZY_NOWHERE,
		    "the clock stepped by %lld ms since it was first read; set it back, or, when it is right now, "
		    "remove tsa/clock",
		    (long long)((*offset - first) / 1000));
	if (same_boot)
		*offset = first;
	return true;
}

/* num microseconds in a row, the first of which is *gen. */
static bool take(const struct zy_tsa_clock *c, int64_t num, int64_t *gen, struct zy_error *err)
{
	struct zy_tsa_instant now;
	struct row r;
	int64_t offset;
	bool found;

	if (!c->time->now(c->time->arg, &now))
		return zy_fail(err, ZY_E_CLOCK, "genTime", ZY_NOWHERE, "the clocks of this machine cannot be read");
	offset = now.wall_us - now.boot_us;
	*gen = now.wall_us;
	return row_read(c, &r, &found, err) && (!found || judge(&r, &now, &offset, gen, err)) &&
	       row_write(c, now.boot_id, offset, *gen + num - 1, err);
}

static bool take_locked(const struct zy_tsa_clock *c, int64_t num, int64_t *gen, struct zy_error *err)
{
	bool ok;

	if (flock(c->fd, LOCK_EX) != 0)
		return zy_fail(err, ZY_E_IO, "clock", ZY_NOWHERE, "cannot lock the clock's file: %s", strerror(errno));
	ok = take(c, num, gen, err);
	flock(c->fd, LOCK_UN);
	return ok;
}

/* Takes a round of those who wait, of whom the caller is the first. */
static struct waiting *take_round(struct zy_tsa_clock *c, int64_t *num)
{
	struct waiting *first, **end = &c->first;

	pthread_mutex_lock(&c->lock);
	first = c->first;
	for (*num = 0; *end != NULL && *num < ROUND_MAX; ++*num)
		end = &(*end)->next;
	c->first = *end;
	if (c->first == NULL)
		c->last = &c->first;
	*end = NULL;
	pthread_mutex_unlock(&c->lock);
	return first;
}

/* The first of those who came meanwhile leads the next round. */
static void hand_over(struct zy_tsa_clock *c)
{
	struct waiting *next;

	pthread_mutex_lock(&c->lock);
	next = c->first;
	c->busy = next != NULL;
	pthread_mutex_unlock(&c->lock);
	if (next != NULL) {
		next->leads = true;
		sem_post(&next->told);
	}
}

static void lead(struct zy_tsa_clock *c, const struct waiting *self)
{
	struct zy_error err = { 0 };
	int64_t num, gen = 0;
	struct waiting *w = take_round(c, &num);
	const bool ok = take_locked(c, num, &gen, &err);

	hand_over(c);
	for (struct waiting *next; w != NULL; w = next) {
		next = w->next;
		w->ok = ok;
		w->gen = gen++;
		w->err = err;
		if (w != self)
			sem_post(&w->told);
	}
}

bool zy_tsa_clock_take(struct zy_tsa_clock *c, struct zy_tst_time *out, struct zy_error *err)
{
	struct waiting self = { 0 };

	sem_init(&self.told, 0, 0);
	pthread_mutex_lock(&c->lock);
	*c->last = &self;
	c->last = &self.next;
	self.leads = !c->busy;
	c->busy = true;
	pthread_mutex_unlock(&c->lock);
	if (!self.leads)
		while (sem_wait(&self.told) != 0)
			; /* interrupted by a signal */
	if (self.leads)
		lead(c, &self);
	sem_destroy(&self.told);
	if (!self.ok) {
		*err = self.err;
		return false;
	}
	*out = (struct zy_tst_time){ self.gen / 1000000, (uint32_t)(self.gen % 1000000) * 1000 };
	return true;
}
