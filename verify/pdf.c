/* PDF documents with PAdES signatures: ISO 32000-1 12.8, EN 319 142-1, RFC 5652. */
#include "pdf_case.h"

#include "zy/cms.h"
#include "zy/der.h"
#include "zy/ofd.h"
#include "zy/pdf.h"
#include "zy/record.h"

/* What the attributes and the document must agree on. */
static bool judge_digest(
    struct zy_case *c, const struct zy_pdf_signature *s, const struct zy_cms *cms, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_pdf_signature_digest(s, ZY_HASH_SHA256, digest, err))
		return false;
	if (!zy_bytes_equal(cms->attrs.message_digest, ZY_BYTES(digest, sizeof(digest))))
		zy_report_add(c->r, "document-digest", "signedAttrs.message-digest", s->hole_at, NULL);
	return true;
}

/* The certificate that sid names; NULL when it did not come along. */
static bool find_signer(const struct zy_cms *cms, const struct zy_bytes **cert, bool *bound, struct zy_error *err)
{
	bool named, tied;

	*cert = NULL;
	*bound = false;
	for (size_t i = 0; i < cms->num_certs; i++) {
		struct zy_error ignored = { 0 };

		if (!zy_cms_names(cms, cms->certs[i], &named, &tied, &ignored)) {
			if (ignored.code == ZY_E_CRYPTO)
				return zy_fail(err, ignored.code, ignored.field, ignored.offset, "%s", ignored.msg);
			continue; /* it cannot be read: the chain's judgement of what came along says so */
		}
		if (!named || *bound)
			continue;
		*cert = &cms->certs[i];
		*bound = tied;
	}
	return true;
}

/* When a document time-stamp proves that this signature's value was there; NEVER without one. */
static zy_time stamped(const struct pdf_case *p, const struct zy_pdf_signature *s)
{
	zy_time first = ZY_TIME_NEVER;

	for (size_t i = 0; i < p->d->num_signatures; i++) {
		zy_time t = p->proven[i];

		if (t != ZY_TIME_NEVER && p->d->signatures[i].part[0].len >= s->hole_at + s->hole_len &&
		    s->hole_len > 0 && (first == ZY_TIME_NEVER || t < first))
			first = t;
	}
	return first;
}

static zy_time claimed_time(const struct zy_pdf_signature *s, const struct zy_cms *cms)
{
	return cms->attrs.has_signing_time ? cms->attrs.signing_time : s->has_time ? s->time : ZY_TIME_NEVER;
}

static void judge_claimed(struct zy_case *c, const struct zy_pdf_signature *s, const struct zy_cms *cms,
    const struct zy_cert_facts *signer, zy_time proven, const char *by, struct zy_report_signature *out)
{
	const char *field = cms->attrs.has_signing_time ? "signing-time" : "M";

	if (!s->has_time && !cms->attrs.has_signing_time) {
		if (proven == ZY_TIME_NEVER)
			zy_report_add(c->r, "no-signing-time", "M", s->hole_at, NULL);
		return;
	}
	out->signing_time = claimed_time(s, cms);
	out->time_source = "claimed";
	zy_case_signing_time(c, out->signing_time, signer, field);
	zy_case_retired(c, signer->common_name, out->signing_time, field);
	if (proven != ZY_TIME_NEVER && out->signing_time > proven + ZY_SKEW_S)
		zy_report_add(c->r, "timestamp-too-early", by, s->hole_at, NULL);
}

/* The signature-time-stamp (EN 319 122-1 5.3) proves when the signature existed, and so does a time-stamp of the
 * document (EN 319 142-1 5.4.3): the earlier of them. */
static bool judge_time(struct pdf_case *p, const struct zy_pdf_signature *s, const struct zy_cms *cms,
    const struct zy_cert_facts *signer, struct zy_report_signature *out, zy_time *proven, struct zy_error *err)
{
	const char *field = "signature-time-stamp";
	zy_time later = stamped(p, s);
	struct zy_error why = { 0 };
	struct zy_bytes token;

	if (!zy_cms_time_stamp(cms, &token, &why))
		zy_report_add(p->c->r, "timestamp-unreadable", field, s->hole_at, "%s", why.msg);
	p->c->proven = later == ZY_TIME_NEVER ? 0 : later;
	if (!zy_case_stamp(p->c, token, cms->signature, field, proven, err))
		return false;
	if (later != ZY_TIME_NEVER && (*proven == ZY_TIME_NEVER || later < *proven)) {
		*proven = later;
		field = "document-time-stamp";
	}
	judge_claimed(p->c, s, cms, signer, *proven, field, out);
	if (*proven != ZY_TIME_NEVER) {
		out->signing_time = *proven;
		out->time_source = "token";
	}
	return true;
}

static void note_signer(struct pdf_case *p, const struct zy_pdf_signature *s, const struct zy_cert_facts *signer)
{
	if (s->revision == 0 || (p->by_revision != 0 && p->by_revision <= s->revision))
		return;
	p->by_revision = s->revision;
	p->by.facts = *signer;
	p->by.known = true;
}

static bool judge_signer(struct pdf_case *p, const struct zy_pdf_signature *s, const struct zy_cms *cms,
    struct zy_report_signature *out, struct zy_error *err)
{
	struct zy_cert_facts signer;
	bool known;
	const struct zy_bytes *cert;
	bool bound, good;
	zy_time proven;

	if (!find_signer(cms, &cert, &bound, err))
		return false;
	if (cert == NULL) {
		zy_report_add(p->c->r, cms->num_certs == 0 ? "no-signing-certificate" : "signing-certificate-differs",
		    "SignedData.certificates", s->hole_at, NULL);
		return true;
	}
	if (!bound)
		zy_report_add(p->c->r, "signing-certificate-attribute", "signing-certificate-v2", s->hole_at, NULL);
	if (!zy_case_value(p->c, *cert, ZY_SUITE_INTL, cms->signed_attrs, cms->rs, "signature-value",
		"SignerInfo.signature", &good, err) ||
	    !zy_case_facts(p->c, *cert, "SignedData.certificates", &signer, &known, err))
		return false;
	if (!known)
		return true;
	note_signer(p, s, &signer);
	out->signer = signer.subject;
	if (!judge_time(p, s, cms, &signer, out, &proven, err))
		return false;
	if (p->c->trust == NULL)
		return true;
	return zy_kept_judge(p->c,
	    &(struct zy_kept_question){ .purposes = ZY_PURPOSE_DOCUMENT,
		.leaf = *cert,
		.extra = cms->certs,
		.num_extra = cms->num_certs,
		.proven = proven,
		.claimed = claimed_time(s, cms),
		.field = "SignedData.certificates" },
	    err);
}

static bool judge_cms(
    struct pdf_case *p, const struct zy_pdf_signature *s, struct zy_report_signature *out, struct zy_error *err)
{
	struct zy_cms *cms = zy_arena_alloc(p->c->work, sizeof(*cms), err);
	bool known = s->kind != ZY_PDF_OTHER;
	struct zy_error why = { 0 };

	if (cms == NULL)
		return false;
	if (s->fault.code != ZY_OK) {
		zy_report_add(p->c->r, "cms-unreadable", "Contents", s->hole_at, "%s", s->fault.msg);
		return true;
	}
	if (!known)
		zy_report_add(p->c->r, "signature-unsupported", "SubFilter", s->hole_at, "%.40s", s->sub_filter);
	/* our own always name their signer's certificate; adbe.pkcs7.detached need not (ISO 32000-1 12.8.3.3) */
	if (!zy_cms_parse(cms, s->der, p->c->work, &why) || !cms->is_p256 || !cms->attrs.has_signing_cert)
		return !known || zy_pdf_judge_other(p, s, stamped(p, s), out, err);
	/* What was altered fails, whatever its /SubFilter says. */
	return judge_digest(p->c, s, cms, err) && (!known || judge_signer(p, s, cms, out, err));
}

static const char *covers(struct zy_case *c, const struct zy_pdf *d, const struct zy_pdf_signature *s)
{
	struct zy_error ignored = { 0 };
	const char *text;

	if (s->whole)
		return "whole";
	if (s->revision == 0)
		return "partial";
	text = zy_arena_printf(&c->r->arena, &ignored, "revision %zu of %zu", s->revision, d->num_revisions);
	return text == NULL ? "partial" : text;
}

/* What came after the revision that a signature covers: more signatures and what speaks of them, and nothing else. */
static bool judge_later(struct pdf_case *p, const struct zy_pdf_signature *s, struct zy_error *err)
{
	struct zy_pdf_change change = { .what = "bytes follow that belong to no revision" };
	struct zy_error why = { 0 };

	if (s->whole)
		return true;
	if (s->revision == 0)
		change.what = "it covers a part that is no revision";
	else if (s->revision < p->d->num_revisions && p->d->num_trailing == 0 &&
		 !zy_pdf_find_change(&change, p->d, s->revision, &why)) {
		if (why.code != ZY_E_PDF)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		change.what = "the revision that it covers cannot be read by itself";
	}
	if (change.what != NULL)
		zy_report_add(p->c->r, "changed-after-signing", "ByteRange", s->hole_at, "object %u: %s", change.object,
		    change.what);
	else if (change.unlike != NULL)
		zy_report_add(p->c->r, "field-drawn-otherwise", "AP", s->hole_at, "object %u: %s", change.unlike_object,
		    change.unlike);
	return true;
}

/* A time is proven when nothing about the stamp is wrong or unknown, and somebody vouches for its authority. */
static bool judge_stamp(struct pdf_case *p, const struct zy_pdf_signature *s, struct zy_finding *const *mark,
    struct zy_report_signature *out, struct zy_error *err)
{
	zy_time *proven = &p->proven[s - p->d->signatures], later = stamped(p, s), own;
	const char *sub;

	p->c->proven = later == ZY_TIME_NEVER ? 0 : later;
	if (!zy_case_own_stamp(p->c, s->der, s->part, "document-time-stamp", out, &own, err))
		return false;
	if (own != ZY_TIME_NEVER && later != ZY_TIME_NEVER && own > later + ZY_SKEW_S)
		zy_report_add(p->c->r, "timestamp-too-early", "document-time-stamp", s->hole_at, NULL);
	if (p->c->trust == NULL || zy_report_since(p->c->r, mark, &sub) != ZY_TOTAL_PASSED)
		return true;
	*proven = own;
	if (own != ZY_TIME_NEVER)
		zy_pdf_kept_prove(p, s, own);
	return true;
}

static bool judge_signature(struct pdf_case *p, const struct zy_pdf_signature *s, struct zy_error *err)
{
	const bool is_stamp = s->kind == ZY_PDF_STAMP;
	struct zy_finding *const *mark = p->c->r->last;
	struct zy_report_signature *out = zy_case_signature(p->c, is_stamp ? "timestamp" : "pades");

	if (out == NULL)
		return true;
	out->covers = covers(p->c, p->d, s);
	if (s->seed == ZY_PDF_SEED_BROKEN || s->seed == ZY_PDF_SEED_OPEN)
		zy_report_add(
		    p->c->r, s->seed == ZY_PDF_SEED_BROKEN ? "seed-broken" : "seed-not-judged", "SV", s->hole_at, NULL);
	if (!judge_later(p, s, err) || !(is_stamp ? judge_stamp(p, s, mark, out, err) : judge_cms(p, s, out, err)))
		return false;
	out->indication = zy_report_since(p->c->r, mark, &out->sub_indication);
	return true;
}

/* The next time-stamp to be judged: of those that stand before `before` in the file the last. */
static const struct zy_pdf_signature *last_stamp(const struct zy_pdf *d, size_t before)
{
	const struct zy_pdf_signature *last = NULL;

	for (size_t i = 0; i < d->num_signatures; i++) {
		const struct zy_pdf_signature *s = &d->signatures[i];

		if (s->kind == ZY_PDF_STAMP && s->hole_len > 0 && s->hole_at < before &&
		    (last == NULL || s->hole_at > last->hole_at))
			last = s;
	}
	return last;
}

/* The newest time-stamp is judged now, each older one at the time that newer ones prove for it. What they prove counts
 * for the signatures before them. They sign nothing for anybody. */
static bool judge_stamps(struct pdf_case *p, struct zy_error *err)
{
	size_t before = SIZE_MAX;

	for (const struct zy_pdf_signature *s; (s = last_stamp(p->d, before)) != NULL; before = s->hole_at)
		if (!judge_signature(p, s, err))
			return false;
	for (size_t i = 0; i < p->d->num_signatures; i++)
		if (p->d->signatures[i].kind == ZY_PDF_STAMP && p->d->signatures[i].hole_len == 0 &&
		    !judge_signature(p, &p->d->signatures[i], err))
			return false;
	return true;
}

static bool judge_signatures(struct pdf_case *p, size_t *num, struct zy_error *err)
{
	*num = 0;
	if (!judge_stamps(p, err))
		return false;
	for (size_t i = 0; i < p->d->num_signatures; i++)
		if (p->d->signatures[i].kind != ZY_PDF_STAMP) {
			++*num;
			if (!judge_signature(p, &p->d->signatures[i], err))
				return false;
		}
	return true;
}

static void judge_dangers(struct zy_case *c, const struct zy_pdf *d)
{
	if (d->has_javascript || d->has_open_action || d->has_additional_actions)
		zy_report_add(c->r, "pdf-script",
		    d->has_javascript    ? "JavaScript"
		    : d->has_open_action ? "OpenAction"
					 : "AA",
		    ZY_NOWHERE, NULL);
	if (d->has_xfa)
		zy_report_add(c->r, "pdf-xfa", "XFA", ZY_NOWHERE, NULL);
	if (d->loose_at != ZY_NOWHERE)
		zy_report_add(c->r, "pdf-loose-bytes", "PDF", d->loose_at, NULL);
	if (d->num_stray > 0)
		zy_report_add(c->r, "pdf-stray-signature", "AcroForm.Fields", ZY_NOWHERE, "%zu of them", d->num_stray);
}

static bool judge_document(struct pdf_case *p, struct zy_error *err)
{
	bool is_licence = p->d->attached.p != NULL;
	size_t num;

	judge_dangers(p->c, p->d);
	if (is_licence && !zy_case_record(p->c, p->d->attached, err))
		return false;
	if (!zy_pdf_kept_read(p, err) || !judge_signatures(p, &num, err))
		return false;
	if (num == 0)
		zy_report_add(
		    p->c->r, is_licence ? "licence-unsigned" : "no-signature", "AcroForm.Fields", ZY_NOWHERE, NULL);
	if (is_licence && !zy_case_licence(p->c, p->d->attached, NULL, 0, &p->by, err))
		return false;
	zy_case_trust(p->c);
	return true;
}

static bool start_times(struct pdf_case *p, struct zy_error *err)
{
	if ((p->proven = zy_arena_array(p->c->work, p->d->num_signatures + 1, sizeof(*p->proven), err)) == NULL)
		return false;
	for (size_t i = 0; i < p->d->num_signatures; i++)
		p->proven[i] = ZY_TIME_NEVER;
	return true;
}

bool zy_judge_pdf(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at, struct zy_report *r,
    struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct pdf_case p = { .c = &c, .in = in, .by = { .esID = "" } };

	r->format = "pdf";
	if ((p.d = zy_arena_alloc(&work, sizeof(*p.d), err)) == NULL)
		return false;
	return (zy_pdf_parse(p.d, in, ZY_OFD_LICENCE_XML, &work, err) && start_times(&p, err) &&
		   judge_document(&p, err)) ||
	       zy_case_keep_error(&c, err);
}
