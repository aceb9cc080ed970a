/* An authority for tests: a register in a folder, the shipped profiles and policies, lives of any length. */
#ifndef ZY_TEST_AUTHORITY_MADE_H
#define ZY_TEST_AUTHORITY_MADE_H

#include "zy/certificate.h"

struct authority_made {
	struct zy_authority ca;
	struct zy_profiles profiles;
	struct zy_policy policy;
};

static inline bool authority_make(struct authority_made *m, struct zy_hsm *hsm, struct zy_keys *keys,
    const char *folder, zy_time now, struct zy_arena *a, struct zy_error *err)
{
	struct zy_cert_profile *own;

	if (!zy_policy_load(&m->policy, ZY_SOURCE_DIR "/policies", a, err) ||
	    !zy_profiles_load(&m->profiles, ZY_SOURCE_DIR "/policies", a, err) ||
	    (own = zy_arena_array(a, m->profiles.num, sizeof(*own), err)) == NULL)
		return false;
	for (size_t i = 0; i < m->profiles.num; i++) {
		own[i] = m->profiles.profiles[i];
		own[i].most_days = 36525;
		own[i].suites = 3;
	}
	m->profiles.profiles = own;
	m->ca = (struct zy_authority){ .hsm = hsm, .keys = keys, .profiles = &m->profiles, .policy = &m->policy };
	return zy_register_make(folder, err) && zy_register_open(&m->ca.reg, folder, true, now, err);
}

/* Any names, any dates; now is not_before, so the issuer must be valid then. */
static inline bool authority_issue(const struct authority_made *m, const struct zy_cert_issuer *by, const char *profile,
    const struct zy_cert_subject *subject, const char *key, zy_time from, zy_time to, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err)
{
	struct zy_cert_plan plan = { .subject = *subject, .not_before = from, .not_after = to };
	enum zy_key_kind kind;
	uint8_t point[65];

	if (!zy_profile_find(&m->profiles, profile, &plan.profile, err) ||
	    !zy_hsm_public(m->ca.hsm, key, &kind, point, err))
		return false;
	plan.key = zy_spki_of_point(kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL, point);
	return zy_cert_issue(&m->ca, by, &plan, from, a, out, err);
}

#endif
