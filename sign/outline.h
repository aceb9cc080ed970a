#ifndef ZY_SIGN_OUTLINE_H
#define ZY_SIGN_OUTLINE_H

#include "font.h"
#include "path.h"

/* x' = a x + c y + e, y' = b x + d y + f; x, y in font units, y up. */
struct zy_placing {
	double a, b, c, d, e, f;
};
void zy_outline_add(struct zy_path *path, const struct zy_font *f, uint32_t gid, const struct zy_placing *m);

#endif
