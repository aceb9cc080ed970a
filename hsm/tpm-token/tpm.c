#include "tpm.h"

#include <openssl/crypto.h>
#include <tss2/tss2_tctildr.h>

#include "tcti_unix.h"
#include "tpm_private.h"

/* The library's own TPM2_TRANSIENT_FIRST shifts 0x80 into the sign bit of an int. */
#define TRANSIENT_FIRST ((TPM2_HANDLE)TPM2_HT_TRANSIENT << TPM2_HR_SHIFT)

#define NO_SESSION ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE

static void release_connection(struct zy_tpm *t)
{
	if (t->esys != NULL)
		Esys_Finalize(&t->esys);
	if (t->is_sole)
		zy_tcti_unix_close(t->tcti);
	else if (t->tcti != NULL)
		Tss2_TctiLdr_Finalize(&t->tcti);
	t->tcti = NULL;
	t->primary = t->session = ESYS_TR_NONE;
	t->sign_session = 0;
	memset(t->loaded, 0, sizeof(t->loaded));
}

static bool is_format_one(TSS2_RC rc, TSS2_RC code)
{
	/* TPM 2.0 part 2, 6.6.2: bit 7 set, the error in bits 0..5, the rest tells which handle or parameter */
	return (rc & TPM2_RC_FMT1) != 0 && ((rc & 0x3f) | TPM2_RC_FMT1) == code;
}

CK_RV zy_tpm_judge(struct zy_tpm *t, TSS2_RC rc)
{
	if (rc == TSS2_RC_SUCCESS)
		return CKR_OK;
	if ((rc & TSS2_RC_LAYER_MASK) == 0) {
		if (is_format_one(rc, TPM2_RC_AUTH_FAIL) || is_format_one(rc, TPM2_RC_BAD_AUTH))
			return CKR_PIN_INCORRECT;
		if (rc == TPM2_RC_LOCKOUT)
			return CKR_PIN_LOCKED;
	}
	zy_tpm_abandon(t);
	return CKR_DEVICE_ERROR;
}

void zy_tpm_abandon(struct zy_tpm *t)
{
	release_connection(t);
}

/* Handles of one kind that are loaded now. */
static TSS2_RC list_handles(struct zy_tpm *t, TPM2_HANDLE first, TPML_HANDLE *out)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	TPMI_YES_NO more;
	TSS2_RC rc = Esys_GetCapability(t->esys, NO_SESSION, TPM2_CAP_HANDLES, first, 32, &more, &data);

	if (rc == TSS2_RC_SUCCESS)
		*out = data->data.handles;
	Esys_Free(data);
	return rc;
}

static TSS2_RC flush_all(struct zy_tpm *t, TPM2_HANDLE first)
{
	TPML_HANDLE handles = { 0 };
	TSS2_SYS_CONTEXT *sys;
	TSS2_RC rc;

	if ((rc = list_handles(t, first, &handles)) != TSS2_RC_SUCCESS ||
	    (rc = Esys_GetSysContext(t->esys, &sys)) != TSS2_RC_SUCCESS)
		return rc;
	for (UINT32 i = 0; i < handles.count && rc == TSS2_RC_SUCCESS; i++)
		rc = Tss2_Sys_FlushContext(sys, handles.handle[i]);
	return rc;
}

/* A bare TPM keeps the objects of a client that died; nobody else is here, so they are ours. */
static TSS2_RC sweep(struct zy_tpm *t)
{
	TPML_HANDLE ignored;
	TSS2_RC rc;

	if (!t->is_sole)
		return list_handles(t, TRANSIENT_FIRST, &ignored);
	if ((rc = flush_all(t, TRANSIENT_FIRST)) != TSS2_RC_SUCCESS)
		return rc;
	return flush_all(t, TPM2_LOADED_SESSION_FIRST);
}

static CK_RV connect_tpm(struct zy_tpm *t)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (t->esys != NULL)
		return CKR_OK;
	t->is_sole = strncmp(t->tcti_text, "unix:", 5) == 0;
	t->primary = t->session = ESYS_TR_NONE;
	if (t->is_sole)
		t->tcti = zy_tcti_unix_open(t->tcti_text + 5);
	else
		rc = Tss2_TctiLdr_Initialize(t->tcti_text, &t->tcti);
	if (t->tcti == NULL || rc != TSS2_RC_SUCCESS)
		return CKR_TOKEN_NOT_PRESENT;
	if (Esys_Initialize(&t->esys, t->tcti, NULL) == TSS2_RC_SUCCESS && sweep(t) == TSS2_RC_SUCCESS)
		return CKR_OK;
	release_connection(t);
	return CKR_TOKEN_NOT_PRESENT;
}

CK_RV zy_tpm_ping(struct zy_tpm *t)
{
	TPML_HANDLE ignored;

	if (t->esys == NULL)
		return connect_tpm(t);
	if (list_handles(t, TRANSIENT_FIRST, &ignored) == TSS2_RC_SUCCESS)
		return CKR_OK;
	zy_tpm_abandon(t);
	return connect_tpm(t); /* it may have come back meanwhile */
}

/* The storage key that wraps all others. A change here orphans every stored key. */
static const TPM2B_PUBLIC primary_template = {
	.publicArea = {
		.type = TPM2_ALG_ECC,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
			TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
		.parameters.eccDetail = {
			.symmetric = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB },
			.scheme.scheme = TPM2_ALG_NULL,
			.curveID = TPM2_ECC_NIST_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		},
	},
};

static CK_RV take_name(struct zy_tpm *t)
{
	TPM2B_NAME *name = NULL;
	CK_RV rv = zy_tpm_judge(t, Esys_TR_GetName(t->esys, t->primary, &name));

	if (rv == CKR_OK && name->size != ZY_TPM_NAME_LEN)
		rv = CKR_DEVICE_ERROR;
	if (rv == CKR_OK)
		memcpy(t->name, name->name, ZY_TPM_NAME_LEN);
	Esys_Free(name);
	return rv;
}

static CK_RV make_primary(struct zy_tpm *t)
{
	const TPM2B_SENSITIVE_CREATE nothing = { 0 };
	const TPM2B_DATA no_data = { 0 };
	const TPML_PCR_SELECTION no_pcr = { 0 };
	CK_RV rv;

	if (t->primary == ESYS_TR_NONE) {
		rv = zy_tpm_judge(
		    t, Esys_CreatePrimary(t->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
			   &nothing, &primary_template, &no_data, &no_pcr, &t->primary, NULL, NULL, NULL, NULL));
		if (rv != CKR_OK || (rv = take_name(t)) != CKR_OK)
			return rv == CKR_PIN_INCORRECT ? CKR_DEVICE_ERROR : rv; /* an owner password is not ours */
	}
	/* The salt of the session goes to this key: it must be the one the token was made under. */
	if (t->expected != NULL && memcmp(t->expected, t->name, ZY_TPM_NAME_LEN) != 0)
		return CKR_TOKEN_NOT_RECOGNIZED;
	return CKR_OK;
}

CK_RV zy_tpm_ready(struct zy_tpm *t)
{
	const TPMT_SYM_DEF cipher = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB };
	CK_RV rv;

	if ((rv = connect_tpm(t)) != CKR_OK || (rv = make_primary(t)) != CKR_OK)
		return rv;
	if (t->session != ESYS_TR_NONE)
		return CKR_OK;
	return zy_tpm_judge(t, Esys_StartAuthSession(t->esys, t->primary, ESYS_TR_NONE, NO_SESSION, NULL, TPM2_SE_HMAC,
				   &cipher, TPM2_ALG_SHA256, &t->session));
}

CK_RV zy_tpm_session(struct zy_tpm *t, TPMA_SESSION encryption, ESYS_TR *session)
{
	CK_RV rv = zy_tpm_ready(t);

	if (rv != CKR_OK)
		return rv;
	*session = t->session;
	return zy_tpm_judge(
	    t, Esys_TRSess_SetAttributes(t->esys, t->session, TPMA_SESSION_CONTINUESESSION | encryption, 0xff));
}

CK_RV zy_tpm_sys(struct zy_tpm *t, TSS2_SYS_CONTEXT **sys)
{
	CK_RV rv = zy_tpm_ready(t);

	return rv != CKR_OK ? rv : zy_tpm_judge(t, Esys_GetSysContext(t->esys, sys));
}

void zy_tpm_close(struct zy_tpm *t)
{
	TSS2_SYS_CONTEXT *sys;

	if (t->esys == NULL)
		return;
	zy_tpm_forget(t);
	/* Good manners only: what a dead connection cannot flush, the next sweep does. */
	if (t->sign_session != 0 && Esys_GetSysContext(t->esys, &sys) == TSS2_RC_SUCCESS)
		Tss2_Sys_FlushContext(sys, t->sign_session);
	if (t->session != ESYS_TR_NONE)
		Esys_FlushContext(t->esys, t->session);
	if (t->primary != ESYS_TR_NONE)
		Esys_FlushContext(t->esys, t->primary);
	release_connection(t);
}

void zy_tpm_set_tries(struct zy_tpm *t)
{
	const UINT32 tries = 10, recovery_s = 600, lockout_recovery_s = 600;

	if (!t->is_sole || zy_tpm_ready(t) != CKR_OK)
		return;
	/* Refused where the lockout hierarchy has a password: then somebody has set it up already. */
	Esys_DictionaryAttackParameters(t->esys, ESYS_TR_RH_LOCKOUT, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
	    tries, recovery_s, lockout_recovery_s);
}

void zy_tpm_forgive(struct zy_tpm *t)
{
	if (t->is_sole && zy_tpm_ready(t) == CKR_OK)
		Esys_DictionaryAttackLockReset(
		    t->esys, ESYS_TR_RH_LOCKOUT, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE);
}

CK_RV zy_tpm_random(struct zy_tpm *t, uint8_t *out, size_t len)
{
	CK_RV rv = CKR_OK;
	ESYS_TR session;

	for (size_t done = 0; done < len && rv == CKR_OK;) {
		size_t want = len - done < 32 ? len - done : 32;
		TPM2B_DIGEST *got = NULL;

		if ((rv = zy_tpm_session(t, TPMA_SESSION_ENCRYPT, &session)) != CKR_OK)
			break;
		rv = zy_tpm_judge(t, Esys_GetRandom(t->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, (UINT16)want, &got));
		if (rv == CKR_OK && (got->size == 0 || got->size > want))
			rv = CKR_DEVICE_ERROR;
		if (rv == CKR_OK) {
			memcpy(out + done, got->buffer, got->size);
			done += got->size;
			OPENSSL_cleanse(got, sizeof(*got));
		}
		Esys_Free(got);
	}
	return rv;
}
