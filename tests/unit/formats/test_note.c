#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/note.h"

/* The note and key of the documentation of the Go checksum database. */
#define GO_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_TEXT "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define GO_VALUE "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
#define GO_NOTE GO_TEXT "\n— PeterNeumann " GO_VALUE "\n"

static struct zy_note parsed(struct zy_arena *a, const char *text)
{
	struct zy_note n;

	MUST(zy_note_parse(&n, zy_str(text), a, &err));
	return n;
}

static void a_note_of_others_is_read_and_written_back(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_note n = parsed(&a, GO_NOTE);
	ZY_BUF_AUTO b = { 0 };
	struct zy_note_key k;
	uint8_t sig[64];
	uint64_t time;

	(void)state;
	assert_true(zy_bytes_equal(n.text, ZY_LITERAL(GO_TEXT)));
	assert_int_equal(n.num, 1);
	assert_int_equal(n.signatures[0].id, 0xc74f20a3);
	MUST(zy_note_key_parse(&k, ZY_LITERAL(GO_KEY), &err));
	assert_int_equal(k.kind, ZY_NOTE_ED25519);
	assert_true(zy_note_key_made(&k, &n.signatures[0]));
	MUST(zy_note_value_parse(&k, n.signatures[0].value, &time, sig, &err));
	zy_buf_put(&b, n.text);
	zy_buf_put_u8(&b, '\n');
	zy_note_put_signature(&b, &n.signatures[0]);
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL(GO_NOTE)));
}

static void the_text_ends_at_the_last_blank_line(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_note n = parsed(&a, "a\n\nb\n— x AAAAAAA=\n\n— y AAAAAAA=\n— z AAAAAAA=\n");

	(void)state;
	assert_true(zy_bytes_equal(n.text, ZY_LITERAL("a\n\nb\n— x AAAAAAA=\n")));
	assert_int_equal(n.num, 2);
	assert_true(zy_bytes_equal(n.signatures[1].name, ZY_LITERAL("z")));
}

static void what_is_no_note_is_refused(void **state)
{
	static const char *const bad[] = { "", "text\n", "text\n\n", "\n— x AAAAAAA=\n", "text\n— x AAAAAAA=\n",
		"text\n\n— x AAAAAAA=", "text\n\n- x AAAAAAA=\n", "text\n\n—x AAAAAAA=\n", "text\n\n— x\n",
		"text\n\n— x AAAA\n", "text\n\n— x AAAAAAA\n", "text\n\n— x  AAAAAAA=\n", "text\n\n— x AAAAAAA= \n",
		"text\n\n— a+b AAAAAAA=\n", "text\n\n— a\u00a0b AAAAAAA=\n", "te\txt\n\n— x AAAAAAA=\n",
		"text\r\n\n— x AAAAAAA=\n", "text\n\n— x AAAAAAB=\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_note n;

		REFUSED(zy_note_parse(&n, zy_str(bad[i]), &a, &err), ZY_E_NOTE);
	}
}

static void counts_and_sizes_are_capped(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_note n;

	(void)state;
	zy_buf_put_str(&b, "text\n\n");
	for (size_t i = 0; i < ZY_NOTE_SIGNATURES_MAX; i++)
		zy_buf_put_str(&b, "— x AAAAAAA=\n");
	MUST(zy_note_parse(&n, zy_buf_bytes(&b), &a, &err));
	assert_int_equal(n.num, ZY_NOTE_SIGNATURES_MAX);
	zy_buf_put_str(&b, "— x AAAAAAA=\n");
	REFUSED(zy_note_parse(&n, zy_buf_bytes(&b), &a, &err), ZY_E_TOO_LARGE);
	while (b.len <= ZY_NOTE_MAX)
		zy_buf_put_str(&b, "— x AAAAAAA=\n");
	REFUSED(zy_note_parse(&n, zy_buf_bytes(&b), &a, &err), ZY_E_TOO_LARGE);
}

static void keys_of_every_kind_come_back_from_their_text(void **state)
{
	uint8_t point[65] = { 4, 1, 2, 3 };

	(void)state;
	for (enum zy_note_kind kind = 0; kind < ZY_NUM_NOTE_KINDS; kind++) {
		bool is_ed = kind == ZY_NOTE_ED25519 || kind == ZY_NOTE_ED25519_COSIGNED;
		uint8_t in[64] = { 7, [40] = 9 }, out[64];
		ZY_BUF_AUTO text = { 0 }, value = { 0 };
		struct zy_note_key k, again;
		uint64_t time;

		MUST(zy_note_key_make(&k, ZY_LITERAL("log.example/1"), kind, ZY_BYTES(point, is_ed ? 32 : 65), &err));
		zy_note_key_encode(&k, &text);
		MUST(zy_note_key_parse(&again, zy_buf_bytes(&text), &err));
		assert_memory_equal(&again, &k, sizeof(k));
		zy_note_value_encode(&k, 1700000000, in, &value);
		MUST(zy_note_value_parse(&k, zy_buf_bytes(&value), &time, out, &err));
		assert_memory_equal(out, in, 64);
		assert_int_equal(time, zy_note_kind_is_cosigned(kind) ? 1700000000 : 0);
		text.p[15] ^= 1; /* a digit of the id */
		assert_false(zy_note_key_parse(&again, zy_buf_bytes(&text), &(struct zy_error){ 0 }));
	}
	REFUSED(zy_note_key_make(&(struct zy_note_key){ 0 }, ZY_LITERAL("a b"), ZY_NOTE_SM2, ZY_BYTES(point, 65), &err),
	    ZY_E_NOTE);
	REFUSED(zy_note_key_make(&(struct zy_note_key){ 0 }, ZY_LITERAL("a"), ZY_NOTE_SM2, ZY_BYTES(point, 64), &err),
	    ZY_E_KEY);
}

/* The message of a cosignature stands in C2SP tlog-cosignature as an example. */
static void a_cosigner_signs_the_time_before_the_text(void **state)
{
	static const char body[] =
	    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	const struct zy_note_key k = { .kind = ZY_NOTE_ED25519_COSIGNED };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	zy_note_message(&k, 1679315147, zy_str(body), &b);
	zy_buf_put_u8(&b, 0);
	assert_string_equal((const char *)b.p,
	    "cosignature/v1\ntime 1679315147\n"
	    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_note_of_others_is_read_and_written_back),
		cmocka_unit_test(the_text_ends_at_the_last_blank_line),
		cmocka_unit_test(what_is_no_note_is_refused),
		cmocka_unit_test(counts_and_sizes_are_capped),
		cmocka_unit_test(keys_of_every_kind_come_back_from_their_text),
		cmocka_unit_test(a_cosigner_signs_the_time_before_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
