/* seal sign: a seal's signature on a document that others made. */
#include "cli.h"
#include "extend.h"

#include <stdlib.h>
#include <string.h>

#include "zy/file.h"
#include "zy/mapped.h"
#include "zy/text.h"

#define MM_MAX 5000.0

struct asked {
	const char *seal, *item, *page, *box, *strips, *strips_at, *field, *certify, *level, *suite, *out, *file;
	bool timestamp, lock, without_seal, cms, gbt35275, detached, force;
	struct zy_bytes content;   /* of a detached signature */
	struct zy_ofd_order where; /* page and box of any format, strips and close of OFD */
	enum zy_level wanted;
};

static bool parse_page(const char *text, unsigned *page, struct zy_error *err)
{
	char *end;
	unsigned long v;

	*page = 1;
	if (text == NULL)
		return true;
	v = strtoul(text, &end, 10);
	*page = (unsigned)v;
	return (text[0] >= '1' && text[0] <= '9' && *end == 0 && v <= ZY_PDF_OBJECTS_MAX) ||
	       zy_fail(err, ZY_E_USAGE, "page", ZY_NOWHERE, "--page is a number from 1");
}

/* x,y,w,h in mm, as "120,230.5,42,42". */
static bool parse_box(const char *text, struct zy_seal_place *out, struct zy_error *err)
{
	double v[4] = { 0 };
	const char *at = text;

	*out = (struct zy_seal_place){ 0 };
	if (text == NULL)
		return true;
	for (int i = 0; i < 4; i++) {
		char *end;

		if (*at < '0' || *at > '9')
			break;
		v[i] = strtod(at, &end);
		if (*end != (i == 3 ? 0 : ',') || !(v[i] <= MM_MAX) || (i >= 2 && v[i] <= 0))
			break;
		if (i == 3) {
			*out = (struct zy_seal_place){ v[0], v[1], v[2], v[3] };
			return true;
		}
		at = end + 1;
	}
	return zy_fail(err, ZY_E_USAGE, "box", ZY_NOWHERE,
	    "--box is x,y,w,h in mm from the upper left corner of the page, such as 120,230,42,42");
}

static bool parse_strips(const struct asked *q, struct zy_ofd_order *out, struct zy_error *err)
{
	static const char *const edges[] = {
		[ZY_EDGE_LEFT] = "left", [ZY_EDGE_RIGHT] = "right", [ZY_EDGE_TOP] = "top", [ZY_EDGE_BOTTOM] = "bottom"
	};
	char *end;

	out->strips_at = -1;
	for (int i = ZY_EDGE_LEFT; q->strips != NULL && i <= ZY_EDGE_BOTTOM; i++)
		if (strcmp(q->strips, edges[i]) == 0)
			out->strips = (enum zy_edge)i;
	if (q->strips != NULL && out->strips == ZY_EDGE_NONE)
		return zy_fail(err, ZY_E_USAGE, "strips", ZY_NOWHERE, "--strips is left, right, top or bottom");
	if (q->strips_at == NULL)
		return true;
	out->strips_at = strtod(q->strips_at, &end);
	return (q->strips != NULL && q->strips_at[0] >= '0' && q->strips_at[0] <= '9' && *end == 0 &&
		   out->strips_at <= MM_MAX) ||
	       zy_fail(err, ZY_E_USAGE, "strips-at", ZY_NOWHERE,
		   "--strips-at is mm from the top or the left of the page, with --strips");
}

static bool parse_place(struct asked *q, struct zy_error *err)
{
	q->where.close = q->lock;
	q->where.without_seal = q->without_seal;
	if (!parse_page(q->page, &q->where.page, err) || !parse_box(q->box, &q->where.box, err) ||
	    !parse_strips(q, &q->where, err))
		return false;
	if (q->strips != NULL && q->page == NULL && q->box == NULL)
		q->where.page = 0; /* strips alone */
	return true;
}

static bool parse_kind(struct asked *q, struct zy_error *err)
{
	if (!zy_level_parse(q->level, &q->wanted, err))
		return false;
	if (q->timestamp && q->wanted == ZY_LEVEL_B)
		q->wanted = ZY_LEVEL_T;
	if (q->field != NULL && (q->page != NULL || q->box != NULL))
		return zy_fail(
		    err, ZY_E_USAGE, "field", ZY_NOWHERE, "a field has its place: no --page or --box with --field");
	return q->certify == NULL || (q->certify[0] >= '1' && q->certify[0] <= '3' && q->certify[1] == 0) ||
	       zy_fail(err, ZY_E_USAGE, "certify", ZY_NOWHERE,
		   "--certify is 1 (nothing may change), 2 (fields may be filled and signed) or 3 (notes, too)");
}

static bool find_seal(struct zy_desk *d, const struct asked *q, struct zy_seal_use *out, struct zy_error *err)
{
	const struct zy_seal_use *use = zy_desk_seal(d, q->seal);

	if (use == NULL)
		return zy_fail(err, ZY_E_NOT_FOUND, "seal", ZY_NOWHERE,
		    "there is no seal %.32s, or it is not made yet; `zhengyin seal list` shows them", q->seal);
	*out = *use;
	return zy_seal_rule_allows(use->rule, q->item, zy_now(d->clock), err);
}

static bool breaks(const struct zy_report *r, const struct zy_finding *f)
{
	/* In an OFD or XML document there is no fault that a further signature may leave. */
	return strcmp(f->rule->code, "changed-after-signing") == 0 ||
	       (strcmp(r->format, "pdf") != 0 && f->rule->severity == ZY_SEVERITY_FAIL);
}

/* Nothing leaves that an outsider would refuse: the new signature passes, and no earlier one is broken by it. */
static bool check(
    struct zy_desk *d, const struct asked *q, struct zy_bytes file, struct zy_report *r, struct zy_error *err)
{
	const struct zy_report_signature *mine = NULL;

	struct zy_reader rest = zy_reader_over(q->content);
	const struct zy_content content = zy_content_of(&rest);

	zy_report_start(r, q->file, zy_now(d->clock));
	if (q->detached ? !zy_judge_cms(d->keys, &d->trust, file, &content, r->at, r, err)
			: !zy_judge_file(d->keys, &d->trust, file, r->at, r, err))
		return false;
	for (size_t i = 0; i < r->num_signatures; i++)
		/* a counter signature covers another signature, and is the last; a time-stamp may cover the whole */
		if (strcmp(r->format, "xml") == 0 ||
		    (strcmp(r->signatures[i].covers, "whole") == 0 && strcmp(r->signatures[i].kind, "timestamp") != 0))
			mine = &r->signatures[i];
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		if (breaks(r, f))
			return zy_fail(err, ZY_E_SELF_VERIFY, "self-verify", ZY_NOWHERE,
			    "the document or an earlier signature would not hold (%s); nothing was written",
			    f->detail == NULL ? f->rule->code : f->detail);
	return (mine != NULL && mine->indication == ZY_TOTAL_PASSED) ||
	       zy_fail(err, ZY_E_SELF_VERIFY, "self-verify", ZY_NOWHERE,
		   "the new signature does not verify (%s); nothing was written",
		   mine == NULL || mine->sub_indication == NULL ? "it does not cover the file" : mine->sub_indication);
}

static size_t num_seals(const struct zy_report *r)
{
	size_t num = 0;

	for (size_t i = 0; i < r->num_signatures; i++)
		num += strcmp(r->signatures[i].kind, "timestamp") != 0;
	return num;
}

static void tell(const struct zy_cli *c, const struct asked *q, const struct zy_report *r)
{
	const struct zy_report_signature *s = &r->signatures[r->num_signatures - 1];
	const bool is_paged =
	    strcmp(r->format, "xml") != 0 && strcmp(r->format, "cms") != 0 && q->field == NULL && !q->without_seal;
	const unsigned page = is_paged ? q->where.page : 0;
	const bool stamped = s->time_source != NULL && strcmp(s->time_source, "token") == 0;
	const enum zy_level level = stamped && q->wanted == ZY_LEVEL_B ? ZY_LEVEL_T : q->wanted;

	if (c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:s, s:s, s:o, s:s?, s:b, s:s?, s:i, s:s, s:s}", "path", q->out,
		    "seal", q->seal, "item", q->item, "kind", s->kind, "page",
		    page == 0 ? json_null() : json_integer(page), "strips", q->strips, "locked", (int)q->lock, "field",
		    q->field, "signatures", (int)num_seals(r), "level", zy_level_name(level), "time_source",
		    s->time_source == NULL ? "claimed" : s->time_source));
	else if (q->field != NULL)
		printf("%s: sealed with %s in the field %s, signature %zu of the document\n", q->out, q->seal, q->field,
		    num_seals(r));
	else if (page == 0)
		printf("%s: sealed with %s%s, signature %zu of the document\n", q->out, q->seal,
		    q->strips == NULL ? "" : " across all pages", num_seals(r));
	else
		printf("%s: sealed with %s on page %u, signature %zu of the document\n", q->out, q->seal, page,
		    num_seals(r));
}

/* The document after the signature, with what the level asks for. */
static bool extend(struct zy_desk *d, const struct asked *q, const struct zy_stamper *stamper, struct zy_buf *file,
    struct zy_error *err)
{
	struct zy_extending x = { .desk = d, .stamper = stamper, .has_content = q->detached, .content = q->content };
	const bool is_cms = q->cms || q->gbt35275;
	const struct zy_bytes before = zy_buf_bytes(file); /* in a file, which never moves */
	ZY_BUF_AUTO made = { 0 };

	if (q->wanted < ZY_LEVEL_LT)
		return true;
	if (!is_cms)
		return zy_pdf_extend(&x, q->wanted, before, file, err) &&
		       zy_pdf_extend_check(d, before, zy_buf_bytes(file), err);
	if (!zy_cms_extend(&x, q->wanted, before, &made, err) ||
	    !zy_cms_extend_check(&x, before, zy_buf_bytes(&made), err))
		return false;
	file->len = 0;
	zy_buf_put(file, zy_buf_bytes(&made));
	return zy_buf_done(file, "SignedData", err);
}

/* An option that is for files of another format. */
static bool refuse(bool given, const char *field, const char *which, struct zy_error *err)
{
	return !given || zy_fail(err, ZY_E_USAGE, field, ZY_NOWHERE, "%s", which);
}

static bool refuse_ofd(const struct asked *q, struct zy_error *err)
{
	return refuse(q->strips != NULL || q->lock || q->without_seal, "strips",
	    "--strips, --lock and --without-seal are for OFD files", err);
}

static bool refuse_level(const struct asked *q, struct zy_error *err)
{
	return refuse(q->wanted > ZY_LEVEL_T, "level", "levels above B-T are for PDF files and signed data", err);
}

static bool refuse_pdf(const struct asked *q, struct zy_error *err)
{
	return refuse(q->field != NULL || q->certify != NULL, "field", "--field and --certify are for PDF files", err);
}

static bool make_ofd(struct zy_desk *d, const struct asked *q, const struct zy_seal_use *use, struct zy_bytes file,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_ofd_order where = q->where;

	if (where.box.w > 0)
		where.box = zy_seal_fit(&use->picture, where.box);
	if (!refuse(q->without_seal && (q->page != NULL || q->box != NULL || q->strips != NULL), "without-seal",
		"without a seal there is nothing to place: --page, --box and --strips do not go with it", err))
		return false;
	return refuse_pdf(q, err) && refuse_level(q, err) &&
	       refuse(q->suite != NULL, "suite", "--suite is for XML; OFD files are signed with SM2", err) &&
	       zy_ofd_seal_append(d->hsm, use, q->item, file, &where, zy_now(d->clock), out, err);
}

static bool make_pdf(struct zy_desk *d, const struct asked *q, const struct zy_seal_use *use, struct zy_bytes file,
    struct zy_buf *out, struct zy_error *err)
{
	const struct zy_pdf_addition what = { .what = ZY_PDF_ADDS_SEAL,
		.page = q->where.page,
		.field = q->field,
		.certify = q->certify == NULL ? 0 : (unsigned)(q->certify[0] - '0') };
	struct zy_seal_place box = q->where.box;

	if (box.w > 0)
		box = zy_seal_fit(&use->picture, box);
	return refuse_ofd(q, err) &&
	       refuse(q->suite != NULL, "suite", "--suite is for XML; PDF files are signed with P-256", err) &&
	       zy_pdf_seal_append(d->hsm, use, q->item, file, &what, box, zy_now(d->clock), out, err);
}

static bool take_suite(const struct asked *q, enum zy_suite *out, struct zy_error *err)
{
	*out = q->suite != NULL && strcmp(q->suite, zy_suite_name(ZY_SUITE_GM)) == 0 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	return q->suite == NULL || strcmp(q->suite, zy_suite_name(*out)) == 0 ||
	       zy_fail(err, ZY_E_USAGE, "suite", ZY_NOWHERE, "--suite is gm (SM2) or intl (P-256)");
}

static bool make_cms(struct zy_desk *d, const struct asked *q, const struct zy_seal_use *use, struct zy_bytes file,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_cms_order o = { .is_gbt35275 = q->gbt35275, .is_detached = q->detached };

	if (!refuse_ofd(q, err) || !refuse_pdf(q, err) || !take_suite(q, &o.suite, err) ||
	    !refuse(q->cms && q->gbt35275, "cms", "say either --cms or --gbt35275", err) ||
	    !refuse(q->page != NULL || q->box != NULL, "page",
		"signed data has no pages: --page and --box are for PDF and OFD files", err) ||
	    !refuse(q->gbt35275 && q->suite != NULL && o.suite != ZY_SUITE_GM, "suite", "GB/T 35275 is signed with SM2",
		err))
		return false;
	if (!o.is_detached && file.len > ZY_READ_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "FILE", ZY_READ_MAX,
		    "files of more than %zu bytes are signed with --detached", ZY_READ_MAX);
	if (q->gbt35275)
		o.suite = ZY_SUITE_GM;
	return zy_cms_seal(d->hsm, use, q->item, &o, file, zy_now(d->clock), out, err);
}

static bool make_xml(struct zy_desk *d, const struct asked *q, const struct zy_seal_use *use, struct zy_bytes file,
    struct zy_buf *out, struct zy_error *err)
{
	enum zy_suite suite;

	if (!refuse_ofd(q, err) || !refuse_pdf(q, err) || !refuse_level(q, err) || !take_suite(q, &suite, err) ||
	    !refuse(q->page != NULL || q->box != NULL, "page",
		"XML has no pages: --page and --box are for PDF and OFD files", err))
		return false;
	return zy_xml_seal(d->hsm, use, q->item, suite, file, zy_now(d->clock), out, err);
}

static bool make(struct zy_desk *d, const struct asked *q, const struct zy_seal_use *use, struct zy_bytes file,
    struct zy_buf *out, struct zy_error *err)
{
	if (q->cms || q->gbt35275)
		return make_cms(d, q, use, file, out, err);
	if (!refuse(q->detached, "detached", "--detached goes with --cms or --gbt35275", err))
		return false;
	if (file.len >= 4 && memcmp(file.p, "PK\x03\x04", 4) == 0)
		return make_ofd(d, q, use, file, out, err);
	if (file.len >= 5 && memcmp(file.p, "%PDF-", 5) == 0)
		return make_pdf(d, q, use, file, out, err);
	if (zy_looks_like_xml(file))
		return make_xml(d, q, use, file, out, err);
	return zy_fail(err, ZY_E_FORMAT, "FILE", 0, "%.80s is no OFD, PDF or XML file; --cms signs any file", q->file);
}

/* What is made lies in the new file, which has no name before it is judged. */
static bool make_file(struct zy_cli *c, struct zy_desk *d, const struct asked *q, struct zy_seal_use *use,
    const struct zy_mapped *in, struct zy_buf *out, struct zy_report *r, struct zy_error *err)
{
	ZY_STAMPS_AUTO stamps = { 0 };

	if (q->wanted >= ZY_LEVEL_T && use->stamper == NULL) {
		if (!zy_stamps_open(&stamps, d->home.path, c->tsa_time, err))
			return false;
		use->stamper = &stamps.stamper;
	}
	if (!make(d, q, use, in->bytes, out, err) || !check(d, q, zy_buf_bytes(out), r, err))
		return false;
	return extend(d, q, use->stamper, out, err) && zy_mapped_check(in, err);
}

static bool sign(struct zy_cli *c, struct zy_desk *d, struct asked *q, struct zy_error *err)
{
	struct zy_seal_use use;
	struct zy_file_new made;
	ZY_MAPPED_AUTO in = { 0 };
	ZY_BUF_AUTO out = { 0 };
	ZY_REPORT_AUTO r = { 0 };

	if (!find_seal(d, q, &use, err) || !zy_mapped_open(&in, q->file, ZY_DOCUMENT_MAX, &d->arena, err) ||
	    !zy_file_stage_buf(&made, q->out, ZY_DOCUMENT_MAX, 0644, q->force, &out, err))
		return false;
	q->content = in.bytes;
	if (!make_file(c, d, q, &use, &in, &out, &r, err) || !zy_file_staged(&made, &out, err)) {
		zy_file_cancel(&made);
		return false;
	}
	if (!zy_file_release(&made, err))
		return false;
	tell(c, q, &r);
	return true;
}

bool zy_cmd_seal_sign(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { 0 };
	const char *words[1] = { NULL };
	const struct zy_option opts[] = { { "seal", "ESID", "which seal", &q.seal, NULL },
		{ "item", "CODE", "what for: one of the seal's items", &q.item, NULL },
		{ "page", "N", "PDF, OFD: where (default: page 1)", &q.page, NULL },
		{ "box", "x,y,w,h", "where on it, in mm from its upper left corner (default: lower right)", &q.box,
		    NULL },
		{ "strips", "EDGE",
		    "OFD: a strip of the seal at that edge of every page (left, right, top, bottom); with --page or "
		    "--box also the whole seal",
		    &q.strips, NULL },
		{ "strips-at", "MM", "from the top or the left of the page to the seal (default: in the middle)",
		    &q.strips_at, NULL },
		{ "lock", NULL, "OFD: no further signature after this one", NULL, &q.lock },
		{ "without-seal", NULL, "OFD: a signature of GB/T 35275 by the seal's key that shows nothing", NULL,
		    &q.without_seal },
		{ "field", "NAME", "PDF: in this empty signature field of the document instead", &q.field, NULL },
		{ "certify", "1|2|3", "PDF: as the author, who says what may change later; only as the first signature",
		    &q.certify, NULL },
		{ "cms", NULL, "any file: signed data (RFC 5652, CAdES) with the file inside", NULL, &q.cms },
		{ "gbt35275", NULL, "any file: signed data of GB/T 35275, with SM2", NULL, &q.gbt35275 },
		{ "detached", NULL, "signed data with the file left outside", NULL, &q.detached },
		{ "suite", "gm|intl", "XML, CMS: signed with SM2, or with P-256 (default)", &q.suite, NULL },
		{ "timestamp", NULL, "with a time-stamp, also when the seal's rule asks for none", NULL, &q.timestamp },
		{ "level", "LEVEL",
		    "B-B, B-T, and of PDF and signed data B-LT or B-LTA (EN 319 142-1, 122-1); B-T is --timestamp",
		    &q.level, NULL },
		{ "out", "FILE", "where the sealed document goes", &q.out, NULL },
		{ "force", NULL, "write over a file", NULL, &q.force }, { 0 } };
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "seal sign", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	q.file = words[0];
	if (q.seal == NULL || q.item == NULL || q.out == NULL)
		return zy_fail(err, ZY_E_USAGE, "seal sign", ZY_NOWHERE,
		    "usage: zhengyin seal sign --seal ESID --item CODE FILE --out FILE");
	if (!parse_place(&q, err) || !parse_kind(&q, err) ||
	    !zy_desk_open(&d, c->home, ZY_DESK_MINT, c->clock, c->tsa_time, err))
		return false;
	ok = sign(c, &d, &q, err);
	zy_desk_close(&d);
	return ok;
}
