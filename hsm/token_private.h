/* Between token.c, which opens a token, and session.c, which keeps sessions of it alive. */
#ifndef ZY_HSM_TOKEN_PRIVATE_H
#define ZY_HSM_TOKEN_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "token.h"

struct zy_token {
	const struct zy_signer_config *config;
	const struct zy_log *log;
	struct zy_verifier *verifier;
	void *library;
	CK_FUNCTION_LIST *f;
	bool is_initialised;
	/* Read-locked while sessions are used, write-locked while they are opened and closed: no session is closed
	 * under a call, and none that was closed is used, even if the module gives its handle to another. */
	pthread_rwlock_t lock;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE keeper; /* login lasts while a session is open: this one stays */
	bool has_keeper;
	unsigned generation;     /* counts disconnections; a session of an older one is stale */
	int64_t reinitialised;   /* monotonic ms of the last C_Finalize and C_Initialize */
	atomic_bool has_worked;  /* an operation passed since the process began */
	atomic_bool wants_fresh; /* only a fresh process can help */
	atomic_bool is_leaving;  /* the process is about to stop */
	int fresh;               /* an eventfd that says so, -1 without one */
};

int64_t zy_monotonic_ms(void);
void zy_sleep_ms(long ms);
bool zy_token_fail(struct zy_error *err, const struct zy_signer_config *c, const char *what, CK_RV rv);
/* Module initialised, token found, logged in, whatever was lost. Write-locked, or before there are threads. */
CK_RV zy_token_log_in(struct zy_token *t, struct zy_error *err);
/* Ends all sessions. Write-locked. */
void zy_token_disconnect(struct zy_token *t);
/* The same, and C_Finalize: zy_token_log_in initialises anew. Write-locked. */
void zy_token_finalise(struct zy_token *t);

#endif
