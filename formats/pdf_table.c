/* Cross-reference sections, from the last to the first (ISO 32000-1 7.5.4, 7.5.6, 7.5.8, F.3.4). */
#include <stdlib.h>
#include <string.h>

#include "pdf_internal.h"

#define TAIL_MAX 1024 /* startxref lies in the last so many bytes */
#define ENTRIES_MAX (2 * (size_t)ZY_PDF_OBJECTS_MAX)
#define ENTRY_LEN 20
#define BATCH 1024 /* entries read at a time */
#define LINE_MAX_LEN 256
#define PADDING_MAX ((size_t)1 << 20) /* blanks behind the first table of a linearized file */

static bool damaged(struct zy_error *err, size_t at, const char *why)
{
	return zy_fail(err, ZY_E_PDF, "xref", at, "the file is damaged: %s", why);
}

/* ---- entries ---- */

bool pdf_reserve(struct pdf_file *f, struct pdf_section *s, size_t num, struct zy_error *err)
{
	struct pdf_entry *more;
	size_t room = s->num + num;

	f->num_entries += num;
	if (f->num_entries > ENTRIES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "xref", s->at, "the tables have more than %zu entries", ENTRIES_MAX);
	if (room <= s->room)
		return true;
	room = room < 2 * s->room ? 2 * s->room : room;
	if ((more = zy_arena_array(f->arena, room, sizeof(*more), err)) == NULL)
		return false;
	if (s->num > 0)
		memcpy(more, s->entries, s->num * sizeof(*more));
	s->entries = more;
	s->room = room;
	return true;
}

static bool take_digits(const uint8_t *p, size_t num, size_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < num; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		n = n * 10 + (size_t)(p[i] - '0');
	}
	*out = n;
	return true;
}

/* Exactly 20 bytes (7.5.4): other lengths are read differently by different programs. */
static bool take_entry(const uint8_t *p, size_t number, struct pdf_entry *out)
{
	size_t at, generation;
	bool ends = (p[18] == ' ' && (p[19] == '\r' || p[19] == '\n')) || (p[18] == '\r' && p[19] == '\n');

	if (!ends || !take_digits(p, 10, &at) || p[10] != ' ' || !take_digits(p + 11, 5, &generation) || p[16] != ' ' ||
	    (p[17] != 'n' && p[17] != 'f'))
		return false;
	*out = (struct pdf_entry){ at, (unsigned)number, (unsigned)generation, p[17] == 'n' ? PDF_PLAIN : PDF_FREE };
	return true;
}

static bool take_entries(
    struct pdf_file *f, struct pdf_section *s, size_t at, size_t first, size_t count, struct zy_error *err)
{
	if (first > ZY_PDF_OBJECTS_MAX || count > ZY_PDF_OBJECTS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "xref", at, "more than %d objects", ZY_PDF_OBJECTS_MAX);
	if (!pdf_reserve(f, s, count, err))
		return false;
	for (size_t done = 0; done < count;) {
		ZY_ARENA_AUTO scratch = { 0 };
		size_t n = count - done < BATCH ? count - done : BATCH;
		struct zy_bytes v;

		if (!pdf_bytes(f, at + done * ENTRY_LEN, n * ENTRY_LEN, &scratch, &v, err))
			return false;
		for (size_t i = 0; i < n; i++, done++)
			if (!take_entry(v.p + i * ENTRY_LEN, first + done, &s->entries[s->num++]))
				return damaged(err, at + done * ENTRY_LEN, "an entry of the table is not its 20 bytes");
	}
	return true;
}

/* A 00 is white space in objects; in tables not everybody takes it for that. */
static void skip_blanks(struct pdf_lexer *l)
{
	while (l->at < l->in.len && l->in.p[l->at] != 0 && pdf_is_space(l->in.p[l->at]))
		l->at++;
}

/* "first count" and where the entries begin; or the word trailer, count then ZY_NOWHERE. */
static bool take_subsection(struct pdf_lexer *l, void *arg, struct zy_error *err)
{
	size_t *found = arg; /* first, count, where the lexer stands */

	skip_blanks(l);
	found[1] = ZY_NOWHERE;
	if (!pdf_take_word(l, "trailer")) {
		if (!pdf_take_number(l, &found[0]))
			return damaged(err, l->origin + l->at, "a table holds something else than objects");
		skip_blanks(l);
		if (!pdf_take_number(l, &found[1]))
			return damaged(err, l->origin + l->at, "a table holds something else than objects");
		skip_blanks(l);
	}
	found[2] = l->origin + l->at;
	return true;
}

struct dict_at {
	struct pdf_value value;
	size_t end;
};

static bool take_dict(struct pdf_lexer *l, void *arg, struct zy_error *err)
{
	struct dict_at *out = arg;

	if (!pdf_take_value(l, &out->value, err))
		return false;
	if (out->value.kind != PDF_DICT)
		return pdf_lex_fail(l, err, "the trailer is no dictionary");
	out->end = l->origin + l->at;
	return true;
}

static bool read_table(struct pdf_file *f, struct pdf_section *s, size_t *end, struct zy_error *err)
{
	size_t at = s->at + strlen("xref"), found[3];
	struct dict_at trailer;

	for (;;) {
		ZY_ARENA_AUTO scratch = { 0 };
		size_t limit = f->len - at < LINE_MAX_LEN ? f->len : at + LINE_MAX_LEN;

		if (!pdf_take_at(f, at, limit, &scratch, NULL, take_subsection, found, err))
			return false;
		at = found[2];
		if (found[1] == ZY_NOWHERE)
			break;
		if (!take_entries(f, s, at, found[0], found[1], err))
			return false;
		at += found[1] * ENTRY_LEN;
	}
	if (!pdf_take_at(f, at, f->len, f->arena, NULL, take_dict, &trailer, err))
		return false;
	s->trailer = trailer.value;
	*end = trailer.end;
	return true;
}

/* ---- a section ---- */

static int by_number(const void *a, const void *b)
{
	unsigned x = ((const struct pdf_entry *)a)->number, y = ((const struct pdf_entry *)b)->number;

	return (x > y) - (x < y);
}

/* Objects beyond /Size count as missing (7.5.4). Where the catalog is one of them, who holds by that sees no document
 * at all, and everybody else the same one: what pdfunite writes. */
static void forgive_size(struct pdf_section *s)
{
	const struct pdf_value *root = pdf_member(&s->trailer, "Root");

	if (s->number == 0 && s->previous == 0 && s->num > 0 && root != NULL && root->kind == PDF_REF &&
	    root->as.number >= s->size && s->entries[s->num - 1].number >= root->as.number &&
	    s->entries[s->num - 1].number < ZY_PDF_OBJECTS_MAX)
		s->size = s->entries[s->num - 1].number + 1;
}

/* In order, each number once: two entries are two documents. */
static bool order_entries(const struct pdf_file *f, struct pdf_section *s, struct zy_error *err)
{
	bool ordered = true;

	for (size_t i = 1; i < s->num; i++)
		ordered = ordered && s->entries[i - 1].number < s->entries[i].number;
	if (!ordered)
		qsort(s->entries, s->num, sizeof(*s->entries), by_number);
	forgive_size(s);
	for (size_t i = 0; i < s->num; i++) {
		const struct pdf_entry *e = &s->entries[i];

		if (i > 0 && e[-1].number == e->number)
			return damaged(err, s->at, "a table has an object twice");
		if (e->number >= s->size)
			return damaged(err, s->at, "the trailer's /Size is too small: it hides objects");
		if ((e->number == 0 && e->place != PDF_FREE) ||
		    (e->place == PDF_PLAIN && (e->at < strlen("%PDF-") || e->at >= f->len)))
			return damaged(err, s->at, "a table has an object that lies outside of the file");
	}
	return true;
}

static const struct pdf_entry *find_in(const struct pdf_section *s, size_t number)
{
	size_t from = 0, to = s->num, guess;

	if (s->num == 0 || number < s->entries[0].number)
		return NULL;
	guess = number - s->entries[0].number;
	if (guess < s->num && s->entries[guess].number == number)
		return &s->entries[guess];
	while (from < to) {
		size_t middle = (from + to) / 2;

		if (s->entries[middle].number == number)
			return &s->entries[middle];
		if (s->entries[middle].number < number)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* An offset of the trailer; 0 if absent. */
static bool take_offset(
    const struct pdf_file *f, const struct pdf_section *s, const char *key, size_t *out, struct zy_error *err)
{
	const struct pdf_value *v = pdf_member(&s->trailer, key);

	*out = 0;
	if (v == NULL)
		return true;
	if (v->kind != PDF_INT || v->as.integer <= 0 || (unsigned long long)v->as.integer >= f->len)
		return zy_fail(err, ZY_E_PDF, key, s->at, "the file is damaged: it leads to no place in it");
	*out = (size_t)v->as.integer;
	return true;
}

static bool read_stream(struct pdf_file *f, struct pdf_section *s, size_t at, size_t *end, unsigned *number,
    struct pdf_value *dict, struct zy_error *err)
{
	struct pdf_object o;

	if (!pdf_take_object(f, at, f->len, 0, f->arena, NULL, &o, err))
		return false;
	if (o.value.kind != PDF_STREAM)
		return damaged(err, at, "there is no table");
	*number = o.number;
	*end = o.end;
	*dict = o.value.as.stream->dict;
	return pdf_take_rows(f, s, o.value.as.stream, err);
}

/* What the stream adds must be free or absent in the table (7.5.8.4): readers of either kind see the same objects. */
static bool add_hybrid(struct pdf_file *f, struct pdf_section *s, struct zy_error *err)
{
	struct pdf_section h = { .at = s->hybrid_at, .size = s->size };
	struct pdf_value dict;
	size_t num = s->num;

	if (!read_stream(f, &h, s->hybrid_at, &s->hybrid_end, &s->hybrid, &dict, err) || !order_entries(f, &h, err) ||
	    !pdf_reserve(f, s, h.num, err))
		return false;
	for (size_t i = 0; i < h.num; i++) {
		struct pdf_section table = { .entries = s->entries, .num = num };
		const struct pdf_entry *e = find_in(&table, h.entries[i].number);

		if (e == NULL)
			s->entries[s->num++] = h.entries[i];
		else if (e->place != PDF_FREE)
			return damaged(err, s->at, "a table and its stream both have an object");
		else
			s->entries[e - s->entries] = h.entries[i];
	}
	return order_entries(f, s, err);
}

static bool read_trailer(struct pdf_file *f, struct pdf_section *s, struct zy_error *err)
{
	const struct pdf_value *size = pdf_member(&s->trailer, "Size");

	/* An encrypted file cannot be judged by its bytes, and PDF/A forbids it (ISO 19005-3 6.1.3). */
	if (pdf_member(&s->trailer, "Encrypt") != NULL)
		return zy_fail(err, ZY_E_PDF, "Encrypt", s->at, "the file is encrypted");
	if (size == NULL || size->kind != PDF_INT || size->as.integer < 1)
		return zy_fail(err, ZY_E_PDF, "Size", s->at, "the trailer has no /Size");
	if (size->as.integer > ZY_PDF_OBJECTS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "Size", s->at, "more than %d objects", ZY_PDF_OBJECTS_MAX);
	s->size = (size_t)size->as.integer;
	return take_offset(f, s, "Prev", &s->previous, err) && take_offset(f, s, "XRefStm", &s->hybrid_at, err) &&
	       (s->number == 0 || s->hybrid_at == 0 || damaged(err, s->at, "a stream has a table stream of its own"));
}

/* startxref, a number, %%EOF and one line end. */
static bool take_tail(struct pdf_lexer *l, void *arg, struct zy_error *err)
{
	struct pdf_section *s = arg;

	pdf_skip_space(l); /* iText writes its name here, as a comment */
	s->tail_at = s->end = l->origin + l->at;
	if (!pdf_take_word(l, "startxref")) /* the first of a linearized file may have none if it is a stream */
		return (s->number > 0 && s->previous > s->at) ||
		       damaged(err, s->tail_at, "startxref is expected behind a table");
	skip_blanks(l);
	if (!pdf_take_number(l, &s->target))
		return damaged(err, s->tail_at, "startxref has no number");
	skip_blanks(l);
	if (l->in.len - l->at < 5 || memcmp(l->in.p + l->at, "%%EOF", 5) != 0)
		return damaged(err, s->tail_at, "startxref is not followed by %%EOF");
	l->at += 5;
	if (l->at < l->in.len && l->in.p[l->at] == '\r')
		l->at++;
	if (l->at < l->in.len && l->in.p[l->at] == '\n')
		l->at++;
	s->end = l->origin + l->at;
	return true;
}

static bool read_tail(struct pdf_file *f, struct pdf_section *s, size_t at, struct zy_error *err)
{
	ZY_ARENA_AUTO scratch = { 0 };
	size_t limit = f->len - at < PADDING_MAX ? f->len : at + PADDING_MAX;

	return pdf_take_at(f, at, limit, &scratch, NULL, take_tail, s, err);
}

static bool read_section(struct pdf_file *f, struct pdf_section *s, struct zy_error *err)
{
	ZY_ARENA_AUTO scratch = { 0 };
	struct zy_bytes v;
	size_t end;

	if (!pdf_bytes(f, s->at, 5, &scratch, &v, err))
		return false;
	if (memcmp(v.p, "xref", 4) == 0 && pdf_is_space(v.p[4])) {
		if (!read_table(f, s, &end, err))
			return false;
	} else if (!read_stream(f, s, s->at, &end, &s->number, &s->trailer, err)) {
		return false;
	}
	return read_trailer(f, s, err) && order_entries(f, s, err) && (s->hybrid_at == 0 || add_hybrid(f, s, err)) &&
	       read_tail(f, s, end, err);
}

/* ---- the chain ---- */

static bool find_last(struct pdf_file *f, struct pdf_section *tail, struct zy_error *err)
{
	static const char word[] = "startxref";
	ZY_ARENA_AUTO scratch = { 0 };
	size_t len = f->len < TAIL_MAX ? f->len : TAIL_MAX, at = len;
	struct zy_bytes v;

	if (!pdf_bytes(f, f->len - len, len, &scratch, &v, err))
		return false;
	while (at > 0 && (len - at < sizeof(word) - 1 || memcmp(v.p + at, word, sizeof(word) - 1) != 0))
		at--;
	if (at == 0)
		return zy_fail(err, ZY_E_PDF, "startxref", f->len, "no startxref with %%%%EOF: the file is cut off");
	return read_tail(f, tail, f->len - len + at, err);
}

/* The first section of a linearized file points forward to the main one, which points back to it (F.3.4). */
static bool is_front(const struct pdf_section *s)
{
	return s->target == 0 && s->previous > s->at;
}

/* Each section ends before the next begins, and says itself where it is. */
static bool check_chain(const struct pdf_file *f, const struct pdf_section *tail, struct zy_error *err)
{
	for (size_t i = 0; i < f->num_sections; i++) {
		const struct pdf_section *s = &f->sections[i], *next = i > 0 ? &f->sections[i - 1] : NULL;
		bool is_main = next != NULL && is_front(next);

		if (is_main ? s->target != next->at : !is_front(s) && s->target != s->at)
			return damaged(err, s->tail_at, "startxref is not where the table is");
		if (is_main ? s->at < next->end || i + 1 < f->num_sections : next != NULL && s->end > next->at)
			return damaged(err, s->at, "the tables are out of order");
		if (is_front(s) && i + 2 != f->num_sections)
			return damaged(err, s->at, "/Prev points forward");
	}
	if (f->sections[0].tail_at != tail->tail_at &&
	    (!is_front(&f->sections[0]) || f->num_sections != 2 || f->sections[1].tail_at != tail->tail_at))
		return damaged(err, tail->tail_at, "the last startxref belongs to no table");
	return true;
}

static bool number_revisions(struct pdf_file *f, struct zy_error *err)
{
	for (size_t i = f->num_sections; i-- > 0;) {
		struct pdf_section *s = &f->sections[i];

		if (is_front(s)) {
			s->revision = f->num_revisions;
			continue;
		}
		if (f->num_revisions == ZY_PDF_REVISIONS_MAX)
			return zy_fail(
			    err, ZY_E_TOO_LARGE, "startxref", s->at, "more than %d revisions", ZY_PDF_REVISIONS_MAX);
		f->revision_end[f->num_revisions++] = s->end;
		s->revision = f->num_revisions;
	}
	return true;
}

static struct pdf_section *next_section(struct pdf_file *f, size_t at, struct zy_error *err)
{
	size_t room = f->room_sections == 0 ? 2 : 2 * f->room_sections;
	struct pdf_section *more;

	if (f->num_sections == ZY_PDF_REVISIONS_MAX + 1) {
		zy_fail(err, ZY_E_TOO_LARGE, "Prev", at, "more than %d revisions", ZY_PDF_REVISIONS_MAX);
		return NULL;
	}
	if (f->num_sections == f->room_sections) {
		if ((more = zy_arena_array(f->arena, room, sizeof(*more), err)) == NULL)
			return NULL;
		if (f->num_sections > 0)
			memcpy(more, f->sections, f->num_sections * sizeof(*more));
		f->sections = more;
		f->room_sections = room;
	}
	return &f->sections[f->num_sections];
}

bool pdf_read_sections(struct pdf_file *f, struct zy_error *err)
{
	struct pdf_section tail = { 0 };
	size_t at;

	if (!find_last(f, &tail, err))
		return false;
	for (at = tail.target; at != 0 || f->num_sections == 0;) {
		struct pdf_section *s = next_section(f, at, err);

		if (s == NULL)
			return false;
		if (at == 0 || at >= f->len)
			return damaged(err, tail.tail_at, "startxref leads to no place in the file");
		s->at = at;
		if (!read_section(f, s, err))
			return false;
		/* forward once at most: no loop */
		if (s->previous >= s->at && (!is_front(s) || (f->num_sections > 0 && is_front(s - 1))))
			return damaged(err, s->at, "/Prev points forward");
		at = s->previous;
		if (f->num_sections++ > 0 && is_front(s - 1) && at != 0)
			return damaged(err, s->at, "/Prev points forward");
	}
	return check_chain(f, &tail, err) && number_revisions(f, err);
}

const struct pdf_entry *pdf_find(const struct pdf_file *f, size_t revision, size_t number)
{
	for (size_t i = 0; i < f->num_sections; i++) {
		const struct pdf_entry *e =
		    f->sections[i].revision <= revision ? find_in(&f->sections[i], number) : NULL;

		if (e != NULL)
			return e->place == PDF_FREE ? NULL : e;
	}
	return NULL;
}
