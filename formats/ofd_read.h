/* Shared by the files that read an OFD document: where they are, and how one file leads to another. Every bool here
 * is false only for a failure that ends the reading (no-memory in s->err); faults of the document are collected. */
#ifndef ZY_FORMATS_OFD_READ_H
#define ZY_FORMATS_OFD_READ_H

#include "zy/ofd.h"
#include "zy/xml.h"

struct ofd_reading {
	struct zy_ofd *d;
	struct zy_package *package;
	struct zy_arena *a;
	struct zy_error *err;
	const struct zy_package_file **by_name; /* the package's files, sorted */
	const struct zy_package_file **by_other_name;
	size_t num_other;   /* of them have another name */
	bool *is_resource;  /* per file of the package: read as a Res file already */
	bool *is_signature; /* the same: read as a Signature.xml already */
	bool at_signatures; /* the documents are read: what is reached now is of signatures */
};

/* The document does not follow the rules: noted with the file. */
ZY_MUST_CHECK bool ofd_fault(struct ofd_reading *s, const char *path, const struct zy_error *why);
/* The path that loc means in file `from`, and its file, NULL if there is none. Some write it counted from the root
 * without a slash: that holds only where nothing is what it says. Errors: ofd, no-memory, in err. */
ZY_MUST_CHECK bool ofd_locate(struct ofd_reading *s, const char *from, const char *loc, const char **path,
    const struct zy_package_file **file, struct zy_error *err);
/* Resolves loc as written in file `from` and marks the file as reachable. *file is NULL and a fault is noted when
 * there is none; *path is "" when loc is no path at all. */
ZY_MUST_CHECK bool ofd_refer(
    struct ofd_reading *s, const char *from, const char *loc, const char **path, const struct zy_package_file **file);
/* The same, with the file read as XML whose root has that name: *root NULL when it cannot be. */
ZY_MUST_CHECK bool ofd_open(struct ofd_reading *s, const char *from, const char *loc, const char *root_name,
    const char **path, const struct zy_xml_node **root);
/* A file whose bytes are asked for later; NULL: none. Not a fault but an error, in `why`. */
ZY_MUST_CHECK bool ofd_hold(struct ofd_reading *s, const struct zy_package_file *file, struct zy_error *why);
ZY_MUST_CHECK bool ofd_open_file(const struct zy_package_file *file, const char *root_name, struct zy_arena *a,
    const struct zy_xml_node **root, struct zy_error *why);

const struct zy_package_file *ofd_find(const struct ofd_reading *s, const char *path); /* NULL if none */
size_t ofd_index(const struct ofd_reading *s, const struct zy_package_file *file);

/* Children and siblings of that local name in OFD's namespaces. */
const struct zy_xml_node *ofd_child(const struct zy_xml_node *n, const char *name);
const struct zy_xml_node *ofd_next(const struct zy_xml_node *n, const char *name);
size_t ofd_count(const struct zy_xml_node *n, const char *name);
/* The only child of that name, NULL when absent; two of them are `ofd`: readers would disagree on which counts. */
ZY_MUST_CHECK bool ofd_only(
    const struct zy_xml_node *n, const char *name, const struct zy_xml_node **out, struct zy_error *err);
/* Its trimmed text, "" when absent. */
ZY_MUST_CHECK bool ofd_only_text(
    const struct zy_xml_node *n, const char *name, struct zy_arena *a, const char **out, struct zy_error *err);

/* ST_Box "x y w h". Errors: ofd. */
ZY_MUST_CHECK bool ofd_box(const char *text, const char *field, double box[4], struct zy_error *err);

/* Signatures.xml of that document and what it leads to. */
ZY_MUST_CHECK bool ofd_read_signatures(struct ofd_reading *s, size_t body, const char *loc);

#endif
