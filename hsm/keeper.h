/*
 * The supervisor of a signer: a process that never loads the PKCS#11 module. It holds lock and listening socket, so
 * clients connect whatever happens, and forks the host, which loads the module and serves. A host that dies is forked
 * again; a software TPM of the home is run and kept the same way. When the supervisor itself dies, the host ends what
 * it works on, leaves the module and becomes the supervisor by executing its own program with both descriptors: no
 * process forks after C_Initialize, and whichever of the two is killed, the other brings it back.
 */
#ifndef ZY_HSM_KEEPER_H
#define ZY_HSM_KEEPER_H

#include <sys/types.h>

#include "log.h"
#include "run.h"

struct zy_keeper {
	const struct zy_signer_config *config;
	const struct zy_log *log;
	struct zy_run *run;
	bool took_over; /* the token has worked before us */
	/* In the child: serves until SIGTERM; ready is written to once it can sign. again: another host could sign
	 * before. Its exit status. */
	int (*host)(void *arg, int ready, bool again);
	void *arg;
};

/* Runs until SIGTERM or SIGINT; its exit status: that of a host that was never ready, else 0. */
int zy_keeper_run(const struct zy_keeper *k);

/* Starts the software TPM of the configuration and waits for its socket; 0 when there is none to be run. It ends with
 * the calling thread. Errors: token. */
ZY_MUST_CHECK bool zy_swtpm_run(const struct zy_signer_config *c, pid_t *out, struct zy_error *err);
void zy_swtpm_end(pid_t pid);

#endif
