/* What of the vault and around it needs its operator: measured, and held against the limits of config.json. What ends
 * by a date of its own is in ends.h. */
#ifndef ZY_ALARMS_H
#define ZY_ALARMS_H

#include "ends.h"
#include "zy/desk.h"

struct zy_measure {
	const char *name;  /* "map" "reader" "disk" "check" "check-result" "check-files" "backup" "log-export"
			      "log-cosign" "crl" */
	const char *about; /* file below HOME; or NULL */
	enum zy_alarm alarm;
	int64_t value;
	const char *unit; /* "percent" "commits" "MiB" "days" "hours" "fault" "files" */
	const char *en, *zh, *mend;
};
#define ZY_MEASURES_MAX 16 /* at most one of each name */
struct zy_measures {
	struct zy_measure of[ZY_MEASURES_MAX];
	size_t num, alarms; /* alarms: those of them that stand */
};

/* d NULL: the vault cannot be looked at, and nothing is said of it. What cannot be measured is left out. Texts in the
 * arena. Errors: no-memory. */
ZY_MUST_CHECK bool zy_measures_take(struct zy_measures *m, const struct zy_home *h, struct zy_desk *d, zy_time now,
    struct zy_arena *a, struct zy_error *err);

#endif
