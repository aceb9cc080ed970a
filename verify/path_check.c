/* RFC 5280 6.1.3 to 6.1.5: every certificate of a path, from the anchor down to the leaf. */
#include "path.h"

#include "zy/der.h"

static void check_dates(const struct zy_path_question *q, struct zy_path *p, size_t i)
{
	const struct zy_x509 *c = p->certs[i];
	char text[ZY_TIME_TEXT];

	p->not_before = c->not_before > p->not_before ? c->not_before : p->not_before;
	p->not_after = c->not_after < p->not_after ? c->not_after : p->not_after;
	if (!q->any_time && q->at < c->not_before) {
		zy_time_to_rfc3339(c->not_before, text);
		zy_path_fault(p, i, "certificate-not-yet-valid", "notBefore", ZY_NOWHERE, "it begins at %s", text);
	}
	if (!q->any_time && q->at > c->not_after) {
		zy_time_to_rfc3339(c->not_after, text);
		zy_path_fault(p, i, "certificate-expired", "notAfter", ZY_NOWHERE, "it ended at %s", text);
	}
}

static void check_until(
    const struct zy_path_question *q, struct zy_path *p, size_t i, zy_time until, const char *field, const char *what)
{
	if (until == INT64_MIN || (!q->any_time && q->at > until))
		zy_path_fault(p, i, "certificate-algorithm", field, ZY_NOWHERE, "%s is too weak or not known", what);
	else
		p->not_after = until < p->not_after ? until : p->not_after;
}

/* An anchor's own signature vouches for nothing, so its algorithm does not matter; its key does. */
static void check_algorithms(const struct zy_path_question *q, struct zy_path *p, size_t i)
{
	const struct zy_x509 *c = p->certs[i];
	struct zy_error why = { 0 };
	struct zy_public_key key;
	struct zy_sig_alg alg;

	if (!zy_public_key_parse(c->spki, &key, &why))
		zy_path_fault(p, i, "certificate-algorithm", "subjectPublicKeyInfo", ZY_NOWHERE, "%s", why.msg);
	else
		check_until(q, p, i, zy_public_key_until(&key), "subjectPublicKeyInfo", "its key");
	if (i + 1 == p->num)
		return;
	if (zy_sig_alg_parse(c->alg_outer, &alg, &why))
		check_until(q, p, i, zy_sig_alg_until(&alg), "signatureAlgorithm", "its signature's digest");
	if (!zy_bytes_equal(c->alg_inner, c->alg_outer))
		zy_path_fault(p, i, "certificate-algorithm-differs", "signatureAlgorithm",
		    (size_t)(c->alg_outer.p - c->der.p), "the signature's two algorithms differ");
}

static void check_extensions(struct zy_path *p, size_t i)
{
	const struct zy_x509 *c = p->certs[i];
	char oid[64];

	if (c->fault.code != ZY_OK)
		zy_path_fault(p, i, "certificate-profile", c->fault.field, c->fault.offset, "%s", c->fault.msg);
	if (c->unknown_critical.len > 0) {
		zy_oid_text(c->unknown_critical, oid, sizeof(oid));
		zy_path_fault(p, i, "certificate-profile", "extensions", (size_t)(c->unknown_critical.p - c->der.p),
		    "extension %s is critical and not known", oid);
	}
}

/* Signs certificates: version 3, cA, keyCertSign when usages are stated (6.1.4 k to n). An anchor of version 1 or 2
 * has no place to say so. */
static void check_authority(struct zy_path *p, size_t i, size_t *room)
{
	const struct zy_x509 *c = p->certs[i];
	bool is_anchor = i + 1 == p->num;

	if (c->version < 3 ? !is_anchor : !c->is_authority)
		zy_path_fault(p, i, "certificate-authority", "basicConstraints", ZY_NOWHERE, "it is no authority");
	if ((c->has & ZY_HAS_KEY_USAGE) != 0 && (c->key_usage & ZY_USAGE_CERT_SIGN) == 0)
		zy_path_fault(p, i, "certificate-authority", "keyUsage", ZY_NOWHERE, "its keyUsage lacks keyCertSign");
	if (!is_anchor && !zy_x509_is_self_issued(c)) {
		if (*room == 0)
			zy_path_fault(p, i, "certificate-authority", "pathLenConstraint", ZY_NOWHERE,
			    "an authority above it allows no authority here");
		else
			(*room)--;
	}
	if (c->path_len < *room)
		*room = c->path_len;
}

static bool is_number(struct zy_bytes v)
{
	return v.len > 0 && v.len <= 20 && (v.p[0] & 0x80) == 0 && (v.p[0] != 0 || (v.len > 1 && (v.p[1] & 0x80) != 0));
}

const char *zy_path_departure(const struct zy_x509 *c, bool is_anchor)
{
	bool has_usage = (c->has & ZY_HAS_KEY_USAGE) != 0, can_sign = (c->key_usage & ZY_USAGE_CERT_SIGN) != 0;

	if (c->version < 3)
		return NULL;
	if (!is_number(c->serial))
		return "its serial number is not positive, over 20 octets, or not in its shortest form";
	if (zy_name_is_empty(c->issuer))
		return "its issuer has no name";
	if (zy_name_is_empty(c->subject) && (c->is_authority || (c->has & ZY_HAS_ALT_NAMES) == 0))
		return "its subject has no name";
	if (zy_name_is_empty(c->subject) && (c->critical & ZY_HAS_ALT_NAMES) == 0)
		return "its subject has no name, and its subjectAltName is not critical";
	if ((c->has & ZY_HAS_NAME_CONSTRAINTS) != 0 &&
	    (!c->is_authority || (c->critical & ZY_HAS_NAME_CONSTRAINTS) == 0))
		return "its nameConstraints are not critical, or it is no authority";
	if (c->path_len != ZY_SKIP_NONE && (!c->is_authority || !can_sign))
		return "it limits paths but signs no certificates";
	if (c->is_authority && (c->critical & ZY_HAS_BASIC_CONSTRAINTS) == 0)
		return "its basicConstraints are not critical";
	if (c->is_authority && !has_usage)
		return "an authority without keyUsage";
	if (!c->is_authority && can_sign)
		return "keyCertSign without being an authority";
	if ((c->critical & (ZY_HAS_SUBJECT_KEY_ID | ZY_HAS_AUTHORITY_KEY_ID)) != 0)
		return "its key identifiers are critical";
	if (c->is_authority && (c->has & ZY_HAS_SUBJECT_KEY_ID) == 0)
		return "an authority without subjectKeyIdentifier";
	if (!is_anchor && (c->has & ZY_HAS_AUTHORITY_KEY_ID) == 0)
		return "no authorityKeyIdentifier";
	return NULL;
}

static void check_form(struct zy_path *p, size_t i)
{
	const char *what = zy_path_departure(p->certs[i], i + 1 == p->num);

	if (what != NULL)
		zy_path_fault(p, i, "certificate-profile", "Certificate", ZY_NOWHERE, "%s", what);
}

bool zy_path_check(const struct zy_path_question *q, struct zy_path *p, struct zy_arena *a, struct zy_error *err)
{
	size_t room = ZY_PATH_MAX;

	p->not_before = INT64_MIN;
	p->not_after = ZY_TIME_NEVER;
	for (size_t i = p->num; i-- > 0;) {
		check_algorithms(q, p, i);
		check_extensions(p, i);
		if (i > 0)
			check_authority(p, i, &room);
		check_dates(q, p, i);
		if (q->strict)
			check_form(p, i);
	}
	zy_path_check_names(p);
	zy_path_check_use(p, q->use);
	if (q->host != NULL)
		zy_path_check_host(p, q->host);
	return zy_path_check_policies(q, p, a, err);
}
