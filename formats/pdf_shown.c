#include "pdf_shown.h"

#include <string.h>

#include "zy/text.h"

#define OPERANDS_MAX 64

struct reading_shown {
	struct pdf_doc *d;
	const struct pdf_value *fonts, *defaults;
	struct pdf_value operands[OPERANDS_MAX]; /* before an operator */
	size_t num;
	unsigned meant[256]; /* characters of the codes of the font in use; 0: not known */
	bool readable;
	struct zy_buf text;
	struct pdf_shown *out;
	struct zy_arena *arena;
};

/* Names of what ASCII has besides letters (ISO 32000-1 annex D), from the blank on. */
static const char *const marks[] = { "space", "exclam", "quotedbl", "numbersign", "dollar", "percent", "ampersand",
	"quotesingle", "parenleft", "parenright", "asterisk", "plus", "comma", "hyphen", "period", "slash", "zero",
	"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "colon", "semicolon", "less", "equal",
	"greater", "question", "at" };
static const char *const brackets[] = { "bracketleft", "backslash", "bracketright", "asciicircum", "underscore",
	"grave" };
static const char *const braces[] = { "braceleft", "bar", "braceright", "asciitilde" };

static unsigned among(struct zy_bytes name, const char *const *names, size_t num, unsigned first)
{
	for (size_t i = 0; i < num; i++)
		if (zy_bytes_equal(name, zy_str(names[i])))
			return first + (unsigned)i;
	return 0;
}

static unsigned character_of(struct zy_bytes name)
{
	unsigned c;

	if (name.len == 1 && ((name.p[0] >= 'A' && name.p[0] <= 'Z') || (name.p[0] >= 'a' && name.p[0] <= 'z')))
		return name.p[0];
	c = among(name, marks, sizeof(marks) / sizeof(marks[0]), ' ');
	c = c != 0 ? c : among(name, brackets, sizeof(brackets) / sizeof(brackets[0]), '[');
	return c != 0 ? c : among(name, braces, sizeof(braces) / sizeof(braces[0]), '{');
}

/* Latin text is the same in all encodings that forms use as far as it is here; /Differences say otherwise (9.6.6). */
static void read_encoding(struct reading_shown *s, const struct pdf_value *font)
{
	const struct pdf_value *encoding = pdf_get(s->d, font, "Encoding"),
			       *list = pdf_get(s->d, encoding, "Differences");
	const bool mac = pdf_name_is(pdf_resolve(s->d, encoding), "MacRomanEncoding") ||
			 pdf_name_is(pdf_resolve(s->d, pdf_get(s->d, encoding, "BaseEncoding")), "MacRomanEncoding");
	long long code = 0;

	for (unsigned i = 0; i < 256; i++)
		s->meant[i] = (i >= ' ' && i < 0x7f) || (i > 0xa0 && !mac) || i == '\n' || i == '\r' ? i : 0;
	for (size_t i = 0, n = pdf_num_items(s->d, list); i < n; i++) {
		const struct pdf_value *item = pdf_resolve(s->d, pdf_item(s->d, list, i));

		if (item->kind == PDF_NAME && code >= 0 && code < 256)
			s->meant[code++] = character_of(item->as.text);
		else
			(void)pdf_integer(s->d, item, &code);
	}
}

static void take_font(struct reading_shown *s, struct zy_bytes name)
{
	struct zy_error why = { 0 };
	const char *key = zy_arena_text(s->arena, name, &why);
	const struct pdf_value *font = key == NULL ? &pdf_null : pdf_get(s->d, s->fonts, key), *kind;

	if (key != NULL && pdf_is(s->d, font, PDF_NULL))
		font = pdf_get(s->d, s->defaults, key);
	kind = pdf_resolve(s->d, pdf_get(s->d, font, "Subtype"));
	memset(s->meant, 0, sizeof(s->meant));
	s->out->pictures = s->out->pictures || pdf_name_is(kind, "Type3");
	if (pdf_name_is(kind, "Type1") || pdf_name_is(kind, "TrueType") || pdf_name_is(kind, "MMType1"))
		read_encoding(s, font);
}

static void show(struct reading_shown *s, const struct pdf_value *v)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct zy_error why = { 0 };
	struct zy_bytes codes = { 0 };

	if (v->kind == PDF_ARRAY)
		for (size_t i = 0; i < v->as.list.num; i++)
			show(s, &v->as.list.item[i]);
	if (v->kind != PDF_STRING)
		return;
	if (!pdf_string(v, &scratch, &codes, &why))
		s->readable = false;
	for (size_t i = 0; i < codes.len; i++) {
		unsigned c = s->meant[codes.p[i]];

		if (c > 0xa0)
			zy_buf_put(&s->text,
			    ZY_BYTES(((uint8_t[]){ (uint8_t)(0xc0 | c >> 6), (uint8_t)(0x80 | (c & 0x3f)) }), 2));
		else if (c > ' ')
			zy_buf_put_u8(&s->text, (uint8_t)c);
		s->readable = s->readable && c != 0;
	}
}

static bool is_word(struct zy_bytes v, const char *words)
{
	const char *at = words;

	while (*at != 0) {
		size_t len = strcspn(at, " ");

		if (v.len == len && memcmp(v.p, at, len) == 0)
			return true;
		at += at[len] == 0 ? len : len + 1;
	}
	return false;
}

/* What an operator does with the operands before it (annex A). */
static void operate(struct reading_shown *s, struct zy_bytes operator)
{
	const struct pdf_value *last = s->num > 0 ? &s->operands[s->num - 1] : &pdf_null;

	if (is_word(operator, "Tj TJ ' \""))
		show(s, last);
	else if (is_word(operator, "Tf"))
		take_font(s, s->num > 1 && last[-1].kind == PDF_NAME ? last[-1].as.text : zy_str(""));
	else if (is_word(operator, "Do sh BI"))
		s->out->pictures = true;
	else if (is_word(operator, "f F f* B B* b b* S s"))
		s->out->paints = true;
	else if (is_word(operator, "Tr")) /* letters that are not seen */
		s->readable = false;
	s->num = 0;
}

static struct zy_bytes word_at(const struct pdf_lexer *l)
{
	size_t to = l->at;

	while (to < l->in.len && !pdf_is_space(l->in.p[to]) && strchr("()<>[]{}/%", l->in.p[to]) == NULL)
		to++;
	return ZY_BYTES(l->in.p + l->at, to - l->at);
}

static bool read_content(struct reading_shown *s, struct zy_bytes content)
{
	struct pdf_lexer l = { .in = content, .origin = ZY_NOWHERE, .arena = s->arena };
	struct zy_error why = { 0 };
	bool ok = true;

	for (pdf_skip_space(&l); ok && l.at < content.len; pdf_skip_space(&l)) {
		struct zy_bytes word = word_at(&l);

		if (strchr("/(<[+-.0123456789", content.p[l.at]) != NULL && content.p[l.at] != 0) {
			s->num = s->num == OPERANDS_MAX ? 0 : s->num; /* no operator has so many */
			ok = pdf_take_value(&l, &s->operands[s->num], &why);
			s->num++;
			continue;
		}
		ok = word.len > 0;
		operate(s, word);
		l.at += word.len;
	}
	pdf_lexer_free(&l);
	return ok;
}

/* Outside of its box nothing is seen (8.10.2). */
static bool has_box(struct pdf_doc *d, const struct pdf_value *drawing)
{
	const struct pdf_value *box = pdf_get(d, &drawing->as.stream->dict, "BBox");
	double v[4];

	for (size_t i = 0; i < 4; i++)
		if (pdf_num_items(d, box) != 4 || !pdf_real(d, pdf_item(d, box, i), &v[i]))
			return false;
	return v[0] != v[2] && v[1] != v[3];
}

bool pdf_read_shown(struct pdf_shown *out, struct pdf_doc *d, const struct pdf_value *drawing,
    const struct pdf_value *defaults, struct zy_arena *a, struct zy_error *err)
{
	struct reading_shown s = { .d = d, .out = out, .arena = a, .readable = true };
	struct zy_error why = { 0 };
	struct zy_bytes content;

	*out = (struct pdf_shown){ 0 };
	drawing = pdf_resolve(d, drawing);
	if (drawing->kind != PDF_STREAM)
		return true;
	s.fonts = pdf_get(d, pdf_get(d, &drawing->as.stream->dict, "Resources"), "Font");
	s.defaults = pdf_get(d, defaults, "Font");
	s.readable = has_box(d, drawing) && pdf_unpack_apart(d->f, drawing->as.stream, a, &content, &why) &&
		     read_content(&s, content) && s.readable;
	if (s.readable && !s.text.failed)
		out->text = zy_arena_text(a, zy_buf_bytes(&s.text), err);
	zy_buf_free(&s.text);
	return !s.readable || out->text != NULL;
}
