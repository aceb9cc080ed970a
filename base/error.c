#include "zy/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

static const struct {
	const char *name;
	int exit;
	const char *meaning;
} codes[] = {
#define ZY_CODE_ROW(id, name, status, meaning) { name, status, meaning },
	ZY_CODES(ZY_CODE_ROW)
#undef ZY_CODE_ROW
};

bool zy_fail_set(struct zy_error *err, enum zy_code code, const char *field, size_t offset, const char *fmt, ...)
{
	va_list ap;

	if (err->code != ZY_OK)
		return false;
	err->code = code;
	err->field = field;
	err->offset = offset;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
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
