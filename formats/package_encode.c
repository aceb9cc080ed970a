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

static void put_end(struct zy_buf *b, size_t num, size_t central, size_t len)
{
	zy_buf_put_le(b, ZIP_END, 4);
	zy_buf_put_le(b, 0, 4); /* disks */
	zy_buf_put_le(b, num, 2);
	zy_buf_put_le(b, num, 2);
	zy_buf_put_le(b, len, 4);
	zy_buf_put_le(b, central, 4);
	zy_buf_put_le(b, 0, 2); /* comment */
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

static void put_file(z_stream *z, const struct zy_package_file *f, struct written *w, struct zy_buf *out)
{
	static const uint8_t head[ZIP_LOCAL_LEN];
	size_t at = out->len, data = at + ZIP_LOCAL_LEN + strlen(f->name);
	ZY_BUF_AUTO local = { 0 };

	*w = (struct written){ .local = (uint32_t)at, .name = zy_str(f->name), .size = (uint32_t)f->bytes.len };
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

bool zy_package_encode(const struct zy_package *p, struct zy_buf *out, struct zy_error *err)
{
	/* Offsets count from the package's first byte, so it is made apart and then appended. */
	ZY_BUF_AUTO files = { .cap = ZY_PACKAGE_TOTAL_MAX };
	ZY_BUF_AUTO central = { 0 };
	z_stream z = { 0 };
	size_t at;

	if (p->num_files > ZY_PACKAGE_FILES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "over %d files", ZY_PACKAGE_FILES_MAX);
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return zy_fail(err, ZY_E_NO_MEMORY, "package", ZY_NOWHERE, "no memory to deflate");
	for (size_t i = 0; i < p->num_files; i++) {
		struct written w;

		put_file(&z, &p->files[i], &w, &files);
		put_central(&central, &w);
	}
	deflateEnd(&z);
	at = files.len;
	zy_buf_put(&files, zy_buf_bytes(&central));
	put_end(&files, p->num_files, at, central.len);
	if (!zy_buf_done(&files, "package", err) || !zy_buf_done(&central, "package", err))
		return false;
	zy_buf_put(out, zy_buf_bytes(&files));
	return zy_buf_done(out, "package", err);
}
