/*
 * A backup as a folder: `backup`, one line of JSON that says what there is with digests, and a line with its HMAC under
 * a key of the vault; parts/N, rows of the vault (zy/vault_backup.h); files/DIGEST, files of the home.
 */
#ifndef ZY_BACKUP_SET_H
#define ZY_BACKUP_SET_H

#include <jansson.h>

#include "backup_text.h"
#include "zy/folder.h"
#include "zy/home.h"
#include "zy/vault_care.h"

struct zy_backup_set {
	const char *folder;
	json_t *root; /* owned */
	struct zy_bytes line;
	uint8_t mac[ZY_HASH_LEN];
	char digest[2 * ZY_HASH_LEN + 1]; /* SHA-256 of the file `backup` as it is now */
	struct zy_backup_at at;
	struct zy_arena arena;
};
/* *found: there is one. Errors: backup, io, too-large. */
ZY_MUST_CHECK bool zy_backup_set_open(struct zy_backup_set *s, const char *folder, bool *found, struct zy_error *err);
void zy_backup_set_close(struct zy_backup_set *s);
/* It is what this vault's owner wrote. Errors: backup, crypto. */
ZY_MUST_CHECK bool zy_backup_set_check(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err);
/* Begins one, in an absent or empty folder. Errors: exists, vault..., io. */
ZY_MUST_CHECK bool zy_backup_set_make(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err);
/* Copies what is new; false and stopped when care said so. Errors: backup, vault..., io. */
ZY_MUST_CHECK bool zy_backup_set_copy(
    struct zy_backup_set *s, struct zy_vault *v, const struct zy_care *care, bool *stopped, struct zy_error *err);
/* The files of the home, and the signed checkpoint that the parts go beyond; then the set is whole. Without a
 * checkpoint it is one of the secret compartment, which has none, and no files go with it. */
ZY_MUST_CHECK bool zy_backup_set_finish(struct zy_backup_set *s, struct zy_vault *v, const struct zy_home *h,
    struct zy_bytes checkpoint, struct zy_error *err);
/* All parts of the whole set into a new folder, with their digests checked; *out is the head, proved. */
ZY_MUST_CHECK bool zy_backup_set_load(struct zy_backup_set *s, const char *folder, const struct zy_care *care,
    struct zy_merkle_head *out, struct zy_error *err);

#endif
