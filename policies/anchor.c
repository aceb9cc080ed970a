/* What an anchor of the trust bundle may vouch for, and for what it may not. */
#include "trust_internal.h"

#define ALL_PURPOSES                                                                                                   \
	(ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_CREDENTIAL | ZY_PURPOSE_TRUST |    \
	    ZY_PURPOSE_TIMESTAMP)
#define OF_NO_LICENCE (ZY_PURPOSE_TRUST | ZY_PURPOSE_TIMESTAMP)

const struct json_name trust_purposes[] = { { "seal", ZY_PURPOSE_SEAL }, { "seal_maker", ZY_PURPOSE_SEAL_MAKER },
	{ "document", ZY_PURPOSE_DOCUMENT }, { "credential", ZY_PURPOSE_CREDENTIAL }, { "trust", ZY_PURPOSE_TRUST },
	{ "timestamp", ZY_PURPOSE_TIMESTAMP }, { 0 } };

const char *zy_purpose_name(unsigned purpose)
{
	for (const struct json_name *n = trust_purposes; n->name != NULL; n++)
		if (n->value == purpose)
			return n->name;
	return NULL;
}

unsigned zy_purpose_named(const char *name)
{
	for (const struct json_name *n = trust_purposes; n->name != NULL; n++)
		if (strcmp(n->name, name) == 0)
			return n->value;
	return 0;
}

bool trust_is_repeated(const struct zy_trust *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (zy_bytes_equal(t->anchors[k].der, t->anchors[i].der))
			return true;
	return false;
}

/* Two entries of one certificate for one purpose would leave open which of them holds. */
static bool check_purposes(const struct zy_trust *t, size_t i, struct zy_error *err)
{
	const struct zy_trust_cert *c = &t->anchors[i];

	if (c->der.len < 1 || c->purposes == 0 || (c->purposes & ~(unsigned)ALL_PURPOSES) != 0)
		return trust_fail(err, "anchors", "each is a certificate with its purposes", "");
	for (size_t k = 0; k < i; k++)
		if ((t->anchors[k].purposes & c->purposes) != 0 && zy_bytes_equal(t->anchors[k].der, c->der))
			return trust_fail(err, "anchors", "a certificate is there twice for one purpose", "");
	return true;
}

static bool check_order(const char *const *codes, size_t num, struct zy_error *err)
{
	for (size_t i = 1; i < num; i++)
		if (strcmp(codes[i - 1], codes[i]) >= 0)
			return trust_fail(
			    err, "anchors", "types and issuers stand in ascending order, none twice:", codes[i]);
	return true;
}

static bool check_codes(const struct zy_trust *t, const struct zy_trust_cert *c, struct zy_error *err)
{
	if ((c->num_types > 0 || c->num_issuers > 0) && (c->purposes & OF_NO_LICENCE) != 0)
		return trust_fail(err, "anchors",
		    "limits of types and issuers need an entry of their own, without trust and timestamp", "");
	for (size_t i = 0; i < c->num_types; i++)
		if (zy_trust_type_by_code(t, c->types[i]) == NULL)
			return trust_fail(
			    err, "anchors", "limited to a type that the bundle does not hold:", c->types[i]);
	for (size_t i = 0; i < c->num_issuers; i++)
		if (zy_trust_issuer(t, c->issuers[i]) == NULL)
			return trust_fail(
			    err, "anchors", "limited to an issuer that the bundle does not hold:", c->issuers[i]);
	return check_order(c->types, c->num_types, err) && check_order(c->issuers, c->num_issuers, err);
}

bool trust_check_anchor(const struct zy_trust *t, size_t i, struct zy_error *err)
{
	const struct zy_trust_cert *c = &t->anchors[i];

	if (!check_purposes(t, i, err) || !check_codes(t, c, err))
		return false;
	if (c->from < 0 || c->until < 0 || c->from > ZY_TRUST_LAST || c->until > ZY_TRUST_LAST ||
	    (c->until != 0 && c->until <= c->from))
		return trust_fail(err, "anchors", "until must lie after from", "");
	return true;
}

static bool is_in(const char *const *codes, size_t num, const char *code)
{
	for (size_t i = 0; code != NULL && i < num; i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

enum zy_vouch zy_trust_vouches(const struct zy_trust_cert *anchor, const struct zy_trust_scope *s, zy_time at)
{
	if (!s->any && anchor->num_types > 0 && !is_in(anchor->types, anchor->num_types, s->type))
		return ZY_VOUCHES_NOT_FOR_TYPE;
	if (!s->any && anchor->num_issuers > 0 && !is_in(anchor->issuers, anchor->num_issuers, s->issuer))
		return ZY_VOUCHES_NOT_FOR_ISSUER;
	if (at != ZY_TIME_NEVER && (at < anchor->from || (anchor->until != 0 && at > anchor->until)))
		return ZY_VOUCHES_NOT_THEN;
	return ZY_VOUCHES;
}
