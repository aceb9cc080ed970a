/* Signed data made to last, from one row of steps each: a signature, time-stamps, values, archive time-stamps, and what
 * somebody does to them. For make_cades.c. */
#ifndef ZY_TEST_CADES_MADE_H
#define ZY_TEST_CADES_MADE_H

#include "cms_made.h"
#include "corpus/lasting_pki.h"
#include "zy/ats.h"

#define CADES_CONTENT ZY_LITERAL("Yunze 云泽: what was signed to last\n")

enum cades_do {
	DONE,
	SIGN,    /* by "signer", or by arg */
	STAMP,   /* a signature-time-stamp by "tsa" */
	VALUES,  /* certificates of all, and answers and lists of those names */
	ONE,     /* the certificate of that name alone */
	KEEP,    /* answers of those names, in revocation-values */
	ARCHIVE, /* an archive time-stamp; arg: by whom, "tsa" */
	ATTR,    /* an unsigned attribute; arg: its type */
	DROP,    /* arg: "certificate" "list" "attribute": the first of them, but no archive time-stamp */
	CHANGE   /* arg: "content" "signature" "crl" */
};
struct cades_step {
	enum cades_do what;
	zy_time at;
	const char *arg;
	const char *fault; /* of an archive time-stamp */
};
struct cades_case {
	const char *name, *at, *verdict, *findings;
	struct cades_step steps[20];
};

struct cades_work {
	struct zy_arena *a;
	struct zy_buf now;
	struct zy_signed_data *d;
};

static inline void cades_parse(struct cades_work *w)
{
	struct zy_error err = { 0 };

	VERIFY_CHECK(zy_signed_data_parse(w->d, zy_buf_bytes(&w->now), w->a, &err));
}

static inline void cades_add(struct cades_work *w, const struct zy_signed_addition *what)
{
	struct zy_buf made = { 0 };
	struct zy_error err = { 0 };

	VERIFY_CHECK(zy_signed_data_add(w->d, what, &made, &err));
	zy_buf_free(&w->now);
	w->now = made;
	cades_parse(w);
}

static inline void cades_sign(struct cades_work *w, const struct cades_step *s)
{
	struct stamp_authority by = lasting_authority(w->a, s->arg == NULL ? "signer" : s->arg);
	EVP_PKEY *ignored;
	struct zy_bytes certs[2] = { by.cert, lasting_der(w->a, "ca", &ignored) };
	const struct zy_signing q = {
		.suite = ZY_SUITE_INTL, .content = CADES_CONTENT, .certs = certs, .num_certs = 2, .signed_at = s->at
	};
	struct zy_error err = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	uint8_t rs[64];

	VERIFY_CHECK(zy_signed_attrs_encode(&q, &attrs, &err));
	stamp_sign(&by, zy_buf_bytes(&attrs), rs);
	VERIFY_CHECK(zy_signed_data_encode(&q, zy_buf_bytes(&attrs), rs, (struct zy_bytes){ 0 }, &w->now, &err));
	cades_parse(w);
}

static inline void cades_stamp(struct cades_work *w, const struct cades_step *s)
{
	struct stamp_authority t = lasting_authority(w->a, s->arg == NULL ? "tsa" : s->arg);
	ZY_BUF_AUTO token = { 0 };

	stamp_make(&t, w->d->signers[0].signature, s->at, &token);
	cades_add(w, &(struct zy_signed_addition){ .type = zy_oid_time_stamp, .value = zy_buf_bytes(&token) });
}

static inline void cades_values(struct cades_work *w, const struct cades_step *s)
{
	static const char *const names[] = { "signer", "ca", "root", "ocsp", "tsa" };
	struct zy_bytes certs[5], crls[4], answers[4];
	struct zy_signed_addition what = { .certs = certs, .crls = crls, .answers = answers };
	char copy[256], *rest = copy, *word;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO kept = { 0 };
	EVP_PKEY *ignored;

	for (size_t i = 0; s->what == VALUES && i < 5; i++)
		certs[what.num_certs++] = lasting_der(w->a, names[i], &ignored);
	snprintf(copy, sizeof(copy), "%s", s->arg);
	while ((word = strsep(&rest, " ")) != NULL) {
		enum zy_pdf_dss_kind kind;
		struct zy_bytes der = lasting_value(w->a, word, &kind);

		if (kind == ZY_PDF_DSS_CRL)
			crls[what.num_crls++] = der;
		else
			answers[what.num_answers++] = der;
	}
	if (s->what == KEEP) {
		VERIFY_CHECK(zy_revocation_values_encode(answers, what.num_answers, &kept, &err));
		what = (struct zy_signed_addition){ .type = zy_oid_revocation_values, .value = zy_buf_bytes(&kept) };
	}
	cades_add(w, &what);
}

/* ATSHashIndex as it must be, or with one fault. */
static inline void cades_index(struct cades_work *w, const char *fault, struct zy_buf *out)
{
	struct zy_error err = { 0 };

	if (fault != NULL && strcmp(fault, "index-sha512") == 0)
		VERIFY_CHECK(zy_ats_index_encode(w->d, &w->d->signers[0], ZY_TSP_SHA512, out, &err));
	else
		VERIFY_CHECK(zy_ats_index_encode(w->d, &w->d->signers[0], ZY_TSP_SHA256, out, &err));
	if (fault == NULL)
		return;
	if (strcmp(fault, "index-unknown-hash") == 0)
		out->p[4 + 3 + 9] ^= 0x40; /* SEQUENCE, AlgorithmIdentifier, the last octets of its OID */
	else if (strcmp(fault, "index-hash-of-nothing") == 0)
		out->p[out->len - 1] ^= 1;
	else if (strcmp(fault, "index-hash-is-a-number") == 0)
		out->p[out->len - 34] = ZY_DER_INTEGER;
}

/* The unsigned attributes of a token: its index under another name, or twice, or none. */
static inline void cades_token(
    struct cades_work *w, struct zy_bytes token, struct zy_bytes index, const char *fault, struct zy_buf *out)
{
	static const struct zy_bytes v1 = ZY_LITERAL("\x04\x00\x8d\x45\x02\x05");
	static const struct zy_bytes v2 = ZY_LITERAL("\x04\x00\x81\x95\x32\x01\x04");
	struct zy_signed_data *d;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO once = { 0 };

	VERIFY_CHECK((d = zy_arena_alloc(w->a, sizeof(*d), &err)) != NULL);
	if (fault != NULL && strcmp(fault, "no-index") == 0) {
		zy_buf_put(out, token);
		return;
	}
	if (fault != NULL && (strcmp(fault, "index-v1") == 0 || strcmp(fault, "index-v2") == 0)) {
		VERIFY_CHECK(zy_signed_data_parse(d, token, w->a, &err));
		VERIFY_CHECK(zy_signed_data_add(
		    d, &(struct zy_signed_addition){ .type = fault[7] == '1' ? v1 : v2, .value = index }, out, &err));
		return;
	}
	if (fault == NULL || strcmp(fault, "two-indexes") != 0) {
		VERIFY_CHECK(zy_ats_token(token, index, out, &err));
		return;
	}
	VERIFY_CHECK(zy_ats_token(token, index, &once, &err));
	VERIFY_CHECK(zy_signed_data_parse(d, zy_buf_bytes(&once), w->a, &err));
	VERIFY_CHECK(zy_signed_data_add(d, &(struct zy_signed_addition){ .type = v2, .value = index }, out, &err));
}

/* Of the first and the second version: hashes of whole attributes. */
static inline void cades_index_by_attribute(struct cades_work *w, struct zy_buf *out)
{
	struct zy_ats_walk walk = zy_ats_items(w->d, &w->d->signers[0], true);
	uint8_t digest[ZY_TSP_DIGEST_MAX];
	struct zy_error err = { 0 };
	struct zy_ats_item item;
	bool more = zy_ats_next(&walk, &item);
	size_t seq = zy_der_open(out, ZY_DER_SEQUENCE), list;

	/* hashIndAlgorithm DEFAULT sha256 is left out */
	for (int i = 0; i < ZY_ATS_LISTS; i++) {
		list = zy_der_open(out, ZY_DER_SEQUENCE);
		for (; more && (int)item.list == i; more = zy_ats_next(&walk, &item)) {
			VERIFY_CHECK(zy_ats_item_digest(&item, ZY_TSP_SHA256, digest, &err));
			zy_der_put(out, ZY_DER_OCTETS, ZY_BYTES(digest, 32));
		}
		zy_der_close(out, list);
	}
	zy_der_close(out, seq);
}

static inline void cades_archive(struct cades_work *w, const struct cades_step *s)
{
	struct stamp_authority t = lasting_authority(w->a, s->arg == NULL ? "tsa" : s->arg);
	const char *fault = s->fault == NULL ? "" : s->fault;
	const bool is_other = strcmp(fault, "imprint-of-another") == 0;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO index = { 0 };
	ZY_BUF_AUTO message = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	uint8_t digest[ZY_TSP_DIGEST_MAX];

	if (strcmp(fault, "index-v1") == 0 || strcmp(fault, "index-v2") == 0)
		cades_index_by_attribute(w, &index);
	else
		cades_index(w, s->fault, &index);
	/* tokens of stamp_made.h are by SHA-512 */
	VERIFY_CHECK(zy_tsp_digest(ZY_TSP_SHA512, is_other ? ZY_LITERAL("another") : CADES_CONTENT, digest, &err));
	VERIFY_CHECK(
	    zy_ats_message(w->d, &w->d->signers[0], ZY_BYTES(digest, 64), zy_buf_bytes(&index), &message, &err));
	if (strcmp(fault, "index-changed-later") == 0)
		index.p[index.len - 1] ^= 1;
	stamp_make(&t, zy_buf_bytes(&message), s->at, &token);
	if (strcmp(fault, "token-altered") == 0)
		token.p[token.len - 3] ^= 1;
	cades_token(w, zy_buf_bytes(&token), zy_buf_bytes(&index), s->fault, &whole);
	cades_add(w,
	    &(struct zy_signed_addition){ .type = zy_oid_archive_stamp,
		.value = strcmp(fault, "no-token") == 0 ? ZY_LITERAL("\x30\x03\x02\x01\x05") : zy_buf_bytes(&whole) });
}

/* Takes the first of a set away: what is left is put together anew. */
static inline void cades_drop(struct cades_work *w, const char *what)
{
	struct zy_ats_walk walk = zy_ats_items(w->d, &w->d->signers[0], true);
	const enum zy_ats_list list = strcmp(what, "certificate") == 0 ? ZY_ATS_CERTS
				      : strcmp(what, "list") == 0      ? ZY_ATS_CRLS
								       : ZY_ATS_ATTRS;
	struct zy_signed_data *d = w->d;
	struct zy_ats_item item;
	struct zy_buf made = { 0 };
	struct zy_bytes rest[ZY_ATS_LISTS] = { d->cert_set, d->crl_set, { 0 } };
	ZY_BUF_AUTO left = { 0 };
	size_t marks[4];
	bool dropped = false;

	while (zy_ats_next(&walk, &item)) {
		const bool is_archive = memmem(item.value.p, item.value.len < 20 ? item.value.len : 20,
					    "\x04\x00\x8d\x45\x02\x04", 6) != NULL;
		/* the root's and the responder's certificate are not named by a signature */
		if (item.list != list)
			continue;
		if (dropped || is_archive)
			zy_buf_put(&left, item.value);
		dropped = dropped || !is_archive;
	}
	VERIFY_CHECK(dropped);
	rest[list] = zy_buf_bytes(&left);
	marks[0] = zy_der_open(&made, ZY_DER_SEQUENCE);
	zy_der_put(&made, ZY_DER_OID, ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"));
	marks[1] = zy_der_open(&made, ZY_DER_CONTEXT_MADE);
	marks[2] = zy_der_open(&made, ZY_DER_SEQUENCE);
	zy_der_put_small(&made, d->version);
	zy_buf_put(&made, d->digest_set);
	zy_buf_put(&made, d->encap);
	zy_der_put(&made, ZY_DER_CONTEXT_MADE, rest[ZY_ATS_CERTS]);
	if (rest[ZY_ATS_CRLS].len > 0)
		zy_der_put(&made, ZY_DER_CONTEXT_MADE | 1, rest[ZY_ATS_CRLS]);
	marks[3] = zy_der_open(&made, ZY_DER_SET);
	if (list != ZY_ATS_ATTRS) {
		zy_buf_put(&made, d->signers[0].whole);
	} else {
		const struct zy_signer *s = &d->signers[0];
		struct zy_reader r = zy_reader_over(s->whole), info;
		struct zy_error err = { 0 };
		size_t mark = zy_der_open(&made, ZY_DER_SEQUENCE);

		VERIFY_CHECK(zy_der_enter(&r, ZY_DER_SEQUENCE, "", &info, &err));
		zy_buf_put(&made, ZY_BYTES(zy_reader_rest(&info).p, zy_reader_left(&info) - s->unsigned_attrs.len));
		zy_der_put(&made, ZY_DER_CONTEXT_MADE | 1, rest[ZY_ATS_ATTRS]);
		zy_der_close(&made, mark);
	}
	for (int i = 3; i >= 0; i--)
		zy_der_close(&made, marks[i]);
	zy_buf_free(&w->now);
	w->now = made;
	cades_parse(w);
}

static inline void cades_change(struct cades_work *w, const char *what)
{
	struct zy_bytes at = strcmp(what, "content") == 0     ? w->d->content
			     : strcmp(what, "signature") == 0 ? w->d->signers[0].signature
							      : w->d->crls[0];

	((uint8_t *)(uintptr_t)at.p)[at.len - 4] ^= 1;
	cades_parse(w);
}

static inline void cades_do(struct cades_work *w, const struct cades_step *s)
{
	uint8_t room[32];

	switch (s->what) {
	case DONE:
		return;
	case SIGN:
		cades_sign(w, s);
		return;
	case STAMP:
		cades_stamp(w, s);
		return;
	case VALUES:
	case KEEP:
		cades_values(w, s);
		return;
	case ONE: {
		EVP_PKEY *ignored;
		struct zy_bytes cert = lasting_der(w->a, s->arg, &ignored);

		cades_add(w, &(struct zy_signed_addition){ .certs = &cert, .num_certs = 1 });
		return;
	}
	case ARCHIVE:
		cades_archive(w, s);
		return;
	case ATTR:
		cades_add(w, &(struct zy_signed_addition){
				 .type = cms_made_oid(s->arg, room), .value = ZY_LITERAL("\x05\x00") });
		return;
	case DROP:
		cades_drop(w, s->arg);
		return;
	case CHANGE:
		cades_change(w, s->arg);
		return;
	}
}

#endif
