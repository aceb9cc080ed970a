/* Type="Sign" of OFD: a signature without a seal, GB/T 35275 (GM/T 0099-2020 7.2.2). */
#include <strings.h>

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

static void put_hex(struct zy_buf *out, struct zy_bytes v)
{
	for (size_t i = 0; i < v.len; i++)
		zy_buf_printf(out, "%02x", v.p[i]);
}

/* A digest of the original as its octets, or as some write it, as base64 or hexadecimal text. */
static bool is_digest_text(
    struct zy_bytes held, enum zy_hash h, struct zy_bytes original, bool *is, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	const struct zy_bytes v = ZY_BYTES(digest, sizeof(digest));
	ZY_BUF_AUTO base64 = { 0 };
	ZY_BUF_AUTO hex = { 0 };

	if (!zy_digest(h, original, digest, err))
		return false;
	zy_base64_encode(&base64, v);
	put_hex(&hex, v);
	if (!zy_buf_done(&base64, "eContent", err) || !zy_buf_done(&hex, "eContent", err))
		return false;
	*is = zy_bytes_equal(held, v) || zy_bytes_equal(held, zy_buf_bytes(&base64)) ||
	      (held.len == hex.len && strncasecmp((const char *)held.p, (const char *)hex.p, hex.len) == 0);
	return true;
}

/* Some sign the content itself, others its digest, which then is the content of the signed data. Then what is signed
 * must be this Signature.xml's. */
static bool is_of(const struct zy_signed_data *d, struct zy_bytes original, bool *is, struct zy_error *err)
{
	struct zy_reader walk = zy_reader_over(d->content);
	struct zy_bytes piece;
	ZY_BUF_AUTO held = { .cap = original.len + 128 };

	while (zy_signed_content_next(&walk, &piece))
		zy_buf_put(&held, piece);
	*is = !held.failed && zy_bytes_equal(zy_buf_bytes(&held), original);
	return held.failed || *is ||
	       (is_digest_text(zy_buf_bytes(&held), ZY_HASH_SM3, original, is, err) &&
		   (*is || is_digest_text(zy_buf_bytes(&held), ZY_HASH_SHA256, original, is, err)));
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
		if (!is_of(p->d, s->file->bytes, &is, err))
			return false;
		if (!is)
			zy_report_add(p->c->r, "document-digest", "eContent", ZY_NOWHERE, NULL);
	}
	p->has_content = true;
	return cms_signer_prepare(p, &g, err) &&
	       zy_hashes_run(p->hashes, p->d->has_content ? &inside : &outside, err) &&
	       cms_signer_judge_as(p, &g, out, err);
}

static bool is_bare_value(struct zy_bytes in)
{
	struct zy_error ignored = { 0 };
	uint8_t rs[64];

	return zy_der_rs(in, rs, &ignored);
}

/* true with *read false: why it cannot be judged is said. */
static bool read_value(
    struct zy_case *c, struct zy_signed_data *d, struct zy_bytes in, bool *read, struct zy_error *err)
{
	static const char field[] = "SignedValue";
	const struct zy_bytes stored = in;
	struct zy_error why = { 0 };
	bool bare, ok;

	*read = false;
	if (is_bare_value(in)) { /* r and s alone: whose is said nowhere */
		zy_report_add(c->r, "no-signing-certificate", field, ZY_NOWHERE, NULL);
		return true;
	}
	ok = zy_cms_der(&in, c->work, &why);
	bare = ok && zy_signed_data_is_bare(in);
	ok =
	    ok && (bare ? zy_signed_data_parse_bare(d, in, c->work, &why) : zy_signed_data_parse(d, in, c->work, &why));
	if (!ok && zy_code_exit(why.code) != 65)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	if (!ok)
		zy_report_add(c->r,
		    why.code == ZY_E_TOO_LARGE || zy_ber_is_whole(in) ? "signature-unsupported" : "cms-unreadable",
		    field, why.offset, "%s", why.msg);
	else if (bare || in.p != stored.p)
		zy_report_add(c->r, "form-departs", field, ZY_NOWHERE, NULL);
	*read = ok;
	return true;
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
	bool read;

	if (p.d == NULL)
		return false;
	if (s->signed_value == NULL) {
		zy_report_add(c->r, "cms-unreadable", field, ZY_NOWHERE, "the signed value is missing");
		return true;
	}
	if (!read_value(c, p.d, s->signed_value->bytes, &read, err))
		return false;
	if (!read)
		return true;
	if (p.d->num_signers != 1) {
		zy_report_add(c->r, p.d->num_signers == 0 ? "cms-unreadable" : "signature-unsupported", "signerInfos",
		    ZY_NOWHERE, "%zu signers where one belongs", p.d->num_signers);
		return true;
	}
	out->kind = p.d->is_gbt35275 ? "gbt35275" : "cms";
	if (p.d->is_ber)
		zy_report_add(c->r, "encoding-not-der", "ContentInfo", ZY_NOWHERE, NULL);
	return judge_one(&p, s, out, err);
}
