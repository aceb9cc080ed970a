#include "zy/revocation_rule.h"

#include <stdlib.h>

#include "internal.h"
#include "zy/identity.h"
#include "zy/text.h"

#define DIGITS "0123456789abcdef"

static const struct json_name issuer_names[] = { { "root-gm", ZY_REVOKE_OF_ROOT_GM },
	{ "root-intl", ZY_REVOKE_OF_ROOT_INTL }, { "issuing-gm", ZY_REVOKE_OF_ISSUING_GM },
	{ "issuing-intl", ZY_REVOKE_OF_ISSUING_INTL }, { 0 } };
/* RFC 5280 5.3.1; what is revoked here stays so, hence no certificateHold. */
static const struct json_name reason_names[] = { { "unspecified", 0 }, { "keyCompromise", 1 }, { "cACompromise", 2 },
	{ "affiliationChanged", 3 }, { "superseded", 4 }, { "cessationOfOperation", 5 }, { "privilegeWithdrawn", 9 },
	{ "aACompromise", 10 }, { 0 } };

static bool read_digest(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);

	if (s == NULL || strlen(s) != 2 * ZY_HASH_LEN || strspn(s, DIGITS) != 2 * ZY_HASH_LEN)
		return json_fail(at, err, "key is SHA-256 of SubjectPublicKeyInfo, 64 digits in lower case");
	return json_read_text(at, m, base, err);
}

static bool read_serial(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);

	if (s != NULL && strlen(s) == 2 * ZY_RULE_SERIAL_LEN && strspn(s, DIGITS) == 2 * ZY_RULE_SERIAL_LEN &&
	    zy_unhex(zy_str(s), (uint8_t *)base + m->at, ZY_RULE_SERIAL_LEN, &(struct zy_error){ 0 }))
		return true;
	return json_fail(at, err, "a serial has 32 digits in lower case, as `zhengyin ca list` shows it");
}

static bool read_code(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);

	if (s == NULL || !zy_uscc_check(zy_str(s), &(struct zy_error){ 0 }))
		return json_fail(at, err, "organisation is a unified social credit code");
	return json_read_text(at, m, base, err);
}

/* "issuing-gm~2" has no other spelling: 1 is not written. */
static bool read_generation(const char *s, unsigned *out)
{
	size_t len = strlen(s);

	*out = (unsigned)strtoul(s, NULL, 10);
	return len >= 1 && len <= 4 && strspn(s, "0123456789") == len && s[0] != '0' && *out > 1;
}

static bool read_issuer(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	struct zy_revocation_rule *r = base;
	const char *s = json_string_value(at->v);
	size_t len = s == NULL ? 0 : strcspn(s, "~");

	(void)m;
	for (const struct json_name *n = issuer_names; s != NULL && n->name != NULL; n++) {
		if (strlen(n->name) != len || memcmp(n->name, s, len) != 0)
			continue;
		r->issuer = (unsigned)n->value;
		r->generation = r->issuer >= ZY_REVOKE_OF_ISSUING_GM;
		if (s[len] == 0 || (r->generation == 1 && read_generation(s + len + 1, &r->generation)))
			return true;
	}
	return json_fail(
	    at, err, "issuer is root-gm, root-intl, issuing-gm or issuing-intl, or issuing-gm~2 and so on");
}

#define RULE(member) offsetof(struct zy_revocation_rule, member)
static const struct json_list serial_list = { sizeof(struct zy_rule_serial), RULE(num_serials),
	{ .read = read_serial } };
static const struct json_member rule_members[] = {
	{ "issuer", read_issuer, RULE(issuer), true, 0, 0, NULL },
	{ "profile", json_read_text, RULE(profile), true, 1, 64, NULL },
	{ "organisation", read_code, RULE(organisation), true, 18, 18, NULL },
	{ "key", read_digest, RULE(key), true, 64, 64, NULL },
	{ "serials", json_read_list, RULE(serials), true, 1, ZY_REVOCATION_SERIALS_MAX, &serial_list },
	{ "issued_from", json_read_time, RULE(issued_from), true, 0, 0, NULL },
	{ "issued_to", json_read_time, RULE(issued_to), true, 0, 0, NULL },
	{ "reason", json_read_enum, RULE(reason), false, 0, 0, reason_names },
	{ "invalidity_date", json_read_time, RULE(invalid_at), true, 0, 0, NULL },
};
static const struct json_shape rule_shape = JSON_SHAPE(rule_members);

static int compare_serials(const void *a, const void *b)
{
	return memcmp(a, b, ZY_RULE_SERIAL_LEN);
}

static bool sort_serials(
    const struct json_at *root, struct zy_revocation_rule *r, struct zy_arena *a, struct zy_error *err)
{
	struct zy_rule_serial *s = zy_arena_array(a, r->num_serials, sizeof(*s), err);

	if (s == NULL)
		return false;
	memcpy(s, r->serials, r->num_serials * sizeof(*s));
	qsort(s, r->num_serials, sizeof(*s), compare_serials);
	for (size_t i = 1; i < r->num_serials; i++)
		if (compare_serials(&s[i - 1], &s[i]) == 0)
			return json_fail(root, err, "a serial is there twice");
	r->serials = s;
	return true;
}

static bool check(const struct json_at *root, const struct zy_revocation_rule *r, struct zy_error *err)
{
	struct json_at at;

	if (r->issuer == ZY_REVOKE_OF_ANY && r->profile == NULL && r->organisation == NULL && r->key == NULL &&
	    r->num_serials == 0 && r->issued_from == 0 && r->issued_to == 0)
		return json_fail(root, err,
		    "name what to revoke: issuer, profile, organisation, key, serials, issued_from or issued_to");
	if ((json_find(root, "issued_from", &at) && r->issued_from <= 0) ||
	    (json_find(root, "issued_to", &at) && r->issued_to <= r->issued_from) ||
	    (json_find(root, "invalidity_date", &at) && r->invalid_at <= 0))
		return json_fail(&at, err, "%s lies too early", at.key);
	return true;
}

bool zy_revocation_rule_parse(
    struct zy_revocation_rule *out, struct zy_bytes text, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = { .name = "revocation rule",
		.field = "rule",
		.text = text,
		.bad_json = ZY_E_POLICY,
		.bad_content = ZY_E_POLICY,
		.arena = a };
	struct zy_revocation_rule r = { 0 };
	struct json_at root;

	if (text.len > ZY_REVOCATION_RULE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "rule", ZY_NOWHERE, "a revocation rule has at most %zu bytes",
		    ZY_REVOCATION_RULE_MAX);
	if (!json_file_open(&file, &root, err) || !json_shape_read(&root, &rule_shape, &r, err) ||
	    !check(&root, &r, err) || (r.num_serials > 0 && !sort_serials(&root, &r, a, err)))
		return false;
	*out = r;
	return true;
}

bool zy_revocation_rule_has_serial(const struct zy_revocation_rule *r, const uint8_t serial[ZY_RULE_SERIAL_LEN])
{
	return bsearch(serial, r->serials, r->num_serials, sizeof(*r->serials), compare_serials) != NULL;
}
