#include <zlib.h>

#include "pdf_internal.h"
#include "zy/text.h"

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == 0;
}

static bool starts_with(struct zy_bytes v, const char *word)
{
	size_t len = strlen(word);

	return v.len >= len && memcmp(v.p, word, len) == 0;
}

/* v from its byte n on. */
static struct zy_bytes skip(struct zy_bytes v, size_t n)
{
	return ZY_BYTES(v.p + n, v.len - n);
}

/* Where `word` is next, or v.len. Its first letter is rare in compressed data, so this beats memmem by far. */
static size_t find(struct zy_bytes v, const char *word)
{
	size_t len = strlen(word), at = 0;

	while (v.len - at >= len) {
		const uint8_t *p = memchr(v.p + at, word[0], v.len - at - len + 1);

		if (p == NULL)
			break;
		at = (size_t)(p - v.p);
		if (memcmp(p, word, len) == 0)
			return at;
		at++;
	}
	return v.len;
}

size_t pdf_count(struct zy_bytes in, const char *word)
{
	size_t num = 0;

	for (size_t at; (at = find(in, word)) < in.len; num++)
		in = skip(in, at + strlen(word));
	return num;
}

static size_t count_spaces(struct zy_bytes v)
{
	size_t n = 0;

	while (n < v.len && is_space(v.p[n]))
		n++;
	return n;
}

/* Bytes of "startxref", number, "%%EOF" and one line end; 0 when v does not begin so, or when the number is 0: that
 * is the first section of a linearized file (ISO 32000-1 F.3.4), which is no revision. */
static size_t revision_tail(struct zy_bytes v)
{
	size_t n = strlen("startxref"), digits = 0;
	bool zero = true;

	n += count_spaces(skip(v, n));
	for (; n < v.len && v.p[n] >= '0' && v.p[n] <= '9'; n++, digits++)
		zero = zero && v.p[n] == '0';
	n += count_spaces(skip(v, n));
	if (digits == 0 || zero || !starts_with(skip(v, n), "%%EOF"))
		return 0;
	n += strlen("%%EOF");
	if (n < v.len && v.p[n] == '\r')
		n++;
	if (n < v.len && v.p[n] == '\n')
		n++;
	return n;
}

bool pdf_find_revisions(struct zy_pdf *out, struct zy_bytes in, struct zy_error *err)
{
	size_t at = 0, step;

	while ((step = find(skip(in, at), "startxref")) < in.len - at) {
		size_t n;

		at += step;
		n = revision_tail(skip(in, at));
		if (n > 0 && out->num_revisions == ZY_PDF_REVISIONS_MAX)
			return zy_fail(
			    err, ZY_E_TOO_LARGE, "startxref", at, "more than %d revisions", ZY_PDF_REVISIONS_MAX);
		at += n > 0 ? n : strlen("startxref");
		if (n > 0)
			out->revision_end[out->num_revisions++] = at;
	}
	if (out->num_revisions == 0)
		return zy_fail(err, ZY_E_PDF, "startxref", in.len, "no startxref with %%%%EOF: the file is cut off");
	out->num_trailing = in.len - out->revision_end[out->num_revisions - 1];
	return true;
}

/* Runs one zlib stream; every piece of output goes to `to` (or nowhere) and counts against *room. */
static int run_inflate(struct zy_bytes v, struct zy_buf *to, size_t *room)
{
	uint8_t piece[16384];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)v.p, .avail_in = (uInt)v.len };
	int rc = inflateInit(&z);

	while (rc == Z_OK) {
		size_t n;

		z.next_out = piece;
		z.avail_out = sizeof(piece);
		rc = inflate(&z, Z_NO_FLUSH);
		n = sizeof(piece) - z.avail_out;
		if (n > *room) {
			rc = Z_MEM_ERROR;
			break;
		}
		*room -= n;
		if (to != NULL)
			zy_buf_put(to, ZY_BYTES(piece, n));
		if (rc == Z_OK && n == 0 && z.avail_in == 0)
			rc = Z_DATA_ERROR;
	}
	inflateEnd(&z);
	return rc;
}

bool pdf_inflate(struct zy_bytes v, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	size_t room = cap;
	int rc = run_inflate(v, &b, &room);

	if (rc == Z_MEM_ERROR)
		return zy_fail(err, ZY_E_TOO_LARGE, "EmbeddedFile", ZY_NOWHERE, "inflates to over %zu bytes", cap);
	if (rc != Z_STREAM_END)
		return zy_fail(err, ZY_E_PDF, "EmbeddedFile", ZY_NOWHERE, "the compressed data is damaged");
	return zy_buf_done(&b, "EmbeddedFile", err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* Is a letter of the names that are searched for spelled #xx? Then a word search proves nothing. (Fresh licences
 * hold /text#2Fxml, which is none.) */
static bool has_escaped_letter(struct zy_bytes in)
{
	for (size_t at; (at = find(in, "#")) < in.len; in = skip(in, at + 1)) {
		uint8_t c;
		struct zy_error ignored = { 0 };

		if (in.len - at >= 3 && zy_unhex(ZY_BYTES(in.p + at + 1, 2), &c, 1, &ignored) && c != 0 &&
		    strchr("XRefStmObjJavaScriptAByteRange", c) != NULL)
			return true;
	}
	return false;
}

bool pdf_is_plain(struct zy_bytes in)
{
	return find(in, "/XRef") == in.len && find(in, "/ObjStm") == in.len && !has_escaped_letter(in);
}

bool pdf_check_inflated(struct zy_bytes in, struct zy_error *err)
{
	size_t room = ZY_PDF_INFLATED_MAX, at = 0, step;

	while ((step = find(skip(in, at), "stream")) < in.len - at) {
		at += step + strlen("stream");
		while (at < in.len && (in.p[at] == '\r' || in.p[at] == '\n'))
			at++;
		if (run_inflate(skip(in, at), NULL, &room) == Z_MEM_ERROR)
			return zy_fail(err, ZY_E_TOO_LARGE, "stream", at, "the streams inflate to over %zu bytes",
			    ZY_PDF_INFLATED_MAX);
	}
	return true;
}

/* Lower or upper case, not both: one spelling, so that no digit can be changed without changing the value. */
static bool hex_case_is_one(struct zy_bytes hex)
{
	bool lower = false, upper = false;

	for (size_t i = 0; i < hex.len; i++) {
		lower = lower || (hex.p[i] >= 'a' && hex.p[i] <= 'f');
		upper = upper || (hex.p[i] >= 'A' && hex.p[i] <= 'F');
	}
	return !(lower && upper);
}

static bool hex_spells(struct zy_bytes hex, struct zy_bytes contents)
{
	struct zy_error ignored = { 0 };

	if (hex.len != 2 * contents.len)
		return false;
	for (size_t i = 0; i < contents.len; i++) {
		uint8_t c;

		if (!zy_unhex(ZY_BYTES(hex.p + 2 * i, 2), &c, 1, &ignored) || c != contents.p[i])
			return false;
	}
	return true;
}

/* The bytes before the hole end with the key, so that the hole is a value of /Contents and nothing else. */
static bool follows_key(struct zy_bytes before)
{
	static const char key[] = "/Contents";
	const size_t len = sizeof(key) - 1;

	while (before.len > 0 && is_space(before.p[before.len - 1]))
		before.len--;
	return before.len >= len && memcmp(before.p + before.len - len, key, len) == 0;
}

bool pdf_check_hole(struct zy_pdf_signature *s, struct zy_bytes in, struct zy_bytes contents)
{
	struct zy_bytes hole = ZY_BYTES(in.p + s->hole_at, s->hole_len), hex;

	if (hole.len < 4 || hole.p[0] != '<' || hole.p[hole.len - 1] != '>' || !follows_key(ZY_BYTES(in.p, s->hole_at)))
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", s->hole_at,
		    "what is not covered is not exactly the value of /Contents");
	hex = ZY_BYTES(hole.p + 1, hole.len - 2);
	if (hex.len % 2 != 0 || !hex_case_is_one(hex))
		return zy_fail(&s->fault, ZY_E_PDF, "Contents", s->hole_at,
		    "hexadecimal with an odd digit or with both upper and lower case");
	if (!hex_spells(hex, contents))
		return zy_fail(&s->fault, ZY_E_PDF, "Contents", s->hole_at,
		    "what is not covered is not this signature's /Contents, or holds more than digits");
	return true;
}

static bool digits(struct zy_bytes v, size_t at, int *out)
{
	if (v.p[at] < '0' || v.p[at] > '9' || v.p[at + 1] < '0' || v.p[at + 1] > '9')
		return false;
	*out = (v.p[at] - '0') * 10 + (v.p[at + 1] - '0');
	return true;
}

bool pdf_date(struct zy_bytes v, zy_time *out)
{
	const size_t local = strlen("D:YYYYMMDDHHmmSS");
	struct zy_error ignored = { 0 };
	uint8_t text[15];
	int hours, minutes;

	if (!starts_with(v, "D:") || v.len < local + 1)
		return false;
	memcpy(text, v.p + 2, 14);
	text[14] = 'Z';
	if (!zy_time_from_generalized(ZY_BYTES(text, 15), out, &ignored))
		return false;
	v = skip(v, local);
	if (v.p[0] == 'Z')
		return v.len == 1 || zy_bytes_equal(v, ZY_LITERAL("Z00'00")) ||
		       zy_bytes_equal(v, ZY_LITERAL("Z00'00'"));
	if ((v.p[0] != '+' && v.p[0] != '-') || v.len < 6 || v.len > 7 || v.p[3] != '\'' || v.p[v.len - 1] == 0 ||
	    !digits(v, 1, &hours) || !digits(v, 4, &minutes) || (v.len == 7 && v.p[6] != '\'') || hours > 23 ||
	    minutes > 59)
		return false;
	*out += (v.p[0] == '+' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}
