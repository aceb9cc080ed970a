#include "zy/package.h"

#include <stdlib.h>
#include <strings.h>

#define ZLIB_CONST /* its inputs are const */
#include <zlib.h>

#include "zip.h"

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

static bool unpack(
    z_stream *z, const struct zip_entry *e, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	if (e->method == ZIP_STORED) {
		*out = e->data;
	} else {
		uint8_t *p = zy_arena_alloc(a, (size_t)e->size + 1, err);

		if (p == NULL)
			return false;
		if (!inflate_into(z, e->data, p, (size_t)e->size))
			return zip_fail(e->local, "data", "it does not inflate to its size", err);
		*out = ZY_BYTES(p, e->size);
	}
	return crc32(0, out->p, (uInt)out->len) == e->crc || zip_fail(e->local, "data", "its CRC is wrong", err);
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

static bool take_files(struct zy_package *p, const struct zip_entry *entries, size_t num, z_stream *z,
    struct zy_arena *a, struct zy_error *err)
{
	for (size_t i = 0; i < num; i++) {
		const struct zip_entry *e = &entries[i];
		struct zy_package_file *f = &p->files[p->num_files];

		*f = (struct zy_package_file){ 0 };
		if (zip_is_folder(e) && e->size != 0)
			return zip_fail(e->local, "name", "a folder has contents", err);
		if (!unpack(z, e, a, &f->bytes, err))
			return false;
		if (zip_is_folder(e))
			continue;
		if ((f->name = zy_arena_text(a, e->name, err)) == NULL)
			return false;
		p->num_files++;
	}
	return true;
}

bool zy_package_parse(struct zy_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zip_entry *entries;
	z_stream z = { 0 };
	size_t num;
	bool ok;

	out->num_files = 0;
	if (!zip_read(in, a, &entries, &num, err))
		return false;
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return zy_fail(err, ZY_E_NO_MEMORY, "package", ZY_NOWHERE, "no memory to inflate");
	ok = take_files(out, entries, num, &z, a, err) && check_unique(out, a, err);
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
		total += p->files[i].bytes.len;
	}
	if (p->num_files == ZY_PACKAGE_FILES_MAX || bytes.len > ZY_PACKAGE_FILE_MAX || total > ZY_PACKAGE_TOTAL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "over %d files, or a size over its cap",
		    ZY_PACKAGE_FILES_MAX);
	p->files[p->num_files++] = (struct zy_package_file){ .name = name, .bytes = bytes, .fresh = true };
	return true;
}
