/*
 * Views and the one cursor through which untrusted bytes are read. Pointer arithmetic on input lives in
 * base/reader.c only. A getter that fails moves nothing. Every container ends with zy_reader_end.
 */
#ifndef ZY_BYTES_H
#define ZY_BYTES_H

#include <string.h>

#include "zy/error.h"

/* A borrowed view: whoever made it says how long the bytes live. p may be NULL only when len is 0. */
struct zy_bytes {
	const uint8_t *p;
	size_t len;
};

#define ZY_BYTES(ptr, n) ((struct zy_bytes){ (const uint8_t *)(ptr), (n) })
/* The characters of a literal, without the closing NUL. */
#define ZY_LITERAL(s) ((struct zy_bytes){ (const uint8_t *)(s), sizeof(s) - 1 })

static inline struct zy_bytes zy_str(const char *s)
{
	return ZY_BYTES(s, strlen(s));
}

static inline bool zy_bytes_equal(struct zy_bytes a, struct zy_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* A cursor. `base` is the start of the outermost input, so that offsets count from the whole file. */
struct zy_reader {
	const uint8_t *base, *p, *end;
};

struct zy_reader zy_reader_over(struct zy_bytes in);
/* A reader of `part`, which must lie inside r's input; offsets still count from r's base. */
struct zy_reader zy_reader_inside(const struct zy_reader *r, struct zy_bytes part);
size_t zy_reader_offset(const struct zy_reader *r);
size_t zy_reader_left(const struct zy_reader *r);
/* The rest, without moving. */
struct zy_bytes zy_reader_rest(const struct zy_reader *r);

/* All fail with truncated; `field` names what is read. Integers are big-endian (be) or little-endian (le). */
ZY_MUST_CHECK bool zy_take(
    struct zy_reader *r, size_t len, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_take_u8(struct zy_reader *r, const char *field, uint8_t *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_take_be(
    struct zy_reader *r, size_t len, const char *field, uint64_t *out, struct zy_error *err); /* len 1..8 */
ZY_MUST_CHECK bool zy_take_le(
    struct zy_reader *r, size_t len, const char *field, uint64_t *out, struct zy_error *err); /* len 1..8 */
bool zy_peek_u8(const struct zy_reader *r, uint8_t *out);
/* trailing-bytes unless nothing is left. */
ZY_MUST_CHECK bool zy_reader_end(const struct zy_reader *r, const char *field, struct zy_error *err);

#endif
