/*
 * The life of a key: from when it signs, until when, and what became of it.
 *   planned      made, signs nothing yet but a request for its certificate
 *   active       signs
 *   retiring     signs nothing more; what it signed is verified, what it wrapped is unwrapped
 *   retired      kept only so that nothing else gets its name; may be destroyed
 *   destroyed    gone from the token
 *   compromised  somebody else may have it: signs nothing, unwraps nothing
 * Keys have generations: "timestamp", then "timestamp~2", "timestamp~3". The first is active from the moment it is
 * made. A later one is made planned and is activated for a day with an overlap: from that day both sign, and when the
 * overlap is over the generation before it is retiring. Who names the alias gets the newest active generation.
 */
#ifndef ZY_KEY_LIFE_H
#define ZY_KEY_LIFE_H

#include "zy/buf.h"
#include "zy/clock.h"

#define ZY_KEY_LIFE_TEXT 224 /* room for its text, with the NUL */
#define ZY_KEY_ALWAYS ((zy_time)INT64_MIN)
#define ZY_KEY_OVERLAP_MAX_S ((uint64_t)3660 * 86400)

struct zy_key_life {
	zy_time from;       /* signs from then; ZY_KEY_ALWAYS; ZY_TIME_NEVER: planned without a date */
	uint64_t overlap_s; /* so long after `from` the generation before signs too */
	zy_time until;      /* signs before then */
	zy_time retired, destroyed, compromised; /* ZY_TIME_NEVER: not */
};

enum zy_key_state {
	ZY_KEY_PLANNED,
	ZY_KEY_ACTIVE,
	ZY_KEY_RETIRING,
	ZY_KEY_RETIRED,
	ZY_KEY_DESTROYED,
	ZY_KEY_COMPROMISED,
	ZY_NUM_KEY_STATES
};
const char *zy_key_state_name(enum zy_key_state state);
ZY_MUST_CHECK bool zy_key_state_from_name(struct zy_bytes name, enum zy_key_state *out);

/* Of a generation that was just made: 1 is active, later ones are planned. */
struct zy_key_life zy_key_life_of_new(unsigned generation);
enum zy_key_state zy_key_state_at(const struct zy_key_life *life, zy_time now);

enum zy_key_event {
	ZY_KEY_ACTIVATE,   /* planned: signs from `at`, the generation before for overlap_s more */
	ZY_KEY_END,        /* planned, active: signs before `at` */
	ZY_KEY_RETIRE,     /* active, retiring: retired at `at`, and signs no longer than that */
	ZY_KEY_DESTROY,    /* planned, retired, compromised: now */
	ZY_KEY_COMPROMISE, /* all but destroyed: now */
	ZY_NUM_KEY_EVENTS
};
const char *zy_key_event_name(enum zy_key_event event);
ZY_MUST_CHECK bool zy_key_event_from_name(struct zy_bytes name, enum zy_key_event *out);

/* at: not before now; 0 is now. overlap_s: ACTIVATE alone, at most ZY_KEY_OVERLAP_MAX_S. *life changes on success only.
 * Errors: key-state. */
ZY_MUST_CHECK bool zy_key_life_change(struct zy_key_life *life, enum zy_key_event event, zy_time at, uint64_t overlap_s,
    zy_time now, struct zy_error *err);

/* "from=T overlap=SECONDS until=T retired=T destroyed=T compromised=T"; T is RFC 3339 with Z, or never; from=always.
 * One text for each life. Errors of _parse: truncated, trailing-bytes, time. */
void zy_key_life_encode(const struct zy_key_life *life, char out[ZY_KEY_LIFE_TEXT]);
ZY_MUST_CHECK bool zy_key_life_parse(struct zy_key_life *out, struct zy_bytes in, struct zy_error *err);

/* The generation that a label, or a key's URI, names, 1..9999, and the same name without it (a view). */
unsigned zy_key_generation(struct zy_bytes name, struct zy_bytes *alias);
#define ZY_KEY_GENERATION_MAX 9999u

#endif
