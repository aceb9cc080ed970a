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

#endif
