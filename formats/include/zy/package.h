/*
 * A ZIP package as a list of named files in memory: what an OFD document is made of. The reader is strict: the
 * whole input must be accounted for (no gap between entries, no bytes after the end record, local and central
 * headers equal, no repeated or unsafe name, no encryption), sizes are capped before anything is inflated. Writing
 * is reproducible: same files, same bytes.
 */
#ifndef ZY_PACKAGE_H
#define ZY_PACKAGE_H

#include "zy/arena.h"
#include "zy/buf.h"

#define ZY_PACKAGE_FILES_MAX 1024
#define ZY_PACKAGE_FILE_MAX ((size_t)32 << 20)  /* bytes of one file */
#define ZY_PACKAGE_TOTAL_MAX ((size_t)64 << 20) /* of all */

struct zy_package_file {
	const char *name; /* path without leading '/', UTF-8 */
	struct zy_bytes bytes;
};
struct zy_package {
	size_t num_files;
	struct zy_package_file files[ZY_PACKAGE_FILES_MAX];
};

/* name and bytes are borrowed; a repeated name is zip. Errors: zip, too-large. */
ZY_MUST_CHECK bool zy_package_add(struct zy_package *p, const char *name, struct zy_bytes bytes, struct zy_error *err);
/* NULL if there is none. */
const struct zy_package_file *zy_package_find(const struct zy_package *p, const char *name);
/* Contents are inflated into the arena. Errors: zip (with offset), too-large, utf8. */
ZY_MUST_CHECK bool zy_package_parse(
    struct zy_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* DEFLATE, fixed DOS time, entries in the order of the list. Errors: zip, no-memory. */
ZY_MUST_CHECK bool zy_package_encode(const struct zy_package *p, struct zy_buf *out, struct zy_error *err);

#endif
