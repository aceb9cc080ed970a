#include "token.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "tpm-token/sm2.h"
#include "zy/sm2.h"

static const struct zy_bytes default_id = ZY_LITERAL("1234567812345678"); /* GM/T 0009, 10 */

/* Only id-message takes a parameter: the ID, at least one byte. */
static CK_RV check_parameter(const struct zy_module *m, const CK_MECHANISM *mechanism)
{
	bool has = mechanism->pParameter != NULL && mechanism->ulParameterLen > 0;

	if (m->config.input == ZY_TPM_IN_ID_MESSAGE)
		return has && mechanism->ulParameterLen <= ZY_SM2_ID_MAX ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
	return mechanism->pParameter == NULL && mechanism->ulParameterLen == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV start(struct zy_module *m, struct zy_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	CK_OBJECT_CLASS class;
	CK_RV rv;

	if (s->is_signing)
		return CKR_OPERATION_ACTIVE;
	if (mechanism->mechanism != m->config.mechanism)
		return CKR_MECHANISM_INVALID;
	if ((rv = check_parameter(m, mechanism)) != CKR_OK)
		return rv;
	if (m->role != ZY_ROLE_USER)
		return CKR_USER_NOT_LOGGED_IN;
	if (zy_object_find(m, key, &class) == NULL)
		return CKR_KEY_HANDLE_INVALID;
	if (class != CKO_PRIVATE_KEY)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (mechanism->ulParameterLen > 0) {
		if ((s->sign_id = malloc(mechanism->ulParameterLen)) == NULL)
			return CKR_HOST_MEMORY;
		memcpy(s->sign_id, mechanism->pParameter, mechanism->ulParameterLen);
		s->sign_id_len = mechanism->ulParameterLen;
	}
	s->sign_key = key;
	s->is_signing = true;
	return CKR_OK;
}

CK_RV C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	return zy_module_leave(mechanism == NULL ? CKR_ARGUMENTS_BAD : start(m, s, mechanism, key));
}

/* The 32 bytes that the TPM signs. */
static CK_RV compute_e(
    const struct zy_module *m, const struct zy_session *s, const struct zy_pair *p, struct zy_bytes in, uint8_t e[32])
{
	struct zy_bytes id = s->sign_id == NULL ? default_id : ZY_BYTES(s->sign_id, s->sign_id_len);
	struct zy_error ignored = { 0 };

	if (m->config.input != ZY_TPM_IN_E)
		return zy_sm2_e(id, p->point, in, e, &ignored) ? CKR_OK : CKR_FUNCTION_FAILED;
	if (in.len != 32)
		return CKR_DATA_LEN_RANGE;
	memcpy(e, in.p, 32);
	return CKR_OK;
}

static CK_RV sign(struct zy_module *m, const struct zy_session *s, struct zy_bytes in, uint8_t rs[64])
{
	CK_OBJECT_CLASS class;
	const struct zy_pair *p = zy_object_find(m, s->sign_key, &class);
	uint8_t e[32], auth[32];
	CK_RV rv;

	if (p == NULL)
		return CKR_KEY_HANDLE_INVALID; /* destroyed since C_SignInit */
	if ((rv = compute_e(m, s, p, in, e)) != CKR_OK ||
	    (rv = zy_token_derive(m, "zy-tpm-token key", p->number, auth)) != CKR_OK)
		return rv;
	rv = zy_tpm_sign(&m->tpm, p->number, &p->file.blob, auth, e, rs);
	OPENSSL_cleanse(auth, sizeof(auth));
	return rv;
}

/* The operation lives on only after a length query or a buffer too small (PKCS#11 2.40, 5.2 and 5.11). */
static CK_RV finish(
    struct zy_module *m, struct zy_session *s, struct zy_bytes in, unsigned char *signature, CK_ULONG *len)
{
	CK_ULONG most = m->config.output == ZY_TPM_OUT_DER ? ZY_SM2_DER_MAX : 64;
	ZY_BUF_AUTO out = { 0 };
	uint8_t rs[64];
	CK_RV rv;

	if (signature == NULL || *len < most) {
		rv = signature == NULL ? CKR_OK : CKR_BUFFER_TOO_SMALL;
		*len = most;
		return rv;
	}
	rv = sign(m, s, in, rs);
	zy_session_end_sign(s);
	if (rv != CKR_OK)
		return rv;
	if (m->config.output == ZY_TPM_OUT_DER)
		zy_sm2_signature_encode(&out, rs);
	else
		zy_buf_put(&out, ZY_BYTES(rs, sizeof(rs)));
	if (out.failed)
		return CKR_HOST_MEMORY;
	memcpy(signature, out.p, out.len);
	*len = out.len;
	return CKR_OK;
}

CK_RV C_Sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len, unsigned char *signature, CK_ULONG *len)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (!s->is_signing)
		rv = m->role == ZY_ROLE_USER ? CKR_OPERATION_NOT_INITIALIZED : CKR_USER_NOT_LOGGED_IN;
	else if ((data == NULL && data_len > 0) || len == NULL) {
		zy_session_end_sign(s);
		rv = CKR_ARGUMENTS_BAD;
	} else
		rv = finish(m, s, ZY_BYTES(data, data_len), signature, len);
	return zy_module_leave(rv);
}
