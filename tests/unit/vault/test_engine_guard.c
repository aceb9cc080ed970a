/* Bytes that the disk changed in the store's own files: found by the check, in pages that no answer comes from as well;
 * never a signal or another answer. ZY_FLIPS (default 160) sets how many, ZY_TEST_SEED replays a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <lmdb.h>
#include <string.h>
#include <sys/stat.h>

#include "vault_made.h"

enum { LICENCES = 12, LEN = 9000, HEAD_LEN = 16 + 136, FOUND = 0, SAME = 1, OTHER = 2 };

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

static void a_changed_byte_is_found(void **state)
{
	static const char *const names[] = { "data.mdb", "data.sums", "lock.mdb", "owner.lock", "check", "check.lock" };
	uint64_t seed = number_of("ZY_TEST_SEED", 20261121) | 1, num = number_of("ZY_FLIPS", 160);
	unsigned found[6] = { 0 }, changed[6] = { 0 };
	struct kept kept[6];
	struct answers want;
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	char path[128];

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	live(&m);
	if (!zy_vault_check(m.v, &n, &err) || !ask(m.v, &want, &err))
		made_fail("live", &err);
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
		changed[k]++;
		switch (look_in_a_process(&m, &want, i % 3 == 0)) {
		case FOUND:
			found[k]++;
			break;
		case SAME:
			/* Slots that an owner has no need of are written anew when he opens. */
			if (k == 0 || (k == 1 && (at >= 4096 || i % 3 == 0)))
				fail_msg("%s octet %zu ^ %02x is not found", names[k], at, with);
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
	assert_true(changed[0] > num / 4 && changed[1] > num / 8);
	assert_int_equal(look_in_a_process(&m, &want, false), SAME);
	printf(
	    "%llu bytes changed: data.mdb found %u, data.sums found %u\n", (unsigned long long)num, found[0], found[1]);
	for (size_t k = 0; k < 6; k++)
		free(kept[k].p);
	made_remove(&m);
}

/* Which pages are in use, as LMDB says: all up to the last but those that its free list names. *num: of pages;
 * *newest: the page of the newer head. */
static uint8_t *pages_in_use(const struct made_vault *m, size_t *num, size_t *page_len, size_t *newest)
{
	MDB_cursor *cur;
	MDB_envinfo info;
	MDB_val k, v;
	MDB_stat st;
	MDB_env *env;
	MDB_txn *txn;
	uint8_t *used;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, m->folder, MDB_RDONLY, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
	assert_true(mdb_env_info(env, &info) == 0 && mdb_env_stat(env, &st) == 0);
	*num = info.me_last_pgno + 1;
	*page_len = st.ms_psize;
	*newest = info.me_last_txnid & 1;
	used = malloc(*num);
	memset(used, 1, *num);
	assert_int_equal(mdb_cursor_open(txn, 0, &cur), 0);
	for (int rc = mdb_cursor_get(cur, &k, &v, MDB_FIRST); rc == 0; rc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) {
		const size_t *list = v.mv_data;

		for (size_t i = 1; i <= list[0]; i++)
			used[list[i]] = 0;
	}
	mdb_cursor_close(cur);
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return used;
}

/* An octet anywhere in each page, and one of each page's sum: found, whatever the page holds or held, by a check that
 * opens the vault anew. */
static void a_changed_byte_of_every_page_is_found(void **state)
{
	uint64_t seed = number_of("ZY_TEST_SEED", 20261122) | 1;
	size_t num, len, newest, found = 0, in_use = 0;
	char data[128], sums[128];
	struct kept kept[2];
	struct answers want;
	struct zy_error err = { 0 };
	struct made_vault m;
	uint8_t *used;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	live(&m);
	assert_true(ask(m.v, &want, &err));
	made_close(&m);
	used = pages_in_use(&m, &num, &len, &newest);
	path_of(&m, "data.mdb", data);
	path_of(&m, "data.sums", sums);
	kept[0] = keep(data);
	kept[1] = keep(sums);
	assert_true(num * len <= kept[0].len && 4096 + 8 * num <= kept[1].len);
	for (size_t page = 0; page < num; page++) {
		in_use += used[page];
		for (unsigned of_sum = 0; of_sum < 2; of_sum++) {
			const size_t at = of_sum ? 4096 + 8 * page + next(&seed) % 8 : page * len + next(&seed) % len;
			const uint8_t with = (uint8_t)(1u << next(&seed) % 8);
			int got;

			if (page < 2 && (of_sum || at % len < HEAD_LEN))
				continue; /* heads have no sums; their fields come below */
			flip(of_sum ? sums : data, at, with);
			got = look_in_a_process(&m, &want, page % 2 == 0);
			if (got != FOUND)
				fail_msg("page %zu of %zu, %s: octet %zu ^ %02x of %s: %s", page, num,
				    used[page] ? "in use" : "free", at, with, of_sum ? "data.sums" : "data.mdb",
				    got == SAME    ? "not found"
				    : got == FOUND ? "found"
						   : "another answer");
			found += got == FOUND;
			put_back(data, &kept[0]);
			put_back(sums, &kept[1]);
		}
	}
	print_message("%zu pages, %zu in use: %zu changes found\n", num, in_use, found);
	assert_true(in_use > 30 && in_use < num && found >= 2 * num - 4 && found <= 2 * num - 2);
	/* Of the two heads each field is found. */
	for (size_t at = 0; at < HEAD_LEN; at += 5) {
		for (unsigned of_newest = 0; of_newest < 2; of_newest++) {
			int got;

			flip(data, (of_newest ? newest : 1 - newest) * len + at, 1);
			got = look_in_a_process(&m, &want, at % 2 == 0);
			if (got != FOUND)
				fail_msg("octet %zu of the %s head", at, of_newest ? "newer" : "older");
			put_back(data, &kept[0]);
			put_back(sums, &kept[1]);
		}
	}
	free(used);
	free(kept[0].p);
	free(kept[1].p);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_byte_of_every_page_is_found),
		cmocka_unit_test(a_changed_byte_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
