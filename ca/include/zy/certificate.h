/*
 * Certificates of both suites: SM2 per GB/T 20518 and P-256 per RFC 5280. What a certificate holds is said by its
 * profile; who asks brings a PKCS#10 request or names a key in a token. The order is always: plan, encode, lint, intent
 * in the register, sign, compare, release. No key is used before the intent is durable.
 */
#ifndef ZY_CERTIFICATE_H
#define ZY_CERTIFICATE_H

#include "zy/authority.h"
#include "zy/hsm.h"
#include "zy/judge.h"
#include "zy/policy.h"
#include "zy/profile.h"
#include "zy/spki.h"
#include "zy/subject_identity.h"

struct zy_cert_subject {
	const char *organisation; /* O, UTF-8; required */
	const char *common_name;  /* CN, UTF-8; required */
	const char *uscc;         /* extension 1.2.156.10260.4.1.4, "" for none */
};

struct zy_cert_issuer {
	const char *key;      /* PKCS#11 URI */
	struct zy_bytes cert; /* DER; empty for a self-signed root */
};

/* What issuing needs; borrowed, and one for all threads. */
struct zy_authority {
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	struct zy_register *reg;
	const struct zy_profiles *profiles;
	const struct zy_policy *policy;
};

/* What a certificate shall say. */
#define ZY_CERT_HOSTS_MAX 16
#define ZY_CERT_IDENTITIES_MAX 4
struct zy_cert_plan {
	const struct zy_cert_profile *profile;
	struct zy_cert_subject subject;
	size_t num_identities;
	struct zy_subject_identity identities[ZY_CERT_IDENTITIES_MAX]; /* beside the credit code, each extension once */
	size_t num_hosts;
	const char *hosts[ZY_CERT_HOSTS_MAX]; /* dNSName of subjectAltName */
	struct zy_spki key;                   /* the subject's */
	zy_time not_before, not_after;
};

/* A plan for a key in a token; days 0: as long as the profile says. The key's suite must be one of the profile's.
 * Errors: profile-unknown, profile, those of zy_hsm_public. */
ZY_MUST_CHECK bool zy_cert_plan_for_key(const struct zy_authority *ca, const char *profile,
    const struct zy_cert_subject *subject, const char *key, unsigned days, zy_time now, struct zy_cert_plan *out,
    struct zy_error *err);

/* What somebody asks for. */
struct zy_cert_wish {
	const char *profile;
	struct zy_bytes csr; /* PKCS#10, DER or PEM */
	const char *subject; /* "O=...,CN=..." in place of the request's own; NULL: that */
	/* "KIND:NUMBER", several with commas: identity extensions that the caller has checked; NULL: none. Whatever
	 * they say is public, as all of a certificate. */
	const char *identities;
	unsigned days;       /* 0: as long as the profile says */
	const char *request; /* the caller's key: the same wish with the same key gets the same certificate; or NULL */
};
/*
 * A request against its profile: the proof of possession, the key (on its curve, not a known weak one, of a kind and
 * length of the profile), names (C=CN or none, O as the profile says, CN; nothing else), days, and every extension that
 * is asked for: keyUsage, extKeyUsage and basicConstraints only as the profile has them, dNSName only of its domains,
 * nothing else. A department's credit code comes from departments.json, never from the request; nor does any other
 * number of the subject. Texts in the arena. Errors: identity, citizen-number, profile-unknown, csr, key, key-size,
 * key-exponent, key-modulus, proof-of-possession, profile.
 */
ZY_MUST_CHECK bool zy_cert_plan_for_wish(const struct zy_authority *ca, const struct zy_cert_wish *wish, zy_time now,
    struct zy_arena *a, struct zy_cert_plan *out, struct zy_error *err);

/* The same names and key as a valid certificate of the register, with new dates; the profile is asked again. Texts in
 * the arena. Errors: state (not valid), profile-unknown, profile, certificate. */
ZY_MUST_CHECK bool zy_cert_plan_for_renewal(const struct zy_authority *ca, const struct zy_entry *old, unsigned days,
    zy_time now, struct zy_arena *a, struct zy_cert_plan *out, struct zy_error *err);

/* An issuer, prepared: its facts, and for each profile the parts that are the same in every certificate. Threads share
 * it. Errors: issuer (another key than the certificate's; neither a root's nor an authority's certificate),
 * certificate, those of zy_hsm_public. */
struct zy_issuing;
ZY_MUST_CHECK bool zy_issuing_open(
    struct zy_issuing **out, const struct zy_authority *ca, const struct zy_cert_issuer *issuer, struct zy_error *err);
void zy_issuing_close(struct zy_issuing *s);

struct zy_cert_job {
	struct zy_cert_plan plan;
	struct zy_cert_wish wish; /* csr.len > 0: the plan is made from it first */
	/* out */
	struct zy_entry entry; /* in the arena; state ZY_CERT_VALID when it was released */
	bool again;            /* it was issued before, for the same request key; its state is today's */
	struct zy_error err;   /* why not */
};
/*
 * Issues many: all intents in one transaction, all certificates in one. Serial: 16 octets, 126 random bits. A job that
 * is refused says so in its err and does not stop the others; after its intent it is cancelled in the register.
 * false when nothing can be issued (register, memory): then every job without an err of its own has the same one.
 * No two jobs may have the same request key. Errors of a job: request-conflict; those of the plan; profile (names,
 * dates), issuer (dates, path length), self-verify, those of zy_hsm_sign.
 */
ZY_MUST_CHECK bool zy_cert_issue_many(struct zy_issuing *issuer, struct zy_cert_job *jobs, size_t num, unsigned threads,
    zy_time now, struct zy_arena *a, struct zy_error *err);
/* One. Errors: as of a job. */
ZY_MUST_CHECK bool zy_cert_issue(const struct zy_authority *ca, const struct zy_cert_issuer *issuer,
    const struct zy_cert_plan *plan, zy_time now, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);

/* The subject Name of a certificate, as DER; a view. Errors: der, truncated. */
ZY_MUST_CHECK bool zy_cert_subject_name(struct zy_bytes cert, struct zy_bytes *out, struct zy_error *err);

/* PEM text of a DER certificate, and back (exactly one block, nothing else but white space). Errors: certificate. */
void zy_cert_to_pem(struct zy_bytes der, struct zy_buf *out);
ZY_MUST_CHECK bool zy_cert_from_pem(
    struct zy_bytes pem, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err);
/* The DER of a request: of its PEM (CERTIFICATE REQUEST or NEW CERTIFICATE REQUEST), or as it is. Errors: csr. */
ZY_MUST_CHECK bool zy_csr_from_text(
    struct zy_bytes text, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err);

#endif
