/* approve apply, officers, enrol: the register, and what the signers take. */
#include "cli.h"
#include "generations.h"

#include <string.h>
#include <unistd.h>

#include "init.h"
#include "person.h"
#include "processes.h"
#include "rewrap.h"
#include "trust_home.h"
#include "zy/file.h"
#include "zy/cosigned.h"
#include "zy/key_order.h"
#include "zy/log_loss.h"
#include "zy/noted_head.h"
#include "zy/text.h"

/* ---- apply ---- */

struct applying {
	struct zy_home home;
	struct zy_hsm *hsm;
	struct zy_bytes whole;
	struct zy_order order;
	json_t *tokens;
	uint64_t bundle; /* version; 0 when none was made */
};

/* Of an order about the log, which no file in force shows, a signer that was told before says so. */
static bool tell_one(struct applying *p, const char *token, bool *already, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_hsm_approve(p->hsm, token, p->whole, already, &why))
		return true;
	*already = p->order.action == ZY_ORDER_LOG && why.code == ZY_E_APPROVAL_USED;
	if (!*already)
		*err = why;
	return *already;
}

/* Every token has a journal of its own, and so has to be told; of a key only its own token. */
static bool tell_all(struct applying *p, struct zy_bytes only, struct zy_error *err)
{
	for (size_t i = 0; i < p->home.num_tokens; i++) {
		bool already;

		if (only.len > 0 && !zy_bytes_equal(only, zy_str(p->home.tokens[i])))
			continue;
		if (!tell_one(p, p->home.tokens[i], &already, err))
			return false;
		json_array_append_new(
		    p->tokens, json_pack("{s:s, s:b}", "token", p->home.tokens[i], "already", (int)already));
	}
	return json_array_size(p->tokens) > 0 ||
	       zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE, "the order is about a key of no token of this home");
}

/* The root tokens hold the register too. They come on line for a moment; where their medium is away, the same command
 * tells them when it is there, as long as the order is good. */
static bool tell_roots(struct applying *p, struct zy_arena *a, struct zy_error *err)
{
	static const char *const roots[] = { ZY_TOKEN_ROOT_TPM, ZY_TOKEN_ROOT };
	const char *there = zy_home_path(&p->home, a, err, "root/" ZY_TOKEN_ROOT ".conf");
	bool ok = there != NULL;

	if (!ok)
		return false;
	if (access(there, R_OK) != 0) {
		fprintf(stderr,
		    "zhengyin: warning: the root tokens are not there and keep the old register: apply the "
		    "order again when their medium is at %s/root\n",
		    p->home.path);
		return true;
	}
	for (size_t i = 0; ok && i < 2; i++) {
		struct zy_error ignored = { 0 };
		bool already;

		ok = zy_signer_start(&p->home, p->hsm, roots[i], err) &&
		     zy_hsm_approve(p->hsm, roots[i], p->whole, &already, err);
		if (!zy_signer_stop(&p->home, roots[i], ok ? err : &ignored))
			ok = false;
	}
	return ok;
}

/* Verifiers learn of new seals, and of retired ones, by the next bundle. */
static bool renew(struct applying *p, zy_time now, struct zy_arena *a, struct zy_error *err)
{
	const char *policies = zy_home_path(&p->home, a, err, "policies");
	struct zy_keys *keys = NULL;
	struct zy_policy policy;
	struct zy_trust trust;
	bool ok = policies != NULL && zy_policy_load(&policy, policies, a, err) && zy_keys_open(&keys, err) &&
		  zy_home_trust(&p->home, keys, now, a, &trust, err) &&
		  zy_trust_home_renew(&p->home, p->hsm, &policy, now, ZY_TRUST_DAYS, a, &trust, err);

	zy_keys_close(keys);
	if (ok)
		p->bundle = trust.version;
	return ok;
}

static void answer(struct zy_cli *c, const struct applying *p)
{
	if (c->json) {
		zy_cli_json(json_pack("{s:s, s:O, s:o}", "action", zy_order_action_name(p->order.action), "tokens",
		    p->tokens, "bundle", p->bundle == 0 ? json_null() : json_integer((json_int_t)p->bundle)));
		return;
	}
	printf("%s: in force with %zu signer%s · 已生效\n", zy_order_action_name(p->order.action),
	    json_array_size(p->tokens), json_array_size(p->tokens) == 1 ? "" : "s");
	if (p->bundle != 0)
		printf("the trust bundle is version %llu now: hand it to those who verify\n",
		    (unsigned long long)p->bundle);
}

/* What would leave data keys that nothing opens, or certificates without lists, is not handed on; that a key is in
 * other hands is. */
static bool may_go(struct zy_cli *c, const struct zy_key_order *key, struct zy_arena *a, struct zy_error *err)
{
	const char *uri = zy_arena_text(a, key->uri, err);

	return uri != NULL &&
	       (key->event == ZY_KEY_ORDER_COMPROMISE || (zy_wrapping_unused(c->home, c->clock, uri, err) &&
							     zy_issuing_unused(c->home, zy_now(c->clock), uri, err)));
}

/* What witnesses signed of what is lost serves no proof any more. */
static bool put_aside(struct zy_cli *c, struct zy_bytes subject, struct zy_error *err)
{
	struct zy_log_loss loss;
	struct zy_desk d;
	bool ok;

	if (!zy_log_loss_parse(&loss, subject, err))
		return false;
	if (zy_noted_is_origin(loss.origin)) /* no witness saw it */
		return true;
	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_cosigned_put_aside(&d, loss.lost.size, err);
	zy_desk_close(&d);
	return ok;
}

static bool apply(struct applying *p, struct zy_cli *c, const char *path, struct zy_arena *a, struct zy_error *err)
{
	struct zy_key_order key = { 0 };
	struct zy_order_file f;

	if (!zy_home_open(&p->home, c->home, a, err) || !zy_file_read(path, ZY_ORDER_FILE_MAX, a, &p->whole, err) ||
	    !zy_order_file_parse(&f, p->whole, err) || !zy_order_parse(&p->order, f.order, err))
		return false;
	if (p->order.action == ZY_ORDER_REVOKE_MANY) /* it would be used up, and nothing revoked */
		return zy_fail(err, ZY_E_USAGE, "action", ZY_NOWHERE,
		    "an order to revoke is carried out by zhengyin ca revoke --rule FILE --order %s", path);
	if (p->order.action == ZY_ORDER_SHRED)
		return zy_fail(err, ZY_E_USAGE, "action", ZY_NOWHERE,
		    "an order to shred is carried out by zhengyin shred --order %s", path);
	if (p->order.action == ZY_ORDER_KEY && (!zy_key_order_parse(&key, f.subject, err) || !may_go(c, &key, a, err)))
		return false;
	return zy_hsm_open(&p->hsm, p->home.path, err) && tell_all(p, key.token, err) &&
	       (p->order.action != ZY_ORDER_OFFICERS || tell_roots(p, a, err)) &&
	       (p->order.action != ZY_ORDER_RULES || renew(p, zy_now(c->clock), a, err)) &&
	       (p->order.action != ZY_ORDER_LOG || put_aside(c, f.subject, err));
}

bool zy_cmd_approve_apply(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	struct applying p = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	const char *words[1];
	bool go, ok;

	if (!zy_cli_parse(c, "approve apply", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	p.tokens = json_array();
	ok = apply(&p, c, words[0], &a, err);
	if (ok)
		answer(c, &p);
	json_decref(p.tokens);
	zy_hsm_close(p.hsm);
	if (ok)
		zy_cli_follow(c);
	return ok;
}

/* ---- officers ---- */

static void print_person(struct zy_cli *c, const struct zy_officer *p)
{
	char from[ZY_TIME_TEXT], to[ZY_TIME_TEXT], id[2 * ZY_HASH_LEN + 1];

	zy_time_to_rfc3339(p->valid_from, from);
	zy_time_to_rfc3339(p->valid_to, to);
	zy_hex(ZY_BYTES(p->key_id, ZY_HASH_LEN), id);
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:{s:s, s:s}, s:b, s:b, s:s, s:s, s:s, s:s}", "id", p->id, "name", "zh",
		    p->name.zh, "en", p->name.en, "officer", (p->roles & ZY_ROLE_OFFICER) != 0, "requester",
		    (p->roles & ZY_ROLE_REQUESTER) != 0, "suite", zy_suite_name(p->suite), "key", id, "valid_from",
		    from, "valid_to", to));
	else
		printf("%-16s %s%s  %s to %s  key %.16s  %s · %s\n", p->id,
		    (p->roles & ZY_ROLE_OFFICER) != 0 ? "officer" : "",
		    (p->roles & ZY_ROLE_REQUESTER) != 0 ? " requester" : "", from, to, id, p->name.zh, p->name.en);
}

static bool print_in_force(struct zy_cli *c, const struct zy_home *h, struct zy_hsm *hsm, struct zy_error *err)
{
	for (size_t i = 0; i < h->num_tokens; i++) {
		struct zy_hsm_in_force f;

		if (!zy_hsm_in_force(hsm, h->tokens[i], &f, err))
			return false;
		if (c->json)
			zy_cli_json(json_pack("{s:s, s:b, s:b}", "token", h->tokens[i], "rules_approved",
			    (int)f.rules.approved, "officers_approved", (int)f.officers.approved));
		else
			printf("signer %s: seals.json %s, officers.json %s\n", h->tokens[i],
			    f.rules.approved ? "approved" : "NOT APPROVED",
			    f.officers.approved ? "approved" : "NOT APPROVED");
	}
	return true;
}

bool zy_cmd_approve_officers(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_officers o;
	struct zy_hsm *hsm = NULL;
	struct zy_home h;
	const char *words[1];
	bool go, ok;

	if (!zy_cli_parse(c, "approve officers", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_home_open(&h, c->home, &a, err) || !zy_persons_read(&h, &a, &o, err) || !zy_hsm_open(&hsm, h.path, err))
		return false;
	for (size_t i = 0; i < o.num; i++)
		print_person(c, &o.officers[i]);
	ok = print_in_force(c, &h, hsm, err);
	zy_hsm_close(hsm);
	return ok;
}

/* ---- enrol ---- */

static bool parse_role(const char *text, unsigned *out, struct zy_error *err)
{
	*out = strcmp(text, "officer") == 0 ? ZY_ROLE_OFFICER : strcmp(text, "requester") == 0 ? ZY_ROLE_REQUESTER : 0;
	return *out != 0 || zy_fail(err, ZY_E_USAGE, "role", ZY_NOWHERE, "--role is officer or requester");
}

static bool parse_days(const char *text, unsigned *out, struct zy_error *err)
{
	size_t len = strlen(text);

	*out = 0;
	for (size_t i = 0; i < len && len <= 4 && text[i] >= '0' && text[i] <= '9'; i++)
		*out = *out * 10 + (unsigned)(text[i] - '0');
	return (*out >= 1 && *out <= 3660 && strspn(text, "0123456789") == len) ||
	       zy_fail(err, ZY_E_USAGE, "days", ZY_NOWHERE, "--days is 1 to 3660");
}

bool zy_cmd_approve_enrol(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *role = NULL, *days = "730", *module = ZY_SOFTHSM_MODULE, *words[1];
	struct zy_label name = { 0 };
	const struct zy_option opts[] = { { "name", "NAME", "the person's name", &name.zh, NULL },
		{ "english", "NAME", "the name in English", &name.en, NULL },
		{ "role", "officer|requester", "may approve, or may only ask", &role, NULL },
		{ "days", "N", "for how long the entry is valid (default 730)", &days, NULL },
		{ "softhsm", "FILE", "PKCS#11 module of the token (default " ZY_SOFTHSM_MODULE ")", &module, NULL },
		{ 0 } };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO entry = { 0 };
	enum zy_suite suite;
	unsigned roles, valid;
	uint8_t point[65];
	struct zy_home h;
	bool go;

	if (!zy_cli_parse(c, "approve enrol", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (name.zh == NULL || name.en == NULL || role == NULL)
		return zy_fail(err, ZY_E_USAGE, "enrol", ZY_NOWHERE, "give --name, --english and --role");
	if (!zy_officer_id_check(words[0], err) || !parse_role(role, &roles, err) || !parse_days(days, &valid, err) ||
	    !zy_home_open(&h, c->home, &a, err) || !zy_person_enrol(&h, words[0], module, &suite, point, err))
		return false;
	zy_person_entry(&entry, words[0], &name, roles, suite, point, zy_now(c->clock) - 300, valid);
	if (!zy_buf_done(&entry, "enrol", err))
		return false;
	printf("%.*s\n", (int)entry.len, (const char *)entry.p);
	return true;
}
