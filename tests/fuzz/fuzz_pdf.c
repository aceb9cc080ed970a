/* Target functions: zy_pdf_parse, zy_pdf_signature_digest, zy_pdf_prepare. */
#include <stdlib.h>

#include "zy/pdf.h"
#include "zy/pdf_prepare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define INPUT_MAX ((size_t)64 << 10) /* larger ones only slow qpdf down */

static void must_be_set(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void check_signature(const struct zy_pdf *f, const struct zy_pdf_signature *s, struct zy_bytes in)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	size_t end = s->hole_at + s->hole_len;

	if (s->fault.code != ZY_OK) {
		if (s->whole || s->revision != 0 || s->der.len + s->part[0].len + s->part[1].len > 0)
			abort();
		return;
	}
	if (s->part[0].p != in.p || s->part[0].len != s->hole_at || s->part[1].p != in.p + end ||
	    s->part[1].len > in.len - end || s->whole != (end + s->part[1].len == in.len) || in.p[s->hole_at] != '<' ||
	    in.p[end - 1] != '>' || s->der.len == 0 || s->revision > f->num_revisions)
		abort();
	if (!zy_pdf_signature_digest(s, ZY_HASH_SHA256, digest, &err))
		abort();
}

/* What is prepared from a fresh document can be read again and has one field whose hole is the only gap. */
static void prepare(struct zy_bytes in)
{
	struct zy_pdf_stamp stamp = { .content = ZY_LITERAL("0 0 m S"),
		.width = 1,
		.height = 1,
		.place = { 0, 0, 1, 1 },
		.name = "n",
		.signed_at = 0 };
	struct zy_error err = { 0 }, why = { 0 };
	struct zy_pdf_hole hole;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_pdf f;

	if (!zy_pdf_prepare(in, &stamp, 2, &out, &hole, &err)) {
		must_be_set(&err, in.len);
		return;
	}
	if (!zy_pdf_fill(&out, hole, ZY_LITERAL("\x30"), &err))
		abort();
	/* A strange fresh document may become unreadable, which the self-check of minting sees; never half covered. */
	if (zy_pdf_parse(&f, zy_buf_bytes(&out), NULL, &a, &why) && f.num_signatures == 1 &&
	    f.signatures[0].fault.code == ZY_OK && !f.signatures[0].whole)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;

	if (len > INPUT_MAX)
		return 0;
	if (!zy_pdf_parse(&f, in, "licence.xml", &a, &err)) {
		must_be_set(&err, len);
		return 0;
	}
	if (f.num_revisions < 1 || f.revision_end[f.num_revisions - 1] + f.num_trailing != len)
		abort();
	for (size_t i = 0; i < f.num_signatures; i++)
		check_signature(&f, &f.signatures[i], in);
	prepare(in);
	return 0;
}
