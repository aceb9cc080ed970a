/*
 * Certificate (RFC 5280 4, GB/T 20518) as far as a path is judged by it, of any algorithm; and Names as they are
 * compared. Read strictly, judged not at all. Views into the DER. Threads: any; no shared state.
 */
#ifndef ZY_X509_H
#define ZY_X509_H

#include "zy/extension.h"

#define ZY_X509_MAX ((size_t)65536) /* bytes of a certificate */
#define ZY_X509_POLICIES_MAX 64

/* keyUsage (RFC 5280 4.2.1.3): the first octet, and decipherOnly above it. */
enum zy_x509_usage {
	ZY_USAGE_DIGITAL_SIGNATURE = 0x80,
	ZY_USAGE_NON_REPUDIATION = 0x40,
	ZY_USAGE_KEY_ENCIPHERMENT = 0x20,
	ZY_USAGE_DATA_ENCIPHERMENT = 0x10,
	ZY_USAGE_KEY_AGREEMENT = 0x08,
	ZY_USAGE_CERT_SIGN = 0x04,
	ZY_USAGE_CRL_SIGN = 0x02
};

enum zy_x509_has {
	ZY_HAS_KEY_USAGE = 1,
	ZY_HAS_BASIC_CONSTRAINTS = 2,
	ZY_HAS_EXTENDED_USAGE = 4,
	ZY_HAS_POLICIES = 8,
	ZY_HAS_MAPPINGS = 16,
	ZY_HAS_POLICY_CONSTRAINTS = 32,
	ZY_HAS_INHIBIT_ANY = 64,
	ZY_HAS_NAME_CONSTRAINTS = 128,
	ZY_HAS_ALT_NAMES = 256,
	ZY_HAS_SUBJECT_KEY_ID = 512,
	ZY_HAS_AUTHORITY_KEY_ID = 1024,
	ZY_HAS_CRL_POINTS = 2048,
	ZY_HAS_NO_CHECK = 4096
};
#define ZY_SKIP_NONE UINT32_MAX /* a SkipCerts that is absent; larger values are cut to UINT32_MAX - 1 */

struct zy_x509 {
	struct zy_bytes der, tbs;              /* whole; tbs is what is signed */
	struct zy_bytes alg_inner, alg_outer;  /* AlgorithmIdentifiers, whole: must be the same (4.1.1.2) */
	struct zy_bytes signature;             /* content of signatureValue */
	unsigned version;                      /* 1 to 3 */
	struct zy_bytes serial;                /* content octets of serialNumber */
	struct zy_bytes issuer, subject, spki; /* whole */
	zy_time not_before, not_after;
	unsigned has, critical;                                  /* enum zy_x509_has */
	unsigned key_usage;                                      /* enum zy_x509_usage */
	bool is_authority;                                       /* cA */
	uint32_t path_len;                                       /* ZY_SKIP_NONE when absent */
	uint32_t require_explicit, inhibit_mapping, inhibit_any; /* SkipCerts */
	/* contents of the outer SEQUENCE: OIDs, PolicyInformations, pairs, GeneralNames, DistributionPoints */
	struct zy_bytes extended_usage, policies, mappings, alt_names, crl_points;
	struct zy_bytes permitted, excluded; /* contents of GeneralSubtrees; p NULL when absent */
	struct zy_bytes subject_key_id, authority_key_id;
	struct zy_bytes
	    unknown_critical;       /* OID of the first critical extension that is not among the above, or empty */
	struct zy_error fault;      /* what is wrong with the extensions; code ZY_OK when nothing is */
	struct zy_bytes extensions; /* content of the SEQUENCE OF Extension */
};

/*
 * A fault of the extensions (malformed, twice, in a version before 3) is kept in out->fault, so that who walks a path
 * can say what was wrong with it. Errors: certificate (all other malformed members), too-large.
 */
ZY_MUST_CHECK bool zy_x509_parse(struct zy_x509 *out, struct zy_bytes der, struct zy_error *err);
/* Was it issued by its own name? */
bool zy_x509_is_self_issued(const struct zy_x509 *c);

/*
 * Names compare as RFC 5280 7.1 asks, in the way of most implementations: strings of any type by their characters,
 * without difference of ASCII case, leading, trailing and repeated spaces; other values by their octets.
 * in: whole Names, or contents of RDNSequences for _is_within. Malformed names are equal to nothing.
 */
bool zy_name_is_equal(struct zy_bytes a, struct zy_bytes b);
/* Is `base` (whole Name) the beginning of `name` (whole Name)? */
bool zy_name_is_within(struct zy_bytes name, struct zy_bytes base);
bool zy_name_is_empty(struct zy_bytes name);
/* The values of one attribute (OID content octets), one after the other; false when there is none left. */
struct zy_name_walk {
	struct zy_reader rdns, set;
};
struct zy_name_walk zy_name_walk_over(struct zy_bytes name);
bool zy_name_walk_next(struct zy_name_walk *w, struct zy_bytes oid, struct zy_bytes *value);

#endif
