/* The two moments of a question: when a certificate must have stood, and until when knowledge counts. What lists and
 * answers of every kind say at one moment is in tests/corpus/crl and ocsp. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus/pki_made.h"
#include "expect.h"
#include "verify/revocation.h"
#include "zy/pem.h"

#define ROOT "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
#define LEAF "keyUsage=critical,digitalSignature\n"
#define NUMBER(n) "2.5.29.20=DER:0201" n "\n"
#define KEEPS(time) "2.5.29.60=DER:180f" time "\n" /* expiredCertsOnCRL */
#define SINCE_2026 "32303236303130313030303030305a"
#define SINCE_MARCH "32303236303330313030303030305a"
#define DAY(month, day) (1767225600 + ((month)-1) * 31 * 86400 + ((day)-1) * 86400) /* of 2026, up to February */
#define JAN(d) DAY(1, d)
#define FEB(d) DAY(2, d)
#define MAR(d) (DAY(2, 28) + (d)*86400)

static const struct pki_cert rows[] = {
	{ .name = "root", NULL, ROOT },
	{ .name = "leaf", "root", LEAF },
	{ .name = "ended", "root", LEAF, .to = "20260210000000Z" },
};
/* every entry's revocationDate is February 1st */
static const struct pki_list clean = { .name = "clean", "root", NULL, NUMBER("01") },
			     revoked = { .name = "revoked", "root", "leaf:1 ended:1", NUMBER("01") },
			     held = { .name = "held", "root", "leaf:6", NUMBER("01") },
			     keeps = { .name = "keeps", "root", NULL, NUMBER("01") KEEPS(SINCE_2026) },
			     keeps_less = { .name = "less", "root", NULL, NUMBER("01") KEEPS(SINCE_MARCH) };
static const struct pki_answer good = { .name = "good", "root", "leaf:good ended:good" },
			       bad = { .name = "bad", "root", "leaf:revoked:1" };

static const struct moment {
	const char *what, *cert;
	const struct pki_list *list;
	const struct pki_answer *answer;
	zy_time at, until;
	enum zy_standing_is want;
	const char *why;
} moments[] = {
	/* lists are from February 20th to March 10th */
	{ "revoked after the moment", "leaf", &revoked, NULL, JAN(15), MAR(1), ZY_STANDS, NULL },
	{ "revoked before the moment", "leaf", &revoked, NULL, FEB(10), MAR(1), ZY_STANDS_REVOKED, NULL },
	{ "revoked at the moment", "leaf", &revoked, NULL, FEB(1), MAR(1), ZY_STANDS_REVOKED, NULL },
	{ "held after the moment", "leaf", &held, NULL, JAN(15), MAR(1), ZY_STANDS, NULL },
	{ "a list of later tells of before", "leaf", &clean, NULL, JAN(15), MAR(1), ZY_STANDS, NULL },
	{ "a list after what is known", "leaf", &clean, NULL, JAN(15), FEB(10), ZY_STANDS_UNKNOWN, "status-not-yet" },
	{ "a list that had ended", "leaf", &clean, NULL, MAR(11), MAR(11), ZY_STANDS_UNKNOWN, "status-too-old" },
	{ "a list after the certificate's end", "ended", &clean, NULL, JAN(15), MAR(1), ZY_STANDS_UNKNOWN,
	    "status-after-end" },
	{ "revoked though it had ended", "ended", &revoked, NULL, FEB(5), MAR(1), ZY_STANDS_REVOKED, NULL },
	{ "a list that keeps what has ended", "ended", &keeps, NULL, JAN(15), MAR(1), ZY_STANDS, NULL },
	{ "a list that keeps what ended later", "ended", &keeps_less, NULL, JAN(15), MAR(1), ZY_STANDS_UNKNOWN,
	    "status-after-end" },
	/* answers are from February 28th to March 3rd */
	{ "an answer of later", "leaf", NULL, &good, JAN(15), MAR(1), ZY_STANDS, NULL },
	{ "an answer after what is known", "leaf", NULL, &good, JAN(15), FEB(10), ZY_STANDS_UNKNOWN, "status-not-yet" },
	{ "an answer that had ended", "leaf", NULL, &good, MAR(4), MAR(4), ZY_STANDS_UNKNOWN, "status-too-old" },
	{ "an answer says revoked after it", "leaf", NULL, &bad, JAN(15), MAR(1), ZY_STANDS, NULL },
	{ "an answer says revoked before it", "leaf", NULL, &bad, FEB(2), MAR(1), ZY_STANDS_REVOKED, NULL },
	{ "an answer after the end", "ended", NULL, &good, JAN(15), MAR(1), ZY_STANDS_UNKNOWN, "status-after-end" },
};

static struct zy_bytes der_of(struct pki *p, const char *name, struct zy_arena *a)
{
	unsigned char *der = NULL;
	EVP_PKEY *key;
	int len = i2d_X509(pki_cert(p, name, &key), &der);
	struct zy_bytes out;

	assert_true(len > 0);
	MUST(zy_arena_copy(a, ZY_BYTES(der, (size_t)len), &out, &err));
	OPENSSL_free(der);
	return out;
}

static void ask(struct pki *p, struct zy_keys *keys, const struct moment *m)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO text = { 0 };
	struct zy_x509 leaf, root;
	const struct zy_path path = { .num = 2, .certs = { &leaf, &root } };
	struct zy_bytes source;
	const struct zy_revocation q = { .crls = &source,
		.answers = &source,
		.num_crls = m->list != NULL,
		.num_answers = m->answer != NULL,
		.at = m->at,
		.until = m->until };
	struct zy_standing out[ZY_PATH_MAX];
	size_t num;

	MUST(zy_x509_parse(&leaf, der_of(p, m->cert, &a), &err));
	MUST(zy_x509_parse(&root, der_of(p, "root", &a), &err));
	if (m->list != NULL)
		pki_put_list(p, m->list, &text);
	else
		pki_put_answer(p, m->answer, &text);
	MUST(zy_pem_collect(
	    zy_buf_bytes(&text), m->list != NULL ? "X509 CRL" : "OCSP RESPONSE", NULL, &source, 1, &num, &a, &err));
	MUST(zy_path_standing(keys, &q, &path, out, &a, &err));
	if (out[0].is != m->want || (m->why != NULL && strcmp(out[0].why, m->why) != 0))
		fail_msg("%s: %d %s", m->what, out[0].is, out[0].why == NULL ? "" : out[0].why);
}

static void what_was_known_later_tells_of_a_moment_before(void **state)
{
	struct pki p = { .rows = rows, .num = sizeof(rows) / sizeof(rows[0]) };
	struct zy_keys *keys;

	(void)state;
	MUST(zy_keys_open(&keys, &err));
	for (int sm2 = 0; sm2 < 2; sm2++) {
		p.suite = sm2 != 0 ? "SM2" : "P-256";
		p.num_made = 0;
		for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
			ask(&p, keys, &moments[i]);
		for (size_t i = 0; i < p.num_made; i++) {
			X509_free(p.made[i].x);
			EVP_PKEY_free(p.made[i].key);
		}
	}
	zy_keys_close(keys);
}

static void every_word_has_a_sentence_of_its_own(void **state)
{
	static const char *const words[] = { "status-none", "status-signature", "status-algorithm", "status-responder",
		"status-responder-missing", "status-responder-unknown", "status-signer", "status-form",
		"status-unreadable", "status-not-yet", "status-too-old", "status-after-end", "status-not-covered",
		"status-reasons", "status-nonce", "status-refused", "status-unknown", "status-work" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(zy_standing_sentence(words[i]), zy_standing_sentence(words[k]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_known_later_tells_of_a_moment_before),
		cmocka_unit_test(every_word_has_a_sentence_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
