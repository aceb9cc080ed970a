/* Drills: what should survive is killed, and what clients saw of it is measured. */
#ifndef ZY_DRILL_H
#define ZY_DRILL_H

#include <stdatomic.h>

#include "zy/clock.h"
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

struct zy_drill_revoke {
	uint64_t entries;
	/* out */
	uint64_t requests, failed; /* certificates revoked; not on the lists */
	uint64_t bytes, lists;
	int64_t make_ms, revoke_ms, publish_ms;
	int64_t longest_ms; /* so long other writers of the register waited at most */
};
/* Adds so many certificates to the register of a home that is thrown away afterwards, half by each issuing authority,
 * revokes them by one rule, and publishes lists in partitions. Errors: those of zy_revocation_run and zy_crl_publish.
 */
ZY_MUST_CHECK bool zy_drill_revoke(struct zy_drill_revoke *d, const char *home, zy_time now, struct zy_error *err);

/* One told in steps: "log-fork", "restore", "key". It ends with the first step that does not go as it should. */
struct zy_drill_story {
	const char *name;
	void (*report)(const struct zy_drill_story *d, const char *step, int64_t ms, bool good);
	bool json;
	/* out */
	unsigned steps, failed;
	int64_t longest_ms, all_ms;
};
bool zy_drill_is_story(const char *name);
/* In a home that is thrown away afterwards, its signers run. Errors: io, witness (a step took too long). */
ZY_MUST_CHECK bool zy_drill_story(struct zy_drill_story *d, const char *home, struct zy_error *err);

int64_t zy_drill_now_ms(void); /* of a clock that only runs forward */

#endif
