/* Certificates, revocation lists and OCSP answers from one row of a table each, by OpenSSL, with the faults that a row
 * asks for. For make_chains.c. */
#ifndef ZY_TEST_PKI_MADE_H
#define ZY_TEST_PKI_MADE_H

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "verify_keys.h"

enum pki_fault {
	PKI_V1 = 1,               /* version 1, without extensions */
	PKI_TWICE = 2,            /* the last extension stands twice */
	PKI_ALGORITHMS = 4,       /* the two names of the algorithm differ */
	PKI_SIGNATURE = 8,        /* a bit of the signature is changed */
	PKI_PRINTABLE = 16,       /* the subject in PrintableString instead of UTF8String */
	PKI_BMP = 32,             /* or in BMPString */
	PKI_SHA1 = 64,            /* signed with SHA-1 */
	PKI_ENTRY_CRITICAL = 128, /* list: its entries have a critical extension that nobody knows */
	PKI_BY_KEY = 256,         /* answer: responder named by its key */
	PKI_NO_CERTS = 512,       /* answer: without the responder's certificate */
	PKI_NO_NEXT = 1024        /* without nextUpdate */
};

struct pki_cert {
	const char *name, *issuer, *ext; /* issuer NULL: self-signed; ext: lines of OpenSSL's configuration */
	const char *subject;             /* "O=a/CN=b"; NULL: CN is the name */
	const char *key;                 /* that of another row; NULL: its own */
	const char *serial;              /* hexadecimal; NULL: the next */
	const char *alg;                 /* of its key, NULL: the suite's */
	const char *from, *to;           /* NULL: all of 2026 */
	unsigned faults;
};
struct pki_list {
	const char *name, *signer;
	const char *entries;   /* "cert[:reason][@issuer] ...": certificates by name */
	const char *ext;       /* lines; cRLNumber and so on */
	const char *issuer_as; /* whose name it bears; NULL: the signer's */
	const char *from, *to; /* NULL: February 20th to March 10th 2026 */
	unsigned faults;
};
struct pki_answer {
	const char *name, *responder, *items; /* "cert:status[:reason] ..."; all of one issuer */
	const char *md;                       /* of the CertIDs; NULL: SHA-1 */
	const char *issuer_as;                /* the CertIDs' issuer; NULL: the certificates' own */
	const char *from, *to;
	int status; /* OCSPResponseStatus */
	unsigned faults;
};

#define PKI_MAX 160
struct pki {
	const char *suite; /* "P-256" or "SM2" */
	const struct pki_cert *rows;
	size_t num;
	struct {
		const char *name;
		X509 *x;
		EVP_PKEY *key;
	} made[PKI_MAX];
	size_t num_made;
	unsigned serial;
};

static inline EVP_PKEY *pki_new_key(const char *alg)
{
	if (strcmp(alg, "rsa") == 0 || strcmp(alg, "rsa-pss") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	if (strcmp(alg, "rsa-1024") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	if (strcmp(alg, "SM2") == 0 || strncmp(alg, "ED", 2) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, alg);
	return EVP_EC_gen(alg);
}

static inline const struct pki_cert *pki_row(const struct pki *p, const char *name)
{
	for (size_t i = 0; i < p->num; i++)
		if (strcmp(p->rows[i].name, name) == 0)
			return &p->rows[i];
	fprintf(stderr, "no certificate %s\n", name);
	abort();
}

static inline EVP_MD_CTX *pki_signing(const struct pki *p, const struct pki_cert *row, EVP_PKEY *key, unsigned faults)
{
	const char *alg = row->alg == NULL ? p->suite : row->alg;
	const char *md = strncmp(alg, "ED", 2) == 0  ? NULL
			 : strcmp(alg, "SM2") == 0   ? "SM3"
			 : (faults & PKI_SHA1) != 0  ? "SHA1"
			 : strcmp(alg, "P-384") == 0 ? "SHA384"
			 : strcmp(alg, "P-521") == 0 ? "SHA512"
						     : "SHA256";
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	VERIFY_CHECK(strcmp(alg, "SM2") != 0 || EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
	EVP_MD_CTX_set_pkey_ctx(c, ctx);
	VERIFY_CHECK(EVP_DigestSignInit_ex(c, NULL, md, NULL, NULL, key, NULL) == 1);
	if (strcmp(alg, "rsa-pss") == 0)
		VERIFY_CHECK(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
			     EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) == 1);
	return c;
}

static inline void pki_signing_end(EVP_MD_CTX *c)
{
	EVP_PKEY_CTX_free(EVP_MD_CTX_get_pkey_ctx(c));
	EVP_MD_CTX_free(c);
}

static inline CONF *pki_conf(const char *lines)
{
	CONF *conf = NCONF_new(NULL);
	BIO *b = BIO_new(BIO_s_mem());
	long line = 0;

	BIO_printf(b, "[ext]\n%s", lines);
	if (NCONF_load_bio(conf, b, &line) != 1) {
		fprintf(stderr, "line %ld of %s\n", line, lines);
		abort();
	}
	BIO_free(b);
	return conf;
}

static inline X509_NAME *pki_name(const char *text, unsigned faults)
{
	const int type = (faults & PKI_PRINTABLE) != 0 ? V_ASN1_PRINTABLESTRING
			 : (faults & PKI_BMP) != 0     ? V_ASN1_BMPSTRING
						       : V_ASN1_UTF8STRING;
	X509_NAME *name = X509_NAME_new();
	char copy[256], *rest = copy, *part;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((part = strsep(&rest, "/")) != NULL) {
		char *value = strchr(part, '=');
		unsigned char wide[128];
		int len = 0;

		if (value == NULL)
			continue;
		*value++ = 0;
		for (const char *c = value; type == V_ASN1_BMPSTRING && *c != 0; c++) {
			wide[len++] = 0;
			wide[len++] = (unsigned char)*c;
		}
		VERIFY_CHECK(X509_NAME_add_entry_by_txt(name, part,
				 strcmp(part, "emailAddress") == 0 || strcmp(part, "DC") == 0 ? V_ASN1_IA5STRING : type,
				 len > 0 ? wide : (const unsigned char *)value, len > 0 ? len : -1, -1, 0) == 1);
	}
	return name;
}

static inline void pki_change_signature(const ASN1_BIT_STRING *s)
{
	((unsigned char *)(uintptr_t)ASN1_STRING_get0_data(s))[ASN1_STRING_length(s) - 1] ^= 1;
}

/* Both names of an algorithm are one object here: the first is made another before signing, which sets both, by giving
 * it parameters after, in the encoding. Done on bytes: the inner OID's last octet. */
static inline void pki_rename_inner(unsigned char *der, int len, const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	for (int i = 0; i + (int)OBJ_length(oid) < len; i++)
		if (memcmp(der + i, OBJ_get0_data(oid), OBJ_length(oid)) == 0) {
			der[i + (int)OBJ_length(oid) - 1] ^= 1;
			return;
		}
	abort();
}

static inline void pki_times(X509 *x, const struct pki_cert *row)
{
	VERIFY_CHECK(ASN1_TIME_set_string(X509_getm_notBefore(x), row->from == NULL ? "20260101000000Z" : row->from));
	VERIFY_CHECK(ASN1_TIME_set_string(X509_getm_notAfter(x), row->to == NULL ? "20270101000000Z" : row->to));
}

static inline X509 *pki_cert(struct pki *p, const char *name, EVP_PKEY **key);

static inline EVP_PKEY *pki_key(struct pki *p, const struct pki_cert *row)
{
	EVP_PKEY *key;

	if (row->key == NULL)
		return pki_new_key(row->alg == NULL ? p->suite : row->alg);
	pki_cert(p, row->key, &key);
	EVP_PKEY_up_ref(key);
	return key;
}

static inline X509 *pki_make(struct pki *p, const struct pki_cert *row, EVP_PKEY *key)
{
	EVP_PKEY *issuer_key = key;
	X509 *x = X509_new(), *issuer = row->issuer == NULL ? x : pki_cert(p, row->issuer, &issuer_key);
	const struct pki_cert *by = row->issuer == NULL ? row : pki_row(p, row->issuer);
	BIGNUM *serial = NULL;
	X509V3_CTX ctx;
	char text[128];
	CONF *conf = pki_conf(row->ext);
	EVP_MD_CTX *md = pki_signing(p, by, issuer_key, row->faults);
	X509_NAME *subject;

	snprintf(text, sizeof(text), "C=CN/O=Yunze Test/CN=%s", row->name);
	subject = pki_name(row->subject == NULL ? text : row->subject, row->faults);
	X509_set_version(x, (row->faults & PKI_V1) != 0 ? 0 : 2);
	snprintf(text, sizeof(text), "%04x", 0x1000 + p->serial++);
	VERIFY_CHECK(BN_hex2bn(&serial, row->serial == NULL ? text : row->serial) > 0);
	VERIFY_CHECK(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) != NULL);
	X509_set_subject_name(x, subject);
	X509_set_issuer_name(x, row->issuer == NULL ? subject : X509_get_subject_name(issuer));
	pki_times(x, row);
	X509_set_pubkey(x, key);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	if ((row->faults & PKI_V1) == 0 && X509V3_EXT_add_nconf(conf, &ctx, "ext", x) != 1) {
		fprintf(stderr, "extensions of %s\n", row->name);
		ERR_print_errors_fp(stderr);
		abort();
	}
	if ((row->faults & PKI_TWICE) != 0)
		X509_add_ext(x, X509_get_ext(x, X509_get_ext_count(x) - 1), -1);
	VERIFY_CHECK(X509_sign_ctx(x, md) > 0);
	pki_signing_end(md);
	NCONF_free(conf);
	BN_free(serial);
	X509_NAME_free(subject);
	return x;
}

/* Made when it is first asked for. */
static inline X509 *pki_cert(struct pki *p, const char *name, EVP_PKEY **key)
{
	const struct pki_cert *row = pki_row(p, name);
	EVP_PKEY *own;
	X509 *x;

	for (size_t i = 0; i < p->num_made; i++)
		if (strcmp(p->made[i].name, name) == 0) {
			*key = p->made[i].key;
			return p->made[i].x;
		}
	own = pki_key(p, row);
	x = pki_make(p, row, own);
	VERIFY_CHECK(p->num_made < PKI_MAX);
	p->made[p->num_made].name = row->name;
	p->made[p->num_made].x = x;
	p->made[p->num_made++].key = *key = own;
	return x;
}

static inline void pki_put_pem(struct zy_buf *out, const char *label, const unsigned char *der, int len)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text;
	long n;

	VERIFY_CHECK(len > 0 && PEM_write_bio(b, label, "", der, len) > 0);
	n = BIO_get_mem_data(b, &text);
	zy_buf_put(out, ZY_BYTES(text, (size_t)n));
	BIO_free(b);
}

static inline void pki_put_cert(struct pki *p, const char *name, struct zy_buf *out)
{
	const struct pki_cert *row = pki_row(p, name);
	unsigned char *der = NULL;
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *alg;
	EVP_PKEY *key;
	X509 *x = X509_dup(pki_cert(p, name, &key));
	int len;

	X509_get0_signature(&signature, &alg, x);
	if ((row->faults & PKI_SIGNATURE) != 0)
		pki_change_signature(signature);
	len = i2d_X509(x, &der);
	if ((row->faults & PKI_ALGORITHMS) != 0)
		pki_rename_inner(der, len, alg);
	pki_put_pem(out, "CERTIFICATE", der, len);
	OPENSSL_free(der);
	X509_free(x);
}

static inline ASN1_TIME *pki_time(const char *text)
{
	ASN1_TIME *t = ASN1_TIME_new();

	VERIFY_CHECK(ASN1_TIME_set_string_X509(t, text) == 1);
	return t;
}

/* "cert[:reason][@issuer]": the issuer's name is put where it is named. */
static inline void pki_add_entry(struct pki *p, X509_CRL *crl, char *word, unsigned faults)
{
	X509_REVOKED *e = X509_REVOKED_new();
	char *at = strchr(word, '@'), *colon;
	ASN1_TIME *t = pki_time("20260201000000Z");
	EVP_PKEY *key;

	if (at != NULL)
		*at++ = 0;
	if ((colon = strchr(word, ':')) != NULL)
		*colon++ = 0;
	VERIFY_CHECK(X509_REVOKED_set_serialNumber(e, X509_get_serialNumber(pki_cert(p, word, &key))) == 1);
	VERIFY_CHECK(X509_REVOKED_set_revocationDate(e, t) == 1);
	if (colon != NULL) {
		ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();

		ASN1_ENUMERATED_set(reason, atoi(colon));
		VERIFY_CHECK(X509_REVOKED_add1_ext_i2d(e, NID_crl_reason, reason, 0, 0) == 1);
		ASN1_ENUMERATED_free(reason);
	}
	if (at != NULL) {
		GENERAL_NAMES *names = GENERAL_NAMES_new();
		GENERAL_NAME *n = GENERAL_NAME_new();

		GENERAL_NAME_set0_value(n, GEN_DIRNAME, X509_NAME_dup(X509_get_subject_name(pki_cert(p, at, &key))));
		sk_GENERAL_NAME_push(names, n);
		VERIFY_CHECK(X509_REVOKED_add1_ext_i2d(e, NID_certificate_issuer, names, 1, 0) == 1);
		GENERAL_NAMES_free(names);
	}
	if ((faults & PKI_ENTRY_CRITICAL) != 0) {
		X509_EXTENSION *x = X509V3_EXT_nconf(NULL, NULL, "1.2.3.4", "critical,DER:0500");

		VERIFY_CHECK(x != NULL && X509_REVOKED_add_ext(e, x, -1) == 1);
		X509_EXTENSION_free(x);
	}
	VERIFY_CHECK(X509_CRL_add0_revoked(crl, e) == 1);
	ASN1_TIME_free(t);
}

static inline void pki_put_list(struct pki *p, const struct pki_list *row, struct zy_buf *out)
{
	X509_CRL *crl = X509_CRL_new();
	EVP_PKEY *key, *ignored;
	X509 *signer = pki_cert(p, row->signer, &key),
	     *issuer = row->issuer_as == NULL ? signer : pki_cert(p, row->issuer_as, &ignored);
	EVP_MD_CTX *md = pki_signing(p, pki_row(p, row->signer), key, row->faults);
	ASN1_TIME *from = pki_time(row->from == NULL ? "20260220000000Z" : row->from),
		  *to = pki_time(row->to == NULL ? "20260310000000Z" : row->to);
	CONF *conf = pki_conf(row->ext == NULL ? "" : row->ext);
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *alg;
	char copy[256], *rest = copy, *word;
	unsigned char *der = NULL;
	X509V3_CTX ctx;
	int len;

	if ((row->faults & PKI_V1) == 0)
		X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer));
	X509_CRL_set1_lastUpdate(crl, from);
	if ((row->faults & PKI_NO_NEXT) == 0)
		X509_CRL_set1_nextUpdate(crl, to);
	snprintf(copy, sizeof(copy), "%s", row->entries == NULL ? "" : row->entries);
	while ((word = strsep(&rest, " ")) != NULL)
		if (word[0] != 0)
			pki_add_entry(p, crl, word, row->faults);
	X509V3_set_ctx(&ctx, signer, NULL, NULL, crl, 0);
	X509V3_set_nconf(&ctx, conf);
	VERIFY_CHECK((row->faults & PKI_V1) != 0 || X509V3_EXT_CRL_add_nconf(conf, &ctx, "ext", crl) == 1);
	if ((row->faults & PKI_TWICE) != 0)
		X509_CRL_add_ext(crl, X509_CRL_get_ext(crl, X509_CRL_get_ext_count(crl) - 1), -1);
	VERIFY_CHECK(X509_CRL_sign_ctx(crl, md) > 0);
	X509_CRL_get0_signature(crl, &signature, &alg);
	if ((row->faults & PKI_SIGNATURE) != 0)
		pki_change_signature(signature);
	len = i2d_X509_CRL(crl, &der);
	if ((row->faults & PKI_ALGORITHMS) != 0)
		pki_rename_inner(der, len, alg);
	pki_put_pem(out, "X509 CRL", der, len);
	OPENSSL_free(der);
	pki_signing_end(md);
	NCONF_free(conf);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	X509_CRL_free(crl);
}

/* "cert:status[:reason]" */
static inline void pki_add_item(struct pki *p, OCSP_BASICRESP *basic, const struct pki_answer *row, char *word)
{
	ASN1_TIME *from = pki_time(row->from == NULL ? "20260228000000Z" : row->from),
		  *to = pki_time(row->to == NULL ? "20260303000000Z" : row->to), *revoked = pki_time("20260201000000Z");
	const EVP_MD *md = EVP_get_digestbyname(row->md == NULL ? "SHA1" : row->md);
	char *status = strchr(word, ':'), *reason;
	EVP_PKEY *key;
	OCSP_CERTID *id;
	X509 *x;
	int is;

	*status++ = 0;
	if ((reason = strchr(status, ':')) != NULL)
		*reason++ = 0;
	is = strcmp(status, "good") == 0      ? V_OCSP_CERTSTATUS_GOOD
	     : strcmp(status, "revoked") == 0 ? V_OCSP_CERTSTATUS_REVOKED
					      : V_OCSP_CERTSTATUS_UNKNOWN;
	x = pki_cert(p, row->issuer_as != NULL ? row->issuer_as : pki_row(p, word)->issuer, &key);
	id = OCSP_cert_id_new(
	    md, X509_get_subject_name(x), X509_get0_pubkey_bitstr(x), X509_get_serialNumber(pki_cert(p, word, &key)));
	VERIFY_CHECK(id != NULL &&
		     OCSP_basic_add1_status(basic, id, is, reason == NULL ? OCSP_REVOKED_STATUS_NOSTATUS : atoi(reason),
			 revoked, from, (row->faults & PKI_NO_NEXT) != 0 ? NULL : to) != NULL);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	ASN1_TIME_free(revoked);
}

static inline OCSP_BASICRESP *pki_basic(struct pki *p, const struct pki_answer *row)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	char copy[256], *rest = copy, *word;
	EVP_PKEY *key;
	X509 *responder = pki_cert(p, row->responder, &key);
	EVP_MD_CTX *md = pki_signing(p, pki_row(p, row->responder), key, row->faults);

	snprintf(copy, sizeof(copy), "%s", row->items);
	while ((word = strsep(&rest, " ")) != NULL)
		pki_add_item(p, basic, row, word);
	VERIFY_CHECK(OCSP_basic_sign_ctx(basic, responder, md, NULL,
			 ((row->faults & PKI_BY_KEY) != 0 ? OCSP_RESPID_KEY : 0) |
			     ((row->faults & PKI_NO_CERTS) != 0 ? OCSP_NOCERTS : 0)) == 1);
	if ((row->faults & PKI_SIGNATURE) != 0)
		pki_change_signature(OCSP_resp_get0_signature(basic));
	pki_signing_end(md);
	return basic;
}

static inline void pki_put_answer(struct pki *p, const struct pki_answer *row, struct zy_buf *out)
{
	OCSP_BASICRESP *basic = row->status == 0 ? pki_basic(p, row) : NULL;
	OCSP_RESPONSE *whole = OCSP_response_create(row->status, basic);
	unsigned char *der = NULL;
	int len = i2d_OCSP_RESPONSE(whole, &der);

	pki_put_pem(out, "OCSP RESPONSE", der, len);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(whole);
	OCSP_BASICRESP_free(basic);
}

#endif
