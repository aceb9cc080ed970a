/* Small PDFs for tests: a one-page document as the face back end writes it, and one signed with a software key. */
#ifndef ZY_TEST_PDF_FIXTURE_H
#define ZY_TEST_PDF_FIXTURE_H

#include "helpers/soft_p256.h"
#include "zy/cms.h"
#include "zy/pdf.h"
#include "zy/pdf_prepare.h"

#define FIXTURE_XML "<?xml version=\"1.0\"?><r>\xe8\xaf\x81</r>"
#define FIXTURE_TIME 1772323200 /* 2026-03-01T00:00:00Z */

/* Objects 1..num, their bodies given, then a classic table. `trailer` is added to the trailer's dictionary. */
static inline void fixture_write(struct zy_buf *out, const char *const *bodies, size_t num, const char *trailer)
{
	size_t offsets[32], xref;

	SOFT_CHECK(num < 32);
	zy_buf_put_str(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
	for (size_t i = 0; i < num; i++) {
		offsets[i] = out->len;
		zy_buf_printf(out, "%zu 0 obj\n%s\nendobj\n", i + 1, bodies[i]);
	}
	xref = out->len;
	zy_buf_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", num + 1);
	for (size_t i = 0; i < num; i++)
		zy_buf_printf(out, "%010zu 00000 n \n", offsets[i]);
	zy_buf_printf(
	    out, "trailer\n<< /Size %zu /Root 1 0 R %s >>\nstartxref\n%zu\n%%%%EOF\n", num + 1, trailer, xref);
}

static inline void fixture_stream(char *out, size_t room, const char *dict, const char *data)
{
	snprintf(out, room, "<< %s /Length %zu >>\nstream\n%s\nendstream", dict, strlen(data), data);
}

#define FIXTURE_ID "/ID [<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"

/* `catalog` and `page` are added to those dictionaries; `extra` is object 8, or NULL. */
static inline void fixture_pdf(struct zy_buf *out, const char *catalog, const char *page, const char *extra)
{
	char c[512], p[512], content[256], file[256];
	const char *bodies[8] = { c, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", p, content,
		"<< /Type /Filespec /F (licence.xml) /UF (licence.xml) /AFRelationship /Data /EF << /F 6 0 R >> >>",
		file, "<< /Title (fixture) >>", extra };

	snprintf(c, sizeof(c),
	    "<< /Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(licence.xml) 5 0 R] >> >>"
	    "%s >>",
	    catalog);
	snprintf(p, sizeof(p),
	    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Resources << >> /Contents 4 0 R%s >>", page);
	fixture_stream(content, sizeof(content), "", "0 0 1 rg 100 100 200 200 re f");
	fixture_stream(file, sizeof(file), "/Type /EmbeddedFile /Subtype /text#2Fxml", FIXTURE_XML);
	fixture_write(out, bodies, extra == NULL ? 7 : 8, "/Info 7 0 R " FIXTURE_ID);
}

static inline struct zy_pdf_stamp fixture_stamp(void)
{
	return (struct zy_pdf_stamp){
		.content = ZY_LITERAL("1 0 0 RG 2 w 2 2 38 38 re S"),
		.width = 42,
		.height = 42,
		.place = { 130, 220, 42, 42 },
		.name = "\xe4\xba\x91\xe6\xb3\xbd\xe5\xb8\x82",
		.signed_at = FIXTURE_TIME,
	};
}

/* Signs a prepared file; the longest CMS of these certificates must have been its hole. */
static inline void fixture_sign(struct soft_p256 *s, struct zy_buf *pdf, struct zy_pdf_hole hole)
{
	struct zy_bytes certs[2] = { s->cert, s->ca };
	uint8_t digest[ZY_HASH_LEN], rs[64];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO cms = { 0 };

	SOFT_CHECK(zy_pdf_prepared_digest(pdf, hole, digest, &err));
	SOFT_CHECK(zy_cms_attrs_encode(digest, NULL, s->cert, &attrs, &err));
	soft_sign(s, zy_buf_bytes(&attrs), rs);
	SOFT_CHECK(zy_cms_encode(zy_buf_bytes(&attrs), rs, certs, 2, &cms, &err));
	SOFT_CHECK(zy_pdf_fill(pdf, hole, zy_buf_bytes(&cms), &err));
}

static inline size_t fixture_der_len(struct soft_p256 *s)
{
	struct zy_bytes certs[2] = { s->cert, s->ca };
	uint8_t digest[ZY_HASH_LEN] = { 0 }, rs[64];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO cms = { 0 };

	memset(rs, 0xff, 64);
	SOFT_CHECK(zy_cms_attrs_encode(digest, NULL, s->cert, &attrs, &err));
	SOFT_CHECK(zy_cms_encode(zy_buf_bytes(&attrs), rs, certs, 2, &cms, &err));
	return cms.len;
}

static inline void fixture_signed_pdf(struct soft_p256 *s, struct zy_buf *out)
{
	struct zy_pdf_stamp stamp = fixture_stamp();
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	ZY_BUF_AUTO fresh = { 0 };

	fixture_pdf(&fresh, "", "", NULL);
	SOFT_CHECK(zy_pdf_prepare(zy_buf_bytes(&fresh), &stamp, fixture_der_len(s), out, &hole, &err));
	fixture_sign(s, out, hole);
}

#endif
