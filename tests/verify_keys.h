/* The certificates of tests/keys and, from them, a trust in memory; signatures by the two leaf keys kept there. */
#ifndef VERIFY_KEYS_H
#define VERIFY_KEYS_H

#include <stdio.h>
#include <stdlib.h>

#include <openssl/pem.h>

#include "zy/der.h"
#include "zy/file.h"
#include "zy/judge.h"
#include "zy/note.h"

#define VERIFY_AT 1772323200   /* 2026-03-01T00:00:00Z */
#define VERIFY_LATE 2145916800 /* 2038-01-01T00:00:00Z, after every certificate of tests/keys */
#define VERIFY_USCC "11990100MB99000131"
#define VERIFY_ESID "99010000000001"
#define VERIFY_TYPE "11100000MB0143028R001"

#define VERIFY_CHECK(what)                                                                                             \
	do {                                                                                                           \
		if (!(what)) {                                                                                         \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                                     \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

static inline struct zy_bytes verify_file(struct zy_arena *a, const char *name)
{
	char path[4096];
	struct zy_bytes out;
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), ZY_SOURCE_DIR "/tests/keys/%s", name);
	VERIFY_CHECK(zy_file_read(path, 65536, a, &out, &err));
	return out;
}

/* "gm-leaf" */
static inline struct zy_bytes verify_cert(struct zy_arena *a, const char *name)
{
	char file[80];

	snprintf(file, sizeof(file), "%s.der", name);
	return verify_file(a, file);
}

/* Both roots for every purpose in `purposes`, both subs as intermediates, one issuer that may do all. */
static inline struct zy_trust verify_trust(struct zy_arena *a, unsigned purposes)
{
	static const char *const types[] = { VERIFY_TYPE }, *const seals[] = { VERIFY_ESID };
	static const struct zy_trust_issuer issuer = { VERIFY_USCC, { "云泽市市场监督管理局", "Yunze Market Office" },
		1, 1, types, seals };
	static const struct zy_trust_type type = { .code = VERIFY_TYPE,
		.alias = "business-licence",
		.name = { "营业执照", "Business Licence" },
		.number = 1,
		.credential_days = 30 };
	struct zy_error err = { 0 };
	struct zy_trust_cert *c = zy_arena_array(a, 4, sizeof(*c), &err);

	VERIFY_CHECK(c != NULL);
	c[0] = (struct zy_trust_cert){ .der = verify_cert(a, "gm-root"), .purposes = purposes };
	c[1] = (struct zy_trust_cert){ .der = verify_cert(a, "intl-root"), .purposes = purposes };
	c[2] = (struct zy_trust_cert){ .der = verify_cert(a, "gm-sub") };
	c[3] = (struct zy_trust_cert){ .der = verify_cert(a, "intl-sub") };
	return (struct zy_trust){ .version = 1,
		.issued_at = VERIFY_AT - 86400,
		.next_update = VERIFY_AT + 30 * 86400,
		.num_anchors = 2,
		.anchors = c,
		.num_intermediates = 2,
		.intermediates = c + 2,
		.num_issuers = 1,
		.issuers = &issuer,
		.num_types = 1,
		.types = &type };
}

/* The key as a trust bundle and verifiers spell it. */
static inline const char *verify_note_text(struct zy_arena *a, const struct zy_note_key *k)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO text = { 0 };
	const char *s;

	zy_note_key_encode(k, &text);
	if ((s = zy_arena_text(a, zy_buf_bytes(&text), &err)) == NULL)
		abort();
	return s;
}

/* r||s over the message by the leaf key of that suite. */
static inline void verify_sign(enum zy_suite suite, struct zy_bytes message, uint8_t rs[64])
{
	char path[4096];
	FILE *f;
	EVP_PKEY *key;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	uint8_t der[80];
	size_t len = sizeof(der);
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), ZY_SOURCE_DIR "/tests/keys/%s-leaf.key.pem", zy_suite_name(suite));
	VERIFY_CHECK((f = fopen(path, "r")) != NULL && (key = PEM_read_PrivateKey(f, NULL, NULL, NULL)) != NULL);
	fclose(f);
	VERIFY_CHECK((ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)) != NULL);
	if (suite == ZY_SUITE_GM)
		VERIFY_CHECK(EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
	EVP_MD_CTX_set_pkey_ctx(md, ctx);
	VERIFY_CHECK(EVP_DigestSignInit(md, NULL, suite == ZY_SUITE_GM ? EVP_sm3() : EVP_sha256(), NULL, key) == 1);
	VERIFY_CHECK(EVP_DigestSign(md, der, &len, message.p, message.len) == 1);
	VERIFY_CHECK(zy_der_rs(ZY_BYTES(der, len), rs, &err));
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static inline bool verify_has(const struct zy_report *r, const char *code)
{
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		if (strcmp(f->rule->code, code) == 0)
			return true;
	return false;
}

#endif
