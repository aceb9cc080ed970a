/* What a root's signer takes for a certificate or a list, by certificates that openssl made and lists of our encoder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "expect.h"
#include "hsm/root_message.h"
#include "zy/crl.h"
#include "zy/der.h"
#include "zy/file.h"
#include "zy/spki.h"
#include "zy/x509.h"

#define NOW ((zy_time)1800000000)
#define DAY ((zy_time)86400)

static struct zy_arena arena;

static struct zy_x509 cert_of(const char *name)
{
	struct zy_bytes der = { 0 };
	struct zy_x509 c = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/keys/%s.der", ZY_SOURCE_DIR, name);
	MUST(zy_file_read(path, ZY_X509_MAX, &arena, &der, &err));
	MUST(zy_x509_parse(&c, der, &err));
	return c;
}

/* The root of that suite, at the moment when `cert` begins. */
static struct zy_root root_at(enum zy_suite s, const struct zy_x509 *cert)
{
	static uint8_t points[2][65];
	const struct zy_x509 root = cert_of(s == ZY_SUITE_GM ? "gm-root" : "intl-root");
	struct zy_reader r = zy_reader_over(root.spki);
	struct zy_spki k = { 0 };

	MUST(zy_spki_parse(&r, &k, &err));
	memcpy(points[s], zy_spki_key(&k).p, 65);
	return (struct zy_root){ .suite = s, .point = points[s], .now = cert->not_before + 300 };
}

static void refused(enum zy_suite s, const char *name, const char *field)
{
	const struct zy_x509 c = cert_of(name);
	const struct zy_root root = root_at(s, &c);
	struct zy_error err = { 0 };

	assert_false(zy_root_certificate_check(&root, c.tbs, &err));
	assert_string_equal(zy_code_name(err.code), "ceremony");
	assert_string_equal(err.field, field);
}

static void a_root_signs_itself_and_authorities_below_it(void **state)
{
	static const char *const names[2][2] = { { "gm-root", "gm-sub" }, { "intl-root", "intl-sub" } };

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		for (size_t i = 0; i < 2; i++) {
			const struct zy_x509 c = cert_of(names[s][i]);
			struct zy_root root = root_at(s, &c), other = root;

			MUST(zy_root_certificate_check(&root, c.tbs, &err));
			root.now += 1000;
			REFUSED(zy_root_certificate_check(&root, c.tbs, &err), ZY_E_CEREMONY);
			root.now -= 3000;
			REFUSED(zy_root_certificate_check(&root, c.tbs, &err), ZY_E_CEREMONY);
			other.suite = s == ZY_SUITE_GM ? ZY_SUITE_INTL : ZY_SUITE_GM;
			REFUSED(zy_root_certificate_check(&other, c.tbs, &err), ZY_E_CEREMONY);
			root = root_at(s, &c);
			REFUSED(zy_root_certificate_check(&root, c.der, &err), ZY_E_CEREMONY);
			for (size_t len = 0; len < c.tbs.len; len++)
				REFUSED(zy_root_certificate_check(&root, ZY_BYTES(c.tbs.p, len), &err), ZY_E_CEREMONY);
		}
}

static void a_root_signs_for_nobody_else(void **state)
{
	(void)state;
	refused(ZY_SUITE_INTL, "intl-leaf", "basicConstraints");
	refused(ZY_SUITE_INTL, "intl-server", "basicConstraints");
	refused(ZY_SUITE_INTL, "intl-fakeca", "basicConstraints");
	refused(ZY_SUITE_INTL, "intl-subsub", "authorityKeyIdentifier"); /* of an authority below another */
	refused(ZY_SUITE_INTL, "intl-otherroot", "issuer");              /* its own key, which is not ours */
	refused(ZY_SUITE_INTL, "gm-sub", "tbsCertificate");
	refused(ZY_SUITE_GM, "intl-sub", "tbsCertificate");
}

/* The authority's certificate with its own name for the issuer's, too. */
static void put_link(const struct zy_x509 *c, struct zy_buf *tbs)
{
	struct zy_reader r = zy_reader_over(c->tbs);
	struct zy_bytes content;
	size_t mark;

	MUST(zy_der_take(&r, ZY_DER_SEQUENCE, "tbsCertificate", &content, &err));
	mark = zy_der_open(tbs, ZY_DER_SEQUENCE);
	zy_buf_put(tbs, ZY_BYTES(content.p, (size_t)(c->issuer.p - content.p)));
	zy_buf_put(tbs, c->subject);
	zy_buf_put(tbs,
	    ZY_BYTES(c->issuer.p + c->issuer.len, (size_t)(content.p + content.len - c->issuer.p) - c->issuer.len));
	zy_der_close(tbs, mark);
}

/* RFC 4210 4.4: one name, the key of the generation before or after, from the older key's first day. */
static void a_root_signs_the_key_of_its_neighbour_under_its_name_and_of_no_other(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const struct zy_x509 sub = cert_of(s == ZY_SUITE_GM ? "gm-sub" : "intl-sub");
		struct zy_root root = root_at(s, &sub);
		ZY_BUF_AUTO tbs = { 0 };

		put_link(&sub, &tbs);
		assert_true(zy_root_certificate_is_own(s, zy_buf_bytes(&tbs)));
		assert_false(zy_root_certificate_is_own(s, sub.tbs));
		REFUSED(zy_root_certificate_check(&root, zy_buf_bytes(&tbs), &err), ZY_E_CEREMONY);
		for (size_t i = 0; i < 2; i++) {
			root = root_at(s, &sub);
			root.neighbours[i] = sub.spki.p + sub.spki.len - 65;
			MUST(zy_root_certificate_check(&root, zy_buf_bytes(&tbs), &err));
			REFUSED(zy_root_certificate_check(&root, sub.tbs, &err), ZY_E_CEREMONY);
			root.now += 100000;
			MUST(zy_root_certificate_check(&root, zy_buf_bytes(&tbs), &err));
			root.now = sub.not_before - 1000;
			REFUSED(zy_root_certificate_check(&root, zy_buf_bytes(&tbs), &err), ZY_E_CEREMONY);
		}
	}
}

/* The server's certificate, for another purpose: 1.3.6.1.5.5.7.3.1 becomes `purpose`. */
static void put_purpose(const char *name, uint8_t purpose, struct zy_buf *tbs)
{
	static const uint8_t server[] = { 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 };
	const struct zy_x509 c = cert_of(name);
	uint8_t *at;

	zy_buf_put(tbs, c.tbs);
	assert_non_null(at = memmem(tbs->p, tbs->len, server, sizeof(server)));
	at[sizeof(server) - 1] = purpose;
}

static void who_answers_about_certificates_is_known_by_its_certificate(void **state)
{
	static const char *const names[] = { [ZY_SUITE_GM] = "gm-server", [ZY_SUITE_INTL] = "intl-server" };

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const enum zy_suite other = s == ZY_SUITE_GM ? ZY_SUITE_INTL : ZY_SUITE_GM;
		ZY_BUF_AUTO tbs = { 0 };
		ZY_BUF_AUTO server = { 0 };

		put_purpose(names[s], 9, &tbs);
		put_purpose(names[s], 1, &server);
		assert_true(zy_responder_certificate_is(s, zy_buf_bytes(&tbs)));
		assert_false(zy_responder_certificate_is(other, zy_buf_bytes(&tbs)));
		assert_false(zy_responder_certificate_is(s, zy_buf_bytes(&server)));
		for (size_t len = 0; len < tbs.len; len++)
			assert_false(zy_responder_certificate_is(s, ZY_BYTES(tbs.p, len)));
	}
	assert_false(zy_responder_certificate_is(ZY_SUITE_INTL, cert_of("intl-sub").tbs));
	assert_false(zy_responder_certificate_is(ZY_SUITE_INTL, cert_of("intl-leaf").tbs));
}

struct list {
	struct zy_crl head;
	zy_time revoked_at;
	size_t num;
};

/* id: as our authorities name keys, 32 octets of which 20 count */
static struct list list_made(const struct zy_root *r, const struct zy_x509 *root, uint8_t id[ZY_HASH_LEN])
{
	MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(r->point, 65), id, &err));
	return (struct list){ { .suite = r->suite,
				  .issuer = root->subject,
				  .this_update = r->now,
				  .has_next = true,
				  .next_update = r->now + 366 * DAY,
				  .key_id = ZY_BYTES(id, 20),
				  .number = ZY_LITERAL("\7") },
		r->now - 5, 3 };
}

static bool takes(const struct zy_root *r, const struct list *l)
{
	ZY_BUF_AUTO head = { 0 }, entries = { 0 }, tail = { 0 };
	struct zy_error err = { 0 };
	bool ok;

	for (size_t i = 0; i < l->num; i++) {
		const uint8_t serial[] = { 0x41, (uint8_t)i };
		const struct zy_crl_entry e = {
			.serial = ZY_BYTES(serial, 2), .revoked_at = l->revoked_at, .reason = 4
		};

		zy_crl_entry_put(&entries, &e);
	}
	assert_true(zy_crl_around(&l->head, entries.len, &head, &tail, &err));
	zy_buf_put(&head, zy_buf_bytes(&entries));
	zy_buf_put(&head, zy_buf_bytes(&tail));
	ok = zy_root_list_check(r, zy_buf_bytes(&head), &err);
	assert_int_equal(err.code, ok ? ZY_OK : ZY_E_CEREMONY);
	return ok;
}

static void a_list_is_whole_of_now_and_of_this_root(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const struct zy_x509 cert = cert_of(s == ZY_SUITE_GM ? "gm-root" : "intl-root");
		struct zy_root root = root_at(s, &cert), other;
		struct list good, bad;
		uint8_t id[ZY_HASH_LEN];

		root.now = NOW;
		bad = good = list_made(&root, &cert, id);
		assert_true(takes(&root, &good));
		good.num = 0;
		assert_true(takes(&root, &good));
		good.num = 3;
		other = root;
		other.suite = s == ZY_SUITE_GM ? ZY_SUITE_INTL : ZY_SUITE_GM;
		assert_false(takes(&other, &good));
		bad.head.this_update -= DAY;
		assert_false(takes(&root, &bad));
		bad = good;
		bad.head.next_update += 100 * DAY;
		assert_false(takes(&root, &bad));
		bad = good;
		bad.head.point = ZY_LITERAL(ZY_CRL_PARTITION "4");
		assert_false(takes(&root, &bad));
		bad = good;
		bad.revoked_at = NOW + DAY;
		assert_false(takes(&root, &bad));
		id[3] ^= 1;
		assert_false(takes(&root, &good));
	}
}

static void a_digest_is_no_list(void **state)
{
	static const uint8_t digest[32] = { 0x30, 0x1e, 0x02, 0x1c };
	const struct zy_x509 cert = cert_of("intl-root");
	const struct zy_root root = root_at(ZY_SUITE_INTL, &cert);

	(void)state;
	REFUSED(zy_root_list_check(&root, ZY_BYTES(digest, sizeof(digest)), &err), ZY_E_CEREMONY);
	REFUSED(zy_root_list_check(&root, cert.tbs, &err), ZY_E_CEREMONY);
}

static int drop(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_root_signs_itself_and_authorities_below_it),
		cmocka_unit_test(a_root_signs_for_nobody_else),
		cmocka_unit_test(a_root_signs_the_key_of_its_neighbour_under_its_name_and_of_no_other),
		cmocka_unit_test(who_answers_about_certificates_is_known_by_its_certificate),
		cmocka_unit_test(a_list_is_whole_of_now_and_of_this_root),
		cmocka_unit_test(a_digest_is_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, drop);
}
