/*
 * Deterministic CBOR (RFC 8949 4.2.1): shortest integers and lengths, definite lengths only. No tags, no
 * floats, no `undefined`. Read by shape: the caller asks for what must come next. Errors: cbor, truncated, utf8.
 * Maps are read entry by entry; the caller checks key order with zy_cbor_key_after.
 */
#ifndef ZY_CBOR_H
#define ZY_CBOR_H

#include "zy/buf.h"

#define ZY_CBOR_DEPTH_MAX 8

enum zy_cbor_type {
	ZY_CBOR_UINT,
	ZY_CBOR_NEGATIVE,
	ZY_CBOR_BSTR,
	ZY_CBOR_TSTR,
	ZY_CBOR_ARRAY,
	ZY_CBOR_MAP,
	ZY_CBOR_TAG,
	ZY_CBOR_SIMPLE
};

/* The major type of what comes next; false at the end. */
bool zy_cbor_peek(const struct zy_reader *r, enum zy_cbor_type *out);
bool zy_cbor_next_is_null(const struct zy_reader *r);

ZY_MUST_CHECK bool zy_cbor_uint(
    struct zy_reader *r, uint64_t most, const char *field, uint64_t *out, struct zy_error *err);
/* An integer that fits int64. */
ZY_MUST_CHECK bool zy_cbor_int(struct zy_reader *r, const char *field, int64_t *out, struct zy_error *err);
/* Views of the content, at most `most` bytes; text is checked UTF-8. */
ZY_MUST_CHECK bool zy_cbor_bstr(
    struct zy_reader *r, size_t most, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_cbor_bstr_exact(
    struct zy_reader *r, size_t len, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_cbor_tstr(
    struct zy_reader *r, size_t most, const char *field, struct zy_bytes *out, struct zy_error *err);
/* Head of an array or map with at most `most` items or pairs. */
ZY_MUST_CHECK bool zy_cbor_array(
    struct zy_reader *r, size_t most, const char *field, size_t *num, struct zy_error *err);
ZY_MUST_CHECK bool zy_cbor_array_exact(struct zy_reader *r, size_t num, const char *field, struct zy_error *err);
ZY_MUST_CHECK bool zy_cbor_map(struct zy_reader *r, size_t most, const char *field, size_t *num, struct zy_error *err);
ZY_MUST_CHECK bool zy_cbor_null(struct zy_reader *r, const char *field, struct zy_error *err);
ZY_MUST_CHECK bool zy_cbor_bool(struct zy_reader *r, const char *field, bool *out, struct zy_error *err);
/* One whole item of any allowed kind, as a view; checked down to ZY_CBOR_DEPTH_MAX. */
ZY_MUST_CHECK bool zy_cbor_item(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
/* Bytewise order of encoded map keys (RFC 8949 4.2.1): true when b may follow a. */
bool zy_cbor_key_after(struct zy_bytes a, struct zy_bytes b);

void zy_cbor_put_uint(struct zy_buf *b, uint64_t v);
void zy_cbor_put_int(struct zy_buf *b, int64_t v);
void zy_cbor_put_bstr(struct zy_buf *b, struct zy_bytes v);
void zy_cbor_put_tstr(struct zy_buf *b, struct zy_bytes v);
void zy_cbor_put_text(struct zy_buf *b, const char *s); /* tstr of a NUL-terminated text */
void zy_cbor_put_array(struct zy_buf *b, size_t num);   /* num items follow */
void zy_cbor_put_map(struct zy_buf *b, size_t num);     /* num pairs follow, keys in order */
void zy_cbor_put_null(struct zy_buf *b);
void zy_cbor_put_bool(struct zy_buf *b, bool v);

#endif
