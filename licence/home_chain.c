/* Which authorities' certificates go along with a document: those that issued its signer's, whatever generation. */
#include "zy/home.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "zy/certificate.h"
#include "zy/kept.h"
#include "zy/x509.h"

#define CERT_MAX ((size_t)64 << 10)

/* The file of a link by which who trusts the root before follows to a later one; the other links lead the other way. */
static bool is_way_back(const char *path)
{
	const char *at = strchr(strrchr(path, '/'), '~');
	unsigned of, by;

	return at == NULL || sscanf(at, "~%u.by~%u.pem", &of, &by) != 2 || of > by;
}

struct chain {
	const struct zy_home *h;
	struct zy_arena *a;
	struct zy_bytes *out;
	size_t num;
};

/* Adds those of the certificates of a pattern that vouch for `below`. */
static bool add_issuers(struct chain *to, const char *pattern, struct zy_bytes below, struct zy_error *err)
{
	const char *path = zy_home_path(to->h, to->a, err, "%s", pattern);
	struct zy_bytes pem, der;
	struct zy_x509 c, under;
	glob_t g = { 0 };
	bool ok = true;

	if (path == NULL || !zy_x509_parse(&under, below, err))
		return false;
	if (glob(path, 0, NULL, &g) == 0)
		for (size_t i = 0; ok && i < g.gl_pathc && to->num < ZY_HOME_CHAIN_MAX; i++) {
			if (!is_way_back(g.gl_pathv[i]))
				continue;
			ok = zy_kept_read(g.gl_pathv[i], CERT_MAX, to->a, &pem, err) &&
			     zy_cert_from_pem(pem, to->a, &der, err) && zy_x509_parse(&c, der, err);
			if (ok && c.subject_key_id.len > 0 && zy_bytes_equal(c.subject_key_id, under.authority_key_id))
				to->out[to->num++] = der;
		}
	globfree(&g);
	return ok;
}

bool zy_home_chain(const struct zy_home *h, struct zy_bytes cert, enum zy_suite suite, struct zy_arena *a,
    struct zy_bytes out[ZY_HOME_CHAIN_MAX], size_t *num, struct zy_error *err)
{
	const char *issuing = zy_arena_printf(a, err, "pki/issuing-%s*.pem", zy_suite_name(suite)),
		   *links = zy_arena_printf(a, err, "pki/root-%s~*.by~*.pem", zy_suite_name(suite));
	struct chain to = { .h = h, .a = a, .out = out };

	if (issuing == NULL || links == NULL || !add_issuers(&to, issuing, cert, err))
		return false;
	if (to.num == 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "issuing", ZY_NOWHERE,
		    "no certificate in HOME/pki is of the authority that issued a signer's certificate");
	for (size_t i = 0; i < to.num; i++)
		if (!add_issuers(&to, links, out[i], err))
			return false;
	*num = to.num;
	return true;
}
