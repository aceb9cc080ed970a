/* OFD documents: GB/T 33190-2016 chapter 18, GM/T 0099-2020. */
#include <stdlib.h>
#include <strings.h>

#include "bodies.h"
#include "internal.h"

#include "zy/ofd.h"
#include "zy/record.h"
#include "zy/xml.h"

/* Digests of the package's files, computed when first asked: several signatures may protect the same file. */
struct digests {
	bool have[2]; /* by enum zy_hash */
	uint8_t value[2][ZY_HASH_LEN];
};

struct ofd_case {
	struct zy_case *c;
	struct zy_ofd *d;
	struct digests *digests; /* for each file of the package */
	bool *named;             /* by any Reference */
	bool *covered;           /* by a Reference whose digest is right */
	const struct zy_ofd_page **by_page;
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

/* As real files spell them; false: none that is accepted (an absent one stands for MD5). */
static bool find_method(const char *text, enum zy_hash *h)
{
	static const struct {
		const char *text;
		enum zy_hash h;
	} methods[] = { { "1.2.156.10197.1.401", ZY_HASH_SM3 }, { "SM3", ZY_HASH_SM3 },
		{ "1.2.156.10197.1.401.2", ZY_HASH_SM3 }, /* HMAC-SM3: one maker writes it for SM3 */
		{ "2.16.840.1.101.3.4.2.1", ZY_HASH_SHA256 }, { "SHA256", ZY_HASH_SHA256 },
		{ "SHA-256", ZY_HASH_SHA256 } };

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcasecmp(methods[i].text, text) == 0) {
			*h = methods[i].h;
			return true;
		}
	return false;
}

static bool digest_file(struct ofd_case *o, enum zy_hash h, size_t i, struct zy_error *err)
{
	const struct zy_package_file *f = &o->d->package->files[i];
	uint8_t *out = o->digests[i].value[h];

	if (o->digests[i].have[h])
		return true;
	o->digests[i].have[h] = true;
	return h == ZY_HASH_SM3 && f->packed.len == 0 ? zy_bodies_sm3(zy_keys_bodies(o->c->keys), f->bytes, out, err)
						      : zy_package_digest(f, h, out, err);
}

/* What a signature says of a file: nothing (0), or it has References to it, of which none or one does not hold. A file
 * that is named twice must be right twice. */
enum { MINE_GOOD = 1, MINE_BAD = 2 };

static bool judge_reference(
    struct ofd_case *o, const struct zy_ofd_reference *ref, enum zy_hash h, uint8_t *mine, struct zy_error *err)
{
	size_t i = index_of(o, ref->file);

	if (!digest_file(o, h, i, err))
		return false;
	if (!zy_bytes_equal(ref->CheckValue, ZY_BYTES(o->digests[i].value[h], ZY_HASH_LEN))) {
		add_path(o, "reference-digest", ref->path);
		mine[i] = MINE_BAD;
		return true;
	}
	if (mine[i] == 0)
		mine[i] = MINE_GOOD;
	/* A licence is what its issuer sealed: a later seal of somebody else adds no cover. */
	if (!o->is_licence || o->c->r->num_signatures == 1)
		o->covered[i] = true;
	return true;
}

/* All files of the signature's document, or some. What another signature protects and this one does not came later, or
 * was left out: nobody can tell, and after a signature only further ones may come. */
static bool covers_whole(struct ofd_case *o, const struct zy_ofd_signature *s, const uint8_t *mine)
{
	bool whole = true;

	for (size_t i = 0; i < o->d->package->num_files; i++) {
		if (mine[i] == MINE_GOOD || (o->d->documents[i] >> s->body & 1) == 0)
			continue;
		whole = false;
		if (o->named[i] && mine[i] == 0)
			add_path(o, "partly-covered", o->d->package->files[i].name);
	}
	return whole;
}

/* Which files of the document this signature protects. */
static bool judge_references(struct ofd_case *o, const struct zy_ofd_signature *s, bool *whole, struct zy_error *err)
{
	uint8_t *mine = zy_arena_array(o->c->work, o->d->package->num_files + 1, sizeof(uint8_t), err);
	enum zy_hash h = ZY_HASH_SM3;
	bool known = find_method(s->CheckMethod, &h);

	if (mine == NULL)
		return false;
	if (!known)
		zy_report_add(o->c->r, "check-method", "References.CheckMethod", ZY_NOWHERE, NULL);
	if (strcmp(s->CheckMethod, "1.2.156.10197.1.401.2") == 0)
		zy_report_add(o->c->r, "form-departs", "References.CheckMethod", ZY_NOWHERE, NULL);
	if (s->num_references == 0)
		add_path(o, "reference-none", s->path);
	for (size_t i = 0; i < s->num_references; i++) {
		const struct zy_ofd_reference *ref = &s->references[i];

		if (ref->file == NULL)
			add_path(o, "reference-missing", ref->path);
		else if (!known) /* whether it was changed is not asked: the signature does not pass anyway */
			mine[index_of(o, ref->file)] = o->covered[index_of(o, ref->file)] = MINE_GOOD;
		else if (!judge_reference(o, ref, h, mine, err))
			return false;
	}
	*whole = covers_whole(o, s, mine) && s->num_references > 0;
	return true;
}

static int by_page(const void *a, const void *b)
{
	const struct zy_ofd_page *x = *(const struct zy_ofd_page *const *)a, *y = *(const struct zy_ofd_page *const *)b;

	return x->body != y->body ? (x->body < y->body ? -1 : 1) : strcmp(x->ID, y->ID);
}

static bool sort_pages(struct ofd_case *o, struct zy_error *err)
{
	if ((o->by_page = zy_arena_array(o->c->work, o->d->num_pages + 1, sizeof(*o->by_page), err)) == NULL)
		return false;
	for (size_t i = 0; i < o->d->num_pages; i++)
		o->by_page[i] = &o->d->pages[i];
	qsort(o->by_page, o->d->num_pages, sizeof(*o->by_page), by_page);
	return true;
}

/* Does the document of the signature have one page of that ID? */
static bool has_page(const struct ofd_case *o, const struct zy_ofd_signature *s, const char *ID)
{
	const struct zy_ofd_page page = { .ID = ID, .body = s->body }, *const key = &page;
	const struct zy_ofd_page **end = o->by_page + o->d->num_pages,
				 **at = bsearch(&key, o->by_page, o->d->num_pages, sizeof(*at), by_page);

	return at != NULL && (at == o->by_page || by_page(at - 1, &key) != 0) &&
	       (at + 1 == end || by_page(at + 1, &key) != 0);
}

/* A stamp stands on a page of the signature's document, or readers show it anywhere or nowhere. */
static void judge_stamps(struct ofd_case *o, const struct zy_ofd_signature *s)
{
	for (size_t i = 0; i < s->num_stamps; i++) {
		if (!has_page(o, s, s->stamps[i].PageRef))
			add_path(o, "stamp-page", s->path);
		if (s->stamps[i].no_place)
			zy_report_add(o->c->r, "form-departs", "StampAnnot.Boundary", ZY_NOWHERE, NULL);
	}
}

/* Is it not read here, though it may be sound? */
static bool is_beyond(const struct ofd_case *o, const struct zy_error *why)
{
	return !o->is_licence && (why->code == ZY_E_TOO_LARGE || why->code == ZY_E_FORMAT);
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
		zy_report_add(o->c->r, is_beyond(o, &s->fault) ? "signature-unsupported" : "signature-unreadable",
		    zy_case_text(o->c, zy_str(s->path)), ZY_NOWHERE, "%s",
		    s->file == NULL ? "the file is missing" : s->fault.msg);
	} else {
		if (!judge_references(o, s, &whole, err))
			return false;
		judge_stamps(o, s);
		if (s->type == ZY_OFD_SEAL && !zy_case_ses(o->c, s, &by, err))
			return false;
		if (s->type != ZY_OFD_SEAL && !zy_case_signed_data(o->c, s, out, err))
			return false;
		if (s->type != ZY_OFD_SEAL && o->is_licence) /* which bears its issuer's seal */
			add_path(o, "signature-unsupported", s->path);
		if (o->is_licence && s->seal_path != NULL && s->seal_path[0] != 0 && s->seal == NULL)
			add_path(o, "document-fault", s->seal_path);
		o->c->r->sealed = o->c->r->sealed || s->type == ZY_OFD_SEAL;
	}
	if (out->n == 1)
		o->by = by;
	out->covers = whole ? "whole" : "partial";
	out->indication = zy_report_since(o->c->r, mark, &out->sub_indication);
	return true;
}

/* A Signature.xml that a later signature protects but no list names any more: a signature was taken away. */
static bool was_signature(struct ofd_case *o, size_t i, bool *was, struct zy_error *err)
{
	struct zy_package_file f = o->d->package->files[i];
	const struct zy_xml_node *root;
	struct zy_error why = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	*was = o->named[i] && zy_package_hold(&f, &a, &why) && zy_xml_utf8(&f.bytes, "Signature", &a, &why) &&
	       zy_xml_parse(&root, f.bytes, "Signature", &a, &why) && strcmp(root->name, "Signature") == 0 &&
	       zy_xml_child(root, "SignedInfo") != NULL;
	return why.code != ZY_E_NO_MEMORY || zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
}

/* Every file that is part of what a reader sees must be protected. What no signature ever named fails a licence; in a
 * document of others its signer may have left it open, which nobody can tell from what came later. What nothing
 * refers to must not ride along. */
static bool judge_coverage(struct ofd_case *o, struct zy_error *err)
{
	for (size_t i = 0; i < o->d->num_signatures; i++)
		if (o->d->signatures[i].image != NULL && !o->covered[index_of(o, o->d->signatures[i].image)])
			add_path(o, "not-protected", o->d->signatures[i].image->name);
	for (size_t i = 0; i < o->d->package->num_files; i++) {
		const char *name = o->d->package->files[i].name;
		bool was;

		if (o->d->documents[i] != 0 && !o->covered[i])
			add_path(o, o->is_licence || o->named[i] ? "not-covered" : "not-protected", name);
		if (o->d->reachable[i])
			continue;
		if (!was_signature(o, i, &was, err))
			return false;
		if (was)
			add_path(o, "signature-removed", name);
		else
			add_path(o, o->is_licence ? "licence-stray-file" : "stray-file", name);
	}
	return true;
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

static bool read_record(struct ofd_case *o, struct zy_error *err)
{
	const struct zy_ofd_attachment *xml = zy_ofd_licence_xml(o->d);

	return xml == NULL || xml->file == NULL || zy_case_record(o->c, xml->file->bytes, err);
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

/* What cannot be read is no proof that something was altered: of documents of others it is only not known. */
static const char *code_of_fault(const struct ofd_case *o, const struct zy_ofd_fault *f)
{
	if (o->is_licence)
		return "document-fault";
	if (f->is_absent)
		return "document-incomplete";
	if (f->of_document)
		return "document-unread";
	return is_beyond(o, &f->why) ? "signature-unsupported" : "document-fault";
}

static bool judge_document(struct ofd_case *o, struct zy_error *err)
{
	struct zy_ofd *d = o->d;

	o->is_licence = o->c->is_licence = says_licence(d);
	if (!sort_pages(o, err) || (o->is_licence && !read_record(o, err)))
		return false;
	if (o->is_licence && d->num_bodies > 1)
		zy_report_add(o->c->r, "licence-several-documents", "OFD.xml", ZY_NOWHERE, NULL);
	for (size_t i = 0; i < d->num_signatures; i++)
		for (size_t k = 0; k < d->signatures[i].num_references; k++)
			if (d->signatures[i].references[k].file != NULL)
				o->named[index_of(o, d->signatures[i].references[k].file)] = true;
	for (size_t i = 0; i < d->num_faults; i++)
		zy_report_add(o->c->r, code_of_fault(o, &d->faults[i]), zy_case_text(o->c, zy_str(d->faults[i].path)),
		    ZY_NOWHERE, "%s", d->faults[i].why.msg);
	for (size_t i = 0; i < d->num_signatures; i++)
		if (!judge_signature(o, &d->signatures[i], err))
			return false;
	if (d->num_signatures == 0)
		zy_report_add(
		    o->c->r, o->is_licence ? "licence-unsigned" : "no-signature", "Signatures", ZY_NOWHERE, NULL);
	else if (!judge_coverage(o, err))
		return false;
	if (o->is_licence && !judge_licence(o, err))
		return false;
	zy_case_trust(o->c);
	return true;
}

bool zy_judge_ofd(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at, struct zy_report *r,
    struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct ofd_case o = { .c = &c, .by = { .esID = "" } };
	struct zy_package *p;

	r->format = "ofd";
	if ((p = zy_arena_alloc(&work, sizeof(*p), err)) == NULL ||
	    (o.d = zy_arena_alloc(&work, sizeof(*o.d), err)) == NULL || !zy_package_parse(p, in, &work, err) ||
	    (o.digests = zy_arena_array(&work, p->num_files + 1, sizeof(*o.digests), err)) == NULL ||
	    (o.named = zy_arena_array(&work, p->num_files + 1, sizeof(bool), err)) == NULL ||
	    (o.covered = zy_arena_array(&work, p->num_files + 1, sizeof(bool), err)) == NULL)
		return zy_case_keep_error(&c, err);
	return (zy_ofd_parse(o.d, p, &work, err) && judge_document(&o, err)) || zy_case_keep_error(&c, err);
}
