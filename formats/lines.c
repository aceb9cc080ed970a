#include "lines.h"

#include "zy/text.h"

bool zy_line_take(struct zy_reader *r, const char *field, struct zy_bytes *line, struct zy_error *err)
{
	struct zy_bytes rest = zy_reader_rest(r), end;
	const uint8_t *newline = rest.len == 0 ? NULL : memchr(rest.p, '\n', rest.len);

	if (newline == NULL)
		return zy_fail(err, ZY_E_NOTE, field, zy_reader_offset(r), "a line is missing, or has no newline");
	return zy_take(r, (size_t)(newline - rest.p), field, line, err) && zy_take(r, 1, field, &end, err);
}

bool zy_line_decimal(struct zy_bytes line, uint64_t most, const char *field, uint64_t *out, struct zy_error *err)
{
	uint64_t v = 0;
	bool ok = line.len >= 1 && (line.len == 1 || line.p[0] != '0');

	for (size_t i = 0; ok && i < line.len; i++) {
		unsigned digit = (unsigned)line.p[i] - '0';

		ok = digit <= 9 && v <= (most - (digit <= most ? digit : most)) / 10;
		v = v * 10 + digit;
	}
	if (!ok || v > most)
		return zy_fail(
		    err, ZY_E_NOTE, field, ZY_NOWHERE, "not a decimal number, or one beyond what is allowed");
	*out = v;
	return true;
}

bool zy_line_hash(struct zy_bytes line, const char *field, uint8_t out[32], struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = 64 };

	if (line.len != 44 || !zy_base64_decode(&b, line, &(struct zy_error){ 0 }) || b.len != 32)
		return zy_fail(err, ZY_E_NOTE, field, ZY_NOWHERE, "not the base64 of a hash of 32 octets");
	memcpy(out, b.p, 32);
	return true;
}

bool zy_line_after(struct zy_bytes line, const char *word, struct zy_bytes *rest)
{
	struct zy_reader r = zy_reader_over(line);
	struct zy_error ignored = { 0 };
	struct zy_bytes begin;

	if (!zy_take(&r, strlen(word), "line", &begin, &ignored) || !zy_bytes_equal(begin, zy_str(word)) ||
	    !zy_take(&r, 1, "line", &begin, &ignored) || begin.p[0] != ' ')
		return false;
	*rest = zy_reader_rest(&r);
	return true;
}
