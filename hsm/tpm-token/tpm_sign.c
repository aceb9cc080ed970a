/*
 * Signatures, on the layer below ESYS: ESYS builds a new OpenSSL library context for every hash and HMAC, which costs
 * ten times the TPM's own work. The session is neither salted nor bound: a key's authorisation value is 256 random
 * bits, so the HMAC under it alone cannot be searched, and it never crosses the bus.
 */
#include <openssl/crypto.h>

#include "tpm_private.h"
#include "zy/buf.h"
#include "zy/digest.h"

#define AUTH_LEN 32u

/* A TPM may ask to be asked again (part 3, 5.2); ESYS does so by itself, the layer below does not. */
static bool must_repeat(TSS2_RC rc, unsigned *tries)
{
	return (rc == TPM2_RC_RETRY || rc == TPM2_RC_YIELDED || rc == TPM2_RC_TESTING) && ++*tries < 8;
}

static CK_RV load_key(
    struct zy_tpm *t, TSS2_SYS_CONTEXT *sys, uint64_t key, const struct zy_tpm_blob *blob, struct zy_tpm_loaded **out)
{
	/* the primary's authorisation is empty */
	const TSS2L_SYS_AUTH_COMMAND empty = { .count = 1, .auths = { { .sessionHandle = TPM2_RS_PW } } };
	struct zy_tpm_loaded l = { .key = key, .name.size = sizeof(l.name.name) };
	TPM2B_PRIVATE private = { 0 };
	TPM2B_PUBLIC public = { 0 };
	TPM2_HANDLE parent;
	unsigned tries = 0;
	TSS2_RC rc;
	CK_RV rv;

	for (size_t i = 0; i < ZY_TPM_LOADED_MAX; i++)
		if (t->loaded[i].key == key) {
			*out = &t->loaded[i];
			return CKR_OK;
		}
	if (!zy_tpm_unmarshal(blob, &public, &private))
		return CKR_DEVICE_ERROR;
	*out = zy_tpm_make_place(t);
	if ((rv = zy_tpm_judge(t, Esys_TR_GetTpmHandle(t->esys, t->primary, &parent))) != CKR_OK)
		return rv;
	do {
		rc = Tss2_Sys_Load(sys, parent, &empty, &private, &public, &l.handle, &l.name, NULL);
	} while (must_repeat(rc, &tries));
	if ((rv = zy_tpm_judge(t, rc)) == CKR_OK)
		**out = l;
	return rv;
}

static CK_RV start_session(struct zy_tpm *t, TSS2_SYS_CONTEXT *sys)
{
	const TPMT_SYM_DEF no_cipher = { .algorithm = TPM2_ALG_NULL };
	const TPM2B_ENCRYPTED_SECRET no_salt = { 0 };
	TPM2B_NONCE nonce = { .size = 32 };
	struct zy_error ignored = { 0 };

	if (t->sign_session != 0)
		return CKR_OK;
	if (!zy_random(nonce.buffer, nonce.size, &ignored))
		return CKR_FUNCTION_FAILED;
	t->sign_nonce.size = 32;
	return zy_tpm_judge(t, Tss2_Sys_StartAuthSession(sys, TPM2_RH_NULL, TPM2_RH_NULL, NULL, &nonce, &no_salt,
				   TPM2_SE_HMAC, &no_cipher, TPM2_ALG_SHA256, &t->sign_session, &t->sign_nonce, NULL));
}

/* TPM 2.0 part 1, 19.6.5: HMAC(authValue, pHash || nonceNewer || nonceOlder || sessionAttributes); no session key. */
static bool session_hmac(const uint8_t auth[AUTH_LEN], struct zy_bytes hashed, const TPM2B_NONCE *newer,
    const TPM2B_NONCE *older, TPMA_SESSION attributes, uint8_t out[ZY_HASH_LEN])
{
	struct zy_error ignored = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	ZY_BUF_AUTO b = { 0 };

	if (!zy_digest(ZY_HASH_SHA256, hashed, digest, &ignored))
		return false;
	zy_buf_put(&b, ZY_BYTES(digest, sizeof(digest)));
	zy_buf_put(&b, ZY_BYTES(newer->buffer, newer->size));
	zy_buf_put(&b, ZY_BYTES(older->buffer, older->size));
	zy_buf_put_u8(&b, attributes);
	return zy_buf_done(&b, "hmac", &ignored) &&
	       zy_hmac(ZY_HASH_SHA256, ZY_BYTES(auth, AUTH_LEN), zy_buf_bytes(&b), out, &ignored);
}

/* cpHash covers the command code, the key's name and the parameters (part 1, 16.7). */
static bool authorise(struct zy_tpm *t, TSS2_SYS_CONTEXT *sys, const struct zy_tpm_loaded *l,
    const uint8_t auth[AUTH_LEN], TPMS_AUTH_COMMAND *a)
{
	TSS2L_SYS_AUTH_COMMAND auths = { .count = 1 };
	struct zy_error ignored = { 0 };
	const uint8_t *parameters;
	ZY_BUF_AUTO b = { 0 };
	size_t len;

	*a = (TPMS_AUTH_COMMAND){ .sessionHandle = t->sign_session,
		.nonce.size = 32,
		.sessionAttributes = TPMA_SESSION_CONTINUESESSION,
		.hmac.size = ZY_HASH_LEN };
	if (Tss2_Sys_GetCpBuffer(sys, &len, &parameters) != TSS2_RC_SUCCESS)
		return false;
	zy_buf_put_be(&b, TPM2_CC_Sign, 4);
	zy_buf_put(&b, ZY_BYTES(l->name.name, l->name.size));
	zy_buf_put(&b, ZY_BYTES(parameters, len));
	if (b.failed || !zy_random(a->nonce.buffer, a->nonce.size, &ignored) ||
	    !session_hmac(auth, zy_buf_bytes(&b), &a->nonce, &t->sign_nonce, a->sessionAttributes, a->hmac.buffer))
		return false;
	auths.auths[0] = *a;
	return Tss2_Sys_SetCmdAuths(sys, &auths) == TSS2_RC_SUCCESS;
}

/* Only the TPM that knows the key's authorisation can answer so: rpHash covers the signature (part 1, 16.8). */
static bool check_answer(
    struct zy_tpm *t, TSS2_SYS_CONTEXT *sys, const uint8_t auth[AUTH_LEN], const TPMS_AUTH_COMMAND *a)
{
	TSS2L_SYS_AUTH_RESPONSE auths = { .count = 1 };
	const TPMS_AUTH_RESPONSE *r = &auths.auths[0];
	uint8_t want[ZY_HASH_LEN];
	const uint8_t *parameters;
	ZY_BUF_AUTO b = { 0 };
	size_t len;

	if (Tss2_Sys_GetRspAuths(sys, &auths) != TSS2_RC_SUCCESS || auths.count != 1 ||
	    Tss2_Sys_GetRpBuffer(sys, &len, &parameters) != TSS2_RC_SUCCESS)
		return false;
	zy_buf_put_be(&b, TPM2_RC_SUCCESS, 4);
	zy_buf_put_be(&b, TPM2_CC_Sign, 4);
	zy_buf_put(&b, ZY_BYTES(parameters, len));
	if (b.failed || !session_hmac(auth, zy_buf_bytes(&b), &r->nonce, &a->nonce, r->sessionAttributes, want))
		return false;
	t->sign_nonce = r->nonce;
	return r->hmac.size == sizeof(want) && CRYPTO_memcmp(r->hmac.buffer, want, sizeof(want)) == 0;
}

/* r and s, right-aligned in 32 bytes each. */
static bool take_signature(const TPMT_SIGNATURE *s, uint8_t rs[64])
{
	const TPM2B_ECC_PARAMETER *parts[] = { &s->signature.sm2.signatureR, &s->signature.sm2.signatureS };

	if (s->sigAlg != TPM2_ALG_SM2 || parts[0]->size > 32 || parts[1]->size > 32)
		return false;
	memset(rs, 0, 64);
	for (size_t i = 0; i < 2; i++)
		memcpy(rs + 32 * i + 32 - parts[i]->size, parts[i]->buffer, parts[i]->size);
	return true;
}

CK_RV zy_tpm_sign(struct zy_tpm *t, uint64_t key, const struct zy_tpm_blob *blob, const uint8_t auth[AUTH_LEN],
    const uint8_t e[32], uint8_t rs[64])
{
	const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_SM2, .details.sm2.hashAlg = TPM2_ALG_SHA256 };
	const TPMT_TK_HASHCHECK no_ticket = { .tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL };
	TPM2B_DIGEST digest = { .size = 32 };
	TPMT_SIGNATURE signature = { 0 };
	TSS2_SYS_CONTEXT *sys;
	struct zy_tpm_loaded *l;
	TPMS_AUTH_COMMAND a;
	unsigned tries = 0;
	TSS2_RC rc;
	CK_RV rv;

	if ((rv = zy_tpm_sys(t, &sys)) != CKR_OK || (rv = load_key(t, sys, key, blob, &l)) != CKR_OK ||
	    (rv = start_session(t, sys)) != CKR_OK)
		return rv;
	l->used = ++t->uses;
	memcpy(digest.buffer, e, 32);
	rv = zy_tpm_judge(t, Tss2_Sys_Sign_Prepare(sys, l->handle, &digest, &scheme, &no_ticket));
	if (rv == CKR_OK && !authorise(t, sys, l, auth, &a))
		rv = CKR_FUNCTION_FAILED;
	if (rv == CKR_OK) {
		do
			rc = Tss2_Sys_Execute(sys); /* as it stands: the nonces move only with an answer */
		while (must_repeat(rc, &tries));
		rv = zy_tpm_judge(t, rc);
	}
	if (rv == CKR_OK && !check_answer(t, sys, auth, &a))
		rv = CKR_DEVICE_ERROR;
	if (rv == CKR_OK)
		rv = zy_tpm_judge(t, Tss2_Sys_Sign_Complete(sys, &signature));
	if (rv == CKR_OK && !take_signature(&signature, rs))
		rv = CKR_DEVICE_ERROR;
	if (rv == CKR_OK)
		return CKR_OK;
	/* The session's nonces may be out of step now; a refused authorisation is a key of other hands, no wrong PIN.
	 */
	zy_tpm_abandon(t);
	return rv == CKR_PIN_INCORRECT ? CKR_DEVICE_ERROR : rv;
}
