/*
 * Does a token sign by this machine's own processors, as a library does, or elsewhere, as a device does? Of the first
 * kind few signatures at once are the fastest, since its module's locks make more of them slower; the second kind takes
 * its time, and as many are asked at once as it has sessions. Threads: the caller locks.
 */
#ifndef ZY_HSM_PACE_H
#define ZY_HSM_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct zy_pace {
	unsigned looks;     /* since the last verdict */
	uint64_t least_us;  /* the least that one signature took among them */
	int64_t slow_until; /* monotonic ms */
};

/* Also before the first verdict. */
bool zy_pace_is_quick(const struct zy_pace *p, int64_t now_ms);
/* us: what one signature took. A verdict of slow holds for two seconds; then the token is tried as a quick one again.
 */
void zy_pace_look(struct zy_pace *p, uint64_t us, int64_t now_ms);

#endif
