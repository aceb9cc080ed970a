#include "ca_desk.h"

#include "ceremony.h"
#include "generations.h"
#include "init_internal.h"

#include "zy/csr.h"
#include "zy/kept.h"
#include "zy/text.h"

static const char *const tokens[] = { [ZY_SUITE_GM] = ZY_TOKEN_TPM, [ZY_SUITE_INTL] = ZY_TOKEN_SOFT };
static const char *const root_tokens[] = { [ZY_SUITE_GM] = ZY_TOKEN_ROOT_TPM, [ZY_SUITE_INTL] = ZY_TOKEN_ROOT };

bool zy_ca_desk_open(struct zy_ca_desk *d, const char *home, bool issue, zy_time now, struct zy_error *err)
{
	const char *policies, *folder;

	*d = (struct zy_ca_desk){ 0 };
	d->ca = (struct zy_authority){ .profiles = &d->profiles, .policy = &d->policy };
	if (zy_home_open(&d->home, home, &d->arena, err) &&
	    (policies = zy_home_path(&d->home, &d->arena, err, "policies")) != NULL &&
	    (folder = zy_home_path(&d->home, &d->arena, err, "ca")) != NULL &&
	    zy_policy_load(&d->policy, policies, &d->arena, err) &&
	    zy_profiles_load(&d->profiles, policies, &d->arena, err) && zy_hsm_open(&d->ca.hsm, d->home.path, err) &&
	    zy_keys_open(&d->ca.keys, err) && zy_register_open(&d->ca.reg, folder, issue, now, err))
		return true;
	zy_ca_desk_close(d);
	return false;
}

void zy_ca_desk_close(struct zy_ca_desk *d)
{
	for (size_t i = 0; i < 2; i++)
		zy_issuing_close(d->issuers[i]);
	zy_register_close(d->ca.reg);
	zy_keys_close(d->ca.keys);
	zy_hsm_close(d->ca.hsm);
	zy_arena_free(&d->arena);
}

bool zy_ca_desk_member(
    struct zy_ca_desk *d, const char *name, enum zy_suite suite, struct zy_cert_issuer *out, struct zy_error *err)
{
	const char *token = strcmp(name, "root") == 0 ? root_tokens[suite] : tokens[suite];
	struct zy_home_key key;

	if (!zy_home_key(&d->home, d->ca.hsm, zy_arena_printf(&d->arena, err, "pkcs11:token=%s;object=%s", token, name),
		zy_arena_printf(&d->arena, err, "pki/%s-%s", name, zy_suite_name(suite)), &d->arena, &key, err))
		return false;
	*out = (struct zy_cert_issuer){ .key = key.uri, .cert = key.cert };
	return true;
}

static bool add_responder(
    struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation *g, const char *key, struct zy_error *err)
{
	struct zy_bytes alias, pem;
	struct zy_responder *r = &d->responders[d->num_responders];
	const char *path =
	    zy_responder_path(&d->home, suite, zy_key_generation(zy_str(key), &alias), g->n, &d->arena, err);

	if (path == NULL || d->num_responders == sizeof(d->responders) / sizeof(*d->responders))
		return err->code == ZY_OK;
	*r = (struct zy_responder){ .issuer = g->issuer.cert, .key = key };
	d->num_responders++;
	return zy_kept_read(path, ZY_CEREMONY_RECORD_MAX, &d->arena, &pem, err) &&
	       zy_cert_from_pem(pem, &d->arena, &r->cert, err);
}

/* current: of the generation that issues now, which must be there; else of the others. */
static bool add_responders(struct zy_ca_desk *d, enum zy_suite suite, bool current, struct zy_error *err)
{
	const struct zy_generation *all;
	struct zy_cert_issuer now, by;
	size_t num, before = d->num_responders;

	if (!zy_ca_desk_member(d, "issuing", suite, &now, err) ||
	    !zy_hsm_current(d->ca.hsm, zy_arena_printf(&d->arena, err, "pkcs11:token=%s;object=ocsp", tokens[suite]),
		&d->arena, &by.key, err) ||
	    !zy_generations(d, suite, &all, &num, err))
		return false;
	for (size_t i = 0; i < num; i++)
		if (zy_bytes_equal(all[i].issuer.cert, now.cert) == current &&
		    !add_responder(d, suite, &all[i], by.key, err))
			return false;
	return !current || d->num_responders > before ||
	       zy_fail(err, ZY_E_NOT_FOUND, "ocsp", ZY_NOWHERE,
		   "the issuing authority of the suite %s has certified no responder: zhengyin key rotate %s/ocsp",
		   zy_suite_name(suite), tokens[suite]);
}

bool zy_ca_desk_ocsp(struct zy_ca_desk *d, struct zy_ocsp **out, struct zy_error *err)
{
	d->num_responders = 0;
	return add_responders(d, ZY_SUITE_GM, true, err) && add_responders(d, ZY_SUITE_INTL, true, err) &&
	       add_responders(d, ZY_SUITE_GM, false, err) && add_responders(d, ZY_SUITE_INTL, false, err) &&
	       zy_ocsp_open(out, d->ca.hsm, d->ca.keys, d->ca.reg, d->responders, d->num_responders, err);
}

struct zy_issuing *zy_ca_desk_issuer(
    struct zy_ca_desk *d, const struct zy_cert_profile *p, enum zy_suite suite, struct zy_error *err)
{
	struct zy_issuing **kept = &d->issuers[suite];
	struct zy_cert_issuer issuer;

	if (p->issuer != ZY_BY_ISSUING) {
		zy_fail_set(err, ZY_E_PROFILE, "profile", ZY_NOWHERE,
		    "certificates of the profile %s are a root's, which signs in ceremonies only: `zhengyin ceremony plan "
		    "sign-issuing`",
		    p->name);
		return NULL;
	}
	if (*kept != NULL)
		return *kept;
	if (!zy_ca_desk_member(d, "issuing", suite, &issuer, err) || !zy_issuing_open(kept, &d->ca, &issuer, err))
		return NULL;
	return *kept;
}

bool zy_ca_desk_suite(struct zy_bytes csr, enum zy_suite *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes der;
	struct zy_csr parsed;

	if (!zy_csr_from_text(csr, &a, &der, err) || !zy_csr_parse(&parsed, der, err))
		return false;
	*out = zy_spki_suite(&parsed.key);
	return true;
}

static bool publish(struct zy_ca_desk *d, const struct zy_cert_issuer *issuer, bool of_root, struct zy_ca_lists *lists,
    struct zy_error *err)
{
	struct zy_crl_job job = { .issuer = *issuer,
		.of_root = of_root,
		.reg = d->ca.reg,
		.folder = lists->folder,
		.name = lists->name,
		.digits = lists->digits,
		.address = d->profiles.addresses.crl,
		.this_update = lists->now,
		.next_update = lists->next };

	return job.name != NULL &&
	       (job.number_file = zy_home_path(&d->home, &d->arena, err, "ca/crl-number-%s", job.name)) != NULL &&
	       zy_crl_publish(d->ca.hsm, d->ca.keys, &job, &lists->published, err);
}

bool zy_ca_desk_publish_root(
    struct zy_ca_desk *d, const struct zy_generation *root, struct zy_ca_lists *lists, struct zy_error *err)
{
	lists->name = root->name;
	return publish(d, &root->issuer, true, lists, err);
}

bool zy_ca_desk_publish(struct zy_ca_desk *d, enum zy_suite suite, struct zy_ca_lists *lists, zy_ca_lists_told *told,
    void *arg, struct zy_error *err)
{
	const struct zy_generation *all;
	size_t num;

	if (!zy_generations(d, suite, &all, &num, err))
		return false;
	for (size_t i = 0; i < num; i++) {
		lists->name = all[i].name;
		if (!publish(d, &all[i].issuer, false, lists, err))
			return false;
		told(arg, lists);
	}
	return num > 0 || zy_fail(err, ZY_E_KEY_STATE, "issuing", ZY_NOWHERE,
			      "no key of the issuing authority signs lists; see zhengyin key list");
}

json_t *zy_ca_lists_json(const struct zy_ca_lists *l)
{
	const struct zy_crl_published *p = &l->published;
	char until[ZY_TIME_TEXT];

	zy_time_to_rfc3339(l->next, until);
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:s}", "name", l->name, "number", (json_int_t)p->number,
	    "lists", (json_int_t)p->num_lists, "entries", (json_int_t)p->num_entries, "bytes", (json_int_t)p->bytes,
	    "next_update", until, "folder", l->folder);
}

json_t *zy_entry_json(const struct zy_entry *e)
{
	char serial[2 * ZY_SERIAL_LEN + 1], from[ZY_TIME_TEXT], to[ZY_TIME_TEXT], at[ZY_TIME_TEXT];
	json_t *o;

	zy_hex(ZY_BYTES(e->serial, ZY_SERIAL_LEN), serial);
	zy_time_to_rfc3339(e->not_before, from);
	zy_time_to_rfc3339(e->not_after, to);
	o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "serial", serial, "profile", e->profile, "suite",
	    zy_suite_name(e->suite), "subject", e->subject, "not_before", from, "not_after", to, "state",
	    zy_cert_state_name(e->state));
	if (e->state == ZY_CERT_REVOKED || e->state == ZY_CERT_CANCELLED) {
		zy_time_to_rfc3339(e->revoked_at, at);
		json_object_set_new(o, "revoked_at", json_string(at));
	}
	if (e->state == ZY_CERT_REVOKED)
		json_object_set_new(o, "reason", json_string(zy_revocation_reason_name(e->reason)));
	if (e->invalid_at != 0) {
		zy_time_to_rfc3339(e->invalid_at, at);
		json_object_set_new(o, "invalidity_date", json_string(at));
	}
	return o;
}
