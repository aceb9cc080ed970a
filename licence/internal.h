/* Shared by the files of licence/ only. */
#ifndef ZY_LICENCE_INTERNAL_H
#define ZY_LICENCE_INTERNAL_H

#include "zy/desk.h"

/* Request keys that we made ourselves begin so: nobody can ask for them again, so a crash cancels them. */
#define ZY_OWN_REQUEST "own-"

struct zy_wrapper zy_desk_wrapper(struct zy_desk *d);
/* Cancels open intents of own request keys. Those with a caller's key stay for the caller's retry. */
ZY_MUST_CHECK bool zy_desk_recover(struct zy_desk *d, struct zy_error *err);

#endif
