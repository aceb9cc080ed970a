/*
 * The trust bundle, HOME/trust/bundle.json: all that a verifier needs offline. On disk it is a JWS in general JSON
 * serialisation (RFC 7515 7.2.1) with two signatures over one payload, ES256 and SM2-SM3 (ID 1234567812345678);
 * each protected header carries alg and x5c (the trust signer's certificate). Both must verify, and the signer
 * certificates must chain to the bundle's own anchors with purpose "trust"; where a pin is given, SHA-256 of the
 * payload's anchors list must equal it (see zy_trust_pin). policies/ reads the payload; verify/ judges signatures.
 */
#ifndef ZY_TRUST_H
#define ZY_TRUST_H

#include "zy/buf.h"
#include "zy/policy.h"

#define ZY_TRUST_MAX ((size_t)4 << 20) /* bytes of a bundle */

/* What a chain may be used for; anchors name theirs, a leaf is judged for exactly one. */
enum zy_purpose {
	ZY_PURPOSE_SEAL = 1,       /* seal owner: SES_Signature.cert */
	ZY_PURPOSE_SEAL_MAKER = 2, /* SESeal.cert */
	ZY_PURPOSE_DOCUMENT = 4,   /* PAdES */
	ZY_PURPOSE_CREDENTIAL = 8, /* zy-cred-1 */
	ZY_PURPOSE_TRUST = 16,     /* the bundle itself */
	ZY_PURPOSE_TIMESTAMP = 32  /* TimeStampToken */
};

/*
 * An anchor with what it may vouch for; of an intermediate only der. One certificate may be there several times, each
 * time for other purposes. Lists of codes in ascending order; an empty one says that there is no such limit. Those of
 * types and issuers are not for ZY_PURPOSE_TRUST and ZY_PURPOSE_TIMESTAMP, whose signers are no issuers.
 */
struct zy_trust_cert {
	struct zy_bytes der;
	unsigned purposes; /* bits of enum zy_purpose; 0 for an intermediate */
	size_t num_types, num_issuers;
	const char *const *types;   /* only licences of these types, and nothing else */
	const char *const *issuers; /* only signers with one of these credit codes; of a seal maker: seals of theirs */
	zy_time from, until;        /* only what existed from then and until then; 0: no such limit */
};

/* What an anchor is to vouch for. */
struct zy_trust_scope {
	bool any;           /* whatever it is: limits of types and issuers are not asked */
	const char *type;   /* code of the licence's type; NULL: it is no licence */
	const char *issuer; /* credit code of who signs, or whose seal it is; NULL: of nobody who has one */
};
enum zy_vouch { ZY_VOUCHES, ZY_VOUCHES_NOT_FOR_TYPE, ZY_VOUCHES_NOT_FOR_ISSUER, ZY_VOUCHES_NOT_THEN };

/* The name of one purpose, as bundles have it, and back; NULL and 0 for others. */
const char *zy_purpose_name(unsigned purpose);
unsigned zy_purpose_named(const char *name);

struct zy_trust_field { /* one field of a type, as a showing may carry it */
	const char *key;
	unsigned label;
	enum zy_field_kind kind;
	struct zy_label name;
};

struct zy_trust_type {
	const char *code, *alias;
	struct zy_label name;
	unsigned number; /* showing number */
	uint32_t credential_days;
	size_t num_fields;
	const struct zy_trust_field *fields;
};

struct zy_trust_issuer {
	const char *code; /* credit code; must stand in the signer certificate's subject extension */
	struct zy_label name;
	size_t num_types, num_seals;
	const char *const *types; /* 21-character codes it may issue */
	const char *const *seals; /* esIDs it may use */
};

struct zy_trust_credential_key { /* keys of zy-cred-1 */
	uint8_t kid[8];          /* first 8 bytes of the suite's hash of the certificate */
	enum zy_suite suite;
	struct zy_bytes cert; /* DER */
	const char *issuer;   /* credit code */
};

struct zy_trust_retired { /* what was sealed before `at` stays as valid as it was, what is sealed later is not */
	const char *esID;
	zy_time at;
	const char *successor; /* esID; NULL for none */
};

#define ZY_WITNESSES_MAX 16 /* readers of signed notes take so many lines (C2SP signed-note) */
/* A key of a log, or of a witness, who watches logs and signs what they show (C2SP tlog-cosignature). */
struct zy_trust_note_key {
	const char *key;     /* NAME+ID+BASE64 (zy/note.h): NAME is a log's origin; keys of one NAME are one witness */
	zy_time from, until; /* it signs in these days; 0: no such limit, and no member */
};

struct zy_trust {
	uint64_t version;
	zy_time issued_at, next_update; /* after next_update + 7 d the bundle is too old to use */
	size_t num_anchors, num_intermediates, num_issuers, num_types, num_credential_keys, num_retired, num_logs,
	    num_witnesses;
	const struct zy_trust_cert *anchors, *intermediates;
	const struct zy_trust_issuer *issuers;
	const struct zy_trust_type *types;
	const struct zy_trust_credential_key *credential_keys;
	const struct zy_trust_retired *retired;    /* "retired_seals"; absent from a payload without any */
	const struct zy_trust_note_key *logs;      /* absent from a payload without any */
	const struct zy_trust_note_key *witnesses; /* absent from a payload without any, and so is the next */
	unsigned witness_least;                    /* how many of them must have signed a checkpoint; 0: none need */
	uint8_t catalogue_digest[ZY_HASH_LEN];     /* SHA-256 over the JSON text of the types list */
	/* not of the payload: revocation lists and OCSP answers (DER) that the verifier was given beside it */
	size_t num_crls, num_answers;
	const struct zy_bytes *crls, *answers;
	/* nor these: bundles that speak for their issuers before this one does */
	const struct zy_trust *const *seniors;
	size_t num_seniors;
};

/* A JWS as it lies on disk, before any judgement. Views are copied to the arena. */
struct zy_trust_jws {
	struct zy_bytes payload; /* decoded JSON bytes */
	struct {
		enum zy_suite suite;
		struct zy_bytes cert;         /* x5c[0], DER */
		struct zy_bytes signed_bytes; /* protected '.' payload, as text */
		uint8_t rs[64];
	} signatures[2]; /* one for each suite, in the order of enum zy_suite */
};
/*
 * Only the form that _encode writes: {"payload":"...","signatures":[{"protected":"...","signature":"..."},{...}]} in
 * base64url, without white space, first SM2-SM3, then ES256; each protected header {"alg":"...","x5c":["..."]}.
 * Not judged: certificates and signatures (verify/). Errors: trust-bundle, json, base64, too-large.
 */
ZY_MUST_CHECK bool zy_trust_jws_parse(
    struct zy_trust_jws *out, struct zy_bytes file, struct zy_arena *a, struct zy_error *err);
/* Text to be signed for one signature, and the whole file from the signatures. */
ZY_MUST_CHECK bool zy_trust_jws_input(
    enum zy_suite suite, struct zy_bytes cert, struct zy_bytes payload, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_trust_jws_encode(struct zy_bytes payload, const struct zy_bytes cert[2], const uint8_t rs[2][64],
    struct zy_buf *out, struct zy_error *err);

/*
 * The payload. Strict: unknown or repeated members are errors, and so is any text but the one that _encode writes.
 * Checked: credit codes and type codes, nothing twice, issuers' types and keys' issuers are in the bundle, kid is of
 * its certificate, catalogue_digest is of the types, next_update after issued_at, at least one anchor; limits of
 * anchors as struct zy_trust_cert says, of types and issuers that the bundle holds.
 * Not checked: that a certificate is one. Errors: trust-bundle, json, too-large.
 */
ZY_MUST_CHECK bool zy_trust_parse(
    struct zy_trust *out, struct zy_bytes payload, struct zy_arena *a, struct zy_error *err);
/* Canonical: sorted members, no white space; same trust, same bytes. catalogue_digest is computed, not read from *t.
 * Errors: trust-bundle (as above), no-memory. */
ZY_MUST_CHECK bool zy_trust_encode(const struct zy_trust *t, struct zy_buf *out, struct zy_error *err);
/* SHA-256 over the anchors' DER in order, each once: what a verifier pins, given out by another channel than the
 * bundle. Their limits are not in it. */
ZY_MUST_CHECK bool zy_trust_pin(const struct zy_trust *t, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/* Look-ups; NULL if none. */
const struct zy_trust_issuer *zy_trust_issuer(const struct zy_trust *t, const char *code);
const struct zy_trust_type *zy_trust_type_by_code(const struct zy_trust *t, const char *code);
const struct zy_trust_type *zy_trust_type_by_number(const struct zy_trust *t, unsigned number);
const struct zy_trust_field *zy_trust_field_by_label(const struct zy_trust_type *t, unsigned label);
const struct zy_trust_retired *zy_trust_retired(const struct zy_trust *t, const char *esID);
/* The first key of the same witness, by its name: i itself where there is none before it. */
size_t zy_trust_witness_name(const struct zy_trust *t, size_t i);
/* Does a senior bundle name this issuer? */
bool zy_trust_is_seniors(const struct zy_trust *t, const char *code);
/* May the anchor vouch for that, at that time? ZY_TIME_NEVER: its dates are not asked. The first limit that it breaks.
 */
enum zy_vouch zy_trust_vouches(const struct zy_trust_cert *anchor, const struct zy_trust_scope *s, zy_time at);
bool zy_trust_issuer_may(const struct zy_trust_issuer *i, const char *type_code);

#endif
