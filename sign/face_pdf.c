/*
 * The PDF back end: ISO 32000-1 with a classic cross-reference table, meant as PDF/A-3b (ISO 19005-3). The page's
 * content is in millimetres, origin top left, so that it holds the same numbers as the OFD.
 */
#include <math.h>
#include <stdio.h>

#include "page.h"
#include "zy/clock.h"
#include "zy/digest.h"

#define LEVEL 1 /* of DEFLATE: numbers and codes shrink nearly as far as by 3, in two thirds of its time */

enum {
	CATALOG = 1,
	PAGES,
	PAGE,
	CONTENT,
	ARTWORK,
	XMP,
	PROFILE,
	ATTACHED,
	FILESPEC,
	INFO,
	FONT_0, /* five for each font: Type0, CIDFont, descriptor, program, ToUnicode */
	NUM_OBJECTS = FONT_0 + 5 * ZY_NUM_FONTS
};

struct writer {
	struct zy_buf *out;
	size_t begin; /* of the file in out */
	size_t offset[NUM_OBJECTS];
	const struct zy_face *face;
	const struct zy_record *rec;
	char time[ZY_TIME_TEXT]; /* YYYYMMDDHHMMSSZ */
};

static void open_object(struct writer *w, size_t id)
{
	w->offset[id] = w->out->len - w->begin;
	zy_buf_printf(w->out, "%zu 0 obj\n", id);
}

static void put_stream(struct writer *w, size_t id, const char *dict, struct zy_bytes v)
{
	open_object(w, id);
	zy_buf_printf(w->out, "<<%s/Length %zu>>\nstream\n", dict, v.len);
	zy_buf_put(w->out, v);
	zy_buf_put_str(w->out, "\nendstream\nendobj\n");
}

static bool put_deflated(struct writer *w, size_t id, const char *dict, const struct zy_buf *raw, struct zy_error *err)
{
	ZY_BUF_AUTO z = { 0 }, head = { 0 };

	zy_buf_printf(&head, "%s/Filter/FlateDecode", dict);
	zy_buf_put_u8(&head, 0);
	if (!zy_buf_done(raw, "pdf", err) || !zy_buf_done(&head, "pdf", err) ||
	    !zy_deflate(&z, zy_buf_bytes(raw), LEVEL, ZY_ZLIB, err))
		return false;
	put_stream(w, id, (const char *)head.p, zy_buf_bytes(&z));
	return true;
}

/* A text string, 7.9.2.2: UTF-16BE with its mark, in hexadecimal. */
static void put_text_string(struct zy_buf *b, const char *s)
{
	struct zy_bytes v = zy_str(s);
	uint32_t c;

	zy_buf_put_str(b, "<FEFF");
	for (size_t at = 0; (c = zy_utf8_next(v, &at)) != 0;) {
		if (c < 0x10000)
			zy_buf_printf(b, "%04X", (unsigned)c);
		else
			zy_buf_printf(b, "%04X%04X", 0xd800u + (unsigned)((c - 0x10000) >> 10),
			    0xdc00u + (unsigned)((c - 0x10000) & 0x3ff));
	}
	zy_buf_put_u8(b, '>');
}

/* ---- page content ---- */

static void put_colour(struct zy_buf *b, const uint8_t colour[3], const char *op)
{
	for (size_t i = 0; i < 3; i++) {
		zy_put_number(b, colour[i] / 255.0, 4);
		zy_buf_put_u8(b, ' ');
	}
	zy_buf_put_str(b, op);
}

void zy_shape_put_pdf(struct zy_buf *b, const struct zy_shape *s, unsigned decimals)
{
	put_colour(b, s->colour, s->width > 0 ? "RG " : "rg ");
	if (s->width > 0) {
		zy_put_number(b, s->width, 4);
		zy_buf_put_str(b, " w ");
	}
	zy_path_put_pdf(b, &s->path, decimals);
	zy_buf_put_str(b, s->width > 0 ? "S\n" : "f\n");
}

static void put_code(struct zy_buf *b, uint16_t code)
{
	static const char hex[] = "0123456789ABCDEF";
	char text[4] = { hex[code >> 12], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15] };

	zy_buf_put(b, ZY_BYTES(text, 4));
}

/* TJ, 9.4.3: codes, and between them thousandths of the size to go back, so that each glyph stands at its place. */
static void put_glyphs(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r)
{
	const uint16_t *cids = f->faces->fonts[r->font].cff.cids; /* a subset keeps them */
	double pen = 0;

	zy_buf_put_str(b, "[<");
	for (size_t i = 0; i < r->num; i++) {
		long back = lround((pen - r->at[i] / 1000.0) / r->size * 1000.0);

		if (back != 0) {
			zy_buf_printf(b, ">%ld<", back);
			pen -= (double)back * r->size / 1000.0;
		}
		put_code(b, cids[r->glyphs[i].gid]);
		pen += r->glyphs[i].width * r->size / 1000.0;
	}
	zy_buf_put_str(b, ">]TJ\n");
}

static void put_actual_text(struct zy_buf *b, const struct zy_run *r)
{
	ZY_BUF_AUTO text = { 0 };

	for (size_t i = 0; i < r->num; i++)
		zy_put_utf8(&text, r->glyphs[i].unicode);
	zy_buf_put_u8(&text, 0);
	b->failed |= text.failed;
	if (b->failed)
		return;
	zy_buf_put_str(b, "/Span<</ActualText");
	put_text_string(b, (const char *)text.p);
	zy_buf_put_str(b, ">>BDC\n");
}

void zy_run_put_pdf(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r, bool spelled)
{
	if (spelled)
		put_actual_text(b, r);
	zy_buf_printf(b, "/F%u ", r->font);
	zy_put_number(b, r->size, 4);
	zy_buf_put_str(b, " Tf ");
	put_colour(b, r->colour, "rg 1 0 0 -1 ");
	zy_put_number(b, r->x, 3);
	zy_buf_put_u8(b, ' ');
	zy_put_number(b, r->y, 3);
	zy_buf_put_str(b, " Tm ");
	put_glyphs(b, f, r);
	if (spelled)
		zy_buf_put_str(b, "EMC\n");
}

static bool put_run(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r, struct zy_error *err)
{
	const struct zy_font_use *use = &f->uses[r->font];
	bool shared = false; /* a glyph that stands for two characters: ToUnicode can name only the first */

	for (size_t i = 0; i < r->num; i++) {
		size_t at = zy_font_use_find(use, &r->glyphs[i]);

		if (at == SIZE_MAX)
			return zy_fail(err, ZY_E_BUG, "face", ZY_NOWHERE, "a glyph of the page is not in its font");
		shared |= at > 0 && use->glyphs[at - 1].gid == r->glyphs[i].gid;
	}
	zy_run_put_pdf(b, f, r, shared);
	return true;
}

static bool put_content(struct writer *w, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	const double unit = 72.0 / 25.4;

	zy_buf_printf(&b, "%.6f 0 0 -%.6f 0 %.4f cm\n/Art Do\n", unit, unit, w->face->height * unit);
	for (const struct zy_shape *s = w->face->shapes; s != NULL; s = s->next)
		zy_shape_put_pdf(&b, s, 3);
	zy_buf_put_str(&b, "BT\n");
	for (const struct zy_run *r = w->face->runs; r != NULL; r = r->next) {
		if (!put_run(&b, w->face, r, err))
			return false;
	}
	zy_buf_put_str(&b, "ET\n");
	return put_deflated(w, CONTENT, "", &b, err);
}

/* ---- fonts ---- */

/* 9.10.3. One character for each code: the first of those that share a glyph. */
static bool put_to_unicode(struct writer *w, size_t id, size_t font, struct zy_error *err)
{
	const struct zy_font_use *use = &w->face->uses[font];
	const struct zy_font_subset *s = &w->face->subsets[font];
	ZY_BUF_AUTO b = { 0 }, block = { 0 };
	size_t in_block = 0;

	zy_buf_put_str(&b, "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
			   "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
			   "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
			   "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
	for (size_t i = 0; i < s->num; i++) {
		uint32_t c = use->glyphs[i].unicode;

		if (i == 0 || use->glyphs[i - 1].gid != use->glyphs[i].gid) {
			zy_buf_put_u8(&block, '<');
			put_code(&block, s->code[i]);
			zy_buf_put_str(&block, "><");
			if (c >= 0x10000)
				put_code(&block, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
			put_code(&block, (uint16_t)(c < 0x10000 ? c : 0xdc00 + ((c - 0x10000) & 0x3ff)));
			zy_buf_put_str(&block, ">\n");
			in_block++;
		}
		if (in_block == 100 || (i + 1 == s->num && in_block > 0)) { /* at most 100 in a block (note 5014) */
			zy_buf_printf(&b, "%zu beginbfchar\n", in_block);
			zy_buf_put(&b, zy_buf_bytes(&block));
			zy_buf_put_str(&b, "endbfchar\n");
			block.len = in_block = 0;
		}
	}
	zy_buf_put_str(&b, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
	b.failed |= block.failed;
	return put_deflated(w, id, "", &b, err);
}

static void put_widths(struct writer *w, size_t font)
{
	const struct zy_font_use *use = &w->face->uses[font];
	const struct zy_font_subset *s = &w->face->subsets[font];

	zy_buf_put_str(w->out, "/DW 1000/W[");
	for (size_t i = 0; i < s->num; i++) {
		if (use->glyphs[i].width != 1000 && (i == 0 || use->glyphs[i - 1].gid != use->glyphs[i].gid))
			zy_buf_printf(w->out, "%u[%d]", (unsigned)s->code[i], (int)use->glyphs[i].width);
	}
	zy_buf_put_u8(w->out, ']');
}

static void put_descriptor(struct writer *w, size_t id, size_t font)
{
	const struct zy_font *f = &w->face->faces->fonts[font];

	open_object(w, id);
	zy_buf_printf(w->out,
	    "<</Type/FontDescriptor/FontName/%s/Flags 6/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
	    "/CapHeight %d/StemV %d/FontFile3 %zu 0 R>>\nendobj\n",
	    w->face->subsets[font].postscript_name, f->bbox[0], f->bbox[1], f->bbox[2], f->bbox[3], f->ascent,
	    f->descent, f->cap_height, font == ZY_FONT_BOLD ? 140 : 80, id + 1);
}

static bool put_font(struct writer *w, size_t font, struct zy_error *err)
{
	const struct zy_font_subset *s = &w->face->subsets[font];
	size_t id = FONT_0 + 5 * font;

	open_object(w, id);
	zy_buf_printf(w->out,
	    "<</Type/Font/Subtype/Type0/BaseFont/%s-Identity-H/Encoding/Identity-H/DescendantFonts[%zu 0 R]"
	    "/ToUnicode %zu 0 R>>\nendobj\n",
	    s->postscript_name, id + 1, id + 4);
	open_object(w, id + 1);
	zy_buf_printf(w->out,
	    "<</Type/Font/Subtype/CIDFontType0/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
	    "/Supplement 0>>/FontDescriptor %zu 0 R",
	    s->postscript_name, id + 2);
	put_widths(w, font);
	zy_buf_put_str(w->out, ">>\nendobj\n");
	put_descriptor(w, id + 2, font);
	/* Charstrings without subroutines hardly shrink: deflating them would cost half of the whole page's time. */
	put_stream(w, id + 3, "/Subtype/CIDFontType0C", s->cff);
	return put_to_unicode(w, id + 4, font, err);
}

/* ---- what the document says of itself ---- */

static void put_xmp_body(struct zy_buf *b, const struct zy_record *rec, const char *when)
{
	zy_buf_put_str(b, "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
			  "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
			  "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
			  "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
			  " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
			  " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
			  "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n"
			  "<dc:format>application/pdf</dc:format><dc:identifier>");
	zy_put_xml_text(b, rec->identifier);
	zy_buf_put_str(b, "</dc:identifier>\n<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
	zy_put_xml_text(b, rec->type_name);
	zy_buf_put_str(b, "</rdf:li></rdf:Alt></dc:title>\n<dc:creator><rdf:Seq><rdf:li>");
	zy_put_xml_text(b, rec->issuer_name);
	zy_buf_printf(b,
	    "</rdf:li></rdf:Seq></dc:creator>\n<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>"
	    "<xmp:CreatorTool>zhengyin</xmp:CreatorTool><pdf:Producer>zhengyin</pdf:Producer>\n"
	    "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
	    when, when);
}

static bool put_metadata(struct writer *w, struct zy_error *err)
{
	ZY_BUF_AUTO xmp = { 0 };
	char when[ZY_TIME_TEXT];

	zy_time_to_rfc3339(w->rec->made_at, when);
	put_xmp_body(&xmp, w->rec, when);
	if (!zy_buf_done(&xmp, "xmp", err))
		return false;
	put_stream(w, XMP, "/Type/Metadata/Subtype/XML", zy_buf_bytes(&xmp));
	open_object(w, INFO);
	zy_buf_put_str(w->out, "<</Title");
	put_text_string(w->out, w->rec->type_name);
	zy_buf_put_str(w->out, "/Author");
	put_text_string(w->out, w->rec->issuer_name);
	zy_buf_printf(w->out, "/Creator(zhengyin)/Producer(zhengyin)/CreationDate(D:%s)/ModDate(D:%s)>>\nendobj\n",
	    w->time, w->time);
	return true;
}

static bool put_attachment(struct writer *w, struct zy_error *err)
{
	ZY_BUF_AUTO xml = { 0 };
	char dict[160];

	if (!zy_record_to_xml(w->rec, &xml, err))
		return false;
	snprintf(dict, sizeof dict, "/Type/EmbeddedFile/Subtype/text#2Fxml/Params<</Size %zu/ModDate(D:%s)>>", xml.len,
	    w->time);
	if (!put_deflated(w, ATTACHED, dict, &xml, err))
		return false;
	open_object(w, FILESPEC);
	zy_buf_printf(w->out,
	    "<</Type/Filespec/F(licence.xml)/UF(licence.xml)/AFRelationship/Data/Desc(licence record)"
	    "/EF<</F %d 0 R/UF %d 0 R>>>>\nendobj\n",
	    ATTACHED, ATTACHED);
	return true;
}

static void put_catalog(struct writer *w)
{
	open_object(w, CATALOG);
	zy_buf_printf(w->out,
	    "<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)/MarkInfo<</Marked false>>/Metadata %d 0 R"
	    "/ViewerPreferences<</DisplayDocTitle true>>/AF[%d 0 R]"
	    "/Names<</EmbeddedFiles<</Names[(licence.xml)%d 0 R]>>>>"
	    "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
	    "/RegistryName(http://www.color.org)/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>]>>\nendobj\n",
	    PAGES, XMP, FILESPEC, FILESPEC, PROFILE);
}

static void put_fonts(struct zy_buf *b, const struct zy_face *f)
{
	for (size_t i = 0; i < ZY_NUM_FONTS; i++) {
		if (f->uses[i].num > 0)
			zy_buf_printf(b, "/F%zu %zu 0 R", i, FONT_0 + 5 * i);
	}
}

static void put_page(struct writer *w)
{
	double unit = 72.0 / 25.4;

	open_object(w, PAGES);
	zy_buf_printf(w->out, "<</Type/Pages/Kids[%d 0 R]/Count 1>>\nendobj\n", PAGE);
	open_object(w, PAGE);
	zy_buf_printf(w->out,
	    "<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.4f %.4f]/Contents %d 0 R/Resources<</XObject<</Art %d 0 "
	    "R>>/Font<<",
	    PAGES, w->face->width * unit, w->face->height * unit, CONTENT, ARTWORK);
	put_fonts(w->out, w->face);
	zy_buf_put_str(w->out, ">>>>>>\nendobj\n");
}

static bool put_shared(struct writer *w, struct zy_error *err)
{
	const struct zy_face *f = w->face;
	ZY_BUF_AUTO dict = { 0 };

	zy_buf_printf(&dict, "/Type/XObject/Subtype/Form/BBox[0 0 %.4f %.4f]/Resources<</Font<<", f->width, f->height);
	put_fonts(&dict, f);
	zy_buf_put_str(&dict, ">>>>/Filter/FlateDecode");
	zy_buf_put_u8(&dict, 0);
	if (!zy_buf_done(&dict, "pdf", err))
		return false;
	put_stream(w, ARTWORK, (const char *)dict.p, f->art->pdf);
	put_stream(w, PROFILE, "/N 3/Filter/FlateDecode", zy_buf_bytes(&f->faces->icc));
	return true;
}

/* 14.4: the file's identity: what it says (its record) and how it is laid out (where its objects lie). */
static bool make_id(const struct writer *w, char id[33], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	ZY_BUF_AUTO b = { 0 };

	if (!zy_record_digest(w->rec, ZY_HASH_SHA256, digest, err))
		return false;
	zy_buf_put(&b, ZY_BYTES(digest, sizeof digest));
	for (size_t i = 0; i < NUM_OBJECTS; i++)
		zy_buf_put_be(&b, w->offset[i], 8);
	if (!zy_buf_done(&b, "pdf", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, 16), id);
	return true;
}

/* 7.5.4: entries of twenty bytes; a font that the page does not use leaves free entries. */
static bool put_end(struct writer *w, struct zy_error *err)
{
	char id[33];
	size_t at = w->out->len - w->begin;

	if (!zy_buf_done(w->out, "pdf", err) || !make_id(w, id, err))
		return false;
	zy_buf_printf(w->out, "xref\n0 %d\n0000000000 65535 f \n", NUM_OBJECTS);
	for (size_t i = 1; i < NUM_OBJECTS; i++) {
		if (w->offset[i] == 0)
			zy_buf_put_str(w->out, "0000000000 65535 f \n");
		else
			zy_buf_printf(w->out, "%010zu 00000 n \n", w->offset[i]);
	}
	zy_buf_printf(w->out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%zu\n%%%%EOF\n",
	    NUM_OBJECTS, CATALOG, INFO, id, id, at);
	return zy_buf_done(w->out, "pdf", err);
}

struct zy_pdf_page zy_face_pdf_page(const struct zy_face *f)
{
	return (struct zy_pdf_page){
		.catalog = CATALOG, .page = PAGE, .info = INFO, .width_mm = f->width, .height_mm = f->height
	};
}

bool zy_face_pdf(const struct zy_face *f, const struct zy_record *rec, struct zy_buf *out, struct zy_error *err)
{
	struct writer w = { .out = out, .begin = out->len, .face = f, .rec = rec };

	zy_time_to_generalized(rec->made_at, w.time);
	zy_buf_put_str(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
	put_catalog(&w);
	put_page(&w);
	if (!put_content(&w, err) || !put_shared(&w, err))
		return false;
	if (!put_metadata(&w, err) || !put_attachment(&w, err))
		return false;
	for (size_t i = 0; i < ZY_NUM_FONTS; i++) {
		if (f->uses[i].num > 0 && !put_font(&w, i, err))
			return false;
	}
	return put_end(&w, err);
}
