/* How a licence stood on a day, as commands answer it: `show --on`, `list --on`, `history --on`. */
#ifndef ZY_SERVICE_DAY_H
#define ZY_SERVICE_DAY_H

#include "cli.h"
#include "zy/day.h"

/* What --at and --on say. */
struct zy_asked_when {
	const char *at_text, *on_text;
	struct zy_when when; /* on: ZY_TIME_NEVER when --on was not given */
};
#define ZY_WHEN_OPTIONS(w)                                                                                             \
	{ "at", "TIME", "as the vault knew it then (RFC 3339)", &(w).at_text, NULL },                                  \
	{                                                                                                              \
		"on", "DATE", "as it stood at the end of that day in law (or at a TIME)", &(w).on_text, NULL           \
	}
/* Errors: usage, time. */
ZY_MUST_CHECK bool zy_asked_when_read(struct zy_asked_when *w, struct zy_error *err);
/* A day as Beijing has it, its first second or its last; or a time as it is. Errors: usage. */
ZY_MUST_CHECK bool zy_cli_day(const char *text, const char *option, bool last, zy_time *out, struct zy_error *err);

/* The member "standing" of an answer, with the proof of each event. asked: the entry of the question itself. NULL: *err
 * says why. */
json_t *zy_day_json(struct zy_desk *d, const struct zy_day *s, const struct zy_when *when,
    const struct zy_logged *asked, struct zy_arena *a, struct zy_error *err);
void zy_day_print(const struct zy_day *s, const struct zy_when *when);

#endif
