/*
 * The signer's connections and threads. Each worker owns one session of the token and waits with the others on one
 * epoll set; a connection is armed for one event at a time, so one worker holds it. A connection carries one request
 * at a time. No thread waits for a client: half a request or an answer that is not taken stays with its connection.
 */
#ifndef ZY_HSM_SERVER_H
#define ZY_HSM_SERVER_H

#include "handler.h"

#define ZY_CONNECTIONS_MAX 512 /* each has one request at most: this bounds what waits; more are told signer-busy */
#define ZY_REQUEST_S_MAX 30    /* from the first byte of a request to the last of its answer taken */

/* Serves until `stop` (a descriptor) becomes readable; requests that are being worked on are finished. listener is
 * non-blocking; both stay the caller's. Errors: io, no-memory. */
ZY_MUST_CHECK bool zy_server_run(struct zy_signer *signer, int listener, int stop, struct zy_error *err);

#endif
