#include "ofd_read.h"

#include <stdlib.h>

/* Takes "." and ".." out of the path, as GB/T 33190 7.1 (ST_Loc) means them, and doubled slashes, which some write;
 * what is left names one file of the package or none. */
static bool normalise(char *path, struct zy_error *err)
{
	size_t len, out = 0;

	for (const char *segment = path;; segment += len + 1) {
		len = strcspn(segment, "/");
		if (len == 2 && memcmp(segment, "..", 2) == 0) {
			if (out == 0)
				return zy_fail(err, ZY_E_OFD, "ST_Loc", ZY_NOWHERE, "a path leads out of the package");
			while (--out > 0 && path[out - 1] != '/')
				;
		} else if (len > 0 && (len != 1 || segment[0] != '.')) {
			memmove(path + out, segment, len);
			out += len;
			path[out] = segment[len];
			out += segment[len] != 0;
		}
		if (segment[len] == 0)
			break;
	}
	path[out] = 0;
	return (out > 0 && path[out - 1] != '/') ||
	       zy_fail(err, ZY_E_OFD, "ST_Loc", ZY_NOWHERE, "a path names a folder");
}

bool zy_ofd_resolve(const char *from, const char *loc, struct zy_arena *a, const char **out, struct zy_error *err)
{
	const char *slash = strrchr(from, '/');
	int folder = loc[0] == '/' || slash == NULL ? 0 : (int)(slash - from + 1);
	char *path;

	if (strlen(loc) > ZY_PACKAGE_NAME_MAX)
		return zy_fail(err, ZY_E_OFD, "ST_Loc", ZY_NOWHERE, "a path is too long");
	if ((path = zy_arena_printf(a, err, "%.*s%s", folder, from, loc[0] == '/' ? loc + 1 : loc)) == NULL ||
	    !normalise(path, err))
		return false;
	*out = path;
	return true;
}

bool ofd_fault(struct ofd_reading *s, const char *path, const struct zy_error *why)
{
	if (why->code == ZY_E_NO_MEMORY)
		return zy_fail(s->err, why->code, "OFD", ZY_NOWHERE, "%s", why->msg);
	if (s->d->num_faults < ZY_OFD_FAULTS_MAX)
		s->d->faults[s->d->num_faults++] =
		    (struct zy_ofd_fault){ .path = path, .why = *why, .of_document = !s->at_signatures };
	return true;
}

static int by_name(const void *key, const void *file)
{
	return strcmp(key, (*(const struct zy_package_file *const *)file)->name);
}

static int by_other_name(const void *key, const void *file)
{
	return strcmp(key, (*(const struct zy_package_file *const *)file)->other_name);
}

const struct zy_package_file *ofd_find(const struct ofd_reading *s, const char *path)
{
	const struct zy_package_file **f =
	    bsearch(path, s->by_name, s->d->package->num_files, sizeof(*s->by_name), by_name);

	if (f == NULL && s->num_other > 0)
		f = bsearch(path, s->by_other_name, s->num_other, sizeof(*s->by_other_name), by_other_name);
	return f == NULL ? NULL : *f;
}

size_t ofd_index(const struct ofd_reading *s, const struct zy_package_file *file)
{
	return (size_t)(file - s->d->package->files);
}

bool ofd_locate(struct ofd_reading *s, const char *from, const char *loc, const char **path,
    const struct zy_package_file **file, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	const char *from_root;

	*file = NULL;
	if (!zy_ofd_resolve(from, loc, s->a, path, err))
		return false;
	if ((*file = ofd_find(s, *path)) == NULL && loc[0] != '/' &&
	    zy_ofd_resolve("", loc, s->a, &from_root, &ignored) && (*file = ofd_find(s, from_root)) != NULL)
		*path = from_root;
	return true;
}

bool ofd_refer(
    struct ofd_reading *s, const char *from, const char *loc, const char **path, const struct zy_package_file **file)
{
	struct zy_error why = { 0 };
	size_t num;

	*path = "";
	if (!ofd_locate(s, from, loc, path, file, &why))
		return ofd_fault(s, from, &why);
	if (*file == NULL) {
		zy_fail_set(&why, ZY_E_OFD, "ST_Loc", ZY_NOWHERE, "the document refers to a file that is absent");
		num = s->d->num_faults;
		if (!ofd_fault(s, *path, &why))
			return false;
		if (s->d->num_faults > num)
			s->d->faults[num].is_absent = !s->at_signatures;
		return true;
	}
	s->d->reachable[ofd_index(s, *file)] = true;
	if (!s->at_signatures)
		s->d->documents[ofd_index(s, *file)] |= (uint16_t)(1u << (s->d->num_bodies - 1));
	return true;
}

bool ofd_hold(struct ofd_reading *s, const struct zy_package_file *file, struct zy_error *why)
{
	return file == NULL || zy_package_hold(&s->package->files[ofd_index(s, file)], s->a, why);
}

bool ofd_open_file(const struct zy_package_file *file, const char *root_name, struct zy_arena *a,
    const struct zy_xml_node **root, struct zy_error *why)
{
	struct zy_package_file held = *file;
	const struct zy_xml_node *r;
	struct zy_bytes text;

	*root = NULL;
	if (!zy_package_hold(&held, a, why))
		return false;
	text = held.bytes;
	if (!zy_xml_utf8(&text, root_name, a, why))
		return false;
	if (!zy_xml_parse(&r, text, root_name, a, why)) {
		if (text.p != held.bytes.p)
			why->offset = ZY_NOWHERE; /* it counts in what the file became */
		return false;
	}
	if (strcmp(r->name, root_name) != 0)
		return zy_fail(why, ZY_E_OFD, root_name, ZY_NOWHERE, "its root element is not %s", root_name);
	*root = r;
	return true;
}

bool ofd_open(struct ofd_reading *s, const char *from, const char *loc, const char *root_name, const char **path,
    const struct zy_xml_node **root)
{
	const struct zy_package_file *file;
	struct zy_error why = { 0 };

	*root = NULL;
	if (!ofd_refer(s, from, loc, path, &file))
		return false;
	if (file == NULL || ofd_open_file(file, root_name, s->a, root, &why))
		return true;
	return ofd_fault(s, *path, &why);
}

static bool is_ofd(const struct zy_xml_node *n)
{
	static const char ofd[] = "http://www.ofdspec.org"; /* /2016, or nothing before the standard */

	return n->ns[0] == 0 || strncmp(n->ns, ofd, strlen(ofd)) == 0;
}

static const struct zy_xml_node *in_ofd(const struct zy_xml_node *n, const char *name)
{
	while (n != NULL && (strcmp(n->name, name) != 0 || !is_ofd(n)))
		n = n->next;
	return n;
}

const struct zy_xml_node *ofd_child(const struct zy_xml_node *n, const char *name)
{
	return in_ofd(n->child, name);
}

const struct zy_xml_node *ofd_next(const struct zy_xml_node *n, const char *name)
{
	return in_ofd(n->next, name);
}

size_t ofd_count(const struct zy_xml_node *n, const char *name)
{
	size_t num = 0;

	for (n = ofd_child(n, name); n != NULL; n = ofd_next(n, name))
		num++;
	return num;
}

bool ofd_only(const struct zy_xml_node *n, const char *name, const struct zy_xml_node **out, struct zy_error *err)
{
	*out = ofd_child(n, name);
	if (*out != NULL && ofd_next(*out, name) != NULL)
		return zy_fail(err, ZY_E_OFD, name, ZY_NOWHERE, "two %s elements where one belongs", name);
	return true;
}

bool ofd_only_text(
    const struct zy_xml_node *n, const char *name, struct zy_arena *a, const char **out, struct zy_error *err)
{
	const struct zy_xml_node *child;

	*out = "";
	return ofd_only(n, name, &child, err) && (child == NULL || zy_xml_text(child, a, out, err));
}
