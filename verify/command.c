#include "command.h"

#include <stdio.h>

#include "internal.h"

static const char *hint_of(enum zy_code code)
{
	switch ((unsigned)code) {
	case ZY_E_USAGE:
		return "zhengyin-verify --help shows the options, with examples";
	case ZY_E_TRUST:
		return "fetch the current bundle from its publisher, or name another with --trust";
	case ZY_E_FORMAT:
		return "give a sealed .ofd or a signed .pdf file";
	case ZY_E_IO:
		return "check the path and that you may read it";
	case ZY_E_TOO_LARGE:
		return "files up to 64 MiB are judged";
	}
	return zy_code_exit(code) == 65 ? "the file is damaged: ask its issuer for it again" : NULL;
}

/* On stderr for people; with --json also as an object, so that a line is never missing. */
int zy_verify_error(bool json, const char *input, const struct zy_error *why)
{
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO out = { 0 };
	ZY_BUF_AUTO text = { 0 };
	const char *hint = hint_of(why->code);
	/* a usage error names its option in the sentence */
	bool has_field = why->code != ZY_E_USAGE && why->field != NULL && why->field[0] != 0;

	/* what a hostile file put into the sentence must not reach a terminal as it is */
	zy_text_put(&text, input == NULL ? "" : input);
	zy_buf_put_str(&text, input == NULL ? "" : ": ");
	zy_text_put(&text, why->msg);
	zy_buf_put_str(&text, has_field ? " in " : "");
	zy_text_put(&text, has_field ? why->field : "");
	fprintf(stderr, "zhengyin-verify: error: %.*s\n", (int)text.len, (const char *)text.p);
	if (hint != NULL)
		fprintf(stderr, "hint: %s\n", hint);
	if (json && zy_error_to_json(input, why, &out, &ignored))
		printf("%.*s\n", (int)out.len, (const char *)out.p);
	return zy_code_exit(why->code);
}

bool zy_verify_write(bool json, const struct zy_report *r, struct zy_error *err)
{
	ZY_BUF_AUTO out = { 0 };

	if (json ? !zy_report_to_json(r, &out, err) : !zy_report_to_text(r, &out, err))
		return false;
	zy_buf_put_u8(&out, '\n');
	if (!zy_buf_done(&out, "report", err))
		return false;
	if (fwrite(out.p, 1, out.len, stdout) == out.len && fflush(stdout) == 0)
		return true;
	return zy_fail(err, ZY_E_IO, "stdout", ZY_NOWHERE, "the report could not be written");
}
