/*
 * The desk: everything that the life of a licence needs, opened once. Threads may share an open desk.
 */
#ifndef ZY_DESK_H
#define ZY_DESK_H

#include "zy/home.h"
#include "zy/log_book.h"
#include "zy/noting.h"
#include "zy/judge.h"
#include "zy/policy.h"
#include "zy/sealing.h"
#include "zy/tsa_home.h"
#include "zy/trust.h"
#include "zy/vault.h"
#include "zy/wrapping.h"

struct zy_desk {
	struct zy_arena arena; /* owns what lives as long as the desk */
	struct zy_home home;
	struct zy_policy policy;
	struct zy_trust trust;
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	bool secret;                 /* the vault is the secret compartment */
	const bool *switched;        /* beside policy.types, when opened for minting: zy_desk_may_mint refuses it */
	struct zy_wrapping wrapping; /* of the vault */
	struct zy_vault *whole;      /* the vault as it was opened */
	struct zy_vault *vault;      /* the tenant's handle; of zy_desk_open the whole */
	struct zy_log_book *log;
	struct zy_noting *noting;       /* of the compartment; else NULL */
	bool owner;                     /* of the vault: what is written in it is signed or noted at the end */
	uint64_t opened_at;             /* entries of its log then */
	struct zy_in_flight *in_flight; /* requests under way in this process */
	struct zy_faces *faces;         /* NULL unless opened for minting */
	struct zy_seal_use *seals;      /* beside policy.seals, one each; only when opened for minting */
	struct zy_stamps *stamps;       /* NULL unless opened for minting and some seal's rule wants time-stamps */
	const struct zy_clock *clock;
	_Atomic int64_t signers_seen_ms; /* monotonic: when all signers last answered; 0: not yet */
};

enum zy_desk_use {
	ZY_DESK_READ,   /* vault only */
	ZY_DESK_BESIDE, /* vault only, to read beside whoever owns it */
	ZY_DESK_MINT,   /* fonts and seals too */
};
/* Opened for minting it cancels what a crash left of requests without a key. tsa_time: of time-stamps, NULL to read.
 * A vault that was set back is not opened for minting (log-fork). Errors: vault-absent, busy, policy, trust-bundle,
 * signer-absent, font, io ... */
ZY_MUST_CHECK bool zy_desk_open(struct zy_desk *d, const char *home, enum zy_desk_use use, const struct zy_clock *clock,
    const struct zy_tsa_time *tsa_time, struct zy_error *err);
/* For whom a desk is opened. tenant NULL: config.json's, or the top of the tree. below: a tenant below that one, which
 * is only read, by the right it gave, for `reason`; NULL: none. */
struct zy_desk_as {
	const char *tenant, *below, *reason;
	bool secret; /* in the secret compartment (zy/secret_home.h) instead of the vault of all other licences */
};
/* The same, as one tenant. Errors also: tenant, tenant-right, usage (below without a reason). */
ZY_MUST_CHECK bool zy_desk_open_as(struct zy_desk *d, const char *home, const struct zy_desk_as *as,
    enum zy_desk_use use, const struct zy_clock *clock, const struct zy_tsa_time *tsa_time, struct zy_error *err);
/* As zy_desk_open, of the secret compartment if so. */
ZY_MUST_CHECK bool zy_desk_open_side(struct zy_desk *d, const char *home, bool secret, enum zy_desk_use use,
    const struct zy_clock *clock, const struct zy_tsa_time *tsa_time, struct zy_error *err);
/* Is the vault the one whose head was signed last, or the compartment the one whose head was noted, or a later one?
 * Asked before anything is written. Beside an owner only the compartment is asked about. Errors: log-fork, those of
 * zy_log_book_check and zy_noting_check. */
ZY_MUST_CHECK bool zy_desk_is_newest(struct zy_desk *d, struct zy_error *err);
void zy_desk_close(struct zy_desk *d);

/* The seal of that rule; NULL if there is none or it is not made yet. */
const struct zy_seal_use *zy_desk_seal(const struct zy_desk *d, const char *esID);

/* A home's trust bundle, judged at `at` against its pin. Also for those who open no vault. */
ZY_MUST_CHECK bool zy_home_trust(const struct zy_home *h, struct zy_keys *keys, zy_time at, struct zy_arena *a,
    struct zy_trust *out, struct zy_error *err);

#endif
