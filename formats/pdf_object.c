/* Objects where they lie in the file (ISO 32000-1 7.3.8, 7.3.10). Of a stream only the place of its data is taken. */
#include <string.h>

#include "pdf_internal.h"

#define FIRST_PIECE ((size_t)256)     /* of a file that is not in memory; then four times as much */
#define OBJECT_MAX ((size_t)64 << 20) /* bytes of an object, the data of its stream aside */
#define AFTER_DATA 64                 /* line end, endstream, endobj */
#define LENGTH_DEPTH_MAX 4

bool pdf_bytes(
    const struct pdf_file *f, size_t at, size_t len, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_bytes part;
	bool ok;

	if (at > f->len || len > f->len - at)
		return zy_fail(err, ZY_E_PDF, "PDF", f->len, "the file is damaged: it ends inside of something");
	*out = part = ZY_BYTES(f->in.p + at, len);
	if (!f->in_file)
		return true;
	ok = zy_arena_copy(a, part, out, err);
	zy_mapped_release(part);
	return ok;
}

bool pdf_take_at(struct pdf_file *f, size_t at, size_t limit, struct zy_arena *a, struct pdf_seen *seen,
    bool (*take)(struct pdf_lexer *l, void *arg, struct zy_error *err), void *arg, struct zy_error *err)
{
	for (size_t piece = f->in_file ? FIRST_PIECE : SIZE_MAX;; piece *= 4) {
		struct pdf_seen found = { 0 };
		struct pdf_lexer l = { .origin = at, .arena = a, .seen = seen == NULL ? NULL : &found };
		size_t len = limit - at < piece ? limit - at : piece;
		struct zy_error why = { 0 };
		bool ok, all = len == limit - at || len >= OBJECT_MAX;

		if (!pdf_bytes(f, at, len, a, &l.in, err))
			return false;
		ok = take(&l, arg, &why) && (all || l.at < len);
		pdf_lexer_free(&l);
		if (!ok && !all && (why.code == ZY_OK || why.code == ZY_E_PDF))
			continue;
		if (!ok)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		if (seen != NULL) {
			seen->javascript = seen->javascript || found.javascript;
			seen->additional_actions = seen->additional_actions || found.additional_actions;
			seen->num_ranges += found.num_ranges;
		}
		return true;
	}
}

struct taking {
	struct pdf_file *f;
	struct zy_arena *arena;
	size_t revision, limit;
	struct pdf_object *out;
};

/* ---- streams ---- */

static bool read_length(
    struct pdf_file *f, const struct pdf_value *reference, size_t revision, long long *out, struct zy_error *err)
{
	const struct pdf_entry *e = pdf_find(f, revision, reference->as.number);
	ZY_ARENA_AUTO scratch = { 0 };
	struct pdf_object o = { 0 };
	bool ok;

	*out = -1;
	if (e == NULL || f->depth >= LENGTH_DEPTH_MAX)
		return true;
	f->depth++;
	if (e->place == PDF_PACKED)
		ok = pdf_packed_object(f, e, revision, &scratch, NULL, &o.value, err);
	else
		ok = pdf_take_object(f, e->at, f->len, revision, &scratch, NULL, &o, err) && o.number == e->number &&
		     o.generation == e->generation && o.generation == reference->generation;
	f->depth--;
	if (ok && o.value.kind == PDF_INT)
		*out = o.value.as.integer;
	return ok || err->code == ZY_OK;
}

/* As it was in the stream's revision, and the same today: who changes a length moves what follows. */
static bool take_length(struct taking *t, const struct pdf_value *dict, size_t at, long long *out, struct zy_error *err)
{
	const struct pdf_value *v = pdf_member(dict, "Length");
	struct pdf_file *f = t->f;
	long long now;

	*out = v != NULL && v->kind == PDF_INT ? v->as.integer : -1;
	if (v != NULL && v->kind == PDF_REF && t->revision > 0) {
		if (!read_length(f, v, t->revision, out, err))
			return false;
		if (pdf_find(f, t->revision, v->as.number) != pdf_find(f, f->num_revisions, v->as.number)) {
			if (!read_length(f, v, f->num_revisions, &now, err))
				return false;
			*out = now == *out ? now : -1;
		}
	}
	return (*out >= 0 && (unsigned long long)*out <= t->limit - at) ||
	       zy_fail(err, ZY_E_PDF, "Length", at, "the file is damaged: a stream's /Length is missing or wrong");
}

static bool take_end(struct pdf_lexer *l, void *arg, struct zy_error *err)
{
	size_t *end = arg;

	while (l->at < l->in.len && pdf_is_space(l->in.p[l->at]))
		l->at++;
	if (!pdf_take_word(l, "endstream"))
		return pdf_lex_fail(l, err, "endstream is not where a stream's /Length says");
	pdf_skip_space(l);
	if (!pdf_take_word(l, "endobj"))
		return pdf_lex_fail(l, err, "a stream is not followed by endobj");
	*end = l->origin + l->at;
	return true;
}

static bool take_stream(struct pdf_lexer *l, struct taking *t, struct zy_error *err)
{
	struct pdf_stream *s = zy_arena_alloc(t->arena, sizeof(*s), err);
	ZY_ARENA_AUTO scratch = { 0 };
	long long len;
	size_t end;

	if (s == NULL)
		return false;
	if (l->at < l->in.len && l->in.p[l->at] == '\r')
		l->at++;
	if (l->at >= l->in.len || l->in.p[l->at++] != '\n')
		return pdf_lex_fail(l, err, "the word stream is not followed by a line end");
	s->dict = t->out->value;
	s->at = l->origin + l->at;
	if (!take_length(t, &s->dict, s->at, &len, err))
		return false;
	s->len = (size_t)len;
	end = s->at + s->len;
	if (!pdf_take_at(t->f, end, t->limit - end < AFTER_DATA ? t->limit : end + AFTER_DATA, &scratch, NULL, take_end,
		&t->out->end, err))
		return false;
	t->out->value.kind = PDF_STREAM;
	t->out->value.as.stream = s;
	return true;
}

/* ---- objects ---- */

static bool take_head(struct pdf_lexer *l, struct pdf_object *out, struct zy_error *err)
{
	size_t number, generation;

	if (!pdf_take_number(l, &number))
		return pdf_lex_fail(l, err, "an object is not where its table says");
	pdf_skip_space(l);
	if (!pdf_take_number(l, &generation))
		return pdf_lex_fail(l, err, "an object is not where its table says");
	pdf_skip_space(l);
	if (!pdf_take_word(l, "obj") || number > ZY_PDF_OBJECTS_MAX || generation > 65535)
		return pdf_lex_fail(l, err, "an object is not where its table says");
	out->number = (unsigned)number;
	out->generation = (unsigned)generation;
	return true;
}

static bool take_object(struct pdf_lexer *l, void *arg, struct zy_error *err)
{
	struct taking *t = arg;

	if (!take_head(l, t->out, err) || !pdf_take_value(l, &t->out->value, err))
		return false;
	pdf_skip_space(l);
	t->out->end = l->origin + l->at + strlen("endobj");
	if (pdf_take_word(l, "endobj"))
		return true;
	if (t->out->value.kind != PDF_DICT || !pdf_take_word(l, "stream"))
		return pdf_lex_fail(l, err, "an object is not followed by endobj");
	return take_stream(l, t, err);
}

bool pdf_take_object(struct pdf_file *f, size_t at, size_t limit, size_t revision, struct zy_arena *a,
    struct pdf_seen *seen, struct pdf_object *out, struct zy_error *err)
{
	struct taking t = { f, a, revision, limit, out };

	return pdf_take_at(f, at, limit, a, seen, take_object, &t, err);
}
