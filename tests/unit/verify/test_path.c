#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus/pki_made.h"
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
		for (size_t i = 0; i < ZY_PATH_SIGNATURES / 2 - 8; i++)
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

static void an_anchor_may_be_one_of_a_hundred_and_fifty(void **state)
{
	struct zy_bytes anchors[150];
	struct fixture f;

	(void)state;
	start(&f);
	f.others[f.q.num_others++] = f.sub;
	for (size_t i = 0; i + 1 < 150; i++)
		anchors[i] = another(&f, i, true);
	anchors[149] = f.root;
	f.q.anchors = anchors;
	f.q.num_anchors = 150;
	assert_null(find(&f));
	assert_int_equal(f.path.num, 3);
	stop(&f);
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

/* Eight authorities that certify one another, so that paths without end lead nowhere; a thousand certificates in all.
 */
static void a_hostile_bag_ends_with_an_answer(void **state)
{
	enum { CITIES = 8, BAG = 1000 };
	static struct pki_cert rows[CITIES * CITIES + 1];
	static char names[CITIES * CITIES][16], subjects[CITIES][16];
	static struct zy_bytes bag[BAG];
	struct pki p = { .suite = "P-256", .rows = rows };
	struct fixture f;
	EVP_PKEY *key;

	(void)state;
	start(&f);
	for (int i = 0; i < CITIES * CITIES; i++) {
		int who = i % CITIES, by = (i / CITIES + who) % CITIES; /* the first eight sign themselves */

		snprintf(names[i], sizeof(names[i]), "c%d", i);
		snprintf(subjects[who], sizeof(subjects[who]), "CN=%d", who);
		rows[i] = (struct pki_cert){ .name = names[i],
			.issuer = i < CITIES ? NULL : names[by],
			.ext = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n",
			.subject = subjects[who],
			.key = i < CITIES ? NULL : names[who] };
	}
	rows[CITIES * CITIES] = (struct pki_cert){
		.name = "leaf", .issuer = names[0], .ext = "keyUsage=critical,digitalSignature\n", .subject = "CN=leaf"
	};
	p.num = CITIES * CITIES + 1;
	for (int i = 0; i < BAG; i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(pki_cert(&p, names[i % (CITIES * CITIES)], &key), &der);

		assert_true(len > 0);
		bag[i] = ZY_BYTES(der, (size_t)len);
	}
	f.q.others = bag;
	for (f.q.num_others = ZY_PATH_POOL_MAX; f.q.num_others <= BAG; f.q.num_others += BAG - ZY_PATH_POOL_MAX) {
		unsigned char *der = NULL;
		int len = i2d_X509(pki_cert(&p, "leaf", &key), &der);

		f.q.leaf = ZY_BYTES(der, (size_t)len);
		assert_string_equal(find(&f), "path-work");
		assert_int_equal(f.path.num, 0);
		OPENSSL_free(der);
	}
	for (int i = 0; i < BAG; i++)
		OPENSSL_free((void *)(uintptr_t)bag[i].p);
	for (size_t i = 0; i < p.num_made; i++) {
		X509_free(p.made[i].x);
		EVP_PKEY_free(p.made[i].key);
	}
	stop(&f);
}

static void a_serial_number_is_positive_where_the_form_counts(void **state)
{
	static const char *const serials[] = { "00", "-01", "7F000000000000000000000000000000000000000000" };
	struct fixture f;
	EVP_PKEY *key;

	(void)state;
	for (size_t i = 0; i < sizeof(serials) / sizeof(serials[0]); i++) {
		const struct pki_cert row = { .name = "leaf",
			.ext = "keyUsage=critical,digitalSignature\n",
			.subject = "CN=leaf",
			.serial = serials[i] };
		struct pki p = { .suite = "P-256", .rows = &row, .num = 1 };
		unsigned char *der = NULL;
		int len = i2d_X509(pki_cert(&p, "leaf", &key), &der);

		start(&f);
		f.q.leaf = f.root = ZY_BYTES(der, (size_t)len);
		assert_null(find(&f));
		f.q.strict = true;
		assert_string_equal(find(&f), "certificate-profile");
		assert_non_null(strstr(f.path.faults[0].detail, "serial number"));
		stop(&f);
		OPENSSL_free(der);
		X509_free(p.made[0].x);
		EVP_PKEY_free(p.made[0].key);
	}
}

/* The certificate's own parts with another name of the algorithm inside, signed again by the authority: RFC 5280
 * 4.1.1.2 wants the two names alike, though nobody could have changed either. */
static struct zy_bytes sign_again(struct fixture *f, struct zy_bytes der, EVP_PKEY *by)
{
	static const uint8_t sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct zy_error err = { 0 };
	struct zy_bytes out;
	struct zy_x509 c;
	uint8_t value[128];
	size_t len = sizeof(value);
	ZY_BUF_AUTO tbs = { 0 };
	ZY_BUF_AUTO body = { 0 };
	ZY_BUF_AUTO cert = { 0 };
	uint8_t *name;

	assert_true(zy_x509_parse(&c, der, &err));
	zy_buf_put(&tbs, c.tbs);
	assert_non_null(name = memmem(tbs.p, tbs.len, sha256, sizeof(sha256)));
	name[sizeof(sha256) - 1] = 0x03; /* with SHA-384 */
	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, by), 1);
	assert_int_equal(EVP_DigestSign(md, value, &len, tbs.p, tbs.len), 1);
	EVP_MD_CTX_free(md);
	zy_buf_put(&body, zy_buf_bytes(&tbs));
	zy_buf_put(&body, c.alg_outer);
	zy_der_put_bits(&body, ZY_BYTES(value, len));
	zy_der_put(&cert, ZY_DER_SEQUENCE, zy_buf_bytes(&body));
	assert_true(zy_arena_copy(&f->a, zy_buf_bytes(&cert), &out, &err));
	return out;
}

static void a_certificate_names_one_algorithm_for_its_one_signature(void **state)
{
	static const struct pki_cert rows[] = {
		{ .name = "root",
		    .ext = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n",
		    .subject = "CN=root" },
		{ .name = "leaf",
		    .issuer = "root",
		    .ext = "keyUsage=critical,digitalSignature\n",
		    .subject = "CN=leaf" }
	};
	struct pki p = { .suite = "P-256", .rows = rows, .num = 2 };
	unsigned char *root = NULL, *leaf = NULL;
	EVP_PKEY *root_key, *leaf_key;
	struct fixture f;
	int root_len = i2d_X509(pki_cert(&p, "root", &root_key), &root),
	    leaf_len = i2d_X509(pki_cert(&p, "leaf", &leaf_key), &leaf);

	(void)state;
	start(&f);
	f.root = ZY_BYTES(root, (size_t)root_len);
	f.q.leaf = ZY_BYTES(leaf, (size_t)leaf_len);
	assert_null(find(&f));
	f.q.leaf = sign_again(&f, f.q.leaf, root_key);
	assert_string_equal(find(&f), "certificate-algorithm-differs");
	assert_int_equal(f.path.num, 2);
	stop(&f);
	OPENSSL_free(root);
	OPENSSL_free(leaf);
	for (size_t i = 0; i < p.num_made; i++) {
		X509_free(p.made[i].x);
		EVP_PKEY_free(p.made[i].key);
	}
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
		cmocka_unit_test(an_anchor_may_be_one_of_a_hundred_and_fifty),
		cmocka_unit_test(what_cannot_be_read_is_said),
		cmocka_unit_test(without_anchors_there_is_no_chain),
		cmocka_unit_test(a_hostile_bag_ends_with_an_answer),
		cmocka_unit_test(a_serial_number_is_positive_where_the_form_counts),
		cmocka_unit_test(a_certificate_names_one_algorithm_for_its_one_signature),
		cmocka_unit_test(algorithms_end_by_their_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
