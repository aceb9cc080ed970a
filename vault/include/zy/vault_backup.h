/*
 * Copies of a vault while others commit, and vaults from copies. A copy is a row of parts, files of rows as they are
 * stored: sealed, readable to nobody without the token. First all rows, a piece at a time; then the rows that were
 * changed since, until nothing is new: then the parts are the vault of that moment, and later ones add what came after
 * (`change` says what, vault/changes.h).
 */
#ifndef ZY_VAULT_BACKUP_H
#define ZY_VAULT_BACKUP_H

#include "zy/vault.h"

/* Where a backup stands. Kept by who makes it. */
#define ZY_BACKUP_KEY_MAX 96
struct zy_backup_at {
	bool copied; /* all rows were copied once; else the rest lies behind: */
	unsigned db;
	size_t key_len; /* 0: from the first row of db on */
	uint8_t key[ZY_BACKUP_KEY_MAX];
	uint64_t change, seq; /* last change, and last event, whose rows are in the parts when copied is true */
};
struct zy_backup_part {
	uint64_t bytes, rows;
	uint8_t digest[ZY_HASH_LEN]; /* SHA-256 of the file */
};

/* A copy begins: from now on changes are kept. v may be open to read, beside an owner. Errors: vault..., io. */
ZY_MUST_CHECK bool zy_vault_backup_begin(struct zy_vault *v, struct zy_backup_at *out, struct zy_error *err);
/* Writes the next part to path (in the way of a whole file: it is there or it is not) and moves *at on. *whole: the
 * parts are the vault as it was in this moment; when nothing was new, out->rows is 0 and there is no file.
 * Errors: backup (what was changed since *at is no longer known: begin anew), vault..., io, exists. */
ZY_MUST_CHECK bool zy_vault_backup_part(struct zy_vault *v, struct zy_backup_at *at, const char *path,
    struct zy_backup_part *out, bool *whole, struct zy_error *err);
/* The parts are safe: changes that only they need may go, once a later backup is safe too. Errors: io. */
ZY_MUST_CHECK bool zy_vault_backup_done(struct zy_vault *v, const struct zy_backup_at *at, struct zy_error *err);
/* HMAC under a key of the vault: of what describes a backup. Errors: crypto. */
ZY_MUST_CHECK bool zy_vault_backup_mac(
    struct zy_vault *v, struct zy_bytes text, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/* The rows of a part, in its form. database: of the vault's, as it is stored; value.p NULL: the row is gone. Views of
 * part. Errors: backup (another form, a database that is not known here, a row outside its bounds), those of cb. */
struct zy_backup_row {
	unsigned db;
	struct zy_bytes key, value;
	bool gone;
};
typedef bool zy_backup_row_cb(void *arg, const struct zy_backup_row *row, struct zy_error *err);
ZY_MUST_CHECK bool zy_backup_part_walk(struct zy_bytes part, zy_backup_row_cb *cb, void *arg, struct zy_error *err);

/*
 * A vault from parts, in a new folder. It is no vault before all parts are in; then it is opened with zy_vault_open,
 * and proved with zy_vault_check_run.
 */
struct zy_restore;
/* Errors: exists, vault..., io. */
ZY_MUST_CHECK bool zy_restore_open(struct zy_restore **out, const char *folder, struct zy_error *err);
/* In the order of the backup. Errors: backup, vault... */
ZY_MUST_CHECK bool zy_restore_part(struct zy_restore *r, struct zy_bytes part, struct zy_error *err);
/* Holds every hash of the log against its entries, and their number against that of the events, without any key.
 * Errors: log, vault... */
ZY_MUST_CHECK bool zy_restore_prove(struct zy_restore *r, struct zy_merkle_head *out, struct zy_error *err);
void zy_restore_close(struct zy_restore *r);

/* Writes are taken back, the last one first, until no event after `seq`, and none recorded after `at`, is left. *out:
 * the head that is left; the log of before began with it. Wrapped keys stay as they were last. v must be opened anew
 * afterwards. Errors: backup (so far back the changes are not known), log, vault... */
ZY_MUST_CHECK bool zy_vault_back_to(
    struct zy_vault *v, uint64_t seq, zy_time at, struct zy_merkle_head *out, struct zy_error *err);
/* A restored vault keeps no changes: the next backup of it begins anew. Errors: vault... */
ZY_MUST_CHECK bool zy_vault_forget_changes(struct zy_vault *v, struct zy_error *err);

#endif
