/* Signatures.xml and Signature.xml, GB/T 33190 chapter 18. The order of children varies between producers. */
#include "ofd_read.h"

#include <strings.h>

#include "zy/text.h"

static bool fault(const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_OFD, field, ZY_NOWHERE, "%s", why);
}

static bool read_reference(struct ofd_reading *s, const char *from, const struct zy_xml_node *n,
    struct zy_ofd_reference *ref, struct zy_error *err)
{
	const char *loc = zy_xml_attribute(n, "FileRef", ""), *value;
	ZY_BUF_AUTO b = { .cap = 128 };

	if (!ofd_locate(s, from, loc, &ref->path, &ref->file, err) ||
	    !ofd_only_text(n, "CheckValue", s->a, &value, err))
		return false;
	return zy_base64_decode(&b, zy_str(value), err) && zy_arena_copy(s->a, zy_buf_bytes(&b), &ref->CheckValue, err);
}

static bool read_references(
    struct ofd_reading *s, struct zy_ofd_signature *g, const struct zy_xml_node *n, struct zy_error *err)
{
	size_t num = ofd_count(n, "Reference");
	struct zy_ofd_reference *list;

	if (num > ZY_PACKAGE_FILES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "References", ZY_NOWHERE, "over %d References", ZY_PACKAGE_FILES_MAX);
	g->CheckMethod = zy_xml_attribute(n, "CheckMethod", "");
	if ((list = zy_arena_array(s->a, num + 1, sizeof(*list), err)) == NULL)
		return false;
	n = ofd_child(n, "Reference");
	for (size_t i = 0; i < num; i++, n = ofd_next(n, "Reference"))
		if (!read_reference(s, g->path, n, &list[i], err))
			return false;
	g->references = list;
	g->num_references = num;
	return true;
}

static bool read_stamps(
    struct ofd_reading *s, struct zy_ofd_signature *g, const struct zy_xml_node *info, struct zy_error *err)
{
	size_t num = ofd_count(info, "StampAnnot");
	const struct zy_xml_node *n = ofd_child(info, "StampAnnot");
	struct zy_ofd_stamp *list;
	struct zy_error ignored = { 0 };

	if (num > ZY_OFD_STAMPS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "StampAnnot", ZY_NOWHERE, "over %d stamps", ZY_OFD_STAMPS_MAX);
	if ((list = zy_arena_array(s->a, num + 1, sizeof(*list), err)) == NULL)
		return false;
	for (size_t i = 0; i < num; i++, n = ofd_next(n, "StampAnnot")) {
		const char *clip = zy_xml_attribute(n, "Clip", NULL);

		list[i].ID = zy_xml_attribute(n, "ID", "");
		list[i].PageRef = zy_xml_attribute(n, "PageRef", "");
		list[i].has_clip = clip != NULL;
		list[i].no_place = !ofd_box(zy_xml_attribute(n, "Boundary", ""), "", list[i].boundary, &ignored) ||
				   (clip != NULL && !ofd_box(clip, "", list[i].clip, &ignored));
	}
	g->stamps = list;
	g->num_stamps = num;
	return true;
}

/* The attribute, or as one vendor writes it a child element. */
static bool read_provider(
    struct ofd_reading *s, struct zy_ofd_signature *g, const struct zy_xml_node *info, struct zy_error *err)
{
	const struct zy_xml_node *provider;

	if (!ofd_only(info, "Provider", &provider, err))
		return false;
	if (provider == NULL)
		return true;
	g->ProviderName = zy_xml_attribute(provider, "ProviderName", "");
	return g->ProviderName[0] != 0 || ofd_only_text(provider, "ProviderName", s->a, &g->ProviderName, err);
}

/* ImageLoc (GM/T 0099): what readers show for the seal. */
static bool read_image(
    struct ofd_reading *s, struct zy_ofd_signature *g, const struct zy_xml_node *seal, struct zy_error *err)
{
	const char *loc, *path;

	return ofd_only_text(seal, "ImageLoc", s->a, &loc, err) &&
	       (loc[0] == 0 || ofd_refer(s, g->path, loc, &path, &g->image));
}

static bool read_signed_info(
    struct ofd_reading *s, struct zy_ofd_signature *g, const struct zy_xml_node *info, struct zy_error *err)
{
	const struct zy_xml_node *references, *seal;
	const char *loc;

	if (!read_provider(s, g, info, err) ||
	    !ofd_only_text(info, "SignatureMethod", s->a, &g->SignatureMethod, err) ||
	    !ofd_only_text(info, "SignatureDateTime", s->a, &g->SignatureDateTime, err) ||
	    !ofd_only(info, "References", &references, err) || !ofd_only(info, "Seal", &seal, err))
		return false;
	if (references == NULL)
		return fault("SignedInfo", "it has no References", err);
	if (!read_references(s, g, references, err) || !read_stamps(s, g, info, err))
		return false;
	if (seal == NULL)
		return true;
	if (!read_image(s, g, seal, err))
		return false;
	if (!ofd_only_text(seal, "BaseLoc", s->a, &loc, err) ||
	    !ofd_locate(s, g->path, loc, &g->seal_path, &g->seal, err))
		return false;
	/* the seal stands in the signed value, too: that its file is missing is no fault of the document */
	return g->seal == NULL || (ofd_refer(s, g->path, loc, &g->seal_path, &g->seal) && ofd_hold(s, g->seal, err));
}

static bool read_signature_xml(struct ofd_reading *s, struct zy_ofd_signature *g, struct zy_error *why)
{
	const struct zy_xml_node *root, *info;
	const char *loc;

	if (!ofd_hold(s, g->file, why) || !ofd_open_file(g->file, "Signature", s->a, &root, why) ||
	    !ofd_only(root, "SignedInfo", &info, why) || !ofd_only_text(root, "SignedValue", s->a, &loc, why))
		return false;
	if (info == NULL || loc[0] == 0)
		return fault("Signature", "it has no SignedInfo or no SignedValue", why);
	return ofd_refer(s, g->path, loc, &g->signed_value_path, &g->signed_value) &&
	       ofd_hold(s, g->signed_value, why) && read_signed_info(s, g, info, why);
}

static bool has_id(const struct zy_ofd *d, size_t body, const char *ID)
{
	for (size_t i = 0; i < d->num_signatures; i++)
		if (d->signatures[i].body == body && strcmp(d->signatures[i].ID, ID) == 0)
			return true;
	return false;
}

static bool read_type(const struct zy_xml_node *n, struct zy_ofd_signature *g, struct zy_error *err)
{
	const char *type = zy_xml_attribute(n, "Type", "Seal");

	g->type = strcasecmp(type, "Sign") == 0 ? ZY_OFD_SIGN : ZY_OFD_SEAL;
	return g->type == ZY_OFD_SIGN || strcasecmp(type, "Seal") == 0 ||
	       zy_fail(err, ZY_E_FORMAT, "Signature.Type", ZY_NOWHERE, "it is neither Seal nor Sign");
}

/* One entry of Signatures.xml. */
static bool read_entry(struct ofd_reading *s, size_t body, const char *from, const struct zy_xml_node *n)
{
	static const struct zy_ofd_signature blank = { .ProviderName = "",
		.SignatureMethod = "",
		.SignatureDateTime = "",
		.CheckMethod = "",
		.signed_value_path = "",
		.seal_path = "" };
	struct zy_ofd_signature *g = &s->d->signatures[s->d->num_signatures], filled;
	struct zy_error why = { 0 };

	*g = blank;
	g->body = body;
	g->ID = zy_xml_attribute(n, "ID", "");
	if (!ofd_refer(s, from, zy_xml_attribute(n, "BaseLoc", ""), &g->path, &g->file))
		return false;
	if (g->file == NULL)
		fault("Signature.BaseLoc", "Signature.xml is absent", &g->fault);
	else if (s->is_signature[ofd_index(s, g->file)])
		fault("Signature.BaseLoc", "two signatures are one and the same file", &g->fault);
	else
		s->is_signature[ofd_index(s, g->file)] = true;
	if (has_id(s->d, body, g->ID))
		fault("Signature.ID", "two signatures have the same ID", &g->fault);
	s->d->num_signatures++;
	if (g->file == NULL)
		return true;
	filled = *g;
	if (read_type(n, &filled, &why) && read_signature_xml(s, &filled, &why)) {
		*g = filled;
		return true;
	}
	if (s->err->code != ZY_OK || !ofd_fault(s, g->path, &why))
		return false;
	if (g->fault.code == ZY_OK)
		g->fault = why;
	return true;
}

bool ofd_read_signatures(struct ofd_reading *s, size_t body, const char *loc)
{
	struct zy_ofd_body *b = &s->d->bodies[body];
	const struct zy_xml_node *root;
	struct zy_error why = { 0 };

	if (!ofd_refer(s, "OFD.xml", loc, &b->signatures_path, &b->signatures))
		return false;
	if (b->signatures == NULL)
		return true;
	if (!ofd_hold(s, b->signatures, &why) || !ofd_open_file(b->signatures, "Signatures", s->a, &root, &why))
		return ofd_fault(s, b->signatures_path, &why);
	for (const struct zy_xml_node *n = ofd_child(root, "Signature"); n != NULL; n = ofd_next(n, "Signature")) {
		if (s->d->num_signatures == ZY_OFD_SIGNATURES_MAX) {
			zy_fail_set(&why, ZY_E_TOO_LARGE, "Signatures", ZY_NOWHERE, "over %d signatures",
			    ZY_OFD_SIGNATURES_MAX);
			return ofd_fault(s, b->signatures_path, &why);
		}
		if (!read_entry(s, body, b->signatures_path, n))
			return false;
	}
	return true;
}

const struct zy_ofd_reference *zy_ofd_reference(const struct zy_ofd_signature *g, const struct zy_package_file *file)
{
	for (size_t i = 0; i < g->num_references; i++)
		if (g->references[i].file == file)
			return &g->references[i];
	return NULL;
}

const struct zy_ofd_signature *zy_ofd_covered_by(const struct zy_ofd *d, const struct zy_package_file *file)
{
	for (size_t i = 0; i < d->num_signatures; i++)
		if (zy_ofd_reference(&d->signatures[i], file) != NULL)
			return &d->signatures[i];
	return NULL;
}
