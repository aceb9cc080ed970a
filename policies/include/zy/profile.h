/*
 * Certificate profiles as data: profiles.json of the policies. What a certificate of each kind holds, how long it may
 * live, who may have it.
 */
#ifndef ZY_PROFILE_H
#define ZY_PROFILE_H

#include "zy/arena.h"
#include "zy/digest.h"

#define ZY_PROFILES_MAX 64

/* keyUsage of RFC 5280 4.2.1.3: bit n of the named bit list is 1 << n. */
enum zy_key_usage {
	ZY_KU_DIGITAL_SIGNATURE = 1 << 0,
	ZY_KU_NON_REPUDIATION = 1 << 1,
	ZY_KU_KEY_ENCIPHERMENT = 1 << 2,
	ZY_KU_KEY_AGREEMENT = 1 << 4,
	ZY_KU_KEY_CERT_SIGN = 1 << 5,
	ZY_KU_CRL_SIGN = 1 << 6
};
enum zy_profile_issuer {
	ZY_BY_ITSELF,
	ZY_BY_ROOT,
	ZY_BY_ISSUING,
	ZY_BY_LINK /* a root, for the key of the root before or after it, under their common name (RFC 4210 4.4) */
};
/* Numbers of its subject that a certificate may carry (GM/T 0015); the credit code goes with the department. */
enum zy_profile_identity {
	ZY_MAY_CITIZEN = 1 << 0,
	ZY_MAY_OFFICER_CARD = 1 << 1,
	ZY_MAY_PASSPORT = 1 << 2,
	ZY_MAY_INSURANCE = 1 << 3,
	ZY_MAY_REGISTRATION = 1 << 4,
	ZY_MAY_TAX = 1 << 6
};
enum zy_profile_organisation { ZY_OF_OPERATOR = 1, ZY_OF_DEPARTMENT = 2 };

struct zy_cert_profile {
	const char *name;         /* "seal-owner" */
	unsigned issuer;          /* enum zy_profile_issuer */
	unsigned suites;          /* bits 1 << enum zy_suite, of the subject's key */
	unsigned rsa_bits;        /* of the smallest RSA key that it takes, 2048 to 4096; 0: none */
	unsigned key_usage;       /* bits of enum zy_key_usage; always critical */
	unsigned path_length;     /* of an authority: how many others may follow */
	bool authority;           /* cA */
	bool request;             /* may be asked for by PKCS#10; else only `init` makes it */
	bool extended_critical;   /* extKeyUsage is critical (RFC 3161 2.3 asks for it) */
	bool ocsp_no_check;       /* RFC 6960 4.2.2.2.1 */
	unsigned days, most_days; /* life when none is asked for, longest life */
	unsigned organisation;    /* whose name O may be; a department's certificate carries its credit code */
	unsigned identities;      /* bits of enum zy_profile_identity */
	size_t num_extended;      /* extKeyUsage, object identifiers as text */
	const char *const *extended;
	size_t num_policies; /* certificatePolicies */
	const char *const *policies;
	size_t num_hosts; /* dNSName: a host of one of these domains, "gov.example" for a.gov.example; 0: no names */
	const char *const *hosts;
};
/* Where lists and answers are fetched, as certificates say it. */
struct zy_addresses {
	const char *crl;     /* "http://HOST/PATH", without a slash at its end; "/NAME.crl" follows. NULL: not said */
	const char *ocsp;    /* the same, whole */
	unsigned crl_digits; /* 1, 2: the list of the serials with these first digits; 0: the whole one */
};
struct zy_profiles {
	struct zy_addresses addresses;
	size_t num;
	const struct zy_cert_profile *profiles;
};

/*
 * Loads FOLDER/profiles.json; everything lives in the arena. Checked beyond the members: names given once, an authority
 * signs certificates and nobody else does, a root signs itself, OIDs, days <= most_days, domains.
 * Errors: policy ("profiles.json:12: ..."), io, too-large, no-memory.
 */
ZY_MUST_CHECK bool zy_profiles_load(
    struct zy_profiles *out, const char *folder, struct zy_arena *a, struct zy_error *err);
/* Errors: profile-unknown. */
ZY_MUST_CHECK bool zy_profile_find(
    const struct zy_profiles *p, const char *name, const struct zy_cert_profile **out, struct zy_error *err);

#endif
