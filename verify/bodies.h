/* A bounded memory of SM3 digests of whole files: at most 4 MiB. Threads: any. */
#ifndef ZY_VERIFY_BODIES_H
#define ZY_VERIFY_BODIES_H

#include "zy/digest.h"

struct zy_bodies;
struct zy_bodies *zy_bodies_new(void); /* NULL without memory */
void zy_bodies_free(struct zy_bodies *b);
/* SM3 of v, hashed or remembered. Errors: crypto. */
ZY_MUST_CHECK bool zy_bodies_sm3(
    struct zy_bodies *b, struct zy_bytes v, uint8_t sm3[ZY_HASH_LEN], struct zy_error *err);

#endif
