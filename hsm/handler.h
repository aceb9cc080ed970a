/* One request in, one answer out: what the signer does, apart from sockets and threads. */
#ifndef ZY_HSM_HANDLER_H
#define ZY_HSM_HANDLER_H

#include <sys/types.h>

#include "ceremony.h"
#include "journal.h"
#include "law.h"
#include "token.h"

struct zy_signer {
	const struct zy_signer_config *config;
	const struct zy_clock *clock;
	const struct zy_log *log;
	struct zy_token *token;
	struct zy_keyring *keys;
	struct zy_law *law;
	struct zy_signer_journal *journal;
	struct zy_ceremony *ceremony; /* of a root token; NULL for others */
	pthread_mutex_t making;       /* one generate, or one checkpoint, at a time */
};

/* Appends the answer's frame to out. Every failure is an answer; only memory can run out (out.failed).
 * session: the calling thread's own. caller: uid of the peer, for the journal. *after: the answer may leave when the
 * journal has this on the disk; seq 0: at once. Returns the microseconds that one signature took, 0: none was made. */
uint64_t zy_signer_handle(struct zy_signer *signer, struct zy_session *session, uid_t caller, struct zy_bytes request,
    struct zy_buf *out, struct zy_journal_wait *after);
/* Puts a refusal in the place of an answer. */
void zy_signer_refuse(struct zy_buf *out, const struct zy_error *why);

#endif
