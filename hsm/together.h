/*
 * Signings that threads ask for at the same time go to the signer together: one frame, one wait for its disk, one
 * answer. A token that signs by this machine's processors is asked by few frames at once, since more would only take
 * turns; one that takes its time over each signature is asked by each thread for itself, and signs in all its sessions
 * at once.
 */
#ifndef ZY_HSM_TOGETHER_H
#define ZY_HSM_TOGETHER_H

#include "protocol.h"
#include "zy/hsm.h"

struct zy_together;
/* Errors: no-memory. */
ZY_MUST_CHECK bool zy_together_open(struct zy_together **out, struct zy_error *err);
/* When no thread signs any more. NULL is none. */
void zy_together_close(struct zy_together *t);

/* Sets rs or err of each job; all keys are of that token or group. Threads: any. Errors: no-memory. */
ZY_MUST_CHECK bool zy_hsm_sign_together(
    struct zy_hsm *h, const char *token, struct zy_signing_job *jobs, size_t num, struct zy_error *err);

#endif
