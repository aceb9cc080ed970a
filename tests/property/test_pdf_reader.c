/*
 * Files with a few bytes changed at random: whatever our reader accepts, qpdf reads too without repairing it, and both
 * see the same objects. No file is one document to us and another to others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/pdf_later.h"
#include "helpers/pdf_oracle.h"
#include "zy/file.h"

#define ROUNDS 1500

static uint64_t seed;

static size_t pick(size_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % below);
}

/* qpdf leaves out members that are null, or lead to nothing, and its names with a # are not read again. */
static bool is_written_otherwise(struct pdf_doc *d, const struct pdf_value *v)
{
	if (v->kind == PDF_STREAM)
		v = &v->as.stream->dict;
	if (v->kind == PDF_NAME)
		return v->as.text.len > 0 && memchr(v->as.text.p, '#', v->as.text.len) != NULL;
	if (v->kind != PDF_ARRAY && v->kind != PDF_DICT)
		return v->kind == PDF_REF && pdf_resolve(d, v)->kind == PDF_NULL;
	for (size_t i = 0; i < v->as.list.num; i++)
		if (is_written_otherwise(d, &v->as.list.item[i]) || v->as.list.item[i].kind == PDF_NULL)
			return true;
	return false;
}

static void compare(struct pdf_doc *d, struct zy_bytes in, uint64_t begun)
{
	qpdf_data q = oracle_open(in);

	if (q == NULL)
		fail_msg("qpdf refuses what we accept: ZY_TEST_SEED=%llu", (unsigned long long)begun);
	for (unsigned i = 1; i < d->size; i++) {
		unsigned generation =
		    d->table[i] == NULL || d->table[i]->place == PDF_PACKED ? 0 : d->table[i]->generation;

		if (!is_written_otherwise(d, pdf_lookup(d, i, generation)) && !oracle_same_object(d, i, q))
			fail_msg("object %u differs: ZY_TEST_SEED=%llu", i, (unsigned long long)begun);
	}
	qpdf_cleanup(&q);
}

/* The number of files that were accepted. */
static size_t mutate(struct zy_bytes in)
{
	static const char likely[] = "0123456789 /<>[]()RnfeobjABC%#\n\r\v.-+";
	size_t accepted = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO b = { 0 };
		struct zy_pdf d;
		uint64_t begun = seed;

		zy_buf_put(&b, in);
		for (size_t n = 1 + pick(2); n > 0; n--)
			b.p[pick(b.len)] =
			    (uint8_t)(pick(4) > 0 ? (size_t)(uint8_t)likely[pick(sizeof(likely) - 1)] : pick(256));
		if (!zy_pdf_parse(&d, zy_buf_bytes(&b), NULL, &a, &err))
			continue;
		accepted++;
		compare(d.newest, zy_buf_bytes(&b), begun);
	}
	return accepted;
}

static void what_we_accept_others_read_as_the_same(void **state)
{
	static const char *const files[] = { "packed-object", "table-stream", "later-none", "second-signature" };
	const char *given = getenv("ZY_TEST_SEED");

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[512];
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_bytes in;

		seed = given != NULL ? strtoull(given, NULL, 10) : 20260301 + i;
		snprintf(path, sizeof(path), ZY_SOURCE_DIR "/tests/corpus/pdf/%s.pdf", files[i]);
		assert_true(zy_file_read(path, 1 << 20, &a, &in, &err));
		assert_true(mutate(in) > (given != NULL ? 0 : 50));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_we_accept_others_read_as_the_same) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
