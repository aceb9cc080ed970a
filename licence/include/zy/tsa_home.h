/* The time-stamp authorities of a home: one opened for a command, or both as what stamps the signatures of seals. */
#ifndef ZY_TSA_HOME_H
#define ZY_TSA_HOME_H

#include "zy/home.h"
#include "zy/sealing.h"
#include "zy/tsa.h"

struct zy_tsa_home {
	struct zy_arena arena;
	struct zy_home home;
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	struct zy_tsa_clock *clock;
	struct zy_tsa *tsa;
	const char *key;      /* PKCS#11 URI */
	struct zy_bytes cert; /* of the authority */
};
#define ZY_TSA_HOME_AUTO __attribute__((cleanup(zy_tsa_home_close))) struct zy_tsa_home
/* policy NULL: ZY_TSA_POLICY_EXAMPLE. The vault is not touched. Errors: vault-absent, not-found (a home made before
 * there were time-stamps), those of zy_tsa_open and zy_tsa_clock_open. *out is closed by the caller in any case. */
ZY_MUST_CHECK bool zy_tsa_home_open(struct zy_tsa_home *out, const char *path, enum zy_suite suite, const char *policy,
    const struct zy_tsa_time *time, struct zy_error *err);
void zy_tsa_home_close(struct zy_tsa_home *h);

/* Both authorities, with the policy ZY_TSA_POLICY_EXAMPLE. It must not move while it is open: stamper points to it.
 * Threads may share it. Errors: those of zy_tsa_home_open, signer-absent. *s is closed by the caller in any case. */
struct zy_stamps {
	struct zy_tsa_home tsa[2]; /* by enum zy_suite */
	size_t longest[2];
	struct zy_stamper stamper;
};
#define ZY_STAMPS_AUTO __attribute__((cleanup(zy_stamps_close))) struct zy_stamps
ZY_MUST_CHECK bool zy_stamps_open(
    struct zy_stamps *s, const char *home, const struct zy_tsa_time *time, struct zy_error *err);
void zy_stamps_close(struct zy_stamps *s);

#endif
