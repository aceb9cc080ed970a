/*
 * Checkpoints of the home's log that witnesses signed, kept in two files: HOME/log/asked is the one that witnesses are
 * being asked about, HOME/log/witnessed the newest that as many signed as the trust bundle wants. A newer one takes the
 * place of an older; what witnesses know of the log is with them.
 */
#ifndef ZY_COSIGNED_H
#define ZY_COSIGNED_H

#include "zy/desk.h"
#include "zy/log_judge.h"

enum zy_cosigned_which { ZY_COSIGNED_ASKED, ZY_COSIGNED_WITNESSED };

struct zy_cosigned {
	bool found;
	struct zy_bytes text; /* the signed note, in the arena */
	struct zy_checkpoint checkpoint;
	struct zy_witnessed seen; /* as of now */
};
/* Not found is no error. Errors: log (not a checkpoint that the home's log signed, a witness's line that is not of it,
 * or not what the log of today begins with), io, vault... */
ZY_MUST_CHECK bool zy_cosigned_get(const struct zy_desk *d, enum zy_cosigned_which which, struct zy_arena *a,
    struct zy_cosigned *out, struct zy_error *err);
/* A checkpoint of this home's log, judged as zy_cosigned_get does. */
ZY_MUST_CHECK bool zy_cosigned_judge(
    const struct zy_desk *d, struct zy_bytes text, struct zy_arena *a, struct zy_cosigned *out, struct zy_error *err);
/* Is it signed by as many witnesses as the bundle wants, and by one at least? */
bool zy_cosigned_is_enough(const struct zy_desk *d, const struct zy_cosigned *k);
/* As the one that is asked about, and when enough have signed, as the witnessed one. The caller's desk owns the vault,
 * so that nobody else writes. Errors: io, those of zy_cosigned_get. */
ZY_MUST_CHECK bool zy_cosigned_put(const struct zy_desk *d, const struct zy_cosigned *k, struct zy_error *err);
/* The log goes on from a shorter history: what was kept of another is put aside, as HOME/log/lost-SIZE-NAME. Errors:
 * io, no-memory. */
ZY_MUST_CHECK bool zy_cosigned_put_aside(const struct zy_desk *d, uint64_t size, struct zy_error *err);
/* Both, when they are there: the log of today begins with them. Errors: those of zy_cosigned_get. */
ZY_MUST_CHECK bool zy_cosigned_check(const struct zy_desk *d, struct zy_error *err);

#endif
