/*
 * The client side of the signing service. Keys never leave tokens: the other programs hold no PKCS#11
 * module, they ask zhengyin-signer over a unix socket in HOME/run. One signer process per token; keys are
 * named by PKCS#11 URI (RFC 7512), "pkcs11:token=TOKEN;object=LABEL", and the token part picks the signer.
 * TOKEN may also be a "group" that several HOME/signer/TOKEN.json name, for tokens with the same keys: they share the
 * requests, and one that fails is passed over.
 * Threads: any; connections are pooled inside.
 */
#ifndef ZY_HSM_H
#define ZY_HSM_H

#include "zy/arena.h"
#include "zy/buf.h"
#include "zy/digest.h"
#include "zy/key_life.h"

#define ZY_KEY_URI_MAX 255
#define ZY_HSM_MESSAGE_MAX ((size_t)1 << 20) /* bytes to be signed in one request */

struct zy_hsm;
/* Opens no connection yet; reads HOME/signer for groups of tokens. home is borrowed for the call. Errors: no-memory. */
ZY_MUST_CHECK bool zy_hsm_open(struct zy_hsm **out, const char *home, struct zy_error *err);
void zy_hsm_close(struct zy_hsm *h);
/* How long each request may take before it fails, 10 s at first, at most 60 s: while a token or a signer comes back it
 * waits, and is asked again. generate is asked once. A signer that nobody runs is signer-absent at once. Set it before
 * other threads use h. */
void zy_hsm_wait(struct zy_hsm *h, unsigned ms);

/* Is the signer of that token there and logged in? Errors: signer-absent, token. */
ZY_MUST_CHECK bool zy_hsm_ping(struct zy_hsm *h, const char *token, struct zy_error *err);

/* The tokens that hold the keys of `token`: those of the group of that name, else the one itself. Views of h and token.
 */
#define ZY_HSM_MEMBERS_MAX 8
size_t zy_hsm_members(struct zy_hsm *h, const char *token, const char *out[ZY_HSM_MEMBERS_MAX]);
/* Is the key of one URI that of the other: the same, or one in a token of the group that the other names? */
bool zy_hsm_same_key(struct zy_hsm *h, const char *uri, const char *other);

/* Does a process hold the token's lock in HOME/run: a signer that runs, starts, stops or is being started again? */
bool zy_hsm_is_kept(const char *home, const char *token);

/* Does that token's configuration say that a person is asked for its PIN? Errors: those of reading it: json, io. */
ZY_MUST_CHECK bool zy_hsm_asks_pin(const char *home, const char *token, bool *asks, struct zy_error *err);

/* What a key may be used for; the signer holds for each key the set that it was made with and refuses others. */
enum zy_key_use {
	ZY_USE_CERTIFICATE = 1, /* tbsCertificate, CertificationRequestInfo */
	ZY_USE_SEAL_MAKE = 2,   /* SES_SealInfo: the signer parses it and holds it against the seal's rule */
	ZY_USE_SEAL_SIGN =
	    4, /* TBS_Sign; SM2 over SignedInfo of XML or signedAttrs: the signer parses it and asks the seal's rule */
	ZY_USE_DOCUMENT = 8,    /* CMS signedAttrs, or SignedInfo of XML, under a seal's document key: same rule */
	ZY_USE_CREDENTIAL = 16, /* Sig_structure of zy-cred-1 */
	ZY_USE_SHOWING = 32,    /* holder's device key */
	ZY_USE_TRUST = 64,      /* JWS signing input of the trust bundle */
	ZY_USE_WRAP = 128,      /* AES key: wrap and unwrap data keys */
	ZY_USE_CRL = 256,       /* e of a tbsCertList, 32 octets: a list may be longer than a message; a root's whole */
	ZY_USE_OCSP = 512,      /* tbsResponseData: the signer reads it */
	ZY_USE_TIMESTAMP = 1024, /* signedAttrs of a TimeStampToken: the signer parses them */
	ZY_USE_ORDER = 2048,     /* Sig_structure around an order (zy/order.h): the signer reads it */
	ZY_USE_LOG = 4096        /* zy_checkpoint_request with a checkpoint's body: the signer reads it, signs the body
				    alone, and only of a tree that is proved to begin with the one it signed last */
};

/* Of ZY_USE_LOG, code state: the proof is not from the size that the key signed last; the message is this, with it. */
#define ZY_SIGNED_LAST "the key signed %llu entries last"
struct zy_sign_request {
	const char *key;         /* PKCS#11 URI */
	enum zy_key_use use;     /* exactly one */
	struct zy_bytes message; /* the whole message: the signer hashes (SM2: SM3(Z || message)). For CRL instead its
				    digest, SHA-256(message) or SM3(Z || message) */
	const char *esID;        /* SEAL_SIGN and DOCUMENT: the seal; else NULL */
	const char *item_code;   /* SEAL_SIGN and DOCUMENT: the item; else NULL */
};
/* rs receives r||s. Errors: key-uri, signer-absent, token, not-found (key),
 * key-use, key-state, log-fork, seal-not-allowed, seal-date, and for SEAL_SIGN and DOCUMENT those of a message that
 * cannot be parsed. */
ZY_MUST_CHECK bool zy_hsm_sign(struct zy_hsm *h, const struct zy_sign_request *q, uint8_t rs[64], struct zy_error *err);
/* Many by keys of one token, which wait for its disk together. What threads ask for at the same time shares frames in
 * any case; a batch saves their waiting for each other. False: nothing was asked for, or no memory; else each job has
 * its rs or its err, of those that zy_hsm_sign gives. */
struct zy_signing_job {
	struct zy_sign_request q;
	uint8_t rs[64];
	struct zy_error err; /* code ZY_OK: rs is set */
};
ZY_MUST_CHECK bool zy_hsm_sign_many(struct zy_hsm *h, struct zy_signing_job *jobs, size_t num, struct zy_error *err);

enum zy_key_kind { ZY_KEY_SM2, ZY_KEY_P256, ZY_KEY_AES256 };
const char *zy_key_kind_name(enum zy_key_kind kind);
bool zy_key_kind_from_name(struct zy_bytes name, enum zy_key_kind *out);
/* The uses of a key as words ("seal-sign"); bit is one of enum zy_key_use. NULL and 0 when there is none. */
const char *zy_key_use_name(unsigned bit);
unsigned zy_key_use_from_name(const char *name);
/* Makes a key in the token, not extractable. A label with a generation ("k~2") makes the next one of that key, planned,
 * of the same kind and uses. uses: bits of zy_key_use. Errors: exists, token, signer-absent. */
ZY_MUST_CHECK bool zy_hsm_generate(
    struct zy_hsm *h, const char *key, enum zy_key_kind kind, unsigned uses, struct zy_error *err);
/* Uncompressed point 04||x||y of a key pair. Errors: not-found ... */
ZY_MUST_CHECK bool zy_hsm_public(
    struct zy_hsm *h, const char *key, enum zy_key_kind *kind, uint8_t point[65], struct zy_error *err);

/* The keys that a token's signer answers for, into the arena. Errors: signer-absent, no-memory. */
struct zy_hsm_key {
	const char *label;
	enum zy_key_kind kind;
	unsigned uses; /* bits of zy_key_use */
	enum zy_key_state state;
	struct zy_key_life life; /* `until` with the overlap of a later generation */
	bool can_leave;          /* a demo home's: the key is not safe in its token */
};
ZY_MUST_CHECK bool zy_hsm_list(struct zy_hsm *h, const char *token, struct zy_arena *a, const struct zy_hsm_key **keys,
    size_t *num, struct zy_error *err);

/* An event of a key's life, by the rules of zy/key_life.h; journalled before it counts. Where a register of officers is
 * in force, retire and destroy (but of a planned key), and compromise of an AES key, take an order: zy_hsm_approve.
 * Errors: key-state, approval-one-officer, ... */
ZY_MUST_CHECK bool zy_hsm_life(
    struct zy_hsm *h, const char *key, enum zy_key_event event, zy_time at, uint64_t overlap_s, struct zy_error *err);
/* The URI of the newest active generation of a key, into the arena. Whoever composes what is to be signed asks first,
 * takes that generation's certificate, and signs with the URI that was given: it goes on signing through the overlap.
 * Errors: not-found, key-state, ... */
ZY_MUST_CHECK bool zy_hsm_current(
    struct zy_hsm *h, const char *key, struct zy_arena *a, const char **uri, struct zy_error *err);
/* r||s of a planned or active key pair over its own CertificationRequestInfo (RFC 2986 4.1), whatever its uses.
 * Errors: der, key-state, key-use, ... */
ZY_MUST_CHECK bool zy_hsm_csr(
    struct zy_hsm *h, const char *key, struct zy_bytes info, uint8_t rs[64], struct zy_error *err);

/* AES-256-GCM inside the token with a random 12-byte IV; out = IV || ciphertext || tag. aad binds the place.
 * A data key that an order destroyed is not unwrapped, whatever its bytes were taken from. Errors: token, key-use,
 * not-found, destroyed-by-order; unwrap of altered bytes is token. */
ZY_MUST_CHECK bool zy_hsm_wrap(struct zy_hsm *h, const char *key, struct zy_bytes aad, struct zy_bytes in,
    struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_hsm_unwrap(struct zy_hsm *h, const char *key, struct zy_bytes aad, struct zy_bytes in,
    struct zy_buf *out, struct zy_error *err);

/*
 * What is in force in a token's signer. digest: SHA-256 of the seals.json and officers.json that its journal names;
 * approved: they are what it read. Errors: signer-absent.
 */
struct zy_hsm_in_force {
	struct {
		bool known, approved;
		uint8_t digest[ZY_HASH_LEN];
	} rules, officers;
};
ZY_MUST_CHECK bool zy_hsm_in_force(
    struct zy_hsm *h, const char *token, struct zy_hsm_in_force *out, struct zy_error *err);
/*
 * Hands the signer an order with its approvals, a file of zy/order.h. It judges both, writes them into its journal, and
 * puts a new seals.json or officers.json in force. *already: that was so before, and nothing was done. For
 * ZY_ORDER_KEY the key is what was ordered. For
 * ZY_ORDER_REVOKE_MANY and ZY_ORDER_CEREMONY true means: approved, and now used up; the caller then does what was
 * ordered. Such a caller first writes down durably what it is about to do, under SHA-256 of the order's bytes: when it
 * is cut off and asks again, the answer is approval-used, and its own note says that the order was its own.
 * Errors: rules-not-approved, approval-*, order, policy, signer-absent, io, journal and those of zy_order_file_parse.
 */
ZY_MUST_CHECK bool zy_hsm_approve(
    struct zy_hsm *h, const char *token, struct zy_bytes file, bool *already, struct zy_error *err);

/*
 * The head of a log that is not told, kept in the journal of the token of a wrapping key (zy/noted_head.h): it takes
 * only one whose tree begins with the one that it noted last. request: a zy_noted_request; empty: nothing is noted.
 * last: the line that is noted now, empty when none is; of a group's key ask each member. Errors: log-fork, key-use,
 * key-state, signer-absent, io.
 */
#define ZY_HSM_NOTED_MAX 255
ZY_MUST_CHECK bool zy_hsm_note(
    struct zy_hsm *h, const char *key, struct zy_bytes request, char last[ZY_HSM_NOTED_MAX + 1], struct zy_error *err);

/* Raw rate of the token, measured inside the signer: `seconds` of C_SignInit + C_Sign on all its sessions with
 * nothing else around; signatures per second. For `zhengyin bench` only. */
ZY_MUST_CHECK bool zy_hsm_bench(
    struct zy_hsm *h, const char *key, unsigned seconds, double *per_second, unsigned *sessions, struct zy_error *err);

#endif
