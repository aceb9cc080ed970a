/* What lies compressed in streams: tables and objects (ISO 32000-1 7.5.7, 7.5.8; RFC 1950; PNG predictors, RFC 2083).
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "pdf_internal.h"

#define FREE_RATIO ((size_t)64 << 10) /* so much may come of any data; beyond it 1:200 */
#define RATIO_MAX 200
#define COLUMNS_MAX 4096

static bool damaged(struct zy_error *err, const char *why)
{
	return zy_fail(err, ZY_E_PDF, "stream", ZY_NOWHERE, "the file is damaged: %s", why);
}

/* ---- inflating ---- */

static int run_inflate(struct zy_bytes v, struct zy_buf *to, size_t cap)
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
		if (to->len + n > cap)
			rc = Z_MEM_ERROR;
		else
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
	int rc = run_inflate(v, &b, cap);

	if (rc == Z_MEM_ERROR)
		return zy_fail(err, ZY_E_TOO_LARGE, "stream", ZY_NOWHERE, "inflates to over %zu bytes", cap);
	if (rc != Z_STREAM_END)
		return damaged(err, "compressed data cannot be read");
	return zy_buf_done(&b, "stream", err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* ---- predictors ---- */

static uint8_t paeth(uint8_t a, uint8_t b, uint8_t c)
{
	int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

	return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* One row of one-byte samples; `up` is the row above, or zeros. */
static bool undo_row(uint8_t kind, uint8_t *row, const uint8_t *up, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		uint8_t left = i > 0 ? row[i - 1] : 0, corner = i > 0 ? up[i - 1] : 0;

		switch (kind) {
		case 0:
			break;
		case 1:
			row[i] = (uint8_t)(row[i] + left);
			break;
		case 2:
			row[i] = (uint8_t)(row[i] + up[i]);
			break;
		case 3:
			row[i] = (uint8_t)(row[i] + (left + up[i]) / 2);
			break;
		case 4:
			row[i] = (uint8_t)(row[i] + paeth(left, up[i], corner));
			break;
		default:
			return false;
		}
	}
	return true;
}

static bool undo_png(struct zy_bytes v, size_t columns, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	static const uint8_t zeros[COLUMNS_MAX];
	size_t rows = v.len / (columns + 1);
	uint8_t *to = zy_arena_alloc(a, rows * columns + 1, err);

	if (to == NULL)
		return false;
	if (v.len % (columns + 1) != 0)
		return damaged(err, "predicted data ends inside a row");
	for (size_t i = 0; i < rows; i++) {
		const uint8_t *from = v.p + i * (columns + 1);

		memcpy(to + i * columns, from + 1, columns);
		if (!undo_row(from[0], to + i * columns, i > 0 ? to + (i - 1) * columns : zeros, columns))
			return damaged(err, "a row has an unknown predictor");
	}
	*out = ZY_BYTES(to, rows * columns);
	return true;
}

static long long number_in(const struct pdf_value *dict, const char *key, long long otherwise)
{
	const struct pdf_value *v = pdf_member(dict, key);

	return v == NULL ? otherwise : v->kind == PDF_INT ? v->as.integer : -1;
}

/* /DecodeParms: none, or one-byte samples in rows. */
static bool undo_predictor(
    struct pdf_file *f, const struct pdf_value *parms, struct zy_bytes *data, struct zy_error *err)
{
	long long columns = number_in(parms, "Columns", 1), predictor = number_in(parms, "Predictor", 1);

	if (predictor == 1)
		return true;
	if (predictor < 10 || predictor > 15 || columns < 1 || columns > COLUMNS_MAX ||
	    number_in(parms, "Colors", 1) != 1 || number_in(parms, "BitsPerComponent", 8) != 8)
		return damaged(err, "a table or packed objects are encoded in a way that is not read");
	return undo_png(*data, (size_t)columns, f->arena, data, err);
}

/* A value, or the only item of a list. */
static const struct pdf_value *single(const struct pdf_value *v)
{
	if (v != NULL && v->kind == PDF_ARRAY)
		return v->as.list.num == 1 ? &v->as.list.item[0] : v->as.list.num == 0 ? NULL : v;
	return v;
}

bool pdf_unpack(struct pdf_file *f, const struct pdf_stream *s, struct zy_bytes *out, struct zy_error *err)
{
	const struct pdf_value *filter = single(pdf_member(&s->dict, "Filter")),
			       *parms = single(pdf_member(&s->dict, "DecodeParms"));
	size_t cap = s->len > (SIZE_MAX - FREE_RATIO) / RATIO_MAX ? f->room : FREE_RATIO + s->len * RATIO_MAX;
	ZY_ARENA_AUTO scratch = { 0 };
	struct zy_bytes packed;

	if (s->len > f->room)
		return zy_fail(err, ZY_E_TOO_LARGE, "stream", s->at, "tables and packed objects are over %zu bytes",
		    ZY_PDF_INFLATED_MAX);
	if (pdf_member(&s->dict, "F") != NULL || (filter != NULL && !pdf_name_is(filter, "FlateDecode")) ||
	    (parms != NULL && parms->kind != PDF_NULL && parms->kind != PDF_DICT))
		return damaged(err, "a table or packed objects are encoded in a way that is not read");
	if (!pdf_bytes(f, s->at, s->len, filter == NULL ? f->arena : &scratch, &packed, err))
		return false;
	*out = packed;
	if (filter != NULL && (!pdf_inflate(packed, cap < f->room ? cap : f->room, f->arena, out, err) ||
				  (parms != NULL && parms->kind == PDF_DICT && !undo_predictor(f, parms, out, err))))
		return false;
	f->room -= out->len < f->room ? out->len : f->room;
	return true;
}

/* Five characters for four octets (7.4.3). False: something else is in between. */
static bool undo_ascii85(struct zy_bytes in, uint8_t *to, size_t *len)
{
	uint32_t group = 0;
	size_t num = 0, i = 0;

	for (*len = 0; i < in.len && in.p[i] != '~'; i++) {
		uint8_t c = in.p[i];

		if (pdf_is_space(c))
			continue;
		if (c == 'z' && num == 0) {
			memset(to + *len, 0, 4);
			*len += 4;
			continue;
		}
		if (c < '!' || c > 'u')
			return false;
		group = group * 85 + (uint32_t)(c - '!');
		if (++num == 5) {
			for (int k = 3; k >= 0; k--, group >>= 8)
				to[*len + (size_t)k] = (uint8_t)group;
			*len += 4;
			num = 0;
		}
	}
	for (size_t k = num; num > 1 && k < 5; k++)
		group = group * 85 + 84;
	for (size_t k = 0; num > 1 && k < num - 1; k++)
		to[(*len)++] = (uint8_t)(group >> (24 - 8 * k));
	return num != 1;
}

/* Behind ASCII85 a stream that is packed as usual. */
static bool unpack_ascii85(const struct pdf_file *f, const struct pdf_stream *s, bool flate, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err)
{
	struct zy_bytes text;
	uint8_t *to;
	size_t len;

	if (s->len > ZY_PDF_INFLATED_MAX || pdf_member(&s->dict, "F") != NULL ||
	    pdf_member(&s->dict, "DecodeParms") != NULL)
		return damaged(err, "a stream is too large, or coded in a way that is not read");
	if (!pdf_bytes(f, s->at, s->len, a, &text, err) || (to = zy_arena_alloc(a, 4 * text.len + 4, err)) == NULL)
		return false;
	if (!undo_ascii85(text, to, &len))
		return damaged(err, "a stream is no ASCII85");
	*out = ZY_BYTES(to, len);
	return !flate || pdf_inflate(*out, ZY_PDF_INFLATED_MAX, a, out, err);
}

bool pdf_unpack_apart(const struct pdf_file *f, const struct pdf_stream *s, struct zy_arena *a, struct zy_bytes *out,
    struct zy_error *err)
{
	const struct pdf_value *filter = pdf_member(&s->dict, "Filter"), *first = filter;
	struct pdf_file reading = *f;
	size_t num = 1;

	if (filter != NULL && filter->kind == PDF_ARRAY && filter->as.list.num > 0) {
		first = filter->as.list.item;
		num = filter->as.list.num;
	}
	if (first != NULL && pdf_name_is(first, "ASCII85Decode") &&
	    (num == 1 || (num == 2 && pdf_name_is(&first[1], "FlateDecode"))))
		return unpack_ascii85(f, s, num == 2, a, out, err);
	reading.arena = a;
	reading.room = ZY_PDF_INFLATED_MAX;
	return pdf_unpack(&reading, s, out, err);
}

/* ---- rows of a table ---- */

struct widths {
	size_t w[3], row;
};

static bool take_widths(const struct pdf_value *dict, struct widths *out, struct zy_error *err)
{
	const struct pdf_value *w = pdf_member(dict, "W");

	*out = (struct widths){ 0 };
	if (w == NULL || w->kind != PDF_ARRAY || w->as.list.num != 3)
		return damaged(err, "a table's /W is not three numbers");
	for (size_t i = 0; i < 3; i++) {
		const struct pdf_value *v = &w->as.list.item[i];

		if (v->kind != PDF_INT || v->as.integer < 0 || v->as.integer > 8)
			return damaged(err, "a table's /W is not three numbers");
		out->w[i] = (size_t)v->as.integer;
		out->row += out->w[i];
	}
	return out->w[1] > 0 || damaged(err, "a table's rows have no place");
}

static uint64_t field(const uint8_t **p, size_t width)
{
	uint64_t v = 0;

	for (; width > 0; width--)
		v = v << 8 | *(*p)++;
	return v;
}

static bool take_row(const uint8_t *p, const struct widths *w, size_t number, struct pdf_entry *out)
{
	uint64_t place = w->w[0] == 0 ? PDF_PLAIN : field(&p, w->w[0]), at = field(&p, w->w[1]),
		 generation = field(&p, w->w[2]);

	if (place > PDF_PACKED || at > SIZE_MAX || generation > UINT32_MAX ||
	    (place == PDF_PLAIN && generation > 65535))
		return false;
	*out = (struct pdf_entry){ (size_t)at, (unsigned)number, (unsigned)generation, (enum pdf_place)place };
	return true;
}

static bool take_run(struct pdf_file *f, struct pdf_section *s, const struct widths *w, struct zy_bytes *rows,
    long long first, long long count, struct zy_error *err)
{
	if (first < 0 || count < 0 || first > ZY_PDF_OBJECTS_MAX || count > ZY_PDF_OBJECTS_MAX)
		return damaged(err, "a table's /Index is not pairs of numbers");
	if (rows->len / w->row < (size_t)count)
		return damaged(err, "a table has fewer rows than it says");
	if (!pdf_reserve(f, s, (size_t)count, err))
		return false;
	for (long long i = 0; i < count; i++) {
		if (!take_row(rows->p, w, (size_t)(first + i), &s->entries[s->num++]))
			return damaged(err, "a row of a table is of no known kind");
		*rows = ZY_BYTES(rows->p + w->row, rows->len - w->row);
	}
	return true;
}

bool pdf_take_rows(struct pdf_file *f, struct pdf_section *s, const struct pdf_stream *stream, struct zy_error *err)
{
	const struct pdf_value *type = pdf_member(&stream->dict, "Type"), *index = pdf_member(&stream->dict, "Index");
	struct zy_bytes rows;
	struct widths w;

	if (type == NULL || !pdf_name_is(type, "XRef"))
		return damaged(err, "there is no table");
	if (!take_widths(&stream->dict, &w, err) || !pdf_unpack(f, stream, &rows, err))
		return false;
	if (index == NULL) {
		if (!take_run(f, s, &w, &rows, 0, number_in(&stream->dict, "Size", -1), err))
			return false;
	} else {
		if (index->kind != PDF_ARRAY || index->as.list.num % 2 != 0)
			return damaged(err, "a table's /Index is not pairs of numbers");
		for (size_t i = 0; i < index->as.list.num; i += 2) {
			const struct pdf_value *v = &index->as.list.item[i];

			if (v[0].kind != PDF_INT || v[1].kind != PDF_INT ||
			    !take_run(f, s, &w, &rows, v[0].as.integer, v[1].as.integer, err))
				return err->code != ZY_OK || damaged(err, "a table's /Index is not pairs of numbers");
		}
	}
	return rows.len == 0 || damaged(err, "a table has more rows than it says");
}

/* ---- objects in streams ---- */

struct pdf_pack {
	struct pdf_pack *next;
	size_t at; /* of the stream's object */
	struct zy_bytes data;
	size_t num;
	struct packed {
		size_t number, from, to; /* in data */
	} * objects, **by_number;
};

static int by_packed_number(const void *a, const void *b)
{
	size_t x = (*(struct packed *const *)a)->number, y = (*(struct packed *const *)b)->number;

	return (x > y) - (x < y);
}

/* N pairs of number and offset, in the order of the offsets (7.5.7); no number twice. */
static bool read_pairs(struct pdf_pack *p, size_t first, struct zy_error *err)
{
	struct pdf_lexer l = { .in = ZY_BYTES(p->data.p, first), .origin = ZY_NOWHERE };

	for (size_t i = 0; i < p->num; i++) {
		struct packed *o = &p->objects[i];

		pdf_skip_space(&l);
		if (!pdf_take_number(&l, &o->number))
			return damaged(err, "packed objects have no list of numbers");
		pdf_skip_space(&l);
		if (!pdf_take_number(&l, &o->from) || o->from > p->data.len - first)
			return damaged(err, "packed objects have no list of numbers");
		o->from += first;
		o->to = p->data.len;
		if (i > 0 && o->from < o[-1].from)
			return damaged(err, "packed objects are out of order");
		if (i > 0)
			o[-1].to = o->from;
		p->by_number[i] = o;
	}
	qsort(p->by_number, p->num, sizeof(*p->by_number), by_packed_number);
	for (size_t i = 1; i < p->num; i++)
		if (p->by_number[i]->number == p->by_number[i - 1]->number)
			return damaged(err, "a packed object is there twice");
	return true;
}

static bool open_pack(struct pdf_file *f, const struct pdf_stream *s, struct pdf_pack *p, struct zy_error *err)
{
	const struct pdf_value *type = pdf_member(&s->dict, "Type");
	long long n = number_in(&s->dict, "N", -1), first = number_in(&s->dict, "First", -1);

	if (type == NULL || !pdf_name_is(type, "ObjStm"))
		return damaged(err, "packed objects lie in something else than an object stream");
	if (!pdf_unpack(f, s, &p->data, err))
		return false;
	if (n < 0 || n > ZY_PDF_OBJECTS_MAX || first < 0 || (unsigned long long)first > p->data.len)
		return damaged(err, "packed objects have no list of numbers");
	p->num = (size_t)n;
	p->objects = zy_arena_array(f->arena, p->num + 1, sizeof(*p->objects), err);
	p->by_number = zy_arena_array(f->arena, p->num + 1, sizeof(struct packed *), err);
	return p->objects != NULL && p->by_number != NULL && read_pairs(p, (size_t)first, err);
}

/* One that was used before; it comes first then, since objects are asked for in the order of their numbers. */
static struct pdf_pack *known_pack(struct pdf_file *f, size_t at)
{
	for (struct pdf_pack **p = &f->packs; *p != NULL; p = &(*p)->next) {
		struct pdf_pack *found = *p;

		if (found->at != at)
			continue;
		*p = found->next;
		found->next = f->packs;
		return f->packs = found;
	}
	return NULL;
}

static struct pdf_pack *find_pack(struct pdf_file *f, size_t number, size_t revision, struct zy_error *err)
{
	const struct pdf_entry *e = pdf_find(f, revision, number);
	struct pdf_pack *p;
	struct pdf_object o;

	if (e == NULL || e->place != PDF_PLAIN) {
		damaged(err, "packed objects lie in an object that is not there");
		return NULL;
	}
	if ((p = known_pack(f, e->at)) != NULL)
		return p;
	if ((p = zy_arena_alloc(f->arena, sizeof(*p), err)) == NULL ||
	    !pdf_take_object(f, e->at, f->len, revision, f->arena, NULL, &o, err))
		return NULL;
	if (o.number != number || o.generation != e->generation || o.value.kind != PDF_STREAM) {
		damaged(err, "packed objects lie in an object that is not there");
		return NULL;
	}
	p->at = e->at;
	if (!open_pack(f, o.value.as.stream, p, err))
		return NULL;
	p->next = f->packs;
	return f->packs = p;
}

bool pdf_packed_object(struct pdf_file *f, const struct pdf_entry *e, size_t revision, struct zy_arena *a,
    struct pdf_seen *seen, struct pdf_value *out, struct zy_error *err)
{
	struct pdf_pack *p = find_pack(f, e->at, revision, err);
	struct pdf_lexer l = { .origin = ZY_NOWHERE, .arena = a, .seen = seen };
	const struct packed *o;
	bool ok;

	if (p == NULL)
		return false;
	o = e->generation < p->num ? &p->objects[e->generation] : NULL;
	if (o == NULL || o->number != e->number)
		return damaged(err, "a packed object is not where its table says");
	l.in = ZY_BYTES(p->data.p + o->from, o->to - o->from);
	ok = pdf_take_value(&l, out, err);
	if (ok) {
		pdf_skip_space(&l);
		ok = l.at == l.in.len || damaged(err, "something follows a packed object");
	}
	pdf_lexer_free(&l);
	return ok && (out->kind != PDF_REF || damaged(err, "an object is a reference"));
}
