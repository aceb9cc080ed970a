#include "zy/note.h"

#include "lines.h"
#include "zy/text.h"

#define DASH ZY_LITERAL("\xe2\x80\x94")

static bool bad(const char *field, size_t at, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_NOTE, field, at, "%s", why);
}

/* White space of Unicode: property White_Space. */
static bool is_space(uint32_t c)
{
	return c == 0x20 || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool zy_note_name_check(struct zy_bytes name, struct zy_error *err)
{
	uint32_t c;

	if (name.len < 1 || name.len > ZY_NOTE_NAME_MAX || !zy_utf8_check(name, "name", &(struct zy_error){ 0 }))
		return bad("name", ZY_NOWHERE, "a key name has 1 to 128 octets of UTF-8", err);
	for (size_t at = 0; (c = zy_utf8_next(name, &at)) != 0;)
		if (c < 0x20 || c == 0x7f || c == '+' || is_space(c))
			return bad("name", ZY_NOWHERE, "a key name holds no spaces, controls or plus", err);
	return true;
}

/* The text and the lines behind its last blank line. */
struct parts {
	size_t text_len, num;
	struct zy_bytes lines[ZY_NOTE_SIGNATURES_MAX];
};

static bool divide(struct zy_bytes in, struct parts *p, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes line;
	bool blank = false;

	while (zy_reader_left(&r) > 0) {
		size_t at = zy_reader_offset(&r);

		if (!zy_line_take(&r, "note", &line, err))
			return false;
		if (line.len == 0) {
			p->text_len = at;
			p->num = 0;
			blank = true;
		} else if (blank) {
			if (p->num < ZY_NOTE_SIGNATURES_MAX)
				p->lines[p->num] = line;
			p->num++;
		}
	}
	if (p->num > ZY_NOTE_SIGNATURES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "signatures", ZY_NOWHERE, "a note has at most %d signatures",
		    ZY_NOTE_SIGNATURES_MAX);
	return (p->text_len > 0 && p->num > 0) ||
	       bad("note", in.len, "a note is a text, a blank line, and a signature line at least", err);
}

static bool check_text(struct zy_bytes in, struct zy_error *err)
{
	if (in.len > ZY_NOTE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "note", ZY_NOWHERE, "a note has at most %zu octets", ZY_NOTE_MAX);
	for (size_t i = 0; i < in.len; i++)
		if (in.p[i] < 0x20 && in.p[i] != '\n')
			return bad("note", i, "a note holds no control characters", err);
	return zy_utf8_check(in, "note", err);
}

/* The name ends at the first space; base64 has none. */
static bool take_name(struct zy_reader *r, struct zy_bytes *name, struct zy_error *err)
{
	struct zy_bytes rest = zy_reader_rest(r), space;
	const uint8_t *end = rest.len == 0 ? NULL : memchr(rest.p, ' ', rest.len);

	if (end == NULL)
		return bad("signature", zy_reader_offset(r), "a signature line has a name and a value", err);
	return zy_take(r, (size_t)(end - rest.p), "name", name, err) && zy_take(r, 1, "name", &space, err) &&
	       zy_note_name_check(*name, err);
}

static bool parse_signature(
    struct zy_note_signature *out, struct zy_reader *r, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO value = { .cap = 4 + ZY_NOTE_VALUE_MAX };
	size_t at = zy_reader_offset(r);
	struct zy_bytes dash, space;
	struct zy_reader v;
	uint64_t id;

	if (!zy_take(r, DASH.len, "signature", &dash, err) || !zy_take(r, 1, "signature", &space, err) ||
	    !zy_bytes_equal(dash, DASH) || space.p[0] != ' ')
		return err->code == ZY_OK && bad("signature", at, "a signature line begins with an em dash", err);
	if (!take_name(r, &out->name, err))
		return false;
	if (!zy_base64_decode(&value, zy_reader_rest(r), &(struct zy_error){ 0 }) || value.len < 5)
		return bad("signature", zy_reader_offset(r), "not the base64 of a key id and a signature", err);
	v = zy_reader_over(zy_buf_bytes(&value));
	if (!zy_take_be(&v, 4, "id", &id, err))
		return false;
	out->id = (uint32_t)id;
	return zy_arena_copy(a, zy_reader_rest(&v), &out->value, err);
}

bool zy_note_parse(struct zy_note *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader whole = zy_reader_over(in), r;
	struct zy_note n = { 0 };
	struct parts p = { 0 };

	if (!check_text(in, err) || !divide(in, &p, err) || !zy_take(&whole, p.text_len, "note", &n.text, err))
		return false;
	for (; n.num < p.num; n.num++) {
		r = zy_reader_inside(&whole, p.lines[n.num]);
		if (!parse_signature(&n.signatures[n.num], &r, a, err))
			return false;
	}
	*out = n;
	return true;
}

void zy_note_put_signature(struct zy_buf *out, const struct zy_note_signature *s)
{
	ZY_BUF_AUTO value = { 0 };

	zy_buf_put_be(&value, s->id, 4);
	zy_buf_put(&value, s->value);
	zy_buf_put(out, DASH);
	zy_buf_put_u8(out, ' ');
	zy_buf_put(out, s->name);
	zy_buf_put_u8(out, ' ');
	zy_base64_encode(out, zy_buf_bytes(&value));
	zy_buf_put_u8(out, '\n');
	out->failed = out->failed || value.failed;
}
