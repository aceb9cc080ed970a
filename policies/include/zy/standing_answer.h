/*
 * What `zhengyin show ID --on DATE --json` answers, as a file: how a licence stood on a day, and the proofs of the log
 * from which that follows. Of the whole object only `licence` and `standing` are read; the rest of it, names and data,
 * is proved by nothing in it. `standing` is strict: no member unknown, none missing, none twice. Here it is read; what
 * its claims are worth is judged by verify/ (zy/standing_judge.h).
 */
#ifndef ZY_STANDING_ANSWER_H
#define ZY_STANDING_ANSWER_H

#include "zy/arena.h"
#include "zy/clock.h"
#include "zy/digest.h"
#include "zy/identity.h"

#define ZY_STANDING_MAX ((size_t)8 << 20) /* octets of an answer */
#define ZY_STANDING_EVENTS_MAX 2048
#define ZY_STANDING_PATH_MAX 63

struct zy_answered_hash {
	uint8_t p[ZY_HASH_LEN];
};
struct zy_answered_log {
	uint64_t index;
	struct zy_bytes leaf;
	const char *checkpoint; /* the signed note; NULL: the log's key could not be asked */
	size_t num_path;
	const struct zy_answered_hash *path;
};
struct zy_answered_event {
	uint64_t n;
	unsigned version;
	zy_time at, from;
	const char *what, *reason;
	struct zy_answered_log log;
};
struct zy_answered_rules {
	uint64_t n; /* 0: none are named */
	uint8_t digest[ZY_HASH_LEN];
	zy_time at;
	struct zy_answered_log log;
};
struct zy_standing_answer {
	const char *licence; /* identifier of the version */
	zy_time on, at;      /* at: ZY_TIME_NEVER is all that was known */
	const char *status, *reason;
	zy_time since;
	unsigned version, in_force; /* in_force 0: none */
	struct zy_answered_rules rules, rules_next;
	bool has_asked;
	struct zy_answered_log asked; /* the entry of the question itself, which says when it was answered */
	size_t num_events;
	const struct zy_answered_event *events;
	uint8_t key[ZY_HASH_LEN];
};

/* Does it look like one? By its first character and a name in it. */
bool zy_standing_answer_is(struct zy_bytes in);
/* All that out points to is in the arena. Errors: answer, too-large, no-memory. */
ZY_MUST_CHECK bool zy_standing_answer_parse(
    struct zy_standing_answer *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

#endif
