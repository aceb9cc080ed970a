/*
 * The processes of a home: one zhengyin-signer per token and, where a token's TPM is emulated, its swtpm. Started
 * detached, each with a pid file and a log in HOME/run; stopped by SIGTERM, the signers before the TPM.
 */
#ifndef ZY_PROCESSES_H
#define ZY_PROCESSES_H

#include <sys/types.h>

#include "zy/home.h"
#include "zy/hsm.h"

/* What runs before a signer can: the software TPM whose state lies in HOME/tokens/swtpm. */
#define ZY_SWTPM_FOLDER "tokens/swtpm"

/* The folder of the running program, where its siblings are. Errors: io. */
ZY_MUST_CHECK bool zy_program_folder(char *out, size_t room, struct zy_error *err);

/* Runs a program to its end with HOME as its folder and its messages in HOME/run/NAME.log. Errors: the code that its
 * last line names is not read: token, with the log's name. */
ZY_MUST_CHECK bool zy_process_run(const struct zy_home *h, const char *name, char *const argv[], struct zy_error *err);

bool zy_swtpm_wanted(const struct zy_home *h);
ZY_MUST_CHECK bool zy_swtpm_start(const struct zy_home *h, struct zy_error *err);

/* Starts what does not run yet and waits until each signer answers. Errors: signer-absent with the log's name. */
ZY_MUST_CHECK bool zy_processes_start(const struct zy_home *h, struct zy_error *err);
/* Stops what runs; fine when nothing does. *num: how many were stopped. Errors: io. */
ZY_MUST_CHECK bool zy_processes_stop(const struct zy_home *h, unsigned *num, struct zy_error *err);

#endif
