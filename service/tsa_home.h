/* The time-stamp authorities of a home, opened for a command. */
#ifndef ZY_TSA_HOME_H
#define ZY_TSA_HOME_H

#include "zy/home.h"
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

#endif
