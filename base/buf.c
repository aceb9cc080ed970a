#include "zy/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zy/mapped.h"

#define FILE_STEP ((size_t)1 << 20)

void zy_buf_free(struct zy_buf *b)
{
	if (b->in_file) {
		zy_mapped_buf_free(b);
	} else if (b->p != NULL) {
		explicit_bzero(b->p, b->room);
		free(b->p);
	}
	*b = (struct zy_buf){ 0 };
}

/* Blocks of the disk first: a page without one would be a signal when it is written. */
static bool make_room_in_file(struct zy_buf *b, size_t len, size_t cap)
{
	size_t room = (len + FILE_STEP - 1) / FILE_STEP * FILE_STEP;
	int rc;

	room = room > cap ? cap : room;
	do
		rc = posix_fallocate(b->fd, 0, (off_t)room);
	while (rc == EINTR);
	if (rc == 0)
		b->room = room;
	return rc == 0;
}

static bool make_room(struct zy_buf *b, size_t more)
{
	size_t cap = b->cap == 0 ? ZY_BUF_MAX : b->cap, room;
	uint8_t *p;

	if (b->failed)
		return false;
	if (more > cap - b->len || b->len > cap)
		goto fail;
	if (b->len + more <= b->room)
		return true;
	if (b->in_file) {
		if (make_room_in_file(b, b->len + more, cap))
			return true;
		goto fail;
	}
	room = b->room < 64 ? 64 : b->room;
	while (room < b->len + more)
		room *= 2;
	room = room > cap ? cap : room;
	/* Not realloc: the old block may hold a secret and is wiped before it goes. */
	if ((p = malloc(room)) == NULL)
		goto fail;
	if (b->len > 0)
		memcpy(p, b->p, b->len);
	if (b->p != NULL) {
		explicit_bzero(b->p, b->room);
		free(b->p);
	}
	b->p = p;
	b->room = room;
	return true;
fail:
	b->failed = true;
	return false;
}

uint8_t *zy_buf_extend(struct zy_buf *b, size_t len)
{
	uint8_t *at;

	if (!make_room(b, len))
		return NULL;
	at = b->p + b->len;
	b->len += len;
	return at;
}

static bool put(void *arg, struct zy_bytes v, struct zy_error *err)
{
	struct zy_buf *b = arg;
	uint8_t *at = v.len == 0 ? NULL : zy_buf_extend(b, v.len);

	(void)err;
	if (at != NULL) {
		memcpy(at, v.p, v.len);
		if (b->in_file)
			zy_mapped_release(ZY_BYTES(at, v.len));
	}
	return !b->failed;
}

void zy_buf_put(struct zy_buf *b, struct zy_bytes v)
{
	struct zy_error ignored = { 0 };

	if (!zy_mapped_holds(v))
		(void)put(b, v, &ignored);
	else if (!zy_mapped_walk(v, put, b, &ignored))
		b->failed = true;
}

void zy_buf_put_str(struct zy_buf *b, const char *s)
{
	zy_buf_put(b, zy_str(s));
}

void zy_buf_put_u8(struct zy_buf *b, uint8_t v)
{
	if (b->len < b->room && !b->failed && !b->in_file)
		b->p[b->len++] = v; /* most of what is written comes octet by octet */
	else
		zy_buf_put(b, ZY_BYTES(&v, 1));
}

void zy_buf_put_be(struct zy_buf *b, uint64_t v, size_t len)
{
	uint8_t *at = zy_buf_extend(b, len);

	for (size_t i = len; at != NULL && i > 0; i--, v >>= 8)
		at[i - 1] = (uint8_t)v;
}

void zy_buf_put_le(struct zy_buf *b, uint64_t v, size_t len)
{
	uint8_t *at = zy_buf_extend(b, len);

	for (size_t i = 0; at != NULL && i < len; i++, v >>= 8)
		at[i] = (uint8_t)v;
}

void zy_buf_printf(struct zy_buf *b, const char *fmt, ...)
{
	char small[512], *text = small;
	va_list ap;
	int n;

	/* Not straight into the buffer: the NUL that vsnprintf writes would count against the cap. */
	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(small) && (text = malloc((size_t)n + 1)) != NULL) {
		va_start(ap, fmt);
		vsnprintf(text, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	if (n < 0 || text == NULL)
		b->failed = true;
	else
		zy_buf_put(b, ZY_BYTES(text, (size_t)n));
	if (text != NULL && n > 0)
		explicit_bzero(text, (size_t)n);
	if (text != small)
		free(text);
}

void zy_buf_insert(struct zy_buf *b, size_t at, struct zy_bytes v)
{
	if (v.len == 0 || zy_buf_extend(b, v.len) == NULL)
		return;
	memmove(b->p + at + v.len, b->p + at, b->len - v.len - at);
	memcpy(b->p + at, v.p, v.len);
}

bool zy_buf_done(const struct zy_buf *b, const char *field, struct zy_error *err)
{
	if (!b->failed)
		return true;
	if (b->in_file)
		return zy_fail(err, ZY_E_IO, field, ZY_NOWHERE, "no room on the disk, or more than %zu bytes", b->cap);
	return zy_fail(err, ZY_E_NO_MEMORY, field, ZY_NOWHERE, "no memory, or more than %zu bytes",
	    b->cap == 0 ? ZY_BUF_MAX : b->cap);
}
