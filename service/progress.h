/* Work that takes long, as the person before it sees it: a line on stderr, and Ctrl-C to stop at the next good place.
 */
#ifndef ZY_PROGRESS_H
#define ZY_PROGRESS_H

#include "zy/vault_care.h"

struct zy_progress {
	const char *name; /* of the work */
	int64_t shown_ms; /* monotonic: when the last line was written */
	const char *what;
	bool open; /* the line on the terminal is not ended yet */
};
/* From now on SIGINT and SIGTERM are asked about, once; a second one ends the process. */
void zy_progress_begin(struct zy_progress *p, const char *name);
/* The step of a zy_care, with a zy_progress: false after a signal. */
bool zy_progress_step(void *arg, const struct zy_care_step *s);
void zy_progress_end(struct zy_progress *p);

#endif
