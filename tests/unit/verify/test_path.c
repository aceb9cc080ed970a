#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "verify/path.h"
#include "verify_keys.h"

struct fixture {
	struct zy_arena a;
	struct zy_keys *k;
	struct zy_bytes root, sub, leaf, others[2 * ZY_PATH_POOL_MAX];
	struct zy_path_question q;
	struct zy_path path;
};

static void start(struct fixture *f)
{
	struct zy_error err = { 0 };

	*f = (struct fixture){ 0 };
	assert_true(zy_keys_open(&f->k, &err));
	f->root = verify_cert(&f->a, "intl-root");
	f->sub = verify_cert(&f->a, "intl-sub");
	f->leaf = verify_cert(&f->a, "intl-leaf");
	f->q = (struct zy_path_question){
		.anchors = &f->root, .num_anchors = 1, .others = f->others, .leaf = f->leaf, .at = VERIFY_AT
	};
}

static void stop(struct fixture *f)
{
	zy_keys_close(f->k);
	zy_arena_free(&f->a);
}

static const char *find(struct fixture *f)
{
	struct zy_error err = { 0 };

	if (!zy_path_find(f->k, &f->q, &f->path, &f->a, &err))
		fail_msg("%s", err.msg);
	return f->path.num_faults == 0 ? NULL : f->path.faults[0].code;
}

/* The authority with the n-th octet of its signature value changed: same name, same key, another certificate; or of its
 * key: same name, no key that ever signed. */
static struct zy_bytes another(struct fixture *f, size_t n, bool in_key)
{
	struct zy_error err = { 0 };
	struct zy_x509 c;
	struct zy_bytes copy;

	assert_true(zy_x509_parse(&c, f->sub, &err));
	assert_true(zy_arena_copy(&f->a, f->sub, &copy, &err));
	((uint8_t *)(uintptr_t)
		copy.p)[in_key ? (size_t)(c.spki.p - f->sub.p) + c.spki.len - 1 - n % 60 : f->sub.len - 1 - n % 30] ^=
	    (uint8_t)(1 + n);
	return copy;
}

static void a_path_has_its_certificates_leaf_first(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.others[f.q.num_others++] = f.sub;
	assert_null(find(&f));
	assert_int_equal(f.path.num, 3);
	assert_true(zy_bytes_equal(f.path.certs[0]->der, f.leaf));
	assert_true(zy_bytes_equal(f.path.certs[2]->der, f.root));
	assert_true(f.path.not_before <= VERIFY_AT && f.path.not_after > VERIFY_AT);
	stop(&f);
}

static void an_anchor_needs_nobody_above_it(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.root = f.leaf;
	assert_null(find(&f));
	assert_int_equal(f.path.num, 1);
	f.root = f.sub; /* nor need it be a root */
	assert_null(find(&f));
	assert_int_equal(f.path.num, 2);
	stop(&f);
}

static void the_true_authority_is_found_behind_many_false_ones(void **state)
{
	struct fixture f;

	(void)state;
	for (int in_key = 0; in_key < 2; in_key++) {
		start(&f);
		for (size_t i = 0; i < ZY_PATH_POOL_MAX - 1; i++)
			f.others[f.q.num_others++] = another(&f, i, in_key != 0);
		f.others[f.q.num_others++] = f.sub;
		assert_null(find(&f));
		assert_int_equal(f.path.num, 3);
		f.q.num_others--;
		assert_string_equal(find(&f), "certificate-signature");
		assert_int_equal(f.path.num, 0);
		stop(&f);
	}
}

static void what_cannot_be_read_is_said(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.others[f.q.num_others++] = ZY_BYTES("0", 1); /* of no use, of no harm */
	f.others[f.q.num_others++] = f.sub;
	assert_null(find(&f));
	f.q.leaf = ZY_BYTES("0", 1);
	assert_string_equal(find(&f), "certificate-unreadable");
	stop(&f);
}

static void without_anchors_there_is_no_chain(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	f.q.num_anchors = 0;
	f.others[f.q.num_others++] = f.sub;
	assert_string_equal(find(&f), "no-chain");
	stop(&f);
}

static void algorithms_end_by_their_dates(void **state)
{
	const struct zy_sig_alg sha1 = { ZY_KEY_RSA, ZY_MD_SHA1, -1 }, md5 = { ZY_KEY_RSA, ZY_MD_MD5, -1 },
				sm2 = { ZY_KEY_SM2, ZY_MD_SM3, -1 }, other = { ZY_KEY_OTHER, ZY_MD_NONE, -1 };
	struct zy_public_key rsa = { .kind = ZY_KEY_RSA, .strength = 2048 };

	(void)state;
	assert_true(zy_sig_alg_until(&md5) < zy_sig_alg_until(&sha1));
	assert_true(zy_sig_alg_until(&sha1) < VERIFY_AT);
	assert_int_equal(zy_sig_alg_until(&sm2), ZY_TIME_NEVER);
	assert_int_equal(zy_sig_alg_until(&other), INT64_MIN);
	assert_int_equal(zy_public_key_until(&rsa), ZY_TIME_NEVER);
	rsa.strength = 1024;
	assert_true(zy_public_key_until(&rsa) < VERIFY_AT);
	rsa.strength = 512;
	assert_int_equal(zy_public_key_until(&rsa), INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_its_certificates_leaf_first),
		cmocka_unit_test(an_anchor_needs_nobody_above_it),
		cmocka_unit_test(the_true_authority_is_found_behind_many_false_ones),
		cmocka_unit_test(what_cannot_be_read_is_said),
		cmocka_unit_test(without_anchors_there_is_no_chain),
		cmocka_unit_test(algorithms_end_by_their_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
