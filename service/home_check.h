/* Every file of a home held against what says that its bytes are those that were written (zy/home_files.h). */
#ifndef ZY_HOME_CHECK_H
#define ZY_HOME_CHECK_H

#include "cli.h"
#include "zy/vault_care.h"

struct zy_home_figures {
	uint64_t files;       /* held against HOME/files.sums */
	uint64_t records;     /* of the signers' journals, each on the one before */
	uint64_t pages, free; /* of the stores: in use; in no use: each held against its sum */
	uint64_t unheld;      /* but for these, in no use: somebody writes, or was killed */
	uint64_t unfinished;  /* files that an interrupted command left; nobody reads them */
	json_t *stray;        /* names of files that are nobody's; owned */
	uint64_t found;       /* that are not what was written; each was told */
	bool stopped;
};
/* Needs neither signer nor key. What is found is told on standard output, a line each, and the first of it is the
 * error at the end: home-file, journal, clock, vault-corrupt. Errors: also io. */
ZY_MUST_CHECK bool zy_home_check(
    struct zy_cli *c, const struct zy_care *care, struct zy_home_figures *out, struct zy_error *err);
void zy_home_figures_free(struct zy_home_figures *f);
/* A member of the answer; takes `stray`. */
json_t *zy_home_figures_json(struct zy_home_figures *f);
void zy_home_figures_print(const struct zy_home_figures *f);

/* Takes files as they lie: those named, by their names below HOME, or all. Errors: usage (a file that nobody changes by
 * hand), home-file. */
ZY_MUST_CHECK bool zy_home_accept(struct zy_cli *c, const char *const *names, bool all, struct zy_error *err);

#endif
