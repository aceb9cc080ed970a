/*
 * Which workers serve: all of them when the token takes its time, few when it signs by this machine's processors. A
 * worker that is held up, by a token that is away or a request that is long, does not count: another serves instead.
 */
#ifndef ZY_HSM_TURNS_H
#define ZY_HSM_TURNS_H

#include "zy/error.h"

#define ZY_TURNS_TICK_MS 50

struct zy_turns;

/* Workers 0 .. num-1. Errors: no-memory. */
ZY_MUST_CHECK bool zy_turns_open(struct zy_turns **out, unsigned num, struct zy_error *err);
void zy_turns_close(struct zy_turns *t);
/* Returns when this worker may serve, or shall leave. */
void zy_turns_wait(struct zy_turns *t, unsigned worker);
/* Around each request. */
void zy_turns_begin(struct zy_turns *t, unsigned worker);
/* us: what one signature of the request took, 0: none was made. */
void zy_turns_end(struct zy_turns *t, unsigned worker, uint64_t us);
/* Looks for workers that are held up: to be called every ZY_TURNS_TICK_MS. */
void zy_turns_tick(struct zy_turns *t);
/* Nobody waits any more. */
void zy_turns_leave(struct zy_turns *t);

#endif
