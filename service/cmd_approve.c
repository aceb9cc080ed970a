/* approve: request, show and sign; what the signers then take is in cmd_apply.c. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "order_show.h"
#include "person.h"
#include "zy/file.h"
#include "zy/key_order.h"
#include "zy/log_loss.h"
#include "zy/revocation_rule.h"

const struct zy_cmd zy_approve_cmds[] = {
	{ "approve request",
	    "ACTION FILE --as PERSON --purpose TEXT [--ground TEXT] [--until TIME] [--days N] --out ORDER",
	    "an order: what is asked for, signed by who asks", zy_cmd_approve_request,
	    "ACTION and FILE: rules and the new seals.json; officers and the new officers.json; switch-off and the\n"
	    "seals.json that `zhengyin seal switch-off` writes, with the same --ground and --until; revoke-many and\n"
	    "the rule that `zhengyin ca revoke --help` describes; ceremony and the file that says what is to be done;\n"
	    "key and the file that `zhengyin key retire|compromised|destroy --out` writes; shred and the file that\n"
	    "`zhengyin shred --out` writes, with --ground; log and the file that\n"
	    "`zhengyin log loss --out` writes. The order holds FILE and expires after --days (1 to\n"
	    "7, 7 when left out). PERSON is an id of officers.json; the key in the token zy-PERSON signs.\n"
	    "\n"
	    "  zhengyin approve request rules new-seals.json --as requester-1 --purpose '新印章' --out new.order\n"
	    "  zhengyin approve show new.order\n"
	    "  zhengyin approve sign new.order --as officer-1      and officer-2, each at their own desk\n"
	    "  zhengyin approve apply new.order\n" },
	{ "approve show", "ORDER", "what an order would change, and who has signed", zy_cmd_approve_show, NULL },
	{ "approve sign", "ORDER --as PERSON", "approve an order: adds a signature to the file", zy_cmd_approve_sign,
	    "Prints what the order changes and signs it with the key in the token zy-PERSON, whose signer runs only\n"
	    "while the command runs. Two officers must sign, neither of them who asked; keys are compared, not names.\n" },
	{ "approve apply", "ORDER", "hand an approved order to the signers, which put it in force",
	    zy_cmd_approve_apply,
	    "Each token's signer judges the order by itself and writes it into its journal; then a new seals.json or\n"
	    "officers.json is in its place, and the next version of the trust bundle is made. What was cut off is\n"
	    "finished by the same command. An order is used once.\n" },
	{ "approve officers", "", "the register of officers, and whether the signers hold it in force",
	    zy_cmd_approve_officers, NULL },
	{ "approve enrol", "ID --name NAME --english NAME --role officer|requester [--days N] [--softhsm FILE]",
	    "make a person's key and print the entry for officers.json", zy_cmd_approve_enrol,
	    "Where signer/zy-ID.json describes the person's token (a USB key), its key `order` is made in it; else a\n"
	    "SoftHSM2 token is made. The first policies/officers.json is taken by the signers as it is when they\n"
	    "start; every later one needs `approve request officers`.\n" },
	{ 0 },
};

bool zy_cmd_approve(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return zy_verb_run(c, zy_approve_cmds, "what two officers must approve", argc, argv, err);
}

/* What request, show and sign work with. */
struct desk {
	struct zy_arena *arena;
	struct zy_home home;
	struct zy_officers officers;
	struct zy_bytes whole;
	struct zy_order_file file;
	struct zy_order order;
};

static bool open_desk(struct desk *d, struct zy_cli *c, const char *order, struct zy_error *err)
{
	if (!zy_home_open(&d->home, c->home, d->arena, err) || !zy_persons_read(&d->home, d->arena, &d->officers, err))
		return false;
	return order == NULL ||
	       (zy_file_read(order, ZY_ORDER_FILE_MAX, d->arena, &d->whole, err) &&
		   zy_order_file_parse(&d->file, d->whole, err) && zy_order_parse(&d->order, d->file.order, err));
}

static const struct zy_officer *find_person(const struct desk *d, const char *id, struct zy_error *err)
{
	const struct zy_officer *p = zy_officer_by_id(&d->officers, id);

	if (p == NULL)
		zy_fail_set(err, ZY_E_APPROVAL_UNKNOWN, "as", ZY_NOWHERE,
		    "officers.json has nobody with the id %.32s; see zhengyin approve officers", id);
	return p;
}

/* JSON on standard output; text there as well, or on standard error before it is signed. */
static bool show(struct zy_cli *c, struct desk *d, FILE *out, struct zy_error *err)
{
	json_t *order;

	if (!zy_order_to_json(&d->home, &d->officers, &d->file, d->arena, &order, err))
		return false;
	if (c->json) {
		zy_cli_json(order);
		return true;
	}
	zy_order_print(order, out);
	json_decref(order);
	return true;
}

static bool save(const struct desk *d, const char *path, bool force, struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = ZY_ORDER_FILE_MAX };

	return zy_order_file_encode(&d->file, &b, err) && zy_file_write(path, zy_buf_bytes(&b), 0644, force, err);
}

/* ---- request ---- */

struct asked {
	const char *purpose, *ground, *until, *days, *as, *out;
};

/* What the signers hold in force and this would replace. Those that have the new file already are past it. */
static bool find_replaced(struct desk *d, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	bool officers = d->order.action == ZY_ORDER_OFFICERS, found = false, ok = true;
	struct zy_hsm *hsm = NULL;

	if (!zy_hsm_open(&hsm, d->home.path, err))
		return false;
	for (size_t i = 0; ok && i < d->home.num_tokens; i++) {
		struct zy_hsm_in_force f;

		ok = zy_hsm_in_force(hsm, d->home.tokens[i], &f, err);
		if (!ok || memcmp(officers ? f.officers.digest : f.rules.digest, d->order.subject, ZY_HASH_LEN) == 0)
			continue;
		memcpy(out, officers ? f.officers.digest : f.rules.digest, ZY_HASH_LEN);
		found = true;
	}
	zy_hsm_close(hsm);
	return ok && (found || zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
				   "what you propose is in force already; there is nothing to ask for"));
}

/* A file that could not be put in force is refused before anybody signs. */
static bool check_subject(struct desk *d, zy_time now, struct zy_error *err)
{
	const char *policies = zy_home_path(&d->home, d->arena, err, "policies");
	struct zy_revocation_rule rule;
	struct zy_officers officers;
	struct zy_log_loss loss;
	struct zy_key_order key;
	struct zy_policy policy;

	if (policies == NULL)
		return false;
	if (d->order.action == ZY_ORDER_RULES || d->order.action == ZY_ORDER_SWITCH_OFF)
		return zy_policy_load_with(&policy, policies, d->file.subject, d->arena, err);
	if (d->order.action == ZY_ORDER_REVOKE_MANY)
		return zy_revocation_rule_parse(&rule, d->file.subject, d->arena, err);
	if (d->order.action == ZY_ORDER_KEY || d->order.action == ZY_ORDER_SHRED)
		return zy_key_order_parse(&key, d->file.subject, err) &&
		       ((d->order.action == ZY_ORDER_SHRED) == (key.event == ZY_KEY_ORDER_SHRED) ||
			   zy_fail(
			       err, ZY_E_ORDER, "subject", ZY_NOWHERE, "the file is for an order of another action"));
	if (d->order.action == ZY_ORDER_LOG)
		return zy_log_loss_parse(&loss, d->file.subject, err);
	if (d->order.action != ZY_ORDER_OFFICERS)
		return true;
	return zy_officers_parse(&officers, d->file.subject, d->arena, err) &&
	       (zy_officers_enough(&officers, now) ||
		   zy_fail(err, ZY_E_ORDER, "officers", ZY_NOWHERE,
		       "the register needs two officers and a third person, valid today"));
}

static bool fill_times(struct desk *d, const struct asked *q, zy_time now, struct zy_error *err)
{
	const char *days = q->days == NULL ? "7" : q->days;

	if (strlen(days) != 1 || days[0] < '1' || days[0] > '7')
		return zy_fail(err, ZY_E_USAGE, "days", ZY_NOWHERE, "--days is 1 to 7");
	d->order.created = now;
	d->order.expires = now + (days[0] - '0') * (zy_time)86400;
	return q->until == NULL || zy_time_from_rfc3339(zy_str(q->until), &d->order.until, err);
}

static bool compose(
    struct desk *d, const struct asked *q, const struct zy_officer *p, zy_time now, struct zy_error *err)
{
	ZY_BUF_AUTO order = { 0 };

	d->order.purpose = zy_str(q->purpose);
	d->order.ground = q->ground == NULL ? (struct zy_bytes){ 0 } : zy_str(q->ground);
	memcpy(d->order.requester, p->key_id, ZY_HASH_LEN);
	return fill_times(d, q, now, err) && zy_random(d->order.nonce, sizeof(d->order.nonce), err) &&
	       zy_digest(ZY_HASH_SHA256, d->file.subject, d->order.subject, err) && check_subject(d, now, err) &&
	       (d->order.action > ZY_ORDER_SWITCH_OFF || find_replaced(d, d->order.replaces, err)) &&
	       zy_order_encode(&d->order, &order, err) &&
	       zy_arena_copy(d->arena, zy_buf_bytes(&order), &d->file.order, err);
}

static bool request(struct zy_cli *c, const char *action, const char *file, const struct asked *q, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct desk d = { .arena = &a };
	const struct zy_officer *p;

	if (!zy_order_action_from_name(zy_str(action), &d.order.action))
		return zy_fail(err, ZY_E_USAGE, "action", ZY_NOWHERE,
		    "ACTION is rules, officers, switch-off, revoke-many, ceremony, key, shred or log");
	if (!open_desk(&d, c, NULL, err) || (p = find_person(&d, q->as, err)) == NULL ||
	    !zy_file_read(file, ZY_ORDER_SUBJECT_MAX, &a, &d.file.subject, err) ||
	    !compose(&d, q, p, zy_now(c->clock), err) || !zy_person_sign(&d.home, p, &d.file, &a, err) ||
	    !save(&d, q->out, false, err))
		return false;
	return show(c, &d, stdout, err);
}

bool zy_cmd_approve_request(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { 0 };
	const struct zy_option opts[] = { { "as", "PERSON", "who asks: an id of officers.json", &q.as, NULL },
		{ "purpose", "TEXT", "why, in one line", &q.purpose, NULL },
		{ "ground", "TEXT", "legal ground; switch-off and shred must cite one", &q.ground, NULL },
		{ "until", "TIME", "switch-off: when it ends, RFC 3339", &q.until, NULL },
		{ "days", "N", "1 to 7: how long the order can be used (default 7)", &q.days, NULL },
		{ "out", "ORDER", "the file that goes to the officers", &q.out, NULL }, { 0 } };
	const char *words[2];
	bool go;

	if (!zy_cli_parse(c, "approve request", opts, argc, argv, 2, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (q.as == NULL || q.purpose == NULL || q.out == NULL)
		return zy_fail(err, ZY_E_USAGE, "approve", ZY_NOWHERE, "give --as, --purpose and --out");
	return request(c, words[0], words[1], &q, err);
}

/* ---- show and sign ---- */

bool zy_cmd_approve_show(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct desk d = { .arena = &a };
	const char *words[1];
	bool go;

	if (!zy_cli_parse(c, "approve show", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	return open_desk(&d, c, words[0], err) && show(c, &d, stdout, err);
}

/* What the signer would refuse at the end is said before the token is asked. */
static bool may_sign(const struct desk *d, const struct zy_officer *p, zy_time now, struct zy_error *err)
{
	if ((p->roles & ZY_ROLE_OFFICER) == 0)
		return zy_fail(err, ZY_E_APPROVAL_UNKNOWN, "roles", ZY_NOWHERE, "%s is no officer", p->id);
	if (memcmp(p->key_id, d->order.requester, ZY_HASH_LEN) == 0)
		return zy_fail(
		    err, ZY_E_APPROVAL_REQUESTER, "as", ZY_NOWHERE, "%s asked for this and cannot approve it", p->id);
	for (size_t i = 0; i < d->file.num_signatures; i++)
		if (memcmp(d->file.signatures[i].kid, p->key_id, ZY_COSE_KID_LEN) == 0)
			return zy_fail(err, ZY_E_APPROVAL_SAME, "as", ZY_NOWHERE,
			    "%s has approved this already; another officer must", p->id);
	return now < d->order.expires ||
	       zy_fail(err, ZY_E_APPROVAL_EXPIRED, "expires", ZY_NOWHERE, "the order has expired; make a new one");
}

bool zy_cmd_approve_sign(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *as = NULL, *words[1];
	const struct zy_option opts[] = { { "as", "PERSON", "who approves: an id of officers.json", &as, NULL },
		{ 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct desk d = { .arena = &a };
	const struct zy_officer *p;
	bool go;

	if (!zy_cli_parse(c, "approve sign", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (as == NULL)
		return zy_fail(err, ZY_E_USAGE, "as", ZY_NOWHERE, "say who approves: --as PERSON");
	return open_desk(&d, c, words[0], err) && (p = find_person(&d, as, err)) != NULL &&
	       may_sign(&d, p, zy_now(c->clock), err) && zy_person_sign(&d.home, p, &d.file, &a, err) &&
	       save(&d, words[0], true, err) && show(c, &d, stdout, err);
}
