/* Certificates, lists and answers of documents that are made to last, and the bundle that judges them: for make_pades.c
 * and make_cades.c. */
#ifndef ZY_TEST_LASTING_PKI_H
#define ZY_TEST_LASTING_PKI_H

#include "corpus/corpus_write.h"
#include "corpus/pki_made.h"
#include "stamp_made.h"
#include "zy/pdf_dss.h"
#include "zy/text.h"
#include "zy/trust.h"

#define JANUARY 1768435200 /* 2026-01-15T00:00:00Z */
#define FEBRUARY 1771113600
#define MARCH 1772323200
#define HOUR 3600

#define LASTING_CA                                                                                                     \
	"basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
#define LASTING_USER(more)                                                                                             \
	"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n"          \
	"authorityKeyIdentifier=keyid\n" more
#define LASTING_STAMPS "extendedKeyUsage=critical,timeStamping\n"

static const struct pki_cert lasting_certs[] = {
	{ "root", NULL, LASTING_CA, .to = "20400101000000Z" },
	{ "ca", "root", LASTING_CA "authorityKeyIdentifier=keyid\n", .to = "20390101000000Z" },
	{ "signer", "ca", LASTING_USER(""), .faults = 0 },
	{ "second", "ca", LASTING_USER(""), .faults = 0 },
	{ "ocsp", "ca", LASTING_USER("extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n"), .faults = 0 },
	{ "imposter", "ca", LASTING_USER(""), .faults = 0 },
	{ "tsa", "ca", LASTING_USER(LASTING_STAMPS), .to = "20280101000000Z" },
	{ "tsa-new", "ca", LASTING_USER(LASTING_STAMPS), .from = "20270101000000Z", .to = "20360101000000Z" },
	{ "mailer", "ca", LASTING_USER("extendedKeyUsage=critical,emailProtection\n"), .faults = 0 },
	{ "stranger-root", NULL, LASTING_CA, .faults = 0 },
	{ "stranger", "stranger-root", LASTING_USER(LASTING_STAMPS), .faults = 0 },
};
#define SOON .from = "20260115020000Z", .to = "20260118000000Z"
static const struct pki_answer lasting_answers[] = {
	{ "signer-good", "ocsp", "signer:good", SOON },
	{ "second-good", "ocsp", "second:good", SOON },
	{ "tsa-good", "ocsp", "tsa:good", SOON },
	{ "tsa-good-late", "ocsp", "tsa:good", .from = "20261201000000Z", .to = "20261203000000Z" },
	{ "tsa-revoked", "ocsp", "tsa:revoked:1", .from = "20260216000000Z", .to = "20260310000000Z" },
	{ "signer-revoked", "ocsp", "signer:revoked:1", .from = "20260216000000Z", .to = "20260310000000Z" },
	{ "signer-unknown", "ocsp", "signer:unknown", SOON },
	{ "signer-forged", "ocsp", "signer:good", SOON, .faults = PKI_SIGNATURE },
	{ "signer-imposter", "imposter", "signer:good", SOON },
	{ "signer-old", "ocsp", "signer:good", .from = "20260102000000Z", .to = "20260104000000Z" },
	{ "signer-refused", "ocsp", "signer:good", .status = 6 },
};
static const struct pki_list lasting_lists[] = {
	{ "list-clean", "ca", NULL, "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n",
	    .from = "20260115020000Z" },
	{ "list-revoked", "ca", "signer:1", "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n",
	    .faults = 0 },
	{ "list-hold", "ca", "signer:6", "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n", .faults = 0 },
	{ "list-forged", "ca", "signer:1", "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n",
	    .faults = PKI_SIGNATURE },
	{ "list-old", "ca", NULL, "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n",
	    .from = "20260101000000Z", .to = "20260110000000Z" },
	{ "list-of-stranger", "stranger-root", "signer:1",
	    "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n", .faults = 0 },
	{ "root-clean", "root", NULL, "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n",
	    .from = "20260115020000Z" },
	{ "root-revoked", "root", "ca:2", "authorityKeyIdentifier=keyid:always\n2.5.29.20=DER:020101\n", .faults = 0 },
};

static struct pki lasting_pki = {
	.suite = "P-256", .rows = lasting_certs, .num = sizeof(lasting_certs) / sizeof(lasting_certs[0])
};

static inline struct zy_bytes lasting_der(struct zy_arena *a, const char *name, EVP_PKEY **key)
{
	struct zy_bytes der = stamp_der_of(pki_cert(&lasting_pki, name, key)), copy = { 0 };
	struct zy_error err = { 0 };

	VERIFY_CHECK(zy_arena_copy(a, der, &copy, &err));
	OPENSSL_free((void *)(uintptr_t)der.p);
	return copy;
}

static inline struct zy_bytes lasting_of_pem(struct zy_arena *a, const struct zy_buf *pem)
{
	BIO *b = BIO_new_mem_buf(pem->p, (int)pem->len);
	char *name, *header;
	unsigned char *data;
	struct zy_bytes out = { 0 };
	struct zy_error err = { 0 };
	long len;

	VERIFY_CHECK(PEM_read_bio(b, &name, &header, &data, &len) == 1);
	VERIFY_CHECK(zy_arena_copy(a, ZY_BYTES(data, (size_t)len), &out, &err));
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(b);
	return out;
}

static inline struct stamp_authority lasting_authority(struct zy_arena *a, const char *name)
{
	struct stamp_authority t = { .suite = ZY_SUITE_INTL };

	t.cert = lasting_der(a, name, &t.key);
	return t;
}

static inline struct zy_bytes lasting_value(struct zy_arena *a, const char *name, enum zy_pdf_dss_kind *kind)
{
	ZY_BUF_AUTO pem = { 0 };

	*kind = ZY_PDF_DSS_OCSP;
	for (size_t i = 0; i < sizeof(lasting_answers) / sizeof(lasting_answers[0]); i++)
		if (strcmp(lasting_answers[i].name, name) == 0)
			pki_put_answer(&lasting_pki, &lasting_answers[i], &pem);
	for (size_t i = 0; i < sizeof(lasting_lists) / sizeof(lasting_lists[0]); i++)
		if (strcmp(lasting_lists[i].name, name) == 0) {
			*kind = ZY_PDF_DSS_CRL;
			pki_put_list(&lasting_pki, &lasting_lists[i], &pem);
		}
	VERIFY_CHECK(pem.len > 0);
	return lasting_of_pem(a, &pem);
}

static inline void lasting_write_case(
    const char *folder, const char *name, const char *end, struct zy_bytes file, struct zy_bytes expect)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, end);
	corpus_write(path, file);
	snprintf(path, sizeof(path), "%s/%s.expect", folder, name);
	corpus_write(path, expect);
}

/* Good for a long time, so that files can be judged after their certificates have ended. */
static inline void lasting_bundle(const char *folder)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	struct zy_trust t = verify_trust(&a, ZY_PURPOSE_TRUST);
	struct zy_trust_cert anchors[3], others[3];
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];
	char hex[2 * ZY_HASH_LEN + 2], name[64];
	EVP_PKEY *ignored;

	memcpy(anchors, t.anchors, 2 * sizeof(anchors[0]));
	anchors[2] = (struct zy_trust_cert){ .der = lasting_der(&a, "root", &ignored),
		.purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TIMESTAMP };
	memcpy(others, t.intermediates, 2 * sizeof(others[0]));
	others[2] = (struct zy_trust_cert){ .der = lasting_der(&a, "ca", &ignored) };
	t.intermediates = others;
	t.num_intermediates = 3;
	t.anchors = anchors;
	t.num_anchors = 3;
	t.next_update = 2208988800; /* 2040 */
	VERIFY_CHECK(zy_trust_encode(&t, &payload, &err));
	snprintf(name, sizeof(name), "%s/bundle.json", folder);
	corpus_bundle(name, zy_buf_bytes(&payload));
	VERIFY_CHECK(zy_trust_pin(&t, pin, &err));
	zy_hex(ZY_BYTES(pin, sizeof(pin)), hex);
	hex[2 * ZY_HASH_LEN] = '\n';
	snprintf(name, sizeof(name), "%s/pin", folder);
	corpus_write(name, ZY_BYTES(hex, 2 * ZY_HASH_LEN + 1));
}

#endif
