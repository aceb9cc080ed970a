/* Drills: what should survive is killed, and what clients saw of it is measured. */
#ifndef ZY_DRILL_H
#define ZY_DRILL_H

#include <stdatomic.h>

#include "zy/hsm.h"

struct zy_drill {
	const char *home; /* of its own, its signers run */
	unsigned seconds; /* at least; every victim is killed once anyway */
	/* After each kill; pause_ms: the longest wait for an answer since. */
	void (*report)(const struct zy_drill *d, const char *victim, long long pause_ms);
	bool json;

	unsigned kills;       /* out */
	long long longest_ms; /* out */
	atomic_llong requests, failed;
	atomic_llong pause_ms;
	atomic_bool stop;
	struct zy_hsm *hsm;
};

/* Load on an SM2 and a P-256 key, and SIGKILL for the TPM emulator, the hosts of the modules and the signers.
 * Requests that fail are counted, no error. Errors: signer-absent, token, no-memory. */
ZY_MUST_CHECK bool zy_drill_hsm(struct zy_drill *d, struct zy_error *err);

#endif
