/*
 * Text forms of bytes: strict readers, one form each. Every reader accepts only what its writer writes, so
 * decode then encode gives the same text.
 */
#ifndef ZY_TEXT_H
#define ZY_TEXT_H

#include "zy/buf.h"

/* base45, RFC 9285: no lower case, no triple over 65535, no length 1 mod 3. Errors: base45. */
void zy_base45_encode(struct zy_buf *out, struct zy_bytes in);
ZY_MUST_CHECK bool zy_base45_decode(struct zy_buf *out, struct zy_bytes in, struct zy_error *err);

/* base64, RFC 4648 4, with padding, no white space, zero tail bits. Errors: base64. */
void zy_base64_encode(struct zy_buf *out, struct zy_bytes in);
ZY_MUST_CHECK bool zy_base64_decode(struct zy_buf *out, struct zy_bytes in, struct zy_error *err);
/* base64url, RFC 4648 5, without padding. */
void zy_base64url_encode(struct zy_buf *out, struct zy_bytes in);
ZY_MUST_CHECK bool zy_base64url_decode(struct zy_buf *out, struct zy_bytes in, struct zy_error *err);

/* Lower-case hexadecimal; out has room for 2 * len + 1. The reader takes either case. Errors: hex. */
void zy_hex(struct zy_bytes in, char *out);
ZY_MUST_CHECK bool zy_unhex(struct zy_bytes in, uint8_t *out, size_t len, struct zy_error *err);

/* Well-formed UTF-8 without NUL, surrogates or noncharacters. Errors: utf8 with the offset. */
ZY_MUST_CHECK bool zy_utf8_check(struct zy_bytes in, const char *field, struct zy_error *err);
/* One line that people read as it is: well-formed, 1..most characters, no white space at its ends, and no character
 * that shows nothing or turns the text round (controls, line ends, zero-width and direction marks, variation selectors,
 * tags). Errors: utf8, field-length, field-type. */
ZY_MUST_CHECK bool zy_line_check(struct zy_bytes in, size_t most, const char *field, struct zy_error *err);
/* The next code point of a checked text; moves *at. 0 at the end. */
uint32_t zy_utf8_next(struct zy_bytes in, size_t *at);
/* Code points of a checked text. */
size_t zy_utf8_count(struct zy_bytes in);

#endif
