/* The files of a new home that hold no key: folders, policies, settings of the tokens. */
#include "init_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "zy/file.h"
#include "zy/home_files.h"

#define POLICY_FILE_MAX ((size_t)1 << 20)
/* zy-tpm-token's default vendor mechanism: SM2 over e, see hsm/tpm-token. */
#define SM2_MECHANISM 0x80005A02
#define ROOT_FOLDER "root"

static bool write_text(const struct zy_home *h, const char *name, const char *text, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(h, &a, err, "%s", name);

	return path != NULL && (zy_home_area_of(name) == ZY_AREA_OUT ? zy_file_write : zy_kept_write)(
				   path, zy_str(text), 0600, false, err);
}

static bool copy_file(const char *from, const char *to, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes bytes;

	return zy_file_read(from, POLICY_FILE_MAX, &a, &bytes, err) && zy_file_write(to, bytes, 0600, false, err);
}

/* The .json files of a folder; other files are not policies and stay behind. */
static bool copy_folder(const char *from, const char *to, struct zy_error *err)
{
	DIR *d = opendir(from);
	struct dirent *e;
	bool ok = zy_folder_make(to, 0700, err);

	if (d == NULL)
		return zy_fail(err, ZY_E_IO, "policies", ZY_NOWHERE, "cannot read %s: %s", from, strerror(errno));
	while (ok && (e = readdir(d)) != NULL) {
		char source[4640], target[4640];
		size_t len = strlen(e->d_name);

		if (len < 6 || strcmp(e->d_name + len - 5, ".json") != 0)
			continue;
		snprintf(source, sizeof(source), "%s/%.250s", from, e->d_name);
		snprintf(target, sizeof(target), "%s/%.250s", to, e->d_name);
		ok = copy_file(source, target, err);
	}
	closedir(d);
	return ok;
}

static bool copy_policies(const struct zy_init_plan *plan, const struct zy_home *h, struct zy_error *err)
{
	static const char *const folders[] = { "", "/types", "/layouts" };
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof(folders) / sizeof(folders[0]); i++) {
		char from[4352], to[4352];

		snprintf(from, sizeof(from), "%.4000s%s", plan->policies, folders[i]);
		snprintf(to, sizeof(to), "%.4000s/policies%s", h->path, folders[i]);
		ok = copy_folder(from, to, err);
	}
	return ok;
}

/* Where a token's files lie: HOME/tokens, or HOME/root for the tokens of ceremonies. */
static const char *base_of(const char *token)
{
	return strncmp(token, ZY_TOKEN_ROOT, strlen(ZY_TOKEN_ROOT)) == 0 ? ROOT_FOLDER : "tokens";
}

static bool write_token(const struct zy_home *h, const char *token, const char *module, json_t *environment,
    json_t *sm2, const char *swtpm, struct zy_error *err)
{
	const char *base = base_of(token);
	json_t *root = json_pack("{s:s, s:s, s:o, s:o, s:o}", "module", module, "label", token, "pin_file",
	    json_sprintf("%s/%s.pin", base, token), "so_pin_file", json_sprintf("%s/%s.so-pin", base, token),
	    "environment", environment);
	char name[128], *text;
	bool ok;

	if (sm2 != NULL)
		json_object_set_new(root, "sm2", sm2);
	if (swtpm != NULL)
		json_object_set_new(root, "swtpm", json_string(swtpm));
	if (strcmp(base, ROOT_FOLDER) == 0)
		json_object_set_new(root, "ceremony", json_true());
	if (h->demo)
		json_object_set_new(root, "demo", json_true());
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	if (text == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "signer", ZY_NOWHERE, "no memory");
	snprintf(name, sizeof(name), "signer/%s.json", token);
	ok = write_text(h, name, text, err);
	free(text);
	return ok;
}

/* SoftHSM2 takes absolute folders only. */
static bool write_soft(const struct zy_home *h, const char *token, const char *module, const char *store,
    const char *conf, struct zy_error *err)
{
	char text[4352];

	snprintf(text, sizeof(text),
	    "directories.tokendir = %.4000s/%s\nobjectstore.backend = file\nlog.level = ERROR\n"
	    "slots.removable = false\n",
	    h->path, store);
	return write_text(h, conf, text, err) &&
	       write_token(h, token, module, json_pack("{s:s}", "SOFTHSM2_CONF", conf), NULL, NULL, err);
}

bool zy_soft_token_write(const struct zy_home *h, const char *token, const char *module, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *store = zy_arena_printf(&a, err, "%s/%s", base_of(token), token),
		   *conf = zy_arena_printf(&a, err, "%s/%s.conf", base_of(token), token), *folder;

	return store != NULL && conf != NULL && (folder = zy_home_path(h, &a, err, "%s", store)) != NULL &&
	       zy_folder_make(folder, 0700, err) && write_soft(h, token, module, store, conf, err);
}

/* Both SM2 tokens are TPMs with states of their own; a real TPM holds the keys of both, each wrapped for its state. */
static bool write_tpm_token(
    const struct zy_init_plan *plan, const struct zy_home *h, const char *token, struct zy_error *err)
{
	const char *base = base_of(token);
	char folder[4096], module[4352], conf[1024], name[64], swtpm[64];

	if (!zy_program_folder(folder, sizeof(folder), err))
		return false;
	/* Beside the programs: build/lib, or lib/zhengyin of an installation. */
	snprintf(module, sizeof(module), "%.4000s/../lib/zy-tpm-token.so", folder);
	if (access(module, R_OK) != 0)
		snprintf(module, sizeof(module), "%.4000s/../lib/zhengyin/zy-tpm-token.so", folder);
	if (strlen(plan->tcti == NULL ? "" : plan->tcti) > 500)
		return zy_fail(err, ZY_E_USAGE, "tcti", ZY_NOWHERE, "the TCTI text is too long");
	snprintf(conf, sizeof(conf), "tcti = %s\nstate = tpm\nlabel = %s\nmechanism = 0x%X\ninput = e\noutput = rs\n",
	    plan->tcti == NULL ? "unix:swtpm/tpm.sock" : plan->tcti, token, SM2_MECHANISM);
	snprintf(name, sizeof(name), "%s/%s.conf", base, token);
	snprintf(swtpm, sizeof(swtpm), "%s/swtpm", base);
	return write_text(h, name, conf, err) &&
	       write_token(h, token, module, json_pack("{s:s}", "ZY_TPM_TOKEN_CONF", name),
		   json_pack("{s:I, s:s, s:s}", "mechanism", (json_int_t)SM2_MECHANISM, "input", "e", "output", "rs"),
		   plan->tcti == NULL ? swtpm : NULL, err);
}

bool zy_init_layout(const struct zy_init_plan *plan, const struct zy_home *h, struct zy_error *err)
{
	static const char *const folders[] = { "pki", "seals", "trust", "tokens", "tokens/softhsm", "tokens/tpm",
		"root", "root/tpm", "signer", "run", "wallet", "ceremony", "tokens/swtpm", "root/swtpm" };
	const size_t num = sizeof(folders) / sizeof(folders[0]) - (plan->tcti == NULL ? 0 : 2);
	ZY_ARENA_AUTO a = { 0 };
	const char *path;

	for (size_t i = 0; i < num; i++)
		if ((path = zy_home_path(h, &a, err, "%s", folders[i])) == NULL || !zy_folder_make(path, 0700, err))
			return false;
	return copy_policies(plan, h, err) &&
	       write_soft(h, ZY_TOKEN_SOFT, plan->softhsm, "tokens/softhsm", "tokens/softhsm2.conf", err) &&
	       write_tpm_token(plan, h, ZY_TOKEN_TPM, err) && write_tpm_token(plan, h, ZY_TOKEN_ROOT_TPM, err) &&
	       zy_soft_token_write(h, ZY_TOKEN_ROOT, plan->softhsm, err);
}

bool zy_signer_init(const struct zy_home *h, const char *token, struct zy_error *err)
{
	char program[4352], name[128];
	char *argv[] = { program, "--home", ".", "--token", (char *)(uintptr_t)token, "--init", NULL };

	if (!zy_program_folder(program, 4000, err))
		return false;
	snprintf(program + strlen(program), sizeof(program) - strlen(program), "/zhengyin-signer");
	snprintf(name, sizeof(name), "signer-%s", token);
	return zy_process_run(h, name, argv, err);
}

bool zy_init_tokens(const struct zy_home *h, struct zy_error *err)
{
	for (size_t i = 0; i < h->num_tokens; i++)
		if (!zy_signer_init(h, h->tokens[i], err))
			return false;
	return zy_signer_init(h, ZY_TOKEN_ROOT_TPM, err) && zy_signer_init(h, ZY_TOKEN_ROOT, err) &&
	       zy_processes_start(h, err);
}
