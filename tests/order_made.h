/* Persons with keys in memory, a register of them, and orders that they sign, for tests. Failures end the test.
 * Include it after <cmocka.h> or <stdlib.h>. */
#ifndef ZY_TEST_ORDER_MADE_H
#define ZY_TEST_ORDER_MADE_H

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "zy/officers.h"
#include "zy/order.h"
#include "zy/sm2.h"

#define ORDER_NOW ((zy_time)1772323200) /* 2026-03-01T00:00:00Z */
#define ORDER_SUBJECT ZY_LITERAL("{\"seals\": []}")

#define ORDER_CHECK(what)                                                                                              \
	do {                                                                                                           \
		if (!(what))                                                                                           \
			abort();                                                                                       \
	} while (0)

/* officer-1 and officer-4 have SM2 keys, the others P-256. */
enum { OFFICER_1, OFFICER_2, OFFICER_3, OFFICER_OLD, REQUESTER, NUM_PERSONS };
struct order_persons {
	EVP_PKEY *keys[NUM_PERSONS];
	struct zy_officer entries[NUM_PERSONS];
	struct zy_officers officers;
};

static inline struct order_persons order_persons_make(void)
{
	static const char *const ids[] = { "officer-1", "officer-2", "officer-3", "officer-old", "requester-1" };
	struct order_persons p = { 0 };
	struct zy_error err = { 0 };
	size_t len;

	for (size_t i = 0; i < NUM_PERSONS; i++) {
		struct zy_officer *e = &p.entries[i];

		*e = (struct zy_officer){ .id = ids[i],
			.name = { "王一", "Wang Yi" },
			.roles = i == REQUESTER ? ZY_ROLE_REQUESTER : ZY_ROLE_OFFICER,
			.suite = i % 3 == 0 ? ZY_SUITE_GM : ZY_SUITE_INTL,
			.valid_from = ORDER_NOW - 1000,
			.valid_to = i == OFFICER_OLD ? ORDER_NOW - 1 : ORDER_NOW + 1000 };
		p.keys[i] = e->suite == ZY_SUITE_GM ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
						    : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
		ORDER_CHECK(p.keys[i] != NULL && EVP_PKEY_get_octet_string_param(
						     p.keys[i], OSSL_PKEY_PARAM_PUB_KEY, e->point, 65, &len) == 1);
		ORDER_CHECK(len == 65 && zy_digest(ZY_HASH_SHA256, ZY_BYTES(e->point, 65), e->key_id, &err));
	}
	p.officers = (struct zy_officers){ NUM_PERSONS, NULL };
	return p;
}

static inline void order_persons_free(struct order_persons *p)
{
	for (size_t i = 0; i < NUM_PERSONS; i++)
		EVP_PKEY_free(p->keys[i]);
}

/* The entries must not move once this was called. */
static inline const struct zy_officers *order_register(struct order_persons *p)
{
	p->officers.officers = p->entries;
	return &p->officers;
}

/* r||s over the message by that person. */
static inline void order_rs(const struct order_persons *p, size_t who, struct zy_bytes message, uint8_t rs[64])
{
	const struct zy_officer *e = &p->entries[who];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(p->keys[who], NULL);
	uint8_t digest[ZY_HASH_LEN], der[128];
	const uint8_t *at = der;
	size_t len = sizeof(der);
	struct zy_error err = { 0 };
	ECDSA_SIG *sig;

	ORDER_CHECK(e->suite == ZY_SUITE_GM ? zy_sm2_e(zy_sm2_id, e->point, message, digest, &err)
					    : zy_digest(ZY_HASH_SHA256, message, digest, &err));
	ORDER_CHECK(
	    ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_sign(ctx, der, &len, digest, sizeof(digest)) == 1);
	ORDER_CHECK((sig = d2i_ECDSA_SIG(NULL, &at, (long)len)) != NULL);
	ORDER_CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, 32) == 32 &&
		    BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + 32, 32) == 32);
	ECDSA_SIG_free(sig);
	EVP_PKEY_CTX_free(ctx);
}

/* Adds a person's signature to the file. `headers` keeps the protected header, one for each signature. */
static inline void order_sign(
    const struct order_persons *p, size_t who, struct zy_order_file *f, struct zy_buf headers[ZY_ORDER_SIGNATURES_MAX])
{
	const struct zy_officer *e = &p->entries[who];
	struct zy_cose *s = &f->signatures[f->num_signatures];
	struct zy_buf *header = &headers[f->num_signatures];
	ZY_BUF_AUTO input = { 0 };

	zy_cose_header_encode(e->suite, e->key_id, header);
	zy_order_input_encode(e->suite, e->key_id, f->order, &input);
	ORDER_CHECK(!input.failed && !header->failed);
	*s = (struct zy_cose){ .protected_header = zy_buf_bytes(header), .payload = f->order, .suite = e->suite };
	memcpy(s->kid, e->key_id, sizeof(s->kid));
	order_rs(p, who, zy_buf_bytes(&input), s->rs);
	f->num_signatures++;
}

/* An order about ORDER_SUBJECT by the requester, to replace what has the digest 7777.... */
static inline struct zy_order order_made(const struct order_persons *p)
{
	struct zy_order o = { .action = ZY_ORDER_RULES,
		.purpose = ZY_LITERAL("第二枚印章 a second seal"),
		.created = ORDER_NOW - 60,
		.expires = ORDER_NOW + 3600 };
	struct zy_error err = { 0 };

	ORDER_CHECK(zy_digest(ZY_HASH_SHA256, ORDER_SUBJECT, o.subject, &err));
	memset(o.replaces, 0x77, sizeof(o.replaces));
	memset(o.nonce, 0x11, sizeof(o.nonce));
	memcpy(o.requester, p->entries[REQUESTER].key_id, sizeof(o.requester));
	return o;
}

#endif
