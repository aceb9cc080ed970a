/* Target functions: zy_backup_part_walk; zy_change_row_parse and zy_change_item_next on the values of `change`. What is
 * read of a part is written to the same bytes. */
#include <stdlib.h>

#include "vault/backup_part.h"
#include "vault/changes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err)
{
	if (err->code == ZY_OK)
		abort();
}

static void one_change(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_change_item item;
	struct zy_change_row row;

	if (!zy_change_row_parse(&row, in, &err)) {
		refused(&err);
		return;
	}
	if (row.num > ZY_CHANGE_ITEMS_MAX)
		abort();
	while (row.num > 0)
		if (!zy_change_item_next(&row, &item, &err)) {
			refused(&err);
			return;
		}
}

static bool one_row(void *arg, const struct zy_backup_row *row, struct zy_error *err)
{
	(void)err;
	if (row->db >= ZY_NUM_DB || row->key.len == 0 || row->key.len > ZY_KEY_MAX || (row->gone && row->value.len > 0))
		abort();
	if (row->db == ZY_DB_CHANGE && !row->gone)
		one_change(row->value);
	zy_backup_part_put(arg, row);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	ZY_BUF_AUTO head = { 0 };
	ZY_BUF_AUTO out = { 0 };

	zy_backup_part_begin(&head);
	zy_backup_part_begin(&out);
	if (!zy_backup_part_walk(in, one_row, &out, &err)) {
		refused(&err);
		if (err.offset != ZY_NOWHERE && err.offset > len)
			abort();
		return 0;
	}
	/* Names in another order are read as well, and not written so. */
	if (len >= head.len && memcmp(data, head.p, head.len) == 0 && !zy_bytes_equal(zy_buf_bytes(&out), in))
		abort();
	return 0;
}
