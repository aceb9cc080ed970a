/*
 * A part of a backup: "zybackup1\n", the number of databases and their names, each behind its length (1 octet); then
 * rows: database (1), 1 or 0 when it is gone (1), lengths of key (2) and value (4), big-endian, key, value.
 */
#ifndef ZY_VAULT_BACKUP_PART_H
#define ZY_VAULT_BACKUP_PART_H

#include "internal.h"
#include "zy/vault_backup.h"

void zy_backup_part_begin(struct zy_buf *out);
void zy_backup_part_put(struct zy_buf *out, const struct zy_backup_row *row);

#endif
