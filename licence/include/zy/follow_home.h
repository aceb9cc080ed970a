/* What happens in a home beside its licences, noted in the vault's log (zy/follow.h). */
#ifndef ZY_FOLLOW_HOME_H
#define ZY_FOLLOW_HOME_H

#include "zy/desk.h"

/*
 * Reads on in the journals of all signers (orders, keys), and looks at the seals, the files of rules and the trust
 * bundle; what is new since the last time becomes events, durable on return. A vault that was set back is not written
 * to. One thread at a time. Errors: log-fork, journal (cut or exchanged since), io, those of the vault.
 */
ZY_MUST_CHECK bool zy_desk_follow(struct zy_desk *d, struct zy_error *err);

#endif
