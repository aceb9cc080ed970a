#include "zy/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "zy/text.h"

static const struct {
	const char *name;
	int exit;
	const char *meaning;
} codes[] = {
#define ZY_CODE_ROW(id, name, status, meaning) { name, status, meaning },
	ZY_CODES(ZY_CODE_ROW)
#undef ZY_CODE_ROW
};

/* A message that was cut ends before the character that did not fit whole: it goes into JSON, which is UTF-8. */
static void drop_part_of_character(char *msg)
{
	size_t len = strlen(msg), start = len;

	while (start > 0 && len - start < 3 && ((uint8_t)msg[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (uint8_t)msg[start - 1] >= 0xc0) {
		uint8_t lead = (uint8_t)msg[--start];

		if (len - start < (lead < 0xe0 ? 2u : lead < 0xf0 ? 3u : 4u))
			msg[start] = 0;
	}
}

/* Words of strangers stand in messages, some cut at a number of bytes. */
static void mask_other_bytes(char *msg)
{
	struct zy_error at = { 0 };

	while (!zy_utf8_check(zy_str(msg), "message", &at)) {
		msg[at.offset] = '?';
		at = (struct zy_error){ 0 };
	}
}

bool zy_fail_set(struct zy_error *err, enum zy_code code, const char *field, size_t offset, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (err->code != ZY_OK)
		return false;
	err->code = code;
	err->field = field;
	err->offset = offset;
	va_start(ap, fmt);
	n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(err->msg))
		drop_part_of_character(err->msg);
	mask_other_bytes(err->msg);
	return false;
}

bool zy_fail_openssl(struct zy_error *err, enum zy_code code, const char *field, const char *what)
{
	unsigned long e = ERR_peek_last_error();
	const char *reason = e == 0 ? NULL : ERR_reason_error_string(e);

	ERR_clear_error();
	return zy_fail(
	    err, code, field, ZY_NOWHERE, "%s%s%s", what, reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
}

const char *zy_code_name(enum zy_code code)
{
	return code < ZY_NUM_CODES ? codes[code].name : "bug";
}

const char *zy_code_meaning(enum zy_code code)
{
	return code < ZY_NUM_CODES ? codes[code].meaning : "unknown code";
}

int zy_code_exit(enum zy_code code)
{
	return code < ZY_NUM_CODES ? codes[code].exit : 70;
}

enum zy_code zy_code_from_name(const char *name)
{
	for (size_t i = 0; i < ZY_NUM_CODES; i++)
		if (strcmp(codes[i].name, name) == 0)
			return (enum zy_code)i;
	return ZY_E_BUG;
}
