/*
 * A key ceremony 密钥仪式: the root tokens come on line for an approved order, each step is said and goes into a
 * record (zy/ceremony_record.h), the record is signed by the root keys and by who ordered it, and the tokens go off
 * line again.
 */
#ifndef ZY_CEREMONY_RUN_H
#define ZY_CEREMONY_RUN_H

#include "zy/ceremony_record.h"
#include "zy/hsm.h"
#include "zy/home.h"
#include "zy/officers.h"
#include "zy/order.h"

struct zy_ceremony_run {
	const struct zy_home *home;
	struct zy_hsm *hsm;
	const struct zy_officers *officers;
	struct zy_arena *arena;
	struct zy_ceremony_plan plan;
	struct zy_bytes order; /* the approved order's file */
	const char *root[2];   /* by suite: the root's key of now, which signs the record */
	void (*attend)(
	    const char *id, const struct zy_label *name); /* a person's token is asked next; NULL: nobody waits */
	zy_time now;
	struct zy_buf text; /* the record so far; the caller frees it */
	size_t said;        /* bytes of it that were printed */
	bool silent;        /* steps go into the record alone */
	unsigned step;
};

/* An order for a plan with the signatures of persons who are there, the first of whom asks, into the arena. */
ZY_MUST_CHECK bool zy_ceremony_order(
    struct zy_ceremony_run *r, const char *const *ids, size_t num, struct zy_error *err);
/* Root tokens on line, order taken. Errors: root-absent, approval-*, order, those of zy_signer_start. */
ZY_MUST_CHECK bool zy_ceremony_open(struct zy_ceremony_run *r, struct zy_error *err);
/* Steps for the record. Errors: those of zy_hsm_public, crypto. */
ZY_MUST_CHECK bool zy_ceremony_say_key(struct zy_ceremony_run *r, const char *key, struct zy_error *err);
ZY_MUST_CHECK bool zy_ceremony_say_file(struct zy_ceremony_run *r, const char *zh, const char *en, const char *name,
    struct zy_bytes content, struct zy_error *err);
/* Signatures, and the file. Errors: those of zy_hsm_sign, io, exists. */
ZY_MUST_CHECK bool zy_ceremony_finish(struct zy_ceremony_run *r, const char *path, struct zy_error *err);
/* Tokens off line, whatever happened. Errors: io. */
ZY_MUST_CHECK bool zy_ceremony_close(struct zy_ceremony_run *r, struct zy_error *err);

/* PKCS#11 URI of a root's first key. */
const char *zy_ceremony_key(enum zy_suite suite);

/* The certificates of all generations of the roots in HOME/pki, DER. Errors: io, certificate. */
#define ZY_ROOTS_MAX 16
struct zy_roots {
	size_t num[2]; /* by suite */
	struct zy_bytes certs[2][ZY_ROOTS_MAX];
};
ZY_MUST_CHECK bool zy_roots_read(
    const struct zy_home *h, struct zy_arena *a, struct zy_roots *out, struct zy_error *err);

/* Is it whole, and signed by a generation of the roots, by a requester and two officers? What it says is not judged.
 * Errors: ceremony-record, approval-*. */
struct zy_checked_record {
	struct zy_ceremony_plan plan;
	zy_time at; /* of the persons' signatures */
	uint8_t digest[ZY_HASH_LEN];
	const struct zy_officer *requester, *approved[ZY_ORDER_SIGNATURES_MAX];
	size_t num_approved;
};
ZY_MUST_CHECK bool zy_ceremony_check(struct zy_bytes record, const struct zy_roots *roots,
    const struct zy_officers *officers, struct zy_arena *a, struct zy_checked_record *out, struct zy_error *err);

#endif
