/* Anchors of the caller's choice in the place of a bundle: they may vouch for anything, and nobody is known as an
 * issuer of licences. */
#include "command.h"

#define CERTS_MAX 64
#define STATUS_MAX 64
#define ALL_PURPOSES                                                                                                   \
	(ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_CREDENTIAL | ZY_PURPOSE_TIMESTAMP)

static bool read_certs(const char *path, unsigned purposes, const struct zy_trust_cert **out, size_t *num,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes ders[CERTS_MAX];
	struct zy_trust_cert *certs;

	if (!zy_verify_certs(path, ders, CERTS_MAX, num, a, err) ||
	    (certs = zy_arena_array(a, *num + 1, sizeof(*certs), err)) == NULL)
		return false;
	for (size_t i = 0; i < *num; i++)
		certs[i] = (struct zy_trust_cert){ .der = ders[i], .purposes = purposes };
	*out = certs;
	return true;
}

bool zy_verify_anchors(
    const char *anchor, const char *untrusted, struct zy_trust *out, struct zy_arena *a, struct zy_error *err)
{
	*out = (struct zy_trust){ .next_update = ZY_TIME_NEVER };
	return read_certs(anchor, ALL_PURPOSES, &out->anchors, &out->num_anchors, a, err) &&
	       read_certs(untrusted, 0, &out->intermediates, &out->num_intermediates, a, err);
}

bool zy_verify_status(
    const char *crl, const char *ocsp, struct zy_trust *trust, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes *crls = zy_arena_array(a, STATUS_MAX, sizeof(*crls), err),
			*answers = zy_arena_array(a, STATUS_MAX, sizeof(*answers), err);

	trust->crls = crls;
	trust->answers = answers;
	return crls != NULL && answers != NULL &&
	       zy_verify_blocks(crl, "X509 CRL", NULL, crls, STATUS_MAX, &trust->num_crls, a, err) &&
	       zy_verify_blocks(ocsp, "OCSP RESPONSE", NULL, answers, STATUS_MAX, &trust->num_answers, a, err);
}
