/*
 * What the PDF reader's files share. Bytes become values (pdf_lex.c), tables of where objects lie (pdf_table.c), every
 * byte of the file belonging to something (pdf_layout.c), objects by number (pdf_object.c, pdf_pack.c), and then what a
 * judgement asks for (pdf.c, pdf_sign.c, pdf_changes.c). Nothing is ever repaired.
 */
#ifndef ZY_PDF_INTERNAL_H
#define ZY_PDF_INTERNAL_H

#include "zy/buf.h"
#include "zy/pdf.h"

enum pdf_kind { PDF_NULL, PDF_BOOL, PDF_INT, PDF_REAL, PDF_NAME, PDF_STRING, PDF_ARRAY, PDF_DICT, PDF_REF, PDF_STREAM };

/* A value as it stands: a reference stays one until somebody asks through it. */
struct pdf_value {
	enum pdf_kind kind;
	unsigned generation; /* PDF_REF */
	size_t at;           /* where it begins in the file; ZY_NOWHERE in an object stream */
	union {
		bool truth;
		long long integer;
		struct zy_bytes text; /* PDF_NAME: without '/' and #xx; PDF_STRING, PDF_REAL: as written */
		unsigned number;      /* PDF_REF */
		struct {
			/* PDF_DICT: key, value, key, value, by key */
			const struct pdf_value *item;
			size_t num;
		} list;
		const struct pdf_stream *stream;
	} as;
};

struct pdf_stream {
	struct pdf_value dict;
	size_t at, len; /* the data as it lies in the file */
};

/* What the names of an object say, while it is read. */
struct pdf_seen {
	bool javascript, additional_actions;
	size_t num_ranges; /* /ByteRange */
};

struct pdf_lexer {
	struct zy_bytes in;
	size_t at, origin; /* in.p[0] is the file's byte `origin`, or ZY_NOWHERE */
	struct zy_arena *arena;
	struct pdf_seen *seen;
	struct pdf_value *stack; /* owned: members of what is open */
	size_t num, room;
};

enum pdf_place { PDF_FREE, PDF_PLAIN, PDF_PACKED };
struct pdf_entry {
	size_t at; /* PDF_PLAIN: offset; PDF_PACKED: number of the object stream */
	unsigned number;
	unsigned generation; /* PDF_PACKED: index in the object stream */
	enum pdf_place place;
};

/* One cross-reference section, with that of its /XRefStm. Entries by number, each number once. */
struct pdf_section {
	size_t at, tail_at, end;      /* where it begins, its startxref, behind its %%EOF and line end */
	size_t target;                /* the number behind startxref */
	size_t hybrid_at, hybrid_end; /* of a stream that /XRefStm names; 0: none */
	size_t previous;              /* /Prev; 0: none */
	size_t size;                  /* /Size */
	size_t revision;              /* 1.. */
	unsigned number, hybrid;      /* object numbers of streams; 0: a table */
	struct pdf_value trailer;
	struct pdf_entry *entries;
	size_t num, room;
};

struct pdf_pack; /* an object stream that is open */

struct pdf_file {
	struct zy_bytes in;
	size_t len;
	bool in_file; /* it may change while it is read: what is interpreted is copied first */
	struct zy_arena *arena;
	struct pdf_section *sections; /* newest first */
	size_t num_sections, room_sections, num_entries, num_revisions;
	size_t revision_end[ZY_PDF_REVISIONS_MAX];
	size_t room; /* bytes that streams may still inflate to */
	struct pdf_pack *packs;
	unsigned depth;              /* lengths that are being looked up */
	size_t loose_at, last_loose; /* first and last bytes that belong to nothing; ZY_NOWHERE: none */
	size_t num_loose_ranges;     /* /ByteRange in them */
	struct pdf_seen old;         /* in objects that later revisions replaced */
	struct zy_error failure;     /* of an answer that could only be null: to be looked at in the end */
};

/* The document as of one revision. */
struct pdf_doc {
	struct pdf_file *f;
	struct zy_arena *arena;          /* of what is read of it */
	size_t revision, size, declared; /* objects have numbers below size; /Size */
	const struct pdf_entry **table;  /* NULL: free or absent */
	const struct pdf_value **parsed;
	struct pdf_value trailer;
	struct pdf_seen seen;
};

/* One reading, for one zy_pdf_parse. */
struct pdf_reading {
	struct pdf_doc *d;
	struct zy_pdf *out;
	struct zy_arena *arena;
	struct zy_bytes in;
	size_t num_reached;                      /* different signature dictionaries that fields lead to */
	unsigned reached[ZY_PDF_SIGNATURES_MAX]; /* their object numbers, 0 for a direct one */
};

/* ---- bytes (pdf_lex.c) ---- */
static inline bool pdf_is_space(uint8_t c)
{
	return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0);
}
void pdf_skip_space(struct pdf_lexer *l);                  /* and comments */
bool pdf_take_word(struct pdf_lexer *l, const char *word); /* moves behind it, if it is there and ends there */
/* Decimal digits, at most 10. */
bool pdf_take_number(struct pdf_lexer *l, size_t *out);
/* One value. Errors: pdf, too-large (nesting, items), no-memory. */
ZY_MUST_CHECK bool pdf_take_value(struct pdf_lexer *l, struct pdf_value *out, struct zy_error *err);
bool pdf_lex_fail(struct pdf_lexer *l, struct zy_error *err, const char *why); /* false */
void pdf_lexer_free(struct pdf_lexer *l);

/* ---- values (pdf_value.c) ---- */
extern const struct pdf_value pdf_null;
/* The bytes of a string. Errors: no-memory. */
ZY_MUST_CHECK bool pdf_string(
    const struct pdf_value *v, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);
/* Member of a dictionary as it stands, NULL if absent. */
const struct pdf_value *pdf_member(const struct pdf_value *dict, const char *key);
bool pdf_name_is(const struct pdf_value *v, const char *name);
/* The same value, strings by what they mean, references by number; members named in `but` (NULL-terminated) aside. */
bool pdf_same(const struct pdf_value *a, const struct pdf_value *b, const char *const *but);
/* As text on one line; of a stream its dictionary. */
void pdf_put_value(struct zy_buf *out, const struct pdf_value *v);
/* Every reference in v, not through them. */
void pdf_each_reference(
    const struct pdf_value *v, void (*take)(void *arg, const struct pdf_value *reference), void *arg);

/* ---- sections (pdf_table.c) ---- */
ZY_MUST_CHECK bool pdf_read_sections(struct pdf_file *f, struct zy_error *err);
/* Where an object lies in a revision; NULL: it is free or absent. */
const struct pdf_entry *pdf_find(const struct pdf_file *f, size_t revision, size_t number);
/* Room for `num` more entries. Errors: too-large, no-memory. */
ZY_MUST_CHECK bool pdf_reserve(struct pdf_file *f, struct pdf_section *s, size_t num, struct zy_error *err);
/* The entries of a cross-reference stream (pdf_pack.c). */
ZY_MUST_CHECK bool pdf_take_rows(
    struct pdf_file *f, struct pdf_section *s, const struct pdf_stream *stream, struct zy_error *err);

/* ---- objects (pdf_object.c) ---- */
/* What lies at an offset: "N G obj" value "endobj", not beyond `limit`. */
struct pdf_object {
	unsigned number, generation;
	struct pdf_value value;
	size_t end;
};
ZY_MUST_CHECK bool pdf_take_object(struct pdf_file *f, size_t at, size_t limit, size_t revision, struct zy_arena *a,
    struct pdf_seen *seen, struct pdf_object *out, struct zy_error *err);
/* Calls `take` with a lexer over the bytes from `at` on, again over more of them while it fails and there are more,
 * but never beyond `limit`. What is kept may point into them: they live as long as the arena. */
ZY_MUST_CHECK bool pdf_take_at(struct pdf_file *f, size_t at, size_t limit, struct zy_arena *a, struct pdf_seen *seen,
    bool (*take)(struct pdf_lexer *l, void *arg, struct zy_error *err), void *arg, struct zy_error *err);
/* Some bytes of the file, as long as the arena lives. Errors: pdf (they end before), io, no-memory. */
ZY_MUST_CHECK bool pdf_bytes(
    const struct pdf_file *f, size_t at, size_t len, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);

/* ---- object streams and other compressed data (pdf_pack.c) ---- */
ZY_MUST_CHECK bool pdf_packed_object(struct pdf_file *f, const struct pdf_entry *e, size_t revision, struct zy_arena *a,
    struct pdf_seen *seen, struct pdf_value *out, struct zy_error *err);
/* The data of a table or of packed objects. Errors: pdf, too-large, no-memory. */
ZY_MUST_CHECK bool pdf_unpack(
    struct pdf_file *f, const struct pdf_stream *s, struct zy_bytes *out, struct zy_error *err);
/* The same of any other stream, into an arena of its own. */
ZY_MUST_CHECK bool pdf_unpack_apart(const struct pdf_file *f, const struct pdf_stream *s, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err);
/* Inflates v into the arena, at most `cap` bytes. Errors: pdf, too-large, no-memory. */
ZY_MUST_CHECK bool pdf_inflate(
    struct zy_bytes v, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);

/* ---- the whole file (pdf_layout.c) ---- */
/* Header, sections, and every object of every revision read once; what belongs to none of them is loose. */
ZY_MUST_CHECK bool pdf_file_open(struct pdf_file *f, struct pdf_doc **newest, struct zy_error *err);

/* ---- the document (pdf_doc.c): answers through references ---- */
ZY_MUST_CHECK bool pdf_doc_open(
    struct pdf_doc **out, struct pdf_file *f, size_t revision, struct zy_arena *a, struct zy_error *err);
/* Never NULL; pdf_null for what is absent, or cannot be read, which f->failure then says. */
const struct pdf_value *pdf_lookup(struct pdf_doc *d, size_t number, unsigned generation);
/* Reads it even if it is known, into `a`. */
ZY_MUST_CHECK bool pdf_read_entry(struct pdf_doc *d, const struct pdf_entry *e, struct zy_arena *a,
    struct pdf_seen *seen, struct pdf_value *out, struct zy_error *err);
const struct pdf_value *pdf_resolve(struct pdf_doc *d, const struct pdf_value *v);
const struct pdf_value *pdf_get(struct pdf_doc *d, const struct pdf_value *dict, const char *key); /* as it stands */
bool pdf_is(struct pdf_doc *d, const struct pdf_value *v, enum pdf_kind kind);
size_t pdf_num_items(struct pdf_doc *d, const struct pdf_value *array); /* 0 when it is none */
const struct pdf_value *pdf_item(struct pdf_doc *d, const struct pdf_value *array, size_t i);
bool pdf_integer(struct pdf_doc *d, const struct pdf_value *v, long long *out);
bool pdf_real(struct pdf_doc *d, const struct pdf_value *v, double *out);
unsigned pdf_number_of(const struct pdf_value *v); /* of a reference; else 0 */
/* False if any answer of this document could not be read. */
ZY_MUST_CHECK bool pdf_check_answers(const struct pdf_doc *d, struct zy_error *err);
/* The leaves of the tree of pages in order, as they stand in /Kids. Errors: pdf, too-large, no-memory. */
ZY_MUST_CHECK bool pdf_pages(struct pdf_doc *d, const struct pdf_value ***out, size_t *num, struct zy_error *err);
/* A text string as UTF-8 in the arena, "" when it is none. NULL: no-memory. */
const char *pdf_text(struct pdf_reading *p, const struct pdf_value *v, struct zy_error *err);
/* A name without '/', "" when it is none. NULL: no-memory. */
const char *pdf_name(struct pdf_reading *p, const struct pdf_value *v, struct zy_error *err);

/* P of the author's certification: 0 without one, 1 when it cannot be read (pdf_mdp.c). */
unsigned pdf_certified(struct pdf_doc *d, const struct pdf_value *root);
/* Does a signature keep the seed of its field? */
enum zy_pdf_seed pdf_seed(struct pdf_doc *d, const struct pdf_value *field, const struct pdf_value *signature);
/* What the signatures of a document lock (FieldMDP, ISO 32000-1 12.8.2.4). */
struct pdf_lock {
	const char *action; /* All, Include, Exclude; anything else locks all */
	size_t num;
	const char **fields; /* full names */
};
struct pdf_locks {
	unsigned
	    level; /* the least P of a signed field's /Lock (ISO 32000-2 table 237), 1 when one cannot be read; 3 */
	size_t num;
	struct pdf_lock locks[ZY_PDF_SIGNATURES_MAX];
};
ZY_MUST_CHECK bool pdf_read_locks(
    struct pdf_locks *out, struct pdf_doc *d, const struct pdf_value *root, struct zy_arena *a, struct zy_error *err);
bool pdf_is_locked(const struct pdf_locks *l, const char *name);
/* P in effect, of a certification and of locks, which take away and never give: without a certification, which counts
 * as 3 here, 0 or what a lock left. */
unsigned pdf_permitted(const struct pdf_locks *l, unsigned certified);
/* The full name of a field (12.7.3.2) in the arena; NULL: no-memory. */
const char *pdf_field_name(struct pdf_doc *d, const struct pdf_value *field, const char *above, struct zy_arena *a);
/* Is a signed field that of a document time-stamp? Does it cover a part of its page? */
bool pdf_is_stamp_field(struct pdf_doc *d, const struct pdf_value *field);
bool pdf_is_seen(struct pdf_doc *d, const struct pdf_value *field);

/* Signature fields of the AcroForm. */
ZY_MUST_CHECK bool pdf_read_signatures(struct pdf_reading *p, const struct pdf_value *form, struct zy_error *err);
/* D:YYYYMMDDHHmmSS with Z or +hh'mm' (ISO 32000-1 7.9.4). */
bool pdf_date(struct zy_bytes v, zy_time *out);

#endif
