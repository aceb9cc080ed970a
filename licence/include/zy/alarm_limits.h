/*
 * From where on `zhengyin status` says that something of the vault and around it needs its operator: "alarms" in
 * HOME/config.json, an object whose members are each three numbers, for notice, warning and urgent, or null for never.
 * What is left out has its usual value.
 */
#ifndef ZY_ALARM_LIMITS_H
#define ZY_ALARM_LIMITS_H

#include "zy/error.h"

enum zy_limit {
	ZY_LIMIT_MAP,            /* "map_percent": of the map of the store that is in use; 60, 75, 90 */
	ZY_LIMIT_READER,         /* "reader_commits": how far behind the oldest look is; 5000, 50000, 500000 */
	ZY_LIMIT_DISK,           /* "disk_free_mb": MiB left where the vault lies; 4096, 1024, 256 */
	ZY_LIMIT_CHECK,          /* "check_days": since the last whole check; 8, 15, 31 */
	ZY_LIMIT_BACKUP,         /* "backup_days": since the last backup, when something was written since; 2, 4, 8 */
	ZY_LIMIT_EXPORT_HOURS,   /* "log_export_hours": that an entry of the log waits to be exported; 48, 96, 192 */
	ZY_LIMIT_EXPORT_ENTRIES, /* "log_export_entries": that wait; 10000, 100000, 1000000 */
	ZY_LIMIT_COSIGN,         /* "log_cosign_hours": that an entry waits for witnesses; 48, 96, 192 */
	ZY_LIMIT_CRL,            /* "crl_hours": until a list's nextUpdate; 48, 24, 6 */
	ZY_NUM_LIMITS
};
struct zy_limits {
	bool never;
	uint64_t at[3];
};
struct zy_alarm_limits {
	struct zy_limits of[ZY_NUM_LIMITS];
};

/* Is the lower number the worse one? */
bool zy_limit_falls(enum zy_limit which);
/* object: of config.json, or NULL. Errors: policy (a member that is unknown here, numbers out of order or over 10^9).
 */
struct json_t;
ZY_MUST_CHECK bool zy_alarm_limits_read(struct zy_alarm_limits *out, const struct json_t *object, struct zy_error *err);

#endif
