#include "backup_part.h"

#define MAGIC ZY_LITERAL("zybackup1\n")

void zy_backup_part_begin(struct zy_buf *out)
{
	zy_buf_put(out, MAGIC);
	zy_buf_put_u8(out, ZY_NUM_DB);
	for (enum zy_db db = ZY_DB_META; db < ZY_NUM_DB; db++) {
		const struct zy_bytes name = zy_str(zy_db_name(db));

		zy_buf_put_u8(out, (uint8_t)name.len);
		zy_buf_put(out, name);
	}
}

void zy_backup_part_put(struct zy_buf *out, const struct zy_backup_row *row)
{
	zy_buf_put_u8(out, (uint8_t)row->db);
	zy_buf_put_u8(out, row->gone ? 0 : 1);
	zy_buf_put_be(out, row->key.len, 2);
	zy_buf_put_be(out, row->gone ? 0 : row->value.len, 4);
	zy_buf_put(out, row->key);
	if (!row->gone)
		zy_buf_put(out, row->value);
}

static bool bad(const struct zy_reader *r, const char *why, struct zy_error *err)
{
	*err = (struct zy_error){ 0 };
	return zy_fail(err, ZY_E_BACKUP, "part", zy_reader_offset(r), "%s", why);
}

static bool find_db(struct zy_bytes name, unsigned *out)
{
	for (enum zy_db db = ZY_DB_META; db < ZY_NUM_DB; db++)
		if (zy_bytes_equal(name, zy_str(zy_db_name(db)))) {
			*out = db;
			return true;
		}
	return false;
}

/* Databases by their places in the part: a later release may have more of them, in another order. */
struct names {
	unsigned num, db[256];
};

static bool take_names(struct zy_reader *r, struct names *n, struct zy_error *err)
{
	struct zy_bytes magic, name;
	uint64_t num, len;

	if (!zy_take(r, MAGIC.len, "part", &magic, err) || !zy_bytes_equal(magic, MAGIC))
		return bad(r, "this is no part of a backup", err);
	if (!zy_take_be(r, 1, "part", &num, err))
		return bad(r, "a part of a backup is cut off", err);
	for (n->num = 0; n->num < num; n->num++)
		if (!zy_take_be(r, 1, "part", &len, err) || !zy_take(r, (size_t)len, "part", &name, err) ||
		    !find_db(name, &n->db[n->num]))
			return bad(r, "the backup has a database that this program does not know", err);
	return true;
}

static bool take_row(struct zy_reader *r, const struct names *n, struct zy_backup_row *out, struct zy_error *err)
{
	uint64_t db, kind, key_len, len;

	if (!zy_take_be(r, 1, "part", &db, err) || !zy_take_be(r, 1, "part", &kind, err) ||
	    !zy_take_be(r, 2, "part", &key_len, err) || !zy_take_be(r, 4, "part", &len, err) ||
	    !zy_take(r, (size_t)key_len, "part", &out->key, err) || !zy_take(r, (size_t)len, "part", &out->value, err))
		return bad(r, "a part of a backup is cut off", err);
	if (db >= n->num || kind > 1 || key_len == 0 || key_len > ZY_KEY_MAX || (kind == 0 && len != 0))
		return bad(r, "a row of a backup is not in its form", err);
	out->db = n->db[db];
	out->gone = kind == 0;
	return true;
}

bool zy_backup_part_walk(struct zy_bytes part, zy_backup_row_cb *cb, void *arg, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(part);
	struct zy_backup_row row;
	struct names n;

	if (!take_names(&r, &n, err))
		return false;
	while (zy_reader_left(&r) > 0)
		if (!take_row(&r, &n, &row, err) || !cb(arg, &row, err))
			return false;
	return true;
}
