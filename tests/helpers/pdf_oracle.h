/* Objects as our PDF reader and as qpdf see them. */
#ifndef ZY_TEST_PDF_ORACLE_H
#define ZY_TEST_PDF_ORACLE_H

#include <qpdf/qpdf-c.h>

#include "formats/pdf_internal.h"
#include "helpers/soft_p256.h"

/* A handle on a file that qpdf may not repair; NULL: it refuses it. The caller gives it to qpdf_cleanup. */
static inline qpdf_data oracle_open(struct zy_bytes in)
{
	qpdf_data q = qpdf_init();

	qpdf_set_suppress_warnings(q, QPDF_TRUE);
	qpdf_silence_errors(q);
	qpdf_set_attempt_recovery(q, QPDF_FALSE);
	if ((qpdf_read_memory(q, "file", (const char *)in.p, in.len, NULL) & QPDF_ERRORS) == 0)
		return q;
	qpdf_cleanup(&q);
	return NULL;
}

static inline bool oracle_same_data(struct pdf_doc *d, const struct pdf_stream *s, qpdf_data q, qpdf_oh oh)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	unsigned char *raw = NULL;
	struct zy_bytes ours;
	size_t len = 0;
	bool same = (qpdf_oh_get_stream_data(q, oh, qpdf_dl_none, NULL, &raw, &len) & QPDF_ERRORS) == 0 &&
		    pdf_bytes(d->f, s->at, s->len, &a, &ours, &err) && zy_bytes_equal(ours, ZY_BYTES(raw, len));

	free(raw);
	return same;
}

/* qpdf's text of a value is read by our lexer. */
static inline bool oracle_same_value(const struct pdf_value *ours, const char *text)
{
	ZY_ARENA_AUTO a = { 0 };
	struct pdf_lexer l = { .in = zy_str(text), .origin = ZY_NOWHERE, .arena = &a };
	struct pdf_value theirs;
	struct zy_error err = { 0 };
	bool same = pdf_take_value(&l, &theirs, &err) && pdf_same(ours, &theirs, NULL);

	pdf_skip_space(&l);
	same = same && l.at == l.in.len;
	pdf_lexer_free(&l);
	return same;
}

static inline bool oracle_same_object(struct pdf_doc *d, unsigned number, qpdf_data q)
{
	const struct pdf_entry *e = d->table[number];
	unsigned generation = e == NULL || e->place == PDF_PACKED ? 0 : e->generation;
	const struct pdf_value *ours = pdf_lookup(d, number, generation);
	qpdf_oh oh = qpdf_get_object_by_id(q, (int)number, (int)generation);
	bool is_stream = qpdf_oh_is_stream(q, oh) != QPDF_FALSE, same;

	same = is_stream == (ours->kind == PDF_STREAM) &&
	       oracle_same_value(is_stream ? &ours->as.stream->dict : ours,
		   qpdf_oh_unparse_resolved(q, is_stream ? qpdf_oh_get_dict(q, oh) : oh)) &&
	       (!is_stream || oracle_same_data(d, ours->as.stream, q, oh));
	qpdf_oh_release(q, oh);
	return same;
}

#endif
