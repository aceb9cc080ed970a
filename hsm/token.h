/*
 * One token through its PKCS#11 module: found by label, logged in once, a session per thread. A zy_session belongs to
 * one thread. What heals without a person is healed here: see zy_session_run.
 */
#ifndef ZY_HSM_TOKEN_H
#define ZY_HSM_TOKEN_H

#include <p11-kit/pkcs11.h>

#include "config.h"
#include "keys.h"
#include "log.h"
#include "zy/verify.h"

struct zy_token;

/* Loads the module, finds the token, logs in. Call it once in a process, and do not fork afterwards: PKCS#11 2.40
 * 6.6 asks a child to initialise anew, which not all modules allow. config and log are borrowed while the token is
 * open. Errors: token, pin, no-memory. */
ZY_MUST_CHECK bool zy_token_open(
    struct zy_token **out, const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err);
void zy_token_close(struct zy_token *t);
const struct zy_signer_config *zy_token_config(const struct zy_token *t);
/* Knows the public keys that the token signed with. */
struct zy_verifier *zy_token_verifier(const struct zy_token *t);
/* A descriptor that becomes readable when only a fresh process can bring the token back. */
int zy_token_fresh(const struct zy_token *t);
bool zy_token_is_broken(const struct zy_token *t);
/* The process is about to stop: faults are not healed any more, and their requests are left to the next one. */
void zy_token_leave(struct zy_token *t);

/* Makes the token of the configured label in the first slot without one: C_InitToken, C_InitPIN with the PINs of the
 * two PIN files, which are made when absent. Errors: exists, token, pin, io. */
ZY_MUST_CHECK bool zy_token_init(const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err);

struct zy_session {
	struct zy_token *token;
	const CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE handle;
	bool is_open;
	bool writes;               /* set before use: objects are made or removed through it */
	bool is_lost;              /* out: the request was given up for the next process to answer */
	bool is_stale;             /* a call found it lost */
	int64_t until;             /* monotonic ms up to which faults are worth healing; 0: ZY_TOKEN_PATIENCE_MS */
	unsigned generation;       /* of the token's connection under which it was opened */
	CK_OBJECT_HANDLE *handles; /* owned: of secret and private keys by zy_key.index, 0 when not looked up yet */
	size_t num_handles;
};
void zy_session_start(struct zy_session *s, struct zy_token *t); /* opens nothing yet */
/* What runs next may heal for so long. */
void zy_session_patience(struct zy_session *s, unsigned wait_ms);
void zy_session_close(struct zy_session *s);

/*
 * Runs op, which makes PKCS#11 calls on s and gives their first bad CK_RV. A lost session is opened again, a lost login
 * made again, a lost object looked up again; while device or token are away, all is opened anew, and a broken module
 * initialised anew, until the session's patience ends. A module that stays broken makes zy_token_fresh readable. What
 * heals what: ckr.h. So op may run several times. Errors: token (what: a phrase for the message), pin.
 */
#define ZY_TOKEN_PATIENCE_MS 2000
typedef CK_RV zy_session_op(struct zy_session *s, void *arg);
ZY_MUST_CHECK bool zy_session_run(
    struct zy_session *s, zy_session_op *op, void *arg, const char *what, struct zy_error *err);

#endif
