#include "zy/seal_prepare.h"

#include "zy/ses.h"

/* Whole millimetres, as SES_ESPictureInfo counts them. */
static bool whole_mm(double mm, uint64_t *out, struct zy_error *err)
{
	if (!(mm >= 1 && mm <= 1000))
		return zy_fail(
		    err, ZY_E_SES, "picture.width", ZY_NOWHERE, "a seal's picture is 1 to 1000 mm wide and high");
	*out = (uint64_t)(mm + 0.5);
	return true;
}

bool zy_seal_prepare(const struct zy_seal_maker *maker, const struct zy_seal_rule *rule, struct zy_bytes owner_cert,
    const struct zy_seal_picture *picture, zy_time now, struct zy_buf *info, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_seal_info s = { .version = maker->version,
		.Vid = zy_str(maker->Vid),
		.esID = zy_str(rule->esID),
		.type = rule->seal_type,
		.name = zy_str(rule->name.zh),
		.certListType = ZY_CERT_LIST_CERTS,
		.num_certs = 1,
		.certs[0].value = owner_cert,
		.createDate = now,
		.validStart = rule->valid_from,
		.validEnd = rule->valid_to,
		.picture_type = ZY_LITERAL("PNG"),
		.picture = picture->png };

	if (rule->valid_to == ZY_TIME_NEVER || rule->valid_to <= rule->valid_from)
		return zy_fail(err, ZY_E_SES, "property.validEnd", ZY_NOWHERE,
		    "the seal's rule needs an end date after its start");
	/* GM/T 0031-2025: a verifier fails a seal that was not valid when it was made. */
	if (maker->version == 5 && (now < rule->valid_from || now > rule->valid_to))
		return zy_fail(err, ZY_E_SES, "property.createDate", ZY_NOWHERE,
		    "a seal of version 5 is made between valid_from and valid_to");
	if (maker->by_digest) {
		if (!zy_digest(ZY_HASH_SM3, owner_cert, digest, err))
			return false;
		s.certListType = ZY_CERT_LIST_DIGESTS;
		s.certs[0] = (struct zy_ses_cert){ ZY_LITERAL("SM3"), ZY_BYTES(digest, sizeof(digest)) };
	}
	return whole_mm(picture->width, &s.width, err) && whole_mm(picture->height, &s.height, err) &&
	       zy_seal_info_encode(&s, info, err);
}

bool zy_seal_finish(const struct zy_seal_maker *maker, struct zy_bytes info, const uint8_t rs[64], struct zy_buf *eseal,
    struct zy_error *err)
{
	struct zy_seal s = { .info.der = info, .cert = maker->cert, .signAlgID = zy_oid_sm2_sm3 };
	const struct zy_stamper *stamper = maker->version == 5 ? maker->stamper : NULL;
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };

	zy_der_put_rs(&value, rs);
	s.signedValue = zy_buf_bytes(&value);
	if (!zy_buf_done(&value, "SESeal.signedValue", err) ||
	    (stamper != NULL &&
		!stamper->stamp(stamper->arg, ZY_SUITE_GM, (const struct zy_bytes[2]){ s.signedValue }, &token, err)))
		return false;
	s.timeStamp = zy_buf_bytes(&token);
	return zy_seal_encode(&s, eseal, err);
}
