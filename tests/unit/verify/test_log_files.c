#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "log_made.h"
#include "zy/file.h"

enum { SIZE = 600 };

static char folder[] = "/tmp/zy-log-files-XXXXXX";

static void put_file(const char *name, struct zy_bytes octets)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	*strrchr(path, '/') = 0;
	MUST(zy_folder_make(path, 0700, &err));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	MUST(zy_file_write(path, octets, 0600, true, &err));
}

static void put_tile(int level, uint64_t index, unsigned width, bool forked)
{
	char name[ZY_TILE_PATH_MAX], room[24];
	ZY_BUF_AUTO octets = { 0 };
	uint8_t hash[ZY_HASH_LEN];

	for (uint64_t i = index * ZY_TILE_WIDTH; i < index * ZY_TILE_WIDTH + width; i++)
		if (level == ZY_TILE_ENTRIES) {
			const struct zy_bytes entry = entry_of(forked, i, room);

			zy_buf_put_be(&octets, entry.len, 2);
			zy_buf_put(&octets, entry);
		} else {
			MUST(get(&forked, 8 * (unsigned)level, i, hash, &err));
			zy_buf_put(&octets, ZY_BYTES(hash, sizeof(hash)));
		}
	zy_tile_path(level, index, width, name);
	put_file(name, zy_buf_bytes(&octets));
}

static void publish(uint64_t size, bool forked)
{
	ZY_BUF_AUTO checkpoint = { 0 };

	for (int level = ZY_TILE_ENTRIES; level < 2; level++)
		for (uint64_t left = zy_tile_hashes(level, size), i = 0; left > 0; i++) {
			const unsigned width = left < ZY_TILE_WIDTH ? (unsigned)left : ZY_TILE_WIDTH;

			put_tile(level, i, width, forked);
			left -= width;
		}
	put_checkpoint(&made.log, size, forked, &checkpoint);
	put_file("checkpoint", zy_buf_bytes(&checkpoint));
}

static int make_folder(void **state)
{
	make(state);
	return mkdtemp(folder) == NULL;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int remove_folder(void **state)
{
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	return unmake(state);
}

static void judge(const struct zy_buf *old, const char *code)
{
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "checkpoint", VERIFY_AT);
	MUST(zy_judge_log_files(made.keys, &made.trust, folder, zy_buf_bytes(old), VERIFY_AT, &r, &err));
	if (!verify_has(&r, code))
		fail_msg("no %s", code);
	assert_int_equal(zy_report_indication(&r), strcmp(code, "log-grown") == 0 ? ZY_TOTAL_PASSED : ZY_TOTAL_FAILED);
}

static void judge_from(uint64_t size, const char *code)
{
	ZY_BUF_AUTO old = { 0 };

	put_checkpoint(&made.log, size, false, &old);
	judge(&old, code);
}

static void a_published_log_is_the_one_that_was_signed_and_only_grew(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 511, 512, 513, SIZE };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		publish(sizes[i], false);
		for (size_t k = 0; k <= i; k++)
			judge_from(sizes[k], "log-grown");
		judge_from(0, "log-grown");
	}
}

static void another_history_is_told(void **state)
{
	ZY_BUF_AUTO other = { 0 };

	(void)state;
	publish(SIZE, true);
	judge_from(5, "log-grown");
	judge_from(6, "log-consistency");
	judge_from(SIZE, "log-split");
	judge_from(SIZE + 1, "log-consistency");
	put_checkpoint(&made.other, 5, false, &other);
	judge(&other, "log-other");
}

static void each_file_that_was_changed_is_told(void **state)
{
	static const char *const names[] = { "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2",
		"tile/entries/000", "tile/entries/001", "tile/entries/002.p/88" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (int how = 0; how < 3; how++) {
			ZY_ARENA_AUTO a = { 0 };
			ZY_BUF_AUTO changed = { 0 };
			struct zy_bytes octets;
			char path[256];

			publish(SIZE, false);
			snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
			MUST(zy_file_read(path, 1 << 20, &a, &octets, &err));
			zy_buf_put(&changed, octets);
			if (how == 0)
				changed.p[octets.len / 2] ^= 1;
			changed.len -= how == 1;
			if (how == 2)
				assert_int_equal(unlink(path), 0);
			else
				put_file(names[i], zy_buf_bytes(&changed));
			judge_from(1, "log-files");
		}
}

/* Tiles and entries that agree with each other, under a root that is of others. */
static void a_root_of_other_entries_is_told(void **state)
{
	ZY_BUF_AUTO signed_other = { 0 };

	(void)state;
	publish(SIZE, true);
	put_checkpoint(&made.log, SIZE, false, &signed_other);
	put_file("checkpoint", zy_buf_bytes(&signed_other));
	judge_from(1, "log-files");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_published_log_is_the_one_that_was_signed_and_only_grew),
		cmocka_unit_test(another_history_is_told),
		cmocka_unit_test(each_file_that_was_changed_is_told),
		cmocka_unit_test(a_root_of_other_entries_is_told),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
