/* The OFD back end: GB/T 33190-2016, one page over a template page that holds what the layout alone says. */
#include "page.h"
#include "zy/package.h"

#define OFD_NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

enum { PAGE_ID = 1, TEMPLATE_ID, FONT_ID, LAYER_ID = FONT_ID + ZY_NUM_FONTS, ATTACHMENT_ID };

static const char *const font_paths[ZY_NUM_FONTS] = { "Doc_0/Res/font_1.otf", "Doc_0/Res/font_2.otf" };

void zy_put_xml_text(struct zy_buf *b, const char *s)
{
	for (size_t n; *s != '\0'; s += n) {
		n = strcspn(s, "&<>\"");
		zy_buf_put(b, ZY_BYTES(s, n));
		s += n;
		n = *s != '\0';
		if (*s == '&')
			zy_buf_put_str(b, "&amp;");
		else if (*s == '<')
			zy_buf_put_str(b, "&lt;");
		else if (*s == '>')
			zy_buf_put_str(b, "&gt;");
		else if (*s == '"')
			zy_buf_put_str(b, "&quot;");
	}
}

void zy_put_utf8(struct zy_buf *b, uint32_t c)
{
	if (c < 0x80) {
		zy_buf_put_u8(b, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		zy_buf_put_u8(b, (uint8_t)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		zy_buf_put_u8(b, (uint8_t)(0xe0 | c >> 12));
		zy_buf_put_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	} else {
		zy_buf_put_u8(b, (uint8_t)(0xf0 | c >> 18));
		zy_buf_put_u8(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		zy_buf_put_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	zy_buf_put_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
}

static void put_colour(struct zy_buf *b, const char *name, const uint8_t c[3])
{
	zy_buf_printf(b, "<ofd:%s Value=\"%u %u %u\"/>", name, c[0], c[1], c[2]);
}

static void put_numbers(struct zy_buf *b, const double *v, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		if (i > 0)
			zy_buf_put_u8(b, ' ');
		zy_put_number(b, v[i], 3);
	}
}

/* Boundaries are the whole page, so that an object's coordinates are the page's. */
void zy_shape_put_ofd(
    struct zy_buf *b, const struct zy_shape *s, double page_w, double page_h, unsigned id, unsigned decimals)
{
	zy_buf_printf(b, "<ofd:PathObject ID=\"%u\" Boundary=\"", id);
	put_numbers(b, (const double[]){ 0, 0, page_w, page_h }, 4);
	if (s->width > 0) {
		zy_buf_put_str(b, "\" LineWidth=\"");
		zy_put_number(b, s->width, 4);
		zy_buf_put_str(b, "\">");
		put_colour(b, "StrokeColor", s->colour);
	} else {
		zy_buf_put_str(b, "\" Stroke=\"false\" Fill=\"true\" Rule=\"NonZero\">");
		put_colour(b, "FillColor", s->colour);
	}
	zy_buf_put_str(b, "<ofd:AbbreviatedData>");
	zy_path_put_ofd(b, &s->path, decimals);
	zy_buf_put_str(b, "</ofd:AbbreviatedData></ofd:PathObject>\n");
}

/* DeltaX in run-length form: "g count value" for three equal advances or more. */
static void put_deltas(struct zy_buf *b, const struct zy_run *r)
{
	for (size_t i = 1, run; i < r->num; i += run) {
		int32_t delta = r->at[i] - r->at[i - 1];

		for (run = 1; i + run < r->num && r->at[i + run] - r->at[i + run - 1] == delta;)
			run++;
		if (i > 1)
			zy_buf_put_u8(b, ' ');
		if (run > 2)
			zy_buf_printf(b, "g %zu ", run);
		else
			run = 1;
		zy_put_number(b, delta / 1000.0, 3);
	}
}

/* A form that the font's cmap does not give (locl) is named by its glyph, clause 11.4. */
static void put_transforms(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r)
{
	for (size_t i = 0; i < r->num; i++) {
		size_t use;

		if (zy_font_is_nominal(&f->faces->fonts[r->font], &r->glyphs[i]))
			continue;
		use = zy_font_use_find(&f->uses[r->font], &r->glyphs[i]);
		if (use != SIZE_MAX)
			zy_buf_printf(b,
			    "<ofd:CGTransform CodePosition=\"%zu\" CodeCount=\"1\" GlyphCount=\"1\"><ofd:Glyphs>%u"
			    "</ofd:Glyphs></ofd:CGTransform>",
			    i, (unsigned)f->subsets[r->font].gid[use]);
	}
}

void zy_run_put_ofd(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r, unsigned id)
{
	ZY_BUF_AUTO text = { 0 };

	for (size_t i = 0; i < r->num; i++)
		zy_put_utf8(&text, r->glyphs[i].unicode);
	zy_buf_put_u8(&text, 0);
	if ((b->failed |= text.failed))
		return;
	zy_buf_printf(b, "<ofd:TextObject ID=\"%u\" Boundary=\"", id);
	put_numbers(b, (const double[]){ 0, 0, f->width, f->height }, 4);
	zy_buf_printf(b, "\" Font=\"%u\" Size=\"", FONT_ID + r->font);
	zy_put_number(b, r->size, 4);
	zy_buf_put_str(b, "\">");
	put_colour(b, "FillColor", r->colour);
	put_transforms(b, f, r);
	zy_buf_put_str(b, "<ofd:TextCode X=\"");
	zy_put_number(b, r->x, 3);
	zy_buf_put_str(b, "\" Y=\"");
	zy_put_number(b, r->y, 3);
	if (r->num > 1) {
		zy_buf_put_str(b, "\" DeltaX=\"");
		put_deltas(b, r);
	}
	zy_buf_put_str(b, "\">");
	zy_put_xml_text(b, (const char *)text.p);
	zy_buf_put_str(b, "</ofd:TextCode></ofd:TextObject>\n");
}

/* ---- the files ---- */

static void put_page(struct zy_buf *b, const struct zy_face *f, unsigned *id)
{
	zy_buf_printf(b,
	    XML_HEAD "<ofd:Page " OFD_NS "><ofd:Template TemplateID=\"%d\" ZOrder=\"Background\"/><ofd:Content>"
		     "<ofd:Layer ID=\"%d\" Type=\"Body\">\n",
	    TEMPLATE_ID, LAYER_ID);
	for (const struct zy_shape *s = f->shapes; s != NULL; s = s->next)
		zy_shape_put_ofd(b, s, f->width, f->height, ++*id, 3);
	for (const struct zy_run *r = f->runs; r != NULL; r = r->next)
		zy_run_put_ofd(b, f, r, ++*id);
	zy_buf_put_str(b, "</ofd:Layer></ofd:Content></ofd:Page>\n");
}

static void put_document(struct zy_buf *b, const struct zy_face *f, unsigned last_id)
{
	zy_buf_printf(b,
	    XML_HEAD "<ofd:Document " OFD_NS "><ofd:CommonData><ofd:MaxUnitID>%u</ofd:MaxUnitID><ofd:PageArea>"
		     "<ofd:PhysicalBox>",
	    last_id);
	put_numbers(b, (const double[]){ 0, 0, f->width, f->height }, 4);
	zy_buf_printf(b,
	    "</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
	    "<ofd:TemplatePage ID=\"%d\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/></ofd:CommonData>\n"
	    "<ofd:Pages><ofd:Page ID=\"%d\" BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>\n"
	    "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>\n",
	    TEMPLATE_ID, PAGE_ID);
}

static void put_resources(struct zy_buf *b, const struct zy_face *f)
{
	zy_buf_put_str(b, XML_HEAD "<ofd:Res " OFD_NS " BaseLoc=\"Res\"><ofd:Fonts>\n");
	for (unsigned i = 0; i < ZY_NUM_FONTS; i++) {
		if (f->uses[i].num == 0)
			continue;
		zy_buf_printf(b,
		    "<ofd:Font ID=\"%u\" FontName=\"%s\" FamilyName=\"%s\"%s><ofd:FontFile>font_%u.otf</ofd:FontFile>"
		    "</ofd:Font>\n",
		    FONT_ID + i, f->faces->fonts[i].postscript_name, f->faces->fonts[i].family,
		    i == ZY_FONT_BOLD ? " Bold=\"true\"" : "", i + 1);
	}
	zy_buf_put_str(b, "</ofd:Fonts></ofd:Res>\n");
}

static void put_attachments(struct zy_buf *b, size_t size)
{
	zy_buf_printf(b,
	    XML_HEAD "<ofd:Attachments " OFD_NS
		     "><ofd:Attachment ID=\"%d\" Name=\"licence.xml\" Format=\"xml\" Size=\"%.3f\""
		     " Visible=\"false\"><ofd:FileLoc>licence.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>\n",
	    ATTACHMENT_ID, (double)size / 1024.0);
}

/* DocID is the head of the record's digest: the same licence, the same document. */
static bool put_root(struct zy_buf *b, const struct zy_record *rec, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_metadata *list;
	uint8_t digest[ZY_HASH_LEN];
	char id[33], date[ZY_TIME_TEXT];
	size_t num;

	if (!zy_record_digest(rec, ZY_HASH_SM3, digest, err) || !zy_record_metadata(rec, a, &list, &num, err))
		return false;
	zy_hex(ZY_BYTES(digest, 16), id);
	zy_time_to_date(rec->made_at, ZY_BEIJING_S, date);
	zy_buf_printf(b,
	    XML_HEAD "<ofd:OFD " OFD_NS " Version=\"1.1\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>\n"
		     "<ofd:DocID>%s</ofd:DocID><ofd:Title>",
	    id);
	zy_put_xml_text(b, rec->type_name);
	zy_buf_put_str(b, "</ofd:Title><ofd:Author>");
	zy_put_xml_text(b, rec->issuer_name);
	zy_buf_printf(b,
	    "</ofd:Author><ofd:CreationDate>%s</ofd:CreationDate><ofd:Creator>zhengyin</"
	    "ofd:Creator>\n<ofd:CustomDatas>\n",
	    date);
	for (size_t i = 0; i < num; i++) {
		zy_buf_put_str(b, "<ofd:CustomData Name=\"");
		zy_put_xml_text(b, list[i].name);
		zy_buf_put_str(b, "\">");
		zy_put_xml_text(b, list[i].value);
		zy_buf_put_str(b, "</ofd:CustomData>\n");
	}
	zy_buf_put_str(b, "</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
			  "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>\n");
	return true;
}

static bool add_text(
    struct zy_package *p, const char *name, const struct zy_buf *b, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes kept;

	return zy_buf_done(b, name, err) && zy_arena_copy(a, zy_buf_bytes(b), &kept, err) &&
	       zy_package_add(p, name, kept, err);
}

/* What is the same for every licence of a layout was hashed with it. Copied: a package may outlive the fonts. */
static bool add_shared(struct zy_package *p, const char *name, struct zy_bytes bytes, const uint8_t *known_sm3,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes content, sm3;

	if (!zy_arena_copy(a, bytes, &content, err) || !zy_arena_copy(a, ZY_BYTES(known_sm3, ZY_HASH_LEN), &sm3, err) ||
	    !zy_package_add(p, name, content, err))
		return false;
	p->files[p->num_files - 1].sm3 = sm3.p;
	return true;
}

static bool add_template(struct zy_package *p, const struct zy_artwork *art, struct zy_arena *a, struct zy_error *err)
{
	return add_shared(p, "Doc_0/Tpls/Tpl_0/Content.xml", art->ofd, art->ofd_sm3, a, err) &&
	       zy_arena_copy(a, art->ofd_deflated, &p->files[p->num_files - 1].deflated, err);
}

/* Outlines without subroutines shrink by a sixth at best, for more time than all else takes: they are stored. */
static bool add_font(
    struct zy_package *p, const char *name, const struct zy_font_subset *s, struct zy_arena *a, struct zy_error *err)
{
	if (s->otf_sm3 != NULL ? !add_shared(p, name, s->otf, s->otf_sm3, a, err)
			       : !zy_package_add(p, name, s->otf, err))
		return false;
	p->files[p->num_files - 1].stored = true;
	return true;
}

bool zy_face_ofd(const struct zy_face *f, const struct zy_record *rec, struct zy_package *out, struct zy_arena *a,
    struct zy_error *err)
{
	ZY_BUF_AUTO root = { 0 }, document = { 0 }, resources = { 0 }, page = { 0 }, attachments = { 0 }, xml = { 0 };
	unsigned id = f->art->last_id;

	*out = (struct zy_package){ .arena = a };
	put_page(&page, f, &id);
	put_document(&document, f, id);
	put_resources(&resources, f);
	if (!put_root(&root, rec, a, err) || !zy_record_to_xml(rec, &xml, err))
		return false;
	put_attachments(&attachments, xml.len);
	if (!add_text(out, "OFD.xml", &root, a, err) || !add_text(out, "Doc_0/Document.xml", &document, a, err) ||
	    !add_text(out, "Doc_0/PublicRes.xml", &resources, a, err) || !add_template(out, f->art, a, err) ||
	    !add_text(out, "Doc_0/Pages/Page_0/Content.xml", &page, a, err))
		return false;
	for (size_t i = 0; i < ZY_NUM_FONTS; i++) {
		if (f->uses[i].num > 0 && !add_font(out, font_paths[i], &f->subsets[i], a, err))
			return false;
	}
	return add_text(out, "Doc_0/Attachs/Attachments.xml", &attachments, a, err) &&
	       add_text(out, "Doc_0/Attachs/licence.xml", &xml, a, err);
}
