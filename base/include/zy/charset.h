/* Text in another character set than UTF-8, by iconv(3). */
#ifndef ZY_CHARSET_H
#define ZY_CHARSET_H

#include "zy/arena.h"

/* *out: the same text in the arena. charset: "GB18030", "UTF-16LE" or "UTF-16BE"; of UTF-16 a byte order mark stays, as
 * U+FEFF. Errors: utf8 (octets that are none of it), no-memory. */
ZY_MUST_CHECK bool zy_charset_utf8(struct zy_bytes in, const char *charset, const char *field, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err);

#endif
