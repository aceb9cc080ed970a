#include "zy/subject_identity.h"

#include "zy/der.h"
#include "zy/identity.h"
#include "zy/text.h"

/* 1.2.156.10260.4.1.N, N at its end */
#define ARCS 7
static const uint8_t oids[][ARCS + 1] = { { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 1 },
	{ 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 2 }, { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 3 },
	{ 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 4 }, { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 5 } };
#define PERSON 1 /* the arc of IdentifyCode */

static const struct kind {
	const char *name;
	uint8_t arc, tag; /* tag: of IdentifyCode's choice */
} kinds[ZY_NUM_SUBJECT_IDENTITIES] = {
	[ZY_IDENTITY_CITIZEN] = { "citizen", PERSON, 0 },
	[ZY_IDENTITY_OFFICER_CARD] = { "officer-card", PERSON, 1 },
	[ZY_IDENTITY_PASSPORT] = { "passport", PERSON, 2 },
	[ZY_IDENTITY_INSURANCE] = { "insurance", 2, 0 },
	[ZY_IDENTITY_REGISTRATION] = { "registration", 3, 0 },
	[ZY_IDENTITY_ORGANISATION] = { "organisation", 4, 0 },
	[ZY_IDENTITY_TAX] = { "tax", 5, 0 },
};

static unsigned arc_of(struct zy_bytes oid)
{
	return oid.len == ARCS + 1 && memcmp(oid.p, oids[0], ARCS) == 0 && oid.p[ARCS] >= 1 && oid.p[ARCS] <= 5
		   ? oid.p[ARCS]
		   : 0;
}

bool zy_subject_identity_is(struct zy_bytes oid)
{
	return arc_of(oid) != 0;
}

struct zy_bytes zy_subject_identity_oid(enum zy_subject_identity_kind kind)
{
	return ZY_BYTES(oids[kinds[kind].arc - 1], ARCS + 1);
}

const char *zy_subject_identity_name(enum zy_subject_identity_kind kind)
{
	return kinds[kind].name;
}

/* ---- in certificates ---- */

static bool is_text(struct zy_bytes v)
{
	uint32_t c;

	for (size_t at = 0; (c = zy_utf8_next(v, &at)) != 0;)
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
	return v.len > 0 && v.len <= ZY_SUBJECT_IDENTITY_MAX && zy_utf8_check(v, "identity", &(struct zy_error){ 0 });
}

static bool take_string(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	if (zy_der_next_is(r, ZY_DER_PRINTABLE))
		return zy_der_ascii(r, ZY_DER_PRINTABLE, "identity", out, err);
	return zy_der_utf8(r, "identity", out, err);
}

/* The choice by its tag, explicit or implicit; a string without one is taken for a citizen number, as it mostly is. */
static bool take_person(struct zy_reader *r, struct zy_subject_identity *out, struct zy_error *err)
{
	struct zy_reader inner;

	for (uint8_t tag = 0; tag < 3; tag++) {
		out->kind = (enum zy_subject_identity_kind)(ZY_IDENTITY_CITIZEN + tag);
		if (zy_der_next_is(r, ZY_DER_CONTEXT_MADE | tag))
			return zy_der_enter(r, ZY_DER_CONTEXT_MADE | tag, "identity", &inner, err) &&
			       take_string(&inner, &out->value, err) && zy_der_end(&inner, "identity", err);
		if (zy_der_next_is(r, ZY_DER_CONTEXT | tag))
			return zy_der_take(r, ZY_DER_CONTEXT | tag, "identity", &out->value, err);
	}
	out->kind = ZY_IDENTITY_CITIZEN;
	return take_string(r, &out->value, err);
}

bool zy_subject_identity_parse(
    struct zy_subject_identity *out, struct zy_bytes oid, struct zy_bytes octets, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(octets);
	struct zy_subject_identity id = { 0 };
	const unsigned arc = arc_of(oid);

	for (int k = ZY_IDENTITY_INSURANCE; k < ZY_NUM_SUBJECT_IDENTITIES; k++)
		if (kinds[k].arc == arc)
			id.kind = (enum zy_subject_identity_kind)k;
	if (!(arc == PERSON ? take_person(&r, &id, err) : take_string(&r, &id.value, err)) ||
	    !zy_der_end(&r, "identity", err))
		return false;
	if (arc == 0 || !is_text(id.value))
		return zy_fail(err, ZY_E_DER, "identity", ZY_NOWHERE, "no number of a subject stands there");
	*out = id;
	return true;
}

void zy_subject_identity_put(struct zy_buf *b, const struct zy_subject_identity *id)
{
	const struct kind *k = &kinds[id->kind];
	const uint8_t string = id->kind == ZY_IDENTITY_OFFICER_CARD ? ZY_DER_UTF8 : ZY_DER_PRINTABLE;
	size_t mark;

	if (k->arc != PERSON) {
		zy_der_put(b, string, id->value);
		return;
	}
	mark = zy_der_open(b, ZY_DER_CONTEXT_MADE | k->tag);
	zy_der_put(b, string, id->value);
	zy_der_close(b, mark);
}

/* ---- from who asks ---- */

static bool of_alphabet(struct zy_bytes v, size_t least, size_t most)
{
	for (size_t i = 0; i < v.len; i++)
		if (!(v.p[i] >= '0' && v.p[i] <= '9') && !(v.p[i] >= 'A' && v.p[i] <= 'Z'))
			return false;
	return v.len >= least && v.len <= most;
}

/* 15 digits, the last by ISO 7064 MOD 11,10 (GS 15-2006) */
static bool is_registration(struct zy_bytes v)
{
	unsigned p = 10;

	if (v.len != 15)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		p += (unsigned)(v.p[i] - '0');
		if (i == 14)
			return p % 10 == 1;
		p = 2 * (p % 10 == 0 ? 10 : p % 10) % 11;
	}
	return false;
}

static bool check(const struct zy_subject_identity *id, struct zy_error *err)
{
	const struct zy_bytes v = id->value;
	bool good;

	if (id->kind == ZY_IDENTITY_CITIZEN)
		return zy_citizen_check(v, err);
	if (id->kind == ZY_IDENTITY_ORGANISATION)
		return zy_uscc_check(v, err);
	if (id->kind == ZY_IDENTITY_REGISTRATION)
		good = is_registration(v);
	else if (id->kind == ZY_IDENTITY_OFFICER_CARD)
		good = is_text(v);
	else
		good = id->kind == ZY_IDENTITY_TAX ? of_alphabet(v, 15, 20) : of_alphabet(v, 1, 32);
	return good || zy_fail(err, ZY_E_IDENTITY, "identity", ZY_NOWHERE, "this is no number of the kind %s",
			   kinds[id->kind].name);
}

bool zy_subject_identity_read(struct zy_subject_identity *out, struct zy_bytes text, struct zy_error *err)
{
	struct zy_subject_identity id;

	for (int k = 0; k < ZY_NUM_SUBJECT_IDENTITIES; k++) {
		const size_t len = strlen(kinds[k].name);

		if (text.len <= len || memcmp(text.p, kinds[k].name, len) != 0 || text.p[len] != ':')
			continue;
		id.kind = (enum zy_subject_identity_kind)k;
		id.value = ZY_BYTES(text.p + len + 1, text.len - len - 1);
		if (!check(&id, err))
			return false;
		*out = id;
		return true;
	}
	return zy_fail(err, ZY_E_IDENTITY, "identity", ZY_NOWHERE,
	    "an identity is KIND:NUMBER, the kind one of citizen, officer-card, passport, insurance, registration, tax");
}
