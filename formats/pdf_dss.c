#include "zy/pdf_dss.h"

#include <string.h>

#include "pdf_internal.h"
#include "zy/text.h"

struct store {
	struct pdf_doc *d;
	struct zy_arena *arena;
	struct zy_pdf_dss *out;
};

static const char *const lists[ZY_PDF_DSS_KINDS] = { "Certs", "CRLs", "OCSPs" };
static const char *const vri_lists[ZY_PDF_DSS_KINDS] = { "Cert", "CRL", "OCSP" };

/* A store with faults is no fault of the document: what can be read counts. */
static void fault(struct store *s, const char *field, const char *why)
{
	if (s->out->fault.code == ZY_OK)
		zy_fail_set(&s->out->fault, ZY_E_PDF, field, ZY_NOWHERE, "%s", why);
}

/* The bytes of a stream, plain or FlateDecode without parameters. */
static bool take_bytes(struct store *s, const struct pdf_stream *stream, struct zy_pdf_dss_value *v, const char *field,
    bool *taken, struct zy_error *err)
{
	const struct pdf_value *filter = pdf_resolve(s->d, pdf_get(s->d, &stream->dict, "Filter"));
	struct zy_error why = { 0 };
	struct zy_bytes raw;

	*taken = false;
	if (filter->kind == PDF_ARRAY && filter->as.list.num == 1)
		filter = pdf_resolve(s->d, pdf_item(s->d, filter, 0));
	if (pdf_member(&stream->dict, "F") != NULL || pdf_member(&stream->dict, "DecodeParms") != NULL ||
	    !(filter->kind == PDF_NULL || pdf_name_is(filter, "FlateDecode"))) {
		fault(s, field, "a value is coded in a way that is not read here");
		return true;
	}
	if (stream->len == 0 || stream->len > ZY_PDF_DSS_VALUE_MAX) {
		fault(s, field, "a value is empty or too large");
		return true;
	}
	if (!pdf_bytes(s->d->f, stream->at, stream->len, s->arena, &raw, err))
		return false;
	v->end = stream->at + stream->len;
	v->der = raw;
	*taken = filter->kind == PDF_NULL || pdf_inflate(raw, ZY_PDF_DSS_VALUE_MAX, s->arena, &v->der, &why);
	if (why.code == ZY_E_NO_MEMORY)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	if (!*taken)
		fault(s, field, why.msg);
	return true;
}

static bool is_known(const struct zy_pdf_dss *d, enum zy_pdf_dss_kind kind, unsigned number)
{
	for (size_t i = 0; i < d->num[kind]; i++)
		if (d->values[kind][i].id.number == number)
			return true;
	return false;
}

static bool take_value(
    struct store *s, enum zy_pdf_dss_kind kind, const char *field, const struct pdf_value *entry, struct zy_error *err)
{
	struct zy_pdf_dss *d = s->out;
	const struct pdf_value *stream = pdf_resolve(s->d, entry);
	struct zy_pdf_dss_value v = { 0 };
	bool taken;

	if (stream->kind != PDF_STREAM || pdf_number_of(entry) == 0) {
		fault(s, field, "an entry is no stream");
		return true;
	}
	v.id = (struct zy_pdf_reference){ entry->as.number, entry->generation };
	if (is_known(d, kind, v.id.number))
		return true;
	if (d->num[kind] == ZY_PDF_DSS_VALUES_MAX) {
		fault(s, field, "there are more values than are looked at");
		return true;
	}
	if (!take_bytes(s, stream->as.stream, &v, field, &taken, err))
		return false;
	if (taken)
		d->values[kind][d->num[kind]++] = v;
	return true;
}

static bool take_lists(
    struct store *s, const struct pdf_value *dict, const char *const names[ZY_PDF_DSS_KINDS], struct zy_error *err)
{
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++) {
		const struct pdf_value *list = pdf_get(s->d, dict, names[kind]);
		size_t num = pdf_num_items(s->d, list);

		if (!pdf_is(s->d, list, PDF_NULL) && !pdf_is(s->d, list, PDF_ARRAY))
			fault(s, names[kind], "it is no list");
		for (size_t i = 0; i < num && i <= ZY_PDF_DSS_VALUES_MAX; i++)
			if (!take_value(s, (enum zy_pdf_dss_kind)kind, names[kind], pdf_item(s->d, list, i), err))
				return false;
	}
	return true;
}

static bool note_vri(struct store *s, const struct pdf_value *key, const struct pdf_value *value, struct zy_error *err)
{
	struct zy_pdf_dss_vri *v = &s->out->vri[s->out->num_vri];
	ZY_BUF_AUTO name = { 0 };
	ZY_BUF_AUTO text = { 0 };

	if (s->out->num_vri == ZY_PDF_DSS_VRI_MAX) {
		fault(s, "VRI", "it is about more signatures than are looked at");
		return true;
	}
	pdf_put_value(&name, key);
	pdf_put_value(&text, value);
	s->out->num_vri++;
	return zy_buf_done(&name, "VRI", err) && zy_buf_done(&text, "VRI", err) &&
	       (v->key = zy_arena_text(s->arena, zy_buf_bytes(&name), err)) != NULL &&
	       (v->text = zy_arena_text(s->arena, zy_buf_bytes(&text), err)) != NULL;
}

static bool take_vri(struct store *s, const struct pdf_value *vri, struct zy_error *err)
{
	vri = pdf_resolve(s->d, vri);
	if (vri->kind == PDF_NULL)
		return true;
	if (vri->kind != PDF_DICT) {
		fault(s, "VRI", "it is no dictionary");
		return true;
	}
	for (size_t i = 0; i < vri->as.list.num; i += 2) {
		const struct pdf_value *key = &vri->as.list.item[i];

		if (!pdf_name_is(key, "Type") &&
		    (!note_vri(s, key, key + 1, err) || !take_lists(s, key + 1, vri_lists, err)))
			return false;
	}
	return true;
}

static bool take_store(struct store *s, struct zy_error *err)
{
	const struct pdf_value *dss = pdf_get(s->d, pdf_get(s->d, &s->d->trailer, "Root"), "DSS");
	struct zy_pdf_dss *d = s->out;

	d->present = !pdf_is(s->d, dss, PDF_NULL);
	if (!d->present)
		return true;
	if (!pdf_is(s->d, dss, PDF_DICT)) {
		fault(s, "DSS", "it is no dictionary");
		return true;
	}
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++)
		if ((d->values[kind] =
			    zy_arena_array(s->arena, ZY_PDF_DSS_VALUES_MAX, sizeof(*d->values[kind]), err)) == NULL)
			return false;
	d->vri = zy_arena_array(s->arena, ZY_PDF_DSS_VRI_MAX, sizeof(*d->vri), err);
	return d->vri != NULL && take_lists(s, dss, lists, err) && take_vri(s, pdf_get(s->d, dss, "VRI"), err);
}

bool zy_pdf_dss_parse(struct zy_pdf_dss *out, const struct zy_pdf *pdf, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf_dss dss = { 0 };
	struct store s = { .d = pdf->newest, .arena = a, .out = &dss };

	if (!take_store(&s, err) || !pdf_check_answers(pdf->newest, err))
		return false;
	*out = dss;
	return true;
}

bool zy_pdf_vri_key(const struct zy_pdf_signature *s, char out[41], struct zy_error *err)
{
	ZY_BUF_AUTO contents = { 0 };
	uint8_t digest[20], *rest;
	size_t len = s->hole_len < 2 ? 0 : (s->hole_len - 2) / 2;

	zy_buf_put(&contents, s->der);
	if (len > s->der.len && (rest = zy_buf_extend(&contents, len - s->der.len)) != NULL)
		memset(rest, 0, len - s->der.len);
	if (!zy_buf_done(&contents, "VRI", err) || !zy_digest_sha1(zy_buf_bytes(&contents), digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), out);
	for (size_t i = 0; i < 40; i++)
		if (out[i] >= 'a')
			out[i] = (char)(out[i] - 'a' + 'A');
	return true;
}
