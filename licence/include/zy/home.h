/*
 * A home: the folder that `init` makes. Where its parts lie, and its config.json.
 *   config.json   policies/   pki/   seals/ESID/   trust/bundle.json, trust/pin   vault/   vault-secret/   ca/
 * tokens/   signer/   run/   wallet/   tsa/   log/
 */
#ifndef ZY_HOME_H
#define ZY_HOME_H

#include "zy/alarm_limits.h"
#include "zy/arena.h"
#include "zy/digest.h"

#define ZY_HOME_KEYS_MAX 32

/* Who signs showing credentials for an issuer, in one suite. */
struct zy_credential_signer {
	const char *issuer; /* credit code */
	enum zy_suite suite;
	const char *key;  /* PKCS#11 URI */
	const char *cert; /* file below HOME */
};

struct zy_home {
	const char *path;
	bool demo;
	enum zy_suite suite; /* of data at rest */
	const char *font_regular, *font_bold;
	const char *tenant;     /* code of the tenant that commands are for; NULL: the top of the tree */
	const char *wrap_key;   /* PKCS#11 URI of the AES key that wraps data keys */
	const char *secret_key; /* the same of the secret compartment; config.json may name one in another token */
	unsigned alarm_days[3]; /* before an end: when it is a notice, a warning, urgent; 90, 30, 7 unless config.json
				   says */
	struct zy_alarm_limits alarms;
	size_t num_tokens;
	const char *tokens[8]; /* one signer process each */
	size_t num_credential_signers;
	struct zy_credential_signer credential_signers[ZY_HOME_KEYS_MAX];
};

/* Reads HOME/config.json; unknown or repeated members are errors. Errors: vault-absent (no home there), policy, io. */
ZY_MUST_CHECK bool zy_home_open(struct zy_home *out, const char *path, struct zy_arena *a, struct zy_error *err);
/* Writes HOME/config.json. Errors: io, exists. */
ZY_MUST_CHECK bool zy_home_write(const struct zy_home *h, struct zy_error *err);
/* HOME/a path, in the arena; NULL on no-memory. */
const char *zy_home_path(const struct zy_home *h, struct zy_arena *a, struct zy_error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A key's certificate and what else belongs to it stand in HOME/STEM.EXTENSION, those of a later generation in
 * HOME/STEM~N.EXTENSION. In the arena; NULL on no-memory. */
const char *zy_home_generation(const struct zy_home *h, const char *stem, unsigned generation, const char *extension,
    struct zy_arena *a, struct zy_error *err);

/* The stem of a certificate's file that config.json names: without ".pem". In the arena; NULL on no-memory. */
const char *zy_home_stem(const char *cert, struct zy_arena *a, struct zy_error *err);

/* The generation of a key that signs now, by its signer, and the certificate in HOME/STEM.pem. */
struct zy_home_key {
	const char *uri; /* PKCS#11 URI with the generation */
	unsigned generation;
	struct zy_bytes cert; /* DER */
};
/* All in the arena. Errors: those of zy_hsm_current, io, certificate. */
struct zy_hsm;
ZY_MUST_CHECK bool zy_home_key(const struct zy_home *h, struct zy_hsm *hsm, const char *key, const char *stem,
    struct zy_arena *a, struct zy_home_key *out, struct zy_error *err);
/* The same; when none signs since the newest is compromised, that one: what a next generation follows. */
ZY_MUST_CHECK bool zy_home_key_last(const struct zy_home *h, struct zy_hsm *hsm, const char *key, const char *stem,
    struct zy_arena *a, struct zy_home_key *out, struct zy_error *err);

/* The authorities that go along with what a key of the home signs: the generation that issued its certificate, and not
 * the root, but the link by which who trusts the root before follows to it. DER, in the arena. Errors: not-found,
 * certificate, io. */
#define ZY_HOME_CHAIN_MAX 4
ZY_MUST_CHECK bool zy_home_chain(const struct zy_home *h, struct zy_bytes cert, enum zy_suite suite, struct zy_arena *a,
    struct zy_bytes out[ZY_HOME_CHAIN_MAX], size_t *num, struct zy_error *err);

#endif
