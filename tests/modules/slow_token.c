/*
 * A PKCS#11 module that makes SoftHSM2 as slow as a device: all sessions together get as many signatures a second as
 * the file $SOFTHSM2_CONF.rate says when the first is made, evenly spaced.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out);

static CK_FUNCTION_LIST *real, patched;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t step_ns, next_ns; /* next_ns: when the device is free again; under lock */

static void read_rate(void)
{
	char path[1024];
	long rate = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s.rate", getenv("SOFTHSM2_CONF"));
	if ((f = fopen(path, "r")) != NULL) {
		if (fscanf(f, "%ld", &rate) == 1 && rate > 0)
			step_ns = 1000000000 / rate;
		fclose(f);
	}
}

/* The caller's turn ends at the time that it gets here. */
static void wait_for_device(void)
{
	struct timespec t;
	int64_t now, done;

	pthread_once(&once, read_rate);
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	pthread_mutex_lock(&lock);
	done = next_ns = (next_ns > now ? next_ns : now) + step_ns;
	pthread_mutex_unlock(&lock);
	t = (struct timespec){ .tv_sec = done / 1000000000, .tv_nsec = done % 1000000000 };
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
	wait_for_device();
	return real->C_Sign(session, data, len, out, out_len);
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
	patched.C_Sign = sign;
	*out = &patched;
	return CKR_OK;
}
