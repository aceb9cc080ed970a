/* zhengyin-signer: the only process that talks to a token. One process, one token; see zy/hsm.h for its client. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pin.h"
#include "run.h"
#include "server.h"
#include "tokenkey.h"

static const char usage[] =
    "usage: zhengyin-signer --home HOME --token NAME [--init | --check-config]\n"
    "Holds the keys of one token for the other programs of HOME, and refuses what the seal rules do not allow.\n"
    "  --home HOME      the folder made by `zhengyin init`\n"
    "  --token NAME     the token described by HOME/signer/NAME.json\n"
    "  --init           make the token and its PINs, then stop\n"
    "  --check-config   read all configuration, then stop\n"
    "  --help           this text\n"
    "Without --init and --check-config it runs in the foreground until SIGTERM and says {\"ready\":true,...} once it\n"
    "can sign. Its log is JSON lines on standard error. PINs come from the files that NAME.json names.\n";

enum mode { MODE_RUN, MODE_INIT, MODE_CHECK };

struct program {
	const char *home, *token;
	enum mode mode;
	struct zy_log log;
	struct zy_arena arena;
	struct zy_signer_config config;
	struct zy_rules rules;
	struct zy_keyring keys;
	struct zy_run run;
	struct zy_signer_journal *journal;
};

static bool parse_arguments(struct program *p, int argc, char **argv)
{
	static const struct option options[] = { { "home", required_argument, NULL, 'h' },
		{ "token", required_argument, NULL, 't' }, { "init", no_argument, NULL, 'i' },
		{ "check-config", no_argument, NULL, 'c' }, { "help", no_argument, NULL, '?' }, { 0 } };
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'h')
			p->home = optarg;
		else if (o == 't')
			p->token = optarg;
		else if (o == 'i' && p->mode == MODE_RUN)
			p->mode = MODE_INIT;
		else if (o == 'c' && p->mode == MODE_RUN)
			p->mode = MODE_CHECK;
		else
			return false;
	}
	return optind == argc && p->home != NULL && p->token != NULL;
}

/* More threads than cores: most of them wait for the disk, and those that wait together share one sync. */
static bool read_config(struct program *p, struct zy_error *err)
{
	long wanted = 4 * sysconf(_SC_NPROCESSORS_ONLN);
	unsigned sessions = wanted < 4 ? 4 : wanted > ZY_SESSIONS_MAX ? ZY_SESSIONS_MAX : (unsigned)wanted;

	return zy_signer_config_read(&p->config, p->home, p->token, sessions, &p->arena, err);
}

static bool set_variables(const struct zy_signer_config *c, struct zy_error *err)
{
	for (size_t i = 0; i < c->num_variables; i++)
		if (setenv(c->variables[i].name, c->variables[i].path, 1) != 0)
			return zy_fail(err, ZY_E_NO_MEMORY, "environment", ZY_NOWHERE, "no memory for the environment");
	return true;
}

static bool check_config(struct program *p, struct zy_error *err)
{
	ZY_PIN_AUTO pin = { 0 };

	if (!zy_keyring_open(&p->keys, p->config.keys, err))
		return false;
	zy_keyring_free(&p->keys);
	if (!zy_rules_open(&p->rules, p->config.policies, &p->arena, err) || !zy_pin_read(&pin, p->config.pin, err))
		return false;
	if (access(p->config.module, R_OK) != 0)
		return zy_fail(err, ZY_E_TOKEN, "module", ZY_NOWHERE, "the PKCS#11 module %s cannot be read: %s",
		    p->config.module, strerror(errno));
	puts("{\"ok\":true}");
	return true;
}

static bool init_token(struct program *p, struct zy_error *err)
{
	bool ok;

	if (!zy_run_open(&p->run, &p->config, err))
		return false;
	ok = zy_token_init(&p->config, &p->log, err);
	zy_run_close(&p->run);
	if (ok)
		puts("{\"ok\":true}");
	return ok;
}

/* Every key of the table must be in the token before anyone is told that we are ready. */
static bool load_keys(struct zy_token *token, struct zy_keyring *keys, const struct zy_log *log, struct zy_error *err)
{
	struct zy_session s;
	bool ok = true;

	zy_session_start(&s, token);
	for (size_t i = 0; ok && i < keys->num; i++) {
		if (keys->keys[i]->life.destroyed != ZY_TIME_NEVER) {
			zy_tokenkey_remove(token, keys->keys[i]); /* a crash may have left it */
			continue;
		}
		ok = zy_tokenkey_load(&s, keys->keys[i], err);
		if (ok && keys->keys[i]->can_leave)
			zy_log(log, ZY_LOG_WARNING, "key-extractable", "{s:s}", "key", keys->keys[i]->label);
	}
	zy_session_close(&s);
	return ok;
}

static bool serve(struct program *p, struct zy_token *token, int stop, struct zy_error *err)
{
	struct zy_signer signer = { .config = &p->config,
		.clock = &zy_clock_system,
		.log = &p->log,
		.token = token,
		.keys = &p->keys,
		.rules = &p->rules,
		.journal = p->journal,
		.making = PTHREAD_MUTEX_INITIALIZER };
	bool ok;

	if (!load_keys(token, &p->keys, &p->log, err) || !zy_run_listen(&p->run, err))
		return false;
	if (!p->rules.loaded)
		zy_log(&p->log, ZY_LOG_WARNING, "no-policies", NULL);
	zy_log(&p->log, ZY_LOG_INFO, "ready", "{s:s,s:i,s:i}", "token", p->config.name, "sessions",
	    (int)p->config.sessions, "keys", (int)p->keys.num);
	printf("{\"ready\":true,\"token\":\"%s\",\"pid\":%ld,\"sessions\":%u}\n", p->config.name, (long)getpid(),
	    p->config.sessions);
	fflush(stdout);
	ok = zy_server_run(&signer, p->run.listener, stop, err);
	zy_log(&p->log, ZY_LOG_INFO, "stopped", NULL);
	return ok;
}

static bool run_with_keys(struct program *p, int stop, struct zy_error *err)
{
	struct zy_token *token;
	bool ok;

	if (!zy_keyring_open(&p->keys, p->config.keys, err))
		return false;
	ok = zy_rules_open(&p->rules, p->config.policies, &p->arena, err) &&
	     zy_signer_journal_open(&p->journal, &p->config, &p->keys, &p->log, err) &&
	     zy_token_open(&token, &p->config, &p->log, err);
	if (ok) {
		ok = serve(p, token, stop, err);
		zy_token_close(token);
	}
	zy_signer_journal_close(p->journal);
	zy_keyring_free(&p->keys);
	return ok;
}

/* The signals are blocked before there is a thread, so that none takes them. */
static bool run(struct program *p, struct zy_error *err)
{
	sigset_t signals;
	int stop;
	bool ok;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0 || (stop = signalfd(-1, &signals, SFD_CLOEXEC)) < 0)
		return zy_fail(err, ZY_E_IO, "signer", ZY_NOWHERE, "cannot wait for signals: %s", strerror(errno));
	ok = zy_run_open(&p->run, &p->config, err);
	if (ok) {
		ok = run_with_keys(p, stop, err);
		zy_run_close(&p->run);
	}
	close(stop);
	return ok;
}

static bool work(struct program *p, struct zy_error *err)
{
	if (!read_config(p, err) || !set_variables(&p->config, err))
		return false;
	switch (p->mode) {
	case MODE_RUN:
		return run(p, err);
	case MODE_INIT:
		return init_token(p, err);
	case MODE_CHECK:
		return check_config(p, err);
	}
	return false;
}

int main(int argc, char **argv)
{
	struct program p = { .log = { &zy_clock_system, STDERR_FILENO } };
	struct zy_error err = { 0 };
	bool ok;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (!parse_arguments(&p, argc, argv)) {
		fputs(usage, stderr);
		return 64;
	}
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	/* no core file and no other process of this user reads our memory, which holds a PIN at times */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 70;
	ok = work(&p, &err);
	zy_arena_free(&p.arena);
	if (!ok)
		fprintf(stderr, "zhengyin-signer: error: %s: %s\n", zy_code_name(err.code), err.msg);
	return ok ? 0 : zy_code_exit(err.code);
}
