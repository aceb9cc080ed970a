/*
 * The feed of events: every event of the vault, in order, without gaps, from a position on. Position is the event's
 * number, from 1; who consumes keeps its own and asks from the one after the last that it has dealt with, so that it
 * gets each event at least once and can tell a second time by `id`. An event is there as soon as its write is durable
 * and never before; none is ever changed or taken out.
 */
#ifndef ZY_FEED_H
#define ZY_FEED_H

#include "zy/vault.h"

/* No number and no name of a person. */
struct zy_feed_event {
	uint64_t seq;            /* the position; the event is entry seq - 1 of the log */
	uint8_t id[ZY_HASH_LEN]; /* the log's commitment to the event: the same for ever, and of no other event */
	zy_time at;              /* record time, never before the event before it */
	const char *what;        /* "intent" "mint" ...; static */
	struct zy_bytes about;   /* TYPE.ISSUER.SERIAL; of an intent TYPE.ISSUER, or empty; else see zy/follow.h */
	uint64_t number;         /* version; of an intent its serial */
	struct zy_bytes reason;  /* "" if none */
};

/* Gives the events from position `from` (1 or more) on, `most` at most, to cb, which may return false to stop; views
 * live until it returns. *next is the position to ask from the next time. Positions that do not exist yet give nothing.
 * Reads in short transactions: what is recorded meanwhile is given too.
 * Errors: field-range (from 0), vault, vault-corrupt (a gap; a row that does not open). */
typedef bool zy_feed_cb(void *arg, const struct zy_feed_event *e);
ZY_MUST_CHECK bool zy_vault_feed(
    struct zy_vault *v, uint64_t from, uint64_t most, zy_feed_cb *cb, void *arg, uint64_t *next, struct zy_error *err);

#endif
