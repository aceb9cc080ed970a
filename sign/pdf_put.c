#include "pdf_put.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "page.h"
#include "zy/text.h"

/* Hundredths, without the locale's decimal sign. */
static void put_number(struct zy_buf *out, double v)
{
	long n = lround(v * 100);

	zy_buf_printf(out, "%s%ld.%02ld ", n < 0 ? "-" : "", labs(n) / 100, labs(n) % 100);
}

bool pdf_put_form(struct zy_buf *out, unsigned number, const struct zy_pdf_stamp *s, int turn, struct zy_error *err)
{
	/* turned against the page, so that who reads the page reads the stamp (12.5.5) */
	static const char *const matrices[] = { "", " /Matrix [0 1 -1 0 0 0]", " /Matrix [-1 0 0 -1 0 0]",
		" /Matrix [0 -1 1 0 0 0]" };
	struct zy_bytes packed = s->deflated;
	ZY_BUF_AUTO z = { 0 };

	if (packed.len == 0) {
		if (!zy_deflate(&z, s->content, 9, ZY_ZLIB, err))
			return false;
		packed = zy_buf_bytes(&z);
	}
	/* No group and no graphics state: nothing transparent (ISO 19005-3 6.2.10). /BBox is mapped onto /Rect. */
	zy_buf_printf(out, "%u 0 obj\n<< /Type /XObject /Subtype /Form /FormType 1 /Resources << >>%s /BBox [", number,
	    matrices[turn / 90]);
	put_number(out, -s->margin_x);
	put_number(out, -s->margin_y);
	put_number(out, s->width + s->margin_x);
	put_number(out, s->height + s->margin_y);
	zy_buf_printf(out, "] /Filter /FlateDecode /Length %zu >>\nstream\n", packed.len);
	zy_buf_put(out, packed);
	zy_buf_put_str(out, "\nendstream\nendobj\n");
	return true;
}

void pdf_put_widget(struct zy_buf *out, const struct pdf_widget *w)
{
	/* F: print (4) and locked (128). */
	zy_buf_printf(out, "%u 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /P %u %u R /V %u 0 R",
	    w->number, w->field, w->page, w->page_generation, w->number + 1);
	if (w->seen)
		zy_buf_printf(out, " /AP << /N %u 0 R >>", w->number - 1);
	zy_buf_put_str(out, " /Rect [");
	for (int i = 0; i < 4; i++)
		put_number(out, w->rect[i]);
	zy_buf_put_str(out, "] >>\nendobj\n");
}

/* UTF-16BE with its mark, as hexadecimal (ISO 32000-1 7.9.2.2). */
static bool put_text(struct zy_buf *out, const char *text, struct zy_error *err)
{
	struct zy_bytes v = zy_str(text);
	uint32_t c;

	if (!zy_utf8_check(v, "Name", err))
		return false;
	zy_buf_put_str(out, "<feff");
	for (size_t at = 0; (c = zy_utf8_next(v, &at)) != 0;) {
		if (c >= 0x10000)
			zy_buf_printf(out, "%04x%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
		else
			zy_buf_printf(out, "%04x", (unsigned)c);
	}
	zy_buf_put_str(out, ">");
	return true;
}

static bool put_claims(struct zy_buf *out, const struct zy_pdf_stamp *s, struct zy_error *err)
{
	char at[ZY_TIME_TEXT];

	if (s->signed_at < 0 || s->signed_at == ZY_TIME_NEVER)
		return zy_fail(err, ZY_E_TIME, "M", ZY_NOWHERE, "the time of signing must be a moment");
	zy_time_to_generalized(s->signed_at, at);
	zy_buf_printf(out, "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:%s) /Name ", at);
	return put_text(out, s->name, err);
}

bool pdf_put_signature(struct zy_buf *out, unsigned number, const struct zy_pdf_stamp *s, struct zy_bytes members,
    size_t der_len, struct zy_pdf_hole *hole, size_t *range, struct zy_error *err)
{
	uint8_t *zeros;

	zy_buf_printf(out, "%u 0 obj\n<< ", number);
	if (s == NULL)
		zy_buf_put_str(out, "/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161");
	else if (!put_claims(out, s, err))
		return false;
	zy_buf_put(out, members);
	zy_buf_put_str(out, " /ByteRange [0 ");
	*range = out->len;
	zy_buf_printf(out, "%32s] /Contents ", "");
	hole->at = out->len;
	hole->len = 2 * der_len + 2;
	zy_buf_put_u8(out, '<');
	if ((zeros = zy_buf_extend(out, 2 * der_len)) != NULL)
		memset(zeros, '0', 2 * der_len);
	zy_buf_put_str(out, "> >>\nendobj\n");
	return true;
}

void pdf_put_id(struct zy_buf *out, const struct zy_bytes id[2])
{
	if (id[0].len == 0)
		return;
	zy_buf_put_str(out, " /ID [");
	for (int i = 0; i < 2; i++) {
		zy_buf_put_u8(out, '<');
		for (size_t k = 0; k < id[i].len; k++)
			zy_buf_printf(out, "%02x", id[i].p[k]);
		zy_buf_put_u8(out, '>');
	}
	zy_buf_put_str(out, "]");
}

void pdf_put_range(struct zy_buf *out, size_t at, struct zy_pdf_hole hole)
{
	size_t behind = hole.at + hole.len;
	char text[33];

	if (out->failed)
		return;
	snprintf(text, sizeof(text), "%-10zu %-10zu %-10zu", hole.at, behind, out->len - behind);
	memcpy(out->p + at, text, 32);
}

void zy_pdf_covered(const struct zy_buf *pdf, struct zy_pdf_hole hole, struct zy_bytes parts[2])
{
	const size_t behind = hole.at + hole.len;

	parts[0] = ZY_BYTES(pdf->p, hole.at);
	parts[1] = ZY_BYTES(pdf->p + behind, pdf->len - behind);
}

bool zy_pdf_prepared_digest(
    const struct zy_buf *pdf, struct zy_pdf_hole hole, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher k = { 0 };
	struct zy_bytes parts[2];
	bool ok;

	zy_pdf_covered(pdf, hole, parts);
	ok = zy_hasher_start(&k, ZY_HASH_SHA256, err) && zy_hasher_add(&k, parts[0], err) &&
	     zy_hasher_add(&k, parts[1], err) && zy_hasher_final(&k, out, err);
	zy_hasher_free(&k);
	return ok;
}

bool zy_pdf_fill(struct zy_buf *pdf, struct zy_pdf_hole hole, struct zy_bytes der, struct zy_error *err)
{
	static const char digits[] = "0123456789abcdef";

	if (der.len > (hole.len - 2) / 2)
		return zy_fail(err, ZY_E_TOO_LARGE, "Contents", ZY_NOWHERE, "%zu octets do not fit the hole of %zu",
		    der.len, (hole.len - 2) / 2);
	for (size_t i = 0; i < der.len; i++) {
		pdf->p[hole.at + 1 + 2 * i] = (uint8_t)digits[der.p[i] >> 4];
		pdf->p[hole.at + 2 + 2 * i] = (uint8_t)digits[der.p[i] & 15];
	}
	return true;
}
