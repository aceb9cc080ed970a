/* zhengyin-signer: the only process that talks to a token. One process, one token; see zy/hsm.h for its client. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "confine.h"
#include "keeper.h"
#include "law_group.h"
#include "pin.h"
#include "server.h"
#include "tokenkey.h"

static const char usage[] =
    "usage: zhengyin-signer --home HOME --token NAME [--init | --check-config]\n"
    "Holds the keys of one token for the other programs of HOME, and refuses what the seal rules do not allow.\n"
    "  --home HOME      the folder made by `zhengyin init`\n"
    "  --token NAME     the token described by HOME/signer/NAME.json\n"
    "  --init           make the token and its PINs, then stop\n"
    "  --check-config   read all configuration, then stop\n"
    "  --adopt FD,FD    lock and socket of a signer whose supervisor died; for the signer itself\n"
    "  --pin-fd FD      a pipe that holds the PIN, of \"pin\": \"prompt\"; for `zhengyin up`\n"
    "  --help           this text\n"
    "Without --init and --check-config it runs in the foreground until SIGTERM and says {\"ready\":true,...} once it\n"
    "can sign. Two processes: a supervisor, and the host of the PKCS#11 module; each brings the other back.\n"
    "Its log is JSON lines on standard error. PINs come from where NAME.json says: a file of HOME (\"pin_file\"),\n"
    "NAME.pin in $CREDENTIALS_DIRECTORY (\"pin\": \"credential\"), or a person whom `zhengyin up` asks (\"prompt\").\n";

enum mode { MODE_RUN, MODE_INIT, MODE_CHECK };

struct program {
	const char *home, *token;
	enum mode mode;
	int lock, listener; /* taken over; -1 */
	int pin_fd;         /* -1 */
	bool again;         /* in the host: another could sign before */
	int exit;           /* of a signer that ran */
	struct zy_log log;
	struct zy_arena arena;
	struct zy_signer_config config;
	struct zy_law law;
	struct zy_keyring keys;
	struct zy_run run;
	struct zy_signer_journal *journal;
};

static bool parse_adopt(struct program *p, const char *text)
{
	char *end;
	long lock = strtol(text, &end, 10), listener = *end == ',' ? strtol(end + 1, &end, 10) : -1;

	p->lock = (int)lock;
	p->listener = (int)listener;
	return *end == 0 && lock > 2 && lock < 1024 && listener > 2 && listener < 1024;
}

static bool parse_fd(int *out, const char *text)
{
	char *end;
	long fd = strtol(text, &end, 10);

	*out = (int)fd;
	return *end == 0 && fd > 2 && fd < 1024;
}

static bool parse_arguments(struct program *p, int argc, char **argv)
{
	static const struct option options[] = { { "home", required_argument, NULL, 'h' },
		{ "token", required_argument, NULL, 't' }, { "init", no_argument, NULL, 'i' },
		{ "check-config", no_argument, NULL, 'c' }, { "adopt", required_argument, NULL, 'a' },
		{ "pin-fd", required_argument, NULL, 'p' }, { "help", no_argument, NULL, '?' }, { 0 } };
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
		else if (o == 'a' ? !parse_adopt(p, optarg) : o != 'p' || !parse_fd(&p->pin_fd, optarg))
			return false;
	}
	return optind == argc && p->home != NULL && p->token != NULL;
}

/* Where the PIN is, when it is in no file of the home. A path in the environment is not the PIN. */
static bool find_pin(struct program *p, struct zy_error *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct zy_signer_config *c = &p->config;

	if (c->pin_source == ZY_PIN_CREDENTIAL) {
		if (folder == NULL || folder[0] != '/')
			return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
			    "there is no $CREDENTIALS_DIRECTORY: the unit of this service needs LoadCredential=%s.pin:FILE",
			    p->token);
		c->pin = zy_arena_printf(&p->arena, err, "%s/%s.pin", folder, p->token);
		return c->pin != NULL;
	}
	if (c->pin_source != ZY_PIN_PROMPT || p->mode != MODE_RUN)
		return true;
	if (p->pin_fd < 0)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "signer/%s.json says \"pin\": \"prompt\": start it with `zhengyin up`, which asks", p->token);
	return zy_pin_page_open(&c->page, p->pin_fd, err);
}

/* More threads than cores: most of them wait for the disk, and those that wait together share one sync. */
static bool read_config(struct program *p, struct zy_error *err)
{
	long wanted = 4 * sysconf(_SC_NPROCESSORS_ONLN);
	unsigned sessions = wanted < 4 ? 4 : wanted > ZY_SESSIONS_MAX ? ZY_SESSIONS_MAX : (unsigned)wanted;

	return zy_signer_config_read(&p->config, p->home, p->token, sessions, &p->arena, err) && find_pin(p, err);
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
	struct zy_rules rules;
	ZY_PIN_AUTO pin = { 0 };

	if (!zy_keyring_open(&p->keys, p->config.keys, err))
		return false;
	zy_keyring_free(&p->keys);
	if (!zy_rules_open(&rules, p->config.policies, &p->arena, err))
		return false;
	if (p->config.pin_source != ZY_PIN_PROMPT && !zy_signer_pin(&p->config, &pin, err))
		return false;
	if (access(p->config.module, R_OK) != 0)
		return zy_fail(err, ZY_E_TOKEN, "module", ZY_NOWHERE, "the PKCS#11 module %s cannot be read: %s",
		    p->config.module, strerror(errno));
	puts("{\"ok\":true}");
	return true;
}

static bool init_token(struct program *p, struct zy_error *err)
{
	pid_t tpm = 0;
	bool ok;

	if (!zy_run_open(&p->run, &p->config, err))
		return false;
	ok = zy_swtpm_run(&p->config, &tpm, err) && zy_token_init(&p->config, &p->log, err);
	zy_swtpm_end(tpm);
	zy_run_close(&p->run);
	if (ok)
		puts("{\"ok\":true}");
	return ok;
}

/* Every key of the table must be in the token before anyone is told that we are ready. Later a key that was lost
 * meanwhile takes no other with it. */
static bool load_keys(struct program *p, struct zy_token *token, struct zy_error *err)
{
	struct zy_session s;
	bool ok = true;

	zy_session_start(&s, token);
	for (size_t i = 0; ok && i < p->keys.num; i++) {
		struct zy_key *key = p->keys.keys[i];
		struct zy_error why = { 0 };

		if (key->life.destroyed != ZY_TIME_NEVER) {
			zy_tokenkey_remove(token, key); /* a crash may have left it */
			continue;
		}
		if (zy_tokenkey_load(&s, key, &why)) {
			if (key->can_leave)
				zy_log(&p->log, ZY_LOG_WARNING, "key-extractable", "{s:s}", "key", key->label);
			continue;
		}
		key->is_lost = p->again && why.code == ZY_E_NOT_FOUND;
		if (key->is_lost)
			zy_log(&p->log, ZY_LOG_ERROR, "key-lost", "{s:s}", "key", key->label);
		else
			ok = zy_fail(err, why.code, why.field, ZY_NOWHERE, "%s", why.msg);
	}
	zy_session_close(&s);
	return ok;
}

static bool serve(struct program *p, struct zy_token *token, int stop, int ready, struct zy_error *err)
{
	struct zy_ceremony ceremony;
	struct zy_signer signer = { .config = &p->config,
		.clock = &zy_clock_system,
		.log = &p->log,
		.token = token,
		.keys = &p->keys,
		.law = &p->law,
		.journal = p->journal,
		.making = PTHREAD_MUTEX_INITIALIZER };
	bool ok;

	if (!load_keys(p, token, err))
		return false;
	if (!p->law.rules.loaded && !p->config.ceremony)
		zy_log(&p->log, ZY_LOG_WARNING, "no-policies", NULL);
	zy_log(&p->log, ZY_LOG_INFO, "ready", "{s:s,s:i,s:i}", "token", p->config.name, "sessions",
	    (int)p->config.sessions, "keys", (int)p->keys.num);
	if (write(ready, "r", 1) != 1)
		return zy_fail(err, ZY_E_IO, "signer", ZY_NOWHERE, "the supervisor is gone");
	printf("{\"ready\":true,\"token\":\"%s\",\"pid\":%ld,\"sessions\":%u}\n", p->config.name, (long)getppid(),
	    p->config.sessions);
	fflush(stdout);
	zy_ceremony_init(&ceremony, p->keys.num == 0 && p->law.officers.num == 0);
	if (p->config.ceremony)
		signer.ceremony = &ceremony;
	ok = zy_server_run(&signer, p->run.listener, stop, err);
	zy_ceremony_free(&ceremony);
	zy_log(&p->log, ZY_LOG_INFO, "stopped", NULL);
	return ok;
}

static bool serve_with_keys(struct program *p, int signals, int ready, bool *fresh, struct zy_error *err)
{
	struct epoll_event e = { .events = EPOLLIN };
	struct zy_token *token;
	int stop;
	bool ok;

	if (p->config.page != NULL && !zy_pin_page_lock(p->config.page, err))
		return false;
	if (!zy_keyring_open(&p->keys, p->config.keys, err))
		return false;
	ok = zy_signer_journal_open(&p->journal, &p->config, &p->keys, &p->log, err) &&
	     zy_law_open(&p->law, &p->config, p->journal, &p->log, &zy_clock_system, err) &&
	     zy_law_catch_up(&p->law, p->home, err) && zy_token_open(&token, &p->config, &p->log, err);
	if (ok) {
		stop = epoll_create1(EPOLL_CLOEXEC);
		ok = stop >= 0 && epoll_ctl(stop, EPOLL_CTL_ADD, signals, &e) == 0 &&
		     epoll_ctl(stop, EPOLL_CTL_ADD, zy_token_fresh(token), &e) == 0;
		ok = ok ? serve(p, token, stop, ready, err)
			: zy_fail(err, ZY_E_IO, "signer", ZY_NOWHERE, "no epoll: %s", strerror(errno));
		*fresh = zy_token_is_broken(token);
		if (!*fresh) /* a broken module may not come back from C_Finalize */
			zy_token_close(token);
		close(stop);
	}
	zy_law_close(&p->law);
	zy_signer_journal_close(p->journal);
	zy_keyring_free(&p->keys);
	return ok;
}

/* The supervisor died: this process, which has left its module, becomes it. */
static void take_over(const struct program *p)
{
	int pin = p->config.page == NULL ? -1 : zy_pin_page_pipe(p->config.page);
	char fds[32], pin_fd[16];

	snprintf(fds, sizeof(fds), "%d,%d", p->run.lock, p->run.listener);
	snprintf(pin_fd, sizeof(pin_fd), "%d", pin);
	if (fcntl(p->run.lock, F_SETFD, 0) == 0 && fcntl(p->run.listener, F_SETFD, 0) == 0)
		execl("/proc/self/exe", "zhengyin-signer", "--home", p->home, "--token", p->token, "--adopt", fds,
		    pin < 0 ? (char *)NULL : "--pin-fd", pin_fd, (char *)NULL);
}

/* The child of the supervisor. Signals are blocked, so that no thread takes them. */
static int host(void *arg, int ready, bool again)
{
	struct program *p = arg;
	struct zy_error err = { 0 };
	struct signalfd_siginfo info;
	pid_t supervisor = getppid();
	bool fresh = false, ok;
	sigset_t signals;
	int fd;

	p->again = again;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	ok = fd >= 0 ? serve_with_keys(p, fd, ready, &fresh, &err)
		     : zy_fail(&err, ZY_E_IO, "signer", ZY_NOWHERE, "cannot wait for signals: %s", strerror(errno));
	if (!ok)
		fprintf(stderr, "zhengyin-signer: error: %s: %s\n", zy_code_name(err.code), err.msg);
	if (getppid() != supervisor) {
		while (read(fd, &info, sizeof(info)) == sizeof(info)) /* what told us of its death */
			continue;
		zy_log(&p->log, ZY_LOG_WARNING, "supervisor-died", NULL);
		take_over(p);
	}
	return ok ? (fresh ? 75 : 0) : zy_code_exit(err.code);
}

static bool run(struct program *p, struct zy_error *err)
{
	struct zy_keeper k = { .config = &p->config, .log = &p->log, .run = &p->run, .host = host, .arg = p };
	bool ok;

	k.took_over = p->lock >= 0;
	ok = k.took_over ? zy_run_adopt(&p->run, &p->config, p->lock, p->listener, err)
			 : zy_run_open(&p->run, &p->config, err);
	if (!ok)
		return false;
	if (!k.took_over && !zy_run_listen(&p->run, err))
		ok = false;
	else
		p->exit = zy_keeper_run(&k);
	zy_pin_page_close(p->config.page);
	zy_run_close(&p->run);
	return ok;
}

static bool work(struct program *p, struct zy_error *err)
{
	if (!read_config(p, err) || !set_variables(&p->config, err) || !zy_confine_calls(p->config.network, err))
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
	struct program p = { .lock = -1, .listener = -1, .pin_fd = -1, .log = { &zy_clock_system, STDERR_FILENO } };
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
	prctl(PR_SET_NAME, "zhengyin-signer", 0, 0, 0); /* also after exec of /proc/self/exe */
	signal(SIGPIPE, SIG_IGN);
	ok = zy_confine_memory(&err) && work(&p, &err);
	zy_arena_free(&p.arena);
	if (!ok)
		fprintf(stderr, "zhengyin-signer: error: %s: %s\n", zy_code_name(err.code), err.msg);
	return ok ? p.exit : zy_code_exit(err.code);
}
