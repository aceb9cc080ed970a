/* Rows of the vault: what was written is read, a cut is refused, and a flipped bit is refused or read as what it says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "vault/person.h"
#include "vault/rows.h"

static uint64_t seed = 1;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> (seed % 60); /* short and long numbers */
}

static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnopqrstuvwxyz";

static struct zy_bytes some(size_t most)
{
	return ZY_BYTES(text, next() % (most + 1));
}

struct kind {
	const char *name;
	void (*make)(struct zy_buf *out);
	bool (*again)(struct zy_bytes in, struct zy_buf *out, struct zy_error *err);
};

static void make_vault(struct zy_buf *out)
{
	zy_row_vault_encode(&(struct zy_row_vault){ .suite = (enum zy_suite)(next() % 2),
				.wrapped_index = some(70),
				.wrapped_vault = some(70),
				.probe = some(70) },
	    out);
}

static void make_subject(struct zy_buf *out)
{
	zy_row_subject_encode(
	    &(struct zy_row_subject){
		.key_id = ZY_BYTES(text, ZY_DATA_KEY_ID_LEN), .wrapped = some(70), .holder = some(70) },
	    out);
}

static void make_licence(struct zy_buf *out)
{
	zy_row_licence_encode(&(struct zy_row_licence){ .number = next(), .subject = next() }, out);
}

static void make_version(struct zy_buf *out)
{
	struct zy_row_version row = { .seq = next(),
		.recorded_at = (zy_time)next(),
		.valid_from = -(zy_time)(next() >> 1),
		.valid_to = ZY_TIME_NEVER,
		.record_len = next() % (ZY_VERSION_RECORD_MAX + 1),
		.common = next(),
		.num_files = next() % (ZY_VERSION_FILES_MAX + 1) };

	row.recorded_at &= INT64_MAX;
	for (size_t i = 0; i < row.num_files; i++) {
		row.files[i].form = next() % 256;
		row.files[i].len = next() % (ZY_VERSION_FILE_MAX + 1);
		row.files[i].packed = next() % (ZY_PACKED_MAX + 1);
	}
	zy_row_version_encode(&row, out);
}

static void make_status(struct zy_buf *out)
{
	zy_row_status_encode(&(struct zy_row_status){ .at = (zy_time)(next() >> 1),
				 .status = (enum zy_status)(next() % ZY_NUM_STATUS),
				 .reason = some(ZY_REASON_MAX) },
	    out);
}

static void make_intent(struct zy_buf *out)
{
	zy_row_intent_encode(&(struct zy_row_intent){ .asked = ZY_BYTES(text, ZY_HASH_LEN),
				 .at = (zy_time)(next() >> 1),
				 .serial = next(),
				 .seq = next(),
				 .done = next() },
	    out);
}

static void make_event(struct zy_buf *out)
{
	zy_row_event_encode(&(struct zy_row_event){ .at = (zy_time)(next() >> 1),
				.what = (enum zy_event_what)(next() % ZY_NUM_EVENTS),
				.name = some(ZY_NAME_MAX),
				.number = next(),
				.reason = some(ZY_REASON_MAX),
				.digest = ZY_BYTES(text, next() % 2 * ZY_HASH_LEN),
				.subject = next(),
				.from = (zy_time)(next() >> 1),
				.nth = next() },
	    out);
}

#define AGAIN(kind)                                                                                                    \
	static bool again_##kind(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)                         \
	{                                                                                                              \
		struct zy_row_##kind row;                                                                              \
                                                                                                                       \
		if (!zy_row_##kind##_parse(&row, in, err))                                                             \
			return false;                                                                                  \
		zy_row_##kind##_encode(&row, out);                                                                     \
		return true;                                                                                           \
	}
AGAIN(vault)
AGAIN(subject)
AGAIN(licence)
AGAIN(version)
AGAIN(status)
AGAIN(intent)
AGAIN(event)
AGAIN(identity)

static void make_identity(struct zy_buf *out)
{
	zy_row_identity_encode(&(struct zy_row_identity){ .salt = ZY_BYTES(text, 16),
				   .since = (zy_time)next(),
				   .until = (zy_time)(next() >> 1),
				   .kind = (unsigned)(next() % (ZY_NUM_SUBJECT_KINDS + 1)),
				   .name = some(ZY_NAME_MAX),
				   .before = some(ZY_NAME_MAX),
				   .other = next() },
	    out);
}

static const struct kind kinds[] = { { "vault", make_vault, again_vault }, { "subject", make_subject, again_subject },
	{ "licence", make_licence, again_licence }, { "version", make_version, again_version },
	{ "status", make_status, again_status }, { "intent", make_intent, again_intent },
	{ "event", make_event, again_event }, { "identity", make_identity, again_identity } };

static void reads_as_what_it_says(const struct kind *k, struct zy_bytes in)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };

	if (k->again(in, &again, &err)) {
		assert_true(zy_bytes_equal(zy_buf_bytes(&again), in));
		return;
	}
	assert_int_not_equal(err.code, ZY_OK);
	assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
}

static void rows_come_back_to_the_byte_and_no_cut_is_taken(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 200; round++)
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			ZY_BUF_AUTO row = { 0 }, again = { 0 };
			struct zy_error err = { 0 };

			kinds[i].make(&row);
			assert_true(kinds[i].again(zy_buf_bytes(&row), &again, &err));
			assert_true(zy_bytes_equal(zy_buf_bytes(&row), zy_buf_bytes(&again)));
			for (size_t len = 0; len < row.len; len++) {
				err = (struct zy_error){ 0 };
				assert_false(kinds[i].again(ZY_BYTES(row.p, len), &again, &err));
			}
			for (size_t bit = 0; bit < 8 * row.len; bit++) {
				row.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
				reads_as_what_it_says(&kinds[i], zy_buf_bytes(&row));
				row.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			}
			zy_buf_put_u8(&row, 0);
			err = (struct zy_error){ 0 };
			assert_false(kinds[i].again(zy_buf_bytes(&row), &again, &err));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rows_come_back_to_the_byte_and_no_cut_is_taken) };
	const char *given = getenv("ZY_TEST_SEED");

	if (given != NULL)
		seed = strtoull(given, NULL, 10) | 1;
	printf("ZY_TEST_SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
