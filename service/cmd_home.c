/* init, up, down, status. */
#include "cli.h"
#include "init.h"
#include "processes.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define FONT_FOLDER "/usr/share/fonts/opentype/noto/"

static void progress(const char *en, const char *zh)
{
	fprintf(stderr, "  %s · %s\n", en, zh);
}

bool zy_cmd_init(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_init_plan plan = { .suite = ZY_SUITE_INTL,
		.font_regular = FONT_FOLDER "NotoSerifCJK-Regular.ttc",
		.font_bold = FONT_FOLDER "NotoSerifCJK-Bold.ttc",
		.clock = c->clock,
		.progress = progress };
	const char *suite = NULL, *softhsm = NULL, *words[1];
	const struct zy_option opts[] = { { "demo", NULL, "the invented city that comes with the package", NULL,
					      &plan.demo },
		{ "policies", "FOLDER", "your own types, offices and seals", &plan.policies, NULL },
		{ "suite", "gm|intl", "encryption of stored data: SM4 and SM3, or AES-256-GCM (default intl)", &suite,
		    NULL },
		{ "tcti", "TCTI", "a real TPM, e.g. device:/dev/tpmrm0 (default: a software TPM in the home)",
		    &plan.tcti, NULL },
		{ "softhsm", "FILE", "PKCS#11 module of the P-256 and AES keys (default " SOFTHSM_MODULE ")", &softhsm,
		    NULL },
		{ 0 } };
	char share[4096], policies[4352];
	bool go;

	if (!zy_cli_parse(c, "init", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (plan.demo == (plan.policies != NULL))
		return zy_fail(err, ZY_E_USAGE, "init", ZY_NOWHERE, "give either --demo or --policies FOLDER");
	if (suite != NULL && strcmp(suite, "gm") != 0 && strcmp(suite, "intl") != 0)
		return zy_fail(err, ZY_E_USAGE, "suite", ZY_NOWHERE, "--suite is gm or intl");
	if (suite != NULL && strcmp(suite, "gm") == 0)
		plan.suite = ZY_SUITE_GM;
	plan.path = c->home;
	plan.softhsm = softhsm != NULL ? softhsm : SOFTHSM_MODULE;
	if (plan.policies == NULL) {
		if (!zy_share_folder(share, sizeof(share), err))
			return false;
		snprintf(policies, sizeof(policies), "%s/policies", share);
		plan.policies = policies;
	}
	fprintf(stderr, "making the home %s\n", c->home);
	if (!zy_init(&plan, err))
		return false;
	if (c->quiet)
		return true;
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:b}", "home", c->home, "demo", (int)plan.demo));
	else
		printf("home ready: %s\n", c->home);
	return true;
}

bool zy_cmd_up(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;
	const char *words[1];
	bool go;

	if (!zy_cli_parse(c, "up", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_home_open(&h, c->home, &a, err) || !zy_processes_start(&h, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack("{s:b}", "up", 1));
	else
		printf("the signing services of %zu tokens run\n", h.num_tokens);
	return true;
}

bool zy_cmd_down(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;
	const char *words[1];
	unsigned num;
	bool go;

	if (!zy_cli_parse(c, "down", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_home_open(&h, c->home, &a, err) || !zy_processes_stop(&h, &num, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack("{s:i}", "stopped", (int)num));
	else
		printf("%u processes stopped\n", num);
	return true;
}

/* The newest licence of the vault, judged from its stored files as an outsider would. */
struct sample {
	char identifier[ZY_IDENTIFIER_MAX + 1];
	zy_time recorded_at;
};

static bool newest(void *arg, const struct zy_version *v)
{
	struct sample *s = arg;

	if (s->identifier[0] == 0 || v->recorded_at >= s->recorded_at) {
		memcpy(s->identifier, v->identifier, sizeof(s->identifier));
		s->recorded_at = v->recorded_at;
	}
	return true;
}

static bool verify_sample(struct zy_desk *d, struct sample *s, enum zy_indication *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	if (!zy_vault_list(d->vault, NULL, &a, newest, s, err))
		return false;
	if (s->identifier[0] == 0)
		return true;
	if (!zy_vault_get(d->vault, s->identifier, 0, ZY_TIME_NEVER, true, &a, &v, err))
		return false;
	*out = ZY_TOTAL_PASSED;
	for (size_t i = 0; i < v.num_files; i++) {
		ZY_REPORT_AUTO r = { 0 };

		zy_report_start(&r, v.identifier, zy_now(d->clock));
		if (!zy_judge_file(d->keys, &d->trust, v.files[i].bytes, r.at, &r, err))
			return false;
		if (zy_report_indication(&r) != ZY_TOTAL_PASSED)
			*out = zy_report_indication(&r);
	}
	return true;
}

static bool print_status(struct zy_cli *c, struct zy_home *h, json_t *tokens, bool tokens_ok, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_desk d = { 0 };
	struct sample s = { 0 };
	enum zy_indication verdict = ZY_INDETERMINATE;
	struct zy_vault_counts n = { 0 };
	bool ok = tokens_ok && zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, &why) &&
		  zy_vault_count(d.vault, &n, &why) && verify_sample(&d, &s, &verdict, &why);
	char until[ZY_TIME_TEXT] = "";
	json_t *o;

	(void)h, (void)err;
	if (d.vault != NULL)
		zy_time_to_rfc3339(d.trust.next_update, until);
	c->exit = ok && (s.identifier[0] == 0 || verdict == ZY_TOTAL_PASSED) ? 0 : 69;
	o = json_pack("{s:b, s:O, s:I, s:s?, s:s?, s:s?, s:s?}", "ready", c->exit == 0, "tokens", tokens, "licences",
	    (json_int_t)n.licences, "trust_until", until[0] == 0 ? NULL : until, "sample",
	    s.identifier[0] == 0 ? NULL : s.identifier, "sample_indication",
	    s.identifier[0] == 0 ? NULL : zy_indication_name(verdict), "because", why.code == ZY_OK ? NULL : why.msg);
	if (c->json) {
		zy_cli_json(o);
	} else {
		printf("vault: %llu licences; trust bundle good until %s\n", (unsigned long long)n.licences,
		    until[0] == 0 ? "(not opened)" : until);
		if (s.identifier[0] != 0)
			printf("newest licence %s: %s\n", s.identifier, zy_indication_name(verdict));
		if (why.code != ZY_OK)
			printf("because: %s\n", why.msg);
		printf("%s\n", c->exit == 0 ? "ready to mint and verify" : "NOT ready");
		json_decref(o);
	}
	zy_desk_close(&d);
	return true;
}

bool zy_cmd_status(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_hsm *hsm = NULL;
	json_t *tokens = json_array();
	struct zy_home h;
	const char *words[1];
	bool go, all = true, ok;

	ok = zy_cli_parse(c, "status", opts, argc, argv, 0, 0, words, &go, err);
	if (ok && go && (ok = zy_home_open(&h, c->home, &a, err) && zy_hsm_open(&hsm, h.path, err))) {
		for (size_t i = 0; i < h.num_tokens; i++) {
			struct zy_error why = { 0 };
			bool there = zy_hsm_ping(hsm, h.tokens[i], &why);

			all = all && there;
			json_array_append_new(
			    tokens, json_pack("{s:s, s:b}", "token", h.tokens[i], "answers", (int)there));
			if (!c->json)
				printf("token %s: %s\n", h.tokens[i], there ? "answers" : why.msg);
		}
		ok = print_status(c, &h, tokens, all, err);
	}
	zy_hsm_close(hsm);
	json_decref(tokens);
	return ok;
}
