/* Which authorities' certificates go along with a document: those that issued its signer's, whatever generation. */
#include "zy/home.h"

#include <glob.h>

#include "zy/certificate.h"
#include "zy/file.h"
#include "zy/x509.h"

#define CERT_MAX ((size_t)64 << 10)

/* Adds those of the certificates of a pattern that vouch for `below`. */
static bool add_issuers(const struct zy_home *h, const char *pattern, const struct zy_x509 *below, struct zy_arena *a,
    struct zy_bytes out[ZY_HOME_CHAIN_MAX], size_t *num, struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "%s", pattern);
	struct zy_bytes pem, der;
	struct zy_x509 c;
	glob_t g = { 0 };
	bool ok = true;

	if (path == NULL)
		return false;
	if (glob(path, 0, NULL, &g) == 0)
		for (size_t i = 0; ok && i < g.gl_pathc && *num < ZY_HOME_CHAIN_MAX; i++) {
			ok = zy_file_read(g.gl_pathv[i], CERT_MAX, a, &pem, err) &&
			     zy_cert_from_pem(pem, a, &der, err) && zy_x509_parse(&c, der, err);
			if (ok && c.subject_key_id.len > 0 && zy_bytes_equal(c.subject_key_id, below->authority_key_id))
				out[(*num)++] = der;
		}
	globfree(&g);
	return ok;
}

bool zy_home_chain(const struct zy_home *h, struct zy_bytes cert, enum zy_suite suite, struct zy_arena *a,
    struct zy_bytes out[ZY_HOME_CHAIN_MAX], size_t *num, struct zy_error *err)
{
	const char *issuing = zy_arena_printf(a, err, "pki/issuing-%s*.pem", zy_suite_name(suite));
	struct zy_x509 c;

	*num = 0;
	return issuing != NULL && zy_x509_parse(&c, cert, err) && add_issuers(h, issuing, &c, a, out, num, err) &&
	       (*num > 0 || zy_fail(err, ZY_E_NOT_FOUND, "issuing", ZY_NOWHERE,
				"no certificate in HOME/pki is of the authority that issued a signer's certificate"));
}
