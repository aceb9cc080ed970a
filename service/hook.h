/* A command of the operator's, by which this program reaches what it has no client for itself. */
#ifndef ZY_HOOK_H
#define ZY_HOOK_H

#include "zy/arena.h"

#define ZY_HOOK_SECONDS 60

/* Runs it by /bin/sh with `in` on its standard input; *out is what it prints, at most cap bytes, in the arena. After
 * ZY_HOOK_SECONDS it is ended with all that it started. Errors: witness (it failed, took too long, or printed too
 * much), io, no-memory. */
ZY_MUST_CHECK bool zy_hook_run(const char *command, struct zy_bytes in, size_t cap, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err);

#endif
