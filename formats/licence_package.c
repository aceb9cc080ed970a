#include "zy/licence_package.h"

#include "zip.h"
#include "zy/identity.h"
#include "zy/text.h"

enum { OFD, PDF, PROOF, NUM_PARTS };
enum { NAME_LEN_AT = 26, LEAST = ZIP_LOCAL_LEN };
static const char *const endings[NUM_PARTS] = { ".ofd", ".pdf", ".tlog-proof" };

bool zy_licence_package_encode(const struct zy_licence_package *p, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_bytes parts[NUM_PARTS] = { p->files[OFD], p->files[PDF], p->proof };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_package z = { .arena = &a };

	for (size_t i = 0; i < NUM_PARTS; i++) {
		const char *name = zy_arena_printf(&a, err, "%s%s", p->identifier, endings[i]);

		if (parts[i].len == 0)
			continue;
		if (name == NULL || !zy_package_add(&z, name, parts[i], err))
			return false;
		z.files[z.num_files - 1].stored = true; /* both forms are packed inside */
	}
	return zy_package_encode(&z, out, err);
}

/* IDENTIFIER and one of the endings: which. */
static bool part_of(struct zy_bytes name, struct zy_bytes *stem, size_t *part)
{
	for (*part = 0; *part < NUM_PARTS; ++*part) {
		const struct zy_bytes end = zy_str(endings[*part]);

		if (name.len > end.len && memcmp(name.p + name.len - end.len, end.p, end.len) == 0) {
			*stem = ZY_BYTES(name.p, name.len - end.len);
			return true;
		}
	}
	return false;
}

static bool is_stem(struct zy_bytes stem)
{
	static const struct zy_bytes root = ZY_LITERAL(ZY_IDENTIFIER_ROOT ".");

	return stem.len > root.len && stem.len <= ZY_IDENTIFIER_MAX && memcmp(stem.p, root.p, root.len) == 0;
}

bool zy_licence_package_is(struct zy_bytes in)
{
	struct zy_bytes stem;
	size_t len, part;

	if (in.len < LEAST || memcmp(in.p, "PK\x03\x04", 4) != 0)
		return false;
	len = in.p[NAME_LEN_AT] | (size_t)in.p[NAME_LEN_AT + 1] << 8;
	return len <= in.len - LEAST && part_of(ZY_BYTES(in.p + LEAST, len), &stem, &part) && is_stem(stem);
}

/* Of the identifier, of a kind that was not there yet, and behind the kinds before it: else a stranger. */
static bool take(struct zy_licence_package *p, struct zy_package_file *f, struct zy_bytes stem, size_t *next,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes own;
	size_t part;

	if (!part_of(zy_str(f->name), &own, &part) || !zy_bytes_equal(own, stem) || part < *next) {
		p->stranger = p->stranger == NULL ? f->name : p->stranger;
		return true;
	}
	*next = part + 1;
	if (!zy_package_hold(f, a, err))
		return false;
	if (f->bytes.len == 0 && part != PROOF) { /* a form that is nothing is not one that is absent */
		p->stranger = p->stranger == NULL ? f->name : p->stranger;
		return true;
	}
	*(part == PROOF ? &p->proof : &p->files[part]) = f->bytes;
	return true;
}

bool zy_licence_package_parse(
    struct zy_licence_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_licence_package p = { 0 };
	struct zy_package z = { 0 };
	struct zy_bytes stem;
	size_t next = 0, part;

	if (in.len > ZY_LICENCE_PACKAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "package", ZY_NOWHERE, "a licence's package is at most %zu octets",
		    ZY_LICENCE_PACKAGE_MAX);
	if (!zy_package_parse(&z, in, a, err))
		return false;
	if (z.num_files == 0 || !part_of(zy_str(z.files[0].name), &stem, &part) || !is_stem(stem))
		return zy_fail(
		    err, ZY_E_ZIP, "package", ZY_NOWHERE, "its first entry is not named by a licence's identifier");
	if ((p.identifier = zy_arena_text(a, stem, err)) == NULL)
		return false;
	for (size_t i = 0; i < z.num_files; i++)
		if (!take(&p, &z.files[i], stem, &next, a, err))
			return false;
	*out = p;
	return true;
}
