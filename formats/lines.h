/* Texts of lines, each ended by a newline: what note.c, checkpoint.c and log_proof.c share. */
#ifndef ZY_FORMATS_LINES_H
#define ZY_FORMATS_LINES_H

#include "zy/buf.h"

/* The next line without its newline. Errors: note (the text ends inside it). */
ZY_MUST_CHECK bool zy_line_take(struct zy_reader *r, const char *field, struct zy_bytes *line, struct zy_error *err);
/* ASCII decimal without leading zeros, 0..most. Errors: note. */
ZY_MUST_CHECK bool zy_line_decimal(
    struct zy_bytes line, uint64_t most, const char *field, uint64_t *out, struct zy_error *err);
/* base64 of exactly 32 octets. Errors: note. */
ZY_MUST_CHECK bool zy_line_hash(struct zy_bytes line, const char *field, uint8_t out[32], struct zy_error *err);
/* What follows a word and a space; false when the line does not begin so. */
bool zy_line_after(struct zy_bytes line, const char *word, struct zy_bytes *rest);

#endif
