#include "internal.h"

/*
 * A blob in pieces. LMDB puts a value of more than about 2 KB on pages of its own, with a head of 16 bytes on the
 * first; what does not fill the last page is lost. So piece 0 fills whole pages, or leaves less than an eighth of the
 * last one, and the rest goes in small pieces that share pages with those of other blobs: these too lose some tenth,
 * where one more would not fit.
 */
/* TAIL_PIECE: eight with their keys of 14 octets, the tenant first, and LMDB's 10 for each fill a page of 4 KiB. */
enum { PAGE_HEAD = 16, TAIL_PIECE = 486 };

static struct zy_key piece_key(uint64_t seq, unsigned piece)
{
	return zy_key_version(seq, piece); /* the same shape: eight bytes and two */
}

bool zy_blob_put(struct zy_change *c, uint64_t seq, struct zy_bytes all, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(all);
	size_t page = c->store->page, whole = (all.len + PAGE_HEAD + page / 8) / page * page;
	size_t len = whole > 0 ? whole - PAGE_HEAD : TAIL_PIECE;
	struct zy_key k;
	struct zy_bytes piece;

	for (unsigned i = 0; zy_reader_left(&r) > 0; i++, len = TAIL_PIECE) {
		if (len > zy_reader_left(&r))
			len = zy_reader_left(&r);
		k = piece_key(seq, i);
		if (!zy_take(&r, len, "blob", &piece, err) || !zy_change_put(c, ZY_DB_BLOB, &k, piece, err))
			return false;
	}
	return true;
}

struct copy {
	size_t skip, left, done; /* bytes before the part asked for; still to be copied; copied */
	uint8_t *out;
	unsigned pieces;
};

static bool copy_piece(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(value);
	struct copy *c = arg;
	struct zy_bytes part;
	size_t n;

	if (key.len != 10 || zy_key_get(key, 8, 2) != c->pieces++)
		return zy_row_bad(ZY_DB_BLOB, err);
	n = c->skip < value.len ? c->skip : value.len;
	if (!zy_take(&r, n, "blob", &part, err))
		return false;
	c->skip -= n;
	n = c->left < zy_reader_left(&r) ? c->left : zy_reader_left(&r);
	if (!zy_take(&r, n, "blob", &part, err))
		return false;
	if (n > 0)
		memcpy(c->out + c->done, part.p, n);
	c->done += n;
	c->left -= n;
	*stop = c->left == 0;
	return true;
}

bool zy_blob_get(
    struct zy_store *s, struct zy_txn *txn, uint64_t seq, size_t at, uint8_t *out, size_t len, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(seq);
	struct copy c = { .skip = at, .left = len, .out = out };

	if (!zy_store_walk(s, txn, ZY_DB_BLOB, &prefix, NULL, copy_piece, &c, err))
		return false;
	return c.left == 0 || zy_row_bad(ZY_DB_BLOB, err);
}

static bool add_piece(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_blob_size *size = arg;

	(void)key;
	(void)stop;
	(void)err;
	size->len += value.len;
	size->pieces++;
	return true;
}

bool zy_blob_measure(
    struct zy_store *s, struct zy_txn *txn, uint64_t seq, struct zy_blob_size *out, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(seq);

	*out = (struct zy_blob_size){ 0 };
	return zy_store_walk(s, txn, ZY_DB_BLOB, &prefix, NULL, add_piece, out, err);
}
