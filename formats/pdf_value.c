/* Values compared, and their strings read (ISO 32000-1 7.3). */
#include <string.h>

#include "pdf_internal.h"
#include "zy/text.h"

const struct pdf_value pdf_null = { .at = ZY_NOWHERE };

static int key_order(struct zy_bytes key, const char *word, size_t len)
{
	size_t common = key.len < len ? key.len : len;
	int order = common == 0 ? 0 : memcmp(key.p, word, common);

	return order != 0 ? order : (key.len > len) - (key.len < len);
}

const struct pdf_value *pdf_member(const struct pdf_value *dict, const char *key)
{
	size_t from = 0, to = dict->kind == PDF_DICT ? dict->as.list.num / 2 : 0, len = strlen(key);

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = key_order(dict->as.list.item[2 * middle].as.text, key, len);

		if (order == 0)
			return &dict->as.list.item[2 * middle + 1];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

bool pdf_name_is(const struct pdf_value *v, const char *name)
{
	return v->kind == PDF_NAME && zy_bytes_equal(v->as.text, zy_str(name));
}

/* ---- strings ---- */

/* A hexadecimal digit's value and one more; 0: none. */
static const uint8_t digit_of[256] = { ['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
	['A'] = 11,
	['B'] = 12,
	['C'] = 13,
	['D'] = 14,
	['E'] = 15,
	['F'] = 16 };

/* A last digit alone counts as if 0 followed (7.3.4.3). */
static size_t read_hex(struct zy_bytes v, uint8_t *to)
{
	size_t len = 0;
	uint8_t high = 0;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t x = digit_of[v.p[i]];

		if (x == 0)
			continue;
		if (high == 0) {
			high = x;
			continue;
		}
		to[len++] = (uint8_t)((high - 1) << 4 | (x - 1));
		high = 0;
	}
	if (high != 0)
		to[len++] = (uint8_t)((high - 1) << 4);
	return len;
}

/* Up to three octal digits, high bits ignored (7.3.4.2). */
static uint8_t read_octal(struct zy_bytes v, size_t *i)
{
	unsigned n = 0;

	for (int k = 0; k < 3 && *i < v.len && v.p[*i] >= '0' && v.p[*i] <= '7'; k++, ++*i)
		n = n * 8 + (unsigned)(v.p[*i] - '0');
	return (uint8_t)n;
}

/* What follows a backslash; false: nothing is meant (a line that goes on). */
static bool read_escape(struct zy_bytes v, size_t *i, uint8_t *out)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	uint8_t c = v.p[*i];
	const char *known = c == 0 ? NULL : strchr(from, c);

	if (c >= '0' && c <= '7') {
		*out = read_octal(v, i);
		return true;
	}
	++*i;
	if (c == '\r' && *i < v.len && v.p[*i] == '\n')
		++*i;
	*out = known == NULL ? c : (uint8_t)to[known - from];
	return c != '\r' && c != '\n';
}

static size_t read_literal(struct zy_bytes v, uint8_t *to)
{
	size_t len = 0;

	for (size_t i = 0; i < v.len;) {
		uint8_t c = v.p[i++];

		if (c == '\\' && i < v.len) {
			len += read_escape(v, &i, &to[len]) ? 1 : 0;
			continue;
		}
		if (c == '\r') { /* any line end is one LF */
			i += i < v.len && v.p[i] == '\n' ? 1 : 0;
			c = '\n';
		}
		to[len++] = c;
	}
	return len;
}

bool pdf_string(const struct pdf_value *v, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_bytes inside = ZY_BYTES(v->as.text.p + 1, v->as.text.len - 2);
	uint8_t *to = zy_arena_alloc(a, inside.len + 1, err);

	if (to == NULL)
		return false;
	out->p = to;
	out->len = v->as.text.p[0] == '<' ? read_hex(inside, to) : read_literal(inside, to);
	return true;
}

/* ---- comparing ---- */

static bool same_string(const struct pdf_value *a, const struct pdf_value *b)
{
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_bytes x, y;

	return zy_bytes_equal(a->as.text, b->as.text) ||
	       (pdf_string(a, &arena, &x, &ignored) && pdf_string(b, &arena, &y, &ignored) && zy_bytes_equal(x, y));
}

static bool is_among(struct zy_bytes key, const char *const *but)
{
	for (; but != NULL && *but != NULL; but++)
		if (zy_bytes_equal(key, zy_str(*but)))
			return true;
	return false;
}

/* The next pair whose key counts. */
static size_t next_pair(const struct pdf_value *dict, size_t i, const char *const *but)
{
	while (i < dict->as.list.num && is_among(dict->as.list.item[i].as.text, but))
		i += 2;
	return i;
}

static bool same_dict(const struct pdf_value *a, const struct pdf_value *b, const char *const *but)
{
	size_t i = next_pair(a, 0, but), k = next_pair(b, 0, but);

	while (i < a->as.list.num && k < b->as.list.num) {
		if (!pdf_same(&a->as.list.item[i], &b->as.list.item[k], NULL) ||
		    !pdf_same(&a->as.list.item[i + 1], &b->as.list.item[k + 1], NULL))
			return false;
		i = next_pair(a, i + 2, but);
		k = next_pair(b, k + 2, but);
	}
	return i == a->as.list.num && k == b->as.list.num;
}

static bool same_array(const struct pdf_value *a, const struct pdf_value *b)
{
	if (a->as.list.num != b->as.list.num)
		return false;
	for (size_t i = 0; i < a->as.list.num; i++)
		if (!pdf_same(&a->as.list.item[i], &b->as.list.item[i], NULL))
			return false;
	return true;
}

/* A number as its sign and digits: whoever writes a dictionary anew may write 612 as 612.0. */
static void put_number(struct zy_buf *out, const struct pdf_value *v)
{
	struct zy_bytes text = v->as.text;
	size_t dot = 0;
	bool negative;

	if (v->kind == PDF_INT) {
		zy_buf_printf(out, "%lld", v->as.integer);
		return;
	}
	negative = text.p[0] == '-';
	if (negative || text.p[0] == '+')
		text = ZY_BYTES(text.p + 1, text.len - 1);
	while (dot < text.len && text.p[dot] != '.')
		dot++;
	while (text.len > dot && (text.p[text.len - 1] == '0' || text.p[text.len - 1] == '.'))
		text.len--;
	while (dot > 0 && text.p[0] == '0') {
		text = ZY_BYTES(text.p + 1, text.len - 1);
		dot--;
	}
	if (negative && text.len > 0)
		zy_buf_put_u8(out, '-');
	if (dot == 0)
		zy_buf_put_u8(out, '0');
	zy_buf_put(out, text);
}

static bool is_number(const struct pdf_value *v)
{
	return v->kind == PDF_INT || v->kind == PDF_REAL;
}

static bool same_number(const struct pdf_value *a, const struct pdf_value *b)
{
	ZY_BUF_AUTO x = { 0 };
	ZY_BUF_AUTO y = { 0 };

	if (a->kind == b->kind && zy_bytes_equal(a->as.text, b->as.text))
		return true;
	put_number(&x, a);
	put_number(&y, b);
	return !x.failed && !y.failed && zy_bytes_equal(zy_buf_bytes(&x), zy_buf_bytes(&y));
}

bool pdf_same(const struct pdf_value *a, const struct pdf_value *b, const char *const *but)
{
	if (is_number(a) && is_number(b) && (a->kind == PDF_REAL || b->kind == PDF_REAL))
		return same_number(a, b);
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case PDF_NULL:
		return true;
	case PDF_BOOL:
		return a->as.truth == b->as.truth;
	case PDF_INT:
		return a->as.integer == b->as.integer;
	case PDF_REAL: /* seen above */
	case PDF_NAME:
		return zy_bytes_equal(a->as.text, b->as.text);
	case PDF_STRING:
		return same_string(a, b);
	case PDF_REF:
		return a->as.number == b->as.number && a->generation == b->generation;
	case PDF_ARRAY:
		return same_array(a, b);
	case PDF_DICT:
		return same_dict(a, b, but);
	case PDF_STREAM:
		return same_dict(&a->as.stream->dict, &b->as.stream->dict, but);
	}
	return false;
}

void pdf_each_reference(
    const struct pdf_value *v, void (*take)(void *arg, const struct pdf_value *reference), void *arg)
{
	if (v->kind == PDF_STREAM)
		v = &v->as.stream->dict;
	if (v->kind == PDF_REF)
		take(arg, v);
	if (v->kind == PDF_ARRAY || v->kind == PDF_DICT)
		for (size_t i = 0; i < v->as.list.num; i++)
			pdf_each_reference(&v->as.list.item[i], take, arg);
}

/* ---- writing ---- */

static void put_name(struct zy_buf *out, struct zy_bytes v)
{
	zy_buf_put_u8(out, '/');
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] > ' ' && v.p[i] < 0x7f && strchr("()<>[]{}/%#", v.p[i]) == NULL)
			zy_buf_put_u8(out, v.p[i]);
		else
			zy_buf_printf(out, "#%02x", v.p[i]);
}

/* Hexadecimal: no byte of it means anything else. */
static void put_string(struct zy_buf *out, const struct pdf_value *v)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes bytes;

	if (!pdf_string(v, &scratch, &bytes, &err)) {
		out->failed = true;
		return;
	}
	zy_buf_put_u8(out, '<');
	for (size_t i = 0; i < bytes.len; i++)
		zy_buf_printf(out, "%02x", bytes.p[i]);
	zy_buf_put_u8(out, '>');
}

void pdf_put_value(struct zy_buf *out, const struct pdf_value *v)
{
	switch (v->kind) {
	case PDF_NULL:
		zy_buf_put_str(out, "null");
		break;
	case PDF_BOOL:
		zy_buf_put_str(out, v->as.truth ? "true" : "false");
		break;
	case PDF_INT:
		zy_buf_printf(out, "%lld", v->as.integer);
		break;
	case PDF_REAL:
		zy_buf_put(out, v->as.text);
		break;
	case PDF_NAME:
		put_name(out, v->as.text);
		break;
	case PDF_STRING:
		put_string(out, v);
		break;
	case PDF_REF:
		zy_buf_printf(out, "%u %u R", v->as.number, v->generation);
		break;
	case PDF_ARRAY:
	case PDF_DICT:
		zy_buf_put_str(out, v->kind == PDF_DICT ? "<< " : "[ ");
		for (size_t i = 0; i < v->as.list.num; i++) {
			pdf_put_value(out, &v->as.list.item[i]);
			zy_buf_put_u8(out, ' ');
		}
		zy_buf_put_str(out, v->kind == PDF_DICT ? ">>" : "]");
		break;
	case PDF_STREAM:
		pdf_put_value(out, &v->as.stream->dict);
		break;
	}
}
