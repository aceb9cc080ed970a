#include "pdf_internal.h"
#include "zy/der.h"

#define FIELD_DEPTH_MAX 16
#define FIELDS_MAX 4096

static bool take_range(struct pdf_reading *p, qpdf_oh array, long long r[4])
{
	if (pdf_num_items(p, array) != 4)
		return false;
	for (int i = 0; i < 4; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(p->q, array, i);

		if (!qpdf_oh_is_integer(p->q, item) || !qpdf_oh_get_value_as_longlong(p->q, item, &r[i]))
			return false;
	}
	return true;
}

/* [0 a b c]: from the first byte, a gap that starts at a and ends at b, then c bytes inside the file. */
static bool check_range(struct pdf_reading *p, struct zy_pdf_signature *s, qpdf_oh dict)
{
	long long r[4], len = (long long)p->in.len;

	if (!take_range(p, pdf_get(p, dict, "/ByteRange"), r))
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", ZY_NOWHERE, "not an array of four integers");
	if (r[0] != 0)
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", ZY_NOWHERE, "does not begin at the first byte");
	if (r[1] <= 0 || r[2] <= r[1] || r[3] <= 0 || r[2] > len || r[3] > len - r[2])
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", ZY_NOWHERE,
		    "ranges that overlap, are empty, or reach beyond the file's %lld bytes", len);
	s->hole_at = (size_t)r[1];
	s->hole_len = (size_t)(r[2] - r[1]);
	s->part[0] = ZY_BYTES(p->in.p, (size_t)r[1]);
	s->part[1] = ZY_BYTES(p->in.p + r[2], (size_t)r[3]);
	return true;
}

/* /Contents is one SEQUENCE and zeros (ISO 32000-1 12.8.1). */
static bool check_padding(struct zy_pdf_signature *s, struct zy_bytes contents, struct zy_bytes *der)
{
	struct zy_reader r = zy_reader_over(contents);
	struct zy_error why = { 0 };
	struct zy_bytes rest;

	if (!zy_der_take_whole(&r, ZY_DER_SEQUENCE, "Contents", der, &why))
		return zy_fail(&s->fault, ZY_E_PDF, "Contents", s->hole_at, "holds no DER: %s", why.msg);
	rest = zy_reader_rest(&r);
	for (size_t i = 0; i < rest.len; i++)
		if (rest.p[i] != 0)
			return zy_fail(
			    &s->fault, ZY_E_PDF, "Contents", s->hole_at, "bytes other than 00 follow the DER");
	return true;
}

/* The revision whose last byte is the last one covered, with or without the line end behind %%EOF. */
static size_t covered_revision(const struct zy_pdf *out, struct zy_bytes in, size_t end)
{
	for (size_t k = 0; k < out->num_revisions; k++) {
		size_t to = out->revision_end[k], from = to;

		while (from > 0 && to - from < 2 && (in.p[from - 1] == '\n' || in.p[from - 1] == '\r'))
			from--;
		if (end >= from && end <= to)
			return k + 1;
	}
	return 0;
}

static void forget_coverage(struct zy_pdf_signature *s)
{
	s->hole_at = s->hole_len = s->revision = 0;
	s->part[0] = s->part[1] = s->der = (struct zy_bytes){ 0 };
	s->whole = false;
}

static bool read_coverage(struct pdf_reading *p, struct zy_pdf_signature *s, qpdf_oh dict, struct zy_error *err)
{
	qpdf_oh value = pdf_get(p, dict, "/Contents");
	struct zy_bytes contents, der;
	size_t end, len = 0;
	const char *bytes;

	if (!qpdf_oh_is_string(p->q, value)) {
		zy_fail(&s->fault, ZY_E_PDF, "Contents", ZY_NOWHERE, "/Contents is missing or no string");
		return true;
	}
	bytes = qpdf_oh_get_binary_string_value(p->q, value, &len);
	if (!zy_arena_copy(p->arena, ZY_BYTES(bytes, len), &contents, err))
		return false;
	if (!check_range(p, s, dict) || !pdf_check_hole(s, p->in, contents) || !check_padding(s, contents, &der)) {
		forget_coverage(s);
		return true;
	}
	s->der = der;
	end = s->hole_at + s->hole_len + s->part[1].len;
	s->whole = end == p->in.len;
	s->revision = covered_revision(p->out, p->in, end);
	return true;
}

static enum zy_pdf_sub_filter sub_filter_kind(const char *name)
{
	return strcmp(name, "ETSI.CAdES.detached") == 0   ? ZY_PDF_CADES
	       : strcmp(name, "adbe.pkcs7.detached") == 0 ? ZY_PDF_PKCS7
	       : strcmp(name, "ETSI.RFC3161") == 0        ? ZY_PDF_STAMP
							  : ZY_PDF_OTHER;
}

static void remember_reached(struct pdf_reading *p, qpdf_oh dict)
{
	int id = qpdf_oh_is_indirect(p->q, dict) ? qpdf_oh_get_object_id(p->q, dict) : 0;

	for (size_t i = 0; id != 0 && i < p->num_reached; i++)
		if (p->reached[i] == id)
			return;
	p->reached[p->num_reached++] = id;
}

static bool read_signature(struct pdf_reading *p, qpdf_oh field, qpdf_oh dict, struct zy_error *err)
{
	struct zy_pdf_signature *s;
	const char *m;

	if (p->out->num_signatures == ZY_PDF_SIGNATURES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "Fields", ZY_NOWHERE, "more than %d signatures", ZY_PDF_SIGNATURES_MAX);
	s = &p->out->signatures[p->out->num_signatures++];
	remember_reached(p, dict);
	if ((s->field = pdf_text(p, pdf_get(p, field, "/T"), err)) == NULL ||
	    (s->filter = pdf_name(p, pdf_get(p, dict, "/Filter"), err)) == NULL ||
	    (s->sub_filter = pdf_name(p, pdf_get(p, dict, "/SubFilter"), err)) == NULL ||
	    (s->name = pdf_text(p, pdf_get(p, dict, "/Name"), err)) == NULL ||
	    (m = pdf_text(p, pdf_get(p, dict, "/M"), err)) == NULL)
		return false;
	s->kind = sub_filter_kind(s->sub_filter);
	s->has_time = pdf_date(zy_str(m), &s->time);
	return read_coverage(p, s, dict, err);
}

/* Fields form a tree; /FT and /V may be inherited (ISO 32000-1 12.7.3.1). */
static bool read_field(
    struct pdf_reading *p, qpdf_oh field, bool is_signature, int depth, unsigned *num, struct zy_error *err)
{
	qpdf_oh type = pdf_get(p, field, "/FT"), kids = pdf_get(p, field, "/Kids"), value;

	if (depth > FIELD_DEPTH_MAX || ++*num > FIELDS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "Fields", ZY_NOWHERE, "more fields than %d, or deeper than %d",
		    FIELDS_MAX, FIELD_DEPTH_MAX);
	if (qpdf_oh_is_name(p->q, type))
		is_signature = qpdf_oh_is_name_and_equals(p->q, type, "/Sig") != QPDF_FALSE;
	for (int i = 0, n = pdf_num_items(p, kids); i < n; i++)
		if (!read_field(p, qpdf_oh_get_array_item(p->q, kids, i), is_signature, depth + 1, num, err))
			return false;
	value = pdf_get(p, field, "/V");
	if (!is_signature)
		return true;
	if (qpdf_oh_is_dictionary(p->q, value))
		return read_signature(p, field, value, err);
	p->out->num_unsigned += pdf_num_items(p, kids) == 0;
	return true;
}

bool pdf_read_signatures(struct pdf_reading *p, qpdf_oh form, struct zy_error *err)
{
	qpdf_oh fields = pdf_get(p, form, "/Fields");
	unsigned num = 0;

	p->out->signatures = zy_arena_array(p->arena, ZY_PDF_SIGNATURES_MAX, sizeof(*p->out->signatures), err);
	if (p->out->signatures == NULL)
		return false;
	for (int i = 0, n = pdf_num_items(p, fields); i < n; i++)
		if (!read_field(p, qpdf_oh_get_array_item(p->q, fields, i), false, 0, &num, err))
			return false;
	return true;
}

bool zy_pdf_signature_digest(
    const struct zy_pdf_signature *s, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher k = { 0 };
	bool ok = zy_hasher_start(&k, h, err) && zy_hasher_add(&k, s->part[0], err) &&
		  zy_hasher_add(&k, s->part[1], err) && zy_hasher_final(&k, out, err);

	zy_hasher_free(&k);
	return ok;
}
