/* Inside following: the two kinds of source. */
#ifndef ZY_LICENCE_FOLLOW_H
#define ZY_LICENCE_FOLLOW_H

#include <stdlib.h>

#include "zy/follow.h"
#include "zy/follow_home.h"

/* Every journal in HOME/signer, from where it was read last. */
ZY_MUST_CHECK bool zy_follow_journals(struct zy_desk *d, struct zy_error *err);

#endif
