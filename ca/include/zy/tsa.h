/*
 * The time-stamp authority of RFC 3161: answers a TimeStampReq with a TimeStampResp. Its time comes from a guarded
 * clock, its signatures from a key made for ZY_USE_TIMESTAMP in a token.
 */
#ifndef ZY_TSA_H
#define ZY_TSA_H

#include "zy/hsm.h"
#include "zy/judge.h"
#include "zy/tsp.h"

/* Wall clock and a clock that never steps, read as one moment. */
struct zy_tsa_instant {
	int64_t wall_us; /* since 1970-01-01T00:00:00Z */
	int64_t boot_us; /* since the machine started, sleep included */
	char boot_id[37];
};
struct zy_tsa_time {
	bool (*now)(void *arg, struct zy_tsa_instant *out);
	void *arg;
};
extern const struct zy_tsa_time zy_tsa_time_system; /* CLOCK_REALTIME, CLOCK_BOOTTIME, the kernel's boot id */

/*
 * The guarded clock: genTime in microseconds, each later than all before it, over threads, processes and restarts.
 * Its state is one file, mapped by all who use it. Since the first reading after a start of the machine the wall clock
 * may differ from CLOCK_BOOTTIME by at most ZY_TSA_STEP_MAX_US in sum (slewing moves both, steps only one), and it is
 * never behind the last genTime; else no time is given (code clock) until the clock is right again or the file is
 * removed. The file is not synced: after a power cut the kernel's last write of it counts. What is not known here:
 * that the clock was right when it was read first, and a step forward while the machine was off.
 * Threads: any.
 */
#define ZY_TSA_STEP_MAX_US 500000
struct zy_tsa_clock;
/* path: made when absent, 0600. time is borrowed. Errors: io, no-memory. */
ZY_MUST_CHECK bool zy_tsa_clock_open(
    struct zy_tsa_clock **out, const char *path, const struct zy_tsa_time *time, struct zy_error *err);
void zy_tsa_clock_close(struct zy_tsa_clock *c);
/* Is the file what was written? Empty is. Errors: clock (changed), io. */
ZY_MUST_CHECK bool zy_tsa_clock_check(const char *path, struct zy_error *err);
/* Errors: clock, io. */
ZY_MUST_CHECK bool zy_tsa_clock_take(struct zy_tsa_clock *c, struct zy_tst_time *out, struct zy_error *err);

#define ZY_TSA_POLICY_EXAMPLE "2.999.3161.1" /* of the example arc (ITU-T X.660): for tests and demonstrations */
#define ZY_TSA_ACCURACY_S 1                  /* stated in every token; the operator keeps the clock that good */

struct zy_tsa_plan {
	enum zy_suite suite;
	const char *key;              /* PKCS#11 URI */
	const struct zy_bytes *certs; /* DER: the authority's own first, then its issuers as they shall come along */
	size_t num_certs;
	const char *policy; /* OID, as 2.999.3161.1 */
	struct zy_tsa_clock
	    *clock; /* borrowed; shared by authorities of one home, so that all their tokens are ordered */
};
struct zy_tsa;
/* Checks that key and certificate belong together and encodes the constant parts of every token. hsm and keys are
 * borrowed. Errors: certificate, tsp (policy), those of zy_hsm_public, no-memory. */
ZY_MUST_CHECK bool zy_tsa_open(struct zy_tsa **out, const struct zy_tsa_plan *plan, struct zy_hsm *hsm,
    struct zy_keys *keys, struct zy_error *err);
void zy_tsa_close(struct zy_tsa *t);

/* Octets of the longest token for a request that zy_tsa_request makes. Errors: no-memory. */
ZY_MUST_CHECK bool zy_tsa_longest(const struct zy_tsa *t, size_t *len, struct zy_error *err);
/* A request about content by the suite's digest, with a nonce of 64 bits and the certificates asked for.
 * Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_tsa_request(
    enum zy_suite suite, struct zy_bytes content, struct zy_buf *out, struct zy_error *err);

struct zy_tsa_answer {
	bool granted;
	enum zy_tsp_fail fail;       /* of a refusal */
	struct zy_error why;         /* of a refusal */
	uint8_t serial[16];          /* of a token: 62 random bits of this opening, and the time in microseconds */
	struct zy_tst_time gen_time; /* of a token; ordering is TRUE: by genTime, always */
};
/*
 * Writes a TimeStampResp for any bytes: a token, or a refusal with failInfo (badDataFormat, badAlg, unacceptedPolicy,
 * unacceptedExtension, timeNotAvailable, systemFailure). Every extension is refused, as RFC 3161 2.4.1 has it. The
 * signature is verified before it leaves. Errors, without an answer: no-memory. Threads: any.
 */
ZY_MUST_CHECK bool zy_tsa_answer(
    struct zy_tsa *t, struct zy_bytes request, struct zy_buf *out, struct zy_tsa_answer *answer, struct zy_error *err);

/* As many answers, each as zy_tsa_answer gives it; who has many saves their waiting for each other. times rise in the
 * order of the jobs. Errors, which leave all jobs without an answer: no-memory. Threads: any. */
struct zy_tsa_job {
	struct zy_bytes request;
	struct zy_buf *out; /* receives the TimeStampResp */
	struct zy_tsa_answer answer;
};
ZY_MUST_CHECK bool zy_tsa_answer_many(struct zy_tsa *t, struct zy_tsa_job *jobs, size_t num, struct zy_error *err);

/* A token about both parts of a content: zy_tsa_request and its answer. Errors: those of a refusal, crypto, no-memory.
 * Threads: any. */
ZY_MUST_CHECK bool zy_tsa_stamp(
    struct zy_tsa *t, const struct zy_bytes content[2], struct zy_buf *token, struct zy_error *err);

#endif
