#include "zy/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 16384

struct zy_arena_block {
	struct zy_arena_block *next;
	size_t room, used;
	_Alignas(max_align_t) uint8_t data[];
};

void zy_arena_free(struct zy_arena *a)
{
	struct zy_arena_block *b, *next;

	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		explicit_bzero(b->data, b->used);
		free(b);
	}
	a->blocks = NULL;
	a->used = 0;
}

/* Not zeroed. */
static void *take(struct zy_arena *a, size_t len, struct zy_error *err)
{
	size_t cap = a->cap == 0 ? ZY_ARENA_MAX : a->cap, room;
	const size_t align = _Alignof(max_align_t);
	struct zy_arena_block *b = a->blocks;
	void *p;

	if (len > cap || a->used > cap - len)
		goto fail;
	len = (len + align - 1) / align * align;
	if (b == NULL || b->room - b->used < len) {
		room = len > BLOCK ? len : BLOCK;
		if ((b = malloc(sizeof(*b) + room)) == NULL)
			goto fail;
		*b = (struct zy_arena_block){ .next = a->blocks, .room = room };
		a->blocks = b;
	}
	p = b->data + b->used;
	b->used += len;
	a->used += len;
	return p;
fail:
	zy_fail(err, ZY_E_NO_MEMORY, "", ZY_NOWHERE, "no memory for %zu bytes (cap %zu)", len, cap);
	return NULL;
}

void *zy_arena_alloc(struct zy_arena *a, size_t len, struct zy_error *err)
{
	void *p = take(a, len, err);

	return p == NULL ? NULL : memset(p, 0, len);
}

void *zy_arena_array(struct zy_arena *a, size_t num, size_t size, struct zy_error *err)
{
	size_t len;

	if (__builtin_mul_overflow(num, size, &len)) {
		zy_fail(err, ZY_E_NO_MEMORY, "", ZY_NOWHERE, "%zu items are too many", num);
		return NULL;
	}
	return zy_arena_alloc(a, len, err);
}

bool zy_arena_copy(struct zy_arena *a, struct zy_bytes v, struct zy_bytes *out, struct zy_error *err)
{
	uint8_t *p = take(a, v.len == 0 ? 1 : v.len, err);

	if (p == NULL)
		return false;
	if (v.len > 0)
		memcpy(p, v.p, v.len);
	*out = ZY_BYTES(p, v.len);
	return true;
}

char *zy_arena_text(struct zy_arena *a, struct zy_bytes v, struct zy_error *err)
{
	char *p;

	if (v.len > 0 && memchr(v.p, 0, v.len) != NULL) {
		zy_fail(err, ZY_E_UTF8, "", ZY_NOWHERE, "text holds a NUL byte");
		return NULL;
	}
	if ((p = zy_arena_alloc(a, v.len + 1, err)) != NULL && v.len > 0)
		memcpy(p, v.p, v.len);
	return p;
}

char *zy_arena_printf(struct zy_arena *a, struct zy_error *err, const char *fmt, ...)
{
	va_list ap;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = zy_arena_alloc(a, (size_t)n + 1, err)) == NULL)
		return p;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
