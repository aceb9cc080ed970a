/* What CRLs and OCSP answers are judged with: certificates as the parts that matter for it. */
#ifndef ZY_VERIFY_STANDING_H
#define ZY_VERIFY_STANDING_H

#include "internal.h"
#include "zy/ocsp.h"
#include "zy/standing.h"

struct zy_standing_cert {
	struct zy_cert_parts parts; /* key, dates */
	struct zy_bytes tbs;
	struct zy_bytes serial;          /* magnitude */
	struct zy_bytes issuer, subject; /* whole Names */
	enum zy_suite signed_with;
	uint8_t rs[64];
	uint8_t key_usage; /* first octet; 0 when absent */
	struct zy_bytes key_id;
	struct zy_bytes crl_points; /* content of cRLDistributionPoints */
	bool is_authority, ocsp_signing, ocsp_no_check, unknown_critical;
};
/* Of a certificate of any key: serial, issuer, is_authority and crl_points alone. Errors: certificate. */
ZY_MUST_CHECK bool zy_standing_leaf_read(struct zy_bytes der, struct zy_standing_cert *out, struct zy_error *err);
/* Errors: certificate, key. */
ZY_MUST_CHECK bool zy_standing_cert_read(struct zy_bytes der, struct zy_standing_cert *out, struct zy_error *err);

static inline bool zy_standing_unknown(struct zy_standing *out, const char *why)
{
	*out = (struct zy_standing){ .is = ZY_STANDS_UNKNOWN, .why = why };
	return true;
}

#endif
