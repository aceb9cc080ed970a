/*
 * A PKCS#11 module between the signer and SoftHSM2 that has accidents, for tests of healing. The file
 * $SOFTHSM2_CONF.fault holds "WORD COUNT": the next COUNT signatures meet the accident. close: the session ends.
 * logout: the login ends. removed: all sessions end and the device is away (CKR_DEVICE_REMOVED). The first two only
 * act and leave the error to SoftHSM2. finalised: CKR_CRYPTOKI_NOT_INITIALIZED. crash: the process dies of it. escape:
 * the module reaches for what is none of its business, and says CKR_FUNCTION_REJECTED when it gets hold of anything.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out);

static CK_FUNCTION_LIST *real, patched;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Takes one from the count; false when there is no accident due. */
static int next_accident(char word[16])
{
	char path[1024];
	int count = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s.fault", getenv("SOFTHSM2_CONF"));
	pthread_mutex_lock(&lock);
	if ((f = fopen(path, "r+")) != NULL) {
		if (fscanf(f, "%15s %d", word, &count) == 2 && count > 0) {
			rewind(f);
			fprintf(f, "%s %d      \n", word, count - 1);
		}
		fclose(f);
	}
	pthread_mutex_unlock(&lock);
	return count > 0;
}

/* Tracing ourselves would need no privilege where it is not refused. */
static int escapes(void)
{
	struct rlimit core = { 1, 1 };
	char byte;
	struct iovec here = { &byte, 1 };

	getrlimit(RLIMIT_CORE, &core);
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_NETLINK, SOCK_RAW, 0) >= 0 ||
	       ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 || process_vm_readv(getpid(), &here, 1, &here, 1, 0) >= 0 ||
	       unshare(CLONE_NEWUTS) == 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || core.rlim_max != 0;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
	char word[16] = "";
	CK_SESSION_INFO info;

	if (next_accident(word)) {
		if (strcmp(word, "close") == 0)
			real->C_CloseSession(session);
		if (strcmp(word, "logout") == 0)
			real->C_Logout(session);
		if (strcmp(word, "finalised") == 0)
			return CKR_CRYPTOKI_NOT_INITIALIZED;
		if (strcmp(word, "escape") == 0 && escapes())
			return CKR_FUNCTION_REJECTED;
		if (strcmp(word, "crash") == 0)
			raise(SIGKILL);
		if (strcmp(word, "removed") == 0) {
			if (real->C_GetSessionInfo(session, &info) == CKR_OK)
				real->C_CloseAllSessions(info.slotID);
			return CKR_DEVICE_REMOVED;
		}
	}
	return real->C_SignInit(session, mechanism, key);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out)
{
	void *library = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get;
	CK_RV rv;

	if (library == NULL)
		return CKR_GENERAL_ERROR;
	*(void **)&get = dlsym(library, "C_GetFunctionList");
	if ((rv = get(&real)) != CKR_OK)
		return rv;
	patched = *real;
	patched.C_SignInit = sign_init;
	*out = &patched;
	return CKR_OK;
}
