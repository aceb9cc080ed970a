/* OFD documents: GB/T 33190-2016 chapter 18, GM/T 0099-2020. */
#include "bodies.h"
#include "internal.h"

#include "zy/ofd.h"
#include "zy/record.h"

/* Digests of the package's files, computed when first asked: several signatures may protect the same file. */
struct digests {
	bool have[ZY_PACKAGE_FILES_MAX];
	uint8_t sm3[ZY_PACKAGE_FILES_MAX][ZY_HASH_LEN];
};

struct ofd_case {
	struct zy_case *c;
	struct zy_ofd *d;
	struct digests *digests;
	bool *covered;          /* by a signature: for each file of the package */
	struct zy_signed_by by; /* of the first signature */
	bool is_licence;
};

static size_t index_of(const struct ofd_case *o, const struct zy_package_file *f)
{
	return (size_t)(f - o->d->package->files);
}

static void add_path(struct ofd_case *o, const char *code, const char *path)
{
	zy_report_add(o->c->r, code, zy_case_text(o->c, zy_str(path)), ZY_NOWHERE, NULL);
}

static bool judge_reference(struct ofd_case *o, const struct zy_ofd_reference *ref, bool *mine, struct zy_error *err)
{
	size_t i;

	if (ref->file == NULL) {
		add_path(o, "reference-missing", ref->path);
		return true;
	}
	i = index_of(o, ref->file);
	if (!o->digests->have[i] &&
	    !zy_bodies_sm3(zy_keys_bodies(o->c->keys), ref->file->bytes, o->digests->sm3[i], err))
		return false;
	o->digests->have[i] = true;
	if (!zy_bytes_equal(ref->CheckValue, ZY_BYTES(o->digests->sm3[i], ZY_HASH_LEN))) {
		add_path(o, "reference-digest", ref->path);
		return true;
	}
	mine[i] = true;
	/* A licence is what its issuer sealed: a later seal of somebody else adds no cover. */
	if (!o->is_licence || o->c->r->num_signatures == 1)
		o->covered[i] = true;
	return true;
}

static bool belongs(const struct zy_ofd *d, size_t i)
{
	return d->reachable[i] && !d->in_signature[i];
}

/* Which files of the document this signature protects: all of them, or some. */
static bool judge_references(struct ofd_case *o, const struct zy_ofd_signature *s, bool *whole, struct zy_error *err)
{
	bool *mine = zy_arena_array(o->c->work, ZY_PACKAGE_FILES_MAX, sizeof(bool), err);

	if (mine == NULL)
		return false;
	if (strcmp(s->CheckMethod, "1.2.156.10197.1.401") != 0 && strcmp(s->CheckMethod, "SM3") != 0)
		zy_report_add(o->c->r, "check-method", "References.CheckMethod", ZY_NOWHERE, NULL);
	if (s->num_references == 0)
		add_path(o, "reference-none", s->path);
	for (size_t i = 0; i < s->num_references; i++)
		if (!judge_reference(o, &s->references[i], mine, err))
			return false;
	*whole = s->num_references > 0;
	for (size_t i = 0; i < o->d->package->num_files; i++)
		*whole = *whole && (mine[i] || !belongs(o->d, i));
	return true;
}

static bool judge_signature(struct ofd_case *o, const struct zy_ofd_signature *s, struct zy_error *err)
{
	struct zy_finding *const *mark = o->c->r->last;
	struct zy_report_signature *out = zy_case_signature(o->c, s->type == ZY_OFD_SEAL ? "ses-v4" : "gbt35275");
	struct zy_signed_by by = { .esID = "" };
	bool whole = false;

	if (out == NULL)
		return true;
	if (s->file == NULL || s->fault.code != ZY_OK) {
		zy_report_add(o->c->r, "signature-unreadable", zy_case_text(o->c, zy_str(s->path)), ZY_NOWHERE, "%s",
		    s->file == NULL ? "the file is missing" : s->fault.msg);
	} else {
		if (!judge_references(o, s, &whole, err))
			return false;
		if (s->type == ZY_OFD_SEAL && !zy_case_ses(o->c, s, &by, err))
			return false;
		if (s->type != ZY_OFD_SEAL)
			add_path(o, "signature-unsupported", s->path);
		o->c->r->sealed = o->c->r->sealed || s->type == ZY_OFD_SEAL;
	}
	if (out->n == 1)
		o->by = by;
	out->covers = whole ? "whole" : "partial";
	out->indication = zy_report_since(o->c->r, mark, &out->sub_indication);
	return true;
}

/* Every file that is part of what a reader sees must be protected; what nothing refers to must not ride along. */
static void judge_coverage(struct ofd_case *o)
{
	for (size_t i = 0; i < o->d->package->num_files; i++) {
		if (belongs(o->d, i) && !o->covered[i])
			add_path(o, "not-covered", o->d->package->files[i].name);
		else if (!o->d->reachable[i])
			add_path(o, o->is_licence ? "licence-stray-file" : "stray-file", o->d->package->files[i].name);
	}
}

static bool says_licence(const struct zy_ofd *d)
{
	for (size_t i = 0; i < d->num_attachments; i++)
		if (strcmp(d->attachments[i].name, ZY_OFD_LICENCE_XML) == 0)
			return true;
	for (size_t i = 0; i < d->num_custom_datas; i++)
		if (strcmp(d->custom_datas[i].name, "ZZBS") == 0)
			return true;
	return false;
}

static bool judge_licence(struct ofd_case *o, struct zy_error *err)
{
	const struct zy_ofd_attachment *xml = zy_ofd_licence_xml(o->d);
	struct zy_metadata *m = zy_arena_array(o->c->work, o->d->num_custom_datas + 1, sizeof(*m), err);

	if (m == NULL)
		return false;
	if (xml == NULL || xml->file == NULL) {
		zy_report_add(o->c->r, "licence-record-missing", ZY_OFD_LICENCE_XML, ZY_NOWHERE, NULL);
		return true;
	}
	for (size_t i = 0; i < o->d->num_custom_datas; i++)
		m[i] = (struct zy_metadata){ o->d->custom_datas[i].name, o->d->custom_datas[i].value };
	return zy_case_licence(o->c, xml->file->bytes, m, o->d->num_custom_datas, &o->by, err);
}

static bool judge_document(struct ofd_case *o, struct zy_error *err)
{
	struct zy_ofd *d = o->d;

	o->is_licence = says_licence(d);
	for (size_t i = 0; i < d->num_faults; i++)
		zy_report_add(o->c->r, "document-fault", zy_case_text(o->c, zy_str(d->faults[i].path)), ZY_NOWHERE,
		    "%s", d->faults[i].why.msg);
	for (size_t i = 0; i < d->num_signatures; i++)
		if (!judge_signature(o, &d->signatures[i], err))
			return false;
	if (d->num_signatures == 0)
		zy_report_add(
		    o->c->r, o->is_licence ? "licence-unsigned" : "no-signature", "Signatures", ZY_NOWHERE, NULL);
	else
		judge_coverage(o);
	if (o->is_licence && !judge_licence(o, err))
		return false;
	zy_case_trust(o->c);
	return true;
}

bool zy_judge_ofd(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at, struct zy_report *r,
    struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { k, trust, at, r, &work };
	struct ofd_case o = { .c = &c, .by = { .esID = "" } };
	struct zy_package *p;

	r->format = "ofd";
	if ((p = zy_arena_alloc(&work, sizeof(*p), err)) == NULL ||
	    (o.d = zy_arena_alloc(&work, sizeof(*o.d), err)) == NULL ||
	    (o.digests = zy_arena_alloc(&work, sizeof(*o.digests), err)) == NULL ||
	    (o.covered = zy_arena_array(&work, ZY_PACKAGE_FILES_MAX, sizeof(bool), err)) == NULL)
		return false;
	return (zy_package_parse(p, in, &work, err) && zy_ofd_parse(o.d, p, &work, err) && judge_document(&o, err)) ||
	       zy_case_keep_error(&c, err);
}
