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

/* On a terminal a person is waited for; else the tokens are there already. */
static void attend(const char *id, const struct zy_label *name)
{
	fprintf(stderr, "  %s · %s (%s): now with your token · 请出示密码模块", name->zh, name->en, id);
	if (!isatty(STDIN_FILENO)) {
		fputc('\n', stderr);
		return;
	}
	fputs(", Enter ", stderr);
	for (int c = getchar(); c != '\n' && c != EOF; c = getchar())
		;
}

static void say_what_is_left(const struct zy_cli *c)
{
	fprintf(stderr,
	    "the roots' ceremony was ordered, and its record signed, by the persons above; what is left · 余下事项:\n"
	    "  print %s/ceremony/root.txt, and let all who were there sign it by hand\n"
	    "  take %s/root, the medium of the root keys, to a safe; bring it for the next ceremony\n"
	    "  note elsewhere what `zhengyin journal --check` and %s/trust/pin say\n",
	    c->home, c->home, c->home);
}

bool zy_cmd_init(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_init_plan plan = { .suite = ZY_SUITE_INTL,
		.font_regular = FONT_FOLDER "NotoSerifCJK-Regular.ttc",
		.font_bold = FONT_FOLDER "NotoSerifCJK-Bold.ttc",
		.clock = c->clock,
		.progress = progress,
		.attend = attend };
	const char *suite = NULL, *softhsm = NULL, *words[1];
	const struct zy_option opts[] = { { "demo", NULL, "the invented city that comes with the package", NULL,
					      &plan.demo },
		{ "policies", "FOLDER", "your own types, offices and seals", &plan.policies, NULL },
		{ "officers", "FILE", "with --policies: who orders the ceremony, and approves from then on",
		    &plan.persons, NULL },
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
	if (plan.demo != (plan.persons == NULL))
		return zy_fail(err, ZY_E_USAGE, "officers", ZY_NOWHERE,
		    plan.demo
			? "the demo has persons of its own"
			: "--officers FILE names two officers and who asks: the roots' keys are made by their order");
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
	if (!plan.demo)
		say_what_is_left(c);
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
