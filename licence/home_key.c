/* Which generation of a key is used, and what belongs to it: the signer says the one, files of the home hold the other.
 */
#include "zy/home.h"

#include <stdio.h>

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

static bool read_certificate(
    const struct zy_home *h, const char *stem, struct zy_arena *a, struct zy_home_key *out, struct zy_error *err)
{
	struct zy_bytes alias, pem;
	const char *path;

	out->generation = zy_key_generation(zy_str(out->uri), &alias);
	path = zy_home_generation(h, stem, out->generation, "pem", a, err);
	return path != NULL && zy_kept_read(path, CERT_MAX, a, &pem, err) && zy_cert_from_pem(pem, a, &out->cert, err);
}

bool zy_home_key(const struct zy_home *h, struct zy_hsm *hsm, const char *key, const char *stem, struct zy_arena *a,
    struct zy_home_key *out, struct zy_error *err)
{
	if (key == NULL || stem == NULL || !zy_hsm_current(hsm, key, a, &out->uri, err))
		return false;
	return read_certificate(h, stem, a, out, err);
}

/* The newest that is no plan, when it is called compromised: what it was for does not end with it. Who retired a key
 * wanted just that. */
static bool find_compromised(
    struct zy_hsm *hsm, const char *key, struct zy_arena *a, const char **uri, struct zy_error *err)
{
	struct zy_bytes alias, of;
	const struct zy_hsm_key *all;
	const char *label = strstr(key, ";object=") + strlen(";object=");
	unsigned newest = 0;
	bool compromised = false;
	char token[64];
	size_t num;

	snprintf(token, sizeof(token), "%.*s", (int)strcspn(key + strlen("pkcs11:token="), ";"),
	    key + strlen("pkcs11:token="));
	zy_key_generation(zy_str(label), &of);
	if (!zy_hsm_list(hsm, token, a, &all, &num, err))
		return false;
	for (size_t i = 0; i < num; i++) {
		const unsigned n = zy_key_generation(zy_str(all[i].label), &alias);

		if (!zy_bytes_equal(alias, of) || all[i].state == ZY_KEY_PLANNED || all[i].state == ZY_KEY_DESTROYED ||
		    n <= newest)
			continue;
		newest = n;
		compromised = all[i].state == ZY_KEY_COMPROMISED;
		if ((*uri = zy_arena_printf(a, err, "pkcs11:token=%s;object=%s", token, all[i].label)) == NULL)
			return false;
	}
	return compromised || zy_fail(err, ZY_E_KEY_STATE, "key", ZY_NOWHERE,
				  "no generation of this key signs now; zhengyin key list says why");
}

bool zy_home_key_last(const struct zy_home *h, struct zy_hsm *hsm, const char *key, const char *stem,
    struct zy_arena *a, struct zy_home_key *out, struct zy_error *err)
{
	if (zy_home_key(h, hsm, key, stem, a, out, err))
		return true;
	if (err->code != ZY_E_KEY_STATE)
		return false;
	*err = (struct zy_error){ 0 };
	return find_compromised(hsm, key, a, &out->uri, err) && read_certificate(h, stem, a, out, err);
}
