#include "token.h"

#include <stdlib.h>

#include <openssl/crypto.h>

struct zy_session *zy_session_find(struct zy_module *m, CK_SESSION_HANDLE handle)
{
	for (size_t i = 0; i < m->num_sessions; i++)
		if (m->sessions[i]->handle == handle)
			return m->sessions[i];
	return NULL;
}

bool zy_session_is_rw(const struct zy_session *s)
{
	return (s->flags & CKF_RW_SESSION) != 0;
}

void zy_session_end_sign(struct zy_session *s)
{
	free(s->sign_id);
	s->sign_id = NULL;
	s->sign_id_len = 0;
	s->is_signing = false;
}

void zy_session_end_find(struct zy_session *s)
{
	free(s->found);
	s->found = NULL;
	s->num_found = s->next_found = 0;
	s->is_finding = false;
}

static void close_session(struct zy_module *m, struct zy_session *s)
{
	size_t i = 0;

	while (m->sessions[i] != s)
		i++;
	m->sessions[i] = m->sessions[--m->num_sessions];
	m->sessions[m->num_sessions] = NULL;
	zy_session_end_sign(s);
	zy_session_end_find(s);
	free(s);
	if (m->num_sessions == 0) {
		zy_token_logout(m); /* PKCS#11 2.40, 5.6, C_CloseSession: the last session takes the login with it */
		zy_tpm_close(&m->tpm);
	}
}

void zy_sessions_close_all(struct zy_module *m)
{
	while (m->num_sessions > 0)
		close_session(m, m->sessions[m->num_sessions - 1]);
}

static CK_RV open_session(struct zy_module *m, CK_FLAGS flags, CK_SESSION_HANDLE *handle)
{
	struct zy_session *s;
	CK_RV rv;

	if ((flags & CKF_SERIAL_SESSION) == 0)
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	if ((flags & CKF_RW_SESSION) == 0 && m->role == ZY_ROLE_SO)
		return CKR_SESSION_READ_WRITE_SO_EXISTS;
	if (m->num_sessions == ZY_SESSIONS_MAX)
		return CKR_SESSION_COUNT;
	if (m->num_sessions == 0) {
		if ((rv = zy_tpm_ping(&m->tpm)) != CKR_OK)
			return rv;
		if ((rv = zy_store_read_token(m)) != CKR_OK || !m->has_token) {
			zy_tpm_close(&m->tpm);
			return rv == CKR_OK ? CKR_TOKEN_NOT_RECOGNIZED : rv;
		}
	}
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return CKR_HOST_MEMORY;
	s->handle = *handle = ++m->last_handle;
	s->flags = flags;
	m->sessions[m->num_sessions++] = s;
	return CKR_OK;
}

CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	(void)application; /* nothing here ever notifies */
	(void)notify;
	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT || session == NULL)
		return zy_module_leave(slot != ZY_SLOT ? CKR_SLOT_ID_INVALID : CKR_ARGUMENTS_BAD);
	return zy_module_leave(open_session(m, flags, session));
}

CK_RV C_CloseSession(CK_SESSION_HANDLE session)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	close_session(m, s);
	return zy_module_leave(CKR_OK);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT)
		return zy_module_leave(CKR_SLOT_ID_INVALID);
	zy_sessions_close_all(m);
	return zy_module_leave(CKR_OK);
}

static CK_STATE state_of(const struct zy_module *m, const struct zy_session *s)
{
	switch (m->role) {
	case ZY_ROLE_SO:
		return CKS_RW_SO_FUNCTIONS;
	case ZY_ROLE_USER:
		return zy_session_is_rw(s) ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
	case ZY_ROLE_NONE:
		break;
	}
	return zy_session_is_rw(s) ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	*info = (CK_SESSION_INFO){ .slotID = ZY_SLOT, .state = state_of(m, s), .flags = s->flags };
	return zy_module_leave(CKR_OK);
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE session, unsigned char *out, CK_ULONG len)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (out == NULL && len > 0)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	return zy_module_leave(zy_tpm_random(&m->tpm, out, len));
}
