/* Target functions: zy_pdf_revision_plan, zy_pdf_append, zy_pdf_find_change. */
#include <stdlib.h>

#include "zy/pdf_prepare.h"
#include "zy/pdf_revision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define INPUT_MAX ((size_t)64 << 10) /* larger ones only slow qpdf down */
#define REVISIONS_MAX 4

static void must_be_set(const struct zy_error *err)
{
	if (err->code == ZY_OK)
		abort();
}

static void append(struct zy_bytes in)
{
	struct zy_pdf_stamp stamp = { .content = ZY_LITERAL("0 0 m S"), .width = 1, .height = 1, .name = "n" };
	struct zy_error err = { 0 };
	struct zy_pdf_hole hole;
	ZY_BUF_AUTO out = { 0 };

	if (!zy_pdf_append(in, &(struct zy_pdf_addition){ .page = 1 }, &stamp, 2, &out, &hole, &err)) {
		must_be_set(&err);
		return;
	}
	if (out.len <= in.len || memcmp(out.p, in.p, in.len) != 0 || hole.at < in.len || hole.at + hole.len > out.len ||
	    !zy_pdf_fill(&out, hole, ZY_LITERAL("\x30"), &err))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf f;

	if (len > INPUT_MAX || !zy_pdf_parse(&f, in, NULL, &a, &err))
		return 0;
	for (size_t k = 0; k < f.num_revisions && k < REVISIONS_MAX; k++) {
		struct zy_pdf_change change;
		struct zy_error why = { 0 };

		if (!zy_pdf_find_change(&change, &f, k + 1, &why))
			must_be_set(&why);
	}
	append(in);
	return 0;
}
