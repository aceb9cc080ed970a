#include "zy/package.h"

#define ZLIB_CONST /* its inputs are const */
#include <zlib.h>

#include "zip.h"

/* Measured on 25 KB of font outlines and 12 KB of page XML: within a twentieth of level 6, in half its time. */
#define LEVEL 1
#define DOS_DATE 0x0021 /* 1980-01-01, the first day it can say: the same files give the same bytes on any day */

struct written {
	uint16_t version, flags, method;
	uint32_t crc, packed, size, local;
	struct zy_bytes name;
};

static void put_common(struct zy_buf *b, const struct written *w)
{
	zy_buf_put_le(b, w->version, 2);
	zy_buf_put_le(b, w->flags, 2);
	zy_buf_put_le(b, w->method, 2);
	zy_buf_put_le(b, 0, 2); /* time */
	zy_buf_put_le(b, DOS_DATE, 2);
	zy_buf_put_le(b, w->crc, 4);
	zy_buf_put_le(b, w->packed, 4);
	zy_buf_put_le(b, w->size, 4);
	zy_buf_put_le(b, w->name.len, 2);
	zy_buf_put_le(b, 0, 2); /* extra */
}

static void put_central(struct zy_buf *b, const struct written *w)
{
	zy_buf_put_le(b, ZIP_CENTRAL, 4);
	zy_buf_put_le(b, 20, 2); /* made by: MS-DOS, 2.0 */
	put_common(b, w);
	zy_buf_put_le(b, 0, 2); /* comment */
	zy_buf_put_le(b, 0, 2); /* disk */
	zy_buf_put_le(b, 0, 2); /* internal attributes */
	zy_buf_put_le(b, 0, 4); /* external attributes */
	zy_buf_put_le(b, w->local, 4);
	zy_buf_put(b, w->name);
}

static void put_end(struct zy_buf *b, size_t num, size_t central, size_t len, struct zy_bytes comment)
{
	zy_buf_put_le(b, ZIP_END, 4);
	zy_buf_put_le(b, 0, 4); /* disks */
	zy_buf_put_le(b, num, 2);
	zy_buf_put_le(b, num, 2);
	zy_buf_put_le(b, len, 4);
	zy_buf_put_le(b, central, 4);
	zy_buf_put_le(b, comment.len, 2);
	zy_buf_put(b, comment);
}

static bool is_ascii(struct zy_bytes v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] >= 0x80)
			return false;
	return true;
}

/* Deflates v at the end of out; false when that does not make it smaller (or failed: then out is as before). */
static bool deflated(z_stream *z, struct zy_bytes v, struct zy_buf *out)
{
	size_t from = out->len;
	uint8_t *p;

	if (v.len < 2 || (p = zy_buf_extend(out, v.len - 1)) == NULL)
		return false;
	z->next_in = v.p;
	z->avail_in = (uInt)v.len;
	z->next_out = p;
	z->avail_out = (uInt)(v.len - 1);
	if (deflateReset(z) == Z_OK && deflate(z, Z_FINISH) == Z_STREAM_END) {
		out->len -= z->avail_out;
		return true;
	}
	out->len = from;
	return false;
}

static void put_file(z_stream *z, const struct zy_package_file *f, size_t from, struct written *w, struct zy_buf *out)
{
	static const uint8_t head[ZIP_LOCAL_LEN];
	size_t at = out->len, data = at + ZIP_LOCAL_LEN + strlen(f->name);
	ZY_BUF_AUTO local = { 0 };

	*w =
	    (struct written){ .local = (uint32_t)(at - from), .name = zy_str(f->name), .size = (uint32_t)f->bytes.len };
	w->flags = is_ascii(w->name) ? 0 : ZIP_FLAG_UTF8;
	w->crc = (uint32_t)crc32(0, f->bytes.p, (uInt)f->bytes.len);
	zy_buf_put(out, ZY_BYTES(head, ZIP_LOCAL_LEN));
	zy_buf_put(out, w->name);
	if (f->deflated.len > 0) {
		zy_buf_put(out, f->deflated);
		w->method = ZIP_DEFLATED;
	} else {
		w->method = !f->stored && deflated(z, f->bytes, out) ? ZIP_DEFLATED : ZIP_STORED;
	}
	if (w->method == ZIP_STORED)
		zy_buf_put(out, f->bytes);
	w->version = w->method == ZIP_DEFLATED ? 20 : 10;
	w->packed = (uint32_t)(out->len - data);
	zy_buf_put_le(&local, ZIP_LOCAL, 4);
	put_common(&local, w);
	if (out->failed || local.failed)
		out->failed = true;
	else
		memcpy(out->p + at, local.p, ZIP_LOCAL_LEN);
}

/* A package being written to the end of `out`; offsets count from its first byte. */
struct writing {
	struct zy_buf *out, central;
	struct zy_bytes comment;
	size_t from, num;
	bool not_held; /* a file is: only an update can keep it */
	z_stream z;
};

static bool start(struct writing *w, struct zy_buf *out, struct zy_error *err)
{
	*w = (struct writing){ .out = out, .from = out->len };
	return deflateInit2(&w->z, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK ||
	       zy_fail(err, ZY_E_NO_MEMORY, "package", ZY_NOWHERE, "no memory to deflate");
}

static void put(struct writing *w, const struct zy_package_file *f)
{
	struct written head;

	w->not_held = w->not_held || f->packed.len > 0;
	put_file(&w->z, f, w->from, &head, w->out);
	put_central(&w->central, &head);
	w->num++;
}

static void overwrite(struct zy_buf *b, size_t at, uint64_t v, size_t len)
{
	for (size_t i = 0; !b->failed && i < len; i++)
		b->p[at + i] = (uint8_t)(v >> 8 * i);
}

/* The entry as it is; of its central header only the offset of the local one moves. */
static void put_as_it_is(struct writing *w, struct zy_bytes in, const struct zip_entry *e)
{
	const size_t at = w->central.len;

	zy_buf_put(&w->central, e->record);
	if (e->offset_in_extra != 0)
		overwrite(&w->central, at + e->offset_in_extra, w->out->len - w->from, 8);
	if (!e->offset_is_ones)
		overwrite(&w->central, at + ZIP_CENTRAL_OFFSET, w->out->len - w->from, 4);
	zy_buf_put(w->out, ZY_BYTES(in.p + e->local, e->end - e->local));
	w->num++;
}

static bool end(struct writing *w, struct zy_error *err)
{
	const size_t at = w->out->len;
	bool ok;

	zy_buf_put(w->out, zy_buf_bytes(&w->central));
	put_end(w->out, w->num, at - w->from, w->central.len, w->comment);
	if (w->num > ZY_PACKAGE_FILES_MAX)
		ok = zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "over %d files", ZY_PACKAGE_FILES_MAX);
	else if (w->not_held)
		ok = zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "a file is too large to be packed anew");
	else if (w->out->len - w->from > ZY_PACKAGE_MAX)
		ok = zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "it is over the cap of %zu", ZY_PACKAGE_MAX);
	else
		ok = zy_buf_done(w->out, "package", err) && zy_buf_done(&w->central, "package", err);
	deflateEnd(&w->z);
	zy_buf_free(&w->central);
	return ok;
}

bool zy_package_encode(const struct zy_package *p, struct zy_buf *out, struct zy_error *err)
{
	struct writing w;

	if (p->num_files > ZY_PACKAGE_FILES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "over %d files", ZY_PACKAGE_FILES_MAX);
	if (!start(&w, out, err))
		return false;
	for (size_t i = 0; i < p->num_files; i++)
		put(&w, &p->files[i]);
	return end(&w, err);
}

/* The files of an update that are fresh, which are few. */
struct fresh {
	const struct zy_package_file *file;
	bool written;
};

/* The fresh file of that name, marked as written; NULL: the entry stays. */
static const struct zy_package_file *take_fresh(struct fresh *list, size_t num, struct zy_bytes name)
{
	for (size_t i = 0; i < num; i++)
		if (zy_bytes_equal(zy_str(list[i].file->name), name)) {
			list[i].written = true;
			return list[i].file;
		}
	return NULL;
}

bool zy_package_update(const struct zy_package *p, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zip_entry *entries;
	struct zy_bytes comment;
	ZY_ARENA_AUTO a = { 0 };
	struct fresh *list = zy_arena_array(&a, p->num_files + 1, sizeof(*list), err);
	struct writing w;
	size_t num, num_fresh = 0;

	if (list == NULL || !zip_read(in, &a, &entries, &num, &comment, err) || !start(&w, out, err))
		return false;
	w.comment = comment;
	for (size_t i = 0; i < p->num_files; i++)
		if (p->files[i].fresh)
			list[num_fresh++].file = &p->files[i];
	for (size_t i = 0; i < num; i++) {
		const struct zy_package_file *f = take_fresh(list, num_fresh, entries[i].name);

		if (f == NULL)
			put_as_it_is(&w, in, &entries[i]);
		else
			put(&w, f);
	}
	for (size_t i = 0; i < num_fresh; i++)
		if (!list[i].written)
			put(&w, list[i].file);
	return end(&w, err);
}
