/*
 * The register: every certificate that this authority made, by issuer and serial, from intent to revocation. A store
 * of its own in the vault's engine, HOME/ca: authorities are needed before there is a vault, and revocation status
 * after it. Several processes may read while one issues; each write has the store alone for its time, so no function
 * here is to be called from the callback of a walk but one that reads. An entry is written before its signature exists
 * (zy_register_intend), so no signed certificate is unknown here after a crash.
 */
#ifndef ZY_AUTHORITY_H
#define ZY_AUTHORITY_H

#include "zy/arena.h"
#include "zy/clock.h"
#include "zy/digest.h"

#define ZY_KEY_ID_LEN 20  /* key identifier of an issuer: what its certificate has as subjectKeyIdentifier */
#define ZY_BACKDATE_S 300 /* notBefore lies this long before the issue: clocks of verifiers differ */
#define ZY_SERIAL_LEN 16  /* octets of every serial made here; 126 random bits */

enum zy_cert_state {
	ZY_CERT_INTENDED, /* about to be signed; `der` is the tbsCertificate */
	ZY_CERT_VALID,    /* released and not revoked; its dates are not judged here */
	ZY_CERT_REVOKED,
	ZY_CERT_CANCELLED /* intended and never released: an answer about it is "revoked"; `der` is the tbsCertificate
			   */
};
const char *zy_cert_state_name(enum zy_cert_state s); /* "intended" "valid" "revoked" "cancelled" */

/* CRLReason of RFC 5280 5.3.1 by its name there ("keyCompromise"), and back; 7 is unused, certificateHold and
 * removeFromCRL are not offered: what is revoked here stays so. NULL or false for any other. */
const char *zy_revocation_reason_name(unsigned reason);
bool zy_revocation_reason(const char *name, unsigned *out);

/* A caller's key for a request, and all that was asked with it, both as digests: the same request made again gets the
 * certificate that it got. */
struct zy_asked {
	uint8_t key[ZY_HASH_LEN], digest[ZY_HASH_LEN];
};

/* One entry. Texts and bytes live in the arena of the call, or until the walk's callback returns. */
struct zy_entry {
	uint8_t issuer[ZY_KEY_ID_LEN]; /* key identifier; its own for a root */
	uint8_t serial[ZY_SERIAL_LEN];
	enum zy_cert_state state;
	unsigned reason;     /* of a revoked one */
	zy_time revoked_at;  /* of a revoked one; else 0 */
	zy_time invalid_at;  /* invalidityDate (RFC 5280 5.3.2); 0: none was given */
	enum zy_suite suite; /* of the signature */
	zy_time not_before, not_after;
	const char *profile;          /* name in profiles.json */
	const char *subject;          /* "C=CN, O=..., CN=..." */
	struct zy_bytes der;          /* the Certificate, or the tbsCertificate (see state) */
	const struct zy_asked *asked; /* for zy_register_release alone: remembered with it; NULL: no request key */
};

struct zy_register;
/* Makes an empty one in a new or empty folder. Errors: vault..., io. */
ZY_MUST_CHECK bool zy_register_make(const char *folder, struct zy_error *err);
/* issue: takes the lock of the one who issues (waits up to ten seconds, then busy), and cancels as of `now` what a
 * crash left open. Without it: only reading and zy_register_revoke. Errors: vault-absent, vault..., busy. */
ZY_MUST_CHECK bool zy_register_open(
    struct zy_register **out, const char *folder, bool issue, zy_time now, struct zy_error *err);
void zy_register_close(struct zy_register *r);
/* The register of one moment, while others write, in a new folder. Errors: io, vault... */
ZY_MUST_CHECK bool zy_register_copy(struct zy_register *r, const char *folder, struct zy_error *err);
/* Every octet of it is what was written. Errors: vault-corrupt, vault... */
struct zy_register_pages {
	uint64_t used, free, unheld; /* unheld: of those that are free, not held against their sums (zy/engine.h) */
};
ZY_MUST_CHECK bool zy_register_check(const char *folder, struct zy_register_pages *out, struct zy_error *err);

/* Errors: not-found, vault... */
ZY_MUST_CHECK bool zy_register_get(struct zy_register *r, const uint8_t issuer[ZY_KEY_ID_LEN],
    const uint8_t serial[ZY_SERIAL_LEN], struct zy_arena *a, struct zy_entry *out, struct zy_error *err);
/* By serial alone. Errors: not-found, vault... */
ZY_MUST_CHECK bool zy_register_find(struct zy_register *r, const uint8_t serial[ZY_SERIAL_LEN], struct zy_arena *a,
    struct zy_entry *out, struct zy_error *err);

/* What was issued for that request key. Errors: request-conflict (with another digest), vault... */
ZY_MUST_CHECK bool zy_register_asked(struct zy_register *r, const struct zy_asked *asked, struct zy_arena *a,
    bool *found, struct zy_entry *out, struct zy_error *err);

/* Called for entries in the order of their serials, all of one moment; false stops with the callback's error. */
typedef bool zy_entry_cb(void *arg, const struct zy_entry *e, struct zy_error *err);
/* issuer NULL: of all. */
ZY_MUST_CHECK bool zy_register_walk(
    struct zy_register *r, const uint8_t *issuer, zy_entry_cb *cb, void *arg, struct zy_error *err);
/* Revoked and cancelled ones only, without touching the others: cost grows with what is revoked. */
ZY_MUST_CHECK bool zy_register_walk_revoked(
    struct zy_register *r, const uint8_t *issuer, zy_entry_cb *cb, void *arg, struct zy_error *err);
/* Rises by one with every revocation and cancellation: whether a CRL made at that number is still whole. */
ZY_MUST_CHECK bool zy_register_revision(struct zy_register *r, uint64_t *out, struct zy_error *err);

/* Many entries in one durable transaction: all or none. intend: state must be ZY_CERT_INTENDED, serial new (else
 * exists). release: takes the intents away and writes what was signed,
 * with its request key, which must be new (else request-conflict). */
ZY_MUST_CHECK bool zy_register_intend(
    struct zy_register *r, const struct zy_entry *entries, size_t num, struct zy_error *err);
ZY_MUST_CHECK bool zy_register_release(
    struct zy_register *r, const struct zy_entry *entries, size_t num, struct zy_error *err);
/* An intent that failed. */
ZY_MUST_CHECK bool zy_register_cancel(
    struct zy_register *r, const struct zy_entry *e, zy_time at, struct zy_error *err);
/* One small durable write. invalid_at 0: none; not after `at`. Errors: not-found, state (not valid any more), dates,
 * vault... */
ZY_MUST_CHECK bool zy_register_revoke(struct zy_register *r, const uint8_t issuer[ZY_KEY_ID_LEN],
    const uint8_t serial[ZY_SERIAL_LEN], unsigned reason, zy_time at, zy_time invalid_at, struct zy_error *err);

/*
 * Every valid certificate that `pick` says yes to: chosen in one reading, written in transactions of ten thousand, so
 * that a failure between two leaves whole ones behind and the same call finishes the rest. What others revoke
 * meanwhile stays theirs. *num counts what was revoked, also after a failure. Errors: field-range, dates, vault...,
 * those of pick.
 */
typedef bool zy_register_pick(void *arg, const struct zy_entry *e, bool *yes, struct zy_error *err);
/* Before the first transaction and after each; other writers wait for one at most. */
typedef void zy_register_progress(void *arg, uint64_t done, uint64_t of);
struct zy_revoke_many {
	zy_register_pick *pick;
	void *pick_arg;
	zy_register_progress *progress; /* or NULL */
	void *progress_arg;
	unsigned reason;
	zy_time at, invalid_at; /* as of zy_register_revoke */
};
ZY_MUST_CHECK bool zy_register_revoke_all(
    struct zy_register *r, const struct zy_revoke_many *m, uint64_t *num, struct zy_error *err);

#endif
