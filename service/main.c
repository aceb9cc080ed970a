/* zhengyin: the operator's command line. Only here are argv, environment and wall clock read. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "zy/tsa.h"

static void print_help(FILE *out)
{
	fputs("zhengyin 证印: electronic licences and seals\n\n"
	      "usage: zhengyin [-C HOME] COMMAND [OPTION...]\n\n"
	      "commands:\n",
	    out);
	for (const struct zy_cmd *cmd = zy_cmds; cmd->name != NULL; cmd++)
		fprintf(out, "  %-9s %s\n", cmd->name, cmd->summary);
	fputs("\nHOME is a folder that `init` makes: -C HOME, else $ZHENGYIN_HOME, else ./zhengyin-home.\n"
	      "Every command takes --json (one object a line on standard output) and --help.\n\n"
	      "a first session:\n"
	      "  zhengyin init --demo              a city with two offices, their seals and keys in tokens\n"
	      "  zhengyin policy example --line business-licence > one.jsonl\n"
	      "  zhengyin mint --batch one.jsonl --out licences\n"
	      "  zhengyin-verify licences/*.ofd\n"
	      "  zhengyin down\n\n"
	      "exit: 0 done, 1 refused by a rule, 64 usage, 65 malformed input, 69 token, vault or service absent,\n"
	      "      70 our bug, 74 input or output failed\n",
	    out);
}

static const struct zy_cmd *find_command(const char *name, struct zy_error *err)
{
	for (const struct zy_cmd *cmd = zy_cmds; cmd->name != NULL; cmd++)
		if (strcmp(cmd->name, name) == 0)
			return cmd;
	zy_fail(err, ZY_E_USAGE, "command", ZY_NOWHERE, "there is no command %.40s; zhengyin --help lists them", name);
	return NULL;
}

static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* The stable code goes to whoever reads JSON; the sentence to whoever reads. */
static int report_error(const struct zy_error *e, bool json)
{
	if (json) {
		json_t *o = zy_error_json(e);

		if (e->offset != ZY_NOWHERE)
			json_object_set_new(o, "offset", json_integer((json_int_t)e->offset));
		zy_cli_json(json_pack("{s:o}", "error", o));
	}
	fprintf(stderr, "zhengyin: error: %s: %s%s%s\n", zy_code_name(e->code),
	    e->field == NULL || e->field[0] == 0 ? "" : e->field, e->field == NULL || e->field[0] == 0 ? "" : ": ",
	    e->msg);
	if (e->code == ZY_E_SIGNER_ABSENT)
		fputs("hint: `zhengyin up` starts the signing services; `zhengyin status` shows them\n", stderr);
	if (e->code == ZY_E_USAGE)
		fputs("hint: zhengyin COMMAND --help\n", stderr);
	return zy_code_exit(e->code);
}

static bool run(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *home = NULL;
	bool help = false, version = false;
	const struct zy_option opts[] = { { "C", "HOME", "", &home, NULL }, { "help", NULL, "", NULL, &help },
		{ "version", NULL, "", NULL, &version }, { 0 } };
	const struct zy_cmd *cmd;
	int next;

	if (!zy_options_parse_head(opts, argc, argv, &next, err))
		return false;
	if (version) {
		puts("zhengyin " ZY_VERSION);
		return true;
	}
	if (help || (next < argc && strcmp(argv[next], "help") == 0)) {
		print_help(stdout);
		return true;
	}
	if (next == argc) {
		print_help(stderr);
		return zy_fail(err, ZY_E_USAGE, "command", ZY_NOWHERE, "say what to do");
	}
	c->home = home != NULL ? home : getenv("ZHENGYIN_HOME") != NULL ? getenv("ZHENGYIN_HOME") : "./zhengyin-home";
	return (cmd = find_command(argv[next], err)) != NULL && cmd->run(c, argc - next, argv + next, err);
}

int main(int argc, char **argv)
{
	struct zy_cli c = { .clock = &zy_clock_system, .tsa_time = &zy_tsa_time_system };
	struct zy_error err = { 0 };
	bool ok;

	signal(SIGPIPE, SIG_IGN);
	umask(022);
	ok = run(&c, argc, argv, &err);
	if (ok && (fflush(stdout) != 0 || ferror(stdout)))
		ok = zy_fail(&err, ZY_E_IO, "stdout", ZY_NOWHERE, "the answer could not be written");
	return ok ? c.exit : report_error(&err, wants_json(argc, argv));
}
