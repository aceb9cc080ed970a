#include "token.h"

#include "zy/text.h"

static void pad(unsigned char *out, size_t len, struct zy_bytes text)
{
	memset(out, ' ', len);
	memcpy(out, text.p, text.len < len ? text.len : len);
}

/* Looks for the TPM; without a session the connection is given back, so that another process can have it. */
static CK_RV look(struct zy_module *m)
{
	CK_RV rv = zy_tpm_ping(&m->tpm);

	if (m->num_sessions == 0)
		zy_tpm_close(&m->tpm);
	return rv;
}

CK_RV C_GetSlotList(CK_BBOOL token_present, CK_SLOT_ID *list, CK_ULONG *count)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);
	CK_ULONG num;

	if (rv != CKR_OK)
		return rv;
	if (count == NULL)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	num = !token_present || look(m) == CKR_OK ? 1 : 0;
	if (list != NULL && *count < num)
		rv = CKR_BUFFER_TOO_SMALL;
	else if (list != NULL && num == 1)
		list[0] = ZY_SLOT;
	*count = num;
	return zy_module_leave(rv);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT || info == NULL)
		return zy_module_leave(slot != ZY_SLOT ? CKR_SLOT_ID_INVALID : CKR_ARGUMENTS_BAD);
	*info = (CK_SLOT_INFO){ .flags = CKF_REMOVABLE_DEVICE };
	if (look(m) == CKR_OK)
		info->flags |= CKF_TOKEN_PRESENT;
	if (strncmp(m->tcti, "device:", 7) == 0)
		info->flags |= CKF_HW_SLOT;
	pad(info->slotDescription, sizeof(info->slotDescription), zy_str(m->tcti));
	pad(info->manufacturerID, sizeof(info->manufacturerID), ZY_LITERAL("zhengyin"));
	return zy_module_leave(CKR_OK);
}

static CK_ULONG count_sessions(const struct zy_module *m, bool rw_only)
{
	CK_ULONG num = 0;

	for (size_t i = 0; i < m->num_sessions; i++)
		num += !rw_only || zy_session_is_rw(m->sessions[i]);
	return num;
}

static void describe_token(const struct zy_module *m, CK_TOKEN_INFO *info)
{
	char serial[2 * ZY_TPM_SERIAL_LEN + 1] = "";

	*info = (CK_TOKEN_INFO){
		.flags = CKF_RNG | CKF_LOGIN_REQUIRED,
		.ulMaxSessionCount = ZY_SESSIONS_MAX,
		.ulSessionCount = count_sessions(m, false),
		.ulMaxRwSessionCount = ZY_SESSIONS_MAX,
		.ulRwSessionCount = count_sessions(m, true),
		.ulMaxPinLen = ZY_PIN_MAX,
		.ulMinPinLen = ZY_PIN_MIN,
		.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION,
	};
	pad(info->label, sizeof(info->label), m->has_token ? m->token.label : m->config.label);
	pad(info->manufacturerID, sizeof(info->manufacturerID), ZY_LITERAL("zhengyin"));
	pad(info->model, sizeof(info->model), ZY_LITERAL("TPM 2.0 SM2"));
	if (m->has_token)
		zy_hex(m->token.serial, serial);
	pad(info->serialNumber, sizeof(info->serialNumber), zy_str(serial));
	pad(info->utcTime, sizeof(info->utcTime), ZY_LITERAL(""));
	if (m->has_token)
		info->flags |= CKF_TOKEN_INITIALIZED;
	if (m->has_token && m->token.has_user)
		info->flags |= CKF_USER_PIN_INITIALIZED;
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT || info == NULL)
		return zy_module_leave(slot != ZY_SLOT ? CKR_SLOT_ID_INVALID : CKR_ARGUMENTS_BAD);
	if ((rv = look(m)) != CKR_OK || (rv = zy_store_read_token(m)) != CKR_OK)
		return zy_module_leave(rv);
	describe_token(m, info);
	return zy_module_leave(CKR_OK);
}

CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT || count == NULL)
		return zy_module_leave(slot != ZY_SLOT ? CKR_SLOT_ID_INVALID : CKR_ARGUMENTS_BAD);
	if (list != NULL && *count < 2)
		rv = CKR_BUFFER_TOO_SMALL;
	else if (list != NULL) {
		list[0] = CKM_EC_KEY_PAIR_GEN;
		list[1] = m->config.mechanism;
	}
	*count = 2;
	return zy_module_leave(rv);
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT || info == NULL)
		return zy_module_leave(slot != ZY_SLOT ? CKR_SLOT_ID_INVALID : CKR_ARGUMENTS_BAD);
	if (type != CKM_EC_KEY_PAIR_GEN && type != m->config.mechanism)
		return zy_module_leave(CKR_MECHANISM_INVALID);
	*info = (CK_MECHANISM_INFO){ .ulMinKeySize = 256,
		.ulMaxKeySize = 256,
		.flags = CKF_HW | CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS |
			 (type == CKM_EC_KEY_PAIR_GEN ? CKF_GENERATE_KEY_PAIR : CKF_SIGN) };
	return zy_module_leave(CKR_OK);
}
