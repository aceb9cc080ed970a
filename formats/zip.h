/* Records of a ZIP file (PKWARE APPNOTE 4.3), shared by zip_read.c, package.c and package_encode.c. All little-endian.
 */
#ifndef ZY_FORMATS_ZIP_H
#define ZY_FORMATS_ZIP_H

#include "zy/arena.h"

#define ZIP_LOCAL 0x04034b50u
#define ZIP_CENTRAL 0x02014b50u
#define ZIP_END 0x06054b50u
#define ZIP_DESCRIPTOR 0x08074b50u

#define ZIP_END64 0x06064b50u
#define ZIP_LOCATOR 0x07064b50u

#define ZIP_END_LEN 22
#define ZIP_END64_LEN 56
#define ZIP_LOCATOR_LEN 20
#define ZIP_ONES UINT32_MAX /* stands for a number that is in the ZIP64 field */
#define ZIP_LOCAL_LEN 30
#define ZIP_CENTRAL_OFFSET 42 /* of the local header's offset in a central header */

enum { ZIP_FLAG_DEFLATE_HINT = 0x0006, ZIP_FLAG_DESCRIPTOR = 0x0008, ZIP_FLAG_UTF8 = 0x0800 };
enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

/* What a local and a central header have in common, in file order; then where the entry lies. Views of the package. */
struct zip_entry {
	uint64_t version, flags, method, time, date, crc, packed, size;
	struct zy_bytes name, extra;
	struct zy_bytes unicode; /* the same name as UTF-8 in the extra field 0x7075; empty: it is not there */
	size_t local, end;       /* from the local header to behind the data (and its descriptor) */
	bool is_zip64, offset_is_ones;
	size_t offset_in_extra; /* in the central header: 8 octets that say that place, too; 0: none */
	struct zy_bytes record; /* the central header whole */
	struct zy_bytes data;   /* packed */
};

/* All entries, folders too, in the order of the package, and the comment behind it; see zy_package_parse for what is
 * refused. */
ZY_MUST_CHECK bool zip_read(struct zy_bytes in, struct zy_arena *a, struct zip_entry **entries, size_t *num,
    struct zy_bytes *comment, struct zy_error *err);
bool zip_is_folder(const struct zip_entry *e);
/* The entry's name in the arena: UTF-8, or, where it is neither that nor marked as such, GB18030. Errors: zip, utf8,
 * no-memory. */
ZY_MUST_CHECK bool zip_name(const struct zip_entry *e, struct zy_arena *a, const char **out, struct zy_error *err);
/* How it reads as GB18030, where it may be that as well; else NULL. Errors: no-memory. */
ZY_MUST_CHECK bool zip_other_name(
    const struct zip_entry *e, struct zy_arena *a, const char **out, struct zy_error *err);
/* A name as struct zy_package_file says; `at` is where it stands. */
ZY_MUST_CHECK bool zip_check_name(struct zy_bytes name, size_t at, struct zy_error *err);
bool zip_fail(size_t at, const char *field, const char *why, struct zy_error *err); /* always false */

#endif
