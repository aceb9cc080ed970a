#include "init_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "person.h"
#include "zy/desk.h"
#include "zy/file.h"
#include "zy/folder.h"
#include "zy/home_files.h"

static bool make_vault(const struct zy_home *h, const struct zy_clock *clock, struct zy_error *err)
{
	struct zy_wrapping by = { .key = h->wrap_key };
	const struct zy_wrapper w = zy_wrapping_of(&by);
	ZY_ARENA_AUTO a = { 0 };
	const char *folder = zy_home_path(h, &a, err, "vault");
	bool ok;

	if (folder == NULL || !zy_hsm_open(&by.hsm, h->path, err))
		return false;
	ok = zy_hsm_generate(by.hsm, h->wrap_key, ZY_KEY_AES256, ZY_USE_WRAP, err) &&
	     zy_vault_make(folder, h->suite, &w, err) && zy_init_tenants(h, &w, clock, err);
	zy_hsm_close(by.hsm);
	return ok;
}

/* What was begun goes away again: processes first, then every file; the folder itself only if it was ours. */
static void undo(const struct zy_home *h, bool made_folder)
{
	struct zy_error ignored = { 0 };
	unsigned num;

	if (!zy_processes_stop(h, &num, &ignored))
		fprintf(stderr, "zhengyin: warning: %s\n", ignored.msg);
	(void)zy_folder_empty(h->path, NULL);
	if (made_folder)
		rmdir(h->path);
}

/* HOME must be absent or empty: nothing of anybody's is ever overwritten. */
static bool claim_folder(const char *path, bool *made, struct zy_error *err)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int num = 0;

	*made = d == NULL && errno == ENOENT;
	if (*made)
		return zy_folder_make(path, 0700, err);
	if (d == NULL)
		return zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "cannot use %s: %s", path, strerror(errno));
	while ((e = readdir(d)) != NULL)
		num += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	if (num > 0)
		return zy_fail(err, ZY_E_EXISTS, "home", ZY_NOWHERE,
		    "%s is there already and not empty; choose another folder with -C, or remove it", path);
	return chmod(path, 0700) == 0 || zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "cannot use %s", path);
}

static bool make_parts(const struct zy_init_plan *plan, struct zy_home *h, struct zy_arena *a, struct zy_error *err)
{
	struct zy_person_wish *persons = NULL;
	size_t num = 0;

	if (!plan->demo && !zy_persons_list(plan->persons, a, &persons, &num, err))
		return false;
	plan->progress("folders, policies and token settings", "文件夹、规则与密码模块配置");
	if (!zy_init_layout(plan, h, err))
		return false;
	plan->progress("officers and who asks, each with a token", "批准人与申请人，各有密码模块");
	if (plan->demo ? !zy_persons_demo(h, plan->softhsm, zy_now(plan->clock), err)
		       : !zy_persons_enrol(h, persons, num, plan->softhsm, plan->attend, zy_now(plan->clock), err))
		return false;
	plan->progress("tokens: SoftHSM2 (P-256, AES) and TPM (SM2), and two for the roots",
	    "密码模块：SoftHSM2（P-256、AES）与 TPM（SM2），另有两个根密码模块");
	if (!zy_init_tokens(h, err))
		return false;
	plan->progress("ceremony of the roots, which then are off line: ceremony/root.txt",
	    "根密钥仪式（其后离线）：ceremony/root.txt");
	plan->progress(
	    "keys, certificates, seals and trust bundle in both suites", "两套算法的密钥、证书、印章与信任包");
	if (!zy_init_pki(plan, h, a, err))
		return false;
	plan->progress("vault", "证照库");
	return make_vault(h, plan->clock, err) && zy_home_files_begin(h->path, err) && zy_home_write(h, err);
}

bool zy_init(const struct zy_init_plan *plan, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h = { .demo = plan->demo,
		.suite = plan->suite,
		.font_regular = plan->font_regular,
		.font_bold = plan->font_bold,
		.wrap_key = "pkcs11:token=" ZY_TOKEN_SOFT ";object=vault-wrap",
		.num_tokens = 2,
		.tokens = { ZY_TOKEN_SOFT, ZY_TOKEN_TPM } };
	char whole[4096];
	bool made;

	if (!claim_folder(plan->path, &made, err))
		return false;
	if (realpath(plan->path, whole) == NULL)
		return zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "cannot use %s: %s", plan->path, strerror(errno));
	h.path = whole;
	if (make_parts(plan, &h, &a, err))
		return true;
	undo(&h, made);
	return false;
}
