#include "log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "zy/buf.h"

void zy_log(const struct zy_log *log, enum zy_log_level level, const char *event, const char *more, ...)
{
	static const char *const levels[] = { "info", "warning", "error" };
	ZY_BUF_AUTO line = { 0 };
	char now[ZY_TIME_TEXT], *text;
	json_t *head, *rest;
	va_list ap;

	zy_time_to_rfc3339(zy_now(log->clock), now);
	head = json_pack("{s:s,s:s,s:s}", "time", now, "level", levels[level], "event", event);
	if (more != NULL) {
		va_start(ap, more);
		rest = json_vpack_ex(NULL, 0, more, ap);
		va_end(ap);
		json_object_update_new(head, rest);
	}
	text = json_dumps(head, JSON_COMPACT);
	json_decref(head);
	if (text == NULL)
		return;
	zy_buf_put_str(&line, text);
	zy_buf_put_u8(&line, '\n');
	free(text);
	/* one write, so that lines of several threads do not mix; a log that cannot be written stops no signature */
	if (!line.failed && write(log->fd, line.p, line.len) < 0)
		return;
}
