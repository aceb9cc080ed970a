/*
 * A licence as one file to be handed on: a ZIP package, IDENTIFIER.zip, with the files of one version as they were
 * minted and the proof that the log holds them. What is sealed stays as it is, octet by octet: nothing is put into a
 * sealed file, where every octet that no signature covers is a place to hide something in.
 *
 *   IDENTIFIER.ofd, IDENTIFIER.pdf    one of them or both, in this order
 *   IDENTIFIER.tlog-proof             of the version's entry, with checkpoint and cosignatures
 */
#ifndef ZY_LICENCE_PACKAGE_H
#define ZY_LICENCE_PACKAGE_H

#include "zy/log_proof.h"
#include "zy/package.h"

#define ZY_LICENCE_PACKAGE_MAX ((size_t)32 << 20) /* octets */
#define ZY_LICENCE_PACKAGE_FORMS 2

struct zy_licence_package {
	const char *identifier;                          /* by the names of its entries */
	struct zy_bytes files[ZY_LICENCE_PACKAGE_FORMS]; /* OFD, PDF; empty: it has none */
	struct zy_bytes proof;                           /* empty: it has none */
	const char *stranger; /* the first entry that does not belong here; NULL: there is none */
};

/* Appended to out; the same parts, the same octets. Errors: zip, too-large, no-memory. */
ZY_MUST_CHECK bool zy_licence_package_encode(
    const struct zy_licence_package *p, struct zy_buf *out, struct zy_error *err);
/* Does it begin as one does, by the name of its first entry? */
bool zy_licence_package_is(struct zy_bytes in);
/* Views of in, or in the arena. Not judged: anything inside; what is missing, or does not belong here, is told in *out.
 * Errors: those of zy_package_parse, zip (its first entry is no licence's), too-large. */
ZY_MUST_CHECK bool zy_licence_package_parse(
    struct zy_licence_package *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

#endif
