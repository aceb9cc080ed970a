/* Which generation of a key is used, and what belongs to it: the signer says the one, files of the home hold the other.
 */
#include "zy/home.h"

#include "zy/certificate.h"
#include "zy/kept.h"

#define CERT_MAX ((size_t)64 << 10)

const char *zy_home_generation(const struct zy_home *h, const char *stem, unsigned generation, const char *extension,
    struct zy_arena *a, struct zy_error *err)
{
	return generation == 1 ? zy_home_path(h, a, err, "%s.%s", stem, extension)
			       : zy_home_path(h, a, err, "%s~%u.%s", stem, generation, extension);
}

const char *zy_home_stem(const char *cert, struct zy_arena *a, struct zy_error *err)
{
	const size_t len = strlen(cert), end = len > 4 && strcmp(cert + len - 4, ".pem") == 0 ? 4 : 0;

	return zy_arena_printf(a, err, "%.*s", (int)(len - end), cert);
}

bool zy_home_key(const struct zy_home *h, struct zy_hsm *hsm, const char *key, const char *stem, struct zy_arena *a,
    struct zy_home_key *out, struct zy_error *err)
{
	struct zy_bytes alias, pem;
	const char *path;

	if (key == NULL || stem == NULL || !zy_hsm_current(hsm, key, a, &out->uri, err))
		return false;
	out->generation = zy_key_generation(zy_str(out->uri), &alias);
	path = zy_home_generation(h, stem, out->generation, "pem", a, err);
	return path != NULL && zy_kept_read(path, CERT_MAX, a, &pem, err) && zy_cert_from_pem(pem, a, &out->cert, err);
}
