/*
 * Parts that certificates and certification requests share (RFC 5280, GB/T 20518): names and
 * extensions; keys are in zy/spki.h. Views into the input.
 */
#ifndef ZY_PKIX_H
#define ZY_PKIX_H

#include "zy/arena.h"
#include "zy/extension.h"

#define ZY_DN_ATTRIBUTES_MAX 16

extern const struct zy_bytes zy_oid_country, zy_oid_organisation, zy_oid_common_name;
extern const struct zy_bytes zy_oid_key_usage, zy_oid_basic_constraints, zy_oid_subject_key_id, zy_oid_authority_key_id,
    zy_oid_extended_key_usage, zy_oid_subject_alt_name, zy_oid_certificate_policies, zy_oid_crl_points,
    zy_oid_authority_access, zy_oid_ocsp_no_check;

/* One attribute of a Name; every RelativeDistinguishedName holds exactly one. */
struct zy_dn_attribute {
	struct zy_bytes type;  /* OID content */
	struct zy_bytes value; /* UTF8String or PrintableString, checked; no control characters */
};
struct zy_dn {
	size_t num; /* 0..ZY_DN_ATTRIBUTES_MAX */
	struct zy_dn_attribute attributes[ZY_DN_ATTRIBUTES_MAX];
	struct zy_bytes der; /* the whole SEQUENCE */
};
/* Errors: der, truncated, utf8, too-large; a control character or another string type is der. */
ZY_MUST_CHECK bool zy_dn_parse(struct zy_reader *r, const char *field, struct zy_dn *out, struct zy_error *err);

/* SEQUENCE OF Extension, 1 to ZY_EXTENSIONS_MAX, none twice, FALSE never written. Errors: der, truncated, too-large. */
ZY_MUST_CHECK bool zy_extensions_parse(
    struct zy_reader *r, struct zy_extension out[ZY_EXTENSIONS_MAX], size_t *num, struct zy_error *err);
void zy_extension_put(struct zy_buf *b, struct zy_bytes oid, bool critical, struct zy_bytes value);

/* "2.5.29.15" to content octets; at most 32 of them. Errors: der. */
ZY_MUST_CHECK bool zy_oid_from_text(const char *text, struct zy_buf *out, struct zy_error *err);

#endif
