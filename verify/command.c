#include "command.h"

#include <stdio.h>

#include "internal.h"
#include "zy/file.h"
#include "zy/pem.h"
#include "zy/x509.h"

static const char *hint_of(enum zy_code code)
{
	switch ((unsigned)code) {
	case ZY_E_USAGE:
		return "zhengyin-verify --help shows the options, with examples";
	case ZY_E_TRUST:
		return "fetch the current bundle from its publisher, or name another with --trust";
	case ZY_E_FORMAT:
		return "give a sealed .ofd, a signed .pdf or a .p7m file; a .p7s with --detached CONTENT";
	case ZY_E_XML_ENCODING:
		return "convert it to UTF-8 and let it declare that: signatures of XML are over UTF-8 and stay good";
	case ZY_E_IO:
		return "check the path and that you may read it";
	case ZY_E_TOO_LARGE:
		return "OFD and PDF files of up to 1 GiB are judged, by their name; from a pipe, and of other formats, 64 MiB";
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

static bool begins_with(struct zy_bytes in, struct zy_bytes magic)
{
	return in.len >= magic.len && memcmp(in.p, magic.p, magic.len) == 0;
}

bool zy_verify_open(const char *path, struct zy_mapped *m, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes held;

	if (!zy_mapped_open(m, path, ZY_DOCUMENT_MAX, a, err))
		return false;
	if (m->fd == 0 || begins_with(m->bytes, ZY_LITERAL("PK\x03\x04")) || begins_with(m->bytes, ZY_LITERAL("%PDF-")))
		return true;
	/* what else is judged is read where it lies, often more than once: from memory, then */
	if (m->bytes.len > ZY_INPUT_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "file", ZY_INPUT_MAX,
		    "%.200s is larger than %zu bytes, and neither OFD nor PDF", path, ZY_INPUT_MAX);
	if (!zy_arena_copy(a, m->bytes, &held, err) || !zy_mapped_check(m, err))
		return false;
	zy_mapped_close(m);
	m->bytes = held;
	return true;
}

bool zy_verify_time(const char *text, zy_time *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	return text == NULL || zy_time_from_rfc3339(zy_str(text), out, &why) ||
	       zy_fail(
		   err, ZY_E_USAGE, "at", ZY_NOWHERE, "--at wants a time such as 2026-03-01T00:00:00Z: %.80s", why.msg);
}

bool zy_verify_blocks(const char *path, const char *label, const char *also, struct zy_bytes *out, size_t max,
    size_t *num, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes file;

	*num = 0;
	return path == NULL || (zy_file_read(path, ZY_INPUT_MAX, a, &file, err) &&
				   zy_pem_collect(file, label, also, out, max, num, a, err));
}

bool zy_verify_certs(
    const char *path, struct zy_bytes *out, size_t max, size_t *num, struct zy_arena *a, struct zy_error *err)
{
	struct zy_x509 cert;

	if (!zy_verify_blocks(path, "CERTIFICATE", "TRUSTED CERTIFICATE", out, max, num, a, err))
		return false;
	for (size_t i = 0; i < *num; i++)
		if (!zy_x509_parse(&cert, out[i], err))
			return false;
	return true;
}
