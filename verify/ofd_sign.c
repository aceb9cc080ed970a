/* Type="Sign" of OFD: a signature without a seal, GB/T 35275 (GM/T 0099-2020 7.2.2). */
#include "cms.h"

#include "zy/ofd.h"
#include "zy/text.h"

static bool next_original(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct zy_bytes *left = arg;

	(void)err;
	*piece = *left;
	*left = (struct zy_bytes){ 0 };
	return true;
}

/* Some sign the content itself, others its digest, which then is the content of the signed data: 32 octets, or as some
 * write it their base64. Then what is signed must be this Signature.xml's. */
static bool is_digest_of(const struct zy_signed_data *d, struct zy_bytes original, bool *is, struct zy_error *err)
{
	struct zy_reader walk = zy_reader_over(d->content);
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes piece;
	ZY_BUF_AUTO held = { .cap = 64 };
	ZY_BUF_AUTO text = { 0 };

	*is = false;
	if (!zy_digest(ZY_HASH_SM3, original, digest, err))
		return false;
	while (zy_signed_content_next(&walk, &piece))
		zy_buf_put(&held, piece);
	zy_base64_encode(&text, ZY_BYTES(digest, sizeof(digest)));
	if (!zy_buf_done(&text, "eContent", err))
		return false;
	*is = !held.failed && (zy_bytes_equal(zy_buf_bytes(&held), ZY_BYTES(digest, sizeof(digest))) ||
				  zy_bytes_equal(zy_buf_bytes(&held), zy_buf_bytes(&text)));
	return true;
}

static bool judge_one(
    struct cms_case *p, const struct zy_ofd_signature *s, struct zy_report_signature *out, struct zy_error *err)
{
	struct zy_bytes left = s->file->bytes;
	struct zy_reader walk = zy_reader_over(p->d->content);
	const struct zy_content inside = { cms_next_inside, &walk }, outside = { next_original, &left };
	struct cms_signer g = { .s = &p->d->signers[0] };
	bool is;

	if (p->d->has_content) {
		if (!is_digest_of(p->d, s->file->bytes, &is, err))
			return false;
		if (!is)
			zy_report_add(p->c->r, "document-digest", "eContent", ZY_NOWHERE, NULL);
	}
	p->has_content = true;
	return cms_signer_prepare(p, &g, err) &&
	       zy_hashes_run(p->hashes, p->d->has_content ? &inside : &outside, err) &&
	       cms_signer_judge_as(p, &g, out, err);
}

bool zy_case_signed_data(
    struct zy_case *c, const struct zy_ofd_signature *s, struct zy_report_signature *out, struct zy_error *err)
{
	static const char field[] = "SignedValue";
	ZY_HASHES_AUTO hashes = { 0 };
	struct cms_case p = { .c = c,
		.d = zy_arena_alloc(c->work, sizeof(*p.d), err),
		.hashes = &hashes,
		.inside = true,
		.stamped = ZY_TIME_NEVER,
		.claimed = ZY_TIME_NEVER,
		.purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_SEAL };
	struct zy_error why = { 0 };

	if (p.d == NULL)
		return false;
	if (s->signed_value == NULL) {
		zy_report_add(c->r, "cms-unreadable", field, ZY_NOWHERE, "the signed value is missing");
		return true;
	}
	if (!zy_signed_data_parse(p.d, s->signed_value->bytes, c->work, &why)) {
		if (zy_code_exit(why.code) != 65)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		zy_report_add(c->r, "cms-unreadable", field, why.offset, "%s", why.msg);
		return true;
	}
	if (p.d->num_signers != 1) {
		zy_report_add(c->r, "cms-unreadable", "signerInfos", ZY_NOWHERE, "%zu signers where one belongs",
		    p.d->num_signers);
		return true;
	}
	out->kind = p.d->is_gbt35275 ? "gbt35275" : "cms";
	if (p.d->is_ber)
		zy_report_add(c->r, "encoding-not-der", "ContentInfo", ZY_NOWHERE, NULL);
	return judge_one(&p, s, out, err);
}
