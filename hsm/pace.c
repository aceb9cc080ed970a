#include "pace.h"

#define SLOW_US 500      /* a signature that takes longer does not take it on our processors */
#define LOOKS 8          /* each may have met a session that was new, or a busy machine */
#define SLOW_FOR_MS 2000 /* until the token is tried again as a quick one */

bool zy_pace_is_quick(const struct zy_pace *p, int64_t now_ms)
{
	return p->slow_until <= now_ms;
}

void zy_pace_look(struct zy_pace *p, uint64_t us, int64_t now_ms)
{
	if (p->looks == 0 || us < p->least_us)
		p->least_us = us;
	if (++p->looks < LOOKS)
		return;
	p->looks = 0;
	if (p->least_us > SLOW_US)
		p->slow_until = now_ms + SLOW_FOR_MS;
}
