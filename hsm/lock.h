/* A lock for many readers that a writer gets all the same: glibc's own lets it wait for as long as readers overlap,
 * under load for ever. Who holds it for reading must not take it again. */
#ifndef ZY_HSM_LOCK_H
#define ZY_HSM_LOCK_H

#include "zy/error.h"

#include <pthread.h>

/* Errors: no-memory. Destroyed by pthread_rwlock_destroy. */
ZY_MUST_CHECK bool zy_lock_init(pthread_rwlock_t *lock, struct zy_error *err);

#endif
