#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "vault/pack.h"
#include "vault_made.h"

static uint64_t state_of_random = 7;

static uint64_t next_random(uint64_t below)
{
	state_of_random ^= state_of_random << 13;
	state_of_random ^= state_of_random >> 7;
	state_of_random ^= state_of_random << 17;
	return (state_of_random * 0x2545f4914f6cdd1du >> 32) % below;
}

static size_t packed_len(struct zy_packer *p, struct zy_bytes file, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	size_t before = out->len;

	if (!zy_pack(p, file, out, &err))
		made_fail("pack", &err);
	return out->len - before;
}

static void what_comes_again_is_kept_once(void **state)
{
	uint8_t font[20000], first[30000], second[26000];
	ZY_PACKER_AUTO p = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	made_bytes(font, sizeof(font), 1);
	made_bytes(first, sizeof(first), 2);
	made_bytes(second, sizeof(second), 3);
	memcpy(first + 777, font, sizeof(font));
	memcpy(second + 4321, font, sizeof(font));
	assert_in_range(packed_len(&p, ZY_BYTES(first, sizeof(first)), &out), 30000, 30016);
	assert_in_range(packed_len(&p, ZY_BYTES(second, sizeof(second)), &out), 6000, 6040);
}

static void a_file_that_repeats_itself_shrinks(void **state)
{
	uint8_t file[40000];
	ZY_PACKER_AUTO p = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	made_bytes(file, sizeof(file), 4);
	memcpy(file + 21003, file + 1001, 15000);
	assert_in_range(packed_len(&p, ZY_BYTES(file, sizeof(file)), &out), 25000, 25030);
}

static void nothing_and_little_and_noise_grow_by_a_few_octets_at_most(void **state)
{
	uint8_t noise[5000];

	(void)state;
	made_bytes(noise, sizeof(noise), 5);
	for (size_t len = 0; len < sizeof(noise); len += 1 + len / 3) {
		ZY_PACKER_AUTO p = { 0 };
		ZY_BUF_AUTO out = { 0 };

		assert_in_range(packed_len(&p, ZY_BYTES(noise, len), &out), 0, len + 6);
	}
}

/* Files of stretches of each other, of zeros and of noise: each comes back, in its place. */
static void files_of_any_likeness_come_back(void **state)
{
	enum { LEN = 3000, FILES = 4 };

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		uint8_t all[FILES * LEN], again[FILES * LEN];
		struct zy_error err = { 0 };
		ZY_PACKER_AUTO p = { 0 };
		size_t at = 0, lens[FILES];

		made_bytes(all, sizeof(all), round + 10);
		for (size_t i = 0; i < FILES; i++, at += LEN)
			for (unsigned k = 0; k < 10 && at > 0; k++) {
				size_t n = next_random(400), to = at + next_random(LEN - n);

				if (next_random(4) == 0)
					memset(all + to, 0, n);
				else
					memmove(all + to, all + next_random(at), n);
			}
		at = 0;
		for (size_t i = 0; i < FILES; i++) {
			ZY_BUF_AUTO out = { 0 };

			lens[i] = next_random(LEN + 1);
			packed_len(&p, ZY_BYTES(all + i * LEN, lens[i]), &out);
			assert_true(zy_unpack(zy_buf_bytes(&out), ZY_BYTES(NULL, 0), again, at, lens[i], &err));
			assert_memory_equal(again + at, all + i * LEN, lens[i]);
			at += lens[i];
		}
	}
}

static void what_was_not_packed_does_not_unpack(void **state)
{
	static const struct {
		uint8_t p[8];
		size_t len, file;
	} bad[] = {
		{ { 1, 'a' }, 2, 2 },              /* ends after a run */
		{ { 1, 'a', 0 }, 3, 2 },           /* says that it ends, too early */
		{ { 3, 'a', 'b' }, 3, 3 },         /* a run that is not there */
		{ { 3, 'a', 'b', 'c', 0 }, 5, 2 }, /* longer than the file */
		{ { 1, 'a', 1, 1 }, 4, 2 },        /* copies what is not there yet */
		{ { 1, 'a', 2, 0 }, 4, 3 },        /* runs into itself */
		{ { 1, 'a', 1, 0, 0 }, 5, 2 },     /* goes on after the end */
		{ { 0x81, 0, 'a', 0 }, 4, 1 },     /* a number with a leading zero group */
		{ { 0xff, 0xff, 0xff, 0xff, 0x7f }, 5, 1 },
		{ { 0 }, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_error err = { 0 };
		uint8_t all[16];

		assert_false(zy_unpack(ZY_BYTES(bad[i].p, bad[i].len), ZY_BYTES(NULL, 0), all, 0, bad[i].file, &err));
		assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
	}
}

static void every_cut_of_a_packed_file_is_noticed(void **state)
{
	uint8_t file[600], again[600];
	ZY_PACKER_AUTO p = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	made_bytes(file, sizeof(file), 6);
	memcpy(file + 300, file + 10, 200);
	packed_len(&p, ZY_BYTES(file, sizeof(file)), &out);
	assert_true(out.len < 450);
	for (size_t len = 0; len < out.len; len++) {
		struct zy_error err = { 0 };

		assert_false(zy_unpack(ZY_BYTES(out.p, len), ZY_BYTES(NULL, 0), again, 0, sizeof(file), &err));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_again_is_kept_once),
		cmocka_unit_test(a_file_that_repeats_itself_shrinks),
		cmocka_unit_test(nothing_and_little_and_noise_grow_by_a_few_octets_at_most),
		cmocka_unit_test(files_of_any_likeness_come_back),
		cmocka_unit_test(what_was_not_packed_does_not_unpack),
		cmocka_unit_test(every_cut_of_a_packed_file_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
