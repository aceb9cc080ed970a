/*
 * zy-tpm-token: a PKCS#11 2.40 module for SM2 keys that live in a TPM 2.0 and never leave it. One slot, one token;
 * configured by the file that the environment variable ZY_TPM_TOKEN_CONF names (tpm-token/config.h).
 *
 * Token secret: 32 random bytes, made by C_InitToken and known to nobody: sealed in the TPM twice, under the SO PIN
 * and under the user PIN (PBKDF2 with a salt each). C_Login is the TPM's own unsealing, so wrong PINs count on its
 * dictionary-attack protection; every key's authorisation value is derived from the secret, so neither the state
 * folder nor the TPM nor both together sign without a PIN. A new PIN is a new seal; the keys stay as they are.
 *
 * Limits: SM2 signatures only, one part; all keys are token keys, made here; the owner hierarchy must have no
 * password; an old copy of the state folder with its old PINs still opens (no rollback protection); public keys
 * read before login are checked for damage, not for forgery. swtpm serves one connection: the module holds it while
 * it has a session open. For a hardware TPM with SM2 set `tcti = device:/dev/tpmrm0`; tpm2-tss writes its own
 * diagnostics to stderr unless TSS2_LOG says otherwise.
 */
#include "token.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct zy_module module;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void zy_module_complain(const char *path, const struct zy_error *err)
{
	fprintf(stderr, "zy-tpm-token: %s: %s\n", path, err->code == ZY_OK ? "cannot be used" : err->msg);
}

CK_RV zy_module_leave(CK_RV rv)
{
	pthread_mutex_unlock(&lock);
	return rv;
}

/* After fork the lock may be held by a thread that does not exist here: a child that never initialised is told so
 * before the lock is touched. */
static bool is_forked(void)
{
	return module.is_ready && module.pid != getpid();
}

CK_RV zy_module_enter(struct zy_module **m)
{
	if (is_forked())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	pthread_mutex_lock(&lock);
	if (!module.is_ready)
		return zy_module_leave(CKR_CRYPTOKI_NOT_INITIALIZED);
	*m = &module;
	return CKR_OK;
}

CK_RV zy_module_enter_session(CK_SESSION_HANDLE handle, struct zy_module **m, struct zy_session **s)
{
	CK_RV rv = zy_module_enter(m);

	if (rv != CKR_OK)
		return rv;
	*s = zy_session_find(*m, handle);
	return *s == NULL ? zy_module_leave(CKR_SESSION_HANDLE_INVALID) : CKR_OK;
}

/* PKCS#11 2.40, 5.4: all four functions or none; we lock with the system's own mutexes. */
static CK_RV check_arguments(const CK_C_INITIALIZE_ARGS *args)
{
	int given;

	if (args == NULL)
		return CKR_OK;
	given = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) + (args->LockMutex != NULL) +
		(args->UnlockMutex != NULL);
	if (args->pReserved != NULL || (given != 0 && given != 4))
		return CKR_ARGUMENTS_BAD;
	return given == 4 && (args->flags & CKF_OS_LOCKING_OK) == 0 ? CKR_CANT_LOCK : CKR_OK;
}

static void release(struct zy_module *m)
{
	zy_token_logout(m);
	zy_sessions_close_all(m);
	zy_store_forget(m);
	zy_arena_free(&m->arena);
	m->is_ready = false;
}

CK_RV C_Initialize(void *init_args)
{
	CK_RV rv = check_arguments(init_args);

	if (rv != CKR_OK)
		return rv;
	if (is_forked()) {
		lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
		zy_tpm_abandon(&module.tpm);
		release(&module);
	}
	pthread_mutex_lock(&lock);
	if (module.is_ready)
		return zy_module_leave(CKR_CRYPTOKI_ALREADY_INITIALIZED);
	if ((rv = zy_module_configure(&module)) == CKR_OK) {
		module.is_ready = true;
		module.pid = getpid();
	}
	return zy_module_leave(rv);
}

CK_RV C_Finalize(void *reserved)
{
	struct zy_module *m;
	CK_RV rv;

	if (reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = zy_module_enter(&m)) != CKR_OK)
		return rv;
	zy_tpm_close(&m->tpm);
	release(m);
	return zy_module_leave(CKR_OK);
}

static void pad(unsigned char *out, size_t len, const char *text)
{
	memset(out, ' ', len);
	memcpy(out, text, strlen(text));
}

CK_RV C_GetInfo(CK_INFO *info)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	*info = (CK_INFO){ .cryptokiVersion = { 2, 40 }, .libraryVersion = { 0, 1 } };
	pad(info->manufacturerID, sizeof(info->manufacturerID), "zhengyin");
	pad(info->libraryDescription, sizeof(info->libraryDescription), "SM2 keys in a TPM 2.0");
	return zy_module_leave(CKR_OK);
}
