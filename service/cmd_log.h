/* What the verbs of `log` share. */
#ifndef ZY_CMD_LOG_H
#define ZY_CMD_LOG_H

#include "cli.h"
#include "zy/checkpoint.h"

/* A checkpoint that the home's own log signed. Errors: io, note, utf8, too-large, log. */
ZY_MUST_CHECK bool zy_log_checkpoint_read(
    struct zy_desk *d, const char *path, struct zy_arena *a, struct zy_checkpoint *out, struct zy_error *err);

/* The newest event by which the log was given up, a log of `size` entries at least; seq 0: there is none. reason says
 * from where it goes on, "goes-on SIZE". Errors: vault... */
struct zy_log_given_up {
	uint64_t seq, lost;
	zy_time at;
	char reason[65];
};
ZY_MUST_CHECK bool zy_log_given_up_find(
    struct zy_vault *v, uint64_t size, struct zy_log_given_up *out, struct zy_error *err);

/* The mark (zy/follow.h) of the last export: its size, the time, its root. */
#define ZY_SOURCE_EXPORTED "log exported"

#endif
