#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/log_proof.h"

/* A checkpoint with a cosignature, the example of C2SP tlog-cosignature. */
#define BODY "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define LINES                                                                                                          \
	"— example.com/behind-the-sofa "                                                                             \
	"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"               \
	"— witness.example.com/w1 "                                                                                  \
	"jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
#define CHECKPOINT BODY "\n" LINES
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void a_checkpoint_of_others_is_read_and_written_back(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_checkpoint c;

	(void)state;
	MUST(zy_checkpoint_parse(&c, ZY_LITERAL(CHECKPOINT), &a, &err));
	assert_true(zy_bytes_equal(c.origin, ZY_LITERAL("example.com/behind-the-sofa")));
	assert_int_equal(c.head.size, 20852163);
	assert_int_equal(c.extensions.len, 0);
	assert_int_equal(c.note.num, 2);
	zy_checkpoint_body_encode(c.origin, &c.head, &b);
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL(BODY)));
	assert_int_equal(c.note.signatures[1].value.len, 72);
}

static void extension_lines_are_kept_and_no_line_is_empty(void **state)
{
	struct zy_checkpoint c;

	(void)state;
	MUST(zy_checkpoint_body_parse(&c, ZY_LITERAL(BODY "one\ntwo\n"), &err));
	assert_true(zy_bytes_equal(c.extensions, ZY_LITERAL("one\ntwo\n")));
	REFUSED(zy_checkpoint_body_parse(&c, ZY_LITERAL(BODY "\n"), &err), ZY_E_NOTE);
	REFUSED(zy_checkpoint_body_parse(&c, ZY_LITERAL(BODY "one"), &err), ZY_E_NOTE);
}

static void what_is_no_checkpoint_is_refused(void **state)
{
	static const char *const bad[] = { "", "a\n", "a\n1\n", "\n1\n" HASH, "a\n01\n" HASH, "a\n-1\n" HASH,
		"a\n+1\n" HASH, "a\n1 \n" HASH, "a\n\n" HASH, "a\n4611686018427387905\n" HASH,
		"a\n99999999999999999999\n" HASH, "a\n18446744073709551617\n" HASH, "a\n1\nAAAA\n",
		"a\n1\n" HASH "\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_checkpoint c;

		REFUSED(zy_checkpoint_body_parse(&c, zy_str(bad[i]), &err), ZY_E_NOTE);
	}
}

static void a_proof_comes_back_as_it_was_written(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_merkle_path path = { .num = 3 };

	(void)state;
	memset(path.hashes[1], 0x5a, ZY_HASH_LEN);
	for (size_t extra = 0; extra < 2; extra++) {
		ZY_BUF_AUTO b = { 0 }, again = { 0 };
		struct zy_log_proof p;

		zy_log_proof_encode(ZY_BYTES("leaf", 4 * extra), 73894, &path, ZY_LITERAL(CHECKPOINT), &b);
		MUST(zy_log_proof_parse(&p, zy_buf_bytes(&b), &a, &err));
		assert_int_equal(p.index, 73894);
		assert_int_equal(p.extra.len, 4 * extra);
		assert_int_equal(p.path.num, 3);
		assert_int_equal(p.checkpoint.head.size, 20852163);
		zy_log_proof_encode(p.extra, p.index, &p.path, ZY_LITERAL(CHECKPOINT), &again);
		assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
	}
}

static void what_is_no_proof_is_refused(void **state)
{
	static const char *const bad[] = { "c2sp.org/tlog-proof@v2\nindex 1\n\n" CHECKPOINT,
		"c2sp.org/tlog-proof@v1\n\n" CHECKPOINT, "c2sp.org/tlog-proof@v1\nindex 01\n\n" CHECKPOINT,
		"c2sp.org/tlog-proof@v1\nextra \nindex 1\n\n" CHECKPOINT,
		"c2sp.org/tlog-proof@v1\nextra AAAA\n\n" CHECKPOINT,
		"c2sp.org/tlog-proof@v1\nindex 1\nextra AAAA\n\n" CHECKPOINT,
		("c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n" CHECKPOINT),
		("c2sp.org/tlog-proof@v1\nindex 1\n" CHECKPOINT), "c2sp.org/tlog-proof@v1\nindex 1\n\n",
		"c2sp.org/tlog-proof@v1\nindex 1\n\n" BODY };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_log_proof p;

		REFUSED(zy_log_proof_parse(&p, zy_str(bad[i]), &a, &err), ZY_E_NOTE);
	}
}

static void a_leaf_comes_back_and_its_salt_decides_the_entry(void **state)
{
	struct zy_log_leaf l = { .at = 1767225600,
		.from = -86400,
		.what = ZY_LITERAL("mint"),
		.name = ZY_LITERAL("A.B.2026000001"),
		.number = 1,
		.tag = { 7, 8, 9 },
		.num_parts = 2,
		.parts = { { .form = 0 }, { .form = 2 } } };
	uint8_t entry[ZY_LOG_ENTRY_LEN], other[ZY_LOG_ENTRY_LEN];
	ZY_BUF_AUTO b = { 0 }, again = { 0 }, salted = { 0 };
	struct zy_log_leaf read;

	(void)state;
	zy_log_leaf_encode(&l, &b);
	MUST(zy_log_leaf_parse(&read, zy_buf_bytes(&b), &err));
	assert_int_equal(read.parts[1].form, 2);
	assert_int_equal(read.from, -86400);
	zy_log_leaf_encode(&read, &again);
	assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
	MUST(zy_log_entry(zy_buf_bytes(&b), entry, &err));
	l.salt[0] = 1;
	zy_log_leaf_encode(&l, &salted);
	MUST(zy_log_entry(zy_buf_bytes(&salted), other, &err));
	assert_memory_not_equal(entry, other, ZY_HASH_LEN);
	assert_memory_equal(entry + ZY_HASH_LEN, l.tag, ZY_LOG_TAG_LEN);
	REFUSED(zy_log_entry(ZY_LITERAL("no leaf"), other, &err), ZY_E_CBOR);
}

/* The examples of C2SP tlog-tiles. */
static void tiles_lie_where_the_layout_says(void **state)
{
	static const struct {
		int level;
		uint64_t index;
		unsigned width;
		const char *path;
	} known[] = { { 0, 1234067, 256, "tile/0/x001/x234/067" }, { 0, 0, 256, "tile/0/000" },
		{ 2, 0, 1, "tile/2/000.p/1" }, { 1, 999, 255, "tile/1/999.p/255" }, { 0, 1000, 256, "tile/0/x001/000" },
		{ ZY_TILE_ENTRIES, 273, 112, "tile/entries/273.p/112" },
		{ 0, UINT64_C(18014398509481983), 255, "tile/0/x018/x014/x398/x509/x481/983.p/255" } };
	char path[ZY_TILE_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		zy_tile_path(known[i].level, known[i].index, known[i].width, path);
		assert_string_equal(path, known[i].path);
	}
	/* a tree of 70,000: 273 full tiles and one of 112; one full and one of 17; one of 1 */
	assert_int_equal(zy_tile_hashes(0, 70000), 273 * 256 + 112);
	assert_int_equal(zy_tile_hashes(1, 70000), 256 + 17);
	assert_int_equal(zy_tile_hashes(2, 70000), 1);
	assert_int_equal(zy_tile_hashes(3, 70000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkpoint_of_others_is_read_and_written_back),
		cmocka_unit_test(extension_lines_are_kept_and_no_line_is_empty),
		cmocka_unit_test(what_is_no_checkpoint_is_refused),
		cmocka_unit_test(a_proof_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_no_proof_is_refused),
		cmocka_unit_test(a_leaf_comes_back_and_its_salt_decides_the_entry),
		cmocka_unit_test(tiles_lie_where_the_layout_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
