/*
 * A ZIP package as a list of named files in memory: what an OFD document is made of. The reader is strict: the
 * whole input must be accounted for (no gap between entries, no bytes after the end record, local and central
 * headers equal, no repeated or unsafe name, no encryption; ZIP64 records agree with the others), sizes are capped
 * before anything is inflated. Writing is reproducible: same files, same bytes.
 */
#ifndef ZY_PACKAGE_H
#define ZY_PACKAGE_H

#include "zy/arena.h"
#include "zy/buf.h"
#include "zy/digest.h"
#include "zy/mapped.h"

#define ZY_PACKAGE_FILES_MAX 32768 /* entries, folders included */
#define ZY_PACKAGE_NAME_MAX 512
#define ZY_PACKAGE_MAX ZY_DOCUMENT_MAX         /* bytes of the package itself */
#define ZY_PACKAGE_TOTAL_MAX ((size_t)1 << 30) /* of all its files, and so of one */
/* A deflated file that is larger, or comes when so much of the package is in memory, is not held but read through. */
#define ZY_PACKAGE_HELD_MAX ((size_t)8 << 20)
#define ZY_PACKAGE_ALL_HELD_MAX ((size_t)64 << 20)
/* The same of a package that is not in memory itself (zy/mapped.h), for stored files, too. */
#define ZY_PACKAGE_KEPT_MAX ((size_t)256 << 10)
#define ZY_PACKAGE_ALL_KEPT_MAX ((size_t)2 << 20)
/* A file that is packed tighter than this and larger than a page of text is a bomb, not a document. */
#define ZY_PACKAGE_RATIO_MAX 200
#define ZY_PACKAGE_RATIO_FROM ((size_t)64 << 10)

/* Name: UTF-8, 1..ZY_PACKAGE_NAME_MAX bytes, no leading '/', no empty segment, none that ends in a dot or a space, no
 * backslash, colon, %XX or control character; no other file's name, also when A-Z and a-z are taken as the same. */
struct zy_package_file {
	const char *name;
	/* Not marked as UTF-8 and both that and GB18030: how it reads as the latter; else NULL. */
	const char *other_name;
	struct zy_bytes bytes;  /* empty when the file is not held */
	struct zy_bytes packed; /* then its data in the package, a view of it; else empty */
	bool is_stored;         /* and these are its bytes; else a raw DEFLATE stream */
	size_t size;            /* and how much it holds */
	/* For the writer, else empty: the same bytes as a raw DEFLATE stream (RFC 1951), made by the caller. For
	 * contents that many packages share. Not checked. */
	struct zy_bytes deflated;
	bool stored;        /* for the writer: not worth a try to deflate it */
	const uint8_t *sm3; /* for a signer, or NULL: SM3 of bytes, known already. Not checked */
	bool fresh;         /* added or replaced since the package was parsed */
};
/* The list grows in the arena. Who begins a package sets the arena alone; parsing sets it, too, and leaves room for
 * ZY_PACKAGE_SPARE files, so that so many can be added while pointers into the list are held. */
#define ZY_PACKAGE_SPARE 64
struct zy_package {
	size_t num_files, room;
	struct zy_package_file *files;
	struct zy_arena *arena;
};

/* name and bytes are borrowed. Errors: zip (the name), too-large, utf8, no-memory. */
ZY_MUST_CHECK bool zy_package_add(struct zy_package *p, const char *name, struct zy_bytes bytes, struct zy_error *err);
/* The same, in place of a file of that name if there is one. */
ZY_MUST_CHECK bool zy_package_put(struct zy_package *p, const char *name, struct zy_bytes bytes, struct zy_error *err);
/* NULL if there is none. */
const struct zy_package_file *zy_package_find(const struct zy_package *p, const char *name);
/* The digest of the whole file, held or not. Errors: crypto, no-memory, zip. */
ZY_MUST_CHECK bool zy_package_digest(
    const struct zy_package_file *f, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
/* Its bytes in the arena, whose life they have, if it is not held. Errors: too-large (ZY_PACKAGE_HELD_MAX), no-memory,
 * zip. */
ZY_MUST_CHECK bool zy_package_hold(struct zy_package_file *f, struct zy_arena *a, struct zy_error *err);
/* Files in the order of the central directory; folder entries are checked and left out. Names and inflated contents
 * are in the arena; stored contents are views of in, which must outlive out, unless it is mapped.
 * Read though we never write it: data descriptors, ZIP64, a comment behind the package, extra fields other than AES,
 * the same name once more as UTF-8, names in GB18030 where they are no UTF-8 and not marked as such.
 * Errors: zip (with offset), too-large, truncated, trailing-bytes, utf8, no-memory. */
ZY_MUST_CHECK bool zy_package_parse(
    struct zy_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* Appended to out. DEFLATE where it makes a file smaller, else stored; fixed DOS time; entries in the order of the
 * list; every file must be held. A failure can leave a part in out. Errors: too-large, no-memory. */
ZY_MUST_CHECK bool zy_package_encode(const struct zy_package *p, struct zy_buf *out, struct zy_error *err);
/* p was parsed from `in` and then added to: what is not fresh stays as it lies in `in`, headers and packed bytes; a
 * fresh file of a name that `in` has takes its place, the others follow at the end. Appended to out.
 * Errors: those of parsing `in`, too-large, no-memory. */
ZY_MUST_CHECK bool zy_package_update(
    const struct zy_package *p, struct zy_bytes in, struct zy_buf *out, struct zy_error *err);

#endif
