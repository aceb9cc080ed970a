/* The records of a ZIP package, from the end record to the first byte: they must account for every byte of it. */
#include "zip.h"

#include <ctype.h>

#include "zy/package.h"
#include "zy/text.h"

bool zip_fail(size_t at, const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_ZIP, field, at, "%s: %s", field, why);
}

static bool take_signature(struct zy_reader *r, uint32_t want, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t have;

	if (!zy_take_le(r, 4, field, &have, err))
		return false;
	return have == want || zip_fail(at, field, "its signature does not stand here", err);
}

/* Up to the lengths of name and extra field. */
static bool take_common(
    struct zy_reader *r, const char *field, struct zip_entry *e, uint64_t lens[2], struct zy_error *err)
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
			return zip_fail(at, "extra field", "ZIP64, encryption and second names are refused", err);
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
		if (len == 0)
			return zip_fail(at, "name", "it has an empty segment", err);
		/* "." and "..", and what other systems cut off: two names would be one file there. */
		if (name.p[i - 1] == '.' || name.p[i - 1] == ' ')
			return zip_fail(at, "name", "a segment of it ends in a dot or a space", err);
		start = i + 1;
	}
	return true;
}

bool zip_check_name(struct zy_bytes name, size_t at, struct zy_error *err)
{
	struct zy_error why = { 0 };
	size_t i = 0;
	uint32_t c;

	if (name.len == 0 || name.len > ZY_PACKAGE_NAME_MAX)
		return zip_fail(at, "name", "it is empty or too long", err);
	if (!zy_utf8_check(name, "name", &why))
		return zy_fail(err, ZY_E_UTF8, "name", at, "a file name is not UTF-8");
	while ((c = zy_utf8_next(name, &i)) != 0)
		if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == '\\' || c == ':')
			return zip_fail(at, "name", "it has a control character, a backslash or a colon", err);
	for (i = 0; i + 2 < name.len; i++)
		if (name.p[i] == '%' && isxdigit(name.p[i + 1]) && isxdigit(name.p[i + 2]))
			return zip_fail(at, "name", "it has an octet written as %XX, which some readers decode", err);
	return check_segments(name, at, err);
}

static bool check_header(const struct zip_entry *e, size_t at, struct zy_error *err)
{
	static const uint64_t allowed = ZIP_FLAG_UTF8 | ZIP_FLAG_DESCRIPTOR | ZIP_FLAG_DEFLATE_HINT;

	if (e->method != ZIP_STORED && e->method != ZIP_DEFLATED)
		return zip_fail(at, "method", "only stored and deflated files are read", err);
	if ((e->flags & ~allowed) != 0)
		return zip_fail(at, "flags", "encryption and other options are refused", err);
	if (e->version > 20)
		return zip_fail(at, "version needed", "it is over 2.0", err);
	if (e->method == ZIP_STORED && e->packed != e->size)
		return zip_fail(at, "size", "a stored file has two different sizes", err);
	if (e->size > ZY_PACKAGE_TOTAL_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "size", at, "a file is over the cap of %zu", ZY_PACKAGE_TOTAL_MAX);
	if (e->size > ZY_PACKAGE_RATIO_FROM && e->size / ZY_PACKAGE_RATIO_MAX > e->packed)
		return zy_fail(err, ZY_E_TOO_LARGE, "size", at, "a file is packed over %d to 1", ZY_PACKAGE_RATIO_MAX);
	return true;
}

/* Of a package made on Unix the upper bits are st_mode (APPNOTE 4.4.2, 4.4.15): where we read bytes, others would
 * follow a link or open a device. What `zip` reads from its standard input it marks as a pipe. */
static bool is_plain(uint64_t made_by, uint64_t external)
{
	enum { UNIX = 3, OS_X = 19, NOT_SAID = 0, PIPE = 1, FOLDER = 4, REGULAR = 8 };
	uint64_t system = made_by >> 8, type = external >> 28;

	return (system != UNIX && system != OS_X) || type == NOT_SAID || type == PIPE || type == FOLDER ||
	       type == REGULAR;
}

static bool take_central(struct zy_reader *r, struct zip_entry *e, struct zy_error *err)
{
	static const char field[] = "central header";
	uint64_t made_by, lens[2], comment, disk, internal, external, local;
	size_t at = zy_reader_offset(r);
	struct zy_bytes name;

	e->record.p = zy_reader_rest(r).p;
	if (!take_signature(r, ZIP_CENTRAL, field, err) || !zy_take_le(r, 2, field, &made_by, err) ||
	    !take_common(r, field, e, lens, err) || !zy_take_le(r, 2, field, &comment, err) ||
	    !zy_take_le(r, 2, field, &disk, err) || !zy_take_le(r, 2, field, &internal, err) ||
	    !zy_take_le(r, 4, field, &external, err) || !zy_take_le(r, 4, field, &local, err) ||
	    !zy_take(r, (size_t)lens[0], field, &e->name, err) || !zy_take(r, (size_t)lens[1], field, &e->extra, err))
		return false;
	e->local = (size_t)local;
	e->record.len = zy_reader_offset(r) - at;
	if (comment != 0 || disk != 0)
		return zip_fail(at, field, "a comment or a second disk is refused", err);
	if (!is_plain(made_by, external))
		return zip_fail(at, field, "a symbolic link or a device is refused", err);
	name = e->name;
	if (name.len > 0 && name.p[name.len - 1] == '/')
		name.len--; /* a folder */
	return zip_check_name(name, at, err) && check_extra(r, e->extra, err) && check_header(e, at, err);
}

/* With a data descriptor the local crc and sizes may be left to it, as zeros. */
static bool same_headers(const struct zip_entry *c, const struct zip_entry *l)
{
	bool late = (c->flags & ZIP_FLAG_DESCRIPTOR) != 0 && l->crc == 0 && l->packed == 0 && l->size == 0;

	return c->version == l->version && c->flags == l->flags && c->method == l->method && c->time == l->time &&
	       c->date == l->date && zy_bytes_equal(c->name, l->name) &&
	       (late || (c->crc == l->crc && c->packed == l->packed && c->size == l->size));
}

/* Its signature is optional (APPNOTE 4.3.9.3): as the entries must tile the file, its length tells. */
static bool take_descriptor(struct zy_reader *r, const struct zip_entry *e, size_t next, struct zy_error *err)
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
	       zip_fail(at, field, "it differs from the central header", err);
}

/* The entry at r, which must end at `next`: where the next one or the central directory begins. */
static bool take_local(struct zy_reader *r, struct zip_entry *c, size_t next, struct zy_error *err)
{
	static const char field[] = "local header";
	size_t at = zy_reader_offset(r);
	struct zip_entry l;
	uint64_t lens[2];

	if (at != c->local)
		return zip_fail(at, field, "entries do not follow one another without a gap", err);
	if (!take_signature(r, ZIP_LOCAL, field, err) || !take_common(r, field, &l, lens, err) ||
	    !zy_take(r, (size_t)lens[0], field, &l.name, err) || !zy_take(r, (size_t)lens[1], field, &l.extra, err))
		return false;
	if (!same_headers(c, &l))
		return zip_fail(at, field, "it differs from the central header", err);
	if (!check_extra(r, l.extra, err) || !zy_take(r, (size_t)c->packed, "data", &c->data, err) ||
	    ((c->flags & ZIP_FLAG_DESCRIPTOR) != 0 && !take_descriptor(r, c, next, err)))
		return false;
	c->end = next;
	return zy_reader_offset(r) == next ||
	       zip_fail(zy_reader_offset(r), field, "entries do not follow one another without a gap", err);
}

/* The end record is the last 22 bytes: no comment. Leaves *r at the central directory, which ends before it. */
static bool find_central(struct zy_bytes in, struct zy_reader *r, size_t *num, struct zy_error *err)
{
	static const char field[] = "end record";
	uint64_t disk, start_disk, here, total, len, offset, comment;
	struct zy_reader end = zy_reader_over(in);
	struct zy_bytes before;

	if (in.len > ZY_PACKAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", 0, "it is over the cap of %zu", ZY_PACKAGE_MAX);
	if (in.len < ZIP_END_LEN)
		return zy_fail(err, ZY_E_TRUNCATED, field, in.len, "%zu bytes are no ZIP package", in.len);
	if (!zy_take(&end, in.len - ZIP_END_LEN, field, &before, err) || !take_signature(&end, ZIP_END, field, err) ||
	    !zy_take_le(&end, 2, field, &disk, err) || !zy_take_le(&end, 2, field, &start_disk, err) ||
	    !zy_take_le(&end, 2, field, &here, err) || !zy_take_le(&end, 2, field, &total, err) ||
	    !zy_take_le(&end, 4, field, &len, err) || !zy_take_le(&end, 4, field, &offset, err) ||
	    !zy_take_le(&end, 2, field, &comment, err) || !zy_reader_end(&end, field, err))
		return false;
	if (disk != 0 || start_disk != 0 || here != total || comment != 0)
		return zip_fail(before.len, field, "a comment or a second disk is refused", err);
	if (total > ZY_PACKAGE_FILES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, field, before.len, "over %d files", ZY_PACKAGE_FILES_MAX);
	if (offset + len != before.len)
		return zip_fail(before.len, field, "the central directory does not end where it begins", err);
	*r = zy_reader_over(before);
	*num = (size_t)total;
	return zy_take(r, (size_t)offset, field, &before, err);
}

static bool take_directory(struct zy_reader *r, struct zip_entry *entries, size_t num, struct zy_error *err)
{
	size_t total = 0;

	for (size_t i = 0; i < num; i++) {
		if (!take_central(r, &entries[i], err))
			return false;
		total += (size_t)entries[i].size;
		if (total > ZY_PACKAGE_TOTAL_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "package", zy_reader_offset(r),
			    "all files together are over the cap of %zu", ZY_PACKAGE_TOTAL_MAX);
	}
	return zy_reader_end(r, "central directory", err);
}

bool zip_is_folder(const struct zip_entry *e)
{
	return e->name.p[e->name.len - 1] == '/';
}

bool zip_read(struct zy_bytes in, struct zy_arena *a, struct zip_entry **entries, size_t *num, struct zy_error *err)
{
	struct zip_entry *list;
	struct zy_reader r;
	size_t central;

	if (!find_central(in, &r, num, err))
		return false;
	central = zy_reader_offset(&r);
	if ((list = zy_arena_array(a, *num + 1, sizeof(*list), err)) == NULL || !take_directory(&r, list, *num, err))
		return false;
	r = zy_reader_over(ZY_BYTES(in.p, central));
	for (size_t i = 0; i < *num; i++) {
		if (!take_local(&r, &list[i], i + 1 < *num ? list[i + 1].local : central, err))
			return false;
		zy_mapped_release(ZY_BYTES(in.p + list[i].local, 1));
	}
	*entries = list;
	return zy_reader_end(&r, "package", err);
}
