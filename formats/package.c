#include "zy/package.h"

#include <stdlib.h>
#include <strings.h>

#define ZLIB_CONST /* its inputs are const */
#include <zlib.h>

#include "zip.h"
#include "zy/text.h"

/* What a local and a central header have in common, in file order. */
struct entry {
	uint64_t version, flags, method, time, date, crc, packed, size;
	struct zy_bytes name, extra;
	size_t local; /* offset of the local header */
};

static bool fail_zip(size_t at, const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_ZIP, field, at, "%s: %s", field, why);
}

static bool take_signature(struct zy_reader *r, uint32_t want, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t have;

	if (!zy_take_le(r, 4, field, &have, err))
		return false;
	return have == want || fail_zip(at, field, "its signature does not stand here", err);
}

/* Up to the lengths of name and extra field. */
static bool take_common(struct zy_reader *r, const char *field, struct entry *e, uint64_t lens[2], struct zy_error *err)
{
	return zy_take_le(r, 2, field, &e->version, err) && zy_take_le(r, 2, field, &e->flags, err) &&
	       zy_take_le(r, 2, field, &e->method, err) && zy_take_le(r, 2, field, &e->time, err) &&
	       zy_take_le(r, 2, field, &e->date, err) && zy_take_le(r, 4, field, &e->crc, err) &&
	       zy_take_le(r, 4, field, &e->packed, err) && zy_take_le(r, 4, field, &e->size, err) &&
	       zy_take_le(r, 2, field, &lens[0], err) && zy_take_le(r, 2, field, &lens[1], err);
}

/* Extra fields must be whole and must not say anything that would change what is read (APPNOTE 4.5). */
static bool check_extra(const struct zy_reader *outer, struct zy_bytes extra, struct zy_error *err)
{
	enum { ZIP64 = 0x0001, STRONG_ENCRYPTION = 0x0017, UNICODE_PATH = 0x7075, AES = 0x9901 };
	struct zy_reader r = zy_reader_inside(outer, extra);

	while (zy_reader_left(&r) > 0) {
		size_t at = zy_reader_offset(&r);
		struct zy_bytes v;
		uint64_t id, len;

		if (!zy_take_le(&r, 2, "extra field", &id, err) || !zy_take_le(&r, 2, "extra field", &len, err) ||
		    !zy_take(&r, (size_t)len, "extra field", &v, err))
			return false;
		if (id == ZIP64 || id == STRONG_ENCRYPTION || id == UNICODE_PATH || id == AES)
			return fail_zip(at, "extra field", "ZIP64, encryption and second names are refused", err);
	}
	return true;
}

static bool check_segments(struct zy_bytes name, size_t at, struct zy_error *err)
{
	size_t start = 0;

	for (size_t i = 0; i <= name.len; i++) {
		size_t len = i - start;

		if (i < name.len && name.p[i] != '/')
			continue;
		if (len == 0 || (len == 1 && name.p[start] == '.') ||
		    (len == 2 && memcmp(name.p + start, "..", 2) == 0))
			return fail_zip(at, "name", "it has an empty, \".\" or \"..\" segment", err);
		start = i + 1;
	}
	return true;
}

/* A name as struct zy_package_file says; `at` is where it stands. */
static bool check_name(struct zy_bytes name, size_t at, struct zy_error *err)
{
	struct zy_error why = { 0 };
	size_t i = 0;
	uint32_t c;

	if (name.len == 0 || name.len > ZY_PACKAGE_NAME_MAX)
		return fail_zip(at, "name", "it is empty or too long", err);
	if (!zy_utf8_check(name, "name", &why))
		return zy_fail(err, ZY_E_UTF8, "name", at, "a file name is not UTF-8");
	while ((c = zy_utf8_next(name, &i)) != 0)
		if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == '\\')
			return fail_zip(at, "name", "it has a control character or a backslash", err);
	return check_segments(name, at, err);
}

static bool check_header(const struct entry *e, size_t at, struct zy_error *err)
{
	static const uint64_t allowed = ZIP_FLAG_UTF8 | ZIP_FLAG_DESCRIPTOR | ZIP_FLAG_DEFLATE_HINT;

	if (e->method != ZIP_STORED && e->method != ZIP_DEFLATED)
		return fail_zip(at, "method", "only stored and deflated files are read", err);
	if ((e->flags & ~allowed) != 0)
		return fail_zip(at, "flags", "encryption and other options are refused", err);
	if (e->version > 20)
		return fail_zip(at, "version needed", "it is over 2.0", err);
	if (e->method == ZIP_STORED && e->packed != e->size)
		return fail_zip(at, "size", "a stored file has two different sizes", err);
	if (e->size > ZY_PACKAGE_FILE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "size", at, "a file is over the cap of %zu", ZY_PACKAGE_FILE_MAX);
	if (e->size > ZY_PACKAGE_RATIO_FROM && e->size / ZY_PACKAGE_RATIO_MAX > e->packed)
		return zy_fail(err, ZY_E_TOO_LARGE, "size", at, "a file is packed over %d to 1", ZY_PACKAGE_RATIO_MAX);
	return true;
}

/* Of a package made on Unix the upper bits are st_mode (APPNOTE 4.4.2, 4.4.15): where we read bytes, others would
 * follow a link. */
static bool is_link(uint64_t made_by, uint64_t external)
{
	enum { UNIX = 3, OS_X = 19, LINK = 10 };
	uint64_t system = made_by >> 8;

	return (system == UNIX || system == OS_X) && external >> 28 == LINK;
}

static bool take_central(struct zy_reader *r, struct entry *e, struct zy_error *err)
{
	static const char field[] = "central header";
	uint64_t made_by, lens[2], comment, disk, internal, external, local;
	size_t at = zy_reader_offset(r);
	struct zy_bytes name;

	if (!take_signature(r, ZIP_CENTRAL, field, err) || !zy_take_le(r, 2, field, &made_by, err) ||
	    !take_common(r, field, e, lens, err) || !zy_take_le(r, 2, field, &comment, err) ||
	    !zy_take_le(r, 2, field, &disk, err) || !zy_take_le(r, 2, field, &internal, err) ||
	    !zy_take_le(r, 4, field, &external, err) || !zy_take_le(r, 4, field, &local, err) ||
	    !zy_take(r, (size_t)lens[0], field, &e->name, err) || !zy_take(r, (size_t)lens[1], field, &e->extra, err))
		return false;
	e->local = (size_t)local;
	if (comment != 0 || disk != 0)
		return fail_zip(at, field, "a comment or a second disk is refused", err);
	if (is_link(made_by, external))
		return fail_zip(at, field, "a symbolic link is refused", err);
	name = e->name;
	if (name.len > 0 && name.p[name.len - 1] == '/')
		name.len--; /* a folder */
	return check_name(name, at, err) && check_extra(r, e->extra, err) && check_header(e, at, err);
}

/* With a data descriptor the local crc and sizes may be left to it, as zeros. */
static bool same_headers(const struct entry *c, const struct entry *l)
{
	bool late = (c->flags & ZIP_FLAG_DESCRIPTOR) != 0 && l->crc == 0 && l->packed == 0 && l->size == 0;

	return c->version == l->version && c->flags == l->flags && c->method == l->method && c->time == l->time &&
	       c->date == l->date && zy_bytes_equal(c->name, l->name) &&
	       (late || (c->crc == l->crc && c->packed == l->packed && c->size == l->size));
}

/* Its signature is optional (APPNOTE 4.3.9.3): as the entries must tile the file, its length tells. */
static bool take_descriptor(struct zy_reader *r, const struct entry *e, size_t next, struct zy_error *err)
{
	static const char field[] = "data descriptor";
	size_t at = zy_reader_offset(r);
	uint64_t crc, packed, size;

	if (next - at == 16 && !take_signature(r, ZIP_DESCRIPTOR, field, err))
		return false;
	if (!zy_take_le(r, 4, field, &crc, err) || !zy_take_le(r, 4, field, &packed, err) ||
	    !zy_take_le(r, 4, field, &size, err))
		return false;
	return (crc == e->crc && packed == e->packed && size == e->size) ||
	       fail_zip(at, field, "it differs from the central header", err);
}

/* The entry at r, which must end at `next`: where the next one or the central directory begins. */
static bool take_local(
    struct zy_reader *r, const struct entry *c, size_t next, struct zy_bytes *packed, struct zy_error *err)
{
	static const char field[] = "local header";
	size_t at = zy_reader_offset(r);
	struct entry l;
	uint64_t lens[2];

	if (at != c->local)
		return fail_zip(at, field, "entries do not follow one another without a gap", err);
	if (!take_signature(r, ZIP_LOCAL, field, err) || !take_common(r, field, &l, lens, err) ||
	    !zy_take(r, (size_t)lens[0], field, &l.name, err) || !zy_take(r, (size_t)lens[1], field, &l.extra, err))
		return false;
	if (!same_headers(c, &l))
		return fail_zip(at, field, "it differs from the central header", err);
	if (!check_extra(r, l.extra, err) || !zy_take(r, (size_t)c->packed, "data", packed, err) ||
	    ((c->flags & ZIP_FLAG_DESCRIPTOR) != 0 && !take_descriptor(r, c, next, err)))
		return false;
	return zy_reader_offset(r) == next ||
	       fail_zip(zy_reader_offset(r), field, "entries do not follow one another without a gap", err);
}

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

static bool unpack(z_stream *z, const struct entry *e, struct zy_bytes packed, struct zy_arena *a, struct zy_bytes *out,
    struct zy_error *err)
{
	if (e->method == ZIP_STORED) {
		*out = packed;
	} else {
		uint8_t *p = zy_arena_alloc(a, (size_t)e->size + 1, err);

		if (p == NULL)
			return false;
		if (!inflate_into(z, packed, p, (size_t)e->size))
			return fail_zip(e->local, "data", "it does not inflate to its size", err);
		*out = ZY_BYTES(p, e->size);
	}
	return crc32(0, out->p, (uInt)out->len) == e->crc || fail_zip(e->local, "data", "its CRC is wrong", err);
}

/* The end record is the last 22 bytes: no comment. Leaves *r at the central directory, which ends before it. */
static bool find_central(struct zy_bytes in, struct zy_reader *r, size_t *num, struct zy_error *err)
{
	static const char field[] = "end record";
	uint64_t disk, start_disk, here, total, len, offset, comment;
	struct zy_reader end = zy_reader_over(in);
	struct zy_bytes before;

	if (in.len > ZY_PACKAGE_TOTAL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", 0, "it is over the cap of %zu", ZY_PACKAGE_TOTAL_MAX);
	if (in.len < ZIP_END_LEN)
		return zy_fail(err, ZY_E_TRUNCATED, field, in.len, "%zu bytes are no ZIP package", in.len);
	if (!zy_take(&end, in.len - ZIP_END_LEN, field, &before, err) || !take_signature(&end, ZIP_END, field, err) ||
	    !zy_take_le(&end, 2, field, &disk, err) || !zy_take_le(&end, 2, field, &start_disk, err) ||
	    !zy_take_le(&end, 2, field, &here, err) || !zy_take_le(&end, 2, field, &total, err) ||
	    !zy_take_le(&end, 4, field, &len, err) || !zy_take_le(&end, 4, field, &offset, err) ||
	    !zy_take_le(&end, 2, field, &comment, err) || !zy_reader_end(&end, field, err))
		return false;
	if (disk != 0 || start_disk != 0 || here != total || comment != 0)
		return fail_zip(before.len, field, "a comment or a second disk is refused", err);
	if (total > ZY_PACKAGE_FILES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, field, before.len, "over %d files", ZY_PACKAGE_FILES_MAX);
	if (offset + len != before.len)
		return fail_zip(before.len, field, "the central directory does not end where it begins", err);
	*r = zy_reader_over(before);
	*num = (size_t)total;
	return zy_take(r, (size_t)offset, field, &before, err);
}

static bool take_directory(struct zy_reader *r, struct entry *entries, size_t num, size_t *total, struct zy_error *err)
{
	*total = 0;
	for (size_t i = 0; i < num; i++) {
		if (!take_central(r, &entries[i], err))
			return false;
		*total += (size_t)entries[i].size;
		if (*total > ZY_PACKAGE_TOTAL_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "package", zy_reader_offset(r),
			    "all files together are over the cap of %zu", ZY_PACKAGE_TOTAL_MAX);
	}
	return zy_reader_end(r, "central directory", err);
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
			return fail_zip(ZY_NOWHERE, "name", "two files have the same name", err);
	return true;
}

static bool is_folder(const struct entry *e)
{
	return e->name.p[e->name.len - 1] == '/';
}

/* Walks the entries from the first byte to the central directory. */
static bool take_files(struct zy_package *p, struct zy_bytes in, size_t central, const struct entry *entries,
    size_t num, z_stream *z, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(in.p, central));

	for (size_t i = 0; i < num; i++) {
		const struct entry *e = &entries[i];
		struct zy_package_file *f = &p->files[p->num_files];
		struct zy_bytes packed;

		*f = (struct zy_package_file){ 0 };
		if (!take_local(&r, e, i + 1 < num ? entries[i + 1].local : central, &packed, err))
			return false;
		if (is_folder(e) && e->size != 0)
			return fail_zip(e->local, "name", "a folder has contents", err);
		if (!unpack(z, e, packed, a, &f->bytes, err))
			return false;
		if (is_folder(e))
			continue;
		if ((f->name = zy_arena_text(a, e->name, err)) == NULL)
			return false;
		p->num_files++;
	}
	return zy_reader_end(&r, "package", err);
}

bool zy_package_parse(struct zy_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct entry *entries;
	z_stream z = { 0 };
	struct zy_reader r;
	size_t num, total, central;
	bool ok;

	out->num_files = 0;
	if (!find_central(in, &r, &num, err))
		return false;
	central = zy_reader_offset(&r);
	if ((entries = zy_arena_array(a, num + 1, sizeof(*entries), err)) == NULL ||
	    !take_directory(&r, entries, num, &total, err))
		return false;
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return zy_fail(err, ZY_E_NO_MEMORY, "package", ZY_NOWHERE, "no memory to inflate");
	ok = take_files(out, in, central, entries, num, &z, a, err) && check_unique(out, a, err);
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

bool zy_package_add(struct zy_package *p, const char *name, struct zy_bytes bytes, struct zy_error *err)
{
	size_t total = bytes.len;

	if (!check_name(zy_str(name), ZY_NOWHERE, err))
		return false;
	for (size_t i = 0; i < p->num_files; i++) {
		if (strcasecmp(p->files[i].name, name) == 0)
			return fail_zip(ZY_NOWHERE, "name", "two files have the same name", err);
		total += p->files[i].bytes.len;
	}
	if (p->num_files == ZY_PACKAGE_FILES_MAX || bytes.len > ZY_PACKAGE_FILE_MAX || total > ZY_PACKAGE_TOTAL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "over %d files, or a size over its cap",
		    ZY_PACKAGE_FILES_MAX);
	p->files[p->num_files++] = (struct zy_package_file){ .name = name, .bytes = bytes };
	return true;
}
