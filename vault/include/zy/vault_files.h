/* The files of a vault held against their own sums, without any key, beside the vault's owner. */
#ifndef ZY_VAULT_FILES_H
#define ZY_VAULT_FILES_H

#include "zy/vault_care.h"

struct zy_vault_files {
	uint64_t pages, free; /* in use; in no use */
	uint64_t unheld;      /* of those in no use: not held against their sums (zy/engine.h) */
	const char *file;     /* of a failure: which one, static */
	bool stopped;
};
/* data.mdb with data.sums, and the notes `check` and `backed-up`. Errors: vault-absent, vault-corrupt, vault, io. */
ZY_MUST_CHECK bool zy_vault_files_check(
    const char *folder, const struct zy_care *care, struct zy_vault_files *out, struct zy_error *err);

/* What the last check of the home's files found: VAULT/check-files, there from then until a sound one. */
struct zy_files_note {
	zy_time at;
	uint64_t found;                     /* files that are not what was written */
	char fault[ZY_CHECK_FAULT_MAX + 1]; /* the error's name */
};
/* Errors: io. */
ZY_MUST_CHECK bool zy_files_note_write(const char *folder, const struct zy_files_note *n, struct zy_error *err);
ZY_MUST_CHECK bool zy_files_note_clear(const char *folder, struct zy_error *err);
/* *found false and true: nothing was. Errors: vault-corrupt (the note itself was changed), io. */
ZY_MUST_CHECK bool zy_files_note_read(const char *folder, struct zy_files_note *out, bool *found, struct zy_error *err);

#endif
