#include "zy/package.h"

#include <stdlib.h>
#include <strings.h>

#define ZLIB_CONST /* its inputs are const */
#include <zlib.h>

#include "zip.h"

#define WINDOW ((size_t)16 << 10)

/* One DEFLATE stream that fills `out` exactly and leaves no input. */
static bool inflate_into(z_stream *z, struct zy_bytes packed, uint8_t *out, size_t len)
{
	uint8_t nothing[1];

	if (inflateReset(z) != Z_OK)
		return false;
	z->next_in = packed.p;
	z->avail_in = (uInt)packed.len;
	z->next_out = out == NULL ? nothing : out;
	z->avail_out = (uInt)len;
	return inflate(z, Z_FINISH) == Z_STREAM_END && z->avail_in == 0 && z->avail_out == 0;
}

/* The same without room for the whole: its bytes pass through a window, to a CRC and to k if there is one. */
struct through {
	z_stream *z; /* NULL: it is stored */
	struct zy_hasher *k;
	size_t left;
	uint32_t crc;
	int rc;
};

static bool take_plain(struct through *t, struct zy_bytes v, struct zy_error *err)
{
	if (v.len > t->left)
		return zip_fail(ZY_NOWHERE, "data", "it does not inflate to its size", err);
	t->left -= v.len;
	t->crc = (uint32_t)crc32(t->crc, v.p, (uInt)v.len);
	return t->k == NULL || zy_hasher_add(t->k, v, err);
}

static bool take_piece(void *arg, struct zy_bytes piece, struct zy_error *err)
{
	struct through *t = arg;
	uint8_t window[WINDOW];

	if (t->z == NULL)
		return take_plain(t, piece, err);
	t->z->next_in = piece.p;
	t->z->avail_in = (uInt)piece.len;
	while (t->rc == Z_OK) {
		t->z->next_out = window;
		t->z->avail_out = sizeof(window);
		t->rc = inflate(t->z, Z_NO_FLUSH);
		if (t->rc == Z_BUF_ERROR && t->z->avail_in == 0) { /* the next piece is wanted */
			t->rc = Z_OK;
			return true;
		}
		if (t->rc != Z_OK && t->rc != Z_STREAM_END)
			break;
		if (!take_plain(t, ZY_BYTES(window, sizeof(window) - t->z->avail_out), err))
			return false;
	}
	return (t->rc == Z_STREAM_END && t->z->avail_in == 0) ||
	       zip_fail(ZY_NOWHERE, "data", "it does not inflate to its size", err);
}

static bool walk(z_stream *z, const struct zy_package_file *f, struct zy_hasher *k, uint32_t *crc, struct zy_error *err)
{
	struct through t = { .z = f->is_stored ? NULL : z, .k = k, .left = f->size };

	if (inflateReset(z) != Z_OK || !zy_mapped_walk(f->packed, take_piece, &t, err))
		return err->code != ZY_OK || zip_fail(ZY_NOWHERE, "data", "zlib cannot begin", err);
	*crc = t.crc;
	return (t.left == 0 && (t.z == NULL || t.rc == Z_STREAM_END)) ||
	       zip_fail(ZY_NOWHERE, "data", "it does not inflate to its size", err);
}

/* The bytes of a file in memory. */
static bool hold(z_stream *z, struct zy_bytes packed, bool is_stored, size_t size, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err)
{
	uint8_t *p;
	bool ok;

	if (is_stored) {
		ok = zy_arena_copy(a, packed, out, err);
	} else {
		if ((p = zy_arena_alloc(a, size + 1, err)) == NULL)
			return false;
		ok = inflate_into(z, packed, p, size) ||
		     zip_fail(ZY_NOWHERE, "data", "it does not inflate to its size", err);
		*out = ZY_BYTES(p, size);
	}
	zy_mapped_release(packed);
	return ok;
}

/* What of a package is held in memory when it is parsed. */
struct held {
	bool in_file; /* nothing of it is there yet */
	size_t most, all, now;
};

static bool unpack(z_stream *z, const struct zip_entry *e, struct held *held, struct zy_arena *a,
    struct zy_package_file *f, struct zy_error *err)
{
	const bool is_stored = e->method == ZIP_STORED;
	struct zy_error why = { 0 };
	const size_t size = (size_t)e->size;
	uint32_t crc;

	if (is_stored && !held->in_file) {
		f->bytes = e->data;
	} else if (size > held->most || held->now + size > held->all) {
		f->packed = e->data;
		f->is_stored = is_stored;
		f->size = size;
		if (!walk(z, f, NULL, &crc, &why))
			return zip_fail(e->local, "data", "it does not inflate to its size", err);
		return crc == e->crc || zip_fail(e->local, "data", "its CRC is wrong", err);
	} else {
		if (!hold(z, e->data, is_stored, size, a, &f->bytes, &why))
			return zy_fail(err, why.code, why.field, e->local, "%s", why.msg);
		held->now += size;
	}
	return crc32(0, f->bytes.p, (uInt)f->bytes.len) == e->crc ||
	       zip_fail(e->local, "data", "its CRC is wrong", err);
}

static bool no_inflate(struct zy_error *err)
{
	return zy_fail(err, ZY_E_NO_MEMORY, "package", ZY_NOWHERE, "no memory to inflate");
}

bool zy_package_digest(const struct zy_package_file *f, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher k = { 0 };
	z_stream z = { 0 };
	uint32_t crc;
	bool ok;

	if (f->packed.len == 0)
		return zy_digest(h, f->bytes, out, err);
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return no_inflate(err);
	ok = zy_hasher_start(&k, h, err) && walk(&z, f, &k, &crc, err) && zy_hasher_final(&k, out, err);
	zy_hasher_free(&k);
	inflateEnd(&z);
	return ok;
}

bool zy_package_hold(struct zy_package_file *f, struct zy_arena *a, struct zy_error *err)
{
	z_stream z = { 0 };
	bool ok;

	if (f->packed.len == 0)
		return true;
	if (f->size > ZY_PACKAGE_HELD_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "a file is too large to be read");
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return no_inflate(err);
	ok = hold(&z, f->packed, f->is_stored, f->size, a, &f->bytes, err);
	inflateEnd(&z);
	if (ok) {
		f->packed = (struct zy_bytes){ 0 };
		f->size = 0;
	}
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool check_unique(const struct zy_package *p, struct zy_arena *a, struct zy_error *err)
{
	const char **names = zy_arena_array(a, p->num_files + 1, sizeof(*names), err);

	if (names == NULL)
		return false;
	for (size_t i = 0; i < p->num_files; i++)
		names[i] = p->files[i].name;
	qsort(names, p->num_files, sizeof(*names), by_name);
	for (size_t i = 1; i < p->num_files; i++)
		if (strcasecmp(names[i - 1], names[i]) == 0)
			return zip_fail(ZY_NOWHERE, "name", "two files have the same name", err);
	return true;
}

static bool take_files(struct zy_package *p, const struct zip_entry *entries, size_t num, bool in_file, z_stream *z,
    struct zy_arena *a, struct zy_error *err)
{
	struct held held = { .in_file = in_file,
		.most = in_file ? ZY_PACKAGE_KEPT_MAX : ZY_PACKAGE_HELD_MAX,
		.all = in_file ? ZY_PACKAGE_ALL_KEPT_MAX : ZY_PACKAGE_ALL_HELD_MAX };

	for (size_t i = 0; i < num; i++) {
		const struct zip_entry *e = &entries[i];
		struct zy_package_file *f = &p->files[p->num_files];

		*f = (struct zy_package_file){ 0 };
		if (zip_is_folder(e) && e->size != 0)
			return zip_fail(e->local, "name", "a folder has contents", err);
		if (!unpack(z, e, &held, a, f, err))
			return false;
		if (!zip_name(e, a, &f->name, err) || !zip_other_name(e, a, &f->other_name, err))
			return false;
		if (zip_is_folder(e))
			continue;
		p->num_files++;
	}
	return true;
}

static bool make_room(struct zy_package *p, size_t room, struct zy_error *err)
{
	struct zy_package_file *files = zy_arena_array(p->arena, room, sizeof(*files), err);

	if (files == NULL)
		return false;
	if (p->num_files > 0)
		memcpy(files, p->files, p->num_files * sizeof(*files));
	p->files = files;
	p->room = room;
	return true;
}

bool zy_package_parse(struct zy_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zip_entry *entries;
	struct zy_bytes comment;
	z_stream z = { 0 };
	size_t num;
	bool ok;

	*out = (struct zy_package){ .arena = a };
	if (!zip_read(in, a, &entries, &num, &comment, err) || !make_room(out, num + ZY_PACKAGE_SPARE, err))
		return false;
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return no_inflate(err);
	ok = take_files(out, entries, num, zy_mapped_holds(in), &z, a, err) && check_unique(out, a, err);
	inflateEnd(&z);
	if (!ok)
		out->num_files = 0;
	return ok;
}

const struct zy_package_file *zy_package_find(const struct zy_package *p, const char *name)
{
	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, name) == 0)
			return &p->files[i];
	return NULL;
}

bool zy_package_put(struct zy_package *p, const char *name, struct zy_bytes bytes, struct zy_error *err)
{
	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, name) == 0) {
			p->files[i] = (struct zy_package_file){ .name = name, .bytes = bytes, .fresh = true };
			return true;
		}
	return zy_package_add(p, name, bytes, err);
}

bool zy_package_add(struct zy_package *p, const char *name, struct zy_bytes bytes, struct zy_error *err)
{
	size_t total = bytes.len;

	if (!zip_check_name(zy_str(name), ZY_NOWHERE, err))
		return false;
	for (size_t i = 0; i < p->num_files; i++) {
		if (strcasecmp(p->files[i].name, name) == 0)
			return zip_fail(ZY_NOWHERE, "name", "two files have the same name", err);
		total += p->files[i].bytes.len + p->files[i].size;
	}
	if (p->num_files == ZY_PACKAGE_FILES_MAX || bytes.len > ZY_PACKAGE_MAX || total > ZY_PACKAGE_TOTAL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "over %d files, or a size over its cap",
		    ZY_PACKAGE_FILES_MAX);
	if (p->num_files == p->room && !make_room(p, 2 * p->room + ZY_PACKAGE_SPARE, err))
		return false;
	p->files[p->num_files++] = (struct zy_package_file){ .name = name, .bytes = bytes, .fresh = true };
	return true;
}
