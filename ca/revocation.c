#include "zy/revocation.h"

#include "zy/pkix.h"
#include "zy/subject_identity.h"
#include "zy/text.h"
#include "zy/x509.h"

bool zy_revocation_issuer_of(struct zy_bytes cert, uint8_t out[ZY_KEY_ID_LEN], struct zy_error *err)
{
	struct zy_x509 c;

	if (!zy_x509_parse(&c, cert, err))
		return false;
	if (c.subject_key_id.len != ZY_KEY_ID_LEN)
		return zy_fail(err, ZY_E_CERT, "subjectKeyIdentifier", ZY_NOWHERE, "no key identifier of ours");
	memcpy(out, c.subject_key_id.p, ZY_KEY_ID_LEN);
	return true;
}

static bool key_is(const struct zy_x509 *c, const char *want, bool *yes, struct zy_error *err)
{
	char hex[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, c->spki, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	*yes = strcmp(hex, want) == 0;
	return true;
}

static bool code_is(const struct zy_x509 *c, const char *want, bool *yes, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->extensions);
	struct zy_subject_identity id;
	struct zy_extension e;

	*yes = false;
	while (zy_reader_left(&r) > 0 && !*yes) {
		if (!zy_extension_next(&r, &e, err))
			return false;
		if (!zy_subject_identity_is(e.oid))
			continue;
		if (!zy_subject_identity_parse(&id, e.oid, e.value, err))
			return false;
		*yes = id.kind == ZY_IDENTITY_ORGANISATION && zy_bytes_equal(id.value, zy_str(want));
	}
	return true;
}

/* What only the certificate itself says is read last: most rules never need it. */
static bool certificate_fits(
    const struct zy_revocation_rule *r, const struct zy_entry *e, bool *yes, struct zy_error *err)
{
	struct zy_x509 c;

	*yes = true;
	if (r->key == NULL && r->organisation == NULL)
		return true;
	return zy_x509_parse(&c, e->der, err) && (r->key == NULL || key_is(&c, r->key, yes, err)) &&
	       (!*yes || r->organisation == NULL || code_is(&c, r->organisation, yes, err));
}

static bool picks(void *arg, const struct zy_entry *e, bool *yes, struct zy_error *err)
{
	const struct zy_revocation *v = arg;
	const struct zy_revocation_rule *r = v->rule;
	const zy_time issued = e->not_before + ZY_BACKDATE_S;

	*yes = false;
	if ((e->state != ZY_CERT_VALID && e->state != ZY_CERT_REVOKED) || issued > v->begun ||
	    (r->issued_from != 0 && issued < r->issued_from) || (r->issued_to != 0 && issued >= r->issued_to) ||
	    (r->issuer != ZY_REVOKE_OF_ANY && memcmp(e->issuer, v->issuer, ZY_KEY_ID_LEN) != 0) ||
	    (r->profile != NULL && strcmp(e->profile, r->profile) != 0) ||
	    (r->num_serials > 0 && !zy_revocation_rule_has_serial(r, e->serial)))
		return true;
	return certificate_fits(r, e, yes, err);
}

struct walk {
	const struct zy_revocation *v;
	zy_entry_cb *cb;
	void *arg;
};

static bool show(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	const struct walk *w = arg;
	bool yes;

	return picks((void *)(uintptr_t)w->v, e, &yes, err) && (!yes || w->cb(w->arg, e, err));
}

bool zy_revocation_walk(const struct zy_revocation *v, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	struct walk w = { v, cb, arg };

	return zy_register_walk(v->reg, NULL, show, &w, err);
}

bool zy_revocation_run(const struct zy_revocation *v, zy_time now, uint64_t *num, struct zy_error *err)
{
	const struct zy_revoke_many many = { .pick = picks,
		.pick_arg = (void *)(uintptr_t)v,
		.progress = v->progress,
		.progress_arg = v->arg,
		.reason = v->rule->reason,
		.at = now,
		.invalid_at = v->rule->invalid_at };

	return zy_register_revoke_all(v->reg, &many, num, err);
}
