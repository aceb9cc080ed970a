/* sign-pooled: signatures asked from the signer through its socket, beside C_Sign in it. */
#include "bench.h"

#include "zy/cms.h"
#include "zy/ses.h"

struct asking {
	struct zy_hsm *hsm;
	struct zy_sign_request q;
};

static bool ask(void *arg, uint64_t i, struct zy_error *err)
{
	struct asking *a = arg;
	uint8_t rs[64];

	(void)i;
	return zy_hsm_sign(a->hsm, &a->q, rs, err);
}

static bool bench_key(
    struct zy_bench *b, enum zy_suite suite, struct zy_bytes message, const char *raw_name, struct zy_error *err)
{
	const bool gm = suite == ZY_SUITE_GM;
	struct zy_bench_result r = { .name = "sign-pooled", .raw_name = raw_name };
	struct asking a = { .hsm = b->desk.hsm,
		.q = { .key = gm ? b->rule->seal_key : b->rule->document_key,
		    .use = gm ? ZY_USE_SEAL_SIGN : ZY_USE_DOCUMENT,
		    .message = message,
		    .esID = b->rule->esID,
		    .item_code = b->type->item_code } };

	if (!zy_bench_beside_sign(b, b->desk.hsm, a.q.key, ZY_BENCH_CALLERS, ask, &a, 1, &r, err))
		return false;
	r.more = json_pack(
	    "{s:s, s:i, s:i}", "suite", zy_suite_name(suite), "bytes", (int)message.len, "sessions", (int)r.threads);
	zy_bench_print(b, &r);
	return true;
}

/* What the signer parses and holds against its rules: TBS_Sign with the whole seal in it, and signedAttrs. */
bool zy_bench_sign(struct zy_bench *b, struct zy_error *err)
{
	const struct zy_seal_use *seal = zy_desk_seal(&b->desk, b->type->seal);
	const uint8_t digest[ZY_HASH_LEN] = { 0 };
	struct zy_ses_tbs tbs = { .timeInfo = zy_now(b->cli.clock),
		.dataHash = ZY_BYTES(digest, sizeof(digest)),
		.propertyInfo = ZY_LITERAL("/Doc_0/Signs/Sign_0/Signature.xml") };
	ZY_BUF_AUTO text = { 0 }, attrs = { 0 };

	if (seal == NULL)
		return zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "the type's seal is not open");
	tbs.eseal.der = seal->eseal;
	return zy_ses_tbs_encode(&tbs, &text, err) && zy_buf_done(&text, "bench", err) &&
	       bench_key(b, ZY_SUITE_GM, zy_buf_bytes(&text), "C_Sign SM2", err) &&
	       zy_cms_attrs_encode(digest, NULL, seal->document_cert, &attrs, err) &&
	       bench_key(b, ZY_SUITE_INTL, zy_buf_bytes(&attrs), "C_Sign P-256", err);
}
