/*
 * What an archive time-stamp of signed data is over: archive-time-stamp-v3 and the index of hashes in its token (EN 319
 * 122-1 5.5). The index names every certificate, every revocation list or answer of SignedData and every unsigned
 * attribute of the signer that the token protects, each by its hash, so that any of them may follow later and none may
 * go. Nothing is judged here. Threads: any; no shared state.
 */
#ifndef ZY_ATS_H
#define ZY_ATS_H

#include "zy/signed_data.h"
#include "zy/tsp.h"

extern const struct zy_bytes zy_oid_archive_stamp; /* archive-time-stamp-v3, 0.4.0.1733.2.4: an unsigned attribute */

enum zy_ats_list { ZY_ATS_CERTS, ZY_ATS_CRLS, ZY_ATS_ATTRS, ZY_ATS_LISTS };

struct zy_ats_index {
	struct zy_bytes whole; /* ATSHashIndex, DER, as it is part of what was stamped */
	/* The hashes of ats-hash-index (TS 101 733) and its second version are of unsigned attributes as a whole, those
	 * of ats-hash-index-v3 of each value with its attribute's type. */
	bool by_attribute;
	enum zy_tsp_hash hash;               /* hashIndAlgorithm */
	struct zy_bytes lists[ZY_ATS_LISTS]; /* OCTET STRINGs one behind the other, each as long as the hash is */
};
/* The one index among the unsigned attributes of a token (whole, tag 0xa1; empty: none). Errors: cms (there is none, or
 * more than one), tsp (an unknown hash, or one of another length), der, truncated, trailing-bytes. */
ZY_MUST_CHECK bool zy_ats_index_parse(struct zy_ats_index *out, struct zy_bytes unsigned_attrs, struct zy_error *err);
/* The hash number n of a list, from 0; false behind the last. */
bool zy_ats_index_get(const struct zy_ats_index *x, enum zy_ats_list list, size_t n, struct zy_bytes *hash);

/* What an index may name, one after the other: walk begins as zy_ats_items(d, s, by_attribute). */
struct zy_ats_item {
	enum zy_ats_list list;
	struct zy_bytes type;  /* attrType, whole; empty unless it is a value of an attribute */
	struct zy_bytes value; /* whole */
};
struct zy_ats_walk {
	bool by_attribute;
	struct zy_reader rest[ZY_ATS_LISTS], values;
	struct zy_bytes type;
};
struct zy_ats_walk zy_ats_items(const struct zy_signed_data *d, const struct zy_signer *s, bool by_attribute);
bool zy_ats_next(struct zy_ats_walk *w, struct zy_ats_item *out);
/* hash: not OTHER. Errors: crypto. */
ZY_MUST_CHECK bool zy_ats_item_digest(
    const struct zy_ats_item *item, enum zy_tsp_hash hash, uint8_t out[ZY_TSP_DIGEST_MAX], struct zy_error *err);

/* ats-hash-index-v3 of all that is there now. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_ats_index_encode(const struct zy_signed_data *d, const struct zy_signer *s, enum zy_tsp_hash hash,
    struct zy_buf *out, struct zy_error *err);
/* The message whose digest is the token's messageImprint (5.5.3); content_digest: of the signed content, by that
 * digest; index: ATSHashIndex, whole. A signer with a fault has none: cms. Errors: no-memory. */
ZY_MUST_CHECK bool zy_ats_message(const struct zy_signed_data *d, const struct zy_signer *s,
    struct zy_bytes content_digest, struct zy_bytes index, struct zy_buf *out, struct zy_error *err);
/* The token with the index among its unsigned attributes. Errors: those of zy_signed_data_add. */
ZY_MUST_CHECK bool zy_ats_token(struct zy_bytes token, struct zy_bytes index, struct zy_buf *out, struct zy_error *err);

#endif
