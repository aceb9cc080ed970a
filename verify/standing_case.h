/* What the files of the judgement of a day share. */
#ifndef ZY_VERIFY_STANDING_CASE_H
#define ZY_VERIFY_STANDING_CASE_H

#include "internal.h"
#include "zy/licence_day.h"
#include "zy/standing_answer.h"
#include "zy/standing_judge.h"

struct zy_standing_case {
	struct zy_case c;
	struct zy_standing_answer a;
	struct zy_when when;
	const struct zy_log_files *files; /* NULL: none were given */
	struct zy_checkpoint cp;          /* of all proofs of the answer */
	bool is_signed;                   /* by the log that the bundle names */
	struct zy_log_leaf *leaves;       /* of the events */
	struct zy_day_event *events;      /* as the leaves say them */
	struct zy_log_leaf rules, rules_next;
	struct zy_day_weighed weighed;
	struct zy_day_verdict verdict;
	zy_time newest; /* of the leaves that are proved: what comes behind the checkpoint is not older */
	zy_time known;  /* until when the log is known */
	bool witnessed; /* because witnesses say so */
	uint64_t entries;
	bool complete, rules_complete;
};

/* standing_events.c: the leaves of the answer against its own claims, their tags and their order. Errors: crypto,
 * no-memory. */
ZY_MUST_CHECK bool zy_standing_events(struct zy_standing_case *s, struct zy_error *err);
ZY_MUST_CHECK bool zy_standing_rules(struct zy_standing_case *s, struct zy_error *err);
/* The entry of the question itself. */
ZY_MUST_CHECK bool zy_standing_asked(struct zy_standing_case *s, struct zy_error *err);
/* standing_complete.c: that nothing was left out, from the answer alone or with the log's files. Errors: those of
 * zy_log_scan and zy_checkpoint_parse. */
ZY_MUST_CHECK bool zy_standing_complete(struct zy_standing_case *s, struct zy_error *err);
/* A checkpoint as a signature of the report. *good: the log that the bundle names signed it. */
ZY_MUST_CHECK bool zy_standing_signed(
    struct zy_standing_case *s, const struct zy_checkpoint *cp, bool *good, struct zy_error *err);
/* Until when the log is known by a checkpoint: what was in it, or when witnesses signed it. */
ZY_MUST_CHECK bool zy_standing_known(struct zy_standing_case *s, const struct zy_checkpoint *cp, struct zy_error *err);

#endif
