/* Signed PDFs from one row of steps each: signatures, certifications, stores, time-stamps, and what others do to them
 * later. For make_pades.c. */
#ifndef ZY_TEST_PADES_MADE_H
#define ZY_TEST_PADES_MADE_H

#include "corpus/lasting_pki.h"
#include "helpers/pdf_later.h"
#include "zy/pdf_store.h"

#define PADES_DER_LEN 2560

enum pades_do {
	DONE,
	SIGN,      /* a seal in a new field; arg: whose */
	FIELD,     /* in the field arg */
	CERTIFY_1, /* a seal that certifies with P 1, and so on */
	CERTIFY_2,
	CERTIFY_3,
	STORE,       /* certificates of all, and answers and lists of those names */
	STAMP,       /* a time-stamp of the document; arg: by whom */
	STAMP_OTHER, /* about other bytes */
	DRAWN,       /* a signature by who asks nobody, in a field at arg */
	DRAWN_IN,    /* the same, in what the objects make of fields: its signature is 32, its drawing 30 */
	PUT          /* objects */
};
struct pades_step {
	enum pades_do what;
	zy_time at;
	const char *arg;
	zy_time stamped; /* of a seal: its own time-stamp */
	struct later_object objects[4];
};
struct pades_case {
	const char *name, *at, *verdict, *findings;
	struct pades_step steps[6];
	const char *lock; /* of the field "approver" */
};

/* 1 catalog, 2 pages, 3 page, 4 its content, 5 its annotations, 6 a text field, 7 and 8 empty signature fields, 9 the
 * form. The first seal is 10 its drawing, 11 its field, 12 its signature. */
static inline void pades_base(const char *lock, struct zy_buf *out)
{
	char approver[512];
	const char *bodies[9] = { "<< /Type /Catalog /Pages 2 0 R /AcroForm 9 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R /Annots 5 0 R >>",
		"<< /Length 21 >>\nstream\n0.9 g 60 60 99 99 re f\nendstream", "[6 0 R 7 0 R 8 0 R]",
		"<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /V (100) /Rect [9 9 99 29] /P 3 0 R >>", approver,
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (chair) /Rect [300 500 400 600] /P 3 0 R >>",
		"<< /Fields [6 0 R 7 0 R 8 0 R] >>" };

	bodies[3] = "<< /Length 22 >>\nstream\n0.9 g 60 60 99 99 re f\nendstream";
	snprintf(approver, sizeof(approver),
	    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (approver) /Rect [80 500 180 600] /P 3 0 R %s >>",
	    lock == NULL ? "" : lock);
	fixture_write(out, bodies, 9, FIXTURE_ID);
}

static inline void pades_fill(
    struct zy_arena *a, struct zy_buf *pdf, struct zy_pdf_hole hole, const struct pades_step *s, const char *who)
{
	struct soft_p256 soft = { 0 };
	EVP_PKEY *ignored;
	uint8_t digest[ZY_HASH_LEN], rs[64];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO cms = { 0 };

	soft.cert = lasting_der(a, who, &soft.key);
	soft.ca = lasting_der(a, "ca", &ignored);
	VERIFY_CHECK(zy_pdf_prepared_digest(pdf, hole, digest, &err));
	VERIFY_CHECK(zy_cms_attrs_encode(digest, NULL, soft.cert, &attrs, &err));
	soft_sign(&soft, zy_buf_bytes(&attrs), rs);
	zy_der_put_rs(&value, rs);
	if (s->stamped != 0) {
		struct stamp_authority t = lasting_authority(a, "tsa");

		stamp_make(&t, zy_buf_bytes(&value), s->stamped, &token);
	}
	VERIFY_CHECK(zy_cms_encode_stamped(
	    zy_buf_bytes(&attrs), rs, (struct zy_bytes[]){ soft.cert, soft.ca }, 2, zy_buf_bytes(&token), &cms, &err));
	VERIFY_CHECK(zy_pdf_fill(pdf, hole, zy_buf_bytes(&cms), &err));
}

static inline void pades_replace(struct zy_buf *pdf, struct zy_buf *made)
{
	zy_buf_free(pdf);
	*pdf = *made;
}

static inline void pades_seal(struct zy_arena *a, const struct pades_step *s, struct zy_buf *pdf)
{
	const struct zy_pdf_addition what = { .page = 1,
		.field = s->what == FIELD ? s->arg : NULL,
		.certify = s->what >= CERTIFY_1 && s->what <= CERTIFY_3 ? (unsigned)(s->what - CERTIFY_1) + 1 : 0 };
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	struct zy_buf out = { 0 };

	stamp.signed_at = s->at;
	if (!zy_pdf_append(zy_buf_bytes(pdf), &what, &stamp, PADES_DER_LEN, &out, &hole, &err))
		fprintf(stderr, "%s: %s\n", err.field, err.msg);
	VERIFY_CHECK(err.code == ZY_OK);
	pades_fill(a, &out, hole, s, s->what == SIGN && s->arg != NULL ? s->arg : "signer");
	pades_replace(pdf, &out);
}

static inline void pades_store(struct zy_arena *a, const struct pades_step *s, struct zy_buf *pdf)
{
	static const char *const certs[] = { "signer", "ca", "root", "ocsp", "tsa" };
	struct zy_bytes values[ZY_PDF_DSS_KINDS][8];
	struct zy_pdf_values v = { .num = { 5 }, .values = { values[0], values[1], values[2] } };
	char copy[256], *rest = copy, *word;
	struct zy_error err = { 0 };
	struct zy_buf out = { 0 };
	EVP_PKEY *ignored;
	bool added;

	for (size_t i = 0; i < 5; i++)
		values[0][i] = lasting_der(a, certs[i], &ignored);
	snprintf(copy, sizeof(copy), "%s", s->arg);
	while ((word = strsep(&rest, " ")) != NULL) {
		enum zy_pdf_dss_kind kind;
		struct zy_bytes der = lasting_value(a, word, &kind);

		values[kind][v.num[kind]++] = der;
	}
	VERIFY_CHECK(zy_pdf_store_append(zy_buf_bytes(pdf), &v, &added, &out, &err) && added);
	pades_replace(pdf, &out);
}

static inline void pades_stamp(struct zy_arena *a, const struct pades_step *s, struct zy_buf *pdf)
{
	struct stamp_authority t = lasting_authority(a, s->arg == NULL ? "tsa" : s->arg);
	const struct zy_pdf_addition what = { .what = ZY_PDF_ADDS_STAMP };
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	struct zy_buf out = { 0 };
	ZY_BUF_AUTO covered = { 0 };
	ZY_BUF_AUTO token = { 0 };

	VERIFY_CHECK(zy_pdf_append(zy_buf_bytes(pdf), &what, NULL, PADES_DER_LEN, &out, &hole, &err));
	zy_buf_put(&covered, ZY_BYTES(out.p, hole.at));
	zy_buf_put(&covered,
	    ZY_BYTES(out.p + hole.at + hole.len, out.len - hole.at - hole.len - (s->what == STAMP_OTHER ? 1 : 0)));
	stamp_make(&t, zy_buf_bytes(&covered), s->at, &token);
	VERIFY_CHECK(zy_pdf_fill(&out, hole, zy_buf_bytes(&token), &err));
	pades_replace(pdf, &out);
}

/* By who writes revisions by hand: a field of any place, and a signature in it that is right. */
static inline void pades_draw(struct zy_arena *a, const struct pades_step *s, struct zy_buf *pdf)
{
	static char field[256], dict[2 * PADES_DER_LEN + 256];
	struct later_object objects[6] = { { 9, "<< /SigFlags 3 /Fields [6 0 R 7 0 R 8 0 R 11 0 R 31 0 R] >>" },
		{ 5, "[6 0 R 7 0 R 8 0 R 11 0 R 31 0 R]" }, { 31, field } };
	size_t num = 3;
	static const char drawing[] = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 >>\nstream\n"
				      "0 0 9 9 re f\nendstream";
	struct zy_pdf_hole hole = { 0 };
	char text[33];
	size_t at;

	snprintf(field, sizeof(field),
	    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Mine) /F 132 /Rect [%s] /P 3 0 R /V 32 0 R /AP << /N 30 0 R >> >>",
	    s->arg);
	snprintf(dict, sizeof(dict),
	    "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260115000000Z) /ByteRange [0 %32s] "
	    "/Contents <%0*d> >>",
	    "", 2 * PADES_DER_LEN, 0);
	if (s->what == DRAWN_IN)
		for (num = 0; num < 4 && s->objects[num].number != 0; num++)
			objects[num] = s->objects[num];
	objects[num++] = (struct later_object){ 30, drawing };
	objects[num++] = (struct later_object){ 32, dict };
	later_append(pdf, objects, num, FIXTURE_ID);
	for (at = pdf->len; memcmp(pdf->p + at - 10, "/Contents ", 10) != 0; at--)
		;
	hole = (struct zy_pdf_hole){ at, 2 * PADES_DER_LEN + 2 };
	for (; memcmp(pdf->p + at - 14, "/ByteRange [0 ", 14) != 0; at--)
		;
	snprintf(
	    text, sizeof(text), "%-10zu %-10zu %-10zu", hole.at, hole.at + hole.len, pdf->len - hole.at - hole.len);
	memcpy(pdf->p + at, text, 32);
	pades_fill(a, pdf, hole, s, "second");
}

static inline void pades_do(struct zy_arena *a, const struct pades_step *s, struct zy_buf *pdf)
{
	size_t num = 0;

	switch (s->what) {
	case DONE:
		return;
	case SIGN:
	case FIELD:
	case CERTIFY_1:
	case CERTIFY_2:
	case CERTIFY_3:
		pades_seal(a, s, pdf);
		return;
	case STORE:
		pades_store(a, s, pdf);
		return;
	case STAMP:
	case STAMP_OTHER:
		pades_stamp(a, s, pdf);
		return;
	case DRAWN:
	case DRAWN_IN:
		pades_draw(a, s, pdf);
		return;
	case PUT:
		while (num < 4 && s->objects[num].number != 0)
			num++;
		later_append(pdf, s->objects, num, s->arg == NULL ? FIXTURE_ID : s->arg);
		return;
	}
}

#endif
