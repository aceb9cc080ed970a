/* The state files of the TPM token: what is written is read back, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tpm-token/state.h"

static const uint8_t mac_key[32] = { 7 }, other_key[32] = { 8 };
static uint8_t filler[ZY_TPM_BLOB_MAX];

static struct zy_tpm_blob blob(size_t public_len, size_t private_len)
{
	return (struct zy_tpm_blob){ ZY_BYTES(filler, public_len), ZY_BYTES(filler + 1, private_len) };
}

static void make_token(struct zy_buf *out, bool has_user)
{
	struct zy_error err = { 0 };
	struct zy_tpm_token_file f = { .serial = ZY_BYTES(filler, 8),
		.label = ZY_BYTES(filler, 32),
		.primary_name = ZY_BYTES(filler, 34),
		.iterations = 100000,
		.so_salt = ZY_BYTES(filler, 16),
		.so = blob(120, 200),
		.has_user = has_user };

	if (has_user) {
		f.user_salt = ZY_BYTES(filler + 3, 16);
		f.user = blob(1, ZY_TPM_BLOB_MAX - 1);
	}
	assert_true(zy_tpm_token_file_encode(out, &f, mac_key, &err));
}

static void make_key(struct zy_buf *out, uint8_t halves, size_t text_len)
{
	struct zy_error err = { 0 };
	struct zy_tpm_key_file f = { .serial = ZY_BYTES(filler, 8),
		.number = ZY_BYTES(filler + 8, 8),
		.halves = halves,
		.public_label = ZY_BYTES(filler, text_len),
		.private_id = ZY_BYTES(filler, text_len),
		.blob = blob(100, (halves & ZY_TPM_HALF_PRIVATE) != 0 ? 180 : 0) };

	assert_true(zy_tpm_key_file_encode(out, &f, mac_key, &err));
}

static bool parses(struct zy_bytes in, bool is_token)
{
	struct zy_error err = { 0 };
	struct zy_tpm_token_file token;
	struct zy_tpm_key_file key;
	bool ok = is_token ? zy_tpm_token_file_parse(&token, in, &err) : zy_tpm_key_file_parse(&key, in, &err);

	assert_true(ok == (err.code == ZY_OK));
	assert_true(ok || err.offset == ZY_NOWHERE || err.offset <= in.len);
	return ok;
}

/* Every prefix, one byte more, every bit. */
static void hold_against_damage(struct zy_buf *file, bool is_token)
{
	assert_true(parses(zy_buf_bytes(file), is_token));
	assert_false(parses(zy_buf_bytes(file), !is_token));
	for (size_t len = 0; len < file->len; len++)
		assert_false(parses(ZY_BYTES(file->p, len), is_token));
	for (size_t bit = 0; bit < 8 * file->len; bit++) {
		file->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(parses(zy_buf_bytes(file), is_token));
		file->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	zy_buf_put_u8(file, 0);
	assert_false(parses(zy_buf_bytes(file), is_token));
}

static void a_token_file_survives_and_its_damage_is_seen(void **state)
{
	(void)state;
	for (int has_user = 0; has_user < 2; has_user++) {
		ZY_BUF_AUTO file = { 0 };

		make_token(&file, has_user == 1);
		hold_against_damage(&file, true);
	}
}

static void a_key_file_survives_and_its_damage_is_seen(void **state)
{
	(void)state;
	for (uint8_t halves = 1; halves <= 3; halves++) {
		ZY_BUF_AUTO file = { 0 };

		make_key(&file, halves, halves == 1 ? 0 : 255);
		hold_against_damage(&file, false);
	}
}

static void only_the_right_key_finds_the_file_authentic(void **state)
{
	struct zy_error err = { 0 }, forged = { 0 };
	struct zy_tpm_key_file f;
	ZY_BUF_AUTO file = { 0 };

	(void)state;
	make_key(&file, 3, 6);
	assert_true(zy_tpm_key_file_parse(&f, zy_buf_bytes(&file), &err));
	assert_true(zy_tpm_file_authentic(f.covered, f.mac, mac_key, &err));
	assert_false(zy_tpm_file_authentic(f.covered, f.mac, other_key, &forged));
	assert_int_equal(forged.code, ZY_E_TOKEN);
}

static void what_could_not_be_read_back_is_not_written(void **state)
{
	struct zy_error halves = { 0 }, iterations = { 0 };
	struct zy_tpm_key_file key = {
		.serial = ZY_BYTES(filler, 8), .number = ZY_BYTES(filler, 8), .halves = 3, .blob = blob(100, 0)
	};
	struct zy_tpm_token_file token = { .serial = ZY_BYTES(filler, 8),
		.label = ZY_BYTES(filler, 32),
		.primary_name = ZY_BYTES(filler, 34),
		.iterations = 9999,
		.so_salt = ZY_BYTES(filler, 16),
		.so = blob(120, 200) };
	ZY_BUF_AUTO a = { 0 }, b = { 0 };

	(void)state;
	assert_false(zy_tpm_key_file_encode(&a, &key, mac_key, &halves));
	assert_int_equal(halves.code, ZY_E_TOKEN);
	assert_false(zy_tpm_token_file_encode(&b, &token, mac_key, &iterations));
	assert_int_equal(iterations.code, ZY_E_TOKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_file_survives_and_its_damage_is_seen),
		cmocka_unit_test(a_key_file_survives_and_its_damage_is_seen),
		cmocka_unit_test(only_the_right_key_finds_the_file_authentic),
		cmocka_unit_test(what_could_not_be_read_back_is_not_written),
	};

	for (size_t i = 0; i < sizeof(filler); i++)
		filler[i] = (uint8_t)(i * 37 + 11);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
