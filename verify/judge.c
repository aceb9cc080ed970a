#include "zy/judge.h"

static bool begins_with(struct zy_bytes in, struct zy_bytes magic)
{
	return in.len >= magic.len && memcmp(in.p, magic.p, magic.len) == 0;
}

bool zy_judge_file(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at, struct zy_report *r,
    struct zy_error *err)
{
	if (begins_with(in, ZY_LITERAL("PK\x03\x04")))
		return zy_judge_ofd(k, trust, in, at, r, err);
	if (begins_with(in, ZY_LITERAL("%PDF-")))
		return zy_judge_pdf(k, trust, in, at, r, err);
	return zy_fail(err, ZY_E_FORMAT, "file", 0, "it is neither an OFD package (PK) nor a PDF (%%PDF-)");
}
