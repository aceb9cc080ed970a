/* Text strings, names and dates of a PDF (ISO 32000-1 7.9.2, 7.9.4, annex D.2; ISO 32000-2 7.9.2.2 for UTF-8). */
#include <string.h>

#include "pdf_internal.h"
#include "zy/text.h"

/* PDFDocEncoding where it is not Latin-1; 0: undefined. */
static const uint16_t doc_18[8] = { 0x02d8, 0x02c7, 0x02c6, 0x02d9, 0x02dd, 0x02db, 0x02da, 0x02dc };
static const uint16_t doc_80[33] = { 0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x0192, 0x2044, 0x2039, 0x203a,
	0x2212, 0x2030, 0x201e, 0x201c, 0x201d, 0x2018, 0x2019, 0x201a, 0x2122, 0xfb01, 0xfb02, 0x0141, 0x0152, 0x0160,
	0x0178, 0x017d, 0x0131, 0x0142, 0x0153, 0x0161, 0x017e, 0, 0x20ac };

static void put_utf8(struct zy_buf *out, uint32_t c)
{
	if (c < 0x80) {
		zy_buf_put_u8(out, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		zy_buf_put_u8(out, (uint8_t)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			zy_buf_put_u8(out, (uint8_t)(0xe0 | c >> 12));
		} else {
			zy_buf_put_u8(out, (uint8_t)(0xf0 | c >> 18));
			zy_buf_put_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		}
		zy_buf_put_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	zy_buf_put_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}

/* A half of a pair alone comes out as it is, which is no UTF-8 and refused as such. */
static void put_utf16(struct zy_buf *out, struct zy_bytes v)
{
	for (size_t i = 0; i + 1 < v.len; i += 2) {
		uint32_t c = (uint32_t)(v.p[i] << 8 | v.p[i + 1]), low;

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < v.len) {
			low = (uint32_t)(v.p[i + 2] << 8 | v.p[i + 3]);
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		put_utf8(out, c);
	}
}

static void put_doc(struct zy_buf *out, struct zy_bytes v)
{
	for (size_t i = 0; i < v.len; i++) {
		uint32_t c = v.p[i];

		if (c >= 0x18 && c < 0x20)
			c = doc_18[c - 0x18];
		else if (c >= 0x80 && c <= 0xa0)
			c = doc_80[c - 0x80];
		put_utf8(out, c);
	}
}

static void put_text(struct zy_buf *out, struct zy_bytes v)
{
	if (v.len >= 2 && memcmp(v.p, "\xfe\xff", 2) == 0)
		put_utf16(out, ZY_BYTES(v.p + 2, v.len - 2));
	else if (v.len >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0)
		zy_buf_put(out, ZY_BYTES(v.p + 3, v.len - 3));
	else
		put_doc(out, v);
}

const char *pdf_text(struct pdf_reading *p, const struct pdf_value *v, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO scratch = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_bytes bytes;

	v = pdf_resolve(p->d, v);
	if (v->kind == PDF_STRING) {
		if (!pdf_string(v, &scratch, &bytes, err))
			return NULL;
		put_text(&out, bytes);
	}
	if (!zy_buf_done(&out, "PDF", err))
		return NULL;
	if (!zy_utf8_check(zy_buf_bytes(&out), "", &ignored))
		out.len = 0;
	return zy_arena_text(p->arena, zy_buf_bytes(&out), err);
}

const char *pdf_name(struct pdf_reading *p, const struct pdf_value *v, struct zy_error *err)
{
	v = pdf_resolve(p->d, v);
	return zy_arena_text(p->arena, v->kind == PDF_NAME ? v->as.text : zy_str(""), err);
}

static bool digits(struct zy_bytes v, size_t at, int *out)
{
	if (v.p[at] < '0' || v.p[at] > '9' || v.p[at + 1] < '0' || v.p[at + 1] > '9')
		return false;
	*out = (v.p[at] - '0') * 10 + (v.p[at + 1] - '0');
	return true;
}

bool pdf_date(struct zy_bytes v, zy_time *out)
{
	const size_t local = strlen("D:YYYYMMDDHHmmSS");
	struct zy_error ignored = { 0 };
	uint8_t text[15];
	int hours, minutes;

	if (v.len < 2 || memcmp(v.p, "D:", 2) != 0 || v.len < local + 1)
		return false;
	memcpy(text, v.p + 2, 14);
	text[14] = 'Z';
	if (!zy_time_from_generalized(ZY_BYTES(text, 15), out, &ignored))
		return false;
	v = ZY_BYTES(v.p + local, v.len - local);
	if (v.p[0] == 'Z')
		return v.len == 1 || zy_bytes_equal(v, ZY_LITERAL("Z00'00")) ||
		       zy_bytes_equal(v, ZY_LITERAL("Z00'00'"));
	if ((v.p[0] != '+' && v.p[0] != '-') || v.len < 6 || v.len > 7 || v.p[3] != '\'' || v.p[v.len - 1] == 0 ||
	    !digits(v, 1, &hours) || !digits(v, 4, &minutes) || (v.len == 7 && v.p[6] != '\'') || hours > 23 ||
	    minutes > 59)
		return false;
	*out += (v.p[0] == '+' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}
