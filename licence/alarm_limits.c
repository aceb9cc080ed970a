#include "zy/alarm_limits.h"

#include <string.h>

#include <jansson.h>

enum { NUMBER_MAX = 1000000000 };

static const struct {
	const char *name;
	bool falls;
	struct zy_limits usual;
} known[ZY_NUM_LIMITS] = {
	[ZY_LIMIT_MAP] = { "map_percent", false, { .at = { 60, 75, 90 } } },
	[ZY_LIMIT_READER] = { "reader_commits", false, { .at = { 5000, 50000, 500000 } } },
	[ZY_LIMIT_DISK] = { "disk_free_mb", true, { .at = { 4096, 1024, 256 } } },
	[ZY_LIMIT_CHECK] = { "check_days", false, { .at = { 8, 15, 31 } } },
	[ZY_LIMIT_BACKUP] = { "backup_days", false, { .at = { 2, 4, 8 } } },
	[ZY_LIMIT_EXPORT_HOURS] = { "log_export_hours", false, { .at = { 48, 96, 192 } } },
	[ZY_LIMIT_EXPORT_ENTRIES] = { "log_export_entries", false, { .at = { 10000, 100000, 1000000 } } },
	[ZY_LIMIT_COSIGN] = { "log_cosign_hours", false, { .at = { 48, 96, 192 } } },
	[ZY_LIMIT_CRL] = { "crl_hours", true, { .at = { 48, 24, 6 } } },
};

bool zy_limit_falls(enum zy_limit which)
{
	return known[which].falls;
}

static bool read_one(struct zy_limits *out, const json_t *value, bool falls)
{
	uint64_t before = falls ? NUMBER_MAX : 0;

	*out = (struct zy_limits){ .never = json_is_null(value) };
	if (out->never)
		return true;
	for (size_t i = 0; i < 3; i++) {
		const json_t *v = json_array_get(value, i);
		json_int_t n = json_integer_value(v);

		if (!json_is_integer(v) || n < 0 || n > NUMBER_MAX)
			return false;
		out->at[i] = (uint64_t)n;
		if (falls ? out->at[i] > before : out->at[i] < before)
			return false;
		before = out->at[i];
	}
	return json_array_size(value) == 3;
}

bool zy_alarm_limits_read(struct zy_alarm_limits *out, const json_t *object, struct zy_error *err)
{
	size_t taken = 0;

	if (object != NULL && !json_is_object(object))
		return zy_fail(err, ZY_E_POLICY, "alarms", ZY_NOWHERE, "config.json: alarms is an object");
	for (enum zy_limit i = 0; i < ZY_NUM_LIMITS; i++) {
		const json_t *value = json_object_get(object, known[i].name);

		out->of[i] = known[i].usual;
		taken += value != NULL;
		if (value != NULL && !read_one(&out->of[i], value, known[i].falls))
			return zy_fail(err, ZY_E_POLICY, known[i].name, ZY_NOWHERE,
			    "config.json: %s of alarms is null or three numbers, the mildest first, such as [%llu, "
			    "%llu, %llu]",
			    known[i].name, (unsigned long long)known[i].usual.at[0],
			    (unsigned long long)known[i].usual.at[1], (unsigned long long)known[i].usual.at[2]);
	}
	return taken == json_object_size(object) ||
	       zy_fail(err, ZY_E_POLICY, "alarms", ZY_NOWHERE, "config.json: alarms has a member that is not known");
}
