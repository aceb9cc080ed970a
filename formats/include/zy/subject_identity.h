/*
 * Identity extensions of a certificate's subject, 1.2.156.10260.4.1.N (GM/T 0015-2012, GB/T 20518): which person or
 * organisation it is, by a number that others know it by.
 */
#ifndef ZY_SUBJECT_IDENTITY_H
#define ZY_SUBJECT_IDENTITY_H

#include "zy/buf.h"
#include "zy/bytes.h"

enum zy_subject_identity_kind {
	ZY_IDENTITY_CITIZEN,      /* .1 IdentifyCode, residenterCardNumber [0] */
	ZY_IDENTITY_OFFICER_CARD, /* .1 IdentifyCode, militaryOfficerCardNumber [1] */
	ZY_IDENTITY_PASSPORT,     /* .1 IdentifyCode, passportNumber [2] */
	ZY_IDENTITY_INSURANCE,    /* .2 InsuranceNumber */
	ZY_IDENTITY_REGISTRATION, /* .3 ICRegistrationNumber, of a business before credit codes */
	ZY_IDENTITY_ORGANISATION, /* .4 OrganizationCode: today the credit code */
	ZY_IDENTITY_TAX,          /* .5 TaxationNumber */
	ZY_NUM_SUBJECT_IDENTITIES
};
struct zy_subject_identity {
	enum zy_subject_identity_kind kind;
	struct zy_bytes value; /* 1..ZY_SUBJECT_IDENTITY_MAX octets, UTF-8 without control characters */
};
#define ZY_SUBJECT_IDENTITY_MAX 64

/* Is this such an extension? */
bool zy_subject_identity_is(struct zy_bytes oid);
/*
 * The value of such an extension, a view. The published text leaves open whether IdentifyCode's tags are explicit, and
 * certificates in use hold plain strings as well: all are read. A PrintableString or a UTF8String, nothing else and
 * nothing behind it. Not checked: that the number is one of its kind. Errors: der, truncated, utf8.
 */
ZY_MUST_CHECK bool zy_subject_identity_parse(
    struct zy_subject_identity *out, struct zy_bytes oid, struct zy_bytes octets, struct zy_error *err);
/* The one form that is written: PrintableString (an officer's card: UTF8String), IdentifyCode's tags explicit. */
void zy_subject_identity_put(struct zy_buf *b, const struct zy_subject_identity *id);
struct zy_bytes zy_subject_identity_oid(enum zy_subject_identity_kind kind);

/* "citizen" "officer-card" "passport" "insurance" "registration" "organisation" "tax" */
const char *zy_subject_identity_name(enum zy_subject_identity_kind kind);
/* "KIND:NUMBER"; the number is one of its kind: check digits of citizen numbers (GB 11643), credit codes (GB 32100) and
 * registration numbers (GS 15-2006, 15 digits), else 1 to 32 of 0-9A-Z, of a tax number 15 to 20, of an officer's card
 * any text. A view. Errors: identity, citizen-number, credit-code. */
ZY_MUST_CHECK bool zy_subject_identity_read(
    struct zy_subject_identity *out, struct zy_bytes text, struct zy_error *err);

#endif
