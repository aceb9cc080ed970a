/*
 * Name constraints (RFC 5280 4.2.1.10). Instead of carrying two growing sets down the path, every name of a certificate
 * is held against every constraint above it: each extension's permitted subtrees must allow it, none may exclude it,
 * which is the same.
 */
#include "path.h"

#include "general_name.h"

#define COMPARISONS 65536 /* names times constraints, in one path */

static const uint8_t email_octets[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01 };
static const struct zy_bytes oid_email = { email_octets, sizeof(email_octets) };

struct names {
	struct zy_path *p;
	size_t cert; /* whose names */
	size_t work;
};

enum answer { ALLOWED, VIOLATES, CANNOT_TELL };

/* GeneralSubtree { base, minimum [0] DEFAULT 0, maximum [1] }: anything but the default is for nobody. */
static bool take_subtree(struct zy_reader *r, struct zy_general_name *base)
{
	struct zy_error ignored = { 0 };
	struct zy_reader seq;

	return zy_der_enter(r, ZY_DER_SEQUENCE, "GeneralSubtree", &seq, &ignored) &&
	       zy_general_name_take(&seq, base, &ignored) && zy_reader_left(&seq) == 0;
}

/* *.example.com covers names that a constraint below example.com excludes. */
static bool wildcard_reaches(const struct zy_general_name *name, const struct zy_general_name *base)
{
	struct zy_general_name below = *name;
	bool known;

	if (name->tag != ZY_NAME_DNS || name->value.len < 3 || name->value.p[0] != '*')
		return false;
	below.value = ZY_BYTES(name->value.p + 2, name->value.len - 2);
	return zy_general_name_is_within(base, &below, &known);
}

/* Ones, then zeros (RFC 4632, by 4.2.1.10). */
static bool is_mask(struct zy_bytes v)
{
	bool ended = false;

	for (size_t i = 0; i < 8 * v.len; i++) {
		const bool one = (v.p[i / 8] >> (7 - i % 8) & 1) != 0;

		if (one && ended)
			return false;
		ended = !one;
	}
	return true;
}

static bool is_well_formed(const struct zy_general_name *base)
{
	const size_t half = base->value.len / 2;

	return base->tag != ZY_NAME_IP ||
	       ((base->value.len == 8 || base->value.len == 32) && is_mask(ZY_BYTES(base->value.p + half, half)));
}

/* A name that is none of its form is not shown to lie within anything, or outside of it: another program may cut off
 * its last dot, or take a part of it. */
static bool is_one(const struct zy_general_name *name)
{
	const struct zy_bytes v = name->value;
	const uint8_t *at;

	switch (name->tag) {
	case ZY_NAME_DNS:
		return zy_host_is_name(v.len > 2 && memcmp(v.p, "*.", 2) == 0 ? ZY_BYTES(v.p + 2, v.len - 2) : v);
	case ZY_NAME_EMAIL:
		at = memrchr(v.p, '@', v.len);
		return at != NULL && at > v.p && zy_host_is_name(ZY_BYTES(at + 1, v.len - (size_t)(at + 1 - v.p)));
	case ZY_NAME_IP:
		return v.len == 4 || v.len == 16;
	}
	return true;
}

/* Does one of the subtrees hold the name? *any: there was one of its form. */
static enum answer within_one(
    struct names *n, struct zy_bytes subtrees, bool excluded, const struct zy_general_name *name, bool *any, bool *held)
{
	struct zy_reader r = zy_reader_over(subtrees);
	struct zy_general_name base;
	bool known;

	*any = *held = false;
	while (zy_reader_left(&r) > 0) {
		if (!take_subtree(&r, &base) || !is_well_formed(&base) || ++n->work > COMPARISONS)
			return CANNOT_TELL;
		if (base.tag != name->tag)
			continue;
		*any = true;
		*held = *held || zy_general_name_is_within(name, &base, &known) ||
			(excluded && wildcard_reaches(name, &base));
	}
	return ALLOWED;
}

/* A form that is constrained and not judged here cannot be told (the last paragraph of 4.2.1.10). */
static bool is_judged(uint8_t tag)
{
	return tag == ZY_NAME_EMAIL || tag == ZY_NAME_DNS || tag == ZY_NAME_DIRECTORY || tag == ZY_NAME_URI ||
	       tag == ZY_NAME_IP;
}

static enum answer hold_against(struct names *n, const struct zy_x509 *authority, const struct zy_general_name *name)
{
	const struct zy_general_name anywhere = { name->tag, { 0 } };
	const bool can_judge = is_judged(name->tag) && is_one(name);
	bool any, held, known;

	if (within_one(n, authority->excluded, true, name, &any, &held) != ALLOWED || (any && !can_judge))
		return CANNOT_TELL;
	if (held)
		return VIOLATES;
	/* a URI whose host cannot be found is not shown to lie outside of what is excluded */
	if (any && name->tag == ZY_NAME_URI && !zy_general_name_is_within(name, &anywhere, &known))
		return VIOLATES;
	if (within_one(n, authority->permitted, false, name, &any, &held) != ALLOWED || (any && !can_judge))
		return CANNOT_TELL;
	return any && !held ? VIOLATES : ALLOWED;
}

static void check_name(struct names *n, const struct zy_general_name *name, const char *field)
{
	size_t at = name->value.len == 0 ? ZY_NOWHERE : (size_t)(name->value.p - n->p->certs[n->cert]->der.p);

	for (size_t i = n->cert + 1; i < n->p->num; i++) {
		enum answer answer = hold_against(n, n->p->certs[i], name);

		if (answer == VIOLATES)
			zy_path_fault(n->p, n->cert, "certificate-name", field, at,
			    "certificate %zu does not allow this name", i + 1);
		if (answer == CANNOT_TELL)
			zy_path_fault(n->p, n->cert, "certificate-name", field, at,
			    "certificate %zu constrains it, and one of the two is of no form that is judged", i + 1);
		if (answer != ALLOWED)
			return;
	}
}

/* Mail addresses in the subject count as well (4.2.1.6: their old place). */
static void check_subject(struct names *n)
{
	const struct zy_x509 *c = n->p->certs[n->cert];
	struct zy_name_walk w = zy_name_walk_over(c->subject);
	struct zy_general_name name = { ZY_NAME_DIRECTORY, c->subject };

	if (!zy_name_is_empty(c->subject))
		check_name(n, &name, "subject");
	name.tag = ZY_NAME_EMAIL;
	while (zy_name_walk_next(&w, oid_email, &name.value))
		check_name(n, &name, "subject.emailAddress");
}

static void check_alt_names(struct names *n)
{
	const struct zy_x509 *c = n->p->certs[n->cert];
	struct zy_reader r = zy_reader_over(c->alt_names);
	struct zy_error why = { 0 };
	struct zy_general_name name;

	while (zy_reader_left(&r) > 0) {
		if (!zy_general_name_take(&r, &name, &why)) {
			zy_path_fault(
			    n->p, n->cert, "certificate-profile", "subjectAltName", ZY_NOWHERE, "%s", why.msg);
			return;
		}
		check_name(n, &name, "subjectAltName");
	}
}

void zy_path_check_names(struct zy_path *p)
{
	struct names n = { .p = p };
	bool any = false;

	for (size_t i = 1; i < p->num; i++)
		any = any || (p->certs[i]->has & ZY_HAS_NAME_CONSTRAINTS) != 0;
	if (!any)
		return;
	for (size_t i = 0; i < p->num; i++) {
		/* self-issued authorities are exempt (6.1.3 b, c) */
		if (i > 0 && zy_x509_is_self_issued(p->certs[i]))
			continue;
		n.cert = i;
		check_subject(&n);
		check_alt_names(&n);
	}
}
