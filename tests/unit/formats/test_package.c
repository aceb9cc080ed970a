#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "zy/file.h"
#include "zy/package.h"

static char folder[] = "/tmp/zy-package-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Runs a command in the folder and gives its status. */
static int run(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && ( %s ) >out 2>&1", folder, command);
	return system(line);
}

static void save(const char *name, struct zy_bytes v)
{
	struct zy_error err = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(zy_file_write(path, v, 0600, true, &err));
}

static struct zy_bytes load(const char *name, struct zy_arena *a)
{
	struct zy_error err = { 0 };
	struct zy_bytes v;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(zy_file_read(path, 1 << 20, a, &v, &err));
	return v;
}

static void fill(struct zy_package *p)
{
	static uint8_t text[20000];
	static struct zy_arena arena;
	struct zy_error err = { 0 };

	*p = (struct zy_package){ .arena = &arena };
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)((size_t) "zhengyin"[i % 8] + i / 997 % 5);
	assert_true(zy_package_add(p, "OFD.xml", ZY_LITERAL("<OFD/>"), &err));
	assert_true(zy_package_add(p, "Doc_0/Document.xml", ZY_BYTES(text, sizeof(text)), &err));
	assert_true(zy_package_add(p, "Doc_0/空.bin", ZY_BYTES("", 0), &err));
}

static void what_is_written_is_read_back(void **state)
{
	static struct zy_package p, q;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO again = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	fill(&p);
	assert_true(zy_package_encode(&p, &b, &err));
	assert_true(b.len < 4000);
	assert_true(zy_package_encode(&p, &again, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), zy_buf_bytes(&again)));
	assert_true(zy_package_parse(&q, zy_buf_bytes(&b), &a, &err));
	assert_int_equal(q.num_files, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(q.files[i].name, p.files[i].name);
		assert_true(zy_bytes_equal(q.files[i].bytes, p.files[i].bytes));
	}
	assert_non_null(zy_package_find(&q, "Doc_0/空.bin"));
	assert_null(zy_package_find(&q, "doc_0/Document.xml"));
}

static void unzip_and_zipinfo_agree_with_the_writer(void **state)
{
	static struct zy_package p;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	fill(&p);
	assert_true(zy_package_encode(&p, &b, &err));
	save("ours.zip", zy_buf_bytes(&b));
	assert_int_equal(run("unzip -t ours.zip"), 0);
	assert_int_equal(
	    run("zipinfo -1 ours.zip | grep -qx OFD.xml && zipinfo -T ours.zip | grep -q 19800101.000000"), 0);
	assert_int_equal(run("unzip -p ours.zip Doc_0/Document.xml >document"), 0);
	assert_true(zy_bytes_equal(load("document", &a), p.files[1].bytes));
}

/* 9 MiB, packed about 60 to 1: every thousandth octet is another. */
static struct zy_bytes large(struct zy_arena *a)
{
	const size_t len = ZY_PACKAGE_HELD_MAX + ((size_t)1 << 20);
	struct zy_error err = { 0 };
	uint8_t *p = zy_arena_alloc(a, len, &err);
	uint32_t x = 1;

	assert_non_null(p);
	for (size_t i = 0; i < len; i += 400)
		p[i] = (uint8_t)((x = x * 1103515245 + 12345) >> 16);
	return ZY_BYTES(p, len);
}

static void a_large_file_is_read_through_and_not_held(void **state)
{
	static struct zy_package p, q;
	uint8_t want[ZY_HASH_LEN], have[ZY_HASH_LEN];
	struct zy_error err = { 0 }, why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_bytes v = large(&a);
	uint8_t *crc;

	(void)state;
	p = (struct zy_package){ .arena = &a };
	assert_true(zy_package_add(&p, "large", v, &err) && zy_package_add(&p, "small", ZY_LITERAL("small"), &err));
	assert_true(zy_package_encode(&p, &b, &err));
	assert_true(zy_package_parse(&q, zy_buf_bytes(&b), &a, &err));
	assert_int_equal(q.files[0].bytes.len, 0);
	assert_int_equal(q.files[0].size, v.len);
	assert_int_equal(q.files[1].bytes.len, 5);
	for (enum zy_hash h = ZY_HASH_SM3; h <= ZY_HASH_SHA256; h++) {
		assert_true(zy_digest(h, v, want, &err) && zy_package_digest(&q.files[0], h, have, &err));
		assert_memory_equal(want, have, ZY_HASH_LEN);
	}
	assert_true(zy_package_update(&q, zy_buf_bytes(&b), &again, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
	again.len = 0;
	assert_false(zy_package_encode(&q, &again, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	crc = memmem(b.p, b.len, "PK\x01\x02", 4);
	assert_non_null(crc);
	crc[16] ^= 1;
	b.p[14] ^= 1;
	assert_false(zy_package_parse(&q, zy_buf_bytes(&b), &a, &why));
	assert_string_equal(why.msg, "data: its CRC is wrong");
}

/* What is not fresh keeps headers and packed bytes, whoever wrote them; what is fresh takes its place or comes last. */
static void an_updated_package_keeps_what_was_there(void **state)
{
	static const char *const made[] = { "zip -r in.zip tree", "zip -0 -r in.zip tree",
		"zip -9 -D -X -r in.zip tree" };
	static struct zy_package p, q;

	(void)state;
	assert_int_equal(run("mkdir -p tree/sub && seq 1 5000 >tree/a.xml && echo hello >tree/sub/b.xml"), 0);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };
		ZY_BUF_AUTO same = { 0 };
		struct zy_bytes in, entry;

		assert_int_equal(run("rm -f in.zip"), 0);
		assert_int_equal(run(made[i]), 0);
		in = load("in.zip", &a);
		assert_true(zy_package_parse(&p, in, &a, &err));
		assert_true(zy_package_update(&p, in, &same, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&same), in));
		assert_true(zy_package_put(&p, "tree/sub/b.xml", ZY_LITERAL("other"), &err));
		assert_true(zy_package_put(&p, "new.xml", ZY_LITERAL("new"), &err));
		assert_true(zy_package_update(&p, in, &b, &err));
		assert_true(zy_package_parse(&q, zy_buf_bytes(&b), &a, &err));
		assert_int_equal(q.num_files, 3);
		assert_true(zy_bytes_equal(zy_package_find(&q, "tree/a.xml")->bytes, load("tree/a.xml", &a)));
		assert_true(zy_bytes_equal(zy_package_find(&q, "tree/sub/b.xml")->bytes, ZY_LITERAL("other")));
		assert_string_equal(q.files[2].name, "new.xml");
		entry = ZY_BYTES(memmem(in.p, in.len, "tree/a.xml", 10), 300);
		assert_non_null(memmem(b.p, b.len, entry.p, entry.len));
	}
}

/* Offsets in ZIP64 fields move, and the comment stays. */
static void an_updated_package_of_any_form_is_sound(void **state)
{
	static const char *const forms[] = { "zip64-everywhere", "zip64-by-info-zip", "zip64-by-python",
		"comment-behind-the-package" };
	static struct zy_package p, q;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct zy_error err = { 0 };
		char path[256];
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };
		struct zy_bytes in;

		snprintf(path, sizeof(path), "%s/tests/corpus/ofd/%s.ofd", ZY_SOURCE_DIR, forms[i]);
		assert_true(zy_file_read(path, 1 << 20, &a, &in, &err));
		assert_true(zy_package_parse(&p, in, &a, &err));
		assert_true(zy_package_put(&p, p.files[1].name, ZY_LITERAL("a shorter one"), &err));
		assert_true(zy_package_put(&p, "new.xml", ZY_LITERAL("new"), &err));
		assert_true(zy_package_update(&p, in, &b, &err));
		if (!zy_package_parse(&q, zy_buf_bytes(&b), &a, &err))
			fail_msg("%s: %s", forms[i], err.msg);
		assert_int_equal(q.num_files, p.num_files);
		save("updated.zip", zy_buf_bytes(&b));
		assert_int_equal(run("unzip -tqq updated.zip"), 0);
	}
	assert_int_equal(run("unzip -z updated.zip | grep -q 'by a tool'"), 0);
}

static void packages_of_other_writers_are_read(void **state)
{
	/* Folders, extra fields with times, best compression (a flag), and a stream (data descriptors). */
	static const char *const made[] = { "zip -r in.zip tree", "zip -0 -r in.zip tree",
		"zip -9 -D -X -r in.zip tree", "cat tree/a.xml | zip -fz- - - | cat >in.zip" };
	static struct zy_package q;

	(void)state;
	assert_int_equal(run("mkdir -p tree/sub && seq 1 5000 >tree/a.xml && echo hello >tree/sub/b.xml"), 0);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };

		assert_int_equal(run("rm -f in.zip"), 0);
		assert_int_equal(run(made[i]), 0);
		if (!zy_package_parse(&q, load("in.zip", &a), &a, &err))
			fail_msg("%s: %s", made[i], err.msg);
		assert_int_equal(q.num_files, i == 3 ? 1 : 2);
		assert_true(zy_bytes_equal(
		    q.files[i == 3 ? 0 : zy_package_find(&q, "tree/a.xml") - q.files].bytes, load("tree/a.xml", &a)));
	}
}

static void refuse_name(const char *name, enum zy_code code)
{
	static struct zy_package p;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	p = (struct zy_package){ .arena = &a };
	assert_true(zy_package_add(&p, "a/B.xml", ZY_LITERAL("x"), &err));
	assert_false(zy_package_add(&p, name, ZY_LITERAL("x"), &err));
	assert_int_equal(err.code, code);
	assert_string_equal(err.field, "name");
}

static void unsafe_and_repeated_names_are_refused(void **state)
{
	static char long_name[ZY_PACKAGE_NAME_MAX + 2];

	(void)state;
	memset(long_name, 'n', sizeof(long_name) - 1);
	refuse_name("", ZY_E_ZIP);
	refuse_name("/a", ZY_E_ZIP);
	refuse_name("a/", ZY_E_ZIP);
	refuse_name("a//b", ZY_E_ZIP);
	refuse_name("a/../b", ZY_E_ZIP);
	refuse_name("..", ZY_E_ZIP);
	refuse_name("./a", ZY_E_ZIP);
	refuse_name("a\\b", ZY_E_ZIP);
	refuse_name("a\nb", ZY_E_ZIP);
	refuse_name("a\xc2\x85"
		    "b",
	    ZY_E_ZIP);
	refuse_name("a\x7f", ZY_E_ZIP);
	refuse_name("a\xff", ZY_E_UTF8);
	refuse_name("a/B.xml", ZY_E_ZIP);
	refuse_name("A/b.XML", ZY_E_ZIP);
	refuse_name(long_name, ZY_E_ZIP);
}

/* A package of two small stored files, so that positions are known: locals at 0 and 37, central at 74. */
enum { FIRST = 0, SECOND = 37, CENTRAL = 74, CENTRAL_2 = CENTRAL + 51, END = CENTRAL + 102 };
static void small(struct zy_buf *b)
{
	static struct zy_package p;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	p = (struct zy_package){ .arena = &a };
	assert_true(zy_package_add(&p, "a.xml", ZY_LITERAL("<a"), &err));
	assert_true(zy_package_add(&p, "b.xml", ZY_LITERAL("<b"), &err));
	assert_true(zy_package_encode(&p, b, &err));
	assert_int_equal(b->len, END + 22);
}

static void refuse(struct zy_bytes in, enum zy_code code, const char *field)
{
	static struct zy_package q;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	assert_false(zy_package_parse(&q, in, &a, &err));
	assert_string_equal(zy_code_name(err.code), zy_code_name(code));
	assert_string_equal(err.field, field);
	assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
}

/* Writes `v` at each of the places and expects the refusal. */
static void refuse_with(const size_t *at, size_t num, uint8_t v, enum zy_code code, const char *field)
{
	ZY_BUF_AUTO b = { 0 };

	small(&b);
	for (size_t i = 0; i < num; i++)
		b.p[at[i]] = v;
	refuse(zy_buf_bytes(&b), code, field);
}
#define REFUSE_WITH(v, code, field, ...)                                                                               \
	refuse_with(                                                                                                   \
	    (const size_t[]){ __VA_ARGS__ }, sizeof((const size_t[]){ __VA_ARGS__ }) / sizeof(size_t), v, code, field)

static void each_fault_of_a_package_has_its_code_and_field(void **state)
{
	(void)state;
	REFUSE_WITH(1, ZY_E_ZIP, "end record", END + 20);                              /* comment */
	REFUSE_WITH(1, ZY_E_ZIP, "end record", END + 4);                               /* disk */
	REFUSE_WITH(0, ZY_E_ZIP, "end record", END);                                   /* signature */
	REFUSE_WITH(3, ZY_E_ZIP, "end record", END + 8);                               /* two counts */
	REFUSE_WITH(1, ZY_E_TRAILING, "central directory", END + 8, END + 10);         /* one entry unlisted */
	REFUSE_WITH(3, ZY_E_TRUNCATED, "central header", END + 8, END + 10);           /* one too many */
	REFUSE_WITH(0, ZY_E_ZIP, "end record", END + 16);                              /* directory elsewhere */
	REFUSE_WITH(1, ZY_E_ZIP, "flags", 6, CENTRAL + 8);                             /* encrypted */
	REFUSE_WITH(9, ZY_E_ZIP, "method", 8, CENTRAL + 10);                           /* deflate64 */
	REFUSE_WITH(45, ZY_E_ZIP, "version needed", 4, CENTRAL + 6);                   /* ZIP64 */
	REFUSE_WITH(1, ZY_E_ZIP, "local header", 10);                                  /* time differs */
	REFUSE_WITH('c', ZY_E_ZIP, "local header", 30);                                /* name differs */
	REFUSE_WITH('b', ZY_E_ZIP, "name", 30, CENTRAL + 46);                          /* repeated */
	REFUSE_WITH('B', ZY_E_ZIP, "name", 30, CENTRAL + 46);                          /* repeated in other case */
	REFUSE_WITH('/', ZY_E_ZIP, "name", 30, CENTRAL + 46);                          /* absolute */
	REFUSE_WITH('\\', ZY_E_ZIP, "name", 31, CENTRAL + 47);                         /* backslash */
	REFUSE_WITH('x', ZY_E_ZIP, "data", 35);                                        /* CRC */
	REFUSE_WITH(3, ZY_E_ZIP, "size", CENTRAL + 20);                                /* stored, two sizes */
	REFUSE_WITH(0, ZY_E_ZIP, "local header", CENTRAL_2 + 42);                      /* two names for one file */
	REFUSE_WITH(1, ZY_E_ZIP, "central header", CENTRAL + 32);                      /* comment */
	REFUSE_WITH(0xff, ZY_E_TOO_LARGE, "size", CENTRAL + 27, 25, CENTRAL + 23, 21); /* 4 GB */
}

/* made by Unix, and st_mode says a link */
static void a_link_made_on_unix_is_refused(void **state)
{
	static struct zy_package q;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	small(&b);
	b.p[CENTRAL + 5] = 3;
	b.p[CENTRAL + 41] = 0x81;
	assert_true(zy_package_parse(&q, zy_buf_bytes(&b), &a, &err));
	b.p[CENTRAL + 41] = 0xa1;
	refuse(zy_buf_bytes(&b), ZY_E_ZIP, "central header");
}

static void a_gap_between_entries_is_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	small(&b);
	zy_buf_insert(&b, SECOND, ZY_LITERAL("!"));
	b.p[CENTRAL_2 + 1 + 42]++;
	b.p[END + 1 + 16]++;
	refuse(zy_buf_bytes(&b), ZY_E_ZIP, "local header");
}

static void bytes_before_or_after_are_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	ZY_BUF_AUTO c = { 0 };

	(void)state;
	small(&b);
	zy_buf_put_u8(&b, 0);
	refuse(zy_buf_bytes(&b), ZY_E_ZIP, "end record");
	small(&c);
	zy_buf_insert(&c, 0, ZY_LITERAL("!"));
	refuse(zy_buf_bytes(&c), ZY_E_ZIP, "end record");
}

/* A raw DEFLATE stream of "hello" (fixed codes), then what may not follow it. */
static void bytes_after_the_deflate_stream_are_refused(void **state)
{
	static struct zy_package p, q;
	struct zy_bytes stream = ZY_LITERAL("\xcb\x48\xcd\xc9\xc9\x07\x00!");
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	p = (struct zy_package){ .arena = &a };
	assert_true(zy_package_add(&p, "a.xml", ZY_LITERAL("hello"), &err));
	for (size_t extra = 0; extra < 2; extra++) {
		ZY_BUF_AUTO b = { 0 };

		p.files[0].deflated = ZY_BYTES(stream.p, stream.len - 1 + extra);
		assert_true(zy_package_encode(&p, &b, &err));
		if (extra == 0)
			assert_true(zy_package_parse(&q, zy_buf_bytes(&b), &a, &err));
		else
			refuse(zy_buf_bytes(&b), ZY_E_ZIP, "data");
	}
}

static void a_bomb_is_refused_before_it_is_inflated(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes v;

	(void)state;
	assert_int_equal(run("rm -f bomb.zip; head -c 900000 /dev/zero >zeros && zip bomb.zip zeros"), 0);
	v = load("bomb.zip", &a);
	refuse(v, ZY_E_TOO_LARGE, "size");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(unzip_and_zipinfo_agree_with_the_writer),
		cmocka_unit_test(a_large_file_is_read_through_and_not_held),
		cmocka_unit_test(an_updated_package_keeps_what_was_there),
		cmocka_unit_test(an_updated_package_of_any_form_is_sound),
		cmocka_unit_test(packages_of_other_writers_are_read),
		cmocka_unit_test(unsafe_and_repeated_names_are_refused),
		cmocka_unit_test(each_fault_of_a_package_has_its_code_and_field),
		cmocka_unit_test(a_link_made_on_unix_is_refused),
		cmocka_unit_test(a_gap_between_entries_is_refused),
		cmocka_unit_test(bytes_before_or_after_are_refused),
		cmocka_unit_test(bytes_after_the_deflate_stream_are_refused),
		cmocka_unit_test(a_bomb_is_refused_before_it_is_inflated),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
