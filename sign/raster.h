/* Paths to pixels: filled by the non-zero winding rule, with coverage as alpha. Same path, same pixels. */
#ifndef ZY_SIGN_RASTER_H
#define ZY_SIGN_RASTER_H

#include "path.h"

struct zy_raster {
	size_t width, height; /* pixels, 1..4096 each */
	uint8_t *alpha;       /* width * height, in the arena; row by row from the top */
};
/* scale: pixels for one unit of the path. Errors: no-memory, too-large. */
ZY_MUST_CHECK bool zy_raster_fill(struct zy_raster *out, const struct zy_path *p, double scale, size_t width,
    size_t height, struct zy_arena *a, struct zy_error *err);

/* A PNG (ISO/IEC 15948) of one colour: four bits a pixel, a palette that differs in alpha only.
 * pixels_per_m: the physical size. Errors: no-memory. */
ZY_MUST_CHECK bool zy_png_encode(const struct zy_raster *r, const uint8_t colour[3], unsigned pixels_per_m,
    struct zy_buf *out, struct zy_error *err);

#endif
