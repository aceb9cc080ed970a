/* The records of a ZIP package, from the end record to the first byte: they must account for every byte of it. */
#include "zip.h"

#include <ctype.h>
#include <stdlib.h>

#include <zlib.h>

#include "zy/charset.h"
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

/* Sizes and offset where four octets do not hold them (APPNOTE 4.5.3): those that the header gives as all ones, in this
 * order. Some programs write them though the header has them, too: then both say the same. */
static bool take_zip64(struct zy_reader *v, struct zip_entry *e, uint64_t *local, struct zy_error *err)
{
	uint64_t *const fields[] = { &e->size, &e->packed, local };
	const size_t at = zy_reader_offset(v), num = zy_reader_left(v) / 8;
	size_t num_ones = 0, done = 0;

	for (size_t i = 0; i < 3; i++)
		num_ones += fields[i] != NULL && *fields[i] == ZIP_ONES;
	for (size_t i = 0; i < 3 && done < num; i++) {
		uint64_t value;

		if (fields[i] == NULL || (num_ones > 0 && *fields[i] != ZIP_ONES))
			continue;
		if (fields[i] == local)
			e->offset_in_extra = zy_reader_offset(v);
		if (!zy_take_le(v, 8, "ZIP64", &value, err))
			return false;
		if (num_ones == 0 && value != *fields[i])
			return zip_fail(at, "ZIP64", "it says something else than the header", err);
		*fields[i] = value;
		done++;
	}
	if (done == 0 || (num_ones > 0 && done != num_ones) || e->is_zip64)
		return zip_fail(
		    at, "ZIP64", "it is there twice, or has not the fields that the header leaves to it", err);
	e->is_zip64 = true;
	return zy_reader_end(v, "ZIP64", err);
}

/* The name again, in UTF-8 (APPNOTE 4.6.9): it must be of this name, and is compared with it later. */
static bool take_unicode(struct zy_reader *v, struct zip_entry *e, struct zy_error *err)
{
	const size_t at = zy_reader_offset(v);
	uint64_t version, crc;

	if (!zy_take_le(v, 1, "Unicode path", &version, err) || !zy_take_le(v, 4, "Unicode path", &crc, err))
		return false;
	if (version != 1 || crc != crc32(0, e->name.p, (uInt)e->name.len) || e->unicode.len > 0 ||
	    zy_reader_left(v) == 0)
		return zip_fail(at, "Unicode path", "it is of another name, or there twice", err);
	return zy_take(v, zy_reader_left(v), "Unicode path", &e->unicode, err);
}

/* Extra fields must be whole and must not say anything else that would change what is read (APPNOTE 4.5). */
static bool take_extra(const struct zy_reader *outer, struct zip_entry *e, uint64_t *local, struct zy_error *err)
{
	enum { ZIP64 = 0x0001, STRONG_ENCRYPTION = 0x0017, UNICODE_PATH = 0x7075, AES = 0x9901 };
	struct zy_reader r = zy_reader_inside(outer, e->extra), inside;

	while (zy_reader_left(&r) > 0) {
		size_t at = zy_reader_offset(&r);
		struct zy_bytes v;
		uint64_t id, len;

		if (!zy_take_le(&r, 2, "extra field", &id, err) || !zy_take_le(&r, 2, "extra field", &len, err) ||
		    !zy_take(&r, (size_t)len, "extra field", &v, err))
			return false;
		if (id == STRONG_ENCRYPTION || id == AES)
			return zip_fail(at, "extra field", "encryption is refused", err);
		inside = zy_reader_inside(&r, v);
		if (id == UNICODE_PATH && !take_unicode(&inside, e, err))
			return false;
		if (id == ZIP64 && !take_zip64(&inside, e, local, err))
			return false;
	}
	return e->is_zip64 || (e->size != ZIP_ONES && e->packed != ZIP_ONES && (local == NULL || *local != ZIP_ONES)) ||
	       zip_fail(zy_reader_offset(outer), "ZIP64", "the header leaves fields to it, and it is not there", err);
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

/* What is not marked as UTF-8 and is none is of the maker's own character set: zip_name reads it. */
static bool is_in_utf8(const struct zip_entry *e)
{
	struct zy_error ignored = { 0 };

	return (e->flags & ZIP_FLAG_UTF8) != 0 || zy_utf8_check(e->name, "name", &ignored);
}

bool zip_name(const struct zip_entry *e, struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct zy_bytes name = e->name;

	if (!is_in_utf8(e) &&
	    !(zy_charset_utf8(e->name, "GB18030", "name", a, &name, err) &&
		zip_check_name(zip_is_folder(e) ? ZY_BYTES(name.p, name.len - 1) : name, e->local, err)))
		return false;
	if (e->unicode.len > 0 && !zy_bytes_equal(name, e->unicode))
		return zip_fail(e->local, "Unicode path", "it is another name", err);
	return (*out = zy_arena_text(a, name, err)) != NULL;
}

bool zip_other_name(const struct zip_entry *e, struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_bytes name;
	bool is_ascii = true;

	*out = NULL;
	for (size_t i = 0; i < e->name.len; i++)
		is_ascii = is_ascii && e->name.p[i] < 0x80;
	if (is_ascii || (e->flags & ZIP_FLAG_UTF8) != 0 || e->unicode.len > 0 || !is_in_utf8(e))
		return true;
	if (zy_charset_utf8(e->name, "GB18030", "name", a, &name, &why) && zip_check_name(name, e->local, &why))
		return (*out = zy_arena_text(a, name, err)) != NULL;
	return why.code != ZY_E_NO_MEMORY || zy_fail(err, why.code, "name", e->local, "%s", why.msg);
}

static bool take_central(struct zy_reader *r, struct zip_entry *e, struct zy_error *err)
{
	static const char field[] = "central header";
	uint64_t made_by, lens[2], comment, disk, internal, external, local, narrow;
	size_t at = zy_reader_offset(r);
	struct zy_bytes name;

	*e = (struct zip_entry){ .record.p = zy_reader_rest(r).p };
	if (!take_signature(r, ZIP_CENTRAL, field, err) || !zy_take_le(r, 2, field, &made_by, err) ||
	    !take_common(r, field, e, lens, err) || !zy_take_le(r, 2, field, &comment, err) ||
	    !zy_take_le(r, 2, field, &disk, err) || !zy_take_le(r, 2, field, &internal, err) ||
	    !zy_take_le(r, 4, field, &external, err) || !zy_take_le(r, 4, field, &local, err) ||
	    !zy_take(r, (size_t)lens[0], field, &e->name, err) || !zy_take(r, (size_t)lens[1], field, &e->extra, err))
		return false;
	narrow = local;
	e->record.len = zy_reader_offset(r) - at;
	if (comment != 0 || disk != 0)
		return zip_fail(at, field, "a comment or a second disk is refused", err);
	if (!is_plain(made_by, external))
		return zip_fail(at, field, "a symbolic link or a device is refused", err);
	name = e->name;
	if (name.len > 0 && name.p[name.len - 1] == '/')
		name.len--; /* a folder */
	if ((is_in_utf8(e) && !zip_check_name(name, at, err)) || !take_extra(r, e, &local, err) ||
	    !check_header(e, at, err))
		return false;
	e->offset_is_ones = narrow == ZIP_ONES;
	e->local = (size_t)local;
	e->offset_in_extra -= e->offset_in_extra > 0 ? at : 0;
	return true;
}

/* With a data descriptor the local crc and sizes may be left to it, as zeros. */
static bool same_headers(const struct zip_entry *c, const struct zip_entry *l)
{
	bool late = (c->flags & ZIP_FLAG_DESCRIPTOR) != 0 && l->crc == 0 && l->packed == 0 && l->size == 0;

	return c->version == l->version && c->flags == l->flags && c->method == l->method && c->time == l->time &&
	       c->date == l->date && zy_bytes_equal(c->name, l->name) &&
	       (late || (c->crc == l->crc && c->packed == l->packed && c->size == l->size));
}

/* Its signature is optional (APPNOTE 4.3.9.3): as the entries must tile the file, its length tells. Sizes have eight
 * octets when the local header has a ZIP64 field. */
static bool take_descriptor(
    struct zy_reader *r, const struct zip_entry *e, bool is_zip64, size_t next, struct zy_error *err)
{
	static const char field[] = "data descriptor";
	const size_t at = zy_reader_offset(r), width = is_zip64 ? 8 : 4;
	uint64_t crc, packed, size;

	if (next - at == 8 + 2 * width && !take_signature(r, ZIP_DESCRIPTOR, field, err))
		return false;
	if (!zy_take_le(r, 4, field, &crc, err) || !zy_take_le(r, width, field, &packed, err) ||
	    !zy_take_le(r, width, field, &size, err))
		return false;
	return (crc == e->crc && packed == e->packed && size == e->size) ||
	       zip_fail(at, field, "it differs from the central header", err);
}

/* The entry at r, which must end at `next`: where the next one or the central directory begins. */
static bool take_local(struct zy_reader *r, struct zip_entry *c, size_t next, struct zy_error *err)
{
	static const char field[] = "local header";
	size_t at = zy_reader_offset(r);
	struct zip_entry l = { 0 };
	uint64_t lens[2];

	if (at != c->local)
		return zip_fail(at, field, "entries do not follow one another without a gap", err);
	if (!take_signature(r, ZIP_LOCAL, field, err) || !take_common(r, field, &l, lens, err) ||
	    !zy_take(r, (size_t)lens[0], field, &l.name, err) || !zy_take(r, (size_t)lens[1], field, &l.extra, err))
		return false;
	if (!take_extra(r, &l, NULL, err))
		return false;
	if (!same_headers(c, &l))
		return zip_fail(at, field, "it differs from the central header", err);
	if (c->version > 20 && (c->version != 45 || (!c->is_zip64 && !l.is_zip64)))
		return zip_fail(at, "version needed", "it is over 2.0, and 4.5 is for ZIP64", err);
	if (!zy_take(r, (size_t)c->packed, "data", &c->data, err) ||
	    ((c->flags & ZIP_FLAG_DESCRIPTOR) != 0 && !take_descriptor(r, c, l.is_zip64, next, err)))
		return false;
	c->end = next;
	return zy_reader_offset(r) == next ||
	       zip_fail(zy_reader_offset(r), field, "entries do not follow one another without a gap", err);
}

/* What the end record says, or, where that is all ones, its ZIP64 form before it. */
struct zip_end {
	uint64_t here, total, len, offset;
	struct zy_bytes comment;
	size_t directory_end;
};

/* From the end, as everybody looks for it: the last such signature, and a comment that is as long as it says. */
static bool find_end(struct zy_bytes in, size_t *at, struct zy_error *err)
{
	const size_t most = ZIP_END_LEN + UINT16_MAX, from = in.len > most ? in.len - most : 0;
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes skipped;
	uint64_t have = 0;

	for (*at = in.len - ZIP_END_LEN;; --*at) {
		r = zy_reader_over(in);
		if (!zy_take(&r, *at, "end record", &skipped, err) || !zy_take_le(&r, 4, "end record", &have, err))
			return false;
		if (have == ZIP_END)
			return true;
		if (*at == from)
			return zip_fail(in.len - ZIP_END_LEN, "end record", "its signature does not stand here", err);
	}
}

/* One is or is not: no value can be in both and differ. */
static bool same_or_ones(uint64_t narrow, uint64_t ones, uint64_t wide)
{
	return narrow == wide || narrow == ones;
}

/* APPNOTE 4.3.14 and 4.3.15: the record, then its locator, right before the end record. */
static bool take_end64(struct zy_bytes in, size_t end_at, struct zip_end *e, struct zy_error *err)
{
	static const char field[] = "ZIP64 end record";
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes before;
	uint64_t disk, at, disks, len, made, needed, here, total, size, offset;

	if (end_at < ZIP_END64_LEN + ZIP_LOCATOR_LEN)
		return zip_fail(end_at, field, "it is not there", err);
	if (!zy_take(&r, end_at - ZIP_LOCATOR_LEN - ZIP_END64_LEN, field, &before, err) ||
	    !take_signature(&r, ZIP_END64, field, err) || !zy_take_le(&r, 8, field, &len, err) ||
	    !zy_take_le(&r, 2, field, &made, err) || !zy_take_le(&r, 2, field, &needed, err) ||
	    !zy_take_le(&r, 8, field, &disk, err) || !zy_take_le(&r, 8, field, &here, err) ||
	    !zy_take_le(&r, 8, field, &total, err) || !zy_take_le(&r, 8, field, &size, err) ||
	    !zy_take_le(&r, 8, field, &offset, err))
		return false;
	if (len != ZIP_END64_LEN - 12 || disk != 0 || needed > 45)
		return zip_fail(before.len, field, "a second disk, or more than it needs, is refused", err);
	if (!take_signature(&r, ZIP_LOCATOR, "ZIP64 locator", err) || !zy_take_le(&r, 4, "ZIP64 locator", &disk, err) ||
	    !zy_take_le(&r, 8, "ZIP64 locator", &at, err) || !zy_take_le(&r, 4, "ZIP64 locator", &disks, err))
		return false;
	if (disk != 0 || disks != 1 || at != before.len)
		return zip_fail(end_at - ZIP_LOCATOR_LEN, "ZIP64 locator", "it leads elsewhere", err);
	if (!same_or_ones(e->here, UINT16_MAX, here) || !same_or_ones(e->total, UINT16_MAX, total) ||
	    !same_or_ones(e->len, ZIP_ONES, size) || !same_or_ones(e->offset, ZIP_ONES, offset))
		return zip_fail(before.len, field, "it differs from the end record", err);
	*e = (struct zip_end){ here, total, size, offset, e->comment, before.len };
	return true;
}

static bool has_locator(struct zy_bytes in, size_t end_at)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_error ignored = { 0 };
	struct zy_bytes before;
	uint64_t have;

	return end_at >= ZIP_LOCATOR_LEN && zy_take(&r, end_at - ZIP_LOCATOR_LEN, "", &before, &ignored) &&
	       zy_take_le(&r, 4, "", &have, &ignored) && have == ZIP_LOCATOR;
}

static bool take_end(struct zy_bytes in, struct zip_end *e, struct zy_error *err)
{
	static const char field[] = "end record";
	struct zy_reader end = zy_reader_over(in);
	uint64_t disk, start_disk, comment;
	struct zy_bytes before;
	size_t at;

	if (in.len > ZY_PACKAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", 0, "it is over the cap of %zu", ZY_PACKAGE_MAX);
	if (in.len < ZIP_END_LEN)
		return zy_fail(err, ZY_E_TRUNCATED, field, in.len, "%zu bytes are no ZIP package", in.len);
	if (!find_end(in, &at, err) || !zy_take(&end, at, field, &before, err) ||
	    !take_signature(&end, ZIP_END, field, err) || !zy_take_le(&end, 2, field, &disk, err) ||
	    !zy_take_le(&end, 2, field, &start_disk, err) || !zy_take_le(&end, 2, field, &e->here, err) ||
	    !zy_take_le(&end, 2, field, &e->total, err) || !zy_take_le(&end, 4, field, &e->len, err) ||
	    !zy_take_le(&end, 4, field, &e->offset, err) || !zy_take_le(&end, 2, field, &comment, err))
		return false;
	e->comment = zy_reader_rest(&end);
	if (e->comment.len != comment)
		return zip_fail(at, field, "its comment is not as long as it says", err);
	if (disk != 0 || start_disk != 0)
		return zip_fail(at, field, "a second disk is refused", err);
	e->directory_end = at;
	return !has_locator(in, at) || take_end64(in, at, e, err);
}

/* Leaves *r at the central directory, which ends before the end records. */
static bool find_central(
    struct zy_bytes in, struct zy_reader *r, size_t *num, struct zy_bytes *comment, struct zy_error *err)
{
	static const char field[] = "end record";
	struct zy_bytes before;
	struct zip_end e;

	if (!take_end(in, &e, err))
		return false;
	if (e.here != e.total)
		return zip_fail(e.directory_end, field, "a second disk is refused", err);
	if (e.total > ZY_PACKAGE_FILES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, field, e.directory_end, "over %d files", ZY_PACKAGE_FILES_MAX);
	if (e.offset > e.directory_end || e.len != e.directory_end - e.offset)
		return zip_fail(e.directory_end, field, "the central directory does not end where it begins", err);
	*r = zy_reader_over(ZY_BYTES(in.p, e.directory_end));
	*num = (size_t)e.total;
	*comment = e.comment;
	return zy_take(r, (size_t)e.offset, field, &before, err);
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

static int by_offset(const void *a, const void *b)
{
	const struct zip_entry *x = a, *y = b;

	return x->local < y->local ? -1 : x->local > y->local;
}

bool zip_read(struct zy_bytes in, struct zy_arena *a, struct zip_entry **entries, size_t *num, struct zy_bytes *comment,
    struct zy_error *err)
{
	struct zip_entry *list;
	struct zy_reader r;
	size_t central;

	if (!find_central(in, &r, num, comment, err))
		return false;
	central = zy_reader_offset(&r);
	if ((list = zy_arena_array(a, *num + 1, sizeof(*list), err)) == NULL || !take_directory(&r, list, *num, err))
		return false;
	/* some programs write the directory in another order than the files */
	qsort(list, *num, sizeof(*list), by_offset);
	r = zy_reader_over(ZY_BYTES(in.p, central));
	for (size_t i = 0; i < *num; i++) {
		if (!take_local(&r, &list[i], i + 1 < *num ? list[i + 1].local : central, err))
			return false;
		zy_mapped_release(ZY_BYTES(in.p + list[i].local, 1));
	}
	*entries = list;
	return zy_reader_end(&r, "package", err);
}
