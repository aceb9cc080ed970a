/*
 * The description of a backup: one line of JSON and one with its HMAC under a key of the vault. Who only has the
 * backup, and not the vault's token, cannot know whether it is the one that was written: until then all of it is a
 * stranger's word, and of strict form at least.
 *
 * Members: form (1), parts ([{bytes, rows, sha256}]), whole_parts (so many of them are a vault), files ({name: sha256},
 * names below HOME), at (how far the copy is), home (where it was made), checkpoint (none of the secret compartment).
 */
#ifndef ZY_BACKUP_TEXT_H
#define ZY_BACKUP_TEXT_H

#include <jansson.h>

#include "zy/digest.h"
#include "zy/vault_backup.h"

#define ZY_BACKUP_TEXT_MAX ((size_t)64 << 20)
#define ZY_BACKUP_FILE_MAX ((size_t)2 << 30) /* octets of a part, or of a file of the home */

struct zy_backup_text {
	json_t *root;         /* the caller's to release */
	struct zy_bytes line; /* what the HMAC is over; a view */
	uint8_t mac[ZY_HASH_LEN];
	struct zy_backup_at at;
};
/* Not checked: the HMAC. Errors: backup, too-large. */
ZY_MUST_CHECK bool zy_backup_text_parse(struct zy_backup_text *out, struct zy_bytes file, struct zy_error *err);

#endif
