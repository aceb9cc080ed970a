#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hsm/keys.h"

static char folder[] = "/tmp/zy-keys-XXXXXX";

static const char *path_of(const char *name, char room[128])
{
	snprintf(room, 128, "%s/%s", folder, name);
	return room;
}

static void a_written_table_is_read_again(void **state)
{
	const struct zy_key root = {
		.label = "ca-root", .kind = ZY_KEY_P256, .uses = ZY_USE_CERTIFICATE | ZY_USE_TRUST
	};
	const struct zy_key data = { .label = "数据", .kind = ZY_KEY_AES256, .uses = ZY_USE_WRAP };
	struct zy_error err = { 0 };
	struct zy_keyring k;
	char room[128];
	struct stat st;

	(void)state;
	assert_true(zy_keyring_open(&k, path_of("table", room), &err));
	assert_int_equal(k.num, 0);
	assert_true(zy_keyring_add(&k, &root, &err));
	assert_true(zy_keyring_add(&k, &data, &err));
	zy_keyring_free(&k);
	assert_int_equal(stat(room, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	assert_true(zy_keyring_open(&k, room, &err));
	assert_int_equal(k.num, 2);
	assert_non_null(zy_keyring_find(&k, "ca-root"));
	assert_int_equal(zy_keyring_find(&k, "ca-root")->uses, ZY_USE_CERTIFICATE | ZY_USE_TRUST);
	assert_int_equal(zy_keyring_find(&k, "数据")->kind, ZY_KEY_AES256);
	assert_null(zy_keyring_find(&k, "ca"));
	zy_keyring_free(&k);
}

static void a_label_is_taken_once(void **state)
{
	const struct zy_key key = { .label = "k", .kind = ZY_KEY_SM2, .uses = ZY_USE_SEAL_SIGN };
	struct zy_error err = { 0 };
	struct zy_keyring k;
	char room[128];

	(void)state;
	assert_true(zy_keyring_open(&k, path_of("once", room), &err));
	assert_true(zy_keyring_add(&k, &key, &err));
	assert_false(zy_keyring_add(&k, &key, &err));
	assert_int_equal(err.code, ZY_E_EXISTS);
	assert_int_equal(k.num, 1);
	zy_keyring_free(&k);
}

static void a_table_that_cannot_be_written_takes_nothing(void **state)
{
	const struct zy_key key = { .label = "k", .kind = ZY_KEY_SM2, .uses = ZY_USE_SEAL_SIGN };
	struct zy_error err = { 0 };
	struct zy_keyring k;
	char room[128];

	(void)state;
	assert_true(zy_keyring_open(&k, path_of("no/such/folder", room), &err));
	assert_false(zy_keyring_add(&k, &key, &err));
	assert_int_equal(err.code, ZY_E_IO);
	assert_null(zy_keyring_find(&k, "k"));
	zy_keyring_free(&k);
}

static void faults_in_a_table_are_errors(void **state)
{
	static const char *const texts[] = { "", "[]", "{\"k\":{}}", "{\"k\":{\"kind\":\"p256\"}}",
		"{\"k\":{\"kind\":\"p256\",\"uses\":[]}}", "{\"k\":{\"kind\":\"rsa\",\"uses\":[\"trust\"]}}",
		"{\"k\":{\"kind\":\"p256\",\"uses\":[\"all\"]}}",
		"{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\",\"trust\"]}}",
		"{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"],\"x\":1}}",
		"{\"k\":{\"kind\":\"p256\",\"uses\":[\"wrap\"]}}", "{\"k\":{\"kind\":\"aes256\",\"uses\":[\"trust\"]}}",
		"{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"]},\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}",
		"{\"\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}" };
	char room[128];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct zy_error err = { 0 };
		struct zy_keyring k;
		FILE *f = fopen(path_of("faulty", room), "w");

		assert_non_null(f);
		fputs(texts[i], f);
		fclose(f);
		assert_false(zy_keyring_open(&k, room, &err));
		assert_int_not_equal(err.code, ZY_OK);
	}
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "table", "once", "faulty" };
	char room[128];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		unlink(path_of(names[i], room));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_written_table_is_read_again),
		cmocka_unit_test(a_label_is_taken_once),
		cmocka_unit_test(a_table_that_cannot_be_written_takes_nothing),
		cmocka_unit_test(faults_in_a_table_are_errors),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
