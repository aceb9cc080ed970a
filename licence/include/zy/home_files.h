/*
 * What lies in a home, and what says that its bytes are those that were written.
 */
#ifndef ZY_HOME_FILES_H
#define ZY_HOME_FILES_H

#include "zy/kept.h"

enum zy_home_area {
	ZY_AREA_RECORD,     /* its line in HOME/files.sums; written by these programs alone */
	ZY_AREA_HAND,       /* the same, of what an operator may change: then `check --accept` records it */
	ZY_AREA_OWN,        /* sums or a chain of its own: stores, journals, the clock, files.sums */
	ZY_AREA_OUT,        /* nothing here: what runs, locks, the tokens' own state, copies that were handed out */
	ZY_AREA_UNFINISHED, /* of a command that is under way, or was cut off: nobody reads it */
	ZY_AREA_STRAY       /* nobody's */
};
/* By its name below HOME; of a folder, of what is in it. */
enum zy_home_area zy_home_area_of(const char *name);

/* The record of all files that lie there now begins. Errors: those of zy_kept_begin. */
ZY_MUST_CHECK bool zy_home_files_begin(const char *home, struct zy_error *err);

#endif
