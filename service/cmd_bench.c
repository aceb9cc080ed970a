/* bench: our rates beside the raw primitives, both measured in the same run on a home of its own. */
#include "bench.h"
#include "init.h"
#include "processes.h"
#include "zy/folder.h"
#include "zy/kept.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RAW_SECONDS 2

static const struct {
	const char *name;
	bool (*run)(struct zy_bench *b, struct zy_error *err);
} benches[] = { { "mint", zy_bench_mint }, { "sign-pooled", zy_bench_sign },
	{ "sm2-verify-known-key", zy_bench_sm2_known }, { "sm2-verify-new-key", zy_bench_sm2_new },
	{ "p256-verify-known-key", zy_bench_p256_known }, { "p256-verify-new-key", zy_bench_p256_new },
	{ "verify-licence-pdf", zy_bench_verify_pdf }, { "verify-licence-ofd", zy_bench_verify_ofd },
	{ "verify-cms", zy_bench_verify_cms }, { "verify-showing-sm2", zy_bench_showing_sm2 },
	{ "verify-showing-p256", zy_bench_showing_p256 }, { "vault-put", zy_bench_vault_put },
	{ "vault-get", zy_bench_vault_get }, { "vault", zy_bench_vault }, { "cert-issue", zy_bench_cert_issue },
	{ "ocsp-live", zy_bench_ocsp_live }, { "tsa", zy_bench_tsa } };
#define NUM_BENCHES (sizeof(benches) / sizeof(*benches))

static void clear(struct zy_bench *b)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_home h;
	unsigned num;

	zy_desk_close(&b->desk);
	zy_arena_free(&b->arena);
	if (zy_home_open(&h, b->home, &a, &ignored) && !zy_processes_stop(&h, &num, &ignored))
		fprintf(stderr, "zhengyin: warning: %s\n", ignored.msg);
	zy_folder_remove(b->folder);
}

/* The signers read it when they start. */
static bool set_sessions(const struct zy_bench *b, const struct zy_home *h, const char *token, struct zy_error *err)
{
	char path[4352], *text = NULL;
	json_t *root;
	bool ok;

	snprintf(path, sizeof(path), "%s/signer/%s.json", h->path, token);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	ok = root != NULL && json_object_set_new(root, "sessions", json_integer(b->sessions)) == 0 &&
	     (text = json_dumps(root, JSON_INDENT(1))) != NULL && zy_kept_write(path, zy_str(text), 0600, true, err);
	free(text);
	json_decref(root);
	return ok || zy_fail(err, ZY_E_IO, "sessions", ZY_NOWHERE, "cannot write %s", path);
}

static bool start_with_sessions(const struct zy_bench *b, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;
	unsigned num;

	if (!zy_home_open(&h, b->home, &a, err) || !zy_processes_stop(&h, &num, err))
		return false;
	for (size_t i = 0; i < h.num_tokens; i++)
		if (!set_sessions(b, &h, h.tokens[i], err))
			return false;
	return zy_processes_start(&h, err);
}

static bool set_up(struct zy_bench *b, struct zy_error *err)
{
	const char *tmp = "/tmp";
	char *argv[] = { (char *)(uintptr_t) "init", (char *)(uintptr_t) "--demo", NULL };

	snprintf(b->folder, sizeof(b->folder), "%s/zhengyin-bench-XXXXXX", tmp);
	if (mkdtemp(b->folder) == NULL)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make a folder in %s", tmp);
	snprintf(b->home, sizeof(b->home), "%s/home", b->folder);
	b->cli.home = b->home;
	b->cli.quiet = true; /* only bench lines belong on stdout */
	if (!zy_cmd_init(&b->cli, 2, argv, err) || (b->sessions > 0 && !start_with_sessions(b, err)) ||
	    !zy_desk_open(&b->desk, b->home, ZY_DESK_MINT, b->cli.clock, b->cli.tsa_time, err) ||
	    !zy_policy_type(&b->desk.policy, "business-licence", &b->type, err))
		return false;
	b->rule = zy_policy_seal(&b->desk.policy, b->type->seal);
	return b->rule != NULL || zy_fail(err, ZY_E_POLICY, "bench", ZY_NOWHERE, "the type has no seal");
}

static bool number(const char *text, const char *name, uint64_t most, uint64_t *out, struct zy_error *err)
{
	char *end;
	unsigned long long v;

	if (text == NULL)
		return true;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != 0 || v < 1 || v > most)
		return zy_fail(err, ZY_E_USAGE, name, ZY_NOWHERE, "--%s is 1 to %llu", name, (unsigned long long)most);
	*out = v;
	return true;
}

/* `verify` is every benchmark of verification. */
static bool is_asked_for(const char *word, const char *name)
{
	return word == NULL || strcmp(word, name) == 0 ||
	       (strcmp(word, "verify") == 0 && strstr(name, "verify") != NULL);
}

static bool is_bench(const char *word, struct zy_error *err)
{
	for (size_t i = 0; i < NUM_BENCHES; i++)
		if (is_asked_for(word, benches[i].name))
			return true;
	return zy_fail(err, ZY_E_USAGE, "bench", ZY_NOWHERE,
	    "there is no benchmark %.40s; `zhengyin bench` runs all there are", word);
}

bool zy_cmd_bench(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *count = NULL, *records = NULL, *file_bytes = NULL, *seconds = NULL, *threads = NULL,
		   *sessions = NULL, *words[1] = { NULL };
	const struct zy_option opts[] = { { "count", "N", "licences to mint (default 1000)", &count, NULL },
		{ "records", "N", "records that `bench vault` stores (default 10000; 1000000 takes 9 GB of disk)",
		    &records, NULL },
		{ "file-bytes", "N", "octets of each of their two files, 1 to 4096 (default 1500)", &file_bytes, NULL },
		{ "seconds", "N", "how long each rate is measured (default 2)", &seconds, NULL },
		{ "threads", "N", "threads that mint and store (default four for each core)", &threads, NULL },
		{ "sessions", "N", "sessions of each signer, 1 to 64 (default four for each core)", &sessions, NULL },
		{ 0 } };
	struct zy_bench b = { .cli = *c, .count = 1000, .records = 10000, .file_bytes = 1500 };
	uint64_t raw_seconds = RAW_SECONDS, num_threads = zy_cli_threads(), num_sessions = 0;
	bool go, ok;

	if (!zy_cli_parse(c, "bench", opts, argc, argv, 0, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if ((!is_bench(words[0], err)) || !number(count, "count", 1000000, &b.count, err) ||
	    !number(records, "records", 100000000, &b.records, err) ||
	    !number(file_bytes, "file-bytes", ZY_BENCH_FILE_MAX, &b.file_bytes, err) ||
	    !number(seconds, "seconds", 10, &raw_seconds, err) || !number(threads, "threads", 64, &num_threads, err) ||
	    !number(sessions, "sessions", 64, &num_sessions, err))
		return false;
	b.seconds = (unsigned)raw_seconds;
	b.threads = (unsigned)num_threads;
	b.sessions = (unsigned)num_sessions;
	b.cli.json = c->json;
	ok = set_up(&b, err);
	for (size_t i = 0; ok && i < NUM_BENCHES; i++)
		if (is_asked_for(words[0], benches[i].name))
			ok = benches[i].run(&b, err);
	clear(&b);
	return ok;
}
