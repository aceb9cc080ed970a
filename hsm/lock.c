#include "lock.h"

bool zy_lock_init(pthread_rwlock_t *lock, struct zy_error *err)
{
	pthread_rwlockattr_t attr;
	bool ok;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	ok = pthread_rwlock_init(lock, &attr) == 0;
	pthread_rwlockattr_destroy(&attr);
	return ok || zy_fail(err, ZY_E_NO_MEMORY, "lock", ZY_NOWHERE, "no memory for a lock");
}
