#include "ca_revoke.h"

#include <inttypes.h>

#include "presigned.h"
#include "revoke_order.h"
#include "zy/file.h"
#include "zy/kept.h"
#include "zy/text.h"

#define CERT_MAX ((size_t)64 << 10)
#define DAY_S 86400
#define DAYS 7 /* of a list */

static const struct {
	const char *member;
	enum zy_suite suite;
} issuers[] = { [ZY_REVOKE_OF_ROOT_GM] = { "root", ZY_SUITE_GM },
	[ZY_REVOKE_OF_ROOT_INTL] = { "root", ZY_SUITE_INTL },
	[ZY_REVOKE_OF_ISSUING_GM] = { "issuing", ZY_SUITE_GM },
	[ZY_REVOKE_OF_ISSUING_INTL] = { "issuing", ZY_SUITE_INTL } };

static bool read_issuer(
    struct zy_ca_desk *d, const struct zy_revocation_rule *rule, struct zy_bytes *out, struct zy_error *err)
{
	const char *stem = zy_arena_printf(
	    &d->arena, err, "pki/%s-%s", issuers[rule->issuer].member, zy_suite_name(issuers[rule->issuer].suite));
	const char *path = stem == NULL ? NULL
					: zy_home_generation(&d->home, stem,
					      rule->generation < 2 ? 1 : rule->generation, "pem", &d->arena, err);
	struct zy_bytes pem;

	return path != NULL && zy_kept_read(path, CERT_MAX, &d->arena, &pem, err) &&
	       zy_cert_from_pem(pem, &d->arena, out, err);
}

bool zy_ca_revocation_open(struct zy_ca_desk *d, const struct zy_revocation_rule *rule, zy_time begun,
    struct zy_revocation *out, struct zy_error *err)
{
	struct zy_bytes issuer;

	*out = (struct zy_revocation){ .reg = d->ca.reg, .rule = rule, .begun = begun };
	if (rule->invalid_at > begun)
		return zy_fail(
		    err, ZY_E_DATES, "invalidity_date", ZY_NOWHERE, "the invalidity date lies after the revocation");
	return rule->issuer == ZY_REVOKE_OF_ANY ||
	       (read_issuer(d, rule, &issuer, err) && zy_revocation_issuer_of(issuer, out->issuer, err));
}

static bool count_covered(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	++*(uint64_t *)arg;
	return e->state != ZY_CERT_VALID || zy_fail(err, ZY_E_SELF_VERIFY, "rule", ZY_NOWHERE,
						"a certificate that the rule picks is still valid; run it again");
}

static void add_lists(void *arg, const struct zy_ca_lists *l)
{
	json_array_append_new(arg, zy_ca_lists_json(l));
}

bool zy_ca_revocation_publish(struct zy_ca_desk *d, const struct zy_revocation *v, const char *folder, unsigned digits,
    zy_time now, json_t *lists, uint64_t *covered, struct zy_error *err)
{
	*covered = 0;
	if (!zy_folder_make(folder, 0755, err))
		return false;
	for (size_t i = ZY_REVOKE_OF_ISSUING_GM; i <= ZY_REVOKE_OF_ISSUING_INTL; i++) {
		struct zy_ca_lists l = {
			.folder = folder, .digits = digits, .now = now, .next = now + (zy_time)DAYS * DAY_S
		};

		if (!zy_ca_desk_publish(d, issuers[i].suite, &l, add_lists, lists, err))
			return false;
	}
	return zy_revocation_walk(v, count_covered, covered, err);
}

/* ---- by a rule ---- */

struct job {
	struct zy_cli *c;
	struct zy_ca_desk *d;
	const struct zy_ca_rule_options *o;
	struct zy_bytes text;
	struct zy_revocation_rule rule;
	struct zy_revocation v;
	struct zy_revoke_order order;
	struct zy_presigned ahead;
	json_t *profiles; /* how many valid ones of each */
	uint64_t valid, revoked_before;
};

static bool count(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	struct job *j = arg;
	json_t *n = json_object_get(j->profiles, e->profile);

	(void)err;
	if (e->state != ZY_CERT_VALID) {
		j->revoked_before++;
		return true;
	}
	j->valid++;
	if (n == NULL)
		json_object_set_new(j->profiles, e->profile, json_integer(1));
	else
		json_integer_set(n, json_integer_value(n) + 1);
	return true;
}

static bool dry_run(struct job *j, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	char hex[2 * ZY_HASH_LEN + 1];
	const char *profile;
	json_t *n;

	if (!zy_digest(ZY_HASH_SHA256, j->text, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	if (j->c->json) {
		zy_cli_json(json_pack("{s:s, s:I, s:I, s:O}", "rule", hex, "would", (json_int_t)j->valid, "already",
		    (json_int_t)j->revoked_before, "profiles", j->profiles));
		return true;
	}
	printf("would revoke %" PRIu64 " certificates; %" PRIu64 " of the rule are revoked already\n", j->valid,
	    j->revoked_before);
	json_object_foreach(j->profiles, profile, n)
	    printf("  %s: %" PRId64 "\n", profile, (int64_t)json_integer_value(n));
	printf("nothing was changed. Two officers must approve this rule (SHA-256 %s):\n"
	       "  zhengyin approve request revoke-many %s --as REQUESTER --purpose TEXT --out ORDER\n"
	       "  zhengyin approve sign ORDER --as OFFICER       and another officer\n"
	       "  zhengyin ca revoke --rule %s --order ORDER\n",
	    hex, j->o->rule, j->o->rule);
	return true;
}

static void say_progress(void *arg, uint64_t done, uint64_t of)
{
	(void)arg;
	fprintf(stderr, "revoked %" PRIu64 " of %" PRIu64 "\n", done, of);
}

static void answer(const struct job *j, uint64_t revoked, uint64_t covered, json_t *lists)
{
	if (j->c->json) {
		zy_cli_json(json_pack("{s:s, s:b, s:I, s:I, s:O, s:I}", "order", j->order.digest, "resumed",
		    (int)j->order.resumed, "revoked", (json_int_t)revoked, "covered", (json_int_t)covered, "lists",
		    lists, "answers", (json_int_t)j->ahead.made));
		return;
	}
	printf("revoked %" PRIu64 " certificates%s; the rule picks %" PRIu64 ", all revoked and on the lists\n",
	    revoked, j->order.resumed ? " in a run that was taken up again" : "", covered);
}

static bool read_digits(const char *text, unsigned *out, struct zy_error *err)
{
	*out = text == NULL ? 0 : (unsigned)(text[0] - '0');
	return text == NULL || (text[0] >= '0' && text[0] <= '2' && text[1] == 0) ||
	       zy_fail(err, ZY_E_USAGE, "digits", ZY_NOWHERE, "--digits is a number from 0 to 2");
}

static bool withdraw_one(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	(void)err;
	zy_presigned_withdraw(arg, e);
	return true;
}

static bool make_one(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	return zy_presigned_make(arg, e, err);
}

/* Lists are published before answers are made: they say all at once, answers are signed one by one. */
static bool carry_out(struct job *j, const char *folder, unsigned digits, json_t *lists, struct zy_error *err)
{
	uint64_t revoked, covered;

	j->v.progress = say_progress;
	if (!zy_revoke_order_use(&j->order, &j->d->home, j->d->ca.hsm, err))
		return false;
	fprintf(stderr, "the signers have taken the order %s\n", j->order.resumed ? "before; it goes on" : "once");
	if ((j->ahead.num > 0 && !zy_revocation_walk(&j->v, withdraw_one, &j->ahead, err)) ||
	    !zy_revocation_run(&j->v, zy_now(j->c->clock), &revoked, err) ||
	    !zy_ca_revocation_publish(j->d, &j->v, folder, digits, zy_now(j->c->clock), lists, &covered, err) ||
	    (j->ahead.num > 0 && !zy_revocation_walk(&j->v, make_one, &j->ahead, err)) ||
	    !zy_presigned_end(&j->ahead, err) || !zy_revoke_order_done(&j->order, zy_now(j->c->clock), err))
		return false;
	answer(j, revoked, covered, lists);
	return true;
}

static bool by_order(struct job *j, struct zy_error *err)
{
	const char *folder = j->o->out != NULL ? j->o->out : zy_home_path(&j->d->home, &j->d->arena, err, "crl");
	unsigned digits;
	json_t *lists;
	bool ok;

	if (folder == NULL || !read_digits(j->o->digits, &digits, err))
		return false;
	if (j->valid == 0 && !j->order.resumed)
		return zy_fail(err, ZY_E_NOT_FOUND, "rule", ZY_NOWHERE,
		    "the rule picks no valid certificate; the order was not used");
	lists = json_array();
	ok = carry_out(j, folder, digits, lists, err);
	json_decref(lists);
	return ok;
}

/* As of the moment when the order was first begun: what is issued later is not what was approved. */
static bool pick(struct job *j, zy_time begun, struct zy_error *err)
{
	return zy_ca_revocation_open(j->d, &j->rule, begun, &j->v, err) && zy_revocation_walk(&j->v, count, j, err);
}

static bool run(struct job *j, struct zy_error *err)
{
	const zy_time now = zy_now(j->c->clock);
	struct zy_arena *a = &j->d->arena;
	bool ok;

	if (!zy_file_read(j->o->rule, ZY_REVOCATION_RULE_MAX, a, &j->text, err) ||
	    !zy_revocation_rule_parse(&j->rule, j->text, a, err))
		return false;
	if (j->o->order == NULL)
		return pick(j, now, err) && dry_run(j, err);
	if (!zy_revoke_order_open(&j->order, &j->d->home, j->o->order, j->text, now, a, err))
		return false;
	ok = zy_presigned_open(&j->ahead, j->d, now, err) && pick(j, j->order.begun, err) && by_order(j, err);
	zy_presigned_close(&j->ahead);
	zy_revoke_order_close(&j->order);
	return ok;
}

bool zy_ca_revoke_by_rule(
    struct zy_cli *c, struct zy_ca_desk *d, const struct zy_ca_rule_options *o, struct zy_error *err)
{
	struct job j = { .c = c, .d = d, .o = o, .profiles = json_object() };
	bool ok = run(&j, err);

	json_decref(j.profiles);
	return ok;
}
