/* HOME/run: the lock, the socket and the PID file of a token's signer. HOME may be longer than a socket's path. */
#ifndef ZY_HSM_RUN_H
#define ZY_HSM_RUN_H

#include <sys/un.h>

#include "config.h"

struct zy_run {
	char token[ZY_TOKEN_NAME_MAX + 1];
	int folder, lock, listener; /* -1 when not open */
	bool has_socket, has_pid;
};

/* Opens HOME/run (made when absent, mode 0700) and takes TOKEN.lock: who holds it is the token's one signer.
 * Errors: busy, io. */
ZY_MUST_CHECK bool zy_run_open(struct zy_run *out, const struct zy_signer_config *config, struct zy_error *err);
/* Replaces a dead signer's socket by ours, listens, writes TOKEN.pid. Errors: io. */
ZY_MUST_CHECK bool zy_run_listen(struct zy_run *r, struct zy_error *err);
/* The lock and the listening socket of a signer whose supervisor died, taken over by the one process left of it: see
 * keeper.h. Writes TOKEN.pid. Errors: io. */
ZY_MUST_CHECK bool zy_run_adopt(
    struct zy_run *out, const struct zy_signer_config *config, int lock, int listener, struct zy_error *err);
/* Removes socket and PID file; the lock file stays. */
void zy_run_close(struct zy_run *r);

/* Does a process hold TOKEN.lock: a signer that runs, starts or is being started again? folder: HOME/run. */
bool zy_run_is_kept(int folder, const char *token);

/* The address of a token's socket through an open folder: /proc/self/fd/N/TOKEN.sock, valid while it is open. */
struct sockaddr_un zy_run_address(int folder, const char *token);

#endif
