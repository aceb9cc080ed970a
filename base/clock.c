#include "zy/clock.h"

#include <stdio.h>
#include <time.h>

#define TIME_MIN ((zy_time)-62135596800) /* 0001-01-01T00:00:00Z */
#define TIME_MAX ((zy_time)253402300799) /* 9999-12-31T23:59:59Z */

static zy_time system_now(void *arg)
{
	(void)arg;
	return (zy_time)time(NULL);
}

const struct zy_clock zy_clock_system = { .now = system_now };

zy_time zy_now(const struct zy_clock *c)
{
	return c->now(c->arg);
}

/* Days since 1970-01-01 of a proleptic Gregorian date; y 1..9999, m 1..12, d 1..31. */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t z, int *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

struct civil {
	int y, mo, d, h, mi, s;
};

static struct civil civil_of(zy_time t)
{
	struct civil c;
	int64_t days, rest;

	t = t < TIME_MIN ? TIME_MIN : t > TIME_MAX ? TIME_MAX : t;
	days = t >= 0 ? t / 86400 : -((86399 - t) / 86400);
	rest = t - days * 86400;
	civil_from_days(days, &c.y, &c.mo, &c.d);
	c.h = (int)(rest / 3600);
	c.mi = (int)(rest / 60 % 60);
	c.s = (int)(rest % 60);
	return c;
}

void zy_time_to_rfc3339(zy_time t, char out[ZY_TIME_TEXT])
{
	struct civil c = civil_of(t);

	snprintf(out, ZY_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.y % 10000, c.mo % 100, c.d % 100, c.h % 100,
	    c.mi % 100, c.s % 100);
}

void zy_time_to_generalized(zy_time t, char out[ZY_TIME_TEXT])
{
	struct civil c = civil_of(t);

	snprintf(out, ZY_TIME_TEXT, "%04d%02d%02d%02d%02d%02dZ", c.y % 10000, c.mo % 100, c.d % 100, c.h % 100,
	    c.mi % 100, c.s % 100);
}

void zy_time_to_date(zy_time t, int utc_offset_s, char out[ZY_TIME_TEXT])
{
	struct civil c = civil_of(t == ZY_TIME_NEVER ? t : t + utc_offset_s);

	snprintf(out, ZY_TIME_TEXT, "%04d-%02d-%02d", c.y % 10000, c.mo % 100, c.d % 100);
}

/* n digits at text position *at; -1 when one is not a digit. The caller has checked the length. */
static int digits(const char *s, size_t *at, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		char c = s[(*at)++];

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	return v;
}

static bool civil_to_time(const struct civil *c, int64_t offset_s, zy_time *out)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (c->y % 4 == 0 && c->y % 100 != 0) || c->y % 400 == 0;

	if (c->y < 1 || c->mo < 1 || c->mo > 12 || c->d < 1 || c->h < 0 || c->h > 23 || c->mi < 0 || c->mi > 59 ||
	    c->s < 0 || c->s > 59)
		return false;
	if (c->d > month_days[c->mo - 1] + (c->mo == 2 && leap))
		return false;
	*out = days_from_civil(c->y, c->mo, c->d) * 86400 + c->h * 3600 + c->mi * 60 + c->s - offset_s;
	return true;
}

static bool bad_time(struct zy_error *err, const char *form)
{
	return zy_fail(err, ZY_E_TIME, "time", ZY_NOWHERE, "write the time as %s", form);
}

bool zy_time_from_rfc3339(struct zy_bytes in, zy_time *out, struct zy_error *err)
{
	static const char form[] = "2026-03-01T00:00:00Z (RFC 3339)";
	const char *s = (const char *)in.p;
	struct civil c;
	size_t at = 0;
	int oh, om;
	int64_t offset = 0;
	zy_time t;

	if ((in.len != 20 && in.len != 25) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' ||
	    s[16] != ':')
		return bad_time(err, form);
	c.y = digits(s, &at, 4), at++;
	c.mo = digits(s, &at, 2), at++;
	c.d = digits(s, &at, 2), at++;
	c.h = digits(s, &at, 2), at++;
	c.mi = digits(s, &at, 2), at++;
	c.s = digits(s, &at, 2);
	if (in.len == 20) {
		if (s[19] != 'Z')
			return bad_time(err, form);
	} else {
		if ((s[19] != '+' && s[19] != '-') || s[22] != ':')
			return bad_time(err, form);
		at = 20;
		oh = digits(s, &at, 2), at++;
		om = digits(s, &at, 2);
		if (oh < 0 || oh > 23 || om < 0 || om > 59)
			return bad_time(err, form);
		offset = (s[19] == '-' ? -1 : 1) * (oh * 3600 + om * 60);
	}
	/* An offset can lead out of the years that we write. */
	if (!civil_to_time(&c, offset, &t) || t < TIME_MIN || t > TIME_MAX)
		return bad_time(err, form);
	*out = t;
	return true;
}

static bool from_digits(struct zy_bytes in, size_t year_digits, zy_time *out)
{
	const char *s = (const char *)in.p;
	struct civil c;
	size_t at = 0;

	if (in.len != year_digits + 11 || s[in.len - 1] != 'Z')
		return false;
	c.y = digits(s, &at, year_digits);
	if (year_digits == 2 && c.y >= 0)
		c.y += c.y < 50 ? 2000 : 1900;
	c.mo = digits(s, &at, 2);
	c.d = digits(s, &at, 2);
	c.h = digits(s, &at, 2);
	c.mi = digits(s, &at, 2);
	c.s = digits(s, &at, 2);
	return civil_to_time(&c, 0, out);
}

bool zy_time_from_generalized(struct zy_bytes in, zy_time *out, struct zy_error *err)
{
	return from_digits(in, 4, out) || bad_time(err, "20260301000000Z (GeneralizedTime)");
}

bool zy_time_from_utctime(struct zy_bytes in, zy_time *out, struct zy_error *err)
{
	return from_digits(in, 2, out) || bad_time(err, "260301000000Z (UTCTime)");
}

bool zy_time_from_date(struct zy_bytes in, int utc_offset_s, zy_time *out, struct zy_error *err)
{
	const char *s = (const char *)in.p;
	struct civil c = { 0 };
	size_t at = 0;

	if (in.len != 10 || s[4] != '-' || s[7] != '-')
		return bad_time(err, "2026-03-01");
	c.y = digits(s, &at, 4), at++;
	c.mo = digits(s, &at, 2), at++;
	c.d = digits(s, &at, 2);
	return civil_to_time(&c, utc_offset_s, out) || bad_time(err, "2026-03-01, a day of the calendar");
}
