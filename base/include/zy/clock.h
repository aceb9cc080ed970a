/*
 * Time. All times are seconds since 1970-01-01T00:00:00Z. Only a main.c makes the system's clock; everything
 * below takes a clock or an explicit `at`, so that tests fix the time.
 */
#ifndef ZY_CLOCK_H
#define ZY_CLOCK_H

#include "zy/bytes.h"

typedef int64_t zy_time;

/* Times we read and write lie in [0001-01-01, 9999-12-31]; "long term" (长期) is ZY_TIME_NEVER. */
#define ZY_TIME_NEVER INT64_MAX

struct zy_clock {
	zy_time (*now)(void *arg);
	void *arg;
};

extern const struct zy_clock zy_clock_system;
zy_time zy_now(const struct zy_clock *c);

#define ZY_TIME_TEXT 32 /* room for any text below, with its NUL */

void zy_time_to_rfc3339(zy_time t, char out[ZY_TIME_TEXT]);                /* 2026-03-01T00:00:00Z */
void zy_time_to_generalized(zy_time t, char out[ZY_TIME_TEXT]);            /* 20260301000000Z */
void zy_time_to_date(zy_time t, int utc_offset_s, char out[ZY_TIME_TEXT]); /* 2026-03-01, at that offset */
#define ZY_BEIJING_S (8 * 3600)                                            /* licences carry Beijing dates */

/* Strict forms; time on failure. RFC 3339 with Z or an offset, no fraction. */
ZY_MUST_CHECK bool zy_time_from_rfc3339(struct zy_bytes in, zy_time *out, struct zy_error *err);
/* YYYYMMDDHHMMSSZ */
ZY_MUST_CHECK bool zy_time_from_generalized(struct zy_bytes in, zy_time *out, struct zy_error *err);
/* YYMMDDHHMMSSZ, 1950..2049 (RFC 5280 4.1.2.5.1) */
ZY_MUST_CHECK bool zy_time_from_utctime(struct zy_bytes in, zy_time *out, struct zy_error *err);
/* YYYY-MM-DD as 00:00:00 at that offset; the calendar is checked. */
ZY_MUST_CHECK bool zy_time_from_date(struct zy_bytes in, int utc_offset_s, zy_time *out, struct zy_error *err);

#endif
