#include "zy/cms.h"
#include "zy/der.h"
#include "zy/pdf_prepare.h"
#include "zy/sealing.h"

#define CERTS_MAX 5

/* Octets of the longest SignedData for these certificates: every part but r and s and the time-stamp has a fixed
 * length. */
static bool longest_cms(
    const struct zy_seal_use *use, const struct zy_bytes *certs, size_t num, size_t *len, struct zy_error *err)
{
	const size_t token_len = use->stamper == NULL ? 0 : use->stamper->longest(use->stamper->arg, ZY_SUITE_INTL);
	uint8_t digest[ZY_HASH_LEN] = { 0 }, rs[64], *token;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO cms = { 0 };

	memset(rs, 0xff, sizeof(rs));
	if ((token = zy_arena_alloc(&a, token_len + 1, err)) == NULL ||
	    !zy_cms_attrs_encode(digest, NULL, certs[0], &attrs, err) ||
	    !zy_cms_encode_stamped(zy_buf_bytes(&attrs), rs, certs, num, ZY_BYTES(token, token_len), &cms, err))
		return false;
	*len = cms.len;
	return true;
}

/* The token over the value of the signature (EN 319 122-1 5.3), none without a stamper. */
static bool stamp(const struct zy_seal_use *use, const uint8_t rs[64], struct zy_buf *token, struct zy_error *err)
{
	ZY_BUF_AUTO value = { 0 };

	if (use->stamper == NULL)
		return true;
	zy_der_put_rs(&value, rs);
	return zy_buf_done(&value, "SignerInfo.signature", err) &&
	       use->stamper->stamp(
		   use->stamper->arg, ZY_SUITE_INTL, (const struct zy_bytes[2]){ zy_buf_bytes(&value) }, token, err);
}

/* PAdES B-B or B-T (EN 319 142-1 6.3): signedAttrs without signing-time; the time is the dictionary's /M. */
static bool sign_prepared(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    const struct zy_bytes *certs, size_t num, struct zy_buf *pdf, struct zy_pdf_hole hole, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN], rs[64];
	ZY_BUF_AUTO attrs = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO cms = { 0 };

	if (!zy_pdf_prepared_digest(pdf, hole, digest, err) ||
	    !zy_cms_attrs_encode(digest, NULL, certs[0], &attrs, err))
		return false;
	struct zy_sign_request q = { .key = use->document_key != NULL ? use->document_key : use->rule->document_key,
		.use = ZY_USE_DOCUMENT,
		.message = zy_buf_bytes(&attrs),
		.esID = use->rule->esID,
		.item_code = item_code };
	return zy_hsm_sign(h, &q, rs, err) && stamp(use, rs, &token, err) &&
	       zy_cms_encode_stamped(zy_buf_bytes(&attrs), rs, certs, num, zy_buf_bytes(&token), &cms, err) &&
	       zy_pdf_fill(pdf, hole, zy_buf_bytes(&cms), err);
}

/* The signer's certificates: its own, then those to embed. */
static bool list_certs(const struct zy_seal_use *use, struct zy_bytes certs[CERTS_MAX], struct zy_error *err)
{
	if (use->num_chain > CERTS_MAX - 1)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "document_chain", ZY_NOWHERE, "more than %d certificates", CERTS_MAX - 1);
	certs[0] = use->document_cert;
	memcpy(certs + 1, use->document_chain, use->num_chain * sizeof(certs[0]));
	return true;
}

static struct zy_pdf_stamp stamp_of(const struct zy_seal_use *use, struct zy_seal_place place, zy_time signed_at)
{
	return (struct zy_pdf_stamp){ .content = use->picture.pdf_content,
		.deflated = use->picture.pdf_deflated,
		.width = use->picture.width,
		.height = use->picture.height,
		.place = place,
		.name = use->rule->name.zh,
		.signed_at = signed_at };
}

bool zy_pdf_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, struct zy_bytes pdf,
    const struct zy_pdf_page *page, struct zy_seal_place place, zy_time signed_at, struct zy_buf *out,
    struct zy_error *err)
{
	struct zy_pdf_stamp stamp = stamp_of(use, place, signed_at);
	struct zy_bytes certs[CERTS_MAX];
	struct zy_pdf_hole hole;
	ZY_BUF_AUTO made = { 0 };
	size_t len;

	stamp.page = page;
	if (!list_certs(use, certs, err) || !longest_cms(use, certs, 1 + use->num_chain, &len, err) ||
	    !zy_pdf_prepare(pdf, &stamp, len, &made, &hole, err) ||
	    !sign_prepared(h, use, item_code, certs, 1 + use->num_chain, &made, hole, err))
		return false;
	zy_buf_put(out, zy_buf_bytes(&made));
	return zy_buf_done(out, "PDF", err);
}

bool zy_pdf_seal_append(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code, struct zy_bytes pdf,
    const struct zy_pdf_addition *what, struct zy_seal_place place, zy_time signed_at, struct zy_buf *out,
    struct zy_error *err)
{
	struct zy_pdf_stamp stamp = stamp_of(use, place, signed_at);
	struct zy_bytes certs[CERTS_MAX];
	struct zy_pdf_hole hole;
	size_t len;

	return list_certs(use, certs, err) && longest_cms(use, certs, 1 + use->num_chain, &len, err) &&
	       zy_pdf_append(pdf, what, &stamp, len, out, &hole, err) &&
	       sign_prepared(h, use, item_code, certs, 1 + use->num_chain, out, hole, err);
}
