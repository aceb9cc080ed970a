#include "zy/der.h"
#include "zy/sealing.h"
#include "zy/signed_data.h"

#define CERTS_MAX 5

/* The token over the value of the signature (EN 319 122-1 5.3), none without a stamper. */
static bool stamp(const struct zy_seal_use *use, enum zy_suite suite, const uint8_t rs[64], struct zy_buf *token,
    struct zy_error *err)
{
	ZY_BUF_AUTO value = { 0 };

	if (use->stamper == NULL)
		return true;
	zy_der_put_rs(&value, rs);
	return zy_buf_done(&value, "SignerInfo.signature", err) &&
	       use->stamper->stamp(
		   use->stamper->arg, suite, (const struct zy_bytes[2]){ zy_buf_bytes(&value) }, token, err);
}

bool zy_cms_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, const struct zy_cms_order *o,
    struct zy_bytes content, zy_time signed_at, struct zy_buf *out, struct zy_error *err)
{
	const bool gm = o->suite == ZY_SUITE_GM;
	struct zy_bytes certs[CERTS_MAX] = { gm ? use->owner_cert : use->document_cert };
	struct zy_signing s = { .suite = o->suite,
		.is_gbt35275 = o->is_gbt35275,
		.is_detached = o->is_detached,
		.content = content,
		.certs = certs,
		.num_certs = 1,
		.signed_at = signed_at };
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO token = { 0 };
	uint8_t rs[64];

	for (size_t i = 0; !gm && i < use->num_chain && s.num_certs < CERTS_MAX; i++)
		certs[s.num_certs++] = use->document_chain[i];
	if (!zy_signed_attrs_encode(&s, &attrs, err))
		return false;
	struct zy_sign_request q = { .key = gm ? use->seal_key : use->document_key,
		.use = gm ? ZY_USE_SEAL_SIGN : ZY_USE_DOCUMENT,
		.message = zy_buf_bytes(&attrs),
		.esID = use->rule->esID,
		.item_code = item_code };
	if (q.key == NULL)
		q.key = gm ? use->rule->seal_key : use->rule->document_key;
	return zy_hsm_sign(h, &q, rs, err) && stamp(use, o->suite, rs, &token, err) &&
	       zy_signed_data_encode(&s, zy_buf_bytes(&attrs), rs, zy_buf_bytes(&token), out, err);
}
