#ifndef ZY_SIGN_OTF_H
#define ZY_SIGN_OTF_H

#include "font.h"

/* An OpenType file around a cut CFF table: what OFD embeds. gids[i] is glyph i's index in the full font; use tells the
 * characters, gid_of[i] the glyph in the cut of use->glyphs[i]. Errors: font, truncated, no-memory. */
ZY_MUST_CHECK bool zy_otf_wrap(const struct zy_font *f, struct zy_bytes cff, const uint32_t *gids, size_t num,
    const struct zy_font_use *use, const uint16_t *gid_of, struct zy_arena *a, struct zy_buf *out,
    struct zy_error *err);

#endif
