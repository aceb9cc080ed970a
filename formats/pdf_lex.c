/* Bytes to values (ISO 32000-1 7.2, 7.3), with one cursor. What two readers could take for two things is refused. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_internal.h"
#include "zy/text.h"

#define DEPTH_MAX 64
#define PENDING_MAX ((size_t)1 << 20) /* members of what is open, all levels together */
#define NAME_MAX_LEN 1024             /* 127 by the standard's annex C */
#define DIGITS_MAX 18

enum { SPACE = 1, DELIMITER = 2, DIGIT = 4, HEX = 8 };
static const uint8_t class_of[256] = { [0] = SPACE,
	['\t'] = SPACE,
	['\n'] = SPACE,
	['\f'] = SPACE,
	['\r'] = SPACE,
	[' '] = SPACE,
	['('] = DELIMITER,
	[')'] = DELIMITER,
	['<'] = DELIMITER,
	['>'] = DELIMITER,
	['['] = DELIMITER,
	[']'] = DELIMITER,
	['{'] = DELIMITER,
	['}'] = DELIMITER,
	['/'] = DELIMITER,
	['%'] = DELIMITER,
	['0'] = DIGIT | HEX,
	['1'] = DIGIT | HEX,
	['2'] = DIGIT | HEX,
	['3'] = DIGIT | HEX,
	['4'] = DIGIT | HEX,
	['5'] = DIGIT | HEX,
	['6'] = DIGIT | HEX,
	['7'] = DIGIT | HEX,
	['8'] = DIGIT | HEX,
	['9'] = DIGIT | HEX,
	['a'] = HEX,
	['b'] = HEX,
	['c'] = HEX,
	['d'] = HEX,
	['e'] = HEX,
	['f'] = HEX,
	['A'] = HEX,
	['B'] = HEX,
	['C'] = HEX,
	['D'] = HEX,
	['E'] = HEX,
	['F'] = HEX };

static bool take_value(struct pdf_lexer *l, struct pdf_value *out, unsigned depth, struct zy_error *err);

static size_t place_of(const struct pdf_lexer *l, size_t at)
{
	return l->origin == ZY_NOWHERE ? ZY_NOWHERE : l->origin + at;
}

bool pdf_lex_fail(struct pdf_lexer *l, struct zy_error *err, const char *why)
{
	return zy_fail(err, ZY_E_PDF, "PDF", place_of(l, l->at), "the file is damaged: %s", why);
}

void pdf_lexer_free(struct pdf_lexer *l)
{
	free(l->stack);
	l->stack = NULL;
	l->num = l->room = 0;
}

void pdf_skip_space(struct pdf_lexer *l)
{
	while (l->at < l->in.len) {
		uint8_t c = l->in.p[l->at];

		if (c == '%')
			while (l->at < l->in.len && l->in.p[l->at] != '\n' && l->in.p[l->at] != '\r')
				l->at++;
		else if ((class_of[c] & SPACE) != 0)
			l->at++;
		else
			return;
	}
}

/* Regular characters from here on (7.2.2). */
static struct zy_bytes regular(const struct pdf_lexer *l)
{
	size_t end = l->at;

	while (end < l->in.len && (class_of[l->in.p[end]] & (SPACE | DELIMITER)) == 0)
		end++;
	return ZY_BYTES(l->in.p + l->at, end - l->at);
}

bool pdf_take_word(struct pdf_lexer *l, const char *word)
{
	struct zy_bytes v = regular(l);

	if (!zy_bytes_equal(v, zy_str(word)))
		return false;
	l->at += v.len;
	return true;
}

bool pdf_take_number(struct pdf_lexer *l, size_t *out)
{
	struct zy_bytes v = regular(l);
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++) {
		if ((class_of[v.p[i]] & DIGIT) == 0 || i == 10)
			return false;
		n = n * 10 + (size_t)(v.p[i] - '0');
	}
	*out = n;
	l->at += v.len;
	return v.len > 0;
}

/* ---- names, strings, numbers ---- */

static bool name_equals(struct zy_bytes v, const char *word)
{
	return zy_bytes_equal(v, zy_str(word));
}

static void look_at_name(struct pdf_seen *seen, struct zy_bytes v)
{
	if (seen == NULL || v.len == 0)
		return;
	if (v.p[0] == 'J' && (name_equals(v, "JS") || name_equals(v, "JavaScript")))
		seen->javascript = true;
	if (v.p[0] == 'A' && name_equals(v, "AA"))
		seen->additional_actions = true;
	if (v.p[0] == 'B' && name_equals(v, "ByteRange"))
		seen->num_ranges++;
}

/* #xx stands for a byte other than 00 (7.3.5). */
static bool unescape(struct pdf_lexer *l, struct zy_bytes v, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	uint8_t *to = zy_arena_alloc(l->arena, v.len, err);
	size_t len = 0;

	if (to == NULL)
		return false;
	for (size_t i = 0; i < v.len; i++, len++) {
		to[len] = v.p[i];
		if (v.p[i] != '#')
			continue;
		if (v.len - i < 3 || !zy_unhex(ZY_BYTES(v.p + i + 1, 2), to + len, 1, &ignored) || to[len] == 0)
			return pdf_lex_fail(l, err, "a name has a # without two digits");
		i += 2;
	}
	*out = ZY_BYTES(to, len);
	return true;
}

static bool take_name(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err)
{
	struct zy_bytes v;

	l->at++;
	v = regular(l);
	if (v.len > NAME_MAX_LEN)
		return pdf_lex_fail(l, err, "a name is too long");
	/* some programs take a vertical tab for white space */
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] < ' ')
			return pdf_lex_fail(l, err, "a name holds a control character");
	l->at += v.len;
	out->kind = PDF_NAME;
	out->as.text = v;
	if (v.len > 0 && memchr(v.p, '#', v.len) != NULL && !unescape(l, v, &out->as.text, err))
		return false;
	look_at_name(l->seen, out->as.text);
	return true;
}

static bool take_literal(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err)
{
	size_t from = l->at;
	unsigned depth = 0;

	for (; l->at < l->in.len; l->at++) {
		uint8_t c = l->in.p[l->at];

		if (c == '\\')
			l->at += l->at + 1 < l->in.len; /* never past the end: it is the place that is told */
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			break;
	}
	if (l->at >= l->in.len)
		return pdf_lex_fail(l, err, "a string has no end");
	l->at++;
	out->kind = PDF_STRING;
	out->as.text = ZY_BYTES(l->in.p + from, l->at - from);
	return true;
}

/* Digits and white space, nothing else. */
static bool take_hex(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err)
{
	size_t from = l->at, len;
	const uint8_t *p = l->in.p + from + 1, *end = memchr(p, '>', l->in.len - from - 1);
	uint8_t all = HEX;

	if (end == NULL)
		return pdf_lex_fail(l, err, "a string has no end");
	len = (size_t)(end - p);
	static_assert(SPACE << 3 == HEX, "a blank is as good as a digit");
	for (size_t i = 0; i < len; i++)
		all &= (uint8_t)(class_of[p[i]] | class_of[p[i]] << 3);
	if (all == 0)
		return pdf_lex_fail(l, err, "a hexadecimal string holds something else");
	l->at = from + 1 + len + 1;
	out->kind = PDF_STRING;
	out->as.text = ZY_BYTES(l->in.p + from, l->at - from);
	return true;
}

static bool take_figure(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err)
{
	struct zy_bytes v = regular(l);
	size_t i = v.p[0] == '+' || v.p[0] == '-' ? 1 : 0, digits = 0, dots = 0;
	long long n = 0;

	for (; i < v.len; i++) {
		if (v.p[i] == '.') {
			dots++;
		} else if ((class_of[v.p[i]] & DIGIT) != 0) {
			digits++;
			n = digits <= DIGITS_MAX && dots == 0 ? n * 10 + (v.p[i] - '0') : n;
		} else {
			break;
		}
	}
	if (i < v.len || digits == 0 || dots > 1 || (dots == 0 && digits > DIGITS_MAX))
		return pdf_lex_fail(l, err, "what begins like a number is none");
	l->at += v.len;
	out->kind = dots == 0 ? PDF_INT : PDF_REAL;
	if (dots == 0)
		out->as.integer = v.p[0] == '-' ? -n : n;
	else
		out->as.text = v;
	return true;
}

static bool take_keyword(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err)
{
	bool yes = pdf_take_word(l, "true");

	out->kind = PDF_BOOL;
	out->as.truth = yes;
	if (yes || pdf_take_word(l, "false"))
		return true;
	out->kind = PDF_NULL;
	if (pdf_take_word(l, "null"))
		return true;
	return pdf_lex_fail(l, err, "a value is expected");
}

/* ---- arrays and dictionaries ---- */

static bool push(struct pdf_lexer *l, const struct pdf_value *v, struct zy_error *err)
{
	if (l->num == l->room) {
		size_t room = l->room == 0 ? 64 : 2 * l->room;
		struct pdf_value *more = room > PENDING_MAX ? NULL : realloc(l->stack, room * sizeof(*more));

		if (more == NULL)
			return room > PENDING_MAX
				   ? zy_fail(err, ZY_E_TOO_LARGE, "PDF", place_of(l, l->at), "a list is too long")
				   : zy_fail(err, ZY_E_NO_MEMORY, "PDF", ZY_NOWHERE, "no memory");
		l->stack = more;
		l->room = room;
	}
	l->stack[l->num++] = *v;
	return true;
}

static bool is_number(const struct pdf_value *v, long long max)
{
	return v->kind == PDF_INT && v->as.integer >= 0 && v->as.integer <= max;
}

/* "N G R": the last two members become one. */
static bool reduce_reference(struct pdf_lexer *l, size_t first, struct zy_error *err)
{
	struct pdf_value *n = l->num - first < 2 ? NULL : &l->stack[l->num - 2];

	if (n == NULL || !is_number(&n[0], UINT32_MAX) || !is_number(&n[1], 65535) || n[0].as.integer == 0)
		return pdf_lex_fail(l, err, "an R without an object's number and generation");
	n[0].kind = PDF_REF;
	n[0].as.number = (unsigned)n[0].as.integer;
	n[0].generation = (unsigned)n[1].as.integer;
	l->num--;
	return true;
}

/* Members up to the closing character, which comes once (array) or twice. */
static bool take_members(struct pdf_lexer *l, uint8_t close, unsigned depth, struct zy_error *err)
{
	size_t first = l->num;

	for (;;) {
		struct pdf_value v = { 0 };

		pdf_skip_space(l);
		if (l->at >= l->in.len)
			return pdf_lex_fail(l, err, "a list has no end");
		if (l->in.p[l->at] == close)
			return true;
		if (l->in.p[l->at] == 'R' && pdf_take_word(l, "R")) {
			if (!reduce_reference(l, first, err))
				return false;
			continue;
		}
		if (!take_value(l, &v, depth + 1, err) || !push(l, &v, err))
			return false;
	}
}

static bool keep_members(struct pdf_lexer *l, size_t first, struct pdf_value *out, struct zy_error *err)
{
	size_t num = l->num - first;
	struct pdf_value *item = zy_arena_array(l->arena, num + 1, sizeof(*item), err);

	if (item == NULL)
		return false;
	if (num > 0)
		memcpy(item, l->stack + first, num * sizeof(*item));
	l->num = first;
	out->as.list.item = item;
	out->as.list.num = num;
	return true;
}

static bool take_array(struct pdf_lexer *l, struct pdf_value *out, unsigned depth, struct zy_error *err)
{
	size_t first = l->num;

	l->at++;
	if (!take_members(l, ']', depth, err))
		return false;
	l->at++;
	out->kind = PDF_ARRAY;
	return keep_members(l, first, out, err);
}

struct pair {
	struct pdf_value key, value;
};

static int by_key(const void *a, const void *b)
{
	const struct zy_bytes x = ((const struct pair *)a)->key.as.text, y = ((const struct pair *)b)->key.as.text;
	size_t len = x.len < y.len ? x.len : y.len;
	int order = len == 0 ? 0 : memcmp(x.p, y.p, len);

	return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
}

static void sort_pairs(struct pair *p, size_t num)
{
	if (num > 32) {
		qsort(p, num, sizeof(*p), by_key);
		return;
	}
	for (size_t i = 1; i < num; i++) {
		struct pair v = p[i];
		size_t k = i;

		for (; k > 0 && by_key(&p[k - 1], &v) > 0; k--)
			p[k] = p[k - 1];
		p[k] = v;
	}
}

static bool take_dict(struct pdf_lexer *l, struct pdf_value *out, unsigned depth, struct zy_error *err)
{
	size_t first = l->num, num;
	struct pair *p;

	l->at += 2;
	if (!take_members(l, '>', depth, err))
		return false;
	num = (l->num - first) / 2;
	if (l->in.len - l->at < 2 || l->in.p[l->at + 1] != '>' || (l->num - first) % 2 != 0)
		return pdf_lex_fail(l, err, "a dictionary is not made of pairs");
	l->at += 2;
	static_assert(sizeof(struct pair) == 2 * sizeof(struct pdf_value), "a pair is two members");
	p = num == 0 ? NULL : (struct pair *)(l->stack + first);
	for (size_t i = 0; i < num; i++)
		if (p[i].key.kind != PDF_NAME)
			return pdf_lex_fail(l, err, "a key of a dictionary is no name");
	sort_pairs(p, num);
	for (size_t i = 1; i < num; i++)
		if (by_key(&p[i - 1], &p[i]) == 0)
			return pdf_lex_fail(l, err, "a dictionary has a key twice");
	out->kind = PDF_DICT;
	return keep_members(l, first, out, err);
}

static bool take_value(struct pdf_lexer *l, struct pdf_value *out, unsigned depth, struct zy_error *err)
{
	uint8_t c;

	if (depth > DEPTH_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "PDF", place_of(l, l->at), "values lie more than %d deep", DEPTH_MAX);
	if (l->at >= l->in.len)
		return pdf_lex_fail(l, err, "a value is expected");
	out->at = place_of(l, l->at);
	c = l->in.p[l->at];
	if (c == '/')
		return take_name(l, out, err);
	if (c == '(')
		return take_literal(l, out, err);
	if (c == '[')
		return take_array(l, out, depth, err);
	if (c == '<')
		return l->in.len - l->at > 1 && l->in.p[l->at + 1] == '<' ? take_dict(l, out, depth, err)
									  : take_hex(l, out, err);
	if ((class_of[c] & DIGIT) != 0 || c == '+' || c == '-' || c == '.')
		return take_figure(l, out, err);
	return take_keyword(l, out, err);
}

bool pdf_take_value(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err)
{
	struct pdf_value v = { 0 };

	l->num = 0;
	pdf_skip_space(l);
	if (!take_value(l, &v, 0, err))
		return false;
	*out = v;
	return true;
}
