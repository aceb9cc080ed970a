#include "zy/ofd_prepare.h"

bool zy_ofd_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, struct zy_package *p,
    struct zy_seal_place place, zy_time signed_at, struct zy_arena *a, struct zy_buf *out, struct zy_error *err)
{
	struct zy_ofd_prepared made;
	uint8_t rs[64];

	if (!zy_ofd_prepare(use, p, place, signed_at, a, &made, err))
		return false;
	struct zy_sign_request q = { .key = use->seal_key != NULL ? use->seal_key : use->rule->seal_key,
		.use = ZY_USE_SEAL_SIGN,
		.message = made.tbs,
		.esID = use->rule->esID,
		.item_code = item_code };
	return zy_hsm_sign(h, &q, rs, err) && zy_ofd_finish(use, p, &made, rs, a, out, err);
}
