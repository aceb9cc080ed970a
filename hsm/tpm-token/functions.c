/* The function list, and the functions of PKCS#11 2.40 that this token does not have. */
#include <p11-kit/pkcs11.h>

/* A stub has the parameters of its prototype and looks at none of them. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define REFUSE(name, code, ...)                                                                                        \
	CK_RV name(__VA_ARGS__)                                                                                        \
	{                                                                                                              \
		return code;                                                                                           \
	}
#define NOT_SUPPORTED(name, ...) REFUSE(name, CKR_FUNCTION_NOT_SUPPORTED, __VA_ARGS__)

NOT_SUPPORTED(C_WaitForSlotEvent, CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
NOT_SUPPORTED(
    C_GetOperationState, CK_SESSION_HANDLE session, unsigned char *operation_state, CK_ULONG *operation_state_len)
NOT_SUPPORTED(C_SetOperationState, CK_SESSION_HANDLE session, unsigned char *operation_state,
    CK_ULONG operation_state_len, CK_OBJECT_HANDLE encryption_key, CK_OBJECT_HANDLE authentiation_key)
NOT_SUPPORTED(C_CreateObject, CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ, CK_ULONG count, CK_OBJECT_HANDLE *object)
NOT_SUPPORTED(C_CopyObject, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE *new_object)
NOT_SUPPORTED(C_GetObjectSize, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG *size)
NOT_SUPPORTED(
    C_SetAttributeValue, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *templ, CK_ULONG count)
NOT_SUPPORTED(C_EncryptInit, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
NOT_SUPPORTED(C_Encrypt, CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len,
    unsigned char *encrypted_data, CK_ULONG *encrypted_data_len)
NOT_SUPPORTED(C_EncryptUpdate, CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len,
    unsigned char *encrypted_part, CK_ULONG *encrypted_part_len)
NOT_SUPPORTED(
    C_EncryptFinal, CK_SESSION_HANDLE session, unsigned char *last_encrypted_part, CK_ULONG *last_encrypted_part_len)
NOT_SUPPORTED(C_DecryptInit, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
NOT_SUPPORTED(C_Decrypt, CK_SESSION_HANDLE session, unsigned char *encrypted_data, CK_ULONG encrypted_data_len,
    unsigned char *data, CK_ULONG *data_len)
NOT_SUPPORTED(C_DecryptUpdate, CK_SESSION_HANDLE session, unsigned char *encrypted_part, CK_ULONG encrypted_part_len,
    unsigned char *part, CK_ULONG *part_len)
NOT_SUPPORTED(C_DecryptFinal, CK_SESSION_HANDLE session, unsigned char *last_part, CK_ULONG *last_part_len)
NOT_SUPPORTED(C_DigestInit, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism)
NOT_SUPPORTED(C_Digest, CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len, unsigned char *digest,
    CK_ULONG *digest_len)
NOT_SUPPORTED(C_DigestUpdate, CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
NOT_SUPPORTED(C_DigestKey, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
NOT_SUPPORTED(C_DigestFinal, CK_SESSION_HANDLE session, unsigned char *digest, CK_ULONG *digest_len)
NOT_SUPPORTED(C_SignUpdate, CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
NOT_SUPPORTED(C_SignFinal, CK_SESSION_HANDLE session, unsigned char *signature, CK_ULONG *signature_len)
NOT_SUPPORTED(C_SignRecoverInit, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
NOT_SUPPORTED(C_SignRecover, CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len,
    unsigned char *signature, CK_ULONG *signature_len)
NOT_SUPPORTED(C_VerifyInit, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
NOT_SUPPORTED(C_Verify, CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len, unsigned char *signature,
    CK_ULONG signature_len)
NOT_SUPPORTED(C_VerifyUpdate, CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
NOT_SUPPORTED(C_VerifyFinal, CK_SESSION_HANDLE session, unsigned char *signature, CK_ULONG signature_len)
NOT_SUPPORTED(C_VerifyRecoverInit, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
NOT_SUPPORTED(C_VerifyRecover, CK_SESSION_HANDLE session, unsigned char *signature, CK_ULONG signature_len,
    unsigned char *data, CK_ULONG *data_len)
NOT_SUPPORTED(C_DigestEncryptUpdate, CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len,
    unsigned char *encrypted_part, CK_ULONG *encrypted_part_len)
NOT_SUPPORTED(C_DecryptDigestUpdate, CK_SESSION_HANDLE session, unsigned char *encrypted_part,
    CK_ULONG encrypted_part_len, unsigned char *part, CK_ULONG *part_len)
NOT_SUPPORTED(C_SignEncryptUpdate, CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len,
    unsigned char *encrypted_part, CK_ULONG *encrypted_part_len)
NOT_SUPPORTED(C_DecryptVerifyUpdate, CK_SESSION_HANDLE session, unsigned char *encrypted_part,
    CK_ULONG encrypted_part_len, unsigned char *part, CK_ULONG *part_len)
NOT_SUPPORTED(C_GenerateKey, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE *key)
NOT_SUPPORTED(C_WrapKey, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
    CK_OBJECT_HANDLE key, unsigned char *wrapped_key, CK_ULONG *wrapped_key_len)
NOT_SUPPORTED(C_UnwrapKey, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key,
    unsigned char *wrapped_key, CK_ULONG wrapped_key_len, CK_ATTRIBUTE *templ, CK_ULONG attribute_count,
    CK_OBJECT_HANDLE *key)
NOT_SUPPORTED(C_DeriveKey, CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
    CK_ATTRIBUTE *templ, CK_ULONG attribute_count, CK_OBJECT_HANDLE *key)
NOT_SUPPORTED(C_SeedRandom, CK_SESSION_HANDLE session, unsigned char *seed, CK_ULONG seed_len)
REFUSE(C_GetFunctionStatus, CKR_FUNCTION_NOT_PARALLEL, CK_SESSION_HANDLE session)
REFUSE(C_CancelFunction, CKR_FUNCTION_NOT_PARALLEL, CK_SESSION_HANDLE session)

static CK_FUNCTION_LIST functions = {
	.version = { 2, 40 },
	.C_Initialize = C_Initialize,
	.C_Finalize = C_Finalize,
	.C_GetInfo = C_GetInfo,
	.C_GetFunctionList = C_GetFunctionList,
	.C_GetSlotList = C_GetSlotList,
	.C_GetSlotInfo = C_GetSlotInfo,
	.C_GetTokenInfo = C_GetTokenInfo,
	.C_GetMechanismList = C_GetMechanismList,
	.C_GetMechanismInfo = C_GetMechanismInfo,
	.C_InitToken = C_InitToken,
	.C_InitPIN = C_InitPIN,
	.C_SetPIN = C_SetPIN,
	.C_OpenSession = C_OpenSession,
	.C_CloseSession = C_CloseSession,
	.C_CloseAllSessions = C_CloseAllSessions,
	.C_GetSessionInfo = C_GetSessionInfo,
	.C_GetOperationState = C_GetOperationState,
	.C_SetOperationState = C_SetOperationState,
	.C_Login = C_Login,
	.C_Logout = C_Logout,
	.C_CreateObject = C_CreateObject,
	.C_CopyObject = C_CopyObject,
	.C_DestroyObject = C_DestroyObject,
	.C_GetObjectSize = C_GetObjectSize,
	.C_GetAttributeValue = C_GetAttributeValue,
	.C_SetAttributeValue = C_SetAttributeValue,
	.C_FindObjectsInit = C_FindObjectsInit,
	.C_FindObjects = C_FindObjects,
	.C_FindObjectsFinal = C_FindObjectsFinal,
	.C_EncryptInit = C_EncryptInit,
	.C_Encrypt = C_Encrypt,
	.C_EncryptUpdate = C_EncryptUpdate,
	.C_EncryptFinal = C_EncryptFinal,
	.C_DecryptInit = C_DecryptInit,
	.C_Decrypt = C_Decrypt,
	.C_DecryptUpdate = C_DecryptUpdate,
	.C_DecryptFinal = C_DecryptFinal,
	.C_DigestInit = C_DigestInit,
	.C_Digest = C_Digest,
	.C_DigestUpdate = C_DigestUpdate,
	.C_DigestKey = C_DigestKey,
	.C_DigestFinal = C_DigestFinal,
	.C_SignInit = C_SignInit,
	.C_Sign = C_Sign,
	.C_SignUpdate = C_SignUpdate,
	.C_SignFinal = C_SignFinal,
	.C_SignRecoverInit = C_SignRecoverInit,
	.C_SignRecover = C_SignRecover,
	.C_VerifyInit = C_VerifyInit,
	.C_Verify = C_Verify,
	.C_VerifyUpdate = C_VerifyUpdate,
	.C_VerifyFinal = C_VerifyFinal,
	.C_VerifyRecoverInit = C_VerifyRecoverInit,
	.C_VerifyRecover = C_VerifyRecover,
	.C_DigestEncryptUpdate = C_DigestEncryptUpdate,
	.C_DecryptDigestUpdate = C_DecryptDigestUpdate,
	.C_SignEncryptUpdate = C_SignEncryptUpdate,
	.C_DecryptVerifyUpdate = C_DecryptVerifyUpdate,
	.C_GenerateKey = C_GenerateKey,
	.C_GenerateKeyPair = C_GenerateKeyPair,
	.C_WrapKey = C_WrapKey,
	.C_UnwrapKey = C_UnwrapKey,
	.C_DeriveKey = C_DeriveKey,
	.C_SeedRandom = C_SeedRandom,
	.C_GenerateRandom = C_GenerateRandom,
	.C_GetFunctionStatus = C_GetFunctionStatus,
	.C_CancelFunction = C_CancelFunction,
	.C_WaitForSlotEvent = C_WaitForSlotEvent,
};

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = &functions;
	return CKR_OK;
}
