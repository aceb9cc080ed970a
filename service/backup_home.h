/* The files of a home in a backup: which of them there are, and how a home comes from them. */
#ifndef ZY_BACKUP_HOME_H
#define ZY_BACKUP_HOME_H

#include "backup_set.h"

/* By a file's or folder's name below HOME: the vault, which has parts; the secret compartment, which has a backup of
 * its own; what runs; tokens with their PINs; locks; and what is copied in an order of its own (heads of journals, the
 * register). */
bool zy_backup_leaves_out(const char *name);
/* A name that a backup of ours can have: below HOME, and not in what is left out. */
bool zy_backup_may_hold(struct zy_bytes name);

/* A home where there is none: every file is put and synced in HOME.restore, which gets its name when it is whole. What
 * a restore that was killed left there is taken away first. Errors: backup, io, exists (home is not empty, or
 * HOME.restore is something else), busy (another restore is at it). */
ZY_MUST_CHECK bool zy_backup_home_put(struct zy_backup_set *s, const char *home, struct zy_error *err);

#endif
