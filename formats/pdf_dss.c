#include "zy/pdf_dss.h"

#include <stdlib.h>

#include "pdf_internal.h"
#include "zy/text.h"

struct store {
	struct pdf_reading r;
	struct zy_pdf_dss *out;
};

static const char *const lists[ZY_PDF_DSS_KINDS] = { "/Certs", "/CRLs", "/OCSPs" };
static const char *const vri_lists[ZY_PDF_DSS_KINDS] = { "/Cert", "/CRL", "/OCSP" };

/* A store with faults is no fault of the document: what can be read counts. */
static void fault(struct store *s, const char *field, const char *why)
{
	if (s->out->fault.code == ZY_OK)
		zy_fail_set(&s->out->fault, ZY_E_PDF, field, ZY_NOWHERE, "%s", why);
}

/* The bytes of a stream, plain or FlateDecode without parameters. */
static bool take_bytes(
    struct store *s, qpdf_oh stream, struct zy_pdf_dss_value *v, const char *field, bool *taken, struct zy_error *err)
{
	qpdf_oh dict = qpdf_oh_get_dict(s->r.q, stream), filter = pdf_get(&s->r, dict, "/Filter");
	struct zy_error why = { 0 };
	unsigned char *raw = NULL;
	size_t len = 0;
	bool ok;

	*taken = false;
	if (pdf_num_items(&s->r, filter) == 1)
		filter = qpdf_oh_get_array_item(s->r.q, filter, 0);
	if (qpdf_oh_has_key(s->r.q, dict, "/F") || qpdf_oh_has_key(s->r.q, dict, "/DecodeParms") ||
	    !(qpdf_oh_is_null(s->r.q, filter) || qpdf_oh_is_name_and_equals(s->r.q, filter, "/FlateDecode"))) {
		fault(s, field, "a value is coded in a way that is not read here");
		return true;
	}
	if ((qpdf_oh_get_stream_data(s->r.q, stream, qpdf_dl_none, NULL, &raw, &len) & QPDF_ERRORS) != 0 || len == 0 ||
	    len > ZY_PDF_DSS_VALUE_MAX) {
		free(raw);
		fault(s, field, "a value is empty, too large, or cannot be read");
		return true;
	}
	ok = zy_arena_copy(s->r.arena, ZY_BYTES(raw, len), &v->raw, err);
	free(raw);
	if (!ok)
		return false;
	v->der = v->raw;
	*taken =
	    qpdf_oh_is_null(s->r.q, filter) || pdf_inflate(v->raw, ZY_PDF_DSS_VALUE_MAX, s->r.arena, &v->der, &why);
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
    struct store *s, enum zy_pdf_dss_kind kind, const char *field, qpdf_oh stream, struct zy_error *err)
{
	struct zy_pdf_dss *d = s->out;
	struct zy_pdf_dss_value v = { 0 };
	bool taken;

	if (!qpdf_oh_is_stream(s->r.q, stream)) {
		fault(s, field, "an entry is no stream");
		return true;
	}
	v.id = (struct zy_pdf_reference){ (unsigned)qpdf_oh_get_object_id(s->r.q, stream),
		(unsigned)qpdf_oh_get_generation(s->r.q, stream) };
	if (is_known(d, kind, v.id.number))
		return true;
	if (d->num[kind] == ZY_PDF_DSS_VALUES_MAX) {
		fault(s, field, "there are more values than are looked at");
		return true;
	}
	if (!take_bytes(s, stream, &v, field, &taken, err))
		return false;
	if (taken)
		d->values[kind][d->num[kind]++] = v;
	return true;
}

static bool take_lists(struct store *s, qpdf_oh dict, const char *const names[ZY_PDF_DSS_KINDS], struct zy_error *err)
{
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++) {
		qpdf_oh list = pdf_get(&s->r, dict, names[kind]);
		int num = pdf_num_items(&s->r, list);

		if (!qpdf_oh_is_null(s->r.q, list) && !qpdf_oh_is_array(s->r.q, list))
			fault(s, names[kind] + 1, "it is no list");
		for (int i = 0; i < num && i <= ZY_PDF_DSS_VALUES_MAX; i++)
			if (!take_value(s, (enum zy_pdf_dss_kind)kind, names[kind] + 1,
				qpdf_oh_get_array_item(s->r.q, list, i), err))
				return false;
	}
	return true;
}

static bool note_vri(struct store *s, qpdf_oh vri, const char *key, struct zy_error *err)
{
	struct zy_pdf_dss_vri *v = &s->out->vri[s->out->num_vri];

	if (s->out->num_vri == ZY_PDF_DSS_VRI_MAX) {
		fault(s, "VRI", "it is about more signatures than are looked at");
		return true;
	}
	s->out->num_vri++;
	return (v->key = zy_arena_text(s->r.arena, zy_str(key), err)) != NULL &&
	       (v->text = zy_arena_text(s->r.arena, zy_str(qpdf_oh_unparse(s->r.q, pdf_get(&s->r, vri, key))), err)) !=
		   NULL;
}

static bool take_vri(struct store *s, qpdf_oh vri, struct zy_error *err)
{
	if (qpdf_oh_is_null(s->r.q, vri))
		return true;
	if (!qpdf_oh_is_dictionary(s->r.q, vri)) {
		fault(s, "VRI", "it is no dictionary");
		return true;
	}
	qpdf_oh_begin_dict_key_iter(s->r.q, vri);
	while (qpdf_oh_dict_more_keys(s->r.q)) {
		const char *key = qpdf_oh_dict_next_key(s->r.q);

		if (strcmp(key, "/Type") != 0 && !note_vri(s, vri, key, err))
			return false;
	}
	for (size_t i = 0; i < s->out->num_vri; i++)
		if (!take_lists(s, pdf_get(&s->r, vri, s->out->vri[i].key), vri_lists, err))
			return false;
	return true;
}

static bool take_store(struct store *s, struct zy_error *err)
{
	qpdf_oh dss = pdf_get(&s->r, pdf_get(&s->r, qpdf_get_trailer(s->r.q), "/Root"), "/DSS");
	struct zy_pdf_dss *d = s->out;

	d->present = !qpdf_oh_is_null(s->r.q, dss);
	if (!d->present)
		return true;
	if (!qpdf_oh_is_dictionary(s->r.q, dss)) {
		fault(s, "DSS", "it is no dictionary");
		return true;
	}
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++)
		if ((d->values[kind] =
			    zy_arena_array(s->r.arena, ZY_PDF_DSS_VALUES_MAX, sizeof(*d->values[kind]), err)) == NULL)
			return false;
	d->vri = zy_arena_array(s->r.arena, ZY_PDF_DSS_VRI_MAX, sizeof(*d->vri), err);
	return d->vri != NULL && take_lists(s, dss, lists, err) && take_vri(s, pdf_get(&s->r, dss, "/VRI"), err);
}

bool zy_pdf_dss_parse(struct zy_pdf_dss *out, struct zy_bytes pdf, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf_dss dss = { 0 };
	struct store s = { .r = { .arena = a, .in = pdf }, .out = &dss };
	bool ok = true;

	/* most documents have none, and then nothing needs to be opened */
	if (!pdf_is_plain(pdf) || pdf_count(pdf, "/DSS") > 0) {
		ok = pdf_open(&s.r, err) && take_store(&s, err) && pdf_check_quiet(&s.r, err);
		if (s.r.q != NULL)
			qpdf_cleanup(&s.r.q);
	}
	if (ok)
		*out = dss;
	return ok;
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
