/* What cms.c and cms_attrs.c share. */
#ifndef ZY_CMS_INTERNAL_H
#define ZY_CMS_INTERNAL_H

#include "zy/cms.h"
#include "zy/der.h"

extern const struct zy_bytes cms_oid_data, cms_oid_signed_data, cms_oid_tst_info;
extern const struct zy_bytes cms_oid_gbt_data, cms_oid_gbt_signed_data;

/* One profile of SignedData: what its version and its content are. */
struct cms_profile {
	uint64_t version; /* of SignedData: 1 for id-data, 3 for any other content (RFC 5652 5.1) */
	struct zy_bytes content_type;
	bool attached; /* eContent is there */
};
/* ContentInfo, strictly of that profile; *content is eContent's octets, empty when detached. */
ZY_MUST_CHECK bool cms_read(const struct cms_profile *profile, struct zy_cms *out, struct zy_bytes *content,
    struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

/* The members of a SET OF (or [n] IMPLICIT SET OF) come in ascending order of their encodings, none twice
 * (X.690 11.6). `last` starts as { 0 } and is moved on. */
ZY_MUST_CHECK bool cms_set_order(
    const struct zy_reader *at, struct zy_bytes *last, struct zy_bytes whole, const char *field, struct zy_error *err);
int cms_set_compare(struct zy_bytes a, struct zy_bytes b);

/* AlgorithmIdentifier: its OID; *has_params when anything but NULL follows. */
ZY_MUST_CHECK bool cms_algorithm(
    struct zy_reader *r, const char *field, struct zy_bytes *oid, bool *has_params, struct zy_error *err);

/* The members of signedAttrs, r over the content of the SET; content-type must be `type`; empty: a counter signature,
 * which has none. */
ZY_MUST_CHECK bool cms_attrs_read(
    struct zy_cms_attrs *out, struct zy_bytes type, struct zy_reader *r, struct zy_error *err);
/* The same in any order, which is_unordered tells: a signature is over the octets that were signed. */
ZY_MUST_CHECK bool cms_attrs_read_any(
    struct zy_cms_attrs *out, struct zy_bytes type, struct zy_reader *r, struct zy_error *err);

/* Writers that profiles share. The certificates come as [0], in DER order. */
void cms_put_algorithm(struct zy_buf *b, struct zy_bytes oid);
ZY_MUST_CHECK bool cms_put_certificates(
    struct zy_buf *b, const struct zy_bytes *certs, size_t num, struct zy_error *err);
void cms_put_sid(struct zy_buf *b, const struct zy_cert_name *signer);
void cms_put_content_type(struct zy_buf *b, struct zy_bytes type);
void cms_put_message_digest(struct zy_buf *b, struct zy_bytes digest);
/* signedAttrs, DER SET OF: content-type, signing-time if asked, message-digest, signing-certificate-v2 of that digest.
 */
ZY_MUST_CHECK bool cms_put_attrs(struct zy_buf *b, struct zy_bytes type, enum zy_hash alg,
    const uint8_t digest[ZY_HASH_LEN], const zy_time *signing_time, struct zy_bytes signer_cert, struct zy_error *err);
/* SignerInfo version 1 in its SET; token: a signature-time-stamp, or empty. */
struct cms_signer_form {
	const struct zy_cert_name *signer;
	struct zy_bytes digest_alg, signature_alg; /* OIDs */
	bool signature_null;                       /* the latter with parameters NULL */
	struct zy_bytes attrs, token;
	const uint8_t *rs;
};
void cms_put_signer_info(struct zy_buf *b, const struct cms_signer_form *f);
void cms_put_signing_cert(struct zy_buf *b, enum zy_hash alg, struct zy_bytes hash, const struct zy_cert_name *name);

/* SHA-256 or SM3 by OID. */
bool cms_hash_of(struct zy_bytes oid, enum zy_hash *out);

#endif
