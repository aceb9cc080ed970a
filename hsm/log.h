/* The signer's log: one JSON object a line. Never content, numbers of people, or PINs. */
#ifndef ZY_HSM_LOG_H
#define ZY_HSM_LOG_H

#include "zy/clock.h"

struct zy_log {
	const struct zy_clock *clock;
	int fd;
};

enum zy_log_level { ZY_LOG_INFO, ZY_LOG_WARNING, ZY_LOG_ERROR };

/* event: a stable kebab-case name; more: members in jansson's json_pack form, "{s:s}", or NULL. */
void zy_log(const struct zy_log *log, enum zy_log_level level, const char *event, const char *more, ...);

#endif
