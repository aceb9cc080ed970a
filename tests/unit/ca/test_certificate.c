/* Certificates of both suites by real signers: P-256 keys in SoftHSM2, SM2 keys in a software TPM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <assert.h>

#include "authority_made.h"
#include "two_signers.h"
#include "zy/der.h"
#include "zy/trust_bundle.h"

#define AT 1772323200 /* 2026-03-01T00:00:00Z */
#define YEAR (365 * 86400)
#define USCC "11990100MB99000131"
#define LAST_UTCTIME 2524607999 /* 2049-12-31T23:59:59Z */

static struct authority_made authority;

static const struct zy_cert_subject names[] = { { "云泽市政务服务数据管理局", "根证书 <Root> & \"CA\"", "" },
	{ "云泽市政务服务数据管理局", "签发证书", "" }, { "云泽市市场监督管理局", "证照印章", USCC } };

/* Leaves by profile; of each their place in names. */
enum { SEAL_MAKER, SEAL_OWNER, DOCUMENT, CREDENTIAL, TRUST, NUM_LEAVES };
static const char *const leaf_profiles[NUM_LEAVES] = { "seal-maker", "seal-owner", "document", "credential", "trust" };

/* Root, issuing CA and one leaf of each profile, by suite. */
static struct pki {
	struct zy_cert_issuer root, issuing;
	struct zy_bytes leaf[NUM_LEAVES];
} pki[2];

static struct zy_bytes issue(
    const struct zy_cert_issuer *by, const char *profile, size_t name, const char *key, zy_time from, zy_time to)
{
	struct zy_bytes der = { 0 };

	MUST(authority_issue(&authority, by, profile, &names[name], key, from, to, &arena, &der, &err));
	return der;
}

static void make_pki(enum zy_suite s)
{
	struct pki *p = &pki[s];

	p->root = (struct zy_cert_issuer){ .key = new_key(s, "root", ZY_USE_CERTIFICATE) };
	p->root.cert = issue(&p->root, "root", 0, p->root.key, AT - YEAR, AT + 30LL * YEAR);
	p->issuing.key = new_key(s, "issuing", ZY_USE_CERTIFICATE);
	p->issuing.cert = issue(&p->root, "issuing", 1, p->issuing.key, AT - YEAR, LAST_UTCTIME);
	for (size_t k = 0; k < NUM_LEAVES; k++) {
		char label[16];

		snprintf(label, sizeof(label), "leaf-%d", (int)k);
		p->leaf[k] = issue(&p->issuing, leaf_profiles[k], 2,
		    new_key(s, label, k == TRUST ? ZY_USE_TRUST : ZY_USE_SHOWING), AT - YEAR, AT + YEAR);
	}
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	if (!start_signers() ||
	    !authority_make(&authority, hsm, keys, zy_arena_printf(&arena, &err, "%s/ca", home.path), AT, &arena, &err))
		return 1;
	make_pki(ZY_SUITE_GM);
	make_pki(ZY_SUITE_INTL);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_register_close(authority.ca.reg);
	stop_signers();
	return 0;
}

static void openssl_takes_every_p256_chain_by_its_strict_rules(void **state)
{
	const struct pki *p = &pki[ZY_SUITE_INTL];
	const char *root = save_pem("root", p->root.cert), *issuing = save_pem("issuing", p->issuing.cert);

	(void)state;
	openssl("verify -x509_strict -check_ss_sig -attime %d -CAfile %s %s", AT, root, issuing);
	for (size_t k = 0; k < NUM_LEAVES; k++)
		openssl("verify -x509_strict -check_ss_sig -attime %d -CAfile %s -untrusted %s %s", AT, root, issuing,
		    save_pem("leaf", p->leaf[k]));
}

static void openssl_reads_what_the_profile_says(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		const char *algorithm = s == ZY_SUITE_GM ? "Signature Algorithm: SM2-with-SM3" : "ecdsa-with-SHA256";
		const char *text =
		    openssl("x509 -noout -text -nameopt utf8 -in %s", save_pem("root", pki[s].root.cert));

		says(text, "Version: 3 (0x2)");
		says(text, algorithm);
		says(text, "CA:TRUE, pathlen:1");
		says(text, "Certificate Sign, CRL Sign");
		says(text, "O=云泽市政务服务数据管理局");
		text = openssl("x509 -noout -text -in %s", save_pem("issuing", pki[s].issuing.cert));
		says(text, "CA:TRUE, pathlen:0");
		says(text, "Not After : Dec 31 23:59:59 2049 GMT");
		text = openssl("x509 -noout -text -nameopt utf8 -in %s", save_pem("leaf", pki[s].leaf[DOCUMENT]));
		says(text, algorithm);
		says(text, "CA:FALSE");
		says(text, "Digital Signature, Non Repudiation");
		says(text, "1.3.6.1.5.5.7.3.36");
		says(text, "1.2.156.10260.4.1.4");
		says(text, USCC);
		says(text, "X509v3 Subject Key Identifier");
		says(text, "X509v3 Authority Key Identifier");
		says(text, "Not Before: Mar  1 00:00:00 2025 GMT");
		text = openssl("x509 -noout -text -in %s", save_pem("leaf", pki[s].leaf[CREDENTIAL]));
		assert_null(strstr(text, "Non Repudiation"));
		assert_null(strstr(text, "Extended Key Usage"));
	}
}

/* OpenSSL 3.0 needs the ID told; then it checks the signature of each certificate (GM/T 0009 10). */
static void openssl_takes_sm2_signatures_with_the_id(void **state)
{
	const struct pki *p = &pki[ZY_SUITE_GM];
	const char *root = save_pem("root", p->root.cert), *issuing = save_pem("issuing", p->issuing.cert);

	(void)state;
	openssl("verify -vfyopt distid:1234567812345678 -partial_chain -attime %d -CAfile %s %s", AT, root, issuing);
}

static struct zy_trust trust_of(unsigned purposes)
{
	static struct zy_trust_cert anchors[2], intermediates[2];

	for (size_t s = 0; s < 2; s++) {
		anchors[s] = (struct zy_trust_cert){ .der = pki[s].root.cert, .purposes = purposes };
		intermediates[s] = (struct zy_trust_cert){ .der = pki[s].issuing.cert };
	}
	return (struct zy_trust){ .version = 1,
		.issued_at = AT,
		.next_update = AT + 30LL * YEAR,
		.num_anchors = 2,
		.anchors = anchors,
		.num_intermediates = 2,
		.intermediates = intermediates };
}

/* The code of what is found about that chain; "" for nothing. */
static const char *judged(enum zy_purpose purpose, struct zy_bytes leaf, zy_time at)
{
	const struct zy_trust trust = trust_of(purpose);
	static char code[64];
	ZY_REPORT_AUTO r = { 0 };

	zy_report_start(&r, "chain", at);
	MUST(zy_chain_judge(keys, &trust, purpose, leaf, NULL, 0, at, &r, "cert", &err));
	snprintf(code, sizeof(code), "%s", r.first == NULL ? "" : r.first->rule->code);
	return code;
}

static void our_own_judgement_takes_every_chain_for_its_purpose(void **state)
{
	static const struct {
		size_t profile;
		enum zy_purpose purpose;
	} uses[] = { { SEAL_MAKER, ZY_PURPOSE_SEAL_MAKER }, { SEAL_OWNER, ZY_PURPOSE_SEAL },
		{ DOCUMENT, ZY_PURPOSE_DOCUMENT }, { CREDENTIAL, ZY_PURPOSE_CREDENTIAL }, { TRUST, ZY_PURPOSE_TRUST } };

	(void)state;
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
			const struct zy_bytes leaf = pki[s].leaf[uses[i].profile];

			assert_string_equal(judged(uses[i].purpose, leaf, AT), "");
			assert_string_equal(judged(uses[i].purpose, leaf, AT - YEAR - 1), "certificate-not-yet-valid");
			assert_string_equal(judged(uses[i].purpose, leaf, AT + YEAR + 1), "certificate-expired");
			assert_string_equal(judged(uses[i].purpose, pki[s].issuing.cert, AT), "certificate-key-usage");
		}
}

static void the_facts_are_those_that_were_asked_for(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct zy_cert_facts facts;
		enum zy_key_kind kind;
		uint8_t point[65];

		MUST(zy_cert_facts(pki[s].leaf[SEAL_OWNER], &arena, &facts, &err));
		assert_string_equal(facts.common_name, "证照印章");
		assert_string_equal(facts.uscc, USCC);
		assert_true(facts.not_before == AT - YEAR && facts.not_after == AT + YEAR);
		assert_int_equal(facts.suite, s);
		MUST(zy_cert_facts(pki[s].root.cert, &arena, &facts, &err));
		assert_string_equal(facts.uscc, "");
		assert_true(facts.not_after == AT + 30LL * YEAR);
		MUST(zy_hsm_public(hsm, pki[s].root.key, &kind, point, &err));
		assert_memory_equal(facts.point, point, 65);
	}
}

/* The whole way of a bundle: made, signed in both suites, opened by a verifier with and without its pin. */
static void a_bundle_of_both_suites_is_opened_as_it_was_signed(void **state)
{
	const struct zy_trust made = trust_of(ZY_PURPOSE_TRUST);
	struct zy_cert_issuer signers[2];
	struct zy_trust opened;
	uint8_t pin[ZY_HASH_LEN];
	ZY_BUF_AUTO file = { 0 };

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		signers[s] = (struct zy_cert_issuer){ uri(s, "leaf-4"), pki[s].leaf[TRUST] };
	static_assert(TRUST == 4, "the trust signers' keys are called leaf-4");
	MUST(zy_trust_sign(hsm, &made, signers, &file, &err));
	MUST(zy_trust_pin(&made, pin, &err));
	MUST(zy_trust_open(&opened, zy_buf_bytes(&file), NULL, AT, keys, &arena, &err));
	MUST(zy_trust_open(&opened, zy_buf_bytes(&file), pin, AT, keys, &arena, &err));
	assert_int_equal(opened.num_anchors, 2);
	assert_true(zy_bytes_equal(opened.anchors[0].der, pki[0].root.cert));
	pin[0] ^= 1;
	REFUSED(zy_trust_open(&opened, zy_buf_bytes(&file), pin, AT, keys, &arena, &err), ZY_E_TRUST);
	/* a key that was not made for bundles */
	file.len = 0;
	REFUSED(zy_trust_sign(hsm, &made,
		    (struct zy_cert_issuer[2]){ { uri(0, "leaf-3"), pki[0].leaf[TRUST] }, signers[1] }, &file, &err),
	    ZY_E_KEY_USE);
}

static struct zy_bytes serial_of(struct zy_bytes cert)
{
	struct zy_reader r = zy_reader_over(cert), outer, tbs;
	struct zy_bytes v = { 0 };

	MUST(zy_der_enter(&r, ZY_DER_SEQUENCE, "c", &outer, &err));
	MUST(zy_der_enter(&outer, ZY_DER_SEQUENCE, "t", &tbs, &err));
	MUST(zy_der_take(&tbs, ZY_DER_CONTEXT_MADE | 0, "v", &v, &err));
	MUST(zy_der_unsigned(&tbs, "serial", &v, &err));
	return v;
}

/* RFC 5280 4.1.2.2: positive, at most 20 octets, never twice. */
static void serials_are_random_and_of_sixteen_octets(void **state)
{
	struct zy_bytes a = serial_of(pki[0].root.cert), b = serial_of(pki[0].issuing.cert);

	(void)state;
	assert_int_equal(a.len, 16);
	assert_int_equal(b.len, 16);
	assert_false(zy_bytes_equal(a, b));
}

static struct zy_bytes last; /* what try_issue made */

static bool try_issue(const struct zy_cert_issuer *by, const char *profile, const struct zy_cert_subject *subject,
    const char *key, zy_time from, zy_time to, struct zy_error *err)
{
	return authority_issue(&authority, by, profile, subject, key, from, to, &arena, &last, err);
}

static void what_cannot_be_vouched_for_is_not_issued(void **state)
{
	static const struct zy_cert_subject nobody = { "", "CN", "" }, nameless = { "O", "", "" },
					    broken = { "O", "\xff", "" }, belled = { "O", "C\aN", "" };
	static const struct zy_cert_subject endless = { "O",
		"0123456789012345678901234567890123456789012345678901234567890123+", "" };
	const struct pki *gm = &pki[ZY_SUITE_GM], *intl = &pki[ZY_SUITE_INTL];
	const struct zy_cert_issuer stranger = { intl->issuing.key, intl->root.cert },
				    absent = { uri(1, "none"), intl->root.cert };
	const struct zy_cert_issuer device = { uri(1, "leaf-0"), intl->leaf[0] };
	struct zy_cert_issuer misused = { .key = uri(1, "leaf-0") };
	const char *key = uri(ZY_SUITE_INTL, "leaf-1");

	(void)state;
	MUST(try_issue(&intl->issuing, "seal-owner", &names[2], key, AT, AT + 1, &err));
	/* another key than that of the issuer's certificate */
	REFUSED(try_issue(&stranger, "seal-owner", &names[2], key, AT, AT + 1, &err), ZY_E_ISSUER);
	REFUSED(try_issue(&absent, "seal-owner", &names[2], key, AT, AT + 1, &err), ZY_E_NOT_FOUND);
	REFUSED(try_issue(&intl->issuing, "seal-owner", &names[2], uri(1, "none"), AT, AT + 1, &err), ZY_E_NOT_FOUND);
	/* no authority */
	REFUSED(try_issue(&device, "seal-owner", &names[2], key, AT, AT + 1, &err), ZY_E_ISSUER);
	/* a key that was not made for certificates: seen after the intent, which is cancelled */
	MUST(try_issue(&intl->root, "issuing", &names[1], device.key, AT, AT + 9, &err));
	misused.cert = last;
	REFUSED(try_issue(&misused, "seal-owner", &names[2], key, AT, AT + 1, &err), ZY_E_KEY_USE);
	/* an issuer that is not valid now, or would be outlived */
	REFUSED(try_issue(&misused, "seal-owner", &names[2], key, AT + 10, AT + 11, &err), ZY_E_ISSUER);
	REFUSED(try_issue(&misused, "seal-owner", &names[2], key, AT, AT + 11, &err), ZY_E_ISSUER);
	/* the issuing authority has pathLenConstraint 0 */
	REFUSED(try_issue(&intl->issuing, "issuing", &names[1], key, AT, AT + 1, &err), ZY_E_ISSUER);
	/* the issuer's own key */
	REFUSED(try_issue(&intl->issuing, "seal-owner", &names[2], intl->issuing.key, AT, AT + 1, &err), ZY_E_ISSUER);
	/* only a root signs itself, and nothing else */
	REFUSED(try_issue(&intl->issuing, "root", &names[0], key, AT, AT + 1, &err), ZY_E_ISSUER);
	REFUSED(try_issue(&(struct zy_cert_issuer){ .key = intl->root.key }, "issuing", &names[1], intl->issuing.key,
		    AT, AT + 1, &err),
	    ZY_E_ISSUER);
	REFUSED(try_issue(&(struct zy_cert_issuer){ .key = intl->root.key }, "root", &names[0], key, AT, AT + 1, &err),
	    ZY_E_ISSUER);
	REFUSED(try_issue(&gm->issuing, "seal-owner", &names[2], key, AT, AT - 1, &err), ZY_E_PROFILE);
	REFUSED(try_issue(&gm->issuing, "seal-owner", &nobody, key, AT, AT + 1, &err), ZY_E_PROFILE);
	REFUSED(try_issue(&gm->issuing, "seal-owner", &nameless, key, AT, AT + 1, &err), ZY_E_PROFILE);
	REFUSED(try_issue(&gm->issuing, "seal-owner", &broken, key, AT, AT + 1, &err), ZY_E_PROFILE);
	REFUSED(try_issue(&gm->issuing, "seal-owner", &belled, key, AT, AT + 1, &err), ZY_E_PROFILE);
	REFUSED(try_issue(&gm->issuing, "seal-owner", &endless, key, AT, AT + 1, &err), ZY_E_PROFILE);
}

static void pem_is_read_as_it_is_written(void **state)
{
	ZY_BUF_AUTO pem = { 0 };
	struct zy_bytes der;

	(void)state;
	zy_cert_to_pem(pki[0].root.cert, &pem);
	MUST(zy_cert_from_pem(zy_buf_bytes(&pem), &arena, &der, &err));
	assert_true(zy_bytes_equal(der, pki[0].root.cert));
	/* and as the openssl program writes it */
	pem.len = 0;
	zy_buf_put_str(&pem, openssl("x509 -in %s", save_pem("root", pki[1].root.cert)));
	MUST(zy_cert_from_pem(zy_buf_bytes(&pem), &arena, &der, &err));
	assert_true(zy_bytes_equal(der, pki[1].root.cert));
	/* and from a file of another system */
	for (size_t i = pem.len; i > 0; i--)
		if (pem.p[i - 1] == '\n')
			zy_buf_insert(&pem, i - 1, ZY_LITERAL("\r"));
	zy_buf_insert(&pem, 0, ZY_LITERAL(" \n"));
	MUST(zy_cert_from_pem(zy_buf_bytes(&pem), &arena, &der, &err));
	assert_true(zy_bytes_equal(der, pki[1].root.cert));
}

static void pem_refused(const char *text)
{
	struct zy_bytes der;

	REFUSED(zy_cert_from_pem(zy_str(text), &arena, &der, &err), ZY_E_CERT);
}

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

static void other_texts_are_no_pem(void **state)
{
	(void)state;
	pem_refused("");
	pem_refused(BEGIN);
	pem_refused(BEGIN END);
	pem_refused(BEGIN "MAA=\n");
	pem_refused("x" BEGIN "MAA=\n" END);
	pem_refused(BEGIN "MAA=\n" END "x");
	pem_refused(BEGIN "MAA=\n" END BEGIN "MAA=\n" END);
	pem_refused(BEGIN "MA\n" END);
	pem_refused(BEGIN "M*A=\n" END);
	pem_refused(BEGIN "AAAA\n" END); /* not a SEQUENCE */
	pem_refused(BEGIN "MAAA\n" END); /* and a byte after it */
	pem_refused("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_takes_every_p256_chain_by_its_strict_rules),
		cmocka_unit_test(openssl_reads_what_the_profile_says),
		cmocka_unit_test(openssl_takes_sm2_signatures_with_the_id),
		cmocka_unit_test(our_own_judgement_takes_every_chain_for_its_purpose),
		cmocka_unit_test(the_facts_are_those_that_were_asked_for),
		cmocka_unit_test(a_bundle_of_both_suites_is_opened_as_it_was_signed),
		cmocka_unit_test(serials_are_random_and_of_sixteen_octets),
		cmocka_unit_test(what_cannot_be_vouched_for_is_not_issued),
		cmocka_unit_test(pem_is_read_as_it_is_written),
		cmocka_unit_test(other_texts_are_no_pem),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
