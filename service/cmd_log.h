/* What the verbs of `log` share. */
#ifndef ZY_CMD_LOG_H
#define ZY_CMD_LOG_H

#include "cli.h"
#include "zy/checkpoint.h"

/* A checkpoint that the home's own log signed. Errors: io, note, utf8, too-large, log. */
ZY_MUST_CHECK bool zy_log_checkpoint_read(
    struct zy_desk *d, const char *path, struct zy_arena *a, struct zy_checkpoint *out, struct zy_error *err);

#endif
