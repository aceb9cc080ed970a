/* CMS SignedData and GB/T 35275: RFC 5652 5, EN 319 122-1, EN 319 102-1 5.2. */
#include "cms.h"

#include "zy/pem.h"
#include "zy/text.h"

/* the last as gpgsm has it */
static const char *const labels[] = { "CMS", "PKCS7", "PKCS #7 SIGNED DATA", "SIGNED MESSAGE" };

/* The first block of a label that is known; *der is left alone when there is none. */
static bool from_pem(struct zy_bytes file, struct zy_bytes *der, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pem_block b;

	while (zy_pem_next(&file, &b, a, err)) {
		if (b.der.p == NULL)
			return true;
		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
			if (zy_bytes_equal(b.label, zy_str(labels[i]))) {
				*der = b.der;
				return true;
			}
	}
	return false;
}

/* base64 of a SEQUENCE alone, in lines of any length, as gpgsm --base64 and many interfaces of GB/T 35275 give it. */
static bool is_base64(struct zy_bytes in)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n";

	if (in.len < 4 || in.p[0] != 'M')
		return false;
	for (size_t i = 0; i < in.len; i++)
		if (in.p[i] == 0 || strchr(alphabet, in.p[i]) == NULL)
			return false;
	return true;
}

static bool from_base64(struct zy_bytes in, struct zy_bytes *der, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 }, bytes = { 0 };

	for (size_t i = 0; i < in.len; i++)
		if (strchr(" \t\r\n", in.p[i]) == NULL)
			zy_buf_put(&text, ZY_BYTES(in.p + i, 1));
	return zy_buf_done(&text, "base64", err) && zy_base64_decode(&bytes, zy_buf_bytes(&text), err) &&
	       zy_buf_done(&bytes, "base64", err) && zy_arena_copy(a, zy_buf_bytes(&bytes), der, err);
}

bool zy_is_cms(struct zy_bytes in)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	return zy_cms_der(&in, &a, &ignored) && zy_signed_data_is(in) && !zy_signed_data_is_stamp(in);
}

bool zy_cms_der(struct zy_bytes *in, struct zy_arena *a, struct zy_error *err)
{
	if (zy_pem_is(*in))
		return from_pem(*in, in, a, err);
	return !is_base64(*in) || from_base64(*in, in, a, err);
}

bool cms_next_inside(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	(void)err;
	*piece = (struct zy_bytes){ 0 };
	while (zy_signed_content_next(arg, piece))
		if (piece->len > 0)
			return true;
	*piece = (struct zy_bytes){ 0 };
	return true;
}

/* Read once, for all signers together. */
static bool read_content(struct cms_case *p, const struct zy_content *detached, struct zy_error *err)
{
	struct zy_reader walk = zy_reader_over(p->d->content);
	const struct zy_content inside = { cms_next_inside, &walk };

	p->has_content = p->d->has_content || detached != NULL;
	return !p->has_content || zy_hashes_run(p->hashes, detached != NULL ? detached : &inside, err);
}

static bool judge_signers(struct cms_case *p, const struct zy_content *detached, struct zy_error *err)
{
	struct zy_case *c = p->c;

	if (p->d->num_signers == 0)
		zy_report_add(c->r, "no-signature", "signerInfos", ZY_NOWHERE, NULL);
	if (p->d->is_ber)
		zy_report_add(c->r, "encoding-not-der", "ContentInfo", ZY_NOWHERE, NULL);
	p->signers = zy_arena_array(c->work, p->d->num_signers + 1, sizeof(*p->signers), err);
	if (p->signers == NULL)
		return false;
	for (size_t i = 0; i < p->d->num_signers; i++) {
		p->signers[i].s = &p->d->signers[i];
		if (!cms_signer_prepare(p, &p->signers[i], err))
			return false;
	}
	if (!read_content(p, detached, err))
		return false;
	for (size_t i = 0; i < p->d->num_signers; i++)
		cms_signer_list(p, &p->signers[i]);
	for (size_t i = 0; i < p->d->num_signers; i++)
		if (!cms_signer_judge(p, &p->signers[i], err))
			return false;
	for (size_t i = 0; i < p->d->num_signers; i++)
		if (!cms_counters_judge(p, &p->d->signers[i], 0, err))
			return false;
	return true;
}

static bool judge(struct zy_case *c, struct zy_bytes in, const struct zy_content *detached, struct zy_error *err)
{
	ZY_HASHES_AUTO hashes = { 0 };
	struct cms_case p = { .c = c,
		.d = zy_arena_alloc(c->work, sizeof(*p.d), err),
		.hashes = &hashes,
		.purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_SEAL,
		.stamped = ZY_TIME_NEVER,
		.claimed = ZY_TIME_NEVER };

	if (p.d == NULL || !zy_cms_der(&in, c->work, err) || !zy_signed_data_parse(p.d, in, c->work, err))
		return false;
	if (p.d->has_content && detached != NULL)
		return zy_fail(err, ZY_E_CMS, "eContent", ZY_NOWHERE,
		    "the content is inside the signed data: judge it without --detached");
	zy_case_trust(c);
	return judge_signers(&p, detached, err);
}

bool zy_judge_cms(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    const struct zy_content *detached, zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };

	r->format = "cms";
	return judge(&c, in, detached, err) || zy_case_keep_error(&c, err);
}
