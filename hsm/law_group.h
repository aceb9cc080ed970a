/* What a token that joins a group must know before it serves: the orders to shred that others were given. */
#ifndef ZY_HSM_LAW_GROUP_H
#define ZY_HSM_LAW_GROUP_H

#include "law.h"

/*
 * Where the token is in a group: takes every order to shred in HOME/signer/approved that its journal has not, whichever
 * token it named: a data key has one name in all of them. Each is judged as of the day on which it was made, by the
 * register in force or by one that a journal of HOME says was in force; one that cannot be judged stops the signer.
 * Errors: approval-*, order, io, journal.
 */
ZY_MUST_CHECK bool zy_law_catch_up(struct zy_law *l, const char *home, struct zy_error *err);

#endif
