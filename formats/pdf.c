#include "pdf_internal.h"

#include <stdlib.h>

#include "zy/text.h"

#define TREE_DEPTH_MAX 16
#define MM_PER_POINT (25.4 / 72.0)

qpdf_oh pdf_get(struct pdf_reading *p, qpdf_oh dict, const char *key)
{
	return qpdf_oh_get_key_if_dict(p->q, dict, key);
}

int pdf_num_items(struct pdf_reading *p, qpdf_oh array)
{
	return qpdf_oh_is_array(p->q, array) ? qpdf_oh_get_array_n_items(p->q, array) : 0;
}

const char *pdf_text(struct pdf_reading *p, qpdf_oh oh, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes v = { 0 };
	const char *s;

	if (qpdf_oh_is_string(p->q, oh) && (s = qpdf_oh_get_binary_utf8_value(p->q, oh, &v.len)) != NULL)
		v.p = (const uint8_t *)s;
	if (!zy_utf8_check(v, "", &ignored))
		v.len = 0;
	return zy_arena_text(p->arena, v, err);
}

const char *pdf_name(struct pdf_reading *p, qpdf_oh oh, struct zy_error *err)
{
	const char *s = qpdf_oh_is_name(p->q, oh) ? qpdf_oh_get_name(p->q, oh) : "/";

	return zy_arena_text(p->arena, zy_str(s[0] == '/' ? s + 1 : s), err);
}

/* A /Size larger than needed (7.5.5, table 15) is what some programs write that leave numbers out; qpdf warns of it,
 * and every reader sees the same document. A smaller one hides objects. */
static bool is_larger_size(struct pdf_reading *p, const char *warning)
{
	static const char head[] = "reported number of objects (",
			  middle[] = ") is not one plus the highest object number (";
	char *end;
	unsigned long size, highest;

	if (strncmp(warning, head, sizeof(head) - 1) != 0)
		return false;
	size = strtoul(warning + sizeof(head) - 1, &end, 10);
	if (strncmp(end, middle, sizeof(middle) - 1) != 0)
		return false;
	highest = strtoul(end + sizeof(middle) - 1, &end, 10);
	if (strcmp(end, ")") != 0 || size > ZY_PDF_OBJECTS_MAX || highest + 1 >= size)
		return false;
	p->num_used = highest + 1;
	return true;
}

static qpdf_error next_complaint(struct pdf_reading *p)
{
	if (qpdf_has_error(p->q))
		return qpdf_get_error(p->q);
	while (qpdf_more_warnings(p->q)) {
		qpdf_error e = qpdf_next_warning(p->q);

		if (!is_larger_size(p, qpdf_get_error_message_detail(p->q, e)))
			return e;
	}
	return NULL;
}

/* Anything else that qpdf complains about means that two readers may see two documents. */
bool pdf_check_quiet(struct pdf_reading *p, struct zy_error *err)
{
	qpdf_error e = next_complaint(p);
	size_t at;

	if (e == NULL)
		return true;
	at = (size_t)qpdf_get_error_file_position(p->q, e);
	return zy_fail(err, ZY_E_PDF, "PDF", at <= p->in.len ? at : ZY_NOWHERE, "the file is damaged: %s",
	    qpdf_get_error_message_detail(p->q, e));
}

bool pdf_open(struct pdf_reading *p, struct zy_error *err)
{
	if ((p->q = qpdf_init()) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "PDF", ZY_NOWHERE, "no memory");
	qpdf_set_suppress_warnings(p->q, QPDF_TRUE);
	qpdf_silence_errors(p->q);
	qpdf_set_attempt_recovery(p->q, QPDF_FALSE);
	(void)qpdf_read_memory(p->q, "input", (const char *)p->in.p, p->in.len, NULL);
	if (!pdf_check_quiet(p, err))
		return false;
	/* An encrypted file cannot be judged by its bytes, and PDF/A forbids it (ISO 19005-3 6.1.3). */
	if (qpdf_is_encrypted(p->q) || qpdf_oh_has_key(p->q, qpdf_get_trailer(p->q), "/Encrypt"))
		return zy_fail(err, ZY_E_PDF, "Encrypt", ZY_NOWHERE, "the file is encrypted");
	return true;
}

/* MediaBox may come from a parent (ISO 32000-1 7.7.3.4). */
static bool read_page_size(struct pdf_reading *p, qpdf_oh page, struct zy_error *err)
{
	qpdf_oh box = pdf_get(p, page, "/MediaBox");
	double v[4] = { 0 };

	for (int i = 0; i < TREE_DEPTH_MAX && pdf_num_items(p, box) != 4; i++) {
		page = pdf_get(p, page, "/Parent");
		box = pdf_get(p, page, "/MediaBox");
	}
	if (pdf_num_items(p, box) != 4)
		return zy_fail(err, ZY_E_PDF, "MediaBox", ZY_NOWHERE, "page 1 has no MediaBox of four numbers");
	for (int i = 0; i < 4; i++)
		if (!qpdf_oh_get_value_as_number(p->q, qpdf_oh_get_array_item(p->q, box, i), &v[i]))
			return zy_fail(err, ZY_E_PDF, "MediaBox", ZY_NOWHERE, "page 1 has no MediaBox of four numbers");
	p->out->origin_x = v[0];
	p->out->origin_y = v[1];
	p->out->width_mm = (v[2] - v[0]) * MM_PER_POINT;
	p->out->height_mm = (v[3] - v[1]) * MM_PER_POINT;
	return true;
}

static bool read_pages(struct pdf_reading *p, struct zy_error *err)
{
	int num = qpdf_get_num_pages(p->q);
	qpdf_oh page;

	if (!pdf_check_quiet(p, err))
		return false;
	if (num < 1)
		return zy_fail(err, ZY_E_PDF, "Pages", ZY_NOWHERE, "the document has no page");
	page = qpdf_get_page_n(p->q, 0);
	p->out->num_pages = (size_t)num;
	p->out->first_page = (unsigned)qpdf_oh_get_object_id(p->q, page);
	p->out->has_annotations = qpdf_oh_has_key(p->q, page, "/Annots") != QPDF_FALSE;
	return read_page_size(p, page, err);
}

/* Does the text of an object hold this name, ended by a delimiter? */
static size_t count_name(const char *text, const char *name)
{
	size_t num = 0, len = strlen(name);

	for (const char *s = text; (s = strstr(s, name)) != NULL; s += len)
		num += s[len] == '\0' || strchr(" /[]<>(){}%", s[len]) != NULL;
	return num;
}

/* One object: is there anything that acts, or a signature? qpdf's own spelling has no escapes in these names. */
static size_t read_object(struct pdf_reading *p, qpdf_oh oh)
{
	const char *text;

	if (qpdf_oh_is_stream(p->q, oh))
		oh = qpdf_oh_get_dict(p->q, oh);
	if (!qpdf_oh_is_dictionary(p->q, oh) && !qpdf_oh_is_array(p->q, oh))
		return 0;
	text = qpdf_oh_unparse_resolved(p->q, oh);
	if (count_name(text, "/JavaScript") > 0 || count_name(text, "/JS") > 0)
		p->out->has_javascript = true;
	if (count_name(text, "/AA") > 0)
		p->out->has_additional_actions = true;
	return count_name(text, "/ByteRange");
}

/* Objects are resolved all the same, so that damage shows; their text is only needed where the bytes leave a doubt. */
static bool must_look_inside(const struct pdf_reading *p)
{
	return !p->plain || pdf_count(p->in, "/JavaScript") + pdf_count(p->in, "/JS") + pdf_count(p->in, "/AA") > 0;
}

bool pdf_read_size(struct pdf_reading *p, size_t *out, struct zy_error *err)
{
	qpdf_oh oh = pdf_get(p, qpdf_get_trailer(p->q), "/Size");
	long long size = 0;

	if (!qpdf_oh_is_integer(p->q, oh) || !qpdf_oh_get_value_as_longlong(p->q, oh, &size) || size < 1)
		return zy_fail(err, ZY_E_PDF, "Size", ZY_NOWHERE, "the trailer has no /Size");
	if (size > ZY_PDF_OBJECTS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "Size", ZY_NOWHERE, "more than %d objects", ZY_PDF_OBJECTS_MAX);
	*out = (size_t)size;
	return true;
}

bool pdf_read_num_used(struct pdf_reading *p, size_t *out, struct zy_error *err)
{
	if (!pdf_read_size(p, out, err))
		return false;
	if (p->num_used > 0)
		*out = p->num_used;
	return true;
}

/* Every object of the table, referenced or not: damage shows, and signatures that no field leads to. */
static bool read_objects(struct pdf_reading *p, struct zy_error *err)
{
	size_t size, num = 0, raw = pdf_count(p->in, "/ByteRange");
	bool look = must_look_inside(p);

	if (!pdf_read_num_used(p, &size, err))
		return false;
	for (int i = 1; i < (int)size; i++) {
		qpdf_oh oh = qpdf_get_object_by_id(p->q, i, 0);

		if (qpdf_oh_get_type_code(p->q, oh) != ot_null && look)
			num += read_object(p, oh);
		qpdf_oh_release(p->q, oh);
	}
	/* Raw bytes show what the table leaves out; objects show what is compressed or spelled otherwise. */
	num = num > raw ? num : raw;
	p->out->num_stray = num > p->num_reached ? num - p->num_reached : 0;
	return pdf_check_quiet(p, err);
}

static bool take_attached(struct pdf_reading *p, qpdf_oh stream, struct zy_error *err)
{
	qpdf_oh dict = qpdf_oh_is_stream(p->q, stream) ? qpdf_oh_get_dict(p->q, stream) : qpdf_oh_new_null(p->q);
	qpdf_oh filter = pdf_get(p, dict, "/Filter");
	unsigned char *raw = NULL;
	struct zy_bytes v;
	bool ok;

	if (pdf_num_items(p, filter) == 1)
		filter = qpdf_oh_get_array_item(p->q, filter, 0);
	/* An unwritten /DecodeParms and one filter: nothing else is needed for an attached record. */
	if (!qpdf_oh_is_dictionary(p->q, dict) || qpdf_oh_has_key(p->q, dict, "/F") ||
	    qpdf_oh_has_key(p->q, dict, "/DecodeParms") ||
	    !(qpdf_oh_is_null(p->q, filter) || qpdf_oh_is_name_and_equals(p->q, filter, "/FlateDecode")))
		return zy_fail(err, ZY_E_PDF, "EmbeddedFile", ZY_NOWHERE,
		    "the attached file is no stream inside this file, plain or FlateDecode");
	if (qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_none, NULL, &raw, &v.len) & QPDF_ERRORS || raw == NULL) {
		free(raw);
		return pdf_check_quiet(p, err) &&
		       zy_fail(err, ZY_E_PDF, "EmbeddedFile", ZY_NOWHERE, "the attached file cannot be read");
	}
	v.p = raw;
	if (!qpdf_oh_is_null(p->q, filter))
		ok = pdf_inflate(v, ZY_PDF_ATTACHED_MAX, p->arena, &p->out->attached, err);
	else if (v.len > ZY_PDF_ATTACHED_MAX)
		ok = zy_fail(err, ZY_E_TOO_LARGE, "EmbeddedFile", ZY_NOWHERE, "over %zu bytes", ZY_PDF_ATTACHED_MAX);
	else
		ok = zy_arena_copy(p->arena, v, &p->out->attached, err);
	free(raw);
	return ok;
}

static bool read_file_spec(struct pdf_reading *p, qpdf_oh spec, const char *wanted, struct zy_error *err)
{
	qpdf_oh unicode = pdf_get(p, spec, "/UF");
	const char *name = pdf_text(p, qpdf_oh_is_string(p->q, unicode) ? unicode : pdf_get(p, spec, "/F"), err);

	if (name == NULL)
		return false;
	p->out->num_attached++;
	if (wanted == NULL || strcmp(name, wanted) != 0)
		return true;
	if (p->out->attached.p != NULL)
		return zy_fail(err, ZY_E_PDF, "EmbeddedFiles", ZY_NOWHERE, "two embedded files named %s", wanted);
	return take_attached(p, pdf_get(p, pdf_get(p, spec, "/EF"), "/F"), err);
}

static bool read_name_tree(
    struct pdf_reading *p, qpdf_oh node, const char *wanted, int depth, unsigned *num, struct zy_error *err)
{
	qpdf_oh kids = pdf_get(p, node, "/Kids"), names = pdf_get(p, node, "/Names");

	if (depth > TREE_DEPTH_MAX || ++*num > 1024)
		return zy_fail(err, ZY_E_TOO_LARGE, "EmbeddedFiles", ZY_NOWHERE, "the name tree is too deep or wide");
	for (int i = 1, n = pdf_num_items(p, names); i < n; i += 2)
		if (!read_file_spec(p, qpdf_oh_get_array_item(p->q, names, i), wanted, err))
			return false;
	for (int i = 0, n = pdf_num_items(p, kids); i < n; i++)
		if (!read_name_tree(p, qpdf_oh_get_array_item(p->q, kids, i), wanted, depth + 1, num, err))
			return false;
	return true;
}

static bool read_id(struct pdf_reading *p, qpdf_oh id, struct zy_error *err)
{
	for (int i = 0; i < 2 && pdf_num_items(p, id) == 2; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(p->q, id, i);
		const char *bytes;
		size_t len = 0;

		if (!qpdf_oh_is_string(p->q, item))
			return zy_fail(err, ZY_E_PDF, "ID", ZY_NOWHERE, "the trailer's /ID is not two strings");
		bytes = qpdf_oh_get_binary_string_value(p->q, item, &len);
		if (!zy_arena_copy(p->arena, ZY_BYTES(bytes, len), &p->out->id[i], err))
			return false;
	}
	return true;
}

static bool read_catalog(struct pdf_reading *p, const char *attached, struct zy_error *err)
{
	qpdf_oh trailer = qpdf_get_trailer(p->q), root = pdf_get(p, trailer, "/Root"), info, form;
	unsigned num = 0;

	if (!qpdf_oh_is_dictionary(p->q, root) || !qpdf_oh_is_indirect(p->q, root))
		return zy_fail(err, ZY_E_PDF, "Root", ZY_NOWHERE, "the trailer has no indirect catalog");
	p->out->catalog = (unsigned)qpdf_oh_get_object_id(p->q, root);
	info = pdf_get(p, trailer, "/Info");
	p->out->info = qpdf_oh_is_indirect(p->q, info) ? (unsigned)qpdf_oh_get_object_id(p->q, info) : 0;
	if (!read_id(p, pdf_get(p, trailer, "/ID"), err))
		return false;
	form = pdf_get(p, root, "/AcroForm");
	p->out->has_form = !qpdf_oh_is_null(p->q, form);
	p->out->has_xfa = !qpdf_oh_is_null(p->q, pdf_get(p, form, "/XFA"));
	p->out->has_open_action = qpdf_oh_has_key(p->q, root, "/OpenAction") != QPDF_FALSE;
	return pdf_read_signatures(p, form, err) &&
	       read_name_tree(p, pdf_get(p, pdf_get(p, root, "/Names"), "/EmbeddedFiles"), attached, 0, &num, err);
}

bool zy_pdf_parse(
    struct zy_pdf *out, struct zy_bytes in, const char *attached, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf pdf = { 0 };
	struct pdf_reading p = { .out = &pdf, .arena = a, .in = in };
	bool ok;

	if (in.len > ZY_PDF_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "PDF", ZY_NOWHERE, "more than %zu bytes", ZY_PDF_MAX);
	/* qpdf would search for a header behind other bytes and shift every offset. */
	if (in.len < 8 || memcmp(in.p, "%PDF-", 5) != 0)
		return zy_fail(err, ZY_E_PDF, "header", 0, "the file does not begin with %%PDF-");
	p.plain = pdf_is_plain(in);
	if (!pdf_find_revisions(&pdf, in, err) || (!p.plain && !pdf_check_inflated(in, err)))
		return false;
	ok = pdf_open(&p, err) && read_pages(&p, err) && read_catalog(&p, attached, err) && read_objects(&p, err);
	qpdf_cleanup(&p.q);
	if (ok)
		*out = pdf;
	return ok;
}
