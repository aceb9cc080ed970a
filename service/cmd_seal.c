/* seal make, seal list, seal show. */
#include "ca_desk.h"
#include "cli.h"

#include <string.h>
#include <unistd.h>

#include "seal_make.h"
#include "trust_home.h"
#include "zy/file.h"
#include "zy/kept.h"
#include "zy/ses.h"

#define CERT_MAX ((size_t)64 << 10)

/* What all three read; make opens the rest. */
struct desk {
	struct zy_arena *arena;
	struct zy_home home;
	struct zy_policy policy;
	struct zy_keys *keys;
	struct zy_hsm *hsm;
	struct zy_faces *faces;
	zy_time now;
};

static bool open_home(struct desk *d, struct zy_cli *c, struct zy_arena *a, struct zy_error *err)
{
	const char *policies;

	*d = (struct desk){ .arena = a, .now = zy_now(c->clock) };
	return zy_home_open(&d->home, c->home, a, err) &&
	       (policies = zy_home_path(&d->home, a, err, "policies")) != NULL &&
	       zy_policy_load(&d->policy, policies, a, err);
}

static const struct zy_seal_rule *find_rule(const struct desk *d, const char *esID, struct zy_error *err)
{
	const struct zy_seal_rule *rule = zy_policy_seal(&d->policy, esID);

	if (rule == NULL)
		zy_fail_set(err, ZY_E_NOT_FOUND, "esID", ZY_NOWHERE, "policies/seals.json has no seal %.32s", esID);
	return rule;
}

/* ---- list and show ---- */

struct made {
	bool there;
	unsigned generation; /* of the owner's key; 0: not known */
	struct zy_seal seal;
	struct zy_cert_facts owner;
	const char *state;
};

/* The generation of the owner's key that signs now; 0 when its signer does not say one. */
static unsigned current_generation(struct desk *d, const struct zy_seal_rule *rule)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes alias;
	const char *uri;

	return zy_hsm_current(d->hsm, rule->seal_key, d->arena, &uri, &ignored) ? zy_key_generation(zy_str(uri), &alias)
										: 0;
}

/* The seal of that generation, and the end of its certificate; without one the first seal, and no end. */
static bool read_files(struct desk *d, const struct zy_seal_rule *rule, struct made *m, struct zy_error *err)
{
	const char *seal = zy_arena_printf(d->arena, err, "seals/%s/seal", rule->esID);
	const char *owner = zy_arena_printf(d->arena, err, "seals/%s/owner", rule->esID), *path;
	struct zy_bytes eseal, cert, pem;

	m->generation = current_generation(d, rule);
	path = seal == NULL || owner == NULL
		   ? NULL
		   : zy_home_generation(&d->home, seal, m->generation == 0 ? 1 : m->generation, "esl", d->arena, err);
	if (path == NULL || !zy_kept_read(path, ZY_SES_MAX, d->arena, &eseal, err) ||
	    !zy_seal_parse(&m->seal, eseal, err))
		return false;
	if (m->generation == 0)
		return true;
	path = zy_home_generation(&d->home, owner, m->generation, "pem", d->arena, err);
	return path != NULL && zy_kept_read(path, CERT_MAX, d->arena, &pem, err) &&
	       zy_cert_from_pem(pem, d->arena, &cert, err) && zy_cert_facts(cert, d->arena, &m->owner, err);
}

static bool read_seal(struct desk *d, const struct zy_seal_rule *rule, struct made *m, struct zy_error *err)
{
	const char *path = zy_home_path(&d->home, d->arena, err, "seals/%s/seal.esl", rule->esID);

	*m = (struct made){ .state = "not-made", .owner.not_after = ZY_TIME_NEVER };
	if (path == NULL)
		return false;
	if (access(path, F_OK) != 0)
		return true;
	if (!read_files(d, rule, m, err))
		return false;
	m->there = true;
	m->state = rule->retired.at != 0 && d->now >= rule->retired.at             ? "retired"
		   : d->now >= rule->off.from && d->now < rule->off.until          ? "off"
		   : d->now < m->seal.info.validStart                              ? "not-yet-valid"
		   : d->now > m->seal.info.validEnd || d->now > m->owner.not_after ? "expired"
										   : "valid";
	return true;
}

static json_t *time_json(bool there, zy_time t)
{
	char text[ZY_TIME_TEXT];

	if (!there)
		return json_null();
	zy_time_to_rfc3339(t, text);
	return json_string(text);
}

static json_t *seal_json(const struct zy_seal_rule *rule, const struct made *m)
{
	const struct zy_seal_info *s = &m->seal.info;

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:o, s:s?}", "esID",
	    rule->esID, "name", rule->name.zh, "shape", zy_seal_shape_name(rule->shape), "state", m->state, "version",
	    m->there ? json_integer(s->version) : json_null(), "certs",
	    !m->there ? json_null() : json_string(s->certListType == ZY_CERT_LIST_CERTS ? "embed" : "digest"),
	    "made_at", time_json(m->there, s->createDate), "valid_from",
	    time_json(true, m->there ? s->validStart : rule->valid_from), "valid_to",
	    time_json(true, m->there ? s->validEnd : rule->valid_to), "certificate_end",
	    time_json(m->generation != 0, m->owner.not_after), "generation",
	    m->generation != 0 ? json_integer(m->generation) : json_null(), "retired_at",
	    time_json(rule->retired.at != 0, rule->retired.at), "successor", rule->retired.successor, "off_until",
	    time_json(rule->off.until != 0, rule->off.until), "off_ground", rule->off.ground);
}

static void print_seal(struct zy_cli *c, const struct zy_seal_rule *rule, const struct made *m)
{
	char from[ZY_TIME_TEXT], to[ZY_TIME_TEXT], end[ZY_TIME_TEXT] = "-";

	if (c->json) {
		zy_cli_json(seal_json(rule, m));
		return;
	}
	zy_time_to_date(m->there ? m->seal.info.validStart : rule->valid_from, ZY_BEIJING_S, from);
	zy_time_to_date(m->there ? m->seal.info.validEnd : rule->valid_to, ZY_BEIJING_S, to);
	if (m->generation != 0)
		zy_time_to_date(m->owner.not_after, ZY_BEIJING_S, end);
	printf("%s  %-13s %-8s  %s to %s, certificate until %s  %s\n", rule->esID, m->state,
	    zy_seal_shape_name(rule->shape), from, to, end, rule->name.zh);
	if (rule->retired.at != 0) {
		zy_time_to_rfc3339(rule->retired.at, end);
		printf("                retired at %s, successor %s\n", end,
		    rule->retired.successor == NULL ? "-" : rule->retired.successor);
	}
	if (rule->off.until != 0) {
		zy_time_to_rfc3339(rule->off.until, end);
		printf("                off until %s: %s\n", end, rule->off.ground);
	}
}

static bool list(struct zy_cli *c, struct desk *d, struct zy_error *err)
{
	struct made m;

	for (size_t i = 0; i < d->policy.num_seals; i++) {
		if (!read_seal(d, &d->policy.seals[i], &m, err))
			return false;
		print_seal(c, &d->policy.seals[i], &m);
	}
	return true;
}

static bool show(struct zy_cli *c, struct desk *d, const char *esID, const char *png, struct zy_error *err)
{
	const struct zy_seal_rule *rule = find_rule(d, esID, err);
	struct made m;

	if (rule == NULL || !read_seal(d, rule, &m, err))
		return false;
	if (png != NULL && !m.there)
		return zy_fail(err, ZY_E_NOT_FOUND, "esID", ZY_NOWHERE,
		    "the seal %s is not made yet; zhengyin seal make %s does it", esID, esID);
	if (png != NULL && !zy_file_write(png, m.seal.info.picture, 0644, false, err))
		return false;
	print_seal(c, rule, &m);
	return true;
}

/* All seals, or with esID that one. */
static bool look(struct zy_cli *c, const char *esID, const char *png, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct desk d;
	bool ok;

	if (!open_home(&d, c, &a, err) || !zy_hsm_open(&d.hsm, d.home.path, err))
		return false;
	ok = esID == NULL ? list(c, &d, err) : show(c, &d, esID, png, err);
	zy_hsm_close(d.hsm);
	return ok;
}

/* ---- make ---- */

static bool parse_make(const char *version, const char *certs, struct zy_seal_maker *m, struct zy_error *err)
{
	if (version != NULL && strcmp(version, "4") != 0 && strcmp(version, "5") != 0)
		return zy_fail(err, ZY_E_USAGE, "version", ZY_NOWHERE, "--version is 4 or 5");
	if (certs != NULL && strcmp(certs, "embed") != 0 && strcmp(certs, "digest") != 0)
		return zy_fail(err, ZY_E_USAGE, "certs", ZY_NOWHERE, "--certs is embed or digest");
	m->version = version != NULL && version[0] == '5' ? 5 : 4;
	m->by_digest = certs != NULL && certs[0] == 'd';
	return true;
}

/* GM/T 0031-2025: the maker's certificate is judged before it signs, its chain, dates and key usage. */
static bool check_maker(struct desk *d, const struct zy_trust *trust, struct zy_bytes maker, struct zy_error *err)
{
	ZY_REPORT_AUTO r = { 0 };

	zy_report_start(&r, "seal-maker", d->now);
	if (!zy_chain_judge(d->keys, trust, ZY_PURPOSE_SEAL_MAKER, maker, NULL, 0, d->now, &r, "SESeal.cert", err))
		return false;
	return r.first == NULL || zy_fail(err, ZY_E_CERT, "SESeal.cert", ZY_NOWHERE,
				      "the seal maker's certificate is not good: %s", r.first->rule->code);
}

static bool read_authority(
    struct desk *d, const char *key, const char *stem, struct zy_cert_issuer *out, struct zy_error *err)
{
	struct zy_home_key current;

	if (!zy_home_key(&d->home, d->hsm, key, stem, d->arena, &current, err))
		return false;
	*out = (struct zy_cert_issuer){ .key = current.uri, .cert = current.cert };
	return true;
}

static bool read_authorities(struct desk *d, struct zy_seal_desk *s, struct zy_error *err)
{
	struct zy_home_key maker;

	if (!zy_home_key(
		&d->home, d->hsm, "pkcs11:token=zy-tpm;object=seal-maker", "pki/seal-maker", d->arena, &maker, err))
		return false;
	s->maker.key = maker.uri;
	s->maker.cert = maker.cert;
	s->maker.Vid = "zhengyin";
	return read_authority(
		   d, "pkcs11:token=zy-tpm;object=issuing", "pki/issuing-gm", &s->issuing[ZY_SUITE_GM], err) &&
	       read_authority(
		   d, "pkcs11:token=zy-soft;object=issuing", "pki/issuing-intl", &s->issuing[ZY_SUITE_INTL], err);
}

static bool make_with(struct desk *d, const struct zy_seal_rule *rule, const struct zy_seal_maker *how,
    struct zy_trust *trust, struct made *m, struct zy_error *err)
{
	struct zy_seal_desk s = {
		.home = &d->home, .hsm = d->hsm, .keys = d->keys, .faces = d->faces, .now = d->now, .maker = *how
	};
	struct zy_ca_desk ca;
	bool ok;

	if (!zy_ca_desk_open(&ca, d->home.path, true, d->now, err))
		return false;
	s.ca = &ca.ca;
	ok = read_authorities(d, &s, err) && zy_home_trust(&d->home, d->keys, d->now, d->arena, trust, err) &&
	     check_maker(d, trust, s.maker.cert, err) &&
	     zy_seal_put(&s, rule, zy_policy_department(&d->policy, rule->department), d->arena, err) &&
	     zy_trust_home_renew(&d->home, d->hsm, &d->policy, d->now, ZY_TRUST_DAYS, d->arena, trust, err) &&
	     read_seal(d, rule, m, err);
	zy_ca_desk_close(&ca);
	return ok;
}

static bool make(struct zy_cli *c, const char *esID, struct zy_seal_maker *how, struct zy_error *err)
{
	struct zy_trust trust;
	ZY_ARENA_AUTO a = { 0 };
	struct desk d;
	struct made m;
	bool ok;
	const struct zy_seal_rule *rule;
	ZY_STAMPS_AUTO stamps = { 0 };

	if (!open_home(&d, c, &a, err) || (rule = find_rule(&d, esID, err)) == NULL)
		return false;
	/* GM/T 0031-2025: the seal's own time-stamp, which no other version has a place for */
	if (how->version == 5 && rule->timestamp) {
		if (!zy_stamps_open(&stamps, d.home.path, c->tsa_time, err))
			return false;
		how->stamper = &stamps.stamper;
	}
	ok = zy_keys_open(&d.keys, err) && zy_hsm_open(&d.hsm, d.home.path, err) &&
	     zy_faces_open(&d.faces, d.home.font_regular, d.home.font_bold, err) &&
	     make_with(&d, rule, how, &trust, &m, err);
	zy_faces_close(d.faces);
	zy_hsm_close(d.hsm);
	zy_keys_close(d.keys);
	if (!ok)
		return false;
	print_seal(c, rule, &m);
	if (!c->json)
		printf("the trust bundle is version %llu now: hand it to those who verify\n",
		    (unsigned long long)trust.version);
	zy_cli_follow(c);
	return true;
}

bool zy_cmd_seal(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *version = NULL, *certs = NULL, *png = NULL, *words[2] = { NULL, NULL };
	const struct zy_option opts[] = { { "version", "4|5", "make: GB/T 38540-2020 (default) or GM/T 0031-2025",
					      &version, NULL },
		{ "certs", "embed|digest", "make: list the owner's certificate (default) or its digest", &certs, NULL },
		{ "png", "FILE", "show: the seal's picture", &png, NULL }, { 0 } };
	struct zy_seal_maker how = { 0 };
	const struct zy_cmd *verb = argc > 1 ? zy_verb_find(zy_seal_cmds, argv[1]) : NULL;
	bool go, making, showing;

	if (verb != NULL)
		return verb->run(c, argc - 1, argv + 1, err);
	if (!zy_cli_parse(c, "seal", opts, argc, argv, 1, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	making = strcmp(words[0], "make") == 0;
	showing = strcmp(words[0], "show") == 0;
	if ((making || showing) != (words[1] != NULL) || (!making && !showing && strcmp(words[0], "list") != 0) ||
	    (!making && (version != NULL || certs != NULL)) || (!showing && png != NULL))
		return zy_fail(err, ZY_E_USAGE, "seal", ZY_NOWHERE,
		    "usage: zhengyin seal make ESID [--version 4|5] [--certs embed|digest] | list | "
		    "show ESID [--png FILE]");
	if (!parse_make(version, certs, &how, err))
		return false;
	if (making)
		return make(c, words[1], &how, err);
	return look(c, words[1], png, err);
}
