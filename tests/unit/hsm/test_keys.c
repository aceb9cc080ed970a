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

static struct zy_key *add(struct zy_keyring *k, const char *label)
{
	struct zy_key key = { .kind = ZY_KEY_P256, .uses = ZY_USE_TRUST };
	struct zy_error err = { 0 };

	snprintf(key.label, sizeof(key.label), "%s", label);
	assert_true(zy_keyring_may_add(k, &key, 1000, &err));
	assert_true(zy_keyring_add(k, &key, &err));
	return zy_keyring_find(k, label);
}

static const char *current(struct zy_keyring *k, const char *label, zy_time now)
{
	struct zy_error err = { 0 };
	const struct zy_key *key;

	return zy_keyring_current(k, label, now, &key, &err) ? key->label : zy_code_name(err.code);
}

static void a_new_generation_ends_the_one_before_after_the_overlap(void **state)
{
	struct zy_key_life life = zy_key_life_of_new(2), seen;
	struct zy_keyring k;
	struct zy_error err = { 0 };
	struct zy_key *first, *second;
	char room[128];

	(void)state;
	assert_true(zy_keyring_open(&k, path_of("generations", room), &err));
	first = add(&k, "k");
	second = add(&k, "k~2");
	assert_string_equal(current(&k, "k", 2000), "k");
	life.from = 2000;
	life.overlap_s = 100;
	zy_keyring_set_life(&k, second, &life);
	assert_string_equal(current(&k, "k", 1999), "k");
	assert_string_equal(current(&k, "k~2", 2000), "k~2");
	assert_int_equal(zy_keyring_state(&k, first, 2099, &seen), ZY_KEY_ACTIVE);
	assert_int_equal(zy_keyring_state(&k, first, 2100, &seen), ZY_KEY_RETIRING);
	assert_int_equal(seen.until, 2100);
	assert_string_equal(current(&k, "other", 2000), "not-found");
	life.compromised = 2200;
	zy_keyring_set_life(&k, second, &life);
	assert_string_equal(current(&k, "k", 2200), "key-state"); /* the old one does not come back */
	zy_keyring_free(&k);
}

static enum zy_code may_add(struct zy_keyring *k, const char *label, enum zy_key_kind kind)
{
	struct zy_key key = { .kind = kind, .uses = ZY_USE_TRUST };
	struct zy_error err = { 0 };

	snprintf(key.label, sizeof(key.label), "%s", label);
	return zy_keyring_may_add(k, &key, 1000, &err) ? ZY_OK : err.code;
}

static void generations_are_made_one_after_the_other(void **state)
{
	struct zy_key_life life = zy_key_life_of_new(1);
	struct zy_keyring k;
	struct zy_error err = { 0 };
	char room[128], name[16];

	(void)state;
	assert_true(zy_keyring_open(&k, path_of("generations", room), &err));
	assert_int_equal(may_add(&k, "k", ZY_KEY_P256), ZY_E_EXISTS);
	assert_int_equal(may_add(&k, "k~4", ZY_KEY_P256), ZY_E_NOT_FOUND);
	assert_int_equal(may_add(&k, "k~3", ZY_KEY_P256), ZY_E_KEY_STATE); /* k~2 is planned */
	zy_keyring_set_life(&k, zy_keyring_find(&k, "k~2"), &life);
	assert_int_equal(may_add(&k, "k~3", ZY_KEY_SM2), ZY_E_KEY_USE);
	for (unsigned n = 3; n <= 11; n++) {
		snprintf(name, sizeof(name), "k~%u", n);
		zy_keyring_set_life(&k, add(&k, name), &life);
	}
	zy_keyring_free(&k);
	assert_true(zy_keyring_open(&k, room, &err)); /* k~10 comes before k~2 in the file */
	for (size_t i = 0; i < k.num; i++)
		zy_keyring_set_life(&k, k.keys[i], &life);
	assert_string_equal(current(&k, "k", 1000), "k~11");
	zy_keyring_free(&k);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "table", "once", "faulty", "generations" };
	char room[128];

	(void)state;
	for (size_t i = 0; i < 4; i++)
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
		cmocka_unit_test(a_new_generation_ends_the_one_before_after_the_overlap),
		cmocka_unit_test(generations_are_made_one_after_the_other),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
