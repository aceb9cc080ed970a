/* What of a home comes to an end by a date: the trust bundle, the certificates of its keys, its seals, the log's keys.
 */
#ifndef ZY_ENDS_H
#define ZY_ENDS_H

#include "zy/home.h"
#include "zy/hsm.h"
#include "zy/policy.h"

struct zy_end {
	const char *what;    /* "trust-bundle", "certificate", "seal", "log-key" */
	const char *file;    /* below HOME; NULL of a key of the log, which stands in the trust bundle */
	const char *key;     /* TOKEN/LABEL, with its generation; NULL of the bundle */
	zy_time from, until; /* ZY_KEY_ALWAYS in until: nothing there can be used */
	const char *mend;    /* the command that gives the next one */
};

enum zy_alarm { ZY_ALARM_NONE, ZY_ALARM_NOTICE, ZY_ALARM_WARNING, ZY_ALARM_URGENT, ZY_ALARM_OVER };
const char *zy_alarm_name(enum zy_alarm alarm); /* NULL of NONE */

/*
 * All of it, into the arena. Of a key's generations that sign or have a day on which they will, the one that lasts
 * longest counts; of a token that does not answer, every certificate that lies there. Seals that are not made or are
 * retired have no end. What cannot be read is over. Errors: no-memory, io (a path that is too long).
 */
ZY_MUST_CHECK bool zy_ends_collect(const struct zy_home *h, const struct zy_policy *policy, struct zy_hsm *hsm,
    zy_time now, struct zy_arena *a, const struct zy_end **ends, size_t *num, struct zy_error *err);
/* days: when NOTICE, WARNING and URGENT begin, counted down from the end. NOTICE waits until a third of the life is
 * over, else what lives for 90 days would never be without. */
enum zy_alarm zy_end_alarm(const struct zy_end *e, const unsigned days[3], zy_time now);
/* Whole days, rounded down; negative when it is over. */
int64_t zy_end_days_left(const struct zy_end *e, zy_time now);

#endif
