/* Bytes that the disk changed in the store's own files: found by the check, or of no page that an answer comes from;
 * in both cases no signal and no other answer. ZY_FLIPS (default 160) sets how many, ZY_TEST_SEED replays a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "vault_made.h"

enum { LICENCES = 12, LEN = 9000, FOUND = 0, SAME = 1, OTHER = 2 };

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * 0x2545f4914f6cdd1du >> 20;
}

static void path_of(const struct made_vault *m, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", m->folder, name);
}

static size_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

struct kept {
	uint8_t *p;
	size_t len;
};

static struct kept keep(const char *path)
{
	struct kept k = { .len = size_of(path) };
	FILE *f = fopen(path, "rb");

	k.p = malloc(k.len + 1);
	assert_true(f != NULL && fread(k.p, 1, k.len, f) == k.len);
	fclose(f);
	return k;
}

static void put_back(const char *path, const struct kept *k)
{
	FILE *f = fopen(path, "wb");

	assert_true(f != NULL && fwrite(k->p, 1, k->len, f) == k->len && fclose(f) == 0);
}

static void flip(const char *path, size_t at, uint8_t with)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t b = 0;

	assert_true(fd >= 0 && pread(fd, &b, 1, (off_t)at) == 1);
	b ^= with;
	assert_int_equal(pwrite(fd, &b, 1, (off_t)at), 1);
	close(fd);
}

/* Minted, changed, suspended, cancelled and opened more than once: pages of all kinds, some of them free. */
static void live(struct made_vault *m)
{
	char id[ZY_IDENTIFIER_MAX + 1], request[32];
	struct zy_error err = { 0 };
	struct zy_intent in;

	for (unsigned i = 0; i < LICENCES; i++) {
		snprintf(request, sizeof(request), "request %u", i);
		if (!made_mint(m, request, i % 5, LEN, id, &err) ||
		    !zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "inquiry", &err) ||
		    !made_intend(m, "given up", 1, MADE_SCOPE, &in, &err) ||
		    !zy_vault_cancel(m->v, "given up", "unwanted", &err))
			made_fail("live", &err);
	}
}

/* All that the vault answers, in one digest. */
struct answers {
	struct zy_digest_ctx *none;
	uint64_t sum, licences;
};

static void add(struct answers *a, const void *p, size_t len)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < len; i++)
		a->sum = (a->sum ^ b[i]) * 0x100000001b3u;
}

static bool add_version(void *arg, const struct zy_version *v)
{
	struct answers *a = arg;

	add(a, v->identifier, strlen(v->identifier));
	add(a, &v->status, sizeof(v->status));
	add(a, &v->recorded_at, sizeof(v->recorded_at));
	add(a, v->record.p, v->record.len);
	a->licences++;
	return true;
}

static bool ask(struct zy_vault *v, struct answers *a, struct zy_error *err)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_merkle_head head;
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_vault_counts n;
	struct zy_version got;

	*a = (struct answers){ .sum = 0xcbf29ce484222325u };
	if (!zy_vault_list(v, NULL, &arena, add_version, a, err) || !zy_vault_log_head(v, &head, err) ||
	    !zy_vault_count(v, &n, err))
		return false;
	add(a, head.root, sizeof(head.root));
	n.used_bytes = n.map_bytes = 0;
	add(a, &n, sizeof(n));
	for (unsigned i = 0; i < LICENCES; i++) {
		made_identifier(i + 1, 1, id);
		if (!zy_vault_get(v, id, 1, ZY_TIME_NEVER, true, &arena, &got, err))
			return err->code == ZY_E_NOT_FOUND ? (*err = (struct zy_error){ 0 }, true) : false;
		for (size_t k = 0; k < got.num_files; k++)
			add(a, got.files[k].bytes.p, got.files[k].bytes.len);
	}
	return true;
}

/* What a fresh process finds: FOUND when opening, asking or checking says so, SAME when nothing is another. */
static int look(struct made_vault *m, const struct answers *want, bool beside)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct answers a;

	if (!(beside ? zy_vault_open_beside(&m->v, m->folder, &m->wrapper, &m->clock, &err)
		     : zy_vault_open(&m->v, m->folder, &m->wrapper, &m->clock, 0, &err)))
		return FOUND;
	if (!ask(m->v, &a, &err))
		return zy_vault_check(m->v, &n, &err) ? OTHER : FOUND; /* what is refused must be found, too */
	if (a.sum != want->sum || a.licences != want->licences)
		return OTHER;
	return zy_vault_check(m->v, &n, &err) ? SAME : FOUND;
}

static int look_in_a_process(struct made_vault *m, const struct answers *want, bool beside)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(look(m, want, beside));
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	if (!WIFEXITED(status))
		fail_msg("a signal: %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static void a_changed_byte_is_found_or_of_no_page_in_use(void **state)
{
	static const char *const names[] = { "data.mdb", "data.sums", "lock.mdb", "owner.lock", "check", "check.lock" };
	uint64_t seed = number_of("ZY_TEST_SEED", 20261121) | 1, num = number_of("ZY_FLIPS", 160);
	unsigned found[6] = { 0 };
	struct kept kept[6];
	struct answers want;
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	char path[128];

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	live(&m);
	assert_true(zy_vault_check(m.v, &n, &err) && ask(m.v, &want, &err));
	made_close(&m);
	assert_int_equal(look_in_a_process(&m, &want, false), SAME);
	for (size_t k = 0; k < 6; k++) {
		path_of(&m, names[k], path);
		kept[k] = keep(path);
	}
	for (uint64_t i = 0; i < num; i++) {
		const size_t k = i % 8 < 4 ? 0 : i % 8 < 6 ? 1 : 2 + next(&seed) % 4;
		size_t len, at;
		uint8_t with = (uint8_t)(1u << next(&seed) % 8);

		path_of(&m, names[k], path);
		if ((len = size_of(path)) == 0)
			continue;
		at = i % 8 == 0 || i % 8 == 4 ? next(&seed) % (len < 8192 ? len : 8192) : next(&seed) % len;
		flip(path, at, with);
		switch (look_in_a_process(&m, &want, i % 3 == 0)) {
		case FOUND:
			found[k]++;
			break;
		case SAME:
			break;
		default:
			fail_msg("%s octet %zu ^ %02x is another answer (seed of the run %llu)", names[k], at, with,
			    (unsigned long long)number_of("ZY_TEST_SEED", 20261121));
		}
		for (size_t f = 0; f < 6; f++) {
			path_of(&m, names[f], path);
			put_back(path, &kept[f]);
		}
	}
	assert_true(found[0] > num / 16 && found[1] > 0);
	assert_int_equal(look_in_a_process(&m, &want, false), SAME);
	printf(
	    "%llu bytes changed: data.mdb found %u, data.sums found %u\n", (unsigned long long)num, found[0], found[1]);
	for (size_t k = 0; k < 6; k++)
		free(kept[k].p);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_byte_is_found_or_of_no_page_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
