/*
 * Memory of one request: many allocations, one byte cap, one free. What is parsed and must outlive its input
 * is copied here. Not shared between threads.
 */
#ifndef ZY_ARENA_H
#define ZY_ARENA_H

#include "zy/bytes.h"

struct zy_arena {
	struct zy_arena_block *blocks; /* owned */
	size_t used, cap;              /* cap 0 means ZY_ARENA_MAX */
};

#define ZY_ARENA_MAX ((size_t)512 << 20)
#define ZY_ARENA_AUTO __attribute__((cleanup(zy_arena_free))) struct zy_arena

void zy_arena_free(struct zy_arena *a); /* wipes, frees all, leaves { 0 } with the same cap */
/* Zeroed, aligned for any type; NULL with no-memory in err. */
ZY_MUST_CHECK void *zy_arena_alloc(struct zy_arena *a, size_t len, struct zy_error *err);
/* num items of size bytes, zeroed; the product is checked. */
ZY_MUST_CHECK void *zy_arena_array(struct zy_arena *a, size_t num, size_t size, struct zy_error *err);
/* A copy of v in *out. */
ZY_MUST_CHECK bool zy_arena_copy(struct zy_arena *a, struct zy_bytes v, struct zy_bytes *out, struct zy_error *err);
/* A NUL-terminated copy; v must hold no NUL byte (utf8). NULL on failure. */
ZY_MUST_CHECK char *zy_arena_text(struct zy_arena *a, struct zy_bytes v, struct zy_error *err);
ZY_MUST_CHECK char *zy_arena_printf(struct zy_arena *a, struct zy_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
