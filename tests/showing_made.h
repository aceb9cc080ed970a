/*
 * Showing codes for tests: a credential and an offline code, put together part by part so that a test can spoil any
 * part before or after the signatures. Signatures are asked from the test; without a signer they are 64 times 0x11.
 */
#ifndef ZY_TEST_SHOWING_MADE_H
#define ZY_TEST_SHOWING_MADE_H

#include <stdlib.h>

#include "zy/cbor.h"
#include "zy/merkle.h"
#include "zy/showing.h"

#define MADE_AT 1772323200 /* 2026-03-01T00:00:00Z */
#define MADE_FIELDS_MAX 32

typedef void made_signer(enum zy_suite suite, struct zy_bytes message, void *arg, uint8_t rs[64]);

struct made_showing {
	/* what is to be made */
	struct zy_credential credential; /* payload members; n and root come from the fields */
	enum zy_suite suite;             /* of the issuer's key */
	uint8_t kid[ZY_COSE_KID_LEN];
	unsigned n;
	size_t num_fields;
	struct zy_buf fields[MADE_FIELDS_MAX]; /* [label, salt, value] */
	uint32_t shown;
	struct zy_session session;
	made_signer *sign_credential, *sign_showing;
	void *credential_arg, *showing_arg;
	/* what was made */
	uint8_t leaves[MADE_FIELDS_MAX][ZY_HASH_LEN], rs[64];
	struct zy_buf cose, fields_cbor, siblings, staple, session_cbor, bytes, text;
};

static inline void made_must(bool ok)
{
	if (!ok)
		abort();
}

static inline void made_free(struct made_showing *m)
{
	struct zy_buf *const all[] = { &m->cose, &m->fields_cbor, &m->siblings, &m->staple, &m->session_cbor, &m->bytes,
		&m->text };

	for (size_t i = 0; i < m->num_fields; i++)
		zy_buf_free(&m->fields[i]);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		zy_buf_free(all[i]);
}

static inline void made_text(struct made_showing *m, unsigned label, const char *text)
{
	uint8_t salt[ZY_SHOWING_SALT_LEN];

	memset(salt, (int)(0x40 + m->num_fields), sizeof(salt));
	zy_shown_field_encode(label, salt, zy_str(text), &m->fields[m->num_fields++]);
}

static inline void made_number(struct made_showing *m, unsigned label, int64_t number)
{
	uint8_t salt[ZY_SHOWING_SALT_LEN];

	memset(salt, (int)(0x40 + m->num_fields), sizeof(salt));
	zy_shown_number_encode(label, salt, number, &m->fields[m->num_fields++]);
}

static inline void made_rs(made_signer *sign, void *arg, enum zy_suite suite, struct zy_bytes message, uint8_t rs[64])
{
	memset(rs, 0x11, 64);
	if (sign != NULL)
		sign(suite, message, arg, rs);
}

static inline void made_new(struct zy_buf *b)
{
	zy_buf_free(b);
}

/* Leaves, root and the signed credential. */
static inline void made_credential(struct made_showing *m)
{
	const enum zy_hash h = zy_suite_hash(m->suite);
	struct zy_error err = { 0 };
	ZY_BUF_AUTO header = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	ZY_BUF_AUTO input = { 0 };
	uint8_t rs[64];

	for (size_t i = 0; i < m->n; i++)
		if (i < m->num_fields)
			made_must(zy_merkle_leaf(h, zy_buf_bytes(&m->fields[i]), m->leaves[i], &err));
		else
			memset(m->leaves[i], (int)i, ZY_HASH_LEN);
	made_must(zy_tree_root(h, (const uint8_t(*)[ZY_HASH_LEN])m->leaves, m->n, m->credential.root, &err));
	m->credential.n = m->n;
	zy_cose_header_encode(m->suite, m->kid, &header);
	zy_credential_payload_encode(&m->credential, &payload);
	zy_cose_input_encode(zy_buf_bytes(&header), ZY_CREDENTIAL_AAD, zy_buf_bytes(&payload), &input);
	made_rs(m->sign_credential, m->credential_arg, m->suite, zy_buf_bytes(&input), rs);
	made_new(&m->cose);
	zy_cose_encode(zy_buf_bytes(&header), zy_buf_bytes(&payload), rs, &m->cose);
}

/* Shown fields, their proof, staple and session. */
static inline void made_parts(struct made_showing *m)
{
	struct zy_shown_field shown[MADE_FIELDS_MAX];
	struct zy_error err = { 0 };
	size_t num = 0;

	for (unsigned i = 0; i < m->num_fields; i++)
		if ((m->shown >> i & 1) != 0)
			shown[num++] = (struct zy_shown_field){ .index = i, .bytes = zy_buf_bytes(&m->fields[i]) };
	made_new(&m->fields_cbor);
	made_new(&m->siblings);
	made_new(&m->staple);
	made_new(&m->session_cbor);
	zy_showing_fields_encode(shown, num, &m->fields_cbor);
	made_must(zy_tree_prove(
	    zy_suite_hash(m->suite), (const uint8_t(*)[ZY_HASH_LEN])m->leaves, m->n, m->shown, &m->siblings, &err));
	zy_cbor_put_null(&m->staple);
	zy_session_encode(&m->session, &m->session_cbor);
}

/* The holder's signature over the parts as they are now. */
static inline void made_signature(struct made_showing *m)
{
	const enum zy_suite holder = m->credential.holder_suite;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO input = { 0 };

	made_must(zy_showing_input(holder, zy_buf_bytes(&m->cose), zy_buf_bytes(&m->fields_cbor),
	    zy_buf_bytes(&m->staple), zy_buf_bytes(&m->session_cbor), &input, &err));
	made_rs(m->sign_showing, m->showing_arg, holder, zy_buf_bytes(&input), m->rs);
}

/* The code from the parts and the signature as they are now. */
static inline struct zy_bytes made_code(struct made_showing *m)
{
	made_new(&m->bytes);
	made_new(&m->text);
	zy_showing_encode(zy_buf_bytes(&m->cose), zy_buf_bytes(&m->fields_cbor), zy_buf_bytes(&m->siblings),
	    zy_buf_bytes(&m->staple), zy_buf_bytes(&m->session_cbor), m->rs, &m->bytes);
	zy_showing_text(zy_buf_bytes(&m->bytes), &m->text);
	return zy_buf_bytes(&m->text);
}

static inline struct zy_bytes made_all(struct made_showing *m)
{
	made_credential(m);
	made_parts(m);
	made_signature(m);
	return made_code(m);
}

/* A licence with three texts and a number in a tree of eight, two of them shown. */
static inline struct made_showing made_sample(enum zy_suite suite, enum zy_suite holder)
{
	struct made_showing m = { .suite = suite,
		.n = 8,
		.shown = 5,
		.kid = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.session = { .iat = MADE_AT, .nonce = { 8, 7, 6, 5, 4, 3, 2, 1 } },
		.credential = { .issuer = zy_str("11990100MB99000131"),
		    .type = 1,
		    .iat = MADE_AT - 86400,
		    .exp = MADE_AT + 29 * 86400,
		    .holder_suite = holder } };

	memset(m.credential.holder_point, 2, ZY_SHOWING_POINT_LEN);
	made_text(&m, 1, "云泽市清源食品有限公司");
	made_text(&m, 2, "2030-12-31");
	made_number(&m, 3, 5000000);
	made_text(&m, 4, "云泽市东湖路1号");
	return m;
}

#endif
