/*
 * What a judgement must know of a PDF (ISO 32000-1): its signatures and exactly which bytes each covers, its
 * revisions, its attached record, and whether it acts by itself. Every object of every revision is read once, strictly:
 * a file that would have to be repaired, or that two readers could take for two documents, is refused. Threads: any; no
 * shared state.
 */
#ifndef ZY_PDF_H
#define ZY_PDF_H

#include "zy/arena.h"
#include "zy/clock.h"
#include "zy/digest.h"
#include "zy/mapped.h"

#define ZY_PDF_MAX ZY_DOCUMENT_MAX             /* bytes of a file */
#define ZY_PDF_OBJECTS_MAX 200000              /* trailer /Size */
#define ZY_PDF_INFLATED_MAX ((size_t)64 << 20) /* bytes of tables and objects that lie compressed in streams */
#define ZY_PDF_ATTACHED_MAX ((size_t)4 << 20)  /* bytes of the attached file, decoded */
#define ZY_PDF_SIGNATURES_MAX 64
#define ZY_PDF_REVISIONS_MAX 256

enum zy_pdf_sub_filter {
	ZY_PDF_CADES, /* ETSI.CAdES.detached */
	ZY_PDF_PKCS7, /* adbe.pkcs7.detached */
	ZY_PDF_STAMP, /* ETSI.RFC3161: /Contents is a time-stamp token over what is covered (EN 319 142-1 5.4.3) */
	ZY_PDF_OTHER  /* see sub_filter */
};

/* The seed of a signature field (ISO 32000-1 12.7.4.5, table 234): what a signature in it must be like. */
enum zy_pdf_seed {
	ZY_PDF_SEED_NONE,
	ZY_PDF_SEED_KEPT,
	ZY_PDF_SEED_BROKEN, /* a required /Filter or /SubFilter, or the /P of a certification, is another */
	ZY_PDF_SEED_OPEN    /* something is required that is not looked at: certificate, digest, reason, time-stamp */
};

struct zy_pdf_signature {
	const char *field;      /* /T of the signature field, UTF-8, in the arena */
	const char *filter;     /* without '/' */
	const char *sub_filter; /* without '/'; "" if absent */
	enum zy_pdf_sub_filter kind;
	/* ZY_OK, or why it cannot be said what is covered: /ByteRange is not [0 a b c] in bounds around exactly the
	 * hexadecimal /Contents of this dictionary, or /Contents is not one DER element and zeros. Then nothing is
	 * covered: hole, part and der are empty, revision is 0, whole is false. */
	struct zy_error fault;
	size_t hole_at, hole_len; /* the bytes not covered: '<' hex digits '>' */
	struct zy_bytes part[2];  /* the covered bytes before and after the hole: views into the input */
	struct zy_bytes der;      /* /Contents without its zero padding, in the arena: one SEQUENCE, not read here */
	size_t revision;  /* 1..num_revisions: covers that revision to its last byte; 0: ends elsewhere (partial) */
	bool whole;       /* every byte of the file but the hole is covered */
	bool has_time;    /* /M is there and well-formed */
	zy_time time;     /* /M: claimed */
	const char *name; /* /Name, "" if absent */
	enum zy_pdf_seed seed;
};

struct pdf_doc;
struct zy_pdf {
	size_t num_revisions; /* sections that end with startxref and %%EOF; 1 for a fresh document */
	size_t revision_end[ZY_PDF_REVISIONS_MAX]; /* offset just behind each %%EOF and its line end, ascending */
	size_t num_trailing;                       /* bytes behind the last of them */
	size_t loose_at;       /* the first bytes before that that belong to no object or table; ZY_NOWHERE: none */
	size_t num_signatures; /* signed signature fields of the AcroForm, in its order */
	struct zy_pdf_signature *signatures; /* in the arena */
	size_t num_unsigned;                 /* signature fields without a value */
	size_t num_stray;                    /* signature dictionaries that no field of the AcroForm leads to */
	size_t num_pages;
	double width_mm, height_mm; /* MediaBox of page 1 */
	bool has_javascript, has_open_action, has_additional_actions, has_xfa;
	size_t num_attached;      /* embedded files in the catalog's name tree */
	struct zy_bytes attached; /* the one asked for, decoded, in the arena; p is NULL if there is none */

	/* For writers: where the document hangs together. */
	unsigned catalog, first_page, info; /* object numbers; info 0 if absent */
	double origin_x, origin_y;          /* lower left corner of that MediaBox, in points */
	bool has_form, has_annotations;     /* catalog /AcroForm; page 1 /Annots */
	struct zy_bytes id[2];              /* trailer /ID, in the arena; empty if absent */

	struct pdf_doc *newest; /* the reader's own */
};

/*
 * zy_pdf_parse reads a whole file.
 * in        1..ZY_PDF_MAX bytes, borrowed as long as `out` is used
 * attached  name of the embedded file to decode (licence.xml), or NULL
 * Errors    pdf (a header that is missing, a damaged or repaired file, encryption, two embedded files of one name),
 *           too-large, no-memory. A signature that covers the wrong bytes is no error but its `fault`.
 * Not done  what later revisions change: zy_pdf_find_change. Contents of streams other than tables, packed objects and
 *           the attached file
 */
ZY_MUST_CHECK bool zy_pdf_parse(
    struct zy_pdf *out, struct zy_bytes in, const char *attached, struct zy_arena *a, struct zy_error *err);

/* What was done to a document after a revision of it. */
struct zy_pdf_change {
	unsigned object;  /* its number, 0 when it is the trailer or the list of pages */
	const char *what; /* static; NULL: nothing but what is permitted */
	/* Of what is permitted: a field was filled in whose drawing is not the text of its value; NULL: none */
	unsigned unlike_object;
	const char *unlike; /* static */
};
/*
 * zy_pdf_find_change compares a revision with the whole file: the first change other than these: signed signature
 * fields that are new, or were empty, with their widgets on pages; the document security store (/DSS); new objects that
 * these lead to; an extension of ESIC or ADBE declared. Every other object must be the same, streams by their bytes; an
 * object that the old document referred to and lacked must not have appeared; nothing may lie between the objects.
 * After an author's certification more may change, and less of what a signature locks (FieldMDP, /P of a /Lock).
 *
 * d         of zy_pdf_parse; its arena keeps what is read
 * revision  1..num_revisions
 * Errors    pdf (that revision cannot be read by itself), no-memory
 * Not done  what a new signature's appearance hides of the page; the contents of /DSS; what the glyphs look like of
 *           fonts that came with a filled field, and what a list of choices shows besides the chosen one
 */
ZY_MUST_CHECK bool zy_pdf_find_change(
    struct zy_pdf_change *out, const struct zy_pdf *d, size_t revision, struct zy_error *err);

/* The digest of the covered bytes. Errors: crypto. */
ZY_MUST_CHECK bool zy_pdf_signature_digest(
    const struct zy_pdf_signature *s, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

#endif
