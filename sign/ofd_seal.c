#include "zy/ofd_prepare.h"

static bool ask(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, struct zy_bytes tbs,
    uint8_t rs[64], struct zy_error *err)
{
	struct zy_sign_request q = { .key = use->seal_key != NULL ? use->seal_key : use->rule->seal_key,
		.use = ZY_USE_SEAL_SIGN,
		.message = tbs,
		.esID = use->rule->esID,
		.item_code = item_code };

	return zy_hsm_sign(h, &q, rs, err);
}

bool zy_ofd_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, struct zy_package *p,
    struct zy_seal_place place, zy_time signed_at, struct zy_arena *a, struct zy_buf *out, struct zy_error *err)
{
	struct zy_ofd_prepared made;
	uint8_t rs[64];

	return zy_ofd_prepare(use, p, place, signed_at, a, &made, err) && ask(h, use, item_code, made.tbs, rs, err) &&
	       zy_ofd_finish(use, p, &made, rs, a, err) && zy_package_encode(p, out, err);
}

/* SES_Signature, or without a seal GB/T 35275 detached from Signature.xml (GM/T 0099 7.2.2). */
static bool sign_prepared(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    const struct zy_ofd_prepared *made, bool without_seal, zy_time signed_at, struct zy_package *p, struct zy_arena *a,
    struct zy_error *err)
{
	const struct zy_cms_order order = { .suite = ZY_SUITE_GM, .is_gbt35275 = true, .is_detached = true };
	ZY_BUF_AUTO value = { 0 };
	uint8_t rs[64];

	if (!without_seal)
		return ask(h, use, item_code, made->tbs, rs, err) && zy_ofd_finish(use, p, made, rs, a, err);
	return zy_cms_seal(h, use, item_code, &order, made->original, signed_at, &value, err) &&
	       zy_ofd_put_value(p, made, zy_buf_bytes(&value), a, err);
}

bool zy_ofd_seal_append(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, struct zy_bytes ofd,
    const struct zy_ofd_order *q, zy_time signed_at, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_seal_place size = { .w = use->picture.width, .h = use->picture.height };
	struct zy_ofd_stamping how;
	struct zy_ofd_prepared made;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_package *p;
	struct zy_ofd *d;

	if ((p = zy_arena_alloc(&a, sizeof(*p), err)) == NULL || (d = zy_arena_alloc(&a, sizeof(*d), err)) == NULL ||
	    !zy_package_parse(p, ofd, &a, err) || !zy_ofd_parse(d, p, &a, err))
		return false;
	return zy_ofd_stamps(d, q, &size, &a, &how, err) &&
	       zy_ofd_prepare_append(use, p, d, &how, signed_at, &a, &made, err) &&
	       sign_prepared(h, use, item_code, &made, how.without_seal, signed_at, p, &a, err) &&
	       zy_package_update(p, ofd, out, err);
}
