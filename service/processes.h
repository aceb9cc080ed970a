/*
 * The processes of a home: one zhengyin-signer per token, started detached, each with a pid file and a log in HOME/run;
 * stopped by SIGTERM. A signer runs what it needs itself: the host of its module, and a software TPM.
 */
#ifndef ZY_PROCESSES_H
#define ZY_PROCESSES_H

#include <sys/types.h>

#include "zy/home.h"
#include "zy/hsm.h"

#define ZY_TOKEN_SOFT "zy-soft" /* P-256 and AES keys */
#define ZY_TOKEN_TPM "zy-tpm"   /* SM2 keys */
/* The roots' keys, by suite: off line but in a ceremony. All of both tokens that is not in HOME/signer lies in
 * HOME/root, which can be a medium of its own. */
#define ZY_TOKEN_ROOT "zy-root"
#define ZY_TOKEN_ROOT_TPM "zy-root-tpm"

/* The folder of the running program, where its siblings are. Errors: io. */
ZY_MUST_CHECK bool zy_program_folder(char *out, size_t room, struct zy_error *err);

/* Runs a program to its end with HOME as its folder and its messages in HOME/run/NAME.log. Errors: the code that its
 * last line names is not read: token, with the log's name. */
ZY_MUST_CHECK bool zy_process_run(const struct zy_home *h, const char *name, char *const argv[], struct zy_error *err);

/* One token's signer: started and answering when it returns, fine when it runs; and stopped. Errors: signer-absent with
 * the log's name; io. */
ZY_MUST_CHECK bool zy_signer_start(
    const struct zy_home *h, struct zy_hsm *hsm, const char *token, struct zy_error *err);
ZY_MUST_CHECK bool zy_signer_stop(const struct zy_home *h, const char *token, struct zy_error *err);

/* Starts what does not run yet and waits until each signer answers. Errors: signer-absent with the log's name. */
ZY_MUST_CHECK bool zy_processes_start(const struct zy_home *h, struct zy_error *err);
/* Stops what runs, root tokens too; fine when nothing does. *num: how many were stopped. Errors: io. */
ZY_MUST_CHECK bool zy_processes_stop(const struct zy_home *h, unsigned *num, struct zy_error *err);

#endif
