#include "zy/seal_prepare.h"

bool zy_seal_make(struct zy_hsm *h, const struct zy_seal_maker *maker, const struct zy_seal_rule *rule,
    struct zy_bytes owner_cert, const struct zy_seal_picture *picture, zy_time now, struct zy_buf *eseal,
    struct zy_error *err)
{
	ZY_BUF_AUTO info = { 0 };
	uint8_t rs[64];

	if (!zy_seal_prepare(maker, rule, owner_cert, picture, now, &info, err))
		return false;
	/* The maker signs SES_SealInfo alone (GB/T 38540 6.1): its certificate stands beside it, not under it. */
	struct zy_sign_request q = { .key = maker->key, .use = ZY_USE_SEAL_MAKE, .message = zy_buf_bytes(&info) };
	return zy_hsm_sign(h, &q, rs, err) && zy_seal_finish(maker, zy_buf_bytes(&info), rs, eseal, err);
}
