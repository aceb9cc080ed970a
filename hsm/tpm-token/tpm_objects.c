#include "tpm.h"

#include <openssl/crypto.h>
#include <tss2/tss2_mu.h>

#include "tpm_private.h"

#define AUTH_LEN 32u

/* The sealed token secret: no noDA, so wrong PINs count on the TPM's dictionary-attack protection. */
static const TPM2B_PUBLIC sealed_template = {
	.publicArea = {
		.type = TPM2_ALG_KEYEDHASH,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_USERWITHAUTH,
		.parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL,
	},
};

/* Unrestricted, because the TPM has no SM3 to make a digest ticket with; SHA-256 stands for "32 bytes": e goes in as
 * it is. noDA: the authorisation is 256 random bits, and a lockout must not stop a signer that is logged in. */
static const TPM2B_PUBLIC key_template = {
	.publicArea = {
		.type = TPM2_ALG_ECC,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
			TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_SIGN_ENCRYPT,
		.parameters.eccDetail = {
			.symmetric.algorithm = TPM2_ALG_NULL,
			.scheme = { .scheme = TPM2_ALG_SM2, .details.sm2.hashAlg = TPM2_ALG_SHA256 },
			.curveID = TPM2_ECC_SM2_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		},
	},
};

struct zy_tpm_blob zy_tpm_made_blob(const struct zy_tpm_made *made)
{
	return (
	    struct zy_tpm_blob){ ZY_BYTES(made->public, made->public_len), ZY_BYTES(made->private, made->private_len) };
}

static void drop_loaded(struct zy_tpm *t, struct zy_tpm_loaded *l)
{
	TSS2_SYS_CONTEXT *sys;

	if (l->key != 0 && t->esys != NULL && Esys_GetSysContext(t->esys, &sys) == TSS2_RC_SUCCESS)
		Tss2_Sys_FlushContext(sys, l->handle); /* a TPM that is gone has forgotten it already */
	*l = (struct zy_tpm_loaded){ 0 };
}

void zy_tpm_forget(struct zy_tpm *t)
{
	for (size_t i = 0; i < ZY_TPM_LOADED_MAX; i++)
		drop_loaded(t, &t->loaded[i]);
}

struct zy_tpm_loaded *zy_tpm_make_place(struct zy_tpm *t)
{
	struct zy_tpm_loaded *oldest = &t->loaded[0];

	for (size_t i = 0; i < ZY_TPM_LOADED_MAX; i++) {
		if (t->loaded[i].key == 0)
			return &t->loaded[i];
		if (t->loaded[i].used < oldest->used)
			oldest = &t->loaded[i];
	}
	drop_loaded(t, oldest);
	return oldest;
}

static bool marshal_made(struct zy_tpm_made *out, const TPM2B_PUBLIC *public, const TPM2B_PRIVATE *private)
{
	out->public_len = out->private_len = 0;
	return Tss2_MU_TPM2B_PUBLIC_Marshal(public, out->public, sizeof(out->public), &out->public_len) ==
		   TSS2_RC_SUCCESS &&
	       Tss2_MU_TPM2B_PRIVATE_Marshal(private, out->private, sizeof(out->private), &out->private_len) ==
		   TSS2_RC_SUCCESS;
}

/* TPM2_Create under the primary. The TPM needs an object slot for it while it works. */
static CK_RV create(
    struct zy_tpm *t, const TPM2B_PUBLIC *template, const TPM2B_SENSITIVE_CREATE *sensitive, struct zy_tpm_made *out)
{
	const TPM2B_DATA no_data = { 0 };
	const TPML_PCR_SELECTION no_pcr = { 0 };
	TPM2B_PUBLIC *public = NULL;
	TPM2B_PRIVATE *private = NULL;
	ESYS_TR session;
	CK_RV rv = zy_tpm_session(t, TPMA_SESSION_DECRYPT, &session);

	if (rv != CKR_OK)
		return rv;
	zy_tpm_make_place(t);
	rv = zy_tpm_judge(t, Esys_Create(t->esys, t->primary, session, ESYS_TR_NONE, ESYS_TR_NONE, sensitive, template,
				 &no_data, &no_pcr, &private, &public, NULL, NULL, NULL));
	if (rv == CKR_OK && !marshal_made(out, public, private))
		rv = CKR_DEVICE_ERROR;
	Esys_Free(public);
	Esys_Free(private);
	return rv;
}

CK_RV zy_tpm_seal(
    struct zy_tpm *t, const uint8_t auth[AUTH_LEN], const uint8_t secret[ZY_TPM_SECRET_LEN], struct zy_tpm_made *out)
{
	TPM2B_SENSITIVE_CREATE s = { .sensitive = { .userAuth.size = AUTH_LEN, .data.size = ZY_TPM_SECRET_LEN } };
	CK_RV rv;

	memcpy(s.sensitive.userAuth.buffer, auth, AUTH_LEN);
	memcpy(s.sensitive.data.buffer, secret, ZY_TPM_SECRET_LEN);
	rv = create(t, &sealed_template, &s, out);
	OPENSSL_cleanse(&s, sizeof(s));
	return rv;
}

CK_RV zy_tpm_make_key(struct zy_tpm *t, const uint8_t auth[AUTH_LEN], struct zy_tpm_made *out)
{
	TPM2B_SENSITIVE_CREATE s = { .sensitive.userAuth.size = AUTH_LEN };
	CK_RV rv;

	memcpy(s.sensitive.userAuth.buffer, auth, AUTH_LEN);
	rv = create(t, &key_template, &s, out);
	OPENSSL_cleanse(&s, sizeof(s));
	return rv;
}

static bool unmarshal_public(struct zy_bytes in, TPM2B_PUBLIC *out)
{
	size_t at = 0;

	return Tss2_MU_TPM2B_PUBLIC_Unmarshal(in.p, in.len, &at, out) == TSS2_RC_SUCCESS && at == in.len;
}

static bool unmarshal_private(struct zy_bytes in, TPM2B_PRIVATE *out)
{
	size_t at = 0;

	return Tss2_MU_TPM2B_PRIVATE_Unmarshal(in.p, in.len, &at, out) == TSS2_RC_SUCCESS && at == in.len;
}

bool zy_tpm_unmarshal(const struct zy_tpm_blob *blob, TPM2B_PUBLIC *public, TPM2B_PRIVATE *private)
{
	return unmarshal_public(blob->public, public) && unmarshal_private(blob->private, private);
}

/* Loads a sealed object; the TPM itself refuses a private part that is altered or of another public one. */
static CK_RV load(struct zy_tpm *t, const struct zy_tpm_blob *blob, const uint8_t auth[AUTH_LEN], ESYS_TR *object)
{
	TPM2B_AUTH a = { .size = AUTH_LEN };
	TPM2B_PRIVATE private = { 0 };
	TPM2B_PUBLIC public = { 0 };
	CK_RV rv = zy_tpm_ready(t);

	if (rv != CKR_OK)
		return rv;
	if (!zy_tpm_unmarshal(blob, &public, &private))
		return CKR_DEVICE_ERROR;
	rv = zy_tpm_judge(
	    t, Esys_Load(t->esys, t->primary, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &private, &public, object));
	if (rv != CKR_OK)
		return rv;
	memcpy(a.buffer, auth, AUTH_LEN);
	rv = zy_tpm_judge(t, Esys_TR_SetAuth(t->esys, *object, &a));
	OPENSSL_cleanse(&a, sizeof(a));
	return rv;
}

/* ESYS keeps a copy of the authorisation value and frees it as it is: overwrite it first. */
static void unload(struct zy_tpm *t, ESYS_TR object)
{
	const TPM2B_AUTH zeros = { .size = AUTH_LEN };

	if (t->esys == NULL)
		return;
	Esys_TR_SetAuth(t->esys, object, &zeros);
	Esys_FlushContext(t->esys, object);
}

CK_RV zy_tpm_unseal(
    struct zy_tpm *t, const uint8_t auth[AUTH_LEN], const struct zy_tpm_blob *sealed, uint8_t secret[ZY_TPM_SECRET_LEN])
{
	TPM2B_SENSITIVE_DATA *data = NULL;
	ESYS_TR object, session;
	CK_RV rv;

	zy_tpm_make_place(t);
	if ((rv = load(t, sealed, auth, &object)) != CKR_OK)
		return rv;
	if ((rv = zy_tpm_session(t, TPMA_SESSION_ENCRYPT, &session)) == CKR_OK)
		rv = zy_tpm_judge(t, Esys_Unseal(t->esys, object, session, ESYS_TR_NONE, ESYS_TR_NONE, &data));
	if (rv == CKR_OK && data->size == ZY_TPM_SECRET_LEN)
		memcpy(secret, data->buffer, ZY_TPM_SECRET_LEN);
	else if (rv == CKR_OK)
		rv = CKR_DEVICE_ERROR;
	if (data != NULL)
		OPENSSL_cleanse(data, sizeof(*data));
	Esys_Free(data);
	unload(t, object);
	return rv;
}

bool zy_tpm_point(struct zy_bytes public, uint8_t point[65])
{
	TPM2B_PUBLIC p = { 0 };
	const TPMS_ECC_POINT *xy = &p.publicArea.unique.ecc;

	if (!unmarshal_public(public, &p) || p.publicArea.type != TPM2_ALG_ECC ||
	    p.publicArea.parameters.eccDetail.curveID != TPM2_ECC_SM2_P256 || xy->x.size > 32 || xy->y.size > 32)
		return false;
	memset(point, 0, 65);
	point[0] = 4;
	memcpy(point + 33 - xy->x.size, xy->x.buffer, xy->x.size);
	memcpy(point + 65 - xy->y.size, xy->y.buffer, xy->y.size);
	return true;
}
