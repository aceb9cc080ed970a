#include "zy/home_files.h"

#include <fnmatch.h>

/* The first row that fits. A star stands for anything, slashes too. */
static const struct {
	const char *pattern;
	enum zy_home_area area;
} areas[] = {
	{ "run", ZY_AREA_OUT }, /* sockets, locks, pids, logs */
	{ "run/*", ZY_AREA_OUT },
	{ "tokens", ZY_AREA_OUT }, /* the modules' own files, with which a token does not log in, or not sign, when they
				      were changed; a signature is verified before it leaves a signer */
	{ "tokens/*", ZY_AREA_OUT },
	{ "root", ZY_AREA_OUT }, /* the same, of the roots: mostly elsewhere */
	{ "root/*", ZY_AREA_OUT },
	{ "out", ZY_AREA_OUT }, /* licences handed out: the vault has them, and who gets one verifies it */
	{ "out/*", ZY_AREA_OUT },
	{ "*.lock", ZY_AREA_OUT }, /* empty, or the number of who holds it */
	{ "*/lock.mdb", ZY_AREA_OUT },
	{ "vault.restore*", ZY_AREA_UNFINISHED },
	{ "vault-secret.*", ZY_AREA_UNFINISHED },
	{ "*.part", ZY_AREA_UNFINISHED },
	{ "*.part/*", ZY_AREA_UNFINISHED },
	{ "*.part-*", ZY_AREA_UNFINISHED },
	{ ZY_KEPT_RECORD, ZY_AREA_OWN },
	{ "vault/data.mdb", ZY_AREA_OWN },
	{ "vault/data.sums", ZY_AREA_OWN },
	{ "vault/check", ZY_AREA_OWN },
	{ "vault/backed-up", ZY_AREA_OWN },
	{ "vault/check-files", ZY_AREA_OWN },
	{ "vault-secret/data.mdb", ZY_AREA_OWN },
	{ "vault-secret/data.sums", ZY_AREA_OWN },
	{ "vault-secret/check", ZY_AREA_OWN },
	{ "vault-secret/backed-up", ZY_AREA_OWN },
	{ "vault*", ZY_AREA_STRAY },
	{ "ca/data.mdb", ZY_AREA_OWN },
	{ "ca/data.sums", ZY_AREA_OWN },
	{ "signer/*.journal", ZY_AREA_OWN },
	{ "signer/*.head", ZY_AREA_OWN },
	{ "tsa/clock", ZY_AREA_OWN },
	{ "config.json", ZY_AREA_HAND },
	{ "trust/pin", ZY_AREA_HAND },
	{ "policies/seals.json", ZY_AREA_RECORD }, /* by order of two officers, as the next */
	{ "policies/officers.json", ZY_AREA_RECORD },
	{ "policies*", ZY_AREA_HAND },
	{ "signer/approved*", ZY_AREA_RECORD },
	{ "signer*", ZY_AREA_HAND },
	{ "pki*", ZY_AREA_RECORD },
	{ "seals*", ZY_AREA_RECORD },
	{ "trust*", ZY_AREA_RECORD },
	{ "ca*", ZY_AREA_RECORD },
	{ "crl*", ZY_AREA_RECORD },
	{ "log*", ZY_AREA_RECORD },
	{ "tsa*", ZY_AREA_RECORD },
	{ "wallet*", ZY_AREA_RECORD },
	{ "ceremony*", ZY_AREA_RECORD },
};

enum zy_home_area zy_home_area_of(const char *name)
{
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		if (fnmatch(areas[i].pattern, name, 0) == 0)
			return areas[i].area;
	return ZY_AREA_STRAY;
}

static bool has_no_line(const char *name)
{
	const enum zy_home_area area = zy_home_area_of(name);

	return area != ZY_AREA_RECORD && area != ZY_AREA_HAND;
}

bool zy_home_files_begin(const char *home, struct zy_error *err)
{
	return zy_kept_begin(home, has_no_line, err);
}
