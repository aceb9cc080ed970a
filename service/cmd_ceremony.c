/* ceremony: plan, run, check. */
#include "ca_desk.h"
#include "ceremony.h"
#include "cli.h"
#include "generations.h"
#include "key_rotate.h"
#include "next_root.h"
#include "person.h"
#include "trust_home.h"

#include "zy/file.h"
#include "zy/kept.h"
#include "zy/text.h"

#define ROOT_CRL_DAYS 366 /* until the next ceremony */

const struct zy_cmd zy_ceremony_cmds[] = {
	{ "ceremony plan", "sign-issuing|next-issuing|next-root|crl [--suite gm|intl] [--until DAY] --out FILE",
	    "what a ceremony is to do: a line to approve", zy_cmd_ceremony_plan,
	    "sign-issuing renews the certificate of the issuing authority and publishes the root's list; next-issuing\n"
	    "makes the authority's next key and certifies it, under a name of its own; next-root makes the root's next\n"
	    "key, and --until says before which day the root of now certifies (ten years at most); crl publishes the\n"
	    "root's list alone, with the authorities that were revoked. Two officers approve the plan; the root's\n"
	    "token itself refuses whatever is not in it.\n"
	    "\n"
	    "  zhengyin ceremony plan sign-issuing --out plan\n"
	    "  zhengyin approve request ceremony plan --as requester-1 --purpose '续签' --out c.order\n"
	    "  zhengyin approve sign c.order --as officer-1      and officer-2\n"
	    "  zhengyin ceremony run c.order --record record.txt\n"
	    "  zhengyin ceremony check record.txt\n" },
	{ "ceremony run", "ORDER --record FILE [--crl DIR] [--on DAY] [--overlap DAYS]",
	    "bring the root on line, do what was approved, write the record", zy_cmd_ceremony_run,
	    "HOME/root must be there: the medium of the root tokens. Every step is printed with digests in groups of\n"
	    "four digits, to be read aloud and compared, and stands in FILE, a text to be printed and signed by hand.\n"
	    "The root keys and the keys of the requester and the officers sign it; their tokens must be there too.\n"
	    "Lists go to DIR (HOME/crl), good for 366 days. The root is off line again when the command ends; an order\n"
	    "is used up also by a ceremony that was broken off.\n"
	    "\n"
	    "next-issuing: the new authority stands in the next trust bundle at once, beside the one before it, and\n"
	    "issues from --on: give a day when verifiers will have that bundle. Commands that run then go on with the\n"
	    "one before through the overlap. After it that key signs no certificates any more but those of who answers\n"
	    "about them, and lists, which `ca crl` publishes for every authority in service: issuing-gm.crl,\n"
	    "issuing-gm~2.crl. It may be retired when the last certificate that it issued has ended or was revoked.\n"
	    "\n"
	    "next-root: the new root bears the old one's name and takes over at once; links certify each key by the\n"
	    "other (RFC 4210 4.4), pki/root-intl~2.by~1.pem and root-intl~1.by~2.pem. The next trust bundle has both\n"
	    "roots, the old one until the plan's day, and the links: a bundle of before, and its pin, still lead to\n"
	    "what is certified under the new root. Give out the new bundle and pin before that day. The issuing\n"
	    "authorities stay as they are; `ceremony plan next-issuing` makes their next keys under the new root.\n" },
	{ "ceremony check", "RECORD [--officers FILE]", "verify a ceremony's record, off line", zy_cmd_ceremony_check,
	    "By the roots in HOME/pki and the persons of officers.json, or of an earlier FILE. Others can check the\n"
	    "P-256 signature, by the root whose key the record names (after a next-root root-intl~2.pem):\n"
	    "\n"
	    "  sed '/^-----BEGIN/,$d' RECORD >text; sed -n 's/^root-intl //p' RECORD | base64 -d >sig\n"
	    "  openssl x509 -in HOME/pki/root-intl.pem -noout -pubkey >key.pem\n"
	    "  openssl dgst -sha256 -verify key.pem -signature sig text\n" },
	{ 0 },
};

bool zy_cmd_ceremony(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return zy_verb_run(c, zy_ceremony_cmds, "key ceremonies of the roots", argc, argv, err);
}

/* ---- plan ---- */

static bool is_ahead(const struct zy_cli *c, zy_time until, struct zy_error *err)
{
	const zy_time now = zy_now(c->clock);

	return (until > now && until - now <= (zy_time)ZY_KEY_OVERLAP_MAX_S) ||
	       zy_fail(err, ZY_E_USAGE, "until", ZY_NOWHERE, "that day lies in the future, within ten years");
}

bool zy_cmd_ceremony_plan(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *suite = NULL, *out = NULL, *until = NULL, *words[1];
	const struct zy_option opts[] = { { "suite", "gm|intl", "of one suite only", &suite, NULL },
		{ "until", "DAY|TIME", "next-root: the root of now certifies before then", &until, NULL },
		{ "out", "FILE", "where to", &out, NULL }, { 0 } };
	struct zy_ceremony_plan plan = { 0 };
	ZY_BUF_AUTO text = { 0 };
	bool go;

	if (!zy_cli_parse(c, "ceremony plan", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		plan.suites[s] = suite == NULL || strcmp(suite, zy_suite_name(s)) == 0;
	plan.kind = strcmp(words[0], "crl") == 0            ? ZY_CEREMONY_CRL
		    : strcmp(words[0], "next-issuing") == 0 ? ZY_CEREMONY_NEXT_ISSUING
		    : strcmp(words[0], "next-root") == 0    ? ZY_CEREMONY_NEXT_ROOT
							    : ZY_CEREMONY_SIGN_ISSUING;
	if (out == NULL || (!plan.suites[0] && !plan.suites[1]) ||
	    strcmp(words[0], zy_ceremony_kind_name(plan.kind)) != 0)
		return zy_fail(err, ZY_E_USAGE, "plan", ZY_NOWHERE,
		    "give sign-issuing, next-issuing, next-root or crl, --out FILE, and --suite gm or intl for one suite only");
	if ((until != NULL) != (plan.kind == ZY_CEREMONY_NEXT_ROOT))
		return zy_fail(err, ZY_E_USAGE, "until", ZY_NOWHERE,
		    "next-root, and nothing else, takes --until DAY: before then the root of now certifies");
	if (until != NULL && (!zy_key_day(until, &plan.until, err) || !is_ahead(c, plan.until, err)))
		return false;
	zy_ceremony_plan_encode(&plan, &text);
	if (!zy_buf_done(&text, "plan", err) || !zy_file_write(out, zy_buf_bytes(&text), 0644, false, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:s}", "path", out, "ceremony", words[0]));
	else
		printf("%s: %.*s", out, (int)text.len, (const char *)text.p);
	return true;
}

/* ---- run ---- */

struct running {
	struct zy_ca_desk d;
	struct zy_officers officers;
	struct zy_ceremony_run r;
	const char *crl;
	zy_time on; /* 0: now */
	uint64_t overlap_s;
	struct zy_bytes old[2], new[2]; /* certificates of the issuing authorities, by suite */
	const char *next[2];            /* keys of the next authorities */
	struct zy_next_root roots;
};

static bool same_name(struct zy_bytes a, struct zy_bytes b, struct zy_error *err)
{
	struct zy_bytes was, is;

	return zy_cert_subject_name(a, &was, err) && zy_cert_subject_name(b, &is, err) &&
	       (zy_bytes_equal(was, is) ||
		   zy_fail(err, ZY_E_ISSUER, "subject", ZY_NOWHERE,
		       "the operator of the policies has another name than the authority's certificate"));
}

static bool save_issuing(struct running *x, enum zy_suite s, unsigned generation, struct zy_error *err)
{
	struct zy_arena *a = &x->d.arena;
	const char *stem = zy_arena_printf(a, err, "pki/issuing-%s", zy_suite_name(s)),
		   *path = stem == NULL ? NULL : zy_home_generation(&x->d.home, stem, generation, "pem", a, err);
	ZY_BUF_AUTO pem = { 0 };

	zy_cert_to_pem(x->new[s], &pem);
	return path != NULL && zy_buf_done(&pem, "certificate", err) &&
	       zy_kept_write(path, zy_buf_bytes(&pem), 0644, true, err) &&
	       zy_ceremony_say_file(
		   &x->r, "签发证书", "certificate", path + strlen(x->d.home.path) + 1, x->new[s], err);
}

/* Characters of an authority's name before " G2". */
static size_t base_name(const char *name)
{
	size_t len = strlen(name), digits = len;

	while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
		digits--;
	return digits < len && digits > 2 && memcmp(name + digits - 2, " G", 2) == 0 ? digits - 2 : len;
}

/* The same names and key; the old certificate stays valid until it ends. */
static bool renew_issuing(struct running *x, enum zy_suite s, struct zy_error *err)
{
	struct zy_arena *a = &x->d.arena;
	struct zy_cert_subject subject = { .organisation = x->d.policy.operator_name.zh, .uscc = "" };
	struct zy_cert_issuer root, issuing;
	struct zy_cert_facts facts;
	struct zy_cert_plan plan;
	struct zy_bytes alias;

	if (!zy_ca_desk_member(&x->d, "root", s, &root, err) ||
	    !zy_ca_desk_member(&x->d, "issuing", s, &issuing, err) || !zy_cert_facts(issuing.cert, a, &facts, err))
		return false;
	x->old[s] = issuing.cert;
	subject.common_name = facts.common_name;
	if (!zy_cert_plan_for_key(&x->d.ca, "issuing", &subject, issuing.key, 0, x->r.now, &plan, err) ||
	    !zy_cert_issue(&x->d.ca, &root, &plan, x->r.now, a, &x->new[s], err) ||
	    !same_name(x->old[s], x->new[s], err))
		return false;
	return save_issuing(x, s, zy_key_generation(zy_str(issuing.key), &alias), err);
}

/* The next key is made and certified; that it takes over is said when the new trust bundle is there. */
static bool certify_next(struct running *x, enum zy_suite s, struct zy_error *err)
{
	struct zy_arena *a = &x->d.arena;
	struct zy_cert_subject subject = { .organisation = x->d.policy.operator_name.zh, .uscc = "" };
	struct zy_cert_issuer root, before;
	struct zy_cert_facts facts;
	struct zy_cert_plan plan;
	unsigned n;

	if (!zy_ca_desk_member(&x->d, "root", s, &root, err) || !zy_ca_desk_member(&x->d, "issuing", s, &before, err) ||
	    !zy_cert_facts(before.cert, a, &facts, err) ||
	    !zy_generation_next(x->d.ca.hsm, before.key, a, &x->next[s], &n, err))
		return false;
	subject.common_name =
	    zy_arena_printf(a, err, "%.*s G%u", (int)base_name(facts.common_name), facts.common_name, n);
	return subject.common_name != NULL &&
	       zy_cert_plan_for_key(&x->d.ca, "issuing", &subject, x->next[s], 0, x->r.now, &plan, err) &&
	       zy_cert_issue(&x->d.ca, &root, &plan, x->r.now, a, &x->new[s], err) && save_issuing(x, s, n, err);
}

static bool publish(struct running *x, enum zy_suite s, struct zy_error *err)
{
	struct zy_ca_lists lists = {
		.folder = x->crl, .now = x->r.now, .next = x->r.now + (zy_time)ROOT_CRL_DAYS * 86400
	};
	const struct zy_generation *all;
	struct zy_bytes list;
	const char *path;
	size_t num;

	if (!zy_root_generations(&x->d, s, &all, &num, err))
		return false;
	for (size_t i = 0; i < num; i++)
		if (!zy_ca_desk_publish_root(&x->d, &all[i], &lists, err) ||
		    (path = zy_arena_printf(&x->d.arena, err, "%s/%s.crl", x->crl, lists.name)) == NULL ||
		    !zy_file_read(path, ZY_CEREMONY_RECORD_MAX, &x->d.arena, &list, err) ||
		    !zy_ceremony_say_file(&x->r, "吊销列表", "list of revoked certificates", lists.name, list, err))
			return false;
	return true;
}

/* Verifiers get to know a root before it certifies. */
static bool begin_roots(struct running *x, struct zy_error *err)
{
	struct zy_arena *a = &x->d.arena;
	struct zy_trust t;

	return zy_trust_home_open(&x->d.home, x->d.ca.keys, x->r.now, a, &t, err) &&
	       zy_next_root_trust(&x->roots, &t, err) &&
	       zy_trust_home_renew(&x->d.home, x->d.ca.hsm, &x->d.policy, x->r.now, ZY_TRUST_DAYS, a, &t, err) &&
	       zy_trust_home_pin(&x->d.home, &t, a, err) && zy_next_root_begin(&x->roots, err);
}

static bool do_steps(struct running *x, const char *record, struct zy_error *err)
{
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (x->r.plan.suites[s] &&
		    (!zy_ceremony_say_key(&x->r, x->r.root[s], err) ||
			(x->r.plan.kind == ZY_CEREMONY_SIGN_ISSUING && !renew_issuing(x, s, err)) ||
			(x->r.plan.kind == ZY_CEREMONY_NEXT_ISSUING && !certify_next(x, s, err)) ||
			(x->r.plan.kind == ZY_CEREMONY_NEXT_ROOT && !zy_next_root_make(&x->roots, s, err)) ||
			!publish(x, s, err)))
			return false;
	return (x->r.plan.kind != ZY_CEREMONY_NEXT_ROOT || begin_roots(x, err)) &&
	       zy_ceremony_finish(&x->r, record, err);
}

/* Verifiers chain by the bundle's certificates: renewed ones take the place of the old, others are added. */
static bool renew_bundle(struct running *x, struct zy_error *err)
{
	struct zy_arena *a = &x->d.arena;
	struct zy_trust_cert *list;
	struct zy_trust t;

	if (!zy_trust_home_open(&x->d.home, x->d.ca.keys, x->r.now, a, &t, err) ||
	    (list = zy_arena_array(a, t.num_intermediates + 2, sizeof(*list), err)) == NULL)
		return false;
	for (size_t i = 0; i < t.num_intermediates; i++) {
		list[i] = t.intermediates[i];
		for (size_t s = 0; s < 2; s++)
			if (x->new[s].len > 0 && zy_bytes_equal(list[i].der, x->old[s]))
				list[i].der = x->new[s];
	}
	for (size_t s = 0; s < 2; s++)
		if (x->next[s] != NULL)
			list[t.num_intermediates++] = (struct zy_trust_cert){ .der = x->new[s] };
	t.intermediates = list;
	return zy_trust_home_renew(&x->d.home, x->d.ca.hsm, &x->d.policy, x->r.now, ZY_TRUST_DAYS, a, &t, err);
}

/* From its day on the next authority issues; who answers about its certificates is certified before. */
static bool take_over(struct running *x, enum zy_suite s, struct zy_error *err)
{
	const struct zy_generation *all;
	struct zy_cert_issuer ocsp;
	struct zy_cert_facts facts;
	size_t num;

	if (x->next[s] == NULL)
		return true;
	if (!zy_ca_desk_member(&x->d, "ocsp", s, &ocsp, err) || !zy_cert_facts(ocsp.cert, &x->d.arena, &facts, err) ||
	    !zy_generations(&x->d, s, &all, &num, err))
		return false;
	return zy_responder_certify(&x->d, s, &all[num - 1], ocsp.key, facts.common_name, x->r.now, err) &&
	       zy_hsm_life(x->d.ca.hsm, x->next[s], ZY_KEY_ACTIVATE, x->on, x->overlap_s, err);
}

static bool finish(struct running *x, struct zy_error *err)
{
	return x->r.plan.kind == ZY_CEREMONY_CRL || x->r.plan.kind == ZY_CEREMONY_NEXT_ROOT ||
	       (renew_bundle(x, err) && take_over(x, ZY_SUITE_GM, err) && take_over(x, ZY_SUITE_INTL, err));
}

static bool read_order(struct running *x, const char *path, struct zy_error *err)
{
	struct zy_order_file f;
	struct zy_order o;

	if (!zy_file_read(path, ZY_ORDER_FILE_MAX, &x->d.arena, &x->r.order, err) ||
	    !zy_order_file_parse(&f, x->r.order, err) || !zy_order_parse(&o, f.order, err) ||
	    !zy_ceremony_plan_parse(&x->r.plan, f.subject, err))
		return false;
	return (o.action == ZY_ORDER_CEREMONY && x->r.plan.kind != ZY_CEREMONY_ROOT) ||
	       zy_fail(err, ZY_E_ORDER, "action", ZY_NOWHERE, "the order is for something else than `ceremony run`");
}

static bool run(struct running *x, const char *order, const char *record, struct zy_error *err)
{
	struct zy_error why = { 0 };
	bool ok;

	if (x->crl == NULL)
		x->crl = zy_home_path(&x->d.home, &x->d.arena, err, "crl");
	x->r.home = &x->d.home;
	x->r.hsm = x->d.ca.hsm;
	x->r.officers = &x->officers;
	x->r.arena = &x->d.arena;
	x->roots = (struct zy_next_root){ .d = &x->d, .r = &x->r };
	if (x->crl == NULL || !read_order(x, order, err) ||
	    !zy_persons_read(&x->d.home, &x->d.arena, &x->officers, err) || !zy_folder_make(x->crl, 0755, err))
		return false;
	ok = zy_ceremony_open(&x->r, err) && do_steps(x, record, err);
	if (!zy_ceremony_close(&x->r, ok ? err : &why))
		ok = false;
	return ok && finish(x, err);
}

bool zy_cmd_ceremony_run(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *record = NULL, *on = NULL, *overlap = NULL, *words[1];
	struct running x = { .r.now = zy_now(c->clock) };
	const struct zy_option opts[] = { { "record", "FILE", "the record, a new file", &record, NULL },
		{ "crl", "DIR", "where lists go (HOME/crl)", &x.crl, NULL },
		{ "on", "DAY|TIME", "next-issuing: when the next authority begins (default now)", &on, NULL },
		{ "overlap", "DAYS", "next-issuing: so long both issue (default 7)", &overlap, NULL }, { 0 } };
	bool go, ok;

	if (!zy_cli_parse(c, "ceremony run", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (record == NULL)
		return zy_fail(err, ZY_E_USAGE, "record", ZY_NOWHERE, "say where the record goes: --record FILE");
	if (!zy_key_days(on, overlap, &x.on, &x.overlap_s, err))
		return false;
	if (!zy_ca_desk_open(&x.d, c->home, true, x.r.now, err))
		return false;
	ok = run(&x, words[0], record, err);
	if (ok && c->json)
		zy_cli_json(
		    json_pack("{s:s, s:s}", "record", record, "ceremony", zy_ceremony_kind_name(x.r.plan.kind)));
	else if (ok)
		printf("%s\n", record);
	zy_buf_free(&x.r.text);
	zy_ca_desk_close(&x.d);
	return ok;
}

/* ---- check ---- */

static void say_checked(struct zy_cli *c, const struct zy_checked_record *r)
{
	char at[ZY_TIME_TEXT], digest[2 * ZY_HASH_LEN + 1];
	json_t *officers = json_array();

	zy_time_to_rfc3339(r->at, at);
	zy_hex(ZY_BYTES(r->digest, sizeof(r->digest)), digest);
	for (size_t i = 0; i < r->num_approved; i++)
		json_array_append_new(officers, json_string(r->approved[i]->id));
	if (c->json) {
		zy_cli_json(json_pack("{s:s, s:s, s:s, s:s, s:O}", "ceremony", zy_ceremony_kind_name(r->plan.kind),
		    "at", at, "digest", digest, "requester", r->requester->id, "officers", officers));
	} else {
		printf("记录属实 record is whole: ceremony %s, signed %s by the roots, %s",
		    zy_ceremony_kind_name(r->plan.kind), at, r->requester->id);
		for (size_t i = 0; i < r->num_approved; i++)
			printf(", %s", r->approved[i]->id);
		printf("\nSHA-256 %s\n", digest);
	}
	json_decref(officers);
}

bool zy_cmd_ceremony_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *register_file = NULL, *words[1];
	const struct zy_option opts[] = {
		{ "officers", "FILE", "the register of that day (HOME/policies/officers.json)", &register_file, NULL },
		{ 0 }
	};
	ZY_ARENA_AUTO a = { 0 };
	struct zy_checked_record out;
	struct zy_roots *roots = zy_arena_alloc(&a, sizeof(*roots), err);
	struct zy_bytes text, record;
	struct zy_officers officers;
	struct zy_home h;
	bool go;

	if (!zy_cli_parse(c, "ceremony check", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (roots == NULL || !zy_home_open(&h, c->home, &a, err) ||
	    !zy_file_read(words[0], ZY_CEREMONY_RECORD_MAX, &a, &record, err) || !zy_roots_read(&h, &a, roots, err))
		return false;
	if (register_file == NULL ? !zy_persons_read(&h, &a, &officers, err)
				  : !zy_file_read(register_file, ZY_OFFICERS_MAX, &a, &text, err) ||
					!zy_officers_parse(&officers, text, &a, err))
		return false;
	if (!zy_ceremony_check(record, roots, &officers, &a, &out, err))
		return false;
	say_checked(c, &out);
	return true;
}
