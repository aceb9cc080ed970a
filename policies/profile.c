/* profiles.json: what certificates may be. */
#include "internal.h"

#include "zy/kept.h"
#include "zy/profile.h"

static const struct json_name issuer_names[] = { { "self", ZY_BY_ITSELF }, { "root", ZY_BY_ROOT },
	{ "issuing", ZY_BY_ISSUING }, { "link", ZY_BY_LINK }, { 0 } };
static const struct json_name suite_names[] = { { "gm", 1u << ZY_SUITE_GM }, { "intl", 1u << ZY_SUITE_INTL }, { 0 } };
static const struct json_name usage_names[] = { { "digitalSignature", ZY_KU_DIGITAL_SIGNATURE },
	{ "nonRepudiation", ZY_KU_NON_REPUDIATION }, { "keyEncipherment", ZY_KU_KEY_ENCIPHERMENT },
	{ "keyAgreement", ZY_KU_KEY_AGREEMENT }, { "keyCertSign", ZY_KU_KEY_CERT_SIGN }, { "cRLSign", ZY_KU_CRL_SIGN },
	{ 0 } };
static const struct json_name organisation_names[] = { { "operator", ZY_OF_OPERATOR },
	{ "department", ZY_OF_DEPARTMENT }, { 0 } };
static const struct json_name identity_names[] = { { "citizen", ZY_MAY_CITIZEN },
	{ "officer-card", ZY_MAY_OFFICER_CARD }, { "passport", ZY_MAY_PASSPORT }, { "insurance", ZY_MAY_INSURANCE },
	{ "registration", ZY_MAY_REGISTRATION }, { "tax", ZY_MAY_TAX }, { 0 } };

/* Two arcs or more in digits, as an encoder can write them. */
static bool read_oid(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	size_t arcs = 0;

	if (!json_read_text(at, m, base, err))
		return false;
	for (const char *p = json_string_value(at->v);; p++) {
		size_t digits = strspn(p, "0123456789");

		if (digits == 0 || digits > 9 || (digits > 1 && p[0] == '0'))
			break;
		p += digits;
		arcs++;
		if (*p == 0 && arcs > 1 && arcs <= 16)
			return true;
		if (*p != '.')
			break;
	}
	return json_fail(at, err, "an object identifier is written like 1.3.6.1.5.5.7.3.9");
}

static bool read_domain(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s;

	if (!json_read_text(at, m, base, err))
		return false;
	s = json_string_value(at->v);
	return (strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(s) && strchr(s, '.') != NULL &&
		   s[0] != '.' && s[strlen(s) - 1] != '.' && strstr(s, "..") == NULL) ||
	       json_fail(at, err, "a domain is written in small letters, like gov.example");
}

/* An address is written into every certificate: plain http, for who fetches status cannot ask for status first. */
static bool read_address(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s;

	if (!json_read_text(at, m, base, err))
		return false;
	s = json_string_value(at->v);
	return (strncmp(s, "http://", 7) == 0 && s[7] != 0 && s[strlen(s) - 1] != '/' &&
		   strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:") == strlen(s)) ||
	       json_fail(at, err, "an address is written like http://crl.gov.example, without a slash at its end");
}

#define PROFILE(member) offsetof(struct zy_cert_profile, member)
static const struct json_list extended_list = { sizeof(const char *), PROFILE(num_extended),
	{ .read = read_oid, .least = 3, .most = 64 } };
static const struct json_list policy_list = { sizeof(const char *), PROFILE(num_policies),
	{ .read = read_oid, .least = 3, .most = 64 } };
static const struct json_list host_list = { sizeof(const char *), PROFILE(num_hosts),
	{ .read = read_domain, .least = 3, .most = 200 } };
static const struct json_member profile_members[] = {
	{ "name", json_read_text, PROFILE(name), false, 1, 32, NULL },
	{ "issuer", json_read_enum, PROFILE(issuer), false, 0, 0, issuer_names },
	{ "suites", json_read_bits, PROFILE(suites), false, 1, 2, suite_names },
	{ "rsa_bits", json_read_unsigned, PROFILE(rsa_bits), true, 2048, 4096, NULL },
	{ "key_usage", json_read_bits, PROFILE(key_usage), false, 1, 6, usage_names },
	{ "authority", json_read_bool, PROFILE(authority), true, 0, 0, NULL },
	{ "path_length", json_read_unsigned, PROFILE(path_length), true, 0, 4, NULL },
	{ "request", json_read_bool, PROFILE(request), true, 0, 0, NULL },
	{ "extended_key_usage", json_read_list, PROFILE(extended), true, 1, 8, &extended_list },
	{ "extended_critical", json_read_bool, PROFILE(extended_critical), true, 0, 0, NULL },
	{ "ocsp_no_check", json_read_bool, PROFILE(ocsp_no_check), true, 0, 0, NULL },
	{ "policies", json_read_list, PROFILE(policies), true, 1, 8, &policy_list },
	{ "days", json_read_unsigned, PROFILE(days), false, 1, 36525, NULL },
	{ "most_days", json_read_unsigned, PROFILE(most_days), false, 1, 36525, NULL },
	{ "organisation", json_read_bits, PROFILE(organisation), false, 1, 2, organisation_names },
	{ "identities", json_read_bits, PROFILE(identities), true, 1, 6, identity_names },
	{ "hosts", json_read_list, PROFILE(hosts), true, 1, 64, &host_list },
};
static const struct json_shape profile_shape = JSON_SHAPE(profile_members);
static const struct json_list profile_list = { sizeof(struct zy_cert_profile), offsetof(struct zy_profiles, num),
	{ .read = json_read_object, .more = &profile_shape } };
static const struct json_member file_members[] = {
	{ "profiles", json_read_list, offsetof(struct zy_profiles, profiles), false, 1, ZY_PROFILES_MAX,
	    &profile_list },
	{ "crl", read_address, offsetof(struct zy_profiles, addresses.crl), true, 9, 200, NULL },
	{ "crl_digits", json_read_unsigned, offsetof(struct zy_profiles, addresses.crl_digits), true, 0, 2, NULL },
	{ "ocsp", read_address, offsetof(struct zy_profiles, addresses.ocsp), true, 9, 200, NULL },
};
static const struct json_shape file_shape = JSON_SHAPE(file_members);

static bool is_twice(const struct zy_profiles *p, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(p->profiles[k].name, p->profiles[i].name) == 0)
			return true;
	return false;
}

static bool check_profile(const struct json_at *item, const struct zy_profiles *all, size_t i, struct zy_error *err)
{
	const struct zy_cert_profile *p = &all->profiles[i];
	const bool signs = (p->key_usage & ZY_KU_KEY_CERT_SIGN) != 0;
	struct json_at at;

	if (is_twice(all, i))
		return json_find(item, "name", &at) && json_fail(&at, err, "the profile %s is there twice", p->name);
	/* RFC 5280 4.2.1.3, 4.2.1.9: keyCertSign and cA go together */
	if (signs != p->authority)
		return json_find(item, "key_usage", &at) &&
		       json_fail(&at, err, "keyCertSign is for authorities, and for every one of them");
	if (!p->authority && (p->path_length > 0 || p->issuer == ZY_BY_ITSELF || p->issuer == ZY_BY_LINK))
		return json_find(item, "issuer", &at) &&
		       json_fail(&at, err, "only an authority signs itself, is a link or has a path_length");
	if (p->request && (p->issuer == ZY_BY_ITSELF || p->issuer == ZY_BY_LINK))
		return json_find(item, "request", &at) && json_fail(&at, err, "nobody asks for a root");
	/* certified by the P-256 authority (option for old readers); no token of ours makes one */
	if (p->rsa_bits > 0 && (!p->request || p->authority || (p->suites >> ZY_SUITE_INTL & 1) == 0))
		return json_find(item, "rsa_bits", &at) &&
		       json_fail(&at, err, "rsa_bits goes with request and the suite intl, and not with authority");
	if (p->days > p->most_days)
		return json_find(item, "days", &at) && json_fail(&at, err, "days is over most_days");
	return (!p->extended_critical || p->num_extended > 0) ||
	       (json_find(item, "extended_critical", &at) &&
		   json_fail(&at, err, "extended_critical goes with extended_key_usage"));
}

bool zy_profiles_load(struct zy_profiles *out, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = { .name = "profiles.json",
		.field = "policy",
		.bad_json = ZY_E_POLICY,
		.bad_content = ZY_E_POLICY,
		.arena = a };
	const char *path = zy_arena_printf(a, err, "%s/profiles.json", folder);
	struct zy_profiles p = { 0 };
	struct json_at root, list;

	if (path == NULL || !zy_kept_read(path, ZY_POLICY_FILE_MAX, a, &file.text, err) ||
	    !json_file_open(&file, &root, err) || !json_shape_read(&root, &file_shape, &p, err) ||
	    !json_find(&root, "profiles", &list))
		return false;
	for (size_t i = 0; i < p.num; i++) {
		struct json_at item = json_item(&list, i);

		if (!check_profile(&item, &p, i, err))
			return false;
	}
	*out = p;
	return true;
}

bool zy_profile_find(
    const struct zy_profiles *p, const char *name, const struct zy_cert_profile **out, struct zy_error *err)
{
	for (size_t i = 0; i < p->num; i++)
		if (strcmp(p->profiles[i].name, name) == 0) {
			*out = &p->profiles[i];
			return true;
		}
	return zy_fail(err, ZY_E_PROFILE_UNKNOWN, "profile", ZY_NOWHERE,
	    "there is no certificate profile \"%.64s\"; profiles.json has those that are", name);
}
