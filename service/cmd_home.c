/* init, up, down. */
#include "cli.h"
#include "init.h"
#include "processes.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/note.h"

#define FONT_FOLDER "/usr/share/fonts/opentype/noto/"

static void progress(const char *en, const char *zh)
{
	fprintf(stderr, "  %s · %s\n", en, zh);
}

/* The first officers.json that the signers meet is taken as it is; after it every change needs two officers. */
static void say_officers(const struct zy_cli *c)
{
	char path[4352];

	snprintf(path, sizeof(path), "%.4000s/policies/officers.json", c->home);
	if (access(path, F_OK) == 0)
		return;
	fputs(
	    "no officers are enrolled, so seals.json stays as it is · 尚未登记批准人，印章规则不能变更\n"
	    "  zhengyin approve enrol ID --name NAME --english NAME --role officer|requester   for each of three or more\n"
	    "  put what it prints into policies/officers.json, {\"officers\": [ ... ]}, then `zhengyin down` and `up`:\n"
	    "  the first register is taken as it is, every later one needs two officers of it\n",
	    stderr);
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
		{ "log-origin", "NAME",
		    "name of the transparency log, as example.org/licences (default: log.example/ and digits of the home)",
		    &plan.log_origin, NULL },
		{ "softhsm", "FILE", "PKCS#11 module of the P-256 and AES keys (default " ZY_SOFTHSM_MODULE ")",
		    &softhsm, NULL },
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
	if (plan.log_origin != NULL && !zy_note_name_check(zy_str(plan.log_origin), err))
		return false;
	plan.path = c->home;
	plan.softhsm = softhsm != NULL ? softhsm : ZY_SOFTHSM_MODULE;
	if (plan.policies == NULL) {
		if (!zy_share_folder(share, sizeof(share), err))
			return false;
		snprintf(policies, sizeof(policies), "%s/policies", share);
		plan.policies = policies;
	}
	fprintf(stderr, "making the home %s\n", c->home);
	if (!zy_init(&plan, err))
		return false;
	say_officers(c);
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
