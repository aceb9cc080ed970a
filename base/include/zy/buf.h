/*
 * A growing byte buffer for what we write. It stops at its cap. A failed put marks the buffer (`failed`) and
 * all later puts do nothing, so a writer may put many times and look once, at zy_buf_done.
 */
#ifndef ZY_BUF_H
#define ZY_BUF_H

#include "zy/bytes.h"

#define ZY_BUF_MAX ((size_t)256 << 20) /* cap when none is given */

struct zy_buf {
	uint8_t *p; /* owned; zy_buf_free releases it */
	size_t len, room, cap;
	bool failed;
	bool in_file; /* p lies in the file fd, not in memory (zy_mapped_buf), and never moves */
	int fd;
};

#define ZY_BUF_AUTO __attribute__((cleanup(zy_buf_free))) struct zy_buf

void zy_buf_free(struct zy_buf *b); /* wipes, frees, leaves { 0 } */
void zy_buf_put(struct zy_buf *b, struct zy_bytes v);
void zy_buf_put_str(struct zy_buf *b, const char *s);
void zy_buf_put_u8(struct zy_buf *b, uint8_t v);
void zy_buf_put_be(struct zy_buf *b, uint64_t v, size_t len); /* len 1..8 */
void zy_buf_put_le(struct zy_buf *b, uint64_t v, size_t len); /* len 1..8 */
void zy_buf_printf(struct zy_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for len bytes, counts them as written, and gives their address (NULL when failed). */
uint8_t *zy_buf_extend(struct zy_buf *b, size_t len);
/* Inserts v before position `at` (0..len). */
void zy_buf_insert(struct zy_buf *b, size_t at, struct zy_bytes v);
static inline struct zy_bytes zy_buf_bytes(const struct zy_buf *b)
{
	return ZY_BYTES(b->p, b->len);
}
/* no-memory when any put failed. */
ZY_MUST_CHECK bool zy_buf_done(const struct zy_buf *b, const char *field, struct zy_error *err);

#endif
