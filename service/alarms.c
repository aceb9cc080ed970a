#include "alarms.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cmd_log.h"
#include "zy/cosigned.h"
#include "zy/crl.h"
#include "zy/feed.h"
#include "zy/kept.h"
#include "zy/follow.h"
#include "zy/secret_home.h"
#include "zy/vault_care.h"
#include "zy/vault_files.h"

enum { HOUR_S = 3600, DAY_S = 86400 };

struct work {
	struct zy_measures *m;
	const struct zy_home *h;
	struct zy_desk *d;
	zy_time now;
	struct zy_arena *a;
	struct zy_error *err;
};

static enum zy_alarm level_of(const struct zy_home *h, enum zy_limit which, uint64_t value)
{
	const struct zy_limits *l = &h->alarms.of[which];

	for (int i = 2; !l->never && i >= 0; i--)
		if (zy_limit_falls(which) ? value < l->at[i] : value >= l->at[i])
			return ZY_ALARM_NOTICE + (enum zy_alarm)i;
	return ZY_ALARM_NONE;
}

static bool add(struct work *w, struct zy_measure one)
{
	if (one.en == NULL || one.zh == NULL || one.mend == NULL)
		return false;
	w->m->alarms += one.alarm != ZY_ALARM_NONE;
	w->m->of[w->m->num++] = one;
	return true;
}

#define SAY(w, ...) zy_arena_printf((w)->a, (w)->err, __VA_ARGS__)

/* A clock that was set back makes nothing old. */
static uint64_t since(const struct work *w, zy_time then)
{
	return w->now > then ? (uint64_t)(w->now - then) : 0;
}

static bool look_at_map(struct work *w, const struct zy_vault_watch *v)
{
	const uint64_t percent = v->room_bytes == 0 ? 100 : v->used_bytes * 100 / v->room_bytes;

	return add(
	    w, (struct zy_measure){ .name = "map",
		   .alarm = level_of(w->h, ZY_LIMIT_MAP, percent),
		   .value = (int64_t)percent,
		   .unit = "percent",
		   .en = SAY(w, "%" PRIu64 " percent of the vault's map are in use", percent),
		   .zh = SAY(w, "证照库映射空间已用 %" PRIu64 "%%", percent),
		   .mend = "end the command that has the vault open and start it again: opening it makes room" });
}

static bool look_at_readers(struct work *w, const struct zy_vault_watch *v)
{
	return add(
	    w, (struct zy_measure){ .name = "reader",
		   .alarm = level_of(w->h, ZY_LIMIT_READER, v->reader_lag),
		   .value = (int64_t)v->reader_lag,
		   .unit = "commits",
		   .en = v->reader_lag == 0 ? "no look at the vault holds old pages"
					    : SAY(w,
						  "process %" PRId64 " looks at the vault as it was %" PRIu64
						  " commits ago: the vault grows by what it holds",
						  v->reader_pid, v->reader_lag),
		   .zh = v->reader_lag == 0
			     ? "没有读取者占用旧页"
			     : SAY(w, "进程 %" PRId64 " 仍在读取 %" PRIu64 " 次提交之前的证照库，其占用的页不能回收",
				   v->reader_pid, v->reader_lag),
		   .mend = v->reader_lag == 0 ? "" : SAY(w, "end process %" PRId64 " when it hangs", v->reader_pid) });
}

static bool look_at_check(struct work *w, const struct zy_vault_watch *v)
{
	struct zy_error ignored = { 0 };
	struct zy_check_figures f;
	zy_time then;
	uint64_t days;
	bool found;

	if (!zy_vault_check_last(w->d->whole, &f, &found, &ignored))
		return true;
	then = f.ended > 0 ? f.ended : v->begun;
	days = v->begun == 0 ? 0 : since(w, then) / DAY_S;
	if (f.fault[0] != 0 &&
	    !add(w, (struct zy_measure){ .name = "check-result",
			.alarm = ZY_ALARM_URGENT,
			.value = 1,
			.unit = "fault",
			.en = SAY(w, "the last check of the vault found: %s", f.fault),
			.zh = SAY(w, "最近一次自检发现问题：%s", f.fault),
			.mend = "zhengyin check names it; when it still does, zhengyin restore from a backup" }))
		return false;
	return add(w,
	    (struct zy_measure){ .name = "check",
		.alarm = level_of(w->h, ZY_LIMIT_CHECK, days),
		.value = (int64_t)days,
		.unit = "days",
		.en = f.ended > 0 ? SAY(w, "the last whole check of the vault ended %" PRIu64 " days ago", days)
				  : SAY(w, "no check of the vault has ended since it began %" PRIu64 " days ago", days),
		.zh = f.ended > 0 ? SAY(w, "距上次完整自检已 %" PRIu64 " 天", days)
				  : SAY(w, "建库 %" PRIu64 " 天以来从未完成自检", days),
		.mend = w->d->secret ? "zhengyin check --secret" : "zhengyin check" });
}

static bool look_at_backup(struct work *w, const struct zy_vault_watch *v)
{
	const bool behind = v->backed_up ? v->backup_behind > 0 : v->begun != 0;
	const uint64_t days = behind ? since(w, v->backed_up ? v->backup_at : v->begun) / DAY_S : 0;

	return add(
	    w, (struct zy_measure){ .name = "backup",
		   .alarm = behind ? level_of(w->h, ZY_LIMIT_BACKUP, days) : ZY_ALARM_NONE,
		   .value = (int64_t)days,
		   .unit = "days",
		   .en = !behind ? "the backup has all that was written"
			 : v->backed_up
			     ? SAY(w, "the last backup is %" PRIu64 " days old, %" PRIu64 " writes are not in it", days,
				   v->backup_behind)
			     : SAY(w, "there was no backup since the vault began %" PRIu64 " days ago", days),
		   .zh = !behind ? "备份已包含全部写入"
			 : v->backed_up ? SAY(w, "上次备份已过 %" PRIu64 " 天，其后有 %" PRIu64 " 次写入未备份", days,
					      v->backup_behind)
					: SAY(w, "%" PRIu64 " 天以来没有备份", days),
		   .mend = w->d->secret ? "zhengyin backup --secret DIR" : "zhengyin backup DIR" });
}

static bool take_time(void *arg, const struct zy_feed_event *e)
{
	*(zy_time *)arg = e->at;
	return true;
}

/* Hours since the first entry behind `size` was recorded. */
static bool waits(struct work *w, uint64_t size, uint64_t events, uint64_t *hours)
{
	struct zy_error ignored = { 0 };
	zy_time first = w->now;
	uint64_t next;

	*hours = 0;
	if (size >= events)
		return true;
	if (!zy_vault_feed(w->d->whole, size + 1, 1, take_time, &first, &next, &ignored))
		return false;
	*hours = since(w, first) / HOUR_S;
	return true;
}

static bool look_at_export(struct work *w, uint64_t events)
{
	struct zy_error ignored = { 0 };
	struct zy_mark mark = { 0 };
	enum zy_alarm by_hours, by_entries;
	uint64_t hours, entries;
	bool found;

	if (!zy_vault_mark(w->d->whole, ZY_SOURCE_EXPORTED, &mark, &found, &ignored) ||
	    !waits(w, mark.number, events, &hours))
		return true;
	entries = events > mark.number ? events - mark.number : 0;
	by_hours = level_of(w->h, ZY_LIMIT_EXPORT_HOURS, hours);
	by_entries = level_of(w->h, ZY_LIMIT_EXPORT_ENTRIES, entries);
	return add(
	    w, (struct zy_measure){ .name = "log-export",
		   .alarm = by_hours > by_entries ? by_hours : by_entries,
		   .value = (int64_t)hours,
		   .unit = "hours",
		   .en = SAY(w, "%" PRIu64 " entries of the log wait to be exported, the first for %" PRIu64 " hours",
		       entries, hours),
		   .zh = SAY(w, "透明日志有 %" PRIu64 " 条尚未导出，最早一条已等待 %" PRIu64 " 小时", entries, hours),
		   .mend = "zhengyin log export DIR" });
}

static bool look_at_witnesses(struct work *w, uint64_t events)
{
	struct zy_error ignored = { 0 };
	struct zy_cosigned k = { 0 };
	uint64_t size = 0, hours;

	if (w->d->trust.witness_least == 0)
		return true;
	/* what does not hold covers nothing */
	if (zy_cosigned_get(w->d, ZY_COSIGNED_WITNESSED, w->a, &k, &ignored) && zy_cosigned_is_enough(w->d, &k))
		size = k.checkpoint.head.size;
	if (!waits(w, size, events, &hours))
		return true;
	return add(
	    w, (struct zy_measure){ .name = "log-cosign",
		   .alarm = level_of(w->h, ZY_LIMIT_COSIGN, hours),
		   .value = (int64_t)hours,
		   .unit = "hours",
		   .en = SAY(w, "%" PRIu64 " entries of the log wait for witnesses, the first for %" PRIu64 " hours",
		       events > size ? events - size : 0, hours),
		   .zh = SAY(w, "透明日志有 %" PRIu64 " 条未经见证，最早一条已等待 %" PRIu64 " 小时",
		       events > size ? events - size : 0, hours),
		   .mend = "zhengyin log ask" });
}

static bool look_at_vault(struct work *w)
{
	struct zy_error ignored = { 0 };
	struct zy_vault_watch v;

	if (w->d == NULL || !zy_vault_watch(w->d->whole, &v, &ignored))
		return true;
	return look_at_map(w, &v) && look_at_readers(w, &v) && look_at_check(w, &v) && look_at_backup(w, &v) &&
	       (w->d->secret || (look_at_export(w, v.events) && look_at_witnesses(w, v.events)));
}

static bool look_at_disk(struct work *w, bool secret)
{
	const char *folder = zy_home_path(w->h, w->a, w->err, "%s", secret ? ZY_SECRET_FOLDER : "vault");
	struct statvfs fs;
	uint64_t mib;

	if (folder == NULL)
		return false;
	if (statvfs(folder, &fs) != 0)
		return true;
	mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	return add(w, (struct zy_measure){ .name = "disk",
			  .alarm = level_of(w->h, ZY_LIMIT_DISK, mib),
			  .value = (int64_t)mib,
			  .unit = "MiB",
			  .en = SAY(w, "%" PRIu64 " MiB are free on the disk of the vault", mib),
			  .zh = SAY(w, "证照库所在磁盘剩余 %" PRIu64 " MiB", mib),
			  .mend = "free disk space, or move the home to a larger disk" });
}

/* Of a list that lives shortly each alarm waits until a third, a sixth, a twelfth of its life is left. */
static enum zy_alarm crl_level(const struct work *w, const struct zy_crl *crl)
{
	const struct zy_limits *l = &w->h->alarms.of[ZY_LIMIT_CRL];
	const zy_time life = crl->next_update - crl->this_update, left = crl->next_update - w->now;

	for (int i = 2; !l->never && i >= 0; i--)
		if (left <= (zy_time)l->at[i] * HOUR_S && left <= life / (3 << i))
			return left < 0 ? ZY_ALARM_OVER : ZY_ALARM_NOTICE + (enum zy_alarm)i;
	return ZY_ALARM_NONE;
}

struct list {
	const char *name; /* NULL: there is none */
	enum zy_alarm alarm;
	int64_t hours;
};

/* The one that ends worst is told of: there may be hundreds, published together. */
static bool look_at_list(struct work *w, const char *name, struct list *worst)
{
	const char *path = zy_home_path(w->h, w->a, w->err, "crl/%s", name);
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes der;
	struct zy_crl crl;
	struct list one;

	if (path == NULL)
		return false;
	if (!zy_kept_read(path, ZY_CRL_MAX, &a, &der, &ignored) || !zy_crl_parse(&crl, der, &ignored) || !crl.has_next)
		return true;
	one = (struct list){ name, crl_level(w, &crl), (crl.next_update - w->now) / HOUR_S };
	if (worst->name == NULL || one.alarm > worst->alarm || (one.alarm == worst->alarm && one.hours < worst->hours))
		*worst = one;
	return true;
}

static bool add_list(struct work *w, const struct list *l)
{
	return add(
	    w, (struct zy_measure){ .name = "crl",
		   .about = SAY(w, "crl/%s", l->name),
		   .alarm = l->alarm,
		   .value = l->hours,
		   .unit = "hours",
		   .en = SAY(w, "the revocation list crl/%s is good for %" PRId64 " hours", l->name, l->hours),
		   .zh = SAY(w, "吊销列表 crl/%s 距下次更新 %" PRId64 " 小时", l->name, l->hours),
		   .mend = strncmp(l->name, "root-", 5) == 0
			       ? "zhengyin ceremony plan crl --out PLAN; two officers approve it, then ceremony run"
			       : "zhengyin ca crl" });
}

static int is_list(const struct dirent *e)
{
	const size_t len = strlen(e->d_name);

	return len > 4 && strcmp(e->d_name + len - 4, ".crl") == 0;
}

static bool look_at_lists(struct work *w)
{
	const char *folder = zy_home_path(w->h, w->a, w->err, "crl");
	struct dirent **names = NULL;
	struct list worst = { 0 };
	bool ok = folder != NULL;
	int num = ok ? scandir(folder, &names, is_list, alphasort) : -1;

	for (int i = 0; i < num; i++)
		ok = ok && look_at_list(w, names[i]->d_name, &worst);
	ok = ok && (worst.name == NULL || add_list(w, &worst));
	for (int i = 0; i < num; i++)
		free(names[i]);
	free(names);
	return ok;
}

static bool look_at_files(struct work *w)
{
	const char *folder = zy_home_path(w->h, w->a, w->err, "vault");
	struct zy_files_note n = { .found = 1, .fault = "vault-corrupt" }; /* of a note that cannot be read */
	struct zy_error ignored = { 0 };
	bool found = false;

	if (folder == NULL)
		return false;
	if (zy_files_note_read(folder, &n, &found, &ignored) && !found)
		return true;
	return add(w,
	    (struct zy_measure){ .name = "check-files",
		.alarm = ZY_ALARM_URGENT,
		.value = (int64_t)n.found,
		.unit = "files",
		.en = SAY(w, "the last check of the home's files found %" PRIu64 " that are not what was written: %s",
		    n.found, n.fault),
		.zh = SAY(w, "最近一次文件自检发现 %" PRIu64 " 个文件与写入时不符：%s", n.found, n.fault),
		.mend = "zhengyin check --only files names them; bring them back from a backup" });
}

bool zy_measures_take(struct zy_measures *m, const struct zy_home *h, struct zy_desk *d, zy_time now,
    struct zy_arena *a, struct zy_error *err)
{
	struct work w = { .m = m, .h = h, .d = d, .now = now, .a = a, .err = err };

	*m = (struct zy_measures){ 0 };
	return look_at_files(&w) && look_at_vault(&w) && look_at_disk(&w, d != NULL && d->secret) && look_at_lists(&w);
}
