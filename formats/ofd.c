/* From OFD.xml to every file that it leads to (GB/T 33190 chapters 7 and 8). */
#include "ofd_read.h"

#include <stdlib.h>

static bool refer_text(struct ofd_reading *s, const char *from, const struct zy_xml_node *n, const char **path,
    const struct zy_package_file **file)
{
	const char *loc;

	return zy_xml_text(n, s->a, &loc, s->err) && ofd_refer(s, from, loc, path, file);
}

/* Every child of that name holds the path of a file in its text. */
static bool refer_children(struct ofd_reading *s, const char *from, const struct zy_xml_node *n, const char *name)
{
	const struct zy_package_file *file;
	const char *path;

	for (n = ofd_child(n, name); n != NULL; n = ofd_next(n, name))
		if (!refer_text(s, from, n, &path, &file))
			return false;
	return true;
}

/* Res/BaseLoc is the folder of the paths below it; it is relative to the folder of the Res file itself. */
static bool resource_base(
    struct ofd_reading *s, const char *path, const struct zy_xml_node *res, const char **from, struct zy_error *why)
{
	const char *loc = zy_xml_attribute(res, "BaseLoc", "");
	struct zy_bytes v = zy_str(loc);
	const char *folder;

	*from = path;
	if (v.len > 1 && v.p[v.len - 1] == '/')
		v.len--;
	if (v.len == 0 || zy_bytes_equal(v, zy_str(".")))
		return true;
	if ((loc = zy_arena_text(s->a, v, why)) == NULL || !zy_ofd_resolve(path, loc, s->a, &folder, why))
		return false;
	return (*from = zy_arena_printf(s->a, why, "%s/", folder)) != NULL;
}

/* Fonts, media and colour profiles of a Res file. */
static bool refer_resources(struct ofd_reading *s, const char *from, const struct zy_xml_node *res)
{
	const struct zy_package_file *file;
	const char *path, *profile;

	for (const struct zy_xml_node *n = res; n != NULL; n = zy_xml_walk(res, n)) {
		if (strcmp(n->name, "FontFile") == 0 || strcmp(n->name, "MediaFile") == 0) {
			if (!refer_text(s, from, n, &path, &file))
				return false;
		} else if (strcmp(n->name, "ColorSpace") == 0 &&
			   (profile = zy_xml_attribute(n, "Profile", NULL)) != NULL) {
			if (!ofd_refer(s, from, profile, &path, &file))
				return false;
		}
	}
	return true;
}

static bool read_resource(struct ofd_reading *s, const char *from, const struct zy_xml_node *loc)
{
	const struct zy_package_file *file;
	const struct zy_xml_node *res;
	struct zy_error why = { 0 };
	const char *path, *base;

	if (!refer_text(s, from, loc, &path, &file))
		return false;
	if (file == NULL || s->is_resource[ofd_index(s, file)])
		return true;
	s->is_resource[ofd_index(s, file)] = true;
	if (!ofd_open_file(file, "Res", s->a, &res, &why) || !resource_base(s, path, res, &base, &why))
		return ofd_fault(s, path, &why);
	return refer_resources(s, base, res);
}

static bool read_resources(struct ofd_reading *s, const char *from, const struct zy_xml_node *n, const char *name)
{
	for (n = ofd_child(n, name); n != NULL; n = ofd_next(n, name))
		if (!read_resource(s, from, n))
			return false;
	return true;
}

/* One that is not held is looked through with memory of its own. */
static bool lacks(const struct zy_package_file *file, const char *word)
{
	struct zy_package_file copy = *file;
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	return zy_package_hold(&copy, &a, &ignored) && !zy_xml_is_utf16(copy.bytes) &&
	       memmem(copy.bytes.p, copy.bytes.len, word, strlen(word)) == NULL;
}

/* A page or template. It leads on only through PageRes, and an element's name can be spelled in one way only: a
 * page without those letters need not be parsed, which is most of the cost of a licence. */
static bool read_page(struct ofd_reading *s, const char *from, const struct zy_xml_node *n, struct zy_ofd_page *page)
{
	const struct zy_xml_node *root;
	struct zy_error why = { 0 };

	page->ID = zy_xml_attribute(n, "ID", "");
	if (!ofd_refer(s, from, zy_xml_attribute(n, "BaseLoc", ""), &page->path, &page->file))
		return false;
	if (page->file == NULL || lacks(page->file, "PageRes"))
		return true;
	if (!ofd_open_file(page->file, "Page", s->a, &root, &why))
		return ofd_fault(s, page->path, &why);
	return read_resources(s, page->path, root, "PageRes");
}

static bool too_many(struct ofd_reading *s, const char *path, const char *field, size_t most)
{
	struct zy_error why = { 0 };

	zy_fail_set(&why, ZY_E_TOO_LARGE, field, ZY_NOWHERE, "over %zu of them", most);
	return ofd_fault(s, path, &why);
}

/* Room for as many more of a list as n has children of that name. */
static void *longer(
    struct ofd_reading *s, const void *list, size_t num, size_t size, const struct zy_xml_node *n, const char *name)
{
	uint8_t *room;

	if ((room = zy_arena_array(s->a, num + ofd_count(n, name) + 1, size, s->err)) != NULL && num > 0)
		memcpy(room, list, num * size);
	return room;
}

static bool read_pages(struct ofd_reading *s, const char *from, const struct zy_xml_node *pages)
{
	struct zy_ofd *d = s->d;

	if ((d->pages = longer(s, d->pages, d->num_pages, sizeof(*d->pages), pages, "Page")) == NULL)
		return false;
	for (const struct zy_xml_node *n = ofd_child(pages, "Page"); n != NULL; n = ofd_next(n, "Page")) {
		if (d->num_pages == ZY_OFD_PAGES_MAX)
			return too_many(s, from, "Pages", ZY_OFD_PAGES_MAX);
		d->pages[d->num_pages].body = d->num_bodies - 1;
		if (!read_page(s, from, n, &d->pages[d->num_pages]))
			return false;
		d->num_pages++;
	}
	return true;
}

static bool read_common(struct ofd_reading *s, const char *from, const struct zy_xml_node *common)
{
	struct zy_ofd_page template;

	for (const struct zy_xml_node *n = ofd_child(common, "TemplatePage"); n != NULL;
	     n = ofd_next(n, "TemplatePage"))
		if (!read_page(s, from, n, &template))
			return false;
	return read_resources(s, from, common, "PublicRes") && read_resources(s, from, common, "DocumentRes");
}

static bool read_attachment(
    struct ofd_reading *s, const char *from, const struct zy_xml_node *n, struct zy_ofd_attachment *t)
{
	struct zy_error why = { 0 };
	const char *loc;

	*t = (struct zy_ofd_attachment){ .ID = zy_xml_attribute(n, "ID", ""),
		.name = zy_xml_attribute(n, "Name", ""),
		.format = zy_xml_attribute(n, "Format", ""),
		.path = "" };
	if (!ofd_only_text(n, "FileLoc", s->a, &loc, &why))
		return ofd_fault(s, from, &why);
	if (!ofd_refer(s, from, loc, &t->path, &t->file))
		return false;
	return strcmp(t->name, ZY_OFD_LICENCE_XML) != 0 || ofd_hold(s, t->file, &why) || ofd_fault(s, t->path, &why);
}

static bool read_attachments(struct ofd_reading *s, const char *from, const struct zy_xml_node *root)
{
	struct zy_ofd *d = s->d;

	d->attachments = longer(s, d->attachments, d->num_attachments, sizeof(*d->attachments), root, "Attachment");
	if (d->attachments == NULL)
		return false;
	for (const struct zy_xml_node *n = ofd_child(root, "Attachment"); n != NULL; n = ofd_next(n, "Attachment")) {
		if (d->num_attachments == ZY_OFD_ATTACHMENTS_MAX)
			return too_many(s, from, "Attachments", ZY_OFD_ATTACHMENTS_MAX);
		if (!read_attachment(s, from, n, &d->attachments[d->num_attachments]))
			return false;
		d->num_attachments++;
	}
	return true;
}

/* A list file named by Document.xml: the entries of these names lead on through the paths in these children. */
struct list {
	const char *root, *entry, *locs[2];
};
static bool read_list(struct ofd_reading *s, const char *from, const struct zy_xml_node *root, const struct list *l)
{
	for (const struct zy_xml_node *n = ofd_child(root, l->entry); n != NULL; n = ofd_next(n, l->entry))
		for (size_t i = 0; i < 2; i++)
			if (l->locs[i] != NULL && !refer_children(s, from, n, l->locs[i]))
				return false;
	return true;
}

/* Annotations, CustomTags, Extensions and Attachments: each a list in a file of its own. */
static bool read_lists(struct ofd_reading *s, const char *from, const struct zy_xml_node *document)
{
	static const struct list lists[] = { { "Annotations", "Page", { "FileLoc", NULL } },
		{ "CustomTags", "CustomTag", { "SchemaLoc", "FileLoc" } },
		{ "Extensions", "Extension", { "ExtendData", NULL } }, { "Attachments", NULL, { NULL, NULL } } };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct zy_xml_node *n, *root;
		struct zy_error why = { 0 };
		const char *loc, *path;

		if (!ofd_only(document, lists[i].root, &n, &why)) {
			if (!ofd_fault(s, from, &why))
				return false;
			continue;
		}
		if (n == NULL)
			continue;
		if (!zy_xml_text(n, s->a, &loc, s->err) || !ofd_open(s, from, loc, lists[i].root, &path, &root))
			return false;
		if (root != NULL &&
		    !(lists[i].entry == NULL ? read_attachments(s, path, root) : read_list(s, path, root, &lists[i])))
			return false;
	}
	return true;
}

/* One that is there twice is none. */
static bool read_area(struct ofd_reading *s, const struct zy_xml_node *common, const char **out)
{
	const struct zy_xml_node *area;
	struct zy_error why = { 0 };

	if (ofd_only(common, "PageArea", &area, &why) && area != NULL)
		(void)!ofd_only_text(area, "PhysicalBox", s->a, out, &why);
	return why.code != ZY_E_NO_MEMORY || zy_fail(s->err, why.code, "OFD", ZY_NOWHERE, "%s", why.msg);
}

static bool read_document(struct ofd_reading *s, const char *loc)
{
	struct zy_ofd_body *body = &s->d->bodies[s->d->num_bodies - 1];
	const struct zy_xml_node *root, *common, *pages;
	struct zy_error why = { 0 };

	if (!ofd_open(s, "OFD.xml", loc, "Document", &body->doc_root, &root))
		return false;
	if (root == NULL)
		return true;
	if (!ofd_only(root, "CommonData", &common, &why) || !ofd_only(root, "Pages", &pages, &why))
		return ofd_fault(s, body->doc_root, &why);
	if (common == NULL || pages == NULL) {
		zy_fail_set(&why, ZY_E_OFD, "Document", ZY_NOWHERE, "it has no CommonData or no Pages");
		return ofd_fault(s, body->doc_root, &why);
	}
	return read_area(s, common, &body->area) && read_common(s, body->doc_root, common) &&
	       read_pages(s, body->doc_root, pages) && read_lists(s, body->doc_root, root);
}

/* Versions/Version@BaseLoc: a list of the files of an earlier version, each of which still belongs. */
static bool read_versions(struct ofd_reading *s, const struct zy_xml_node *versions)
{
	for (const struct zy_xml_node *n = ofd_child(versions, "Version"); n != NULL; n = ofd_next(n, "Version")) {
		const struct zy_xml_node *root, *list;
		const char *path;

		if (!ofd_open(s, "OFD.xml", zy_xml_attribute(n, "BaseLoc", ""), "DocVersion", &path, &root))
			return false;
		if (root == NULL)
			continue;
		list = ofd_child(root, "FileList");
		if (!refer_children(s, path, root, "DocRoot") ||
		    (list != NULL && !refer_children(s, path, list, "File")))
			return false;
	}
	return true;
}

static bool read_custom_datas(struct ofd_reading *s, const struct zy_xml_node *info, struct zy_error *err)
{
	const struct zy_xml_node *n;
	struct zy_ofd *d = s->d;

	if (!ofd_only(info, "CustomDatas", &n, err))
		return false;
	if (n == NULL)
		return true;
	d->custom_datas = longer(s, d->custom_datas, d->num_custom_datas, sizeof(*d->custom_datas), n, "CustomData");
	if (d->custom_datas == NULL)
		return false;
	for (n = ofd_child(n, "CustomData"); n != NULL; n = ofd_next(n, "CustomData")) {
		if (d->num_custom_datas == ZY_OFD_CUSTOM_DATAS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "CustomDatas", ZY_NOWHERE, "over %d CustomData",
			    ZY_OFD_CUSTOM_DATAS_MAX);
		/* The value is kept as it stands, blanks included: it is data. */
		d->custom_datas[d->num_custom_datas++] =
		    (struct zy_ofd_custom_data){ zy_xml_attribute(n, "Name", ""), n->text };
	}
	return true;
}

/* DocID and its like are those of the first document. */
static bool read_doc_info(struct ofd_reading *s, const struct zy_xml_node *body, struct zy_error *err)
{
	const struct zy_package_file *file;
	const struct zy_xml_node *info;
	const char *cover, *path;

	if (!ofd_only(body, "DocInfo", &info, err))
		return false;
	if (info == NULL)
		return true;
	if (s->d->num_bodies == 1 && (!ofd_only_text(info, "DocID", s->a, &s->d->DocID, err) ||
					 !ofd_only_text(info, "Title", s->a, &s->d->Title, err) ||
					 !ofd_only_text(info, "Author", s->a, &s->d->Author, err) ||
					 !ofd_only_text(info, "CreationDate", s->a, &s->d->CreationDate, err) ||
					 !ofd_only_text(info, "Creator", s->a, &s->d->Creator, err)))
		return false;
	return ofd_only_text(info, "Cover", s->a, &cover, err) && read_custom_datas(s, info, err) &&
	       (cover[0] == 0 || ofd_refer(s, "OFD.xml", cover, &path, &file));
}

/* One document but for its signatures; *signatures is the path as written, "" when none is named. */
static bool read_body(
    struct ofd_reading *s, const struct zy_xml_node *body, const char **signatures, struct zy_error *err)
{
	const struct zy_xml_node *versions;
	const char *doc_root;

	if (s->d->num_bodies == ZY_OFD_BODIES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "DocBody", ZY_NOWHERE, "over %d DocBody", ZY_OFD_BODIES_MAX);
	s->d->bodies[s->d->num_bodies++] = (struct zy_ofd_body){ .doc_root = "", .area = "", .signatures_path = "" };
	if (!ofd_only_text(body, "DocRoot", s->a, &doc_root, err) ||
	    !ofd_only_text(body, "Signatures", s->a, signatures, err) || !ofd_only(body, "Versions", &versions, err) ||
	    !read_doc_info(s, body, err))
		return false;
	if (doc_root[0] == 0)
		return zy_fail(err, ZY_E_OFD, "DocRoot", ZY_NOWHERE, "OFD.xml has no DocRoot");
	return read_document(s, doc_root) && (versions == NULL || read_versions(s, versions));
}

/* OFD.xml itself: its faults are errors, in `err`. The signatures come when all documents are known: what belongs to
 * a document stays part of it, whoever says that it is a file of a signature. */
static bool read_package(struct ofd_reading *s, struct zy_error *err)
{
	const struct zy_package_file *file = zy_package_find(s->d->package, "OFD.xml");
	const char *signatures[ZY_OFD_BODIES_MAX];
	const struct zy_xml_node *root;

	if (file == NULL)
		return zy_fail(err, ZY_E_OFD, "OFD.xml", ZY_NOWHERE, "the package has no OFD.xml");
	s->d->reachable[ofd_index(s, file)] = true;
	s->d->documents[ofd_index(s, file)] = UINT16_MAX;
	if (!ofd_hold(s, file, err) || !ofd_open_file(file, "OFD", s->a, &root, err))
		return false;
	for (const struct zy_xml_node *n = ofd_child(root, "DocBody"); n != NULL; n = ofd_next(n, "DocBody"))
		if (!read_body(s, n, &signatures[s->d->num_bodies % ZY_OFD_BODIES_MAX], err))
			return false;
	if (s->d->num_bodies == 0)
		return zy_fail(err, ZY_E_OFD, "DocBody", ZY_NOWHERE, "OFD.xml has no DocBody");
	s->at_signatures = true;
	for (size_t i = 0; i < s->d->num_bodies; i++)
		if (signatures[i][0] != 0 && !ofd_read_signatures(s, i, signatures[i]))
			return false;
	return true;
}

static int by_file_name(const void *a, const void *b)
{
	return strcmp(
	    (*(const struct zy_package_file *const *)a)->name, (*(const struct zy_package_file *const *)b)->name);
}

static int by_other_file_name(const void *a, const void *b)
{
	return strcmp((*(const struct zy_package_file *const *)a)->other_name,
	    (*(const struct zy_package_file *const *)b)->other_name);
}

bool zy_ofd_parse(struct zy_ofd *out, struct zy_package *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct ofd_reading s = { .d = out, .package = p, .a = a, .err = &why };

	memset(out, 0, sizeof(*out));
	out->package = p;
	out->DocID = out->Title = out->Author = out->CreationDate = out->Creator = "";
	if ((s.by_name = zy_arena_array(a, p->num_files + 1, sizeof(struct zy_package_file *), err)) == NULL ||
	    (s.by_other_name = zy_arena_array(a, p->num_files + 1, sizeof(struct zy_package_file *), err)) == NULL ||
	    (s.is_signature = zy_arena_array(a, p->num_files + 1, sizeof(bool), err)) == NULL ||
	    (s.is_resource = zy_arena_array(a, p->num_files + 1, sizeof(bool), err)) == NULL ||
	    (out->reachable = zy_arena_array(a, p->num_files + 1, sizeof(bool), err)) == NULL ||
	    (out->documents = zy_arena_array(a, p->num_files + 1, sizeof(uint16_t), err)) == NULL)
		return false;
	for (size_t i = 0; i < p->num_files; i++) {
		s.by_name[i] = &p->files[i];
		if (p->files[i].other_name != NULL)
			s.by_other_name[s.num_other++] = &p->files[i];
	}
	qsort(s.by_name, p->num_files, sizeof(*s.by_name), by_file_name);
	qsort(s.by_other_name, s.num_other, sizeof(*s.by_other_name), by_other_file_name);
	return read_package(&s, &why) || zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
}

const struct zy_ofd_attachment *zy_ofd_licence_xml(const struct zy_ofd *d)
{
	const struct zy_ofd_attachment *found = NULL;

	for (size_t i = 0; i < d->num_attachments; i++)
		if (strcmp(d->attachments[i].name, ZY_OFD_LICENCE_XML) == 0) {
			if (found != NULL)
				return NULL;
			found = &d->attachments[i];
		}
	return found;
}
