/* Keys and certificates of a new home, in both suites: root, issuing CA, trust signer, seal maker, and for each
 * seal its owner and document signer, for each department its credential signers; then seals and trust bundle. */
#include "ceremony.h"
#include "init_internal.h"
#include "person.h"
#include "seal_make.h"
#include "trust_home.h"

#include <stdio.h>

#include "zy/face.h"
#include "zy/file.h"
#include "zy/note.h"
#include "zy/text.h"
#include "zy/trust_bundle.h"

#define YEAR ((zy_time)31557600)
#define DAY_S 86400

struct pki {
	const struct zy_init_plan *plan;
	struct zy_home *home;
	struct zy_arena *arena;
	struct zy_policy policy;
	struct zy_profiles profiles;
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	struct zy_register *reg;
	struct zy_authority authority; /* of the five above */
	struct zy_faces *faces;
	zy_time now;
	struct zy_cert_issuer root[2], issuing[2], trust[2], maker; /* by suite */
	struct zy_trust_credential_key *credential_keys;
	size_t num_credential_keys;
	struct zy_trust_note_key logs[2]; /* by suite */
};

static const struct {
	const char *token, *root, *issuing, *trust, *timestamp, *ocsp;
} suites[] = {
	[ZY_SUITE_GM] = { ZY_TOKEN_TPM, "根证书（SM2）", "签发证书（SM2）", "信任包签发者（SM2）", "时间戳（SM2）",
	    "证书状态应答者（SM2）" },
	[ZY_SUITE_INTL] = { ZY_TOKEN_SOFT, "Root CA (P-256)", "Issuing CA (P-256)", "Trust Bundle Signer (P-256)",
	    "Time-Stamp Authority (P-256)", "OCSP Responder (P-256)" },
};

static const char *key_uri(struct pki *p, enum zy_suite suite, const char *label, struct zy_error *err)
{
	return zy_arena_printf(p->arena, err, "pkcs11:token=%s;object=%s", suites[suite].token, label);
}

static bool make_key(struct pki *p, enum zy_suite suite, const char *uri, unsigned uses, struct zy_error *err)
{
	return uri != NULL && zy_hsm_generate(p->hsm, uri, suite == ZY_SUITE_GM ? ZY_KEY_SM2 : ZY_KEY_P256, uses, err);
}

static bool save_cert(struct pki *p, struct zy_bytes der, const char *name, struct zy_error *err)
{
	const char *path = zy_home_path(p->home, p->arena, err, "%s", name);
	ZY_BUF_AUTO pem = { 0 };

	zy_cert_to_pem(der, &pem);
	return path != NULL && zy_buf_done(&pem, name, err) &&
	       zy_file_write(path, zy_buf_bytes(&pem), 0644, false, err);
}

/* One key pair with its certificate, saved as HOME/FILE. */
static bool make_member(struct pki *p, const struct zy_cert_issuer *by, const char *profile, unsigned uses,
    enum zy_suite suite, const char *uri, const struct zy_cert_subject *subject, const char *file,
    struct zy_cert_issuer *out, struct zy_error *err)
{
	struct zy_cert_issuer made = { .key = uri };
	const struct zy_cert_issuer self = { .key = uri };
	struct zy_cert_plan plan;

	if (!make_key(p, suite, uri, uses, err) ||
	    !zy_cert_plan_for_key(&p->authority, profile, subject, uri, 0, p->now, &plan, err) ||
	    !zy_cert_issue(&p->authority, by == NULL ? &self : by, &plan, p->now, p->arena, &made.cert, err) ||
	    !save_cert(p, made.cert, file, err))
		return false;
	*out = made;
	return true;
}

static bool make_root(struct pki *p, struct zy_ceremony_run *r, enum zy_suite suite, struct zy_error *err)
{
	const char *operator= p->policy.operator_name.zh;
	const struct zy_cert_subject root = { operator, suites[suite].root, "" },
				     issuing = { operator, suites[suite].issuing, "" };
	const char *s = zy_suite_name(suite), *file = zy_arena_printf(p->arena, err, "pki/root-%s.pem", s),
		   *issuing_file = zy_arena_printf(p->arena, err, "pki/issuing-%s.pem", s);

	return file != NULL && issuing_file != NULL &&
	       make_member(p, NULL, "root", ZY_USE_CERTIFICATE | ZY_USE_CRL, suite, zy_ceremony_key(suite), &root, file,
		   &p->root[suite], err) &&
	       zy_ceremony_say_key(r, zy_ceremony_key(suite), err) &&
	       zy_ceremony_say_file(r, "根证书", "root certificate", file, p->root[suite].cert, err) &&
	       make_member(p, &p->root[suite], "issuing", ZY_USE_CERTIFICATE | ZY_USE_CRL, suite,
		   key_uri(p, suite, "issuing", err), &issuing, issuing_file, &p->issuing[suite], err) &&
	       zy_ceremony_say_file(r, "签发证书", "certificate", issuing_file, p->issuing[suite].cert, err);
}

/* Who asks and two officers order it: the roots' tokens have no time without an order. */
static bool hold_ceremony(struct pki *p, struct zy_ceremony_run *r, struct zy_error *err)
{
	const char *persons[1 + ZY_OFFICERS_NEEDED];
	const char *record = zy_home_path(p->home, p->arena, err, "ceremony/root.txt");

	return record != NULL && zy_persons_for_order(r->officers, persons, err) &&
	       zy_ceremony_order(r, persons, sizeof(persons) / sizeof(*persons), err) && zy_ceremony_open(r, err) &&
	       make_root(p, r, ZY_SUITE_GM, err) && make_root(p, r, ZY_SUITE_INTL, err) &&
	       zy_ceremony_finish(r, record, err);
}

static bool make_roots(struct pki *p, struct zy_error *err)
{
	struct zy_officers officers = { 0 };
	struct zy_ceremony_run r = { .home = p->home,
		.hsm = p->hsm,
		.officers = &officers,
		.arena = p->arena,
		.plan = { .kind = ZY_CEREMONY_ROOT, .suites = { true, true } },
		.now = p->now,
		.attend = p->plan->attend,
		.silent = p->plan->demo };
	struct zy_error ignored = { 0 };
	bool ok;

	if (!zy_persons_read(p->home, p->arena, &officers, err))
		return false;
	ok = hold_ceremony(p, &r, err);
	if (!zy_ceremony_close(&r, ok ? err : &ignored))
		ok = false;
	zy_buf_free(&r.text);
	return ok;
}

static bool make_authorities(struct pki *p, enum zy_suite suite, struct zy_error *err)
{
	const char *operator= p->policy.operator_name.zh;
	const struct zy_cert_subject trust = { operator, suites[suite].trust, "" },
				     timestamp = { operator, suites[suite].timestamp, "" },
				     ocsp = { operator, suites[suite].ocsp, "" };
	struct zy_cert_issuer made;
	const char *s = zy_suite_name(suite);
	struct zy_arena *a = p->arena;

	return make_member(p, &p->issuing[suite], "trust", ZY_USE_TRUST, suite, key_uri(p, suite, "trust", err), &trust,
		   zy_arena_printf(a, err, "pki/trust-%s.pem", s), &p->trust[suite], err) &&
	       make_member(p, &p->issuing[suite], "time-stamp", ZY_USE_TIMESTAMP, suite,
		   key_uri(p, suite, "timestamp", err), &timestamp, zy_arena_printf(a, err, "pki/timestamp-%s.pem", s),
		   &made, err) &&
	       make_member(p, &p->issuing[suite], "ocsp", ZY_USE_OCSP, suite, key_uri(p, suite, "ocsp", err), &ocsp,
		   zy_arena_printf(a, err, "pki/ocsp-%s.pem", s), &made, err);
}

static bool make_seal_maker(struct pki *p, struct zy_error *err)
{
	const struct zy_cert_subject subject = { p->policy.operator_name.zh, "电子印章制章者", "" };

	return make_member(p, &p->issuing[ZY_SUITE_GM], "seal-maker", ZY_USE_SEAL_MAKE, ZY_SUITE_GM,
	    key_uri(p, ZY_SUITE_GM, "seal-maker", err), &subject, "pki/seal-maker.pem", &p->maker, err);
}

static bool make_seal(struct pki *p, const struct zy_seal_rule *rule, struct zy_error *err)
{
	const struct zy_seal_desk d = { .home = p->home,
		.hsm = p->hsm,
		.keys = p->keys,
		.ca = &p->authority,
		.faces = p->faces,
		.now = p->now,
		.issuing = { p->issuing[ZY_SUITE_GM], p->issuing[ZY_SUITE_INTL] },
		.maker = { .key = p->maker.key, .cert = p->maker.cert, .Vid = "zhengyin" } };

	return zy_seal_put(&d, rule, zy_policy_department(&p->policy, rule->department), p->arena, err);
}

static bool make_credential_signer(
    struct pki *p, const struct zy_department *d, enum zy_suite suite, struct zy_error *err)
{
	const struct zy_cert_subject subject = { d->name.zh, "亮证凭证签发者", d->code };
	struct zy_arena *a = p->arena;
	const char *s = zy_suite_name(suite), *label = zy_arena_printf(a, err, "credential-%s", d->code),
		   *file = zy_arena_printf(a, err, "pki/credential-%s-%s.pem", d->code, s);
	struct zy_trust_credential_key *k = &p->credential_keys[p->num_credential_keys];
	struct zy_cert_issuer made;

	if (label == NULL || file == NULL || p->home->num_credential_signers == ZY_HOME_KEYS_MAX)
		return zy_fail(err, ZY_E_POLICY, "departments", ZY_NOWHERE, "too many departments");
	if (!make_member(p, &p->issuing[suite], "credential", ZY_USE_CREDENTIAL, suite, key_uri(p, suite, label, err),
		&subject, file, &made, err))
		return false;
	*k = (struct zy_trust_credential_key){ .suite = suite, .cert = made.cert, .issuer = d->code };
	p->home->credential_signers[p->home->num_credential_signers++] =
	    (struct zy_credential_signer){ .issuer = d->code, .suite = suite, .key = made.key, .cert = file };
	p->num_credential_keys++;
	return zy_credential_kid(suite, made.cert, k->kid, err);
}

static bool make_departments(struct pki *p, struct zy_error *err)
{
	p->credential_keys =
	    zy_arena_array(p->arena, 2 * p->policy.num_departments + 1, sizeof(*p->credential_keys), err);
	if (p->credential_keys == NULL)
		return false;
	for (size_t i = 0; i < p->policy.num_departments; i++)
		for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
			if (!make_credential_signer(p, &p->policy.departments[i], s, err))
				return false;
	return true;
}

/* The log's key in one suite, under the name of the log. */
static bool make_log_key(struct pki *p, enum zy_suite suite, const char *origin, struct zy_error *err)
{
	const char *uri = key_uri(p, suite, "log", err);
	ZY_BUF_AUTO text = { 0 };
	struct zy_note_key key;
	enum zy_key_kind kind;
	uint8_t point[65];

	if (!make_key(p, suite, uri, ZY_USE_LOG, err) || !zy_hsm_public(p->hsm, uri, &kind, point, err) ||
	    !zy_note_key_make(&key, zy_str(origin), suite == ZY_SUITE_GM ? ZY_NOTE_SM2 : ZY_NOTE_ECDSA,
		ZY_BYTES(point, sizeof(point)), err))
		return false;
	zy_note_key_encode(&key, &text);
	p->logs[suite].until = p->now + (zy_time)ZY_LOG_KEY_DAYS * DAY_S;
	return zy_buf_done(&text, "log", err) &&
	       (p->logs[suite].key = zy_arena_text(p->arena, zy_buf_bytes(&text), err)) != NULL;
}

/* A log's name must be nobody else's: without a name of its own it is taken from the home's anchors. */
static bool make_log(struct pki *p, struct zy_error *err)
{
	const struct zy_trust_cert anchors[2] = { { .der = p->root[0].cert }, { .der = p->root[1].cert } };
	const struct zy_trust t = { .num_anchors = 2, .anchors = anchors };
	char name[2 * ZY_HASH_LEN + 16] = "log.example/";
	const char *origin = p->plan->log_origin == NULL ? name : p->plan->log_origin;
	uint8_t pin[ZY_HASH_LEN];

	if (!zy_trust_pin(&t, pin, err))
		return false;
	zy_hex(ZY_BYTES(pin, 4), name + strlen(name));
	return make_log_key(p, ZY_SUITE_GM, origin, err) && make_log_key(p, ZY_SUITE_INTL, origin, err);
}

static bool write_trust(struct pki *p, struct zy_error *err)
{
	const unsigned all[] = { [ZY_SUITE_GM] = ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_CREDENTIAL |
						 ZY_PURPOSE_TRUST | ZY_PURPOSE_TIMESTAMP,
		[ZY_SUITE_INTL] =
		    ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_CREDENTIAL | ZY_PURPOSE_TRUST | ZY_PURPOSE_TIMESTAMP };
	struct zy_trust_cert anchors[2], intermediates[2];
	struct zy_trust t = { .version = 1,
		.issued_at = p->now,
		.next_update = p->now + YEAR,
		.num_anchors = 2,
		.num_intermediates = 2,
		.anchors = anchors,
		.intermediates = intermediates,
		.credential_keys = p->credential_keys,
		.num_credential_keys = p->num_credential_keys,
		.logs = p->logs,
		.num_logs = 2 };
	const char *bundle = zy_home_path(p->home, p->arena, err, "trust/bundle.json");
	ZY_BUF_AUTO file = { .cap = ZY_TRUST_MAX };

	for (size_t s = 0; s < 2; s++) {
		anchors[s] = (struct zy_trust_cert){ .der = p->root[s].cert, .purposes = all[s] };
		intermediates[s] = (struct zy_trust_cert){ .der = p->issuing[s].cert };
	}
	return bundle != NULL && zy_trust_from_policy(&t, &p->policy, p->arena, err) &&
	       zy_trust_sign(p->hsm, &t, p->trust, &file, err) &&
	       zy_file_write(bundle, zy_buf_bytes(&file), 0644, false, err) &&
	       zy_trust_home_pin(p->home, &t, p->arena, err);
}

static bool make_all(struct pki *p, struct zy_error *err)
{
	const char *policies = zy_home_path(p->home, p->arena, err, "policies"),
		   *certs = zy_home_path(p->home, p->arena, err, "ca");

	p->authority =
	    (struct zy_authority){ .hsm = p->hsm, .keys = p->keys, .profiles = &p->profiles, .policy = &p->policy };
	if (policies == NULL || certs == NULL || !zy_policy_load(&p->policy, policies, p->arena, err) ||
	    !zy_profiles_load(&p->profiles, policies, p->arena, err) || !zy_register_make(certs, err) ||
	    !zy_register_open(&p->reg, certs, true, p->now, err))
		return false;
	p->authority.reg = p->reg;
	if (!zy_faces_open(&p->faces, p->plan->font_regular, p->plan->font_bold, err) || !make_roots(p, err) ||
	    !make_authorities(p, ZY_SUITE_GM, err) || !make_authorities(p, ZY_SUITE_INTL, err) ||
	    !make_seal_maker(p, err))
		return false;
	for (size_t i = 0; i < p->policy.num_seals; i++)
		if (!make_seal(p, &p->policy.seals[i], err))
			return false;
	return make_departments(p, err) && make_log(p, err) && write_trust(p, err);
}

bool zy_init_pki(const struct zy_init_plan *plan, struct zy_home *h, struct zy_arena *a, struct zy_error *err)
{
	struct pki p = { .plan = plan, .home = h, .arena = a, .now = zy_now(plan->clock) };
	bool ok = zy_hsm_open(&p.hsm, h->path, err) && zy_keys_open(&p.keys, err) && make_all(&p, err);

	zy_register_close(p.reg);
	zy_faces_close(p.faces);
	zy_keys_close(p.keys);
	zy_hsm_close(p.hsm);
	return ok;
}
